-- What is nearly constant, left over or missing where people's aggregates are
-- computed, below the level that is released; noise that hides how few differ.
--
-- Of 61 people 61 alone joined a day later than it was born, has an order of
-- kind r with w = 2, and has orders of no kind m.  Every third has no income.
-- Each of these must be null.
\set VERBOSITY terse
\getenv abs_srcdir PG_ABS_SRCDIR
\set analyst regress_cr_w_analyst
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom;
CREATE ROLE regress_cr_w_owner;
CREATE ROLE regress_cr_w_analyst;
CREATE SCHEMA bypass_below;
GRANT ALL ON SCHEMA bypass_below TO regress_cr_w_owner, regress_cr_w_analyst;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_w_owner, regress_cr_w_analyst;
SET search_path = bypass_below, pg_catalog;
SET SESSION AUTHORIZATION regress_cr_w_owner;
CREATE TABLE people (id int PRIMARY KEY, kind text NOT NULL, income int, pay int NOT NULL, age int NOT NULL, born date NOT NULL, joined date NOT NULL);
INSERT INTO people SELECT i, CASE WHEN i % 3 = 0 THEN 'q' ELSE 'c' END, CASE WHEN i % 3 > 0 THEN 100 + i END, 1000 + 3 * i, 20 + i, '2000-01-01', CASE i WHEN 61 THEN date '2000-01-02' ELSE '2000-01-01' END
  FROM generate_series(1, 61) i;
CREATE TABLE orders (id int NOT NULL, kind text NOT NULL, x int NOT NULL, q int NOT NULL, w int NOT NULL, z int);
INSERT INTO orders SELECT i, 's', 3 + i % 7, 0, 1, CASE WHEN i % 3 > 0 THEN i END FROM generate_series(1, 61) i;
INSERT INTO orders SELECT i, 'm', 2 + i % 5, 0, 1, i FROM generate_series(1, 60) i WHERE i % 3 > 0;
INSERT INTO orders SELECT i, 't', i, 1 + i % 3, 1 + i % 3, NULL FROM generate_series(1, 40) i;
INSERT INTO orders VALUES (61, 'r', 30, 7, 2, NULL);
CREATE TABLE joins (id int PRIMARY KEY, x int NOT NULL, j int NOT NULL);
INSERT INTO joins SELECT i, 1000 + i, CASE i WHEN 61 THEN 2 ELSE 1 END FROM generate_series(1, 61) i;
CREATE TABLE sparse (id int NOT NULL, kind text NOT NULL, z int);
INSERT INTO sparse SELECT i, 'a', i FROM generate_series(1, 61) i UNION ALL SELECT i, 'b', CASE i WHEN 61 THEN 7 END FROM generate_series(1, 61) i;
CREATE TABLE missed (id int NOT NULL, kind text NOT NULL, z int);
INSERT INTO missed SELECT i, 'a', i FROM generate_series(1, 61) i UNION ALL SELECT i, 'c', i % 9 FROM generate_series(1, 60) i;
SELECT cleanroom.protect('missed', 'id', 5, dimensions => '{kind}', measures => '{z}', join_keys => '{id}');
SELECT cleanroom.protect('sparse', 'id', 5, dimensions => '{kind}', measures => '{z}', join_keys => '{id}');
SELECT cleanroom.protect('people', 'id', 5, dimensions => '{kind}', measures => '{income,pay}', filters => '{age}', join_keys => '{id}');
SELECT cleanroom.set_column('people', c, 'dimension, measure') FROM unnest('{born,joined}'::text[]) c;
SELECT cleanroom.protect('orders', 'id', 5, dimensions => '{kind}', measures => '{x,z}', join_keys => '{id}');
SELECT cleanroom.set_column('orders', 'q', 'dimension, measure'), cleanroom.set_column('orders', 'w', 'filter, measure');
SELECT cleanroom.protect('joins', 'id', 5, measures => '{x}', join_keys => '{id}');
SELECT cleanroom.set_column('joins', 'j', 'join, measure');
GRANT SELECT ON people, orders, joins, sparse, missed TO regress_cr_w_analyst;
\set included :abs_srcdir '/lib/attempts.sql'
\i :included

