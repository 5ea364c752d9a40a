/*-------------------------------------------------------------------------
 *
 * src/guard/told.c
 *	  Finds the guarded aggregations whose groups may be told.
 *
 * Groups that another guard stands before are seen by its aggregation alone:
 * a subquery in FROM, or in a condition, of the rows that it counts.  Such a
 * subquery is run only when a row needs it, and to do anything with its
 * groups then, such as charge for them, would tell that there is such a row.
 *
 * What a WITH query has, may be told by one who reads it, and be read by
 * another for the rows that a guard counts.  The first who reads it runs it,
 * so these are run before anybody does.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "guard/groupings.h"
#include "miscadmin.h"
#include "nodes/execnodes.h"
#include "nodes/nodeFuncs.h"

typedef struct Search
{
	List	   *guards;			/* Agg */
	List	   *seen;			/* PlanState */
	List	   *told;			/* PlanState of guards */
	List	   *initplans;		/* PlanState of those met so far */
} Search;

typedef struct ParamUse
{
	Search	   *search;
	int			param;
	bool		below;			/* a child uses it */
	bool		found;			/* one that is not a guard does */
} ParamUse;

static bool
child_uses(PlanState *state, ParamUse *use)
{
	ParamUse	deeper = {use->search, use->param, false, false};

	check_stack_depth();
	if (state == NULL || !bms_is_member(use->param, state->plan->allParam))
		return false;
	use->below = true;
	if (list_member_ptr(use->search->guards, state->plan))
		return false;
	planstate_tree_walker(state, child_uses, &deeper);
	use->found = use->found || deeper.found || !deeper.below;
	return use->found;
}

/*
 * Does something that no guard stands before use the initplan's result?  The
 * planner has noted for each node what it and those below it use.
 */
static bool
is_used(Search *search, PlanState *state, SubPlanState *initplan)
{
	ListCell   *lc;

	foreach(lc, initplan->subplan->setParam)
	{
		ParamUse	use = {search, lfirst_int(lc), false, false};

		planstate_tree_walker(state, child_uses, &use);
		if (use.found || !use.below)
			return true;
	}
	return false;
}

static bool search_state(PlanState *state, Search *search);

static void
search_initplans(PlanState *state, Search *search)
{
	ListCell   *lc;

	foreach(lc, state->initPlan)
	{
		SubPlanState *initplan = lfirst_node(SubPlanState, lc);

		search->initplans = lappend(search->initplans, initplan->planstate);
		/* the result of WITH is read by scans of it */
		if (initplan->subplan->subLinkType != CTE_SUBLINK &&
			is_used(search, state, initplan))
			search_state(initplan->planstate, search);
	}
}

static bool
search_child(PlanState *state, Search *search)
{
	if (!list_member_ptr(search->initplans, state))
		search_state(state, search);
	return false;
}

static bool
search_state(PlanState *state, Search *search)
{
	check_stack_depth();
	if (state == NULL || list_member_ptr(search->seen, state))
		return false;
	search->seen = lappend(search->seen, state);
	if (list_member_ptr(search->guards, state->plan))
	{
		search->told = lappend(search->told, state);
		return false;
	}
	search_initplans(state, search);
	if (IsA(state, CteScanState))
		search_state(((CteScanState *) state)->cteplanstate, search);
	return planstate_tree_walker(state, search_child, search);
}

/* ---------- WITH queries read on both sides of a guard ---------- */

typedef struct Below
{
	Search	   *search;
	List	   *seen;			/* PlanState */
	List	   *read;			/* PlanState of WITH queries */
	List	   *shared;			/* CteScanState */
} Below;

/* Are groups of it told, so that somebody is charged for them? */
static bool
has_told_guard(PlanState *state, Search *search)
{
	check_stack_depth();
	if (state == NULL)
		return false;
	return list_member_ptr(search->told, state) ||
		planstate_tree_walker(state, has_told_guard, search);
}

static bool
search_below(PlanState *state, Below *below)
{
	CteScanState *scan = (CteScanState *) state;

	check_stack_depth();
	if (state == NULL || list_member_ptr(below->seen, state))
		return false;
	below->seen = lappend(below->seen, state);
	if (IsA(state, CteScanState))
	{
		below->read = list_append_unique_ptr(below->read,
											 scan->cteplanstate);
		if (list_member_ptr(below->search->seen, scan->cteplanstate) &&
			has_told_guard(scan->cteplanstate, below->search))
			below->shared = list_append_unique_ptr(below->shared,
												   scan->leader);
		search_below(scan->cteplanstate, below);
	}
	return planstate_tree_walker(state, search_below, below);
}

static bool
search_guards(PlanState *state, Below *below)
{
	check_stack_depth();
	if (state == NULL)
		return false;
	if (list_member_ptr(below->search->guards, state->plan))
		return search_below(state, below);
	return planstate_tree_walker(state, search_guards, below);
}

List *
cr_groupings_told(PlanState *top, List *guards, List **read, List **shared)
{
	Search		search = {guards, NIL, NIL, NIL};
	Below		below = {&search, NIL, NIL, NIL};

	search_state(top, &search);
	search_guards(top, &below);
	*read = below.read;
	*shared = below.shared;
	return search.told;
}
