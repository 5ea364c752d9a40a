/*-------------------------------------------------------------------------
 *
 * src/reshape/even.c
 *	  Sums quotients as if they had not been rounded.
 *
 * numeric division keeps 16 digits of each quotient.  In
 *
 *	sum(x * 13 / 7.0) * 7 - sum(x) * 13
 *
 * stands what has been rounded away, and nearly all of that is of the largest
 * x, if it is the only one above 10000 * 7 / 13; and how many decimals the sum
 * is written with tells whether some x is below 7 / 13.  What is rounded away
 * of each row is a function of a measure that no policy allows.  So quotients
 * inside an aggregate, and the averages and variances of single people, are
 * computed with so many decimals that the aggregate, which is then rounded
 * itself, is what exact arithmetic gives:
 *
 *	sum(x / 7.0)	becomes round(sum(round(round(x, 64) / 7.0, 64)), 20)
 *	avg(x)			becomes round(avg(round(x, 64)), 64), of each person
 *	x / 100.0		becomes x * 0.01, which is exact
 *
 * The inner round() adds decimals, and division keeps as many.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/constant.h"
#include "base/make_expr.h"
#include "catalog/pg_type.h"
#include "inspect/polynomial.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "reshape/reshape.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

/*
 * Decimals of what comes out: those of numeric division where the quotient is
 * at most one.
 */
#define DECIMALS	20

/*
 * Decimals in between.  Constants make an error larger by 10^9 at most, and a
 * square by the size of what is squared.
 */
#define DECIMALS_INSIDE	64

static Node *
round_to(Node *expr, int decimals)
{
	return (Node *) makeFuncExpr(F_ROUND_NUMERIC_INT4, NUMERICOID,
								 list_make2(expr, cr_make_int4(decimals)),
								 InvalidOid, InvalidOid,
								 COERCE_EXPLICIT_CALL);
}

/* ---------- constants ---------- */

static Datum
number(int32 value)
{
	return DirectFunctionCall1(int4_numeric, Int32GetDatum(value));
}

static int
scale_of(Datum value)
{
	if (numeric_is_nan(DatumGetNumeric(value)) ||
		numeric_is_inf(DatumGetNumeric(value)))
		return 0;
	return Max(0, DatumGetInt32(DirectFunctionCall1(numeric_scale, value)));
}

/* The constant that it is divided by; by anything else only dimensions are. */
static Const *
divisor_of(Node *node)
{
	Node	   *divisor;

	if (!IsA(node, OpExpr) || ((OpExpr *) node)->opfuncid != F_NUMERIC_DIV)
		return NULL;
	divisor = cr_fold(lsecond(((OpExpr *) node)->args));
	if (!IsA(divisor, Const) || ((Const *) divisor)->constisnull ||
		DatumGetBool(DirectFunctionCall2(numeric_eq, number(0),
										 ((Const *) divisor)->constvalue)))
		return NULL;
	return (Const *) divisor;
}

/* Sets 1 / divisor; false if it has too many decimals. */
static bool
reciprocal(const Const *divisor, Datum *result)
{
	Datum		one = DirectFunctionCall2(numeric_round, number(1),
										  Int32GetDatum(DECIMALS_INSIDE));
	Datum		product;

	*result = DirectFunctionCall2(numeric_div, one, divisor->constvalue);
	*result = DirectFunctionCall1(numeric_trim_scale, *result);
	product = DirectFunctionCall2(numeric_mul, *result, divisor->constvalue);
	return scale_of(*result) <= DECIMALS_INSIDE &&
		DatumGetBool(DirectFunctionCall2(numeric_eq, product, one));
}

/* ---------- how many decimals there are ---------- */

static bool
decimals_walker(Node *node, int *decimals)
{
	if (node == NULL)
		return false;
	if (IsA(node, Var) && exprType(node) == NUMERICOID &&
		exprTypmod(node) >= (int32) VARHDRSZ)
	{
		/* numeric(p, s), as numeric.c reads it */
		int32		typmod = exprTypmod(node) - (int32) VARHDRSZ;

		*decimals += Max(0, ((typmod & 0x7ff) ^ 1024) - 1024);
	}
	else if (IsA(node, Const) && exprType(node) == NUMERICOID &&
			 !((Const *) node)->constisnull)
		*decimals += scale_of(((Const *) node)->constvalue);
	return expression_tree_walker(node, decimals_walker, (void *) decimals);
}

/* 1 / divisor, written so that the product has the usual decimals. */
static Node *
make_factor(Datum factor, Node *dividend)
{
	int			decimals = 0;

	decimals_walker(dividend, &decimals);
	decimals = Max(scale_of(factor), DECIMALS - decimals);
	factor = DirectFunctionCall2(numeric_round, factor,
								 Int32GetDatum(decimals));
	return (Node *) makeConst(NUMERICOID, -1, InvalidOid, -1, factor, false,
							  false);
}

/* ---------- quotients ---------- */

static Node *
quotients_mutator(Node *node, void *context)
{
	OpExpr	   *quotient;
	Node	   *dividend;
	Const	   *divisor;
	Datum		factor;

	if (node == NULL || IsA(node, SubLink))
		return node;
	node = expression_tree_mutator(node, quotients_mutator, context);
	divisor = divisor_of(node);
	if (divisor == NULL)
		return node;
	quotient = (OpExpr *) node;
	dividend = linitial(quotient->args);
	if (reciprocal(divisor, &factor))
		return (Node *) makeFuncExpr(F_NUMERIC_MUL, NUMERICOID,
									 list_make2(dividend,
												make_factor(factor, dividend)),
									 InvalidOid, InvalidOid,
									 COERCE_EXPLICIT_CALL);
	quotient->args = list_make2(round_to(dividend, DECIMALS_INSIDE), divisor);
	return round_to(node, DECIMALS_INSIDE);
}

