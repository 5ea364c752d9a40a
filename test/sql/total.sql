-- Total functions: what may run over protected rows cannot fail on a value.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
RESET client_min_messages;
CREATE SCHEMA regress_cr_total;
SET search_path = regress_cr_total, pg_catalog;
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
SET intervalstyle = 'postgres';

CREATE TABLE list AS SELECT * FROM cleanroom.list_total_functions();

-- Each is built in, not volatile, no procedure and no window function, and
-- its twin agrees with it in all that a caller sees.
SELECT count(*) > 700 AS many, count(twin) > 300 AS many_twins FROM list;
SELECT l.function
  FROM list l JOIN pg_proc p ON p.oid = l.function
 WHERE p.oid >= 10000 OR p.provolatile = 'v' OR p.proretset
    OR p.prokind NOT IN ('f', 'a') OR p.pronamespace <> 'pg_catalog'::regnamespace;
SELECT l.twin
  FROM list l
  JOIN pg_proc p ON p.oid = l.function
  JOIN pg_proc t ON t.oid = l.twin
 WHERE t.proname <> 'total_' || p.proname
    OR t.pronamespace <> 'cleanroom'::regnamespace
    OR (t.proargtypes, t.prorettype, t.provolatile, t.prokind)
       <> (p.proargtypes, p.prorettype, p.provolatile, p.prokind)
    OR t.proisstrict <> p.proisstrict
    OR t.proparallel <> 's' OR p.proparallel <> 's';
-- every twin has a comment
SELECT twin FROM list
 WHERE twin IS NOT NULL AND obj_description(twin, 'pg_proc') IS NULL;

-- What an argument of each type is tried with: ordinary values, and extreme.
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE samples (type regtype PRIMARY KEY, vals text[]);
INSERT INTO samples VALUES
('bool', '{t,f}'),
('"char"', '{a,"",~}'),
('int2', '{5,0,-1,32767,-32768,2,-3}'),
('int4', '{5,0,-1,2147483647,-2147483648,2,-3,2020,60000,-1000000}'),
('int8', '{5,0,-1,9223372036854775807,-9223372036854775808,2,-3,3000000000,
           40000}'),
('oid', '{0,1,4294967295}'),
('float4', '{1.5,0,-1,3e38,-3e38,1e-45,NaN,Infinity,-Infinity,7}'),
('float8', '{1.5,0,-1,1.7e308,-1.7e308,5e-324,NaN,Infinity,-Infinity,7,1000,
             1e20}'),
('numeric', '{1.5,0,-1,7,9e131071,-9e131071,1e-16383,NaN,Infinity,-Infinity,
              12345678901234567890,0.001}'),
('text', '{abc,"",a," x ",year,dow,bogus,YYYY-MM-DD,2020-01-31,%b%,"a\\",UTC,
           "9.9.9",123,"FM999 RN",ÄÖé}'),
('varchar', '{abc,"","x   "}'),
('bpchar', '{abc,"","x   "}'),
('name', '{abc,"",select}'),
('bytea', '{"\\\\x","\\\\x00ff"}'),
('date', '{2020-02-29,1970-01-01,infinity,-infinity,5874897-12-31,
           "4713-01-01 BC",294277-01-01}'),
('time', '{00:00,12:34:56.789,24:00}'),
('timetz', '{00:00+00,12:34:56.789-05,24:00+15:59}'),
('timestamp', '{2020-02-29 12:34:56,1970-01-01,infinity,-infinity,
                "294276-12-31 23:59:59.999999","4713-01-01 00:00:00 BC"}'),
('timestamptz', '{2020-02-29 12:34:56+02,1970-01-01 00:00+00,infinity,
                  -infinity,"294276-12-31 23:59:59.999999+00",
                  "4713-01-01 00:00:00+00 BC"}'),
('interval', '{1 day,0,-1 month 3 hours,178000000 years,
               -178000000 years -2147483648 days,2147483647 days,
               9223372036854775807 microseconds}'),
('uuid', '{00000000-0000-0000-0000-000000000000,
           a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}'),
('inet', '{10.0.0.1,10.0.0.0/8,::1,2001:db8::/32}'),
('cidr', '{10.0.0.0/8,::/0}'),
('macaddr', '{08:00:2b:01:02:03,00:00:00:00:00:00}'),
('macaddr8', '{08:00:2b:01:02:03:04:05,00:00:00:00:00:00:00:00}'),
('mood', '{sad,ok,happy}'),
('numeric[]', '{"{}","{1,5,7}","{7,5}","{NULL,1}","{{1,2},{3,4}}",
                "{-Infinity,NaN}"}');

