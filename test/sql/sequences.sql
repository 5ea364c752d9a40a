-- Rows that have a row of the same person before or after them, or one that
-- agrees in more than the person: conversions, first and last rows, pairs.
-- An answer is compared with what the owner computes by plain SQL with an
-- explicit condition on distinct people; an attack runs in two worlds that
-- differ in three people, and must be refused, with a hint, or end alike.
\set VERBOSITY terse
\getenv abs_srcdir PG_ABS_SRCDIR
\set analyst regress_cr_f_analyst
\set included :abs_srcdir '/lib/clinic_and_shop.sql'
\i :included

-- ---------- who has a row in some time after another ----------
SELECT ask('SELECT code, count(DISTINCT patient), count(*) FROM visits v WHERE EXISTS (SELECT FROM sales s WHERE s.buyer = v.patient AND s.sold >= v.day AND s.sold < v.day + interval ''30 days'') GROUP BY code /patient/');
SELECT ask('SELECT code, count(DISTINCT patient), count(*) FROM visits v WHERE NOT EXISTS (SELECT FROM sales s WHERE s.buyer = v.patient AND s.sold >= v.day AND s.sold < v.day + interval ''30 days'') GROUP BY code /patient/');
SELECT ask('SELECT code, count(*) FROM visits v LEFT JOIN sales s ON s.buyer = v.patient AND s.sold >= v.day AND s.item = ''tea'' WHERE s.buyer IS NULL GROUP BY code /v.patient/');
SELECT ask('SELECT code, count(*) FROM sales s RIGHT JOIN visits v ON v.patient = s.buyer AND v.day < s.sold WHERE s.sold IS NULL GROUP BY code /v.patient/');
SELECT ask('SELECT count(DISTINCT patient) FROM visits a WHERE code = ''I10'' AND EXISTS (SELECT FROM visits b WHERE b.patient = a.patient AND b.code = ''E11'' AND b.day > a.day)');
SELECT ask('SELECT date_trunc(''month'', day) AS m, count(*), sum(cost) FROM visits a WHERE NOT EXISTS (SELECT FROM visits b WHERE b.patient = a.patient AND b.day < a.day) GROUP BY 1 /patient/');
SELECT ask('SELECT a.code, count(*) FROM visits a LEFT JOIN visits b ON a.patient = b.patient AND b.day > a.day WHERE b.patient IS NULL GROUP BY a.code /a.patient/');
SELECT ask('SELECT city, count(*) FROM patients p JOIN visits v USING (patient) WHERE EXISTS (SELECT FROM sales s WHERE s.buyer = p.patient AND s.sold > v.day) GROUP BY city /p.patient/');
SELECT ask('SELECT city, count(*) FROM patients p, visits v LEFT JOIN sales s ON s.buyer = v.patient AND s.sold > v.day WHERE p.patient = v.patient AND s.buyer IS NULL GROUP BY city /p.patient/');
SELECT ask('SELECT city, count(*) FROM patients p WHERE EXISTS (SELECT FROM visits v WHERE v.patient = p.patient AND v.day < p.born + interval ''40 years'') GROUP BY city /patient/');
SELECT ask('SELECT city, count(*) FROM patients p WHERE NOT EXISTS (SELECT FROM visits v WHERE v.patient = p.patient AND p.age > 60) GROUP BY city /patient/');
SELECT ask('SELECT count(*) FROM visits v WHERE EXISTS (SELECT FROM sales s JOIN patients p ON p.patient = s.buyer WHERE s.buyer = v.patient AND p.city = ''Oslo'' AND s.sold < v.day)');
-- conditions on the row alone may ask for what is no dimension
SELECT ask('SELECT city, count(*) FROM patients p WHERE NOT EXISTS (SELECT FROM visits v WHERE v.patient = p.patient AND p.age > 60 AND v.day > p.born + 9000) GROUP BY city /patient/');
SELECT ask('SELECT city, count(*) FILTER (WHERE EXISTS (SELECT FROM visits v WHERE v.patient = p.patient AND p.age < 40)) AS young, count(*) FROM patients p GROUP BY city /patient/');
SELECT ask('SELECT code IS NULL AS unknown, count(*) FROM visits v WHERE NOT EXISTS (SELECT FROM sales s WHERE s.buyer = v.patient AND v.code = ''I10'') GROUP BY 1 /patient/');
-- in FILTER, CASE and as a group
SELECT ask('SELECT code, count(*) FILTER (WHERE EXISTS (SELECT FROM sales s WHERE s.buyer = v.patient AND s.sold >= v.day)) AS converted, count(*), sum(cost) FROM visits v GROUP BY code /patient/');
SELECT ask('SELECT EXISTS (SELECT FROM sales s WHERE s.buyer = v.patient AND s.sold >= v.day) AS converted, count(*), avg(minutes) FROM visits v GROUP BY 1 /patient/');
SELECT ask('SELECT converted, code IS NULL AS unknown, count(*) FROM (SELECT code, patient, EXISTS (SELECT FROM sales s WHERE s.buyer = v.patient AND s.sold >= v.day) AS converted FROM visits v) x GROUP BY 1, 2 /patient/');
SELECT ask('SELECT round(100.0 * sum(CASE WHEN EXISTS (SELECT FROM sales s WHERE s.buyer = v.patient AND s.sold >= v.day) THEN 1 ELSE 0 END) / count(*), 2) FROM visits v');
SELECT ask('SELECT n, count(*) FROM (SELECT patient, count(*) AS n FROM visits v WHERE EXISTS (SELECT FROM sales s WHERE s.buyer = v.patient AND s.sold >= v.day) GROUP BY patient) x GROUP BY n [[HAVING count(*) >= 5]]');
-- beside other questions
SELECT ask('SELECT count(DISTINCT patient) FROM visits v WHERE NOT EXISTS (SELECT FROM sales s WHERE s.buyer = v.patient AND s.sold >= v.day) AND patient IN (SELECT buyer FROM sales)');
SELECT ask('SELECT count(DISTINCT patient) FROM visits v WHERE NOT EXISTS (SELECT FROM sales s WHERE s.buyer = v.patient AND s.sold >= v.day) OR code = ''I10''');
-- ---------- who has a row that agrees in more than the person ----------
SELECT ask('SELECT code, count(*) FROM visits a WHERE EXISTS (SELECT FROM visits b WHERE b.patient = a.patient AND b.code = a.code AND b.day <> a.day) GROUP BY code /patient/');
SELECT ask('SELECT code, count(*) FROM visits WHERE (patient, day) IN (SELECT patient, max(day) FROM visits GROUP BY patient) GROUP BY code /patient/');
SELECT ask('SELECT count(*) FROM visits v WHERE (extract(month FROM day), patient) IN (SELECT extract(month FROM sold), buyer FROM sales WHERE item <> ''salve'')');
SELECT ask('SELECT item, count(*) FROM sales WHERE (buyer, item) IN (SELECT buyer, item FROM sales WHERE sold < ''2024-02-15'') GROUP BY item /buyer/');
SELECT ask('SELECT item, count(*) FROM sales a WHERE NOT EXISTS (SELECT FROM sales b WHERE b.buyer = a.buyer AND b.item = a.item AND b.sold < a.sold) GROUP BY item /buyer/');
SELECT ask('SELECT a.item, count(*) FROM sales a LEFT JOIN sales b ON b.buyer = a.buyer AND b.item = a.item AND b.sold < a.sold WHERE b.buyer IS NULL GROUP BY a.item /a.buyer/');
-- as prepared, with a value of a parameter's
PREPARE later(int) AS SELECT count(*) FROM visits v WHERE EXISTS (SELECT FROM sales s WHERE s.buyer = v.patient AND s.sold::date - v.day BETWEEN 0 AND $1);
SET SESSION AUTHORIZATION regress_cr_f_analyst;
EXECUTE later(30);
RESET SESSION AUTHORIZATION;
EXECUTE later(30);

