/*-------------------------------------------------------------------------
 *
 * src/inspect/counted_test.c
 *	  Reads conditions on counts that are one at least as tests for null, and
 *	  others that hold without a match as questions for one.
 *
 * See counted.c.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/make_expr.h"
#include "catalog/pg_type.h"
#include "inspect/absence.h"
#include "inspect/counted.h"
#include "inspect/normalize.h"
#include "inspect/shell.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "rewrite/rewriteManip.h"

static bool
holds(const Const *value)
{
	return !value->constisnull && DatumGetBool(value->constvalue);
}

/* Finds an entry that an outer join may null, of which there are columns. */
static bool
entry_walker(Node *node, CrCounted *counted)
{
	if (node == NULL)
		return false;
	if (IsA(node, Var))
	{
		Var		   *var = (Var *) node;

		if (var->varlevelsup != 0 || var->varattno <= 0)
			return false;
		counted->rti = var->varno;
		return cr_normalize_may_be_null((Node *) counted->query->jointree,
										var->varno);
	}
	return expression_tree_walker(node, entry_walker, (void *) counted);
}

/*
 * The test that stands for a condition.  What is a condition only may be
 * false where it is unknown.
 */
static Node *
test_of(Query *query, Node *expr, bool condition)
{
	CrCounted	counted = {query, 0, NULL, NIL};
	Const	   *without;
	bool		first = true;
	bool		with = false;
	ListCell   *lc;

	if (IsA(expr, NullTest) || IsA(expr, Const) || exprType(expr) != BOOLOID ||
		!entry_walker(expr, &counted) || !cr_counted_read(&counted, expr) ||
		counted.count == NULL)
		return NULL;
	without = cr_counted_value(&counted, expr, 0);
	if (without == NULL || (without->constisnull && !condition))
		return NULL;
	foreach(lc, cr_counted_instances(&counted))
	{
		int64		count = DatumGetInt64(lfirst_node(Const, lc)->constvalue);
		Const	   *value = cr_counted_value(&counted, expr, count);

		if (value == NULL || (value->constisnull && !condition) ||
			(!first && holds(value) != with))
			return NULL;
		with = holds(value);
		first = false;
	}
	if (with == holds(without))
		return NULL;
	return cr_make_null_test((Node *) copyObject(counted.count),
							 with ? IS_NOT_NULL : IS_NULL);
}

/* ---------- others, which hold without a match ---------- */

/* The outer join by which what was counted of people may be missing. */
static bool
find_join(Query *query, Node *from, int rti, CrAbsent *absent)
{
	JoinExpr   *join = (JoinExpr *) from;

	if (!IsA(from, JoinExpr) || join->alias != NULL)
		return false;
	if (find_join(query, join->larg, rti, absent) ||
		find_join(query, join->rarg, rti, absent))
		return true;
	return cr_absence_read(query, join, absent) && absent->rti == rti &&
		absent->rte->rtekind == RTE_SUBQUERY &&
		absent->rte->subquery->hasAggs && absent->conditions == NIL &&
		cr_normalize_is_protected(absent->rte) &&
		cr_absence_joins_people(absent) && cr_absence_is_distinct(absent);
}

/*
 * NOT EXISTS (SELECT FROM entry WHERE key = a.key AND (condition) IS NOT TRUE)
 * for a condition on the entry that holds where it is missing.  Thus it is a
 * question who has a match, and those without one are of the first table
 * alone.
 */
static Node *
question_of(Query *query, Node *expr)
{
	CrCounted	counted = {query, 0, NULL, NIL};
	CrAbsent	absent;
	Const	   *without;
	ListCell   *lc;

	if (exprType(expr) != BOOLOID || !entry_walker(expr, &counted) ||
		cr_absence_names_others(expr, counted.rti) ||
		contain_aggs_of_level(expr, 0))
		return NULL;
	without = cr_counted_value(&counted, expr, 0);
	if (without == NULL || !holds(without) ||
		cr_counted_one_is_none(query, counted.rti, expr, without))
		return NULL;
	foreach(lc, query->jointree->fromlist)
	{
		if (!find_join(query, lfirst(lc), counted.rti, &absent))
			continue;
		if (IsA(expr, NullTest) &&
			cr_absence_tested_column(expr, &absent) != NULL)
			return NULL;
		expr = cr_make_boolean_test(copyObject(expr), IS_NOT_TRUE, -1);
		query->hasSubLinks = true;
		return (Node *)
			make_notclause((Expr *) cr_absence_exists(&absent, expr));
	}
	return NULL;
}

