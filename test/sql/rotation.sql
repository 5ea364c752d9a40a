-- Rotations: bringing what is under a key to its current version.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
RESET client_min_messages;
CREATE ROLE regress_cr_owner;
CREATE ROLE regress_cr_other;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_owner, regress_cr_other;
CREATE SCHEMA rotation AUTHORIZATION regress_cr_owner;
-- numbers of keys that fill all bytes that values have for them
SELECT last_value AS number FROM cleanroom.keyring_ids \gset
INSERT INTO cleanroom.keyring (key_id, name, purpose) SELECT 20000000 + coalesce(max(key_id), 0), 'rotation high', 'encrypt' FROM cleanroom.keyring;
SELECT cleanroom.create_key('rotation mail', 'token');
DELETE FROM cleanroom.keyring WHERE name = 'rotation high';
SELECT cleanroom.create_key('rotation box', 'encrypt');
SELECT cleanroom.create_key('rotation card', 'fpe');

-- Waits for a rotation to end, and shows how.
CREATE FUNCTION rotation.wait(number int)
    RETURNS TABLE (state text, rows_done bigint, rows_left bigint, problem text)
LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1..1200 LOOP
        EXIT WHEN (SELECT r.state <> 'running' FROM cleanroom.key_rotations r
                   WHERE r.rotation = number);
        PERFORM pg_sleep(0.05);
    END LOOP;
    RETURN QUERY SELECT r.state, r.rows_done, r.rows_left, r.problem
        FROM cleanroom.key_rotations r WHERE r.rotation = number;
END
$$;

SET ROLE regress_cr_owner;
CREATE TABLE rotation.people (
    id int PRIMARY KEY,
    mail text,
    token uuid,
    sealed bytea,
    number text,
    other uuid
);
CREATE TABLE rotation.parts (id int, sealed bytea) PARTITION BY LIST (id);

-- what cannot be rotated, and why
SELECT cleanroom.rotate_table('rotation.people', 'sealed', 'rotation box');
RESET ROLE;
SELECT cleanroom.grant_key('rotation mail', 'regress_cr_owner', '{tokenize}');
SELECT cleanroom.grant_key('rotation box', 'regress_cr_owner', '{encrypt}');
SELECT cleanroom.grant_key('rotation card', 'regress_cr_owner', '{encrypt}');
SET ROLE regress_cr_owner;
SELECT cleanroom.rotate_table('rotation.people', 'sealed', 'rotation box');
RESET ROLE;
SELECT cleanroom.grant_key('rotation box', 'regress_cr_owner', '{decrypt}');
SET ROLE regress_cr_owner;
SELECT cleanroom.rotate_table('rotation.people', 'number', 'rotation card');
SELECT cleanroom.rotate_table('rotation.people', 'token', 'rotation mail');
SELECT cleanroom.rotate_table('rotation.people', 'token', 'rotation box');
SELECT cleanroom.rotate_table('rotation.people', 'nothing', 'rotation box');
SELECT cleanroom.rotate_table('rotation.people', 'sealed', 'rotation none');
SELECT cleanroom.rotate_table('rotation.parts', 'sealed', 'rotation box');
SELECT cleanroom.rotate_table(NULL, 'sealed', 'rotation box');
SELECT cleanroom.rotate_vault('rotation mail');
SELECT cleanroom.track_column('rotation.people', 'nothing', 'rotation box');
SET ROLE regress_cr_other;
SELECT cleanroom.rotate_table('rotation.people', 'sealed', 'rotation box');
SELECT cleanroom.track_column('rotation.people', 'sealed', 'rotation box');
SELECT cleanroom.untrack_column('rotation.people', 'sealed');
SELECT cleanroom.stop_rotation(0);
RESET ROLE;

-- what is counted are tables: a view would run its owner's code
SET ROLE regress_cr_owner;
CREATE FUNCTION rotation.whoami() RETURNS uuid LANGUAGE plpgsql AS $$
BEGIN
    RAISE WARNING 'counted as %', current_user;
    RETURN NULL;
