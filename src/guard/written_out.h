/*-------------------------------------------------------------------------
 *
 * src/guard/written_out.h
 *	  What a statement stands for, where its text alone does not say it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_WRITTEN_OUT_H
#define CR_WRITTEN_OUT_H

#include "nodes/parsenodes.h"
#include "nodes/plannodes.h"

/*
 * A rewritten query as text, with qualified names; or NULL where the text
 * that it was made from says as much.
 */
extern char *cr_written_out(Query *query, const char *text, bool inlined);

/* The same of a plan, for each execution, or NULL. */
extern const char *cr_written_out_find(const PlannedStmt *plan);

#endif							/* CR_WRITTEN_OUT_H */
