/*-------------------------------------------------------------------------
 *
 * src/agg/unlike.c
 *	  The aggregate cleanroom.unlike(x, y, threshold): the fewest rows, but
 *	  not none, that have neither of two values, one of x and one of y.
 *
 * What a product of two columns sums to, and by that their covariance, is
 * known but for those rows in which neither is a constant of the asker's
 * choice: (x - a) * (y - b) is zero in all others.  Any a and b may be
 * chosen, also such as no row has.
 *
 * It counts how often each pair stands there.  Whatever is added later leaves
 * none of the numbers smaller, so that nothing needs to be kept once all of
 * them have reached the threshold; this is looked at whenever the pairs have
 * doubled.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/float.h"
#include "utils/hsearch.h"

typedef struct Pair
{
	float8		x;				/* zero without a sign, one NaN */
	float8		y;
} Pair;

typedef struct PairCount
{
	Pair		pair;			/* the key */
	int64		rows;
} PairCount;

/* How many rows have a value of one of the two columns. */
typedef struct ValueCount
{
	float8		value;
	int64		rows;
} ValueCount;

/* Those with most rows first; the last is no value at all, in no row. */
typedef struct ValueCounts
{
	ValueCount *counts;
	int			n;
} ValueCounts;

typedef struct UnlikeState
{
	int32		threshold;
	HTAB	   *pairs;			/* PairCount; NULL: there are enough */
	int64		rows;
	long		look_at;		/* so many pairs */
} UnlikeState;

#define FIRST_LOOK	64

PG_FUNCTION_INFO_V1(cr_unlike_transition);
PG_FUNCTION_INFO_V1(cr_unlike_result);

static UnlikeState *
make_state(MemoryContext context, int32 threshold)
{
	UnlikeState *state;
	HASHCTL		control;

	if (threshold < 1)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("threshold must be at least 1")));
	state = MemoryContextAllocZero(context, sizeof(UnlikeState));
	state->threshold = threshold;
	state->look_at = FIRST_LOOK;
	control.keysize = sizeof(Pair);
	control.entrysize = sizeof(PairCount);
	control.hcxt = context;
	state->pairs = hash_create("cleanroom pairs", FIRST_LOOK, &control,
							   HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	return state;
}

static int
compare_values(const void *a, const void *b)
{
	return memcmp(&((const ValueCount *) a)->value,
				  &((const ValueCount *) b)->value, sizeof(float8));
}

static int
compare_rows(const void *a, const void *b)
{
	int64		left = ((const ValueCount *) a)->rows;
	int64		right = ((const ValueCount *) b)->rows;

	return left > right ? -1 : left < right;
}

/* The values of x, or of y, each once. */
static ValueCounts
values_of(HTAB *pairs, bool of_x)
{
	HASH_SEQ_STATUS scan;
	PairCount  *count;
	ValueCounts result;
	int			n = 0;
	int			i;

	result.counts = MemoryContextAllocHuge(CurrentMemoryContext,
										   (hash_get_num_entries(pairs) + 1) *
										   sizeof(ValueCount));
	hash_seq_init(&scan, pairs);
	while ((count = hash_seq_search(&scan)) != NULL)
	{
		result.counts[n].value = of_x ? count->pair.x : count->pair.y;
		result.counts[n++].rows = count->rows;
	}
	qsort(result.counts, n, sizeof(ValueCount), compare_values);
	result.n = 0;
	for (i = 0; i < n; i++)
	{
		ValueCount *last = &result.counts[Max(result.n, 1) - 1];

		if (result.n > 0 && compare_values(last, &result.counts[i]) == 0)
			last->rows += result.counts[i].rows;
		else
			result.counts[result.n++] = result.counts[i];
	}
	qsort(result.counts, result.n, sizeof(ValueCount), compare_rows);
	result.counts[result.n].rows = 0;
	return result;
}

/* The rows that have neither the one value nor the other. */
static int64
rows_of_neither(const UnlikeState *state, const ValueCounts *xs, int x,
				const ValueCounts *ys, int y)
{
	int64		rows = state->rows - xs->counts[x].rows - ys->counts[y].rows;
	PairCount  *both = NULL;
	Pair		pair;

	if (x < xs->n && y < ys->n)
	{
		pair.x = xs->counts[x].value;
		pair.y = ys->counts[y].value;
		both = hash_search(state->pairs, &pair, HASH_FIND, NULL);
	}
	return both == NULL ? rows : rows + both->rows;
}

/*
 * The fewest rows, up to the threshold, that have neither of two values;
 * those of which there are none do not count if only some are asked for.
 * With the commonest values first, the rest of a list is known to leave more
 * as soon as one of it would, even if no row had both.
 */
static int64
fewest(const UnlikeState *state, bool some)
{
	ValueCounts xs = values_of(state->pairs, true);
	ValueCounts ys = values_of(state->pairs, false);
	int64		found = state->threshold;
	int			x;
	int			y;

	for (x = 0; x <= xs.n; x++)
	{
		for (y = 0; y <= ys.n; y++)
		{
			int64		rows;

			if (state->rows - xs.counts[x].rows - ys.counts[y].rows >= found)
				break;
			rows = rows_of_neither(state, &xs, x, &ys, y);
			if (rows > 0 || !some)
				found = Min(found, rows);
		}
		if (y == 0)
			break;
	}
	pfree(xs.counts);
	pfree(ys.counts);
	return found;
}

static float8
canonical(float8 value)
{
	if (isnan(value))
		return get_float8_nan();
	return value == 0 ? 0 : value;
}

static void
count_pair(UnlikeState *state, float8 x, float8 y)
{
	Pair		pair = {canonical(x), canonical(y)};
	PairCount  *count;
	bool		found;

	count = hash_search(state->pairs, &pair, HASH_ENTER, &found);
	count->rows = found ? count->rows + 1 : 1;
	state->rows++;
	if (hash_get_num_entries(state->pairs) < state->look_at)
		return;
	state->look_at *= 2;
	if (fewest(state, false) >= state->threshold)
	{
		hash_destroy(state->pairs);
		state->pairs = NULL;
	}
}

/*
 * unlike transition(state internal, x float8, y float8, threshold int):
 * internal
 */
Datum
cr_unlike_transition(PG_FUNCTION_ARGS)
{
	UnlikeState *state = PG_ARGISNULL(0) ? NULL :
		(UnlikeState *) PG_GETARG_POINTER(0);
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "aggregate function called in non-aggregate context");
	if (!PG_ARGISNULL(1) && !PG_ARGISNULL(2))
	{
		if (state == NULL)
		{
			if (PG_ARGISNULL(3))
				ereport(ERROR,
						(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						 errmsg("threshold must not be null")));
			state = make_state(context, PG_GETARG_INT32(3));
		}
		if (state->pairs != NULL)
			count_pair(state, PG_GETARG_FLOAT8(1), PG_GETARG_FLOAT8(2));
	}
	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

/* unlike result(state internal): int */
Datum
cr_unlike_result(PG_FUNCTION_ARGS)
{
	UnlikeState *state;

	if (PG_ARGISNULL(0))
		PG_RETURN_INT32(0);
	state = (UnlikeState *) PG_GETARG_POINTER(0);
	if (state->pairs == NULL)
		PG_RETURN_INT32(state->threshold);
	PG_RETURN_INT32((int32) fewest(state, true));
}
