-- A cursor WITH HOLD is run to its end when its transaction commits, and its rows
-- are given out afterwards, without the executor.  Whoever fetches is judged all
-- the same.
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_hc_operator;
GRANT cleanroom_operator TO regress_cr_hc_operator;
CREATE ROLE regress_cr_hc_owner;
CREATE ROLE regress_cr_hc_deputy IN ROLE regress_cr_hc_owner;
CREATE ROLE regress_cr_hc_ana;
CREATE ROLE regress_cr_hc_bob;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_hc_operator, regress_cr_hc_owner,
    regress_cr_hc_deputy, regress_cr_hc_ana, regress_cr_hc_bob;
CREATE SCHEMA hc AUTHORIZATION regress_cr_hc_owner;
GRANT USAGE ON SCHEMA hc TO regress_cr_hc_ana, regress_cr_hc_bob;
SET search_path = hc;
CREATE FUNCTION fetches(name refcursor) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    r record;
BEGIN
    FETCH name INTO r;
    RETURN r;
EXCEPTION WHEN OTHERS THEN
    RETURN sqlstate || ' ' || sqlerrm;
END $$;
CREATE FUNCTION fetches_by_command(name text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    r record;
BEGIN
    EXECUTE format('FETCH FIRST FROM %I', name) INTO r;
    RETURN r;
END $$;
CREATE TABLE plain AS SELECT n FROM generate_series(1, 3) n;
GRANT SELECT ON plain TO PUBLIC;
SET ROLE regress_cr_hc_owner;
CREATE TABLE visits AS SELECT n AS id, n % 3 AS c FROM generate_series(1, 600) n;
SELECT cleanroom.protect('visits', 'id', 20, '{c}');
GRANT SELECT ON visits TO regress_cr_hc_ana;
SELECT cleanroom.set_budget('visits', 'regress_cr_hc_ana', 100, 'queries', 'lifetime');

-- the analyst's own, forwards and back, in later transactions and after errors
SET ROLE regress_cr_hc_ana;
BEGIN;
DECLARE held SCROLL CURSOR WITH HOLD FOR SELECT c, count(*) FROM visits GROUP BY c ORDER BY c;
FETCH 1 FROM held;
COMMIT;
FETCH 1 FROM held;
MOVE BACKWARD 1 FROM held;
BEGIN;
FETCH 2 FROM held;
SELECT 1 / 0;
ROLLBACK;
SELECT fetches_by_command('held');
FETCH FORWARD 2 FROM held;
SELECT name, is_holdable FROM pg_cursors;
-- one statement by itself
DECLARE other CURSOR WITH HOLD FOR SELECT count(*) FROM visits;
FETCH ALL FROM other;
CLOSE other;
-- by commands alone, which are judged; those of no protected table as ever
SELECT fetches('held');
DECLARE free CURSOR WITH HOLD FOR SELECT n FROM plain ORDER BY n;
SELECT fetches('free');
FETCH 1 FROM free;
SELECT fetches('free');
CLOSE free;
-- a cursor that is not held yet
BEGIN;
DECLARE mine CURSOR WITH HOLD FOR SELECT count(*) FROM visits;
SELECT fetches('mine');
ROLLBACK;
-- the loop of a procedure goes on
DO $$
DECLARE
    r record;
    n int := 0;
BEGIN
    FOR r IN SELECT c, count(*) FROM visits GROUP BY c LOOP
        COMMIT;
        n := n + 1;
    END LOOP;
    RAISE WARNING '% groups', n;
END $$;

-- whoever is suspended, has lost the privilege or breaks a rule gets no more
SET ROLE regress_cr_hc_owner;
SELECT cleanroom.suspend_analyst('visits', 'regress_cr_hc_ana', 'caught');
SET ROLE regress_cr_hc_ana;
FETCH 1 FROM held;
\echo :SQLSTATE
MOVE FORWARD 1 FROM held;
SELECT fetches('held');
SELECT fetches_by_command('held');
BEGIN;
FETCH 1 FROM held;
FETCH 1 FROM held;
ROLLBACK;
SET ROLE regress_cr_hc_owner;
SELECT cleanroom.resume_analyst('visits', 'regress_cr_hc_ana');
SET ROLE regress_cr_hc_ana;
FETCH FIRST FROM held;
SET ROLE regress_cr_hc_owner;
REVOKE SELECT ON visits FROM regress_cr_hc_ana;
SET ROLE regress_cr_hc_ana;
FETCH FIRST FROM held;
\echo :SQLSTATE
SET ROLE regress_cr_hc_owner;
GRANT SELECT ON visits TO regress_cr_hc_ana;
SELECT cleanroom.add_access_rule('hc.visits', 'never', 'false');
SET ROLE regress_cr_hc_ana;
FETCH FIRST FROM held;
\echo :SQLSTATE
SET ROLE regress_cr_hc_owner;
SELECT cleanroom.drop_access_rule('hc.visits', 'never');
-- another policy does not take back what was released under the former
SELECT cleanroom.protect('visits', 'id', 300, '{}');
SET ROLE regress_cr_hc_ana;
FETCH FIRST FROM held;
SET ROLE regress_cr_hc_owner;
SELECT cleanroom.protect('visits', 'id', 20, '{c}');
-- another role needs a privilege of its own
SET ROLE regress_cr_hc_bob;
FETCH FIRST FROM held;
RESET ROLE;
FETCH FIRST FROM held;
SET ROLE regress_cr_hc_owner;
FETCH FIRST FROM held;
SELECT spent FROM cleanroom.budgets;

-- rows that an owner holds may be raw
DECLARE raw CURSOR WITH HOLD FOR SELECT * FROM visits ORDER BY id;
FETCH 1 FROM raw;
SET ROLE regress_cr_hc_ana;
FETCH 1 FROM raw;
\echo :SQLSTATE
SELECT fetches('raw');
SET ROLE regress_cr_hc_deputy;
FETCH 1 FROM raw;
RESET ROLE;
FETCH 1 FROM raw;
DECLARE supers CURSOR WITH HOLD FOR SELECT * FROM visits ORDER BY id;
SET ROLE regress_cr_hc_ana;
FETCH 1 FROM supers;
SET ROLE regress_cr_hc_owner;
FETCH 1 FROM supers;
SELECT cleanroom.unprotect('visits');
SET ROLE regress_cr_hc_ana;
FETCH 1 FROM raw;
FETCH FIRST FROM held;
SET ROLE regress_cr_hc_owner;
SELECT cleanroom.protect('visits', 'id', 20, '{c}');
RESET ROLE;
CLOSE ALL;
SELECT count(*) FROM pg_cursors;

-- what a template has returned
SET ROLE regress_cr_hc_operator;
SELECT cleanroom.create_room('hc', 'x');
SELECT cleanroom.add_member('hc', r, p) FROM (VALUES ('regress_cr_hc_owner', 'contributor'),
    ('regress_cr_hc_bob', 'analyst')) m (r, p);
SET ROLE regress_cr_hc_owner;
SELECT cleanroom.share_table('hc', 'visits', templates_only => true);
SET ROLE regress_cr_hc_bob;
SELECT cleanroom.propose_template('hc', 'by_c', 'SELECT c, count(*) AS n FROM visits GROUP BY c ORDER BY c');
SET ROLE regress_cr_hc_owner;
SELECT cleanroom.approve_template('by_c', 1);
SET ROLE regress_cr_hc_bob;
BEGIN;
DECLARE ran SCROLL CURSOR WITH HOLD FOR SELECT r FROM cleanroom.run_template('by_c') r;
COMMIT;
FETCH 1 FROM ran;
SELECT fetches('ran');
SET ROLE regress_cr_hc_ana;
FETCH 1 FROM ran;
SET ROLE regress_cr_hc_bob;
FETCH 1 FROM ran;
SET ROLE regress_cr_hc_operator;
SELECT cleanroom.remove_member('hc', 'regress_cr_hc_bob');
SET ROLE regress_cr_hc_bob;
FETCH 1 FROM ran;
\echo :SQLSTATE
CLOSE ran;

RESET ROLE;
SET client_min_messages = error;
TRUNCATE cleanroom.room_list CASCADE;
TRUNCATE cleanroom.rule_list, cleanroom.budget_list, cleanroom.spending_list, cleanroom.suspension_list,
    cleanroom.quota_suspension_list, cleanroom.refusal_list, cleanroom.schema_grant_list;
DROP SCHEMA hc CASCADE;
DROP OWNED BY regress_cr_hc_operator, regress_cr_hc_owner, regress_cr_hc_deputy, regress_cr_hc_ana,
    regress_cr_hc_bob;
DROP ROLE regress_cr_hc_operator, regress_cr_hc_owner, regress_cr_hc_deputy, regress_cr_hc_ana,
    regress_cr_hc_bob;
