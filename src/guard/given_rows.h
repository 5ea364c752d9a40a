/*-------------------------------------------------------------------------
 *
 * src/guard/given_rows.h
 *	  Has rows of templates judged again when they are given on later.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_GIVEN_ROWS_H
#define CR_GIVEN_ROWS_H

#include "base/verdict.h"
#include "executor/execdesc.h"
#include "session/approval.h"

/*
 * An admitted statement is about to run: where it is a template's, notes that
 * the query that called for it is given its rows.  "approval" is what covers
 * the statement, or NULL.
 */
extern void cr_given_rows_note(QueryDesc *queryDesc,
							   const CrApproval *approval);

/*
 * The reader goes on: a refusal for one of the templates whose rows it was
 * given, and that template's plan, or NULL.  Raises 42501 for a privilege
 * that was taken away.
 */
extern CrVerdict *cr_given_rows_judge(QueryDesc *reader, PlannedStmt **plan);

/*
 * What is noted of the rows that the reader was given, in the current memory
 * context: for when they are held beyond its end.
 */
extern List *cr_given_rows_copy(QueryDesc *reader);

/* The same judgement of such rows; their policy of now is left aside. */
extern CrVerdict *cr_given_rows_judge_held(List *copies, PlannedStmt **plan);

#endif							/* CR_GIVEN_ROWS_H */
