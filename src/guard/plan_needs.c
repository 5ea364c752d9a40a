/*-------------------------------------------------------------------------
 *
 * src/guard/plan_needs.c
 *	  Finds what a plan may look up in the catalogs when it meets rows.
 *
 * Most of what a plan calls is looked up when it is started.  What is not:
 * what functions look up in their first call, by the types that they are
 * given; collations; operators of a sort, or of a hash table, that is made
 * when its first row is there; what scans of indexes find for their keys.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/transam.h"
#include "guard/plan_needs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/lsyscache.h"
#include "verify/verify.h"

static void
add(List **list, Oid oid)
{
	if (OidIsValid(oid))
		*list = list_append_unique_oid(*list, oid);
}

static void
add_order(CrNeeds *needs, Oid operator, Oid collation)
{
	CrOrder    *order;
	ListCell   *lc;

	foreach(lc, needs->orders)
	{
		order = lfirst(lc);
		if (order->operator == operator && order->collation == collation)
			return;
	}
	order = palloc(sizeof(CrOrder));
	order->operator = operator;
	order->collation = collation;
	needs->orders = lappend(needs->orders, order);
}

static void
add_orders(CrNeeds *needs, int n, const Oid *operators, const Oid *collations)
{
	for (int i = 0; i < n; i++)
		add_order(needs, operators[i], collations[i]);
}

/* ---------- expressions ---------- */

static bool
add_function(Oid funcid, void *context)
{
	add(&((CrNeeds *) context)->functions, funcid);
	return false;
}

static void
add_made(CrNeeds *needs, Oid funcid, Node *expr, List *args)
{
	CrMadeCall *call;

	if (funcid < FirstNormalObjectId)
		return;
	call = palloc(sizeof(CrMadeCall));
	call->funcid = funcid;
	call->expr = expr;
	call->nargs = list_length(args);
	needs->made = lappend(needs->made, call);
}

/* Aggregates of distinct, or sorted, values sort those of each group. */
static void
add_aggregate(CrNeeds *needs, Aggref *aggregate)
{
	ListCell   *lc;

	add(&needs->types, aggregate->aggtranstype);
	foreach(lc, list_concat_copy(aggregate->aggorder, aggregate->aggdistinct))
	{
		SortGroupClause *clause = lfirst_node(SortGroupClause, lc);
		Node	   *sorted = get_sortgroupclause_expr(clause, aggregate->args);

		if (OidIsValid(clause->sortop))
			add_order(needs, clause->sortop, exprCollation(sorted));
		add(&needs->types, exprType(sorted));
	}
}

static bool
add_hashed(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, OpExpr))
		add(&((CrNeeds *) context)->hashed, ((OpExpr *) node)->opno);
	return expression_tree_walker(node, add_hashed, context);
}

/*
 * Not each node of an expression has a type, and the server fails where it is
 * asked for one of those.  Nodes that are not listed compute nothing, or are
 * not admitted over protected rows.
 */
static bool
has_type(Node *node)
{
	switch (nodeTag(node))
	{
		case T_Var:
		case T_Const:
		case T_Param:
		case T_Aggref:
		case T_GroupingFunc:
		case T_WindowFunc:
		case T_SubscriptingRef:
		case T_FuncExpr:
		case T_NamedArgExpr:
		case T_OpExpr:
		case T_DistinctExpr:
		case T_NullIfExpr:
		case T_ScalarArrayOpExpr:
		case T_BoolExpr:
		case T_SubPlan:
		case T_AlternativeSubPlan:
		case T_FieldSelect:
		case T_FieldStore:
		case T_RelabelType:
		case T_CoerceViaIO:
		case T_ArrayCoerceExpr:
		case T_ConvertRowtypeExpr:
		case T_CollateExpr:
		case T_CaseExpr:
		case T_CaseTestExpr:
		case T_ArrayExpr:
		case T_RowExpr:
		case T_RowCompareExpr:
		case T_CoalesceExpr:
		case T_MinMaxExpr:
		case T_SQLValueFunction:
		case T_XmlExpr:
		case T_NullTest:
		case T_BooleanTest:
		case T_CoerceToDomain:
		case T_CoerceToDomainValue:
			return true;
		default:
			return false;
	}
}

