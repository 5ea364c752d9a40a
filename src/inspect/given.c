/*-------------------------------------------------------------------------
 *
 * src/inspect/given.c
 *	  Reads tests for null of a measure as what aggregates skip.
 *
 *	count(*) FILTER (WHERE m IS NOT NULL AND c)	count(m) FILTER (WHERE c)
 *	avg(x) FILTER (WHERE m IS NOT NULL AND c)	avg(x) FILTER (WHERE c)
 *	count(CASE WHEN m IS NOT NULL THEN 1 END)	count(m)
 *	sum((m IS NOT NULL)::int)					count(m)
 *	CASE WHEN m IS NULL THEN 0 ELSE m END		COALESCE(m, 0)
 *
 * where x is null if m is; m may not be filtered on, but may be counted.  So
 * is such a condition of WHERE, if all aggregates can be written so, each of
 * which takes it over.  Groups that it would leave nothing of are left out by
 * HAVING.
 * Rows without a measure are not asked for so: they may be few.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/make_expr.h"
#include "catalog/pg_type.h"
#include "inspect/facts.h"
#include "inspect/normalize.h"
#include "inspect/polynomial.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "optimizer/tlist.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteManip.h"
#include "utils/fmgroids.h"

/* ---------- tests ---------- */

/* Is it, or what a person's are summed up to, a measure and no more? */
static bool
is_measure(Query *query, Node *node)
{
	Var		   *var = (Var *) cr_inspect_strip(node);
	RangeTblEntry *rte;
	TargetEntry *tle;
	CrPolicy   *policy;
	uint32		uses;

	check_stack_depth();
	if (IsA(var, Aggref) && list_length(((Aggref *) var)->args) == 1)
	{
		tle = linitial_node(TargetEntry, ((Aggref *) var)->args);
		return ((Aggref *) var)->aggfnoid != F_COUNT_ANY &&
			is_measure(query, (Node *) tle->expr);
	}
	if (!IsA(var, Var) || var->varlevelsup != 0 || var->varattno <= 0)
		return false;
	rte = rt_fetch(var->varno, query->rtable);
	if (rte->rtekind == RTE_SUBQUERY)
	{
		tle = get_tle_by_resno(rte->subquery->targetList, var->varattno);
		return tle != NULL && is_measure(rte->subquery, (Node *) tle->expr);
	}
	policy = rte->rtekind == RTE_RELATION ?
		cr_base_find_policy(rte->relid) : NULL;
	if (policy == NULL || var->varattno > policy->natts)
		return false;
	uses = policy->columns[var->varattno - 1].uses;
	return (uses & CR_USE_MEASURE) != 0 &&
		(uses & (CR_USE_DIMENSION | CR_USE_FILTER | CR_USE_UNIT)) == 0;
}

/* The measure that the condition wants to be there; or NULL. */
static Node *
tested_measure(Query *query, Node *node)
{
	NullTest   *test = (NullTest *) node;

	if (node == NULL || !IsA(test, NullTest) || test->argisrow ||
		test->nulltesttype != IS_NOT_NULL ||
		!is_measure(query, (Node *) test->arg))
		return NULL;
	return (Node *) test->arg;
}

/* Takes the first such test out of the conditions; its measure, or NULL. */
static Node *
take_test(Query *query, List **conditions)
{
	ListCell   *lc;

	foreach(lc, *conditions)
	{
		Node	   *measure = tested_measure(query, lfirst(lc));

		if (measure == NULL)
			continue;
		*conditions = list_delete_ptr(list_copy(*conditions), lfirst(lc));
		return measure;
	}
	return NULL;
}

/* ---------- aggregates ---------- */

static Aggref *
make_count(const Aggref *like, Node *measure)
{
	Aggref	   *count = cr_make_aggregate(F_COUNT_ANY, INT8OID,
										  list_make1(copyObject(measure)));

	count->location = like->location;
	return count;
}

