-- Keys: who may do what with them, and what becomes of them.
\set SHOW_CONTEXT never
\set VERBOSITY default
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
RESET client_min_messages;
CREATE ROLE regress_cr_custodian;
CREATE ROLE regress_cr_loader;
CREATE ROLE regress_cr_crew;
GRANT regress_cr_crew TO regress_cr_loader;
CREATE ROLE regress_cr_analyst;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_custodian, regress_cr_loader,
    regress_cr_analyst;

-- creating: superusers, and whom EXECUTE was granted to
SELECT cleanroom.create_key('regress root', 'encrypt');
SET ROLE regress_cr_custodian;
SELECT cleanroom.create_key('regress mail', 'token');
RESET ROLE;
GRANT EXECUTE ON FUNCTION cleanroom.create_key TO regress_cr_custodian;
SET ROLE regress_cr_custodian;
SELECT cleanroom.create_key('regress mail', 'token');
SELECT cleanroom.create_key('regress box', 'encrypt');
SELECT cleanroom.create_key('regress card', 'fpe');

-- names and purposes
SELECT cleanroom.create_key('regress mail', 'token');
SELECT cleanroom.create_key('regress root', 'token');
SELECT cleanroom.create_key('', 'token');
SELECT cleanroom.create_key(repeat('x', 64), 'token');
SELECT cleanroom.create_key('cleanroom.second_factor', 'encrypt');
SELECT cleanroom.create_key('cleanroom.', 'encrypt');
SELECT cleanroom.create_key('regress x', 'tokens');
SELECT cleanroom.create_key('regress x', NULL);
SELECT cleanroom.create_key(NULL, 'token');

-- the creator owns it, and no other
SELECT cleanroom.rotate_key('regress mail');
SELECT cleanroom.rotate_key('regress root');
SELECT cleanroom.rotate_key('regress none');

-- granting: uses that the purpose has, to roles that are there
SELECT cleanroom.grant_key('regress mail', 'regress_cr_crew', '{tokenize}');
SELECT cleanroom.grant_key('regress mail', 'regress_cr_loader', '{detokenize}');
SELECT cleanroom.grant_key('regress box', 'regress_cr_crew', '{encrypt, decrypt}');
SELECT cleanroom.grant_key('regress mail', 'regress_cr_crew', '{encrypt}');
SELECT cleanroom.grant_key('regress box', 'regress_cr_crew', '{tokenize}');
SELECT cleanroom.grant_key('regress mail', 'regress_cr_crew', '{}');
SELECT cleanroom.grant_key('regress mail', 'regress_cr_crew', '{tokenize, null}');
SELECT cleanroom.grant_key('regress mail', 'regress_cr_nobody', '{tokenize}');
SELECT cleanroom.grant_key('regress mail', '-', '{tokenize}');
SELECT cleanroom.grant_key('regress mail', NULL, '{tokenize}');
SELECT * FROM cleanroom.key_grants WHERE name LIKE 'regress%' ORDER BY 1, 2;

-- views: each role sees what it may use, and no secrets are there
SELECT name, purpose, owners, current_version, uses
FROM cleanroom.keys WHERE name LIKE 'regress%' ORDER BY name;
SELECT name, version, state FROM cleanroom.key_versions
WHERE name LIKE 'regress%' ORDER BY 1, 2;
RESET ROLE;
SELECT name, uses FROM cleanroom.keys WHERE name LIKE 'regress%' ORDER BY name;
SET ROLE regress_cr_loader;
SELECT name, purpose, owners, current_version, uses
FROM cleanroom.keys WHERE name LIKE 'regress%' ORDER BY name;
SET ROLE regress_cr_analyst;
SELECT name FROM cleanroom.keys WHERE name LIKE 'regress%';
SELECT name FROM cleanroom.key_versions WHERE name LIKE 'regress%';
SELECT name FROM cleanroom.key_grants WHERE name LIKE 'regress%';
SELECT wrapped FROM cleanroom.keyring_versions;
SELECT name FROM cleanroom.keyring;
SELECT role FROM cleanroom.keyring_grants;
SELECT sealed FROM cleanroom.keyring_vault;
SELECT relation FROM cleanroom.keyring_columns;
RESET ROLE;

