-- Attacks by questions of membership.  They only grow.
--
-- Every attack runs in four worlds.  In the first one person, number 1000, is
-- in all tables, with values that nobody else has.  In the second that person
-- has another number and another region; in the third nobody is rare, in the
-- fourth somebody is who is in one table only.  An attack leaks when its
-- outcome differs between the worlds, or shows what only that person has.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_bm_owner;
CREATE ROLE regress_cr_bm_partner;
CREATE ROLE regress_cr_bm_analyst;
CREATE SCHEMA bm;
CREATE SCHEMA bm_own;
CREATE SCHEMA bm_false;
GRANT ALL ON SCHEMA bm TO regress_cr_bm_owner, regress_cr_bm_partner;
GRANT ALL ON SCHEMA bm_own, bm_false TO regress_cr_bm_analyst;
GRANT USAGE ON SCHEMA bm TO regress_cr_bm_analyst;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_bm_owner,
    regress_cr_bm_partner, regress_cr_bm_analyst;
SET search_path = bm, bm_own, pg_catalog;
\set VERBOSITY terse
\pset tuples_only on

-- ---------- the owners' tables ----------
SET SESSION AUTHORIZATION regress_cr_bm_owner;
CREATE TABLE people (person int PRIMARY KEY, email text, region text,
                     age int, income int, secret text);
INSERT INTO people SELECT i, 'p' || i, CASE WHEN i <= 97 THEN 'north'
    ELSE 'south' END, 20 + i / 50 * 10, 30000 + i, 'canary' || i
    FROM generate_series(1, 200) i;
INSERT INTO people VALUES (1000, 'p1000', 'tiny', 99, 777777, 'canary0');
CREATE TABLE buys (person int, shop text, amount int);
INSERT INTO buys SELECT i % 150 + 1, 'shop' || i % 2, i % 50
    FROM generate_series(1, 600) i;
INSERT INTO buys SELECT 1000, 'solo', 666666 FROM generate_series(1, 30);
INSERT INTO buys SELECT NULL, 'nobody', 444444 FROM generate_series(1, 30);
SELECT cleanroom.protect('people', 'person', 10,
    dimensions => '{region, age}', measures => '{income}',
    join_keys => '{person, email}');
SELECT cleanroom.protect('buys', 'person', 10, dimensions => '{shop}',
    measures => '{amount}', join_keys => '{person}');
CREATE TABLE strict (person int, region text, income int);
INSERT INTO strict SELECT person, region, income FROM people;
SELECT cleanroom.protect('strict', 'person', 10, dimensions => '{region}',
    measures => '{income}', join_keys => '{person}',
    small_groups => 'refuse');
CREATE TABLE calls (a int, b int, topic text);
INSERT INTO calls SELECT i, 500 + i, 'work' FROM generate_series(1, 60) i;
INSERT INTO calls SELECT i, 1000, 'love' FROM generate_series(1, 60) i;
SELECT cleanroom.protect('calls', 'a', 10, dimensions => '{topic}',
    join_keys => '{a, b}');
SELECT cleanroom.set_column('calls', 'b', 'unit, join');
GRANT ALL ON people, buys, strict, calls TO regress_cr_bm_analyst;
SET SESSION AUTHORIZATION regress_cr_bm_partner;
CREATE TABLE clinic (person int PRIMARY KEY, email text, diagnosis text,
                     cost int);
INSERT INTO clinic SELECT i, 'p' || i, 'd' || i % 2, i
    FROM generate_series(1, 150) i;
INSERT INTO clinic VALUES (1000, 'p1000', 'rare', 333333);
SELECT cleanroom.protect('clinic', 'person', 10, dimensions => '{diagnosis}',
    measures => '{cost}', join_keys => '{person, email}');
GRANT ALL ON clinic TO regress_cr_bm_analyst;

-- ---------- the analyst's tools ----------
SET SESSION AUTHORIZATION regress_cr_bm_analyst;
SET search_path = bm_own, bm, pg_catalog;
CREATE FUNCTION spy(x int) RETURNS bool LANGUAGE plpgsql STABLE
    COST 0.0000001 AS $$ BEGIN
    PERFORM set_config('spy.saw', current_setting('spy.saw', true)
                                  || coalesce(x::text, '-') || ';', false);
    RETURN true; END $$;
CREATE FUNCTION spy_eq(a int, b int) RETURNS bool LANGUAGE plpgsql IMMUTABLE
    COST 0.0000001 AS $$ BEGIN PERFORM bm_own.spy(a);
    RETURN a OPERATOR(pg_catalog.=) b; END $$;
CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = spy_eq);
CREATE OPERATOR bm_false.= (LEFTARG = int, RIGHTARG = int,
    FUNCTION = spy_eq, MERGES, HASHES, COMMUTATOR = OPERATOR(bm_false.=));
CREATE TABLE keyed (k int PRIMARY KEY, w int, lab text);
INSERT INTO keyed SELECT i, i % 5, 'l' || i % 2 FROM generate_series(1, 30) i;
INSERT INTO keyed VALUES (1000, 1048576, 'him');
CREATE TABLE weights (k int, w int);
INSERT INTO weights SELECT i, 1 FROM generate_series(1, 20) i
    UNION ALL SELECT 1000, 1 FROM generate_series(1, 1000);
CREATE TABLE nulls (k int UNIQUE);
INSERT INTO nulls VALUES (1000), (NULL), (NULL);
CREATE TABLE others (k int PRIMARY KEY);     -- everybody but 1000
INSERT INTO others SELECT i FROM generate_series(1, 200) i;
CREATE TABLE mates (k int PRIMARY KEY);      -- who are not in the clinic
INSERT INTO mates SELECT i FROM generate_series(151, 170) i;
INSERT INTO mates VALUES (1000);
CREATE TABLE fellows (k int PRIMARY KEY);    -- who are
INSERT INTO fellows SELECT i FROM generate_series(1, 20) i;
INSERT INTO fellows VALUES (1000);
CREATE TABLE policed (k int PRIMARY KEY);
INSERT INTO policed SELECT k FROM keyed;
ALTER TABLE policed ENABLE ROW LEVEL SECURITY;
ALTER TABLE policed FORCE ROW LEVEL SECURITY;
CREATE POLICY p ON policed
    USING (NOT EXISTS (SELECT FROM bm.people p WHERE p.person = k));
CREATE VIEW flagged AS SELECT p.*, EXISTS (SELECT FROM bm.clinic c
    WHERE c.person = p.person AND c.diagnosis = 'rare') AS rare,
    EXISTS (SELECT FROM bm.clinic c WHERE c.person = p.person) AS ill
    FROM bm.people p;
CREATE VIEW well AS SELECT * FROM bm.people p WHERE NOT EXISTS (SELECT
    FROM bm.clinic c WHERE c.person = p.person AND c.diagnosis = 'rare');
CREATE VIEW spying AS SELECT k FROM keyed WHERE spy(k);

-- ---------- the machine, as in bypass.sql ----------
CREATE TABLE attacks (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    family text NOT NULL, probe text NOT NULL,
    accepted text);             -- why the contract lets the worlds differ
CREATE TABLE outcomes (world int, id int, admitted bool, outcome text,
                       saw text);
