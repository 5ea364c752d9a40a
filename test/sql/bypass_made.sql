-- Nulls that a subquery makes, by a function, a join or the lack of a second
-- row; labels that are counted; constants by other words for asking, by
-- arithmetic written out, and where they are left over.
--
-- Of 61 people 61 alone has no order of kind m, and has another of kind s.
-- Each of these must be null or refused.
\set VERBOSITY terse
\getenv abs_srcdir PG_ABS_SRCDIR
\set analyst regress_cr_n_analyst
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom;
CREATE ROLE regress_cr_n_owner;
CREATE ROLE regress_cr_n_analyst;
CREATE SCHEMA bypass_made;
GRANT ALL ON SCHEMA bypass_made TO regress_cr_n_owner, regress_cr_n_analyst;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_n_owner, regress_cr_n_analyst;
SET search_path = bypass_made, pg_catalog;
SET SESSION AUTHORIZATION regress_cr_n_owner;
CREATE TABLE people (id int PRIMARY KEY, region text NOT NULL, income int NOT NULL, born date NOT NULL, joined date NOT NULL);
INSERT INTO people SELECT i, (ARRAY['north', 'south'])[1 + i % 2], CASE i WHEN 61 THEN 1000003 ELSE 100 + i END,
  '2000-01-01', CASE i WHEN 61 THEN date '2000-01-02' ELSE '2000-01-01' END FROM generate_series(1, 61) i;
CREATE TABLE orders (id int NOT NULL, kind text NOT NULL, day date NOT NULL, x int NOT NULL, q int NOT NULL, w int NOT NULL);
INSERT INTO orders SELECT i, 's', '2024-02-01', CASE i WHEN 61 THEN 4 ELSE 1 + i % 7 END, 0, 1 FROM generate_series(1, 61) i;
INSERT INTO orders SELECT i, 'm', '2024-02-01', 2 + i % 5, 0, 1 FROM generate_series(1, 60) i;
INSERT INTO orders SELECT i, 't', date '2024-03-01' + i % 9, i, 1 + i % 3, 1 + i % 3 FROM generate_series(1, 40) i;
INSERT INTO orders VALUES (61, 's', '2024-02-02', 30, 7, 2);
CREATE TABLE parts (id int NOT NULL, reg text NOT NULL, x int NOT NULL, q int NOT NULL, PRIMARY KEY (id, reg)) PARTITION BY LIST (reg);
CREATE TABLE part_a (q int NOT NULL, id int NOT NULL, reg text NOT NULL, x int NOT NULL);
ALTER TABLE parts ATTACH PARTITION part_a FOR VALUES IN ('a');
INSERT INTO parts SELECT i, 'a', CASE i WHEN 61 THEN 777 ELSE 10 + i END, CASE WHEN i = 61 THEN 1 WHEN i % 2 = 0 THEN 0 ELSE 2 + i % 3 END FROM generate_series(1, 61) i;
SELECT cleanroom.protect('people', 'id', 5, dimensions => '{region}', measures => '{income}', join_keys => '{id}');
SELECT cleanroom.set_column('people', 'born', 'dimension, measure'), cleanroom.set_column('people', 'joined', 'dimension, measure');
SELECT cleanroom.protect('orders', 'id', 5, dimensions => '{kind}', measures => '{x}', join_keys => '{id}');
SELECT cleanroom.set_column('orders', 'day', 'dimension, measure'), cleanroom.set_column('orders', 'q', 'dimension, measure'),
  cleanroom.set_column('orders', 'w', 'filter, measure');
SELECT cleanroom.protect('parts', 'id', 5, dimensions => '{reg}', measures => '{x}', join_keys => '{id}');
SELECT cleanroom.set_column('parts', 'q', 'dimension, measure');
GRANT SELECT ON people, orders, parts, part_a TO regress_cr_n_analyst;
\set included :abs_srcdir '/lib/attempts.sql'
\i :included
SET SESSION AUTHORIZATION regress_cr_n_analyst;
CREATE TABLE picks (q int PRIMARY KEY, l text);
INSERT INTO picks VALUES (0, 'pick'), (7, 'pick'), (1, 'no'), (2, 'no'), (3, 'no');
GRANT SELECT ON picks TO regress_cr_n_owner;
SET SESSION AUTHORIZATION regress_cr_n_owner;

