-- Attacks that make single people weigh more than others, or that have the
-- server tell of them by what it leaves out: tables of weights that the
-- analyst protects, aggregates of each person's rows, joins of a table with
-- itself, tables between two protected ones, overflow, and queries that run
-- only where some row needs them.
--
-- Every statement runs in two worlds that differ in three people, of a
-- region, an age, purchases and incomes of their own.  It must be refused,
-- with a hint, or have the same outcome in both.  A few may differ: exact
-- aggregates over all people do.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_bw_owner;
CREATE ROLE regress_cr_bw_partner;
CREATE ROLE regress_cr_bw_analyst;
CREATE SCHEMA bw;
GRANT ALL ON SCHEMA bw TO regress_cr_bw_owner, regress_cr_bw_partner,
    regress_cr_bw_analyst;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_bw_owner,
    regress_cr_bw_partner, regress_cr_bw_analyst;
SET search_path = bw, pg_catalog;
\pset format unaligned
\pset tuples_only on

SET SESSION AUTHORIZATION regress_cr_bw_owner;
CREATE TABLE people (person int PRIMARY KEY, region text, age int, flag bool,
    score int, income int, small smallint, rate float8, sparse int);
CREATE TABLE buys (person int, shop text, amount int);
CREATE TABLE strict (person int, region text);
CREATE TABLE guarded (person int, income int);
CREATE FUNCTION fill(world int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    three int[] := CASE world WHEN 1 THEN '{1000,1001,1002}'::int[]
                              ELSE '{2000,2001,2002}' END;
BEGIN
    DELETE FROM people; DELETE FROM buys; DELETE FROM strict;
    DELETE FROM guarded;
    INSERT INTO people
    SELECT i, CASE WHEN i <= 97 THEN 'north' ELSE 'south' END,
           20 + i / 50 * 10, i % 2 = 0, i % 3, 30000 + i * 7919 % 1009,
           i % 100, i, NULL
    FROM generate_series(1, 200) i;
    INSERT INTO people
    SELECT t, CASE world WHEN 1 THEN 'tiny' ELSE 'other' END, 100 - world,
           true, 99, 777777 / world, 3000 / world, 5e9 / world, world
    FROM unnest(three) t;
    INSERT INTO buys SELECT i % 200 + 1, 'shop' || i % 2, i % 50
    FROM generate_series(1, 600) i;
    INSERT INTO buys SELECT three[1], CASE world WHEN 1 THEN 'solo'
                                      ELSE 'lone' END, 66
    FROM generate_series(1, 60 / world);
    INSERT INTO strict SELECT person, region FROM people;
    INSERT INTO guarded SELECT person, income FROM people;
END $$;
SELECT fill(1);
GRANT ALL ON ALL TABLES IN SCHEMA bw TO regress_cr_bw_analyst;
SELECT cleanroom.protect('people', 'person', 10,
    dimensions => '{region, age}',
    measures => '{income, small, rate, sparse}',
    filters => '{flag, score}', join_keys => '{person}');
SELECT cleanroom.protect('buys', 'person', 10, dimensions => '{shop}',
    measures => '{amount}', join_keys => '{person}');
SELECT cleanroom.protect('strict', 'person', 10, dimensions => '{region}',
    small_groups => 'refuse');
SELECT cleanroom.protect('guarded', 'person', 10, measures => '{income}',
    join_keys => '{person}', join_required => true);
SET SESSION AUTHORIZATION regress_cr_bw_partner;
CREATE TABLE clinic (person int PRIMARY KEY, diagnosis text, cost int);
INSERT INTO clinic SELECT i, 'd' || i % 2, i FROM generate_series(1, 150) i;
GRANT ALL ON clinic TO regress_cr_bw_analyst;
SELECT cleanroom.protect('clinic', 'person', 10,
    dimensions => '{diagnosis}', measures => '{cost}',
    join_keys => '{person}');

SET SESSION AUTHORIZATION regress_cr_bw_analyst;
CREATE TABLE mine (id int, person int, w int);
INSERT INTO mine SELECT i, i, 0 FROM generate_series(1, 50) i;
INSERT INTO mine SELECT 51, 1000, 1048576 FROM generate_series(1, 99);
CREATE TABLE mine_once (person int PRIMARY KEY, w int);
INSERT INTO mine_once SELECT i, 0 FROM generate_series(1, 50) i;
INSERT INTO mine_once VALUES (1000, 1048576);
SELECT cleanroom.protect('mine', 'id', 2, measures => '{w}',
    dimensions => '{id}', join_keys => '{person}');
SELECT cleanroom.protect('mine_once', 'person', 2, measures => '{w}',
    join_keys => '{person}');
CREATE TABLE keyed (k int PRIMARY KEY, lab text);
INSERT INTO keyed SELECT i, 'x' FROM generate_series(1, 150) i;
INSERT INTO keyed VALUES (1000, 'him');
CREATE TABLE bridge (k int PRIMARY KEY, x int);
INSERT INTO bridge SELECT i, least(i, 20) FROM generate_series(1, 200) i;
INSERT INTO bridge SELECT i, i - 980 FROM generate_series(1000, 1002) i;
CREATE TABLE regions (region text PRIMARY KEY);
INSERT INTO regions VALUES ('north'), ('south'), ('tiny'), ('other');

\getenv abs_srcdir PG_ABS_SRCDIR
\set included :abs_srcdir '/lib/worlds.sql'
\i :included
SELECT try('own', 'SELECT sum(m.w) FROM people p JOIN mine m ON m.person = p.person');
SELECT try('own', 'SELECT avg(m.w) FROM people p JOIN mine m ON m.person = p.person');
SELECT try('own', 'SELECT count(m.w) FROM people p JOIN mine m ON m.person = p.person');
SELECT try('own', 'SELECT count(*) FROM people p JOIN mine m ON m.person = p.person');
SELECT try('own', 'SELECT sum(p.income) FROM people p JOIN mine m ON m.person = p.person');
SELECT try('own', 'SELECT stddev(m.w) FROM people p JOIN mine m ON m.person = p.person');
SELECT try('own', 'SELECT sum(m.w) FILTER (WHERE p.flag) FROM people p JOIN mine m ON m.person = p.person');
SELECT try('own', 'SELECT sum(m.w * 2) FROM people p JOIN mine m ON m.person = p.person');
SELECT try('own', 'SELECT sum(p.income * m.w) FROM people p JOIN mine m ON m.person = p.person');
SELECT try('own', 'SELECT region, sum(m.w) FROM people p JOIN mine m ON m.person = p.person GROUP BY region');
SELECT try('own', 'SELECT sum(s) FROM (SELECT p.person, sum(m.w) AS s FROM people p JOIN mine m ON m.person = p.person GROUP BY p.person) u');
SELECT try('own', 'SELECT sum(s) FROM (SELECT p.person, count(*) AS s FROM people p JOIN mine m ON m.person = p.person GROUP BY p.person) u');
SELECT try('own', 'WITH m AS (SELECT person, w FROM mine) SELECT sum(m.w) FROM people p JOIN m ON m.person = p.person');
SELECT try('own', 'WITH m AS (SELECT person, sum(w) AS w FROM mine GROUP BY person) SELECT sum(m.w) FROM people p JOIN m ON m.person = p.person');
SELECT try('own', 'SELECT sum(m.w) FROM people p LEFT JOIN mine m ON m.person = p.person');
SELECT try('own', 'SELECT sum(m.w) FROM mine m LEFT JOIN people p ON m.person = p.person');
SELECT try('own', 'SELECT count(*) FROM people p, mine m WHERE p.person = m.person AND m.w > 0');
SELECT try('own', 'SELECT count(*) FROM people p LEFT JOIN mine m ON m.person = p.person AND m.w = 0');
SELECT try('own', 'SELECT m.id, count(*) FROM people p JOIN mine m ON m.person = p.person GROUP BY m.id');
SELECT try('own', 'SELECT m.w, count(*) FROM people p JOIN mine_once m ON m.person = p.person GROUP BY m.w');
SELECT try('own', 'SELECT sum(m.w) FROM people p JOIN mine_once m ON m.person = p.person');
SELECT try('own', 'SELECT sum(income) FROM guarded g JOIN mine_once m ON m.person = g.person');
SELECT try('own', 'SELECT count(*) FROM guarded g JOIN mine_once m USING (person)');
SELECT try('own', 'SELECT count(*) FROM guarded');
SELECT try('share', 'SELECT sum(n) FROM (SELECT person, count(*) FILTER (WHERE shop = ''solo'') AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(n) FROM (SELECT person, count(CASE WHEN shop = ''solo'' THEN 1 END) AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT avg(n), count(n), stddev(n) FROM (SELECT person, count(amount) FILTER (WHERE shop = ''solo'') AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(n), count(n) FROM (SELECT person, sum(amount) FILTER (WHERE shop = ''solo'') AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(n), count(n) FROM (SELECT person, avg(amount) FILTER (WHERE NOT (shop = ''solo'')) AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(n) FROM (SELECT person, count(*) - count(*) FILTER (WHERE shop = ''solo'') AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(n * n) FROM (SELECT person, count(*) FILTER (WHERE shop = ''solo'') AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(n + 1) FROM (SELECT person, count(*) FILTER (WHERE shop = ''solo'') AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(m) FROM (SELECT n * 2 AS m FROM (SELECT person, count(*) FILTER (WHERE shop = ''solo'') AS n FROM buys GROUP BY person) u) v');
SELECT try('share', 'WITH u AS (SELECT person, count(*) FILTER (WHERE shop = ''solo'') AS n FROM buys GROUP BY person), v AS (SELECT * FROM u) SELECT sum(n) FROM v');
SELECT try('share', 'SELECT p.region, sum(n) FROM people p JOIN (SELECT person, count(*) FILTER (WHERE shop = ''solo'') AS n FROM buys GROUP BY person) u ON u.person = p.person GROUP BY p.region');
SELECT try('share', 'SELECT sum(n) FILTER (WHERE n > 0) FROM (SELECT person, count(*) FILTER (WHERE shop = ''solo'') AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(n) FROM (SELECT person, count(*) FILTER (WHERE shop = ''solo'') AS n FROM buys GROUP BY person) u WHERE n > 0');
SELECT try('share', 'SELECT n, count(*) FROM (SELECT person, count(*) FILTER (WHERE shop = ''solo'') AS n FROM buys GROUP BY person) u GROUP BY n');
SELECT try('share', 'SELECT count(*) FROM (SELECT person FROM buys GROUP BY person HAVING count(*) FILTER (WHERE shop = ''solo'') > 0) u');
SELECT try('share', 'SELECT sum(n) FROM (SELECT person, count(*) FILTER (WHERE shop = ''solo'' AND true) AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(n) FROM (SELECT person, count(CASE WHEN shop = ''solo'' AND true THEN 1 END) AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT avg(n), count(n), stddev(n) FROM (SELECT person, count(amount) FILTER (WHERE shop = ''solo'' AND true) AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(n), count(n) FROM (SELECT person, sum(amount) FILTER (WHERE shop = ''solo'' AND true) AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(n), count(n) FROM (SELECT person, avg(amount) FILTER (WHERE NOT (shop = ''solo'' AND true)) AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(n) FROM (SELECT person, count(*) - count(*) FILTER (WHERE shop = ''solo'' AND true) AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(n * n) FROM (SELECT person, count(*) FILTER (WHERE shop = ''solo'' AND true) AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(n + 1) FROM (SELECT person, count(*) FILTER (WHERE shop = ''solo'' AND true) AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(m) FROM (SELECT n * 2 AS m FROM (SELECT person, count(*) FILTER (WHERE shop = ''solo'' AND true) AS n FROM buys GROUP BY person) u) v');
SELECT try('share', 'WITH u AS (SELECT person, count(*) FILTER (WHERE shop = ''solo'' AND true) AS n FROM buys GROUP BY person), v AS (SELECT * FROM u) SELECT sum(n) FROM v');
SELECT try('share', 'SELECT p.region, sum(n) FROM people p JOIN (SELECT person, count(*) FILTER (WHERE shop = ''solo'' AND true) AS n FROM buys GROUP BY person) u ON u.person = p.person GROUP BY p.region');
SELECT try('share', 'SELECT sum(n) FILTER (WHERE n > 0) FROM (SELECT person, count(*) FILTER (WHERE shop = ''solo'' AND true) AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(n) FROM (SELECT person, count(*) FILTER (WHERE shop = ''solo'' AND true) AS n FROM buys GROUP BY person) u WHERE n > 0');
SELECT try('share', 'SELECT n, count(*) FROM (SELECT person, count(*) FILTER (WHERE shop = ''solo'' AND true) AS n FROM buys GROUP BY person) u GROUP BY n');
SELECT try('share', 'SELECT count(*) FROM (SELECT person FROM buys GROUP BY person HAVING count(*) FILTER (WHERE shop = ''solo'' AND true) > 0) u');
SELECT try('share', 'SELECT sum(n) FROM (SELECT person, count(*) FILTER (WHERE shop IN (''solo'')) AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(n) FROM (SELECT person, count(CASE WHEN shop IN (''solo'') THEN 1 END) AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT avg(n), count(n), stddev(n) FROM (SELECT person, count(amount) FILTER (WHERE shop IN (''solo'')) AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(n), count(n) FROM (SELECT person, sum(amount) FILTER (WHERE shop IN (''solo'')) AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(n), count(n) FROM (SELECT person, avg(amount) FILTER (WHERE NOT (shop IN (''solo''))) AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(n) FROM (SELECT person, count(*) - count(*) FILTER (WHERE shop IN (''solo'')) AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(n * n) FROM (SELECT person, count(*) FILTER (WHERE shop IN (''solo'')) AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(n + 1) FROM (SELECT person, count(*) FILTER (WHERE shop IN (''solo'')) AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(m) FROM (SELECT n * 2 AS m FROM (SELECT person, count(*) FILTER (WHERE shop IN (''solo'')) AS n FROM buys GROUP BY person) u) v');
SELECT try('share', 'WITH u AS (SELECT person, count(*) FILTER (WHERE shop IN (''solo'')) AS n FROM buys GROUP BY person), v AS (SELECT * FROM u) SELECT sum(n) FROM v');
SELECT try('share', 'SELECT p.region, sum(n) FROM people p JOIN (SELECT person, count(*) FILTER (WHERE shop IN (''solo'')) AS n FROM buys GROUP BY person) u ON u.person = p.person GROUP BY p.region');
SELECT try('share', 'SELECT sum(n) FILTER (WHERE n > 0) FROM (SELECT person, count(*) FILTER (WHERE shop IN (''solo'')) AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(n) FROM (SELECT person, count(*) FILTER (WHERE shop IN (''solo'')) AS n FROM buys GROUP BY person) u WHERE n > 0');
SELECT try('share', 'SELECT n, count(*) FROM (SELECT person, count(*) FILTER (WHERE shop IN (''solo'')) AS n FROM buys GROUP BY person) u GROUP BY n');
SELECT try('share', 'SELECT count(*) FROM (SELECT person FROM buys GROUP BY person HAVING count(*) FILTER (WHERE shop IN (''solo'')) > 0) u');
SELECT try('share', 'SELECT sum(n) FROM (SELECT person, count(*) FILTER (WHERE NOT shop <> ''solo'') AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(n) FROM (SELECT person, count(CASE WHEN NOT shop <> ''solo'' THEN 1 END) AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT avg(n), count(n), stddev(n) FROM (SELECT person, count(amount) FILTER (WHERE NOT shop <> ''solo'') AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(n), count(n) FROM (SELECT person, sum(amount) FILTER (WHERE NOT shop <> ''solo'') AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(n), count(n) FROM (SELECT person, avg(amount) FILTER (WHERE NOT (NOT shop <> ''solo'')) AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(n) FROM (SELECT person, count(*) - count(*) FILTER (WHERE NOT shop <> ''solo'') AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(n * n) FROM (SELECT person, count(*) FILTER (WHERE NOT shop <> ''solo'') AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(n + 1) FROM (SELECT person, count(*) FILTER (WHERE NOT shop <> ''solo'') AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(m) FROM (SELECT n * 2 AS m FROM (SELECT person, count(*) FILTER (WHERE NOT shop <> ''solo'') AS n FROM buys GROUP BY person) u) v');
SELECT try('share', 'WITH u AS (SELECT person, count(*) FILTER (WHERE NOT shop <> ''solo'') AS n FROM buys GROUP BY person), v AS (SELECT * FROM u) SELECT sum(n) FROM v');
SELECT try('share', 'SELECT p.region, sum(n) FROM people p JOIN (SELECT person, count(*) FILTER (WHERE NOT shop <> ''solo'') AS n FROM buys GROUP BY person) u ON u.person = p.person GROUP BY p.region');
SELECT try('share', 'SELECT sum(n) FILTER (WHERE n > 0) FROM (SELECT person, count(*) FILTER (WHERE NOT shop <> ''solo'') AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(n) FROM (SELECT person, count(*) FILTER (WHERE NOT shop <> ''solo'') AS n FROM buys GROUP BY person) u WHERE n > 0');
SELECT try('share', 'SELECT n, count(*) FROM (SELECT person, count(*) FILTER (WHERE NOT shop <> ''solo'') AS n FROM buys GROUP BY person) u GROUP BY n');
SELECT try('share', 'SELECT count(*) FROM (SELECT person FROM buys GROUP BY person HAVING count(*) FILTER (WHERE NOT shop <> ''solo'') > 0) u');
SELECT try('share', 'SELECT sum(n) FROM (SELECT person, count(*) FILTER (WHERE shop = ''solo'' OR shop = ''nobody'') AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(n) FROM (SELECT person, count(CASE WHEN shop = ''solo'' OR shop = ''nobody'' THEN 1 END) AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT avg(n), count(n), stddev(n) FROM (SELECT person, count(amount) FILTER (WHERE shop = ''solo'' OR shop = ''nobody'') AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(n), count(n) FROM (SELECT person, sum(amount) FILTER (WHERE shop = ''solo'' OR shop = ''nobody'') AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(n), count(n) FROM (SELECT person, avg(amount) FILTER (WHERE NOT (shop = ''solo'' OR shop = ''nobody'')) AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(n) FROM (SELECT person, count(*) - count(*) FILTER (WHERE shop = ''solo'' OR shop = ''nobody'') AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(n * n) FROM (SELECT person, count(*) FILTER (WHERE shop = ''solo'' OR shop = ''nobody'') AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(n + 1) FROM (SELECT person, count(*) FILTER (WHERE shop = ''solo'' OR shop = ''nobody'') AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(m) FROM (SELECT n * 2 AS m FROM (SELECT person, count(*) FILTER (WHERE shop = ''solo'' OR shop = ''nobody'') AS n FROM buys GROUP BY person) u) v');
SELECT try('share', 'WITH u AS (SELECT person, count(*) FILTER (WHERE shop = ''solo'' OR shop = ''nobody'') AS n FROM buys GROUP BY person), v AS (SELECT * FROM u) SELECT sum(n) FROM v');
SELECT try('share', 'SELECT p.region, sum(n) FROM people p JOIN (SELECT person, count(*) FILTER (WHERE shop = ''solo'' OR shop = ''nobody'') AS n FROM buys GROUP BY person) u ON u.person = p.person GROUP BY p.region');
SELECT try('share', 'SELECT sum(n) FILTER (WHERE n > 0) FROM (SELECT person, count(*) FILTER (WHERE shop = ''solo'' OR shop = ''nobody'') AS n FROM buys GROUP BY person) u');
SELECT try('share', 'SELECT sum(n) FROM (SELECT person, count(*) FILTER (WHERE shop = ''solo'' OR shop = ''nobody'') AS n FROM buys GROUP BY person) u WHERE n > 0');
SELECT try('share', 'SELECT n, count(*) FROM (SELECT person, count(*) FILTER (WHERE shop = ''solo'' OR shop = ''nobody'') AS n FROM buys GROUP BY person) u GROUP BY n');
SELECT try('share', 'SELECT count(*) FROM (SELECT person FROM buys GROUP BY person HAVING count(*) FILTER (WHERE shop = ''solo'' OR shop = ''nobody'') > 0) u');
SELECT try('share', 'SELECT sum(n) FROM (SELECT person, count(sparse) AS n FROM people GROUP BY person) u');
SELECT try('share', 'SELECT avg(n) FROM (SELECT person, count(sparse) AS n FROM people GROUP BY person) u');
SELECT try('share', 'SELECT sum(n) FROM (SELECT person, region, count(sparse) AS n FROM people GROUP BY person, region) u');
SELECT try('share', 'SELECT region, sum(n) FROM (SELECT person, region, count(sparse) AS n FROM people GROUP BY person, region) u GROUP BY region');
SELECT try('share', 'SELECT sum(1000 * n + 1) FROM (SELECT person, count(sparse) AS n FROM people GROUP BY person) u');
SELECT try('share', 'SELECT sum(s), count(s) FROM (SELECT person, sum(sparse) AS s FROM people GROUP BY person) u');
SELECT try('share', 'SELECT sum(n) FROM (SELECT p.person, c.person AS q, count(c.diagnosis) AS n FROM people p LEFT JOIN clinic c ON c.person = p.person GROUP BY p.person, c.person) u');
SELECT try('share', 'SELECT count(*) - count(s) FROM (SELECT p.person, c.person AS q, sum(c.cost) AS s FROM people p LEFT JOIN clinic c ON c.person = p.person GROUP BY p.person, c.person) u');
SELECT try('share', 'SELECT sum(n) FROM (SELECT p.person, count(*) FILTER (WHERE p.person IN (SELECT k FROM keyed WHERE lab = ''him'')) AS n FROM people p GROUP BY p.person) u');
SELECT try('share', 'SELECT sum(n) FROM (SELECT p.person, count(*) FILTER (WHERE p.person NOT IN (SELECT k FROM keyed WHERE lab = ''him'')) AS n FROM people p GROUP BY p.person) u');
SELECT try('steep', 'SELECT count(*) FROM buys a JOIN buys b ON b.person = a.person JOIN buys c ON c.person = a.person');
SELECT try('steep', 'SELECT sum(a.amount) FROM buys a JOIN buys b USING (person) JOIN buys c USING (person)');
SELECT try('steep', 'SELECT avg(a.amount) FROM buys a JOIN buys b ON b.person = a.person JOIN buys c ON c.person = a.person');
SELECT try('steep', 'SELECT a.shop, count(*) FROM buys a JOIN buys b ON b.person = a.person JOIN buys c ON c.person = a.person GROUP BY a.shop');
SELECT try('steep', 'SELECT sum(n) FROM (SELECT a.person, count(*) AS n FROM buys a JOIN buys b ON b.person = a.person JOIN buys c ON c.person = a.person GROUP BY a.person) u');
SELECT try('steep', 'SELECT count(*) FILTER (WHERE a.shop <> ''x'') FROM buys a JOIN buys b USING (person) JOIN buys c USING (person)');
SELECT try('steep', 'SELECT count(*) FROM buys a, buys b, buys c WHERE b.person = a.person AND c.person = a.person');
SELECT try('steep', 'SELECT count(*) FROM buys a JOIN buys b ON b.person = a.person JOIN buys c ON c.person = a.person JOIN buys d ON d.person = a.person');
SELECT try('steep', 'SELECT sum(a.amount) FROM buys a JOIN buys b USING (person) JOIN buys c USING (person) JOIN buys d USING (person)');
SELECT try('steep', 'SELECT avg(a.amount) FROM buys a JOIN buys b ON b.person = a.person JOIN buys c ON c.person = a.person JOIN buys d ON d.person = a.person');
SELECT try('steep', 'SELECT a.shop, count(*) FROM buys a JOIN buys b ON b.person = a.person JOIN buys c ON c.person = a.person JOIN buys d ON d.person = a.person GROUP BY a.shop');
SELECT try('steep', 'SELECT sum(n) FROM (SELECT a.person, count(*) AS n FROM buys a JOIN buys b ON b.person = a.person JOIN buys c ON c.person = a.person JOIN buys d ON d.person = a.person GROUP BY a.person) u');
SELECT try('steep', 'SELECT count(*) FILTER (WHERE a.shop <> ''x'') FROM buys a JOIN buys b USING (person) JOIN buys c USING (person) JOIN buys d USING (person)');
SELECT try('steep', 'SELECT count(*) FROM buys a, buys b, buys c, buys d WHERE b.person = a.person AND c.person = a.person AND d.person = a.person');
SELECT try('steep', 'SELECT count(*) FROM buys a JOIN buys b ON b.person = a.person JOIN buys c ON c.person = a.person JOIN buys d ON d.person = a.person JOIN buys e ON e.person = a.person');
SELECT try('steep', 'SELECT sum(a.amount) FROM buys a JOIN buys b USING (person) JOIN buys c USING (person) JOIN buys d USING (person) JOIN buys e USING (person)');
SELECT try('steep', 'SELECT avg(a.amount) FROM buys a JOIN buys b ON b.person = a.person JOIN buys c ON c.person = a.person JOIN buys d ON d.person = a.person JOIN buys e ON e.person = a.person');
SELECT try('steep', 'SELECT a.shop, count(*) FROM buys a JOIN buys b ON b.person = a.person JOIN buys c ON c.person = a.person JOIN buys d ON d.person = a.person JOIN buys e ON e.person = a.person GROUP BY a.shop');
SELECT try('steep', 'SELECT sum(n) FROM (SELECT a.person, count(*) AS n FROM buys a JOIN buys b ON b.person = a.person JOIN buys c ON c.person = a.person JOIN buys d ON d.person = a.person JOIN buys e ON e.person = a.person GROUP BY a.person) u');
SELECT try('steep', 'SELECT count(*) FILTER (WHERE a.shop <> ''x'') FROM buys a JOIN buys b USING (person) JOIN buys c USING (person) JOIN buys d USING (person) JOIN buys e USING (person)');
SELECT try('steep', 'SELECT count(*) FROM buys a, buys b, buys c, buys d, buys e WHERE b.person = a.person AND c.person = a.person AND d.person = a.person AND e.person = a.person');
SELECT try('steep', 'SELECT count(*) FROM buys a JOIN buys b ON b.person = a.person JOIN buys c ON c.person = a.person JOIN buys d ON d.person = a.person JOIN buys e ON e.person = a.person JOIN buys f ON f.person = a.person');
SELECT try('steep', 'SELECT sum(a.amount) FROM buys a JOIN buys b USING (person) JOIN buys c USING (person) JOIN buys d USING (person) JOIN buys e USING (person) JOIN buys f USING (person)');
SELECT try('steep', 'SELECT avg(a.amount) FROM buys a JOIN buys b ON b.person = a.person JOIN buys c ON c.person = a.person JOIN buys d ON d.person = a.person JOIN buys e ON e.person = a.person JOIN buys f ON f.person = a.person');
SELECT try('steep', 'SELECT a.shop, count(*) FROM buys a JOIN buys b ON b.person = a.person JOIN buys c ON c.person = a.person JOIN buys d ON d.person = a.person JOIN buys e ON e.person = a.person JOIN buys f ON f.person = a.person GROUP BY a.shop');
SELECT try('steep', 'SELECT sum(n) FROM (SELECT a.person, count(*) AS n FROM buys a JOIN buys b ON b.person = a.person JOIN buys c ON c.person = a.person JOIN buys d ON d.person = a.person JOIN buys e ON e.person = a.person JOIN buys f ON f.person = a.person GROUP BY a.person) u');
SELECT try('steep', 'SELECT count(*) FILTER (WHERE a.shop <> ''x'') FROM buys a JOIN buys b USING (person) JOIN buys c USING (person) JOIN buys d USING (person) JOIN buys e USING (person) JOIN buys f USING (person)');
SELECT try('steep', 'SELECT count(*) FROM buys a, buys b, buys c, buys d, buys e, buys f WHERE b.person = a.person AND c.person = a.person AND d.person = a.person AND e.person = a.person AND f.person = a.person');
SELECT try('steep', 'SELECT sum(a.amount * a.amount) FROM buys a JOIN buys b USING (person)');
SELECT try('steep', 'SELECT sum(u.n * v.m) FROM (SELECT person, count(*) AS n FROM buys GROUP BY person) u JOIN (SELECT person, count(*) AS m FROM buys GROUP BY person) v USING (person)');
SELECT try('steep', 'SELECT sum(n * n) FROM (SELECT a.person, count(*) AS n FROM buys a JOIN buys b USING (person) GROUP BY a.person) u');
SELECT try('steep', 'SELECT sum(n * n) FROM (SELECT person, sum(amount * amount) AS n FROM buys GROUP BY person) u');
SELECT try('steep', 'SELECT sum(n) FROM (SELECT person, variance(amount * amount) AS n FROM buys GROUP BY person) u');
SELECT try('steep', 'SELECT sum(n * 2) FROM (SELECT person, variance(amount * amount) AS n FROM buys GROUP BY person) u');
SELECT try('steep', 'WITH x AS (SELECT person, amount FROM buys) SELECT count(*) FROM x a JOIN x b USING (person) JOIN x c USING (person)');
SELECT try('steep', 'SELECT count(*) FROM (SELECT a.person FROM buys a JOIN buys b USING (person)) x JOIN buys c USING (person)');
SELECT try('steep', 'SELECT count(*) FROM buys a LEFT JOIN buys b USING (person) LEFT JOIN buys c USING (person)');
SELECT try('steep', 'SELECT count(*) FROM (SELECT person, shop, count(*) AS n FROM buys GROUP BY person, shop) a JOIN (SELECT person, shop, count(*) AS n FROM buys GROUP BY person, shop) b USING (person) JOIN buys c USING (person)');
SELECT try('span', 'SELECT sum(s) FROM (SELECT person, sum(s * 1e-9) AS s FROM (SELECT person, sum(s * 1e-9) AS s FROM (SELECT person, sum(s * 1e-9) AS s FROM (SELECT person, sum(s * 1e-9) AS s FROM (SELECT person, sum(rate) AS s FROM people GROUP BY person) u0 GROUP BY person) u1 GROUP BY person) u2 GROUP BY person) u3 GROUP BY person) u');
SELECT try('span', 'SELECT sum(s - 1) FROM (SELECT person, sum(s + 1) AS s FROM (SELECT person, sum(s * 1e-9) AS s FROM (SELECT person, sum(s * 1e-9) AS s FROM (SELECT person, sum(s * 1e-9) AS s FROM (SELECT person, sum(s * 1e-9) AS s FROM (SELECT person, sum(rate) AS s FROM people GROUP BY person) u0 GROUP BY person) u1 GROUP BY person) u2 GROUP BY person) u3 GROUP BY person) x GROUP BY person) u');
SELECT try('span', 'SELECT avg(s * 1000000000) FROM (SELECT person, sum(s * 1e-9) AS s FROM (SELECT person, sum(s * 1e-9) AS s FROM (SELECT person, sum(s * 1e-9) AS s FROM (SELECT person, sum(s * 1e-9) AS s FROM (SELECT person, sum(rate) AS s FROM people GROUP BY person) u0 GROUP BY person) u1 GROUP BY person) u2 GROUP BY person) u3 GROUP BY person) u');
SELECT try('span', 'SELECT sum(s) FROM (SELECT person, sum(s / 1e9) AS s FROM (SELECT person, sum(s / 1e9) AS s FROM (SELECT person, sum(s / 1e9) AS s FROM (SELECT person, sum(s / 1e9) AS s FROM (SELECT person, sum(rate) AS s FROM people GROUP BY person) u0 GROUP BY person) u1 GROUP BY person) u2 GROUP BY person) u3 GROUP BY person) u');
SELECT try('span', 'SELECT sum(s - 1) FROM (SELECT person, sum(s + 1) AS s FROM (SELECT person, sum(s / 1e9) AS s FROM (SELECT person, sum(s / 1e9) AS s FROM (SELECT person, sum(s / 1e9) AS s FROM (SELECT person, sum(s / 1e9) AS s FROM (SELECT person, sum(rate) AS s FROM people GROUP BY person) u0 GROUP BY person) u1 GROUP BY person) u2 GROUP BY person) u3 GROUP BY person) x GROUP BY person) u');
SELECT try('span', 'SELECT avg(s * 1000000000) FROM (SELECT person, sum(s / 1e9) AS s FROM (SELECT person, sum(s / 1e9) AS s FROM (SELECT person, sum(s / 1e9) AS s FROM (SELECT person, sum(s / 1e9) AS s FROM (SELECT person, sum(rate) AS s FROM people GROUP BY person) u0 GROUP BY person) u1 GROUP BY person) u2 GROUP BY person) u3 GROUP BY person) u');
SELECT try('span', 'SELECT sum(s) FROM (SELECT person, sum(s * 1e9) AS s FROM (SELECT person, sum(s * 1e9) AS s FROM (SELECT person, sum(s * 1e9) AS s FROM (SELECT person, sum(s * 1e9) AS s FROM (SELECT person, sum(rate) AS s FROM people GROUP BY person) u0 GROUP BY person) u1 GROUP BY person) u2 GROUP BY person) u3 GROUP BY person) u');
SELECT try('span', 'SELECT sum(s - 1) FROM (SELECT person, sum(s + 1) AS s FROM (SELECT person, sum(s * 1e9) AS s FROM (SELECT person, sum(s * 1e9) AS s FROM (SELECT person, sum(s * 1e9) AS s FROM (SELECT person, sum(s * 1e9) AS s FROM (SELECT person, sum(rate) AS s FROM people GROUP BY person) u0 GROUP BY person) u1 GROUP BY person) u2 GROUP BY person) u3 GROUP BY person) x GROUP BY person) u');
SELECT try('span', 'SELECT avg(s * 1000000000) FROM (SELECT person, sum(s * 1e9) AS s FROM (SELECT person, sum(s * 1e9) AS s FROM (SELECT person, sum(s * 1e9) AS s FROM (SELECT person, sum(s * 1e9) AS s FROM (SELECT person, sum(rate) AS s FROM people GROUP BY person) u0 GROUP BY person) u1 GROUP BY person) u2 GROUP BY person) u3 GROUP BY person) u');
SELECT try('span', 'SELECT sum(s) FROM (SELECT person, sum(s + 1e9) AS s FROM (SELECT person, sum(s + 1e9) AS s FROM (SELECT person, sum(s + 1e9) AS s FROM (SELECT person, sum(s + 1e9) AS s FROM (SELECT person, sum(rate) AS s FROM people GROUP BY person) u0 GROUP BY person) u1 GROUP BY person) u2 GROUP BY person) u3 GROUP BY person) u');
SELECT try('span', 'SELECT sum(s - 1) FROM (SELECT person, sum(s + 1) AS s FROM (SELECT person, sum(s + 1e9) AS s FROM (SELECT person, sum(s + 1e9) AS s FROM (SELECT person, sum(s + 1e9) AS s FROM (SELECT person, sum(s + 1e9) AS s FROM (SELECT person, sum(rate) AS s FROM people GROUP BY person) u0 GROUP BY person) u1 GROUP BY person) u2 GROUP BY person) u3 GROUP BY person) x GROUP BY person) u');
SELECT try('span', 'SELECT avg(s * 1000000000) FROM (SELECT person, sum(s + 1e9) AS s FROM (SELECT person, sum(s + 1e9) AS s FROM (SELECT person, sum(s + 1e9) AS s FROM (SELECT person, sum(s + 1e9) AS s FROM (SELECT person, sum(rate) AS s FROM people GROUP BY person) u0 GROUP BY person) u1 GROUP BY person) u2 GROUP BY person) u3 GROUP BY person) u');
SELECT try('bridge', 'SELECT count(*) FROM people p JOIN bridge b ON b.k = p.person JOIN clinic c ON c.person = b.x');
SELECT try('bridge', 'SELECT count(*) FROM people p, bridge b, clinic c WHERE b.k = p.person AND c.person = b.x');
SELECT try('bridge', 'SELECT count(*) FROM people p JOIN (SELECT k, x FROM bridge) b ON b.k = p.person JOIN clinic c ON c.person = b.x');
SELECT try('bridge', 'WITH b AS (SELECT DISTINCT k, x FROM bridge) SELECT count(*) FROM people p JOIN b ON b.k = p.person JOIN clinic c ON c.person = b.x');
SELECT try('bridge', 'SELECT count(*) FROM people p JOIN bridge b ON b.k = p.person JOIN keyed k2 ON k2.k = b.x JOIN clinic c ON c.person = k2.k');
SELECT try('bridge', 'SELECT count(*) FROM people p LEFT JOIN bridge b ON b.k = p.person LEFT JOIN clinic c ON c.person = b.x');
SELECT try('bridge', 'SELECT count(*) FROM people p JOIN regions r ON r.region = p.region JOIN clinic c ON c.diagnosis = r.region');
SELECT try('bridge', 'SELECT sum(c.cost) FROM people p JOIN bridge b ON b.k = p.person JOIN clinic c ON c.person = b.x');
SELECT try('bridge', 'SELECT sum(c.cost) FROM people p, bridge b, clinic c WHERE b.k = p.person AND c.person = b.x');
SELECT try('bridge', 'SELECT sum(c.cost) FROM people p JOIN (SELECT k, x FROM bridge) b ON b.k = p.person JOIN clinic c ON c.person = b.x');
SELECT try('bridge', 'WITH b AS (SELECT DISTINCT k, x FROM bridge) SELECT sum(c.cost) FROM people p JOIN b ON b.k = p.person JOIN clinic c ON c.person = b.x');
SELECT try('bridge', 'SELECT sum(c.cost) FROM people p JOIN bridge b ON b.k = p.person JOIN keyed k2 ON k2.k = b.x JOIN clinic c ON c.person = k2.k');
SELECT try('bridge', 'SELECT sum(c.cost) FROM people p LEFT JOIN bridge b ON b.k = p.person LEFT JOIN clinic c ON c.person = b.x');
SELECT try('bridge', 'SELECT sum(c.cost) FROM people p JOIN regions r ON r.region = p.region JOIN clinic c ON c.diagnosis = r.region');
SELECT try('bridge', 'SELECT avg(c.cost) FROM people p JOIN bridge b ON b.k = p.person JOIN clinic c ON c.person = b.x');
SELECT try('bridge', 'SELECT avg(c.cost) FROM people p, bridge b, clinic c WHERE b.k = p.person AND c.person = b.x');
SELECT try('bridge', 'SELECT avg(c.cost) FROM people p JOIN (SELECT k, x FROM bridge) b ON b.k = p.person JOIN clinic c ON c.person = b.x');
SELECT try('bridge', 'WITH b AS (SELECT DISTINCT k, x FROM bridge) SELECT avg(c.cost) FROM people p JOIN b ON b.k = p.person JOIN clinic c ON c.person = b.x');
SELECT try('bridge', 'SELECT avg(c.cost) FROM people p JOIN bridge b ON b.k = p.person JOIN keyed k2 ON k2.k = b.x JOIN clinic c ON c.person = k2.k');
SELECT try('bridge', 'SELECT avg(c.cost) FROM people p LEFT JOIN bridge b ON b.k = p.person LEFT JOIN clinic c ON c.person = b.x');
SELECT try('bridge', 'SELECT avg(c.cost) FROM people p JOIN regions r ON r.region = p.region JOIN clinic c ON c.diagnosis = r.region');
SELECT try('bridge', 'SELECT count(*) FILTER (WHERE c.diagnosis = ''d1'') FROM people p JOIN bridge b ON b.k = p.person JOIN clinic c ON c.person = b.x');
SELECT try('bridge', 'SELECT count(*) FILTER (WHERE c.diagnosis = ''d1'') FROM people p, bridge b, clinic c WHERE b.k = p.person AND c.person = b.x');
SELECT try('bridge', 'SELECT count(*) FILTER (WHERE c.diagnosis = ''d1'') FROM people p JOIN (SELECT k, x FROM bridge) b ON b.k = p.person JOIN clinic c ON c.person = b.x');
SELECT try('bridge', 'WITH b AS (SELECT DISTINCT k, x FROM bridge) SELECT count(*) FILTER (WHERE c.diagnosis = ''d1'') FROM people p JOIN b ON b.k = p.person JOIN clinic c ON c.person = b.x');
SELECT try('bridge', 'SELECT count(*) FILTER (WHERE c.diagnosis = ''d1'') FROM people p JOIN bridge b ON b.k = p.person JOIN keyed k2 ON k2.k = b.x JOIN clinic c ON c.person = k2.k');
SELECT try('bridge', 'SELECT count(*) FILTER (WHERE c.diagnosis = ''d1'') FROM people p LEFT JOIN bridge b ON b.k = p.person LEFT JOIN clinic c ON c.person = b.x');
SELECT try('bridge', 'SELECT count(*) FILTER (WHERE c.diagnosis = ''d1'') FROM people p JOIN regions r ON r.region = p.region JOIN clinic c ON c.diagnosis = r.region');
SELECT try('overflow', 'SELECT sum(income * 2750) IS NULL FROM people');
SELECT try('overflow', 'SELECT avg(income * 2750) IS NULL, stddev(income * 2750) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(2750 * income + income - 1) IS NULL, sum(-income * 2750) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(CASE WHEN score >= 0 THEN income * 2750 ELSE 0 END) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(income * 2750) FILTER (WHERE score >= 0) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(v) IS NULL FROM (SELECT income * 2750 AS v FROM people) s');
SELECT try('overflow', 'SELECT sum(v) IS NULL FROM (SELECT person, sum(income * 2750) AS v FROM people GROUP BY person) s');
SELECT try('overflow', 'SELECT sum(v) IS NULL FROM (SELECT person, sum(income) * 10000000 * 2750 AS v FROM people GROUP BY person) s');
SELECT try('overflow', 'SELECT sum(income * income * 2750) IS NULL, sum(income::bigint * income * income) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(small * 2750::smallint) IS NULL, sum(small + 2750::smallint) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(income * 2761) IS NULL FROM people');
SELECT try('overflow', 'SELECT avg(income * 2761) IS NULL, stddev(income * 2761) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(2761 * income + income - 1) IS NULL, sum(-income * 2761) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(CASE WHEN score >= 0 THEN income * 2761 ELSE 0 END) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(income * 2761) FILTER (WHERE score >= 0) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(v) IS NULL FROM (SELECT income * 2761 AS v FROM people) s');
SELECT try('overflow', 'SELECT sum(v) IS NULL FROM (SELECT person, sum(income * 2761) AS v FROM people GROUP BY person) s');
SELECT try('overflow', 'SELECT sum(v) IS NULL FROM (SELECT person, sum(income) * 10000000 * 2761 AS v FROM people GROUP BY person) s');
SELECT try('overflow', 'SELECT sum(income * income * 2761) IS NULL, sum(income::bigint * income * income) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(small * 2761::smallint) IS NULL, sum(small + 2761::smallint) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(income * 2762) IS NULL FROM people');
SELECT try('overflow', 'SELECT avg(income * 2762) IS NULL, stddev(income * 2762) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(2762 * income + income - 1) IS NULL, sum(-income * 2762) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(CASE WHEN score >= 0 THEN income * 2762 ELSE 0 END) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(income * 2762) FILTER (WHERE score >= 0) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(v) IS NULL FROM (SELECT income * 2762 AS v FROM people) s');
SELECT try('overflow', 'SELECT sum(v) IS NULL FROM (SELECT person, sum(income * 2762) AS v FROM people GROUP BY person) s');
SELECT try('overflow', 'SELECT sum(v) IS NULL FROM (SELECT person, sum(income) * 10000000 * 2762 AS v FROM people GROUP BY person) s');
SELECT try('overflow', 'SELECT sum(income * income * 2762) IS NULL, sum(income::bigint * income * income) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(small * 2762::smallint) IS NULL, sum(small + 2762::smallint) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(income * 2765) IS NULL FROM people');
SELECT try('overflow', 'SELECT avg(income * 2765) IS NULL, stddev(income * 2765) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(2765 * income + income - 1) IS NULL, sum(-income * 2765) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(CASE WHEN score >= 0 THEN income * 2765 ELSE 0 END) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(income * 2765) FILTER (WHERE score >= 0) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(v) IS NULL FROM (SELECT income * 2765 AS v FROM people) s');
SELECT try('overflow', 'SELECT sum(v) IS NULL FROM (SELECT person, sum(income * 2765) AS v FROM people GROUP BY person) s');
SELECT try('overflow', 'SELECT sum(v) IS NULL FROM (SELECT person, sum(income) * 10000000 * 2765 AS v FROM people GROUP BY person) s');
SELECT try('overflow', 'SELECT sum(income * income * 2765) IS NULL, sum(income::bigint * income * income) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(small * 2765::smallint) IS NULL, sum(small + 2765::smallint) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(income * 2770) IS NULL FROM people');
SELECT try('overflow', 'SELECT avg(income * 2770) IS NULL, stddev(income * 2770) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(2770 * income + income - 1) IS NULL, sum(-income * 2770) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(CASE WHEN score >= 0 THEN income * 2770 ELSE 0 END) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(income * 2770) FILTER (WHERE score >= 0) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(v) IS NULL FROM (SELECT income * 2770 AS v FROM people) s');
SELECT try('overflow', 'SELECT sum(v) IS NULL FROM (SELECT person, sum(income * 2770) AS v FROM people GROUP BY person) s');
SELECT try('overflow', 'SELECT sum(v) IS NULL FROM (SELECT person, sum(income) * 10000000 * 2770 AS v FROM people GROUP BY person) s');
SELECT try('overflow', 'SELECT sum(income * income * 2770) IS NULL, sum(income::bigint * income * income) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(small * 2770::smallint) IS NULL, sum(small + 2770::smallint) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(income * 27611) IS NULL FROM people');
SELECT try('overflow', 'SELECT avg(income * 27611) IS NULL, stddev(income * 27611) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(27611 * income + income - 1) IS NULL, sum(-income * 27611) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(CASE WHEN score >= 0 THEN income * 27611 ELSE 0 END) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(income * 27611) FILTER (WHERE score >= 0) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(v) IS NULL FROM (SELECT income * 27611 AS v FROM people) s');
SELECT try('overflow', 'SELECT sum(v) IS NULL FROM (SELECT person, sum(income * 27611) AS v FROM people GROUP BY person) s');
SELECT try('overflow', 'SELECT sum(v) IS NULL FROM (SELECT person, sum(income) * 10000000 * 27611 AS v FROM people GROUP BY person) s');
SELECT try('overflow', 'SELECT sum(income * income * 27611) IS NULL, sum(income::bigint * income * income) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(small * 27611::smallint) IS NULL, sum(small + 27611::smallint) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(income * 27612) IS NULL FROM people');
SELECT try('overflow', 'SELECT avg(income * 27612) IS NULL, stddev(income * 27612) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(27612 * income + income - 1) IS NULL, sum(-income * 27612) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(CASE WHEN score >= 0 THEN income * 27612 ELSE 0 END) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(income * 27612) FILTER (WHERE score >= 0) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(v) IS NULL FROM (SELECT income * 27612 AS v FROM people) s');
SELECT try('overflow', 'SELECT sum(v) IS NULL FROM (SELECT person, sum(income * 27612) AS v FROM people GROUP BY person) s');
SELECT try('overflow', 'SELECT sum(v) IS NULL FROM (SELECT person, sum(income) * 10000000 * 27612 AS v FROM people GROUP BY person) s');
SELECT try('overflow', 'SELECT sum(income * income * 27612) IS NULL, sum(income::bigint * income * income) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(small * 27612::smallint) IS NULL, sum(small + 27612::smallint) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(income * 70000) IS NULL FROM people');
SELECT try('overflow', 'SELECT avg(income * 70000) IS NULL, stddev(income * 70000) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(70000 * income + income - 1) IS NULL, sum(-income * 70000) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(CASE WHEN score >= 0 THEN income * 70000 ELSE 0 END) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(income * 70000) FILTER (WHERE score >= 0) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(v) IS NULL FROM (SELECT income * 70000 AS v FROM people) s');
SELECT try('overflow', 'SELECT sum(v) IS NULL FROM (SELECT person, sum(income * 70000) AS v FROM people GROUP BY person) s');
SELECT try('overflow', 'SELECT sum(v) IS NULL FROM (SELECT person, sum(income) * 10000000 * 70000 AS v FROM people GROUP BY person) s');
SELECT try('overflow', 'SELECT sum(income * income * 70000) IS NULL, sum(income::bigint * income * income) IS NULL FROM people');
SELECT try('overflow', 'SELECT sum(small * 70000::smallint) IS NULL, sum(small + 10000::smallint) IS NULL FROM people');
SELECT try('lazy', 'SELECT count(*) FROM people WHERE region = ''tiny'' AND age = (SELECT count(*) FROM strict WHERE region = ''nowhere'')');
SELECT try('lazy', 'SELECT count(*) FROM people WHERE region = ''tiny'' AND age IN (SELECT n FROM (SELECT count(*) AS n FROM strict GROUP BY region) s)');
SELECT try('lazy', 'SELECT count(*) FROM people WHERE region = ''tiny'' AND EXISTS (SELECT region FROM strict GROUP BY region)');
SELECT try('lazy', 'SELECT count(*) FROM people p JOIN (SELECT region, count(*) FROM strict GROUP BY region) s USING (region) WHERE p.region = ''tiny''');
SELECT try('lazy', 'SELECT count(*) FROM people p LEFT JOIN (SELECT DISTINCT region FROM strict) s USING (region) WHERE p.region = ''tiny''');
SELECT try('lazy', 'WITH s AS (SELECT count(*) AS n FROM strict WHERE region = ''nowhere'') SELECT count(*) FROM people WHERE region = ''tiny'' AND age = (SELECT n FROM s)');
SELECT try('lazy', 'SELECT count(*) FILTER (WHERE region = ''tiny'' AND age = (SELECT count(*) FROM strict WHERE region = ''nowhere'')) FROM people');
SELECT try('lazy', 'SELECT count(*) FROM (SELECT person FROM people WHERE region = ''tiny'' GROUP BY person HAVING count(*) = (SELECT count(*) FROM strict WHERE region = ''nowhere'')) u');
SELECT try('lazy', 'SELECT count(*) FROM people WHERE region = ''other'' AND age = (SELECT count(*) FROM strict WHERE region = ''nowhere'')');
SELECT try('lazy', 'SELECT count(*) FROM people WHERE region = ''other'' AND age IN (SELECT n FROM (SELECT count(*) AS n FROM strict GROUP BY region) s)');
SELECT try('lazy', 'SELECT count(*) FROM people WHERE region = ''other'' AND EXISTS (SELECT region FROM strict GROUP BY region)');
SELECT try('lazy', 'SELECT count(*) FROM people p JOIN (SELECT region, count(*) FROM strict GROUP BY region) s USING (region) WHERE p.region = ''other''');
SELECT try('lazy', 'SELECT count(*) FROM people p LEFT JOIN (SELECT DISTINCT region FROM strict) s USING (region) WHERE p.region = ''other''');
SELECT try('lazy', 'WITH s AS (SELECT count(*) AS n FROM strict WHERE region = ''nowhere'') SELECT count(*) FROM people WHERE region = ''other'' AND age = (SELECT n FROM s)');
SELECT try('lazy', 'SELECT count(*) FILTER (WHERE region = ''other'' AND age = (SELECT count(*) FROM strict WHERE region = ''nowhere'')) FROM people');
SELECT try('lazy', 'SELECT count(*) FROM (SELECT person FROM people WHERE region = ''other'' GROUP BY person HAVING count(*) = (SELECT count(*) FROM strict WHERE region = ''nowhere'')) u');
SELECT try('lazy', 'SELECT count(*) FROM people WHERE age = 99 AND age = (SELECT count(*) FROM strict WHERE region = ''nowhere'')');
SELECT try('lazy', 'SELECT count(*) FROM people WHERE age = 99 AND age IN (SELECT n FROM (SELECT count(*) AS n FROM strict GROUP BY region) s)');
SELECT try('lazy', 'SELECT count(*) FROM people WHERE age = 99 AND EXISTS (SELECT region FROM strict GROUP BY region)');
SELECT try('lazy', 'SELECT count(*) FROM people p JOIN (SELECT region, count(*) FROM strict GROUP BY region) s USING (region) WHERE p.age = 99');
SELECT try('lazy', 'SELECT count(*) FROM people p LEFT JOIN (SELECT DISTINCT region FROM strict) s USING (region) WHERE p.age = 99');
SELECT try('lazy', 'WITH s AS (SELECT count(*) AS n FROM strict WHERE region = ''nowhere'') SELECT count(*) FROM people WHERE age = 99 AND age = (SELECT n FROM s)');
SELECT try('lazy', 'SELECT count(*) FILTER (WHERE age = 99 AND age = (SELECT count(*) FROM strict WHERE region = ''nowhere'')) FROM people');
SELECT try('lazy', 'SELECT count(*) FROM (SELECT person FROM people WHERE age = 99 GROUP BY person HAVING count(*) = (SELECT count(*) FROM strict WHERE region = ''nowhere'')) u');
SELECT try('lazy', 'SELECT count(*) FROM people WHERE age = 98 AND age = (SELECT count(*) FROM strict WHERE region = ''nowhere'')');
SELECT try('lazy', 'SELECT count(*) FROM people WHERE age = 98 AND age IN (SELECT n FROM (SELECT count(*) AS n FROM strict GROUP BY region) s)');
SELECT try('lazy', 'SELECT count(*) FROM people WHERE age = 98 AND EXISTS (SELECT region FROM strict GROUP BY region)');
SELECT try('lazy', 'SELECT count(*) FROM people p JOIN (SELECT region, count(*) FROM strict GROUP BY region) s USING (region) WHERE p.age = 98');
SELECT try('lazy', 'SELECT count(*) FROM people p LEFT JOIN (SELECT DISTINCT region FROM strict) s USING (region) WHERE p.age = 98');
SELECT try('lazy', 'WITH s AS (SELECT count(*) AS n FROM strict WHERE region = ''nowhere'') SELECT count(*) FROM people WHERE age = 98 AND age = (SELECT n FROM s)');
SELECT try('lazy', 'SELECT count(*) FILTER (WHERE age = 98 AND age = (SELECT count(*) FROM strict WHERE region = ''nowhere'')) FROM people');
SELECT try('lazy', 'SELECT count(*) FROM (SELECT person FROM people WHERE age = 98 GROUP BY person HAVING count(*) = (SELECT count(*) FROM strict WHERE region = ''nowhere'')) u');

-- ---------- the other world ----------
SET SESSION AUTHORIZATION regress_cr_bw_owner;
SELECT fill(2);
SET SESSION AUTHORIZATION regress_cr_bw_analyst;
CALL again();
SELECT count(*) || ' attacks' FROM outcomes WHERE world = 1;
SELECT 'NO HINT', probe, outcome FROM outcomes
WHERE outcome LIKE '%WITHOUT A HINT';
-- what differs, or failed in an unexpected way: where the three are among all
-- people, an exact aggregate over all counts them; and a part whose rest is
-- nobody is told, one whose rest is few is not
SELECT a.family, a.probe, a.outcome, b.outcome
FROM outcomes a JOIN outcomes b USING (probe)
WHERE a.world = 1 AND b.world = 2 AND (a.outcome <> b.outcome
    OR a.outcome LIKE 'refused%' AND a.outcome NOT LIKE 'refused RC%')
ORDER BY 1, 2;

RESET SESSION AUTHORIZATION;
SET client_min_messages = error;
RESET search_path;
DROP SCHEMA bw CASCADE;
DROP OWNED BY regress_cr_bw_owner, regress_cr_bw_partner,
    regress_cr_bw_analyst;
DROP ROLE regress_cr_bw_owner, regress_cr_bw_partner, regress_cr_bw_analyst;
