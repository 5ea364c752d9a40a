/*-------------------------------------------------------------------------
 *
 * src/inspect/grouped_uses.c
 *	  Finds who is asked about by what was counted of people.
 *
 * Where a query groups by the aggregates of a subquery, or asks for them in a
 * condition, it has to be known which people have no rows to aggregate
 * (grouped_join.c).  What it only aggregates further needs not be.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "inspect/facts.h"
#include "inspect/normalize.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/tlist.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteManip.h"

static void use_expression(CrStatement *statement, Query *query, Node *expr);

/* Does it pass rows on, one for each? */
static bool
passes_rows(const Query *query)
{
	return query->groupClause == NIL && !query->hasAggs &&
		cr_normalize_gives_rows(query);
}

static void
use_column(CrStatement *statement, Query *query, const Var *var)
{
	RangeTblEntry *rte = rt_fetch(var->varno, query->rtable);
	TargetEntry *tle;

	check_stack_depth();
	if (rte->rtekind != RTE_SUBQUERY || rte->lateral ||
		!cr_inspect_touches(rte->subquery))
		return;
	tle = get_tle_by_resno(rte->subquery->targetList, var->varattno);
	if (tle == NULL || tle->resjunk)
		return;
	if (passes_rows(rte->subquery))
	{
		cr_normalize_names(rte->subquery);
		tle = get_tle_by_resno(rte->subquery->targetList, var->varattno);
		use_expression(statement, rte->subquery, (Node *) tle->expr);
		use_expression(statement, rte->subquery,
					   rte->subquery->jointree->quals);
		return;
	}
	if (contain_aggs_of_level((Node *) tle->expr, 0))
		cr_normalize_grouped_join(statement, rte->subquery);
}

typedef struct Uses
{
	CrStatement *statement;
	Query	   *query;
	List	   *columns;		/* Var */
} Uses;

static bool
uses_walker(Node *node, Uses *uses)
{
	if (node == NULL || IsA(node, SubLink))
		return false;
	if (IsA(node, Var) && ((Var *) node)->varlevelsup == 0 &&
		((Var *) node)->varattno > 0)
		uses->columns = lappend(uses->columns, node);
	return expression_tree_walker(node, uses_walker, (void *) uses);
}

static void
use_expression(CrStatement *statement, Query *query, Node *expr)
{
	Uses		uses = {statement, query, NIL};
	ListCell   *lc;

	uses_walker(expr, &uses);
	foreach(lc, uses.columns)
		use_column(statement, query, lfirst_node(Var, lc));
}

/* An aggregate of a column alone has no need to know whose it is. */
static bool
asked_walker(Node *node, Uses *asking)
{
	ListCell   *lc;

	if (node == NULL || IsA(node, SubLink))
		return false;
	if (!IsA(node, Aggref))
		return expression_tree_walker(node, asked_walker, (void *) asking);
	use_expression(asking->statement, asking->query,
				   (Node *) ((Aggref *) node)->aggfilter);
	foreach(lc, ((Aggref *) node)->args)
	{
		Node	   *argument = (Node *) lfirst_node(TargetEntry, lc)->expr;

		if (!IsA(cr_inspect_strip(argument), Var))
			use_expression(asking->statement, asking->query, argument);
	}
	return false;
}

/*
 * Writes subqueries so whose aggregates the query groups by, or asks in a
 * condition.  In place; its names are normalized.
 */
void
cr_normalize_grouped_joins(CrStatement *statement, Query *query)
{
	Uses		asking = {statement, query, NIL};
	ListCell   *lc;

	if (!query->hasAggs && query->groupClause == NIL)
		return;
	foreach(lc, get_sortgrouplist_exprs(query->groupClause,
										query->targetList))
		use_expression(statement, query, lfirst(lc));
	use_expression(statement, query, query->jointree->quals);
	asked_walker((Node *) query->targetList, &asking);
	asked_walker(query->havingQual, &asking);
}
