-- For rules that no other test would miss: what each is there for.
\set SHOW_CONTEXT never
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_rules_owner;
CREATE ROLE regress_cr_rules_analyst;
CREATE SCHEMA rules;
GRANT ALL ON SCHEMA rules TO regress_cr_rules_owner, regress_cr_rules_analyst;
GRANT USAGE ON SCHEMA cleanroom
    TO regress_cr_rules_owner, regress_cr_rules_analyst;
SET search_path = rules, pg_catalog;
-- a type that compares by a function that somebody has brought along
CREATE TYPE odd AS ENUM ('a', 'b');
CREATE FUNCTION odd_order(odd, odd) RETURNS int LANGUAGE plpgsql IMMUTABLE
    AS 'BEGIN RETURN btint4cmp(1, 1); END';
CREATE FUNCTION odd_equals(odd, odd) RETURNS bool LANGUAGE plpgsql IMMUTABLE
    AS 'BEGIN RETURN true; END';
CREATE OPERATOR === (LEFTARG = odd, RIGHTARG = odd, FUNCTION = odd_equals);
CREATE OPERATOR <<< (LEFTARG = odd, RIGHTARG = odd, FUNCTION = odd_equals);
CREATE OPERATOR CLASS odd_ops DEFAULT FOR TYPE odd USING btree AS
    OPERATOR 1 <<<, OPERATOR 3 ===, FUNCTION 1 odd_order(odd, odd);
SET SESSION AUTHORIZATION regress_cr_rules_owner;
CREATE TABLE people (person int PRIMARY KEY, region text NOT NULL,
    age int NOT NULL, cost int NOT NULL, price int NOT NULL,
    secret text NOT NULL, odd odd NOT NULL, code text, member bool);
INSERT INTO people SELECT i, 'r' || i % 2, i % 5, i, i, 's', 'a',
    CASE WHEN i <= 30 THEN 'a' WHEN i = 31 THEN 'b' END,
    CASE WHEN i <= 30 THEN true WHEN i = 31 THEN false END
    FROM generate_series(1, 100) i;
CREATE TABLE visits (person int NOT NULL, day date NOT NULL, cost int NOT NULL);
INSERT INTO visits SELECT i % 80 + 1, date '2024-01-01' + i % 5, i
    FROM generate_series(1, 400) i;
SELECT cleanroom.protect('people', 'person', 10, join_keys => '{person}',
    dimensions => '{region, age, odd, code, member}', measures => '{cost}');
SELECT cleanroom.set_column('people', 'price', 'measure(avg)');
SELECT cleanroom.protect('visits', 'person', 10, dimensions => '{day}',
    measures => '{cost}', join_keys => '{person}');
CREATE TABLE strict AS SELECT i AS person FROM generate_series(72, 180) i;
SELECT cleanroom.protect('strict', 'person', 10, join_keys => '{person}',
    small_groups => 'refuse');
GRANT SELECT ON people, visits, strict TO regress_cr_rules_analyst;
SET SESSION AUTHORIZATION regress_cr_rules_analyst;
CREATE TABLE ages (age int PRIMARY KEY, label text);
INSERT INTO ages VALUES (1, 'one'), (2, 'two');
\pset tuples_only on
\pset null NULL

-- both sides of a join are join keys
SELECT count(*) FROM visits v JOIN people p ON v.cost = p.person;
SELECT count(*) FROM people p JOIN visits v ON p.person = v.cost;
SELECT count(*) FROM visits v, strict s WHERE v.cost = s.person;
SELECT count(*) FROM (SELECT cost AS c FROM visits) v LEFT JOIN people p ON v.c = p.person;

-- IS DISTINCT FROM and NULLIF call what compares
SELECT count(*) FROM people WHERE ARRAY[age] IS DISTINCT FROM ARRAY[1];
SELECT count(*) FROM people WHERE NULLIF(ARRAY[age], ARRAY[1]) IS NULL;
SELECT count(*) FROM people WHERE age::bit(3) IS DISTINCT FROM '101';

