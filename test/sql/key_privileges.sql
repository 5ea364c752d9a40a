-- Who may do what with a key: each function by each kind of role.  Whatever a
-- call does is undone, so that all meet the same state.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE SCHEMA key_privileges;
CREATE ROLE regress_cr_creator;
CREATE ROLE regress_cr_owner;
CREATE ROLE regress_cr_tokenizer;
CREATE ROLE regress_cr_detokenizer;
CREATE ROLE regress_cr_encryptor;
CREATE ROLE regress_cr_decryptor;
CREATE ROLE regress_cr_contributor;
CREATE ROLE regress_cr_analyst;
CREATE ROLE regress_cr_auditor IN ROLE cleanroom_auditor;
CREATE ROLE regress_cr_table_owner;
CREATE ROLE regress_cr_nobody;
CREATE ROLE regress_cr_stranger;
CREATE ROLE regress_cr_super SUPERUSER;
CREATE FUNCTION key_privileges.roles() RETURNS SETOF text LANGUAGE sql
RETURN unnest('{creator, owner, tokenizer, detokenizer, encryptor, decryptor, contributor, analyst, auditor, table_owner, nobody, stranger, super}'::text[]);
-- strangers have not even the schema
DO $$
DECLARE
    r text;
BEGIN
    FOR r IN SELECT key_privileges.roles() EXCEPT SELECT 'stranger' LOOP
        EXECUTE format('GRANT USAGE ON SCHEMA cleanroom TO regress_cr_%s', r);
    END LOOP;
END
$$;
GRANT USAGE ON SCHEMA key_privileges TO PUBLIC;
GRANT EXECUTE ON FUNCTION cleanroom.create_key, cleanroom.rewrap_keys
    TO regress_cr_creator;

SELECT cleanroom.create_key('kp token', 'token'), cleanroom.create_key('kp cell', 'encrypt'),
       cleanroom.create_key('kp card', 'fpe');
SELECT cleanroom.grant_key(k, 'regress_cr_owner', '{own}')
FROM unnest('{kp token, kp cell, kp card}'::text[]) k;
SELECT cleanroom.grant_key('kp token', 'regress_cr_tokenizer', '{tokenize}'),
       cleanroom.grant_key('kp token', 'regress_cr_detokenizer', '{detokenize}'),
       cleanroom.grant_key('kp token', 'regress_cr_contributor', '{tokenize}'),
       cleanroom.grant_key('kp token', 'regress_cr_analyst', '{tokenize}'),
       cleanroom.grant_key('kp cell', 'regress_cr_encryptor', '{encrypt}'),
       cleanroom.grant_key('kp card', 'regress_cr_encryptor', '{encrypt}'),
       cleanroom.grant_key('kp cell', 'regress_cr_decryptor', '{decrypt}'),
       cleanroom.grant_key('kp card', 'regress_cr_decryptor', '{decrypt}'),
       cleanroom.grant_key('kp cell', 'regress_cr_table_owner', '{encrypt, decrypt}'),
       cleanroom.grant_key('kp token', 'regress_cr_table_owner', '{tokenize}');
SELECT cleanroom.rotate_key('kp token'), cleanroom.rotate_key('kp cell');
CREATE TABLE key_privileges.t AS
    SELECT 'ann'::text AS mail, cleanroom.tokenize('ann', 'kp token') AS token,
           cleanroom.encrypt('ann', 'kp cell') AS sealed;
ALTER TABLE key_privileges.t OWNER TO regress_cr_table_owner;
GRANT ALL ON SCHEMA key_privileges TO regress_cr_table_owner;
CREATE TABLE key_privileges.made AS
    SELECT cleanroom.vault_tokenize('ann', 'kp token') AS token,
           cleanroom.encrypt('ann', 'kp cell') AS sealed,
           cleanroom.encrypt('ann'::bytea, 'kp cell') AS sealed_bytes,
           cleanroom.encrypt('1'::jsonb, 'kp cell') AS sealed_json,
           cleanroom.encrypt_fpe('1234567', 'kp card') AS card;
