/*-------------------------------------------------------------------------
 *
 * src/prim/exact_number.c
 *	  Arithmetic of whole numbers times powers of two, and its rounding.
 *
 * Numbers are short as a rule, so products are made digit by digit.  Of a
 * quotient only the leading digits are made, and whether anything is below
 * them: that is what rounding needs to know.
 *
 *-------------------------------------------------------------------------
 */
#include "prim/exact_number.h"

#include <math.h>

/* The exponents of what sums hold at place 0. */
#define SUM_EXPONENT		(-1075)
#define PRODUCTS_EXPONENT	(-2150)

/*
 * Leading digits that are divided: more than 224 bits, of which two divisors
 * of 63 bits leave 97, and rounding takes 64.
 */
#define LEADING_DIGITS		8

#define DOUBLE_BITS			53
#define DOUBLE_LEAST		(-1074)
#define FLOAT_BITS			24
#define FLOAT_LEAST			(-149)
#define NO_LEAST			(-1000000)

/* A number from bits to below bits + 1, times 2^exponent. */
typedef struct Leading
{
	uint64_t	bits;			/* the highest is set, unless all is 0 */
	int			exponent;
	bool		more;			/* it is not bits exactly */
} Leading;

/* ---------- whole numbers ---------- */

static void
trim(CrExactNumber *number)
{
	while (number->ndigits > 0 && number->digits[number->ndigits - 1] == 0)
		number->ndigits--;
}

/* Reads digits with signs, which need not be settled. */
static void
read_sum(CrExactNumber *result, const CrExactSum *sum, int exponent)
{
	int64_t		digits[CR_EXACT_DIGITS_MAX + 2];
	CrExactSum	copy = *sum;
	int			i;

	/* two more digits leave the highest nothing but the sign */
	copy.digits = digits;
	copy.ndigits = (int16_t) (sum->ndigits + 2);
	if (sum->ndigits > 0)
		memcpy(digits, sum->digits, (size_t) sum->ndigits * sizeof(int64_t));
	digits[sum->ndigits] = digits[sum->ndigits + 1] = 0;
	cr_exact_settle(&copy);

	result->negative = digits[copy.ndigits - 1] < 0;
	if (result->negative)
	{
		for (i = 0; i < copy.ndigits; i++)
			digits[i] = -digits[i];
		cr_exact_settle(&copy);
	}
	result->exponent = exponent + CR_EXACT_DIGIT_BITS * sum->first;
	result->ndigits = copy.ndigits;
	for (i = 0; i < copy.ndigits; i++)
		result->digits[i] = (uint32_t) digits[i];
	trim(result);
}

void
cr_exact_read_sum(CrExactNumber *result, const CrExactSum *sum)
{
	read_sum(result, sum, SUM_EXPONENT);
}

void
cr_exact_read_products(CrExactNumber *result, const CrExactSum *sum)
{
	read_sum(result, sum, PRODUCTS_EXPONENT);
}

static void
read_count(CrExactNumber *result, uint64_t count)
{
	result->negative = false;
	result->exponent = 0;
	result->ndigits = 2;
	result->digits[0] = (uint32_t) count;
	result->digits[1] = (uint32_t) (count >> CR_EXACT_DIGIT_BITS);
	trim(result);
}

void
cr_exact_multiply(CrExactNumber *result, const CrExactNumber *a,
				  const CrExactNumber *b)
{
	int			i;
	int			j;

	result->negative = a->negative != b->negative;
	result->exponent = a->exponent + b->exponent;
	result->ndigits = a->ndigits + b->ndigits;
	memset(result->digits, 0, (size_t) result->ndigits * sizeof(uint32_t));
	for (i = 0; i < a->ndigits; i++)
	{
		uint64_t	carry = 0;

		for (j = 0; j < b->ndigits; j++)
		{
			carry += (uint64_t) a->digits[i] * b->digits[j] +
				result->digits[i + j];
			result->digits[i + j] = (uint32_t) carry;
			carry >>= CR_EXACT_DIGIT_BITS;
		}
		result->digits[i + j] = (uint32_t) carry;
	}
	trim(result);
}

