/*-------------------------------------------------------------------------
 *
 * src/agg/total_regression.c
 *	  Parts of the twins of the aggregates over pairs of numbers: correlation,
 *	  covariance and regression.
 *
 * They are computed from exact sums, for the reason given in
 * total_aggregate.c, by way of the spreads N * sum of xx - (sum of x)^2, of
 * yy likewise, and N * sum of xy - sum of x * sum of y, which are exact too.
 * What is not finite makes the spreads that it is in NaN, as in the server.
 * Where the result is too large for its type, it is NULL.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "agg/exact_state.h"
#include "fmgr.h"
#include "utils/float.h"

/* A spread, where one of its numbers may not have been finite. */
typedef struct Spread
{
	bool		known;			/* else NaN */
	CrExactNumber number;
} Spread;

PG_FUNCTION_INFO_V1(cr_exact_pairs);
PG_FUNCTION_INFO_V1(cr_exact_corr);
PG_FUNCTION_INFO_V1(cr_exact_covar_pop);
PG_FUNCTION_INFO_V1(cr_exact_covar_samp);
PG_FUNCTION_INFO_V1(cr_exact_regr_avgx);
PG_FUNCTION_INFO_V1(cr_exact_regr_avgy);
PG_FUNCTION_INFO_V1(cr_exact_regr_intercept);
PG_FUNCTION_INFO_V1(cr_exact_regr_r2);
PG_FUNCTION_INFO_V1(cr_exact_regr_slope);
PG_FUNCTION_INFO_V1(cr_exact_regr_sxx);
PG_FUNCTION_INFO_V1(cr_exact_regr_sxy);
PG_FUNCTION_INFO_V1(cr_exact_regr_syy);

/* exact_pairs(state internal, y float8, x float8): internal */
Datum
cr_exact_pairs(PG_FUNCTION_ARGS)
{
	CrExactState *state;
	float8		y;
	float8		x;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return cr_exact_unchanged(fcinfo);
	state = cr_exact_state(fcinfo, CR_EXACT_PAIRS);
	y = PG_GETARG_FLOAT8(1);
	x = PG_GETARG_FLOAT8(2);
	state->n++;
	if (unlikely(!isfinite(x) || !isfinite(y)))
	{
		/* the other number still counts for its own average and spread */
		if (!isfinite(x))
			cr_exact_note(&state->seen[0], x);
		if (!isfinite(y))
			cr_exact_note(&state->seen[1], y);
	}
	if (likely(isfinite(x)) && x != 0)
	{
		CrExactParts parts = cr_exact_parts(x);

		cr_exact_state_add(fcinfo, state, CR_EXACT_X, parts);
		cr_exact_state_add_product(fcinfo, state, CR_EXACT_PAIRS_XX, parts,
								   parts);
	}
	if (likely(isfinite(y)) && y != 0)
	{
		CrExactParts parts = cr_exact_parts(y);

		cr_exact_state_add(fcinfo, state, CR_EXACT_PAIRS_Y, parts);
		cr_exact_state_add_product(fcinfo, state, CR_EXACT_PAIRS_YY, parts,
								   parts);
		if (likely(isfinite(x)) && x != 0)
			cr_exact_state_add_product(fcinfo, state, CR_EXACT_PAIRS_XY,
									   cr_exact_parts(x), parts);
	}
	PG_RETURN_POINTER(state);
}

/* ---------- spreads ---------- */

/* N * sum of ab - sum of a * sum of b, for a and b that are 0 (x) or 1 (y) */
static void
read_spread(Spread *result, const CrExactState *state, int a, int b)
{
	int			product = a != b ? CR_EXACT_PAIRS_XY :
		a == 0 ? CR_EXACT_PAIRS_XX : CR_EXACT_PAIRS_YY;
	CrExactNumber of_a;
	CrExactNumber of_b;
	CrExactNumber of_ab;

	result->known = state->seen[a] == 0 && state->seen[b] == 0;
	result->number.ndigits = 0;
	if (!result->known)
		return;
	cr_exact_read_sum(&of_a, &state->sums[a]);
	cr_exact_read_sum(&of_b, &state->sums[b]);
	cr_exact_read_products(&of_ab, &state->sums[product]);
	cr_exact_spread(&result->number, state->n, &of_ab, &of_a, &of_b);
}

static inline bool
is_zero(const Spread *spread)
{
	return spread->known && spread->number.ndigits == 0;
}

static inline CrScaled
rounded(const Spread *spread)
{
	return cr_exact_divide_scaled(&spread->number, 1, 1);
}

/* ---------- results ---------- */

/* A spread, divided; of more pairs than "least". */
static Datum
divided_spread(FunctionCallInfo fcinfo, int a, int b, int least)
{
	const CrExactState *state = cr_exact_final(fcinfo);
	int64		divisor;
	float8		result;
	Spread		spread;

	if (state == NULL || state->n <= least)
		PG_RETURN_NULL();
	read_spread(&spread, state, a, b);
	if (!spread.known)
		PG_RETURN_FLOAT8(get_float8_nan());
	divisor = least < 0 ? 1 : state->n - least;
	result = cr_exact_divide(&spread.number, state->n, divisor);
	return cr_exact_bounded(fcinfo, result);
}

/* exact_covar_pop(state internal): double precision */
Datum
cr_exact_covar_pop(PG_FUNCTION_ARGS)
{
	return divided_spread(fcinfo, 0, 1, 0);
}

/* exact_covar_samp(state internal): double precision */
Datum
cr_exact_covar_samp(PG_FUNCTION_ARGS)
{
	return divided_spread(fcinfo, 0, 1, 1);
}

