-- The ledger: what is recorded, who sees it, and that nobody changes it.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_led_owner;
CREATE ROLE regress_cr_led_other;
CREATE ROLE regress_cr_led_analyst;
CREATE ROLE regress_cr_led_nobody;
CREATE ROLE regress_cr_led_auditor;
GRANT cleanroom_auditor TO regress_cr_led_auditor;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_led_owner, regress_cr_led_other,
    regress_cr_led_analyst, regress_cr_led_nobody, regress_cr_led_auditor;
CREATE SCHEMA led;
GRANT ALL ON SCHEMA led TO PUBLIC;
SET search_path = led, pg_catalog;
SET ROLE regress_cr_led_owner;
CREATE TABLE people (id int PRIMARY KEY, region text, age int);
INSERT INTO people SELECT i, 'r' || i % 3, i % 90 FROM generate_series(1, 300) i;
INSERT INTO people VALUES (1001, 'small', 30);
SELECT cleanroom.protect('people', 'id', 20, '{region}', '{age}', join_keys => '{id}');
GRANT SELECT ON people TO PUBLIC;
SET ROLE regress_cr_led_other;
CREATE TABLE visits (id int, n int);
INSERT INTO visits SELECT i, 1 FROM generate_series(1, 200) i;
SELECT cleanroom.protect('visits', 'id', 30, '{}', '{n}', join_keys => '{id}');
GRANT SELECT ON visits TO PUBLIC;
RESET ROLE;
-- records of this test, numbered from where it began
CREATE TABLE began AS SELECT coalesce(max(number), 0) AS number FROM cleanroom.ledger_records;
GRANT SELECT ON began TO PUBLIC;
CREATE VIEW mine WITH (security_invoker) AS
    SELECT l.number - b.number AS n, kind, verdict, code, l.refers - b.number AS refers,
           current_user_name AS by, tables, owners, statement, caller, obligations,
           groups_released AS released, groups_withheld AS withheld, rows_returned AS rows,
           subject, detail
        FROM cleanroom.ledger l, began b
        WHERE l.number > b.number AND current_user_name LIKE 'regress\_cr\_led%'
        ORDER BY l.number;
GRANT SELECT ON mine TO PUBLIC;

SET ROLE regress_cr_led_analyst;
-- an admission, with what was released and withheld; a refusal
SELECT region, count(*) FROM people GROUP BY region ORDER BY 1;
SELECT id FROM people;
SELECT /* a comment */ count(*) FROM people JOIN visits USING (id) ; SELECT sum(v.n) FROM visits v;
-- each execution of a prepared statement
PREPARE p AS SELECT count(*) FROM people WHERE region = $1;
EXECUTE p('r1');
EXECUTE p('r2');
-- in a function, and in a loop
CREATE FUNCTION loops() RETURNS int LANGUAGE plpgsql AS $$
DECLARE n int := 0; c int;
BEGIN
    FOR i IN 1..2 LOOP
        SELECT count(*) INTO c FROM people;
        n := n + c;
    END LOOP;
    RETURN n;
END $$;
SELECT loops();
-- a rollback takes nothing back
BEGIN;
SELECT sum(age) FROM people;
ROLLBACK;
BEGIN;
SAVEPOINT s;
SELECT age FROM people;
ROLLBACK TO s;
COMMIT;
-- a cursor, fetched in part; read-only
BEGIN READ ONLY;
DECLARE c CURSOR FOR SELECT region, avg(age) FROM people GROUP BY region ORDER BY 1;
FETCH 1 FROM c;
FETCH 1 FROM c;
CLOSE c;
COMMIT;
-- commands
COPY (SELECT count(*) FROM people) TO STDOUT;
COPY people TO STDOUT;
EXPLAIN SELECT count(*) FROM people;
LOCK people;
-- explaining executes nothing, and is not recorded
SELECT verdict FROM cleanroom.explain('SELECT id FROM people');
-- a statement that concerns nobody
SELECT 1;

-- the analyst sees its own, without numbers of groups
SELECT n, kind, verdict, code, refers, statement, caller, released, withheld, rows FROM mine;
-- an owner sees those of its tables; groups where it owns all of them
SET ROLE regress_cr_led_owner;
SELECT n, kind, verdict, tables, released, withheld, rows FROM mine;
SET ROLE regress_cr_led_other;
SELECT n, kind, verdict, tables, owners, released, withheld, rows FROM mine;
SET ROLE regress_cr_led_nobody;
SELECT count(*) FROM mine;
SET ROLE regress_cr_led_auditor;
SELECT n, kind, tables, obligations, released, withheld, rows FROM mine LIMIT 6;

