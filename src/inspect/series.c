/*-------------------------------------------------------------------------
 *
 * src/inspect/series.c
 *	  generate_series(): which ones are known, and when its values differ.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/constant.h"
#include "base/zone.h"
#include "catalog/pg_type.h"
#include "inspect/facts.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/fmgroids.h"
#include "utils/date.h"
#include "utils/timestamp.h"

/* A series of times begins and ends within so many years of 2000, and its
 * steps are not longer than so many, nor is what is added to either end. */
#define MAX_YEARS		100000
#define MAX_STEP_YEARS	1000
#define MAX_STEP_MONTHS	(MAX_STEP_YEARS * 12)
#define MAX_STEP_DAYS	(MAX_STEP_YEARS * 366)
#define MAX_STEP_USECS	(MAX_STEP_DAYS * USECS_PER_DAY)

static bool
is_near_constant(const Const *value)
{
	const int64 days = (int64) MAX_YEARS * 365;
	int64		number;

	if (value->constisnull)
		return true;
	switch (value->consttype)
	{
		case DATEOID:
			number = DatumGetDateADT(value->constvalue);
			return number > -days && number < days;
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			number = DatumGetTimestamp(value->constvalue);
			return number > -days * USECS_PER_DAY &&
				number < days * USECS_PER_DAY;
		case INT4OID:
			number = DatumGetInt32(value->constvalue);
			return number > -MAX_STEP_DAYS && number < MAX_STEP_DAYS;
		case INTERVALOID:
			{
				Interval   *interval = DatumGetIntervalP(value->constvalue);

				return abs(interval->month / 2) < MAX_STEP_MONTHS / 2 &&
					abs(interval->day / 2) < MAX_STEP_DAYS / 2 &&
					interval->time > -MAX_STEP_USECS &&
					interval->time < MAX_STEP_USECS;
			}
		default:
			/* the field that date_trunc() cuts at */
			return value->consttype == TEXTOID;
	}
}

static bool
is_near_call(Oid funcid)
{
	switch (funcid)
	{
		case F_NOW:
		case F_TRANSACTION_TIMESTAMP:
		case F_STATEMENT_TIMESTAMP:
		case F_DATE_TRUNC_TEXT_TIMESTAMP:
		case F_DATE_TRUNC_TEXT_TIMESTAMPTZ:
		case F_DATE_TIMESTAMP:
		case F_DATE_TIMESTAMPTZ:
		case F_TIMESTAMP_DATE:
		case F_TIMESTAMP_TIMESTAMPTZ:
		case F_TIMESTAMPTZ_DATE:
		case F_TIMESTAMPTZ_TIMESTAMP:
		case F_DATE_PLI:
		case F_DATE_MII:
		case F_DATE_PL_INTERVAL:
		case F_DATE_MI_INTERVAL:
		case F_TIMESTAMP_PL_INTERVAL:
		case F_TIMESTAMP_MI_INTERVAL:
		case F_TIMESTAMPTZ_PL_INTERVAL:
		case F_TIMESTAMPTZ_MI_INTERVAL:
			return true;
		default:
			return false;
	}
}

/* depth: sums of a few are near as well */
static bool
is_near_expression(Node *expr, int depth)
{
	List	   *args = NIL;
	ListCell   *lc;

	expr = cr_inspect_strip(expr);
	if (expr == NULL || depth > 10)
		return false;
	if (IsA(expr, Const))
		return is_near_constant((Const *) expr);
	if (IsA(expr, SQLValueFunction))
		return true;
	if (IsA(expr, FuncExpr) && is_near_call(((FuncExpr *) expr)->funcid))
		args = ((FuncExpr *) expr)->args;
	else if (IsA(expr, OpExpr) && is_near_call(((OpExpr *) expr)->opfuncid))
		args = ((OpExpr *) expr)->args;
	else
		return false;
	foreach(lc, args)
	{
		if (!is_near_expression(lfirst(lc), depth + 1))
			return false;
	}
	return true;
}

/*
 * Is it a time from which a step does not lead out of what timestamps can be?
 * It is a constant, or some time before or after now; nothing that could be
 * far when the query runs though it was near when it was judged.
 */
static bool
is_near(Node *expr)
{
	return is_near_expression(cr_fold(copyObject(expr)),
							  0);
}

/* A step of integers, which is not 0? */
static bool
is_whole_step(Node *expr)
{
	Const	   *step = (Const *) cr_fold(copyObject(expr));

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

	expr = cr_fold(copyObject(expr));
	if (!IsA(expr, Const) || ((Const *) expr)->constisnull)
		return CR_SERIES_NONE;
	if (!is_near_constant((Const *) expr))
		return CR_SERIES_NONE;
	step = DatumGetIntervalP(((Const *) expr)->constvalue);
	if (step->month < 0 || step->day < 0 || step->time < 0)
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
		case F_GENERATE_SERIES_TIMESTAMPTZ_TIMESTAMPTZ_INTERVAL:
			if (!cr_zone_is_ordinary())
				return CR_SERIES_NONE;
			/* FALLTHROUGH */
		case F_GENERATE_SERIES_TIMESTAMP_TIMESTAMP_INTERVAL:
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
			/* not the other way round: a zone may have skipped a whole day */
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
