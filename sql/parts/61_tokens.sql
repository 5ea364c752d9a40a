-- Tokens and encryption.  EXECUTE stays with PUBLIC: what these functions ask
-- for is a grant on the key.  They are not on the list of total functions, so
-- the gate refuses them over protected rows.
--
-- STABLE, not IMMUTABLE: rotating a key and taking a grant away change what
-- they answer.  encrypt() chooses a nonce anew, so it is VOLATILE.

CREATE FUNCTION cleanroom.tokenize(value text, key text,
                                   form text DEFAULT 'exact')
RETURNS uuid LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'cr_tokenize';
COMMENT ON FUNCTION cleanroom.tokenize(text, text, text) IS
'Makes the token of a value: the same for the same value, key and version of the key, and of no use to anyone without the key. Counted, and on record.
value: any text.
key: a key of purpose token, on which the current role may tokenize.
form: what counts as the same value: exact, email, phone or name.
Result: a UUID of version 8 that carries the number and the version of the key; NULL when an argument is NULL, or the value has no such form (no @, too few digits, nothing but punctuation).
Errors: those of the keyring (42704 no such key, 42501 not granted, 42809 another purpose, RC014 not available), 22023 an unknown form. No error shows the value.';

CREATE FUNCTION cleanroom.tokenize("values" text[], key text,
                                   form text DEFAULT 'exact')
RETURNS uuid[] LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'cr_tokenize';
COMMENT ON FUNCTION cleanroom.tokenize(text[], text, text) IS
'Makes the tokens of all values of an array, as tokenize(text, text, text) does of one.
values: an array of any shape.
key: a key of purpose token, on which the current role may tokenize.
form: exact, email, phone or name.
Result: an array of the same shape; elements are NULL where the value is, or has no such form.
Errors: as for a single value.';

CREATE FUNCTION cleanroom.token_version(token uuid)
RETURNS int LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'cr_token_version';
COMMENT ON FUNCTION cleanroom.token_version(uuid) IS
'The version of the key that a token was made with.
token: a token.
Result: 1 to 4095; NULL for a UUID that is no token.
Errors: none.';

CREATE FUNCTION cleanroom.token_key(token uuid)
RETURNS int LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'cr_token_key';
COMMENT ON FUNCTION cleanroom.token_key(uuid) IS
'The number of the key that a token was made with, as far as the token holds it.
token: a token.
Result: key_id of cleanroom.keys, modulo 65536; NULL for a UUID that is no token.
Errors: none.';

CREATE FUNCTION cleanroom.token_class(token uuid)
RETURNS int LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'cr_token_class';
COMMENT ON FUNCTION cleanroom.token_class(uuid) IS
'One number for each key and version of this database that tokens are made with: token_key() * 4096 + token_version(). A person may have a token of each, so guards that compare numbers of tokens count these classes too.
token: a UUID.
Result: 1 to 268435455; 0 for a UUID that is no token of this database''s keys; NULL for NULL.
Errors: none.';

CREATE FUNCTION cleanroom.check_tokens(relation_a regclass, column_a name,
                                       relation_b regclass, column_b name)
RETURNS TABLE (relation regclass, "column" name, key_id int, key_version int,
               tokens bigint, verdict text)
LANGUAGE c VOLATILE
SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'cr_check_tokens';
COMMENT ON FUNCTION cleanroom.check_tokens(regclass, name, regclass, name) IS
'Says whether two columns of tokens can be joined: tokens of different keys, or versions of a key, never match. Reads both tables as the current role.
relation_a, column_a: a table or view, and its column of type uuid or uuid[].
relation_b, column_b: the other.
Result: a row for each relation, key and version: how many tokens there are, and a verdict: match when the other column has tokens of this key and version, key_mismatch when it has none, not_a_token for other UUIDs. NULLs are not counted.
Errors: 42501 the role may not read a column, RC007 a table is protected and the role is not its owner, 42703 no such column, 42804 another type, 22004 an argument is null.';

CREATE FUNCTION cleanroom.fill_token() RETURNS trigger
LANGUAGE c AS 'MODULE_PATHNAME', 'cr_fill_token';
COMMENT ON FUNCTION cleanroom.fill_token() IS
'The trigger that tokenize_column() puts on a table.
Arguments, of the trigger: source column, target column, key, form, and keep or clear.
Result: the row with its token.
Errors: those of tokenize(); 39P01 when it is not called by a trigger before insert or update, for each row.';

CREATE FUNCTION cleanroom.tokenize_column(relation regclass, source name,
    target name, key text, form text DEFAULT 'exact',
    keep_source boolean DEFAULT false)
RETURNS void LANGUAGE c VOLATILE
SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'cr_tokenize_column';
COMMENT ON FUNCTION cleanroom.tokenize_column(regclass, name, name, text, text, boolean) IS
'Keeps a column filled with the tokens of another: a trigger makes them on insert and update, as the role that writes, who needs the key. Rows that are there already stay as they are, and so does a token when an update changes neither column. The column is tracked from then on, as by track_column().
relation: a table, on which the current role may create triggers.
source: a column of text or varchar.
target: a column of uuid, not of a domain over it.
key: a key of purpose token, of which the current role has any use.
form: exact, email, phone or name.
keep_source: false to empty the source once its token is made, so that the raw value is never stored; a row written with an empty source then keeps its token. True to leave it; a source that is emptied later has no token any more.
Returns nothing. Errors: 42501 no trigger may be created, or no use of the key, 42704 no such key, 42809 a key of another purpose, RC014 the key is destroyed, 42703 no such column, 42804 another type, 42710 the target has such a trigger, 22023 an unknown form, 23502 the source could not be emptied, 22004 an argument is null, 25000 not in READ COMMITTED.';

