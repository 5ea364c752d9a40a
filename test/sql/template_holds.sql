-- What an approval of a template holds still, and what makes it lapse.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_boss;
GRANT cleanroom_operator TO regress_cr_boss;
CREATE ROLE regress_cr_tv;
CREATE ROLE regress_cr_ana;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_boss, regress_cr_tv, regress_cr_ana;
CREATE SCHEMA tv AUTHORIZATION regress_cr_tv;
CREATE SCHEMA ana AUTHORIZATION regress_cr_ana;
GRANT USAGE ON SCHEMA ana TO regress_cr_tv;
SET ROLE regress_cr_tv;
CREATE TABLE tv.views (person int NOT NULL, slot text NOT NULL, nick text NOT NULL);
INSERT INTO tv.views SELECT p, CASE p % 2 WHEN 0 THEN 'morning' ELSE 'evening' END,
    CASE WHEN p = 17 THEN 'zoe' WHEN p % 3 = 0 THEN 'adam' ELSE 'bert' END FROM generate_series(1, 80) p;
SELECT cleanroom.protect('tv.views', 'person', 10, '{slot}', join_keys => '{person}');
SET ROLE regress_cr_boss;
SELECT cleanroom.create_room('spring', 'measurement');
SELECT cleanroom.add_member('spring', 'regress_cr_tv', 'contributor');
SELECT cleanroom.add_member('spring', 'regress_cr_ana', 'analyst');
SET ROLE regress_cr_tv;
SELECT cleanroom.share_table('spring', 'tv.views', true);
GRANT USAGE ON SCHEMA tv TO regress_cr_ana;
SELECT set_config('search_path', 'tv', false);

-- Columns of tables that are looked up, and who sees their rows.
SET ROLE regress_cr_ana;
CREATE TABLE ana.names (k text COLLATE "C");
INSERT INTO ana.names VALUES ('adam'), ('zoe');
CREATE TABLE ana.few (k text);
INSERT INTO ana.few VALUES ('adam'), ('bert'), ('zoe');
ALTER TABLE ana.few ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY adam ON ana.few USING (k = 'adam');
GRANT SELECT ON ana.names, ana.few TO regress_cr_tv;
SELECT cleanroom.propose_template('spring', name, query) FROM (VALUES
    ('by collation', 'SELECT person, nick FROM tv.views JOIN ana.names n ON lower(nick) = n.k WHERE n.k < ''t'''),
    ('by policy', 'SELECT nick, count(*) AS n FROM tv.views JOIN ana.few f ON nick = f.k GROUP BY nick')) AS t (name, query);
CREATE FUNCTION ana.states(only_these text) RETURNS TABLE (name text, state text) LANGUAGE sql
    AS $$ SELECT name, state FROM cleanroom.templates WHERE name LIKE only_these ORDER BY 1 $$;
SET ROLE regress_cr_tv;
SELECT cleanroom.approve_template(name, 1, waive_threshold => '{tv.views}') FROM unnest('{by collation,by policy}'::text[]) name;
SET ROLE regress_cr_ana;
SELECT count(*) FROM cleanroom.run_template('by collation');
SELECT cleanroom.run_template('by policy');
SELECT * FROM ana.states('by %');
BEGIN;
ALTER TABLE ana.names ALTER k TYPE text COLLATE "POSIX";
ALTER TABLE ana.few DISABLE ROW LEVEL SECURITY;
SELECT * FROM ana.states('by %');
ROLLBACK;
BEGIN;
ALTER TABLE ana.few NO FORCE ROW LEVEL SECURITY;
SELECT * FROM ana.states('by policy');
ROLLBACK;
BEGIN;
ALTER POLICY adam ON ana.few TO regress_cr_boss;
SELECT * FROM ana.states('by policy');
ROLLBACK;
BEGIN;
DROP POLICY adam ON ana.few;
CREATE POLICY adam ON ana.few AS RESTRICTIVE USING (k = 'adam');
SELECT * FROM ana.states('by policy');
ROLLBACK;
BEGIN;
DROP POLICY adam ON ana.few;
CREATE POLICY adam ON ana.few FOR SELECT USING (k = 'adam');
SELECT * FROM ana.states('by policy');
ROLLBACK;
SELECT * FROM ana.states('by %');

