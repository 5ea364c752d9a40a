-- Ways around budgets, none of which is one: answers that are told by other
-- means than rows, statements that fail, other sessions' settings, other names.
\set SHOW_CONTEXT never
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;

CREATE ROLE regress_cr_owner;
CREATE ROLE regress_cr_ana;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_owner, regress_cr_ana;
CREATE SCHEMA evade;
GRANT CREATE, USAGE ON SCHEMA evade TO PUBLIC;
SET ROLE regress_cr_owner;
CREATE TABLE evade.stays (person int NOT NULL, ward int NOT NULL, days int NOT NULL);
INSERT INTO evade.stays SELECT i % 200, i % 8, i % 9 FROM generate_series(1, 4000) i;
SELECT cleanroom.protect('evade.stays', 'person', 10, '{ward}', '{days}');
GRANT SELECT ON evade.stays TO regress_cr_ana;
-- what is spent, when all that will be given back has been
CREATE FUNCTION evade.spent() RETURNS numeric LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    result numeric;
BEGIN
    FOR i IN 1 .. 100 LOOP
        EXIT WHEN EXISTS (SELECT FROM cleanroom.ledger WHERE kind = 'completion' AND refers =
            (SELECT max(number) FROM cleanroom.ledger WHERE kind = 'statement' AND verdict = 'admitted'));
        PERFORM pg_sleep(0.05);
    END LOOP;
    SELECT spent INTO result FROM cleanroom.budgets;
    RETURN result;
END $$;
SELECT cleanroom.set_budget('evade.stays', 'regress_cr_ana', 1000, 'released_rows', 'lifetime');

-- ---------- told by other means than rows ----------

