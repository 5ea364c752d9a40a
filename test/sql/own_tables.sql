-- The extension's own tables: for nobody but superusers, whatever privileges
-- a role has, and by the views alone, which do not tell what they hide.
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_own_owner;
CREATE ROLE regress_cr_own_ana;
CREATE ROLE regress_cr_own_eve;
CREATE ROLE regress_cr_own_reader;
CREATE ROLE regress_cr_own_writer BYPASSRLS;
CREATE ROLE regress_cr_own_auditor;
GRANT pg_read_all_data TO regress_cr_own_reader, regress_cr_own_writer;
GRANT pg_write_all_data TO regress_cr_own_writer;
GRANT cleanroom_auditor TO regress_cr_own_auditor;
CREATE SCHEMA own;
GRANT ALL ON SCHEMA own TO PUBLIC;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_own_owner, regress_cr_own_ana,
    regress_cr_own_eve, regress_cr_own_auditor;
SET search_path = own, pg_catalog;
SET SESSION AUTHORIZATION regress_cr_own_owner;
CREATE TABLE visits (person int, region text, note text);
ALTER TABLE visits ALTER note SET STORAGE EXTERNAL;
INSERT INTO visits SELECT i % 100, 'r' || i % 2, 'none' FROM generate_series(1, 400) i;
INSERT INTO visits VALUES (777, 'r1', repeat('lonesome', 1000));
SELECT cleanroom.protect('visits', 'person', 10, dimensions => '{region}');
SELECT cleanroom.add_access_rule('own.visits', 'ip', 'NOT coalesce(cleanroom.client_address() << ''10.7.0.0/16'', false)');
GRANT SELECT ON visits TO regress_cr_own_ana;
SET SESSION AUTHORIZATION regress_cr_own_ana;
SELECT region, count(*) FROM visits WHERE region = 'r1' GROUP BY region;
RESET SESSION AUTHORIZATION;
ANALYZE cleanroom.ledger_records, cleanroom.rule_list;

-- what becomes of a statement
CREATE FUNCTION outcome(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE line text; result text := '';
BEGIN
    IF statement ~ '^(SELECT|EXPLAIN|EXECUTE|FETCH)' THEN
        FOR line IN EXECUTE statement LOOP result := 'ok'; END LOOP;
        RETURN CASE WHEN result = '' THEN 'nothing' ELSE result END;
    END IF;
    EXECUTE statement;
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN
    RETURN sqlstate;
END $$;

-- ---------- what a view hides is not counted for whoever reads it ----------
SET SESSION AUTHORIZATION regress_cr_own_eve;
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF)
    SELECT FROM cleanroom.ledger WHERE statement LIKE 'SELECT region%';
\set VERBOSITY default
EXPLAIN SELECT FROM cleanroom.access_rules WHERE condition LIKE 'NOT%';
\set VERBOSITY terse
-- each view: those that read no table of the extension are explained as ever
SELECT relname AS view, outcome(format('EXPLAIN SELECT FROM cleanroom.%I', relname)) AS explained,
       outcome(format('EXPLAIN (ANALYZE) SELECT FROM cleanroom.%I', relname)) AS analyzed
    FROM pg_class WHERE relnamespace = 'cleanroom'::regnamespace AND relkind = 'v'
      AND has_table_privilege(oid, 'SELECT') ORDER BY 1;
-- the same in other forms
CREATE VIEW through AS SELECT * FROM cleanroom.ledger;
EXPLAIN SELECT FROM through;
EXPLAIN SELECT (SELECT count(*) FROM cleanroom.rooms);
EXPLAIN DECLARE c CURSOR FOR SELECT FROM cleanroom.rooms;
EXPLAIN CREATE TABLE t AS SELECT * FROM cleanroom.rooms;
PREPARE of_rule AS SELECT FROM cleanroom.access_rules;
SET plan_cache_mode = force_generic_plan;
EXECUTE of_rule;
EXPLAIN EXECUTE of_rule;
EXPLAIN (ANALYZE) EXECUTE of_rule;
RESET plan_cache_mode;
CREATE FUNCTION rules() RETURNS bigint LANGUAGE plpgsql AS
    $$ BEGIN RETURN (SELECT count(*) FROM cleanroom.access_rules); END $$;
