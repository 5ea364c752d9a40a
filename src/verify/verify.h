/*-------------------------------------------------------------------------
 *
 * src/verify/verify.h
 *	  The second judge: reads a finished plan and says whether raw rows of a
 *	  protected table could leave it.
 *
 * Shares no code with inspect/, gate/ and reshape/.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_VERIFY_H
#define CR_VERIFY_H

#include "base/verdict.h"
#include "nodes/plannodes.h"

/*
 * Does the plan's range table hold a protected table, partitions and
 * inheritance children included, from which the current user is not exempt?
 */
extern bool cr_verify_concerns_plan(PlannedStmt *plan);

/*
 * NULL: nothing to object.  Never raises a refusal itself.  The verdict is in
 * the current memory context.  The caller holds the locks under which plan
 * may be executed; unique indexes are looked at under AccessShareLock.
 * *guards, if not NULL, are the aggregations with the guards: Agg.
 */
extern CrVerdict *cr_verify_plan(PlannedStmt *plan, List **guards);

/*
 * Calls a walker for all that a plan node itself, not one below it, computes;
 * subplans are nodes of their own.
 */
extern bool cr_verify_walk_code(const Plan *plan,
								bool (*walker) (Node *, void *),
								void *context);

#endif							/* CR_VERIFY_H */
