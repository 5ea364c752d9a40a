-- Everything that the server of this version can call is judged or refused
-- over protected rows: its functions, operators, aggregates, window functions,
-- casts and types, and whatever an analyst may set or ask the server.  What
-- no list names fails here, until somebody has looked at it.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_owner;
CREATE ROLE regress_cr_analyst;
CREATE SCHEMA regress_cr_complete;
GRANT ALL ON SCHEMA regress_cr_complete TO regress_cr_owner, regress_cr_analyst;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_owner, regress_cr_analyst;
SET search_path = regress_cr_complete, pg_catalog;
CREATE TYPE mood AS ENUM ('sad', 'happy');
SET SESSION AUTHORIZATION regress_cr_owner;
CREATE TABLE people (person int, region text, income int);
SELECT cleanroom.protect('people', 'person', 10, '{region}', '{income}');
GRANT SELECT ON people TO regress_cr_analyst;
CREATE TABLE public_ones AS SELECT 1 AS number, interval '1 day' AS span;
GRANT SELECT ON public_ones TO regress_cr_analyst;
RESET SESSION AUTHORIZATION;

-- A value of any type, as SQL.
CREATE FUNCTION some_value(type regtype) RETURNS text LANGUAGE sql AS $$
    SELECT CASE
        WHEN type::text IN ('"any"', 'anyelement', 'anynonarray', 'anycompatible',
                            'anycompatiblenonarray') THEN 'NULL::int4'
        WHEN type::text IN ('anyarray', 'anycompatiblearray') THEN 'NULL::int4[]'
        WHEN type::text = 'anyenum' THEN 'NULL::regress_cr_complete.mood'
        WHEN type::text IN ('anyrange', 'anycompatiblerange')
            THEN 'NULL::int4range'
        WHEN type::text IN ('anymultirange', 'anycompatiblemultirange')
            THEN 'NULL::int4multirange'
        ELSE format('NULL::%s', type) END
$$;
CREATE FUNCTION some_values(types oidvector) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(some_value(t::regtype), ', ' ORDER BY n), '')
      FROM unnest(types::oid[]) WITH ORDINALITY u(t, n)
$$;

-- What the gate says to an analyst.
CREATE FUNCTION judge(query text, OUT verdict text, OUT code text)
LANGUAGE plpgsql AS $$
BEGIN
    SET LOCAL ROLE regress_cr_analyst;
    SELECT e.verdict, e.code INTO verdict, code FROM cleanroom.explain(query) e;
    RESET ROLE;
END $$;

CREATE TABLE total AS
SELECT function::oid AS oid, twin FROM cleanroom.list_total_functions();

-- functions: those on the list are admitted, all others refused, but for what
-- may be asked of lists that no column is in
CREATE TABLE functions AS
SELECT p.oid, p.prokind, j.*
  FROM pg_proc p,
       judge(format(
           'SELECT count(*) FROM people WHERE pg_catalog.%I(%s) IS NOT NULL',
           proname, some_values(proargtypes))) j
 WHERE pronamespace = 'pg_catalog'::regnamespace AND p.oid < 16384
   AND prokind = 'f' AND NOT 'internal'::regtype = ANY (proargtypes::oid[]);
SELECT count(*) > 2500 AS many, count(*) FILTER (WHERE verdict = 'admitted') > 500
    AS many_admitted FROM functions;
SELECT oid::regprocedure, verdict, code FROM functions
 WHERE (verdict = 'admitted') IS DISTINCT FROM (oid IN (SELECT oid FROM total))
 ORDER BY 1;
SELECT code, count(*) > 0 AS some FROM functions WHERE verdict = 'refused'
 GROUP BY code ORDER BY code;
-- none of them changes anything, or reads more than its arguments
SELECT oid::regprocedure FROM pg_proc
 WHERE oid IN (SELECT oid FROM functions WHERE verdict = 'admitted')
   AND (provolatile = 'v' OR proretset OR proparallel <> 's' OR
        NOT has_function_privilege('regress_cr_analyst', oid, 'EXECUTE'));

