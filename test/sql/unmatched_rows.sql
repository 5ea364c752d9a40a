-- Groups of rows for which an outer join by the person and more has no match:
-- the zero of a distribution of orders, not of people.  One person may have
-- rows of both kinds.
\set SHOW_CONTEXT never
\pset null '(null)'
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_owner;
CREATE ROLE regress_cr_other;
CREATE ROLE regress_cr_ana;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_owner, regress_cr_other;
CREATE SCHEMA unmatched_rows AUTHORIZATION regress_cr_owner;
GRANT USAGE ON SCHEMA unmatched_rows TO regress_cr_ana;
GRANT USAGE, CREATE ON SCHEMA unmatched_rows TO regress_cr_other;
SET ROLE regress_cr_owner;
SET search_path = unmatched_rows;
CREATE TABLE orders (person int, num int, town text NOT NULL, amount int NOT NULL, day date NOT NULL, PRIMARY KEY (num));
CREATE TABLE items (person int, num int, product text, day date);
CREATE TABLE parcels (person int, num int UNIQUE, way text);
-- Two orders each of twenty people.  "both": of 12 people both have items, of
-- 8 none; "halves": everybody has one with and one without; "all"; "none";
-- "but order": all have, but one order of one person; "only order": that one
-- alone has; "but one": all have, but both of one person; "only one": those
-- alone have
INSERT INTO orders SELECT 100 * t + i, 10 * (100 * t + i) + k,
       (ARRAY['both', 'halves', 'all', 'none', 'but order', 'only order', 'but one', 'only one'])[t], i + k, DATE '2024-01-01' + 7 * k
FROM generate_series(1, 8) t, generate_series(1, 20) i, generate_series(1, 2) k;
INSERT INTO items SELECT person, num, CASE WHEN n = 2 THEN 'rare' WHEN num % 2 = 1 THEN 'common' END, day FROM orders, generate_series(1, 2) n
WHERE n <= 1 + person % 2 AND
      CASE town WHEN 'both' THEN person % 100 <= 12 WHEN 'halves' THEN num % 10 = 1 WHEN 'all' THEN true WHEN 'none' THEN false
           WHEN 'but order' THEN num % 1000 <> 72 WHEN 'only order' THEN num % 1000 = 72 WHEN 'but one' THEN person % 100 <> 7 ELSE person % 100 = 7 END;
-- keys without a match on the other side, and null ones on both
INSERT INTO items VALUES (101, 5, 'stray', '2024-01-01'), (101, NULL, 'stray', '2024-01-01'), (NULL, 1011, 'stray', '2024-01-01');
INSERT INTO orders VALUES (NULL, 9999, 'both', 1, '2024-01-01');
INSERT INTO parcels SELECT person, num, CASE WHEN person % 2 = 0 THEN 'post' END FROM orders WHERE town IN ('both', 'halves', 'all') AND num % 10 = 1;
SELECT cleanroom.protect('orders', 'person', 5, '{town,day}', '{amount}', '{amount}', '{person,num}');
SELECT cleanroom.protect('items', 'person', 5, '{product,day}', '{}', '{}', '{person,num}');
SELECT cleanroom.protect('parcels', 'person', 5, '{way}', '{}', '{}', '{person,num}');
GRANT SELECT ON orders, items, parcels TO regress_cr_ana;
CREATE VIEW truth AS SELECT o.*, x.n FROM orders o LEFT JOIN (SELECT person, num, count(*) AS n FROM items GROUP BY 1, 2) x USING (person, num) WHERE o.person IS NOT NULL;
CREATE VIEW per_order AS SELECT o.*, x.n FROM orders o LEFT JOIN (SELECT person, num, count(*) AS n FROM items GROUP BY 1, 2) x USING (person, num);
GRANT SELECT ON per_order TO regress_cr_ana;
SET ROLE regress_cr_other;
CREATE TABLE shy (person int, num int, size int);
INSERT INTO shy SELECT 100 * (1 + i / 20) + i % 20 + 1, 10 * (100 * (1 + i / 20) + i % 20 + 1) + 1, i % 2 FROM generate_series(0, 59) i;
SELECT cleanroom.protect('shy', 'person', 5, '{size}', join_keys => '{person,num}', join_required => true);
GRANT SELECT ON shy TO regress_cr_ana;

