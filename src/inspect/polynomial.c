/*-------------------------------------------------------------------------
 *
 * src/inspect/polynomial.c
 *	  Reads the arithmetic inside an aggregate's argument.
 *
 * A sum of a polynomial of low degree cannot single out one row; a step can.
 * So only +, -, * and division by constants are known here, and widening
 * casts between them.  Integer division truncates and is a step; so is what
 * floating point rounds away, which is why constants may not span more than
 * CR_MAX_CONSTANT_SPAN: that leaves six digits of every value untouched.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "inspect/polynomial.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"

#define CR_MAX_CONSTANT_SPAN	1e9

typedef enum Operation
{
	OP_UNKNOWN,
	OP_ADD,						/* also minus, and signs */
	OP_MULTIPLY,
	OP_DIVIDE,
	OP_TRUNCATE,				/* integer division */
	OP_WIDEN,
	OP_COARSE					/* single precision */
} Operation;

/*
 * Which CR_AGG_… bit allows this built-in aggregate; 0 when none does.
 */
uint32
cr_aggregate_family(Oid aggfnoid)
{
	switch (aggfnoid)
	{
		case F_COUNT_:
		case F_COUNT_ANY:
			return CR_AGG_COUNT;
		case F_SUM_INT2:
		case F_SUM_INT4:
		case F_SUM_INT8:
		case F_SUM_FLOAT4:
		case F_SUM_FLOAT8:
		case F_SUM_NUMERIC:
			return CR_AGG_SUM;
		case F_AVG_INT2:
		case F_AVG_INT4:
		case F_AVG_INT8:
		case F_AVG_FLOAT4:
		case F_AVG_FLOAT8:
		case F_AVG_NUMERIC:
			return CR_AGG_AVG;
		case F_STDDEV_INT2:
		case F_STDDEV_INT4:
		case F_STDDEV_INT8:
		case F_STDDEV_FLOAT4:
		case F_STDDEV_FLOAT8:
		case F_STDDEV_NUMERIC:
		case F_STDDEV_SAMP_INT2:
		case F_STDDEV_SAMP_INT4:
		case F_STDDEV_SAMP_INT8:
		case F_STDDEV_SAMP_FLOAT4:
		case F_STDDEV_SAMP_FLOAT8:
		case F_STDDEV_SAMP_NUMERIC:
		case F_STDDEV_POP_INT2:
		case F_STDDEV_POP_INT4:
		case F_STDDEV_POP_INT8:
		case F_STDDEV_POP_FLOAT4:
		case F_STDDEV_POP_FLOAT8:
		case F_STDDEV_POP_NUMERIC:
			return CR_AGG_STDDEV;
		case F_VARIANCE_INT2:
		case F_VARIANCE_INT4:
		case F_VARIANCE_INT8:
		case F_VARIANCE_FLOAT4:
		case F_VARIANCE_FLOAT8:
		case F_VARIANCE_NUMERIC:
		case F_VAR_SAMP_INT2:
		case F_VAR_SAMP_INT4:
		case F_VAR_SAMP_INT8:
		case F_VAR_SAMP_FLOAT4:
		case F_VAR_SAMP_FLOAT8:
		case F_VAR_SAMP_NUMERIC:
		case F_VAR_POP_INT2:
		case F_VAR_POP_INT4:
		case F_VAR_POP_INT8:
		case F_VAR_POP_FLOAT4:
		case F_VAR_POP_FLOAT8:
		case F_VAR_POP_NUMERIC:
			return CR_AGG_VARIANCE;
		default:
			return 0;
	}
}

static Operation
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
		case F_FLOAT8PL:
		case F_FLOAT48PL:
		case F_FLOAT84PL:
		case F_NUMERIC_ADD:
		case F_INT2MI:
		case F_INT4MI:
		case F_INT8MI:
		case F_INT24MI:
		case F_INT42MI:
		case F_INT28MI:
		case F_INT82MI:
		case F_INT48MI:
		case F_INT84MI:
		case F_FLOAT8MI:
		case F_FLOAT48MI:
		case F_FLOAT84MI:
		case F_NUMERIC_SUB:
		case F_INT2UM:
		case F_INT4UM:
		case F_INT8UM:
		case F_FLOAT8UM:
		case F_NUMERIC_UMINUS:
		case F_INT2UP:
		case F_INT4UP:
		case F_INT8UP:
		case F_FLOAT8UP:
		case F_NUMERIC_UPLUS:
			return OP_ADD;
		case F_INT2MUL:
		case F_INT4MUL:
		case F_INT8MUL:
		case F_INT24MUL:
		case F_INT42MUL:
		case F_INT28MUL:
		case F_INT82MUL:
		case F_INT48MUL:
		case F_INT84MUL:
		case F_FLOAT8MUL:
		case F_FLOAT48MUL:
		case F_FLOAT84MUL:
		case F_NUMERIC_MUL:
			return OP_MULTIPLY;
		case F_FLOAT8DIV:
		case F_FLOAT48DIV:
		case F_FLOAT84DIV:
		case F_NUMERIC_DIV:
			return OP_DIVIDE;
		case F_INT2DIV:
		case F_INT4DIV:
		case F_INT8DIV:
		case F_INT24DIV:
		case F_INT42DIV:
		case F_INT28DIV:
		case F_INT82DIV:
		case F_INT48DIV:
		case F_INT84DIV:
			return OP_TRUNCATE;
		case F_INT4_INT2:
		case F_INT8_INT2:
		case F_INT8_INT4:
		case F_NUMERIC_INT2:
		case F_NUMERIC_INT4:
		case F_NUMERIC_INT8:
		case F_FLOAT8_INT2:
		case F_FLOAT8_INT4:
		case F_FLOAT8_INT8:
		case F_FLOAT8_FLOAT4:
		case F_FLOAT8_NUMERIC:
			return OP_WIDEN;
		case F_FLOAT4PL:
		case F_FLOAT4MI:
		case F_FLOAT4MUL:
		case F_FLOAT4DIV:
		case F_FLOAT4UM:
			return OP_COARSE;
		default:
			return OP_UNKNOWN;
	}
}

