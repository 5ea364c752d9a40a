-- Attacks by what stands outside of a guard: conditions that the planner would
-- move below it, settings that change while the statement runs, sets that
-- their guard would read in another run, and casts that make half a letter.
--
-- Each is asked of a flag that one person has and of one that nobody has.  It
-- must end alike, with a function of the analyst's having run as often.
\set VERBOSITY terse
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_o_owner;
CREATE ROLE regress_cr_o_analyst;
CREATE SCHEMA bypass_outside;
GRANT ALL ON SCHEMA bypass_outside TO regress_cr_o_owner, regress_cr_o_analyst;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_o_owner, regress_cr_o_analyst;
SET search_path = bypass_outside, pg_catalog;
SET SESSION AUTHORIZATION regress_cr_o_owner;
CREATE TABLE people (pid int PRIMARY KEY, k int NOT NULL, flag text NOT NULL, day date NOT NULL,
    income int NOT NULL, f float8 NOT NULL);
INSERT INTO people SELECT p, p % 3, 'common', date '2024-01-01' + 2 * (p % 10), 1000 + p, p / 7.0 FROM generate_series(1, 300) p;
INSERT INTO people VALUES (777, 1, 'rare', '2024-01-12', 77777, 0.1);
CREATE TABLE seen (pid int NOT NULL, camp text NOT NULL, day date NOT NULL);
INSERT INTO seen SELECT p, 'c', date '2024-01-01' FROM generate_series(1, 60) p UNION ALL SELECT 101, 'rare', date '2023-01-01';
SELECT cleanroom.protect('people', 'pid', 10, dimensions => '{k, flag, day}', measures => '{income, f}', join_keys => '{pid}');
SELECT cleanroom.protect('seen', 'pid', 10, dimensions => '{camp, day}', join_keys => '{pid}');
GRANT SELECT ON people, seen TO regress_cr_o_analyst;

SET SESSION AUTHORIZATION regress_cr_o_analyst;
CREATE SEQUENCE calls;
CREATE FUNCTION tell() RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    PERFORM nextval('bypass_outside.calls');
    RETURN 1;
END $$;
CREATE FUNCTION tells() RETURNS int LANGUAGE plpgsql STABLE AS $$
BEGIN
    PERFORM nextval('bypass_outside.calls');
    RETURN 1;
END $$;
CREATE TABLE list (k int PRIMARY KEY);
INSERT INTO list SELECT generate_series(0, 9);
CREATE TABLE noise (x float8);
INSERT INTO noise SELECT n / 7.0 FROM generate_series(1, 100) n;
CREATE TABLE queries (place int GENERATED ALWAYS AS IDENTITY, query text);
CREATE TABLE outcomes (place int, flag text, query text, outcome text);

