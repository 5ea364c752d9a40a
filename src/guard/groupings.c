/*-------------------------------------------------------------------------
 *
 * src/guard/groupings.c
 *	  Counts the groups that guards release and withhold.
 *
 * What an aggregation with a guard returns is released, what its condition
 * takes away is withheld; the executor's instrumentation counts both.  As
 * something has to happen before a group goes on, and while it is made, we
 * stand between the aggregation and the node above it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/tableam.h"
#include "executor/executor.h"
#include "executor/instrument.h"
#include "guard/first_use.h"
#include "guard/groupings.h"
#include "guard/same_settings.h"
#include "guard/telling.h"
#include "lib/ilist.h"
#include "miscadmin.h"
#include "nodes/execnodes.h"
#include "nodes/nodeFuncs.h"
#include "utils/guc.h"

typedef struct Grouping
{
	PlanState  *state;
	bool		told;			/* no other guard stands before its groups */
	bool		shown;			/* they leave as rows, or not at all */
	ExecProcNodeMtd get_group;	/* the aggregation's own, where we stand */
} Grouping;

/* A WITH query that is read behind a guard, and perhaps elsewhere too. */
typedef struct Source
{
	PlanState  *state;
	ExecProcNodeMtd get_row;	/* its own, where we stand */
} Source;

struct CrGroupings
{
	dlist_node	node;			/* in watched */
	MemoryContextCallback callback;
	CrReleased	before_use;		/* or NULL */
	void	   *arg;
	uint64		in_use;			/* groups that before_use was called for */
	CrSettings *settings;		/* as they were at the start */
	CrFirstUse *first_use;
	List	   *shared;			/* CteScanState, not run yet */
	int			nsources;
	Source	   *sources;
	int			n;
	Grouping	list[FLEXIBLE_ARRAY_MEMBER];
};

/* those that before_use is to be called for */
static dlist_head watched = DLIST_STATIC_INIT(watched);

/*
 * The children whose rows a node passes on, one for one, cuts off or leaves
 * out; NIL of any other node.
 */
static List *
passing_children(Plan *plan)
{
	switch (nodeTag(plan))
	{
		case T_Sort:
		case T_IncrementalSort:
		case T_Limit:
		case T_Material:
		case T_Unique:
		case T_Gather:
		case T_GatherMerge:
		case T_Result:
			return outerPlan(plan) ? list_make1(outerPlan(plan)) : NIL;
		case T_SubqueryScan:
			return list_make1(((SubqueryScan *) plan)->subplan);
		case T_Append:
			return ((Append *) plan)->appendplans;
		case T_MergeAppend:
			return ((MergeAppend *) plan)->mergeplans;
		default:
			return NIL;
	}
}

static bool
is_shown(Plan *top, const Agg *guard)
{
	ListCell   *lc;

	check_stack_depth();
	if (top == (const Plan *) guard)
		return true;
	if (cr_telling_node(top))
		return false;
	foreach(lc, passing_children(top))
		if (is_shown(lfirst(lc), guard))
			return true;
	return false;
}

static bool
is_below(Plan *plan, List *guards, bool in_worker)
{
	ListCell   *lc;
	List	   *children;

	check_stack_depth();
	if (plan == NULL)
		return false;
	if (in_worker && list_member_ptr(guards, plan))
		return true;
	in_worker |= IsA(plan, Gather) || IsA(plan, GatherMerge);
	children = passing_children(plan);
	foreach(lc, children)
		if (is_below(lfirst(lc), guards, in_worker))
			return true;
	return children == NIL &&
		(is_below(outerPlan(plan), guards, in_worker) ||
		 is_below(innerPlan(plan), guards, in_worker));
}

bool
cr_groupings_in_workers(PlannedStmt *plan, List *guards)
{
	ListCell   *lc;

	if (!plan->parallelModeNeeded)
		return false;
	foreach(lc, plan->subplans)
		if (is_below(lfirst(lc), guards, false))
			return true;
	return is_below(plan->planTree, guards, false);
}

typedef struct Watch
{
	List	   *guards;
	List	   *states;
} Watch;

static bool
watch_state(PlanState *state, Watch *watch)
{
	if (state == NULL)
		return false;
	if (list_member_ptr(watch->guards, state->plan))
	{
		if (state->instrument == NULL)
			state->instrument = InstrAlloc(1, INSTRUMENT_ROWS, false);
		watch->states = lappend(watch->states, state);
	}
	return planstate_tree_walker(state, watch_state, watch);
}

CrGroupings *
cr_groupings_watch(QueryDesc *queryDesc, List *guards)
{
	Watch		watch = {guards, NIL};
	List	   *read;
	List	   *shared;
	List	   *told = cr_groupings_told(queryDesc->planstate, guards,
									 &read, &shared);
	CrGroupings *groupings;
	ListCell   *lc;

	(void) watch_state(queryDesc->planstate, &watch);
	groupings = palloc0(offsetof(CrGroupings, list) +
						list_length(watch.states) * sizeof(Grouping));
	groupings->first_use = cr_first_use_begin(queryDesc);
	groupings->shared = shared;
	groupings->sources = palloc0(list_length(read) * sizeof(Source));
	foreach(lc, read)
		groupings->sources[groupings->nsources++].state = lfirst(lc);
	foreach(lc, watch.states)
	{
		Grouping   *grouping = &groupings->list[groupings->n++];

		grouping->state = lfirst(lc);
		grouping->told = list_member_ptr(told, grouping->state);
		grouping->shown = is_shown(queryDesc->plannedstmt->planTree,
								   (Agg *) grouping->state->plan);
	}
	return groupings;
}

