/*-------------------------------------------------------------------------
 *
 * src/inspect/matched.c
 *	  Reads who has a match as the count of a key that is not null.
 *
 *	count(*) FILTER (WHERE k IS NOT NULL)			count(k)
 *	count(*) FILTER (WHERE k IS NULL)				count(*) - count(k)
 *	sum(CASE WHEN k IS NULL THEN 1 ELSE 0 END)		the same
 *	avg(CASE WHEN k IS NULL THEN 1 ELSE 0 END)		that divided by count(*)
 *	CASE WHEN k IS NULL THEN c ELSE x END			coalesce(x, c)
 *
 * of people's key k, which may not be filtered on, where an outer join may
 * null its rows; or of what is null where k is, k being what they are joined
 * by.  In the last line x is of the same rows as k, and never null
 * in them.  Where nothing but a match is asked of these rows they have become
 * a membership before (absence.c).
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/make_expr.h"
#include "catalog/pg_type.h"
#include "inspect/absence.h"
#include "inspect/facts.h"
#include "inspect/normalize.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parsetree.h"
#include "utils/fmgroids.h"

/* The policy of whose table the expression is a column; or NULL. */
static CrPolicy *
policy_of(Query *query, Node *node, AttrNumber *attnum)
{
	Var		   *var = (Var *) cr_inspect_strip(node);
	RangeTblEntry *rte;
	TargetEntry *tle;

	check_stack_depth();
	if (var == NULL || !IsA(var, Var) || var->varlevelsup != 0 ||
		var->varattno <= 0)
		return NULL;
	rte = rt_fetch(var->varno, query->rtable);
	switch (rte->rtekind)
	{
		case RTE_JOIN:
			return policy_of(query, list_nth(rte->joinaliasvars,
											 var->varattno - 1), attnum);
		case RTE_SUBQUERY:
			cr_flatten_group_names(rte->subquery);
			tle = get_tle_by_resno(rte->subquery->targetList, var->varattno);
			return tle == NULL || tle->resjunk ? NULL :
				policy_of(rte->subquery, (Node *) tle->expr, attnum);
		case RTE_RELATION:
			*attnum = var->varattno;
			return cr_policy_lookup(rte->relid);
		default:
			return NULL;
	}
}

/*
 * What may be done with the privacy unit of a protected table that the
 * expression is; 0 if it is none.
 */
uint32
cr_normalize_unit_uses(Query *query, Node *node)
{
	AttrNumber	attnum;
	CrPolicy   *policy = policy_of(query, node, &attnum);
	int			i;

	for (i = 0; policy != NULL && i < policy->nunits; i++)
	{
		if (policy->units[i] == attnum)
			return policy->columns[attnum - 1].uses;
	}
	return 0;
}

/* Is it a column by which a protected table is joined with others? */
bool
cr_normalize_joins(Query *query, Node *node)
{
	AttrNumber	attnum;
	CrPolicy   *policy = policy_of(query, node, &attnum);

	return policy != NULL &&
		(policy->columns[attnum - 1].uses & CR_USE_JOIN) != 0;
}

/* Is the query grouped by people? */
bool
cr_normalize_groups_people(Query *query)
{
	ListCell   *lc;

	foreach(lc, query->groupClause)
	{
		Node	   *key = get_sortgroupclause_expr(lfirst(lc),
												   query->targetList);

		if (cr_normalize_unit_uses(query, key) != 0)
			return true;
	}
	return false;
}

/* ---------- tests for null of a key ---------- */

/* The key that the test is about, if nothing but a match can be asked so. */
static Var *
tested_key(Query *query, Node *node)
{
	NullTest   *test = (NullTest *) node;
	Var		   *key;
	uint32		uses;

	if (node == NULL || !IsA(node, NullTest) || test->argisrow)
		return NULL;
	key = (Var *) cr_inspect_strip((Node *) test->arg);
	if (IsA(key, Var) && key->varlevelsup == 0 && key->varattno > 0 &&
		cr_normalize_unit_uses(query, (Node *) key) == 0)
	{
		key = cr_absence_key(query, key);
		if (key == NULL)
			return NULL;
	}
	uses = cr_normalize_unit_uses(query, (Node *) key);
	if ((uses & CR_USE_UNIT) == 0 ||
		(uses & (CR_USE_DIMENSION | CR_USE_FILTER)) != 0 ||
		!cr_normalize_may_be_null((Node *) query->jointree, key->varno))
		return NULL;
	return key;
}

