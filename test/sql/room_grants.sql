-- What a room grants: what whoever shares could grant, as long as it is his.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;

CREATE ROLE regress_cr_boss IN ROLE cleanroom_operator;
CREATE ROLE regress_cr_host;
CREATE ROLE regress_cr_guest;
CREATE ROLE regress_cr_heir;
CREATE ROLE regress_cr_ana;
CREATE ROLE regress_cr_late;
CREATE ROLE regress_cr_last;
CREATE ROLE regress_cr_eve;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_boss, regress_cr_host, regress_cr_guest,
    regress_cr_heir;
CREATE SCHEMA hosted AUTHORIZATION regress_cr_host;
SET ROLE regress_cr_host;
GRANT CREATE, USAGE ON SCHEMA hosted TO regress_cr_guest, regress_cr_heir;
CREATE FUNCTION hosted.inner() RETURNS text LANGUAGE sql AS $$ SELECT 'inner' $$;
CREATE TABLE hosted.own AS SELECT i AS person, i % 2 AS kind FROM generate_series(1, 100) i;
SELECT cleanroom.protect('hosted.own', 'person', 10, '{kind}');
SET ROLE regress_cr_guest;
CREATE TABLE hosted.shared AS SELECT i AS person, i % 2 AS kind FROM generate_series(1, 100) i;
SELECT cleanroom.protect('hosted.shared', 'person', 10, '{kind}');
SET ROLE regress_cr_boss;
SELECT cleanroom.create_room('grants', 'measurement');
SELECT cleanroom.add_member('grants', 'regress_cr_host', 'contributor');
SELECT cleanroom.add_member('grants', 'regress_cr_guest', 'contributor');
SELECT cleanroom.add_member('grants', 'regress_cr_ana', 'analyst');
RESET ROLE;
RESET client_min_messages;

CREATE FUNCTION pg_temp.grants(role text) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(', ',
        CASE WHEN has_schema_privilege($1, 'hosted', 'USAGE') THEN 'schema' END,
        CASE WHEN has_table_privilege($1, 'hosted.own'::regclass::oid, 'SELECT') THEN 'own' END,
        CASE WHEN has_table_privilege($1, 'hosted.shared'::regclass::oid, 'SELECT') THEN 'shared' END)
$$;

-- a table in somebody else's schema brings no USAGE on that
SET ROLE regress_cr_guest;
SELECT cleanroom.share_table('grants', 'hosted.shared');
RESET ROLE;
SELECT pg_temp.grants('regress_cr_ana');
SET ROLE regress_cr_ana;
SELECT hosted.inner();
RESET ROLE;
-- it does where it is the sharer's to grant
SET ROLE regress_cr_boss;
SELECT cleanroom.remove_member('grants', 'regress_cr_ana');
SET ROLE regress_cr_host;
GRANT USAGE ON SCHEMA hosted TO regress_cr_guest WITH GRANT OPTION;
SET ROLE regress_cr_boss;
SELECT cleanroom.add_member('grants', 'regress_cr_ana', 'analyst');
RESET ROLE;
SELECT pg_temp.grants('regress_cr_ana');
SET ROLE regress_cr_ana;
SELECT kind, count(*) FROM hosted.shared GROUP BY kind ORDER BY kind;
RESET ROLE;
-- and not any more once it is not
SET ROLE regress_cr_host;
REVOKE GRANT OPTION FOR USAGE ON SCHEMA hosted FROM regress_cr_guest;
-- what was granted by it goes with it
REVOKE GRANT OPTION FOR USAGE ON SCHEMA hosted FROM regress_cr_guest CASCADE;
RESET ROLE;
SELECT pg_temp.grants('regress_cr_ana');
SET ROLE regress_cr_boss;
SELECT cleanroom.add_member('grants', 'regress_cr_late', 'analyst');
RESET ROLE;
SELECT pg_temp.grants('regress_cr_late');
-- the schema's owner can, of course
SET ROLE regress_cr_host;
SELECT cleanroom.share_table('grants', 'hosted.own');
RESET ROLE;
SELECT pg_temp.grants('regress_cr_ana'), pg_temp.grants('regress_cr_late');

-- a table that has passed to another owner is granted to nobody further
ALTER TABLE hosted.shared OWNER TO regress_cr_heir;
SET ROLE regress_cr_boss;
SELECT cleanroom.add_member('grants', 'regress_cr_last', 'analyst');
RESET ROLE;
SELECT pg_temp.grants('regress_cr_last');
SELECT a.grantee::regrole FROM pg_class c, aclexplode(c.relacl) a
    WHERE c.oid = 'hosted.shared'::regclass AND a.privilege_type = 'SELECT' ORDER BY a.grantee::regrole::text;
