-- Window functions, ordered-set aggregates and DISTINCT ON beside protected
-- rows, over public tables and released levels.  Whether they are evaluated
-- depends on the rows, so none may fail: where an argument or a bound of a
-- frame could, it has to be a constant that does not.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_windows_owner;
CREATE ROLE regress_cr_windows_analyst;
CREATE SCHEMA windows;
GRANT ALL ON SCHEMA windows
    TO regress_cr_windows_owner, regress_cr_windows_analyst;
GRANT USAGE ON SCHEMA cleanroom
    TO regress_cr_windows_owner, regress_cr_windows_analyst;
SET search_path = windows, pg_catalog;
SET SESSION AUTHORIZATION regress_cr_windows_owner;
CREATE TABLE orders (person int NOT NULL, store int NOT NULL,
                     channel text NOT NULL, amount numeric NOT NULL);
INSERT INTO orders SELECT 1 + i * i % 700, 1 + i % 12, 'c' || i % 7 % 3, i % 90
  FROM generate_series(1, 4000) i;
SELECT cleanroom.protect('orders', 'person', 10, dimensions => '{store,channel}',
    measures => '{amount}', join_keys => '{person}');
SELECT cleanroom.set_column('orders', 'amount', 'measure, filter');
GRANT SELECT ON orders TO regress_cr_windows_analyst;
SET SESSION AUTHORIZATION regress_cr_windows_analyst;
CREATE TABLE stores (store int PRIMARY KEY, city text NOT NULL, size int,
                     area numeric, opened date, moved text COLLATE "C");
INSERT INTO stores SELECT i, (ARRAY['Berlin', 'Munich'])[1 + i % 2], 100 * i,
    i / 7.0, date '2020-01-01' + i, 'm' || i FROM generate_series(1, 12) i;
-- the ends of types
CREATE TABLE ends (store int PRIMARY KEY, size int, day date, moment timestamp,
                   span interval, long bigint, zero int);
INSERT INTO ends SELECT i, 2147483647, '5874897-12-31', '294276-12-31',
    '178000000 years', 9223372036854775807, 0 FROM generate_series(1, 3) i;
