-- Ways round the gate by way of plans: the order of what is released, what
-- the planner has expected, rows that would be too long to form.
--
-- Every question is asked in two worlds that differ in which withheld groups
-- there are, and how large they are; what is seen has to be the same.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_plan_owner;
CREATE ROLE regress_cr_plan_analyst;
CREATE SCHEMA plan;
CREATE SCHEMA plan_own;
GRANT ALL ON SCHEMA plan TO regress_cr_plan_owner;
GRANT ALL ON SCHEMA plan_own TO regress_cr_plan_analyst;
GRANT USAGE ON SCHEMA plan TO regress_cr_plan_analyst;
GRANT USAGE ON SCHEMA cleanroom
    TO regress_cr_plan_owner, regress_cr_plan_analyst;
\set VERBOSITY terse
\pset tuples_only on
\pset format unaligned
SET search_path = plan_own, plan, pg_catalog;

SET SESSION AUTHORIZATION regress_cr_plan_owner;
SET search_path = plan, pg_catalog;
CREATE TABLE people (person int PRIMARY KEY, region text, age int, income int);
INSERT INTO people SELECT i, CASE WHEN i <= 97 THEN 'north' ELSE 'south' END,
        20 + i / 50 * 10, i
    FROM generate_series(1, 200) i;
INSERT INTO people SELECT 1000 + i, 'tiny', 20 + i, 777777
    FROM generate_series(1, 9) i;
INSERT INTO people SELECT 2000 + i, 'r' || i, 90 + i, 1
    FROM generate_series(1, 5) i;
CREATE INDEX people_region ON people (region);
CREATE INDEX people_word ON people ((region || 'x'));
CREATE STATISTICS people_mcv (mcv, ndistinct) ON region, age FROM people;
ANALYZE people;
GRANT ALL ON people TO regress_cr_plan_analyst;
SELECT cleanroom.protect('people', 'person', 10,
    dimensions => '{region, age}', measures => '{income}',
    join_keys => '{person}');

SET SESSION AUTHORIZATION regress_cr_plan_analyst;
SET search_path = plan_own, plan, pg_catalog;
CREATE TABLE outcomes (world int, what text, saw text);

-- ---------- the order of groups ----------
-- with a salt in the key, a hash table puts the groups elsewhere
CREATE FUNCTION orders(world int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    question text;
    saw text;
BEGIN
    FOREACH question IN ARRAY ARRAY[
        'SELECT region || %L AS g FROM people GROUP BY 1',
        'SELECT DISTINCT %L || region AS g FROM people',
        'SELECT region AS g, lower(region || %L) FROM people GROUP BY 1, 2',
        'SELECT region AS g, age %% length(%L) FROM people GROUP BY 1, 2',
        'SELECT region || %L AS g FROM people GROUP BY 1 HAVING count(*) > 0',
        '(SELECT region || %L AS g FROM people GROUP BY 1 LIMIT 1)',
        '(SELECT region || %L AS g FROM people GROUP BY 1 ORDER BY 1 = 1)',
        '(SELECT region || %L AS g FROM people GROUP BY 1 OFFSET 1)',
        'SELECT concat(row_number() OVER (), g) AS g
         FROM (SELECT region || %L AS g FROM people GROUP BY 1) s',
        'SELECT concat(rank() OVER (ORDER BY 1), row_number() OVER (),
                       region, %L) AS g FROM people GROUP BY region',
        'SELECT first_value(region || %L) OVER () AS g FROM people GROUP BY region',
        'SELECT region || %L AS g FROM people GROUP BY 1
         UNION ALL SELECT ''last''',
        'SELECT region AS g FROM (SELECT person, region || %L AS region,
             count(*) FROM people GROUP BY 1, 2) u GROUP BY 1',
        'SELECT unnest(ARRAY[region || %L, ''x'']) AS g FROM people GROUP BY region']
    LOOP
        SELECT NULL INTO saw;
        FOR salt IN 1 .. 40 LOOP
            DECLARE one text;
            BEGIN
                EXECUTE format('SELECT string_agg(g, '' '') FROM ('
                               || question || ') q', salt::text) INTO one;
                saw := concat(saw, one, E'\n');
            END;
        END LOOP;
        INSERT INTO outcomes VALUES (world, question, saw);
    END LOOP;
END $$;

-- ---------- what the planner expects ----------
-- How often a volatile function is called shows how tables were joined.
CREATE TABLE numbers (a int);
INSERT INTO numbers SELECT g % 7 FROM generate_series(1, 50) g;
ANALYZE numbers;
CREATE FUNCTION tick() RETURNS int LANGUAGE plpgsql VOLATILE AS $$ BEGIN
    PERFORM set_config('plan.ticks',
        (current_setting('plan.ticks')::int + 1)::text, false);
    RETURN 1;
END $$;
CREATE FUNCTION estimates(world int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    question text;
    cost float8;
    off text;
BEGIN
    FOREACH off IN ARRAY ARRAY['enable_mergejoin', 'enable_hashjoin',
                               'enable_material'] LOOP
        FOREACH cost IN ARRAY ARRAY[100, 1, 0.1, 0.01, 0.001] LOOP
            FOREACH question IN ARRAY ARRAY[
                'region = ''tiny''', 'region IN (''tiny'', ''r1'')',
                'region < ''s'' AND region > ''north''', 'age > 90',
                'region = ''tiny'' AND age BETWEEN 21 AND 29',
                'region || ''x'' = ''tinyx''', 'region LIKE ''tin%'''] LOOP
                PERFORM set_config('plan.ticks', '0', false),
                        set_config(off, 'off', true),
                        set_config('cpu_operator_cost', cost::text, true);
                EXECUTE 'SELECT count(*) FROM (SELECT age, count(*)
                             FROM people WHERE ' || question || '
                             GROUP BY age) r
                         JOIN (SELECT a, tick() AS t FROM numbers OFFSET 0) n
                         ON n.a = r.age';
                INSERT INTO outcomes VALUES (world,
                    concat(off, ' ', cost, ' ', question),
                    current_setting('plan.ticks'));
            END LOOP;
        END LOOP;
        PERFORM set_config(off, 'on', true);
    END LOOP;
    PERFORM set_config('cpu_operator_cost', '0.0025', true);
