/*-------------------------------------------------------------------------
 *
 * src/inspect/counted_test.c
 *	  Reads conditions on counts that are one at least as tests for null.
 *
 * See counted.c.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/make_expr.h"
#include "catalog/pg_type.h"
#include "inspect/counted.h"
#include "inspect/normalize.h"
#include "inspect/shell.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"

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

typedef struct Writing
{
	Query	   *query;
	bool		condition;
	List	   *keys;			/* what is grouped by besides columns, if that
								 * has to be found again */
} Writing;

static Node *
write_mutator(Node *node, Writing *writing)
{
	Writing		inside = {writing->query, false, writing->keys};
	Node	   *test = NULL;

	if (node == NULL || IsA(node, Query))
		return node;
	if ((IsA(node, OpExpr) || IsA(node, BoolExpr) ||
		 IsA(node, ScalarArrayOpExpr)) &&
		(list_member(writing->keys, node) ||
		 !cr_shell_is_made_of_key(node, writing->keys)))
		test = test_of(writing->query, node, writing->condition);
	if (test != NULL)
		return test;
	/* AND and OR of what is false instead of unknown hold for the same rows */
	inside.condition = writing->condition &&
		(is_andclause(node) || is_orclause(node) || IsA(node, List));
	if (IsA(node, CaseWhen))
	{
		CaseWhen   *when = makeNode(CaseWhen);
		Writing		condition = {writing->query, true, writing->keys};

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
		Writing		condition = {writing->query, true, NIL};

		inside.keys = NIL;
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
	Writing		writing = {query, false, grouped_by(query)};
	Writing		condition = {query, true, writing.keys};

	query->targetList = (List *)
		write_mutator((Node *) query->targetList, &writing);
	query->havingQual = write_mutator(query->havingQual, &condition);
	condition.keys = NIL;
	query->jointree->quals = write_mutator(query->jointree->quals, &condition);
}
