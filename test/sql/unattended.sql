-- Code that runs where none of those who may be behind it is asked: a group's
-- under a superuser's ANALYZE or in a worker of the extension's.  It queries no
-- protected tables of others and uses no keys.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_boss IN ROLE cleanroom_operator;
CREATE ROLE regress_cr_shop;
CREATE ROLE regress_cr_group;
CREATE ROLE regress_cr_ana IN ROLE regress_cr_group;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_boss, regress_cr_shop, regress_cr_group, regress_cr_ana;
CREATE SCHEMA unattended;
CREATE SCHEMA grouped AUTHORIZATION regress_cr_group;
GRANT USAGE ON SCHEMA unattended TO regress_cr_shop, regress_cr_group;
GRANT USAGE ON SCHEMA grouped TO regress_cr_ana, regress_cr_shop;
CREATE TABLE unattended.buys AS SELECT i AS id, i % 2 AS kind FROM generate_series(1, 40) i;
ALTER TABLE unattended.buys OWNER TO regress_cr_shop;
SELECT cleanroom.protect('unattended.buys', 'id', 5, '{kind}');
SELECT cleanroom.create_key('unattended', 'token');
SELECT cleanroom.grant_key('unattended', 'regress_cr_group', '{tokenize}');
SET ROLE regress_cr_shop;
GRANT SELECT ON unattended.buys TO regress_cr_group;
SELECT cleanroom.suspend_analyst('unattended.buys', 'regress_cr_ana', 'for good');
RESET ROLE;
SET client_min_messages = error;

SET SESSION AUTHORIZATION regress_cr_ana;
SET ROLE regress_cr_group;
CREATE TABLE grouped.found (who text, what text);
CREATE FUNCTION grouped.ask() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    n text;
BEGIN
    n := (SELECT count(*) FROM unattended.buys);
    INSERT INTO grouped.found VALUES (session_user, n);
    RETURN 'x';
EXCEPTION WHEN OTHERS THEN
    INSERT INTO grouped.found VALUES (session_user, SQLSTATE || ' ' || SQLERRM);
    RETURN 'x';
END
$$;
CREATE FUNCTION grouped.guess() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO grouped.found SELECT session_user, cleanroom.tokenize('anna', 'unattended') IS NOT NULL;
    RETURN 'x';
EXCEPTION WHEN OTHERS THEN
    INSERT INTO grouped.found VALUES (session_user, SQLSTATE || ' ' || SQLERRM);
    RETURN 'x';
END
$$;
SELECT count(*) FROM unattended.buys;
RESET SESSION AUTHORIZATION;

