-- The extension as a whole: what it installs, and for whom.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
DROP EXTENSION IF EXISTS cleanroom CASCADE;
DROP SCHEMA IF EXISTS cleanroom;
-- installed beside look-alikes of PostgreSQL's operators, which fit better
CREATE ROLE regress_cr_ext_forger;
CREATE SCHEMA forged AUTHORIZATION regress_cr_ext_forger;
GRANT USAGE ON SCHEMA forged TO public;
SET ROLE regress_cr_ext_forger;
CREATE FUNCTION forged.runs(oid, regclass) RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'runs as %', current_user;
END $$;
CREATE FUNCTION forged.runs(oid, regnamespace) RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'runs as %', current_user;
END $$;
CREATE FUNCTION forged.runs(name, text) RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'runs as %', current_user;
END $$;
CREATE OPERATOR forged.= (LEFTARG = oid, RIGHTARG = regclass, FUNCTION = forged.runs);
CREATE OPERATOR forged.= (LEFTARG = oid, RIGHTARG = regnamespace, FUNCTION = forged.runs);
CREATE OPERATOR forged.= (LEFTARG = name, RIGHTARG = text, FUNCTION = forged.runs);
RESET ROLE;
CREATE EXTENSION IF NOT EXISTS pgcrypto;
CREATE SCHEMA IF NOT EXISTS cleanroom;
RESET client_min_messages;
SET search_path = forged, public;
CREATE EXTENSION cleanroom;
RESET search_path;

-- it depends on nothing that others have made, or could
CREATE VIEW members AS SELECT classid, objid FROM pg_depend
WHERE deptype = 'e' AND refclassid = 'pg_extension'::regclass AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'cleanroom');
SELECT DISTINCT o.type, o.identity
FROM (SELECT * FROM members
      UNION ALL SELECT 'pg_rewrite'::regclass, r.oid FROM pg_rewrite r JOIN members m ON m.objid = ev_class AND m.classid = 'pg_class'::regclass
      UNION ALL SELECT 'pg_extension'::regclass, oid FROM pg_extension WHERE extname = 'cleanroom') m
JOIN pg_depend d USING (classid, objid), pg_identify_object(d.refclassid, d.refobjid, d.refobjsubid) o
WHERE d.refobjid >= 16384 AND o.schema IS DISTINCT FROM 'cleanroom' AND o.identity NOT IN ('cleanroom', 'plpgsql') ORDER BY 1, 2;
DROP VIEW members;
DROP SCHEMA forged CASCADE;
DROP ROLE regress_cr_ext_forger;

-- documentation: every function, aggregate and view has a comment
SELECT p.oid::regprocedure AS undocumented
FROM pg_proc p
JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
    AND d.deptype = 'e'
JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass
    AND d.refobjid = e.oid AND e.extname = 'cleanroom'
WHERE obj_description(p.oid, 'pg_proc') IS NULL
ORDER BY 1;
SELECT c.oid::regclass AS undocumented
FROM pg_class c
JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid
    AND d.deptype = 'e'
JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass
    AND d.refobjid = e.oid AND e.extname = 'cleanroom'
WHERE obj_description(c.oid, 'pg_class') IS NULL
ORDER BY 1;

-- search path: every function that is not C fixes it
SELECT p.oid::regprocedure AS open_search_path
FROM pg_proc p
JOIN pg_language l ON l.oid = p.prolang
JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
    AND d.deptype = 'e'
JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass
    AND d.refobjid = e.oid AND e.extname = 'cleanroom'
WHERE l.lanname NOT IN ('c', 'internal')
  AND NOT coalesce(p.proconfig @> '{"search_path=pg_catalog, pg_temp"}', false)
ORDER BY 1;

-- names: a C function's symbol is cr_ and its SQL name, but twins share code
SELECT p.oid::regprocedure AS odd_symbol, p.prosrc
FROM pg_proc p
JOIN pg_language l ON l.oid = p.prolang AND l.lanname = 'c'
JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
    AND d.deptype = 'e'
JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass
    AND d.refobjid = e.oid AND e.extname = 'cleanroom'
WHERE p.prosrc <> 'cr_' || p.proname
  AND NOT (p.proname LIKE 'total\_%' AND p.prosrc LIKE 'cr\_total\_%')
  AND NOT (p.prosrc IN ('cr_on_behalf', 'cr_in_person')
           AND EXISTS (SELECT FROM pg_proc b
                       WHERE b.pronamespace = p.pronamespace
                         AND b.proname = p.proname || '_by'))
ORDER BY 1;

