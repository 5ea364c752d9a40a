-- Casts of text to other types over protected rows: what a cast gives where
-- it gives anything, NULL where it would raise an error.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
RESET client_min_messages;
CREATE ROLE regress_cr_casts;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_casts;
CREATE SCHEMA regress_cr_casts;
GRANT USAGE ON SCHEMA regress_cr_casts TO regress_cr_casts;
SET search_path = regress_cr_casts, pg_catalog;
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
SET intervalstyle = 'postgres';

-- every text as every type: the twin against the cast itself
CREATE TABLE texts (id serial PRIMARY KEY, t text);
INSERT INTO texts (t)
SELECT unnest('{"",1,-1," 7 ",007,1.5,1e3,1e400,-1e-400,NaN,Infinity,0x1F,1_000,
    32767,32768,2147483647,2147483648,9223372036854775807,9223372036854775808,
    t,true,yes,off,maybe,2024-02-29,2023-02-29,29.02.2024,20240229,
    5874897-12-31,5874898-01-01,infinity,2024-02-29 12:34:56,
    2024-02-29 12:34:56+02,2024-02-29 12:34:56 Europe/Berlin,
    2024-02-29 12:34:56 Nowhere/Land,24:00:00,25:00:00,12:34:56.789,
    3 days,1 mon -2 days,P1Y2M,99999999999 years,one week,
    00000000-0000-8000-8000-000000000000,00000000-0000-8000-8000-00000000000,
    "{1}",(1),abc,ÄÖé,select}'::text[]);
CREATE FUNCTION plain(t text, type regtype) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    EXECUTE format('SELECT ($1::%s)::text', type) INTO result USING t;
    RETURN result;
EXCEPTION WHEN OTHERS THEN
    RETURN NULL;
END $$;
CREATE FUNCTION twin(t text, type regtype) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    EXECUTE format('SELECT cleanroom.%I($1)::text', 'total_cast_' ||
        (SELECT typname FROM pg_type WHERE oid = type)) INTO result USING t;
    RETURN result;
END $$;
CREATE TABLE types AS SELECT unnest('{bool,int2,int4,int8,numeric,float4,
    float8,date,time,timestamp,timestamptz,interval,uuid}'::regtype[]) AS type;
SELECT type, t FROM texts, types
 WHERE twin(t, type) IS DISTINCT FROM plain(t, type);
SELECT type, count(*) > 5 AS some_fail, count(twin(t, type)) > 0 AS some_do_not
  FROM texts, types GROUP BY type ORDER BY type;
SELECT cleanroom.total_cast_int4(NULL) IS NULL AS "null",
       cleanroom.total_cast_int4(repeat('1', 33 * 1024 * 1024)) IS NULL AS long;

-- over protected rows, some of which hold what is no number or date
CREATE TABLE people (
    person int PRIMARY KEY, zip char(5) NOT NULL, code varchar(10), born text,
    note text, weight numeric NOT NULL);
INSERT INTO people
SELECT p, lpad((p % 4 * 1000 + p % 3)::text, 5, '0'),
       CASE p % 5 WHEN 0 THEN 'n/a' WHEN 1 THEN NULL ELSE (p % 5)::text END,
       CASE WHEN p % 6 = 0 THEN 'unknown' ELSE (1950 + p % 6 * 10)::text || '-02-03'
       END, CASE WHEN p = 17 THEN 'nobody else' ELSE '1' END, p
  FROM generate_series(1, 240) p;
SELECT cleanroom.protect('people', 'person', 10,
    dimensions => '{zip,code,born}', measures => '{weight}', filters => '{note}');
GRANT SELECT ON people TO regress_cr_casts;
SET ROLE regress_cr_casts;
SET client_min_messages = warning;
SELECT zip::int / 1000 AS area, count(*) FROM people GROUP BY 1 ORDER BY 1;
SELECT code::smallint AS code, count(*), sum(weight) FROM people
 GROUP BY 1 ORDER BY 1;
SELECT extract(year FROM born::date) AS year, count(*) FROM people
 GROUP BY 1 ORDER BY 1;
SELECT extract(decade FROM CAST(born AS timestamp))::int AS decade, count(*)
  FROM people WHERE born::date < '1990-01-01' GROUP BY 1 ORDER BY 1;
SELECT count(*) FROM people
 WHERE born::date > timestamp '2000-01-01' - (30 || ' years')::interval;
SELECT count(*) FILTER (WHERE code::numeric(3, 1) >= 3) FROM people;
SELECT extract(year FROM age(date '2024-01-01', born::date)) AS age, count(*)
  FROM people GROUP BY 1 ORDER BY 1;
SELECT bool_and(n = (SELECT count(*) FROM people WHERE extract(year FROM
       age(born::timestamp)) > 0)), count(*) > 0
  FROM (SELECT count(*) AS n FROM people
         WHERE extract(year FROM age(born::date)) > 0) a;

-- one person's text cannot be read, or is the only one that can: no error
-- tells, nor does a count
SELECT count(*) FROM people WHERE note::int = 1;
SELECT count(*) FROM people WHERE note::date IS NOT NULL;
SELECT count(*) FROM people WHERE note::int IS NULL;
SELECT note::int, count(*) FROM people GROUP BY 1;
SELECT 1 / note::int, count(*) FROM people GROUP BY 1;

-- not on the list: types of the analyst's own, and those that ask the catalogs
SELECT code, reason FROM cleanroom.explain($$
SELECT zip::regclass, count(*) FROM people GROUP BY 1;
SELECT zip::regrole, count(*) FROM people GROUP BY 1;
SELECT born::json::text, count(*) FROM people GROUP BY 1;
SELECT born::int[], count(*) FROM people GROUP BY 1;
SELECT born::money, count(*) FROM people GROUP BY 1;
SELECT born::information_schema.cardinal_number, count(*) FROM people GROUP BY 1;
SELECT sum(born::int) FROM people;
SELECT sum(weight::text::int) FROM people;
$$);
RESET ROLE;

-- what a change of settings does to the reading of dates is done for all
SET ROLE regress_cr_casts;
PREPARE dated AS SELECT count(*) FROM people WHERE born::date >= '1960-03-02';
EXECUTE dated;
SET datestyle = 'ISO, DMY';
EXECUTE dated;
RESET ROLE;

SET client_min_messages = warning;
DROP SCHEMA regress_cr_casts CASCADE;
RESET search_path;
DROP OWNED BY regress_cr_casts;
DROP ROLE regress_cr_casts;
