/*-------------------------------------------------------------------------
 *
 * src/agg/total_int.c
 *	  Twins of the integers' arithmetic: NULL where the result does not fit.
 *
 * The commonest twins, so each is code of its own and catches nothing.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/int.h"
#include "fmgr.h"

/*
 * One twin: arguments of types a and b, computed in type r, which holds all
 * values of both; "fails" is a condition of x, y that sets z, a function in
 * the style of common/int.h.
 */
#define INTEGER_TWIN(name, a, b, r, bits, fails) \
PG_FUNCTION_INFO_V1(cr_total_##name); \
Datum \
cr_total_##name(PG_FUNCTION_ARGS) \
{ \
	int##bits	x = PG_GETARG_##a(0); \
	int##bits	y = PG_GETARG_##b(1); \
	int##bits	z; \
\
	if (fails(x, y, &z)) \
		PG_RETURN_NULL(); \
	PG_RETURN_##r(z); \
} \
extern int	cr_no_such_name

#define DIVISION(bits, minimum) \
static inline bool \
divide_s##bits##_overflow(int##bits x, int##bits y, int##bits *z) \
{ \
	if (y == 0 || (y == -1 && x == (minimum))) \
		return true; \
	*z = x / y; \
	return false; \
} \
\
static inline bool \
modulo_s##bits##_overflow(int##bits x, int##bits y, int##bits *z) \
{ \
	if (y == 0) \
		return true; \
	/* The least number modulo -1 traps on some machines. */ \
	*z = y == -1 ? 0 : x % y; \
	return false; \
} \
extern int	cr_no_such_name

DIVISION(16, PG_INT16_MIN);
DIVISION(32, PG_INT32_MIN);
DIVISION(64, PG_INT64_MIN);

#define FOUR_TWINS(prefix, a, b, r, bits) \
INTEGER_TWIN(prefix##pl, a, b, r, bits, pg_add_s##bits##_overflow); \
INTEGER_TWIN(prefix##mi, a, b, r, bits, pg_sub_s##bits##_overflow); \
INTEGER_TWIN(prefix##mul, a, b, r, bits, pg_mul_s##bits##_overflow); \
INTEGER_TWIN(prefix##div, a, b, r, bits, divide_s##bits##_overflow)

FOUR_TWINS(int2, INT16, INT16, INT16, 16);
FOUR_TWINS(int4, INT32, INT32, INT32, 32);
FOUR_TWINS(int8, INT64, INT64, INT64, 64);
FOUR_TWINS(int24, INT16, INT32, INT32, 32);
FOUR_TWINS(int42, INT32, INT16, INT32, 32);
FOUR_TWINS(int28, INT16, INT64, INT64, 64);
FOUR_TWINS(int82, INT64, INT16, INT64, 64);
FOUR_TWINS(int48, INT32, INT64, INT64, 64);
FOUR_TWINS(int84, INT64, INT32, INT64, 64);

INTEGER_TWIN(int2mod, INT16, INT16, INT16, 16, modulo_s16_overflow);
INTEGER_TWIN(int4mod, INT32, INT32, INT32, 32, modulo_s32_overflow);
INTEGER_TWIN(int8mod, INT64, INT64, INT64, 64, modulo_s64_overflow);

/* Negation and absolute value: the least number has neither. */
#define SIGN_TWINS(type, TYPE, minimum) \
PG_FUNCTION_INFO_V1(cr_total_##type##um); \
Datum \
cr_total_##type##um(PG_FUNCTION_ARGS) \
{ \
	if (PG_GETARG_##TYPE(0) == (minimum)) \
		PG_RETURN_NULL(); \
	PG_RETURN_##TYPE(-PG_GETARG_##TYPE(0)); \
} \
\
PG_FUNCTION_INFO_V1(cr_total_##type##abs); \
Datum \
cr_total_##type##abs(PG_FUNCTION_ARGS) \
{ \
	if (PG_GETARG_##TYPE(0) == (minimum)) \
		PG_RETURN_NULL(); \
	PG_RETURN_##TYPE(PG_GETARG_##TYPE(0) < 0 ? \
					 -PG_GETARG_##TYPE(0) : PG_GETARG_##TYPE(0)); \
} \
extern int	cr_no_such_name

SIGN_TWINS(int2, INT16, PG_INT16_MIN);
SIGN_TWINS(int4, INT32, PG_INT32_MIN);
SIGN_TWINS(int8, INT64, PG_INT64_MIN);

/* Casts to a narrower type. */
#define NARROWING_TWIN(name, from, to, minimum, maximum) \
PG_FUNCTION_INFO_V1(cr_total_##name); \
Datum \
cr_total_##name(PG_FUNCTION_ARGS) \
{ \
	if (PG_GETARG_##from(0) < (minimum) || PG_GETARG_##from(0) > (maximum)) \
		PG_RETURN_NULL(); \
	PG_RETURN_##to(PG_GETARG_##from(0)); \
} \
extern int	cr_no_such_name

NARROWING_TWIN(int4_to_int2, INT32, INT16, PG_INT16_MIN, PG_INT16_MAX);
NARROWING_TWIN(int8_to_int2, INT64, INT16, PG_INT16_MIN, PG_INT16_MAX);
NARROWING_TWIN(int8_to_int4, INT64, INT32, PG_INT32_MIN, PG_INT32_MAX);
