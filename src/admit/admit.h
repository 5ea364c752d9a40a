/*-------------------------------------------------------------------------
 *
 * src/admit/admit.h
 *	  From a rewritten statement to one that may be planned, or a refusal.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_ADMIT_H
#define CR_ADMIT_H

#include "base/verdict.h"
#include "inspect/facts.h"
#include "session/approval.h"

/*
 * Judges a rewritten statement and, when it is admitted, reshapes it in
 * place.  NULL where the gate has nothing to say: no protected table is in
 * it, or the current user is exempt for all of them.  "approval" is that of
 * the template which the statement is, or NULL.
 */
extern CrVerdict *cr_admit_query(Query *query, const CrTouch *touch,
								 const CrApproval *approval);

#endif							/* CR_ADMIT_H */
