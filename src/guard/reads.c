/*-------------------------------------------------------------------------
 *
 * src/guard/reads.c
 *	  What a plan reads, and whether the current user may read that now.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "guard/reads.h"
#include "nodes/parsenodes.h"
#include "policy/policy.h"
#include "session/access.h"
#include "session/exempt.h"
#include "session/lent.h"

PlannedStmt *
cr_reads_of(const PlannedStmt *plan)
{
	PlannedStmt *read = makeNode(PlannedStmt);
	ListCell   *lc;

	read->commandType = plan->commandType;
	foreach(lc, plan->rtable)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);

		/* views too, which have privileges of their own */
		if (OidIsValid(rte->relid))
			read->rtable = lappend(read->rtable, copyObject(rte));
	}
#if PG_VERSION_NUM >= 160000
	read->permInfos = copyObject(plan->permInfos);
#endif
	read->relationOids = list_copy(plan->relationOids);
	return read;
}

CrVerdict *
cr_reads_judge_access(PlannedStmt *plan, const CrApproval *approval)
{
	CrVerdict  *refusal = cr_lent_judge(plan->rtable,
										CR_PLAN_PERMISSIONS(plan));
	bool		joined = list_member_oid(plan->relationOids,
										 cr_access_room_table());
	List	   *relids = NIL;
	ListCell   *lc;

	if (refusal != NULL)
		return refusal;
	foreach(lc, plan->rtable)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);
		CrPolicy   *policy;

		if (rte->rtekind != RTE_RELATION)
			continue;
		policy = cr_policy_lookup(rte->relid);
		/* a table of the user's own needs a room where it is joined only */
		if (policy != NULL &&
			(joined || !cr_session_is_exempt(policy->owner)))
			relids = list_append_unique_oid(relids, policy->labelled_relid);
	}
	return cr_access_judge(relids, joined, approval);
}

CrVerdict *
cr_reads_judge_again(PlannedStmt *plan, const CrApproval *approval)
{
	CrVerdict  *refusal = approval == NULL ? NULL :
		cr_approval_judge(approval);

	return refusal != NULL ? refusal : cr_reads_judge_access(plan, approval);
}
