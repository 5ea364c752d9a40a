/*-------------------------------------------------------------------------
 *
 * src/inspect/nulling.c
 *	  Which outer joins put nulls in the place of a relation's rows.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "inspect/facts.h"

/* An outer join, by its level and its range table index there. */
typedef struct Nulling
{
	const CrLevel *level;
	int			rti;
} Nulling;

static bool
has_nulling(const List *joins, const Nulling *wanted)
{
	ListCell   *lc;

	foreach(lc, joins)
	{
		const Nulling *join = (const Nulling *) lfirst(lc);

		if (join->level == wanted->level && join->rti == wanted->rti)
			return true;
	}
	return false;
}

static List *
add_joins(List *joins, const CrLevel *level, const Bitmapset *nulling)
{
	int			rti = -1;

	while ((rti = bms_next_member(nulling, rti)) >= 0)
	{
		Nulling    *join = palloc(sizeof(Nulling));

		join->level = level;
		join->rti = rti;
		joins = lappend(joins, join);
	}
	return joins;
}

/*
 * The outer joins on the way down to the base, in front of those found so
 * far.  False if it is not below.
 */
static bool
find_joins(CrLevel *level, int id, List **joins)
{
	ListCell   *lc;

	foreach(lc, level->sources)
	{
		CrSource   *source = (CrSource *) lfirst(lc);

		if ((source->base != NULL && source->base->id == id) ||
			(source->level != NULL && find_joins(source->level, id, joins)))
		{
			*joins = add_joins(*joins, level, source->nulling);
			return true;
		}
	}
	foreach(lc, level->branches)
	{
		if (find_joins((CrLevel *) lfirst(lc), id, joins))
			return true;
	}
	return false;
}

/* May an outer join of the level, or below it, put nulls for the base? */
bool
cr_inspect_is_nulled_in(CrLevel *level, const CrBase *base)
{
	List	   *joins = NIL;

	return find_joins(level, base->id, &joins) && joins != NIL;
}

/*
 * Is the base null wherever an outer join makes all of those null?  Not if
 * one of them may be nulled by a join that leaves the base as it is.
 */
bool
cr_inspect_nulled_alike(CrLevel *level, const Bitmapset *ids,
						const CrBase *base)
{
	List	   *of_base = NIL;
	int			id = -1;

	if (!find_joins(level, base->id, &of_base))
		return false;
	while ((id = bms_next_member(ids, id)) >= 0)
	{
		List	   *joins = NIL;
		ListCell   *lc;

		if (!find_joins(level, id, &joins))
			return false;
		foreach(lc, joins)
		{
			if (!has_nulling(of_base, (Nulling *) lfirst(lc)))
				return false;
		}
	}
	return !bms_is_empty(ids) && of_base != NIL;
}