CREATE TABLE weights (store int, weight int);
INSERT INTO weights SELECT i, w FROM generate_series(1, 12) i, generate_series(1, 8) w;
CREATE FUNCTION mine(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN $1; END';
CREATE AGGREGATE mine_sum(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');
CREATE TABLE spellings AS SELECT store, city COLLATE "POSIX" AS a, moved AS b FROM stores;
\set VERBOSITY terse
\pset tuples_only on

-- ---------- honest ----------

-- the two best stores of each channel
WITH top AS (SELECT channel, store
  FROM (SELECT channel, store, row_number() OVER (PARTITION BY channel ORDER BY sum(amount) DESC, store) AS rn
          FROM orders GROUP BY 1, 2) r WHERE rn <= 2)
SELECT channel, count(*) FROM orders WHERE store IN (SELECT store FROM top) GROUP BY 1 ORDER BY 1;
-- shares, running totals, ranks
SELECT count(*) FROM orders WHERE store IN (SELECT store FROM (SELECT store, sum(amount) / sum(sum(amount)) OVER () AS share FROM orders GROUP BY 1) x WHERE share > 0.0835);
WITH p AS (SELECT person, count(*) AS n FROM orders GROUP BY 1), d AS (SELECT n, count(*) AS c FROM p GROUP BY n),
    cut AS (SELECT min(n) AS n FROM (SELECT n, sum(c) OVER (ORDER BY n DESC) / sum(c) OVER () AS share FROM d) z WHERE share <= 0.9)
SELECT count(*) AS heavy FROM p WHERE n >= (SELECT n FROM cut);
SELECT channel, count(*) FROM orders WHERE store IN (SELECT store FROM (SELECT store, rank() OVER (PARTITION BY city ORDER BY size DESC) AS r FROM stores) x WHERE r <= 2) GROUP BY 1 ORDER BY 1;
SELECT s.third, count(*) FROM orders JOIN (SELECT store, ntile(3) OVER (ORDER BY size) AS third FROM stores) s USING (store) GROUP BY 1 ORDER BY 1;
SELECT s.better, count(*) FROM orders JOIN (SELECT store, size > lag(size, 2, 500) OVER (PARTITION BY city ORDER BY opened DESC) AS better FROM stores) s USING (store) GROUP BY 1 ORDER BY 1;
SELECT s.city, count(*) FROM orders JOIN (SELECT *, avg(area) OVER (PARTITION BY city ORDER BY opened ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW) AS near FROM stores) s USING (store) WHERE near < 1 GROUP BY 1 ORDER BY 1;
SELECT count(*) FROM orders WHERE store IN (SELECT store FROM (SELECT store, sum(size * size) OVER (ORDER BY size RANGE BETWEEN 200 PRECEDING AND CURRENT ROW) AS s, first_value(city) OVER w AS f,
        nth_value(size, 2) OVER w AS second, cume_dist() OVER w AS d FROM stores WINDOW w AS (ORDER BY opened GROUPS 2 PRECEDING)) x WHERE s > 1000000 AND f = 'Berlin' AND second > 5 AND d < 0.9);
SELECT count(*) FILTER (WHERE store IN (SELECT store FROM (SELECT store, dense_rank() OVER (ORDER BY sum(amount) DESC) AS r FROM orders GROUP BY 1) x WHERE r < 5)) FROM orders;
-- quantiles
SELECT s.size > (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY size) FROM stores) AS large, count(*) FROM orders JOIN stores s USING (store) GROUP BY 1 ORDER BY 1;
SELECT count(*) FROM orders WHERE amount > (SELECT percentile_cont(0.9) WITHIN GROUP (ORDER BY a) FROM (SELECT avg(amount) AS a FROM orders GROUP BY store) x);
SELECT count(*) FROM orders WHERE store = (SELECT percentile_disc(0) WITHIN GROUP (ORDER BY store DESC) FROM stores);
SELECT count(*) FROM orders WHERE channel = (SELECT mode() WITHIN GROUP (ORDER BY channel) FROM (SELECT channel, store, count(*) FROM orders GROUP BY 1, 2) x);
SELECT count(*) FROM orders WHERE store IN (SELECT percentile_disc(0.25) WITHIN GROUP (ORDER BY store) FILTER (WHERE size > 200) FROM stores GROUP BY city);
-- what is not run needs no bounds
SELECT count(*) FROM orders WHERE store IN (SELECT store FROM stores WINDOW w AS (ORDER BY size ROWS -1 PRECEDING));
-- one row for each value
SELECT b.m, count(*) FROM orders JOIN (SELECT city, store, max(size) / 600 AS m FROM stores GROUP BY 1, 2) b USING (store) GROUP BY 1 ORDER BY 1;
SELECT b.city, count(*) FROM orders JOIN (SELECT DISTINCT city, store FROM stores) b USING (store) GROUP BY 1 ORDER BY 1;

-- ---------- arguments that fail ----------

SELECT count(*) FROM orders WHERE store IN (SELECT ntile(0) OVER (ORDER BY size) FROM stores);
SELECT count(*) FROM orders WHERE store IN (SELECT ntile(zero) OVER (ORDER BY size) FROM ends);
SELECT count(*) FROM orders WHERE store IN (SELECT ntile((SELECT zero FROM ends LIMIT 1)) OVER (ORDER BY size) FROM stores);
SELECT count(*) FROM orders WHERE store IN (SELECT nth_value(store, 0) OVER (ORDER BY size) FROM stores);
SELECT count(*) FROM orders WHERE store IN (SELECT nth_value(store, zero) OVER (ORDER BY size) FROM ends);
SELECT count(*) FROM orders WHERE store IN (SELECT lag(store, zero) OVER (ORDER BY size) FROM ends);
PREPARE parts(int) AS SELECT count(*) FROM orders WHERE store IN (SELECT ntile($1) OVER (ORDER BY size) FROM stores);
EXECUTE parts(0);
WITH n AS (SELECT ntile(0) OVER (ORDER BY size) AS n FROM stores) SELECT count(*) FROM orders WHERE store IN (SELECT n FROM n);
SELECT count(*) FROM orders JOIN (SELECT store, ntile(0) OVER () AS n FROM stores) s USING (store);
-- and those that give NULL in its place
SELECT count(*) FROM orders WHERE store NOT IN (SELECT coalesce(lag(store, 1, 1 / zero) OVER (ORDER BY size), 1) FROM ends);
SELECT count(*) FROM orders WHERE store NOT IN (SELECT coalesce(sum(long * long) OVER (), 1) FROM ends);
SELECT count(*) FROM orders WHERE store NOT IN (SELECT count(*) FILTER (WHERE 1 / zero = 1) OVER () FROM ends);
-- frames
SELECT count(*) FROM orders WHERE store IN (SELECT sum(size) OVER (ORDER BY size ROWS -1 PRECEDING) FROM stores);
SELECT count(*) FROM orders WHERE store IN (SELECT sum(size) OVER (ORDER BY size ROWS NULL::int PRECEDING) FROM stores);
SELECT count(*) FROM orders WHERE store IN (SELECT sum(size) OVER (ORDER BY size ROWS (SELECT -1) PRECEDING) FROM stores);
SELECT count(*) FROM orders WHERE store IN (SELECT sum(size) OVER (ORDER BY size ROWS 1 / 0 PRECEDING) FROM stores);
SELECT count(*) FROM orders WHERE store IN (SELECT sum(size) OVER (ORDER BY size ROWS BETWEEN CURRENT ROW AND -1 FOLLOWING) FROM stores);
SELECT count(*) FROM orders WHERE store IN (SELECT sum(size) OVER (ORDER BY size GROUPS -1 PRECEDING) FROM stores);
SELECT count(*) FROM orders WHERE store IN (SELECT sum(size) OVER (ORDER BY size RANGE -1 PRECEDING) FROM stores);
-- the head of this one overflows, and moves backward
SELECT count(*) FROM orders WHERE store IN (SELECT sum(size) OVER (ORDER BY size ROWS BETWEEN 9223372036854775807 FOLLOWING AND UNBOUNDED FOLLOWING) FROM stores);
-- what is added to values that have no room for it
SELECT count(*) FROM orders WHERE store IN (SELECT count(*) OVER (ORDER BY day RANGE BETWEEN CURRENT ROW AND '1 day' FOLLOWING) FROM ends);
SELECT count(*) FROM orders WHERE store IN (SELECT count(*) OVER (ORDER BY moment RANGE BETWEEN CURRENT ROW AND '1 day' FOLLOWING) FROM ends);
SELECT count(*) FROM orders WHERE store IN (SELECT count(*) OVER (ORDER BY span RANGE BETWEEN CURRENT ROW AND '1 day' FOLLOWING) FROM ends);
SELECT count(*) FROM orders WHERE store IN (SELECT count(*) OVER (ORDER BY area RANGE 'NaN' PRECEDING) FROM stores);
SELECT count(*) FROM orders WHERE store IN (SELECT count(*) OVER (ORDER BY size RANGE BETWEEN CURRENT ROW AND 5 FOLLOWING) FROM ends);
SELECT count(*) FROM orders WHERE store IN (SELECT count(*) OVER (ORDER BY long RANGE BETWEEN CURRENT ROW AND 5 FOLLOWING) FROM ends);
-- ordered sets
SELECT count(*) FROM orders WHERE store > (SELECT percentile_cont(1.5) WITHIN GROUP (ORDER BY size) FROM stores);
SELECT count(*) FROM orders WHERE store > (SELECT percentile_cont(-0.1) WITHIN GROUP (ORDER BY size) FROM stores);
SELECT count(*) FROM orders WHERE store > (SELECT percentile_disc('NaN') WITHIN GROUP (ORDER BY size) FROM stores);
SELECT count(*) FROM orders WHERE store > (SELECT percentile_disc((SELECT 2.0)) WITHIN GROUP (ORDER BY size) FROM stores);
SELECT count(*) FROM orders WHERE store IN (SELECT percentile_disc(size) WITHIN GROUP (ORDER BY store) FROM stores GROUP BY size);
SELECT count(*) FROM orders WHERE store > (SELECT date_part('day', percentile_cont(0.5) WITHIN GROUP (ORDER BY span)) FROM ends);
SELECT count(*) FROM orders WHERE store > (SELECT cardinality(percentile_cont(ARRAY[0.5, 2]) WITHIN GROUP (ORDER BY size)) FROM stores);
SELECT count(*) FROM orders WHERE store = (SELECT rank(5) WITHIN GROUP (ORDER BY size) FROM stores);
-- code of the analyst's, and text without a collation
SELECT count(*) FROM orders WHERE store IN (SELECT row_number() OVER (ORDER BY mine(size)) FROM stores);
SELECT count(*) FROM orders WHERE store IN (SELECT mine_sum(size) OVER () FROM stores);
SELECT count(*) FROM orders WHERE store IN (SELECT count(*) FILTER (WHERE mine(size) > 1) OVER () FROM stores);
SELECT count(*) FROM orders WHERE store IN (SELECT lag(store, 1, mine(size)) OVER () FROM stores);
SELECT count(*) FROM orders WHERE store IN (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY mine(size)) FROM stores);
SELECT count(*) FROM orders WHERE store IN (SELECT row_number() OVER (ORDER BY x) FROM (SELECT a || b AS x FROM spellings) s);
SELECT count(*) FROM orders WHERE store IN (SELECT row_number() OVER (PARTITION BY x) FROM (SELECT a || b AS x FROM spellings) s);
SELECT count(*) FROM orders WHERE channel IN (SELECT mode() WITHIN GROUP (ORDER BY x) FROM (SELECT a || b AS x FROM spellings) s);
SELECT count(*) FROM orders WHERE store IN (SELECT count(DISTINCT x) FROM (SELECT a || b AS x FROM spellings) s);
SELECT count(*) FROM orders WHERE store IN (SELECT store FROM (SELECT store, a || b AS x FROM spellings) s ORDER BY x LIMIT 2);
SELECT count(*) FROM orders WHERE store IN (SELECT count(*) FROM (SELECT DISTINCT a || b AS x FROM spellings) s);
SELECT count(*) FROM orders WHERE store IN (SELECT length(a || b) FROM spellings);
SELECT count(*) FROM orders WHERE channel = 'nobody' AND channel IN (SELECT x FROM (SELECT a || b AS x FROM spellings) s UNION SELECT x FROM (SELECT b || a AS x FROM spellings) t);
SELECT count(*) FROM orders WHERE channel IN (SELECT x FROM (SELECT a || b AS x FROM spellings) s UNION SELECT x FROM (SELECT b || a AS x FROM spellings) t);
SELECT verdict, code FROM cleanroom.explain('SELECT count(*) FROM orders WHERE channel IN (SELECT x FROM (SELECT a AS x FROM spellings UNION ALL SELECT b FROM spellings) s GROUP BY x)');
SELECT count(*) FROM orders WHERE channel IN (SELECT x FROM (SELECT a || (b COLLATE "POSIX") AS x FROM spellings) s UNION SELECT x FROM (SELECT (a || b) COLLATE "POSIX" AS x FROM spellings) t);

