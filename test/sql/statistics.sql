-- The server's counts of tuples and blocks: they tell what a query whose
-- result was withheld has matched.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_stat_owner;
CREATE ROLE regress_cr_stat_analyst;
CREATE SCHEMA stat;
GRANT ALL ON SCHEMA stat TO regress_cr_stat_owner, regress_cr_stat_analyst;
GRANT USAGE ON SCHEMA cleanroom
    TO regress_cr_stat_owner, regress_cr_stat_analyst;
SET search_path = stat, pg_catalog;
SET SESSION AUTHORIZATION regress_cr_stat_owner;
CREATE TABLE visits (person int, region text, cost int);
CREATE INDEX visits_region ON visits (region);
INSERT INTO visits SELECT i % 100, 'r' || i % 2, i FROM generate_series(1, 400) i;
INSERT INTO visits SELECT i, 'rare', i FROM generate_series(1, 7) i;
SELECT cleanroom.protect('visits', 'person', 10,
    dimensions => '{region}', measures => '{cost}');
GRANT SELECT ON visits TO regress_cr_stat_analyst;
SET SESSION AUTHORIZATION regress_cr_stat_analyst;
CREATE TABLE mine (a int, b text);
INSERT INTO mine VALUES (1, 'x'), (2, 'y');
RESET client_min_messages;

-- a withheld group leaves no trace that the analyst could read
BEGIN;
SET LOCAL enable_seqscan = off;
SET LOCAL enable_bitmapscan = off;
SELECT region, count(*) FROM visits WHERE region = 'rare' GROUP BY region;
SAVEPOINT s;
SELECT seq_tup_read, idx_tup_fetch FROM pg_stat_xact_user_tables
    WHERE relname = 'visits';
\echo :SQLSTATE
ROLLBACK TO s;
SELECT pg_stat_get_xact_tuples_fetched('visits'::regclass);
ROLLBACK TO s;
SELECT pg_stat_get_xact_tuples_returned('visits_region'::regclass);
ROLLBACK TO s;
SELECT pg_stat_get_xact_blocks_fetched('visits_region'::regclass);
ROLLBACK;

-- nor is it counted, as the server adds up for the whole database what it
-- counts for relations
CREATE FUNCTION pick(c refcursor) RETURNS text LANGUAGE plpgsql AS
    $$ DECLARE r record; BEGIN FETCH c INTO r; RETURN r::text; END $$;
RESET SESSION AUTHORIZATION;
CREATE FUNCTION counted(OUT rows_read bigint, OUT blocks_read bigint)
    LANGUAGE sql BEGIN ATOMIC
    SELECT sum(pg_stat_get_xact_tuples_returned(o) + pg_stat_get_xact_tuples_fetched(o)),
           sum(pg_stat_get_xact_blocks_fetched(o))
        FROM unnest('{visits, visits_region}'::regclass[]) o;
END;
SELECT pg_stat_force_next_flush();
BEGIN;
SET LOCAL enable_seqscan = off;
SELECT * FROM counted();
SET LOCAL ROLE regress_cr_stat_analyst;
SELECT region, count(*) FROM visits WHERE region = 'rare' GROUP BY region;
SELECT count(*) FROM visits;
DECLARE c CURSOR FOR SELECT region, count(*) FROM visits WHERE region <> 'r0'
    GROUP BY region;
-- opened by others before it is read
SELECT pg_relation_size('visits') > 0 AND pg_relation_size('visits_region') > 0
    AS opened;
SELECT pick('c');
CLOSE c;
RESET ROLE;
SELECT * FROM counted();
-- the owner is counted
SELECT count(*) FROM visits;
SELECT rows_read > 400 AS more FROM counted();
ROLLBACK;
DROP FUNCTION counted;
SET SESSION AUTHORIZATION regress_cr_stat_analyst;

-- the other views, the index's and the TOAST table's numbers
SELECT n_live_tup FROM pg_stat_user_tables WHERE relname = 'visits';
SELECT idx_tup_read FROM pg_stat_user_indexes WHERE relname = 'visits';
SELECT heap_blks_hit FROM pg_statio_user_tables WHERE relname = 'visits';
SELECT idx_blks_hit FROM pg_statio_user_indexes WHERE relname = 'visits';
SELECT pg_stat_get_blocks_hit(reltoastrelid) FROM pg_class
    WHERE oid = 'visits'::regclass;
SELECT pg_stat_get_blocks_hit(i.indexrelid) FROM pg_class c
    JOIN pg_index i ON i.indrelid = c.reltoastrelid
    WHERE c.oid = 'visits'::regclass;
-- names, times and sizes do not count rows that a query has matched
SELECT relname, last_vacuum FROM pg_stat_user_tables WHERE relname = 'visits';
SELECT pg_relation_size('visits') > 0 AS size;

-- one's own tables count as ever
BEGIN;
SELECT count(*) FROM mine;
SELECT relname, seq_scan, seq_tup_read FROM pg_stat_xact_user_tables
    WHERE relname = 'mine';
SELECT pg_stat_get_xact_tuples_returned('mine'::regclass);
SELECT relid::regclass, seq_tup_read FROM pg_stat_xact_all_tables
    WHERE relid <> 'visits'::regclass AND relname = 'mine';
COMMIT;
SELECT relname, n_live_tup >= 0 AS live FROM pg_stat_user_tables
    WHERE relid <> 'stat.visits'::regclass AND schemaname = 'stat';
SELECT pg_stat_get_live_tuples(0);
SELECT pg_stat_get_live_tuples(NULL);

