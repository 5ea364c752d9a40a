-- Groups of people for whom an outer join has no match: the zero of a
-- distribution.  They are there like any other group, where those without a
-- match are enough, and those with one are enough or none.
\set SHOW_CONTEXT never
\pset null '(null)'
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_owner;
CREATE ROLE regress_cr_ana;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_owner;
CREATE SCHEMA unmatched AUTHORIZATION regress_cr_owner;
GRANT USAGE ON SCHEMA unmatched TO regress_cr_ana;
SET ROLE regress_cr_owner;
CREATE TABLE unmatched.people (id int PRIMARY KEY, town text, age int);
CREATE TABLE unmatched.orders (id int NOT NULL, kind text NOT NULL, maybe text, amount int);
CREATE TABLE unmatched.returns (id int, amount int);
-- "both": 12 with orders, 8 without; "all": everybody has; "none": nobody has;
-- "but one": one has none; "only one": one has some
INSERT INTO unmatched.people
SELECT 100 * t + i, (ARRAY['both', 'all', 'none', 'but one', 'only one'])[t], 20 + i
FROM generate_series(1, 5) t, generate_series(1, 20) i;
INSERT INTO unmatched.orders
SELECT p.id, CASE WHEN n = 1 THEN 'first' ELSE 'more' END, CASE WHEN p.id % 2 = 0 THEN 'yes' END, 10 * n
FROM unmatched.people p, generate_series(1, 3) n
WHERE n <= 1 + p.id % 2 AND
      CASE town WHEN 'both' THEN p.id % 100 <= 12 WHEN 'all' THEN true WHEN 'none' THEN false
           WHEN 'but one' THEN p.id % 100 <> 7 ELSE p.id % 100 = 7 END;
INSERT INTO unmatched.returns SELECT id, 5 FROM unmatched.people WHERE id % 3 = 0;
SELECT cleanroom.protect('unmatched.people', 'id', 5, '{town}', '{age}', '{age}', '{id}');
SELECT cleanroom.protect('unmatched.orders', 'id', 5, '{kind,maybe}', '{amount}', '{amount}', '{id}');
SELECT cleanroom.protect('unmatched.returns', 'id', 5, '{}', '{amount}', '{amount}', '{id}');
GRANT SELECT ON ALL TABLES IN SCHEMA unmatched TO regress_cr_ana;
CREATE VIEW unmatched.truth AS SELECT p.id, p.town, p.age, o.n, o.spent FROM unmatched.people p
    LEFT JOIN (SELECT id, count(*) AS n, sum(amount) AS spent FROM unmatched.orders GROUP BY id) o USING (id);
CREATE VIEW unmatched.per_person AS SELECT p.id, p.town, p.age, o.n, o.spent FROM unmatched.people p
    LEFT JOIN (SELECT id, count(*) AS n, sum(amount) AS spent FROM unmatched.orders GROUP BY id) o USING (id);
GRANT SELECT ON unmatched.per_person TO regress_cr_ana;

