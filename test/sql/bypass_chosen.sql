-- FILTER and CASE where no guard tells all that they leave out: of each
-- person's rows, beside a question, and over several levels by person.
\set VERBOSITY terse
\getenv abs_srcdir PG_ABS_SRCDIR
\set analyst regress_cr_bch_analyst
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_bch_owner;
CREATE ROLE regress_cr_bch_analyst;
CREATE SCHEMA bypass_chosen;
GRANT ALL ON SCHEMA bypass_chosen TO regress_cr_bch_owner, regress_cr_bch_analyst;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_bch_owner, regress_cr_bch_analyst;
SET search_path = bypass_chosen, pg_catalog;
SET DateStyle = 'ISO, YMD';
SET SESSION AUTHORIZATION regress_cr_bch_owner;
-- person 8 alone has a second kind of visit
CREATE TABLE kinds (person int NOT NULL, what text NOT NULL, sex text NOT NULL, x int NOT NULL, score int NOT NULL);
INSERT INTO kinds SELECT p, 'k', CASE WHEN p % 2 = 0 THEN 'm' ELSE 'f' END, 1000 + p, p FROM generate_series(1, 60) p UNION ALL SELECT 8, 'h', 'm', 1, 8;
SELECT cleanroom.protect('kinds', 'person', 10, dimensions => '{what, sex}', measures => '{x}', filters => '{score}');
-- 1 to 30 have rows of k, 31 to 60 one of z; person 7 has both, person 70 one of each
CREATE TABLE visits (person int NOT NULL, what text NOT NULL, shop text NOT NULL, x int, y int NOT NULL, came date NOT NULL, left_on date NOT NULL);
INSERT INTO visits SELECT p, 'k', 'a', 1000 + p * p, 10 * p * i, date '2024-01-01', date '2024-02-01' + p FROM generate_series(1, 30) p, generate_series(1, 2) i
UNION ALL SELECT p, 'k', 'b', p, p, date '2024-01-01', 'infinity' FROM generate_series(1, 20) p
UNION ALL SELECT p, 'z', 'a', NULL, 5, date '2024-01-01', date '2024-02-01' FROM generate_series(31, 60) p UNION ALL SELECT 7, 'z', 'a', NULL, 5, date '2024-01-01', date '2024-02-01'
UNION ALL VALUES (70, 'k', 'a', 100, 100, date '2024-01-01', date '2024-02-01'), (70, 'z', 'a', 117, 117, '2024-01-01', '2024-02-01'),
       (99, 'k', 'b', 7, 7, '2024-01-01', 'infinity');
SELECT cleanroom.protect('visits', 'person', 10, dimensions => '{what, shop}', measures => '{x, y, came, left_on}', join_keys => '{person}');
-- 1 to 20 have both, person 98 has only one of z
CREATE TABLE shops (person int NOT NULL, what text NOT NULL, shop text NOT NULL, x int);
INSERT INTO shops SELECT p, 'k', 'a', CASE WHEN p <= 40 THEN p END FROM generate_series(1, 60) p UNION ALL SELECT p, 'z', 'b', p FROM generate_series(1, 20) p UNION ALL SELECT 98, 'z', 'b', 7;
SELECT cleanroom.protect('shops', 'person', 10, dimensions => '{what, shop}', measures => '{x}');
-- all in the icu have a visit but person 60
CREATE TABLE people (person int PRIMARY KEY, ward text NOT NULL, sex text NOT NULL, x int NOT NULL);
INSERT INTO people SELECT i, CASE WHEN i <= 20 OR i = 60 THEN 'icu' ELSE 'other' END, CASE WHEN i <= 30 THEN 'f' ELSE 'm' END, 1000 + i * i FROM generate_series(1, 60) i;
CREATE TABLE stays (person int NOT NULL, kind text NOT NULL);
INSERT INTO stays SELECT i, 'k' FROM generate_series(1, 40) i;
SELECT cleanroom.protect('people', 'person', 10, dimensions => '{ward, sex}', measures => '{x}', join_keys => '{person}');
SELECT cleanroom.protect('stays', 'person', 10, dimensions => '{kind}', join_keys => '{person}');
GRANT SELECT ON kinds, visits, shops, people, stays TO regress_cr_bch_analyst;
SET SESSION AUTHORIZATION regress_cr_bch_analyst;
CREATE TABLE named (person int PRIMARY KEY, tag text NOT NULL);
INSERT INTO named SELECT i, 'a' FROM generate_series(41, 60) i;
GRANT SELECT ON named TO regress_cr_bch_owner;
-- n levels by person, one above the other
CREATE FUNCTION nest(n int, chosen text) RETURNS text LANGUAGE sql AS $$
    WITH RECURSIVE r(i, q) AS (
        SELECT 1, 'SELECT person, what, sum(x) FILTER (WHERE what > ''a'') AS t, sum(score * x) AS o FROM kinds WHERE ' || chosen || ' GROUP BY person, what'
         UNION ALL SELECT i + 1, format('SELECT person, what, sum(o) AS o FROM (%s) q%s GROUP BY person, what', q, i) FROM r WHERE i < n)
    SELECT format('SELECT sum(o) FROM (%s) q', q) FROM r WHERE i = n $$;
