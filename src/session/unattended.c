/*-------------------------------------------------------------------------
 *
 * src/session/unattended.c
 *	  Whether code runs for somebody whom this session does not show.
 *
 * Who is suspended, out of budget or an analyst of a room is asked of the role
 * that logged in, of the one of SET ROLE and of the current user.  Code of a
 * group's that others' commands run, as that of an index under ANALYZE, or
 * that a process of the server's runs, has none of its members among those.
 * The server marks such code as a restricted operation, which it cannot leave.
 *
 * Restricted is REFRESH MATERIALIZED VIEW by its owner, too: there a client
 * is present, and has the current user's role or has chosen it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/parallel.h"
#include "base/compat.h"
#include "base/errcodes.h"
#include "miscadmin.h"
#include "session/unattended.h"

/* A worker of a plan has the client of its leader. */
static bool
has_client(void)
{
	if (IsParallelWorker())
		return cr_leader_is_regular();
	return MyProcPort != NULL;
}

/* See unattended.h. */
bool
cr_session_is_unattended(void)
{
	return InSecurityRestrictedOperation() &&
		(GetUserId() != GetOuterUserId() || !has_client());
}

/* See unattended.h. */
CrVerdict *
cr_unattended_judge(void)
{
	if (!cr_session_is_unattended())
		return NULL;
	return cr_verdict_refuse(CR_ERRCODE_ACCESS, -1,
							 "protected tables of others may not be queried by code that runs on behalf of nobody in this session",
							 "Such code is an index's under ANALYZE, a materialized view's that another role refreshes, or a rotation's. Query in a session of your own.");
}
