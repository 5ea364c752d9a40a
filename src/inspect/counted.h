/*-------------------------------------------------------------------------
 *
 * src/inspect/counted.h
 *	  Counts of people's rows, one at least, which others do not have.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_COUNTED_H
#define CR_COUNTED_H

#include "nodes/parsenodes.h"
#include "nodes/primnodes.h"

/* Columns of one entry of a query, whose rows an outer join may null. */
typedef struct CrCounted
{
	Query	   *query;
	int			rti;
	Var		   *count;			/* the only count that is named, or NULL */
	List	   *bounds;			/* Const that it is compared with, integers */
} CrCounted;

/*
 * Is the expression told by the count's place among constants, and by whether
 * the entry's row is there?
 */
extern bool cr_counted_read(CrCounted *counted, Node *expr);

extern Const *cr_counted_value(const CrCounted *counted, Node *expr,
							   int64 count);
extern List *cr_counted_instances(const CrCounted *counted);

/*
 * Is what the expression is where there is a row never this, by the operator
 * for equality?  False where that cannot be told.
 */
extern bool cr_counted_never(Query *query, int rti, Node *expr,
							 const Const *value, Oid equality);

extern bool cr_counted_one_is_none(Query *query, int rti, Node *expr,
								   const Const *none);

/* counted_test.c */
extern void cr_normalize_counted(Query *query);

#endif							/* CR_COUNTED_H */
