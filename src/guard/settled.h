/*-------------------------------------------------------------------------
 *
 * src/guard/settled.h
 *	  Keeps a query on protected tables from changing pages as it reads them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_SETTLED_H
#define CR_SETTLED_H

#include "executor/execdesc.h"

/* To be called when the plan's relations are locked, before it starts. */
extern void cr_settle_pages(PlannedStmt *plan);

/*
 * To be called when it has started, in the leader and in each worker.  True:
 * parallel workers would change pages all the same.
 */
extern bool cr_settle_scans(QueryDesc *queryDesc);

#endif							/* CR_SETTLED_H */