-- All the argument lists that a function is tried with.
CREATE FUNCTION argument_lists(types regtype[]) RETURNS SETOF text
LANGUAGE plpgsql AS $$
DECLARE
    n int := coalesce(array_length(types, 1), 0);
    width int := CASE WHEN n <= 2 THEN 99 WHEN n = 3 THEN 6 WHEN n = 4 THEN 4
                      WHEN n = 5 THEN 3 ELSE 2 END;
    lists text[] := '{""}';
BEGIN
    FOR i IN 1 .. n LOOP
        SELECT array_agg(l || CASE WHEN i > 1 THEN ', ' ELSE '' END
                         || quote_literal(v) || '::' || s.type)
          INTO lists
          FROM unnest(lists) l, samples s, unnest(s.vals[1:width]) v
         WHERE s.type = CASE types[i]
                    WHEN 'anyenum'::regtype THEN 'mood'::regtype
                    WHEN '"any"'::regtype THEN 'numeric'
                    WHEN 'anycompatible'::regtype THEN 'numeric'
                    WHEN 'anynonarray'::regtype THEN 'numeric'
                    WHEN 'anycompatiblearray'::regtype THEN 'numeric[]'
                    ELSE types[i] END;
    END LOOP;
    RETURN QUERY SELECT unnest(lists);
END $$;

-- The result of a call as text, or its error.
CREATE FUNCTION try(call text, OUT result text, OUT error text)
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'SELECT ' || call || '::text' INTO result;
    IF length(result) > 100 THEN
        result := md5(result);
    END IF;
EXCEPTION WHEN others THEN
    error := sqlstate || ' ' || sqlerrm;
END $$;

CREATE FUNCTION calls(function regprocedure)
RETURNS TABLE (arguments text)
LANGUAGE sql AS $$
    SELECT argument_lists(ARRAY(SELECT unnest(proargtypes)::regtype))
      FROM pg_proc WHERE oid = function
$$;

CREATE TABLE tried AS
SELECT l.function, l.twin, c.arguments, o.result, o.error,
       t.result AS twin_result, t.error AS twin_error
  FROM list l
  JOIN pg_proc p ON p.oid = l.function AND p.prokind = 'f'
 CROSS JOIN LATERAL calls(l.function) c
 CROSS JOIN LATERAL try(format('pg_catalog.%I(%s)', p.proname, c.arguments)) o
 CROSS JOIN LATERAL try(format('cleanroom.%I(%s)', 'total_' || p.proname,
                               c.arguments)) t
 WHERE l.twin IS NOT NULL;
INSERT INTO tried
SELECT l.function, NULL, c.arguments, o.result, o.error
  FROM list l
  JOIN pg_proc p ON p.oid = l.function AND p.prokind = 'f'
 CROSS JOIN LATERAL calls(l.function) c
 CROSS JOIN LATERAL try(format('pg_catalog.%I(%s)', p.proname, c.arguments)) o
 WHERE l.twin IS NULL;

-- every function was tried that SQL can call, none without a twin failed
SELECT l.function FROM list l JOIN pg_proc p ON p.oid = l.function
 WHERE p.prokind = 'f' AND p.proargtypes[0] IS DISTINCT FROM 'internal'::regtype
   AND NOT EXISTS (SELECT FROM tried t WHERE t.function = l.function);
SELECT function, arguments, error FROM tried
 WHERE twin IS NULL AND error IS NOT NULL;

-- twins never fail, give the original's result, and NULL where it fails
SELECT twin, arguments, twin_error FROM tried WHERE twin_error IS NOT NULL;
SELECT twin, arguments, result, twin_result, error FROM tried
 WHERE twin IS NOT NULL AND twin_result IS DISTINCT FROM result;

-- An argument that could make a function run out of memory gives NULL; one
-- that is as long and is only measured, cut or compared does not matter.
CREATE TABLE long (t text);
INSERT INTO long VALUES (repeat('x', 33 * 1024 * 1024)), ('X');
SELECT length(cleanroom.total_upper(t)) AS upper,
       length(cleanroom.total_textcat(t, '!')) AS textcat,
       length(t) AS length, left(t, 1) AS left, t < 'y' AS lt
  FROM long ORDER BY length(t);

