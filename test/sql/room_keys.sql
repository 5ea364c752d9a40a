-- Keys of rooms: analysts make no tokens with them, contributors do; and keys
-- stay in their region.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_boss;
GRANT cleanroom_operator TO regress_cr_boss;
CREATE ROLE regress_cr_retailer;
CREATE ROLE regress_cr_broadcaster;
CREATE ROLE regress_cr_team;
CREATE ROLE regress_cr_ana IN ROLE regress_cr_team;
CREATE ROLE regress_cr_bob;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_boss, regress_cr_retailer,
    regress_cr_broadcaster, regress_cr_team, regress_cr_bob;
CREATE SCHEMA room_keys;
GRANT CREATE, USAGE ON SCHEMA room_keys TO regress_cr_retailer,
    regress_cr_broadcaster, regress_cr_team;
SELECT cleanroom.create_key('room people', 'token'),
       cleanroom.create_key('room cards', 'fpe'),
       cleanroom.create_key('room cells', 'encrypt'),
       cleanroom.create_key('elsewhere', 'token');
-- everybody is granted everything, by mistake
SELECT count(cleanroom.grant_key(k, r, CASE WHEN k IN ('room people', 'elsewhere')
                                 THEN '{tokenize, detokenize}'::text[]
                                 ELSE '{encrypt, decrypt}' END))
FROM unnest('{room people, room cards, room cells}'::text[]) k,
     unnest('{regress_cr_retailer, regress_cr_broadcaster, regress_cr_team, regress_cr_bob}'::regrole[]) r;
SELECT cleanroom.grant_key('elsewhere', 'regress_cr_team', '{tokenize}');

