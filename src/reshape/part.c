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
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "reshape/reshape.h"

/* Rows that the level means, of those for which the condition holds. */
static Node *
among_meant(const CrLevel *level, Node *condition)
{
	return cr_defer_among(level, list_make1(condition));
}

/*
 * Rows that a part leaves out, of those that have some columns; NULL: there
 * are none.
 */
static Node *
without_part(const CrAggregate *aggregate, Node *given)
{
	List	   *there = make_ands_implicit((Expr *) given);
	List	   *conditions = list_difference(aggregate->part, there);
	Expr	   *part = make_ands_explicit(copyObject(conditions));
	Node	   *rest = cr_make_boolean_test((Node *) part, IS_NOT_TRUE, -1);

	return conditions == NIL ? NULL :
		(Node *) make_andclause(list_make2(rest, copyObject(given)));
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

	foreach(lc, aggregate->chosen == NIL ? NIL : aggregate->given)
	{
		Node	   *given = (Node *) lfirst(lc);
		Node	   *rest = without_part(aggregate, given);
		ListCell   *lc2;

		if (rest != NULL)
			tests = lappend(tests,
							cr_guard_rest(unit, among_meant(level, rest)));
		foreach(lc2, unit->membership != NULL ? NIL : aggregate->listed)
		{
			Node	   *both = (Node *)
				make_ands_explicit(list_make2(lfirst(lc2), given));

			tests = lappend(tests,
							cr_guard_reach(unit, among_meant(level, both)));
		}
	}
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
	foreach(lc, aggregate->rests)
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

/* count(DISTINCT key) FILTER (WHERE condition), of the rows that are meant */
static Expr *
count_people(const CrLevel *level, const CrAggregate *aggregate,
			 List *conditions)
{
	Aggref	   *aggref = cr_defer_aggregate(level, aggregate->aggref);
	TargetEntry *tle = copyObject(linitial_node(TargetEntry, aggref->args));

	tle->expr = (Expr *) copyObject(aggregate->people);
	aggref->args = list_make1(tle);
	aggref->aggfilter = (Expr *) cr_defer_among(level, conditions);
	return (Expr *) aggref;
}

/*
 * Whoever has a row in the part may have others outside.  People who have
 * none are what the one count lacks of the other: none, or enough.
 */
static Expr *
test_of_people(const CrLevel *level, const CrAggregate *aggregate)
{
	Expr	   *all = count_people(level, aggregate, NIL);
	Expr	   *part = count_people(level, aggregate, aggregate->part);
	Expr	   *lacking = cr_make_operation("-", copyObject(all),
											copyObject(part));
	Const	   *threshold = cr_make_int8(cr_guard_threshold(level));

	return make_orclause(list_make2(cr_make_operation("=", all, part),
									cr_make_operation(">=", lacking,
													  (Expr *) threshold)));
}

/* Has everybody one row at most? */
static bool
rows_are_people(const CrLevel *level)
{
	ListCell   *lc;

	foreach(lc, level->units)
	{
		CrUnit	   *unit = (CrUnit *) lfirst(lc);

		if (unit->membership == NULL &&
			!cr_inspect_unit_is_unique(level, unit))
			return false;
	}
	return true;
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

	if (aggregate->part == NIL && aggregate->rests == NIL &&
		aggregate->listed == NIL && aggregate->missing == NIL)
		return (Expr *) aggref;
	foreach(lc, level->units)
	{
		CrUnit	   *unit = (CrUnit *) lfirst(lc);

		tests = list_concat(tests, tests_of_part(level, aggregate, unit));
	}
	tests = list_concat(tests, tests_of_answers(level, aggregate));
	if (aggregate->people != NULL && aggregate->chosen != NIL &&
		!rows_are_people(level))
		tests = lappend(tests, test_of_people(level, aggregate));
	return (Expr *) cr_make_case((Node *) make_ands_explicit(tests),
								 (Node *) aggref, NULL);
}
