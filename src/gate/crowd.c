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
 * Where many people meet one (a.boss = h.id), a list of the analyst's by a key
 * of theirs would decide how many do.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/errcodes.h"
#include "gate/bridge.h"
#include "gate/gate.h"
#include "inspect/pin.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "rewrite/rewriteManip.h"

static bool is_met_from(CrLevel *level, int start);

/*
 * Is it one person whom a value of the column leads to, and whoever else is
 * in such a row met by that person?  Not where rows have several units, and
 * this one has crowds of another's.
 */
static bool
is_person(CrLevel *level, const Var *var)
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
			return is_met_from(base->level, ((Var *) unit->expanded)->varno);
	}
	return false;
}

/* Do the two name the same person? */
bool
cr_link_is_of_one_person(CrLevel *level, const CrLink *link)
{
	return cr_links_is_raw(level, link->from) &&
		cr_links_is_raw(level, link->to) &&
		is_person(level, link->from) && is_person(level, link->to);
}

/* Is the far row one, by a unique key of protected tables? */
static bool
is_one_row(CrLevel *level, const Var *far, const Var *near)
{
	Bitmapset  *met = bms_make_singleton(near->varno);

	return bms_is_member(far->varno, cr_pin_determined_by_raw(level, met));
}

/*
 * Does the link's clause hold where these bases have no match?  A side of an
 * outer join has none where all of it is missing, not where a part of it is.
 */
static bool
holds(const CrLink *link, const Bitmapset *absent)
{
	return link->clause->inner ||
		!bms_is_subset(link->clause->limited, absent);
}

/* The raw base that is met next, from those that are, by the link; or 0. */
static int
met_by(CrLevel *level, const CrLink *link, const Bitmapset *met,
	   const Bitmapset *absent)
{
	bool		forward = bms_is_member(link->from->varno, met);
	Var		   *near = forward ? link->from : link->to;
	Var		   *far = forward ? link->to : link->from;

	if (forward == bms_is_member(link->to->varno, met) ||
		!cr_links_is_raw(level, near) || !cr_links_is_raw(level, far) ||
		!holds(link, absent))
		return 0;
	return is_person(level, far) || is_one_row(level, far, near) ?
		far->varno : 0;
}

/*
 * The same by way of a public base, which the two links are with: that leads
 * from person to person.
 */
static int
met_by_way(CrLevel *level, const CrLink *link, const CrLink *on,
		   const CrBase *base, const Bitmapset *met, const Bitmapset *absent)
{
	Var		   *here = cr_link_raw_side(level, link, base);
	Var		   *there = cr_link_raw_side(level, on, base);

	if (here == NULL || there == NULL || !link->fair || !on->fair ||
		!bms_is_member(here->varno, met) ||
		bms_is_member(there->varno, met) ||
		!holds(link, absent) || !holds(on, absent))
		return 0;
	return is_person(level, here) && is_person(level, there) ?
		there->varno : 0;
}

/* Adds a base that one of the given ones meets, if there is one. */
static Bitmapset *
meet_next(CrLevel *level, List *links, Bitmapset *met,
		  const Bitmapset *absent)
{
	ListCell   *lc;
	ListCell   *lc2;
	ListCell   *lc3;

	foreach(lc, links)
	{
		CrLink	   *link = (CrLink *) lfirst(lc);
		int			next = met_by(level, link, met, absent);

		foreach(lc2, cr_inspect_all_bases(level))
		{
			CrBase	   *base = (CrBase *) lfirst(lc2);

			if (cr_inspect_base_is_raw(base))
				continue;
			foreach(lc3, links)
				next = next != 0 ? next :
					met_by_way(level, link, lfirst(lc3), base, met,
							   absent);
		}
		if (next != 0)
			return bms_add_member(met, next);
	}
	return met;
}

/*
 * The first raw base that the given one does not meet so, in rows in which
 * the absent ones have no match; or NULL.
 */
