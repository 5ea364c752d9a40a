-- Keys.  The tables hold data keys wrapped under the master key, never in the
-- clear.  Their columns' order is known to src/keys/keyring_rows.c.

CREATE SEQUENCE cleanroom.keyring_ids AS int CYCLE;
COMMENT ON SEQUENCE cleanroom.keyring_ids IS
'Numbers of the data keys: none is given twice, since what a key has encrypted holds its number.';

CREATE TABLE cleanroom.keyring (
    key_id          int PRIMARY KEY,
    name            name NOT NULL CONSTRAINT keyring_name UNIQUE,
    purpose         text NOT NULL CHECK (purpose IN ('token', 'encrypt', 'fpe')),
    current_version int NOT NULL DEFAULT 1,
    created_at      timestamptz NOT NULL DEFAULT pg_catalog.now(),
    destroyed_at    timestamptz,
    residency       text CHECK (pg_catalog.octet_length(residency) BETWEEN 1 AND 63)
);
COMMENT ON TABLE cleanroom.keyring IS
'The data keys of this database. Written by cleanroom''s functions; read view cleanroom.keys instead.';

CREATE TABLE cleanroom.keyring_versions (
    key_id     int,
    version    int,
    wrapped    bytea,
    created_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    retired_at timestamptz,
    PRIMARY KEY (key_id, version)
);
COMMENT ON TABLE cleanroom.keyring_versions IS
'The versions of the data keys, each wrapped under the master key by AES-256-GCM. Useless without the master key, which is nowhere in the database.';

CREATE TABLE cleanroom.keyring_grants (
    key_id int,
    role   regrole,
    uses   int NOT NULL CHECK (uses BETWEEN 1 AND 31),
    PRIMARY KEY (key_id, role)
);
COMMENT ON TABLE cleanroom.keyring_grants IS
'Who may use which key: the sum of 1 tokenize, 2 detokenize, 4 encrypt, 8 decrypt, 16 own. Written by grant_key() and revoke_key().';

CREATE TABLE cleanroom.keyring_columns (
    relation regclass,
    "column" name,
    key_id   int,
    attnum   smallint NOT NULL,
    PRIMARY KEY (relation, "column", key_id)
);
COMMENT ON TABLE cleanroom.keyring_columns IS
'The columns that are known to hold values of a key: those that cleanroom''s functions fill, and those named to track_column(). A column may be renamed: attnum is its number then.';

CREATE TABLE cleanroom.keyring_vault (
    token   uuid PRIMARY KEY,
    key_id  int NOT NULL,
    version int NOT NULL,
    blind   bytea NOT NULL,
    sealed  bytea NOT NULL,
    CONSTRAINT keyring_vault_blind UNIQUE (key_id, version, blind)
);
COMMENT ON TABLE cleanroom.keyring_vault IS
'Vault tokens: each with its value, encrypted, and a keyed digest of the value by which the same value is found again.';

REVOKE ALL ON cleanroom.keyring, cleanroom.keyring_versions,
    cleanroom.keyring_grants, cleanroom.keyring_columns,
    cleanroom.keyring_vault FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('cleanroom.keyring_ids', '');
SELECT pg_catalog.pg_extension_config_dump('cleanroom.keyring', '');
SELECT pg_catalog.pg_extension_config_dump('cleanroom.keyring_versions', '');
-- A role or a table that is gone has left a number, which may be another's
-- where the dump is restored.
SELECT pg_catalog.pg_extension_config_dump('cleanroom.keyring_grants',
    'WHERE EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.oid OPERATOR(pg_catalog.=) role)');
SELECT pg_catalog.pg_extension_config_dump('cleanroom.keyring_columns',
    'WHERE EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid OPERATOR(pg_catalog.=) relation)');
SELECT pg_catalog.pg_extension_config_dump('cleanroom.keyring_vault', '');

CREATE FUNCTION cleanroom.create_key(name text, purpose text) RETURNS void
    LANGUAGE c AS 'MODULE_PATHNAME', 'cr_create_key';
