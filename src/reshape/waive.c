/*-------------------------------------------------------------------------
 *
 * src/reshape/waive.c
 *	  Opens the protected tables of a query whose owners have all waived the
 *	  threshold for it.
 *
 * The query runs as it was written and approved.  Row policies still hold.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_class.h"
#include "nodes/nodeFuncs.h"
#include "reshape/reshape.h"
#include "session/exempt.h"

typedef struct WaiveContext
{
	List	   *waived;			/* tables that bear a policy */
	bool		stray;			/* another is there too */
} WaiveContext;

static void
open_tables(Query *query, WaiveContext *context)
{
	int			rti = 0;
	ListCell   *lc;

	foreach(lc, query->rtable)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);
		CrPolicy   *policy;

		rti++;
		if (rte->rtekind != RTE_RELATION || rte->relkind == RELKIND_VIEW ||
			!cr_policy_exists(rte->relid))
			continue;
		policy = cr_policy_lookup(rte->relid);
		if (policy == NULL || cr_session_is_exempt(policy->owner))
			continue;
		if (list_member_oid(context->waived, policy->labelled_relid))
			cr_reshape_open_entry(query, rti, policy->owner);
		else
			context->stray = true;
	}
}

static bool
waive_walker(Node *node, WaiveContext *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Query))
	{
		open_tables((Query *) node, context);
		return query_tree_walker((Query *) node, waive_walker, context, 0);
	}
	return expression_tree_walker(node, waive_walker, context);
}

/*
 * False when a table is there that is not on the list: through a row policy,
 * which may read tables of others.
 */
bool
cr_reshape_waive(Query *query, List *waived)
{
	WaiveContext context = {waived, false};

	(void) waive_walker((Node *) query, &context);
	return !context.stray;
}
