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
function. Returns what the built-in returns. Error RC007 when object belongs
to a protected table from which the current user is not exempt, or is one of
cleanroom''s own functions; 22023 when counter is not such a built-in.';
