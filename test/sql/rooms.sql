-- Rooms: a retailer, a broadcaster and an insurer, two rooms, four analysts.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
RESET client_min_messages;

CREATE ROLE regress_cr_boss;
GRANT cleanroom_operator TO regress_cr_boss;
CREATE ROLE regress_cr_retailer;
CREATE ROLE regress_cr_broadcaster;
CREATE ROLE regress_cr_insurer;
CREATE ROLE regress_cr_team;
CREATE ROLE regress_cr_ana IN ROLE regress_cr_team;
CREATE ROLE regress_cr_bob;
CREATE ROLE regress_cr_cid;
CREATE ROLE regress_cr_dot;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_boss, regress_cr_retailer,
    regress_cr_broadcaster, regress_cr_insurer, regress_cr_dot;
CREATE SCHEMA rooms;
GRANT USAGE ON SCHEMA cleanroom, rooms TO regress_cr_team, regress_cr_bob;
GRANT CREATE, USAGE ON SCHEMA rooms TO regress_cr_retailer,
    regress_cr_broadcaster, regress_cr_insurer, regress_cr_dot;
-- who shares a table may grant what the room's analysts need beside it
GRANT USAGE ON SCHEMA rooms TO regress_cr_retailer, regress_cr_broadcaster,
    regress_cr_insurer WITH GRANT OPTION;

SET ROLE regress_cr_retailer;
CREATE TABLE rooms.buys (person int NOT NULL, region text NOT NULL, amount int NOT NULL);
INSERT INTO rooms.buys SELECT i % 100, 'r' || i % 3, i % 10 FROM generate_series(1, 1000) i;
SELECT cleanroom.protect('rooms.buys', 'person', 10, '{region}', '{amount}', '{}', '{person}');
SET ROLE regress_cr_broadcaster;
CREATE TABLE rooms.views (person int NOT NULL, channel text NOT NULL);
INSERT INTO rooms.views SELECT i % 80, 'c' || i % 2 FROM generate_series(1, 1000) i;
SELECT cleanroom.protect('rooms.views', 'person', 10, '{channel}', '{}', '{}', '{person}');
SET ROLE regress_cr_insurer;
CREATE TABLE rooms.claims (person int NOT NULL, kind text NOT NULL);
INSERT INTO rooms.claims SELECT i % 90, 'k' || i % 4 FROM generate_series(1, 1000) i;
SELECT cleanroom.protect('rooms.claims', 'person', 10, '{kind}', '{}', '{}', '{person}');
-- dot has been granted tables by their owners, outside any room
GRANT SELECT ON rooms.claims TO regress_cr_dot;
SET ROLE regress_cr_broadcaster;
GRANT SELECT ON rooms.views TO regress_cr_dot;
RESET ROLE;
SET client_min_messages = warning;

-- Before the first room join keys alone decide.
SET ROLE regress_cr_dot;
PREPARE joined AS SELECT count(*) FROM rooms.views JOIN rooms.claims USING (person);
EXECUTE joined;

-- Who may create a room.
RESET ROLE;
SELECT coalesce(max(number), 0) AS before FROM cleanroom.ledger \gset
SET ROLE regress_cr_dot;
SELECT cleanroom.create_room('spring', 'campaign measurement');
SET ROLE regress_cr_boss;
SELECT cleanroom.create_room('spring', 'campaign measurement');
SELECT cleanroom.create_room('spring', 'again');
SELECT cleanroom.create_room('', 'no name');
SELECT cleanroom.create_room(repeat('x', 54), 'long');
SELECT cleanroom.create_room('x', NULL);
SELECT cleanroom.create_room('x', '');
SELECT cleanroom.create_room('x', 'y', residency => '');
SELECT cleanroom.create_room('x', repeat('x', 201));
SELECT cleanroom.create_room('autumn', 'pricing', residency => 'EU');
SELECT cleanroom.create_room('autumn', 'pricing');
SELECT cleanroom.add_purpose('spring', NULL);
SELECT cleanroom.add_purpose('spring', '');
SELECT cleanroom.add_purpose('spring', E'two\nlines');
SELECT cleanroom.add_purpose('spring', repeat('x', 201));
SELECT cleanroom.add_purpose('spring', repeat('x', 200));
SELECT cardinality(purposes) FROM cleanroom.rooms WHERE room = 'spring';
RESET ROLE;
DELETE FROM cleanroom.purpose_list WHERE purpose ~ '^x';
SET ROLE regress_cr_boss;

