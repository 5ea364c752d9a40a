-- The code of one party: it does not run with the rights of another, and does
-- not reach into a session that somebody else is asked in.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;

CREATE ROLE regress_cr_keeper;
CREATE ROLE regress_cr_maker;
CREATE ROLE regress_cr_asker;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_keeper, regress_cr_maker, regress_cr_asker;
CREATE SCHEMA maker AUTHORIZATION regress_cr_maker;
CREATE SCHEMA keeper AUTHORIZATION regress_cr_keeper;
GRANT USAGE ON SCHEMA maker TO regress_cr_asker;

-- ---------- counting what is under a key ----------

-- A table's owner may have functions where the planner evaluates them, and
-- call them immutable.
SELECT cleanroom.create_key('foreign box', 'encrypt');
SELECT cleanroom.create_key('foreign mail', 'token');
SELECT cleanroom.create_key('foreign card', 'fpe');
SELECT cleanroom.grant_key('foreign ' || k, 'regress_cr_keeper', '{own}')
    FROM unnest('{box, mail, card}'::text[]) k;
SELECT cleanroom.grant_key('foreign box', 'regress_cr_maker', '{encrypt}'),
       cleanroom.grant_key('foreign mail', 'regress_cr_maker', '{tokenize}'),
       cleanroom.grant_key('foreign card', 'regress_cr_maker', '{encrypt}');
SET ROLE regress_cr_maker;
CREATE TABLE maker.seen (who text);
GRANT INSERT ON maker.seen TO PUBLIC;
CREATE FUNCTION maker.note() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO maker.seen VALUES (current_user);
    EXECUTE 'ALTER ROLE regress_cr_maker SUPERUSER';
    RETURN true;
