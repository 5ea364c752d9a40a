-- Tokens: the same value the same token, and what counts as the same.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE EXTENSION IF NOT EXISTS pgcrypto;
CREATE SCHEMA tokens;
SET search_path = tokens, public;
RESET client_min_messages;
SELECT probin AS library FROM pg_proc
    WHERE oid = 'cleanroom.relation_statistic'::regproc \gset
CREATE FUNCTION debug_key_material(name text, purpose int) RETURNS bytea
AS :'library', 'cr_debug_key_material' LANGUAGE C STRICT;
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
SELECT cleanroom.create_key('people', 'token');
SELECT cleanroom.create_key('others', 'token');
SELECT cleanroom.create_key('tokens_encrypt', 'encrypt');

-- one value, one token; other value or key, other token
SELECT cleanroom.tokenize('Anna', 'people') = cleanroom.tokenize('Anna', 'people') AS same,
       cleanroom.tokenize('Anna', 'people') = cleanroom.tokenize('anna', 'people') AS other_value,
       cleanroom.tokenize('Anna', 'people') = cleanroom.tokenize('Anna', 'others') AS other_key;

-- a UUID of version 8, with the key's number and version
SELECT substr(t::text, 15, 1) AS uuid_version,
       substr(t::text, 20, 1) IN ('8', '9', 'a', 'b') AS variant,
       cleanroom.token_version(t) AS version,
       cleanroom.token_key(t) = (SELECT key_id % 65536 FROM cleanroom.keyring
                                 WHERE name = 'people') AS key
FROM cleanroom.tokenize('Anna', 'people') t;
SELECT cleanroom.token_version(gen_random_uuid()) AS random,
       cleanroom.token_key('00000000-0000-8000-8000-000000000000') AS version_0;

-- the same bits as pgcrypto's HMAC gives: empty, multibyte and long values
CREATE FUNCTION expected(value text) RETURNS uuid LANGUAGE sql AS $$
    SELECT (encode(substr(h, 1, 6), 'hex') || '8' ||
            lpad(to_hex(current_version), 3, '0') ||
            lpad(to_hex((B'10' || key_id::bit(16) || get_byte(h, 6)::bit(6) ||
                         ('x' || encode(substr(h, 8, 5), 'hex'))::bit(40)
                        )::bit(64)::bigint), 16, '0'))::uuid
    FROM cleanroom.keyring,
         hmac(convert_to(value, 'UTF8'),
              debug_key_material('people', 0), 'sha256') h
    WHERE name = 'people' $$;
SELECT count(*) AS compared,
       count(*) FILTER (WHERE cleanroom.tokenize(value, 'people')
                              IS DISTINCT FROM expected(value)) AS different
FROM (SELECT repeat(c, n) AS value
      FROM unnest('{a,ß,語,😀}'::text[]) c, generate_series(0, 130) n
      UNION ALL SELECT repeat('long ', 1000000)) v;

-- NULL in, NULL out
SELECT cleanroom.tokenize(NULL::text, 'people') IS NULL AS value,
       cleanroom.tokenize('Anna', NULL) IS NULL AS key,
       cleanroom.tokenize('Anna', 'people', NULL) IS NULL AS form,
       cleanroom.tokenize(NULL::text[], 'people') IS NULL AS array;

-- arrays keep their shape
SELECT array_dims(t) AS dims, t[1][1] = cleanroom.tokenize('a', 'people') AS a,
       t[1][2] = cleanroom.tokenize('b', 'people') AS b, t[2][1] IS NULL AS none,
       t[2][2] = t[1][1] AS again
FROM cleanroom.tokenize('{{a,b},{NULL,a}}'::text[], 'people') t;
SELECT cleanroom.tokenize('{}'::text[], 'people') AS empty,
       array_lower(cleanroom.tokenize('[5:6]={a,b}'::text[], 'people'), 1) AS lower;

