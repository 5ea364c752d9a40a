-- Privileges.  USAGE on the schema is the DBA's to grant: it is what makes a
-- role an analyst.  Functions keep EXECUTE for PUBLIC: the guards run as the
-- analyst, and those that change policy ask for the table's owner themselves.
-- Nobody but superusers may create in the schema.
REVOKE ALL ON SCHEMA cleanroom FROM PUBLIC;
