/*-------------------------------------------------------------------------
 *
 * src/agg/units.c
 *	  The aggregate cleanroom.units(unit, threshold), which counts distinct
 *	  privacy units up to the threshold.
 *
 * The transition state is NULL (no unit yet), or points into a CrUnitSet in
 * the aggregate's memory context, or, once saturated, is no pointer at all but
 * the threshold shifted left by two with the lowest bit set.  A saturated
 * group then costs one comparison a row, without looking at memory, and
 * holds none.  Of a set that is a list the state is the next free slot, so
 * that a row looks at that alone; of others it is their address with the
 * second bit set.
 *
 * Merge equals aggregating the concatenation: an unsaturated set holds the
 * hash of every unit it has seen, so the union of two such sets is the set of
 * the union, and a saturated state absorbs whatever comes.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "agg/context.h"
#include "agg/hasher.h"
#include "base/compat.h"

/* What a serialized state consists of; it never leaves the server. */
typedef struct UnitsWire
{
	int32		threshold;
	int32		nhashes;		/* or -1, saturated */
	int16		kind;			/* CR_UNITSET_LIST or CR_UNITSET_SETTLED */
	int16		classes;
} UnitsWire;

#define STATE_SATURATED(threshold) \
	((Datum) (((uintptr_t) (threshold) << 2) | 1))
#define STATE_IS_SATURATED(state)	(((state) & 1) != 0)
#define STATE_THRESHOLD(state)		((int32) ((state) >> 2))
#define STATE_IS_LIST(state)		(((state) & 3) == 0)

PG_FUNCTION_INFO_V1(cr_units_transition);
PG_FUNCTION_INFO_V1(cr_units_combine);
PG_FUNCTION_INFO_V1(cr_units_serialize);
PG_FUNCTION_INFO_V1(cr_units_deserialize);
PG_FUNCTION_INFO_V1(cr_units_result);

/* The state of a set. */
static Datum
state_of(CrUnitSet *set)
{
	if (set->kind == CR_UNITSET_LIST)
		return PointerGetDatum(cr_unitset_tail(set));
	return PointerGetDatum(set) | 2;
}

/* The set of a state that is neither NULL nor saturated. */
static CrUnitSet *
set_of(Datum state)
{
	if (STATE_IS_LIST(state))
		return cr_unitset_of_tail((uint64_t *) DatumGetPointer(state));
	return (CrUnitSet *) DatumGetPointer(state & ~(Datum) 2);
}

static CrUnitSet *
new_set(FunctionCallInfo fcinfo, int32 threshold, bool classes)
{
	CrUnitSet  *set;
	size_t		size;

	if (threshold < 1 || threshold > CR_UNITSET_THRESHOLD_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("threshold must be between 1 and %d",
						CR_UNITSET_THRESHOLD_MAX)));
	size = cr_unitset_initial_size(threshold);
	set = cr_unitset_init(MemoryContextAlloc(cr_aggregate_context(fcinfo),
											 size),
						  size, threshold);
	set->classes = classes;
	return set;
}

/* How this call's units are hashed. */
static CrHasher *
hasher_of(FunctionCallInfo fcinfo)
{
	CrHasher   *hasher = fcinfo->flinfo->fn_extra;

	if (hasher == NULL)
	{
		hasher = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, sizeof(CrHasher));
		cr_hasher_init(hasher, fcinfo, 1);
		fcinfo->flinfo->fn_extra = hasher;
	}
	return hasher;
}

/*
 * Adds a hash to a set in the aggregate's memory context; returns the new
 * state.  The former one is gone.
 */
static Datum
add_hash(FunctionCallInfo fcinfo, CrUnitSet *set, uint64 hash)
{
	CrUnitSetResult result;

	while ((result = cr_unitset_add(set, hash)) == CR_UNITSET_FULL)
	{
		size_t		size = cr_unitset_grown_size(set);
		CrUnitSet  *old = set;

		void	   *room;

		room = MemoryContextAllocHuge(cr_aggregate_context(fcinfo), size);
		set = cr_unitset_move(room, size, old);
		pfree(old);
	}
	if (result == CR_UNITSET_SATURATED)
	{
		Datum		state = STATE_SATURATED(set->threshold);

		pfree(set);
		return state;
	}
	return state_of(set);
}

/*
 * units transition(state internal, unit "any", threshold int): internal.
 * The threshold is taken from the first row with a unit.
 */
