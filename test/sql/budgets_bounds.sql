-- Budgets at their bounds: when periods end, who pays, what a row is.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;

CREATE ROLE regress_cr_owner;
CREATE ROLE regress_cr_group;
CREATE ROLE regress_cr_ana;
CREATE ROLE regress_cr_bob;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_owner, regress_cr_ana, regress_cr_bob;
CREATE SCHEMA bounds;
GRANT CREATE, USAGE ON SCHEMA bounds TO PUBLIC;
SET ROLE regress_cr_owner;
CREATE TABLE bounds.stays (person int NOT NULL, ward int NOT NULL, days int NOT NULL);
INSERT INTO bounds.stays SELECT i % 200, i % 8, i % 9 FROM generate_series(1, 4000) i;
CREATE TABLE bounds.visits (person int NOT NULL, n int NOT NULL);
INSERT INTO bounds.visits SELECT i, i % 3 FROM generate_series(1, 200) i;
SELECT cleanroom.protect('bounds.stays', 'person', 10, '{ward}', '{days}', join_keys => '{person}');
SELECT cleanroom.protect('bounds.visits', 'person', 10, '{n}', join_keys => '{person}');
GRANT SELECT ON bounds.stays, bounds.visits TO regress_cr_ana, regress_cr_bob;
RESET ROLE;
CREATE FUNCTION bounds.grants(analyst name, amount numeric, unit text, period text DEFAULT 'lifetime',
                              relation regclass DEFAULT 'bounds.stays') RETURNS void
    LANGUAGE sql SET search_path = pg_catalog AS $$
    SELECT cleanroom.set_budget(relation, analyst, amount, unit, period) $$;
CREATE VIEW bounds.account AS
    SELECT relation, analyst, unit, period, granted, spent, "left" FROM cleanroom.budgets ORDER BY 1, 2, 3, 4;
GRANT SELECT ON bounds.account TO PUBLIC;

-- ---------- periods ----------
-- each begins where the one before ends, by UTC, whatever zone the session has
SET timezone = 'America/New_York';
SELECT period, at AT TIME ZONE 'UTC' AS at, cleanroom.period_start(period, at) AT TIME ZONE 'UTC' AS start,
       cleanroom.period_end(period, at) AT TIME ZONE 'UTC' AS "end"
    FROM (VALUES ('hour', timestamptz '2026-03-08 06:59:59.999999+00'), ('hour', '2026-03-08 07:00:00+00'),
                 ('day', '2026-03-07 23:59:59.999999+00'), ('day', '2026-03-08 00:00:00+00'),
                 ('week', '2026-03-08 23:59:59.999999+00'), ('week', '2026-03-09 00:00:00+00'),
                 ('month', '2024-02-29 23:59:59.999999+00'), ('month', '2024-03-01 00:00:00+00'),
                 ('lifetime', '2026-03-01 00:00:00+00')) v (period, at);
-- one of its own making too, in which UTC is another from PostgreSQL 18 on
SET timezone = 'UTC+5';
SELECT cleanroom.period_start('day', '2026-03-08 03:00+00') = '2026-03-08 00:00+00'::timestamptz AS start,
       cleanroom.period_end('day', '2026-03-08 03:00+00') = '2026-03-09 00:00+00'::timestamptz AS "end";
RESET timezone;

SET ROLE regress_cr_owner;
SELECT count(bounds.grants('regress_cr_ana', 2, 'queries', p)) FROM unnest('{hour,day,week,month}'::text[]) p;
RESET ROLE;
-- the recorder books by the time of the record: what was spent at the end of a
-- month leaves the next one whole, of each period that has ended by then
CREATE FUNCTION bounds.charge(at timestamptz, unit text, amount int) RETURNS TABLE (booked text, reason text, hint text)
    LANGUAGE sql SET search_path = pg_catalog AS $$
    SELECT (SELECT pg_catalog.string_agg((x->>'period') || ' ' || (x->>'amount'), ', ') FROM jsonb_array_elements(c.booked::jsonb) x),
           c.reason, c.hint
        FROM cleanroom.charge_budgets(jsonb_build_object(
            'relations', jsonb_build_array('bounds.stays'::regclass::oid),
            'roles', jsonb_build_array('regress_cr_ana'::regrole::oid),
            'at', (extract(epoch FROM at - '2000-01-01 00:00+00') * 1000000)::bigint, unit, amount)) c $$;
