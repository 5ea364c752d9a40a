-- Subqueries that name columns of rows around them, wherever rows are single
-- ones: what stands in them is asked of each row, by code that nobody judges.
-- All must be refused; over released groups they are ordinary SQL.
\set VERBOSITY terse
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_r_owner;
CREATE ROLE regress_cr_r_analyst;
CREATE SCHEMA bypass_correlated;
GRANT ALL ON SCHEMA bypass_correlated TO regress_cr_r_owner, regress_cr_r_analyst;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_r_owner, regress_cr_r_analyst;
SET search_path = bypass_correlated, pg_catalog;
SET SESSION AUTHORIZATION regress_cr_r_owner;
CREATE TABLE persons (pid int PRIMARY KEY, city text NOT NULL, age int NOT NULL, income int NOT NULL, secret text);
INSERT INTO persons SELECT p, ('{A,B}'::text[])[1 + p % 2], 20 + p % 50, 1000 + p, 's' || p FROM generate_series(1, 300) p;
SELECT cleanroom.protect('persons', 'pid', 10, dimensions => '{city, age}', measures => '{income}', join_keys => '{pid}');
GRANT SELECT ON persons TO regress_cr_r_analyst;

SET SESSION AUTHORIZATION regress_cr_r_analyst;
CREATE TABLE one (k int PRIMARY KEY);
INSERT INTO one VALUES (7);
CREATE FUNCTION peek(text) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE WARNING 'saw %', $1; RETURN 1; END $$;
CREATE TABLE subqueries (number int PRIMARY KEY, expr text NOT NULL);
CREATE TABLE places (place int PRIMARY KEY, query text NOT NULL);
INSERT INTO subqueries VALUES
(1, '(SELECT p.income)'),
(2, '(SELECT peek(p.secret))'),
(3, '(SELECT count(*) FROM one WHERE k = p.pid)'),
(4, '(SELECT count(*) FROM one WHERE peek(p.pid::text) > 0)'),
(5, '(SELECT count(*) FROM one WHERE k = p.pid AND p.income > 1006)'),
(6, '(SELECT max(v) FROM (VALUES (p.income)) x (v))'),
(7, '(SELECT sum(g) FROM generate_series(1, p.age) g)'),
(8, '(SELECT 1 / (p.age - 49))'),
(9, '(SELECT k FROM one WHERE k = p.pid UNION ALL SELECT 0 LIMIT 1)'),
(10, '(SELECT min(p.age + k) FROM one)'),
(11, 'CASE WHEN p.city = ''A'' THEN (SELECT p.income) END'),
(12, '(SELECT (SELECT p.income FROM one LIMIT 1))'),
(13, '(ARRAY(SELECT k FROM one WHERE k = p.pid))[1]'),
(14, '(7 IN (SELECT k FROM one WHERE k < p.income))::int'),
(15, '(SELECT p.city)'),
(16, '(SELECT count(*) FROM persons q WHERE q.income > p.income)');
INSERT INTO places VALUES
(1, 'SELECT count(*) FROM persons p GROUP BY #'),
(2, 'SELECT # AS x, count(*) FROM persons p GROUP BY 1'),
(3, 'SELECT DISTINCT # AS x FROM persons p'),
(4, 'SELECT count(*) FROM persons p WHERE #::text <> ''7'''),
(5, 'SELECT count(*) FROM persons p JOIN one ON k = p.pid AND #::text <> ''7'''),
(6, 'SELECT count(*) FILTER (WHERE #::text <> ''7'') FROM persons p'),
(7, 'SELECT sum(length(#::text)) FROM persons p'),
(8, 'SELECT x, count(*) FROM (SELECT pid, # AS x FROM persons p) q GROUP BY x'),
(9, 'SELECT x, count(*) FROM (SELECT pid, # AS x FROM persons p GROUP BY pid) q GROUP BY x'),
(10, 'SELECT count(*) FROM (SELECT pid FROM persons p GROUP BY pid HAVING #::text <> ''7'') q'),
(11, 'SELECT count(*) FROM (SELECT pid, max(city) FROM persons p GROUP BY pid ORDER BY #) q'),
(12, 'SELECT count(*) FROM (SELECT pid, sum(income) AS s, # AS x FROM persons p GROUP BY pid, # ) q'),
(13, 'SELECT count(*) FROM persons p HAVING max(#::text) <> ''7'''),
(14, 'SELECT count(*) FROM (SELECT pid FROM persons p ORDER BY #) q'),
(15, 'SELECT count(*) FROM persons p GROUP BY city, # ORDER BY 1'),
(16, 'WITH x AS (SELECT pid, # AS v FROM persons p) SELECT count(DISTINCT v) FROM x'),
(17, 'SELECT count(*) FROM (SELECT pid, # AS x FROM persons p UNION ALL SELECT pid, NULL FROM persons) q GROUP BY x'),
(18, 'SELECT count(*) FROM persons q WHERE EXISTS (SELECT FROM persons p WHERE p.pid = q.pid AND #::text <> ''7'')'),
(19, 'SELECT rank() OVER (ORDER BY #), count(*) FROM persons p GROUP BY #'),
(20, 'SELECT count(*) FROM persons p, LATERAL (SELECT # AS x) q GROUP BY x');

