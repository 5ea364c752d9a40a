-- Forms in which everyday questions come, and beside each the attacks that it
-- could open: constants in a relation of one row, people's first and last
-- days, people without a match, comparisons of two tables' dimensions, nulls
-- that count as zero, lists as text.  An answer is
-- compared with what the owner computes by plain SQL with an explicit
-- condition on distinct people; an attack runs in two worlds that differ in
-- three people, and must be refused, with a hint, or end alike in both.
\set VERBOSITY terse
\getenv abs_srcdir PG_ABS_SRCDIR
\set analyst regress_cr_f_analyst
\set included :abs_srcdir '/lib/clinic_and_shop.sql'
\i :included

-- ---------- constants in a relation of one row ----------
SELECT ask('WITH params AS (SELECT 30 AS lo, 50 AS hi) SELECT city, count(*) FROM patients, params WHERE age BETWEEN lo AND hi GROUP BY city /patient/');
SELECT ask('WITH p (lo, hi) AS (VALUES (30, 50)) SELECT city, count(*) FROM patients CROSS JOIN p WHERE age >= p.lo AND age < p.hi GROUP BY city /patient/');
SELECT ask('SELECT city, count(*) FROM patients JOIN (VALUES (30)) AS v (lo) ON age > v.lo GROUP BY city /patient/');
SELECT ask('SELECT count(*) FROM (SELECT date ''2024-02-01'' AS since, date ''2024-04-01'' AS till) range JOIN visits ON day >= since AND day < till');
SELECT ask('WITH p AS (SELECT date ''2024-02-01'' AS since), q AS (SELECT since, since + 30 AS till FROM p) SELECT code, count(*), sum(cost) FROM visits, q WHERE day BETWEEN since AND till GROUP BY code /patient/');
SELECT ask('WITH params AS (SELECT 30 AS lo, 50 AS hi) SELECT count(*) FROM patients WHERE age BETWEEN (SELECT lo FROM params) AND (SELECT hi FROM params)');
SELECT ask('WITH params AS (SELECT 0.25 AS vat) SELECT code, sum(cost * (1 + params.vat)) FROM visits, params GROUP BY code /patient/');
SELECT ask('WITH params AS (SELECT ''I10''::text AS wanted) SELECT count(*) FILTER (WHERE code = wanted), sum(CASE WHEN code = wanted THEN cost END), count(*) FROM visits CROSS JOIN params');
SELECT ask('WITH params AS (SELECT 30 AS lo, ''old'' AS name) SELECT CASE WHEN extract(year FROM born) < 1970 - lo % 10 THEN name ELSE ''young'' END AS k, count(*) FROM patients, params GROUP BY 1 /patient/');
SELECT ask('WITH params AS (SELECT date ''2024-02-01'' AS since) SELECT city, count(DISTINCT v.patient) FROM params CROSS JOIN patients p LEFT JOIN visits v ON v.patient = p.patient AND v.day >= params.since GROUP BY city /v.patient/');
SELECT ask('WITH params AS (SELECT date ''2024-03-01'' AS since) SELECT count(*) FROM patients p, params WHERE EXISTS (SELECT FROM visits v WHERE v.patient = p.patient AND v.day >= params.since)');
SELECT ask('WITH params AS (SELECT date ''2024-03-01'' AS since), recent AS (SELECT v.* FROM visits v, params WHERE day >= since) SELECT n, count(*) FROM (SELECT patient, count(*) AS n FROM recent GROUP BY patient) x GROUP BY n [[HAVING count(*) >= 5]]');
-- released values, and those of a table of the analyst's, of one row
SELECT ask('WITH a AS (SELECT avg(minutes) AS mean FROM visits) SELECT code, count(*) FROM visits, a WHERE minutes > a.mean GROUP BY code /patient/');
SELECT ask('WITH a AS (SELECT avg(minutes) AS mean FROM visits) SELECT code, count(*) FROM visits WHERE minutes > (SELECT mean FROM a) GROUP BY code /patient/');
SELECT ask('WITH a AS (SELECT max(n) AS most, min(k) AS code FROM (SELECT code AS k, count(*) AS n FROM visits GROUP BY code /patient/) c) SELECT count(*), most FROM visits v JOIN a ON v.code = a.code GROUP BY most');
SELECT ask('SELECT count(*) FROM patients, (SELECT max(value) AS lo FROM settings WHERE name = ''lo'') s WHERE age >= s.lo');
SELECT ask('SELECT s.item, n FROM (VALUES (''tea'')) AS v (item), LATERAL (SELECT item, count(*) AS n FROM sales WHERE sales.item = v.item GROUP BY item) s');
-- what a constant may not do, it may not do from there
SELECT attack('WITH p AS (SELECT 901 AS id) SELECT count(*) FROM patients, p WHERE patient = p.id');
SELECT attack('SELECT count(*) FROM visits JOIN (VALUES (901)) v (id) ON patient <> v.id');
SELECT attack('WITH p AS (SELECT 901 AS id) SELECT count(*) FROM visits WHERE patient <> (SELECT id FROM p)');
SELECT attack('SELECT count(*) FROM visits, (SELECT max(value) AS id FROM settings) s WHERE patient <> s.id');
SELECT attack('SELECT count(*) FROM visits, (SELECT max(value) AS id FROM settings) s WHERE patient = s.id');
SELECT attack('SELECT count(*) FROM visits, (SELECT max(value) AS w FROM settings) s WHERE cost > s.w');
SELECT attack('SELECT sum(s.w) FROM visits, (SELECT max(value) AS w FROM settings) s');
SELECT attack('SELECT sum(cost * s.w) FROM visits, (SELECT max(value) AS w FROM settings) s');
SELECT attack('SELECT s.w, count(*) FROM visits LEFT JOIN (SELECT 1 AS w) s ON cost > 999 GROUP BY s.w');
SELECT attack('SELECT s.w, count(*) FROM visits LEFT JOIN (SELECT max(value) AS w FROM settings) s ON minutes > s.w * 10 GROUP BY s.w');
SELECT attack('SELECT count(s.w), sum(s.w) FROM visits LEFT JOIN (SELECT 1 AS w) s ON day = ''2024-01-02''');
SELECT attack('SELECT count(*) FROM visits, (SELECT 1 AS w WHERE random() < 2) s WHERE minutes > w');
SELECT attack('SELECT count(*) FROM visits, (SELECT noisy(1) AS w) s WHERE minutes > w');
SELECT attack('SELECT count(*) FROM visits, (SELECT 1 AS w, 0 AS z) s WHERE minutes / z > w');
SELECT attack('SELECT count(*) FROM visits, (SELECT ''x''::text AS w) s WHERE minutes > w::int');
SELECT attack('SELECT count(*) FROM visits, LATERAL (SELECT cost AS w) s WHERE minutes > s.w');
SELECT attack('SELECT count(*) FROM visits, LATERAL (SELECT 1 AS w WHERE cost > 999) s WHERE minutes > s.w');
SELECT attack('SELECT sum((SELECT value FROM settings LIMIT 1)) FROM visits');
SELECT attack('SELECT count(*) FROM visits WHERE minutes > (SELECT value FROM settings)');
SELECT attack('WITH s AS (SELECT value FROM settings) SELECT count(*) FROM visits WHERE minutes > (SELECT value FROM s)');
SELECT attack('SELECT count(*) FROM visits, (SELECT 1 AS w UNION ALL SELECT 2) s WHERE minutes > w');
SELECT attack('SELECT count(*) FROM visits, (SELECT unnest(''{1,2}''::int[]) AS w) s WHERE minutes > w');
SELECT attack('SELECT count(*) FROM visits v, patients p, (SELECT ''I10'' AS c, ''Oslo'' AS d) s WHERE v.code = s.c AND p.city = s.d');
SELECT attack('SELECT count(*) FROM visits v, patients p, (SELECT max(value) AS c FROM settings) s WHERE v.patient = s.c AND p.patient = s.c');

-- ---------- a person's first and last value ----------
SELECT ask('SELECT date_trunc(''month'', first) AS cohort, count(*) FROM (SELECT patient, min(day) AS first FROM visits GROUP BY patient) f GROUP BY 1 /patient/');
SELECT ask('WITH f AS (SELECT patient, date_trunc(''month'', min(day))::date AS cohort FROM visits GROUP BY 1), size AS (SELECT cohort, count(*) AS n FROM f GROUP BY 1 /patient/), active AS (SELECT cohort, extract(month FROM age(date_trunc(''month'', day), cohort)) AS later, count(DISTINCT v.patient) AS n FROM f JOIN visits v ON v.patient = f.patient GROUP BY 1, 2 /v.patient/) SELECT cohort, later, active.n, round(100.0 * active.n / size.n, 1) FROM size JOIN active USING (cohort)');
SELECT ask('SELECT CASE WHEN date ''2024-07-01'' - last < 30 THEN ''active'' WHEN date ''2024-07-01'' - last < 90 THEN ''cooling'' ELSE ''lost'' END AS k, count(*), avg(n), avg(spent) FROM (SELECT patient, max(day) AS last, count(*) AS n, sum(cost) AS spent FROM visits GROUP BY patient) x GROUP BY 1 /patient/');
SELECT ask('SELECT (last - first) / 30 AS months, count(*) FROM (SELECT patient, min(day) AS first, max(day) AS last FROM visits GROUP BY 1) x GROUP BY 1 /patient/');
SELECT ask('SELECT count(*) FROM (SELECT patient FROM visits GROUP BY 1 HAVING min(day) >= date ''2024-02-01'') x');
SELECT ask('SELECT count(tea), count(*) FILTER (WHERE tea < pills) AS tea_first, count(*) FROM (SELECT buyer, min(sold) FILTER (WHERE item = ''tea'') AS tea, min(sold) FILTER (WHERE item = ''pills'') AS pills FROM sales GROUP BY buyer) x');
SELECT ask('SELECT extract(year FROM age(first, born))::int / 20 AS k, count(*) FROM patients p JOIN (SELECT patient, min(day) AS first FROM visits GROUP BY 1) v USING (patient) GROUP BY 1 /patient/');
SELECT ask('SELECT code, count(*) FROM (SELECT patient, max(code) AS code FROM visits GROUP BY 1) x GROUP BY 1 /patient/');
SELECT attack('SELECT min(day) FROM visits');
SELECT attack('SELECT code, max(day) FROM visits GROUP BY code');
SELECT attack('SELECT max(first) FROM (SELECT patient, min(day) AS first FROM visits GROUP BY 1) x');
SELECT attack('SELECT patient, min(day) FROM visits GROUP BY patient');
SELECT attack('SELECT first FROM (SELECT patient, min(day) AS first FROM visits GROUP BY 1) x');
SELECT attack('SELECT m, count(*) FROM (SELECT patient, max(cost) AS m FROM visits GROUP BY 1) x GROUP BY 1');
SELECT attack('SELECT sum(m) FROM (SELECT patient, max(cost) AS m FROM visits GROUP BY 1) x');
SELECT attack('SELECT count(*) FROM (SELECT patient FROM visits GROUP BY 1 HAVING max(minutes) > 500) x');
SELECT attack('SELECT m, count(*) FROM (SELECT patient, max(patient) AS m FROM visits GROUP BY 1) x GROUP BY 1');
SELECT attack('SELECT count(*) FROM (SELECT patient, max(patient) AS m FROM visits GROUP BY 1) x WHERE m = 901');
SELECT attack('SELECT sum(first - date ''2024-01-01'') FROM (SELECT patient, min(day) AS first FROM visits GROUP BY 1) x');
SELECT attack('SELECT w, count(*) FROM (SELECT v.patient, max(s.value) AS w FROM visits v JOIN settings s ON s.name = v.code GROUP BY 1) x GROUP BY 1');
SELECT attack('SELECT w, count(*) FROM (SELECT patient, max(1) AS w FROM visits GROUP BY 1) x GROUP BY 1');
SELECT attack('SELECT first, count(*) FROM (SELECT patient, min(day) AS first FROM visits GROUP BY 1) x WHERE first < ''2024-01-05'' GROUP BY 1');
SELECT attack('SELECT count(*) FROM (SELECT patient, max(code) AS code FROM visits GROUP BY 1) x WHERE code LIKE ''Z%''');
SELECT attack('SELECT count(f) FROM (SELECT patient, min(day) FILTER (WHERE code = ''Z1'') AS f FROM visits GROUP BY 1) x');
SELECT attack('SELECT m, count(*) FROM (SELECT patient, min(age) AS m FROM patients GROUP BY 1) x GROUP BY 1');
SELECT attack('SELECT m, count(*) FROM (SELECT patient, min(DISTINCT day ORDER BY day) AS m FROM visits GROUP BY 1) x GROUP BY 1');

