/*-------------------------------------------------------------------------
 *
 * src/session/in_person.c
 *	  Whether whoever has logged in is the one that acts.
 *
 * session_user is the same for all code that runs in a session, whoever's it
 * is: an access rule's function, one that lends its owner's privileges, that
 * of another's index under ANALYZE; in a background worker it is a superuser.
 * What goes by the session user, and why that may be:
 *
 * - enrolling for a second factor, and giving it: act for the role that has
 *	 logged in, which must be the one that calls (cr_in_person, below);
 * - the limit of detokenized values: others' code pays as well, as itself
 *	 (keys/limit.c);
 * - budgets, suspensions and what rooms have against the use of a key bind the
 *	 session user besides the current one: nobody gains by that;
 * - facts of the session are there to be asked about by others' rules;
 * - the record names the session user beside the current one, and shows nobody
 *	 more for that.
 *
 * All else goes by the current user.  Code that runs with the session user's
 * own privileges, in a function of another's that it has called, cannot be
 * told from it: such code can change its password, too.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "ledger/note.h"
#include "miscadmin.h"
#include "session/in_person.h"
#include "session/on_behalf.h"
#include "utils/lsyscache.h"

PG_FUNCTION_INFO_V1(cr_in_person);

bool
cr_session_is_in_person(void)
{
	Oid			user;
	int			context;

	GetUserIdAndSecContext(&user, &context);
	return MyProcPort != NULL && context == 0 && user == GetSessionUserId();
}

/*
 * SQL: functions cleanroom.f() beside which there is cleanroom.f_by(), that
 * act for the role that has logged in.  The code that one is given must not go
 * on record with the keys that it uses.
 */
Datum
cr_in_person(PG_FUNCTION_ARGS)
{
	bool		hidden;
	volatile Datum result = (Datum) 0;

	if (!cr_session_is_in_person())
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("cleanroom.%s() may be called only by the role that has logged in",
						get_func_name(fcinfo->flinfo->fn_oid)),
				 errdetail("It acts for that role, and not for code of others that runs in its session."),
				 errhint("Call it in a session of your own, after RESET ROLE, and not in an access rule, an index or a function that lends privileges.")));
	hidden = cr_ledger_hide_constants(true);
	PG_TRY();
	{
		result = cr_on_behalf(fcinfo);
	}
	PG_FINALLY();
	{
		(void) cr_ledger_hide_constants(hidden);
	}
	PG_END_TRY();
	return result;
}
