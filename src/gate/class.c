/*-------------------------------------------------------------------------
 *
 * src/gate/class.c
 *	  Reads aggregates over groups that are parts of larger ones.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/errcodes.h"
#include "gate/gate.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"

/*
 * Where a group is a part of a larger one (inspect/divide.c), the condition
 * that makes it one; it comes first in FILTER.  The analyst sees the group,
 * so what an aggregate leaves out of it counts, not what it leaves out of the
 * larger one.
 */
Node *
cr_class_condition(CrLevel *level, CrAggregate *aggregate)
{
	Node	   *filter = (Node *) aggregate->aggref->aggfilter;
	List	   *classes = cr_divided_classes(level->statement, level->query);

	if (classes == NIL)
		return NULL;
	if (filter != NULL && is_andclause(filter) &&
		!list_member(classes, filter))
		filter = linitial(((BoolExpr *) filter)->args);
	return list_member(classes, filter) ? filter : NULL;
}

/*
 * Does FILTER begin with the condition of a class that is another query's?
 * Either somebody has written the very words that divide.c writes, or it is a
 * copy of a query that was divided, and no more known as such.
 */
CrVerdict *
cr_class_check(CrLevel *level, CrAggregate *aggregate)
{
	Node	   *filter = (Node *) aggregate->aggref->aggfilter;

	if (filter == NULL || level->statement->divided == NIL ||
		cr_divided_classes(level->statement, level->query) != NIL)
		return NULL;
	if (!cr_divided_names(level->statement, filter) &&
		!(is_andclause(filter) &&
		  cr_divided_names(level->statement,
						   linitial(((BoolExpr *) filter)->args))))
		return NULL;
	return cr_verdict_refuse(CR_ERRCODE_CONSTRUCT,
							 aggregate->aggref->location,
							 "this FILTER cannot be told from the groups of another part of the statement",
							 "Group by the condition itself, or ask in a statement of its own.");
}

/* The rest of FILTER, after the condition of the class; or NULL. */
Node *
cr_class_rest_of_filter(Node *filter, Node *class)
{
	if (class == NULL)
		return filter;
	if (equal(filter, class))
		return NULL;
	return (Node *)
		make_ands_explicit(list_copy_tail(((BoolExpr *) filter)->args, 1));
}
