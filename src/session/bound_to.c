/*-------------------------------------------------------------------------
 *
 * src/session/bound_to.c
 *	  Says which relations a role meets as an analyst.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/relation.h"
#include "base/compat.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "policy/policy.h"
#include "rewrite/rewriteHandler.h"
#include "session/bound_to.h"
#include "session/exempt.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

/*
 * A view's query has the view itself in it, for OLD and NEW, and views can
 * be made to lead to one another in a circle: each is looked into once.
 */
typedef struct BoundSearch
{
	Oid			role;
	bool		own;			/* for tables of the extension's own */
	List	   *views;			/* those that were looked into */
	Oid			found;
} BoundSearch;

static bool find_bound_walker(Node *node, BoundSearch *search);

bool
cr_session_binds(Oid role, Oid relid)
{
	CrPolicy   *policy;

	if (!cr_policy_possible() || !cr_policy_exists(relid))
		return false;
	policy = cr_policy_lookup(relid);
	return policy != NULL &&
		!cr_session_role_is_exempt(role, policy->owner);
}

/* See bound_to.h. */
bool
cr_session_closes(Oid role, Oid relid)
{
	return cr_policy_is_own_table(relid) && !cr_owns_relation(relid, role);
}

static bool
is_searched_for(const BoundSearch *search, Oid relid)
{
	return search->own ? cr_session_closes(search->role, relid) :
		cr_session_binds(search->role, relid);
}

static void
search_view(Oid relid, BoundSearch *search)
{
	Relation	view;

	if (list_member_oid(search->views, relid))
		return;
	search->views = lappend_oid(search->views, relid);
	view = try_relation_open(relid, AccessShareLock);
	if (view == NULL)
		return;
	if (view->rd_rel->relkind == RELKIND_VIEW)
		(void) find_bound_walker((Node *) get_view_query(view), search);
	relation_close(view, NoLock);
}

static void
search_relation(Oid relid, BoundSearch *search)
{
	char		relkind;
	ListCell   *lc;

	check_stack_depth();

	if (is_searched_for(search, relid))
	{
		search->found = relid;
		return;
	}
	relkind = get_rel_relkind(relid);
	if (relkind == RELKIND_VIEW)
		search_view(relid, search);
	if (relkind != RELKIND_RELATION && relkind != RELKIND_PARTITIONED_TABLE &&
		relkind != RELKIND_FOREIGN_TABLE)
		return;
	foreach(lc, find_all_inheritors(relid, NoLock, NULL))
		if (is_searched_for(search, lfirst_oid(lc)))
			search->found = lfirst_oid(lc);
}

Oid
cr_session_find_bound(Oid role, Oid relid)
{
	BoundSearch search = {role, false, NIL, InvalidOid};

	if (cr_policy_possible())
		search_relation(relid, &search);
	return search.found;
}

Oid
cr_session_find_closed(Oid role, Oid relid)
{
	BoundSearch search = {role, true, NIL, InvalidOid};

	if (cr_policy_possible())
		search_relation(relid, &search);
	return search.found;
}

static bool
find_bound_walker(Node *node, BoundSearch *search)
{
	if (node == NULL)
		return false;
	if (IsA(node, RangeTblEntry))
	{
		RangeTblEntry *rte = (RangeTblEntry *) node;

		if (rte->rtekind == RTE_RELATION)
			search_relation(rte->relid, search);
		return OidIsValid(search->found);
	}
	if (IsA(node, Query))
		return query_tree_walker((Query *) node, find_bound_walker, search,
								 QTW_EXAMINE_RTES_BEFORE);
	return expression_tree_walker(node, find_bound_walker, search);
}

Oid
cr_session_find_bound_in_query(Oid role, Query *query)
{
	BoundSearch search = {role, false, NIL, InvalidOid};

	if (cr_policy_possible())
		(void) find_bound_walker((Node *) query, &search);
	return search.found;
}
