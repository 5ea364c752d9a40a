/*-------------------------------------------------------------------------
 *
 * src/guard/reads.h
 *	  What a plan reads, and whether the current user may read that now.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_READS_H
#define CR_READS_H

#include "base/verdict.h"
#include "nodes/plannodes.h"
#include "session/approval.h"

/*
 * Of a plan, what is asked again when its rows are given out later; in the
 * current memory context.
 */
extern PlannedStmt *cr_reads_of(const PlannedStmt *plan);

/* Lent privileges, rooms and access rules, now: a refusal, or NULL. */
extern CrVerdict *cr_reads_judge_access(PlannedStmt *plan,
										const CrApproval *approval);

/* The same of a plan that has been started: its approval is asked for, too. */
extern CrVerdict *cr_reads_judge_again(PlannedStmt *plan,
									   const CrApproval *approval);

#endif							/* CR_READS_H */
