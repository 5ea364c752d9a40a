-- The second factor: time-based codes (RFC 6238) and recovery codes.

CREATE TABLE cleanroom.second_factor_list (
    role           regrole PRIMARY KEY,
    enrolled_as    text NOT NULL,       -- its name then, which the secret is bound to
    secret         bytea NOT NULL,      -- encrypted under key cleanroom.second_factor
    -- tells one enrolment from the next, and what was before it
    enrolled_at    timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    last_step      bigint NOT NULL DEFAULT 0,
    failures       int NOT NULL DEFAULT 0,
    failed_at      timestamptz,
    recovery_codes bytea[] NOT NULL     -- SHA-256 of each that is left
);
COMMENT ON TABLE cleanroom.second_factor_list IS 'Who has enrolled for a second factor, and which codes are spent.';
SELECT pg_catalog.pg_extension_config_dump('cleanroom.second_factor_list',
    'WHERE role::oid IN (SELECT oid FROM pg_catalog.pg_roles)');

CREATE INDEX ledger_records_at ON cleanroom.ledger_records (at);

CREATE FUNCTION cleanroom.otp(secret bytea, counter bigint) RETURNS int
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'cr_otp';
COMMENT ON FUNCTION cleanroom.otp(bytea, bigint) IS
'The code of a counter by RFC 4226, 0 to 999999; for the extension''s own functions.
secret: the shared secret. counter: for RFC 6238, seconds since 1970 divided by 30.';

CREATE FUNCTION cleanroom.base32(value bytea) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cr_base32';
COMMENT ON FUNCTION cleanroom.base32(bytea) IS
'Base 32 by RFC 4648, without padding.
value: any bytes. Returns text.';

CREATE FUNCTION cleanroom.random_bytes(length int) RETURNS bytea
    LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'cr_random_bytes';
COMMENT ON FUNCTION cleanroom.random_bytes(int) IS
'Bytes of the server''s strong random source.
length: 1 to 1024 bytes. Errors: 22023.';

CREATE FUNCTION cleanroom.raise_assurance(enrolled_at timestamptz) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'cr_raise_assurance';
COMMENT ON FUNCTION cleanroom.raise_assurance(timestamptz) IS
'Notes, when the transaction commits and no savepoint before the call has been rolled back to, that this session has given a second factor; for the extension''s own functions.
enrolled_at: when the role has enrolled for that one; the assurance ends with the enrolment.';

CREATE FUNCTION cleanroom.stay_with_session() RETURNS void
    LANGUAGE c AS 'MODULE_PATHNAME', 'cr_stay_with_session';
COMMENT ON FUNCTION cleanroom.stay_with_session() IS
'Keeps the current transaction from being prepared, which locks a role''s second factor: it would stay locked with no session to end; for the extension''s own functions.';

CREATE FUNCTION cleanroom.take_guess(who oid, since timestamptz) RETURNS boolean
    LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'cr_take_guess';
COMMENT ON FUNCTION cleanroom.take_guess(oid, timestamptz) IS
'Counts a guess at a role''s second factor, whatever becomes of the transaction; for the extension''s own functions.
who: the role. since: when it has enrolled; guesses before that were at another factor. Returns whether there was one left of the ten within an hour.';

CREATE FUNCTION cleanroom.return_guess(who oid) RETURNS void
    LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'cr_return_guess';
COMMENT ON FUNCTION cleanroom.return_guess(oid) IS
'Takes the last guess off again, since it was right; for the extension''s own functions.
who: the role.';

CREATE FUNCTION cleanroom.spend_step(who oid, since timestamptz, step bigint) RETURNS boolean
    LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'cr_spend_step';
COMMENT ON FUNCTION cleanroom.spend_step(oid, timestamptz, bigint) IS
'Notes that a role has given the code of a half minute, whatever becomes of the transaction; for the extension''s own functions.
who: the role, whose guess has been counted. since: when it has enrolled. step: the half minute. Returns false where that or a later one was given before.';

-- Failures of the last hour, from the record: a rollback does not undo those.
CREATE FUNCTION cleanroom.recent_failures(of text, since timestamptz) RETURNS bigint
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT pg_catalog.count(*) FROM cleanroom.ledger_records r
        WHERE r.at > pg_catalog.clock_timestamp() - '1 hour'::interval
          -- where the clock was set back, all are counted
          AND (r.at > since OR since > pg_catalog.clock_timestamp())
          AND r.kind = 'second_factor' AND r.subject = of
          AND r.detail LIKE '%"wrong"%'
