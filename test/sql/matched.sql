-- Other words for questions who has a match: outer joins whose rows without
-- one are left out, counts and values of those without one, labels that hold
-- for any or all of a person's rows, flags, people of two tables, conditions
-- between the tables of a LEFT JOIN; and beside each the attacks that it could
-- open.  An answer is compared with what the owner computes by plain SQL
-- with an explicit condition on distinct people; an attack runs in two worlds
-- that differ in three people, and must be refused, with a hint, or end alike
-- in both.
\set VERBOSITY terse
\getenv abs_srcdir PG_ABS_SRCDIR
\set analyst regress_cr_mt_analyst
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_mt_clinic;
CREATE ROLE regress_cr_mt_shop;
CREATE ROLE regress_cr_mt_analyst;
CREATE SCHEMA regress_cr_mt;
GRANT ALL ON SCHEMA regress_cr_mt TO regress_cr_mt_clinic, regress_cr_mt_shop,
    regress_cr_mt_analyst;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_mt_clinic, regress_cr_mt_shop,
    regress_cr_mt_analyst;
SET search_path = regress_cr_mt, pg_catalog;

SET SESSION AUTHORIZATION regress_cr_mt_clinic;
CREATE TABLE patients (patient int PRIMARY KEY, city text NOT NULL,
                       age int NOT NULL);
CREATE TABLE visits (visit int PRIMARY KEY, patient int NOT NULL,
                     code text, cost numeric NOT NULL, minutes int NOT NULL);
CREATE TABLE codes (code text PRIMARY KEY, chapter text);
INSERT INTO codes VALUES ('I10', 'heart'), ('I21', 'heart'), ('J45', 'lung'),
    ('E11', NULL), ('Z1', 'rare'), ('Z2', 'rare');
SET SESSION AUTHORIZATION regress_cr_mt_shop;
CREATE TABLE sales (buyer int NOT NULL, item text NOT NULL,
                    price numeric NOT NULL);
CREATE FUNCTION fill_sales(world int) RETURNS void LANGUAGE sql AS $$
    DELETE FROM sales;
    INSERT INTO sales
    SELECT b, ('{pills,cream,tea}'::text[])[1 + (b * s) % 3], 5 + b * s % 40
      FROM generate_series(21, 180) b, generate_series(1, 4) s
     WHERE s <= 1 + b % 4;
    INSERT INTO sales SELECT t, 'salve', 999
      FROM unnest(CASE world WHEN 1 THEN '{901,902,903}'::int[]
           ELSE '{911,912,913}' END) t, generate_series(1, 2 + world) s $$;
SET SESSION AUTHORIZATION regress_cr_mt_clinic;
CREATE FUNCTION fill(world int) RETURNS void LANGUAGE sql AS $$
    DELETE FROM patients; DELETE FROM visits;
    INSERT INTO patients
    SELECT p, ('{Oslo,Bergen,Molde}'::text[])[1 + p / 6 % 3], 20 + p % 60
      FROM generate_series(1, 150) p;
    INSERT INTO visits
    SELECT p * 10 + v, p,
           ('{I10,I21,J45,E11}'::text[])[1 + (p / 7 + p * v) % 4],
           50 + p * v % 90, 5 + p * v % 60
      FROM generate_series(1, 150) p, generate_series(1, 5) v
     WHERE v <= p % 6;
    -- three people: a city, a code, costs of their own
    INSERT INTO patients SELECT t, CASE world WHEN 1 THEN 'Moss' ELSE 'Bodo' END,
           99 + world
      FROM unnest('{901,902,903}'::int[]) t;
    INSERT INTO visits SELECT t * 10 + v, t, 'Z' || world, 5000 * world,
           600 * world
      FROM unnest('{901,902,903}'::int[]) t, generate_series(1, 3) v;
    -- and one without a visit
    INSERT INTO patients SELECT 904, CASE world WHEN 1 THEN 'Moss'
           ELSE 'Bodo' END, 98 + 2 * world $$;
SELECT fill(1);
SELECT cleanroom.protect('patients', 'patient', 5, dimensions => '{city}',
    filters => '{age}', join_keys => '{patient}');
SELECT cleanroom.protect('visits', 'patient', 5, dimensions => '{code}',
    measures => '{cost, minutes}', join_keys => '{patient, visit}');
GRANT SELECT ON patients, visits, codes TO regress_cr_mt_analyst;
SET SESSION AUTHORIZATION regress_cr_mt_shop;
SELECT fill_sales(1);
SELECT cleanroom.protect('sales', 'buyer', 5, dimensions => '{item}',
    measures => '{price}', join_keys => '{buyer}');
GRANT SELECT ON sales TO regress_cr_mt_analyst;
SET SESSION AUTHORIZATION regress_cr_mt_analyst;
CREATE TABLE wanted (k int PRIMARY KEY, b boolean NOT NULL, lab text);
INSERT INTO wanted VALUES (901, true, 'x'), (902, true, 'x'),
    (903, false, NULL), (1, true, 'y');
RESET SESSION AUTHORIZATION;
ANALYZE patients, visits, sales;

\set included :abs_srcdir '/lib/compared.sql'
\i :included
\pset format unaligned
\pset tuples_only on