-- ---------- a factor of what people have below ----------
INSERT INTO queries (honest, query) VALUES
(false, 'SELECT sum(pay * (joined - born) + pay) - sum(pay) FROM people'),
(false, 'SELECT sum(d) - sum(e) FROM (SELECT id, avg(pay * (joined - born) + pay) AS d, avg(pay) AS e FROM people GROUP BY id) q'),
(false, 'SELECT sum(i * d) - sum(i * e) FROM (SELECT id, avg(pay) AS i, avg(joined - born + pay) AS d, avg(pay) AS e FROM people GROUP BY id) q'),
(false, 'SELECT sum(i * d) - sum(i * e) - sum(i) FROM (SELECT id, avg(x) AS i, avg(w + x) AS d, avg(x) AS e FROM orders WHERE kind IN (''s'', ''r'') GROUP BY id) q'),
(false, 'SELECT sum(t) - sum(s) FROM (SELECT id, sum(x + q) AS t, sum(x) AS s FROM orders WHERE q IN (0, 7) GROUP BY id) z'),
(false, 'SELECT sum(a) - sum(b) FROM (SELECT id, sum(1.0 * pay) AS a, sum(1.0 * pay * (1 - (joined - born))) AS b FROM people GROUP BY id) z'),
(false, 'SELECT sum(m) - sum(n) FROM (SELECT id, avg(d) AS m, avg(e) AS n FROM (SELECT id, kind, avg(x * w + x) AS d, avg(x * 2) AS e FROM orders WHERE kind IN (''s'', ''r'') GROUP BY id, kind) y GROUP BY id) z'),
(false, 'SELECT sum(d) FILTER (WHERE age < 100) - sum(e) FILTER (WHERE age < 100) FROM (SELECT id, age, avg(pay * (joined - born) + pay) AS d, avg(pay) AS e FROM people GROUP BY id, age) q'),
(false, 'SELECT sum(a) - sum(b) FROM (SELECT id, sum(1.0 * x * (w - 1)) AS a, sum(1.0 * x * (w - 1)) FILTER (WHERE kind = ''t'') AS b FROM orders GROUP BY id) z'),
(false, 'SELECT sum(a) - sum(b) FROM (SELECT id, sum(1.0 * x * (w - 1)) AS a, sum(CASE WHEN kind = ''t'' THEN 1.0 * x * (w - 1) ELSE 0 END) AS b FROM orders GROUP BY id) z'),
(false, 'SELECT sum(x * j) - sum(x) FROM joins WHERE j IN (SELECT j FROM (VALUES (1), (2)) v (j))');

-- ---------- what an anti-join, or FILTER around CASE, leaves over ----------
INSERT INTO queries (honest, query) VALUES
(false, 'SELECT (SELECT sum(x * (w - 1)) FROM orders) - (SELECT sum(x * (w - 1)) FROM orders o WHERE NOT EXISTS (SELECT FROM people i WHERE i.id = o.id AND age > 60))'),
(false, 'SELECT (SELECT sum(x * (w - 1)) FROM orders) - (SELECT sum(x * (w - 1)) FROM orders o LEFT JOIN (SELECT DISTINCT id FROM people WHERE age > 60) l USING (id) WHERE l.id IS NULL)'),
(false, 'SELECT sum(CASE WHEN kind IN (''m'', ''r'') THEN x ELSE 0 END) - sum(CASE WHEN kind IN (''m'', ''r'') THEN x ELSE 0 END) FILTER (WHERE q <> 7) FROM orders'),
(false, 'SELECT sum((kind IN (''m'', ''r''))::int * x) - sum((kind IN (''m'', ''r''))::int * x) FILTER (WHERE q <> 7) FROM orders');

-- ---------- how few differ, behind the last digits of quotients ----------
INSERT INTO queries (honest, query)
SELECT false, format('SELECT sum((t - m) * 0.%s1%s) FROM (SELECT id, sum(x) AS t, avg(x) AS m FROM orders WHERE kind IN (''s'', ''r'') GROUP BY id) q', repeat('0', zeros), noise)
  FROM unnest('{0,4,8,12,16}'::int[]) zeros, unnest('{""," + (m / 3 * 3 - m)"}'::text[]) noise;
INSERT INTO queries (honest, query) VALUES
(false, 'SELECT sum(i * d + i) - sum(i) FROM (SELECT id, avg(x) AS i, avg((w - 1) * 0.000000001) AS d FROM orders WHERE kind IN (''s'', ''r'') GROUP BY id) q');

-- ---------- who has something, but none in the part, or no second row ----------
INSERT INTO queries (honest, query)
SELECT false, format('SELECT %s FROM (SELECT p.id, avg(p.income) AS a, %s AS b FROM people p JOIN orders o USING (id) GROUP BY p.id) z', taken, b)
  FROM unnest('{sum(a) - sum(b),count(a) - count(b),"sum(a) - sum(coalesce(b, 0))"}'::text[]) taken,
       unnest(ARRAY['avg(p.income) FILTER (WHERE o.kind = ''m'')', 'avg(CASE WHEN o.kind = ''m'' THEN p.income END)',
           'coalesce(avg(p.income) FILTER (WHERE o.kind = ''m''), 0)', 'sum(p.income) FILTER (WHERE o.kind IN (''m'', ''n''))']) b;