-- What an aggregate calls, although it came with the server.
SET ROLE regress_cr_ana;
CREATE AGGREGATE ana.pick(text) (sfunc = text_smaller, stype = text);
CREATE AGGREGATE ana.adds(int) (sfunc = int4pl, stype = int, initcond = '0');
SELECT cleanroom.propose_template('spring', name, query) FROM (VALUES
    ('of pick', 'SELECT ana.pick(slot) AS s FROM (SELECT slot, count(*) AS n FROM tv.views GROUP BY slot) x'),
    ('of adds', 'SELECT ana.adds(n::int) AS s FROM (SELECT slot, count(*) AS n FROM tv.views GROUP BY slot) x')) AS t (name, query);
SET ROLE regress_cr_tv;
SELECT cleanroom.approve_template(name, 1) FROM unnest('{of pick,of adds}'::text[]) name;
SET ROLE regress_cr_ana;
SELECT cleanroom.run_template('of pick'), cleanroom.run_template('of adds');
CREATE OR REPLACE AGGREGATE ana.pick(text) (sfunc = text_larger, stype = text);
CREATE OR REPLACE AGGREGATE ana.adds(int) (sfunc = int4pl, stype = int, initcond = '1000');
SELECT * FROM ana.states('of %');
SELECT cleanroom.run_template('of pick');

-- An approval goes with the table that is taken back, and does not come again.
SELECT cleanroom.propose_template('spring', 'raw', 'SELECT person, nick FROM tv.views WHERE person = 17');
SELECT cleanroom.propose_template('spring', 'never', 'SELECT person FROM tv.views WHERE person = 18');
SET ROLE regress_cr_tv;
SELECT cleanroom.approve_template('raw', 1, waive_threshold => '{tv.views}');
SELECT cleanroom.reject_template('never', 1);
SET ROLE regress_cr_ana;
SELECT cleanroom.run_template('raw');
SET ROLE regress_cr_boss;
SELECT cleanroom.remove_member('spring', 'regress_cr_tv');
SELECT cleanroom.add_member('spring', 'regress_cr_tv', 'contributor');
SET ROLE regress_cr_tv;
SELECT cleanroom.share_table('spring', 'tv.views', true);
SET ROLE regress_cr_ana;
SELECT * FROM ana.states('%r%');
SELECT cleanroom.run_template('raw');
SET ROLE regress_cr_tv;
SELECT cleanroom.approve_template('raw', 1, waive_threshold => '{tv.views}');
SELECT cleanroom.unprotect('tv.views');
SELECT cleanroom.unshare_table('spring', 'tv.views');
SELECT cleanroom.protect('tv.views', 'person', 10, '{slot}', join_keys => '{person}');
SELECT cleanroom.share_table('spring', 'tv.views', true);
SET ROLE regress_cr_ana;
SELECT * FROM ana.states('raw');

-- Labels can be shown as text: they cannot change unseen.
RESET ROLE;
CREATE TYPE tv.grade AS ENUM ('low', 'high');
ALTER TABLE tv.views ADD grade tv.grade NOT NULL DEFAULT 'low';
SELECT cleanroom.set_column('tv.views', 'grade', 'dimension');
SET ROLE regress_cr_tv;
SELECT cleanroom.propose_template('spring', 'grades', 'SELECT grade::text AS g, count(*) AS n FROM tv.views GROUP BY 1');
SELECT cleanroom.approve_template('grades', 1);
SET ROLE regress_cr_ana;
SELECT cleanroom.run_template('grades');