COMMENT ON FUNCTION cleanroom.create_key(text, text) IS
'Creates a data key from the server''s random source, with version 1, and makes the current role its owner. Superusers may, and roles that have been granted EXECUTE on this function.
name: of 1 to 63 bytes; not that of another key, nor of one that was destroyed. Names that begin with "cleanroom." are the extension''s own, and superusers'' to make.
purpose: token, for tokenize() and vault_tokenize(); encrypt, for encrypt(); or fpe, for encrypt_fpe().
Returns nothing. Errors: 42710 the name is taken, 42602 a name that is empty or too long, 42939 one of the extension''s own, 22023 another purpose, 54000 there were 65536 keys for tokens, RC014 the server has no master key, 22004 an argument is null, 25000 not in READ COMMITTED.';
REVOKE ALL ON FUNCTION cleanroom.create_key(text, text) FROM PUBLIC;

CREATE FUNCTION cleanroom.rotate_key(name text) RETURNS int
    -- whoever makes vault tokens in a transaction that stays open must not keep
    -- the others from making any
    LANGUAGE c SET lock_timeout = '10s' AS 'MODULE_PATHNAME', 'cr_rotate_key';
COMMENT ON FUNCTION cleanroom.rotate_key(text) IS
'Adds a version to a key. New values are written under it from now on, in every session, and old versions still read. Waits for transactions that have made vault tokens of the key, 10 seconds at most, and holds such others up until it commits. Only the key''s owner may.
name: a key.
Returns the new version, 2 to 4095. Errors: 55P03 such a transaction stays open, 42501 not the owner, 42704 no such key, 54000 the key has 4095 versions, RC014 the key is destroyed, or the server has no master key, 22004 an argument is null, 25000 not in READ COMMITTED.';

CREATE FUNCTION cleanroom.grant_key(name text, role regrole, uses text[])
    RETURNS void
    LANGUAGE c AS 'MODULE_PATHNAME', 'cr_grant_key';
COMMENT ON FUNCTION cleanroom.grant_key(text, regrole, text[]) IS
'Lets a role, and those that have its privileges, use a key; adds to what it was granted before. Only the key''s owner may. Who may tokenize can look up a guess: do not grant it to analysts.
name: a key.
role: the role.
uses: tokenize and detokenize for a key of purpose token, encrypt and decrypt for the others; or own, which is all of them and managing the key.
Returns nothing. Errors: 42501 not the owner, 42704 no such key or role, 22023 a use that the key does not have, 0LP01 no role, RC014 the key is destroyed, 22004 an argument is null, 25000 not in READ COMMITTED.';

CREATE FUNCTION cleanroom.revoke_key(
    name text,
    role regrole,
    uses text[] DEFAULT NULL
) RETURNS void
    LANGUAGE c AS 'MODULE_PATHNAME', 'cr_revoke_key';
COMMENT ON FUNCTION cleanroom.revoke_key(text, regrole, text[]) IS
'Takes back what grant_key() gave, in every session at once. Only the key''s owner may. Where the last owner is revoked, superusers remain.
name: a key.
role: the role.
uses: as for grant_key(); all of them by default.
Returns nothing, also where there was nothing to take back. Errors: 42501 not the owner, 42704 no such key or role, 22023 a use that the key does not have, 0LP01 no role, RC014 the key is destroyed, 22004 name or role is null, 25000 not in READ COMMITTED.';

CREATE FUNCTION cleanroom.set_key_residency(name text, residency text)
    RETURNS void
    LANGUAGE c AS 'MODULE_PATHNAME', 'cr_set_key_residency';
COMMENT ON FUNCTION cleanroom.set_key_residency(text, text) IS
'Says that a key may be used on servers of one region only (setting cleanroom.region), and that tables known to hold values of it go into rooms of that residency only. Managing the key is possible everywhere. Only the key''s owner may.
name: a key.
residency: the region, such as EU, of 1 to 63 bytes; null for anywhere.
Returns nothing. Errors: 55000 a table that holds values of it is in a room of another residency, 22023 a region that is empty or too long, 42501 not the owner, 42704 no such key, RC014 the key is destroyed, 22004 name is null, 25000 not in READ COMMITTED.';

