/*-------------------------------------------------------------------------
 *
 * src/session/plain_node.c
 *	  Node types of which only functions and parts are to be asked.
 *
 * Texts of one party that run in another's session (access rules, templates)
 * are judged by lists of functions.  What else an expression may do has to be
 * known of each type of node, so that one which a new release of the server
 * brings is refused.  Not here are those that read a value as a type, or call
 * what check_functions_in_node() does not name.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "nodes/nodeFuncs.h"
#include "session/plain_node.h"

/* Is it an expression, which has a type? */
static bool
is_plain_expression(const Node *node)
{
	switch (nodeTag(node))
	{
		case T_Var:
		case T_Param:
		case T_FuncExpr:
		case T_NamedArgExpr:
		case T_OpExpr:
		case T_DistinctExpr:
		case T_NullIfExpr:
		case T_ScalarArrayOpExpr:
		case T_RowCompareExpr:
		case T_Aggref:
		case T_BoolExpr:
		case T_SubLink:
		case T_RelabelType:
		case T_CollateExpr:
		case T_CaseExpr:
		case T_CaseTestExpr:
		case T_ArrayExpr:
		case T_RowExpr:
		case T_CoalesceExpr:
		case T_MinMaxExpr:
		case T_SQLValueFunction:
		case T_NullTest:
		case T_BooleanTest:
		case T_SubscriptingRef:
			return true;
		default:
			return false;
	}
}

/* See plain_node.h. */
bool
cr_plain_node(const Node *node)
{
	switch (nodeTag(node))
	{
		case T_List:
		case T_IntList:
		case T_OidList:
		case T_TargetEntry:
		case T_RangeTblRef:
		case T_RangeTblFunction:
		case T_FromExpr:
		case T_JoinExpr:
		case T_SetOperationStmt:
		case T_SortGroupClause:
		case T_CommonTableExpr:
		case T_CaseWhen:
			return true;
		default:
			return is_plain_expression(node);
	}
}

/* See plain_node.h. */
Oid
cr_plain_node_type(const Node *node)
{
	switch (nodeTag(node))
	{
		case T_Const:
		case T_CoerceViaIO:
		case T_ArrayCoerceExpr:
		case T_CoerceToDomain:
		case T_ConvertRowtypeExpr:
		case T_FieldSelect:
		case T_WindowFunc:
			return exprType(node);
		default:
			return is_plain_expression(node) ? exprType(node) : InvalidOid;
	}
}