SET ROLE regress_cr_ana;
\set joined 'FROM unmatched.people p LEFT JOIN (SELECT id, count(*) AS n, sum(amount) AS spent FROM unmatched.orders GROUP BY id) o USING (id)'
-- a distribution with its zero, in all the words for it
SELECT coalesce(o.n, 0) AS orders, count(*), avg(age) :joined GROUP BY 1 ORDER BY 1;
SELECT o.n AS orders, count(*), sum(spent), count(spent) :joined GROUP BY 1 ORDER BY 1;
SELECT CASE WHEN n IS NULL THEN 'none' WHEN n = 1 THEN 'one' ELSE 'more' END AS orders, count(*) :joined GROUP BY 1 ORDER BY 1;
SELECT CASE WHEN coalesce(n, 0) = 0 THEN 'none' WHEN coalesce(n, 0) BETWEEN 1 AND 1 THEN 'one' ELSE 'more' END AS orders, count(*) :joined GROUP BY 1 ORDER BY 1;
SELECT CASE WHEN n >= 2 THEN 'more' WHEN n IN (1) THEN 'one' ELSE 'none' END AS orders, count(*) :joined GROUP BY 1 ORDER BY 1;
SELECT CASE coalesce(n, 0) WHEN 0 THEN 'none' WHEN 1 THEN 'one' ELSE 'more' END AS orders, count(*) :joined GROUP BY 1 ORDER BY 1;
SELECT CASE WHEN n > 1 THEN 'more' WHEN n IS NULL THEN 'none' ELSE n::text END AS orders, count(*) :joined GROUP BY 1 ORDER BY 1;
SELECT least(coalesce(n, 0), 2) AS orders, count(*) :joined GROUP BY 1 ORDER BY 1;
SELECT coalesce(n::text, 'none') AS orders, count(*) :joined GROUP BY 1 ORDER BY 1;
SELECT n > 0 AS buys, count(*) :joined GROUP BY 1 ORDER BY 1;
SELECT coalesce(n, 0) > 1 AS often, count(*) :joined GROUP BY 1 ORDER BY 1;
-- beside other keys, below and above: guarded town by town
SELECT town, coalesce(o.n, 0) AS orders, count(*), avg(spent) :joined GROUP BY 1, 2 ORDER BY 1, 2;
SELECT town, coalesce(o.n, 0) = 0 AS none, count(*) :joined GROUP BY 1, 2 ORDER BY 1, 2;
WITH x AS (SELECT p.id, town, coalesce(n, 0) AS n :joined)
SELECT n, count(*), round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS share FROM x GROUP BY n ORDER BY n;
SELECT coalesce(n, 0) AS orders, count(*), avg(age) FROM unmatched.per_person GROUP BY 1 ORDER BY 1;
SELECT n, count(*) FROM unmatched.per_person WHERE town = 'both' GROUP BY 1 HAVING count(*) > 6 ORDER BY 1;
SELECT n, count(*) FROM unmatched.per_person WHERE n > 0 GROUP BY 1 ORDER BY 1;
-- tables, and two of them
SELECT o.kind, count(*), count(DISTINCT p.id) AS people FROM unmatched.people p LEFT JOIN unmatched.orders o USING (id) GROUP BY 1 ORDER BY 1;
SELECT coalesce(o.n, 0) AS orders, coalesce(r.n, 0) AS returns, count(*) :joined
LEFT JOIN (SELECT id, count(*) AS n FROM unmatched.returns GROUP BY id) r USING (id) GROUP BY 1, 2 ORDER BY 1, 2;
-- a key that other expressions are made of
SELECT coalesce(n, 0) AS orders, CASE WHEN coalesce(n, 0) = 0 THEN 'never' ELSE 'buyer' END AS kind, count(*), rank() OVER (PARTITION BY coalesce(n, 0) > 0 ORDER BY count(*)) AS r
:joined GROUP BY coalesce(n, 0) HAVING coalesce(n, 0) < 2 ORDER BY coalesce(n, 0) > 0, 1;
-- counts that are compared, as tests
SELECT count(*) :joined WHERE coalesce(n, 0) = 0;
SELECT count(*), avg(age) :joined WHERE coalesce(n, 0) < 1 AND town = 'both';
SELECT count(*) FILTER (WHERE coalesce(n, 0) = 0) AS none, count(*) FILTER (WHERE n >= 1) AS some, count(*) FILTER (WHERE 0 <> coalesce(n, 0)) AS again :joined;
SELECT town, count(*) :joined WHERE coalesce(n, 0) = 0 GROUP BY town ORDER BY town;
-- the same from the owner's view
RESET ROLE;
SELECT coalesce(n, 0) AS orders, count(*) FROM unmatched.truth GROUP BY 1 ORDER BY 1;
SELECT town, coalesce(n, 0) AS orders, count(*) FROM unmatched.truth GROUP BY 1, 2 HAVING count(*) >= 5 ORDER BY 1, 2;

-- Where someone with a match may be in the group of those without one, it is one group, of enough with a match or withheld.
SET ROLE regress_cr_ana;
SELECT coalesce(n, 1) AS orders, count(*) :joined GROUP BY 1 ORDER BY 1;
SELECT coalesce(n, 0) / 2 AS orders, count(*) :joined GROUP BY 1 ORDER BY 1;
SELECT CASE WHEN coalesce(n, 0) < 2 THEN 'few' ELSE 'more' END AS orders, count(*) :joined GROUP BY 1 ORDER BY 1;
SELECT o.maybe, count(*) FROM unmatched.people p LEFT JOIN unmatched.orders o USING (id) GROUP BY 1 ORDER BY 1;
SELECT coalesce(o.kind, 'none') AS kind, count(*) FROM unmatched.people p LEFT JOIN unmatched.orders o USING (id) GROUP BY 1 ORDER BY 1;
SELECT coalesce(n, 0) AS orders, count(*) FROM unmatched.people p
LEFT JOIN (SELECT id, count(maybe) AS n FROM unmatched.orders GROUP BY id) o USING (id) GROUP BY 1 ORDER BY 1;

