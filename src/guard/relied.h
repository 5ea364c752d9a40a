/*-------------------------------------------------------------------------
 *
 * src/guard/relied.h
 *	  Whether tables are still what they were when a statement was judged.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_RELIED_H
#define CR_RELIED_H

#include "nodes/parsenodes.h"
#include "nodes/plannodes.h"
#include "utils/snapshot.h"

typedef struct CrReliedOn
{
	List	   *relids;
	uint64		description;
} CrReliedOn;

/* What the gate is about to see of the statement's tables. */
extern CrReliedOn cr_relied_before(Query *query);

/* The same for the plan of the statement that it has made of it. */
extern char *cr_relied_note(const CrReliedOn *before, Query *query);

/*
 * Is that still so, and are those all the tables of the plan?  To be asked
 * when the executor has opened them: nothing changes them from then on.
 */
extern bool cr_relied_holds(const PlannedStmt *plan, Snapshot snapshot);

#endif							/* CR_RELIED_H */
