-- Rotations: bringing what is under a key to its current version.

CREATE SEQUENCE cleanroom.keyring_rotation_ids AS int CYCLE;
COMMENT ON SEQUENCE cleanroom.keyring_rotation_ids IS
'Numbers of rotations.';

CREATE TABLE cleanroom.keyring_rotations (
    rotation_id int PRIMARY KEY,
    author      regrole NOT NULL,   -- of context and source; of the vault's: 0
    login       regrole NOT NULL,   -- the role that the author logged in as
    owner       regrole NOT NULL,   -- of the table, at the start
    relation    regclass NOT NULL,
    "column"    name NOT NULL,
    key_id      int NOT NULL,
    context     text,
    source      text,
    form        text,
    state       text NOT NULL DEFAULT 'running'
                CHECK (state IN ('running', 'done', 'stopped', 'failed')),
    problem     text,
    next_block  bigint NOT NULL DEFAULT 0,
    stalls      int NOT NULL DEFAULT 0,
    rows_done   bigint NOT NULL DEFAULT 0,
    pass_left   bigint,
    pass_done   bigint NOT NULL DEFAULT 0,
    created_at  timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    started_at  timestamptz,
    updated_at  timestamptz
);
COMMENT ON TABLE cleanroom.keyring_rotations IS
'The rotations of tables and of the vault, and how far each has come. Read view cleanroom.key_rotations instead.';
-- of a column one at a time, of the vault one of each key
CREATE UNIQUE INDEX keyring_rotations_running
    ON cleanroom.keyring_rotations (relation, "column",
        (CASE WHEN relation = 0 THEN key_id ELSE 0 END))
    WHERE state = 'running';
REVOKE ALL ON cleanroom.keyring_rotations FROM PUBLIC;

CREATE FUNCTION cleanroom.rotate_table(
    relation regclass,
    "column" name,
    key      text,
    context  text DEFAULT NULL,
    source   text DEFAULT NULL,
    form     text DEFAULT 'exact'
) RETURNS int
    LANGUAGE c AS 'MODULE_PATHNAME', 'cr_rotate_table';
COMMENT ON FUNCTION cleanroom.rotate_table(regclass, name, text, text, text, text) IS
'Brings the values of a column to the current version of a key, in the background: once the transaction has committed, one of the database''s two workers does the table in batches, each in a transaction of its own of 60 seconds at most that locks its rows only, and goes on after a crash or a restart. Everything runs as the table''s owner, so the rotation fails when the table passes to another owner, or whoever called this is not its owner any more, and when a room comes to keep its caller, or a role that may act as the table''s owner, from making tokens of the key. The column is tracked from then on. Called again for a column that is being done, it makes sure that a worker is there. Only the table''s owner may.
relation: a table with rows of its own; call it for each partition of a partitioned one.
column: of type bytea, with ciphertexts of the key, or uuid, with tokens.
key: a key of purpose encrypt, of which the table''s owner has encrypt and decrypt, or of purpose token, of which it has tokenize.
context: for ciphertexts, an SQL expression over the table''s columns that gives the context each was encrypted with; no context by default. Where it is null, the value is left as it is, and the rotation fails in the end. Names in it are looked up in pg_catalog; qualify others.
source: for tokens, such an expression that gives the value each token is made from, for example cleanroom.decrypt() of another column; not needed where tokenize_column() keeps the source. Tokens of other keys become the key''s.
form: for tokens made from source, the form as for tokenize().
Returns the number of the rotation, for view cleanroom.key_rotations. Errors: 55000 the tokens cannot be made anew, having no source, or the column is on its way to another key, 0A000 values of format-preserving encryption, 42809 not a table with rows of its own, 42804 another type of column, 42501 not the owner, or the owner may not use the key, RC012 the caller, or a role that may act as the table''s owner, may make no tokens of a room''s key, 42703 no such column, 42704 no such key, 53400 (at the commit) no background worker is free, RC014 the key is destroyed, 22004 an argument is null, 25000 not in READ COMMITTED.';

CREATE FUNCTION cleanroom.rotate_vault(key text) RETURNS int
    LANGUAGE c AS 'MODULE_PATHNAME', 'cr_rotate_vault';
COMMENT ON FUNCTION cleanroom.rotate_vault(text) IS
'Encrypts the values of a key''s vault tokens under its current version, in the background, as rotate_table() does a column. The tokens stay what they are, so no table changes. Only the key''s owner may.
key: a key of purpose token.
Returns the number of the rotation, for view cleanroom.key_rotations. Errors: 42501 not the owner, 42704 no such key, 42809 a key of another purpose, 53400 (at the commit) no background worker is free, RC014 the key is destroyed, 22004 the argument is null, 25000 not in READ COMMITTED.';

