/*-------------------------------------------------------------------------
 *
 * src/gate/conditional.c
 *	  Reads conditionals inside an aggregate's argument as FILTER.
 *
 * sum(CASE WHEN c THEN x ELSE 0 END) and sum(c::int) rest on the rows for
 * which c holds, like sum(x) FILTER (WHERE c).  Those of several conditions
 * have been split before (inspect/split.c).  Beside a FILTER it may be a CASE
 * that gives null: a further condition.  Other conditionals could make one
 * row's weight another's, and are refused.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/errcodes.h"
#include "base/make_expr.h"
#include "catalog/pg_type.h"
#include "gate/argument.h"
#include "gate/gate.h"
#include "inspect/polynomial.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/fmgroids.h"

/* Is a date that may be null put right? */
static bool
in_days_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, CoalesceExpr))
		return ((CoalesceExpr *) node)->coalescetype == DATEOID;
	return expression_tree_walker(node, in_days_walker, context);
}

/* What to write in its place. */
static const char *
hint_of_conditional(Node *node, uint32 family)
{
	if (IsA(node, MinMaxExpr))
		return "Write sum(CASE WHEN x < 100 THEN x ELSE 100 END) for sum(least(x, 100)), where x may be filtered on.";
	if (IsA(node, CoalesceExpr) && cr_aggregate_squares(family))
		return "Where nulls count as zeros compute it from sums: (sum(x * x) - sum(x) * sum(x) / count(*)) / (count(*) - 1) is the variance, and its root the deviation.";
	if (cr_aggregate_squares(family))
		return "Of a condition that holds for a share p, p * (1 - p) is var_pop, and its root stddev_pop: SELECT sqrt(p * (1 - p)) FROM (SELECT avg(CASE WHEN condition THEN 1 ELSE 0 END) AS p ...) AS released. That times avg(x) FILTER (WHERE condition) - avg(x) FILTER (WHERE NOT condition) is covar_pop with a measure x. Of some rows only, write stddev(x) FILTER (WHERE condition).";
	if (IsA(node, CaseExpr) || IsA(node, CoalesceExpr))
		return "Write sum(x) FILTER (WHERE condition). Inside sum, count and avg a CASE may have up to 8 classes, equal values being one; in a subquery that groups by the unit, one condition. Aggregates skip nulls by themselves; to count them as zero in an average, write sum(x) / count(*).";
	if (in_days_walker(node, NULL))
		return "Write CASE for COALESCE in a difference of dates: avg(CASE WHEN till IS NULL THEN date '2024-12-31' ELSE till END - since).";
	return "Let it stand alone in an aggregate: sum(a) - sum(coalesce(b, 0)) for sum(a - coalesce(b, 0)), sum(a * b), which leaves out nulls, for sum(coalesce(a, 0) * b), and sum(x) FILTER (WHERE condition) for other conditions.";
}

/* No conditional may stand there, of an aggregate of that family. */
CrVerdict *
cr_refuse_conditional(Node *node, uint32 family)
{
	return cr_verdict_refuse(CR_ERRCODE_CONSTRUCT, exprLocation(node),
							 "a conditional inside an aggregate's argument is not allowed here",
							 hint_of_conditional(node, family));
}

static bool
conditional_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, CaseExpr) || IsA(node, CoalesceExpr) ||
		IsA(node, MinMaxExpr) || IsA(node, NullIfExpr) ||
		IsA(node, SubLink) || IsA(node, BoolExpr))
		return true;
	return expression_tree_walker(node, conditional_walker, context);
}

/* Does the expression choose between values, by whatever means? */
bool
cr_has_conditional(Node *node)
{
	return conditional_walker(node, NULL);
}

/*
 * The condition, for rows only that FILTER and CASE have chosen so far: what
 * a further step leaves out of those counts, not what it would leave out of
 * the group.
 */
Node *
cr_among_chosen(const CrAggregate *aggregate, Node *condition)
{
	return (Node *) make_ands_explicit(lappend(copyObject(aggregate->chosen),
											   condition));
}

/* Does whoever wrote a list, or a label, know of whom the condition holds? */
static bool
is_named(CrLevel *level, Node *expanded)
{
	List	   *tested = cr_match_tested(level->statement, expanded);

	return cr_list_names_keys(level, expanded) ||
		cr_label_in(level, expanded) ||
		(tested != NIL && (level->listed || cr_list_tested(tested)));
}

