/*-------------------------------------------------------------------------
 *
 * src/guard/bound.c
 *	  Says which relations the current user meets as an analyst.
 *
 * For commands, which name relations; queries are judged by the gate.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/relation.h"
#include "access/table.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_seclabel.h"
#include "guard/bound.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "policy/policy.h"
#include "rewrite/rewriteHandler.h"
#include "session/exempt.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

typedef struct BoundSearch
{
	Oid			view;			/* whose query it is, or InvalidOid */
	Oid			found;
} BoundSearch;

static bool find_bound_walker(Node *node, BoundSearch *search);

bool
cr_guard_binds(Oid relid)
{
	CrPolicy   *policy;

	if (!cr_policy_possible() || !cr_policy_exists(relid))
		return false;
	policy = cr_policy_lookup(relid);
	return policy != NULL && !cr_session_is_exempt(policy->owner);
}

static Oid
find_bound_below_view(Oid relid)
{
	Relation	view = try_relation_open(relid, AccessShareLock);
	BoundSearch search = {relid, InvalidOid};

	if (view == NULL)
		return InvalidOid;
	if (view->rd_rel->relkind == RELKIND_VIEW)
		(void) find_bound_walker((Node *) get_view_query(view), &search);
	relation_close(view, NoLock);
	return search.found;
}

Oid
cr_guard_find_bound(Oid relid)
{
	char		relkind;
	ListCell   *lc;

	check_stack_depth();

	if (!cr_policy_possible())
		return InvalidOid;
	if (cr_guard_binds(relid))
		return relid;
	relkind = get_rel_relkind(relid);
	if (relkind == RELKIND_VIEW)
		return find_bound_below_view(relid);
	if (relkind != RELKIND_RELATION && relkind != RELKIND_PARTITIONED_TABLE &&
		relkind != RELKIND_FOREIGN_TABLE)
		return InvalidOid;
	foreach(lc, find_all_inheritors(relid, NoLock, NULL))
		if (cr_guard_binds(lfirst_oid(lc)))
			return lfirst_oid(lc);
	return InvalidOid;
}

static bool
find_bound_walker(Node *node, BoundSearch *search)
{
	if (node == NULL)
		return false;
	if (IsA(node, RangeTblEntry))
	{
		RangeTblEntry *rte = (RangeTblEntry *) node;

		/* a view's query has the view itself in it, for OLD and NEW */
		if (rte->rtekind == RTE_RELATION && rte->relid != search->view)
			search->found = cr_guard_find_bound(rte->relid);
		return OidIsValid(search->found);
	}
	if (IsA(node, Query))
		return query_tree_walker((Query *) node, find_bound_walker, search,
								 QTW_EXAMINE_RTES_BEFORE);
	return expression_tree_walker(node, find_bound_walker, search);
}

Oid
cr_guard_find_bound_in_query(Query *query)
{
	BoundSearch search = {InvalidOid, InvalidOid};

	if (cr_policy_possible())
		(void) find_bound_walker((Node *) query, &search);
	return search.found;
}

Oid
cr_guard_find_bound_anywhere(void)
{
	Relation	labels;
	SysScanDesc scan;
	HeapTuple	tuple;
	List	   *labelled = NIL;
	ListCell   *lc;

	if (!cr_policy_possible())
		return InvalidOid;

	labels = table_open(SecLabelRelationId, AccessShareLock);
	scan = systable_beginscan(labels, InvalidOid, false, NULL, 0, NULL);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		FormData_pg_seclabel *label =
			(FormData_pg_seclabel *) GETSTRUCT(tuple);

		if (label->classoid == RelationRelationId && label->objsubid == 0)
			labelled = lappend_oid(labelled, label->objoid);
	}
	systable_endscan(scan);
	table_close(labels, AccessShareLock);

	/* another provider's labels are among them: the policy decides */
	foreach(lc, labelled)
		if (cr_guard_binds(lfirst_oid(lc)))
			return lfirst_oid(lc);
	return InvalidOid;
}
