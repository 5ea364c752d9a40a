/*-------------------------------------------------------------------------
 *
 * src/guard/execution.c
 *	  Has executions of statements on protected tables recorded.
 *
 * Each has a record when it starts, which it waits for, and one when it
 * ends, which nothing waits for.  What is needed for the second is gathered
 * at the first, as at its end no catalog may be read.  What a rollback closes
 * is not ended: its memory is let go of, and nothing else.  So what is needed
 * for the second record is not in that memory, and the record is made when
 * the (sub)transaction is over.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/errcodes.h"
#include "guard/execution.h"
#include "guard/groupings.h"
#include "guard/own_tables.h"
#include "guard/row_charge.h"
#include "guard/settled.h"
#include "guard/uncounted.h"
#include "guard/written_out.h"
#include "ledger/record.h"
#include "lib/ilist.h"
#include "nodes/execnodes.h"
#include "nodes/parsenodes.h"
#include "policy/policy.h"
#include "session/access.h"
#include "session/exempt.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

typedef struct Execution
{
	dlist_node	node;			/* in executions */
	QueryDesc  *queryDesc;
	CrSubmission submission;
	CrRecord	completion;		/* filled in as far as can be */
	CrCharge	charge;			/* the budgets it draws on */
	CrRowCharge *row_charge;	/* or NULL */
	CrGroupings *groupings;
	CrFirstRowJudge judge;		/* of the run that goes on */
	List	   *policies;		/* of its tables, as they were */
	uint64		rows;
	TimestampTz started_at;
	MemoryContext context;		/* its own, which holds all of this */
	MemoryContextCallback callback;
} Execution;

/* those that have begun and not ended; each lives as long as its query */
static dlist_head executions = DLIST_STATIC_INIT(executions);

/* those whose query is gone without an end on record */
static dlist_head lost = DLIST_STATIC_INIT(lost);

static void
forget(void *arg)
{
	Execution  *execution = arg;

	dlist_delete(&execution->node);
	if (execution->queryDesc != NULL && execution->submission.ticket != 0)
		dlist_push_tail(&lost, &execution->node);
	else
		MemoryContextDelete(execution->context);
	if (dlist_is_empty(&executions) && !cr_own_tables_any())
		cr_uncounted_end_of_query();
}

static Execution *
find(QueryDesc *queryDesc)
{
	dlist_iter	iter;

	dlist_foreach(iter, &executions)
	{
		Execution  *execution = dlist_container(Execution, node, iter.cur);

		if (execution->queryDesc == queryDesc)
			return execution;
	}
	return NULL;
}

List *
cr_execution_relations(PlannedStmt *plan)
{
	List	   *relids = NIL;
	ListCell   *lc;

	foreach(lc, plan->rtable)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);

		if (rte->rtekind == RTE_RELATION)
			relids = list_append_unique_oid(relids, rte->relid);
	}
	return relids;
}

/*
 * Groups that workers release are known to us when the workers have ended,
 * which is too late to charge for them.  And while there are workers, an
 * access rule that fails ends the statement, though another room admits it.
 * Nor can scans that they share be kept from marking what they meet.
 */
static void
do_without_workers(QueryDesc *queryDesc)
{
	PlannedStmt *plan = palloc(sizeof(PlannedStmt));

	/* the plan may be one that others use, too */
	*plan = *queryDesc->plannedstmt;
	plan->parallelModeNeeded = false;
	queryDesc->plannedstmt = plan;
}

List *
cr_execution_policies(PlannedStmt *plan)
{
	List	   *policies = NIL;
	ListCell   *lc;

	foreach(lc, cr_execution_relations(plan))
	{
		CrPolicy   *policy = cr_policy_lookup(lfirst_oid(lc));

		if (policy != NULL && !cr_session_is_exempt(policy->owner))
			policies = lappend(policies, policy);
	}
	return policies;
}

/* Those of them that would have a statement fail on a small group. */
static List *
refusing_tables(List *policies)
{
	List	   *relids = NIL;
	ListCell   *lc;

	foreach(lc, policies)
	{
		CrPolicy   *policy = lfirst(lc);

		if (policy->refuse_small_groups)
			relids = lappend_oid(relids, policy->labelled_relid);
	}
	return relids;
}

static bool
has_policy(List *policies, CrPolicy *policy)
{
	ListCell   *lc;

	foreach(lc, policies)
	{
		CrPolicy   *other = lfirst(lc);

		if (other->relid == policy->relid && cr_policy_equal(other, policy))
			return true;
	}
	return false;
}