typedef struct Writing
{
	Query	   *query;
	bool		condition;
	bool		asks;			/* … of which there may be questions */
	List	   *keys;			/* what is grouped by besides columns, if that
								 * has to be found again */
} Writing;

static Node *
write_mutator(Node *node, Writing *writing)
{
	Writing		inside = {writing->query, false, false, writing->keys};
	Node	   *test = NULL;

	if (node == NULL || IsA(node, Query))
		return node;
	CHECK_FOR_INTERRUPTS();
	if (IsA(node, OpExpr) || IsA(node, BoolExpr) ||
		IsA(node, ScalarArrayOpExpr))
		test = test_of(writing->query, node, writing->condition);
	if (test != NULL && !list_member(writing->keys, node) &&
		cr_shell_is_made_of_key(node, writing->keys))
		test = NULL;
	if (test == NULL && writing->asks && writing->condition &&
		!is_andclause(node) &&
		!is_orclause(node) && !IsA(node, List))
		test = question_of(writing->query, node);
	if (test != NULL)
		return test;
	/* AND and OR of what is false instead of unknown hold for the same rows */
	inside.condition = writing->condition &&
		(is_andclause(node) || is_orclause(node) || IsA(node, List));
	/* of a choice of several conditions it would be too many questions */
	inside.asks = writing->asks &&
		(inside.condition || IsA(node, List) || IsA(node, TargetEntry) ||
		 (IsA(node, CaseExpr) &&
		  list_length(((CaseExpr *) node)->args) == 1));
	if (IsA(node, CaseWhen))
	{
		CaseWhen   *when = makeNode(CaseWhen);
		Writing		condition = {writing->query, true, writing->asks,
		writing->keys};

		when->expr = (Expr *)
			write_mutator((Node *) ((CaseWhen *) node)->expr, &condition);
		when->result = (Expr *)
			write_mutator((Node *) ((CaseWhen *) node)->result, &inside);
		when->location = ((CaseWhen *) node)->location;
		return (Node *) when;
	}
	if (IsA(node, Aggref))
	{
		Aggref	   *aggref = (Aggref *) copyObject(node);
		Writing		condition = {writing->query, true, true, NIL};

		inside.keys = NIL;
		inside.asks = true;
		aggref->aggfilter = (Expr *)
			write_mutator((Node *) aggref->aggfilter, &condition);
		aggref->args = (List *) write_mutator((Node *) aggref->args, &inside);
		return (Node *) aggref;
	}
	return expression_tree_mutator(node, write_mutator, (void *) &inside);
}

/* What the query groups by, but for columns. */
static List *
grouped_by(const Query *query)
{
	List	   *keys = NIL;
	ListCell   *lc;

	foreach(lc, query->groupClause)
	{
		Node	   *key = (Node *)
			get_sortgroupclause_tle(lfirst(lc), query->targetList)->expr;

		if (!IsA(key, Var))
			keys = lappend(keys, copyObject(key));
	}
	return keys;
}

/*
 * Writes the query's conditions so, in place.  Its names are normalized.
 */
void
cr_normalize_counted(Query *query)
{
	Writing		writing = {query, false, false, grouped_by(query)};
	Writing		condition = {query, true, false, writing.keys};

	query->targetList = (List *)
		write_mutator((Node *) query->targetList, &writing);
	query->havingQual = write_mutator(query->havingQual, &condition);
	condition.keys = NIL;
	condition.asks = true;
	query->jointree->quals = write_mutator(query->jointree->quals, &condition);
}
