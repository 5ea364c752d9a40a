/*-------------------------------------------------------------------------
 *
 * src/gate/bridge.c
 *	  Rules: how often a person's rows may be met by those of others.
 *
 * A table that is not protected may not decide how often a protected row is
 * met.  That it multiplies none by itself is join.c's to see to; but as the
 * only link between two protected tables it could lead many rows of the one
 * to the same row of the other.
 *
 * Nor may a key that many rows of both tables share, as a postal code: a sum
 * over all pairs of such rows is one of the numbers of rows of the second
 * table, each times a number that is known of the first, and so some of them
 * tell what few people of the second are.  Distinct people may be counted.
 *
 * In an outer join a condition links what may be nulled with the rest.  It
 * does not link tables of the rest with each other, as it chooses none of
 * their rows.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/errcodes.h"
#include "gate/gate.h"
#include "gate/words.h"
#include "inspect/pin.h"
#include "nodes/nodeFuncs.h"

/* One column equated with one of another base. */
typedef struct Link
{
	Var		   *from;
	Var		   *to;
	CrClause   *clause;
	bool		fair;			/* leads each row to one at most, if it is to
								 * a public base; else true */
} Link;

static bool
is_raw(CrLevel *level, const Var *var)
{
	return cr_inspect_base_is_raw(cr_inspect_base(level->statement,
												  var->varno));
}

static List *
find_links(CrLevel *level)
{
	List	   *links = NIL;
	ListCell   *lc;

	foreach(lc, cr_inspect_all_clauses(level))
	{
		CrClause   *clause = (CrClause *) lfirst(lc);
		Link	   *link = palloc0(sizeof(Link));
		Node	   *left;
		Node	   *right;

		if (!cr_inspect_equality(clause->expanded, &left, &right) ||
			!IsA(left, Var) || !IsA(right, Var))
			continue;
		link->from = (Var *) left;
		link->to = (Var *) right;
		link->clause = clause;
		if (link->from->varlevelsup == 0 && link->to->varlevelsup == 0 &&
			link->from->varno > 0 && link->to->varno > 0 &&
			link->from->varno != link->to->varno &&
			(cr_clause_attaches(clause, link->from->varno) ||
			 cr_clause_attaches(clause, link->to->varno)) &&
			cr_gate_joins(level, link->from, link->to))
		{
			link->fair = is_raw(level, link->from) && is_raw(level, link->to);
			links = lappend(links, link);
		}
	}
	return links;
}

/* Joins the sets that the two bases are in. */
static List *
unite(List *sets, int a, int b)
{
	Bitmapset  *united = bms_make_singleton(a);
	List	   *result = NIL;
	ListCell   *lc;

	united = bms_add_member(united, b);
	foreach(lc, sets)
	{
		Bitmapset  *set = (Bitmapset *) lfirst(lc);

		if (bms_is_member(a, set) || bms_is_member(b, set))
			united = bms_add_members(united, set);
		else
			result = lappend(result, set);
	}
	return lappend(result, united);
}

static bool
has_use(CrLevel *level, const Var *var, uint32 use)
{
	const CrColumnFact *fact = cr_inspect_column(level->statement, var);

	return fact != NULL && (fact->uses & use) != 0;
}

static Bitmapset *
set_of(List *sets, int id)
{
	ListCell   *lc;

	foreach(lc, sets)
	{
		if (bms_is_member(id, (Bitmapset *) lfirst(lc)))
			return (Bitmapset *) lfirst(lc);
	}
	return bms_make_singleton(id);
}

/* The raw side of a link with the public base, or NULL. */
static Var *
raw_side(CrLevel *level, const Link *link, const CrBase *base)
{
	Var		   *raw = (int) link->from->varno == base->id ? link->to :
		(int) link->to->varno == base->id ? link->from : NULL;

	return raw != NULL && is_raw(level, raw) ? raw : NULL;
}

/*
 * Finds the raw bases that a public one is a fair link between: each row of
 * it goes with one join key of either side.
 */
