/*-------------------------------------------------------------------------
 *
 * src/session/condition.h
 *	  What the condition of an access rule may be.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_CONDITION_H
#define CR_CONDITION_H

#include "base/verdict.h"
#include "nodes/pg_list.h"

/*
 * Judges a condition as it has been rewritten, as a list of Query: why it may
 * not be evaluated in somebody else's session, or NULL.
 */
extern CrVerdict *cr_condition_judge(List *queries);

#endif							/* CR_CONDITION_H */
