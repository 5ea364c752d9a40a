/*-------------------------------------------------------------------------
 *
 * src/guard/debug_verify.c
 *	  Lets tests ask the executor check about any query; in test builds only.
 *
 * The query is planned as it stands, without our planner hook, by the caller,
 * and the plan is judged for another role.  So a test can write guards by
 * hand, right and wrong ones, in shapes that the gate would not admit.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#ifdef CR_TEST_BUILD

#include "fmgr.h"
#include "miscadmin.h"
#include "nodes/params.h"
#include "optimizer/planner.h"
#include "tcop/tcopprot.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"
#include "verify/verify.h"

PG_FUNCTION_INFO_V1(cr_debug_verify);

/*
 * SQL: debug_verify(query text, role oid): text.  The reason of the refusal,
 * or NULL.
 */
Datum
cr_debug_verify(PG_FUNCTION_ARGS)
{
	char	   *string = text_to_cstring(PG_GETARG_TEXT_PP(0));
	Oid			role = PG_GETARG_OID(1);
	List	   *parsed = pg_parse_query(string);
	RawStmt    *statement = linitial_node(RawStmt, parsed);
	List	   *queries = pg_analyze_and_rewrite_fixedparams(statement, string,
															 NULL, 0, NULL);
	PlannedStmt *plan = standard_planner(linitial_node(Query, queries), string,
										 CURSOR_OPT_PARALLEL_OK, NULL);
	CrVerdict  *verdict;
	Oid			saved_user;
	int			saved_context;

	if (!superuser())
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("only superusers may call this function")));

	GetUserIdAndSecContext(&saved_user, &saved_context);
	SetUserIdAndSecContext(role, saved_context);
	verdict = cr_verify_plan(plan, NULL);
	SetUserIdAndSecContext(saved_user, saved_context);

	if (verdict == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(verdict->reason));
}

#endif							/* CR_TEST_BUILD */