-- ---------- people without a match ----------
-- who has none is a group like others: of people of the first table alone
SELECT ask('SELECT n, count(*) FROM (SELECT p.patient, count(s.buyer) AS n FROM patients p LEFT JOIN sales s ON s.buyer = p.patient GROUP BY p.patient) x GROUP BY n [[HAVING count(*) >= 5]]');
SELECT ask('SELECT city, avg(n), avg(spent), avg(coalesce(spent, 0)) FROM (SELECT p.patient, p.city, count(s.buyer) AS n, sum(s.price) AS spent FROM patients p LEFT JOIN sales s ON s.buyer = p.patient AND s.item <> ''tea'' GROUP BY 1, 2) x GROUP BY city /patient/');
SELECT ask('SELECT visits, sales, count(*) FROM (SELECT p.patient, count(DISTINCT v.day) AS visits, count(DISTINCT s.sold) AS sales FROM patients p LEFT JOIN visits v ON v.patient = p.patient LEFT JOIN sales s ON s.buyer = v.patient GROUP BY p.patient) x WHERE visits > 0 AND sales > 0 GROUP BY 1, 2 [[HAVING count(*) >= 5]]');
SELECT ask('SELECT seen, avg(n) FROM (SELECT p.patient, EXISTS (SELECT FROM visits v WHERE v.patient = p.patient AND v.code = ''I10'') AS seen, count(s.buyer) AS n FROM patients p LEFT JOIN sales s ON s.buyer = p.patient GROUP BY p.patient) x GROUP BY seen /patient/');
SELECT attack('SELECT count(*) FROM (SELECT p.patient FROM patients p LEFT JOIN sales s ON s.buyer = p.patient GROUP BY p.patient HAVING count(s.buyer) = 0) x');
SELECT ask('SELECT count(*) FILTER (WHERE n = 0) FROM (SELECT p.patient, count(s.buyer) AS n FROM patients p LEFT JOIN sales s ON s.buyer = p.patient GROUP BY p.patient) x');
SELECT ask('SELECT city, CASE WHEN n = 0 THEN ''none'' WHEN n < 3 THEN ''few'' ELSE ''many'' END AS k, count(*), avg(n) FROM (SELECT p.patient, p.city, count(s.sold) AS n FROM patients p LEFT JOIN sales s ON s.buyer = p.patient AND s.item <> ''salve'' GROUP BY 1, 2) x GROUP BY 1, 2 [[HAVING count(*) >= 5]]');
SELECT ask('SELECT city, buys, count(*) FROM (SELECT p.patient, p.city, count(s.buyer) > 0 AS buys FROM patients p LEFT JOIN sales s ON p.patient = s.buyer GROUP BY p.patient) x GROUP BY 1, 2 [[HAVING count(*) >= 5]]');
SELECT ask('SELECT count(*) FROM (SELECT p.patient, sum(CASE WHEN s.buyer IS NOT NULL THEN 1 ELSE 0 END) AS n FROM patients p LEFT JOIN sales s ON s.buyer = p.patient GROUP BY p.patient) x WHERE n = 0');
SELECT ask('SELECT n, count(*) FROM (SELECT b.patient, CASE WHEN b.n = 0 THEN ''none'' ELSE ''some'' END AS n FROM (SELECT p.patient, count(s.buyer) AS n FROM sales s RIGHT JOIN patients p ON s.buyer = p.patient GROUP BY p.patient) b) x GROUP BY n [[HAVING count(*) >= 5]]');
SELECT attack('SELECT n, count(*) FROM (SELECT p.patient, count(s.buyer) AS n FROM patients p LEFT JOIN sales s ON s.buyer = p.patient AND s.item = ''salve'' GROUP BY p.patient) x GROUP BY n');
SELECT attack('SELECT avg(n) FROM (SELECT p.patient, count(s.buyer) AS n FROM patients p LEFT JOIN sales s ON s.buyer = p.patient AND s.item = ''salve'' GROUP BY p.patient) x');
-- of rows that a condition between the tables leaves out the others remain
SELECT attack('SELECT n, count(*) FROM (SELECT v.patient, count(s.buyer) AS n FROM visits v LEFT JOIN sales s ON s.buyer = v.patient AND v.day < ''2024-03-01'' GROUP BY v.patient) x GROUP BY n');
SELECT attack('SELECT n, count(*) FROM (SELECT s.buyer, count(p.patient) AS n FROM patients p LEFT JOIN sales s ON s.buyer = p.patient GROUP BY s.buyer) x GROUP BY n');
SELECT attack('SELECT n, count(*) FROM (SELECT p.patient, count(s.buyer) AS n FROM patients p LEFT JOIN sales s ON s.buyer <> p.patient GROUP BY p.patient) x GROUP BY n');
SELECT attack('SELECT n, count(*) FROM (SELECT p.patient, count(s.buyer) AS n FROM patients p LEFT JOIN sales s ON true GROUP BY p.patient) x GROUP BY n');
SELECT attack('SELECT p.patient, count(s.buyer) FROM patients p LEFT JOIN sales s ON s.buyer = p.patient GROUP BY p.patient');

-- ---------- dimensions of two tables compared ----------
SELECT ask('SELECT item, count(DISTINCT s.buyer) FROM visits v JOIN sales s ON s.buyer = v.patient AND s.sold BETWEEN v.day AND v.day + interval ''30 days'' GROUP BY item /s.buyer/');
SELECT ask('SELECT code, count(DISTINCT v.patient), count(DISTINCT s.buyer) FROM visits v LEFT JOIN sales s ON s.buyer = v.patient AND s.sold >= v.day GROUP BY code /s.buyer/');
SELECT ask('SELECT CASE WHEN sold < first THEN ''before'' ELSE ''after'' END AS k, count(*), sum(price) FROM sales JOIN (SELECT patient, min(day) AS first FROM visits GROUP BY 1) f ON f.patient = buyer GROUP BY 1 /buyer/');
SELECT ask('SELECT count(DISTINCT buyer) FROM sales JOIN (SELECT patient, min(day) AS first FROM visits GROUP BY 1) f ON f.patient = buyer WHERE sold >= first AND sold < first + 60');
SELECT ask('SELECT count(*) FILTER (WHERE s.sold > v.day), count(*) FROM visits v JOIN sales s ON s.buyer = v.patient');
SELECT ask('SELECT count(*) FROM visits a JOIN visits b USING (patient) WHERE b.day = a.day + 29');
SELECT ask('SELECT count(*) FROM visits a JOIN visits b USING (patient) WHERE b.code = a.code AND b.day > a.day');
SELECT attack('SELECT count(*) FROM visits v JOIN patients p ON p.patient = v.patient AND v.minutes > p.age');
SELECT attack('SELECT count(*) FROM visits v JOIN patients p ON p.patient = v.patient WHERE v.cost > p.age');
SELECT attack('SELECT count(*) FROM visits v JOIN sales s ON s.buyer = v.patient WHERE s.price > v.cost');
SELECT attack('SELECT count(*) FROM visits v JOIN sales s ON s.buyer < v.patient');
SELECT attack('SELECT count(*) FROM visits v JOIN sales s ON s.sold = v.day');
SELECT attack('SELECT count(*) FROM visits v JOIN sales s ON s.sold > v.day');
SELECT attack('SELECT count(*) FROM visits v JOIN sales s ON s.item = v.code WHERE s.sold > v.day');
SELECT attack('SELECT count(*) FROM visits a JOIN visits b ON a.code = b.code');
SELECT attack('SELECT sum(a.cost) FROM visits a JOIN visits b ON a.patient = b.patient AND a.day > b.day JOIN visits c ON c.patient = a.patient AND c.day > b.day');
SELECT attack('SELECT count(*) FROM visits v JOIN sales s ON s.buyer = v.patient AND s.item = ''salve'' AND s.sold > v.day');
SELECT attack('SELECT count(s.buyer) FROM visits v LEFT JOIN sales s ON s.buyer = v.patient AND s.item = ''salve'' AND s.sold > v.day');
SELECT ask('SELECT count(*) FROM visits v LEFT JOIN sales s ON s.buyer = v.patient AND s.sold > v.day WHERE s.buyer IS NULL');
SELECT attack('SELECT n, count(*) FROM (SELECT v.patient, count(s.buyer) AS n FROM visits v LEFT JOIN sales s ON s.buyer = v.patient AND s.sold > v.day GROUP BY v.patient) x GROUP BY n');
SELECT attack('SELECT count(*) FROM visits v JOIN settings s ON v.minutes > s.value');
SELECT attack('SELECT count(*) FROM visits v JOIN settings s ON v.day > date ''2024-01-01'' + s.value');
SELECT ask('SELECT count(*) FROM patients p WHERE EXISTS (SELECT FROM sales s WHERE s.buyer = p.patient AND s.sold > p.born)');

