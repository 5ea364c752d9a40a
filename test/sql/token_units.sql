-- A person is one person under all versions of a key.  Where a table's privacy
-- unit is a token, units of the version with most of them count, and no others.
\set SHOW_CONTEXT never
\pset null '(null)'
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_owner;
CREATE ROLE regress_cr_ana;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_owner;
CREATE SCHEMA token_units;
GRANT USAGE, CREATE ON SCHEMA token_units TO regress_cr_owner;
GRANT USAGE ON SCHEMA token_units TO regress_cr_ana;
SELECT cleanroom.create_key('token units', 'token');
SELECT cleanroom.grant_key('token units', 'regress_cr_owner', '{tokenize}');

SET ROLE regress_cr_owner;
CREATE TABLE token_units.visits (person text, token uuid, shop text, spent int, flag int);
SELECT cleanroom.tokenize_column('token_units.visits', 'person', 'token', 'token units', 'exact', true);
CREATE TABLE token_units.people (person text, token uuid PRIMARY KEY, town text, age int);
SELECT cleanroom.tokenize_column('token_units.people', 'person', 'token', 'token units', 'exact', true);
CREATE FUNCTION token_units.load(number int) RETURNS void LANGUAGE sql AS $$
    -- "few": 4 people; "once": 9, new ones each time; "alike": the same 5; "one": one
    INSERT INTO token_units.visits (person, shop, spent, flag)
        SELECT 'few ' || i, 'few', i, 1 FROM generate_series(1, 4) i
        UNION ALL
        SELECT 'once ' || number || ' ' || i, 'once', i, i % 2 FROM generate_series(1, 9) i
        UNION ALL
        SELECT 'alike ' || i, 'alike', i, 1 FROM generate_series(1, 5) i
        UNION ALL
        SELECT 'one', 'one', i, 1 FROM generate_series(1, 3) i;
    INSERT INTO token_units.people (person, town, age)
        SELECT 'few ' || i, 'few', 30 + i FROM generate_series(1, 4) i
        UNION ALL
        SELECT 'once ' || number || ' ' || i, 'once', 30 + i FROM generate_series(1, 9) i
        UNION ALL
        SELECT 'alike ' || i, 'alike', 30 + i FROM generate_series(1, 5) i;
$$;
SELECT cleanroom.protect('token_units.visits', 'token', 5, '{shop}', '{spent,flag}', '{}', '{token}');
SELECT cleanroom.protect('token_units.people', 'token', 5, '{town}', '{age}', '{}', '{token}');
GRANT SELECT ON token_units.visits, token_units.people TO regress_cr_ana;
SELECT token_units.load(1);

\set questions 'SELECT shop, count(*), sum(spent) FROM token_units.visits GROUP BY shop ORDER BY shop; SELECT town, count(*), avg(age) FROM token_units.people GROUP BY town ORDER BY town; SELECT n, count(*) FROM (SELECT v.token, count(*) AS n FROM token_units.visits v GROUP BY v.token) p GROUP BY n ORDER BY n; SELECT p.town, count(*) FROM token_units.people p JOIN token_units.visits v USING (token) GROUP BY p.town ORDER BY p.town;'
SET ROLE regress_cr_ana;
:questions

-- the same people again, twice, under further versions
RESET ROLE;
SELECT cleanroom.rotate_key('token units');
SET ROLE regress_cr_owner;
SELECT token_units.load(2);
RESET ROLE;
SELECT cleanroom.rotate_key('token units');
SET ROLE regress_cr_owner;
SELECT token_units.load(3);
SELECT shop, count(DISTINCT token) AS tokens, count(DISTINCT cleanroom.token_version(token)) AS versions
FROM token_units.visits GROUP BY shop ORDER BY shop;
SET ROLE regress_cr_ana;
:questions
-- parts of a question, and its whole
SELECT count(*) FILTER (WHERE shop = 'few') AS few, count(*) FILTER (WHERE shop = 'alike') AS alike FROM token_units.visits;
SELECT count(*) FROM token_units.visits WHERE shop = 'few';
SELECT count(*), sum(age) FROM token_units.people WHERE town = 'few';
SELECT count(*) FROM token_units.people p WHERE town = 'few' AND EXISTS (SELECT FROM token_units.visits v WHERE v.token = p.token);
SELECT sum(CASE WHEN shop = 'few' THEN spent ELSE 0 END) AS few FROM token_units.visits;
SELECT shop, covar_pop(spent, spent) FROM token_units.visits GROUP BY shop ORDER BY shop;
SELECT count(DISTINCT token) FROM token_units.visits WHERE shop = 'one';