-- managing is the owner's, not of whoever may use the key
SET ROLE regress_cr_loader;
SELECT cleanroom.rotate_key('regress mail');
SELECT cleanroom.grant_key('regress mail', 'regress_cr_analyst', '{tokenize}');
SELECT cleanroom.revoke_key('regress mail', 'regress_cr_crew');
SELECT cleanroom.retire_key_version('regress mail', 1);
SELECT cleanroom.reinstate_key_version('regress mail', 1);
SELECT cleanroom.key_dependents('regress mail');
SELECT cleanroom.destroy_key('regress mail', 'regress mail');
SELECT cleanroom.rewrap_keys();

-- vault tokens: the same for the same value; a granted role's
CREATE TEMP TABLE tokens AS
    SELECT v, cleanroom.vault_tokenize(v, 'regress mail') AS token
    FROM unnest('{ann, bob, ann, ""}'::text[]) v;
SELECT count(*), count(DISTINCT token) FROM tokens;
SELECT v, cleanroom.detokenize(token) FROM tokens ORDER BY v;
SELECT cleanroom.vault_tokenize(NULL, 'regress mail') IS NULL AS no_value,
       cleanroom.detokenize(NULL::uuid) IS NULL AS no_token;
SELECT cleanroom.vault_tokenize('{{ann, bob}, {null, ann}}'::text[], 'regress mail')
    = ARRAY[[a.token, b.token], [NULL, a.token]] AS as_single_ones
FROM tokens a, tokens b WHERE a.v = 'ann' AND b.v = 'bob' LIMIT 1;
-- also of a value that is stored out of line
SELECT cleanroom.detokenize(cleanroom.vault_tokenize(v, 'regress mail')) = v AS same,
       cleanroom.detokenize(ARRAY[cleanroom.vault_tokenize(v, 'regress mail')]) = ARRAY[v] AS same_array
FROM (SELECT string_agg(md5(i::text), '') AS v FROM generate_series(1, 200) i) s;
SELECT cleanroom.detokenize(ARRAY[[token, NULL], [token, token]])
FROM tokens WHERE v = 'bob';
SELECT cleanroom.vault_tokenize('{}'::text[], 'regress mail'),
       cleanroom.detokenize('{}'::uuid[]);
SELECT cleanroom.detokenize('00000000-0000-4000-8000-000000000000'::uuid);

-- of keys that are granted, for the purpose
SELECT cleanroom.vault_tokenize('ann', 'regress box');
SELECT cleanroom.vault_tokenize('ann', 'regress none');
RESET ROLE;
SELECT token AS ann FROM tokens WHERE v = 'ann' LIMIT 1 \gset
SET ROLE regress_cr_analyst;
SELECT cleanroom.vault_tokenize('ann', 'regress mail');
SELECT cleanroom.detokenize(:'ann'::uuid);
SELECT cleanroom.detokenize(ARRAY[:'ann'::uuid]);
RESET ROLE;

-- a grant that is taken back is gone at once, with part of it or all
SET ROLE regress_cr_custodian;
SELECT cleanroom.revoke_key('regress mail', 'regress_cr_loader', '{detokenize}');
SET ROLE regress_cr_loader;
SELECT cleanroom.detokenize(:'ann'::uuid);
SELECT cleanroom.vault_tokenize('ann', 'regress mail') = :'ann' AS still_granted;
SET ROLE regress_cr_custodian;
SELECT cleanroom.revoke_key('regress mail', 'regress_cr_crew');
SET ROLE regress_cr_loader;
SELECT cleanroom.vault_tokenize('ann', 'regress mail');
SET ROLE regress_cr_custodian;
SELECT * FROM cleanroom.key_grants WHERE name = 'regress mail';

-- after a rotation a value keeps its token, and the old version its data
SELECT cleanroom.rotate_key('regress mail');
SELECT cleanroom.vault_tokenize('ann', 'regress mail') = :'ann' AS same;
SELECT cleanroom.detokenize(:'ann'::uuid);
SELECT cleanroom.vault_tokenize('cid', 'regress mail') IS NOT NULL AS made;
SELECT cleanroom.key_dependents('regress mail'),
       cleanroom.key_dependents('regress mail', 2),
       cleanroom.key_dependents('regress mail', 1);
