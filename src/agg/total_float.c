/*-------------------------------------------------------------------------
 *
 * src/agg/total_float.c
 *	  Twins of the floating-point numbers' arithmetic: NULL where the
 *	  original raises.
 *
 * The originals raise where finite arguments give an infinite result, where
 * arguments other than zero multiply or divide to zero, and where a number
 * is divided by zero; NaN divided by zero is NaN.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"

/*
 * One twin: arguments of types a and b, computed in the C type "real" and
 * returned as r.
 */
#define FLOAT_TWIN(name, a, b, r, real, operation, fails) \
PG_FUNCTION_INFO_V1(cr_total_##name); \
Datum \
cr_total_##name(PG_FUNCTION_ARGS) \
{ \
	real		x = PG_GETARG_##a(0); \
	real		y = PG_GETARG_##b(1); \
	real		z = x operation y; \
\
	if (unlikely(fails)) \
		PG_RETURN_NULL(); \
	PG_RETURN_##r(z); \
} \
extern int	cr_no_such_name

#define SUM_FAILS \
	(isinf(z) && !isinf(x) && !isinf(y))
#define PRODUCT_FAILS \
	(SUM_FAILS || (z == 0 && x != 0 && y != 0))
#define QUOTIENT_FAILS \
	((y == 0 && !isnan(x)) || \
	 (isinf(z) && !isinf(x)) || (z == 0 && x != 0 && !isinf(y)))

#define FOUR_TWINS(prefix, a, b, r, real) \
FLOAT_TWIN(prefix##pl, a, b, r, real, +, SUM_FAILS); \
FLOAT_TWIN(prefix##mi, a, b, r, real, -, SUM_FAILS); \
FLOAT_TWIN(prefix##mul, a, b, r, real, *, PRODUCT_FAILS); \
FLOAT_TWIN(prefix##div, a, b, r, real, /, QUOTIENT_FAILS)

FOUR_TWINS(float4, FLOAT4, FLOAT4, FLOAT4, float4);
FOUR_TWINS(float8, FLOAT8, FLOAT8, FLOAT8, float8);
FOUR_TWINS(float48, FLOAT4, FLOAT8, FLOAT8, float8);
FOUR_TWINS(float84, FLOAT8, FLOAT4, FLOAT8, float8);
