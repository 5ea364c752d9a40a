-- Who owns the database may write all its tables anew, and waits with a lock
-- that shuts out everybody: not the extension's own tables, by which all
-- statements on protected tables are recorded.
\set VERBOSITY default
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom;
CREATE ROLE regress_cr_rw_party;
CREATE ROLE regress_cr_rw_deputy IN ROLE regress_cr_rw_party;
CREATE ROLE regress_cr_rw_other;
SELECT datdba::regrole AS database_owner FROM pg_database WHERE datname = current_database() \gset
ALTER DATABASE :"DBNAME" OWNER TO regress_cr_rw_party;
GRANT USAGE ON SCHEMA cleanroom TO PUBLIC;
CREATE SCHEMA rw AUTHORIZATION regress_cr_rw_party;
SELECT quote_ident(relname) AS toast FROM pg_class WHERE oid = (SELECT reltoastrelid FROM pg_class WHERE oid = 'cleanroom.ledger_records'::regclass) \gset
GRANT USAGE ON SCHEMA pg_toast TO regress_cr_rw_party;

SET SESSION AUTHORIZATION regress_cr_rw_deputy;
VACUUM FULL cleanroom.ledger_records;
VACUUM (ANALYZE, FULL) rw.none, cleanroom.room_list;
VACUUM (FULL off, FULL on) cleanroom.ledger_records;
VACUUM FULL;
VACUUM (FULL, ANALYZE);
CLUSTER cleanroom.ledger_records USING ledger_records_pkey;
REINDEX TABLE cleanroom.keyring;
REINDEX INDEX cleanroom.keyring_pkey;
REINDEX DATABASE :"DBNAME";
SET search_path = cleanroom;
VACUUM FULL keyring;
REINDEX INDEX keyring_pkey;
RESET search_path;
\set VERBOSITY sqlstate
VACUUM FULL pg_toast.:toast;
REINDEX TABLE pg_toast.:toast;
\set VERBOSITY default
REINDEX SCHEMA cleanroom;

-- what shuts nobody out, and what is one's own
CREATE TABLE rw.mine (id int PRIMARY KEY);
VACUUM cleanroom.rule_list;
VACUUM (FULL off, ANALYZE) cleanroom.rule_list;
ANALYZE cleanroom.rule_list;
RESET SESSION AUTHORIZATION;
ALTER TABLE rw.mine OWNER TO regress_cr_rw_party;
SET SESSION AUTHORIZATION regress_cr_rw_party;
VACUUM FULL rw.mine;
CLUSTER rw.mine USING mine_pkey;
CLUSTER;
REINDEX TABLE rw.mine;
REINDEX SCHEMA rw;

-- without a right to the tables it is as without the extension
\set VERBOSITY sqlstate
SET client_min_messages = error;
SET SESSION AUTHORIZATION regress_cr_rw_other;
VACUUM FULL cleanroom.ledger_records;
REINDEX TABLE cleanroom.ledger_records;
CLUSTER cleanroom.ledger_records USING ledger_records_pkey;
CREATE TABLE pg_temp.mine (id int PRIMARY KEY);
VACUUM FULL pg_temp.mine;
\set VERBOSITY default
RESET SESSION AUTHORIZATION;
VACUUM FULL cleanroom.rule_list;
-- a superuser has it clustered: then CLUSTER is about it, too
CLUSTER cleanroom.rule_list USING rule_list_pkey;
SET SESSION AUTHORIZATION regress_cr_rw_party;
CLUSTER;
RESET SESSION AUTHORIZATION;
ALTER TABLE cleanroom.rule_list SET WITHOUT CLUSTER;

ALTER DATABASE :"DBNAME" OWNER TO :database_owner;
DROP SCHEMA rw CASCADE;
DROP OWNED BY regress_cr_rw_other;
REVOKE USAGE ON SCHEMA pg_toast FROM regress_cr_rw_party;
REVOKE USAGE ON SCHEMA cleanroom FROM PUBLIC;
DROP ROLE regress_cr_rw_party, regress_cr_rw_deputy, regress_cr_rw_other;
