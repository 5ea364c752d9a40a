-- Ways round the gate by way of the server: what it counts, what its own
-- functions look into, what foreign keys ask, what ANALYZE has sampled.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_srv_owner;
CREATE ROLE regress_cr_srv_analyst NOINHERIT;
CREATE ROLE regress_cr_srv_monitor;
CREATE ROLE regress_cr_srv_reader;
GRANT pg_monitor TO regress_cr_srv_monitor;
GRANT pg_read_all_data TO regress_cr_srv_reader;
GRANT regress_cr_srv_monitor, regress_cr_srv_reader TO regress_cr_srv_analyst;
CREATE SCHEMA srv;
CREATE SCHEMA srv_own;
GRANT ALL ON SCHEMA srv TO regress_cr_srv_owner;
GRANT ALL ON SCHEMA srv_own TO regress_cr_srv_analyst;
GRANT USAGE ON SCHEMA srv TO regress_cr_srv_analyst, regress_cr_srv_monitor,
    regress_cr_srv_reader;
GRANT USAGE ON SCHEMA srv_own TO regress_cr_srv_owner, regress_cr_srv_monitor,
    regress_cr_srv_reader;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_srv_owner,
    regress_cr_srv_analyst, regress_cr_srv_monitor;
SET search_path = srv, srv_own, pg_catalog;
\set VERBOSITY terse
\pset tuples_only on
\pset format unaligned

SET SESSION AUTHORIZATION regress_cr_srv_owner;
SET search_path = srv, pg_catalog;
CREATE TABLE people (person int PRIMARY KEY, region text, age int,
    income int, secret text);
INSERT INTO people SELECT i, CASE WHEN i <= 97 THEN 'north' ELSE 'south' END,
        20 + i / 50 * 10, i, 'canary' || i
    FROM generate_series(1, 200) i;
INSERT INTO people SELECT 1000 + i, 'tiny', 99, 777777, 'canary'
    FROM generate_series(0, 2) i;
CREATE INDEX people_region ON people (region);
CREATE INDEX people_secret ON people (lower(secret));
CREATE STATISTICS people_mcv (mcv) ON region, age FROM people;
ANALYZE people;
GRANT ALL ON people TO regress_cr_srv_analyst, regress_cr_srv_monitor,
    regress_cr_srv_reader;

