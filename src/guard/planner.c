/*-------------------------------------------------------------------------
 *
 * src/guard/planner.c
 *	  The planner hook: has every statement judged before it is planned.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/errcodes.h"
#include "gate/gate.h"
#include "guard/command.h"
#include "guard/guard.h"
#include "guard/raise.h"
#include "optimizer/planner.h"
#include "reshape/reshape.h"
#include "tcop/tcopprot.h"

static planner_hook_type prev_planner_hook = NULL;

/*
 * Judges a rewritten statement as the planner hook does, and reshapes it
 * when it is admitted.  *touched says whether a protected table is in it at
 * all; NULL is returned where the gate has nothing to say: no such table, or
 * the current user is exempt for all of them.
 */
CrVerdict *
cr_guard_judge_query(Query *query, bool *touched)
{
	CrTouch		touch = cr_inspect_touch(query);
	CrVerdict  *verdict;
	CrStatement *statement;

	*touched = touch.any;
	if (!touch.foreign_owner)
		return NULL;
	verdict = cr_gate_judge_command(query, &touch);
	if (verdict != NULL)
		return verdict;
	statement = cr_inspect_statement(query);
	verdict = cr_gate_judge(statement);
	if (verdict->admitted)
		cr_reshape_statement(statement);
	return verdict;
}

static void
refuse_forbidden_command(void)
{
	const char *command = cr_command_forbidding_queries();
	const char *setting = cr_setting_that_prints();

	if (command != NULL)
		cr_raise_refusal(cr_verdict_refuse(CR_ERRCODE_COMMAND, -1,
										   psprintf("%s may not read protected tables",
													command),
										   cr_command_hint(command)),
						 NULL);
	if (setting != NULL)
		cr_raise_refusal(cr_verdict_refuse(CR_ERRCODE_COMMAND, -1,
										   psprintf("protected tables may not be queried while %s is on",
													setting),
										   psprintf("SET %s = off.", setting)),
						 NULL);
}

static PlannedStmt *
cr_planner(Query *parse, const char *query_string, int cursor_options,
		   ParamListInfo bound_params)
{
	PlannedStmt *plan;
	bool		touched = false;

	if (cr_policy_possible())
	{
		CrVerdict  *verdict = cr_guard_judge_query(parse, &touched);

		if (verdict != NULL)
			refuse_forbidden_command();
		if (verdict != NULL && !verdict->admitted)
			cr_raise_refusal(verdict, query_string);
		parse = cr_guard_statistics(parse);
	}
	if (prev_planner_hook)
		plan = prev_planner_hook(parse, query_string, cursor_options,
								 bound_params);
	else
		plan = standard_planner(parse, query_string, cursor_options,
								bound_params);
	/* who is exempt depends on the role: plan anew when it changes */
	if (touched)
		plan->dependsOnRole = true;
	return plan;
}

/* Installs the hook; called once, when the library is preloaded. */
void
cr_guard_planner_init(void)
{
	prev_planner_hook = planner_hook;
	planner_hook = cr_planner;
}
