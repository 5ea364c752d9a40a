-- What FILTER and CASE leave out where a value is null by what is computed of
-- it: an infinite date, a division, a cast, an overflow, nullif().
--
-- Of 120 people, 40 are in the icu; for all of those but 7 nothing can be
-- computed.  Each difference must be null.
\set VERBOSITY terse
\getenv abs_srcdir PG_ABS_SRCDIR
\set analyst regress_cr_bc_analyst
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_bc_owner;
CREATE ROLE regress_cr_bc_analyst;
CREATE SCHEMA bypass_computed;
GRANT ALL ON SCHEMA bypass_computed TO regress_cr_bc_owner, regress_cr_bc_analyst;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_bc_owner, regress_cr_bc_analyst;
SET search_path = bypass_computed, pg_catalog;
SET DateStyle = 'ISO, YMD';
SET SESSION AUTHORIZATION regress_cr_bc_owner;
CREATE TABLE stays (
    person int PRIMARY KEY, ward text NOT NULL, admitted date NOT NULL,
    discharged date NOT NULL, cost int NOT NULL, fee int, price numeric(10, 2) NOT NULL,
    large float8 NOT NULL, many numeric NOT NULL, bonus int, score int NOT NULL, code text NOT NULL, sex text NOT NULL);
INSERT INTO stays
SELECT p, CASE WHEN p <= 40 THEN 'icu' ELSE 'other' END, date '2024-01-01' + p,
       CASE WHEN p = 7 OR p > 40 THEN date '2024-01-01' + p + 1 + p % 20 ELSE 'infinity' END,
       p * 1000 + 1, CASE WHEN p % 3 <> 0 THEN p END, p / 4.0,
       CASE WHEN p = 7 OR p > 40 THEN p ELSE 1e200 END,
       CASE WHEN p = 7 OR p > 40 THEN p ELSE 1e70000 END,
       CASE WHEN p = 7 OR p > 40 OR p % 2 = 0 THEN p END,
       CASE WHEN p = 7 OR p > 40 THEN p + 1 ELSE 1 END,
       CASE WHEN p = 7 OR p > 40 THEN '1' ELSE 'O' END, CASE WHEN p % 2 = 0 THEN 'f' ELSE 'm' END
  FROM generate_series(1, 120) p;
SELECT cleanroom.protect('stays', 'person', 10, dimensions => '{ward, code, sex}',
                         measures => '{admitted, discharged, cost, fee, price, large, many, bonus}', filters => '{score}');
SELECT cleanroom.set_column('stays', 'score', 'measure, filter');
GRANT SELECT ON stays TO regress_cr_bc_analyst;
\set included :abs_srcdir '/lib/attempts.sql'
\i :included

-- ---------- sums of what may be null, by FILTER and CASE ----------
INSERT INTO queries (honest, query)
SELECT false, format(form, value)
  FROM unnest(ARRAY['discharged - admitted', 'cost + 0 * (discharged - admitted)', 'fee + 0 * (discharged - admitted)',
      'cost * (discharged - admitted)', 'large * large', 'many * many', 'large / 2 * large', 'many::float8', 'nullif(score, 1)']) value,
      unnest(ARRAY['SELECT sum(%1$s) - sum(%1$s) FILTER (WHERE ward <> ''icu'') FROM stays',
      'SELECT avg(%1$s) - avg(%1$s) FILTER (WHERE ward <> ''icu'') FROM stays',
      'SELECT stddev(%1$s) - stddev(%1$s) FILTER (WHERE ward <> ''icu'') FROM stays',
      'SELECT sum(%1$s) - sum(CASE WHEN ward <> ''icu'' THEN %1$s END) FROM stays',
      'SELECT sum(%1$s) - sum(CASE WHEN ward <> ''icu'' THEN %1$s ELSE 0 END) FROM stays',
      'SELECT sum(%1$s) - sum(CASE WHEN ward <> ''icu'' AND sex = ''m'' THEN %1$s WHEN ward <> ''icu'' THEN %1$s END) FROM stays',
      'SELECT regr_avgy(%1$s, cost) - regr_avgy(%1$s, cost) FILTER (WHERE ward <> ''icu'') FROM stays',
      'SELECT sex, sum(%1$s) - sum(%1$s) FILTER (WHERE ward <> ''icu'') FROM stays WHERE sex = ''m'' GROUP BY sex HAVING sum(%1$s) FILTER (WHERE ward <> ''icu'') > 0',
      'SELECT sum(a) - sum(b) FROM (SELECT person, sum(%1$s) AS a, sum(%1$s) FILTER (WHERE ward <> ''icu'') AS b FROM stays GROUP BY person) q',
      'SELECT sum(a) - sum(a) FILTER (WHERE w <> ''icu'') FROM (SELECT person, max(ward) AS w, sum(%1$s) AS a FROM stays GROUP BY person) q',
      'SELECT sum(v) - sum(v) FILTER (WHERE ward <> ''icu'') FROM (SELECT ward, %1$s AS v FROM stays) q']) form;