static bool
object(CrPolynomial *result, const char *objection)
{
	if (result->objection == NULL)
		result->objection = objection;
	return false;
}

static bool
read_constant(const Const *constant, CrPolynomial *result)
{
	double		value;

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
			value = DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow,
													   constant->constvalue));
			break;
		default:
			return object(result, "a constant that is not a number");
	}
	if (isnan(value) || isinf(value))
		return object(result, "a constant that is not finite");
	value = fabs(value);
	result->zero = value == 0;
	if (value > 0)
		result->span = value > 1 ? value : 1 / value;
	return true;
}

static bool
read_column(const CrStatement *statement, Var *var, CrPolynomial *result)
{
	const CrColumnFact *fact = cr_inspect_column(statement, var);

	if (fact == NULL || (fact->uses & CR_USE_MEASURE) == 0)
	{
		result->column_refused = true;
		return object(result, "a column that is not a measure");
	}
	result->degree = fact->degree;
	result->aggregates = fact->aggregates;
	result->base = var->varno;
	return true;
}

/* A person's aggregate, as the level above a unit level sees it. */
static bool
read_aggregate(const CrStatement *statement, Aggref *aggref,
			   CrPolynomial *result)
{
	uint32		family = cr_aggregate_family(aggref->aggfnoid);

	if (family == CR_AGG_COUNT)
	{
		result->degree = 1;
		result->aggregates = CR_AGG_ALL;
		return true;
	}
	if (family == 0 || list_length(aggref->args) != 1)
		return object(result, "an aggregate that is not a measure");
	if (!cr_polynomial_read(statement,
							(Node *) ((TargetEntry *) linitial(aggref->args))->expr,
							result))
		return false;
	if (family == CR_AGG_STDDEV || family == CR_AGG_VARIANCE)
		result->degree *= 2;
	return true;
}

static bool
combine(const CrStatement *statement, List *args, Operation operation,
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
	if (operation == OP_DIVIDE && (right.degree > 0 || right.zero))
		return object(result, "division by zero, or by something that is not a constant");
	if (left.base != 0 && right.base != 0 && left.base != right.base)
		return object(result, "columns of two tables");
	result->base = left.base != 0 ? left.base : right.base;
	result->degree = operation == OP_MULTIPLY ?
		left.degree + right.degree : Max(left.degree, right.degree);
	result->aggregates = left.aggregates & right.aggregates;
	result->span = left.span * right.span;
	result->computed = true;
	result->zero = false;
	if (result->degree > 2)
		return object(result, "a product of more than two columns");
	if (result->span > CR_MAX_CONSTANT_SPAN)
		return object(result, "constants that are too large or too small");
	return true;
}

/*
 * Reads an expanded expression (or, in a unit level, one over aggregates) as
 * a polynomial of measures.  False, with "objection" set, when it is none.
 */
bool
cr_polynomial_read(const CrStatement *statement, Node *expr,
				   CrPolynomial *result)
{
	Operation	operation;
	List	   *args;

	memset(result, 0, sizeof(CrPolynomial));
	result->span = 1;
	expr = cr_inspect_strip(expr);
	if (IsA(expr, Const))
		return read_constant((Const *) expr, result);
	if (IsA(expr, Var))
		return read_column(statement, (Var *) expr, result);
	if (IsA(expr, Aggref))
		return read_aggregate(statement, (Aggref *) expr, result);
	if (IsA(expr, OpExpr))
	{
		operation = classify(((OpExpr *) expr)->opfuncid);
		args = ((OpExpr *) expr)->args;
	}
	else if (IsA(expr, FuncExpr))
	{
		operation = classify(((FuncExpr *) expr)->funcid);
		args = ((FuncExpr *) expr)->args;
	}
	else
		return object(result, IsA(expr, Param) ?
					  "a parameter" : "something other than arithmetic");
	switch (operation)
	{
		case OP_ADD:
		case OP_MULTIPLY:
		case OP_DIVIDE:
			return combine(statement, args, operation, result);
		case OP_WIDEN:
			return combine(statement, list_make1(linitial(args)),
						   operation, result);
		case OP_TRUNCATE:
			return object(result, "division of integers, which truncates");
		case OP_COARSE:
			return object(result, "arithmetic in single precision");
		default:
			return object(result, "a function or operator other than arithmetic");
	}
}
