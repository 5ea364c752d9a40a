/*-------------------------------------------------------------------------
 *
 * src/inspect/counted.c
 *	  Counts of people's rows, one at least, which others do not have.
 *
 *	a LEFT JOIN (SELECT k, count(*) AS n FROM b GROUP BY k) c ON c.k = a.k
 *
 * Without a match n is null, else it is at least one: so coalesce(n, 0) = 0
 * asks for n IS NULL, and n > 0, as a condition, for n IS NOT NULL.  An
 * expression that is told by n's place among constants is computed for one n
 * of each place, and for none.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/constant.h"
#include "base/make_expr.h"
#include "catalog/pg_type.h"
#include "inspect/counted.h"
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
#include "utils/lsyscache.h"

/* ---------- counts ---------- */

static bool
is_row_count(Query *query, const Aggref *aggref)
{
	return IsA(aggref, Aggref) && aggref->agglevelsup == 0 &&
		aggref->aggfilter == NULL &&
		cr_aggregate_family(aggref->aggfnoid) == CR_AGG_COUNT &&
		(aggref->aggstar ||
		 cr_normalize_is_not_null(query, (Node *) query->jointree,
								  (Node *) linitial_node(TargetEntry,
														 aggref->args)->expr));
}

/* Is the column of a subquery a person's number of rows? */
static bool
is_count(Query *query, const Var *var)
{
	RangeTblEntry *rte = rt_fetch(var->varno, query->rtable);
	TargetEntry *tle;
	Node	   *expr;

	check_stack_depth();
	if (rte->rtekind != RTE_SUBQUERY || rte->subquery->setOperations != NULL ||
		rte->subquery->groupingSets != NIL)
		return false;
	query = rte->subquery;
	cr_flatten_group_names(query);
	tle = get_tle_by_resno(query->targetList, var->varattno);
	if (tle == NULL || tle->resjunk)
		return false;
	expr = cr_inspect_strip((Node *) tle->expr);
	if (query->hasAggs)
		return is_row_count(query, (Aggref *) expr) &&
			cr_normalize_groups_people(query);
	return IsA(expr, Var) && ((Var *) expr)->varlevelsup == 0 &&
		((Var *) expr)->varattno > 0 &&
		!cr_normalize_may_be_null((Node *) query->jointree,
								  ((Var *) expr)->varno) &&
		is_count(query, (Var *) expr);
}

/* ---------- what an expression tells of them ---------- */

static Var *
column_of(const CrCounted *counted, Node *node)
{
	node = cr_inspect_strip(node);
	return node != NULL && IsA(node, Var) &&
		((Var *) node)->varlevelsup == 0 && ((Var *) node)->varattno > 0 &&
		((Var *) node)->varno == counted->rti ? (Var *) node : NULL;
}

/* Is it the count, and no other one than before? */
static bool
read_count(CrCounted *counted, Node *node)
{
	Var		   *var = column_of(counted, node);

	if (var == NULL || !is_count(counted->query, var))
		return false;
	if (counted->count == NULL)
		counted->count = var;
	return counted->count->varattno == var->varattno;
}

static bool
is_integer(Node *node)
{
	if (!IsA(node, Const) || ((Const *) node)->constisnull)
		return false;
	switch (((Const *) node)->consttype)
	{
		case INT2OID:
		case INT4OID:
		case INT8OID:
			return true;
		default:
			return false;
	}
}

static int64
integer_of(const Const *constant)
{
	switch (constant->consttype)
	{
		case INT2OID:
			return DatumGetInt16(constant->constvalue);
		case INT4OID:
			return DatumGetInt32(constant->constvalue);
		default:
			return DatumGetInt64(constant->constvalue);
	}
}

/* The count, or coalesce(count, integer) */
static bool
read_side(CrCounted *counted, Node *node)
{
	CoalesceExpr *coalesce = (CoalesceExpr *) node;

	if (!IsA(node, CoalesceExpr))
		return read_count(counted, node);
	return list_length(coalesce->args) == 2 &&
		is_integer(cr_fold(lsecond(coalesce->args))) &&
		read_count(counted, linitial(coalesce->args));
}

static bool
read_bound(CrCounted *counted, Node *node)
{
	node = cr_fold(node);
	if (!is_integer(node))
		return false;
	counted->bounds = lappend(counted->bounds, node);
	return true;
}

static bool
read_comparison(CrCounted *counted, OpExpr *op)
{
	Node	   *left;
	Node	   *right;

	if (!IsA(op, OpExpr) || list_length(op->args) != 2 ||
		!cr_inspect_compares(op->opno))
		return false;
	left = linitial(op->args);
	right = lsecond(op->args);
	return (read_side(counted, left) && read_bound(counted, right)) ||
		(read_side(counted, right) && read_bound(counted, left));
}