-- keys to and from the table, from before it was protected
SET SESSION AUTHORIZATION regress_cr_srv_analyst;
SET search_path = srv_own, srv, pg_catalog;
CREATE TABLE refers (person int REFERENCES people, note text);
CREATE TABLE refers_late (person int REFERENCES people
    DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE refers_unchecked (person int);
INSERT INTO refers_unchecked VALUES (5000);
ALTER TABLE refers_unchecked ADD CONSTRAINT later FOREIGN KEY (person)
    REFERENCES people NOT VALID;
CREATE TABLE refers_parts (person int REFERENCES people, k int)
    PARTITION BY LIST (k);
CREATE TABLE refers_part PARTITION OF refers_parts DEFAULT;
CREATE TABLE refers_more (person int, k int);
INSERT INTO refers VALUES (1), (NULL);
PREPARE early_refer(int) AS INSERT INTO refers VALUES ($1);
EXECUTE early_refer(2);
CREATE TABLE above (k text PRIMARY KEY);
INSERT INTO above VALUES ('x');
CREATE TABLE regions (region text PRIMARY KEY
    REFERENCES above (k) ON DELETE CASCADE);
INSERT INTO above VALUES ('north'), ('south'), ('tiny'), ('nobody');
INSERT INTO regions VALUES ('north'), ('south'), ('tiny'), ('nobody');
GRANT ALL ON refers, refers_late, regions TO regress_cr_srv_owner;
SET SESSION AUTHORIZATION regress_cr_srv_owner;
ALTER TABLE people ADD FOREIGN KEY (region) REFERENCES regions;
SELECT cleanroom.protect('people', 'person', 10,
    dimensions => '{region, age}', measures => '{income}',
    join_keys => '{person}');

-- ---------- the machine ----------
SET SESSION AUTHORIZATION regress_cr_srv_analyst;
CREATE FUNCTION outcome(probe text, INOUT role name DEFAULT NULL,
                        OUT result text)
    RETURNS record LANGUAGE plpgsql AS $$
DECLARE
    r record;
    found text[] := '{}';
BEGIN
    IF role IS NOT NULL THEN
        EXECUTE format('SET LOCAL ROLE %I', role);
    END IF;
    IF probe ~* '^\s*(select|with|values|.*returning)' THEN
        FOR r IN EXECUTE probe LOOP
            found := found || r::text;
        END LOOP;
    ELSE
        EXECUTE probe;
    END IF;
    result := COALESCE('rows: ' || array_to_string(found, ' '), 'done');
    RESET ROLE;
EXCEPTION WHEN OTHERS THEN
    result := SQLSTATE || ': ' || SQLERRM;
END $$;
GRANT EXECUTE ON FUNCTION outcome TO PUBLIC;

-- ---------- counters of the analyst's own tables ----------
CREATE TABLE marked (k int PRIMARY KEY, mark text);
INSERT INTO marked SELECT i, 'm' || i % 2 FROM generate_series(1, 20000) i;
ANALYZE marked;
CREATE FUNCTION looked_up() RETURNS text LANGUAGE plpgsql AS $$ BEGIN
    RETURN concat_ws(' ',
        pg_stat_get_xact_numscans('srv_own.marked_pkey'::regclass),
        pg_stat_get_xact_tuples_returned('srv_own.marked_pkey'::regclass),
        pg_stat_get_xact_tuples_returned('srv_own.marked'::regclass),
        pg_stat_get_xact_tuples_fetched('srv_own.marked'::regclass),
        pg_stat_get_xact_blocks_fetched('srv_own.marked'::regclass),
        pg_stat_get_xact_blocks_hit('srv_own.marked_pkey'::regclass));
END $$;
-- each person that meets the condition is looked up in the list, by index
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SET enable_bitmapscan = off;
SET enable_material = off;
SET max_parallel_workers_per_gather = 0;
-- an honest neighbour: what reads no protected table is counted
BEGIN;
SELECT count(*) FROM marked WHERE k = 7;
SELECT looked_up() > '1 1';
ROLLBACK;
-- what was counted before the first of these stays
BEGIN;
SELECT split_part(looked_up(), ' ', 1) AS before \gset
SELECT count(*) FROM people JOIN marked ON k = person WHERE region = 'tiny';
SELECT split_part(looked_up(), ' ', 1) = :'before';
SELECT count(*) FROM people LEFT JOIN marked ON k = person WHERE region = 'tiny';
SELECT count(*) FROM people JOIN marked ON k = person AND mark = 'm1'
    WHERE region = 'tiny' AND age = 99;
SELECT split_part(looked_up(), ' ', 1) = :'before';
-- in one statement, before and after
WITH s AS MATERIALIZED (SELECT count(*) AS n FROM people
        JOIN marked ON k = person WHERE region = 'tiny')
SELECT (SELECT n FROM s), split_part(looked_up(), ' ', 1) = :'before';
-- a cursor, between whose fetches another statement opens the table
DECLARE c CURSOR FOR SELECT region, count(*) FROM people JOIN marked
    ON k = person GROUP BY region
    UNION ALL SELECT 'last', count(*) FROM people JOIN marked ON k = person
        WHERE region = 'tiny';
FETCH 1 FROM c;
SELECT count(*) FROM marked WHERE k = 7;
FETCH ALL FROM c;
CLOSE c;
SELECT split_part(looked_up(), ' ', 1) = :'before';
-- one that fails, and one that is left open
SAVEPOINT s;
DECLARE c CURSOR FOR SELECT count(*) FROM people JOIN marked ON k = person;
FETCH 1 FROM c;
ROLLBACK TO s;
SELECT split_part(looked_up(), ' ', 1) = :'before';
-- from here on counted again
SELECT count(*) FROM marked WHERE k = 7;
SELECT split_part(looked_up(), ' ', 1)::int = :'before'::int + 1;
COMMIT;
-- in functions of the analyst's too
CREATE FUNCTION withheld() RETURNS text LANGUAGE plpgsql AS $$
DECLARE n bigint; BEGIN
    SELECT count(*) INTO n FROM srv.people JOIN srv_own.marked ON k = person
        WHERE region = 'tiny';
    RETURN n;
END $$;
BEGIN;
SELECT split_part(looked_up(), ' ', 1) AS before \gset
SELECT withheld();
DO $$ BEGIN PERFORM withheld(); PERFORM withheld(); END $$;
SELECT split_part(looked_up(), ' ', 1) = :'before';
COMMIT;
-- with workers
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
BEGIN;
SELECT split_part(looked_up(), ' ', 1) AS before \gset
SELECT count(*) FROM people JOIN marked ON k = person WHERE region = 'tiny';
SELECT split_part(looked_up(), ' ', 1) = :'before';
COMMIT;
RESET ALL;
SET client_min_messages = error;
SET search_path = srv_own, srv, pg_catalog;
SELECT result FROM outcome('SELECT sum(seq_scan) FROM pg_stat_user_tables');
SELECT result FROM outcome('SELECT pg_stat_get_tuples_fetched(''srv.people''::regclass)');

-- ---------- functions that look inside ----------
SELECT result FROM outcome('SELECT currtid2(''srv.people'', ''(0,1)'')');
SELECT result FROM outcome('SELECT sum(used_bytes) FROM pg_backend_memory_contexts',
                      'regress_cr_srv_monitor');
SELECT result FROM outcome('SELECT * FROM pg_ls_tmpdir()', 'regress_cr_srv_monitor');
SELECT result FROM outcome('SELECT * FROM pg_ls_tmpdir(1663)', 'regress_cr_srv_monitor');
SELECT result FROM outcome('SELECT (SELECT count(*) FROM srv.people WHERE age = 99),
    (SELECT count(*) FROM pg_backend_memory_contexts)', 'regress_cr_srv_monitor');
SELECT result FROM outcome('SELECT * FROM pg_logical_slot_peek_changes(''s'', NULL, NULL)');
SELECT result FROM outcome('SELECT * FROM pg_logical_slot_get_binary_changes(''s'', NULL, NULL)');
-- honest neighbours
SELECT result FROM outcome('SELECT count(*) > 0 FROM pg_stat_activity',
                      'regress_cr_srv_monitor');
SELECT result FROM outcome('SELECT count(*) > 0 FROM pg_locks',
                      'regress_cr_srv_monitor');
SELECT result FROM outcome('SELECT pg_database_size(current_database()) > 0',
                      'regress_cr_srv_monitor');
-- modules of the server's that read pages
RESET SESSION AUTHORIZATION;
CREATE EXTENSION pgstattuple SCHEMA srv;
CREATE EXTENSION pgrowlocks SCHEMA srv;
SET SESSION AUTHORIZATION regress_cr_srv_analyst;
SELECT result FROM outcome('SELECT tuple_count FROM srv.pgstattuple(''srv.people'')',
                      'regress_cr_srv_monitor');
SELECT result FROM outcome('SELECT * FROM srv.pgrowlocks(''srv.people'')');
RESET SESSION AUTHORIZATION;
SELECT tuple_count FROM srv.pgstattuple('srv.people');
DROP EXTENSION pgstattuple, pgrowlocks;
SET SESSION AUTHORIZATION regress_cr_srv_analyst;

-- ---------- sampled values ----------
SELECT result FROM outcome('SELECT histogram_bounds::text FROM pg_stats
    WHERE tablename = ''people_secret''', 'regress_cr_srv_reader');
SELECT result FROM outcome('SELECT count(*) FROM pg_stats_ext', 'regress_cr_srv_reader');
SELECT result FROM outcome('SELECT count(*) FROM pg_stats_ext_exprs', 'regress_cr_srv_reader');
SELECT result FROM outcome('SELECT stxdmcv FROM pg_statistic_ext_data', 'regress_cr_srv_reader');
SELECT result FROM outcome('SELECT count(*) FROM pg_stats WHERE schemaname = ''srv''');
SELECT result FROM outcome('SELECT count(*) > 0 FROM pg_stats WHERE schemaname = ''srv_own''');

-- ---------- foreign keys ----------
-- is there a person 1000? 5000?
SELECT result FROM outcome('INSERT INTO refers VALUES (1000)');
SELECT result FROM outcome('INSERT INTO refers VALUES (5000)');
SELECT result FROM outcome('EXECUTE early_refer(1000)');
SELECT result FROM outcome('EXECUTE early_refer(5000)');
SELECT result FROM outcome('UPDATE refers SET person = 5000 WHERE person = 1');
SELECT result FROM outcome('UPDATE refers SET person = 1000 WHERE person = 1');
SELECT result FROM outcome('INSERT INTO refers_parts VALUES (1000, 1)');
SELECT result FROM outcome('INSERT INTO refers_part VALUES (5000, 1)');
SELECT result FROM outcome('WITH i AS (INSERT INTO refers VALUES (1000) RETURNING person) SELECT * FROM i');
SELECT result FROM outcome('MERGE INTO refers r USING (VALUES (5000)) v (x) ON r.person = x
    WHEN NOT MATCHED THEN INSERT VALUES (x)');
SELECT result FROM outcome('INSERT INTO refers_late VALUES (5000); SET CONSTRAINTS ALL IMMEDIATE');
SELECT result FROM outcome('ALTER TABLE refers_unchecked VALIDATE CONSTRAINT later');
SELECT result FROM outcome('ALTER TABLE refers_parts ATTACH PARTITION refers_more FOR VALUES IN (3)');
SELECT result FROM outcome('ALTER TABLE refers ALTER person TYPE bigint');
SELECT result FROM outcome('CREATE TABLE another (person int REFERENCES srv.people)');
COPY refers FROM stdin;
1000	x
\.
-- deferred to the end of a transaction, with COMMIT and without
BEGIN;
INSERT INTO refers_late VALUES (1000);
COMMIT;
INSERT INTO refers_late VALUES (5000);
DO $$ BEGIN INSERT INTO refers_late VALUES (5000); COMMIT; END $$;
-- is anybody in this region? in that?
SELECT result FROM outcome('DELETE FROM regions WHERE region = ''tiny''');
SELECT result FROM outcome('DELETE FROM regions WHERE region = ''nobody''');
SELECT result FROM outcome('ALTER TABLE regions ALTER region TYPE text USING CASE region WHEN ''tiny'' THEN ''-'' ELSE region END');
SELECT result FROM outcome('ALTER TABLE regions ALTER region TYPE text USING CASE region WHEN ''nobody'' THEN ''-'' ELSE region END');
SELECT result FROM outcome('ALTER TABLE regions ALTER region TYPE varchar');
SELECT result FROM outcome('UPDATE regions SET region = region || ''x'' WHERE region = ''nobody''');
SELECT result FROM outcome('TRUNCATE regions CASCADE');
-- by way of another key
SELECT result FROM outcome('DELETE FROM above WHERE k = ''tiny''');
SELECT result FROM outcome('DELETE FROM above WHERE k = ''nobody''');
-- honest neighbours: what asks nothing
SELECT result FROM outcome('INSERT INTO refers VALUES (NULL, ''y'')');
SELECT result FROM outcome('UPDATE refers SET note = ''z'' WHERE person = 1');
SELECT result FROM outcome('DELETE FROM refers WHERE person = 1');
SELECT result FROM outcome('INSERT INTO above VALUES (''new'')');
SELECT result FROM outcome('INSERT INTO regions VALUES (''new'')');
SELECT result FROM outcome('DELETE FROM above WHERE k = ''x''');
-- the owner, and whom the owner lets write
SET SESSION AUTHORIZATION regress_cr_srv_owner;
INSERT INTO refers VALUES (3);
INSERT INTO people VALUES (2001, 'north', 20, 1, 'x');
CREATE FUNCTION srv.write_reference(person int) RETURNS void LANGUAGE sql
    SECURITY DEFINER SET search_path = srv_own
    AS 'INSERT INTO refers VALUES (person)';
SET SESSION AUTHORIZATION regress_cr_srv_analyst;
SELECT write_reference(4);
SELECT person FROM refers WHERE person IN (3, 4) ORDER BY 1;

RESET SESSION AUTHORIZATION;
DEALLOCATE ALL;
RESET ALL;
SET client_min_messages = error;
DROP SCHEMA srv, srv_own CASCADE;
DROP OWNED BY regress_cr_srv_owner, regress_cr_srv_analyst,
    regress_cr_srv_monitor, regress_cr_srv_reader;
DROP ROLE regress_cr_srv_owner, regress_cr_srv_analyst,
    regress_cr_srv_monitor, regress_cr_srv_reader;