static bool
needs_walker(Node *node, void *context)
{
	CrNeeds    *needs = context;

	if (node == NULL)
		return false;
	(void) check_functions_in_node(node, add_function, needs);
	if (has_type(node))
	{
		add(&needs->types, exprType(node));
		add(&needs->collations, exprCollation(node));
		add(&needs->collations, exprInputCollation(node));
	}
	if (IsA(node, FuncExpr))
		add_made(needs, ((FuncExpr *) node)->funcid, node,
				 ((FuncExpr *) node)->args);
	else if (IsA(node, OpExpr))
		add_made(needs, ((OpExpr *) node)->opfuncid, node,
				 ((OpExpr *) node)->args);
	else if (IsA(node, Aggref))
		add_aggregate(needs, (Aggref *) node);
	else if (IsA(node, ScalarArrayOpExpr))
		add(&needs->functions, ((ScalarArrayOpExpr *) node)->hashfuncid);
	else if (IsA(node, SubPlan) && ((SubPlan *) node)->useHashTable)
		(void) add_hashed(((SubPlan *) node)->testexpr, needs);
	return expression_tree_walker(node, needs_walker, context);
}

/* ---------- nodes ---------- */

static void
add_sort(CrNeeds *needs, const Sort *sort)
{
	add_orders(needs, sort->numCols, sort->sortOperators, sort->collations);
}

/* The sorts of further grouping sets are no nodes of the running plan. */
static void
add_chain(CrNeeds *needs, const Agg *agg)
{
	ListCell   *lc;

	foreach(lc, agg->chain)
	{
		Plan	   *below = outerPlan(lfirst_node(Agg, lc));

		if (below != NULL && IsA(below, Sort))
			add_sort(needs, (Sort *) below);
	}
}

static void
add_hash_join(CrNeeds *needs, const HashJoin *join)
{
	ListCell   *lc;

	foreach(lc, join->hashoperators)
		add(&needs->hashed, lfirst_oid(lc));
	foreach(lc, join->hashcollations)
		add(&needs->collations, lfirst_oid(lc));
}

/* Rows are compared as soon as there are two. */
static void
add_window(CrNeeds *needs, const WindowAgg *window)
{
	for (int i = 0; i < window->partNumCols; i++)
	{
		add(&needs->functions, get_opcode(window->partOperators[i]));
		add(&needs->collations, window->partCollations[i]);
	}
	for (int i = 0; i < window->ordNumCols; i++)
	{
		add(&needs->functions, get_opcode(window->ordOperators[i]));
		add(&needs->collations, window->ordCollations[i]);
	}
	add(&needs->functions, window->startInRangeFunc);
	add(&needs->functions, window->endInRangeFunc);
}

static bool
needs_of_state(PlanState *state, void *context)
{
	CrNeeds    *needs = context;
	Plan	   *plan;

	if (state == NULL)
		return false;
	plan = state->plan;
	(void) cr_verify_walk_code(plan, needs_walker, needs);
	switch (nodeTag(plan))
	{
		case T_Sort:
			add_sort(needs, (Sort *) plan);
			break;
		case T_IncrementalSort:
			add_sort(needs, &((IncrementalSort *) plan)->sort);
			break;
		case T_Agg:
			add_chain(needs, (Agg *) plan);
			break;
		case T_WindowAgg:
			add_window(needs, (WindowAgg *) plan);
			break;
		case T_HashJoin:
			add_hash_join(needs, (HashJoin *) plan);
			break;
		case T_Hash:
			if (OidIsValid(((Hash *) plan)->skewTable))
				needs->skewed = lappend(needs->skewed, plan);
			break;
		case T_IndexScan:
			add(&needs->indexes, ((IndexScan *) plan)->indexid);
			break;
		case T_IndexOnlyScan:
			add(&needs->indexes, ((IndexOnlyScan *) plan)->indexid);
			break;
		case T_BitmapIndexScan:
			add(&needs->indexes, ((BitmapIndexScan *) plan)->indexid);
			break;
		default:
			break;
	}
	return planstate_tree_walker(state, needs_of_state, context);
}

CrNeeds *
cr_plan_needs_find(PlanState *top)
{
	CrNeeds    *needs = palloc0(sizeof(CrNeeds));

	(void) needs_of_state(top, needs);
	return needs;
}