$$;
COMMENT ON FUNCTION cleanroom.recent_failures(text, timestamptz) IS
'How many wrong second factors a role has given in the last hour; for the extension''s own functions.
of: the role''s name. since: when it has enrolled; what it gave before that was for another factor.';

CREATE FUNCTION cleanroom.enroll_second_factor_by(who oid)
    RETURNS TABLE (uri text, recovery_codes text[])
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    login text := pg_catalog.pg_get_userbyid(who);
    secret bytea := cleanroom.random_bytes(20);
    place text := pg_catalog.current_database();
BEGIN
    PERFORM cleanroom.stay_with_session();
    IF EXISTS (SELECT FROM cleanroom.second_factor_list l WHERE l.role = pg_catalog.quote_ident(login)::regrole)
       AND NOT COALESCE(cleanroom.has_second_factor(), false) THEN
        RAISE EXCEPTION 'role "%" has enrolled already', login
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'Give the present second factor first, or ask an operator to call cleanroom.reset_second_factor().';
    END IF;
    IF NOT EXISTS (SELECT FROM cleanroom.keyring k WHERE k.name = 'cleanroom.second_factor') THEN
        PERFORM cleanroom.create_key('cleanroom.second_factor', 'encrypt');
    END IF;
    -- it is not to be destroyed while secrets are under it; asked first, since
    -- what is written stays locked until this commits
    IF NOT EXISTS (SELECT FROM cleanroom.keyring_columns c
                       JOIN cleanroom.keyring k ON k.key_id = c.key_id
                   WHERE c.relation = 'cleanroom.second_factor_list'::regclass
                     AND c."column" = 'secret' AND k.name = 'cleanroom.second_factor') THEN
        PERFORM cleanroom.track_column('cleanroom.second_factor_list', 'secret',
                                       'cleanroom.second_factor');
    END IF;
    SELECT pg_catalog.array_agg(pg_catalog.substr(c, 1, 4) || '-' || pg_catalog.substr(c, 5, 4)
                                || '-' || pg_catalog.substr(c, 9, 4) || '-' || pg_catalog.substr(c, 13, 4))
        INTO recovery_codes
        FROM (SELECT pg_catalog.lower(cleanroom.base32(cleanroom.random_bytes(10))) AS c
              FROM pg_catalog.generate_series(1, 8)) codes;
    DELETE FROM cleanroom.second_factor_list l WHERE l.role = pg_catalog.quote_ident(login)::regrole;
    INSERT INTO cleanroom.second_factor_list (role, enrolled_as, secret, recovery_codes)
        VALUES (pg_catalog.quote_ident(login)::regrole, login,
                cleanroom.encrypt(secret, 'cleanroom.second_factor', login),
                ARRAY(SELECT pg_catalog.sha256(pg_catalog.convert_to(c, 'UTF8'))
                      FROM pg_catalog.unnest(enroll_second_factor_by.recovery_codes) c));
    PERFORM cleanroom.put_on_record('second_factor', NULL, login, '{"event": "enrolled"}');
    uri := pg_catalog.format('otpauth://totp/%s:%s?secret=%s&issuer=%s&algorithm=SHA1&digits=6&period=30',
                             place, login, cleanroom.base32(secret), place);
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION cleanroom.enroll_second_factor_by(oid) IS
'What cleanroom.enroll_second_factor() does, for the role who.';

CREATE FUNCTION cleanroom.second_factor_by(who oid, code text) RETURNS boolean
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    login text := pg_catalog.pg_get_userbyid(who);
    this cleanroom.second_factor_list;
    plain bytea;
    now_step bigint;
    wanted text := pg_catalog.regexp_replace(pg_catalog.lower(COALESCE(code, '')), '\s', '', 'g');
    digest bytea := pg_catalog.sha256(pg_catalog.convert_to(wanted, 'UTF8'));
    failed bigint;
