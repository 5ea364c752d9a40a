/*-------------------------------------------------------------------------
 *
 * src/inspect/pivot.c
 *	  Reads what a unit level sums up under a condition as FILTER.
 *
 *	sum(CASE WHEN c THEN x END)			sum(x) FILTER (WHERE c)
 *	sum(CASE WHEN c THEN 1 ELSE 0 END)	count(*) FILTER (WHERE c)
 *	sum(CASE WHEN c THEN x ELSE 0 END)	coalesce(sum(x) FILTER (WHERE c), 0)
 *	max(CASE WHEN c THEN 1 ELSE 0 END)	1 or 0, as count(*) FILTER (WHERE c)
 *										is more than 0 or not
 *	max(CASE WHEN c THEN 3 ELSE 0 END)	3 times that
 *	min(CASE WHEN c THEN 1 ELSE 0 END)	1 or 0, as bool_and(c IS TRUE) is
 *	max(c::int), min(c::int)			bool_or(c)::int, bool_and(c)::int
 *	sum(c::int)							count(*) FILTER (WHERE c), or null
 *										where c is null in all rows
 *	sum(1)								count(*)
 *
 * The two are equal in every group, none of which is without rows; the last
 * ones where x is not null.  So the level above meets one form of what a
 * person did under a condition.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/constant.h"
#include "base/make_expr.h"
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

/*
 * What an aggregate takes where a CASE chooses the rows, as it does beside a
 * FILTER; else its argument as it is.
 */
Node *
cr_inspect_chosen_value(Node *argument)
{
	CaseExpr   *expr = (CaseExpr *) cr_inspect_strip(argument);

	if (!IsA(expr, CaseExpr) || list_length(expr->args) != 1 ||
		!is_null(expr->defresult))
		return argument;
	return (Node *) linitial_node(CaseWhen, expr->args)->result;
}

/* Is it an integer constant that is more than 0? */
static bool
is_positive(const Expr *expr)
{
	const Const *constant = (const Const *) expr;

	return expr != NULL && IsA(expr, Const) && !constant->constisnull &&
		constant->consttype == INT4OID &&
		DatumGetInt32(constant->constvalue) > 0;
}

