/*-------------------------------------------------------------------------
 *
 * src/agg/total_aggregate.c
 *	  Parts of the twins of aggregates over floating-point numbers.
 *
 * Where the original raises for overflow, the state becomes the "mark", a
 * NaN that no arithmetic makes; it stays the mark through all further rows
 * and through merging, and the result is NULL.  A NULL state would not do:
 * merging passes it over.
 *
 * The state of sums is the sum; that of the others is that of the originals,
 * {N, sum of x, sum of squared differences from the mean}, updated by the
 * method of Youngs and Cramer.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "agg/total_call.h"
#include "base/compat.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/fmgrprotos.h"

#define MARK8_BITS	UINT64CONST(0x7ff8636c65616e72)
#define MARK4_BITS	((uint32) 0x7fc0636c)

/* Elements of the state of averages, variances and deviations. */
enum
{
	STATE_N,
	STATE_SUM,
	STATE_SQUARES,
	STATE_ELEMENTS
};

#define elements_of(state)	cr_total_state(state, STATE_ELEMENTS)

PG_FUNCTION_INFO_V1(cr_float4_sum_step);
PG_FUNCTION_INFO_V1(cr_float4_sum_result);
PG_FUNCTION_INFO_V1(cr_float8_sum_step);
PG_FUNCTION_INFO_V1(cr_float8_sum_result);
PG_FUNCTION_INFO_V1(cr_float4_moments_step);
PG_FUNCTION_INFO_V1(cr_float8_moments_step);
PG_FUNCTION_INFO_V1(cr_float8_moments_combine);

static inline float8
mark8(void)
{
	uint64		bits = MARK8_BITS;
	float8		mark;

	memcpy(&mark, &bits, sizeof(mark));
	return mark;
}

static inline bool
is_mark8(float8 x)
{
	uint64		bits;

	memcpy(&bits, &x, sizeof(bits));
	return bits == MARK8_BITS;
}

static inline float4
mark4(void)
{
	uint32		bits = MARK4_BITS;
	float4		mark;

	memcpy(&mark, &bits, sizeof(mark));
	return mark;
}

static inline bool
is_mark4(float4 x)
{
	uint32		bits;

	memcpy(&bits, &x, sizeof(bits));
	return bits == MARK4_BITS;
}

/*
 * The sum, or the mark.  The mark must be looked for only where the sum is
 * not finite, as it is a NaN.
 */
static inline float8
add_marked8(float8 x, float8 y)
{
	float8		z = x + y;

	if (likely(isfinite(z)))
		return z;
	if (is_mark8(x) || is_mark8(y) || (isinf(z) && !isinf(x) && !isinf(y)))
		return mark8();
	return z;
}

static inline float4
add_marked4(float4 x, float4 y)
{
	float4		z = x + y;

	if (likely(isfinite(z)))
		return z;
	if (is_mark4(x) || is_mark4(y) || (isinf(z) && !isinf(x) && !isinf(y)))
		return mark4();
	return z;
}

/* float4_sum_step(sum float4, x float4): float4, also the combine function */
Datum
cr_float4_sum_step(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT4(add_marked4(PG_GETARG_FLOAT4(0), PG_GETARG_FLOAT4(1)));
}

/* float4_sum_result(sum float4): float4 */
Datum
cr_float4_sum_result(PG_FUNCTION_ARGS)
{
	if (is_mark4(PG_GETARG_FLOAT4(0)))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT4(PG_GETARG_FLOAT4(0));
}

/* float8_sum_step(sum float8, x float8): float8, also the combine function */
Datum
cr_float8_sum_step(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(add_marked8(PG_GETARG_FLOAT8(0), PG_GETARG_FLOAT8(1)));
}

/* float8_sum_result(sum float8): float8 */
Datum
cr_float8_sum_result(PG_FUNCTION_ARGS)
{
	if (is_mark8(PG_GETARG_FLOAT8(0)))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(PG_GETARG_FLOAT8(0));
}

float8 *
cr_total_state(ArrayType *state, int count)
{
	if (ARR_NDIM(state) != 1 || ARR_DIMS(state)[0] != count ||
		ARR_HASNULL(state) || ARR_ELEMTYPE(state) != FLOAT8OID)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("expected an array of %d numbers", count),
				 errhint("This function is a part of aggregates: call those instead.")));
	return (float8 *) ((char *) state + ARR_OVERHEAD_NONULLS(1));
}