-- From the first room on, tables of different owners meet in rooms only:
-- for plans already prepared, too.
SET ROLE regress_cr_dot;
EXECUTE joined;
SELECT count(*) FROM rooms.views JOIN rooms.claims USING (person);
SELECT count(*) FROM rooms.views WHERE person IN (SELECT person FROM rooms.claims);
SELECT count(*) FROM rooms.views v WHERE NOT EXISTS
    (SELECT FROM rooms.claims c WHERE c.person = v.person);
SELECT verdict, code, reason FROM cleanroom.explain(
    'SELECT count(*) FROM rooms.views JOIN rooms.claims USING (person)');
-- tables alone, and released rows beside each other, need none
SELECT count(*) FROM rooms.views;
SELECT v.n, c.n FROM (SELECT count(*) AS n FROM rooms.views) v,
                     (SELECT count(*) AS n FROM rooms.claims) c;

-- Members.
SELECT cleanroom.add_member('spring', 'regress_cr_dot', 'analyst');
SET ROLE regress_cr_boss;
SELECT cleanroom.add_member('spring', 'regress_cr_retailer', 'contributor');
SELECT cleanroom.add_member('spring', 'regress_cr_broadcaster', 'contributor');
SELECT cleanroom.add_member('spring', 'regress_cr_team', 'analyst');
SELECT cleanroom.add_member('spring', 'regress_cr_bob', 'analyst');
SELECT cleanroom.add_member('spring', 'regress_cr_bob', 'king');
SELECT cleanroom.add_member('spring', 'regress_cr_nobody', 'analyst');
SELECT cleanroom.add_member('summer', 'regress_cr_bob', 'analyst');
SELECT cleanroom.add_member('autumn', 'regress_cr_insurer', 'contributor');
SELECT cleanroom.add_member('autumn', 'regress_cr_broadcaster', 'contributor');
SELECT cleanroom.add_member('autumn', 'regress_cr_cid', 'analyst');

-- Tables: by their owner, a contributor, protected.
SELECT cleanroom.share_table('spring', 'rooms.buys');
SET ROLE regress_cr_insurer;
SELECT cleanroom.share_table('spring', 'rooms.claims');
SET ROLE regress_cr_retailer;
CREATE TABLE rooms.plain (x int);
SELECT cleanroom.share_table('spring', 'rooms.plain');
-- not a view of a protected table, and not a part of one
CREATE VIEW rooms.seen AS SELECT * FROM rooms.buys;
SELECT cleanroom.share_table('spring', 'rooms.seen');
CREATE TABLE rooms.whole (person int NOT NULL, x int) PARTITION BY RANGE (x);
CREATE TABLE rooms.part PARTITION OF rooms.whole FOR VALUES FROM (0) TO (9);
SELECT cleanroom.protect('rooms.whole', 'person', 10);
SELECT cleanroom.share_table('spring', 'rooms.part', templates_only => true);
SELECT cleanroom.share_table('spring', NULL);
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT cleanroom.share_table('spring', 'rooms.buys');
ROLLBACK;
SELECT * FROM cleanroom.preview_room('spring');
RESET client_min_messages;
SELECT cleanroom.share_table('spring', 'rooms.buys');
SET ROLE regress_cr_broadcaster;
SELECT cleanroom.share_table('spring', 'rooms.views');
SELECT cleanroom.share_table('autumn', 'rooms.views');
SET ROLE regress_cr_insurer;
SELECT cleanroom.share_table('autumn', 'rooms.claims');
SET client_min_messages = warning;

-- What one member has ruled, another does not weaken, while the first is there.
SET ROLE regress_cr_retailer;
SELECT cleanroom.add_access_rule('spring', 'known', 'session_fact(''application'') IS NOT NULL');
SET ROLE regress_cr_boss;
SELECT cleanroom.add_access_rule('spring', 'known', 'true');
SELECT cleanroom.drop_access_rule('spring', 'known');
SELECT cleanroom.add_access_rule('spring', 'boss', 'true');
SET ROLE regress_cr_retailer;
SELECT cleanroom.drop_access_rule('spring', 'boss');
SELECT cleanroom.drop_access_rule('spring', 'known');

-- Ana, of the team, and Bob ask in spring, Cid in autumn.
SET ROLE regress_cr_ana;
PREPARE reach AS SELECT channel, count(*) FROM rooms.buys JOIN rooms.views USING (person)
    GROUP BY channel ORDER BY channel;
