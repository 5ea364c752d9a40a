\echo Use "CREATE EXTENSION cleanroom" to load this file. \quit

-- Unless the server has preloaded the library, the first function in C that
-- a part below creates fails, with a hint: creating it loads the library.

-- Nobody's look-alikes of PostgreSQL's own functions and operators are found,
-- by this script or by what it makes, whatever schemas there are.
SELECT pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);

-- Who owns the schema, or may create in it, could put look-alikes beside our
-- functions.
DO $$
DECLARE
    schema_oid oid := (SELECT oid FROM pg_catalog.pg_namespace
                       WHERE nspname OPERATOR(pg_catalog.=) 'cleanroom');
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_namespace n
                   JOIN pg_catalog.pg_roles r
                       ON r.oid OPERATOR(pg_catalog.=) n.nspowner
               WHERE n.oid OPERATOR(pg_catalog.=) schema_oid
                 AND NOT r.rolsuper)
       OR EXISTS (SELECT FROM pg_catalog.pg_namespace n,
                       pg_catalog.aclexplode(n.nspacl) a
                       LEFT JOIN pg_catalog.pg_roles r
                           ON r.oid OPERATOR(pg_catalog.=) a.grantee
                  WHERE n.oid OPERATOR(pg_catalog.=) schema_oid
                    AND a.privilege_type OPERATOR(pg_catalog.=) 'CREATE'
                    AND r.rolsuper IS NOT TRUE)
    THEN
        RAISE EXCEPTION 'schema "cleanroom" is open to roles that are not superusers'
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'Drop the schema; CREATE EXTENSION makes it anew.';
    END IF;
    IF EXISTS (SELECT FROM pg_catalog.pg_depend
               WHERE refclassid OPERATOR(pg_catalog.=)
                     'pg_catalog.pg_namespace'::pg_catalog.regclass
                 AND refobjid OPERATOR(pg_catalog.=) schema_oid
                 AND classid OPERATOR(pg_catalog.<>)
                     'pg_catalog.pg_extension'::pg_catalog.regclass)
    THEN
        RAISE EXCEPTION 'schema "cleanroom" is not empty'
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'Drop the schema; CREATE EXTENSION makes it anew.';
    END IF;
END
$$;
