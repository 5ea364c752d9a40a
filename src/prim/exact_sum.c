/*-------------------------------------------------------------------------
 *
 * src/prim/exact_sum.c
 *	  What sums without rounding do once in a while: carry, grow, merge.
 *
 * A settled sum has digits from 0 to 2^32 - 1 but for the highest, which has
 * the sign and may be larger.  It is widened before that has grown so large
 * that what the sum can take might overflow it.
 *
 *-------------------------------------------------------------------------
 */
#include "prim/exact_sum.h"

/* A highest digit beyond this needs another one above it. */
#define TOP_MAX		(INT64_C(1) << 40)

/* What is above the lowest 32 bits, rounded downwards. */
static int64_t
carry_of(int64_t digit)
{
	int64_t		low = digit & (int64_t) CR_EXACT_LOW_DIGIT;

	return (digit - low) / (INT64_C(1) << CR_EXACT_DIGIT_BITS);
}

void
cr_exact_settle(CrExactSum *sum)
{
	int64_t		carry = 0;
	int			i;

	for (i = 0; i < sum->ndigits - 1; i++)
	{
		int64_t		digit = sum->digits[i] + carry;

		carry = carry_of(digit);
		sum->digits[i] = digit & (int64_t) CR_EXACT_LOW_DIGIT;
	}
	if (sum->ndigits > 0)
		sum->digits[sum->ndigits - 1] += carry;
	sum->nleft = CR_EXACT_UNSETTLED_MAX;
}

int
cr_exact_reach(const CrExactSum *sum, int place, int nplaces, int *first)
{
	int			end = place + nplaces;
	int			sum_end = sum->first + sum->ndigits;

	*first = place;
	if (sum->ndigits == 0)
		return nplaces;
	if (sum->digits[sum->ndigits - 1] > TOP_MAX ||
		sum->digits[sum->ndigits - 1] < -TOP_MAX)
		sum_end++;
	if (*first > sum->first)
		*first = sum->first;
	return (end > sum_end ? end : sum_end) - *first;
}

void
cr_exact_move(CrExactSum *sum, int64_t *digits, int first, int ndigits)
{
	int64_t    *old = sum->digits;
	int			nold = sum->ndigits;
	int			offset = nold > 0 ? sum->first - first : 0;

	memset(digits, 0, (size_t) ndigits * sizeof(int64_t));
	if (nold > 0)
		memcpy(digits + offset, old, (size_t) nold * sizeof(int64_t));
	sum->digits = digits;
	sum->first = (int16_t) first;
	sum->ndigits = (int16_t) ndigits;
	cr_exact_settle(sum);
}

void
cr_exact_merge(CrExactSum *sum, const CrExactSum *other)
{
	int			offset = other->first - sum->first;
	int			i;

	for (i = 0; i < other->ndigits; i++)
		sum->digits[offset + i] += other->digits[i];
	cr_exact_settle(sum);
}
