/*-------------------------------------------------------------------------
 *
 * src/inspect/shell.h
 *	  What a query does with its groups, over an inner query's results.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_SHELL_H
#define CR_SHELL_H

#include "nodes/parsenodes.h"

extern Node *cr_shell_rewrite(Node *node, List *keys, List *aggregates,
							  bool *whole);
extern Query *cr_shell_core(const Query *query);
extern void cr_shell_put_over(Query *query, List *rtable, List *from,
							  Node *quals);

#endif							/* CR_SHELL_H */
