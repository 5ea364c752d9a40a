/*-------------------------------------------------------------------------
 *
 * src/inspect/partial.c
 *	  Puts aggregates over several branches together from those of each.
 *
 * Sums and counts add up, and averages are one divided by the other.  Distinct
 * people do when each branch counts those alone whom no branch before it has
 * (distinct_people.c).  Other aggregates do not.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/make_expr.h"
#include "catalog/pg_type.h"
#include "inspect/arms.h"
#include "inspect/polynomial.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "utils/fmgroids.h"

typedef struct SumOf
{
	Oid			average;
	Oid			sum;
	Oid			type;
} SumOf;

static const SumOf sums[] = {
	{F_AVG_INT2, F_SUM_INT2, INT8OID},
	{F_AVG_INT4, F_SUM_INT4, INT8OID},
	{F_AVG_INT8, F_SUM_INT8, NUMERICOID},
	{F_AVG_NUMERIC, F_SUM_NUMERIC, NUMERICOID},
	{F_AVG_FLOAT8, F_SUM_FLOAT8, FLOAT8OID},
};

static const SumOf *
sum_of_average(const Aggref *aggref)
{
	size_t		i;

	for (i = 0; i < lengthof(sums); i++)
	{
		if (sums[i].average == aggref->aggfnoid)
			return &sums[i];
	}
	return NULL;
}

static bool
can_be_added(Oid type)
{
	return type == INT8OID || type == NUMERICOID || type == FLOAT4OID ||
		type == FLOAT8OID;
}

/* The aggregate with another function, and result type. */
static Aggref *
change_function(const Aggref *aggref, Oid aggfnoid, Oid type)
{
	Aggref	   *changed = (Aggref *) copyObjectImpl(aggref);

	changed->aggfnoid = aggfnoid;
	changed->aggtype = type;
	changed->aggcollid = InvalidOid;
	return changed;
}

static bool
adds_up(const Aggref *aggref, CrPartialKind kind)
{
	uint32		family = cr_aggregate_family(aggref->aggfnoid);

	return kind != CR_PARTIAL_OF_ALL ||
		(aggref->aggdistinct == NIL &&
		 (family == CR_AGG_COUNT || family == CR_AGG_SUM));
}

static void
compute(CrPartials *partials, Aggref *aggref, CrPartialKind kind)
{
	partials->computed = lappend(partials->computed, aggref);
	partials->kinds = lappend_int(partials->kinds, kind);
}

/* What each branch has to compute for these aggregates. */
CrPartials *
cr_partials_make(const CrArms *arms, List *aggregates)
{
	CrPartials *partials = palloc0(sizeof(CrPartials));
	ListCell   *lc;

	partials->aggregates = aggregates;
	foreach(lc, aggregates)
	{
		Aggref	   *aggref = lfirst_node(Aggref, lc);
		const SumOf *sum = aggref->aggdistinct != NIL ? NULL :
			sum_of_average(aggref);

		partials->first = lappend_int(partials->first,
									  list_length(partials->computed));
		if (sum != NULL)
		{
			compute(partials, change_function(aggref, sum->sum, sum->type),
					CR_PARTIAL_OF_ALL);
			compute(partials, change_function(aggref, F_COUNT_ANY, INT8OID),
					CR_PARTIAL_OF_ALL);
		}
		else if (cr_arms_count_people(arms, aggref))
		{
			compute(partials, aggref, CR_PARTIAL_NEW_PEOPLE);
			compute(partials, aggref, CR_PARTIAL_OWN_PEOPLE);
		}
		else
			compute(partials, aggref, CR_PARTIAL_OF_ALL);
	}
	return partials;
}

/*
 * Can the aggregates be put together, when so many branches contribute to
 * each computed one?
 */
bool
cr_partials_add_up(const CrPartials *partials, const int *live)
{
	int			i;

	for (i = 0; i < list_length(partials->computed); i++)
	{
		Aggref	   *aggref = list_nth_node(Aggref, partials->computed, i);

		if (!can_be_added(aggref->aggtype) ||
			(live[i] > 1 &&
			 !adds_up(aggref, list_nth_int(partials->kinds, i))))
			return false;
	}
	return true;
}

/* ---------- the sums over the branches ---------- */

