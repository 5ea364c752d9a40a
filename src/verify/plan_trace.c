/*-------------------------------------------------------------------------
 *
 * src/verify/plan_trace.c
 *	  Follows a value of a finished plan down to where it comes from.
 *
 * After setrefs a Var names a column of the node's child (OUTER_VAR,
 * INNER_VAR), of an index or custom tuple (INDEX_VAR), or, in a scan node, of
 * the scanned range table entry.  Below an Append one value has as many
 * origins as there are children.
 *
 * Join equalities are not used: a column is never taken for another one
 * that happens to be equal.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "nodes/primnodes.h"
#include "verify/plan_check.h"

static List *trace_output(CrPlanCheck *check, Plan *plan, AttrNumber resno);

static List *
make_origin(Plan *plan, Node *expr)
{
	CrOrigin   *origin = palloc(sizeof(CrOrigin));

	origin->plan = plan;
	origin->expr = expr;
	return list_make1(origin);
}

/*
 * The range table indexes that a node reads by itself, children not counted.
 */
Bitmapset *
cr_verify_scanned_relations(Plan *plan)
{
	Bitmapset  *result = NULL;

	switch (nodeTag(plan))
	{
		case T_SeqScan:
		case T_SampleScan:
		case T_IndexScan:
		case T_IndexOnlyScan:
		case T_BitmapIndexScan:
		case T_BitmapHeapScan:
		case T_TidScan:
		case T_TidRangeScan:
			break;
		case T_ForeignScan:
			{
				ForeignScan *scan = (ForeignScan *) plan;

				result = bms_copy(scan->fs_relids);
				if (scan->resultRelation > 0)
					result = bms_add_member(result, scan->resultRelation);
			}
			break;
		case T_CustomScan:
			result = bms_copy(((CustomScan *) plan)->custom_relids);
			break;
		default:
			return NULL;
	}
	if (((Scan *) plan)->scanrelid > 0)
		result = bms_add_member(result, ((Scan *) plan)->scanrelid);
	return result;
}

/*
 * The target list that INDEX_VAR Vars of a scan node point into.
 */
static List *
index_target_list(Plan *plan)
{
	switch (nodeTag(plan))
	{
		case T_IndexOnlyScan:
			return ((IndexOnlyScan *) plan)->indextlist;
		case T_ForeignScan:
			return ((ForeignScan *) plan)->fdw_scan_tlist;
		case T_CustomScan:
			return ((CustomScan *) plan)->custom_scan_tlist;
		default:
			return NIL;
	}
}

static Node *
target_expr(List *tlist, AttrNumber resno)
{
	if (resno < 1 || resno > list_length(tlist))
		return NULL;
	return (Node *) list_nth_node(TargetEntry, tlist, resno - 1)->expr;
}

/*
 * The origins of column resno over several children's rows.
 */
static List *
trace_children(CrPlanCheck *check, List *children, AttrNumber resno)
{
	List	   *result = NIL;
	ListCell   *lc;

	foreach(lc, children)
		result = list_concat(result,
							 trace_output(check, (Plan *) lfirst(lc), resno));
	return result;
}

/*
 * The origins of a plan node's output column.  Nodes that pass their child's
 * tuples on unchanged are followed by position: their own target lists are
 * for EXPLAIN only.
 */
static List *
trace_output(CrPlanCheck *check, Plan *plan, AttrNumber resno)
{
	Node	   *expr;

	check_stack_depth();

	if (plan == NULL)
		return make_origin(NULL, NULL);
	switch (nodeTag(plan))
	{
		case T_Append:
			return trace_children(check, ((Append *) plan)->appendplans,
								  resno);
		case T_MergeAppend:
			return trace_children(check, ((MergeAppend *) plan)->mergeplans,
								  resno);
		case T_Hash:
		case T_Material:
		case T_Memoize:
		case T_Sort:
		case T_IncrementalSort:
		case T_Unique:
		case T_Limit:
			return trace_output(check, outerPlan(plan), resno);
		case T_LockRows:
		case T_RecursiveUnion:
		case T_SetOp:
		case T_ModifyTable:
			return make_origin(plan, NULL);
		default:
			expr = target_expr(plan->targetlist, resno);
			if (expr == NULL)
				return make_origin(plan, NULL);
			return cr_verify_trace_expr(check, plan, expr);
	}
}

/*
 * The origins of a Var with an ordinary varno: it ends at a scan of a table,
 * and goes on below the scan of a subquery or a CTE.
 */
static List *
trace_scan_var(CrPlanCheck *check, Plan *plan, Var *var)
{
	if (IsA(plan, SubqueryScan) &&
		((Scan *) plan)->scanrelid == (Index) var->varno)
		return trace_output(check, ((SubqueryScan *) plan)->subplan,
							var->varattno);
	if (IsA(plan, CteScan) &&
		((Scan *) plan)->scanrelid == (Index) var->varno)
	{
		int			id = ((CteScan *) plan)->ctePlanId;

		if (id >= 1 && id <= check->nsubplans)
			return trace_output(check,
								list_nth(check->plan->subplans, id - 1),
								var->varattno);
	}
	return make_origin(plan, (Node *) var);
}

/*
 * All origins of an expression that stands in plan's target list or qual.
 */
List *
cr_verify_trace_expr(CrPlanCheck *check, Plan *plan, Node *expr)
{
	Var		   *var;

	check_stack_depth();

	while (expr != NULL && IsA(expr, RelabelType))
		expr = (Node *) ((RelabelType *) expr)->arg;
	if (expr == NULL || !IsA(expr, Var))
		return make_origin(plan, expr);

	var = (Var *) expr;
	if (var->varlevelsup != 0 || var->varattno < 1)
		return make_origin(plan, NULL);
	if (var->varno == OUTER_VAR)
		return trace_output(check, outerPlan(plan), var->varattno);
	if (var->varno == INNER_VAR)
		return trace_output(check, innerPlan(plan), var->varattno);
	if (var->varno == INDEX_VAR)
	{
		expr = target_expr(index_target_list(plan), var->varattno);
		if (expr == NULL || !IsA(expr, Var) ||
			IS_SPECIAL_VARNO(((Var *) expr)->varno))
			return make_origin(plan, NULL);
		var = (Var *) expr;
	}
	return trace_scan_var(check, plan, var);
}
