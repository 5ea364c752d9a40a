/*-------------------------------------------------------------------------
 *
 * src/inspect/polynomial.c
 *	  Reads the arithmetic inside an aggregate's argument.
 *
 * A sum of a polynomial of low degree cannot single out one row; a step can.
 * So only +, -, * and division by constants are known here, and widening
 * casts between them.  Integer division truncates and is a step; so is what
 * floating point rounds away, which is why constants may not span more than
 * CR_MAX_CONSTANT_SPAN, and terms that may be of different size are not added
 * in it.  Numerics round as well, a product at 16383 decimals: so constants
 * have few.  Quotients are rounded by reshape/even.c.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "inspect/operation.h"
#include "inspect/polynomial.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

#define CR_MAX_CONSTANT_SPAN 1e9
#define CR_MAX_CONSTANT_SCALE 100

/* So many terms of one size lose less than a digit. */
#define CR_MAX_FLOATING_TERMS 8
#define CR_MANY_TERMS 1000

static bool
object(CrPolynomial *result, const char *objection)
{
	if (result->objection == NULL)
		result->objection = objection;
	return false;
}

/* The same, and what to write for it. */
static bool
object_with(CrPolynomial *result, const char *objection, const char *instead)
{
	if (result->objection == NULL)
		result->instead = instead;
	return object(result, objection);
}

static bool
read_constant(const Const *constant, CrPolynomial *result)
{
	double value;
	Datum		datum;

	result->aggregates = CR_AGG_ALL;
	if (constant->constisnull)
		return true;
	switch (constant->consttype)
	{
		case INT2OID:
			value = DatumGetInt16(constant->constvalue);
			break;
		case INT4OID:
			value = DatumGetInt32(constant->constvalue);
			break;
		case INT8OID:
			value = (double) DatumGetInt64(constant->constvalue);
			break;
		case FLOAT4OID:
			value = DatumGetFloat4(constant->constvalue);
			break;
		case FLOAT8OID:
			value = DatumGetFloat8(constant->constvalue);
			break;
		case NUMERICOID:
			datum = DirectFunctionCall1(numeric_float8_no_overflow,
										constant->constvalue);
			value = DatumGetFloat8(datum);
			if (numeric_is_nan(DatumGetNumeric(constant->constvalue)) ||
				numeric_is_inf(DatumGetNumeric(constant->constvalue)))
				break;			/* has no scale */
			datum = DirectFunctionCall1(numeric_scale, constant->constvalue);
			result->scale = DatumGetInt32(datum);
			break;
		default:
			return object(result, "a constant that is not a number");
	}
	if (isnan(value) || isinf(value))
		return object(result, "a constant that is not finite");
	if (result->scale > CR_MAX_CONSTANT_SCALE)
		return object(result, "constants of too many decimals");
	value = fabs(value);
	result->zero = value == 0;
	result->constant = !result->zero;
	if (value > 0)
		result->span = value > 1 ? value : 1 / value;
	return true;
}

/* Who could make it one, or what to write for it. */
static const char *
hint_of_column(const CrStatement *statement, const Var *var)
{
	const CrBase *base = cr_inspect_base(statement, var->varno);
	List	   *names = base->rte->eref ? base->rte->eref->colnames : NIL;

	if (!cr_inspect_base_is_raw(base))
		return "It is of a table that is not protected. Multiply what is released: SELECT sum(n * price) FROM (SELECT sku, sum(quantity) AS n ... GROUP BY sku) AS released JOIN prices USING (sku).";
	if (var->varattno < 1 || var->varattno > list_length(names))
		return NULL;
	return psprintf("The owner of \"%s\" can make \"%s\" a measure, with cleanroom.set_column(); cleanroom.columns lists those that are. What is grouped by it can be computed with once it is released.",
					base->name,
					strVal(list_nth(names, var->varattno - 1)));
}

