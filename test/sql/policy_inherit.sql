-- Policy and inheritance: partitions and children, in both directions.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_inh_owner;
CREATE ROLE regress_cr_inh_analyst;
CREATE ROLE regress_cr_inh_reader;
CREATE SCHEMA inh AUTHORIZATION regress_cr_inh_owner;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_inh_owner, regress_cr_inh_analyst;
GRANT USAGE ON SCHEMA inh TO regress_cr_inh_analyst;
SET search_path = inh, pg_catalog;
CREATE FUNCTION closing() RETURNS TABLE (relation name, label text, row_security bool, policies text)
    LANGUAGE sql AS $$
    SELECT c.relname, l.label, c.relrowsecurity,
           (SELECT string_agg(polname, ' ' ORDER BY polname) FROM pg_policy WHERE polrelid = c.oid)
        FROM pg_class c LEFT JOIN pg_seclabel l ON l.objoid = c.oid AND l.objsubid = 0
        WHERE relnamespace = 'inh'::regnamespace AND relkind IN ('r', 'p')
        ORDER BY relname $$;
SET SESSION AUTHORIZATION regress_cr_inh_owner;
CREATE TABLE top (id int, v numeric, region text) PARTITION BY LIST (region);
CREATE TABLE north PARTITION OF top FOR VALUES IN ('n');
CREATE TABLE south (region text, gone int, v numeric, id int) PARTITION BY RANGE (id);
ALTER TABLE south DROP COLUMN gone;
CREATE TABLE south_low PARTITION OF south FOR VALUES FROM (0) TO (100);
ALTER TABLE top ATTACH PARTITION south FOR VALUES IN ('s');
ALTER TABLE north ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON north USING (v > 0);
RESET client_min_messages;

-- the partitions are closed with the partitioned table
SELECT cleanroom.protect('top', 'id', 20, measures => '{v}', dimensions => '{region}');
SELECT * FROM closing();
SELECT relation, protected_by, threshold, privacy_units, closed, problem
    FROM cleanroom.tables WHERE schema = 'inh' ORDER BY name;

-- columns are matched by name
SELECT "column", uses FROM cleanroom.columns WHERE name = 'south_low';

-- a change at the top is a change below
SELECT cleanroom.set_column('top', 'v', 'measure(sum) in [0, 9]');
SELECT cleanroom.add_row_policy('top', 'few', 'v < 9 AND id IS NOT NULL');
SELECT name, "column", uses FROM cleanroom.columns
    WHERE schema = 'inh' AND "column" = 'v' ORDER BY name;
SELECT polrelid::regclass, pg_get_expr(polqual, polrelid) FROM pg_policy
    WHERE polname = 'cleanroom_row_few' ORDER BY polrelid::regclass::text;

-- a partition's policy is its parent's: it cannot be changed there
SELECT cleanroom.set_column('south', 'v', 'filter');
\echo :SQLSTATE
SELECT cleanroom.add_row_policy('north', 'p', 'true');
SELECT cleanroom.drop_row_policy('north', 'few');
SELECT cleanroom.unprotect('north');
\echo :SQLSTATE
SECURITY LABEL FOR cleanroom ON COLUMN north.v IS 'filter';
\echo :SQLSTATE

-- a partition that is new, attached, or created below one: closed as well
CREATE TABLE west PARTITION OF top FOR VALUES IN ('w');
CREATE TABLE south_high (LIKE south);
ALTER TABLE south ATTACH PARTITION south_high FOR VALUES FROM (100) TO (200);
SELECT * FROM closing() WHERE relation IN ('west', 'south_high');
SELECT relation, protected_by, threshold FROM cleanroom.tables
    WHERE schema = 'inh' ORDER BY name;
SELECT cleanroom.drop_row_policy('top', 'few');
SELECT polrelid::regclass FROM pg_policy WHERE polname = 'cleanroom_row_few';

-- a partition with a policy of its own, and back
SELECT cleanroom.protect('south', 'id', 30, measures => '{v}');
SELECT relation, protected_by, threshold FROM cleanroom.tables
    WHERE schema = 'inh' ORDER BY name;