static CrBase *
not_met_from(CrLevel *level, List *links, int start, const Bitmapset *absent)
{
	Bitmapset  *met = bms_make_singleton(start);
	int			before;
	ListCell   *lc;

	do
	{
		before = bms_num_members(met);
		met = meet_next(level, links, met, absent);
	} while (bms_num_members(met) > before);
	foreach(lc, cr_inspect_all_bases(level))
	{
		CrBase	   *base = (CrBase *) lfirst(lc);

		if (cr_inspect_base_is_raw(base) && !bms_is_member(base->id, met) &&
			!bms_is_member(base->id, absent))
			return base;
	}
	return NULL;
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

		if (holds(link, absent) &&
			bms_is_member(link->from->varno, absent) !=
			bms_is_member(link->to->varno, absent))
			return false;
	}
	return true;
}

/*
 * The ways to look at: those there can be.  Where only some are known, the
 * one without any match stands for those that are not, and is never left out.
 */
static List *
find_ways(CrLevel *level, List *links)
{
	bool		too_many;
	List	   *ways = cr_inspect_ways(level, &too_many);
	List	   *result = NIL;
	ListCell   *lc;

	foreach(lc, ways)
	{
		if ((too_many && lnext(ways, lc) == NULL) ||
			is_way(links, lfirst(lc)))
			result = lappend(result, lfirst(lc));
	}
	return result;
}

