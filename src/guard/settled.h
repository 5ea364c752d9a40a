/*-------------------------------------------------------------------------
 *
 * src/guard/settled.h
 *	  Keeps a query on protected tables from changing pages as it reads them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_SETTLED_H
#define CR_SETTLED_H

#include "base/verdict.h"
#include "executor/execdesc.h"

/* A refusal where the plan reads what cannot be settled; or NULL. */
extern CrVerdict *cr_settle_judge(PlannedStmt *plan);

/* To be called when it has started, before each run. */
extern void cr_settle_pages(QueryDesc *queryDesc);

/*
 * To be called when it has started, in the leader and in each worker.  True:
 * it must do without parallel workers.
 */
extern bool cr_settle_scans(QueryDesc *queryDesc);

#endif							/* CR_SETTLED_H */
