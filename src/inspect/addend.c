/*-------------------------------------------------------------------------
 *
 * src/inspect/addend.c
 *	  What a value adds to a sum, and where it is null.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/transam.h"
#include "base/constant.h"
#include "base/make_expr.h"
#include "catalog/pg_type.h"
#include "inspect/choice.h"
#include "inspect/facts.h"
#include "inspect/width.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"

#define MODEST	1000000000

bool
cr_choice_is_null(Node *expr)
{
	return expr == NULL || (IsA(expr, Const) && ((Const *) expr)->constisnull);
}

static bool
is_number(Node *node, int32 number)
{
	Const	   *constant = (Const *) node;
	Datum		numeric;

	if (!IsA(node, Const) || constant->constisnull)
		return false;
	switch (constant->consttype)
	{
		case INT2OID:
			return DatumGetInt16(constant->constvalue) == number;
		case INT4OID:
			return DatumGetInt32(constant->constvalue) == number;
		case INT8OID:
			return DatumGetInt64(constant->constvalue) == number;
		case FLOAT4OID:
			return DatumGetFloat4(constant->constvalue) == number;
		case FLOAT8OID:
			return DatumGetFloat8(constant->constvalue) == number;
		case NUMERICOID:
			numeric = DirectFunctionCall1(int4_numeric, Int32GetDatum(number));
			return DatumGetBool(DirectFunctionCall2(numeric_eq, numeric,
													constant->constvalue));
		default:
			return false;
	}
}

bool
cr_choice_is_zero(Node *expr)
{
	return is_number(expr, 0);
}

/* A cast of a number that cannot fail, to a wider type. */
bool
cr_choice_widens(Node *node)
{
	List	   *args;

	return IsA(node, FuncExpr) &&
		(cr_width_operation(node, &args) == CR_INT_WIDEN ||
		 (cr_width_cast_from(node) != NULL && exprType(node) != FLOAT4OID));
}

/* Multiplications that are not in floating point, where 0 * x may be NaN. */
bool
cr_choice_multiplies(Node *node)
{
	List	   *args;

	return IsA(node, OpExpr) &&
		(cr_width_operation(node, &args) == CR_INT_MULTIPLY ||
		 ((OpExpr *) node)->opfuncid == F_NUMERIC_MUL);
}

/* A number that arithmetic with another such cannot make too large. */
static bool
is_modest(Node *node)
{
	return IsA(node, Const) && !((Const *) node)->constisnull &&
		(((Const *) node)->consttype == NUMERICOID ||
		 (((Const *) node)->consttype == INT4OID &&
		  DatumGetInt32(((Const *) node)->constvalue) >= -MODEST &&
		  DatumGetInt32(((Const *) node)->constvalue) <= MODEST));
}

/* Arithmetic of two numbers that cannot fail, as in 1 - (condition)::int. */
static bool
is_of_numbers(Node *node)
{
	OpExpr	   *op = (OpExpr *) node;

	return IsA(node, OpExpr) &&
		(op->opfuncid == F_INT4PL || op->opfuncid == F_INT4MI ||
		 op->opfuncid == F_NUMERIC_ADD || op->opfuncid == F_NUMERIC_SUB) &&
		is_modest(linitial(op->args)) && is_modest(lsecond(op->args));
}

/*
 * What the product is, if one side of it is 1; or 0, where all of it is
 * multiplied so.
 */
static Node *
simplify_product(OpExpr *product, bool factor)
{
	ListCell   *lc;

	foreach(lc, product->args)
	{
		Node	   *side = lfirst(lc);
		Node	   *other = foreach_current_index(lc) == 0 ?
			lsecond(product->args) : linitial(product->args);

		if (factor && is_number(side, 0) &&
			exprType(side) == product->opresulttype)
			return side;
		if (is_number(side, 1) && exprType(other) == product->opresulttype)
			return other;
	}
	return (Node *) product;
}

/* "factor": the node is what a sum adds, or a factor of that. */
static Node *
added_mutator(Node *node, bool *factor)
{
	bool		inside;

	if (node == NULL || IsA(node, SubLink))
		return node;
	inside = *factor && (IsA(node, List) || cr_choice_multiplies(node) ||
						 cr_choice_widens(node));
	node = expression_tree_mutator(node, added_mutator, (void *) &inside);
	if (is_of_numbers(node) ||
		(cr_choice_widens(node) &&
		 IsA(linitial(((FuncExpr *) node)->args), Const)))
		return cr_fold(node);
	if (cr_choice_multiplies(node))
		return simplify_product((OpExpr *) node, *factor);
	return node;
}

/*
 * The value as a sum takes it: x for x * 1; and 0 for x * 0, which is null
 * where x is, and adds nothing either.
 */
Node *
cr_choice_added(Node *value)
{
	bool		factor = true;

	return added_mutator(value, &factor);
}

/* ---------- what is null and what is not ---------- */

static bool
type_is_number(Oid type)
{
	return type == INT2OID || type == INT4OID || type == INT8OID ||
		type == NUMERICOID || type == FLOAT4OID || type == FLOAT8OID;
}

/* The arguments of arithmetic, which is null where one of them is. */
static bool
is_arithmetic(Node *node, List **args)
{
	Oid			funcid;
	ListCell   *lc;

	if (IsA(node, OpExpr))
	{
		funcid = ((OpExpr *) node)->opfuncid;
		*args = ((OpExpr *) node)->args;
	}
	else if (IsA(node, FuncExpr))
	{
		funcid = ((FuncExpr *) node)->funcid;
		*args = ((FuncExpr *) node)->args;
	}
	else
		return false;
	foreach(lc, *args)
	{
		if (!type_is_number(exprType(lfirst(lc))))
			return false;
	}
	return funcid < FirstNormalObjectId && type_is_number(exprType(node)) &&
		func_strict(funcid);
}

static void
add_operands(Node *node, List **operands)
{
	List	   *args;
	ListCell   *lc;

	node = cr_inspect_strip(node);
	if (!is_arithmetic(node, &args))
	{
		if (!IsA(node, Const) || ((Const *) node)->constisnull)
			*operands = list_append_unique(*operands, node);
		return;
	}
	foreach(lc, args)
		add_operands(lfirst(lc), operands);
}

/*
 * What is null in the same rows as the value, which is all that count() asks
 * of it: the column that it is computed from, a number if it is never null.
 */
Node *
cr_choice_counted(Node *value)
{
	List	   *operands = NIL;
	ListCell   *lc;

	add_operands(value, &operands);
	if (operands == NIL)
		return (Node *) cr_make_int4(1);
	foreach(lc, operands)
	{
		if (cr_choice_is_null(lfirst(lc)))
			return lfirst(lc);
	}
	return list_length(operands) == 1 ? linitial(operands) : value;
}
