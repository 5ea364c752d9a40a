-- Attacks by code that runs where it should not count as whoever is there: in
-- a condition on a view of the extension's, and in somebody else's session.
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_s_boss;
GRANT cleanroom_operator TO regress_cr_s_boss;
CREATE ROLE regress_cr_s_owner;
CREATE ROLE regress_cr_s_ana;
CREATE ROLE regress_cr_s_eve;
CREATE SCHEMA bypass_session;
GRANT ALL ON SCHEMA bypass_session TO regress_cr_s_owner, regress_cr_s_ana, regress_cr_s_eve;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_s_boss, regress_cr_s_owner, regress_cr_s_ana, regress_cr_s_eve;
SET search_path = bypass_session, pg_catalog;

SET SESSION AUTHORIZATION regress_cr_s_owner;
CREATE TABLE persons (pid int PRIMARY KEY, city text NOT NULL);
INSERT INTO persons SELECT p, 'A' FROM generate_series(1, 100) p;
SELECT cleanroom.protect('persons', 'pid', 10, dimensions => '{city}');
GRANT SELECT ON persons TO regress_cr_s_ana;
SET SESSION AUTHORIZATION regress_cr_s_boss;
SELECT cleanroom.create_room('hidden', 'a merger');
SELECT cleanroom.add_member('hidden', 'regress_cr_s_owner', 'contributor');
SELECT cleanroom.add_member('hidden', 'regress_cr_s_ana', 'analyst');
SELECT cleanroom.set_attribute('regress_cr_s_owner', 'clearance', 'top');
SET SESSION AUTHORIZATION regress_cr_s_owner;
SELECT cleanroom.share_table('hidden', 'persons');
SELECT cleanroom.add_access_rule('hidden', 'everybody', 'current_user IS NOT NULL');
SELECT cleanroom.set_residency('persons', NULL);
SELECT cleanroom.set_budget('persons', 'regress_cr_s_ana', 100, 'queries', 'lifetime');
SELECT cleanroom.propose_template('hidden', 'all', 'SELECT count(*) FROM bypass_session.persons');
SELECT cleanroom.approve_template('all', 1);

-- ---------- a cheap function looks at rows before the view's condition ----------
SET SESSION AUTHORIZATION regress_cr_s_eve;
CREATE FUNCTION seen(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$ BEGIN
    RAISE WARNING 'seen: %', $1; RETURN true; END $$;
SELECT count(*) FROM cleanroom.rooms v WHERE seen('room ' || v.purpose);
SELECT count(*) FROM cleanroom.room_members v WHERE seen('member ' || v.room);
SELECT count(*) FROM cleanroom.room_tables v WHERE seen('table ' || v.room);
SELECT count(*) FROM cleanroom.room_changes v WHERE seen('change ' || v.room);
SELECT count(*) FROM cleanroom.access_rules v WHERE seen('rule ' || v.condition);
SELECT count(*) FROM cleanroom.attributes v WHERE seen('attribute ' || v.value);
SELECT count(*) FROM cleanroom.template_decisions v WHERE seen('decision ' || v.template);
SELECT count(*) FROM cleanroom.templates v WHERE seen('template ' || v.name);
SELECT count(*) FROM cleanroom.budgets v WHERE seen('budget ' || v.unit);
SELECT count(*) FROM cleanroom.tables v WHERE seen('protected ' || v.name) AND schema = 'bypass_session';
SELECT count(*) FROM cleanroom.columns v WHERE seen('column ' || v.may) AND schema = 'bypass_session';
SELECT count(*) FROM cleanroom.ledger_last_hour v WHERE seen('record ' || v.kind);
-- inside the rule: what one may see can be looked at
SET SESSION AUTHORIZATION regress_cr_s_owner;
SELECT count(*) > 0 AS some FROM cleanroom.room_members v WHERE v.role::text LIKE '%owner';

-- ---------- the second factor is for who has logged in, not for code ----------
RESET SESSION AUTHORIZATION;
CREATE TABLE told (what text);
GRANT INSERT ON told TO PUBLIC;
CREATE FUNCTION try_factor() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
    BEGIN
        PERFORM cleanroom.enroll_second_factor();
        INSERT INTO bypass_session.told VALUES ('enrolled ' || session_user);
    EXCEPTION WHEN OTHERS THEN
        INSERT INTO bypass_session.told VALUES (SQLSTATE || ' ' || SQLERRM);
    END;
    BEGIN
        PERFORM cleanroom.second_factor('123456');
        INSERT INTO bypass_session.told VALUES ('given ' || session_user);
    EXCEPTION WHEN OTHERS THEN
        INSERT INTO bypass_session.told VALUES (SQLSTATE || ' ' || SQLERRM);
    END;
    RETURN true; END $$;
-- an access rule's
SET SESSION AUTHORIZATION regress_cr_s_owner;
SELECT cleanroom.add_access_rule('bypass_session.persons', 'factor', 'bypass_session.try_factor()');
SET SESSION AUTHORIZATION regress_cr_s_ana;
SELECT count(*) FROM persons;
SET SESSION AUTHORIZATION regress_cr_s_owner;
-- a definer's, which may be its own definer
CREATE FUNCTION lent() RETURNS boolean LANGUAGE sql SECURITY DEFINER AS 'SELECT bypass_session.try_factor()';
SET SESSION AUTHORIZATION regress_cr_s_ana;
SELECT lent();
SET SESSION AUTHORIZATION regress_cr_s_owner;
SELECT lent();
-- an index's, under a superuser's ANALYZE
SET SESSION AUTHORIZATION regress_cr_s_ana;
CREATE TABLE own (i int);
INSERT INTO own VALUES (1), (2);
CREATE FUNCTION look(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN
    IF session_user <> current_user THEN PERFORM bypass_session.try_factor(); END IF; RETURN $1; END $$;
CREATE INDEX ON own (look(i));
RESET SESSION AUTHORIZATION;
ANALYZE own;
-- a role that was chosen
GRANT regress_cr_s_owner TO regress_cr_s_ana;
SET SESSION AUTHORIZATION regress_cr_s_ana;
SET ROLE regress_cr_s_owner;
SELECT cleanroom.second_factor('123456');
SELECT cleanroom.enroll_second_factor();
RESET ROLE;
-- inside the rule: who has logged in
SELECT cleanroom.second_factor('123456');
RESET SESSION AUTHORIZATION;
SELECT DISTINCT what FROM told ORDER BY what;
SELECT count(*) FROM cleanroom.second_factor_list WHERE enrolled_as LIKE 'regress_cr_s%';

RESET search_path;
TRUNCATE cleanroom.room_list CASCADE;
TRUNCATE cleanroom.rule_list, cleanroom.attribute_list;
DROP SCHEMA bypass_session CASCADE;
DROP OWNED BY regress_cr_s_boss, regress_cr_s_owner, regress_cr_s_ana, regress_cr_s_eve;
DROP ROLE regress_cr_s_boss, regress_cr_s_owner, regress_cr_s_ana, regress_cr_s_eve;
