/*-------------------------------------------------------------------------
 *
 * src/gate/aggregate.c
 *	  Rules: aggregates over raw rows, and the guards they need.
 *
 * An aggregate rests on the rows it used.  Where those may be fewer than the
 * group's, the gate notes which they are ("part") and which rows are left
 * over ("rests"), as obligations for reshape/.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/transam.h"
#include "base/errcodes.h"
#include "catalog/pg_aggregate.h"
#include "gate/gate.h"
#include "gate/words.h"
#include "inspect/polynomial.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/lsyscache.h"

typedef struct Argument
{
	Node	   *expanded;
	Node	   *written;
	bool		conditional;	/* it was the value of a CASE */
} Argument;

static const char *
aggregate_name(CrAggregate *aggregate)
{
	return get_func_name(aggregate->aggref->aggfnoid);
}

static CrVerdict *
refuse_conditional(Node *node)
{
	return cr_verdict_refuse(CR_ERRCODE_CONSTRUCT, exprLocation(node),
							 "a conditional inside an aggregate's argument is not allowed here",
							 "Write sum(x) FILTER (WHERE condition), or one CASE WHEN condition THEN x END directly inside the aggregate; aggregates skip nulls by themselves.");
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

static Node *
make_null_test(Node *arg, NullTestType type)
{
	NullTest   *test = makeNode(NullTest);

	test->arg = (Expr *) copyObject(arg);
	test->nulltesttype = type;
	test->argisrow = false;
	test->location = -1;
	return (Node *) test;
}

static Node *
make_not_true(Node *condition)
{
	BooleanTest *test = makeNode(BooleanTest);

	test->arg = (Expr *) copyObject(condition);
	test->booltesttype = IS_NOT_TRUE;
	test->location = -1;
	return (Node *) test;
}

static void
add_condition(CrLevel *level, CrAggregate *aggregate, Node *expanded,
			  Node *written)
{
	List	   *tested = cr_match_tested(level->statement, expanded);

	aggregate->part = lappend(aggregate->part, copyObject(written));
	if (cr_match_by_list(tested))
		aggregate->listed = lappend(aggregate->listed,
									make_not_true(written));
	else
		aggregate->rests = lappend(aggregate->rests, make_not_true(written));
	aggregate->tested = list_concat_unique_ptr(aggregate->tested, tested);
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

typedef struct CaseTest
{
	Node	   *arg;
} CaseTest;

static Node *
case_test_mutator(Node *node, CaseTest *context)
{
	if (node == NULL)
		return NULL;
	if (IsA(node, CaseTestExpr))
		return (Node *) copyObject(context->arg);
	return expression_tree_mutator(node, case_test_mutator,
								   (void *) context);
}

/* The condition of a CASE's one WHEN; CASE x WHEN v is x = v. */
static Node *
case_condition(CaseExpr *expr)
{
	CaseWhen   *when = linitial_node(CaseWhen, expr->args);
	CaseTest	context = {(Node *) expr->arg};

	if (expr->arg == NULL)
		return (Node *) when->expr;
	return case_test_mutator((Node *) when->expr, &context);
}

/*
 * Takes the condition off an argument of the form CASE WHEN c THEN x [ELSE
 * 0] END, leaving x.
 */
static CrVerdict *
unwrap_case(CrLevel *level, CrAggregate *aggregate, uint32 family,
			Argument *argument)
{
	CaseExpr   *expanded = (CaseExpr *) cr_inspect_strip(argument->expanded);
	CaseExpr   *written = (CaseExpr *) cr_inspect_strip(argument->written);
	Otherwise	otherwise;
	CrVerdict  *refusal;

	if (!IsA(expanded, CaseExpr))
		return NULL;
	if (!IsA(written, CaseExpr) || aggregate->filter != NULL ||
		list_length(expanded->args) != 1)
		return refuse_conditional((Node *) expanded);
	otherwise = read_otherwise(level, expanded->defresult);
	if (otherwise == ELSE_OTHER ||
		(otherwise == ELSE_ZERO &&
		 family != CR_AGG_SUM && family != CR_AGG_AVG))
		return refuse_conditional((Node *) expanded);
	refusal = cr_rule_condition(level, case_condition(expanded));
	if (refusal != NULL)
		return refusal;
	add_condition(level, aggregate, case_condition(expanded),
				  case_condition(written));
	argument->expanded =
		(Node *) linitial_node(CaseWhen, expanded->args)->result;
	argument->written =
		(Node *) linitial_node(CaseWhen, written->args)->result;
	argument->conditional = true;
	return NULL;
}

/* ---------- nulls ---------- */

/* The level's own name for a unit of the base, or NULL. */
static Node *
unit_of_base(CrLevel *level, int base)
{
	ListCell   *lc;

	foreach(lc, level->units)
	{
		CrUnit	   *unit = (CrUnit *) lfirst(lc);

		if (IsA(unit->expanded, Var) &&
			((Var *) unit->expanded)->varno == base)
			return (Node *) unit->local;
	}
	return NULL;
}

/*
 * Arithmetic gives null where it overflows, which must not tell one row from
 * the others.  Rows that it had nothing to compute from do not count.
 */
static void
note_computed_nulls(CrLevel *level, CrAggregate *aggregate,
					Argument *argument)
{
	Node	   *written = cr_inspect_strip(argument->written);
	List	   *conditions;
	ListCell   *lc;
	int			id = -1;
	Bitmapset  *bases = cr_inspect_bases(argument->expanded);

	conditions = list_make1(make_null_test(written, IS_NULL));
	if (!IsA(written, Var))
	{
		foreach(lc, pull_var_clause(written, 0))
			conditions = lappend(conditions,
								 make_null_test(lfirst(lc), IS_NOT_NULL));
	}
	aggregate->rests = lappend(aggregate->rests,
							   make_ands_explicit(conditions));
	while ((id = bms_next_member(bases, id)) >= 0)
	{
		Node	   *unit = unit_of_base(level, id);

		if (unit != NULL && cr_inspect_base(level->statement, id)->nullable)
			aggregate->rests = lappend(aggregate->rests,
									   make_null_test(unit, IS_NULL));
	}
}

/*
 * Rows with a null argument are not used.  Where an outer join or a
 * computation made the null, the rows left over are somebody's: they must be
 * many, or none.
 */
static void
note_nulls(CrLevel *level, CrAggregate *aggregate, Argument *argument)
{
	Node	   *stripped = cr_inspect_strip(argument->expanded);

	if (!cr_inspect_nullable(level->statement, argument->expanded))
		return;
	aggregate->part = lappend(aggregate->part,
							  make_null_test(argument->written,
											 IS_NOT_NULL));
	if (IsA(stripped, Var))
	{
		int			id = ((Var *) stripped)->varno;
		Node	   *unit = unit_of_base(level, id);

		if (!cr_inspect_base(level->statement, id)->nullable)
			return;
		aggregate->rests = lappend(aggregate->rests,
								   make_null_test(unit ? unit :
												  argument->written,
												  IS_NULL));
	}
	else if (!IsA(stripped, Const))
		note_computed_nulls(level, aggregate, argument);
}

/* ---------- what may be aggregated ---------- */

static CrVerdict *
refuse_column(CrLevel *level, CrAggregate *aggregate, const Var *var,
			  uint32 uses)
{
	const char *verb = psprintf("Use %s() with", aggregate_name(aggregate));

	if (!cr_inspect_base_is_raw(cr_inspect_base(level->statement,
												var->varno)))
		return cr_verdict_refuse(CR_ERRCODE_AGGREGATE, var->location,
								 psprintf("column %s of a table that is not protected may not be aggregated over protected rows",
										  cr_word_column(level->statement,
														 var)),
								 "Such tables lend labels, not weights: group or filter by the column, and count(*).");
	return cr_verdict_refuse(CR_ERRCODE_AGGREGATE, var->location,
							 psprintf("%s() of column %s is not allowed",
									  aggregate_name(aggregate),
									  cr_word_column(level->statement, var)),
							 cr_word_allowed(level->statement, var, uses,
											 verb));
}

static CrVerdict *
check_counted_column(CrLevel *level, CrAggregate *aggregate, Var *var)
{
	const CrColumnFact *fact = cr_inspect_column(level->statement, var);

	if (var->varlevelsup != 0 || var->varno <= 0 || var->varattno <= 0)
		return cr_rule_total((Node *) var);
	if (fact != NULL &&
		((fact->uses & (CR_USE_DIMENSION | CR_USE_UNIT | CR_USE_JOIN)) != 0 ||
		 (aggregate->aggref->aggdistinct == NIL &&
		  (fact->uses & CR_USE_MEASURE) != 0 &&
		  (fact->aggregates & CR_AGG_COUNT) != 0)))
		return NULL;
	return refuse_column(level, aggregate, var,
						 CR_USE_DIMENSION | CR_USE_UNIT | CR_USE_JOIN |
						 CR_USE_MEASURE);
}

static CrVerdict *
check_counted(CrLevel *level, CrAggregate *aggregate, Argument *argument)
{
	Node	   *stripped = cr_inspect_strip(argument->expanded);

	if (IsA(stripped, Const))
		return NULL;
	if (IsA(stripped, Var))
		return check_counted_column(level, aggregate, (Var *) stripped);
	if (conditional_walker(stripped, NULL))
		return refuse_conditional(stripped);
	if (bms_num_members(cr_inspect_bases(stripped)) !=
		bms_num_members(cr_inspect_raw_bases(level->statement, stripped)))
		return cr_verdict_refuse(CR_ERRCODE_AGGREGATE, exprLocation(stripped),
								 "columns of tables that are not protected may not be aggregated over protected rows",
								 "Such tables lend labels, not weights: group or filter by the column, and count(*).");
	return cr_rule_group_key(level, stripped, NULL);
}

static CrVerdict *
check_measured(CrLevel *level, CrAggregate *aggregate, uint32 family,
			   Argument *argument)
{
	CrPolynomial polynomial;
	Node	   *stripped = cr_inspect_strip(argument->expanded);

	if (aggregate->aggref->aggdistinct != NIL)
		return cr_verdict_refuse(CR_ERRCODE_AGGREGATE,
								 aggregate->aggref->location,
								 psprintf("%s(DISTINCT ...) is not allowed over protected rows",
										  aggregate_name(aggregate)),
								 "Leave out DISTINCT; count(DISTINCT ...) is allowed.");
	if (IsA(stripped, Var) && ((Var *) stripped)->varlevelsup == 0 &&
		((Var *) stripped)->varno > 0)
	{
		const CrColumnFact *fact = cr_inspect_column(level->statement,
													 (Var *) stripped);

		if (fact == NULL || (fact->uses & CR_USE_MEASURE) == 0 ||
			(fact->aggregates & family) == 0)
			return refuse_column(level, aggregate, (Var *) stripped,
								 CR_USE_MEASURE);
		return NULL;
	}
	if (conditional_walker(stripped, NULL))
		return refuse_conditional(stripped);
	if (!cr_polynomial_read(level->statement, stripped, &polynomial))
		return cr_verdict_refuse(polynomial.column_refused ?
								 CR_ERRCODE_AGGREGATE : CR_ERRCODE_CONSTRUCT,
								 exprLocation(stripped),
								 psprintf("the argument of %s() has %s",
										  aggregate_name(aggregate),
										  polynomial.objection),
								 "Use measures of one table and plain numbers under + - * (two measures at most) and / by a number; compute anything else from the released sums.");
	if ((polynomial.aggregates & family) == 0)
		return cr_verdict_refuse(CR_ERRCODE_AGGREGATE,
								 exprLocation(stripped),
								 psprintf("%s() is not allowed on all measures in its argument",
										  aggregate_name(aggregate)),
								 "cleanroom.columns lists the aggregates that each measure allows.");
	return NULL;
}

static CrVerdict *
check_form(CrAggregate *aggregate, uint32 family)
{
	Aggref	   *aggref = aggregate->aggref;

	if (family == 0 && aggref->aggfnoid >= FirstNormalObjectId)
		return cr_verdict_refuse(CR_ERRCODE_FUNCTION, aggref->location,
								 psprintf("aggregate %s() is not built in and may not run over protected rows",
										  aggregate_name(aggregate)),
								 "Use count, sum, avg, stddev or variance.");
	if (family == 0)
		return cr_verdict_refuse(CR_ERRCODE_AGGREGATE, aggref->location,
								 psprintf("aggregate %s() is not allowed over protected rows",
										  aggregate_name(aggregate)),
								 "Use count, sum, avg, stddev or variance here; over a released subquery every aggregate is free.");
	if (aggref->aggkind != AGGKIND_NORMAL || aggref->aggorder != NIL ||
		aggref->aggvariadic || aggref->agglevelsup != 0)
		return cr_verdict_refuse(CR_ERRCODE_CONSTRUCT, aggref->location,
								 "an aggregate with ORDER BY or of an outer query is not allowed over protected rows",
								 "Use the plain form of count, sum, avg, stddev or variance.");
	return NULL;
}

/*
 * Judges one aggregate, and notes in it the guards that it needs.
 */
CrVerdict *
cr_rule_aggregate(CrLevel *level, CrAggregate *aggregate)
{
	Aggref	   *aggref = aggregate->aggref;
	uint32		family = cr_aggregate_family(aggref->aggfnoid);
	Argument	argument = {0};
	CrVerdict  *refusal = check_form(aggregate, family);

	if (refusal == NULL && aggregate->filter != NULL)
	{
		refusal = cr_rule_condition(level, aggregate->filter);
		add_condition(level, aggregate, aggregate->filter,
					  (Node *) aggref->aggfilter);
	}
	if (refusal != NULL || aggregate->arguments == NIL)
		return refusal;

	argument.expanded = linitial(aggregate->arguments);
	argument.written =
		(Node *) linitial_node(TargetEntry, aggref->args)->expr;
	refusal = unwrap_case(level, aggregate, family, &argument);
	if (refusal == NULL)
		refusal = family == CR_AGG_COUNT ?
			check_counted(level, aggregate, &argument) :
			check_measured(level, aggregate, family, &argument);
	if (refusal == NULL)
		refusal = cr_rule_total(linitial(aggregate->arguments));
	if (refusal == NULL && aggref->aggdistinct != NIL)
		refusal = cr_rule_grouping_operator(linitial(aggref->aggdistinct));
	if (refusal == NULL)
		note_nulls(level, aggregate, &argument);
	return refusal;
}