END $$;
CREATE VIEW rotation.shown AS SELECT 'x'::text AS mail, rotation.whoami() AS token;
SELECT cleanroom.track_column('rotation.shown', 'token', 'rotation mail');
SELECT cleanroom.rotate_table('rotation.shown', 'token', 'rotation mail');
CREATE TRIGGER fill INSTEAD OF INSERT ON rotation.shown FOR EACH ROW
    EXECUTE FUNCTION cleanroom.fill_token('mail', 'token', 'rotation mail', 'exact', 'keep');
RESET ROLE;
INSERT INTO cleanroom.keyring_columns (relation, "column", key_id, attnum)
SELECT 'rotation.shown', 'token', key_id, 2 FROM cleanroom.keyring WHERE name = 'rotation mail';
SELECT cleanroom.key_dependents('rotation mail', 1);
DROP VIEW rotation.shown;

-- data under version 1
SET ROLE regress_cr_owner;
SELECT cleanroom.tokenize_column('rotation.people', 'mail', 'token',
                                 'rotation mail', 'email', true);
INSERT INTO rotation.people (id, mail, sealed, other)
SELECT i, 'p' || i || '@example.org',
       CASE i % 3 WHEN 0 THEN cleanroom.encrypt('v' || i, 'rotation box', 'people/' || i)
                  WHEN 1 THEN cleanroom.encrypt('\x0102'::bytea, 'rotation box', 'people/' || i)
                  ELSE cleanroom.encrypt('{"a": 1}'::jsonb, 'rotation box', 'people/' || i) END,
       cleanroom.tokenize('p' || i, 'rotation mail')
FROM generate_series(1, 3000) i;
SELECT token AS lost FROM rotation.people WHERE id = 1 \gset
ALTER TABLE rotation.people DISABLE TRIGGER USER;
UPDATE rotation.people SET mail = NULL WHERE id = 1;
ALTER TABLE rotation.people ENABLE TRIGGER USER;
SELECT cleanroom.track_column('rotation.people', 'sealed', 'rotation box');
RESET ROLE;
SELECT cleanroom.rotate_key('rotation mail'), cleanroom.rotate_key('rotation box');
SELECT cleanroom.key_dependents('rotation box', 1),
       cleanroom.key_dependents('rotation mail', 1);
SELECT cleanroom.retire_key_version('rotation box', 1);

-- code of the table's owner runs as the owner, deferred triggers too, and finds
-- no superuser as the session's
SET ROLE regress_cr_owner;
CREATE TABLE rotation.ran_as (what text, who text, UNIQUE (what, who));
CREATE FUNCTION rotation.note_user() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO rotation.ran_as VALUES (TG_NAME, current_user || ' in a session of ' || session_user)
        ON CONFLICT DO NOTHING;
    RETURN NEW;
END
$$;
CREATE TRIGGER at_once BEFORE UPDATE ON rotation.people
    FOR EACH ROW EXECUTE FUNCTION rotation.note_user();
CREATE CONSTRAINT TRIGGER deferred AFTER UPDATE ON rotation.people
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION rotation.note_user();

-- ciphertexts: a wrong context ends the rotation, and changes nothing
SELECT cleanroom.rotate_table('rotation.people', 'sealed', 'rotation box',
                              context => $$'people/'$$) AS n \gset
SELECT * FROM rotation.wait(:n);
SELECT get_byte(sealed, 7) AS version, count(*) FROM rotation.people GROUP BY 1;

-- with the right one
SELECT cleanroom.rotate_table('rotation.people', 'sealed', 'rotation box',
                              context => $$'people/' || id$$) AS n \gset
SELECT * FROM rotation.wait(:n);
SELECT get_byte(sealed, 7) AS version, count(*) FROM rotation.people GROUP BY 1;
SELECT count(*) FROM rotation.people
WHERE CASE id % 3
      WHEN 0 THEN cleanroom.decrypt(sealed, 'rotation box', 'people/' || id) = 'v' || id
      WHEN 1 THEN cleanroom.decrypt_bytea(sealed, 'rotation box', 'people/' || id) = '\x0102'
      ELSE cleanroom.decrypt_jsonb(sealed, 'rotation box', 'people/' || id) = '{"a": 1}' END;

