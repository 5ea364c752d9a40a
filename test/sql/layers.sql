-- What a subquery, a view or a WITH query computes is aggregated as if it stood
-- in the aggregate; and questions of membership that are written in other words.
-- Each question is asked as analyst and as owner; in every
-- group but the first, one or two people have no value.
\set VERBOSITY terse
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_la_owner;
CREATE ROLE regress_cr_la_analyst;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_la_owner, regress_cr_la_analyst;
CREATE SCHEMA regress_cr_la;
GRANT ALL ON SCHEMA regress_cr_la TO regress_cr_la_owner, regress_cr_la_analyst;
SET search_path = regress_cr_la, pg_catalog;
SET DateStyle = 'ISO, YMD';
\pset format unaligned
\pset tuples_only on

SET ROLE regress_cr_la_owner;
CREATE TABLE people (person int PRIMARY KEY, region text NOT NULL);
INSERT INTO people SELECT i, 'r' || i % 2 FROM generate_series(1, 84) i;
CREATE TABLE orders (
    order_id int PRIMARY KEY, person int NOT NULL, category text NOT NULL,
    amount numeric(10,2), qty int, big bigint, credit float8, day date,
    zip text, gap int);
INSERT INTO orders
SELECT o, p, 'c' || p % 2, CASE WHEN p <> 7 THEN o % 50 + 0.25 END,
       CASE WHEN p <> 7 THEN o % 5 END, CASE WHEN p <> 7 THEN o END,
       CASE WHEN p <> 7 THEN o * 0.5 END,
       CASE WHEN p <> 7 THEN date '2024-01-01' + o % 90 END,
       CASE WHEN p <> 7 THEN '1' || o % 3 END, CASE WHEN p NOT IN (7, 9) THEN 1 END
  FROM (SELECT o, 1 + o % 60 AS p FROM generate_series(1, 600) o) x
 WHERE o <= 300 OR p % 3 > 0;
CREATE TABLE lines (order_id int NOT NULL, person int NOT NULL, sku text NOT NULL);
INSERT INTO lines SELECT o, 1 + o % 60, 's' || o % 7 FROM generate_series(1, 600) o;
SELECT cleanroom.protect('people', 'person', 10, dimensions => '{region}',
    join_keys => '{person}'),
  cleanroom.protect('orders', 'person', 10, dimensions => '{category,day,zip}',
    measures => '{amount,qty,big,credit,gap}', join_keys => '{person,order_id}'),
  cleanroom.protect('lines', 'person', 10, dimensions => '{sku}',
    join_keys => '{person,order_id}');
GRANT SELECT ON people, orders, lines TO regress_cr_la_analyst;
CREATE VIEW staged AS SELECT order_id, person, category, day,
    amount * 0.84 AS eur, amount::numeric(12,2) AS amt, qty + 1 AS pieces FROM orders;
CREATE VIEW staged_barrier WITH (security_barrier) AS SELECT * FROM staged;
GRANT SELECT ON staged, staged_barrier TO regress_cr_la_analyst;
RESET ROLE;