-- ---------- who has no match, no second row, no value, in a unit level below ----------
INSERT INTO queries (honest, query)
SELECT false, format('SELECT count(*) - count(%s) FROM (%s) z', counted, below)
  FROM unnest('{g,g::text}'::text[]) counted,
       unnest(ARRAY['SELECT p.id, max(o.kind) AS g FROM people p LEFT JOIN orders o ON o.id = p.id AND o.kind = ''m'' GROUP BY p.id',
           'SELECT p.id, o.kind AS g FROM people p LEFT JOIN orders o ON o.id = p.id AND o.kind = ''m'' GROUP BY p.id, o.kind',
           'SELECT DISTINCT p.id, o.q AS g FROM people p LEFT JOIN orders o ON o.id = p.id AND o.kind = ''m''',
           'SELECT p.id, o.n AS g FROM people p LEFT JOIN (SELECT id, count(*) AS n FROM orders WHERE kind = ''m'' GROUP BY id) o ON o.id = p.id GROUP BY p.id, o.n',
           'SELECT id, g FROM (SELECT p.id, o.kind AS g FROM people p LEFT JOIN orders o ON o.id = p.id AND o.kind = ''m'' GROUP BY p.id, o.kind) y GROUP BY id, g',
           'SELECT id, nullif(q, 7) AS g FROM orders WHERE kind = ''s'' GROUP BY 1, 2',
           'SELECT id, max(nullif(kind, ''s'')) AS g FROM orders WHERE kind IN (''s'', ''m'') GROUP BY id',
           'SELECT id, g FROM (SELECT id, nullif(q, 7) AS g FROM orders WHERE kind = ''s'' GROUP BY 1, 2) y GROUP BY id, g',
           'SELECT id, g FROM (SELECT id, 1.0 / (q - 7) AS g FROM orders WHERE kind = ''s'' GROUP BY 1, 2) y GROUP BY id, g',
           'SELECT id, g FROM (SELECT id, bool_or(nullif(kind, ''s'') = ''m'') AS g FROM orders WHERE kind IN (''s'', ''m'') GROUP BY id) y GROUP BY id, g']) below;
INSERT INTO queries (honest, query) VALUES
(false, 'SELECT sum(c) FROM (SELECT region, count(*) - count(g) AS c FROM (SELECT p.id, o.id AS g, region FROM people p LEFT JOIN orders o ON o.id = p.id AND o.kind = ''m'' GROUP BY p.id, o.id, region) z GROUP BY region) r WHERE c > 0'),
(false, 'SELECT count(*) - count(s) FROM (SELECT id, var_samp(x) AS s FROM orders WHERE kind IN (''s'', ''m'') AND day = ''2024-02-01'' GROUP BY id) z'),
(false, 'SELECT sum(s + 1) - sum(s) FROM (SELECT id, stddev_samp(x) AS s FROM orders WHERE kind IN (''s'', ''m'') AND day = ''2024-02-01'' GROUP BY id) z'),
(false, 'SELECT avg(t) FROM (SELECT p.id, sum(o.x) AS t FROM people p LEFT JOIN orders o ON o.id = p.id AND o.kind = ''m'' GROUP BY p.id) z');

-- ---------- labels that are counted above a unit level ----------
INSERT INTO queries (honest, query) VALUES
(false, 'SELECT count(DISTINCT l) FROM (SELECT o.id, l.l FROM orders o JOIN (SELECT k, (k = 61)::int AS l FROM generate_series(1, 80) k GROUP BY k) l ON l.k = o.id WHERE kind = ''m'' GROUP BY o.id, l.l) z'),
(false, 'SELECT count(*) - count(l) FROM (SELECT o.id, l.l FROM orders o JOIN (SELECT k, nullif(k, 61) AS l FROM generate_series(1, 80) k GROUP BY k) l ON l.k = o.id WHERE kind = ''m'' GROUP BY o.id, l.l) z');

-- ---------- a column is asked for by a look-up, or of a partition ----------
INSERT INTO queries (honest, query)
SELECT false, format('SELECT %s FROM %s', aggregate, asked)
  FROM unnest('{sum(q),sum(x * q),avg(q)}'::text[]) aggregate,
       unnest(ARRAY['orders JOIN picks USING (q) WHERE l = ''pick''', 'orders NATURAL JOIN picks WHERE l = ''pick''', 'orders JOIN (VALUES (0), (7)) v (q) USING (q)',
           'orders o WHERE EXISTS (SELECT FROM picks WHERE picks.q = o.q AND l = ''pick'')', 'orders LEFT JOIN picks USING (q) WHERE l = ''pick''',
           'orders o WHERE o.q IN (SELECT q FROM picks WHERE l = ''pick'')', 'parts p WHERE EXISTS (SELECT FROM part_a c WHERE c.id = p.id AND c.q < 2)',
           'part_a p WHERE EXISTS (SELECT FROM parts c WHERE c.id = p.id AND c.q < 2)']) asked;
