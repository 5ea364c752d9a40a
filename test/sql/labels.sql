-- SECURITY LABEL by hand is checked by the code that protect() uses.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_lab_owner;
CREATE ROLE regress_cr_lab_other;
CREATE SCHEMA lab AUTHORIZATION regress_cr_lab_owner;
GRANT USAGE ON SCHEMA cleanroom, lab TO regress_cr_lab_owner, regress_cr_lab_other;
SET search_path = lab, pg_catalog;
SET SESSION AUTHORIZATION regress_cr_lab_owner;
CREATE TABLE t (id int, region text, v numeric, j json);
CREATE VIEW v AS SELECT id FROM t;
RESET client_min_messages;

-- a column's label needs the table's first
SECURITY LABEL FOR cleanroom ON COLUMN t.id IS 'unit';
\echo :SQLSTATE

-- the table's label: broken JSON
SECURITY LABEL FOR cleanroom ON TABLE t IS '{"threshold": 50';
\echo :SQLSTATE
SECURITY LABEL FOR cleanroom ON TABLE t IS 'threshold 50';
SECURITY LABEL FOR cleanroom ON TABLE t IS '[50]';
SECURITY LABEL FOR cleanroom ON TABLE t IS '';
SECURITY LABEL FOR cleanroom ON TABLE t IS '{"threshold": 50,}';
SECURITY LABEL FOR cleanroom ON TABLE t IS '{"threshold" 50}';
SECURITY LABEL FOR cleanroom ON TABLE t IS '{"threshold": }';
SECURITY LABEL FOR cleanroom ON TABLE t IS '{"threshold": 50} x';
SECURITY LABEL FOR cleanroom ON TABLE t IS '{threshold: 50}';
SECURITY LABEL FOR cleanroom ON TABLE t IS '{"threshold: 50}';
SECURITY LABEL FOR cleanroom ON TABLE t IS '{"thresh\u006fld": 50}';
SECURITY LABEL FOR cleanroom ON TABLE t IS '{"a key so long that no setting has such a name": 50}';

-- JSON, but not a policy
SECURITY LABEL FOR cleanroom ON TABLE t IS '{}';
SECURITY LABEL FOR cleanroom ON TABLE t IS '{"threshold": 1}';
SECURITY LABEL FOR cleanroom ON TABLE t IS '{"threshold": 67108865}';
SECURITY LABEL FOR cleanroom ON TABLE t IS '{"threshold": 2147483648}';
SECURITY LABEL FOR cleanroom ON TABLE t IS '{"threshold": 050}';
SECURITY LABEL FOR cleanroom ON TABLE t IS '{"threshold": -5}';
SECURITY LABEL FOR cleanroom ON TABLE t IS '{"threshold": 5.5}';
SECURITY LABEL FOR cleanroom ON TABLE t IS '{"threshold": "50"}';
SECURITY LABEL FOR cleanroom ON TABLE t IS '{"threshold": null}';
SECURITY LABEL FOR cleanroom ON TABLE t IS '{"threshold": true}';
SECURITY LABEL FOR cleanroom ON TABLE t IS '{"threshold": 50, "threshold": 5}';
SECURITY LABEL FOR cleanroom ON TABLE t IS '{"threshold": 50, "tresholt": 5}';
SECURITY LABEL FOR cleanroom ON TABLE t IS '{"threshold": 50, "small_groups": "show"}';
SECURITY LABEL FOR cleanroom ON TABLE t IS '{"threshold": 50, "small_groups": true}';
SECURITY LABEL FOR cleanroom ON TABLE t IS '{"threshold": 50, "join_required": "yes"}';
SECURITY LABEL FOR cleanroom ON TABLE t IS '{"threshold": 50, "row_security_before": 1}';
SECURITY LABEL FOR cleanroom ON TABLE t IS '{"inherited": true, "threshold": 50}';
SELECT count(*) FROM pg_seclabel WHERE objoid = 't'::regclass;

-- objects that cannot be labelled
SECURITY LABEL FOR cleanroom ON VIEW v IS '{"threshold": 50}';
\echo :SQLSTATE
SECURITY LABEL FOR cleanroom ON COLUMN v.id IS 'unit';
\echo :SQLSTATE
SECURITY LABEL FOR cleanroom ON SCHEMA lab IS 'x';
\echo :SQLSTATE
RESET SESSION AUTHORIZATION;
SECURITY LABEL FOR cleanroom ON ROLE regress_cr_lab_owner IS 'x';
SECURITY LABEL FOR cleanroom ON TABLE pg_class IS '{"threshold": 50}';
SET SESSION AUTHORIZATION regress_cr_lab_owner;

-- a label that is right; until a column is a unit, nobody can query the table
SECURITY LABEL FOR cleanroom ON TABLE t IS ' { "small_groups" : "refuse",
    "threshold" : 7 } ';
SELECT threshold, small_groups, join_required, closed, problem FROM cleanroom.tables WHERE schema = 'lab';
SECURITY LABEL FOR cleanroom ON COLUMN t.id IS 'unit, join';
SECURITY LABEL FOR cleanroom ON COLUMN t.v IS 'measure(avg) in [0, 10]';
SELECT threshold, small_groups, join_required, closed, problem FROM cleanroom.tables WHERE schema = 'lab';
SELECT "column", uses FROM cleanroom.columns WHERE schema = 'lab';

