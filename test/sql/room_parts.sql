-- Who may do what in a room: every function by every kind of role; what hostile
-- members try.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;

CREATE ROLE regress_cr_boss IN ROLE cleanroom_operator;
CREATE ROLE regress_cr_server IN ROLE cleanroom_operator;   -- of no room
CREATE ROLE regress_cr_shop;
CREATE ROLE regress_cr_tv;
CREATE ROLE regress_cr_ana;
CREATE ROLE regress_cr_aud;
CREATE ROLE regress_cr_eve;                                 -- of nothing
CREATE ROLE regress_cr_team;
CREATE ROLE regress_cr_nia NOINHERIT IN ROLE regress_cr_team;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_boss, regress_cr_server, regress_cr_shop,
    regress_cr_tv, regress_cr_ana, regress_cr_aud, regress_cr_eve, regress_cr_team, regress_cr_nia;
CREATE SCHEMA parts;
GRANT CREATE, USAGE ON SCHEMA parts TO PUBLIC;
SET ROLE regress_cr_shop;
CREATE TABLE parts.buys (person int NOT NULL, amount int NOT NULL, kind text NOT NULL);
INSERT INTO parts.buys SELECT i % 40, i % 10, 'k' || i % 2 FROM generate_series(1, 200) i;
SELECT cleanroom.protect('parts.buys', 'person', 10, '{kind}', '{amount}', '{}', '{person}');
SET ROLE regress_cr_tv;
CREATE TABLE parts.views (person int NOT NULL);
INSERT INTO parts.views SELECT i % 30 FROM generate_series(1, 200) i;
SELECT cleanroom.protect('parts.views', 'person', 10, '{}', '{}', '{}', '{person}');
SET ROLE regress_cr_boss;
SELECT cleanroom.create_room('garden', 'measurement');
SELECT cleanroom.add_member('garden', 'regress_cr_shop', 'contributor');
SELECT cleanroom.add_member('garden', 'regress_cr_tv', 'contributor');
SELECT cleanroom.add_member('garden', 'regress_cr_ana', 'analyst');
SELECT cleanroom.add_member('garden', 'regress_cr_aud', 'auditor');
SET ROLE regress_cr_shop;
SELECT cleanroom.share_table('garden', 'parts.buys');
SELECT cleanroom.add_access_rule('parts.buys', 'any', 'true');
SELECT cleanroom.add_access_rule('garden', 'any', 'true');
SET ROLE regress_cr_ana;
SELECT cleanroom.propose_template('garden', 'sum', 'SELECT sum(amount) AS s FROM parts.buys');
SET ROLE regress_cr_shop;
SELECT cleanroom.approve_template('sum', 1);
SELECT cleanroom.demand_unanimity('garden');
SET ROLE regress_cr_tv;
SELECT cleanroom.share_table('garden', 'parts.views') ~ 'waits for the consent of regress_cr_shop' AS waits;
RESET ROLE;
CREATE FUNCTION parts.waiting() RETURNS int LANGUAGE sql SECURITY DEFINER AS
    $$ SELECT change_id FROM cleanroom.change_list WHERE outcome IS NULL $$;