-- In towns where one person has orders, or has none, nothing tells who: by parts, sums and complements.
\set one 'p.town IN (''only one'', ''but one'')'
SELECT town, o.n, count(*) :joined WHERE :one GROUP BY 1, 2;
SELECT town, CASE WHEN n IS NULL THEN 'none' WHEN n < 9 THEN 'some' END, sum(age) :joined WHERE :one GROUP BY 1, 2;
SELECT town, coalesce(n, 0), count(*) :joined WHERE :one GROUP BY 1, 2 HAVING count(*) > 0;
SELECT coalesce(n, 0), count(*) :joined WHERE town = 'only one' GROUP BY 1;
SELECT coalesce(n, 0), count(*) :joined WHERE town = 'but one' GROUP BY 1;
SELECT coalesce(n, 0), count(*) :joined WHERE town IN ('none', 'only one') GROUP BY 1;
SELECT coalesce(n, 0), count(*) :joined WHERE town IN ('all', 'but one') GROUP BY 1 ORDER BY 1;
SELECT town, count(*) :joined WHERE coalesce(n, 0) = 0 AND :one GROUP BY 1;
SELECT town, count(*) FILTER (WHERE coalesce(n, 0) = 0), count(*) FILTER (WHERE n > 0) :joined WHERE :one GROUP BY 1 ORDER BY 1;
WITH x AS (SELECT town, coalesce(n, 0) AS n :joined) SELECT town, n, count(*) FROM x WHERE town LIKE '%one' AND town <> 'none' GROUP BY 1, 2;
SELECT kind, town, count(*) FROM unmatched.people p LEFT JOIN unmatched.orders o USING (id) WHERE :one GROUP BY 1, 2 ORDER BY 1, 2;
-- beside conditions that hold without a match, in ON, and where nobody is in another group
SELECT coalesce(n, 0) < 2 AS few, count(*) :joined WHERE coalesce(n, 0) < 3 GROUP BY 1 ORDER BY 1;
SELECT count(*) FROM unmatched.people p LEFT JOIN (SELECT id, count(*) AS n FROM unmatched.orders GROUP BY id) o ON o.id = p.id AND n > 1 WHERE coalesce(n, 0) < 3;
SELECT coalesce(n, 0) > 5 AS many, count(*), avg(age) :joined GROUP BY 1;
SELECT town, count(*) FILTER (WHERE coalesce(n, 0) BETWEEN 0 AND 3) AS few, count(*) :joined WHERE town IN ('both', 'all') GROUP BY 1 ORDER BY 1;
-- nor where those with a match may share the group
SELECT town, CASE WHEN coalesce(n, 0) < 2 THEN 'few' ELSE 'more' END AS orders, count(*) :joined WHERE :one GROUP BY 1, 2 ORDER BY 1, 2;
SELECT town, coalesce(n, 0) < 2 AS few, count(*), sum(age) :joined GROUP BY 1, 2 ORDER BY 1, 2;
SELECT town, n, count(*) FROM (SELECT p.id, town, count(maybe) AS n FROM unmatched.people p LEFT JOIN unmatched.orders o USING (id) GROUP BY p.id) x
GROUP BY 1, 2 ORDER BY 1, 2;
SELECT town, count(*) FILTER (WHERE n = 0), count(*) FROM (SELECT p.id, town, count(maybe) AS n FROM unmatched.people p LEFT JOIN unmatched.orders o USING (id) GROUP BY p.id) x
GROUP BY 1 ORDER BY 1;
SELECT town, count(*) FROM (SELECT p.id, town, count(maybe) AS n FROM unmatched.people p LEFT JOIN unmatched.orders o USING (id) GROUP BY p.id) x WHERE n = 0
GROUP BY 1 ORDER BY 1;
SELECT p.town, coalesce(r.town, 'none') AS other, count(*) FROM unmatched.people p LEFT JOIN (SELECT id, min(kind) AS town FROM unmatched.orders GROUP BY id) r USING (id) WHERE :one
GROUP BY 1, 2 ORDER BY 1, 2;
-- what would fail without a match is not computed for it
SELECT 10 / coalesce(length(kind), 0) AS k, count(*) FROM unmatched.people p LEFT JOIN unmatched.orders o USING (id) GROUP BY 1 ORDER BY 1;
SELECT count(*) FILTER (WHERE coalesce(kind, 'x')::int > 1 OR town = 'all') FROM unmatched.people p LEFT JOIN unmatched.orders o USING (id);
SELECT count(*) FILTER (WHERE 10 / coalesce(length(kind), 0) > 1) FROM unmatched.people p LEFT JOIN unmatched.orders o USING (id);
-- a part that cannot have groups leaves nothing behind
SELECT coalesce(n, 0) AS orders, count(*) :joined GROUP BY 1 HAVING sum(n) > 3 ORDER BY 1;
SELECT coalesce(n, 0) AS orders, count(*) :joined GROUP BY 1 HAVING avg(n) IS NULL ORDER BY 1;
SELECT first > 'e' AS late, count(*) FROM unmatched.people p LEFT JOIN (SELECT id, min(kind) AS first FROM unmatched.orders GROUP BY id) o USING (id)
GROUP BY 1 HAVING count(*) FILTER (WHERE first > 'e') > 4 ORDER BY 1;
-- what only groups can be asked is not asked of their parts
SELECT o.n, count(*), grouping(o.n) :joined GROUP BY 1;
SELECT o.kind, count(*), grouping(o.kind) FROM unmatched.people p LEFT JOIN unmatched.orders o USING (id) GROUP BY 1;
SELECT EXISTS (SELECT FROM unmatched.orders o WHERE o.id = p.id) AS buys, count(*), grouping(town) FROM unmatched.people p GROUP BY 1, town;
-- not of the same person
SELECT coalesce(o.n, 0), count(*) FROM unmatched.people p LEFT JOIN (SELECT id, count(*) AS n FROM unmatched.orders GROUP BY id) o ON o.id = p.age GROUP BY 1;

RESET ROLE;
DROP SCHEMA unmatched CASCADE;
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_owner;
DROP ROLE regress_cr_owner, regress_cr_ana;
