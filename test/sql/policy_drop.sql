-- Dropping the extension opens nothing: labels stay, and row security.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_drp_owner;
CREATE ROLE regress_cr_drp_analyst;
CREATE SCHEMA drp AUTHORIZATION regress_cr_drp_owner;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_drp_owner, regress_cr_drp_analyst;
GRANT USAGE ON SCHEMA drp TO regress_cr_drp_analyst;
SET search_path = drp, pg_catalog;
CREATE FUNCTION closing() RETURNS TABLE (relation name, label text, row_security bool, policies text)
    LANGUAGE sql AS $$
    SELECT c.relname, l.label, c.relrowsecurity,
           (SELECT string_agg(polname, ' ' ORDER BY polname) FROM pg_policy WHERE polrelid = c.oid)
        FROM pg_class c LEFT JOIN pg_seclabel l ON l.objoid = c.oid AND l.objsubid = 0
        WHERE relnamespace = 'drp'::regnamespace AND relkind = 'r'
        ORDER BY relname $$;
SET SESSION AUTHORIZATION regress_cr_drp_owner;
CREATE TABLE plain (id int);
CREATE TABLE with_policy (id int);
CREATE POLICY own ON with_policy USING (true);
CREATE TABLE by_hand (id int);
INSERT INTO plain SELECT generate_series(1, 60);
INSERT INTO with_policy SELECT generate_series(1, 60);
INSERT INTO by_hand SELECT generate_series(1, 60);
GRANT SELECT ON ALL TABLES IN SCHEMA drp TO regress_cr_drp_analyst;
SELECT cleanroom.protect('plain', 'id');
SELECT cleanroom.protect('with_policy', 'id');
SELECT cleanroom.add_row_policy('with_policy', 'few', 'id < 59');
SECURITY LABEL FOR cleanroom ON TABLE by_hand IS '{"threshold": 50}';
SECURITY LABEL FOR cleanroom ON COLUMN by_hand.id IS 'unit';
RESET SESSION AUTHORIZATION;
PREPARE counted AS SELECT count(*) FROM with_policy;
SET SESSION AUTHORIZATION regress_cr_drp_analyst;
EXECUTE counted;
RESET SESSION AUTHORIZATION;
SELECT * FROM closing();

-- without CASCADE it is refused while a table is protected
\set VERBOSITY terse
DROP EXTENSION cleanroom;
\echo :SQLSTATE
\set VERBOSITY default
SELECT * FROM closing();

BEGIN;
DROP EXTENSION cleanroom CASCADE;
SELECT * FROM closing();
SET SESSION AUTHORIZATION regress_cr_drp_analyst;
SAVEPOINT s;
SELECT count(*) FROM plain;
ROLLBACK TO s;
SELECT count(*) FROM with_policy;
ROLLBACK TO s;
EXECUTE counted;
ROLLBACK TO s;
SELECT count(*) FROM by_hand;
ROLLBACK TO s;
-- the owner reads its own tables
SET SESSION AUTHORIZATION regress_cr_drp_owner;
SELECT count(*) FROM plain;
SELECT count(*) FROM with_policy;
-- created again, the tables are as protected as before
RESET SESSION AUTHORIZATION;
DROP SCHEMA IF EXISTS cleanroom;
CREATE EXTENSION cleanroom;
SELECT relation, threshold, closed FROM cleanroom.tables WHERE schema = 'drp' ORDER BY name;
SELECT cleanroom.protect('with_policy', 'id', 40);
SELECT cleanroom.protect('plain', 'id', 40);
SELECT * FROM closing();
ROLLBACK;

-- the same in the wake of something else
BEGIN;
DROP SCHEMA cleanroom CASCADE;
SELECT * FROM closing();
ROLLBACK;
BEGIN;
CREATE SCHEMA below AUTHORIZATION regress_cr_drp_owner;
SET allow_system_table_mods = on;
INSERT INTO pg_depend SELECT 'pg_extension'::regclass, e.oid, 0, 'pg_namespace'::regclass, 'below'::regnamespace, 0, 'n'
  FROM pg_extension e WHERE extname = 'cleanroom';
SAVEPOINT s;
-- not by whoever owns that
SET SESSION AUTHORIZATION regress_cr_drp_owner;
DROP SCHEMA below CASCADE;
\echo :SQLSTATE
ROLLBACK TO s;
SET SESSION AUTHORIZATION regress_cr_drp_owner;
DROP OWNED BY regress_cr_drp_owner CASCADE;
\echo :SQLSTATE
ROLLBACK TO s;
DROP SCHEMA below CASCADE;
SELECT * FROM closing();
ROLLBACK;

-- a policy of ours can be made by hand, as a dump does; it replaces what
-- closing has put there
SET SESSION AUTHORIZATION regress_cr_drp_owner;
CREATE POLICY cleanroom_gate ON plain AS RESTRICTIVE USING (cleanroom.gate());
CREATE POLICY own ON with_policy USING (true);
\echo :SQLSTATE
SET SESSION AUTHORIZATION regress_cr_drp_analyst;
CREATE POLICY cleanroom_gate ON plain USING (true);
\echo :SQLSTATE
RESET SESSION AUTHORIZATION;
SELECT * FROM closing();

SET client_min_messages = warning;
DROP SCHEMA drp CASCADE;
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_drp_owner, regress_cr_drp_analyst;
DROP ROLE regress_cr_drp_owner, regress_cr_drp_analyst;
