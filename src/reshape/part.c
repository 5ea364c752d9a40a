/*-------------------------------------------------------------------------
 *
 * src/reshape/part.c
 *	  Builds the tests that an aggregate must pass which does not rest on all
 *	  rows of its group.
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
#include "parser/parse_oper.h"
#include "reshape/reshape.h"
#include "utils/fmgroids.h"

/* Rows that the level means, of those for which the condition holds. */
static Node *
among_meant(const CrLevel *level, Node *condition)
{
	return cr_defer_among(level, list_make1(condition));
}

/*
 * Rows that conditions leave out, of those that have some columns.  What the
 * aggregate itself skips of them is tested elsewhere.
 */
static Node *
left_of_given(List *conditions, Node *given)
{
	Expr	   *all = make_ands_explicit(copyObject(conditions));
	Node	   *rest = cr_make_boolean_test((Node *) all, IS_NOT_TRUE, -1);

	return (Node *) make_andclause(list_make2(rest, copyObject(given)));
}

/* Tests of the rows with something to add that are left over. */
static List *
tests_of_one_given(const CrLevel *level, const CrAggregate *aggregate,
				   const CrUnit *unit, Node *given)
{
	List	   *tests = NIL;
	List	   *choice = list_difference(aggregate->part, aggregate->filled);
	List	   *all = list_concat(cr_defer_conditions(level), choice);
	Node	   *rest;
	ListCell   *lc;

	choice = list_difference(choice, make_ands_implicit((Expr *) given));
	if (choice != NIL)
	{
		rest = among_meant(level, left_of_given(choice, given));
		tests = lappend(tests, cr_guard_rest(unit, rest));
	}
	/* the level's conditions may leave out the same people as the part */
	if (level->deferred != NIL)
		tests = lappend(tests,
						cr_guard_rest(unit, left_of_given(all, given)));
	foreach(lc, unit->membership != NULL ? NIL : aggregate->listed)
	{
		List	   *both = list_make2(lfirst(lc), given);

		rest = among_meant(level, (Node *) make_ands_explicit(both));
		tests = lappend(tests, cr_guard_reach(unit, rest));
	}
	/* of a class, and of a FILTER, it is what they choose that is compared */
	foreach(lc, list_length(aggregate->chosen) > 1 ? aggregate->rests : NIL)
	{
		List	   *both = list_make2(lfirst(lc), given);

		rest = among_meant(level, (Node *) make_ands_explicit(both));
		tests = lappend(tests, cr_guard_rest(unit, rest));
	}
	return tests;
}

/*
 * What conditions leave out is none or enough among those, too, who have
 * something that the aggregate would add.
 */
static List *
tests_of_given(const CrLevel *level, const CrAggregate *aggregate,
			   const CrUnit *unit)
{
	List	   *tests = NIL;
	ListCell   *lc;

	if (level->deferred == NIL &&
		list_difference(aggregate->part, aggregate->filled) == NIL)
		return NIL;
	foreach(lc, aggregate->given)
		tests = list_concat(tests,
							tests_of_one_given(level, aggregate, unit,
											   lfirst(lc)));
	return tests;
}

/* What must hold for an aggregate that does not rest on the whole group. */
static List *
tests_of_part(const CrLevel *level, const CrAggregate *aggregate,
			  const CrUnit *unit)
{
	List	   *tests = NIL;
	ListCell   *lc;

	if (!cr_guard_concerns(unit, aggregate->tested))
		return NIL;
	if (aggregate->part != NIL)
	{
		Node	   *part = cr_defer_among(level, aggregate->part);

		tests = lappend(tests, unit->membership == NULL ||
						(aggregate->listed != NIL && aggregate->mixed) ?
						cr_guard_reach(unit, part) :
						cr_guard_rest(unit, part));
	}
	foreach(lc, list_concat_copy(aggregate->rests, aggregate->skipped))
		tests = lappend(tests,
						cr_guard_rest(unit, among_meant(level, lfirst(lc))));
	foreach(lc, aggregate->missing)
	{
		CrMissing  *missing = (CrMissing *) lfirst(lc);
		Node	   *rest = among_meant(level, missing->condition);

		tests = lappend(tests, unit->membership != NULL ||
						cr_inspect_nulled_alike((CrLevel *) level,
												missing->bases, unit->base) ?
						cr_guard_rest(unit, rest) :
						cr_guard_reach(unit, rest));
	}
	tests = list_concat(tests, tests_of_given(level, aggregate, unit));
	if (unit->membership != NULL)
		return tests;
	foreach(lc, aggregate->listed)
		tests = lappend(tests,
						cr_guard_reach(unit, among_meant(level, lfirst(lc))));
	return tests;
}

