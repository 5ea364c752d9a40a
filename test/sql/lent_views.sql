-- A view lends its owner's privileges.  The owner of a protected table may lend
-- its own; an analyst has been let in for itself, and lends none: who reads its
-- view needs what the view reads.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_lv_operator;
GRANT cleanroom_operator TO regress_cr_lv_operator;
CREATE ROLE regress_cr_lv_shop;
CREATE ROLE regress_cr_lv_tv;
CREATE ROLE regress_cr_lv_ana;
CREATE ROLE regress_cr_lv_bob;
CREATE ROLE regress_cr_lv_alias;
CREATE ROLE regress_cr_lv_team;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_lv_operator, regress_cr_lv_shop,
    regress_cr_lv_tv, regress_cr_lv_ana, regress_cr_lv_bob, regress_cr_lv_alias;
CREATE SCHEMA lv;
GRANT ALL ON SCHEMA lv TO regress_cr_lv_shop, regress_cr_lv_tv, regress_cr_lv_ana,
    regress_cr_lv_bob, regress_cr_lv_alias, regress_cr_lv_team;
SET search_path = lv;
SET SESSION AUTHORIZATION regress_cr_lv_shop;
CREATE TABLE buys AS SELECT n AS id, 'c' || n % 2 AS c, n % 9 AS amount FROM generate_series(1, 100) n;
SELECT cleanroom.protect('buys', 'id', 20, '{c}', '{amount}');
SET SESSION AUTHORIZATION regress_cr_lv_tv;
CREATE TABLE spots AS SELECT n AS id, 'd' || n % 2 AS d FROM generate_series(1, 100) n;
SELECT cleanroom.protect('spots', 'id', 20, '{d}');

-- for approved templates only: neither the analyst, nor by its view anybody else
SET SESSION AUTHORIZATION regress_cr_lv_operator;
SELECT cleanroom.create_room('lv', 'x');
SELECT cleanroom.add_member('lv', r, p) FROM (VALUES ('regress_cr_lv_shop', 'contributor'),
    ('regress_cr_lv_ana', 'analyst')) m (r, p);
SET SESSION AUTHORIZATION regress_cr_lv_shop;
SELECT cleanroom.share_table('lv', 'buys', templates_only => true);
SELECT cleanroom.set_budget('buys', 'regress_cr_lv_ana', 9, 'queries', 'lifetime');
SET SESSION AUTHORIZATION regress_cr_lv_ana;
SELECT count(*) FROM buys;
CREATE VIEW mine AS SELECT * FROM buys;
CREATE VIEW counted AS SELECT c, count(*) AS n FROM buys GROUP BY c;
CREATE VIEW on_mine AS SELECT * FROM mine;
CREATE VIEW invoker WITH (security_invoker) AS SELECT * FROM mine;
GRANT SELECT ON mine, counted, on_mine, invoker TO regress_cr_lv_alias, regress_cr_lv_bob;
SET SESSION AUTHORIZATION regress_cr_lv_alias;
\set VERBOSITY default
SELECT c, count(*) FROM mine GROUP BY c;
\echo :SQLSTATE
\set VERBOSITY terse
SELECT * FROM counted;
SELECT c, count(*) FROM on_mine GROUP BY c;
SELECT c, count(*) FROM invoker GROUP BY c;
SELECT (SELECT count(*) FROM mine) AS n;
WITH w AS (SELECT count(*) AS n FROM mine) SELECT n FROM w;
SELECT n FROM (SELECT count(*) AS n FROM mine UNION ALL SELECT 1) u;
SELECT verdict, code, reason FROM cleanroom.explain('SELECT count(*) FROM lv.mine');
PREPARE p AS SELECT count(*) FROM mine;
EXECUTE p;
DECLARE h CURSOR WITH HOLD FOR SELECT count(*) FROM mine;
-- a view of one's own on top does not help, nor one that lends what was lent
CREATE VIEW alias_view AS SELECT * FROM mine;
SELECT count(*) FROM alias_view;
GRANT SELECT ON alias_view TO regress_cr_lv_ana;
SET SESSION AUTHORIZATION regress_cr_lv_shop;
SELECT spent FROM cleanroom.budgets WHERE relation = 'buys'::regclass;
SELECT cleanroom.unshare_table('lv', 'buys');

-- outside of rooms: the analyst by its own view, and whoever has a grant too
GRANT SELECT ON buys TO regress_cr_lv_ana;
SET SESSION AUTHORIZATION regress_cr_lv_ana;
SELECT c, count(*) FROM mine GROUP BY c ORDER BY c;
SELECT * FROM counted ORDER BY c;
SELECT c, count(*) FROM on_mine GROUP BY c ORDER BY c;
SELECT c, count(*) FROM invoker GROUP BY c ORDER BY c;
SET SESSION AUTHORIZATION regress_cr_lv_bob;
SELECT count(*) FROM mine;
SET SESSION AUTHORIZATION regress_cr_lv_shop;
GRANT SELECT ON buys TO regress_cr_lv_bob;
SELECT cleanroom.set_budget('buys', 'regress_cr_lv_bob', 3, 'queries', 'lifetime');
SET SESSION AUTHORIZATION regress_cr_lv_bob;
SELECT count(*) FROM mine;
SELECT c, n FROM counted ORDER BY c;
SELECT count(*) FROM on_mine;
SELECT count(*) FROM mine;