-- that touched no token
SELECT cleanroom.token_version(token) AS version, count(*) FROM rotation.people
GROUP BY 1 ORDER BY 1;
ALTER TABLE rotation.people DISABLE TRIGGER USER;
UPDATE rotation.people SET token = cleanroom.tokenize('x' || id, 'rotation mail')
WHERE id > 1;
UPDATE rotation.people SET token = :'lost' WHERE id = 1;
ALTER TABLE rotation.people ENABLE TRIGGER USER;
RESET ROLE;
SELECT cleanroom.rotate_key('rotation mail');

-- tokens with a source that is kept; one whose source is gone stays
SET ROLE regress_cr_owner;
SELECT cleanroom.rotate_table('rotation.people', 'token', 'rotation mail') AS n \gset
SELECT * FROM rotation.wait(:n);
SELECT cleanroom.token_version(token) AS version, count(*) FROM rotation.people
GROUP BY 1 ORDER BY 1;
SELECT count(*) FROM rotation.people
WHERE token = cleanroom.tokenize(mail, 'rotation mail', 'email');
SELECT token = :'lost' AS kept FROM rotation.people WHERE id = 1;

-- tokens from an expression
SELECT cleanroom.rotate_table('rotation.people', 'other', 'rotation mail',
                              source => $$'p' || id$$) AS n \gset
SELECT * FROM rotation.wait(:n);
SELECT count(*) FROM rotation.people
WHERE other = cleanroom.tokenize('p' || id, 'rotation mail');

SELECT * FROM rotation.ran_as ORDER BY what, who;

-- an expression of the owner's can do no more than the owner
SELECT cleanroom.rotate_key('rotation box');
RESET ROLE;
SELECT cleanroom.rotate_key('rotation box');
SET ROLE regress_cr_owner;
CREATE FUNCTION rotation.climb() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'RESET ROLE';
    EXECUTE 'ALTER ROLE regress_cr_owner SUPERUSER';
    RETURN '';
END
$$;
SELECT cleanroom.rotate_table('rotation.people', 'sealed', 'rotation box',
                              context => 'rotation.climb()') AS n \gset
SELECT * FROM rotation.wait(:n);
SELECT cleanroom.rotate_table('rotation.people', 'sealed', 'rotation box',
    context => $$''); ALTER ROLE regress_cr_owner SUPERUSER; --$$) AS n \gset
SELECT * FROM rotation.wait(:n);
SELECT rolsuper FROM pg_roles WHERE rolname = 'regress_cr_owner';

-- who sees rotations
SET ROLE regress_cr_other;
SELECT count(*) FROM cleanroom.key_rotations WHERE key LIKE 'rotation%';
SELECT context FROM cleanroom.keyring_rotations;
RESET ROLE;

-- how many rows there are, and why it failed, is for the table's owner alone: not
-- for who may use the key, nor for who owns it
SELECT cleanroom.grant_key('rotation mail', 'regress_cr_other', '{own}');
SET ROLE regress_cr_owner;
CREATE TABLE rotation.few AS SELECT i AS id, 'v' || i AS source, gen_random_uuid() AS token
    FROM generate_series(1, 5) i;
SELECT cleanroom.protect('rotation.few', 'id');
SELECT cleanroom.rotate_table('rotation.few', 'token', 'rotation mail', source => 'source') AS n \gset
SELECT * FROM rotation.wait(:n);
UPDATE rotation.few SET token = gen_random_uuid();
SELECT cleanroom.rotate_table('rotation.few', 'token', 'rotation mail',
    source => $$to_tsquery(source || ' secret word')::text$$) AS failed \gset
