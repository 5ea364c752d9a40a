-- Keys.  The tables hold data keys wrapped under the master key, never in the
-- clear.  Their columns' order is known to src/keys/keyring_rows.c.

CREATE SEQUENCE cleanroom.keyring_ids AS int;
COMMENT ON SEQUENCE cleanroom.keyring_ids IS
'Numbers of the data keys: none is given twice, since what a key has encrypted holds its number.';

CREATE TABLE cleanroom.keyring (
    key_id          int PRIMARY KEY
                    DEFAULT pg_catalog.nextval('cleanroom.keyring_ids'),
    name            name NOT NULL CONSTRAINT keyring_name UNIQUE,
    purpose         text NOT NULL CHECK (purpose IN ('token', 'encrypt', 'fpe')),
    current_version int NOT NULL DEFAULT 1,
    created_at      timestamptz NOT NULL DEFAULT pg_catalog.now(),
    destroyed_at    timestamptz
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

REVOKE ALL ON cleanroom.keyring, cleanroom.keyring_versions,
    cleanroom.keyring_grants FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('cleanroom.keyring_ids', '');
SELECT pg_catalog.pg_extension_config_dump('cleanroom.keyring', '');
SELECT pg_catalog.pg_extension_config_dump('cleanroom.keyring_versions', '');
-- A role that is gone has left a number, which may be another role's where
-- the dump is restored.
SELECT pg_catalog.pg_extension_config_dump('cleanroom.keyring_grants',
    'WHERE EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.oid = role)');

CREATE FUNCTION cleanroom.create_key(name text, purpose text) RETURNS void
    LANGUAGE c AS 'MODULE_PATHNAME', 'cr_create_key';
COMMENT ON FUNCTION cleanroom.create_key(text, text) IS
'Creates a data key from the server''s random source, with version 1, and makes the current role its owner. Superusers may, and roles that have been granted EXECUTE on this function.
name: of 1 to 63 bytes; not that of another key, nor of one that was destroyed.
purpose: token, for tokenize() and vault_tokenize(); encrypt, for encrypt(); or fpe, for encrypt_fpe().
Returns nothing. Errors: 42710 the name is taken, 42602 a name that is empty or too long, 22023 another purpose, RC014 the server has no master key, 22004 an argument is null.';
REVOKE ALL ON FUNCTION cleanroom.create_key(text, text) FROM PUBLIC;
