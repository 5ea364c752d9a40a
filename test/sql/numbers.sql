-- Members of pg_write_all_data may set any sequence: the extension's numbers of
-- keys, rooms, changes, rules, templates, budgets and rotations go on all the
-- same, and none is given twice.
\set VERBOSITY default
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom;
CREATE ROLE regress_cr_num_writer;
CREATE ROLE regress_cr_num_boss IN ROLE cleanroom_operator;
CREATE ROLE regress_cr_num_owner;
GRANT pg_write_all_data TO regress_cr_num_writer;
GRANT USAGE ON SCHEMA cleanroom TO PUBLIC;
CREATE SCHEMA num AUTHORIZATION regress_cr_num_owner;
CREATE SEQUENCE num.other;
CREATE TABLE num.people (id int, mail text, box text);
ALTER TABLE num.people OWNER TO regress_cr_num_owner;

CREATE VIEW num.sequences AS SELECT c.oid::regclass AS sequence, s.seqmax, s.seqcycle
    FROM pg_class c JOIN pg_sequence s ON s.seqrelid = c.oid
    WHERE c.relnamespace = 'cleanroom'::regnamespace;
GRANT SELECT ON num.sequences TO PUBLIC;
CREATE TEMP TABLE numbers_before AS SELECT sequence, coalesce(pg_sequence_last_value(sequence), 0) AS number FROM num.sequences;
SELECT sequence, seqcycle FROM num.sequences ORDER BY sequence::text;

-- Everything that takes a number, once; which numbers above the former ones.
CREATE TABLE num.tops (round int, numbers int[]);
CREATE PROCEDURE num.note_tops(round int) LANGUAGE sql AS $$
    INSERT INTO num.tops SELECT round, ARRAY[
        (SELECT max(key_id) FROM cleanroom.keyring), (SELECT max(room_id) FROM cleanroom.room_list),
        (SELECT max(change_id) FROM cleanroom.change_list), (SELECT max(rule_id) FROM cleanroom.rule_list),
        (SELECT max(template_id) FROM cleanroom.template_list)]
$$;
CREATE PROCEDURE num.take_all(round int) LANGUAGE plpgsql AS $$
BEGIN
    SET LOCAL SESSION AUTHORIZATION regress_cr_num_boss;
    PERFORM cleanroom.create_room('num ' || round, 'p', NULL), cleanroom.add_member('num ' || round, 'regress_cr_num_owner', 'contributor');
    RESET SESSION AUTHORIZATION;
    PERFORM cleanroom.create_key('num ' || round, 'token'), cleanroom.grant_key('num ' || round, 'regress_cr_num_owner', '{own}');
    SET LOCAL SESSION AUTHORIZATION regress_cr_num_owner;
    PERFORM cleanroom.share_table('num ' || round, 'num.people'), cleanroom.propose_template('num ' || round, 't', 'SELECT count(*) FROM num.people'),
            cleanroom.add_access_rule('num.people', 'rule ' || round, 'true'),
            cleanroom.set_budget('num.people', 'regress_cr_num_writer', round, 'queries', 'lifetime');
    RESET SESSION AUTHORIZATION;
END $$;
CREATE FUNCTION num.rose(this int) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(CASE WHEN a.n > b.n AND a.n - b.n <= 1000 THEN 'next' ELSE 'other' END, ' ' ORDER BY a.place)
    FROM num.tops t, unnest(t.numbers) WITH ORDINALITY a (n, place), num.tops u, unnest(u.numbers) WITH ORDINALITY b (n, place)
    WHERE t.round = this AND u.round = this - 1 AND a.place = b.place