bool
cr_groupings_count(CrGroupings *groupings, int64 *released, int64 *withheld)
{
	*released = *withheld = 0;
	for (int i = 0; i < groupings->n; i++)
	{
		Instrumentation *instrument = groupings->list[i].state->instrument;

		InstrEndLoop(instrument);
		*released += (int64) instrument->ntuples;
		*withheld += (int64) instrument->nfiltered1;
	}
	return groupings->n > 0;
}

void
cr_groupings_prepare(CrGroupings *groupings)
{
	cr_first_use_look_up(groupings->first_use);
}

void
cr_groupings_end(CrGroupings *groupings)
{
	cr_first_use_end(groupings->first_use);
}

/* Reads to its end what a WITH query's scans take their rows from. */
static void
run_to_end(CteScanState *leader)
{
	TupleTableSlot *slot;

	while (!leader->eof_cte)
	{
		slot = ExecProcNode(leader->cteplanstate);
		if (TupIsNull(slot))
			leader->eof_cte = true;
		else
			tuplestore_puttupleslot(leader->cte_table, slot);
	}
}

bool
cr_groupings_run_shared(CrGroupings *groupings, EState *estate)
{
	MemoryContext caller = MemoryContextSwitchTo(estate->es_query_cxt);
	List	   *shared = groupings->shared;
	ListCell   *lc;

	foreach(lc, shared)
	{
		CteScanState *leader = lfirst_node(CteScanState, lc);

		if (!bms_is_empty(leader->cteplanstate->plan->extParam))
			return false;
	}
	groupings->shared = NIL;
	foreach(lc, shared)
		run_to_end(lfirst_node(CteScanState, lc));
	MemoryContextSwitchTo(caller);
	return true;
}

static void
forget(void *arg)
{
	dlist_delete(&((CrGroupings *) arg)->node);
}

static Grouping *
find(PlanState *state, CrGroupings **groupings)
{
	dlist_iter	iter;

	dlist_foreach(iter, &watched)
	{
		*groupings = dlist_container(CrGroupings, node, iter.cur);
		for (int i = 0; i < (*groupings)->n; i++)
			if ((*groupings)->list[i].state == state)
				return &(*groupings)->list[i];
	}
	elog(ERROR, "an aggregation is not watched any more");
	return NULL;
}

/* Reads a row of a guard, or of a WITH query that one may read. */
static TupleTableSlot *
read_row(CrGroupings *groupings, PlanState *state, ExecProcNodeMtd get)
{
	CrBefore	before;
	TupleTableSlot *volatile slot = NULL;

	cr_first_use_look_up_again(groupings->first_use);
	before = cr_settings_enter(groupings->settings);
	PG_TRY();
	{
		slot = get(state);
	}
	PG_FINALLY();
	{
		cr_first_use_forget_pages(groupings->first_use);
	}
	PG_END_TRY();
	cr_first_use_read_pages(groupings->first_use);
	cr_settings_leave(groupings->settings, &before);
	return slot;
}

/*
 * Takes the place of the aggregation's own function.
 *
 * Where a scan stops for which nothing more is needed is noted for the next
 * scan of the table, which starts there: its own one too, if the analyst has
 * seen to it that each page has one row.  What scans below a guard see of the
 * setting is not what a function in the statement has set; nor are others.
 * And nothing but an error has a line to say while protected rows are read.
 */
static TupleTableSlot *
get_group(PlanState *state)
{
	CrGroupings *groupings;
	Grouping   *grouping = find(state, &groupings);
	bool		synchronize = synchronize_seqscans;
	int			messages = client_min_messages;
	TupleTableSlot *slot;

	synchronize_seqscans = false;
	client_min_messages = Max(messages, ERROR);
	PG_TRY();
	{
		slot = read_row(groupings, state, grouping->get_group);
	}
	PG_FINALLY();
	{
		synchronize_seqscans = synchronize;
		client_min_messages = messages;
	}
	PG_END_TRY();
	if (grouping->told && !grouping->shown && !TupIsNull(slot))
		groupings->before_use(groupings->arg, ++groupings->in_use);
	return slot;
}

/*
 * Takes the place of a WITH query's own function.  Whoever reads it first has
 * it run: a guard reads rows that were made under the same settings.
 */
static TupleTableSlot *
get_row(PlanState *state)
{
	dlist_iter	iter;

	dlist_foreach(iter, &watched)
	{
		CrGroupings *groupings = dlist_container(CrGroupings, node, iter.cur);

		for (int i = 0; i < groupings->nsources; i++)
		{
			if (groupings->sources[i].state == state)
				return read_row(groupings, state,
								groupings->sources[i].get_row);
		}
	}
	elog(ERROR, "a WITH query is not watched any more");
	return NULL;
}

void
cr_groupings_call(CrGroupings *groupings, CrReleased before_use, void *arg)
{
	groupings->before_use = before_use;
	groupings->arg = arg;
	groupings->settings = cr_settings_note();
	for (int i = 0; i < groupings->n; i++)
	{
		Grouping   *grouping = &groupings->list[i];

		grouping->get_group = grouping->state->ExecProcNodeReal;
		ExecSetExecProcNode(grouping->state, get_group);
	}
	for (int i = 0; i < groupings->nsources; i++)
	{
		Source	   *source = &groupings->sources[i];

		source->get_row = source->state->ExecProcNodeReal;
		ExecSetExecProcNode(source->state, get_row);
	}
	groupings->callback.func = forget;
	groupings->callback.arg = groupings;
	dlist_push_head(&watched, &groupings->node);
	MemoryContextRegisterResetCallback(CurrentMemoryContext,
									   &groupings->callback);
}
