-- What a subquery computes, and what keeps it from being seen where it is
-- aggregated, grouped by or asked for: scalar subqueries, sets mixed with
-- lists, columns that are mentioned a thousand times.
--
-- Of 61 people 61 alone has joined a day late, and is of kind x.  Each attack
-- must be null or refused.
\set VERBOSITY terse
\getenv abs_srcdir PG_ABS_SRCDIR
\set analyst regress_cr_l_analyst
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom;
CREATE ROLE regress_cr_l_owner;
CREATE ROLE regress_cr_l_analyst;
CREATE SCHEMA bypass_lifted;
GRANT ALL ON SCHEMA bypass_lifted TO regress_cr_l_owner, regress_cr_l_analyst;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_l_owner, regress_cr_l_analyst;
SET search_path = bypass_lifted, pg_catalog;
SET SESSION AUTHORIZATION regress_cr_l_owner;
CREATE TABLE people (id int PRIMARY KEY, region text NOT NULL, kind text NOT NULL, lvl int NOT NULL, amt numeric(10, 2) NOT NULL, born date NOT NULL, joined date NOT NULL);
INSERT INTO people SELECT i, (ARRAY['north', 'south'])[1 + i % 2], CASE i WHEN 61 THEN 'x' ELSE (ARRAY['c', 'k'])[1 + i % 2] END, CASE i WHEN 61 THEN 7 ELSE 1 + i % 3 END,
  CASE i WHEN 61 THEN 777 ELSE 100 + i END, '2000-01-01', CASE i WHEN 61 THEN date '2000-01-02' ELSE '2000-01-01' END FROM generate_series(1, 61) i;
CREATE TABLE orders (id int NOT NULL, what text NOT NULL, x int NOT NULL);
INSERT INTO orders SELECT i, (ARRAY['s', 't'])[1 + i % 2], 10 + i FROM generate_series(1, 61) i;
CREATE TABLE one (id int PRIMARY KEY, h text NOT NULL);
INSERT INTO one SELECT i, (ARRAY['a', 'b'])[1 + i % 2] FROM generate_series(1, 30) i;
SELECT cleanroom.protect('people', 'id', 5, dimensions => '{region, kind}', measures => '{amt}', join_keys => '{id}');
SELECT cleanroom.set_column('people', 'born', 'dimension, measure'), cleanroom.set_column('people', 'joined', 'dimension, measure'), cleanroom.set_column('people', 'lvl', 'dimension, measure');
SELECT cleanroom.protect('orders', 'id', 5, dimensions => '{what}', measures => '{x}', join_keys => '{id}');
SELECT cleanroom.protect('one', 'id', 5, dimensions => '{h}', join_keys => '{id}');
GRANT SELECT ON people, orders, one TO regress_cr_l_analyst;
\set included :abs_srcdir '/lib/attempts.sql'
\i :included
SET SESSION AUTHORIZATION regress_cr_l_analyst;
CREATE TABLE picks (id int PRIMARY KEY);
INSERT INTO picks SELECT generate_series(21, 50);
CREATE TABLE marks (id int PRIMARY KEY, l text NOT NULL);
INSERT INTO marks SELECT i, CASE i WHEN 61 THEN 'no' ELSE 'pick' END FROM generate_series(1, 61) i;
GRANT SELECT ON picks, marks TO regress_cr_l_owner;
SET SESSION AUTHORIZATION regress_cr_l_owner;

-- ---------- a set and a list in one column of a subquery: it names the columns of its own query ----------
INSERT INTO queries (honest, query)
SELECT false, format('SELECT g, count(*) FROM (SELECT t.id, %s AS g FROM orders t) z GROUP BY g', format(form, 'EXISTS (SELECT FROM one i WHERE i.id = t.id)', list))
  FROM unnest('{%s OR %s,%s AND %s,NOT %s AND %s,CASE WHEN %s THEN 1 WHEN %s THEN 2 END}'::text[]) form,
       unnest('{EXISTS (SELECT FROM (VALUES (1)) v (k) WHERE v.k = t.id),EXISTS (SELECT FROM generate_series(1\, 61) v (k) WHERE v.k = t.id)}'::text[]) list;
