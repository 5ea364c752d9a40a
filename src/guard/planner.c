/*-------------------------------------------------------------------------
 *
 * src/guard/planner.c
 *	  The planner hook: has every statement judged before it is planned.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "admit/admit.h"
#include "guard/command.h"
#include "guard/glance.h"
#include "guard/guard.h"
#include "guard/raise.h"
#include "inspect/normalize.h"
#include "optimizer/planner.h"
#include "session/access.h"

static planner_hook_type prev_planner_hook = NULL;

/*
 * Raises the refusal of a statement; reshapes one that is admitted.  Does it
 * join tables of different owners?
 */
static bool
admit_or_raise(Query *parse, const CrTouch *touch, const char *query_string)
{
	CrVerdict  *verdict = NULL;

	if (touch->foreign_owner)
		verdict = cr_guard_judge_surroundings();
	if (verdict == NULL)
		verdict = cr_admit_query(parse, touch,
								 cr_approval_of(query_string));
	if (verdict != NULL && !verdict->admitted)
		cr_raise_refusal_of(verdict, cr_glance_relations(parse), query_string,
							parse->stmt_location, parse->stmt_len);
	return verdict != NULL && verdict->joins_owners;
}

/*
 * Lets the guards that a statement concerns see to it.  Returns the statement
 * to plan; adds to *inlined what its plan then depends on.
 */
static Query *
guard_statement(Query *parse, const char *query_string, CrTouch *touch,
				List **inlined, bool *joins_owners)
{
	CrGlance	glance = cr_guard_glance(parse);

	if (glance.set_function)
		*inlined = cr_normalize_inline_functions(parse);
	if (glance.protected || glance.set_function)
	{
		*touch = cr_inspect_touch(parse);
		*joins_owners = admit_or_raise(parse, touch, query_string);
	}
	if (glance.samples || glance.set_function)
		cr_guard_samples(parse);
	if (glance.counters || glance.set_function)
		parse = cr_guard_statistics(parse);
	return parse;
}

static PlannedStmt *
cr_planner(Query *parse, const char *query_string, int cursor_options,
		   ParamListInfo bound_params)
{
	PlannedStmt *plan;
	CrTouch		touch = {0};
	List	   *inlined = NIL;
	bool		joins_owners = false;

	if (cr_policy_possible())
		parse = guard_statement(parse, query_string, &touch, &inlined,
								&joins_owners);
	if (prev_planner_hook)
		plan = prev_planner_hook(parse, query_string, cursor_options,
								 bound_params);
	else
		plan = standard_planner(parse, query_string, cursor_options,
								bound_params);
	/* who is exempt depends on the role: plan anew when it changes */
	if (touch.any)
		plan->dependsOnRole = true;
	/* statistics on statements would tell how much it has read */
	if (touch.foreign_owner)
		plan->queryId = 0;
	plan->invalItems = list_concat(plan->invalItems, inlined);
	/* tells the executor's hooks that the plan needs a room */
	if (joins_owners)
		plan->relationOids = lappend_oid(plan->relationOids,
										 cr_access_room_table());
	return plan;
}

/* Installs the hook; called once, when the library is preloaded. */
void
cr_guard_planner_init(void)
{
	prev_planner_hook = planner_hook;
	planner_hook = cr_planner;
}
