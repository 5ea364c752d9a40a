-- What is nearly constant: for whom a condition chooses, an argument is zero
-- for all but one, without FILTER or CASE.
--
-- Of 61 people all have one order of kind s, on one day; 61 alone has another
-- of kind r, a day later.  Each of these must be null.
\set VERBOSITY terse
\getenv abs_srcdir PG_ABS_SRCDIR
\set analyst regress_cr_c_analyst
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_c_owner;
CREATE ROLE regress_cr_c_analyst;
CREATE SCHEMA bypass_constants;
GRANT ALL ON SCHEMA bypass_constants TO regress_cr_c_owner, regress_cr_c_analyst;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_c_owner, regress_cr_c_analyst;
SET search_path = bypass_constants, pg_catalog;
SET SESSION AUTHORIZATION regress_cr_c_owner;
CREATE TABLE people (id int PRIMARY KEY, region text NOT NULL, income int NOT NULL);
INSERT INTO people SELECT i, CASE WHEN i > 30 THEN 'north' ELSE 'south' END, CASE i WHEN 61 THEN 1000003 ELSE 100 + i END FROM generate_series(1, 61) i;
CREATE TABLE orders (id int NOT NULL, kind text NOT NULL, day date NOT NULL, x int NOT NULL, piece int NOT NULL, big numeric NOT NULL);
INSERT INTO orders SELECT i, 's', '2024-02-01', CASE i WHEN 61 THEN 4 ELSE 1 + i % 7 END, 1, 10::numeric ^ 400 FROM generate_series(1, 61) i;
INSERT INTO orders VALUES (61, 'r', '2024-02-02', 30, 2, 10::numeric ^ 401);
INSERT INTO orders SELECT i, 't', date '2024-03-01' + i, i, 1 + i % 3, 10::numeric ^ (400 + i) FROM generate_series(1, 40) i;
CREATE TABLE visits (id int NOT NULL);
INSERT INTO visits SELECT i FROM generate_series(1, 61) i, generate_series(1, 3);
SELECT cleanroom.protect('people', 'id', 5, dimensions => '{region}', measures => '{income}', join_keys => '{id}');
SELECT cleanroom.protect('orders', 'id', 5, dimensions => '{kind,day}', measures => '{x,big}', filters => '{piece}', join_keys => '{id}');
SELECT cleanroom.set_column('orders', 'day', 'dimension, measure');
SELECT cleanroom.set_column('orders', 'piece', 'filter, measure');
SELECT cleanroom.protect('visits', 'id', 5, join_keys => '{id}');
GRANT SELECT ON people, orders, visits TO regress_cr_c_analyst;
\set included :abs_srcdir '/lib/attempts.sql'
\i :included

-- ---------- deviations of each person, whose rows a join makes several ----------
INSERT INTO queries (honest, query)
SELECT false, format('SELECT %s FROM (SELECT o.id, %s AS s FROM %s WHERE o.kind IN (''s'', ''r'') GROUP BY o.id) q', outer_aggregate, deviation, joined)
  FROM unnest('{sum(s),avg(s),stddev_samp(s),var_pop(s),sum(s * s)}'::text[]) outer_aggregate,
       unnest('{var_samp(o.x),stddev_samp(o.x),variance(o.x - 2)}'::text[]) deviation,
       unnest('{orders o JOIN visits v ON v.id = o.id,orders o JOIN orders o2 ON o2.id = o.id,people p LEFT JOIN orders o ON o.id = p.id JOIN visits v ON v.id = p.id}'::text[]) joined
 WHERE outer_aggregate = 'sum(s)' OR joined LIKE 'orders o JOIN visits v %';
INSERT INTO queries (honest, query) VALUES
(false, 'SELECT sum(s) FROM (SELECT o.id, var_samp(x) FILTER (WHERE kind IN (''s'', ''r'')) AS s FROM orders o JOIN visits v ON v.id = o.id GROUP BY o.id) q'),
(false, 'SELECT region, sum(s) FROM (SELECT o.id, var_samp(x) AS s FROM orders o JOIN visits v ON v.id = o.id WHERE kind IN (''s'', ''r'') GROUP BY o.id) q JOIN people p ON p.id = q.id WHERE region = ''north'' GROUP BY region HAVING sum(s) IS NOT NULL'),
(false, 'SELECT sum(s) FROM (SELECT q.id, var_samp(t) AS s FROM (SELECT id, kind, sum(x) AS t FROM orders WHERE kind IN (''s'', ''r'') GROUP BY id, kind) q JOIN visits v ON v.id = q.id GROUP BY q.id) r');

-- ---------- measures that are asked for as well, less a constant ----------
INSERT INTO queries (honest, query)
SELECT false, format('SELECT %s FROM orders o WHERE %s', aggregate, condition)
  FROM unnest(ARRAY['sum(x * (day - DATE ''2024-02-01''))', 'sum(day - DATE ''2024-02-01'')', 'avg(x * (day - DATE ''2024-02-01''))',
           'var_pop(day - DATE ''2024-02-01'')', 'sum(x * (piece - 1))', 'sum(piece)', 'avg(piece - 1)', 'sum(piece * piece)',
           'covar_pop(x, day - DATE ''2024-02-01'')', 'regr_slope(x, piece)', 'corr(x, piece)', 'regr_sxy(piece, x)',
           'sum(CASE WHEN kind IN (''s'', ''r'') THEN x * (day - DATE ''2024-02-01'') ELSE 0 END)',
           'sum(x * (day - DATE ''2024-02-01'')) FILTER (WHERE day < ''2024-02-03'')', 'sum(big * (piece - 1))']) aggregate,
       unnest(ARRAY['day IN (''2024-02-01'', ''2024-02-02'') AND piece < 3', 'day < ''2024-02-03'' AND (piece = 1 OR kind = ''r'')',
           'kind IN (''s'', ''r'') AND piece < 3 AND day < ''2024-02-03''']) condition;