-- ---------- outer joins whose rows without a match are left out ----------
SELECT ask('SELECT avg(v.s), count(*) FROM patients p LEFT JOIN (SELECT patient, count(*) AS n, sum(cost) AS s FROM visits GROUP BY 1) v ON v.patient = p.patient WHERE v.patient IS NOT NULL /p.patient/');
SELECT ask('SELECT p.city, sum(v.cost), count(DISTINCT p.patient) FROM patients p LEFT JOIN visits v ON v.patient = p.patient WHERE v.patient IS NOT NULL GROUP BY 1 /p.patient/');
SELECT ask('SELECT p.city, sum(v.cost) FROM visits v RIGHT JOIN patients p USING (patient) WHERE v.patient IS NOT NULL GROUP BY 1 /p.patient/');
SELECT ask('SELECT p.city, avg(v.n) FROM patients p LEFT JOIN (SELECT patient, count(*) AS n, sum(cost) AS s FROM visits GROUP BY 1) v ON v.patient = p.patient WHERE v.patient IS NOT NULL AND v.n > 2 GROUP BY 1 /p.patient/');
SELECT ask('SELECT b.item, avg(v.n), count(*) FROM patients p LEFT JOIN (SELECT buyer, min(item) AS item, sum(price) AS spent FROM sales GROUP BY 1) b ON b.buyer = p.patient LEFT JOIN (SELECT patient, count(*) AS n, sum(cost) AS s FROM visits GROUP BY 1) v ON v.patient = p.patient WHERE v.patient IS NOT NULL AND b.buyer IS NOT NULL GROUP BY 1 /p.patient/');
SELECT ask('SELECT avg(s) FROM (SELECT p.patient, sum(v.cost) AS s FROM patients p LEFT JOIN visits v ON v.patient = p.patient WHERE v.patient IS NOT NULL GROUP BY 1) x');
SELECT ask('SELECT p.city, sum(b.price), count(*) FROM patients p LEFT JOIN (visits v JOIN sales b ON b.buyer = v.patient) ON v.patient = p.patient WHERE b.buyer IS NOT NULL GROUP BY 1 /p.patient/');
SELECT ask('SELECT p.city, count(*) FROM patients p LEFT JOIN (SELECT DISTINCT patient FROM visits) v ON v.patient = p.patient WHERE v.patient IS NOT NULL GROUP BY 1 /p.patient/');
SELECT ask('SELECT p.city, sum(v.cost) FROM patients p LEFT JOIN visits v ON v.patient = p.patient AND v.code = ''I10'' WHERE v.patient IS NOT NULL GROUP BY 1 /p.patient/');
-- what is refused of a join is refused of this one, and other tests are none
SELECT attack('SELECT p.city, sum(v.cost) FROM patients p LEFT JOIN visits v ON v.patient = p.patient WHERE v.patient IS NOT NULL GROUP BY 1');
SELECT attack('SELECT v.code, sum(v.cost), count(*) FROM patients p LEFT JOIN visits v ON v.patient = p.patient WHERE v.patient IS NOT NULL GROUP BY 1');
SELECT attack('SELECT sum(v.cost) FROM patients p LEFT JOIN visits v ON v.patient = p.patient WHERE v.patient IS NOT NULL AND v.code = ''Z1''');
SELECT attack('SELECT sum(v.cost) FROM patients p LEFT JOIN visits v ON v.patient = p.patient WHERE v.patient IS NOT NULL OR p.age > 99');
SELECT attack('SELECT sum(v.cost) FROM patients p LEFT JOIN visits v ON v.patient = p.patient WHERE (v.patient IS NOT NULL) = (p.age > 99)');
SELECT attack('SELECT sum(v.cost), count(*) FROM patients p LEFT JOIN visits v ON v.patient = p.patient WHERE v.patient IS NULL');
SELECT attack('SELECT sum(v.cost) FROM patients p LEFT JOIN visits v ON v.patient = p.patient AND p.age > 99 WHERE v.patient IS NOT NULL');
SELECT attack('SELECT sum(v.cost) FROM patients p LEFT JOIN visits v ON v.cost > 4000 WHERE v.patient IS NOT NULL');
SELECT attack('SELECT sum(v.cost) FROM patients p LEFT JOIN visits v ON v.patient = p.patient + 1 WHERE v.patient IS NOT NULL');
SELECT attack('SELECT p.city, count(*), count(w.lab) FROM patients p LEFT JOIN wanted w ON w.k = p.patient WHERE w.k IS NOT NULL GROUP BY 1');
SELECT attack('SELECT count(*) FROM patients p LEFT JOIN wanted w ON w.k = p.patient LEFT JOIN visits v ON v.patient = w.k WHERE v.patient IS NOT NULL');
SELECT attack('SELECT sum(v.cost) FROM visits v LEFT JOIN wanted w ON w.k = v.patient WHERE w.k IS NOT NULL AND w.b');
SELECT attack('SELECT sum(b.price) FROM patients p LEFT JOIN sales b ON b.buyer = p.patient WHERE b.buyer IS NOT NULL AND p.age > 99');