-- Tries a statement; says whether it worked, or why not.
CREATE FUNCTION room_keys.try(statement text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    hint text;
BEGIN
    EXECUTE statement;
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
    RETURN SQLSTATE || ' ' || SQLERRM || ' - ' || hint;
END
$$;
GRANT EXECUTE ON FUNCTION room_keys.try TO PUBLIC;
GRANT USAGE ON SCHEMA room_keys TO PUBLIC;

SET ROLE regress_cr_retailer;
CREATE TABLE room_keys.buys (person uuid, region text, mail text);
SELECT cleanroom.tokenize_column('room_keys.buys', 'mail', 'person', 'room people', 'email');
INSERT INTO room_keys.buys (mail, region)
SELECT i || '@example.org', 'r' || i % 2 FROM generate_series(1, 60) i;
SELECT cleanroom.protect('room_keys.buys', 'person', 10, '{region}', '{}', '{}', '{person}');
SET ROLE regress_cr_broadcaster;
CREATE TABLE room_keys.views (person uuid, channel text);
INSERT INTO room_keys.views
SELECT cleanroom.tokenize(i || '@example.org', 'room people', 'email'), 'c' || i % 2
FROM generate_series(1, 60) i;
SELECT cleanroom.protect('room_keys.views', 'person', 10, '{channel}', '{}', '{}', '{person}');

-- Before there is a room, grants alone decide.
SET ROLE regress_cr_ana;
SELECT room_keys.try($$SELECT cleanroom.tokenize('guess', 'room people')$$);
RESET ROLE;
SET ROLE regress_cr_boss;
SELECT cleanroom.create_room('keyed', 'reach');
SELECT cleanroom.add_member('keyed', 'regress_cr_retailer', 'contributor');
SELECT cleanroom.add_member('keyed', 'regress_cr_team', 'analyst');
SELECT cleanroom.add_member('keyed', 'regress_cr_bob', 'auditor');

-- A table in the room makes its key the room's, and so does a contributor's
-- grant.
SET ROLE regress_cr_retailer;
SELECT cleanroom.share_table('keyed', 'room_keys.buys');
SET ROLE regress_cr_ana;
SELECT room_keys.try($$SELECT cleanroom.tokenize('guess', 'room people')$$);
SELECT room_keys.try($$SELECT cleanroom.tokenize('{guess}'::text[], 'room people')$$);
SELECT room_keys.try($$SELECT cleanroom.vault_tokenize('guess', 'room people')$$);
SELECT room_keys.try($$SELECT cleanroom.vault_tokenize('{guess}'::text[], 'room people')$$);
SELECT room_keys.try($$SELECT cleanroom.encrypt_fpe('1234567', 'room cards')$$);
SELECT room_keys.try($$SELECT cleanroom.decrypt_fpe('1234567', 'room cards')$$);
-- what tells no guess from another is as it was granted
SELECT room_keys.try($$SELECT cleanroom.encrypt('guess', 'room cells')$$);
SELECT room_keys.try($$SELECT cleanroom.detokenize(gen_random_uuid())$$);
-- and so is a key that is no room's
SELECT room_keys.try($$SELECT cleanroom.tokenize('guess', 'elsewhere')$$);
-- in a trigger of her own
CREATE TABLE room_keys.own (mail text, person uuid);
SELECT cleanroom.tokenize_column('room_keys.own', 'mail', 'person', 'room people');
SELECT room_keys.try($$INSERT INTO room_keys.own VALUES ('guess')$$);
RESET ROLE;

-- Somebody else's function does not lend his grant.
CREATE FUNCTION room_keys.lent(value text) RETURNS uuid
LANGUAGE sql SECURITY DEFINER
RETURN cleanroom.tokenize(value, 'room people');
CREATE FUNCTION room_keys.lent_by_retailer(value text) RETURNS uuid
LANGUAGE sql SECURITY DEFINER
RETURN cleanroom.tokenize(value, 'room people');
ALTER FUNCTION room_keys.lent_by_retailer OWNER TO regress_cr_retailer;
SET ROLE regress_cr_ana;
SELECT room_keys.try($$SELECT room_keys.lent('guess')$$);
SELECT room_keys.try($$SELECT room_keys.lent_by_retailer('guess')$$);
RESET ROLE;
-- Nor does SET ROLE, for who has logged in as an analyst.
GRANT regress_cr_bob TO regress_cr_ana;
SET SESSION AUTHORIZATION regress_cr_ana;
SET ROLE regress_cr_bob;
SELECT room_keys.try($$SELECT cleanroom.tokenize('guess', 'room people')$$);
RESET SESSION AUTHORIZATION;

-- Contributors, auditors and superusers do what they were granted; counted.
SET ROLE regress_cr_retailer;
SELECT room_keys.try($$SELECT cleanroom.tokenize('load', 'room people')$$);
SELECT room_keys.try($$SELECT cleanroom.vault_tokenize('load', 'room people')$$);
SET ROLE regress_cr_broadcaster;
SELECT room_keys.try($$SELECT cleanroom.tokenize('load', 'room people')$$);
SET ROLE regress_cr_bob;
SELECT room_keys.try($$SELECT cleanroom.tokenize('load', 'room people')$$);
RESET ROLE;
SELECT room_keys.try($$SELECT cleanroom.tokenize('load', 'room people')$$);
SELECT current_user_name, sum((detail->>'count')::int) AS tokens
FROM cleanroom.ledger
WHERE kind = 'key_use' AND detail->>'use' = 'tokenize' AND subject =
      (SELECT key_id::text FROM cleanroom.keyring WHERE name = 'room people')
  AND current_user_name LIKE 'regress%'
GROUP BY 1 ORDER BY 1;

-- Who is both makes tokens of nobody's data but his own.
SELECT cleanroom.create_key('own', 'token');
SELECT cleanroom.grant_key('own', 'regress_cr_retailer', '{own}');
SET ROLE regress_cr_boss;
SELECT cleanroom.add_member('keyed', 'regress_cr_retailer', 'analyst');
SET ROLE regress_cr_retailer;
SELECT room_keys.try($$SELECT cleanroom.tokenize('load', 'own')$$);
SELECT room_keys.try($$SELECT cleanroom.tokenize('load', 'room people')$$);
SET ROLE regress_cr_boss;
SELECT cleanroom.add_member('keyed', 'regress_cr_broadcaster', 'contributor');
SET ROLE regress_cr_retailer;
SELECT room_keys.try($$SELECT cleanroom.tokenize('load', 'room people')$$);
RESET ROLE;

-- Tracking shows the room's key where no contributor has a grant any more.
SELECT count(cleanroom.revoke_key('room people', r))
FROM unnest('{regress_cr_retailer, regress_cr_broadcaster}'::regrole[]) r;
SET ROLE regress_cr_ana;
SELECT room_keys.try($$SELECT cleanroom.tokenize('guess', 'room people')$$);
RESET ROLE;
SELECT cleanroom.untrack_column('room_keys.buys', 'person');
SET ROLE regress_cr_ana;
SELECT room_keys.try($$SELECT cleanroom.tokenize('guess', 'room people')$$);
RESET ROLE;
SELECT cleanroom.track_column('room_keys.buys', 'person', 'room people');

-- Who has left is no analyst; who has joined is one for what was prepared, too.
SET ROLE regress_cr_boss;
SELECT cleanroom.remove_member('keyed', 'regress_cr_team');
SET ROLE regress_cr_ana;
PREPARE guess AS SELECT cleanroom.tokenize('guess', 'room people') IS NOT NULL AS made;
EXECUTE guess;
RESET ROLE;
SET ROLE regress_cr_boss;
SELECT cleanroom.add_member('keyed', 'regress_cr_team', 'analyst');
SET ROLE regress_cr_ana;
EXECUTE guess;
RESET ROLE;

-- check_tokens() across owners: each may ask about its own, nobody about
-- another's, members of the room or not.
SET ROLE regress_cr_retailer;
SELECT verdict, tokens FROM cleanroom.check_tokens('room_keys.buys', 'person', 'room_keys.buys', 'person');
SELECT room_keys.try($$SELECT cleanroom.check_tokens('room_keys.buys', 'person', 'room_keys.views', 'person')$$);
SET ROLE regress_cr_ana;
SELECT room_keys.try($$SELECT cleanroom.check_tokens('room_keys.buys', 'person', 'room_keys.own', 'person')$$);
SET ROLE regress_cr_bob;
SELECT room_keys.try($$SELECT cleanroom.check_tokens('room_keys.buys', 'person', 'room_keys.buys', 'person')$$);
RESET ROLE;

-- A contributor's key is the room's whatever he may do with it.
SELECT cleanroom.create_key('told', 'token');
SELECT cleanroom.grant_key('told', 'regress_cr_team', '{tokenize}'),
       cleanroom.grant_key('told', 'regress_cr_bob', '{detokenize}');
SET ROLE regress_cr_ana;
SELECT room_keys.try($$SELECT cleanroom.tokenize('guess', 'told')$$);
RESET ROLE;
SELECT cleanroom.grant_key('told', 'regress_cr_broadcaster', '{detokenize}');
SET ROLE regress_cr_ana;
SELECT room_keys.try($$SELECT cleanroom.tokenize('guess', 'told')$$);
RESET ROLE;

-- Residency.  Uses on a server of another region are refused, managing is not.
SELECT cleanroom.set_key_residency('room people', '');
SELECT cleanroom.set_key_residency('room people', repeat('x', 64));
SELECT cleanroom.set_key_residency(NULL, 'EU');
SET ROLE regress_cr_ana;
SELECT cleanroom.set_key_residency('room people', 'EU');
RESET ROLE;
-- its table is in a room of no residency
SELECT cleanroom.set_key_residency('room people', 'EU');
SET ROLE regress_cr_retailer;
SELECT cleanroom.unshare_table('keyed', 'room_keys.buys');
RESET ROLE;
SHOW cleanroom.region;
SELECT count(cleanroom.set_key_residency(k, 'EU'))
FROM unnest('{room people, room cards, room cells}'::text[]) k;
SELECT name, residency FROM cleanroom.keys WHERE name LIKE 'room %' ORDER BY 1;
SELECT room_keys.try($$SELECT cleanroom.tokenize('load', 'room people')$$);
SELECT room_keys.try($$SELECT cleanroom.vault_tokenize('load', 'room people')$$);
SELECT room_keys.try($$SELECT cleanroom.encrypt('load', 'room cells')$$);
SELECT room_keys.try($$SELECT cleanroom.decrypt_fpe('1234567', 'room cards')$$);
SELECT cleanroom.rotate_key('room people') > 1 AS rotated;
-- and a table that holds values of it is not shared into such a room
SELECT cleanroom.grant_key('room people', 'regress_cr_retailer', '{tokenize}');
SET ROLE regress_cr_retailer;
SELECT cleanroom.share_table('keyed', 'room_keys.buys');
SELECT cleanroom.untrack_column('room_keys.buys', 'person');
SELECT cleanroom.share_table('keyed', 'room_keys.buys');
SELECT cleanroom.track_column('room_keys.buys', 'person', 'room people');
SELECT cleanroom.track_column('room_keys.buys', 'person', 'own');
RESET ROLE;
SELECT cleanroom.set_key_residency('room people', NULL);
SELECT room_keys.try($$SELECT cleanroom.tokenize('load', 'room people')$$);

-- An analyst is whoever may become one; the room's key is one of a part of a
-- table, and of who works for a contributor.
CREATE ROLE regress_cr_nina NOINHERIT IN ROLE regress_cr_team;
CREATE ROLE regress_cr_loader IN ROLE regress_cr_retailer;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_nina;
SELECT cleanroom.create_key('key of a part', 'token'), cleanroom.create_key('key of a loader', 'token');
SELECT cleanroom.grant_key('room people', 'regress_cr_nina', '{tokenize}');
SELECT cleanroom.grant_key(k, r, '{tokenize}') FROM unnest('{key of a part,key of a loader}'::text[]) k,
    unnest('{regress_cr_nina,regress_cr_bob,regress_cr_team}'::regrole[]) r;
SELECT cleanroom.grant_key('key of a loader', 'regress_cr_loader', '{tokenize}'), cleanroom.grant_key('key of a part', 'regress_cr_retailer', '{tokenize}');
SET ROLE regress_cr_retailer;
CREATE TABLE room_keys.whole (person uuid, part int) PARTITION BY LIST (part);
CREATE TABLE room_keys.part PARTITION OF room_keys.whole FOR VALUES IN (1);
SELECT cleanroom.track_column('room_keys.part', 'person', 'key of a part');
SELECT cleanroom.protect('room_keys.whole', 'person', 10, join_keys => '{person}');
RESET ROLE;
SELECT cleanroom.revoke_key('key of a part', 'regress_cr_retailer');
SET ROLE regress_cr_nina;
SELECT k, room_keys.try(format('SELECT cleanroom.tokenize(''x'', %L)', k)) FROM unnest('{room people,key of a part,key of a loader}'::text[]) k;
SET ROLE regress_cr_retailer;
SELECT cleanroom.share_table('keyed', 'room_keys.whole');
SET ROLE regress_cr_nina;
SELECT room_keys.try('SELECT cleanroom.tokenize(''x'', ''key of a part'')');
SET ROLE regress_cr_loader;
SELECT room_keys.try('SELECT cleanroom.tokenize(''x'', ''key of a loader'')');
RESET ROLE;
-- by a group that the loader is in, and that a contributor has to SET first
CREATE ROLE regress_cr_loaders ROLE regress_cr_loader;
CREATE ROLE regress_cr_keepers;
CREATE ROLE regress_cr_noinherit NOINHERIT IN ROLE regress_cr_keepers;
SELECT cleanroom.revoke_key('key of a loader', 'regress_cr_loader');
SET ROLE regress_cr_nina;
SELECT room_keys.try('SELECT cleanroom.tokenize(''x'', ''key of a loader'')');
RESET ROLE;
SELECT cleanroom.grant_key('key of a loader', 'regress_cr_loaders', '{tokenize}');
SET ROLE regress_cr_nina;
SELECT room_keys.try('SELECT cleanroom.tokenize(''x'', ''key of a loader'')');
RESET ROLE;
SELECT cleanroom.revoke_key('key of a loader', 'regress_cr_loaders');
SELECT cleanroom.grant_key('key of a loader', 'regress_cr_keepers', '{tokenize}');
SET ROLE regress_cr_boss;
SELECT cleanroom.add_member('keyed', 'regress_cr_noinherit', 'contributor');
SET ROLE regress_cr_nina;
SELECT room_keys.try('SELECT cleanroom.tokenize(''x'', ''key of a loader'')');
RESET ROLE;

TRUNCATE cleanroom.room_list CASCADE;
DROP SCHEMA room_keys CASCADE;
DELETE FROM cleanroom.keyring_versions v USING cleanroom.keyring k
WHERE v.key_id = k.key_id AND k.name IN ('room people', 'room cards', 'room cells', 'elsewhere', 'own', 'told', 'key of a part', 'key of a loader');
DELETE FROM cleanroom.keyring_grants g USING cleanroom.keyring k
WHERE g.key_id = k.key_id AND k.name IN ('room people', 'room cards', 'room cells', 'elsewhere', 'own', 'told', 'key of a part', 'key of a loader');
DELETE FROM cleanroom.keyring_columns c USING cleanroom.keyring k
WHERE c.key_id = k.key_id AND k.name IN ('room people', 'room cards', 'room cells', 'elsewhere', 'own', 'told', 'key of a part', 'key of a loader');
DELETE FROM cleanroom.keyring_vault c USING cleanroom.keyring k
WHERE c.key_id = k.key_id AND k.name IN ('room people', 'room cards', 'room cells', 'elsewhere', 'own', 'told', 'key of a part', 'key of a loader');
DELETE FROM cleanroom.keyring WHERE name IN ('room people', 'room cards', 'room cells', 'elsewhere', 'own', 'told', 'key of a part', 'key of a loader');
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_boss, regress_cr_retailer,
    regress_cr_broadcaster, regress_cr_team, regress_cr_ana, regress_cr_bob, regress_cr_nina,
    regress_cr_noinherit;
DROP ROLE regress_cr_boss, regress_cr_retailer, regress_cr_broadcaster,
    regress_cr_ana, regress_cr_team, regress_cr_bob, regress_cr_nina, regress_cr_loader,
    regress_cr_loaders, regress_cr_keepers, regress_cr_noinherit;