-- Forms.  A value's token in a form is the exact token of its canonical form.
CREATE FUNCTION canonical_is(value text, form text, canonical text)
RETURNS boolean LANGUAGE sql AS $$
    SELECT cleanroom.tokenize(value, 'people', form)
           IS NOT DISTINCT FROM cleanroom.tokenize(canonical, 'people') $$;
SELECT value, canonical FROM (VALUES
    ('anna@example.org', 'anna@example.org'),
    (E' \tAnna@Example.ORG\n', 'anna@example.org'),
    ('anna.maria+news@example.org', 'anna.maria+news@example.org'),
    ('Anna.Maria+news@gmail.com', 'annamaria@gmail.com'),
    ('a.n.n.a@GoogleMail.com', 'anna@gmail.com'),
    ('anna@gmail.com.example.org', 'anna@gmail.com.example.org'),
    ('ＡＮＮＡ＠example.org', 'anna@example.org'),
    ('JÖRG@Straße.de', 'jörg@strasse.de'),
    (U&'JO\0308RG@example.org', 'jörg@example.org'),
    ('', NULL), ('n/a', NULL), ('@example.org', NULL), ('anna@', NULL),
    ('an na@example.org', NULL), ('a@b@example.org', NULL),
    ('+news@gmail.com', NULL), ('...@gmail.com', NULL)
) v (value, canonical)
WHERE NOT canonical_is(value, 'email', canonical);

SELECT value, canonical FROM (VALUES
    ('+49 30 1234567', '+49301234567'),
    ('+49 (0)30 123-4567', '+49301234567'),
    ('0049-30/1234567', '+49301234567'),
    (' +1 (415) 555-2671 ', '+14155552671'),
    (U&'+49\00a030\20111234567', '+49301234567'),
    ('＋４９３０１２３４５６７', '+49301234567'),
    ('030 1234567', NULL), ('', NULL), ('+', NULL), ('n/a', NULL),
    ('+49 30 CALLME', NULL), ('++49301234567', NULL), ('+49 30 12', NULL),
    ('+123456', NULL), ('+1234567890123456', NULL), ('+0123456789', NULL),
    ('+49 30 1234567 ext. 5', NULL)
) v (value, canonical)
WHERE NOT canonical_is(value, 'phone', canonical);
-- national numbers, with the country that is set
CREATE FUNCTION phone_is(country text, value text, canonical text)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('cleanroom.phone_country', country, true);
    RETURN canonical_is(value, 'phone', canonical);
END $$;
SELECT country, value, canonical FROM (VALUES
    ('49', '030 1234567', '+49301234567'), ('49', '30 1234567', '+49301234567'),
    ('49', '+33 1 23 45 67 89', '+33123456789'),
    ('49', '0033 1 23 45 67 89', '+33123456789'),
    ('1', '(415) 555-2671', '+14155552671'),
    ('1', '1-415-555-2671', '+14155552671'),
    ('1', '011 49 30 1234567', '+49301234567'),
    ('39', '06 1234 5678', '+390612345678'),
    ('7', '8 495 123-45-67', '+74951234567'), ('36', '06 1 234 5678', '+3612345678'),
    ('34', '912 345 678', '+34912345678'), ('', '030 1234567', NULL)
) v (country, value, canonical)
WHERE NOT phone_is(country, value, canonical);
\set VERBOSITY terse
SET cleanroom.phone_country = 'DE';
SET cleanroom.phone_country = '049';
SET cleanroom.phone_country = '49';
RESET cleanroom.phone_country;

