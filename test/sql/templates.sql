-- Templates: queries with parameters that every owner has approved.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;

CREATE ROLE regress_cr_boss;
GRANT cleanroom_operator TO regress_cr_boss;
CREATE ROLE regress_cr_shop;
CREATE ROLE regress_cr_tv;
CREATE ROLE regress_cr_ana;
CREATE ROLE regress_cr_eve;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_boss, regress_cr_shop, regress_cr_tv, regress_cr_eve, regress_cr_ana;
CREATE SCHEMA templates;
GRANT CREATE, USAGE ON SCHEMA templates TO regress_cr_shop, regress_cr_tv;
GRANT USAGE ON SCHEMA templates TO regress_cr_ana, regress_cr_eve;
SET ROLE regress_cr_shop;
CREATE TABLE templates.buys (person int NOT NULL, region text NOT NULL, day date NOT NULL, amount int NOT NULL);
INSERT INTO templates.buys SELECT i % 100, 'r' || i % 3, date '2026-01-01' + i % 20, i % 10
    FROM generate_series(1, 1000) i;
SELECT cleanroom.protect('templates.buys', 'person', 10, '{region,day}', '{amount}', '{}', '{person}');
SET ROLE regress_cr_tv;
CREATE TABLE templates.views (person int NOT NULL, channel text NOT NULL);
INSERT INTO templates.views SELECT i % 80, 'c' || i % 2 FROM generate_series(1, 1000) i;
SELECT cleanroom.protect('templates.views', 'person', 10, '{channel}', '{}', '{}', '{person}');
SET ROLE regress_cr_boss;
SELECT cleanroom.create_room('spring', 'measurement');
SELECT cleanroom.add_member('spring', 'regress_cr_shop', 'contributor');
SELECT cleanroom.add_member('spring', 'regress_cr_tv', 'contributor');
SELECT cleanroom.add_member('spring', 'regress_cr_ana', 'analyst');
SET ROLE regress_cr_shop;
SELECT cleanroom.share_table('spring', 'templates.buys', templates_only => true);
SET ROLE regress_cr_tv;
SELECT cleanroom.share_table('spring', 'templates.views');

-- A table shared for templates only is closed to queries of one's own.
SET ROLE regress_cr_ana;
SET search_path = templates;
SELECT count(*) FROM buys;
SELECT count(*) FROM buys JOIN views USING (person);
SELECT count(*) FROM views;

-- Proposals: names are resolved now; parameters are typed.
SELECT cleanroom.propose_template('spring', 'reach',
    'SELECT region, count(*) AS n, sum(amount) AS spent FROM buys JOIN views USING (person)
     WHERE channel = :channel AND day >= :since GROUP BY region ORDER BY region',
    '[{"name": "channel", "type": "text", "list": ["c0", "c1"]},
      {"name": "since", "type": "date", "min": "2026-01-01", "max": "2026-01-20"}]', 'for the report');
SELECT cleanroom.propose_template('spring', 'two', 'SELECT 1; SELECT 2');
SELECT cleanroom.propose_template('spring', 'two', 'DELETE FROM buys');
SELECT cleanroom.propose_template('spring', 'two', 'SELECT * FROM nothing');
SELECT cleanroom.propose_template('spring', 'two', 'SELECT count(*) FROM buys WHERE region = :r', '[{"name": "r"}]');
SELECT cleanroom.propose_template('spring', 'two', 'SELECT count(*) FROM buys', '[{"name": "r", "type": "text", "max_length": 3}]');
SELECT cleanroom.propose_template('winter', 'two', 'SELECT count(*) FROM buys');
SET ROLE regress_cr_eve;
SELECT cleanroom.propose_template('spring', 'two', 'SELECT 1');
SELECT count(*) FROM cleanroom.templates;
SET ROLE regress_cr_tv;
SELECT name, version, state, query, parameters, note, author, relations FROM cleanroom.templates;

-- It runs when each owner has approved it.
SET ROLE regress_cr_ana;
SELECT cleanroom.run_template('reach', '{"channel": "c0", "since": "2026-01-05"}');
SELECT cleanroom.approve_template('reach', 1);
SET ROLE regress_cr_shop;
SELECT cleanroom.approve_template('reach', 1, 'fine with us');
SELECT cleanroom.approve_template('reach', 2);
SET ROLE regress_cr_ana;
SELECT cleanroom.run_template('reach', '{"channel": "c0", "since": "2026-01-05"}');
SET ROLE regress_cr_tv;
SELECT cleanroom.approve_template('reach', 1);
SET ROLE regress_cr_ana;
SELECT r->>'region' AS region, (r->>'n')::int AS n, (r->>'spent')::int AS spent
    FROM cleanroom.run_template('reach', '{"channel": "c0", "since": "2026-01-05"}') r;
