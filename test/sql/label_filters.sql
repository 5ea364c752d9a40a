-- Columns that may be filtered on, but not grouped by, beside columns of what
-- a dimension leads to; and the attacks that this could open.  An answer is
-- compared with the owner's; an attack runs in two worlds that differ in
-- three people, and must be refused, with a hint, or end alike.
\set VERBOSITY terse
\getenv abs_srcdir PG_ABS_SRCDIR
\set analyst regress_cr_f_analyst
\set included :abs_srcdir '/lib/clinic_and_shop.sql'
\i :included
SET SESSION AUTHORIZATION regress_cr_f_analyst;
CREATE TABLE limits (city text PRIMARY KEY, lo int NOT NULL, hi int NOT NULL);
INSERT INTO limits VALUES ('Oslo', 20, 40), ('Bergen', 30, 60), ('Molde', 40, 50), ('Moss', 0, 200), ('Bodo', 0, 200);
CREATE TABLE ages (age int PRIMARY KEY, class text NOT NULL);
INSERT INTO ages SELECT a, 'c' || a FROM generate_series(20, 120) a;
CREATE TABLE people_limits (patient int PRIMARY KEY, lo int NOT NULL);
INSERT INTO people_limits SELECT p, CASE WHEN p = 901 THEN 0 ELSE 30 END FROM generate_series(1, 999) p;
RESET SESSION AUTHORIZATION;

-- ---------- released rows, and the analyst's own ----------
SELECT ask('SELECT v.code, count(*) FROM visits v JOIN (SELECT code, avg(minutes) AS m FROM visits GROUP BY code) a ON a.code = v.code WHERE v.minutes > a.m GROUP BY v.code /v.patient/');
SELECT ask('WITH a AS (SELECT code, avg(minutes) AS m FROM visits GROUP BY code) SELECT count(*), avg(v.cost) FROM visits v JOIN a USING (code) WHERE v.minutes <= a.m');
SELECT ask('SELECT v.code, count(*) FILTER (WHERE v.minutes > a.m) FROM visits v JOIN (SELECT code, avg(minutes) AS m FROM visits GROUP BY code) a ON a.code = v.code GROUP BY v.code /v.patient/');
SELECT ask('SELECT p.city, count(*) FROM patients p JOIN limits l ON l.city = p.city WHERE p.age BETWEEN l.lo AND l.hi GROUP BY 1 /patient/');
SELECT ask('SELECT p.city, avg(v.cost) FROM patients p JOIN limits l ON l.city = p.city JOIN visits v ON v.patient = p.patient WHERE p.age > l.lo GROUP BY 1 /p.patient/');
-- of constants, which bands of the column itself would be, it is refused
SELECT attack('SELECT p.city, count(*) FROM patients p JOIN (VALUES (''Oslo'', 30), (''Bergen'', 40)) l (city, lo) ON l.city = p.city AND p.age >= l.lo GROUP BY 1');
SELECT attack('SELECT l.lo, count(*) FROM patients p JOIN (VALUES (0, 40), (40, 80), (80, 200)) l (lo, hi) ON p.age >= l.lo AND p.age < l.hi GROUP BY 1');

-- ---------- attacks ----------
-- a label that the column leads to, and one that a person leads to
SELECT attack('SELECT g.class, count(*) FROM patients p JOIN ages g ON g.age = p.age GROUP BY 1');
SELECT attack('SELECT count(*) FROM patients p JOIN limits l ON l.city = p.city AND l.lo = p.age');
SELECT attack('SELECT count(*) FROM patients p JOIN people_limits l ON l.patient = p.patient WHERE p.age > l.lo');
SELECT attack('SELECT count(*) FROM patients p JOIN people_limits l ON l.patient = p.patient AND l.lo < p.age');
-- rows that are counted for each limit that they are above
SELECT attack('SELECT count(*) FROM patients p JOIN (VALUES (30), (40), (99)) l (lo) ON p.age >= l.lo');
SELECT attack('SELECT l.lo, count(*) FROM patients p JOIN limits l ON p.age >= l.lo GROUP BY 1');
SELECT attack('SELECT count(*) FROM patients p JOIN limits l ON p.age >= l.lo AND p.age <= l.hi');
SELECT attack('SELECT count(*) FROM patients p JOIN limits l ON l.city = p.city OR p.age > l.lo');
SELECT attack('SELECT count(*) FROM patients p JOIN limits l ON l.city > p.city AND p.age > l.lo');
-- groups and sums of it
SELECT attack('SELECT p.age > l.lo, count(*) FROM patients p JOIN limits l ON l.city = p.city GROUP BY 1');
SELECT attack('SELECT CASE WHEN p.age > l.lo THEN 1 ELSE 2 END, count(*) FROM patients p JOIN limits l ON l.city = p.city GROUP BY 1');
SELECT attack('SELECT sum(p.age - l.lo) FROM patients p JOIN limits l ON l.city = p.city');
SELECT attack('SELECT count(*) FROM patients p LEFT JOIN limits l ON l.city = p.city AND p.age > l.lo WHERE l.city IS NULL');
SELECT attack('SELECT l.city, count(*) FROM patients p LEFT JOIN limits l ON l.city = p.city AND p.age > l.lo GROUP BY 1');
-- with columns of two tables
SELECT attack('SELECT count(*) FROM patients p JOIN visits v ON v.patient = p.patient JOIN limits l ON l.city = p.city WHERE v.minutes > p.age + l.lo');
SELECT attack('SELECT count(*) FROM patients p JOIN visits v ON v.patient = p.patient JOIN limits l ON l.city = p.city WHERE v.minutes > l.lo');
-- those above their limit are few; each person of a city alone
SELECT attack('SELECT count(*) FROM patients p JOIN limits l ON l.city = p.city WHERE p.age > l.hi + 40');
SELECT attack('SELECT p.city, count(*) FROM patients p JOIN limits l ON l.city = p.city WHERE p.age < l.lo + 1 GROUP BY 1');

\set included :abs_srcdir '/lib/clinic_and_shop_end.sql'
\i :included
