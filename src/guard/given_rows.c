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

/* Of a plan, what is asked again; in the current memory context. */
static PlannedStmt *
what_is_read(const PlannedStmt *plan)
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

void
cr_given_rows_note(QueryDesc *queryDesc, const CrApproval *approval)
{
	const CrApproval *template = cr_approval_of(queryDesc->sourceText);
	MemoryContext before;
	PlannedStmt *read;
	GivenRows  *given;

	if (template == NULL)
		return;
	read = what_is_read(queryDesc->plannedstmt);
	if (is_noted(template, read, approval != NULL))
		return;
	before = MemoryContextSwitchTo(template->reader->es_query_cxt);
	given = palloc0(sizeof(GivenRows));
	given->reader = template->reader;
	given->plan = what_is_read(read);
	given->approval = *template;
	given->approval.text = NULL;
	given->approval.waived = list_copy(template->waived);
	given->approval.tables = list_copy(template->tables);
	given->approval.outer = NULL;
	given->approved = approval != NULL;
	given->policies = cr_execution_policies(given->plan);
	given->callback.func = forget;
	given->callback.arg = given;
	dlist_push_tail(&all_given, &given->node);
	MemoryContextRegisterResetCallback(given->reader->es_query_cxt,
									   &given->callback);
	MemoryContextSwitchTo(before);
}

static CrVerdict *
judge_rows(GivenRows *given, CrAccessJudge judge)
{
	CrVerdict  *refusal;

	if (GetUserId() != given->approval.runner)
		return cr_verdict_refuse(CR_ERRCODE_COMMAND, -1,
								 "the rows of the template were asked for by another role",
								 "Close the cursor and run the template again.");
	cr_check_permissions(given->plan);
	refusal = cr_execution_judge_policies(given->policies, given->plan);
	if (refusal == NULL)
		refusal = judge(given->plan,
						given->approved ? &given->approval : NULL);
	return refusal;
}

CrVerdict *
cr_given_rows_judge(QueryDesc *reader, CrAccessJudge judge,
					PlannedStmt **plan)
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
		refusal = judge_rows(given, judge);
		*plan = given->plan;
		if (refusal != NULL)
			break;
	}
	return refusal;
}