SELECT cleanroom.protect('top', 'id', 25, measures => '{v}');
SELECT relation, protected_by, threshold FROM cleanroom.tables
    WHERE schema = 'inh' ORDER BY name;
SELECT cleanroom.unprotect('south');
SELECT relation, protected_by, threshold FROM cleanroom.tables
    WHERE schema = 'inh' ORDER BY name;
SELECT * FROM closing() WHERE relation LIKE 'south%';

-- a partition with a policy of its own is not counted by that of the table above:
-- refused before it is planned, whichever of the two came first
GRANT SELECT ON top, south TO regress_cr_inh_analyst;
SELECT cleanroom.protect('south', 'id', 30, measures => '{v}');
SET SESSION AUTHORIZATION regress_cr_inh_analyst;
SELECT count(*) FROM inh.top;
\echo :SQLSTATE
SELECT count(*) FROM ONLY inh.top;
SELECT count(*) FROM inh.south;
SET SESSION AUTHORIZATION regress_cr_inh_owner;
SELECT count(*) FROM top;
SELECT cleanroom.unprotect('south');
SET SESSION AUTHORIZATION regress_cr_inh_analyst;
SELECT count(*) FROM inh.top;
SET SESSION AUTHORIZATION regress_cr_inh_owner;

-- a detached partition stays protected, and cannot be queried
ALTER TABLE top DETACH PARTITION south;
SELECT relation, protected_by, threshold, closed, problem FROM cleanroom.tables
    WHERE schema = 'inh' AND name LIKE 'south%' ORDER BY name;
BEGIN;
SELECT cleanroom.unprotect('south');
SELECT * FROM closing() WHERE relation LIKE 'south%';
ROLLBACK;
ALTER TABLE top ATTACH PARTITION south FOR VALUES IN ('s');
SELECT relation, protected_by, threshold, problem FROM cleanroom.tables
    WHERE schema = 'inh' AND name LIKE 'south%' ORDER BY name;

-- attached elsewhere it takes over the row policies there
BEGIN;
ALTER TABLE top DETACH PARTITION north;
SELECT cleanroom.add_row_policy('top', 'few', 'v < 9');
ALTER TABLE top ATTACH PARTITION north FOR VALUES IN ('n');
SELECT * FROM closing() WHERE relation = 'north';
ALTER TABLE top DETACH PARTITION north;
SELECT cleanroom.drop_row_policy('top', 'few');
ALTER TABLE top ATTACH PARTITION north FOR VALUES IN ('n');
SELECT * FROM closing() WHERE relation = 'north';
ROLLBACK;

-- a foreign partition could not be closed
RESET SESSION AUTHORIZATION;
CREATE FOREIGN DATA WRAPPER regress_cr_inh_wrapper;
CREATE SERVER regress_cr_inh_server FOREIGN DATA WRAPPER regress_cr_inh_wrapper;
CREATE FOREIGN TABLE east PARTITION OF top FOR VALUES IN ('e') SERVER regress_cr_inh_server;
\echo :SQLSTATE
-- nor can one that belongs to somebody else be, by an owner
CREATE TABLE other_owner (LIKE top);
SET SESSION AUTHORIZATION regress_cr_inh_owner;
SELECT cleanroom.unprotect('top');
SELECT * FROM closing();
RESET SESSION AUTHORIZATION;
ALTER TABLE top ATTACH PARTITION other_owner FOR VALUES IN ('o');
SET SESSION AUTHORIZATION regress_cr_inh_owner;
SELECT cleanroom.protect('top', 'id');
\echo :SQLSTATE
RESET SESSION AUTHORIZATION;
DROP TABLE other_owner;
CREATE FOREIGN TABLE east PARTITION OF top FOR VALUES IN ('e') SERVER regress_cr_inh_server;
SELECT cleanroom.protect('top', 'id');
\echo :SQLSTATE
SET SESSION AUTHORIZATION regress_cr_inh_owner;
SELECT count(*) FROM cleanroom.tables WHERE schema = 'inh';
SET client_min_messages = warning;
RESET SESSION AUTHORIZATION;
DROP TABLE top;
SET SESSION AUTHORIZATION regress_cr_inh_owner;
RESET client_min_messages;