$$;
SET SESSION AUTHORIZATION regress_cr_num_owner;
SELECT cleanroom.protect('num.people', 'id', 10, '{mail}');
RESET SESSION AUTHORIZATION;
CALL num.take_all(1);
CALL num.note_tops(1);
CALL num.take_all(2);
CALL num.note_tops(2);
SELECT num.rose(2);
-- to the end, to the beginning, a little and far ahead, and over and over again
SET SESSION AUTHORIZATION regress_cr_num_writer;
SELECT count(setval(sequence, seqmax)) FROM num.sequences;
RESET SESSION AUTHORIZATION;
CALL num.take_all(3);
CALL num.note_tops(3);
SELECT num.rose(3);
SET SESSION AUTHORIZATION regress_cr_num_writer;
SELECT count(setval(sequence, 1, false)) FROM num.sequences;
RESET SESSION AUTHORIZATION;
CALL num.take_all(4);
CALL num.note_tops(4);
SELECT num.rose(4);
SET SESSION AUTHORIZATION regress_cr_num_writer;
SELECT count(setval(sequence, 1000000)), count(nextval(sequence)) FROM num.sequences;
RESET SESSION AUTHORIZATION;
CALL num.take_all(5);
CALL num.note_tops(5);
SELECT num.rose(5);
-- those of budgets and rotations are taken in the same way
SET SESSION AUTHORIZATION regress_cr_num_writer;
SELECT count(setval(sequence, seqmax)) FROM num.sequences;
RESET SESSION AUTHORIZATION;
SELECT cleanroom.next_number('cleanroom.budget_list_budget_id_seq', 'cleanroom.budget_list')
           - (SELECT coalesce(max(budget_id), 0) FROM cleanroom.budget_list) AS budget,
       cleanroom.next_number('cleanroom.keyring_rotation_ids', 'cleanroom.keyring_rotations')
           - (SELECT coalesce(max(rotation_id), 0) FROM cleanroom.keyring_rotations) AS rotation;
SELECT attrelid::regclass AS relation, attname AS number FROM pg_attrdef d JOIN pg_attribute a ON (attrelid, attnum) = (adrelid, adnum)
    WHERE attrelid::regclass::text LIKE 'cleanroom.%' AND pg_get_expr(adbin, adrelid) ~ 'nextval|next_number' ORDER BY attrelid::regclass::text;
SELECT relation, definition FROM (SELECT attrelid::regclass::text AS relation, pg_get_expr(adbin, adrelid) AS definition
    FROM pg_attrdef d JOIN pg_attribute a ON (attrelid, attnum) = (adrelid, adnum)) d
    WHERE relation LIKE 'cleanroom.%' AND definition ~ 'nextval';
-- several rows of one statement, and a number that was rolled back is not given again
SELECT cleanroom.create_key('num before', 'encrypt');
BEGIN; SELECT cleanroom.create_key('num undone', 'encrypt'); ROLLBACK;
SELECT cleanroom.create_key('num kept', 'encrypt');
SELECT max(key_id) - min(key_id) AS later FROM cleanroom.keyring WHERE name IN ('num before', 'num kept');
SELECT count(setval(sequence, seqmax)) FROM num.sequences;
BEGIN;
INSERT INTO cleanroom.change_list (room_id, change, arguments, proposed_by)
    SELECT min(room_id), 'x', '{}', 'regress_cr_num_boss' FROM cleanroom.room_list, generate_series(1, 3) i GROUP BY i;
SELECT count(*), count(DISTINCT change_id) FROM cleanroom.change_list WHERE change = 'x';
ROLLBACK;
-- the function is for nobody else, and for no other tables
SELECT cleanroom.next_number('num.other', 'num.people');
SET SESSION AUTHORIZATION regress_cr_num_writer;
SELECT cleanroom.next_number('cleanroom.keyring_ids', 'cleanroom.keyring');
-- other sequences are whoever's they were
SELECT setval('num.other', 5), nextval('num.other');
RESET SESSION AUTHORIZATION;
SET client_min_messages = error;
SELECT cleanroom.close_room('num ' || i) FROM generate_series(1, 5) i;
-- further than any number that has been given
SELECT count(setval(sequence, number + 100)) FROM numbers_before;
DROP SCHEMA num CASCADE;
REVOKE USAGE ON SCHEMA cleanroom FROM PUBLIC;
TRUNCATE cleanroom.room_list CASCADE;
DROP OWNED BY regress_cr_num_writer, regress_cr_num_boss, regress_cr_num_owner;
DROP ROLE regress_cr_num_writer, regress_cr_num_boss, regress_cr_num_owner;
