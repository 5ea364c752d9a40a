/*-------------------------------------------------------------------------
 *
 * src/reshape/widen.c
 *	  Computes the terms of aggregates in types that hold them all.
 *
 *	sum(a * b), of integers, becomes wide_sum(a::bigint * b::bigint), or the
 *	same in numeric where that is not wide enough.
 *
 * The result is of the type that the query expects, and so is everything
 * around the aggregate.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "agg/total.h"
#include "base/oids.h"
#include "catalog/pg_type.h"
#include "inspect/width.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_oper.h"
#include "reshape/reshape.h"
#include "utils/fmgroids.h"

typedef struct WideAggregate
{
	Oid			narrow;
	Oid			numeric;		/* over numeric; invalid: wide_sum */
	Oid			bigint;			/* over bigint; invalid: wide_sum */
} WideAggregate;

static const WideAggregate wide_aggregates[] = {
	{F_SUM_INT2, InvalidOid, InvalidOid},
	{F_SUM_INT4, InvalidOid, InvalidOid},
	{F_SUM_INT8, F_SUM_NUMERIC, F_SUM_INT8},
	{F_AVG_INT2, F_AVG_NUMERIC, F_AVG_INT8},
	{F_AVG_INT4, F_AVG_NUMERIC, F_AVG_INT8},
	{F_AVG_INT8, F_AVG_NUMERIC, F_AVG_INT8},
	{F_STDDEV_INT2, F_STDDEV_NUMERIC, F_STDDEV_INT8},
	{F_STDDEV_INT4, F_STDDEV_NUMERIC, F_STDDEV_INT8},
	{F_STDDEV_INT8, F_STDDEV_NUMERIC, F_STDDEV_INT8},
	{F_STDDEV_SAMP_INT2, F_STDDEV_SAMP_NUMERIC, F_STDDEV_SAMP_INT8},
	{F_STDDEV_SAMP_INT4, F_STDDEV_SAMP_NUMERIC, F_STDDEV_SAMP_INT8},
	{F_STDDEV_SAMP_INT8, F_STDDEV_SAMP_NUMERIC, F_STDDEV_SAMP_INT8},
	{F_STDDEV_POP_INT2, F_STDDEV_POP_NUMERIC, F_STDDEV_POP_INT8},
	{F_STDDEV_POP_INT4, F_STDDEV_POP_NUMERIC, F_STDDEV_POP_INT8},
	{F_STDDEV_POP_INT8, F_STDDEV_POP_NUMERIC, F_STDDEV_POP_INT8},
	{F_VARIANCE_INT2, F_VARIANCE_NUMERIC, F_VARIANCE_INT8},
	{F_VARIANCE_INT4, F_VARIANCE_NUMERIC, F_VARIANCE_INT8},
	{F_VARIANCE_INT8, F_VARIANCE_NUMERIC, F_VARIANCE_INT8},
	{F_VAR_SAMP_INT2, F_VAR_SAMP_NUMERIC, F_VAR_SAMP_INT8},
	{F_VAR_SAMP_INT4, F_VAR_SAMP_NUMERIC, F_VAR_SAMP_INT8},
	{F_VAR_SAMP_INT8, F_VAR_SAMP_NUMERIC, F_VAR_SAMP_INT8},
	{F_VAR_POP_INT2, F_VAR_POP_NUMERIC, F_VAR_POP_INT8},
	{F_VAR_POP_INT4, F_VAR_POP_NUMERIC, F_VAR_POP_INT8},
	{F_VAR_POP_INT8, F_VAR_POP_NUMERIC, F_VAR_POP_INT8},
};

static Node *
call(Oid funcid, Oid type, List *args)
{
	return (Node *) makeFuncExpr(funcid, type, args, InvalidOid, InvalidOid,
								 COERCE_EXPLICIT_CALL);
}