static List *
unite_by(CrLevel *level, List *sets, List *links, const CrBase *base)
{
	int			first = 0;
	ListCell   *lc;

	foreach(lc, links)
	{
		Link	   *link = (Link *) lfirst(lc);
		Var		   *raw = raw_side(level, link, base);

		if (raw == NULL || !has_use(level, raw, CR_USE_JOIN) ||
			!bms_is_member(base->id,
						   cr_inspect_determined_by(level,
													set_of(sets,
														   raw->varno))))
			continue;
		link->fair = true;
		if (first != 0)
			sets = unite(sets, first, raw->varno);
		first = raw->varno;
	}
	return sets;
}

static List *
raw_sets(CrLevel *level)
{
	List	   *sets = NIL;
	ListCell   *lc;

	foreach(lc, cr_inspect_all_bases(level))
	{
		CrBase	   *base = (CrBase *) lfirst(lc);

		if (cr_inspect_base_is_raw(base))
			sets = lappend(sets, bms_make_singleton(base->id));
	}
	return sets;
}

/* Is it one person of the column's base, or one row, that the other meets? */
static bool
is_narrow(CrLevel *level, const Var *var, int other)
{
	return has_use(level, var, CR_USE_UNIT) ||
		bms_is_member(var->varno,
					  cr_pin_determined_by_raw(level,
											   bms_make_singleton(other)));
}

/* Does the link join raw bases by people, or by single rows of one? */
static bool
is_narrow_link(CrLevel *level, const Link *link)
{
	return is_raw(level, link->from) && is_raw(level, link->to) &&
		(is_narrow(level, link->from, link->to->varno) ||
		 is_narrow(level, link->to, link->from->varno));
}

/* Finds out which links are fair. */
static void
judge_links(CrLevel *level, List *links)
{
	List	   *sets = raw_sets(level);
	ListCell   *lc;

	foreach(lc, links)
	{
		Link	   *link = (Link *) lfirst(lc);

		if (link->clause->inner && is_narrow_link(level, link))
			sets = unite(sets, link->from->varno, link->to->varno);
	}
	foreach(lc, cr_inspect_all_bases(level))
	{
		CrBase	   *base = (CrBase *) lfirst(lc);

		if (!cr_inspect_base_is_raw(base))
			sets = unite_by(level, sets, links, base);
	}
}

/* The bases that fair links lead to, one after the other. */
static Bitmapset *
reached_from(List *links, int start)
{
	Bitmapset  *reached = bms_make_singleton(start);
	int			before;
	ListCell   *lc;

	do
	{
		before = bms_num_members(reached);
		foreach(lc, links)
		{
			Link	   *link = (Link *) lfirst(lc);

			if (!link->fair)
				continue;
			if (bms_is_member(link->from->varno, reached) &&
				cr_clause_attaches(link->clause, link->to->varno))
				reached = bms_add_member(reached, link->to->varno);
			if (bms_is_member(link->to->varno, reached) &&
				cr_clause_attaches(link->clause, link->from->varno))
				reached = bms_add_member(reached, link->from->varno);
		}
	} while (bms_num_members(reached) > before);
	return reached;
}

static bool
all_are_reached(CrLevel *level, List *links)
{
	Bitmapset  *raw = NULL;
	ListCell   *lc;

	foreach(lc, raw_sets(level))
		raw = bms_add_members(raw, lfirst(lc));
	if (bms_num_members(raw) <= 1)
		return true;
	foreach(lc, cr_inspect_all_bases(level))
	{
		if (bms_is_subset(raw, reached_from(links,
											((CrBase *) lfirst(lc))->id)))
			return true;
	}
	return false;
}

/* ---------- keys that many share ---------- */

/* The raw base that is met next, from those that are, by the link; or 0. */
static int
met_by(CrLevel *level, const Link *link, const Bitmapset *met)
{
	int			next = bms_is_member(link->from->varno, met) ?
		link->to->varno : link->from->varno;

	if (bms_is_member(link->from->varno, met) ==
		bms_is_member(link->to->varno, met) ||
		!cr_clause_attaches(link->clause, next) ||
		!is_narrow_link(level, link))
		return 0;
	return next;
}