-- WHENs after the first are conditions as well
SELECT sum(CASE WHEN region = 'r1' THEN cost WHEN secret = 's' THEN 0 ELSE 0 END) FROM people;
SELECT sum(CASE WHEN region = 'r1' THEN cost WHEN person = 3 THEN 0 ELSE 0 END) FROM people;
SELECT sum(CASE WHEN region = 'r1' THEN cost WHEN age = 3 THEN 0 ELSE 0 END) FROM people;

-- what an aggregate is given, and how it tells values apart
SELECT count(DISTINCT odd) FROM people;
SELECT count(DISTINCT region) FROM people;
SELECT count(p.region || a.label) FROM people p JOIN ages a USING (age);
SELECT sum(cost + price) FROM people;
SELECT avg(cost + price) FROM people;

-- a condition that has no answer for few rows, and none for many
SELECT avg((code = 'a')::int) FROM people;
SELECT sum((code = 'a')::int) FROM people;
SELECT avg(member::int) FROM people;
SELECT avg((region = 'r1')::int) FROM people;

-- what is IN a subquery has to be a column that may be filtered on
SELECT count(*) FROM people WHERE secret IN (SELECT label FROM ages);
SELECT count(*) FROM people WHERE cost IN (SELECT age FROM ages);
SELECT count(*) FROM people WHERE age + cost IN (SELECT age FROM ages);
SELECT count(*) FROM people WHERE cost < ANY (SELECT age FROM ages);
SELECT count(*) FROM people WHERE age < ANY (SELECT age FROM ages);

-- a value that would fail for its rows, once a row asks for it
SELECT count(*) FROM people WHERE age = (SELECT age FROM ages LIMIT 2);
SELECT count(*) FROM people WHERE age = (SELECT 1 UNION ALL SELECT 2);
SELECT count(*) FROM people WHERE age = (SELECT age FROM ages ORDER BY age LIMIT 1);
SELECT count(*) FROM people WHERE age = (SELECT max(age) FROM ages);

-- what nobody reads is computed all the same where a query is stored first
WITH s AS MATERIALIZED (SELECT cash_words(age::text::money) AS x FROM people) SELECT count(*) FROM s;
WITH s AS MATERIALIZED (SELECT lpad(region, age * 1000000000) AS x FROM people) SELECT count(*) FROM s;
WITH s AS MATERIALIZED (SELECT 1 / (age - 3) AS x FROM people) SELECT count(*) FROM s;
WITH s AS MATERIALIZED (SELECT person, repeat(max(region), 1000000000) AS x FROM people GROUP BY person) SELECT count(*) FROM s;

-- what may not be computed with may not stand before what may
SELECT count(*) FROM people WHERE coalesce(tableoid = 1, region = 'r1');
SELECT count(*) FROM people WHERE coalesce(concat(ARRAY[age]) = 'x', region = 'r1');
SELECT count(*) FROM people WHERE coalesce(region COLLATE "und-x-icu" = 'a' COLLATE "und-x-icu", region = 'r1');

-- columns that a key determines are not grouped
SELECT count(*) FROM (SELECT person FROM people GROUP BY person HAVING secret = 's') s;
SELECT count(*) FROM (SELECT person FROM people GROUP BY person HAVING cost > 3) s;
SELECT count(*) FROM (SELECT person, cost AS c FROM people GROUP BY person) s WHERE c > 3;

-- DISTINCT over people
SELECT avg(m) FROM (SELECT DISTINCT person, sum(cost) AS m FROM visits GROUP BY person) s;
SELECT avg(m) FROM (SELECT person, sum(cost) AS m FROM visits GROUP BY person) s;

-- values of which nobody knows how they are written
SELECT concat(ARRAY[age], 'a'), count(*) FROM people GROUP BY 1;
SELECT region || (age = 1), count(*) FROM people GROUP BY 1;
SELECT concat(age, 'a'), count(*) FROM people GROUP BY 1 ORDER BY 1;