-- the new owner shares it anew as a contributor, or takes it out as none
SET ROLE regress_cr_heir;
SELECT cleanroom.share_table('grants', 'hosted.shared');
SET ROLE regress_cr_boss;
SELECT cleanroom.add_member('grants', 'regress_cr_heir', 'contributor');
SET ROLE regress_cr_heir;
SELECT cleanroom.share_table('grants', 'hosted.shared');
RESET ROLE;
SELECT pg_temp.grants('regress_cr_last');
ALTER TABLE hosted.own OWNER TO regress_cr_heir;
SET ROLE regress_cr_boss;
SELECT cleanroom.remove_member('grants', 'regress_cr_heir');
SET ROLE regress_cr_heir;
SELECT cleanroom.unshare_table('grants', 'hosted.own');
RESET ROLE;
SELECT pg_temp.grants('regress_cr_ana'), pg_temp.grants('regress_cr_last');

-- A grant option of the owner's besides keeps nobody in: what was passed on by
-- it goes with what the room has granted.
SET ROLE regress_cr_host;
CREATE TABLE hosted.passed AS SELECT i AS person, i % 2 AS kind FROM generate_series(1, 100) i;
SELECT cleanroom.protect('hosted.passed', 'person', 10, '{kind}');
SELECT cleanroom.share_table('grants', 'hosted.passed');
GRANT SELECT ON hosted.passed TO regress_cr_ana WITH GRANT OPTION;
GRANT USAGE ON SCHEMA hosted TO regress_cr_ana WITH GRANT OPTION;
SET ROLE regress_cr_ana;
GRANT SELECT ON hosted.passed TO regress_cr_eve;
GRANT SELECT (person, kind) ON hosted.passed TO regress_cr_ana;
GRANT USAGE ON SCHEMA hosted TO regress_cr_eve;
-- it is the owner's own doing that others read the table meanwhile
SET ROLE regress_cr_eve;
SELECT count(*) FROM hosted.passed;
SET ROLE regress_cr_boss;
SELECT cleanroom.remove_member('grants', 'regress_cr_ana');
RESET ROLE;
SELECT has_table_privilege('regress_cr_ana', 'hosted.passed', 'SELECT') AS ana,
       has_table_privilege('regress_cr_eve', 'hosted.passed', 'SELECT') AS eve,
       has_schema_privilege('regress_cr_eve', 'hosted', 'USAGE') AS schema;
-- nor do columns that it has granted itself
GRANT USAGE ON SCHEMA hosted TO regress_cr_ana, regress_cr_eve;
SET ROLE regress_cr_ana;
SELECT count(kind) FROM hosted.passed;
-- the owner's own GRANT is another matter
SET ROLE regress_cr_host;
GRANT SELECT ON hosted.passed TO regress_cr_ana WITH GRANT OPTION;
SET ROLE regress_cr_ana;
SELECT count(kind) FROM hosted.passed;
GRANT SELECT ON hosted.passed TO regress_cr_eve;
SET ROLE regress_cr_eve;
SELECT count(kind) FROM hosted.passed;
SET ROLE regress_cr_boss;
SELECT cleanroom.add_member('grants', 'regress_cr_ana', 'analyst');
SELECT cleanroom.remove_member('grants', 'regress_cr_ana');
SET ROLE regress_cr_ana;
SELECT count(kind) FROM hosted.passed;
RESET ROLE;

-- Nor does the owner of the schema, who takes away what the room's grant hung on.
SET ROLE regress_cr_host;
REVOKE USAGE ON SCHEMA hosted FROM regress_cr_ana CASCADE;
GRANT USAGE ON SCHEMA hosted TO regress_cr_guest WITH GRANT OPTION;
SET ROLE regress_cr_guest;
CREATE TABLE hosted.tenant AS SELECT i AS person, i % 2 AS kind FROM generate_series(1, 100) i;
SELECT cleanroom.protect('hosted.tenant', 'person', 10, '{kind}');
SELECT cleanroom.share_table('grants', 'hosted.tenant');
SET ROLE regress_cr_boss;
SELECT cleanroom.add_member('grants', 'regress_cr_ana', 'analyst');
RESET ROLE;
SELECT schema, grantee, grantor FROM cleanroom.schema_grant_list WHERE (grantee, schema) = ('regress_cr_ana'::regrole, 'hosted'::regnamespace);
SET ROLE regress_cr_host;
REVOKE ALL ON SCHEMA hosted FROM regress_cr_guest CASCADE;
REVOKE USAGE ON SCHEMA hosted FROM PUBLIC;
SET ROLE regress_cr_boss;
SELECT cleanroom.remove_member('grants', 'regress_cr_ana');
RESET ROLE;
SELECT pg_temp.grants('regress_cr_ana');
SELECT count(*) FROM cleanroom.schema_grant_list WHERE (grantee, schema) = ('regress_cr_ana'::regrole, 'hosted'::regnamespace);
-- the owner's own grant of it is not taken for the room's
SET ROLE regress_cr_host;
GRANT USAGE ON SCHEMA hosted TO regress_cr_guest WITH GRANT OPTION;
SET ROLE regress_cr_boss;
SELECT cleanroom.add_member('grants', 'regress_cr_ana', 'analyst');
SET ROLE regress_cr_host;
REVOKE ALL ON SCHEMA hosted FROM regress_cr_guest CASCADE;
GRANT USAGE ON SCHEMA hosted TO regress_cr_ana;
SET ROLE regress_cr_boss;
SELECT cleanroom.remove_member('grants', 'regress_cr_ana');
RESET ROLE;
SELECT pg_temp.grants('regress_cr_ana');

