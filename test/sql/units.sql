-- cleanroom.units(): distinct privacy units, up to a threshold.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
RESET client_min_messages;
CREATE SCHEMA regress_cr_units;
SET search_path = regress_cr_units, pg_catalog;

-- one short of the threshold, the threshold, beyond it
SELECT cleanroom.units(i, 50) FROM generate_series(1, 49) i;
SELECT cleanroom.units(i, 50) FROM generate_series(1, 50) i;
SELECT cleanroom.units(i, 50) FROM generate_series(1, 5000) i;

-- no rows and no units look alike; NULL is nobody
SELECT cleanroom.units(i, 50) FROM generate_series(1, 0) i;
SELECT cleanroom.units(NULL::int, 50) FROM generate_series(1, 99) i;
SELECT cleanroom.units(nullif(i, 7), 8) FROM generate_series(1, 8) i;
SELECT cleanroom.units(i, 50) FILTER (WHERE i > 90) FROM generate_series(1, 99) i;

-- the smallest threshold, and those that are none
SELECT cleanroom.units(i, 1) FROM generate_series(1, 9) i;
SELECT cleanroom.units(i, 0) FROM generate_series(1, 9) i;
SELECT cleanroom.units(i, -1) FROM generate_series(1, 9) i;
SELECT cleanroom.units(i, 67108865) FROM generate_series(1, 9) i;
SELECT cleanroom.units(i, NULL) FROM generate_series(1, 9) i;

-- Many rows of few units, whatever the order they come in: for each number
-- of units and each threshold, as count(DISTINCT) would have it.
CREATE TABLE answers AS
SELECT n, t,
       (SELECT cleanroom.units(i % n, t)
          FROM generate_series(1, 3000) i) AS in_turn,
       (SELECT cleanroom.units(i / (3000 / n + 1), t)
          FROM generate_series(0, 2999) i) AS in_runs
  FROM unnest('{1,2,3,13,14,15,49,50,51,61,62,63,96,127,128,129,192,255,256,
               257,1000,2999,3000}'::int[]) n,
       unnest('{1,2,3,13,14,15,50,62,63,127,128,129,200,256,500,2999,3000,
               3001,1000000}'::int[]) t;
SELECT count(*) AS cases,
       count(*) FILTER (WHERE in_turn <> least(n, t)) AS wrong_in_turn,
       count(*) FILTER (WHERE in_runs <> least(
           (SELECT count(DISTINCT i / (3000 / n + 1))
              FROM generate_series(0, 2999) i), t)) AS wrong_in_runs
  FROM answers;

-- every type of unit: ten of each, each twice
CREATE TYPE mood AS ENUM ('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j');
CREATE DOMAIN person AS int;
SELECT cleanroom.units(i::int2, 99) AS int2,
       cleanroom.units(i, 99) AS int4,
       cleanroom.units(i::int8 << 33, 99) AS int8,
       cleanroom.units(i::oid, 99) AS oid,
       cleanroom.units(i::person, 99) AS domain,
       cleanroom.units(i / 7.0, 99) AS numeric,
       cleanroom.units(i::float4, 99) AS float4,
       cleanroom.units(i::float8, 99) AS float8,
       cleanroom.units('x' || i, 99) AS text,
       cleanroom.units(i::text::varchar, 99) AS varchar,
       cleanroom.units(i::text::char(5), 99) AS bpchar,
       cleanroom.units(i::text::name, 99) AS name,
       cleanroom.units(decode(lpad(i::text, 4, '0'), 'hex'), 99) AS bytea,
       cleanroom.units(lpad(i::text, 32, '0')::uuid, 99) AS uuid,
       cleanroom.units('2020-01-01'::date + i, 99) AS date,
       cleanroom.units('2020-01-01'::timestamp + i * '1 s'::interval, 99)
           AS timestamp,
       cleanroom.units('2020-01-01'::timestamptz + i * '1 s'::interval, 99)
           AS timestamptz,
       cleanroom.units('12:00'::time + i * '1 s'::interval, 99) AS time,
       cleanroom.units(i * '1 day'::interval, 99) AS interval,
       cleanroom.units(('10.0.0.' || i)::inet, 99) AS inet,
       cleanroom.units(chr(96 + i)::mood, 99) AS enum,
       cleanroom.units(ARRAY[i, 1], 99) AS "array"
  FROM generate_series(1, 10) i, generate_series(1, 2) twice
 \gx
