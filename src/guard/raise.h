/*-------------------------------------------------------------------------
 *
 * src/guard/raise.h
 *	  Turns a refusal into an error.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_RAISE_H
#define CR_RAISE_H

#include "base/verdict.h"
#include "nodes/parsenodes.h"

/* Raises the refusal; the text is for the error position and may be NULL. */
extern void cr_raise_refusal(const CrVerdict *verdict,
							 const char *query_string)
			__attribute__((noreturn));

/* guard/planner.c */
extern CrVerdict *cr_guard_judge_query(Query *query, bool *touched);

#endif							/* CR_RAISE_H */