-- ---------- counts and values of those without a match ----------
SELECT ask('SELECT p.city, count(*) FILTER (WHERE v.patient IS NULL), count(*) FILTER (WHERE v.patient IS NOT NULL), sum(v.n) FROM patients p LEFT JOIN (SELECT patient, count(*) AS n, sum(cost) AS s FROM visits GROUP BY 1) v ON v.patient = p.patient GROUP BY 1 /p.patient/');
SELECT ask('SELECT count(*) FILTER (WHERE v.patient IS NULL AND p.age < 50), count(*) FILTER (WHERE p.age >= 50 AND v.patient IS NOT NULL), avg(v.s) FROM patients p LEFT JOIN (SELECT patient, count(*) AS n, sum(cost) AS s FROM visits GROUP BY 1) v ON v.patient = p.patient');
SELECT ask('SELECT p.city, sum(CASE WHEN v.patient IS NULL THEN 1 ELSE 0 END), sum(CASE WHEN v.patient IS NULL THEN 0 ELSE 1 END), count(CASE WHEN v.patient IS NULL THEN 1 END), sum((v.patient IS NOT NULL)::int), sum(v.n) FROM patients p LEFT JOIN (SELECT patient, count(*) AS n, sum(cost) AS s FROM visits GROUP BY 1) v ON v.patient = p.patient GROUP BY 1 /p.patient/');
SELECT ask('SELECT p.city, avg(CASE WHEN v.patient IS NULL THEN 1 ELSE 0 END), avg((v.patient IS NOT NULL)::int), round(100.0 * count(*) FILTER (WHERE v.patient IS NULL) / count(*), 1), sum(v.n) FROM patients p LEFT JOIN (SELECT patient, count(*) AS n, sum(cost) AS s FROM visits GROUP BY 1) v ON v.patient = p.patient GROUP BY 1 /p.patient/');
SELECT ask('SELECT p.city, avg(CASE WHEN v.patient IS NULL THEN 0 ELSE v.n END), sum(CASE WHEN v.patient IS NOT NULL THEN v.n ELSE 0 END) FROM patients p LEFT JOIN (SELECT patient, count(*) AS n, sum(cost) AS s FROM visits GROUP BY 1) v ON v.patient = p.patient GROUP BY 1 /p.patient/');
SELECT ask('SELECT p.city, count(*) FILTER (WHERE v.patient IS NULL), sum(v.cost) FROM patients p LEFT JOIN visits v ON v.patient = p.patient GROUP BY 1 HAVING count(*) FILTER (WHERE v.patient IS NULL) > 3 [[AND count(DISTINCT p.patient) >= 5]]');
SELECT ask('SELECT p.city, count(*) FILTER (WHERE v.patient IS NULL), sum(v.n), count(*) FILTER (WHERE b.buyer IS NULL), sum(b.spent) FROM patients p LEFT JOIN (SELECT patient, count(*) AS n, sum(cost) AS s FROM visits GROUP BY 1) v ON v.patient = p.patient LEFT JOIN (SELECT buyer, sum(price) AS spent FROM sales GROUP BY 1) b ON b.buyer = p.patient GROUP BY 1 /p.patient/');
SELECT ask('SELECT p.city, count(*) FILTER (WHERE v.patient IS NULL) FROM patients p LEFT JOIN (SELECT patient, count(*) AS n, sum(cost) AS s FROM visits GROUP BY 1) v ON v.patient = p.patient GROUP BY 1 /p.patient/');
-- another column that is never null with a match, and a set beside the join
SELECT ask('SELECT p.city, count(*) FILTER (WHERE v.n IS NULL), count(*) FILTER (WHERE v.n IS NOT NULL), sum(v.n) FROM patients p LEFT JOIN (SELECT patient, count(*) AS n, sum(cost) AS s FROM visits GROUP BY 1) v ON v.patient = p.patient GROUP BY 1 /p.patient/');
SELECT ask('SELECT p.city, avg(CASE WHEN v.n IS NULL THEN 1 ELSE 0 END), sum(CASE WHEN v.n IS NULL THEN 0 ELSE v.n END) FROM patients p LEFT JOIN (SELECT patient, count(*) AS n, sum(cost) AS s FROM visits GROUP BY 1) v ON v.patient = p.patient GROUP BY 1 /p.patient/');
SELECT ask('SELECT p.city, count(*) FILTER (WHERE NOT EXISTS (SELECT FROM visits x WHERE x.patient = p.patient)), sum(v.n) FROM patients p LEFT JOIN (SELECT patient, count(*) AS n, sum(cost) AS s FROM visits GROUP BY 1) v ON v.patient = p.patient GROUP BY 1 /p.patient/');
SELECT ask('SELECT count(*) FILTER (WHERE p.age < 50), sum(v.n), count(DISTINCT p.city) FROM patients p LEFT JOIN (SELECT patient, count(*) AS n, sum(cost) AS s FROM visits GROUP BY 1) v ON v.patient = p.patient');
-- a join of which nothing is asked
SELECT ask('SELECT p.city, count(*) FROM patients p LEFT JOIN (SELECT DISTINCT patient FROM visits WHERE code = ''none'') v ON v.patient = p.patient GROUP BY 1 /p.patient/');
SELECT ask('SELECT v.code, count(*), sum(v.cost) FROM visits v LEFT JOIN patients p ON p.patient = v.patient AND p.age > 99 LEFT JOIN (SELECT buyer FROM sales GROUP BY 1) b ON b.buyer = v.patient GROUP BY 1 /v.patient/');
SELECT attack('SELECT p.city, count(*) FILTER (WHERE v.n IS NULL), sum(v.n) FROM patients p LEFT JOIN (SELECT patient, count(*) AS n, sum(cost) AS s FROM visits GROUP BY 1) v ON v.patient = p.patient GROUP BY 1');
SELECT attack('SELECT count(*) FILTER (WHERE v.n IS NULL AND p.age > 99), sum(v.n) FROM patients p LEFT JOIN (SELECT patient, count(*) AS n, sum(cost) AS s FROM visits GROUP BY 1) v ON v.patient = p.patient');
SELECT attack('SELECT count(*) FILTER (WHERE p.age > 99), sum(v.n) FROM patients p LEFT JOIN (SELECT patient, count(*) AS n, sum(cost) AS s FROM visits GROUP BY 1) v ON v.patient = p.patient');
SELECT attack('SELECT count(*) FILTER (WHERE p.age > 99 AND NOT EXISTS (SELECT FROM visits x WHERE x.patient = p.patient)), sum(v.n) FROM patients p LEFT JOIN (SELECT patient, count(*) AS n, sum(cost) AS s FROM visits GROUP BY 1) v ON v.patient = p.patient');
SELECT attack('SELECT v.n, count(*) FILTER (WHERE p.city = ''A''), count(*) FROM patients p LEFT JOIN (SELECT patient, count(*) AS n, sum(cost) AS s FROM visits GROUP BY 1) v ON v.patient = p.patient GROUP BY 1');
SELECT attack('SELECT count(*) FILTER (WHERE p.city = ''A'') FROM patients p LEFT JOIN (SELECT patient, count(*) AS n, sum(cost) AS s FROM visits GROUP BY 1) v ON v.patient = p.patient WHERE v.s > 4000');
SELECT attack('SELECT p.city, count(*) FROM patients p LEFT JOIN (SELECT DISTINCT patient, code FROM visits) v ON v.patient = p.patient GROUP BY 1');
SELECT attack('SELECT p.city, count(*) FILTER (WHERE v.patient IS NULL), sum(v.n) FROM patients p LEFT JOIN (SELECT patient, count(*) AS n, sum(cost) AS s FROM visits GROUP BY 1) v ON v.patient = p.patient GROUP BY 1');
SELECT attack('SELECT count(*) FILTER (WHERE v.patient IS NULL AND p.age > 99), sum(v.n) FROM patients p LEFT JOIN (SELECT patient, count(*) AS n, sum(cost) AS s FROM visits GROUP BY 1) v ON v.patient = p.patient');
SELECT attack('SELECT count(*) FILTER (WHERE v.patient IS NULL OR p.age > 99), sum(v.n) FROM patients p LEFT JOIN (SELECT patient, count(*) AS n, sum(cost) AS s FROM visits GROUP BY 1) v ON v.patient = p.patient');
SELECT attack('SELECT count(*) FILTER (WHERE v.patient IS NOT NULL AND p.age > 99), sum(v.n) FROM patients p LEFT JOIN (SELECT patient, count(*) AS n, sum(cost) AS s FROM visits GROUP BY 1) v ON v.patient = p.patient WHERE p.age > 90');
SELECT attack('SELECT p.city, avg(CASE WHEN v.patient IS NULL THEN 1 ELSE 0 END), avg(CASE WHEN v.patient IS NULL THEN 1000 ELSE v.n END) FROM patients p LEFT JOIN (SELECT patient, count(*) AS n, sum(cost) AS s FROM visits GROUP BY 1) v ON v.patient = p.patient GROUP BY 1');
SELECT attack('SELECT p.city, sum(CASE WHEN v.patient IS NULL THEN 1000000 ELSE v.n END) FROM patients p LEFT JOIN (SELECT patient, count(*) AS n, sum(cost) AS s FROM visits GROUP BY 1) v ON v.patient = p.patient GROUP BY 1');
SELECT attack('SELECT count(*) FILTER (WHERE w.k IS NULL), count(w.lab) FROM patients p LEFT JOIN wanted w ON w.k = p.patient');
SELECT attack('SELECT count(*) FILTER (WHERE w.k IS NOT NULL), sum(v.n) FROM patients p LEFT JOIN (SELECT patient, count(*) AS n, sum(cost) AS s FROM visits GROUP BY 1) v ON v.patient = p.patient LEFT JOIN wanted w ON w.k = v.patient');
SELECT attack('SELECT v.patient IS NULL, count(*), sum(v.n) FROM patients p LEFT JOIN (SELECT patient, count(*) AS n, sum(cost) AS s FROM visits GROUP BY 1) v ON v.patient = p.patient GROUP BY 1');
SELECT attack('SELECT min(v.patient) FILTER (WHERE v.patient IS NULL), sum(v.n) FROM patients p LEFT JOIN (SELECT patient, count(*) AS n, sum(cost) AS s FROM visits GROUP BY 1) v ON v.patient = p.patient');
SELECT attack('SELECT sum(v.n) FILTER (WHERE v.patient IS NULL) FROM patients p LEFT JOIN (SELECT patient, count(*) AS n, sum(cost) AS s FROM visits GROUP BY 1) v ON v.patient = p.patient');
SELECT attack('SELECT u, count(*) FROM (SELECT p.patient, count(*) FILTER (WHERE v.patient IS NULL) AS u, sum(v.cost) AS s FROM patients p LEFT JOIN visits v ON v.patient = p.patient GROUP BY 1) x GROUP BY 1');

