-- Privileges.  USAGE on the schema is the DBA's to grant: it is what makes a
-- role an analyst.  Functions keep EXECUTE for PUBLIC: the guards run as the
-- analyst, and those that change policy ask for the table's owner themselves.
-- Nobody but superusers may create in the schema.
REVOKE ALL ON SCHEMA cleanroom FROM PUBLIC;

-- Roles such as pg_read_all_data have the privileges for all tables.  The
-- library keeps them away from the extension's own, and where it is not loaded
-- row security does, which has no policy here: only the owner, as whom the views
-- and functions read, and superusers see rows.
DO $$
DECLARE
    own regclass;
BEGIN
    FOR own IN
        SELECT c.oid FROM pg_catalog.pg_class c
            WHERE c.relnamespace = 'cleanroom'::pg_catalog.regnamespace
              AND c.relkind = 'r'
    LOOP
        EXECUTE pg_catalog.format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', own);
    END LOOP;
END
$$;