static bool
read_column(const CrStatement *statement, Var *var, CrPolynomial *result)
{
	const CrColumnFact *fact = cr_inspect_column(statement, var);

	if (fact == NULL || (fact->uses & CR_USE_MEASURE) == 0)
	{
		result->column_refused = true;
		if (var->vartype == DATEOID)
			return object_with(result, cr_inspect_base(statement,
													   var->varno)->kind ==
							   CR_BASE_UNIT_LEVEL ?
							   "a date of a subquery by person" :
							   "a date that is not a measure",
							   cr_days_hint(statement, var));
		return object_with(result, "a column that is not a measure",
						   hint_of_column(statement, var));
	}
	result->degree = fact->degree;
	result->span = Max(1, fact->span);
	result->aggregates = fact->aggregates;
	result->base = var->varno;
	result->terms = Max(1, fact->terms);
	result->scale = fact->scale;
	result->scaled = fact->scaled;
	result->counted = fact->counted;
	result->measured = !fact->below || fact->measured;
	result->constant = fact->constant;
	return true;
}

/* A person's aggregate, as the level above a unit level sees it. */
static bool
read_aggregate(const CrStatement *statement, Aggref *aggref,
			   CrPolynomial *result)
{
	uint32 family = cr_aggregate_family(aggref->aggfnoid);
	Node	   *argument;
	List	   *zeros;

	if (family == CR_AGG_COUNT)
	{
		result->degree = 1;
		result->terms = 1;
		result->aggregates = CR_AGG_ALL;
		result->counted = true;
		return true;
	}
	if (family == 0 || list_length(aggref->args) != 1)
		return object(result, "an aggregate that is not a measure");
	/* the level that it is an aggregate of has its guards noted */
	argument = (Node *) linitial_node(TargetEntry, aggref->args)->expr;
	argument = cr_inspect_chosen_value(argument);
	argument = cr_inspect_zeros(statement, argument, &zeros);
	if (!cr_polynomial_read(statement, argument, result))
		return false;
	/* a constant, added up for each row */
	if (family == CR_AGG_SUM && result->constant)
	{
		result->counted = true;
		result->degree = Max(result->degree, 1);
	}
	if (family == CR_AGG_SUM)
		result->constant = false;
	if (family == CR_AGG_STDDEV || family == CR_AGG_VARIANCE)
	{
		/* nearly everybody may have one row, as a condition may choose */
		if (cr_aggregate_is_of_population(aggref->aggfnoid))
			return object_with(result, "a deviation that is zero for whoever has one row",
							   "Use stddev_samp() or var_samp(), which are NULL for those.");
		if (result->counted && result->measured)
			return object_with(result, "a count of rows added to a measure",
							   CR_HINT_COUNTS);
		result->constant = false;
		result->degree *= 2;
	}
	return true;
}

/* Is it a constant that changes the size of what it is multiplied with? */
static bool
scales(const CrPolynomial *factor)
{
	return factor->degree == 0 && factor->span != 1;
}

/* Notes what could be rounded away; says whether all is kept. */
static bool
keep_digits(const CrPolynomial *left, const CrPolynomial *right,
			CrOperation operation, CrPolynomial *result)
{
	result->terms = left->terms + right->terms;
	if (operation == CR_OP_MULTIPLY && left->terms > 0 && right->terms > 0)
		result->terms = left->terms * right->terms;
	result->terms = Min(result->terms, CR_MANY_TERMS);
	result->scale = left->scale + right->scale;
	result->scaled = left->scaled || right->scaled ||
					 (operation != CR_OP_ADD &&
					  (scales(left) || scales(right)));
	result->floating = left->floating || right->floating;
	if (result->scale > CR_MAX_CONSTANT_SCALE)
		return object(result, "constants of too many decimals");
	return true;
}

/* A sum in floating point is of terms of one size. */
static bool
check_floating(CrPolynomial *result)
{
	if (result->floating && result->terms > 1 &&
		(result->scaled || result->degree > 1 ||
		 result->terms > CR_MAX_FLOATING_TERMS))
		return object(result, "a sum in floating point of terms that may be of different size");
	return true;
}

/*
 * A count is 0 or 1 for whom its writer chooses, or the same but for one.  As
 * a factor it weighs people; by itself, a square too, it tells no more.
 */
