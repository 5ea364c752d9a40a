-- Roles for all databases of the server.  They are there already where another
-- database has the extension; or where somebody who may make roles has made
-- them before, and is a member.

DO $$
DECLARE
    wanted text;
    members text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['cleanroom_operator', 'cleanroom_auditor']
    LOOP
        BEGIN
            EXECUTE pg_catalog.format('CREATE ROLE %I NOLOGIN', wanted);
            CONTINUE;
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN NULL;
        END;
        -- members of members, and who may only grant it, are among them
        SELECT pg_catalog.string_agg(pg_catalog.quote_ident(r.rolname), ', ' ORDER BY r.rolname)
            INTO members
            FROM pg_catalog.pg_roles r
            WHERE NOT r.rolsuper
              AND (r.rolname OPERATOR(pg_catalog.<>) wanted OR r.rolcanlogin)
              AND pg_catalog.pg_has_role(r.oid, wanted, 'MEMBER');
        IF members IS NOT NULL THEN
            RAISE WARNING 'role "%" exists already, and these have its privileges, or may take them: %', wanted, members
                USING HINT = pg_catalog.format('Where nobody has granted it for another database of this server, REVOKE %1$s FROM them, and ALTER ROLE %1$s NOLOGIN.', wanted);
        END IF;
    END LOOP;
END
$$;