/* Rows of those that the other conjuncts choose. */
static void
note_rows(CrAggregate *aggregate, List **rests, List *others, Node *condition,
		  BoolTestType type)
{
	Node	   *test = cr_make_boolean_test(copyObject(condition), type, -1);
	List	   *rows = lappend(copyObject(others), test);

	*rests = lappend(*rests,
					 cr_among_chosen(aggregate,
									 (Node *) make_ands_explicit(rows)));
}

/*
 * People whom a label, or a list, leaves out of those that the other
 * conjuncts choose.  Those whom a question of membership leaves out are found
 * once all conditions are known; see inspect/decisive.c.
 */
static void
note_left_out(CrLevel *level, CrAggregate *aggregate, Node *written)
{
	List	   *conjuncts = make_ands_implicit((Expr *) written);
	ListCell   *lc;

	foreach(lc, conjuncts)
	{
		Node	   *conjunct = (Node *) lfirst(lc);
		Node	   *expanded = cr_inspect_expand(level, conjunct);
		List	   *others = list_delete_ptr(list_copy(conjuncts), conjunct);

		if (others != NIL && is_named(level, expanded) &&
			cr_match_tested(level->statement, expanded) == NIL)
			note_rows(aggregate, &aggregate->listed, others, conjunct,
					  IS_NOT_TRUE);
	}
}

/*
 * Rows that a condition before this one leaves out, of those that the others
 * and this one choose: which was written first, as FILTER around CASE, makes
 * no difference.
 */
static void
note_rests_before(CrAggregate *aggregate, Node *written)
{
	ListCell   *lc;

	if (aggregate->listed != NIL || aggregate->tested != NIL)
		return;
	foreach(lc, aggregate->chosen)
	{
		List	   *rows = list_delete_ptr(list_copy(aggregate->chosen),
										   lfirst(lc));

		rows = lappend(rows, written);
		rows = lappend(rows, cr_make_boolean_test(lfirst(lc), IS_NOT_TRUE,
												  -1));
		aggregate->rests = lappend(aggregate->rests, copyObject(
								   make_ands_explicit(rows)));
	}
}

/*
 * Notes that the aggregate rests on rows for which the condition holds.
 */
CrVerdict *
cr_note_condition(CrLevel *level, CrAggregate *aggregate, Node *expanded,
				  Node *written)
{
	List	   *tested = cr_match_tested(level->statement, expanded);
	Node	   *left_out = cr_make_boolean_test(copyObject(written),
												IS_NOT_TRUE, -1);
	Node	   *rest = cr_among_chosen(aggregate, left_out);
	CrVerdict  *refusal = cr_rule_lifted_condition(level, written);

	if (refusal != NULL)
		return refusal;
	if (!cr_inspect_is_decidable(level, written))
		return cr_rule_refuse_match();
	if (cr_inspect_mixes(level, written, NULL))
		return cr_rule_refuse_nulled();
	note_left_out(level, aggregate, written);
	/* whoever reads the person's column would leave people out by it */
	if (level->kind == CR_LEVEL_UNIT &&
		(tested != NIL || cr_list_names_keys(level, expanded)))
		return cr_rule_refuse_stuck();
	aggregate->part = lappend(aggregate->part, copyObject(written));
	if (is_named(level, expanded))
		aggregate->listed = lappend(aggregate->listed, rest);
	else
		aggregate->rests = lappend(aggregate->rests, rest);
	if (tested == NIL)
		note_rests_before(aggregate, written);
	aggregate->chosen = lappend(aggregate->chosen, copyObject(written));
	aggregate->tested = list_concat_unique_ptr(aggregate->tested, tested);
	aggregate->mixed = aggregate->mixed ||
		!cr_match_stands_alone(level->statement, expanded);
	return NULL;
}

/* Has the analyst written a FILTER? */
static bool
is_filtered(CrLevel *level, CrAggregate *aggregate)
{
	return cr_class_rest_of_filter((Node *) aggregate->aggref->aggfilter,
								   cr_class_condition(level,
													  aggregate)) != NULL;
}

/* ---------- CASE, read as FILTER ---------- */

typedef enum Otherwise
{
	ELSE_NULL,
	ELSE_ZERO,
	ELSE_OTHER
} Otherwise;

static Otherwise
read_otherwise(CrLevel *level, Expr *defresult)
{
	CrPolynomial polynomial;
	Node	   *node = (Node *) defresult;

	while (node != NULL && IsA(node, FuncExpr) &&
		   list_length(((FuncExpr *) node)->args) == 1)
		node = linitial(((FuncExpr *) node)->args);
	node = cr_inspect_strip(node);
	if (node == NULL)
		return ELSE_NULL;
	if (!IsA(node, Const))
		return ELSE_OTHER;
	if (((Const *) node)->constisnull)
		return ELSE_NULL;
	if (cr_polynomial_read(level->statement, node, &polynomial) &&
		polynomial.zero)
		return ELSE_ZERO;
	return ELSE_OTHER;
}

