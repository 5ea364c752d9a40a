-- Whom questions of membership leave out of others who can be counted.
--
-- Of those under 40 one person is in the set, or two, and there are many of
-- the others.  However the condition is written, and wherever it stands, the
-- number without those few must not come out; the same of the others, in a
-- set without those few, must, and be what the owner gets.
\set VERBOSITY terse
\getenv abs_srcdir PG_ABS_SRCDIR
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_o_owner;
CREATE ROLE regress_cr_o_analyst;
CREATE SCHEMA bypass_left_out;
GRANT ALL ON SCHEMA bypass_left_out TO regress_cr_o_owner, regress_cr_o_analyst;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_o_owner, regress_cr_o_analyst;
SET search_path = bypass_left_out, pg_catalog;
SET SESSION AUTHORIZATION regress_cr_o_owner;
CREATE TABLE persons (pid int PRIMARY KEY, city text NOT NULL, age int NOT NULL, income int NOT NULL);
CREATE TABLE seen (pid int NOT NULL, kind text NOT NULL);
CREATE TABLE bought (pid int NOT NULL, kind text NOT NULL);
INSERT INTO persons SELECT p, ('{A,B}'::text[])[1 + p % 2], 20 + p % 50, 1000 + p % 37
  FROM generate_series(1, 300) p;
INSERT INTO seen SELECT pid, 'many' FROM persons WHERE age >= 40 AND pid % 3 = 0;
INSERT INTO bought SELECT pid, 'many' FROM persons WHERE age >= 40 AND pid % 3 <> 1;
INSERT INTO seen VALUES (5, 'few'), (6, 'few');
INSERT INTO bought VALUES (5, 'few'), (7, 'few');
SELECT cleanroom.protect('persons', 'pid', 10, dimensions => '{city, age}', measures => '{income}', join_keys => '{pid}');
SELECT cleanroom.protect('seen', 'pid', 10, dimensions => '{kind}', join_keys => '{pid}');
SELECT cleanroom.protect('bought', 'pid', 10, dimensions => '{kind}', join_keys => '{pid}');
GRANT SELECT ON persons, seen, bought TO regress_cr_o_analyst;
CREATE TABLE conditions (number int PRIMARY KEY, condition text NOT NULL);
CREATE TABLE places (place int PRIMARY KEY, query text NOT NULL);
CREATE TABLE outcomes (who text, young bool, number int, place int, query text, outcome text);
GRANT ALL ON conditions, places, outcomes TO regress_cr_o_analyst;