-- people without a match in a table that is not protected
SELECT count(*) FROM people p LEFT JOIN ages a ON a.age = p.person WHERE a.label IS NULL;
SELECT count(*) FROM people p LEFT JOIN ages a ON a.age = p.person WHERE coalesce(a.label, 'x') = 'x';
SELECT count(*) FROM people p LEFT JOIN ages a ON a.age = p.age WHERE a.label IS NULL;

-- a question about membership decided in a group of one person
SELECT count(*) FROM (SELECT person FROM (SELECT *, EXISTS (SELECT FROM ages a WHERE a.age = person) AS hit FROM visits) v GROUP BY person, hit HAVING hit) s;
SELECT count(*) FROM (SELECT person FROM (SELECT *, EXISTS (SELECT FROM people p WHERE p.age = 1 AND p.person = w.person) AS hit FROM visits w) v GROUP BY person, hit HAVING NOT hit) s;

-- or where an outer join decides by it which rows match
SELECT count(*), sum(v.cost) FROM (SELECT person, EXISTS (SELECT FROM visits w WHERE w.person = p.person AND day = '2024-01-01') AS hit FROM people p) s LEFT JOIN visits v ON v.person = s.person AND s.hit;
SELECT count(*), sum(v.cost) FROM (SELECT person, EXISTS (SELECT FROM visits w WHERE w.person = p.person AND day = '2024-01-01') AS hit FROM people p) s JOIN visits v ON v.person = s.person AND s.hit;

-- few left out are a small group, too
SELECT count(*) FROM strict s WHERE NOT EXISTS (SELECT FROM visits v WHERE v.person = s.person);
SELECT count(*) FROM strict s WHERE NOT EXISTS (SELECT FROM people p WHERE p.person = s.person);

-- rows of a list that are the same multiply people
SELECT count(*) FROM people p JOIN (VALUES (1), (1)) v(a) ON v.a = p.age;
SELECT count(*) FROM people p JOIN (VALUES (1, 'x'), (1, 'y')) v(a, l) ON v.a = p.age;
SELECT count(*) FROM people p JOIN (VALUES (1, 'x'), (2, 'y')) v(a, l) ON v.a = p.age;

-- row policies hold for those, too, whom row security does not stop
SET SESSION AUTHORIZATION regress_cr_rules_owner;
SELECT cleanroom.add_row_policy('people', 'young', 'age < 3');
CREATE TABLE wanted AS SELECT generate_series(1, 9) AS age;
GRANT SELECT ON wanted TO public;
SELECT cleanroom.add_row_policy('people', 'wanted', 'age IN (SELECT w.age FROM rules.wanted w)');
RESET SESSION AUTHORIZATION;
CREATE ROLE regress_cr_rules_bypass BYPASSRLS;
GRANT USAGE ON SCHEMA rules, cleanroom TO regress_cr_rules_bypass;
GRANT SELECT ON people TO regress_cr_rules_bypass;
CREATE VIEW seen AS SELECT * FROM people;
GRANT SELECT ON seen TO regress_cr_rules_analyst;
SET SESSION AUTHORIZATION regress_cr_rules_bypass;
SELECT age, count(*) FROM people GROUP BY age ORDER BY age;
SELECT count(*) FROM people p LEFT JOIN people q ON q.person = p.person;
SET SESSION AUTHORIZATION regress_cr_rules_analyst;
SELECT age, count(*) FROM seen GROUP BY age ORDER BY age;
SELECT count(*) FROM visits v LEFT JOIN seen s ON s.person = v.person WHERE s.person IS NULL;
SELECT count(*) FROM people;
SET SESSION AUTHORIZATION regress_cr_rules_owner;
SELECT cleanroom.drop_row_policy('people', 'young');
SELECT cleanroom.drop_row_policy('people', 'wanted');

