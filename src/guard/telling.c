/*-------------------------------------------------------------------------
 *
 * src/guard/telling.c
 *	  Says which plan nodes may tell of rows that they do not pass on.
 *
 * A function of the analyst's may write a released group down, or raise a
 * notice, and then have its row left out; a built-in one that fails names
 * what it failed on.  What is not known not to is taken to tell.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "agg/total.h"
#include "access/transam.h"
#include "guard/telling.h"
#include "nodes/nodeFuncs.h"

static bool
may_tell(Oid funcid, void *context)
{
	return cr_total_function(funcid) != funcid;
}

static bool
is_telling(Node *node, void *context)
{
	if (node == NULL)
		return false;
	switch (nodeTag(node))
	{
		case T_List:
		case T_TargetEntry:
		case T_Var:
		case T_Const:
		case T_Param:
		case T_BoolExpr:
		case T_RelabelType:
		case T_NullTest:
		case T_BooleanTest:
		case T_CaseExpr:
		case T_CaseWhen:
		case T_CaseTestExpr:
		case T_CoalesceExpr:
			break;
		case T_Aggref:
			/* built-in ones keep what they see to themselves */
			if (((Aggref *) node)->aggfnoid >= FirstNormalObjectId &&
				cr_total_aggregate(((Aggref *) node)->aggfnoid) !=
				((Aggref *) node)->aggfnoid)
				return true;
			break;
		case T_FuncExpr:
		case T_OpExpr:
		case T_DistinctExpr:
		case T_NullIfExpr:
		case T_ScalarArrayOpExpr:
			if (check_functions_in_node(node, may_tell, NULL))
				return true;
			break;
		default:
			return true;
	}
	return expression_tree_walker(node, is_telling, context);
}

bool
cr_telling_node(const Plan *plan)
{
	return is_telling((Node *) plan->targetlist, NULL) ||
		is_telling((Node *) plan->qual, NULL);
}
