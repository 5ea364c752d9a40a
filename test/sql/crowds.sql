-- Joins in which one person's rows are met by crowds of others: by a key that
-- many share, by a map of the analyst's, by way of an outer join.
SET client_min_messages = error;
\set VERBOSITY terse
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_cw_clinic;
CREATE ROLE regress_cr_cw_shop;
CREATE ROLE regress_cr_cw_analyst;
CREATE SCHEMA regress_cr_cw;
GRANT ALL ON SCHEMA regress_cr_cw TO regress_cr_cw_clinic, regress_cr_cw_shop,
    regress_cr_cw_analyst;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_cw_clinic, regress_cr_cw_shop,
    regress_cr_cw_analyst;
SET search_path = regress_cr_cw, pg_catalog;
SET SESSION AUTHORIZATION regress_cr_cw_clinic;
-- the first 60 have an age of their own; nobody is 103
CREATE TABLE a (id int PRIMARY KEY, zip int NOT NULL, age int NOT NULL,
                income int NOT NULL);
INSERT INTO a SELECT i, i % 2, CASE WHEN i <= 60 THEN 100 + i ELSE 20 + i % 50 END,
       1000 + 7 * i FROM generate_series(1, 2000) i WHERE i <> 3;
-- one to four visits each; person 7 has 11, one a day
CREATE TABLE v (visit int PRIMARY KEY, id int NOT NULL, day date NOT NULL,
                amt int NOT NULL, UNIQUE (id, day));
INSERT INTO v SELECT row_number() OVER (), i, date '2024-01-01' + n, 100 + i
  FROM generate_series(1, 60) i,
       LATERAL generate_series(1, CASE WHEN i = 7 THEN 11 ELSE 1 + i % 4 END) n;
CREATE TABLE lines (visit int NOT NULL, line int NOT NULL, id int NOT NULL,
                    price int NOT NULL, PRIMARY KEY (visit, line));
INSERT INTO lines SELECT visit, l, id, l + visit % 5 FROM v, generate_series(1, 3) l;
SELECT cleanroom.protect('a', 'id', 20, dimensions => '{age}', measures => '{income}', join_keys => '{id,zip}');
SELECT cleanroom.protect('v', 'id', 20, dimensions => '{day}', measures => '{amt}', join_keys => '{id,visit}');
SELECT cleanroom.protect('lines', 'id', 20, measures => '{price}', join_keys => '{id,visit,line}');
CREATE TABLE zips (zip int PRIMARY KEY);
INSERT INTO zips SELECT generate_series(0, 99);
CREATE TABLE staff (id int PRIMARY KEY, boss int NOT NULL);
INSERT INTO staff SELECT i, 1 + i % 60 FROM generate_series(101, 600) i;
CREATE TABLE pays (payer int NOT NULL, payee int NOT NULL, amount int NOT NULL);
INSERT INTO pays SELECT 1 + i % 30, i, i FROM generate_series(1, 300) i;
SELECT cleanroom.protect('zips', 'zip', 20, join_keys => '{zip}');
SELECT cleanroom.protect('staff', 'id', 20, join_keys => '{id,boss}');
SELECT cleanroom.protect('pays', 'payer', 20, measures => '{amount}', join_keys => '{payer,payee}');
SELECT cleanroom.set_column('pays', 'payee', 'unit, join');
GRANT SELECT ON zips, staff, pays TO regress_cr_cw_analyst;
GRANT SELECT ON a, v, lines TO regress_cr_cw_analyst;
SET SESSION AUTHORIZATION regress_cr_cw_shop;
CREATE TABLE h (id int PRIMARY KEY, zip int NOT NULL, token text NOT NULL,
                age int NOT NULL, debt int NOT NULL);
INSERT INTO h SELECT i, i % 2, 't' || i, 100 + i, 100 + i * 13 % 97
  FROM generate_series(1, 60) i WHERE i <> 3;
CREATE TABLE few (id int PRIMARY KEY);
INSERT INTO few SELECT generate_series(5001, 5003);
SELECT cleanroom.protect('h', 'id', 20, dimensions => '{age}', measures => '{debt}', join_keys => '{id,zip,token}');
SELECT cleanroom.protect('few', 'id', 20, join_keys => '{id}');
GRANT SELECT ON h, few TO regress_cr_cw_analyst;
SET SESSION AUTHORIZATION regress_cr_cw_clinic;
CREATE TABLE shy (id int PRIMARY KEY, income int NOT NULL);
INSERT INTO shy SELECT i, i FROM generate_series(1, 100) i;
SELECT cleanroom.protect('shy', 'id', 20, measures => '{income}', join_keys => '{id}', join_required => true);
GRANT SELECT ON shy TO regress_cr_cw_analyst;
SET SESSION AUTHORIZATION regress_cr_cw_analyst;
-- 2^(g-1) people are led to person g, of 1 to 8, and one each to those of 9 to 60
CREATE TABLE map (k int PRIMARY KEY, g int NOT NULL);
INSERT INTO map SELECT 100 + row_number() OVER (), g
  FROM generate_series(1, 8) g, LATERAL generate_series(1, (2 ^ (g - 1))::int) n;
