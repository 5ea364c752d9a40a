-- What an owner says of its table binds analysts, not the owner: rules,
-- budgets, suspension, residency, templates_only, small_groups.  What the
-- other owner says of the other table binds all the same.
\set SHOW_CONTEXT never
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_boss;
GRANT cleanroom_operator TO regress_cr_boss;
CREATE ROLE regress_cr_owner;
CREATE ROLE regress_cr_other;
CREATE ROLE regress_cr_ana;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_boss, regress_cr_owner, regress_cr_other, regress_cr_ana;
CREATE SCHEMA sides;
GRANT CREATE, USAGE ON SCHEMA sides TO regress_cr_owner, regress_cr_other, regress_cr_ana;
SET ROLE regress_cr_owner;
CREATE TABLE sides.buys (person int PRIMARY KEY, city text NOT NULL);
INSERT INTO sides.buys SELECT n, CASE WHEN n <= 40 THEN 'Oslo' WHEN n <= 43 THEN 'Vik' ELSE 'Rome' END
    FROM generate_series(1, 120) n;
SELECT cleanroom.protect('sides.buys', 'person', 10, '{city}', join_keys => '{person}', small_groups => 'refuse');
GRANT SELECT ON sides.buys TO regress_cr_ana;
SET ROLE regress_cr_other;
CREATE TABLE sides.views (person int NOT NULL, slot text NOT NULL);
INSERT INTO sides.views SELECT n, CASE n % 2 WHEN 0 THEN 'even' ELSE 'odd' END FROM generate_series(1, 60) n;
SELECT cleanroom.protect('sides.views', 'person', 5, '{slot}', join_keys => '{person}');
GRANT SELECT ON sides.views TO regress_cr_owner, regress_cr_ana;

-- Its own small groups never fail for the owner; those of the other are withheld.
SET ROLE regress_cr_owner;
SELECT city, count(*) FROM sides.buys JOIN sides.views USING (person) GROUP BY city ORDER BY city;
SELECT count(*) FROM sides.views WHERE person IN (SELECT person FROM sides.buys);
SELECT count(*) FROM sides.views WHERE EXISTS (SELECT FROM sides.buys b WHERE b.person = views.person AND city = 'Vik');
SELECT slot, (SELECT count(*) FROM sides.buys WHERE city = 'Vik') FROM sides.views GROUP BY slot ORDER BY slot;
-- For an analyst each may fail, which is not asked beside protected rows.
SET ROLE regress_cr_ana;
SELECT city, count(*) FROM sides.buys GROUP BY city;
-- but not what has no row, whatever there is: tools ask so for columns
SELECT city, count(*) FROM sides.buys WHERE 1 = 0 GROUP BY city;
SELECT count(*) FROM sides.views WHERE slot IN (SELECT city FROM sides.buys GROUP BY city);
SET ROLE regress_cr_owner;
SELECT cleanroom.protect('sides.buys', 'person', 10, '{city}', join_keys => '{person}');

-- Its rule, its budget, its suspensions and its residency.
SELECT cleanroom.add_access_rule('sides.buys', 'never', 'false', 'Not you.');
SELECT cleanroom.set_budget('sides.buys', NULL, 1, 'queries', 'lifetime');
SELECT cleanroom.set_budget('sides.buys', NULL, 5, 'released_rows', 'lifetime');
SELECT cleanroom.suspend_analyst('sides.buys', 'regress_cr_owner');
SELECT cleanroom.set_residency('sides.buys', 'Mars');
PREPARE meet AS SELECT count(*) FROM sides.buys JOIN sides.views USING (person);
EXECUTE meet;
EXECUTE meet;
SELECT verdict, code FROM cleanroom.explain('SELECT count(*) FROM sides.buys JOIN sides.views USING (person)');
SELECT unit, granted, spent FROM cleanroom.budgets ORDER BY unit;
SELECT verdict, reason FROM cleanroom.simulate_access('regress_cr_owner', 'sides.buys');
SELECT verdict, reason FROM cleanroom.simulate_access('regress_cr_ana', 'sides.buys');
-- They bind the analyst, one after the other.
SET ROLE regress_cr_ana;
SELECT count(*) FROM sides.buys JOIN sides.views USING (person);
SET ROLE regress_cr_owner;
SELECT cleanroom.set_residency('sides.buys', NULL);
SET ROLE regress_cr_ana;
SELECT count(*) FROM sides.buys JOIN sides.views USING (person);
SET ROLE regress_cr_owner;
SELECT cleanroom.drop_access_rule('sides.buys', 'never');
SET ROLE regress_cr_ana;
SELECT count(*) FROM sides.buys JOIN sides.views USING (person);
SELECT count(*) FROM sides.buys JOIN sides.views USING (person);

-- The other owner's bind the owner.
SET ROLE regress_cr_other;
SELECT cleanroom.set_budget('sides.views', NULL, 1, 'queries', 'lifetime');
SET ROLE regress_cr_owner;
EXECUTE meet;
EXECUTE meet;
SET ROLE regress_cr_other;
SELECT cleanroom.set_budget('sides.views', NULL, NULL, 'queries', 'lifetime');
SELECT cleanroom.add_access_rule('sides.views', 'never', 'false', 'Not you.');
SET ROLE regress_cr_owner;
EXECUTE meet;
SET ROLE regress_cr_other;
SELECT cleanroom.drop_access_rule('sides.views', 'never');
SELECT cleanroom.suspend_analyst('sides.views', 'regress_cr_owner');
SET ROLE regress_cr_owner;
EXECUTE meet;
SET ROLE regress_cr_other;
SELECT cleanroom.resume_analyst('sides.views', 'regress_cr_owner');

-- A room has to hold both, and its own may be there for templates only.
SET ROLE regress_cr_boss;
SELECT cleanroom.create_room('sides', 'testing');
SELECT cleanroom.add_member('sides', 'regress_cr_owner', 'contributor');
SELECT cleanroom.add_member('sides', 'regress_cr_owner', 'analyst');
SELECT cleanroom.add_member('sides', 'regress_cr_other', 'contributor');
SELECT cleanroom.add_member('sides', 'regress_cr_ana', 'analyst');
SET ROLE regress_cr_other;
REVOKE SELECT ON sides.views FROM regress_cr_owner;
SELECT cleanroom.share_table('sides', 'sides.views');
SET ROLE regress_cr_owner;
EXECUTE meet;
-- alone it needs none, nor beside what is released
SELECT slot, (SELECT count(*) FROM sides.buys WHERE city = 'Vik') FROM sides.views GROUP BY slot ORDER BY slot;
SELECT cleanroom.share_table('sides', 'sides.buys', templates_only => true);
EXECUTE meet;
SET ROLE regress_cr_other;
SELECT cleanroom.unshare_table('sides', 'sides.views');
SELECT cleanroom.share_table('sides', 'sides.views', templates_only => true);
SET ROLE regress_cr_owner;
EXECUTE meet;

RESET ROLE;
SELECT cleanroom.close_room('sides');
TRUNCATE cleanroom.room_list, cleanroom.rule_list, cleanroom.residency_list, cleanroom.budget_list,
    cleanroom.spending_list, cleanroom.suspension_list CASCADE;
DROP SCHEMA sides CASCADE;
DROP OWNED BY regress_cr_boss, regress_cr_owner, regress_cr_other, regress_cr_ana;
DROP ROLE regress_cr_boss, regress_cr_owner, regress_cr_other, regress_cr_ana;