GRANT SELECT ON key_privileges.made TO PUBLIC;
SELECT cleanroom.create_room('kp', 'test');
SELECT cleanroom.add_member('kp', 'regress_cr_contributor', 'contributor'),
       cleanroom.add_member('kp', 'regress_cr_analyst', 'analyst'),
       cleanroom.add_member('kp', 'regress_cr_auditor', 'auditor');

CREATE TABLE key_privileges.calls (n int GENERATED ALWAYS AS IDENTITY, call text);
INSERT INTO key_privileges.calls (call) VALUES
    ($$create_key('kp new', 'token')$$),
    ($$rotate_key('kp token')$$),
    ($$grant_key('kp token', 'regress_cr_nobody', '{tokenize}')$$),
    ($$revoke_key('kp token', 'regress_cr_tokenizer')$$),
    ($$set_key_residency('kp token', 'EU')$$),
    ($$retire_key_version('kp token', 1)$$),
    ($$reinstate_key_version('kp token', 1)$$),
    ($$key_dependents('kp token')$$),
    ($$destroy_key('kp token')$$),
    ($$destroy_key('kp token', 'kp token')$$),
    ($$rewrap_keys()$$),
    ($$rotate_table('key_privileges.t', 'sealed', 'kp cell')$$),
    ($$rotate_vault('kp token')$$),
    ($$stop_rotation(-1)$$),
    ($$track_column('key_privileges.t', 'token', 'kp token')$$),
    ($$untrack_column('key_privileges.t', 'token')$$),
    ($$tokenize_column('key_privileges.t', 'mail', 'token', 'kp token')$$),
    ($$tokenize('ann', 'kp token')$$),
    ($$tokenize('{ann}'::text[], 'kp token')$$),
    ($$vault_tokenize('ann', 'kp token')$$),
    ($$vault_tokenize('{ann}'::text[], 'kp token')$$),
    ($$detokenize((SELECT token FROM key_privileges.made))$$),
    ($$detokenize(ARRAY(SELECT token FROM key_privileges.made))$$),
    ($$encrypt('ann', 'kp cell')$$),
    ($$encrypt('ann'::bytea, 'kp cell')$$),
    ($$encrypt('1'::jsonb, 'kp cell')$$),
    ($$decrypt((SELECT sealed FROM key_privileges.made), 'kp cell')$$),
    ($$decrypt_bytea((SELECT sealed_bytes FROM key_privileges.made), 'kp cell')$$),
    ($$decrypt_jsonb((SELECT sealed_json FROM key_privileges.made), 'kp cell')$$),
    ($$encrypt_fpe('1234567', 'kp card')$$),
    ($$decrypt_fpe((SELECT card FROM key_privileges.made), 'kp card')$$),
    ($$token_version('00000000-0000-8001-8000-000000000000')$$),
    ($$token_key('00000000-0000-8001-8000-000000000000')$$),
    ($$token_class('00000000-0000-8001-8000-000000000000')$$),
    ($$check_tokens('key_privileges.t', 'token', 'key_privileges.t', 'token')$$),
    ($$fill_token()$$),
    ($$count_key_use('{}')$$),
    ($$keep_detokenized(0, 0, now())$$),
    ($$room_against_tokens(1, 10)$$),
    ($$room_against_actors(1, 'regress_cr_nobody'::regrole)$$),
    ($$keys_of_former_part(1, 1, NULL, NULL)$$),
    ($$check_key_place(1, 1)$$),
    ($$check_shared_keys()$$);

-- Is there a function of keys that the list has not?
SELECT p.proname FROM pg_proc p
WHERE p.pronamespace = 'cleanroom'::regnamespace
  AND (p.proname ~ 'key|token|crypt|vault|rotat|detoken' OR p.proname ~ 'track_column')
  AND p.proname NOT IN (SELECT substring(call FROM '^[a-z_]+') FROM key_privileges.calls)
ORDER BY 1;

