-- The vault: random tokens, whose values can be had back.

CREATE FUNCTION cleanroom.vault_tokenize(value text, key text) RETURNS uuid
    LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'cr_vault_tokenize';
COMMENT ON FUNCTION cleanroom.vault_tokenize(text, text) IS
'The vault''s token for a value: random, and the same for the same value and key, also after the key has been rotated. A value that the vault does not have is stored, encrypted.
value: any text; it is taken as it is.
key: a key of purpose token, with use tokenize granted.
Returns a UUID of version 4; null for a null argument. Errors: 42501 not granted, 42704 no such key, 42809 a key of another purpose, 40001 two transactions that cannot see each other have stored the value, RC014 the key is not available.';

CREATE FUNCTION cleanroom.vault_tokenize("values" text[], key text)
    RETURNS uuid[]
    LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'cr_vault_tokenize';
COMMENT ON FUNCTION cleanroom.vault_tokenize(text[], text) IS
'The vault''s tokens for the values of an array, which is faster than one call a value.
values: an array of any shape; nulls stay nulls.
key: a key of purpose token, with use tokenize granted.
Returns an array of the same shape. Errors: as for one value.';

CREATE FUNCTION cleanroom.detokenize(token uuid) RETURNS text
    LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'cr_detokenize';
COMMENT ON FUNCTION cleanroom.detokenize(uuid) IS
'The value of a vault token. The role needs use detokenize of the key it was made with; each call is on record, and counts towards setting cleanroom.detokenize_limit, also when it is rolled back.
token: a token of vault_tokenize().
Returns the value; null for a null argument, and for a UUID that is not in the vault. Errors: 42501 not granted, RC010 the limit is reached, RC014 the key is not available, XX001 the vault is damaged.';

CREATE FUNCTION cleanroom.detokenize(tokens uuid[]) RETURNS text[]
    LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'cr_detokenize';
COMMENT ON FUNCTION cleanroom.detokenize(uuid[]) IS
'The values of an array of vault tokens. All of them count towards the limit before the first is looked up.
tokens: an array of any shape; nulls stay nulls.
Returns an array of the same shape, null where a UUID is not in the vault. Errors: as for one token.';