static Node *
case_condition(CaseExpr *expr)
{
	return cr_inspect_when(expr, linitial_node(CaseWhen, expr->args));
}

/*
 * Do the WHENs behind the first only say that nothing is added?  Then they
 * change nothing about a sum: it is released only where the first holds for
 * enough people.
 */
static CrVerdict *
check_later_cases(CrLevel *level, CaseExpr *expanded, uint32 family)
{
	CrVerdict  *refusal;
	ListCell   *lc;

	for_each_from(lc, expanded->args, 1)
	{
		CaseWhen   *when = lfirst_node(CaseWhen, lc);
		Node	   *condition = cr_inspect_when(expanded, when);

		if (family != CR_AGG_SUM ||
			read_otherwise(level, when->result) == ELSE_OTHER ||
			cr_match_tested(level->statement, condition) != NIL)
			return cr_refuse_conditional((Node *) expanded, family);
		refusal = cr_rule_condition(level, condition);
		if (refusal != NULL)
			return refusal;
	}
	return NULL;
}

/*
 * Whom a label or a list in FILTER leaves out of those that the CASE chooses,
 * and the other way round.
 */
static void
note_left_out_beside(CrLevel *level, CrAggregate *aggregate, Node *condition)
{
	List	   *chosen = aggregate->chosen;
	Node	   *own = cr_class_rest_of_filter(
						(Node *) aggregate->aggref->aggfilter,
						cr_class_condition(level, aggregate));
	List	   *both;

	if (own == NULL)
		return;
	both = list_concat_copy(make_ands_implicit((Expr *) own),
							make_ands_implicit((Expr *) condition));
	aggregate->chosen = list_delete(list_copy(chosen), own);
	note_left_out(level, aggregate, (Node *) make_ands_explicit(both));
	aggregate->chosen = chosen;
}

static CrVerdict *
unwrap_case(CrLevel *level, CrAggregate *aggregate, uint32 family,
			CrArgument *argument)
{
	CaseExpr   *expanded = (CaseExpr *) cr_inspect_strip(argument->expanded);
	CaseExpr   *written = (CaseExpr *) cr_inspect_strip(argument->written);
	Otherwise	otherwise;
	CrVerdict  *refusal;

	if (!IsA(expanded, CaseExpr))
		return NULL;
	if (!IsA(written, CaseExpr))
		return cr_refuse_conditional((Node *) expanded, family);
	otherwise = read_otherwise(level, expanded->defresult);
	/* one that gives null is a further condition of FILTER */
	if (otherwise == ELSE_OTHER ||
		(is_filtered(level, aggregate) &&
		 (otherwise != ELSE_NULL || list_length(expanded->args) > 1)) ||
		(otherwise == ELSE_ZERO &&
		 family != CR_AGG_SUM && family != CR_AGG_AVG))
		return cr_refuse_conditional((Node *) expanded, family);
	refusal = check_later_cases(level, expanded, family);
	if (refusal == NULL)
		refusal = cr_rule_condition(level, case_condition(expanded));
	if (refusal != NULL)
		return refusal;
	note_left_out_beside(level, aggregate, case_condition(written));
	refusal = cr_note_condition(level, aggregate, case_condition(expanded),
								case_condition(written));
	if (refusal != NULL)
		return refusal;
	argument->expanded =
		(Node *) linitial_node(CaseWhen, expanded->args)->result;
	argument->written =
		(Node *) linitial_node(CaseWhen, written->args)->result;
	argument->conditional = true;
	return NULL;
}

/* Is it a column by itself, cast or multiplied by constants only? */
static bool
is_scaled(CrLevel *level, Node *expr)
{
	CrPolynomial polynomial;

	return list_length(pull_var_clause(expr, 0)) == 1 &&
		cr_polynomial_read(level->statement, expr, &polynomial) &&
		polynomial.terms <= 1 && !polynomial.constant;
}

/* COALESCE(x, 0)::float or 2 * COALESCE(x, 0) are x::float or 2 * x. */
static void
unwrap_scaled(CrLevel *level, CrAggregate *aggregate, CrArgument *argument)
{
	List	   *expanded = NIL;
	List	   *written = NIL;
	Node	   *plain = cr_inspect_zeros(level->statement, argument->expanded,
										 &expanded);
	Node	   *own = cr_inspect_zeros(level->statement, argument->written,
									   &written);

	if (list_length(expanded) != 1 || list_length(written) != 1 ||
		!is_scaled(level, plain))
		return;
	argument->expanded = plain;
	argument->written = own;
	aggregate->zeros = true;
	argument->conditional = true;
}