-- Brought to one version, everybody is one again.
SET ROLE regress_cr_owner;
SELECT cleanroom.rotate_table('token_units.visits', 'token', 'token units') AS n \gset
RESET ROLE;
DO $$
BEGIN
    FOR i IN 1..1200 LOOP
        EXIT WHEN NOT EXISTS (SELECT FROM cleanroom.key_rotations WHERE state = 'running' AND relation = 'token_units.visits');
        PERFORM pg_sleep(0.05);
    END LOOP;
END
$$;
SELECT shop, count(DISTINCT token) AS tokens, count(DISTINCT cleanroom.token_version(token)) AS versions
FROM token_units.visits GROUP BY shop ORDER BY shop;
SET ROLE regress_cr_ana;
SELECT shop, count(*), count(DISTINCT token) FROM token_units.visits GROUP BY shop ORDER BY shop;

-- what the counters count, of many tokens, versions and thresholds
RESET ROLE;
SELECT max(cleanroom.rotate_key('token units')) AS version FROM generate_series(4, 12);
SELECT DISTINCT cleanroom.token_key(token) AS key_id FROM token_units.visits \gset
CREATE FUNCTION token_units.token(person text, version int, key_id int) RETURNS uuid IMMUTABLE LANGUAGE sql AS
$$SELECT (left(md5(version || ' ' || person), 12) || '8' || lpad(to_hex(version), 3, '0') || to_hex(32768 + key_id / 4)
          || lpad(to_hex(key_id % 4 * 64), 2, '0') || left(md5(person), 10))::uuid$$;
CREATE TABLE token_units.made AS
SELECT v AS version, i, token_units.token(i::text, v, :key_id) AS token
FROM generate_series(1, 12) v, generate_series(1, 300) i;
SELECT count(*) AS not_tokens FROM token_units.made
WHERE (cleanroom.token_version(token), cleanroom.token_key(token)) IS DISTINCT FROM (version, :key_id)
   OR cleanroom.token_class(token) IS DISTINCT FROM :key_id * 4096 + version;
-- each version has as many as its number times "step", besides 3 units that are no tokens
CREATE FUNCTION token_units.wrong(step int, t int, versions int) RETURNS TABLE (units int, expected int)
LANGUAGE sql AS $$
    SELECT cleanroom.units(u, t), least(t, greatest(3, versions * step))
    FROM (SELECT token AS u FROM token_units.made WHERE version <= versions AND i <= version * step
          UNION ALL
          SELECT lpad(i::text, 32, '0')::uuid FROM generate_series(1, 3) i) s
    CROSS JOIN generate_series(1, 2) twice
$$;
SELECT count(*) AS cases, count(*) FILTER (WHERE units <> expected) AS wrong
FROM unnest('{1,2,5,13,25}'::int[]) step, unnest('{1,2,3,5,12,13,50,60,61,127,128,129,200,500,5000}'::int[]) t,
     unnest('{1,2,3,12}'::int[]) versions, token_units.wrong(step, t, versions);
-- by parallel workers
ALTER TABLE token_units.made SET (parallel_workers = 2);
ANALYZE token_units.made;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT cleanroom.units(token, 50) AS reached, cleanroom.units(token, 301) AS one_short,
       cleanroom.units(token, 50) FILTER (WHERE i <= 49) AS below,
       cleanroom.units(token, 50) FILTER (WHERE i <= 49 OR version = 7) AS one_version
FROM token_units.made;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
-- units with neither of two values: in the version with most of them
SELECT cleanroom.unlike(i % 3, NULL::int, token, 60) FILTER (WHERE i <= 60) AS x,
       cleanroom.unlike(i % 3, NULL::int, token, 40) FILTER (WHERE i <= 60) AS x_reached,
       cleanroom.unlike(i % 3, NULL::int, token, 60) FILTER (WHERE i <= 60 AND version = 1) AS x_of_one,
       cleanroom.unlike(1, 1, token, 60) FILTER (WHERE version = 1) AS none
FROM token_units.made;
-- none in each version alone, but not together: few, and not none
SELECT cleanroom.unlike(version, NULL::int, token, 10) FILTER (WHERE version < 3) AS few,
       cleanroom.unlike(version, version, token, 10) FILTER (WHERE version = 1 OR version = 2 AND i = 1) AS few_of_two,
       cleanroom.unlike(i, i, token, 10) FILTER (WHERE version < 3) AS enough