-- what policies read is read as elsewhere: views, tables under row security
RESET SESSION AUTHORIZATION;
\set three_ways 'SET SESSION AUTHORIZATION regress_cr_rules_analyst; SELECT count(*) AS in_person FROM people; SELECT count(*) AS by_a_view FROM seen; SET SESSION AUTHORIZATION regress_cr_rules_bypass; SELECT count(*) AS past_row_security FROM people; SET SESSION AUTHORIZATION regress_cr_rules_owner;'
SET SESSION AUTHORIZATION regress_cr_rules_owner;
CREATE VIEW wanted_young AS SELECT w.age FROM wanted w WHERE w.age < 3;
GRANT SELECT ON wanted_young TO public;
SELECT cleanroom.add_row_policy('people', 'reads', 'age IN (SELECT w.age FROM rules.wanted_young w)');
:three_ways
ALTER TABLE wanted ENABLE ROW LEVEL SECURITY;
CREATE POLICY one ON wanted USING (age = 1 AND current_user = 'regress_cr_rules_analyst');
SELECT cleanroom.add_row_policy('people', 'reads too', 'age IN (SELECT w.age FROM rules.wanted w)');
:three_ways
SELECT cleanroom.drop_row_policy('people', 'reads too');
-- a view that comes to have code, or to read a protected table
CREATE FUNCTION wants(int) RETURNS boolean LANGUAGE plpgsql STABLE AS 'BEGIN RAISE WARNING ''as %'', current_user; RETURN true; END';
CREATE OR REPLACE VIEW wanted_young AS SELECT w.age FROM wanted w WHERE wants(w.age);
:three_ways
CREATE OR REPLACE VIEW wanted_young AS SELECT age FROM seen;
:three_ways
CREATE OR REPLACE VIEW wanted_young AS SELECT v.cost AS age FROM visits v;
:three_ways
SELECT cleanroom.drop_row_policy('people', 'reads');
DROP VIEW wanted_young;
RESET SESSION AUTHORIZATION;
DROP OWNED BY regress_cr_rules_bypass;
DROP ROLE regress_cr_rules_bypass;

-- a key over partitions, and one that is there only for some of the rows seen
SET SESSION AUTHORIZATION regress_cr_rules_analyst;
CREATE TABLE split (age int PRIMARY KEY, label text) PARTITION BY RANGE (age);
CREATE TABLE split_1 PARTITION OF split FOR VALUES FROM (0) TO (3);
CREATE TABLE split_2 (age int NOT NULL, label text);
INSERT INTO split VALUES (1, 'one'), (2, 'two');
INSERT INTO split_2 VALUES (2, 'two again'), (3, 'three');
SELECT label, count(*) FROM people JOIN split USING (age) GROUP BY label ORDER BY label;
CREATE FUNCTION attach() RETURNS text LANGUAGE plpgsql AS $$ BEGIN
    DELETE FROM split_2 WHERE age = 2;
    ALTER TABLE split ATTACH PARTITION split_2 FOR VALUES FROM (3) TO (9);
    RETURN 'attached'; END $$;
CREATE FUNCTION seen() RETURNS bigint STABLE LANGUAGE plpgsql AS $$ BEGIN
    RETURN (SELECT count(*) FROM people JOIN split USING (age)); END $$;
SELECT attach(), seen();
SELECT attach();
SELECT seen();
CREATE TABLE nulls (age int UNIQUE, label text);
INSERT INTO nulls VALUES (1, 'one'), (NULL, 'none'), (NULL, 'nothing');
CREATE FUNCTION fill() RETURNS text LANGUAGE plpgsql AS $$ BEGIN
    DELETE FROM nulls WHERE age IS NULL;
    ALTER TABLE nulls ALTER age SET NOT NULL;
    RETURN 'filled'; END $$;
CREATE FUNCTION grouped() RETURNS bigint STABLE LANGUAGE plpgsql AS $$ BEGIN
    RETURN (SELECT sum(n) FROM (SELECT nulls.age, count(*) AS n FROM people, nulls GROUP BY nulls.age) x); END $$;
SELECT fill(), grouped();
SELECT fill();
SELECT grouped();

-- explain() tells what would become of a query, also while all is refused
RESET SESSION AUTHORIZATION;
SET cleanroom.enabled = off;
SET SESSION AUTHORIZATION regress_cr_rules_analyst;
SELECT verdict, code, reason, hint FROM cleanroom.explain('SELECT count(*) FROM people');
RESET SESSION AUTHORIZATION;
RESET cleanroom.enabled;