-- ---------- attacks ----------
SELECT attack('SELECT count(*) FROM visits v WHERE EXISTS (SELECT FROM sales s WHERE s.buyer = v.patient AND s.sold >= v.day AND s.item = ''salve'')');
SELECT attack('SELECT count(*) FROM visits v WHERE NOT EXISTS (SELECT FROM sales s WHERE s.buyer = v.patient AND s.sold >= v.day AND s.item = ''salve'')');
SELECT attack('SELECT count(*) FROM visits v WHERE NOT EXISTS (SELECT FROM sales s WHERE s.buyer = v.patient AND s.sold >= v.day AND v.code LIKE ''Z%'')');
SELECT attack('SELECT count(*) FROM visits v WHERE EXISTS (SELECT FROM sales s WHERE s.buyer = v.patient AND s.sold >= v.day AND v.code LIKE ''Z%'') OR code = ''I10''');
SELECT attack('SELECT count(*) FROM visits v WHERE EXISTS (SELECT FROM sales s WHERE s.buyer = v.patient AND s.sold >= v.day AND s.price > 900)');
SELECT attack('SELECT count(*) FROM visits v WHERE EXISTS (SELECT FROM sales s WHERE s.buyer = v.patient AND s.sold >= v.day AND v.cost > 900)');
SELECT attack('SELECT count(*) FROM visits v WHERE EXISTS (SELECT FROM sales s WHERE s.buyer = v.patient AND s.price > v.cost)');
SELECT attack('SELECT count(*) FROM visits v WHERE EXISTS (SELECT FROM sales s WHERE s.buyer = v.patient AND s.buyer + v.patient > 1800)');
SELECT attack('SELECT count(*) FROM visits v WHERE EXISTS (SELECT FROM sales s WHERE s.buyer = v.patient AND s.sold >= v.day AND v.patient = 901)');
SELECT attack('SELECT count(*) FROM visits v WHERE NOT EXISTS (SELECT FROM sales s WHERE s.buyer = v.patient AND s.sold >= v.day AND s.buyer <> 901)');
SELECT attack('SELECT count(*) FROM visits v WHERE EXISTS (SELECT FROM sales s WHERE s.buyer > v.patient AND s.sold >= v.day)');
SELECT attack('SELECT count(*) FROM visits v WHERE EXISTS (SELECT FROM sales s WHERE s.sold >= v.day)');
SELECT attack('SELECT count(*) FROM visits v WHERE NOT EXISTS (SELECT FROM sales s WHERE s.sold::date = v.day)');
SELECT attack('SELECT v.code, count(*) FROM visits v LEFT JOIN sales s ON s.buyer = v.patient AND s.sold > v.day AND s.item = ''salve'' WHERE s.buyer IS NULL GROUP BY 1');
SELECT attack('SELECT v.code, count(*), count(s.buyer) FROM visits v LEFT JOIN sales s ON s.buyer = v.patient AND s.sold > v.day AND s.item = ''salve'' GROUP BY 1');
SELECT attack('SELECT count(*) FILTER (WHERE EXISTS (SELECT FROM sales s WHERE s.buyer = v.patient AND s.sold > v.day AND s.item = ''salve'')), count(*) FROM visits v');
SELECT attack('SELECT count(*) FILTER (WHERE NOT EXISTS (SELECT FROM sales s WHERE s.buyer = v.patient AND s.sold > v.day AND s.item = ''salve'')), count(*) FROM visits v');
SELECT attack('SELECT EXISTS (SELECT FROM sales s WHERE s.buyer = v.patient AND s.sold > v.day AND s.item = ''salve''), count(*) FROM visits v GROUP BY 1');
SELECT attack('SELECT sum(CASE WHEN EXISTS (SELECT FROM sales s WHERE s.buyer = v.patient AND s.sold > v.day AND s.item = ''salve'') THEN cost ELSE 0 END) FROM visits v');
SELECT attack('SELECT n, count(*) FROM (SELECT patient, count(*) FILTER (WHERE EXISTS (SELECT FROM sales s WHERE s.buyer = v.patient AND s.sold > v.day)) AS n FROM visits v GROUP BY patient) x GROUP BY n');
SELECT attack('SELECT n, count(*) FROM (SELECT patient, count(*) AS n FROM visits v WHERE NOT EXISTS (SELECT FROM sales s WHERE s.buyer = v.patient AND s.sold > v.day) GROUP BY patient) x GROUP BY n');
SELECT attack('SELECT avg(n) FROM (SELECT patient, EXISTS (SELECT FROM sales s WHERE s.buyer = v.patient AND s.sold > v.day)::int AS n FROM visits v GROUP BY 1, 2) x');
SELECT attack('SELECT count(*) FROM visits v WHERE (patient, day) NOT IN (SELECT buyer, sold::date FROM sales)');
SELECT attack('SELECT count(*) FROM visits v WHERE (patient, cost) IN (SELECT buyer, price FROM sales)');
SELECT attack('SELECT count(*) FROM visits v WHERE (patient, day) IN (VALUES (901, date ''2024-01-02''), (5, ''2024-01-05''))');
SELECT attack('SELECT count(*) FROM visits v WHERE EXISTS (SELECT FROM sales s WHERE s.buyer = v.patient AND s.sold >= v.day OR v.code = ''I10'')');
SELECT attack('SELECT count(*) FROM visits v WHERE EXISTS (SELECT FROM sales s WHERE s.buyer = v.patient AND s.item IS DISTINCT FROM v.code)');
SELECT attack('SELECT count(*) FROM visits v WHERE EXISTS (SELECT FROM sales s WHERE s.buyer = v.patient AND v.code IS NULL)');
SELECT attack('SELECT count(*) FROM visits v WHERE EXISTS (SELECT FROM sales s WHERE s.buyer = v.patient AND 100 / (v.day - date ''2024-01-02'') > 1)');
SELECT attack('SELECT count(*) FROM visits v WHERE EXISTS (SELECT FROM sales s WHERE s.buyer = v.patient AND noisy(extract(day FROM v.day)::int) > 1)');
SELECT attack('SELECT count(*) FROM visits v WHERE EXISTS (SELECT FROM sales s WHERE s.buyer = v.patient AND s.sold > v.day AND random() < 2)');
SELECT attack('SELECT count(*) FROM visits v WHERE EXISTS (SELECT FROM sales s WHERE s.buyer = v.patient AND s.sold > v.day OFFSET 3)');
SELECT attack('SELECT count(*) FROM visits v WHERE EXISTS (SELECT FROM sales s WHERE s.buyer = v.patient AND s.sold > v.day GROUP BY s.item HAVING count(*) > 1)');
SELECT attack('SELECT count(*) FROM visits v WHERE EXISTS (SELECT count(*) FROM sales s WHERE s.buyer = v.patient AND s.sold > v.day)');
SELECT attack('SELECT count(*) FROM visits v TABLESAMPLE SYSTEM (50) WHERE EXISTS (SELECT FROM sales s WHERE s.buyer = v.patient AND s.sold > v.day)');

\set included :abs_srcdir '/lib/clinic_and_shop_end.sql'
\i :included
