/*-------------------------------------------------------------------------
 *
 * src/gate/crowd.c
 *	  Rules: whom crowds of other people may meet.
 *
 * By a key that many rows of both tables share, as a postal code, a sum over
 * all pairs of such rows is one of the numbers of rows of the second table,
 * each times a number that is known of the first, and so some of them tell
 * what few people of the second are.  So from one table, each next one is to
 * be met at its unit, or at a unique key.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/errcodes.h"
#include "gate/bridge.h"
#include "gate/gate.h"
#include "inspect/pin.h"
#include "miscadmin.h"

/* By what one base may be met from another. */
typedef struct Meeting
{
	CrLevel    *level;
	List	   *links;
	const Bitmapset *absent;	/* those without a match in these rows */
	bool		always;			/* by what holds wherever the one that is met
								 * has a row, whichever joins match */
	bool		of_one;			/* where both name the same person */
} Meeting;

static bool is_met_from(CrLevel *level, int start);

/*
 * Is it one person whom a value of the column leads to, and whoever else is
 * in such a row met by that person?  Not where rows have several units, and
 * this one has crowds of another's.
 */
bool
cr_link_is_person(CrLevel *level, const Var *var)
{
	CrBase	   *base = cr_inspect_base(level->statement, var->varno);
	ListCell   *lc;

	check_stack_depth();
	if (!cr_links_has_use(level, var, CR_USE_UNIT))
		return false;
	if (base->kind == CR_BASE_PROTECTED)
		return base->policy->nunits == 1;
	if (base->kind != CR_BASE_UNIT_LEVEL)
		return false;
	foreach(lc, base->level->units)
	{
		CrUnit	   *unit = (CrUnit *) lfirst(lc);

		if (unit->position == var->varattno && IsA(unit->expanded, Var))
		{
			Var		   *below = (Var *) unit->expanded;

			return cr_link_is_person(base->level, below) &&
				is_met_from(base->level, below->varno);
		}
	}
	return false;
}

/* Are two equal to the same one equal to each other, blanks and all? */
static bool
is_one_to_one(const CrLink *link)
{
	return IsA(link->clause->expanded, OpExpr) &&
		cr_inspect_names_one((OpExpr *) link->clause->expanded);
}

/* Do the two name the same person? */
bool
cr_link_is_of_one_person(CrLevel *level, const CrLink *link)
{
	return cr_links_is_raw(level, link->from) &&
		cr_links_is_raw(level, link->to) && is_one_to_one(link) &&
		cr_link_is_person(level, link->from) &&
		cr_link_is_person(level, link->to);
}

/* Is the far row one, by a unique key of protected tables? */
static bool
is_one_row(CrLevel *level, const Var *far, const Var *near)
{
	Bitmapset  *met = bms_make_singleton(near->varno);

	return bms_is_member(far->varno, cr_pin_determined_by_raw(level, met));
}

static bool
is_set(const Meeting *meeting, int id)
{
	return cr_inspect_base(meeting->level->statement, id)->membership != NULL;
}

/*
 * Does the link's clause hold where the base "to" has a row?  A side of an
 * outer join has none where all of it is missing, not where a part of it is.
 * A set that is asked about leads nowhere but to what is there only with it.
 */
static bool
holds(const Meeting *meeting, const CrLink *link, int from, int to)
{
	const CrClause *clause = link->clause;

	if (is_set(meeting, from))
		return bms_is_member(to, clause->limited);
	if (meeting->always || clause->membership)
		return cr_clause_attaches(clause, to);
	return clause->inner ||
		!bms_is_subset(clause->limited, meeting->absent);
}

/* The raw base that is met next, from those that are, by the link; or 0. */
static int
met_by(const Meeting *meeting, const CrLink *link, const Bitmapset *met)
{
	CrLevel    *level = meeting->level;
	bool		forward = bms_is_member(link->from->varno, met);
	Var		   *near = forward ? link->from : link->to;
	Var		   *far = forward ? link->to : link->from;

	if (forward == bms_is_member(link->to->varno, met) ||
		!cr_links_is_raw(level, near) || !cr_links_is_raw(level, far) ||
		!holds(meeting, link, near->varno, far->varno))
		return 0;
	if (meeting->of_one)
		return cr_link_is_of_one_person(level, link) ? far->varno : 0;
	return cr_link_is_person(level, far) || is_one_row(level, far, near) ?
		far->varno : 0;
}

/*
 * The same by way of a public base, which the two links are with: that leads
 * from person to person.
 */