SET ROLE regress_cr_ana;
SET search_path = unmatched_rows;
-- Where one order, or one person, has no match, or the only one, nothing
-- tells of it: by the class, by the other classes, by parts and sums.
\set joined 'FROM orders o LEFT JOIN (SELECT person, num, count(*) AS n FROM items GROUP BY 1, 2) x USING (person, num)'
\set one 'o.town IN (''but order'', ''only order'', ''but one'', ''only one'')'
SELECT town, coalesce(x.n, 0) AS n, count(*), count(DISTINCT o.person) AS people, sum(amount) :joined WHERE :one GROUP BY 1, 2 ORDER BY 1, 2;
SELECT town, x.n IS NULL AS none, count(*), count(DISTINCT o.person) AS people :joined WHERE :one GROUP BY 1, 2 ORDER BY 1, 2;
SELECT town, x.num IS NULL AS none, count(*), sum(amount) :joined WHERE :one GROUP BY 1, 2 ORDER BY 1, 2;
SELECT town, CASE WHEN x.person IS NULL THEN 'no' ELSE 'yes' END AS any, count(*) :joined WHERE :one GROUP BY 1, 2 ORDER BY 1, 2;
SELECT town, coalesce(x.n, 0) < 2 AS few, count(*), count(DISTINCT o.person) :joined WHERE :one GROUP BY 1, 2 ORDER BY 1, 2;
SELECT coalesce(x.n, 0) AS n, count(*) :joined WHERE town = 'only order' GROUP BY 1;
SELECT coalesce(x.n, 0) AS n, count(*) :joined WHERE town = 'only one' GROUP BY 1;
SELECT coalesce(x.n, 0) AS n, count(*) :joined WHERE town IN ('none', 'only one', 'only order') GROUP BY 1;
SELECT coalesce(x.n, 0) AS n, count(*) :joined WHERE town IN ('all', 'but one', 'but order') GROUP BY 1 ORDER BY 1;
SELECT town, count(*) FILTER (WHERE x.n IS NULL) AS none, count(x.n) AS some, count(*) :joined WHERE :one GROUP BY 1 ORDER BY 1;
SELECT town, count(*) FILTER (WHERE x.num IS NULL) AS none, count(*) FILTER (WHERE x.num IS NOT NULL) AS some, count(*) :joined WHERE :one GROUP BY 1 ORDER BY 1;
SELECT town, sum(amount) FILTER (WHERE x.n IS NULL) AS none, sum(amount) FILTER (WHERE x.n > 0) AS some, sum(amount) :joined WHERE :one GROUP BY 1 ORDER BY 1;
SELECT town, n, count(*) FROM per_order o WHERE :one GROUP BY 1, 2 ORDER BY 1, 2;
-- people with orders of both kinds, and of one kind alone: all of them are in one class, one is not in the other
SELECT coalesce(x.n, 0) = 0 AS none, count(*), count(DISTINCT o.person) AS people :joined WHERE town IN ('halves', 'but order') GROUP BY 1 ORDER BY 1;
SELECT x.n IS NULL AS none, count(*), count(DISTINCT o.person) AS people :joined WHERE town IN ('halves', 'only one') GROUP BY 1 ORDER BY 1;
SELECT coalesce(x.n, 0) = 0 AS none, count(*), count(DISTINCT o.person) AS people :joined WHERE town IN ('halves', 'but one') GROUP BY 1 ORDER BY 1;
-- and those in the set alone, of the other table
SELECT coalesce(x.n, 0) AS n, count(*) FROM orders o LEFT JOIN (SELECT person, num, count(*) AS n FROM items WHERE product = 'stray' GROUP BY 1, 2) x USING (person, num) GROUP BY 1;
SELECT CASE WHEN x.num IS NULL THEN 'no' ELSE 'yes' END, count(*) FROM orders o LEFT JOIN (SELECT DISTINCT person, num FROM items WHERE product = 'stray') x USING (person, num) GROUP BY 1;
-- a join that nobody asks for is none, where one is required
SELECT size, count(*) FROM shy LEFT JOIN (SELECT DISTINCT person, num FROM items) x USING (person, num) GROUP BY 1;
SELECT coalesce(x.n, 0) AS n, count(*) FROM shy LEFT JOIN (SELECT person, num, count(*) AS n FROM items GROUP BY 1, 2) x USING (person, num) GROUP BY 1 ORDER BY 1;
-- not of the same person, and by what is no whole key
SELECT coalesce(x.n, 0) AS n, count(*) FROM orders o LEFT JOIN (SELECT person, num, count(*) AS n FROM items GROUP BY 1, 2) x ON x.num = o.num GROUP BY 1;
SELECT coalesce(x.n, 0) AS n, count(*) FROM orders o LEFT JOIN (SELECT person, num, count(*) AS n FROM items GROUP BY 1, 2) x ON x.person = o.num AND x.num = o.person GROUP BY 1;
SELECT coalesce(x.n, 0) AS n, count(*) FROM orders o LEFT JOIN (SELECT person, num, day, count(*) AS n FROM items GROUP BY 1, 2, 3) x ON x.person = o.person AND x.num = o.num WHERE :one GROUP BY 1;
SELECT x.num IS NULL AS none, count(*) FROM orders o LEFT JOIN items x ON x.person = o.person AND x.num = o.num GROUP BY 1;

