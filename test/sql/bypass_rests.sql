-- What an aggregate leaves over, where many who have nothing to add would
-- hide the few who have; and people who have other rows.
--
-- Of 60 people, every third has no income; 7 alone has no gap and is of kind
-- x, and has no visit of kind m.  Each difference must be null.
\set VERBOSITY terse
\getenv abs_srcdir PG_ABS_SRCDIR
\set analyst regress_cr_e_analyst
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_e_owner;
CREATE ROLE regress_cr_e_analyst;
CREATE SCHEMA bypass_rests;
GRANT ALL ON SCHEMA bypass_rests TO regress_cr_e_owner, regress_cr_e_analyst;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_e_owner, regress_cr_e_analyst;
SET search_path = bypass_rests, pg_catalog;
SET SESSION AUTHORIZATION regress_cr_e_owner;
CREATE TABLE persons (pid int PRIMARY KEY, kind text NOT NULL, income int, gap int, extra numeric, age int NOT NULL);
INSERT INTO persons SELECT n, CASE WHEN n = 7 THEN 'x' WHEN n % 3 = 0 THEN 'q' ELSE 'c' END,
  CASE WHEN n % 3 = 0 THEN NULL WHEN n = 7 THEN 123456 ELSE 100 + n END,
  CASE WHEN n = 7 THEN NULL ELSE n END, CASE WHEN n % 2 = 0 THEN n END, 20 + n FROM generate_series(1, 60) n;
CREATE TABLE visits (pid int NOT NULL, what text NOT NULL, cost int NOT NULL);
INSERT INTO visits SELECT n, w, n FROM generate_series(1, 60) n, unnest('{z,m}'::text[]) w WHERE w = 'z' OR n <> 7;
INSERT INTO visits SELECT n, w, n FROM generate_series(1, 30) n, unnest('{z,k}'::text[]) w;
SELECT cleanroom.protect('persons', 'pid', 5, dimensions => '{kind}', measures => '{income, gap, extra}', filters => '{age}', join_keys => '{pid}');
SELECT cleanroom.protect('visits', 'pid', 5, dimensions => '{what}', measures => '{cost}', join_keys => '{pid}');
CREATE TABLE accounts (pid int NOT NULL, acc int NOT NULL, what text NOT NULL);
INSERT INTO accounts SELECT n, n, w FROM generate_series(1, 60) n, unnest('{z,m}'::text[]) w WHERE w = 'z' OR n <> 7;
INSERT INTO accounts SELECT 7, 700 + n, 'z' FROM generate_series(1, 6) n;
SELECT cleanroom.protect('accounts', 'pid', 5, dimensions => '{what}', join_keys => '{pid, acc}');
GRANT SELECT ON persons, visits, accounts TO regress_cr_e_analyst;
\set included :abs_srcdir '/lib/attempts.sql'
\i :included

-- ---------- columns that may be null beside each other ----------
INSERT INTO queries (honest, query)
SELECT false, 'SELECT ' || difference || ' FROM persons'
  FROM unnest(ARRAY['sum(income) - sum(income + 0 * gap)', 'sum(income) - sum(income * (1 + 0 * gap))',
      'sum(income) FILTER (WHERE age < 100) - sum(income + 0 * gap) FILTER (WHERE age < 100)',
      'sum(income) - sum(CASE WHEN age < 100 THEN income + 0 * gap ELSE 0 END)',
      'sum(income) - sum(income + 0 * gap) FILTER (WHERE kind <> ''q'')', 'avg(income) - avg(income + 0 * gap)',
      'stddev(income) - stddev(income + 0 * gap)',
      'regr_avgy(income, income) - regr_avgy(income + 0 * gap, income)',
      'sum(coalesce(income, 0) - coalesce(gap, 0)) - sum(income) + sum(gap)', 'corr(income, gap)',
      'sum(income * extra) - sum(income * extra * (1 + 0 * gap))']) difference;
INSERT INTO queries (honest, query) VALUES
(false, 'SELECT sum(income) - sum(income + 0 * gap) FROM (SELECT pid, sum(income) AS income, sum(gap) AS gap FROM persons GROUP BY pid) q');

