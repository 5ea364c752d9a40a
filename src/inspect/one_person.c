/*-------------------------------------------------------------------------
 *
 * src/inspect/one_person.c
 *	  Which units of a level are one person's, and how many of them are enough.
 *
 *	a LEFT JOIN b ON b.k = a.k
 *
 * Whoever has a match in b is one of a's people, too.  By the number of a's
 * people they are told from those without a match only where conditions say
 * so; so it is b's that are counted up to the threshold of a, if that is the
 * larger one, as they would be were the join an inner one.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "inspect/facts.h"
#include "inspect/pin.h"
#include "nodes/nodeFuncs.h"

/* Whatever joins put beside the unit as equal. */
static List *
names_of(CrLevel *level, const CrUnit *unit)
{
	List	   *names = list_make1(unit->expanded);
	List	   *clauses = cr_inspect_all_clauses(level);
	int			length;
	ListCell   *lc;

	do
	{
		length = list_length(names);
		foreach(lc, clauses)
		{
			CrClause   *clause = (CrClause *) lfirst(lc);
			Node	   *left;
			Node	   *right;

			if (!cr_clause_names_one(clause, &left, &right))
				continue;
			if (list_member(names, left))
				names = list_append_unique(names, right);
			else if (list_member(names, right))
				names = list_append_unique(names, left);
		}
	} while (list_length(names) > length);
	return names;
}

/* Is the other one there wherever the unit is, and the same? */
static bool
is_beside(CrLevel *level, const CrUnit *unit, const List *names,
		  const CrUnit *other)
{
	return list_member(names, other->expanded) &&
		cr_inspect_nulled_alike(level, bms_make_singleton(other->base->id),
								unit->base);
}

/* Is whoever the unit names, which an outer join may null, the other one? */
bool
cr_unit_is_of(CrLevel *level, const CrUnit *unit, const CrUnit *of)
{
	return is_beside(level, unit, names_of(level, unit), of);
}

/* The largest threshold of those whose people the unit's are. */
static int
threshold_beside(CrLevel *level, const CrUnit *unit)
{
	List	   *names = names_of(level, unit);
	int			threshold = 0;
	ListCell   *lc;

	foreach(lc, level->units)
	{
		CrUnit	   *other = (CrUnit *) lfirst(lc);

		if (other != unit && other->membership == NULL &&
			is_beside(level, unit, names, other))
			threshold = Max(threshold, other->threshold);
	}
	return threshold;
}

/* Says of each unit that an outer join may null how many are enough. */
void
cr_level_raise_thresholds(CrLevel *level)
{
	ListCell   *lc;

	foreach(lc, level->units)
	{
		CrUnit	   *unit = (CrUnit *) lfirst(lc);

		if (unit->membership == NULL &&
			cr_inspect_is_nulled_in(level, unit->base))
			unit->threshold = Max(unit->threshold,
								  threshold_beside(level, unit));
	}
}
