/*-------------------------------------------------------------------------
 *
 * src/agg/canonical.c
 *	  One look for values that compare as equal.
 *
 * Floating point has two zeros, and NaNs of many bits; an interval of 30
 * days is also one of a month, or of 720 hours.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <limits.h>
#include <math.h>

#include "base/compat.h"
#include "common/int.h"
#include "fmgr.h"
#include "utils/float.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(cr_canonical_real);
PG_FUNCTION_INFO_V1(cr_canonical_double);
PG_FUNCTION_INFO_V1(cr_canonical_interval);

/* canonical_real(value real): real */
Datum
cr_canonical_real(PG_FUNCTION_ARGS)
{
	float4		value = PG_GETARG_FLOAT4(0);

	if (isnan(value))
		value = get_float4_nan();
	else if (value == 0)
		value = 0;
	PG_RETURN_FLOAT4(value);
}

/* canonical_double(value double precision): double precision */
Datum
cr_canonical_double(PG_FUNCTION_ARGS)
{
	float8		value = PG_GETARG_FLOAT8(0);

	if (isnan(value))
		value = get_float8_nan();
	else if (value == 0)
		value = 0;
	PG_RETURN_FLOAT8(value);
}

/*
 * canonical_interval(value interval): interval
 *
 * As months as far as they go, days, and less than a day, all of one sign.
 * What compares as equal is equally long, and nothing but the length is
 * looked at.
 */
Datum
cr_canonical_interval(PG_FUNCTION_ARGS)
{
	Interval   *value = PG_GETARG_INTERVAL_P(0);
	Interval   *result;
	int64		days;
	int64		months;
	int64		rest;

	if (CR_INTERVAL_IS_INFINITE(value))
		PG_RETURN_INTERVAL_P(value);
	result = palloc(sizeof(Interval));
	days = value->month * (int64) DAYS_PER_MONTH + value->day +
		value->time / USECS_PER_DAY;
	result->time = value->time % USECS_PER_DAY;
	if (days > 0 && result->time < 0)
	{
		result->time += USECS_PER_DAY;
		days--;
	}
	else if (days < 0 && result->time > 0)
	{
		result->time -= USECS_PER_DAY;
		days++;
	}
	/* the ends of the range of months are left out: they may be infinity's */
	months = Min(Max(days / DAYS_PER_MONTH, -PG_INT32_MAX + 1),
				 PG_INT32_MAX - 1);
	days -= months * DAYS_PER_MONTH;
	result->month = (int32) months;
	result->day = (int32) Min(Max(days, -PG_INT32_MAX), PG_INT32_MAX);
	if (pg_mul_s64_overflow(days - result->day, USECS_PER_DAY, &rest) ||
		pg_add_s64_overflow(result->time, rest, &result->time))
		result->time = days < 0 ? -PG_INT64_MAX : PG_INT64_MAX;
	PG_RETURN_INTERVAL_P(result);
}
