/*-------------------------------------------------------------------------
 *
 * src/inspect/split.c
 *	  Writes an aggregate over several conditions as aggregates over one.
 *
 *	sum(CASE WHEN a THEN x WHEN b THEN y ELSE 0 END)
 *
 * is, where the rows of each class are many,
 *
 *	CASE WHEN count(*) FILTER (WHERE (a IS NOT TRUE AND b IS NOT TRUE)
 *									 IS NOT TRUE) > 0
 *		 THEN sum(x) FILTER (WHERE a) +
 *			  sum(y) FILTER (WHERE a IS NOT TRUE AND b) END
 *
 * A part without rows is withheld like one of few, and is null; so is what
 * is computed from it, which is never a smaller number.  A class that adds
 * nothing is left out of the sum; the count, which is of all other rows, is
 * there because the gate has it guarded: those that it leaves out are none,
 * or many.  Equal values are one part.  A count is the sum of counts, and an
 * average the one by the other.
 *
 * What the gate reads as FILTER itself (a single CASE) stays as it is.  Beside
 * a FILTER of their own, the parts are such: sum(CASE WHEN a THEN x END).
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "agg/total.h"
#include "base/make_expr.h"
#include "catalog/pg_type.h"
#include "inspect/choice.h"
#include "inspect/facts.h"
#include "inspect/normalize.h"
#include "inspect/polynomial.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "rewrite/rewriteManip.h"
#include "utils/fmgroids.h"

/* The rows that one value is added, or counted, of. */
typedef struct Part
{
	Node	   *value;
	List	   *conditions;		/* any of them holds */
} Part;

/* The classes of an aggregate's rows, by its view of the values. */
typedef struct Classes
{
	List	   *parts;			/* Part: what is added, or counted */
	List	   *others;			/* conditions: rows of nothing such */
} Classes;

/* ---------- parts ---------- */

static Node *
join_conditions(List *conditions)
{
	if (conditions == NIL)
		return makeBoolConst(true, false);
	return (Node *) make_ands_explicit(list_copy(conditions));
}

static void
add_to_parts(List **parts, Node *value, Node *condition)
{
	Part	   *part = NULL;
	ListCell   *lc;

	foreach(lc, *parts)
	{
		if (equal(((Part *) lfirst(lc))->value, value))
			part = (Part *) lfirst(lc);
	}
	if (part == NULL)
	{
		part = palloc0(sizeof(Part));
		part->value = value;
		*parts = lappend(*parts, part);
	}
	part->conditions = lappend(part->conditions, condition);
}

/* The classes of what sum() adds up, or of what count() counts. */
static Classes
find_classes(List *choices, bool summed)
{
	Classes		classes = {NIL, NIL};
	ListCell   *lc;

	foreach(lc, choices)
	{
		CrChoice   *choice = (CrChoice *) lfirst(lc);
		Node	   *condition = join_conditions(choice->conditions);
		Node	   *counted = cr_choice_counted(choice->value);
		Node	   *value = summed ? cr_choice_added(choice->value) : counted;

		if (cr_choice_is_null(counted) || (summed && cr_choice_is_zero(value)))
			classes.others = lappend(classes.others, condition);
		else
			add_to_parts(&classes.parts, value, condition);
	}
	return classes;
}

static bool
is_usable(const Classes *classes)
{
	return classes->parts != NIL &&
		list_length(classes->parts) + list_length(classes->others) <=
		CR_MAX_CLASSES;
}

/* ---------- aggregates over one part ---------- */

/* FILTER, and the condition as well; either may be NULL */
static Expr *
and_filter(const Aggref *aggref, Expr *condition)
{
	List	   *all = make_ands_implicit(copyObject(aggref->aggfilter));

	all = list_concat(all, make_ands_implicit(copyObject(condition)));
	return all == NIL ? NULL : make_ands_explicit(all);
}

/* Which rows the part is of; NULL: of all. */
static Expr *
condition_of_part(const Classes *classes, const Part *part)
{
	if (list_length(classes->parts) == 1 && classes->others == NIL)
		return NULL;
	return list_length(part->conditions) == 1 ?
		linitial(part->conditions) :
		make_orclause(list_copy(part->conditions));
}