/* The digit that counts 2^exponent. */
static int64_t
digit_at(const CrExactNumber *number, int exponent)
{
	int			i = (exponent - number->exponent) / CR_EXACT_DIGIT_BITS;

	if (exponent < number->exponent || i >= number->ndigits)
		return 0;
	return number->digits[i];
}

/* One more than the places from the exponent to the number's highest. */
static int
places_from(const CrExactNumber *number, int exponent)
{
	if (number->ndigits == 0)
		return 1;
	return (number->exponent - exponent) / CR_EXACT_DIGIT_BITS +
		number->ndigits + 1;
}

static void
subtract(CrExactNumber *result, const CrExactNumber *a,
		 const CrExactNumber *b)
{
	int64_t		a_sign = a->negative ? -1 : 1;
	int64_t		b_sign = b->negative ? 1 : -1;
	int64_t		sign = 1;
	int			exponent = a->exponent;
	int64_t		carry;
	int			i;

	if (a->ndigits == 0 || (b->ndigits > 0 && b->exponent < exponent))
		exponent = b->exponent;
	result->exponent = exponent;
	result->ndigits = places_from(a, exponent);
	if (result->ndigits < places_from(b, exponent))
		result->ndigits = places_from(b, exponent);
	for (;;)
	{
		carry = 0;
		for (i = 0; i < result->ndigits; i++)
		{
			int			at = exponent + i * CR_EXACT_DIGIT_BITS;
			int64_t		low;

			carry += sign * (a_sign * digit_at(a, at) +
							 b_sign * digit_at(b, at));
			low = carry & (int64_t) CR_EXACT_LOW_DIGIT;
			result->digits[i] = (uint32_t) low;
			carry = (carry - low) / (INT64_C(1) << CR_EXACT_DIGIT_BITS);
		}
		if (carry >= 0)
			break;
		sign = -1;				/* the other way round */
	}
	result->negative = sign < 0;
	trim(result);
}

void
cr_exact_cross(CrExactNumber *result, const CrExactNumber *a,
			   const CrExactNumber *b, const CrExactNumber *c,
			   const CrExactNumber *d)
{
	CrExactNumber left;
	CrExactNumber right;

	cr_exact_multiply(&left, a, b);
	cr_exact_multiply(&right, c, d);
	subtract(result, &left, &right);
}

void
cr_exact_spread(CrExactNumber *result, uint64_t count, const CrExactNumber *a,
				const CrExactNumber *b, const CrExactNumber *c)
{
	CrExactNumber number;

	read_count(&number, count);
	cr_exact_cross(result, &number, a, b, c);
}

/* ---------- quotients ---------- */

/* Divides digits, the highest first; returns whether there is a remainder. */
static bool
divide_digits(uint32_t *digits, uint64_t divisor)
{
	uint64_t	remainder = 0;
	int			i;
	int			bit;

	for (i = 0; i < LEADING_DIGITS; i++)
	{
		uint32_t	quotient = 0;

		if (divisor <= UINT32_MAX)
		{
			remainder = remainder << CR_EXACT_DIGIT_BITS | digits[i];
			digits[i] = (uint32_t) (remainder / divisor);
			remainder %= divisor;
			continue;
		}
		for (bit = CR_EXACT_DIGIT_BITS - 1; bit >= 0; bit--)
		{
			remainder = remainder << 1 | (digits[i] >> bit & 1);
			if (remainder >= divisor)
			{
				remainder -= divisor;
				quotient |= UINT32_C(1) << bit;
			}
		}
		digits[i] = quotient;
	}
	return remainder != 0;
}

/* The 64 leading bits of digits, the highest first, that are not all 0. */
static void
gather(Leading *leading, const uint32_t *digits)
{
	int			i = 0;
	int			used;

	while (digits[i] == 0)
		i++;
	leading->bits = (uint64_t) digits[i] << 32 | digits[i + 1];
	leading->exponent += CR_EXACT_DIGIT_BITS * (LEADING_DIGITS - 2 - i);
	for (used = 0; leading->bits >> 63 == 0; used++)
	{
		leading->bits = leading->bits << 1 |
			(digits[i + 2] >> (CR_EXACT_DIGIT_BITS - 1 - used) & 1);
		leading->exponent--;
	}
	if ((uint32_t) ((uint64_t) digits[i + 2] << used) != 0)
		leading->more = true;
	for (i += 3; i < LEADING_DIGITS; i++)
		leading->more = leading->more || digits[i] != 0;
}

