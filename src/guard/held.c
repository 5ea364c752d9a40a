/*-------------------------------------------------------------------------
 *
 * src/guard/held.c
 *	  Has rows of held cursors judged when they are fetched.
 *
 * At the end of its transaction the server runs a cursor WITH HOLD to its end
 * and keeps the rows; they are given out later without the executor, and so
 * past its hooks.  Of the ways to them (FETCH and MOVE, Execute messages, the
 * cursors of procedural languages) only the first passes a hook.  So, from
 * then on, the portal is in the state of one that cannot be run, but while a
 * FETCH or MOVE that was judged goes on.
 *
 * What is held has been released, and recorded and charged, under the policy
 * of then: another policy does not take it back.  Who is asked about is who
 * fetches: by privileges, rooms, rules and suspension; and rows held for an
 * owner, which may be raw, are for those who are exempt as well.
 *
 * Not here: the rows that a loop of a procedure goes on with after a COMMIT,
 * in a portal that the loop has pinned.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/compat.h"
#include "base/errcodes.h"
#include "guard/execution.h"
#include "guard/given_rows.h"
#include "guard/held.h"
#include "guard/raise.h"
#include "guard/reads.h"
#include "lib/ilist.h"
#include "policy/policy.h"
#include "session/exempt.h"
#include "tcop/pquery.h"
#include "utils/memutils.h"
#include "utils/portal.h"

struct CrHeld
{
	dlist_node	node;			/* in all_held */
	Portal		portal;			/* in whose hold context this is */
	PlannedStmt *plan;			/* what is read */
	List	   *owners;			/* of tables that bound somebody, but not for
								 * whom the rows were held */
	List	   *given;			/* templates' rows among them: given_rows.h */
	bool		failed;			/* a FETCH has failed: the server's doing */
	MemoryContextCallback callback;
};

static dlist_head all_held = DLIST_STATIC_INIT(all_held);

static void
forget(void *arg)
{
	dlist_delete(&((CrHeld *) arg)->node);
}

static CrHeld *
find(Portal portal)
{
	dlist_iter	iter;

	dlist_foreach(iter, &all_held)
	{
		CrHeld	   *held = dlist_container(CrHeld, node, iter.cur);

		if (held->portal == portal)
			return held;
	}
	return NULL;
}

/* The server refuses to run it, and still drops it. */
static void
close_portal(Portal portal)
{
	if (portal->status == PORTAL_READY)
		portal->status = PORTAL_FAILED;
}

/* No catalog is read here. */
static void
close_at_commit(XactEvent event, void *arg)
{
	dlist_iter	iter;

	if (event != XACT_EVENT_COMMIT)
		return;
	dlist_foreach(iter, &all_held)
		close_portal(dlist_container(CrHeld, node, iter.cur)->portal);
}

static void
watch_commits(void)
{
	static bool watching = false;

	if (watching)
		return;
	RegisterXactCallback(close_at_commit, NULL);
	watching = true;
}

/* Owners of the plan's protected tables that do not bind the current user. */
static List *
owners_beyond(PlannedStmt *plan)
{
	List	   *owners = NIL;
	ListCell   *lc;

	foreach(lc, cr_execution_relations(plan))
	{
		CrPolicy   *policy = cr_policy_lookup(lfirst_oid(lc));

		if (policy != NULL && cr_session_is_exempt(policy->owner))
			owners = list_append_unique_oid(owners, policy->owner);
	}
	return owners;
}

static bool
reads_protected(PlannedStmt *plan)
{
	ListCell   *lc;

	foreach(lc, cr_execution_relations(plan))
		if (cr_policy_exists(lfirst_oid(lc)))
			return true;
	return false;
}

void
cr_held_note(QueryDesc *queryDesc)
{
	Portal		portal = ActivePortal;
	MemoryContext before;
	List	   *given;
	CrHeld	   *held;

	if (portal == NULL || portal->queryDesc != queryDesc ||
		portal->holdStore == NULL || portal->portalPinned ||
		!cr_policy_possible())
		return;
	before = MemoryContextSwitchTo(portal->holdContext);
	given = cr_given_rows_copy(queryDesc);
	if (given != NIL || reads_protected(queryDesc->plannedstmt))
	{
		held = palloc0(sizeof(CrHeld));
		held->portal = portal;
		held->plan = cr_reads_of(queryDesc->plannedstmt);
		held->owners = owners_beyond(held->plan);
		held->given = given;
		held->callback.func = forget;
		held->callback.arg = held;
		watch_commits();
		dlist_push_tail(&all_held, &held->node);
		MemoryContextRegisterResetCallback(portal->holdContext,
										   &held->callback);
	}
	MemoryContextSwitchTo(before);
}

static CrVerdict *
judge(CrHeld *held, PlannedStmt **plan)
{
	ListCell   *lc;

	*plan = held->plan;
	foreach(lc, held->owners)
	{
		if (!cr_session_is_exempt(lfirst_oid(lc)))
			return cr_verdict_refuse(CR_ERRCODE_COMMAND, -1,
									 psprintf("the rows of cursor \"%s\" were held for another role",
											  held->portal->name),
									 "Close it and declare it anew.");
	}
	if (cr_execution_policies(held->plan) != NIL)
	{
		CrVerdict  *refusal;

		cr_check_permissions(held->plan);
		refusal = cr_reads_judge_access(held->plan, NULL);
		if (refusal != NULL)
			return refusal;
	}
	return cr_given_rows_judge_held(held->given, plan);
}

CrHeld *
cr_held_open(const FetchStmt *fetch)
{
	Portal		portal;
	CrHeld	   *held;
	PlannedStmt *plan;
	CrVerdict  *refusal;

	if (dlist_is_empty(&all_held))
		return NULL;
	portal = GetPortalByName(fetch->portalname);
	held = PortalIsValid(portal) ? find(portal) : NULL;
	if (held == NULL || held->failed || portal->status != PORTAL_FAILED)
		return NULL;
	refusal = judge(held, &plan);
	if (refusal != NULL)
		cr_raise_refusal_of(refusal, cr_execution_relations(plan),
							portal->sourceText, -1, 0);
	portal->status = PORTAL_READY;
	return held;
}

void
cr_held_close(CrHeld *held)
{
	if (held == NULL)
		return;
	held->failed = held->portal->status == PORTAL_FAILED;
	close_portal(held->portal);
}