static CrVerdict *
refuse_other(Oid relid)
{
	CrVerdict  *refusal = cr_verdict_refuse(CR_ERRCODE_COMMAND, -1,
											psprintf("the query on protected table \"%s\" was begun under another policy or for another role",
													 get_rel_name(relid)),
											"Close it and run the query again.");

	return cr_verdict_of_table(refusal, relid);
}

CrVerdict *
cr_execution_judge_policies(List *policies, PlannedStmt *plan)
{
	ListCell   *lc;

	foreach(lc, cr_execution_policies(plan))
	{
		CrPolicy   *policy = lfirst(lc);

		if (!has_policy(policies, policy))
			return refuse_other(policy->relid);
	}
	return NULL;
}

List *
cr_execution_policies_of(QueryDesc *queryDesc)
{
	Execution  *execution = find(queryDesc);

	return execution == NULL ? NIL : execution->policies;
}

/*
 * Released groups may be told by other means than rows: whoever must not see
 * them any more gets no further, and what they cost is charged.
 */
static void
before_use(void *arg, uint64 n)
{
	Execution  *execution = arg;

	if (n == 1 && execution->judge != NULL)
		execution->judge(execution->queryDesc);
	if (execution->row_charge != NULL)
		cr_row_charge_groups(execution->row_charge, n);
}

static void
complete(Execution *execution, const char *verdict)
{
	CrRecord   *record = &execution->completion;
	TimestampTz now = GetCurrentTimestamp();

	cr_record_set_integer(record, CR_COL_AT, now);
	cr_record_set_text(record, CR_COL_VERDICT, verdict);
	cr_record_set_integer(record, CR_COL_DURATION,
						  now - execution->started_at);
	if (execution->row_charge != NULL)
		cr_row_charge_return(execution->row_charge, record);
	cr_record_submit_nowait(record, CR_SUBMIT_NOWAIT, &execution->submission);
	execution->queryDesc = NULL;
}

/* The ends of those that a rollback has closed, with what they returned. */
static void
complete_lost(void)
{
	while (!dlist_is_empty(&lost))
	{
		Execution  *execution = dlist_container(Execution, node,
												dlist_pop_head_node(&lost));
		MemoryContext caller = MemoryContextSwitchTo(execution->context);

		cr_record_set_text(&execution->completion, CR_COL_CODE,
						   unpack_sql_state(ERRCODE_TRANSACTION_ROLLBACK));
		cr_record_set_integer(&execution->completion, CR_COL_ROWS_RETURNED,
							  (int64) execution->rows);
		complete(execution, "failed");
		MemoryContextSwitchTo(caller);
		MemoryContextDelete(execution->context);
	}
}

static void
at_transaction_end(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_ABORT || event == XACT_EVENT_COMMIT)
		complete_lost();
}

static void
at_subtransaction_end(SubXactEvent event, SubTransactionId subid,
					  SubTransactionId parent, void *arg)
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
		complete_lost();
}

static void
watch_rollbacks(void)
{
	static bool watching = false;

	if (watching)
		return;
	RegisterXactCallback(at_transaction_end, NULL);
	RegisterSubXactCallback(at_subtransaction_end, NULL);
	watching = true;
}