-- columns: what the view reads, and no other
SET SESSION AUTHORIZATION regress_cr_lv_shop;
REVOKE SELECT ON buys FROM regress_cr_lv_bob;
SELECT cleanroom.set_budget('buys', 'regress_cr_lv_bob', NULL, 'queries', 'lifetime');
GRANT SELECT (id, c) ON buys TO regress_cr_lv_bob;
SET SESSION AUTHORIZATION regress_cr_lv_bob;
SELECT c, n FROM counted ORDER BY c;
SELECT count(*) FROM mine;
SET SESSION AUTHORIZATION regress_cr_lv_shop;
REVOKE SELECT (id, c) ON buys FROM regress_cr_lv_bob;

-- a grant to a group that both are in
GRANT SELECT ON buys TO regress_cr_lv_team;
RESET SESSION AUTHORIZATION;
GRANT regress_cr_lv_team TO regress_cr_lv_bob;
SET SESSION AUTHORIZATION regress_cr_lv_bob;
SELECT count(*) FROM mine;
RESET SESSION AUTHORIZATION;
REVOKE regress_cr_lv_team FROM regress_cr_lv_bob;

-- the owner's view is the owner's to grant, and to nobody else through others' views
SET SESSION AUTHORIZATION regress_cr_lv_shop;
REVOKE SELECT ON buys FROM regress_cr_lv_team;
CREATE VIEW offered AS SELECT id, c FROM buys;
CREATE VIEW upon AS SELECT * FROM offered;
GRANT SELECT ON offered, upon TO regress_cr_lv_bob;
SET SESSION AUTHORIZATION regress_cr_lv_bob;
SELECT c, count(*) FROM offered GROUP BY c ORDER BY c;
SELECT c, count(*) FROM upon GROUP BY c ORDER BY c;
CREATE VIEW passed_on AS SELECT * FROM offered;
SELECT c, count(*) FROM passed_on GROUP BY c ORDER BY c;
GRANT SELECT ON passed_on TO regress_cr_lv_alias;
SET SESSION AUTHORIZATION regress_cr_lv_alias;
SELECT c, count(*) FROM passed_on GROUP BY c ORDER BY c;
\echo :SQLSTATE
SELECT count(*) FROM offered;
SET SESSION AUTHORIZATION regress_cr_lv_shop;
GRANT SELECT ON offered TO regress_cr_lv_alias;
SET SESSION AUTHORIZATION regress_cr_lv_alias;
SELECT c, count(*) FROM passed_on GROUP BY c ORDER BY c;
SET SESSION AUTHORIZATION regress_cr_lv_shop;
REVOKE SELECT ON offered FROM regress_cr_lv_alias;
-- owners are analysts of each other's tables
SET SESSION AUTHORIZATION regress_cr_lv_tv;
GRANT SELECT ON spots TO regress_cr_lv_shop;
SET SESSION AUTHORIZATION regress_cr_lv_shop;
CREATE VIEW both_owners AS SELECT c, (SELECT count(*) FROM spots) AS n, count(*) AS m FROM buys GROUP BY c;
CREATE VIEW others AS SELECT * FROM spots;
GRANT SELECT ON both_owners, others TO regress_cr_lv_bob;
SELECT count(*) FROM others;
SET SESSION AUTHORIZATION regress_cr_lv_bob;
SELECT count(*) FROM others;
SELECT c, n, m FROM both_owners ORDER BY c;
SET SESSION AUTHORIZATION regress_cr_lv_tv;
GRANT SELECT ON spots TO regress_cr_lv_bob;
SET SESSION AUTHORIZATION regress_cr_lv_bob;
SELECT count(*) FROM others;
SELECT c, n, m FROM both_owners ORDER BY c;
-- a superuser's view
RESET SESSION AUTHORIZATION;
CREATE VIEW lv.supers AS SELECT * FROM lv.buys;
GRANT SELECT ON lv.supers TO regress_cr_lv_bob;
SET SESSION AUTHORIZATION regress_cr_lv_bob;
SELECT count(*) FROM supers;

-- a view that reads no protected table lends as always, beside one that does
SET SESSION AUTHORIZATION regress_cr_lv_ana;
CREATE TABLE labels (c text PRIMARY KEY, label text);
INSERT INTO labels VALUES ('c0', 'even'), ('c1', 'odd');
CREATE VIEW named AS SELECT * FROM labels;
GRANT SELECT ON named TO regress_cr_lv_bob;
SET SESSION AUTHORIZATION regress_cr_lv_bob;
SELECT c, label, m FROM named JOIN both_owners USING (c) ORDER BY c;

