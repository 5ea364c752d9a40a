-- The executor check judges finished plans by itself.  Guards are written by
-- hand here and the gate is not asked, so this file also shows plans that
-- the gate would never let through.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_check_owner;
CREATE ROLE regress_cr_check_analyst;
CREATE SCHEMA check_plans;
GRANT ALL ON SCHEMA check_plans TO regress_cr_check_owner;
SET search_path = check_plans, pg_catalog;
RESET client_min_messages;

-- the library's name depends on how the server finds it
SELECT probin AS library FROM pg_proc
    WHERE oid = 'cleanroom.relation_statistic'::regproc \gset
CREATE FUNCTION debug_verify(query text, role oid) RETURNS text
AS :'library', 'cr_debug_verify' LANGUAGE C STRICT;
CREATE FUNCTION judge(query text) RETURNS text LANGUAGE sql
AS $$ SELECT coalesce(check_plans.debug_verify(query,
           'regress_cr_check_analyst'::regrole), 'passed') $$;
-- the verdict, and the plan's nodes, under some settings
CREATE FUNCTION judge_with(settings text[], query text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    pair text;
    line text;
    nodes text := '';
    verdict text;
BEGIN
    FOREACH pair IN ARRAY settings LOOP
        PERFORM set_config(split_part(pair, '=', 1),
                           split_part(pair, '=', 2), true);
    END LOOP;
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
        IF line ~ '->|^[A-Z]' THEN
            nodes := nodes || ' / ' || regexp_replace(
                regexp_replace(line, '^\s*(->\s*)?', ''), ' (on|using) .*', '');
        END IF;
    END LOOP;
    verdict := check_plans.judge(query);
    FOREACH pair IN ARRAY settings LOOP
        PERFORM set_config(split_part(pair, '=', 1), reset_val, true)
        FROM pg_settings WHERE name = split_part(pair, '=', 1);
    END LOOP;
    RETURN verdict || ':' || substr(nodes, 3);
END $$;
\set guarded 'HAVING cleanroom.units(person, 10) >= 10'
\set both 'HAVING cleanroom.units(v.person, 10) >= 10 AND cleanroom.units(p.person, 10) >= 10'

-- visits: several rows a person; people: one row a person; treated: two units
SET ROLE regress_cr_check_owner;
CREATE TABLE visits (person int, region text, cost int);
CREATE TABLE people (person int PRIMARY KEY, city text);
CREATE TABLE loose (person int, city text);
CREATE TABLE treated (patient int, doctor int, cost int);
INSERT INTO visits SELECT i % 1000, 'r' || i % 4, i FROM generate_series(1, 20000) i;
INSERT INTO people SELECT i, 'c' || i % 10 FROM generate_series(0, 999) i;
CREATE INDEX visits_person ON visits (person);
ANALYZE visits, people;
SECURITY LABEL FOR cleanroom ON TABLE visits IS '{"threshold": 10}';
SECURITY LABEL FOR cleanroom ON COLUMN visits.person IS 'unit';
SECURITY LABEL FOR cleanroom ON TABLE people IS '{"threshold": 10}';
SECURITY LABEL FOR cleanroom ON COLUMN people.person IS 'unit';
SECURITY LABEL FOR cleanroom ON TABLE loose IS '{"threshold": 10}';
SECURITY LABEL FOR cleanroom ON COLUMN loose.person IS 'unit';
SECURITY LABEL FOR cleanroom ON TABLE treated IS '{"threshold": 10}';
SECURITY LABEL FOR cleanroom ON COLUMN treated.patient IS 'unit';
SECURITY LABEL FOR cleanroom ON COLUMN treated.doctor IS 'unit';
RESET ROLE;
CREATE TABLE open_table (region text PRIMARY KEY, label text);

-- who is bound
SELECT debug_verify('SELECT * FROM visits', 'regress_cr_check_owner'::regrole);
SELECT judge('SELECT * FROM visits');
SELECT judge('SELECT * FROM open_table');
SELECT judge('SELECT 1');

-- a guard must be there, of the right form, and high enough
SELECT judge('SELECT region, count(*) FROM visits GROUP BY region');
SELECT judge('SELECT region, count(*) FROM visits GROUP BY region
    HAVING cleanroom.units(person, 10) >= 10');
SELECT judge('SELECT region, count(*) FROM visits GROUP BY region
    HAVING cleanroom.units(person, 10) >= 11');
SELECT judge('SELECT region, count(*) FROM visits GROUP BY region
    HAVING cleanroom.units(person, 10) >= 9');
SELECT judge('SELECT region, count(*) FROM visits GROUP BY region
    HAVING cleanroom.units(person, 10) > 9');
SELECT judge('SELECT region, count(*) FROM visits GROUP BY region
    HAVING cleanroom.units(cost, 10) >= 10');
SELECT judge('SELECT region, count(*) FROM visits GROUP BY region
    HAVING cleanroom.units(person + 0, 10) >= 10');
SELECT judge('SELECT region, count(*) FROM visits GROUP BY region
    HAVING count(DISTINCT person) >= 10');
SELECT judge('SELECT region, count(*) FROM visits GROUP BY region
    HAVING cleanroom.units(person, 10) FILTER (WHERE cost > 5) >= 10');
SELECT judge('SELECT region, count(*) FROM visits GROUP BY region
    HAVING cleanroom.enough(cleanroom.units(person, 10) >= 10, 10)');
SELECT judge('SELECT region, count(*) FROM visits GROUP BY region
    HAVING cleanroom.enough(true, 10)');
SELECT judge('SELECT region, count(*) FROM visits GROUP BY region
    HAVING cleanroom.units(person, 10) >= 10 AND count(*) > 3');
SELECT judge('SELECT region, count(*) FROM visits GROUP BY region
    HAVING cleanroom.units(person, 10) >= 10 OR count(*) > 3');
SELECT judge('SELECT region, count(*) FROM visits GROUP BY region
    HAVING (cleanroom.units(person, 10) >= 10) IS NOT TRUE');
SELECT judge('SELECT region, n FROM (SELECT region, count(*) n,
    cleanroom.units(person, 10) u FROM visits GROUP BY region) s
    WHERE u >= 10 OFFSET 0');

-- count() of the unit, where it cannot stand in two rows
SELECT judge('SELECT city, count(*) FROM people GROUP BY city
    HAVING count(person) >= 10');
SELECT judge('SELECT city, count(*) FROM people GROUP BY city
    HAVING count(person) >= 10::bigint');
SELECT judge('SELECT city, count(*) FROM people GROUP BY city
    HAVING count(person) >= 9');
SELECT judge('SELECT city, count(*) FROM people GROUP BY city
    HAVING count(*) >= 10');
SELECT judge('SELECT region, count(*) FROM visits GROUP BY region
    HAVING count(person) >= 10');
SELECT judge('SELECT city, count(*) FROM people, generate_series(1, 50)
    GROUP BY city HAVING count(person) >= 10');
SELECT judge('SELECT city, count(*) FROM (SELECT * FROM people UNION ALL
    SELECT * FROM people) p GROUP BY city HAVING count(person) >= 10');
-- indexes that do not prove it, and one that does
CREATE UNIQUE INDEX loose_part ON loose (person) WHERE city = 'c1';
CREATE UNIQUE INDEX loose_both ON loose (person, city);
CREATE UNIQUE INDEX loose_expression ON loose ((person + 1));
ALTER TABLE loose ADD CONSTRAINT loose_later UNIQUE (person) DEFERRABLE;
SELECT judge('SELECT city, count(*) FROM loose GROUP BY city
    HAVING count(person) >= 10');
CREATE UNIQUE INDEX loose_proof ON loose (person) INCLUDE (city);
SELECT judge('SELECT city, count(*) FROM loose GROUP BY city
    HAVING count(person) >= 10');

-- every unit column of every table needs its guard
SELECT judge('SELECT count(*) FROM treated
    HAVING cleanroom.units(patient, 10) >= 10');
SELECT judge('SELECT count(*) FROM treated
    HAVING cleanroom.units(doctor, 10) >= 10');
SELECT judge('SELECT count(*) FROM treated
    HAVING cleanroom.units(patient, 10) >= 10
       AND cleanroom.units(doctor, 10) >= 10');
SELECT judge('SELECT count(*) FROM visits v JOIN people p USING (person)
    HAVING cleanroom.units(v.person, 10) >= 10');
SELECT judge('SELECT count(*) FROM visits v JOIN people p USING (person) '
    || :'both');
SELECT judge('SELECT count(p.city) FROM visits v LEFT JOIN people p
    ON v.person = p.person ' || :'both');
SELECT judge('SELECT count(*) FROM visits a JOIN visits b USING (person)
    HAVING cleanroom.units(a.person, 10) >= 10');
SELECT judge('SELECT count(*) FROM people p WHERE EXISTS
    (SELECT FROM visits v WHERE v.person = p.person) ' || :'guarded');
SELECT judge('SELECT label, count(*) FROM visits v JOIN open_table o
    USING (region) GROUP BY label ' || :'guarded');

-- enough people or none will do beside another table's guard, not by itself;
-- a FILTER may make a guard stronger, and would make that one weaker
SELECT judge('SELECT count(*) FROM visits v LEFT JOIN people p
        ON v.person = p.person
    HAVING cleanroom.units(v.person, 10) FILTER (WHERE p.person IS NULL) >= 10
       AND (cleanroom.units(p.person, 10) = 0
            OR cleanroom.units(p.person, 10) >= 10)');
SELECT judge('SELECT count(*) FROM visits v LEFT JOIN people p
        ON v.person = p.person
    HAVING (cleanroom.units(v.person, 10) = 0
            OR cleanroom.units(v.person, 10) >= 10)
       AND (cleanroom.units(p.person, 10) = 0
            OR cleanroom.units(p.person, 10) >= 10)');
SELECT judge('SELECT count(*) FROM visits v
    HAVING cleanroom.units(person, 10) = 0
        OR cleanroom.units(person, 10) >= 10');
SELECT judge('SELECT count(*) FROM visits v LEFT JOIN people p
        ON v.person = p.person
    HAVING cleanroom.units(v.person, 10) >= 10
       AND (cleanroom.units(p.person, 10) FILTER (WHERE v.cost > 5) = 0
            OR cleanroom.units(p.person, 10) FILTER (WHERE v.cost > 5) >= 10)');
SELECT judge('SELECT count(*) FROM visits v LEFT JOIN people p
        ON v.person = p.person
    HAVING cleanroom.units(v.person, 10) >= 10
       AND (cleanroom.units(v.person, 10) = 0
            OR cleanroom.units(p.person, 10) >= 10)');
SELECT judge('SELECT count(*) FROM visits v LEFT JOIN people p
        ON v.person = p.person
    HAVING cleanroom.units(v.person, 10) >= 10
       AND (cleanroom.units(p.person, 10) <= 1
            OR cleanroom.units(p.person, 10) >= 10)');
SELECT judge('SELECT count(*) FROM visits v LEFT JOIN people p
        ON v.person = p.person
    HAVING cleanroom.units(v.person, 10) >= 10
       AND (cleanroom.units(p.person, 10) = 0
            OR cleanroom.units(p.person, 10) >= 9)');
SELECT judge('SELECT count(*) FROM visits v LEFT JOIN people p
        ON v.person = p.person
    HAVING cleanroom.units(v.person, 10) >= 10
       AND (cleanroom.units(p.person, 10) = 0 OR count(*) > 3
            OR cleanroom.units(p.person, 10) >= 10)');

-- each kind of scan, join and aggregation
SELECT judge_with('{enable_hashagg=off}',
    'SELECT region, count(*) FROM visits GROUP BY region ' || :'guarded');
SELECT judge_with('{enable_sort=off}',
    'SELECT region, count(*) FROM visits GROUP BY region ' || :'guarded');
SELECT judge_with('{enable_sort=off}',
    'SELECT region, person % 5, count(*) FROM visits
     GROUP BY GROUPING SETS ((region), (person % 5)) ' || :'guarded');
SELECT judge_with('{enable_hashagg=off}',
    'SELECT region, person % 5, count(*) FROM visits
     GROUP BY ROLLUP (region, person % 5) ' || :'guarded');
SELECT judge_with('{enable_hashagg=off}',
    'SELECT region, person % 5, count(*) FROM visits
     GROUP BY ROLLUP (region, person % 5)');
SELECT judge_with('{enable_hashjoin=off,enable_mergejoin=off}',
    'SELECT count(*) FROM visits v JOIN people p USING (person) ' || :'both');
SELECT judge_with('{enable_hashjoin=off,enable_nestloop=off}',
    'SELECT count(*) FROM visits v JOIN people p USING (person) ' || :'both');
SELECT judge_with('{enable_hashjoin=off,enable_nestloop=off}',
    'SELECT count(*) FROM visits v JOIN people p USING (person)');
SELECT judge_with('{enable_seqscan=off,enable_indexscan=off,enable_indexonlyscan=off}',
    'SELECT count(cost) FROM visits WHERE person < 20 ' || :'guarded');
SELECT judge_with('{enable_seqscan=off,enable_indexscan=off,enable_indexonlyscan=off}',
    'SELECT cost FROM visits WHERE person < 20 OR person > 990');
SELECT judge_with('{enable_seqscan=off,enable_bitmapscan=off}',
    'SELECT count(person) FROM visits WHERE person < 20 ' || :'guarded');
SELECT judge_with('{enable_seqscan=off,enable_bitmapscan=off}',
    'SELECT person FROM visits WHERE person < 20');
SELECT judge_with('{}',
    'SELECT count(*) FROM visits WHERE ctid = ''(0,1)'' ' || :'guarded');
SELECT judge_with('{}', 'SELECT cost FROM visits WHERE ctid > ''(0,1)''');
SELECT judge_with('{}',
    'SELECT count(*) FROM visits TABLESAMPLE SYSTEM (50) ' || :'guarded');

-- parallel plans: partial aggregation below, guard above
\set parallel '{parallel_setup_cost=0,parallel_tuple_cost=0,min_parallel_table_scan_size=0,max_parallel_workers_per_gather=2}'
SELECT judge_with(:'parallel',
    'SELECT region, count(*) FROM visits GROUP BY region ' || :'guarded');
SELECT judge_with(:'parallel',
    'SELECT region, count(*) FROM visits GROUP BY region
     HAVING cleanroom.units(cost, 10) >= 10');
SELECT judge_with(:'parallel',
    'SELECT region, count(*) FROM visits GROUP BY region');
SELECT judge_with(:'parallel', 'SELECT cost FROM visits WHERE cost % 7 = 1');
SELECT judge_with(:'parallel',
    'SELECT city, count(*) FROM people GROUP BY city
     HAVING count(person) >= 10');

-- subqueries and CTEs: raw rows may travel, to a guard
SELECT judge('SELECT n, count(*) FROM
    (SELECT person, count(*) n FROM visits GROUP BY person) s
    GROUP BY n ' || :'guarded');
SELECT judge('SELECT person, count(*) n FROM visits GROUP BY person');
SELECT judge('SELECT count(*) FROM (SELECT region, sum(cost) FROM visits
    GROUP BY region) s HAVING cleanroom.units(region, 10) >= 10');
SELECT judge('WITH c AS MATERIALIZED (SELECT * FROM visits)
    SELECT region, count(*) FROM c GROUP BY region ' || :'guarded');
SELECT judge('WITH c AS MATERIALIZED (SELECT * FROM visits)
    SELECT region, count(*) FROM c GROUP BY region');
SELECT judge('WITH c AS MATERIALIZED (SELECT region, count(*) n FROM visits
    GROUP BY region ' || :'guarded' || ') SELECT * FROM c a, c b LIMIT 3');
SELECT judge('SELECT (SELECT max(cost) FROM visits)');
SELECT judge('SELECT (SELECT count(*) FROM visits ' || :'guarded' || ')');
SELECT judge('SELECT label FROM open_table WHERE region IN
    (SELECT region FROM visits)');
SELECT judge('SELECT label FROM open_table WHERE region NOT IN
    (SELECT region FROM visits)');
SELECT judge('SELECT label, EXISTS (SELECT FROM visits v
    WHERE v.region = o.region) FROM open_table o');
SELECT judge('SELECT label FROM open_table WHERE region NOT IN
    (SELECT region FROM visits GROUP BY region ' || :'guarded' || ')');
SELECT judge('SELECT (SELECT count(*) FROM visits v WHERE v.region = o.region
    ' || :'guarded' || ') FROM open_table o');
SELECT judge('WITH RECURSIVE r AS (SELECT 1 AS i, person FROM visits
    UNION ALL SELECT i + 1, person FROM r WHERE i < 3)
    SELECT count(*) FROM r ' || :'guarded');
SELECT judge('WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r
    WHERE i < 3) SELECT i, n FROM r, (SELECT count(*) n FROM visits
    ' || :'guarded' || ') s');

-- nodes that rows of one person may not pass, guard or not
SELECT judge('SELECT count(*) FROM (SELECT person, row_number() OVER () n
    FROM visits) s WHERE n < 9 ' || :'guarded');
SELECT judge('SELECT count(*) FROM (SELECT person FROM visits LIMIT 20) s '
    || :'guarded');
SELECT judge('SELECT count(*) FROM (SELECT person, generate_series(1, cost)
    FROM visits) s ' || :'guarded');
SELECT judge('SELECT count(*) FROM (SELECT person FROM visits FOR UPDATE) s '
    || :'guarded');
SELECT judge('SELECT count(*) FROM (SELECT person FROM visits EXCEPT
    SELECT person FROM people) s ' || :'guarded');
SELECT judge('SELECT DISTINCT region FROM visits');
SELECT judge('INSERT INTO open_table SELECT region, ''x'' FROM visits');
SELECT judge('INSERT INTO open_table SELECT region, ''x'' FROM visits
    GROUP BY region ' || :'guarded');
SELECT judge('UPDATE visits SET cost = 0');
SELECT judge('DELETE FROM visits');

-- UNION ALL: people of one table, or each table for itself
SELECT judge('SELECT count(*) FROM (SELECT person FROM visits WHERE cost < 9
    UNION ALL SELECT person FROM visits WHERE cost > 100) s ' || :'guarded');
SELECT judge('SELECT count(*) FROM (SELECT person FROM visits
    UNION ALL SELECT person FROM people) s ' || :'guarded');
SELECT judge('SELECT count(*) FROM (SELECT person AS a, NULL::int AS b
    FROM visits UNION ALL SELECT NULL, person FROM people) s
    HAVING cleanroom.units(a, 10) >= 10 AND cleanroom.units(b, 10) >= 10');
SELECT judge('SELECT count(*) FROM (SELECT person FROM visits
    UNION ALL SELECT i FROM generate_series(1, 100) i) s ' || :'guarded');
SELECT judge('SELECT count(*) FROM (SELECT patient AS person FROM treated
    UNION ALL SELECT doctor FROM treated) s ' || :'guarded');

-- partitions and inheritance children, read through the parent or directly
SET ROLE regress_cr_check_owner;
CREATE TABLE parts (k int, person int, cost int) PARTITION BY LIST (k);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
CREATE TABLE parts_2 (cost int, gone int, person int, k int);
ALTER TABLE parts_2 DROP COLUMN gone;
ALTER TABLE parts ATTACH PARTITION parts_2 FOR VALUES IN (2);
SECURITY LABEL FOR cleanroom ON TABLE parts IS '{"threshold": 10}';
SECURITY LABEL FOR cleanroom ON COLUMN parts.person IS 'unit';
CREATE TABLE by_person (person int PRIMARY KEY, city text)
    PARTITION BY HASH (person);
CREATE TABLE by_person_0 PARTITION OF by_person
    FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE by_person_1 PARTITION OF by_person
    FOR VALUES WITH (MODULUS 2, REMAINDER 1);
SECURITY LABEL FOR cleanroom ON TABLE by_person IS '{"threshold": 10}';
SECURITY LABEL FOR cleanroom ON COLUMN by_person.person IS 'unit';
CREATE TABLE mother (person int, cost int);
CREATE TABLE child (UNIQUE (person)) INHERITS (mother);
SECURITY LABEL FOR cleanroom ON TABLE mother IS '{"threshold": 10}';
SECURITY LABEL FOR cleanroom ON COLUMN mother.person IS 'unit';
RESET ROLE;
SELECT judge('SELECT count(*) FROM parts ' || :'guarded');
SELECT judge('SELECT count(*) FROM parts
    HAVING cleanroom.units(cost, 10) >= 10');
SELECT judge('SELECT cost FROM parts_2');
SELECT judge('SELECT count(*) FROM parts_2 ' || :'guarded');
SELECT judge_with('{enable_partitionwise_aggregate=on}',
    'SELECT k, count(*) FROM parts GROUP BY k ' || :'guarded');
SELECT judge_with('{enable_partitionwise_aggregate=on}',
    'SELECT person % 3, count(*) FROM parts GROUP BY 1 ' || :'guarded');
SELECT judge_with('{enable_partitionwise_aggregate=on}',
    'SELECT k, count(*) FROM parts GROUP BY k');
SELECT judge('SELECT count(*) FROM by_person HAVING count(person) >= 10');
SELECT judge('SELECT count(*) FROM by_person_1 HAVING count(person) >= 10');
SELECT judge('SELECT count(*) FROM (SELECT person FROM by_person_0 UNION ALL
    SELECT person FROM by_person_0) s HAVING count(person) >= 10');
SELECT judge('SELECT count(*) FROM mother ' || :'guarded');
SELECT judge('SELECT count(*) FROM mother HAVING count(person) >= 10');
SELECT judge('SELECT cost FROM child');
-- a child under an open parent
SET ROLE regress_cr_check_owner;
CREATE TABLE open_parent (person int, cost int);
ALTER TABLE mother INHERIT open_parent;
RESET ROLE;
SELECT judge('SELECT cost FROM open_parent');
SELECT judge('SELECT cost FROM ONLY open_parent');

-- nothing is scanned where the planner knows that there is nothing
SELECT judge('SELECT * FROM visits WHERE false');
SELECT judge('SELECT cost FROM parts WHERE k = 7');

-- nor is anything returned by a join with nothing, which reads its other side
SELECT never, kind, method,
       split_part(judge_with(settings::text[], 'SELECT v.person, p.city FROM (SELECT person, count(*) AS n FROM visits WHERE ' || never
           || ' GROUP BY person) v ' || kind || ' JOIN people p ON p.person = v.person'), ':', 1)
  FROM unnest(ARRAY['false', 'cost = NULL']) never, unnest('{LEFT,INNER,RIGHT,FULL}'::text[]) kind,
       (VALUES ('nested loop', '{enable_hashjoin=off,enable_mergejoin=off}'), ('hash', '{enable_mergejoin=off}'),
               ('merge', '{enable_hashjoin=off}')) s (method, settings) ORDER BY 1, 2, 3;
SELECT judge('SELECT count(*) FROM (SELECT count(*) AS n FROM visits WHERE false) v JOIN people p ON p.person = v.n');
-- nor does a WITH query run that nothing is left of which reads it; a subquery
-- that is no such thing does
SELECT judge('WITH w AS MATERIALIZED (SELECT person FROM visits) SELECT count(*) FROM people p JOIN w USING (person) WHERE city = ''c1'' AND city = ''c2'' ' || :'guarded');
SELECT judge('WITH w AS MATERIALIZED (SELECT person FROM visits) SELECT count(*) FROM open_table LEFT JOIN w ON false');
SELECT judge('WITH w AS MATERIALIZED (SELECT person FROM visits) SELECT 1 WHERE EXISTS (SELECT FROM w)');
SELECT judge('SELECT count(*) FROM open_table WHERE length(label) > (SELECT max(cost) FROM visits)');
SELECT judge('SELECT count(*) FROM open_table WHERE false AND length(label) > (SELECT max(cost) FROM visits)');

-- code of whoever is no superuser runs for no raw row, wherever it stands
RESET ROLE;
CREATE FUNCTION made(int) RETURNS int LANGUAGE plpgsql STABLE AS 'BEGIN RETURN $1; END';
CREATE FUNCTION made_not(int, int) RETURNS boolean LANGUAGE plpgsql STABLE AS 'BEGIN RETURN $1 <> $2; END';
CREATE OPERATOR <!> (LEFTARG = int, RIGHTARG = int, FUNCTION = made_not);
CREATE OPERATOR <=> (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq, NEGATOR = <!>);
CREATE TABLE codes (query text, settings text[]);
INSERT INTO codes VALUES
('SELECT count(*) FROM visits WHERE made(cost) > 1', '{}'),
('SELECT count(made(cost)) FROM visits', '{}'),
('SELECT made(cost), count(*) FROM visits GROUP BY 1', '{}'),
('SELECT count(*) FROM visits WHERE NOT cost <=> 1', '{}'),
('SELECT count(*) FROM people WHERE person = made(7)', '{enable_seqscan=off,enable_bitmapscan=off}'),
('SELECT count(*) FROM people WHERE person = made(7)', '{enable_seqscan=off,enable_indexscan=off,enable_indexonlyscan=off}'),
('SELECT count(*) FROM people WHERE ctid = (''(0,'' || made(1) || '')'')::tid', '{}'),
('SELECT count(*) FROM visits JOIN people USING (person) WHERE made(visits.cost) > length(people.city)', '{enable_hashjoin=off,enable_mergejoin=off}'),
('SELECT count(*) FROM visits JOIN people ON made(visits.person) = people.person', '{enable_nestloop=off,enable_mergejoin=off}'),
('SELECT count(*) FROM visits JOIN people ON made(visits.person) = people.person', '{enable_nestloop=off,enable_hashjoin=off}'),
('SELECT count(city) FROM visits LEFT JOIN people ON visits.person = people.person AND made(visits.cost) > 1', '{enable_nestloop=off,enable_mergejoin=off}'),
('SELECT count(*) FROM (SELECT * FROM visits WHERE made(1) = 1 OFFSET 0) visits', '{}');
-- a superuser's may
SELECT judge_with(settings, query || ' HAVING cleanroom.units('
    || CASE WHEN query ~ 'FROM people' THEN 'people' ELSE 'visits' END || '.person, 10) >= 10') ~ '^passed' OR query ~ 'JOIN' AS passes, query
  FROM codes;
ALTER FUNCTION made(int) OWNER TO regress_cr_check_analyst;
ALTER FUNCTION made_not(int, int) OWNER TO regress_cr_check_analyst;
SELECT split_part(judge_with(settings, query || ' HAVING cleanroom.units('
    || CASE WHEN query ~ 'FROM people' THEN 'people' ELSE 'visits' END || '.person, 10) >= 10'), ':', 1) AS verdict, query
  FROM codes;
-- what subplans, and inner sides of nested loops, are given of raw rows
SELECT judge('SELECT count(*) FROM visits v GROUP BY (SELECT max(label) FROM open_table o WHERE o.region = v.region) ' || :'guarded');
SELECT judge('SELECT count(*) FROM visits v WHERE (SELECT max(length(label) + made(v.cost)) FROM open_table) > 1 ' || :'guarded');
SELECT judge('SELECT count(*) FROM visits v WHERE cost > (SELECT max(made(length(label))) FROM open_table) ' || :'guarded');
SELECT judge('SELECT count(x.m) FROM visits v, LATERAL (SELECT made(v.cost) AS m OFFSET 0) x ' || :'guarded');
SELECT judge_with('{enable_hashjoin=off,enable_mergejoin=off,enable_material=off,enable_seqscan=off}',
    'SELECT count(*) FROM people p, LATERAL (SELECT FROM open_table o WHERE o.region = p.city AND made(p.person) > 1 OFFSET 0) x ' || :'guarded');
SELECT judge('SELECT count(x.m) FROM visits v, LATERAL (SELECT made(length(label)) AS m FROM open_table o WHERE o.region = v.region OFFSET 0) x ' || :'guarded');
-- for released rows anybody's may
SELECT judge('SELECT made(n::int) FROM (SELECT count(*) AS n FROM visits ' || :'guarded' || ' OFFSET 0) x WHERE made(n::int) > 1');

-- a policy that cannot be used opens nothing
ALTER TABLE loose DROP COLUMN person;
SELECT judge('SELECT count(*) FROM loose
    HAVING cleanroom.units(city, 10) >= 10');

SET client_min_messages = warning;
DROP SCHEMA check_plans CASCADE;
DROP ROLE regress_cr_check_owner, regress_cr_check_analyst;
