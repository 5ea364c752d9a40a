/*-------------------------------------------------------------------------
 *
 * src/agg/wide.c
 *	  Final functions of cleanroom.wide_sum(), the sum of integers that were
 *	  computed wider than the query has written them.
 *
 * The states are the server's own, and so are all functions but the last.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

PG_FUNCTION_INFO_V1(cr_wide_sum_result);
PG_FUNCTION_INFO_V1(cr_wide_sum_int8_result);

/* The numeric as a bigint; false where it is none. */
static bool
to_int8(Datum number, int64 *result)
{
	Datum		least = DirectFunctionCall1(int8_numeric,
											Int64GetDatum(PG_INT64_MIN));
	Datum		most = DirectFunctionCall1(int8_numeric,
										   Int64GetDatum(PG_INT64_MAX));

	if (DatumGetBool(DirectFunctionCall2(numeric_lt, number, least)) ||
		DatumGetBool(DirectFunctionCall2(numeric_gt, number, most)))
		return false;
	*result = DatumGetInt64(DirectFunctionCall1(numeric_int8, number));
	return true;
}

static Datum
finish(FunctionCallInfo fcinfo, Datum sum)
{
	int64		result;

	if (fcinfo->isnull)
		return (Datum) 0;
	if (!to_int8(sum, &result))
		PG_RETURN_NULL();
	PG_RETURN_INT64(result);
}

/* wide_sum_result(state internal): bigint */
Datum
cr_wide_sum_result(PG_FUNCTION_ARGS)
{
	return finish(fcinfo, numeric_sum(fcinfo));
}

/* wide_sum_int8_result(state internal): bigint */
Datum
cr_wide_sum_int8_result(PG_FUNCTION_ARGS)
{
	return finish(fcinfo, numeric_poly_sum(fcinfo));
}