CREATE FUNCTION attack(world int, id int, probe text)
    RETURNS outcomes LANGUAGE plpgsql
    SET search_path = bm_own, bm, pg_catalog AS $$
DECLARE
    result outcomes;
    r record;
    found text[] := '{}';
    message text;
    detail text;
    state text;
BEGIN
    PERFORM set_config('spy.saw', '', false);
    result.world := world;
    result.id := id;
    BEGIN
        FOR r IN EXECUTE probe LOOP
            found := found || r::text;
        END LOOP;
        result.admitted := true;
        found := array(SELECT unnest(found) ORDER BY 1);
        result.outcome := array_to_string(found, ' ');
    EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS message = MESSAGE_TEXT,
            state = RETURNED_SQLSTATE, detail = PG_EXCEPTION_DETAIL;
        result.admitted := false;
        result.outcome := state || ': ' || message ||
            CASE WHEN detail <> '' THEN ' | ' || detail ELSE '' END;
    END;
    result.saw := current_setting('spy.saw');
    RETURN result;
END $$;

INSERT INTO attacks (family, probe) VALUES
-- one person is the set: all but that one are asked for
('set of one', 'SELECT count(*) FROM people p WHERE NOT EXISTS (SELECT FROM clinic c WHERE c.person = p.person AND c.diagnosis = ''rare'')'),
('set of one', 'SELECT count(*), sum(income) FROM people WHERE person NOT IN (SELECT person FROM clinic WHERE diagnosis = ''rare'')'),
('set of one', 'SELECT sum(income) FROM people p LEFT JOIN clinic c ON c.person = p.person AND c.diagnosis = ''rare'' WHERE c.person IS NULL'),
('set of one', 'SELECT sum(income) FROM clinic c RIGHT JOIN people p ON c.person = p.person AND c.diagnosis = ''rare'' WHERE c.person IS NULL'),
('set of one', 'SELECT count(*) FROM people p LEFT JOIN (SELECT person FROM clinic WHERE diagnosis = ''rare'') c USING (person) WHERE c.person IS NULL'),
('set of one', 'SELECT region, count(*) FROM people p WHERE NOT EXISTS (SELECT FROM clinic c WHERE c.person = p.person AND c.diagnosis = ''rare'') GROUP BY region'),
('set of one', 'SELECT DISTINCT region FROM people p WHERE NOT EXISTS (SELECT FROM clinic c WHERE c.person = p.person AND c.diagnosis = ''rare'')'),
('set of one', 'SELECT count(*) FROM people p WHERE (p.person IN (SELECT person FROM clinic WHERE diagnosis = ''rare'')) IS NOT TRUE'),
('set of one', 'SELECT count(*) FROM people p WHERE (p.person IN (SELECT person FROM clinic WHERE diagnosis = ''rare'')) = false'),
('set of one', 'SELECT count(*) FROM people p WHERE NOT (age > 10 AND EXISTS (SELECT FROM clinic c WHERE c.person = p.person AND c.diagnosis = ''rare''))'),
('set of one', 'SELECT count(*) FROM people p WHERE region = ''north'' OR NOT EXISTS (SELECT FROM clinic c WHERE c.person = p.person AND c.diagnosis = ''rare'')'),
('set of one', 'SELECT count(*) FROM people p WHERE age < 90 OR EXISTS (SELECT FROM clinic c WHERE c.person = p.person AND c.diagnosis = ''rare'')'),
('set of one', 'SELECT count(*) FROM people p WHERE CASE WHEN EXISTS (SELECT FROM clinic c WHERE c.person = p.person AND c.diagnosis = ''rare'') THEN false ELSE true END'),
('set of one', 'SELECT count(*) FROM people p WHERE person <> ALL (SELECT person FROM clinic WHERE diagnosis = ''rare'')'),
('set of one', 'SELECT count(*) FROM people p WHERE NOT person = ANY (SELECT person FROM clinic WHERE diagnosis = ''rare'')'),
('set of one', 'SELECT count(*) FROM people p WHERE coalesce((SELECT false FROM clinic c WHERE c.person = p.person AND c.diagnosis = ''rare''), true)'),
('set of one', 'SELECT count(*) FROM people p WHERE NOT EXISTS (SELECT FROM buys b WHERE b.person = p.person AND b.shop = ''solo'')'),
('set of one', 'SELECT count(*) FROM people p WHERE NOT EXISTS (SELECT FROM buys b JOIN clinic c ON c.person = b.person WHERE b.person = p.person AND c.diagnosis = ''rare'')'),
('set of one', 'SELECT count(*) FROM people p WHERE person NOT IN (SELECT person FROM buys GROUP BY person HAVING count(*) > 20)'),
('set of one', 'SELECT count(*) FROM people p WHERE person NOT IN (SELECT person FROM people WHERE region IN (''tiny'', ''other''))'),
('set of one', 'SELECT count(*) FROM people p WHERE NOT EXISTS (SELECT FROM people q WHERE q.person = p.person AND q.age >= 98)'),
('set of one', 'SELECT count(*) FROM well'),
('set of one', 'SELECT region, sum(income) FROM well GROUP BY region'),
('set of one', 'WITH w AS (SELECT * FROM well) SELECT count(*) FROM w a JOIN w b USING (person)'),
('set of one', 'SELECT sum(income) FROM (SELECT * FROM well WHERE age > 10) x JOIN buys USING (person)'),
('set of one', 'SELECT n, count(*) FROM (SELECT person, count(*) AS n FROM well JOIN buys USING (person) GROUP BY person) x GROUP BY n'),
('set of one', 'SELECT avg(s) FROM (SELECT person, sum(income) AS s FROM well GROUP BY person) x'),
('set of one', 'SELECT count(*) FROM people WHERE person IN (SELECT person FROM well)'),
('set of one', 'SELECT count(*) FROM people p WHERE NOT EXISTS (SELECT FROM well w WHERE w.person = p.person)'),
-- the part and the rest, side by side
('part', 'SELECT count(*), count(*) FILTER (WHERE NOT EXISTS (SELECT FROM clinic c WHERE c.person = p.person AND c.diagnosis = ''rare'')) FROM people p'),
('part', 'SELECT sum(income), sum(income) FILTER (WHERE NOT rare) FROM flagged'),
('part', 'SELECT sum(income), sum(income) FILTER (WHERE rare) FROM flagged'),
('part', 'SELECT sum(income), sum(CASE WHEN rare THEN 0 ELSE income END) FROM flagged'),
('part', 'SELECT sum(income), sum(CASE WHEN NOT rare THEN income END) FROM flagged'),
('part', 'SELECT count(*), count(CASE WHEN rare THEN 1 END) FROM flagged'),
('part', 'SELECT avg(CASE WHEN rare THEN 1 ELSE 0 END) FROM flagged'),
('part', 'SELECT count(*) FILTER (WHERE rare OR region = ''north''), count(*) FILTER (WHERE region = ''north'') FROM flagged'),
('part', 'SELECT count(*) FILTER (WHERE rare IS NOT TRUE) FROM flagged'),
('part', 'SELECT count(*) FILTER (WHERE rare = false) FROM flagged'),
('part', 'SELECT count(*) FILTER (WHERE rare IN (false)) FROM flagged'),
('part', 'SELECT count(*) FILTER (WHERE NOT rare AND ill) FROM flagged'),
('part', 'SELECT count(*) FILTER (WHERE rare <> ill), count(*) FILTER (WHERE ill) FROM flagged'),
('part', 'SELECT count(*) FILTER (WHERE rare::int = 0) FROM flagged'),
('part', 'SELECT (SELECT count(*) FROM people) - (SELECT count(*) FROM well)'),
('part', 'SELECT count(*) FROM flagged WHERE NOT rare'),
('part', 'SELECT count(*) FROM flagged WHERE NOT rare AND ill'),
('part', 'SELECT sum(income) FROM (SELECT * FROM flagged WHERE NOT rare) x'),
('part', 'SELECT avg(s) FROM (SELECT person, sum(income) AS s, bool_or(rare) AS r FROM flagged GROUP BY person) x WHERE NOT r'),
('part', 'SELECT count(*) FILTER (WHERE NOT r) FROM (SELECT person, rare AS r FROM flagged GROUP BY person, rare) x'),
('part', 'SELECT sum(n) FILTER (WHERE NOT rare) FROM (SELECT b.person, count(*) AS n, rare FROM buys b JOIN flagged f ON f.person = b.person GROUP BY b.person, rare) x'),
-- as a group
('group', 'SELECT rare, count(*) FROM flagged GROUP BY rare'),
('group', 'SELECT rare, sum(income) FROM flagged GROUP BY rare'),
('group', 'SELECT rare, region, count(*) FROM flagged GROUP BY rare, region'),
('group', 'SELECT CASE WHEN rare THEN ''r'' WHEN ill THEN ''i'' ELSE ''w'' END, count(*) FROM flagged GROUP BY 1'),
('group', 'SELECT rare, ill, count(*) FROM flagged GROUP BY 1, 2'),
('group', 'SELECT CASE WHEN rare THEN region ELSE ''all'' END, count(*) FROM flagged GROUP BY 1'),
('group', 'SELECT rare::text || region, count(*) FROM flagged GROUP BY 1'),
('group', 'SELECT DISTINCT rare FROM flagged'),
('group', 'SELECT DISTINCT rare, region FROM flagged'),
('group', 'SELECT rare, count(*) FROM flagged GROUP BY ROLLUP (rare)'),
('group', 'SELECT rare, count(*) FROM flagged GROUP BY rare HAVING spy(count(*)::int)'),
('group', 'SELECT ill, count(*), count(*) FILTER (WHERE NOT rare) FROM flagged GROUP BY ill'),
('group', 'SELECT ill, sum(income), sum(CASE WHEN NOT rare THEN income END) FROM flagged GROUP BY ill'),
('group', 'SELECT ill, count(*), count(*) FILTER (WHERE region <> ''tiny'' AND region <> ''other'') FROM flagged WHERE age > 30 GROUP BY ill'),
('group', 'SELECT ill, count(*), count(CASE WHEN age < 90 THEN 1 END) FROM flagged GROUP BY ill'),
('group', 'SELECT ill, count(*), count(*) FILTER (WHERE age < 90) FROM flagged GROUP BY ill'),
('group', 'SELECT r, count(*) FROM (SELECT person, rare AS r FROM flagged GROUP BY person, rare) x GROUP BY r'),
('group', 'SELECT r, avg(n) FROM (SELECT person, count(*) AS n, EXISTS (SELECT FROM clinic c WHERE c.person = b.person AND diagnosis = ''rare'') AS r FROM buys b GROUP BY person) x GROUP BY r'),
('group', 'SELECT c.person IS NULL, count(*) FROM people p LEFT JOIN (SELECT DISTINCT person FROM clinic WHERE diagnosis = ''rare'') c ON c.person = p.person GROUP BY 1'),
('group', 'SELECT spy(rare::int), count(*) FROM flagged GROUP BY 1'),
-- few in one group, though the set is large
('few', 'SELECT region, count(*) FROM people p WHERE NOT EXISTS (SELECT FROM clinic c WHERE c.person = p.person AND c.diagnosis <> ''d0'' AND c.diagnosis <> ''d1'') GROUP BY region'),
('few', 'SELECT count(*) FROM people p WHERE EXISTS (SELECT FROM clinic c WHERE c.person = p.person) AND age > 90'),
('few', 'SELECT age, count(*) FROM people p WHERE EXISTS (SELECT FROM clinic c WHERE c.person = p.person) GROUP BY age'),
('few', 'SELECT count(*) FROM people p WHERE NOT EXISTS (SELECT FROM buys b WHERE b.person = p.person AND b.shop = ''shop0'') AND NOT EXISTS (SELECT FROM clinic c WHERE c.person = p.person AND c.diagnosis = ''rare'')'),
('few', 'SELECT count(*) FROM people p WHERE NOT EXISTS (SELECT FROM buys b WHERE b.person = p.person) OR EXISTS (SELECT FROM clinic c WHERE c.person = p.person AND c.diagnosis = ''rare'')'),
('few', 'SELECT count(*) FROM people p WHERE EXISTS (SELECT FROM buys b WHERE b.person = p.person AND b.shop <> ''solo'') AND NOT EXISTS (SELECT FROM clinic c WHERE c.person = p.person AND c.diagnosis = ''rare'')'),
('few', 'SELECT count(*) FROM people p WHERE NOT (EXISTS (SELECT FROM buys b WHERE b.person = p.person AND b.shop = ''shop1'') OR EXISTS (SELECT FROM clinic c WHERE c.person = p.person AND c.diagnosis = ''rare''))'),
('few', 'SELECT count(*) FROM people p WHERE age IN (50, 98, 99) AND NOT EXISTS (SELECT FROM clinic c WHERE c.person = p.person)'),
-- lists of the analyst's, who knows who is on them
('list', 'SELECT count(*) FROM people WHERE person NOT IN (SELECT k FROM keyed WHERE lab = ''him'')'),
('list', 'SELECT count(*) FROM people WHERE NOT EXISTS (SELECT FROM keyed WHERE k = person AND lab = ''him'')'),
('list', 'SELECT sum(income) FROM people LEFT JOIN keyed ON k = person AND lab = ''him'' WHERE k IS NULL'),
('list', 'SELECT sum(income) FROM people LEFT JOIN nulls ON k = person WHERE k IS NULL'),
('list', 'SELECT count(*) FROM people WHERE NOT EXISTS (SELECT FROM (VALUES (1000)) v(k) WHERE v.k = person)'),
('list', 'SELECT count(*) FROM people LEFT JOIN (VALUES (1000)) v(k) ON v.k = person WHERE v.k IS NULL'),
('list', 'SELECT count(*) FROM people WHERE NOT EXISTS (SELECT FROM generate_series(1000, 1000) k WHERE k = person)'),
('list', 'SELECT region, count(*) FROM people WHERE NOT EXISTS (SELECT FROM keyed WHERE k = person AND k > 900) GROUP BY region'),
('list', 'SELECT count(*) FILTER (WHERE NOT EXISTS (SELECT FROM keyed WHERE k = person AND lab = ''him'')) FROM people'),
('list', 'SELECT count(*) FILTER (WHERE EXISTS (SELECT FROM keyed WHERE k = person AND lab = ''him'')) FROM people'),
('list', 'SELECT count(*) FILTER (WHERE EXISTS (SELECT FROM others WHERE k = person)) FROM people'),
('list', 'SELECT sum(CASE WHEN EXISTS (SELECT FROM others WHERE k = person) THEN income ELSE 0 END) FROM people'),
('list', 'SELECT x, count(*) FROM (SELECT p.*, EXISTS (SELECT FROM keyed WHERE k = person AND lab = ''him'') AS x FROM people p) p GROUP BY x'),
('list', 'SELECT x, count(*) FROM (SELECT p.*, EXISTS (SELECT FROM others WHERE k = person) AS x FROM people p) p GROUP BY x'),
('list', 'SELECT count(*) FROM people WHERE NOT EXISTS (SELECT FROM others WHERE k = person)'),
('list', 'SELECT count(*) FROM people WHERE age < 90 OR EXISTS (SELECT FROM keyed WHERE k = person AND lab = ''him'')'),
('list', 'SELECT count(*) FROM people WHERE NOT EXISTS (SELECT FROM keyed WHERE ''p'' || k = email)'),
('list', 'SELECT count(*) FROM people WHERE NOT EXISTS (SELECT FROM (SELECT ''p'' || k AS e FROM keyed WHERE lab = ''him'') x WHERE e = email)'),
('list', 'SELECT count(*) FROM (SELECT * FROM people WHERE NOT EXISTS (SELECT FROM keyed WHERE k = person AND lab = ''him'')) x'),
('list', 'SELECT avg(s) FROM (SELECT person, sum(amount) AS s FROM buys WHERE NOT EXISTS (SELECT FROM keyed WHERE k = person AND lab = ''him'') GROUP BY person) x'),
('list', 'SELECT avg(s) FILTER (WHERE NOT x) FROM (SELECT person, sum(amount) AS s, EXISTS (SELECT FROM keyed WHERE k = person AND lab = ''him'') AS x FROM buys GROUP BY person) x'),
('list', 'SELECT count(*) FROM people WHERE NOT EXISTS (SELECT FROM weights WHERE k = person)'),
('list', 'SELECT count(*) FROM people LEFT JOIN policed ON k = person WHERE k IS NULL'),
('list', 'SELECT count(*) FROM people WHERE NOT EXISTS (SELECT FROM policed WHERE k = person)'),
('list', 'SELECT count(*) FROM people WHERE person NOT IN (SELECT k FROM nulls)'),
('list', 'SELECT count(*) FROM people WHERE (person IN (SELECT k FROM nulls)) IS NULL'),
('list', 'SELECT count(*) FROM people WHERE person NOT IN (SELECT k FROM nulls WHERE k IS NOT NULL)'),
('list', 'SELECT count(*) FROM people p WHERE NOT EXISTS (SELECT FROM keyed k JOIN clinic c ON c.person = k.k WHERE k.k = p.person AND k.lab = ''him'')'),
('list', 'SELECT count(*) FROM people p WHERE NOT EXISTS (SELECT FROM clinic c WHERE c.person = p.person AND c.person IN (SELECT k FROM keyed WHERE lab = ''him''))'),
('list', 'SELECT count(*) FROM people p WHERE NOT EXISTS (SELECT FROM clinic c WHERE c.person = p.person AND c.person = 1000)'),
('list', 'SELECT count(*) FROM people p WHERE NOT EXISTS (SELECT FROM clinic c WHERE c.person = p.person AND p.person = 1000)'),
('list', 'SELECT count(*) FROM people p WHERE NOT EXISTS (SELECT FROM clinic c WHERE c.person = p.person AND c.cost > 300000)'),
('list', 'SELECT count(*) FROM people p WHERE NOT EXISTS (SELECT FROM clinic c WHERE c.person = p.person AND c.person <> 5)'),
-- a list, of all of whom but one the answer is known
('listed', 'SELECT count(*) FROM people p WHERE person IN (SELECT k FROM mates) AND NOT EXISTS (SELECT FROM clinic c WHERE c.person = p.person)'),
('listed', 'SELECT count(*) FROM people p JOIN mates ON k = p.person WHERE NOT EXISTS (SELECT FROM clinic c WHERE c.person = p.person)'),
('listed', 'SELECT count(*) FROM people p LEFT JOIN clinic c USING (person) JOIN mates ON k = person WHERE c.person IS NULL'),
('listed', 'SELECT count(*) FROM (SELECT * FROM people WHERE person IN (SELECT k FROM mates)) p WHERE NOT EXISTS (SELECT FROM clinic c WHERE c.person = p.person)'),
('listed', 'SELECT count(*) FROM (SELECT p.person FROM people p JOIN mates ON k = p.person GROUP BY p.person) p WHERE NOT EXISTS (SELECT FROM clinic c WHERE c.person = p.person)'),
('listed', 'SELECT count(*) FROM people p WHERE EXISTS (SELECT FROM mates WHERE k = person) AND NOT EXISTS (SELECT FROM clinic c WHERE c.person = p.person)'),
('listed', 'SELECT count(*), count(*) FILTER (WHERE NOT ill) FROM flagged WHERE person IN (SELECT k FROM mates)'),
('listed', 'SELECT count(*) FILTER (WHERE ill) FROM flagged WHERE person IN (SELECT k FROM mates)'),
('listed', 'SELECT ill, count(*) FROM flagged WHERE person IN (SELECT k FROM mates) GROUP BY ill'),
('listed', 'SELECT sum(CASE WHEN NOT ill THEN income END) FROM flagged WHERE person IN (SELECT k FROM mates)'),
('listed', 'SELECT count(*) FILTER (WHERE NOT ill AND person IN (SELECT k FROM mates)) FROM flagged'),
('listed', 'SELECT count(*) FILTER (WHERE person IN (SELECT k FROM mates) AND ill) FROM flagged'),
('listed', 'SELECT count(*) FROM people p WHERE age > 50 AND NOT EXISTS (SELECT FROM clinic c WHERE c.person = p.person AND c.person IN (SELECT k FROM fellows))'),
('listed', 'SELECT count(*) FROM people p WHERE age > 50 AND NOT EXISTS (SELECT FROM clinic c JOIN fellows f ON f.k = c.person WHERE c.person = p.person)'),
('listed', 'SELECT count(*) FROM people p WHERE age > 50 AND NOT EXISTS (SELECT FROM (SELECT * FROM clinic WHERE person IN (SELECT k FROM fellows)) c WHERE c.person = p.person)'),
('listed', 'SELECT count(*) FROM people p WHERE age > 50 AND person NOT IN (SELECT person FROM clinic WHERE person IN (SELECT k FROM fellows) GROUP BY person HAVING count(*) > 0)'),
('listed', 'SELECT count(*) FROM people p LEFT JOIN (SELECT c.person FROM clinic c JOIN fellows f ON f.k = c.person) c ON c.person = p.person WHERE age > 50 AND c.person IS NULL'),
('listed', 'SELECT age, count(*) FROM people p WHERE age > 50 AND NOT EXISTS (SELECT FROM clinic c JOIN fellows f ON f.k = c.person WHERE c.person = p.person) GROUP BY age'),
('listed', 'SELECT count(*) FILTER (WHERE NOT x) FROM (SELECT age, EXISTS (SELECT FROM clinic c JOIN fellows f ON f.k = c.person WHERE c.person = p.person) AS x FROM people p) p WHERE age > 50'),
('listed', 'SELECT count(*) FILTER (WHERE x OR age < 60) FROM (SELECT age, EXISTS (SELECT FROM clinic c JOIN fellows f ON f.k = c.person WHERE c.person = p.person) AS x FROM people p) p WHERE age > 40'),
('listed', 'SELECT x, count(*) FROM (SELECT age, EXISTS (SELECT FROM clinic c JOIN fellows f ON f.k = c.person WHERE c.person = p.person) AS x FROM people p) p WHERE age > 50 GROUP BY x'),
('listed', 'SELECT age, count(*) FROM people p WHERE EXISTS (SELECT FROM clinic c JOIN fellows f ON f.k = c.person WHERE c.person = p.person) GROUP BY age'),
-- rows of the analyst's ask for people
('oracle', 'SELECT count(*) FROM keyed WHERE NOT EXISTS (SELECT FROM people WHERE person = k)'),
('oracle', 'SELECT k FROM keyed WHERE NOT EXISTS (SELECT FROM people WHERE person = k)'),
('oracle', 'SELECT k, EXISTS (SELECT FROM people WHERE person = k) FROM keyed'),
('oracle', 'SELECT count(*) FILTER (WHERE EXISTS (SELECT FROM people WHERE person = k)) FROM keyed'),
('oracle', 'SELECT sum(w) FROM keyed LEFT JOIN people ON person = k WHERE person IS NULL'),
('oracle', 'SELECT sum(w) FROM weights LEFT JOIN people ON person = k WHERE person IS NULL'),
('oracle', 'SELECT x, count(*) FROM (SELECT k, EXISTS (SELECT FROM people WHERE person = k) AS x FROM keyed) y GROUP BY x'),
('oracle', 'SELECT * FROM policed'),
('oracle', 'SELECT count(*) FROM policed'),
('oracle', 'SELECT 1 WHERE NOT EXISTS (SELECT FROM people WHERE region = ''tiny'')'),
('oracle', 'SELECT 1000 NOT IN (SELECT person FROM people)'),
('oracle', 'SELECT person, EXISTS (SELECT FROM clinic c WHERE c.person = p.person) FROM people p'),
('oracle', 'SELECT person, EXISTS (SELECT FROM clinic c WHERE c.person = p.person), count(*) FROM people p GROUP BY person'),
('oracle', 'SELECT ill FROM flagged ORDER BY person LIMIT 1'),
('oracle', 'SELECT count(*) FROM people p WHERE p.age > 10 ORDER BY EXISTS (SELECT FROM clinic WHERE diagnosis = ''rare'')'),
('oracle', 'SELECT count(*) FROM people LIMIT (SELECT CASE WHEN EXISTS (SELECT FROM clinic WHERE diagnosis = ''rare'') THEN 1 ELSE 0 END)'),
('oracle', 'SELECT region, count(*) FROM people GROUP BY region HAVING EXISTS (SELECT FROM clinic WHERE diagnosis = ''rare'')'),
('oracle', 'SELECT count(*) FROM (SELECT person FROM people p GROUP BY person HAVING NOT EXISTS (SELECT FROM clinic c WHERE c.person = p.person AND diagnosis = ''rare'')) x'),
('oracle', 'SELECT count(*) FROM (SELECT person, rare FROM flagged GROUP BY person, rare HAVING NOT rare) x'),
('oracle', 'SELECT max(ill::int) FROM flagged WHERE age > 90'),
('oracle', 'SELECT sum(rare::int) FROM flagged'),
('oracle', 'SELECT count(rare OR NULL), count(nullif(rare, false)) FROM flagged'),
('oracle', 'SELECT bool_or(rare), every(NOT rare) FROM flagged'),
('oracle', 'SELECT count(DISTINCT rare) FROM flagged'),
('oracle', 'SELECT array_agg(rare) FROM flagged'),
('oracle', 'SELECT region, row_number() OVER (ORDER BY rare), count(*) OVER () FROM flagged'),
('oracle', 'SELECT sum(income * rare::int) FROM flagged'),
('oracle', 'SELECT sum(income * CASE WHEN rare THEN 1000000 ELSE 1 END) FROM flagged'),
-- where a condition cannot be put off
('buried', 'SELECT count(*) FROM buys b LEFT JOIN well w ON w.person = b.person'),
('buried', 'SELECT count(w.person), count(*) FROM buys b LEFT JOIN well w ON w.person = b.person'),
('buried', 'SELECT count(*) FROM keyed LEFT JOIN well w ON w.person = k'),
('buried', 'SELECT count(*) FILTER (WHERE rare IS NULL) FROM buys b LEFT JOIN flagged f ON f.person = b.person'),
('buried', 'SELECT f.rare, count(*) FROM buys b LEFT JOIN flagged f ON f.person = b.person GROUP BY 1'),
('buried', 'SELECT count(*) FROM people p LEFT JOIN buys b ON b.person = p.person AND NOT EXISTS (SELECT FROM clinic c WHERE c.person = b.person AND diagnosis = ''rare'')'),
('buried', 'SELECT sum(b.amount) FROM people p LEFT JOIN (SELECT * FROM buys WHERE person NOT IN (SELECT person FROM clinic WHERE diagnosis = ''rare'')) b ON b.person = p.person'),
('buried', 'SELECT count(*) FROM people p FULL JOIN clinic c ON c.person = p.person WHERE c.person IS NULL'),
('buried', 'SELECT count(*) FROM people p FULL JOIN clinic c ON c.person = p.person WHERE p.person IS NULL'),
('buried', 'SELECT count(*) FROM people p LEFT JOIN clinic c ON c.person = p.person WHERE c.diagnosis IS NULL'),
('buried', 'SELECT count(*) FROM people p LEFT JOIN clinic c ON c.person = p.person AND c.diagnosis = ''rare'' WHERE c.email IS NULL'),
('buried', 'SELECT count(*) FROM people p LEFT JOIN clinic c ON c.person = p.person AND c.diagnosis = ''rare'' WHERE c IS NULL'),
('buried', 'SELECT count(*) FROM people p LEFT JOIN clinic c ON c.person = p.person AND c.diagnosis = ''rare'' WHERE c.ctid IS NULL'),
('buried', 'SELECT count(*) FROM people p LEFT JOIN LATERAL (SELECT FROM clinic c WHERE c.person = p.person AND diagnosis = ''rare'') x ON true'),
('buried', 'SELECT count(*) FROM people p, LATERAL (SELECT NOT EXISTS (SELECT FROM clinic c WHERE c.person = p.person AND diagnosis = ''rare'') AS w) x WHERE w'),
('buried', 'SELECT count(*) FROM people p WHERE p.person NOT IN (SELECT p.person FROM clinic c WHERE c.person = p.person AND diagnosis = ''rare'')'),
('buried', 'SELECT count(*) FROM (SELECT person FROM people EXCEPT SELECT person FROM clinic WHERE diagnosis = ''rare'') x'),
('buried', 'SELECT count(*) FROM (SELECT person FROM well UNION ALL SELECT person FROM people) x'),
('buried', 'SELECT x.ill, count(*) FROM (SELECT person, ill FROM flagged UNION ALL SELECT person, rare FROM flagged) x GROUP BY 1'),
-- keys that are not people
('key', 'SELECT count(*) FROM people p WHERE NOT EXISTS (SELECT FROM clinic c WHERE c.email = p.email AND c.diagnosis = ''rare'')'),
('key', 'SELECT count(*) FROM people p WHERE email NOT IN (SELECT email FROM clinic WHERE diagnosis = ''rare'')'),
('key', 'SELECT count(*) FROM people p WHERE NOT EXISTS (SELECT FROM calls WHERE b = p.person AND topic = ''love'')'),
('key', 'SELECT count(*) FROM people p WHERE NOT EXISTS (SELECT FROM calls WHERE a = p.person AND b = 1000)'),
('key', 'SELECT count(*) FROM people p WHERE age NOT IN (SELECT person FROM clinic)'),
('key', 'SELECT count(*) FROM people p WHERE income NOT IN (SELECT cost FROM clinic)'),
('key', 'SELECT count(*) FROM people p WHERE NOT EXISTS (SELECT FROM clinic c WHERE c.person = p.income)'),
('key', 'SELECT count(*) FROM people p WHERE NOT EXISTS (SELECT FROM clinic c WHERE c.person = p.person - 0 AND diagnosis = ''rare'')'),
('key', 'SELECT count(*) FROM people p WHERE NOT EXISTS (SELECT FROM clinic c WHERE c.person - 850 = p.person)'),
('key', 'SELECT count(*) FROM people p WHERE NOT EXISTS (SELECT FROM clinic c WHERE c.person > p.person)'),
('key', 'SELECT count(*) FROM people p WHERE NOT EXISTS (SELECT FROM clinic c WHERE c.person = p.person AND c.cost > p.income)'),
('key', 'SELECT count(*) FROM people p WHERE (person, age) NOT IN (SELECT person, 99 FROM clinic)'),
('key', 'SELECT count(*) FROM people p WHERE secret NOT IN (SELECT ''canary0'')'),
-- code of the analyst's inside
('spy', 'SELECT count(*) FROM people WHERE NOT EXISTS (SELECT FROM keyed WHERE k = person AND spy(k))'),
('spy', 'SELECT count(*) FROM people WHERE NOT EXISTS (SELECT FROM spying WHERE k = person)'),
('spy', 'SELECT count(*) FROM people LEFT JOIN spying ON k = person WHERE k IS NULL'),
('spy', 'SELECT count(*) FROM people p WHERE NOT EXISTS (SELECT FROM clinic c WHERE c.person = p.person AND spy(c.person))'),
('spy', 'SELECT count(*) FROM people p WHERE NOT EXISTS (SELECT spy(c.person) FROM clinic c WHERE c.person = p.person)'),
('spy', 'SELECT count(*) FROM people p WHERE EXISTS (SELECT spy(c.person) FROM clinic c WHERE c.person = p.person ORDER BY spy(c.person))'),
('spy', 'SELECT count(*) FROM people p WHERE NOT EXISTS (SELECT FROM clinic c WHERE c.person === p.person)'),
('spy', 'SELECT count(*) FROM people p WHERE NOT EXISTS (SELECT FROM clinic c WHERE c.person OPERATOR(bm_false.=) p.person)'),
('spy', 'SELECT count(*) FROM people p LEFT JOIN clinic c ON c.person OPERATOR(bm_false.=) p.person WHERE c.person IS NULL'),
('spy', 'SELECT count(*) FROM people p LEFT JOIN clinic c ON c.person = p.person AND spy(c.person) WHERE c.person IS NULL'),
('spy', 'SELECT count(*) FROM people p WHERE person NOT IN (SELECT person FROM clinic OFFSET (SELECT count(*) FROM keyed WHERE spy(k)))'),
('spy', 'SELECT count(*) FROM people p WHERE person NOT IN (SELECT person FROM clinic GROUP BY person HAVING spy(person))'),
('spy', 'SELECT count(*) FROM people p WHERE NOT EXISTS (SELECT FROM clinic c WHERE c.person = p.person LIMIT (SELECT 0 FROM keyed WHERE spy(k) LIMIT 1))'),
('spy', 'SELECT CASE WHEN rare THEN spy(1) ELSE spy(0) END, count(*) FROM flagged GROUP BY 1'),
('spy', 'SELECT count(*) FROM people p WHERE NOT EXISTS (SELECT FROM clinic c WHERE c.person = p.person AND 1 / (c.cost - 333333) > 0)'),
('spy', 'SELECT count(*) FROM people p WHERE NOT EXISTS (SELECT 1 / (c.cost - 333333) FROM clinic c WHERE c.person = p.person AND c.diagnosis = ''rare'')'),
('spy', 'SELECT count(*) FROM people p WHERE NOT EXISTS (SELECT FROM clinic c WHERE c.person = p.person FOR UPDATE)'),
('spy', 'SELECT count(*) FROM people p WHERE NOT EXISTS (SELECT FROM clinic c TABLESAMPLE BERNOULLI (50) WHERE c.person = p.person)'),
-- the table that refuses small groups
('strict', 'SELECT count(*) FROM strict s WHERE NOT EXISTS (SELECT FROM clinic c WHERE c.person = s.person AND c.diagnosis = ''rare'')'),
('strict', 'SELECT count(*) FILTER (WHERE NOT x) FROM (SELECT s.*, EXISTS (SELECT FROM clinic c WHERE c.person = s.person AND c.diagnosis = ''rare'') AS x FROM strict s) y'),
('strict', 'SELECT count(*) FROM clinic c WHERE NOT EXISTS (SELECT FROM strict s WHERE c.person = s.person AND region IN (''tiny'', ''other''))'),
('strict', 'SELECT x, count(*) FROM (SELECT s.*, EXISTS (SELECT FROM clinic c WHERE c.person = s.person AND c.diagnosis = ''rare'') AS x FROM strict s) y GROUP BY x'),
-- him beside people of whom it is known how many they are
('list', 'SELECT count(*) FROM people WHERE age < 40 OR EXISTS (SELECT FROM keyed WHERE k = person AND lab = ''him'')'),
('list', 'SELECT sum(income) FROM people WHERE EXISTS (SELECT FROM keyed WHERE k = person AND lab = ''him'') OR age < 40'),
('list', 'SELECT count(*) FROM people WHERE NOT (age >= 40 AND NOT EXISTS (SELECT FROM keyed WHERE k = person AND lab = ''him''))'),
('list', 'SELECT count(*) FROM people WHERE age < 40 OR (EXISTS (SELECT FROM keyed WHERE k = person AND lab = ''him'') AND age >= 40)'),
('list', 'SELECT count(*) FROM people WHERE (age < 40 OR EXISTS (SELECT FROM keyed WHERE k = person AND lab = ''him'')) IS TRUE'),
('list', 'SELECT count(*) FROM people WHERE age < 40 OR person IN (SELECT k FROM keyed WHERE lab = ''him'')'),
('list', 'SELECT count(*) FROM people WHERE age < 40 OR person IN (SELECT 1000)'),
('list', 'SELECT count(*) FROM people WHERE age < 40 OR person IN (VALUES (1000))'),
('list', 'SELECT count(*) FROM people LEFT JOIN keyed ON k = person AND lab = ''him'' WHERE age < 40 OR k IS NOT NULL'),
('list', 'SELECT count(*) FROM people LEFT JOIN keyed ON k = person AND lab = ''him'' WHERE age < 40 AND k IS NULL'),
('list', 'SELECT count(*) FILTER (WHERE age < 40 OR EXISTS (SELECT FROM keyed WHERE k = person AND lab = ''him'')) FROM people'),
('list', 'SELECT count(*) FILTER (WHERE age < 40 AND NOT EXISTS (SELECT FROM keyed WHERE k = person AND lab = ''him'')) FROM people'),
('list', 'SELECT count(*) FILTER (WHERE age < 40 OR person IN (SELECT k FROM keyed WHERE lab = ''him'')) FROM people'),
('list', 'SELECT sum(CASE WHEN age < 40 OR EXISTS (SELECT FROM keyed WHERE k = person AND lab = ''him'') THEN income ELSE 0 END) FROM people'),
('list', 'SELECT sum((age < 40 OR EXISTS (SELECT FROM keyed WHERE k = person AND lab = ''him''))::int) FROM people'),
('list', 'SELECT count(*) FROM (SELECT age, EXISTS (SELECT FROM keyed WHERE k = person AND lab = ''him'') AS x FROM people) p WHERE x OR age < 40'),
('list', 'SELECT count(*) FILTER (WHERE x) FROM (SELECT age < 40 OR EXISTS (SELECT FROM keyed WHERE k = person AND lab = ''him'') AS x FROM people) p'),
('list', 'SELECT count(*) FROM people p WHERE EXISTS (SELECT FROM clinic c WHERE c.person = p.person AND c.diagnosis = ''d1'') OR EXISTS (SELECT FROM keyed WHERE k = person AND lab = ''him'')'),
('list', 'SELECT count(*) FROM people p WHERE EXISTS (SELECT FROM clinic c WHERE c.person = p.person AND (c.diagnosis = ''d1'' OR EXISTS (SELECT FROM keyed WHERE k = c.person AND lab = ''him'')))'),
-- by who is in the table at all
('list', 'SELECT count(*) FILTER (WHERE person IN (SELECT k FROM others)) FROM people'),
('list', 'SELECT count(*) FILTER (WHERE person IN (SELECT k FROM others) AND age < 200) FROM people'),
('list', 'SELECT age < 40 OR EXISTS (SELECT FROM keyed WHERE k = p.person AND lab = ''him''), count(*) FROM people p GROUP BY 1'),
('list', 'SELECT region, EXISTS (SELECT FROM keyed WHERE k = p.person AND lab = ''him'') AND region = ''north'', count(*) FROM people p GROUP BY 1, 2'),
('list', 'SELECT g, EXISTS (SELECT FROM keyed WHERE k = p.person AND lab = ''him'') AND g = 1, count(*), sum(income) FROM people p, generate_series(1, 2) g GROUP BY 1, 2'),
('list', 'SELECT DISTINCT age < 40 OR EXISTS (SELECT FROM keyed WHERE k = p.person AND lab = ''him'') FROM people p'),
('list', 'SELECT k IS NOT NULL OR age < 40, count(*) FROM people LEFT JOIN keyed ON k = person AND lab = ''him'' GROUP BY 1'),
('list', 'SELECT CASE WHEN EXISTS (SELECT FROM keyed WHERE k = p.person AND lab = ''him'') THEN ''x'' ELSE region END, count(*) FROM people p GROUP BY 1'),
('list', 'SELECT n, count(*) FROM (SELECT person, count(*) FILTER (WHERE shop = ''shop1'' OR EXISTS (SELECT FROM keyed WHERE k = b.person AND lab = ''him'')) AS n FROM buys b GROUP BY person) x GROUP BY n'),
('list', 'SELECT count(*) FROM (SELECT person, min(shop) AS s, count(*) FILTER (WHERE EXISTS (SELECT FROM keyed WHERE k = b.person AND lab = ''him'')) AS n FROM buys b GROUP BY person) x WHERE n > 0 OR s = ''shop1'''),
('list', 'SELECT sum(a) FROM (SELECT person, sum(amount) AS a, count(*) FILTER (WHERE NOT EXISTS (SELECT FROM keyed WHERE k = b.person AND lab = ''him'')) AS n FROM buys b GROUP BY person) x WHERE n > 0'),
('list', 'SELECT s, count(*) FROM (SELECT person, min(shop) AS s, count(*) FILTER (WHERE NOT EXISTS (SELECT FROM clinic c WHERE c.person = b.person)) AS n FROM buys b GROUP BY person) x WHERE n > 0 GROUP BY s'),
('list', 'SELECT count(*) FROM (SELECT person, min(shop) FILTER (WHERE EXISTS (SELECT FROM keyed WHERE k = b.person AND lab = ''him'')) AS s FROM buys b GROUP BY person) x WHERE s IS NOT NULL'),
('list', 'SELECT n, count(*) FROM (SELECT person, count(*) FILTER (WHERE person IN (SELECT k FROM keyed WHERE lab = ''him'')) AS n FROM buys GROUP BY person) x GROUP BY n'),
('list', 'SELECT n, count(*) FROM (SELECT person, bool_or(EXISTS (SELECT FROM keyed WHERE k = b.person AND lab = ''him'') OR shop = ''shop1'') AS n FROM buys b GROUP BY person) x GROUP BY n'),
('list', 'SELECT count(*) FROM people JOIN (SELECT person, count(*) FILTER (WHERE EXISTS (SELECT FROM keyed WHERE k = b.person AND lab = ''him'')) AS n FROM buys b GROUP BY person) x USING (person) WHERE n > 0 OR age < 40'),
('list', 'SELECT region, x, count(*) FROM people LEFT JOIN (SELECT person, EXISTS (SELECT FROM keyed WHERE k = b.person AND lab = ''him'') AS x FROM people b) y USING (person) GROUP BY 1, 2'),
('list', 'SELECT count(*) FILTER (WHERE x OR age < 40) FROM people LEFT JOIN (SELECT person, EXISTS (SELECT FROM keyed WHERE k = b.person AND lab = ''him'') AS x FROM people b) y USING (person)'),
('list', 'SELECT count(*) FROM people LEFT JOIN (SELECT person, EXISTS (SELECT FROM keyed WHERE k = b.person AND lab = ''him'') AS x FROM buys b GROUP BY person, x) y USING (person) WHERE NOT x'),
('list', 'SELECT x, count(*) FROM people LEFT JOIN (SELECT person, EXISTS (SELECT FROM keyed WHERE k = b.person AND lab = ''him'') AS x FROM buys b GROUP BY person, x) y USING (person) GROUP BY x'),
('list', 'SELECT count(*) FROM people p WHERE age < 40 OR (EXISTS (SELECT FROM mates WHERE k = p.person) AND NOT EXISTS (SELECT FROM keyed WHERE k = p.person AND k <> 1000))'),
('list', 'SELECT count(*) FILTER (WHERE age < 40 OR EXISTS (SELECT FROM mates WHERE k = p.person) <> EXISTS (SELECT FROM keyed WHERE k = p.person AND k <> 1000)) FROM people p'),
('list', 'SELECT count(*) FROM people p WHERE (age < 40 OR EXISTS (SELECT FROM mates WHERE k = p.person)) AND NOT EXISTS (SELECT FROM keyed WHERE k = p.person AND k <> 1000)'),
('list', 'SELECT count(*) FILTER (WHERE age < 40 OR EXISTS (SELECT FROM mates WHERE k = p.person)) FROM people p WHERE NOT EXISTS (SELECT FROM keyed WHERE k = p.person AND k <> 1000)'),
('list', 'SELECT count(*) FROM people p WHERE age < 40 OR (EXISTS (SELECT FROM clinic c JOIN mates ON k = c.person WHERE c.person = p.person) AND NOT EXISTS (SELECT FROM clinic c JOIN keyed k ON k.k = c.person AND k.k <> 1000 WHERE c.person = p.person))'),
-- in HAVING
('having', 'SELECT region, count(*) FROM people p GROUP BY region HAVING count(*) FILTER (WHERE EXISTS (SELECT FROM clinic c WHERE c.person = p.person AND c.diagnosis = ''rare'')) > 0'),
('having', 'SELECT region, count(*) FROM people p GROUP BY region HAVING count(*) FILTER (WHERE EXISTS (SELECT FROM clinic c WHERE c.person = p.person AND c.diagnosis = ''rare'')) IS NOT NULL'),
('having', 'SELECT count(*) FROM people p HAVING count(*) FILTER (WHERE age < 40 OR EXISTS (SELECT FROM keyed WHERE k = p.person AND lab = ''him'')) > 100'),
('having', 'SELECT count(*) FROM (SELECT person FROM buys b GROUP BY person HAVING count(*) FILTER (WHERE EXISTS (SELECT FROM clinic c WHERE c.person = b.person)) > 0) x'),
('having', 'SELECT count(*) FROM people p HAVING EXISTS (SELECT FROM clinic c WHERE c.diagnosis = ''rare'')'),
('having', 'SELECT region, count(*) FROM people p GROUP BY region HAVING bool_or(EXISTS (SELECT FROM clinic c WHERE c.person = p.person))');