static Aggref *
make_aggregate(const Aggref *aggref, Oid aggfnoid, Oid type, Node *value,
			   Expr *filter)
{
	Aggref	   *result = cr_make_aggregate(aggfnoid, type,
										   value == NULL ? NIL :
										   list_make1(copyObject(value)));

	result->inputcollid = aggref->inputcollid;
	result->aggfilter = filter;
	result->location = aggref->location;
	return result;
}

/*
 * The aggregate of a part's values.  Beside a FILTER the part stays a
 * condition of its own, as one without the other may be asked for.
 */
static Aggref *
make_part(const Aggref *aggref, const Classes *classes, const Part *part,
		  Oid aggfnoid, Oid type, Node *value)
{
	Expr	   *condition = condition_of_part(classes, part);

	if (condition == NULL || aggref->aggfilter == NULL)
		return make_aggregate(aggref, aggfnoid, type, value,
							  and_filter(aggref, condition));
	if (value == NULL)
		value = (Node *) cr_make_int4(1);
	if (aggfnoid == F_COUNT_)
		aggfnoid = F_COUNT_ANY;
	value = (Node *) cr_make_case(copyObject((Node *) condition),
								  copyObject(value), NULL);
	return make_aggregate(aggref, aggfnoid, type, value,
						  and_filter(aggref, NULL));
}

static Aggref *
count_part(const Aggref *aggref, const Classes *classes, const Part *part)
{
	bool		rows = IsA(part->value, Const);

	return make_part(aggref, classes, part, rows ? F_COUNT_ : F_COUNT_ANY,
					 INT8OID, rows ? NULL : part->value);
}

/* ---------- what is computed from them ---------- */

static Node *
compute(const char *operator, Node *left, Node *right)
{
	return (Node *) cr_make_operation(operator, (Expr *) left, (Expr *) right);
}

/* (condition) IS NOT TRUE */
static Expr *
deny(Expr *condition)
{
	return (Expr *) cr_make_boolean_test((Node *) condition, IS_NOT_TRUE,
										 exprLocation((Node *) condition));
}

/* count(*) FILTER (WHERE filter) > 0 */
static Node *
any_row(const Aggref *aggref, Expr *filter)
{
	Aggref	   *count = make_aggregate(aggref, F_COUNT_, INT8OID, NULL,
									   filter);

	return compute(">", (Node *) count, (Node *) cr_make_int8(0));
}

/*
 * Tests of what FILTER leaves out: of all rows, and of those of each part,
 * which many others would hide.
 */
static List *
tests_of_filter(const Aggref *aggref, const Classes *classes)
{
	List	   *tests = list_make1(any_row(aggref, and_filter(aggref, NULL)));
	ListCell   *lc;

	foreach(lc, classes->others == NIL && list_length(classes->parts) == 1 ?
			NIL : classes->parts)
	{
		List	   *conditions = ((Part *) lfirst(lc))->conditions;
		Expr	   *outside = deny(copyObject(aggref->aggfilter));
		List	   *both = list_make2(outside, make_orclause(conditions));

		tests = lappend(tests, any_row(aggref,
									   deny(make_ands_explicit(both))));
	}
	return tests;
}

/*
 * The result, or null if a class that it leaves out is of few, or what FILTER
 * does.  A single part that is all the rest is guarded against that by itself.
 */
static Node *
where_others_are_many(const Aggref *aggref, const Classes *classes,
					  Node *result)
{
	List	   *tests = NIL;
	ListCell   *lc;

	if (aggref->aggfilter == NULL &&
		(classes->others == NIL || (list_length(classes->parts) == 1 &&
									list_length(classes->others) == 1)))
		return result;
	if (aggref->aggfilter != NULL)
		tests = tests_of_filter(aggref, classes);
	foreach(lc, classes->others)
	{
		Expr	   *class = and_filter(aggref, lfirst(lc));

		/* NULL: a class of all rows, of which no part is left */
		if (class != NULL)
			tests = lappend(tests, any_row(aggref, deny(class)));
	}
	if (tests == NIL)
		return result;
	return (Node *) cr_make_case((Node *) make_ands_explicit(tests), result,
								 NULL);
}