-- c: whom somebody can count; s, b: in the set of the one table, or the other
INSERT INTO conditions VALUES
(1, 'c AND NOT s'),
(2, '(c AND NOT s) IS TRUE'),
(3, 'CASE WHEN c THEN NOT s ELSE false END'),
(4, '(c) > s'),
(5, 'NOT (NOT (c) OR s)'),
(6, 'coalesce(c AND NOT s, false)'),
(7, 'c AND NOT s AND NOT b'),
(8, '(c AND NOT (s OR b)) = true'),
(9, 'c AND NOT (s AND b)'),
(10, 'CASE WHEN s THEN false WHEN b THEN false ELSE c END'),
(11, '(c AND s = false) IS NOT FALSE'),
(12, 'c AND (NOT s OR NOT b)'),
(13, 'CASE WHEN c AND s THEN NULL ELSE c END');
INSERT INTO places VALUES
(1, 'SELECT count(*) FROM persons p WHERE #'),
(2, 'SELECT count(*) FILTER (WHERE #) FROM persons p'),
(3, 'SELECT sum(CASE WHEN # THEN income ELSE 0 END) FROM persons p'),
(4, 'SELECT sum((#)::int) FROM persons p'),
(5, 'SELECT city, count(*) FROM persons p WHERE # GROUP BY city ORDER BY city'),
(6, 'SELECT count(*) FROM (SELECT p.pid, CASE WHEN # THEN 1 ELSE 0 END AS flag FROM persons p) x WHERE flag = 1'),
(7, 'SELECT count(*) FILTER (WHERE flag) FROM (SELECT p.pid, # AS flag FROM persons p) x'),
(8, 'WITH x AS (SELECT p.pid, CASE WHEN # THEN 1 ELSE 0 END AS flag FROM persons p) SELECT sum(flag) FROM x'),
(9, 'SELECT sum(flag) FROM (SELECT p.pid, max(CASE WHEN # THEN 1 ELSE 0 END) AS flag FROM persons p GROUP BY p.pid) x'),
(10, 'SELECT count(*) FROM persons p JOIN (SELECT p.pid FROM persons p WHERE #) x ON x.pid = p.pid'),
(11, 'SELECT s, count(*) FILTER (WHERE #) FROM persons p GROUP BY 1 ORDER BY 1'),
(12, 'SELECT count(*) FILTER (WHERE #) FROM persons p WHERE NOT b'),
(13, 'SELECT avg(income) FILTER (WHERE #) FROM persons p'),
(14, 'SELECT count(*) FILTER (WHERE #) FROM (SELECT * FROM persons p WHERE NOT b) p'),
(15, 'SELECT count(*) FILTER (WHERE #) FROM persons p JOIN (VALUES (''A'', 1), (''B'', 2)) v (city, n) ON v.city = p.city'),
(16, 'SELECT city, sum(CASE WHEN # THEN 1 WHEN age > 50 THEN 2 ELSE 0 END) FROM persons p GROUP BY 1 ORDER BY 1'),
(17, 'SELECT count(*) FILTER (WHERE c) FROM persons p WHERE p.pid IN (SELECT p.pid FROM persons p WHERE NOT s) AND (# OR age = 99)'),
(18, 'SELECT count(*) FILTER (WHERE # AND c) FROM persons p WHERE EXISTS (SELECT FROM persons q WHERE q.pid = p.pid AND NOT EXISTS (SELECT FROM bought z WHERE z.pid = q.pid))'),
(19, 'SELECT count(*) FILTER (WHERE c AND (# OR age < 99)) FROM persons p WHERE EXISTS (SELECT FROM persons q WHERE q.pid = p.pid AND NOT EXISTS (SELECT FROM seen z WHERE z.pid = q.pid))');

