/*-------------------------------------------------------------------------
 *
 * src/inspect/divide.c
 *	  Groups by whether people match, written as parts of larger groups.
 *
 *	SELECT exposed, city, sum(x) FROM … GROUP BY exposed, city HAVING h
 *
 * where exposed is made of tests of memberships (match.c) and constants can
 * have a few values only, known beforehand.  Written as
 *
 *	SELECT exposed, city, CASE class WHEN 1 THEN s1 ELSE s2 END
 *	FROM (SELECT city, count(*) FILTER (WHERE exposed) AS n1, …,
 *				 sum(x) FILTER (WHERE exposed) AS s1, …
 *		  FROM … GROUP BY city) AS divided,
 *		 (VALUES (1, true), (2, false)) AS classes (class, exposed)
 *	WHERE CASE class WHEN 1 THEN n1 ELSE n2 END > 0 AND h
 *
 * it gives the same, and each group is a part with a rest that guards see.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/constant.h"
#include "base/make_expr.h"
#include "base/make_query.h"
#include "catalog/pg_type.h"
#include "inspect/facts.h"
#include "inspect/normalize.h"
#include "inspect/shell.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

#define MAX_TESTS	3			/* memberships in the keys of one level */

typedef struct Division
{
	CrLevel    *level;
	List	   *plain;			/* TargetEntry of keys that are columns */
	List	   *plain_clauses;	/* SortGroupClause of them */
	List	   *tests;			/* TargetEntry of keys that are tests */
	List	   *test_clauses;
	List	   *expanded;		/* the latter, expanded */
	List	   *tested;			/* CrBase */
	List	   *classes;		/* of List of Const, one for each test key */
	List	   *conditions;		/* which rows are of the class */
	List	   *aggregates;		/* Aggref, as written */
	bool		lost;			/* something is neither key nor aggregate */
} Division;

/* ---------- what the keys can be ---------- */

/* The key as it is for people who match so. */
static Node *
answer_key(Division *division, Node *key, uint32 matched)
{
	ListCell   *lc;

	foreach(lc, division->tested)
		key = cr_match_answer(division->level->statement, key, lfirst(lc),
							  (matched &
							   (1 << foreach_current_index(lc))) != 0);
	return key;
}

static bool
type_is_plain(Oid type)
{
	return type == BOOLOID || type == TEXTOID || type == INT2OID ||
		type == INT4OID || type == INT8OID;
}

/* Adds the class of people who match so, unless it is there already. */
static bool
add_class(Division *division, uint32 matched)
{
	List	   *values = NIL;
	ListCell   *lc;

	foreach(lc, division->expanded)
	{
		Node	   *value = answer_key(division, lfirst(lc), matched);

		if (contain_mutable_functions(value))
			return false;
		value = cr_fold(value);
		if (!IsA(value, Const) || !type_is_plain(((Const *) value)->consttype))
			return false;
		values = lappend(values, value);
	}
	if (!list_member(division->classes, values))
		division->classes = lappend(division->classes, values);
	return true;
}

static bool
read_classes(Division *division)
{
	uint32		matched;
	ListCell   *lc;

	foreach(lc, division->expanded)
		division->tested =
			list_concat_unique_ptr(division->tested,
								   cr_match_tested(division->level->statement,
												   lfirst(lc)));
	if (list_length(division->tested) > MAX_TESTS)
		return false;
	for (matched = 0; matched < (1U << list_length(division->tested));
		 matched++)
	{
		if (!add_class(division, matched))
			return false;
	}
	return true;
}

static bool
read_keys(Division *division)
{
	CrLevel    *level = division->level;
	ListCell   *entry;
	ListCell   *key;
	ListCell   *clause;

	forthree(entry, level->group_entries, key, level->group_keys,
			 clause, level->query->groupClause)
	{
		if (cr_match_is_pure(level->statement, lfirst(key)))
		{
			division->tests = lappend(division->tests, lfirst(entry));
			division->test_clauses = lappend(division->test_clauses,
											 lfirst(clause));
			division->expanded = lappend(division->expanded, lfirst(key));
		}
		else
		{
			division->plain = lappend(division->plain, lfirst(entry));
			division->plain_clauses = lappend(division->plain_clauses,
											  lfirst(clause));
		}
	}
	return division->tests != NIL;
}

/* ---------- the aggregates of each class ---------- */

