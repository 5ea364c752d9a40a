-- dropped.sql: the extension is dropped, the tables it protected stay closed
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_dropped_owner;
CREATE ROLE regress_cr_dropped_analyst;
GRANT USAGE ON SCHEMA cleanroom
    TO regress_cr_dropped_owner, regress_cr_dropped_analyst;
CREATE TABLE dropped AS SELECT n AS id, 'x' AS kind FROM generate_series(1, 90) n;
ALTER TABLE dropped OWNER TO regress_cr_dropped_owner;
SET ROLE regress_cr_dropped_owner;
SELECT cleanroom.protect('dropped', 'id', dimensions => '{kind}');
GRANT SELECT ON dropped TO regress_cr_dropped_analyst;
RESET ROLE;
SET ROLE regress_cr_dropped_analyst;
SELECT kind, count(*) FROM dropped GROUP BY kind;
RESET ROLE;
DROP EXTENSION cleanroom CASCADE;
-- outside: whatever the analyst asks, and whoever's view is asked
CREATE VIEW dropped_view AS SELECT * FROM dropped;
ALTER VIEW dropped_view OWNER TO regress_cr_dropped_owner;
GRANT SELECT ON dropped_view TO regress_cr_dropped_analyst;
SET ROLE regress_cr_dropped_analyst;
SELECT kind, count(*) FROM dropped GROUP BY kind;
SELECT * FROM dropped_view;
RESET ROLE;
-- inside: the owner's table is the owner's
SET ROLE regress_cr_dropped_owner;
SELECT count(*) FROM dropped;
RESET ROLE;
-- and all is well once the extension is back
CREATE EXTENSION cleanroom;
GRANT USAGE ON SCHEMA cleanroom
    TO regress_cr_dropped_owner, regress_cr_dropped_analyst;
SET ROLE regress_cr_dropped_owner;
SELECT cleanroom.protect('dropped', 'id', dimensions => '{kind}');
SET ROLE regress_cr_dropped_analyst;
SELECT kind, count(*) FROM dropped GROUP BY kind;
RESET ROLE;
DROP VIEW dropped_view;
DROP TABLE dropped;
REVOKE ALL ON SCHEMA cleanroom
    FROM regress_cr_dropped_owner, regress_cr_dropped_analyst;
DROP ROLE regress_cr_dropped_owner, regress_cr_dropped_analyst;