/*
 * COALESCE(x, 0): to a sum that is like x, and an average of it is the sum
 * by the number of rows, which is free.
 */
static CrVerdict *
unwrap_coalesce(CrLevel *level, CrAggregate *aggregate, uint32 family,
				CrArgument *argument)
{
	CoalesceExpr *expanded =
		(CoalesceExpr *) cr_inspect_strip(argument->expanded);
	CoalesceExpr *written =
		(CoalesceExpr *) cr_inspect_strip(argument->written);

	if (family != CR_AGG_SUM && family != CR_AGG_AVG)
		return NULL;
	if (!IsA(expanded, CoalesceExpr) || !IsA(written, CoalesceExpr))
	{
		unwrap_scaled(level, aggregate, argument);
		return NULL;
	}
	if (list_length(expanded->args) != 2 || list_length(written->args) != 2 ||
		read_otherwise(level, lsecond(expanded->args)) != ELSE_ZERO)
		return NULL;
	argument->expanded = linitial(expanded->args);
	argument->written = linitial(written->args);
	aggregate->zeros = true;
	argument->conditional = true;
	return NULL;
}

/* ---------- conditions cast to 0 and 1 ---------- */

/* The condition in (c)::int, also when that is widened; or NULL. */
static Node *
cast_condition(Node *expr)
{
	FuncExpr   *call = (FuncExpr *) cr_inspect_strip(expr);

	if (!IsA(call, FuncExpr))
		return NULL;
	if (call->funcid == F_INT4_BOOL)
		return linitial(call->args);
	if (call->funcid == F_NUMERIC_INT4 || call->funcid == F_INT8_INT4 ||
		call->funcid == F_FLOAT8_INT4)
		return cast_condition(linitial(call->args));
	return NULL;
}

static void
note_answer(CrAggregate *aggregate, Node *condition, BoolTestType answer,
			bool named)
{
	Node	   *rest = cr_make_boolean_test(copyObject(condition), answer, -1);
	List	  **rests = named ? &aggregate->listed : &aggregate->rests;

	*rests = lappend(*rests, cr_among_chosen(aggregate, rest));
}

/*
 * avg() also tells how many rows have no answer to the condition, so these
 * must be many, or none, and so must those for which it is false.
 */
static CrVerdict *
unwrap_cast(CrLevel *level, CrAggregate *aggregate, uint32 family,
			CrArgument *argument)
{
	Node	   *expanded = cast_condition(argument->expanded);
	Node	   *written = cast_condition(argument->written);
	CrVerdict  *refusal;
	bool		named;

	if (expanded == NULL || family == CR_AGG_COUNT)
		return NULL;
	if (written == NULL || is_filtered(level, aggregate) ||
		(family != CR_AGG_SUM && family != CR_AGG_AVG))
		return cr_refuse_conditional(argument->expanded, family);
	refusal = cr_rule_condition(level, expanded);
	if (refusal != NULL)
		return refusal;
	named = is_named(level, expanded);
	/* of a sum, that of all for whom it does not hold says enough */
	if (cr_inspect_nullable(level->statement, expanded) &&
		!(named && family == CR_AGG_SUM))
	{
		note_answer(aggregate, written, IS_FALSE, named);
		note_answer(aggregate, written, IS_UNKNOWN, named);
	}
	refusal = cr_note_condition(level, aggregate, expanded, written);
	if (refusal != NULL)
		return refusal;
	argument->expanded = (Node *) cr_make_int4(1);
	argument->written = argument->expanded;
	argument->conditional = true;
	return NULL;
}

/*
 * Takes the condition off an argument of the form CASE WHEN c THEN x [ELSE
 * 0] END or COALESCE(x, 0), leaving x, or of the form (c)::int, leaving a
 * constant.
 */
CrVerdict *
cr_unwrap_conditional(CrLevel *level, CrAggregate *aggregate, uint32 family,
					  CrArgument *argument)
{
	CrVerdict  *refusal = unwrap_cast(level, aggregate, family, argument);

	if (refusal == NULL && !argument->conditional)
		refusal = unwrap_case(level, aggregate, family, argument);
	if (refusal == NULL && !argument->conditional)
		refusal = unwrap_coalesce(level, aggregate, family, argument);
	return refusal;
}
