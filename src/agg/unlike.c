/*-------------------------------------------------------------------------
 *
 * src/agg/unlike.c
 *	  The aggregate cleanroom.unlike(x, y, unit, threshold): the fewest privacy
 *	  units, but not none, that have a row with neither of two values, one of
 *	  x and one of y.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "agg/context.h"
#include "agg/hasher.h"
#include "agg/neither.h"
#include "base/compat.h"

/* Numbers of the transition's arguments. */
enum
{
	ARG_STATE,
	ARG_X,
	ARG_Y,
	ARG_UNIT,
	ARG_THRESHOLD
};

/* Kept in fn_extra of the transition. */
typedef struct UnlikeHashers
{
	CrHasher	x;
	CrHasher	y;
	CrHasher	unit;
} UnlikeHashers;

/* What a serialized state consists of; it never leaves the server. */
typedef struct UnlikeWire
{
	int32		threshold;
	bool		classes;
	bool		settled;
	int64		ntriples;
} UnlikeWire;

PG_FUNCTION_INFO_V1(cr_unlike_transition);
PG_FUNCTION_INFO_V1(cr_unlike_combine);
PG_FUNCTION_INFO_V1(cr_unlike_serialize);
PG_FUNCTION_INFO_V1(cr_unlike_deserialize);
PG_FUNCTION_INFO_V1(cr_unlike_result);

static CrNeither *
state_of(FunctionCallInfo fcinfo, int argument)
{
	return PG_ARGISNULL(argument) ? NULL :
		(CrNeither *) PG_GETARG_POINTER(argument);
}

static CrNeither *
first_state(FunctionCallInfo fcinfo, MemoryContext context, bool classes)
{
	if (PG_ARGISNULL(ARG_THRESHOLD))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("threshold must not be null")));
	if (PG_GETARG_INT32(ARG_THRESHOLD) < 1)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("threshold must be at least 1")));
	return cr_neither_make(context, PG_GETARG_INT32(ARG_THRESHOLD), classes);
}

static UnlikeHashers *
hashers_of(FunctionCallInfo fcinfo)
{
	UnlikeHashers *hashers = fcinfo->flinfo->fn_extra;

	if (hashers != NULL)
		return hashers;
	hashers = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt,
								 sizeof(UnlikeHashers));
	cr_hasher_init(&hashers->x, fcinfo, ARG_X);
	cr_hasher_init(&hashers->y, fcinfo, ARG_Y);
	cr_hasher_init(&hashers->unit, fcinfo, ARG_UNIT);
	fcinfo->flinfo->fn_extra = hashers;
	return hashers;
}

/*
 * unlike transition(state internal, x "any", y "any", unit "any",
 * threshold int): internal
 */
Datum
cr_unlike_transition(PG_FUNCTION_ARGS)
{
	CrNeither  *state = state_of(fcinfo, ARG_STATE);
	MemoryContext context = cr_aggregate_context(fcinfo);
	UnlikeHashers *hashers;
	CrTriple	triple;

	if (PG_ARGISNULL(ARG_X) || PG_ARGISNULL(ARG_UNIT))
	{
		if (state == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(state);
	}
	hashers = hashers_of(fcinfo);
	if (state == NULL)
		state = first_state(fcinfo, context,
							cr_hasher_classes(&hashers->unit));
	if (state->triples == NULL)
		PG_RETURN_POINTER(state);
	triple.x = cr_hasher_hash(&hashers->x, PG_GETARG_DATUM(ARG_X));
	triple.y = PG_ARGISNULL(ARG_Y) ? CR_NEITHER_NONE :
		cr_hasher_hash(&hashers->y, PG_GETARG_DATUM(ARG_Y));
	triple.unit = cr_hasher_hash(&hashers->unit, PG_GETARG_DATUM(ARG_UNIT));
	cr_neither_add(state, &triple);
	PG_RETURN_POINTER(state);
}

/* unlike combine(a internal, b internal): internal */
Datum
cr_unlike_combine(PG_FUNCTION_ARGS)
{
	MemoryContext context = cr_aggregate_context(fcinfo);
	CrNeither  *state = state_of(fcinfo, 0);
	CrNeither  *other = state_of(fcinfo, 1);
	HASH_SEQ_STATUS scan;
	CrTriple   *triple;

	if (state == NULL && other == NULL)
		PG_RETURN_NULL();
	if (state == NULL)
		state = cr_neither_make(context, other->threshold, other->classes);
	if (other == NULL)
		PG_RETURN_POINTER(state);
	if (other->triples == NULL)
	{
		cr_neither_settle(state);
		PG_RETURN_POINTER(state);
	}
	hash_seq_init(&scan, other->triples);
	while ((triple = hash_seq_search(&scan)) != NULL)
		cr_neither_add(state, triple);
	PG_RETURN_POINTER(state);
}

/* unlike serialize(state internal): bytea */
Datum
cr_unlike_serialize(PG_FUNCTION_ARGS)
{
	CrNeither  *state = state_of(fcinfo, 0);
	UnlikeWire	wire = {
		state->threshold, state->classes, state->triples == NULL, 0
	};
	HASH_SEQ_STATUS scan;
	CrTriple   *triple;
	Size		size;
	bytea	   *result;
	char	   *to;

	(void) cr_aggregate_context(fcinfo);
	if (!wire.settled)
		wire.ntriples = hash_get_num_entries(state->triples);
	size = VARHDRSZ + sizeof(wire) + wire.ntriples * sizeof(CrTriple);
	result = palloc(size);
	SET_VARSIZE(result, size);
	to = VARDATA(result);
	memcpy(to, &wire, sizeof(wire));
	to += sizeof(wire);
	if (wire.settled)
		PG_RETURN_BYTEA_P(result);
	hash_seq_init(&scan, state->triples);
	while ((triple = hash_seq_search(&scan)) != NULL)
	{
		memcpy(to, triple, sizeof(CrTriple));
		to += sizeof(CrTriple);
	}
	PG_RETURN_BYTEA_P(result);
}

/*
 * unlike deserialize(state bytea, internal): internal.  It lives in the
 * current context, to be combined and let go.
 */
Datum
cr_unlike_deserialize(PG_FUNCTION_ARGS)
{
	bytea	   *packed = PG_GETARG_BYTEA_PP(0);
	const char *from = VARDATA_ANY(packed);
	CrNeither  *state;
	UnlikeWire	wire;
	int64		i;

	(void) cr_aggregate_context(fcinfo);
	if (VARSIZE_ANY_EXHDR(packed) < sizeof(wire))
		elog(ERROR, "damaged state of unlike()");
	memcpy(&wire, from, sizeof(wire));
	if (VARSIZE_ANY_EXHDR(packed) !=
		sizeof(wire) + wire.ntriples * sizeof(CrTriple))
		elog(ERROR, "damaged state of unlike()");
	state = cr_neither_make(CurrentMemoryContext, wire.threshold,
							wire.classes);
	from += sizeof(wire);
	for (i = 0; i < wire.ntriples; i++)
	{
		CrTriple	triple;

		memcpy(&triple, from + i * sizeof(triple), sizeof(triple));
		cr_neither_add(state, &triple);
	}
	if (wire.settled)
		cr_neither_settle(state);
	PG_RETURN_POINTER(state);
}

/* unlike result(state internal): int */
Datum
cr_unlike_result(PG_FUNCTION_ARGS)
{
	CrNeither  *state = state_of(fcinfo, 0);

	PG_RETURN_INT32(state == NULL ? 0 : cr_neither_fewest(state));
}