-- by ways that do not pass through a query of the analyst's
SELECT v FROM pg_stat_get_xact_tuples_fetched('visits'::regclass) AS v;
SELECT (SELECT pg_stat_get_numscans(oid)) FROM pg_class
    WHERE oid = 'visits'::regclass;
CREATE VIEW counts AS
    SELECT pg_stat_get_tuples_returned('visits'::regclass) AS n;
SELECT n FROM counts;
CREATE FUNCTION inlined(oid) RETURNS bigint LANGUAGE sql STABLE AS
    'SELECT pg_stat_get_live_tuples($1)';
SELECT inlined('visits'::regclass);
CREATE FUNCTION in_plpgsql(oid) RETURNS bigint LANGUAGE plpgsql AS
    'BEGIN RETURN pg_stat_get_live_tuples($1); END';
SELECT in_plpgsql('visits'::regclass);
SELECT in_plpgsql('mine'::regclass) IS NOT NULL AS mine;
CREATE FUNCTION in_block(r oid) RETURNS bigint LANGUAGE plpgsql AS
    'DECLARE n bigint := pg_stat_get_live_tuples(r); BEGIN RETURN n; END';
SELECT in_block('visits'::regclass);
CREATE TABLE checked (r oid CHECK (pg_stat_get_live_tuples(r) <> 407));
INSERT INTO checked VALUES ('visits'::regclass);
PREPARE shown (bigint) AS SELECT $1;
EXECUTE shown (pg_stat_get_live_tuples('visits'::regclass));
PREPARE of_any (oid) AS SELECT pg_stat_get_live_tuples($1) IS NOT NULL;
EXECUTE of_any ('mine'::regclass);
EXECUTE of_any ('visits'::regclass);
CREATE TABLE defaulted (i int,
    n bigint DEFAULT pg_stat_get_live_tuples('stat.visits'::regclass));
INSERT INTO defaulted (i) VALUES (1);
-- the stand-in itself is no way to call other functions
SELECT cleanroom.relation_statistic('pg_stat_get_live_tuples(oid)'::regprocedure,
    'visits'::regclass);
SELECT cleanroom.relation_statistic('pg_relation_filenode(regclass)'::regprocedure,
    'mine'::regclass);

-- calls of the guards' own functions, one a row
SELECT pg_stat_get_xact_function_calls(p.oid) FROM pg_proc p
    WHERE p.pronamespace = 'cleanroom'::regnamespace LIMIT 1;
SELECT pg_stat_get_xact_function_calls('in_plpgsql'::regproc) AS calls;

-- the owner, and superusers, see what they always saw
SET SESSION AUTHORIZATION regress_cr_stat_owner;
BEGIN;
SELECT count(*) FROM visits;
SELECT seq_tup_read >= 407 AS counted FROM pg_stat_xact_user_tables
    WHERE relname = 'visits';
COMMIT;
RESET SESSION AUTHORIZATION;
BEGIN;
SELECT count(*) FROM stat.visits;
SELECT seq_tup_read >= 407 AS counted FROM pg_stat_xact_user_tables
    WHERE relname = 'visits';
SELECT pg_stat_get_xact_tuples_returned('stat.visits'::regclass) >= 407 AS counted;
COMMIT;
-- calls of functions: a row policy's, and ours, are called once for each row
SET track_functions = 'all';
CREATE FUNCTION stat.seen(region text) RETURNS bool LANGUAGE plpgsql IMMUTABLE
    SET search_path = pg_catalog, pg_temp AS $$BEGIN RETURN region IS NOT NULL; END$$;
SET SESSION AUTHORIZATION regress_cr_stat_owner;
SELECT cleanroom.add_row_policy('stat.visits', 'seen', 'stat.seen(region)');
SET SESSION AUTHORIZATION regress_cr_stat_analyst;
BEGIN;
SELECT region, count(*) FROM stat.visits WHERE region = 'rare' AND length(region) > 1 GROUP BY 1;
SELECT region, count(*) FROM stat.visits GROUP BY 1 ORDER BY 1;
SELECT pg_stat_get_xact_function_calls('stat.seen(text)'::regprocedure);
SELECT funcname, calls FROM pg_stat_xact_user_functions WHERE schemaname <> 'cleanroom';
SELECT proname FROM pg_proc WHERE pronamespace = 'cleanroom'::regnamespace AND
    (pg_stat_get_xact_function_self_time(oid) IS NOT NULL OR pg_stat_get_xact_function_total_time(oid) IS NOT NULL)
    AND proname ~ '^(total|units|enough|unlike|gate|open|canonical)' ORDER BY 1;
-- other functions' calls are counted, before and after
SELECT stat.seen('x'), current_setting('track_functions'), current_setting('track_counts');
SELECT funcname, calls FROM pg_stat_xact_user_functions WHERE schemaname <> 'cleanroom';
COMMIT;
RESET SESSION AUTHORIZATION;
RESET track_functions;
-- planned for a superuser, executed for somebody else: not known whom about
PREPARE of_superuser (oid) AS SELECT pg_stat_get_live_tuples($1) IS NOT NULL;
SET plan_cache_mode = force_generic_plan;
EXECUTE of_superuser ('stat.mine'::regclass);
SET ROLE regress_cr_stat_analyst;
EXECUTE of_superuser ('stat.visits'::regclass);
RESET ROLE;
RESET plan_cache_mode;

SET client_min_messages = warning;
DROP SCHEMA stat CASCADE;
DROP OWNED BY regress_cr_stat_owner, regress_cr_stat_analyst;
DROP ROLE regress_cr_stat_owner, regress_cr_stat_analyst;
