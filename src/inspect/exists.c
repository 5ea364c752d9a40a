/*-------------------------------------------------------------------------
 *
 * src/inspect/exists.c
 *	  Reads EXISTS over groups, and comparisons of a count, as IN.
 *
 *	EXISTS (SELECT 1 FROM b WHERE b.k = a.k AND c GROUP BY b.k HAVING h)
 *	(SELECT count(*) FROM b WHERE b.k = a.k AND c) >= 5
 *
 * ask whether a.k is in (SELECT b.k FROM b WHERE c GROUP BY b.k HAVING h), the
 * latter with count(*) >= 5 as h.  Of a key that no row has there is no group
 * in that set; so where GROUP BY is left out, h must not hold of no rows, or
 * it is the opposite that is asked for and denied.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/transam.h"
#include "base/constant.h"
#include "base/make_expr.h"
#include "base/make_query.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "inspect/facts.h"
#include "inspect/normalize.h"
#include "inspect/polynomial.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "optimizer/tlist.h"
#include "policy/policy.h"
#include "rewrite/rewriteManip.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

/* Does it aggregate rows of FROM and WHERE, and nothing beside? */
static bool
is_plain_aggregation(Query *query)
{
	return query->commandType == CMD_SELECT && query->cteList == NIL &&
		query->setOperations == NULL && query->groupingSets == NIL &&
		!query->hasWindowFuncs && !query->hasTargetSRFs &&
		!query->hasDistinctOn && query->rowMarks == NIL &&
		query->limitCount == NULL && query->limitOffset == NULL;
}

static Node *
nobody_mutator(Node *node, void *context)
{
	Aggref	   *aggref = (Aggref *) node;

	if (node == NULL)
		return NULL;
	if (!IsA(node, Aggref))
		return expression_tree_mutator(node, nobody_mutator, context);
	return (Node *) cr_aggregate_of_nothing(aggref);
}

/* Is there anything but comparisons, by which nothing can fail? */
static bool
foreign_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, OpExpr))
	{
		if (((OpExpr *) node)->opno >= FirstNormalObjectId ||
			((OpExpr *) node)->opresulttype != BOOLOID)
			return true;
	}
	else if (!IsA(node, BoolExpr) && !IsA(node, Const) && !IsA(node, List) &&
			 !IsA(node, Aggref))
		return true;
	return !IsA(node, Aggref) &&
		expression_tree_walker(node, foreign_walker, context);
}

/*
 * What the condition, of comparisons of aggregates with constants, is of no
 * rows at all.  False if that cannot be told beforehand.
 */
static bool
holds_of_none(Node *having, bool *holds)
{
	Const	   *result;

	if (having == NULL || foreign_walker(having, NULL) ||
		contain_volatile_functions(having))
		return false;
	result = (Const *) cr_fold(nobody_mutator(having, NULL));
	if (!IsA(result, Const))
		return false;
	*holds = !result->constisnull && DatumGetBool(result->constvalue);
	return true;
}

/* Does the condition name columns outside its aggregates? */
static bool
names_columns(Node *having)
{
	ListCell   *lc;

	foreach(lc, pull_var_clause(having, PVC_INCLUDE_AGGREGATES))
	{
		if (IsA(lfirst(lc), Var))
			return true;
	}
	return false;
}

/* Is there no group of it but of the key, so that it can be grouped by it? */
static bool
is_grouped_by(Query *query, Node *key)
{
	bool		holds;
	Node	   *grouped;

	if (contain_vars_of_level(query->havingQual, 1))
		return false;
	if (query->groupClause == NIL)
		return holds_of_none(query->havingQual, &holds) && !holds;
	if (list_length(query->groupClause) != 1 ||
		names_columns(query->havingQual))
		return false;
	grouped = get_sortgroupclause_expr(linitial(query->groupClause),
									   query->targetList);
	return equal(cr_inspect_strip(grouped), cr_inspect_strip(key));
}

/* Makes it SELECT key FROM … GROUP BY key HAVING …, in place. */
static void
group_by(Query *query, Node *key)
{
	TargetEntry *tle = makeTargetEntry((Expr *) key, 1, "member", false);

	query->targetList = list_make1(tle);
	query->distinctClause = NIL;
	query->sortClause = NIL;
	query->hasAggs = contain_aggs_of_level(query->havingQual, 0);
	query->groupClause = list_make1(cr_make_grouping(tle, query->targetList));
}

static bool
is_column_of(Node *node, Index levelsup)
{
	node = cr_inspect_strip(node);
	return IsA(node, Var) && ((Var *) node)->varlevelsup == levelsup;
}

/* outer = ANY (SELECT key …), or NULL if they cannot be exchanged. */
static SubLink *
make_in(OpExpr *equality, bool outer_is_left, Query *members)
{
	SubLink    *in = makeNode(SubLink);
	OpExpr	   *test = copyObject(equality);
	Node	   *outer = outer_is_left ?
		linitial(test->args) : lsecond(test->args);
	Param	   *member = makeNode(Param);
	Node	   *key = (Node *) linitial_node(TargetEntry,
											 members->targetList)->expr;

	if (!outer_is_left)
		test->opno = get_commutator(test->opno);
	if (!OidIsValid(test->opno) || test->opno >= FirstNormalObjectId)
		return NULL;
	test->opfuncid = get_opcode(test->opno);
	IncrementVarSublevelsUp(outer, -1, 1);
	member->paramkind = PARAM_SUBLINK;
	member->paramid = 1;
	member->paramtype = exprType(key);
	member->paramtypmod = exprTypmod(key);
	member->paramcollid = exprCollation(key);
	member->location = -1;
	test->args = list_make2(outer, member);
	in->subLinkType = ANY_SUBLINK;
	in->testexpr = (Node *) test;
	in->operName = list_make1(makeString("="));
	in->subselect = (Node *) members;
	in->location = -1;
	return in;
}

