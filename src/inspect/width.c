/*-------------------------------------------------------------------------
 *
 * src/inspect/width.c
 *	  How large integers can get that a query computes.
 *
 * Overflow is a step: a sum of x * 50000 that leaves out what overflows is a
 * sum of those x that are small, and where to cut is the analyst's choice.
 * So terms of sums are computed in a type that holds them all; how many bits
 * that takes is found out here, from the types of columns and from constants.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "inspect/polynomial.h"
#include "inspect/width.h"
#include "nodes/nodeFuncs.h"
#include "policy/policy.h"
#include "utils/fmgroids.h"

/* One person has not more rows than this many bits count. */
#define ROW_BITS	22

#define BIGINT_BITS	64

/* Additions in a term that do not make it large. */
#define MODEST_SUMS	2

/* Bits of a value's magnitude; 0 of types that are not integers. */
int
cr_width_of_type(Oid type)
{
	switch (type)
	{
		case INT2OID:
			return 16;
		case INT4OID:
			return 32;
		case INT8OID:
			return 64;
		default:
			return 0;
	}
}

static CrIntegerOperation
classify(Oid funcid)
{
	switch (funcid)
	{
		case F_INT2PL:
		case F_INT4PL:
		case F_INT8PL:
		case F_INT24PL:
		case F_INT42PL:
		case F_INT28PL:
		case F_INT82PL:
		case F_INT48PL:
		case F_INT84PL:
			return CR_INT_ADD;
		case F_INT2MI:
		case F_INT4MI:
		case F_INT8MI:
		case F_INT24MI:
		case F_INT42MI:
		case F_INT28MI:
		case F_INT82MI:
		case F_INT48MI:
		case F_INT84MI:
			return CR_INT_SUBTRACT;
		case F_INT2MUL:
		case F_INT4MUL:
		case F_INT8MUL:
		case F_INT24MUL:
		case F_INT42MUL:
		case F_INT28MUL:
		case F_INT82MUL:
		case F_INT48MUL:
		case F_INT84MUL:
			return CR_INT_MULTIPLY;
		case F_INT2UM:
		case F_INT4UM:
		case F_INT8UM:
			return CR_INT_NEGATE;
		case F_INT4_INT2:
		case F_INT8_INT2:
		case F_INT8_INT4:
			return CR_INT_WIDEN;
		default:
			return CR_INT_OTHER;
	}
}

/* Which operation on integers the node is, and on what. */
CrIntegerOperation
cr_width_operation(Node *expr, List **args)
{
	if (IsA(expr, OpExpr))
	{
		*args = ((OpExpr *) expr)->args;
		return classify(((OpExpr *) expr)->opfuncid);
	}
	if (IsA(expr, FuncExpr))
	{
		*args = ((FuncExpr *) expr)->args;
		return classify(((FuncExpr *) expr)->funcid);
	}
	return CR_INT_OTHER;
}

/* The integer that the expression casts to a type with fractions; or NULL. */
Node *
cr_width_cast_from(Node *expr)
{
	if (expr == NULL || !IsA(expr, FuncExpr))
		return NULL;
	switch (((FuncExpr *) expr)->funcid)
	{
		case F_NUMERIC_INT2:
		case F_NUMERIC_INT4:
		case F_NUMERIC_INT8:
		case F_FLOAT8_INT2:
		case F_FLOAT8_INT4:
		case F_FLOAT8_INT8:
		case F_FLOAT4_INT2:
		case F_FLOAT4_INT4:
		case F_FLOAT4_INT8:
			return linitial(((FuncExpr *) expr)->args);
		default:
			return NULL;
	}
}

static int
width_of_constant(const Const *constant)
{
	uint64		magnitude;
	int64		value = 0;
	int			bits = 1;

	if (constant->constisnull)
		return 1;
	if (constant->consttype == INT2OID)
		value = DatumGetInt16(constant->constvalue);
	else if (constant->consttype == INT4OID)
		value = DatumGetInt32(constant->constvalue);
	else
		value = DatumGetInt64(constant->constvalue);
	magnitude = value < 0 ? -(uint64) value : (uint64) value;
	for (; magnitude > 0; magnitude >>= 1)
		bits++;
	return bits;
}

