-- Commands on protected tables: what analysts may not run, and what stays as
-- it was for owners, for superusers and for tables that are not protected.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_cmd_owner;
CREATE ROLE regress_cr_cmd_analyst;
CREATE SCHEMA cmd;
GRANT ALL ON SCHEMA cmd TO regress_cr_cmd_owner, regress_cr_cmd_analyst;
GRANT USAGE ON SCHEMA cleanroom
    TO regress_cr_cmd_owner, regress_cr_cmd_analyst;
SET search_path = cmd, pg_catalog;
SET SESSION AUTHORIZATION regress_cr_cmd_owner;
CREATE TABLE visits (person int, region text, cost int, UNIQUE (person, cost));
INSERT INTO visits SELECT i % 100, 'r' || i % 2, i FROM generate_series(1, 400) i;
SELECT cleanroom.protect('visits', 'person', 10,
    dimensions => '{region}', measures => '{cost}');
GRANT ALL ON visits TO regress_cr_cmd_analyst;
SET SESSION AUTHORIZATION regress_cr_cmd_analyst;
CREATE TABLE mine (region text PRIMARY KEY, n bigint);
INSERT INTO mine VALUES ('r0', 0);
CREATE VIEW by_region AS
    SELECT region, count(*) AS n FROM visits GROUP BY region;
CREATE VIEW raw_rows AS SELECT * FROM visits;
RESET client_min_messages;

-- inside: the analyst's everyday query
SELECT region, n FROM by_region ORDER BY region;

-- COPY in any form
COPY visits TO STDOUT;
COPY visits (region) TO STDOUT;
COPY (SELECT region, count(*) FROM visits GROUP BY region) TO STDOUT;
\echo :SQLSTATE
COPY (SELECT * FROM by_region) TO STDOUT;
\echo :SQLSTATE
COPY visits FROM PROGRAM 'echo 1';
COPY mine TO STDOUT;

-- EXPLAIN in any form
EXPLAIN SELECT count(*) FROM visits;
EXPLAIN (ANALYZE, COSTS OFF) SELECT count(*) FROM visits;
\echo :SQLSTATE
EXPLAIN SELECT * FROM by_region;
EXPLAIN DELETE FROM visits;
EXPLAIN DECLARE c CURSOR FOR SELECT count(*) FROM visits;
EXPLAIN CREATE TABLE t AS SELECT count(*) FROM visits;
PREPARE counted AS SELECT count(*) FROM visits;
EXECUTE counted;
EXPLAIN EXECUTE counted;
EXPLAIN (ANALYZE) EXECUTE counted;
EXPLAIN CREATE TABLE t AS EXECUTE counted;
-- a generic plan that is already there is not planned again
SET plan_cache_mode = force_generic_plan;
EXECUTE counted;
EXPLAIN (ANALYZE) EXECUTE counted;
EXECUTE counted;
RESET plan_cache_mode;
-- a function's query counts towards the buffers of the EXPLAIN above it
CREATE FUNCTION counted() RETURNS bigint LANGUAGE plpgsql AS
    $$ BEGIN RETURN (SELECT count(*) FROM visits); END $$;
\set SHOW_CONTEXT never
SELECT counted();
EXPLAIN (ANALYZE, BUFFERS) SELECT counted();
\set SHOW_CONTEXT errors
EXPLAIN (COSTS OFF) SELECT * FROM mine WHERE n > 5;

-- into another table
CREATE TABLE t AS SELECT region, count(*) FROM visits GROUP BY region;
CREATE TABLE t AS SELECT * FROM by_region WITH NO DATA;
CREATE TABLE t AS EXECUTE counted;
\echo :SQLSTATE
SELECT count(*) INTO t FROM visits;
CREATE MATERIALIZED VIEW m AS SELECT count(*) FROM visits;
CREATE MATERIALIZED VIEW m AS SELECT count(*) FROM visits WITH NO DATA;
DO $$ BEGIN CREATE TABLE t AS SELECT count(*) FROM visits; END $$;
CREATE TABLE t AS SELECT * FROM mine;
DROP TABLE t;

