-- People of several tables together: who is in one or the other, counted
-- once, and cohorts that are a UNION; and the attacks that this could open.
-- An answer is compared with the owner's; an attack runs in two worlds that
-- differ in three people, and must be refused, with a hint, or end alike.
\set VERBOSITY terse
\getenv abs_srcdir PG_ABS_SRCDIR
\set analyst regress_cr_f_analyst
\set included :abs_srcdir '/lib/clinic_and_shop.sql'
\i :included

-- ---------- reach ----------
SELECT ask('SELECT count(DISTINCT p) FROM (SELECT patient AS p FROM visits WHERE day < ''2024-02-15'' UNION ALL SELECT buyer FROM sales WHERE item = ''tea'') u');
SELECT ask('SELECT count(*), count(DISTINCT p), avg(amount) FROM (SELECT patient AS p, cost AS amount FROM visits WHERE day < ''2024-02-15'' UNION ALL SELECT buyer, price FROM sales WHERE item = ''tea'') u');
SELECT ask('SELECT count(*) FROM (SELECT patient FROM visits WHERE day < ''2024-02-15'' UNION SELECT buyer FROM sales WHERE item = ''tea'') u');
SELECT ask('SELECT count(DISTINCT patient) FROM (SELECT patient, day FROM visits UNION SELECT buyer, sold::date FROM sales WHERE item = ''tea'') u WHERE day < ''2024-02-15''');
SELECT ask('SELECT count(*) FROM (SELECT DISTINCT p FROM (SELECT patient AS p, day FROM visits UNION ALL SELECT buyer, sold::date FROM sales WHERE item = ''tea'') u WHERE day < ''2024-02-15'') v');
SELECT ask('SELECT count(*) FROM (SELECT p FROM (SELECT patient AS p FROM visits WHERE day < ''2024-02-15'' UNION ALL SELECT buyer FROM sales WHERE item = ''tea'') u GROUP BY p) v');
SELECT ask('WITH reached AS (SELECT patient FROM visits WHERE day < ''2024-02-15'' UNION SELECT buyer FROM sales WHERE item = ''tea'' UNION SELECT patient FROM patients WHERE age < 30) SELECT count(patient) AS n FROM reached');
SELECT ask('SELECT source, count(*), count(DISTINCT p) FROM (SELECT ''a'' AS source, patient AS p FROM visits UNION SELECT ''b'', buyer FROM sales) u GROUP BY source');
SELECT ask('SELECT source, count(DISTINCT p) FROM (SELECT ''a'' AS source, patient AS p FROM visits WHERE day < ''2024-02-15'' UNION ALL SELECT ''a'', buyer FROM sales WHERE item = ''tea'' UNION ALL SELECT ''c'', buyer FROM sales) u GROUP BY source');
-- of each group, and with conditions that leave branches out
SELECT ask('SELECT month, count(*) FROM (SELECT patient, day > ''2024-03-01'' AS month FROM visits WHERE minutes < 20 UNION SELECT patient, day > ''2024-03-01'' FROM visits WHERE minutes > 30) u GROUP BY month');
SELECT ask('SELECT city, count(DISTINCT p) FROM (SELECT patient AS p, city FROM patients WHERE age < 50 UNION ALL SELECT patient, city FROM patients WHERE age > 40) u GROUP BY city');
SELECT ask('SELECT city, count(*) AS n FROM (SELECT patient AS p, city FROM patients WHERE age < 50 UNION SELECT patient, city FROM patients WHERE age > 40) u GROUP BY city HAVING count(*) > 5');
SELECT ask('SELECT count(DISTINCT p), count(DISTINCT p) FILTER (WHERE source = ''b'') FROM (SELECT ''a'' AS source, patient AS p FROM visits WHERE day < ''2024-02-15'' UNION ALL SELECT ''b'', buyer FROM sales WHERE item = ''tea'') u');
-- nobody is in both: as the sum
SELECT ask('SELECT count(DISTINCT patient) FROM (SELECT patient FROM patients WHERE age < 30 UNION ALL SELECT patient FROM patients WHERE age > 60) u');
-- a code may be missing: people without one in both are not told apart
SELECT ask('SELECT code, count(DISTINCT p) FROM (SELECT patient AS p, code FROM visits WHERE minutes < 20 UNION ALL SELECT patient, code FROM visits WHERE minutes > 30) u GROUP BY code');
SELECT ask('SELECT code, count(DISTINCT p) FROM (SELECT patient AS p, code FROM visits WHERE minutes < 20 AND code IS NOT NULL UNION ALL SELECT patient, code FROM visits WHERE minutes > 30 AND code IS NOT NULL) u GROUP BY code /p/');
-- by what is computed of columns
SELECT ask('SELECT date_trunc(''month'', day) AS month, count(DISTINCT p) FROM (SELECT patient AS p, day FROM visits WHERE minutes < 20 UNION ALL SELECT patient, day FROM visits WHERE minutes > 30) u GROUP BY 1 /p/');
SELECT ask('SELECT CASE WHEN city = ''Oslo'' THEN ''capital'' ELSE ''other'' END AS place, count(DISTINCT p) FROM (SELECT patient AS p, city FROM patients WHERE age < 50 UNION ALL SELECT patient, city FROM patients WHERE age > 40) u GROUP BY 1 /p/');
SELECT ask('SELECT coalesce(code, ''none'') AS code, count(DISTINCT p), count(*) FROM (SELECT patient AS p, code FROM visits WHERE minutes < 20 UNION ALL SELECT patient, code FROM visits WHERE minutes > 30) u GROUP BY 1');
SELECT ask('SELECT upper(city) AS city, left(city, 1) = ''M'' AS m, count(DISTINCT p) FROM (SELECT patient AS p, city, age FROM patients WHERE age < 50 UNION ALL SELECT patient, city, age FROM patients WHERE age > 40) u GROUP BY 1, 2 HAVING count(DISTINCT p) > 5');
SELECT ask('SELECT m, count(*) FROM (SELECT patient, extract(month FROM day) AS m FROM visits WHERE minutes < 20 UNION SELECT patient, extract(month FROM day) FROM visits WHERE minutes > 30) u GROUP BY m /patient/');