-- ---------- nulls that count as zero ----------
SELECT ask('SELECT code, sum(coalesce(copay, 0)), avg(coalesce(copay, 0)), avg(coalesce(copay, 0.0)) FROM visits GROUP BY code /patient/');
SELECT ask('SELECT city, avg(coalesce(n, 0)), sum(coalesce(n, 0)) FROM patients p LEFT JOIN (SELECT buyer, count(*) AS n FROM sales GROUP BY buyer) s ON s.buyer = p.patient GROUP BY city /p.patient/');
SELECT ask('SELECT sum(coalesce(copay, 0)) FILTER (WHERE code = ''I10''), avg(coalesce(copay, 0)) FILTER (WHERE code = ''I10'') FROM visits');
SELECT attack('SELECT sum(coalesce(copay, 1000)) FROM visits');
SELECT attack('SELECT sum(coalesce(copay, cost)) FROM visits');
SELECT attack('SELECT sum(coalesce(copay, 0, 5)) FROM visits');
SELECT attack('SELECT sum(coalesce(nullif(cost, 5000), 0)) FROM visits');
SELECT attack('SELECT stddev(coalesce(copay, 0)) FROM visits');
SELECT attack('SELECT count(coalesce(copay, 0)) FROM visits');
SELECT ask('SELECT sum(coalesce(copay, 0) * cost) FROM visits WHERE code NOT LIKE ''Z%''');
SELECT attack('SELECT sum(coalesce(copay * cost * minutes, 0)) FROM visits');
SELECT attack('SELECT sum(coalesce(copay, 0)) FILTER (WHERE day <= ''2024-01-03'') FROM visits');
SELECT attack('SELECT avg(coalesce(n, 0)), avg(n) FROM patients p LEFT JOIN (SELECT buyer, count(*) AS n FROM sales WHERE item = ''salve'' GROUP BY 1) s ON s.buyer = p.patient');
SELECT attack('SELECT sum(coalesce(cost - copay, 0)) FILTER (WHERE code LIKE ''Z%'') FROM visits');

-- ---------- whether a person ever did ----------
SELECT ask('SELECT i10, e11, count(*) FROM (SELECT patient, bool_or(code = ''I10'') AS i10, bool_or(code = ''E11'') AS e11 FROM visits GROUP BY patient) x GROUP BY 1, 2 /patient/');
SELECT ask('SELECT count(*) FROM (SELECT patient FROM visits GROUP BY patient HAVING bool_or(code = ''I10'') AND every(day >= ''2024-01-10'')) x');
SELECT ask('SELECT count(*) FILTER (WHERE spring), count(*) FROM (SELECT buyer, bool_or(sold < ''2024-03-01'') AS spring FROM sales GROUP BY 1) x');
SELECT attack('SELECT bool_or(code = ''Z1'') FROM visits');
SELECT attack('SELECT bool_or(z) FROM (SELECT patient, bool_or(code = ''Z1'') AS z FROM visits GROUP BY 1) x');
SELECT attack('SELECT z, count(*) FROM (SELECT patient, bool_or(cost > 4000) AS z FROM visits GROUP BY 1) x GROUP BY 1');
SELECT attack('SELECT z, count(*) FROM (SELECT patient, bool_or(patient = 901) AS z FROM visits GROUP BY 1) x GROUP BY 1');
SELECT attack('SELECT z, count(*) FROM (SELECT patient, bool_or(s.value > 0) AS z FROM visits v JOIN settings s ON s.name = v.code GROUP BY 1) x GROUP BY 1');
SELECT attack('SELECT z, count(*) FROM (SELECT patient, bool_or(noisy(1) = 1 AND code = ''Z1'') AS z FROM visits GROUP BY 1) x GROUP BY 1');
SELECT attack('SELECT sum(z::int) FROM (SELECT patient, bool_or(code LIKE ''Z%'') AS z FROM visits GROUP BY 1) x');
SELECT attack('SELECT count(*) FROM (SELECT patient FROM visits GROUP BY 1 HAVING bool_or(code = ''Z1'')) x');

-- ---------- lists as text, arguments by name ----------
SELECT ask('SELECT count(*) FROM visits WHERE code = ANY (string_to_array(''I10,E11'', '',''))');
SELECT ask('SELECT count(*) FROM visits JOIN unnest(string_to_array(''I10,E11'', '','')) AS w (code) USING (code)');
SELECT ask('SELECT count(*) FROM visits WHERE day >= date ''2024-01-01'' + make_interval(months => 1) AND day < date ''2024-01-01'' + make_interval(months => 2, days => 3)');
SELECT attack('SELECT count(*) FROM visits WHERE cardinality(string_to_array(code, ''Z'')) > 1');
SELECT attack('SELECT count(*) FROM visits WHERE day > date ''2024-01-01'' + make_interval(days => minutes * 1000000000)');
SELECT attack('SELECT count(*) FROM visits WHERE noisy(1) = 1');
SELECT attack('SELECT count(*) FROM visits WHERE code = ANY (string_to_array(noisy(1)::text, '',''))');
SELECT attack('SELECT count(*) FROM visits WHERE code = lower(repeat(''z'', 3)) OR set_config(''a.b'', ''c'', false) = ''d''');

-- ---------- days, months and numbers in a row ----------
SELECT ask('SELECT count(*), sum(cost) FROM generate_series(date ''2024-01-05'', date ''2024-02-28'', interval ''1 day'') d JOIN visits v ON v.day = d /v.patient/');
SELECT ask('SELECT date_trunc(''week'', d) AS w, count(*) FROM generate_series(date ''2024-01-05'', date ''2024-06-28'', interval ''1 day'') d JOIN visits v ON v.day = d::date GROUP BY 1 /v.patient/');
SELECT ask('SELECT d, count(v.patient) FROM generate_series(timestamp ''2024-01-01'', ''2024-06-28'', ''1 month'') d LEFT JOIN visits v ON date_trunc(''month'', v.day) = d GROUP BY 1 /v.patient/');
SELECT ask('WITH days AS (SELECT generate_series(date ''2024-01-01'', date ''2024-06-07'', ''1 day'')::date AS d) SELECT date_trunc(''month'', d) AS m, sum(cost) FROM days LEFT JOIN visits v ON v.day = d GROUP BY 1 /v.patient/');
SELECT ask('WITH days AS (SELECT d::date AS d FROM generate_series(date ''2024-01-01'', date ''2024-06-07'', ''1 day'') d) SELECT extract(month FROM d) AS m, sum(cost) FROM visits v RIGHT JOIN days ON v.day = d GROUP BY 1 /v.patient/');
SELECT ask('SELECT m, count(*) FROM generate_series(1, 12) m JOIN visits v ON extract(month FROM v.day) = m GROUP BY 1 /v.patient/');
SELECT ask('SELECT lo, count(*) FROM generate_series(1900, 2020, 10) lo JOIN patients p ON extract(year FROM born) >= lo AND extract(year FROM born) < lo + 10 GROUP BY lo /p.patient/');
-- the active of the last 28 days, on each Monday
SELECT ask('SELECT d::date AS d, count(DISTINCT v.patient), sum(cost) FROM generate_series(date ''2024-02-05'', date ''2024-05-27'', ''7 days'') d JOIN visits v ON v.day > d - interval ''28 days'' AND v.day <= d GROUP BY 1 /v.patient/');
SELECT ask('SELECT w.n, count(DISTINCT v.patient) FROM (VALUES (7), (28), (90)) w (n) JOIN visits v ON v.day > date ''2024-05-01'' - w.n AND v.day <= date ''2024-05-01'' GROUP BY w.n /v.patient/');
SELECT ask('SELECT code, count(*) FROM generate_series(current_date - 3000, current_date, interval ''1 day'') d JOIN visits v ON v.day = d::date GROUP BY 1 /v.patient/');
-- more than once, or a way to tell that it was evaluated
SELECT attack('SELECT count(*) FROM generate_series(timestamptz ''2024-01-01'', ''2024-06-28'', ''1 hour'') d JOIN visits v ON v.day = d::date');
SELECT attack('SELECT count(*) FROM generate_series(timestamp ''2024-03-31'', ''2024-04-28'', ''1 hour'') d JOIN sales s ON s.sold = d::timestamptz');
SELECT attack('SELECT code, count(*) FROM generate_series(date ''2024-01-01'', date ''2024-01-28'', ''1 day'') d JOIN visits v ON v.day <= d GROUP BY 1');
SELECT attack('SELECT code, count(*) FROM visits, generate_series(1, 3) g GROUP BY code');
SELECT attack('SELECT code, g % 2, count(*) FROM visits, generate_series(1, 4) g GROUP BY 1, 2');
SELECT attack('SELECT g, code, count(*) FROM visits, generate_series(1, 4) g GROUP BY ROLLUP (1, 2)');
SELECT attack('SELECT count(*) FROM generate_series(date ''2024-01-01'', date ''2024-01-28'', ''0 days'') d JOIN visits v ON v.day = d WHERE code LIKE ''Z%''');
SELECT attack('SELECT count(*) FROM generate_series(date ''2024-01-01'', date ''2024-01-28'', ''1 month -30 days'') d JOIN visits v ON v.day = d');
SELECT attack('SELECT d, count(*) FROM generate_series(timestamp ''2024-01-01'', ''infinity'', ''1000 years'') d JOIN visits v ON v.day = d AND code LIKE ''Z%'' GROUP BY 1');
SELECT attack('SELECT d, count(*) FROM generate_series(timestamp ''2024-01-01'', ''294276-01-01'', ''1000 years'') d JOIN visits v ON v.day = d AND code LIKE ''Z%'' GROUP BY 1');
SELECT attack('SELECT d, count(*) FROM generate_series(timestamp ''2024-01-01'', ''2024-02-01'', noisy(1) * interval ''1 day'') d JOIN visits v ON v.day = d GROUP BY 1');
SELECT attack('SELECT d, count(*) FROM generate_series(timestamp ''2024-01-01'' + noisy(1) * interval ''1 day'', ''2024-02-01'', ''1 day'') d JOIN visits v ON v.day = d GROUP BY 1');
SELECT attack('SELECT n, count(*) FROM generate_series(1, 5, 0) n JOIN visits v ON v.minutes = n GROUP BY 1');
SELECT attack('SELECT n, count(*) FROM generate_series(1, 5, (SELECT value FROM settings LIMIT 1)) n JOIN patients p ON extract(year FROM born) = n GROUP BY 1');
SELECT attack('SELECT count(*) FROM patients WHERE age IN (SELECT generate_series(1, 5))');
SELECT attack('WITH n AS (SELECT generate_series(1, 5) AS n, noisy(1)) SELECT n.n, count(*) FROM n JOIN patients p ON extract(year FROM born) = n GROUP BY 1');
SELECT attack('WITH n AS (SELECT generate_series(1, noisy(5)) AS n) SELECT n.n, count(*) FROM n JOIN patients p ON extract(year FROM born) = n GROUP BY 1');
SELECT attack('WITH n AS (SELECT generate_series(1, 5) AS n WHERE noisy(1) = 1) SELECT n.n, count(*) FROM n JOIN patients p ON extract(year FROM born) = n GROUP BY 1');