static int
met_by_way(const Meeting *meeting, const CrLink *link, const CrLink *on,
		   const CrBase *base, const Bitmapset *met)
{
	CrLevel    *level = meeting->level;
	Var		   *here = cr_link_raw_side(level, link, base);
	Var		   *there = cr_link_raw_side(level, on, base);

	if (here == NULL || there == NULL || !link->fair || !on->fair ||
		base->membership != NULL || !is_one_to_one(link) ||
		!is_one_to_one(on) || !bms_is_member(here->varno, met) ||
		bms_is_member(there->varno, met) ||
		!holds(meeting, link, here->varno, base->id) ||
		!holds(meeting, on, base->id, there->varno))
		return 0;
	return cr_link_is_person(level, here) &&
		cr_link_is_person(level, there) ? there->varno : 0;
}

/* Adds a base that one of the given ones meets, if there is one. */
static Bitmapset *
meet_next(const Meeting *meeting, Bitmapset *met)
{
	ListCell   *lc;
	ListCell   *lc2;
	ListCell   *lc3;

	foreach(lc, meeting->links)
	{
		CrLink	   *link = (CrLink *) lfirst(lc);
		int			next = met_by(meeting, link, met);

		foreach(lc2, cr_inspect_all_bases(meeting->level))
		{
			CrBase	   *base = (CrBase *) lfirst(lc2);

			if (cr_inspect_base_is_raw(base))
				continue;
			foreach(lc3, meeting->links)
				next = next != 0 ? next :
					met_by_way(meeting, link, lfirst(lc3), base, met);
		}
		if (next != 0)
			return bms_add_member(met, next);
	}
	return met;
}

/* All that the given ones meet so, one after the other, and those. */
static Bitmapset *
meet_all(const Meeting *meeting, Bitmapset *met)
{
	int			before;

	do
	{
		before = bms_num_members(met);
		met = meet_next(meeting, met);
	} while (bms_num_members(met) > before);
	return met;
}

/*
 * The first raw base that the given one does not meet so; or NULL.  In a set
 * that is asked about, a row has one match at most, or none.
 */
static CrBase *
not_met_from(const Meeting *meeting, int start)
{
	Bitmapset  *met = meet_all(meeting, bms_make_singleton(start));
	ListCell   *lc;

	foreach(lc, cr_inspect_all_bases(meeting->level))
	{
		CrBase	   *base = (CrBase *) lfirst(lc);

		if (cr_inspect_base_is_raw(base) && !bms_is_member(base->id, met) &&
			!bms_is_member(base->id, meeting->absent) &&
			base->membership == NULL)
			return base;
	}
	return NULL;
}

/*
 * Is there a base from which all others are met, wherever those have a row,
 * whichever outer joins match?  *one and *other are two that are not.
 */
static bool
meets_always(const Meeting *meeting, CrBase **one, CrBase **other)
{
	ListCell   *lc;

	*one = NULL;
	foreach(lc, cr_inspect_all_bases(meeting->level))
	{
		CrBase	   *base = (CrBase *) lfirst(lc);
		CrBase	   *missing;

		if (!cr_inspect_base_is_raw(base) || base->nullable ||
			base->membership != NULL)
			continue;
		missing = not_met_from(meeting, base->id);
		if (missing == NULL)
			return true;
		*one = base;
		*other = missing;
	}
	return false;
}

/*
 * Can there be rows without just these bases?  Not where an equality that
 * must hold then names one of them.
 */
static bool
is_way(List *links, const Bitmapset *absent)
{
	ListCell   *lc;

	foreach(lc, links)
	{
		CrLink	   *link = (CrLink *) lfirst(lc);
		CrClause   *clause = link->clause;

		if (!clause->membership &&
			(clause->inner || !bms_is_subset(clause->limited, absent)) &&
			bms_is_member(link->from->varno, absent) !=
			bms_is_member(link->to->varno, absent))
			return false;
	}
	return true;
}

/* The ways in which outer joins may end that there can be. */
static List *
find_ways(CrLevel *level, List *links, bool *too_many)
{
	List	   *result = NIL;
	ListCell   *lc;

	foreach(lc, cr_inspect_ways(level, too_many))
	{
		if (is_way(links, lfirst(lc)))
			result = lappend(result, lfirst(lc));
	}
	return result;
}

