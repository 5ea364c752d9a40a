/*-------------------------------------------------------------------------
 *
 * src/verify/verify.c
 *	  Walks a finished plan and finds raw rows of protected tables that could
 *	  leave it.
 *
 * A node's rows are raw for a protected range table entry when the entry is
 * scanned below it and no finished aggregation stands between whose qual
 * holds that table's guard for each of its unit columns.  Raw rows may pass
 * only through the node types listed here, and not through a join with
 * nothing.
 *
 * The rows of every subplan count like those of the top node, but a CTE's
 * rows flow to the CteScans that read them.  Where there is none, as where the
 * planner has found that all would return nothing, it is never run.  Of
 * expressions over raw rows only one thing is asked, whose code they call: see
 * plan_code.c.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/errcodes.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "miscadmin.h"
#include "nodes/nodes.h"
#include "parser/parsetree.h"
#include "session/exempt.h"
#include "storage/lockdefs.h"
#include "utils/lsyscache.h"
#include "verify/plan_check.h"
#include "verify/verify.h"

static Bitmapset *find_raw_rows(CrPlanCheck *check, Plan *plan);

static void
object_to(CrPlanCheck *check, Index rti, const char *what)
{
	char	   *relname;

	if (check->objection != NULL)
		return;
	relname = get_rel_name(rt_fetch(rti, check->plan->rtable)->relid);
	check->objection =
		cr_verdict_refuse(CR_ERRCODE_UNGUARDED_PLAN, -1,
						  psprintf(what, relname ? relname : "?"),
						  "Nothing was run. Write the query in a simpler form, and report this one to the maintainers of cleanroom.");
}

/* A protected table of the plan, for messages. */
static Index
any_protected(const CrPlanCheck *check)
{
	Index		rti = 1;

	while (check->policies[rti] == NULL)
		rti++;
	return rti;
}

static Index
first_of(const Bitmapset *raw)
{
	return bms_next_member(raw, -1);
}

static CrPolicy *
binding_policy(Oid relid)
{
	CrPolicy   *policy = cr_policy_exists(relid) ?
		cr_policy_lookup(relid) : NULL;

	return policy != NULL && !cr_session_is_exempt(policy->owner) ?
		policy : NULL;
}

/*
 * The policy of the entry that binds the current user, or NULL.  Partitions
 * that rows are put into are not in the range table; they are behind the
 * partitioned table.
 */
static CrPolicy *
find_policy(PlannedStmt *plan, int rti)
{
	RangeTblEntry *rte = rt_fetch(rti, plan->rtable);
	CrPolicy   *policy;
	ListCell   *lc;

	if (rte->rtekind != RTE_RELATION)
		return NULL;
	policy = binding_policy(rte->relid);
	if (policy != NULL || rte->relkind != RELKIND_PARTITIONED_TABLE ||
		!list_member_int(plan->resultRelations, rti) ||
		!cr_policy_has_protected_descendant(rte->relid))
		return policy;
	foreach(lc, find_all_inheritors(rte->relid, NoLock, NULL))
	{
		policy = binding_policy(lfirst_oid(lc));
		if (policy != NULL)
			return policy;
	}
	return NULL;
}

bool
cr_verify_concerns_plan(PlannedStmt *plan)
{
	int			rti;

	if (!cr_policy_possible())
		return false;
	for (rti = 1; rti <= list_length(plan->rtable); rti++)
		if (find_policy(plan, rti) != NULL)
			return true;
	return false;
}

/*
 * Fills check->policies; false when no table of the plan is protected from
 * the current user.
 */
static bool
find_policies(CrPlanCheck *check)
{
	bool		found = false;
	int			rti;

	check->nrtable = list_length(check->plan->rtable);
	check->policies = palloc0((check->nrtable + 1) * sizeof(CrPolicy *));
	for (rti = 1; rti <= (int) check->nrtable; rti++)
	{
		check->policies[rti] = find_policy(check->plan, rti);
		found = found || check->policies[rti] != NULL;
	}
	return found;
}

/*
 * Raw rows of a subplan by its plan id, found once.
 */
static Bitmapset *
find_subplan_rows(CrPlanCheck *check, int id)
{
	if (id < 1 || id > check->nsubplans)
		return NULL;
	if (!check->subplan_judged[id - 1])
	{
		Plan	   *plan = list_nth(check->plan->subplans, id - 1);

		check->subplan_judged[id - 1] = true;
		check->subplan_rows[id - 1] = find_raw_rows(check, plan);
	}
	return check->subplan_rows[id - 1];
}

