-- Policy: bad input is a clear error with a hint, and nothing is half done.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_inp_owner;
CREATE SCHEMA inp AUTHORIZATION regress_cr_inp_owner;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_inp_owner;
GRANT TEMPORARY ON DATABASE :DBNAME TO regress_cr_inp_owner;
SET search_path = inp, pg_catalog;
SET SESSION AUTHORIZATION regress_cr_inp_owner;
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TYPE pair AS (a int, b int);
CREATE DOMAIN code AS text CHECK (value <> '');
CREATE DOMAIN amount AS numeric;
CREATE DOMAIN tags AS text[];
CREATE TABLE t (id int, region text, v numeric,
    m mood, c code, d date, u uuid, b boolean,
    j json, x xml, p point, a int[], r pair, am amount, tg tags,
    si smallint, bi bigint, re real, dp double precision, mo money, iv interval);
CREATE VIEW v AS SELECT * FROM t;
CREATE MATERIALIZED VIEW mv AS SELECT id FROM t;
CREATE SEQUENCE s;
CREATE TEMPORARY TABLE temporary_t (id int);
CREATE INDEX t_id ON t (id);
RESET client_min_messages;

-- unknown tables and columns
SELECT cleanroom.protect('nothing', 'id');
\echo :SQLSTATE
SELECT cleanroom.protect('1'::regclass, 'id');
\echo :SQLSTATE
SELECT cleanroom.protect('t', 'nobody');
\echo :SQLSTATE
SELECT cleanroom.protect('t', 'ID');
SELECT cleanroom.protect('t', 'ctid');
\echo :SQLSTATE
SELECT cleanroom.protect('t', 'id', dimensions => '{nowhere}');
SELECT cleanroom.protect('t', 'id', measures => '{nowhere}');
SELECT cleanroom.protect('t', 'id', filters => '{nowhere}');
SELECT cleanroom.protect('t', 'id', join_keys => '{nowhere}');

-- settings out of range
SELECT cleanroom.protect('t', 'id', 1);
\echo :SQLSTATE
SELECT cleanroom.protect('t', 'id', -50);
SELECT cleanroom.protect('t', 'id', small_groups => 'show');
\echo :SQLSTATE

-- nulls
SELECT cleanroom.protect(NULL, 'id');
\echo :SQLSTATE
SELECT cleanroom.protect('t', NULL);
SELECT cleanroom.protect('t', 'id', NULL);
SELECT cleanroom.protect('t', 'id', dimensions => NULL);
SELECT cleanroom.protect('t', 'id', dimensions => '{NULL}');
SELECT cleanroom.protect('t', 'id', join_required => NULL);
SELECT cleanroom.protect('t', 'id', small_groups => NULL);
SELECT cleanroom.unprotect(NULL);
SELECT cleanroom.set_column('t', 'id', NULL);
SELECT cleanroom.add_row_policy('t', 'p', NULL);
SELECT cleanroom.drop_row_policy('t', NULL);

-- what is not a table that can be protected
SELECT cleanroom.protect('v', 'id');
\echo :SQLSTATE
SELECT cleanroom.protect('mv', 'id');
SELECT cleanroom.protect('s', 'last_value');
SELECT cleanroom.protect('t_id', 'id');
SELECT cleanroom.protect('pair', 'a');
SELECT cleanroom.protect('temporary_t', 'id');
\echo :SQLSTATE
SELECT cleanroom.protect('pg_class', 'oid');
\echo :SQLSTATE
RESET SESSION AUTHORIZATION;
SELECT cleanroom.protect('pg_class', 'oid');
\echo :SQLSTATE
SELECT cleanroom.protect('information_schema.sql_features', 'feature_id');
CREATE FOREIGN DATA WRAPPER regress_cr_inp_wrapper;
CREATE SERVER regress_cr_inp_server FOREIGN DATA WRAPPER regress_cr_inp_wrapper;
CREATE FOREIGN TABLE inp.ft (id int) SERVER regress_cr_inp_server;
SELECT cleanroom.protect('ft', 'id');
\echo :SQLSTATE
SET SESSION AUTHORIZATION regress_cr_inp_owner;

