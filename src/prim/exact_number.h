/*-------------------------------------------------------------------------
 *
 * src/prim/exact_number.h
 *	  Whole numbers times powers of two, of any size, to compute results from
 *	  exact sums; a result is rounded once, to the nearest, ties to even.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_EXACT_NUMBER_H
#define CR_EXACT_NUMBER_H

#include "prim/exact_sum.h"

/* Enough for a sum times a product's sum times a count; see below. */
#define CR_EXACT_NUMBER_MAX		(4 * CR_EXACT_DIGITS_MAX)

/*
 * The highest digit is not 0; zero has none.  The exponents of numbers that
 * are subtracted differ by multiples of 32.
 */
typedef struct CrExactNumber
{
	bool		negative;
	int			exponent;		/* of two; what the lowest digit counts */
	int			ndigits;
	uint32_t	digits[CR_EXACT_NUMBER_MAX];	/* the lowest first */
} CrExactNumber;

/* A rounded number whose exponent has no bounds: fraction * 2^exponent. */
typedef struct CrScaled
{
	double		fraction;		/* 0, or from 0.5 to below 1, with its sign */
	int			exponent;
} CrScaled;

/* What a sum has come to: of numbers, or of products. */
extern void cr_exact_read_sum(CrExactNumber *result, const CrExactSum *sum);
extern void cr_exact_read_products(CrExactNumber *result,
								   const CrExactSum *sum);

/*
 * a * b, a * b - c * d, and count * a - b * c; none of them may be the result.
 * The digits of factors together are at most CR_EXACT_NUMBER_MAX - 1.
 */
extern void cr_exact_multiply(CrExactNumber *result, const CrExactNumber *a,
							  const CrExactNumber *b);
extern void cr_exact_cross(CrExactNumber *result, const CrExactNumber *a,
						   const CrExactNumber *b, const CrExactNumber *c,
						   const CrExactNumber *d);
extern void cr_exact_spread(CrExactNumber *result, uint64_t count,
							const CrExactNumber *a, const CrExactNumber *b,
							const CrExactNumber *c);

/*
 * number / a / b, rounded once: to a double or float, infinite where it is
 * too large, or without bounds.  The divisors are above 0 and
 * below 2^63.
 */
extern double cr_exact_divide(const CrExactNumber *number, uint64_t a,
							  uint64_t b);
extern float cr_exact_to_float(const CrExactNumber *number);
extern CrScaled cr_exact_divide_scaled(const CrExactNumber *number, uint64_t a,
									   uint64_t b);

/* The double next to a scaled number; its root, rounded too. */
extern double cr_scaled_round(CrScaled x);
extern CrScaled cr_scaled_root(CrScaled x);
extern CrScaled cr_scaled_multiply(CrScaled x, CrScaled y);
extern CrScaled cr_scaled_divide(CrScaled x, CrScaled y);

#endif							/* CR_EXACT_NUMBER_H */