SELECT value, canonical FROM (VALUES
    ('Anna Maria Schmidt', 'anna maria schmidt'),
    ('  ANNA-MARIA   schmidt ', 'anna maria schmidt'),
    ('O''Brien', 'obrien'), ('O’Brien', 'obrien'), ('OʼBrien', 'obrien'),
    ('Dr. J. R. R. Tolkien', 'dr j r r tolkien'),
    ('Groß', 'gross'), ('GROẞ', 'gross'), ('GROSS', 'gross'),
    ('ÅSA', 'åsa'), (U&'A\030aSA', 'åsa'), ('ﬁnn', 'finn'),
    ('ΣΊΣΥΦΟΣ', 'σίσυφοσ'), ('Σίσυφος', 'σίσυφοσ'), ('ЖУКОВ', 'жуков'),
    ('José', 'josé'), ('Jose', 'jose'), ('王 小明', '王 小明'), ('王　小明', '王 小明'),
    (U&'zero\200bwidth', 'zerowidth'), ('3rd', '3rd'),
    (U&'İ', U&'i\0307'), ('Smith, John', 'smith john'),
    ('', NULL), (' - ', NULL), ('?!', NULL)
) v (value, canonical)
WHERE NOT canonical_is(value, 'name', canonical);

-- errors say what is wrong, and no value
SELECT try($$SELECT cleanroom.tokenize('secret', 'people', 'mail')$$);
SELECT try($$SELECT cleanroom.tokenize('secret', 'nobody')$$);
SELECT try($$SELECT cleanroom.tokenize('secret', 'tokens_encrypt')$$);
SELECT try($$SELECT cleanroom.tokenize('secret', repeat('x', 64))$$);
SELECT try($$SELECT cleanroom.tokenize('secret', '')$$);

-- parallel workers make the same tokens
CREATE TABLE people AS SELECT 'person ' || n AS name FROM generate_series(1, 20000) n;
CREATE TABLE tokenized AS SELECT name, cleanroom.tokenize(name, 'people') AS token
FROM people;
BEGIN;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SELECT count(*) FROM tokenized
WHERE token <> cleanroom.tokenize(name, 'people');
COMMIT;
SELECT count(DISTINCT token) FROM tokenized;

-- check_tokens: same key and version, another key, no tokens at all
CREATE TABLE a AS SELECT cleanroom.tokenize(n::text, 'people') AS t
FROM generate_series(1, 100) n;
CREATE TABLE b AS SELECT ARRAY[cleanroom.tokenize(n::text, 'people'),
                               cleanroom.tokenize(n::text, 'others')] AS ts
FROM generate_series(51, 60) n;
INSERT INTO a VALUES (NULL), ('123e4567-e89b-12d3-a456-426614174000');
SELECT relation, "column", key_id = (SELECT key_id & 65535 FROM cleanroom.keyring
                                     WHERE name = 'people') AS people,
       key_version, tokens, verdict
FROM cleanroom.check_tokens('a', 't', 'b', 'ts') WITH ORDINALITY
ORDER BY ordinality;
SELECT try($$SELECT cleanroom.check_tokens('a', 'nothing', 'b', 'ts')$$);
SELECT try($$SELECT cleanroom.check_tokens('people', 'name', 'b', 'ts')$$);

-- who may see: privileges on the columns, and of protected tables the owner
SET client_min_messages = warning;
CREATE ROLE regress_cr_tokens_owner;
CREATE ROLE regress_cr_tokens_analyst;
GRANT USAGE ON SCHEMA cleanroom, tokens
    TO regress_cr_tokens_owner, regress_cr_tokens_analyst;
GRANT CREATE ON SCHEMA tokens TO regress_cr_tokens_owner;
RESET client_min_messages;
ALTER TABLE a OWNER TO regress_cr_tokens_owner;
SET ROLE regress_cr_tokens_analyst;
SELECT try($$SELECT cleanroom.check_tokens('a', 't', 'a', 't')$$);
SET ROLE regress_cr_tokens_owner;
ALTER TABLE a ADD person int;
SELECT cleanroom.protect('a', 'person', join_keys => '{t}', dimensions => '{t}');
GRANT SELECT ON a TO regress_cr_tokens_analyst;
SELECT tokens, verdict FROM cleanroom.check_tokens('a', 't', 'a', 't')
WITH ORDINALITY ORDER BY ordinality;
SET ROLE regress_cr_tokens_analyst;
SELECT try($$SELECT cleanroom.check_tokens('a', 't', 'a', 't')$$);
CREATE TEMP VIEW around AS SELECT t FROM tokens.a;
SELECT try($$SELECT cleanroom.check_tokens('around', 't', 'around', 't')$$);