-- ---------- labels that hold for any or all of a person's rows ----------
SELECT ask('SELECT heart, count(*) FROM (SELECT v.patient, bool_or(c.chapter = ''heart'') AS heart FROM visits v JOIN codes c ON c.code = v.code GROUP BY 1) x GROUP BY 1 /patient/');
SELECT ask('SELECT heart, count(*) FROM (SELECT v.patient, bool_and(c.chapter = ''heart'') AS heart FROM visits v JOIN codes c ON c.code = v.code GROUP BY 1) x GROUP BY 1 /patient/');
SELECT ask('SELECT heart, count(*) FROM (SELECT v.patient, every(c.chapter = ''heart'') AS heart FROM visits v JOIN codes c ON c.code = v.code GROUP BY 1) x GROUP BY 1 /patient/');
SELECT ask('SELECT h, l, count(*) FROM (SELECT v.patient, max((c.chapter = ''heart'')::int) AS h, min((c.chapter = ''lung'')::int) AS l FROM visits v JOIN codes c ON c.code = v.code GROUP BY 1) x GROUP BY 1, 2 /patient/');
SELECT ask('SELECT l, count(*) FROM (SELECT v.patient, min(CASE WHEN c.chapter = ''lung'' THEN 1 ELSE 0 END) AS l FROM visits v JOIN codes c ON c.code = v.code GROUP BY 1) x GROUP BY 1 /patient/');
SELECT ask('SELECT count(*) FILTER (WHERE heart), count(*) FILTER (WHERE NOT heart), count(*) FROM (SELECT v.patient, bool_or(c.chapter = ''heart'') AS heart FROM visits v JOIN codes c ON c.code = v.code WHERE c.chapter IS NOT NULL GROUP BY 1) x');
SELECT ask('SELECT count(*) FROM (SELECT v.patient FROM visits v JOIN codes c ON c.code = v.code GROUP BY 1 HAVING bool_or(c.chapter = ''lung'') AND NOT bool_and(c.chapter = ''lung'')) x');
SELECT ask('SELECT heart, count(*) FROM (SELECT v.patient, bool_or(c.chapter = ''heart'') FILTER (WHERE v.code <> ''I10'') AS heart FROM visits v JOIN codes c ON c.code = v.code GROUP BY 1) x GROUP BY 1 /patient/');
SELECT ask('SELECT heart, count(*) FROM (SELECT patient, bool_or(chapter = ''heart'') AS heart FROM (SELECT v.patient, c.chapter FROM visits v JOIN codes c ON c.code = v.code) y GROUP BY 1) x GROUP BY 1 /patient/');
SELECT ask('SELECT avg(h::int) FROM (SELECT v.patient, bool_or(v.code = c.code AND c.chapter IS NOT NULL) AS h FROM visits v JOIN codes c ON c.code = v.code GROUP BY 1) x');
SELECT attack('SELECT rare, count(*) FROM (SELECT v.patient, bool_or(c.chapter = ''rare'') AS rare FROM visits v JOIN codes c ON c.code = v.code GROUP BY 1) x GROUP BY 1');
SELECT attack('SELECT avg(h) FROM (SELECT v.patient, max((c.chapter = ''rare'')::int) AS h FROM visits v JOIN codes c ON c.code = v.code GROUP BY 1) x');
SELECT attack('SELECT b, count(*) FROM (SELECT v.patient, bool_or(w.b) AS b FROM visits v JOIN wanted w ON w.k = v.patient GROUP BY 1) x GROUP BY 1');
SELECT attack('SELECT b, count(*) FROM (SELECT v.patient, bool_or(w.b) AS b FROM visits v LEFT JOIN wanted w ON w.k = v.patient GROUP BY 1) x GROUP BY 1');
SELECT attack('SELECT b, count(*) FROM (SELECT v.patient, bool_and(w.b OR v.code = ''Z1'') AS b FROM visits v LEFT JOIN wanted w ON w.k = v.patient GROUP BY 1) x GROUP BY 1');
SELECT attack('SELECT b, count(*) FROM (SELECT v.patient, bool_or(w.lab = v.code) AS b FROM visits v LEFT JOIN wanted w ON w.k = v.patient GROUP BY 1) x GROUP BY 1');
SELECT attack('SELECT bool_or(c.chapter = ''rare'') FROM visits v JOIN codes c ON c.code = v.code');
SELECT attack('SELECT b, count(*) FROM (SELECT v.patient, bool_or(c.chapter = ''rare'' OR v.patient = 901) AS b FROM visits v JOIN codes c ON c.code = v.code GROUP BY 1) x GROUP BY 1');
SELECT attack('SELECT b, count(*) FROM (SELECT v.patient, bool_or(c.chapter = ''heart'' AND v.cost > 4000) AS b FROM visits v JOIN codes c ON c.code = v.code GROUP BY 1) x GROUP BY 1');
SELECT attack('SELECT b, count(*) FROM (SELECT v.patient, bool_or(v.patient IN (SELECT k FROM wanted)) AS b FROM visits v GROUP BY 1) x GROUP BY 1');