-- ---------- bands as a list ----------
SELECT ask('SELECT l, count(*) FROM patients JOIN (VALUES (1940, 1955, ''old''), (1955, 1970, ''adult''), (1970, 2000, ''young'')) b (lo, hi, l) ON extract(year FROM born) >= lo AND extract(year FROM born) < hi GROUP BY l /patient/');
SELECT ask('SELECT l, count(*) FROM patients JOIN (VALUES (1940, 1954, ''old''), (1955, 1969, ''adult''), (1970, NULL, ''young'')) b (lo, hi, l) ON extract(year FROM born) BETWEEN lo AND hi GROUP BY l /patient/');
SELECT ask('WITH b (since, before, l) AS (VALUES (date ''2024-01-01'', date ''2024-04-01'', ''spring''), (''2024-04-01'', ''2024-07-01'', ''summer'')) SELECT l, count(*), sum(cost) FROM visits JOIN b ON b.since <= day AND b.before > day GROUP BY l /patient/');
SELECT ask('SELECT l, city, count(*) FROM patients LEFT JOIN (SELECT 1950 AS lo, 1969 AS hi, ''older'' AS l UNION ALL SELECT 1970, 1980, ''younger'') b ON extract(year FROM born) BETWEEN lo AND hi GROUP BY l, city /patient/');
SELECT ask('SELECT l, count(*) FROM patients JOIN (VALUES (1940, 1950.5, ''a''), (1950.5, 1999, ''b'')) b (lo, hi, l) ON extract(year FROM born) >= lo AND extract(year FROM born) < hi GROUP BY l /patient/');
SELECT attack('SELECT count(*) FROM patients JOIN (VALUES (0, 1931, ''a''), (1931, 2000, ''b'')) b (lo, hi, l) ON extract(year FROM born) BETWEEN lo AND hi');
SELECT attack('SELECT count(*) FROM patients JOIN (VALUES (0, 1932, ''a''), (1931, 2000, ''b'')) b (lo, hi, l) ON extract(year FROM born) >= lo AND extract(year FROM born) < hi');
SELECT attack('SELECT count(*) FROM patients JOIN (VALUES (0, 1950, ''a''), (1950, 2000, ''b'')) b (lo, hi, l) ON extract(year FROM born) >= lo OR extract(year FROM born) < hi');
SELECT attack('SELECT count(*) FROM patients JOIN (VALUES (0, 1950, ''a''), (1950, 2000, ''b'')) b (lo, hi, l) ON extract(year FROM born) >= lo');
SELECT attack('SELECT count(*) FROM patients JOIN (VALUES (0, 1950, ''a''), (1950, 2000, ''b'')) b (lo, hi, l) ON extract(year FROM born) >= lo AND -extract(year FROM born) < hi');
SELECT attack('SELECT count(*) FROM patients LEFT JOIN (VALUES (0, 1950, ''a''), (1950, 2000, ''b'')) b (lo, hi, l) ON extract(year FROM born) >= lo WHERE extract(year FROM born) < hi OR hi IS NULL');
SELECT attack('SELECT count(*) FROM patients JOIN (VALUES (0, noisy(1950), ''a''), (1950, 2000, ''b'')) b (lo, hi, l) ON extract(year FROM born) >= lo AND extract(year FROM born) < hi');
SELECT attack('SELECT count(*) FROM visits JOIN (VALUES (0, 4000, ''a''), (4000, 9000, ''b'')) b (lo, hi, l) ON cost >= lo AND cost < hi');
SELECT attack('SELECT l, count(*) FROM patients JOIN (VALUES (901, 904, ''a''), (1, 9, ''b'')) b (lo, hi, l) ON patient >= lo AND patient < hi GROUP BY l');
SELECT attack('SELECT l, count(*) FROM patients JOIN (VALUES (1900, 1940, ''a''), (1940, 1960, ''b'')) b (lo, hi, l) ON extract(year FROM born) >= lo AND extract(year FROM born) < hi GROUP BY l');

-- ---------- one person twice ----------
-- nulls are one group, and several rows
SELECT attack('SELECT name, count(*), count(DISTINCT patient) FROM nameless, visits WHERE value = 1 OR code LIKE ''Z%'' GROUP BY name');
SELECT attack('SELECT count(*) - count(DISTINCT patient) FROM (VALUES (NULL::int, 1), (NULL, 2)) l (k, w), patients WHERE w = 1 OR city = ''Moss'' GROUP BY k');
SELECT attack('SELECT k, count(*), count(DISTINCT patient) FROM unnest(''{NULL,NULL}''::int[]) k, patients GROUP BY k');
SELECT attack('SELECT k, count(*) FROM (SELECT NULL::int AS k, 1 AS w UNION ALL SELECT NULL, 2) l, patients WHERE w = 1 OR city = ''Moss'' GROUP BY k');
-- lists of several types, or of several rows a branch
SELECT attack('SELECT count(*) FROM patients JOIN (SELECT 1940.5 AS lo, 1990.5 AS hi UNION ALL SELECT 3, 4) b ON extract(year FROM born) >= lo AND extract(year FROM born) < hi');
SELECT attack('SELECT count(*) - count(DISTINCT patient) FROM patients JOIN (SELECT 1900::int AS lo, 2000::int AS hi, 1 AS w UNION ALL SELECT -4294967096, 4294967596, 2) b ON extract(year FROM born) >= lo AND extract(year FROM born) < hi AND (w = 1 OR city = ''Moss'')');
SELECT attack('SELECT lo, count(*) FROM patients, (SELECT 0 AS lo GROUP BY GROUPING SETS ((), ()) UNION ALL SELECT 200) b GROUP BY lo');
SELECT attack('SELECT count(*) FROM patients, (SELECT lo::oid, hi::oid, w FROM (VALUES (5, -1, 1), (0, 10, 2)) v (lo, hi, w)) b WHERE oid ''7'' >= lo AND oid ''7'' < hi AND (w = 1 OR city = ''Moss'')');
-- local time: hours that come twice, days that do not come at all
SELECT attack('SELECT g::timestamptz, count(*) FROM generate_series(timestamp ''2024-03-30'', ''2024-04-02'', ''1 day'') g, patients WHERE g <> timestamp ''2024-03-31'' OR city = ''Moss'' GROUP BY 1');
SELECT attack('SELECT count(*) FROM patients, (VALUES (timestamp ''2024-03-31 01:00'', timestamp ''2024-03-31 02:45'', 1), (''2024-03-31 03:00'', ''2024-03-31 03:30'', 2)) b (lo, hi, w) WHERE timestamptz ''2024-03-31 03:10+02'' >= lo AND timestamptz ''2024-03-31 03:10+02'' < hi AND (w = 1 OR city = ''Moss'')');
SELECT attack('SELECT count(*) - count(DISTINCT buyer) FROM sales WHERE sold IN (SELECT t FROM (VALUES (timestamptz ''2024-03-31 00:30Z''), (timestamptz ''2024-03-31 01:30Z'')) v (t))');
-- what fails only when a row needs it
SELECT attack('SELECT count(*) FROM patients WHERE city = ''Moss'' AND city IN (SELECT name FROM settings LIMIT -1)');
SELECT attack('SELECT count(*) FROM patients LEFT JOIN (SELECT name FROM settings LIMIT 1 OFFSET -1) x ON true WHERE city = ''Moss'' GROUP BY name');
SELECT attack('SELECT count(*) FROM patients WHERE city = ''Moss'' AND city IN (SELECT city FROM patients GROUP BY city OFFSET -1)');
SELECT attack('WITH w AS (SELECT name FROM settings LIMIT (SELECT min(value) FROM settings)) SELECT count(*) FROM patients WHERE city = ''Moss'' AND city IN (SELECT name FROM w)');
SELECT attack('SELECT g, count(*) FROM generate_series(CASE WHEN extract(hour FROM timestamptz ''2024-01-01 00:00Z'') = 1 THEN timestamp ''2024-01-01'' ELSE timestamp ''294000-01-01'' END, CASE WHEN extract(hour FROM timestamptz ''2024-01-01 00:00Z'') = 1 THEN timestamp ''2024-01-02'' ELSE timestamp ''294276-12-31'' END, interval ''1000 years'') g, patients WHERE city = ''Moss'' GROUP BY g');
SELECT ask('SELECT city, count(*) FROM patients WHERE city IN (SELECT name FROM (VALUES (''Oslo''), (''Bergen'')) v (name) ORDER BY 1 LIMIT 1) GROUP BY city /patient/');
SELECT ask('SELECT code, count(*) FROM visits, (SELECT max(value) AS value FROM settings) s WHERE code NOT IN (SELECT name FROM settings ORDER BY value DESC OFFSET 0) GROUP BY code /patient/');

-- ---------- the largest value ----------
-- what overflows before it is cast would be left out
SELECT attack('SELECT sum(minutes * 3000000 * 1.0) IS NULL FROM visits');
SELECT attack('SELECT regr_count(minutes * 3000000, cost) FROM visits');
SELECT attack('SELECT sum((minutes * 3000000)::float8) IS NULL, avg(-(minutes * 3000000) / 2.0) IS NULL, sum(coalesce(minutes * 3000000 * 1.0, 0)) IS NULL FROM visits');
SELECT attack('SELECT avg(s) IS NULL FROM (SELECT patient, sum((minutes * 3000000)::numeric) AS s FROM visits GROUP BY patient) x');
SELECT ask('SELECT sum(minutes * 300000 * 1.0), avg(minutes * 1.5), sum((minutes * 3000)::float8), stddev(minutes * 2.0) FROM visits WHERE code NOT LIKE ''Z%''');