static Aggref *
make_aggregate(Oid aggfnoid, Oid type, Expr *arg)
{
	return cr_make_aggregate(aggfnoid, type,
							 arg == NULL ? NIL : list_make1(arg));
}

static Expr *
make_cast(Oid funcid, Oid type, Expr *arg)
{
	return (Expr *) makeFuncExpr(funcid, type, list_make1(arg), InvalidOid,
								 InvalidOid, COERCE_EXPLICIT_CAST);
}

/* A column of the united branches. */
static Expr *
computed_column(const CrPartials *partials, int place, int nkeys)
{
	Aggref	   *aggref = list_nth_node(Aggref, partials->computed, place);

	return (Expr *) makeVar(1, nkeys + place + 1, aggref->aggtype, -1,
							aggref->aggcollid, 0);
}

/* Its sum; whole numbers add up to numeric. */
static Expr *
add_up(Expr *column)
{
	switch (exprType((Node *) column))
	{
		case INT8OID:
			return (Expr *) make_aggregate(F_SUM_INT8, NUMERICOID, column);
		case NUMERICOID:
			return (Expr *) make_aggregate(F_SUM_NUMERIC, NUMERICOID, column);
		case FLOAT4OID:
			return (Expr *) make_aggregate(F_SUM_FLOAT4, FLOAT4OID, column);
		default:
			return (Expr *) make_aggregate(F_SUM_FLOAT8, FLOAT8OID, column);
	}
}

/*
 * Have so many branches released the column, or, when that is NULL, the
 * group?
 */
Expr *
cr_partials_complete(Expr *column, int live)
{
	Aggref	   *count = make_aggregate(column ? F_COUNT_ANY : F_COUNT_,
									   INT8OID, copyObject(column));

	return cr_make_operation("=", (Expr *) count, (Expr *) cr_make_int8(live));
}

static Expr *
divide(Expr *sum, Expr *count, Oid type)
{
	if (type == FLOAT8OID)
		count = make_cast(F_FLOAT8_NUMERIC, FLOAT8OID, count);
	return cr_make_operation("/", sum, count);
}

/* Have the branches released both computed aggregates that one is made of? */
static List *
both_complete(Expr *first, Expr *second, const int *live)
{
	return list_make2(cr_partials_complete(first, live[0]),
					  cr_partials_complete(second, live[1]));
}

/*
 * Have they released the people that each adds, and is it a group in which
 * those whom another branch has are found?  Keys that are NULL equal none.
 */
static List *
people_complete(Expr *first, Expr *second, List *keys, const int *live)
{
	List	   *tests = both_complete(first, second, live);
	ListCell   *lc;

	foreach(lc, keys)
		tests = lappend(tests, cr_make_null_test(copyObject(lfirst(lc)),
												 IS_NOT_NULL));
	return tests;
}

/*
 * Aggregate "number" over all branches, NULL unless all that contribute have
 * released their part.  "keys" are the group's columns there; "live" says for each computed one how many do.
 */
Expr *
cr_partials_combine(const CrPartials *partials, int number, List *keys,
					const int *live)
{
	Aggref	   *aggref = list_nth_node(Aggref, partials->aggregates, number);
	int			first = list_nth_int(partials->first, number);
	int			nkeys = list_length(keys);
	Expr	   *column = computed_column(partials, first, nkeys);
	Expr	   *second = NULL;
	List	   *complete;
	Expr	   *sum = add_up(column);
	bool		average = list_nth_node(Aggref, partials->computed,
										first)->aggfnoid != aggref->aggfnoid;

	if (average || list_nth_int(partials->kinds, first) != CR_PARTIAL_OF_ALL)
		second = computed_column(partials, first + 1, nkeys);
	if (average)
		complete = both_complete(column, second, live + first);
	else if (second != NULL)
		complete = people_complete(column, second, keys, live + first);
	else
		complete = list_make1(cr_partials_complete(column, live[first]));
	if (average)
		sum = divide(sum, add_up(second), aggref->aggtype);
	else if (aggref->aggtype == INT8OID)
		sum = make_cast(F_INT8_NUMERIC, INT8OID, sum);
	Assert(exprType((Node *) sum) == aggref->aggtype);
	return (Expr *) cr_make_case((Node *) make_ands_explicit(complete),
								 (Node *) sum, NULL);
}