-- ---------- flags of those with a match ----------
SELECT ask('SELECT coalesce(s.f, 0) AS k, count(*) FROM patients p LEFT JOIN (SELECT DISTINCT buyer, 1 AS f FROM sales) s ON s.buyer = p.patient GROUP BY 1');
SELECT ask('SELECT coalesce(s.f, false) AS k, coalesce(s.g, ''no'') AS g, count(*) FROM patients p LEFT JOIN (SELECT buyer, true AS f, ''yes''::text AS g FROM sales GROUP BY buyer) s ON s.buyer = p.patient GROUP BY 1, 2');
SELECT ask('SELECT CASE WHEN s.f = 1 THEN ''yes'' ELSE ''no'' END AS k, count(*) FROM patients p LEFT JOIN (SELECT DISTINCT buyer, 1 AS f FROM sales) s ON s.buyer = p.patient GROUP BY 1');
SELECT ask('SELECT CASE s.f WHEN 1 THEN ''yes'' ELSE ''no'' END AS k, count(*) FROM patients p LEFT JOIN (SELECT DISTINCT buyer, 1 AS f FROM sales) s ON s.buyer = p.patient GROUP BY 1');
SELECT ask('SELECT s.f, count(*) FROM patients p LEFT JOIN (SELECT DISTINCT buyer, 1 AS f FROM sales) s ON s.buyer = p.patient GROUP BY 1');
SELECT ask('SELECT p.city, count(*) FROM patients p LEFT JOIN (SELECT DISTINCT buyer, 1 AS f FROM sales) s ON s.buyer = p.patient WHERE coalesce(s.f, 0) = 0 GROUP BY 1 /p.patient/');
SELECT ask('SELECT p.city, count(*) FROM patients p LEFT JOIN (SELECT DISTINCT buyer, 1 AS f FROM sales) s ON s.buyer = p.patient WHERE s.f IN (1, 2) GROUP BY 1 /p.patient/');
SELECT ask('SELECT p.city, count(*) FROM patients p LEFT JOIN (SELECT buyer, true AS f, ''yes''::text AS g FROM sales GROUP BY buyer) s ON s.buyer = p.patient WHERE NOT coalesce(s.f, false) GROUP BY 1 /p.patient/');
SELECT ask('SELECT p.city, count(*) FROM patients p LEFT JOIN (SELECT buyer, true AS f, ''yes''::text AS g FROM sales GROUP BY buyer) s ON s.buyer = p.patient WHERE s.f GROUP BY 1 /p.patient/');
SELECT ask('SELECT count(*) FILTER (WHERE s.f IS TRUE), count(*) FILTER (WHERE s.f IS NOT TRUE), count(*) FILTER (WHERE s.f AND p.age < 50), count(*) FROM patients p LEFT JOIN (SELECT buyer, true AS f, ''yes''::text AS g FROM sales GROUP BY buyer) s ON s.buyer = p.patient');
SELECT ask('SELECT count(*) FILTER (WHERE s.f IS DISTINCT FROM 1), sum(s.f), count(s.f), avg(coalesce(s.f, 0)), sum(CASE WHEN s.f > 0 THEN 1 ELSE 0 END) FROM patients p LEFT JOIN (SELECT DISTINCT buyer, 1 AS f FROM sales) s ON s.buyer = p.patient');
SELECT ask('SELECT coalesce(s.f, 0) AS a, coalesce(v.g, 0) AS b, count(*) FROM patients p LEFT JOIN (SELECT DISTINCT buyer, 1 AS f FROM sales) s ON s.buyer = p.patient LEFT JOIN (SELECT DISTINCT patient, 1 AS g FROM visits WHERE code = ''I10'') v ON v.patient = p.patient GROUP BY 1, 2');
SELECT ask('WITH s AS (SELECT DISTINCT buyer, 1 AS f FROM sales WHERE item = ''tea'') SELECT coalesce(s.f, 0) AS k, count(*) FROM patients p LEFT JOIN s ON s.buyer = p.patient GROUP BY 1');
SELECT ask('SELECT k, count(*) FROM (SELECT p.patient, coalesce(s.f, 0) AS k FROM patients p LEFT JOIN (SELECT DISTINCT buyer, 1 AS f FROM sales) s ON s.buyer = p.patient) x GROUP BY 1');
-- a value is skipped where it is equal to another, not where that is null
SELECT ask('SELECT count(*) AS n, count(nullif(p.city, v.code)) AS a, count(nullif(p.city, ''Oslo'')) AS b, count(nullif(p.city, NULL)) AS c, count(nullif(v.code, p.city)) AS d FROM patients p JOIN visits v USING (patient)');
SELECT ask('SELECT n, count(*) FROM (SELECT p.patient, count(nullif(p.city, v.code)) AS n FROM patients p JOIN visits v USING (patient) GROUP BY p.patient) x GROUP BY n');
-- what stands around a CASE of a key may make something of its null
SELECT ask('SELECT city, count(*) AS n, count(CASE city WHEN ''Oslo'' THEN v.code END IS NULL) AS a, count(CASE WHEN city = ''Oslo'' THEN v.code END IS DISTINCT FROM ''I10'') AS b FROM patients p JOIN visits v USING (patient) GROUP BY city /p.patient/');
SELECT ask('SELECT city, count(nullif(v.code, CASE city WHEN ''Oslo'' THEN ''I10'' END)) FROM patients p JOIN visits v USING (patient) GROUP BY city /p.patient/');
-- what is computed of a group stays there
SELECT ask('SELECT count(*) FROM patients p WHERE p.city IN (SELECT (SELECT max(x) FROM (VALUES (q.city)) v (x)) FROM patients q GROUP BY q.city /q.patient/)');
-- an aggregate of the groups inside a sub-select
SELECT attack('SELECT (SELECT max(p.city)), coalesce(n, 0), count(*) FROM patients p LEFT JOIN (SELECT patient, count(*) AS n FROM visits GROUP BY 1) v USING (patient) GROUP BY p.city, 2');
SELECT attack('SELECT u.k, (SELECT count(u.k)), count(*) FROM (SELECT patient, code AS k FROM visits UNION ALL SELECT patient, city FROM patients) u GROUP BY u.k');
-- zero stands for no match inside of casts and products, too
SELECT ask('SELECT p.city, round((avg(coalesce(n, 0)::float8))::numeric, 6) FROM patients p LEFT JOIN (SELECT patient, count(*) AS n FROM visits WHERE code = ''I10'' GROUP BY 1) v USING (patient) GROUP BY 1 /p.patient/');
SELECT ask('SELECT p.city, round((avg(coalesce(n, 0)::numeric))::numeric, 6) FROM patients p LEFT JOIN (SELECT patient, count(*) AS n FROM visits WHERE code = ''I10'' GROUP BY 1) v USING (patient) GROUP BY 1 /p.patient/');
SELECT ask('SELECT p.city, round((avg(1.5 * coalesce(n, 0)))::numeric, 6) FROM patients p LEFT JOIN (SELECT patient, count(*) AS n FROM visits WHERE code = ''I10'' GROUP BY 1) v USING (patient) GROUP BY 1 /p.patient/');
SELECT ask('SELECT p.city, round((avg(coalesce(n, 0) / 2.0))::numeric, 6) FROM patients p LEFT JOIN (SELECT patient, count(*) AS n FROM visits WHERE code = ''I10'' GROUP BY 1) v USING (patient) GROUP BY 1 /p.patient/');
SELECT ask('SELECT p.city, round((sum(-coalesce(n, 0)))::numeric, 6) FROM patients p LEFT JOIN (SELECT patient, count(*) AS n FROM visits WHERE code = ''I10'' GROUP BY 1) v USING (patient) GROUP BY 1 /p.patient/');
SELECT ask('SELECT p.city, round((100.0 * sum(2 * coalesce(n, 0)) / count(*))::numeric, 6) FROM patients p LEFT JOIN (SELECT patient, count(*) AS n FROM visits WHERE code = ''I10'' GROUP BY 1) v USING (patient) GROUP BY 1 /p.patient/');
SELECT attack('SELECT avg(1.5 * coalesce(n, 0)) FROM patients p LEFT JOIN (SELECT buyer AS patient, count(*) AS n, sum(price) AS s FROM sales WHERE item = ''salve'' GROUP BY 1) v USING (patient)');
SELECT attack('SELECT sum(coalesce(s, 0)::float8) FROM patients p LEFT JOIN (SELECT buyer AS patient, count(*) AS n, sum(price) AS s FROM sales WHERE item = ''salve'' GROUP BY 1) v USING (patient)');
SELECT attack('SELECT sum(2 * coalesce(n, 0) + 1) FROM patients p LEFT JOIN (SELECT buyer AS patient, count(*) AS n, sum(price) AS s FROM sales WHERE item = ''salve'' GROUP BY 1) v USING (patient)');
SELECT attack('SELECT sum((1 + coalesce(n, 0))::float8) FROM patients p LEFT JOIN (SELECT buyer AS patient, count(*) AS n, sum(price) AS s FROM sales WHERE item = ''salve'' GROUP BY 1) v USING (patient)');
SELECT attack('SELECT sum(coalesce(n, 0) * coalesce(s, 0)) FROM patients p LEFT JOIN (SELECT buyer AS patient, count(*) AS n, sum(price) AS s FROM sales WHERE item = ''salve'' GROUP BY 1) v USING (patient)');
SELECT attack('SELECT sum(0 / coalesce(n, 0)) FROM patients p LEFT JOIN (SELECT buyer AS patient, count(*) AS n, sum(price) AS s FROM sales WHERE item = ''salve'' GROUP BY 1) v USING (patient)');
SELECT attack('SELECT sum(1.0 / coalesce(n, 0)) FROM patients p LEFT JOIN (SELECT buyer AS patient, count(*) AS n, sum(price) AS s FROM sales WHERE item = ''salve'' GROUP BY 1) v USING (patient)');
SELECT attack('SELECT sum(coalesce(n, 0) * p.age) FROM patients p LEFT JOIN (SELECT buyer AS patient, count(*) AS n, sum(price) AS s FROM sales WHERE item = ''salve'' GROUP BY 1) v USING (patient)');
SELECT attack('SELECT avg(power(2, coalesce(n, 0))) FROM patients p LEFT JOIN (SELECT buyer AS patient, count(*) AS n, sum(price) AS s FROM sales WHERE item = ''salve'' GROUP BY 1) v USING (patient)');
SELECT attack('SELECT sum(coalesce(n, 0)::text::int) FROM patients p LEFT JOIN (SELECT buyer AS patient, count(*) AS n, sum(price) AS s FROM sales WHERE item = ''salve'' GROUP BY 1) v USING (patient)');
-- of few people they tell no more than the tests do
SELECT attack('SELECT count(*) FILTER (WHERE NOT (s.f = 1)) AS nobody, count(*) FROM patients p LEFT JOIN (SELECT DISTINCT buyer, 1 AS f FROM sales) s ON s.buyer = p.patient');
SELECT attack('SELECT coalesce(s.f, 0) AS k, count(*) FROM patients p LEFT JOIN (SELECT DISTINCT buyer, 1 AS f FROM sales WHERE item = ''salve'') s ON s.buyer = p.patient GROUP BY 1');
SELECT attack('SELECT p.city, count(*) FROM patients p LEFT JOIN (SELECT DISTINCT buyer, 1 AS f FROM sales WHERE item = ''salve'') s ON s.buyer = p.patient WHERE coalesce(s.f, 0) = 0 GROUP BY 1');
SELECT attack('SELECT count(*) FILTER (WHERE s.f = 1), count(*) FROM patients p LEFT JOIN (SELECT DISTINCT buyer, 1 AS f FROM sales WHERE item = ''salve'') s ON s.buyer = p.patient');
SELECT attack('SELECT count(*) FILTER (WHERE s.f IS NULL), count(*) FROM patients p LEFT JOIN (SELECT DISTINCT buyer, 1 AS f FROM sales WHERE item = ''salve'') s ON s.buyer = p.patient');
SELECT attack('SELECT sum(coalesce(s.f, 1000)), avg(coalesce(s.f, 1000)) FROM patients p LEFT JOIN (SELECT DISTINCT buyer, 1 AS f FROM sales WHERE item = ''salve'') s ON s.buyer = p.patient');
SELECT attack('SELECT count(*) FROM patients p LEFT JOIN (SELECT DISTINCT buyer, 1 AS f FROM sales WHERE item = ''salve'') s ON s.buyer = p.patient WHERE s.f = 1 OR p.age < 30');
SELECT attack('SELECT count(*) FROM patients p LEFT JOIN (SELECT DISTINCT buyer, 1 AS f FROM sales) s ON s.buyer = p.patient WHERE coalesce(s.f, 0) = p.age - 99');
SELECT attack('SELECT coalesce(s.f, p.age), count(*) FROM patients p LEFT JOIN (SELECT DISTINCT buyer, 1 AS f FROM sales WHERE item = ''salve'') s ON s.buyer = p.patient GROUP BY 1');
SELECT attack('SELECT coalesce(w.f, 0) AS k, count(*) FROM patients p LEFT JOIN (SELECT DISTINCT k, 1 AS f FROM wanted) w ON w.k = p.patient GROUP BY 1');
SELECT attack('SELECT p.city, count(*) FROM patients p LEFT JOIN (SELECT DISTINCT buyer, item, 1 AS f FROM sales) s ON s.buyer = p.patient WHERE coalesce(s.f, 0) = 0 GROUP BY 1');
SELECT attack('SELECT coalesce(s.f, 0) AS k, count(*) FROM patients p LEFT JOIN (SELECT 1 AS f, buyer FROM sales) s ON s.buyer = p.patient GROUP BY 1');
SELECT attack('SELECT coalesce(s.f, 0) AS k, count(*) FROM patients p LEFT JOIN (SELECT DISTINCT buyer, 1 AS f FROM sales) s ON s.buyer = p.patient AND p.age > 99 GROUP BY 1');

