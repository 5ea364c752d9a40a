/*-------------------------------------------------------------------------
 *
 * src/admit/admit.c
 *	  From a rewritten statement to one that may be planned, or a refusal.
 *
 * The planner hook and cleanroom.explain() both come through here, so that
 * what is explained is what would happen.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "admit/admit.h"
#include "gate/gate.h"
#include "reshape/reshape.h"
#include "session/access.h"

static CrVerdict *
judge_access(const CrStatement *statement)
{
	List	   *relids = NIL;
	ListCell   *lc;

	foreach(lc, statement->bases)
	{
		CrBase	   *base = (CrBase *) lfirst(lc);
		CrPolicy   *policy = base->policy;

		/* a table of the user's own is in the room as well */
		if (base->kind == CR_BASE_PUBLIC && statement->joins_owners &&
			base->rte->rtekind == RTE_RELATION)
			policy = cr_policy_lookup(base->rte->relid);
		if (policy != NULL)
			relids = list_append_unique_oid(relids, policy->labelled_relid);
	}
	return cr_access_judge(relids, statement->joins_owners);
}

CrVerdict *
cr_admit_query(Query *query, const CrTouch *touch)
{
	CrVerdict  *verdict;
	CrStatement *statement;

	if (!touch->foreign_owner)
		return NULL;
	verdict = cr_gate_judge_command(query, touch);
	if (verdict != NULL)
		return verdict;
	statement = cr_inspect_statement(query);
	verdict = cr_gate_judge(statement);
	if (verdict->admitted)
	{
		CrVerdict  *refusal = judge_access(statement);

		if (refusal != NULL)
			return refusal;
		verdict->joins_owners = statement->joins_owners;
		cr_reshape_statement(statement);
	}
	return verdict;
}
