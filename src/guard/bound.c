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
#include "base/compat.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/pg_class.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_seclabel.h"
#include "guard/bound.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "policy/policy.h"
#include "rewrite/rewriteHandler.h"
#include "session/exempt.h"
#include "utils/acl.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

/*
 * A view's query has the view itself in it, for OLD and NEW, and views can
 * be made to lead to one another in a circle: each is looked into once.
 */
typedef struct BoundSearch
{
	List	   *views;			/* those that were looked into */
	Oid			found;
	bool		own;			/* for tables of the extension's own */
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

/*
 * pg_class has no index to find it by, but the TOAST table depends on it.
 */
Oid
cr_guard_table_of_toast(Oid toast)
{
	Relation	depend = table_open(DependRelationId, AccessShareLock);
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple	tuple;
	Oid			result = InvalidOid;

	ScanKeyInit(&keys[0], Anum_pg_depend_classid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(RelationRelationId));
	ScanKeyInit(&keys[1], Anum_pg_depend_objid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(toast));
	scan = systable_beginscan(depend, DependDependerIndexId, true, NULL,
							  2, keys);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_depend form = (Form_pg_depend) GETSTRUCT(tuple);

		if (form->refclassid == RelationRelationId &&
			form->deptype == DEPENDENCY_INTERNAL)
			result = form->refobjid;
	}
	systable_endscan(scan);
	table_close(depend, AccessShareLock);
	return result;
}

bool
cr_guard_closes(Oid relid)
{
	return cr_policy_is_own_table(relid) &&
		!cr_owns_relation(relid, GetUserId());
}

bool
cr_guard_has_right(Oid relid, AclMode besides)
{
	return pg_class_aclmask(relid, GetUserId(),
							ACL_ALL_RIGHTS_RELATION & ~besides,
							ACLMASK_ANY) != 0;
}

static bool
is_searched_for(Oid relid, BoundSearch *search)
{
	return search->own ? cr_guard_closes(relid) : cr_guard_binds(relid);
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

	if (is_searched_for(relid, search))
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
		if (is_searched_for(lfirst_oid(lc), search))
			search->found = lfirst_oid(lc);
}

Oid
cr_guard_find_bound(Oid relid)
{
	BoundSearch search = {NIL, InvalidOid, false};

	if (cr_policy_possible())
		search_relation(relid, &search);
	return search.found;
}

Oid
cr_guard_find_closed(Oid relid)
{
	BoundSearch search = {NIL, InvalidOid, true};

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
cr_guard_find_bound_in_query(Query *query)
{
	BoundSearch search = {NIL, InvalidOid, false};

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
