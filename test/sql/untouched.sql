-- A query on protected rows does not change the pages of other tables by what
-- it reads of them.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_ut_owner;
CREATE ROLE regress_cr_ut_analyst;
CREATE SCHEMA regress_cr_ut;
GRANT ALL ON SCHEMA regress_cr_ut TO regress_cr_ut_owner, regress_cr_ut_analyst;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_ut_owner, regress_cr_ut_analyst;
SET search_path = regress_cr_ut, pg_catalog;
SET SESSION AUTHORIZATION regress_cr_ut_owner;
CREATE TABLE patients (patient int PRIMARY KEY, city text NOT NULL,
                       age int NOT NULL);
-- nobody but one is 99
INSERT INTO patients SELECT p, 'Oslo', 20 + p % 60 FROM generate_series(1, 300) p;
INSERT INTO patients VALUES (901, 'Oslo', 99);
SELECT cleanroom.protect('patients', 'patient', 5, dimensions => '{city}',
                         filters => '{age}', join_keys => '{patient}');
GRANT SELECT ON patients TO regress_cr_ut_analyst;
SET SESSION AUTHORIZATION regress_cr_ut_analyst;
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SET enable_seqscan = off;
SET enable_bitmapscan = off;


-- Is the next row stored where a reader has made room?  Two of the page's
-- four rows are deleted by their place, so that nobody has looked.
CREATE TABLE page (q int PRIMARY KEY, v int NOT NULL,
                   x text NOT NULL) WITH (autovacuum_enabled = off);
ALTER TABLE page ALTER x SET STORAGE PLAIN;
CREATE TABLE places (what text, one boolean, place text);
\set fill 'TRUNCATE page; INSERT INTO page SELECT q, 0, repeat(''a'', 1950) FROM unnest(''{901,904,905,906}''::int[]) q;'
\set delete 'DELETE FROM page WHERE ctid = ''(0,4)''; DELETE FROM page WHERE ctid = ''(0,3)'';'
\set ask 'SELECT city, count(*) FROM patients JOIN page ON q = patient WHERE age = '

:fill
:delete
:ask 99 GROUP BY city;
UPDATE page SET v = 1 WHERE ctid = '(0,2)' RETURNING ctid AS place \gset
INSERT INTO places VALUES ('row', true, :'place');
:fill
:delete
:ask 98 GROUP BY city;
UPDATE page SET v = 1 WHERE ctid = '(0,2)' RETURNING ctid AS place \gset
INSERT INTO places VALUES ('row', false, :'place');

-- Does an index grow, or has a reader marked an entry of it as dead?  Its one
-- page is filled up, row by row.
CREATE TABLE entries (q int PRIMARY KEY) WITH (autovacuum_enabled = off);
\set fill 'TRUNCATE entries; INSERT INTO entries SELECT q FROM generate_series(1000, 1404) q; INSERT INTO entries VALUES (901);'
\set ask 'SELECT city, count(*) FROM patients JOIN entries ON q = patient WHERE age = '
:fill
DELETE FROM entries WHERE ctid >= '(0,1)';
INSERT INTO entries VALUES (902);
:ask 99 GROUP BY city;
INSERT INTO entries VALUES (903);
INSERT INTO places VALUES ('entry', true, pg_relation_size('entries_pkey'));
:fill
DELETE FROM entries WHERE ctid >= '(0,1)';
INSERT INTO entries VALUES (902);
:ask 98 GROUP BY city;
INSERT INTO entries VALUES (903);
INSERT INTO places VALUES ('entry', false, pg_relation_size('entries_pkey'));

-- and where a subquery asks whether there is a row
\set ask 'SELECT count(*) FROM patients WHERE patient IN (SELECT q FROM entries) AND age = '
:fill
DELETE FROM entries WHERE ctid >= '(0,1)';
INSERT INTO entries VALUES (902);
:ask 99;
INSERT INTO entries VALUES (903);
INSERT INTO places VALUES ('asked', true, pg_relation_size('entries_pkey'));
:fill
DELETE FROM entries WHERE ctid >= '(0,1)';
INSERT INTO entries VALUES (902);
:ask 98;
INSERT INTO entries VALUES (903);
INSERT INTO places VALUES ('asked', false, pg_relation_size('entries_pkey'));

-- nor do scans mark any that workers were to share
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET min_parallel_index_scan_size = 0;
SET enable_material = off;
SET enable_memoize = off;
\set ask 'SELECT city, count(*) FROM patients JOIN (SELECT q, count(*) FROM entries WHERE q > 0 GROUP BY q OFFSET 0) e ON q = patient WHERE age = '
:fill
DELETE FROM entries WHERE ctid >= '(0,1)';
INSERT INTO entries VALUES (902);
:ask 99 GROUP BY city;
INSERT INTO entries VALUES (903);
INSERT INTO places VALUES ('shared', true, pg_relation_size('entries_pkey'));
:fill
DELETE FROM entries WHERE ctid >= '(0,1)';
INSERT INTO entries VALUES (902);
:ask 98 GROUP BY city;
INSERT INTO entries VALUES (903);
INSERT INTO places VALUES ('shared', false, pg_relation_size('entries_pkey'));
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
RESET min_parallel_index_scan_size;

-- a table of the same owner that the analyst may write to
RESET SESSION AUTHORIZATION;
ALTER TABLE page OWNER TO regress_cr_ut_owner;
GRANT ALL ON page TO regress_cr_ut_analyst;
SET SESSION AUTHORIZATION regress_cr_ut_analyst;
\set fill 'TRUNCATE page; INSERT INTO page SELECT q, 0, repeat(''a'', 1950) FROM unnest(''{901,904,905,906}''::int[]) q;'
\set ask 'SELECT city, count(*) FROM patients JOIN page ON q = patient WHERE age = '
:fill
:delete
:ask 99 GROUP BY city;
UPDATE page SET v = 1 WHERE ctid = '(0,2)' RETURNING ctid AS place \gset
INSERT INTO places VALUES ('owner''s', true, :'place');
:fill
:delete
:ask 98 GROUP BY city;
UPDATE page SET v = 1 WHERE ctid = '(0,2)' RETURNING ctid AS place \gset
INSERT INTO places VALUES ('owner''s', false, :'place');

-- alike for one person and for nobody
SELECT what, count(DISTINCT place) FROM places GROUP BY what ORDER BY what;

-- what is there is found all the same, forwards, backwards and again
INSERT INTO entries SELECT q FROM generate_series(1, 300) q;
SELECT city, count(*) FROM patients JOIN entries ON q = patient GROUP BY city;
SELECT count(*) FROM patients WHERE patient IN (SELECT q FROM entries WHERE q < 100);
PREPARE again AS
SELECT count(*) FROM patients JOIN entries ON q = patient WHERE age < 40;
EXECUTE again;
EXECUTE again;
BEGIN;
DECLARE c SCROLL CURSOR FOR
SELECT city, count(*) FROM patients JOIN entries ON q = patient GROUP BY city;
FETCH ALL FROM c;
FETCH BACKWARD ALL FROM c;
COMMIT;

RESET SESSION AUTHORIZATION;
DROP SCHEMA regress_cr_ut CASCADE;
DROP OWNED BY regress_cr_ut_owner, regress_cr_ut_analyst;
DROP ROLE regress_cr_ut_owner, regress_cr_ut_analyst;
