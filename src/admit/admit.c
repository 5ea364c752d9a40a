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
#include "base/errcodes.h"
#include "gate/gate.h"
#include "reshape/reshape.h"
#include "session/access.h"
#include "session/lent.h"

static CrVerdict *
judge_access(const CrStatement *statement, const CrApproval *approval)
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
	return cr_access_judge(relids, statement->joins_owners, approval);
}

static CrVerdict *
admitted(bool joins_owners)
{
	CrVerdict  *verdict = palloc0(sizeof(CrVerdict));

	verdict->admitted = true;
	verdict->joins_owners = joins_owners;
	verdict->location = -1;
	return verdict;
}

/* Every owner has waived the threshold: the query runs as it stands. */
static CrVerdict *
admit_waived(Query *query, const CrApproval *approval)
{
	CrVerdict  *verdict = cr_access_judge(approval->waived, true, approval);

	if (verdict == NULL)
		verdict = cr_gate_judge_code(query);
	if (verdict == NULL && !cr_reshape_waive(query, approval->waived))
		verdict = cr_verdict_refuse(CR_ERRCODE_CONSTRUCT, -1,
									"the template reads a protected table whose owner has not waived the threshold",
									"A row policy of one of its tables reads it; its owner can be asked to approve a template that names it.");
	if (verdict != NULL)
		return verdict;
	return admitted(true);
}

/*
 * Puts the guards into an admitted statement.  A refusal where that cannot be
 * done, or has gone wrong, which must not happen.
 */
static CrVerdict *
put_guards_in(Query *query, CrStatement *statement)
{
	bool		opened = cr_reshape_statement(statement);

	if (statement->left_copies)
		return cr_verdict_refuse(CR_ERRCODE_CONSTRUCT, -1,
								 "a subquery of this query cannot be run once for all that depends on it",
								 "Write it as a WITH query of the outermost query, and read that.");
	if (!opened)
		return cr_verdict_refuse(CR_ERRCODE_UNGUARDED_PLAN, -1,
								 "the rewritten query reads a protected table outside its guards",
								 "This is an error in cleanroom, please report it; nothing has been read. Write the subquery as a WITH query, and read that.");
	if (!cr_reshape_is_sound(query))
		return cr_verdict_refuse(CR_ERRCODE_UNGUARDED_PLAN, -1,
								 "the rewritten query names a column that is not there",
								 "This is an error in cleanroom, please report it; nothing has been read. Write the query in a simpler form, with fewer subqueries.");
	return NULL;
}

CrVerdict *
cr_admit_query(Query *query, const CrTouch *touch, const CrApproval *approval)
{
	CrVerdict  *verdict;
	CrVerdict  *refusal;
	CrStatement *statement;

	if (touch->any)
		cr_reshape_open_exempt(query);
	if (!touch->foreign_owner)
		return NULL;
	verdict = cr_gate_judge_command(query, touch);
	if (verdict == NULL)
		verdict = cr_lent_judge_query(query);
	if (verdict != NULL)
		return verdict;
	if (approval != NULL && approval->waived)
		return admit_waived(query, approval);
	if (cr_reshape_empty(query))
		return admitted(false);
	statement = cr_inspect_statement(query, approval != NULL &&
									 approval->any_use);
	verdict = cr_gate_judge(statement);
	if (!verdict->admitted)
		return verdict;
	refusal = judge_access(statement, approval);
	if (refusal == NULL)
		refusal = cr_gate_judge_code(query);
	if (refusal == NULL)
		refusal = put_guards_in(query, statement);
	if (refusal != NULL)
		return refusal;
	verdict->joins_owners = statement->joins_owners;
	return verdict;
}