-- types that a use does not suit
SELECT cleanroom.protect('t', 'j');
\echo :SQLSTATE
SELECT cleanroom.protect('t', 'x');
SELECT cleanroom.protect('t', 'id', dimensions => '{p}');
SELECT cleanroom.protect('t', 'id', filters => '{a}');
SELECT cleanroom.protect('t', 'id', join_keys => '{r}');
SELECT cleanroom.protect('t', 'id', dimensions => '{tg}');
SELECT cleanroom.protect('t', 'id', dimensions => '{mo}');
SELECT cleanroom.protect('t', 'id', filters => '{mo}');
SELECT cleanroom.protect('t', 'id', measures => '{region}');
\echo :SQLSTATE
SELECT cleanroom.protect('t', 'id', measures => '{am}');
SELECT cleanroom.protect('t', 'id', measures => '{mo}');
SELECT cleanroom.protect('t', 'id', measures => '{iv}');
SELECT cleanroom.protect('t', 'id', measures => '{id}');
\echo :SQLSTATE

-- row security that is forced on the owner would shut the owner out
ALTER TABLE t FORCE ROW LEVEL SECURITY;
SELECT cleanroom.protect('t', 'id');
\echo :SQLSTATE
ALTER TABLE t NO FORCE ROW LEVEL SECURITY;

-- nothing of all that left a trace
SELECT count(*) FROM pg_seclabel WHERE objoid = 't'::regclass;
SELECT count(*) FROM pg_policy WHERE polrelid = 't'::regclass;
SELECT relrowsecurity FROM pg_class WHERE oid = 't'::regclass;

-- not protected yet
SELECT cleanroom.unprotect('t');
\echo :SQLSTATE
SELECT cleanroom.set_column('t', 'id', 'unit');
\echo :SQLSTATE
SELECT cleanroom.add_row_policy('t', 'p', 'true');
SELECT cleanroom.drop_row_policy('t', 'p');
SELECT cleanroom.unprotect('v');

-- inside: types that suit, several uses at once, a column named twice
SELECT cleanroom.protect('t', 'id', 2, dimensions => '{region,m,c,d,b,region}',
    measures => '{v,si,bi,re,dp}', filters => '{u,iv,v}', join_keys => '{id,u}');
SELECT "column", uses FROM cleanroom.columns WHERE schema = 'inp' AND uses <> '';

-- uses that cannot be read
SELECT cleanroom.set_column('t', 'v', 'measures');
\echo :SQLSTATE
SELECT cleanroom.set_column('t', 'v', 'filter,');
SELECT cleanroom.set_column('t', 'v', 'filter measure');
SELECT cleanroom.set_column('t', 'v', 'filter, filter');
SELECT cleanroom.set_column('t', 'v', 'measure()');
SELECT cleanroom.set_column('t', 'v', 'measure(min)');
SELECT cleanroom.set_column('t', 'v', 'measure(stddev_pop)');
SELECT cleanroom.set_column('t', 'v', 'measure(sum');
SELECT cleanroom.set_column('t', 'v', 'measure(sum) on [0, 1]');
SELECT cleanroom.set_column('t', 'v', 'measure in [0]');
SELECT cleanroom.set_column('t', 'v', 'measure in [0, NaN]');
SELECT cleanroom.set_column('t', 'v', 'measure in [0, 1e99999]');
SELECT cleanroom.set_column('t', 'v', 'measure in [5, 5]');
SELECT cleanroom.set_column('t', 'v', 'measure in [0, 1');
SELECT cleanroom.set_column('t', 'v', 'filter in [0, 1]');
SELECT cleanroom.set_column('t', 'v', 'unit, measure');
SELECT cleanroom.set_column('t', 'region', 'measure');
\echo :SQLSTATE
SELECT cleanroom.set_column('t', 'nothing', 'filter');
\echo :SQLSTATE
SELECT cleanroom.set_column('t', 'ctid', 'filter');
SELECT uses FROM cleanroom.columns WHERE schema = 'inp' AND "column" = 'v';

-- inside, just
SELECT cleanroom.set_column('t', 'v', 'measure(count)');
SELECT uses FROM cleanroom.columns WHERE schema = 'inp' AND "column" = 'v';
SELECT cleanroom.set_column('t', 'v', 'measure(sum,sum) in [-.5,+1E3]');
SELECT uses FROM cleanroom.columns WHERE schema = 'inp' AND "column" = 'v';

-- a table in use
BEGIN;
DECLARE c CURSOR FOR SELECT * FROM t;
SELECT cleanroom.unprotect('t');
\echo :SQLSTATE
ROLLBACK;

SET client_min_messages = warning;
RESET SESSION AUTHORIZATION;
DROP SCHEMA inp CASCADE;
DROP SERVER regress_cr_inp_server;
DROP FOREIGN DATA WRAPPER regress_cr_inp_wrapper;
DROP TABLE pg_temp.temporary_t;
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_inp_owner;
REVOKE TEMPORARY ON DATABASE :DBNAME FROM regress_cr_inp_owner;
DROP ROLE regress_cr_inp_owner;