-- ---------- one person by a key in a join ----------
SELECT attack('SELECT sum(minutes) FILTER (WHERE code LIKE ''I%'' OR k > 0) FROM visits LEFT JOIN (VALUES (901)) v (k) ON k = patient');
SELECT attack('SELECT count(*) FILTER (WHERE NOT (k IS NOT NULL AND city = ''Moss'')) FROM patients LEFT JOIN (VALUES (901)) v (k) ON k = patient');
SELECT attack('SELECT count(*) FROM patients LEFT JOIN (VALUES (901)) v (k) ON k = patient LEFT JOIN (SELECT 1 AS x) s ON k IS NULL OR city <> ''Moss'' WHERE x = 1');
SELECT attack('SELECT count(*) FROM patients p LEFT JOIN (VALUES (901)) v (k) ON k = patient LEFT JOIN visits c ON c.patient = p.patient AND (k IS NULL OR code <> ''Z1'') WHERE c.day IS NOT NULL');
SELECT attack('SELECT city = ''Oslo'' OR k = 901 AND city = ''Moss'', count(*) FROM patients LEFT JOIN (VALUES (901)) v (k) ON k = patient GROUP BY 1');
SELECT attack('SELECT CASE WHEN k = 901 THEN city ELSE ''Oslo'' END, count(*) FROM patients LEFT JOIN (VALUES (901)) v (k) ON k = patient GROUP BY 1');
SELECT attack('SELECT n, count(*) FROM (SELECT patient, count(*) FILTER (WHERE k IS NULL OR code <> ''Z1'') AS n FROM visits LEFT JOIN (VALUES (901)) v (k) ON k = patient GROUP BY 1) x GROUP BY n');
SELECT attack('SELECT count(*) FILTER (WHERE k IS NOT NULL AND born < ''1930-01-03'' OR n = 2) FROM (SELECT p.patient, k, min(born) AS born, count(*) AS n FROM patients p JOIN visits v ON v.patient = p.patient LEFT JOIN (VALUES (901)) w (k) ON k = p.patient GROUP BY p.patient, k) x');
SELECT attack('SELECT count(*) FROM patients JOIN generate_series(1, 1000) g ON g = patient WHERE g = 901 AND city = ''Moss'' OR city = ''Oslo''');
SELECT attack('SELECT count(*) FILTER (WHERE (g = 901)::int + (city = ''Oslo'')::int > (city = ''Bodo'')::int) FROM patients JOIN generate_series(1, 1000) g ON g = patient');
SELECT attack('SELECT count(*) FILTER (WHERE (g = 901) >= (city <> ''Moss'')) FROM patients JOIN generate_series(1, 1000) g ON g = patient');
SELECT attack('SELECT city, count(*) FILTER (WHERE g <> 901) FROM patients JOIN generate_series(1, 1000) g ON g = patient GROUP BY city');
SELECT ask('SELECT g < 50, city, count(*) FROM patients JOIN generate_series(1, 1000) g ON g = patient GROUP BY 1, 2 /patient/');
SELECT ask('SELECT coalesce(g, 1960) <= extract(year FROM born), count(*) FROM patients LEFT JOIN generate_series(1, 60) g ON g = patient GROUP BY 1 /patient/');
SELECT ask('SELECT count(*), sum(minutes) FROM visits JOIN generate_series(1, 1000) g ON g = patient WHERE g < 50 AND code = ''I10''');

-- ---------- constants that only look different ----------
SELECT attack('SELECT count(*) - count(DISTINCT patient) FROM patients, (VALUES (''aa''::text::bpchar, 1), (''aa  ''::text::bpchar, 2)) l (k, w) WHERE k = bpchar ''aa'' AND (w = 1 OR city = ''Moss'')');
SELECT attack('SELECT count(*) - count(DISTINCT patient) FROM patients, (SELECT NULL::float8 AS k, 0 AS w UNION ALL SELECT 9007199254740993, 1 UNION ALL SELECT 9007199254740992, 2) l WHERE k = 9007199254740992::float8 AND (w = 1 OR city = ''Moss'')');
SELECT attack('SELECT k, count(*) FROM patients, unnest(ARRAY[''aa''::text::bpchar, ''aa  ''::text::bpchar]) WITH ORDINALITY l (k, w) WHERE w = 1 OR city = ''Moss'' GROUP BY k');

-- ---------- an index that is younger than what is seen ----------
SET SESSION AUTHORIZATION regress_cr_f_analyst;
CREATE TABLE dup (k int NOT NULL, w int);
CREATE FUNCTION make_unique() RETURNS text LANGUAGE plpgsql AS $$ BEGIN
    DELETE FROM dup WHERE w = 2;
    CREATE UNIQUE INDEX ON dup (k);
    RETURN 'made'; END $$;
CREATE FUNCTION seen() RETURNS text STABLE LANGUAGE plpgsql AS $$ BEGIN RETURN (
    SELECT count(*) - count(DISTINCT patient) FROM patients, dup
     WHERE k = 1 AND (w = 1 OR city = 'Moss')); END $$;
INSERT INTO dup VALUES (1, 1), (1, 2);
SELECT make_unique(), seen();
SELECT make_unique();
SELECT seen();
BEGIN;
CREATE TEMP TABLE once (k text PRIMARY KEY);
INSERT INTO once VALUES ('Oslo'), ('Bergen');
SELECT count(*) FROM patients JOIN once ON k = city;
ROLLBACK;
RESET SESSION AUTHORIZATION;

-- ---------- regular expressions ----------
SELECT ask('SELECT count(*) FROM visits WHERE code ~ ''^I[12]'' AND code !~* ''z''');
SELECT ask('SELECT code SIMILAR TO ''(I|J)%'' AS main, count(*) FROM visits WHERE regexp_like(code, ''^[A-Y]'') GROUP BY 1 /patient/');
SELECT ask('SELECT count(*) FILTER (WHERE code ~ ''\y[IJ]\d+\y'') FROM visits WHERE code ~* ''^[a-y]''');
SELECT attack('SELECT count(*) FROM visits WHERE code ~ ''Z1''');
SELECT attack('SELECT count(*) FROM visits WHERE code ~ ''(Z1''');
SELECT attack('SELECT count(*) FROM visits WHERE code ~ ''(.)\1''');
SELECT attack('SELECT count(*) FROM visits WHERE code ~ ''(?=Z)''');
SELECT attack('SELECT count(*) FROM visits WHERE ''Z'' ~ code');
SELECT attack('SELECT count(*) FROM visits WHERE code ~ (SELECT max(code) FROM (SELECT code FROM visits GROUP BY code) x)');
SELECT left(attack(format('SELECT count(*) FROM visits WHERE code ~ %L', repeat('x', 1001))), 100);
SELECT attack('SELECT count(*) FROM visits WHERE code ~ ANY (''{Z1,Z3}'')');
SELECT attack('SELECT count(*) FROM visits WHERE regexp_replace(code, ''Z'', ''I'') = ''I1''');
SELECT attack('SELECT substring(code FROM ''^.''), count(*) FROM visits GROUP BY 1');

-- ---------- digits that are rounded away ----------
SELECT format('SELECT (s - 0.0007 * t) * ''1e16383''::numeric FROM (SELECT sum(0.0007 * minutes * 1.%s1) AS s, sum(minutes) AS t FROM visits) x', repeat('0', 16382)) AS long \gset
SELECT left(attack(:'long'), 100);
SELECT attack('SELECT sum((minutes + cost * cost * 10000000) / 31600.5 - cost * cost * 10000000 / 31600.5) FROM visits WHERE code NOT LIKE ''Z%''');
SELECT attack('SELECT sum((1.3::float8 * minutes + 16384 * (cost::float8 * cost)) - 16384 * (cost::float8 * cost)) FROM visits');
SELECT attack('SELECT sum((minutes + 1024 * (minutes * minutes))::float8 - (1024 * (minutes * minutes))::float8) FROM visits');
SELECT attack('SELECT count(s), count(*) FROM (SELECT a.patient, sum((a.minutes + a.minutes) * 1000000000) AS s FROM visits a JOIN visits b USING (patient) GROUP BY a.patient) u');
SELECT ask('SELECT sum(cost * 1.21), avg(cost / 100), round(avg((minutes + cost) / 2.0), 12) AS half, round(avg(minutes * 1.0 / 60), 12), sum(cost - minutes * 0.5), sum(minutes::float8 + cost::float8) FROM visits WHERE code NOT LIKE ''Z%''');
SELECT ask('SELECT avg(s) FROM (SELECT patient, sum(minutes * minutes) AS s FROM visits WHERE code NOT LIKE ''Z%'' GROUP BY patient) x');

-- quotients add up as if none had been rounded, each where it has 16 digits
SELECT ask('SELECT {{sum(cost * 13 / 7.0)}} [[round(sum(cost) * 13 / 7.0::numeric(40, 30), 20)]] AS s FROM visits');
SELECT ask('SELECT {{sum(c)}} [[round(sum(c) / 7.0::numeric(40, 30), 20)]] AS s FROM (SELECT cost * 13 {{/ 7.0}} AS c FROM visits) v');
SELECT ask('SELECT {{sum(cost / 7.0 * cost)}} [[round(sum(cost * cost) / 7.0::numeric(40, 30), 20)]] AS s, {{sum((cost + minutes) / 3.0)}} [[round(sum(cost + minutes) / 3.0::numeric(40, 30), 20)]] AS t FROM visits');
SELECT ask('SELECT {{sum(a)}} [[round(sum(s / 3::numeric(40, 30)), 20)]] AS a, {{sum(v)}} [[round(sum((3 * q - t * t) / 6::numeric(40, 30)), 20)]] AS v FROM (SELECT patient, count(*) AS n, {{avg(minutes * 13) AS a, variance(cost) AS v}} [[13 * sum(minutes) AS s, sum(cost) AS t, sum(cost * cost) AS q]] FROM visits GROUP BY patient) x WHERE n = 3');
SELECT ask('SELECT scale(sum(cost / 100.0)), {{scale(sum(cost / 7.0)) AS s, scale(sum(a)) AS t}} [[20 AS s, 20 AS t]] FROM (SELECT patient, sum(cost) AS cost, avg(cost) AS a FROM visits GROUP BY patient) x');
SELECT ask('SELECT {{a}} [[trim_scale(a) AS a]], count(*) FROM (SELECT patient, count(*) / 3.0 AS a FROM visits WHERE code NOT LIKE ''Z%'' GROUP BY patient) x GROUP BY a');
SELECT attack('SELECT sum(a + b) FROM (SELECT patient, sum(cost::float8 * 1000000000) AS a, sum(minutes::float8) AS b FROM visits WHERE code NOT LIKE ''Z%'' GROUP BY patient) x');
SELECT attack('SELECT sum(cost / 0.0) FROM visits WHERE code NOT LIKE ''Z%''');