/* Does it skip the rows in which the measure is null? */
static bool
skips_null(const Aggref *aggref, Node *measure)
{
	Node	   *argument;
	List	   *vars;

	if (list_length(aggref->args) != 1 || aggref->aggorder != NIL ||
		cr_aggregate_family(aggref->aggfnoid) == 0)
		return false;
	argument = (Node *) linitial_node(TargetEntry, aggref->args)->expr;
	vars = pull_var_clause(argument, 0);
	return list_member(vars, cr_inspect_strip(measure)) &&
		!checkExprHasSubLink(argument) &&
		!contain_nonstrict_functions(argument);
}

/* The aggregate of the rows that have the measure, or NULL. */
static Node *
write_given(Aggref *aggref, Node *measure, List *conditions)
{
	Aggref	   *result;

	if (!aggref->aggstar && !skips_null(aggref, measure))
		return NULL;
	result = aggref->aggstar ? make_count(aggref, measure) :
		copyObject(aggref);
	result->aggfilter = conditions == NIL ? NULL :
		(Expr *) make_ands_explicit(copyObject(conditions));
	return (Node *) result;
}

/* ---------- CASE and casts ---------- */

/* What an expression that tests one measure for null is, of each sort. */
typedef struct NullCase
{
	Node	   *measure;
	Node	   *there;			/* its value where the measure is there */
	Node	   *missing;		/* and where it is not; NULL: null */
} NullCase;

static bool
read_case(CaseExpr *expr, NullCase *result)
{
	CaseWhen   *when = linitial_node(CaseWhen, expr->args);
	NullTest   *test = (NullTest *) when->expr;
	bool		given;

	if (expr->arg != NULL || list_length(expr->args) != 1 ||
		!IsA(test, NullTest) || test->argisrow)
		return false;
	given = test->nulltesttype == IS_NOT_NULL;
	result->measure = (Node *) test->arg;
	result->there = (Node *) (given ? when->result : expr->defresult);
	result->missing = (Node *) (given ? expr->defresult : when->result);
	if (result->missing != NULL && IsA(result->missing, Const) &&
		((Const *) result->missing)->constisnull)
		result->missing = NULL;
	return result->there != NULL;
}

/* Reads CASE, and a cast of the test itself. */
static bool
read_null_case(Query *query, Node *node, NullCase *result)
{
	FuncExpr   *cast = (FuncExpr *) node;
	NullTest   *test;

	if (IsA(node, CaseExpr))
		return read_case((CaseExpr *) node, result) &&
			is_measure(query, result->measure);
	if (!IsA(cast, FuncExpr) || cast->funcid != F_INT4_BOOL)
		return false;
	test = linitial(cast->args);
	result->measure = tested_measure(query, (Node *) test);
	result->there = (Node *) cr_make_int4(1);
	result->missing = (Node *) cr_make_int4(0);
	return result->measure != NULL;
}

/* Does it count the rows that have the measure, and no others? */
static bool
counts_given(const Aggref *aggref, const NullCase *argument)
{
	if (aggref->aggdistinct != NIL || aggref->aggorder != NIL)
		return false;
	if (aggref->aggfnoid == F_COUNT_ANY)
		return argument->missing == NULL && IsA(argument->there, Const) &&
			!((Const *) argument->there)->constisnull;
	return aggref->aggfnoid == F_SUM_INT4 && cr_is_int4(argument->there, 1) &&
		(argument->missing == NULL || cr_is_int4(argument->missing, 0));
}

static Node *
coalesce_mutator(Node *node, Query *query)
{
	NullCase	read;
	CoalesceExpr *coalesce;

	if (node == NULL || IsA(node, Query))
		return node;
	if (!IsA(node, CaseExpr) || !read_null_case(query, node, &read) ||
		read.missing == NULL || !IsA(read.missing, Const) ||
		!equal(read.there, read.measure))
		return expression_tree_mutator(node, coalesce_mutator,
									   (void *) query);
	coalesce = makeNode(CoalesceExpr);
	coalesce->coalescetype = exprType(node);
	coalesce->coalescecollid = exprCollation(node);
	coalesce->args = list_make2(copyObject(read.measure),
								copyObject(read.missing));
	coalesce->location = exprLocation(node);
	return (Node *) coalesce;
}

