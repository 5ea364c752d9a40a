/*-------------------------------------------------------------------------
 *
 * src/verify/plan_code.c
 *	  Finds what a plan node would call that did not come with the server.
 *
 * Of expressions over raw rows the check asks one thing only: that they call
 * nothing that anybody but a superuser has made.  What else they may compute
 * is the gate's to say; but between it and the plan functions are exchanged,
 * such as an operator's for its negator's, and conditions are moved.
 *
 * What an expression hands to a subplan, and a nested loop to the side that it
 * runs again for each row, is raw as well, though no raw row is read there.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/transam.h"
#include "catalog/pg_proc.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "utils/syscache.h"
#include "verify/plan_check.h"
#include "verify/verify.h"

static bool
is_made_by_others(Oid funcid, void *context)
{
	HeapTuple	tuple;
	Oid			owner;

	if (funcid < FirstNormalObjectId)
		return false;
	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(funcid));
	if (!HeapTupleIsValid(tuple))
		owner = InvalidOid;
	else
	{
		owner = ((Form_pg_proc) GETSTRUCT(tuple))->proowner;
		ReleaseSysCache(tuple);
	}
	if (superuser_arg(owner))
		return false;
	*(Oid *) context = funcid;
	return true;
}

static bool
code_walker(Node *node, Oid *funcid)
{
	if (node == NULL)
		return false;
	if (check_functions_in_node(node, is_made_by_others, funcid))
		return true;
	return expression_tree_walker(node, code_walker, (void *) funcid);
}

static List *
join_expressions(const Join *join)
{
	switch (nodeTag(join))
	{
		case T_MergeJoin:
			return list_make2(join->joinqual,
							  ((const MergeJoin *) join)->mergeclauses);
		case T_HashJoin:
			return list_make3(join->joinqual,
							  ((const HashJoin *) join)->hashclauses,
							  ((const HashJoin *) join)->hashkeys);
		default:
			return list_make1(join->joinqual);
	}
}

static List *
scan_expressions(const Plan *plan)
{
	switch (nodeTag(plan))
	{
		case T_IndexScan:
			return list_make4(((const IndexScan *) plan)->indexqual,
							  ((const IndexScan *) plan)->indexqualorig,
							  ((const IndexScan *) plan)->indexorderby,
							  ((const IndexScan *) plan)->indexorderbyorig);
		case T_IndexOnlyScan:
			return list_make3(((const IndexOnlyScan *) plan)->indexqual,
							  ((const IndexOnlyScan *) plan)->recheckqual,
							  ((const IndexOnlyScan *) plan)->indexorderby);
		case T_BitmapIndexScan:
			return list_make2(((const BitmapIndexScan *) plan)->indexqual,
							  ((const BitmapIndexScan *) plan)->indexqualorig);
		case T_BitmapHeapScan:
			return list_make1(((const BitmapHeapScan *) plan)->bitmapqualorig);
		case T_TidScan:
			return list_make1(((const TidScan *) plan)->tidquals);
		case T_TidRangeScan:
			return list_make1(((const TidRangeScan *) plan)->tidrangequals);
		case T_ForeignScan:
			return list_make2(((const ForeignScan *) plan)->fdw_exprs,
							  ((const ForeignScan *) plan)->fdw_recheck_quals);
		case T_CustomScan:
			return list_make1(((const CustomScan *) plan)->custom_exprs);
		default:
			return NIL;
	}
}

static List *
further_expressions(const Plan *plan)
{
	switch (nodeTag(plan))
	{
		case T_NestLoop:
		case T_MergeJoin:
		case T_HashJoin:
			return join_expressions((const Join *) plan);
		case T_Hash:
			return list_make1(((const Hash *) plan)->hashkeys);
		case T_Memoize:
			return list_make1(((const Memoize *) plan)->param_exprs);
		case T_Result:
			return list_make1(((const Result *) plan)->resconstantqual);
		case T_WindowAgg:
			return list_make3(((const WindowAgg *) plan)->runCondition,
							  ((const WindowAgg *) plan)->startOffset,
							  ((const WindowAgg *) plan)->endOffset);
		default:
			return scan_expressions(plan);
	}
}

/* All expressions of the node itself. */
static Node *
expressions(const Plan *plan)
{
	return (Node *) list_make3(plan->targetlist, plan->qual,
							   further_expressions(plan));
}

/* What a scan of something else than a table reads. */
static List *
source_expressions(const Plan *plan)
{
	switch (nodeTag(plan))
	{
		case T_FunctionScan:
			return ((const FunctionScan *) plan)->functions;
		case T_ValuesScan:
			return ((const ValuesScan *) plan)->values_lists;
		case T_TableFuncScan:
			return list_make1(((const TableFuncScan *) plan)->tablefunc);
		default:
			return NIL;
	}
}

static Node *
all_expressions(const Plan *plan)
{
	return (Node *) list_make2(expressions(plan), source_expressions(plan));
}

bool
cr_verify_walk_code(const Plan *plan, bool (*walker) (Node *, void *),
					void *context)
{
	return walker(all_expressions(plan), context);
}

Oid
cr_verify_made_function(const Plan *plan)
{
	Oid			funcid = InvalidOid;

	(void) code_walker(expressions(plan), &funcid);
	return funcid;
}

static bool
hands_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, SubPlan) && ((SubPlan *) node)->args != NIL)
		return true;
	return expression_tree_walker(node, hands_walker, context);
}

bool
cr_verify_asks_subplan(const Plan *plan)
{
	return hands_walker(expressions(plan), NULL);
}

static bool
param_walker(Node *node, Bitmapset *handed)
{
	if (node == NULL)
		return false;
	if (IsA(node, Param))
		return ((Param *) node)->paramkind == PARAM_EXEC &&
			bms_is_member(((Param *) node)->paramid, handed);
	return expression_tree_walker(node, param_walker, (void *) handed);
}

static bool
receives_walker(Node *node, Bitmapset *handed)
{
	Oid			funcid;

	if (node == NULL)
		return false;
	if ((check_functions_in_node(node, is_made_by_others, &funcid) ||
		 (IsA(node, SubPlan) && ((SubPlan *) node)->args != NIL)) &&
		param_walker(node, handed))
		return true;
	return expression_tree_walker(node, receives_walker, (void *) handed);
}

bool
cr_verify_receives(const Plan *plan, const Bitmapset *handed)
{
	return receives_walker(all_expressions(plan), (Bitmapset *) handed);
}