/* What is released may be too large together; then it is null. */
static Node *
add(Oid type, Node *left, Node *right)
{
	if (type != FLOAT8OID && type != FLOAT4OID)
		return compute("+", left, right);
	return (Node *) makeFuncExpr(cr_total_function(type == FLOAT8OID ?
												   F_FLOAT8PL : F_FLOAT4PL),
								 type, list_make2(left, right), InvalidOid,
								 InvalidOid, COERCE_EXPLICIT_CALL);
}

/* A sum of it is as wide as the average. */
static Node *
widen_for_sum(Node *value, Oid aggfnoid)
{
	if (aggfnoid != F_SUM_FLOAT8 || exprType(value) != FLOAT4OID)
		return value;
	return (Node *) makeFuncExpr(F_FLOAT8_FLOAT4, FLOAT8OID,
								 list_make1(copyObject(value)), InvalidOid,
								 InvalidOid, COERCE_EXPLICIT_CAST);
}

/* The sum of the aggregates of all parts. */
static Node *
add_parts(const Aggref *aggref, const Classes *classes, Oid aggfnoid, Oid type)
{
	Node	   *result = NULL;
	ListCell   *lc;

	foreach(lc, classes->parts)
	{
		Part	   *part = (Part *) lfirst(lc);
		Aggref	   *one = aggfnoid == F_COUNT_ANY ?
			count_part(aggref, classes, part) :
			make_part(aggref, classes, part, aggfnoid, type,
					  widen_for_sum(part->value, aggfnoid));

		result = result == NULL ? (Node *) one :
			add(type, result, (Node *) one);
	}
	return result;
}

/* ---------- the aggregates ---------- */

/* Which sum it is, or is made of, and of which type; or InvalidOid. */
static Oid
find_sum(Oid aggfnoid, Oid *type)
{
	*type = NUMERICOID;
	switch (aggfnoid)
	{
		case F_SUM_INT2:
		case F_AVG_INT2:
			*type = INT8OID;
			return F_SUM_INT2;
		case F_SUM_INT4:
		case F_AVG_INT4:
			*type = INT8OID;
			return F_SUM_INT4;
		case F_SUM_INT8:
		case F_AVG_INT8:
			return F_SUM_INT8;
		case F_SUM_NUMERIC:
		case F_AVG_NUMERIC:
			return F_SUM_NUMERIC;
		case F_SUM_FLOAT4:
			*type = FLOAT4OID;
			return F_SUM_FLOAT4;
		case F_SUM_FLOAT8:
		case F_AVG_FLOAT4:
		case F_AVG_FLOAT8:
			*type = FLOAT8OID;
			return F_SUM_FLOAT8;
		default:
			return InvalidOid;
	}
}

/* The sum, of the type that an average is of. */
static Node *
cast_for_average(Node *expr, Oid type)
{
	Oid			from = exprType(expr);

	if (from == type)
		return expr;
	return (Node *) makeFuncExpr(type == FLOAT8OID ? F_FLOAT8_INT8 :
								 F_NUMERIC_INT8,
								 type, list_make1(expr), InvalidOid,
								 InvalidOid, COERCE_EXPLICIT_CAST);
}

static Node *
split_average(const Aggref *aggref, const Classes *added,
			  const Classes *counted)
{
	Oid			type;
	Oid			sum = find_sum(aggref->aggfnoid, &type);

	/* one value for all that are counted */
	if (list_length(added->parts) == 1 &&
		list_length(added->others) == list_length(counted->others))
	{
		Part	   *part = linitial(added->parts);

		return (Node *) make_part(aggref, added, part, aggref->aggfnoid,
								  aggref->aggtype, part->value);
	}
	return compute("/",
				   cast_for_average(add_parts(aggref, added, sum, type),
									aggref->aggtype),
				   cast_for_average(add_parts(aggref, counted, F_COUNT_ANY,
											  INT8OID),
									aggref->aggtype));
}

