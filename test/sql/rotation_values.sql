-- What a rotation does not touch: values that it could not make anew are left.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_owner;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_owner;
CREATE SCHEMA rotation_values AUTHORIZATION regress_cr_owner;
SELECT cleanroom.create_key('values box', 'encrypt'), cleanroom.create_key('values mail', 'token');
SELECT cleanroom.grant_key('values box', 'regress_cr_owner', '{encrypt, decrypt}'),
       cleanroom.grant_key('values mail', 'regress_cr_owner', '{tokenize}');

-- Waits for a rotation to end, and shows how.
CREATE FUNCTION rotation_values.wait(number int)
    RETURNS TABLE (state text, rows_done bigint, rows_left bigint, problem text)
LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1..1200 LOOP
        EXIT WHEN (SELECT r.state <> 'running' FROM cleanroom.key_rotations r
                   WHERE r.rotation = number);
        PERFORM pg_sleep(0.05);
    END LOOP;
    RETURN QUERY SELECT r.state, r.rows_done, r.rows_left, r.problem
        FROM cleanroom.key_rotations r WHERE r.rotation = number;
END
$$;

-- A context that is null for some rows: those stay as they are, and can be read.
SET ROLE regress_cr_owner;
CREATE TABLE rotation_values.notes (id int, place text, note bytea);
INSERT INTO rotation_values.notes
SELECT i, CASE WHEN i % 3 > 0 THEN 'here' END,
       cleanroom.encrypt('v' || i, 'values box', coalesce(CASE WHEN i % 3 > 0 THEN 'here' END, '') || i)
FROM generate_series(1, 30) i;
SELECT cleanroom.track_column('rotation_values.notes', 'note', 'values box');
RESET ROLE;
SELECT cleanroom.rotate_key('values box');
SET ROLE regress_cr_owner;
SELECT cleanroom.rotate_table('rotation_values.notes', 'note', 'values box', context => 'place || id') AS n \gset
SELECT * FROM rotation_values.wait(:n);
SELECT get_byte(note, 7) AS version, count(*),
       count(cleanroom.decrypt(note, 'values box', coalesce(place, '') || id)) AS read
FROM rotation_values.notes GROUP BY 1 ORDER BY 1;
RESET ROLE;
SELECT cleanroom.retire_key_version('values box', 1);
-- for all of them
SELECT cleanroom.rotate_key('values box');
SET ROLE regress_cr_owner;
SELECT cleanroom.rotate_table('rotation_values.notes', 'note', 'values box', context => 'NULL') AS n \gset
SELECT * FROM rotation_values.wait(:n);
-- null the second time it is looked at
CREATE SEQUENCE rotation_values.times;
CREATE FUNCTION rotation_values.fickle(context text) RETURNS text LANGUAGE sql VOLATILE
AS $$ SELECT CASE WHEN nextval('rotation_values.times') % 2 = 1 THEN context END $$;
SELECT cleanroom.rotate_table('rotation_values.notes', 'note', 'values box',
    context => $$rotation_values.fickle(coalesce(place, '') || id)$$) AS n \gset
SELECT state, problem FROM rotation_values.wait(:n);
SELECT count(*), count(cleanroom.decrypt(note, 'values box', coalesce(place, '') || id)) AS read
FROM rotation_values.notes;
-- and with the right one
SELECT cleanroom.rotate_table('rotation_values.notes', 'note', 'values box', context => $$coalesce(place, '') || id$$) AS n \gset
SELECT * FROM rotation_values.wait(:n);
SELECT get_byte(note, 7) AS version, count(*),
       count(cleanroom.decrypt(note, 'values box', coalesce(place, '') || id)) AS read
FROM rotation_values.notes GROUP BY 1 ORDER BY 1;
RESET ROLE;
SELECT cleanroom.retire_key_version('values box', 1), cleanroom.retire_key_version('values box', 2);

-- Asked for time and again, it is begun once: no call fails for the workers that
-- those before it have asked for.
SET ROLE regress_cr_owner;
SELECT cleanroom.rotate_table('rotation_values.notes', 'note', 'values box', context => $$coalesce(place, '') || id$$) AS n \gset
SELECT cleanroom.rotate_table('rotation_values.notes', 'note', 'values box', context => $$coalesce(place, '') || id$$) AS n \gset
SELECT cleanroom.rotate_table('rotation_values.notes', 'note', 'values box', context => $$coalesce(place, '') || id$$) AS n \gset
SELECT cleanroom.rotate_table('rotation_values.notes', 'note', 'values box', context => $$coalesce(place, '') || id$$) AS n \gset
SELECT cleanroom.rotate_table('rotation_values.notes', 'note', 'values box', context => $$coalesce(place, '') || id$$) AS n \gset
SELECT cleanroom.rotate_table('rotation_values.notes', 'note', 'values box', context => $$coalesce(place, '') || id$$) AS n \gset
SELECT cleanroom.rotate_table('rotation_values.notes', 'note', 'values box', context => $$coalesce(place, '') || id$$) AS n \gset
SELECT cleanroom.rotate_table('rotation_values.notes', 'note', 'values box', context => $$coalesce(place, '') || id$$) AS n \gset
SELECT cleanroom.rotate_table('rotation_values.notes', 'note', 'values box', context => $$coalesce(place, '') || id$$) AS n \gset
SELECT cleanroom.rotate_table('rotation_values.notes', 'note', 'values box', context => $$coalesce(place, '') || id$$) AS n \gset
SELECT cleanroom.rotate_table('rotation_values.notes', 'note', 'values box', context => $$coalesce(place, '') || id$$) AS n \gset
SELECT cleanroom.rotate_table('rotation_values.notes', 'note', 'values box', context => $$coalesce(place, '') || id$$) AS n \gset
SELECT * FROM rotation_values.wait(:n);
RESET ROLE;

-- A column of a domain over uuid could not be rotated, and is not filled.
SET ROLE regress_cr_owner;
CREATE DOMAIN rotation_values.token AS uuid;
CREATE TABLE rotation_values.people (mail text, plain uuid, token rotation_values.token);
SELECT cleanroom.tokenize_column('rotation_values.people', 'mail', 'token', 'values mail', keep_source => true);
SELECT cleanroom.tokenize_column('rotation_values.people', 'mail', 'plain', 'values mail', keep_source => true);
INSERT INTO rotation_values.people VALUES ('anna');
RESET ROLE;
SELECT cleanroom.rotate_key('values mail');
SET ROLE regress_cr_owner;
SELECT cleanroom.rotate_table('rotation_values.people', 'token', 'values mail', source => 'mail');
SELECT cleanroom.rotate_table('rotation_values.people', 'plain', 'values mail') AS n \gset
SELECT * FROM rotation_values.wait(:n);
RESET ROLE;

SET client_min_messages = warning;
DROP SCHEMA rotation_values CASCADE;
SELECT count(cleanroom.destroy_key(name, name)) FROM cleanroom.keys WHERE name LIKE 'values %';
DELETE FROM cleanroom.keyring_rotations r USING cleanroom.keyring k
WHERE r.key_id = k.key_id AND k.name LIKE 'values %';
DELETE FROM cleanroom.keyring_versions v USING cleanroom.keyring k
WHERE v.key_id = k.key_id AND k.name LIKE 'values %';
DELETE FROM cleanroom.keyring_grants v USING cleanroom.keyring k
WHERE v.key_id = k.key_id AND k.name LIKE 'values %';
DELETE FROM cleanroom.keyring WHERE name LIKE 'values %';
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_owner;
DROP ROLE regress_cr_owner;