-- ---------- two conditions, where what both leave out is null for the others ----------
INSERT INTO queries (honest, query)
SELECT false, format(form, value, aggregate)
  FROM unnest(ARRAY['CASE WHEN sex = ''m'' THEN bonus END', 'CASE WHEN sex = ''m'' THEN bonus + fee - fee END',
      'CASE WHEN sex = ''m'' THEN discharged - admitted END']) value, unnest('{sum, avg, count, stddev}'::text[]) aggregate,
      unnest(ARRAY['SELECT %2$s(%1$s) - %2$s(%1$s) FILTER (WHERE ward <> ''icu'') FROM stays',
      'SELECT sum(a) - sum(b) FROM (SELECT person, %2$s(%1$s) AS a, %2$s(%1$s) FILTER (WHERE ward <> ''icu'') AS b FROM stays GROUP BY person) q',
      'SELECT sum(a) - sum(b) FROM (SELECT person, %2$s(%1$s) FILTER (WHERE score > 0) AS a, %2$s(%1$s) FILTER (WHERE ward <> ''icu'') AS b FROM stays GROUP BY person) q']) form;

INSERT INTO queries (honest, query)
SELECT false, format('SELECT %2$s(%1$s) - %2$s(%1$s) FILTER (WHERE ward <> ''icu'') FROM stays', value, aggregate)
  FROM unnest(ARRAY['CASE WHEN sex = ''m'' THEN bonus ELSE 0 END', 'CASE WHEN sex = ''m'' THEN bonus WHEN score = 2 THEN 0 ELSE cost END',
      'CASE WHEN sex = ''m'' THEN discharged - admitted ELSE cost END']) value, unnest('{sum, avg}'::text[]) aggregate;

-- ---------- counts ----------
INSERT INTO queries (honest, query)
SELECT false, format(form, value)
  FROM unnest(ARRAY['1 / (ascii(code) - 79)', 'code::int', 'nullif(code, ''O'')', 'nullif(score, 1)',
      'concat(ward, ascii(code) / (ascii(code) - 79))::int']) value,
      unnest(ARRAY['SELECT count(%1$s) - count(%1$s) FILTER (WHERE ward <> ''icu'') FROM stays',
      'SELECT count(%1$s) - count(CASE WHEN ward <> ''icu'' THEN %1$s END) FROM stays',
      'SELECT sum(a) - sum(b) FROM (SELECT person, count(%1$s) AS a, count(%1$s) FILTER (WHERE ward <> ''icu'') AS b FROM stays GROUP BY person) q',
      'SELECT count(v) - count(v) FILTER (WHERE ward <> ''icu'') FROM (SELECT ward, %1$s AS v FROM stays) q']) form;

