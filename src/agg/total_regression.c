/*-------------------------------------------------------------------------
 *
 * src/agg/total_regression.c
 *	  Parts of the twins of the aggregates over pairs of numbers: correlation,
 *	  covariance and regression.
 *
 * The state is that of the originals: {N, sum of x, sum of squared
 * differences of x, the same two of y, sum of products of differences},
 * updated by the method of Youngs and Cramer.  Where the original raises for
 * overflow, N becomes a NaN: no count is one.  It stays that through all
 * further rows and through merging, and the result is NULL.
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

enum
{
	STATE_N,
	STATE_X,
	STATE_XX,
	STATE_Y,
	STATE_YY,
	STATE_XY,
	STATE_ELEMENTS
};

#define elements_of(state)	cr_total_state(state, STATE_ELEMENTS)

PG_FUNCTION_INFO_V1(cr_pairs_step);
PG_FUNCTION_INFO_V1(cr_pairs_combine);

/* The state itself in an aggregate, else a copy. */
static ArrayType *
writable_state(FunctionCallInfo fcinfo)
{
	if (AggCheckCallContext(fcinfo, NULL))
		return PG_GETARG_ARRAYTYPE_P(0);
	return PG_GETARG_ARRAYTYPE_P_COPY(0);
}

/* Has a sum become infinite that was made of finite numbers only? */
static inline bool
overflows(float8 sum, float8 a, float8 b)
{
	return isinf(sum) && !isinf(a) && !isinf(b);
}

static void
replace_infinite(float8 *x)
{
	if (isinf(*x))
		*x = NAN;
}

/* Adds what a further pair differs from those before it. */
static void
step_squares(float8 *state, const float8 *old, float8 x, float8 y)
{
	float8		n = state[STATE_N];
	float8		dx = x * n - state[STATE_X];
	float8		dy = y * n - state[STATE_Y];
	float8		scale = 1.0 / (n * old[STATE_N]);

	state[STATE_XX] += dx * dx * scale;
	state[STATE_YY] += dy * dy * scale;
	state[STATE_XY] += dx * dy * scale;
	if (overflows(state[STATE_X], old[STATE_X], x) ||
		overflows(state[STATE_XX], old[STATE_X], x) ||
		overflows(state[STATE_Y], old[STATE_Y], y) ||
		overflows(state[STATE_YY], old[STATE_Y], y) ||
		(overflows(state[STATE_XY], old[STATE_X], x) &&
		 !isinf(old[STATE_Y]) && !isinf(y)))
		state[STATE_N] = NAN;
	replace_infinite(&state[STATE_XX]);
	replace_infinite(&state[STATE_YY]);
	replace_infinite(&state[STATE_XY]);
}

/* pairs_step(state float8[], y float8, x float8): float8[] */
Datum
cr_pairs_step(PG_FUNCTION_ARGS)
{
	ArrayType  *array = writable_state(fcinfo);
	float8	   *state = elements_of(array);
	float8		y = PG_GETARG_FLOAT8(1);
	float8		x = PG_GETARG_FLOAT8(2);
	float8		old[STATE_ELEMENTS];

	memcpy(old, state, sizeof(old));
	state[STATE_N] += 1;
	state[STATE_X] += x;
	state[STATE_Y] += y;
	if (old[STATE_N] > 0)
		step_squares(state, old, x, y);
	else
	{
		if (!isfinite(x))
			state[STATE_XX] = state[STATE_XY] = NAN;
		if (!isfinite(y))
			state[STATE_YY] = state[STATE_XY] = NAN;
	}
	PG_RETURN_ARRAYTYPE_P(array);
}

/* Merges state b into state a; both have rows, or are marked. */
static void
merge_pairs(float8 *a, const float8 *b)
{
	float8		old[STATE_ELEMENTS];
	float8		dx = a[STATE_X] / a[STATE_N] - b[STATE_X] / b[STATE_N];
	float8		dy = a[STATE_Y] / a[STATE_N] - b[STATE_Y] / b[STATE_N];
	float8		scale;
	int			i;

	memcpy(old, a, sizeof(old));
	for (i = 0; i < STATE_ELEMENTS; i++)
		a[i] += b[i];
	scale = old[STATE_N] * b[STATE_N] / a[STATE_N];
	a[STATE_XX] += scale * dx * dx;
	a[STATE_YY] += scale * dy * dy;
	a[STATE_XY] += scale * dx * dy;
	for (i = 0; i < STATE_ELEMENTS; i++)
	{
		if (overflows(a[i], old[i], b[i]))
			a[STATE_N] = NAN;
	}
}

/* pairs_combine(a float8[], b float8[]): float8[] */
Datum
cr_pairs_combine(PG_FUNCTION_ARGS)
{
	ArrayType  *array = writable_state(fcinfo);
	float8	   *a = elements_of(array);
	float8	   *b = elements_of(PG_GETARG_ARRAYTYPE_P(1));

	if (a[STATE_N] == 0)
		memcpy(a, b, STATE_ELEMENTS * sizeof(float8));
	else if (b[STATE_N] != 0)
		merge_pairs(a, b);
	PG_RETURN_ARRAYTYPE_P(array);
}

/* The final functions: the originals', unless the state is marked. */
#define PAIRS_RESULT(name) \
PG_FUNCTION_INFO_V1(cr_pairs_##name); \
Datum \
cr_pairs_##name(PG_FUNCTION_ARGS) \
{ \
	if (isnan(elements_of(PG_GETARG_ARRAYTYPE_P(0))[STATE_N])) \
		PG_RETURN_NULL(); \
	return float8_##name(fcinfo); \
} \
extern int	cr_no_such_name

PAIRS_RESULT(corr);
PAIRS_RESULT(covar_pop);
PAIRS_RESULT(covar_samp);
PAIRS_RESULT(regr_avgx);
PAIRS_RESULT(regr_avgy);
PAIRS_RESULT(regr_intercept);
PAIRS_RESULT(regr_r2);
PAIRS_RESULT(regr_slope);
PAIRS_RESULT(regr_sxx);
PAIRS_RESULT(regr_sxy);
PAIRS_RESULT(regr_syy);
