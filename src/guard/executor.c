/*-------------------------------------------------------------------------
 *
 * src/guard/executor.c
 *	  Hook at executor start: no plan on protected tables runs unless the
 *	  executor check passes it.
 *
 * Plans that were made earlier, for another user or in other surroundings,
 * do not pass the planner hook again; they all pass here.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/parallel.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "base/compat.h"
#include "base/errcodes.h"
#include "executor/executor.h"
#include "executor/instrument.h"
#include "guard/approved.h"
#include "guard/command.h"
#include "guard/execution.h"
#include "guard/first_use.h"
#include "guard/foreign_key.h"
#include "guard/given_rows.h"
#include "guard/groupings.h"
#include "guard/guard.h"
#include "guard/own_tables.h"
#include "guard/parameters.h"
#include "guard/headroom.h"
#include "guard/held.h"
#include "guard/kept.h"
#include "guard/raise.h"
#include "guard/reads.h"
#include "guard/relied.h"
#include "guard/settled.h"
#include "guard/uncounted.h"
#include "guard/written_out.h"
#include "policy/policy.h"
#include "session/exempt.h"
#include "session/template_reach.h"
#include "utils/guc.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "verify/verify.h"

static ExecutorStart_hook_type prev_ExecutorStart = NULL;
static ExecutorRun_hook_type prev_ExecutorRun = NULL;
static ExecutorFinish_hook_type prev_ExecutorFinish = NULL;
static ExecutorEnd_hook_type prev_ExecutorEnd = NULL;

/* the plan that was started last, and the start of that statement */
static QueryDesc *last_started = NULL;
static TimestampTz last_started_in = 0;

/*
 * Is this the part of a plan that a parallel worker was started for?  Its
 * rows are raw, as those of any node below the guard, but they go to the
 * Gather node of the leader alone, and the leader has judged the whole plan
 * before it started the worker.  Queries that functions run in a worker are
 * judged like any other: their plans come from the planner, and have a
 * length.
 */
static bool
is_worker_fragment(PlannedStmt *plan)
{
	return IsParallelWorker() && plan->stmt_len == -1 &&
		plan->relationOids == NIL;
}

/*
 * Announces what the tables' policies do to the result.  The same for every
 * statement on a table, so that it tells nothing.
 */
static void
announce_withholding(PlannedStmt *plan)
{
	int			threshold = 0;
	ListCell   *lc;

	foreach(lc, plan->rtable)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);
		CrPolicy   *policy;

		if (rte->rtekind != RTE_RELATION)
			continue;
		policy = cr_policy_lookup(rte->relid);
		if (policy != NULL && !policy->refuse_small_groups &&
			!cr_session_is_exempt(policy->owner))
			threshold = Max(threshold, policy->threshold);
	}
	if (threshold > 0)
		ereport(NOTICE,
				(errmsg("groups of fewer than %d are withheld", threshold)));
}

/* NULL: there is none. */
static void
raise_of(QueryDesc *queryDesc, CrVerdict *refusal)
{
	PlannedStmt *plan = queryDesc->plannedstmt;

	if (refusal == NULL)
		return;
	refusal->written_out = cr_written_out_find(plan);
	cr_raise_refusal_of(refusal, cr_execution_relations(plan),
						queryDesc->sourceText, plan->stmt_location,
						plan->stmt_len);
}

/* Are the tables those that the gate has seen? */
static CrVerdict *
judge_tables(QueryDesc *queryDesc)
{
	CrVerdict  *refusal;

	if (cr_relied_holds(queryDesc->plannedstmt, queryDesc->snapshot))
		return NULL;
	refusal = cr_verdict_refuse(CR_ERRCODE_COMMAND, -1,
								"a table of this query was changed after the query had been judged",
								"Run it again, in a statement of its own that changes no table.");
	return cr_verdict_of_nobody(refusal);
}

/* The executor check; a plan of before a change is no mistake of ours. */
static CrVerdict *
verify(QueryDesc *queryDesc, List **guards)
{
	PlannedStmt *plan = queryDesc->plannedstmt;
	CrVerdict  *refusal = cr_verify_plan(plan, guards);
	CrVerdict  *changed = NULL;

	if (refusal != NULL && cr_kept_get(plan).relied_on != NULL)
		changed = judge_tables(queryDesc);
	return changed != NULL ? changed : refusal;
}

/*
 * Raises a refusal; says whether it is an analyst's query, and which of the
 * plan's aggregations are guarded.
 */
