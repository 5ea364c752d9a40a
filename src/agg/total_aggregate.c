/*-------------------------------------------------------------------------
 *
 * src/agg/total_aggregate.c
 *	  Parts of the twins of aggregates over floating-point numbers: sums,
 *	  averages, variances and deviations.
 *
 * A floating-point sum depends on the order of its rows, and that on rows
 * that are not in the group: a sort of all groups, or workers, may change it.
 * So what is added up is added up exactly, and rounded once at the end.
 *
 * Where the result is too large for its type, it is NULL.  The variance is
 * (N * sum of xx - (sum of x)^2) / (N * (N or N - 1)), without cancellation
 * as its numerator is exact.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "agg/exact_state.h"
#include "fmgr.h"
#include "utils/float.h"

PG_FUNCTION_INFO_V1(cr_exact_sum_real);
PG_FUNCTION_INFO_V1(cr_exact_sum_double);
PG_FUNCTION_INFO_V1(cr_exact_moments_real);
PG_FUNCTION_INFO_V1(cr_exact_moments_double);
PG_FUNCTION_INFO_V1(cr_exact_result_real);
PG_FUNCTION_INFO_V1(cr_exact_result_double);
PG_FUNCTION_INFO_V1(cr_exact_avg);
PG_FUNCTION_INFO_V1(cr_exact_var_pop);
PG_FUNCTION_INFO_V1(cr_exact_var_samp);
PG_FUNCTION_INFO_V1(cr_exact_stddev_pop);
PG_FUNCTION_INFO_V1(cr_exact_stddev_samp);

/* ---------- steps ---------- */

/* Counts a number; false if there is nothing to add. */
static inline bool
count_number(CrExactState *state, float8 x)
{
	state->n++;
	if (unlikely(x == 0))
	{
		state->nminus += signbit(x) != 0;
		return false;
	}
	if (unlikely(!isfinite(x)))
	{
		cr_exact_note(&state->seen[CR_EXACT_X], x);
		return false;
	}
	return true;
}

static inline Datum
step_sum(FunctionCallInfo fcinfo, float8 x)
{
	CrExactState *state = cr_exact_state(fcinfo, CR_EXACT_SUM);

	if (count_number(state, x))
		cr_exact_state_add(fcinfo, state, CR_EXACT_X, cr_exact_parts(x));
	PG_RETURN_POINTER(state);
}

/* exact_sum_real(state internal, x real): internal */
Datum
cr_exact_sum_real(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(1))
		return cr_exact_unchanged(fcinfo);
	return step_sum(fcinfo, (float8) PG_GETARG_FLOAT4(1));
}

/* exact_sum_double(state internal, x double precision): internal */
Datum
cr_exact_sum_double(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(1))
		return cr_exact_unchanged(fcinfo);
	return step_sum(fcinfo, PG_GETARG_FLOAT8(1));
}

static inline Datum
step_moments(FunctionCallInfo fcinfo, float8 x)
{
	CrExactState *state = cr_exact_state(fcinfo, CR_EXACT_MOMENTS);

	if (count_number(state, x))
	{
		CrExactParts parts = cr_exact_parts(x);

		cr_exact_state_add(fcinfo, state, CR_EXACT_X, parts);
		cr_exact_state_add_product(fcinfo, state, CR_EXACT_XX, parts, parts);
	}
	PG_RETURN_POINTER(state);
}

/* exact_moments_real(state internal, x real): internal */
Datum
cr_exact_moments_real(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(1))
		return cr_exact_unchanged(fcinfo);
	return step_moments(fcinfo, (float8) PG_GETARG_FLOAT4(1));
}

/* exact_moments_double(state internal, x double precision): internal */
Datum
cr_exact_moments_double(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(1))
		return cr_exact_unchanged(fcinfo);
	return step_moments(fcinfo, PG_GETARG_FLOAT8(1));
}

/* ---------- results ---------- */

