/*-------------------------------------------------------------------------
 *
 * src/inspect/arms.c
 *	  Writes a query over a UNION ALL as one over a single branch of it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/constant.h"
#include "base/make_query.h"
#include "inspect/arms.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "optimizer/tlist.h"
#include "parser/parse_coerce.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteManip.h"
#include "utils/fmgroids.h"

typedef struct ArmContext
{
	int			rti;			/* the UNION ALL in the query's FROM */
	Query	   *branch;
	Index		depth;			/* of sub-selects around the node */
	bool		impossible;		/* a column of it cannot be had so */
} ArmContext;

/* What a column of the UNION ALL is in the branch, as the former's type. */
static Node *
branch_column(const Var *var, ArmContext *context)
{
	TargetEntry *tle = get_tle_by_resno(context->branch->targetList,
										var->varattno);
	Var		   *column = (Var *) copyObjectImpl(var);
	Node	   *stripped;
	Node	   *result;

	if (tle == NULL || tle->resjunk)
	{
		context->impossible = true;
		return (Node *) column;
	}
	stripped = cr_inspect_strip((Node *) tle->expr);
	column->vartype = exprType((Node *) tle->expr);
	column->vartypmod = exprTypmod((Node *) tle->expr);
	column->varcollid = exprCollation((Node *) tle->expr);
	/* written out, so that the query around it sees the constant too */
	result = IsA(stripped, Const) ?
		copyObject((Node *) tle->expr) : (Node *) column;
	if (column->vartype != var->vartype)
		result = coerce_to_target_type(NULL, result, column->vartype,
									   var->vartype, var->vartypmod,
									   COERCION_IMPLICIT,
									   COERCE_IMPLICIT_CAST, -1);
	if (result == NULL || exprCollation(result) != var->varcollid)
	{
		context->impossible = true;
		return (Node *) column;
	}
	return result;
}

static bool
is_widening(Oid funcid)
{
	return funcid == F_INT4_INT2 || funcid == F_INT8_INT2 ||
		funcid == F_INT8_INT4 || funcid == F_NUMERIC_INT2 ||
		funcid == F_NUMERIC_INT4 || funcid == F_NUMERIC_INT8 ||
		funcid == F_FLOAT8_FLOAT4;
}

/*
 * The type of the UNION ALL may be wider than the branch's: what is counted is
 * the column all the same, which has a value wherever the wider one has.
 */
static Node *
count_column(Aggref *count)
{
	TargetEntry *arg = linitial_node(TargetEntry, count->args);
	FuncExpr   *cast = (FuncExpr *) arg->expr;

	if (IsA(cast, FuncExpr) && cast->funcformat == COERCE_IMPLICIT_CAST &&
		is_widening(cast->funcid))
	{
		arg->expr = linitial(cast->args);
		count->aggargtypes = list_make1_oid(exprType((Node *) arg->expr));
	}
	return (Node *) count;
}

static Node *
arm_mutator(Node *node, ArmContext *context)
{
	if (node == NULL)
		return NULL;
	if (IsA(node, Aggref) && ((Aggref *) node)->aggfnoid == F_COUNT_ANY &&
		((Aggref *) node)->aggdistinct == NIL)
	{
		node = expression_tree_mutator(node, arm_mutator, (void *) context);
		return count_column((Aggref *) node);
	}
	if (IsA(node, Var))
	{
		Var		   *var = (Var *) node;

		if (var->varno == context->rti && var->varlevelsup == context->depth)
			return branch_column(var, context);
		return (Node *) copyObject(var);
	}
	if (IsA(node, Query))
	{
		Query	   *query;

		context->depth++;
		query = query_tree_mutator((Query *) node, arm_mutator, context, 0);
		context->depth--;
		return (Node *) query;
	}
	return expression_tree_mutator(node, arm_mutator, (void *) context);
}

/*
 * A copy of the query with the branch in the place of the UNION ALL that is
 * entry rti of its range table.  *possible becomes false where a column
 * cannot be had from the branch.
 */
Query *
cr_arm_query(Query *query, int rti, Query *branch, bool *possible)
{
	ArmContext	context = {rti, branch, 0, false};
	Query	   *arm = (Query *) copyObjectImpl(query);
	Query	   *below = copyObject(branch);

	/* a copy first: mutating leaves parts of the entries shared */
	arm = query_tree_mutator(arm, arm_mutator, &context, 0);
	/* the branch is one level nearer to the WITH lists around it now */
	IncrementVarSublevelsUp((Node *) below, -1, 2);
	rt_fetch(rti, arm->rtable)->subquery = below;
	if (context.impossible)
		*possible = false;
	return arm;
}

/*
 * An expression of the query, computed as far as the branch's constants go.
 */
Node *
cr_arm_value(int rti, Query *branch, Node *expr)
{
	ArmContext	context = {rti, branch, 0, false};

	if (expr == NULL)
		return NULL;
	return cr_fold(arm_mutator(expr, &context));
}

/* Is the condition false or null for every row of the branch? */
bool
cr_arm_never(int rti, Query *branch, Node *quals)
{
	Node	   *value = cr_arm_value(rti, branch, quals);

	return value != NULL && IsA(value, Const) &&
		(((Const *) value)->constisnull ||
		 !DatumGetBool(((Const *) value)->constvalue));
}

static SetOperationStmt *
unite_two(Node *left, Node *right, List *targets)
{
	SetOperationStmt *op = makeNode(SetOperationStmt);
	ListCell   *lc;

	op->op = SETOP_UNION;
	op->all = true;
	op->larg = left;
	op->rarg = right;
	foreach(lc, targets)
	{
		Node	   *expr = (Node *) lfirst_node(TargetEntry, lc)->expr;

		op->colTypes = lappend_oid(op->colTypes, exprType(expr));
		op->colTypmods = lappend_int(op->colTypmods, -1);
		op->colCollations = lappend_oid(op->colCollations,
										exprCollation(expr));
	}
	return op;
}

/*
 * The UNION ALL of queries whose columns agree in type, none of them junk.
 */
Query *
cr_arms_unite(List *arms)
{
	Query	   *query = cr_make_select(NIL, NIL, NULL);
	List	   *targets = linitial_node(Query, arms)->targetList;
	Node	   *tree = NULL;
	ListCell   *lc;

	foreach(lc, arms)
	{
		Query	   *arm = lfirst_node(Query, lc);
		RangeTblEntry *rte = cr_make_subquery_entry(arm, "branch",
													cr_column_names(arm));
		Node	   *ref;

		rte->inFromCl = false;
		query->rtable = lappend(query->rtable, rte);
		ref = cr_make_reference(list_length(query->rtable));
		tree = tree == NULL ? ref : (Node *) unite_two(tree, ref, targets);
	}
	query->setOperations = tree;
	foreach(lc, targets)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);
		Var		   *var = makeVarFromTargetEntry(1, tle);

		var->vartypmod = -1;
		query->targetList =
			lappend(query->targetList,
					makeTargetEntry((Expr *) var, tle->resno,
									pstrdup(tle->resname), false));
	}
	return query;
}