/*
 * The EXISTS as IN, if it asks about groups by the column that is compared
 * with one of the query around; else NULL.  Names of the subquery must be
 * normalized.  Unlike IN it is never unknown.
 */
SubLink *
cr_exists_as_in(const SubLink *exists)
{
	Query	   *members = copyObject((Query *) exists->subselect);
	List	   *conjuncts =
		make_ands_implicit((Expr *) members->jointree->quals);
	ListCell   *lc;

	if (!is_plain_aggregation(members) ||
		(members->groupClause == NIL && members->havingQual == NULL))
		return NULL;
	foreach(lc, conjuncts)
	{
		OpExpr	   *equality = (OpExpr *) lfirst(lc);
		Node	   *left;
		Node	   *right;
		Node	   *key;
		bool		outer_is_left;

		if (!cr_inspect_equality((Node *) equality, &left, &right))
			continue;
		outer_is_left = is_column_of(left, 1) && is_column_of(right, 0);
		if (!outer_is_left &&
			!(is_column_of(left, 0) && is_column_of(right, 1)))
			continue;
		key = outer_is_left ? lsecond(equality->args) :
			linitial(equality->args);
		if (!is_grouped_by(members, key))
			return NULL;
		members->jointree->quals = (Node *)
			make_ands_explicit(list_delete_ptr(conjuncts, equality));
		group_by(members, copyObject(key));
		return make_in(equality, outer_is_left, members);
	}
	return NULL;
}

/*
 * A count is compared as it is, without the cast by which clients get a
 * number of their own size; which could fail, unlike the comparison.
 */
static Node *
strip_count_cast(Node *node)
{
	FuncExpr   *call = (FuncExpr *) node;

	return IsA(node, FuncExpr) && call->funcid == F_INT4_INT8 ?
		linitial(call->args) : node;
}

/* The only thing that the subquery returns, if that is a count; else NULL. */
static Aggref *
returned_count(Node *node)
{
	Query	   *query;
	TargetEntry *tle;
	Aggref	   *count;

	if (!IsA(node, SubLink) || ((SubLink *) node)->subLinkType != EXPR_SUBLINK)
		return NULL;
	query = castNode(Query, ((SubLink *) node)->subselect);
	if (!is_plain_aggregation(query) || query->groupClause != NIL ||
		query->havingQual != NULL || list_length(query->targetList) != 1)
		return NULL;
	tle = linitial_node(TargetEntry, query->targetList);
	count = (Aggref *) strip_count_cast((Node *) tle->expr);
	if (!IsA(count, Aggref) || count->agglevelsup != 0 ||
		cr_aggregate_family(count->aggfnoid) != CR_AGG_COUNT)
		return NULL;
	return count;
}

/* The comparison, with the operator of that name for what it is given now. */
static bool
set_operator(OpExpr *comparison)
{
	char	   *name = get_opname(comparison->opno);

	if (name == NULL || comparison->opno >= FirstNormalObjectId)
		return false;
	comparison->opno =
		OpernameGetOprid(list_make2(makeString("pg_catalog"),
									makeString(name)),
						 exprType(linitial(comparison->args)),
						 exprType(lsecond(comparison->args)));
	comparison->opfuncid = get_opcode(comparison->opno);
	return OidIsValid(comparison->opno);
}

/*
 * (SELECT count(*) …) compared with a constant, where the subquery names a
 * column of the query around: as EXISTS or NOT EXISTS.  NULL if the expression
 * is none such.
 */
Node *
cr_exists_of_count(Node *node)
{
	OpExpr	   *having;
	SubLink    *sublink = NULL;
	Query	   *query;
	bool		holds;
	int			i;

	if (!IsA(node, OpExpr) || list_length(((OpExpr *) node)->args) != 2)
		return NULL;
	having = copyObject((OpExpr *) node);
	for (i = 0; i < 2 && sublink == NULL; i++)
	{
		Node	   *value = strip_count_cast(list_nth(having->args, i));
		Aggref	   *count = returned_count(value);

		/* what is compared with NULL is unknown, which EXISTS never is */
		if (count == NULL || !IsA(list_nth(having->args, 1 - i), Const) ||
			((Const *) list_nth(having->args, 1 - i))->constisnull)
			continue;
		sublink = (SubLink *) value;
		lfirst(list_nth_cell(having->args, i)) = copyObject(count);
	}
	if (sublink == NULL || having->opresulttype != BOOLOID ||
		!set_operator(having) || !holds_of_none((Node *) having, &holds))
		return NULL;
	query = castNode(Query, sublink->subselect);
	if (!cr_inspect_touches(query) || !cr_inspect_refers_outside(query))
		return NULL;
	if (holds)
		having->opno = get_negator(having->opno);
	if (!OidIsValid(having->opno))
		return NULL;
	having->opfuncid = get_opcode(having->opno);
	query->havingQual = (Node *) having;
	sublink->subLinkType = EXISTS_SUBLINK;
	return holds ? (Node *) make_notclause((Expr *) sublink) :
		(Node *) sublink;
}
