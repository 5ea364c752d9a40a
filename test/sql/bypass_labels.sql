-- Attacks by what a table of the analyst's says of people, where it is hidden
-- behind relations that may have no match, and behind counts; and by time
-- zones that nobody lives in.
--
-- Each runs in two worlds, in which one person, 777, has another city, age
-- and number of events.  It must be refused, with a hint, or end alike.
\set VERBOSITY terse
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_l_owner;
CREATE ROLE regress_cr_l_analyst;
CREATE SCHEMA bypass_labels;
GRANT ALL ON SCHEMA bypass_labels TO regress_cr_l_owner, regress_cr_l_analyst;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_l_owner, regress_cr_l_analyst;
SET search_path = bypass_labels, pg_catalog;
SET SESSION AUTHORIZATION regress_cr_l_owner;
CREATE TABLE persons (pid int PRIMARY KEY, city text NOT NULL, age int NOT NULL, income int NOT NULL);
CREATE TABLE events (pid int NOT NULL, code text NOT NULL, day date NOT NULL);
INSERT INTO persons SELECT p, ('{A,B,C}'::text[])[1 + p % 3], 20 + p % 50, 1000 + p % 37
  FROM generate_series(1, 300) p;
INSERT INTO events SELECT p, ('{x,y}'::text[])[1 + v % 2], date '2024-01-01' + (p * v) % 90
  FROM generate_series(1, 300) p, generate_series(1, 6) v WHERE v <= 1 + p % 6;
CREATE FUNCTION be(world int) RETURNS void LANGUAGE sql SECURITY DEFINER AS $$
    DELETE FROM bypass_labels.persons WHERE pid = 777;
    DELETE FROM bypass_labels.events WHERE pid = 777;
    INSERT INTO bypass_labels.persons
    VALUES (777, CASE world WHEN 1 THEN 'A' ELSE 'B' END, CASE world WHEN 1 THEN 30 ELSE 99 END, 1005);
    INSERT INTO bypass_labels.events SELECT 777, 'x', date '2024-02-01' FROM generate_series(1, 2 + world) $$;
SELECT be(1);
SELECT cleanroom.protect('persons', 'pid', 10, dimensions => '{city, age}', measures => '{income}', join_keys => '{pid}');
SELECT cleanroom.protect('events', 'pid', 10, dimensions => '{code, day}', join_keys => '{pid}');
GRANT SELECT ON persons, events TO regress_cr_l_analyst;

SET SESSION AUTHORIZATION regress_cr_l_analyst;
-- the target and 20 others, the others alone, and everybody
CREATE TABLE l1 (k int PRIMARY KEY);
INSERT INTO l1 SELECT k FROM generate_series(1, 20) k UNION ALL SELECT 777;
CREATE TABLE l2 (k int PRIMARY KEY);
INSERT INTO l2 SELECT k FROM generate_series(1, 20) k;
CREATE TABLE everyone (k int PRIMARY KEY, lab text NOT NULL, since date NOT NULL);
INSERT INTO everyone SELECT k, CASE k WHEN 777 THEN 'him' ELSE 'o' END, date '2024-01-01' + k % 20
  FROM generate_series(1, 1000) k;
CREATE TABLE outcomes (world int, place int, query text, outcome text);
CREATE TABLE queries (place int GENERATED ALWAYS AS IDENTITY, query text);

