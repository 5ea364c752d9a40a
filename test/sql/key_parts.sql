-- What a key is known to have made stays known when a table becomes a part of
-- another, or is one no longer.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_boss IN ROLE cleanroom_operator;
CREATE ROLE regress_cr_shop;
CREATE ROLE regress_cr_ana;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_boss, regress_cr_shop, regress_cr_ana;
CREATE SCHEMA key_parts AUTHORIZATION regress_cr_shop;
SELECT cleanroom.create_key('parts box', 'encrypt'), cleanroom.create_key('parts people', 'token'),
       cleanroom.create_key('parts lent', 'token');
SELECT cleanroom.grant_key('parts box', 'regress_cr_shop', '{own}'),
       cleanroom.grant_key('parts people', 'regress_cr_shop', '{own}'),
       cleanroom.grant_key('parts lent', 'regress_cr_shop', '{detokenize}'),
       cleanroom.grant_key('parts lent', 'regress_cr_ana', '{tokenize}');
CREATE FUNCTION key_parts.tracked() RETURNS TABLE (relation text, "column" name, key name)
LANGUAGE sql AS $$
    SELECT c.relation::text, c."column", k.name FROM cleanroom.keyring_columns c
        JOIN cleanroom.keyring k USING (key_id)
    WHERE c.relation::text LIKE 'key_parts.%' ORDER BY 1, 2, 3
$$;
ALTER FUNCTION key_parts.tracked SECURITY DEFINER;

-- Partitions, one level and two.
SET ROLE regress_cr_shop;
CREATE TABLE key_parts.whole (id int, y int, mail text, token uuid, note bytea) PARTITION BY LIST (y);
CREATE TABLE key_parts.one PARTITION OF key_parts.whole FOR VALUES IN (1);
CREATE TABLE key_parts.two PARTITION OF key_parts.whole FOR VALUES IN (2) PARTITION BY LIST (id);
CREATE TABLE key_parts.two_odd PARTITION OF key_parts.two DEFAULT;
CREATE TABLE key_parts.three PARTITION OF key_parts.whole FOR VALUES IN (3);
SELECT cleanroom.tokenize_column('key_parts.whole', 'mail', 'token', 'parts people', 'email');
SELECT cleanroom.track_column('key_parts.whole', 'note', 'parts box');
INSERT INTO key_parts.whole
SELECT i, 1 + i % 3, i || '@example.org', NULL, cleanroom.encrypt('n' || i, 'parts box') FROM generate_series(1, 30) i;
-- a column may have been renamed since
ALTER TABLE key_parts.whole RENAME note TO remark;
SELECT cleanroom.key_dependents('parts box'), cleanroom.key_dependents('parts people');
ALTER TABLE key_parts.whole DETACH PARTITION key_parts.one;
ALTER TABLE key_parts.two DETACH PARTITION key_parts.two_odd;
ALTER TABLE key_parts.whole DETACH PARTITION key_parts.three CONCURRENTLY;
SELECT * FROM key_parts.tracked();
SELECT cleanroom.key_dependents('parts box'), cleanroom.key_dependents('parts people');
SELECT cleanroom.destroy_key('parts box');
SELECT cleanroom.rotate_key('parts box');
SELECT cleanroom.retire_key_version('parts box', 1);
-- attached again, it is counted once, and detached again, once more
ALTER TABLE key_parts.whole ATTACH PARTITION key_parts.one FOR VALUES IN (1);
SELECT cleanroom.untrack_column('key_parts.one', 'remark');
SELECT cleanroom.key_dependents('parts box');
ALTER TABLE key_parts.whole DETACH PARTITION key_parts.one;
SELECT cleanroom.key_dependents('parts box');
-- what is taken back has changed nothing
BEGIN;
SAVEPOINT before;
ALTER TABLE key_parts.whole DETACH PARTITION key_parts.two;
SELECT count(*) FROM key_parts.tracked() WHERE relation = 'key_parts.two';
ROLLBACK TO before;
CREATE TABLE key_parts.unrelated (id int);
COMMIT;
SELECT count(*) FROM key_parts.tracked() WHERE relation = 'key_parts.two';
-- whatever the transaction sees otherwise
BEGIN ISOLATION LEVEL REPEATABLE READ;
ALTER TABLE key_parts.whole DETACH PARTITION key_parts.two;
SELECT count(*) FROM key_parts.tracked() WHERE relation = 'key_parts.two';
ROLLBACK;
-- and where nothing is tracked there is nothing to do
CREATE TABLE key_parts.plain (id int) PARTITION BY LIST (id);
CREATE TABLE key_parts.plain_one PARTITION OF key_parts.plain DEFAULT;
ALTER TABLE key_parts.plain DETACH PARTITION key_parts.plain_one;
SELECT count(*) FROM key_parts.tracked() WHERE relation LIKE '%plain%';

