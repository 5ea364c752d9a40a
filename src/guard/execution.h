/*-------------------------------------------------------------------------
 *
 * src/guard/execution.h
 *	  Has executions of statements on protected tables recorded.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_EXECUTION_H
#define CR_EXECUTION_H

#include "base/verdict.h"
#include "guard/first_row.h"

/* The relations that a plan reads. */
extern List *cr_execution_relations(PlannedStmt *plan);

/*
 * The executor has started an admitted plan: puts it on record, and waits
 * for that, before a row leaves.  Raises RC011, or what a charge is refused
 * with.  guards are the plan's Aggs with guards.
 */
extern void cr_execution_begin(QueryDesc *queryDesc, List *guards);

/* Is any statement on record that has not ended? */
extern bool cr_execution_any(void);

/* Is this one of them? */
extern bool cr_execution_has(QueryDesc *queryDesc);

/*
 * The policies (CrPolicy) of the plan's tables that are protected from the
 * current user, in the current memory context.
 */
extern List *cr_execution_policies(PlannedStmt *plan);

/* Those of a statement on record, as they were when it was started. */
extern List *cr_execution_policies_of(QueryDesc *queryDesc);

/*
 * A refusal where a table of the plan is protected from the current user and
 * no such policy is among these; or NULL.
 */
extern CrVerdict *cr_execution_judge_policies(List *policies,
											  PlannedStmt *plan);

/* It has run, to the end or as far as was asked for. */
extern void cr_execution_count(QueryDesc *queryDesc);

/* It has failed; called while the error is being handled. */
extern void cr_execution_fail(QueryDesc *queryDesc);

/* It ends in good order; before the executor lets go of it. */
extern void cr_execution_end(QueryDesc *queryDesc);

/*
 * Where its rows are to go: to queryDesc->dest, by way of the judge and of
 * budgets if it is on record.
 */
extern DestReceiver *cr_execution_receiver(QueryDesc *queryDesc,
										   CrFirstRowJudge judge);

/* The plan is about to run, for the first time or again: a refusal, or NULL */
extern CrVerdict *cr_execution_run(QueryDesc *queryDesc);

#endif							/* CR_EXECUTION_H */