CREATE FUNCTION cleanroom.retire_key_version(name text, version int)
    RETURNS void
    -- whoever keeps a table with its values locked is not waited for forever
    LANGUAGE c SET lock_timeout = '10s' AS 'MODULE_PATHNAME', 'cr_retire_key_version';
COMMENT ON FUNCTION cleanroom.retire_key_version(text, int) IS
'Takes a version of a key out of use: it neither reads nor writes from then on. Refuses while data of it is known to remain: in the vault, and in the columns that are tracked. Waits for the transactions that are writing to those tables, 10 seconds at most, and holds none up. Only the key''s owner may.
name: a key.
version: one of its versions, not the current one.
Returns nothing. Errors: 2BP01 data of it remains, 55P03 such a table stays locked, 55000 it is the current version, or retired already, 25000 not in READ COMMITTED, 42501 not the owner, 42704 no such key or version, RC014 the key is destroyed, 22004 an argument is null.';

CREATE FUNCTION cleanroom.reinstate_key_version(name text, version int)
    RETURNS void
    LANGUAGE c AS 'MODULE_PATHNAME', 'cr_reinstate_key_version';
COMMENT ON FUNCTION cleanroom.reinstate_key_version(text, int) IS
'Takes a retired version of a key back into use, to read what turned out to be under it. Only the key''s owner may.
name: a key.
version: a retired version.
Returns nothing. Errors: 55000 it is not retired, 42501 not the owner, 42704 no such key or version, RC014 the key is destroyed, 22004 an argument is null, 25000 not in READ COMMITTED.';

CREATE FUNCTION cleanroom.key_dependents(name text, version int DEFAULT NULL)
    RETURNS text
    LANGUAGE c AS 'MODULE_PATHNAME', 'cr_key_dependents';
COMMENT ON FUNCTION cleanroom.key_dependents(text, int) IS
'Counts what is known to be under a key: vault tokens, and values of the columns that are tracked. Reads those tables. Only the key''s owner may.
name: a key.
version: one of its versions; all by default.
Returns the numbers and places, in words; of tables that the current role does not own, the places alone. Errors: 42501 not the owner, 42704 no such key, RC014 the key is destroyed, 22004 name is null.';

CREATE FUNCTION cleanroom.destroy_key(name text, confirm text DEFAULT NULL)
    RETURNS text
    LANGUAGE c SET lock_timeout = '10s' AS 'MODULE_PATHNAME', 'cr_destroy_key';
COMMENT ON FUNCTION cleanroom.destroy_key(text, text) IS
'Destroys a key with all its versions, so that what is under it is gone for good: nothing brings back what it encrypted, nor the values of its vault tokens. The key''s name is not used again. Backups, and the write-ahead log, hold the wrapped key until they are gone too. Only the key''s owner may.
name: a key.
confirm: the key''s name once more. Without it, nothing is destroyed.
Returns how much is, or would be, gone, in words, as key_dependents() does. Errors: 22023 another name is confirmed, 55P03 a table with values of it stays locked for 10 seconds, 42501 not the owner, 42704 no such key, RC014 it is destroyed already, 22004 name is null, 25000 not in READ COMMITTED.';

CREATE FUNCTION cleanroom.rewrap_keys() RETURNS bigint
    LANGUAGE c AS 'MODULE_PATHNAME', 'cr_rewrap_keys';
COMMENT ON FUNCTION cleanroom.rewrap_keys() IS
'Wraps the data keys of this database under the current master key, after that was changed; the former one must be on a line below it. Reads the master key''s file anew, if the key comes from a file. Keys are usable all the while. Superusers may, and roles that have been granted EXECUTE on this function.
Returns how many versions were wrapped anew; all or, where one cannot be unwrapped, none. Errors: RC014 the server has no master key, or not the one that a version is wrapped under, or a wrapped key is damaged, 25000 not in READ COMMITTED.';
REVOKE ALL ON FUNCTION cleanroom.rewrap_keys() FROM PUBLIC;