-- views: no condition of whoever reads one is evaluated before its own
SELECT c.oid::regclass AS no_barrier
FROM pg_class c
JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid
    AND d.deptype = 'e'
JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass
    AND d.refobjid = e.oid AND e.extname = 'cleanroom'
WHERE c.relkind = 'v'
  AND NOT coalesce(c.reloptions && '{security_barrier=true,security_barrier=on}', false)
ORDER BY 1;

-- who has logged in: a function goes by that only where it is said why
SELECT p.oid::regprocedure AS goes_by_session
FROM pg_proc p
JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
    AND d.deptype = 'e'
JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass
    AND d.refobjid = e.oid AND e.extname = 'cleanroom'
WHERE p.prosrc ~ '\msession_user\M' OR p.prosrc = 'cr_in_person'
ORDER BY p.oid::regprocedure::text COLLATE "C";

-- the schema: nobody but superusers creates in it; USAGE is the DBA's to grant
CREATE ROLE regress_cr_anyone;
SELECT has_schema_privilege('regress_cr_anyone', 'cleanroom', 'USAGE') AS usage,
       has_schema_privilege('regress_cr_anyone', 'cleanroom', 'CREATE') AS create;
SET ROLE regress_cr_anyone;
CREATE FUNCTION cleanroom.gate(int) RETURNS bool LANGUAGE sql AS 'SELECT true';
RESET ROLE;

-- whoever calls a function of the extension without values, or with odd ones,
-- gets an answer or an error, and has a session still
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_anyone;
SET ROLE regress_cr_anyone;
DO $$
DECLARE
    called int := 0;
    call text;
