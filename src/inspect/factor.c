/*-------------------------------------------------------------------------
 *
 * src/inspect/factor.c
 *	  Finds out what multiplies the rows of one person.
 *
 * An outer join gives rows with a match and rows without: by the former more
 * is known of the tables that it keeps, of the latter there are fewer tables.
 * Each way in which the joins of a level may end is looked at by itself.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "inspect/facts.h"
#include "inspect/pin.h"
#include "inspect/polynomial.h"
#include "nodes/nodeFuncs.h"

/* With more outer joins, only the worst that could be is looked at. */
#define MAX_SIDES	6

/* The nullable sides of the level's outer joins, as sets of bases. */
static List *
find_sides(CrLevel *level)
{
	List	   *sides = NIL;
	ListCell   *lc;
	ListCell   *lc2;

	foreach(lc, cr_inspect_all_clauses(level))
	{
		CrClause   *clause = (CrClause *) lfirst(lc);
		bool		known = clause->inner || clause->membership;

		foreach(lc2, sides)
			known |= bms_equal(lfirst(lc2), clause->limited);
		if (!known)
			sides = lappend(sides, clause->limited);
	}
	return sides;
}

/*
 * Takes out those of the candidates that the others determine.  absent: bases
 * without a match in these rows.
 */
static Bitmapset *
drop_determined(CrLevel *level, Bitmapset *free, const Bitmapset *candidates,
				const Bitmapset *absent)
{
	ListCell   *lc;

	foreach(lc, cr_inspect_all_bases(level))
	{
		CrBase	   *base = (CrBase *) lfirst(lc);
		Bitmapset  *others;

		if (!bms_is_member(base->id, free) ||
			!bms_is_member(base->id, candidates))
			continue;
		others = bms_del_member(bms_copy(free), base->id);
		if (!bms_is_empty(others) &&
			(base->membership != NULL ||
			 bms_is_member(base->id,
						   cr_pin_determined(level, others, absent))))
			free = others;
	}
	return free;
}

/*
 * The raw bases that may have several rows each for one row of the others:
 * the number of rows of one person is a product of so many factors.  Not
 * empty where raw rows are present.  Of bases that determine each other, one
 * of the expression's is the factor.
 */
static Bitmapset *
find_factors(CrLevel *level, const Bitmapset *own, const Bitmapset *absent,
			 const Bitmapset *unmatched)
{
	Bitmapset  *free = NULL;
	ListCell   *lc;

	foreach(lc, cr_inspect_all_bases(level))
	{
		CrBase	   *base = (CrBase *) lfirst(lc);

		if (cr_inspect_base_is_raw(base) && !bms_is_member(base->id, absent))
			free = bms_add_member(free, base->id);
	}
	free = drop_determined(level, free, bms_difference(free, own), unmatched);
	return drop_determined(level, free, own, unmatched);
}

/*
 * The sets of bases without a match, for each way in which the level's outer
 * joins may end; of many joins, those where one has none, or all have none,
 * which comes last.  Then *too_many is set.
 */
List *
cr_inspect_ways(CrLevel *level, bool *too_many)
{
	List	   *sides = find_sides(level);
	List	   *ways = NIL;
	Bitmapset  *all = NULL;
	uint32		way;
	ListCell   *lc;

	*too_many = list_length(sides) > MAX_SIDES;
	if (*too_many)
	{
		foreach(lc, sides)
			all = bms_add_members(all, lfirst(lc));
		return lcons(NULL, lappend(list_copy(sides), all));
	}
	for (way = 0; way < (1U << list_length(sides)); way++)
	{
		Bitmapset  *absent = NULL;

		foreach(lc, sides)
		{
			if (way & (1U << foreach_current_index(lc)))
				absent = bms_add_members(absent, lfirst(lc));
		}
		ways = lappend(ways, absent);
	}
	return ways;
}

/*
 * The sets of factors, for each way in which outer joins may end; strict: in
 * which the expression's own bases have something to say.
 */
static List *
all_factors(CrLevel *level, const Bitmapset *own, bool strict)
{
	bool		too_many;
	List	   *ways = cr_inspect_ways(level, &too_many);
	List	   *result = NIL;
	ListCell   *lc;

	/* not all ways: as if nothing were known by a match, and none missing */
	if (too_many)
		return list_make1(find_factors(level, own, NULL, llast(ways)));
	foreach(lc, ways)
	{
		Bitmapset  *absent = (Bitmapset *) lfirst(lc);

		if (!strict || !bms_overlap(own, absent))
			result = lappend(result,
							 find_factors(level, own, absent, absent));
	}
	return result;
}

/*
 * The factors of a sum over the expression, and the unit levels that it is
 * made of: what such a level says of a person is said once for each row that
 * it is joined with.  A list of sets, see above.
 */
List *
cr_inspect_factors(CrLevel *level, Node *expanded)
{
	Bitmapset  *own = cr_inspect_bases(expanded);
	List	   *factors = all_factors(level, own, false);
	ListCell   *lc;

	foreach(lc, factors)
	{
		int			id = -1;

		while ((id = bms_next_member(own, id)) >= 0)
		{
			if (cr_inspect_base(level->statement,
								id)->kind == CR_BASE_UNIT_LEVEL)
				lfirst(lc) = bms_add_member(lfirst(lc), id);
		}
	}
	return factors;
}

static bool
additive_walker(Node *node, void *context)
{
	uint32		family;

	if (node == NULL)
		return false;
	if (!IsA(node, Aggref))
		return expression_tree_walker(node, additive_walker, context);
	family = cr_aggregate_family(((Aggref *) node)->aggfnoid);
	return family == CR_AGG_COUNT || family == CR_AGG_SUM;
}

/*
 * By how many factors, of those that are not what it is made of, rows
 * multiply an aggregate of a person's.  An average they multiply by nothing.
 */
int
cr_inspect_repetitions(CrLevel *level, Node *expanded)
{
	Bitmapset  *own = cr_inspect_bases(expanded);
	int			most = 0;
	ListCell   *lc;

	if (!additive_walker(expanded, NULL))
		return 0;
	foreach(lc, all_factors(level, own, true))
	{
		Bitmapset  *factors = (Bitmapset *) lfirst(lc);

		most = Max(most, bms_is_empty(own) ? bms_num_members(factors) - 1 :
				   bms_num_members(bms_difference(factors, own)));
	}
	return most;
}
