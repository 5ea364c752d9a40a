/*-------------------------------------------------------------------------
 *
 * src/session/access.h
 *	  Whether the current user may query protected tables here and now.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_ACCESS_H
#define CR_ACCESS_H

#include "base/verdict.h"
#include "nodes/pg_list.h"
#include "session/approval.h"

/*
 * Rooms, residency, purpose and access rules: a refusal, or NULL.  relids are
 * the protected tables of a statement; "joined" says that it joins rows of
 * tables of different owners; "approval" is that of a template, or NULL, and
 * one that goes beyond what the gate admits holds in the template's room
 * only.  Reads the newest state, whatever the isolation level of the
 * transaction.  A rule that fails counts as not satisfied; in parallel mode it
 * raises RC012.
 */
extern CrVerdict *cr_access_judge(List *relids, bool joined,
								  const CrApproval *approval);

/*
 * Has a rule failed in the last judgement?  Another room may have admitted
 * the statement, which in parallel mode would end there.
 */
extern bool cr_access_condition_failed(void);

/*
 * The table that a plan depends on when it was admitted as one that joins
 * tables of different owners; InvalidOid without the extension.
 */
extern Oid	cr_access_room_table(void);

#endif							/* CR_ACCESS_H */