-- A pattern that goes too deep gives NULL, too.
SELECT cleanroom.total_textlike(repeat('a', 100000), repeat('%a', 100000)) AS t;
SELECT cleanroom.total_gcd(trunc(35::numeric ^ 80000), trunc(34::numeric ^ 80000)) AS t;
SELECT cleanroom.total_gcd(trunc(35::numeric ^ 80000), 49::numeric) AS g, cleanroom.total_lcm(12::numeric ^ 50, 18::numeric) = 12::numeric ^ 50 AS t;

-- Aggregates: those without a twin cannot overflow.
SELECT sum(i), avg(i), var_pop(i), stddev(i)
  FROM unnest('{9223372036854775807,9223372036854775807,
                -9223372036854775808}'::int8[]) i;

-- The twins agree with the originals, alone and merged from parts, where
-- those have a result.
CREATE TABLE numbers (g int, f4 float4, f8 float8, n numeric);
INSERT INTO numbers
SELECT i % 7, i / 3.0, i / 7.0, i / 9.0 FROM generate_series(1, 7000) i;
INSERT INTO numbers
SELECT 10 + i, v[j]::float4, v[j]::float8, v[j]::numeric
  FROM (VALUES (1, '{1}'::text[]), (2, '{1,NULL,3}'), (3, '{NULL,NULL}'),
               (4, '{1,Infinity}'), (5, '{Infinity,1}'),
               (6, '{Infinity,-Infinity}'), (7, '{NaN,1}'), (8, '{1,NaN}'),
               (9, '{0,-0}'), (10, '{1e10,-1e10,5}'), (11, '{-Infinity}'),
               (12, '{NaN}'), (13, '{5,5,5,5}')) s(i, v),
       generate_series(1, array_length(v, 1)) j;
ALTER TABLE numbers SET (parallel_workers = 2);
ANALYZE numbers;
CREATE FUNCTION differences(type text)
RETURNS TABLE (agg text, g int, original text, twin text)
LANGUAGE plpgsql AS $$
DECLARE
    col text := CASE type WHEN 'float4' THEN 'f4' WHEN 'float8' THEN 'f8'
                          ELSE 'n' END;
BEGIN
    FOREACH agg IN ARRAY '{sum,avg,var_pop,var_samp,variance,stddev_pop,
                           stddev_samp,stddev}'::text[]
    LOOP
        RETURN QUERY EXECUTE format(
            'SELECT %1$L::text, g, o::text, t::text FROM (SELECT g, '
            '    pg_catalog.%1$s(%2$s) AS o, cleanroom.total_%1$s(%2$s) AS t '
            '  FROM numbers GROUP BY g) x '
            'WHERE CASE WHEN g < 10 AND %3$L <> ''numeric'' '
            '           THEN abs(o / t - 1) > 1e-6 '
            '           ELSE o IS DISTINCT FROM t END', agg, col, type);
    END LOOP;
END $$;
SELECT type, d.* FROM unnest('{float4,float8,numeric}'::text[]) type,
       differences(type) d;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
EXPLAIN (COSTS OFF)
SELECT cleanroom.total_sum(f4), cleanroom.total_sum(f8),
       cleanroom.total_sum(n), cleanroom.total_avg(f4),
       cleanroom.total_stddev(f8), cleanroom.total_variance(n)
  FROM numbers;
SELECT type, d.* FROM unnest('{float4,float8,numeric}'::text[]) type,
       differences(type) d;

-- pairs of numbers, likewise
CREATE FUNCTION pair_differences()
RETURNS TABLE (agg text, g int, original text, twin text)
LANGUAGE plpgsql AS $$
BEGIN
    FOREACH agg IN ARRAY '{corr,covar_pop,covar_samp,regr_avgx,regr_avgy,
                           regr_intercept,regr_r2,regr_slope,regr_sxx,
                           regr_sxy,regr_syy}'::text[]
    LOOP
        RETURN QUERY EXECUTE format(
            'SELECT %1$L::text, g, o::text, t::text FROM (SELECT g, '
            '    pg_catalog.%1$s(f8, f4 * g) AS o, '
            '    cleanroom.total_%1$s(f8, f4 * g) AS t '
            '  FROM numbers GROUP BY g) x '
            -- the originals' last digits differ as workers share rows
            'WHERE CASE WHEN abs(o) < ''infinity'' AND abs(t) < ''infinity'' '
            '           THEN abs(o - t) > 1e-6 * greatest(abs(o), 1) '
            '           ELSE o IS DISTINCT FROM t END', agg);
    END LOOP;
