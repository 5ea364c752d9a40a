/*-------------------------------------------------------------------------
 *
 * src/guard/types.h
 *	  Commands on types that read the tables with columns of them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_TYPES_H
#define CR_TYPES_H

#include "nodes/nodes.h"

/* Refuses one that would read a protected table.  Errors: RC007. */
extern void cr_types_judge(Node *command);

#endif							/* CR_TYPES_H */