-- ---------- subqueries in a condition that guards copy ----------
SELECT attack('SELECT count(*) FILTER (WHERE code = ''Z1'' OR (SELECT count(*) FROM visits) = 0) FROM visits WHERE code NOT LIKE ''Z2''');
SELECT attack('SELECT sum(CASE WHEN code = ''Z1'' OR (SELECT count(*) FROM patients WHERE city = ''Oslo'') = 0 THEN cost ELSE 0 END) FROM visits WHERE code NOT LIKE ''Z2''');
SELECT attack('SELECT count(*) FILTER (WHERE code = ''Z1'' OR ''Oslo'' NOT IN (SELECT city FROM patients WHERE city <> ''Moss'' GROUP BY city)) FROM visits WHERE code NOT LIKE ''Z2''');
SELECT attack('SELECT count(*) FILTER (WHERE code = ''Z1'' OR NOT EXISTS (SELECT FROM patients WHERE city = ''Oslo'' GROUP BY city)) FROM visits WHERE code NOT LIKE ''Z2''');
SELECT attack('SELECT city, count(*) FROM patients JOIN visits USING (patient) WHERE code NOT LIKE ''Z2'' GROUP BY city HAVING count(*) FILTER (WHERE code = ''Z1'' OR (SELECT count(*) FROM sales) = 0) > 0');
SELECT attack('SELECT avg(n) FROM (SELECT patient, count(*) FILTER (WHERE code = ''Z1'' OR (SELECT count(*) FROM visits) = 0) AS n FROM visits WHERE code NOT LIKE ''Z2'' GROUP BY patient) x');
SELECT attack('SELECT count(*) FILTER (WHERE code = ''Z1'' OR (SELECT random() < 0.5 FROM (SELECT count(*) FROM visits) x)) FROM visits');
SELECT attack('WITH w AS (SELECT count(*) AS n FROM visits) SELECT count(*) FILTER (WHERE code = ''Z1'' OR (SELECT n + 0 * (SELECT count(*) FROM sales) FROM w) = 0) FROM visits WHERE code NOT LIKE ''Z2''');
SELECT ask('SELECT count(*) FILTER (WHERE minutes > (SELECT avg(minutes) FROM visits WHERE code NOT LIKE ''Z%'')), sum(CASE WHEN minutes > (SELECT avg(minutes) FROM visits WHERE code NOT LIKE ''Z%'') THEN cost ELSE 0 END) FROM visits WHERE code NOT LIKE ''Z%''');
SELECT ask('SELECT sum(CASE WHEN code IN (SELECT code FROM visits WHERE code NOT LIKE ''Z%'' GROUP BY code ORDER BY sum(cost) DESC LIMIT 2) THEN cost ELSE 0 END) / sum(cost) AS share FROM visits WHERE code NOT LIKE ''Z%''');
SELECT ask('SELECT code, count(*) FILTER (WHERE day >= (SELECT max(m) FROM (SELECT date_trunc(''quarter'', day) AS m FROM visits WHERE code NOT LIKE ''Z%'' GROUP BY 1) x)) FROM visits WHERE code NOT LIKE ''Z%'' GROUP BY code /patient/');
SELECT ask('SELECT avg(n), round((corr(n, m) FILTER (WHERE n > (SELECT 1)))::numeric, 12) FROM (SELECT patient, count(*) FILTER (WHERE minutes > (SELECT avg(minutes) FROM visits WHERE code NOT LIKE ''Z%'')) AS n, count(*) AS m FROM visits WHERE code NOT LIKE ''Z%'' GROUP BY patient) x');

-- ---------- conditionals that a subquery, a view or WITH computes ----------
SELECT ask('SELECT code, sum(p) FROM (SELECT code, CASE WHEN minutes > 20 THEN 1 ELSE 0 END AS p FROM visits WHERE code NOT LIKE ''Z%'') x GROUP BY code');
SELECT ask('SELECT sum(p), avg(q), sum(r) FROM (SELECT CASE WHEN minutes > 20 THEN cost ELSE 0 END AS p, CASE WHEN minutes > 20 THEN cost END AS q, coalesce(copay, 0) AS r FROM visits WHERE code NOT LIKE ''Z%'') x');
SELECT ask('WITH a AS (SELECT code, minutes, cost, copay FROM visits WHERE code NOT LIKE ''Z%''), b AS (SELECT code, CASE WHEN minutes > 20 THEN copay ELSE 0 END AS p, (minutes > 20)::int AS q FROM a) SELECT sum(p), avg(q) FROM b');
SELECT ask('WITH v AS (SELECT p.patient, coalesce(o.n, 0) AS n FROM patients p LEFT JOIN (SELECT patient, count(*) AS n FROM visits GROUP BY patient) o USING (patient)) SELECT avg(n) FROM v');
SELECT ask('SELECT avg(s), avg(t), sum(f) FROM (SELECT patient, coalesce(sum(copay), 0) AS s, sum(CASE WHEN code IN (''I10'', ''I21'') THEN cost ELSE 0 END) AS t, CASE WHEN count(*) > 2 THEN 1 ELSE 0 END AS f FROM visits WHERE code NOT LIKE ''Z%'' GROUP BY patient) x');
SELECT ask('SELECT sum(cost::numeric(30, 2)) FROM (SELECT minutes AS cost FROM visits WHERE code NOT LIKE ''Z%'') x');
SELECT attack('SELECT sum(cost::numeric(30, 2)) FROM visits');
SELECT attack('SELECT sum(minutes::numeric(9, 2)) FROM visits');
SELECT attack('SELECT sum(p) FROM (SELECT CASE WHEN code LIKE ''Z%'' THEN cost ELSE 0 END AS p FROM visits) x');
SELECT attack('SELECT sum(p), count(p) FROM (SELECT CASE WHEN code LIKE ''Z%'' THEN NULL ELSE cost END AS p FROM visits) x');
SELECT attack('SELECT sum(p) FROM (SELECT CASE WHEN code LIKE ''Z%'' THEN cost WHEN code = ''I10'' THEN minutes ELSE 7 END AS p FROM visits) x');
SELECT attack('SELECT sum(p) FROM patients LEFT JOIN (SELECT patient, CASE WHEN code LIKE ''Z%'' THEN 1 ELSE 0 END AS p FROM visits) x USING (patient)');
SELECT attack('SELECT avg(t) FROM (SELECT patient, sum(CASE WHEN code LIKE ''Z%'' THEN cost ELSE 0 END) AS t FROM visits GROUP BY patient) x');
SELECT attack('SELECT max(c), sum(c) FROM (SELECT city, sum(CASE WHEN code LIKE ''Z%'' THEN cost ELSE 0 END) AS c FROM visits JOIN patients USING (patient) WHERE city IN (''Oslo'', ''Bergen'') GROUP BY city) x');

-- ---------- lists of patterns ----------
SELECT ask('SELECT count(*) FROM visits WHERE code LIKE ANY (ARRAY[''I%'', ''J4_'']) AND code NOT LIKE ALL (''{Z%,E%}'') AND code ~ ANY (''{^I,^J}'')');
SELECT attack('SELECT count(*) FROM visits WHERE code LIKE ANY (ARRAY[''Z%'', code])');
SELECT attack('SELECT count(*) FROM visits WHERE code ILIKE ANY (''{z1,z2}'')');

-- ---------- no row, whatever there is ----------
SELECT ask('SELECT * FROM visits WHERE 1 = 0');
SELECT ask('SELECT v.*, p.city FROM visits v, patients p ORDER BY minutes LIMIT 0');
SELECT ask('SELECT count(*) OVER (), cost / 0 FROM visits WHERE false AND cost / 0 > 1');
SELECT ask('SELECT code, count(*), sum(cost) AS s FROM visits WHERE 1 = 0 GROUP BY code HAVING count(*) > 1 ORDER BY s');
SELECT ask('SELECT code, count(*) FROM visits GROUP BY code LIMIT 0');
SELECT ask('SELECT count(*) FROM visits HAVING 1 = 0');
SELECT attack('SELECT count(*) FROM visits WHERE 1 = 0');
SELECT attack('SELECT code, count(*) FROM visits WHERE 1 = 0 GROUP BY GROUPING SETS (code, ())');
SELECT attack('SELECT * FROM visits WHERE code <> code');
SELECT attack('SELECT * FROM visits LIMIT (SELECT count(*) FROM visits WHERE code = ''Z1'')');
SELECT attack('SELECT * FROM visits WHERE (SELECT false)');
SELECT attack('SELECT * FROM visits WHERE false FOR UPDATE');
SELECT attack('SELECT * FROM visits WHERE false UNION ALL SELECT * FROM visits');

-- ---------- zero for what is null, inside arithmetic ----------
SELECT ask('SELECT sum(cost - coalesce(copay, 0)), avg(cost * (1 - coalesce(copay, 0) * 0.01)), sum(coalesce(copay, 0) + minutes) FROM visits WHERE code NOT LIKE ''Z%''');
SELECT ask('SELECT code, sum(net) FROM (SELECT code, cost - coalesce(copay, 0) AS net FROM visits WHERE code NOT LIKE ''Z%'') x GROUP BY code');
SELECT ask('SELECT avg(net), sum(zero) FROM (SELECT patient, sum(cost - coalesce(copay, 0)) AS net, sum(coalesce(copay, 0)) AS zero FROM visits WHERE code NOT LIKE ''Z%'' GROUP BY patient) x');
SELECT attack('SELECT sum(minutes - coalesce(copay, 0)) FROM visits JOIN patients USING (patient) WHERE city IN (''Oslo'', ''Moss'', ''Bodo'')');
SELECT attack('SELECT sum(0 * minutes - coalesce(copay, 0)) FROM visits JOIN patients USING (patient) WHERE city IN (''Oslo'', ''Moss'', ''Bodo'')');
SELECT attack('SELECT sum(s) FROM (SELECT patient, sum(minutes - coalesce(copay, 0)) AS s FROM visits JOIN patients USING (patient) WHERE city IN (''Oslo'', ''Moss'', ''Bodo'') GROUP BY patient) x');
SELECT attack('SELECT sum(s) FROM (SELECT minutes - coalesce(copay, 0) AS s FROM visits JOIN patients USING (patient) WHERE city IN (''Oslo'', ''Moss'', ''Bodo'')) x');
SELECT attack('SELECT sum(minutes - coalesce(copay, 1)) FROM visits');
SELECT attack('SELECT variance(minutes - coalesce(copay, 0)) FROM visits');
SELECT attack('SELECT corr(minutes, cost - coalesce(copay, 0)) FROM visits');