END $$;
SELECT * FROM pair_differences();
SET max_parallel_workers_per_gather = 0;
SELECT * FROM pair_differences();
SELECT corr(x, y), cleanroom.total_corr(x, y) FROM (VALUES
    (1::float8, 2::float8), (3, 5), (NULL, 1), (4, NULL), (7, 7)) v (x, y);

-- Where the originals fail, the twins are NULL if the result is too large, not
-- if a part of it was, however rows are parted, and whatever comes after.
CREATE TABLE extremes (f4 float4, f8 float8, n numeric);
INSERT INTO extremes
SELECT 3e38, 1e308, 9e131071 FROM generate_series(1, 3000);
INSERT INTO extremes VALUES (1, 1, 1), (-3e38, -1e308, -9e131071);
ALTER TABLE extremes SET (parallel_workers = 2);
ANALYZE extremes;
SELECT sum(f4) FROM extremes;
SELECT sum(f8) FROM extremes;
SELECT sum(n) FROM extremes;
SELECT avg(f8) FROM extremes;
SELECT var_pop(n) FROM extremes;
SET max_parallel_workers_per_gather = 2;
SELECT cleanroom.total_sum(f4) IS NULL AS sum4,
       cleanroom.total_sum(f8) IS NULL AS sum8,
       cleanroom.total_sum(n) IS NULL AS sumn,
       cleanroom.total_avg(f4) IS NULL AS avg4,
       cleanroom.total_avg(f8) AS avg8,
       cleanroom.total_var_pop(f8) AS var_pop8,
       cleanroom.total_var_samp(f8) AS var_samp8,
       cleanroom.total_stddev_pop(f8) AS stddev_pop8,
       cleanroom.total_stddev_samp(f8) AS stddev_samp8,
       cleanroom.total_var_pop(n) AS var_popn
  FROM extremes;
SET max_parallel_workers_per_gather = 0;
SELECT cleanroom.total_sum(f4) IS NULL AS sum4,
       cleanroom.total_sum(f8) IS NULL AS sum8,
       cleanroom.total_sum(n) IS NULL AS sumn,
       cleanroom.total_avg(f8) AS avg8,
       cleanroom.total_var_pop(f8) AS var_pop8,
       cleanroom.total_var_pop(n) AS var_popn
  FROM extremes;
SELECT covar_pop(f8, f8) FROM extremes;
SELECT cleanroom.total_covar_pop(f8, f8), cleanroom.total_corr(f8, f4),
       cleanroom.total_regr_avgx(f8, f4) IS NULL AS avgx,
       cleanroom.total_regr_slope(f4, f8) FROM extremes;
SET max_parallel_workers_per_gather = 2;
SELECT cleanroom.total_covar_pop(f8, f8), cleanroom.total_corr(f8, f4)
  FROM extremes;
SET max_parallel_workers_per_gather = 0;
-- squares may be too large where the sum is not
SELECT avg(x) FROM unnest('{1e200,-1e200,3e200}'::float8[]) x;
SELECT cleanroom.total_avg(x), cleanroom.total_stddev(x)
  FROM unnest('{1e200,-1e200,3e200}'::float8[]) x;
-- what has no twin and may not run over protected rows
SELECT f, cleanroom.find_total(f::regprocedure)
  FROM unnest('{random(),"nextval(regclass)","pg_sleep(float8)",
                "current_setting(text)","pg_read_file(text)",
                "regexp_replace(text,text,text)","int4in(cstring)","repeat(text,int4)",
                "setval(regclass,int8)","pg_catalog.string_agg(text,text)",
                "pg_catalog.array_agg(anynonarray)","md5(text)"}'::text[]) f;
-- a look-alike of the analyst's own
CREATE FUNCTION int4pl(int4, int4) RETURNS int4 LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION total_int4pl(int4, int4) RETURNS int4 LANGUAGE sql AS 'SELECT 1';
SELECT cleanroom.find_total('regress_cr_total.int4pl(int4,int4)'::regprocedure),
       cleanroom.find_total('regress_cr_total.total_int4pl(int4,int4)'::regprocedure);
-- a twin stands for itself
SELECT cleanroom.find_total('cleanroom.total_int4pl(int4,int4)'::regprocedure)::regprocedure;

SET client_min_messages = warning;
DROP SCHEMA regress_cr_total CASCADE;