EXECUTE reach;
SELECT kind, count(*) FROM rooms.claims GROUP BY kind;
SET ROLE regress_cr_cid;
SELECT kind, count(*) FROM rooms.claims JOIN rooms.views USING (person)
    GROUP BY kind ORDER BY kind;
SELECT count(*) FROM rooms.buys;
-- a room that was chosen is the one
SET cleanroom.room = 'spring';
SELECT count(*) FROM rooms.claims JOIN rooms.views USING (person);
SET cleanroom.room = 'autumn';
SELECT count(*) FROM rooms.claims JOIN rooms.views USING (person);
-- one that he is no analyst of is to him as one that is not there
SET ROLE regress_cr_bob;
SET cleanroom.room = 'spring';
SELECT count(*) FROM rooms.buys;
SET cleanroom.room = 'autumn';
SELECT count(*) FROM rooms.buys;
SELECT count(*) FROM rooms.buys JOIN rooms.views USING (person);
SELECT cleanroom.run_template('none');
SET cleanroom.room = 'sprnig';
SELECT count(*) FROM rooms.buys;
SELECT count(*) FROM rooms.buys JOIN rooms.views USING (person);
RESET cleanroom.room;
SELECT cleanroom.run_template('none');
SET ROLE regress_cr_cid;
-- rooms do not see each other
SELECT room, my_parts FROM cleanroom.rooms;
SELECT room, role, part FROM cleanroom.room_members;
SELECT room, relation, owner FROM cleanroom.room_tables ORDER BY relation::text;
SELECT count(*) FROM cleanroom.room_changes;
SET ROLE regress_cr_retailer;
SELECT room, role, part FROM cleanroom.room_members ORDER BY 2, 3;
SELECT change, arguments, outcome FROM cleanroom.room_changes
    WHERE change = 'share_table' ORDER BY change_id;

-- An owner who asks is an analyst like others: its own table lends labels, in
-- a room that has it as an analyst.
SELECT count(*) FROM rooms.buys JOIN rooms.views USING (person);
SELECT count(*) FROM (SELECT DISTINCT person FROM rooms.buys) b JOIN rooms.views USING (person);
CREATE TABLE rooms.own (person int PRIMARY KEY, label text);
INSERT INTO rooms.own SELECT i, 'l' || i % 2 FROM generate_series(0, 99) i;
SELECT cleanroom.protect('rooms.own', 'person', 10, '{label}', '{}', '{}', '{person}');
SELECT count(*) FROM rooms.own JOIN rooms.views USING (person);
SET ROLE regress_cr_boss;
SELECT cleanroom.add_member('spring', 'regress_cr_retailer', 'analyst');
SET ROLE regress_cr_retailer;
SELECT count(*) FROM rooms.own JOIN rooms.views USING (person);
SELECT cleanroom.share_table('spring', 'rooms.own');
SELECT label, count(*) FROM rooms.own JOIN rooms.views USING (person) GROUP BY label ORDER BY label;
SET ROLE regress_cr_boss;
SELECT cleanroom.remove_member('spring', 'regress_cr_retailer');
SELECT cleanroom.add_member('spring', 'regress_cr_retailer', 'contributor');
SET ROLE regress_cr_retailer;
SELECT cleanroom.share_table('spring', 'rooms.buys');

-- In a room, a predefined role is no grant of the owner's: where a table is
-- shared for templates only, it is for those who may read everything too.
RESET ROLE;
GRANT pg_read_all_data TO regress_cr_bob;
SET ROLE regress_cr_retailer;
SELECT cleanroom.share_table('spring', 'rooms.buys', templates_only => true);
SET ROLE regress_cr_bob;
SELECT count(*) FROM rooms.buys;
RESET ROLE;
REVOKE pg_read_all_data FROM regress_cr_bob;
SET ROLE regress_cr_retailer;
GRANT SELECT ON rooms.seen TO regress_cr_bob;
SET ROLE regress_cr_bob;
SELECT count(*) FROM rooms.seen;
SET ROLE regress_cr_retailer;
SELECT cleanroom.share_table('spring', 'rooms.buys', templates_only => false);
SET ROLE regress_cr_bob;
SELECT count(*) FROM rooms.seen;

