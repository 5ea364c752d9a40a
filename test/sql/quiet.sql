-- What stands beside protected rows without being protected: queries in IN,
-- scalar subqueries, joins.  Whether and how often the server evaluates them
-- depends on the rows, so they must be silent, without effect, and unable to
-- fail; each refusal says what to write instead.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_quiet_owner;
CREATE ROLE regress_cr_quiet_analyst;
CREATE SCHEMA quiet;
GRANT ALL ON SCHEMA quiet TO regress_cr_quiet_owner, regress_cr_quiet_analyst;
GRANT USAGE ON SCHEMA cleanroom
    TO regress_cr_quiet_owner, regress_cr_quiet_analyst;
SET search_path = quiet, pg_catalog;
SET SESSION AUTHORIZATION regress_cr_quiet_owner;
CREATE TABLE people (person int PRIMARY KEY, region text NOT NULL,
                     age int NOT NULL);
INSERT INTO people SELECT i, 'r' || i % 2, i % 5 FROM generate_series(1, 100) i;
CREATE TABLE strict (person int, age int);
SELECT cleanroom.protect('people', 'person', 10, dimensions => '{region,age}',
    join_keys => '{person}');
SELECT cleanroom.protect('strict', 'person', 10, dimensions => '{age}',
    small_groups => 'refuse');
GRANT SELECT ON people, strict TO regress_cr_quiet_analyst;
RESET SESSION AUTHORIZATION;
CREATE FOREIGN DATA WRAPPER regress_cr_quiet_fdw;
CREATE SERVER regress_cr_quiet_server FOREIGN DATA WRAPPER regress_cr_quiet_fdw;
CREATE FOREIGN TABLE elsewhere (age int) SERVER regress_cr_quiet_server;
CREATE TABLE split (age int) PARTITION BY LIST (age);
CREATE TABLE split_1 PARTITION OF split FOR VALUES IN (1);
CREATE FOREIGN TABLE split_2 PARTITION OF split FOR VALUES IN (2)
    SERVER regress_cr_quiet_server;
GRANT SELECT ON elsewhere, split TO regress_cr_quiet_analyst;
-- a type that compares by a function that somebody has brought along
CREATE TYPE odd AS (n int);
CREATE FUNCTION odd_order(odd, odd) RETURNS int LANGUAGE plpgsql IMMUTABLE
    AS 'BEGIN RETURN btint4cmp($1.n, $2.n); END';
CREATE FUNCTION odd_equals(odd, odd) RETURNS bool LANGUAGE plpgsql IMMUTABLE
    AS 'BEGIN RETURN $1.n = $2.n; END';
CREATE FUNCTION odd_less(odd, odd) RETURNS bool LANGUAGE plpgsql IMMUTABLE
    AS 'BEGIN RETURN $1.n < $2.n; END';
CREATE OPERATOR === (LEFTARG = odd, RIGHTARG = odd, FUNCTION = odd_equals);
CREATE OPERATOR <<< (LEFTARG = odd, RIGHTARG = odd, FUNCTION = odd_less);
CREATE OPERATOR CLASS odd_ops DEFAULT FOR TYPE odd USING btree AS
    OPERATOR 1 <<<, OPERATOR 3 ===, FUNCTION 1 odd_order(odd, odd);
SET SESSION AUTHORIZATION regress_cr_quiet_analyst;
CREATE TABLE ages (age int PRIMARY KEY, label text);
INSERT INTO ages VALUES (1, 'one'), (2, 'two');
CREATE TABLE parted (age int) PARTITION BY LIST (age);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN (1);
INSERT INTO parted VALUES (1);
CREATE MATERIALIZED VIEW stored AS SELECT age FROM ages;
CREATE VIEW seen AS SELECT age FROM ages;
CREATE TABLE odds (age int, value odd);
CREATE SEQUENCE counter;
CREATE TYPE both_of AS (a int, b int);
CREATE FUNCTION mine(int) RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN $1; END';
CREATE FUNCTION mine_eq(int, int) RETURNS bool LANGUAGE plpgsql AS 'BEGIN RETURN $1 = $2; END';
\set VERBOSITY terse
\pset tuples_only on

-- inside: what cannot be heard
SELECT count(*) FROM people WHERE age IN (SELECT age FROM ages);
SELECT count(*) FROM people WHERE age IN (SELECT age FROM parted);
SELECT count(*) FROM people WHERE age IN (SELECT age FROM stored);
SELECT count(*) FROM people WHERE age IN (SELECT age FROM seen);
SELECT count(*) FROM people WHERE age IN (SELECT g FROM generate_series(1, 2) g);
SELECT count(*) FROM people WHERE age IN (SELECT u FROM unnest(ARRAY[1, 2]) u);
SELECT count(*) FROM people WHERE age IN (VALUES (1), (2));
SELECT count(*) FROM people WHERE age IN (SELECT age FROM ages GROUP BY age ORDER BY age);
SELECT count(*) FROM people WHERE age IN (SELECT DISTINCT a.age FROM ages a JOIN seen USING (age));
SELECT count(*) FROM people WHERE age IN (WITH a AS (SELECT age FROM ages), b AS (SELECT * FROM a) SELECT age FROM b);
SELECT count(*) FROM people WHERE age = (SELECT count(*) FROM ages);
SELECT label, count(*) FROM people JOIN ages USING (age) GROUP BY label ORDER BY 1;

