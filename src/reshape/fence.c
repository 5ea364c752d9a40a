/*-------------------------------------------------------------------------
 *
 * src/reshape/fence.c
 *	  Keeps the planner from copying subqueries that stand in what it pulls up.
 *
 *	SELECT sum(x) FILTER (WHERE g = b)
 *	FROM t CROSS JOIN (SELECT (SELECT g FROM s LIMIT 1) AS b) l
 *
 * names b in the aggregate and in its guard.  Pulled up, the subquery that b
 * is stands in both, and runs for each: where its rows come in any order, the
 * guard would count by one condition and the aggregate add up by another.
 * With OFFSET 0 it is not pulled up.  Those of raw levels are WITH queries by
 * now (copies.c).
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/make_expr.h"
#include "base/make_query.h"
#include "inspect/facts.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "reshape/reshape.h"
#include "rewrite/rewriteManip.h"

static bool
sublink_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, SubLink))
		return true;
	if (IsA(node, Query))
		return query_tree_walker((Query *) node, sublink_walker, context, 0);
	return expression_tree_walker(node, sublink_walker, context);
}

/* The list becomes a selection from it. */
static void
fence_values(RangeTblEntry *rte)
{
	RangeTblEntry *values = copyObject(rte);
	Query	   *query = cr_make_select(list_make1(values),
									   list_make1(cr_make_reference(1)), NULL);
	ListCell   *lc;

	IncrementVarSublevelsUp((Node *) values->values_lists, 1, 0);
	foreach(lc, rte->coltypes)
	{
		int			number = foreach_current_index(lc);
		char	   *name = strVal(list_nth(rte->eref->colnames, number));
		Var		   *var = makeVar(1, number + 1, lfirst_oid(lc),
								  list_nth_int(rte->coltypmods, number),
								  list_nth_oid(rte->colcollations, number), 0);

		query->targetList = lappend(query->targetList,
									makeTargetEntry((Expr *) var, number + 1,
													pstrdup(name), false));
	}
	query->hasSubLinks = true;
	query->limitOffset = (Node *) cr_make_int8(0);
	rte->rtekind = RTE_SUBQUERY;
	rte->subquery = query;
	rte->values_lists = NIL;
	rte->coltypes = NIL;
	rte->coltypmods = NIL;
	rte->colcollations = NIL;
}

static void
fence_entries(List *rtable)
{
	ListCell   *lc;

	check_stack_depth();
	foreach(lc, rtable)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);
		Query	   *query = rte->subquery;

		if (rte->rtekind == RTE_VALUES &&
			checkExprHasSubLink((Node *) rte->values_lists))
			fence_values(rte);
		if (rte->rtekind != RTE_SUBQUERY || query == NULL)
			continue;
		if (cr_inspect_touches(query))
			fence_entries(query->rtable);
		else if (query->limitOffset == NULL && query->limitCount == NULL &&
				 sublink_walker((Node *) query, NULL))
			query->limitOffset = (Node *) cr_make_int8(0);
	}
}

/* The core, or a copy of it in which what has to be is kept apart. */
Query *
cr_reshape_fence(Query *core)
{
	if (!range_table_walker(core->rtable, sublink_walker, NULL, 0))
		return core;
	core = copyObject(core);
	fence_entries(core->rtable);
	return core;
}