INSERT INTO queries (honest, query) VALUES
(false, 'SELECT count(*) FILTER (WHERE g) FROM (SELECT DISTINCT t.id, EXISTS (SELECT FROM one i WHERE i.id = t.id) OR EXISTS (SELECT FROM (VALUES (1)) v (k) WHERE v.k = t.id) AS g FROM orders t) z'),
(false, 'SELECT g, count(*) FROM (SELECT t.id, EXISTS (SELECT FROM one i WHERE i.id = t.id) OR EXISTS (SELECT FROM picks v WHERE v.id = t.id) AS g FROM orders t GROUP BY 1, 2) z GROUP BY g'),
(false, 'SELECT g, (SELECT z.g), count(*) FROM (SELECT t.id, EXISTS (SELECT FROM one i WHERE i.id = t.id) OR EXISTS (SELECT FROM picks v WHERE v.id = t.id) AS g FROM orders t) z GROUP BY g'),
(false, 'SELECT p.region, g, count(*) FROM people p LEFT JOIN (SELECT t.id, EXISTS (SELECT FROM one i WHERE i.id = t.id) OR EXISTS (SELECT FROM picks v WHERE v.id = t.id) AS g FROM orders t) z ON z.id = p.id GROUP BY 1, 2'),
(false, 'SELECT count(*) FROM (SELECT t.id, EXISTS (SELECT FROM one i WHERE i.id = t.id) OR EXISTS (SELECT FROM picks v WHERE v.id = t.id) AS g FROM orders t) z WHERE g');