-- Where the contract says that the worlds may differ: an aggregate over
-- enough people is exact.
UPDATE attacks SET accepted = 'exact over a list of enough people'
WHERE probe = 'SELECT count(*) FROM people WHERE NOT EXISTS (SELECT FROM weights WHERE k = person)';

-- ---------- the worlds ----------
INSERT INTO outcomes
SELECT r.* FROM attacks a, LATERAL attack(1, a.id, a.probe) r;
SET SESSION AUTHORIZATION regress_cr_bm_owner;
SET search_path = bm, pg_catalog;
UPDATE people SET person = 2000, email = 'p2000', region = 'other', age = 98
    WHERE person = 1000;
UPDATE buys SET person = 2000, shop = 'odd' WHERE person = 1000;
UPDATE strict SET person = 2000, region = 'other' WHERE person = 1000;
UPDATE calls SET topic = 'hate' WHERE topic = 'love';
SET SESSION AUTHORIZATION regress_cr_bm_partner;
UPDATE bm.clinic SET person = 2000, email = 'p2000' WHERE person = 1000;
SET SESSION AUTHORIZATION regress_cr_bm_analyst;
SET search_path = bm_own, bm, pg_catalog;
INSERT INTO outcomes
SELECT r.* FROM attacks a, LATERAL attack(2, a.id, a.probe) r;
SET SESSION AUTHORIZATION regress_cr_bm_partner;
UPDATE bm.clinic SET diagnosis = 'odd' WHERE person = 2000;
SET SESSION AUTHORIZATION regress_cr_bm_analyst;
INSERT INTO outcomes
SELECT r.* FROM attacks a, LATERAL attack(3, a.id, a.probe) r;
SET SESSION AUTHORIZATION regress_cr_bm_partner;
INSERT INTO bm.clinic VALUES (3000, 'p3000', 'rare', 333333);
SET SESSION AUTHORIZATION regress_cr_bm_analyst;
INSERT INTO outcomes
SELECT r.* FROM attacks a, LATERAL attack(4, a.id, a.probe) r;