Datum
cr_units_transition(PG_FUNCTION_ARGS)
{
	CrHasher *hasher;
	Datum		state;
	uint64		hash;

	/* A state that is NULL is 0, and so not saturated. */
	if (STATE_IS_SATURATED(PG_GETARG_DATUM(0)) && !PG_ARGISNULL(0))
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}

	hasher = hasher_of(fcinfo);
	if (!PG_ARGISNULL(0))
		state = PG_GETARG_DATUM(0);
	else
	{
		if (PG_ARGISNULL(2))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("threshold must not be null")));
		state = state_of(new_set(fcinfo, PG_GETARG_INT32(2),
								 cr_hasher_classes(hasher)));
	}

	hash = cr_hasher_hash(hasher, PG_GETARG_DATUM(1));
	if (STATE_IS_LIST(state))
	{
		uint64_t   *tail;

		tail = cr_unitset_append((uint64_t *) DatumGetPointer(state), hash);
		if (tail != NULL)
			PG_RETURN_POINTER(tail);
	}
	PG_RETURN_DATUM(add_hash(fcinfo, set_of(state), hash));
}

/* units combine(a internal, b internal): internal */
Datum
cr_units_combine(PG_FUNCTION_ARGS)
{
	Datum		state = PG_GETARG_DATUM(0);
	CrUnitSet  *other;
	int32		position = 0;
	uint64		hash;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(state);
	}
	if (!PG_ARGISNULL(0) && STATE_IS_SATURATED(state))
		PG_RETURN_DATUM(state);
	if (STATE_IS_SATURATED(PG_GETARG_DATUM(1)))
	{
		if (!PG_ARGISNULL(0))
			pfree(set_of(state));
		PG_RETURN_DATUM(PG_GETARG_DATUM(1));
	}

	other = set_of(PG_GETARG_DATUM(1));
	if (PG_ARGISNULL(0))
		state = state_of(new_set(fcinfo, other->threshold, other->classes));
	while (!STATE_IS_SATURATED(state) &&
		   cr_unitset_next(other, &position, &hash))
		state = add_hash(fcinfo, set_of(state), hash);
	PG_RETURN_DATUM(state);
}

/* units serialize(state internal): bytea */
Datum
cr_units_serialize(PG_FUNCTION_ARGS)
{
	Datum		state = PG_GETARG_DATUM(0);
	CrUnitSet  *set = NULL;
	UnitsWire	wire;
	int32		nhashes = 0;
	int32		position = 0;
	uint64		hash;
	Size		size;
	bytea	   *result;
	char	   *to;

	(void) cr_aggregate_context(fcinfo);
	if (STATE_IS_SATURATED(state))
	{
		wire.threshold = STATE_THRESHOLD(state);
		wire.nhashes = -1;
		wire.kind = CR_UNITSET_SETTLED;
		wire.classes = false;
	}
	else
	{
		set = set_of(state);
		nhashes = set->nheld;
		wire.threshold = set->threshold;
		wire.nhashes = nhashes;
		wire.kind = set->kind == CR_UNITSET_LIST ?
			CR_UNITSET_LIST : CR_UNITSET_SETTLED;
		wire.classes = set->classes;
	}

	size = VARHDRSZ + sizeof(wire) + (Size) nhashes * sizeof(uint64);
	result = palloc(size);
	SET_VARSIZE(result, size);
	to = VARDATA(result);
	memcpy(to, &wire, sizeof(wire));
	to += sizeof(wire);
	while (set != NULL && cr_unitset_next(set, &position, &hash))
	{
		memcpy(to, &hash, sizeof(hash));
		to += sizeof(hash);
	}
	PG_RETURN_BYTEA_P(result);
}

/*
 * units deserialize(state bytea, internal): internal.  The set lives in the
 * current context, to be combined and let go.
 */
Datum
cr_units_deserialize(PG_FUNCTION_ARGS)
{
	bytea	   *packed = PG_GETARG_BYTEA_PP(0);
	const char *from = VARDATA_ANY(packed);
	Size		length = VARSIZE_ANY_EXHDR(packed);
	UnitsWire	wire;
	CrUnitSet  *set;
	Size		size;

	(void) cr_aggregate_context(fcinfo);
	if (length < sizeof(wire))
		elog(ERROR, "damaged state of a unit counter");
	memcpy(&wire, from, sizeof(wire));
	if (wire.nhashes < 0)
		PG_RETURN_DATUM(STATE_SATURATED(wire.threshold));
	if (length != sizeof(wire) + (Size) wire.nhashes * sizeof(uint64))
		elog(ERROR, "damaged state of a unit counter");

	size = cr_unitset_size(wire.nhashes);
	set = cr_unitset_init(MemoryContextAllocHuge(CurrentMemoryContext, size),
						  size, wire.threshold);
	set->kind = wire.kind;
	set->classes = wire.classes;
	set->nheld = wire.nhashes;
	memcpy(set->slots, from + sizeof(wire),
		   (Size) wire.nhashes * sizeof(uint64));
	PG_RETURN_DATUM(state_of(set));
}

/* units result(state internal): int */
Datum
cr_units_result(PG_FUNCTION_ARGS)
{
	Datum		state = PG_GETARG_DATUM(0);

	if (PG_ARGISNULL(0))
		PG_RETURN_INT32(0);
	if (STATE_IS_SATURATED(state))
		PG_RETURN_INT32(STATE_THRESHOLD(state));
	PG_RETURN_INT32(cr_unitset_count(set_of(state)));
}