-- ---------- what FILTER leaves over has to have something ----------
INSERT INTO queries (honest, query)
SELECT false, 'SELECT ' || difference || ' FROM persons p'
  FROM unnest(ARRAY['sum(income) - sum(income) FILTER (WHERE kind NOT IN (''q'', ''x''))',
      'sum(income) - sum(CASE WHEN kind NOT IN (''q'', ''x'') THEN income ELSE 0 END)',
      'sum(income) - sum((kind NOT IN (''q'', ''x''))::int * income)', 'sum(income) - sum(CASE kind WHEN ''q'' THEN 0 WHEN ''x'' THEN 0 ELSE income END)',
      'count(income) - count(income) FILTER (WHERE kind = ''c'')', 'count(income) - count(CASE WHEN kind = ''c'' THEN income END)',
      'avg(income) - avg(income) FILTER (WHERE kind = ''c'')', 'regr_avgy(income, income) - regr_avgy(income, income) FILTER (WHERE kind = ''c'')',
      'sum(income) - sum(income) FILTER (WHERE NOT EXISTS (SELECT FROM persons z WHERE z.pid = p.pid AND z.kind <> ''c''))',
      'sum(income) - sum(income) FILTER (WHERE age < 100 AND NOT EXISTS (SELECT FROM persons z WHERE z.pid = p.pid AND z.kind <> ''c''))',
      'sum(income) - sum(income + 0 * gap) FILTER (WHERE kind = ''c'')']) difference;
INSERT INTO queries (honest, query) VALUES
(false, 'WITH f AS (SELECT p.*, CASE WHEN kind IN (''q'', ''x'') THEN 0 ELSE 1 END AS k FROM persons p) SELECT sum(income) - sum(k * income) FROM f'),
(false, 'SELECT sum(a) - sum(a) FILTER (WHERE s NOT IN (''q'', ''x'')) FROM (SELECT pid, max(kind) AS s, sum(income) AS a FROM persons GROUP BY pid) q'),
(false, 'SELECT sum(income) FROM persons p WHERE NOT EXISTS (SELECT FROM persons z WHERE z.pid = p.pid AND z.kind <> ''c'')'),
(false, 'SELECT s FROM (SELECT EXISTS (SELECT FROM persons z WHERE z.pid = p.pid AND z.kind = ''c'') AS e, sum(income) AS s FROM persons p GROUP BY 1) q WHERE s IS NOT NULL');

-- ---------- people who have other rows ----------
INSERT INTO queries (honest, query) VALUES
(false, 'SELECT count(DISTINCT pid) - count(DISTINCT pid) FILTER (WHERE what = ''m'') FROM visits'),
(false, 'SELECT count(DISTINCT pid) - count(DISTINCT CASE WHEN what = ''m'' THEN pid END) FROM visits'),
(false, 'SELECT count(*) - count(n) FROM (SELECT pid, sum(cost) FILTER (WHERE what = ''m'') AS n FROM visits GROUP BY pid) q'),
(false, 'SELECT sum(n + 1) - sum(n) FROM (SELECT pid, sum(cost) FILTER (WHERE what = ''m'') AS n FROM visits GROUP BY pid) q'),
(false, 'SELECT sum(n) / avg(n) FROM (SELECT pid, sum(cost) FILTER (WHERE what = ''m'') AS n FROM visits GROUP BY pid) q'),
(false, 'SELECT count(*) - count(n) FROM (SELECT pid, max(what) FILTER (WHERE what = ''m'') AS n FROM visits GROUP BY pid) q'),
(false, 'SELECT count(*) - sum(n) FROM (SELECT pid, count(DISTINCT what) FILTER (WHERE what = ''m'') AS n FROM visits GROUP BY pid) q'),
(false, 'SELECT count(*) - sum(n) FROM (SELECT pid, count(*) FILTER (WHERE what = ''m'') AS n FROM visits GROUP BY pid) q'),
(false, 'SELECT count(DISTINCT pid) - count(DISTINCT pid) FILTER (WHERE what = ''m'' AND NOT (kind = ''x'' AND age = 27)) FROM persons JOIN visits USING (pid)'),
(false, 'SELECT sum(h) FROM (SELECT pid, max((what = ''m'')::int) AS h FROM visits GROUP BY pid) q'),
(false, 'SELECT count(v.pid) FROM persons p LEFT JOIN visits v ON v.pid = p.pid AND what = ''m''');