-- "yes", or the code of the refusal; nothing stays.
CREATE FUNCTION parts.try(role text, statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SET LOCAL ROLE %I', 'regress_cr_' || role);
    EXECUTE statement;
    RAISE EXCEPTION USING ERRCODE = 'XX999';
EXCEPTION WHEN OTHERS THEN
    RETURN CASE sqlstate WHEN 'XX999' THEN 'yes' ELSE sqlstate END;
END $$;
CREATE TABLE parts.acts (n serial, act text, statement text);
INSERT INTO parts.acts (act, statement) VALUES
    ('create_room', $$SELECT cleanroom.create_room('next', 'x')$$),
    ('add_purpose', $$SELECT cleanroom.add_purpose('garden', 'x')$$),
    ('add_member', $$SELECT cleanroom.add_member('garden', 'regress_cr_eve', 'analyst')$$),
    ('remove_member', $$SELECT cleanroom.remove_member('garden', 'regress_cr_tv')$$),
    ('remove itself', $$SELECT cleanroom.remove_member('garden', current_user)$$),
    ('close_room', $$SELECT cleanroom.close_room('garden')$$),
    ('demand_unanimity', $$SELECT cleanroom.demand_unanimity('garden')$$),
    ('consent', $$SELECT cleanroom.consent(parts.waiting())$$),
    ('decline', $$SELECT cleanroom.decline(parts.waiting())$$),
    ('share_table', $$SELECT cleanroom.share_table('garden', 'parts.buys')$$),
    ('unshare_table', $$SELECT cleanroom.unshare_table('garden', 'parts.buys')$$),
    ('preview_room', $$SELECT cleanroom.preview_room('garden')$$),
    ('set_residency', $$SELECT cleanroom.set_residency('parts.buys', NULL)$$),
    ('set_attribute', $$SELECT cleanroom.set_attribute('regress_cr_ana', 'k', 'v')$$),
    ('rule of room', $$SELECT cleanroom.add_access_rule('garden', 'mine', 'true')$$),
    ('drop another''s', $$SELECT cleanroom.drop_access_rule('garden', 'any')$$),
    ('rule of table', $$SELECT cleanroom.add_access_rule('parts.buys', 'mine', 'true')$$),
    ('drop of table', $$SELECT cleanroom.drop_access_rule('parts.buys', 'any')$$),
    ('simulate_access', $$SELECT cleanroom.simulate_access('regress_cr_ana', 'parts.buys')$$),
    ('propose_template', $$SELECT cleanroom.propose_template('garden', 'x', 'SELECT 1')$$),
    ('request_template', $$SELECT cleanroom.request_template('garden', 'x', 'SELECT 1')$$),
    ('approve_template', $$SELECT cleanroom.approve_template('sum', 1)$$),
    ('reject_template', $$SELECT cleanroom.reject_template('sum', 1)$$),
    ('run_template', $$SELECT cleanroom.run_template('sum')$$),
    ('diff_template', $$SELECT cleanroom.diff_template('sum', 1, 1)$$),
    ('query', $$SELECT sum(amount) FROM parts.buys$$),
    ('reset_second_factor', $$SELECT cleanroom.reset_second_factor('regress_cr_ana')$$),
    ('suspend_analyst', $$SELECT cleanroom.suspend_analyst('parts.buys', 'regress_cr_ana', 'x')$$),
    ('set_budget', $$SELECT cleanroom.set_budget('parts.buys', 'regress_cr_ana', 1, 'queries', 'day')$$);
SELECT act, parts.try('boss', statement) AS operator, parts.try('shop', statement) AS owner,
       parts.try('tv', statement) AS contributor, parts.try('ana', statement) AS analyst,
       parts.try('aud', statement) AS auditor, parts.try('server', statement) AS server,
       parts.try('eve', statement) AS outsider
    FROM parts.acts ORDER BY n;
-- that a room is there is its members' to know: no message tells others
SET ROLE regress_cr_eve;
SELECT cleanroom.preview_room('garden');
SELECT cleanroom.preview_room('nothing');
SELECT cleanroom.propose_template('garden', 'x', 'SELECT 1');
SELECT cleanroom.add_access_rule('garden', 'x', 'true');
SELECT cleanroom.add_access_rule('nothing', 'x', 'true');
RESET ROLE;
-- what the views show to each
CREATE FUNCTION parts.count(role text, what text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE n bigint;
BEGIN
    EXECUTE format('SET LOCAL ROLE %I', 'regress_cr_' || role);
    EXECUTE 'SELECT count(*) FROM cleanroom.' || what INTO n;
    RESET ROLE;
    RETURN n;
END $$;
SELECT view, parts.count('boss', view) AS operator, parts.count('shop', view) AS owner,
       parts.count('tv', view) AS contributor, parts.count('ana', view) AS analyst,
       parts.count('aud', view) AS auditor, parts.count('server', view) AS server,
       parts.count('eve', view) AS outsider
    FROM unnest('{rooms,room_members,room_tables,room_changes,access_rules,templates,template_decisions}'::text[]) view;

-- Whatever changes something looks first, and so not with an old snapshot.
CREATE FUNCTION parts.refusal(called text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'SELECT * FROM ' || called;
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN
    RETURN sqlstate || CASE sqlstate WHEN '25000' THEN ': ' || sqlerrm ELSE '' END;
END $$;
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT proname, parts.refusal(format('cleanroom.%I(%s)', proname, (SELECT string_agg('NULL::' || t::regtype, ', ') FROM unnest(proargtypes) t)))
    FROM pg_proc WHERE pronamespace = 'cleanroom'::regnamespace AND prosrc IN ('cr_on_behalf', 'cr_in_person')
    ORDER BY proname;
SELECT called, parts.refusal('cleanroom.' || called) FROM unnest('{
    "request_template(''garden'', ''x'', ''SELECT 1'')", "run_template(''none'')", "create_key(''parts'', ''token'')",
    "rewrap_keys()"}'::text[]) called;
ROLLBACK;
SELECT parts.refusal('cleanroom.set_attribute(''regress_cr_ana'', ''k'', NULL)');

-- An operator who makes itself an analyst needs the consent of all, too.
SET ROLE regress_cr_boss;
SELECT regexp_replace(cleanroom.add_member('garden', 'regress_cr_boss', 'analyst'), '\d+', 'N');
SELECT sum(amount) FROM parts.buys;
-- and does not consent for others, nor by making itself a contributor
SELECT cleanroom.consent(max(change_id)) FROM cleanroom.room_changes WHERE outcome = 'waiting';
SELECT regexp_replace(cleanroom.add_member('garden', 'regress_cr_boss', 'contributor'), '\d+', 'N');
SELECT cleanroom.consent(max(change_id)) FROM cleanroom.room_changes WHERE outcome = 'waiting';
SELECT cleanroom.decline(change_id) FROM cleanroom.room_changes
    WHERE outcome = 'waiting' AND arguments->>'role' = 'regress_cr_boss';

-- A member of a group that does not inherit is a member when it is the group.
SELECT regexp_replace(cleanroom.add_member('garden', 'regress_cr_team', 'analyst'), '\d+', 'N');
SET ROLE regress_cr_shop;
SELECT regexp_replace(cleanroom.consent(max(change_id)), '\d+', 'N') FROM cleanroom.room_changes WHERE outcome = 'waiting' AND change = 'add_member';
SET ROLE regress_cr_tv;
SELECT cleanroom.consent(max(change_id)) FROM cleanroom.room_changes WHERE outcome = 'waiting' AND change = 'add_member';
RESET ROLE;
SET SESSION AUTHORIZATION regress_cr_nia;
SELECT sum(amount) FROM parts.buys;
SELECT count(*) FROM cleanroom.rooms;
SET ROLE regress_cr_team;
SELECT sum(amount) FROM parts.buys;
-- attributes go by the role that asks
RESET SESSION AUTHORIZATION;
SET ROLE regress_cr_boss;
SELECT cleanroom.set_attribute('regress_cr_team', 'level', 'high');
RESET ROLE;
SET SESSION AUTHORIZATION regress_cr_nia;
SELECT cleanroom.attribute('level');
SET ROLE regress_cr_team;
SELECT cleanroom.attribute('level');
RESET SESSION AUTHORIZATION;

-- A room that one is not in is no room, chosen or not; nor is a purpose that is
-- taken up, or given up, in the middle of a transaction.
SET ROLE regress_cr_server;
SELECT cleanroom.create_room('other', 'secret purposes');
SELECT cleanroom.add_member('other', 'regress_cr_eve', 'analyst');
SET ROLE regress_cr_ana;
SELECT count(*) FROM cleanroom.rooms WHERE room = 'other';
SET cleanroom.room = 'other';
SELECT sum(amount) FROM parts.buys;
SET cleanroom.room = 'garden; DROP TABLE x; --';
SELECT sum(amount) FROM parts.buys;
RESET cleanroom.room;
BEGIN;
SELECT sum(amount) FROM parts.buys;
SET cleanroom.purpose = 'secret purposes';
SELECT sum(amount) FROM parts.buys;
ROLLBACK;
SET cleanroom.purpose = 'measurement';
SELECT sum(amount) FROM parts.buys;
RESET cleanroom.purpose;

-- A function of another member's asks as that member.
SET ROLE regress_cr_team;
CREATE FUNCTION parts.lend() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT sum(amount) FROM parts.buys';
SET ROLE regress_cr_eve;
SELECT parts.lend();
SET ROLE regress_cr_boss;
SELECT cleanroom.remove_member('garden', 'regress_cr_team');
SET ROLE regress_cr_eve;
SELECT parts.lend();
-- and the extension's functions know who has called them
SET ROLE regress_cr_boss;
CREATE FUNCTION parts.as_boss(statement text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS
    'BEGIN EXECUTE statement; END';
CREATE FUNCTION parts.as_eve(statement text) RETURNS void LANGUAGE plpgsql AS
    'BEGIN EXECUTE statement; END';
ALTER FUNCTION parts.as_eve(text) SECURITY DEFINER;
RESET ROLE;
ALTER FUNCTION parts.as_eve(text) OWNER TO regress_cr_eve;
SET ROLE regress_cr_boss;
SELECT parts.as_eve($$SELECT cleanroom.close_room('garden')$$);
SELECT parts.as_eve($$SET ROLE regress_cr_boss$$);

-- A rule cannot change the session it is asked in, for it calls no code of its
-- author's; nor can it be changed by the session.
SET ROLE regress_cr_shop;
CREATE FUNCTION parts.sets() RETURNS boolean LANGUAGE sql AS
    $$ SELECT set_config('search_path', 'parts', false) = 'parts'
          AND set_config('cleanroom.purpose', 'x', false) = 'x' $$;
SELECT cleanroom.add_access_rule('parts.buys', 'any', 'parts.sets()');
SET ROLE regress_cr_ana;
SHOW search_path;
SELECT sum(amount) FROM parts.buys;
SHOW search_path;
SELECT current_setting('cleanroom.purpose') AS purpose;
SET ROLE regress_cr_shop;
-- a rule that writes, that becomes somebody else, that fails aloud
CREATE TABLE parts.log (who text);
SELECT cleanroom.add_access_rule('parts.buys', 'any', 'set_config(''role'', ''regress_cr_ana'', true) <> ''''');
CREATE FUNCTION parts.loud() RETURNS boolean LANGUAGE plpgsql AS
    $$ BEGIN RETURN (SELECT string_agg(kind, ',')::int = 1 FROM parts.buys) OR current_user <> 'regress_cr_shop'; END $$;
SELECT cleanroom.add_access_rule('parts.buys', 'any', 'current_user <> session_fact(''user'') OR true');
SELECT cleanroom.add_access_rule('parts.buys', 'any', 'CASE session_fact(''user'') WHEN ''regress_cr_ana'' THEN parts.loud() ELSE true END');
SELECT cleanroom.add_access_rule('parts.buys', 'any', 'CASE session_fact(''user'') WHEN ''regress_cr_ana'' THEN session_fact(''user'')::int = 1 ELSE true END');
SET ROLE regress_cr_ana;
SELECT sum(amount) FROM parts.buys;
-- settings of the session do not move its clock, nor its quotes
SET ROLE regress_cr_shop;
SELECT cleanroom.add_access_rule('parts.buys', 'any',
    $$abs(extract(epoch FROM now() - local_time('UTC') AT TIME ZONE 'UTC')) < 3600 AND to_char(now(), 'OF') = '+00' AND '\' <> ' OR true --'$$);
SET ROLE regress_cr_ana;
SET TimeZone = 'CET-10';
SET DateStyle = 'SQL, DMY';
SET standard_conforming_strings = off;
SELECT sum(amount) FROM parts.buys;
RESET TimeZone;
RESET DateStyle;
RESET standard_conforming_strings;
-- nor does a look-alike in pg_temp or the search path
CREATE FUNCTION parts.now() RETURNS timestamptz LANGUAGE sql AS $$ SELECT '2000-01-01'::timestamptz $$;
CREATE FUNCTION pg_temp.session_fact(text) RETURNS text LANGUAGE sql AS $$ SELECT 'true' $$;
SET search_path = pg_temp, parts, pg_catalog;
SELECT sum(amount) FROM parts.buys;
RESET search_path;
DROP FUNCTION pg_temp.session_fact(text);

-- Names of rooms are any printable text; a room of the name of a closed one is
-- another room.
SET ROLE regress_cr_boss;
SELECT cleanroom.create_room('Ünï "quoted" ''room'' %s; --', 'odd');
SELECT cleanroom.add_member('Ünï "quoted" ''room'' %s; --', 'regress_cr_eve', 'analyst');
SELECT cleanroom.add_access_rule('Ünï "quoted" ''room'' %s; --', 'r "1"', 'true');
SELECT * FROM cleanroom.preview_room('Ünï "quoted" ''room'' %s; --');
SELECT cleanroom.close_room('Ünï "quoted" ''room'' %s; --');
SELECT cleanroom.create_room(repeat('é', 26), 'long');
SELECT cleanroom.create_room(repeat('é', 27), 'longer');
SELECT cleanroom.create_room(E'a\nb', 'two lines');
BEGIN;
SELECT cleanroom.create_room('twin', 'first');
SELECT cleanroom.add_member('twin', 'regress_cr_eve', 'analyst');
SELECT cleanroom.close_room('twin');
SELECT cleanroom.create_room('twin', 'second');
SELECT cleanroom.add_member('twin', 'regress_cr_aud', 'auditor');
SELECT cleanroom.close_room('twin');
COMMIT;
SET ROLE regress_cr_eve;
SELECT room, purpose, my_parts FROM cleanroom.rooms WHERE room = 'twin';
SELECT room, role FROM cleanroom.room_members WHERE room = 'twin';
SET ROLE regress_cr_aud;
SELECT room, purpose, my_parts FROM cleanroom.rooms WHERE room = 'twin';
SELECT room, role FROM cleanroom.room_members WHERE room = 'twin' ORDER BY role::text;
-- a note that is long
SET ROLE regress_cr_ana;
SELECT cleanroom.propose_template('garden', 'long', 'SELECT 1', '[]', repeat('x', 9000));

RESET ROLE;
TRUNCATE cleanroom.room_list CASCADE;
TRUNCATE cleanroom.rule_list, cleanroom.attribute_list;
DROP SCHEMA parts CASCADE;
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_boss, regress_cr_server, regress_cr_shop,
    regress_cr_tv, regress_cr_ana, regress_cr_aud, regress_cr_eve, regress_cr_team, regress_cr_nia;
DROP ROLE regress_cr_boss, regress_cr_server, regress_cr_shop, regress_cr_tv, regress_cr_ana,
    regress_cr_aud, regress_cr_eve, regress_cr_nia, regress_cr_team;