/* exact_regr_sxx(state internal): double precision */
Datum
cr_exact_regr_sxx(PG_FUNCTION_ARGS)
{
	return divided_spread(fcinfo, 0, 0, -1);
}

/* exact_regr_syy(state internal): double precision */
Datum
cr_exact_regr_syy(PG_FUNCTION_ARGS)
{
	return divided_spread(fcinfo, 1, 1, -1);
}

/* exact_regr_sxy(state internal): double precision */
Datum
cr_exact_regr_sxy(PG_FUNCTION_ARGS)
{
	return divided_spread(fcinfo, 0, 1, -1);
}

static Datum
average(FunctionCallInfo fcinfo, int which)
{
	const CrExactState *state = cr_exact_final(fcinfo);
	float8		result;

	if (state == NULL)
		PG_RETURN_NULL();
	result = cr_exact_state_divided(state, which, state->n);
	if (state->seen[which] != 0)
		PG_RETURN_FLOAT8(result);
	return cr_exact_bounded(fcinfo, result);
}

/* exact_regr_avgx(state internal): double precision */
Datum
cr_exact_regr_avgx(PG_FUNCTION_ARGS)
{
	return average(fcinfo, 0);
}

/* exact_regr_avgy(state internal): double precision */
Datum
cr_exact_regr_avgy(PG_FUNCTION_ARGS)
{
	return average(fcinfo, 1);
}

/* From -1 to 1, which rounding may pass by. */
static Datum
unit_ratio(FunctionCallInfo fcinfo, CrScaled a, CrScaled b)
{
	float8		result = cr_scaled_round(cr_scaled_divide(a, b));

	PG_RETURN_FLOAT8(result > 1 ? 1 : result < -1 ? -1 : result);
}

/* exact_corr(state internal): double precision */
Datum
cr_exact_corr(PG_FUNCTION_ARGS)
{
	const CrExactState *state = cr_exact_final(fcinfo);
	CrScaled	divisor;
	Spread		xx;
	Spread		yy;
	Spread		xy;

	if (state == NULL)
		PG_RETURN_NULL();
	read_spread(&xx, state, 0, 0);
	read_spread(&yy, state, 1, 1);
	if (is_zero(&xx) || is_zero(&yy))
		PG_RETURN_NULL();
	read_spread(&xy, state, 0, 1);
	if (!xy.known)
		PG_RETURN_FLOAT8(get_float8_nan());
	divisor = cr_scaled_root(cr_scaled_multiply(rounded(&xx), rounded(&yy)));
	return unit_ratio(fcinfo, rounded(&xy), divisor);
}

/* exact_regr_r2(state internal): double precision */
Datum
cr_exact_regr_r2(PG_FUNCTION_ARGS)
{
	const CrExactState *state = cr_exact_final(fcinfo);
	CrScaled	dividend;
	CrScaled	divisor;
	Spread		xx;
	Spread		yy;
	Spread		xy;

	if (state == NULL)
		PG_RETURN_NULL();
	read_spread(&xx, state, 0, 0);
	read_spread(&yy, state, 1, 1);
	if (is_zero(&xx))
		PG_RETURN_NULL();
	if (is_zero(&yy))
		PG_RETURN_FLOAT8(1.0);
	read_spread(&xy, state, 0, 1);
	if (!xy.known)
		PG_RETURN_FLOAT8(get_float8_nan());
	dividend = cr_scaled_multiply(rounded(&xy), rounded(&xy));
	divisor = cr_scaled_multiply(rounded(&xx), rounded(&yy));
	return unit_ratio(fcinfo, dividend, divisor);
}

static Datum
ratio(FunctionCallInfo fcinfo, CrScaled a, CrScaled b)
{
	return cr_exact_bounded(fcinfo, cr_scaled_round(cr_scaled_divide(a, b)));
}

/* exact_regr_slope(state internal): double precision */
Datum
cr_exact_regr_slope(PG_FUNCTION_ARGS)
{
	const CrExactState *state = cr_exact_final(fcinfo);
	Spread		xx;
	Spread		xy;

	if (state == NULL)
		PG_RETURN_NULL();
	read_spread(&xx, state, 0, 0);
	if (is_zero(&xx))
		PG_RETURN_NULL();
	read_spread(&xy, state, 0, 1);
	if (!xy.known)
		PG_RETURN_FLOAT8(get_float8_nan());
	return ratio(fcinfo, rounded(&xy), rounded(&xx));
}

/*
 * exact_regr_intercept(state internal): double precision
 *
 * (sum of y * spread of xx - sum of x * spread of xy) / (N * spread of xx)
 */
Datum
cr_exact_regr_intercept(PG_FUNCTION_ARGS)
{
	const CrExactState *state = cr_exact_final(fcinfo);
	CrExactNumber x;
	CrExactNumber y;
	CrExactNumber dividend;
	Spread		xx;
	Spread		xy;

	if (state == NULL)
		PG_RETURN_NULL();
	read_spread(&xx, state, 0, 0);
	if (is_zero(&xx))
		PG_RETURN_NULL();
	read_spread(&xy, state, 0, 1);
	if (!xy.known)
		PG_RETURN_FLOAT8(get_float8_nan());
	cr_exact_read_sum(&x, &state->sums[CR_EXACT_X]);
	cr_exact_read_sum(&y, &state->sums[CR_EXACT_PAIRS_Y]);
	cr_exact_cross(&dividend, &y, &xx.number, &x, &xy.number);
	return ratio(fcinfo, cr_exact_divide_scaled(&dividend, state->n, 1),
				 rounded(&xx));
}