BEGIN
    PERFORM cleanroom.stay_with_session();
    -- a code that is spent stays so, whatever the session has set
    PERFORM pg_catalog.set_config('synchronous_commit', 'on', true);
    -- held until the end: guesses come one after another, in all sessions
    SELECT * INTO this FROM cleanroom.second_factor_list l
        WHERE l.role = pg_catalog.quote_ident(login)::regrole FOR UPDATE;
    IF this.role IS NULL THEN
        RAISE EXCEPTION 'role "%" has no second factor', login
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'Enroll with cleanroom.enroll_second_factor() first.';
    END IF;
    plain := cleanroom.decrypt_bytea(this.secret, 'cleanroom.second_factor', this.enrolled_as);
    failed := GREATEST(cleanroom.recent_failures(login, this.enrolled_at),
                       CASE WHEN this.failed_at > pg_catalog.clock_timestamp() - '1 hour'::interval
                            THEN this.failures ELSE 0 END);
    -- counted before it is looked at: what ends this call does not undo that
    IF failed >= 10 OR NOT cleanroom.take_guess(who, this.enrolled_at) THEN
        PERFORM cleanroom.put_on_record('second_factor', NULL, login, '{"event": "locked"}');
        RAISE EXCEPTION 'too many wrong codes for role "%"', login
            USING ERRCODE = 'RC012',
                  HINT = 'Wait an hour, or ask an operator to call cleanroom.reset_second_factor().';
    END IF;
    now_step := pg_catalog.floor(EXTRACT(epoch FROM pg_catalog.clock_timestamp()) / 30)::bigint;
    IF wanted ~ '^[0-9]{6}$' THEN
        FOR step IN now_step - 1 .. now_step + 1 LOOP
            IF step > this.last_step
               AND pg_catalog.lpad(cleanroom.otp(plain, step)::text, 6, '0') = wanted THEN
                -- what the table says a rollback takes back
                EXIT WHEN NOT cleanroom.spend_step(who, this.enrolled_at, step);
                -- under the key's present version, if that has been rotated
                UPDATE cleanroom.second_factor_list l
                    SET last_step = step, failures = 0,
                        secret = cleanroom.encrypt(plain,
                                                   'cleanroom.second_factor', l.enrolled_as)
                    WHERE l.role = this.role;
                PERFORM cleanroom.return_guess(who);
                PERFORM cleanroom.raise_assurance(this.enrolled_at);
                PERFORM cleanroom.put_on_record('second_factor', NULL, login, '{"event": "given"}');
                RETURN true;
            END IF;
        END LOOP;
    ELSIF digest = ANY (this.recovery_codes) THEN
        UPDATE cleanroom.second_factor_list l
            SET recovery_codes = pg_catalog.array_remove(l.recovery_codes, digest), failures = 0
            WHERE l.role = this.role;
        PERFORM cleanroom.return_guess(who);
        PERFORM cleanroom.raise_assurance(this.enrolled_at);
        PERFORM cleanroom.put_on_record('second_factor', NULL, login, '{"event": "recovery code given"}');
        RETURN true;
    END IF;
    -- the record outlives a rollback and a restart, the count in the table a lost record
    PERFORM cleanroom.put_on_record('second_factor', NULL, login, '{"event": "wrong"}');
    UPDATE cleanroom.second_factor_list l
        SET failures = CASE WHEN l.failed_at > pg_catalog.now() - '1 hour'::interval
                            THEN l.failures ELSE 0 END + 1,
            failed_at = pg_catalog.clock_timestamp()
        WHERE l.role = this.role;
    PERFORM pg_catalog.pg_sleep(LEAST(0.1 * pg_catalog.power(2, failed), 2));
    RETURN false;
END
$$;
COMMENT ON FUNCTION cleanroom.second_factor_by(oid, text) IS
'What cleanroom.second_factor() does, for the role who.';

CREATE FUNCTION cleanroom.reset_second_factor_by(who oid, role name) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET lock_timeout = '10s'
    AS $$
DECLARE
    found_one boolean;