static bool
read_list(CrCounted *counted, ScalarArrayOpExpr *op)
{
	ArrayExpr  *array;
	ListCell   *lc;

	if (!IsA(op, ScalarArrayOpExpr) || !cr_inspect_compares(op->opno) ||
		!read_side(counted, linitial(op->args)))
		return false;
	array = (ArrayExpr *) cr_inspect_strip(lsecond(op->args));
	if (!IsA(array, ArrayExpr) || array->multidims)
		return false;
	foreach(lc, array->elements)
	{
		if (!read_bound(counted, lfirst(lc)))
			return false;
	}
	return true;
}

/* A test whether there is a row at all. */
static bool
tests_row(const CrCounted *counted, Node *node)
{
	RangeTblRef rows = {.type = T_RangeTblRef,.rtindex = counted->rti};
	Var		   *var;

	if (!IsA(node, NullTest))
		return false;
	var = column_of(counted, (Node *) ((NullTest *) node)->arg);
	return var != NULL && !((NullTest *) node)->argisrow &&
		cr_normalize_is_not_null(counted->query, (Node *) &rows,
								 (Node *) var);
}

/* True where there is anything else. */
static bool
read_walker(Node *node, CrCounted *counted)
{
	if (node == NULL || tests_row(counted, node) ||
		read_comparison(counted, (OpExpr *) node) ||
		read_list(counted, (ScalarArrayOpExpr *) node))
		return false;
	switch (nodeTag(node))
	{
		case T_Const:
		case T_BoolExpr:
		case T_BooleanTest:
		case T_CaseExpr:
		case T_CaseWhen:
		case T_List:
		case T_RelabelType:
			return expression_tree_walker(node, read_walker,
										  (void *) counted);
		default:
			return true;
	}
}

bool
cr_counted_read(CrCounted *counted, Node *expr)
{
	return !read_walker(expr, counted);
}

/* ---------- what it is then ---------- */

typedef struct Instance
{
	const CrCounted *counted;
	int64		count;			/* 0: there is no row of the entry */
} Instance;

static Node *
instance_mutator(Node *node, Instance *instance)
{
	Var		   *var;

	if (node == NULL)
		return NULL;
	if (instance->count > 0 && tests_row(instance->counted, node))
		return makeBoolConst(((NullTest *) node)->nulltesttype == IS_NOT_NULL,
							 false);
	var = IsA(node, Var) ? column_of(instance->counted, node) : NULL;
	if (var != NULL && instance->count == 0)
		return (Node *) makeNullConst(var->vartype, var->vartypmod,
									  var->varcollid);
	if (var != NULL && instance->counted->count != NULL &&
		var->varattno == instance->counted->count->varattno)
		return (Node *) cr_make_int8(instance->count);
	return expression_tree_mutator(node, instance_mutator,
								   (void *) instance);
}

/*
 * The expression where the entry's row has this count; 0: where there is no
 * row.  NULL if it is no constant then.
 */
Const *
cr_counted_value(const CrCounted *counted, Node *expr, int64 count)
{
	Instance	instance = {counted, count};
	Node	   *value;

	if (contain_mutable_functions(expr))
		return NULL;
	/* what is constant as it stands; then what is by the count, or by null */
	value = cr_fold(copyObject(expr));
	value = cr_inspect_settle(instance_mutator(value, &instance));
	return IsA(value, Const) ? (Const *) value : NULL;
}

static Node *
one_mutator(Node *node, const CrCounted *counted)
{
	if (node == NULL)
		return NULL;
	if (IsA(node, Var) && ((Var *) node)->varlevelsup == 0 &&
		(int) ((Var *) node)->varno == counted->rti)
	{
		if (((Var *) node)->vartype == INT8OID)
			return (Node *) cr_make_int8(1);
		if (((Var *) node)->vartype == INT4OID)
			return (Node *) cr_make_int4(1);
	}
	return expression_tree_mutator(node, one_mutator, (void *) counted);
}

/*
 * Is the expression for one row what it is for none?  Then most people are
 * likely to share that, and it is not only those without a match.
 */
bool
cr_counted_one_is_none(Query *query, int rti, Node *expr, const Const *none)
{
	CrCounted	counted = {query, rti, NULL, NIL};
	Node	   *one;

	if (contain_mutable_functions(expr))
		return false;
	one = cr_fold(copyObject(expr));
	one = cr_inspect_settle(one_mutator(one, &counted));
	return IsA(one, Const) && equal(one, none);
}

/* Const: one count of each place among the bounds, and some twice. */
List *
cr_counted_instances(const CrCounted *counted)
{
	List	   *counts = list_make1(cr_make_int8(1));
	ListCell   *lc;

	foreach(lc, counted->bounds)
	{
		int64		bound = integer_of(lfirst_node(Const, lc));
		int64		count;

		if (bound < 1 || bound == PG_INT64_MAX)
			continue;
		for (count = Max(bound - 1, 1); count <= bound + 1; count++)
			counts = lappend(counts, cr_make_int8(count));
	}
	return counts;
}

/* ---------- values that it never has ---------- */