-- Runs a statement; says how it ended, and whether a refusal has a hint.
CREATE FUNCTION run(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    r record;
    found text := '';
    hint text;
    state text;
    message text;
BEGIN
    FOR r IN EXECUTE query LOOP
        found := found || r::text || ' ';
    END LOOP;
    RETURN found;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT,
        state = RETURNED_SQLSTATE, hint = PG_EXCEPTION_HINT;
    RETURN state || ' ' || left(message, 60) ||
        CASE hint WHEN '' THEN ' WITHOUT A HINT' ELSE '' END;
END $$;

-- ---------- whether an optional protected table matches ----------
INSERT INTO queries (query) VALUES
('SELECT count(*) FILTER (WHERE p.city = ''B'' OR q.city IS NULL OR r.city IS NOT NULL), count(*)
  FROM persons p LEFT JOIN (persons q JOIN l1 ON l1.k = q.pid) ON q.pid = p.pid
  LEFT JOIN (persons r JOIN l2 ON l2.k = r.pid) ON r.pid = p.pid'),
('SELECT count(*) FILTER (WHERE p.city = ''B'' OR q.n IS NULL OR r.n IS NOT NULL), count(*) FROM persons p
  LEFT JOIN (SELECT pid, count(*) n FROM events WHERE pid IN (SELECT k FROM l1) GROUP BY pid) q ON q.pid = p.pid
  LEFT JOIN (SELECT pid, count(*) n FROM events WHERE pid IN (SELECT k FROM l2) GROUP BY pid) r ON r.pid = p.pid'),
('SELECT count(*) FILTER (WHERE p.city = ''B'' OR q.city IS NULL OR r.city IS NOT NULL), count(*) FROM persons p
  LEFT JOIN (SELECT * FROM persons WHERE pid IN (SELECT k FROM l1)) q ON q.pid = p.pid
  LEFT JOIN (SELECT * FROM persons WHERE pid IN (SELECT k FROM l2)) r ON r.pid = p.pid'),
('SELECT count(*) FILTER (WHERE q.city = ''B'' OR q.city IS NULL OR r.city IS NOT NULL), count(*)
  FROM persons p JOIN everyone l ON l.k = p.pid LEFT JOIN persons q ON q.pid = p.pid AND (l.k = 777 OR l.k <= 20)
  LEFT JOIN persons r ON r.pid = p.pid AND l.k <= 20'),
('SELECT count(*) FILTER (WHERE p.city = ''B'' OR q.city IS NULL OR r.city IS NOT NULL), count(*) FROM persons p
  LEFT JOIN persons q ON q.pid = p.pid AND q.pid IN (SELECT k FROM l1)
  LEFT JOIN persons r ON r.pid = p.pid AND r.pid IN (SELECT k FROM l2)'),
('SELECT r.city IS NULL AND q.city IS NOT NULL AND p.city <> ''B'' AS k, count(*)
  FROM persons p LEFT JOIN (persons q JOIN l1 ON l1.k = q.pid) ON q.pid = p.pid
  LEFT JOIN (persons r JOIN l2 ON l2.k = r.pid) ON r.pid = p.pid GROUP BY 1'),
('SELECT count(*) FROM persons p LEFT JOIN (persons q JOIN l1 ON l1.k = q.pid) ON q.pid = p.pid
  LEFT JOIN (persons r JOIN l2 ON l2.k = r.pid) ON r.pid = p.pid
  WHERE q.city IS NULL OR r.city IS NOT NULL OR p.city = ''B'''),
('SELECT count(*) FILTER (WHERE n = 0 OR m > 0 OR city = ''B''), count(*)
  FROM (SELECT p.pid, p.city, count(q.pid) n, count(r.pid) m FROM persons p
        LEFT JOIN (persons q JOIN l1 ON l1.k = q.pid) ON q.pid = p.pid
        LEFT JOIN (persons r JOIN l2 ON l2.k = r.pid) ON r.pid = p.pid GROUP BY p.pid, p.city) x'),
('SELECT count(*) FROM (SELECT p.pid FROM persons p
        LEFT JOIN (persons q JOIN l1 ON l1.k = q.pid) ON q.pid = p.pid
        LEFT JOIN (persons r JOIN l2 ON l2.k = r.pid) ON r.pid = p.pid
        GROUP BY p.pid HAVING count(q.pid) = 0 OR count(r.pid) > 0 OR min(p.city) = ''B'') x');

-- ---------- a chain of optional relations of one row ----------
INSERT INTO queries (query) VALUES
('SELECT count(*) FILTER (WHERE t.y IS NULL OR city = ''B''), count(*) FROM persons JOIN everyone l ON l.k = pid
  LEFT JOIN (SELECT 1 AS x) s ON l.lab = ''him'' LEFT JOIN (SELECT 1 AS y) t ON s.x = 1'),
('SELECT t.y IS NULL OR city = ''B'' AS k, count(*) FROM persons JOIN everyone l ON l.k = pid
  LEFT JOIN (SELECT 1 AS x) s ON l.lab = ''him'' LEFT JOIN (SELECT 1 AS y) t ON s.x = 1 GROUP BY 1'),
('SELECT count(*) FROM persons JOIN everyone l ON l.k = pid
  LEFT JOIN (SELECT 1 AS x) s ON l.lab = ''him'' LEFT JOIN (VALUES (1)) t (y) ON s.x = 1
  LEFT JOIN (SELECT 2 AS z) u ON t.y = 1 WHERE u.z IS NULL OR age > 50');

-- ---------- how often somebody did it ----------
INSERT INTO queries (query) VALUES
('SELECT count(*) FROM (SELECT e.pid FROM events e JOIN everyone l ON l.k = e.pid GROUP BY e.pid, l.lab
  HAVING l.lab = ''o'' OR count(*) > 3) x'),
('SELECT count(*) FROM (SELECT e.pid, CASE WHEN l.lab = ''o'' THEN 0 ELSE count(*) END AS k
  FROM events e JOIN everyone l ON l.k = e.pid GROUP BY e.pid, l.lab) x WHERE k <> 4'),
('SELECT count(*) FROM (SELECT e.pid, l.lab, count(*) n FROM events e JOIN everyone l ON l.k = e.pid
  GROUP BY e.pid, l.lab) x WHERE lab = ''o'' OR n > 3'),
('SELECT k, count(*) FROM (SELECT e.pid, count(*) FILTER (WHERE l.lab = ''him'') AS k
  FROM events e JOIN everyone l ON l.k = e.pid GROUP BY e.pid) x GROUP BY k'),
('SELECT count(*) FROM (SELECT e.pid, count(*) * length(l.lab) AS k
  FROM events e JOIN everyone l ON l.k = e.pid GROUP BY e.pid, l.lab) x WHERE k <> 12');

-- ---------- another owner who has statements fail ----------
RESET SESSION AUTHORIZATION;
CREATE ROLE regress_cr_l_partner;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_l_partner;
GRANT ALL ON SCHEMA bypass_labels TO regress_cr_l_partner;
SET SESSION AUTHORIZATION regress_cr_l_partner;
CREATE TABLE strict (pid int PRIMARY KEY, g text NOT NULL);
INSERT INTO strict SELECT i, 'g' FROM generate_series(1, 1000) i;
SELECT cleanroom.protect('strict', 'pid', 2, dimensions => '{g}', join_keys => '{pid}', small_groups => 'refuse');
GRANT SELECT ON strict TO regress_cr_l_analyst;
SET SESSION AUTHORIZATION regress_cr_l_analyst;
SELECT run('SELECT lab, count(*) FROM strict JOIN everyone ON k = pid GROUP BY lab');
INSERT INTO queries (query) VALUES
('SELECT lab, count(*) FROM persons JOIN strict USING (pid) JOIN everyone ON k = pid WHERE city = ''B'' AND age <> 21 GROUP BY lab'),
('SELECT count(*) FROM persons JOIN strict USING (pid) WHERE city = ''B'' AND age = 99');

-- ---------- inside the rule ----------
INSERT INTO queries (query) VALUES
('SELECT lab = ''o'', count(*) FROM persons JOIN everyone ON k = pid GROUP BY 1 ORDER BY 1'),
('SELECT count(*) FROM persons p LEFT JOIN (SELECT pid, count(*) AS n FROM events GROUP BY pid) q ON q.pid = p.pid
  WHERE city = ''C'' AND (q.n > 3 OR p.age > 40)'),
('SELECT count(*) FROM (SELECT e.pid, min(day) AS first, count(*) AS n FROM events e JOIN everyone l ON l.k = e.pid
  WHERE day >= since AND code = ''y'' GROUP BY e.pid) x'),
('SELECT avg(n) > 1 FROM (SELECT e.pid, l.lab, count(*) AS n FROM events e JOIN everyone l ON l.k = e.pid
  WHERE lab = ''o'' AND code = ''y'' GROUP BY e.pid, l.lab) x WHERE lab = ''o'' AND n > 0'),
('SELECT code, count(*) FROM persons p JOIN everyone m ON m.k = p.pid LEFT JOIN events v ON v.pid = p.pid
  WHERE v.day >= m.since AND p.city = ''C'' GROUP BY code ORDER BY code');

-- ---------- everybody but one ----------
CREATE TABLE but_one (k int PRIMARY KEY);
INSERT INTO but_one SELECT k FROM generate_series(1, 1000) k WHERE k <> 777;
-- in a set that the list has chosen, beside other conditions
INSERT INTO queries (query)
SELECT format(place, test)
  FROM unnest(ARRAY['SELECT count(*), sum(income) FROM persons q WHERE age < 40 OR %s',
      'SELECT count(*) FROM persons q WHERE age < 40 OR city = ''B'' AND %s',
      'SELECT city, count(*) FROM persons q WHERE NOT (age < 40 AND NOT %s) GROUP BY 1 ORDER BY 1',
      'SELECT count(*) FILTER (WHERE age < 40 OR %s) FROM persons q',
      'SELECT sum(CASE WHEN age < 40 OR %s THEN 1 ELSE 0 END) FROM persons q',
      'SELECT count(*) FROM (SELECT q.pid, age < 40 OR %s AS b FROM persons q) x WHERE b',
      'SELECT age < 40 OR %s, count(*) FROM persons q GROUP BY 1 ORDER BY 1',
      'SELECT avg(n) FROM (SELECT q.pid, count(*) AS n FROM persons q WHERE age < 40 OR %s GROUP BY 1) x']) place,
    unnest(ARRAY['NOT EXISTS (SELECT FROM persons s JOIN but_one l ON l.k = s.pid WHERE s.pid = q.pid)',
      'NOT EXISTS (SELECT FROM events s JOIN but_one l ON l.k = s.pid WHERE s.pid = q.pid)',
      'q.pid NOT IN (SELECT s.pid FROM persons s WHERE s.pid IN (SELECT k FROM but_one))',
      '(SELECT count(*) FROM persons s JOIN but_one l ON l.k = s.pid WHERE s.pid = q.pid) = 0',
      'NOT EXISTS (SELECT FROM (SELECT DISTINCT s.pid FROM persons s JOIN but_one l ON l.k = s.pid) s WHERE s.pid = q.pid)']) test;
INSERT INTO queries (query) VALUES
('SELECT count(*) FROM persons q LEFT JOIN (SELECT DISTINCT s.pid FROM persons s JOIN but_one l ON l.k = s.pid) r ON r.pid = q.pid WHERE r.pid IS NULL OR age < 40');
-- on the optional side of a join: what there is for all but one
INSERT INTO queries (query)
SELECT format('SELECT city, %s FROM persons q LEFT JOIN %s ON r.pid = q.pid GROUP BY city ORDER BY 1', given, side)
  FROM unnest('{count(r.pid),count(DISTINCT r.pid),sum(r.n),avg(r.n),avg(coalesce(r.n\, 0)),sum(r.n * 2 + 1),corr(r.n\, r.n)}'::text[]) given,
    unnest(ARRAY['(SELECT p.pid, income AS n FROM persons p JOIN but_one l ON l.k = p.pid) r',
      '(SELECT p.pid, income AS n FROM persons p WHERE p.pid IN (SELECT k FROM but_one)) r',
      '(SELECT p.pid, count(*) AS n FROM events p JOIN but_one l ON l.k = p.pid GROUP BY p.pid) r',
      '((SELECT pid, income AS n FROM persons) r JOIN but_one l ON l.k = r.pid)']) side;
INSERT INTO queries (query) VALUES
('SELECT city, avg(n) FROM (SELECT q.pid, q.city, count(r.pid) AS n FROM persons q LEFT JOIN (SELECT p.pid FROM persons p JOIN but_one l ON l.k = p.pid) r ON r.pid = q.pid GROUP BY 1, 2) x GROUP BY 1 ORDER BY 1'),
('SELECT city, count(r) FROM persons q LEFT JOIN (SELECT s.pid, s.pid AS r FROM persons s JOIN but_one l ON l.k = s.pid) x ON x.pid = q.pid GROUP BY 1 ORDER BY 1'),
('SELECT city, count(pid) FROM (SELECT q.city, r.pid FROM persons q LEFT JOIN (SELECT p.pid FROM persons p JOIN but_one l ON l.k = p.pid) r ON r.pid = q.pid) x GROUP BY 1 ORDER BY 1');
-- on the other side of it, or in its ON; and all of it on the optional side of a further one
INSERT INTO queries (query)
SELECT format('SELECT q.city, %s FROM persons q %s GROUP BY 1 ORDER BY 1', given, joins)
  FROM unnest('{count(p.pid),sum(p.income),avg(coalesce(p.income\, 0)),count(p.pid) FILTER (WHERE q.age > 30)}'::text[]) given,
    unnest(ARRAY['JOIN everyone l ON l.k = q.pid LEFT JOIN persons p ON p.pid = q.pid AND l.lab <> ''him''',
      'JOIN generate_series(1, 900) l (k) ON l.k = q.pid LEFT JOIN persons p ON p.pid = q.pid AND l.k <> 777',
      'LEFT JOIN persons p ON p.pid = q.pid AND q.pid IN (SELECT k FROM but_one)',
      'JOIN everyone l ON l.k = q.pid LEFT JOIN events s ON s.pid = q.pid LEFT JOIN persons p ON p.pid = s.pid AND l.lab <> ''him''',
      'JOIN everyone l ON l.k = q.pid LEFT JOIN everyone e ON e.k = l.k LEFT JOIN persons p ON p.pid = q.pid AND e.lab <> ''him''']) joins;
INSERT INTO queries (query)
SELECT format(around, city)
  FROM unnest('{A,B}'::text[]) city,
    unnest(ARRAY['SELECT count(r.pid) FROM (VALUES (1)) v (a) LEFT JOIN ((SELECT pid FROM persons WHERE city = ''%s'') q LEFT JOIN (SELECT p.pid FROM persons p JOIN but_one l ON l.k = p.pid) r ON r.pid = q.pid) ON true',
      'SELECT count(r.pid) FROM ((SELECT pid FROM persons WHERE city = ''%s'') q LEFT JOIN (SELECT p.pid FROM persons p JOIN but_one l ON l.k = p.pid) r ON r.pid = q.pid) RIGHT JOIN (VALUES (1)) v (a) ON true',
      'SELECT count(r) FROM (VALUES (1)) v (a) LEFT JOIN (SELECT r.pid AS r FROM persons q LEFT JOIN (SELECT p.pid FROM persons p JOIN but_one l ON l.k = p.pid) r ON r.pid = q.pid WHERE q.city = ''%s'') x ON true']) around;
-- what a label says of all but one, as a number
CREATE TABLE marks (k int PRIMARY KEY, flag boolean, number int);
INSERT INTO marks SELECT k, k / 4 % 2 = 0, nullif(k, 777) FROM generate_series(1, 1000) k WHERE k <> 777;
INSERT INTO queries (query)
SELECT format('SELECT city, %s FROM %s GROUP BY 1 ORDER BY 1', given, source)
  FROM unnest('{avg(flag::int),avg((flag AND age > 40)::int),avg((flag IS NOT TRUE)::int),avg((number % 2 = 0)::int)}'::text[]) given,
    unnest(ARRAY['persons q LEFT JOIN marks m ON m.k = q.pid', '(SELECT * FROM persons q LEFT JOIN marks m ON m.k = q.pid) x',
      '(SELECT q.pid, city, age, flag, number FROM persons q LEFT JOIN marks m ON m.k = q.pid GROUP BY 1, 2, 3, 4, 5) x']) source;
-- a list of many, of whom enough are missing, serves
INSERT INTO queries (query) VALUES
('SELECT count(*), sum(income) FROM persons q WHERE age > 60 OR NOT EXISTS (SELECT FROM persons s JOIN l2 l ON l.k = s.pid WHERE s.pid = q.pid)'),
('SELECT count(*), count(r.pid), sum(r.n) FROM persons q LEFT JOIN (SELECT p.pid, income AS n FROM persons p JOIN l2 l ON l.k = p.pid) r ON r.pid = q.pid'),
('SELECT count(r.pid), count(r.code), sum(r.n) FROM persons q LEFT JOIN (SELECT p.pid, code, income AS n FROM persons p JOIN l2 l ON l.k = p.pid JOIN events e USING (pid)) r ON r.pid = q.pid'),
('SELECT count(p.pid), sum(p.income) FROM persons q JOIN everyone l ON l.k = q.pid LEFT JOIN persons p ON p.pid = q.pid AND l.since < ''2024-01-08'''),
('SELECT avg(flag::int), sum(flag::int) FROM persons JOIN (SELECT k, flag FROM marks WHERE flag IS NOT NULL) m ON k = pid');

-- ---------- words that the rewriting of groups uses itself ----------
INSERT INTO queries (query)
SELECT format('SELECT * FROM (SELECT %1$s e, count(*) FROM persons q GROUP BY 1) x, (SELECT %3$s FILTER (WHERE NOT (%1$s IS DISTINCT FROM true) AND age > 20 AND city = ''B'' AND age = 99) FROM persons q%2$s) y',
    'EXISTS (SELECT FROM persons s WHERE s.pid = q.pid AND s.age > 0)', tail, given)
  FROM unnest('{""," WHERE age > 0"}'::text[]) tail, unnest('{count(*),sum(income),avg(income),count(DISTINCT city)}'::text[]) given;
INSERT INTO queries (query) VALUES
('SELECT EXISTS (SELECT FROM persons s WHERE s.pid = q.pid AND s.age > 0) e, sum(income) FILTER (WHERE NOT (EXISTS (SELECT FROM persons s WHERE s.pid = q.pid AND s.age > 0) IS DISTINCT FROM true) AND age > 20 AND city = ''B'' AND age = 99) FROM persons q GROUP BY 1'),
('SELECT EXISTS (SELECT FROM persons s WHERE s.pid = q.pid AND s.age > 40) e, sum(income) FILTER (WHERE city = ''C'' AND age > 20 AND age < 60) FROM persons q GROUP BY 1 ORDER BY 1');

-- beside a query that has been divided by both; in WITH; as a subquery that is read again
INSERT INTO queries (query)
SELECT format(place, 'SELECT EXISTS (SELECT FROM events s WHERE s.pid = p.pid AND s.code = ''y'' AND s.day > ''2024-02-10'') AS e, count(*) FILTER (WHERE EXISTS (SELECT FROM persons s WHERE s.pid = p.pid AND s.age < 69) IS NOT DISTINCT FROM true) AS f, count(*) AS n FROM persons p GROUP BY 1',
    'SELECT EXISTS (SELECT FROM events s WHERE s.pid = p.pid AND s.code = ''y'' AND s.day > ''2024-02-10'') AS e, EXISTS (SELECT FROM persons s WHERE s.pid = p.pid AND s.age < 69) AS f, count(*) AS n FROM persons p GROUP BY 1, 2')
  FROM unnest(ARRAY['%s', 'SELECT a.e, a.f FROM (%s) a, (SELECT count(*) FROM (%s) x) b ORDER BY 1', 'SELECT a.e, a.f FROM (SELECT count(*) FROM (%2$s) x) b, (%1$s) a ORDER BY 1',
      'WITH s AS (%s) SELECT e, sum(f) FROM s GROUP BY 1 ORDER BY 1', 'WITH s AS MATERIALIZED (%s) SELECT e, sum(f) FROM s GROUP BY 1 ORDER BY 1',
      'WITH s AS (%s), t AS (SELECT e, f + 0 AS f FROM s) SELECT e, sum(f) FROM t GROUP BY 1 ORDER BY 1', 'SELECT e, sum(f), count(f) FROM (%s) s GROUP BY 1 ORDER BY 1',
      'SELECT e, sum(g) FROM (SELECT e, CASE WHEN f IS NOT NULL THEN 1 ELSE 0 END AS g FROM (%s) s) t GROUP BY 1 ORDER BY 1', 'SELECT e FROM (%s) s WHERE f IS NOT NULL ORDER BY 1']) place;

-- ---------- however it is written that a list decides for some ----------
CREATE TABLE others (k int PRIMARY KEY);
INSERT INTO others SELECT k FROM generate_series(1, 300) k WHERE k % 3 > 0 UNION SELECT 777;
INSERT INTO queries (query)
SELECT format(place, replace(form, 'X', 'EXISTS (SELECT FROM others l WHERE l.k = q.pid)'))
  FROM unnest(ARRAY['SELECT count(*), sum(income) FROM persons q WHERE %s', 'SELECT count(*) FILTER (WHERE %s) FROM persons q',
      'SELECT sum(CASE WHEN %s THEN income ELSE 0 END) FROM persons q']) place,
    unnest(ARRAY['NOT (city <> ''A'' OR X)', '(city = ''A'' AND NOT X) IS TRUE', '(city = ''A'' AND NOT X) IS NOT FALSE',
      'CASE WHEN city <> ''A'' THEN false ELSE NOT X END', 'coalesce(city = ''A'' AND NOT X, false)',
      '(city = ''A'' AND NOT X) OR (city = ''A'' AND NOT X AND age < 30)', '(city = ''A'') = (NOT X)', '(city = ''A'') <> X',
      '(city = ''A'' AND NOT X) OR (city <> ''A'' AND X)']) form;
INSERT INTO queries (query) VALUES
('SELECT count(*) FROM persons q WHERE age < 30 OR EXISTS (SELECT FROM others l WHERE l.k = q.pid AND k < 300)');

-- ---------- whom a set leaves out of a part, and of a class ----------
INSERT INTO queries (query)
SELECT format(place, 'NOT EXISTS (SELECT FROM events s WHERE s.pid = q.pid AND (s.code = ''z'' OR s.day = ''2024-02-01'' AND s.code = ''x''))')
  FROM unnest(ARRAY['SELECT count(*) FILTER (WHERE age > 25 AND %s) FROM persons q', 'SELECT count(*) FILTER (WHERE age > 25) FROM persons q WHERE %s',
      'SELECT age > 25, count(*) FROM persons q WHERE %s GROUP BY 1 ORDER BY 1',
      'SELECT EXISTS (SELECT FROM persons s WHERE s.pid = q.pid AND s.age > 25) AS e, count(*) FROM persons q WHERE %s GROUP BY 1 ORDER BY 1',
      'SELECT sum((age > 25)::int * income) FILTER (WHERE %s) FROM persons q']) place;

-- ---------- a list of him and of those who are known to live elsewhere ----------
CREATE TABLE elsewhere (k int PRIMARY KEY, lab text NOT NULL DEFAULT 'e');
INSERT INTO elsewhere SELECT k FROM generate_series(1, 300) k WHERE k % 3 > 0 UNION SELECT 777;
INSERT INTO queries (query)
SELECT format(place, test)
  FROM unnest(ARRAY['SELECT count(*) FILTER (WHERE city = ''A'' AND %s) FROM persons q LEFT JOIN elsewhere m ON m.k = q.pid',
      'SELECT sum(CASE WHEN city = ''A'' AND age < 1000 AND %s THEN 1 ELSE 0 END) FROM persons q LEFT JOIN elsewhere m ON m.k = q.pid',
      'SELECT sum((city = ''A'' AND %s)::int) FROM persons q LEFT JOIN elsewhere m ON m.k = q.pid',
      'SELECT count(*) FROM persons q LEFT JOIN elsewhere m ON m.k = q.pid WHERE city = ''A'' AND %s',
      'SELECT count(*) FILTER (WHERE city = ''A''), sum(CASE WHEN city = ''A'' THEN income END), sum((city = ''A'')::int) FROM persons q LEFT JOIN elsewhere m ON m.k = q.pid WHERE %s',
      'SELECT EXISTS (SELECT FROM persons s WHERE s.pid = q.pid AND s.city = ''A'') AS e, count(*), sum(income) FROM persons q LEFT JOIN elsewhere m ON m.k = q.pid WHERE %s GROUP BY 1 ORDER BY 1',
      'SELECT count(*) FROM persons q LEFT JOIN elsewhere m ON m.k = q.pid WHERE NOT EXISTS (SELECT FROM persons s WHERE s.pid = q.pid AND s.city <> ''A'') AND %s',
      'SELECT count(*) FROM persons q LEFT JOIN elsewhere m ON m.k = q.pid WHERE EXISTS (SELECT FROM persons s WHERE s.pid = q.pid AND s.city = ''A'') AND %s']) place,
    unnest(ARRAY['NOT EXISTS (SELECT FROM elsewhere l WHERE l.k = q.pid)', 'q.pid NOT IN (SELECT k FROM elsewhere)',
      'NOT EXISTS (SELECT FROM persons s JOIN elsewhere l ON l.k = s.pid WHERE s.pid = q.pid)', 'm.k IS NULL', 'm.lab IS NOT DISTINCT FROM NULL']) test;

-- ---------- what is made of no column, on the optional side ----------
INSERT INTO queries (query)
SELECT format(place, made)
  FROM unnest(ARRAY['SELECT count(*), sum(income) FROM persons q LEFT JOIN (SELECT s.pid, %s AS one FROM persons s JOIN but_one l ON l.k = s.pid) y ON y.pid = q.pid WHERE y.one IS NULL OR q.age < 40',
      'SELECT city, count(*) FILTER (WHERE y.one IS NOT NULL) FROM persons q LEFT JOIN (SELECT s.pid, %s AS one FROM persons s JOIN but_one l ON l.k = s.pid) y ON y.pid = q.pid GROUP BY 1 ORDER BY 1',
      'SELECT city, count(*) FILTER (WHERE coalesce(y.one::text, ''none'') <> ''none'') FROM persons q JOIN everyone l ON l.k = q.pid LEFT JOIN (SELECT s.pid, %s AS one FROM persons s) y ON y.pid = q.pid AND l.lab <> ''him'' GROUP BY 1 ORDER BY 1',
      'SELECT count(*) FROM persons q JOIN everyone l ON l.k = q.pid LEFT JOIN (SELECT x.pid, x.one FROM (SELECT s.pid, %s AS one FROM persons s GROUP BY s.pid) x) y ON y.pid = q.pid AND l.lab <> ''him'' WHERE y.one IS NULL OR q.age < 40']) place,
    unnest(ARRAY['1', 'now()', '(''a''::text || ''b'')', '(SELECT 1)', 'true',
      'EXISTS (SELECT FROM events t WHERE t.pid = s.pid)']) made;
INSERT INTO queries (query) VALUES
('SELECT count(*) FROM persons q LEFT JOIN (SELECT x.pid, x.e FROM (SELECT s.pid, EXISTS (SELECT FROM events t WHERE t.pid = s.pid AND t.code = ''y'') e FROM persons s WHERE age < 60 GROUP BY s.pid) x) y ON y.pid = q.pid WHERE NOT y.e'),
('SELECT count(*) FILTER (WHERE y.one = 1) FROM persons q LEFT JOIN (SELECT s.pid, 1 AS one FROM events s WHERE day < ''2024-02-01'' GROUP BY 1) y ON y.pid = q.pid WHERE city = ''C''');

INSERT INTO queries (query) VALUES
('SELECT count(*), count(y.one) FROM persons q LEFT JOIN (SELECT s.pid, ''a''::varchar::text AS one FROM persons s WHERE city <> ''B'' OR age < 99) y ON y.pid = q.pid'),
('SELECT city, count(y.one) FROM persons q LEFT JOIN (SELECT s.pid, ''a''::varchar::text AS one FROM persons s JOIN but_one l ON l.k = s.pid) y ON y.pid = q.pid GROUP BY 1 ORDER BY 1'),
('SELECT city, avg(CASE WHEN city = ''B'' THEN q.income ELSE y.z END) FROM persons q LEFT JOIN (SELECT s.pid, 0::oid::int4 AS z FROM persons s JOIN but_one l ON l.k = s.pid) y ON y.pid = q.pid GROUP BY 1 ORDER BY 1'),
('SELECT count(*) FROM persons WHERE pid NOT IN (SELECT s.pid FROM (VALUES (''A''), (''Z'')) z (r) LEFT JOIN persons s ON s.city = z.r)');

-- ---------- how many rows people have, as a list has it ----------
INSERT INTO queries (query)
SELECT format(place, given, joins)
  FROM unnest(ARRAY['SELECT count(*), sum(sp) FROM (SELECT q.pid, max(q.age) AS a, avg(q.income) AS sp, %s AS n FROM persons q %s GROUP BY q.pid) z WHERE n = 1 OR a < 40',
      'SELECT c, count(*) FILTER (WHERE n > 1) FROM (SELECT q.pid, max(q.city) AS c, %s AS n FROM persons q %s GROUP BY q.pid) z GROUP BY 1 ORDER BY 1',
      'SELECT n = 1 OR a < 40, count(*) FROM (SELECT q.pid, max(q.age) AS a, %s AS n FROM persons q %s GROUP BY q.pid) z GROUP BY 1 ORDER BY 1',
      'SELECT count(*) FROM (SELECT q.pid FROM persons q %2$s GROUP BY q.pid HAVING %1$s = 1 OR max(q.age) < 40) z']) place,
    unnest('{count(*),count(q.pid),sum(q.income)}'::text[]) given,
    unnest(ARRAY['LEFT JOIN (events s JOIN but_one l ON l.k = s.pid) ON s.pid = q.pid',
      'LEFT JOIN (SELECT s.* FROM events s JOIN but_one l ON l.k = s.pid) s ON s.pid = q.pid',
      'JOIN everyone l ON l.k = q.pid LEFT JOIN events s ON s.pid = q.pid AND l.lab <> ''him''',
      'JOIN everyone l ON l.k = q.pid JOIN events s ON s.pid = q.pid AND s.day > l.since']) joins;
-- and a list in HAVING
INSERT INTO queries (query)
SELECT format(place, sets)
  FROM unnest(ARRAY['SELECT count(*), sum(income) FROM persons q WHERE age < 40 OR q.pid NOT IN (%s)',
      'SELECT count(*) FROM persons q WHERE age < 40 OR city = ''B'' AND q.pid NOT IN (%s)',
      'SELECT city, count(*) FILTER (WHERE q.pid IN (%s)) FROM persons q GROUP BY 1 ORDER BY 1',
      'SELECT count(*) FROM persons q LEFT JOIN (%s) z ON z.pid = q.pid WHERE z.pid IS NULL OR q.age < 40',
      'SELECT city, count(z.pid) FROM persons q LEFT JOIN (%s) z ON z.pid = q.pid GROUP BY 1 ORDER BY 1']) place,
    unnest(ARRAY['SELECT s.pid FROM persons s GROUP BY s.pid HAVING s.pid IN (SELECT k FROM but_one)',
      'SELECT s.pid FROM events s GROUP BY s.pid HAVING s.pid = ANY (ARRAY(SELECT k FROM but_one))']) sets;
-- whom a list chooses for all of a question has the rows that they have
INSERT INTO queries (query) VALUES
('SELECT n, count(*) FROM (SELECT q.pid, count(*) AS n FROM persons q JOIN but_one l ON l.k = q.pid JOIN events s ON s.pid = q.pid GROUP BY 1) z GROUP BY 1 ORDER BY 1'),
('SELECT lab, avg(n) FROM (SELECT q.pid, l.lab, count(s.pid) AS n FROM persons q LEFT JOIN everyone l ON l.k = q.pid LEFT JOIN events s ON s.pid = q.pid GROUP BY 1, 2) z WHERE lab = ''o'' GROUP BY 1');

-- ---------- time zones ----------
INSERT INTO queries (query) VALUES
('SELECT count(*) - count(DISTINCT pid) FROM persons
  JOIN generate_series(timestamptz ''2024-01-01 12:00'', ''2024-12-31'', ''7 days'') g
    ON g::date = CASE WHEN age > 0 THEN date ''2024-02-29'' END
  WHERE g = timestamptz ''2024-02-29 12:00'' OR city = ''B'' AND age = 99');
PREPARE series AS
SELECT count(*) FROM persons JOIN generate_series(timestamptz '2024-02-01 12:00', '2024-02-29 23:00', '7 days') g
    ON g::date = CASE WHEN age > 0 THEN date '2024-02-29' END;
EXECUTE series;
SET timezone = 'XXX0YYY-167,M3.1.0,M6.1.0';
EXECUTE series;
INSERT INTO outcomes SELECT 1, place, query, run(query) FROM queries;
SET timezone = 'XXX1YYY0,M3.1.0,M6.1.0';
SELECT count(*) FROM persons JOIN generate_series(timestamptz '2024-02-01 12:00', '2024-12-31', '1 day') g
    ON g::date = CASE WHEN age > 0 THEN date '2024-02-29' END;
SET timezone = 'XXX16YYY-8:30,M1.2.0/24,M1.3.2/4';
SELECT count(*) FROM persons JOIN generate_series(timestamptz '2023-12-25 07:00+00', '2024-06-01 00:00+00', '1 day') g
    ON g::date = CASE WHEN age > 0 THEN date '2024-01-15' END;
SET timezone = 'EST5EDT';
SELECT count(*) FROM persons JOIN generate_series(timestamptz '2023-12-25 07:00+00', '2024-06-01 00:00+00', '1 day') g
    ON g::date = CASE WHEN age > 0 THEN date '2024-01-15' END;
RESET timezone;
SET SESSION AUTHORIZATION regress_cr_l_owner;
SELECT be(2);
SET SESSION AUTHORIZATION regress_cr_l_analyst;
SET timezone = 'XXX0YYY-167,M3.1.0,M6.1.0';
INSERT INTO outcomes SELECT 2, place, query, run(query) FROM queries;
RESET timezone;
-- Words that groups use are refused where they are the same, which on PG 18 they are not; then the person's sum is withheld.
SELECT place, CASE WHEN outcome IN ('(t,301,) ', 'RC006 this FILTER cannot be told from the groups of another part o')
    THEN 'refused or withheld' ELSE outcome END AS outcome
  FROM outcomes WHERE world = 1 ORDER BY place;
SELECT 'DIFFERS', a.query, a.outcome, b.outcome FROM outcomes a JOIN outcomes b USING (place)
 WHERE a.world = 1 AND b.world = 2 AND a.outcome <> b.outcome;

-- ---------- people who cannot be counted ----------
SET SESSION AUTHORIZATION regress_cr_l_owner;
CREATE DOMAIN tag AS bit(16);
CREATE TABLE odd (a bit(16), b money, c tsvector, d tag, e inet, diagnosis text);
SELECT cleanroom.protect('odd', 'a', 10, '{diagnosis}');
SELECT cleanroom.protect('odd', 'b', 10, '{diagnosis}');
SELECT cleanroom.protect('odd', 'c', 10, '{diagnosis}');
SELECT cleanroom.protect('odd', 'd', 10, '{diagnosis}');
SELECT cleanroom.protect('odd', 'e', 10, '{diagnosis}');
ALTER TABLE odd ALTER e TYPE bit(16) USING NULL;
GRANT SELECT ON odd TO regress_cr_l_analyst;
SET SESSION AUTHORIZATION regress_cr_l_analyst;
SELECT count(*) FROM odd;

RESET SESSION AUTHORIZATION;
RESET search_path;
DROP SCHEMA bypass_labels CASCADE;
DROP OWNED BY regress_cr_l_owner, regress_cr_l_partner, regress_cr_l_analyst;
DROP ROLE regress_cr_l_owner, regress_cr_l_partner, regress_cr_l_analyst;