-- ---------- cohorts ----------
SELECT ask('SELECT city, count(*) FROM patients WHERE patient IN (SELECT patient FROM visits WHERE day < ''2024-02-01'' UNION SELECT buyer FROM sales WHERE item = ''tea'') GROUP BY city /patient/');
SELECT ask('SELECT city, count(*) FROM patients WHERE patient NOT IN (SELECT patient FROM visits WHERE day < ''2024-02-01'' UNION ALL SELECT buyer FROM sales WHERE item = ''tea'') GROUP BY city /patient/');
SELECT ask('SELECT city, count(*) FROM patients WHERE patient <> ALL (SELECT patient FROM visits WHERE day < ''2024-02-01'' UNION ALL SELECT buyer FROM sales WHERE item = ''tea'') GROUP BY city /patient/');
SELECT ask('SELECT count(*) FILTER (WHERE patient IN (SELECT patient FROM visits WHERE day < ''2024-02-01'' UNION SELECT buyer FROM sales WHERE item = ''tea'')) AS n, count(*) FROM patients');
SELECT ask('SELECT patient IN (SELECT patient FROM visits WHERE day < ''2024-02-01'' UNION SELECT buyer FROM sales WHERE item = ''tea'') AS k, count(*) FROM patients GROUP BY 1 /patient/');
SELECT ask('WITH e AS (SELECT patient, day FROM visits UNION ALL SELECT buyer, sold::date FROM sales) SELECT city, count(*) FROM patients p WHERE EXISTS (SELECT 1 FROM e WHERE e.patient = p.patient AND e.day < ''2024-02-01'') GROUP BY city /patient/');
SELECT ask('WITH e AS (SELECT patient, day FROM visits UNION ALL SELECT buyer, sold::date FROM sales) SELECT city, count(*) FROM patients p WHERE NOT EXISTS (SELECT 1 FROM e WHERE e.patient = p.patient AND e.day < ''2024-02-01'') GROUP BY city /patient/');
SELECT ask('SELECT city, count(*) FROM patients p WHERE EXISTS (SELECT 1 FROM visits v WHERE v.patient = p.patient AND day < ''2024-02-01'' UNION ALL SELECT 1 FROM sales s WHERE s.buyer = p.patient AND item = ''tea'') GROUP BY city /patient/');
SELECT ask('WITH c AS (SELECT patient FROM visits WHERE day < ''2024-02-01'' UNION SELECT buyer FROM sales WHERE item = ''tea'') SELECT city, count(*), count(DISTINCT c.patient) AS n FROM c JOIN patients p USING (patient) GROUP BY city /p.patient/');
SELECT ask('WITH c AS (SELECT patient FROM visits WHERE day < ''2024-02-01'' UNION SELECT buyer FROM sales WHERE item = ''tea'') SELECT p.city, count(*), avg(v.cost) FROM patients p JOIN visits v ON v.patient = p.patient, c WHERE c.patient = v.patient GROUP BY city /p.patient/');
SELECT ask('WITH c (id) AS (SELECT DISTINCT p FROM (SELECT patient AS p FROM visits WHERE day < ''2024-02-01'' UNION ALL SELECT buyer FROM sales WHERE item = ''tea'') u) SELECT city, count(*) FROM patients p INNER JOIN c ON c.id = p.patient GROUP BY city /p.patient/');
PREPARE cohort AS SELECT city, count(*) FROM patients WHERE patient IN (SELECT patient FROM visits WHERE day < $1 UNION SELECT buyer FROM sales WHERE item = $2) GROUP BY city;
SET ROLE regress_cr_f_analyst;
EXECUTE cohort ('2024-02-01', 'tea');
RESET ROLE;
DEALLOCATE cohort;
-- whether two parameters are one label is known only when it runs
PREPARE labelled (text, text) AS SELECT s, count(*) FROM (SELECT $1 AS s, patient FROM visits UNION ALL SELECT $2, buyer FROM sales) u GROUP BY s;
PREPARE labelled_once (text) AS SELECT s, count(*) FROM (SELECT $1 AS s, 1 AS n, patient FROM visits UNION ALL SELECT 'sold', 2, buyer FROM sales) u GROUP BY s, n;
SET ROLE regress_cr_f_analyst;
EXECUTE labelled ('seen', 'sold');
EXECUTE labelled_once ('seen');
RESET ROLE;
DEALLOCATE ALL;

