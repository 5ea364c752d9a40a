/*-------------------------------------------------------------------------
 *
 * src/reshape/guard.c
 *	  Builds the tests that groups must pass; those of single aggregates are
 *	  part.c's.
 *
 * All of them count units with the saturating aggregate cleanroom.units(),
 * except where a unit cannot stand in two rows: there count() serves.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/make_expr.h"
#include "base/oids.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "reshape/reshape.h"
#include "utils/fmgroids.h"

static Aggref *
make_aggregate(Oid aggfnoid, Oid type, List *args, Node *filter)
{
	Aggref	   *aggref = cr_make_aggregate(aggfnoid, type, args);

	aggref->inputcollid = exprCollation(linitial(args));
	aggref->aggfilter = (Expr *) filter;
	return aggref;
}

static Aggref *
count_units(const CrUnit *unit, Node *filter)
{
	return make_aggregate(cr_oids_get()->units_aggregate, INT4OID,
						  list_make2(copyObject(unit->local),
									 cr_make_int4(unit->threshold)),
						  filter);
}

/* units(unit, t) [FILTER (WHERE filter)] >= t */
Expr *
cr_guard_reach(const CrUnit *unit, Node *filter)
{
	return cr_make_operation(">=", (Expr *) count_units(unit, filter),
							 (Expr *) cr_make_int4(unit->threshold));
}

/* count(unit) >= t, where no unit stands in two rows */
static Expr *
rows_reach(const CrUnit *unit)
{
	Aggref	   *count = make_aggregate(F_COUNT_ANY, INT8OID,
									   list_make1(copyObject(unit->local)),
									   NULL);

	return cr_make_operation(">=", (Expr *) count,
							 (Expr *) cr_make_int8(unit->threshold));
}

/* count > 0, of the groups that have passed their guards */
Expr *
cr_guard_any_passed(Var *count)
{
	return cr_make_operation(">", (Expr *) count, (Expr *) cr_make_int8(0));
}

/* count(*) FILTER (WHERE condition) > 0 */
Expr *
cr_guard_any_row(Node *condition)
{
	Aggref	   *count = make_aggregate(F_COUNT_ANY, INT8OID,
									   list_make1(makeBoolConst(true, false)),
									   copyObject(condition));

	return cr_make_operation(">", (Expr *) count, (Expr *) cr_make_int8(0));
}

/* The largest threshold of the tables below, for messages. */
int
cr_guard_threshold(const CrLevel *level)
{
	int			threshold = 0;
	ListCell   *lc;

	foreach(lc, level->units)
		threshold = Max(threshold, ((CrUnit *) lfirst(lc))->threshold);
	return threshold;
}

/* Does the owner want the whole statement to fail on a small group? */
static bool
owner_refuses(const CrLevel *level, Oid owner)
{
	ListCell   *lc;

	foreach(lc, level->units)
	{
		CrPolicy   *policy = ((CrUnit *) lfirst(lc))->base->policy;

		if (policy->owner == owner && policy->refuse_small_groups)
			return true;
	}
	return false;
}

/*
 * Do all owners of the tables below want it to?  That it fails tells of a
 * small group, which is one owner's to allow of its own people alone.
 */
bool
cr_guard_refuses(const CrLevel *level)
{
	ListCell   *lc;

	foreach(lc, level->units)
	{
		if (!owner_refuses(level,
						   ((CrUnit *) lfirst(lc))->base->policy->owner))
			return false;
	}
	return level->units != NIL;
}

/* cleanroom.enough(reached, threshold): true, or an error */
Expr *
cr_guard_refuse(Expr *reached, int threshold)
{
	return (Expr *) makeFuncExpr(cr_oids_get()->enough_function, BOOLOID,
								 list_make2(reached, cr_make_int4(threshold)),
								 InvalidOid, InvalidOid,
								 COERCE_EXPLICIT_CALL);
}

/* No rows that the condition holds for, or rows of enough units. */
Expr *
cr_guard_rest(const CrUnit *unit, Node *condition)
{
	Aggref	   *count = count_units(unit, copyObject(condition));
	Expr	   *empty = cr_make_operation("=", (Expr *) count,
										  (Expr *) cr_make_int4(0));

	return make_orclause(list_make2(empty,
									cr_guard_reach(unit,
												copyObject(condition))));
}