-- The declared purpose is one of the room's.
SET ROLE regress_cr_cid;
SET cleanroom.purpose = 'curiosity';
SELECT count(*) FROM rooms.claims JOIN rooms.views USING (person);
SET cleanroom.purpose = 'pricing';
SELECT count(*) FROM rooms.claims JOIN rooms.views USING (person);
SET cleanroom.purpose = 'renewals';
SET ROLE regress_cr_boss;
SELECT cleanroom.add_purpose('autumn', 'renewals');
SET ROLE regress_cr_cid;
SELECT count(*) FROM rooms.claims JOIN rooms.views USING (person);
RESET cleanroom.purpose;

-- Removing a member ends access at once: prepared, and in the middle of a
-- cursor.
SET ROLE regress_cr_ana;
BEGIN;
DECLARE c CURSOR FOR SELECT channel, count(*) FROM rooms.views GROUP BY channel ORDER BY 1;
FETCH 1 FROM c;
SET ROLE regress_cr_boss;
SELECT cleanroom.remove_member('spring', 'regress_cr_team');
SET ROLE regress_cr_ana;
FETCH 1 FROM c;
COMMIT;
SET ROLE regress_cr_boss;
SELECT cleanroom.remove_member('spring', 'regress_cr_team');
SELECT cleanroom.remove_member('spring', 'regress_cr_team');
SELECT cleanroom.remove_member('spring', 'regress_cr_boss');
SET ROLE regress_cr_ana;
EXECUTE reach;
SELECT count(*) FROM rooms.views;

-- In a unanimous room members and tables wait for everybody's consent.
SET ROLE regress_cr_bob;
SELECT cleanroom.demand_unanimity('spring');
SET ROLE regress_cr_retailer;
SELECT cleanroom.demand_unanimity('spring');
SET ROLE regress_cr_boss;
SELECT regexp_replace(cleanroom.add_member('spring', 'regress_cr_team', 'analyst'), '\d+', 'N');
SET ROLE regress_cr_retailer;
SELECT change_id FROM cleanroom.room_changes WHERE outcome = 'waiting' \gset
SET ROLE regress_cr_ana;
SELECT count(*) FROM rooms.views;
SELECT cleanroom.consent(:change_id);
SET ROLE regress_cr_retailer;
SELECT regexp_replace(cleanroom.consent(:change_id), '\d+', 'N');
SET ROLE regress_cr_broadcaster;
SELECT cleanroom.consent(:change_id);
SELECT cleanroom.consent(:change_id);
SET ROLE regress_cr_ana;
EXECUTE reach;
SET ROLE regress_cr_boss;
SELECT regexp_replace(cleanroom.add_member('spring', 'regress_cr_dot', 'analyst'), '\d+', 'N');
SET ROLE regress_cr_broadcaster;
SELECT change_id FROM cleanroom.room_changes WHERE outcome = 'waiting' \gset
SELECT cleanroom.decline(:change_id);
SELECT change, arguments, outcome FROM cleanroom.room_changes WHERE change_id = :change_id;
SET ROLE regress_cr_dot;
SELECT room FROM cleanroom.rooms;

-- What waits ends with who has proposed it, and is judged anew when it is done.
SET ROLE regress_cr_retailer;
SELECT regexp_replace(cleanroom.share_table('spring', 'rooms.own'), '\d+', 'N');
SELECT change_id FROM cleanroom.room_changes WHERE outcome = 'waiting' \gset
SELECT cleanroom.unprotect('rooms.own');
SET ROLE regress_cr_broadcaster;
SELECT cleanroom.consent(:change_id);
SET ROLE regress_cr_retailer;
SELECT cleanroom.protect('rooms.own', 'person', 10, '{label}', '{}', '{}', '{person}');
RESET ROLE;
ALTER TABLE rooms.own OWNER TO regress_cr_insurer;
SET ROLE regress_cr_broadcaster;
SELECT cleanroom.consent(:change_id);
SET ROLE regress_cr_boss;
SELECT cleanroom.remove_member('spring', 'regress_cr_retailer');
SELECT change, outcome FROM cleanroom.room_changes WHERE change_id = :change_id;
SET ROLE regress_cr_broadcaster;
SELECT cleanroom.consent(:change_id);
SET ROLE regress_cr_boss;
SELECT regexp_replace(cleanroom.add_member('spring', 'regress_cr_retailer', 'contributor'), '\d+', 'N');
SELECT change_id FROM cleanroom.room_changes WHERE outcome = 'waiting' \gset
SET ROLE regress_cr_broadcaster;
SELECT cleanroom.consent(:change_id);
SET ROLE regress_cr_retailer;
SELECT regexp_replace(cleanroom.share_table('spring', 'rooms.buys'), '\d+', 'N');
SELECT change_id FROM cleanroom.room_changes WHERE outcome = 'waiting' \gset
SET ROLE regress_cr_broadcaster;
SELECT cleanroom.consent(:change_id);

