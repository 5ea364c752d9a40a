-- 40_guard.sql: what the hooks put into queries

CREATE FUNCTION cleanroom.relation_statistic(counter oid, object oid)
RETURNS bigint
LANGUAGE C STABLE STRICT PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'cr_relation_statistic';

COMMENT ON FUNCTION cleanroom.relation_statistic(oid, oid) IS
'Stands, in queries of users who are not superusers, for the built-in
functions that count tuples and blocks of one relation, or calls of one
function. counter: OID of the built-in, such as that of
pg_stat_get_live_tuples; object: OID of the relation, index, TOAST table or
function. Returns what the built-in returns; NULL when object is one of
cleanroom''s own. Error RC007 when object belongs to a protected table from
which the current user is not exempt; 22023 when counter is not such a built-in.';

CREATE FUNCTION cleanroom.sample_visible(catalog oid, object oid, inherited bool)
RETURNS bool
LANGUAGE C STABLE STRICT PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'cr_sample_visible';

COMMENT ON FUNCTION cleanroom.sample_visible(oid, oid, bool) IS
'Stands, in queries of users who are not superusers, beside the catalogs of
what ANALYZE has sampled: may the user see this row of them? catalog: OID of
pg_statistic or pg_statistic_ext_data; object: that row''s relation, or
statistics object; inherited: was it sampled of the relation''s parts as well?
False where one of those is protected from the current user. No errors.';

CREATE FUNCTION cleanroom.canonical_real(value real) RETURNS real
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'cr_canonical_real';

CREATE FUNCTION cleanroom.canonical_double(value double precision)
RETURNS double precision
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'cr_canonical_double';

CREATE FUNCTION cleanroom.canonical_interval(value interval) RETURNS interval
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'cr_canonical_interval';

COMMENT ON FUNCTION cleanroom.canonical_real(real) IS
'Stands around grouping keys over protected rows: the value, with 0 for -0 and
one NaN for all, so that a group does not show which of equal values one row
has. value: any. No errors.';

COMMENT ON FUNCTION cleanroom.canonical_double(double precision) IS
'Stands around grouping keys over protected rows: the value, with 0 for -0 and
one NaN for all, so that a group does not show which of equal values one row
has. value: any. No errors.';

COMMENT ON FUNCTION cleanroom.canonical_interval(interval) IS
'Stands around grouping keys over protected rows: the interval as months of 30
days, days of 24 hours and less than a day, all of one sign, so that a group
does not show which of equal intervals one row has. value: any. No errors.';
