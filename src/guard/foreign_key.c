/*-------------------------------------------------------------------------
 *
 * src/guard/foreign_key.c
 *	  Keeps foreign keys from telling analysts which values are in a
 *	  protected table.
 *
 * A row that refers to a protected table can be written only if its key is
 * there, and one that a protected table refers to can be deleted only if
 * nobody has it: such writes would be questions about one person.  New keys
 * to protected tables are refused to analysts by objectaccess.c; here are
 * those that were there before, or that the owner has made.
 *
 * The server runs the checks as the owner of the table that is looked into,
 * who is exempt, and marks that with SECURITY_NOFORCE_RLS, which nothing else
 * sets.  Whoever it is that sets them off is noted where they begin: at the
 * end of a statement and around commands; deferred to a commit that no
 * command asks for, it is the session's current role.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/errcodes.h"
#include "guard/foreign_key.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "policy/policy.h"
#include "session/exempt.h"
#include "utils/lsyscache.h"

/* who set off the checks that run now, or InvalidOid: nobody is noted */
static Oid	writer = InvalidOid;

static bool
is_check_running(void)
{
	Oid			user;
	int			context;

	GetUserIdAndSecContext(&user, &context);
	return (context & SECURITY_NOFORCE_RLS) != 0;
}

Oid
cr_foreign_key_enter(void)
{
	Oid			previous = writer;

	/* what a check sets off in its turn is the first writer's doing */
	if (!is_check_running())
		writer = GetUserId();
	return previous;
}

void
cr_foreign_key_leave(Oid previous)
{
	writer = previous;
}

CrVerdict *
cr_foreign_key_judge(PlannedStmt *plan)
{
	Oid			role = OidIsValid(writer) ? writer : GetOuterUserId();
	ListCell   *lc;

	if (!is_check_running())
		return NULL;
	foreach(lc, plan->rtable)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);
		CrPolicy   *policy;

		if (rte->rtekind != RTE_RELATION || !cr_policy_exists(rte->relid))
			continue;
		policy = cr_policy_lookup(rte->relid);
		if (policy != NULL && !cr_session_role_is_exempt(role, policy->owner))
			return cr_verdict_refuse(CR_ERRCODE_COMMAND, -1,
									 psprintf("a foreign key to or from protected table \"%s\" may not be checked for this role",
											  get_rel_name(rte->relid)),
									 "Write the rows as the protected table's owner, for example in a SECURITY DEFINER function of the owner's, or drop the foreign key.");
	}
	return NULL;
}