EXCEPTION WHEN insufficient_privilege THEN RETURN true; END $$;
CREATE FUNCTION maker.constant(int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS
    'BEGIN RETURN maker.note(); END';
CREATE TABLE maker.boxes (id int, box bytea, CHECK (maker.constant(id)));
CREATE INDEX ON maker.boxes (box) WHERE maker.constant(1);
CREATE STATISTICS maker.boxes_s ON (maker.constant(1) OR id = 1), (maker.constant(id)) FROM maker.boxes;
CREATE TABLE maker.parts (mail uuid, card text) PARTITION BY LIST ((card || maker.constant(2)));
CREATE TABLE maker.parts_1 PARTITION OF maker.parts DEFAULT;
CREATE TABLE maker.children (note text) INHERITS (maker.boxes);
INSERT INTO maker.boxes VALUES (1, cleanroom.encrypt('one', 'foreign box', '')), (2, NULL), (3, '\xc10100');
INSERT INTO maker.children VALUES (4, cleanroom.encrypt(repeat('long ', 100000), 'foreign box', ''), 'x');
INSERT INTO maker.parts SELECT cleanroom.tokenize(i::text, 'foreign mail'), 'c' || i FROM generate_series(1, 3) i;
SELECT cleanroom.track_column('maker.boxes', 'box', 'foreign box'),
       cleanroom.track_column('maker.parts', 'mail', 'foreign mail'),
       cleanroom.track_column('maker.parts', 'card', 'foreign card');
ALTER TABLE maker.boxes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY p ON maker.boxes USING (maker.note() AND false);
TRUNCATE maker.seen;
SET ROLE regress_cr_keeper;
SELECT cleanroom.key_dependents('foreign box'), cleanroom.key_dependents('foreign box', 1),
       cleanroom.key_dependents('foreign box', 2);
SELECT cleanroom.key_dependents('foreign mail'), cleanroom.key_dependents('foreign mail', 1),
       cleanroom.key_dependents('foreign mail', 2), cleanroom.key_dependents('foreign card', 2);
SELECT cleanroom.rotate_key('foreign box');
SELECT cleanroom.retire_key_version('foreign box', 1);
SELECT cleanroom.destroy_key('foreign mail', 'foreign mail');
RESET ROLE;
SELECT cleanroom.key_dependents('foreign box');
SELECT count(*) AS calls FROM maker.seen;
SELECT rolsuper FROM pg_roles WHERE rolname = 'regress_cr_maker';

-- ---------- conditions of access rules ----------

-- A rule is evaluated in the session of whom it judges: there are cursors,
-- prepared statements, locks, and what the client has sent.
SET ROLE regress_cr_maker;
TRUNCATE maker.seen;
CREATE TYPE maker.level AS ENUM ('low', 'high');
CREATE TABLE maker.visits (person int, place text);
INSERT INTO maker.visits SELECT i % 40, 'p' || i % 2 FROM generate_series(1, 400) i;
SELECT cleanroom.protect('maker.visits', 'person', 10, '{place}');
GRANT SELECT ON maker.visits TO regress_cr_asker;
SET ROLE regress_cr_keeper;
CREATE TABLE keeper.people (person int);
SELECT cleanroom.protect('keeper.people', 'person', 10);
GRANT USAGE ON SCHEMA keeper TO regress_cr_maker;
GRANT SELECT ON keeper.people TO regress_cr_maker;
SET ROLE regress_cr_maker;
CREATE FUNCTION maker.spy() RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE k record; r record; c refcursor; BEGIN
    INSERT INTO maker.seen VALUES (current_query());
    FOR k IN SELECT name FROM pg_cursors WHERE is_holdable LOOP
        c := k.name;
        FETCH NEXT FROM c INTO r;
        INSERT INTO maker.seen VALUES (r::text);
    END LOOP;
    PERFORM pg_advisory_unlock_all();
    RETURN true;
EXCEPTION WHEN OTHERS THEN RETURN true; END $$;
CREATE FUNCTION maker.plain() RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE OPERATOR maker.=== (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq);
CREATE FUNCTION maker.same(int, int) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN maker.spy(); END';
CREATE OPERATOR maker.==== (LEFTARG = int, RIGHTARG = int, FUNCTION = maker.same);
CREATE AGGREGATE maker.every(boolean) (SFUNC = booland_statefunc, STYPE = boolean);
CREATE DOMAIN maker.checked AS text CHECK (maker.spy() OR VALUE IS NULL);
CREATE TYPE maker.pair AS (a maker.checked, b int);
CREATE TABLE maker.staff (name text, level maker.level, note maker.checked, since date);
INSERT INTO maker.staff VALUES ('regress_cr_asker', 'high', NULL, '2026-01-01'), ('regress_cr_maker', 'low', NULL, NULL);
CREATE VIEW maker.quiet AS SELECT name, level FROM maker.staff WHERE since < now();
CREATE VIEW maker.telling AS SELECT name FROM maker.staff WHERE maker.spy();
CREATE VIEW maker.open_cursors AS SELECT * FROM pg_cursors;
CREATE TABLE maker.guarded (name text);
ALTER TABLE maker.guarded ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY p ON maker.guarded USING (maker.spy());
CREATE TABLE maker.indexed (name text);
CREATE INDEX ON maker.indexed (name) WHERE maker.constant(1);
CREATE TABLE maker.lists (name text) PARTITION BY LIST ((name || maker.constant(2)));
CREATE TABLE maker.lists_1 PARTITION OF maker.lists DEFAULT;
CREATE TEMP TABLE own_temp (name text);
CREATE FUNCTION maker.try(condition text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE reason text; hint text; BEGIN
    PERFORM cleanroom.add_access_rule('maker.visits', 'r', condition);
    RETURN 'added';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS reason = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
    RETURN format('%s: %s%s', SQLSTATE, reason, CASE hint WHEN '' THEN ' (no hint)' END);
END $$;
TRUNCATE maker.seen;

-- what may stand there
SELECT condition, maker.try(condition) FROM (VALUES
    ($$EXISTS (SELECT FROM maker.staff WHERE name = session_fact('user') AND level = 'high')$$),
    ($$session_fact('user') IN (SELECT name FROM maker.quiet) OR true$$),
    ($$(SELECT count(*) FILTER (WHERE level >= 'low'::maker.level) + sum(length(name)) > 1 FROM maker.staff)$$),
    ($$pg_has_role(session_fact('user'), 'regress_cr_maker', 'member') OR true$$),
    ($$session_fact('address')::inet <<= '10.0.0.0/8' OR client_address() IS NULL$$),
    ($$attribute('level')::int BETWEEN 1 AND 3 OR attribute('level') IS NULL$$),
    ($$local_time('UTC')::date - '2026-01-01'::date > -100000 AND now() - interval '1 day' < clock_timestamp()$$),
    ($$has_second_factor() OR second_factor_age() IS NULL OR second_factor_age() < '10 min'$$),
    ($$to_char(now(), 'OF') = '+00' AND concat('a', 1) ~ '^a' AND lower(current_user) LIKE 'regress%'$$),
    ($$CASE session_fact('tls') WHEN 'true' THEN true ELSE NULLIF(1, 2) = 1 END AND ARRAY[1, 2] @> '{1}'$$),
    ($$(SELECT bool_and(x > 0) FROM generate_series(1, 3) x)$$),
    ($$1 / (CASE session_fact('user') WHEN 'regress_cr_maker' THEN 0 ELSE 1 END) = 1$$),
    ($$session_fact('user') IN (WITH s AS (SELECT name FROM maker.staff UNION SELECT 'x') SELECT name FROM s ORDER BY name LIMIT 9)$$)
) c (condition);

-- and what may not: other functions, whatever calls them
SELECT condition, maker.try(condition) FROM (VALUES
    ('maker.spy()'), ('maker.plain()'), ('true OR maker.spy()'),
    ($$CASE session_fact('user') WHEN 'regress_cr_asker' THEN maker.spy() ELSE true END$$),
    ('1 OPERATOR(maker.====) 1'),
    ('NOT 1 OPERATOR(maker.===) 2'),
    ('(SELECT maker.every(true))'),
    ($$'x'::maker.checked = 'x'$$), ($$session_fact('user')::maker.checked = 'x'$$),
    ($$'(x,1)'::maker.pair IS NOT NULL$$), ($$'{x}'::maker.checked[] IS NOT NULL$$),
    ($$session_fact('user')::maker.pair IS NOT NULL$$),
    ($$EXISTS (SELECT FROM maker.staff WHERE note = 'x'::maker.checked)$$),
    ($$'own_temp'::regclass IS NULL$$), ($$session_fact('user')::regtype IS NULL$$),
    ('EXISTS (SELECT FROM maker.telling)'), ('EXISTS (SELECT FROM maker.open_cursors)'),
    ('EXISTS (SELECT FROM maker.guarded)'), ('EXISTS (SELECT FROM maker.indexed)'),
    ('EXISTS (SELECT FROM maker.boxes)'), ($$EXISTS (SELECT FROM maker.lists WHERE name = 'x')$$),
    ('EXISTS (SELECT FROM own_temp)'), ('EXISTS (SELECT FROM pg_cursors)'),
    ('EXISTS (SELECT FROM pg_prepared_statements)'), ('EXISTS (SELECT FROM pg_settings)'),
    ('EXISTS (SELECT FROM pg_locks)'), ('EXISTS (SELECT FROM pg_stat_activity)'),
    ('current_query() IS NOT NULL'), ('pg_advisory_unlock(1)'), ('pg_advisory_lock(1) IS NULL'),
    ($$current_setting('application_name') = 'x'$$), ($$set_config('x.y', 'z', false) = 'z'$$),
    ('pg_backend_pid() = 1'), ('lo_close(0) = 0'), ('random() < 2'), ('pg_sleep(0) IS NULL'),
    ($$query_to_xml('SELECT 1', true, true, '') IS NOT NULL$$),
    ($$ts_rewrite('a'::tsquery, 'SELECT ''a''::tsquery, ''b''::tsquery') IS NOT NULL$$),
    ($$cleanroom.tokenize('x', 'foreign mail') IS NULL$$),
    ($$cleanroom.enroll_second_factor() IS NULL$$),
    ('(SELECT rank() OVER () = 1)'), ('(SELECT true FROM maker.staff LIMIT 1 FOR UPDATE)'),
    ('(SELECT true FROM maker.staff TABLESAMPLE SYSTEM (100) LIMIT 1)'),
    ('EXISTS (SELECT FROM keeper.people)'),
    ($$xmlelement(name a) IS NOT NULL$$), ('(SELECT s.* IS NOT NULL FROM maker.seen s LIMIT 1)')
) c (condition);
SELECT count(*) AS calls FROM maker.seen;
SELECT cleanroom.add_access_rule('maker.visits', 'r', 'maker.spy()');
SELECT cleanroom.add_access_rule('maker.visits', 'r', 'EXISTS (SELECT FROM maker.indexed)');

-- A rule that says less than what it reads: replaced afterwards, it is not
-- satisfied, and what has been put in its place does not run.
SELECT maker.try($$EXISTS (SELECT FROM maker.quiet WHERE name = session_fact('user'))$$),
       maker.try($$EXISTS (SELECT FROM maker.staff WHERE level = 'high')$$);
RESET ROLE;
CREATE TABLE keeper.private (x text);
ALTER TABLE keeper.private OWNER TO regress_cr_asker;
GRANT USAGE ON SCHEMA keeper TO regress_cr_asker;
SET ROLE regress_cr_asker;
INSERT INTO keeper.private VALUES ('secret 1'), ('secret 2');
DECLARE mine CURSOR WITH HOLD FOR SELECT x FROM keeper.private;
SELECT pg_advisory_lock(77);
SELECT count(*) FROM maker.visits;
SET ROLE regress_cr_maker;
CREATE INDEX ON maker.staff (name) WHERE maker.constant(1);
SET ROLE regress_cr_asker;
SELECT count(*) FROM maker.visits;
SET ROLE regress_cr_maker;
DROP INDEX maker.staff_name_idx;
SELECT maker.try($$EXISTS (SELECT FROM maker.quiet WHERE name = session_fact('user'))$$);
SET ROLE regress_cr_asker;
SELECT count(*) FROM maker.visits;
SET ROLE regress_cr_maker;
CREATE OR REPLACE VIEW maker.quiet AS SELECT name, level FROM maker.staff WHERE maker.spy();
SET ROLE regress_cr_asker;
SELECT count(*) FROM maker.visits;
SET ROLE regress_cr_maker;
SELECT maker.try($$'high'::maker.pair_or_level IS NOT NULL$$);
CREATE TYPE maker.pair_or_level AS ENUM ('(high,1)');
SELECT maker.try($$'(high,1)'::maker.pair_or_level IS NOT NULL$$);
SET ROLE regress_cr_asker;
SELECT count(*) FROM maker.visits;
SET ROLE regress_cr_maker;
DROP TYPE maker.pair_or_level;
CREATE TYPE maker.pair_or_level AS (a maker.checked, b int);
SET ROLE regress_cr_asker;
SELECT count(*) FROM maker.visits;
RESET ROLE;
-- one that was added before conditions were limited
UPDATE cleanroom.rule_list SET condition = 'maker.spy()' WHERE relation = 'maker.visits'::regclass;
SET ROLE regress_cr_asker;
SELECT count(*) FROM maker.visits;
SELECT count(*) AS locks FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid();
SELECT pg_advisory_unlock(77);
FETCH NEXT FROM mine;
CLOSE mine;
RESET ROLE;
SELECT count(*) AS calls FROM maker.seen;

TRUNCATE cleanroom.rule_list;
DROP SCHEMA maker, keeper CASCADE;
SELECT count(cleanroom.destroy_key(name, name)) FROM cleanroom.keys WHERE name LIKE 'foreign%' AND destroyed_at IS NULL;
DELETE FROM cleanroom.keyring_columns c USING cleanroom.keyring k WHERE c.key_id = k.key_id AND k.name LIKE 'foreign%';
DELETE FROM cleanroom.keyring_versions v USING cleanroom.keyring k WHERE v.key_id = k.key_id AND k.name LIKE 'foreign%';
DELETE FROM cleanroom.keyring_grants g USING cleanroom.keyring k WHERE g.key_id = k.key_id AND k.name LIKE 'foreign%';
DELETE FROM cleanroom.keyring WHERE name LIKE 'foreign%';
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_keeper, regress_cr_maker, regress_cr_asker;
DROP TABLE IF EXISTS own_temp;
DROP ROLE regress_cr_keeper, regress_cr_maker, regress_cr_asker;
