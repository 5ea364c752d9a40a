-- The code of one party does not run with the rights of another.
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

DROP SCHEMA maker, keeper CASCADE;
SELECT count(cleanroom.destroy_key(name, name)) FROM cleanroom.keys WHERE name LIKE 'foreign%' AND destroyed_at IS NULL;
DELETE FROM cleanroom.keyring_columns c USING cleanroom.keyring k WHERE c.key_id = k.key_id AND k.name LIKE 'foreign%';
DELETE FROM cleanroom.keyring_versions v USING cleanroom.keyring k WHERE v.key_id = k.key_id AND k.name LIKE 'foreign%';
DELETE FROM cleanroom.keyring_grants g USING cleanroom.keyring k WHERE g.key_id = k.key_id AND k.name LIKE 'foreign%';
DELETE FROM cleanroom.keyring WHERE name LIKE 'foreign%';
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_keeper, regress_cr_maker, regress_cr_asker;
DROP ROLE regress_cr_keeper, regress_cr_maker, regress_cr_asker;
