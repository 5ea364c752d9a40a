/*-------------------------------------------------------------------------
 *
 * src/agg/exact_state.c
 *	  Keeps, merges and passes on the states of aggregates over floating-point
 *	  numbers.
 *
 * Merge equals aggregating the concatenation: sums are exact, counts are
 * added, and of what cannot be added it is noted that it was there.
 *
 * A sum begins in room for the digits of everyday numbers behind the state,
 * such that the whole is one piece of memory of 128, 256 or 512 bytes, and
 * moves to memory of its own when it needs more.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "agg/context.h"
#include "agg/exact_state.h"
#include "base/compat.h"
#include "utils/float.h"

/* Digits behind the state for each of its sums, by kind. */
static const uint8 rooms[][CR_EXACT_PAIRS_SUMS] = {
	[CR_EXACT_SUM] = {8},
	[CR_EXACT_MOMENTS] = {8, 14},
	[CR_EXACT_PAIRS] = {7, 7, 12, 12, 12}
};

static const uint8 nsums_of[] = {
	[CR_EXACT_SUM] = 1,
	[CR_EXACT_MOMENTS] = 2,
	[CR_EXACT_PAIRS] = CR_EXACT_PAIRS_SUMS
};

/* The head of a serialized state, which never leaves the server. */
typedef struct StateWire
{
	int64		n;
	int64		nminus;
	uint8		kind;
	uint8		seen[2];
	int16		first[CR_EXACT_PAIRS_SUMS];
	int16		ndigits[CR_EXACT_PAIRS_SUMS];
} StateWire;

PG_FUNCTION_INFO_V1(cr_exact_combine);
PG_FUNCTION_INFO_V1(cr_exact_serialize);
PG_FUNCTION_INFO_V1(cr_exact_deserialize);

/* ---------- memory ---------- */

/* The room behind the state for the digits of one of its sums. */
static int64 *
room_of(CrExactState *state, int sum)
{
	int64	   *room = (int64 *) &state->sums[state->nsums];
	int			i;

	for (i = 0; i < sum; i++)
		room += rooms[state->kind][i];
	return room;
}

static CrExactState *
new_state(MemoryContext context, CrExactKind kind)
{
	int			nsums = nsums_of[kind];
	Size		size = offsetof(CrExactState, sums) +
		nsums * sizeof(CrExactSum);
	CrExactState *state;
	int			ndigits = 0;
	int			i;

	for (i = 0; i < nsums; i++)
		ndigits += rooms[kind][i];
	state = MemoryContextAlloc(context, size + ndigits * sizeof(int64));
	memset(state, 0, size);
	state->kind = kind;
	state->nsums = nsums;
	return state;
}

CrExactState *
cr_exact_state_new(FunctionCallInfo fcinfo, CrExactKind kind)
{
	return new_state(cr_aggregate_context(fcinfo), kind);
}

/* Settles a sum, and sees to it that it reaches some places. */
static void
reach(MemoryContext context, CrExactState *state, int which, int place,
	  int nplaces)
{
	CrExactSum *sum = &state->sums[which];
	int			room = rooms[state->kind][which];
	int64	   *old = sum->digits;
	int			first;
	int			end;
	int			ndigits;

	cr_exact_settle(sum);
	ndigits = cr_exact_reach(sum, place, nplaces, &first);
	if (old == NULL && ndigits <= room)
	{
		/* as much below as above, where carries go */
		first -= (room - ndigits) / 2;
		cr_exact_move(sum, room_of(state, which), first, room);
		return;
	}
	if (ndigits == sum->ndigits)
		return;

	/*
	 * One more than is needed where it grows, as others will be as far off.
	 * Not where it does not: it would get one there each time.
	 */
	end = first + ndigits;
	if (end < CR_EXACT_PLACES &&
		(old == NULL || end > sum->first + sum->ndigits))
		ndigits++;
	if (first > 0 && (old == NULL || first < sum->first))
	{
		first--;
		ndigits++;
	}
	if (ndigits > CR_EXACT_DIGITS_MAX)
		elog(ERROR, "a sum has more digits than there are");
	cr_exact_move(sum, MemoryContextAlloc(context, ndigits * sizeof(int64)),
				  first, ndigits);
	if (old != NULL && old != room_of(state, which))
		pfree(old);
}

void
cr_exact_state_widen(FunctionCallInfo fcinfo, CrExactState *state, int sum,
					 int place, int nplaces)
{
	reach(cr_aggregate_context(fcinfo), state, sum, place, nplaces);
}

/* ---------- parts of the aggregates ---------- */

/* Merges state b into state a; b is settled, and stays the same. */
static void
merge(MemoryContext context, CrExactState *a, CrExactState *b)
{
	int			i;

	a->n += b->n;
	a->nminus += b->nminus;
	a->seen[0] |= b->seen[0];
	a->seen[1] |= b->seen[1];
	for (i = 0; i < a->nsums; i++)
	{
		CrExactSum *other = &b->sums[i];

		if (other->ndigits == 0)
			continue;
		reach(context, b, i, other->first, other->ndigits);
		reach(context, a, i, other->first, other->ndigits);
		cr_exact_merge(&a->sums[i], other);
	}
}

