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
#include "inspect/facts.h"
#include "nodes/nodeFuncs.h"
#include "session/exempt.h"
#include "storage/lockdefs.h"

static void
note_protected(Oid relid, CrTouch *touch)
{
	CrPolicy   *policy;

	touch->any = true;
	if (touch->foreign_owner)
		return;
	touch->relid = relid;
	policy = cr_policy_lookup(relid);
	if (policy == NULL || !cr_session_is_exempt(policy->owner))
		touch->foreign_owner = true;
}

static void
touch_relation(RangeTblEntry *rte, CrTouch *touch)
{
	ListCell   *lc;

	if (rte->relkind == RELKIND_VIEW)
		return;					/* its query stands elsewhere in the tree */
	if (cr_policy_exists(rte->relid))
	{
		note_protected(rte->relid, touch);
		return;
	}
	if (!rte->inh || !cr_policy_has_protected_descendant(rte->relid))
		return;
	foreach(lc, find_all_inheritors(rte->relid, NoLock, NULL))
	{
		if (!cr_policy_exists(lfirst_oid(lc)))
			continue;
		note_protected(lfirst_oid(lc), touch);
		touch->parent = rte->relid;
	}
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
		return query_tree_walker((Query *) node, touch_walker, touch,
								 QTW_EXAMINE_RTES_BEFORE);
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
