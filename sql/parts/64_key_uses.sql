-- What was done with keys, and how much of the limits was taken.  Written by
-- the recorder in the transaction that stores the record of it, so that it
-- outlasts rollbacks and restarts.  Columns' order is known to
-- src/keys/keyring_rows.c.

CREATE TABLE cleanroom.keyring_uses (
    key_id  int,
    version int,
    use     int CHECK (use IN (1, 2, 4, 8)),
    count   bigint NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (key_id, version, use)
);
COMMENT ON TABLE cleanroom.keyring_uses IS
'How often each version of a key was used. Written by the recorder; read view cleanroom.key_uses.';

CREATE TABLE cleanroom.keyring_detokenized (
    role  oid PRIMARY KEY,
    taken double precision NOT NULL,
    at    timestamptz NOT NULL
);
COMMENT ON TABLE cleanroom.keyring_detokenized IS
'How much of cleanroom.detokenize_limit each login role had taken, and when. Written by the recorder, for the next start of the server.';

REVOKE ALL ON cleanroom.keyring_uses, cleanroom.keyring_detokenized FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('cleanroom.keyring_uses', '');

CREATE FUNCTION cleanroom.count_key_use(detail jsonb) RETURNS void
    LANGUAGE sql SET search_path = pg_catalog, pg_temp
    AS $$
    INSERT INTO cleanroom.keyring_uses AS u
        SELECT (detail->>'key_id')::int, (detail->>'version')::int, w.bit,
               (detail->>'count')::bigint, pg_catalog.now()
            FROM (VALUES (1, 'tokenize'), (2, 'detokenize'), (4, 'encrypt'),
                         (8, 'decrypt')) AS w (bit, word)
            WHERE w.word = detail->>'use'
        ON CONFLICT (key_id, version, use) DO UPDATE
        SET count = u.count + excluded.count, last_at = excluded.last_at
$$;
COMMENT ON FUNCTION cleanroom.count_key_use(jsonb) IS
'Adds to the uses of a key; for the recorder, in the transaction that stores the record.
detail: the record''s: key_id, version, use, count.';

CREATE FUNCTION cleanroom.keep_detokenized(
    who oid, taken double precision, at timestamptz
) RETURNS void
    LANGUAGE sql SET search_path = pg_catalog, pg_temp
    AS $$
    INSERT INTO cleanroom.keyring_detokenized VALUES (who, taken, at)
        ON CONFLICT (role) DO UPDATE
        SET taken = excluded.taken, at = excluded.at
$$;
COMMENT ON FUNCTION cleanroom.keep_detokenized(oid, double precision, timestamptz) IS
'Keeps how much of cleanroom.detokenize_limit a role has taken; for the recorder, in the transaction that stores the record.
who: a login role. taken: of the limit, at that time. at: the time.';

CREATE VIEW cleanroom.key_uses WITH (security_barrier) AS
    SELECT k.name,
           u.version,
           w.word AS use,
           u.count,
           u.last_at
    FROM cleanroom.keyring_uses u
        JOIN cleanroom.keyring k ON k.key_id = u.key_id
        JOIN (VALUES (1, 'tokenize'), (2, 'detokenize'), (4, 'encrypt'),
                     (8, 'decrypt')) AS w (bit, word) ON w.bit = u.use
    WHERE EXISTS (SELECT FROM cleanroom.keys s
                  WHERE s.name = k.name AND s.uses = '{own}')
       OR (SELECT r.rolsuper FROM pg_catalog.pg_roles r
           WHERE r.rolname = current_user);
COMMENT ON VIEW cleanroom.key_uses IS
'How often the keys that the current role owns were used, rolled back or not; all for a superuser. Who did it when is on record, in view cleanroom.ledger.';
COMMENT ON COLUMN cleanroom.key_uses.count IS 'What is on record: of a transaction that goes on, or of a session that was killed, at least a tenth, and all but a million.';
GRANT SELECT ON cleanroom.key_uses TO PUBLIC;