-- ---------- each person's own aggregates: zeros, counts and parts ----------
INSERT INTO queries (honest, query) VALUES
(false, 'SELECT sum(m) FROM (SELECT pid, sum(coalesce(income, 0)) AS m FROM persons WHERE kind <> ''c'' GROUP BY pid) q'),
(false, 'SELECT avg(m) * count(*) FROM (SELECT pid, avg(coalesce(income, 0)) AS m FROM persons WHERE kind <> ''c'' GROUP BY pid) q'),
(false, 'SELECT sum(m) FROM (SELECT pid, coalesce(sum(income), 0) AS m FROM persons WHERE kind <> ''c'' GROUP BY pid) q'),
(false, 'SELECT sum(m) - sum(m) FILTER (WHERE k = ''c'') FROM (SELECT pid, max(kind) AS k, sum(coalesce(income, 0)) AS m FROM persons GROUP BY pid) q'),
(false, 'SELECT sum(t * (1 - a)) FROM (SELECT pid, sum(income) AS t, count(gap) AS a FROM persons GROUP BY pid) q'),
(false, 'SELECT sum(t * (2 - a)) FROM (SELECT pid, sum(cost) AS t, count(DISTINCT what) AS a FROM visits WHERE what <> ''k'' GROUP BY pid) q'),
(false, 'SELECT sum(t * (2 - a)) FROM (SELECT pid, sum(cost) AS t, count(*) AS a FROM visits WHERE what <> ''k'' GROUP BY pid) q'),
(false, 'SELECT covar_pop(t, a) FROM (SELECT pid, sum(income) AS t, count(gap) AS a FROM persons GROUP BY pid) q'),
(false, 'SELECT regr_sxy(t, a) FROM (SELECT pid, sum(cost) AS t, count(DISTINCT what) AS a FROM visits WHERE what <> ''k'' GROUP BY pid) q'),
(false, 'SELECT sum(t) - sum(t * a) FROM (SELECT pid, sum(income) AS t, count(*) FILTER (WHERE kind = ''c'') AS a FROM persons GROUP BY pid) q'),
(false, 'SELECT sum(t) - sum(a) FROM (SELECT pid, sum(income) AS t, sum(income) FILTER (WHERE kind = ''c'') AS a FROM persons GROUP BY pid) q'),
(false, 'SELECT sum(t) - sum(coalesce(a, 0)) FROM (SELECT pid, sum(income) AS t, avg(income) FILTER (WHERE kind = ''c'') AS a FROM persons GROUP BY pid) q'),
(false, 'SELECT count(t) - count(a) FROM (SELECT pid, sum(income) AS t, sum(CASE WHEN kind = ''c'' THEN income END) AS a FROM persons GROUP BY pid) q'),
(false, 'SELECT sum(t) - sum(a) FROM (SELECT pid, count(income) AS t, count(income) FILTER (WHERE kind = ''c'') AS a FROM persons GROUP BY pid) q'),
(false, 'SELECT sum(m) - sum(m) FILTER (WHERE k = ''c'') FROM (SELECT pid, max(kind) AS k, count(income) AS m FROM persons GROUP BY pid) q'),
(false, 'SELECT sum(m) - sum(m) FILTER (WHERE k = ''c'') FROM (SELECT pid, max(kind) AS k, count(*) FILTER (WHERE kind <> ''q'') AS m FROM persons GROUP BY pid) q');

