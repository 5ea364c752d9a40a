/*-------------------------------------------------------------------------
 *
 * src/inspect/by_unit.c
 *	  Is a level grouped by its privacy units?
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "inspect/facts.h"
#include "inspect/pin.h"
#include "miscadmin.h"

/*
 * Does the ON of an outer join, apart from one equality, look at nothing but
 * the side that may be missing?  Then the rows of one key of the other side
 * all have matches, or none has.
 */
static bool
matches_by_key_alone(CrLevel *level, const CrClause *equality)
{
	ListCell   *lc;

	foreach(lc, level->clauses)
	{
		CrClause   *clause = (CrClause *) lfirst(lc);

		if (clause != equality && !clause->inner &&
			bms_equal(clause->limited, equality->limited) &&
			!bms_is_subset(cr_inspect_bases(clause->expanded),
						   clause->limited))
			return false;
	}
	return true;
}

/* Does an outer join make it equal to, or null beside, one of the members? */
static Node *
read_dependent(CrLevel *level, CrClause *clause, List *members)
{
	Node	   *left;
	Node	   *right;
	Node	   *member;

	if (clause->inner || !cr_clause_names_one(clause, &left, &right))
		return NULL;
	member = IsA(left, Var) && ((Var *) left)->varno > 0 &&
		bms_is_member(((Var *) left)->varno, clause->limited) ? left : right;
	return IsA(member, Var) && ((Var *) member)->varno > 0 &&
		bms_is_member(((Var *) member)->varno, clause->limited) &&
		list_member(members, member == left ? right : left) &&
		matches_by_key_alone(level, clause) ? member : NULL;
}

static List *close_over_equalities(CrLevel *level, List *members);

/* The level's unit that is a unit of a level below it. */
static CrUnit *
unit_above(CrLevel *level, const CrSource *source, const CrUnit *below)
{
	ListCell   *lc;

	foreach(lc, level->units)
	{
		CrUnit	   *unit = (CrUnit *) lfirst(lc);

		if (unit->local->varno == source->rti &&
			unit->local->varattno == below->position)
			return unit;
	}
	return NULL;
}

/*
 * Of the rows of a unit level one unit may tell the others, which its own
 * joins make equal to that one.  Adds those of a unit that is a member.
 */
static List *
close_over_units(CrLevel *level, const CrSource *source, List *members)
{
	List	   *told = NIL;
	int			length;
	ListCell   *lc;

	foreach(lc, source->level->units)
	{
		CrUnit	   *below = (CrUnit *) lfirst(lc);
		CrUnit	   *unit = unit_above(level, source, below);

		if (unit != NULL && list_member(members, unit->expanded))
			told = lappend(told, below->expanded);
	}
	do
	{
		length = list_length(told);
		told = close_over_equalities(source->level, told);
	} while (list_length(told) > length);
	foreach(lc, source->level->units)
	{
		CrUnit	   *below = (CrUnit *) lfirst(lc);
		CrUnit	   *unit = unit_above(level, source, below);

		if (unit != NULL && list_member(told, below->expanded))
			members = list_append_unique(members, unit->expanded);
	}
	return members;
}

/* Adds what inner and outer joins make equal to a member of the list. */
static List *
close_over_equalities(CrLevel *level, List *members)
{
	ListCell   *lc;

	CHECK_FOR_INTERRUPTS();
	foreach(lc, level->clauses)
	{
		CrClause   *clause = (CrClause *) lfirst(lc);
		Node	   *left;
		Node	   *right;
		Node	   *dependent = read_dependent(level, clause, members);

		if (dependent != NULL)
			members = list_append_unique(members, dependent);
		if (!clause->inner || !cr_clause_names_one(clause, &left, &right))
			continue;
		if (list_member(members, left))
			members = list_append_unique(members, right);
		else if (list_member(members, right))
			members = list_append_unique(members, left);
	}
	foreach(lc, level->sources)
	{
		CrSource   *source = (CrSource *) lfirst(lc);

		if (source->base == NULL)
			members = close_over_equalities(source->level, members);
		else if (source->base->kind == CR_BASE_UNIT_LEVEL)
			members = close_over_units(level, source, members);
	}
	return members;
}

static List *
keys_and_equals(CrLevel *level)
{
	List	   *members = NIL;
	int			length;
	ListCell   *lc;

	foreach(lc, level->group_keys)
		members = lappend(members, cr_inspect_strip(lfirst(lc)));
	do
	{
		length = list_length(members);
		members = close_over_equalities(level, members);
	} while (list_length(members) > length);
	return members;
}

/* The first unit below the level that is no grouping key, nor equal to one. */
const CrUnit *
cr_level_missing_unit(CrLevel *level)
{
	List	   *members = keys_and_equals(level);
	ListCell   *lc;

	foreach(lc, level->units)
	{
		if (!list_member(members, ((CrUnit *) lfirst(lc))->expanded))
			return (const CrUnit *) lfirst(lc);
	}
	return NULL;
}

/*
 * Is each unit below the level a grouping key, or equal to one through a
 * join, or missing from the group?  Then every group belongs to one person of
 * each table at most.
 */
bool
cr_level_groups_by_units(CrLevel *level)
{
	if (level->group_keys == NIL || level->query->groupingSets != NIL)
		return false;
	return level->units != NIL && cr_level_missing_unit(level) == NULL;
}