BEGIN
    IF NOT pg_catalog.pg_has_role(who, 'cleanroom_operator', 'USAGE') THEN
        RAISE EXCEPTION 'only members of role "cleanroom_operator" may reset a second factor'
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'Ask the operator of this server.';
    END IF;
    PERFORM cleanroom.stay_with_session();
    BEGIN
        DELETE FROM cleanroom.second_factor_list l WHERE l.role::text = pg_catalog.quote_ident(reset_second_factor_by.role::text);
        found_one := FOUND;
    EXCEPTION WHEN lock_not_available THEN
        RAISE EXCEPTION 'a transaction in which a code of role "%" has been given stays open', role
            USING ERRCODE = 'lock_not_available',
                  HINT = 'Have that session ended with pg_terminate_backend(), and call this again.';
    END;
    IF NOT found_one THEN
        RAISE EXCEPTION 'role "%" has no second factor', role
            USING ERRCODE = 'undefined_object', HINT = 'There is nothing to reset.';
    END IF;
    PERFORM cleanroom.put_on_record('second_factor', NULL, role, pg_catalog.jsonb_build_object(
        'event', 'reset', 'by', who::regrole::text));
END
$$;
COMMENT ON FUNCTION cleanroom.reset_second_factor_by(oid, name) IS
'What cleanroom.reset_second_factor() does, for the role who.';

CREATE FUNCTION cleanroom.enroll_second_factor()
    RETURNS TABLE (uri text, recovery_codes text[])
    LANGUAGE c AS 'MODULE_PATHNAME', 'cr_in_person';
COMMENT ON FUNCTION cleanroom.enroll_second_factor() IS
'Enrolls the role that has logged in for a second factor. Shows its secret once: as an otpauth URI for authenticator programs (RFC 6238: SHA-1, 6 digits, 30 seconds), and 8 recovery codes, each good once.
Returns one row. Errors: 42501 the current user is another, or code of others calls; 55000 enrolled already, and this session has not given the factor; RC014 the server has no master key; 25000 not in READ COMMITTED; the transaction cannot be prepared (0A000).';

CREATE FUNCTION cleanroom.second_factor(code text) RETURNS boolean
    LANGUAGE c AS 'MODULE_PATHNAME', 'cr_in_person';
COMMENT ON FUNCTION cleanroom.second_factor(text) IS
'Gives a second factor for the role that has logged in. The session''s assurance rises when the transaction commits, for cleanroom.second_factor_lifetime, and ends before that when the role enrols anew or its factor is reset. Every code is good once, in whatever session.
code: six digits, of this half minute or the one before or after; or a recovery code.
Returns whether it was right. A wrong one is put on record and slows the next. Errors: 42501 the current user is another, or code of others calls; 25000 not in READ COMMITTED; 55000 not enrolled, RC012 ten wrong ones within an hour.';

CREATE FUNCTION cleanroom.reset_second_factor(role name) RETURNS void
    LANGUAGE c AS 'MODULE_PATHNAME', 'cr_on_behalf';
COMMENT ON FUNCTION cleanroom.reset_second_factor(name) IS
'Takes a role''s second factor away, so that it can enroll anew. Ends the lock after wrong codes, and the assurance of all sessions in which it was given. For members of cleanroom_operator.
role: the role. Returns nothing. Errors: 42501, 42704 it is not enrolled, 55P03 a transaction in which a code of it has been given stays open for 10 seconds, 25000 not in READ COMMITTED.';

CREATE FUNCTION cleanroom.longest_second_factor_age() RETURNS interval
    LANGUAGE c STABLE STRICT AS 'MODULE_PATHNAME', 'cr_longest_second_factor_age';
COMMENT ON FUNCTION cleanroom.longest_second_factor_age() IS
'How old a second factor may be: the setting cleanroom.second_factor_lifetime, for has_second_factor(); access rules may not read settings themselves.';

CREATE FUNCTION cleanroom.has_second_factor() RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    RETURN COALESCE(cleanroom.second_factor_age() <= cleanroom.longest_second_factor_age(), false);
COMMENT ON FUNCTION cleanroom.has_second_factor() IS
'Whether this session has given a second factor within cleanroom.second_factor_lifetime, for access rules.';

CREATE FUNCTION cleanroom.count_recent(of text, what text) RETURNS bigint
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT pg_catalog.count(*) FROM cleanroom.ledger_records r
        WHERE r.at > pg_catalog.clock_timestamp() - '1 hour'::interval
          AND r.kind = 'statement' AND r.verdict = what
          AND of IN (r.current_user_name, r.session_user_name)
$$;
COMMENT ON FUNCTION cleanroom.count_recent(text, text) IS
'How many statements of a role, or of a session that it had logged into, were recorded in the last hour; for the extension''s own functions.
of: the role''s name. what: admitted or refused.';
