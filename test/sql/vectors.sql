-- Published vectors for the primitives in src/prim, and pgcrypto's answers.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE EXTENSION IF NOT EXISTS pgcrypto;
CREATE SCHEMA vectors;
SET search_path = vectors, public;
RESET client_min_messages;
SELECT probin AS library FROM pg_proc
    WHERE oid = 'cleanroom.relation_statistic'::regproc \gset
CREATE FUNCTION debug_hmac(key bytea, message bytea) RETURNS bytea
AS :'library', 'cr_debug_hmac' LANGUAGE C STRICT;
CREATE FUNCTION debug_gcm_seal(key bytea, nonce bytea, data bytea, plain bytea)
RETURNS bytea AS :'library', 'cr_debug_gcm_seal' LANGUAGE C STRICT;
CREATE FUNCTION debug_gcm_open(key bytea, nonce bytea, data bytea, sealed bytea)
RETURNS bytea AS :'library', 'cr_debug_gcm_open' LANGUAGE C STRICT;
CREATE FUNCTION debug_ff1(key bytea, radix int, tweak bytea, digits int[],
    decrypt bool, wide bool)
RETURNS int[] AS :'library', 'cr_debug_ff1' LANGUAGE C STRICT;

-- HMAC-SHA-256: RFC 4231, 4.2 to 4.8; the fifth is truncated to 128 bits
CREATE TABLE hmac_cases (n int, key bytea, message bytea, digest text);
INSERT INTO hmac_cases VALUES
(1, decode(repeat('0b', 20), 'hex'), 'Hi There',
 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'),
(2, 'Jefe', 'what do ya want for nothing?',
 '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'),
(3, decode(repeat('aa', 20), 'hex'), decode(repeat('dd', 50), 'hex'),
 '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe'),
(4, '\x0102030405060708090a0b0c0d0e0f10111213141516171819',
 decode(repeat('cd', 50), 'hex'),
 '82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b'),
(5, decode(repeat('0c', 20), 'hex'), 'Test With Truncation',
 'a3b6167473100ee06e0c796c2955552b'),
(6, decode(repeat('aa', 131), 'hex'),
 'Test Using Larger Than Block-Size Key - Hash Key First',
 '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54'),
(7, decode(repeat('aa', 131), 'hex'),
 'This is a test using a larger than block-size key and a larger than '
 'block-size data. The key needs to be hashed before being used by the '
 'HMAC algorithm.',
 '9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2');
SELECT n, starts_with(encode(debug_hmac(key, message), 'hex'), digest) AS same
FROM hmac_cases ORDER BY n;

-- the same as pgcrypto's, for messages and keys of every length to 200
SELECT count(*) AS compared,
       count(*) FILTER (WHERE debug_hmac(key, message)
                              <> hmac(message, key, 'sha256')) AS different
FROM (SELECT decode(repeat(md5(n::text), 7), 'hex') AS bytes, n
      FROM generate_series(0, 112) n) t,
     substr(bytes, 1, n) AS message,
     substr(bytes || bytes, 1, 1 + (n * 7) % 200) AS key;
SELECT debug_hmac('k', m) = hmac(m, 'k', 'sha256') AS long_message
FROM convert_to(repeat('x', 3000000), 'UTF8') AS m;

-- AES-GCM: test cases 1 to 4 and 13 to 16 of the specification submitted to
-- NIST (McGrew and Viega), and one of NIST's CAVP (gcmEncryptExtIV256)
CREATE TABLE gcm_cases (n text, key bytea, nonce bytea, data bytea,
                        plain bytea, cipher bytea, tag bytea);
INSERT INTO gcm_cases VALUES
('1', decode(repeat('00', 16), 'hex'), decode(repeat('00', 12), 'hex'), '', '',
 '', '\x58e2fccefa7e3061367f1d57a4e7455a'),
('2', decode(repeat('00', 16), 'hex'), decode(repeat('00', 12), 'hex'), '',
 decode(repeat('00', 16), 'hex'), '\x0388dace60b6a392f328c2b971b2fe78',
 '\xab6e47d42cec13bdf53a67b21257bddf'),
('3', '\xfeffe9928665731c6d6a8f9467308308', '\xcafebabefacedbaddecaf888', '',
 '\xd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255',
 '\x42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091473f5985',
 '\x4d5c2af327cd64a62cf35abd2ba6fab4'),
('4', '\xfeffe9928665731c6d6a8f9467308308', '\xcafebabefacedbaddecaf888',
 '\xfeedfacedeadbeeffeedfacedeadbeefabaddad2',
 '\xd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
 '\x42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091',
 '\x5bc94fbc3221a5db94fae95ae7121a47'),
('13', decode(repeat('00', 32), 'hex'), decode(repeat('00', 12), 'hex'), '', '',
 '', '\x530f8afbc74536b9a963b4f1c4cb738b'),
('14', decode(repeat('00', 32), 'hex'), decode(repeat('00', 12), 'hex'), '',
 decode(repeat('00', 16), 'hex'), '\xcea7403d4d606b6e074ec5d3baf39d18',
 '\xd0d1c8a799996bf0265b98b5d48ab919'),
('15', '\xfeffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308',
 '\xcafebabefacedbaddecaf888', '',
 '\xd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255',
 '\x522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad',
 '\xb094dac5d93471bdec1a502270e3cc6c'),
('16', '\xfeffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308',
 '\xcafebabefacedbaddecaf888', '\xfeedfacedeadbeeffeedfacedeadbeefabaddad2',
 '\xd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
 '\x522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662',
 '\x76fc6ece0f4e1768cddf8853bb2d551b'),
('CAVP', '\x92e11dcdaa866f5ce790fd24501f92509aacf4cb8b1339d50c9c1240935dd08b',
 '\xac93a1a6145299bde902f21a', '\x1e0889016f67601c8ebea4943bc23ad6',
 '\x2d71bcfa914e4ac045b2aa60955fad24', '\x8995ae2e6df3dbf96fac7b7137bae67f',
 '\xeca5aa77d51d4a0a14d9c51e1da474ab');
SELECT n, debug_gcm_seal(key, nonce, data, plain) = cipher || tag AS sealed,
       debug_gcm_open(key, nonce, data, cipher || tag) = plain AS opened
FROM gcm_cases ORDER BY n;

-- one bit flipped, in any byte of ciphertext, tag, nonce, data or key: no
-- plaintext
SELECT count(*) AS flips,
       count(debug_gcm_open(key, nonce, data,
                            set_bit(cipher || tag, bit, 1 - get_bit(cipher || tag, bit))))
       AS opened
FROM gcm_cases, generate_series(0, 8 * length(cipher || tag) - 1) bit
WHERE n IN ('16', 'CAVP');
SELECT count(debug_gcm_open(set_bit(key, bit, 1 - get_bit(key, bit)), nonce,
                            data, cipher || tag)) AS key,
       count(debug_gcm_open(key, set_bit(nonce, bit % 96,
                                         1 - get_bit(nonce, bit % 96)),
                            data, cipher || tag)) AS nonce,
       count(debug_gcm_open(key, nonce, set_bit(data, bit % 160,
                                                1 - get_bit(data, bit % 160)),
                            cipher || tag)) AS data
FROM gcm_cases, generate_series(0, 255) bit WHERE n = '16';

-- FF1: all samples of NIST (FF1samples), by numbers and digit by digit
CREATE FUNCTION digits(text) RETURNS int[] LANGUAGE sql AS $$
    SELECT array_agg(strpos('0123456789abcdefghijklmnopqrstuvwxyz', c) - 1 ORDER BY n)
    FROM regexp_split_to_table($1, '') WITH ORDINALITY t (c, n) $$;
CREATE TABLE ff1_cases (n int, bits int, radix int, tweak bytea, plain text,
                        cipher text);
INSERT INTO ff1_cases VALUES
(1, 128, 10, '', '0123456789', '2433477484'),
(2, 128, 10, '\x39383736353433323130', '0123456789', '6124200773'),
(3, 128, 36, '\x3737373770717273373737', '0123456789abcdefghi', 'a9tv40mll9kdu509eum'),
(4, 192, 10, '', '0123456789', '2830668132'),
(5, 192, 10, '\x39383736353433323130', '0123456789', '2496655549'),
(6, 192, 36, '\x3737373770717273373737', '0123456789abcdefghi', 'xbj3kv35jrawxv32ysr'),
(7, 256, 10, '', '0123456789', '6657667009'),
(8, 256, 10, '\x39383736353433323130', '0123456789', '1001623463'),
(9, 256, 36, '\x3737373770717273373737', '0123456789abcdefghi', 'xs8a0azh2avyalyzuwd');
SELECT n, bits, wide,
       debug_ff1(key, radix, tweak, digits(plain), false, wide) = digits(cipher)
       AS encrypted,
       debug_ff1(key, radix, tweak, digits(cipher), true, wide) = digits(plain)
       AS decrypted
FROM ff1_cases, (VALUES (false), (true)) w (wide),
     substr('\x2b7e151628aed2a6abf7158809cf4f3cef4359d8d580aa4f7f036d6f04fc6a94'::bytea,
            1, bits / 8) AS key
ORDER BY n, wide;

-- the two ways agree, and what goes in comes out: all lengths to 60, many
-- radixes and tweaks, halves below and above 64 bits
CREATE TABLE strings AS
SELECT radix, n, substr(decode(repeat(md5(n::text), 3), 'hex'), 1, n % 41) AS tweak,
       array_agg((hashint4(i * 61 + n) & 2147483647) % radix) AS digits
FROM unnest('{2,3,10,16,26,36,62,255,256,257,4096,65535,65536}'::int[]) radix,
     generate_series(1, 60) n, generate_series(1, n) i
GROUP BY radix, n;
SELECT count(*) AS strings, count(narrow) AS encrypted,
       count(*) FILTER (WHERE narrow IS DISTINCT FROM wide) AS disagree,
       count(*) FILTER (WHERE narrow = digits) AS unchanged,
       count(*) FILTER (WHERE debug_ff1('0123456789abcdef', radix, tweak, narrow, true, true)
                              <> digits
                        OR debug_ff1('0123456789abcdef', radix, tweak, narrow, true, false)
                              <> digits) AS lost
FROM strings,
     debug_ff1('0123456789abcdef', radix, tweak, digits, false, false) narrow,
     debug_ff1('0123456789abcdef', radix, tweak, digits, false, true) wide;
SELECT array_length(array_agg(d), 1) AS longest,
       debug_ff1('0123456789abcdef', 65536, '',
                 debug_ff1('0123456789abcdef', 65536, '', array_agg(d), false, false),
                 true, false) = array_agg(d) AS same
FROM generate_series(64512, 65535) d;

-- a permutation: no two of a hundred thousand strings share a ciphertext
SELECT count(*), count(DISTINCT c) FROM (
    SELECT debug_ff1('0123456789abcdef', 10, 't',
                     ARRAY[n / 100000 % 10, n / 10000 % 10, n / 1000 % 10,
                           n / 100 % 10, n / 10 % 10, n % 10], false, false) AS c
    FROM generate_series(0, 999999, 10) n) t;

-- domains below a million, digits not below the radix, too long: refused
SELECT debug_ff1('0123456789abcdef', 10, '', '{1,2,3,4,5}', false, false) AS five,
       debug_ff1('0123456789abcdef', 2, '', array_fill(1, '{19}'), false, false) AS bits,
       debug_ff1('0123456789abcdef', 2, '', array_fill(1, '{20}'), false, false)
           IS NOT NULL AS enough_bits,
       debug_ff1('0123456789abcdef', 999, '', '{1,2}', false, false) AS two,
       debug_ff1('0123456789abcdef', 1000, '', '{1,2}', false, false)
           IS NOT NULL AS enough_two,
       debug_ff1('0123456789abcdef', 10, '', '{1,2,3,4,5,10}', false, false) AS digit,
       debug_ff1('0123456789abcdef', 1, '', array_fill(0, '{30}'), false, false) AS radix,
       debug_ff1('0123456789abcdef', 65537, '', '{1,2}', false, false) AS radix,
       debug_ff1('0123456789abcdef', 10, '', array_fill(1, '{1025}'), false, false) AS long,
       debug_ff1('0123456789abcdef', 10, decode(repeat('00', 257), 'hex'),
                 '{1,2,3,4,5,6}', false, false) AS tweak;

SET client_min_messages = warning;
DROP SCHEMA vectors CASCADE;
