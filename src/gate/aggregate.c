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
#include "agg/total.h"
#include "base/errcodes.h"
#include "catalog/pg_aggregate.h"
#include "catalog/pg_type.h"
#include "gate/argument.h"
#include "gate/gate.h"
#include "gate/words.h"
#include "inspect/polynomial.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

static const char *
aggregate_name(CrAggregate *aggregate)
{
	return get_func_name(aggregate->aggref->aggfnoid);
}

/* ---------- what may be aggregated ---------- */

#define HINT_LABELS \
	"Such tables lend labels, not weights: group or filter by the column, and count(*), with FILTER (WHERE column IS NOT NULL) for count(column); what a label is worth is multiplied with the sum that is released for it; to count its values, take SELECT DISTINCT of the unit and the column in a subquery."
#define HINT_DISTINCT_LABELS \
	"Count the values of the protected table's column that it is joined with, or the groups that are released: SELECT count(*) FROM (SELECT label, count(*) ... GROUP BY label) AS released."

#define HINT_PERSONS_LABELS \
	"Take SELECT DISTINCT of the unit and the label in a subquery first, and count its rows for each person."

/* without it, rows that a join repeats would be summed as often */
#define HINT_DISTINCT_SUM \
	"DISTINCT would take each value once, not each row. Where a join repeats rows, sum without it: SELECT sum(x) FROM t WHERE unit IN (SELECT unit FROM other), or (unit, key) IN (SELECT unit, key FROM other); by a column of the other table, FROM t JOIN (SELECT DISTINCT unit, label FROM other) o ON o.unit = t.unit. Where none does, leave out DISTINCT; count(DISTINCT ...) is allowed."

static const char *
hint_of_labels(CrLevel *level, CrAggregate *aggregate)
{
	if (aggregate->aggref->aggdistinct == NIL)
		return HINT_LABELS;
	return level->kind == CR_LEVEL_UNIT ?
		HINT_PERSONS_LABELS : HINT_DISTINCT_LABELS;
}

static CrVerdict *
refuse_label(CrLevel *level, CrAggregate *aggregate, const Var *var)
{
	return cr_verdict_refuse(CR_ERRCODE_AGGREGATE, var->location,
							 psprintf("column %s of a table that is not protected may not be aggregated over protected rows",
									  cr_word_column(level->statement, var)),
							 hint_of_labels(level, aggregate));
}

static CrVerdict *
refuse_column(CrLevel *level, CrAggregate *aggregate, const Var *var,
			  uint32 uses, uint32 aggregates)
{
	const char *verb = psprintf("Use %s() with", aggregate_name(aggregate));
	CrVerdict  *refusal;

	if (!cr_inspect_base_is_raw(cr_inspect_base(level->statement,
												var->varno)))
		return refuse_label(level, aggregate, var);
	refusal = cr_verdict_refuse(CR_ERRCODE_AGGREGATE, var->location,
								psprintf("%s() of column %s is not allowed",
										 aggregate_name(aggregate),
										 cr_word_column(level->statement,
														var)),
								cr_word_aggregated(level->statement, var, uses,
												   aggregates, verb));
	return cr_rule_about_column(level, var, refusal);
}

static CrVerdict *
check_counted_column(CrLevel *level, CrAggregate *aggregate, Var *var)
{
	const CrColumnFact *fact = cr_inspect_column(level->statement, var);

	if (var->varlevelsup != 0 || var->varno <= 0 || var->varattno <= 0)
		return cr_rule_total((Node *) var);
	if (fact != NULL && fact->labelled)
		return refuse_label(level, aggregate, var);
	if (fact != NULL &&
		((fact->uses & (CR_USE_DIMENSION | CR_USE_UNIT | CR_USE_JOIN)) != 0 ||
		 (aggregate->aggref->aggdistinct == NIL &&
		  (fact->uses & CR_USE_MEASURE) != 0 &&
		  (fact->aggregates & CR_AGG_COUNT) != 0)))
		return NULL;
	return refuse_column(level, aggregate, var,
						 CR_USE_DIMENSION | CR_USE_UNIT | CR_USE_JOIN |
						 CR_USE_MEASURE, CR_AGG_COUNT);
}

#define HINT_PAIRS \
	"Count the rows of a subquery: SELECT count(*) FROM (SELECT DISTINCT unit, a FROM t) AS x for count(DISTINCT (unit, a))."

/*
 * What is computed may be null where it does not fit, which would count those
 * whose measure is small.
 */