-- an analyst has no key, and no token function over protected rows
SELECT try($$SELECT cleanroom.tokenize('guess', 'people')$$);
SELECT try($$SELECT count(*) FROM tokens.a WHERE t = cleanroom.tokenize('guess', 'people')$$);
SELECT try($$SELECT cleanroom.token_version(t), count(*) FROM tokens.a GROUP BY 1$$);
SELECT try($$SELECT count(cleanroom.token_key(t)) FROM tokens.a$$);
SELECT try($$SELECT count(*) FROM tokens.a WHERE cleanroom.tokenize(t::text, 'people') = t$$);
SELECT try($$SELECT count(*) FROM tokens.a WHERE cleanroom.encrypt(t::text, 'people') IS NULL$$);
SELECT try($$SELECT count(*) FROM tokens.a WHERE cleanroom.encrypt_fpe(t::text, 'people') = ''$$);
RESET ROLE;

-- tokenize_column: the raw value need not be stored
CREATE TABLE loads (id int, email text, token uuid);
SELECT cleanroom.tokenize_column('loads', 'email', 'token', 'people', 'email');
INSERT INTO loads VALUES (1, 'Anna@Example.org'), (2, NULL), (3, 'n/a');
SELECT id, email, token = cleanroom.tokenize('anna@example.org', 'people') AS anna
FROM loads ORDER BY id;
UPDATE loads SET id = id + 10;
UPDATE loads SET email = 'bob@example.org' WHERE id = 12;
SELECT id, email, token = cleanroom.tokenize('anna@example.org', 'people') AS anna,
       token = cleanroom.tokenize('bob@example.org', 'people') AS bob
FROM loads ORDER BY id;
CREATE TABLE keeps (name varchar(20), token uuid);
SELECT cleanroom.tokenize_column('keeps', 'name', 'token', 'people', 'name', true);
INSERT INTO keeps VALUES ('Anna'), ('BOB');
UPDATE keeps SET name = NULL WHERE name = 'BOB';
SELECT name, token = cleanroom.tokenize('anna', 'people') AS anna FROM keeps ORDER BY 1;
-- a kept source: a token given without one stays; one that does not fit, not
ALTER TABLE keeps ADD note text;
INSERT INTO keeps VALUES (NULL, '00000000-0000-4000-8000-000000000001');
UPDATE keeps SET note = 'seen';
UPDATE keeps SET token = '00000000-0000-4000-8000-000000000002' WHERE name = 'Anna';
UPDATE keeps SET token = NULL WHERE name = 'Anna';
SELECT name, token = cleanroom.tokenize('anna', 'people') AS anna,
       token = '00000000-0000-4000-8000-000000000001' AS given, note
FROM keeps ORDER BY 1, 3;
-- an update that touches neither column needs no key, nor does an old token
-- become the current version's by it
GRANT SELECT, UPDATE ON keeps, loads TO regress_cr_tokens_analyst;
GRANT USAGE ON SCHEMA tokens TO regress_cr_tokens_analyst;
SELECT cleanroom.rotate_key('people') - 1 AS former,
       cleanroom.token_version(token) AS version FROM keeps WHERE name = 'Anna' \gset