-- a filter of the reader's own sees no more than the reader
SET ROLE regress_cr_led_nobody;
CREATE FUNCTION peek(text) RETURNS bool LANGUAGE plpgsql COST 0.0001 AS $$
BEGIN RAISE NOTICE 'peeked at %', $1; RETURN true; END $$;
SET client_min_messages = notice;
SELECT count(*) FROM cleanroom.ledger WHERE peek(statement);
SET client_min_messages = warning;

-- nobody reads or changes the tables
SELECT * FROM cleanroom.ledger_records;
INSERT INTO cleanroom.ledger VALUES (1);
DELETE FROM cleanroom.ledger_records;
SET ROLE regress_cr_led_auditor;
SELECT count(*) FROM cleanroom.ledger_records;
RESET ROLE;
INSERT INTO cleanroom.ledger_records (number, at, kind, link) VALUES (0, now(), 'x', '');
UPDATE cleanroom.ledger_records SET verdict = 'admitted';
DELETE FROM cleanroom.ledger_records;
TRUNCATE cleanroom.ledger_records;
SET session_replication_role = replica;
DELETE FROM cleanroom.ledger_records;
RESET session_replication_role;

-- nor any other table of the extension, whatever role for its functions one is in
SELECT r.rolname, c.relname
    FROM pg_class c, pg_roles r
    WHERE c.relnamespace = 'cleanroom'::regnamespace AND c.relkind IN ('r', 'S')
      AND r.rolname IN ('regress_cr_led_owner', 'regress_cr_led_analyst', 'cleanroom_auditor', 'cleanroom_operator')
      AND CASE c.relkind WHEN 'r' THEN has_table_privilege(r.oid, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
                         ELSE has_sequence_privilege(r.oid, c.oid, 'USAGE, UPDATE') END;
-- those that are read are read by views alone
SELECT DISTINCT c.relname
    FROM pg_class c, pg_roles r
    WHERE c.relnamespace = 'cleanroom'::regnamespace AND c.relkind = 'r'
      AND r.rolname IN ('regress_cr_led_owner', 'regress_cr_led_analyst', 'cleanroom_auditor', 'cleanroom_operator')
      AND has_any_column_privilege(r.oid, c.oid, 'SELECT') ORDER BY 1;

-- receipts
SET ROLE regress_cr_led_analyst;
SELECT count(*) FROM people;
SELECT number AS receipt, link FROM cleanroom.last_receipt() \gset
SELECT statement FROM cleanroom.ledger WHERE number = :receipt;
SELECT cleanroom.check_receipt(:receipt, :'link');
SELECT cleanroom.check_receipt(:receipt, '\x00'), cleanroom.check_receipt(:receipt - 1, :'link'),
    cleanroom.check_receipt(1000000000, :'link');
SELECT number >= :receipt AS newest FROM cleanroom.ledger_head();
SELECT checked > 24 AS checked, first_bad, reason FROM cleanroom.verify_ledger();
SELECT * FROM cleanroom.verify_ledger(:receipt, :receipt);
SELECT * FROM cleanroom.verify_ledger(0);
SELECT checked, first_bad > 0 AS beyond, reason FROM cleanroom.verify_ledger(:receipt + 1000000, NULL);

-- Links are for everybody, and must not tell what a record hides: who knows
-- all of it but the numbers of groups and rows does not find them by trying.
RESET ROLE;
CREATE FUNCTION i(value bigint) RETURNS bytea LANGUAGE sql IMMUTABLE
    RETURN COALESCE('I'::bytea || int8send(value), 'N');
CREATE FUNCTION t(value text) RETURNS bytea LANGUAGE sql IMMUTABLE
    RETURN COALESCE('T'::bytea || int4send(octet_length(value)) || convert_to(value, 'UTF8'), 'N');
CREATE FUNCTION l(value text[]) RETURNS bytea LANGUAGE sql IMMUTABLE
    RETURN COALESCE('L'::bytea || int4send(cardinality(value))
        || (SELECT string_agg(substr(t(x), 2), ''::bytea ORDER BY n) FROM unnest(value) WITH ORDINALITY u (x, n)), 'N');
CREATE FUNCTION micros(value interval) RETURNS bigint LANGUAGE sql IMMUTABLE
    RETURN (extract(epoch FROM value) * 1000000)::bigint;
CREATE VIEW tried WITH (security_invoker) AS
    SELECT c.number, g AS released, w AS withheld, r AS rows
        FROM cleanroom.ledger c JOIN cleanroom.ledger p ON p.number = c.number - 1, began b,
            generate_series(0, 5) g, generate_series(0, 5) w, generate_series(0, 5) r
        WHERE c.kind = 'completion' AND c.number > b.number AND c.current_user_name = 'regress_cr_led_analyst'
          AND sha256(p.link || '\x01'::bytea || i(c.number) || i(micros(c.at - '2000-01-01 00:00+00'))
            || t(c.kind) || t(c.verdict) || t(c.code) || t(c.reason) || i(c.refers) || t(c.database)
            || t(c.session_user_name) || t(c.current_user_name) || t(c.role_name) || t(c.client) || t(c.application)
            || t(c.purpose) || l(c.tables) || l(c.owners) || t(c.statement) || t(c.caller) || i(c.fingerprint)
            || t(c.obligations::text) || i(g) || i(w) || i(r) || i(micros(c.duration)) || t(c.charges::text)
            || t(c.subject) || t(c.detail::text) || t(c.salt)) = c.link;
GRANT SELECT ON tried TO PUBLIC;
SET ROLE regress_cr_led_analyst;
SELECT released, withheld, rows FROM tried ORDER BY number LIMIT 2;
-- whoever sees all can compute them
SET ROLE regress_cr_led_auditor;
SELECT released, withheld, rows FROM tried ORDER BY number LIMIT 2;

-- What a statement stood for is on record, too: its views and functions may be
-- others tomorrow.
CREATE FUNCTION alike(text) RETURNS text LANGUAGE sql      -- versions spell it in ways of their own
    RETURN regexp_replace(regexp_replace($1, '\s+', ' ', 'g'), '\mpeople\.', '', 'g');
SET ROLE regress_cr_led_analyst;
CREATE VIEW old AS SELECT region, age FROM people WHERE region <> 'r0';
CREATE FUNCTION young() RETURNS SETOF int STABLE LANGUAGE sql AS 'SELECT age FROM led.people WHERE region < ''r1''';
CREATE FUNCTION parsed(r text) RETURNS bigint BEGIN ATOMIC SELECT count(*) FROM people WHERE region = r; END;
SELECT count(*) FROM old;
SELECT count(*) FROM young();
SELECT parsed('r1');
PREPARE o AS SELECT count(*) FROM old WHERE region = $1;
EXECUTE o('r1');
EXECUTE o('r2');
CREATE OR REPLACE VIEW old AS SELECT region, age FROM people WHERE region <> 'r2';
EXECUTE o('r2');
DROP VIEW old;
DROP FUNCTION young(), parsed(text);
SELECT count(*) FROM people;
CREATE VIEW who AS SELECT id AS n FROM people;
SELECT n FROM who;
DROP VIEW who;
SELECT statement, caller, alike(detail->>'written_out') AS written_out, detail->>'parameters' AS parameters
    FROM (SELECT * FROM cleanroom.ledger WHERE kind = 'statement' ORDER BY number DESC LIMIT 8) l ORDER BY number;
RESET ROLE;
SET cleanroom.record_constants = off;
SET ROLE regress_cr_led_analyst;
CREATE VIEW old AS SELECT region, age FROM people WHERE region <> 'r0';
SELECT count(*) FROM old;
SELECT number AS receipt FROM cleanroom.last_receipt() \gset
SELECT alike(detail->>'written_out') AS written_out FROM cleanroom.ledger WHERE number = :receipt;
RESET ROLE;
RESET cleanroom.record_constants;

-- constants can be left out
RESET ROLE;
SET cleanroom.record_constants = off;
SET ROLE regress_cr_led_analyst;
SELECT count(*) FILTER (WHERE region = E'r\'1'), 'it''s' AS "it's", $a$x$a$, 1.5e-3 + 2 FROM people /* 'c' */ WHERE region <> 'x';
SELECT number AS receipt FROM cleanroom.last_receipt() \gset
SELECT statement FROM cleanroom.ledger WHERE number = :receipt;
RESET ROLE;
RESET cleanroom.record_constants;
SET ROLE regress_cr_led_analyst;
-- codes of a second factor are not recorded, and hide nothing else: constants in
-- calls of that function, of its schema or the only one of the name
SELECT count(*) FROM people WHERE cleanroom . second_factor(code => ('a' || 'b')::text);
SELECT count(*) FROM people WHERE cleanroom.second_factor((SELECT max(region) FROM people WHERE region = 'r1'));
SELECT count(*) FROM people WHERE cleanroom.second_factor(CASE region WHEN 'r1' THEN 'x' END);
SELECT set_config('search_path', current_setting('search_path') || ', cleanroom', false) <> '' AS set;
SELECT count(*) FROM people WHERE second_factor('a');
SELECT statement FROM (SELECT * FROM cleanroom.ledger WHERE kind = 'statement' ORDER BY number DESC LIMIT 4) l ORDER BY number;
CREATE FUNCTION second_factor(region text) RETURNS text LANGUAGE sql AS 'SELECT region';
SELECT count(*) FROM people WHERE region = second_factor('r1');
SELECT count(*) FROM people WHERE cleanroom.second_factor('a') AND region = second_factor('r1');
SELECT statement FROM (SELECT * FROM cleanroom.ledger WHERE kind = 'statement' ORDER BY number DESC LIMIT 2) l ORDER BY number;
DROP FUNCTION second_factor(text);
SELECT set_config('search_path', replace(current_setting('search_path'), ', cleanroom', ''), false) <> '' AS set;
-- nor does a setting that reads the text otherwise than it was read
PREPARE otherwise AS SELECT count(*) FROM people
    WHERE region <> '\' AND 'cleanroom.second_factor(' <> 'x\' AND region = 'r1' AND region <> 'r2';
SET escape_string_warning = off;
SET standard_conforming_strings = off;
EXECUTE otherwise;
SET standard_conforming_strings = on;
RESET escape_string_warning;
DEALLOCATE otherwise;
SELECT statement FROM (SELECT * FROM cleanroom.ledger WHERE kind = 'statement' ORDER BY number DESC LIMIT 1) l;
SELECT count(*) FROM people WHERE "cleanroom"."second_factor" /* ( */ ( lower('123456') ) AND region = 'r1';
SELECT count(*) FROM people WHERE region = 'r1' /* second_factor(' */ OR region = 'second_factor(' OR region = 'r3';
SELECT statement FROM (SELECT * FROM cleanroom.ledger WHERE kind = 'statement' ORDER BY number DESC LIMIT 2) l ORDER BY number;
RESET ROLE;
SET cleanroom.record_constants = off;
SET ROLE regress_cr_led_analyst;
SET escape_string_warning = off;
SET standard_conforming_strings = off;
SELECT count(*) FROM people WHERE region <> 'a\'secret' AND region <> '''secret\\';
SET standard_conforming_strings = on;
SELECT count(*) FROM people WHERE region <> 'secret\' AND region <> ' secret ';
SELECT statement FROM (SELECT * FROM cleanroom.ledger WHERE kind = 'statement' ORDER BY number DESC LIMIT 2) l ORDER BY number;
RESET ROLE;
RESET cleanroom.record_constants;
SET ROLE regress_cr_led_analyst;
-- the fingerprint knows neither constants nor blanks nor case
SELECT count(*) FROM people WHERE region = 'r1';
select   COUNT( * ) FROM "people" -- now
  WHERE Region = 'r2';
SELECT count(*) FROM people WHERE region > 'r1';
SELECT n, dense_rank() OVER (ORDER BY l.fingerprint <> f.fingerprint)
    FROM (SELECT fingerprint, row_number() OVER (ORDER BY number DESC) AS n FROM cleanroom.ledger
              WHERE kind = 'statement') l,
         (SELECT fingerprint FROM cleanroom.ledger WHERE statement = 'SELECT count(*) FROM people WHERE region = ''r1''' LIMIT 1) f
    WHERE n < 4 ORDER BY 1;
-- tables that the planner forgets, since nothing of them is to be read
CREATE VIEW barred WITH (security_barrier) AS SELECT * FROM people;
SELECT avg(b.age) FROM barred b JOIN visits v ON v.id = b.id WHERE false;
SELECT avg(b.age) FROM barred b JOIN (SELECT DISTINCT id FROM visits) v ON v.id = b.id WHERE false;
SELECT statement, ARRAY(SELECT t::text FROM unnest(tables) t ORDER BY 1) AS tables FROM (SELECT * FROM cleanroom.ledger WHERE kind = 'statement' ORDER BY number DESC LIMIT 2) l ORDER BY number;
RESET ROLE;

SET client_min_messages = warning;
DROP SCHEMA led CASCADE;
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_led_owner, regress_cr_led_other,
    regress_cr_led_analyst, regress_cr_led_nobody, regress_cr_led_auditor;
DROP ROLE regress_cr_led_owner, regress_cr_led_other, regress_cr_led_analyst,
    regress_cr_led_nobody, regress_cr_led_auditor;