static bool
judge_plan(QueryDesc *queryDesc, List **guards)
{
	PlannedStmt *plan = queryDesc->plannedstmt;
	const CrApproval *approval;
	bool		waived;
	CrVerdict  *refusal;

	if (!cr_policy_possible())
		return false;
	approval = cr_approved_execution(queryDesc);
	waived = approval != NULL && approval->waived != NIL;
	refusal = cr_foreign_key_judge(plan);
	if (refusal != NULL)
		cr_raise_refusal_of(refusal, cr_execution_relations(plan), NULL, -1,
							0);
	if (!cr_verify_concerns_plan(plan))
		return false;
	if (is_worker_fragment(plan))
	{
		/* a worker runs nothing else */
		cr_uncounted_begin();
		synchronize_seqscans = false;
		client_min_messages = ERROR;
		return false;
	}
	refusal = cr_guard_judge_surroundings();
	if (refusal == NULL)
		refusal = cr_settle_judge(plan);
	if (refusal == NULL && !waived)
		refusal = verify(queryDesc, guards);
	if (refusal == NULL && approval != NULL)
		refusal = cr_template_judge_parts(plan->rtable);
	if (refusal == NULL && approval != NULL)
		refusal = cr_approval_judge_statement(approval);
	if (refusal == NULL)
		refusal = cr_reads_judge_access(plan, approval);
	raise_of(queryDesc, refusal);
	cr_given_rows_note(queryDesc, approval);
	if (!waived)
		announce_withholding(plan);
	cr_guard_silence_log();
	return true;
}

static void
start(QueryDesc *queryDesc, int eflags)
{
	if (prev_ExecutorStart)
		prev_ExecutorStart(queryDesc, eflags);
	else
		standard_ExecutorStart(queryDesc, eflags);
	last_started = queryDesc;
	last_started_in = GetCurrentStatementStartTimestamp();
}

/*
 * Does it read tables of the extension's that are closed to the current user?
 * Raises a refusal.
 */
static bool
judge_own_tables(QueryDesc *queryDesc)
{
	if (!is_worker_fragment(queryDesc->plannedstmt))
		return cr_own_tables_judge(queryDesc);
	/* a worker runs nothing else */
	if (cr_own_tables_concern(queryDesc->plannedstmt))
		cr_uncounted_begin();
	return false;
}

/* Is a query under way whose reading is not counted?  Is this one? */
static bool
is_any_uncounted(void)
{
	return cr_execution_any() || cr_own_tables_any();
}

static bool
is_uncounted(QueryDesc *queryDesc)
{
	return cr_execution_has(queryDesc) || cr_own_tables_has(queryDesc);
}

/* What a worker does first with its part of a plan on protected tables. */
static void
prepare_worker(QueryDesc *queryDesc)
{
	CrFirstUse *use;

	(void) cr_settle_scans(queryDesc);
	use = cr_first_use_begin(queryDesc);
	cr_first_use_look_up(use);
	cr_first_use_end(use);
}

static void
cr_ExecutorStart(QueryDesc *queryDesc, int eflags)
{
	List	   *guards = NIL;
	CrUsage		usage;
	bool		own;
	bool		protected;

	cr_uncounted_settle();
	own = judge_own_tables(queryDesc);
	protected = judge_plan(queryDesc, &guards);
	if (!own && !protected)
	{
		/* one that a row policy runs is not counted by its text either */
		if (is_any_uncounted())
			queryDesc->plannedstmt->queryId = UINT64CONST(0);
		start(queryDesc, eflags);
		if (is_worker_fragment(queryDesc->plannedstmt) &&
			cr_policy_possible() &&
			cr_verify_concerns_plan(queryDesc->plannedstmt))
			prepare_worker(queryDesc);
		return;
	}
	if (protected)
	{
		cr_parameters_read(queryDesc);
		if (cr_groupings_in_workers(queryDesc->plannedstmt, guards))
			queryDesc->instrument_options |= INSTRUMENT_ROWS;
	}
	cr_uncounted_begin();
	usage = cr_uncounted_save();
	PG_TRY();
	{
		start(queryDesc, eflags);
		if (own)
			cr_own_tables_begin(queryDesc);
		if (protected)
		{
			/* they are open: nothing changes them from here on */
			raise_of(queryDesc, judge_tables(queryDesc));
			/* not earlier: privileges are asked about only now */
			cr_execution_begin(queryDesc, guards);
		}
	}
	PG_FINALLY();
	{
		cr_uncounted_restore(&usage);
		if (!is_any_uncounted())
			cr_uncounted_end();
	}
	PG_END_TRY();
}

/* Does the plan run in one go with its start, for which it was judged? */
static bool
runs_at_once(QueryDesc *queryDesc)
{
	return queryDesc == last_started && !queryDesc->already_executed &&
		last_started_in == GetCurrentStatementStartTimestamp();
}

/* Does the plan, which is not being started, concern the current user? */
static bool
concerns(PlannedStmt *plan)
{
	return cr_policy_possible() && !is_worker_fragment(plan) &&
		cr_verify_concerns_plan(plan);
}

static CrVerdict *
judge_policies(QueryDesc *queryDesc)
{
	return cr_execution_judge_policies(cr_execution_policies_of(queryDesc),
									   queryDesc->plannedstmt);
}

/*
 * Whoever has lost access or the privilege since the start gets no further
 * row, nor does anybody for whom it was not started, or not under the policy
 * of now.  Asked before a run's first row, and at each Execute and FETCH of a
 * portal; no lock is taken on the way here that would have told of changes.
 */
