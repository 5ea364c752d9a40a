-- Attacks on values: a measure that is null for one person as a condition,
-- what each person comes to as a weight of their rows, keys that join more
-- than one value.
--
-- Every statement runs in two worlds, in which two people of the same groups
-- have exchanged all that is measured of them.  It must be refused, with a
-- hint, or have the same outcome in both.  The last column of people is null
-- for one of the two, in both worlds.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_bv_owner;
CREATE ROLE regress_cr_bv_analyst;
CREATE SCHEMA bv;
GRANT ALL ON SCHEMA bv TO regress_cr_bv_owner, regress_cr_bv_analyst;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_bv_owner, regress_cr_bv_analyst;
SET search_path = bv, pg_catalog;
SET timezone = 'Europe/Berlin';
\pset format unaligned
\pset tuples_only on

SET SESSION AUTHORIZATION regress_cr_bv_owner;
CREATE TABLE people (person int PRIMARY KEY, region text NOT NULL,
    age int NOT NULL, income int NOT NULL, rate float8 NOT NULL, gap int,
    third int, nick text, at timestamptz NOT NULL);
CREATE TABLE buys (person int NOT NULL, shop text NOT NULL,
    amount int NOT NULL);
CREATE TABLE clinic (person int PRIMARY KEY, cost int NOT NULL);
CREATE FUNCTION fill(world int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM people; DELETE FROM buys; DELETE FROM clinic;
    INSERT INTO people
    SELECT i, CASE WHEN i <= 97 THEN 'north' ELSE 'south' END,
           20 + i / 50 * 10, 30000 + i, i, 1, CASE WHEN i % 3 = 0 THEN i END,
           'n' || i % 3, '2024-01-01 01:00'
    FROM generate_series(1, 200) i;
    INSERT INTO people
    SELECT i, 'south', 40, income, income, CASE i WHEN 302 THEN 1 END, income,
           CASE i WHEN 302 THEN 'n0' END, CASE i WHEN 301
           THEN '2024-03-31 03:30' ELSE '2024-01-01 01:00' END::timestamptz
    FROM generate_series(301, 302) i,
         LATERAL (SELECT CASE WHEN i = 300 + world THEN 800000 ELSE 5 END
                  AS income) x;
    INSERT INTO buys SELECT i % 200 + 1, 'shop' || i % 2, i % 50
    FROM generate_series(1, 900) i;
    INSERT INTO buys
    SELECT i, 'shop0', CASE WHEN i = 300 + world THEN 7000 ELSE 1 END
    FROM generate_series(301, 302) i,
         generate_series(1, CASE i WHEN 301 THEN 40 ELSE 4 END);
    -- of those who are 40 or 60, all are there but one
    INSERT INTO clinic SELECT i, i FROM generate_series(1, 150) i;
    INSERT INTO clinic
    SELECT i, CASE WHEN i = 300 + world THEN 900 ELSE 1 END
    FROM generate_series(301, 302) i;
END $$;
SELECT fill(1);
GRANT ALL ON ALL TABLES IN SCHEMA bv TO regress_cr_bv_analyst;
SELECT cleanroom.protect('people', 'person', 10,
    dimensions => '{region, age, nick, at}',
    measures => '{income, rate, gap, third}', join_keys => '{person}');
SELECT cleanroom.protect('buys', 'person', 10, dimensions => '{shop}',
    measures => '{amount}', join_keys => '{person}');
SELECT cleanroom.protect('clinic', 'person', 10, measures => '{cost}',
    join_keys => '{person}');

SET SESSION AUTHORIZATION regress_cr_bv_analyst;
CREATE TABLE stamps (t timestamp PRIMARY KEY, day date UNIQUE, lab text);
INSERT INTO stamps VALUES ('2024-03-31 02:30', NULL, 'x'),
    ('2024-03-31 03:30', '2024-03-31', 'y'),
    ('2024-01-01 01:00', '2024-01-01', 'z');

\getenv abs_srcdir PG_ABS_SRCDIR
\set included :abs_srcdir '/lib/worlds.sql'
\i :included

-- the sum without one person, by a measure that only that one does not have
SELECT try('gap', 'SELECT sum(income), sum(income + 0 * gap) FROM people');
SELECT try('gap', 'SELECT sum(income), sum(income * gap) FROM people');
SELECT try('gap', 'SELECT sum(income), sum(gap * income / 1.0) FROM people');
SELECT try('gap', 'SELECT avg(income), avg(income + gap - 1), stddev(gap * income) FROM people');
SELECT try('gap', 'SELECT sum(rate), sum(rate * gap) FROM people');
SELECT try('gap', 'SELECT region, sum(income), sum(income * gap) FROM people GROUP BY region ORDER BY region');
SELECT try('gap', 'SELECT sum(income) FILTER (WHERE age > 0), sum(income * gap) FILTER (WHERE age > 0) FROM people');
SELECT try('gap', 'SELECT sum(income), sum(CASE WHEN age > 0 THEN income * gap END) FROM people');
SELECT try('gap', 'SELECT sum(income), sum(CASE WHEN age > 0 THEN income * gap ELSE 0 END) FROM people');
SELECT try('gap', 'SELECT sum(income), regr_avgy(income, gap) * regr_count(income, gap) FROM people');
SELECT try('gap', 'SELECT sum(income), regr_avgx(gap, income) * regr_count(gap, income) FROM people');
SELECT try('gap', 'SELECT regr_syy(income, gap), round(regr_syy(income, income)) FROM people');
SELECT try('gap', 'SELECT covar_pop(income, gap), corr(gap, rate), regr_slope(rate, gap) FROM people');
SELECT try('gap', 'SELECT regr_avgy(income, gap) FILTER (WHERE age > 0) FROM people');
SELECT try('gap', 'SELECT sum(w), sum(v) FROM (SELECT rate AS w, rate * gap AS v FROM people) x');
SELECT try('gap', 'SELECT sum(w), sum(v) FROM (SELECT person, sum(income) AS w, sum(income * gap) AS v FROM people GROUP BY person) x');
SELECT try('gap', 'SELECT sum(w), sum(v) FROM (SELECT person, sum(income) AS w, sum(income) + sum(gap) AS v FROM people GROUP BY person) x');
SELECT try('gap', 'SELECT sum(w), sum(w + v) FROM (SELECT person, sum(income) AS w, sum(gap) AS v FROM people GROUP BY person) x');
SELECT try('gap', 'SELECT sum(w), sum(v) FROM (SELECT w, w + v AS v FROM (SELECT person, sum(income) AS w, sum(gap) AS v FROM people GROUP BY person) x) y');
SELECT try('gap', 'SELECT sum(w), regr_avgx(v, w) * regr_count(v, w) FROM (SELECT person, sum(income) AS w, sum(gap) AS v FROM people GROUP BY person) x');
SELECT try('gap', 'SELECT sum(n) + sum(v) FROM (SELECT person, count(*) AS n, count(*) + sum(gap) AS v FROM people GROUP BY person) x');
SELECT try('gap', 'SELECT count(*), count(nick || region) FROM people');
SELECT try('gap', 'SELECT count(*), count(v) FROM (SELECT person, 1 / (count(*) - 40) AS v FROM buys GROUP BY person) x');
SELECT try('gap', 'SELECT sum(v) FROM (SELECT person, 1 / (count(*) - 40) AS v FROM buys GROUP BY person) x');
-- inside the rule: nothing but the column, or enough without it
SELECT try('gap', 'SELECT sum(gap), avg(gap), sum(gap * 2), count(gap) FROM people');
SELECT try('gap', 'SELECT sum(v) FROM (SELECT third * 2.5 AS v FROM people) x');
SELECT try('gap', 'SELECT sum(income + third) > 0, regr_count(income, third) FROM people');
SELECT try('gap', 'SELECT sum(v) FROM (SELECT person, sum(gap) * 2 AS v FROM people GROUP BY person) x');
-- a part's nulls are the part's, however many others there are
SELECT try('part', 'SELECT count(*) FILTER (WHERE age IN (40, 60)), count(c.person) FILTER (WHERE age IN (40, 60)) FROM people p LEFT JOIN clinic c ON c.person = p.person');
SELECT try('part', 'SELECT count(c.person), sum(c.cost) FILTER (WHERE age IN (40, 60)) FROM people p LEFT JOIN clinic c ON c.person = p.person');
SELECT try('part', 'SELECT count(c.person), sum(CASE WHEN age IN (40, 60) THEN c.cost END) FROM people p LEFT JOIN clinic c ON c.person = p.person');
SELECT try('part', 'SELECT sum(income + third) FILTER (WHERE age = 40) > 0, sum(income + gap) FILTER (WHERE age = 40) FROM people');
SELECT try('part', 'SELECT count(c.person) FILTER (WHERE age IN (50, 40)), count(c.person) FROM people p LEFT JOIN clinic c ON c.person = p.person');
SELECT try('part', 'SELECT avg((nick <> ''n1'')::int) FROM people');
SELECT try('part', 'SELECT avg((nick <> ''n1'')::int) FROM people WHERE age < 40');
SELECT try('part', 'SELECT sum(n) FILTER (WHERE age IN (40, 60)), sum(m) FILTER (WHERE age IN (40, 60)) FROM (SELECT p.person, age, count(*) AS n, count(c.person) AS m FROM people p LEFT JOIN clinic c ON c.person = p.person GROUP BY p.person, c.person, age) x');
SELECT try('part', 'SELECT sum(n) FILTER (WHERE age IN (20, 40)), sum(n) FROM (SELECT p.person, age, count(*) FILTER (WHERE shop = ''shop1'' OR b.person IS NULL) AS n FROM people p JOIN buys b ON b.person = p.person GROUP BY p.person, b.person, age) x');
SELECT try('part', 'SELECT sum(n) FILTER (WHERE nick IS NOT NULL) FROM (SELECT p.person, nick, count(*) FILTER (WHERE shop = ''shop0'') AS n FROM people p JOIN buys b ON b.person = p.person GROUP BY p.person, b.person, nick) x');
-- what each person comes to, once for every row of the person
SELECT try('chain', 'SELECT sum(u.n) > 0 FROM buys b JOIN (SELECT person, count(*) AS n FROM buys GROUP BY person) u ON u.person = b.person');
SELECT try('chain', 'SELECT sum(u.n * u.n) FROM buys b JOIN (SELECT person, count(*) AS n FROM buys GROUP BY person) u ON u.person = b.person');
SELECT try('chain', 'SELECT sum(u.n * u.n) FROM (SELECT person, count(*) AS n FROM buys GROUP BY person) u JOIN buys b ON u.person = b.person');
SELECT try('chain', 'SELECT avg(u.s * u.s) FROM buys b JOIN (SELECT person, sum(amount) AS s FROM buys GROUP BY person) u ON u.person = b.person');
SELECT try('chain', 'SELECT sum(u.n) FROM buys b JOIN buys c USING (person) JOIN (SELECT person, count(*) AS n FROM buys GROUP BY person) u ON u.person = b.person');
SELECT try('chain', 'SELECT sum(u.n * u.n) FROM buys b JOIN people USING (person) JOIN (SELECT person, count(*) AS n FROM buys GROUP BY person) u ON u.person = b.person');
SELECT try('chain', 'SELECT sum(s * s) FROM (SELECT u.person, sum(u.n) AS s FROM buys b JOIN (SELECT person, count(*) AS n FROM buys GROUP BY person) u ON u.person = b.person GROUP BY u.person) v');
SELECT try('chain', 'SELECT variance(s), regr_sxx(s, s) FROM (SELECT u.person, sum(u.n) AS s FROM buys b JOIN (SELECT person, count(*) AS n FROM buys GROUP BY person) u ON u.person = b.person GROUP BY u.person) v');
SELECT try('chain', 'SELECT sum(s) FROM (SELECT b.person, v.person AS q, sum(v.s) AS s FROM buys b JOIN (SELECT b.person, u.person AS q, sum(u.n) AS s FROM buys b JOIN (SELECT person, count(*) AS n FROM buys GROUP BY person) u ON u.person = b.person GROUP BY 1, 2) v ON v.person = b.person GROUP BY 1, 2) w');
SELECT try('chain', 'SELECT sum(s * s) FROM (SELECT p.person, sum(p.income) AS s FROM people p JOIN buys b ON b.person = p.person GROUP BY p.person) u');
SELECT try('chain', 'SELECT corr(s, n) FROM (SELECT p.person, sum(p.income) AS s, count(*) AS n FROM people p JOIN buys b ON b.person = p.person GROUP BY p.person) u');
-- inside the rule
SELECT try('chain', 'SELECT sum(u.n * u.n) FROM people p JOIN (SELECT person, count(*) AS n FROM buys GROUP BY person) u ON u.person = p.person');
SELECT try('chain', 'SELECT sum(s) > 0 FROM (SELECT u.person, sum(u.n) AS s FROM buys b JOIN (SELECT person, count(*) AS n FROM buys GROUP BY person) u ON u.person = b.person GROUP BY u.person) v');
SELECT try('chain', 'SELECT corr(i, n) IS NOT NULL FROM (SELECT p.person, avg(p.income) AS i, count(*) AS n FROM people p JOIN buys b ON b.person = p.person GROUP BY p.person) u');
SELECT try('chain', 'SELECT sum(s * s) > 0 FROM (SELECT p.person, sum(p.income) AS s FROM people p JOIN clinic c ON c.person = p.person GROUP BY p.person) u');
-- two local times that are one moment
SELECT try('clock', 'SELECT count(*) FROM people p JOIN stamps s ON s.t = p.at');
SELECT try('clock', 'SELECT sum(income) FROM people p JOIN stamps s ON p.at = s.t');
SELECT try('clock', 'SELECT count(*) FROM people p LEFT JOIN stamps s ON s.t = p.at');
SELECT try('clock', 'SELECT count(*) FROM people p JOIN (SELECT t FROM stamps GROUP BY t) s ON s.t = p.at');
SELECT try('clock', 'SELECT count(*) FROM people p JOIN (VALUES (timestamp ''2024-03-31 02:30''), (''2024-03-31 03:30'')) s (t) ON s.t = p.at');
SELECT try('clock', 'SELECT count(*) FROM people p JOIN stamps s ON s.day = p.at');
SELECT try('clock', 'SELECT s.lab, count(*) FROM people p JOIN stamps s ON s.t = p.at::timestamp GROUP BY 1');
SELECT try('clock', 'SELECT s.lab, count(*) FROM people p JOIN stamps s ON s.day = p.at::date GROUP BY 1');

-- ---------- the other world ----------
SET SESSION AUTHORIZATION regress_cr_bv_owner;
SELECT fill(2);
SET SESSION AUTHORIZATION regress_cr_bv_analyst;
CALL again();
SELECT count(*) || ' attacks' FROM outcomes WHERE world = 1;
SELECT 'NO HINT', probe, outcome FROM outcomes
WHERE outcome LIKE '%WITHOUT A HINT';
SELECT 'LEAK', a.family, a.probe, a.outcome, b.outcome
FROM outcomes a JOIN outcomes b USING (probe)
WHERE a.world = 1 AND b.world = 2 AND (a.outcome <> b.outcome
    OR a.outcome LIKE 'refused%' AND a.outcome NOT LIKE 'refused RC%')
ORDER BY 1, 2, 3;

RESET SESSION AUTHORIZATION;
SET client_min_messages = error;
RESET search_path;
DROP SCHEMA bv CASCADE;
DROP OWNED BY regress_cr_bv_owner, regress_cr_bv_analyst;
DROP ROLE regress_cr_bv_owner, regress_cr_bv_analyst;
