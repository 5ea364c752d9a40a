/*-------------------------------------------------------------------------
 *
 * src/guard/glance.c
 *	  Finds out in one walk which guards a statement concerns.
 *
 * Nearly all statements concern none, and this walk is all that the extension
 * costs them at planning: one hash probe a table, no memory.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "guard/glance.h"
#include "guard/guard.h"
#include "inspect/facts.h"
#include "inspect/normalize.h"
#include "nodes/nodeFuncs.h"
#include "policy/policy.h"

static void
glance_at_entry(RangeTblEntry *rte, CrGlance *glance)
{
	if (rte->rtekind == RTE_FUNCTION)
	{
		if (cr_normalize_may_inline(rte))
			glance->set_function = true;
	}
	else if (rte->rtekind == RTE_RELATION)
	{
		if (cr_inspect_is_of_samples(rte))
			glance->samples = true;
		else if (cr_policy_is_own_table(rte->relid))
			glance->own_tables = true;
		else if (cr_policy_exists(rte->relid) ||
				 (rte->inh && cr_policy_has_protected_descendant(rte->relid)))
			glance->protected = true;
	}
}

static bool
glance_walker(Node *node, CrGlance *glance)
{
	if (node == NULL)
		return false;
	if (IsA(node, RangeTblEntry))
	{
		glance_at_entry((RangeTblEntry *) node, glance);
		return false;
	}
	if (IsA(node, Query))
	{
		if (cr_inspect_writes_protected_parts((Query *) node))
			glance->protected = true;
		return query_tree_walker((Query *) node, glance_walker, glance,
								 QTW_EXAMINE_RTES_BEFORE);
	}
	if (IsA(node, FuncExpr) &&
		cr_guard_counts_rows(((FuncExpr *) node)->funcid))
		glance->counters = true;
	return expression_tree_walker(node, glance_walker, glance);
}

CrGlance
cr_guard_glance(Query *query)
{
	CrGlance	glance = {0};

	glance_walker((Node *) query, &glance);
	return glance;
}

static bool
relations_walker(Node *node, List **relids)
{
	if (node == NULL)
		return false;
	if (IsA(node, RangeTblEntry))
	{
		RangeTblEntry *rte = (RangeTblEntry *) node;

		if (rte->rtekind == RTE_RELATION)
			*relids = list_append_unique_oid(*relids, rte->relid);
		return false;
	}
	if (IsA(node, Query))
		return query_tree_walker((Query *) node, relations_walker, relids,
								 QTW_EXAMINE_RTES_BEFORE);
	return expression_tree_walker(node, relations_walker, relids);
}

List *
cr_glance_relations(Query *query)
{
	List	   *relids = NIL;

	relations_walker((Node *) query, &relids);
	return relids;
}