-- functions in FROM, beside protected rows
SELECT p.oid::regprocedure
  FROM pg_proc p,
       judge(format('SELECT count(*) FROM people, pg_catalog.%I(%s) AS f(x)
                      WHERE region = f.x::text',
                    proname, some_values(proargtypes))) j
 WHERE pronamespace = 'pg_catalog'::regnamespace AND p.oid < 16384
   AND prokind = 'f' AND NOT 'internal'::regtype = ANY (proargtypes::oid[])
   AND (j.verdict = 'admitted' OR code !~ '^(RC|42|0A)')
 ORDER BY 1;

-- operators, and comparisons of lists that no column is in
SELECT o.oid::regoperator, verdict, code
  FROM pg_operator o,
       judge(format('SELECT count(*) FROM people
                      WHERE (%s OPERATOR(pg_catalog.%s) %s) IS NOT NULL',
                    CASE WHEN oprkind = 'b' THEN some_value(oprleft) END,
                    oprname, some_value(oprright))) j
 WHERE o.oid < 16384 AND oprcode <> 0
   AND (verdict = 'admitted')
       IS DISTINCT FROM (oprcode::oid IN (SELECT oid FROM total))
 ORDER BY 1;

-- aggregates over protected rows, and what may be computed from their results
SELECT p.oid::regprocedure AS admitted
  FROM pg_proc p,
       judge(format('SELECT pg_catalog.%I(%s) FROM people', proname,
                    CASE WHEN pronargs = 0 THEN '*'
                         WHEN proargtypes = '23'::oidvector THEN 'income'
                         ELSE some_values(proargtypes) END)) j
 WHERE prokind = 'a' AND p.oid < 16384 AND verdict = 'admitted'
 ORDER BY 1;
SELECT count(*) > 5 AS ordered_sets, count(*) FILTER (WHERE code LIKE 'RC%') > 5
    AS refused, count(*) FILTER (WHERE verdict = 'admitted') AS admitted
  FROM pg_aggregate a JOIN pg_proc p ON p.oid = a.aggfnoid,
       judge(format('SELECT pg_catalog.%I(%s) WITHIN GROUP (ORDER BY income)
                       FROM people', proname,
                    CASE WHEN aggnumdirectargs = 0 THEN ''
                         WHEN aggkind = 'h' THEN '1'
                         ELSE some_value(proargtypes[0]) END)) j
 WHERE aggkind <> 'n' AND p.oid < 16384;

-- window functions, and aggregates as such
SELECT p.oid::regprocedure
  FROM pg_proc p,
       judge(format('SELECT pg_catalog.%I(%s) OVER () FROM people', proname,
                    CASE WHEN prokind = 'a' AND pronargs = 0 THEN '*'
                         ELSE some_values(proargtypes) END)) j
 WHERE prokind IN ('w', 'a') AND p.oid < 16384
   AND (verdict = 'admitted' OR code !~ '^(RC|42|0A)')
 ORDER BY 1;

-- beside protected rows, over a public table: window functions, aggregates over
-- a window, and ordered sets; with NULL for what has to be a constant, and with 1
SELECT p.oid::regprocedure AS beside, string_agg(DISTINCT one::text, ', ') AS with_one
  FROM pg_proc p, unnest('{f,t}'::bool[]) one,
       judge(format('SELECT count(*) FROM people WHERE EXISTS
                       (SELECT FROM (SELECT pg_catalog.%I(%s) OVER () AS x
                                       FROM public_ones) s WHERE x IS NOT NULL)', proname,
                    CASE WHEN prokind = 'a' AND pronargs = 0 THEN '*'
                         WHEN one THEN regexp_replace(some_values(proargtypes),
                             'NULL::(int4|integer)$|NULL::integer', '1')
                         ELSE some_values(proargtypes) END)) j
 WHERE prokind IN ('w', 'a') AND p.oid < 16384 AND verdict = 'admitted'
   AND (prokind = 'w' OR NOT EXISTS (SELECT FROM total t WHERE t.oid = p.oid))
 GROUP BY p.oid ORDER BY p.oid;