SET SESSION AUTHORIZATION regress_cr_bch_owner;
SELECT cleanroom.set_column('kinds', 'score', 'measure, filter');
\set included :abs_srcdir '/lib/attempts.sql'
\i :included

-- ---------- one person's rows may not end in an error ----------
INSERT INTO queries (honest, query)
SELECT false, format('SELECT sum(o) FROM (SELECT person, sum(o) AS o FROM (SELECT person, what, %s AS o FROM kinds WHERE score = %s GROUP BY person, what) q1 GROUP BY person) q', value, score)
  FROM unnest(ARRAY['sum(CASE WHEN sex = ''m'' THEN x END)', 'sum(x) FILTER (WHERE sex = ''m'')',
      'sum(CASE WHEN sex = ''m'' THEN x END) FILTER (WHERE score > 3)',
      'sum(CASE WHEN sex = ''m'' THEN x ELSE 0 END)', 'sum(score * x)']) value, unnest('{8, 10}'::int[]) score;
INSERT INTO queries (honest, query) SELECT false, nest(n, 'score = ' || score) FROM unnest('{4, 5, 8}'::int[]) n, unnest('{17, 77}'::int[]) score;

-- ---------- of each person's rows ----------
INSERT INTO queries (honest, query)
SELECT false, format('SELECT %s FROM (SELECT person, %s AS a, %s AS b FROM visits GROUP BY person) q', difference, split_part(pair, '|', 1), split_part(pair, '|', 2))
  FROM unnest('{sum(a) - sum(b), count(a) - count(b)}'::text[]) difference,
       unnest(ARRAY['avg(coalesce(x, 0))|avg(coalesce(x, 0)) FILTER (WHERE what = ''k'')', 'avg(CASE WHEN what = ''k'' THEN x ELSE 0 END)|avg(x)',
      'avg(coalesce(x, 0))|avg(x)', 'var_samp(y)|var_samp(y) FILTER (WHERE what = ''k'')', 'stddev(y)|stddev(CASE WHEN what = ''k'' THEN y END)',
      'regr_avgx(y, x)|regr_avgx(y, x) FILTER (WHERE what = ''k'')',
      'sum(CASE WHEN what = ''k'' THEN 1 END)|sum(CASE WHEN what = ''k'' THEN 1 END) FILTER (WHERE shop = ''a'')',
      'avg(CASE WHEN what = ''k'' THEN 1 END)|avg(CASE WHEN what = ''k'' THEN 1 END) FILTER (WHERE shop = ''a'')',
      'sum(y) FILTER (WHERE what = ''k'')|sum(left_on - came) FILTER (WHERE what = ''k'')',
      'sum(y) FILTER (WHERE what = ''k'')|avg(y + 0 * (left_on - came)) FILTER (WHERE what = ''k'')',
      'sum(y) FILTER (WHERE what = ''k'')|sum(CASE WHEN what = ''k'' THEN left_on - came END)']) pair;
INSERT INTO queries (honest, query)
SELECT false, format('SELECT %1$s FROM (SELECT person, %2$s(a) AS a, %2$s(b) AS b FROM (SELECT person, shop, %2$s(x) AS a, %2$s(x) FILTER (WHERE what = ''k'') AS b FROM shops GROUP BY person, shop) r GROUP BY person) q', difference, aggregate)
  FROM unnest('{sum(a) - sum(b), count(a) - count(b)}'::text[]) difference, unnest('{sum, avg}'::text[]) aggregate;