CREATE FUNCTION cleanroom.stop_rotation(rotation int) RETURNS void
    LANGUAGE c AS 'MODULE_PATHNAME', 'cr_stop_rotation';
COMMENT ON FUNCTION cleanroom.stop_rotation(int) IS
'Stops a rotation after the batch it is at, which it does not wait for; what is done stays done, and rotate_table() or rotate_vault() does the rest. The table''s owner may, and the key''s.
rotation: the number of a rotation.
Returns nothing, also where it has ended already. Errors: 42501 neither owner, 42704 no such rotation, 22004 the argument is null.';

CREATE FUNCTION cleanroom.track_column(relation regclass, "column" name, key text)
    RETURNS void
    LANGUAGE c AS 'MODULE_PATHNAME', 'cr_track_column';
COMMENT ON FUNCTION cleanroom.track_column(regclass, name, text) IS
'Tells the keyring that a column holds values of a key, so that retire_key_version() and destroy_key() count them. Columns of tokenize_column() and rotate_table() are tracked without it. Partitions and children are tracked with their table, and by themselves from when they leave it. Only the table''s owner may, with any use of the key.
relation: a table.
column: one of its columns. Columns of uuid and bytea are tracked for each key that was named; others for the last.
key: a key.
Returns nothing. Errors: 42501 not the owner, or no use of the key, 42P01 no such table, 42703 no such column, 42704 no such key, RC014 the key is destroyed, 22004 an argument is null, 25000 not in READ COMMITTED.';

CREATE FUNCTION cleanroom.untrack_column(relation regclass, "column" name)
    RETURNS void
    LANGUAGE c AS 'MODULE_PATHNAME', 'cr_untrack_column';
COMMENT ON FUNCTION cleanroom.untrack_column(regclass, name) IS
'Takes back track_column(), for all keys. Only the table''s owner may.
relation: a table.
column: one of its columns.
Returns nothing, also where the column was not tracked. Errors: 42501 not the owner, 42P01 no such table, 42703 no such column, 22004 an argument is null.';

-- How many rows there are is for who owns them, and so is an error, whose text
-- may hold a value: a use of the key shows neither.
CREATE VIEW cleanroom.key_rotations WITH (security_barrier) AS
    SELECT r.rotation_id AS rotation,
           CASE WHEN r.relation = 0 THEN 'vault'
                ELSE r.relation::text END AS relation,
           CASE WHEN r.relation <> 0 THEN r."column" END AS "column",
           k.name AS key,
           r.state,
           CASE WHEN m.owns THEN r.rows_done END AS rows_done,
           CASE WHEN NOT m.owns OR r.pass_left IS NULL THEN NULL
                WHEN r.state = 'done' THEN 0
                ELSE greatest(r.pass_left - r.pass_done, 0) END AS rows_left,
           CASE WHEN m.owns THEN
               pg_catalog.round((r.rows_done / nullif(pg_catalog.extract('epoch',
                   r.updated_at - r.started_at), 0))::numeric, 1)
               END AS rows_per_second,
           r.started_at,
           CASE WHEN m.owns THEN r.updated_at END AS updated_at,
           CASE WHEN m.owns THEN r.problem END AS problem
    FROM cleanroom.keyring_rotations r
        JOIN cleanroom.keyring k ON k.key_id = r.key_id
        LEFT JOIN pg_catalog.pg_class c ON c.oid = r.relation,
        LATERAL (SELECT CASE WHEN u.rolsuper THEN true
                             WHEN r.relation <> 0
                             THEN COALESCE(pg_catalog.pg_has_role(c.relowner, 'USAGE'), false)
                             ELSE EXISTS (SELECT FROM cleanroom.keyring_grants g
                                              JOIN pg_catalog.pg_roles o ON o.oid = g.role
                                          WHERE g.key_id = r.key_id AND g.uses & 16 <> 0
                                            AND pg_catalog.pg_has_role(g.role, 'USAGE')) END
                 FROM pg_catalog.pg_roles u
                 WHERE u.rolname = current_user) AS m (owns)
    WHERE m.owns
       OR k.name IN (SELECT s.name FROM cleanroom.keys s);
COMMENT ON VIEW cleanroom.key_rotations IS
'The rotations of the current role''s tables, and of the keys that view keys shows. How far one has come, and why it failed, is shown to the table''s owner alone, and to superusers; of the vault, to the key''s.';
COMMENT ON COLUMN cleanroom.key_rotations.rows_left IS 'Counted at the start and at the end of each pass; null before that.';
COMMENT ON COLUMN cleanroom.key_rotations.problem IS 'Why it failed: the error''s code, and its message where that holds no stored value.';
GRANT SELECT ON cleanroom.key_rotations TO PUBLIC;
