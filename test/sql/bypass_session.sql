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

-- ---------- a fact changes while the statement runs ----------
SET SESSION AUTHORIZATION regress_cr_s_owner;
CREATE TABLE visitors (pid int PRIMARY KEY, city text NOT NULL);
INSERT INTO visitors SELECT p, CASE WHEN p % 2 = 0 THEN 'a' ELSE 'b' END FROM generate_series(1, 100) p;
SELECT cleanroom.protect('visitors', 'pid', 10, dimensions => '{city}');
GRANT SELECT ON visitors TO regress_cr_s_eve;
SET SESSION AUTHORIZATION regress_cr_s_eve;
-- which facts go by which settings, of all that anybody may set: each is tried
CREATE TABLE fact_settings (fact text, setting text);
GRANT SELECT ON fact_settings TO PUBLIC;
DO $$
DECLARE
    said text;
    facts text[];
    before text[];
    after text[];
    tried record;
BEGIN
    BEGIN
        PERFORM cleanroom.session_fact('all');
    EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS said = PG_EXCEPTION_HINT;
    END;
    facts := array_remove(regexp_split_to_array(regexp_replace(said, '^They are |\.$', '', 'g'), ', | and '), 'time');
    FOR tried IN
        SELECT s.name, v.value
          FROM pg_settings s,
               unnest(s.enumvals || ARRAY['on', 'off', 'one', s.min_val, s.max_val]) v (value)
         WHERE s.context = 'user' AND v.value <> s.setting
           AND s.name NOT IN ('exit_on_error', 'client_min_messages')
    LOOP
        BEGIN
            before := ARRAY(SELECT cleanroom.session_fact(f) FROM unnest(facts) f);
            PERFORM set_config(tried.name, tried.value, true);
            after := ARRAY(SELECT cleanroom.session_fact(f) FROM unnest(facts) f);
            RAISE EXCEPTION 'as it was';
        EXCEPTION WHEN OTHERS THEN
            CONTINUE WHEN SQLERRM <> 'as it was';
        END;
        INSERT INTO fact_settings
            SELECT DISTINCT f.name, tried.name FROM unnest(facts, before, after) f (name, x, y) WHERE x IS DISTINCT FROM y
            EXCEPT SELECT * FROM fact_settings;
    END LOOP;
    INSERT INTO fact_settings SELECT cardinality(facts) || ' facts', '';
END $$;
SELECT * FROM fact_settings ORDER BY 1;
-- a policy reads the fact: each city as at the start, whatever is set between them
CREATE FUNCTION ask_twice(setting text, before text, after text) RETURNS TABLE (city text, n bigint, set_to text) LANGUAGE plpgsql AS $$
DECLARE
    c refcursor;
BEGIN
    PERFORM set_config(setting, before, false);
    RETURN QUERY EXECUTE format($q$
        SELECT 'none', 0::bigint, current_setting(%1$L)
        UNION ALL SELECT t.city, t.n, set_config(%1$L, %2$L, false)
            FROM (SELECT city, count(*) AS n FROM visitors WHERE city = 'a' GROUP BY city) t
        UNION ALL SELECT t.city, t.n, current_setting(%1$L)
            FROM (SELECT city, count(*) AS n FROM visitors WHERE city = 'b' GROUP BY city) t $q$, setting, after);
    PERFORM set_config(setting, before, false);
    OPEN c FOR SELECT v.city, count(*) AS n FROM visitors v WHERE v.city = 'a' GROUP BY v.city
        UNION ALL SELECT v.city, count(*) FROM visitors v WHERE v.city = 'b' GROUP BY v.city;
    FETCH c INTO city, n;
    set_to := current_setting(setting);
    RETURN NEXT;
    PERFORM set_config(setting, after, false);
    FETCH c INTO city, n;
    set_to := current_setting(setting);
    RETURN NEXT;
    CLOSE c;
END $$;
GRANT EXECUTE ON FUNCTION ask_twice(text, text, text) TO PUBLIC;
SET SESSION AUTHORIZATION regress_cr_s_owner;
SELECT format($q$
    SELECT cleanroom.add_row_policy('visitors', 'reads', %1$L);
    SET SESSION AUTHORIZATION regress_cr_s_eve;
    SELECT * FROM ask_twice(%2$L, %3$L, %4$L);
    SELECT set_config(%2$L, %4$L, false), city, count(*) FROM visitors GROUP BY city ORDER BY city;
    SELECT set_config(%2$L, %3$L, false);
    SET SESSION AUTHORIZATION regress_cr_s_owner;
    SELECT cleanroom.drop_row_policy('visitors', 'reads') $q$, reads || ' OR pid <= 60', setting, before, after) AS attack
  FROM (SELECT format('cleanroom.session_fact(%L) = ''one''', fact), setting, 'two', 'one' FROM fact_settings WHERE setting <> ''
        UNION ALL VALUES ('format(''%I'', city) <> city', 'quote_all_identifiers', 'off', 'on')) s (reads, setting, before, after)
  ORDER BY setting
\gexec
RESET application_name;
RESET SESSION AUTHORIZATION;

RESET search_path;
TRUNCATE cleanroom.room_list CASCADE;
TRUNCATE cleanroom.rule_list, cleanroom.attribute_list;
DROP SCHEMA bypass_session CASCADE;
DROP OWNED BY regress_cr_s_boss, regress_cr_s_owner, regress_cr_s_ana, regress_cr_s_eve;
DROP ROLE regress_cr_s_boss, regress_cr_s_owner, regress_cr_s_ana, regress_cr_s_eve;