SELECT cleanroom.units(i > 5, 99) AS bool FROM generate_series(1, 10) i;
SELECT cleanroom.units(point(i, i), 99) FROM generate_series(1, 10) i;

-- what the type's = calls equal is one unit
SELECT cleanroom.units(x, 9) AS numeric FROM (VALUES (1.0), (1.00), (1)) v(x);
SELECT cleanroom.units(x, 9) AS bpchar
  FROM (VALUES ('a'::char(3)), ('a '::char(2)), ('a'::char(1))) v(x);
SELECT cleanroom.units(x, 9) AS float8
  FROM (VALUES (0.0::float8), ('-0'), ('NaN'), ('NaN')) v(x);
SELECT cleanroom.units(x, 9) AS interval
  FROM (VALUES ('1 mon'::interval), ('30 days'), ('720 hours')) v(x);
SELECT cleanroom.units(x, 9) AS text
  FROM (VALUES ('a'), ('A'), ('a '), ('')) v(x);

-- a wide value, compressed and stored apart
CREATE TABLE wide (u text);
ALTER TABLE wide ALTER u SET STORAGE EXTERNAL;
INSERT INTO wide SELECT repeat(i::text, 5000) FROM generate_series(1, 5) i;
INSERT INTO wide SELECT repeat(i::text, 5000) FROM generate_series(1, 5) i;
SELECT cleanroom.units(u, 9) FROM wide;

-- Merge equals aggregating the concatenation: partial states of parallel
-- workers, which share the rows out anew in each run.
CREATE TABLE visits (g int, u int, v text);
INSERT INTO visits
SELECT i % 10, i * 7 % (i % 10 * 20 + 1), 'v' || i * 7 % (i % 10 * 20 + 1)
  FROM generate_series(1, 20000) i;
ALTER TABLE visits SET (parallel_workers = 2);
ANALYZE visits;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
EXPLAIN (COSTS OFF)
SELECT g, cleanroom.units(u, 50) FROM visits GROUP BY g;
CREATE TEMP VIEW compared AS
SELECT g, t,
       count(DISTINCT u) AS distinct_units
  FROM visits, unnest('{1, 20, 50, 150, 181, 1000}'::int[]) t
 GROUP BY g, t;
SELECT c.t, count(*) AS groups,
       count(*) FILTER (WHERE m.u <> least(c.distinct_units, c.t)
                           OR m.v <> m.u) AS wrong
  FROM compared c
  JOIN (SELECT g, 1 AS t, cleanroom.units(u, 1) AS u,
               cleanroom.units(v, 1) AS v FROM visits GROUP BY g
        UNION ALL
        SELECT g, 20, cleanroom.units(u, 20), cleanroom.units(v, 20)
          FROM visits GROUP BY g
        UNION ALL
        SELECT g, 50, cleanroom.units(u, 50), cleanroom.units(v, 50)
          FROM visits GROUP BY g
        UNION ALL
        SELECT g, 150, cleanroom.units(u, 150), cleanroom.units(v, 150)
          FROM visits GROUP BY g
        UNION ALL
        SELECT g, 181, cleanroom.units(u, 181), cleanroom.units(v, 181)
          FROM visits GROUP BY g
        UNION ALL
        SELECT g, 1000, cleanroom.units(u, 1000), cleanroom.units(v, 1000)
          FROM visits GROUP BY g) m USING (g, t)
 GROUP BY c.t ORDER BY c.t;
-- one group only, and a part without any unit
SELECT cleanroom.units(u, 180) FROM visits;
SELECT cleanroom.units(u, 50) FROM visits WHERE g < 0;
SELECT cleanroom.units(nullif(u, 0), 50) FROM visits WHERE g = 0;
RESET max_parallel_workers_per_gather;