/* Collects aggregates; true where a sub-select names columns around it. */
static bool
aggregate_walker(Node *node, Division *division)
{
	if (node == NULL)
		return false;
	if (IsA(node, SubLink) &&
		cr_inspect_refers_outside((Query *) ((SubLink *) node)->subselect))
		return true;
	if (IsA(node, Aggref))
	{
		division->aggregates = list_append_unique(division->aggregates, node);
		return false;
	}
	return expression_tree_walker(node, aggregate_walker, (void *) division);
}

/* NOT (key IS DISTINCT FROM value), for all keys that are tests */
static Node *
make_class_condition(Division *division, List *values)
{
	List	   *conditions = NIL;
	ListCell   *entry;
	ListCell   *clause;
	ListCell   *value;

	forthree(entry, division->tests, clause, division->test_clauses,
			 value, values)
	{
		DistinctExpr *differs = makeNode(DistinctExpr);
		Node	   *key = (Node *) lfirst_node(TargetEntry, entry)->expr;

		differs->opno = lfirst_node(SortGroupClause, clause)->eqop;
		differs->opfuncid = get_opcode(differs->opno);
		differs->opresulttype = BOOLOID;
		differs->inputcollid = exprCollation(key);
		differs->args = list_make2(copyObject(key),
								   copyObject(lfirst(value)));
		differs->location = -1;
		conditions = lappend(conditions, make_notclause((Expr *) differs));
	}
	return (Node *) make_ands_explicit(conditions);
}

static Aggref *
restrict_aggregate(const Aggref *aggref, Node *condition)
{
	Aggref	   *result = copyObject((Aggref *) aggref);
	Expr	   *class = copyObject((Expr *) condition);

	result->aggfilter = aggref->aggfilter == NULL ? class :
		makeBoolExpr(AND_EXPR, list_make2(class, result->aggfilter), -1);
	return result;
}

/* ---------- the two queries ---------- */

static void
add_target(Query *query, Expr *expr, Index ref)
{
	int			resno = list_length(query->targetList) + 1;
	TargetEntry *tle = makeTargetEntry(expr, resno,
									   psprintf("column_%d", resno), false);

	tle->ressortgroupref = ref;
	query->targetList = lappend(query->targetList, tle);
}

/* Plain keys; then for each class the count, and each aggregate. */
static Query *
make_divided(Division *division)
{
	Query	   *inner = cr_shell_core(division->level->query);
	ListCell   *lc;

	inner->hasAggs = true;
	inner->groupClause = division->plain_clauses;
	inner->targetList = NIL;
	foreach(lc, division->plain)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		add_target(inner, copyObject(tle->expr), tle->ressortgroupref);
	}
	foreach(lc, division->conditions)
	{
		Aggref	   *count = cr_make_aggregate(F_COUNT_, INT8OID, NIL);
		ListCell   *lc2;

		add_target(inner, (Expr *) restrict_aggregate(count, lfirst(lc)), 0);
		foreach(lc2, division->aggregates)
			add_target(inner, (Expr *) restrict_aggregate(lfirst(lc2),
														  lfirst(lc)), 0);
	}
	cr_normalize_lift_ctes(inner, 1);
	return inner;
}

/* VALUES (1, …), (2, …) AS classes */
static RangeTblEntry *
make_classes_entry(Division *division)
{
	RangeTblEntry *rte = makeNode(RangeTblEntry);
	ListCell   *lc;

	rte->rtekind = RTE_VALUES;
	foreach(lc, division->classes)
	{
		Const	   *number = cr_make_int4(foreach_current_index(lc));

		rte->values_lists = lappend(rte->values_lists,
									lcons(number, list_copy(lfirst(lc))));
	}
	rte->alias = makeAlias("classes", NIL);
	rte->eref = makeAlias("classes", NIL);
	foreach(lc, linitial(rte->values_lists))
	{
		rte->coltypes = lappend_oid(rte->coltypes, exprType(lfirst(lc)));
		rte->coltypmods = lappend_int(rte->coltypmods, -1);
		rte->colcollations = lappend_oid(rte->colcollations,
										 exprCollation(lfirst(lc)));
		rte->eref->colnames =
			lappend(rte->eref->colnames,
					makeString(psprintf("column%d",
										foreach_current_index(lc) + 1)));
	}
	rte->inFromCl = true;
	return rte;
}

