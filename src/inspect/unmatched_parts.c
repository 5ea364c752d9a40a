/*-------------------------------------------------------------------------
 *
 * src/inspect/unmatched_parts.c
 *	  Writes the groups of people with a match, and the one of those without.
 *
 * See unmatched.c.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/constant.h"
#include "base/make_expr.h"
#include "inspect/arms.h"
#include "inspect/facts.h"
#include "inspect/normalize.h"
#include "inspect/polynomial.h"
#include "inspect/unmatched.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "rewrite/rewriteManip.h"
#include "utils/lsyscache.h"

static Node *
missing_mutator(Node *node, CrUnmatched *unmatched)
{
	Var		   *var = (Var *) node;

	if (node == NULL || IsA(node, Query))
		return node;
	if (IsA(node, TargetEntry))
	{
		TargetEntry *tle = copyObject((TargetEntry *) node);

		/* what is constant as it stands; then what is by null */
		tle->expr = (Expr *)
			cr_fold((Node *) tle->expr);
		tle->expr = (Expr *)
			missing_mutator((Node *) tle->expr, unmatched);
		return (Node *) tle;
	}
	if (IsA(node, Var) && var->varlevelsup == 0 &&
		var->varno == unmatched->absent.rti)
		return (Node *) makeNullConst(var->vartype, var->vartypmod,
									  var->varcollid);
	return expression_tree_mutator(node, missing_mutator, (void *) unmatched);
}

/* An aggregate that counts no row is null, or 0. */
static Node *
idle_mutator(Node *node, void *context)
{
	Aggref	   *aggref = (Aggref *) node;
	bool		idle = false;
	ListCell   *lc;

	if (node == NULL || IsA(node, Query))
		return node;
	if (!IsA(node, Aggref))
		return expression_tree_mutator(node, idle_mutator, context);
	if (cr_aggregate_family(aggref->aggfnoid) == 0)
		return node;
	aggref = copyObject(aggref);
	foreach(lc, aggref->args)
	{
		TargetEntry *argument = lfirst_node(TargetEntry, lc);
		Node	   *value =
			cr_inspect_settle((Node *) copyObject(argument->expr));

		if (IsA(value, Const))
			argument->expr = (Expr *) value;
		idle = idle || (IsA(value, Const) && ((Const *) value)->constisnull);
	}
	if (!idle && (aggref->aggfilter == NULL ||
				  !cr_inspect_never_holds((Node *) aggref->aggfilter)))
		return (Node *) aggref;
	return (Node *) cr_aggregate_of_nothing(aggref);
}

/* Computes what has become constant. */
static void
fold(Query *query)
{
	ListCell   *lc;

	query->targetList = (List *) idle_mutator((Node *) query->targetList,
											  NULL);
	foreach(lc, query->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		if (!contain_var_clause((Node *) tle->expr) &&
			!contain_aggs_of_level((Node *) tle->expr, 0) &&
			!checkExprHasSubLink((Node *) tle->expr))
			tle->expr = (Expr *) cr_inspect_settle((Node *) tle->expr);
	}
}

/* As one of the conditions, where it is looked for (absence_uses.c). */
static void
add_condition(Query *query, Node *condition)
{
	List	   *conditions =
		list_copy(make_ands_implicit((Expr *) query->jointree->quals));

	query->jointree->quals = (Node *)
		make_ands_explicit(lappend(conditions, condition));
}

/* The query with the join, of people with a match only, or without one. */
static void
restrict_place(CrUnmatched *unmatched, Query *place, NullTestType type)
{
	Var		   *key = copyObject(unmatched->absent.key);

	if (type == IS_NULL)
	{
		place->targetList = (List *)
			missing_mutator((Node *) place->targetList, unmatched);
		place->jointree->quals = missing_mutator(place->jointree->quals,
												 unmatched);
		fold(place);
	}
	cr_copy_nulling(key, unmatched->column);
	add_condition(place, cr_make_null_test((Node *) key, type));
}

typedef struct Known
{
	const Node *key;
	const Const *value;
} Known;

static Node *
known_mutator(Node *node, Known *known)
{
	if (node == NULL || IsA(node, Query))
		return node;
	if (!IsA(node, List) && !IsA(node, TargetEntry) &&
		equal(node, known->key))
		return (Node *) copyObjectImpl(known->value);
	return expression_tree_mutator(node, known_mutator, (void *) known);
}

/* Puts the key's value in its place. */
static void
know_key(const CrUnmatched *unmatched, const Node *key, Query *query)
{
	Known		known = {key, unmatched->value};

	query->targetList = (List *)
		known_mutator((Node *) query->targetList, &known);
}

/* key IS DISTINCT FROM value */
static Node *
differs(const CrUnmatched *unmatched)
{
	DistinctExpr *result = makeNode(DistinctExpr);

	result->opno = unmatched->equality;
	result->opfuncid = get_opcode(result->opno);
	result->opresulttype = BOOLOID;
	result->inputcollid = exprCollation(unmatched->shared);
	result->args = list_make2(copyObject(unmatched->shared),
							  copyObject(unmatched->value));
	result->location = -1;
	return (Node *) result;
}

/* The same where the group is shared: of all others, or of those in it. */
static void
share_place(CrUnmatched *unmatched, Query *place, NullTestType type)
{
	Node	   *condition;

	if (type == IS_NULL)
	{
		condition = (Node *)
			make_notclause((Expr *) cr_absence_exists(&unmatched->absent,
													  differs(unmatched)));
		know_key(unmatched, unmatched->shared, place);
		place->hasSubLinks = true;
		fold(place);
	}
	else
	{
		Var		   *key = copyObject(unmatched->absent.key);

		cr_copy_nulling(key, unmatched->column);
		add_condition(place, differs(unmatched));
		condition = cr_make_null_test((Node *) key, IS_NOT_NULL);
	}
	add_condition(place, condition);
}

Query *
cr_unmatched_part(CrUnmatched *unmatched, const Query *core, NullTestType type)
{
	Query	   *part = copyObject((Query *) core);
	Query	   *place = unmatched->rti == 0 ? part :
		copyObject(unmatched->absent.query);
	bool		possible = true;

	if (unmatched->shared != NULL)
		share_place(unmatched, place, type);
	else
		restrict_place(unmatched, place, type);
	if (unmatched->rti != 0)
	{
		if (unmatched->shared != NULL && type == IS_NULL)
			know_key(unmatched, unmatched->written, part);
		/* it stays as far below WITH lists as it is */
		IncrementVarSublevelsUp((Node *) place, 1, 1);
		part = cr_arm_query(part, unmatched->rti, place, &possible);
		fold(part);
	}
	/* without GROUP BY, it is one row for that it is an aggregation */
	part->hasAggs = contain_aggs_of_level((Node *) part->targetList, 0);
	cr_normalize_lift_ctes(part, 2);
	return possible ? part : NULL;
}
