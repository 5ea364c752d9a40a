/*-------------------------------------------------------------------------
 *
 * src/inspect/null_if.c
 *	  Reads aggregates that skip a value as aggregates over the others.
 *
 *	avg(nullif(x, 0))		avg(x) FILTER (WHERE x <> 0)
 *	avg(nullif(x, y))		avg(x) FILTER (WHERE x IS DISTINCT FROM y)
 *
 * Beside a FILTER it is a condition of its own, as one without the other may
 * be asked for: avg(CASE WHEN x <> 0 THEN x END) FILTER (...).
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/make_expr.h"
#include "catalog/pg_type.h"
#include "inspect/facts.h"
#include "inspect/normalize.h"
#include "inspect/polynomial.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "utils/lsyscache.h"

/* x <> y; or x IS DISTINCT FROM y, where nothing is skipped for a null y. */
static Node *
make_others(const NullIfExpr *skipped)
{
	Node	   *y = lsecond(skipped->args);
	bool		distinct = !IsA(y, Const);
	OpExpr	   *others = distinct ? (OpExpr *) makeNode(DistinctExpr) :
		makeNode(OpExpr);

	if (!distinct && ((Const *) y)->constisnull)
		return NULL;
	others->opno = distinct ? skipped->opno : get_negator(skipped->opno);
	others->opresulttype = BOOLOID;
	others->inputcollid = skipped->inputcollid;
	others->args = copyObject(skipped->args);
	others->location = skipped->location;
	return (Node *) others;
}

/* CASE WHEN condition THEN value END */
static Node *
make_choice(Node *condition, Node *value)
{
	return condition == NULL ? value :
		(Node *) cr_make_case(condition, value, NULL);
}

static Node *
read_skipping(Aggref *aggref)
{
	TargetEntry *argument;
	NullIfExpr *skipped;

	if (list_length(aggref->args) != 1 ||
		cr_aggregate_family(aggref->aggfnoid) == 0)
		return (Node *) aggref;
	argument = linitial_node(TargetEntry, aggref->args);
	skipped = (NullIfExpr *) cr_inspect_strip((Node *) argument->expr);
	if (!IsA(skipped, NullIfExpr) || !cr_inspect_compares(skipped->opno) ||
		!OidIsValid(get_negator(skipped->opno)))
		return (Node *) aggref;
	aggref = copyObject(aggref);
	argument = linitial_node(TargetEntry, aggref->args);
	argument->expr = copyObject(linitial(skipped->args));
	if (aggref->aggfilter == NULL)
		aggref->aggfilter = (Expr *) make_others(skipped);
	else
		argument->expr = (Expr *) make_choice(make_others(skipped),
											  (Node *) argument->expr);
	return (Node *) aggref;
}

static Node *
aggregates_mutator(Node *node, void *context)
{
	if (node == NULL || IsA(node, Query))
		return node;
	if (IsA(node, Aggref))
		return read_skipping((Aggref *) node);
	return expression_tree_mutator(node, aggregates_mutator, context);
}

/* Writes the query's aggregates so, in place. */
void
cr_normalize_skipped_values(Query *query)
{
	if (!query->hasAggs)
		return;
	query->targetList = (List *)
		aggregates_mutator((Node *) query->targetList, NULL);
	query->havingQual = aggregates_mutator(query->havingQual, NULL);
}
