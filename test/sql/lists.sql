-- Lists of values: IN, NOT IN, = ANY and <> ALL over columns of every type that
-- analysts have.  Each is asked as analyst and as owner, and both must get the
-- same answer.  What casts the list by code of the analyst's is refused.
\set VERBOSITY terse
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_li_owner;
CREATE ROLE regress_cr_li_analyst;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_li_owner, regress_cr_li_analyst;
CREATE SCHEMA regress_cr_li;
GRANT ALL ON SCHEMA regress_cr_li TO regress_cr_li_owner, regress_cr_li_analyst;
SET search_path = regress_cr_li, pg_catalog;
SET DateStyle = 'ISO, YMD';
SET TimeZone = 'UTC';
\pset format unaligned
\pset tuples_only on

SET ROLE regress_cr_li_owner;
CREATE TYPE grade AS ENUM ('low', 'middle', 'high');
CREATE DOMAIN code AS varchar(8);
CREATE DOMAIN label AS text CHECK (VALUE <> '');
CREATE DOMAIN share AS numeric(5,2);
CREATE TABLE visits (
    person int NOT NULL, page varchar(20), site varchar, code code,
    label label, note text, nick name, zip char(5), kind "char", grade grade,
    rate numeric(5,2), share share, n int, small smallint, big bigint,
    score float8, ratio real, day date, at timestamp, atz timestamptz,
    clock time, span interval, token uuid, flag boolean);
INSERT INTO visits
SELECT i % 90, CASE WHEN i % 7 > 0 THEN 'p' || i % 3 END, 's' || i % 3,
       'c' || i % 3, 'l' || i % 3, 'n' || i % 3, 'k' || i % 3, 'z' || i % 3,
       (i % 3)::text::"char", (enum_range(NULL::grade))[1 + i % 3],
       i % 3 + 0.5, i % 3 + 0.5, i % 3, i % 3, i % 3, i % 3, i % 3,
       date '2024-01-01' + i % 3, timestamp '2024-01-01' + i % 3 * interval '1 day',
       timestamptz '2024-01-01' + i % 3 * interval '1 day',
       time '10:00' + i % 3 * interval '1 hour', i % 3 * interval '1 day',
       ('00000000-0000-0000-0000-00000000000' || i % 3)::uuid, i % 3 = 0
  FROM generate_series(1, 900) i;
SELECT cleanroom.protect('visits', 'person', 10, dimensions => ARRAY(
    SELECT attname FROM pg_attribute WHERE attrelid = 'visits'::regclass
       AND attnum > 1), join_keys => '{person}');
GRANT SELECT ON visits TO regress_cr_li_analyst;
RESET ROLE;

