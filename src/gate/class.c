/*-------------------------------------------------------------------------
 *
 * src/gate/class.c
 *	  Reads aggregates over groups that are parts of larger ones.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

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

	/* elsewhere the analyst may have written the very same words */
	if (!list_member_ptr(level->statement->divided, level->query))
		return NULL;
	if (filter != NULL && is_andclause(filter) &&
		!list_member(level->statement->classes, filter))
		filter = linitial(((BoolExpr *) filter)->args);
	return list_member(level->statement->classes, filter) ? filter : NULL;
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
