-- Encryption: what comes back is what went in, or an error.
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE EXTENSION IF NOT EXISTS pgcrypto;
CREATE SCHEMA ciphers;
SET search_path = ciphers, public;
-- the error's code and message, without its place in the source
CREATE FUNCTION try(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
    hint text;
BEGIN
    EXECUTE query INTO result;
    RETURN coalesce(result, 'NULL');
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
    RETURN sqlstate || ' ' || sqlerrm || ' - ' || hint;
END $$;
DO $$ BEGIN
    PERFORM cleanroom.create_key('cells', 'encrypt'),
            cleanroom.create_key('other_cells', 'encrypt'),
            cleanroom.create_key('numbers', 'fpe'),
            cleanroom.create_key('other_numbers', 'fpe'),
            cleanroom.create_key('ciphers_token', 'token');
END $$;
RESET client_min_messages;

-- text, bytea and jsonb go in and come out
SELECT cleanroom.decrypt(cleanroom.encrypt('Grüße', 'cells'), 'cells') AS text,
       cleanroom.decrypt_bytea(cleanroom.encrypt('\x00ff00'::bytea, 'cells'), 'cells') AS bytea,
       cleanroom.decrypt_jsonb(cleanroom.encrypt('{"a": [1, null, "ü"]}'::jsonb, 'cells'),
                               'cells') AS jsonb;
SELECT count(*) AS compared,
       count(*) FILTER (WHERE value IS DISTINCT FROM cleanroom.decrypt(sealed, 'cells', 'c'))
       AS different,
       count(*) FILTER (WHERE length(sealed) <> octet_length(value) + 36) AS odd_length
FROM (SELECT value, cleanroom.encrypt(value, 'cells', 'c') AS sealed
      FROM (SELECT repeat(c, n) AS value
            FROM unnest('{a,ß,語,😀}'::text[]) c, generate_series(0, 70) n
            UNION ALL SELECT repeat('long ', 1000000)) v) s;

-- never the same ciphertext twice
SELECT count(DISTINCT cleanroom.encrypt('same' || substr(n::text, 1, 0), 'cells'))
FROM generate_series(1, 1000) n;

-- NULL in, NULL out
SELECT cleanroom.encrypt(NULL::text, 'cells') IS NULL AS value,
       cleanroom.encrypt('x', NULL) IS NULL AS key,
       cleanroom.encrypt('x', 'cells', NULL) IS NULL AS context,
       cleanroom.decrypt(NULL, 'cells') IS NULL AS ciphertext,
       cleanroom.encrypt_fpe(NULL, 'numbers') IS NULL AS fpe;

-- a cell moved to another row or column, another key, another type: an error
CREATE TABLE sealed AS
SELECT cleanroom.encrypt('secret', 'cells', 'row 1') AS c,
       cleanroom.encrypt('{"secret": 1}'::jsonb, 'cells') AS j;
SELECT try($$SELECT cleanroom.decrypt(c, 'cells', 'row 1') FROM sealed$$);
SELECT try($$SELECT cleanroom.decrypt(c, 'cells', 'row 2') FROM sealed$$);
SELECT try($$SELECT cleanroom.decrypt(c, 'cells') FROM sealed$$);
SELECT try($$SELECT cleanroom.decrypt(c, 'other_cells', 'row 1') FROM sealed$$);
SELECT try($$SELECT cleanroom.decrypt(c, 'nobody', 'row 1') FROM sealed$$);
SELECT try($$SELECT cleanroom.decrypt(c, 'ciphers_token', 'row 1') FROM sealed$$);
SELECT try($$SELECT cleanroom.decrypt_bytea(c, 'cells', 'row 1') FROM sealed$$);
SELECT try($$SELECT cleanroom.decrypt(j, 'cells') FROM sealed$$);
SELECT try($$SELECT cleanroom.decrypt_jsonb(j, 'cells') FROM sealed$$);
SELECT try($$SELECT cleanroom.decrypt('', 'cells')$$);
SELECT try($$SELECT cleanroom.decrypt(convert_to(repeat('secret', 10), 'UTF8'), 'cells')$$);

-- one bit flipped in any position: an error, never a plaintext
CREATE FUNCTION outcome(ciphertext bytea) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM cleanroom.decrypt(ciphertext, 'cells', 'row 1');
    RETURN 'decrypted';
EXCEPTION WHEN OTHERS THEN
    RETURN sqlstate || CASE WHEN sqlerrm LIKE '%secret%' THEN ' told' ELSE '' END;
END $$;
SELECT CASE WHEN bit < 8 THEN 'format' WHEN bit < 16 THEN 'content'
            WHEN bit < 48 THEN 'key' WHEN bit < 64 THEN 'version'
            WHEN bit < 160 THEN 'nonce' WHEN bit < 208 THEN 'ciphertext'
            ELSE 'tag' END AS place,
       count(*) AS flips,
       array_agg(DISTINCT outcome(set_bit(c, bit, 1 - get_bit(c, bit)))) AS outcomes
FROM sealed, generate_series(0, 8 * length(c) - 1) bit
GROUP BY 1 ORDER BY min(bit);
-- cut off at any length, or lengthened
SELECT count(*) AS cuts, array_agg(DISTINCT outcome(substr(c, 1, n))) AS outcomes
FROM sealed, generate_series(0, length(c) - 1) n;
SELECT outcome(c || '\x00'::bytea), outcome('\x00'::bytea || c), outcome(c) FROM sealed;

-- the old versions still read after a rotation, and tokens tell theirs
CREATE TABLE before_rotation AS
SELECT cleanroom.encrypt('old', 'cells') AS c,
       cleanroom.encrypt_fpe('123456', 'numbers') AS f,
       cleanroom.tokenize('old', 'ciphers_token') AS t;
SELECT cleanroom.rotate_key('cells'), cleanroom.rotate_key('numbers'),
       cleanroom.rotate_key('ciphers_token');
SELECT cleanroom.decrypt(c, 'cells') AS text,
       cleanroom.decrypt_fpe(f, 'numbers', version => 1) AS number,
       cleanroom.token_version(t) AS old_version,
       cleanroom.token_version(new) AS new_version, t = new AS same_token,
       get_byte(cleanroom.encrypt('new', 'cells'), 7) AS encrypts_with
FROM before_rotation, cleanroom.tokenize('old', 'ciphers_token') new;
CREATE TABLE after_rotation AS SELECT cleanroom.tokenize('old', 'ciphers_token') AS t;
SELECT relation, key_version, tokens, verdict
FROM cleanroom.check_tokens('before_rotation', 't', 'after_rotation', 't')
WITH ORDINALITY ORDER BY ordinality;
-- also within one prepared statement, and one function
PREPARE tokenize_again AS SELECT cleanroom.token_version(cleanroom.tokenize('x', 'ciphers_token'));
EXECUTE tokenize_again;
SELECT cleanroom.rotate_key('ciphers_token');
EXECUTE tokenize_again;

-- format-preserving: length, alphabet and separators stay
SELECT value, alphabet, cleanroom.decrypt_fpe(encrypted, 'numbers', alphabet, 't') = value AS back,
       encrypted <> value AS other,
       length(encrypted) = length(value) AS same_length,
       alphabet LIKE '=%' OR regexp_replace(encrypted, '[0-9A-Za-z]', 'x', 'g')
       = regexp_replace(value, '[0-9A-Za-z]', 'x', 'g') AS same_separators
FROM (VALUES ('4111-1111-1111-1111', 'digits'), ('+49 (30) 123.456/7', 'digits'),
             ('000000', 'digits'), ('dead-beef-cafe', 'hex'), ('abcdefgh', 'lower'),
             ('ABCDEFGH', 'upper'), ('AbCdEfGh', 'letters'), ('a1b2c3d4', 'lower_digits'),
             ('DE89 3704 0044 0532 0130 00', 'upper_digits'),
             ('aB3dE5', 'letters_digits'), ('GATTACAGATTACA', '=ACGT'),
             ('größeärger', '=abcdefghijklmnopqrstuvwxyzäöüß'),
             ('1-2-3-4-5-6', '=0123456789-'), (repeat('7', 70), 'digits')) v (value, alphabet),
     cleanroom.encrypt_fpe(value, 'numbers', alphabet, 't') encrypted
ORDER BY value COLLATE "C";
SELECT cleanroom.decrypt_fpe(cleanroom.encrypt_fpe(repeat('7', 1024), 'numbers'), 'numbers')
       = repeat('7', 1024) AS longest;
SELECT cleanroom.encrypt_fpe('123456', 'numbers') = cleanroom.encrypt_fpe('123456', 'numbers') AS same,
       cleanroom.encrypt_fpe('123456', 'numbers', tweak => 'a')
       = cleanroom.encrypt_fpe('123456', 'numbers', tweak => 'b') AS other_tweak,
       cleanroom.encrypt_fpe('12345678901234567890', 'numbers')
       = cleanroom.encrypt_fpe('12345678901234567890', 'other_numbers') AS other_key;
-- a permutation of all values of a length
SELECT count(DISTINCT e), min(length(e)), max(length(e)),
       count(*) FILTER (WHERE cleanroom.decrypt_fpe(e, 'numbers') <> v) AS lost
FROM (SELECT v, cleanroom.encrypt_fpe(v, 'numbers') AS e
      FROM (SELECT lpad(n::text, 6, '0') AS v FROM generate_series(0, 999999, 7) n) a) b;

-- refused: domains below a million, characters that would stay readable
SELECT try($$SELECT cleanroom.encrypt_fpe('13579', 'numbers')$$);
SELECT try($$SELECT cleanroom.encrypt_fpe('1-3-5-7-9', 'numbers')$$);
SELECT try($$SELECT cleanroom.encrypt_fpe('', 'numbers')$$);
SELECT try($$SELECT cleanroom.encrypt_fpe('C01X00T47', 'numbers')$$);
SELECT try($$SELECT cleanroom.encrypt_fpe('abcdefgH', 'numbers', 'lower')$$);
SELECT try($$SELECT cleanroom.encrypt_fpe(repeat('7', 1025), 'numbers')$$);
SELECT try($$SELECT cleanroom.encrypt_fpe('123456', 'numbers', 'numerals')$$);
SELECT try($$SELECT cleanroom.encrypt_fpe('123456', 'numbers', '=11')$$);
SELECT try($$SELECT cleanroom.encrypt_fpe('123456', 'numbers', '=äöä')$$);
SELECT try($$SELECT cleanroom.encrypt_fpe('111111', 'numbers', '=1')$$);
SELECT try($$SELECT cleanroom.encrypt_fpe('123456', 'numbers', 'digits', repeat('t', 257))$$);
SELECT try($$SELECT cleanroom.decrypt_fpe('123456', 'numbers', version => 9)$$);
SELECT try($$SELECT cleanroom.decrypt_fpe('123456', 'numbers', version => -1)$$);
SELECT try($$SELECT cleanroom.encrypt_fpe('123456', 'cells')$$);

-- each function by each kind of role: only what is granted
SET client_min_messages = warning;
CREATE ROLE regress_cr_ciphers_loads;
CREATE ROLE regress_cr_ciphers_reads;
CREATE ROLE regress_cr_ciphers_nobody;
GRANT USAGE ON SCHEMA cleanroom, ciphers
    TO regress_cr_ciphers_loads, regress_cr_ciphers_reads, regress_cr_ciphers_nobody;
GRANT SELECT ON sealed TO PUBLIC;
DO $$ BEGIN
    PERFORM cleanroom.grant_key('ciphers_token', 'regress_cr_ciphers_loads', '{tokenize}'),
            cleanroom.grant_key('cells', 'regress_cr_ciphers_loads', '{encrypt}'),
            cleanroom.grant_key('numbers', 'regress_cr_ciphers_loads', '{encrypt}'),
            cleanroom.grant_key('cells', 'regress_cr_ciphers_reads', '{decrypt}'),
            cleanroom.grant_key('numbers', 'regress_cr_ciphers_reads', '{decrypt}');
END $$;
CREATE FUNCTION may() RETURNS TABLE (call text, outcome text) LANGUAGE sql AS $$
    SELECT call, CASE WHEN result ~ '^42501' THEN result ELSE 'done' END
    FROM unnest(ARRAY[
        $q$cleanroom.tokenize('x', 'ciphers_token')$q$,
        $q$cleanroom.tokenize('{x}'::text[], 'ciphers_token')$q$,
        $q$cleanroom.encrypt('x', 'cells')$q$,
        $q$cleanroom.encrypt('x'::bytea, 'cells')$q$,
        $q$cleanroom.encrypt('1'::jsonb, 'cells')$q$,
        $q$cleanroom.decrypt(c, 'cells', 'row 1')$q$,
        $q$cleanroom.decrypt_bytea(c, 'cells', 'row 1')$q$,
        $q$cleanroom.decrypt_jsonb(j, 'cells')$q$,
        $q$cleanroom.encrypt_fpe('123456', 'numbers')$q$,
        $q$cleanroom.decrypt_fpe('123456', 'numbers')$q$,
        $q$cleanroom.tokenize('n/a', 'ciphers_token', 'email')$q$]) call,
        ciphers.try('SELECT ' || call || ' FROM ciphers.sealed') result $$;
SET ROLE regress_cr_ciphers_loads;
SELECT * FROM may();
SET ROLE regress_cr_ciphers_reads;
SELECT * FROM may();
SET ROLE regress_cr_ciphers_nobody;
SELECT * FROM may();
RESET ROLE;
-- a call site that a granted role has used does not serve the next role
CREATE FUNCTION shared() RETURNS uuid LANGUAGE plpgsql AS $$
BEGIN
    RETURN cleanroom.tokenize('x', 'ciphers_token');
END $$;
BEGIN;
SET LOCAL ROLE regress_cr_ciphers_loads;
SELECT shared() IS NOT NULL AS granted;
SET LOCAL ROLE regress_cr_ciphers_nobody;
SELECT shared();
ROLLBACK;
-- nor after the grant has been taken back
PREPARE granted AS SELECT cleanroom.decrypt(c, 'cells', 'row 1') FROM sealed;
SET ROLE regress_cr_ciphers_reads;
EXECUTE granted;
RESET ROLE;
SELECT cleanroom.revoke_key('cells', 'regress_cr_ciphers_reads');
SET ROLE regress_cr_ciphers_reads;
EXECUTE granted;
RESET ROLE;

SET client_min_messages = warning;
DROP SCHEMA ciphers CASCADE;
DO $$ BEGIN
    PERFORM cleanroom.revoke_key(k, r)
    FROM unnest('{ciphers_token,cells,numbers}'::text[]) k,
         unnest('{regress_cr_ciphers_loads,regress_cr_ciphers_reads}'::regrole[]) r;
END $$;
REVOKE ALL ON SCHEMA cleanroom
    FROM regress_cr_ciphers_loads, regress_cr_ciphers_reads, regress_cr_ciphers_nobody;
DROP ROLE regress_cr_ciphers_loads, regress_cr_ciphers_reads, regress_cr_ciphers_nobody;
DELETE FROM cleanroom.keyring_versions v USING cleanroom.keyring k
WHERE v.key_id = k.key_id AND k.name IN ('cells', 'other_cells', 'numbers', 'other_numbers', 'ciphers_token');
DELETE FROM cleanroom.keyring_grants g USING cleanroom.keyring k
WHERE g.key_id = k.key_id AND k.name IN ('cells', 'other_cells', 'numbers', 'other_numbers', 'ciphers_token');
DELETE FROM cleanroom.keyring WHERE name IN ('cells', 'other_cells', 'numbers', 'other_numbers', 'ciphers_token');
