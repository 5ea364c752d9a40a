/*-------------------------------------------------------------------------
 *
 * src/gate/window.c
 *	  Rule: window functions and ordered-set aggregates of public queries
 *	  that are evaluated beside raw rows must not fail.
 *
 * Whether they are evaluated at all depends on protected rows, and so would
 * whether they fail.  Those that are listed here fail only by an argument or
 * a bound of the frame: such ones have to be constants, and valid.
 *
 * RANGE with an offset adds it to a value of each row.  Of integers the
 * server sees where the sum has no place; of others, such as times, it fails
 * at the ends of their types.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "agg/total.h"
#include "base/errcodes.h"
#include "catalog/pg_type.h"
#include "gate/gate.h"
#include "nodes/nodeFuncs.h"
#include "utils/fmgrprotos.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"

/* Rows are counted in 64 bits, and this much added to it on some servers. */
#define MAX_OFFSET		PG_INT32_MAX

static CrVerdict *
refuse(const char *what, int location, const char *hint)
{
	return cr_verdict_refuse(CR_ERRCODE_CONSTRUCT, location,
							 psprintf("%s may not be evaluated beside protected rows",
									  what),
							 hint);
}

static bool
is_constant_within(Node *node, int64 least, int64 most)
{
	int64		value;

	return cr_inspect_limit(node, &value) && value >= least && value <= most;
}

/* ---------- frames ---------- */

#define HINT_FRAME \
	"Write bounds of the frame as numbers, such as ROWS BETWEEN 6 PRECEDING AND CURRENT ROW, and days that a RANGE is over as integers, day - date '2000-01-01'; or store what the query finds in a table of your own, and read that."

static bool
is_range_of_integers(Oid in_range)
{
	switch (in_range)
	{
		case F_IN_RANGE_INT2_INT2_INT2_BOOL_BOOL:
		case F_IN_RANGE_INT2_INT2_INT4_BOOL_BOOL:
		case F_IN_RANGE_INT2_INT2_INT8_BOOL_BOOL:
		case F_IN_RANGE_INT4_INT4_INT2_BOOL_BOOL:
		case F_IN_RANGE_INT4_INT4_INT4_BOOL_BOOL:
		case F_IN_RANGE_INT4_INT4_INT8_BOOL_BOOL:
		case F_IN_RANGE_INT8_INT8_INT8_BOOL_BOOL:
			return true;
		default:
			return false;
	}
}

static CrVerdict *
check_bound(const WindowClause *window, Node *offset, Oid in_range)
{
	if (offset == NULL)
		return NULL;
	if ((window->frameOptions & FRAMEOPTION_RANGE) &&
		!is_range_of_integers(in_range))
		return refuse("a window with a RANGE of something else than integers",
					  exprLocation(offset), HINT_FRAME);
	if (!is_constant_within(offset, 0, MAX_OFFSET))
		return refuse("a window whose frame has a bound that is not a constant, or out of range,",
					  exprLocation(offset), HINT_FRAME);
	return NULL;
}

static CrVerdict *
check_window(const WindowClause *window)
{
	CrVerdict  *refusal;

	refusal = cr_rule_grouping_operators(window->partitionClause);
	if (refusal == NULL)
		refusal = cr_rule_grouping_operators(window->orderClause);
	if (refusal == NULL)
		refusal = check_bound(window, window->startOffset,
							  window->startInRangeFunc);
	if (refusal == NULL)
		refusal = check_bound(window, window->endOffset,
							  window->endInRangeFunc);
	return refusal;
}

CrVerdict *
cr_rule_windows(Query *query)
{
	ListCell   *lc;

	if (!query->hasWindowFuncs)
		return NULL;			/* what is defined and not used is not run */
	foreach(lc, query->windowClause)
	{
		CrVerdict  *refusal = check_window(lfirst_node(WindowClause, lc));

		if (refusal != NULL)
			return refusal;
	}
	return NULL;
}