/* Do rows of the given base meet all others so, whichever joins match? */
static bool
is_met_from(CrLevel *level, int start)
{
	List	   *links = cr_links_find(level);
	ListCell   *lc;

	foreach(lc, find_ways(level, links))
	{
		if (!bms_is_member(start, (Bitmapset *) lfirst(lc)) &&
			not_met_from(level, links, start, lfirst(lc)) != NULL)
			return false;
	}
	return true;
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
check_way(CrLevel *level, List *links, const Bitmapset *absent)
{
	CrBase	   *one = NULL;
	CrBase	   *other = NULL;
	ListCell   *lc;

	foreach(lc, cr_inspect_all_bases(level))
	{
		CrBase	   *base = (CrBase *) lfirst(lc);
		CrBase	   *missing;

		if (!cr_inspect_base_is_raw(base) || bms_is_member(base->id, absent))
			continue;
		missing = not_met_from(level, links, base->id, absent);
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
	ListCell   *lc;

	foreach(lc, find_ways(level, links))
	{
		CrVerdict  *refusal = check_way(level, links, lfirst(lc));

		if (refusal != NULL)
			return refusal;
	}
	return NULL;
}

/* ---------- lists of those who meet one ---------- */

/* Sets of raw bases whose rows are of the same person. */
static List *
unite_people(CrLevel *level, List *links)
{
	List	   *sets = cr_links_raw_sets(level);
	ListCell   *lc;
	ListCell   *lc2;

	foreach(lc, links)
	{
		CrLink	   *link = (CrLink *) lfirst(lc);

		if (cr_link_is_of_one_person(level, link))
			sets = cr_links_unite(sets, link->from->varno, link->to->varno);
	}
	foreach(lc, cr_inspect_all_bases(level))
	{
		CrBase	   *base = (CrBase *) lfirst(lc);
		Var		   *one = NULL;

		foreach(lc2, links)
		{
			CrLink	   *link = (CrLink *) lfirst(lc2);
			Var		   *raw = cr_inspect_base_is_raw(base) ? NULL :
				cr_link_raw_side(level, link, base);

			if (raw == NULL || !link->fair || !is_person(level, raw))
				continue;
			if (one != NULL)
				sets = cr_links_unite(sets, one->varno, raw->varno);
			one = raw;
		}
	}
	return sets;
}

static Oid
owner_of(CrLevel *level, const Var *var)
{
	CrBase	   *base = cr_inspect_base(level->statement, var->varno);

	return base->policy != NULL ? base->policy->owner : InvalidOid;
}

/* The bases many of whose people may meet one of another table. */
static Bitmapset *
find_crowds(CrLevel *level, List *links, List *people)
{
	Bitmapset  *crowds = NULL;
	ListCell   *lc;
	int			i;

	foreach(lc, links)
	{
		CrLink	   *link = (CrLink *) lfirst(lc);

		for (i = 0; i < 2; i++)
		{
			Var		   *near = i == 0 ? link->from : link->to;
			Var		   *far = i == 0 ? link->to : link->from;

			if (!cr_links_is_raw(level, near) ||
				!cr_links_is_raw(level, far) ||
				bms_is_member(far->varno,
							  cr_links_set_of(people, near->varno)))
				continue;
			/* rows of one owner's tables that have a key are mostly parts */
			if (is_person(level, far) ||
				(is_one_row(level, far, near) &&
				 owner_of(level, near) != owner_of(level, far)))
				crowds = bms_add_members(crowds,
										 cr_links_set_of(people, near->varno));
		}
	}
	return crowds;
}

static bool
counts_distinct_only(const CrLevel *level)
{
	ListCell   *lc;

	if (level->kind != CR_LEVEL_RELEASED)
		return false;
	foreach(lc, level->aggregates)
	{
		if (((CrAggregate *) lfirst(lc))->aggref->aggdistinct == NIL)
			return false;
	}
	return true;
}

static CrVerdict *
refuse_list(CrLevel *level, const char *list, int crowd)
{
	return cr_verdict_refuse(CR_ERRCODE_JOIN, -1,
							 psprintf("%s may not choose by a key which people of \"%s\" meet one of another table",
									  list,
									  cr_inspect_base(level->statement,
													  crowd)->name),
							 "Count distinct people, or join it to the table whose people are met; or choose by dimensions.");
}

typedef struct CrowdContext
{
	CrLevel    *level;
	Bitmapset  *crowds;
	int			found;
} CrowdContext;

/* Finds a key of a crowd. */
static bool
crowd_walker(Node *node, CrowdContext *context)
{
	Var		   *var = (Var *) node;

	if (node == NULL)
		return false;
	if (!IsA(node, Var))
		return expression_tree_walker(node, crowd_walker, context);
	if (var->varlevelsup != 0 ||
		!bms_is_member(var->varno, context->crowds) ||
		!(cr_links_has_use(context->level, var, CR_USE_JOIN) ||
		  cr_links_has_use(context->level, var, CR_USE_UNIT)))
		return false;
	context->found = var->varno;
	return true;
}

/* The crowd of which a condition asks whether somebody is in a list, or 0. */
static int
asked_by_key(CrLevel *level, Bitmapset *crowds)
{
	CrowdContext context = {level, crowds, 0};
	ListCell   *lc;

	foreach(lc, cr_inspect_all_clauses(level))
	{
		CrClause   *clause = (CrClause *) lfirst(lc);

		if (checkExprHasSubLink(clause->expanded) &&
			crowd_walker(clause->expanded, &context))
			return context.found;
	}
	return 0;
}

/* No list chooses, by a key, which people of a crowd meet somebody. */
CrVerdict *
cr_rule_lists(CrLevel *level, List *links)
{
	List	   *people = unite_people(level, links);
	CrowdContext context = {level, NULL, 0};
	Bitmapset  *crowds;
	int			asked;
	ListCell   *lc;
	ListCell   *lc2;

	if (list_length(people) <= 1 || counts_distinct_only(level))
		return NULL;
	crowds = find_crowds(level, links, people);
	context.crowds = crowds;
	foreach(lc, cr_inspect_all_bases(level))
	{
		CrBase	   *base = (CrBase *) lfirst(lc);

		foreach(lc2, links)
		{
			Var		   *raw = cr_inspect_base_is_raw(base) ? NULL :
				cr_link_raw_side(level, lfirst(lc2), base);

			if (raw != NULL && crowd_walker((Node *) raw, &context))
				return refuse_list(level, psprintf("\"%s\"", base->name),
								   raw->varno);
		}
	}
	asked = asked_by_key(level, crowds);
	if (asked != 0)
		return refuse_list(level, "a subquery", asked);
	return NULL;
}