-- counts in other words, added to measures, through two levels, of several rows; columns that are computed of two
INSERT INTO queries (honest, query) VALUES
(false, 'SELECT sum(t * (2 - a)) FROM (SELECT pid, sum(cost) AS t, sum(1) AS a FROM visits WHERE what <> ''k'' GROUP BY pid) q'),
(false, 'SELECT sum(t * (2 - a)) FROM (SELECT pid, sum(cost) AS t, sum(0 * cost + 1) AS a FROM visits WHERE what <> ''k'' GROUP BY pid) q'),
(false, 'SELECT sum(t * (2 + t - u)) FROM (SELECT pid, sum(cost) AS t, sum(cost + 1) AS u FROM visits WHERE what <> ''k'' GROUP BY pid) q'),
(false, 'SELECT sum(4 * t + t * t + n * n - (t + n) * (t + n)) / 2 FROM (SELECT pid, sum(cost) AS t, count(*) AS n FROM visits WHERE what <> ''k'' GROUP BY pid) q'),
(false, 'SELECT var_pop(t + n) FROM (SELECT pid, sum(cost) AS t, count(*) AS n FROM visits WHERE what <> ''k'' GROUP BY pid) q'),
(false, 'SELECT var_pop(m) FROM (SELECT pid, sum(cost) + count(*) AS m FROM visits WHERE what <> ''k'' GROUP BY pid) q'),
(false, 'SELECT covar_pop(t, t + n) FROM (SELECT pid, sum(cost) AS t, count(*) AS n FROM visits WHERE what <> ''k'' GROUP BY pid) q'),
(false, 'SELECT covar_pop(t, n) FROM (SELECT pid, sum(income) AS t, count(gap) AS n FROM persons GROUP BY pid) q JOIN accounts a ON a.pid = q.pid WHERE what = ''z'''),
(false, 'SELECT covar_pop(t, n) FROM (SELECT p.pid, avg(coalesce(income, 0)) AS t, count(*) AS n FROM persons p JOIN accounts USING (pid) WHERE (what = ''z'' OR what = ''m'' AND (kind = ''q'' OR age = 70)) AND age > 30 GROUP BY p.pid) q'),
(false, 'SELECT sum(m) FROM (SELECT pid, sum(m) AS m FROM (SELECT pid, sum(coalesce(income, 0)) AS m FROM persons WHERE kind <> ''c'' GROUP BY pid) w GROUP BY pid) q'),
(false, 'SELECT sum(n) FROM (SELECT pid, sum(n) AS n FROM (SELECT pid, count(income) AS n FROM persons WHERE kind <> ''c'' GROUP BY pid) w GROUP BY pid) q'),
(false, 'SELECT sum(m) FROM (SELECT p.pid, sum(m) AS m FROM persons p JOIN (SELECT pid, sum(coalesce(income, 0)) AS m FROM persons WHERE kind <> ''c'' GROUP BY pid) w ON w.pid = p.pid GROUP BY p.pid) q'),
(false, 'SELECT sum(t) - sum(m) FROM (SELECT pid, sum(income) AS t, sum(income) + 0 * sum(gap) AS m FROM persons GROUP BY pid) q'),
(false, 'SELECT (SELECT sum(income) FROM persons) - sum(m) FROM (SELECT pid, sum(income) + 0 * sum(gap) AS m FROM persons GROUP BY pid) q');
INSERT INTO queries (honest, query) VALUES
(false, 'SELECT count(*) - count(m) FROM (SELECT pid, sum(m) AS m FROM (SELECT pid, what, sum(cost) FILTER (WHERE what = ''m'') AS m FROM visits GROUP BY pid, what) w GROUP BY pid) q'),
(false, 'SELECT count(*) - sum(m) FROM (SELECT pid, sum(m) AS m FROM (SELECT pid, what, count(*) FILTER (WHERE what = ''m'') AS m FROM visits WHERE what <> ''k'' GROUP BY pid, what) w GROUP BY pid) q'),
(false, 'SELECT sum(s) FROM (SELECT p.pid, stddev_pop(cost) AS s FROM visits JOIN persons p USING (pid) WHERE what = ''z'' OR what = ''m'' AND age = 60 GROUP BY p.pid) q'),
(false, 'SELECT sum(t - coalesce(b, 0)) FROM (SELECT pid, sum(cost) AS t, sum(cost) FILTER (WHERE what = ''m'') AS b FROM visits GROUP BY pid) q'),
(false, 'SELECT sum(coalesce(t, 0) + coalesce(b, 0)) - sum(t) FROM (SELECT pid, sum(income) AS t, sum(gap) AS b FROM persons WHERE kind <> ''c'' GROUP BY pid) q'),
(false, 'SELECT sum(s) FROM (SELECT pid, var_pop(cost) AS s FROM visits WHERE what <> ''k'' GROUP BY pid) q'),
(false, 'SELECT sum(t - m) FROM (SELECT p.pid, sum(cost) AS t, avg(cost) AS m FROM visits JOIN persons p USING (pid) WHERE what = ''m'' OR what = ''z'' AND age = 60 GROUP BY p.pid) q'),
(false, 'SELECT sum(t * t - s) FROM (SELECT p.pid, sum(cost) AS t, sum(cost * cost) AS s FROM visits JOIN persons p USING (pid) WHERE what = ''m'' OR what = ''z'' AND age = 60 GROUP BY p.pid) q'),
(false, 'SELECT var_pop(t - m) FROM (SELECT p.pid, sum(cost) AS t, avg(cost) AS m FROM visits JOIN persons p USING (pid) WHERE what = ''m'' OR what = ''z'' AND age = 60 GROUP BY p.pid) q JOIN persons c ON c.pid = q.pid');
-- constants of people and kinds, columns that are computed below and not in the aggregate, at a middle level, beside several rows
INSERT INTO queries (honest, query) VALUES
(false, 'SELECT sum(t * (2 - n)) FROM (SELECT pid, sum(t) AS t, sum(a) AS n FROM (SELECT pid, what, sum(cost) AS t, avg(1) AS a FROM visits WHERE what <> ''k'' GROUP BY pid, what) w GROUP BY pid) q'),
(false, 'SELECT covar_pop(t, n) FROM (SELECT pid, sum(t) AS t, sum(a) AS n FROM (SELECT pid, what, sum(cost) AS t, avg(0 * cost + 1) AS a FROM visits WHERE what <> ''k'' GROUP BY pid, what) w GROUP BY pid) q'),
(false, 'SELECT sum(t) - sum(m) FROM persons a LEFT JOIN (SELECT pid, sum(income) AS t, sum(income) + 0 * sum(gap) AS m FROM persons GROUP BY pid) q USING (pid)'),
(false, 'SELECT sum(t) - sum(m) FROM (SELECT income AS t, income + 0.0 * gap AS m FROM persons, (SELECT count(*) AS c FROM persons) r) q'),
(false, 'SELECT sum(t) - sum(m) FROM (SELECT income AS t, income + 0.0 * gap + 0.0 * (SELECT 1) AS m FROM persons) q'),
(false, 'SELECT sum(t) - sum(m) FROM (WITH w AS MATERIALIZED (SELECT pid, income, gap FROM persons) SELECT pid, sum(income) AS t, sum(income) + 0 * sum(gap) AS m FROM w GROUP BY pid) q'),
(false, 'SELECT sum(x) FROM (SELECT pid, sum(t - m) AS x FROM (SELECT p.pid, sum(cost) AS t, avg(cost) AS m FROM visits JOIN persons p USING (pid) WHERE what = ''m'' OR what = ''z'' AND age = 60 GROUP BY p.pid) q GROUP BY pid) r'),
(false, 'SELECT sum(t - m) FROM (SELECT p.pid, kind, sum(cost) AS t, avg(cost) AS m FROM visits JOIN persons p USING (pid) WHERE what = ''m'' OR what = ''z'' AND age = 60 GROUP BY p.pid, kind) q'),
(false, 'SELECT sum(t - m) FROM (SELECT p.pid, sum(cost) AS t, avg(cost) AS m FROM visits JOIN persons p USING (pid) WHERE what = ''m'' OR what = ''z'' AND age = 60 GROUP BY p.pid) q JOIN visits k ON k.pid = q.pid WHERE k.what = ''m'''),
(false, 'SELECT count(n) - count(m) FROM (SELECT pid, max(kind) AS n, max(nullif(kind, ''x'')) || max(kind) AS m FROM persons GROUP BY pid) q');
-- many have another count, many another measure than most, one has both; a combination beside that one's many rows
INSERT INTO queries (honest, query) VALUES
(false, 'SELECT covar_pop(t, n) FROM (SELECT p.pid, avg(coalesce(income, 0)) AS t, count(*) AS n FROM persons p JOIN visits USING (pid) WHERE kind <> ''c'' OR age > 70 GROUP BY p.pid) q'),
(false, 'SELECT regr_slope(n, t) FROM (SELECT p.pid, avg(coalesce(income, 0)) AS t, count(*) AS n FROM persons p JOIN visits USING (pid) WHERE kind <> ''c'' OR age > 70 GROUP BY p.pid) q'),
(false, 'SELECT corr(t, n) FROM (SELECT p.pid, sum(0.5 * coalesce(income, 0)) AS t, count(*) AS n FROM persons p JOIN visits USING (pid) WHERE kind <> ''c'' OR age > 70 GROUP BY p.pid) q'),
(false, 'SELECT sum(t - m) FROM (SELECT p.pid, sum(cost) AS t, avg(cost) AS m FROM visits JOIN persons p USING (pid) WHERE what = ''m'' OR what = ''k'' AND age < 21 OR what = ''z'' AND age = 27 GROUP BY p.pid) q JOIN accounts k ON k.pid = q.pid'),
(true, 'SELECT covar_pop(t, n) IS NOT NULL FROM (SELECT p.pid, avg(coalesce(income, 0)) AS t, count(*) AS n FROM persons p JOIN visits USING (pid) GROUP BY p.pid) q'),
(true, 'SELECT sum(t - m) FROM (SELECT pid, sum(cost) AS t, avg(cost) AS m FROM visits GROUP BY pid) q JOIN persons k ON k.pid = q.pid'),
(true, 'SELECT kind, sum(t - m) FROM (SELECT p.pid, kind, sum(cost) AS t, avg(cost) AS m FROM visits v JOIN persons p ON p.pid = v.pid WHERE kind <> ''x'' GROUP BY p.pid, kind) q GROUP BY 1 ORDER BY 1'),
(true, 'SELECT kind, sum(t - m) FROM (SELECT v.pid, p.kind, sum(cost) AS t, avg(cost) AS m FROM visits v JOIN persons p USING (pid) WHERE kind <> ''x'' GROUP BY 1, 2) q GROUP BY 1 ORDER BY 1');
-- several rows a person: by what they do, enough of whom differ; by what is there for some rows only, by pairs
INSERT INTO queries (honest, query) VALUES
(true, 'SELECT sum(t - m) FROM (SELECT pid, what, sum(cost) AS t, avg(cost) AS m FROM visits GROUP BY pid, what) q'),
(true, 'SELECT covar_pop(t, n) FROM (SELECT pid, what, sum(cost) AS t, count(*) AS n FROM visits GROUP BY pid, what) q'),
(false, 'SELECT sum(t - m) FROM (SELECT pid, what, sum(cost) AS t, avg(cost) AS m FROM visits WHERE what = ''m'' OR what = ''z'' AND cost = 7 GROUP BY pid, what) q'),
(false, 'SELECT sum(t - m) FROM (SELECT v.pid, kind, sum(cost) AS t, avg(cost) AS m FROM visits v LEFT JOIN persons p ON p.pid = v.pid AND v.what = ''m'' GROUP BY v.pid, kind) q'),
(false, 'SELECT sum(t - m) FROM (SELECT p.pid, k.pid AS other, sum(p.income) AS t, avg(k.gap) AS m FROM persons p JOIN persons k ON p.age = k.age GROUP BY p.pid, k.pid) q');
INSERT INTO queries (honest, query) VALUES
(false, 'SELECT sum(income) - sum(CASE WHEN kind = ''c'' THEN coalesce(income, 0) ELSE 0 END) FROM persons'),
(false, 'SELECT (avg(coalesce(income, 0)) - avg(CASE WHEN kind = ''c'' THEN coalesce(income, 0) ELSE 0 END)) * count(*) FROM persons'),
(false, 'SELECT (SELECT sum(income) FROM persons) - sum(income) FILTER (WHERE kind <> ''x'') FROM persons p WHERE NOT EXISTS (SELECT FROM persons i WHERE i.pid = p.pid AND i.kind <> ''c'')'),
(false, 'SELECT (SELECT count(income) FROM persons) - count(CASE WHEN age <> 27 THEN income END) FROM persons p LEFT JOIN (SELECT DISTINCT pid FROM persons WHERE kind <> ''c'') l USING (pid) WHERE l.pid IS NULL'),
(false, 'SELECT d FROM (SELECT EXISTS (SELECT FROM visits i WHERE i.pid = q.pid AND i.what = ''k'') AS e, sum(income) - sum(income) FILTER (WHERE kind = ''c'') AS d FROM persons q GROUP BY 1) r WHERE e'),
(false, 'SELECT d FROM (SELECT EXISTS (SELECT FROM persons i WHERE i.pid = v.pid AND i.kind <> ''q'') AS e, count(DISTINCT pid) - count(DISTINCT pid) FILTER (WHERE what = ''m'') AS d FROM visits v GROUP BY 1) r WHERE e'),
(false, 'SELECT count(DISTINCT a.pid) - count(DISTINCT b.pid) FROM visits a LEFT JOIN persons b ON b.pid = a.pid AND a.what = ''m'''),
(false, 'SELECT (SELECT count(DISTINCT pid) FROM visits) - count(DISTINCT pid) FROM visits v WHERE NOT (what <> ''m'' AND EXISTS (SELECT FROM persons i WHERE i.pid = v.pid AND i.kind <> ''q''))'),
(false, 'SELECT (SELECT count(DISTINCT pid) FROM visits) - count(DISTINCT pid) FROM visits v WHERE CASE WHEN what = ''m'' THEN true ELSE NOT EXISTS (SELECT FROM persons i WHERE i.pid = v.pid AND i.kind <> ''q'') END'),
(false, 'SELECT count(DISTINCT acc) - count(DISTINCT acc) FILTER (WHERE what = ''m'') FROM accounts'),
-- what is counted is null where its guard sees it
(false, 'SELECT nullif(count(2147483647 + (119 - ascii(kind))), 60) FROM persons'),
(false, 'SELECT nullif(count(*) - count(DISTINCT 2147483647 + (119 - ascii(kind))), 57) FROM persons'),
(false, 'SELECT nullif(count(9223372036854775807 - 1 + n), 60) FROM (SELECT pid, count(DISTINCT what) AS n FROM visits WHERE what <> ''k'' GROUP BY pid) q'),
(false, 'SELECT (SELECT GROUPING(p.kind)) FROM persons p GROUP BY kind');