-- columns
SECURITY LABEL FOR cleanroom ON COLUMN t.region IS 'dimensions';
\echo :SQLSTATE
SECURITY LABEL FOR cleanroom ON COLUMN t.region IS 'measure';
\echo :SQLSTATE
SECURITY LABEL FOR cleanroom ON COLUMN t.j IS 'filter';
SECURITY LABEL FOR cleanroom ON COLUMN t.id IS 'join';
\echo :SQLSTATE
SECURITY LABEL FOR cleanroom ON COLUMN t.id IS NULL;
\echo :SQLSTATE
SECURITY LABEL FOR cleanroom ON COLUMN t.v IS NULL;
SECURITY LABEL FOR cleanroom ON COLUMN t.v IS NULL;
SECURITY LABEL FOR cleanroom ON COLUMN t.region IS '';
SELECT "column", uses FROM cleanroom.columns WHERE schema = 'lab';

-- only the owner may
SET SESSION AUTHORIZATION regress_cr_lab_other;
SECURITY LABEL FOR cleanroom ON TABLE t IS '{"threshold": 2}';
\echo :SQLSTATE
SECURITY LABEL FOR cleanroom ON TABLE t IS NULL;
\echo :SQLSTATE
SET SESSION AUTHORIZATION regress_cr_lab_owner;

-- protect() completes what was begun by hand; a label by hand changes it
SELECT cleanroom.protect('t', 'id', 9, dimensions => '{region}');
SECURITY LABEL FOR cleanroom ON TABLE t IS '{"threshold": 12}';
SELECT threshold, small_groups, closed, problem FROM cleanroom.tables WHERE schema = 'lab';

-- taking the table's label away takes its columns' with it, and leaves the
-- table closed
SECURITY LABEL FOR cleanroom ON TABLE t IS NULL;
SELECT count(*) FROM pg_seclabel WHERE objoid = 't'::regclass;
SELECT count(*) FROM cleanroom.tables WHERE schema = 'lab';
SELECT relrowsecurity, (SELECT count(*) FROM pg_policy WHERE polrelid = c.oid)
    FROM pg_class c WHERE oid = 't'::regclass;

-- a label by hand does not say how row security was before; cleanroom_open,
-- which is made only where it was off, does
SECURITY LABEL FOR cleanroom ON TABLE t IS '{"threshold": 12}';
SELECT cleanroom.unprotect('t');
SELECT relrowsecurity, (SELECT count(*) FROM pg_policy WHERE polrelid = c.oid)
    FROM pg_class c WHERE oid = 't'::regclass;
-- where that is not there either, row security stays on
CREATE POLICY own ON t USING (true);
SELECT cleanroom.protect('t', 'id');
SECURITY LABEL FOR cleanroom ON TABLE t IS '{"threshold": 12}';
SELECT cleanroom.unprotect('t');
SELECT relrowsecurity, (SELECT count(*) FROM pg_policy WHERE polrelid = c.oid)
    FROM pg_class c WHERE oid = 't'::regclass;
DROP POLICY own ON t;
ALTER TABLE t DISABLE ROW LEVEL SECURITY;
-- and a table that was never closed stays open
SECURITY LABEL FOR cleanroom ON TABLE t IS '{"threshold": 12}';
SELECT cleanroom.unprotect('t');
SELECT relrowsecurity, (SELECT count(*) FROM pg_policy WHERE polrelid = c.oid)
    FROM pg_class c WHERE oid = 't'::regclass;

-- a label that was damaged behind our back: protected, and not usable
SELECT cleanroom.protect('t', 'id');
RESET SESSION AUTHORIZATION;
SET allow_system_table_mods = on;
UPDATE pg_seclabel SET label = '{"threshold": 5' WHERE objoid = 't'::regclass AND objsubid = 0;
RESET allow_system_table_mods;
SECURITY LABEL FOR cleanroom ON COLUMN t.region IS 'dimension';
SELECT relation, threshold, privacy_units, problem FROM cleanroom.tables WHERE schema = 'lab';
SELECT cleanroom.protect('t', 'id');
UPDATE pg_seclabel SET label = 'unit, what' WHERE objoid = 't'::regclass AND objsubid = 1;
SECURITY LABEL FOR cleanroom ON COLUMN t.region IS 'dimension';
SELECT relation, threshold, privacy_units, problem FROM cleanroom.tables WHERE schema = 'lab';

-- one more than can be counted: not an error at the first row that is met
SET SESSION AUTHORIZATION regress_cr_lab_owner;
SELECT cleanroom.protect('t', 'id', 67108865);
\echo :SQLSTATE
SELECT cleanroom.protect('t', 'id', 67108864);
GRANT SELECT ON t TO regress_cr_lab_other;
INSERT INTO t VALUES (1), (2);
SET SESSION AUTHORIZATION regress_cr_lab_other;
SELECT count(*) FROM t;
RESET SESSION AUTHORIZATION;
SET allow_system_table_mods = on;
UPDATE pg_seclabel SET label = '{"threshold": 67108865}' WHERE objoid = 't'::regclass AND objsubid = 0;
RESET allow_system_table_mods;
SECURITY LABEL FOR cleanroom ON COLUMN t.region IS 'dimension';
SELECT relation, threshold, privacy_units, problem FROM cleanroom.tables WHERE schema = 'lab';
SET SESSION AUTHORIZATION regress_cr_lab_other;
SELECT count(*) FROM t;
\echo :SQLSTATE
RESET SESSION AUTHORIZATION;
SELECT cleanroom.protect('t', 'id');

-- a system column has no use
SECURITY LABEL FOR cleanroom ON COLUMN t.ctid IS 'dimension';
SECURITY LABEL FOR cleanroom ON COLUMN t.tableoid IS NULL;
SET client_min_messages = warning;
DROP SCHEMA lab CASCADE;
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_lab_owner, regress_cr_lab_other;
DROP ROLE regress_cr_lab_owner, regress_cr_lab_other;