static bool
may_multiply(List *args, const CrPolynomial *left, const CrPolynomial *right)
{
	if (!left->counted && !right->counted)
		return true;
	if (left->degree == 0 || right->degree == 0)
		return true;
	return !left->measured && equal(linitial(args), lsecond(args));
}

static bool
combine(const CrStatement *statement, List *args, CrOperation operation,
		CrPolynomial *result)
{
	CrPolynomial left;
	CrPolynomial right;

	if (!cr_polynomial_read(statement, linitial(args), &left))
	{
		*result = left;
		return false;
	}
	if (list_length(args) == 1)
	{
		*result = left;
		result->computed = result->computed || left.degree > 0;
		return true;
	}
	if (!cr_polynomial_read(statement, lsecond(args), &right))
	{
		*result = right;
		return false;
	}
	if (operation == CR_OP_DIVIDE && (right.degree > 0 || right.zero))
		return object(result, "division by zero, or by something that is not a constant");
	if (left.base != 0 && right.base != 0 && left.base != right.base)
		return object_with(result, "columns of two tables",
						   "Aggregate each by itself: avg(a.x) - avg(b.y) for avg(a.x - b.y), and of dates avg(a.day - date '2000-01-01') - avg(b.day - date '2000-01-01'); or give people both columns in a subquery by person.");
	result->base = left.base != 0 ? left.base : right.base;
	result->degree = operation == CR_OP_MULTIPLY ?
						 left.degree + right.degree :
						 Max(left.degree, right.degree);
	result->aggregates = left.aggregates & right.aggregates;
	result->counted = left.counted || right.counted;
	result->measured = left.measured || right.measured;
	result->constant = operation == CR_OP_MULTIPLY ?
		left.constant && right.constant :
		left.constant || (operation != CR_OP_DIVIDE && right.constant);
	if (operation == CR_OP_MULTIPLY && !may_multiply(args, &left, &right))
		return object_with(result, "a count of each person's rows as a factor",
						   CR_HINT_COUNTS);
	result->span = left.span * right.span;
	result->computed = true;
	result->zero = false;
	if (!keep_digits(&left, &right, operation, result))
		return false;
	if (result->degree > 2)
		return object(result, "a product of more than two columns");
	if (result->span > CR_MAX_CONSTANT_SPAN)
		return object(result, "constants that are too large or too small");
	return true;
}

/* A cast to numeric(p, s) that has room for all there is, and rounds none. */
static bool
is_wider_cast(Node *expr)
{
	FuncExpr   *cast = (FuncExpr *) expr;
	FuncExpr   *inner;
	Node	   *arg;
	int			before;
	int			after;
	int			before_of_arg;
	int			after_of_arg;

	if (!IsA(cast, FuncExpr) || cast->funcid != F_NUMERIC_NUMERIC_INT4)
		return false;
	arg = cr_inspect_strip(linitial(cast->args));
	inner = (FuncExpr *) arg;
	if (IsA(inner, FuncExpr) &&
		cr_operation_of(inner->funcid) == CR_OP_WIDEN &&
		inner->funcresulttype == NUMERICOID)
		arg = cr_inspect_strip(linitial(inner->args));
	/* of what is computed, widen.c may change the type */
	return IsA(arg, Var) && cr_inspect_digits(expr, &before, &after) &&
		cr_inspect_digits(arg, &before_of_arg, &after_of_arg) &&
		before_of_arg <= before && after_of_arg <= after;
}

/* A person's number of rows, as a number of the client's size. */
static bool
is_count_cast(Node *expr)
{
	FuncExpr   *cast = (FuncExpr *) expr;
	Node	   *count;

	if (!IsA(cast, FuncExpr) || cast->funcid != F_INT4_INT8)
		return false;
	count = cr_inspect_strip(linitial(cast->args));
	return IsA(count, Aggref) &&
		cr_aggregate_family(((Aggref *) count)->aggfnoid) == CR_AGG_COUNT;
}