-- inheritance: children of a protected table
CREATE TABLE p1 (id int, v int);
CREATE TABLE c (extra text) INHERITS (p1);
CREATE TABLE g () INHERITS (c);
SELECT cleanroom.protect('p1', 'id', 5, measures => '{v}');
SELECT relation, protected_by, threshold, closed FROM cleanroom.tables WHERE schema = 'inh' ORDER BY name;
SELECT "column", uses FROM cleanroom.columns WHERE name = 'g';
ALTER TABLE c NO INHERIT p1;
SELECT relation, protected_by, problem FROM cleanroom.tables WHERE schema = 'inh' ORDER BY name;
ALTER TABLE c INHERIT p1;
SELECT relation, protected_by, problem FROM cleanroom.tables WHERE schema = 'inh' ORDER BY name;

-- a child of two protected tables needs a policy of its own
CREATE TABLE p2 (id int, v int);
ALTER TABLE c INHERIT p2;
-- until then the other parent is not asked about either
GRANT SELECT ON p2 TO regress_cr_inh_analyst;
SET SESSION AUTHORIZATION regress_cr_inh_analyst;
SELECT count(*) FROM inh.p2;
SELECT count(*) FROM ONLY inh.p2;
SET SESSION AUTHORIZATION regress_cr_inh_owner;
SELECT cleanroom.protect('p2', 'id', 7);
\echo :SQLSTATE
SELECT cleanroom.protect('c', 'id', 6);
SELECT cleanroom.protect('p2', 'id', 7);
SELECT relation, protected_by, threshold, problem FROM cleanroom.tables WHERE schema = 'inh' ORDER BY name;
SELECT cleanroom.unprotect('c');
\echo :SQLSTATE
SELECT cleanroom.unprotect('p2');
SELECT cleanroom.unprotect('c');
SELECT relation, protected_by, threshold FROM cleanroom.tables WHERE schema = 'inh' ORDER BY name;

-- a child of somebody else's, who protects it for itself
RESET SESSION AUTHORIZATION;
CREATE TABLE others (v int, id int);
ALTER TABLE others INHERIT p1;
ALTER TABLE others OWNER TO regress_cr_inh_analyst;
GRANT SELECT ON p1 TO regress_cr_inh_analyst, regress_cr_inh_reader;
GRANT USAGE ON SCHEMA inh TO regress_cr_inh_reader;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_inh_reader;
SET SESSION AUTHORIZATION regress_cr_inh_reader;
SELECT count(*) FROM inh.p1;
SET SESSION AUTHORIZATION regress_cr_inh_analyst;
SELECT cleanroom.protect('inh.others', 'id', 300);
SELECT count(*) FROM inh.p1;
SET SESSION AUTHORIZATION regress_cr_inh_reader;
SELECT count(*) FROM inh.p1;
SELECT code, reason, hint FROM cleanroom.explain('SELECT count(*) FROM inh.p1');
SET SESSION AUTHORIZATION regress_cr_inh_owner;
SELECT count(*) FROM p1;
\echo :SQLSTATE
SELECT count(*) FROM ONLY p1;
RESET SESSION AUTHORIZATION;
SELECT count(*) FROM p1;
DROP TABLE others;
SET SESSION AUTHORIZATION regress_cr_inh_reader;
SELECT count(*) FROM inh.p1;
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION regress_cr_inh_owner;

-- a protected child of a table that is not protected
SELECT cleanroom.unprotect('p1');
SELECT * FROM closing();
SELECT cleanroom.protect('g', 'id', 8);
SELECT relation, protected_by, threshold FROM cleanroom.tables WHERE schema = 'inh' ORDER BY name;

RESET SESSION AUTHORIZATION;
SET client_min_messages = warning;
DROP SCHEMA inh CASCADE;
DROP SERVER regress_cr_inh_server;
DROP FOREIGN DATA WRAPPER regress_cr_inh_wrapper;
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_inh_owner, regress_cr_inh_analyst,
    regress_cr_inh_reader;
DROP ROLE regress_cr_inh_owner, regress_cr_inh_analyst, regress_cr_inh_reader;
