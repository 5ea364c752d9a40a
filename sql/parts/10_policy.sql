-- Policy: what owners declare about their tables.

CREATE FUNCTION cleanroom.open() RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    RETURN true;
COMMENT ON FUNCTION cleanroom.open() IS
'Always true. The permissive row policy cleanroom_open of a protected table calls it, so that rows reach the gate. Not for use in queries.';

CREATE FUNCTION cleanroom.gate() RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    RETURN false;
COMMENT ON FUNCTION cleanroom.gate() IS
'Always false. The restrictive row policy cleanroom_gate of a protected table calls it: nobody but the owner sees a row, until a query has been admitted. Not for use in queries.';

CREATE FUNCTION cleanroom.protect(
    relation      regclass,
    privacy_unit  name,
    threshold     int     DEFAULT 50,
    dimensions    name[]  DEFAULT '{}',
    measures      name[]  DEFAULT '{}',
    filters       name[]  DEFAULT '{}',
    join_keys     name[]  DEFAULT '{}',
    join_required boolean DEFAULT false,
    small_groups  text    DEFAULT 'suppress'
) RETURNS void
    LANGUAGE c AS 'MODULE_PATHNAME', 'cr_protect';
COMMENT ON FUNCTION cleanroom.protect(regclass, name, int, name[], name[],
                                      name[], name[], boolean, text) IS
'Protects a table, or replaces the policy of a protected one in one step (its row policies stay). Only the owner may.
relation: a table or partitioned table; its partitions and inheritance children are closed with it.
privacy_unit: the column that names whom the table protects: person, household, account.
threshold: how many distinct privacy units every released row must rest on; people, 2 to 67108864, the most that can be counted.
dimensions: columns that may be grouped by, returned beside aggregates, and filtered on.
measures: columns that may be aggregated by sum, avg, stddev, variance and count, and by corr, covar and regr of two; smallint, integer, bigint, numeric, real or double precision, or date, of which differences are aggregated.
filters: columns that may be filtered on only.
join_keys: columns that may be joined by equality, and counted.
join_required: whether the table may be queried only joined with a protected table of another owner.
small_groups: suppress, to withhold groups below the threshold, or refuse, to fail the statement.
Returns nothing. A NOTICE says when the table was protected already. Errors: 42501 not the owner, 42809 not a table that can be protected, 42703 no such column, 42804 a type that the use does not suit, 22023 threshold or small_groups out of range, 22004 an argument is null, 55006 the table is in use in this session, 55000 row security is forced on the owner, or a descendant would fall under two policies.';

CREATE FUNCTION cleanroom.unprotect(relation regclass) RETURNS void
    LANGUAGE c AS 'MODULE_PATHNAME', 'cr_unprotect';
COMMENT ON FUNCTION cleanroom.unprotect(regclass) IS
'Takes a table''s labels, closing policies and row policies away, and leaves row security as it was before protect(); the same for the descendants that it protects. Where the label was written by hand and does not say how it was, row security stays as it is. Only the owner may.
relation: a protected table with a policy of its own.
Returns nothing. Errors: 42501 not the owner, 55000 the table is not protected, or only as part of another, 55006 it is in use in this session.';

CREATE FUNCTION cleanroom.set_column(
    relation regclass,
    "column" name,
    uses     text
) RETURNS void
    LANGUAGE c AS 'MODULE_PATHNAME', 'cr_set_column';
COMMENT ON FUNCTION cleanroom.set_column(regclass, name, text) IS
'Replaces the uses of a column of a protected table. Only the owner may.
relation: a protected table with a policy of its own.
column: one of its columns.
uses: unit, join, dimension, filter or measure, several separated by commas, or the empty string for none. A measure may list the aggregates it allows, sum, avg, stddev, variance and count, as in measure(sum, avg), and bounds, as in measure in [0, 1000], which are kept with the policy for noise to be scaled by and change no result today. stddev and variance stand for their sample and population forms; count is always allowed on a measure.
Returns nothing. Errors: 42501 not the owner, 42703 no such column, 22023 uses that cannot be read, 42804 a type that they do not suit, 55000 the table is not protected, or would lose its only privacy unit, 22004 an argument is null.';

CREATE FUNCTION cleanroom.add_row_policy(
    relation  regclass,
    policy    name,
    condition text
) RETURNS void
    LANGUAGE c AS 'MODULE_PATHNAME', 'cr_add_row_policy';
COMMENT ON FUNCTION cleanroom.add_row_policy(regclass, name, text) IS
'Narrows the rows that analysts can aggregate over. It becomes the restrictive policy cleanroom_row_<policy> of the table and of the descendants that it protects. Only the owner may.
relation: a protected table with a policy of its own.
policy: a name of 1 to 49 bytes.
condition: a boolean expression over the table''s columns, as in CREATE POLICY; no volatile function, and no subquery over a table that is protected or that the owner cannot read. If it calls what conditions of access rules may not, and no superuser owns that, the table cannot be asked about by others (RC006). Names in it are looked up in the search path of the caller.
Returns nothing. Errors: 42501 not the owner, or a subquery the owner cannot read, 42710 the name is taken, 42602 a name that is too long or empty, 42P17 a volatile function or a protected table in the condition, 55000 the table is not protected, those of the parser for a condition that it does not take, 22004 an argument is null.';

CREATE FUNCTION cleanroom.drop_row_policy(relation regclass, policy name)
    RETURNS void
    LANGUAGE c AS 'MODULE_PATHNAME', 'cr_drop_row_policy';
COMMENT ON FUNCTION cleanroom.drop_row_policy(regclass, name) IS
'Drops a row policy of a protected table, and of the descendants that it protects. Only the owner may.
relation: a protected table with a policy of its own.
policy: the name that add_row_policy() was given.
Returns nothing. Errors: 42501 not the owner, 42704 no such policy, 55000 the table is not protected, 22004 an argument is null.';