/* The expression, with quotients that are exact enough. */
Node *
cr_even_quotients(Node *expr)
{
	return quotients_mutator(expr, NULL);
}

/* The same over numeric, where its result is one that is divided. */
static Oid
divided_aggregate(Oid aggfnoid)
{
	uint32		family = cr_aggregate_family(aggfnoid);

	if ((family & (CR_AGG_AVG | CR_AGG_VARIANCE | CR_AGG_STDDEV)) == 0)
		return InvalidOid;
	return cr_numeric_aggregate(aggfnoid);
}

static bool
quotient_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	return divisor_of(node) != NULL ||
		expression_tree_walker(node, quotient_walker, context);
}

static bool rounded_walker(Node *node, const CrStatement *statement);

/* A column of a subquery by person, as that computes it. */
static Node *
column_by_person(const CrStatement *statement, Var *var)
{
	CrBase	   *base;

	if (var->varlevelsup != 0 || var->varno <= 0 || var->varattno < 1)
		return NULL;
	base = cr_inspect_base(statement, var->varno);
	if (base->kind != CR_BASE_UNIT_LEVEL ||
		var->varattno > list_length(base->level->columns))
		return NULL;
	return list_nth(base->level->columns, var->varattno - 1);
}

/* Is something in it divided that has to be rounded? */
static bool
rounded_walker(Node *node, const CrStatement *statement)
{
	Datum		factor;
	Const	   *divisor;

	if (node == NULL || IsA(node, SubLink))
		return false;
	if (IsA(node, Var))
		return rounded_walker(column_by_person(statement, (Var *) node),
							  statement);
	if (IsA(node, Aggref) &&
		OidIsValid(divided_aggregate(((Aggref *) node)->aggfnoid)))
		return true;
	divisor = divisor_of(node);
	if (divisor != NULL && !reciprocal(divisor, &factor))
		return true;
	return expression_tree_walker(node, rounded_walker, (void *) statement);
}

/* The aggregate of what is not exact, with the usual decimals. */
Expr *
cr_even_aggregate(const CrLevel *level, const CrAggregate *aggregate,
				  Expr *guarded)
{
	if (exprType((Node *) guarded) != NUMERICOID ||
		!rounded_walker((Node *) aggregate->arguments, level->statement))
		return guarded;
	return (Expr *) round_to((Node *) guarded, DECIMALS);
}

/* A key that is a column of a subquery's, with the usual decimals. */
Expr *
cr_even_key(const CrLevel *level, Expr *key, Node *expanded)
{
	if (exprType((Node *) key) != NUMERICOID ||
		quotient_walker((Node *) key, NULL) ||
		!rounded_walker(expanded, level->statement))
		return key;
	return (Expr *) round_to((Node *) key, DECIMALS);
}

/* ---------- columns of subqueries ---------- */

static Node *
as_numeric(Node *expr)
{
	Oid			cast;

	switch (exprType(expr))
	{
		case INT2OID:
			cast = F_NUMERIC_INT2;
			break;
		case INT4OID:
			cast = F_NUMERIC_INT4;
			break;
		case INT8OID:
			cast = F_NUMERIC_INT8;
			break;
		default:
			return expr;
	}
	return (Node *) makeFuncExpr(cast, NUMERICOID, list_make1(expr),
								 InvalidOid, InvalidOid,
								 COERCE_IMPLICIT_CAST);
}

/* A person's average or variance. */
static Node *
people_mutator(Node *node, void *context)
{
	Aggref	   *aggref;
	TargetEntry *argument;
	Oid			wide;

	if (node == NULL || IsA(node, SubLink))
		return node;
	if (!IsA(node, Aggref))
		return expression_tree_mutator(node, people_mutator, context);
	wide = divided_aggregate(((Aggref *) node)->aggfnoid);
	if (!OidIsValid(wide))
		return node;
	aggref = copyObject((Aggref *) node);
	argument = linitial_node(TargetEntry, aggref->args);
	argument->expr = (Expr *) round_to(as_numeric((Node *) argument->expr),
									   DECIMALS_INSIDE);
	aggref->aggfnoid = wide;
	aggref->aggargtypes = list_make1_oid(NUMERICOID);
	return round_to((Node *) aggref, DECIMALS_INSIDE);
}

static bool
measures_walker(Node *node, CrStatement *statement)
{
	const CrColumnFact *fact;

	if (node == NULL || IsA(node, Query))
		return false;
	if (!IsA(node, Var))
		return expression_tree_walker(node, measures_walker,
									  (void *) statement);
	fact = cr_inspect_column(statement, (Var *) node);
	return fact != NULL && (fact->uses & CR_USE_MEASURE) != 0;
}

/*
 * The columns of a raw level, which may be measures of the level around it:
 * those that are no more than dimensions stay as they are.  Changes the query.
 */
void
cr_even_columns(CrLevel *level)
{
	bool		people = level->kind == CR_LEVEL_UNIT;
	ListCell   *lc;
	ListCell   *expanded = list_head(level->columns);

	foreach(lc, level->query->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		if (tle->resjunk || expanded == NULL)
			continue;
		if (people && tle->ressortgroupref == 0)
			tle->expr = (Expr *) people_mutator((Node *) tle->expr, NULL);
		if (!(people && tle->ressortgroupref != 0) &&
			measures_walker(lfirst(expanded), level->statement))
			tle->expr = (Expr *) cr_even_quotients((Node *) tle->expr);
		expanded = lnext(level->columns, expanded);
	}
}
