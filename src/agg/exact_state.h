/*-------------------------------------------------------------------------
 *
 * src/agg/exact_state.h
 *	  The state of aggregates over floating-point numbers: exact sums, how
 *	  many numbers they are of, and what cannot be added.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_EXACT_STATE_H
#define CR_EXACT_STATE_H

#include <math.h>

#include "fmgr.h"
#include "prim/exact_number.h"
#include "prim/exact_sum.h"

/* What a state has sums of; all of them begin with x. */
typedef enum CrExactKind
{
	CR_EXACT_SUM,				/* x */
	CR_EXACT_MOMENTS,			/* x, xx */
	CR_EXACT_PAIRS				/* x, y, xx, yy, xy */
} CrExactKind;

/* The sums of pairs; of the others, those of x alone. */
enum
{
	CR_EXACT_X,
	CR_EXACT_XX,
	CR_EXACT_PAIRS_Y = 1,
	CR_EXACT_PAIRS_XX,
	CR_EXACT_PAIRS_YY,
	CR_EXACT_PAIRS_XY,
	CR_EXACT_PAIRS_SUMS
};

/* Numbers that are noted and not added. */
#define CR_EXACT_SEEN_NAN		0x01
#define CR_EXACT_SEEN_PLUS		0x02	/* infinity */
#define CR_EXACT_SEEN_MINUS		0x04

/*
 * Lives in the aggregate's memory context.  Digits are behind the sums, as
 * long as they find room there.
 */
typedef struct CrExactState
{
	int64		n;				/* numbers, or pairs, of any kind */
	int64		nminus;			/* zeros with a sign among the x */
	uint8		kind;			/* a CrExactKind */
	uint8		nsums;
	uint8		seen[2];		/* of x, and of y */
	CrExactSum	sums[FLEXIBLE_ARRAY_MEMBER];
} CrExactState;

/* The state in the first argument, a new one where that is NULL. */
extern CrExactState *cr_exact_state_new(FunctionCallInfo fcinfo,
										CrExactKind kind);

static inline CrExactState *
cr_exact_state(FunctionCallInfo fcinfo, CrExactKind kind)
{
	if (likely(!PG_ARGISNULL(0)))
		return (CrExactState *) PG_GETARG_POINTER(0);
	return cr_exact_state_new(fcinfo, kind);
}

/* Makes room in a sum that has none for such a number or product. */
extern void cr_exact_state_widen(FunctionCallInfo fcinfo, CrExactState *state,
								 int sum, int place, int nplaces);

/* Notes, in seen, a number that is not finite. */
extern void cr_exact_note(uint8 *seen, float8 x);

/* Adds a finite number, or a product, to one of the sums. */
static inline void
cr_exact_state_add(FunctionCallInfo fcinfo, CrExactState *state, int sum,
				   CrExactParts x)
{
	if (unlikely(!cr_exact_add(&state->sums[sum], x)))
	{
		cr_exact_state_widen(fcinfo, state, sum, cr_exact_place(x.exponent),
							 CR_EXACT_NUMBER_PLACES);
		(void) cr_exact_add(&state->sums[sum], x);
	}
}

static inline void
cr_exact_state_add_product(FunctionCallInfo fcinfo, CrExactState *state,
						   int sum, CrExactParts x, CrExactParts y)
{
	if (unlikely(!cr_exact_add_product(&state->sums[sum], x, y)))
	{
		cr_exact_state_widen(fcinfo, state, sum,
							 cr_exact_place(x.exponent + y.exponent),
							 CR_EXACT_PRODUCT_PLACES);
		(void) cr_exact_add_product(&state->sums[sum], x, y);
	}
}

/*
 * The sum of x, or of y, divided by "divisor", as the server's float8 has it:
 * NaN and infinities by what was seen.
 */
extern float8 cr_exact_state_divided(const CrExactState *state, int sum,
									 int64 divisor);

/* The value of numbers that were noted and not added. */
extern float8 cr_exact_noted(uint8 seen);

/* What a step returns for a NULL: the state as it is. */
static inline Datum
cr_exact_unchanged(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

/*
 * The state of a final function, NULL without a row.  Only aggregates have
 * states, and only superusers can make aggregates of these.
 */
static inline const CrExactState *
cr_exact_final(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		return NULL;
	return (const CrExactState *) PG_GETARG_POINTER(0);
}

/* The result: infinity made of finite numbers is one too large. */
static inline Datum
cr_exact_bounded(FunctionCallInfo fcinfo, float8 result)
{
	if (isinf(result))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(result);
}

#endif							/* CR_EXACT_STATE_H */