static Leading
divide(const CrExactNumber *number, uint64_t a, uint64_t b)
{
	Leading		leading = {0, 0, false};
	uint32_t	digits[LEADING_DIGITS];
	int			i;

	if (number->ndigits == 0)
		return leading;
	for (i = 0; i < LEADING_DIGITS; i++)
		digits[i] = i < number->ndigits ?
			number->digits[number->ndigits - 1 - i] : 0;
	for (i = 0; i < number->ndigits - LEADING_DIGITS && !leading.more; i++)
		leading.more = number->digits[i] != 0;
	leading.exponent = number->exponent +
		CR_EXACT_DIGIT_BITS * (number->ndigits - LEADING_DIGITS);
	if (a > 1)
		leading.more |= divide_digits(digits, a);
	if (b > 1)
		leading.more |= divide_digits(digits, b);
	gather(&leading, digits);
	return leading;
}

/*
 * Rounds to so many bits, or as many as are left above 2^least: the whole
 * number that is to be multiplied by 2^*exponent.
 */
static double
round_leading(const Leading *leading, int nbits, int least, int *exponent)
{
	int			dropped = 64 - nbits;
	uint64_t	kept;
	uint64_t	rest;
	uint64_t	half;

	if (least > leading->exponent + dropped)
		dropped = least - leading->exponent;
	*exponent = leading->exponent + dropped;
	if (dropped > 64)
		return 0;
	kept = dropped == 64 ? 0 : leading->bits >> dropped;
	half = UINT64_C(1) << (dropped - 1);
	rest = leading->bits & ((half - 1) | half);
	if (rest > half || (rest == half && (leading->more || (kept & 1) != 0)))
		kept++;
	return (double) kept;
}

double
cr_exact_divide(const CrExactNumber *number, uint64_t a, uint64_t b)
{
	Leading		leading = divide(number, a, b);
	int			exponent;
	double		result = round_leading(&leading, DOUBLE_BITS, DOUBLE_LEAST,
									   &exponent);

	result = ldexp(result, exponent);
	return number->negative ? -result : result;
}

float
cr_exact_to_float(const CrExactNumber *number)
{
	Leading		leading = divide(number, 1, 1);
	int			exponent;
	double		result = round_leading(&leading, FLOAT_BITS, FLOAT_LEAST,
									   &exponent);

	result = ldexp(result, exponent);
	return (float) (number->negative ? -result : result);
}

CrScaled
cr_exact_divide_scaled(const CrExactNumber *number, uint64_t a, uint64_t b)
{
	Leading		leading = divide(number, a, b);
	CrScaled	result;
	int			exponent;
	int			more;
	double		bits = round_leading(&leading, DOUBLE_BITS, NO_LEAST,
									 &exponent);

	result.fraction = frexp(number->negative ? -bits : bits, &more);
	result.exponent = exponent + more;
	return result;
}

/* ---------- scaled numbers ---------- */

static CrScaled
normalized(double x, int exponent)
{
	CrScaled	result;
	int			more;

	result.fraction = frexp(x, &more);
	result.exponent = exponent + more;
	return result;
}

double
cr_scaled_round(CrScaled x)
{
	return ldexp(x.fraction, x.exponent);
}

CrScaled
cr_scaled_root(CrScaled x)
{
	int			odd = x.exponent % 2 != 0;

	return normalized(sqrt(odd ? 2 * x.fraction : x.fraction),
					  (x.exponent - odd) / 2);
}

CrScaled
cr_scaled_multiply(CrScaled x, CrScaled y)
{
	return normalized(x.fraction * y.fraction, x.exponent + y.exponent);
}

CrScaled
cr_scaled_divide(CrScaled x, CrScaled y)
{
	return normalized(x.fraction / y.fraction, x.exponent - y.exponent);
}
