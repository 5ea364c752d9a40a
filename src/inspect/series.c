/*-------------------------------------------------------------------------
 *
 * src/inspect/series.c
 *	  generate_series(): which ones are known, and when its values differ.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "inspect/facts.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/pathnodes.h"
#include "optimizer/optimizer.h"
#include "utils/fmgroids.h"
#include "utils/timestamp.h"

/* A series of times lies within so many years of 2000, by steps of so many. */
#define MAX_YEARS		100000
#define MAX_STEP_YEARS	1000

/* What the expression is, as far as can be told now; not to be relied on. */
static Const *
estimate(Node *expr)
{
	PlannerInfo *root = makeNode(PlannerInfo);
	Node	   *value;

	root->glob = makeNode(PlannerGlobal);
	value = estimate_expression_value(root, copyObject(expr));
	return IsA(value, Const) && !((Const *) value)->constisnull ?
		(Const *) value : NULL;
}

/* No later than that a step leads out of what timestamps can be. */
static bool
is_near(Node *expr)
{
	const int64 limit = (int64) MAX_YEARS * 365 * USECS_PER_DAY;
	Const	   *value = estimate(expr);
	Timestamp	time;

	if (value == NULL)
		return false;
	time = DatumGetTimestamp(value->constvalue);
	return time > -limit && time < limit;
}

/* A step of integers, which is not 0? */
static bool
is_whole_step(Node *expr)
{
	Const	   *step = (Const *) eval_const_expressions(NULL,
														copyObject(expr));

	if (!IsA(step, Const) || step->constisnull)
		return false;
	return step->consttype == INT4OID ?
		DatumGetInt32(step->constvalue) != 0 :
		DatumGetInt64(step->constvalue) != 0;
}

/*
 * A step forward, whatever the clock does: CR_SERIES_DAYS where that is a day
 * or more.
 */
static CrSeries
read_step(Node *expr)
{
	Interval   *step;

	expr = eval_const_expressions(NULL, copyObject(expr));
	if (!IsA(expr, Const) || ((Const *) expr)->constisnull)
		return CR_SERIES_NONE;
	step = DatumGetIntervalP(((Const *) expr)->constvalue);
	if (step->month < 0 || step->day < 0 || step->time < 0 ||
		step->month > MAX_STEP_YEARS * 12 ||
		step->day > MAX_STEP_YEARS * 366 ||
		step->time > (int64) MAX_STEP_YEARS * 366 * USECS_PER_DAY)
		return CR_SERIES_NONE;
	if (step->month > 0 || step->day > 0)
		return CR_SERIES_DAYS;
	return step->time > 0 ? CR_SERIES_TIMES : CR_SERIES_NONE;
}

/*
 * What is known of the values of a call: each of them is there once, and none
 * can fail to be computed.
 */
CrSeries
cr_series_of_call(Node *expr)
{
	FuncExpr   *call = (FuncExpr *) expr;

	if (call == NULL || !IsA(call, FuncExpr))
		return CR_SERIES_NONE;
	switch (call->funcid)
	{
		case F_GENERATE_SERIES_INT4_INT4:
		case F_GENERATE_SERIES_INT8_INT8:
			return CR_SERIES_INTEGERS;
		case F_GENERATE_SERIES_INT4_INT4_INT4:
		case F_GENERATE_SERIES_INT8_INT8_INT8:
			return is_whole_step(lthird(call->args)) ?
				CR_SERIES_INTEGERS : CR_SERIES_NONE;
		case F_GENERATE_SERIES_TIMESTAMP_TIMESTAMP_INTERVAL:
		case F_GENERATE_SERIES_TIMESTAMPTZ_TIMESTAMPTZ_INTERVAL:
			return is_near(linitial(call->args)) &&
				is_near(lsecond(call->args)) ?
				read_step(lthird(call->args)) : CR_SERIES_NONE;
		default:
			return CR_SERIES_NONE;
	}
}

/* The same of an entry of FROM. */
CrSeries
cr_series_of(const RangeTblEntry *rte)
{
	if (rte->rtekind != RTE_FUNCTION || list_length(rte->functions) != 1)
		return CR_SERIES_NONE;
	return cr_series_of_call(linitial_node(RangeTblFunction,
										   rte->functions)->funcexpr);
}

/* Does the cast give different results for different values of the series? */
static bool
keeps_apart(Oid funcid, CrSeries series)
{
	switch (funcid)
	{
		case F_INT8_INT4:
		case F_INT8_INT2:
		case F_INT4_INT2:
		case F_NUMERIC_INT2:
		case F_NUMERIC_INT4:
		case F_NUMERIC_INT8:
		case F_FLOAT8_INT2:
		case F_FLOAT8_INT4:
		case F_TIMESTAMP_DATE:
			return true;
		case F_DATE_TIMESTAMP:
		case F_DATE_TIMESTAMPTZ:
		case F_TIMESTAMP_TIMESTAMPTZ:
		case F_TIMESTAMPTZ_TIMESTAMP:
			return series == CR_SERIES_DAYS;
		default:
			return false;
	}
}

/*
 * The expression without casts by which values of the series (of any column,
 * when there is none) stay apart.
 */
Node *
cr_series_strip(Node *expr, CrSeries series)
{
	expr = cr_inspect_strip(expr);
	while (IsA(expr, FuncExpr) &&
		   keeps_apart(((FuncExpr *) expr)->funcid, series))
		expr = cr_inspect_strip(linitial(((FuncExpr *) expr)->args));
	return expr;
}

/*
 * SELECT generate_series(…), alone and without FROM, also with a cast that
 * keeps its values apart: sets the call.
 */
CrSeries
cr_series_of_query(const Query *query, FuncExpr **call)
{
	Node	   *expr;
	CrSeries	series;

	if (!query->hasTargetSRFs || query->jointree->fromlist != NIL ||
		query->jointree->quals != NULL || query->havingQual != NULL ||
		query->groupClause != NIL || query->hasAggs ||
		query->limitCount != NULL || query->limitOffset != NULL ||
		query->cteList != NIL || list_length(query->targetList) != 1)
		return CR_SERIES_NONE;
	expr = (Node *) linitial_node(TargetEntry, query->targetList)->expr;
	*call = (FuncExpr *) cr_series_strip(expr, CR_SERIES_DAYS);
	series = cr_series_of_call((Node *) *call);
	return cr_series_strip(expr, series) == (Node *) *call ?
		series : CR_SERIES_NONE;
}
