-- Attacks by what changes between the verdict on a statement and its run: code
-- that the planner evaluates, statements that are planned together, names that
-- look like the extension's own notes in a plan, and code that the extension
-- runs for somebody else.
--
-- The analyst's table has each person once when a statement is judged; each
-- must end in an error, or without a row of person 777's.
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_c_owner;
CREATE ROLE regress_cr_c_analyst;
CREATE SCHEMA bypass_changes;
GRANT ALL ON SCHEMA bypass_changes TO regress_cr_c_owner, regress_cr_c_analyst;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_c_owner, regress_cr_c_analyst;
SET search_path = bypass_changes, pg_catalog;
SET SESSION AUTHORIZATION regress_cr_c_owner;
CREATE TABLE persons (pid int PRIMARY KEY, city text NOT NULL, income int NOT NULL);
INSERT INTO persons SELECT p, ('{A,B,C}'::text[])[1 + p % 3], 1000 + p % 37 FROM generate_series(1, 300) p;
INSERT INTO persons VALUES (777, 'A', 1005);
CREATE TABLE events (pid int NOT NULL, code text NOT NULL);
INSERT INTO events SELECT p, 'x' FROM generate_series(1, 300) p;
SELECT cleanroom.protect('persons', 'pid', 10, dimensions => '{city}', measures => '{income}', join_keys => '{pid}');
SELECT cleanroom.protect('events', 'pid', 10, dimensions => '{code}', join_keys => '{pid}');
GRANT SELECT ON persons, events TO regress_cr_c_analyst;

SET SESSION AUTHORIZATION regress_cr_c_analyst;
CREATE FUNCTION make_w() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    DROP TABLE IF EXISTS w2, w;
    CREATE TABLE w (k int NOT NULL PRIMARY KEY, lab text);
    INSERT INTO w SELECT p, 'o' FROM generate_series(1, 1000) p;
    CREATE TABLE w2 (k int NOT NULL, lab text);
    INSERT INTO w2 SELECT 777, 'o' FROM generate_series(1, 1000);
END $$;
CREATE FUNCTION attach() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
    ALTER TABLE bypass_changes.w2 INHERIT bypass_changes.w; RETURN 1; END $$;
CREATE FUNCTION repeat_him() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
    ALTER TABLE bypass_changes.w DROP CONSTRAINT w_pkey;
    INSERT INTO bypass_changes.w SELECT 777, 'o' FROM generate_series(1, 1000); RETURN 1; END $$;
CREATE FUNCTION folded_attach(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT attach()); END $$;
CREATE FUNCTION folded_repeat(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT repeat_him()); END $$;

-- ---------- the planner evaluates functions ----------
SELECT make_w();
SELECT city, count(*) FROM persons JOIN w ON k = pid GROUP BY city ORDER BY city;
SELECT folded_attach(1), city, count(*) FROM persons JOIN w ON k = pid GROUP BY city;
SELECT folded_repeat(1), city, count(*) FROM persons JOIN w ON k = pid GROUP BY city;
SELECT city, count(*) FROM persons JOIN w ON k = pid GROUP BY city LIMIT folded_attach(5);
SELECT city, count(*), (SELECT folded_attach(1)) FROM persons JOIN w ON k = pid GROUP BY city;
PREPARE p AS SELECT folded_attach(1), city, count(*) FROM persons JOIN w ON k = pid GROUP BY city;
EXECUTE p;
BEGIN;
DECLARE c CURSOR FOR SELECT folded_attach(1), city, count(*) FROM persons JOIN w ON k = pid GROUP BY city;
ROLLBACK;
-- columns, and what they are
CREATE FUNCTION altered(change text) RETURNS int LANGUAGE plpgsql AS $$ BEGIN
    EXECUTE 'ALTER TABLE bypass_changes.w ' || change; RETURN 1; END $$;
CREATE FUNCTION folded_altered(change text) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT altered(change)); END $$;
SELECT folded_altered('ALTER lab SET NOT NULL'), lab, count(*) FROM persons JOIN w ON k = pid GROUP BY lab;
SELECT folded_altered('ADD more int'), count(*) FROM persons JOIN w ON k = pid;
SELECT folded_altered('DROP lab'), count(*) FROM persons JOIN w ON k = pid;
-- inside the rule: nothing that it was judged by
SELECT folded_altered('SET (fillfactor = 90)'), city, count(*) FROM persons JOIN w ON k = pid GROUP BY city ORDER BY city;

-- ---------- statements that are planned together ----------
CREATE FUNCTION together() RETURNS TABLE (city text, n bigint) LANGUAGE sql SET enable_seqscan = on AS $$
    ALTER TABLE bypass_changes.w DROP CONSTRAINT w_pkey;
    INSERT INTO bypass_changes.w SELECT 777, 'o' FROM generate_series(1, 1000);
    SELECT city, count(*) FROM bypass_changes.persons JOIN bypass_changes.w ON k = pid GROUP BY city $$;
DO $$ BEGIN PERFORM * FROM together(); RAISE 'released'; EXCEPTION WHEN OTHERS THEN
    RAISE 'refused: %', SQLSTATE ~ '^RC00[47]$'; END $$;