-- of EXECUTE it tells what becomes of the prepared statement, for who asks now
PREPARE everybody AS SELECT * FROM people;
PREPARE by_age(int) AS SELECT age, count(*) FROM people WHERE age < $1 GROUP BY age;
PREPARE nobodys AS SELECT 1 AS one;
SELECT q, e.verdict, e.code, e.reason, e.hint, e.rewritten ~ 'HAVING' AS guarded FROM unnest('{EXECUTE everybody, EXECUTE by_age(3),
    EXECUTE nobodys, EXECUTE unknown, EXPLAIN EXECUTE by_age(3), EXPLAIN EXECUTE nobodys,
    CREATE TABLE copied AS EXECUTE by_age(3)}'::text[]) q, cleanroom.explain(q) e;
SET SESSION AUTHORIZATION regress_cr_rules_analyst;
EXECUTE everybody;
SELECT q, e.verdict, e.code, e.reason, e.hint, e.rewritten ~ 'HAVING' AS guarded FROM unnest('{EXECUTE everybody, EXECUTE by_age(3),
    EXECUTE nobodys, EXECUTE unknown, EXPLAIN EXECUTE by_age(3), EXPLAIN EXECUTE nobodys,
    CREATE TABLE copied AS EXECUTE by_age(3)}'::text[]) q, cleanroom.explain(q) e;
RESET SESSION AUTHORIZATION;
DEALLOCATE everybody;
DEALLOCATE by_age;
DEALLOCATE nobodys;

-- a cursor belongs to whom, and to the policy, it was made under
BEGIN;
SET LOCAL ROLE regress_cr_rules_analyst;
DECLARE made CURSOR FOR SELECT region, count(*) FROM people GROUP BY 1;
SET LOCAL ROLE regress_cr_rules_owner;
SELECT cleanroom.set_column('people', 'cost', 'measure(sum)');
SET LOCAL ROLE regress_cr_rules_analyst;
FETCH made;
ROLLBACK;
BEGIN;
SET LOCAL ROLE regress_cr_rules_owner;
DECLARE made CURSOR FOR SELECT secret FROM people;
SET LOCAL ROLE regress_cr_rules_analyst;
FETCH made;
ROLLBACK;

-- access that is lost before a query runs that gives no row
SET SESSION AUTHORIZATION regress_cr_rules_analyst;
PREPARE few AS SELECT day, count(*) FROM visits WHERE day < '2000-01-01' GROUP BY day;
EXECUTE few;
SET SESSION AUTHORIZATION regress_cr_rules_owner;
SELECT cleanroom.add_access_rule('rules.visits', 'shut', 'false', 'Ask again tomorrow.');
SET SESSION AUTHORIZATION regress_cr_rules_analyst;
EXECUTE few;

-- a condition that came by another way than its function is one expression too
RESET SESSION AUTHORIZATION;
UPDATE cleanroom.rule_list SET condition = 'true FROM generate_series(1, 1)' WHERE name = 'shut';
SET SESSION AUTHORIZATION regress_cr_rules_analyst;
SELECT count(*) FROM visits;
RESET SESSION AUTHORIZATION;

-- one that would take for ever is not satisfied after five seconds; who wants
-- to wait less does
UPDATE cleanroom.rule_list SET condition = '(SELECT count(*) FROM generate_series(1, 100000000000)) > 0', hint = NULL
    WHERE name = 'shut';
SET SESSION AUTHORIZATION regress_cr_rules_analyst;
SELECT count(*) FROM visits;
SET statement_timeout = '200ms';
SELECT count(*) FROM visits;
RESET statement_timeout;
RESET SESSION AUTHORIZATION;

-- that a protected table was dropped is on record
DROP TABLE visits;
SELECT kind, tables, detail FROM cleanroom.ledger
 WHERE detail ? 'dropped' AND tables = '{rules.visits}';

SET client_min_messages = error;
DROP SCHEMA rules CASCADE;
DROP OWNED BY regress_cr_rules_owner, regress_cr_rules_analyst;
DROP ROLE regress_cr_rules_owner, regress_cr_rules_analyst;