SELECT state, problem FROM rotation.wait(:failed);
SET ROLE regress_cr_other;
SELECT relation, state, rows_done, rows_left, rows_per_second, updated_at, problem
FROM cleanroom.key_rotations WHERE rotation IN (:n, :failed) ORDER BY rotation;
SELECT cleanroom.key_dependents('rotation mail', current_version) FROM cleanroom.keys
WHERE name = 'rotation mail';
RESET ROLE;
SELECT rows_done FROM cleanroom.key_rotations WHERE rotation = :n;
SELECT cleanroom.revoke_key('rotation mail', 'regress_cr_other');
DROP TABLE rotation.few;

-- a protected table's owner rotates it as any other
SET ROLE regress_cr_owner;
SELECT cleanroom.protect('rotation.people', 'id');
SELECT cleanroom.rotate_table('rotation.people', 'sealed', 'rotation box',
                              context => $$'people/' || id$$) AS n \gset
SELECT * FROM rotation.wait(:n);
RESET ROLE;
SELECT cleanroom.retire_key_version('rotation box', 1);
-- the token without a source is still there
SELECT cleanroom.retire_key_version('rotation mail', 1);
UPDATE rotation.people SET token = NULL WHERE id = 1;
SELECT cleanroom.retire_key_version('rotation mail', 1);
SELECT cleanroom.key_dependents('rotation box');

-- the vault: tokens stay what they are
CREATE TEMP TABLE vault AS
    SELECT i, cleanroom.vault_tokenize('p' || i, 'rotation mail') AS token
    FROM generate_series(1, 2500) i;
SELECT cleanroom.rotate_key('rotation mail');
SELECT cleanroom.rotate_vault('rotation box');
SELECT cleanroom.rotate_vault('rotation mail') AS n \gset
SELECT * FROM rotation.wait(:n);
SELECT cleanroom.key_dependents('rotation mail', 3);
-- of each key one: nobody waits for another's
SELECT cleanroom.create_key('rotation others', 'token');
BEGIN;
SELECT cleanroom.rotate_vault('rotation mail') <> cleanroom.rotate_vault('rotation others') AS two;
ROLLBACK;
-- of a column one at a time
BEGIN;
SELECT cleanroom.grant_key('rotation others', 'regress_cr_owner', '{tokenize}');
SET LOCAL ROLE regress_cr_owner;
SELECT cleanroom.rotate_table('rotation.people', 'other', 'rotation others', source => 'mail') > 0 AS one;
DO $$
BEGIN
    PERFORM cleanroom.rotate_table('rotation.people', 'other', 'rotation mail', source => 'mail');
EXCEPTION WHEN object_not_in_prerequisite_state THEN
    RAISE NOTICE '%', regexp_replace(SQLERRM, '\d+', 'n');
END
$$;
ROLLBACK;
SELECT count(*) FROM vault
WHERE token = cleanroom.vault_tokenize('p' || i, 'rotation mail');
SELECT cleanroom.detokenize(token) FROM vault WHERE i IN (1, 2500) ORDER BY i;