BEGIN
    FOR call IN
        SELECT format(CASE p.prokind WHEN 'p' THEN 'CALL %s(%s)'
                                     ELSE 'SELECT %s(%s)' END,
                      p.oid::regproc,
                      (SELECT string_agg(CASE
                           WHEN t::regtype::text ~ '^(any|"any"|internal)'
                           THEN 'NULL'
                           ELSE format('%L::%s', odd.value ->> CASE
                               WHEN t::regtype::text LIKE '%[]' THEN 'array'
                               ELSE t::regtype::text END, t::regtype)
                           END, ', ' ORDER BY n)
                       FROM unnest(p.proargtypes) WITH ORDINALITY a (t, n)))
          FROM pg_proc p, (VALUES
            ('{}'::jsonb),
            ('{"text": "", "name": "", "integer": -1, "bigint": -1, "smallint": -1, "numeric": -1, "double precision": -1, "real": -1,
               "oid": 0, "regclass": 0, "regrole": 0, "regprocedure": 0, "regtype": 0, "bytea": "", "jsonb": [], "json": [],
               "boolean": true, "interval": "-1 day", "array": "{}", "timestamp with time zone": "4714-12-01 BC", "date": "-infinity"}'),
            ('{"text": "%", "name": "a.b", "integer": 2147483647, "bigint": 9223372036854775807, "smallint": 32767, "numeric": "NaN",
               "double precision": "NaN", "real": "Infinity", "oid": 4294967295, "regclass": 4294967295, "regrole": 4294967295,
               "regprocedure": 4294967295, "regtype": 4294967295, "bytea": "\\x00ff", "jsonb": {"a": null}, "json": {"a": null},
               "boolean": false, "interval": "178000000 years", "array": "{NULL}", "timestamp with time zone": "294276-12-31", "date": "infinity"}'),
            ('{"text": "pg_class", "name": "regress_cr_anyone", "integer": 0, "bigint": 0, "smallint": 0, "numeric": "1e999",
               "double precision": "1e-300", "real": "-Infinity", "oid": 1259, "regclass": "pg_class", "regrole": "regress_cr_anyone",
               "regprocedure": 1299, "regtype": 23, "bytea": "\\x0100000000000000000000000000000000000000000000000000000000000000",
               "jsonb": "x", "json": 1, "boolean": true, "interval": "1 s", "array": "{\"\"}",
               "timestamp with time zone": "2024-01-01", "date": "2024-01-01"}')) odd (value)
         WHERE p.pronamespace = 'cleanroom'::regnamespace
    LOOP
        called := called + 1;
        BEGIN
            EXECUTE call;
        EXCEPTION WHEN OTHERS THEN
            IF SQLSTATE LIKE 'XX%' THEN
                RAISE WARNING '%: % %', call, SQLSTATE, SQLERRM;
            END IF;
        END;
    END LOOP;
    IF called < 400 THEN
        RAISE WARNING 'only % functions', called;
    END IF;
END $$;
SELECT current_user AS still_here;
RESET ROLE;

-- other extensions, which need no privilege on their schema, are not made in it
SELECT current_database() AS database \gset
GRANT CREATE ON DATABASE :"database" TO regress_cr_anyone;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_anyone;
CREATE SCHEMA anyones AUTHORIZATION regress_cr_anyone;
SET ROLE regress_cr_anyone;
CREATE EXTENSION hstore SCHEMA cleanroom;
CREATE EXTENSION hstore SCHEMA pg_catalog;
SET search_path = cleanroom, anyones;
CREATE EXTENSION hstore;
SET search_path = pg_catalog, anyones;
CREATE EXTENSION hstore;
CREATE EXTENSION IF NOT EXISTS hstore SCHEMA nowhere;
SET search_path = anyones, cleanroom;
CREATE EXTENSION hstore;
SELECT akeys('a=>1'::hstore);
ALTER EXTENSION hstore SET SCHEMA cleanroom;
DROP EXTENSION hstore;
RESET ROLE;
RESET search_path;
-- those that a superuser has made there are not ours
CREATE EXTENSION hstore SCHEMA cleanroom;
CREATE TYPE anyones.holding AS (a text);
CREATE TABLE anyones.people (id int PRIMARY KEY, city text);
CREATE TABLE anyones.labels (city text PRIMARY KEY, label text);
ALTER TABLE anyones.people OWNER TO regress_cr_anyone;
ALTER TABLE anyones.labels OWNER TO regress_cr_anyone;
INSERT INTO anyones.people SELECT i, 'c' || i % 2 FROM generate_series(1, 100) i;
INSERT INTO anyones.labels VALUES ('c0', 'zero'), ('c1', 'one');
CREATE ROLE regress_cr_asker;
GRANT USAGE ON SCHEMA anyones TO regress_cr_asker;
GRANT SELECT ON anyones.people, anyones.labels TO regress_cr_asker;
SET ROLE regress_cr_anyone;
SELECT cleanroom.protect('anyones.people', 'id', 5, '{city}');
SET ROLE regress_cr_asker;
SELECT label, count(*) FROM anyones.people JOIN anyones.labels USING (city) GROUP BY 1 ORDER BY 1;
RESET ROLE;
CREATE INDEX ON anyones.labels (label) WHERE cleanroom.populate_record(NULL::anyones.holding, 'a=>1'::cleanroom.hstore) IS NOT NULL;
SET ROLE regress_cr_asker;
SELECT label, count(*) FROM anyones.people JOIN anyones.labels USING (city) GROUP BY 1 ORDER BY 1;
RESET ROLE;
SET client_min_messages = error;
DROP SCHEMA anyones CASCADE;
DROP EXTENSION hstore CASCADE;
RESET client_min_messages;
DROP ROLE regress_cr_asker;
REVOKE CREATE ON DATABASE :"database" FROM regress_cr_anyone;

-- a schema that others could have filled is not taken over
DROP EXTENSION cleanroom;
DROP SCHEMA cleanroom;
CREATE SCHEMA cleanroom AUTHORIZATION regress_cr_anyone;
CREATE EXTENSION cleanroom;
ALTER SCHEMA cleanroom OWNER TO CURRENT_USER;
GRANT CREATE ON SCHEMA cleanroom TO regress_cr_anyone;
CREATE EXTENSION cleanroom;
REVOKE CREATE ON SCHEMA cleanroom FROM regress_cr_anyone;
CREATE TABLE cleanroom.tables ();
CREATE EXTENSION cleanroom;
DROP TABLE cleanroom.tables;
CREATE EXTENSION cleanroom;


-- nor are members of its roles that have been there before, without a word
DROP EXTENSION cleanroom;
CREATE ROLE regress_cr_ext_member IN ROLE cleanroom_operator;
CREATE ROLE regress_cr_ext_below IN ROLE regress_cr_ext_member;
GRANT cleanroom_auditor TO regress_cr_anyone WITH ADMIN OPTION;
CREATE EXTENSION cleanroom;
DROP EXTENSION cleanroom;
REVOKE cleanroom_auditor FROM regress_cr_anyone;
DROP ROLE regress_cr_ext_member, regress_cr_ext_below;
ALTER ROLE cleanroom_operator LOGIN;
CREATE EXTENSION cleanroom;
DROP EXTENSION cleanroom;
ALTER ROLE cleanroom_operator NOLOGIN;
CREATE EXTENSION cleanroom;

DROP EXTENSION cleanroom;
DROP SCHEMA cleanroom;
DROP ROLE regress_cr_anyone;
