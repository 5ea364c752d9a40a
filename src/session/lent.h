/*-------------------------------------------------------------------------
 *
 * src/session/lent.h
 *	  Judges privileges on protected tables that views lend.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_LENT_H
#define CR_LENT_H

#include "base/verdict.h"
#include "nodes/parsenodes.h"

/*
 * A refusal where a view or rule of somebody who is not exempt from a
 * protected table lends the current user a privilege on it, or on a view of
 * it, that it has not itself; or NULL.  For the range table of a plan, and
 * its permissions (CR_PLAN_PERMISSIONS).
 */
extern CrVerdict *cr_lent_judge(List *rtable, List *permissions);

/* The same for a rewritten statement, subqueries included. */
extern CrVerdict *cr_lent_judge_query(Query *query);

#endif							/* CR_LENT_H */