EXPLAIN (ANALYZE) SELECT rules();
CREATE FUNCTION makes() RETURNS void LANGUAGE plpgsql AS
    $$ BEGIN CREATE TEMP TABLE t AS SELECT * FROM cleanroom.access_rules; END $$;
EXPLAIN (ANALYZE) SELECT makes();
CREATE FUNCTION fetches(refcursor) RETURNS void LANGUAGE plpgsql AS
    $$ BEGIN MOVE FORWARD ALL IN $1; END $$;
CREATE FUNCTION records() RETURNS SETOF cleanroom.ledger LANGUAGE sql STABLE AS
    'SELECT * FROM cleanroom.ledger';
EXPLAIN SELECT FROM records() WHERE statement LIKE 'SELECT region%';
BEGIN;
DECLARE c CURSOR FOR SELECT FROM cleanroom.ledger;
EXPLAIN (ANALYZE) SELECT fetches('c');
ROLLBACK;
-- settings that print
SET debug_print_plan = on;
SELECT count(*) FROM cleanroom.access_rules;
RESET debug_print_plan;
SET client_min_messages = log;
SELECT count(*) FROM cleanroom.access_rules;
SET client_min_messages = warning;
-- locks that everybody sees
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT count(*) FROM cleanroom.keys WHERE name = 'secret project';
ROLLBACK;
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT count(*) FROM cleanroom.keys WHERE name = 'secret project';
ROLLBACK;
-- the server's counters
BEGIN;
SELECT count(*) FROM cleanroom.ledger WHERE number = 1;
SELECT count(*) > 30 AS tables, count(seq_scan) AS counted, count(seq_tup_read), count(idx_tup_fetch), count(n_tup_ins)
    FROM pg_stat_xact_user_tables WHERE schemaname = 'cleanroom';
SELECT count(*) > 30 AS tables, count(n_live_tup) AS counted, count(seq_scan), count(n_mod_since_analyze)
    FROM pg_stat_user_tables WHERE schemaname = 'cleanroom';
SELECT count(*) > 30 AS indexes, count(idx_scan) AS counted, count(idx_tup_read)
    FROM pg_stat_user_indexes WHERE schemaname = 'cleanroom';
SELECT count(*) > 30 AS tables, count(heap_blks_hit) AS counted, count(toast_blks_hit), count(idx_blks_hit)
    FROM pg_statio_user_tables WHERE schemaname = 'cleanroom';
SELECT pg_stat_get_xact_tuples_returned('cleanroom.ledger_records_pkey'::regclass);
COMMIT;
SELECT pg_stat_get_live_tuples(reltoastrelid) FROM pg_class WHERE relname = 'rule_list';

-- inside: views are read as any, copied, prepared, and one's own tables explained
SELECT count(*) FROM cleanroom.ledger WHERE statement LIKE 'SELECT region%';
COPY (SELECT count(*) FROM cleanroom.access_rules) TO STDOUT;
CREATE TEMP TABLE kept AS SELECT * FROM cleanroom.rooms;
EXECUTE of_rule;
SELECT rules();
BEGIN;
DECLARE c CURSOR FOR SELECT kind FROM cleanroom.ledger LIMIT 0;
SELECT fetches('c');
ROLLBACK;
EXPLAIN (COSTS OFF) SELECT FROM kept;
BEGIN;
LOCK TABLE cleanroom.ledger IN ACCESS SHARE MODE;
ROLLBACK;
-- whoever has no privilege is told so
SELECT outcome('SELECT FROM cleanroom.ledger_records') AS read, outcome('DELETE FROM cleanroom.rule_list') AS deleted,
       outcome('LOCK TABLE cleanroom.ledger_records') AS locked, outcome('TRUNCATE cleanroom.rule_list') AS emptied,
       outcome('LOCK TABLE cleanroom.ledger IN EXCLUSIVE MODE') AS locked_by_view;