/* The same by way of a public base, which the two links are with. */
static int
met_by_way(CrLevel *level, const Link *link, const Link *on,
		   const CrBase *base, const Bitmapset *met)
{
	Var		   *here = raw_side(level, link, base);
	Var		   *there = raw_side(level, on, base);

	if (here == NULL || there == NULL || !link->fair || !on->fair ||
		!bms_is_member(here->varno, met) ||
		bms_is_member(there->varno, met) ||
		!cr_clause_attaches(link->clause, base->id) ||
		!cr_clause_attaches(on->clause, there->varno) ||
		!(is_narrow(level, here, base->id) ||
		  is_narrow(level, there, base->id)))
		return 0;
	return there->varno;
}

/* Adds the bases that meet the given ones by people, or by single rows. */
static Bitmapset *
meet_narrowly(CrLevel *level, List *links, Bitmapset *met)
{
	ListCell   *lc;
	ListCell   *lc2;
	ListCell   *lc3;

	foreach(lc, links)
	{
		Link	   *link = (Link *) lfirst(lc);
		int			next = met_by(level, link, met);

		foreach(lc2, cr_inspect_all_bases(level))
		{
			CrBase	   *base = (CrBase *) lfirst(lc2);

			if (cr_inspect_base_is_raw(base))
				continue;
			foreach(lc3, links)
				next = next != 0 ? next :
					met_by_way(level, link, lfirst(lc3), base, met);
		}
		if (next != 0)
			met = bms_add_member(met, next);
	}
	return met;
}

/* The first raw base that the given one does not meet so, or NULL. */
static CrBase *
not_met_from(CrLevel *level, List *links, const CrBase *start)
{
	Bitmapset  *met = bms_make_singleton(start->id);
	int			before;
	ListCell   *lc;

	do
	{
		before = bms_num_members(met);
		met = meet_narrowly(level, links, met);
	} while (bms_num_members(met) > before);
	foreach(lc, cr_inspect_all_bases(level))
	{
		CrBase	   *base = (CrBase *) lfirst(lc);

		if (cr_inspect_base_is_raw(base) && !bms_is_member(base->id, met))
			return base;
	}
	return NULL;
}

static CrVerdict *
check_pairs(CrLevel *level, List *links)
{
	CrBase	   *one = NULL;
	CrBase	   *other = NULL;
	ListCell   *lc;

	foreach(lc, cr_inspect_all_bases(level))
	{
		CrBase	   *base = (CrBase *) lfirst(lc);
		CrBase	   *missing;

		if (!cr_inspect_base_is_raw(base))
			continue;
		missing = not_met_from(level, links, base);
		if (missing == NULL)
			return NULL;
		if (one == NULL)
		{
			one = base;
			other = missing;
		}
	}
	foreach(lc, level->aggregates)
	{
		Aggref	   *aggref = ((CrAggregate *) lfirst(lc))->aggref;

		if (one != NULL && aggref->aggdistinct == NIL)
			return cr_verdict_refuse(CR_ERRCODE_JOIN, aggref->location,
									 psprintf("tables \"%s\" and \"%s\" are joined by a key that many rows of both may share, and so would weigh single people",
											  one->name, other->name),
									 "Use count(DISTINCT unit); join them by the unit, or by a key that a unique index of one of them is on; or ask with key IN (SELECT ...) or EXISTS.");
	}
	return NULL;
}

/* Protected tables meet directly, or in a table that has each key once. */
CrVerdict *
cr_rule_bridges(CrLevel *level)
{
	List	   *links = find_links(level);

	judge_links(level, links);
	if (!all_are_reached(level, links))
		return cr_verdict_refuse(CR_ERRCODE_JOIN, -1,
								 "protected tables are joined by way of a table that may lead many rows of one to the same row of another",
								 "Join them directly on their join keys, or by a table that has a unique key on each of the two columns it is joined by.");
	return check_pairs(level, links);
}