CREATE FUNCTION cleanroom.encrypt(value text, key text, context text DEFAULT '')
RETURNS bytea LANGUAGE c VOLATILE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'cr_encrypt';
COMMENT ON FUNCTION cleanroom.encrypt(text, text, text) IS
'Encrypts a value with AES-256-GCM, differently each time. Counted, and on record.
value: any text.
key: a key of purpose encrypt, on which the current role may encrypt.
context: where the value belongs, such as its table, column and row; it is not stored, and decrypting needs the same.
Result: 36 bytes more than the value in UTF-8 or the database''s encoding; NULL when an argument is NULL.
Errors: those of the keyring (42704 no such key, 42501 not granted, 42809 another purpose, RC014 not available).';

CREATE FUNCTION cleanroom.encrypt(value bytea, key text, context text DEFAULT '')
RETURNS bytea LANGUAGE c VOLATILE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'cr_encrypt';
COMMENT ON FUNCTION cleanroom.encrypt(bytea, text, text) IS
'Encrypts bytes as encrypt(text, text, text) does text.
value: any bytes.
key: a key of purpose encrypt, on which the current role may encrypt.
context: where the value belongs.
Result: 36 bytes more than the value; NULL when an argument is NULL. For decrypt_bytea().
Errors: as for text.';

CREATE FUNCTION cleanroom.encrypt(value jsonb, key text, context text DEFAULT '')
RETURNS bytea LANGUAGE c VOLATILE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'cr_encrypt';
COMMENT ON FUNCTION cleanroom.encrypt(jsonb, text, text) IS
'Encrypts a JSON value as encrypt(text, text, text) does text.
value: any jsonb.
key: a key of purpose encrypt, on which the current role may encrypt.
context: where the value belongs.
Result: 36 bytes more than the value as text; NULL when an argument is NULL. For decrypt_jsonb().
Errors: as for text.';

CREATE FUNCTION cleanroom.decrypt(value bytea, key text, context text DEFAULT '')
RETURNS text LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'cr_decrypt';
COMMENT ON FUNCTION cleanroom.decrypt(bytea, text, text) IS
'Decrypts what encrypt(text, text, text) has made; with any version of the key that is not retired. Counted, and on record.
value: the ciphertext.
key: the key, on which the current role may decrypt.
context: the one that it was encrypted with.
Result: the text; NULL when an argument is NULL.
Errors: RC015 the value is no ciphertext, was changed or cut off, or made with another key or context; 42804 it holds another type; 22021 the text is not in this database''s encoding; those of the keyring (42704 no such key, 42501 not granted, 42809 another purpose, RC014 not available).';

CREATE FUNCTION cleanroom.decrypt_bytea(value bytea, key text,
                                        context text DEFAULT '')
RETURNS bytea LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'cr_decrypt_bytea';
COMMENT ON FUNCTION cleanroom.decrypt_bytea(bytea, text, text) IS
'Decrypts what encrypt(bytea, text, text) has made, as decrypt() does.
value: the ciphertext.
key: the key, on which the current role may decrypt.
context: the one that it was encrypted with.
Result: the bytes; NULL when an argument is NULL.
Errors: as for decrypt().';

CREATE FUNCTION cleanroom.decrypt_jsonb(value bytea, key text,
                                        context text DEFAULT '')
RETURNS jsonb LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'cr_decrypt_jsonb';
COMMENT ON FUNCTION cleanroom.decrypt_jsonb(bytea, text, text) IS
'Decrypts what encrypt(jsonb, text, text) has made, as decrypt() does.
value: the ciphertext.
key: the key, on which the current role may decrypt.
context: the one that it was encrypted with.
Result: the JSON value; NULL when an argument is NULL.
Errors: as for decrypt().';

CREATE FUNCTION cleanroom.encrypt_fpe(value text, key text,
    alphabet text DEFAULT 'digits', tweak text DEFAULT '')
RETURNS text LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'cr_encrypt_fpe';
COMMENT ON FUNCTION cleanroom.encrypt_fpe(text, text, text, text) IS
'Encrypts a value into another of the same length and alphabet, with its separators where they were (FF1 of NIST SP 800-38G, AES-256): the same value always into the same. Counted, and on record.
value: up to 1024 characters of the alphabet, with blanks and - . / ( ) + : , _ between them that stay.
key: a key of purpose fpe, on which the current role may encrypt.
alphabet: digits, hex (with small letters), lower, upper, letters, lower_digits, upper_digits or letters_digits, or the characters themselves after an equals sign.
tweak: up to 256 bytes, such as the column''s name; other tweak, other result.
Result: the encrypted value; NULL when an argument is NULL. It does not say with which version of the key.
Errors: 22023 a character outside the alphabet, a value of whose kind there are fewer than a million (fewer than 6 digits) or that is too long, an unknown alphabet, or a tweak that is too long; those of the keyring (42704 no such key, 42501 not granted, 42809 another purpose, RC014 not available).';

CREATE FUNCTION cleanroom.decrypt_fpe(value text, key text,
    alphabet text DEFAULT 'digits', tweak text DEFAULT '',
    version int DEFAULT 0)
RETURNS text LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'cr_decrypt_fpe';
COMMENT ON FUNCTION cleanroom.decrypt_fpe(text, text, text, text, int) IS
'Decrypts what encrypt_fpe() has made. With another key, version, alphabet or tweak the result is another value of the same kind, and nothing tells: use encrypt() where that must not happen.
value: the encrypted value.
key: a key of purpose fpe, on which the current role may decrypt.
alphabet, tweak: those that it was encrypted with.
version: of the key, from 1; 0 for the current one.
Result: the value; NULL when an argument is NULL.
Errors: as for encrypt_fpe(); 22023 for a version below 0 or above 4095.';