-- ---------- FILTER beside CASE, where people are asked for ----------
INSERT INTO queries (honest, query)
SELECT false, format('SELECT %2$s(CASE WHEN %1$s THEN x END) - %2$s(CASE WHEN %1$s THEN x END) FILTER (WHERE ward <> ''icu'') FROM %3$s', condition, aggregate, source)
  FROM (VALUES ('NOT EXISTS (SELECT FROM stays s WHERE s.person = p.person)', 'people p'), ('person IN (SELECT person FROM named)', 'people'),
       ('tag = ''a''', 'people p LEFT JOIN named n ON n.person = p.person'),
       ('s.person IS NULL', 'people p LEFT JOIN (SELECT DISTINCT person FROM stays) s ON s.person = p.person'),
       ('e', '(SELECT x, ward, NOT EXISTS (SELECT FROM stays s WHERE s.person = p.person) AS e FROM people p) q')) t (condition, source),
       unnest('{sum, count}'::text[]) aggregate;
INSERT INTO queries (honest, query) VALUES
(false, 'SELECT sum(CASE WHEN ward <> ''icu'' THEN x END) FILTER (WHERE NOT EXISTS (SELECT FROM stays s WHERE s.person = p.person)) - sum(x) FILTER (WHERE NOT EXISTS (SELECT FROM stays s WHERE s.person = p.person)) FROM people p'),
(false, 'SELECT (SELECT sum(CASE WHEN sex = ''m'' THEN x END) FROM people) - sum(CASE WHEN sex = ''m'' THEN x END) FILTER (WHERE ward <> ''icu'') FROM people p WHERE NOT EXISTS (SELECT FROM stays s WHERE s.person = p.person)'),
(false, 'SELECT sum(CASE WHEN sex = ''m'' THEN x END) - sum(CASE WHEN sex = ''m'' THEN x END) FILTER (WHERE NOT EXISTS (SELECT FROM stays s WHERE s.person = p.person) AND ward <> ''icu'') FROM people p');

-- ---------- inside the rules ----------
INSERT INTO queries (honest, query) VALUES
(true, nest(1, 'true')), (true, nest(4, 'true')),
(true, 'SELECT sum(s), sum(n) FROM (SELECT person, sum(coalesce(x, 0)) AS s, count(*) AS n FROM visits WHERE what = ''k'' GROUP BY person) q'),
(true, 'SELECT round(avg(a), 4), count(a) FROM (SELECT person, avg(x) AS a FROM visits WHERE what = ''k'' GROUP BY person) q'),
(true, 'SELECT round(sum(a), 4), count(a) FROM (SELECT person, var_samp(y) AS a FROM visits WHERE what = ''k'' GROUP BY person) q'),
(true, 'SELECT sum(a), sum(b) FROM (SELECT person, sum(y) AS a, sum(y) FILTER (WHERE shop = ''b'' AND what = ''k'') AS b FROM visits GROUP BY person) q'),
(true, 'SELECT sum(a), count(a) FROM (SELECT person, sum(left_on - came) FILTER (WHERE what = ''k'') AS a FROM visits WHERE shop = ''a'' GROUP BY person) q'),
(true, 'SELECT sum(CASE WHEN sex = ''f'' THEN x END) FILTER (WHERE ward <> ''icu''), sum(x) FILTER (WHERE NOT EXISTS (SELECT FROM stays s WHERE s.person = p.person)) FROM people p'),
(true, 'SELECT count(*) FILTER (WHERE tag = ''a'' AND sex = ''m''), sum(CASE WHEN tag = ''a'' THEN x END) FROM people p LEFT JOIN named n ON n.person = p.person');

\set included :abs_srcdir '/lib/run.sql'
\i :included
\set included :abs_srcdir '/lib/attempts_end.sql'
\i :included
RESET SESSION AUTHORIZATION;
RESET search_path;
DROP SCHEMA bypass_chosen CASCADE;
DROP OWNED BY regress_cr_bch_owner, regress_cr_bch_analyst;
DROP ROLE regress_cr_bch_owner, regress_cr_bch_analyst;