-- ---------- over protected rows ----------

SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) FROM orders;
SELECT count(*) FROM orders WHERE amount > (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) FROM orders);
SELECT count(*) FROM orders WHERE channel IN (SELECT mode() WITHIN GROUP (ORDER BY channel) FROM orders);
SELECT count(*) FROM orders WHERE amount > (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY n) FROM (SELECT person, sum(amount) AS n FROM orders GROUP BY 1) p);
SELECT count(*) FROM (SELECT person, mode() WITHIN GROUP (ORDER BY store) AS r FROM orders GROUP BY 1) x WHERE r = 1;
SELECT count(*) FROM orders WHERE person IN (SELECT person FROM (SELECT person, row_number() OVER (ORDER BY amount DESC) AS r FROM orders) x WHERE r = 1);
SELECT count(*) FROM (SELECT person, row_number() OVER (ORDER BY sum(amount) DESC) AS r FROM orders GROUP BY 1) x WHERE r = 1;
SELECT count(*) FROM orders WHERE person IN (SELECT first_value(person) OVER (ORDER BY amount) FROM orders);
WITH w AS (SELECT person, sum(sum(amount)) OVER () AS s FROM orders GROUP BY 1) SELECT count(*) FROM orders WHERE person IN (SELECT person FROM w WHERE s > 1);
SELECT channel, count(*), (SELECT max(x) FROM (SELECT sum(sum(orders.amount)) OVER () AS x FROM stores) y) FROM orders GROUP BY 1;
SELECT count(*) FROM orders o WHERE EXISTS (SELECT FROM (SELECT row_number() OVER (ORDER BY o.amount) AS r FROM stores) x WHERE r = o.store);
SELECT count(*) FROM orders o WHERE EXISTS (SELECT FROM (SELECT store, sum(size) OVER (ROWS o.store PRECEDING) AS s FROM stores) x WHERE s = o.store);
SELECT count(*) FROM orders JOIN (SELECT DISTINCT ON (person) person, store FROM orders) s USING (person);

