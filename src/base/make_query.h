/*-------------------------------------------------------------------------
 *
 * src/base/make_query.h
 *	  Makes queries, and what stands in their clauses.
 *
 * What they are made of is not copied, but for names.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_MAKE_QUERY_H
#define CR_MAKE_QUERY_H

#include "nodes/parsenodes.h"

/* A SELECT that has nothing in its target list yet. */
extern Query *cr_make_select(List *rtable, List *from, Node *quals);

/* In FROM: an entry of the range table. */
extern Node *cr_make_reference(int rti);

/* (subquery) AS alias; the names of its columns are String nodes. */
extern RangeTblEntry *cr_make_subquery_entry(Query *subquery,
											 const char *alias,
											 List *columns);

/* The names of a query's columns, which all have one. */
extern List *cr_column_names(const Query *query);

/* In GROUP BY or DISTINCT: an entry of the target list, by usual equality. */
extern SortGroupClause *cr_make_grouping(TargetEntry *tle, List *targets);

#endif							/* CR_MAKE_QUERY_H */
