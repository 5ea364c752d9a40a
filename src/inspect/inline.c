/*-------------------------------------------------------------------------
 *
 * src/inspect/inline.c
 *	  Writes out SQL functions in FROM that read protected tables, or what has
 *	  been sampled of them.
 *
 * The planner replaces a set-returning SQL function by its query where it
 * can, after the planner hook: that query would pass the gate by.  So we do
 * it first, with the planner's own function, and keep the result only where
 * such a table is in it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/transam.h"
#include "inspect/facts.h"
#include "inspect/normalize.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "nodes/pathnodes.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"

typedef struct Inlining
{
	PlannerInfo *root;
	bool		any;			/* something was written out */
} Inlining;

static bool inline_walker(Node *node, Inlining *inlining);

/* Could the planner replace this entry of FROM, a call, by a query? */
bool
cr_normalize_may_inline(const RangeTblEntry *rte)
{
	Node	   *call;

	if (rte->rtekind != RTE_FUNCTION || list_length(rte->functions) != 1)
		return false;
	call = ((RangeTblFunction *) linitial(rte->functions))->funcexpr;
	return call != NULL && IsA(call, FuncExpr) &&
		((FuncExpr *) call)->funcretset &&
		((FuncExpr *) call)->funcid >= FirstNormalObjectId;
}

static void
inline_entry(RangeTblEntry *rte, Inlining *inlining)
{
	RangeTblEntry *trial = copyObject(rte);
	RangeTblFunction *function = linitial(trial->functions);
	Query	   *query;

	cr_normalize_arguments((FuncExpr *) function->funcexpr);
	query = inline_set_returning_function(inlining->root, trial);
	if (query == NULL)
		return;
	inline_walker((Node *) query, inlining);
	if (!cr_inspect_touches(query) && !cr_inspect_reads_samples(query))
		return;
	inlining->any = true;
	rte->rtekind = RTE_SUBQUERY;
	rte->subquery = query;
	rte->security_barrier = false;
	rte->functions = NIL;
	rte->funcordinality = false;
}

static bool
inline_walker(Node *node, Inlining *inlining)
{
	if (node == NULL)
		return false;
	check_stack_depth();
	if (IsA(node, RangeTblEntry))
	{
		if (cr_normalize_may_inline((RangeTblEntry *) node))
			inline_entry((RangeTblEntry *) node, inlining);
		return false;
	}
	if (IsA(node, Query))
		return query_tree_walker((Query *) node, inline_walker, inlining,
								 QTW_EXAMINE_RTES_AFTER);
	return expression_tree_walker(node, inline_walker, (void *) inlining);
}

/*
 * Replaces calls by subqueries, in place.  Returns whether it has replaced
 * any; "depends_on", if it is not NULL, is given what a plan of the query
 * depends on from then on, a list of PlanInvalItem.
 */
bool
cr_normalize_inline_functions(Query *query, List **depends_on)
{
	Inlining	inlining = {makeNode(PlannerInfo), false};

	inlining.root->glob = makeNode(PlannerGlobal);
	inlining.root->parse = query;
	inline_walker((Node *) query, &inlining);
	if (depends_on != NULL)
		*depends_on = inlining.root->glob->invalItems;
	return inlining.any;
}