FROM token_units.made;
-- one person with another value, or without one, after the key was rotated
SET ROLE regress_cr_owner;
CREATE TABLE token_units.sums (token uuid, amount int, pieces int);
CREATE TABLE token_units.kinds (token uuid, kind text);
RESET ROLE;
INSERT INTO token_units.sums SELECT token_units.token(i::text, 1, :key_id), 100 + i, 1 FROM generate_series(1, 50) i;
INSERT INTO token_units.sums VALUES (token_units.token('99', 2, :key_id), 777, 2), (token_units.token('99', 2, :key_id), 123, 2);
INSERT INTO token_units.kinds
SELECT token_units.token(i::text, v, :key_id), k FROM generate_series(1, 30) i, unnest('{m,w}'::text[]) k, generate_series(1, 3) v
WHERE NOT (i = 17 AND k = 'm');
SET ROLE regress_cr_owner;
SELECT cleanroom.protect('token_units.sums', 'token', 10, '{}', '{amount,pieces}', '{pieces}', '{token}');
SELECT cleanroom.protect('token_units.kinds', 'token', 3, '{kind}', '{}', '{}', '{token}');
GRANT SELECT ON token_units.sums, token_units.kinds TO regress_cr_ana;
SET ROLE regress_cr_ana;
SELECT sum(m - a) FROM (SELECT token, sum(amount) AS m, avg(amount) AS a FROM token_units.sums GROUP BY token) p;
SELECT covar_pop(amount, pieces) FROM token_units.sums;
SELECT sum(amount * (pieces - 1)) FROM token_units.sums;
SELECT count(DISTINCT token), count(DISTINCT token) FILTER (WHERE kind = 'm') FROM token_units.kinds;
SELECT count(DISTINCT token), count(DISTINCT CASE WHEN kind = 'm' THEN token END) FROM token_units.kinds;
RESET ROLE;
-- one version, and a share of many
INSERT INTO token_units.kinds SELECT token_units.token(i::text, 1, :key_id), 'w' FROM generate_series(31, 40) i;
SET ROLE regress_cr_ana;
SELECT count(DISTINCT token), count(DISTINCT token) FILTER (WHERE kind = 'm') FROM token_units.kinds;

-- UUIDs that look like tokens, of keys and versions that there are not, are UUIDs like others.
RESET ROLE;
CREATE TABLE token_units.likes AS
SELECT CASE WHEN i <= 10 THEN token_units.token(i::text, i, :key_id + 1) WHEN i <= 20 THEN token_units.token(i::text, 12 + i, :key_id)
            ELSE md5(i::text)::uuid END AS id, i / 10 AS kind
FROM generate_series(1, 4999) i;
ALTER TABLE token_units.likes OWNER TO regress_cr_owner;
SELECT count(*) FILTER (WHERE cleanroom.token_version(id) IS NOT NULL) > 20 AS look_alike,
       count(*) FILTER (WHERE cleanroom.token_class(id) <> 0) AS ours FROM token_units.likes;
SET ROLE regress_cr_owner;
SELECT cleanroom.protect('token_units.likes', 'id', 10, '{kind}');
GRANT SELECT ON token_units.likes TO regress_cr_ana;
SET ROLE regress_cr_ana;
SELECT count(*) AS groups, min(n), max(n), max(d) FROM
    (SELECT kind, count(*) AS n, count(DISTINCT id) AS d FROM token_units.likes GROUP BY kind) g;
SELECT count(DISTINCT id) FILTER (WHERE kind < 490) AS most FROM token_units.likes;

RESET ROLE;
-- more versions than are told apart count as none
INSERT INTO cleanroom.keyring_versions (key_id, version)
SELECT v.key_id, i FROM cleanroom.keyring_versions v JOIN cleanroom.keyring k USING (key_id), generate_series(13, 4095) i
WHERE k.name = 'token units' AND v.version = 12;
SELECT cleanroom.units(token_units.token(i::text, 1 + i % 4095, :key_id), 100) FROM generate_series(1, 40000) i;

DROP SCHEMA token_units CASCADE;
SELECT count(cleanroom.destroy_key('token units', 'token units'));
DELETE FROM cleanroom.keyring_rotations v USING cleanroom.keyring k WHERE v.key_id = k.key_id AND k.name = 'token units';
DELETE FROM cleanroom.keyring_versions v USING cleanroom.keyring k WHERE v.key_id = k.key_id AND k.name = 'token units';
DELETE FROM cleanroom.keyring_grants v USING cleanroom.keyring k WHERE v.key_id = k.key_id AND k.name = 'token units';
DELETE FROM cleanroom.keyring WHERE name = 'token units';
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_owner;
DROP OWNED BY regress_cr_owner, regress_cr_ana;
DROP ROLE regress_cr_owner, regress_cr_ana;