/* exact_combine(a internal, b internal): internal */
Datum
cr_exact_combine(PG_FUNCTION_ARGS)
{
	MemoryContext context = cr_aggregate_context(fcinfo);
	CrExactState *a;
	CrExactState *b;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	b = (CrExactState *) PG_GETARG_POINTER(1);
	a = cr_exact_state(fcinfo, b->kind);
	merge(context, a, b);
	PG_RETURN_POINTER(a);
}

/* exact_serialize(state internal): bytea */
Datum
cr_exact_serialize(PG_FUNCTION_ARGS)
{
	CrExactState *state;
	StateWire	wire;
	Size		size = VARHDRSZ + sizeof(wire);
	bytea	   *result;
	char	   *to;
	int			i;

	(void) cr_aggregate_context(fcinfo);
	state = (CrExactState *) PG_GETARG_POINTER(0);
	memset(&wire, 0, sizeof(wire));
	wire.n = state->n;
	wire.nminus = state->nminus;
	wire.kind = state->kind;
	memcpy(wire.seen, state->seen, sizeof(wire.seen));
	for (i = 0; i < state->nsums; i++)
	{
		cr_exact_settle(&state->sums[i]);
		wire.first[i] = state->sums[i].first;
		wire.ndigits[i] = state->sums[i].ndigits;
		size += wire.ndigits[i] * sizeof(int64);
	}
	result = palloc(size);
	SET_VARSIZE(result, size);
	to = VARDATA(result);
	memcpy(to, &wire, sizeof(wire));
	to += sizeof(wire);
	for (i = 0; i < state->nsums; i++)
	{
		size = wire.ndigits[i] * sizeof(int64);
		if (size > 0)
			memcpy(to, state->sums[i].digits, size);
		to += size;
	}
	PG_RETURN_BYTEA_P(result);
}

/* The digits that follow the head; false where they cannot be. */
static bool
is_sound(const StateWire *wire, Size length)
{
	int			i;

	if (wire->kind > CR_EXACT_PAIRS)
		return false;
	for (i = 0; i < CR_EXACT_PAIRS_SUMS; i++)
	{
		Size		size = (Size) wire->ndigits[i] * sizeof(int64);

		if (wire->ndigits[i] < 0 || wire->ndigits[i] > CR_EXACT_DIGITS_MAX ||
			(wire->ndigits[i] > 0 && i >= nsums_of[wire->kind]) ||
			size > length)
			return false;
		length -= size;
	}
	return length == 0;
}

/*
 * exact_deserialize(packed bytea, internal): internal.  The state lives in
 * the current context, to be combined and let go.
 */
Datum
cr_exact_deserialize(PG_FUNCTION_ARGS)
{
	bytea	   *packed;
	const char *from;
	Size		length;
	StateWire	wire;
	CrExactState *state;
	int			i;

	(void) cr_aggregate_context(fcinfo);
	packed = PG_GETARG_BYTEA_PP(0);
	from = VARDATA_ANY(packed);
	length = VARSIZE_ANY_EXHDR(packed);
	if (length >= sizeof(wire))
		memcpy(&wire, from, sizeof(wire));
	if (length < sizeof(wire) || !is_sound(&wire, length - sizeof(wire)))
		elog(ERROR, "damaged state of an aggregate");

	from += sizeof(wire);
	state = new_state(CurrentMemoryContext, wire.kind);
	state->n = wire.n;
	state->nminus = wire.nminus;
	memcpy(state->seen, wire.seen, sizeof(wire.seen));
	for (i = 0; i < state->nsums; i++)
	{
		CrExactSum *sum = &state->sums[i];
		Size		size = wire.ndigits[i] * sizeof(int64);

		if (size == 0)
			continue;
		sum->digits = palloc(size);
		sum->first = wire.first[i];
		sum->ndigits = wire.ndigits[i];
		memcpy(sum->digits, from, size);
		from += size;
	}
	PG_RETURN_POINTER(state);
}

/* ---------- numbers that cannot be added ---------- */

void
cr_exact_note(uint8 *seen, float8 x)
{
	if (isnan(x))
		*seen |= CR_EXACT_SEEN_NAN;
	else if (x > 0)
		*seen |= CR_EXACT_SEEN_PLUS;
	else
		*seen |= CR_EXACT_SEEN_MINUS;
}

float8
cr_exact_noted(uint8 seen)
{
	if (seen == CR_EXACT_SEEN_PLUS)
		return get_float8_infinity();
	if (seen == CR_EXACT_SEEN_MINUS)
		return -get_float8_infinity();
	return get_float8_nan();
}

float8
cr_exact_state_divided(const CrExactState *state, int sum, int64 divisor)
{
	uint8		seen = state->seen[sum];
	CrExactNumber number;

	if (seen != 0)
		return cr_exact_noted(seen);
	cr_exact_read_sum(&number, &state->sums[sum]);
	return cr_exact_divide(&number, divisor, 1);
}