-- ---------- weights ----------

SELECT count(*) FROM orders JOIN (SELECT DISTINCT ON (store, weight) store, weight FROM weights) s USING (store);
SELECT count(*) FROM orders JOIN (SELECT DISTINCT ON (weight) store FROM weights) s USING (store);
SELECT count(*) FROM orders JOIN (SELECT DISTINCT ON (store % 5) store FROM weights) s USING (store);
SELECT count(*) FROM orders JOIN (SELECT DISTINCT ON (weights.store) 1 AS store FROM weights) s USING (store);
SELECT count(*) FROM orders JOIN (SELECT DISTINCT store, weight FROM weights) s USING (store);
SELECT count(*) FROM orders JOIN (SELECT store, weight FROM weights GROUP BY 1, 2) s USING (store);
SELECT count(*) FROM orders JOIN (SELECT a.store FROM stores a, weights b GROUP BY a.store, b.weight) s USING (store);
SELECT count(*) FROM orders JOIN (SELECT city, store FROM stores GROUP BY GROUPING SETS ((city, store), (store))) s USING (store);
SELECT count(*) FROM orders JOIN (SELECT DISTINCT ON (store) store FROM stores UNION ALL SELECT store FROM stores) s USING (store);
SELECT count(*) FROM orders JOIN (SELECT row_number() OVER () % 4 AS store FROM stores) s USING (store);
SELECT count(*) FROM orders JOIN (SELECT city, size % 200 AS store FROM stores GROUP BY size, city) s USING (store);