static void
judge_changes(QueryDesc *queryDesc)
{
	PlannedStmt *plan = queryDesc->plannedstmt;
	CrVerdict  *refusal;

	AcceptInvalidationMessages();
	if (!concerns(plan))
		return;
	cr_check_permissions(plan);
	refusal = judge_policies(queryDesc);
	if (refusal == NULL)
		refusal = cr_reads_judge_again(plan,
									   cr_approved_execution(queryDesc));
	raise_of(queryDesc, refusal);
}

/* Execute and FETCH of a portal that was started before. */
static void
judge_again(QueryDesc *queryDesc)
{
	judge_changes(queryDesc);
	if (!concerns(queryDesc->plannedstmt))
		return;
	raise_of(queryDesc, cr_guard_judge_surroundings());
	cr_guard_silence_log();
}

/*
 * The same for one that gives on what a template has returned: those rows are
 * in its memory, and nothing else of it is protected.
 */
static void
judge_given_rows(QueryDesc *queryDesc)
{
	PlannedStmt *template;
	CrVerdict  *refusal = cr_given_rows_judge(queryDesc, &template);

	if (refusal == NULL)
		return;
	cr_raise_refusal_of(refusal, cr_execution_relations(template),
						queryDesc->sourceText,
						queryDesc->plannedstmt->stmt_location,
						queryDesc->plannedstmt->stmt_len);
}

static void
run(CR_RUN_PARAMS)
{
	if (prev_ExecutorRun)
		prev_ExecutorRun(CR_RUN_ARGS);
	else
		standard_ExecutorRun(CR_RUN_ARGS);
}

static void
run_judged(CR_RUN_PARAMS)
{
	DestReceiver *dest;
	CrUsage		usage;
	CrHeadroom	headroom;
	bool		uncounted;

	if (!runs_at_once(queryDesc))
	{
		(void) judge_own_tables(queryDesc);
		judge_again(queryDesc);
		judge_given_rows(queryDesc);
	}
	if (!is_any_uncounted())
	{
		run(CR_RUN_ARGS);
		return;
	}
	uncounted = is_uncounted(queryDesc);
	usage = cr_uncounted_save();
	headroom = cr_headroom_save();
	dest = queryDesc->dest;
	queryDesc->dest = cr_execution_receiver(queryDesc, judge_changes);
	PG_TRY();
	{
		raise_of(queryDesc, cr_execution_run(queryDesc));
		if (cr_execution_has(queryDesc))
		{
			raise_of(queryDesc, cr_headroom_judge(queryDesc));
			cr_settle_pages(queryDesc);
		}
		run(CR_RUN_ARGS);
		raise_of(queryDesc, cr_headroom_judge_left(headroom));
	}
	PG_CATCH();
	{
		queryDesc->dest = dest;
		cr_headroom_restore(headroom);
		if (uncounted)
			cr_uncounted_restore(&usage);
		cr_execution_fail(queryDesc);
		PG_RE_THROW();
	}
	PG_END_TRY();
	queryDesc->dest = dest;
	if (uncounted)
		cr_uncounted_restore(&usage);
	cr_execution_count(queryDesc);
}

static void
cr_ExecutorRun(CR_RUN_PARAMS)
{
	run_judged(CR_RUN_ARGS);
	cr_held_note(queryDesc);
}

/* Here the triggers of a statement run, foreign keys among them. */
static void
cr_ExecutorFinish(QueryDesc *queryDesc)
{
	Oid			previous = cr_foreign_key_enter();

	PG_TRY();
	{
		if (prev_ExecutorFinish)
			prev_ExecutorFinish(queryDesc);
		else
			standard_ExecutorFinish(queryDesc);
	}
	PG_FINALLY();
	{
		cr_foreign_key_leave(previous);
	}
	PG_END_TRY();
}

static void
cr_ExecutorEnd(QueryDesc *queryDesc)
{
	CrUsage		usage = cr_uncounted_save();
	bool		uncounted = is_uncounted(queryDesc);

	cr_execution_end(queryDesc);
#if PG_VERSION_NUM >= 180000
	/* how many there were may hang on whether a subplan was needed */
	if (uncounted)
	{
		queryDesc->estate->es_parallel_workers_to_launch = 0;
		queryDesc->estate->es_parallel_workers_launched = 0;
	}
#endif
	if (prev_ExecutorEnd)
		prev_ExecutorEnd(queryDesc);
	else
		standard_ExecutorEnd(queryDesc);
	if (uncounted)
		cr_uncounted_restore(&usage);
}

void
cr_guard_executor_init(void)
{
	prev_ExecutorStart = ExecutorStart_hook;
	ExecutorStart_hook = cr_ExecutorStart;
	prev_ExecutorRun = ExecutorRun_hook;
	ExecutorRun_hook = cr_ExecutorRun;
	prev_ExecutorFinish = ExecutorFinish_hook;
	ExecutorFinish_hook = cr_ExecutorFinish;
	prev_ExecutorEnd = ExecutorEnd_hook;
	ExecutorEnd_hook = cr_ExecutorEnd;
}