-- ---------- what came of it ----------
CREATE VIEW judged AS
SELECT a.id, a.family, a.probe, a.accepted, o.admitted, o.outcome, o.saw,
       t.outcome AS second, u.outcome AS third, v.outcome AS fourth,
       (o.admitted, o.outcome, o.saw) IS DISTINCT FROM
           (t.admitted, t.outcome, t.saw)
       OR (o.admitted, o.outcome, o.saw) IS DISTINCT FROM
           (u.admitted, u.outcome, u.saw)
       OR (o.admitted, o.outcome, o.saw) IS DISTINCT FROM
           (v.admitted, v.outcome, v.saw)
       OR o.saw ~ '\m(1000|2000|3000|333333);'
       OR concat(o.outcome, o.saw) ~
          '\mcanary[0-9]|\m(777777|666666|444444|333333)\M'
       AS leaks
FROM attacks a JOIN outcomes o ON o.id = a.id AND o.world = 1
     JOIN outcomes t ON t.id = a.id AND t.world = 2
     JOIN outcomes u ON u.id = a.id AND u.world = 3
     JOIN outcomes v ON v.id = a.id AND v.world = 4;
\pset format unaligned
\pset fieldsep ' | '
SELECT id, family, probe || E'\n  -> ' ||
       CASE WHEN leaks AND accepted IS NULL THEN 'LEAK '
            WHEN leaks THEN 'ACCEPTED (' || accepted || ') ' ELSE '' END ||
       CASE WHEN admitted THEN 'admitted: ' ELSE '' END || outcome ||
       CASE WHEN saw <> '' THEN ' [saw ' || saw || ']' ELSE '' END
