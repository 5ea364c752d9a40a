/*-------------------------------------------------------------------------
 *
 * src/guard/given_rows.c
 *	  Has rows of templates judged again when they are given on later.
 *
 * run_template() returns all rows at once, and a cursor on it gives them out
 * over as long as its transaction lasts.  What they rest on is kept with the
 * query that reads them, and lives as long as that.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/errcodes.h"
#include "guard/execution.h"
#include "guard/given_rows.h"
#include "guard/reads.h"
#include "lib/ilist.h"
#include "miscadmin.h"
#include "utils/inval.h"
#include "utils/memutils.h"

typedef struct GivenRows
{
	dlist_node	node;
	EState	   *reader;			/* whose memory this is in */
	PlannedStmt *plan;			/* of the template: what is read */
	CrApproval	approval;
	bool		approved;		/* the approval covers the plan */
	List	   *policies;		/* as they were */
	MemoryContextCallback callback;
} GivenRows;

static dlist_head all_given = DLIST_STATIC_INIT(all_given);

static void
forget(void *arg)
{
	dlist_delete(&((GivenRows *) arg)->node);
}

static bool
reads_the_same(const PlannedStmt *a, const PlannedStmt *b)
{
#if PG_VERSION_NUM >= 160000
	if (!equal(a->permInfos, b->permInfos))
		return false;
#endif
	return equal(a->rtable, b->rtable) &&
		equal(a->relationOids, b->relationOids);
}

/* A query may run templates for each of many rows. */
static bool
is_noted(const CrApproval *template, const PlannedStmt *plan, bool approved)
{
	dlist_iter	iter;

	dlist_foreach(iter, &all_given)
	{
		GivenRows  *given = dlist_container(GivenRows, node, iter.cur);

		if (given->reader == template->reader &&
			given->approved == approved &&
			given->approval.runner == template->runner &&
			given->approval.room == template->room &&
			given->approval.any_use == template->any_use &&
			equal(given->approval.waived, template->waived) &&
			equal(given->approval.tables, template->tables) &&
			reads_the_same(given->plan, plan))
			return true;
	}
	return false;
}

/* In the current memory context, and in no list. */
static GivenRows *
make_given(const PlannedStmt *plan, const CrApproval *template, bool approved)
{
	GivenRows  *given = palloc0(sizeof(GivenRows));

	given->reader = template->reader;
	given->plan = cr_reads_of(plan);
	given->approval = *template;
	given->approval.text = NULL;
	given->approval.waived = list_copy(template->waived);
	given->approval.tables = list_copy(template->tables);
	given->approval.outer = NULL;
	given->approved = approved;
	return given;
}

void
cr_given_rows_note(QueryDesc *queryDesc, const CrApproval *approval)
{
	const CrApproval *template = cr_approval_of(queryDesc->sourceText);
	MemoryContext before;
	PlannedStmt *read;
	GivenRows  *given;

	if (template == NULL)
		return;
	read = cr_reads_of(queryDesc->plannedstmt);
	if (is_noted(template, read, approval != NULL))
		return;
	before = MemoryContextSwitchTo(template->reader->es_query_cxt);
	given = make_given(read, template, approval != NULL);
	given->policies = cr_execution_policies(given->plan);
	given->callback.func = forget;
	given->callback.arg = given;
	dlist_push_tail(&all_given, &given->node);
	MemoryContextRegisterResetCallback(given->reader->es_query_cxt,
									   &given->callback);
	MemoryContextSwitchTo(before);
}

/* Of what was held, as held.c says, the policy does not matter any more. */
static CrVerdict *
judge_rows(GivenRows *given, bool held)
{
	CrVerdict  *refusal = NULL;

	if (GetUserId() != given->approval.runner)
		return cr_verdict_refuse(CR_ERRCODE_COMMAND, -1,
								 "the rows of the template were asked for by another role",
								 "Close the cursor and run the template again.");
	cr_check_permissions(given->plan);
	if (!held)
		refusal = cr_execution_judge_policies(given->policies, given->plan);
	if (refusal == NULL)
		refusal = cr_reads_judge_again(given->plan, given->approved ?
									   &given->approval : NULL);
	return refusal;
}

CrVerdict *
cr_given_rows_judge(QueryDesc *reader, PlannedStmt **plan)
{
	dlist_iter	iter;
	CrVerdict  *refusal = NULL;

	if (dlist_is_empty(&all_given))
		return NULL;
	AcceptInvalidationMessages();
	dlist_foreach(iter, &all_given)
	{
		GivenRows  *given = dlist_container(GivenRows, node, iter.cur);

		if (given->reader != reader->estate)
			continue;
		refusal = judge_rows(given, false);
		*plan = given->plan;
		if (refusal != NULL)
			break;
	}
	return refusal;
}

List *
cr_given_rows_copy(QueryDesc *reader)
{
	List	   *copies = NIL;
	dlist_iter	iter;

	dlist_foreach(iter, &all_given)
	{
		GivenRows  *given = dlist_container(GivenRows, node, iter.cur);

		if (given->reader == reader->estate)
			copies = lappend(copies, make_given(given->plan, &given->approval,
												given->approved));
	}
	return copies;
}

CrVerdict *
cr_given_rows_judge_held(List *copies, PlannedStmt **plan)
{
	ListCell   *lc;

	foreach(lc, copies)
	{
		GivenRows  *given = lfirst(lc);
		CrVerdict  *refusal = judge_rows(given, true);

		*plan = given->plan;
		if (refusal != NULL)
			return refusal;
	}
	return NULL;
}