/* Does the query make the numbers larger than their columns do? */
static bool
enlarges_walker(Node *node, int *sums)
{
	List	   *args = NIL;
	CrIntegerOperation operation;

	if (node == NULL)
		return false;
	operation = cr_width_operation(node, &args);
	if (operation == CR_INT_ADD || operation == CR_INT_SUBTRACT)
		(*sums)++;
	if (*sums > MODEST_SUMS ||
		(IsA(node, Const) && cr_width_of_type(exprType(node)) != 0 &&
		 width_of_constant((Const *) node) > 2))
		return true;
	return expression_tree_walker(node, enlarges_walker, (void *) sums);
}

/*
 * A sum of columns, or of products of two, is taken to fit: only values at
 * the end of their type's range could make it overflow, and none that a query
 * chooses.  Where it has larger numbers computed, joins can make so many rows
 * of them.
 */
static int
width_of_aggregate(const Aggref *aggref)
{
	Node	   *argument;
	int			width;
	int			sums = 0;

	if (cr_aggregate_family(aggref->aggfnoid) == CR_AGG_COUNT ||
		list_length(aggref->args) != 1)
		return 2 * ROW_BITS;
	argument = (Node *) linitial_node(TargetEntry, aggref->args)->expr;
	if (IsA(argument, CaseExpr))
	{
		List	   *whens = ((CaseExpr *) argument)->args;

		argument = (Node *) linitial_node(CaseWhen, whens)->result;
	}
	width = cr_width_of(argument);
	if (width <= BIGINT_BITS && !enlarges_walker(argument, &sums))
		return Min(width + ROW_BITS, BIGINT_BITS);
	return width + ROW_BITS;
}

/*
 * Bits, sign included, that hold whatever the integer expression is; of what
 * is not known, those of its type.
 */
int
cr_width_of(Node *expr)
{
	List	   *args = NIL;
	int			left;
	int			right = 0;

	while (expr != NULL && IsA(expr, RelabelType))
		expr = (Node *) ((RelabelType *) expr)->arg;
	if (expr == NULL || cr_width_of_type(exprType(expr)) == 0)
		return 0;
	if (IsA(expr, Const))
		return width_of_constant((Const *) expr);
	if (IsA(expr, Aggref))
		return width_of_aggregate((Aggref *) expr);
	switch (cr_width_operation(expr, &args))
	{
		case CR_INT_ADD:
		case CR_INT_SUBTRACT:
		case CR_INT_MULTIPLY:
			left = cr_width_of(linitial(args));
			right = cr_width_of(llast(args));
			return cr_width_operation(expr, &args) == CR_INT_MULTIPLY ?
				left + right : Max(left, right) + 1;
		case CR_INT_NEGATE:
			return cr_width_of(linitial(args)) + 1;
		case CR_INT_WIDEN:
			return cr_width_of(linitial(args));
		default:
			return cr_width_of_type(exprType(expr));
	}
}

static bool
too_wide_walker(Node *node, void *context)
{
	List	   *args;

	if (node == NULL || IsA(node, SubLink))
		return false;
	if ((IsA(node, Aggref) ||
		 cr_width_operation(node, &args) != CR_INT_OTHER) &&
		cr_width_of_type(exprType(node)) != 0 &&
		cr_width_of(node) > cr_width_of_type(exprType(node)))
		return true;
	if (IsA(node, Aggref))
		return false;			/* its terms are computed as wide as need be */
	return expression_tree_walker(node, too_wide_walker, context);
}

/* Is each integer that the expression computes within its type? */
bool
cr_width_fits(Node *expr)
{
	return !too_wide_walker(expr, NULL);
}
