/*-------------------------------------------------------------------------
 *
 * src/guard/rewriting.h
 *	  Commands that write tables or indexes anew, and shut them meanwhile.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_REWRITING_H
#define CR_REWRITING_H

#include "nodes/nodes.h"

/*
 * May the current user, who is no superuser, maintain all tables of the
 * database, the extension's own among them?
 */
extern bool cr_rewriting_of_all(void);

/*
 * Refuses such a command where it would do that to the extension's own
 * tables, named or not.  Errors: RC007.
 */
extern void cr_rewriting_judge(Node *command);

#endif							/* CR_REWRITING_H */
