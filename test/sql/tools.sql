-- What tools write for everyday questions, and what it is read as.  Each
-- question is asked as analyst and as owner, who may ask in plainer words.
-- Beside people who have a row in "seen", all but one have one in "most", and
-- three have one in "few"; in "orders" one person has no paid order.
\set VERBOSITY terse
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_to_owner;
CREATE ROLE regress_cr_to_analyst;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_to_owner, regress_cr_to_analyst;
CREATE SCHEMA regress_cr_to;
GRANT ALL ON SCHEMA regress_cr_to TO regress_cr_to_owner, regress_cr_to_analyst;
SET search_path = regress_cr_to, pg_catalog;
SET DateStyle = 'ISO, YMD';
\pset format unaligned
\pset tuples_only on

SET ROLE regress_cr_to_owner;
CREATE TABLE people (person int, region text, plan text NOT NULL, age int);
INSERT INTO people
SELECT i, 'r' || nullif(i % 3, 0), 'p' || i % 2, 20 + i % 4
  FROM generate_series(1, 84) i;
INSERT INTO people SELECT NULL, 'r1', 'p1', 20 FROM generate_series(1, 30);
CREATE TABLE seen (person int, device text, spot text, minutes int);
INSERT INTO seen
SELECT p, CASE WHEN p % 4 > 0 THEN 'd' || (p + n) % 2 END, 's' || p % 2, n
  FROM generate_series(1, 60) p, generate_series(1, 1 + p % 5) n;
INSERT INTO seen SELECT NULL, 'd1', 's1', 1 FROM generate_series(1, 30);
CREATE TABLE most (person int PRIMARY KEY);
INSERT INTO most SELECT i FROM generate_series(1, 84) i WHERE i <> 5;
CREATE TABLE few (person int PRIMARY KEY);
INSERT INTO few VALUES (4), (5), (6);
CREATE TABLE orders (person int NOT NULL, status text, kind text, amount int);
INSERT INTO orders
SELECT p, CASE WHEN p = 7 OR n > 2 THEN 'open' ELSE 'paid' END,
       CASE WHEN p % 4 = n THEN 'gift' WHEN p % 5 = n THEN NULL ELSE 'own' END, 10 * n
  FROM generate_series(1, 80) p, generate_series(1, 3) n;
SELECT cleanroom.protect('people', 'person', 10, dimensions => '{region,plan,age}',
    join_keys => '{person}'),
  cleanroom.protect('seen', 'person', 10, dimensions => '{device,spot}',
    measures => '{minutes}', join_keys => '{person}'),
  cleanroom.protect('most', 'person', 10, join_keys => '{person}'),
  cleanroom.protect('few', 'person', 10, join_keys => '{person}'),
  cleanroom.protect('orders', 'person', 10, dimensions => '{status,kind}',
    measures => '{amount}', join_keys => '{person}');
GRANT SELECT ON people, seen, most, few, orders TO regress_cr_to_analyst;
RESET ROLE;
SET ROLE regress_cr_to_analyst;
CREATE TABLE notes (k int, region text, note text);
INSERT INTO notes VALUES (7, 'r1', 'a'), (NULL, NULL, 'b'), (NULL, NULL, 'c');
CREATE UNIQUE INDEX ON notes (region);
CREATE UNIQUE INDEX ON notes (k);
GRANT SELECT ON notes TO regress_cr_to_owner;
RESET ROLE;