EXPLAIN (COSTS OFF) SELECT cleanroom.attribute('x');
SELECT count(*) > 0 AS counted FROM pg_stat_user_tables WHERE relname = 'kept' AND n_live_tup >= 0;
SET SESSION AUTHORIZATION regress_cr_own_auditor;
SELECT count(*) > 0 AS some FROM cleanroom.ledger WHERE statement LIKE 'SELECT region%';
RESET SESSION AUTHORIZATION;
SELECT outcome('EXPLAIN (ANALYZE) SELECT FROM cleanroom.ledger WHERE statement LIKE ''SELECT region%''');
SELECT n_live_tup IS NOT NULL AS counted FROM pg_stat_user_tables WHERE relname = 'rule_list';
-- nor does what others read add to the sums that the server has of the database
BEGIN;
SELECT pg_stat_get_xact_tuples_returned('cleanroom.ledger_records'::regclass) AS before \gset
SET LOCAL ROLE regress_cr_own_eve;
SELECT count(*) FROM cleanroom.ledger WHERE statement LIKE 'SELECT region%';
RESET ROLE;
SELECT pg_stat_get_xact_tuples_returned('cleanroom.ledger_records'::regclass) = :before AS uncounted;
SELECT count(*) > 0 AS some FROM cleanroom.ledger WHERE statement LIKE 'SELECT region%';
SELECT pg_stat_get_xact_tuples_returned('cleanroom.ledger_records'::regclass) > :before AS counted;
COMMIT;

-- ---------- roles that may read and write all tables ----------
SELECT count(*) FROM pg_class WHERE relnamespace = 'cleanroom'::regnamespace
    AND relkind IN ('r', 'p', 'm') AND NOT relrowsecurity;
CREATE VIEW own_tables AS SELECT c.oid::regclass AS own, relkind FROM pg_class c
    WHERE relnamespace = 'cleanroom'::regnamespace AND relkind IN ('r', 'p', 'm', 'S');
GRANT SELECT ON own_tables TO PUBLIC;
SELECT cleanroom.suspend_analyst('own.visits', 'regress_cr_own_ana', 'caught');
SELECT cleanroom.set_attribute('regress_cr_own_ana', 'clearance', 'top');
SET SESSION AUTHORIZATION regress_cr_own_reader;
SELECT relkind, outcome(format('SELECT FROM %s', own)) AS read, outcome(format('SELECT (SELECT count(*) FROM %s)', own)) AS counted,
       count(*) > 1 AS many FROM own_tables GROUP BY 1, 2, 3 ORDER BY 1, 2;
SELECT * FROM cleanroom.ledger_records;
COPY cleanroom.ledger_records TO STDOUT;
COPY (SELECT * FROM cleanroom.second_factor_list) TO STDOUT;
CREATE VIEW rooms_of_all AS SELECT * FROM cleanroom.room_list;
GRANT SELECT ON rooms_of_all TO PUBLIC;
SELECT count(*) FROM rooms_of_all;
CREATE VIEW rules_by_invoker WITH (security_invoker) AS SELECT * FROM cleanroom.rule_list;
SELECT count(*) FROM rules_by_invoker;
CREATE FUNCTION lends() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM cleanroom.ledger_records';
SELECT lends();
SELECT count(*) FROM pg_stats WHERE schemaname = 'cleanroom';
BEGIN;
LOCK TABLE cleanroom.ledger_records IN ACCESS SHARE MODE;
ROLLBACK;
-- the views show such a role its own part, as anybody
SELECT relname AS view, outcome(format('SELECT FROM cleanroom.%I', relname)) AS read
    FROM pg_class WHERE relnamespace = 'cleanroom'::regnamespace AND relkind = 'v'
      AND relname NOT IN ('tables', 'columns') AND relname NOT LIKE 'ledger%' ORDER BY 1;
SELECT DISTINCT current_user_name FROM cleanroom.ledger;
-- parts of long values, of protected tables as well
SELECT c.reltoastrelid::regclass AS toast FROM pg_class c WHERE oid = 'own.visits'::regclass \gset
SELECT outcome(format('SELECT encode(chunk_data, ''escape'') FROM %s', :'toast'));
SELECT outcome(format('EXPLAIN SELECT FROM %s', :'toast'));
SELECT c.reltoastrelid::regclass AS own_toast FROM pg_class c WHERE oid = 'cleanroom.ledger_records'::regclass \gset
SELECT outcome(format('SELECT encode(chunk_data, ''escape'') FROM %s', :'own_toast'));
SET SESSION AUTHORIZATION regress_cr_own_eve;
SELECT count(*) FROM rooms_of_all;
SELECT lends();
SELECT outcome(format('SELECT FROM %s', own)) AS read, count(*) > 1 AS many FROM own_tables GROUP BY 1;
-- a plan that was made for somebody else
RESET SESSION AUTHORIZATION;
CREATE FUNCTION all_rules() RETURNS bigint LANGUAGE plpgsql AS
    $$ BEGIN RETURN (SELECT count(*) FROM cleanroom.rule_list); END $$;