SET ROLE regress_cr_shop;
RESET search_path;
RESET ROLE;
SELECT region, count(*) AS n, sum(amount) AS spent FROM templates.buys JOIN templates.views USING (person)
    WHERE channel = 'c0' AND day >= '2026-01-05' GROUP BY region ORDER BY region;
SET ROLE regress_cr_ana;
SET search_path = templates;

-- Its operators and functions are those of the server, whatever comes first
-- on the caller's path.
RESET ROLE;
CREATE SCHEMA regress_cr_mine AUTHORIZATION regress_cr_ana;
SET ROLE regress_cr_ana;
CREATE FUNCTION regress_cr_mine.no(text, text) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT false';
CREATE OPERATOR regress_cr_mine.= (LEFTARG = text, RIGHTARG = text, FUNCTION = regress_cr_mine.no);
CREATE AGGREGATE regress_cr_mine.sum(int) (SFUNC = int4pl, STYPE = int, INITCOND = '1000000');
SET search_path = regress_cr_mine, pg_catalog, templates;
SELECT r->>'region' AS region, (r->>'n')::int AS n, (r->>'spent')::int AS spent
    FROM cleanroom.run_template('reach', '{"channel": "c0", "since": "2026-01-05"}') r;
SET search_path = templates;
RESET ROLE;
SET client_min_messages = error;
DROP SCHEMA regress_cr_mine CASCADE;
SET client_min_messages = warning;
SET ROLE regress_cr_ana;

-- Parameters just inside and just outside their domain.
SELECT count(*) FROM cleanroom.run_template('reach', '{"channel": "c1", "since": "2026-01-01"}');
SELECT count(*) FROM cleanroom.run_template('reach', '{"channel": "c1", "since": "2026-01-20"}');
SELECT cleanroom.run_template('reach', '{"channel": "c1", "since": "2026-01-21"}');
SELECT cleanroom.run_template('reach', '{"channel": "c2", "since": "2026-01-20"}');
SELECT cleanroom.run_template('reach', '{"channel": "c1''; SELECT 1 --", "since": "2026-01-20"}');
SELECT cleanroom.run_template('reach', '{"channel": "c1"}');
SELECT cleanroom.run_template('reach', '{"channel": "c1", "since": "2026-01-20", "more": 1}');
SELECT cleanroom.run_template('rich', '{}');
-- while it runs, and only then, the table is open
SELECT count(*) FROM buys;
SET ROLE regress_cr_eve;
SELECT cleanroom.run_template('reach', '{"channel": "c1", "since": "2026-01-20"}');
SET ROLE regress_cr_tv;
SELECT cleanroom.run_template('reach', '{"channel": "c1", "since": "2026-01-20"}');

