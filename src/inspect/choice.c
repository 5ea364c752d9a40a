/*-------------------------------------------------------------------------
 *
 * src/inspect/choice.c
 *	  Reads what an expression with CASE in it can be.
 *
 *	x * CASE WHEN a THEN 1 WHEN b THEN -1 ELSE 0 END
 *
 * is x * 1 for the rows that a holds for, x * -1 where a does not and b does,
 * and x * 0 for all others: a function of the one or the other is the one or
 * the other function.  Conditions have three values, so "not a" is a IS NOT
 * TRUE.  A condition cast to a number is one of two, or null.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/make_expr.h"
#include "catalog/pg_type.h"
#include "inspect/choice.h"
#include "inspect/facts.h"
#include "inspect/normalize.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/fmgroids.h"

/* So many are looked at, before those of equal values are put together. */
#define MAX_CHOICES	64

typedef struct Reading
{
	Query	   *query;
	bool		summed;			/* or multiplied, and summed: what is null
								 * adds as much as what is 0 */
} Reading;

static bool read_choices(Reading *reading, Node *expr, List **choices);

static bool
choice_walker(Node *node, void *context)
{
	if (node == NULL || IsA(node, SubLink) || IsA(node, Query))
		return false;
	if (IsA(node, CaseExpr) ||
		(IsA(node, FuncExpr) && ((FuncExpr *) node)->funcid == F_INT4_BOOL))
		return true;
	return expression_tree_walker(node, choice_walker, context);
}

/* Is there a CASE in the expression, or a condition cast to a number? */
bool
cr_choice_stands_in(Node *expr)
{
	return choice_walker(expr, NULL);
}

/* Is the value null in no row? */
static bool
is_given(Query *query, Node *value)
{
	Node	   *counted = cr_choice_counted(value);

	return !cr_choice_is_null(counted) &&
		cr_normalize_is_not_null(query, (Node *) query->jointree, counted);
}

/* ---------- conditions ---------- */

static Node *
make_test(Node *condition, BoolTestType type)
{
	return cr_make_boolean_test(condition, type, exprLocation(condition));
}

/* Does the one say that the other does not hold? */
static bool
denies(Node *test, Node *condition)
{
	BoolTestType type;

	if (!IsA(test, BooleanTest))
		return false;
	type = ((BooleanTest *) test)->booltesttype;
	if (type != IS_NOT_TRUE && type != IS_FALSE && type != IS_UNKNOWN)
		return false;
	return equal(((BooleanTest *) test)->arg, condition);
}

static bool
contradict(List *conditions, Node *condition)
{
	ListCell   *lc;

	foreach(lc, conditions)
	{
		if (denies(lfirst(lc), condition) || denies(condition, lfirst(lc)))
			return true;
	}
	return false;
}

/*
 * Adds a choice, for rows that both lists of conditions hold for, if there
 * can be any.  False if there are too many by now.
 */
static bool
add_choice(List **choices, List *conditions, List *further, Node *value)
{
	CrChoice   *choice = palloc(sizeof(CrChoice));
	ListCell   *lc;

	choice->conditions = list_copy(conditions);
	choice->value = value;
	foreach(lc, further)
	{
		if (contradict(conditions, lfirst(lc)))
			return true;
		choice->conditions = list_append_unique(choice->conditions,
												lfirst(lc));
	}
	*choices = lappend(*choices, choice);
	return list_length(*choices) <= MAX_CHOICES;
}

/* Adds the choices that the expression has among rows chosen so. */
static bool
add_choices(Reading *reading, List **choices, List *conditions, Node *expr)
{
	List	   *further;
	ListCell   *lc;

	if (!read_choices(reading, expr, &further))
		return false;
	foreach(lc, further)
	{
		CrChoice   *choice = (CrChoice *) lfirst(lc);

		if (!add_choice(choices, conditions, choice->conditions,
						choice->value))
			return false;
	}
	return true;
}

/* ---------- expressions ---------- */

static bool
read_case(Reading *reading, CaseExpr *expr, List **choices)
{
	List	   *earlier = NIL;	/* none of them holds */
	ListCell   *lc;

	foreach(lc, expr->args)
	{
		CaseWhen   *when = lfirst_node(CaseWhen, lc);
		Node	   *condition = cr_inspect_when(expr, when);

		if (!contradict(earlier, condition) &&
			!add_choices(reading, choices,
						 list_append_unique(list_copy(earlier), condition),
						 (Node *) when->result))
			return false;
		earlier = list_append_unique(earlier,
									 make_test(condition, IS_NOT_TRUE));
	}
	if (expr->defresult == NULL)
		return add_choice(choices, earlier, NIL,
						  (Node *) makeNullConst(expr->casetype, -1,
												 expr->casecollid));
	return add_choices(reading, choices, earlier, (Node *) expr->defresult);
}

static Node *
make_integer(int32 number)
{
	return (Node *) cr_make_int4(number);
}

