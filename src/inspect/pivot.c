/*-------------------------------------------------------------------------
 *
 * src/inspect/pivot.c
 *	  Reads what a unit level sums up under a condition as FILTER.
 *
 *	sum(CASE WHEN c THEN x END)			sum(x) FILTER (WHERE c)
 *	sum(CASE WHEN c THEN 1 ELSE 0 END)	count(*) FILTER (WHERE c)
 *	sum(CASE WHEN c THEN x ELSE 0 END)	coalesce(sum(x) FILTER (WHERE c), 0)
 *
 * The two are equal in every group, none of which is without rows; the last
 * ones where x is not null.  So the level above meets one form of what a
 * person did under a condition.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "catalog/pg_type.h"
#include "inspect/facts.h"
#include "inspect/normalize.h"
#include "inspect/polynomial.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteManip.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"

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

/* Is it a column of a table that has no nulls, and gets none by a join? */
bool
cr_normalize_is_not_null(Query *query, Expr *expr)
{
	Var		   *var = (Var *) expr;
	RangeTblEntry *rte;

	if (!IsA(var, Var) || var->varlevelsup != 0 || var->varattno <= 0)
		return false;
	rte = rt_fetch(var->varno, query->rtable);
	return rte->rtekind == RTE_RELATION &&
		cr_attribute_is_not_null(rte->relid, var->varattno) &&
		!cr_normalize_may_be_null(query, var->varno);
}

static bool
is_zero(Expr *expr)
{
	Datum		zero = DirectFunctionCall1(int4_numeric, Int32GetDatum(0));
	const Const *constant;

	expr = (Expr *) eval_const_expressions(NULL, (Node *) expr);
	constant = (const Const *) expr;
	if (is_integer(expr, 0))
		return true;
	return expr != NULL && IsA(expr, Const) && !constant->constisnull &&
		constant->consttype == NUMERICOID &&
		DatumGetBool(DirectFunctionCall2(numeric_eq, constant->constvalue,
										 zero));
}

static bool
is_plain_sum(Oid aggfnoid)
{
	return aggfnoid == F_SUM_INT2 || aggfnoid == F_SUM_INT4 ||
		aggfnoid == F_SUM_INT8 || aggfnoid == F_SUM_NUMERIC;
}

/* coalesce(sum, 0) */
static Node *
or_zero(Aggref *aggref)
{
	CoalesceExpr *result = makeNode(CoalesceExpr);
	Datum		zero;

	if (aggref->aggtype == INT8OID)
		zero = Int64GetDatum(0);
	else
		zero = DirectFunctionCall1(int4_numeric, Int32GetDatum(0));
	result->coalescetype = aggref->aggtype;
	result->args = list_make2(aggref,
							  makeConst(aggref->aggtype, -1, InvalidOid,
										get_typlen(aggref->aggtype), zero,
										false,
										get_typbyval(aggref->aggtype)));
	result->location = -1;
	return (Node *) result;
}

static Node *
read_pivot(Aggref *aggref, Query *query)
{
	Node	   *result = (Node *) aggref;
	TargetEntry *argument;
	CaseExpr   *expr;
	CaseWhen   *when;

	/* those that pass over nulls */
	if (cr_aggregate_family(aggref->aggfnoid) == 0 &&
		!cr_aggregate_is_extreme(aggref->aggfnoid))
		return result;
	if (aggref->aggfilter != NULL || aggref->aggdistinct != NIL ||
		aggref->aggorder != NIL || list_length(aggref->args) != 1)
		return result;
	argument = linitial_node(TargetEntry, aggref->args);
	expr = (CaseExpr *) argument->expr;
	if (!IsA(expr, CaseExpr) || list_length(expr->args) != 1)
		return result;
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
	else if (is_plain_sum(aggref->aggfnoid) && is_zero(expr->defresult) &&
			 cr_normalize_is_not_null(query, when->result))
	{
		argument->expr = when->result;
		result = or_zero(aggref);
	}
	else
		return result;
	aggref->aggfilter = (Expr *) cr_inspect_when(expr, when);
	return result;
}

static Node *
pivot_mutator(Node *node, Query *query)
{
	if (node == NULL || IsA(node, Query))
		return node;
	if (IsA(node, Aggref))
		return read_pivot(copyObject((Aggref *) node), query);
	return expression_tree_mutator(node, pivot_mutator, (void *) query);
}

/* Writes the aggregates of a unit level so, in place. */
void
cr_normalize_pivots(Query *query)
{
	ListCell   *lc;

	foreach(lc, query->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		if (contain_aggs_of_level((Node *) tle->expr, 0))
			tle->expr = (Expr *) pivot_mutator((Node *) tle->expr, query);
	}
	query->havingQual = pivot_mutator(query->havingQual, query);
}