-- An index under a superuser's ANALYZE.
SET SESSION AUTHORIZATION regress_cr_group;
CREATE FUNCTION grouped.look(i int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF session_user <> 'regress_cr_group' THEN
        PERFORM grouped.ask(), grouped.guess();
    END IF;
    RETURN i;
END
$$;
CREATE TABLE grouped.bait (i int);
INSERT INTO grouped.bait VALUES (1);
CREATE INDEX ON grouped.bait (grouped.look(i));
RESET SESSION AUTHORIZATION;
ANALYZE grouped.bait;
SELECT what FROM grouped.found ORDER BY what;
TRUNCATE grouped.found;
DROP TABLE grouped.bait;

-- A rotation's expression.  Its own key it may use.
SET SESSION AUTHORIZATION regress_cr_group;
CREATE TABLE grouped.cells (what text, token uuid);
INSERT INTO grouped.cells VALUES ('a', gen_random_uuid());
SELECT cleanroom.rotate_table('grouped.cells', 'token', 'unattended', source => 'grouped.ask()') > 0 AS started;
CREATE FUNCTION grouped.wait() RETURNS TABLE (state text, problem text) LANGUAGE plpgsql AS $$
BEGIN
    FOR n IN 1..1200 LOOP
        EXIT WHEN NOT EXISTS (SELECT FROM cleanroom.key_rotations r WHERE r.state = 'running');
        PERFORM pg_sleep(0.05);
    END LOOP;
    RETURN QUERY SELECT r.state, r.problem FROM cleanroom.key_rotations r
        WHERE relation = 'grouped.cells' ORDER BY rotation;
END
$$;
SELECT * FROM grouped.wait();
SELECT DISTINCT who, what FROM grouped.found;
SELECT token = cleanroom.tokenize('x', 'unattended') AS rotated FROM grouped.cells;
RESET SESSION AUTHORIZATION;
TRUNCATE grouped.found;
-- with another key it decrypts, and makes no tokens
SELECT cleanroom.create_key('unattended too', 'token'), cleanroom.create_key('unattended box', 'encrypt');
SELECT cleanroom.grant_key('unattended too', 'regress_cr_group', '{tokenize}'),
    cleanroom.grant_key('unattended box', 'regress_cr_group', '{encrypt, decrypt}');
SET SESSION AUTHORIZATION regress_cr_group;
SELECT cleanroom.rotate_table('grouped.cells', 'token', 'unattended too', source => 'grouped.guess()') > 0 AS started;
SELECT * FROM grouped.wait();
SELECT DISTINCT who, what FROM grouped.found;
ALTER TABLE grouped.cells ADD sealed bytea;
UPDATE grouped.cells SET sealed = cleanroom.encrypt(what, 'unattended box');
SELECT cleanroom.rotate_table('grouped.cells', 'token', 'unattended', source => $$cleanroom.decrypt(sealed, 'unattended box')$$) > 0 AS started;
SELECT * FROM grouped.wait();
SELECT token = cleanroom.tokenize('a', 'unattended') AS rotated FROM grouped.cells;
RESET SESSION AUTHORIZATION;

-- Where one of the room's analysts starts it, she is asked, and not the worker.
SET ROLE regress_cr_boss;
SELECT cleanroom.create_room('unattended', 'test');
SELECT cleanroom.add_member('unattended', 'regress_cr_shop', 'contributor'),
    cleanroom.add_member('unattended', 'regress_cr_ana', 'analyst');
RESET ROLE;
SELECT cleanroom.grant_key('unattended', 'regress_cr_shop', '{tokenize}');
SET SESSION AUTHORIZATION regress_cr_ana;
SET ROLE regress_cr_group;
SELECT cleanroom.tokenize('anna', 'unattended');
SELECT cleanroom.rotate_table('grouped.cells', 'token', 'unattended', source => 'what');
RESET SESSION AUTHORIZATION;

-- A materialized view is refreshed by its owner; by others, a superuser too, it
-- is not.
SET SESSION AUTHORIZATION regress_cr_group;
CREATE MATERIALIZED VIEW grouped.kept AS SELECT cleanroom.tokenize(what, 'unattended too') AS token FROM grouped.cells;
REFRESH MATERIALIZED VIEW grouped.kept;
SELECT count(*) FROM grouped.kept;
RESET SESSION AUTHORIZATION;
REFRESH MATERIALIZED VIEW grouped.kept;
SET SESSION AUTHORIZATION regress_cr_ana;
REFRESH MATERIALIZED VIEW grouped.kept;
SET ROLE regress_cr_group;
REFRESH MATERIALIZED VIEW grouped.kept;
RESET SESSION AUTHORIZATION;

SET client_min_messages = warning;
TRUNCATE cleanroom.room_list, cleanroom.suspension_list, cleanroom.schema_grant_list CASCADE;
DROP SCHEMA unattended, grouped CASCADE;
DELETE FROM cleanroom.keyring_rotations v USING cleanroom.keyring k WHERE v.key_id = k.key_id AND k.name LIKE 'unattended%';
DELETE FROM cleanroom.keyring_versions v USING cleanroom.keyring k WHERE v.key_id = k.key_id AND k.name LIKE 'unattended%';
DELETE FROM cleanroom.keyring_grants v USING cleanroom.keyring k WHERE v.key_id = k.key_id AND k.name LIKE 'unattended%';
DELETE FROM cleanroom.keyring_columns v USING cleanroom.keyring k WHERE v.key_id = k.key_id AND k.name LIKE 'unattended%';
DELETE FROM cleanroom.keyring WHERE name LIKE 'unattended%';
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_boss, regress_cr_shop, regress_cr_group, regress_cr_ana;
DROP ROLE regress_cr_boss, regress_cr_shop, regress_cr_ana, regress_cr_group;
