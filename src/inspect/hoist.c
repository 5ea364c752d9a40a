/*-------------------------------------------------------------------------
 *
 * src/inspect/hoist.c
 *	  Reads CASE of a group's keys inside an aggregate as CASE around it.
 *
 *	SELECT country, sum(x * CASE country WHEN 'DE' THEN 1.19 ELSE 1.2 END)
 *	FROM t GROUP BY country
 *
 * is CASE country WHEN 'DE' THEN sum(x * 1.19) ELSE sum(x * 1.2) END: within a
 * group there is one class only, and no other one that would have to be of
 * enough people.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "inspect/facts.h"
#include "inspect/normalize.h"
#include "inspect/polynomial.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/tlist.h"

typedef struct Hoisting
{
	List	   *keys;			/* expressions that are grouped by */
	CaseExpr   *found;
	int			number;			/* of CASE expressions */
	Node	   *result;			/* that stands in its place */
} Hoisting;

/* True where something is neither a key nor constant. */
static bool
other_walker(Node *node, Hoisting *hoisting)
{
	if (node == NULL || list_member(hoisting->keys, node))
		return false;
	if (IsA(node, Var) || IsA(node, Aggref) || IsA(node, SubLink))
		return true;
	return expression_tree_walker(node, other_walker, (void *) hoisting);
}

static bool
case_walker(Node *node, Hoisting *hoisting)
{
	if (node == NULL)
		return false;
	if (IsA(node, CaseExpr))
	{
		hoisting->found = (CaseExpr *) node;
		hoisting->number++;
	}
	return expression_tree_walker(node, case_walker, (void *) hoisting);
}

static Node *
result_mutator(Node *node, Hoisting *hoisting)
{
	if (node == NULL)
		return NULL;
	if (node == (Node *) hoisting->found)
		return copyObject(hoisting->result);
	return expression_tree_mutator(node, result_mutator, (void *) hoisting);
}

static bool
is_null(const Node *node)
{
	return IsA(node, Const) && ((const Const *) node)->constisnull;
}

/* The aggregate with a result in the place of the CASE. */
static Expr *
aggregate_of(Hoisting *hoisting, Aggref *aggref, Expr *result)
{
	Aggref	   *copy = makeNode(Aggref);
	Node	   *argument;

	hoisting->result = result != NULL ? (Node *) result :
		(Node *) makeNullConst(hoisting->found->casetype, -1,
							   hoisting->found->casecollid);
	memcpy(copy, aggref, sizeof(Aggref));
	copy->args = (List *) result_mutator((Node *) aggref->args, hoisting);
	copy->aggfilter = copyObject(aggref->aggfilter);
	argument = (Node *) linitial_node(TargetEntry, copy->args)->expr;
	/* what stands around the CASE may make something of a null */
	if (is_null(hoisting->result) &&
		is_null(cr_inspect_settle(copyObject(argument))))
		return (Expr *) cr_aggregate_of_nothing(aggref);
	return (Expr *) copy;
}

/* Are its conditions of keys and constants alone? */
static bool
is_of_keys(Hoisting *hoisting)
{
	CaseExpr   *expr = hoisting->found;
	ListCell   *lc;

	foreach(lc, expr->args)
	{
		if (other_walker(cr_inspect_when(expr, lfirst_node(CaseWhen, lc)),
						 hoisting))
			return false;
	}
	return true;
}

static Node *
hoist(Hoisting *hoisting, Aggref *aggref)
{
	CaseExpr   *result;
	ListCell   *lc;

	hoisting->number = 0;
	case_walker((Node *) aggref->args, hoisting);
	if (hoisting->number != 1 || !is_of_keys(hoisting) ||
		list_length(aggref->args) != 1 || aggref->aggdistinct != NIL ||
		cr_aggregate_family(aggref->aggfnoid) == 0 ||
		!contain_var_clause((Node *) aggref->args))
		return (Node *) aggref;
	result = makeNode(CaseExpr);
	result->casetype = aggref->aggtype;
	result->casecollid = aggref->aggcollid;
	result->location = aggref->location;
	foreach(lc, hoisting->found->args)
	{
		CaseWhen   *when = makeNode(CaseWhen);

		when->expr = (Expr *)
			copyObject(cr_inspect_when(hoisting->found,
									   lfirst_node(CaseWhen, lc)));
		when->result = aggregate_of(hoisting, aggref,
									lfirst_node(CaseWhen, lc)->result);
		when->location = -1;
		result->args = lappend(result->args, when);
	}
	result->defresult = aggregate_of(hoisting, aggref,
									 hoisting->found->defresult);
	return (Node *) result;
}

/* Does a class add a constant alone?  Those are counted (split.c). */
static bool
adds_constants(const CaseExpr *expr)
{
	ListCell   *lc;

	foreach(lc, expr->args)
	{
		if (!contain_var_clause((Node *)
								lfirst_node(CaseWhen, lc)->result))
			return true;
	}
	return !contain_var_clause((Node *) expr->defresult);
}

static Node *
hoist_mutator(Node *node, Hoisting *hoisting)
{
	Node	   *argument;

	if (node == NULL || IsA(node, Query))
		return node;
	if (!IsA(node, Aggref))
		return expression_tree_mutator(node, hoist_mutator,
									   (void *) hoisting);
	if (list_length(((Aggref *) node)->args) != 1)
		return node;
	argument = (Node *) linitial_node(TargetEntry,
									  ((Aggref *) node)->args)->expr;
	if (IsA(argument, CaseExpr) && adds_constants((CaseExpr *) argument))
		return node;
	return hoist(hoisting, (Aggref *) node);
}

/* Writes the aggregates of a level that releases groups so, in place. */
void
cr_normalize_hoist(Query *query)
{
	Hoisting	hoisting = {0};

	if (query->groupClause == NIL || query->groupingSets != NIL)
		return;
	hoisting.keys = get_sortgrouplist_exprs(query->groupClause,
											query->targetList);
	query->targetList = (List *)
		hoist_mutator((Node *) query->targetList, &hoisting);
	query->havingQual = hoist_mutator(query->havingQual, &hoisting);
}