static bool
is_cast(Node *node, Node **argument)
{
	if (IsA(node, FuncExpr) && list_length(((FuncExpr *) node)->args) == 1 &&
		((FuncExpr *) node)->funcformat != COERCE_EXPLICIT_CALL)
		*argument = linitial(((FuncExpr *) node)->args);
	else if (IsA(node, CoerceViaIO))
		*argument = (Node *) ((CoerceViaIO *) node)->arg;
	else
		return false;
	return true;
}

/* Does its text begin with a digit other than 0? */
static bool
begins_with_digit(const Const *value)
{
	Oid			output;
	bool		is_varlena;
	const char *text;

	if (value->constisnull)
		return false;
	getTypeOutputInfo(value->consttype, &output, &is_varlena);
	text = OidOutputFunctionCall(output, value->constvalue);
	return text[0] >= '1' && text[0] <= '9';
}

/*
 * Is it, where there is a row, the count or a number between one and it, by
 * any type?  Its text begins with a digit other than 0 then.
 */
static bool
is_count_in_words(CrCounted *counted, Node *expr)
{
	MinMaxExpr *extreme;
	Node	   *argument;
	Node	   *bound;

	expr = cr_inspect_strip(expr);
	if (is_cast(expr, &argument))
		return (exprType(expr) == TEXTOID || exprType(expr) == NUMERICOID ||
				exprType(expr) == INT8OID || exprType(expr) == INT4OID) &&
			is_count_in_words(counted, argument);
	if (IsA(expr, CoalesceExpr))
		return is_count_in_words(counted,
								 linitial(((CoalesceExpr *) expr)->args));
	extreme = (MinMaxExpr *) expr;
	if (!IsA(expr, MinMaxExpr))
		return read_count(counted, expr);
	if (list_length(extreme->args) != 2 || extreme->op != IS_LEAST)
		return false;
	argument = linitial(extreme->args);
	bound = cr_fold(lsecond(extreme->args));
	return is_integer(bound) && integer_of((Const *) bound) >= 1 &&
		is_count_in_words(counted, argument);
}

static bool
differ(const Const *a, const Const *b, Oid equality)
{
	if (a->constisnull || b->constisnull)
		return a->constisnull != b->constisnull;
	return a->consttype == b->consttype &&
		a->constcollid == b->constcollid &&
		!DatumGetBool(OidFunctionCall2Coll(get_opcode(equality),
										   a->constcollid, a->constvalue,
										   b->constvalue));
}

/* The result of CASE for a count; *clear is false where it cannot be told. */
static Node *
result_of(CrCounted *counted, CaseExpr *expr, int64 count, bool *clear)
{
	ListCell   *lc;

	foreach(lc, expr->args)
	{
		CaseWhen   *when = lfirst_node(CaseWhen, lc);
		Const	   *holds = cr_counted_value(counted,
											 cr_inspect_when(expr, when),
											 count);

		if (holds == NULL)
			*clear = false;
		if (holds == NULL ||
			(!holds->constisnull && DatumGetBool(holds->constvalue)))
			return (Node *) when->result;
	}
	return (Node *) expr->defresult;
}

static bool
conditions_are_read(CrCounted *counted, CaseExpr *expr)
{
	ListCell   *lc;

	foreach(lc, expr->args)
	{
		if (!cr_counted_read(counted,
							 cr_inspect_when(expr,
											 lfirst_node(CaseWhen, lc))))
			return false;
	}
	return true;
}

/* The same of one count. */
static bool
is_never_of(CrCounted *counted, Node *expr, int64 count,
			const Const *value, Oid equality)
{
	CrCounted	words = *counted;
	bool		clear = true;
	Const	   *constant;

	if (IsA(expr, CaseExpr))
	{
		expr = result_of(counted, (CaseExpr *) expr, count, &clear);
		if (clear && is_count_in_words(&words, expr))
			return !begins_with_digit(value);
		clear = clear && !contain_var_clause(expr);
	}
	constant = clear ? cr_counted_value(counted, expr, count) : NULL;
	return constant != NULL && differ(constant, value, equality);
}

static bool
is_never(CrCounted *counted, Node *expr, const Const *value, Oid equality)
{
	CrCounted	words = *counted;
	ListCell   *lc;

	expr = cr_inspect_strip(expr);
	if (is_count_in_words(&words, expr))
		return !begins_with_digit(value);
	if (IsA(expr, CaseExpr) ?
		!conditions_are_read(counted, (CaseExpr *) expr) :
		!cr_counted_read(counted, expr))
		return false;
	foreach(lc, cr_counted_instances(counted))
	{
		int64		count = integer_of(lfirst_node(Const, lc));

		if (!is_never_of(counted, expr, count, value, equality))
			return false;
	}
	return true;
}

bool
cr_counted_never(Query *query, int rti, Node *expr, const Const *value,
				 Oid equality)
{
	CrCounted	counted = {query, rti, NULL, NIL};
	RangeTblRef rows = {.type = T_RangeTblRef,.rtindex = rti};

	if (value->constisnull && column_of(&counted, expr) != NULL &&
		cr_normalize_is_not_null(query, (Node *) &rows, expr))
		return true;
	return is_never(&counted, expr, value, equality);
}