/* ---------- values for those without a match ---------- */

/*
 * CASE with the test as its only condition: what it is of rows with a match,
 * and of others.
 */
static Var *
read_case(Query *query, Node *node, Node **matched, Node **other)
{
	CaseExpr   *expr = (CaseExpr *) node;
	CaseWhen   *when;
	Var		   *key;

	if (!IsA(node, CaseExpr) || expr->arg != NULL ||
		list_length(expr->args) != 1)
		return NULL;
	when = linitial_node(CaseWhen, expr->args);
	key = tested_key(query, (Node *) when->expr);
	*matched = (Node *) when->result;
	*other = (Node *) expr->defresult;
	if (key != NULL &&
		((NullTest *) when->expr)->nulltesttype == IS_NULL)
	{
		*matched = (Node *) expr->defresult;
		*other = (Node *) when->result;
	}
	return key;
}

/* Is it a constant that is not null, maybe of another type by a cast? */
static bool
is_constant(Node *node)
{
	if (IsA(node, FuncExpr) && list_length(((FuncExpr *) node)->args) == 1 &&
		((FuncExpr *) node)->funcformat == COERCE_IMPLICIT_CAST)
		node = linitial(((FuncExpr *) node)->args);
	node = cr_inspect_strip(node);
	return IsA(node, Const) && !((Const *) node)->constisnull;
}

static Node *
values_mutator(Node *node, Query *query)
{
	Node	   *matched;
	Node	   *other;
	Var		   *key;
	Var		   *var;
	CoalesceExpr *result;

	if (node == NULL || IsA(node, Query))
		return node;
	key = read_case(query, node, &matched, &other);
	var = key == NULL ? NULL : (Var *) cr_inspect_strip(matched);
	if (var != NULL && IsA(var, Var) && var->varlevelsup == 0 &&
		var->varno == key->varno && is_constant(other))
	{
		RangeTblRef rows = {.type = T_RangeTblRef,.rtindex = var->varno};

		/* a key that may be null beside a match tells of something else */
		if (cr_normalize_is_not_null(query, (Node *) &rows, (Node *) var) &&
			cr_normalize_is_not_null(query, (Node *) &rows, (Node *) key))
		{
			result = makeNode(CoalesceExpr);
			result->coalescetype = ((CaseExpr *) node)->casetype;
			result->coalescecollid = ((CaseExpr *) node)->casecollid;
			result->args = list_make2(matched, other);
			result->location = ((CaseExpr *) node)->location;
			return (Node *) result;
		}
	}
	return expression_tree_mutator(node, values_mutator, (void *) query);
}

static Node *
aggregates_mutator(Node *node, Query *query)
{
	if (node == NULL || IsA(node, Query))
		return node;
	return expression_tree_mutator(node, IsA(node, Aggref) ?
								   values_mutator : aggregates_mutator,
								   (void *) query);
}

/*
 * Writes values for those without a match so in the query's aggregates, in
 * place.  Groups by such values are read by unmatched.c.
 */
void
cr_normalize_unmatched_values(Query *query)
{
	if (!query->hasAggs)
		return;
	query->targetList = (List *)
		aggregates_mutator((Node *) query->targetList, query);
	query->havingQual = aggregates_mutator(query->havingQual, query);
}

/* ---------- counts ---------- */

typedef struct Counts
{
	CrStatement *statement;
	Query	   *query;
} Counts;

/* Is the key of rows that have been read as a membership? */
static bool
is_member(const Counts *counts, const Var *key)
{
	return cr_match_find(counts->statement,
						 rt_fetch(key->varno,
								  counts->query->rtable)) != NULL;
}

/* Takes the first such test out of the conditions. */
static Var *
take_test(Counts *counts, List **conditions, NullTestType *type)
{
	ListCell   *lc;

	foreach(lc, *conditions)
	{
		Var		   *key = tested_key(counts->query, lfirst(lc));

		if (key == NULL || is_member(counts, key))
			continue;
		*type = ((NullTest *) lfirst(lc))->nulltesttype;
		*conditions = list_delete_ptr(list_copy(*conditions), lfirst(lc));
		return key;
	}
	return NULL;
}