INSERT INTO queries (honest, query) VALUES
(false, 'SELECT sum(x * q) FILTER (WHERE l = ''pick'') FROM orders JOIN picks USING (q)'),
(false, 'SELECT sum(day - DATE ''2024-02-01'') FROM orders JOIN (VALUES (DATE ''2024-02-01''), (''2024-02-02'')) v (day) USING (day)'),

-- ---------- arithmetic written out; what is left over; pairs of which one is in the other ----------
(false, 'SELECT sum(x * w - x) FROM orders WHERE kind IN (''s'', ''m'')'),
(false, 'SELECT sum(x - x * w) FILTER (WHERE kind IN (''s'', ''m'')) FROM orders'),
(false, 'SELECT var_pop(x * w - x) FROM orders WHERE kind IN (''s'', ''m'')'),
(false, 'SELECT sum(w * w - w) FROM orders WHERE kind IN (''s'', ''m'')'),
(false, 'SELECT sum(t) FROM (SELECT id, avg(x * w - x) AS t FROM orders WHERE kind IN (''s'', ''m'') GROUP BY id) z'),
(false, 'SELECT sum(income * (joined - born)) FROM people'),
(false, 'SELECT covar_pop(income, joined - born) FROM people'),
(false, 'SELECT sum(x * (day - DATE ''2024-02-01'')) - sum(x * (day - DATE ''2024-02-01'')) FILTER (WHERE kind = ''t'') FROM orders'),
(false, 'SELECT sum(x * (day - DATE ''2024-02-01'')) - sum(CASE WHEN kind = ''t'' THEN x * (day - DATE ''2024-02-01'') ELSE 0 END) FROM orders'),
(false, 'SELECT sum(x * (w - 1)) - sum((kind = ''t'')::int * x * (w - 1)) FROM orders'),
(false, 'SELECT regr_slope(x + w, x) - 1 FROM orders WHERE kind IN (''s'', ''m'')'),
(false, 'SELECT regr_slope(y, x) - 1 FROM (SELECT x, x + w AS y FROM orders WHERE kind IN (''s'', ''m'')) z'),
(false, 'SELECT regr_slope(t + u, t) - 1 FROM (SELECT id, avg(x) AS t, avg(w) AS u FROM orders WHERE kind IN (''s'', ''m'') GROUP BY id) z'),
(false, 'SELECT regr_slope(t, v) - 1 FROM (SELECT id, sum(t) AS v, sum(t + u) AS t FROM (SELECT id, kind, avg(x) AS t, avg(w) AS u FROM orders WHERE kind IN (''s'', ''m'') GROUP BY id, kind) y GROUP BY id) z'),
(false, 'SELECT regr_slope(t + t - m, t) - 1 FROM (SELECT id, sum(x) AS t, avg(x) AS m FROM orders WHERE kind = ''s'' GROUP BY id) z'),
(false, 'SELECT var_pop(o.x) FROM orders o JOIN orders v ON v.id = o.id'),

-- ---------- what the test of it would not see: overflow, rounding, a small addend; overflow two levels below ----------
(false, 'SELECT sum(x * 1000000000 * (w - 1)) / 1000000000 FROM orders WHERE kind IN (''s'', ''m'')'),
(false, 'SELECT sum(income * 30000 * (joined - born)) / 30000 FROM people'),
(false, 'SELECT sum(q * 1000000000) FROM orders WHERE q IN (0, 7)'),
(false, 'SELECT sum(x * 1000000000 * q) FILTER (WHERE kind <> ''t'') FROM orders JOIN picks USING (q) WHERE l = ''pick'''),
(false, 'SELECT sum(x * (w - 1) + x / 7.0 * 7 - x) FROM orders WHERE kind IN (''s'', ''m'')'),
(false, 'SELECT sum(q + x / 7.0 * 7 - x) FROM orders WHERE q IN (0, 7)'),
(false, 'SELECT sum(income * (joined - born) + income / 3.0 * 3 - income) FROM people'),
(false, 'SELECT sum(t - m + t / 3.0 * 3 - t) FROM (SELECT id, sum(x) AS t, avg(x) AS m FROM orders WHERE kind = ''s'' GROUP BY id) z'),
(false, 'SELECT sum(x * (w - 1) + 0.0001 * x) FROM orders WHERE kind IN (''s'', ''m'')'),
(false, 'SELECT sum(10000 * x * (w - 1) + x) / 10000 FROM orders WHERE kind IN (''s'', ''m'')'),
(false, 'SELECT count(*) - count(t) FROM (SELECT id, t FROM (SELECT id, q * 400000000 AS t FROM orders WHERE kind = ''s'' GROUP BY 1, 2) y GROUP BY id, t) z'),
(false, 'SELECT count(*) - count(t) FROM (SELECT DISTINCT id, t FROM (SELECT id, q * q * 50000000 AS t FROM orders WHERE kind = ''s'' GROUP BY 1, 2) y) z');

