/*-------------------------------------------------------------------------
 *
 * src/session/others_code.h
 *	  What a table brings along that would run with the current user's rights.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_OTHERS_CODE_H
#define CR_OTHERS_CODE_H

#include "nodes/nodes.h"

/*
 * The name of a function or type in the expression that the current user has
 * no reason to trust, or NULL.  Trusted are what conditions of access rules
 * may call, where it is the same all through a statement, and functions of
 * superusers that are not volatile and have fixed names (fixed_names.h).
 */
extern const char *cr_others_code_in(Node *expr);

/*
 * The same of what the planner computes of the table and of its children,
 * as soon as a query names it: predicates and expressions of indexes, CHECK
 * constraints, statistics, partition keys, columns of ranges.  With a reader,
 * what belongs to whoever has the reader's rights is not looked at.
 */
extern const char *cr_others_code_of_table(Oid relid, Oid reader);

/* To be called from _PG_init. */
extern void cr_others_code_init(void);

#endif							/* CR_OTHERS_CODE_H */