SELECT ask('SELECT count(*) FROM patients p WHERE city IN (''Oslo'', ''Bergen'') AND NOT EXISTS (SELECT FROM visits v WHERE v.patient = p.patient AND v.minutes > (SELECT avg(minutes) FROM visits WHERE code NOT LIKE ''Z%''))');
SELECT ask('WITH w AS (SELECT avg(minutes) AS m FROM visits WHERE code NOT LIKE ''Z%'') SELECT count(*) FROM patients p WHERE city IN (''Oslo'', ''Bergen'') AND EXISTS (SELECT FROM visits v WHERE v.patient = p.patient AND v.minutes > (SELECT m FROM w))');
SELECT attack('SELECT count(*) FROM patients WHERE city IN (''Oslo'', ''Bergen'') AND patient NOT IN (WITH w AS (SELECT avg(minutes) AS m FROM visits) SELECT patient FROM visits v WHERE v.minutes > (SELECT m FROM w))');

SELECT ask('SELECT sum(coalesce(copay, 0) * coalesce(copay2, 0)) FROM (SELECT v.*, copay AS copay2 FROM visits v WHERE code NOT LIKE ''Z%'') x');
SELECT attack('SELECT sum(coalesce(a.copay, 0) * coalesce(b.copay, 0)) FROM visits a JOIN visits b USING (patient)');
SELECT attack('SELECT sum(copay + coalesce(copay, 0)) - 2 * sum(copay) FROM visits');
SELECT attack('SELECT sum(coalesce(v.s, 0) - v.n) FROM patients LEFT JOIN (SELECT patient, sum(cost) AS s, count(*) AS n FROM visits GROUP BY patient) v USING (patient)');
SELECT ask('WITH w AS (SELECT code AS g, count(*) AS n FROM visits WHERE code LIKE ''I%'' GROUP BY code) SELECT count(*) FILTER (WHERE minutes > (SELECT count(*) FROM w) + 5) AS a, count(*) FILTER (WHERE d) AS b FROM (WITH w AS (SELECT code AS g, count(*) AS n FROM visits WHERE code NOT LIKE ''Z%'' GROUP BY code) SELECT minutes, minutes > (SELECT count(*) FROM w) + 5 AS d FROM visits WHERE code NOT LIKE ''Z%'') x');
SELECT ask('WITH w AS (SELECT avg(minutes) AS m FROM visits WHERE code NOT LIKE ''Z%'') SELECT count(*) FROM patients p WHERE city IN (''Oslo'', ''Bergen'') AND NOT EXISTS (SELECT FROM visits v WHERE v.patient = p.patient AND v.minutes > (SELECT m FROM w))');

SELECT attack('SELECT avg(n) FROM (WITH w AS (SELECT avg(minutes) AS m FROM visits) SELECT patient, count(*) FILTER (WHERE minutes > (SELECT m FROM w)) AS n FROM visits GROUP BY patient) x');

SELECT ask('WITH subquery_1 AS (SELECT ''x''::text AS t, count(*) AS n FROM visits WHERE code NOT LIKE ''Z%'') SELECT count(*) FILTER (WHERE minutes > (SELECT avg(minutes) FROM visits WHERE code NOT LIKE ''Z%'')), (SELECT n FROM subquery_1) FROM visits WHERE code NOT LIKE ''Z%''');

-- ---------- one person by a label, beside labels of what is known ----------
CREATE TABLE everyone (k int PRIMARY KEY, lab text, b bool);
INSERT INTO everyone SELECT k, CASE k WHEN 901 THEN 'him' ELSE 'o' END, k = 901 FROM generate_series(1, 1000) k;
CREATE TABLE towns (town text PRIMARY KEY, grp text);
INSERT INTO towns VALUES ('Oslo', 'x'), ('Bergen', 'y'), ('Molde', 'y'), ('Moss', 'y'), ('Bodo', 'x');
GRANT SELECT ON everyone, towns TO regress_cr_f_analyst;
SELECT attack('SELECT count(*) FROM patients JOIN everyone ON k = patient JOIN towns ON town = city WHERE grp = ''x'' OR b');
SELECT attack('SELECT CASE WHEN b THEN grp ELSE ''x'' END, count(*) FROM patients JOIN everyone ON k = patient JOIN towns ON town = city GROUP BY 1');
SELECT attack('SELECT count(*) FROM patients JOIN everyone ON k = patient LEFT JOIN towns d ON d.town = city AND d.grp = ''y'' AND NOT b WHERE d.town IS NULL');
SELECT attack('SELECT lab, count(*) FROM patients LEFT JOIN everyone ON k = patient AND city <> ''Moss'' GROUP BY lab');
SELECT attack('SELECT count(*) FILTER (WHERE lab IS NULL) FROM patients LEFT JOIN everyone ON k = patient AND city <> ''Oslo''');
SELECT attack('SELECT count(*) FROM patients JOIN (SELECT k, town FROM everyone, towns WHERE town = ''Oslo'' OR lab = ''him'' GROUP BY k, town) x ON x.k = patient AND x.town = city');
SELECT attack('SELECT f, count(*) FROM patients JOIN (SELECT k, town, b OR grp = ''x'' AS f FROM everyone, towns GROUP BY 1, 2, 3) e ON e.k = patient AND e.town = city GROUP BY f');
SELECT attack('SELECT count(*) FROM patients p WHERE NOT EXISTS (SELECT FROM patients q JOIN everyone e ON e.k = q.patient AND NOT e.b WHERE q.city <> ''Oslo'' AND q.patient = p.patient)');
SELECT attack('SELECT count(*) FROM patients JOIN everyone ON k = patient WHERE (city = ''Moss'') = b');
SELECT attack('SELECT count(*) FROM patients JOIN everyone ON (k, b) IN ((patient, city = ''Moss''))');
SELECT ask('SELECT lab, grp, count(*) FROM patients JOIN everyone ON k = patient JOIN towns ON town = city GROUP BY 1, 2 /patient/');
SELECT ask('SELECT grp, count(*) FROM patients LEFT JOIN towns ON town = city AND grp = ''x'' GROUP BY 1 /patient/');
SELECT ask('SELECT count(*) FROM patients JOIN towns ON town = city WHERE grp = ''x'' OR born < ''1960-01-01''');