END $$;

-- ---------- rows too long to form ----------
CREATE TABLE long (k int PRIMARY KEY, label text);
INSERT INTO long VALUES (1001, repeat('y', 300000000)), (1, 'x');
CREATE TABLE many (k int, label text);
INSERT INTO many VALUES (1001, repeat('y', 300000000)), (1001, 'a'), (1, 'x');
CREATE FUNCTION lengths(world int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    question text;
    saw text;
BEGIN
    FOREACH question IN ARRAY ARRAY[
        'SELECT label || ''1'' AS a, label || ''2'' AS b, label || ''3'' AS c,
                label || ''4'' AS d, count(*) FROM people JOIN long ON k = person
         WHERE region = ''tiny'' GROUP BY 1, 2, 3, 4',
        'SELECT left(label, -1) AS a, right(label, -1) AS b, reverse(label) AS c,
                substr(label, 2) AS d, count(*) FROM people
         JOIN long ON k = person WHERE region = ''tiny'' GROUP BY 1, 2, 3, 4',
        'SELECT a, b, c, d, count(*) FROM people JOIN (SELECT k,
             max(label) AS a, min(label) AS b, max(label) AS c, min(label) AS d
             FROM many GROUP BY k) m ON k = person
         WHERE region = ''tiny'' GROUP BY 1, 2, 3, 4',
        'SELECT lpad(region, 300000000), rpad(region, 300000000),
                replace(lpad(region, 30000000, ''a''), ''a'', ''bbbbbbbbbb''),
                count(*) FROM people WHERE region = ''tiny'' GROUP BY 1, 2, 3']
    LOOP
        BEGIN
            EXECUTE 'SELECT count(*) FROM (' || question || ') q' INTO saw;
        EXCEPTION WHEN OTHERS THEN
            saw := SQLSTATE || ' ' || SQLERRM;
        END;
        INSERT INTO outcomes VALUES (world, question, saw);
    END LOOP;
END $$;

-- ---------- two worlds ----------
SELECT orders(1), estimates(1), lengths(1);
SET SESSION AUTHORIZATION regress_cr_plan_owner;
UPDATE plan.people SET age = age + 100,
    region = CASE WHEN person <= 1002 THEN 'other' ELSE 'south' END
    WHERE region = 'tiny';
UPDATE plan.people SET region = 'r6' WHERE region = 'r1';
ANALYZE plan.people;
SET SESSION AUTHORIZATION regress_cr_plan_analyst;
SELECT orders(2), estimates(2), lengths(2);
SELECT 'questions: ' || count(*) FROM outcomes WHERE world = 1;
SELECT 'LEAK', o.what, o.saw, t.saw FROM outcomes o JOIN outcomes t USING (what)
WHERE o.world = 1 AND t.world = 2 AND o.saw IS DISTINCT FROM t.saw;
-- none of them was refused, and those that are asked for groups have seen some
SELECT what, saw FROM outcomes WHERE world = 1 AND saw ~ '^[A-Z0-9]{5} ';
SELECT 'with groups: ' || count(*) FROM outcomes WHERE world = 1 AND saw ~ 'north|south';

-- honest neighbours: an order of one's own, and texts of a usual length
SELECT region FROM people GROUP BY region ORDER BY count(*) DESC;
SELECT region, age FROM people GROUP BY region, age ORDER BY age DESC LIMIT 3;
SELECT left(region, 1) || '.', reverse(region), count(*) FROM people
    GROUP BY 1, 2;
SELECT m.label, count(*) FROM people LEFT JOIN (SELECT k, max(label) AS label
    FROM many WHERE k < 1000 GROUP BY k) m ON k = person GROUP BY 1;

RESET SESSION AUTHORIZATION;
RESET ALL;
SET client_min_messages = error;
DROP SCHEMA plan, plan_own CASCADE;
DROP OWNED BY regress_cr_plan_owner, regress_cr_plan_analyst;
DROP ROLE regress_cr_plan_owner, regress_cr_plan_analyst;