-- ---------- attacks ----------
-- few people in a branch, in both, and in one alone
SELECT attack('SELECT count(DISTINCT p) FROM (SELECT patient AS p FROM patients WHERE city NOT IN (''Oslo'', ''Bergen'', ''Molde'') UNION ALL SELECT buyer FROM sales) u');
SELECT attack('SELECT count(*) FROM (SELECT buyer AS p FROM sales UNION SELECT patient FROM patients WHERE city NOT IN (''Oslo'', ''Bergen'', ''Molde'')) u');
SELECT attack('SELECT count(DISTINCT p) FROM (SELECT patient AS p FROM patients WHERE born BETWEEN ''1940-01-01'' AND ''1956-04-22'' UNION ALL SELECT buyer FROM sales) u');
SELECT attack('SELECT count(*) FROM (SELECT buyer FROM sales UNION SELECT patient FROM patients WHERE born BETWEEN ''1940-01-01'' AND ''1956-04-22'') u');
SELECT attack('SELECT count(DISTINCT p) FROM (SELECT buyer AS p FROM sales UNION ALL SELECT buyer FROM sales WHERE item <> ''salve'') u');
SELECT attack('SELECT item = ''salve'', count(DISTINCT p) FROM (SELECT buyer AS p, item FROM sales UNION ALL SELECT buyer, item FROM sales WHERE item <> ''salve'') u GROUP BY 1');
SELECT attack('SELECT city, count(*) FROM (SELECT patient, city FROM patients UNION SELECT patient, city FROM patients WHERE age > 98) u GROUP BY city');
SELECT attack('SELECT count(*) FROM patients WHERE patient IN (SELECT buyer FROM sales WHERE item = ''salve'' UNION SELECT patient FROM visits WHERE day = ''2024-01-02'')');
SELECT attack('SELECT count(*), count(*) FILTER (WHERE patient NOT IN (SELECT buyer FROM sales WHERE item = ''salve'' UNION SELECT patient FROM visits WHERE code = ''Z1'')) FROM patients');
SELECT attack('WITH c AS (SELECT buyer FROM sales WHERE item = ''salve'' UNION SELECT patient FROM visits WHERE code = ''Z1'') SELECT count(*) FROM patients JOIN c ON c.buyer = patient');
-- a key of few, made of columns, and one that is a person
SELECT attack('SELECT CASE WHEN city = ''Moss'' THEN 1 ELSE 2 END, count(DISTINCT p) FROM (SELECT patient AS p, city FROM patients UNION ALL SELECT patient, city FROM patients WHERE age > 20) u GROUP BY 1');
SELECT attack('SELECT p % 1000, count(DISTINCT p) FROM (SELECT patient AS p FROM patients UNION ALL SELECT buyer FROM sales) u GROUP BY 1');
SELECT attack('SELECT CASE WHEN p = 901 THEN 1 ELSE 2 END, count(DISTINCT p) FROM (SELECT patient AS p FROM patients UNION ALL SELECT buyer FROM sales) u GROUP BY 1');
SELECT attack('SELECT 1 / (length(city) - 4), count(DISTINCT p) FROM (SELECT patient AS p, city FROM patients UNION ALL SELECT patient, city FROM patients) u GROUP BY 1');
SELECT attack('SELECT random() < 0.5, count(DISTINCT p) FROM (SELECT patient AS p, age FROM patients UNION ALL SELECT patient, age FROM patients) u GROUP BY 1');
SELECT attack('SELECT (SELECT 1 FROM settings WHERE name = city), count(DISTINCT p) FROM (SELECT patient AS p, city FROM patients UNION ALL SELECT patient, city FROM patients) u GROUP BY 1');
-- a branch that is the analyst's own, or not of people
SELECT attack('SELECT count(DISTINCT p) FROM (SELECT buyer AS p FROM sales UNION ALL SELECT value FROM settings) u');
SELECT attack('SELECT count(*) FROM (SELECT buyer AS p FROM sales UNION SELECT value FROM settings) u');
SELECT attack('SELECT count(*) FROM (SELECT buyer AS p FROM sales UNION SELECT 901) u');
SELECT attack('SELECT count(*) FROM patients WHERE patient IN (SELECT buyer FROM sales UNION SELECT value FROM settings)');
SELECT attack('SELECT count(*) FROM patients WHERE patient NOT IN (SELECT buyer FROM sales UNION SELECT value FROM settings)');
SELECT attack('SELECT count(*) FROM patients WHERE patient IN (SELECT 901 UNION SELECT buyer FROM sales WHERE item = ''salve'')');
SELECT attack('WITH c AS (SELECT buyer FROM sales UNION SELECT value FROM settings) SELECT count(*) FROM patients JOIN c ON c.buyer = patient');
SELECT attack('SELECT count(*) FROM (SELECT age FROM patients UNION SELECT minutes FROM visits) u');
SELECT attack('SELECT count(DISTINCT city) FROM (SELECT city FROM patients UNION ALL SELECT item FROM sales) u');
-- whom a cohort is asked for, in other ways than by equality
SELECT attack('WITH c AS (SELECT buyer FROM sales UNION SELECT patient FROM visits) SELECT count(*) FROM patients JOIN c ON c.buyer < patient');
SELECT attack('WITH c AS (SELECT buyer FROM sales UNION SELECT patient FROM visits) SELECT c.buyer, count(*) FROM patients JOIN c ON c.buyer = patient GROUP BY 1');
SELECT attack('WITH c AS (SELECT buyer FROM sales UNION SELECT patient FROM visits) SELECT count(*) FROM patients JOIN c ON c.buyer = patient AND c.buyer = 901');
SELECT attack('WITH c AS (SELECT buyer FROM sales UNION SELECT patient FROM visits) SELECT sum(c.buyer) FROM patients JOIN c ON c.buyer = patient');
SELECT attack('WITH c AS (SELECT buyer FROM sales UNION SELECT patient FROM visits) SELECT count(*) FROM patients LEFT JOIN c ON c.buyer = patient AND c.buyer > 900');
SELECT attack('SELECT count(*) FROM (SELECT patient, cost FROM visits UNION SELECT buyer, price FROM sales) u');
SELECT attack('SELECT sum(cost) FROM (SELECT patient, cost FROM visits UNION SELECT buyer, price FROM sales) u');
SELECT attack('SELECT count(*) FROM (SELECT patient FROM patients EXCEPT SELECT buyer FROM sales) u');
SELECT attack('SELECT count(*) FROM (SELECT patient FROM patients INTERSECT SELECT buyer FROM sales) u');
SELECT attack('SELECT count(*) FROM patients WHERE patient IN (SELECT patient FROM visits EXCEPT SELECT buyer FROM sales)');

\set included :abs_srcdir '/lib/clinic_and_shop_end.sql'
\i :included