INSERT INTO queries (honest, query) VALUES
(false, 'SELECT sum(a) - sum(b) FROM (SELECT p.id, count(p.income) AS a, count(p.income) FILTER (WHERE o.kind = ''m'') AS b FROM people p JOIN orders o USING (id) WHERE o.kind IN (''m'', ''r'') GROUP BY p.id) z'),
(false, 'SELECT count(m) - count(s) FROM (SELECT id, avg(z) AS m, var_samp(z) AS s FROM orders GROUP BY id) y'),
(false, 'SELECT count(m) - count(s) FROM (SELECT id, avg(z) AS m, var_samp(z) + 1 AS s FROM orders WHERE kind IN (''s'', ''m'') GROUP BY id) y');

-- ---------- rows that are left over, of which one has something ----------
INSERT INTO queries (honest, query)
SELECT false, format('SELECT sum(t) - sum(p) FROM (SELECT id, sum(z) AS t, %s AS p FROM sparse GROUP BY id) y', part)
  FROM unnest(ARRAY['sum(z) FILTER (WHERE kind = ''a'')', 'sum(CASE WHEN kind = ''a'' THEN z END)', 'coalesce(sum(z) FILTER (WHERE kind = ''a''), 0)']) part;
INSERT INTO queries (honest, query) VALUES
(false, 'SELECT sum(p) FROM (SELECT id, count(z) FILTER (WHERE kind = ''a'') AS p FROM sparse GROUP BY id) y'),
(false, 'SELECT sum(p) FROM (SELECT id, kind, sum(z) FILTER (WHERE kind = ''a'') AS p FROM sparse GROUP BY id, kind) y');

-- ---------- who has none in the part, two levels up ----------
INSERT INTO queries (honest, query)
SELECT false, format('SELECT %s FROM (SELECT id, sum(n) AS s FROM (SELECT id, kind, %s AS n FROM missed GROUP BY id, kind) y GROUP BY id) z', taken, part)
  FROM unnest('{sum(s),avg(s),count(s),sum(s + 1)}'::text[]) taken,
       unnest(ARRAY['sum(z) FILTER (WHERE kind = ''c'')', 'count(*) FILTER (WHERE kind = ''c'')']) part;

-- ---------- and what is not ----------
INSERT INTO queries (honest, query) VALUES
(true, 'SELECT round(avg(d), 6) FROM (SELECT id, avg(x * w) AS d FROM orders GROUP BY id) q'),
(true, 'SELECT sum(t), round(avg(t), 6) FROM (SELECT id, sum(x + q) AS t FROM orders WHERE q > 0 AND kind = ''t'' GROUP BY id) z'),
(true, 'SELECT sum(b) FROM (SELECT id, sum(x * w) FILTER (WHERE kind = ''t'' AND q < 3) AS b FROM orders WHERE kind = ''t'' GROUP BY id) z'),
(true, 'SELECT sum(x * (w - 1)) FROM orders o WHERE kind = ''t'' AND NOT EXISTS (SELECT FROM people i WHERE i.id = o.id AND age < 40)'),
(true, 'SELECT sum(CASE WHEN kind IN (''m'', ''t'') THEN x ELSE 0 END) FILTER (WHERE q <> 1) FROM orders WHERE kind <> ''r'''),
(true, 'SELECT round(avg(t - m), 6) FROM (SELECT id, sum(x) AS t, avg(x) AS m FROM orders WHERE kind IN (''s'', ''t'') GROUP BY id) q'),
(true, 'SELECT count(a), count(b), round(avg(b), 6) FROM (SELECT p.id, avg(p.income) AS a, avg(p.income) FILTER (WHERE o.kind = ''t'') AS b FROM people p JOIN orders o USING (id) GROUP BY p.id) z'),
(true, 'SELECT count(s), round(avg(s), 6) FROM (SELECT id, var_samp(x) AS s FROM orders WHERE kind IN (''s'', ''t'') GROUP BY id) y'),
(true, 'SELECT round(corr(a, b)::numeric, 8) FROM (SELECT id, avg(x) AS a, sum(q) AS b FROM orders WHERE kind = ''t'' GROUP BY id) y'),
(true, 'WITH y AS (SELECT id, avg(x) AS a, sum(w) AS b, count(*) AS n FROM orders WHERE kind = ''t'' GROUP BY id), v AS (SELECT * FROM y WHERE n > 0) SELECT round(corr(a, b)::numeric, 8) FROM v');
\set included :abs_srcdir '/lib/run.sql'
\i :included
\set included :abs_srcdir '/lib/attempts_end.sql'
\i :included
RESET SESSION AUTHORIZATION;
RESET search_path;
DROP SCHEMA bypass_below CASCADE;
DROP OWNED BY regress_cr_w_owner, regress_cr_w_analyst;
DROP ROLE regress_cr_w_owner, regress_cr_w_analyst;