-- ---------- inside the rules ----------
INSERT INTO queries (honest, query)
SELECT true, format(form, value)
  FROM unnest(ARRAY['discharged - admitted', 'cost + 0 * (discharged - admitted)', 'large * large', 'nullif(score, 1)',
      'cost * fee', 'price * cost', 'cost - 1', 'price::float8 * cost', 'many + 1']) value,
      unnest(ARRAY['SELECT round(sum(%1$s)::numeric, 4), round((sum(%1$s) FILTER (WHERE sex = ''m''))::numeric, 4) FROM stays WHERE ward <> ''icu''',
      'SELECT round(stddev(%1$s) FILTER (WHERE sex = ''m'')::numeric, 4), round(avg(CASE WHEN sex = ''m'' THEN %1$s END)::numeric, 4) FROM stays WHERE ward <> ''icu''',
      'SELECT round(sum(a)::numeric, 4), round(sum(b)::numeric, 4) FROM (SELECT person, sum(%1$s) AS a, sum(%1$s) FILTER (WHERE sex = ''m'') AS b FROM stays WHERE ward <> ''icu'' GROUP BY person) q']) form;
INSERT INTO queries (honest, query) VALUES
(true, 'SELECT sum(cost * 2), sum(cost * 2) FILTER (WHERE score > 1), sum(price * cost) FILTER (WHERE ward <> ''icu'') FROM stays'),
(true, 'SELECT sum(cost * fee), sum(cost * fee) FILTER (WHERE sex = ''m''), avg(cost - fee) FILTER (WHERE ward = ''icu'') FROM stays'),
(true, 'SELECT count(nullif(code, ''O'')), count(nullif(code, ''O'')) FILTER (WHERE sex = ''m''), count(code::int) FILTER (WHERE sex = ''m'') FROM stays WHERE ward <> ''icu'''),
(true, 'SELECT count(DISTINCT nullif(code, ''x'')) FILTER (WHERE sex = ''m'') FROM stays WHERE ward <> ''icu'''),
(true, 'SELECT avg(nullif(score, 1)) FILTER (WHERE sex = ''m''), stddev(nullif(score, 1)) FILTER (WHERE sex = ''m'') IS NULL FROM stays WHERE ward <> ''icu'''),
(true, 'SELECT sex, sum(nullif(score, 1)), sum(nullif(score, 1)) FILTER (WHERE ward <> ''icu'') IS NULL AS few FROM stays GROUP BY sex ORDER BY sex'),
(true, 'SELECT sum(a), sum(b), count(c) FROM (SELECT person, sum(CASE WHEN score > 70 THEN bonus END) FILTER (WHERE sex = ''m'') AS a, count(CASE WHEN ward <> ''icu'' THEN bonus END) FILTER (WHERE sex = ''m'') AS b, avg(nullif(score, 1)) FILTER (WHERE sex = ''m'') AS c FROM stays WHERE ward <> ''icu'' GROUP BY person) q'),
(true, 'SELECT sum(CASE WHEN sex = ''m'' THEN cost ELSE 0 END) FILTER (WHERE score > 1), sum(CASE WHEN sex = ''m'' THEN cost WHEN score > 90 THEN 1 ELSE 2 END) FILTER (WHERE ward <> ''icu''), count(CASE WHEN sex = ''m'' THEN ''a'' WHEN score > 90 THEN ''b'' END) FILTER (WHERE ward <> ''icu''), avg(CASE WHEN sex = ''m'' THEN cost ELSE 0 END) FILTER (WHERE ward <> ''icu'') FROM stays'),
(true, 'SELECT stddev_samp(CASE WHEN sex = ''m'' THEN cost END) FILTER (WHERE ward <> ''icu'') = stddev_samp(cost) FILTER (WHERE sex = ''m'' AND ward <> ''icu'') FROM stays');

\set included :abs_srcdir '/lib/run.sql'
\i :included
\set included :abs_srcdir '/lib/attempts_end.sql'
\i :included
RESET SESSION AUTHORIZATION;
RESET search_path;
DROP SCHEMA bypass_computed CASCADE;
DROP OWNED BY regress_cr_bc_owner, regress_cr_bc_analyst;
DROP ROLE regress_cr_bc_owner, regress_cr_bc_analyst;