-- ---------- people of two tables, asked about by one of their units ----------
SELECT ask('SELECT p.city, count(*) FROM patients p WHERE p.patient IN (SELECT v.patient FROM visits v JOIN sales s ON s.buyer = v.patient GROUP BY v.patient HAVING count(*) > 3) GROUP BY 1 /p.patient/');
SELECT ask('SELECT p.city, count(*) FROM patients p WHERE p.patient IN (SELECT v.patient FROM visits v JOIN sales s ON s.buyer = v.patient WHERE s.item = ''tea'' GROUP BY v.patient) GROUP BY 1 /p.patient/');
SELECT ask('SELECT p.city, count(*) FROM patients p WHERE EXISTS (SELECT FROM visits v JOIN sales s ON s.buyer = v.patient WHERE v.patient = p.patient GROUP BY v.patient HAVING count(*) > 3) GROUP BY 1 /p.patient/');
SELECT ask('SELECT p.city, count(*) FROM patients p WHERE p.patient NOT IN (SELECT v.patient FROM visits v JOIN sales s ON s.buyer = v.patient GROUP BY v.patient HAVING count(*) > 3) GROUP BY 1 /p.patient/');
SELECT ask('SELECT count(*) FROM patients p WHERE p.patient IN (SELECT v.patient FROM visits v WHERE v.patient IN (SELECT buyer FROM sales) GROUP BY v.patient HAVING count(*) > 2)');
SELECT ask('SELECT n, count(*) FROM (SELECT b.patient, count(*) AS n FROM sales s JOIN (SELECT p.patient, min(v.code) AS code FROM patients p JOIN visits v ON v.patient = p.patient GROUP BY p.patient) b ON b.patient = s.buyer GROUP BY b.patient) x GROUP BY 1 [[HAVING count(*) >= 5]]');
SELECT ask('WITH a AS (SELECT DISTINCT patient FROM visits WHERE code = ''I10''), b AS (SELECT DISTINCT s.buyer FROM sales s JOIN a ON a.patient = s.buyer), c AS (SELECT DISTINCT p.patient FROM patients p JOIN b ON b.buyer = p.patient) SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM b), (SELECT count(*) FROM c)');
SELECT ask('SELECT n, avg(spent), count(*) FROM (SELECT x.patient, x.n, sum(s.price) AS spent FROM (SELECT p.patient, count(v.visit) AS n FROM patients p JOIN visits v ON v.patient = p.patient GROUP BY 1) x JOIN sales s ON s.buyer = x.patient GROUP BY 1, 2) y GROUP BY 1 [[HAVING count(*) >= 5]]');
SELECT ask('SELECT avg(spent), count(*) FROM (SELECT x.patient, sum(s.price) AS spent FROM (SELECT p.patient, count(v.visit) AS n FROM patients p LEFT JOIN visits v ON v.patient = p.patient GROUP BY 1) x JOIN sales s ON s.buyer = x.patient GROUP BY 1) y');
-- few people of either table, or units that nothing equates
SELECT attack('SELECT p.city, count(*) FROM patients p WHERE p.patient IN (SELECT v.patient FROM visits v JOIN sales s ON s.buyer = v.patient WHERE s.item = ''salve'' GROUP BY v.patient) GROUP BY 1');
SELECT attack('SELECT count(*) FROM patients p WHERE p.patient NOT IN (SELECT v.patient FROM visits v JOIN sales s ON s.buyer = v.patient WHERE s.item = ''salve'' GROUP BY v.patient)');
SELECT attack('SELECT count(*) FILTER (WHERE EXISTS (SELECT FROM visits v JOIN sales s ON s.buyer = v.patient WHERE s.item = ''salve'' AND v.patient = p.patient GROUP BY v.patient)), count(*) FROM patients p');
SELECT attack('SELECT count(*) FROM patients p WHERE p.patient NOT IN (SELECT v.patient FROM visits v JOIN sales s ON s.buyer = v.patient GROUP BY v.patient HAVING count(*) > 8) AND p.age > 97');
SELECT attack('SELECT count(*) FROM patients p WHERE p.patient IN (SELECT v.patient FROM visits v JOIN sales s ON s.buyer = v.patient JOIN wanted w ON w.k = v.patient GROUP BY v.patient)');
SELECT attack('SELECT count(*) FROM patients p WHERE p.patient NOT IN (SELECT v.patient FROM visits v JOIN sales s ON s.buyer = v.patient JOIN wanted w ON w.k = v.patient GROUP BY v.patient)');
SELECT attack('SELECT n, count(*) FROM (SELECT b.patient, count(*) AS n FROM sales s JOIN (SELECT p.patient, min(v.code) AS code FROM patients p JOIN visits v ON v.patient = p.patient GROUP BY p.patient) b ON b.patient = s.buyer WHERE b.code LIKE ''Z%'' GROUP BY b.patient) x GROUP BY 1');
SELECT attack('SELECT n, count(*) FROM (SELECT b.patient, count(*) AS n FROM visits v JOIN (SELECT p.patient, s.buyer FROM patients p JOIN sales s ON s.item = p.city GROUP BY 1, 2) b ON b.patient = v.patient GROUP BY b.patient) x GROUP BY 1');
SELECT attack('SELECT n, count(*) FROM (SELECT b.patient, count(*) AS n FROM visits v JOIN (SELECT p.patient, v.patient AS other FROM patients p JOIN visits v ON v.visit = p.patient GROUP BY 1, 2) b ON b.patient = v.patient GROUP BY b.patient) x GROUP BY 1');
SELECT attack('SELECT n, count(*) FROM (SELECT b.patient, count(*) AS n FROM sales s JOIN (SELECT p.patient, v.patient AS other FROM patients p LEFT JOIN visits v ON v.patient = p.patient AND p.age > 30 GROUP BY 1, 2) b ON b.patient = s.buyer GROUP BY b.patient) x GROUP BY 1');
SELECT attack('SELECT count(*) FROM patients p WHERE p.patient IN (SELECT v.patient FROM visits v JOIN visits o ON o.visit = v.visit GROUP BY v.patient)');