/* Is it one that the gate reads by itself, see gate/conditional.c? */
static bool
is_single(const Aggref *aggref, Node *argument)
{
	uint32		family = cr_aggregate_family(aggref->aggfnoid);
	CaseExpr   *expr = (CaseExpr *) argument;
	Node	   *otherwise;

	if (aggref->aggfilter != NULL &&
		cr_inspect_chosen_value(argument) == argument)
		return false;
	if (!IsA(argument, CaseExpr))
	{
		/* (condition)::int, also when that is widened */
		while (IsA(argument, FuncExpr) &&
			   ((FuncExpr *) argument)->funcid != F_INT4_BOOL &&
			   list_length(((FuncExpr *) argument)->args) == 1)
			argument = linitial(((FuncExpr *) argument)->args);
		return family != CR_AGG_COUNT && IsA(argument, FuncExpr) &&
			((FuncExpr *) argument)->funcid == F_INT4_BOOL;
	}
	otherwise = cr_choice_added((Node *) expr->defresult);
	return list_length(expr->args) == 1 &&
		!cr_choice_stands_in((Node *) linitial_node(CaseWhen,
													expr->args)->result) &&
		(cr_choice_is_null(otherwise) ||
		 (family != CR_AGG_COUNT && cr_choice_is_zero(otherwise)));
}

static Node *
write_split(const Aggref *aggref, uint32 family, List *choices)
{
	Classes		added = find_classes(choices, true);
	Classes		counted = find_classes(choices, false);
	Oid			type;
	Oid			sum = find_sum(aggref->aggfnoid, &type);

	if (!is_usable(family == CR_AGG_COUNT ? &counted : &added) ||
		!is_usable(family == CR_AGG_SUM ? &added : &counted))
		return NULL;
	if (family == CR_AGG_COUNT)
		return where_others_are_many(aggref, &counted,
									 add_parts(aggref, &counted, F_COUNT_ANY,
											   INT8OID));
	return where_others_are_many(aggref, &added, family == CR_AGG_SUM ?
								 add_parts(aggref, &added, sum, type) :
								 split_average(aggref, &added, &counted));
}

static Node *
split_aggregate(Aggref *aggref, Query *query)
{
	uint32		family = cr_aggregate_family(aggref->aggfnoid);
	Oid			type;
	Node	   *argument;
	Node	   *result;

	if ((aggref->aggfnoid != F_COUNT_ANY &&
		 !OidIsValid(find_sum(aggref->aggfnoid, &type))) ||
		aggref->agglevelsup != 0 || aggref->aggdistinct != NIL ||
		aggref->aggorder != NIL)
		return (Node *) aggref;
	argument = (Node *) linitial_node(TargetEntry, aggref->args)->expr;
	if (!cr_choice_stands_in(argument) || is_single(aggref, argument))
		return (Node *) aggref;
	result = write_split(aggref, family,
						 cr_choice_read(query, argument,
										family == CR_AGG_SUM));
	return result != NULL ? result : (Node *) aggref;
}

static Node *
split_mutator(Node *node, Query *query)
{
	if (node == NULL || IsA(node, Query))
		return node;
	if (IsA(node, Aggref))
		return split_aggregate((Aggref *) node, query);
	return expression_tree_mutator(node, split_mutator, (void *) query);
}

/* Writes the aggregates of a released level so, in place. */
void
cr_normalize_split(CrLevel *level)
{
	Query	   *query = level->query;
	ListCell   *lc;

	/* what has been divided was split before (divide.c) */
	if (!query->hasAggs ||
		cr_divided_classes(level->statement, query) != NIL)
		return;
	foreach(lc, query->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		if (contain_aggs_of_level((Node *) tle->expr, 0))
			tle->expr = (Expr *) split_mutator((Node *) tle->expr, query);
	}
	query->havingQual = split_mutator(query->havingQual, query);
}