-- Children by inheritance; and a column that only the parent drops.
CREATE TABLE key_parts.parent (id int, note bytea, other bytea);
CREATE TABLE key_parts.child (note bytea, other bytea) INHERITS (key_parts.parent);
SELECT cleanroom.track_column('key_parts.parent', 'note', 'parts box'),
       cleanroom.track_column('key_parts.parent', 'other', 'parts box');
INSERT INTO key_parts.child SELECT i, cleanroom.encrypt('n', 'parts box'), cleanroom.encrypt('n', 'parts box')
FROM generate_series(1, 7) i;
ALTER TABLE key_parts.parent DROP COLUMN other;
SELECT * FROM key_parts.tracked() WHERE relation = 'key_parts.child';
ALTER TABLE key_parts.child NO INHERIT key_parts.parent;
SELECT * FROM key_parts.tracked() WHERE relation = 'key_parts.child';
SELECT cleanroom.key_dependents('parts box', 2);
RESET ROLE;

-- A room has the key of what has left.
SET ROLE regress_cr_shop;
CREATE TABLE key_parts.views (token uuid, y int) PARTITION BY LIST (y);
CREATE TABLE key_parts.views_one PARTITION OF key_parts.views FOR VALUES IN (1);
SELECT cleanroom.track_column('key_parts.views', 'token', 'parts lent');
ALTER TABLE key_parts.views DETACH PARTITION key_parts.views_one;
SELECT cleanroom.protect('key_parts.views_one', 'token', 5, '{y}', '{}', '{}', '{token}');
RESET ROLE;
SELECT cleanroom.revoke_key('parts lent', 'regress_cr_shop');
SET ROLE regress_cr_boss;
SELECT cleanroom.create_room('parts', 'reach');
SELECT cleanroom.add_member('parts', 'regress_cr_shop', 'contributor'),
       cleanroom.add_member('parts', 'regress_cr_ana', 'analyst');
SET ROLE regress_cr_ana;
SELECT cleanroom.tokenize('anna', 'parts lent') IS NOT NULL AS made;
SET ROLE regress_cr_shop;
SELECT cleanroom.share_table('parts', 'key_parts.views_one');
SET ROLE regress_cr_ana;
SELECT cleanroom.tokenize('anna', 'parts lent');
RESET ROLE;

-- A part brings no values of a key into a room of another residency.
SELECT cleanroom.create_key('parts european', 'token');
SELECT cleanroom.grant_key('parts european', 'regress_cr_shop', '{own}');
SET ROLE regress_cr_shop;
SELECT cleanroom.set_key_residency('parts european', 'EU');
CREATE TABLE key_parts.shared (token uuid, y int) PARTITION BY LIST (y);
CREATE TABLE key_parts.shared_too (token uuid, y int);
SELECT cleanroom.protect('key_parts.shared', 'token', 5, '{y}', '{}', '{}', '{token}');
SELECT cleanroom.protect('key_parts.shared_too', 'token', 5, '{y}', '{}', '{}', '{token}');
SELECT cleanroom.share_table('parts', 'key_parts.shared'), cleanroom.share_table('parts', 'key_parts.shared_too');
CREATE TABLE key_parts.european (token uuid, y int);
SELECT cleanroom.track_column('key_parts.european', 'token', 'parts european');
ALTER TABLE key_parts.shared ATTACH PARTITION key_parts.european FOR VALUES IN (1);
ALTER TABLE key_parts.european INHERIT key_parts.shared_too;
-- nor as the part of two
CREATE TABLE key_parts.both () INHERITS (key_parts.european, key_parts.shared_too);
-- one without such a key is welcome, and gets none then
CREATE TABLE key_parts.american (token uuid, y int);
ALTER TABLE key_parts.shared ATTACH PARTITION key_parts.american FOR VALUES IN (1);
SELECT cleanroom.track_column('key_parts.american', 'token', 'parts european');
CREATE TABLE key_parts.more PARTITION OF key_parts.shared FOR VALUES IN (2);
-- and the key of a part gets no residency that the room has not
SELECT cleanroom.track_column('key_parts.american', 'token', 'parts people');
SELECT cleanroom.set_key_residency('parts people', 'EU');
SELECT cleanroom.set_key_residency('parts people', NULL);
RESET ROLE;

SET client_min_messages = warning;
TRUNCATE cleanroom.room_list CASCADE;
DROP SCHEMA key_parts CASCADE;
DELETE FROM cleanroom.keyring_versions v USING cleanroom.keyring k WHERE v.key_id = k.key_id AND k.name LIKE 'parts %';
DELETE FROM cleanroom.keyring_grants v USING cleanroom.keyring k WHERE v.key_id = k.key_id AND k.name LIKE 'parts %';
DELETE FROM cleanroom.keyring_columns v USING cleanroom.keyring k WHERE v.key_id = k.key_id AND k.name LIKE 'parts %';
DELETE FROM cleanroom.keyring WHERE name LIKE 'parts %';
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_boss, regress_cr_shop, regress_cr_ana;
DROP ROLE regress_cr_boss, regress_cr_shop, regress_cr_ana;
