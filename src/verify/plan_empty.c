/*-------------------------------------------------------------------------
 *
 * src/verify/plan_empty.c
 *	  Recognises the parts of a plan that the planner has found to be empty.
 *
 * Where a condition is false for all rows, as with a parameter that is NULL,
 * the planner does not scan the table.  A join with nothing may be left: its
 * other side is read, and none of it is returned.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "verify/plan_check.h"

/* Is a condition asked before all rows a constant, and not true? */
static bool
is_never(List *conditions)
{
	ListCell   *lc;

	foreach(lc, conditions)
	{
		Const	   *condition = (Const *) lfirst(lc);

		if (IsA(condition, Const) &&
			(condition->constisnull || !DatumGetBool(condition->constvalue)))
			return true;
	}
	return false;
}

static bool
all_return_nothing(List *plans)
{
	ListCell   *lc;

	foreach(lc, plans)
	{
		if (!cr_verify_returns_nothing(lfirst(lc)))
			return false;
	}
	return true;
}

static bool
join_returns_nothing(Join *join)
{
	bool		outer = cr_verify_returns_nothing(outerPlan(join));
	bool		inner = cr_verify_returns_nothing(innerPlan(join));

	switch (join->jointype)
	{
		case JOIN_INNER:
		case JOIN_SEMI:
			return outer || inner;
		case JOIN_LEFT:
		case JOIN_ANTI:
			return outer;
		case JOIN_RIGHT:
			return inner;
		case JOIN_FULL:
			return outer && inner;
		default:
			return false;
	}
}

bool
cr_verify_returns_nothing(Plan *plan)
{
	check_stack_depth();
	if (plan == NULL)
		return false;
	switch (nodeTag(plan))
	{
		case T_Result:
			return is_never((List *) ((Result *) plan)->resconstantqual) ||
				cr_verify_returns_nothing(outerPlan(plan));
		case T_Agg:
			/* without keys there is a row for no rows */
			return ((Agg *) plan)->numCols > 0 &&
				((Agg *) plan)->groupingSets == NIL &&
				cr_verify_returns_nothing(outerPlan(plan));
		case T_Sort:
		case T_IncrementalSort:
		case T_Hash:
		case T_Material:
		case T_Group:
		case T_Unique:
		case T_Gather:
		case T_GatherMerge:
			return cr_verify_returns_nothing(outerPlan(plan));
		case T_SubqueryScan:
			return cr_verify_returns_nothing(((SubqueryScan *) plan)->subplan);
		case T_Append:
			return all_return_nothing(((Append *) plan)->appendplans);
		case T_MergeAppend:
			return all_return_nothing(((MergeAppend *) plan)->mergeplans);
		case T_NestLoop:
		case T_MergeJoin:
		case T_HashJoin:
			return join_returns_nothing((Join *) plan);
		default:
			return false;
	}
}