static CrVerdict *
check_counted_computation(CrLevel *level, CrAggregate *aggregate,
						  Node *computed)
{
	Var		   *offender = NULL;
	CrVerdict  *refusal;
	ListCell   *lc;

	foreach(lc, pull_var_clause(computed, PVC_RECURSE_AGGREGATES))
	{
		Var		   *var = lfirst_node(Var, lc);
		const CrColumnFact *fact = cr_inspect_column(level->statement, var);

		if (offender == NULL &&
			(fact == NULL || (fact->uses & CR_USE_DIMENSION) == 0))
			offender = var;
	}
	if (offender == NULL ||
		cr_match_tested(level->statement, computed) != NIL)
		return cr_rule_group_key(level, computed, NULL);
	refusal = check_counted_column(level, aggregate, offender);
	if (refusal != NULL)
		return refusal;
	return cr_verdict_refuse(CR_ERRCODE_AGGREGATE, exprLocation(computed),
							 psprintf("what is computed from column %s may not be counted",
									  cr_word_column(level->statement,
													 offender)),
							 IsA(computed, RowExpr) ? HINT_PAIRS :
							 "Count the column as it is, or what is computed from dimensions.");
}

static CrVerdict *
check_counted(CrLevel *level, CrAggregate *aggregate, CrArgument *argument)
{
	Node	   *stripped = cr_inspect_strip(argument->expanded);

	if (IsA(stripped, Const))
		return NULL;
	if (IsA(stripped, Var))
		return check_counted_column(level, aggregate, (Var *) stripped);
	if (cr_has_conditional(stripped))
		return cr_refuse_conditional(stripped, CR_AGG_COUNT);
	if (aggregate->aggref->aggdistinct != NIL &&
		exprType(stripped) == BOOLOID)
		return cr_verdict_refuse(CR_ERRCODE_CONSTRUCT, exprLocation(stripped),
								 "count(DISTINCT ...) of a condition would tell whether it holds for anybody",
								 "Write count(*) FILTER (WHERE ...), or group by the condition.");
	if (bms_num_members(cr_inspect_bases(stripped)) !=
		bms_num_members(cr_inspect_raw_bases(level->statement, stripped)))
		return cr_verdict_refuse(CR_ERRCODE_AGGREGATE, exprLocation(stripped),
								 "columns of tables that are not protected may not be aggregated over protected rows",
								 hint_of_labels(level, aggregate));
	return check_counted_computation(level, aggregate, stripped);
}

static CrVerdict *
check_measured(CrLevel *level, CrAggregate *aggregate, uint32 family,
			   CrArgument *argument)
{
	CrPolynomial polynomial;
	Node	   *stripped;

	cr_unwrap_zeros(level, aggregate, family, argument);
	stripped = cr_inspect_strip(argument->expanded);
	if (aggregate->aggref->aggdistinct != NIL)
		return cr_verdict_refuse(CR_ERRCODE_AGGREGATE,
								 aggregate->aggref->location,
								 psprintf("%s(DISTINCT ...) is not allowed over protected rows",
										  aggregate_name(aggregate)),
								 HINT_DISTINCT_SUM);
	if (IsA(stripped, Var) && ((Var *) stripped)->varlevelsup == 0 &&
		((Var *) stripped)->varno > 0)
	{
		const CrColumnFact *fact = cr_inspect_column(level->statement,
													 (Var *) stripped);

		if (fact == NULL || (fact->uses & CR_USE_MEASURE) == 0 ||
			(fact->aggregates & family) != family)
			return refuse_column(level, aggregate, (Var *) stripped,
								 CR_USE_MEASURE, family);
		return fact->counted && fact->measured &&
			cr_aggregate_squares(family) ? cr_refuse_weighed(aggregate) : NULL;
	}
	if (cr_has_conditional(stripped))
		return cr_refuse_conditional(stripped, family);
	if (!cr_polynomial_read(level->statement, stripped, &polynomial))
		return cr_verdict_refuse(polynomial.column_refused ?
								 CR_ERRCODE_AGGREGATE : CR_ERRCODE_CONSTRUCT,
								 exprLocation(stripped),
								 psprintf("the argument of %s() has %s",
										  aggregate_name(aggregate),
										  polynomial.objection),
								 polynomial.instead ? polynomial.instead :
								 "Use measures of one table and plain numbers under + - * (two measures at most) and / by a number; compute anything else from the released sums.");
	if ((polynomial.aggregates & family) != family)
		return cr_verdict_refuse(CR_ERRCODE_AGGREGATE,
								 exprLocation(stripped),
								 psprintf("%s() is not allowed on all measures in its argument",
										  aggregate_name(aggregate)),
								 "cleanroom.columns lists the aggregates that each measure allows.");
	return polynomial.counted && polynomial.measured &&
		cr_aggregate_squares(family) ? cr_refuse_weighed(aggregate) : NULL;
}

