-- Whom a rotation acts for: who has started it, and all who may act as the owner
-- of its table.  Rooms ask all of them, at each batch; limits and the record go by
-- who has started it.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_boss IN ROLE cleanroom_operator;
CREATE ROLE regress_cr_shop;
CREATE ROLE regress_cr_authors;
CREATE ROLE regress_cr_bob IN ROLE regress_cr_authors;
CREATE ROLE regress_cr_ana;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_boss, regress_cr_shop, regress_cr_authors, regress_cr_ana;
CREATE SCHEMA rotation_author;
GRANT USAGE, CREATE ON SCHEMA rotation_author TO regress_cr_shop, regress_cr_authors;
SELECT cleanroom.create_key('author people', 'token'), cleanroom.create_key('author box', 'encrypt');
SELECT cleanroom.grant_key('author people', 'regress_cr_shop', '{tokenize}'),
       cleanroom.grant_key('author people', 'regress_cr_authors', '{tokenize, detokenize}'),
       cleanroom.grant_key('author box', 'regress_cr_authors', '{encrypt, decrypt}');
CREATE FUNCTION rotation_author.wait(number int) RETURNS TABLE (state text, problem text)
LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1..1200 LOOP
        EXIT WHEN (SELECT r.state <> 'running' FROM cleanroom.key_rotations r
                   WHERE r.rotation = number);
        PERFORM pg_sleep(0.05);
    END LOOP;
    RETURN QUERY SELECT r.state, r.problem FROM cleanroom.key_rotations r
        WHERE r.rotation = number;
END
$$;

SET ROLE regress_cr_shop;
CREATE TABLE rotation_author.buys (token uuid, kind int);
SELECT cleanroom.track_column('rotation_author.buys', 'token', 'author people');
SELECT cleanroom.protect('rotation_author.buys', 'token', 5, '{kind}', '{}', '{}', '{token}');
SET ROLE regress_cr_authors;
CREATE TABLE rotation_author.guesses (guess text, token uuid, sealed bytea);
INSERT INTO rotation_author.guesses VALUES ('anna', gen_random_uuid(), cleanroom.encrypt('x', 'author box'));
RESET ROLE;
SET ROLE regress_cr_boss;
SELECT cleanroom.create_room('authors', 'reach');
SELECT cleanroom.add_member('authors', 'regress_cr_shop', 'contributor'),
       cleanroom.add_member('authors', 'regress_cr_ana', 'analyst');
SET ROLE regress_cr_shop;
SELECT cleanroom.share_table('authors', 'rotation_author.buys');

-- No analyst is of the group: bob rotates its table.
SET SESSION AUTHORIZATION regress_cr_bob;
SELECT cleanroom.rotate_table('rotation_author.guesses', 'token', 'author people', source => 'guess') AS n \gset
SELECT * FROM rotation_author.wait(:n);
SELECT token = cleanroom.tokenize(guess, 'author people') AS rotated FROM rotation_author.guesses;
RESET SESSION AUTHORIZATION;

-- He becomes an analyst once the rotation has begun: as the same transaction does
-- here, before the first batch.
UPDATE rotation_author.guesses SET token = gen_random_uuid();
BEGIN;
SET LOCAL SESSION AUTHORIZATION regress_cr_bob;
SELECT cleanroom.rotate_table('rotation_author.guesses', 'token', 'author people', source => 'guess') AS n \gset
SET LOCAL SESSION AUTHORIZATION DEFAULT;
SET LOCAL ROLE regress_cr_boss;
SELECT cleanroom.add_member('authors', 'regress_cr_bob', 'analyst');
COMMIT;
SELECT * FROM rotation_author.wait(:n);
SELECT cleanroom.token_version(token) FROM rotation_author.guesses;
SET ROLE regress_cr_boss;
SELECT cleanroom.remove_member('authors', 'regress_cr_bob');
RESET ROLE;