-- a materialized view from before the table was protected
SET SESSION AUTHORIZATION regress_cr_cmd_owner;
CREATE TABLE later (person int);
GRANT SELECT ON later TO regress_cr_cmd_analyst;
SET SESSION AUTHORIZATION regress_cr_cmd_analyst;
CREATE MATERIALIZED VIEW m AS SELECT count(*) FROM later;
SET SESSION AUTHORIZATION regress_cr_cmd_owner;
SELECT cleanroom.protect('later', 'person', 10);
SET SESSION AUTHORIZATION regress_cr_cmd_analyst;
REFRESH MATERIALIZED VIEW m;
DROP MATERIALIZED VIEW m;

-- writing
INSERT INTO visits VALUES (1, 'r', 1);
INSERT INTO visits VALUES (1, 'r', 1) ON CONFLICT DO NOTHING;
UPDATE visits SET cost = 0;
DELETE FROM visits;
\echo :SQLSTATE
MERGE INTO visits USING mine ON false WHEN NOT MATCHED THEN DO NOTHING;
MERGE INTO mine m USING by_region b ON m.region = b.region
    WHEN MATCHED THEN UPDATE SET n = b.n;
INSERT INTO mine SELECT * FROM by_region;
WITH w AS (DELETE FROM visits RETURNING 1) SELECT count(*) FROM w;
INSERT INTO raw_rows VALUES (1, 'r', 1);
UPDATE raw_rows SET cost = 0;
TRUNCATE visits;
TRUNCATE mine, visits;
\echo :SQLSTATE

-- locks
BEGIN;
LOCK TABLE visits;
\echo :SQLSTATE
ROLLBACK;
BEGIN;
LOCK TABLE raw_rows IN ACCESS SHARE MODE;
ROLLBACK;
BEGIN;
LOCK TABLE mine;
COMMIT;
-- views that lead to one another in a circle, as CREATE OR REPLACE lets them
CREATE VIEW around AS SELECT 1 AS x;
CREATE VIEW and_round AS SELECT * FROM around;
CREATE OR REPLACE VIEW around AS SELECT * FROM and_round;
BEGIN;
LOCK TABLE around;
COMMIT;
CREATE OR REPLACE VIEW around AS
    SELECT x FROM and_round UNION ALL SELECT cost FROM raw_rows;
BEGIN;
LOCK TABLE and_round;
ROLLBACK;
DROP VIEW around CASCADE;
SELECT region FROM visits FOR UPDATE;

-- foreign keys tell which values are there, triggers see what others write
CREATE TABLE probe (person int, cost int,
    FOREIGN KEY (person, cost) REFERENCES visits (person, cost));
CREATE TABLE probe (person int, cost int);
ALTER TABLE probe ADD FOREIGN KEY (person, cost)
    REFERENCES visits (person, cost) NOT VALID;
CREATE TABLE probe_2 (region text REFERENCES mine);
CREATE FUNCTION peek() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE NOTICE '%', NEW; RETURN NEW; END $$;
CREATE TRIGGER peek BEFORE INSERT ON visits
    FOR EACH ROW EXECUTE FUNCTION peek();
CREATE TRIGGER peek BEFORE INSERT ON probe
    FOR EACH ROW EXECUTE FUNCTION peek();
-- these PostgreSQL itself leaves to the owner
CREATE RULE r AS ON INSERT TO visits DO ALSO NOTHING;
CREATE INDEX ON visits (cost);
CREATE STATISTICS s ON person, cost FROM visits;
CREATE POLICY p ON visits USING (true);
ALTER TABLE visits DISABLE ROW LEVEL SECURITY;
CREATE TABLE child () INHERITS (visits);

-- cursors, prepared statements and functions go through the gate
BEGIN;
DECLARE c CURSOR FOR SELECT region, n FROM by_region ORDER BY region;
FETCH ALL FROM c;
CLOSE c;
DECLARE c CURSOR FOR SELECT * FROM visits;
ROLLBACK;
PREPARE raw AS SELECT * FROM visits;
EXECUTE raw;
DO $$ BEGIN PERFORM cost FROM visits; END $$;
DO $$ DECLARE r record; BEGIN
    FOR r IN SELECT region, n FROM by_region ORDER BY region LOOP
        RAISE NOTICE '% %', r.region, r.n;
    END LOOP;