\set included :abs_srcdir '/lib/run.sql'
\i :included
CREATE FUNCTION ask(who text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO outcomes
    SELECT who, young, number, place, written, run(written)
      FROM places, conditions, unnest('{t,f}'::bool[]) young,
           concat(CASE WHEN NOT young THEN ' AND z.kind = ''many''' END) few,
           replace(query, '#', condition) together,
           regexp_replace(together, '\mc\M', CASE WHEN young THEN 'age < 40' ELSE 'age >= 40' END, 'g') with_c,
           regexp_replace(with_c, '\ms\M', format('EXISTS (SELECT FROM seen z WHERE z.pid = p.pid%s)', few), 'g') with_s,
           regexp_replace(with_s, '\mb\M', format('EXISTS (SELECT FROM bought z WHERE z.pid = p.pid%s)', few), 'g') written $$;
GRANT EXECUTE ON FUNCTION run(text), ask(text) TO regress_cr_o_analyst;
SELECT ask('owner');
SET SESSION AUTHORIZATION regress_cr_o_analyst;
SELECT ask('analyst');

-- what the owner gets for a few must not come out, nor may anything be refused unhelpfully
SELECT count(*) AS attacks FROM outcomes WHERE who = 'analyst' AND young;
SELECT 'LEAKS', a.place, a.number, a.outcome, a.query FROM outcomes a JOIN outcomes o USING (young, place, number)
 WHERE a.who = 'analyst' AND o.who = 'owner' AND young AND a.outcome = o.outcome ORDER BY 2, 3;
SELECT outcome, count(*) FROM outcomes WHERE who = 'analyst' AND young GROUP BY 1 ORDER BY 1;
-- the honest ones: what is not as the owner's, by place
SELECT count(*) AS honest, count(*) FILTER (WHERE a.outcome = o.outcome) AS alike
  FROM outcomes a JOIN outcomes o USING (young, place, number) WHERE a.who = 'analyst' AND o.who = 'owner' AND NOT young;
SELECT a.place, a.number, a.outcome, o.outcome AS owner FROM outcomes a JOIN outcomes o USING (young, place, number)
 WHERE a.who = 'analyst' AND o.who = 'owner' AND NOT young AND a.outcome <> o.outcome ORDER BY 1, 2;

-- both classes of a question are there where people are joined with a list
CREATE TABLE bypass_left_out.everyone (k int PRIMARY KEY);
INSERT INTO everyone SELECT generate_series(1, 1000);
SELECT EXISTS (SELECT FROM seen z WHERE z.pid = p.pid) AS seen, count(*) FROM persons p JOIN everyone ON k = p.pid GROUP BY 1 ORDER BY 1;
SELECT EXISTS (SELECT FROM seen z WHERE z.pid = p.pid) AS seen, EXISTS (SELECT FROM persons z WHERE z.pid = p.pid AND z.age < 55) AS younger,
    count(*) FROM persons p JOIN everyone ON k = p.pid WHERE age >= 40 GROUP BY 1, 2 ORDER BY 1, 2;
-- a flag of two questions says whom either leaves out, as the two would; a list in it is refused
SELECT run('SELECT count(*) FILTER (WHERE q), sum(q::int) FROM (SELECT p.*, EXISTS (SELECT FROM seen z WHERE z.pid = p.pid AND z.kind = ''many'')
  AND NOT EXISTS (SELECT FROM persons z WHERE z.pid = p.pid AND z.age < 55) AS q FROM persons p) t');
SELECT run('SELECT g, count(*) FROM (SELECT p.*, CASE WHEN EXISTS (SELECT FROM seen z WHERE z.pid = p.pid AND z.kind = ''many'') AND EXISTS (SELECT FROM persons z WHERE z.pid = p.pid AND z.age < 55) THEN ''both''
  WHEN EXISTS (SELECT FROM seen z WHERE z.pid = p.pid AND z.kind = ''many'') THEN ''seen'' ELSE ''none'' END AS g FROM persons p) t GROUP BY g ORDER BY g');
SELECT run('SELECT count(*) FILTER (WHERE q AND age < 40), count(*) FILTER (WHERE age < 40 AND NOT r) FROM (SELECT p.*, NOT EXISTS (SELECT FROM seen z WHERE z.pid = p.pid)
  AND NOT EXISTS (SELECT FROM bought z WHERE z.pid = p.pid) AS q, EXISTS (SELECT FROM seen z WHERE z.pid = p.pid) OR EXISTS (SELECT FROM bought z WHERE z.pid = p.pid) AS r FROM persons p) t');
SELECT run('SELECT count(*) FROM (SELECT p.*, EXISTS (SELECT FROM seen z WHERE z.pid = p.pid) AND EXISTS (SELECT FROM everyone WHERE k = p.pid) AS q FROM persons p) t WHERE q OR age < 40');
SELECT run('SELECT count(*) FILTER (WHERE q AND age < 40) FROM (SELECT p.*, NOT EXISTS (SELECT FROM seen z WHERE z.pid = p.pid) AND EXISTS (SELECT FROM everyone WHERE k = p.pid) AS q FROM persons p) t');
-- more questions than four: one by one, as conditions of their own
SELECT run('SELECT count(*) FROM persons p WHERE ' || string_agg(question, ' AND '))
  FROM (SELECT format('NOT EXISTS (SELECT FROM seen z WHERE z.pid = p.pid AND z.kind <> %L)', n) AS question FROM generate_series(1, 5) n) q;
SELECT run('SELECT count(*) FILTER (WHERE age < 40 AND ' || string_agg(question, ' AND ') || ') FROM persons p')
  FROM (SELECT format('NOT EXISTS (SELECT FROM seen z WHERE z.pid = p.pid AND z.kind <> %L)', n) AS question FROM generate_series(1, 5) n) q;
SELECT run('SELECT count(*) FROM persons p WHERE age < 40 OR ' || string_agg(question, ' AND '))
  FROM (SELECT format('NOT EXISTS (SELECT FROM seen z WHERE z.pid = p.pid AND z.kind <> %L)', n) AS question FROM generate_series(1, 5) n) q;
RESET SESSION AUTHORIZATION;
RESET search_path;
DROP SCHEMA bypass_left_out CASCADE;
DROP OWNED BY regress_cr_o_owner, regress_cr_o_analyst;
DROP ROLE regress_cr_o_owner, regress_cr_o_analyst;