/* The same of those whom questions of membership leave out. */
static List *
tests_of_answers(const CrLevel *level, const CrAggregate *aggregate)
{
	List	   *tests = NIL;
	List	   *all = cr_defer_conditions(level);
	ListCell   *lc;

	if (aggregate->part == NIL)
		return NIL;
	tests = cr_guard_answers(level, list_concat_copy(all, aggregate->part));
	foreach(lc, aggregate->given)
	{
		List	   *chosen = list_concat_copy(all, aggregate->chosen);

		chosen = lappend(chosen, lfirst(lc));
		tests = list_concat_unique(tests, cr_guard_answers(level, chosen));
	}
	return tests;
}

/* count(DISTINCT unit) FILTER (WHERE conditions) */
static Expr *
count_people(const CrUnit *unit, const Aggref *like, List *conditions)
{
	Node	   *local = (Node *) copyObject(unit->local);
	Aggref	   *aggref = cr_make_aggregate(F_COUNT_ANY, INT8OID,
										   list_make1(local));
	TargetEntry *tle = linitial_node(TargetEntry, aggref->args);
	SortGroupClause *distinct = copyObject(linitial(like->aggdistinct));

	get_sort_group_operators(exprType(local), true, true, false,
							 &distinct->sortop, &distinct->eqop, NULL,
							 &distinct->hashable);
	tle->ressortgroupref = distinct->tleSortGroupRef;
	aggref->inputcollid = exprCollation(local);
	aggref->aggdistinct = list_make1(distinct);
	if (conditions != NIL)
		aggref->aggfilter = make_ands_explicit(copyObject(conditions));
	return (Expr *) aggref;
}

/* The one count lacks none of the other, or enough. */
static Expr *
test_of_people(const CrUnit *unit, Expr *all, Expr *part)
{
	Expr	   *lacking = cr_make_operation("-", copyObject(all),
											copyObject(part));
	Expr	   *threshold =
		(Expr *) cr_make_int8(unit->base->policy->threshold);
	Expr	   *none = cr_make_operation("=", copyObject(all),
										 copyObject(part));

	return make_orclause(list_make2(none,
									cr_make_operation(">=", lacking,
													  threshold)));
}

/*
 * Whoever has a row in the part may have others outside.  People who have
 * none, of all and of those that a class or a FILTER has chosen before, are
 * counted by themselves.
 */
static List *
tests_of_unit(const CrLevel *level, const CrAggregate *aggregate,
			  const CrUnit *unit, List *conditions)
{
	Expr	   *part = count_people(unit, aggregate->aggref, conditions);
	List	   *before = cr_defer_conditions(level);
	List	   *tests =
		list_make1(test_of_people(unit, count_people(unit, aggregate->aggref,
													 NIL), part));
	ListCell   *lc;

	foreach(lc, aggregate->chosen)
	{
		if (before != NIL)
			tests = lappend(tests,
							test_of_people(unit,
										   count_people(unit,
														aggregate->aggref,
														before), part));
		before = lappend(before, lfirst(lc));
	}
	return tests;
}

/* The same of all units that may stand in several rows. */
static List *
tests_of_people(const CrLevel *level, const CrAggregate *aggregate)
{
	List	   *tests = NIL;
	List	   *conditions = list_concat(cr_defer_conditions(level),
										 aggregate->part);
	ListCell   *lc;

	if (!aggregate->people || conditions == NIL)
		return NIL;
	foreach(lc, level->units)
	{
		CrUnit	   *unit = (CrUnit *) lfirst(lc);

		if (unit->membership == NULL &&
			!cr_inspect_unit_is_unique(level, unit))
			tests = list_concat(tests, tests_of_unit(level, aggregate, unit,
													 conditions));
	}
	return tests;
}

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

/*
 * A value as wide as the aggregate itself computes it; without the last digits
 * of quotients, which differ where the sum, which rounds none, does not.
 */
static Node *
as_compared(const CrLevel *level, Node *value)
{
	Node	   *wide = cr_widen_expression(copyObject(value));

	if (exprType(wide) != NUMERICOID ||
		!quotient_walker(value, (CrLevel *) level))
		return wide;
	return (Node *) makeFuncExpr(F_ROUND_NUMERIC_INT4, NUMERICOID,
								 list_make2(wide, cr_make_int4(6)),
								 InvalidOid, InvalidOid,
								 COERCE_EXPLICIT_CALL);
}

/*
 * Whichever two values are taken from the factors, those people who have rows
 * with neither are none or enough.
 */