/* The guard of one unit in HAVING. */
static Expr *
guard_of_unit(const CrLevel *level, const CrUnit *unit)
{
	if (unit->membership != NULL)
		return level->listed ? cr_guard_reach(unit, NULL) :
			cr_guard_rest(unit, NULL);
	if (level->deferred != NIL)
		return cr_guard_reach(unit, cr_defer_among(level, NIL));
	return cr_inspect_unit_is_unique(level, unit) ?
		rows_reach(unit) : cr_guard_reach(unit, NULL);
}

/* Does a condition that tests these memberships concern the unit? */
bool
cr_guard_concerns(const CrUnit *unit, const List *tested)
{
	return unit->membership == NULL ||
		list_member_ptr(tested, unit->membership);
}

/*
 * Guards of the people, of these units, whom questions of membership keep from
 * what the conditions mean.
 */
List *
cr_guard_answers(const CrLevel *level, const List *units, List *conditions)
{
	List	   *guards = NIL;
	ListCell   *lc;

	foreach(lc, cr_inspect_left_out((CrLevel *) level, conditions))
	{
		CrLeftOut  *left_out = (CrLeftOut *) lfirst(lc);
		ListCell   *lc2;

		foreach(lc2, units)
		{
			CrUnit	   *unit = (CrUnit *) lfirst(lc2);
			Expr	   *guard;

			if (!cr_guard_concerns(unit, left_out->asked))
				continue;
			guard = left_out->enough && unit->membership == NULL ?
				cr_guard_reach(unit, copyObject(left_out->rows)) :
				cr_guard_rest(unit, left_out->rows);
			guards = list_append_unique(guards, guard);
		}
	}
	return guards;
}

/* The guard of people whom a condition leaves out, in a list; or NIL. */
static List *
guard_of_left_out(const CrLevel *level, const CrUnit *unit,
				  const CrDeferred *deferred, Node *rest)
{
	if (unit->membership == NULL &&
		(level->listed || cr_list_tested(deferred->tested)))
		return list_make1(cr_guard_reach(unit, copyObject(rest)));
	if (unit->membership == NULL ||
		(!deferred->plain && cr_guard_concerns(unit, deferred->tested)))
		return list_make1(cr_guard_rest(unit, rest));
	return NIL;
}

/*
 * Rows that a condition leaves out, of all and of those that the others mean:
 * none, or of enough units.
 */
static List *
guards_of_left_out(const CrLevel *level, const CrDeferred *deferred)
{
	List	   *guards = NIL;
	Node	   *rest = cr_defer_left_out(deferred);
	Node	   *among = cr_defer_among_others(level, deferred,
											  list_make1(rest));
	ListCell   *lc;

	foreach(lc, level->units)
	{
		CrUnit	   *unit = (CrUnit *) lfirst(lc);

		guards = list_concat(guards,
							 guard_of_left_out(level, unit, deferred, rest));
		if (list_length(level->deferred) > 1)
			guards = list_concat(guards,
								 guard_of_left_out(level, unit, deferred,
												   among));
	}
	return guards;
}

/* The guards of all whom the level's conditions leave out. */
static List *
guards_of_deferred(const CrLevel *level)
{
	List	   *guards = NIL;
	bool		plain = true;
	ListCell   *lc;

	foreach(lc, level->deferred)
	{
		CrDeferred *deferred = (CrDeferred *) lfirst(lc);

		guards = list_concat(guards, guards_of_left_out(level, deferred));
		plain = plain && deferred->plain;
	}
	/* where each stands by itself, these are among those of each */
	return plain ? guards :
		list_concat(guards,
					cr_guard_answers(level, level->units,
									 cr_defer_conditions(level)));
}

/*
 * A condition without aggregates would be moved to WHERE, where it keeps the
 * planner from removing the joins of sets that nothing depends on.
 */
static Expr *
keep_in_having(Expr *aggregated, Node *condition)
{
	return (Expr *) cr_make_case((Node *) aggregated, condition,
								 makeBoolConst(false, false));
}