/* condition::int */
static bool
read_cast(Reading *reading, FuncExpr *cast, List **choices)
{
	Node	   *condition = linitial(cast->args);

	if (!add_choice(choices, list_make1(condition), NIL, make_integer(1)))
		return false;
	if (reading->summed)
		return add_choice(choices,
						  list_make1(make_test(condition, IS_NOT_TRUE)), NIL,
						  make_integer(0));
	return add_choice(choices, list_make1(make_test(condition, IS_FALSE)), NIL,
					  make_integer(0)) &&
		add_choice(choices, list_make1(make_test(condition, IS_UNKNOWN)), NIL,
				   (Node *) makeNullConst(INT4OID, -1, InvalidOid));
}

/*
 * COALESCE(x, y): each choice of x that is never null, or where y takes the
 * place of nulls and adds nothing; and y where x chooses null.
 */
static bool
read_coalesce(Reading *reading, CoalesceExpr *expr, List **choices)
{
	Reading		inner = *reading;
	List	   *first;
	ListCell   *lc;

	if (list_length(expr->args) != 2)
		return false;
	/* where something else stands for null, null adds not as much as zero */
	inner.summed = reading->summed &&
		cr_choice_is_zero(cr_choice_added(lsecond(expr->args)));
	if (!read_choices(&inner, linitial(expr->args), &first))
		return false;
	foreach(lc, first)
	{
		CrChoice   *choice = (CrChoice *) lfirst(lc);

		if (cr_choice_is_null(choice->value))
		{
			if (!add_choices(reading, choices, choice->conditions,
							 lsecond(expr->args)))
				return false;
		}
		else if ((!reading->summed ||
				  !cr_choice_is_zero(cr_choice_added(lsecond(expr->args)))) &&
				 !is_given(reading->query, choice->value))
			return false;
		else if (!add_choice(choices, choice->conditions, NIL, choice->value))
			return false;
	}
	return true;
}

/* A copy of the call, with another list of arguments. */
static Node *
with_arguments(Node *call, List *args)
{
	Node	   *copy;

	if (IsA(call, RelabelType))
	{
		RelabelType *relabel = makeNode(RelabelType);

		memcpy(relabel, call, sizeof(RelabelType));
		relabel->arg = linitial(args);
		return (Node *) relabel;
	}
	if (IsA(call, FuncExpr))
	{
		copy = (Node *) makeNode(FuncExpr);
		memcpy(copy, call, sizeof(FuncExpr));
		((FuncExpr *) copy)->args = args;
		return copy;
	}
	copy = (Node *) makeNode(OpExpr);
	memcpy(copy, call, sizeof(OpExpr));
	((OpExpr *) copy)->args = args;
	return copy;
}

/* The call of each combination of what its arguments can be. */
static bool
read_call(Reading *reading, Node *call, List *args, List **choices)
{
	CrChoice	none = {NIL, NULL};
	List	   *sofar = list_make1(&none);	/* values are lists of arguments */
	Reading		inside = {reading->query, reading->summed &&
	(cr_choice_multiplies(call) || cr_choice_widens(call))};
	ListCell   *lc;
	ListCell   *lc2;

	foreach(lc, args)
	{
		List	   *here;
		List	   *longer = NIL;

		if (!read_choices(&inside, lfirst(lc), &here))
			return false;
		foreach(lc2, sofar)
		{
			CrChoice   *before = (CrChoice *) lfirst(lc2);
			ListCell   *lc3;

			foreach(lc3, here)
			{
				CrChoice   *choice = (CrChoice *) lfirst(lc3);
				List	   *values = lappend(list_copy((List *) before->value),
											 choice->value);

				if (!add_choice(&longer, before->conditions,
								choice->conditions, (Node *) values))
					return false;
			}
		}
		sofar = longer;
	}
	foreach(lc, sofar)
	{
		CrChoice   *choice = (CrChoice *) lfirst(lc);

		choice->value = with_arguments(call, (List *) choice->value);
	}
	*choices = sofar;
	return true;
}

static bool
read_choices(Reading *reading, Node *expr, List **choices)
{
	check_stack_depth();
	*choices = NIL;
	if (!cr_choice_stands_in(expr))
		return add_choice(choices, NIL, NIL, expr);
	if (IsA(expr, CaseExpr))
		return read_case(reading, (CaseExpr *) expr, choices);
	if (IsA(expr, CoalesceExpr))
		return read_coalesce(reading, (CoalesceExpr *) expr, choices);
	if (IsA(expr, RelabelType))
		return read_call(reading, expr,
						 list_make1(((RelabelType *) expr)->arg), choices);
	if (IsA(expr, OpExpr))
		return read_call(reading, expr, ((OpExpr *) expr)->args, choices);
	if (!IsA(expr, FuncExpr) || ((FuncExpr *) expr)->funcretset)
		return false;
	if (((FuncExpr *) expr)->funcid == F_INT4_BOOL)
		return read_cast(reading, (FuncExpr *) expr, choices);
	return read_call(reading, expr, ((FuncExpr *) expr)->args, choices);
}

/*
 * The CrChoices of an expression over the query's columns: of each row, the
 * conditions of one hold.  NIL where it cannot be read so, or where there
 * are too many.  They share nodes with the expression, and with each other.
 */
List *
cr_choice_read(Query *query, Node *expr, bool summed)
{
	Reading		reading = {query, summed};
	List	   *choices;

	if (contain_volatile_functions(expr) ||
		!read_choices(&reading, expr, &choices))
		return NIL;
	return choices;
}