static Bitmapset *
find_list_rows(CrPlanCheck *check, List *plans)
{
	Bitmapset  *result = NULL;
	ListCell   *lc;

	foreach(lc, plans)
		result = bms_add_members(result, find_raw_rows(check, lfirst(lc)));
	return result;
}

/*
 * Raw rows of a join's inner side, which a nested loop may run again with
 * values of the outer side's rows.
 */
static Bitmapset *
find_inner_rows(CrPlanCheck *check, Plan *plan, const Bitmapset *outer)
{
	Bitmapset  *saved = check->handed;
	Bitmapset  *result;
	ListCell   *lc;

	if (IsA(plan, NestLoop) && !bms_is_empty(outer))
	{
		check->handed = bms_copy(saved);
		foreach(lc, ((NestLoop *) plan)->nestParams)
			check->handed =
				bms_add_member(check->handed,
							   lfirst_node(NestLoopParam, lc)->paramno);
	}
	result = find_raw_rows(check, innerPlan(plan));
	check->handed = saved;
	return result;
}

/*
 * Notes which subplans are CTEs.
 */
static void
note_ctes(CrPlanCheck *check, const List *init_plans)
{
	ListCell   *lc;

	foreach(lc, init_plans)
	{
		SubPlan    *subplan = lfirst_node(SubPlan, lc);

		if (subplan->subLinkType == CTE_SUBLINK)
			check->ctes = bms_add_member(check->ctes, subplan->plan_id);
	}
}

/*
 * Raw rows that reach a node from the nodes below it, the scanned tables of
 * a scan node among them.
 */
static Bitmapset *
find_input_rows(CrPlanCheck *check, Plan *plan)
{
	Bitmapset  *result = NULL;
	Bitmapset  *scanned = cr_verify_scanned_relations(plan);
	int			rti = -1;

	while ((rti = bms_next_member(scanned, rti)) >= 0)
		if (rti <= check->nrtable && check->policies[rti] != NULL)
			result = bms_add_member(result, rti);

	switch (nodeTag(plan))
	{
		case T_Append:
			scanned = find_list_rows(check, ((Append *) plan)->appendplans);
			break;
		case T_MergeAppend:
			scanned = find_list_rows(check,
									 ((MergeAppend *) plan)->mergeplans);
			break;
		case T_BitmapAnd:
			scanned = find_list_rows(check, ((BitmapAnd *) plan)->bitmapplans);
			break;
		case T_BitmapOr:
			scanned = find_list_rows(check, ((BitmapOr *) plan)->bitmapplans);
			break;
		case T_SubqueryScan:
			scanned = find_raw_rows(check, ((SubqueryScan *) plan)->subplan);
			break;
		case T_CustomScan:
			scanned = find_list_rows(check,
									 ((CustomScan *) plan)->custom_plans);
			break;
		case T_CteScan:
			scanned = find_subplan_rows(check, ((CteScan *) plan)->ctePlanId);
			break;
		default:
			scanned = NULL;
	}
	result = bms_add_members(result, scanned);
	result = bms_add_members(result, find_raw_rows(check, outerPlan(plan)));
	return bms_add_members(result, find_inner_rows(check, plan, result));
}

/*
 * May rows of one person pass through this type of node?  The node types
 * that are not here change, repeat, cut off or lock rows in ways that the
 * guards above do not see, or are not known.
 */
static bool
may_pass_raw_rows(Plan *plan)
{
	switch (nodeTag(plan))
	{
		case T_SeqScan:
		case T_IndexScan:
		case T_IndexOnlyScan:
		case T_BitmapIndexScan:
		case T_BitmapHeapScan:
		case T_BitmapAnd:
		case T_BitmapOr:
		case T_TidScan:
		case T_TidRangeScan:
		case T_ForeignScan:
		case T_CustomScan:
		case T_SubqueryScan:
		case T_CteScan:
		case T_Append:
		case T_MergeAppend:
		case T_NestLoop:
		case T_MergeJoin:
		case T_HashJoin:
		case T_Hash:
		case T_Material:
		case T_Memoize:
		case T_Sort:
		case T_IncrementalSort:
		case T_Group:
		case T_Agg:
		case T_Unique:
		case T_Result:
		case T_Gather:
		case T_GatherMerge:
			return true;
		default:
			return false;
	}
}