CREATE FUNCTION ask(condition text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    given text;
    told text;
    statement text := 'SELECT count(*) FROM visits WHERE ' || condition;
BEGIN
    SET LOCAL ROLE regress_cr_li_owner;
    EXECUTE statement INTO told;
    SET LOCAL ROLE regress_cr_li_analyst;
    BEGIN
        EXECUTE statement INTO given;
    EXCEPTION WHEN OTHERS THEN
        given := SQLSTATE || ' ' || SQLERRM;
    END;
    RESET ROLE;
    RETURN CASE WHEN given = told THEN 'same: ' || condition
           ELSE condition || ': ' || coalesce(given, 'nothing') END;
END $$;

-- strings of every kind, domains among them
SELECT ask(replace(condition, 'NOT', negation))
  FROM unnest('{NOT,""}'::text[]) negation, unnest(ARRAY[
    'page NOT IN (''p0'', ''p1'')',
    'page NOT IN (''p0''::varchar, ''p1''::varchar(3))',
    'page NOT IN (''p0''::varchar, ''p1''::text)',
    'page NOT IN (''p0'', NULL) IS NOT FALSE',
    'coalesce(page, ''-'') NOT IN (''-'', ''p1'')',
    'page COLLATE "C" NOT IN (''p0'', ''p1'')',
    'NOT page = ANY (ARRAY[''p0'', ''p1''])',
    'NOT page = ANY (ARRAY[''p0'', ''p1'']::varchar[])',
    'NOT page = ANY (ARRAY[''p0'', ''p1'']::varchar(1)[])',
    'NOT page = ANY (''{p0,p1}''::varchar[])',
    'NOT page = ANY (''{p0,p1}''::name[])',
    'NOT page <> ALL (''{p0,p1}''::varchar[])',
    'NOT page LIKE ANY (''{%0,%1}''::varchar[])',
    'site NOT IN (''s0'', ''s1'')',
    'code NOT IN (''c0'', ''c1'')',
    'code NOT IN (''c0''::text, ''c1'')',
    'label NOT IN (''l0'', ''l1'')',
    'note NOT IN (''n0'', ''n1''::varchar)',
    'nick NOT IN (''k0'', ''k1'')',
    'NOT nick = ANY (''{k0,k1}''::text[])',
    'NOT nick = ANY (''{k0,k1}''::varchar[])',
    'zip NOT IN (''z0'', ''z1'')',
    'NOT zip = ANY (''{z0,z1}''::varchar[])',
    'kind NOT IN (''0'', ''1'')',
    'grade NOT IN (''low'', ''high'')',
    'NOT grade = ANY (''{low,high}''::grade[])',
    'NOT grade::text = ANY (''{low,high}''::varchar[])',
    '(page, site) NOT IN ((''p0'', ''s0''), (''p1'', ''s2''))']) condition
 ORDER BY negation, condition;
-- numbers, times and the rest
SELECT ask(condition) FROM unnest(ARRAY[
    'rate IN (0.5, 1.5)',
    'rate IN (0.5::numeric(4,2), 1.5)',
    'rate = ANY (ARRAY[0.5, 1.5]::numeric(9,1)[])',
    'rate - 0.5 = ANY (ARRAY[1, 2])',
    'rate - 0.5 = ANY (''{1,2}''::bigint[])',
    'share IN (0.5, 1.5)',
    'share = ANY (ARRAY[0.5, 1.5]::numeric[])',
    'n IN (1, 2.0)',
    'n = ANY (''{1,2}''::smallint[])',
    'n = ANY (ARRAY[''1'', ''2'']::varchar[]::int[])',
    'n::text = ANY (ARRAY[1, 2]::text[])',
    'small IN (1, 2)',
    'big IN (1, 20000000000)',
    'score IN (1, 2.0)',
    'score = ANY (ARRAY[1, 2])',
    'ratio IN (1, 2)',
    'ratio = ANY (ARRAY[1, 2.0])',
    'day IN (''2024-01-01'', date ''2024-01-02'')',
    'day IN (timestamp ''2024-01-01'', date ''2024-01-02'')',
    'day = ANY (''{2024-01-01,2024-01-02}''::timestamp[])',
    'day = ANY (''{2024-01-01,2024-01-02}''::text[]::date[])',
    'at IN (''2024-01-01'', date ''2024-01-02'')',
    'atz IN (''2024-01-01'', timestamptz ''2024-01-02'')',
    'clock IN (''10:00'', ''11:00'')',
    'span IN (''1 day'', ''24 hours'', ''2 days'')',
    'token IN (''00000000-0000-0000-0000-000000000000'', ''00000000-0000-0000-0000-000000000001'')',
    'token = ANY (ARRAY[''00000000-0000-0000-0000-000000000000'', ''00000000-0000-0000-0000-000000000001'']::uuid[])',
    'token::text = ANY (ARRAY[''00000000-0000-0000-0000-000000000000'']::varchar[])',
    'flag IN (true, NULL)']) condition;
-- released values in the list
SELECT ask('page = ANY (ARRAY[(SELECT min(p) FROM (SELECT page AS p, count(*) FROM visits WHERE page IS NOT NULL GROUP BY page) x), ''p1'']::varchar[])');

-- in FILTER, CASE, GROUP BY, HAVING; as parameters
SET ROLE regress_cr_li_analyst;
SELECT count(*) FILTER (WHERE page IN ('p0', 'p1')),
       count(CASE WHEN code IN ('c0', 'c2') THEN 1 END),
       sum(CASE WHEN site NOT IN ('s0', 's1') THEN 1 ELSE 0 END) FROM visits;
SELECT CASE WHEN site IN ('s0', 's1') THEN 'a' ELSE 'b' END, count(*)
  FROM visits GROUP BY 1 ORDER BY 1;
SELECT site, count(*) FROM visits GROUP BY site
HAVING site IN ('s0', 's1') ORDER BY 1;
PREPARE two(varchar, varchar) AS SELECT count(*) FROM visits WHERE site IN ($1, $2);
EXECUTE two('s0', 's1');
PREPARE three AS SELECT count(*) FROM visits WHERE site IN ($1, $2, $3);
EXECUTE three('s0', 's1', 's2');
PREPARE list(varchar[]) AS SELECT count(*) FROM visits WHERE site = ANY ($1);
EXECUTE list('{s0,s1}');
EXECUTE list(array_fill('s0'::varchar, '{300000}'));
PREPARE cast_list(text[]) AS SELECT count(*) FROM visits WHERE site = ANY ($1::varchar(2)[]);
EXECUTE cast_list('{s0,s1}');
SET plan_cache_mode = force_generic_plan;
EXECUTE list('{s0,s1}');
EXECUTE cast_list('{s0,s1}');
RESET plan_cache_mode;

-- outside: what may become too long once there is a row
PREPARE padded(text[]) AS SELECT count(*) FROM visits WHERE site = ANY ($1::char(400000)[]);
EXECUTE padded(array_fill('s0'::text, '{5000}'));
PREPARE digits(numeric[]) AS SELECT count(*) FROM visits WHERE site = ANY ($1::text[]);
EXECUTE digits(array_fill(1e131071, '{20000}'));
-- inside: numbers of few digits, texts that are cut off
PREPARE numbers(int[]) AS SELECT count(*) FROM visits WHERE n::text = ANY ($1::varchar[]);
EXECUTE numbers('{1,2}');

-- outside: elements cast by the analyst's own code, or that only some rows
-- could make fail; lists of people; arrays of columns
CREATE DOMAIN mine AS varchar CHECK (VALUE <> 's0');
CREATE FUNCTION tell(text) RETURNS varchar LANGUAGE plpgsql AS
    $$ BEGIN RAISE WARNING 'told'; RETURN $1; END $$;
CREATE TYPE word AS (w text);
CREATE FUNCTION tell(word) RETURNS text LANGUAGE plpgsql AS
    $$ BEGIN RAISE WARNING 'told'; RETURN $1.w; END $$;
CREATE CAST (word AS text) WITH FUNCTION tell(word);
SELECT code, reason, hint FROM cleanroom.explain($$
SELECT count(*) FROM visits WHERE site = ANY ('{s0,s1}'::text[]::mine[]);
SELECT count(*) FROM visits WHERE site = ANY (ARRAY[ROW('s0')]::word[]::text[]);
SELECT count(*) FROM visits WHERE site = ANY (ARRAY[tell('s0'), 's1']::varchar[]);
SELECT count(*) FROM visits WHERE site = ANY (ARRAY[page, code]::varchar[]);
SELECT count(*) FROM visits WHERE n::text = ANY (ARRAY[n, small]::text[]);
SELECT count(*) FROM visits WHERE n = ANY (ARRAY[ARRAY[n], ARRAY[1, 2]]);
SELECT count(*) FROM visits WHERE n = ANY (ARRAY['{1}'::int[], ARRAY[1, 2]]::bigint[]);
SELECT count(*) FILTER (WHERE CASE WHEN site = 's0' THEN n = ANY (ARRAY[ARRAY[n], ARRAY[1, 2]]) END) FROM visits;
SELECT width_bucket(n, ARRAY[ARRAY[1], ARRAY[2, 3]]), count(*) FROM visits GROUP BY 1;
SELECT count(*) FROM visits WHERE person IN (1, 2);
SELECT count(*) FROM visits WHERE person = ANY ('{1,2}'::varchar[]::int[]);
SELECT count(*) FROM visits WHERE person::text IN ('1'::varchar, '2');
$$);

RESET ROLE;
DEALLOCATE ALL;
RESET search_path;
DROP SCHEMA regress_cr_li CASCADE;
DROP OWNED BY regress_cr_li_owner, regress_cr_li_analyst;
DROP ROLE regress_cr_li_owner, regress_cr_li_analyst;
