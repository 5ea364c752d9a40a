/*-------------------------------------------------------------------------
 *
 * src/guard/planner.c
 *	  The planner hook: has every statement judged before it is planned.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "admit/admit.h"
#include "base/oids.h"
#include "guard/approved.h"
#include "guard/command.h"
#include "guard/execution.h"
#include "guard/glance.h"
#include "guard/guard.h"
#include "guard/kept.h"
#include "guard/own_tables.h"
#include "guard/parameters.h"
#include "guard/raise.h"
#include "guard/relied.h"
#include "guard/unplanned.h"
#include "guard/written_out.h"
#include "access/transam.h"
#include "inspect/normalize.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/planner.h"
#include "miscadmin.h"
#include "session/access.h"
#include "session/made_function.h"
#include "utils/memutils.h"

static planner_hook_type prev_planner_hook = NULL;

/* The statement on others' tables that is being planned, or NULL. */
typedef struct Planning
{
	List	   *functions;		/* in it, that did not come with the server */
} Planning;

static const Planning *planning = NULL;

/*
 * Functions of ours that statements have been given here, in this session:
 * they serve the guard, whoever has written the statement.
 */
static List *put_in = NIL;

/* What became of a statement, for its plan. */
typedef struct Guarded
{
	CrTouch		touch;
	List	   *relids;			/* of the tables that it is on */
	List	   *inlined;		/* what the plan depends on besides */
	bool		own_tables;		/* it reads those of the extension */
	bool		inlines;		/* functions, which may read others */
	bool		joins_owners;	/* it joins tables of different owners */
	CrKept		kept;			/* for those who execute it */
} Guarded;

static bool
note_function(Oid funcid, void *context)
{
	if (funcid >= FirstNormalObjectId)
		*(List **) context = list_append_unique_oid(*(List **) context,
													funcid);
	return false;
}

static bool
functions_walker(Node *node, List **functions)
{
	if (node == NULL)
		return false;
	if (IsA(node, Query))
		return query_tree_walker((Query *) node, functions_walker, functions,
								 0);
	(void) check_functions_in_node(node, note_function, functions);
	return expression_tree_walker(node, functions_walker, (void *) functions);
}

/* Ours that have come into a statement while it was judged. */
static void
note_put_in(Query *parse, List *before)
{
	List	   *after = NIL;
	MemoryContext caller;
	ListCell   *lc;

	(void) functions_walker((Node *) parse, &after);
	caller = MemoryContextSwitchTo(TopMemoryContext);
	foreach(lc, after)
	{
		if (!list_member_oid(before, lfirst_oid(lc)) &&
			cr_oids_is_own_function(lfirst_oid(lc)))
			put_in = list_append_unique_oid(put_in, lfirst_oid(lc));
	}
	MemoryContextSwitchTo(caller);
}

/* See guard.h. */
bool
cr_guard_puts_in(Oid funcid)
{
	return list_member_oid(put_in, funcid);
}

/* Raises the refusal of a statement; reshapes one that is admitted. */
static void
admit_or_raise(Query *parse, const char *query_string, Guarded *guarded)
{
	const CrTouch *touch = &guarded->touch;
	bool		functions_read = guarded->kept.functions_read != NULL;
	const CrApproval *approval = cr_approved(query_string,
											 cr_glance_relations(parse),
											 functions_read);
	CrVerdict  *verdict = NULL;

	if (touch->foreign_owner)
		verdict = cr_guard_judge_surroundings();
	if (verdict == NULL)
		verdict = cr_admit_query(parse, touch, approval);
	if (verdict == NULL)
		return;
	verdict->written_out = guarded->kept.written_out;
	if (!verdict->admitted)
		cr_raise_refusal_of(verdict, cr_glance_relations(parse), query_string,
							parse->stmt_location, parse->stmt_len);
	guarded->joins_owners = verdict->joins_owners;
}

/*
 * Lets the guards that a statement concerns see to it.  Returns the statement
 * to plan.
 */
