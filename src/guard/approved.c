/*-------------------------------------------------------------------------
 *
 * src/guard/approved.c
 *	  Which statements an approval covers.
 *
 * Owners approve of a text, and are asked about the tables that it names.
 * Row policies add others when it is rewritten for whoever runs it, and what
 * a function reads may be written out in it by then: of neither has anybody
 * approved.  A statement that has such a thing is judged as any query.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "guard/approved.h"
#include "guard/execution.h"
#include "guard/kept.h"
#include "policy/policy.h"

const CrApproval *
cr_approved(const char *text, List *relids, bool functions_read)
{
	const CrApproval *approval = cr_approval_of(text);
	ListCell   *lc;

	if (approval == NULL || functions_read)
		return NULL;
	foreach(lc, relids)
	{
		CrPolicy   *policy = cr_policy_lookup(lfirst_oid(lc));

		if (policy != NULL &&
			!list_member_oid(approval->tables, policy->labelled_relid))
			return NULL;
	}
	return approval;
}

const CrApproval *
cr_approved_execution(QueryDesc *queryDesc)
{
	PlannedStmt *plan = queryDesc->plannedstmt;

	return cr_approved(queryDesc->sourceText, cr_execution_relations(plan),
					   cr_kept_get(plan).functions_read != NULL);
}