-- what a rotation computes with is its author's: it ends when the table goes
-- to another owner, rather than run as that one
SELECT cleanroom.grant_key('rotation mail', 'regress_cr_other', '{tokenize}');
SET ROLE regress_cr_owner;
GRANT USAGE, CREATE ON SCHEMA rotation TO regress_cr_other;
CREATE TABLE rotation.computed_as (who name);
GRANT INSERT ON rotation.computed_as TO PUBLIC;
CREATE FUNCTION rotation.source(v text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO rotation.computed_as VALUES (current_user);
    RETURN v;
END $$;
CREATE TABLE rotation.passed (mail text, token uuid);
INSERT INTO rotation.passed SELECT 'p' || i, cleanroom.tokenize('p' || i, 'rotation mail')
    FROM generate_series(1, 20) i;
RESET ROLE;
SELECT cleanroom.rotate_key('rotation mail');
BEGIN;
SET LOCAL ROLE regress_cr_owner;
SELECT cleanroom.rotate_table('rotation.passed', 'token', 'rotation mail',
                              source => 'rotation.source(mail)') AS n \gset
RESET ROLE;
ALTER TABLE rotation.passed OWNER TO regress_cr_other;
COMMIT;
SELECT * FROM rotation.wait(:n);
SELECT who, count(*) > 0 AS ran FROM rotation.computed_as GROUP BY who;
-- the new owner's own takes the place of one that is under way
ALTER TABLE rotation.passed OWNER TO regress_cr_owner;
BEGIN;
SET LOCAL ROLE regress_cr_owner;
SELECT cleanroom.rotate_table('rotation.passed', 'token', 'rotation mail',
                              source => 'rotation.source(mail)') AS former \gset
RESET ROLE;
ALTER TABLE rotation.passed OWNER TO regress_cr_other;
SET LOCAL ROLE regress_cr_other;
SELECT cleanroom.rotate_table('rotation.passed', 'token', 'rotation mail',
                              source => 'mail') AS n \gset
COMMIT;
SELECT * FROM rotation.wait(:former);
SELECT * FROM rotation.wait(:n);
SELECT who, count(*) > 0 AS ran FROM rotation.computed_as GROUP BY who;
-- nor does it go on for a member of the owner that is one no longer
CREATE ROLE regress_cr_member;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_member;
GRANT regress_cr_owner TO regress_cr_member;
SELECT cleanroom.rotate_key('rotation mail');
ALTER TABLE rotation.passed OWNER TO regress_cr_owner;
BEGIN;
SET LOCAL ROLE regress_cr_member;
SELECT cleanroom.rotate_table('rotation.passed', 'token', 'rotation mail',
                              source => 'rotation.source(mail)') AS n \gset
RESET ROLE;
REVOKE regress_cr_owner FROM regress_cr_member;
COMMIT;
SELECT * FROM rotation.wait(:n);
SELECT who, count(*) > 0 AS ran FROM rotation.computed_as GROUP BY who;
GRANT regress_cr_owner TO regress_cr_member;
SET ROLE regress_cr_member;
SELECT cleanroom.rotate_table('rotation.passed', 'token', 'rotation mail',
                              source => 'rotation.source(mail)') AS n \gset
RESET ROLE;
SELECT * FROM rotation.wait(:n);
SELECT who, count(*) > 0 AS ran FROM rotation.computed_as GROUP BY who;
SET client_min_messages = warning;
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_member;
DROP ROLE regress_cr_member;
RESET client_min_messages;

-- the workers leave none of the locks behind by which they keep others off
DO $$
BEGIN
    FOR i IN 1 .. 200 LOOP
        EXIT WHEN NOT EXISTS (SELECT FROM pg_stat_activity
                              WHERE backend_type = 'cleanroom rotation');
        PERFORM pg_sleep(0.05);
    END LOOP;
END
$$;
SELECT count(*) FROM pg_locks WHERE classid = 'cleanroom.keyring'::regclass;

SET client_min_messages = warning;
DROP SCHEMA rotation CASCADE;
RESET client_min_messages;
SELECT count(cleanroom.destroy_key(name, name)) FROM cleanroom.keys
WHERE name LIKE 'rotation%';
DELETE FROM cleanroom.keyring_rotations r USING cleanroom.keyring k
WHERE r.key_id = k.key_id AND k.name LIKE 'rotation%';
DELETE FROM cleanroom.keyring_versions v USING cleanroom.keyring k
WHERE v.key_id = k.key_id AND k.name LIKE 'rotation%';
DELETE FROM cleanroom.keyring_grants v USING cleanroom.keyring k
WHERE v.key_id = k.key_id AND k.name LIKE 'rotation%';
DELETE FROM cleanroom.keyring WHERE name LIKE 'rotation%';
DROP TABLE vault;
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_owner, regress_cr_other;
DROP ROLE regress_cr_owner, regress_cr_other;
-- these numbers are gone, and keys go on below
SELECT setval('cleanroom.keyring_ids', :number) IS NULL AS set;