-- ---------- a quotient that is null for one, a factor that is zero for all others ----------
INSERT INTO queries (honest, query)
SELECT false, format('SELECT count(*) - count(v) FROM (SELECT id, %s AS v FROM people%s) z', computed, more)
  FROM unnest('{1 / (ascii(kind) - 120),1 / (ascii(kind) - 120) + (SELECT 0),1 / (joined - born - (SELECT 1)),1 / (lvl - 7) + (SELECT max(0) FROM one),
    nullif(kind\, ''x''),nullif(kind\, (SELECT ''x'')),nullif(kind\, ''x'') || (SELECT ''''),CASE WHEN kind = ''x'' THEN NULL ELSE 1 END + (SELECT 0)}'::text[]) computed,
       unnest(ARRAY['', ' CROSS JOIN (SELECT count(*) FROM people) c', ' OFFSET 0', ' CROSS JOIN (VALUES (1)) c', ' LIMIT 100']) more;
INSERT INTO queries (honest, query)
SELECT false, format('SELECT sum(v) - sum(amt) FROM (SELECT id, amt, amt * (joined - born) + amt%s AS v FROM people%s) z', zero, more)
  FROM unnest('{"", + (SELECT 0.0), * (SELECT 1), + 0 * (SELECT count(*) FROM one), + (WITH w AS MATERIALIZED (SELECT 0) TABLE w)}'::text[]) zero,
       unnest(ARRAY['', ' CROSS JOIN (SELECT count(*) FROM people) c', ' UNION ALL SELECT NULL, NULL, NULL']) more;
INSERT INTO queries (honest, query) VALUES
(false, 'SELECT count(*) - count(z.v) FROM people q LEFT JOIN (SELECT id, nullif(kind, ''x'') AS v FROM people) z ON z.id = q.id'),
(false, 'SELECT count(*) - count(z.v) FROM people q LEFT JOIN (SELECT id, 1 / (ascii(kind) - 120) + (SELECT 0) AS v FROM people) z ON z.id = q.id'),
(false, 'SELECT sum(z.v) - sum(z.amt) FROM people q LEFT JOIN (SELECT id, amt, coalesce(amt, 0) * (joined - born) + amt AS v FROM people) z ON z.id = q.id'),
(false, 'SELECT count(*) - count(DISTINCT v) FROM (SELECT id, CASE WHEN kind = ''x'' THEN NULL ELSE id END AS v FROM people) z'),
(false, 'SELECT count(*) - count(v) FROM (SELECT * FROM (SELECT id, 1 / (ascii(kind) - 120) + (SELECT 0) AS v FROM people) y) z'),
(false, 'SELECT count(*) - count(v) FROM (SELECT id, u + (SELECT 0) AS v FROM (SELECT id, 1 / (ascii(kind) - 120) AS u FROM people) y) z'),
(false, 'WITH z AS MATERIALIZED (SELECT id, 1 / (ascii(kind) - 120) + (SELECT 0) AS v FROM people) SELECT count(*) - count(v) FROM z'),
(false, 'SELECT count(*) - count(v) FROM (SELECT id, 1.0 / (sum(lvl) - 7) + (SELECT 0) AS v FROM people GROUP BY id) z'),
(false, 'SELECT count(*) - count(v) FROM (SELECT id, nullif(max(kind), ''x'') || (SELECT '''') AS v FROM people GROUP BY id) z'),
(false, 'SELECT count(*) - count(v) FROM (SELECT DISTINCT id, 1.0 / (ascii(kind) - 120) + (SELECT 0) AS v FROM people) z'),
(false, 'SELECT sum(v) - sum(a) FROM (SELECT id, sum(amt) AS a, sum(amt * (joined - born)) + sum(amt) + (SELECT 0.0) AS v FROM people GROUP BY id) z'),
(false, 'SELECT count(*) FILTER (WHERE v IS NULL) FROM (SELECT id, 1 / (ascii(kind) - 120) + (SELECT 0) AS v FROM people) z'),
(false, 'SELECT sum(CASE WHEN v IS NULL THEN 1 ELSE 0 END) FROM (SELECT id, 1 / (ascii(kind) - 120) + (SELECT 0) AS v FROM people) z');

-- ---------- conditions that are conjunctions in a subquery ----------
INSERT INTO queries (honest, query) VALUES
(false, 'SELECT count(*) FILTER (WHERE kind <> ''c'') - count(*) FILTER (WHERE g) FROM (SELECT p.id, kind, kind <> ''c'' AND l = ''pick'' AS g FROM people p JOIN marks USING (id)) z'),
(false, 'SELECT count(*) FILTER (WHERE kind <> ''c'') - sum(CASE WHEN g THEN 1 ELSE 0 END) FROM (SELECT p.id, kind, kind <> ''c'' AND l = ''pick'' AS g FROM people p JOIN marks USING (id)) z'),
(false, 'SELECT count(*) FILTER (WHERE kind <> ''c'') - count(*) FILTER (WHERE g) FROM (SELECT p.id, kind, kind <> ''c'' AND l = (SELECT ''pick'') AS g FROM people p JOIN marks USING (id)) z');

INSERT INTO queries (honest, query)
SELECT false, format('SELECT count(*) FILTER (WHERE kind <> ''c'') - count(*) FILTER (WHERE g) FROM (%s) z', below)
  FROM unnest(ARRAY['SELECT p.id, kind, CASE WHEN kind <> ''c'' THEN l = ''pick'' ELSE false END AS g FROM people p JOIN marks USING (id)',
           'SELECT p.id, kind, NOT (kind = ''c'' OR l <> ''pick'') AS g FROM people p JOIN marks USING (id)',
           'SELECT p.id, kind, (kind <> ''c'' AND l = ''pick'') IS TRUE AS g FROM people p JOIN marks USING (id)',
           'SELECT p.id, kind, nullif(kind <> ''c'', l <> ''pick'') AS g FROM people p JOIN marks USING (id)',
           'SELECT p.id, kind, (kind <> ''c'') = (l = ''pick'') AND kind <> ''c'' AS g FROM people p JOIN marks USING (id)',
           'SELECT p.id, kind, (kind <> ''c'')::int + (l = ''pick'')::int = 2 AS g FROM people p JOIN marks USING (id)',
           'SELECT p.id, kind, (kind <> ''c'') > (l <> ''pick'') AS g FROM people p JOIN marks USING (id)',
           'SELECT p.id, kind, kind || l IN (''kpick'', ''xpick'') AS g FROM people p JOIN marks USING (id)',
           'SELECT p.id, kind, kind <> ''c'' AND l = ''pick'' AS g FROM people p JOIN marks USING (id) GROUP BY p.id, kind, l',
           'SELECT p.id, kind, kind <> ''c'' AND l = ''pick'' AS g FROM people p JOIN marks USING (id) GROUP BY p.id, kind, 3',
           'SELECT DISTINCT p.id, kind, kind <> ''c'' AND l = ''pick'' AS g FROM people p JOIN marks USING (id)',
           'SELECT p.id, kind, bool_or(kind <> ''c'' AND l = ''pick'') AS g FROM people p JOIN marks USING (id) GROUP BY p.id, kind',
           'SELECT id, kind, g FROM (SELECT p.id, kind, kind <> ''c'' AND l = ''pick'' AS g FROM people p JOIN marks USING (id)) y',
           'SELECT id, kind, kind <> ''c'' AND g AS g FROM (SELECT p.id, kind, l = ''pick'' AS g FROM people p JOIN marks USING (id)) y']) below;
INSERT INTO queries (honest, query) VALUES
(false, 'SELECT n - m FROM (SELECT count(*) FILTER (WHERE kind <> ''c'') AS n FROM people) a, (SELECT count(*) AS m FROM (SELECT p.id, kind <> ''c'' AND l = ''pick'' AS g FROM people p JOIN marks USING (id)) z GROUP BY g HAVING g) b'),
(false, 'SELECT count(*) FILTER (WHERE z.kind <> ''c'') - count(*) FILTER (WHERE g) FROM people q LEFT JOIN (SELECT p.id, kind, kind <> ''c'' AND l = ''pick'' AS g FROM people p JOIN marks USING (id)) z ON z.id = q.id'),
(false, 'SELECT count(*) FILTER (WHERE z.kind <> ''c'') - count(*) FILTER (WHERE g IS TRUE) FROM people q LEFT JOIN (SELECT p.id, kind, kind <> ''c'' AND l = ''pick'' AND id IN (SELECT id FROM picks) AS g FROM people p JOIN marks USING (id)) z ON z.id = q.id'),
(false, 'SELECT count(*) FILTER (WHERE z.kind <> ''c'') - sum(CASE WHEN g THEN 1 ELSE 0 END) FROM people q LEFT JOIN (SELECT p.id, kind, kind <> ''c'' AND l = ''pick'' AS g FROM people p JOIN marks USING (id)) z ON z.id = q.id'),
(false, 'SELECT count(*) FILTER (WHERE kind <> ''c'') - count(*) FILTER (WHERE kind <> ''c'' AND l = ''pick'') FROM people p JOIN marks USING (id)');

-- ---------- honest ones, the same for the owner ----------
-- nobody reads whether those in the set have an order
INSERT INTO queries (honest, query)
SELECT true, format(form, format('(SELECT i.id AS k, %s AS c FROM one i%s)', c, joined))
  FROM unnest(ARRAY['SELECT count(*) FROM people p LEFT JOIN %s s ON s.k = p.id WHERE s.k IS NULL',
           'SELECT count(*) FROM people p WHERE NOT EXISTS (SELECT FROM %s s WHERE s.k = p.id)',
           'WITH s AS %s SELECT region, count(*) FILTER (WHERE EXISTS (SELECT FROM s WHERE s.k = p.id)) FROM people p GROUP BY 1 ORDER BY 1',
           'SELECT count(*) FROM people p WHERE p.id IN (SELECT k FROM %s s)']) form,
       (VALUES ('EXISTS (SELECT FROM orders o WHERE o.id = i.id AND what = ''s'')', ''),
               ('CASE WHEN i.id IN (SELECT id FROM orders) THEN h END', ''),
               ('o.id IS NULL', ' LEFT JOIN orders o ON o.id = i.id AND what = ''s''')) v (c, joined);
INSERT INTO queries (honest, query) VALUES
(true, 'SELECT region, sum(amt) FROM (SELECT p.region, p.amt, EXISTS (SELECT FROM orders o JOIN one i USING (id) WHERE o.id = p.id) AS active FROM people p) v GROUP BY 1 ORDER BY 1'),
(true, 'SELECT sum(amt) FROM (SELECT p.amt, s.id IS NULL AS g FROM people p LEFT JOIN (SELECT DISTINCT id FROM one JOIN orders USING (id)) s USING (id)) z'),
(true, 'SELECT sum(amt) FROM (SELECT p.amt, EXISTS (SELECT FROM one e WHERE e.id = p.id AND e.id IN (SELECT id FROM orders)) AS g FROM people p) z'),
(true, 'SELECT g, count(*) FROM (SELECT p.id IN (SELECT id FROM one JOIN orders USING (id) WHERE what = ''s'') AS g FROM people p WHERE region = ''north'') z GROUP BY 1 ORDER BY 1');
INSERT INTO queries (honest, query)
SELECT true, format('SELECT %s AS g, count(*) FROM (SELECT t.id, %s AS g FROM orders t) z GROUP BY 1 ORDER BY 1', shown, format(form, 'EXISTS (SELECT FROM one i WHERE i.id = t.id)', 'EXISTS (SELECT FROM picks v WHERE v.id = t.id)'))
  FROM unnest('{g,NOT g}'::text[]) shown, unnest('{%s OR %s,%s AND %s,NOT %s AND %s}'::text[]) form;
INSERT INTO queries (honest, query)
SELECT true, format('SELECT %s AS g, count(*) FROM orders t GROUP BY 1 ORDER BY 1', format(form, 'EXISTS (SELECT FROM one i WHERE i.id = t.id)', 'EXISTS (SELECT FROM picks v WHERE v.id = t.id)'))
  FROM unnest('{%s OR %s,%s AND %s,NOT %s AND %s,CASE WHEN %s THEN 1 WHEN %s THEN 2 ELSE 3 END}'::text[]) form;
INSERT INTO queries (honest, query) VALUES
(true, 'SELECT g, count(*) FROM (SELECT t.id, EXISTS (SELECT FROM one i WHERE i.id = t.id) OR EXISTS (SELECT FROM people p WHERE p.id = t.id AND region = ''north'') AS g FROM orders t) z GROUP BY g ORDER BY g'),
(true, 'SELECT g, sum(x) FROM (SELECT * FROM (SELECT t.id, x, EXISTS (SELECT FROM one i WHERE i.id = t.id) OR EXISTS (SELECT FROM picks v WHERE v.id = t.id) AS g FROM orders t) y) z GROUP BY g ORDER BY g'),
(true, 'SELECT g, count(*) FROM (SELECT t.id, CASE WHEN EXISTS (SELECT FROM one i WHERE i.id = t.id) THEN ''one'' WHEN EXISTS (SELECT FROM picks v WHERE v.id = t.id) THEN ''pick'' ELSE ''none'' END AS g FROM orders t) z GROUP BY g ORDER BY g'),
(true, 'SELECT g FROM (SELECT t.id, EXISTS (SELECT FROM one i WHERE i.id = t.id) OR EXISTS (SELECT FROM picks v WHERE v.id = t.id) AS g FROM orders t) z GROUP BY g ORDER BY g'),
(true, 'SELECT what, count(*) FILTER (WHERE g) FROM (SELECT t.id, what, EXISTS (SELECT FROM one i WHERE i.id = t.id) OR EXISTS (SELECT FROM people p WHERE p.id = t.id AND region = ''north'') AS g FROM orders t) z GROUP BY what ORDER BY what'),
(true, 'SELECT count(*) FILTER (WHERE g) FROM (SELECT p.id, kind <> ''x'' AND l = ''pick'' AS g FROM people p JOIN (SELECT id, CASE WHEN id % 3 = 0 THEN ''no'' ELSE ''pick'' END AS l FROM generate_series(1, 61) id) m USING (id)) z'),
(true, 'SELECT count(*) FILTER (WHERE g) FROM people q LEFT JOIN (SELECT p.id, kind <> ''x'' AND region = ''north'' AS g FROM people p) z ON z.id = q.id'),
(true, 'SELECT g, EXISTS (SELECT FROM one i WHERE i.id = t.id) OR EXISTS (SELECT FROM picks v WHERE v.id = t.id) AS h, count(*) FROM (SELECT id, what AS g FROM orders) t GROUP BY 1, 2 ORDER BY 1, 2'),
(true, 'SELECT sum(v), count(*) FROM (SELECT id, amt + (SELECT 1) AS v FROM people) z'),
(true, 'SELECT region, round(avg(v), 4) FROM (SELECT region, amt * (SELECT 1.19) AS v FROM people) z GROUP BY 1 ORDER BY 1'),
(true, 'SELECT sum(amt * (SELECT 2)) FROM people'),
(true, 'SELECT sum(v) FROM (SELECT CASE WHEN lvl <= (SELECT 2) THEN amt ELSE 0 END AS v FROM people WHERE kind <> ''x'') z'),
(true, 'SELECT sum(v) FROM (SELECT amt * 2 AS v FROM people CROSS JOIN (SELECT count(*) FROM one) c) z'),
(true, 'SELECT count(v) FROM (SELECT region || (SELECT ''!'') AS v FROM people) z'),
(true, 'SELECT count(*) FILTER (WHERE g) FROM (SELECT region = ''north'' AND kind <> (SELECT ''x'') AS g FROM people) z'),
(true, 'SELECT sum(z.v), count(z.x) FROM people q LEFT JOIN (SELECT id, x, x + 1 AS v FROM orders WHERE what = ''s'') z ON z.id = q.id'),
(true, 'SELECT count(DISTINCT v) FROM (SELECT region || kind AS v FROM people WHERE kind <> ''x'') z'),
(true, 'SELECT round(avg(v)) FROM (SELECT id, sum(x) * (SELECT 2) AS v FROM orders GROUP BY id) z');

\set included :abs_srcdir '/lib/run.sql'
\i :included

-- ---------- columns beyond the number that is looked into: null, and refused ----------
SET SESSION AUTHORIZATION regress_cr_l_analyst;
SELECT n, run(format('SELECT sum(v) - sum(amt) FROM (SELECT id, amt, region, amt * (joined - born) + amt AS v FROM people) z HAVING count(*) FILTER (WHERE %s) > 0', repeat('region = ''north'' OR ', n) || 'false'))
  FROM unnest('{1001,10001}'::int[]) n;
SET SESSION AUTHORIZATION regress_cr_l_owner;

\set included :abs_srcdir '/lib/attempts_end.sql'
\i :included
RESET SESSION AUTHORIZATION;
RESET search_path;
DROP SCHEMA bypass_lifted CASCADE;
DROP OWNED BY regress_cr_l_owner, regress_cr_l_analyst;
DROP ROLE regress_cr_l_owner, regress_cr_l_analyst;