-- ok, or the code it fails with
CREATE FUNCTION key_privileges.try(role text, call text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    BEGIN
        EXECUTE format('SET LOCAL ROLE regress_cr_%s', role);
        EXECUTE 'SELECT cleanroom.' || call;
        RAISE EXCEPTION USING ERRCODE = 'XXUND';
    EXCEPTION WHEN OTHERS THEN
        answer := CASE SQLSTATE WHEN 'XXUND' THEN 'ok' ELSE SQLSTATE END;
    END;
    RETURN answer;
END
$$;
SELECT call, answer, string_agg(role, ' ' ORDER BY place) AS roles
FROM key_privileges.calls,
     key_privileges.roles() WITH ORDINALITY AS r (role, place),
     key_privileges.try(role, call) AS answer
GROUP BY n, call, answer ORDER BY n, answer <> 'ok', answer;

-- Tables are read by superusers alone, views by whom they concern.
INSERT INTO key_privileges.calls (call)
SELECT relname FROM pg_class
WHERE relnamespace = 'cleanroom'::regnamespace AND relkind IN ('r', 'v', 'S')
  AND relname ~ '^key' ORDER BY relname;
CREATE FUNCTION key_privileges.look(role text, relation text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    EXECUTE format('SET LOCAL ROLE regress_cr_%s', role);
    EXECUTE CASE WHEN relation ~ '^keys|^key_'
        THEN format($q$SELECT coalesce(string_agg(DISTINCT x->>'%s', ', '), 'none')
                       FROM (SELECT to_jsonb(v) AS x FROM cleanroom.%s v) s
                       WHERE x->>'%1$s' LIKE 'kp %%'$q$,
                    CASE relation WHEN 'key_rotations' THEN 'key' ELSE 'name' END, relation)
        ELSE format('SELECT ''rows'' FROM cleanroom.%s LIMIT 1', relation) END
        INTO answer;
    RAISE EXCEPTION USING ERRCODE = 'XXUND', MESSAGE = coalesce(answer, 'rows');
EXCEPTION WHEN OTHERS THEN
    RETURN CASE SQLSTATE WHEN 'XXUND' THEN SQLERRM ELSE SQLSTATE END;
END
$$;
SELECT call AS relation, answer, string_agg(role, ' ' ORDER BY place) AS roles
FROM key_privileges.calls,
     key_privileges.roles() WITH ORDINALITY AS r (role, place),
     key_privileges.look(role, call) AS answer
WHERE call ~ '^key[a-z_]*$'
GROUP BY n, call, answer ORDER BY n, answer;

TRUNCATE cleanroom.room_list CASCADE;
DROP SCHEMA key_privileges CASCADE;
SELECT count(cleanroom.destroy_key(name, name)) FROM cleanroom.keys WHERE name LIKE 'kp %';
DELETE FROM cleanroom.keyring_versions v USING cleanroom.keyring k
WHERE v.key_id = k.key_id AND k.name LIKE 'kp %';
DELETE FROM cleanroom.keyring_grants g USING cleanroom.keyring k
WHERE g.key_id = k.key_id AND k.name LIKE 'kp %';
DELETE FROM cleanroom.keyring WHERE name LIKE 'kp %';
REVOKE EXECUTE ON FUNCTION cleanroom.create_key, cleanroom.rewrap_keys
    FROM regress_cr_creator;
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_creator, regress_cr_owner,
    regress_cr_tokenizer, regress_cr_detokenizer, regress_cr_encryptor,
    regress_cr_decryptor, regress_cr_contributor, regress_cr_analyst,
    regress_cr_auditor, regress_cr_table_owner, regress_cr_nobody, regress_cr_super;
DROP ROLE regress_cr_creator, regress_cr_owner, regress_cr_tokenizer,
    regress_cr_detokenizer, regress_cr_encryptor, regress_cr_decryptor,
    regress_cr_contributor, regress_cr_analyst, regress_cr_auditor,
    regress_cr_table_owner, regress_cr_nobody, regress_cr_stranger, regress_cr_super;