-- ---------- honest ones, the same for the owner ----------
INSERT INTO queries (honest, query) VALUES
(true, 'SELECT count(*), count(g), sum(g) FROM (SELECT p.id, sum(o.x) AS g FROM people p LEFT JOIN orders o ON o.id = p.id AND o.kind = ''t'' GROUP BY p.id) z'),
(true, 'SELECT region, avg(t), count(t) FROM (SELECT p.id, region, sum(o.x) AS t FROM people p LEFT JOIN orders o ON o.id = p.id AND o.kind = ''t'' GROUP BY p.id, region) z GROUP BY 1 ORDER BY 1'),
(true, 'SELECT count(g) FROM (SELECT p.id, o.kind AS g FROM people p LEFT JOIN orders o ON o.id = p.id AND o.kind = ''t'' GROUP BY p.id, o.kind) z'),
(true, 'SELECT count(s) > 30, avg(s) > 0 FROM (SELECT id, var_samp(x) AS s FROM orders WHERE kind <> ''m'' AND q < 7 GROUP BY id) z'),
(true, 'SELECT l, count(*) FROM (SELECT o.id, l FROM orders o JOIN picks USING (q) WHERE kind = ''t'' GROUP BY o.id, l) z GROUP BY 1 ORDER BY 1'),
(true, 'SELECT sum(q), sum(x * q) FROM orders JOIN picks USING (q) WHERE l = ''no'''),
(true, 'SELECT sum(x * w - x), sum(x * w) FROM orders'),
(true, 'SELECT sum(x * w) FILTER (WHERE kind = ''t''), sum(CASE WHEN kind = ''t'' THEN x * w ELSE 0 END) FROM orders WHERE kind <> ''s'''),
(true, 'SELECT round(corr(x, w)::numeric, 8), round(regr_slope(2 * x + 1, w)::numeric, 8) FROM orders WHERE kind = ''t'''),
(true, 'SELECT round(corr(t, n)::numeric, 8) FROM (SELECT id, sum(x) AS t, count(*) AS n FROM orders WHERE kind <> ''s'' GROUP BY id) z'),
-- a key that is null beside a match, too; one for what is unknown
(true, 'SELECT sum(CASE WHEN s.vk IS NULL THEN 0 ELSE s.income END) FROM people q LEFT JOIN (SELECT p.id AS pk, o.id AS vk, p.income FROM people p LEFT JOIN orders o ON o.id = p.id AND o.kind = ''t'') s ON s.pk = q.id'),
(true, 'SELECT sum(CASE WHEN s.vk IS NULL THEN 0 ELSE s.n END) FROM people q LEFT JOIN (SELECT p.id AS pk, o.id AS vk, count(*) AS n FROM people p LEFT JOIN orders o ON o.id = p.id AND o.kind = ''t'' GROUP BY 1, 2) s ON s.pk = q.id'),
(true, 'SELECT sum(coalesce((nullif(kind, ''s'') = ''t'')::int, 5)), sum(x * coalesce((nullif(kind, ''s'') = ''t'')::int, 1)) FROM orders WHERE q < 7'),
(true, 'SELECT sum(coalesce(m, 2)) FROM (SELECT id, bool_or(nullif(kind, ''s'') = ''t'')::int AS m FROM orders WHERE q < 7 AND kind <> ''m'' GROUP BY id) z');

\set included :abs_srcdir '/lib/run.sql'
\i :included
\set included :abs_srcdir '/lib/attempts_end.sql'
\i :included
RESET SESSION AUTHORIZATION;
RESET search_path;
DROP SCHEMA bypass_made CASCADE;
DROP OWNED BY regress_cr_n_owner, regress_cr_n_analyst;
DROP ROLE regress_cr_n_owner, regress_cr_n_analyst;