-- A table that its owner takes back, or that changes its owner.
SET ROLE regress_cr_broadcaster;
SELECT cleanroom.unshare_table('spring', 'rooms.views');
SELECT cleanroom.unshare_table('spring', 'rooms.views');
SET ROLE regress_cr_bob;
SELECT count(*) FROM rooms.views;
SELECT count(*) FROM rooms.buys;
RESET ROLE;
ALTER TABLE rooms.buys OWNER TO regress_cr_insurer;
SET ROLE regress_cr_bob;
SELECT count(*) FROM rooms.buys;
RESET ROLE;
ALTER TABLE rooms.buys OWNER TO regress_cr_retailer;

-- Residency.
SET ROLE regress_cr_bob;
SELECT cleanroom.set_residency('rooms.buys', 'EU');
SET ROLE regress_cr_retailer;
SELECT cleanroom.set_residency('rooms.buys', '');
SELECT cleanroom.set_residency('rooms.buys', 'EU');
SELECT cleanroom.unshare_table('spring', 'rooms.buys');
SELECT cleanroom.set_residency('rooms.buys', 'EU');
SELECT cleanroom.share_table('spring', 'rooms.buys');
SELECT * FROM cleanroom.residencies;
GRANT SELECT ON rooms.buys TO regress_cr_dot;
SET ROLE regress_cr_dot;
SELECT count(*) FROM rooms.buys;
SET ROLE regress_cr_retailer;
SELECT cleanroom.set_residency('rooms.buys', NULL);
SET ROLE regress_cr_dot;
SELECT count(*) FROM rooms.buys;

-- Closing a room takes everything back.
SELECT cleanroom.close_room('autumn');
SET ROLE regress_cr_boss;
SELECT cleanroom.close_room('autumn');
SELECT room, closed_at IS NOT NULL AS closed FROM cleanroom.rooms ORDER BY room;
SET ROLE regress_cr_cid;
SELECT count(*) FROM rooms.views;
SELECT count(*) FROM cleanroom.room_tables;
RESET ROLE;
SELECT has_schema_privilege('regress_cr_cid', 'rooms', 'USAGE') AS rooms,
       has_schema_privilege('regress_cr_cid', 'cleanroom', 'USAGE') AS cleanroom,
       (SELECT count(*) FROM cleanroom.grant_list g JOIN cleanroom.room_list r USING (room_id)
        WHERE r.name = 'autumn') AS grants;

-- The functions that act are nobody's to call.
SET ROLE regress_cr_dot;
SELECT cleanroom.create_room_by(10, 'x', 'y', NULL);
SELECT cleanroom.put_on_record('room_change', NULL, 'forged', NULL);
SELECT cleanroom.evaluate_condition(10, 'true');
SELECT cleanroom.judge_for(10, 'rooms.buys'::regclass, '{}');
SELECT cleanroom.resolve_query(0, 'SELECT 1', '{}', false);
SELECT cleanroom.raise_assurance(now());
SELECT * FROM cleanroom.member_list;

-- Changes are on record.
RESET ROLE;
SELECT subject, detail->>'change' AS change, count(*) FROM cleanroom.ledger
    WHERE number > :before AND kind = 'room_change' AND subject IN ('spring', 'autumn')
      AND detail->>'change' IN ('create_room', 'remove_member', 'close_room', 'demand_unanimity')
    GROUP BY 1, 2 ORDER BY 1, 2;

TRUNCATE cleanroom.room_list CASCADE;
DROP SCHEMA rooms CASCADE;
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_boss, regress_cr_retailer,
    regress_cr_broadcaster, regress_cr_insurer, regress_cr_dot, regress_cr_team,
    regress_cr_bob, regress_cr_cid;
DROP ROLE regress_cr_boss, regress_cr_retailer, regress_cr_broadcaster,
    regress_cr_insurer, regress_cr_ana, regress_cr_team, regress_cr_bob,
    regress_cr_cid, regress_cr_dot;
