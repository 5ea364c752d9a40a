/*-------------------------------------------------------------------------
 *
 * src/inspect/nullness.c
 *	  Takes out of a query what it says of nulls that are never there.
 *
 *	a JOIN b ON a.k = b.k OR (a.k IS NULL AND b.k IS NULL)
 *	a JOIN b ON a.k IS NOT DISTINCT FROM b.k
 *
 * are a JOIN b ON a.k = b.k where one of the two is never null, as units are:
 * rows without one are not seen (reshape/marker.c).  Where both may be null
 * the first is written as the second.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/transam.h"
#include "base/compat.h"
#include "inspect/facts.h"
#include "inspect/normalize.h"
#include "inspect/polynomial.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/parsetree.h"
#include "utils/lsyscache.h"

/* Where an expression stands: after which joins of the query. */
typedef struct Place
{
	Query	   *query;
	List	   *from;			/* the parts of FROM that it may name */
	bool		folded;			/* a test has become a constant */
} Place;

/* ---------- what is never null ---------- */

/* Has a table that binds the user no row without the column that is seen? */
static bool
table_has_no_null(Oid relid, AttrNumber attnum)
{
	CrPolicy   *policy;

	if (cr_attribute_is_not_null(relid, attnum))
		return true;
	policy = cr_base_find_policy(relid);
	return policy != NULL && attnum <= policy->natts &&
		(policy->columns[attnum - 1].uses & CR_USE_UNIT) != 0;
}

static bool
subquery_has_no_null(Query *query, AttrNumber attnum)
{
	TargetEntry *tle;
	Node	   *expr;

	if (query->commandType != CMD_SELECT || query->setOperations != NULL ||
		query->groupingSets != NIL)
		return false;
	cr_flatten_group_names(query);
	tle = get_tle_by_resno(query->targetList, attnum);
	if (tle == NULL || tle->resjunk)
		return false;
	expr = cr_inspect_strip((Node *) tle->expr);
	return (IsA(expr, Var) &&
			cr_var_is_forced(query->jointree->quals, (Var *) expr)) ||
		cr_normalize_is_not_null(query, (Node *) query->jointree, expr);
}

static bool
column_has_no_null(Query *query, Node *from, Var *var)
{
	RangeTblEntry *rte;

	if (var->varlevelsup != 0 || var->varattno <= 0 ||
		cr_normalize_may_be_null(from, var->varno))
		return false;
	rte = rt_fetch(var->varno, query->rtable);
	switch (rte->rtekind)
	{
		case RTE_RELATION:
			return table_has_no_null(rte->relid, var->varattno);
		case RTE_SUBQUERY:
			return subquery_has_no_null(rte->subquery, var->varattno);
		case RTE_JOIN:
			return cr_normalize_is_not_null(query, from,
											list_nth(rte->joinaliasvars,
													 var->varattno - 1));
		default:
			return false;
	}
}

/*
 * Is the expression not null in any row of that part of the query's FROM?
 * False where it cannot be told.
 */
bool
cr_normalize_is_not_null(Query *query, Node *from, Node *expr)
{
	check_stack_depth();
	expr = cr_inspect_strip(expr);
	if (expr == NULL)
		return false;
	if (IsA(expr, Const))
		return !((Const *) expr)->constisnull;
	/* of people's groups that is: a count that is released may be withheld */
	if (IsA(expr, Aggref))
		return ((Aggref *) expr)->agglevelsup == 0 &&
			(!cr_inspect_touches(query) || cr_normalize_has_people(query)) &&
			cr_aggregate_family(((Aggref *) expr)->aggfnoid) == CR_AGG_COUNT;
	return IsA(expr, Var) && column_has_no_null(query, from, (Var *) expr);
}

/* The same of a place: in no part of it. */
static bool
never_null(const Place *place, Node *expr)
{
	ListCell   *lc;

	/* constants stay with who judges what is compared with them */
	if (!IsA(cr_inspect_strip(expr), Var))
		return false;
	foreach(lc, place->from)
	{
		if (!cr_normalize_is_not_null(place->query, lfirst(lc), expr))
			return false;
	}
	return true;
}

/* ---------- tests ---------- */

static bool
is_boolean(const Node *node, bool value)
{
	const Const *constant = (const Const *) node;

	return IsA(node, Const) && exprType(node) == BOOLOID &&
		!constant->constisnull && DatumGetBool(constant->constvalue) == value;
}

/* AND without what is true, OR without what is false, NOT of a constant. */
static Node *
shorten(BoolExpr *expr)
{
	bool		neutral = expr->boolop == AND_EXPR;
	List	   *args = NIL;
	ListCell   *lc;

	if (expr->boolop == NOT_EXPR)
	{
		if (is_boolean(linitial(expr->args), true))
			return makeBoolConst(false, false);
		return is_boolean(linitial(expr->args), false) ?
			makeBoolConst(true, false) : (Node *) expr;
	}
	foreach(lc, expr->args)
	{
		if (is_boolean(lfirst(lc), !neutral))
			return makeBoolConst(!neutral, false);
		if (!is_boolean(lfirst(lc), neutral))
			args = lappend(args, lfirst(lc));
	}
	if (args == NIL)
		return makeBoolConst(neutral, false);
	expr->args = args;
	return list_length(args) == 1 ? linitial(args) : (Node *) expr;
}