END $$;
-- a statement prepared by the owner is judged anew for the analyst
SET SESSION AUTHORIZATION regress_cr_cmd_owner;
RESET SESSION AUTHORIZATION;
GRANT regress_cr_cmd_analyst TO regress_cr_cmd_owner;
SET SESSION AUTHORIZATION regress_cr_cmd_owner;
PREPARE owners AS SELECT cost FROM visits ORDER BY cost LIMIT 1;
EXECUTE owners;
SET ROLE regress_cr_cmd_analyst;
EXECUTE owners;
SET plan_cache_mode = force_generic_plan;
RESET ROLE;
EXECUTE owners;
SET ROLE regress_cr_cmd_analyst;
EXECUTE owners;
RESET ROLE;
RESET plan_cache_mode;
SET SESSION AUTHORIZATION regress_cr_cmd_analyst;

-- an index that leaves out matches at random, also once the query is planned
SET gin_fuzzy_search_limit = 20;
SELECT count(*) FROM visits;
SELECT count(*) FROM mine;
RESET gin_fuzzy_search_limit;
BEGIN;
DECLARE sampled CURSOR FOR SELECT count(*) FROM visits;
SET LOCAL gin_fuzzy_search_limit = 20;
FETCH sampled;
ROLLBACK;

-- settings that print plans or counts
SET debug_print_plan = on;
SELECT count(*) FROM visits;
SELECT count(*) FROM mine;
RESET debug_print_plan;
SET debug_print_parse = on;
SELECT count(*) FROM visits;
RESET debug_print_parse;
SET debug_print_rewritten = on;
SELECT count(*) FROM visits;
RESET debug_print_rewritten;
SET trace_sort = on;
SELECT count(*) FROM visits;
\echo :SQLSTATE
EXECUTE counted;
RESET trace_sort;
SET client_min_messages = log;
SELECT count(*) FROM visits;
RESET client_min_messages;
SELECT count(*) FROM visits;
-- where little is logged, such lines could not be kept from the client later
RESET SESSION AUTHORIZATION;
SET log_min_messages = fatal;
SET SESSION AUTHORIZATION regress_cr_cmd_analyst;
SELECT count(*) FROM visits;
RESET SESSION AUTHORIZATION;
RESET log_min_messages;
SET SESSION AUTHORIZATION regress_cr_cmd_analyst;
SELECT count(*) FROM visits;
-- a key of many terms does not keep the gate busy
SELECT rtrim(repeat('region||', 2000), '|') AS long \gset
SET statement_timeout = '20s';
\set ECHO none
SELECT count(*) FROM (SELECT :long, count(*) FROM visits GROUP BY 1) x;
\set ECHO all
RESET statement_timeout;
-- turned on by the query itself while it runs: the lines stay on the server
BEGIN;
WITH s AS MATERIALIZED (
    SELECT set_config('client_min_messages', 'log', true) AS a,
           set_config('trace_sort', 'on', true) AS b)
SELECT a, b, (SELECT count(*) FROM (SELECT region, count(*) FROM visits
        GROUP BY region ORDER BY count(*) OFFSET 0) v) AS n FROM s;
ROLLBACK;
-- turned on by a function that the planner evaluates: the plan, estimates
-- included, would be printed before the query is started
RESET SESSION AUTHORIZATION;
CREATE FUNCTION cmd.while_planned(name text, value text) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config(name, value, false);
    RETURN 1;
END $$;
SET SESSION AUTHORIZATION regress_cr_cmd_analyst;
SELECT n, cmd.while_planned('debug_print_plan', 'on') FROM (SELECT count(*) AS n FROM visits) v;
\echo :SQLSTATE
SHOW debug_print_plan;
SELECT n, cmd.while_planned('client_min_messages', 'log') FROM (SELECT count(*) AS n FROM visits) v;
PREPARE planned AS SELECT n, cmd.while_planned('debug_print_plan', 'on') FROM (SELECT count(*) AS n FROM visits) v;
EXECUTE planned;
-- both at once, as they would be sent; nothing that the function runs is planned
-- after it has switched them on
RESET SESSION AUTHORIZATION;
CREATE FUNCTION cmd.prints_the_plan() RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$
DECLARE
    result int := 1;
BEGIN
    PERFORM set_config('debug_print_plan', 'on', false), set_config('client_min_messages', 'log', false);
    RETURN result;
END $$;
SET SESSION AUTHORIZATION regress_cr_cmd_analyst;
SELECT n, cmd.prints_the_plan() FROM (SELECT count(*) AS n FROM visits) v;
SELECT n, cmd.while_planned('work_mem', '5MB') FROM (SELECT count(*) AS n FROM visits) v;
RESET work_mem;
-- predicate locks, in pg_locks, tell which rows were read
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT count(*) FROM visits;
ROLLBACK;
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT count(*) FROM visits;
COMMIT;