/* The test that an aggregate adds up ones for, as a condition. */
static Node *
summed_test(Query *query, const Aggref *aggref)
{
	Node	   *argument;
	Node	   *matched;
	Node	   *other;
	Var		   *key;
	bool		counts = aggref->aggfnoid == F_COUNT_ANY;

	if ((!counts && aggref->aggfnoid != F_SUM_INT4 &&
		 aggref->aggfnoid != F_AVG_INT4) ||
		aggref->aggfilter != NULL || aggref->aggdistinct != NIL)
		return NULL;
	argument = (Node *) linitial_node(TargetEntry, aggref->args)->expr;
	if (!counts && IsA(argument, FuncExpr) &&
		((FuncExpr *) argument)->funcid == F_INT4_BOOL)
		return linitial(((FuncExpr *) argument)->args);
	key = read_case(query, argument, &matched, &other);
	if (key == NULL)
		return NULL;
	for (int i = 0; i < 2; i++)
	{
		Node	   *then = i == 0 ? matched : other;
		Node	   *otherwise = i == 0 ? other : matched;

		if ((counts && IsA(then, Const) && !((Const *) then)->constisnull &&
			 IsA(otherwise, Const) && ((Const *) otherwise)->constisnull) ||
			(!counts && cr_is_int4(then, 1) && cr_is_int4(otherwise, 0)))
			return cr_make_null_test((Node *) key,
									 i == 0 ? IS_NOT_NULL : IS_NULL);
	}
	return NULL;
}

static Aggref *
make_count(Aggref *like, Var *key, List *conditions)
{
	Aggref	   *count = cr_make_aggregate(key == NULL ? F_COUNT_ :
										  F_COUNT_ANY, INT8OID,
										  key == NULL ? NIL :
										  list_make1(copyObject(key)));

	if (conditions != NIL)
		count->aggfilter = (Expr *)
			make_ands_explicit(copyObject(conditions));
	count->location = like->location;
	return count;
}

static Expr *
as_numeric(Expr *count)
{
	return (Expr *) makeFuncExpr(F_NUMERIC_INT8, NUMERICOID,
								 list_make1(count), InvalidOid, InvalidOid,
								 COERCE_EXPLICIT_CAST);
}

static Node *
read_count(Counts *counts, Aggref *aggref)
{
	Node	   *test = summed_test(counts->query, aggref);
	List	   *conditions = test != NULL ? list_make1(test) :
		make_ands_implicit(aggref->aggfilter);
	NullTestType type;
	Var		   *key;
	Aggref	   *matched;
	Expr	   *result;

	if (aggref->agglevelsup != 0 || (test == NULL && !aggref->aggstar))
		return (Node *) aggref;
	key = take_test(counts, &conditions, &type);
	if (key == NULL)
		return (Node *) aggref;
	matched = make_count(aggref, key, conditions);
	result = type == IS_NOT_NULL ? (Expr *) matched :
		cr_make_operation("-", (Expr *) make_count(aggref, NULL, conditions),
						  (Expr *) matched);
	if (aggref->aggfnoid != F_AVG_INT4)
		return (Node *) result;
	return (Node *)
		cr_make_operation("/", as_numeric(result),
						  as_numeric((Expr *) make_count(aggref, NULL, NIL)));
}

static Node *
counts_mutator(Node *node, Counts *counts)
{
	if (node == NULL || IsA(node, Query))
		return node;
	if (IsA(node, Aggref))
		return read_count(counts, (Aggref *) node);
	return expression_tree_mutator(node, counts_mutator, (void *) counts);
}

/*
 * Writes counts of those with or without a match so, in place.  The query's
 * questions of membership have been read.
 */
void
cr_normalize_match_counts(CrStatement *statement, Query *query)
{
	Counts		counts = {statement, query};

	if (!query->hasAggs)
		return;
	query->targetList = (List *)
		counts_mutator((Node *) query->targetList, &counts);
	query->havingQual = counts_mutator(query->havingQual, &counts);
}
