/*-------------------------------------------------------------------------
 *
 * src/guard/types.h
 *	  Commands on types that read the tables with columns of them, or change
 *	  what is read there.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_TYPES_H
#define CR_TYPES_H

#include "nodes/nodes.h"

/*
 * Refuses one where a protected table of others has the type.  Errors: RC007.
 */
extern void cr_types_judge(Node *command);

#endif							/* CR_TYPES_H */