/* Sets that rows may be in or not can be released themselves. */
static List *
guards_of_sets(const CrLevel *level)
{
	List	   *guards = NIL;
	List	   *done = NIL;
	CrUnit	   *someone = NULL;
	ListCell   *lc;

	foreach(lc, level->units)
	{
		if (((CrUnit *) lfirst(lc))->membership == NULL)
			someone = (CrUnit *) lfirst(lc);
	}

	foreach(lc, level->units)
	{
		CrBase	   *base = ((CrUnit *) lfirst(lc))->membership;

		if (base == NULL || !base->tested || list_member_ptr(done, base))
			continue;
		done = lappend(done, base);
		guards = lappend(guards,
						 keep_in_having(guard_of_unit(level, someone),
										cr_defer_set(base)));
	}
	return guards;
}

/*
 * May several rows of the unit's table be beside one row of those tables that
 * no outer join nulls?  What is nulled itself determines nothing: where it is
 * not matched the others are repeated all the same.
 */
static bool
repeats_others(CrLevel *level, const CrUnit *unit)
{
	Bitmapset  *kept = NULL;
	ListCell   *lc;

	foreach(lc, cr_inspect_all_bases(level))
	{
		CrBase	   *base = (CrBase *) lfirst(lc);

		if (base != unit->base && !base->nullable)
			kept = bms_add_member(kept, base->id);
	}
	return !bms_is_member(unit->base->id,
						  cr_inspect_determined_by(level, kept));
}

/*
 * Rows that an outer join repeats count more than others: those of few people
 * could be told by it, however many there are of the other table.
 */
static List *
guards_of_repeated(CrLevel *level)
{
	List	   *guards = NIL;
	ListCell   *lc;
	ListCell   *lc2;

	foreach(lc, level->units)
	{
		CrUnit	   *unit = (CrUnit *) lfirst(lc);
		Bitmapset  *ids = bms_make_singleton(unit->base->id);

		if (unit->membership != NULL ||
			!cr_inspect_is_nulled_in(level, unit->base) ||
			!repeats_others(level, unit))
			continue;
		foreach(lc2, level->units)
		{
			CrUnit	   *other = (CrUnit *) lfirst(lc2);
			Node	   *matched = cr_make_null_test((Node *)
													copyObject(unit->local),
													IS_NOT_NULL);

			if (other->membership == NULL && other->base != unit->base &&
				!cr_inspect_nulled_alike(level, ids, other->base) &&
				!(unit->threshold >= other->threshold &&
				  cr_unit_is_of(level, unit, other)))
				guards = lappend(guards, cr_guard_rest(other, matched));
		}
	}
	return guards;
}

/*
 * Each unit of each protected table below reaches its threshold, and so do
 * the people whom conditions have left out, and the sets that people are
 * asked to be in: whether such a set is small, or empty, or small only in
 * this group, shall not make a difference.
 */
static List *
guards_of_group(const CrLevel *level)
{
	List	   *guards = NIL;
	ListCell   *lc;

	foreach(lc, level->units)
	{
		CrUnit	   *unit = (CrUnit *) lfirst(lc);

		if (unit->membership == NULL || unit->membership->tested)
			guards = lappend(guards, guard_of_unit(level, unit));
	}
	guards = list_concat(guards, guards_of_repeated((CrLevel *) level));
	return list_concat(guards, guards_of_deferred(level));
}

/*
 * HAVING of a set that people are asked to be in.  It does not fail where the
 * set is small: that is for the group that depends on it, which may rest on
 * people of somebody who does not want it to.
 */
Node *
cr_guard_of_set(const CrLevel *level)
{
	List	   *guards = list_concat(guards_of_group(level),
									 guards_of_sets(level));

	return (Node *) make_ands_explicit(list_union(NIL, guards));
}

/*
 * HAVING of a group.  Where it fails, it does so in the same words whichever
 * of the guards it is.
 */
Node *
cr_guard_of_group(const CrLevel *level)
{
	List	   *guards = NIL;
	int			threshold = cr_guard_threshold(level);
	ListCell   *lc;

	if (!cr_guard_refuses(level))
		return cr_guard_of_set(level);
	foreach(lc, guards_of_group(level))
		guards = lappend(guards, cr_guard_refuse(lfirst(lc), threshold));
	guards = list_concat(guards, guards_of_sets(level));
	return (Node *) make_ands_explicit(list_union(NIL, guards));
}