SELECT cleanroom.retire_key_version('regress mail', 3);
SELECT cleanroom.retire_key_version('regress mail', 2);
SELECT cleanroom.retire_key_version('regress mail', 4);
SELECT cleanroom.retire_key_version('regress mail', 1);
SELECT cleanroom.retire_key_version('regress mail', 1);
SELECT name, version, state FROM cleanroom.key_versions
WHERE name = 'regress mail' ORDER BY 2;
SELECT cleanroom.reinstate_key_version('regress mail', 1);
SELECT cleanroom.reinstate_key_version('regress mail', 1);

-- what is rolled back has not happened
BEGIN;
SELECT cleanroom.rotate_key('regress mail');
SELECT cleanroom.vault_tokenize('dan', 'regress mail') IS NOT NULL AS made;
ROLLBACK;
SELECT current_version FROM cleanroom.keys WHERE name = 'regress mail';
SELECT cleanroom.key_dependents('regress mail', 4);

-- a wrapped key that was changed, or is another's, is refused; none is lost
RESET ROLE;
BEGIN;
UPDATE cleanroom.keyring_versions v SET wrapped = o.wrapped
FROM cleanroom.keyring_versions o
WHERE v.key_id = o.key_id AND v.version = 3 AND o.version = 2
  AND v.key_id = (SELECT key_id FROM cleanroom.keyring WHERE name = 'regress mail');
SELECT cleanroom.rotate_key('regress box');     -- others hear of it
SELECT cleanroom.vault_tokenize('ann', 'regress mail');
ROLLBACK;
CREATE FUNCTION pg_temp.answer(statement text) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
    RETURN 'none';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || regexp_replace(SQLERRM, '[0-9]+', 'N', 'g');
