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

/* The keys of a query that groups, and its aggregates. */
typedef struct CrShell
{
	List	   *keys;			/* TargetEntry */
	List	   *key_exprs;
	List	   *aggregates;		/* Aggref */
} CrShell;

extern void cr_shell_read(CrShell *shell, Query *query);
extern List *cr_shell_targets(const CrShell *shell, List *aggregates);
extern bool cr_shell_replace(Query *query, const CrShell *shell,
							 Query *below);
extern Node *cr_shell_rewrite(Node *node, List *keys, List *aggregates,
							  bool *whole);
extern bool cr_shell_is_made_of_key(Node *node, List *keys);
extern Query *cr_shell_core(const Query *query);
extern void cr_shell_put_over(Query *query, List *rtable, List *from,
							  Node *quals);

#endif							/* CR_SHELL_H */
