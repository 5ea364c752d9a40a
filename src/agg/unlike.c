/*-------------------------------------------------------------------------
 *
 * src/agg/unlike.c
 *	  The aggregate cleanroom.unlike(value, threshold), which counts the rows
 *	  that have another value than the commonest, up to the threshold.
 *
 * It counts how often each value stands there, until more values than the
 * threshold are known: then, whichever is the commonest, enough rows have
 * another, and nothing needs to be kept.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/float.h"
#include "utils/hsearch.h"

/* How often a value has been met. */
typedef struct ValueCount
{
	float8		value;			/* the key; zero without a sign, one NaN */
	int64		rows;
} ValueCount;

typedef struct UnlikeState
{
	int32		threshold;
	HTAB	   *values;			/* ValueCount; NULL: there are more than the
								 * threshold */
	int64		rows;
	int64		commonest;		/* rows of the commonest value */
} UnlikeState;

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
	control.keysize = sizeof(float8);
	control.entrysize = sizeof(ValueCount);
	control.hcxt = context;
	state->values = hash_create("cleanroom values", 64, &control,
								HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	return state;
}

static void
count_value(UnlikeState *state, float8 value)
{
	ValueCount *count;
	bool		found;

	if (value == 0)
		value = 0;
	else if (isnan(value))
		value = get_float8_nan();
	count = hash_search(state->values, &value, HASH_ENTER, &found);
	count->rows = found ? count->rows + 1 : 1;
	state->rows++;
	state->commonest = Max(state->commonest, count->rows);
	if (hash_get_num_entries(state->values) > state->threshold)
	{
		hash_destroy(state->values);
		state->values = NULL;
	}
}

/* unlike transition(state internal, value float8, threshold int): internal */
Datum
cr_unlike_transition(PG_FUNCTION_ARGS)
{
	UnlikeState *state = PG_ARGISNULL(0) ? NULL :
		(UnlikeState *) PG_GETARG_POINTER(0);
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "aggregate function called in non-aggregate context");
	if (!PG_ARGISNULL(1))
	{
		if (state == NULL)
		{
			if (PG_ARGISNULL(2))
				ereport(ERROR,
						(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						 errmsg("threshold must not be null")));
			state = make_state(context, PG_GETARG_INT32(2));
		}
		if (state->values != NULL)
			count_value(state, PG_GETARG_FLOAT8(1));
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
	if (state->values == NULL)
		PG_RETURN_INT32(state->threshold);
	PG_RETURN_INT32(Min(state->rows - state->commonest, state->threshold));
}