static Execution *
remember(QueryDesc *queryDesc, List *guards)
{
	MemoryContext query = queryDesc->estate->es_query_cxt;
	MemoryContext context = AllocSetContextCreate(query,
												  "cleanroom execution",
												  ALLOCSET_SMALL_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(context);
	Execution  *execution = palloc0(sizeof(Execution));

	watch_rollbacks();
	execution->queryDesc = queryDesc;
	execution->context = context;
	execution->charge =
		cr_budget_find(cr_execution_relations(queryDesc->plannedstmt));
	execution->groupings = cr_groupings_watch(queryDesc, guards);
	cr_groupings_call(execution->groupings, before_use, execution);
	if (execution->charge.rows)
		execution->row_charge = cr_row_charge_create(&execution->charge);
	if (cr_settle_scans(queryDesc) || cr_access_condition_failed() ||
		(execution->charge.rows &&
		 cr_groupings_in_workers(queryDesc->plannedstmt, guards)))
		do_without_workers(queryDesc);
	execution->started_at = GetCurrentTimestamp();
	cr_record_start(&execution->completion, "completion");
	cr_record_describe_tables(&execution->completion,
							  cr_execution_relations(queryDesc->plannedstmt));
	execution->completion.fields[CR_COL_OBLIGATIONS].set = false;
	execution->policies = cr_execution_policies(queryDesc->plannedstmt);
	cr_record_count_for(&execution->completion,
						refusing_tables(execution->policies));
	execution->callback.func = forget;
	execution->callback.arg = execution;
	/* from here on it outlives the query */
	MemoryContextSetParent(context, TopMemoryContext);
	dlist_push_head(&executions, &execution->node);
	MemoryContextRegisterResetCallback(query, &execution->callback);
	MemoryContextSwitchTo(caller);
	return execution;
}

void
cr_execution_begin(QueryDesc *queryDesc, List *guards)
{
	PlannedStmt *plan = queryDesc->plannedstmt;
	Execution  *execution = remember(queryDesc, guards);
	CrRecord	record;

	cr_record_start(&record, "statement");
	cr_record_set_text(&record, CR_COL_VERDICT, "admitted");
	cr_record_describe_statement(&record, queryDesc->sourceText,
								 plan->stmt_location, plan->stmt_len);
	cr_record_describe_meaning(&record, queryDesc->params,
							   cr_written_out_find(plan));
	cr_record_describe_tables(&record, cr_execution_relations(plan));
	cr_record_set_integer(&execution->completion, CR_COL_FINGERPRINT,
						  record.fields[CR_COL_FINGERPRINT].integer);
	cr_budget_charge_query(&execution->charge, &record);
	PG_TRY();
	{
		cr_record_submit(&record, &execution->submission);
		if (execution->row_charge != NULL)
			cr_row_charge_begin(execution->row_charge,
								execution->submission.number);
	}
	PG_CATCH();
	{
		/* the record may say admitted, but there will be no answer */
		cr_execution_fail(queryDesc);
		PG_RE_THROW();
	}
	PG_END_TRY();
}

DestReceiver *
cr_execution_receiver(QueryDesc *queryDesc, CrFirstRowJudge judge)
{
	Execution  *execution = find(queryDesc);
	DestReceiver *dest = queryDesc->dest;

	if (execution == NULL)
		return dest;
	execution->judge = judge;
	if (execution->row_charge != NULL)
		dest = cr_row_charge_receiver(execution->row_charge, dest);
	return cr_first_row_receiver(queryDesc, dest, judge);
}

CrVerdict *
cr_execution_run(QueryDesc *queryDesc)
{
	Execution  *execution = find(queryDesc);

	if (execution != NULL)
		cr_groupings_prepare(execution->groupings);
	if (execution == NULL || execution->row_charge == NULL ||
		cr_groupings_run_shared(execution->groupings, queryDesc->estate))
		return NULL;
	return cr_verdict_refuse(CR_ERRCODE_CONSTRUCT, -1,
							 "a WITH query that depends on rows around it is read beside protected rows and elsewhere",
							 "Write it as a WITH query of the outermost query, or twice.");
}

bool
cr_execution_any(void)
{
	return !dlist_is_empty(&executions);
}

bool
cr_execution_has(QueryDesc *queryDesc)
{
	return find(queryDesc) != NULL;
}

void
cr_execution_count(QueryDesc *queryDesc)
{
	Execution  *execution = find(queryDesc);

	/* es_processed starts anew with each run of a cursor */
	if (execution != NULL && queryDesc->estate != NULL)
		execution->rows += queryDesc->estate->es_processed;
}

void
cr_execution_fail(QueryDesc *queryDesc)
{
	Execution  *execution = find(queryDesc);
	MemoryContext caller;

	if (execution == NULL || execution->submission.ticket == 0)
		return;
	caller = MemoryContextSwitchTo(execution->context);
	cr_record_set_text(&execution->completion, CR_COL_CODE,
					   pstrdup(unpack_sql_state(geterrcode())));
	complete(execution, "failed");
	MemoryContextSwitchTo(caller);
}

static void
count_groups(Execution *execution)
{
	int64		released;
	int64		withheld;

	if (!cr_groupings_count(execution->groupings, &released, &withheld))
		return;
	cr_record_set_integer(&execution->completion, CR_COL_GROUPS_RELEASED,
						  released);
	cr_record_set_integer(&execution->completion, CR_COL_GROUPS_WITHHELD,
						  withheld);
}

void
cr_execution_end(QueryDesc *queryDesc)
{
	Execution  *execution = find(queryDesc);
	MemoryContext caller;

	if (execution == NULL)
		return;
	cr_groupings_end(execution->groupings);
	caller = MemoryContextSwitchTo(execution->context);
	count_groups(execution);
	cr_record_set_integer(&execution->completion, CR_COL_ROWS_RETURNED,
						  (int64) execution->rows);
	complete(execution, "completed");
	MemoryContextSwitchTo(caller);
}
