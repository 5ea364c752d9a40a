/*-------------------------------------------------------------------------
 *
 * src/inspect/lateral.c
 *	  Reads the columns of LATERAL subqueries that only name expressions as
 *	  those expressions.
 *
 *	SELECT band, count(*) FROM t, LATERAL (SELECT x / 10 AS band) b GROUP BY 1
 *
 * is the same query with x / 10 in the place of band; the planner does that
 * too.  The subquery has one row for each of t and stays, with nothing in it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "inspect/facts.h"
#include "inspect/normalize.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteManip.h"

/* Names of larger expressions stay: written out they would multiply. */
#define CR_MAX_NAMED_NODES	200

/* ---------- what it names ---------- */

/* Is it made of columns of the query around, and nothing that varies? */
static bool
is_named_expression(Node *expr)
{
	return cr_normalize_is_simple(expr, 1, CR_MAX_NAMED_NODES);
}

/* The only row of a VALUES list, which the subquery may be. */
static List *
values_row(Query *query)
{
	Node	   *from = linitial(query->jointree->fromlist);
	RangeTblEntry *rte;

	if (list_length(query->jointree->fromlist) != 1 ||
		!IsA(from, RangeTblRef))
		return NIL;
	rte = rt_fetch(((RangeTblRef *) from)->rtindex, query->rtable);
	if (rte->rtekind != RTE_VALUES || list_length(rte->values_lists) != 1)
		return NIL;
	return linitial(rte->values_lists);
}

/* What the columns are in the words of the query around, or NIL. */
static List *
named_expressions(Query *query)
{
	List	   *values = NIL;
	List	   *row = NIL;
	ListCell   *lc;

	if (query->commandType != CMD_SELECT || !cr_normalize_is_plain(query) ||
		query->hasSubLinks)
		return NIL;
	if (query->jointree->fromlist != NIL)
	{
		values = values_row(query);
		if (values == NIL)
			return NIL;
	}
	foreach(lc, query->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);
		Node	   *expr = (Node *) tle->expr;
		Var		   *var = (Var *) expr;

		if (values != NIL && IsA(var, Var) && var->varlevelsup == 0 &&
			var->varattno >= 1 && var->varattno <= list_length(values))
			expr = list_nth(values, var->varattno - 1);
		if (tle->resjunk || !is_named_expression(expr))
			return NIL;
		expr = copyObject(expr);
		IncrementVarSublevelsUp(expr, -1, 1);
		row = lappend(row, expr);
	}
	return row;
}

/* ---------- the entry ---------- */

/* Nothing is left of it but its one row. */
static void
empty(RangeTblEntry *rte)
{
	Query	   *query = rte->subquery;
	ListCell   *lc;

	foreach(lc, query->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);
		Node	   *expr = (Node *) tle->expr;

		tle->expr = (Expr *) makeNullConst(exprType(expr), exprTypmod(expr),
										   exprCollation(expr));
	}
	query->rtable = NIL;
	query->jointree = makeFromExpr(NIL, NULL);
	rte->lateral = false;
}

/*
 * Writes out what LATERAL subqueries name, in place.  One whose row is used
 * as a whole stays.
 */
void
cr_normalize_lateral(Query *query)
{
	ListCell   *lc;

	foreach(lc, cr_normalize_never_null(query))
	{
		int			rti = lfirst_int(lc);
		RangeTblEntry *rte = rt_fetch(rti, query->rtable);
		List	   *row;

		if (rte->rtekind != RTE_SUBQUERY || !rte->lateral)
			continue;
		row = named_expressions(rte->subquery);
		if (row != NIL && cr_normalize_replace_columns(query, rti, row))
			empty(rte);
	}
}
