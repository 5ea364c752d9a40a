-- Events of people, told apart by a join key: how large orders are, and the like.
\set SHOW_CONTEXT never
\pset null '(null)'
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_owner;
CREATE ROLE regress_cr_ana;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_owner;
CREATE SCHEMA events;
GRANT USAGE, CREATE ON SCHEMA events TO regress_cr_owner, regress_cr_ana;
SET ROLE regress_cr_owner;
CREATE TABLE events.orders (number int, person int, shop text, paid int);
CREATE TABLE events.items (number int, person int, kind text, price int, tip int);
-- order 1 of everybody has as many items as person % 3 + 1; 3 people have orders of 9
INSERT INTO events.orders
SELECT p * 10 + o, p, CASE WHEN p % 2 = 0 THEN 'north' ELSE 'south' END, p + o
FROM generate_series(1, 40) p, generate_series(1, 2) o;
INSERT INTO events.items
SELECT o.number, o.person, CASE WHEN i % 2 = 0 THEN 'book' ELSE 'toy' END, i * 10, CASE WHEN o.person < 4 THEN i END
FROM events.orders o, generate_series(1, CASE WHEN o.person > 37 THEN 9 ELSE 1 + (o.person + o.number) % 3 END) i;
SELECT cleanroom.protect('events.orders', 'person', 5, '{shop}', '{paid}', '{}', '{number,person}');
SELECT cleanroom.protect('events.items', 'person', 5, '{kind}', '{price,tip}', '{}', '{number,person}');
GRANT SELECT ON events.orders, events.items TO regress_cr_ana;
SET ROLE regress_cr_ana;
CREATE TABLE events.mine (number int PRIMARY KEY, label text);
INSERT INTO events.mine SELECT i, CASE WHEN i = 11 THEN 'one' ELSE 'others' END FROM generate_series(11, 402) i;
-- must have nothing of less than five people: by the analyst, and by the owner
\set sizes 'SELECT items, count(*), avg(paid) FROM (SELECT person, number, count(*) AS items, sum(price) AS paid FROM events.items GROUP BY person, number) o GROUP BY items ORDER BY items;'
\set mean 'SELECT count(*), round(avg(items), 4) AS items, round(avg(paid), 4) AS paid FROM (SELECT person, number, count(*) AS items, sum(price) AS paid FROM events.items GROUP BY person, number) o;'
\set mixed 'SELECT count(*) AS orders, count(*) FILTER (WHERE books > 0 AND toys > 0) AS mixed FROM (SELECT person, number, count(*) FILTER (WHERE kind = \'book\') AS books, count(*) FILTER (WHERE kind = \'toy\') AS toys FROM events.items GROUP BY person, number) o;'
\set joined 'SELECT o.shop, count(*), sum(o.paid), round(avg(i.items), 4) AS items FROM events.orders o JOIN (SELECT person, number, count(*) AS items FROM events.items GROUP BY 1, 2) i ON i.person = o.person AND i.number = o.number GROUP BY o.shop ORDER BY o.shop;'
\set many 'SELECT orders, count(*) AS people FROM (SELECT person, count(*) AS orders FROM (SELECT person, number FROM events.items GROUP BY person, number HAVING count(*) > 1) large GROUP BY person) p GROUP BY orders ORDER BY orders;'
\set distinct 'SELECT count(*), count(DISTINCT number) FROM (SELECT DISTINCT person, number FROM events.items) o;'
\set labels 'SELECT m.label, count(*) FROM (SELECT person, number, count(*) AS items FROM events.items GROUP BY person, number) o JOIN events.mine m USING (number) GROUP BY m.label ORDER BY m.label;'
\set left 'SELECT items, count(*) FROM (SELECT o.person, i.number, count(i.person) AS items FROM events.orders o LEFT JOIN events.items i ON i.person = o.person AND i.number = o.number GROUP BY o.person, i.number) x GROUP BY items ORDER BY items;'
:sizes
:mean
:mixed
:joined
:many
:distinct
:labels
:left
SELECT count(*), count(tip), sum(tip) FROM (SELECT person, number, sum(tip) AS tip FROM events.items GROUP BY person, number) o;
RESET ROLE;
GRANT SELECT ON events.mine TO regress_cr_owner;
SET ROLE regress_cr_owner;
:sizes
:mean
:mixed
:joined
:many
:distinct
:labels
:left
-- The key is seen by nobody, whatever stands above.
SET ROLE regress_cr_ana;
SELECT number, items FROM (SELECT person, number, count(*) AS items FROM events.items GROUP BY person, number) o;
SELECT number, count(*) FROM (SELECT person, number FROM events.items GROUP BY person, number) o GROUP BY number;
SELECT count(*) FROM (SELECT person, number FROM events.items GROUP BY person, number) o WHERE number = 11;
SELECT count(*) FILTER (WHERE number < 100) FROM (SELECT person, number FROM events.items GROUP BY person, number) o;
SELECT sum(number) FROM (SELECT person, number FROM events.items GROUP BY person, number) o;
SELECT count(*) FROM (SELECT person, number FROM events.items GROUP BY person, number) o HAVING max(number) > 5;
SELECT string_agg(number::text, ',') FROM (SELECT person, number FROM events.items GROUP BY person, number) o;
SELECT row_number() OVER (ORDER BY number) FROM (SELECT person, number FROM events.items GROUP BY person, number) o;
\set VERBOSITY sqlstate
SELECT count(*) FROM (SELECT person, number FROM events.items GROUP BY person, number HAVING number = 11) o;
\set VERBOSITY default
SELECT count(*) FROM (SELECT person, number FROM events.items GROUP BY person, number ORDER BY number LIMIT 1) o;
SELECT n, count(*) FROM (SELECT person, max(number) AS n FROM events.items GROUP BY person) o GROUP BY n;
SELECT k, count(*) FROM (SELECT person, number + 0 AS k FROM events.items GROUP BY person, number + 0) o GROUP BY k;
SELECT k, count(*) FROM (SELECT person, CASE WHEN number = 11 THEN 1 ELSE 0 END AS k FROM events.items GROUP BY person, 2) o GROUP BY k;
SELECT count(*) FROM (SELECT number FROM events.items GROUP BY number) o;
SELECT number, count(*) FROM events.items GROUP BY number;
SELECT count(*) FROM (SELECT o.person, i.number FROM events.orders o LEFT JOIN events.items i USING (person, number) GROUP BY o.person, i.number) x WHERE number IS NULL;
SELECT count(*) FROM (SELECT o.person, i.number FROM events.orders o JOIN events.items i ON i.number = o.number GROUP BY o.person, i.number) x;
SELECT count(*) FROM (SELECT person, number FROM events.items GROUP BY GROUPING SETS ((person, number), (person))) o;
SELECT count(*) FROM (SELECT person, number FROM events.items GROUP BY person, number) o JOIN events.mine m ON m.number > o.number;
SELECT count(*) FROM events.mine m JOIN (SELECT person, number FROM events.items GROUP BY person, number) o USING (number) WHERE m.label = 'one';

RESET ROLE;
DROP SCHEMA events CASCADE;
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_owner;
DROP ROLE regress_cr_owner, regress_cr_ana;