-- What comes out is what is there, wherever it is enough.
\set many 'o.town IN (''both'', ''halves'', ''all'', ''none'')'
SELECT coalesce(x.n, 0) AS n, count(*), count(DISTINCT o.person) AS people, sum(amount) :joined GROUP BY 1 ORDER BY 1;
SELECT x.n, count(*), avg(amount) :joined GROUP BY 1 ORDER BY 1;
SELECT town, coalesce(x.n, 0) AS n, count(*), sum(amount) :joined WHERE :many GROUP BY 1, 2 ORDER BY 1, 2;
SELECT town, x.n IS NOT NULL AS sold, count(*), count(DISTINCT o.person) AS people :joined WHERE :many GROUP BY 1, 2 ORDER BY 1, 2;
SELECT CASE WHEN n IS NULL THEN 'none' WHEN n = 1 THEN 'one' ELSE 'more' END AS items, count(*) :joined WHERE :many GROUP BY 1 ORDER BY 1;
SELECT CASE WHEN coalesce(n, 0) < 2 THEN 'few' ELSE 'more' END AS items, count(*) :joined WHERE :many GROUP BY 1 ORDER BY 1;
SELECT count(*) FILTER (WHERE x.n IS NULL) AS none, count(x.n) AS some, count(*) :joined WHERE :many;
SELECT town, count(*) FILTER (WHERE x.n IS NULL) AS none, count(*) FILTER (WHERE x.n > 0) AS some, count(*) :joined WHERE :many GROUP BY 1 ORDER BY 1;
SELECT coalesce(n, 0) AS n, count(*) FROM per_order o WHERE :many GROUP BY 1 ORDER BY 1;
WITH y AS (SELECT town, coalesce(n, 0) AS n :joined WHERE :many)
SELECT n, count(*), round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS share FROM y GROUP BY n ORDER BY n;
SELECT CASE WHEN x.num IS NULL THEN 'no' ELSE 'yes' END AS sold, count(*) FROM orders o
LEFT JOIN (SELECT DISTINCT person, num FROM items) x ON x.person = o.person AND x.num = o.num WHERE :many GROUP BY 1 ORDER BY 1;
SELECT CASE WHEN x.person IS NULL THEN 'no' ELSE 'yes' END AS sold, count(*), avg(amount) FROM orders o
LEFT JOIN (SELECT DISTINCT person, num FROM items) x ON x.person = o.person AND x.num = o.num WHERE :many GROUP BY 1 ORDER BY 1;
SELECT coalesce(x.hit, 0) AS sold, count(*) FROM orders o LEFT JOIN (SELECT DISTINCT person, num, 1 AS hit FROM items) x USING (person, num) WHERE :many GROUP BY 1 ORDER BY 1;
SELECT count(*) FILTER (WHERE x.num IS NULL) AS none, count(*) FROM orders o LEFT JOIN (SELECT DISTINCT person, num FROM items) x USING (person, num) WHERE :many;
-- by a day of both, of groups on both sides; a table of one row an order; several rows
SELECT coalesce(x.n, 0) AS n, count(*) FROM orders o LEFT JOIN (SELECT person, day, count(*) AS n FROM items GROUP BY 1, 2) x USING (person, day) WHERE :many GROUP BY 1 ORDER BY 1;
SELECT x.n IS NOT NULL AS sold, count(*), round(avg(o.s), 2) FROM (SELECT person, date_trunc('month', day) AS m, sum(amount) AS s FROM orders GROUP BY 1, 2) o
LEFT JOIN (SELECT person, date_trunc('month', day) AS m, count(*) AS n FROM items GROUP BY 1, 2) x ON x.person = o.person AND x.m = o.m GROUP BY 1 ORDER BY 1;
SELECT p.num IS NOT NULL AS sent, count(*) FROM orders o LEFT JOIN parcels p USING (person, num) WHERE :many GROUP BY 1 ORDER BY 1;
SELECT coalesce(p.way, 'none or unknown') AS way, count(*) FROM orders o LEFT JOIN parcels p USING (person, num) WHERE :many GROUP BY 1 ORDER BY 1;
SELECT coalesce(x.n, 0) AS n, p.num IS NULL AS kept, count(*) :joined LEFT JOIN parcels p USING (person, num) WHERE :many GROUP BY 1, 2 ORDER BY 1, 2;
-- the same in other words
SELECT count(*), count(DISTINCT o.person) AS people FROM orders o WHERE :many AND NOT EXISTS (SELECT FROM items x WHERE x.person = o.person AND x.num = o.num);
SELECT EXISTS (SELECT FROM items x WHERE x.person = o.person AND x.num = o.num) AS sold, count(*) FROM orders o WHERE :many GROUP BY 1 ORDER BY 1;
SELECT town, EXISTS (SELECT FROM items x WHERE x.person = o.person AND x.num = o.num) AS sold, count(*), count(DISTINCT o.person) AS people FROM orders o WHERE :one GROUP BY 1, 2 ORDER BY 1, 2;
SELECT town, count(*), count(DISTINCT o.person) AS people FROM orders o WHERE NOT EXISTS (SELECT FROM items x WHERE x.person = o.person AND x.num = o.num) GROUP BY 1 ORDER BY 1;
-- counted in the query by person and order, where each is there once
\set counted 'FROM (SELECT o.person, o.num, town, count(x.num) AS n FROM orders o LEFT JOIN items x ON x.person = o.person AND x.num = o.num GROUP BY 1, 2, 3) o'
SELECT n, count(*) :counted WHERE :many GROUP BY n ORDER BY n;
SELECT town, n, count(*) :counted WHERE :one GROUP BY 1, 2 ORDER BY 1, 2;
SELECT town, count(*) FILTER (WHERE n = 0) AS none, count(*) FILTER (WHERE n > 0) AS some, count(*) :counted GROUP BY 1 ORDER BY 1;
SELECT n, count(*) FROM (SELECT o.person, o.num, count(*) FILTER (WHERE x.product = 'rare') AS n FROM orders o LEFT JOIN items x ON x.person = o.person AND x.num = o.num WHERE :many GROUP BY 1, 2) y GROUP BY n ORDER BY n;
SELECT n, count(*) FROM (SELECT o.person, o.num, count(x.num) AS n FROM orders o LEFT JOIN items x ON x.person = o.person AND x.num = o.num AND x.product = 'rare' WHERE :many GROUP BY 1, 2) y GROUP BY n ORDER BY n;
-- elsewhere it is refused, with a way that leads on
SELECT n, count(*) FROM (SELECT o.person, count(x.num) AS n FROM orders o LEFT JOIN items x ON x.person = o.person AND x.num = o.num WHERE :many GROUP BY 1) y GROUP BY n ORDER BY n;
SELECT coalesce(x.n, 0) AS n, count(*) FROM (SELECT DISTINCT person FROM orders o WHERE :many) p
LEFT JOIN (SELECT o.person, count(*) AS n FROM orders o JOIN items i ON i.person = o.person AND i.num = o.num GROUP BY o.person) x ON x.person = p.person GROUP BY 1 ORDER BY 1;
SELECT n, count(*) FROM (SELECT o.person, o.day, count(x.num) AS n FROM orders o LEFT JOIN items x ON x.person = o.person AND x.day = o.day WHERE :many GROUP BY 1, 2) y GROUP BY n ORDER BY n;
SELECT coalesce(x.n, 0) AS n, count(*) FROM (SELECT DISTINCT person, day FROM orders o WHERE :many) p
LEFT JOIN (SELECT o.person, o.day, count(*) AS n FROM orders o JOIN items i ON i.person = o.person AND i.day = o.day GROUP BY o.person, o.day) x ON x.person = p.person AND x.day = p.day GROUP BY 1 ORDER BY 1;
-- the same from the owner's view
RESET ROLE;
SET search_path = unmatched_rows;
SELECT coalesce(n, 0) AS n, count(*), count(DISTINCT person) AS people, sum(amount) FROM truth GROUP BY 1 ORDER BY 1;
SELECT town, coalesce(n, 0) AS n, count(*), sum(amount) FROM truth o WHERE :many GROUP BY 1, 2 ORDER BY 1, 2;
SELECT n, count(*) FROM (SELECT person, sum(coalesce(n, 0)) AS n FROM truth o WHERE :many GROUP BY 1) y GROUP BY n ORDER BY n;
SELECT n > 0 AS sold, p.num IS NOT NULL AS sent, count(*) FROM truth o LEFT JOIN parcels p USING (person, num) WHERE :many GROUP BY 1, 2 ORDER BY 1, 2;

DROP SCHEMA unmatched_rows CASCADE;
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_owner, regress_cr_other;
DROP ROLE regress_cr_owner, regress_cr_other, regress_cr_ana;
