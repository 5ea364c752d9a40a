-- Budgets, and the suspension of analysts.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;

CREATE ROLE regress_cr_owner;
CREATE ROLE regress_cr_group;
CREATE ROLE regress_cr_ana IN ROLE regress_cr_group;
CREATE ROLE regress_cr_bob IN ROLE regress_cr_group;
CREATE ROLE regress_cr_cid;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_owner, regress_cr_group, regress_cr_cid;
CREATE SCHEMA budgets;
GRANT CREATE, USAGE ON SCHEMA budgets TO regress_cr_owner;
GRANT USAGE ON SCHEMA budgets TO regress_cr_group, regress_cr_cid;
SET ROLE regress_cr_owner;
CREATE TABLE budgets.stays (person int NOT NULL, ward int NOT NULL, days int NOT NULL);
INSERT INTO budgets.stays SELECT i % 200, i % 8, i % 9 FROM generate_series(1, 4000) i;
SELECT cleanroom.protect('budgets.stays', 'person', 10, '{ward}', '{days}');
GRANT SELECT ON budgets.stays TO regress_cr_group, regress_cr_cid;

-- Bad input.
SELECT cleanroom.set_budget('budgets.stays', 'regress_cr_nobody', 3, 'queries', 'day');
SELECT cleanroom.set_budget('budgets.stays', 'regress_cr_ana', 3, 'apples', 'day');
SELECT cleanroom.set_budget('budgets.stays', 'regress_cr_ana', 3, 'queries', 'year');
SELECT cleanroom.set_budget('budgets.stays', 'regress_cr_ana', -1, 'queries', 'day');
SELECT cleanroom.set_budget('budgets.stays', 'regress_cr_ana', 'NaN', 'queries', 'day');
SELECT cleanroom.set_budget('budgets.stays', 'regress_cr_ana', 'Infinity', 'queries', 'day');
SELECT cleanroom.set_budget('budgets.stays', 'regress_cr_ana', NULL, 'queries', 'day');
SELECT cleanroom.set_budget('budgets.stays', 'regress_cr_ana', 3, NULL, 'day');
SELECT cleanroom.set_budget('budgets.stays', 'regress_cr_ana', 3, 'queries', NULL);
SELECT cleanroom.set_budget('budgets.stays', '-', 3, 'queries', 'day');
SELECT cleanroom.set_budget(NULL, 'regress_cr_ana', 3, 'queries', 'day');
SELECT cleanroom.set_budget(9999::regclass, 'regress_cr_ana', 3, 'queries', 'day');
SELECT cleanroom.set_budget('pg_class', 'regress_cr_ana', 3, 'queries', 'day');
SELECT cleanroom.suspend_analyst(NULL, 'regress_cr_ana');
SELECT cleanroom.suspend_analyst('budgets.stays', NULL);
SELECT cleanroom.resume_analyst(NULL, 'regress_cr_ana');
SELECT cleanroom.resume_analyst('budgets.stays', NULL);
SELECT cleanroom.resume_analyst('budgets.stays', 'regress_cr_nobody');
-- of all that nothing has been kept
SELECT count(*) FROM cleanroom.budgets;
SELECT count(*) FROM cleanroom.suspensions;
CREATE TABLE budgets.plain (x int);
SELECT cleanroom.set_budget('budgets.plain', 'regress_cr_ana', 3, 'queries', 'day');
SET ROLE regress_cr_ana;
SELECT cleanroom.set_budget('budgets.stays', 'regress_cr_ana', 3, 'queries', 'day');

-- Queries: three a lifetime.
SET ROLE regress_cr_owner;
SELECT cleanroom.set_budget('budgets.stays', 'regress_cr_ana', 3, 'queries', 'lifetime');
SET ROLE regress_cr_ana;
PREPARE q AS SELECT count(*) FROM budgets.stays;
EXECUTE q;
-- a rollback gives nothing back, nor does a savepoint
BEGIN;
EXECUTE q;
ROLLBACK;
BEGIN;
SAVEPOINT s;
EXECUTE q;
ROLLBACK TO s;
EXECUTE q;
COMMIT;
SELECT relation, analyst, unit, period, granted, spent, "left", renews FROM cleanroom.budgets;
-- explain and refusals cost nothing; other roles have budgets of their own
SELECT verdict FROM cleanroom.explain('SELECT count(*) FROM budgets.stays');
SET ROLE regress_cr_bob;
SELECT count(*) FROM budgets.stays;
SELECT count(*) FROM cleanroom.budgets;
-- protecting anew, another view and a larger amount do not reset what was spent
SET ROLE regress_cr_owner;
SET client_min_messages = error;
SELECT cleanroom.protect('budgets.stays', 'person', 12, '{ward}', '{days}');
SET client_min_messages = warning;
CREATE VIEW budgets.seen AS SELECT * FROM budgets.stays;
GRANT SELECT ON budgets.seen TO regress_cr_group;
SET ROLE regress_cr_ana;
SELECT count(*) FROM budgets.seen;
SET ROLE regress_cr_owner;
SELECT cleanroom.set_budget('budgets.stays', 'regress_cr_ana', 5, 'queries', 'lifetime');
SET ROLE regress_cr_ana;
SELECT count(*) FROM budgets.seen;
DO $$ BEGIN FOR i IN 1 .. 3 LOOP PERFORM count(*) FROM budgets.stays; END LOOP; END $$;
SELECT granted, spent, "left" FROM cleanroom.budgets;

