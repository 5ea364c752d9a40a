/*-------------------------------------------------------------------------
 *
 * src/reshape/marker.c
 *	  Lets the rows of protected tables through, except nobody's.
 *
 * Where row security was applied, the closed policy stands in the security
 * quals as a call of cleanroom.gate(); exactly that is taken out, and
 * cleanroom.open() with it.  Where it was not (a view of the owner, a role
 * with BYPASSRLS), the owner's row policies are put in.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "base/compat.h"
#include "base/make_expr.h"
#include "base/oids.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/parsetree.h"
#include "reshape/reshape.h"
#include "rewrite/rewriteManip.h"
#include "session/exempt.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

static bool
calls(Node *qual, Oid funcid)
{
	return IsA(qual, FuncExpr) && ((FuncExpr *) qual)->funcid == funcid;
}

static void
add_row_policies(Query *query, RangeTblEntry *rte, int rti)
{
	ListCell   *lc;

	foreach(lc, cr_policy_row_conditions(rte->relid))
	{
		Node	   *condition = lfirst(lc);

		ChangeVarNodes(condition, 1, rti, 0);
		rte->securityQuals = lappend(rte->securityQuals, condition);
		query->hasSubLinks = query->hasSubLinks ||
			checkExprHasSubLink(condition);
	}
}

/* Lets the rows of one table through, as far as row policies do. */
void
cr_reshape_open_entry(Query *query, int rti, Oid owner)
{
	RangeTblEntry *rte = rt_fetch(rti, query->rtable);
	const CrOids *oids = cr_oids_get();
	List	   *kept = NIL;
	bool		closed = false;
	ListCell   *lc;

	foreach(lc, rte->securityQuals)
	{
		Node	   *qual = (Node *) lfirst(lc);

		if (calls(qual, oids->gate_function))
			closed = true;
		else if (!calls(qual, oids->open_function))
			kept = lappend(kept, qual);
	}
	rte->securityQuals = kept;
	if (!closed && !cr_session_is_exempt(owner))
		add_row_policies(query, rte, rti);
}

/*
 * Rows whose unit is null are nobody's and are not seen.  Below an outer
 * join the test must stand at the scan, where it is a security qual.
 */
static void
hide_nobody(CrLevel *level, CrSource *source)
{
	CrPolicy   *policy = source->base->policy;
	FromExpr   *from = level->query->jointree;
	int			i;

	for (i = 0; i < policy->nunits; i++)
	{
		AttrNumber	attnum = policy->units[i];
		Oid			type;
		int32		typmod;
		Oid			collation;
		Node	   *test;

		if (cr_attribute_is_not_null(source->rte->relid, attnum))
			continue;
		get_atttypetypmodcoll(source->rte->relid, attnum,
							  &type, &typmod, &collation);
		test = cr_make_null_test((Node *) makeVar(source->rti, attnum, type,
												  typmod, collation, 0),
								 IS_NOT_NULL);
		if (bms_is_empty(source->nulling))
			from->quals = make_and_qual(from->quals, test);
		else
			source->rte->securityQuals =
				lappend(source->rte->securityQuals, test);
	}
}

/*
 * Where only public rows are preserved by outer joins, rows without anyone
 * in them are nobody's too.
 */
static void
hide_unmatched(CrLevel *level)
{
	List	   *tests = NIL;
	FromExpr   *from = level->query->jointree;
	ListCell   *lc;

	foreach(lc, level->sources)
	{
		CrSource   *source = (CrSource *) lfirst(lc);
		bool		raw = source->base == NULL ||
			cr_inspect_base_is_raw(source->base);

		if (raw && bms_is_empty(source->nulling))
			return;
	}
	foreach(lc, level->units)
	{
		CrUnit	   *unit = (CrUnit *) lfirst(lc);

		tests = lappend(tests,
						cr_make_null_test((Node *) copyObject(unit->local),
										  IS_NOT_NULL));
	}
	from->quals = make_and_qual(from->quals,
								(Node *) make_orclause(tests));
}

static bool
is_closed(const RangeTblEntry *rte, Oid gate)
{
	ListCell   *lc;

	foreach(lc, rte->securityQuals)
	{
		if (calls(lfirst(lc), gate))
			return true;
	}
	return false;
}

/* Has the owner asked for row security against itself? */
static bool
is_forced(Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	bool		forced = HeapTupleIsValid(tuple) &&
		((Form_pg_class) GETSTRUCT(tuple))->relforcerowsecurity;

	if (HeapTupleIsValid(tuple))
		ReleaseSysCache(tuple);
	return forced && !superuser();
}

static bool
open_exempt_walker(Node *node, const CrOids *oids)
{
	RangeTblEntry *rte = (RangeTblEntry *) node;
	CrPolicy   *policy;

	if (node == NULL)
		return false;
	if (IsA(node, RangeTblEntry))
	{
		if (rte->rtekind == RTE_RELATION &&
			is_closed(rte, oids->gate_function))
		{
			policy = cr_policy_lookup(rte->relid);
			if (policy != NULL && cr_session_is_exempt(policy->owner) &&
				!is_forced(rte->relid))
				rte->securityQuals = NIL;
		}
		return false;
	}
	if (IsA(node, Query))
		return query_tree_walker((Query *) node, open_exempt_walker,
								 (void *) oids, QTW_EXAMINE_RTES_BEFORE);
	return expression_tree_walker(node, open_exempt_walker, (void *) oids);
}

/*
 * Whoever is exempt from a table reads all of it by an analyst's view, too:
 * row security goes by whom the view belongs to, and would show nothing.
 */
void
cr_reshape_open_exempt(Query *query)
{
	const CrOids *oids = cr_oids_get();

	if (oids != NULL)
		open_exempt_walker((Node *) query, oids);
}

/* Opens the protected tables of a level with raw rows. */
void
cr_reshape_open_sources(CrLevel *level)
{
	ListCell   *lc;

	foreach(lc, level->sources)
	{
		CrSource   *source = (CrSource *) lfirst(lc);

		if (source->base == NULL || source->base->kind != CR_BASE_PROTECTED)
			continue;
		cr_reshape_open_entry(level->query, source->rti,
							  source->base->policy->owner);
		hide_nobody(level, source);
	}
	hide_unmatched(level);
}
