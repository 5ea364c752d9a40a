/*-------------------------------------------------------------------------
 *
 * src/session/approval.c
 *	  What the owners have approved of a statement that is running.
 *
 * An approval goes with the address of the statement's text, which the
 * planner and the executor are given with it.  A function that is called in
 * the statement executes other texts, and asks for itself.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/errcodes.h"
#include "catalog/pg_type.h"
#include "session/approval.h"
#include "session/asker.h"
#include "utils/array.h"

/* the innermost one; lives on the stack of who runs the template */
static const CrApproval *current = NULL;

const CrApproval *
cr_approval_of(const char *text)
{
	const CrApproval *approval;

	for (approval = current; approval != NULL; approval = approval->outer)
	{
		if (text != NULL && approval->text == text)
			return approval;
	}
	return NULL;
}

bool
cr_approval_runs_as(Oid role)
{
	const CrApproval *approval;

	for (approval = current; approval != NULL; approval = approval->outer)
	{
		if (approval->runner == role)
			return true;
	}
	return false;
}

const CrApproval *
cr_approval_set(const CrApproval *approval)
{
	const CrApproval *before = current;

	current = approval;
	return before;
}

/* "whole": what it is of, too. */
static CrVerdict *
judge(const CrApproval *approval, bool whole)
{
	static Oid	types[] = {INT4OID, INT4OID, BOOLOID, OIDARRAYOID, BYTEAOID};
	int			count = list_length(approval->waived);
	Datum	   *waived = palloc((count + 1) * sizeof(Datum));
	Datum		args[5];
	char	   *answer[1];
	CrVerdict  *refusal;

	for (int i = 0; i < count; i++)
		waived[i] = ObjectIdGetDatum(list_nth_oid(approval->waived, i));
	args[0] = Int32GetDatum(approval->template);
	args[1] = Int32GetDatum(approval->version);
	args[2] = BoolGetDatum(approval->any_use);
	args[3] = PointerGetDatum(construct_array(waived, count, OIDOID,
											  sizeof(Oid), true,
											  TYPALIGN_INT));
	args[4] = PointerGetDatum(approval->objects);
	cr_session_ask_catalog("SELECT cleanroom.approval_holds($1, $2, $3, $4, $5)",
						   5, types, args, whole ? NULL : "    n", 1, answer);
	if (answer[0] != NULL && answer[0][0] == 't')
		return NULL;
	refusal = cr_verdict_refuse(CR_ERRCODE_ACCESS, -1,
								"the approval of the template was taken back or has lapsed",
								"cleanroom.templates tells where it stands; run it again once its owners have approved it.");
	return cr_verdict_of_nobody(refusal);
}

CrVerdict *
cr_approval_judge(const CrApproval *approval)
{
	return judge(approval, false);
}

CrVerdict *
cr_approval_judge_statement(const CrApproval *approval)
{
	return judge(approval, true);
}