/* As that of the server, which adds the first number to nothing. */
static inline bool
is_minus_zero(const CrExactState *state)
{
	return state->nminus == state->n;
}

/* exact_result_real(state internal): real */
Datum
cr_exact_result_real(PG_FUNCTION_ARGS)
{
	const CrExactState *state = cr_exact_final(fcinfo);
	CrExactNumber number;
	float4		result;

	if (state == NULL)
		PG_RETURN_NULL();
	if (state->seen[CR_EXACT_X] != 0)
		PG_RETURN_FLOAT4((float4) cr_exact_noted(state->seen[CR_EXACT_X]));
	if (is_minus_zero(state))
		PG_RETURN_FLOAT4(-0.0f);
	cr_exact_read_sum(&number, &state->sums[CR_EXACT_X]);
	result = cr_exact_to_float(&number);
	if (isinf(result))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT4(result);
}

/* The sum divided by something. */
static Datum
divided_sum(FunctionCallInfo fcinfo, const CrExactState *state, int64 divisor)
{
	float8		result = cr_exact_state_divided(state, CR_EXACT_X, divisor);

	if (state->seen[CR_EXACT_X] != 0)
		PG_RETURN_FLOAT8(result);
	return cr_exact_bounded(fcinfo, result);
}

/* exact_result_double(state internal): double precision */
Datum
cr_exact_result_double(PG_FUNCTION_ARGS)
{
	const CrExactState *state = cr_exact_final(fcinfo);

	if (state == NULL)
		PG_RETURN_NULL();
	if (is_minus_zero(state))
		PG_RETURN_FLOAT8(-0.0);
	return divided_sum(fcinfo, state, 1);
}

/* exact_avg(state internal): double precision */
Datum
cr_exact_avg(PG_FUNCTION_ARGS)
{
	const CrExactState *state = cr_exact_final(fcinfo);

	if (state == NULL)
		PG_RETURN_NULL();
	return divided_sum(fcinfo, state, state->n);
}

/* N * sum of xx - (sum of x)^2 */
static void
read_variance(CrExactNumber *result, const CrExactState *state)
{
	CrExactNumber x;
	CrExactNumber xx;

	cr_exact_read_sum(&x, &state->sums[CR_EXACT_X]);
	cr_exact_read_products(&xx, &state->sums[CR_EXACT_XX]);
	cr_exact_spread(result, state->n, &xx, &x, &x);
}

/* The variance, or its root, of a sample where "less" is 1. */
static Datum
variance(FunctionCallInfo fcinfo, int less, bool root)
{
	const CrExactState *state = cr_exact_final(fcinfo);
	CrExactNumber number;
	float8		result;

	if (state == NULL || state->n <= less)
		PG_RETURN_NULL();
	if (state->seen[CR_EXACT_X] != 0)
		PG_RETURN_FLOAT8(get_float8_nan());
	read_variance(&number, state);
	if (root)
	{
		CrScaled	scaled = cr_exact_divide_scaled(&number, state->n,
													state->n - less);

		result = cr_scaled_round(cr_scaled_root(scaled));
	}
	else
		result = cr_exact_divide(&number, state->n, state->n - less);
	return cr_exact_bounded(fcinfo, result);
}

/* exact_var_pop(state internal): double precision */
Datum
cr_exact_var_pop(PG_FUNCTION_ARGS)
{
	return variance(fcinfo, 0, false);
}

/* exact_var_samp(state internal): double precision */
Datum
cr_exact_var_samp(PG_FUNCTION_ARGS)
{
	return variance(fcinfo, 1, false);
}

/* exact_stddev_pop(state internal): double precision */
Datum
cr_exact_stddev_pop(PG_FUNCTION_ARGS)
{
	return variance(fcinfo, 0, true);
}

/* exact_stddev_samp(state internal): double precision */
Datum
cr_exact_stddev_samp(PG_FUNCTION_ARGS)
{
	return variance(fcinfo, 1, true);
}