CREATE TABLE r (a int);
CREATE RULE also AS ON INSERT TO r DO ALSO
    SELECT city, count(*) FROM bypass_changes.persons JOIN bypass_changes.w ON k = pid GROUP BY city;
INSERT INTO r VALUES (attach());
-- inside the rule: what has changed before counts
BEGIN;
ALTER TABLE w RENAME lab TO label;
SELECT label, count(*) FROM persons JOIN w ON k = pid GROUP BY label;
ROLLBACK;

-- ---------- an older snapshot than that the plan was made under ----------
CREATE TABLE u (k int NOT NULL);
INSERT INTO u SELECT generate_series(1, 1000);
INSERT INTO u SELECT 777 FROM generate_series(1, 999);
CREATE FUNCTION him(OUT n bigint, OUT s bigint) LANGUAGE plpgsql STABLE AS $$ BEGIN
    SELECT count(*), sum(income) INTO n, s FROM bypass_changes.persons JOIN bypass_changes.u ON k = pid; END $$;
BEGIN;
DECLARE c CURSOR FOR SELECT g, him(), 1 FROM generate_series(1, 2) g;
DELETE FROM u WHERE k = 777;
INSERT INTO u VALUES (777);
ALTER TABLE u ADD PRIMARY KEY (k);
SELECT him();
FETCH 1 FROM c;
ROLLBACK;
-- inside the rule: a table made and asked in one function
DO $$ DECLARE n bigint; BEGIN
    CREATE TEMP TABLE t (k int PRIMARY KEY);
    INSERT INTO t SELECT generate_series(1, 50);
    SELECT count(*) INTO n FROM bypass_changes.persons JOIN t ON k = pid;
    RAISE 'released: %', n; END $$;

-- ---------- notes in a plan ----------
SELECT * FROM (SELECT city, count(*) AS n FROM persons GROUP BY city) x,
    abs(1) AS "cleanroom parameters" ("x") ORDER BY city;
SELECT * FROM (SELECT city, count(*) AS n FROM persons GROUP BY city) x,
    abs(1) AS "cleanroom keeps" ("x") ORDER BY city;

SELECT count(*), cleanroom.gate() FROM persons;

-- ---------- statements without rows ----------
SELECT * FROM persons p LEFT JOIN events e ON p.pid = e.pid WHERE false;
SELECT * FROM persons p FULL JOIN events e USING (pid) LIMIT 0;
SELECT * FROM persons p NATURAL JOIN events e RIGHT JOIN (SELECT 1 AS one) o ON true WHERE 1 = 0;
SELECT verdict FROM cleanroom.explain('SELECT * FROM bypass_changes.persons p JOIN bypass_changes.events e ON p.pid = e.pid WHERE false');
WITH a AS (SELECT * FROM persons) SELECT a.city, (SELECT count(*) FROM events) FROM a, LATERAL (SELECT a.pid) l LIMIT 0;

-- ---------- rewritings that would not be the same ----------
CREATE VIEW v AS SELECT city, CASE WHEN count(*) > 5 THEN 1 ELSE 0 END AS p FROM persons GROUP BY city;
SELECT sum(p), count(v) FROM v;
SELECT sum(p), max(v::text) FROM (SELECT city, CASE WHEN n > 5 THEN 1 ELSE 0 END AS p FROM (SELECT city, count(*) AS n FROM persons GROUP BY city) x) v;
SELECT array_agg(CASE WHEN n > 100 THEN city END ORDER BY city) FROM (SELECT city, count(*) AS n FROM persons GROUP BY city) x;
SELECT sum(p), count(*) FILTER (WHERE p IS NULL) FROM (SELECT city, sum(CASE WHEN city = 'Z' THEN income ELSE 0 END) AS p FROM persons GROUP BY city) x;
SELECT sum((income * 1998002)::numeric(10, 0)) FROM persons;

-- ---------- rows that are read again ----------
CREATE TABLE own (id int);
SELECT * FROM (SELECT * FROM own WHERE id > ANY (SELECT n FROM (SELECT count(*) AS n FROM persons GROUP BY city) s) FOR UPDATE) q;

-- ---------- code that the extension runs for somebody ----------
CREATE TABLE mine (p int);
SELECT cleanroom.protect('mine', 'p', 2);
CREATE FUNCTION peek() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
    RAISE 'seen: %', (SELECT count(*) FROM bypass_changes.persons); END $$;
SELECT cleanroom.add_access_rule('bypass_changes.mine', 'r', 'bypass_changes.peek()');
SELECT cleanroom.add_access_rule('bypass_changes.mine', 'r', '(SELECT count(*) > 1 FROM bypass_changes.persons)');
SELECT * FROM cleanroom.simulate_access('regress_cr_c_owner', 'bypass_changes.mine', '{"second_factor_age": 1}');
SELECT cleanroom.add_access_rule('bypass_changes.mine', 'own', 'EXISTS (SELECT FROM bypass_changes.own) OR true');
SELECT cleanroom.refuse_ledger_change();

RESET SESSION AUTHORIZATION;
RESET search_path;
DELETE FROM cleanroom.rule_list WHERE relation::text LIKE 'bypass_changes%';
DROP SCHEMA bypass_changes CASCADE;
DROP OWNED BY regress_cr_c_owner, regress_cr_c_analyst;
DROP ROLE regress_cr_c_owner, regress_cr_c_analyst;