SET ROLE regress_cr_tokens_analyst;
UPDATE tokens.keeps SET note = 'seen again', name = name;
UPDATE tokens.loads SET id = id + 1;
SELECT try($$UPDATE tokens.keeps SET name = 'Eve' WHERE name = 'Anna'$$);
SELECT try($$UPDATE tokens.loads SET email = 'eve@example.org'$$);
RESET ROLE;
SELECT note, count(token), count(*), max(cleanroom.token_version(token)) = :version AS former
FROM keeps GROUP BY 1;
UPDATE keeps SET name = 'anna' WHERE name = 'Anna';
SELECT cleanroom.token_version(token) = :version + 1 AS current FROM keeps WHERE name = 'anna';
-- the keyring knows of the column, by whatever name, and without the trigger
SELECT cleanroom.key_dependents('people');
DROP TRIGGER cleanroom_token_token ON loads;
ALTER TABLE loads RENAME token TO person;
SELECT cleanroom.key_dependents('people');
SELECT try($$SELECT cleanroom.retire_key_version('people', 1)$$);
-- a column that gets another key's tokens is tracked for both
SELECT cleanroom.track_column('loads', 'person', 'others');
SELECT cleanroom.key_dependents('people'), cleanroom.key_dependents('others');
SELECT try($$SELECT cleanroom.tokenize_column('loads', 'email', 'person', 'none')$$);
SELECT try($$SELECT cleanroom.tokenize_column('loads', 'email', 'person', 'tokens_encrypt')$$);
ALTER TABLE loads RENAME person TO token;
SELECT cleanroom.tokenize_column('loads', 'email', 'token', 'people', 'email');
SELECT try($$SELECT cleanroom.tokenize_column('loads', 'email', 'token', 'people')$$);
SELECT try($$SELECT cleanroom.tokenize_column('loads', 'id', 'token', 'people')$$);
SELECT try($$SELECT cleanroom.tokenize_column('loads', 'email', 'id', 'people')$$);
SELECT try($$SELECT cleanroom.tokenize_column('loads', 'email', 'none', 'people')$$);
SELECT try($$SELECT cleanroom.tokenize_column('loads', 'email', 'token', 'people', 'mail')$$);
-- an argument that is missing is said, and puts no trigger
SELECT try(format('SELECT cleanroom.tokenize_column(%s)', a)) FROM unnest('{
    "NULL, ''email'', ''token'', ''people''", "''loads'', NULL, ''token'', ''people''",
    "''loads'', ''email'', NULL, ''people''", "''loads'', ''email'', ''token'', NULL",
    "''loads'', ''email'', ''token'', ''people'', NULL", "''loads'', ''email'', ''token'', ''people'', ''email'', NULL"}'::text[]) a;
SELECT try(format('SELECT count(*) FROM cleanroom.check_tokens(%s)', a)) FROM unnest('{
    "NULL, ''t'', ''b'', ''ts''", "''b'', NULL, ''b'', ''ts''", "''b'', ''ts'', NULL, ''ts''", "''b'', ''ts'', ''b'', NULL",
    "''b'', ''ts'', ''b'', ''ts''"}'::text[]) a;
SELECT try($$SELECT cleanroom.fill_token()$$);
CREATE TRIGGER wrong AFTER INSERT ON keeps FOR EACH ROW
    EXECUTE FUNCTION cleanroom.fill_token('name', 'token', 'people', 'exact', 'keep');
SELECT try($$INSERT INTO tokens.keeps VALUES ('Carl')$$);
-- whoever writes needs the key
GRANT INSERT ON loads TO regress_cr_tokens_analyst;
SET ROLE regress_cr_tokens_analyst;
SELECT try($$INSERT INTO tokens.loads VALUES (4, 'dora@example.org')$$);
SELECT try($$SELECT cleanroom.tokenize_column('tokens.loads', 'email', 'token', 'people')$$);
RESET ROLE;

SET client_min_messages = warning;
DROP VIEW around;
DROP SCHEMA tokens CASCADE;
REVOKE ALL ON SCHEMA cleanroom FROM regress_cr_tokens_owner, regress_cr_tokens_analyst;
DROP ROLE regress_cr_tokens_owner, regress_cr_tokens_analyst;
DELETE FROM cleanroom.keyring_versions v USING cleanroom.keyring k
WHERE v.key_id = k.key_id AND k.name IN ('people', 'others', 'tokens_encrypt');
DELETE FROM cleanroom.keyring_grants g USING cleanroom.keyring k
WHERE g.key_id = k.key_id AND k.name IN ('people', 'others', 'tokens_encrypt');
DELETE FROM cleanroom.keyring WHERE name IN ('people', 'others', 'tokens_encrypt');