-- what is said of each when it is exhausted
CREATE FUNCTION bounds.exhausted(period text, OUT reason text, OUT hint text) LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    SET LOCAL ROLE regress_cr_owner;
    PERFORM bounds.grants('regress_cr_ana', 0, 'released_rows', period);
    RESET ROLE;
    SELECT c.reason, c.hint INTO reason, hint FROM bounds.charge('2026-12-31 22:59:59+00', 'released_rows', 1) c;
    SET LOCAL ROLE regress_cr_owner;
    PERFORM bounds.grants('regress_cr_ana', NULL, 'released_rows', period);
END $$;
SELECT p, e.* FROM unnest('{hour,day,week,month,lifetime}'::text[]) p, bounds.exhausted(p) e;
RESET ROLE;
SELECT * FROM bounds.charge('2026-05-31 23:59:59.999999+00', 'queries', 1);
SELECT * FROM bounds.charge('2026-05-31 23:59:59.999999+00', 'queries', 2);
SELECT * FROM bounds.charge('2026-05-31 23:59:59.999999+00', 'queries', 1);
SELECT * FROM bounds.charge('2026-05-31 23:59:59.999999+00', 'queries', 1);
SELECT * FROM bounds.charge('2026-06-01 00:00:00+00', 'queries', 2);
-- an hour later the day is exhausted, and of the hour nothing was spent
SELECT * FROM bounds.charge('2026-06-01 01:00:00+00', 'queries', 1);
SELECT b.period, s.period_start AT TIME ZONE 'UTC' AS start, s.spent
    FROM cleanroom.spending_list s JOIN cleanroom.budget_list b USING (budget_id) ORDER BY b.budget_id, 2;
-- today nothing was spent
SELECT period, spent, "left" FROM bounds.account;
SET ROLE regress_cr_owner;
SELECT count(bounds.grants('regress_cr_ana', NULL, 'queries', p)) FROM unnest('{hour,day,week,month}'::text[]) p;
-- rows that are given back go to the period they were charged to: the next one
-- does not begin with a credit
SELECT bounds.grants('regress_cr_ana', 100, 'released_rows', 'hour');
RESET ROLE;
SELECT * FROM bounds.charge('2026-06-01 10:59:59+00', 'released_rows', 100);
SELECT * FROM bounds.charge('2026-06-01 10:59:59+00', 'released_rows', -90);
SELECT * FROM bounds.charge('2026-06-01 11:00:00+00', 'released_rows', -90);
SELECT * FROM bounds.charge('2026-06-01 11:00:00+00', 'released_rows', 101);
SELECT s.spent FROM cleanroom.spending_list s JOIN cleanroom.budget_list b USING (budget_id) WHERE b.unit = 'released_rows';
-- a real one
SET ROLE regress_cr_ana;
SELECT count(*) FROM bounds.stays;
SELECT spent FROM bounds.account;
-- a day later it is whole again
RESET ROLE;
UPDATE cleanroom.spending_list SET period_start = period_start - interval '1 day';
SET ROLE regress_cr_ana;
SELECT spent FROM bounds.account;
SET ROLE regress_cr_owner;
SELECT bounds.grants('regress_cr_ana', NULL, 'released_rows', 'hour');

-- ---------- taking away ----------
SELECT bounds.grants('regress_cr_ana', 2, 'queries');
SET ROLE regress_cr_ana;
SELECT count(*) FROM bounds.stays;
SET ROLE regress_cr_owner;
SELECT bounds.grants('regress_cr_ana', NULL, 'queries');
SELECT bounds.grants('regress_cr_ana', NULL, 'queries');
SELECT * FROM bounds.account;
SET ROLE regress_cr_ana;
SELECT count(*) FROM bounds.stays;
SET ROLE regress_cr_owner;
-- granted again, it goes on where it was
SELECT bounds.grants('regress_cr_ana', 2, 'queries');
SELECT * FROM bounds.account;
-- nor do other names, another policy or another view reset it
ALTER TABLE bounds.stays RENAME TO nights;
ALTER TABLE bounds.nights RENAME COLUMN days TO length;
SELECT cleanroom.unprotect('bounds.nights');
SELECT cleanroom.protect('bounds.nights', 'person', 10, '{ward}', '{length}', join_keys => '{person}');
CREATE VIEW bounds.seen AS SELECT * FROM bounds.nights;
DROP VIEW bounds.seen;
CREATE VIEW bounds.seen AS SELECT * FROM bounds.nights;
GRANT SELECT ON bounds.seen TO regress_cr_ana;
SET ROLE regress_cr_ana;
SELECT count(*) FROM bounds.seen;
SELECT count(*) FROM bounds.seen;
RESET ROLE;
ALTER TABLE bounds.nights RENAME TO stays;
ALTER ROLE regress_cr_ana RENAME TO regress_cr_anna;
SET ROLE regress_cr_anna;
SELECT count(*) FROM bounds.stays;
RESET ROLE;
ALTER ROLE regress_cr_anna RENAME TO regress_cr_ana;
SET ROLE regress_cr_owner;
SELECT bounds.grants('regress_cr_ana', NULL, 'queries');