-- ---------- runs that may differ ----------
-- which rows DISTINCT ON keeps: not the same in each copy of it
SELECT s.city, count(*) FROM orders JOIN (SELECT DISTINCT ON (store) store, city FROM stores ORDER BY store, size) s USING (store) GROUP BY 1 ORDER BY 1;
WITH f AS (SELECT DISTINCT ON (store) store, channel FROM (SELECT store, channel, count(*) AS n FROM orders GROUP BY 1, 2) x ORDER BY store, n DESC, channel)
SELECT f.channel AS main, count(*) FROM orders JOIN f USING (store) GROUP BY 1 ORDER BY 1;
SELECT f.weight, count(*) FROM orders JOIN (SELECT DISTINCT ON (store) store, weight FROM weights ORDER BY store, (weight + store) % 3, weight) f USING (store) GROUP BY 1 ORDER BY 1;
-- nor are those that are looked for in other branches
SELECT count(DISTINCT u) FROM (SELECT person AS u, store FROM orders UNION ALL SELECT person, store FROM orders) z
  JOIN (SELECT store, max(weight) AS w FROM (SELECT store, weight, row_number() OVER (PARTITION BY store) AS n FROM weights) x WHERE n = 1 GROUP BY store) s USING (store) WHERE s.w < 5;