static Expr *
test_of_factors(const CrLevel *level, List *values, const CrUnit *unit,
				List *rows)
{
	int			threshold = unit->base->policy->threshold;
	List	   *args = NIL;
	Aggref	   *unlike;
	Expr	   *none;
	Expr	   *enough;
	ListCell   *lc;

	foreach(lc, values)
		args = lappend(args, as_compared(level, lfirst(lc)));
	if (list_length(args) == 1)
		args = lappend(args, makeNullConst(INT4OID, -1, InvalidOid));
	args = lappend(args, copyObject(unit->local));
	args = lappend(args, cr_make_int4(threshold));
	unlike = cr_make_aggregate(cr_oids_get()->unlike_aggregate, INT4OID, args);
	unlike->inputcollid = exprCollation((Node *) unit->local);
	unlike->aggfilter = (Expr *) cr_defer_among(level, rows);
	none = cr_make_operation("=", (Expr *) copyObject(unlike),
							 (Expr *) cr_make_int4(0));
	enough = cr_make_operation(">=", (Expr *) unlike,
							   (Expr *) cr_make_int4(threshold));
	return make_orclause(list_make2(none, enough));
}

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
 * may be asked for, whatever is added to it.
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

		if (cr_inspect_may_be_asked(level->statement, expanded))
			factors = list_append_unique(factors, list_make1(column));
	}
	return factors;
}

/* The test of each factor among the rows. */
static List *
tests_among(const CrLevel *level, List *factors, const CrUnit *unit,
			List *rows)
{
	List	   *tests = NIL;
	ListCell   *lc;

	foreach(lc, factors)
		tests = lappend(tests,
						test_of_factors(level, lfirst(lc), unit, rows));
	return tests;
}

/*
 * What is nearly constant, multiplied by something else, is that of the few
 * for whom it is not.  They are none or enough, of all whom the aggregate
 * uses, of those who have something, and of those whom it leaves out.
 */
static List *
tests_of_factors(const CrLevel *level, const CrAggregate *aggregate,
				 const CrUnit *unit)
{
	bool		known = aggregate->aggref->aggfilter != NULL;
	List	   *values = values_of(aggregate, &known);
	List	   *factors = factors_of(level, values);
	List	   *given = are_given(level, values);
	List	   *rows = list_make1(NIL);
	List	   *tests = NIL;
	ListCell   *lc;

	if (!aggregate->weighs || unit->membership != NULL)
		return NIL;
	/* else who has the values has all that they are made of */
	foreach(lc, contain_nonstrict_functions((Node *) values) ?
			aggregate->given : NIL)
		rows = lappend(rows, list_make1(lfirst(lc)));
	foreach(lc, rows)
	{
		List	   *used = list_concat_copy(aggregate->chosen, given);

		used = list_concat(used, (List *) lfirst(lc));
		tests = list_concat(tests, tests_among(level, factors, unit, used));
	}
	if (aggregate->chosen != NIL && !known)
		tests = lappend(tests, makeBoolConst(false, false));
	else if (aggregate->chosen != NIL)
	{
		Expr	   *all = make_ands_explicit(copyObject(aggregate->chosen));
		Node	   *rest = cr_make_boolean_test((Node *) all, IS_NOT_TRUE, -1);

		tests = list_concat(tests, tests_among(level, factors, unit,
											   lcons(rest, given)));
	}
	return tests;
}

/* Does it rest on all rows of the group, each as good as any other? */
static bool
rests_on_group(const CrLevel *level, const CrAggregate *aggregate)
{
	return aggregate->part == NIL && aggregate->rests == NIL &&
		aggregate->skipped == NIL && aggregate->listed == NIL &&
		aggregate->missing == NIL && !aggregate->weighs &&
		!(aggregate->people && level->deferred != NIL);
}

/*
 * The aggregate as it is released: itself where it rests on all rows of the
 * group, else null unless its part, and what is left, are many enough.
 */
Expr *
cr_guard_aggregate(const CrLevel *level, const CrAggregate *aggregate)
{
	List	   *tests = NIL;
	Aggref	   *aggref = cr_defer_aggregate(level, aggregate->aggref);
	ListCell   *lc;

	if (rests_on_group(level, aggregate))
		return (Expr *) aggref;
	foreach(lc, level->units)
	{
		CrUnit	   *unit = (CrUnit *) lfirst(lc);

		tests = list_concat(tests, tests_of_part(level, aggregate, unit));
		tests = list_concat(tests, tests_of_factors(level, aggregate, unit));
	}
	tests = list_concat(tests, tests_of_answers(level, aggregate));
	tests = list_concat(tests, tests_of_people(level, aggregate));
	tests = list_union(NIL, tests);
	return (Expr *) cr_make_case((Node *) make_ands_explicit(tests),
								 (Node *) aggref, NULL);
}
