/*-------------------------------------------------------------------------
 *
 * src/inspect/pivot.c
 *	  Reads what a unit level sums up under a condition as FILTER.
 *
 *	sum(CASE WHEN c THEN x END)				sum(x) FILTER (WHERE c)
 *	sum(CASE WHEN c THEN 1 ELSE 0 END)		count(*) FILTER (WHERE c)
 *
 * The two are equal in every group, none of which is without rows.  So the
 * level above meets one form of what a person did under a condition.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "inspect/facts.h"
#include "inspect/normalize.h"
#include "nodes/nodeFuncs.h"
#include "utils/fmgroids.h"

static Node *
case_test_mutator(Node *node, Node *tested)
{
	if (node == NULL)
		return NULL;
	if (IsA(node, CaseTestExpr))
		return (Node *) copyObject(tested);
	return expression_tree_mutator(node, case_test_mutator, (void *) tested);
}

/* The condition of one of a CASE's WHENs; CASE x WHEN v is x = v. */
Node *
cr_inspect_when(const CaseExpr *expr, const CaseWhen *when)
{
	if (expr->arg == NULL)
		return (Node *) when->expr;
	return case_test_mutator((Node *) when->expr, (Node *) expr->arg);
}

static bool
is_null(const Expr *expr)
{
	return expr == NULL ||
		(IsA(expr, Const) && ((const Const *) expr)->constisnull);
}

static bool
is_integer(const Expr *expr, int32 value)
{
	const Const *constant = (const Const *) expr;

	return expr != NULL && IsA(expr, Const) && !constant->constisnull &&
		constant->consttype == INT4OID &&
		DatumGetInt32(constant->constvalue) == value;
}

static void
read_pivot(Aggref *aggref)
{
	TargetEntry *argument;
	CaseExpr   *expr;
	CaseWhen   *when;

	if (aggref->aggfilter != NULL || aggref->aggdistinct != NIL ||
		aggref->aggorder != NIL || list_length(aggref->args) != 1)
		return;
	argument = linitial_node(TargetEntry, aggref->args);
	expr = (CaseExpr *) argument->expr;
	if (!IsA(expr, CaseExpr) || list_length(expr->args) != 1)
		return;
	when = linitial_node(CaseWhen, expr->args);
	if (is_null(expr->defresult))
		argument->expr = when->result;
	else if (aggref->aggfnoid == F_SUM_INT4 && is_integer(when->result, 1) &&
			 is_integer(expr->defresult, 0))
	{
		aggref->aggfnoid = F_COUNT_;
		aggref->aggstar = true;
		aggref->aggargtypes = NIL;
		aggref->args = NIL;
	}
	else
		return;
	aggref->aggfilter = (Expr *) cr_inspect_when(expr, when);
}

static bool
pivot_walker(Node *node, void *context)
{
	if (node == NULL || IsA(node, Query))
		return false;
	if (IsA(node, Aggref))
	{
		read_pivot((Aggref *) node);
		return false;
	}
	return expression_tree_walker(node, pivot_walker, context);
}

/* Writes the aggregates of a unit level so, in place. */
void
cr_normalize_pivots(Query *query)
{
	expression_tree_walker((Node *) query->targetList, pivot_walker, NULL);
	pivot_walker(query->havingQual, NULL);
}