/* Could it be grouped by? */
static bool
is_of_dimensions(const CrStatement *statement, Node *expr)
{
	List	   *vars = pull_var_clause(expr, PVC_INCLUDE_AGGREGATES);
	ListCell   *lc;

	foreach(lc, vars)
	{
		const CrColumnFact *fact = NULL;

		if (IsA(lfirst(lc), Var))
			fact = cr_inspect_column(statement, (Var *) lfirst(lc));
		if (fact == NULL || (fact->uses & CR_USE_DIMENSION) == 0)
			return false;
	}
	return vars != NIL;
}

static bool
is_power(Node *expr)
{
	Oid			function = InvalidOid;

	if (IsA(expr, OpExpr))
		function = get_opcode(((OpExpr *) expr)->opno);
	else if (IsA(expr, FuncExpr))
		function = ((FuncExpr *) expr)->funcid;
	return function == F_DPOW || function == F_NUMERIC_POWER ||
		function == F_POW_FLOAT8_FLOAT8 || function == F_POWER_FLOAT8_FLOAT8 ||
		function == F_POW_NUMERIC_NUMERIC ||
		function == F_POWER_NUMERIC_NUMERIC;
}

static bool
rounds(Node *expr)
{
	return IsA(expr, FuncExpr) &&
		((FuncExpr *) expr)->funcid == F_NUMERIC_NUMERIC_INT4;
}

/* What is none of the operations: says so. */
static bool
object_to_other(const CrStatement *statement, Node *expr,
				CrPolynomial *result)
{
	const char *what = "a function or operator other than arithmetic";

	if (rounds(expr))
		return object_with(result, "a cast that may round, or not fit",
						   "Leave out the precision, and cast what is released: sum(x)::numeric(12, 2).");
	if (is_of_dimensions(statement, expr))
		return object_with(result, what, cr_days_hint_of_dimensions(expr));
	if (is_power(expr))
		return object_with(result, "a power", "Write a square as x * x.");
	return object(result, what);
}

/*
 * Reads an expanded expression (or, in a unit level, one over aggregates) as
 * a polynomial of measures.  False, with "objection" set, when it is none.
 */
bool
cr_polynomial_read(const CrStatement *statement, Node *expr,
				   CrPolynomial *result)
{
	CrOperation operation;
	List *args;

	memset(result, 0, sizeof(CrPolynomial));
	result->span = 1;
	expr = cr_inspect_strip(expr);
	if (is_wider_cast(expr) || is_count_cast(expr))
		return cr_polynomial_read(statement,
								  linitial(((FuncExpr *) expr)->args), result);
	if (cr_days_read(expr, result))
		return result->objection == NULL;
	if (IsA(expr, Const))
		return read_constant((Const *) expr, result);
	if (IsA(expr, Var))
		return read_column(statement, (Var *) expr, result);
	if (IsA(expr, Aggref))
		return read_aggregate(statement, (Aggref *) expr, result);
	if (IsA(expr, OpExpr))
	{
		operation = cr_operation_of(((OpExpr *) expr)->opfuncid);
		args = ((OpExpr *) expr)->args;
	}
	else if (IsA(expr, FuncExpr))
	{
		operation = cr_operation_of(((FuncExpr *) expr)->funcid);
		args = ((FuncExpr *) expr)->args;
	}
	else if (IsA(expr, Param))
		return object_with(result, "a parameter",
						   "Multiply what is released: $1 * sum(x).");
	else
		return object(result, "something other than arithmetic");
	switch (operation)
	{
		case CR_OP_ADD:
		case CR_OP_MULTIPLY:
		case CR_OP_DIVIDE:
			if (!combine(statement, args, operation, result))
				return false;
			break;
		case CR_OP_WIDEN:
			if (!combine(statement, list_make1(linitial(args)),
						 operation, result))
				return false;
			break;
		case CR_OP_TRUNCATE:
			return object(result, "division of integers, which truncates");
		case CR_OP_COARSE:
			return object(result, "arithmetic in single precision");
		default:
			return object_to_other(statement, expr, result);
	}
	result->floating = result->floating || exprType(expr) == FLOAT8OID;
	return check_floating(result);
}