CREATE FUNCTION ask(question text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    given text;
    told text;
    statement text := 'SELECT string_agg(r::text, '' '' ORDER BY r::text) FROM ('
                      || question || ') r';
BEGIN
    SET LOCAL ROLE regress_cr_la_owner;
    EXECUTE statement INTO told;
    SET LOCAL ROLE regress_cr_la_analyst;
    BEGIN
        EXECUTE statement INTO given;
    EXCEPTION WHEN OTHERS THEN
        given := SQLSTATE || ' ' || SQLERRM;
    END;
    RESET ROLE;
    RETURN CASE WHEN given = told THEN 'same' ELSE coalesce(given, 'nothing') END;
END $$;

-- casts and arithmetic of one column
SELECT ask('SELECT category, sum(amt) FROM (SELECT category, amount::numeric(12,2) AS amt FROM orders) t GROUP BY 1');
SELECT ask('SELECT category, sum(a), avg(a), round(stddev(a)) FROM (SELECT category, amount + 1 AS a FROM orders) t GROUP BY 1');
SELECT ask('SELECT category, avg(a) FROM (SELECT category, amount * 0.84 AS a FROM orders) t GROUP BY 1');
SELECT ask('SELECT category, sum(a) FROM (SELECT category, -qty AS a FROM orders) t GROUP BY 1');
SELECT ask('SELECT category, sum(a) FROM (SELECT category, qty * 1000000 AS a FROM orders) t GROUP BY 1');
SELECT ask('SELECT category, sum(a) FROM (SELECT category, amount::float8 AS a FROM orders) t GROUP BY 1');
SELECT ask('SELECT category, sum(a) FROM (SELECT category, amount * qty AS a FROM orders) t GROUP BY 1');
SELECT ask('SELECT category, sum(a + b) FROM (SELECT category, amount * 2 AS a, qty * 3 AS b FROM orders) t GROUP BY 1');
SELECT ask('SELECT category, round(corr(a, b)::numeric, 9) FROM (SELECT category, credit * 2 AS a, qty * 3 AS b FROM orders) t GROUP BY 1');
SELECT ask('SELECT category, sum(a) FILTER (WHERE day > ''2024-02-01''), sum(CASE WHEN day > ''2024-02-01'' THEN a END) FROM (SELECT category, day, amount + 1 AS a FROM orders) t GROUP BY 1');
-- of dimensions, counted
SELECT ask('SELECT category, count(m), count(DISTINCT m) FROM (SELECT category, date_trunc(''month'', day) AS m FROM orders) t GROUP BY 1');
SELECT ask('SELECT category, count(z), count(DISTINCT z) FROM (SELECT category, upper(zip) || ''x'' AS z FROM orders) t GROUP BY 1');
-- in layers, views, branches, joins, and by person
SELECT ask('WITH s AS (SELECT category, amount / 100 AS eur FROM orders), t AS (SELECT *, eur * 2 AS two FROM s) SELECT category, sum(eur), sum(two) FROM t GROUP BY 1');
SELECT ask('SELECT category, sum(eur), sum(amt), sum(pieces) FROM staged GROUP BY 1');
SELECT ask('SELECT category, sum(eur), sum(amt), sum(pieces) FROM staged_barrier GROUP BY 1');
SELECT ask('SELECT k, category, sum(a) FROM (SELECT 1 AS k, category, amount + 1 AS a FROM orders UNION ALL SELECT 2, category, amount * 2 FROM orders) t GROUP BY 1, 2');
SELECT ask('SELECT region, sum(eur) FROM people JOIN staged USING (person) GROUP BY 1');
SELECT ask('SELECT region, sum(eur) FROM people LEFT JOIN staged USING (person) GROUP BY 1');
SELECT ask('SELECT region, count(z) FROM people LEFT JOIN (SELECT person, concat(zip, ''x'') AS z FROM orders) t USING (person) GROUP BY 1');
SELECT ask('SELECT region, avg(a) FROM people JOIN (SELECT person, sum(eur) AS a FROM staged GROUP BY person) t USING (person) GROUP BY 1');
SELECT ask('SELECT region, sum(b) FROM (SELECT region, a + 1 AS b FROM people JOIN (SELECT person, sum(amount) AS a FROM orders GROUP BY person) t USING (person)) u GROUP BY 1');
-- outside: what one person has and another lacks stays a condition, however
-- many layers it is put together in
SELECT ask('SELECT category, sum(amount + 0 * gap) FROM orders GROUP BY 1');
SELECT ask('SELECT category, sum(s) FROM (SELECT category, amount + 0 * gap AS s FROM orders) t GROUP BY 1');
SELECT ask('SELECT category, sum(s) FROM (SELECT category, a + g AS s FROM (SELECT category, amount * 2 AS a, gap * 0 AS g FROM orders) t) u GROUP BY 1');
SELECT ask('SELECT category, sum(s) FROM (SELECT category, amount + g AS s FROM orders JOIN (SELECT order_id, person, gap * 0 AS g FROM orders) t USING (order_id, person)) u GROUP BY 1');
SELECT ask('SELECT category, count(s) FROM (SELECT category, zip || day::text || ''x'' AS s FROM orders) t GROUP BY 1');
SELECT ask('SELECT region, sum(s) FROM people LEFT JOIN (SELECT person, amount + 0 * gap AS s FROM orders) t USING (person) GROUP BY 1');

-- EXISTS over groups, and a count that is compared, are IN over groups
SELECT ask('SELECT region, count(*) FROM people p WHERE person IN (SELECT person FROM orders GROUP BY 1 HAVING count(*) > 5) GROUP BY 1');
SELECT ask('SELECT region, count(*) FROM people p WHERE EXISTS (SELECT 1 FROM orders o WHERE o.person = p.person GROUP BY o.person HAVING count(*) > 5) GROUP BY 1');
SELECT ask('SELECT region, count(*) FROM people p WHERE EXISTS (SELECT person, count(*) FROM orders o WHERE p.person = o.person AND day > ''2024-01-05'' GROUP BY person ORDER BY 2) GROUP BY 1');
SELECT ask('SELECT region, count(*) FROM people p WHERE EXISTS (SELECT 1 FROM orders o WHERE p.person = o.person AND day > ''2024-01-30'' GROUP BY o.person HAVING count(DISTINCT day) = 2) GROUP BY 1');
SELECT ask('SELECT region, count(*) FROM people p WHERE EXISTS (SELECT 1 FROM orders o WHERE o.person = p.person HAVING count(*) > 5) GROUP BY 1');
SELECT ask('SELECT region, count(*) FROM people p WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.person = p.person GROUP BY o.person HAVING count(*) > 5) GROUP BY 1');
SELECT ask('SELECT region, count(*) FROM people p WHERE (SELECT count(*) FROM orders o WHERE o.person = p.person) ' || c || ' GROUP BY 1')
  FROM unnest('{> 5,>= 10,= 0,<> 0,< 6,= 5,"BETWEEN 1 AND 7"}'::text[]) c;
SELECT ask('SELECT region, count(*) FROM people p WHERE 5 < (SELECT count(order_id) FROM orders o WHERE o.person = p.person) GROUP BY 1');
SELECT ask('SELECT region, count(*) FROM people p WHERE NOT ((SELECT count(*) FROM orders o WHERE o.person = p.person) > 5) GROUP BY 1');
SELECT ask('SELECT region, count(*) FILTER (WHERE (SELECT count(*) FROM orders o WHERE o.person = p.person) > 5), count(*) FILTER (WHERE (SELECT count(*) FROM orders o WHERE o.person = p.person) = 0) FROM people p GROUP BY 1');
SELECT ask('SELECT CASE WHEN EXISTS (SELECT 1 FROM orders o WHERE o.person = p.person GROUP BY o.person HAVING count(*) > 5) THEN ''often'' ELSE ''else'' END, count(*) FROM people p GROUP BY 1');
SELECT ask('SELECT region, avg(n) FROM (SELECT region, person, count(*) AS n FROM people p JOIN lines USING (person) WHERE (SELECT count(*) FROM orders o WHERE o.person = p.person) > 5 GROUP BY 1, 2) t GROUP BY 1');
-- outside: few are meant, or few are left out; what is true of nobody's rows
SELECT ask('SELECT count(*) FROM people p WHERE EXISTS (SELECT 1 FROM orders o WHERE o.person = p.person) AND (SELECT count(zip) FROM orders o WHERE o.person = p.person) = 0');
SELECT ask('SELECT count(*) FROM people p WHERE EXISTS (SELECT 1 FROM orders o WHERE o.person = p.person) AND (SELECT count(zip) FROM orders o WHERE o.person = p.person) > 0');
SELECT ask('SELECT count(*) FROM people p WHERE EXISTS (SELECT 1 FROM orders o WHERE o.person = p.person) AND person IN (SELECT person FROM orders GROUP BY 1 HAVING count(zip) > 0)');
SELECT ask('SELECT count(*) FROM people p WHERE EXISTS (SELECT 1 FROM orders o WHERE o.person = p.person GROUP BY o.person HAVING count(zip) = 0)');
SELECT ask('SELECT count(*) FROM people p WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.person = p.person GROUP BY o.person HAVING count(zip) = 0)');
SELECT ask('SELECT count(*) FROM people p WHERE (SELECT count(*) FROM orders o WHERE o.person = p.person) > 99');
SELECT ask('SELECT count(*) FROM people p WHERE (SELECT count(*) FROM orders o WHERE o.person = p.person) <= 99');
SELECT ask('SELECT count(*) FROM people p WHERE EXISTS (SELECT 1 FROM orders o WHERE o.person = p.person HAVING count(*) < 6)');
SELECT ask('SELECT count(*) FROM people p WHERE EXISTS (SELECT 1 FROM orders o WHERE o.person = p.person HAVING 1 / (count(*) + 1) >= 0)');
SELECT ask('SELECT count(*) FROM people p WHERE EXISTS (SELECT 1 FROM orders o WHERE o.person = p.person GROUP BY o.person, day HAVING count(*) > 1)');
SELECT ask('SELECT count(*) FROM people p WHERE EXISTS (SELECT 1 FROM orders o WHERE o.person = p.person GROUP BY o.person HAVING o.person > 7)');
SELECT ask('SELECT count(*) FROM people p WHERE EXISTS (SELECT 1 FROM orders o WHERE o.person = p.person GROUP BY o.person HAVING sum(amount) > 100)');
SELECT ask('SELECT count(*) FROM people p WHERE (SELECT count(*) FROM orders o WHERE o.person = p.person) > p.person');
SELECT ask('SELECT count(*) FROM people p WHERE (SELECT sum(amount) FROM orders o WHERE o.person = p.person) > 100');

-- columns that are conditions, at every place of a subquery
SELECT ask('SELECT category, sum(v), sum(w), avg(w) FROM (SELECT category, coalesce(qty, 0) AS v, (day > ''2024-02-01'')::int AS w FROM orders) t WHERE category = ''c0'' GROUP BY 1');
SELECT ask('SELECT sum(v) FROM (SELECT CASE WHEN day > ''2024-02-01'' THEN qty ELSE 0 END AS v FROM orders ORDER BY day, qty) t');
SELECT ask('SELECT sum(v), count(zip), sum(qty) FROM (SELECT CASE WHEN day > ''2024-02-01'' THEN qty ELSE 0 END AS v, zip, qty FROM orders ORDER BY category) t');
SELECT ask('SELECT sum(v) FROM (SELECT CASE WHEN day > (SELECT date ''2024-02-01'') THEN qty ELSE 0 END AS v FROM orders) t');
SELECT ask('SELECT sum(v) FROM (SELECT person, CASE WHEN upper(category) = ''C0'' THEN sum(qty) ELSE 0 END AS v FROM orders GROUP BY person, upper(category)) t');
SELECT ask('SELECT sum(v), sum(w) FROM (SELECT person, CASE WHEN category = ''c0'' THEN sum(qty) ELSE 0 END AS v, CASE WHEN category = ''c0'' THEN sum(qty) ELSE 0 END + 0 AS w FROM orders GROUP BY person, category) t');
SELECT ask('SELECT sum(v) FROM (SELECT p, CASE WHEN category = ''c0'' THEN sum(qty) ELSE 0 END AS v FROM (SELECT o.person AS p, l.person AS q, category, qty FROM orders o JOIN lines l USING (person, order_id)) j GROUP BY p, category) t');
SELECT ask('SELECT sum(v) FROM people p FULL JOIN (SELECT person, qty + 1 AS v FROM orders) t USING (person)');
SELECT ask('SELECT sum(v) FROM (SELECT person, qty + 1 AS v FROM orders) t RIGHT JOIN people p USING (person)');
SELECT ask('SELECT sum(v) FROM (SELECT person, CASE WHEN day > ''2024-02-01'' THEN qty ELSE 0 END AS v FROM orders) t RIGHT JOIN people p USING (person)');
SELECT ask('SELECT sum(v) FROM people p FULL JOIN (SELECT person, CASE WHEN day > ''2024-02-01'' THEN 1 ELSE 0 END AS v FROM orders) t USING (person)');
SELECT ask('SELECT sum(v) FROM (SELECT person, CASE WHEN day > ''2024-02-01'' THEN 1 ELSE 0 END AS v FROM orders) t LEFT JOIN people p USING (person)');
SELECT ask('SELECT avg(v) FROM (SELECT category, CASE WHEN sum(qty) > 5 THEN sum(qty) ELSE 0 END AS v FROM orders GROUP BY 1) t');
SELECT ask('SELECT avg(v) FROM (SELECT upper(category), coalesce(sum(qty), 0) AS v FROM orders GROUP BY 1) t');
SELECT ask('SELECT avg(n + m) FROM (SELECT person, count(*) AS n, count(day) + 1 AS m FROM orders GROUP BY 1) t');
-- what one person lacks is stored so; or it is computed, and a condition
SELECT ask('SELECT category, count(z), count(DISTINCT z) FROM (SELECT person, category, min(zip) AS z FROM orders GROUP BY 1, 2) t GROUP BY 1');
SELECT ask('SELECT category, count(z), count(DISTINCT z) FROM (SELECT person, category, min(zip || day::text) AS z FROM orders GROUP BY 1, 2) t GROUP BY 1');
-- and where a row is used as a whole, or is not the table's
SELECT ask('SELECT sum(v), count(t) FROM (SELECT CASE WHEN day > ''2024-02-01'' THEN qty ELSE 0 END AS v FROM orders) t');
SELECT ask('SELECT sum(v), count((SELECT t)) FROM (SELECT CASE WHEN day > ''2024-02-01'' THEN qty ELSE 0 END AS v FROM orders) t');
SELECT ask('SELECT sum(v) FROM (SELECT DISTINCT CASE WHEN day > ''2024-02-01'' THEN qty ELSE 0 END AS v FROM orders) t');
SELECT ask('SELECT sum(v) FROM (SELECT CASE WHEN day > ''2024-02-01'' THEN qty ELSE 0 END AS v FROM orders LIMIT 100) t');
SELECT ask('SELECT sum(v) FROM (SELECT CASE WHEN day > ''2024-02-01'' THEN qty ELSE 0 END AS v FROM orders OFFSET 1) t');
SELECT ask('SELECT sum(v) FROM (SELECT CASE WHEN day > ''2024-02-01'' THEN qty ELSE 0 END AS v, row_number() OVER () FROM orders) t');
SELECT ask('SELECT sum(v) FROM (SELECT CASE WHEN day > ''2024-02-01'' THEN qty ELSE 0 END AS v, generate_series(1, qty) FROM orders) t');
SELECT ask('SELECT sum(v) FROM (SELECT person, CASE WHEN category = ''c0'' THEN sum(qty) ELSE 0 END AS v FROM orders GROUP BY GROUPING SETS ((person, category))) t');
SELECT ask('SELECT count(DISTINCT v) FROM (SELECT CASE WHEN day > ''2024-02-01'' THEN zip END AS v FROM orders) t');
SELECT ask('SELECT count(DISTINCT v), sum(w) FROM (SELECT upper(zip) AS v, CASE WHEN day > ''2024-02-01'' THEN qty END AS w FROM orders) t');
SELECT ask('SELECT sum(v) FROM (SELECT CASE WHEN random() < 2 THEN qty ELSE 0 END AS v FROM orders) t');
SELECT ask('SELECT sum(v) FROM people p, LATERAL (SELECT CASE WHEN o.category = p.region THEN qty ELSE 0 END AS v FROM orders o WHERE o.person = p.person) t');

SELECT ask('SELECT count(*) FROM people p WHERE region = ''r0'' OR NOT ((SELECT count(*) FROM orders o WHERE o.person = p.person) > NULL)');

-- LATERAL that only names what is computed of a row
SELECT ask('SELECT b.month, count(*) FROM orders o, LATERAL (SELECT date_trunc(''month'', o.day) AS month) b WHERE o.category = ''c0'' GROUP BY 1');
SELECT ask('SELECT b.month, count(*) FROM orders o CROSS JOIN LATERAL (VALUES (date_trunc(''month'', o.day), 1)) AS b (month, one) WHERE o.category = ''c0'' GROUP BY 1');
SELECT ask('SELECT b.month, count(*) FROM orders o LEFT JOIN LATERAL (SELECT date_trunc(''month'', o.day) AS month) b ON true WHERE o.category = ''c0'' GROUP BY 1');
SELECT ask('SELECT y.q, sum(x.v) FROM orders o, LATERAL (SELECT o.amount * 2 AS v, extract(month FROM o.day) AS m) x, LATERAL (SELECT x.m > 1 AS q) y WHERE o.category = ''c0'' GROUP BY 1');
SELECT ask('SELECT region, sum(x.v) FROM people p JOIN orders o USING (person) CROSS JOIN LATERAL (SELECT o.amount * 2 AS v) x WHERE EXISTS (SELECT FROM lines l WHERE l.person = p.person AND sku <> ''s0'') GROUP BY 1');
SELECT ask('SELECT region, avg(y.h) FROM (SELECT region, person, count(*) AS n FROM people JOIN orders USING (person) GROUP BY 1, 2) s, LATERAL (SELECT s.n * 2 AS h) y GROUP BY 1');
SELECT ask('SELECT region, sum(v) FROM (SELECT p.region, x.v FROM people p JOIN orders o USING (person), LATERAL (SELECT o.qty * 2 AS v) x) t GROUP BY 1');
SELECT ask('SELECT c, sum(v) FROM (SELECT x.c, x.v FROM orders o, LATERAL (SELECT o.category || ''!'' AS c, CASE WHEN o.day > ''2024-02-01'' THEN o.qty ELSE 0 END AS v) x) t GROUP BY 1');
-- outside: what may not stand there by itself, and what is not in every row
SELECT ask('SELECT b.g, count(*) FROM orders o, LATERAL (SELECT o.gap AS g) b GROUP BY 1');
SELECT ask('SELECT sum(b.g * b.g) FROM orders o, LATERAL (SELECT o.qty * o.qty AS g) b');
SELECT ask('SELECT count(*) FROM people p, LATERAL (SELECT p.person AS k) b WHERE b.k = 7');
SELECT ask('SELECT b.r, count(*) FROM orders o, LATERAL (SELECT random() AS r WHERE o.qty > 0) b GROUP BY 1');
SELECT ask('SELECT count(b) FROM orders o, LATERAL (SELECT o.category AS c) b');
SELECT ask('SELECT count(*) FROM orders o, LATERAL (VALUES (o.category), (o.zip)) b (v)');
SELECT ask('SELECT b.r, count(*) FROM orders o LEFT JOIN LATERAL (SELECT o.category AS r) b ON o.day > ''2024-02-01'' GROUP BY 1');
SELECT ask('SELECT count(*) FROM people p, LATERAL (SELECT count(*) AS n FROM orders o WHERE o.person = p.person) b WHERE b.n > 3');
-- each names the one before it three times over
SELECT ask('SELECT count(DISTINCT c8) FROM orders, ' || string_agg(format('LATERAL (SELECT %1$s || %1$s || %1$s AS c%2$s) l%2$s', CASE n WHEN 1 THEN 'category' ELSE 'c' || n - 1 END, n), ', ' ORDER BY n))
  FROM generate_series(1, 8) n;

-- what refusals say to write instead
SET ROLE regress_cr_la_analyst;
\x on
SELECT code || ' ' || reason AS reason, hint FROM cleanroom.explain($$
SELECT count(*) FROM people WHERE person IN (SELECT o.person FROM orders o JOIN lines l USING (order_id) WHERE sku = 's1');
SELECT n, count(*) FROM (SELECT o.person, count(*) AS n FROM orders o JOIN lines l USING (order_id) GROUP BY 1) t GROUP BY 1;
SELECT left(person::text, 1), count(*) FROM people GROUP BY 1;
SELECT count(*) FROM orders o, LATERAL (VALUES (o.category), (o.zip)) b (v);
SELECT min(d) FROM (SELECT person, min(day) AS d FROM orders GROUP BY 1) t;
SELECT m, count(*) FROM (SELECT person, min(category::char(2)) AS m FROM orders GROUP BY 1) t GROUP BY 1;
SELECT avg(age(day)) FROM orders;
SELECT avg(day - date '2024-01-01') FROM orders;
SELECT avg(last - first) FROM (SELECT person, min(day) AS first, max(day) AS last FROM orders GROUP BY 1) t;
SELECT count(amount::numeric(12,2)) FROM orders;
SELECT count(person::text) FROM orders;
SELECT stddev(a - coalesce(b, 0)) FROM (SELECT person, sum(amount) AS a, sum(qty) AS b FROM orders GROUP BY 1) t;
SELECT count(DISTINCT d.day) FROM orders JOIN (SELECT DISTINCT date '2024-01-01' + n AS day FROM generate_series(0, 9) n) d USING (day);
SELECT count(*) FROM people p WHERE (SELECT sum(amount) FROM orders o WHERE o.person = p.person) > 9;
SELECT count(*) FROM people p WHERE EXISTS (SELECT 1 FROM orders o WHERE o.person = p.person GROUP BY o.person HAVING count(*) > p.person);
SELECT count(*) FROM people p WHERE EXISTS (SELECT 1 FROM orders o WHERE o.person = p.person HAVING count(*) > p.person);
SELECT count(DISTINCT category = 'c0') FROM orders;
SELECT count(DISTINCT c) FROM (SELECT category = 'c0' AND day > '2024-01-02' AS c FROM orders) t;
$$);
\x off
-- and what comes of it
RESET ROLE;
SELECT ask('SELECT count(*) FROM people WHERE person IN (SELECT o.person FROM orders o JOIN lines l USING (order_id, person) WHERE sku = ''s1'')');
SELECT ask('SELECT n, count(*) FROM (SELECT o.person, count(*) AS n FROM orders o JOIN lines l USING (order_id, person) GROUP BY 1) t GROUP BY 1');
SELECT ask('SELECT m, count(*) FROM (SELECT person, min(category::char(2)::text) AS m FROM orders GROUP BY 1) t GROUP BY 1');
SELECT ask('SELECT count(amount) FROM orders WHERE category = ''c0''');

RESET search_path;
DROP SCHEMA regress_cr_la CASCADE;
DROP OWNED BY regress_cr_la_owner, regress_cr_la_analyst;
DROP ROLE regress_cr_la_owner, regress_cr_la_analyst;
