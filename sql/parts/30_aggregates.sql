-- The counter of privacy units, and the guard that refuses.

CREATE FUNCTION cleanroom.units_transition(internal, "any", int)
RETURNS internal
AS 'MODULE_PATHNAME', 'cr_units_transition'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION cleanroom.units_transition(internal, "any", int) IS
'Transition function of cleanroom.units(); cannot be called by itself.';

CREATE FUNCTION cleanroom.units_combine(internal, internal)
RETURNS internal
AS 'MODULE_PATHNAME', 'cr_units_combine'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION cleanroom.units_combine(internal, internal) IS
'Combine function of cleanroom.units(); cannot be called by itself.';

CREATE FUNCTION cleanroom.units_serialize(internal)
RETURNS bytea
AS 'MODULE_PATHNAME', 'cr_units_serialize'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION cleanroom.units_serialize(internal) IS
'Serialization function of cleanroom.units(); cannot be called by itself.';

CREATE FUNCTION cleanroom.units_deserialize(bytea, internal)
RETURNS internal
AS 'MODULE_PATHNAME', 'cr_units_deserialize'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION cleanroom.units_deserialize(bytea, internal) IS
'Deserialization function of cleanroom.units(); cannot be called by itself.';

CREATE FUNCTION cleanroom.units_result(internal)
RETURNS int
AS 'MODULE_PATHNAME', 'cr_units_result'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION cleanroom.units_result(internal) IS
'Final function of cleanroom.units(); cannot be called by itself.';

-- A state's size is declared small although it is 0.5 kB for a threshold of
-- 50 until the group is saturated: with a larger one, the planner would give
-- up hashing where it hashes for the same query without the guard.
CREATE AGGREGATE cleanroom.units("any", int) (
	SFUNC = cleanroom.units_transition,
	STYPE = internal,
	SSPACE = 16,
	FINALFUNC = cleanroom.units_result,
	COMBINEFUNC = cleanroom.units_combine,
	SERIALFUNC = cleanroom.units_serialize,
	DESERIALFUNC = cleanroom.units_deserialize,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE cleanroom.units("any", int) IS
'Counts the distinct privacy units of a group, up to a threshold.
Arguments: the unit, of any type that can be hashed, NULL being nobody; the
threshold, 1 to 67108864, the same for all rows of a group.
Result: least(distinct units, threshold); 0 for no rows, never NULL. Of tokens
that keys of this database made, those of the key and version with most of them count,
and of uuids that are none those if they are more, of 256 keys and versions at
most: one person may have a token of each. Units are equal as by the = of their type and the collation of the call. Distinct
units whose 64-bit hashes collide count once.
Errors: 22003 for a threshold out of range, 22004 for a NULL threshold, 42883
for a type without a hash function.';

CREATE FUNCTION cleanroom.unlike_transition(internal, "any", "any", "any", int)
RETURNS internal
AS 'MODULE_PATHNAME', 'cr_unlike_transition'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION cleanroom.unlike_transition(internal, "any", "any", "any", int) IS
'Transition function of cleanroom.unlike(); cannot be called by itself.';

CREATE FUNCTION cleanroom.unlike_combine(internal, internal)
RETURNS internal
AS 'MODULE_PATHNAME', 'cr_unlike_combine'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION cleanroom.unlike_combine(internal, internal) IS
'Combine function of cleanroom.unlike(); cannot be called by itself.';

CREATE FUNCTION cleanroom.unlike_serialize(internal)
RETURNS bytea
AS 'MODULE_PATHNAME', 'cr_unlike_serialize'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION cleanroom.unlike_serialize(internal) IS
'Serialization function of cleanroom.unlike(); cannot be called by itself.';

CREATE FUNCTION cleanroom.unlike_deserialize(bytea, internal)
RETURNS internal
AS 'MODULE_PATHNAME', 'cr_unlike_deserialize'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION cleanroom.unlike_deserialize(bytea, internal) IS
'Deserialization function of cleanroom.unlike(); cannot be called by itself.';

CREATE FUNCTION cleanroom.unlike_result(internal)
RETURNS int
AS 'MODULE_PATHNAME', 'cr_unlike_result'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION cleanroom.unlike_result(internal) IS
'Final function of cleanroom.unlike(); cannot be called by itself.';

CREATE AGGREGATE cleanroom.unlike("any", "any", "any", int) (
	SFUNC = cleanroom.unlike_transition,
	STYPE = internal,
	SSPACE = 64,
	FINALFUNC = cleanroom.unlike_result,
	COMBINEFUNC = cleanroom.unlike_combine,
	SERIALFUNC = cleanroom.unlike_serialize,
	DESERIALFUNC = cleanroom.unlike_deserialize,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE cleanroom.unlike("any", "any", "any", int) IS
'Counts the distinct privacy units of a group that have a row with neither of two values, one of x and one of y, up to a threshold, for the two values that leave fewest, but not none: a sum of x * y is that of these rows but for what is known.
Arguments: x, y and the unit, of any types that can be hashed, a row without x or unit being none, and y NULL where there is no second factor: then those are counted that have another x than the commonest; the threshold, in units, at least 1, the same for all rows of a group.
Result: least(units, threshold); the threshold if any two values leave none; 0 for no rows; never NULL. Values are equal as by the = of their types. Where counting would take more than a hundred million steps it is 1. Of tokens, those of the key and version with most of them count, as for units(); of several keys or versions it is 1 at least, since two values may leave none in one alone.
Errors: 22003 for a threshold below 1, 22004 for a NULL threshold, 42883 for a type without a hash function.';

-- VOLATILE: it must be called for every group, neither early nor elsewhere.
CREATE FUNCTION cleanroom.enough(reached boolean, threshold int)
RETURNS boolean
AS 'MODULE_PATHNAME', 'cr_enough'
LANGUAGE C VOLATILE PARALLEL SAFE;

COMMENT ON FUNCTION cleanroom.enough(boolean, int) IS
'The guard of tables with small_groups = ''refuse''.
Arguments: whether the group has reached the threshold; the threshold, for
the message.
Result: true.
Errors: RC008 when reached is false or NULL.';