-- A group shares its budget; a table may have one for everybody together.
SET ROLE regress_cr_owner;
SELECT cleanroom.set_budget('budgets.stays', 'regress_cr_ana', NULL, 'queries', 'lifetime');
SELECT cleanroom.set_budget('budgets.stays', 'regress_cr_group', 2, 'queries', 'lifetime');
SET ROLE regress_cr_ana;
EXECUTE q;
SET ROLE regress_cr_bob;
SELECT count(*) FROM budgets.stays;
SELECT count(*) FROM budgets.stays;
SET ROLE regress_cr_cid;
SELECT count(*) FROM budgets.stays;
SET ROLE regress_cr_owner;
SELECT cleanroom.set_budget('budgets.stays', 'regress_cr_group', NULL, 'queries', 'lifetime');
SELECT cleanroom.set_budget('budgets.stays', NULL, 1, 'queries', 'lifetime');
SET ROLE regress_cr_cid;
SELECT count(*) FROM budgets.stays;
SET ROLE regress_cr_bob;
SELECT count(*) FROM budgets.stays;
SELECT analyst, granted, spent FROM cleanroom.budgets;
SET ROLE regress_cr_owner;
SELECT cleanroom.set_budget('budgets.stays', NULL, NULL, 'queries', 'lifetime');

-- A period: the hint says when it renews.
SELECT cleanroom.set_budget('budgets.stays', 'regress_cr_ana', 0, 'queries', 'month');
SELECT renews > now() AND renews <= now() + interval '1 month 1 day' AS renews FROM cleanroom.budgets;
SET ROLE regress_cr_ana;
\set ON_ERROR_STOP 0
DO $$
BEGIN
    PERFORM count(*) FROM budgets.stays;
EXCEPTION WHEN SQLSTATE 'RC010' THEN
    RAISE WARNING '%', sqlerrm;
END $$;
SET ROLE regress_cr_owner;
SELECT cleanroom.set_budget('budgets.stays', 'regress_cr_ana', NULL, 'queries', 'month');

-- Rows: charged as they are sent, and not one more.
SELECT cleanroom.set_budget('budgets.stays', 'regress_cr_ana', 10, 'released_rows', 'lifetime');
SET ROLE regress_cr_ana;
SELECT ward, count(*) FROM budgets.stays GROUP BY ward ORDER BY ward;
SELECT granted, "left" >= 0 AS never_overspent FROM cleanroom.budgets;
BEGIN;
DECLARE c CURSOR FOR SELECT ward, count(*) FROM budgets.stays GROUP BY ward ORDER BY ward;
FETCH 1 FROM c;
FETCH 1 FROM c;
FETCH 1 FROM c;
ROLLBACK;
SELECT count(*) FROM budgets.stays;
SET ROLE regress_cr_owner;
SELECT cleanroom.set_budget('budgets.stays', 'regress_cr_ana', NULL, 'released_rows', 'lifetime');

-- Amounts of any size.
SELECT cleanroom.set_budget('budgets.stays', 'regress_cr_ana', 1e300, 'released_rows', 'lifetime');
SET ROLE regress_cr_ana;
SELECT ward FROM budgets.stays WHERE ward < 2 GROUP BY ward ORDER BY ward;
SET ROLE regress_cr_owner;
SELECT cleanroom.set_budget('budgets.stays', 'regress_cr_ana', NULL, 'released_rows', 'lifetime');