INSERT INTO map SELECT 1000 + g, g FROM generate_series(9, 60) g;
CREATE TABLE nothing (k int PRIMARY KEY);
CREATE TABLE bijection (k int PRIMARY KEY, g int UNIQUE NOT NULL);
INSERT INTO bijection SELECT i, 61 - i FROM generate_series(1, 60) i;
CREATE FUNCTION try(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    found text;
    hint text;
BEGIN
    EXECUTE format('SELECT array_agg(q::text) FROM (%s) q', statement) INTO found;
    RETURN coalesce(found, 'nothing');
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
    RETURN SQLSTATE || ' ' || SQLERRM || CASE WHEN hint = '' THEN ' WITHOUT A HINT' ELSE '' END;
END $$;
\pset tuples_only on
\pset format unaligned

-- ---------- attacks: none of these tells anything ----------
-- pairs of all with all
SELECT try('SELECT count(*) FROM a CROSS JOIN a b');
SELECT try('SELECT count(*) FROM a CROSS JOIN a b LEFT JOIN nothing x ON x.k = a.id AND x.k = b.id');
SELECT try('SELECT count(*) FROM a CROSS JOIN a b LEFT JOIN a x ON x.id = a.id AND x.id = b.id');
SELECT try('SELECT count(*) FROM nothing x RIGHT JOIN (a CROSS JOIN a b) ON x.k = a.id AND x.k = b.id');
SELECT try('SELECT count(DISTINCT a.id) FROM a CROSS JOIN h LEFT JOIN nothing x ON x.k = a.id AND x.k = h.id');
SELECT try('SELECT count(*) FROM a, h LEFT JOIN v ON v.id = h.id LEFT JOIN nothing x ON x.k = h.id WHERE a.age > 30');
SELECT try('SELECT count(*) FROM a CROSS JOIN a b LEFT JOIN nothing x ON x.k = a.id AND x.k = b.id WHERE b.age = CASE WHEN a.age < 21 THEN 101 WHEN a.age < 23 THEN 102 WHEN a.age >= 110 THEN a.age END');
-- a map decides how often a person is met
SELECT try('SELECT count(*), sum(h.debt) FROM a JOIN map ON map.k = a.id JOIN h ON h.id = map.g');
SELECT try('SELECT count(*), sum(h.debt) FROM a JOIN map ON map.k = a.id JOIN h ON h.id = map.g LEFT JOIN (VALUES (1)) x (i) ON a.id = h.id');
SELECT try('SELECT count(*) FROM a JOIN map ON map.k = a.id JOIN h ON h.id = map.g LEFT JOIN map m ON m.k = a.id AND a.id = h.id');
SELECT try('SELECT count(*) FROM a JOIN map ON map.k = a.id JOIN h ON h.id = map.g LEFT JOIN map m ON m.k = a.id AND m.k = h.id');
SELECT try('SELECT count(*) FROM a JOIN map ON map.k = a.id JOIN h ON h.id = map.g LEFT JOIN v ON v.id = a.id AND v.id = h.id');
SELECT try('SELECT count(*) FROM a JOIN map ON map.k = a.id JOIN a b ON b.id = map.g LEFT JOIN (VALUES (1)) x (i) ON a.id = b.id');
-- keys that many share
SELECT try('SELECT count(*) FROM a JOIN map ON map.k = a.id JOIN h ON h.id = map.g AND h.zip = a.zip');
SELECT try('SELECT count(*) FROM a JOIN h ON h.zip = a.zip JOIN map ON map.k = a.id AND map.g = h.id');
SELECT try('SELECT count(*) FROM a JOIN h ON h.zip = a.zip WHERE EXISTS (SELECT FROM map WHERE map.k = a.id AND map.g = h.id)');
SELECT try('SELECT count(*) FROM a JOIN a b ON b.zip = a.zip JOIN map ON map.k = a.id AND map.g + 100 = b.age');
SELECT try('SELECT count(*) FROM a JOIN a b USING (zip) WHERE b.age = CASE WHEN a.age < 21 THEN 101 WHEN a.age < 23 THEN 102 WHEN a.age >= 110 THEN a.age END');
SELECT try('SELECT a.age, count(*), sum(h.debt) FROM a JOIN h USING (zip) WHERE a.age < 70 GROUP BY 1');
SELECT try('SELECT sum(h.debt) FILTER (WHERE a.age = 20), sum(h.debt) FILTER (WHERE a.age = 21) FROM a JOIN h USING (zip)');
SELECT try('SELECT avg(n) FROM (SELECT a.id, count(*) AS n FROM a JOIN h USING (zip) GROUP BY a.id, h.id) x');
SELECT try('SELECT count(*), sum(a.income) FROM a LEFT JOIN h ON h.zip = a.zip AND a.age = 107');
SELECT try('SELECT count(*), sum(a.income) FROM a LEFT JOIN (h JOIN h b ON b.id = h.id) ON h.zip = a.zip AND a.age = 107');
SELECT try('SELECT count(*), sum(a.income) FROM a LEFT JOIN h ON h.zip = a.zip AND a.age = 107 LEFT JOIN map ON map.k = h.id');
SELECT try('SELECT count(DISTINCT h.id) FROM a JOIN h USING (zip) WHERE a.age > 40');
SELECT try('SELECT count(*) FROM (SELECT a.id, h.id AS g FROM a JOIN h USING (zip) JOIN map ON map.k = a.id AND map.g = h.id GROUP BY a.id, h.id) x');
SELECT try('SELECT count(*) FROM (SELECT DISTINCT a.id, h.id AS g FROM a JOIN h USING (zip)) x JOIN map ON map.k = x.id AND map.g = x.g');
SELECT try('SELECT sum(h.debt) FROM (SELECT DISTINCT a.id, h.id AS g FROM a JOIN h USING (zip)) x JOIN h ON h.id = x.g');
-- more outer joins than all ways are looked at, one of which must match
SELECT try('SELECT count(DISTINCT h.id) FROM a JOIN h ON h.zip = a.zip LEFT JOIN v x1 ON x1.id = a.id LEFT JOIN v x2 ON x2.id = a.id AND x2.id = h.id LEFT JOIN v x3 ON x3.id = a.id AND x3.id = h.id LEFT JOIN v x4 ON x4.id = a.id AND x4.id = h.id LEFT JOIN v x5 ON x5.id = a.id AND x5.id = h.id LEFT JOIN v x6 ON x6.id = a.id AND x6.id = h.id LEFT JOIN v x7 ON x7.id = a.id AND x7.id = h.id LEFT JOIN v x8 ON x8.id = a.id AND x8.id = h.id WHERE x1.id = a.id AND a.age > 40');
-- a table at which two crowds meet
SELECT try('SELECT count(*) FROM a JOIN zips z ON z.zip = a.zip JOIN h ON h.zip = z.zip JOIN map ON map.k = a.id AND map.g = h.id');
SELECT try('SELECT count(*) FROM a JOIN (SELECT zip, count(*) AS n FROM zips GROUP BY zip) z ON z.zip = a.zip JOIN h ON h.zip = z.zip');
SELECT try('SELECT count(*) FROM staff b JOIN staff c ON c.boss = b.boss JOIN map ON map.k = b.id AND map.g = c.id');
SELECT try('SELECT count(*), sum(u.amount) FROM pays t JOIN pays u ON u.payer = t.payer JOIN map ON map.k = t.payee AND map.g = u.payee');
SELECT try('SELECT count(*) FROM a JOIN bijection b ON b.k = a.id JOIN h ON h.zip = b.g');
SELECT try('SELECT count(*) FROM h JOIN bijection b ON b.g = h.zip WHERE b.k IN (SELECT id FROM a)');
-- a list decides how many meet one person
SELECT try('SELECT count(*), sum(h.debt) FROM staff s JOIN map ON map.k = s.id JOIN h ON h.id = s.boss');
SELECT try('SELECT count(*), sum(h.debt) FROM staff s JOIN h ON h.id = s.boss WHERE s.id IN (SELECT k FROM map)');
SELECT try('SELECT count(*) FROM staff s JOIN map ON map.k = s.id WHERE s.boss IN (SELECT id FROM h)');
SELECT try('SELECT count(*) FROM (SELECT id, boss, count(*) AS n FROM staff GROUP BY id, boss) s JOIN map ON map.k = s.id JOIN h ON h.id = s.boss');
SELECT try('SELECT count(*) FROM h LEFT JOIN (staff s JOIN map ON map.k = s.id) ON s.boss = h.id');
-- whom FILTER leaves out of one branch hides among those of the other
SELECT try('SELECT count(DISTINCT id), count(DISTINCT id) FILTER (WHERE age <> 107) FROM (SELECT id, age FROM h UNION ALL SELECT id, age FROM a) u');
-- copies, of which an outer join seems to fix all by one
SELECT try('SELECT count(*) FROM v a JOIN v b USING (id) JOIN v c USING (id)');
SELECT try('SELECT count(*) FROM v a JOIN v b ON b.id = a.id JOIN v c ON c.id = a.id LEFT JOIN nothing l ON l.k = a.visit AND l.k = b.visit AND l.k = c.visit');
SELECT try('SELECT count(*) FROM v a JOIN v b ON b.id = a.id JOIN v c ON c.id = a.id LEFT JOIN (VALUES (date ''1999-01-01'')) l (day) ON l.day = a.day AND l.day = b.day AND l.day = c.day');
SELECT try('SELECT count(*) FROM v a JOIN v b ON b.id = a.id JOIN v c ON c.id = a.id LEFT JOIN lines l ON l.visit = a.visit AND l.visit = b.visit AND l.visit = c.visit AND l.line = 1');
SELECT try('SELECT sum(x.n) FROM (SELECT a.id, count(*) AS n FROM v a JOIN v b ON b.id = a.id JOIN v c ON c.id = a.id LEFT JOIN nothing l ON l.k = a.visit AND l.k = b.visit AND l.k = c.visit GROUP BY a.id) x');
-- an outer join of which nothing is asked is none
SELECT try('SELECT count(*), sum(income) FROM shy');
SELECT try('SELECT count(*), sum(income) FROM shy LEFT JOIN few ON few.id = shy.id');
SELECT try('SELECT count(*), sum(income) FROM shy LEFT JOIN (SELECT DISTINCT id FROM few) q ON q.id = shy.id');
SELECT try('SELECT count(*), count(few.id) FROM shy LEFT JOIN few ON few.id = shy.id');

-- ---------- honest ones ----------
SELECT try('SELECT count(*), sum(h.debt) FROM a JOIN h ON h.id = a.id');
SELECT try('SELECT count(*), sum(h.debt) FROM a JOIN h USING (id, zip)');
SELECT try('SELECT count(*), sum(h.debt) FROM staff s JOIN h ON h.id = s.boss');
SELECT try('SELECT count(*) FROM staff s JOIN h ON h.id = s.boss JOIN bijection b ON b.k = h.id WHERE b.g < 50');
SELECT try('SELECT count(DISTINCT h.id) FROM staff s JOIN map ON map.k = s.id JOIN h ON h.id = s.boss');
SELECT try('SELECT count(*) FROM staff WHERE boss IN (SELECT id FROM h)');
SELECT try('SELECT n, count(*) FROM (SELECT h.id, count(s.id) AS n FROM h JOIN staff s ON s.boss = h.id GROUP BY h.id, s.id) x GROUP BY n');
SELECT try('SELECT count(*), sum(t.amount) FROM pays t JOIN h ON h.id = t.payer');
SELECT try('SELECT count(*), count(s.id) FROM h LEFT JOIN staff s ON s.boss = h.id');
SELECT try('SELECT count(*) FROM a WHERE id IN (SELECT id FROM h) AND age > 120');
SELECT try('SELECT count(*), sum(v.amt), sum(l.price) FROM v JOIN lines l ON l.visit = v.visit');
SELECT try('SELECT count(*), sum(l.price) FROM lines l LEFT JOIN v USING (visit) LEFT JOIN a ON a.id = v.id LEFT JOIN h ON h.id = a.id');
SELECT try('SELECT count(*), sum(l.price) FROM a LEFT JOIN v ON v.id = a.id LEFT JOIN lines l ON l.visit = v.visit AND l.id = a.id WHERE a.id IN (SELECT id FROM h)');
SELECT try('SELECT count(*), sum(h.debt) FROM a JOIN bijection b ON b.k = a.id JOIN h ON h.id = b.g');
SELECT try('SELECT count(*), sum(h.debt) FROM bijection b LEFT JOIN a ON a.id = b.k LEFT JOIN h ON h.id = b.g');
SELECT try('SELECT count(*) FROM v a JOIN v b ON b.id = a.id');
SELECT try('SELECT count(*) FROM v a JOIN v b ON b.id = a.id LEFT JOIN nothing l ON l.k = a.visit');
SELECT try('SELECT count(*), sum(a.amt) FROM v a LEFT JOIN v b ON b.id = a.id AND b.day = a.day + 1');
SELECT try('SELECT count(*), sum(income) FROM shy JOIN h ON h.id = shy.id');
SELECT try('SELECT count(*), count(h.id) FROM shy LEFT JOIN h ON h.id = shy.id');

\pset tuples_only off
\pset format aligned
RESET SESSION AUTHORIZATION;
DROP SCHEMA regress_cr_cw CASCADE;
DROP OWNED BY regress_cr_cw_clinic, regress_cr_cw_shop, regress_cr_cw_analyst;
DROP ROLE regress_cr_cw_clinic, regress_cr_cw_shop, regress_cr_cw_analyst;