-- ---------- who pays ----------
\set VERBOSITY terse
-- the role itself, its groups, and everybody together, all of them or none
SELECT bounds.grants('regress_cr_ana', 100, 'queries', 'day');
SELECT bounds.grants('regress_cr_ana', 3, 'queries', 'month');
SELECT bounds.grants('regress_cr_group', 2, 'queries');
SELECT bounds.grants(NULL, 4, 'queries');
SELECT bounds.grants('regress_cr_ana', 100, 'queries', relation => 'bounds.visits');
SET ROLE regress_cr_ana;
SELECT count(*) FROM bounds.stays;
RESET ROLE;
-- who joins the group pays from then on
GRANT regress_cr_group TO regress_cr_ana;
SET ROLE regress_cr_ana;
SELECT count(*) FROM bounds.stays JOIN bounds.visits USING (person);
SELECT count(*) FROM bounds.stays;
SELECT count(*) FROM bounds.stays;
SELECT count(*) FROM bounds.visits;
SET ROLE regress_cr_owner;
SELECT * FROM bounds.account;
SELECT bounds.grants('regress_cr_group', 3, 'queries');
RESET ROLE;
REVOKE regress_cr_group FROM regress_cr_ana;
-- who leaves it does not
SET ROLE regress_cr_ana;
SELECT count(*) FROM bounds.stays;
SET ROLE regress_cr_owner;
SELECT bounds.grants('regress_cr_ana', 4, 'queries', 'month');
SET ROLE regress_cr_bob;
SELECT count(*) FROM bounds.stays;
SELECT count(*) FROM bounds.stays;
SET ROLE regress_cr_owner;
SELECT * FROM bounds.account;
SELECT count(bounds.grants(analyst::text, NULL, unit, period, relation)) FROM bounds.account;
-- a function that runs as an accomplice does not make him pay alone: the
-- login is a pooler's, the role that was chosen is the analyst
SELECT bounds.grants('regress_cr_ana', 3, 'queries');
SELECT spent FROM bounds.account;
SET ROLE regress_cr_bob;
CREATE FUNCTION bounds.lend() RETURNS bigint LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog AS 'SELECT count(*) FROM bounds.stays';
SET ROLE regress_cr_ana;
SELECT bounds.lend();
SELECT bounds.lend();
-- nor does suspension end there
SET ROLE regress_cr_owner;
SELECT bounds.grants('regress_cr_ana', NULL, 'queries');
SELECT cleanroom.suspend_analyst('bounds.stays', 'regress_cr_ana');
SET ROLE regress_cr_ana;
SELECT bounds.lend();
SET ROLE regress_cr_owner;
SELECT cleanroom.resume_analyst('bounds.stays', 'regress_cr_ana');
SET ROLE regress_cr_ana;
SELECT bounds.lend() > 0 AS lent;

\set VERBOSITY default

-- ---------- what a released row is ----------
SET ROLE regress_cr_owner;
SELECT bounds.grants('regress_cr_ana', 1000, 'released_rows');
CREATE FUNCTION bounds.spent() RETURNS numeric LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    result numeric;
BEGIN
    -- what was charged too much comes back with the record of the end
    FOR i IN 1 .. 100 LOOP
        EXIT WHEN EXISTS (SELECT FROM cleanroom.ledger WHERE kind = 'completion' AND refers =
            (SELECT max(number) FROM cleanroom.ledger WHERE kind = 'statement' AND verdict = 'admitted'));
        PERFORM pg_sleep(0.05);
    END LOOP;
    SELECT spent INTO result FROM cleanroom.budgets WHERE unit = 'released_rows' AND analyst::text = 'regress_cr_ana';
    RETURN result;