-- Suspension by hand.
SELECT cleanroom.suspend_analyst('budgets.stays', 'regress_cr_nobody');
SELECT cleanroom.suspend_analyst('budgets.stays', 'regress_cr_group', repeat('holidays ', 1000));
SELECT cleanroom.suspend_analyst('budgets.stays', 'regress_cr_group', 'holidays');
SELECT relation, analyst, reason, suspended_by FROM cleanroom.suspensions;
SET ROLE regress_cr_ana;
EXECUTE q;
SELECT verdict, code FROM cleanroom.explain('SELECT count(*) FROM budgets.stays');
SELECT cleanroom.resume_analyst('budgets.stays', 'regress_cr_group');
SELECT relation, analyst FROM cleanroom.suspensions;
SET ROLE regress_cr_cid;
SELECT count(*) FROM budgets.stays;
SELECT count(*) FROM cleanroom.suspensions;
SET ROLE regress_cr_owner;
SELECT cleanroom.resume_analyst('budgets.stays', 'regress_cr_group');
SELECT cleanroom.resume_analyst('budgets.stays', 'regress_cr_group');
SET ROLE regress_cr_ana;
EXECUTE q;

-- Operators suspend and resume, and grant nothing; auditors do neither.
RESET ROLE;
CREATE ROLE regress_cr_operator IN ROLE cleanroom_operator;
CREATE ROLE regress_cr_auditor IN ROLE cleanroom_auditor;
GRANT USAGE ON SCHEMA cleanroom, budgets TO regress_cr_operator, regress_cr_auditor;
SET ROLE regress_cr_operator;
SELECT cleanroom.suspend_analyst('budgets.stays', 'regress_cr_bob', 'by an operator');
SELECT relation, analyst, suspended_by FROM cleanroom.suspensions;
SELECT cleanroom.resume_analyst('budgets.stays', 'regress_cr_bob');
SELECT cleanroom.set_budget('budgets.stays', 'regress_cr_bob', 3, 'queries', 'day');
SELECT count(*) FROM cleanroom.budgets;
SET ROLE regress_cr_auditor;
SELECT cleanroom.suspend_analyst('budgets.stays', 'regress_cr_bob');
SELECT cleanroom.set_budget('budgets.stays', 'regress_cr_bob', 3, 'queries', 'day');
RESET ROLE;
REVOKE USAGE ON SCHEMA cleanroom, budgets FROM regress_cr_operator, regress_cr_auditor;
DROP ROLE regress_cr_operator, regress_cr_auditor;

-- What was rolled back has not happened, and is not on record.
SET ROLE regress_cr_owner;
BEGIN;
SELECT cleanroom.suspend_analyst('budgets.stays', 'regress_cr_ana', 'a mistake');
ROLLBACK;
SELECT cleanroom.suspend_analyst('budgets.stays', 'regress_cr_ana', 'a test');
SELECT cleanroom.resume_analyst('budgets.stays', 'regress_cr_ana');
SELECT subject, detail FROM cleanroom.ledger WHERE kind = 'suspension' AND subject = 'regress_cr_ana' ORDER BY number;
RESET ROLE;
-- nor is a rule
BEGIN;
SELECT cleanroom.add_access_rule('budgets.stays', 'a_rule', 'true');
ROLLBACK;
SELECT count(*) FROM cleanroom.ledger WHERE kind = 'access_rule' AND detail::text LIKE '%a_rule%';

-- The charges stand beside the statements, for the owner too.
SET ROLE regress_cr_owner;
SELECT code, count(*) FROM cleanroom.ledger
    WHERE kind IN ('statement', 'charge') AND code IN ('RC010', 'RC013')
    GROUP BY code ORDER BY code;
SELECT charges->0->>'unit' AS unit, charges->0->>'amount' AS amount, count(*)
    FROM cleanroom.ledger WHERE charges IS NOT NULL AND kind = 'statement' AND verdict = 'admitted'
    GROUP BY 1, 2;
-- nobody books by himself
SELECT cleanroom.charge_budgets('{"relations": [], "roles": []}');
SET ROLE regress_cr_ana;
UPDATE cleanroom.spending_list SET spent = 0;
SELECT cleanroom.count_refusal('regress_cr_bob', '{budgets.stays}');
RESET ROLE;
SELECT first_bad FROM cleanroom.verify_ledger();
TRUNCATE cleanroom.budget_list, cleanroom.spending_list, cleanroom.suspension_list,
    cleanroom.quota_suspension_list, cleanroom.refusal_list;
DROP SCHEMA budgets CASCADE;
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_owner, regress_cr_group, regress_cr_cid;
DROP ROLE regress_cr_owner, regress_cr_ana, regress_cr_bob, regress_cr_cid, regress_cr_group;