-- ---------- inside the rules ----------
INSERT INTO queries (honest, query) VALUES
(true, 'SELECT sum(m), avg(m) FROM (SELECT pid, sum(coalesce(income, 0)) AS m FROM persons WHERE kind = ''c'' GROUP BY pid) q'),
(true, 'SELECT round(corr(n, s)::numeric, 8), round(covar_pop(n, s)::numeric, 8), sum(n * n) FROM (SELECT pid, count(*) AS n, sum(cost) AS s FROM visits WHERE what <> ''m'' GROUP BY pid) q'),
(true, 'SELECT sum(coalesce(t, 0) + coalesce(b, 0)), round(avg(coalesce(t, 0) - coalesce(b, 0)), 6) FROM (SELECT pid, sum(income) AS t, sum(extra) AS b FROM persons GROUP BY pid) q'),
(true, 'SELECT sum(t - coalesce(b, 0)) FROM (SELECT pid, sum(cost) AS t, sum(cost) FILTER (WHERE what = ''k'') AS b FROM visits GROUP BY pid) q'),
(true, 'SELECT avg(net), sum(net), stddev(net) IS NULL FROM (SELECT pid, sum(cost) - 2 * avg(cost) AS net FROM visits WHERE what <> ''m'' GROUP BY pid) q'),
(true, 'SELECT sum(m), count(*) FROM persons a LEFT JOIN (SELECT pid, sum(cost) - 2 * avg(cost) AS m FROM visits WHERE what <> ''m'' GROUP BY pid) q USING (pid)'),
(true, 'SELECT sum(m) FROM persons a LEFT JOIN (SELECT pid, cost * 2 + 1 AS m FROM visits WHERE what = ''z'') q USING (pid)'),
(true, 'SELECT variance(n), stddev(n), avg(n + 1) FROM (SELECT pid, count(*) AS n FROM visits WHERE what <> ''m'' GROUP BY pid) q'),
(true, 'SELECT round(corr(a, b)::numeric, 6) FROM (SELECT p.pid, sum(income) AS a, sum(b) AS b FROM persons p JOIN (SELECT pid, sum(cost) AS b FROM visits GROUP BY pid) q ON q.pid = p.pid WHERE kind = ''c'' GROUP BY p.pid) r'),
(true, 'SELECT sum(a), count(a), sum(t) FROM (SELECT pid, sum(cost) AS t, sum(cost) FILTER (WHERE what = ''k'') AS a FROM visits GROUP BY pid) q'),
(true, 'SELECT sum(m) FILTER (WHERE n > 2), sum(m) FROM (SELECT pid, count(*) AS n, count(*) AS m FROM visits GROUP BY pid) q'),
(true, 'SELECT count(DISTINCT acc), count(DISTINCT acc) FILTER (WHERE what = ''z'') FROM accounts'),
(true, 'SELECT EXISTS (SELECT FROM visits i WHERE i.pid = q.pid AND i.what = ''k'') AS e, count(*), count(*) FILTER (WHERE age > 40) FROM persons q GROUP BY 1 ORDER BY 1'),
(true, 'SELECT count(ascii(kind) + 1), count(DISTINCT ascii(kind) * 2) FROM persons WHERE kind <> ''x''');
INSERT INTO queries (honest, query) VALUES
(true, 'SELECT sum(income), count(income), avg(extra), sum(income * 2 + 1), count(*) FROM persons'),
(true, 'SELECT sum(income + extra), avg(income - extra) FROM persons'),
(true, 'SELECT sum(income) FILTER (WHERE age > 50), avg(extra) FILTER (WHERE age > 50) FROM persons'),
(true, 'SELECT sum(CASE WHEN age > 50 THEN income ELSE 0 END), count(CASE WHEN age > 50 THEN extra END) FROM persons'),
(true, 'SELECT corr(income, extra), regr_slope(income, gap) FROM persons WHERE kind = ''c'''),
(true, 'SELECT count(DISTINCT pid), count(DISTINCT pid) FILTER (WHERE what = ''k''), count(DISTINCT pid) FILTER (WHERE what = ''z'') FROM visits'),
(true, 'SELECT what, count(DISTINCT pid) FROM visits WHERE what <> ''m'' GROUP BY 1 ORDER BY 1'),
(true, 'SELECT count(n), avg(n) FROM (SELECT pid, sum(cost) FILTER (WHERE what = ''k'') AS n FROM visits GROUP BY pid) q'),
(true, 'SELECT sum(n), avg(n) FROM (SELECT pid, count(*) FILTER (WHERE what = ''k'') AS n FROM visits GROUP BY pid) q'),
(true, 'SELECT sum(a) FILTER (WHERE m = 1) FROM (SELECT pid, sum(income) AS a, count(*) AS m FROM persons GROUP BY pid) q'),
(true, 'SELECT sum(income) FILTER (WHERE EXISTS (SELECT FROM visits v WHERE v.pid = p.pid AND what = ''k'')) FROM persons p');

