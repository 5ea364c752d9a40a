/*-------------------------------------------------------------------------
 *
 * src/guard/own_names.h
 *	  Commands that name the extension's own relations.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_OWN_NAMES_H
#define CR_OWN_NAMES_H

#include "nodes/nodes.h"

/*
 * Refuses a command that would lock such a relation before the user's
 * privileges are looked at.  Errors: 42501,
 * RC007.
 */
extern void cr_own_names_judge(Node *command);

#endif							/* CR_OWN_NAMES_H */
