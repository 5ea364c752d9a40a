/*-------------------------------------------------------------------------
 *
 * src/guard/groupings.h
 *	  Counts the groups that guards release and withhold.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_GROUPINGS_H
#define CR_GROUPINGS_H

#include "executor/execdesc.h"
#include "nodes/execnodes.h"

typedef struct CrGroupings CrGroupings;

/*
 * Are some of the guards in a part of the plan that workers may run?  Then
 * they are counted only if the executor is told to count rows.
 */
extern bool cr_groupings_in_workers(PlannedStmt *plan, List *guards);

/*
 * Has the guards, Aggs of a plan that has just been started, counted.  In
 * the current memory context, which must last as long as the execution.
 */
extern CrGroupings *cr_groupings_watch(QueryDesc *queryDesc, List *guards);

/* To be called at each run, before it; and when all has run. */
extern void cr_groupings_prepare(CrGroupings *groupings);
extern void cr_groupings_end(CrGroupings *groupings);

/* When all has run: false when there are no guards. */
extern bool cr_groupings_count(CrGroupings *groupings, int64 *released,
							   int64 *withheld);

/*
 * Calls a function before each released group that the statement does
 * something with before rows leave, so that one row, or none, may tell of
 * many; n is how many they are with that one.  What workers release does not
 * count.  To be called once, in the memory context of the watch.
 */
typedef void (*CrReleased) (void *arg, uint64 n);
extern void cr_groupings_call(CrGroupings *groupings, CrReleased before_use,
							  void *arg);

/*
 * Runs the WITH queries that would be charged for by whoever reads them
 * first, behind a guard or not.  To be called when the plan is about to run
 * for the first time; at other times it does nothing.  False if one cannot
 * be run beforehand, as it depends on rows of the statement.
 */
extern bool cr_groupings_run_shared(CrGroupings *groupings, EState *estate);

/*
 * told.c: the guarded aggregations that no other guard stands before; the
 * WITH queries that are read behind a guard; and of those that are charged
 * for when they are read elsewhere, the scans.
 */
extern List *cr_groupings_told(PlanState *top, List *guards, List **read,
							   List **shared);

#endif							/* CR_GROUPINGS_H */