-- A new version waits; the approved one still runs.  Differences are shown.
SET ROLE regress_cr_ana;
SELECT cleanroom.propose_template('spring', 'reach', 'SELECT region, count(*) AS n
    FROM buys GROUP BY region ORDER BY region', '[]');
SELECT * FROM cleanroom.diff_template('reach', 1, 2);
SELECT * FROM cleanroom.diff_template('reach', 1, 3);
SELECT version, state FROM cleanroom.templates ORDER BY version;
SET ROLE regress_cr_shop;
SELECT cleanroom.reject_template('reach', 2, 'too coarse');
SET ROLE regress_cr_ana;
SELECT version, owner, approved, comment FROM cleanroom.template_decisions ORDER BY 1, 2;
SELECT count(*) FROM cleanroom.run_template('reach', '{"channel": "c1", "since": "2026-01-01"}');

-- Names and remarks are for people to read.
SELECT cleanroom.propose_template('spring', '', 'SELECT 1 AS one');
SELECT cleanroom.propose_template('spring', repeat('x', 100000), 'SELECT 1 AS one');
SELECT cleanroom.propose_template('spring', E'a\nb', 'SELECT 1 AS one');
SELECT cleanroom.propose_template('spring', 'long', 'SELECT 1 AS one', note => repeat('x', 1000000));
SELECT cleanroom.request_template('spring', 'long', 'SELECT * FROM views', repeat('x', 10000));
SELECT cleanroom.propose_template('spring', repeat('x', 63), 'SELECT 1 AS one', note => repeat('x', 10000));
SELECT state, length(note) FROM cleanroom.templates WHERE name ~ '^xxx';
SET ROLE regress_cr_shop;
SELECT cleanroom.approve_template('reach', 1, repeat('x', 10001));
SELECT cleanroom.reject_template('reach', 1, repeat('x', 10001));
RESET ROLE;
DELETE FROM cleanroom.template_version_list WHERE length(note) = 10000;
DELETE FROM cleanroom.template_list WHERE name ~ '^xxx';
SET ROLE regress_cr_ana;

-- A query that was refused can be filed, with the reason.
SELECT cleanroom.request_template('spring', 'raw', 'SELECT * FROM views', 'May I?');
SELECT name, state, note FROM cleanroom.templates WHERE name = 'raw';
-- approval does not make the gate let rows out
SET ROLE regress_cr_tv;
SELECT cleanroom.approve_template('raw', 1);
SET ROLE regress_cr_ana;
SELECT cleanroom.run_template('raw');

-- An approval lapses when a policy, a table or a view in it changes.
SET ROLE regress_cr_tv;
SELECT cleanroom.set_column('templates.views', 'channel', 'dimension, filter');
SET ROLE regress_cr_ana;
SELECT name, version, state FROM cleanroom.templates ORDER BY 1, 2;
SELECT cleanroom.run_template('reach', '{"channel": "c0", "since": "2026-01-05"}');
SET ROLE regress_cr_tv;
SELECT cleanroom.approve_template('reach', 1);
SET ROLE regress_cr_shop;
SELECT cleanroom.approve_template('reach', 1);
SET ROLE regress_cr_ana;
SELECT count(*) FROM cleanroom.run_template('reach', '{"channel": "c0", "since": "2026-01-05"}');
SET ROLE regress_cr_tv;
CREATE VIEW templates.kept AS SELECT person, channel FROM templates.views WHERE channel = 'c0';
GRANT SELECT ON templates.kept TO regress_cr_ana;
SET ROLE regress_cr_ana;
SELECT cleanroom.propose_template('spring', 'viewed', 'SELECT count(*) AS n FROM kept');
SET ROLE regress_cr_tv;
SELECT cleanroom.approve_template('viewed', 1);
SET ROLE regress_cr_ana;
SELECT cleanroom.run_template('viewed');
SET ROLE regress_cr_tv;
CREATE OR REPLACE VIEW templates.kept AS SELECT person, channel FROM templates.views WHERE channel <> 'c0';
SET ROLE regress_cr_ana;
SELECT cleanroom.run_template('viewed');

-- The code of a type that a template names does not run when it is read.
RESET ROLE;
CREATE SCHEMA templates_eve AUTHORIZATION regress_cr_eve;
GRANT USAGE ON SCHEMA templates_eve TO regress_cr_ana;
SET ROLE regress_cr_boss;
SELECT cleanroom.add_member('spring', 'regress_cr_eve', 'analyst');
SET ROLE regress_cr_eve;
CREATE FUNCTION templates_eve.who(int) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    RAISE WARNING 'read as %', current_user;
    RETURN true;
END $$;
CREATE DOMAIN templates_eve.mine AS int CHECK (templates_eve.who(VALUE));
CREATE TYPE templates_eve.pair AS (a templates_eve.mine);
SELECT cleanroom.propose_template('spring', 'list', $$SELECT '{1}'::templates_eve.mine[] AS a$$);
SELECT cleanroom.propose_template('spring', 'row', $$SELECT '(1)'::templates_eve.pair AS a$$);
SET ROLE regress_cr_tv;
SELECT name, state FROM cleanroom.templates WHERE name IN ('list', 'row') ORDER BY name;
-- Nor does a function of another's run in the session of whoever runs the
-- template: only its owner's, and a superuser's.
SET ROLE regress_cr_eve;
CREATE FUNCTION templates_eve.peek(bigint) RETURNS text LANGUAGE plpgsql AS $$
BEGIN RETURN 'called by ' || current_user; END $$;
SELECT cleanroom.propose_template('spring', 'peek', $$SELECT templates_eve.peek(n) AS p FROM (SELECT count(*) AS n FROM templates.views) x$$);
SET ROLE regress_cr_tv;
SELECT cleanroom.approve_template('peek', 1);
SET ROLE regress_cr_ana;
SELECT cleanroom.run_template('peek');
SET ROLE regress_cr_eve;
SELECT cleanroom.run_template('peek');
RESET ROLE;
DO $$ BEGIN EXECUTE format('ALTER FUNCTION templates_eve.peek(bigint) OWNER TO %I', current_user); END $$;
SET ROLE regress_cr_eve;
SELECT cleanroom.propose_template('spring', 'peek', $$SELECT templates_eve.peek(n) AS p FROM (SELECT count(*) AS n FROM templates.views) x$$);
SET ROLE regress_cr_tv;
SELECT cleanroom.approve_template('peek', 2);
SET ROLE regress_cr_ana;
SELECT cleanroom.run_template('peek');
-- whose text is the same whatever the search_path of whoever runs it
RESET ROLE;
ALTER FUNCTION templates_eve.peek(bigint) SET search_path = pg_catalog, templates_eve;
SET ROLE regress_cr_eve;
SELECT cleanroom.propose_template('spring', 'peek', $$SELECT templates_eve.peek(n) AS p FROM (SELECT count(*) AS n FROM templates.views) x$$);
SET ROLE regress_cr_tv;
SELECT cleanroom.approve_template('peek', 3);
SET ROLE regress_cr_ana;
SELECT cleanroom.run_template('peek');
RESET ROLE;
ALTER FUNCTION templates_eve.peek(bigint) SET search_path = pg_catalog;
SET ROLE regress_cr_eve;
SELECT cleanroom.propose_template('spring', 'peek', $$SELECT templates_eve.peek(n) AS p FROM (SELECT count(*) AS n FROM templates.views) x$$);
SET ROLE regress_cr_tv;
SELECT cleanroom.approve_template('peek', 4);
SET ROLE regress_cr_ana;
SELECT cleanroom.run_template('peek');
SET ROLE regress_cr_boss;
SELECT cleanroom.remove_member('spring', 'regress_cr_eve');

-- A cursor on it gives on to nobody what he may not ask for any more.
SET ROLE regress_cr_ana;
SET client_min_messages = error;
BEGIN;
DECLARE c CURSOR FOR SELECT r->>'region' AS region FROM cleanroom.run_template('reach', '{"channel": "c0", "since": "2026-01-05"}') r;
FETCH 1 FROM c;
FETCH 1 FROM c;
SET ROLE regress_cr_boss;
SELECT cleanroom.remove_member('spring', 'regress_cr_ana');
SET ROLE regress_cr_ana;
FETCH 1 FROM c;
ROLLBACK;
CREATE FUNCTION pg_temp.next_after(command text, who text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    given record;
BEGIN
    DECLARE
        c CURSOR FOR SELECT cleanroom.run_template('reach', '{"channel": "c0", "since": "2026-01-05"}')->>'region' AS region;
    BEGIN
        OPEN c;
        FETCH c INTO given;
        EXECUTE format('SET LOCAL ROLE %I', who);
        EXECUTE command;
        SET LOCAL ROLE regress_cr_ana;
        FETCH c INTO given;
        RETURN given.region;
    END;
EXCEPTION WHEN OTHERS THEN
    RETURN sqlstate || ': ' || sqlerrm;
END $$;
SELECT pg_temp.next_after('SELECT 1', 'regress_cr_tv');
SELECT pg_temp.next_after('SELECT cleanroom.suspend_analyst(''templates.views'', ''regress_cr_ana'', ''x'')', 'regress_cr_tv');
SELECT pg_temp.next_after('SELECT cleanroom.unshare_table(''spring'', ''templates.views'')', 'regress_cr_tv');
SELECT pg_temp.next_after('SELECT cleanroom.add_access_rule(''templates.views'', ''none'', ''false'')', 'regress_cr_tv');
SELECT pg_temp.next_after('REVOKE SELECT ON templates.views FROM regress_cr_ana', 'regress_cr_tv');
SELECT pg_temp.next_after('SELECT cleanroom.set_column(''templates.views'', ''channel'', '''')', 'regress_cr_tv');
SELECT pg_temp.next_after('SELECT cleanroom.close_room(''spring'')', 'regress_cr_boss');
DROP FUNCTION pg_temp.next_after(text, text);
-- nor to another role
RESET ROLE;
GRANT regress_cr_eve TO regress_cr_ana;
GRANT USAGE ON SCHEMA templates TO regress_cr_eve;
SET ROLE regress_cr_ana;
BEGIN;
DECLARE c CURSOR FOR SELECT cleanroom.run_template('reach', '{"channel": "c0", "since": "2026-01-05"}');
FETCH 1 FROM c;
SET ROLE regress_cr_eve;
FETCH 1 FROM c;
ROLLBACK;
RESET ROLE;
REVOKE regress_cr_eve FROM regress_cr_ana;
SET client_min_messages = warning;

-- Outside the room there are no templates.
SET ROLE regress_cr_boss;
SELECT cleanroom.remove_member('spring', 'regress_cr_ana');
SET ROLE regress_cr_ana;
SELECT cleanroom.run_template('reach', '{"channel": "c0", "since": "2026-01-05"}');
RESET search_path;
RESET ROLE;
TRUNCATE cleanroom.room_list CASCADE;
DROP SCHEMA templates, templates_eve CASCADE;
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_boss, regress_cr_shop, regress_cr_tv, regress_cr_eve, regress_cr_ana;
DROP ROLE regress_cr_boss, regress_cr_shop, regress_cr_tv, regress_cr_ana, regress_cr_eve;