-- rules
SET SESSION AUTHORIZATION regress_cr_lv_ana;
CREATE TABLE bell (x int);
CREATE RULE ring AS ON INSERT TO bell DO INSTEAD SELECT count(*) AS n FROM buys;
GRANT INSERT ON bell TO regress_cr_lv_alias;
INSERT INTO bell VALUES (1);
SET SESSION AUTHORIZATION regress_cr_lv_alias;
INSERT INTO bell VALUES (1);

-- a function with its owner's rights is asked as that role; what it leaves open is not
SET SESSION AUTHORIZATION regress_cr_lv_ana;
CREATE FUNCTION answers() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = lv
    AS 'SELECT count(*) FROM mine';
CREATE FUNCTION opens() RETURNS refcursor LANGUAGE plpgsql SECURITY DEFINER SET search_path = lv AS $$
DECLARE left_open refcursor := 'left_open';
BEGIN
    OPEN left_open FOR SELECT c, n FROM counted ORDER BY c;
    RETURN left_open;
END $$;
SET SESSION AUTHORIZATION regress_cr_lv_alias;
SELECT answers();
BEGIN;
SELECT opens();
FETCH 1 FROM left_open;
ROLLBACK;
SET SESSION AUTHORIZATION regress_cr_lv_shop;
SELECT spent FROM cleanroom.budgets WHERE analyst = 'regress_cr_lv_ana'::regrole;
SELECT cleanroom.suspend_analyst('buys', 'regress_cr_lv_ana', 'caught');
SET SESSION AUTHORIZATION regress_cr_lv_alias;
SELECT answers();
SELECT count(*) FROM mine;
SET SESSION AUTHORIZATION regress_cr_lv_shop;
SELECT cleanroom.resume_analyst('buys', 'regress_cr_lv_ana');

-- whose view it is may cease to be exempt, and lends no more, at once
RESET SESSION AUTHORIZATION;
GRANT regress_cr_lv_shop TO regress_cr_lv_team;
SET SESSION AUTHORIZATION regress_cr_lv_team;
CREATE VIEW teams AS SELECT * FROM buys;
GRANT SELECT ON teams TO regress_cr_lv_alias;
SET SESSION AUTHORIZATION regress_cr_lv_alias;
PREPARE t AS SELECT count(*) FROM teams;
EXECUTE t;
BEGIN;
DECLARE k CURSOR FOR SELECT c, count(*) FROM teams GROUP BY c ORDER BY c;
FETCH 1 FROM k;
RESET SESSION AUTHORIZATION;
REVOKE regress_cr_lv_shop FROM regress_cr_lv_team;
SET SESSION AUTHORIZATION regress_cr_lv_alias;
SAVEPOINT s;
FETCH 1 FROM k;
ROLLBACK TO s;
EXECUTE t;
ROLLBACK;
RESET SESSION AUTHORIZATION;
REVOKE regress_cr_lv_shop FROM regress_cr_lv_team;
GRANT SELECT ON buys TO regress_cr_lv_team;
SET SESSION AUTHORIZATION regress_cr_lv_alias;
EXECUTE t;
RESET SESSION AUTHORIZATION;

-- whoever is exempt reads all of its table by an analyst's view, as in a query of its own
SET SESSION AUTHORIZATION regress_cr_lv_team;
CREATE VIEW whole AS SELECT * FROM buys;
GRANT SELECT ON whole TO regress_cr_lv_shop;
SET SESSION AUTHORIZATION regress_cr_lv_shop;
SELECT (SELECT count(*) FROM whole) = count(*) AS alike, count(*) > 0 AS some FROM buys;
SELECT count(*) FROM buys b WHERE NOT EXISTS (SELECT FROM whole w WHERE w.id = b.id);
ALTER TABLE buys FORCE ROW LEVEL SECURITY;
SELECT count(*) FROM whole;
ALTER TABLE buys NO FORCE ROW LEVEL SECURITY;
RESET SESSION AUTHORIZATION;
SELECT (SELECT count(*) FROM lv.whole) = count(*) AS alike FROM lv.buys;

SET client_min_messages = error;
TRUNCATE cleanroom.room_list CASCADE;
TRUNCATE cleanroom.budget_list, cleanroom.spending_list, cleanroom.suspension_list,
    cleanroom.quota_suspension_list, cleanroom.refusal_list, cleanroom.schema_grant_list;
DROP SCHEMA lv CASCADE;
DROP OWNED BY regress_cr_lv_operator, regress_cr_lv_shop, regress_cr_lv_tv, regress_cr_lv_ana,
    regress_cr_lv_bob, regress_cr_lv_alias, regress_cr_lv_team;
DROP ROLE regress_cr_lv_operator, regress_cr_lv_shop, regress_cr_lv_tv, regress_cr_lv_ana,
    regress_cr_lv_bob, regress_cr_lv_alias, regress_cr_lv_team;