-- and where the condition is on something that goes with it
INSERT INTO queries (honest, query)
SELECT false, format('SELECT %s FROM orders WHERE kind IN (''s'', ''r'')', aggregate)
  FROM unnest(ARRAY['sum(x * (day - DATE ''2024-02-01''))', 'sum(x * (piece - 1))', 'covar_pop(x, day - DATE ''2024-02-01'')',
           'regr_slope(x, piece)', 'corr(x, piece)', 'sum((x + 1) * (1 - piece))',
           'sum(x * (day - DATE ''2024-02-01'')) FILTER (WHERE kind <> ''t'')', 'sum(CASE WHEN kind <> ''t'' THEN x * (piece - 1) ELSE 0 END)']) aggregate;
INSERT INTO queries (honest, query) VALUES
(false, 'SELECT sum(t) FROM (SELECT id, sum(x * (day - DATE ''2024-02-01'')) AS t FROM orders WHERE day IN (''2024-02-01'', ''2024-02-02'') GROUP BY id) q'),
(false, 'SELECT sum(t) FROM (SELECT id, avg(day - DATE ''2024-02-01'') AS t FROM orders WHERE day IN (''2024-02-01'', ''2024-02-02'') GROUP BY id) q'),
(false, 'SELECT sum(t) FROM (SELECT id, avg(x * (piece - 1)) AS t FROM orders WHERE kind IN (''s'', ''r'') GROUP BY id) q'),
(false, 'SELECT sum(piece) FROM orders o WHERE kind <> ''t'' AND EXISTS (SELECT FROM orders z WHERE z.id = o.id AND z.piece < 3)'),
(false, 'WITH d AS (SELECT id, x, day - DATE ''2024-02-01'' AS n FROM orders WHERE kind IN (''s'', ''r'')) SELECT sum(x * n) FROM d'),
(false, 'SELECT region, sum(x * (day - DATE ''2024-02-01'')) FROM orders JOIN people USING (id) WHERE kind IN (''s'', ''r'') AND region = ''north'' GROUP BY 1 HAVING sum(x * (day - DATE ''2024-02-01'')) IS NOT NULL');

-- ---------- pairs of people, each of one aggregate ----------
INSERT INTO queries (honest, query)
SELECT false, format('SELECT %s FROM (SELECT p.id, avg(p.income) AS i, %s AS d FROM people p JOIN orders o ON o.id = p.id WHERE kind IN (''s'', ''r'') GROUP BY p.id) q', aggregate, d)
  FROM unnest('{"covar_pop(i, d)","regr_slope(i, d)",sum(i * (d - 1)),sum(i * d - i)}'::text[]) aggregate,
       unnest('{avg(o.day - DATE ''2024-01-31''),avg(piece),sum(piece - 1)}'::text[]) d;

-- ---------- honest ones, the same for the owner ----------
INSERT INTO queries (honest, query) VALUES
(true, 'SELECT round(avg(s)::numeric, 8), round(stddev(s)::numeric, 6) FROM (SELECT id, stddev_samp(x) AS s FROM orders WHERE kind IN (''s'', ''t'') GROUP BY id) q'),
(true, 'SELECT sum(day - DATE ''2024-02-01''), avg(piece), sum(piece) FROM orders'),
(true, 'SELECT kind, avg(day - DATE ''2024-02-01''), sum(piece), round(corr(x, piece)::numeric, 8) FROM orders WHERE kind <> ''r'' GROUP BY 1 ORDER BY 1'),
(true, 'SELECT avg(day - DATE ''2024-02-01''), sum(x * piece) FROM orders WHERE day > ''2024-03-01'''),
(true, 'SELECT sum(x * (day - DATE ''2024-01-01'')), sum(piece) FROM orders WHERE day > ''2024-03-01'' AND piece > 1'),
(true, 'SELECT sum(piece), sum(x) FROM orders WHERE piece = 1'),
(true, 'SELECT sum(x * (1 - piece)), sum(x * (piece + 1)) FROM orders'),
(true, 'SELECT sum(big * (piece - 1)) > 0, sum(big) > 0 FROM orders'),
(true, 'SELECT round(corr(n, t)::numeric, 8) FROM (SELECT id, count(*) AS n, sum(x) AS t FROM orders GROUP BY id) q'),
(true, 'SELECT round(corr(n, t)::numeric, 8) FROM (SELECT id, count(*) AS n, sum(x) AS t FROM orders GROUP BY id) q JOIN visits v ON v.id = q.id'),
(true, 'SELECT region, round(regr_slope(i, d)::numeric, 8) FROM (SELECT p.id, region, avg(p.income) AS i, avg(x) AS d FROM people p JOIN orders o ON o.id = p.id GROUP BY p.id, region) q GROUP BY 1 ORDER BY 1');

\set included :abs_srcdir '/lib/run.sql'
\i :included
\set included :abs_srcdir '/lib/attempts_end.sql'
\i :included
RESET SESSION AUTHORIZATION;
RESET search_path;
DROP SCHEMA bypass_constants CASCADE;
DROP OWNED BY regress_cr_c_owner, regress_cr_c_analyst;
DROP ROLE regress_cr_c_owner, regress_cr_c_analyst;