-- ---------- conditions between the tables of a LEFT JOIN ----------
SELECT ask('SELECT city, avg(n), count(*) FROM (SELECT p.patient, p.city, count(v.visit) AS n FROM patients p LEFT JOIN visits v ON v.patient = p.patient AND (v.code = ''I10'' OR p.city = ''Oslo'' AND v.code = ''J45'') GROUP BY 1, 2) x GROUP BY 1 [[HAVING count(*) >= 5]]');
SELECT attack('SELECT n, count(*) FROM (SELECT p.patient, count(v.visit) AS n, min(p.city) AS city FROM patients p LEFT JOIN visits v ON v.patient = p.patient AND (v.code > ''I'' OR p.city = ''Oslo'') AND v.code <> ''I21'' GROUP BY 1) x GROUP BY 1');
SELECT ask('SELECT city, round(avg(coalesce(s, 0)), 10), round(avg(m), 10) FROM (SELECT p.patient, p.city, sum(v.cost) FILTER (WHERE v.code > ''A'') AS s, avg(v.minutes) AS m FROM patients p LEFT JOIN visits v ON v.patient = p.patient AND (v.code = ''I10'' OR p.city = ''Oslo'' AND v.code = ''J45'') GROUP BY 1, 2) x GROUP BY 1 [[HAVING count(*) >= 5]]');
SELECT ask('SELECT city, count(*) FROM (SELECT p.patient, p.city FROM visits v RIGHT JOIN patients p ON v.patient = p.patient AND (v.code = ''I10'' OR p.city = ''Oslo'' AND v.code = ''J45'') GROUP BY 1, 2 HAVING count(v.visit) > 1) x GROUP BY 1 [[HAVING count(*) >= 5]]');
SELECT ask('SELECT city, avg(n), avg(k) FROM (SELECT p.patient, p.city, count(DISTINCT v.visit) AS n, count(DISTINCT s.item) AS k FROM patients p LEFT JOIN visits v ON v.patient = p.patient AND (v.code = ''I10'' OR p.city = ''Oslo'' AND v.code = ''J45'') LEFT JOIN sales s ON s.buyer = p.patient AND (s.item = ''tea'' OR p.city = ''Oslo'' AND s.item = ''cream'') GROUP BY 1, 2) x GROUP BY 1 [[HAVING count(*) >= 5]]');
SELECT attack('SELECT n, count(*) FROM (SELECT s.buyer, count(DISTINCT v.visit) AS n, count(DISTINCT s.item) AS k FROM sales s LEFT JOIN (patients p LEFT JOIN visits v ON v.patient = p.patient AND (v.code = ''I10'' OR p.city = ''Oslo'')) ON p.patient = s.buyer GROUP BY 1) x WHERE n > 0 GROUP BY 1');
SELECT ask('SELECT city, avg(n) FROM (SELECT p.patient, p.city, count(*) FILTER (WHERE (v.code = ''I10'' OR p.city = ''Oslo'' AND v.code = ''J45'')) AS n FROM patients p LEFT JOIN visits v ON v.patient = p.patient GROUP BY 1, 2) x GROUP BY 1 [[HAVING count(*) >= 5]]');
SELECT attack('SELECT city, avg(n), count(*) FROM (SELECT p.patient, p.city, count(*) AS n FROM patients p LEFT JOIN visits v ON v.patient = p.patient AND (v.code = ''I10'' OR p.city = ''Oslo'' AND v.code = ''J45'') GROUP BY 1, 2) x GROUP BY 1');
SELECT attack('SELECT city, count(*) FROM (SELECT p.patient, p.city, count(v.visit) AS n, v.code FROM patients p LEFT JOIN visits v ON v.patient = p.patient AND (v.code = ''I10'' OR p.city = ''Oslo'' AND v.code = ''J45'') GROUP BY 1, 2, 4) x GROUP BY 1');
SELECT attack('SELECT city, count(*) FROM (SELECT p.patient, p.city, count(v.visit) AS n, count(coalesce(v.code, p.city)) AS m FROM patients p LEFT JOIN visits v ON v.patient = p.patient AND (v.code = ''I10'' OR p.city = ''Oslo'' AND v.code = ''J45'') GROUP BY 1, 2) x GROUP BY 1');
SELECT attack('SELECT city, count(*) FROM (SELECT p.patient, p.city, count(v.visit) AS n FROM patients p LEFT JOIN visits v ON v.patient = p.patient AND (v.code = ''I10'' OR p.city = ''Oslo'' AND v.code = ''J45'') WHERE v.code IS NULL GROUP BY 1, 2) x GROUP BY 1');
SELECT attack('SELECT n, count(*), avg(s) FROM (SELECT p.patient, count(v.visit) AS n, sum(v.cost) AS s FROM patients p LEFT JOIN visits v ON v.patient = p.patient AND p.age > 99 GROUP BY 1) x GROUP BY 1');
SELECT attack('SELECT n, count(*), avg(s) FROM (SELECT p.patient, count(v.visit) AS n, sum(v.cost) AS s FROM patients p LEFT JOIN visits v ON v.patient = p.patient AND (v.code LIKE ''Z%'' OR p.city IN (''Moss'', ''Bodo'')) GROUP BY 1) x GROUP BY 1');
SELECT attack('SELECT n, count(*) FROM (SELECT p.patient, count(v.visit) AS n FROM patients p LEFT JOIN visits v ON v.patient = p.patient AND p.patient = 901 GROUP BY 1) x GROUP BY 1');
SELECT attack('SELECT n, count(*) FROM (SELECT p.patient, count(v.visit) AS n FROM patients p LEFT JOIN visits v ON v.patient = p.patient AND v.cost > p.age * 40 GROUP BY 1) x GROUP BY 1');
SELECT attack('SELECT n, count(*) FROM (SELECT p.patient, count(v.visit) AS n FROM patients p JOIN wanted w ON w.k = p.patient LEFT JOIN visits v ON v.patient = p.patient AND w.b GROUP BY 1) x GROUP BY 1');
SELECT attack('SELECT n, count(*) FROM (SELECT p.patient, count(v.visit) AS n FROM patients p LEFT JOIN wanted w ON w.k = p.patient LEFT JOIN visits v ON v.patient = p.patient AND w.b GROUP BY 1) x GROUP BY 1');