-- Bounds, where the order of the values does not go by how far they reach.
SELECT cleanroom.propose_template('spring', 'bad', 'SELECT count(*) AS n FROM tv.views WHERE :a IS NULL',
    jsonb_build_array(jsonb_build_object('name', 'a', 'type', type) || bounds))
    FROM (VALUES ('daterange', '{"max": "[2024-02-01,2024-02-02)"}'::jsonb)) t (type, bounds);
SELECT cleanroom.propose_template('spring', 'bad', 'SELECT count(*) AS n FROM tv.views WHERE :a IS NULL',
    '[{"name": "a", "type": "bool", "min": false}]');
SELECT cleanroom.propose_template('spring', 'bad', 'SELECT count(*) AS n FROM tv.views WHERE :a IS NULL', jsonb_build_object('a', 'unknown'));
SELECT cleanroom.propose_template('spring', 'bad', 'SELECT count(*) AS n FROM tv.views WHERE :a IS NULL', jsonb_build_object('a', 'anyelement'));
SELECT cleanroom.propose_template('spring', 'given',
    'SELECT :numbers::text AS numbers, :span::text AS span, :called::text AS called, :letter::text AS letter, :bits AS bits, n FROM (SELECT count(*) AS n FROM tv.views) v',
    '[{"name": "numbers", "type": "int[]", "min": 1, "max": 10},
      {"name": "span", "type": "interval", "min": "0", "max": "365 days"},
      {"name": "called", "type": "name", "pattern": "x+_public"},
      {"name": "letter", "type": "\"char\"", "pattern": "[a-z]*c"},
      {"name": "bits", "type": "bytea", "pattern": "\\\\x[a-f]*"}]');
SET ROLE regress_cr_tv;
SELECT cleanroom.approve_template('given', 1);
SET ROLE regress_cr_ana;
CREATE FUNCTION ana.given(changed jsonb) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT r FROM cleanroom.run_template('given', '{"numbers": "{}", "span": "1 day", "called": "x_public", "letter": "c", "bits": ""}'::jsonb || changed) r);
EXCEPTION WHEN OTHERS THEN
    RETURN SQLERRM;
END $$;
SELECT v, ana.given(v) FROM (VALUES ('{}'::jsonb),
    ('{"numbers": "{1,10}"}'), ('{"numbers": "{5,1000000}"}'), ('{"numbers": "{0}"}'), ('{"numbers": "{NULL}"}'),
    ('{"span": "365 days"}'), ('{"span": "11 mons"}'), ('{"span": "12 mons"}'), ('{"span": "12 mons 5 days"}'),
    ('{"span": "-1 day"}'), ('{"span": "1 mon -30 days"}'), ('{"span": "0"}'), ('{"span": "8760 hours"}'), ('{"span": "9000 hours"}'),
    (jsonb_build_object('called', repeat('x', 63) || '_public')), (jsonb_build_object('called', repeat('x', 56) || '_public')),
    ('{"letter": "abc"}'), ('{"bits": "abc"}'), ('{"bits": "\\xab"}')) t (v);
RESET ROLE;
SELECT a, b, cleanroom.is_at_most(a, b) FROM (VALUES
    (interval '1 mon', interval '1 mon'), ('31 days', '1 mon'), ('28 days', '1 mon'), ('1 mon', '31 days'), ('1 mon', '32 days'),
    ('1 year', '365 days'), ('-1 mon', '-28 days'), ('-1 mon', '-25 days'), ('24 hours', '1 day'), ('22 hours', '1 day'),
    ('1 day', '25 hours'), ('1 day', '1 mon -20 days'), ('1000 years -360000 days', '30 days')) t (a, b);

TRUNCATE cleanroom.room_list CASCADE;
SET client_min_messages = error;
DROP SCHEMA tv, ana CASCADE;
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_boss, regress_cr_tv, regress_cr_ana;
DROP ROLE regress_cr_boss, regress_cr_tv, regress_cr_ana;