CREATE FUNCTION ask(question text, plain text DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    given text;
    told text;
    collected text := 'SELECT string_agg(r::text, '' '' ORDER BY r::text) FROM (%s) r';
BEGIN
    SET LOCAL ROLE regress_cr_to_owner;
    EXECUTE format(collected, coalesce(plain, question)) INTO told;
    SET LOCAL ROLE regress_cr_to_analyst;
    BEGIN
        EXECUTE format(collected, question) INTO given;
    EXCEPTION WHEN OTHERS THEN
        given := SQLSTATE || ' ' || SQLERRM;
    END;
    RESET ROLE;
    RETURN CASE WHEN given = told THEN 'same' ELSE coalesce(given, 'nothing') END;
END $$;

-- a flag that says who has a match, made in a subquery and summed above it
CREATE FUNCTION flags(flag text, source text, tail text) RETURNS SETOF text LANGUAGE sql AS $$
SELECT regress_cr_to.ask(replace(replace(replace(form, 'FLAG', flag), 'SOURCE', source), 'TAIL', tail),
                         replace(replace(replace('SELECT plan, avg((FLAG)::int), sum((FLAG)::int) FROM (SELECT * FROM people WHERE person > 0) p SOURCE TAIL GROUP BY 1', 'FLAG', flag), 'SOURCE', source), 'TAIL', tail))
  FROM unnest(ARRAY[
    'WITH t AS (SELECT p.plan, FLAG AS saw FROM people p SOURCE TAIL) SELECT plan, avg(saw::int), sum(saw::int) FROM t GROUP BY 1',
    'WITH t AS (SELECT p.plan, FLAG AS saw FROM people p SOURCE TAIL) SELECT plan, avg(CASE WHEN saw THEN 1 ELSE 0 END), sum(CASE WHEN saw THEN 1 ELSE 0 END) FROM t GROUP BY 1',
    'WITH t AS (SELECT p.plan, CASE WHEN FLAG THEN 1 ELSE 0 END AS saw FROM people p SOURCE TAIL), u AS (SELECT plan, saw AS s FROM t) SELECT plan, avg(s), sum(s) FROM u GROUP BY 1',
    'SELECT plan, avg(saw), sum(saw) FROM (SELECT p.plan, CASE WHEN FLAG THEN 1 ELSE 0 END AS saw FROM people p SOURCE TAIL) t GROUP BY 1',
    'SELECT plan, avg(saw), sum(saw) FROM (SELECT p.plan, (FLAG)::int AS saw FROM people p SOURCE TAIL) t GROUP BY 1']) form
$$;
SELECT * FROM flags('EXISTS (SELECT 1 FROM seen s WHERE s.person = p.person)', '', '');
SELECT * FROM flags('p.person IN (SELECT person FROM seen WHERE spot = ''s1'' OR spot = ''s0'')', '', '');
SELECT * FROM flags('s.person IS NOT NULL', 'LEFT JOIN (SELECT DISTINCT person FROM seen) s ON s.person = p.person', '');
SELECT * FROM flags('s.person IS NULL', 'LEFT JOIN (SELECT DISTINCT person FROM seen) s ON s.person = p.person', 'WHERE age < 23');
SELECT ask('SELECT plan, sum(a), sum(b) FROM (SELECT p.plan, CASE WHEN s.person IS NOT NULL THEN 1 ELSE 0 END AS a, CASE WHEN o.person IS NOT NULL THEN 1 ELSE 0 END AS b FROM people p LEFT JOIN (SELECT DISTINCT person FROM seen) s ON s.person = p.person LEFT JOIN (SELECT DISTINCT person FROM seen WHERE device = ''d1'') o ON o.person = p.person) t GROUP BY 1');
-- outside: all but one have a match, or hardly anybody has
SELECT * FROM flags('EXISTS (SELECT 1 FROM most s WHERE s.person = p.person)', '', '');
SELECT * FROM flags('EXISTS (SELECT 1 FROM few s WHERE s.person = p.person)', '', '');
SELECT * FROM flags('s.person IS NOT NULL', 'LEFT JOIN (SELECT DISTINCT person FROM most) s ON s.person = p.person', '');
SELECT * FROM flags('s.person IS NULL', 'LEFT JOIN (SELECT DISTINCT person FROM few) s ON s.person = p.person', '');
SELECT * FROM flags('p.person = 5', '', '');
SELECT * FROM flags('p.person IN (5, 6)', '', '');
-- a query that is put into FROM with its WITH list
SELECT ask('SELECT plan, sum(saw) FROM (WITH t AS (SELECT plan, CASE WHEN EXISTS (SELECT 1 FROM seen s WHERE s.person = p.person) THEN 1 ELSE 0 END AS saw FROM people p), u AS (SELECT * FROM t) SELECT plan, saw FROM u) x GROUP BY 1');
SELECT ask('SELECT sum(v) FROM (WITH t AS (SELECT CASE WHEN status = ''paid'' THEN amount ELSE 0 END AS v FROM orders WHERE kind = ''gift'') SELECT v FROM t) x');
SELECT ask('SELECT max(n) FROM (WITH t AS (SELECT age, count(*) AS n FROM people WHERE plan = ''p0'' GROUP BY 1) SELECT n FROM t) x');
SELECT ask('SELECT plan, sum(saw) FROM (WITH t AS (SELECT plan, CASE WHEN EXISTS (SELECT 1 FROM most s WHERE s.person = p.person) THEN 1 ELSE 0 END AS saw FROM people p) SELECT plan, saw FROM t) x GROUP BY 1');
SELECT ask('SELECT sum(v) FROM (WITH t AS (SELECT CASE WHEN status = ''paid'' THEN amount * random() ELSE 0 END AS v FROM orders) SELECT v FROM t) x');
SELECT ask('SELECT sum(v) FROM (WITH t AS (SELECT CASE WHEN status = ''paid'' THEN amount ELSE 0 END AS v FROM orders FOR UPDATE) SELECT v FROM t) x');
-- tests for null that ask for no match
SELECT ask('SELECT plan, sum(a) FROM (SELECT p.plan, CASE WHEN s.device IS NULL THEN 1 ELSE 0 END AS a FROM people p LEFT JOIN seen s ON s.person = p.person) t GROUP BY 1');
SELECT ask('SELECT plan, sum(a) FROM (SELECT p.plan, CASE WHEN p.region IS NULL THEN 1 ELSE 0 END AS a FROM people p WHERE person > 0) t GROUP BY 1');

-- LEFT JOIN … IS NULL of any column that a match always has
CREATE FUNCTION unmatched(source text, test text) RETURNS text LANGUAGE sql AS $$
SELECT regress_cr_to.ask(format('SELECT plan, count(*) FROM people p LEFT JOIN %s WHERE %s GROUP BY 1', source, test),
                         format('SELECT plan, count(*) FROM (SELECT * FROM people WHERE person > 0) p LEFT JOIN %s WHERE %s GROUP BY 1', source, test))
$$;
SELECT unmatched('seen s ON s.person = p.person AND s.device = ''d1''', 's.device IS NULL');
SELECT unmatched('seen s ON s.person = p.person AND s.device IN (''d1'', ''d0'')', 's.device IS NULL');
SELECT unmatched('seen s ON s.person = p.person AND s.device IS NOT NULL', 's.device IS NULL AND age < 23');
SELECT unmatched('(SELECT person, device FROM seen WHERE device > ''d'') s ON s.person = p.person', 's.device IS NULL');
SELECT unmatched('(SELECT person, 1 AS hit FROM seen) s ON s.person = p.person', 's.hit IS NULL');
SELECT unmatched('(SELECT person, count(*) AS n FROM seen GROUP BY 1) s ON s.person = p.person', 's.n IS NULL');
SELECT unmatched('(SELECT person, n FROM (SELECT person, count(*) AS n FROM seen GROUP BY 1) x) s ON s.person = p.person', 's.n IS NULL');
SELECT ask('SELECT plan, count(*) FILTER (WHERE s.n IS NULL), count(*) FILTER (WHERE s.n IS NOT NULL) FROM people p LEFT JOIN (SELECT person, count(*) AS n FROM seen GROUP BY 1) s ON s.person = p.person GROUP BY 1',
           'SELECT plan, count(*) FILTER (WHERE s.n IS NULL), count(*) FILTER (WHERE s.n IS NOT NULL) FROM people p LEFT JOIN (SELECT person, count(*) AS n FROM seen GROUP BY 1) s ON s.person = p.person WHERE p.person > 0 GROUP BY 1');
-- outside: the one person without a match, and all the others
SELECT ask('SELECT count(*) FROM people p LEFT JOIN (SELECT person, 1 AS hit FROM most) s ON s.person = p.person WHERE s.hit IS NULL');
SELECT ask('SELECT count(*) FROM people p LEFT JOIN (SELECT person, 1 AS hit FROM most) s ON s.person = p.person WHERE s.hit IS NOT NULL');
SELECT ask('SELECT count(*) FROM people p LEFT JOIN (SELECT person, count(*) AS n FROM few GROUP BY 1) s ON s.person = p.person WHERE s.n IS NULL');
-- a column that may be null with a match, too, is another question
SELECT unmatched('seen s ON s.person = p.person', 's.device IS NULL');
SELECT unmatched('seen s ON s.person = p.person AND coalesce(s.device, ''d1'') = ''d1''', 's.device IS NULL');
SELECT unmatched('(SELECT person, nullif(device, ''d1'') AS hit FROM seen) s ON s.person = p.person', 's.hit IS NULL');

-- joins that take nulls for equal: rows of nobody are not seen
CREATE FUNCTION joined(source text) RETURNS SETOF text LANGUAGE sql AS $$
SELECT regress_cr_to.ask(format('SELECT plan, count(*) FROM ' || source || ' GROUP BY 1', on_written),
                         format('SELECT plan, count(*) FROM ' || source || ' GROUP BY 1', 'a.person = b.person'))
  FROM unnest('{a.person IS NOT DISTINCT FROM b.person,NOT a.person IS DISTINCT FROM b.person,a.person = b.person OR (a.person IS NULL AND b.person IS NULL),(b.person IS NULL AND a.person IS NULL) OR b.person = a.person}'::text[]) on_written
$$;
SELECT * FROM joined('people a JOIN seen b ON (%s)');
SELECT * FROM joined('people a, seen b WHERE (%s) AND age < 23');
SELECT * FROM joined('people a JOIN (SELECT person, count(*) AS n FROM seen GROUP BY 1) b ON (%s)');
SELECT * FROM joined('(SELECT person, plan FROM people GROUP BY 1, 2) a JOIN (SELECT person, count(*) AS n FROM seen GROUP BY 1) b ON (%s)');
SELECT * FROM joined('people a JOIN seen b ON (%s) AND b.person IS NOT NULL');
SELECT ask('SELECT plan, avg(n), count(*) FROM people a LEFT JOIN (SELECT person, count(*) AS n FROM seen GROUP BY 1) b ON a.person IS NOT DISTINCT FROM b.person WHERE a.person IS NOT NULL GROUP BY 1',
           'SELECT plan, avg(n), count(*) FROM people a LEFT JOIN (SELECT person, count(*) AS n FROM seen WHERE person > 0 GROUP BY 1) b ON a.person = b.person WHERE a.person > 0 GROUP BY 1');
SELECT ask('SELECT plan, count(*), count(b.person) FROM people a LEFT JOIN seen b ON a.person IS NOT DISTINCT FROM b.person GROUP BY 1',
           'SELECT plan, count(*), count(b.person) FROM people a LEFT JOIN seen b ON a.person = b.person WHERE a.person > 0 GROUP BY 1');
SELECT ask('SELECT plan, count(*) FROM people a WHERE EXISTS (SELECT 1 FROM seen b WHERE b.person = a.person OR (b.person IS NULL AND a.person IS NULL)) GROUP BY 1',
           'SELECT plan, count(*) FROM people a WHERE EXISTS (SELECT 1 FROM seen b WHERE b.person = a.person) GROUP BY 1');
SELECT ask('SELECT count(*) FROM people a JOIN notes n ON a.person IS NOT DISTINCT FROM n.k');
SELECT ask('SELECT count(*) FROM people a JOIN few b ON a.person IS NOT DISTINCT FROM b.person');
SELECT ask('SELECT count(*) FROM people a LEFT JOIN most b ON a.person IS NOT DISTINCT FROM b.person WHERE b.person IS NULL');
-- where an outer join has made the nulls they are people's
SELECT ask('SELECT count(*) FROM people a LEFT JOIN most b ON a.person = b.person JOIN seen c ON c.person = a.person AND (b.person IS NULL OR b.person = c.person)');
SELECT ask('SELECT count(*) FROM (people a LEFT JOIN seen b ON a.person = b.person) LEFT JOIN orders c ON b.person IS NOT DISTINCT FROM c.person WHERE b.person IS NULL');
-- what is released is joined back by its keys, of which null is one
CREATE FUNCTION looked_up(on_written text) RETURNS text LANGUAGE sql AS $$
SELECT regress_cr_to.ask(format('SELECT r.n, count(*) FROM people p JOIN (SELECT region, count(*) AS n FROM people GROUP BY 1) r ON %s GROUP BY 1', on_written),
                         format('SELECT r.n, count(*) FROM (SELECT * FROM people WHERE person > 0) p JOIN (SELECT region, count(*) AS n FROM people WHERE person > 0 GROUP BY 1) r ON %s GROUP BY 1', on_written))
$$;
SELECT looked_up('p.region = r.region');
SELECT looked_up('p.region IS NOT DISTINCT FROM r.region');
SELECT looked_up('p.region = r.region OR (p.region IS NULL AND r.region IS NULL)');
SELECT looked_up('(p.region IS NULL AND r.region IS NULL) OR r.region = p.region');
SELECT ask('SELECT r.n, count(*) FROM people p LEFT JOIN (SELECT region, plan, count(*) AS n FROM people GROUP BY 1, 2) r ON p.region IS NOT DISTINCT FROM r.region AND p.plan IS NOT DISTINCT FROM r.plan GROUP BY 1',
           'SELECT r.n, count(*) FROM people p JOIN (SELECT region, plan, count(*) AS n FROM people WHERE person > 0 GROUP BY 1, 2) r ON p.region IS NOT DISTINCT FROM r.region AND p.plan = r.plan WHERE p.person > 0 GROUP BY 1');
SELECT ask('WITH r AS (SELECT region, count(*) AS n FROM people GROUP BY 1) SELECT p.region, r.n, count(*) FROM people p JOIN r ON p.region = r.region OR (p.region IS NULL AND r.region IS NULL) GROUP BY 1, 2',
           'SELECT region, count(*), count(*) FROM people WHERE person > 0 GROUP BY 1');
-- outside: it is not what it looks like, or the nulls are many
SELECT looked_up('p.region IS NOT DISTINCT FROM r.region OR p.region IS NULL');
SELECT ask('SELECT r.n, count(*) FROM people p JOIN (SELECT region, plan, count(*) AS n FROM people GROUP BY 1, 2) r ON p.region IS NOT DISTINCT FROM r.region GROUP BY 1');
SELECT looked_up('p.region = r.region OR (p.region IS NULL AND p.region IS NULL)');
SELECT looked_up('p.region = r.region OR (p.region IS NULL OR r.region IS NULL)');
SELECT looked_up('p.region <> r.region OR (p.region IS NULL AND r.region IS NULL)');
SELECT looked_up('p.region IS DISTINCT FROM r.region');
SELECT ask('SELECT n.note, count(*) FROM people p JOIN notes n ON p.region IS NOT DISTINCT FROM n.region GROUP BY 1');
SELECT ask('SELECT count(*) FROM people p JOIN notes n ON p.region = n.region OR (p.region IS NULL AND n.region IS NULL)');
SELECT ask('SELECT b.note, count(*) FROM people p LEFT JOIN notes a ON p.person = a.k LEFT JOIN (SELECT region, max(note) AS note FROM notes GROUP BY 1) b ON a.region IS NOT DISTINCT FROM b.region GROUP BY 1');
SELECT ask('SELECT count(*) FILTER (WHERE b.note = ''a'' OR p.age = 21) FROM people p LEFT JOIN notes a ON p.person = a.k LEFT JOIN (SELECT region, max(note) AS note FROM notes GROUP BY 1) b ON a.region IS NOT DISTINCT FROM b.region');

-- who is on a list of keys is no more told by it than by equality
SELECT ask('SELECT count(*) FROM people p LEFT JOIN notes a ON p.person = a.k JOIN (SELECT region, max(note) AS note FROM notes GROUP BY 1) b ON a.region IS NOT DISTINCT FROM b.region WHERE b.note = ''c''');
SELECT ask('SELECT count(*) FROM people p LEFT JOIN notes a ON p.person = a.k JOIN (SELECT region FROM notes WHERE note = ''c'' GROUP BY 1) b ON a.region IS NOT DISTINCT FROM b.region');
SELECT ask('SELECT count(*), count(*) FILTER (WHERE a.hit IS NULL) FROM people p LEFT JOIN (SELECT k, 1 AS hit FROM notes GROUP BY 1) a ON p.person = a.k');
SELECT ask('SELECT count(*) FROM people p LEFT JOIN (SELECT k, 1 AS hit FROM notes) a ON p.person = a.k WHERE a.hit IS NULL');

-- tests for null of what is never null
SELECT ask('SELECT plan, count(DISTINCT person) + max(CASE WHEN person IS NULL THEN 1 ELSE 0 END) FROM people GROUP BY 1',
           'SELECT plan, count(DISTINCT person) FROM people GROUP BY 1');
SELECT ask('SELECT count(DISTINCT person) + max(CASE WHEN person IS NULL THEN 1 ELSE 0 END) FROM people',
           'SELECT count(DISTINCT person) FROM people');
SELECT ask('SELECT count(DISTINCT plan) + max(CASE WHEN plan IS NULL THEN 1 ELSE 0 END) FROM people');
SELECT ask('SELECT plan, count(*) FROM people WHERE person IS NOT NULL GROUP BY 1');
SELECT ask('SELECT plan, sum(CASE WHEN person IS NOT NULL THEN 1 ELSE 0 END) FROM people GROUP BY 1');
SELECT ask('SELECT count(*) FROM (SELECT p.*, s.person AS q FROM people p JOIN seen s USING (person)) t WHERE q IS NOT NULL AND NOT (person IS NULL)');
SELECT ask('SELECT count(*) FROM people WHERE person IS NULL');
SELECT ask('SELECT count(*) FROM people WHERE person IS NULL OR person = 7');
SELECT ask('SELECT count(*) FROM people WHERE person IS NOT NULL AND person = 7');
SELECT ask('SELECT max(age), min(1) FROM people');
SELECT ask('SELECT max(CASE WHEN age = 21 THEN 1 ELSE 0 END) FROM people');
SELECT ask('SELECT max(CASE WHEN person IS NULL THEN 1 ELSE 0 END) FROM people WHERE age = 99');
SELECT ask('SELECT plan, max(CASE WHEN person IS NULL THEN 1 ELSE 0 END) FROM people p JOIN few f USING (person) GROUP BY 1');
SELECT ask('SELECT count(DISTINCT device) + max(CASE WHEN device IS NULL THEN 1 ELSE 0 END) FROM seen');

-- limits that limit nothing
SELECT ask(format('SELECT count(*) FROM (SELECT person FROM people WHERE plan = ''p0'' %s) t', tail))
  FROM unnest('{OFFSET 0,LIMIT ALL,LIMIT NULL,LIMIT ALL OFFSET 0,OFFSET NULL,OFFSET 1,LIMIT 100,LIMIT 100 OFFSET 0,OFFSET 1 - 1}'::text[]) tail;
SELECT ask('SELECT plan, count(*) FROM people p WHERE EXISTS (SELECT 1 FROM seen s WHERE s.person = p.person OFFSET 0) GROUP BY 1');
SELECT ask('SELECT plan, count(*) FROM people p WHERE person IN (SELECT person FROM seen LIMIT ALL) GROUP BY 1');
SELECT ask('SELECT sum(v) FROM (SELECT CASE WHEN device = ''d1'' THEN minutes ELSE 0 END AS v FROM seen WHERE person > 0 OFFSET 0) t');
SELECT ask('SELECT sum(v) FROM (SELECT CASE WHEN device = ''d1'' THEN minutes ELSE 0 END AS v FROM seen OFFSET 0) t',
           'SELECT sum(minutes) FROM seen WHERE device = ''d1'' AND person > 0');
SELECT ask('SELECT * FROM (SELECT age, count(*) FROM people GROUP BY 1 OFFSET 0) t WHERE age > 20');

-- counts that are cast before they are compared
SELECT ask(format('SELECT plan, count(*) FROM people p WHERE %s GROUP BY 1', condition))
  FROM unnest('{(SELECT count(*)::int FROM seen s WHERE s.person = p.person) > 3,3 < (SELECT count(*)::int FROM seen s WHERE s.person = p.person),(SELECT count(*) FROM seen s WHERE s.person = p.person)::int >= 2,(SELECT cast(count(*) AS int) FROM seen s WHERE s.person = p.person AND spot = ''s1'') BETWEEN 1 AND 3}'::text[]) condition;
SELECT ask('SELECT plan, count(*) FROM people p WHERE (SELECT count(*)::int FROM seen s WHERE s.person = p.person) = 0 GROUP BY 1',
           'SELECT plan, count(*) FROM people p WHERE person > 60 GROUP BY 1');
SELECT ask('SELECT count(*) FROM people p WHERE (SELECT count(*)::int FROM most s WHERE s.person = p.person) = 0');
SELECT ask('SELECT count(*) FROM people p WHERE (SELECT count(*)::int FROM few s WHERE s.person = p.person) > 0');
SELECT ask('SELECT count(*) FROM people p WHERE (SELECT count(*)::smallint FROM seen s WHERE s.person = p.person) > 3');
SELECT ask('SELECT count(*) FROM people p WHERE (SELECT count(*)::int FROM seen s WHERE s.person = p.person) > p.person');
SELECT ask('SELECT count(*) FROM people p WHERE (SELECT count(*)::int::oid FROM seen s WHERE s.person = p.person) > 3');

-- a flag of each person
CREATE FUNCTION persons(flag text) RETURNS text LANGUAGE sql AS $$
SELECT regress_cr_to.ask(format('SELECT sum(flag), avg(flag), count(*) FILTER (WHERE flag = 1) FROM (SELECT person, max(CASE WHEN %s THEN 1 ELSE 0 END) AS flag FROM orders GROUP BY 1) t', flag))
$$;
SELECT persons('kind = ''gift''');
SELECT persons('kind = ''gift'' AND status = ''paid''');
SELECT ask('SELECT flag, count(*) FROM (SELECT person, max(CASE WHEN kind = ''gift'' THEN 1 ELSE 0 END) AS flag FROM orders GROUP BY 1) t GROUP BY 1');
SELECT ask('SELECT plan, sum(flag), avg(flag) FROM people p JOIN (SELECT person, max(CASE WHEN kind = ''gift'' THEN 1 ELSE 0 END) AS flag FROM orders GROUP BY 1) t USING (person) GROUP BY 1');
SELECT ask('SELECT count(*) FROM people WHERE person IN (SELECT person FROM orders GROUP BY 1 HAVING max(CASE WHEN kind = ''gift'' THEN 1 ELSE 0 END) = 1)');
SELECT ask(format('SELECT sum(flag), avg(flag) FROM (SELECT person, %s AS flag FROM orders GROUP BY 1) t', flag))
  FROM unnest(ARRAY['max((kind = ''gift'')::int)', 'min(CASE WHEN kind = ''own'' THEN 1 ELSE 0 END)', 'min((kind = ''own'')::int)']) flag;
-- outside: all but one, hardly anybody, and what is no condition
SELECT ask(format('SELECT sum(flag), avg(flag) FROM (SELECT person, %s AS flag FROM orders GROUP BY 1) t', flag))
  FROM unnest(ARRAY['max((status = ''paid'')::int)', 'min(CASE WHEN status = ''open'' THEN 1 ELSE 0 END)', 'min((status <> ''paid'')::int)', 'max((amount > 25)::int)', 'min((person > 7)::int)']) flag;
SELECT persons('status = ''paid''');
SELECT persons('status = ''lost''');
SELECT persons('person = 7');
SELECT persons('amount > 25');
SELECT ask('SELECT flag, count(*) FROM (SELECT person, max(CASE WHEN status = ''paid'' THEN 1 ELSE 0 END) AS flag FROM orders GROUP BY 1) t GROUP BY 1');
SELECT ask('SELECT sum(flag) FROM (SELECT person, max(CASE WHEN kind = ''gift'' THEN 2 ELSE 0 END) AS flag FROM orders GROUP BY 1) t');

-- flags of lists of keys, of conditions beside others, and of those left out
SELECT ask('SELECT count(*), count(b.note) FROM people p LEFT JOIN notes a ON p.person = a.k LEFT JOIN (SELECT region, max(note) AS note FROM notes WHERE region IS NOT NULL GROUP BY 1) b ON a.region IS NOT DISTINCT FROM b.region');
SELECT ask('SELECT count(*), count(b.note) FROM people p LEFT JOIN notes a ON p.person = a.k LEFT JOIN (SELECT region, max(note) AS note FROM notes WHERE region IS NULL GROUP BY 1) b ON a.region IS NOT DISTINCT FROM b.region');
SELECT ask('SELECT count(*), count(b.note) FROM people p LEFT JOIN notes a ON p.person = a.k LEFT JOIN (SELECT coalesce(region, ''z'') AS region, max(note) AS note FROM notes WHERE region IS NULL GROUP BY 1) b ON coalesce(a.region, ''z'') = b.region');
SELECT ask('SELECT count(*), count(*) FILTER (WHERE b.note = ''c'') FROM people p LEFT JOIN notes a ON p.person = a.k LEFT JOIN (SELECT region, max(note) AS note FROM notes WHERE region IS NULL GROUP BY 1) b ON a.region IS NOT DISTINCT FROM b.region');
SELECT ask('SELECT count(*), count(*) FILTER (WHERE b.note IS NULL) FROM people p LEFT JOIN notes a ON p.person = a.k LEFT JOIN (SELECT region, max(note) AS note FROM notes WHERE region IS NULL GROUP BY 1) b ON a.region IS NOT DISTINCT FROM b.region');
SELECT ask('SELECT count(*), sum(CASE WHEN b.note IS NULL AND p.age > 0 THEN 1 ELSE 0 END) FROM people p LEFT JOIN notes a ON p.person = a.k LEFT JOIN (SELECT region, max(note) AS note FROM notes WHERE region IS NULL GROUP BY 1) b ON a.region IS NOT DISTINCT FROM b.region');
SELECT ask('SELECT sum(f), count(*) FROM (SELECT p.person, max(CASE WHEN b.note IS NULL THEN 1 ELSE 0 END) AS f FROM people p LEFT JOIN notes a ON p.person = a.k LEFT JOIN (SELECT region, max(note) AS note FROM notes WHERE region IS NULL GROUP BY 1) b ON a.region IS NOT DISTINCT FROM b.region GROUP BY 1) t');
SELECT ask('SELECT sum(f), count(*) FROM (SELECT p.person, max(CASE WHEN a.note = ''a'' THEN 1 ELSE 0 END) AS f FROM people p LEFT JOIN notes a ON p.person = a.k GROUP BY 1) t');
SELECT ask('SELECT f, count(*) FROM (SELECT p.person, max(CASE WHEN a.note = ''a'' OR age = 21 THEN 1 ELSE 0 END) AS f FROM people p LEFT JOIN notes a ON p.person = a.k GROUP BY 1) t GROUP BY 1');
SELECT ask('SELECT f, count(*) FROM (SELECT p.person, max(CASE WHEN EXISTS (SELECT 1 FROM few s WHERE s.person = p.person) OR age = 21 THEN 1 ELSE 0 END) AS f FROM people p GROUP BY 1) t GROUP BY 1');
SELECT ask('SELECT sum(f), count(*) FROM (SELECT CASE WHEN EXISTS (SELECT 1 FROM few s WHERE s.person = p.person) OR age = 21 THEN 1 ELSE 0 END AS f FROM people p) t');
SELECT ask('SELECT sum(f), count(*) FROM (SELECT CASE WHEN EXISTS (SELECT 1 FROM notes s WHERE s.k = p.person) OR age = 21 THEN 1 ELSE 0 END AS f FROM people p) t');
SELECT ask('SELECT sum(f), count(*) FROM (SELECT CASE WHEN a.k IS NOT NULL OR age = 21 THEN 1 ELSE 0 END AS f FROM people p LEFT JOIN notes a ON p.person = a.k) t');
SELECT ask('SELECT sum(f), count(*) FROM (SELECT CASE WHEN s.person IS NOT NULL OR age = 21 THEN 1 ELSE 0 END AS f FROM people p LEFT JOIN (SELECT DISTINCT person FROM few) s USING (person)) t');
SELECT ask('SELECT sum(f), count(*) FROM (SELECT CASE WHEN s.person IS NULL THEN age ELSE 0 END AS f FROM people p LEFT JOIN (SELECT DISTINCT person FROM few) s USING (person)) t');
SELECT ask('SELECT sum(f), count(*) FROM (SELECT CASE WHEN s.person IS NULL THEN amount ELSE 0 END AS f FROM orders p LEFT JOIN (SELECT DISTINCT person FROM most) s USING (person)) t');
SELECT ask('SELECT sum(f), count(*) FROM (SELECT CASE WHEN s.person IS NULL THEN amount ELSE 0 END AS f FROM orders p LEFT JOIN (SELECT DISTINCT person FROM few) s USING (person)) t');
SELECT ask('SELECT sum(amount), sum(f) FROM (SELECT amount, CASE WHEN EXISTS (SELECT 1 FROM most s WHERE s.person = p.person) THEN amount ELSE 0 END AS f FROM orders p) t');
SELECT ask('SELECT sum(amount), sum(f) FROM (WITH w AS (SELECT person, amount FROM orders) SELECT amount, CASE WHEN EXISTS (SELECT 1 FROM most s WHERE s.person = p.person) THEN amount ELSE 0 END AS f FROM w p) t');
SELECT ask('SELECT count(f), count(*) FROM (SELECT CASE WHEN EXISTS (SELECT 1 FROM most s WHERE s.person = p.person) THEN 1 END AS f FROM people p) t');
SELECT ask('SELECT count(DISTINCT f), count(*) FROM (SELECT CASE WHEN EXISTS (SELECT 1 FROM most s WHERE s.person = p.person) THEN person END AS f FROM people p) t');
SELECT ask('SELECT avg(f), count(*) FROM (SELECT CASE WHEN EXISTS (SELECT 1 FROM most s WHERE s.person = p.person) AND EXISTS (SELECT 1 FROM seen s WHERE s.person = p.person) THEN 1 ELSE 0 END AS f FROM people p) t');

-- lists that are parameters, and may be empty
SET ROLE regress_cr_to_analyst;
SET plan_cache_mode = force_generic_plan;
PREPARE a(text[]) AS SELECT count(*) FROM seen WHERE cardinality($1) = 0 OR spot = ANY ($1);
EXECUTE a('{}');
EXECUTE a('{s1}');
EXECUTE a(NULL);
PREPARE b(text[]) AS SELECT count(*) FROM seen WHERE array_length($1, 1) IS NULL OR spot = ANY ($1);
EXECUTE b('{}');
EXECUTE b('{s0,s1}');
PREPARE c(text[]) AS SELECT count(*) FROM seen WHERE $1 = '{}' OR spot = ANY ($1);
EXECUTE c('{}');
EXECUTE c('{s1}');
PREPARE d(varchar[]) AS SELECT count(*) FROM seen WHERE coalesce(array_length($1, 1), 0) = 0 OR $1 <> '{s1}' AND spot = ANY ($1);
EXECUTE d('{}');
EXECUTE d('{s1}');
PREPARE e(int[]) AS SELECT count(*) FILTER (WHERE cardinality($1) > 1) FROM people;
EXECUTE e('{1}');
EXECUTE e('{1,2}');
-- outside: few are asked for, a column is in the list, or it can fail
EXECUTE a('{s9}');
PREPARE f(text) AS SELECT count(*) FROM seen WHERE cardinality(ARRAY[$1, spot]) = 2;
PREPARE g(text[]) AS SELECT count(*) FROM seen WHERE array_append($1, spot) = $1;
PREPARE h(json[]) AS SELECT count(*) FROM seen WHERE $1 = '{}';
PREPARE i(text[]) AS SELECT count(*) FROM seen WHERE array_to_string($1, ',') = '' OR spot = ANY ($1);
EXECUTE f('s1');
EXECUTE g('{s1}');
EXECUTE h('{}');
EXECUTE i('{}');
RESET plan_cache_mode;
-- a count that is released may be withheld, and then it is null
SELECT ask('SELECT count(n), sum((n IS NULL)::int) FROM (SELECT region, count(*) FILTER (WHERE region = ''none'') AS n FROM people GROUP BY 1) s');
SELECT ask('SELECT count(*) FROM (SELECT region, count(*) AS n FROM people GROUP BY 1) s WHERE n IS NULL');
-- a flag without a column is null where there is no match, too
SELECT ask('SELECT sum(s.hit), count(s.hit) FROM people p LEFT JOIN (SELECT person, (person IS NOT NULL)::int AS hit FROM most GROUP BY 1) s ON s.person = p.person');
SELECT ask('SELECT sum(s.hit), count(s.hit) FROM people p LEFT JOIN (SELECT person, true::int AS hit FROM most) s ON s.person = p.person');
SELECT ask('SELECT count(*) FILTER (WHERE s.hit = 1) FROM people p LEFT JOIN (SELECT person, 1 AS hit FROM most GROUP BY 1) s ON s.person = p.person');
RESET ROLE;

RESET search_path;
DROP SCHEMA regress_cr_to CASCADE;
DROP OWNED BY regress_cr_to_owner, regress_cr_to_analyst;
DROP ROLE regress_cr_to_owner, regress_cr_to_analyst;
