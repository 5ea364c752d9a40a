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
#include "inspect/absence.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "parser/parse_oper.h"
#include "reshape/reshape.h"
#include "rewrite/rewriteManip.h"
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
tests_of_answers(const CrLevel *level, const CrAggregate *aggregate,
				 const List *units)
{
	List	   *tests = NIL;
	List	   *all = cr_defer_conditions(level);
	ListCell   *lc;

	if (aggregate->part == NIL)
		return NIL;
	tests = cr_guard_answers(level, units,
							 list_concat_copy(all, aggregate->part));
	foreach(lc, aggregate->given)
	{
		List	   *chosen = list_concat_copy(all, aggregate->chosen);

		chosen = lappend(chosen, lfirst(lc));
		tests = list_concat_unique(tests,
								   cr_guard_answers(level, units, chosen));
	}
	return tests;
}

/* count(DISTINCT value) FILTER (WHERE conditions) */
static Expr *
count_distinct(Node *value, const Aggref *like, List *conditions)
{
	Aggref	   *aggref = cr_make_aggregate(F_COUNT_ANY, INT8OID,
										   list_make1(value));
	TargetEntry *tle = linitial_node(TargetEntry, aggref->args);
	SortGroupClause *distinct = copyObject(linitial(like->aggdistinct));

	get_sort_group_operators(exprType(value), true, true, false,
							 &distinct->sortop, &distinct->eqop, NULL,
							 &distinct->hashable);
	tle->ressortgroupref = distinct->tleSortGroupRef;
	aggref->inputcollid = exprCollation(value);
	aggref->aggdistinct = list_make1(distinct);
	if (conditions != NIL)
		aggref->aggfilter = make_ands_explicit(copyObject(conditions));
	return (Expr *) aggref;
}

/* count(DISTINCT unit) FILTER (WHERE conditions) */
static Expr *
count_people(const CrUnit *unit, const Aggref *like, List *conditions)
{
	return count_distinct((Node *) copyObject(unit->local), like, conditions);
}

/*
 * As many units as are surely people enough.  One person may have a token of
 * each version of a key: of several times the threshold, the threshold are of
 * one version.
 */
static Expr *
enough_people(const CrUnit *unit, const Aggref *like)
{
	Expr	   *threshold =
		(Expr *) cr_make_int8(unit->threshold);
	Node	   *class;

	if (!cr_policy_unit_may_be_token(unit->base->rte->relid, unit->attnum))
		return threshold;
	class = (Node *) makeFuncExpr(cr_oids_get()->token_class_function, INT4OID,
								  list_make1(copyObject(unit->local)),
								  InvalidOid, InvalidOid,
								  COERCE_EXPLICIT_CALL);
	return cr_make_operation("*", threshold,
							 count_distinct(class, like, NIL));
}

/* The one count lacks none of the other, or enough. */
static Expr *
test_of_people(const CrUnit *unit, const Aggref *like, Expr *all, Expr *part)
{
	Expr	   *lacking = cr_make_operation("-", copyObject(all),
											copyObject(part));
	Expr	   *threshold = enough_people(unit, like);
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
		list_make1(test_of_people(unit, aggregate->aggref,
								  count_people(unit, aggregate->aggref, NIL),
								  part));
	ListCell   *lc;

	foreach(lc, aggregate->chosen)
	{
		if (before != NIL)
			tests = lappend(tests,
							test_of_people(unit, aggregate->aggref,
										   count_people(unit,
														aggregate->aggref,
														before), part));
		before = lappend(before, lfirst(lc));
	}
	return tests;
}

/* The same of all units that may stand in several rows. */
static List *
tests_of_people(const CrLevel *level, const CrAggregate *aggregate,
				const List *units)
{
	List	   *tests = NIL;
	List	   *conditions = list_concat(cr_defer_conditions(level),
										 aggregate->part);
	ListCell   *lc;

	if (!aggregate->people || conditions == NIL)
		return NIL;
	foreach(lc, units)
	{
		CrUnit	   *unit = (CrUnit *) lfirst(lc);

		if (unit->membership == NULL &&
			!cr_inspect_unit_is_unique(level, unit))
			tests = list_concat(tests, tests_of_unit(level, aggregate, unit,
													 conditions));
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
 * The units that it rests on.  Those of an entry that its rows do not depend
 * on, nor what it adds up of them, make no difference to it: it is what it
 * would be in a query without that entry.
 */
static List *
units_under(const CrLevel *level, const CrAggregate *aggregate)
{
	List	   *units = NIL;
	List	   *words = list_make3(aggregate->aggref, aggregate->part,
								   aggregate->rests);
	ListCell   *lc;

	words = list_concat(words, list_make3(aggregate->skipped,
										  aggregate->given,
										  aggregate->chosen));
	words = lappend(words, cr_defer_conditions(level));

	foreach(lc, level->units)
	{
		CrUnit	   *unit = (CrUnit *) lfirst(lc);
		int			rti = unit->local->varno;

		if (unit->membership != NULL ||
			rangeTableEntry_used((Node *) words, rti, 0) ||
			!cr_absence_is_aside(level->query, rti))
			units = lappend(units, unit);
	}
	return units;
}

/*
 * The aggregate as it is released: itself where it rests on all rows of the
 * group, else null unless its part, and what is left, are many enough.
 */
Expr *
cr_guard_aggregate(const CrLevel *level, const CrAggregate *aggregate)
{
	List	   *tests = NIL;
	List	   *units;
	Aggref	   *aggref = cr_defer_aggregate(level, aggregate->aggref);
	ListCell   *lc;

	if (rests_on_group(level, aggregate))
		return (Expr *) aggref;
	units = units_under(level, aggregate);
	foreach(lc, units)
	{
		CrUnit	   *unit = (CrUnit *) lfirst(lc);

		tests = list_concat(tests, tests_of_part(level, aggregate, unit));
		tests = list_concat(tests, cr_guard_factors(level, aggregate, unit));
	}
	tests = list_concat(tests, tests_of_answers(level, aggregate, units));
	tests = list_concat(tests, tests_of_people(level, aggregate, units));
	tests = list_union(NIL, tests);
	return (Expr *) cr_make_case((Node *) make_ands_explicit(tests),
								 (Node *) aggref, NULL);
}