/* A number that is not computed any further, in the wide type. */
static Node *
cast_leaf(Node *leaf, Oid wide)
{
	Oid			type = exprType(leaf);

	if (type == wide)
		return leaf;
	if (wide == INT8OID)
		return call(type == INT2OID ? F_INT8_INT2 : F_INT8_INT4, wide,
					list_make1(leaf));
	return call(type == INT2OID ? F_NUMERIC_INT2 :
				type == INT4OID ? F_NUMERIC_INT4 : F_NUMERIC_INT8, wide,
				list_make1(leaf));
}

static Node *widen(Node *expr, Oid wide);

static Node *
widen_case(CaseExpr *expr, Oid wide)
{
	CaseExpr   *copy = copyObject(expr);
	ListCell   *lc;

	foreach(lc, copy->args)
	{
		CaseWhen   *when = lfirst_node(CaseWhen, lc);

		when->result = (Expr *) widen((Node *) when->result, wide);
	}
	if (copy->defresult != NULL)
		copy->defresult = (Expr *) widen((Node *) copy->defresult, wide);
	copy->casetype = wide;
	return (Node *) copy;
}

static Node *
widen_coalesce(CoalesceExpr *expr, Oid wide)
{
	CoalesceExpr *copy = copyObject(expr);
	ListCell   *lc;

	foreach(lc, copy->args)
		lfirst(lc) = widen((Node *) lfirst(lc), wide);
	copy->coalescetype = wide;
	return (Node *) copy;
}

/* A copy of the integer expression that computes in the wide type. */
static Node *
widen(Node *expr, Oid wide)
{
	bool		numeric = wide == NUMERICOID;
	List	   *args = NIL;
	List	   *widened = NIL;
	CrIntegerOperation operation = cr_width_operation(expr, &args);
	ListCell   *lc;

	if (IsA(expr, CaseExpr))
		return widen_case((CaseExpr *) expr, wide);
	if (IsA(expr, CoalesceExpr))
		return widen_coalesce((CoalesceExpr *) expr, wide);
	if (operation == CR_INT_OTHER)
		return cast_leaf(copyObject(expr), wide);
	foreach(lc, args)
		widened = lappend(widened, widen(lfirst(lc), wide));
	switch (operation)
	{
		case CR_INT_ADD:
			return call(numeric ? F_NUMERIC_ADD : F_INT8PL, wide, widened);
		case CR_INT_SUBTRACT:
			return call(numeric ? F_NUMERIC_SUB : F_INT8MI, wide, widened);
		case CR_INT_MULTIPLY:
			return call(numeric ? F_NUMERIC_MUL : F_INT8MUL, wide, widened);
		case CR_INT_NEGATE:
			return call(numeric ? F_NUMERIC_UMINUS : F_INT8UM, wide, widened);
		default:
			return linitial(widened);
	}
}

static bool
computes_walker(Node *node, int *width)
{
	List	   *args;

	if (node == NULL || IsA(node, SubLink))
		return false;
	if (cr_width_operation(node, &args) > CR_INT_OTHER)
		*width = Max(*width, cr_width_of(node));
	return expression_tree_walker(node, computes_walker, (void *) width);
}

/* The integer or numeric as the type that the query has cast it to. */
static Node *
cast_again(Node *expr, Oid type)
{
	bool		numeric = exprType(expr) == NUMERICOID;

	if (exprType(expr) == type)
		return expr;
	switch (type)
	{
		case NUMERICOID:
			return call(F_NUMERIC_INT8, type, list_make1(expr));
		case FLOAT4OID:
			return call(numeric ? F_FLOAT4_NUMERIC : F_FLOAT4_INT8, type,
						list_make1(expr));
		default:
			return call(numeric ? F_FLOAT8_NUMERIC : F_FLOAT8_INT8, type,
						list_make1(expr));
	}
}

/* Widens what is cast to a type with fractions, before it is. */
static Node *
casts_mutator(Node *node, void *context)
{
	Node	   *integer = cr_width_cast_from(node);
	Node	   *widened;

	if (node == NULL || IsA(node, SubLink))
		return node;
	if (integer != NULL)
	{
		widened = cr_widen_expression(integer);
		if (widened != integer)
			return cast_again(widened, exprType(node));
	}
	return expression_tree_mutator(node, casts_mutator, context);
}

