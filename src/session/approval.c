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

#include "session/approval.h"

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