/* CASE class WHEN 0 THEN … END, over column number offset of each class */
static Node *
choose(Division *division, int offset, Oid type, Oid collation)
{
	CaseExpr   *result = makeNode(CaseExpr);
	int			width = list_length(division->aggregates) + 1;
	int			number;

	result->casetype = type;
	result->casecollid = collation;
	result->defresult = (Expr *) makeNullConst(type, -1, collation);
	result->location = -1;
	for (number = 0; number < list_length(division->classes); number++)
	{
		CaseWhen   *when = makeNode(CaseWhen);
		AttrNumber	column = list_length(division->plain) +
		number * width + offset;

		when->expr = cr_make_operation("=",
									   (Expr *) makeVar(2, 1, INT4OID, -1,
														InvalidOid, 0),
									   (Expr *) cr_make_int4(number));
		when->result = (Expr *) makeVar(1, column, type, -1, collation, 0);
		when->location = -1;
		result->args = lappend(result->args, when);
	}
	return (Node *) result;
}

/* What stands in the outer query for a key or an aggregate, or NULL. */
static Node *
find_column(Node *node, Division *division)
{
	AttrNumber	attno = 0;
	ListCell   *lc;

	if (IsA(node, Aggref))
	{
		foreach(lc, division->aggregates)
		{
			if (equal(node, lfirst(lc)))
				return choose(division, foreach_current_index(lc) + 2,
							  exprType(node), exprCollation(node));
		}
	}
	foreach(lc, division->plain)
	{
		attno++;
		if (equal(node, lfirst_node(TargetEntry, lc)->expr))
			return (Node *) makeVar(1, attno, exprType(node),
									exprTypmod(node), exprCollation(node), 0);
	}
	attno = 1;
	foreach(lc, division->tests)
	{
		attno++;
		if (equal(node, lfirst_node(TargetEntry, lc)->expr))
			return (Node *) makeVar(2, attno, exprType(node), -1,
									exprCollation(node), 0);
	}
	return NULL;
}

static Node *
outer_mutator(Node *node, Division *division)
{
	Node	   *column;

	if (node == NULL || IsA(node, Query))
		return node;			/* sub-selects name no columns of this level */
	if (!IsA(node, List) && !IsA(node, TargetEntry) &&
		(column = find_column(node, division)) != NULL)
		return column;
	if (IsA(node, Var) || IsA(node, GroupingFunc))
		division->lost = true;
	return expression_tree_mutator(node, outer_mutator, (void *) division);
}

/* False if a column is left that is neither, nor made of such. */
static bool
write_outer(Division *division)
{
	Query	   *query = division->level->query;
	Query	   *inner = make_divided(division);
	RangeTblEntry *divided = cr_make_subquery_entry(inner, "divided",
													cr_column_names(inner));
	Node	   *having = outer_mutator(query->havingQual, division);
	List	   *targets = (List *)
		outer_mutator((Node *) query->targetList, division);
	Expr	   *count = (Expr *) choose(division, 1, INT8OID, InvalidOid);
	Expr	   *some = cr_make_operation(">", count,
										 (Expr *) cr_make_int8(0));

	if (division->lost)
		return false;
	cr_divided_note(division->level->statement, inner, division->conditions);
	query->targetList = targets;
	cr_shell_put_over(query,
					  list_make2(divided, make_classes_entry(division)),
					  list_make2(cr_make_reference(1), cr_make_reference(2)),
					  make_and_qual((Node *) some, having));
	return true;
}

/*
 * Rewrites a level that groups by tests of memberships, in place.  False if
 * there is nothing to rewrite, or if it has more than keys and aggregates;
 * then the query is as it was.
 */
bool
cr_normalize_divided_groups(CrLevel *level)
{
	Division	division = {0};
	Query	   *query = level->query;
	ListCell   *lc;

	division.level = level;
	if (query->groupingSets != NIL || query->hasTargetSRFs ||
		!read_keys(&division) || !read_classes(&division) ||
		cr_inspect_refers_outside(query) ||
		aggregate_walker((Node *) query->targetList, &division) ||
		aggregate_walker(query->havingQual, &division))
		return false;
	foreach(lc, division.classes)
		division.conditions = lappend(division.conditions,
									  make_class_condition(&division,
														   lfirst(lc)));
	return write_outer(&division);
}