-- An analyst who may act as the owner, even if she has to SET ROLE for that, has
-- put in what somebody else rotates.
CREATE ROLE regress_cr_nina NOINHERIT IN ROLE regress_cr_authors;
SET ROLE regress_cr_boss;
SELECT cleanroom.add_member('authors', 'regress_cr_nina', 'analyst');
SET SESSION AUTHORIZATION regress_cr_bob;
SELECT cleanroom.tokenize('anna', 'author people') IS NOT NULL AS made;
SELECT cleanroom.rotate_table('rotation_author.guesses', 'token', 'author people', source => 'guess');
-- a key that makes no tokens is no matter of rooms
SELECT cleanroom.rotate_table('rotation_author.guesses', 'sealed', 'author box') AS n \gset
SELECT * FROM rotation_author.wait(:n);
RESET SESSION AUTHORIZATION;
-- nor does a superuser, who is not asked, start it for her
SELECT cleanroom.rotate_table('rotation_author.guesses', 'token', 'author people', source => 'guess');
REVOKE regress_cr_authors FROM regress_cr_nina;
SET SESSION AUTHORIZATION regress_cr_bob;
SELECT cleanroom.rotate_table('rotation_author.guesses', 'token', 'author people', source => 'guess') AS n \gset
SELECT * FROM rotation_author.wait(:n);
RESET SESSION AUTHORIZATION;
-- Nor does it help to start it before she may act as the owner.
UPDATE rotation_author.guesses SET token = gen_random_uuid();
BEGIN;
SET LOCAL SESSION AUTHORIZATION regress_cr_bob;
SELECT cleanroom.rotate_table('rotation_author.guesses', 'token', 'author people', source => 'guess') AS n \gset
SET LOCAL SESSION AUTHORIZATION DEFAULT;
GRANT regress_cr_authors TO regress_cr_nina;
COMMIT;
SELECT * FROM rotation_author.wait(:n);
SELECT cleanroom.token_version(token) FROM rotation_author.guesses;
REVOKE regress_cr_authors FROM regress_cr_nina;

-- The limit of values to detokenize is that of who has logged in, and not the
-- group's alone: bob has four of a thousand left, and the table five.
SELECT cleanroom.vault_tokenize('{a,b,c,d,e}'::text[], 'author people') AS tokens \gset
SET SESSION AUTHORIZATION regress_cr_bob;
SET ROLE regress_cr_authors;
CREATE TABLE rotation_author.cases AS
    SELECT t AS case, gen_random_uuid() AS token FROM unnest(:'tokens'::uuid[]) t;
SELECT cardinality(cleanroom.detokenize(array_agg(gen_random_uuid()))) FROM generate_series(1, 996);
SELECT cleanroom.rotate_table('rotation_author.cases', 'token', 'author people',
    source => 'cleanroom.detokenize("case")') AS n \gset
SELECT * FROM rotation_author.wait(:n);
RESET SESSION AUTHORIZATION;
-- and the record names him
SELECT DISTINCT kind, current_user_name, detail->>'rotation_of' AS rotation_of
FROM cleanroom.ledger
WHERE kind IN ('key_use', 'detokenize')
  AND current_user_name = 'regress_cr_authors' AND detail ? 'rotation_of' ORDER BY 1, 2, 3;

SET client_min_messages = warning;
TRUNCATE cleanroom.room_list CASCADE;
DROP SCHEMA rotation_author CASCADE;
DELETE FROM cleanroom.keyring_rotations v USING cleanroom.keyring k WHERE v.key_id = k.key_id AND k.name LIKE 'author %';
DELETE FROM cleanroom.keyring_vault v USING cleanroom.keyring k WHERE v.key_id = k.key_id AND k.name LIKE 'author %';
DELETE FROM cleanroom.keyring_versions v USING cleanroom.keyring k WHERE v.key_id = k.key_id AND k.name LIKE 'author %';
DELETE FROM cleanroom.keyring_grants v USING cleanroom.keyring k WHERE v.key_id = k.key_id AND k.name LIKE 'author %';
DELETE FROM cleanroom.keyring_columns v USING cleanroom.keyring k WHERE v.key_id = k.key_id AND k.name LIKE 'author %';
DELETE FROM cleanroom.keyring WHERE name LIKE 'author %';
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_boss, regress_cr_shop, regress_cr_authors, regress_cr_ana, regress_cr_nina;
DROP ROLE regress_cr_boss, regress_cr_shop, regress_cr_bob, regress_cr_ana, regress_cr_nina, regress_cr_authors;