END $$;
SET ROLE regress_cr_ana;
SELECT ward, count(*) FROM bounds.stays GROUP BY ward ORDER BY ward;
SELECT bounds.spent() AS eight;
-- what is not shown is not charged
SELECT ward, count(*) FROM bounds.stays GROUP BY ward ORDER BY ward LIMIT 1;
SELECT ward FROM (SELECT ward, count(*) FROM bounds.stays GROUP BY ward) x WHERE ward > 6;
SELECT bounds.spent() - 8 AS two;
-- many in one are
SELECT json_agg(x) FROM (SELECT ward, count(*) FROM bounds.stays GROUP BY ward ORDER BY ward) x;
SELECT bounds.spent() - 10 AS eight;
SELECT (SELECT string_agg(ward::text, ' ') FROM (SELECT ward FROM bounds.stays GROUP BY ward ORDER BY ward) x) AS wards;
SELECT bounds.spent() - 18 AS eight;
SELECT array_agg(ward) OVER () FROM (SELECT ward FROM bounds.stays GROUP BY ward ORDER BY ward) x LIMIT 1;
SELECT bounds.spent() - 26 AS eight;
WITH x AS (SELECT ward FROM bounds.stays GROUP BY ward)
    SELECT a.ward, b.ward, c.ward FROM x a, x b, x c WHERE (a.ward, b.ward, c.ward) = (0, 1, 2);
SELECT bounds.spent() - 34 AS eight;
SELECT x.wards, count(*) FROM bounds.visits,
    (SELECT array_agg(ward) AS wards FROM (SELECT ward FROM bounds.stays GROUP BY ward ORDER BY ward) y) x GROUP BY 1;
SELECT bounds.spent() - 42 AS none;
-- people are not rows: what lies below the guard is not counted
SELECT count(*) FROM (SELECT person, count(length) FROM bounds.stays GROUP BY person HAVING count(length) >= 10) x;
SELECT bounds.spent() - 42 AS one;
-- nor do workers hide any
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
SET enable_partitionwise_aggregate = on;
SELECT json_agg(x) IS NULL AS nothing FROM (SELECT ward FROM bounds.stays GROUP BY ward UNION ALL
    SELECT n FROM bounds.visits GROUP BY n) x;
RESET ALL;
SET client_min_messages = warning;
SELECT bounds.spent() - 43 AS eleven;
-- the limit: not one group more, and nothing that was made of it
SET ROLE regress_cr_owner;
SELECT bounds.grants('regress_cr_ana', 70, 'released_rows');
SET ROLE regress_cr_ana;
SELECT json_agg(ward ORDER BY ward) FROM (SELECT ward, count(*) FROM bounds.stays GROUP BY ward) x;
SELECT bounds.spent() AS sixty_two;
SELECT ward FROM bounds.stays WHERE ward < 7 GROUP BY ward ORDER BY ward;
SELECT bounds.spent() AS sixty_nine;
-- what it has seen of one that fails is spent
SELECT json_agg(ward ORDER BY ward) FROM (SELECT ward, count(*) FROM bounds.stays GROUP BY ward) x;
SELECT bounds.spent() AS seventy;
SET ROLE regress_cr_owner;
SELECT bounds.grants('regress_cr_ana', 71, 'released_rows');
SET ROLE regress_cr_ana;
SELECT count(*) FROM bounds.stays;
SELECT count(*) FROM bounds.stays;
-- while workers run, too, what is left is what the admission has left
SET ROLE regress_cr_owner;
SELECT bounds.grants('regress_cr_ana', 74, 'released_rows');
SET ROLE regress_cr_ana;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
SELECT ward FROM bounds.stays WHERE ward < 3 GROUP BY ward ORDER BY ward;
SELECT bounds.spent() AS seventy_four;
SELECT ward FROM bounds.stays WHERE ward < 3 GROUP BY ward ORDER BY ward;
RESET ALL;
SET client_min_messages = warning;

RESET ROLE;
SELECT first_bad FROM cleanroom.verify_ledger();
TRUNCATE cleanroom.budget_list, cleanroom.spending_list, cleanroom.suspension_list,
    cleanroom.quota_suspension_list, cleanroom.refusal_list;
DROP SCHEMA bounds CASCADE;
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_owner, regress_cr_ana, regress_cr_bob;
DROP ROLE regress_cr_owner, regress_cr_ana, regress_cr_bob, regress_cr_group;