-- ---------- what a subquery takes from people's aggregates ----------
SELECT ask('SELECT round(sum(net), 6), count(*) FROM (SELECT * FROM (SELECT patient, sum(cost * 1.19) AS net FROM visits GROUP BY 1) a) b');
SELECT ask('SELECT sum(z), sum(n) FROM (SELECT b.n, b.z FROM (SELECT a.* FROM (SELECT patient, count(*) FILTER (WHERE code = ''I10'') AS z, count(*) AS n FROM visits GROUP BY 1) a) b) c');
SELECT ask('WITH per AS (SELECT patient, sum(cost * 3) AS c, count(*) AS n FROM visits GROUP BY patient), renamed AS (SELECT patient AS who, c AS spent, n AS times FROM per), joined AS (SELECT p.city, p.age, r.spent, r.times FROM patients p JOIN renamed r ON r.who = p.patient) SELECT city, sum(spent), round(avg(times), 6), count(*) FROM joined WHERE age > 25 GROUP BY city [[HAVING count(*) >= 5]]');
SELECT ask('WITH per AS (SELECT patient, sum(cost * 2) AS c, count(*) AS n FROM visits GROUP BY patient), renamed AS (SELECT patient AS who, c AS spent, n AS times FROM per), joined AS (SELECT p.city, r.spent, r.times FROM patients p LEFT JOIN renamed r ON r.who = p.patient) SELECT city, sum(spent), round(avg(coalesce(times, 0)), 6), count(*) FROM joined GROUP BY city [[HAVING count(*) >= 5]]');
SELECT ask('SELECT count(*) FROM (SELECT q.k FROM (SELECT a.k FROM (SELECT patient AS k, count(*) AS n FROM visits GROUP BY 1) a WHERE a.n > 1) q) z JOIN patients p ON p.patient = z.k');
SELECT ask('SELECT count(*), sum(z.c) FROM (SELECT q.k, q.c FROM (SELECT a.k, a.c FROM (SELECT patient AS k, sum(minutes) AS c FROM visits GROUP BY 1) a, patients b WHERE b.patient = a.k AND b.city <> ''Oslo'') q) z JOIN patients w ON w.patient = z.k');
SELECT ask('SELECT hh, count(*) FROM (SELECT k, k IN (SELECT buyer FROM sales) AS hh FROM (SELECT patient AS k, count(*) AS n FROM visits GROUP BY 1) a) r LEFT JOIN (SELECT buyer, count(*) AS g FROM sales GROUP BY 1) x ON buyer = k GROUP BY 1 [[HAVING count(*) >= 5]]');
SELECT ask('SELECT count(*) FROM (SELECT v.patient, count(*) AS n FROM visits v JOIN sales s ON s.buyer = v.patient GROUP BY 1) o RIGHT JOIN patients p ON p.patient = o.patient');
SELECT attack('SELECT sum(c) FROM (SELECT q.c FROM (SELECT patient, sum(cost) FILTER (WHERE code = ''Z1'') AS c FROM visits GROUP BY patient) q) z');
SELECT attack('SELECT sum(CASE WHEN c > 0 THEN 1 ELSE 0 END) FROM (SELECT q.c FROM (SELECT patient, sum(cost) FILTER (WHERE code = ''Z1'') AS c FROM visits GROUP BY patient) q) z');
SELECT attack('SELECT q FROM (SELECT * FROM (SELECT patient, sum(cost * 2) AS c FROM visits GROUP BY patient) q) q');
-- ---------- what follows from a key that is grouped by ----------
SELECT ask('SELECT city, round(avg(n), 6), count(*) FROM (SELECT p.patient, p.city, count(v.code) AS n FROM patients p LEFT JOIN visits v USING (patient) GROUP BY p.patient) x GROUP BY city [[HAVING count(*) >= 5]]');
SELECT ask('SELECT left(city, 2) AS c, count(*) FROM (SELECT p.patient, upper(p.city) AS city FROM patients p JOIN visits v USING (patient) GROUP BY p.patient HAVING p.city <> ''Oslo'' AND count(*) > 1) x GROUP BY 1 [[HAVING count(*) >= 5]]');
SELECT attack('SELECT city, count(*) FROM (SELECT p.patient, p.city FROM patients p GROUP BY p.patient) x GROUP BY city');
SELECT attack('SELECT count(*) FROM (SELECT patient FROM patients GROUP BY patient HAVING born > ''1990-01-01'') x');
-- ---------- values that are skipped, and classes of a group's keys ----------
SELECT ask('SELECT count(nullif(code, ''I21'')) FROM visits');
SELECT ask('SELECT code, round(sum(cost * CASE code WHEN ''I10'' THEN 1.19 ELSE 1.2 END), 6) FROM visits WHERE code IS NOT NULL GROUP BY code [[HAVING count(DISTINCT patient) >= 5]]');
SELECT ask('SELECT code, sum(CASE WHEN code IN (''I10'', ''E11'') THEN cost * 2 ELSE cost END), count(*) FROM visits WHERE code IS NOT NULL GROUP BY code HAVING sum(CASE WHEN code = ''I10'' THEN cost * 3 ELSE cost END) > 0 [[AND count(DISTINCT patient) >= 5]]');
SELECT attack('SELECT avg(nullif(cost, 999)) FROM visits');
SELECT attack('SELECT count(nullif(code, ''Z1'')), count(code) FROM visits');
SELECT attack('SELECT city, sum(CASE WHEN age > 90 THEN age * 2 ELSE age END) FROM patients GROUP BY city');
-- ---------- sub-selects in several classes, joins that nobody reads ----------
SELECT ask('SELECT sum(CASE WHEN minutes < (SELECT avg(minutes) FROM visits) THEN 1 WHEN minutes > (SELECT avg(minutes) FROM visits) THEN -1 ELSE 0 END) FILTER (WHERE code = ''I10'') IS NOT NULL FROM visits');
SELECT ask('SELECT city, count(*) FROM patients p LEFT JOIN (SELECT v.patient, count(*) AS n FROM visits v JOIN sales s ON s.buyer = v.patient GROUP BY 1) g USING (patient) GROUP BY city [[HAVING count(*) >= 5]]');
SELECT ask('SELECT count(*) FROM visits v LEFT JOIN patients p USING (patient) WHERE (SELECT count(*) FROM patients) > 90');
SELECT ask('SELECT count(*) FROM patients p WHERE EXISTS (SELECT FROM visits v LEFT JOIN patients q ON q.patient = v.patient WHERE v.patient = p.patient)');
-- ---------- a flag that is grouped by, in expressions over the groups ----------
SELECT ask('SELECT q.h, q.h IS NULL AS none, count(*) FROM patients p LEFT JOIN (SELECT DISTINCT buyer, ''h'' AS h FROM sales WHERE item = ''tea'') q ON q.buyer = p.patient GROUP BY q.h /patient/');
SELECT ask('SELECT q.h, count(*) FROM patients p LEFT JOIN (SELECT DISTINCT buyer, ''h'' AS h FROM sales WHERE item = ''tea'') q ON q.buyer = p.patient GROUP BY q.h HAVING q.h IS NULL [[AND count(DISTINCT patient) >= 5]]');
SELECT ask('SELECT q.h, CASE WHEN q.h IS NOT NULL THEN count(DISTINCT p.city) END AS cities, sum(v.cost) FROM visits v LEFT JOIN patients p ON v.patient = p.patient LEFT JOIN (SELECT DISTINCT buyer, ''h'' AS h FROM sales) q ON v.patient = q.buyer GROUP BY q.h /v.patient/');
SELECT ask('SELECT coalesce(q.h, ''none'') AS k, count(*) FROM patients p LEFT JOIN (SELECT DISTINCT buyer, ''h'' AS h FROM sales WHERE item = ''tea'') q ON q.buyer = p.patient GROUP BY coalesce(q.h, ''none'') HAVING coalesce(q.h, ''none'') <> ''h'' [[AND count(DISTINCT patient) >= 5]] ORDER BY CASE WHEN coalesce(q.h, ''none'') = ''h'' THEN 1 ELSE 2 END');
SELECT ask('SELECT q.f, NOT q.f AS other, q.f IS NULL AS none, rank() OVER (ORDER BY q.f IS NULL, count(*)) AS r, count(*) FROM patients p LEFT JOIN (SELECT DISTINCT buyer, true AS f FROM sales WHERE item = ''tea'') q ON q.buyer = p.patient GROUP BY q.f /patient/');
SELECT attack('SELECT q.h, q.h IS NULL, sum(v.cost) FROM visits v JOIN patients p ON v.patient = p.patient LEFT JOIN (SELECT DISTINCT buyer, ''h'' AS h FROM sales WHERE item = ''salve'') q ON v.patient = q.buyer GROUP BY q.h');
-- ---------- classes that a subquery computes of questions for a match ----------
SELECT ask('SELECT grp, count(*), avg(conv), sum(conv) FROM (SELECT p.patient, CASE WHEN EXISTS (SELECT FROM visits v WHERE v.patient = p.patient AND v.code = ''I10'') THEN ''seen'' ELSE ''not'' END AS grp, CASE WHEN EXISTS (SELECT FROM sales s WHERE s.buyer = p.patient) THEN 1 ELSE 0 END AS conv FROM patients p) t GROUP BY grp [[HAVING count(*) >= 5]]');
SELECT ask('WITH base AS (SELECT p.patient, CASE WHEN v.patient IS NOT NULL THEN ''seen'' ELSE ''not'' END AS grp, (s.buyer IS NOT NULL)::int AS conv FROM patients p LEFT JOIN (SELECT DISTINCT patient FROM visits WHERE code = ''I10'') v ON v.patient = p.patient LEFT JOIN (SELECT DISTINCT buyer FROM sales) s ON s.buyer = p.patient) SELECT grp, count(*), round(avg(conv), 6) AS rate FROM base GROUP BY grp [[HAVING count(*) >= 5]]');
SELECT ask('SELECT grp, count(*) FILTER (WHERE n > 0), sum(CASE WHEN n > 0 THEN 1 ELSE 0 END), avg(n) FROM (SELECT EXISTS (SELECT FROM visits v WHERE v.patient = p.patient AND v.code = ''I10'') AS grp, coalesce(s.n, 0) AS n FROM patients p LEFT JOIN (SELECT buyer, count(*) AS n FROM sales GROUP BY 1) s ON s.buyer = p.patient) t GROUP BY grp [[HAVING count(*) >= 5]]');
SELECT ask('SELECT EXISTS (SELECT FROM sales s WHERE s.buyer = p.patient) AS buys, count(*), round(avg(CASE WHEN city = ''Oslo'' THEN 1 ELSE 0 END), 6) AS oslo FROM patients p GROUP BY 1 [[HAVING count(*) >= 5]]');
SELECT attack('SELECT grp, count(*) FROM (SELECT p.patient, CASE WHEN EXISTS (SELECT FROM sales s WHERE s.buyer = p.patient AND s.item = ''salve'') THEN ''seen'' ELSE ''not'' END AS grp FROM patients p) t GROUP BY grp');
SELECT attack('SELECT sum(conv), count(*) FROM (SELECT p.patient, EXISTS (SELECT FROM sales s WHERE s.buyer = p.patient AND s.item = ''salve'')::int AS conv FROM patients p) t');
SELECT attack('SELECT count(*) FILTER (WHERE conv = 1 OR city = ''Oslo'') FROM (SELECT p.city, CASE WHEN EXISTS (SELECT FROM sales s WHERE s.buyer = p.patient AND s.item = ''salve'') THEN 1 ELSE 0 END AS conv FROM patients p) t');
-- ---------- counts that may be zero with a match, too ----------
SELECT ask('SELECT n, count(*), avg(n) FROM (SELECT p.patient, count(v.code) AS n FROM patients p LEFT JOIN visits v ON v.patient = p.patient GROUP BY p.patient) x GROUP BY n [[HAVING count(*) >= 5]]');
SELECT ask('SELECT n = 0 AS none, count(*) FROM (SELECT p.patient, count(DISTINCT v.code) FILTER (WHERE v.code = ''I10'') AS n FROM patients p LEFT JOIN visits v ON v.patient = p.patient GROUP BY p.patient) x GROUP BY 1 [[HAVING count(*) >= 5]]');
SELECT ask('SELECT count(*), count(*) FILTER (WHERE n = 0), sum(CASE WHEN n = 0 THEN 1 ELSE 0 END) FROM (SELECT p.patient, sum(CASE WHEN v.code = ''I10'' THEN 1 ELSE 0 END) AS n FROM patients p LEFT JOIN visits v ON v.patient = p.patient GROUP BY p.patient) x');
SELECT ask('SELECT count(*) FROM patients p LEFT JOIN (SELECT patient, count(*) AS n FROM visits GROUP BY 1) v USING (patient) WHERE coalesce(n, 0) NOT IN (1, 2, 3, 4)');
SELECT ask('SELECT first IS NULL AS never, count(*) FROM (SELECT p.patient, min(v.day) AS first FROM patients p LEFT JOIN visits v ON v.patient = p.patient AND v.code IS NOT NULL GROUP BY p.patient) x GROUP BY 1 [[HAVING count(*) >= 5]]');
SELECT attack('SELECT n, count(*) FROM (SELECT p.patient, count(s.buyer) FILTER (WHERE s.item = ''salve'') AS n FROM patients p LEFT JOIN sales s ON s.buyer = p.patient GROUP BY p.patient) x GROUP BY n');
SELECT attack('SELECT count(*) FROM (SELECT p.patient, count(s.buyer) FILTER (WHERE s.item = ''salve'') AS n FROM patients p LEFT JOIN sales s ON s.buyer = p.patient GROUP BY p.patient) x WHERE n = 0');
SELECT attack('SELECT count(*) FILTER (WHERE n = 0 OR city = ''Oslo''), count(*) FROM (SELECT p.patient, p.city, count(s.buyer) FILTER (WHERE s.item = ''salve'') AS n FROM patients p LEFT JOIN sales s ON s.buyer = p.patient GROUP BY p.patient) x');
SELECT ask('SELECT count(*) FROM patients p LEFT JOIN (SELECT buyer, count(*) AS n FROM sales GROUP BY 1) s ON s.buyer = p.patient WHERE coalesce(n, 0) NOT IN (3, 4)');
-- ---------- people without a match, by more than their unit ----------
SELECT attack('SELECT v.code, count(*) FROM visits v LEFT JOIN sales s ON s.buyer = v.patient AND s.item = v.code WHERE s.item IS NULL GROUP BY 1');

\set included :abs_srcdir '/lib/clinic_and_shop_end.sql'
\i :included