-- outside: tables that are elsewhere, or fail
SELECT count(*) FROM people WHERE age IN (SELECT age FROM elsewhere);
SELECT count(*) FROM people WHERE age IN (SELECT age FROM split);
SELECT count(*) FROM people WHERE age IN (SELECT last_value FROM counter);
SELECT count(*) FROM people WHERE age IN (SELECT n FROM (SELECT count(*) AS n FROM strict GROUP BY age) s);
-- functions, samples, other entries of FROM
SELECT count(*) FROM people WHERE age IN (SELECT g FROM mine(1) g);
SELECT count(*) FROM people WHERE age IN (SELECT g FROM generate_series(1, 1 / 1) g);
SELECT count(*) FROM people WHERE age IN (SELECT length(g::json::text) FROM regexp_split_to_table('1,2', ',') g);
SELECT count(*) FROM people WHERE age IN (SELECT g FROM ROWS FROM (generate_series(1, mine(2))) g);
SELECT count(*) FROM people WHERE age IN (SELECT age FROM ages TABLESAMPLE SYSTEM (50));
SELECT count(*) FROM people WHERE age IN (SELECT x FROM XMLTABLE('/a' PASSING '<a>1</a>' COLUMNS x int PATH '.') t);
SELECT count(*) FROM people p, LATERAL XMLTABLE('/a' PASSING '<a>1</a>' COLUMNS x int PATH '.') t WHERE p.age = x;
-- whole queries
SELECT count(*) FROM people WHERE age IN (SELECT age FROM ages FOR UPDATE);
SELECT count(*) FROM people WHERE age IN (SELECT generate_series(1, 2));
SELECT count(*) FROM people WHERE age IN (SELECT row_number() OVER (ORDER BY age) FROM ages);
SELECT count(*) FROM people WHERE age IN (WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 3) SELECT n FROM r);
WITH w AS (DELETE FROM ages RETURNING age) SELECT count(*) FROM people WHERE age IN (SELECT age FROM w);
-- expressions
SELECT count(*) FROM people WHERE age IN (SELECT mine(age) FROM ages);
SELECT count(*) FROM people WHERE age IN (SELECT age FROM ages WHERE 1 / age = 1);
SELECT count(*) FROM people WHERE age IN (SELECT age FROM ages WHERE mine_eq(age, 1));
SELECT count(*) FROM people WHERE age IN (SELECT nextval('counter')::int FROM ages);
SELECT count(*) FROM people WHERE age IN (SELECT age FROM ages ORDER BY mine(age));
SELECT count(*) FROM people WHERE age IN (SELECT count(*) FROM odds GROUP BY value);
SELECT count(*) FROM people WHERE age IN (SELECT age FROM (SELECT DISTINCT age, value FROM odds) o);
SELECT count(*) FROM people WHERE age IN (SELECT DISTINCT ON (value) age FROM odds);
SELECT count(*) FROM people WHERE age IN (SELECT age FROM odds ORDER BY value);
SELECT count(*) FROM people WHERE age IN (SELECT age FROM odds);
SELECT count(*) FROM people WHERE age IN (SELECT age FROM ages LIMIT mine(1));
SELECT count(*) FROM people WHERE age IN (SELECT age FROM ages WHERE age IN (SELECT mine(1)));
SELECT count(*) FROM people WHERE age IN (SELECT sum(mine(age)) FROM ages);
SELECT count(*) FROM people WHERE age IN (SELECT age FROM ages a WHERE a IS NOT NULL AND ROW(a.age, 1)::both_of = ROW(1, 1)::both_of);
SELECT count(*) FROM people WHERE age IN (VALUES (1), (mine(2)));
-- through CTEs, at any distance
WITH a AS (SELECT mine(age) AS age FROM ages) SELECT count(*) FROM people WHERE age IN (SELECT age FROM a);
WITH a AS (SELECT mine(age) AS age FROM ages), b AS (SELECT age FROM a) SELECT count(*) FROM people JOIN (SELECT DISTINCT age FROM b) s USING (age);
WITH a AS MATERIALIZED (SELECT age FROM elsewhere) SELECT count(*) FROM people WHERE age = (SELECT max(age) FROM a);

RESET SESSION AUTHORIZATION;
RESET search_path;
DROP SCHEMA quiet CASCADE;
DROP SERVER regress_cr_quiet_server;
DROP FOREIGN DATA WRAPPER regress_cr_quiet_fdw;
DROP OWNED BY regress_cr_quiet_owner, regress_cr_quiet_analyst;
DROP ROLE regress_cr_quiet_owner, regress_cr_quiet_analyst;