-- Nor whatever else a REVOKE fails for: it is left for later, and is no access.
SET ROLE regress_cr_boss;
SELECT cleanroom.add_member('grants', 'regress_cr_ana', 'analyst');
RESET ROLE;
CREATE FUNCTION hosted.refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('regress_cr.refuse', true) = 'on' THEN
        RAISE EXCEPTION 'not today';
    END IF;
END
$$;
CREATE EVENT TRIGGER regress_cr_refuse ON ddl_command_start WHEN TAG IN ('REVOKE')
    EXECUTE FUNCTION hosted.refuse();
SET regress_cr.refuse = on;
SET ROLE regress_cr_boss;
SELECT cleanroom.remove_member('grants', 'regress_cr_ana');
SET ROLE regress_cr_ana;
SELECT count(*) FROM hosted.tenant;
RESET ROLE;
RESET regress_cr.refuse;
SELECT has_table_privilege('regress_cr_ana', 'hosted.tenant', 'SELECT') AS left_over;
SET ROLE regress_cr_boss;
SELECT cleanroom.remove_member('grants', 'regress_cr_late');
RESET ROLE;
SELECT has_table_privilege('regress_cr_ana', 'hosted.tenant', 'SELECT') AS left_over;
DROP EVENT TRIGGER regress_cr_refuse;

-- A member that has been dropped is granted nothing, and keeps nobody from
-- sharing and joining.
SET client_min_messages = warning;
CREATE ROLE regress_cr_gone;
SET ROLE regress_cr_boss;
SELECT cleanroom.add_member('grants', 'regress_cr_gone', 'analyst'),
    cleanroom.add_member('grants', 'regress_cr_gone', 'auditor');
RESET ROLE;
DROP OWNED BY regress_cr_gone;
DROP ROLE regress_cr_gone;
SET ROLE regress_cr_host;
CREATE TABLE hosted.further AS SELECT i AS id FROM generate_series(1, 40) i;
SELECT cleanroom.protect('hosted.further', 'id', 5);
SELECT cleanroom.share_table('grants', 'hosted.further');
SET ROLE regress_cr_boss;
SELECT cleanroom.add_member('grants', 'regress_cr_late', 'analyst');
RESET ROLE;
SELECT has_table_privilege('regress_cr_late', 'hosted.further', 'SELECT') AS granted;

-- A grant of columns is no grant of the table, the rest of which a room gives.
GRANT USAGE ON SCHEMA hosted, cleanroom TO regress_cr_late;
SET ROLE regress_cr_host;
CREATE TABLE hosted.shut AS SELECT i AS id, i % 2 AS d, i % 7 AS x FROM generate_series(1, 40) i;
SELECT cleanroom.protect('hosted.shut', 'id', 5, '{d}', '{x}');
GRANT SELECT (d) ON hosted.shut TO regress_cr_late;
SET ROLE regress_cr_late;
SELECT d, count(*) FROM hosted.shut GROUP BY d ORDER BY d;
SELECT sum(x) FROM hosted.shut;
SET ROLE regress_cr_host;
SELECT cleanroom.share_table('grants', 'hosted.shut', templates_only => true);
SET ROLE regress_cr_late;
SELECT d, count(*) FROM hosted.shut GROUP BY d ORDER BY d;
SELECT sum(x) FROM hosted.shut;
RESET ROLE;
REVOKE USAGE ON SCHEMA hosted, cleanroom FROM regress_cr_late;

SET client_min_messages = warning;
SET ROLE regress_cr_boss;
SELECT cleanroom.close_room('grants');
RESET ROLE;
TRUNCATE cleanroom.room_list CASCADE;
DROP SCHEMA hosted CASCADE;
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_boss, regress_cr_host, regress_cr_guest,
    regress_cr_heir;
DROP ROLE regress_cr_boss, regress_cr_host, regress_cr_guest, regress_cr_heir,
    regress_cr_ana, regress_cr_late, regress_cr_last, regress_cr_eve;