PREPARE all_rules AS SELECT count(*) > 0 FROM cleanroom.rule_list;
SELECT all_rules() > 0 AS some;
EXECUTE all_rules;
BEGIN;
DECLARE c CURSOR FOR SELECT count(*) > 0 FROM cleanroom.rule_list;
SET ROLE regress_cr_own_writer;
SELECT all_rules();
ROLLBACK;
SET ROLE regress_cr_own_writer;
EXECUTE all_rules;
RESET ROLE;
BEGIN;
DECLARE c CURSOR FOR SELECT count(*) > 0 FROM cleanroom.rule_list;
SET LOCAL ROLE regress_cr_own_writer;
FETCH c;
ROLLBACK;
-- past row security, and writing, by views too
SET SESSION AUTHORIZATION regress_cr_own_writer;
SELECT outcome(format('SELECT FROM %s', own)) AS read, outcome(format('DELETE FROM %s', own)) AS deleted,
       outcome(format('INSERT INTO %s DEFAULT VALUES', own)) AS inserted,
       outcome(format('LOCK TABLE %s', own)) AS locked, outcome(format('SELECT FROM %s FOR UPDATE', own)) AS held
    FROM own_tables WHERE relkind = 'r' GROUP BY 1, 2, 3, 4, 5;
SELECT outcome('TRUNCATE cleanroom.rule_list CASCADE');
SELECT outcome('COPY cleanroom.ledger_records FROM PROGRAM ''true''');
SELECT outcome('WITH d AS (DELETE FROM cleanroom.rule_list RETURNING 1) SELECT FROM d');
SELECT outcome('SELECT stavalues1 FROM pg_statistic');
SELECT relname AS view, outcome(format('DELETE FROM cleanroom.%I', relname)) AS deleted,
       outcome(format('LOCK TABLE cleanroom.%I', relname)) AS locked,
       outcome(format('SELECT FROM cleanroom.%I FOR UPDATE', relname)) AS held
    FROM pg_class WHERE relnamespace = 'cleanroom'::regnamespace AND relkind = 'v' ORDER BY 1;
-- inside: its other tables, and what views show everybody
CREATE TABLE others (i int);
INSERT INTO others VALUES (1);
SELECT count(*) FROM others;
SELECT count(*) FROM cleanroom.access_rules;

-- what a superuser gives away by a view or a function is the superuser's doing
RESET SESSION AUTHORIZATION;
CREATE VIEW given AS SELECT count(*) > 0 AS some FROM cleanroom.rule_list;
GRANT SELECT ON given TO regress_cr_own_eve;
SET SESSION AUTHORIZATION regress_cr_own_eve;
SELECT * FROM given;
EXPLAIN SELECT * FROM given;
-- refusals are on record
SELECT count(*) > 10 AS many FROM cleanroom.ledger WHERE code = 'RC007' AND reason LIKE 'EXPLAIN is%';
RESET SESSION AUTHORIZATION;

DELETE FROM cleanroom.suspension_list WHERE analyst = 'regress_cr_own_ana'::regrole;
DELETE FROM cleanroom.attribute_list WHERE role = 'regress_cr_own_ana'::regrole;
DELETE FROM cleanroom.rule_list WHERE relation = 'own.visits'::regclass;
RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA own CASCADE;
DROP OWNED BY regress_cr_own_owner, regress_cr_own_ana, regress_cr_own_eve,
    regress_cr_own_reader, regress_cr_own_writer, regress_cr_own_auditor;
DROP ROLE regress_cr_own_owner, regress_cr_own_ana, regress_cr_own_eve,
    regress_cr_own_reader, regress_cr_own_writer, regress_cr_own_auditor;