SET ROLE regress_cr_ana;
CREATE FUNCTION evade.note(text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    RAISE WARNING 'seen: %', $1;
    RETURN false;
END $$;
-- groups that a function sees and leaves out: eight
SELECT ward FROM (SELECT ward, count(*) AS n FROM evade.stays GROUP BY ward) x WHERE evade.note(ward || ' ' || n);
SELECT evade.spent() AS eight;
-- in the order of another one, of which one is shown
SELECT ward, evade.note(ward || ' again') FROM evade.stays GROUP BY ward ORDER BY 2, 1 LIMIT 1;
SELECT evade.spent() - 8 AS eight;
-- all in one text that is not shown: eight
SELECT 1 AS one FROM (SELECT json_agg(ward ORDER BY ward)::text AS wards
    FROM (SELECT ward FROM evade.stays GROUP BY ward) x) y WHERE evade.note(wards);
SELECT evade.spent() - 16 AS eight;
-- and in an error of the server's
SELECT json_agg(ward ORDER BY ward)::text::int FROM (SELECT ward FROM evade.stays GROUP BY ward) x;
SELECT evade.spent() - 24 AS eight;
SELECT ward FROM (SELECT ward, count(*) AS n FROM evade.stays GROUP BY ward) x WHERE (ward || ' ' || n)::int > 0;
SELECT evade.spent() - 32 AS eight;
-- built-in functions with an effect: eight
SELECT ward FROM (SELECT ward FROM evade.stays GROUP BY ward) x
    WHERE set_config('evade.seen', current_setting('evade.seen', true) || ward::text, false) = '';
SELECT evade.spent() - 40 AS eight;
-- what cannot tell costs what is shown
SELECT ward FROM evade.stays GROUP BY ward HAVING count(*) > 1 ORDER BY ward LIMIT 2;
SELECT evade.spent() - 48 AS two;
-- that there is none is an answer: one
SELECT ward FROM evade.stays WHERE ward = 1 GROUP BY ward HAVING count(*) > 500;
SELECT evade.spent() - 50 AS one;

-- ---------- nothing is left ----------

SET ROLE regress_cr_owner;
SELECT cleanroom.set_budget('evade.stays', 'regress_cr_ana', 54, 'released_rows', 'lifetime');
SET ROLE regress_cr_ana;
-- but three: none of eight is told, as all are needed to put them in order
SELECT ward FROM (SELECT ward, count(*) AS n FROM evade.stays GROUP BY ward ORDER BY ward) x WHERE evade.note(ward || ' ' || n);
SELECT evade.spent() AS fifty_four;
-- neither that there are rows nor that there are none
SELECT ward FROM evade.stays WHERE ward = 1 GROUP BY ward HAVING count(*) > 499;
SELECT ward FROM evade.stays WHERE ward = 1 GROUP BY ward HAVING count(*) > 500;
DO $$
BEGIN
    FOR i IN 499 .. 501 LOOP
        BEGIN
            PERFORM ward FROM evade.stays WHERE ward = 1 GROUP BY ward HAVING count(*) > i;
            RAISE WARNING 'answered';
        EXCEPTION WHEN SQLSTATE 'RC010' THEN
            RAISE WARNING 'no more';
        END;
    END LOOP;
END $$;
SELECT evade.spent() AS fifty_four;
-- the owner sees what was charged for which statement
SET ROLE regress_cr_owner;
SELECT c.verdict, c.code, c.tables, c.charges->0->>'amount' AS amount, s.verdict AS statement
    FROM cleanroom.ledger c JOIN cleanroom.ledger s ON s.number = c.refers
    WHERE c.kind = 'charge' AND c.tables = '{evade.stays}' AND s.kind = 'statement' ORDER BY c.number DESC LIMIT 2;
SELECT cleanroom.set_budget('evade.stays', 'regress_cr_ana', NULL, 'released_rows', 'lifetime');

-- ---------- each execution is one ----------

SELECT cleanroom.set_budget('evade.stays', 'regress_cr_ana', 12, 'queries', 'day');
SET ROLE regress_cr_ana;
-- whatever becomes of it: a block that catches, a savepoint, a time-out, an error
DO $$
DECLARE n bigint;
BEGIN
    BEGIN
        SELECT count(*) INTO n FROM evade.stays;
        RAISE division_by_zero;
    EXCEPTION WHEN division_by_zero THEN
        RAISE WARNING 'rolled back, and known: %', n;
    END;
END $$;
SELECT evade.spent() AS one;
-- planned ahead, in another zone, where it is yesterday or tomorrow, by a
-- cursor that is never fetched from and one that outlasts its transaction
SET timezone = 'Pacific/Kiritimati';
PREPARE q AS SELECT count(*) FROM evade.stays WHERE ward < $1 OR now() < '-infinity';
EXECUTE q(1);
EXECUTE q(1);
SET timezone = 'Pacific/Pago_Pago';
EXECUTE q(1);
SET timezone = 'UTC';
SELECT evade.spent() - 1 AS three;
BEGIN;
DECLARE never CURSOR FOR SELECT count(*) FROM evade.stays;
DECLARE held CURSOR WITH HOLD FOR SELECT count(*) FROM evade.stays;
COMMIT;
FETCH ALL FROM held;
DISCARD ALL;
SET client_min_messages = warning;
SET ROLE regress_cr_ana;
SELECT evade.spent() - 4 AS two;
-- by a function that says it is immutable, so that it runs while the statement
-- around it is planned, and by one that is asked for each row
CREATE FUNCTION evade.ask() RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN (SELECT count(*) FROM evade.stays); END $$;
SELECT evade.ask();
SELECT evade.spent() - 6 AS one;
CREATE FUNCTION evade.ask_anew() RETURNS bigint LANGUAGE plpgsql PARALLEL SAFE AS $$ BEGIN RETURN (SELECT count(*) FROM evade.stays); END $$;
SELECT sum(evade.ask_anew()) FROM generate_series(1, 3);
SELECT evade.spent() - 7 AS three;
-- in a worker: not at all
SELECT count(set_config(name, $$on$$, false)) FROM pg_settings WHERE name IN ($$force_parallel_mode$$, $$debug_parallel_query$$);
SELECT evade.ask_anew();
SELECT evade.spent() - 10 AS none;
RESET ALL;
SET client_min_messages = warning;
-- explaining costs nothing, and answers nothing
SELECT verdict, code FROM cleanroom.explain('SELECT count(*) FROM evade.stays');
SELECT count(*) FROM evade.stays;
SELECT count(*) FROM evade.stays;
SELECT evade.spent() AS twelve;

RESET ROLE;
SELECT first_bad FROM cleanroom.verify_ledger();
TRUNCATE cleanroom.budget_list, cleanroom.spending_list, cleanroom.suspension_list,
    cleanroom.quota_suspension_list, cleanroom.refusal_list;
DROP SCHEMA evade CASCADE;
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_owner, regress_cr_ana;
DROP ROLE regress_cr_owner, regress_cr_ana;