/* CASE without a WHEN that never holds, up to one that always does. */
static Node *
shorten_case(CaseExpr *expr)
{
	List	   *args = NIL;
	ListCell   *lc;

	if (expr->arg != NULL)
		return (Node *) expr;
	foreach(lc, expr->args)
	{
		CaseWhen   *when = lfirst_node(CaseWhen, lc);

		if (is_boolean((Node *) when->expr, true))
		{
			expr->defresult = when->result;
			break;
		}
		if (!is_boolean((Node *) when->expr, false))
			args = lappend(args, when);
	}
	expr->args = args;
	return args == NIL ? (Node *) expr->defresult : (Node *) expr;
}

static Node *
tests_mutator(Node *node, Place *place)
{
	NullTest   *test = (NullTest *) node;
	bool		folded = place->folded;

	if (node == NULL || IsA(node, Query))
		return node;			/* a query of its own */
	if (IsA(node, NullTest) && !test->argisrow &&
		never_null(place, (Node *) test->arg))
	{
		place->folded = true;
		return makeBoolConst(test->nulltesttype == IS_NOT_NULL, false);
	}
	place->folded = false;
	node = expression_tree_mutator(node, tests_mutator, (void *) place);
	if (place->folded && IsA(node, BoolExpr))
		node = shorten((BoolExpr *) node);
	else if (place->folded && IsA(node, CaseExpr))
		node = shorten_case((CaseExpr *) node);
	place->folded = place->folded || folded;
	return node;
}

/* ---------- equality that takes nulls for equal ---------- */

/* Are the two tests for null of what is compared? */
static bool
tests_both(const OpExpr *equality, Node *node)
{
	NullTest   *tests[2];

	if (!is_andclause(node) || list_length(((BoolExpr *) node)->args) != 2)
		return false;
	for (int i = 0; i < 2; i++)
	{
		tests[i] = list_nth(((BoolExpr *) node)->args, i);
		if (!IsA(tests[i], NullTest) ||
			tests[i]->nulltesttype != IS_NULL || tests[i]->argisrow)
			return false;
	}
	for (int i = 0; i < 2; i++)
	{
		if (equal(cr_inspect_strip((Node *) tests[i]->arg),
				  cr_inspect_strip(linitial(equality->args))) &&
			equal(cr_inspect_strip((Node *) tests[1 - i]->arg),
				  cr_inspect_strip(lsecond(equality->args))))
			return true;
	}
	return false;
}

/* a = b, by an operator of the server's own that is null of nulls */
static bool
is_strict_equality(Node *node)
{
	Node	   *left;
	Node	   *right;

	return cr_inspect_equality(node, &left, &right) &&
		((OpExpr *) node)->opno < FirstNormalObjectId &&
		func_strict(get_opcode(((OpExpr *) node)->opno));
}

/* a = b OR (a IS NULL AND b IS NULL), as NOT (a IS DISTINCT FROM b) */
static Node *
write_distinct(Node *conjunct)
{
	List	   *args = ((BoolExpr *) conjunct)->args;

	if (!is_orclause(conjunct) || list_length(args) != 2)
		return conjunct;
	for (int i = 0; i < 2; i++)
	{
		OpExpr	   *equality = list_nth(args, i);

		if (is_strict_equality((Node *) equality) &&
			tests_both(equality, list_nth(args, 1 - i)))
		{
			equality = copyObject(equality);
			NodeSetTag(equality, T_DistinctExpr);
			return (Node *) make_notclause((Expr *) equality);
		}
	}
	return conjunct;
}

/* One conjunct of WHERE or ON, where what is unknown does not hold either. */
static Node *
read_conjunct(Place *place, Node *conjunct)
{
	Node	   *left;
	Node	   *right;
	OpExpr	   *equality;

	conjunct = write_distinct(tests_mutator(conjunct, place));
	equality = (OpExpr *) cr_inspect_null_safe(conjunct, &left, &right);
	if (equality == NULL ||
		!(never_null(place, left) || never_null(place, right)))
		return conjunct;
	equality = copyObject(equality);
	NodeSetTag(equality, T_OpExpr);
	return (Node *) equality;
}

/* ---------- the query ---------- */

static Node *
read_conditions(Query *query, List *from, Node *quals)
{
	Place		place = {query, from, false};
	List	   *kept = NIL;
	ListCell   *lc;

	foreach(lc, make_ands_implicit((Expr *) quals))
	{
		Node	   *conjunct = read_conjunct(&place, lfirst(lc));

		if (!place.folded || !is_boolean(conjunct, true))
			kept = lappend(kept, conjunct);
	}
	return kept == NIL ? NULL : (Node *) make_ands_explicit(kept);
}

static void
read_from(Query *query, Node *node)
{
	JoinExpr   *join = (JoinExpr *) node;
	ListCell   *lc;

	if (IsA(node, FromExpr))
	{
		foreach(lc, ((FromExpr *) node)->fromlist)
			read_from(query, lfirst(lc));
	}
	if (!IsA(node, JoinExpr))
		return;
	read_from(query, join->larg);
	read_from(query, join->rarg);
	/* before it has added any null itself */
	join->quals = read_conditions(query, list_make2(join->larg, join->rarg),
								  join->quals);
}

/*
 * Reads tests for null of what is never null as constants, and equality that
 * takes nulls for equal as equality, in place.  Its names are normalized.
 */
void
cr_normalize_nulls(Query *query)
{
	List	   *from = list_make1(query->jointree);
	Place		place = {query, from, false};

	query->targetList = (List *)
		tests_mutator((Node *) query->targetList, &place);
	query->havingQual = tests_mutator(query->havingQual, &place);
	read_from(query, (Node *) query->jointree);
	query->jointree->quals = read_conditions(query, from,
											 query->jointree->quals);
}