-- ---------- tests for null of measures ----------
INSERT INTO queries (honest, query) VALUES
(true, 'SELECT kind, count(*) FILTER (WHERE extra IS NOT NULL), avg(extra) FILTER (WHERE extra IS NOT NULL) FROM persons WHERE kind <> ''x'' GROUP BY kind'),
(true, 'SELECT kind, avg(income), count(*) FROM persons WHERE income IS NOT NULL AND kind = ''c'' GROUP BY kind'),
(true, 'SELECT avg(income) FROM persons WHERE income IS NOT NULL AND age > 30 AND EXISTS (SELECT FROM visits v WHERE v.pid = persons.pid)'),
(true, 'SELECT avg(s) FROM (SELECT pid, sum(extra) AS s FROM persons GROUP BY pid) q WHERE s IS NOT NULL'),
(false, 'SELECT count(*) FROM persons WHERE gap IS NULL'),
(false, 'SELECT count(*) FILTER (WHERE gap IS NULL) FROM persons'),
(false, 'SELECT sum(CASE WHEN gap IS NULL THEN 1 ELSE 0 END) FROM persons'),
(false, 'SELECT sum(income) - sum(income) FILTER (WHERE gap IS NOT NULL) FROM persons'),
(false, 'SELECT sum(income) FROM persons WHERE gap IS NULL'),
(false, 'SELECT kind FROM (SELECT kind, count(*) AS n FROM persons WHERE gap IS NULL GROUP BY kind) q WHERE n > 0'),
(false, 'SELECT (SELECT sum(income) FROM persons) - sum(income + 0 * gap) FROM persons WHERE gap IS NOT NULL'),
(false, 'SELECT (SELECT count(income) FROM persons) - count(income + gap) FROM persons WHERE gap IS NOT NULL'),
(false, 'SELECT count(*) FILTER (WHERE income IS NOT NULL AND kind <> ''c'') FROM persons'),
(false, 'SELECT count(DISTINCT pid) FROM persons WHERE gap IS NULL'),
(false, 'SELECT pid FROM persons WHERE gap IS NULL GROUP BY pid'),
(false, 'SELECT avg(n) FROM (SELECT pid, count(*) AS n FROM persons WHERE gap IS NULL GROUP BY pid) q');

\set included :abs_srcdir '/lib/run.sql'
\i :included
\set included :abs_srcdir '/lib/attempts_end.sql'
\i :included
RESET SESSION AUTHORIZATION;
RESET search_path;
DROP SCHEMA bypass_rests CASCADE;
DROP OWNED BY regress_cr_e_owner, regress_cr_e_analyst;
DROP ROLE regress_cr_e_owner, regress_cr_e_analyst;