-- The planner hashes where it hashes without the counter.
SET max_parallel_workers_per_gather = 0;
CREATE TABLE many (g int, u int);
INSERT INTO many SELECT i % 20000, i FROM generate_series(1, 60000) i;
ANALYZE many;
EXPLAIN (COSTS OFF) SELECT g, count(*) FROM many GROUP BY g;
EXPLAIN (COSTS OFF) SELECT g, count(*) FROM many GROUP BY g
  HAVING cleanroom.units(u, 50) >= 50;

-- hash and sort, in memory and spilled, agree
SET work_mem = '64kB';
SELECT n, count(*) FROM (SELECT cleanroom.units(u, 50) AS n FROM many
                          GROUP BY g) x GROUP BY n;
SET enable_hashagg = off;
SELECT n, count(*) FROM (SELECT cleanroom.units(u, 50) AS n FROM many
                          GROUP BY g) x GROUP BY n;
RESET enable_hashagg;
RESET work_mem;

-- as a window function, the count up to each row
SELECT i, cleanroom.units(i / 2, 3) OVER (ORDER BY i)
  FROM generate_series(1, 8) i;

-- its parts cannot be called
-- (minor releases of the server find different words for it)
DO $$
DECLARE
    call text;
BEGIN
    FOREACH call IN ARRAY ARRAY['transition(NULL, 1, 2)',
        'combine(NULL, NULL)', 'result(NULL)', 'serialize(NULL)',
        $c$deserialize('\x01020304', NULL)$c$]
    LOOP
        PERFORM ('cleanroom.units_' || split_part(call, '(', 1))::regproc;
        BEGIN
            EXECUTE 'SELECT cleanroom.units_' || call;
            RAISE NOTICE '% was called', call;
        EXCEPTION WHEN undefined_function OR feature_not_supported THEN
            RAISE NOTICE '% was not called', call;
        END;
    END LOOP;
END $$;

-- cleanroom.enough(): true, or one text
SELECT cleanroom.enough(true, 50);
SELECT g FROM (VALUES (1), (2)) v(g) GROUP BY g
HAVING cleanroom.enough(count(*) > 0, 50) ORDER BY g;
\set VERBOSITY default
SELECT cleanroom.enough(false, 50);
\set VERBOSITY terse
SELECT cleanroom.enough(NULL, 50);
DO $$
BEGIN
    PERFORM cleanroom.enough(false, 50);
EXCEPTION WHEN SQLSTATE 'RC008' THEN
    RAISE NOTICE 'RC008';
END $$;
-- it is not evaluated before its rows are: nothing comes, nothing fails
SELECT 1 FROM many WHERE g < 0 AND cleanroom.enough(false, 50);
EXPLAIN (COSTS OFF) SELECT 1 WHERE cleanroom.enough(false, 50);
-- and stays above the aggregate, even where it does not depend on one
EXPLAIN (COSTS OFF) SELECT g FROM many GROUP BY g
HAVING cleanroom.enough(g > 0, 50);

-- how many people have another value than the commonest, up to the threshold, where there is no second factor
SELECT name, cleanroom.unlike(value, NULL::int, position, 5) FROM (VALUES
    ('all alike', '{1,1,1,1,1,1,1,1}'::float8[]), ('one is not', '{1,1,1,1,2,1,1,1}'), ('two are not', '{3,1,1,2,1,1,1}'),
    ('the commonest comes late', '{2,3,1,1,1,1}'), ('two and two', '{2,2,1,1}'), ('many', '{1,2,3,1,2,3,1,2,3,1,2,3}'),
    ('more values than five', '{1,2,3,4,5,6,6,6,6}'), ('nulls are none', '{1,NULL,1,NULL}'), ('nulls alone', '{NULL}'),
    ('zeros and NaN', '{0,-0,NaN,NaN,0,-0}')) v (name, list), unnest(list) WITH ORDINALITY u (value, position) GROUP BY name ORDER BY name;
SELECT cleanroom.unlike(value, NULL::int, value, 5) FROM generate_series(1, 0) value;
SELECT cleanroom.unlike(value, NULL::int, value, 0) FROM generate_series(1, 3) value;
SELECT cleanroom.unlike(value, NULL::int, value, NULL) FROM generate_series(1, 3) value;
SELECT cleanroom.unlike(value, NULL::int, point(1, 1), 5) FROM generate_series(1, 3) value;
SELECT cleanroom.unlike(value % 7, NULL::int, value, 1000), cleanroom.unlike(value, value, value, 1000), cleanroom.unlike(1, value, value, 1000),
    cleanroom.unlike(value % 7, 1, NULL::text, 1000), cleanroom.unlike(value, 1.00 * (value % 2), value::text, 1000)