SELECT proname AS beside, sorted, string_agg(DISTINCT direct, ' ') AS with
  FROM pg_aggregate a JOIN pg_proc p ON p.oid = a.aggfnoid,
       unnest(ARRAY['0', '1', '0.5', '1.5', '-1', 'NULL', 'ARRAY[0.5]']) direct,
       unnest('{number,span}'::text[]) sorted,
       judge(format('SELECT count(*) FROM people WHERE EXISTS
                       (SELECT FROM (SELECT pg_catalog.%I(%s) WITHIN GROUP (ORDER BY %I) AS x
                                       FROM public_ones) s WHERE x IS NOT NULL)', proname,
                    CASE WHEN aggnumdirectargs = 0 THEN '' ELSE direct END, sorted)) j
 WHERE aggkind <> 'n' AND p.oid < 16384 AND verdict = 'admitted'
 GROUP BY 1, 2 ORDER BY 1, 2;

-- casts: by a function on the list, or of no effect on the value (those of a
-- type to itself set a length, and without one they do nothing)
SELECT castsource::regtype, casttarget::regtype, castmethod, code
  FROM pg_cast c,
       judge(format('SELECT count(*) FROM people WHERE (%s)::%s IS NOT NULL',
                    some_value(castsource), casttarget::regtype)) j
 WHERE c.oid < 16384 AND castsource <> casttarget
   AND (verdict = 'admitted')
       IS DISTINCT FROM (CASE castmethod
           WHEN 'f' THEN castfunc IN (SELECT oid FROM total)
           WHEN 'b' THEN true ELSE false END)
 ORDER BY 1, 2;
-- casts through text
SELECT string_agg(t.oid::regtype::text, ', ' ORDER BY t.oid) AS to_text
  FROM pg_type t,
       judge(format('SELECT count(*) FROM people WHERE (%s)::text IS NOT NULL',
                    some_value(t.oid))) j
 WHERE t.oid < 16384 AND typtype IN ('b', 'e', 'r', 'm', 'c', 'd')
   AND typelem = 0 AND typname NOT LIKE '\_%' AND verdict = 'admitted';
SELECT string_agg(t.oid::regtype::text, ', ' ORDER BY t.oid) AS from_text
  FROM pg_type t,
       judge(format('SELECT count(*) FROM people WHERE region::%s IS NOT NULL',
                    t.oid::regtype)) j
 WHERE t.oid < 16384 AND typtype IN ('b', 'e', 'r', 'm', 'c', 'd')
   AND verdict = 'admitted';
-- types that no expression over protected rows may have
SELECT typtype, count(*) > 0 AS some, count(*) FILTER (WHERE verdict = 'admitted')
    > 0 AS admitted
  FROM pg_type t,
       judge(format('SELECT count(*) FROM people WHERE (%s) IS NOT NULL',
                    some_value(t.oid))) j
 WHERE t.oid < 16384 AND typtype <> 'p' GROUP BY typtype ORDER BY typtype;

-- a column may be a dimension, filter or join key if its type can be grouped by;
-- four types that only catalogs have are compared as bytea
CREATE FUNCTION may_have_uses(type regtype) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE typed (person int, x %s)', type);
    PERFORM cleanroom.protect('typed', 'person', 10);
    FOR use IN 1..3 LOOP
        PERFORM cleanroom.set_column('typed', 'x',
            ('{dimension,filter,join}'::text[])[use]);
    END LOOP;
    DROP TABLE typed;
    RETURN true;
EXCEPTION WHEN datatype_mismatch THEN
    RETURN false;
END $$;
SELECT string_agg(t.oid::regtype::text, ', ' ORDER BY t.oid)
       FILTER (WHERE may_have_uses) AS with_uses,
       string_agg(t.oid::regtype::text, ', ' ORDER BY t.oid)
       FILTER (WHERE may_have_uses <> (verdict = 'admitted')) AS otherwise
  FROM pg_type t, may_have_uses(t.oid),
       judge(format('SELECT (%s), count(*) FROM people GROUP BY 1',
                    some_value(t.oid))) j
 WHERE (t.oid < 16384 AND typtype IN ('b', 'r', 'm') AND typname NOT LIKE '\_%'
        AND typname <> ALL ('{pg_node_tree,pg_ndistinct,pg_dependencies,pg_mcv_list}'))
    OR t.oid = 'mood'::regtype;

SET client_min_messages = warning;
DROP SCHEMA regress_cr_complete CASCADE;
DROP OWNED BY regress_cr_owner, regress_cr_analyst;
DROP ROLE regress_cr_owner, regress_cr_analyst;