static bool
is_zero(Expr *expr)
{
	Datum		zero = DirectFunctionCall1(int4_numeric, Int32GetDatum(0));
	const Const *constant;

	expr = (Expr *) cr_fold((Node *) expr);
	constant = (const Const *) expr;
	if (cr_is_int4((Node *) expr, 0))
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

/* The count of rows in the place of the aggregate's argument. */
static void
make_count(Aggref *aggref)
{
	aggref->aggfnoid = F_COUNT_;
	aggref->aggtype = INT8OID;
	aggref->aggtranstype = InvalidOid;
	aggref->aggstar = true;
	aggref->aggargtypes = NIL;
	aggref->args = NIL;
}

/* The condition by any or all of the rows. */
static void
make_boolean(Aggref *aggref, Node *condition)
{
	aggref->aggfnoid = aggref->aggfnoid == F_MAX_INT4 ?
		F_BOOL_OR : F_BOOL_AND;
	aggref->aggtype = BOOLOID;
	aggref->aggtranstype = InvalidOid;
	aggref->aggargtypes = list_make1_oid(BOOLOID);
	linitial_node(TargetEntry, aggref->args)->expr = (Expr *) condition;
}

/* count > 0 */
static Node *
make_some(Aggref *count)
{
	return (Node *) cr_make_operation(">", (Expr *) count,
									  (Expr *) cr_make_int4(0));
}

/* CASE WHEN condition THEN 1 ELSE 0 END */
static Node *
one_or_none(Node *condition)
{
	return (Node *) cr_make_case(condition, (Node *) cr_make_int4(1),
								 (Node *) cr_make_int4(0));
}

/* factor * flag, where the factor is not 1 */
static Node *
times(Expr *factor, Node *flag)
{
	return cr_is_int4((Node *) factor, 1) ? flag :
		(Node *) cr_make_operation("*", (Expr *) copyObject(factor),
								   (Expr *) flag);
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

/* Is it the least, the greatest or the sum of a condition as 0 or 1? */
static bool
is_flag(const Aggref *aggref, const Expr *argument)
{
	return (aggref->aggfnoid == F_MAX_INT4 ||
			aggref->aggfnoid == F_MIN_INT4 ||
			aggref->aggfnoid == F_SUM_INT4) && IsA(argument, FuncExpr) &&
		((const FuncExpr *) argument)->funcid == F_INT4_BOOL;
}

static bool
is_sum_of_ones(const Aggref *aggref, const Expr *argument)
{
	return aggref->aggfnoid == F_SUM_INT4 &&
		cr_is_int4((const Node *) argument, 1);
}

/* Is the condition true or false in all rows, wherever that is easily told? */
static bool
is_decided(Query *query, Node *condition)
{
	if (IsA(condition, NullTest) || IsA(condition, BooleanTest))
		return true;
	if (!IsA(condition, OpExpr) ||
		!cr_operator_compares(((OpExpr *) condition)->opno))
		return cr_normalize_is_not_null(query, (Node *) query->jointree,
										condition);
	return list_length(((OpExpr *) condition)->args) == 2 &&
		is_decided(query, linitial(((OpExpr *) condition)->args)) &&
		is_decided(query, lsecond(((OpExpr *) condition)->args));
}

/* The number of rows for which it holds, or null where it is always null. */
static Node *
read_sum_of_flag(Query *query, Aggref *aggref, Node *condition)
{
	Aggref	   *known = copyObject(aggref);

	make_count(aggref);
	aggref->aggfilter = (Expr *) copyObject(condition);
	if (is_decided(query, condition))
		return (Node *) aggref;
	make_count(known);
	known->aggfilter = (Expr *) cr_make_null_test(condition, IS_NOT_NULL);
	return (Node *) cr_make_case(make_some(known), (Node *) aggref, NULL);
}

static Node *
read_flag(Query *query, Aggref *aggref, FuncExpr *cast)
{
	FuncExpr   *result = copyObject(cast);

	if (aggref->aggfnoid == F_SUM_INT4)
		return read_sum_of_flag(query, aggref, linitial(cast->args));
	make_boolean(aggref, linitial(cast->args));
	result->args = list_make1(aggref);
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
	result = cr_normalize_any_label(query, aggref);
	if (result != NULL)
		return result;
	result = (Node *) aggref;
	if (aggref->aggfilter != NULL || aggref->aggdistinct != NIL ||
		aggref->aggorder != NIL || list_length(aggref->args) != 1)
		return result;
	argument = linitial_node(TargetEntry, aggref->args);
	if (is_flag(aggref, argument->expr))
		return read_flag(query, aggref, (FuncExpr *) argument->expr);
	if (is_sum_of_ones(aggref, argument->expr))
		make_count(aggref);
	expr = (CaseExpr *) argument->expr;
	if (!IsA(expr, CaseExpr) || list_length(expr->args) != 1)
		return result;
	when = linitial_node(CaseWhen, expr->args);
	if (is_null(expr->defresult))
		argument->expr = when->result;
	else if (((aggref->aggfnoid == F_SUM_INT4 &&
			   cr_is_int4((Node *) when->result, 1)) ||
			  (aggref->aggfnoid == F_MAX_INT4 &&
			   is_positive(when->result))) &&
			 cr_is_int4((Node *) expr->defresult, 0))
	{
		if (aggref->aggfnoid == F_MAX_INT4)
			result = times(when->result, one_or_none(make_some(aggref)));
		make_count(aggref);
	}
	else if (aggref->aggfnoid == F_MIN_INT4 &&
			 cr_is_int4((Node *) when->result, 1) &&
			 cr_is_int4((Node *) expr->defresult, 0))
	{
		make_boolean(aggref, cr_make_boolean_test(cr_inspect_when(expr, when),
												  IS_TRUE, -1));
		result = cr_normalize_any_label(query, aggref);
		return one_or_none(result != NULL ? result : (Node *) aggref);
	}
	else if (is_plain_sum(aggref->aggfnoid) && is_zero(expr->defresult) &&
			 IsA(when->result, Var) &&
			 cr_normalize_is_not_null(query, (Node *) query->jointree,
									  (Node *) when->result))
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

/* The least or greatest of a constant, in groups none of which is empty. */
static Node *
constant_mutator(Node *node, void *context)
{
	Aggref	   *aggref = (Aggref *) node;
	TargetEntry *tle;

	if (node == NULL || IsA(node, Query))
		return node;
	if (!IsA(node, Aggref))
		return expression_tree_mutator(node, constant_mutator, context);
	if (aggref->agglevelsup != 0 || aggref->aggfilter != NULL ||
		!cr_aggregate_is_extreme(aggref->aggfnoid) ||
		list_length(aggref->args) != 1)
		return node;
	tle = linitial_node(TargetEntry, aggref->args);
	return IsA(tle->expr, Const) && !((Const *) tle->expr)->constisnull &&
		exprType((Node *) tle->expr) == aggref->aggtype ?
		(Node *) copyObject(tle->expr) : node;
}

/*
 * Reads max(0) as 0, in place, in a query that shows no group without rows.
 */
void
cr_normalize_constant_extremes(Query *query)
{
	query->targetList = (List *)
		constant_mutator((Node *) query->targetList, NULL);
	query->havingQual = constant_mutator(query->havingQual, NULL);
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