-- what the planner would copy into a guard and an aggregate runs once
SELECT rewritten ~ 'subquery_1 AS MATERIALIZED', rewritten ~ 'LIMIT 1.*LIMIT 1' FROM cleanroom.explain('SELECT sum(amount) FILTER (WHERE k) FROM (SELECT person, amount, store = (SELECT store FROM weights LIMIT 1) AS k FROM orders) q');
SELECT rewritten ~ 'OFFSET .0.*OFFSET .0', rewritten ~ 'LIMIT 1.*LIMIT 1' FROM cleanroom.explain('SELECT sum(amount) FILTER (WHERE store = b) FROM orders CROSS JOIN (SELECT (SELECT store FROM weights LIMIT 1) AS b) s');
SELECT rewritten ~ 'OFFSET .0.*OFFSET .0', rewritten ~ 'LIMIT 1.*LIMIT 1' FROM cleanroom.explain('SELECT sum(amount) FILTER (WHERE store = b) FROM orders CROSS JOIN (VALUES ((SELECT store FROM weights LIMIT 1))) s (b)');
SELECT rewritten ~ 'OFFSET .0.*OFFSET .0', rewritten ~ 'LIMIT 1.*LIMIT 1' FROM cleanroom.explain('SELECT sum(amount) FILTER (WHERE o.store = s.b) FROM orders o JOIN (SELECT store, (SELECT store FROM weights LIMIT 1) AS b FROM stores) s ON s.store = o.store');
SELECT count(*) FILTER (WHERE store = b) FROM orders CROSS JOIN (VALUES ((SELECT max(store) FROM weights))) s (b);
SELECT count(*) FILTER (WHERE o.store < s.b) FROM orders o JOIN (SELECT store, (SELECT max(store) FROM weights) AS b FROM stores) s ON s.store = o.store;
-- what has no collation and is sorted, as a sub-select
SELECT count(*) FROM orders WHERE store IN (SELECT row_number() OVER (PARTITION BY (SELECT a || b FROM spellings LIMIT 1)) FROM weights);
SELECT count(*) FROM orders WHERE store IN (SELECT row_number() OVER (ORDER BY left((SELECT a || b FROM spellings LIMIT 1), 2)) FROM weights);
SELECT verdict, code FROM cleanroom.explain('SELECT count(*) FROM orders WHERE store IN (SELECT count(*) FROM weights GROUP BY (SELECT a || b FROM spellings LIMIT 1))');
SELECT count(*) FROM orders WHERE store IN (SELECT count(DISTINCT (SELECT a || b FROM spellings LIMIT 1)) FROM weights);
SELECT count(*) FROM orders WHERE store IN (SELECT length(x) FROM (SELECT (SELECT a || b FROM spellings LIMIT 1) AS x UNION SELECT (SELECT b || a FROM spellings LIMIT 1)) y);

RESET SESSION AUTHORIZATION;
RESET search_path;
DROP SCHEMA windows CASCADE;
DROP OWNED BY regress_cr_windows_owner, regress_cr_windows_analyst;
DROP ROLE regress_cr_windows_owner, regress_cr_windows_analyst;