FROM generate_series(1, 7000) value;
-- people, not rows: many of one's rows differ; different ones of many people's
SELECT cleanroom.unlike((i % 20 = 7)::int, NULL::int, i % 20, 5), cleanroom.unlike((i / 20 = 7)::int, NULL::int, i % 20, 5) FROM generate_series(1, 1000) i;
-- and who have neither of two values: the 20th alone has another count and another cost
SELECT cleanroom.unlike(CASE WHEN i <= 20 THEN 2 ELSE 1 END, CASE WHEN i BETWEEN 20 AND 60 THEN i ELSE 0 END, i, 5),
    cleanroom.unlike(CASE WHEN i <= 20 THEN 2 ELSE 1 END, CASE WHEN i BETWEEN 21 AND 60 THEN i ELSE 0 END, i, 5)
FROM generate_series(1, 100) i;
-- as counted one by one, in groups of few and of many values, each factor often the same, or never; of rows and of people of a few rows
CREATE TABLE pairs AS
SELECT g, i / (1 + g % 4) AS person, (CASE WHEN random() < g % 5 / 5.0 THEN 0 ELSE floor(random() * (1 + g)) END)::float8 AS x,
    (CASE WHEN random() < g % 7 / 7.0 THEN 0 ELSE floor(random() * (1 + g % 11)) END)::numeric AS y
FROM generate_series(1, 40) g, generate_series(1, 2 * g) i;
ANALYZE pairs;
CREATE VIEW counted AS
WITH xs AS (SELECT DISTINCT g, x FROM pairs UNION SELECT g, -1 FROM pairs),
    ys AS (SELECT DISTINCT g, y FROM pairs UNION SELECT g, -1 FROM pairs),
    neither AS (SELECT g, (SELECT count(DISTINCT person) FROM pairs p WHERE p.g = xs.g AND p.x <> xs.x AND p.y <> ys.y) AS people
                FROM xs JOIN ys USING (g))
SELECT g, least(min(people) FILTER (WHERE people > 0), 9) AS people FROM neither GROUP BY g;
SELECT count(*), count(*) FILTER (WHERE people < 9) > 5 AS some_few, count(*) FILTER (WHERE people = 9) > 5 AS some_enough,
    count(*) FILTER (WHERE people <> (SELECT cleanroom.unlike(x, y, person, 9) FROM pairs p WHERE p.g = c.g)) AS wrong,
    count(*) FILTER (WHERE people <> (SELECT cleanroom.unlike(y, x, person, 9) FROM pairs p WHERE p.g = c.g)) AS wrong_swapped
FROM counted c;
SELECT count(*) FILTER (WHERE people < 9) > 5 AS some_few, count(*) FILTER (WHERE people <> (SELECT cleanroom.unlike(x, NULL::int, person, 9) FROM pairs p WHERE p.g = c.g)) AS wrong
FROM (SELECT g, least(min(people) FILTER (WHERE people > 0), 9) AS people
      FROM (SELECT xs.g, (SELECT count(DISTINCT person) FROM pairs p WHERE p.g = xs.g AND p.x <> xs.x) AS people
            FROM (SELECT DISTINCT g, x FROM pairs UNION SELECT g, -1 FROM pairs) xs) n GROUP BY g) c;
-- the same in parallel workers
ALTER TABLE pairs SET (parallel_workers = 2);
SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT g, cleanroom.unlike(x, y, person, 9) FROM pairs GROUP BY g;
SELECT count(*) AS wrong FROM (SELECT g, cleanroom.unlike(x, y, person, 9) AS found FROM pairs GROUP BY g) p JOIN counted USING (g) WHERE found <> people;
RESET max_parallel_workers_per_gather; RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size;

SET client_min_messages = warning;
DROP SCHEMA regress_cr_units CASCADE;
