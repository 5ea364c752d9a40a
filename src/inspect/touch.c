/*-------------------------------------------------------------------------
 *
 * src/inspect/touch.c
 *	  Finds out which protected tables a statement reads or writes, and
 *	  whether the current user is exempt for them.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_statistic_ext_data.h"
#include "inspect/facts.h"
#include "nodes/nodeFuncs.h"
#include "parser/parsetree.h"
#include "session/exempt.h"
#include "storage/lockdefs.h"

static bool
binds(const CrPolicy *policy)
{
	return policy == NULL || !cr_session_is_exempt(policy->owner);
}

static void
note_protected(Oid relid, CrTouch *touch)
{
	touch->any = true;
	if (!touch->foreign_owner && binds(cr_policy_lookup(relid)))
		touch->foreign_owner = true;
}

/* The first that is met is named. */
static void
note_child(Oid parent, Oid child, CrTouch *touch)
{
	if (OidIsValid(touch->child))
		return;
	touch->parent = parent;
	touch->child = child;
}

/*
 * The children of a protected table, or partitions, that have another policy
 * than it has, by which its guard does not count; unless neither binds the
 * current user.
 */
static void
touch_children(Oid relid, CrTouch *touch)
{
	CrPolicy   *own = cr_policy_lookup(relid);
	ListCell   *lc;

	foreach(lc, find_all_inheritors(relid, NoLock, NULL))
	{
		CrPolicy   *policy = cr_policy_lookup(lfirst_oid(lc));

		if (own != NULL && policy != NULL &&
			policy->labelled_relid == own->labelled_relid)
			continue;
		note_protected(lfirst_oid(lc), touch);
		if (binds(own) || binds(policy))
			note_child(relid, lfirst_oid(lc), touch);
	}
}

/* The tables below one without a policy that have one. */
static void
touch_protected_parts(Oid relid, CrTouch *touch)
{
	ListCell   *lc;

	foreach(lc, find_all_inheritors(relid, NoLock, NULL))
	{
		if (!cr_policy_exists(lfirst_oid(lc)))
			continue;
		note_protected(lfirst_oid(lc), touch);
		note_child(relid, lfirst_oid(lc), touch);
	}
}

static void
touch_relation(RangeTblEntry *rte, CrTouch *touch)
{
	if (rte->relkind == RELKIND_VIEW)
		return;					/* its query stands elsewhere in the tree */
	if (cr_policy_exists(rte->relid))
	{
		note_protected(rte->relid, touch);
		if (rte->inh && cr_policy_has_protected_descendant(rte->relid))
			touch_children(rte->relid, touch);
	}
	else if (rte->inh && cr_policy_has_protected_descendant(rte->relid))
		touch_protected_parts(rte->relid, touch);
}

/*
 * Are rows put into a partitioned table, of which a part is protected?  They
 * go to the parts, though the entry says that it is about itself alone.
 */
bool
cr_inspect_writes_protected_parts(const Query *query)
{
	RangeTblEntry *rte;

	if (query->resultRelation == 0)
		return false;
	rte = rt_fetch(query->resultRelation, query->rtable);
	return rte->relkind == RELKIND_PARTITIONED_TABLE &&
		cr_policy_has_protected_descendant(rte->relid);
}

static bool
touch_walker(Node *node, CrTouch *touch)
{
	if (node == NULL)
		return false;
	if (IsA(node, RangeTblEntry))
	{
		RangeTblEntry *rte = (RangeTblEntry *) node;

		if (rte->rtekind == RTE_RELATION)
			touch_relation(rte, touch);
		return false;
	}
	if (IsA(node, Query))
	{
		Query	   *query = (Query *) node;

		if (cr_inspect_writes_protected_parts(query))
			touch_protected_parts(rt_fetch(query->resultRelation,
										   query->rtable)->relid, touch);
		return query_tree_walker(query, touch_walker, touch,
								 QTW_EXAMINE_RTES_BEFORE);
	}
	return expression_tree_walker(node, touch_walker, touch);
}

/*
 * Which protected tables the rewritten statement touches.  "foreign_owner"
 * is true when the current user is not exempt for one of them.
 */
CrTouch
cr_inspect_touch(Query *query)
{
	CrTouch		touch = {0};

	touch_walker((Node *) query, &touch);
	return touch;
}

/* Is any protected table in the query, or in a query below it? */
bool
cr_inspect_touches(Query *query)
{
	return cr_inspect_touch(query).any;
}

/* Is it one of the catalogs of what ANALYZE has sampled? */
bool
cr_inspect_is_of_samples(const RangeTblEntry *rte)
{
	return rte->rtekind == RTE_RELATION &&
		(rte->relid == StatisticRelationId ||
		 rte->relid == StatisticExtDataRelationId);
}

static bool
samples_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, RangeTblEntry))
		return cr_inspect_is_of_samples((RangeTblEntry *) node);
	if (IsA(node, Query))
		return query_tree_walker((Query *) node, samples_walker, context,
								 QTW_EXAMINE_RTES_BEFORE);
	return expression_tree_walker(node, samples_walker, context);
}

/* Does a query read those? */
bool
cr_inspect_reads_samples(Query *query)
{
	return samples_walker((Node *) query, NULL);
}
