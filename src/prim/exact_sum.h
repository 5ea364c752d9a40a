/*-------------------------------------------------------------------------
 *
 * src/prim/exact_sum.h
 *	  Sums of floating-point numbers, and of products of two, without rounding.
 *
 * A sum is a fixed-point number of digits of 32 bits, each kept in 64 bits
 * with its sign, so that thousands of numbers are added before carries have
 * to move on: the "small superaccumulator" of R. M. Neal, Fast exact summation
 * using small and large superaccumulators (arXiv:1505.05571, 2015).  Unlike
 * his it has only the digits that the numbers needed so far, mostly a few.
 *
 * As nothing is rounded, a sum depends on which numbers it has taken, and not
 * on their order or on how they were parted.
 *
 * The digit at place p counts 2^(32 p - 1075), or 2^(32 p - 2150) in a sum of
 * products.  Nothing is allocated here: the caller provides the memory for
 * the digits, and more of it where a number does not fit.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_EXACT_SUM_H
#define CR_EXACT_SUM_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define CR_EXACT_DIGIT_BITS		32
#define CR_EXACT_LOW_DIGIT		UINT64_C(0xffffffff)

/* A number reaches into so many places, and a product. */
#define CR_EXACT_NUMBER_PLACES	2
#define CR_EXACT_PRODUCT_PLACES 4

/*
 * Fewer than 2^63 numbers, or products, reach no further: the largest product
 * to place 131, and carries two more.
 */
#define CR_EXACT_PLACES			134

/* With those that may be spare, no sum has more digits. */
#define CR_EXACT_DIGITS_MAX		144

/*
 * What a settled sum can take: a number adds less than 2^52 to a digit, and
 * digits have room for 2^63.
 */
#define CR_EXACT_UNSETTLED_MAX	2000

typedef struct CrExactSum
{
	int64_t    *digits;			/* the lowest first */
	int16_t		first;			/* place of the lowest */
	int16_t		ndigits;		/* 0: the sum is empty */
	int32_t		nleft;			/* what it can take before it is settled */
} CrExactSum;

/* A finite number, taken apart: mantissa * 2^(exponent - 1075). */
typedef struct CrExactParts
{
	uint64_t	mantissa;		/* below 2^53; 0 for zeros */
	int64_t		sign;			/* 0, or -1: all bits set */
	int			exponent;		/* 1 to 2046 */
} CrExactParts;

static inline CrExactParts
cr_exact_parts(double x)
{
	CrExactParts parts;
	uint64_t	bits;

	memcpy(&bits, &x, sizeof(bits));
	parts.sign = -(int64_t) (bits >> 63);
	parts.exponent = (int) (bits >> 52) & 0x7ff;
	parts.mantissa = bits & ((UINT64_C(1) << 52) - 1);
	if (parts.exponent != 0)
		parts.mantissa |= UINT64_C(1) << 52;
	else
		parts.exponent = 1;
	return parts;
}

/* The lowest place that a number, or a product, reaches into. */
static inline int
cr_exact_place(int exponent)
{
	return exponent / CR_EXACT_DIGIT_BITS;
}

static inline int64_t
cr_exact_signed(uint64_t magnitude, int64_t sign)
{
	return ((int64_t) magnitude ^ sign) - sign;
}

/*
 * The digits for "nplaces" places from that of the exponent on; NULL where
 * the sum does not have them all, or has to be settled.
 */
static inline int64_t *
cr_exact_digits_at(const CrExactSum *sum, int exponent, int nplaces)
{
	int			slot = cr_exact_place(exponent) - sum->first;

	if (slot < 0 || slot + nplaces > sum->ndigits || sum->nleft == 0)
		return NULL;
	return sum->digits + slot;
}

/*
 * Adds a number.  False where there is no room: the caller has to settle the
 * sum, and to widen it if cr_exact_reach() says so.
 */
static inline bool
cr_exact_add(CrExactSum *sum, CrExactParts x)
{
	int			shift = x.exponent % CR_EXACT_DIGIT_BITS;
	int64_t    *digit = cr_exact_digits_at(sum, x.exponent,
										   CR_EXACT_NUMBER_PLACES);

	if (digit == NULL)
		return false;
	digit[0] += cr_exact_signed((x.mantissa << shift) & CR_EXACT_LOW_DIGIT,
								x.sign);
	digit[1] += cr_exact_signed(x.mantissa >> (CR_EXACT_DIGIT_BITS - shift),
								x.sign);
	sum->nleft--;
	return true;
}

/* Adds the product of two numbers; false as above. */
static inline bool
cr_exact_add_product(CrExactSum *sum, CrExactParts x, CrExactParts y)
{
	int			exponent = x.exponent + y.exponent;
	int			shift = exponent % CR_EXACT_DIGIT_BITS;
	int			rest = CR_EXACT_DIGIT_BITS - shift;
	int64_t		sign = x.sign ^ y.sign;
	uint64_t	x_low = x.mantissa & CR_EXACT_LOW_DIGIT;
	uint64_t	x_high = x.mantissa >> CR_EXACT_DIGIT_BITS;
	uint64_t	y_low = y.mantissa & CR_EXACT_LOW_DIGIT;
	uint64_t	y_high = y.mantissa >> CR_EXACT_DIGIT_BITS;
	uint64_t	middle = x_low * y_high + x_high * y_low;
	uint64_t	lowest = x_low * y_low;
	uint64_t	low = lowest + (middle << CR_EXACT_DIGIT_BITS);
	uint64_t	high = x_high * y_high + (middle >> CR_EXACT_DIGIT_BITS) +
		(low < lowest);
	uint64_t	upper = low >> rest | high << (CR_EXACT_DIGIT_BITS + shift);
	int64_t    *digit = cr_exact_digits_at(sum, exponent,
										   CR_EXACT_PRODUCT_PLACES);

	if (digit == NULL)
		return false;
	digit[0] += cr_exact_signed((low << shift) & CR_EXACT_LOW_DIGIT, sign);
	digit[1] += cr_exact_signed(upper & CR_EXACT_LOW_DIGIT, sign);
	digit[2] += cr_exact_signed(upper >> CR_EXACT_DIGIT_BITS, sign);
	digit[3] += cr_exact_signed(high >> rest, sign);
	sum->nleft--;
	return true;
}

/* Moves carries on, so that the sum can take more; it stays the same. */
extern void cr_exact_settle(CrExactSum *sum);

/*
 * How many digits a settled sum has to have, and from which place on, so that
 * it reaches "nplaces" from "place" and keeps what it holds.  Where that is
 * what it has, it needs no others.
 */
extern int	cr_exact_reach(const CrExactSum *sum, int place, int nplaces,
						   int *first);

/*
 * Gives a settled sum other digits, which have to cover those it has.  The
 * former are the caller's to free.
 */
extern void cr_exact_move(CrExactSum *sum, int64_t *digits, int first,
						  int ndigits);

/* Adds a settled sum to another one, which has to reach all its places. */
extern void cr_exact_merge(CrExactSum *sum, const CrExactSum *other);

#endif							/* CR_EXACT_SUM_H */