/*
 * Aggregates that return a stored value: of a group that is large enough, and
 * where every owner has approved of it.
 */
static bool
is_approved(CrLevel *level, Oid aggfnoid)
{
	static const char *const names[] = {"min", "max", "bool_and", "bool_or",
	"every"};
	const char *name = get_func_name(aggfnoid);

	if (!level->statement->any_use || level->kind != CR_LEVEL_RELEASED ||
		aggfnoid >= FirstNormalObjectId || name == NULL)
		return false;
	for (size_t i = 0; i < lengthof(names); i++)
	{
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	return false;
}

/*
 * A person's first or last value of a dimension is a dimension of the person:
 * it leaves with a group of enough people, or not at all.
 */
static bool
is_extreme(CrLevel *level, Aggref *aggref)
{
	return level->kind == CR_LEVEL_UNIT &&
		cr_aggregate_is_extreme(aggref->aggfnoid) &&
		OidIsValid(cr_total_aggregate(aggref->aggfnoid)) &&
		aggref->aggdistinct == NIL;
}

#define HINT_ANY \
	"Whether a condition holds for anybody, 0 or 1, is coalesce((count(*) FILTER (WHERE condition) > 0)::int, 0), of few people being 0."

/* What to write for an aggregate that is not allowed. */
static const char *
hint_of_aggregate(CrLevel *level, CrAggregate *aggregate)
{
	Aggref	   *aggref = aggregate->aggref;
	Node	   *argument = aggregate->arguments == NIL ? NULL :
		cr_inspect_strip(linitial(aggregate->arguments));
	Var		   *var = (Var *) argument;

	if (!cr_aggregate_is_extreme(aggref->aggfnoid) &&
		argument != NULL && exprType(argument) == INTERVALOID)
		return cr_days_hint_of_dimensions(argument);
	if (aggref->aggkind != AGGKIND_NORMAL)
		return "It would be one person's value. Compute it from groups, by columns or bands of them: the commonest is SELECT x ... GROUP BY x ORDER BY count(*) DESC LIMIT 1, the median SELECT min(x) FROM (SELECT x, sum(n) OVER (ORDER BY x) AS upto, sum(n) OVER () AS n FROM (SELECT x, count(*) AS n ... GROUP BY x) AS released) AS r WHERE upto * 2 >= n.";
	if (!cr_aggregate_is_extreme(aggref->aggfnoid) &&
		level->kind == CR_LEVEL_UNIT)
		return "Of each person's rows take count, sum, avg, stddev or variance; min, max or count(DISTINCT x) of a dimension; or, for the set of its values, bool_or(x = 'a') AS a, bool_or(x = 'b') AS b, to be grouped by.";
	if (!cr_aggregate_is_extreme(aggref->aggfnoid))
		return "Use count, sum, avg, stddev or variance here, or corr, covar and regr of two measures; over a released subquery every aggregate is free.";
	if (var != NULL && IsA(var, Var) && var->varlevelsup == 0 &&
		var->varno > 0 &&
		!cr_inspect_base_is_raw(cr_inspect_base(level->statement,
												var->varno)))
		return "Group by the column too, if each group has one value of it.";
	if (level->kind == CR_LEVEL_UNIT && argument != NULL &&
		getBaseType(exprType(argument)) == BPCHAROID)
		return psprintf("Cast what is padded with blanks to text: %s(x::text).",
						aggregate_name(aggregate));
	if (var != NULL && IsA(var, Var) && var->varlevelsup == 0 &&
		var->varno > 0 &&
		cr_inspect_base(level->statement,
						var->varno)->kind == CR_BASE_UNIT_LEVEL)
		return psprintf("The first or last of all would be one person's. Group by it, and take it of those that enough people have: SELECT %s(x) FROM (SELECT x, count(*) ... GROUP BY x) AS released. To put bands in order, ORDER BY avg(x).",
						aggregate_name(aggregate));
	if (argument != NULL && (cr_has_conditional(argument) ||
							 exprType(argument) == BOOLOID ||
							 (IsA(argument, FuncExpr) &&
							  ((FuncExpr *) argument)->funcid == F_INT4_BOOL)))
		return HINT_ANY;
	return "Use avg or stddev of a measure. Of a dimension, take it over the rows of a subquery that groups by it, or for each person in a subquery that groups by the unit.";
}

static CrVerdict *
check_form(CrLevel *level, CrAggregate *aggregate, uint32 family)
{
	Aggref	   *aggref = aggregate->aggref;

	if (family == 0 && aggref->aggfnoid >= FirstNormalObjectId)
		return cr_verdict_refuse(CR_ERRCODE_FUNCTION, aggref->location,
								 psprintf("aggregate %s() is not built in and may not run over protected rows",
										  aggregate_name(aggregate)),
								 "Use count, sum, avg, stddev or variance.");
	if ((family == 0 || !OidIsValid(cr_total_aggregate(aggref->aggfnoid))) &&
		!is_approved(level, aggref->aggfnoid) &&
		!is_extreme(level, aggref))
		return cr_verdict_refuse(CR_ERRCODE_AGGREGATE, aggref->location,
								 psprintf("aggregate %s() is not allowed over protected rows",
										  aggregate_name(aggregate)),
								 hint_of_aggregate(level, aggregate));
	if (aggref->aggkind != AGGKIND_NORMAL || aggref->aggorder != NIL ||
		aggref->aggvariadic || aggref->agglevelsup != 0)
		return cr_verdict_refuse(CR_ERRCODE_CONSTRUCT, aggref->location,
								 "an aggregate with ORDER BY or of an outer query is not allowed over protected rows",
								 "Use the plain form of count, sum, avg, stddev or variance.");
	return NULL;
}

/* The first or last of these, of which equal ones must look the same. */
static CrVerdict *
check_picked(CrLevel *level, Node *stripped)
{
	CrVerdict  *refusal = cr_rule_group_key(level, stripped, NULL);

	return refusal != NULL ? refusal :
		cr_rule_image(stripped, "Take that", "of");
}

/* The argument of an approved one: a column of one protected table. */
static CrVerdict *
check_approved(CrLevel *level, CrAggregate *aggregate, CrArgument *argument)
{
	Node	   *stripped = cr_inspect_strip(argument->expanded);

	if (IsA(stripped, Var) && ((Var *) stripped)->varlevelsup == 0 &&
		((Var *) stripped)->varno > 0 &&
		cr_inspect_base(level->statement,
						((Var *) stripped)->varno)->kind == CR_BASE_PROTECTED)
		return check_picked(level, stripped);
	return cr_verdict_refuse(CR_ERRCODE_AGGREGATE, exprLocation(stripped),
							 psprintf("%s() is given something other than a column of a protected table",
									  aggregate_name(aggregate)),
							 "Give it a column; approved or not, it may not be computed from anything else.");
}

/* Of dimensions, not of labels that a table of the analyst's gives people. */
static CrVerdict *
check_extreme(CrLevel *level, CrAggregate *aggregate, CrArgument *argument)
{
	Node	   *stripped = cr_inspect_strip(argument->expanded);
	CrVerdict  *refusal = NULL;
	bool		given = true;
	ListCell   *lc;

	foreach(lc, level->units)
	{
		if (equal(stripped, ((CrUnit *) lfirst(lc))->expanded))
			return refuse_column(level, aggregate, (Var *) stripped,
								 CR_USE_DIMENSION, 0);
	}
	if (cr_match_tested(level->statement, stripped) == NIL &&
		!bms_is_empty(cr_inspect_bases(stripped)) &&
		bms_equal(cr_inspect_bases(stripped),
				  cr_inspect_raw_bases(level->statement, stripped)))
		refusal = cr_rule_group_key(level, stripped, NULL);
	else
		given = false;
	if (given && refusal == NULL)
		return cr_rule_image(stripped, "Take that", "of");
	if (given && refusal->sqlerrcode != CR_ERRCODE_COLUMN_USE)
		return refusal;
	return cr_verdict_refuse(CR_ERRCODE_AGGREGATE, exprLocation(stripped),
							 psprintf("%s() of each person is given something other than dimensions",
									  aggregate_name(aggregate)),
							 exprType(stripped) == BOOLOID ?
							 "Whether a row of a person's is so that is filtered on is count(*) FILTER (WHERE x > 20) > 0, above the subquery by person: SELECT n > 0 ... FROM (SELECT unit, count(*) FILTER (WHERE x > 20) AS n ... GROUP BY unit) AS u." :
							 "Give it dimensions of protected tables, and use count, sum or avg with measures; cleanroom.columns lists them.");
}

/* Is it a column that tells people apart? */
static bool
names_people(CrLevel *level, Node *expanded)
{
	Node	   *stripped = cr_inspect_strip(expanded);
	const CrColumnFact *fact;

	if (!IsA(stripped, Var) || ((Var *) stripped)->varlevelsup != 0 ||
		((Var *) stripped)->varno <= 0)
		return false;
	fact = cr_inspect_column(level->statement, (Var *) stripped);
	return fact != NULL && (fact->uses & (CR_USE_UNIT | CR_USE_JOIN)) != 0;
}

static CrVerdict *
check_argument(CrLevel *level, CrAggregate *aggregate, uint32 family,
			   int number)
{
	TargetEntry *tle = list_nth(aggregate->aggref->args, number);
	CrArgument	argument = {list_nth(aggregate->arguments, number),
	(Node *) tle->expr, false, false};
	CrVerdict  *refusal;

	if (is_extreme(level, aggregate->aggref))
		refusal = check_extreme(level, aggregate, &argument);
	else if (family == 0)
		refusal = check_approved(level, aggregate, &argument);
	else
		refusal = cr_unwrap_conditional(level, aggregate, family, &argument);
	if (refusal == NULL && family != 0)
		refusal = family == CR_AGG_COUNT &&
			list_length(aggregate->arguments) == 1 ?
			check_counted(level, aggregate, &argument) :
			check_measured(level, aggregate, family, &argument);
	if (refusal == NULL)
		refusal = cr_rule_total(list_nth(aggregate->arguments, number));
	if (refusal == NULL)
		refusal = cr_note_nulls(level, aggregate, family, &argument);
	if (refusal == NULL && aggregate->aggref->aggdistinct != NIL &&
		names_people(level, argument.expanded))
		aggregate->people = true;
	if (level->kind == CR_LEVEL_RELEASED && family != 0 &&
		family != CR_AGG_COUNT)
		cr_note_values(level, aggregate, argument.expanded);
	return refusal;
}

static CrVerdict *
check_filter(CrLevel *level, CrAggregate *aggregate, Node *class)
{
	CrVerdict  *refusal = cr_rule_condition(level, aggregate->filter);
	Node	   *filter = (Node *) aggregate->aggref->aggfilter;
	Node	   *own = cr_class_rest_of_filter(filter, class);

	if (refusal != NULL)
		return refusal;
	if (class != NULL)
		refusal = cr_note_condition(level, aggregate,
									cr_inspect_expand(level, class), class);
	if (refusal == NULL && own != NULL)
		refusal = cr_note_condition(level, aggregate,
									cr_inspect_expand(level, own), own);
	return refusal;
}

static CrVerdict *
check_aggregate(CrLevel *level, CrAggregate *aggregate, Node *class)
{
	Aggref	   *aggref = aggregate->aggref;
	uint32		family = cr_aggregate_family(aggref->aggfnoid);
	CrVerdict  *refusal;
	int			number;

	if (family == 0)
		family = cr_aggregate_pair(aggref->aggfnoid);
	refusal = check_form(level, aggregate, family);
	if (refusal == NULL && aggregate->filter != NULL)
		refusal = check_filter(level, aggregate, class);
	for (number = 0;
		 refusal == NULL && number < list_length(aggregate->arguments);
		 number++)
		refusal = check_argument(level, aggregate, family, number);
	if (refusal == NULL && list_length(aggregate->arguments) == 2)
		refusal = cr_note_pair_nulls(level, aggregate);
	if (refusal == NULL && list_length(aggregate->arguments) == 2)
		refusal = cr_rule_pair(level, aggregate);
	if (refusal == NULL && aggref->aggdistinct != NIL)
		refusal = cr_rule_grouping_operator(linitial(aggref->aggdistinct));
	if (refusal == NULL && aggregate->part != NIL)
		refusal = cr_rule_questions(level, aggregate->part);
	return refusal;
}

/*
 * Judges one aggregate, and notes in it the guards that it needs.
 */
CrVerdict *
cr_rule_aggregate(CrLevel *level, CrAggregate *aggregate)
{
	CrVerdict  *refusal = cr_class_check(level, aggregate);

	if (refusal == NULL)
		refusal = check_aggregate(level, aggregate,
								  cr_class_condition(level, aggregate));
	return refusal != NULL ? refusal : cr_rule_lifted(level, aggregate);
}
