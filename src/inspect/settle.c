/*-------------------------------------------------------------------------
 *
 * src/inspect/settle.c
 *	  Computes what is constant in an expression, as far as nothing can fail.
 *
 * The server's own eval_const_expressions() calls any function whose arguments
 * are constants.  Where null is put for a column, in order to see what a
 * condition would be, that could be one that no row would have called so, and
 * fail: an analyst would be told of an error that the query does not have.
 * Here a strict function of a null is null, comparisons are computed, and what
 * is left of AND, OR, CASE and COALESCE; other calls stay.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/transam.h"
#include "base/compat.h"
#include "base/constant.h"
#include "catalog/pg_type.h"
#include "inspect/facts.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "utils/array.h"
#include "utils/lsyscache.h"

static bool
is_null(Node *node)
{
	return node != NULL && IsA(node, Const) && ((Const *) node)->constisnull;
}

static bool
has_null(List *args)
{
	ListCell   *lc;

	foreach(lc, args)
	{
		if (is_null(lfirst(lc)))
			return true;
	}
	return false;
}

static bool
are_constants(List *args)
{
	ListCell   *lc;

	foreach(lc, args)
	{
		if (!IsA(lfirst(lc), Const))
			return false;
	}
	return true;
}

/* Does an operator of the server's compare, by an order or an equality? */
bool
cr_inspect_compares(Oid opno)
{
	return opno < FirstUnpinnedObjectId && cr_operator_compares(opno);
}

static Node *
null_of(Node *node)
{
	return (Node *) makeNullConst(exprType(node), exprTypmod(node),
								  exprCollation(node));
}

static Node *
settle_operator(OpExpr *op)
{
	set_opfuncid(op);
	if (op->opretset)
		return (Node *) op;
	if (has_null(op->args) && func_strict(op->opfuncid))
		return null_of((Node *) op);
	if (are_constants(op->args) && cr_inspect_compares(op->opno))
		return cr_fold((Node *) op);
	return (Node *) op;
}

static Node *
settle_call(Node *node)
{
	FuncExpr   *call = (FuncExpr *) node;

	if (IsA(node, FuncExpr))
		return has_null(call->args) && !call->funcretset &&
			func_strict(call->funcid) ? null_of(node) : node;
	if (IsA(node, CoerceViaIO))
		return is_null((Node *) ((CoerceViaIO *) node)->arg) ?
			null_of(node) : node;
	if (IsA(node, RelabelType) &&
		IsA(((RelabelType *) node)->arg, Const))
		return cr_fold(node);
	return node;
}

/* Nothing compared with no value is not null, but true or false. */
static bool
has_elements(Node *array)
{
	if (IsA(array, Const) && !is_null(array))
	{
		ArrayType  *value = DatumGetArrayTypeP(((Const *) array)->constvalue);

		return ArrayGetNItems(ARR_NDIM(value), ARR_DIMS(value)) > 0;
	}
	return IsA(array, ArrayExpr) && !((ArrayExpr *) array)->multidims &&
		((ArrayExpr *) array)->elements != NIL;
}

static Node *
settle_list(ScalarArrayOpExpr *op)
{
	Node	   *array = cr_inspect_strip_array(lsecond(op->args));

	set_sa_opfuncid(op);
	if (IsA(linitial(op->args), Const) && cr_inspect_compares(op->opno) &&
		(IsA(array, Const) ||
		 (IsA(array, ArrayExpr) && !((ArrayExpr *) array)->multidims &&
		  are_constants(((ArrayExpr *) array)->elements))))
		return cr_fold((Node *) op);
	if (func_strict(op->opfuncid) &&
		(is_null(lsecond(op->args)) ||
		 (is_null(linitial(op->args)) &&
		  has_elements(array))))
		return null_of((Node *) op);
	return (Node *) op;
}

/* The first that is not null, as far as can be seen. */
static Node *
settle_coalesce(CoalesceExpr *coalesce)
{
	List	   *args = NIL;
	ListCell   *lc;

	foreach(lc, coalesce->args)
	{
		if (is_null(lfirst(lc)))
			continue;
		args = lappend(args, lfirst(lc));
		if (IsA(lfirst(lc), Const))
			break;
	}
	if (args == NIL)
		return null_of((Node *) coalesce);
	if (list_length(args) == 1)
		return linitial(args);
	coalesce->args = args;
	return (Node *) coalesce;
}

/* Is a constant condition true?  False where it is null. */
static bool
holds(Node *condition)
{
	return !is_null(condition) &&
		DatumGetBool(((Const *) condition)->constvalue);
}