END
$$;
CREATE FUNCTION pg_temp.damage(byte int) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    UPDATE cleanroom.keyring_versions
    SET wrapped = CASE WHEN byte < 0
                       THEN substr(wrapped, 1, length(wrapped) + byte)
                       ELSE set_byte(wrapped, byte, get_byte(wrapped, byte) # 1) END
    WHERE key_id = (SELECT key_id FROM cleanroom.keyring WHERE name = 'regress mail');
    PERFORM cleanroom.rotate_key('regress box');
    answer := pg_temp.answer($s$SELECT cleanroom.vault_tokenize('ann', 'regress mail')$s$)
        || ' / ' || pg_temp.answer('SELECT cleanroom.rewrap_keys()');
    RAISE EXCEPTION 'undo' USING DETAIL = answer;
EXCEPTION WHEN raise_exception THEN
    GET STACKED DIAGNOSTICS answer = PG_EXCEPTION_DETAIL;
    RETURN answer;
END
$$;
SELECT pg_temp.damage(byte) AS answer, min(byte), max(byte), count(*)
FROM generate_series(-69, 68) byte GROUP BY 1 ORDER BY 2;
SELECT cleanroom.detokenize(:'ann'::uuid);

-- destroying: counted first, and confirmed by name
SET ROLE regress_cr_custodian;
SELECT cleanroom.destroy_key('regress mail');
SELECT cleanroom.destroy_key('regress mail', 'regress box');
SELECT cleanroom.detokenize(:'ann'::uuid);
SELECT cleanroom.destroy_key('regress mail', 'regress mail');
SELECT cleanroom.detokenize(:'ann'::uuid);
SELECT cleanroom.vault_tokenize('ann', 'regress mail');
SELECT cleanroom.destroy_key('regress mail', 'regress mail');
SELECT cleanroom.rotate_key('regress mail');
SELECT cleanroom.create_key('regress mail', 'token');
SELECT name, version, state, master_key FROM cleanroom.key_versions
WHERE name = 'regress mail' ORDER BY 2;

-- a key whose last owner was revoked is the superuser's
SELECT cleanroom.revoke_key('regress card', 'regress_cr_custodian');
SELECT cleanroom.rotate_key('regress card');
RESET ROLE;
SELECT cleanroom.rotate_key('regress card');

-- what was done with keys is counted, rolled back or not: what is still on its
-- way when a transaction has been rolled back is on record before the next use
SELECT cleanroom.create_key('regress uses', 'encrypt');
BEGIN;
SELECT count(cleanroom.encrypt('x', 'regress uses')) FROM generate_series(1, 25);
SAVEPOINT s;
SELECT count(cleanroom.encrypt('x', 'regress uses')) FROM generate_series(1, 7);
ROLLBACK TO s;
ROLLBACK;
SELECT length(cleanroom.encrypt('x', 'regress uses'));
SELECT name, version, use, count FROM cleanroom.key_uses WHERE name = 'regress uses';
SET ROLE regress_cr_analyst;
SELECT count(*) FROM cleanroom.key_uses;
SELECT count(*) FROM cleanroom.keyring_uses;
SELECT count(*) FROM cleanroom.keyring_detokenized;
RESET ROLE;

-- a version encrypts 2^32 values: near that it warns, then it refuses
UPDATE cleanroom.keyring_uses u SET count = (1::bigint << 32) - 5
FROM cleanroom.keyring k WHERE k.key_id = u.key_id AND k.name = 'regress uses';
\set VERBOSITY terse
SELECT count(cleanroom.encrypt('x', 'regress uses')) FROM generate_series(1, 3);
\set VERBOSITY default
SET client_min_messages = error;
SELECT length(cleanroom.encrypt('x', 'regress uses')), length(cleanroom.encrypt('y', 'regress uses'));
SELECT cleanroom.encrypt('x', 'regress uses');
SELECT cleanroom.encrypt(v, 'regress uses') FROM unnest('{a, b, c, d, e, f}'::text[]) v;
RESET client_min_messages;
SELECT cleanroom.encrypt('x', 'regress uses') AS sealed;
SELECT cleanroom.rotate_key('regress uses');
SELECT cleanroom.decrypt(cleanroom.encrypt('x', 'regress uses'), 'regress uses');

-- tokens tell 65536 keys apart: no two keys for tokens share their number's
-- last 16 bits
SELECT cleanroom.create_key('regress first', 'token');
SELECT key_id AS first FROM cleanroom.keyring WHERE name = 'regress first' \gset
INSERT INTO cleanroom.keyring (key_id, name, purpose) VALUES (:first + 65535, 'regress high', 'encrypt');
SELECT cleanroom.create_key('regress second', 'token');
UPDATE cleanroom.keyring SET key_id = :first + 2 * 65536 - 1 WHERE name = 'regress high';
SELECT cleanroom.create_key('regress third', 'encrypt');
DELETE FROM cleanroom.keyring WHERE name = 'regress high';
SELECT name, key_id - :first AS distance FROM cleanroom.keyring
WHERE name IN ('regress second', 'regress third') ORDER BY name;

-- the limit of values to detokenize, which a rollback does not give back
SHOW cleanroom.detokenize_limit;
SET cleanroom.detokenize_limit = -1;
SELECT cleanroom.detokenize(array_agg(gen_random_uuid()))
FROM generate_series(1, 1001);

-- where the master key comes from is for the configuration file
SET cleanroom.master_key_file = '/nowhere/key';
ALTER SYSTEM SET cleanroom.master_key_file = '/nowhere/key';
ALTER SYSTEM SET cleanroom.master_key_command = 'echo';
ALTER DATABASE postgres SET cleanroom.master_key_command = 'echo';
SET ROLE regress_cr_analyst;
\set VERBOSITY sqlstate
SHOW cleanroom.master_key_command;
\set VERBOSITY default
SELECT count(*) FROM pg_settings WHERE name LIKE 'cleanroom.master%';
RESET ROLE;

SELECT cleanroom.destroy_key(name, name) FROM cleanroom.keys
WHERE name LIKE 'regress%' AND destroyed_at IS NULL ORDER BY name;
DELETE FROM cleanroom.keyring_versions v USING cleanroom.keyring k
WHERE v.key_id = k.key_id AND k.name LIKE 'regress%';
DELETE FROM cleanroom.keyring_grants v USING cleanroom.keyring k
WHERE v.key_id = k.key_id AND k.name LIKE 'regress%';
DELETE FROM cleanroom.keyring WHERE name LIKE 'regress%';
DELETE FROM cleanroom.keyring_uses u
WHERE NOT EXISTS (SELECT FROM cleanroom.keyring k WHERE k.key_id = u.key_id);
DROP TABLE tokens;
REVOKE EXECUTE ON FUNCTION cleanroom.create_key FROM regress_cr_custodian;
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_custodian, regress_cr_loader,
    regress_cr_analyst;
DROP ROLE regress_cr_custodian, regress_cr_loader, regress_cr_crew,
    regress_cr_analyst;
-- these numbers are gone, and keys go on below
SELECT setval('cleanroom.keyring_ids', :first + 100) IS NULL AS set;