/* Do rows of the given base meet all others so, whichever joins match? */
static bool
is_met_from(CrLevel *level, int start)
{
	Meeting		meeting = {level, cr_links_find(level), NULL, false, false};
	bool		too_many;
	ListCell   *lc;

	foreach(lc, find_ways(level, meeting.links, &too_many))
	{
		meeting.absent = (Bitmapset *) lfirst(lc);
		if (!bms_is_member(start, meeting.absent) &&
			not_met_from(&meeting, start) != NULL)
			return false;
	}
	/* those are not all */
	meeting.absent = NULL;
	meeting.always = true;
	return !too_many || not_met_from(&meeting, start) == NULL;
}

static CrVerdict *
refuse_pairs(const CrBase *one, const CrBase *other)
{
	return cr_verdict_refuse(CR_ERRCODE_JOIN, -1,
							 psprintf("tables \"%s\" and \"%s\" are joined by a key that many rows of both may share, and so would weigh single people",
									  one->name, other->name),
							 "Join them by their units, too (AND a.unit = b.unit), or by a key that is the only unit of one of them or that a unique index of one is on; or aggregate each by itself, and join what is released.");
}

static CrVerdict *
check_way(const Meeting *meeting)
{
	CrBase	   *one = NULL;
	CrBase	   *other = NULL;
	ListCell   *lc;

	foreach(lc, cr_inspect_all_bases(meeting->level))
	{
		CrBase	   *base = (CrBase *) lfirst(lc);
		CrBase	   *missing;

		if (!cr_inspect_base_is_raw(base) ||
			bms_is_member(base->id, meeting->absent))
			continue;
		missing = not_met_from(meeting, base->id);
		if (missing == NULL)
			return NULL;
		if (one == NULL)
		{
			one = base;
			other = missing;
		}
	}
	return one == NULL ? NULL : refuse_pairs(one, other);
}

/* The protected tables of a level meet at people, or single rows. */
CrVerdict *
cr_rule_pairs(CrLevel *level, List *links)
{
	Meeting		meeting = {level, links, NULL, false, false};
	CrBase	   *one;
	CrBase	   *other;
	bool		too_many;
	ListCell   *lc;

	foreach(lc, find_ways(level, links, &too_many))
	{
		CrVerdict  *refusal;

		meeting.absent = (Bitmapset *) lfirst(lc);
		refusal = check_way(&meeting);
		if (refusal != NULL)
			return refusal;
	}
	meeting.absent = NULL;
	meeting.always = true;
	return too_many && !meets_always(&meeting, &one, &other) && one != NULL ?
		refuse_pairs(one, other) : NULL;
}

/* Is each row of the base one person's, whoever else is in it below? */
static bool
has_one_person(const CrBase *base)
{
	return base->kind == CR_BASE_PROTECTED ? base->policy->nunits == 1 :
		base->kind == CR_BASE_UNIT_LEVEL && cr_people_are_one(base->level);
}

/*
 * Is all that a row of the level has the same person's, whichever joins match?
 * In a set that is asked about it may be another's than that of who is asked.
 */
bool
cr_people_are_one(CrLevel *level)
{
	Meeting		meeting = {level, cr_links_find(level), NULL, true, true};
	CrBase	   *one;
	CrBase	   *other;
	ListCell   *lc;

	check_stack_depth();
	foreach(lc, cr_inspect_all_bases(level))
	{
		CrBase	   *base = (CrBase *) lfirst(lc);

		if (cr_inspect_base_is_raw(base) && !has_one_person(base))
			return false;
	}
	return meets_always(&meeting, &one, &other);
}

/*
 * Is the column, a unit, that of somebody whom each row of the others leads to
 * at most one of, in a level whose rows are met?
 */
bool
cr_link_is_met(CrLevel *level, List *links, const Var *var)
{
	Meeting		meeting = {level, links, NULL, true, true};
	Bitmapset  *same;
	ListCell   *lc;
	int			i;

	if (!cr_links_is_raw(level, var) || !cr_link_is_person(level, var))
		return false;
	same = meet_all(&meeting, bms_make_singleton(var->varno));
	foreach(lc, links)
	{
		CrLink	   *link = (CrLink *) lfirst(lc);

		for (i = 0; i < 2; i++)
		{
			Var		   *near = i == 0 ? link->from : link->to;
			Var		   *far = i == 0 ? link->to : link->from;

			if (bms_is_member(near->varno, same) &&
				!bms_is_member(far->varno, same) &&
				cr_links_is_raw(level, far) &&
				(cr_link_is_person(level, far) ||
				 is_one_row(level, far, near)))
				return false;
		}
	}
	return true;
}