static Node *
settle_case(CaseExpr *expr)
{
	List	   *whens = NIL;
	ListCell   *lc;

	if (expr->arg != NULL && !IsA(expr->arg, Const))
		return (Node *) expr;
	foreach(lc, expr->args)
	{
		CaseWhen   *when = lfirst_node(CaseWhen, lc);

		if (expr->arg != NULL)
			when->expr = (Expr *)
				cr_inspect_settle(cr_inspect_when(expr, when));
		if (!IsA(when->expr, Const))
			whens = lappend(whens, when);
		else if (holds((Node *) when->expr))
		{
			expr->defresult = when->result;
			break;
		}
	}
	if (whens == NIL)
		return expr->defresult != NULL ? (Node *) expr->defresult :
			null_of((Node *) expr);
	expr->arg = NULL;
	expr->args = whens;
	return (Node *) expr;
}

static Node *
settle_boolean(BoolExpr *expr)
{
	List	   *args = NIL;
	bool		decided = expr->boolop == OR_EXPR;
	ListCell   *lc;

	if (expr->boolop == NOT_EXPR)
		return IsA(linitial(expr->args), Const) ?
			cr_fold((Node *) expr) : (Node *) expr;
	foreach(lc, expr->args)
	{
		Node	   *arg = (Node *) lfirst(lc);

		if (!IsA(arg, Const) || is_null(arg))
			args = lappend(args, arg);
		else if (holds(arg) == decided)
			return makeBoolConst(decided, false);
	}
	if (args == NIL)
		return makeBoolConst(!decided, false);
	if (are_constants(args))
		return makeBoolConst(false, true);
	expr->args = args;
	return list_length(args) == 1 ? (Node *) linitial(args) : (Node *) expr;
}

static Node *
settle_distinct(DistinctExpr *expr)
{
	Node	   *left = linitial(expr->args);
	Node	   *right = lsecond(expr->args);

	if (IsA(left, Const) && IsA(right, Const) &&
		(is_null(left) || is_null(right)))
		return makeBoolConst(is_null(left) != is_null(right), false);
	return are_constants(expr->args) && cr_inspect_compares(expr->opno) ?
		cr_fold((Node *) expr) : (Node *) expr;
}

static Node *
settle_extreme(MinMaxExpr *expr)
{
	List	   *args = NIL;
	ListCell   *lc;

	foreach(lc, expr->args)
	{
		if (!is_null(lfirst(lc)))
			args = lappend(args, lfirst(lc));
	}
	if (args == NIL)
		return null_of((Node *) expr);
	if (list_length(args) == 1)
		return linitial(args);
	expr->args = args;
	return are_constants(args) ?
		cr_fold((Node *) expr) : (Node *) expr;
}

static Node *
settle_mutator(Node *node, void *context)
{
	if (node == NULL || IsA(node, Aggref) || IsA(node, SubLink) ||
		IsA(node, Query))
		return node;
	check_stack_depth();
	node = expression_tree_mutator(node, settle_mutator, context);
	switch (nodeTag(node))
	{
		case T_OpExpr:
			return settle_operator((OpExpr *) node);
		case T_FuncExpr:
		case T_CoerceViaIO:
		case T_RelabelType:
			return settle_call(node);
		case T_ScalarArrayOpExpr:
			return settle_list((ScalarArrayOpExpr *) node);
		case T_CoalesceExpr:
			return settle_coalesce((CoalesceExpr *) node);
		case T_CaseExpr:
			return settle_case((CaseExpr *) node);
		case T_BoolExpr:
			return settle_boolean((BoolExpr *) node);
		case T_DistinctExpr:
			return settle_distinct((DistinctExpr *) node);
		case T_MinMaxExpr:
			return settle_extreme((MinMaxExpr *) node);
		case T_NullTest:
			return IsA(((NullTest *) node)->arg, Const) ?
				cr_fold(node) : node;
		case T_BooleanTest:
			return IsA(((BooleanTest *) node)->arg, Const) ?
				cr_fold(node) : node;
		default:
			return node;
	}
}

/* The expression with what is constant computed; NULL for none. */
Node *
cr_inspect_settle(Node *expr)
{
	return settle_mutator(expr, NULL);
}

/* Is the condition, settled, false or null, whatever the row? */
static bool
never_holds(Node *condition)
{
	ListCell   *lc;
	bool		any = is_orclause(condition);

	if (!any && !is_andclause(condition))
		return IsA(condition, Const) && !holds(condition);
	foreach(lc, ((BoolExpr *) condition)->args)
	{
		if (never_holds(lfirst(lc)) != any)
			return !any;
	}
	return any;
}

/* The same of any condition; none is taken for one that never holds. */
bool
cr_inspect_never_holds(Node *condition)
{
	Node	   *value = cr_inspect_settle(condition);

	return value == NULL || never_holds(value);
}
