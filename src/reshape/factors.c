/*-------------------------------------------------------------------------
 *
 * src/reshape/factors.c
 *	  Builds the tests that what an aggregate adds up is not nearly constant.
 *
 * Multiplied by something else, or less a constant, it is that of the few for
 * whom it is not.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/make_expr.h"
#include "base/oids.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "reshape/reshape.h"
#include "utils/fmgroids.h"

/*
 * So many decimals are compared of quotients, whose last digits differ where
 * the sum, which rounds none, does not.  How small what those would hide is,
 * its writer chooses.
 */
static const int decimals[] = {6, 12, 18};

/* What is compared, by the rows that it is of. */
typedef struct Factors
{
	const CrLevel *level;
	const CrUnit *unit;
	List	   *values;			/* Lists: of one expression, or of a pair */
	List	   *tests;			/* what is built */
} Factors;

/*
 * What it adds up of the rows that it chooses, by FILTER or by CASE; "known"
 * of other rows as well, not where a condition is a factor.
 */
static List *
values_of(const CrAggregate *aggregate, bool *known)
{
	List	   *values = NIL;
	ListCell   *lc;

	foreach(lc, aggregate->aggref->args)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);
		Node	   *value = cr_inspect_strip((Node *) tle->expr);
		List	   *whens = IsA(value, CaseExpr) ?
			((CaseExpr *) value)->args : NIL;

		if (list_length(whens) == 1)
		{
			value = (Node *) linitial_node(CaseWhen, whens)->result;
			*known = true;
		}
		values = lappend(values, value);
	}
	return values;
}

/* ---------- one test ---------- */

/* Is it computed of a quotient, or of what people have below, as averages? */
static bool
quotient_walker(Node *node, CrLevel *level)
{
	if (node == NULL)
		return false;
	if (IsA(node, OpExpr) && ((OpExpr *) node)->opfuncid == F_NUMERIC_DIV)
		return true;
	if (IsA(node, Var) &&
		cr_inspect_computed_below(level->statement,
								  cr_inspect_expand(level, node)) != NULL)
		return true;
	return expression_tree_walker(node, quotient_walker, (void *) level);
}

static bool
has_noise(const CrLevel *level, List *values)
{
	ListCell   *lc;

	foreach(lc, values)
	{
		Node	   *value = lfirst(lc);

		if (exprType(cr_widen_expression(copyObject(value))) == NUMERICOID &&
			quotient_walker(value, (CrLevel *) level))
			return true;
	}
	return false;
}

/* A value as wide as the aggregate itself computes it, or rounded. */
static Node *
as_compared(Node *value, const int *places)
{
	Node	   *wide = cr_widen_expression(copyObject(value));

	if (places == NULL || exprType(wide) != NUMERICOID)
		return wide;
	return (Node *) makeFuncExpr(F_ROUND_NUMERIC_INT4, NUMERICOID,
								 list_make2(wide, cr_make_int4(*places)),
								 InvalidOid, InvalidOid,
								 COERCE_EXPLICIT_CALL);
}

/*
 * Whichever two values are taken from the factors, those people who have rows
 * with neither are none or enough.
 */
static Expr *
test_of_values(const Factors *factors, List *values, const int *places,
			   Node *rows)
{
	const CrUnit *unit = factors->unit;
	int			threshold = unit->threshold;
	List	   *args = NIL;
	Aggref	   *unlike;
	Expr	   *none;
	Expr	   *enough;
	ListCell   *lc;

	foreach(lc, values)
		args = lappend(args, as_compared(lfirst(lc), places));
	if (list_length(args) == 1)
		args = lappend(args, makeNullConst(INT4OID, -1, InvalidOid));
	args = lappend(args, copyObject(unit->local));
	args = lappend(args, cr_make_int4(threshold));
	unlike = cr_make_aggregate(cr_oids_get()->unlike_aggregate, INT4OID, args);
	unlike->inputcollid = exprCollation((Node *) unit->local);
	unlike->aggfilter = (Expr *) copyObject(rows);
	none = cr_make_operation("=", (Expr *) copyObject(unlike),
							 (Expr *) cr_make_int4(0));
	enough = cr_make_operation(">=", (Expr *) unlike,
							   (Expr *) cr_make_int4(threshold));
	return make_orclause(list_make2(none, enough));
}

