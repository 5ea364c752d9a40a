/*-------------------------------------------------------------------------
 *
 * src/session/lent.c
 *	  Judges privileges on protected tables that views lend.
 *
 * What a view reads is read with the privileges of the view's owner.  The
 * owner of a protected table lends its own by that, and may.  An analyst has
 * been let in for itself: rooms, rules, budgets and suspension go by who asks,
 * and would not know of the analyst whose privilege it is.  So an analyst's
 * view lends none: who reads it needs what it reads, as if the view had the
 * option security_invoker.  The same holds for each of views upon views, and
 * for rules.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "session/bound_to.h"
#include "session/lent.h"
#include "utils/lsyscache.h"

static CrVerdict *
refuse(Oid lender, Oid relid, Oid table)
{
	char	   *name = get_rel_name(relid);
	CrVerdict  *verdict;

	verdict = cr_verdict_refuse(ERRCODE_INSUFFICIENT_PRIVILEGE, -1,
								psprintf(relid == table ?
										 "permission denied for protected table \"%s\"" :
										 "permission denied for \"%s\", which reads a protected table",
										 name),
								psprintf("Ask the owner of \"%s\" to grant you SELECT on it, or for a view of the owner's.",
										 name));
	verdict->detail = psprintf("Views and rules of role \"%s\" lend no privilege on it, as that role is not exempt from the policy itself.",
							   GetUserNameFromId(lender, false));
	return verdict;
}

CrVerdict *
cr_lent_judge(List *rtable, List *permissions)
{
	ListCell   *lc;

	foreach(lc, rtable)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);
		Oid			lender = cr_asked_instead(rte, permissions);
		Oid			table;

		if (!OidIsValid(lender) || lender == GetUserId())
			continue;
		table = cr_session_find_bound(lender, rte->relid);
		if (OidIsValid(table) && !cr_may_itself(rte, permissions))
			return refuse(lender, rte->relid, table);
	}
	return NULL;
}

typedef struct LentSearch
{
	CrVerdict  *refusal;
} LentSearch;

static bool
lent_walker(Node *node, LentSearch *search)
{
	if (node == NULL)
		return false;
	if (!IsA(node, Query))
		return expression_tree_walker(node, lent_walker, search);
	search->refusal = cr_lent_judge(((Query *) node)->rtable,
									CR_QUERY_PERMISSIONS((Query *) node));
	return search->refusal != NULL ||
		query_tree_walker((Query *) node, lent_walker, search, 0);
}

CrVerdict *
cr_lent_judge_query(Query *query)
{
	LentSearch	search = {NULL};

	(void) lent_walker((Node *) query, &search);
	return search.refusal;
}