\getenv abs_srcdir PG_ABS_SRCDIR
\set included :abs_srcdir '/lib/run.sql'
\i :included
SET client_min_messages = warning;
CREATE TABLE outcomes (place int, number int, query text, outcome text);
INSERT INTO outcomes
SELECT place, number, replace(query, '#', expr) AS query, run(replace(query, '#', expr)) AS outcome FROM places, subqueries;
SELECT count(*), count(*) FILTER (WHERE outcome ~ '^RC00[1-6]$') AS refused FROM outcomes;
SELECT * FROM outcomes WHERE outcome !~ '^RC00[1-6]$' ORDER BY place, number;
-- over released groups
SELECT city, (SELECT count(*) FROM one WHERE k = length(city) + 6) AS x, count(*) FROM persons GROUP BY city ORDER BY city;
SELECT city, n, (SELECT sum(g) FROM generate_series(1, n) g) AS x, (SELECT peek(city)) AS seen
  FROM (SELECT city, count(*) AS n FROM persons GROUP BY city) r ORDER BY city;
SELECT count(*) FROM persons WHERE age > (SELECT avg(k) FROM one);
-- released groups that are compared with what is around them
SELECT c, (SELECT n FROM (SELECT city, count(*) AS n FROM persons GROUP BY city) x WHERE x.city = c) AS n
  FROM (SELECT DISTINCT city FROM persons UNION ALL SELECT 'nowhere') v (c) ORDER BY c;
SELECT a.city, (SELECT count(*) FROM (SELECT city, count(*) AS n FROM persons GROUP BY city) b WHERE b.n >= a.n AND b.city < a.city) AS before
  FROM (SELECT city, count(*) AS n FROM persons GROUP BY city) a ORDER BY 1;
SELECT c, run(replace(query, '#', quote_literal(c))) AS with_constant, run(format('SELECT (%s) FROM (VALUES (%L), (''B'')) v (c)', replace(query, '#', 'v.c'), c)) AS refused
  FROM (VALUES ('A')) cities (c), (VALUES ('SELECT count(*) FROM persons p WHERE p.city = #'),
    ('SELECT n FROM (SELECT count(*) AS n FROM persons p WHERE p.city = #) x WHERE x.n > 1'),
    ('SELECT n FROM (SELECT city, count(*) AS n FROM persons GROUP BY city) x WHERE x.city = # AND EXISTS (SELECT FROM persons q WHERE q.city = #)'),
    ('SELECT sum(n) FROM (SELECT city, count(*) AS n FROM persons GROUP BY city UNION ALL SELECT city, income FROM persons) x WHERE x.city = #'),
    ('SELECT n FROM (SELECT city, count(*) AS n FROM persons WHERE city = # GROUP BY city) x WHERE x.city > #'),
    ('SELECT max(n) FROM (SELECT city, count(*) FILTER (WHERE income > length(#)) AS n FROM persons GROUP BY city) x')) queries (query);
RESET SESSION AUTHORIZATION;
RESET search_path;
DROP SCHEMA bypass_correlated CASCADE;
DROP OWNED BY regress_cr_r_owner, regress_cr_r_analyst;
DROP ROLE regress_cr_r_owner, regress_cr_r_analyst;