-- ---------- scores of several flags; one group of all ----------
SELECT ask('SELECT avg(score), sum(score) FROM (SELECT patient, max(CASE WHEN code = ''I10'' THEN 1 ELSE 0 END) + max(CASE WHEN code = ''J45'' THEN 3 ELSE 0 END) AS score FROM visits GROUP BY 1) x');
SELECT ask('SELECT score, count(*) FROM (SELECT patient, max(CASE WHEN code = ''I10'' THEN 1 ELSE 0 END) + max(CASE WHEN code = ''J45'' THEN 3 ELSE 0 END) AS score FROM visits GROUP BY 1) x GROUP BY 1 /patient/');
SELECT ask('SELECT count(*), count(*) FILTER (WHERE score >= 3) FROM (SELECT patient, max(CASE WHEN code = ''I10'' THEN 1 ELSE 0 END) + max(CASE WHEN code = ''J45'' THEN 3 ELSE 0 END) AS score FROM visits GROUP BY 1) x');
SELECT ask('SELECT count(*), sum(cost) FROM visits GROUP BY ()');
SELECT ask('SELECT count(*) FROM visits GROUP BY () HAVING count(*) > 100');
SELECT attack('SELECT avg(score), sum(score) FROM (SELECT patient, max(CASE WHEN code = ''I10'' THEN 1 ELSE 0 END) + max(CASE WHEN code LIKE ''Z%'' THEN 1000 ELSE 0 END) AS score FROM visits GROUP BY 1) x');
SELECT attack('SELECT score, count(*) FROM (SELECT patient, max(CASE WHEN code = ''I10'' THEN 1 ELSE 0 END) + max(CASE WHEN code LIKE ''Z%'' THEN 1000 ELSE 0 END) AS score FROM visits GROUP BY 1) x GROUP BY 1');
SELECT attack('SELECT count(*) FILTER (WHERE score > 1) FROM (SELECT patient, max(CASE WHEN code = ''I10'' THEN 1 ELSE 0 END) + max(CASE WHEN code LIKE ''Z%'' THEN 1000 ELSE 0 END) AS score FROM visits GROUP BY 1) x');
SELECT attack('SELECT avg(score) FROM (SELECT patient, max(CASE WHEN code LIKE ''Z%'' THEN 2000000000 ELSE 0 END) AS score FROM visits GROUP BY 1) x');
SELECT attack('SELECT count(*) FROM patients WHERE city = ''Moss'' GROUP BY ()');
SELECT attack('SELECT 1 FROM patients WHERE city = ''Moss'' GROUP BY ()');
SELECT attack('SELECT count(*) FROM patients GROUP BY (), ()');

-- ---------- the other world ----------
SET SESSION AUTHORIZATION regress_cr_mt_clinic;
SELECT fill(2);
SET SESSION AUTHORIZATION regress_cr_mt_shop;
SELECT fill_sales(2);
SET SESSION AUTHORIZATION regress_cr_mt_analyst;
INSERT INTO attacks SELECT 2, attack, answer(attack) FROM attacks;
RESET SESSION AUTHORIZATION;
SELECT count(*) FILTER (WHERE outcome LIKE 'same%') || ' of ' || count(*)
FROM outcomes;
SELECT 'NO HINT', attack FROM attacks WHERE outcome LIKE '%WITHOUT A HINT';
-- what differs, or failed in an unexpected way
SELECT a.attack, a.outcome, b.outcome FROM attacks a JOIN attacks b
    USING (attack)
WHERE a.world = 1 AND b.world = 2 AND (a.outcome <> b.outcome
    OR a.outcome LIKE 'error%' AND a.outcome NOT LIKE 'error RC%')
ORDER BY 1;

SET client_min_messages = error;
RESET search_path;
DROP SCHEMA regress_cr_mt CASCADE;
DROP OWNED BY regress_cr_mt_clinic, regress_cr_mt_shop, regress_cr_mt_analyst;
DROP ROLE regress_cr_mt_clinic, regress_cr_mt_shop, regress_cr_mt_analyst;
