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
 * In an outer join a condition links what may be nulled with the rest.  It
 * does not link tables of the rest with each other, as it chooses none of
 * their rows.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/errcodes.h"
#include "gate/bridge.h"
#include "gate/gate.h"
#include "gate/words.h"
#include "inspect/pin.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"

bool
cr_links_is_raw(CrLevel *level, const Var *var)
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
		CrLink	   *link = palloc0(sizeof(CrLink));
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
			link->fair = cr_links_is_raw(level, link->from) &&
				cr_links_is_raw(level, link->to);
			links = lappend(links, link);
		}
	}
	return links;
}

/* Joins the sets that the two bases are in. */
List *
cr_links_unite(List *sets, int a, int b)
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

bool
cr_links_has_use(CrLevel *level, const Var *var, uint32 use)
{
	const CrColumnFact *fact = cr_inspect_column(level->statement, var);

	return fact != NULL && (fact->uses & use) != 0;
}

Bitmapset *
cr_links_set_of(List *sets, int id)
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
Var *
cr_link_raw_side(CrLevel *level, const CrLink *link, const CrBase *base)
{
	Var		   *raw = (int) link->from->varno == base->id ? link->to :
		(int) link->to->varno == base->id ? link->from : NULL;

	return raw != NULL && cr_links_is_raw(level, raw) ? raw : NULL;
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
		CrLink	   *link = (CrLink *) lfirst(lc);
		Var		   *raw = cr_link_raw_side(level, link, base);

		if (raw == NULL || !cr_links_has_use(level, raw, CR_USE_JOIN) ||
			!bms_is_member(base->id,
						   cr_inspect_determined_by(level,
													cr_links_set_of(sets,
														   raw->varno))))
			continue;
		link->fair = true;
		if (first != 0)
			sets = cr_links_unite(sets, first, raw->varno);
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

/* The links of the level, of which some are fair. */
List *
cr_links_find(CrLevel *level)
{
	List	   *links = find_links(level);
	List	   *sets = raw_sets(level);
	ListCell   *lc;

	foreach(lc, links)
	{
		CrLink	   *link = (CrLink *) lfirst(lc);

		if (link->clause->inner && cr_link_is_of_one_person(level, link))
			sets = cr_links_unite(sets, link->from->varno, link->to->varno);
	}
	foreach(lc, cr_inspect_all_bases(level))
	{
		CrBase	   *base = (CrBase *) lfirst(lc);

		if (!cr_inspect_base_is_raw(base))
			sets = unite_by(level, sets, links, base);
	}
	return links;
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
			CrLink	   *link = (CrLink *) lfirst(lc);

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

/* Protected tables meet directly, or in a table that has each key once. */
CrVerdict *
cr_rule_bridges(CrLevel *level)
{
	List	   *links = cr_links_find(level);
	CrVerdict  *refusal;

	if (!all_are_reached(level, links))
		return cr_verdict_refuse(CR_ERRCODE_JOIN, -1,
								 "protected tables are joined by way of a table that may lead many rows of one to the same row of another",
								 "Join them directly on their join keys, or by a table that has a unique key on each of the two columns it is joined by.");
	refusal = cr_rule_pairs(level, links);
	return refusal != NULL ? refusal : cr_rule_lists(level, links);
}
