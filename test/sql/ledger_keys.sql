-- What is on record of keys: every use, whatever becomes of it, and every
-- change, when it commits; by whom, with which key, how often, and no value.
\set SHOW_CONTEXT never
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_custodian;
CREATE ROLE regress_cr_clerk;
CREATE ROLE regress_cr_auditor;
GRANT cleanroom_auditor TO regress_cr_auditor;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_custodian, regress_cr_clerk, regress_cr_auditor;
CREATE TABLE began AS SELECT coalesce(max(number), 0) AS number FROM cleanroom.ledger_records;
GRANT SELECT ON began TO PUBLIC;
-- keys by their names, which records have as numbers where they are used
CREATE VIEW key_names AS SELECT key_id, name FROM cleanroom.keyring;
GRANT SELECT ON key_names TO PUBLIC;
CREATE VIEW keys_on_record WITH (security_invoker) AS
    SELECT l.number, kind, verdict, current_user_name AS by, tables,
           CASE WHEN subject !~ '^\d+$' THEN subject WHEN k.key_id IS NOT NULL THEN 'number of ' || k.name END AS subject,
           CASE WHEN k.key_id IS NOT NULL THEN detail - 'key_id' ELSE detail END AS detail,
           k.key_id IS NULL OR k.key_id = (detail->>'key_id')::int AS same_key, statement, caller
        FROM began b, cleanroom.ledger l LEFT JOIN key_names k ON k.key_id::text = l.subject
        WHERE l.number > b.number AND l.kind IN ('key_change', 'key_use', 'detokenize');
GRANT SELECT ON keys_on_record TO PUBLIC;

-- ---------- changes ----------
GRANT EXECUTE ON FUNCTION cleanroom.create_key TO regress_cr_custodian;
SET ROLE regress_cr_custodian;
SELECT cleanroom.create_key('regress ledger token', 'token');
SELECT cleanroom.create_key('regress ledger box', 'encrypt');
SELECT cleanroom.grant_key('regress ledger token', 'regress_cr_clerk', '{tokenize, detokenize}');
SELECT cleanroom.grant_key('regress ledger box', 'regress_cr_clerk', '{encrypt, decrypt}');
BEGIN;
SELECT cleanroom.rotate_key('regress ledger token');
ROLLBACK;
SELECT cleanroom.rotate_key('regress ledger token');
RESET ROLE;

-- ---------- uses ----------
SET ROLE regress_cr_clerk;
SELECT count(DISTINCT cleanroom.tokenize(n::text, 'regress ledger token')) FROM generate_series(1, 7) n;
-- rolled back, or in a block that catches: used all the same; a decryption that
-- fails is none
BEGIN;
SELECT cleanroom.tokenize('a', 'regress ledger token') IS NOT NULL AS token;
ROLLBACK;
DO $$
BEGIN
    PERFORM cleanroom.decrypt(cleanroom.encrypt(n::text, 'regress ledger box'), 'regress ledger box', 'other') FROM generate_series(1, 2) n;
EXCEPTION WHEN OTHERS THEN
    RAISE WARNING '%', sqlstate;
END $$;
SELECT cleanroom.vault_tokenize('Anna', 'regress ledger token') AS anna \gset
BEGIN;
SELECT cleanroom.detokenize(:'anna'::uuid);
ROLLBACK;
SELECT cleanroom.detokenize(ARRAY[:'anna'::uuid, :'anna', gen_random_uuid()]);
-- nothing that is written beside it hides which
SELECT cleanroom.detokenize(:'anna'::uuid) /* second_factor */;
-- who may not uses none; that a value was asked for is on record
SET ROLE regress_cr_auditor;
SELECT cleanroom.tokenize('a', 'regress ledger token');
SELECT cleanroom.detokenize(:'anna'::uuid);

SELECT kind, verdict, by, subject, detail, same_key FROM keys_on_record
    WHERE kind = 'key_change' AND subject LIKE 'regress ledger%' ORDER BY number;
SELECT kind, by, tables, subject, detail, same_key FROM keys_on_record WHERE kind = 'key_use' ORDER BY number;
SELECT by, tables, subject, detail, replace(statement, :'anna', 'token') AS statement FROM keys_on_record
    WHERE kind = 'detokenize' ORDER BY number;
-- the value that came back is in none of them
SELECT count(*) FROM cleanroom.ledger l, began b WHERE l.number > b.number AND kind = 'detokenize' AND l::text LIKE '%Anna%';
-- values that are tokenized or encrypted, as constants of the statement or of
-- a function's that it calls, are not on record; what is decrypted is asked for
SET ROLE regress_cr_clerk;
SELECT cleanroom.tokenize('canary@example.org', 'regress ledger token', 'email') IS NOT NULL AS token;
SELECT cleanroom.encrypt('canary', 'regress ledger box') AS box \gset
BEGIN;
SELECT cleanroom.tokenize('canary ' || n, 'regress ledger token') IS NULL AS token FROM generate_series(1, 2) n;
ROLLBACK;
DO $$ BEGIN PERFORM cleanroom.encrypt('canary', 'regress ledger box'); END $$;
PREPARE token_of (text) AS SELECT cleanroom.tokenize($1, 'regress ledger token') IS NULL AS token;
EXECUTE token_of('canary');
SELECT cleanroom.decrypt(:'box', 'regress ledger box') AS decrypted WHERE 'asked for' <> '';
RESET ROLE;
SELECT use, replace(statement, :'box', 'box') AS statement
    FROM (SELECT detail->>'use' AS use, statement, number FROM keys_on_record
              WHERE kind = 'key_use' ORDER BY number DESC LIMIT 7) last ORDER BY number;
SELECT count(*) FROM cleanroom.ledger_records r, began b WHERE r.number > b.number AND r::text LIKE '%canary%';
-- who used them sees its own
SET ROLE regress_cr_clerk;
SELECT kind, count(*) FROM keys_on_record GROUP BY kind ORDER BY kind;
SET ROLE regress_cr_custodian;
SELECT kind, count(*) FROM cleanroom.ledger l, began b WHERE l.number > b.number GROUP BY kind ORDER BY kind;
RESET ROLE;
SELECT first_bad FROM cleanroom.verify_ledger();

DROP VIEW keys_on_record, key_names;
DROP TABLE began;
REVOKE EXECUTE ON FUNCTION cleanroom.create_key FROM regress_cr_custodian;
DELETE FROM cleanroom.keyring_vault v USING cleanroom.keyring k WHERE v.key_id = k.key_id AND k.name LIKE 'regress ledger%';
SET ROLE regress_cr_custodian;
SELECT count(cleanroom.destroy_key(name, name)) FROM cleanroom.keys WHERE name LIKE 'regress ledger%';
RESET ROLE;
DELETE FROM cleanroom.keyring_versions v USING cleanroom.keyring k WHERE v.key_id = k.key_id AND k.name LIKE 'regress ledger%';
DELETE FROM cleanroom.keyring_grants v USING cleanroom.keyring k WHERE v.key_id = k.key_id AND k.name LIKE 'regress ledger%';
DELETE FROM cleanroom.keyring WHERE name LIKE 'regress ledger%';
DELETE FROM cleanroom.keyring_uses u WHERE NOT EXISTS (SELECT FROM cleanroom.keyring k WHERE k.key_id = u.key_id);
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_custodian, regress_cr_clerk, regress_cr_auditor;
DROP ROLE regress_cr_custodian, regress_cr_clerk, regress_cr_auditor;