/* ---------- window functions ---------- */

/*
 * Is it one of those that can fail by their arguments only, and are these
 * such that it does not?
 */
static bool
cannot_fail(const WindowFunc *call)
{
	switch (call->winfnoid)
	{
		case F_ROW_NUMBER:
		case F_RANK_:
		case F_DENSE_RANK_:
		case F_PERCENT_RANK_:
		case F_CUME_DIST_:
		case F_FIRST_VALUE:
		case F_LAST_VALUE:
		case F_LAG_ANYELEMENT:
		case F_LEAD_ANYELEMENT:
			return true;
		case F_LAG_ANYELEMENT_INT4:
		case F_LEAD_ANYELEMENT_INT4:
		case F_LAG_ANYCOMPATIBLE_INT4_ANYCOMPATIBLE:
		case F_LEAD_ANYCOMPATIBLE_INT4_ANYCOMPATIBLE:
			return is_constant_within(lsecond(call->args), -MAX_OFFSET,
									  MAX_OFFSET);
		case F_NTILE:
			return is_constant_within(linitial(call->args), 1, MAX_OFFSET);
		case F_NTH_VALUE:
			return is_constant_within(lsecond(call->args), 1, MAX_OFFSET);
		default:
			return false;
	}
}

CrVerdict *
cr_rule_window_function(WindowFunc *call)
{
	if (call->winagg ?
		OidIsValid(cr_total_aggregate(call->winfnoid)) : cannot_fail(call))
		return NULL;
	return refuse(psprintf("this call of window function %s",
						   get_func_name(call->winfnoid)),
				  call->location,
				  "Use row_number(), rank() and their like, first_value(), last_value(), lag(), lead(), ntile() and nth_value() with numbers that they accept, or sum(), avg(), count(), min(), max(); or compute it in the outermost query, over the released rows.");
}

/* ---------- ordered-set aggregates ---------- */

/* A constant from 0 to 1, as the parser leaves it. */
static bool
is_fraction(Node *node)
{
	Const	   *value = (Const *) node;
	FuncExpr   *cast = (FuncExpr *) node;
	Datum		zero;
	Datum		one;

	if (IsA(node, FuncExpr) && (cast->funcid == F_FLOAT8_NUMERIC ||
								cast->funcid == F_FLOAT8_INT4))
		value = linitial(cast->args);
	if (!IsA(value, Const) || value->constisnull)
		return false;
	switch (value->consttype)
	{
		case INT4OID:
			return is_constant_within((Node *) value, 0, 1);
		case FLOAT8OID:
			return DatumGetFloat8(value->constvalue) >= 0 &&
				DatumGetFloat8(value->constvalue) <= 1;
		case NUMERICOID:
			zero = NumericGetDatum(int64_to_numeric(0));
			one = NumericGetDatum(int64_to_numeric(1));
			return DatumGetBool(DirectFunctionCall2(numeric_ge,
													value->constvalue,
													zero)) &&
				DatumGetBool(DirectFunctionCall2(numeric_le,
												 value->constvalue, one));
		default:
			return false;
	}
}

CrVerdict *
cr_rule_ordered_set(Aggref *aggref)
{
	switch (aggref->aggfnoid)
	{
		case F_MODE:
			return NULL;
		case F_PERCENTILE_CONT_FLOAT8_FLOAT8:
		case F_PERCENTILE_DISC_FLOAT8_ANYELEMENT:
			if (is_fraction(linitial(aggref->aggdirectargs)))
				return NULL;
			break;
		default:
			break;
	}
	return refuse(psprintf("this call of ordered-set aggregate %s",
						   get_func_name(aggref->aggfnoid)),
				  aggref->location,
				  "Use percentile_cont() of numbers, or percentile_disc(), with a constant from 0 to 1, or mode(); or store what the query finds in a table of your own, and read that.");
}