/* Takes one more number into a state. */
static inline void
step_moments(float8 *state, float8 x)
{
	float8		before = state[STATE_N];
	float8		n = before + 1;
	float8		sum = add_marked8(state[STATE_SUM], x);
	float8		squares = state[STATE_SQUARES];

	if (before > 0)
	{
		float8		distance = x * n - sum;

		squares += distance * distance / (n * before);
	}
	if (unlikely(!isfinite(sum) || !isfinite(squares) || !isfinite(x)))
	{
		if (is_mark8(sum) ||
			(isinf(squares) && !isinf(state[STATE_SUM]) && !isinf(x)))
			sum = squares = mark8();
		else if (isinf(sum) || isinf(squares) || isnan(x) || isinf(x))
			squares = NAN;
	}
	state[STATE_N] = n;
	state[STATE_SUM] = sum;
	state[STATE_SQUARES] = squares;
}

/* Updates the state in place, or in a copy when called from SQL. */
static Datum
moments_step(FunctionCallInfo fcinfo, float8 x)
{
	ArrayType  *state;

	if (AggCheckCallContext(fcinfo, NULL))
		state = PG_GETARG_ARRAYTYPE_P(0);
	else
		state = PG_GETARG_ARRAYTYPE_P_COPY(0);
	step_moments(elements_of(state), x);
	PG_RETURN_ARRAYTYPE_P(state);
}

/* float4_moments_step(state float8[], x float4): float8[] */
Datum
cr_float4_moments_step(PG_FUNCTION_ARGS)
{
	return moments_step(fcinfo, (float8) PG_GETARG_FLOAT4(1));
}

/* float8_moments_step(state float8[], x float8): float8[] */
Datum
cr_float8_moments_step(PG_FUNCTION_ARGS)
{
	return moments_step(fcinfo, PG_GETARG_FLOAT8(1));
}

/* Merges state b into state a. */
static void
merge_moments(float8 *a, const float8 *b)
{
	float8		n = a[STATE_N] + b[STATE_N];
	float8		sum;
	float8		squares;
	float8		distance;

	if (b[STATE_N] == 0)
		return;
	if (a[STATE_N] == 0)
	{
		memcpy(a, b, STATE_ELEMENTS * sizeof(float8));
		return;
	}

	sum = add_marked8(a[STATE_SUM], b[STATE_SUM]);
	distance = a[STATE_SUM] / a[STATE_N] - b[STATE_SUM] / b[STATE_N];
	squares = a[STATE_SQUARES] + b[STATE_SQUARES] +
		a[STATE_N] * b[STATE_N] * distance * distance / n;
	if (is_mark8(sum) ||
		(isinf(squares) && !isinf(a[STATE_SQUARES]) &&
		 !isinf(b[STATE_SQUARES])))
		sum = squares = mark8();
	a[STATE_N] = n;
	a[STATE_SUM] = sum;
	a[STATE_SQUARES] = squares;
}

/* float8_moments_combine(a float8[], b float8[]): float8[] */
Datum
cr_float8_moments_combine(PG_FUNCTION_ARGS)
{
	ArrayType  *state;

	if (AggCheckCallContext(fcinfo, NULL))
		state = PG_GETARG_ARRAYTYPE_P(0);
	else
		state = PG_GETARG_ARRAYTYPE_P_COPY(0);
	merge_moments(elements_of(state),
				  elements_of(PG_GETARG_ARRAYTYPE_P(1)));
	PG_RETURN_ARRAYTYPE_P(state);
}

/* The final functions: the originals', unless the state is marked. */
#define MOMENTS_RESULT(name) \
PG_FUNCTION_INFO_V1(cr_moments_##name); \
Datum \
cr_moments_##name(PG_FUNCTION_ARGS) \
{ \
	if (is_mark8(elements_of(PG_GETARG_ARRAYTYPE_P(0))[STATE_SUM])) \
		PG_RETURN_NULL(); \
	return float8_##name(fcinfo); \
} \
extern int	cr_no_such_name

MOMENTS_RESULT(avg);
MOMENTS_RESULT(var_pop);
MOMENTS_RESULT(var_samp);
MOMENTS_RESULT(stddev_pop);
MOMENTS_RESULT(stddev_samp);
