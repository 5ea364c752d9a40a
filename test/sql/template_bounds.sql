-- What an approval rests on is the same in whosever session; and how many
-- templates one member may have waiting.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_boss IN ROLE cleanroom_operator;
CREATE ROLE regress_cr_shop;
CREATE ROLE regress_cr_ana;
CREATE SCHEMA bounds;
GRANT USAGE ON SCHEMA cleanroom, bounds TO regress_cr_boss, regress_cr_shop, regress_cr_ana;
CREATE TABLE bounds.buys AS SELECT i AS id, i % 2 AS "Kind", now() AS at, i::float8 AS x, interval '1 day' AS took
    FROM generate_series(1, 40) i;
ALTER TABLE bounds.buys OWNER TO regress_cr_shop;
SET ROLE regress_cr_shop;
SELECT cleanroom.protect('bounds.buys', 'id', 5, '{Kind}');
SELECT cleanroom.add_row_policy('bounds.buys', 'some',
    $$at > timestamptz '2024-01-01 00:00+00' AND x < 1e15 / 3 AND took < interval '1 mon 2 days' AND "Kind" >= 0$$);
SET ROLE regress_cr_boss;
SELECT cleanroom.create_room('bounds', 'test');
SELECT cleanroom.add_member('bounds', 'regress_cr_shop', 'contributor'),
    cleanroom.add_member('bounds', 'regress_cr_ana', 'analyst');
SET ROLE regress_cr_shop;
SELECT cleanroom.share_table('bounds', 'bounds.buys');

-- Approved under some settings, run and listed under others.
SELECT cleanroom.propose_template('bounds', 'kinds', 'SELECT "Kind", count(*) AS n FROM bounds.buys GROUP BY "Kind" ORDER BY 1');
SET TimeZone = 'Asia/Tokyo';
SET DateStyle = 'German';
SET IntervalStyle = 'sql_standard';
SET extra_float_digits = -5;
SET quote_all_identifiers = on;
SELECT cleanroom.approve_template('kinds', 1);
RESET TimeZone;
RESET DateStyle;
RESET IntervalStyle;
RESET extra_float_digits;
RESET quote_all_identifiers;
SELECT state FROM cleanroom.templates;
SET ROLE regress_cr_ana;
SELECT * FROM cleanroom.run_template('kinds');
SET TimeZone = 'America/New_York';
SELECT state FROM cleanroom.templates;
RESET TimeZone;

-- Fifty of one member's may wait; what is decided waits no more.  Others', and
-- what runs, do not mind.
DO $$
BEGIN
    FOR i IN 1..50 LOOP
        PERFORM cleanroom.propose_template('bounds', CASE WHEN i % 2 = 0 THEN 'kinds' ELSE 'more' END,
            'SELECT count(*) AS n FROM bounds.buys');
    END LOOP;
END
$$;
SELECT cleanroom.propose_template('bounds', 'another', 'SELECT 1 AS one');
SELECT * FROM cleanroom.run_template('kinds');
SET ROLE regress_cr_shop;
SELECT cleanroom.propose_template('bounds', 'another', 'SELECT 1 AS one');
SELECT cleanroom.reject_template('more', 1);
SET ROLE regress_cr_ana;
SELECT cleanroom.propose_template('bounds', 'another', 'SELECT 1 AS one');
RESET ROLE;

TRUNCATE cleanroom.room_list, cleanroom.schema_grant_list CASCADE;
DROP SCHEMA bounds CASCADE;
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_boss, regress_cr_shop, regress_cr_ana;
DROP ROLE regress_cr_boss, regress_cr_shop, regress_cr_ana;