static Query *
guard_statement(Query *parse, const char *query_string, Guarded *guarded)
{
	CrGlance	glance = cr_guard_glance(parse);
	List	   *written = NIL;

	if (glance.set_function &&
		cr_normalize_inline_functions(parse, &guarded->inlined))
		guarded->kept.functions_read = pstrdup("yes");
	if (glance.protected || glance.set_function)
	{
		CrReliedOn	relied_on = {NIL, 0};

		guarded->touch = cr_inspect_touch(parse);
		if (guarded->touch.foreign_owner)
		{
			guarded->kept.written_out =
				cr_written_out(parse, query_string, guarded->inlined != NIL);
			relied_on = cr_relied_before(parse);
			guarded->relids = cr_glance_relations(parse);
		}
		(void) functions_walker((Node *) parse, &written);
		admit_or_raise(parse, query_string, guarded);
		note_put_in(parse, written);
		if (guarded->touch.foreign_owner)
		{
			guarded->kept.relied_on = cr_relied_note(&relied_on, parse);
			guarded->kept.parameters = cr_parameters_find(parse);
		}
	}
	guarded->own_tables = glance.own_tables;
	guarded->inlines = glance.set_function;
	if (glance.samples || glance.set_function)
		cr_guard_samples(parse);
	if (glance.counters || glance.set_function)
		parse = cr_guard_statistics(parse);
	return parse;
}

/* See guard.h. */
bool
cr_guard_plans_on_others(void)
{
	return planning != NULL;
}

/* See guard.h. */
bool
cr_guard_refuses_planning_call(Oid funcid)
{
	return planning != NULL && funcid >= FirstNormalObjectId &&
		!list_member_oid(planning->functions, funcid) &&
		!cr_made_function_is_harmless(funcid, GetUserId());
}

static PlannedStmt *
plan_statement(Query *parse, const char *query_string, int cursor_options,
			   ParamListInfo bound_params)
{
	if (prev_planner_hook)
		return prev_planner_hook(parse, query_string, cursor_options,
								 bound_params);
	return standard_planner(parse, query_string, cursor_options,
							bound_params);
}

/*
 * Others' tables may get an index between the verdict and the plan, whose
 * expressions the planner evaluates.
 */
static PlannedStmt *
plan_on_others(Query *parse, const char *query_string, int cursor_options,
			   ParamListInfo bound_params, const Guarded *guarded)
{
	const Planning *outer = planning;
	Planning	this = {NIL};
	PlannedStmt *plan;
	CrUnplanned *unplanned;

	unplanned = cr_unplanned_prepare(parse, query_string, bound_params,
									 guarded->kept.written_out,
									 guarded->relids);
	(void) functions_walker((Node *) parse, &this.functions);
	planning = &this;
	PG_TRY();
	{
		plan = plan_statement(parse, query_string, cursor_options,
							  bound_params);
	}
	PG_CATCH();
	{
		planning = outer;
		cr_unplanned_note(unplanned);
		PG_RE_THROW();
	}
	PG_END_TRY();
	planning = outer;
	return plan;
}

/*
 * What the planner has evaluated may have switched on what prints the plan as
 * soon as it is handed over, with its estimates: judged before that.
 */
static void
judge_settings_again(PlannedStmt *plan, const char *query_string,
					 const Guarded *guarded)
{
	CrVerdict  *refusal = cr_guard_judge_surroundings();

	if (refusal == NULL)
		return;
	refusal->written_out = guarded->kept.written_out;
	cr_raise_refusal_of(refusal, cr_execution_relations(plan), query_string,
						plan->stmt_location, plan->stmt_len);
}

static PlannedStmt *
cr_planner(Query *parse, const char *query_string, int cursor_options,
		   ParamListInfo bound_params)
{
	PlannedStmt *plan;
	Guarded		guarded;
	bool		own_tables;

	memset(&guarded, 0, sizeof(guarded));
	if (cr_policy_possible())
		parse = guard_statement(parse, query_string, &guarded);
	if (guarded.touch.foreign_owner)
	{
		plan = plan_on_others(parse, query_string, cursor_options,
							  bound_params, &guarded);
		judge_settings_again(plan, query_string, &guarded);
	}
	else
		plan = plan_statement(parse, query_string, cursor_options,
							  bound_params);
	own_tables = (guarded.own_tables || guarded.inlines) &&
		cr_own_tables_concern(plan);
	/* the plan may be printed next */
	if (own_tables)
		cr_guard_silence_log();
	/* who is exempt depends on the role: plan anew when it changes */
	if (guarded.touch.any || guarded.own_tables)
		plan->dependsOnRole = true;
	/* statistics on statements would tell how much it has read */
	if (guarded.touch.foreign_owner || own_tables)
		plan->queryId = 0;
	plan->invalItems = list_concat(plan->invalItems, guarded.inlined);
	if (guarded.touch.foreign_owner)
	{
		cr_kept_put_tables(plan, guarded.relids);
		cr_kept_put(plan, &guarded.kept);
	}
	/* tells the executor's hooks that the plan needs a room */
	if (guarded.joins_owners)
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