CREATE VIEW cleanroom.keys WITH (security_barrier) AS
    SELECT k.name,
           k.purpose,
           ARRAY(SELECT r.rolname
                 FROM cleanroom.keyring_grants g
                     JOIN pg_catalog.pg_roles r ON r.oid = g.role
                 WHERE g.key_id = k.key_id AND g.uses & 16 <> 0
                 ORDER BY r.rolname) AS owners,
           CASE WHEN k.destroyed_at IS NULL THEN k.current_version END
               AS current_version,
           CASE WHEN m.uses & 16 <> 0 THEN '{own}'
                ELSE ARRAY(SELECT u.word
                           FROM (VALUES (1, 'tokenize'), (2, 'detokenize'),
                                        (4, 'encrypt'), (8, 'decrypt'))
                                    AS u (bit, word)
                           WHERE m.uses & u.bit <> 0
                           ORDER BY u.bit) END AS uses,
           k.created_at,
           k.destroyed_at,
           k.residency
    FROM cleanroom.keyring k,
         LATERAL (SELECT pg_catalog.bit_or(g.uses)
                  FROM cleanroom.keyring_grants g
                      JOIN pg_catalog.pg_roles r ON r.oid = g.role
                  WHERE g.key_id = k.key_id
                    AND pg_catalog.pg_has_role(g.role, 'USAGE')) AS m (uses)
    WHERE m.uses IS NOT NULL
       OR (SELECT r.rolsuper FROM pg_catalog.pg_roles r
           WHERE r.rolname = current_user);
COMMENT ON VIEW cleanroom.keys IS
'The keys that the current role may use or owns; all for a superuser. No secrets.';
COMMENT ON COLUMN cleanroom.keys.owners IS 'The roles that manage the key.';
COMMENT ON COLUMN cleanroom.keys.uses IS 'What the current role may do with it.';
COMMENT ON COLUMN cleanroom.keys.residency IS 'The region whose servers may use it; null for all.';

CREATE VIEW cleanroom.key_versions WITH (security_barrier) AS
    SELECT k.name,
           v.version,
           CASE WHEN k.destroyed_at IS NOT NULL THEN 'destroyed'
                WHEN v.retired_at IS NOT NULL THEN 'retired'
                WHEN v.version = k.current_version THEN 'current'
                ELSE 'reads' END AS state,
           pg_catalog.encode(pg_catalog.substr(v.wrapped, 2, 8), 'hex')
               AS master_key,
           v.created_at,
           v.retired_at
    FROM cleanroom.keyring_versions v
        JOIN cleanroom.keyring k ON k.key_id = v.key_id
        JOIN cleanroom.keys s ON s.name = k.name;
COMMENT ON VIEW cleanroom.key_versions IS
'The versions of the keys that view keys shows: current writes and reads, reads only reads, retired and destroyed do neither.';
COMMENT ON COLUMN cleanroom.key_versions.master_key IS 'Which master key the version is wrapped under: a name made from it, not the key.';

CREATE VIEW cleanroom.key_grants WITH (security_barrier) AS
    SELECT k.name,
           r.rolname AS role,
           ARRAY(SELECT u.word
                 FROM (VALUES (1, 'tokenize'), (2, 'detokenize'),
                              (4, 'encrypt'), (8, 'decrypt'), (16, 'own'))
                          AS u (bit, word)
                 WHERE g.uses & u.bit <> 0
                 ORDER BY u.bit) AS uses
    FROM cleanroom.keyring_grants g
        JOIN cleanroom.keyring k ON k.key_id = g.key_id
        JOIN cleanroom.keys s ON s.name = k.name
        JOIN pg_catalog.pg_roles r ON r.oid = g.role;
COMMENT ON VIEW cleanroom.key_grants IS
'Who may do what with the keys that view keys shows.';

GRANT SELECT ON cleanroom.keys, cleanroom.key_versions, cleanroom.key_grants
    TO PUBLIC;