-- Runs a statement; says how it ended, and how often a function has run.
CREATE FUNCTION run(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    r record;
    found text := '';
    hint text;
    state text;
    message text;
    before bigint := nextval('bypass_outside.calls');
BEGIN
    SET TimeZone = 'UTC';
    SET DateStyle = 'ISO';
    FOR r IN EXECUTE query LOOP
        found := found || r::text || ' ';
    END LOOP;
    RETURN found || 'calls ' || nextval('bypass_outside.calls') - before - 1;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT,
        state = RETURNED_SQLSTATE, hint = PG_EXCEPTION_HINT;
    RETURN state || ' ' || left(message, 60) || ' calls ' || nextval('bypass_outside.calls') - before - 1 ||
        CASE WHEN hint = '' AND state LIKE 'RC%' THEN ' WITHOUT A HINT' ELSE '' END;
END $$;

-- ---------- conditions on released groups ----------
-- one level each: it stands for (SELECT … WHERE flag = 'rare' … GROUP BY k)
CREATE TABLE levels (level text);
INSERT INTO levels VALUES
('(SELECT k, count(*) n FROM people WHERE flag = %1$L GROUP BY k)'),
('(SELECT DISTINCT k, 1 n FROM people WHERE flag = %1$L)'),
('(SELECT k, count(*) n FROM people WHERE flag = %1$L GROUP BY k UNION ALL SELECT k, 1 FROM people WHERE flag = %1$L AND k < 5 GROUP BY k)'),
('(SELECT k, sum(count(*)) OVER (PARTITION BY k) n FROM people WHERE flag = %1$L GROUP BY k)'),
('(SELECT k, count(*) n FROM (SELECT k FROM people WHERE flag = %1$L UNION ALL SELECT k FROM people WHERE flag = %1$L) u GROUP BY k)'),
('(SELECT k, count(*) n FROM people p WHERE flag = %1$L AND EXISTS (SELECT FROM seen s WHERE s.pid = p.pid) GROUP BY k)'),
('(SELECT k, count(*) n FROM people p WHERE flag = %1$L AND NOT EXISTS (SELECT FROM seen s WHERE s.pid = p.pid) GROUP BY k)'),
('(SELECT k, count(*) n FROM people p LEFT JOIN seen s USING (pid) WHERE flag = %1$L GROUP BY k)'),
('(SELECT k, count(*) n FROM (SELECT pid, k FROM people WHERE flag = %1$L GROUP BY pid, k) u GROUP BY k)'),
('(SELECT n AS k, count(*) AS n FROM (SELECT pid, count(*) AS n FROM people WHERE flag = %1$L GROUP BY pid) u GROUP BY n)');
INSERT INTO queries (query)
SELECT format('SELECT * FROM %s r WHERE %s', level, condition)
  FROM levels, unnest(ARRAY[
    'k = (SELECT tell())', 'k = tells()', 'k = ANY (ARRAY(SELECT tells()))', 'k <> (SELECT tell())',
    'k = (SELECT tell()) OR k = 99', 'k IS DISTINCT FROM (SELECT tell())', 'n = (SELECT tell())',
    'k = CASE WHEN tells() = 1 THEN 1 END', 'ROW(k, 1) = ROW((SELECT tell()), 1)', 'k IN (SELECT tell())',
    'k = (SELECT 1 / count(*)::int FROM pg_class WHERE false)', 'k = (SELECT 1 / (count(*) - 10) FROM list)']) condition;
INSERT INTO queries (query)
SELECT format(form, level)
  FROM levels, unnest(ARRAY[
    'WITH r AS NOT MATERIALIZED %s SELECT * FROM r WHERE k = (SELECT tell())',
    'SELECT * FROM %s r JOIN generate_series(1, 5) v (x) ON r.k = v.x WHERE v.x = (SELECT tell())',
    'SELECT * FROM %s r RIGHT JOIN (VALUES (1)) v (x) ON r.k = v.x AND r.k = (SELECT tell())',
    'SELECT l.k FROM list l WHERE EXISTS (SELECT FROM %s r WHERE r.k = (SELECT tell()))',
    'SELECT l.k FROM list l WHERE l.k IN (SELECT r.k FROM %s r WHERE r.k = tells())',
    'SELECT l.k, (SELECT max(r.n) FROM %s r WHERE r.k = (SELECT tell())) FROM list l',
    'SELECT * FROM (VALUES (1), (2)) v (x), LATERAL (SELECT r.* FROM %s r WHERE r.k = (SELECT tell() + v.x)) z',
    'SELECT r.k, max(n) FROM %s r GROUP BY r.k HAVING r.k = (SELECT tell())',
    'SELECT grouping(k), k, count(*) FROM %s r WHERE k = (SELECT tell()) GROUP BY ROLLUP (k)']) form;
INSERT INTO queries (query) VALUES
('SELECT k, count(*) FROM people WHERE flag = %1$L GROUP BY k HAVING k = (SELECT tell())'),
('SELECT k, count(*) FROM people WHERE flag = %1$L GROUP BY k HAVING k = tells() OR k = 7'),
('SELECT k, count(*) FROM people WHERE flag = %1$L GROUP BY k HAVING k IN (SELECT tell())'),
('SELECT flag, count(*) FROM people WHERE k = 1 AND flag = %1$L GROUP BY flag HAVING flag <> (SELECT tell()::text)'),
('SELECT k, count(*) FROM people WHERE flag = %1$L GROUP BY k HAVING k = (SELECT 1 / count(*)::int FROM pg_class WHERE false)');

-- ---------- subqueries that run once, and only if a row needs them ----------
INSERT INTO queries (query) VALUES
('SELECT count(*) FILTER (WHERE flag = %1$L AND k > (SELECT 1 / (count(*) - 300) FROM people)) FROM people'),
('SELECT count(*) FILTER (WHERE flag = %1$L AND k > (SELECT 1 / (count(*) - 10) FROM list)) FROM people'),
('SELECT count(*) FILTER (WHERE flag = %1$L AND k > (SELECT (count(*) + 2147483648)::int FROM list)) FROM people'),
('SELECT count(*) FILTER (WHERE flag = %1$L AND k IN (SELECT 1 / (l.k - 5) FROM list l)) FROM people'),
('SELECT count(*) FILTER (WHERE b) FROM (SELECT pid, flag = %1$L AND k > (SELECT 1 / (count(*) - 10) FROM list) AS b FROM people) p'),
('SELECT sum(n) FROM (SELECT pid, count(*) FILTER (WHERE flag = %1$L AND k > (SELECT 1 / (count(*) - 10) FROM list)) AS n FROM people GROUP BY pid) p'),
('SELECT count(*) FROM people p WHERE NOT EXISTS (SELECT FROM seen s, (SELECT 1 / (count(*) - 10) AS one FROM list) l WHERE s.pid = p.pid AND camp = %1$L AND one > 0)');

-- ---------- half a letter ----------
INSERT INTO queries (query)
SELECT format('SELECT count(*) FROM people WHERE %s = 9',
              replace(f, '@', $$(CASE WHEN flag = %1$L THEN U&'\00e9' ELSE 'e' END)::"char"$$))
  FROM unnest(ARRAY['char_length(@::bpchar)', 'length(@::text)', 'length(@::character(3))', 'length(upper(@::bpchar))',
    'ascii(@::text)', 'position(@::text IN ''e'')', 'length(@::text || '''')', 'char_length((@::text)::"char"::text)']) f;

-- ---------- sets whose guard would read another run ----------
INSERT INTO queries (query) VALUES
('SELECT k, count(*) FROM people p WHERE NOT EXISTS (SELECT FROM seen s, (SELECT sum(x) AS m FROM noise) a
  WHERE s.pid = p.pid AND (s.camp = %1$L OR a.m = 1)) GROUP BY k'),
('SELECT k, count(*) FROM (SELECT * FROM people p WHERE pid NOT IN (SELECT s.pid FROM seen s, (SELECT sum(f) AS m FROM people) a
  WHERE s.camp = %1$L OR a.m = 1)) q GROUP BY k'),
('WITH a AS (SELECT sum(f) AS m FROM people) SELECT k, count(*) FROM (SELECT * FROM (SELECT * FROM people p WHERE pid NOT IN
  (SELECT s.pid FROM seen s, a WHERE s.camp = %1$L OR a.m = 1)) q WHERE k < 2) r GROUP BY k'),
('SELECT k, count(*) FROM people p WHERE NOT EXISTS (SELECT FROM (SELECT pid, camp, count(*) AS n FROM seen GROUP BY pid, camp) s
  WHERE s.pid = p.pid AND s.camp = %1$L AND n < 5) GROUP BY k');

SET enable_hashagg = off;
DO $$
DECLARE
    q record;
BEGIN
    FOR q IN SELECT * FROM queries ORDER BY place LOOP
        INSERT INTO outcomes
        SELECT q.place, flag, q.query, run(format(q.query, flag)) FROM unnest('{nobody,rare}'::text[]) flag;
    END LOOP;
END $$;
RESET enable_hashagg;
RESET TimeZone;
RESET DateStyle;
SELECT count(*) FROM queries;

-- each ends alike
SELECT n.place, n.query, n.outcome AS nobody, r.outcome AS rare
  FROM outcomes n JOIN outcomes r USING (place)
 WHERE n.flag = 'nobody' AND r.flag = 'rare' AND n.outcome IS DISTINCT FROM r.outcome ORDER BY 1;
-- in these ways
SELECT regexp_replace(outcome, 'calls \d+', 'calls') AS outcome, count(*) FROM outcomes GROUP BY 1 ORDER BY 1;

-- ---------- settings that change while the statement runs ----------
-- each group as without that
CREATE VIEW not_seen AS
SELECT k, count(*) AS n FROM people p
 WHERE NOT EXISTS (SELECT FROM seen s WHERE s.pid = p.pid AND (camp = 'rare' OR s.day::text LIKE '2024-%')) GROUP BY k;
SET enable_hashagg = off;
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SET enable_material = off;
SET enable_memoize = off;
SET DateStyle = 'ISO';
SELECT * FROM not_seen ORDER BY k;
BEGIN;
SELECT *, set_config('DateStyle', 'SQL', false) FROM not_seen ORDER BY k;
SHOW DateStyle;
ROLLBACK;
SET DateStyle = 'ISO';
BEGIN;
DECLARE c CURSOR FOR SELECT * FROM not_seen;
FETCH 1 FROM c;
SET DateStyle = 'SQL';
FETCH 2 FROM c;
COMMIT;
-- both rows alike: days of the second, in such a zone, would be there twice
SET TimeZone = 'UTC';
SELECT o.x, c.*, set_config('TimeZone', 'XXX0YYY-24,J10/0,J12/0', false)
  FROM (VALUES (1), (2)) o (x) LEFT JOIN (SELECT count(*) n, sum(income) s FROM people p
   JOIN generate_series('2024-01-01'::timestamptz, '2024-02-28', '1 day') g (d) ON g.d::date = p.day
   JOIN generate_series('2024-01-01'::timestamptz, '2024-02-28', '1 day') h (d) ON h.d::date = p.day) c ON true;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SELECT * FROM (SELECT n, set_config(name, value, false) FROM not_seen,
    (VALUES ('lc_time', 'C'), ('extra_float_digits', '3'), ('bytea_output', 'escape'), ('IntervalStyle', 'iso_8601')) v (name, value)) x;
-- a series that something else reads, in another zone, first: a day is there once
SET TimeZone = 'UTC';
WITH z AS MATERIALIZED (SELECT set_config('TimeZone', 'Europe/London', false) AS zone),
    days AS MATERIALIZED (SELECT d FROM generate_series(timestamptz '2023-12-25 00:30Z', timestamptz '2024-04-05 00:30Z', interval '1 day') d)
SELECT length(zone)::bigint AS n FROM z UNION ALL SELECT count(*) FROM days
UNION ALL (SELECT count(*) FROM people JOIN days a ON a.d::date = day JOIN days b ON b.d::date = day);
SET TimeZone = 'UTC';
-- another moment at each FETCH
SELECT count(*) FROM people WHERE day < statement_timestamp();
SELECT count(*) FROM people WHERE day < now() AND day < current_timestamp;
-- what an enum of the analyst's is called, and what catalogs say, may change meanwhile
CREATE TYPE mine AS ENUM ('common');
SELECT count(*) FROM people WHERE flag = 'common'::mine::text;
SELECT count(*) FROM people WHERE flag = concat('common'::mine);
SELECT count(*) FROM people WHERE pid NOT IN (SELECT s.pid FROM seen s JOIN pg_class c ON c.oid = 'bypass_outside.list'::regclass WHERE c.reltuples < s.pid);
SELECT count(*) FROM people WHERE flag IN (SELECT relname FROM pg_class);
-- who asks, and where names are looked up, is what it was at the start
SET search_path = bypass_outside, pg_catalog;
SELECT k, count(*), set_config('search_path', 'pg_catalog', false) FROM people
 WHERE current_schema = 'bypass_outside' AND current_user = 'regress_cr_o_analyst' GROUP BY k ORDER BY k;
SET search_path = bypass_outside, pg_catalog;
-- an operator of a function of the server's, with a negator of the analyst's
CREATE FUNCTION taken(int, int) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN PERFORM nextval('bypass_outside.calls'); RETURN $1 <> $2; END $$;
CREATE OPERATOR <!> (FUNCTION = taken, LEFTARG = int, RIGHTARG = int);
CREATE OPERATOR <=> (FUNCTION = int4eq, LEFTARG = int, RIGHTARG = int, NEGATOR = <!>);
SELECT run(query) FROM unnest(ARRAY[
    'SELECT count(*) FROM people WHERE NOT k <=> 0', 'SELECT count(*) FROM people WHERE k <=> 0',
    'SELECT count(*) FILTER (WHERE NOT k <=> 0) FROM people', 'SELECT count(*) FROM people WHERE (k <=> 0) = false',
    'SELECT count(*) FROM people WHERE NOT k <=> ANY (ARRAY[0])', 'SELECT NOT k <=> 0, count(*) FROM people GROUP BY 1',
    'SELECT count(*) FROM people p JOIN seen s ON p.pid = s.pid AND NOT k <=> 0', 'SELECT count(*) FROM people p JOIN seen s ON p.pid <=> s.pid',
    'SELECT count(*) FROM people p WHERE pid IN (SELECT pid FROM seen WHERE NOT pid <=> 0)', 'SELECT count(*) FROM people p WHERE NOT EXISTS (SELECT FROM seen s WHERE s.pid <=> p.pid)',
    'SELECT count(*) FROM people WHERE NOT k IS DISTINCT FROM 0', 'SELECT sum(CASE WHEN NOT k <=> 0 THEN income ELSE 0 END) FROM people',
    'SELECT sum(n) FROM (SELECT pid, count(*) AS n FROM people GROUP BY pid HAVING NOT count(*)::int <=> 0) x',
    'SELECT count(*) FROM people WHERE k < 2 AND pid NOT IN (SELECT l.k FROM list l WHERE NOT l.k <=> 0)', 'SELECT * FROM (SELECT k, count(*) AS n FROM people GROUP BY k) r WHERE NOT k <=> 0 ORDER BY k']) query;
-- memory that only a row needs
SELECT count(*) FROM people WHERE flag = 'rare' AND rpad(flag, 260000000, 'xyz') IS NULL AND lpad(flag, 1000000000) IS NULL;
SELECT count(*) FROM people WHERE rpad(flag, 524289) IS NULL AND length(rpad(flag, 524280)) = 524280
    AND replace(rpad(flag, 500000), ' ', rpad('', 500000, 'x')) IS NULL AND replace(flag, 'm', rpad('', 1000, 'x')) IS NOT NULL;
RESET ALL;
SET client_min_messages = error;
SET search_path = bypass_outside, pg_catalog;

-- ---------- what is honest, comes out ----------
SELECT * FROM (SELECT k, count(*) AS n FROM people GROUP BY k) r WHERE k = (SELECT tell());
SELECT k, count(*) FROM people GROUP BY k HAVING k = (SELECT max(k) FROM list WHERE k < 3);
SELECT k, count(*) FROM people WHERE pid NOT IN (SELECT pid FROM seen GROUP BY pid HAVING count(*) >= 1) GROUP BY k ORDER BY k;
SELECT k, count(*) FROM (SELECT * FROM people WHERE pid NOT IN (SELECT pid FROM seen GROUP BY pid HAVING count(*) >= 1)) q GROUP BY k ORDER BY k;
WITH a AS (SELECT avg(f) AS m FROM people)
SELECT k, count(*) FROM (SELECT * FROM people WHERE pid NOT IN (SELECT s.pid FROM seen s, a WHERE a.m > 0)) q GROUP BY k ORDER BY k;
SELECT count(*) FILTER (WHERE char_length(flag) = 6 AND length(flag::character(8)) = 6) FROM people;
SELECT pid IS NOT NULL, k FROM (SELECT 1 AS pid, k FROM people GROUP BY k) p WHERE k = (SELECT min(k) FROM list);

-- a WITH query of a LATERAL subquery, read beside rows and elsewhere, charged or not
CREATE VIEW twice AS
SELECT g.i, x.* FROM (VALUES (0), (1), (7)) g (i), LATERAL (WITH w AS MATERIALIZED (SELECT l.k FROM list l WHERE l.k = g.i)
    SELECT (SELECT count(*) FROM w) AS n, (SELECT count(*) FROM people WHERE k > (SELECT max(k) FROM w)) AS m) x;
SELECT * FROM twice;
SET SESSION AUTHORIZATION regress_cr_o_owner;
SELECT cleanroom.set_budget('people', 'regress_cr_o_analyst', 100000, 'released_rows', 'day');
SET SESSION AUTHORIZATION regress_cr_o_analyst;
SELECT * FROM twice;
SELECT g.i, x.* FROM (VALUES (0), (1), (7)) g (i), LATERAL (WITH w AS MATERIALIZED (SELECT q.k FROM (SELECT k, count(*) FROM people GROUP BY k) q WHERE q.k = g.i)
    SELECT (SELECT count(*) FROM w) AS n, (SELECT count(*) FROM people WHERE k > (SELECT max(k) FROM w)) AS m) x;
WITH w AS MATERIALIZED (SELECT q.k FROM (SELECT k, count(*) FROM people GROUP BY k) q)
SELECT (SELECT count(*) FROM w) AS n, (SELECT count(*) FROM people WHERE k < (SELECT max(k) FROM w)) AS m;

-- constants that are no numbers
SELECT sum(income * 'NaN'::numeric) FROM people;
SELECT sum(CASE WHEN k = 1 THEN 'Infinity'::numeric ELSE 0 END) FROM people;
SELECT k / 'NaN'::numeric AS nan, count(*) FROM people GROUP BY 1;

-- ---------- what the planner expects ----------
-- of a table of one person, the average width of values would be that person's
SET SESSION AUTHORIZATION regress_cr_o_owner;
CREATE TABLE single (pid int PRIMARY KEY, region text NOT NULL, pad text);
INSERT INTO single VALUES (1, repeat('r', 5), repeat('q', 95));
SELECT cleanroom.protect('single', 'pid', 10, dimensions => '{region}');
GRANT SELECT ON single TO regress_cr_o_analyst;
ANALYZE single;
SET SESSION AUTHORIZATION regress_cr_o_analyst;
CREATE FUNCTION sorted_from() RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    first text;
BEGIN
    FOR n IN 1..40 LOOP
        EXECUTE format('SELECT string_agg(x::text, '','') FROM (SELECT DISTINCT r.region, g.x, h.y
            FROM generate_series(1, %s) g (x) CROSS JOIN (VALUES (1), (2), (3)) h (y)
            LEFT JOIN (SELECT region, count(*) c FROM single GROUP BY region) r ON r.c = g.x OFFSET 0) q', 20 * n) INTO first;
        IF first LIKE '1,1,1,2,2,2,%' THEN
            RETURN 20 * n;
        END IF;
    END LOOP;
    RETURN 0;
END $$;
SET work_mem = 64;
SET hash_mem_multiplier = 1;
SET random_page_cost = 100000;
SET seq_page_cost = 0;
CREATE TABLE expected AS SELECT 5 AS width, 0 AS sorted;
UPDATE expected SET sorted = sorted_from();
SET SESSION AUTHORIZATION regress_cr_o_owner;
UPDATE single SET region = repeat('r', 90), pad = repeat('q', 10);
VACUUM FULL single;
ANALYZE single;
SET SESSION AUTHORIZATION regress_cr_o_analyst;
SELECT sorted = sorted_from() AS alike FROM expected;

RESET SESSION AUTHORIZATION;
RESET ALL;
SET client_min_messages = error;
DROP SCHEMA bypass_outside CASCADE;
DROP OWNED BY regress_cr_o_owner, regress_cr_o_analyst;
DROP ROLE regress_cr_o_owner, regress_cr_o_analyst;