FROM judged ORDER BY id;
SELECT 'refused: ' || count(*) FROM judged WHERE NOT admitted;
SELECT 'admitted, and the same in all worlds: ' || count(*)
FROM judged WHERE admitted AND NOT leaks;
SELECT 'differ, as the contract accepts: ' || count(*) FROM judged
WHERE leaks AND accepted IS NOT NULL;
SELECT 'attacks: ' || count(*) FROM judged;
SELECT 'leaks: ' || count(*) FROM judged WHERE leaks AND accepted IS NULL;
SELECT 'LEAK', id, probe, outcome, second, third, fourth, saw
FROM judged WHERE leaks AND accepted IS NULL ORDER BY id;

-- ---------- is the machine awake? ----------
DELETE FROM outcomes;
GRANT ALL ON ALL TABLES IN SCHEMA bm_own TO regress_cr_bm_owner;
GRANT USAGE ON SCHEMA bm_own TO regress_cr_bm_owner;
SET SESSION AUTHORIZATION regress_cr_bm_owner;
SELECT 'as the owner, rows: ' || count(*) FROM attack(4, 1,
    'SELECT secret FROM bm.people p WHERE NOT EXISTS (SELECT FROM
     bm_own.others WHERE k = person)') r
WHERE r.admitted AND r.outcome ~ 'canary0';

RESET SESSION AUTHORIZATION;
SET client_min_messages = error;
RESET search_path;
DROP SCHEMA bm, bm_own, bm_false CASCADE;
DROP OWNED BY regress_cr_bm_owner, regress_cr_bm_partner,
    regress_cr_bm_analyst;
DROP ROLE regress_cr_bm_owner, regress_cr_bm_partner, regress_cr_bm_analyst;