/*
 * May this type of node stand in a plan that reads a protected table at all,
 * because its children are known to this file?
 */
static bool
is_known(Plan *plan)
{
	if (may_pass_raw_rows(plan))
		return true;
	switch (nodeTag(plan))
	{
		case T_SampleScan:
		case T_FunctionScan:
		case T_ValuesScan:
		case T_TableFuncScan:
		case T_NamedTuplestoreScan:
		case T_WorkTableScan:
		case T_ProjectSet:
		case T_RecursiveUnion:
		case T_SetOp:
		case T_LockRows:
		case T_Limit:
		case T_WindowAgg:
			return true;
		default:
			return false;
	}
}

/*
 * The protected range table entries whose rows plan returns raw.
 */
static Bitmapset *
find_raw_rows(CrPlanCheck *check, Plan *plan)
{
	Bitmapset  *raw;

	check_stack_depth();

	if (plan == NULL)
		return NULL;
	if (!is_known(plan))
	{
		object_to(check, any_protected(check),
				  "the plan of this query on protected table \"%s\" has a part that the executor check does not know");
		return NULL;
	}

	note_ctes(check, plan->initPlan);
	raw = find_input_rows(check, plan);
	if (cr_verify_receives(plan, check->handed))
		object_to(check, any_protected(check),
				  "the plan gives values of protected table \"%s\" to a function that is not the server's, or to a subplan");
	if (bms_is_empty(raw))
		return NULL;
	if (OidIsValid(cr_verify_made_function(plan)))
	{
		object_to(check, first_of(raw),
				  "the plan calls a function that is not the server's for rows of protected table \"%s\"");
		return raw;
	}
	if (cr_verify_asks_subplan(plan))
	{
		object_to(check, first_of(raw),
				  "the plan asks a subplan about each row of protected table \"%s\"");
		return raw;
	}
	if ((IsA(plan, NestLoop) || IsA(plan, MergeJoin) ||
		 IsA(plan, HashJoin)) && cr_verify_returns_nothing(plan))
		return NULL;
	if (!may_pass_raw_rows(plan))
	{
		object_to(check, first_of(raw),
				  "the plan does more with rows of protected table \"%s\" than the executor check allows");
		return raw;
	}
	if (IsA(plan, Agg) && !DO_AGGSPLIT_SKIPFINAL(((Agg *) plan)->aggsplit) &&
		cr_verify_agg_guards(check, (Agg *) plan, raw))
	{
		check->guards = lappend(check->guards, plan);
		return NULL;
	}
	return raw;
}

/*
 * Can the subplan be run at all?  Those of a part of the query that the
 * planner has found to be empty are left in the plan, and named nowhere in
 * it: which is looked up in all of it, as the server writes it out, since
 * there are more places for names than this file knows.
 */
static bool
is_named(PlannedStmt *plan, int id)
{
	const char *text = nodeToString(plan);

	return strstr(text, psprintf(":plan_id %d ", id)) != NULL ||
		strstr(text, psprintf(":ctePlanId %d ", id)) != NULL;
}

CrVerdict *
cr_verify_plan(PlannedStmt *plan, List **guards)
{
	CrPlanCheck check;
	Bitmapset  *raw;

	if (guards != NULL)
		*guards = NIL;
	if (!cr_policy_possible())
		return NULL;
	memset(&check, 0, sizeof(check));
	check.plan = plan;
	if (!find_policies(&check))
		return NULL;

	check.nsubplans = list_length(plan->subplans);
	check.subplan_rows = palloc0((check.nsubplans + 1) * sizeof(Bitmapset *));
	check.subplan_judged = palloc0((check.nsubplans + 1) * sizeof(bool));

	raw = find_raw_rows(&check, plan->planTree);
	for (int id = 1; id <= check.nsubplans; id++)
		(void) find_subplan_rows(&check, id);

	/* which subplans are CTEs is known only now */
	for (int id = 1; id <= check.nsubplans; id++)
		if (!bms_is_member(id, check.ctes) &&
			!bms_is_empty(check.subplan_rows[id - 1]) && is_named(plan, id))
			raw = bms_add_members(raw, check.subplan_rows[id - 1]);
	if (!bms_is_empty(raw))
		object_to(&check, first_of(raw),
				  "the plan would return rows of protected table \"%s\" with no guard before them");
	if (guards != NULL)
		*guards = check.guards;
	return check.objection;
}