/* Writes what its argument says of nulls as what aggregates skip. */
static Aggref *
write_argument(Query *query, Aggref *aggref)
{
	Node	   *argument;
	NullCase	read;
	Aggref	   *result;

	if (list_length(aggref->args) != 1)
		return aggref;
	argument = (Node *) linitial_node(TargetEntry, aggref->args)->expr;
	if (read_null_case(query, argument, &read) && counts_given(aggref, &read))
	{
		result = make_count(aggref, read.measure);
		result->aggfilter = copyObject(aggref->aggfilter);
		return result;
	}
	result = copyObject(aggref);
	result->args = (List *) coalesce_mutator((Node *) result->args, query);
	return result;
}

static Node *
filters_mutator(Node *node, Query *query)
{
	Aggref	   *aggref = (Aggref *) node;
	List	   *conditions;
	Node	   *measure;
	Node	   *written;

	if (node == NULL || IsA(node, Query))
		return node;
	if (!IsA(node, Aggref) || aggref->agglevelsup != 0)
		return expression_tree_mutator(node, filters_mutator, (void *) query);
	aggref = write_argument(query, aggref);
	conditions = make_ands_implicit(aggref->aggfilter);
	measure = take_test(query, &conditions);
	written = measure == NULL ? NULL :
		write_given(aggref, measure, conditions);
	return written != NULL ? written : (Node *) aggref;
}

/* ---------- WHERE ---------- */

typedef struct Taken
{
	Node	   *measure;
	bool		any;			/* an aggregate takes it over */
	bool		failed;			/* one does not */
} Taken;

static Node *
where_mutator(Node *node, Taken *taken)
{
	Aggref	   *aggref = (Aggref *) node;
	Node	   *written;

	if (node == NULL || IsA(node, Query))
		return node;
	if (!IsA(node, Aggref))
		return expression_tree_mutator(node, where_mutator, (void *) taken);
	written = write_given(aggref, taken->measure,
						  make_ands_implicit(aggref->aggfilter));
	taken->any = true;
	taken->failed = taken->failed || written == NULL ||
		aggref->agglevelsup != 0;
	return written;
}

/* Groups of no such row are not there. */
static Node *
leave_out_empty(const Query *query, Node *measure, Node *having)
{
	Aggref		nowhere = {.location = -1};
	Node	   *any;

	if (query->groupClause == NIL)
		return having;
	any = (Node *) cr_make_operation(">",
									 (Expr *) make_count(&nowhere, measure),
									 (Expr *) cr_make_int8(0));
	return having == NULL ? any :
		(Node *) make_andclause(list_make2(having, any));
}

static void
read_where(Query *query)
{
	List	   *conditions =
		make_ands_implicit((Expr *) query->jointree->quals);
	Taken		taken = {take_test(query, &conditions), false, false};
	List	   *targets;
	Node	   *having;

	if (taken.measure == NULL || cr_normalize_groups_people(query) ||
		checkExprHasSubLink((Node *) query->targetList) ||
		checkExprHasSubLink(query->havingQual))
		return;
	targets = (List *) where_mutator((Node *) query->targetList, &taken);
	having = where_mutator(query->havingQual, &taken);
	if (!taken.any || taken.failed)
		return;
	query->targetList = targets;
	query->havingQual = leave_out_empty(query, taken.measure, having);
	query->jointree->quals = conditions == NIL ? NULL :
		(Node *) make_ands_explicit(conditions);
}

/* Writes tests for null of measures so, in place. */
void
cr_normalize_given(Query *query)
{
	if (!query->hasAggs || query->groupingSets != NIL)
		return;
	query->targetList = (List *)
		filters_mutator((Node *) query->targetList, query);
	query->havingQual = filters_mutator(query->havingQual, query);
	read_where(query);
}