/* The tests of all factors among the rows; all rows where that is NULL. */
static void
test_among(Factors *factors, Node *rows)
{
	ListCell   *lc;

	foreach(lc, factors->values)
	{
		List	   *values = (List *) lfirst(lc);
		size_t		rounded = has_noise(factors->level, values) ?
			lengthof(decimals) : 0;

		factors->tests = lappend(factors->tests,
								 test_of_values(factors, values, NULL, rows));
		for (size_t i = 0; i < rounded; i++)
			factors->tests = lappend(factors->tests,
									 test_of_values(factors, values,
													&decimals[i], rows));
	}
}

/* ---------- which factors, of which rows ---------- */

/*
 * All of them are there: so are the columns that they are made of, which says
 * the same where nothing stands for a null.
 */
static List *
are_given(const CrLevel *level, List *values)
{
	bool		strict = !contain_nonstrict_functions((Node *) values);
	List	   *given = NIL;
	ListCell   *lc;

	foreach(lc, strict ? pull_var_clause((Node *) values, 0) : values)
	{
		Node	   *value = (Node *) lfirst(lc);
		Node	   *expanded = cr_inspect_expand((CrLevel *) level, value);

		if (cr_inspect_nullable(level->statement, expanded))
			given = list_append_unique(given,
									   cr_make_null_test(copyObject(value),
														 IS_NOT_NULL));
	}
	return given;
}

/*
 * What must not be nearly constant: the values, and each column in them that
 * may be asked for, or is, whatever is added to it.
 */
static List *
factors_of(const CrLevel *level, List *values)
{
	List	   *factors = list_make1(values);
	ListCell   *lc;

	foreach(lc, pull_var_clause((Node *) values, 0))
	{
		Node	   *column = (Node *) lfirst(lc);
		Node	   *expanded = cr_inspect_expand((CrLevel *) level, column);

		if (cr_inspect_may_be_asked(level->statement, expanded) ||
			cr_inspect_is_asked(level->statement, expanded))
			factors = list_append_unique(factors, list_make1(column));
	}
	return factors;
}

/* Rows that the conditions leave out, of those that have the values. */
static Node *
rows_left_out(List *conditions, List *given)
{
	Expr	   *all = make_ands_explicit(copyObject(conditions));
	Node	   *rest = cr_make_boolean_test((Node *) all, IS_NOT_TRUE, -1);

	return (Node *) make_ands_explicit(lcons(rest, copyObject(given)));
}

/*
 * The factors are tested among all whom the aggregate uses, those who have
 * something, and those whom it leaves out: by FILTER or CASE, or by a
 * condition that the level has put off.
 */
static void
test_rows(Factors *factors, const CrAggregate *aggregate, List *given,
		  List *some)
{
	const CrLevel *level = factors->level;
	List	   *chosen = aggregate->chosen;
	ListCell   *lc;

	test_among(factors,
			   cr_defer_among(level, list_concat_copy(chosen, given)));
	foreach(lc, some)
	{
		List	   *used = list_concat_copy(chosen, given);

		used = lappend(used, lfirst(lc));
		test_among(factors, cr_defer_among(level, used));
	}
	if (chosen != NIL)
		test_among(factors,
				   cr_defer_among(level, list_make1(rows_left_out(chosen,
																  given))));
	if (level->deferred != NIL)
		test_among(factors,
				   rows_left_out(list_concat(cr_defer_conditions(level),
											 chosen), given));
}

/* Tests that no factor is nearly constant; NIL where none could be. */
List *
cr_guard_factors(const CrLevel *level, const CrAggregate *aggregate,
				 const CrUnit *unit)
{
	bool		known = aggregate->aggref->aggfilter != NULL;
	List	   *values = values_of(aggregate, &known);
	Factors		factors = {level, unit, factors_of(level, values), NIL};
	ListCell   *lc;

	if (!aggregate->weighs || unit->membership != NULL)
		return NIL;
	if (aggregate->chosen != NIL && !known)
		return list_make1(makeBoolConst(false, false));
	/* else who has the values has all that they are made of */
	test_rows(&factors, aggregate, are_given(level, values),
			  contain_nonstrict_functions((Node *) values) ?
			  aggregate->given : NIL);
	/* they are null for whom they are not of */
	factors.values = NIL;
	foreach(lc, aggregate->extents)
		factors.values = lappend(factors.values, list_make1(lfirst(lc)));
	if (factors.values != NIL)
		test_rows(&factors, aggregate, NIL, NIL);
	return factors.tests;
}