-- switched off, it lets nobody through
RESET SESSION AUTHORIZATION;
SET cleanroom.enabled = off;
SET SESSION AUTHORIZATION regress_cr_cmd_analyst;
SELECT count(*) FROM visits;
RESET SESSION AUTHORIZATION;
SET cleanroom.enabled = on;

-- when reshape forgets the guard, the executor check finds out (test builds)
SET cleanroom.debug_forget_guard = on;
SET SESSION AUTHORIZATION regress_cr_cmd_analyst;
SELECT region, count(*) FROM visits GROUP BY region;
\echo :SQLSTATE
RESET SESSION AUTHORIZATION;
SET cleanroom.debug_forget_guard = off;

-- the owner, and superusers, are not bound
SET SESSION AUTHORIZATION regress_cr_cmd_owner;
COPY (SELECT * FROM visits ORDER BY cost LIMIT 1) TO STDOUT;
EXPLAIN (COSTS OFF) SELECT count(*) FROM visits;
CREATE TABLE copied AS SELECT * FROM visits;
BEGIN;
LOCK TABLE visits;
UPDATE visits SET cost = -cost;
TRUNCATE visits;
ROLLBACK;
RESET SESSION AUTHORIZATION;
COPY (SELECT count(*) FROM cmd.visits) TO STDOUT;
EXPLAIN (COSTS OFF) SELECT count(*) FROM cmd.visits;

-- what becomes part of a protected table is closed with it
SET SESSION AUTHORIZATION regress_cr_cmd_owner;
CREATE TABLE parts (k int, person int) PARTITION BY LIST (k);
CREATE TABLE mother (person int);
SELECT cleanroom.protect('parts', 'person', 10);
SELECT cleanroom.protect('mother', 'person', 10);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
CREATE TABLE parts_2 PARTITION OF parts FOR VALUES IN (2) PARTITION BY LIST (person);
CREATE TABLE parts_2_7 PARTITION OF parts_2 FOR VALUES IN (7);
CREATE TABLE parts_3 (person int, k int);
ALTER TABLE parts ATTACH PARTITION parts_3 FOR VALUES IN (3);
CREATE TABLE child_1 () INHERITS (mother);
CREATE TABLE child_2 (person int);
ALTER TABLE child_2 INHERIT mother;
CREATE TEMP TABLE mother () INHERITS (cmd.mother);
CREATE TABLE alone (person int);
SELECT relname, relrowsecurity AS closed, (SELECT string_agg(polname, ' ' ORDER BY polname)
        FROM pg_policy WHERE polrelid = c.oid) AS policies
    FROM pg_class c
    WHERE relname ~ '^(parts|mother|child|alone)' AND relkind IN ('r', 'p')
    ORDER BY relname, relnamespace = 'cmd'::regnamespace DESC;
GRANT SELECT ON parts_3, child_2 TO regress_cr_cmd_analyst;
SET SESSION AUTHORIZATION regress_cr_cmd_analyst;
SELECT * FROM parts_3;
COPY child_2 TO STDOUT;
RESET SESSION AUTHORIZATION;

-- maintenance by a database owner who is not the table's: no counts
CREATE ROLE regress_cr_cmd_dba;
GRANT USAGE ON SCHEMA cmd TO regress_cr_cmd_dba;
SELECT rolname AS dba FROM pg_database d JOIN pg_roles r ON r.oid = datdba
    WHERE datname = current_database() \gset
ALTER DATABASE :"DBNAME" OWNER TO regress_cr_cmd_dba;
SET SESSION AUTHORIZATION regress_cr_cmd_dba;
VACUUM (VERBOSE) cmd.visits;
ANALYZE VERBOSE cmd.visits;
-- it names the first that it meets, whichever that is
\set VERBOSITY sqlstate
VACUUM VERBOSE;
\set VERBOSITY default
VACUUM cmd.visits;
RESET SESSION AUTHORIZATION;
ALTER DATABASE :"DBNAME" OWNER TO :dba;

SET client_min_messages = warning;
DROP SCHEMA cmd CASCADE;
DROP OWNED BY regress_cr_cmd_owner, regress_cr_cmd_analyst;
DROP ROLE regress_cr_cmd_owner, regress_cr_cmd_analyst, regress_cr_cmd_dba;