/*
 * The expression, with integers in a type that holds them; itself if it is
 * one that computes nothing.
 */
Node *
cr_widen_expression(Node *expr)
{
	int			width = 0;

	if (expr == NULL || cr_width_of_type(exprType(expr)) == 0)
		return casts_mutator(expr, NULL);
	computes_walker(expr, &width);
	if (width == 0)
		return expr;
	return widen(expr, width <= 64 ? INT8OID : NUMERICOID);
}

/* The aggregate over numeric, where its result is numeric as well. */
Oid
cr_numeric_aggregate(Oid aggfnoid)
{
	size_t		i;

	for (i = 0; i < lengthof(wide_aggregates); i++)
	{
		if (wide_aggregates[i].narrow == aggfnoid ||
			wide_aggregates[i].numeric == aggfnoid)
			return wide_aggregates[i].numeric;
	}
	return InvalidOid;
}

static Oid
find_wide_sum(Oid type)
{
	Oid			result = cr_oids_find_function("wide_sum", 1, &type);

	if (!OidIsValid(result))
		elog(ERROR, "function cleanroom.wide_sum() is missing");
	return result;
}

/*
 * What is counted is null where its guards say so, which see it widened: not
 * where it would overflow.
 */
static void
widen_counted(Aggref *aggref)
{
	TargetEntry *argument = linitial_node(TargetEntry, aggref->args);
	Oid			type;
	ListCell   *lc;

	argument->expr = (Expr *) cr_widen_expression((Node *) argument->expr);
	type = exprType((Node *) argument->expr);
	if (type == linitial_oid(aggref->aggargtypes))
		return;
	aggref->aggargtypes = list_make1_oid(type);
	foreach(lc, aggref->aggdistinct)
	{
		SortGroupClause *clause = lfirst_node(SortGroupClause, lc);

		get_sort_group_operators(type, true, true, false, &clause->sortop,
								 &clause->eqop, NULL, &clause->hashable);
	}
}

/*
 * Has the aggregate compute its terms as wide as need be.  Changes it in
 * place.
 */
void
cr_widen_aggregate(Aggref *aggref)
{
	size_t		i;
	ListCell   *lc;

	if (aggref->aggfnoid == F_COUNT_ANY)
		widen_counted(aggref);
	foreach(lc, aggref->args)
	{
		TargetEntry *argument = lfirst_node(TargetEntry, lc);

		argument->expr = (Expr *)
			cr_even_quotients(casts_mutator((Node *) argument->expr, NULL));
	}
	for (i = 0; i < lengthof(wide_aggregates); i++)
	{
		const WideAggregate *entry = &wide_aggregates[i];
		TargetEntry *argument;
		Node	   *widened;
		Oid			type;

		if (entry->narrow != aggref->aggfnoid)
			continue;
		argument = linitial_node(TargetEntry, aggref->args);
		widened = cr_widen_expression((Node *) argument->expr);
		if (widened == (Node *) argument->expr)
			return;
		type = exprType(widened);
		argument->expr = (Expr *) widened;
		aggref->aggargtypes = list_make1_oid(type);
		aggref->aggfnoid = type == INT8OID ? entry->bigint : entry->numeric;
		if (!OidIsValid(aggref->aggfnoid))
			aggref->aggfnoid = find_wide_sum(type);
		return;
	}
}

/* The same for an aggregate that is called over a window. */
void
cr_widen_window(WindowFunc *call)
{
	Aggref	   *aggref;
	TargetEntry *argument;

	if (!call->winagg || list_length(call->args) != 1)
		return;
	argument = makeTargetEntry(linitial(call->args), 1, NULL, false);
	aggref = makeNode(Aggref);
	aggref->aggfnoid = call->winfnoid;
	aggref->args = list_make1(argument);
	aggref->aggargtypes = list_make1_oid(exprType(linitial(call->args)));
	cr_widen_aggregate(aggref);
	call->winfnoid = aggref->aggfnoid;
	call->args = list_make1(argument->expr);
}
