-- The collection of attacks.  It only grows.
--
-- Every attack runs in two worlds.  Both hold the same totals over enough
-- people, but other people: in the second world three persons have other
-- ids, another region and another age, and the incomes of all others have
-- changed hands inside large groups.  So whatever an analyst may learn is
-- the same in both, and an attack leaks when its outcome (rows, error text,
-- or what a function of the analyst's saw) differs between the worlds, or
-- holds one of the values that only single rows have.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_bp_owner;
CREATE ROLE regress_cr_bp_partner;
CREATE ROLE regress_cr_bp_analyst NOINHERIT;
CREATE ROLE regress_cr_bp_bypass BYPASSRLS;
CREATE ROLE regress_cr_bp_reader;
GRANT pg_read_all_data, pg_read_all_stats TO regress_cr_bp_reader;
GRANT regress_cr_bp_bypass, regress_cr_bp_reader TO regress_cr_bp_analyst;
CREATE SCHEMA bp;
CREATE SCHEMA bp_own;
CREATE SCHEMA bp_false;      -- what looks like the server's own
GRANT ALL ON SCHEMA bp TO regress_cr_bp_owner, regress_cr_bp_partner;
GRANT ALL ON SCHEMA bp_own, bp_false TO regress_cr_bp_analyst;
GRANT USAGE ON SCHEMA bp TO regress_cr_bp_analyst, regress_cr_bp_bypass,
    regress_cr_bp_reader;
GRANT USAGE ON SCHEMA bp_own TO regress_cr_bp_bypass, regress_cr_bp_reader,
    regress_cr_bp_owner;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_bp_owner,
    regress_cr_bp_partner, regress_cr_bp_analyst, regress_cr_bp_bypass,
    regress_cr_bp_reader;
SET search_path = bp, bp_own, pg_catalog;
SET datestyle = iso;
\set VERBOSITY terse
\pset tuples_only on

-- ---------- the owners' tables ----------
SET SESSION AUTHORIZATION regress_cr_bp_owner;
CREATE TABLE people (
    person int PRIMARY KEY,     -- unit, join
    email text UNIQUE,          -- join
    region text,                -- dimension
    age int,                    -- dimension
    flag bool,                  -- filter
    score int,                  -- filter
    income int,                 -- measure
    sparse int,                 -- measure, of three persons only
    summed numeric,             -- measure(sum)
    secret text                 -- no use
);
INSERT INTO people
SELECT i, 'p' || i || '@x', CASE WHEN i <= 97 THEN 'north' ELSE 'south' END,
       20 + i / 50 * 10, i % 2 = 0, i % 3,
       30000 + i * 7919 % 1009, NULL, i, 'canary' || i
FROM generate_series(1, 200) i;
INSERT INTO people
SELECT 1000 + i, 'p' || 1000 + i || '@x', 'tiny', 99, i = 0, 99,
       777777 + i, 888888 + i, 555555, 'canary' || i
FROM generate_series(0, 2) i;
CREATE TABLE buys (person int, shop text, amount int);
INSERT INTO buys SELECT i % 200 + 1, 'shop' || i % 2, i % 50
FROM generate_series(1, 600) i;
INSERT INTO buys SELECT 1000, 'solo', 666666 FROM generate_series(1, 60);
INSERT INTO buys SELECT NULL, 'nobody', 444444 FROM generate_series(1, 60);
CREATE TABLE calls (a int, b int, topic text, minutes int);
INSERT INTO calls SELECT i, 500 + i, 'work', i % 7
FROM generate_series(1, 60) i;
INSERT INTO calls SELECT i, 1000, 'love', 3 FROM generate_series(1, 60) i;
CREATE TABLE strict (person int, region text, income int);
INSERT INTO strict SELECT person, region, income FROM people;
CREATE TABLE parent (person int, region text, income int);
CREATE TABLE child () INHERITS (parent);
INSERT INTO child SELECT person, region, income FROM people;
CREATE TABLE top (person int, region text, income int);
CREATE TABLE below () INHERITS (top);
INSERT INTO below SELECT person, region, income FROM people;
CREATE TABLE parted (person int, region text, income int)
    PARTITION BY LIST (region);
CREATE TABLE part_tiny PARTITION OF parted FOR VALUES IN ('tiny', 'other');
CREATE TABLE part_rest PARTITION OF parted DEFAULT;
INSERT INTO parted SELECT person, region, income FROM people;
CREATE TABLE loose (person int, region text, income int)
    PARTITION BY LIST (region);
CREATE TABLE loose_tiny PARTITION OF loose FOR VALUES IN ('tiny', 'other');
CREATE TABLE loose_rest PARTITION OF loose DEFAULT;
INSERT INTO loose SELECT person, region, income FROM people;
ANALYZE people, buys;
-- all, so that nothing but the extension refuses
GRANT ALL ON people, buys, calls, strict, parent, child, top, below, parted,
    part_tiny, part_rest, loose, loose_tiny, loose_rest
    TO regress_cr_bp_analyst, regress_cr_bp_bypass, regress_cr_bp_reader;
CREATE VIEW owner_view AS SELECT * FROM people;
CREATE VIEW owner_barrier WITH (security_barrier) AS SELECT * FROM people;
CREATE VIEW owner_narrow AS SELECT region, income FROM people;
GRANT ALL ON owner_view, owner_barrier, owner_narrow TO regress_cr_bp_analyst;
SET SESSION AUTHORIZATION regress_cr_bp_partner;
CREATE TABLE clinic (person int PRIMARY KEY, diagnosis text, cost int);
INSERT INTO clinic SELECT i, 'd' || i % 2, i FROM generate_series(1, 150) i;
INSERT INTO clinic VALUES (1000, 'rare', 333333);
GRANT ALL ON clinic TO regress_cr_bp_analyst;

-- prepared by the analyst, with plans kept, before anything is protected
SET SESSION AUTHORIZATION regress_cr_bp_analyst;
SET plan_cache_mode = force_generic_plan;
PREPARE early_rows AS SELECT * FROM bp.people WHERE region = 'tiny';
PREPARE early_max AS SELECT max(income) FROM bp.people;
PREPARE early_param(text) AS SELECT count(*) FROM bp.people WHERE email = $1;
PREPARE early_update AS UPDATE bp.people SET flag = flag RETURNING secret;
PREPARE early_child AS SELECT * FROM bp.child WHERE region = 'tiny';
PREPARE early_part AS SELECT * FROM bp.part_tiny;
EXECUTE early_max;
CREATE VIEW bp_own.early_view AS SELECT * FROM bp.people;
RESET plan_cache_mode;

SET SESSION AUTHORIZATION regress_cr_bp_owner;
SELECT cleanroom.protect('people', 'person', 10,
    dimensions => '{region, age}', measures => '{income, sparse}',
    filters => '{flag, score}', join_keys => '{person, email}');
SELECT cleanroom.set_column('people', 'summed', 'measure(sum)');
SELECT cleanroom.protect('buys', 'person', 10, dimensions => '{shop}',
    measures => '{amount}', join_keys => '{person}');
SELECT cleanroom.protect('calls', 'a', 10, dimensions => '{topic}',
    measures => '{minutes}');
SELECT cleanroom.set_column('calls', 'b', 'unit');
SELECT cleanroom.protect('strict', 'person', 10, dimensions => '{region}',
    measures => '{income}', small_groups => 'refuse');
SELECT cleanroom.protect('parent', 'person', 10, dimensions => '{region}',
    measures => '{income}');
SELECT cleanroom.protect('below', 'person', 10, dimensions => '{region}',
    measures => '{income}');
SELECT cleanroom.protect('parted', 'person', 10, dimensions => '{region}',
    measures => '{income}');
SELECT cleanroom.protect('loose_tiny', 'person', 10, dimensions => '{region}',
    measures => '{income}');
SET SESSION AUTHORIZATION regress_cr_bp_partner;
SELECT cleanroom.protect('clinic', 'person', 10, dimensions => '{diagnosis}',
    measures => '{cost}', join_keys => '{person}');

-- prepared as the owner, who may see all, and executed by the analyst
SET SESSION AUTHORIZATION regress_cr_bp_owner;
SET plan_cache_mode = force_generic_plan;
PREPARE owner_max AS SELECT max(income) FROM bp.people;
PREPARE owner_rows AS SELECT secret FROM bp.people ORDER BY person;
EXECUTE owner_max;
RESET plan_cache_mode;

-- ---------- the analyst's tools ----------
SET SESSION AUTHORIZATION regress_cr_bp_analyst;
SET search_path = bp_own, bp, pg_catalog;
-- spies note what they are given in a setting; they lie about volatility
CREATE FUNCTION note(x text) RETURNS void LANGUAGE plpgsql IMMUTABLE AS
$$ BEGIN
    PERFORM set_config('spy.saw', current_setting('spy.saw', true)
                                  || coalesce(x, '-') || ';', false);
END $$;
CREATE FUNCTION spy(x text) RETURNS bool LANGUAGE plpgsql IMMUTABLE
    COST 0.0000001 AS $$ BEGIN PERFORM bp_own.note(x); RETURN true; END $$;
CREATE FUNCTION spy(x int) RETURNS bool LANGUAGE plpgsql STABLE
    COST 0.0000001 AS $$ BEGIN PERFORM bp_own.note(x::text); RETURN true; END $$;
CREATE FUNCTION spy(x bigint) RETURNS bool LANGUAGE plpgsql STABLE
    COST 0.0000001 AS $$ BEGIN PERFORM bp_own.note(x::text); RETURN true; END $$;
CREATE FUNCTION spy_row(x people) RETURNS bool LANGUAGE plpgsql STABLE
    COST 0.0000001 AS $$ BEGIN PERFORM bp_own.note(x::text); RETURN true; END $$;
CREATE FUNCTION raiser(x int) RETURNS bool LANGUAGE plpgsql IMMUTABLE AS
    $$ BEGIN RAISE EXCEPTION 'saw %', x; END $$;
CREATE FUNCTION notice(x int) RETURNS bool LANGUAGE plpgsql IMMUTABLE
    COST 0.0000001 AS $$ BEGIN RAISE WARNING 'saw %', x; RETURN true; END $$;
CREATE FUNCTION sql_id(x int) RETURNS int LANGUAGE sql IMMUTABLE
    AS 'SELECT $1';
CREATE FUNCTION sql_body(x int) RETURNS int LANGUAGE sql IMMUTABLE
    RETURN x;
CREATE FUNCTION sql_rows() RETURNS SETOF people LANGUAGE sql STABLE
    AS 'SELECT * FROM bp.people';
CREATE FUNCTION sql_max() RETURNS int LANGUAGE sql STABLE
    AS 'SELECT max(income) FROM bp.people';
CREATE FUNCTION sql_probe(p int) RETURNS bigint LANGUAGE sql STABLE
    AS 'SELECT count(*) FROM bp.people WHERE person = $1';
CREATE FUNCTION pl_rows() RETURNS SETOF text LANGUAGE plpgsql STABLE AS
    $$ BEGIN RETURN QUERY SELECT secret FROM bp.people; END $$;
CREATE FUNCTION definer_rows() RETURNS SETOF text LANGUAGE plpgsql STABLE
    SECURITY DEFINER AS
    $$ BEGIN RETURN QUERY SELECT secret FROM bp.people; END $$;
CREATE FUNCTION pl_loop() RETURNS SETOF text LANGUAGE plpgsql AS
    $$ DECLARE r record; BEGIN
        FOR r IN SELECT * FROM bp.people LOOP RETURN NEXT r.secret; END LOOP;
    END $$;
CREATE FUNCTION pl_cursor() RETURNS text LANGUAGE plpgsql AS
    $$ DECLARE c CURSOR FOR SELECT secret FROM bp.people; t text; BEGIN
        OPEN c; FETCH c INTO t; RETURN t; END $$;
CREATE FUNCTION pl_rowtype() RETURNS text LANGUAGE plpgsql AS
    $$ DECLARE r bp.people%ROWTYPE; BEGIN
        SELECT * INTO r FROM bp.people LIMIT 1; RETURN r.secret; END $$;
CREATE FUNCTION spy_eq(a text, b text) RETURNS bool LANGUAGE plpgsql IMMUTABLE
    COST 0.0000001 AS $$ BEGIN PERFORM bp_own.note(a); RETURN a OPERATOR(pg_catalog.=) b; END $$;
CREATE OPERATOR === (LEFTARG = text, RIGHTARG = text, FUNCTION = spy_eq);
CREATE OPERATOR bp_false.= (LEFTARG = text, RIGHTARG = text, FUNCTION = spy_eq);
CREATE FUNCTION spy_lt(a int, b int) RETURNS bool LANGUAGE plpgsql IMMUTABLE
    COST 0.0000001 AS $$ BEGIN PERFORM bp_own.note(a::text); RETURN a < b; END $$;
CREATE OPERATOR <<< (LEFTARG = int, RIGHTARG = int, FUNCTION = spy_lt);
CREATE FUNCTION spy_acc(s text, x int) RETURNS text LANGUAGE sql IMMUTABLE
    AS $$ SELECT coalesce(s, '') || ',' || coalesce(x::text, '') $$;
CREATE AGGREGATE spy_agg(int) (SFUNC = spy_acc, STYPE = text);
CREATE AGGREGATE bp_false.sum(text) (SFUNC = textcat, STYPE = text);
CREATE AGGREGATE my_sum(int) (SFUNC = int4_sum, STYPE = int8);
CREATE DOMAIN spy_domain AS int CHECK (spy(VALUE));
CREATE DOMAIN plain_domain AS int;
CREATE TYPE spy_type AS (x int);
CREATE TYPE mood AS ENUM ('tiny', 'north');
CREATE FUNCTION spy_cast(x int) RETURNS spy_type LANGUAGE plpgsql IMMUTABLE AS
    $$ BEGIN PERFORM bp_own.note(x::text); RETURN ROW(x); END $$;
CREATE CAST (int AS spy_type) WITH FUNCTION spy_cast(int);
CREATE COLLATION my_collation FROM "C";
CREATE FUNCTION bp_false.count(x text) RETURNS bigint LANGUAGE sql IMMUTABLE
    AS 'SELECT 1::bigint';
CREATE FUNCTION bp_false.lower(x text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
    $$ BEGIN PERFORM bp_own.note(x); RETURN x; END $$;
CREATE TABLE weights (k int, w int);
INSERT INTO weights SELECT i, 1 FROM generate_series(1, 20) i
    UNION ALL SELECT 1000, 1 FROM generate_series(1, 1000);
CREATE TABLE keyed (k int PRIMARY KEY, w int, lab text);
INSERT INTO keyed SELECT i, i % 5, 'l' || i % 2 FROM generate_series(1, 30) i;
INSERT INTO keyed VALUES (1000, 1048576, 'him');
CREATE TABLE wide (k int, w int, UNIQUE (k, w));
INSERT INTO wide SELECT 1000, i FROM generate_series(1, 1000) i;
INSERT INTO wide SELECT i, 1 FROM generate_series(1, 30) i;
CREATE TABLE nulls (k int UNIQUE, e text UNIQUE);
INSERT INTO nulls VALUES (1000, 'p1000@x'), (NULL, NULL), (NULL, NULL);
CREATE TABLE partial (k int, w int);
CREATE UNIQUE INDEX ON partial (k) WHERE w = 0;
INSERT INTO partial SELECT 1000, 1 FROM generate_series(1, 1000);
CREATE TABLE expr (k int, w int);
CREATE UNIQUE INDEX ON expr ((k * 1000 + w));
INSERT INTO expr SELECT 1000, i FROM generate_series(1, 1000) i;
CREATE TABLE late (k int, w int, UNIQUE (k) DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE regions (region text PRIMARY KEY, label text);
INSERT INTO regions VALUES ('tiny', 'x'), ('north', 'n'), ('south', 's');
CREATE TABLE sink (x text);
CREATE TABLE policed (k int PRIMARY KEY, lab text);
INSERT INTO policed SELECT i, 'x' FROM generate_series(1, 30) i;
ALTER TABLE policed ENABLE ROW LEVEL SECURITY;
ALTER TABLE policed FORCE ROW LEVEL SECURITY;
CREATE POLICY p ON policed USING (spy(k));
CREATE TABLE policed2 (k int PRIMARY KEY, lab text);
INSERT INTO policed2 SELECT i, 'x' FROM generate_series(1, 30) i;
ALTER TABLE policed2 ENABLE ROW LEVEL SECURITY;
ALTER TABLE policed2 FORCE ROW LEVEL SECURITY;
CREATE POLICY p ON policed2
    USING (EXISTS (SELECT FROM bp.people p WHERE p.person = k));
CREATE VIEW my_rows AS SELECT * FROM bp.people;
CREATE VIEW my_groups AS
    SELECT region, pg_catalog.count(*) AS n, pg_catalog.sum(income) AS s
    FROM bp.people GROUP BY region;
CREATE VIEW my_barrier WITH (security_barrier) AS
    SELECT region, income FROM bp.people;
CREATE VIEW spying AS SELECT * FROM keyed WHERE spy(k);
CREATE SEQUENCE counter;

-- ---------- the machine ----------
CREATE TABLE attacks (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    family text NOT NULL, probe text NOT NULL, setup text,
    accepted text);             -- why the contract lets the worlds differ
CREATE TABLE outcomes (world int, id int, admitted bool, outcome text,
                       saw text);
-- Runs one attack and rolls it back.
CREATE FUNCTION attack(world int, id int, setup text, probe text)
    RETURNS outcomes LANGUAGE plpgsql
    SET search_path = bp_own, bp, pg_catalog AS $$
DECLARE
    result outcomes;
    r record;
    found text[] := '{}';
    message text;
    detail text;
    state text;
BEGIN
    PERFORM set_config('spy.saw', '', false);
    result.world := world;
    result.id := id;
    BEGIN
        IF setup IS NOT NULL THEN
            EXECUTE setup;
        END IF;
        IF probe ~* '^\s*(select|with|values|table|explain|execute|fetch|show|.*returning)' THEN
            FOR r IN EXECUTE probe LOOP
                found := found || r::text;
            END LOOP;
        ELSE
            EXECUTE probe;
        END IF;
        result.saw := current_setting('spy.saw');
        RAISE EXCEPTION 'done' USING ERRCODE = 'ZZ999';
    EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS message = MESSAGE_TEXT,
            state = RETURNED_SQLSTATE, detail = PG_EXCEPTION_DETAIL;
        result.admitted := state = 'ZZ999';
        IF result.admitted THEN
            found := array(SELECT unnest(found) ORDER BY 1);
            result.outcome := array_to_string(found, ' ');
        ELSE
            result.saw := current_setting('spy.saw');
            result.outcome := state || ': ' || message ||
                CASE WHEN detail <> ''
                     THEN ' | ' || detail ELSE '' END;
        END IF;
    END;
    RETURN result;
END $$;

INSERT INTO attacks (family, probe) VALUES
-- raw columns, at every place
('raw', 'SELECT secret FROM people'),
('raw', 'SELECT region FROM people'),
('raw', 'SELECT income FROM people'),
('raw', 'SELECT person FROM people LIMIT 1'),
('raw', 'SELECT * FROM people'),
('raw', 'TABLE people'),
('raw', 'SELECT 1 FROM people'),
('raw', 'SELECT FROM people'),
('raw', 'SELECT count(*) FROM people WHERE secret = ''canary0'''),
('raw', 'SELECT count(*) FROM people WHERE income > 700000'),
('raw', 'SELECT count(*) FROM people WHERE person = 1000'),
('raw', 'SELECT count(*) FROM people WHERE person IN (SELECT generate_series(1, 1000))'),
('raw', 'SELECT count(*) FROM people WHERE person BETWEEN 1 AND 1000'),
('raw', 'SELECT count(*) FROM people WHERE person = ANY (ARRAY[1, 2, 1000])'),
('raw', 'SELECT count(*) FROM people WHERE email LIKE ''p100%'''),
('raw', 'SELECT count(*) FROM people WHERE secret IS NOT NULL'),
('raw', 'SELECT count(*) FROM people WHERE sparse IS NOT NULL'),
('raw', 'SELECT count(*) FROM people WHERE (person, region) = (1000, ''tiny'')'),
('raw', 'SELECT count(*) FROM people p JOIN people q ON p.secret = q.secret'),
('raw', 'SELECT count(*) FROM people p JOIN people q ON p.person = q.person AND p.income > 700000'),
('raw', 'SELECT secret, count(*) FROM people GROUP BY secret'),
('raw', 'SELECT count(*) FROM people GROUP BY person'),
('raw', 'SELECT person, count(*) FROM people GROUP BY person'),
('raw', 'SELECT count(*) FROM people GROUP BY income'),
('raw', 'SELECT count(*) FROM people GROUP BY flag'),
('raw', 'SELECT region, count(*) FROM people GROUP BY person, region'),
('raw', 'SELECT email, count(*) FROM people GROUP BY person'),
('raw', 'SELECT count(*) FROM people HAVING max(secret) > ''d'''),
('raw', 'SELECT region FROM people GROUP BY region HAVING max(income) > 700000'),
('raw', 'SELECT region FROM people GROUP BY region HAVING bool_or(income > 700000)'),
('raw', 'SELECT count(*) FROM people GROUP BY region ORDER BY max(secret)'),
('raw', 'SELECT region FROM people ORDER BY income DESC LIMIT 1'),
('raw', 'SELECT count(*) FROM people LIMIT (SELECT max(income) FROM people)'),
('raw', 'SELECT g FROM generate_series(1, 3) g LIMIT (SELECT person FROM people LIMIT 1)'),
('raw', 'SELECT count(*) FILTER (WHERE secret = ''canary0'') FROM people'),
('raw', 'SELECT count(*) FILTER (WHERE person <> 1000) FROM people'),
('raw', 'SELECT sum(income) OVER (PARTITION BY person) FROM people'),
('raw', 'SELECT first_value(secret) OVER (ORDER BY income DESC) FROM people'),
('raw', 'SELECT count(*) OVER () FROM people'),
('raw', 'SELECT rank() OVER (ORDER BY sum(income)), person FROM people GROUP BY person'),
('raw', 'VALUES ((SELECT secret FROM people LIMIT 1))'),
('raw', 'SELECT (SELECT secret FROM people WHERE person = 1000)'),
('raw', 'SELECT ARRAY(SELECT secret FROM people)'),
('raw', 'SELECT upper((SELECT secret FROM people LIMIT 1))'),
('raw', 'SELECT spy((SELECT income FROM people WHERE region = ''tiny'' LIMIT 1))'),
('raw', 'SELECT * FROM (SELECT secret FROM people) s'),
('raw', 'WITH s AS (SELECT secret FROM people) SELECT * FROM s'),
('raw', 'WITH s AS MATERIALIZED (SELECT * FROM people) SELECT max(income) FROM s'),
('raw', 'WITH s AS MATERIALIZED (SELECT * FROM people WHERE spy(income)) SELECT count(*) FROM s'),
('raw', 'SELECT * FROM my_rows'),
('raw', 'SELECT * FROM early_view'),
('raw', 'SELECT * FROM owner_view'),
('raw', 'SELECT secret FROM owner_barrier'),
('raw', 'SELECT income FROM owner_narrow'),
('raw', 'SELECT max(income) FROM owner_narrow'),
('raw', 'SELECT region, count(*) FROM owner_narrow GROUP BY region'),
('raw', 'SELECT income FROM my_barrier'),
('raw', 'SELECT count(*) FROM owner_narrow WHERE income = 777777'),
('raw', 'SELECT l.income FROM regions r, LATERAL (SELECT income FROM people p WHERE p.region = r.region) l'),
('raw', 'SELECT r.region, l.n FROM regions r, LATERAL (SELECT count(*) AS n FROM people p WHERE p.region = r.region) l'),
('raw', 'SELECT k.k, l.n FROM keyed k, LATERAL (SELECT count(*) AS n FROM people p WHERE p.person = k.k) l'),
('raw', 'SELECT k, (SELECT count(*) FROM people p WHERE p.person = k.k) FROM keyed k'),
('raw', 'SELECT k, (SELECT sum(income) FROM people p WHERE p.age = k.k) FROM keyed k'),
('raw', 'SELECT * FROM ROWS FROM (sql_rows()) r'),
('raw', 'SELECT g.* FROM people p, generate_series(1, p.age) g'),
('raw', 'SELECT count(*) FROM people p, generate_series(1, p.age) g'),
('raw', 'SELECT count(*) FROM people p, LATERAL (VALUES (p.secret)) v(s) WHERE v.s = ''canary0'''),
('raw', 'SELECT generate_series(1, income) FROM people'),
('raw', 'SELECT DISTINCT region, income FROM people'),
('raw', 'SELECT DISTINCT secret FROM people'),
('raw', 'SELECT DISTINCT ON (region) region, age FROM people'),
('raw', 'SELECT region, count(*) FROM people GROUP BY ROLLUP (region)'),
('raw', 'SELECT region, age, count(*) FROM people GROUP BY CUBE (region, age)'),
('raw', 'SELECT grouping(region), count(*) FROM people GROUP BY GROUPING SETS ((region), ())'),
('raw', 'SELECT count(*) FROM people TABLESAMPLE SYSTEM (50)'),
('raw', 'SELECT region, count(*) FROM people WHERE random() < 0.5 GROUP BY region'),
('raw', 'SELECT count(*) FROM (SELECT * FROM people LIMIT 15) s'),
('raw', 'SELECT sum(income) FROM (SELECT income FROM people ORDER BY income DESC LIMIT 11) s'),
('raw', 'SELECT sum(income) FROM (SELECT income FROM people OFFSET 11) s'),
('raw', 'SELECT count(*) FROM people FOR UPDATE'),
('raw', 'SELECT * FROM people FOR SHARE SKIP LOCKED'),
('raw', 'SELECT count(*) FROM (SELECT * FROM people FOR UPDATE) s'),
-- joins that hide names
('using', 'SELECT person FROM people JOIN buys USING (person)'),
('using', 'SELECT count(*) FROM people NATURAL JOIN strict'),
('using', 'SELECT income FROM people JOIN keyed ON k = person'),
('using', 'SELECT j.secret FROM (people JOIN keyed ON k = person) AS j'),
('using', 'SELECT count(j.*) FROM (people JOIN buys USING (person)) AS j'),
('using', 'SELECT u.person FROM people JOIN buys USING (person) AS u'),
('using', 'SELECT count(*) FROM people NATURAL JOIN (SELECT 777777 AS income) s'),
('using', 'SELECT count(*) FROM people JOIN (SELECT ''canary0'' AS secret) s USING (secret)'),
('using', 'SELECT count(*) FROM people FULL JOIN keyed ON k = person'),
('using', 'SELECT k, count(*) FROM keyed FULL JOIN people ON k = person GROUP BY k'),
-- whole rows and system columns
('row', 'SELECT people FROM people'),
('row', 'SELECT p::text FROM people p'),
('row', 'SELECT count(p) FROM people p'),
('row', 'SELECT count(DISTINCT p) FROM people p'),
('row', 'SELECT count(*) FROM people p WHERE p IS NOT NULL'),
('row', 'SELECT count(*) FROM people p WHERE p::text LIKE ''%canary0%'''),
('row', 'SELECT row_to_json(p) FROM people p'),
('row', 'SELECT count(*) FROM people p WHERE spy_row(p)'),
('row', 'SELECT (p).secret FROM people p'),
('row', 'SELECT p.secret FROM (SELECT p FROM people p) s(p)'),
('row', 'SELECT count(*) FROM people p, people q WHERE p = q'),
('row', 'SELECT count(*) FROM people WHERE ROW(person, income) = ROW(1000, 777777)'),
('row', 'SELECT count(*) FROM people p GROUP BY p'),
('row', 'SELECT ctid FROM people'),
('row', 'SELECT count(*) FROM people WHERE ctid = ''(0,1)'''),
('row', 'SELECT xmin, count(*) FROM people GROUP BY xmin'),
('row', 'SELECT tableoid::regclass, count(*) FROM parted GROUP BY tableoid'),
('row', 'SELECT count(ctid) FROM people'),
('row', 'SELECT sum(cmin::text::int) FROM people'),
-- aggregates that show values
('aggregate', 'SELECT max(income) FROM people'),
('aggregate', 'SELECT min(income), max(income) FROM people GROUP BY region'),
('aggregate', 'SELECT array_agg(income) FROM people'),
('aggregate', 'SELECT string_agg(secret, '','') FROM people'),
('aggregate', 'SELECT json_agg(people) FROM people'),
('aggregate', 'SELECT jsonb_object_agg(person, income) FROM people'),
('aggregate', 'SELECT xmlagg(xmlelement(name a, secret)) FROM people'),
('aggregate', 'SELECT percentile_disc(1.0) WITHIN GROUP (ORDER BY income) FROM people'),
('aggregate', 'SELECT mode() WITHIN GROUP (ORDER BY secret) FROM people'),
('aggregate', 'SELECT rank(777777) WITHIN GROUP (ORDER BY income) FROM people'),
('aggregate', 'SELECT bit_or(income) FROM people'),
('aggregate', 'SELECT bit_xor(income) FROM people'),
('aggregate', 'SELECT bool_or(income = 777777) FROM people'),
('aggregate', 'SELECT every(flag) FROM people'),
('aggregate', 'SELECT corr(income, person) FROM people'),
('aggregate', 'SELECT regr_slope(income, person) FROM people'),
('aggregate', 'SELECT covar_pop(income, sparse) FROM people'),
('aggregate', 'SELECT range_agg(int4range(income, income + 1)) FROM people'),
('aggregate', 'SELECT sum(DISTINCT income) FROM people'),
('aggregate', 'SELECT sum(income ORDER BY income) FROM people'),
('aggregate', 'SELECT avg(summed) FROM people'),
('aggregate', 'SELECT stddev(summed) FROM people'),
('aggregate', 'SELECT sum(age) FROM people'),
('aggregate', 'SELECT sum(person) FROM people'),
('aggregate', 'SELECT count(secret) FROM people'),
('aggregate', 'SELECT count(DISTINCT income) FROM people'),
('aggregate', 'SELECT count(DISTINCT secret) FROM people'),
('aggregate', 'SELECT spy_agg(income) FROM people'),
('aggregate', 'SELECT my_sum(income) FROM people'),
('aggregate', 'SELECT cleanroom.units(income, 10) FROM people'),
('aggregate', 'SELECT cleanroom.units(person, 1) FROM people WHERE region = ''tiny'''),
('aggregate', 'SELECT cleanroom.enough(count(*) > 0, 10) FROM people WHERE region = ''tiny'''),
-- encodings inside a sum
('encoding', 'SELECT sum(income * 1000000 * person) FROM people'),
('encoding', 'SELECT sum(income * income * income) FROM people'),
('encoding', 'SELECT sum(power(10, age)) FROM people'),
('encoding', 'SELECT sum(10 ^ income) FROM people'),
('encoding', 'SELECT sum(exp(income)) FROM people'),
('encoding', 'SELECT sum(income % 2) FROM people'),
('encoding', 'SELECT sum(income / 777777) FROM people'),
('encoding', 'SELECT sum(income / (income - 777776)) FROM people'),
('encoding', 'SELECT sum(1 / (income - 777777)) FROM people'),
('encoding', 'SELECT sum(abs(income - 777777)) FROM people'),
('encoding', 'SELECT sum(sign(income - 777776)) FROM people'),
('encoding', 'SELECT sum((income = 777777)::int) FROM people'),
('encoding', 'SELECT sum(CASE WHEN person = 1000 THEN income ELSE 0 END) FROM people'),
('encoding', 'SELECT sum(CASE WHEN income > 700000 THEN 1 ELSE 0 END) FROM people'),
('encoding', 'SELECT sum(CASE WHEN region = ''tiny'' THEN income ELSE 0 END) FROM people'),
('encoding', 'SELECT sum(CASE WHEN region = ''tiny'' THEN income END) FROM people'),
('encoding', 'SELECT sum(CASE region WHEN ''tiny'' THEN 1000 WHEN ''other'' THEN 2000 ELSE 1 END) FROM people'),
('encoding', 'SELECT sum(CASE WHEN region = ''tiny'' THEN income ELSE income END) FROM people'),
('encoding', 'SELECT sum(CASE WHEN region = ''tiny'' THEN income ELSE 0.0000001 END) FROM people'),
('encoding', 'SELECT sum(CASE WHEN region = ''tiny'' THEN 1 END) FILTER (WHERE flag) FROM people'),
('encoding', 'SELECT sum(CASE WHEN CASE WHEN region = ''tiny'' THEN income END > 0 THEN 1 END) FROM people'),
('encoding', 'SELECT sum(COALESCE(NULLIF(income, 777777), 0)) FROM people'),
('encoding', 'SELECT count(NULLIF(income, 777777)) FROM people'),
('encoding', 'SELECT count(NULLIF(region, ''tiny'')) FROM people'),
('encoding', 'SELECT count(CASE WHEN region = ''tiny'' THEN 1 END) FROM people'),
('encoding', 'SELECT sum(greatest(income, 700000)) FROM people'),
('encoding', 'SELECT sum(least(income, 700000)) FROM people'),
('encoding', 'SELECT sum(income * (SELECT 1000000)) FROM people'),
('encoding', 'SELECT sum(length(secret)) FROM people'),
('encoding', 'SELECT sum(ascii(secret)) FROM people'),
('encoding', 'SELECT sum(1 << (age - 90)) FROM people'),
('encoding', 'SELECT sum(sparse) FROM people'),
('encoding', 'SELECT avg(sparse), count(sparse), stddev(sparse) FROM people'),
('encoding', 'SELECT sum(income + sparse) FROM people'),
('encoding', 'SELECT sum(income * sparse) FROM people'),
('encoding', 'SELECT count(sparse + income) FROM people'),
('encoding', 'SELECT sum(sparse - sparse + 1) FROM people'),
('encoding', 'SELECT region, sum(sparse) FROM people GROUP BY region'),
('encoding', 'SELECT sum(COALESCE(sparse, 0)) FROM people'),
('encoding', 'SELECT sum(income) FILTER (WHERE region = ''tiny'') FROM people'),
('encoding', 'SELECT sum(income) FILTER (WHERE region IN (''tiny'', ''other'')) FROM people'),
('encoding', 'SELECT sum(income) FILTER (WHERE region NOT IN (''tiny'', ''other'')) FROM people'),
('encoding', 'SELECT count(*) FILTER (WHERE score < 99) FROM people'),
('encoding', 'SELECT count(*) FILTER (WHERE score < 99), count(*) FILTER (WHERE flag) FROM people'),
('encoding', 'SELECT count(*) FILTER (WHERE NOT (region = ''tiny'' AND flag) IS TRUE) FROM people WHERE region IN (''tiny'', ''other'', ''north'')'),
('encoding', 'SELECT sum(income) FILTER (WHERE spy(income)) FROM people'),
('encoding', 'SELECT round(avg(income) FILTER (WHERE age > 90), 2) FROM people'),
('encoding', 'SELECT variance(income) FILTER (WHERE score = 99) FROM people'),
('encoding', 'SELECT sum(u.s) FROM (SELECT person, sum(income) AS s FROM people GROUP BY person) u WHERE u.s > 700000'),
('encoding', 'SELECT sum(CASE WHEN u.s > 700000 THEN u.s ELSE 0 END) FROM (SELECT person, sum(income) AS s FROM people GROUP BY person) u'),
('encoding', 'SELECT sum(CASE WHEN region = ''tiny'' THEN income WHEN NOT region = ''tiny'' THEN 0 END) FROM people'),
('encoding', 'SELECT sum(CASE WHEN region = ''tiny'' THEN income WHEN flag THEN 0 ELSE 0 END) FROM people'),
('encoding', 'SELECT sum(CASE WHEN flag THEN 0 WHEN region = ''tiny'' THEN income END) FROM people'),
('encoding', 'SELECT sum(CASE WHEN flag THEN 0 WHEN region <> ''tiny'' THEN income END) FROM people'),
('encoding', 'SELECT avg(CASE WHEN region <> ''tiny'' THEN income WHEN region = ''tiny'' THEN 0 END) FROM people'),
('encoding', 'SELECT avg(u.s) FROM (SELECT person, sum(CASE WHEN region = ''tiny'' THEN income END) AS s FROM people GROUP BY person) u'),
('encoding', 'SELECT avg(u.s) FROM (SELECT person, sum(CASE region WHEN ''tiny'' THEN income END) AS s FROM people GROUP BY person) u'),
('encoding', 'SELECT avg(u.s) FROM (SELECT person, sum(CASE WHEN region = ''tiny'' THEN income ELSE 0 END) AS s FROM people GROUP BY person) u'),
('encoding', 'SELECT sum(u.n) FROM (SELECT person, sum(CASE WHEN region = ''tiny'' THEN 1 ELSE 0 END) AS n FROM people GROUP BY person) u'),
('encoding', 'SELECT count(*) FROM (SELECT person FROM people GROUP BY person HAVING sum(CASE WHEN region = ''tiny'' THEN 1 ELSE 0 END) > 0) u'),
('encoding', 'SELECT count(*) FROM (SELECT person FROM people GROUP BY person HAVING sum(CASE WHEN income > 700000 THEN 1 ELSE 0 END) > 0) u'),
('encoding', 'SELECT u.s, count(*) FROM (SELECT person, sum(income) AS s FROM people GROUP BY person) u GROUP BY u.s'),
('encoding', 'SELECT u.n, count(*) FROM (SELECT person, count(*) AS n FROM buys GROUP BY person) u GROUP BY u.n ORDER BY 1'),
('encoding', 'SELECT sum(u.n) FROM (SELECT person, count(*) AS n FROM buys GROUP BY person) u WHERE u.n > 50'),
('encoding', 'SELECT max(u.n) FROM (SELECT person, count(*) AS n FROM buys GROUP BY person) u'),
('encoding', 'SELECT sum(u.s * u.s * u.s) FROM (SELECT person, sum(amount) AS s FROM buys GROUP BY person) u'),
('encoding', 'SELECT sum(u.q * u.q) FROM (SELECT person, sum(amount * amount) AS q FROM buys GROUP BY person) u'),
('encoding', 'SELECT person, s FROM (SELECT person, sum(income) AS s FROM people GROUP BY person) u'),
('encoding', 'SELECT u.s FROM (SELECT person, sum(income) AS s FROM people GROUP BY person) u WHERE u.person = 1000'),
('encoding', 'SELECT max(s) FROM (SELECT person, max(income) AS s FROM people GROUP BY person) u'),
('encoding', 'SELECT avg(n) FROM (SELECT person % 100 AS p, count(*) AS n FROM people GROUP BY 1) u');

INSERT INTO attacks (family, probe) VALUES
-- weights beside protected rows
('weights', 'SELECT sum(w) FROM people JOIN keyed ON k = person'),
('weights', 'SELECT sum(income * w) FROM people JOIN keyed ON k = person'),
('weights', 'SELECT count(*) FROM people JOIN weights ON k = person'),
('weights', 'SELECT count(*) FROM people JOIN wide ON k = person'),
('weights', 'SELECT count(*) FROM people JOIN wide ON k = person AND w = 1'),
('weights', 'SELECT count(*) FROM people JOIN wide ON k = person AND w >= 1'),
('weights', 'SELECT count(*) FROM people JOIN wide ON k = person AND w = age'),
('weights', 'SELECT count(*) FROM people JOIN partial ON k = person'),
('weights', 'SELECT count(*) FROM people JOIN expr ON k = person'),
('weights', 'SELECT count(*) FROM people JOIN late ON k = person'),
('weights', 'SELECT count(*) FROM people CROSS JOIN weights'),
('weights', 'SELECT count(*) FROM people, keyed'),
('weights', 'SELECT count(*) FROM people, keyed WHERE k <= person'),
('weights', 'SELECT count(*) FROM people JOIN keyed ON k = person OR k = 1000'),
('weights', 'SELECT count(*) FROM people JOIN keyed ON k % 2 = person % 2'),
('weights', 'SELECT count(*) FROM people JOIN keyed ON k::text = email'),
('weights', 'SELECT count(*) FROM people LEFT JOIN weights ON k = person'),
('weights', 'SELECT count(*) FROM people LEFT JOIN keyed ON true'),
('weights', 'SELECT count(*) FROM people LEFT JOIN keyed ON k = person AND lab = ''him'''),
('weights', 'SELECT lab, count(*) FROM people LEFT JOIN keyed ON k = person GROUP BY lab'),
('weights', 'SELECT k, count(*) FROM people JOIN keyed ON k = person GROUP BY k'),
('weights', 'SELECT count(w) FROM people LEFT JOIN keyed ON k = person'),
('weights', 'SELECT count(*) FROM (people p CROSS JOIN keyed w) LEFT JOIN buys b ON w.k = p.person'),
('weights', 'SELECT count(*) FROM (people p CROSS JOIN weights w) LEFT JOIN regions x ON w.k = p.person'),
('weights', 'SELECT count(*) FROM (people p CROSS JOIN keyed w) LEFT JOIN regions x ON w.k = p.person AND x.region = p.region'),
('weights', 'SELECT count(*) FROM weights w LEFT JOIN people p ON w.k = p.person'),
('weights', 'SELECT count(p.person) FROM keyed w LEFT JOIN people p ON w.k = p.person'),
('weights', 'SELECT w.k, count(p.person) FROM keyed w LEFT JOIN people p ON w.k = p.person GROUP BY w.k'),
('weights', 'SELECT w.lab, count(*) FROM keyed w LEFT JOIN people p ON w.k = p.person GROUP BY w.lab'),
('weights', 'SELECT count(*) FROM people p JOIN (SELECT k FROM weights) w ON w.k = p.person'),
('weights', 'SELECT count(*) FROM people p JOIN (SELECT DISTINCT k, w FROM wide) w ON w.k = p.person'),
('weights', 'SELECT count(*) FROM people p JOIN (SELECT k, count(*) AS n FROM weights GROUP BY k) w ON w.n = p.age'),
('weights', 'SELECT sum(w.n) FROM people p JOIN (SELECT k, count(*) AS n FROM weights GROUP BY k) w ON w.k = p.person'),
('weights', 'SELECT w.n, count(*) FROM people p JOIN (SELECT k, count(*) AS n FROM weights GROUP BY k) w ON w.k = p.person GROUP BY w.n'),
('weights', 'SELECT count(*) FROM people p JOIN (SELECT k FROM keyed UNION ALL SELECT k FROM weights) w ON w.k = p.person'),
('weights', 'SELECT count(*) FROM people p JOIN (SELECT DISTINCT k, generate_series(1, w) FROM keyed WHERE k = 1000) w ON w.k = p.person'),
('weights', 'SELECT count(*) FROM people p JOIN (SELECT k FROM keyed GROUP BY GROUPING SETS ((k), (k))) w ON w.k = p.person'),
('weights', 'SELECT count(*) FROM people p JOIN (VALUES (1000), (1000), (1000)) v(k) ON v.k = p.person'),
('weights', 'SELECT count(*) FROM people p JOIN unnest(ARRAY[1000, 1000, 1000]) v ON v = p.person'),
('weights', 'SELECT count(*) FROM people p, nulls n WHERE p.person = n.k'),
('weights', 'SELECT count(*) FROM people p LEFT JOIN nulls n ON p.person = n.k WHERE n.k IS NULL'),
('weights', 'SELECT count(*) FROM people p JOIN nulls n ON p.person IS NOT DISTINCT FROM n.k'),
('weights', 'SELECT count(*) FROM people p JOIN people q ON p.age = q.age'),
('weights', 'SELECT sum(p.income) FROM people p, people q'),
('weights', 'SELECT sum(p.income * q.amount) FROM people p JOIN buys q ON p.person = q.person'),
('weights', 'SELECT count(*) FROM people p JOIN buys b ON b.person = p.person GROUP BY p.region, b.shop'),
('weights', 'SELECT r.label, sum(p.income) FROM people p JOIN regions r ON r.region = p.region GROUP BY r.label'),
('weights', 'SELECT lab, sum(income) FROM people JOIN keyed ON k = person GROUP BY lab'),
('weights', 'SELECT count(*) FROM people JOIN policed ON k = person'),
('weights', 'SELECT lab, count(*) FROM people JOIN policed2 ON k = person GROUP BY lab'),
('weights', 'SELECT count(*) FROM policed2'),
('weights', 'SELECT count(*) FROM people JOIN spying ON k = person'),
('weights', 'SELECT count(*) FROM people JOIN (SELECT k FROM keyed WHERE spy(k) GROUP BY k) s ON k = person'),
('weights', 'SELECT count(*) FROM people JOIN (SELECT k, nextval(''counter'') FROM keyed OFFSET 0) s ON k = person'),
('weights', 'SELECT count(*) FROM people p WHERE (SELECT w FROM keyed WHERE k = p.person) = 1048576'),
('weights', 'SELECT sum(income * (SELECT w FROM keyed WHERE k = p.person)) FROM people p'),
('weights', 'SELECT sum(income) FROM people, (SELECT count(*) AS n FROM keyed) s WHERE s.n = age'),
-- probing sub-selects
('probe', 'SELECT 1 WHERE EXISTS (SELECT FROM people WHERE person = 1000)'),
('probe', 'SELECT 1 WHERE EXISTS (SELECT FROM people WHERE region = ''tiny'')'),
('probe', 'SELECT EXISTS (SELECT FROM people)'),
('probe', 'SELECT 1000 IN (SELECT person FROM people)'),
('probe', 'SELECT k FROM keyed WHERE k IN (SELECT person FROM people)'),
('probe', 'SELECT k FROM keyed WHERE k NOT IN (SELECT person FROM people)'),
('probe', 'SELECT k FROM keyed WHERE EXISTS (SELECT FROM people WHERE person = k)'),
('probe', 'SELECT k FROM keyed WHERE k = ANY (SELECT person FROM people)'),
('probe', 'SELECT 99 > ALL (SELECT age FROM people)'),
('probe', 'SELECT k FROM keyed LEFT JOIN people ON k = person WHERE person IS NULL'),
('probe', 'SELECT count(*) FROM keyed WHERE k IN (SELECT person FROM people WHERE region = ''tiny'')'),
('probe', 'SELECT count(*) FROM people WHERE person IN (SELECT k FROM keyed WHERE lab = ''him'')'),
('probe', 'SELECT count(*) FROM people WHERE person NOT IN (SELECT k FROM keyed WHERE lab = ''him'')'),
('probe', 'SELECT count(*) FROM people WHERE person IN (SELECT k FROM keyed)'),
('probe', 'SELECT count(*) FROM people WHERE person NOT IN (1000)'),
('probe', 'SELECT count(*) FROM people WHERE NOT EXISTS (SELECT FROM keyed WHERE k = person AND lab = ''him'')'),
('probe', 'SELECT count(*) FROM people p WHERE EXISTS (SELECT FROM clinic c WHERE c.person = p.person AND c.diagnosis = ''rare'')'),
('probe', 'SELECT count(*) FROM people p WHERE NOT EXISTS (SELECT FROM clinic c WHERE c.person = p.person AND c.diagnosis = ''rare'')'),
('probe', 'SELECT count(*) FROM people p LEFT JOIN clinic c ON c.person = p.person AND c.diagnosis = ''rare'' WHERE c.person IS NULL'),
('probe', 'SELECT count(*) FROM people p WHERE p.person IN (SELECT person FROM clinic WHERE cost > 300000)'),
('probe', 'SELECT count(*) FROM people p WHERE p.person = (SELECT person FROM clinic LIMIT 1)'),
('probe', 'SELECT count(*) FROM people WHERE age = (SELECT max(age) FROM people)'),
('probe', 'SELECT count(*) FROM people WHERE region = (SELECT region FROM people WHERE score = 99 LIMIT 1)'),
('probe', 'SELECT count(*) FROM people WHERE age IN (SELECT age FROM people WHERE income > 700000)'),
('probe', 'SELECT sum(income) FROM people WHERE EXISTS (SELECT FROM buys WHERE shop = ''solo'')'),
('probe', 'SELECT sum(c.cost) FROM people p JOIN clinic c ON c.person = p.person AND p.age = 99'),
('probe', 'SELECT p.region, c.diagnosis, count(*) FROM people p JOIN clinic c USING (person) GROUP BY 1, 2'),
('probe', 'SELECT count(c.person) FROM people p LEFT JOIN clinic c ON c.person = p.person AND p.region IN (''tiny'', ''other'')'),
('probe', 'SELECT sum(c.cost) FROM people p LEFT JOIN clinic c ON c.person = p.person AND c.diagnosis = ''rare'''),
('probe', 'SELECT c.diagnosis, count(*) FROM people p LEFT JOIN clinic c ON c.person = p.person GROUP BY 1'),
-- set operations and recursion
('set', 'SELECT secret FROM people UNION SELECT secret FROM people'),
('set', 'SELECT 1 UNION ALL SELECT income FROM people'),
('set', 'SELECT person FROM people INTERSECT SELECT k FROM keyed'),
('set', 'SELECT k FROM keyed EXCEPT SELECT person FROM people'),
('set', 'SELECT max(s) FROM (SELECT income AS s FROM people UNION ALL SELECT 0) u'),
('set', 'SELECT count(*) FROM (SELECT person FROM people UNION SELECT k FROM keyed) u'),
('set', 'SELECT count(*) FROM (SELECT person FROM people UNION ALL SELECT person FROM people) u'),
('set', 'SELECT count(*) FROM people UNION ALL SELECT income FROM people'),
('unite', 'SELECT sum(income), count(*) FROM (SELECT income FROM people UNION ALL SELECT income FROM people WHERE age = 99) u'),
('unite', 'SELECT avg(income) FROM (SELECT income FROM people WHERE age = 99 UNION ALL SELECT income FROM people) u'),
('unite', 'SELECT region, sum(income) FROM (SELECT region, income FROM people UNION ALL SELECT region, income FROM people WHERE age = 99) u GROUP BY region'),
('unite', 'SELECT region, count(*) FROM (SELECT region FROM people UNION ALL SELECT ''north'' FROM people WHERE age = 99) u GROUP BY region'),
('unite', 'SELECT k, sum(income) FROM (SELECT ''a'' AS k, income FROM people UNION ALL SELECT ''a'', income FROM people WHERE age = 99) u GROUP BY k'),
('unite', 'SELECT k, sum(income) FROM (SELECT ''a'' AS k, income FROM people UNION ALL SELECT ''b'', income FROM people WHERE age = 99) u GROUP BY k'),
('unite', 'SELECT k, count(*) FROM (SELECT ''a'' AS k FROM keyed UNION ALL SELECT ''b'' FROM people WHERE age = 99) u GROUP BY k'),
('unite', 'SELECT count(*) FROM (SELECT k FROM keyed UNION ALL SELECT person FROM people WHERE age = 99) u'),
('unite', 'SELECT sum(w) FROM (SELECT 1 AS w FROM people UNION ALL SELECT 1000 FROM people WHERE age = 99) u'),
('unite', 'SELECT sum(w * income) FROM (SELECT 1 AS w, income FROM people UNION ALL SELECT 1000, income FROM people WHERE age = 99) u'),
('unite', 'SELECT count(*) FILTER (WHERE k = ''b''), sum(income) FILTER (WHERE k = ''b'') FROM (SELECT ''a'' AS k, income FROM people UNION ALL SELECT ''b'', income FROM people WHERE age = 99) u'),
('unite', 'SELECT sum(CASE WHEN k = ''b'' THEN income ELSE 0 END) FROM (SELECT ''a'' AS k, income FROM people UNION ALL SELECT ''b'', income FROM people WHERE age = 99) u'),
('unite', 'SELECT sum(b) FROM (SELECT income AS a, NULL::int AS b FROM people UNION ALL SELECT NULL, income FROM people WHERE age = 99) u'),
('unite', 'SELECT sum(sparse) FROM (SELECT sparse FROM people UNION ALL SELECT income FROM people) u'),
('unite', 'SELECT count(DISTINCT person) FROM (SELECT person FROM people UNION ALL SELECT person FROM buys) u'),
('unite', 'SELECT stddev(income) FROM (SELECT income FROM people UNION ALL SELECT amount FROM buys) u'),
('unite', 'SELECT max(income) FROM (SELECT income FROM people UNION ALL SELECT amount FROM buys) u'),
('unite', 'SELECT avg(n) FROM (SELECT person, count(*) AS n FROM (SELECT person FROM people UNION ALL SELECT person FROM buys) u GROUP BY person) v'),
('unite', 'SELECT k, avg(n) FROM (SELECT k, person, count(*) AS n FROM (SELECT ''a'' AS k, person FROM people UNION ALL SELECT ''b'', person FROM people WHERE age = 99) u GROUP BY k, person) v GROUP BY k'),
('unite', 'SELECT k, person, count(*) FROM (SELECT ''a'' AS k, person FROM people UNION ALL SELECT ''b'', person FROM people WHERE age = 99) u GROUP BY k, person'),
('unite', 'SELECT secret, count(*) FROM (SELECT secret FROM people UNION ALL SELECT region FROM people) u GROUP BY secret'),
('unite', 'SELECT region, count(*) FROM (SELECT region FROM people UNION ALL SELECT region FROM people WHERE age = 99) u GROUP BY region HAVING spy(region)'),
('unite', 'SELECT region, count(*) FROM (SELECT region FROM people UNION ALL SELECT shop FROM buys) u WHERE spy(region) GROUP BY region'),
('unite', 'SELECT count(*) FROM keyed LEFT JOIN (SELECT person FROM people UNION ALL SELECT person FROM people WHERE age = 99) u ON u.person = k'),
('unite', 'SELECT count(*) FROM (SELECT region FROM people UNION ALL (SELECT region FROM people ORDER BY income DESC LIMIT 1)) u'),
('unite', 'SELECT count(*) FROM (SELECT * FROM (SELECT person, region FROM people UNION ALL SELECT person, shop FROM buys) u WHERE region = ''tiny'' OR region = ''solo'') v'),
('unite', 'SELECT sum(x) FROM (SELECT income AS x FROM people UNION ALL SELECT secret::int FROM people) u'),
('unite', 'SELECT count(*) FROM (SELECT u.person FROM (SELECT person FROM people UNION ALL SELECT person FROM people WHERE age = 99) u JOIN buys b ON b.person = u.person) v'),
('unite', 'SELECT count(*) FROM people p WHERE p.person IN (SELECT person FROM people UNION ALL SELECT person FROM buys WHERE shop = ''solo'')'),
('unite', 'WITH e AS (SELECT person, region FROM people UNION ALL SELECT person, shop FROM buys), f AS (SELECT person FROM e WHERE region IN (''tiny'', ''solo'')) SELECT count(*) FROM f'),
('set', '(SELECT count(*) FROM people WHERE region = ''tiny'') UNION ALL (SELECT 0)'),
('set', 'SELECT region, count(*) FROM people GROUP BY 1 EXCEPT SELECT ''north'', 0'),
('set', 'WITH RECURSIVE r AS (SELECT income FROM people UNION SELECT income - 1 FROM r WHERE income > 777775) SELECT * FROM r'),
('set', 'WITH RECURSIVE r(n) AS (SELECT 1 UNION SELECT n + 1 FROM r, people WHERE person = n) SELECT max(n) FROM r'),
-- writing
('write', 'INSERT INTO sink SELECT secret FROM people'),
('write', 'INSERT INTO sink SELECT count(*) FROM people'),
('write', 'INSERT INTO sink VALUES ((SELECT max(secret) FROM people))'),
('write', 'INSERT INTO people VALUES (1000) ON CONFLICT (person) DO NOTHING'),
('write', 'INSERT INTO people (person) VALUES (1000)'),
('write', 'INSERT INTO people VALUES (1000) ON CONFLICT (person) DO UPDATE SET flag = true RETURNING people.secret'),
('write', 'UPDATE people SET flag = flag'),
('write', 'UPDATE people SET flag = flag RETURNING secret'),
('write', 'UPDATE people SET income = 1 / (income - 777777)'),
('write', 'UPDATE keyed SET w = 0 FROM people WHERE person = k RETURNING k'),
('write', 'UPDATE keyed SET lab = (SELECT secret FROM people WHERE person = k) RETURNING lab'),
('write', 'DELETE FROM people'),
('write', 'DELETE FROM people WHERE person = 1000 RETURNING *'),
('write', 'DELETE FROM keyed USING people WHERE person = k RETURNING k'),
('write', 'DELETE FROM keyed WHERE k IN (SELECT person FROM people) RETURNING k'),
('write', 'MERGE INTO keyed USING people ON k = person WHEN MATCHED THEN DELETE'),
('write', 'MERGE INTO people USING keyed ON k = person WHEN MATCHED THEN DO NOTHING'),
('write', 'WITH d AS (DELETE FROM people RETURNING secret) SELECT * FROM d'),
('write', 'WITH d AS (INSERT INTO sink SELECT secret FROM people RETURNING x) SELECT * FROM d'),
('write', 'WITH d AS (UPDATE people SET flag = flag RETURNING income) SELECT sum(income) FROM d'),
('write', 'WITH d AS (DELETE FROM keyed RETURNING k) SELECT count(*) FROM people JOIN d ON k = person'),
('write', 'WITH d AS (INSERT INTO sink VALUES (''a'') RETURNING x) SELECT count(*) FROM people'),
('write', 'TRUNCATE people'),
('write', 'LOCK TABLE people'),
('write', 'CREATE TABLE t AS SELECT * FROM people'),
('write', 'SELECT * INTO t FROM people'),
('write', 'CREATE MATERIALIZED VIEW m AS SELECT count(*) FROM people'),
('write', 'COPY people TO STDOUT'),
('write', 'COPY (SELECT secret FROM people) TO STDOUT'),
('write', 'COPY (SELECT * FROM my_groups) TO STDOUT'),
('write', 'EXPLAIN SELECT * FROM people WHERE region = ''tiny'''),
('write', 'EXPLAIN ANALYZE SELECT count(*) FROM people'),
('write', 'EXPLAIN (ANALYZE) EXECUTE early_max'),
('write', 'CREATE INDEX ON people (income)'),
('write', 'ALTER TABLE people DISABLE ROW LEVEL SECURITY'),
('write', 'SECURITY LABEL FOR cleanroom ON TABLE people IS NULL'),
('write', 'SELECT cleanroom.unprotect(''people'')'),
('write', 'SELECT cleanroom.set_column(''people'', ''secret'', ''dimension'')'),
('write', 'DROP POLICY cleanroom_gate ON people'),
('write', 'CREATE POLICY mine ON people USING (true)'),
('write', 'CREATE TRIGGER t AFTER UPDATE ON people FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()'),
('write', 'CREATE RULE r AS ON INSERT TO people DO ALSO SELECT 1'),
('write', 'CREATE TABLE ref (p int REFERENCES bp.people)'),
('write', 'ALTER TABLE sink INHERIT bp.people'),
('write', 'CREATE TABLE heir () INHERITS (bp.people)'),
('write', 'CREATE STATISTICS st ON region, income FROM bp.people'),
('write', 'ANALYZE people'),
('write', 'SET cleanroom.enabled = off'),
('write', 'SELECT set_config(''cleanroom.enabled'', ''off'', false)'),
-- errors as an oracle
('error', 'SELECT count(*) FROM people WHERE 1 / (age - 99) = 0'),
('error', 'SELECT count(*) FROM people WHERE age / (score - 99) > 0'),
('error', 'SELECT sum(income / (income - 777777)) FROM people'),
('error', 'SELECT count(*) FROM people WHERE region::int > 0'),
('error', 'SELECT count(*) FROM people WHERE region::mood = ''tiny'''),
('error', 'SELECT count(*) FROM people WHERE (age * 2000000000) > 0'),
('error', 'SELECT age + 2147483600, count(*) FROM people GROUP BY 1'),
('error', 'SELECT (age * 2147483647)::text, count(*) FROM people GROUP BY 1'),
('error', 'SELECT 1 / (age - 99), count(*) FROM people GROUP BY age'),
('error', 'SELECT 1 / (count(*) - 3) FROM people GROUP BY region'),
('error', 'SELECT count(*) FROM people GROUP BY region HAVING 1 / (count(*) - 3) > -5'),
('error', 'SELECT count(*) FROM people GROUP BY region HAVING 1 / (sum(income) - 777777) > -5'),
('error', 'SELECT count(*) FROM people WHERE sqrt(-(age - 98)::float8) > 0'),
('error', 'SELECT count(*) FROM people WHERE ln(99 - age) > 0'),
('error', 'SELECT count(*) FROM people WHERE region ~ (''['' || region)'),
('error', 'SELECT count(*) FROM people WHERE region ~ ''['''),
('error', 'SELECT count(*) FROM people WHERE region LIKE region || E''\\'''),
('error', 'SELECT count(*) FROM people WHERE repeat(region, age * 10000000) = ''a'''),
('error', 'SELECT count(*) FROM people WHERE lpad(region, 1000000000) = ''a'''),
('error', 'SELECT count(*) FROM people WHERE substring(region, 1, 98 - age) = ''a'''),
('error', 'SELECT count(*) FROM people WHERE chr(99 - age) = ''a'''),
('error', 'SELECT count(*) FROM people WHERE make_date(2000, age - 87, 1) > ''2000-01-01'''),
('error', 'SELECT count(*) FROM people WHERE to_date(region, ''YYYY'') > ''2000-01-01'''),
('error', 'SELECT count(*) FROM people WHERE date_trunc(region, now()) = now()'),
('error', 'SELECT count(*) FROM people WHERE current_setting(region) = ''a'''),
('error', 'SELECT count(*) FROM people WHERE pg_sleep(age) IS NULL'),
('error', 'SELECT count(*) FROM people WHERE pg_advisory_lock(age) IS NULL'),
('error', 'SELECT count(*) FROM people WHERE nextval(''counter'') > age'),
('error', 'SELECT count(*) FROM people WHERE set_config(''spy.saw'', region, false) = ''a'''),
('error', 'SELECT count(*) FROM people WHERE lo_creat(age) = 1'),
('error', 'SELECT count(*) FROM people WHERE query_to_xml(''select 1/0'', true, true, region) IS NULL'),
('error', 'SELECT count(*) FROM people WHERE (CASE WHEN age = 99 THEN 1/0 ELSE 1 END) = 1'),
('error', 'SELECT count(*) FROM people WHERE region::int = 1'),
('error', 'SELECT count(*) FROM people WHERE region::date > ''2020-01-01'''),
('error', 'SELECT (region || ''-01-01'')::timestamptz, count(*) FROM people GROUP BY 1'),
('error', 'SELECT count(*) FROM people WHERE (CASE WHEN age = 99 THEN region END)::numeric = 1'),
('error', 'SELECT count(*) FROM people WHERE (CASE WHEN age = 99 THEN ''x'' END)::bigint = 1'),
('error', 'SELECT count(*) FROM people WHERE age = 99 AND (SELECT ''x''::text)::interval > ''1 day'''),
('error', 'SELECT count(*) FROM people WHERE region::regclass IS NOT NULL'),
('error', 'SELECT count(*) FROM people WHERE region::json IS NOT NULL'),
('error', 'SELECT CASE WHEN age = 99 THEN 1/0 ELSE 1 END, count(*) FROM people GROUP BY 1'),
('error', 'SELECT count(*) FROM people WHERE age = (SELECT k FROM keyed WHERE k IN (age, 1000))'),
('error', 'SELECT count(*) FROM people WHERE age = (SELECT k FROM keyed)'),
('error', 'SELECT count(*) FROM people WHERE age::smallint * 400::smallint > 0'),
('error', 'SELECT sum(income::bigint * 9223372036854775807) FROM people'),
('error', 'SELECT sum(income * 2147483647) FROM people'),
('error', 'SELECT sum(income::smallint) FROM people'),
('error', 'SELECT count(*) FROM people WHERE ''2020-01-01''::date + age * 30000000 > ''2020-01-01'''),
('error', 'SELECT count(*) FROM people WHERE (ARRAY[1, 2])[age] = 1'),
('error', 'SELECT count(*) FROM people WHERE jsonb_build_object(region, age) @> ''{}'''),
('error', 'SELECT count(*) FROM people WHERE region::varchar(2) = ''ti'''),
('error', 'SELECT count(*) FROM people WHERE age::numeric(2, 1) > 0'),
('error', 'SELECT count(*) FROM people WHERE xmlparse(content region) IS NOT NULL'),
-- sub-selects run only once a row needs them
('lazy', 'SELECT count(*) FROM people WHERE region = ''tiny'' AND age = (SELECT k FROM keyed)'),
('lazy', 'SELECT count(*) FROM people WHERE region = ''tiny'' AND age = (SELECT w FROM keyed WHERE k < 3 LIMIT 1)'),
('lazy', 'SELECT count(*) FROM people WHERE region = ''tiny'' AND age IN (SELECT k FROM keyed WHERE k = (SELECT k FROM keyed))'),
('lazy', 'SELECT count(*) FROM people WHERE region = ''tiny'' AND age = (SELECT n FROM my_groups)'),
('lazy', 'SELECT count(*) FROM people WHERE region = ''tiny'' AND age = (SELECT generate_series(1, 2))'),
('lazy', 'SELECT count(*) FROM people WHERE region = ''tiny'' AND age = (VALUES (1), (2))'),
('lazy', 'SELECT count(*) FROM people WHERE region = ''tiny'' AND age = (SELECT k FROM keyed ORDER BY w FETCH FIRST 1 ROW WITH TIES)'),
('lazy', 'SELECT count(*) FROM people WHERE region = ''tiny'' AND age = (SELECT 1 / (count(*) - 203)::int FROM people)'),
('lazy', 'SELECT count(*) FROM people WHERE region = ''tiny'' AND age IN (SELECT n FROM my_groups WHERE spy(n))'),
('lazy', 'SELECT count(*) FROM people WHERE region = ''tiny'' AND age = (SELECT max(n) FROM my_groups WHERE spy(n))'),
('lazy', 'SELECT count(*) FROM people WHERE region = ''tiny'' AND EXISTS (SELECT FROM keyed WHERE spy(k))'),
('lazy', 'SELECT count(*) FROM people WHERE region = ''tiny'' AND age = (SELECT k FROM spying LIMIT 1)'),
('lazy', 'WITH s AS MATERIALIZED (SELECT k FROM keyed WHERE spy(k)) SELECT count(*) FROM people WHERE region = ''tiny'' AND age IN (SELECT k FROM s)'),
('lazy', 'SELECT sum(income) FILTER (WHERE region = ''tiny'' AND age = (SELECT k FROM keyed)) FROM people'),
('lazy', 'SELECT CASE WHEN region = ''tiny'' THEN (SELECT k FROM keyed) END, count(*) FROM people GROUP BY 1'),
('lazy', 'SELECT region, (SELECT k FROM keyed WHERE g.region = ''tiny'') FROM (SELECT region FROM people GROUP BY region) g'),
('lazy', 'SELECT region FROM people GROUP BY region HAVING region = ''tiny'' AND 1 = (SELECT k FROM keyed)'),
('lazy', 'SELECT count(*) FILTER (WHERE person NOT IN (SELECT k FROM keyed WHERE lab = ''him'')) FROM people'),
('lazy', 'SELECT count(*) FILTER (WHERE person IN (SELECT k FROM keyed WHERE lab = ''him'')) FROM people'),
('lazy', 'SELECT count(*) FROM people WHERE NOT (age > 10 AND person IN (SELECT k FROM keyed WHERE lab = ''him''))'),
('lazy', 'SELECT count(*) FROM people WHERE (person IN (SELECT k FROM keyed WHERE lab = ''him'')) IS NOT TRUE'),
('lazy', 'SELECT count(*) FROM people WHERE (person IN (SELECT k FROM keyed WHERE lab = ''him'')) = false'),
('lazy', 'SELECT count(*) FROM people WHERE person <> ALL (SELECT k FROM keyed WHERE lab = ''him'')'),
-- the analyst's functions, operators, types
('user', 'SELECT count(*) FROM people WHERE spy(region)'),
('user', 'SELECT count(*) FROM people WHERE spy(age)'),
('user', 'SELECT count(*) FROM people WHERE raiser(income)'),
('user', 'SELECT count(*) FROM people WHERE notice(age)'),
('user', 'SELECT sum(sql_id(income)) FROM people'),
('user', 'SELECT count(*) FROM people WHERE sql_body(age) = 99'),
('user', 'SELECT spy(region), count(*) FROM people GROUP BY 1'),
('user', 'SELECT count(*) FROM people WHERE region === ''tiny'''),
('user', 'SELECT count(*) FROM people WHERE age <<< 99'),
('user', 'SELECT count(*) FROM people WHERE age = ANY (ARRAY[99]) AND region OPERATOR(bp_false.=) ANY (ARRAY[''tiny''])'),
('user', 'SELECT count(*) FROM people WHERE age::spy_domain > 0'),
('user', 'SELECT sum(income::plain_domain) FROM people'),
('user', 'SELECT count(*) FROM people WHERE (age::spy_type).x = 99'),
('user', 'SELECT region COLLATE my_collation, count(*) FROM people GROUP BY 1'),
('user', 'SELECT region FROM people GROUP BY region HAVING spy(region)'),
('user', 'SELECT region FROM people GROUP BY region HAVING spy(count(*))'),
('user', 'SELECT region, age FROM people GROUP BY region, age HAVING spy(age) ORDER BY spy(region)'),
('user', 'SELECT region FROM people GROUP BY region ORDER BY spy(region), spy(sum(income))'),
('user', 'SELECT * FROM my_groups WHERE spy(region)'),
('user', 'SELECT * FROM my_groups WHERE spy(n) AND spy(s)'),
('user', 'SELECT * FROM my_groups WHERE region === ''tiny'''),
('user', 'SELECT * FROM (SELECT region, age, count(*) FROM people GROUP BY 1, 2) s WHERE spy(age) AND spy(region)'),
('user', 'SELECT * FROM (SELECT DISTINCT region FROM people) s WHERE spy(region)'),
('user', 'SELECT DISTINCT region FROM people ORDER BY region'),
('user', 'WITH s AS (SELECT region, count(*) FROM people GROUP BY 1) SELECT * FROM s WHERE spy(region)'),
('user', 'WITH s AS NOT MATERIALIZED (SELECT region, count(*) FROM people GROUP BY 1) SELECT * FROM s WHERE spy(region)'),
('user', 'SELECT * FROM regions r JOIN my_groups g ON spy(g.region) AND r.region = g.region'),
('user', 'SELECT * FROM my_groups g, LATERAL (SELECT spy(g.region)) l'),
('user', 'SELECT * FROM (SELECT region FROM people GROUP BY region UNION ALL SELECT ''a'') u WHERE spy(region)'),
('user', 'SELECT * FROM (SELECT region, n, row_number() OVER (ORDER BY n) FROM my_groups) w WHERE spy(region)'),
('user', 'SELECT * FROM (SELECT * FROM my_groups OFFSET 0) w WHERE raiser(n::int - 100)'),
('user', 'SELECT count(*) FILTER (WHERE spy(region)) FROM my_groups'),
('user', 'SELECT string_agg(region, '','') FROM my_groups WHERE spy(region)'),
('user', 'SELECT CASE WHEN spy(region) THEN count(*) END FROM people GROUP BY region'),
('user', 'SELECT region, count(*) FROM people GROUP BY region LIMIT (SELECT spy(max(region))::int FROM my_groups)'),
('user', 'SELECT * FROM sql_rows()'),
('user', 'SELECT count(*) FROM sql_rows() s WHERE s.income > 700000'),
('user', 'SELECT sql_rows()'),
('user', 'SELECT sql_max()'),
('user', 'SELECT sql_probe(1000)'),
('user', 'SELECT k, sql_probe(k) FROM keyed'),
('user', 'SELECT sql_probe(person) FROM people'),
('user', 'SELECT pl_rows()'),
('user', 'SELECT definer_rows()'),
('user', 'SELECT pl_loop()'),
('user', 'SELECT pl_cursor()'),
('user', 'SELECT pl_rowtype()'),
('user', 'SELECT query_to_xml(''SELECT secret FROM bp.people'', true, true, '''')'),
('user', 'SELECT table_to_xml(''bp.people'', true, true, '''')'),
('user', 'SELECT cursor_to_xml(''c'', 10, true, true, '''')'),
('user', 'SELECT ts_stat(''SELECT to_tsvector(secret) FROM bp.people'')'),
('user', 'DO $d$ DECLARE x text; BEGIN SELECT secret INTO x FROM bp.people LIMIT 1; RAISE EXCEPTION ''got %'', x; END $d$'),
-- small groups
('small', 'SELECT count(*) FROM people WHERE region = ''tiny'' OR false'),
('small', 'SELECT count(*) FROM people WHERE age = 99'),
('small', 'SELECT count(*), sum(income) FROM people WHERE age = 98'),
('small', 'SELECT count(*) FROM people WHERE false'),
('small', 'SELECT count(*) > 0 FROM people WHERE age > 90'),
('small', 'SELECT 1 FROM people WHERE age > 90 HAVING true'),
('small', 'SELECT 1 FROM people WHERE age = 99 HAVING count(*) >= 0'),
('small', 'SELECT region FROM people GROUP BY region'),
('small', 'SELECT region, age FROM people GROUP BY region, age'),
('small', 'SELECT (SELECT count(*) FROM people WHERE age = 99) IS NULL'),
('small', 'SELECT COALESCE((SELECT count(*) FROM people WHERE age = 99), -1)'),
('small', 'SELECT r.region, g.n FROM regions r LEFT JOIN my_groups g ON g.region = r.region'),
('small', 'SELECT count(*), sum(n), string_agg(region, '','' ORDER BY region) FROM my_groups'),
('small', 'SELECT shop, count(*), sum(amount) FROM buys GROUP BY shop'),
('small', 'SELECT count(*) FROM buys'),
('small', 'SELECT count(amount), avg(amount) FROM buys WHERE shop IN (''solo'', ''nobody'')'),
('small', 'SELECT count(*) FROM buys WHERE shop = ''nobody'''),
('small', 'SELECT count(*) - count(person) FROM buys'),
('small', 'SELECT count(*) FROM buys WHERE person IS NULL'),
('small', 'SELECT count(b.shop) FROM people p LEFT JOIN buys b ON b.person = p.person AND b.shop = ''solo'''),
('small', 'SELECT b.shop, count(*) FROM people p LEFT JOIN buys b ON b.person = p.person GROUP BY 1'),
('small', 'SELECT topic, count(*), sum(minutes) FROM calls GROUP BY topic'),
('small', 'SELECT count(*) FROM calls WHERE topic = ''love'''),
('small', 'SELECT count(*) FROM (SELECT a, count(*) AS n FROM calls GROUP BY a) s'),
('small', 'SELECT n, count(*) FROM (SELECT a, b, count(*) AS n FROM calls WHERE topic = ''love'' GROUP BY a, b) s GROUP BY n'),
('small', 'SELECT region, count(*) FROM strict GROUP BY region'),
('small', 'SELECT count(*) FROM strict WHERE region = ''tiny'''),
('small', 'SELECT count(*) FROM strict WHERE region = ''nowhere'''),
('small', 'SELECT region, count(*) FROM strict WHERE region IN (''tiny'', ''nowhere'') GROUP BY region'),
('small', 'SELECT region, count(*) FROM strict WHERE region IN (''tiny'', ''north'') GROUP BY region LIMIT 1'),
('small', 'SELECT region, count(*) FROM strict GROUP BY region HAVING region = ''north'''),
('small', 'SELECT 1 WHERE EXISTS (SELECT region FROM strict GROUP BY region)'),
('small', 'SELECT sum(income) FILTER (WHERE region = ''tiny'') FROM strict'),
-- inheritance and partitions
('parts', 'SELECT * FROM parent'),
('parts', 'SELECT secret FROM people UNION ALL SELECT region FROM child'),
('parts', 'SELECT * FROM child'),
('parts', 'SELECT * FROM ONLY child'),
('parts', 'SELECT region, count(*) FROM child GROUP BY region'),
('parts', 'SELECT region, count(*) FROM parent GROUP BY region'),
('parts', 'SELECT count(*) FROM ONLY parent'),
('parts', 'SELECT max(income) FROM ONLY child'),
('parts', 'SELECT * FROM top'),
('parts', 'SELECT region, count(*) FROM top GROUP BY region'),
('parts', 'SELECT max(income) FROM top'),
('parts', 'SELECT count(*) FROM top WHERE spy(income)'),
('parts', 'SELECT * FROM ONLY top'),
('parts', 'SELECT * FROM below'),
('parts', 'UPDATE top SET income = income RETURNING *'),
('parts', 'DELETE FROM top RETURNING *'),
('parts', 'SELECT * FROM part_tiny'),
('parts', 'SELECT count(*) FROM part_tiny'),
('parts', 'SELECT region, count(*), sum(income) FROM parted GROUP BY region'),
('parts', 'SELECT max(income) FROM parted'),
('parts', 'SELECT * FROM loose'),
('parts', 'SELECT count(*) FROM loose'),
('parts', 'SELECT * FROM loose_tiny'),
('parts', 'SELECT max(income) FROM loose'),
('parts', 'COPY loose TO STDOUT'),
-- statistics and other windows
('window', 'SELECT * FROM pg_stats WHERE tablename = ''people'''),
('window', 'SELECT most_common_vals::text, histogram_bounds::text FROM pg_stats WHERE tablename IN (''buys'', ''people'')'),
('window', 'SELECT starelid::regclass, staattnum, stavalues1::text FROM pg_statistic WHERE starelid = ''bp.people''::regclass'),
('window', 'SELECT seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = ''people'''),
('window', 'SELECT pg_stat_get_live_tuples(''bp.people''::regclass)'),
('window', 'SELECT seq_tup_read FROM pg_stat_user_tables WHERE relname = ''people'''),
('window', 'SELECT n_distinct FROM pg_stats_ext'),
-- prepared before
('prepared', 'EXECUTE early_rows'),
('prepared', 'EXECUTE early_max'),
('prepared', 'EXECUTE early_param(''p1000@x'')'),
('prepared', 'EXECUTE early_update'),
('prepared', 'EXECUTE early_child'),
('prepared', 'EXECUTE early_part'),
('prepared', 'EXECUTE owner_max'),
('prepared', 'EXECUTE owner_rows');

INSERT INTO attacks (family, setup, probe) VALUES
('cursor', 'DECLARE c CURSOR FOR SELECT secret FROM people', 'FETCH ALL FROM c'),
('cursor', 'DECLARE c SCROLL CURSOR WITH HOLD FOR SELECT * FROM people', 'FETCH ALL FROM c'),
('cursor', 'DECLARE c CURSOR FOR SELECT region FROM people GROUP BY region ORDER BY region', 'FETCH ALL FROM c'),
('cursor', 'PREPARE p1(int) AS SELECT count(*) FROM people WHERE person = $1', 'EXECUTE p1(1000)'),
('cursor', 'PREPARE p2(int) AS SELECT count(*) FROM people WHERE age = $1', 'EXECUTE p2(99)'),
('cursor', 'PREPARE p3(text) AS SELECT sum(income) FILTER (WHERE region = $1) FROM people', 'EXECUTE p3(''tiny'')'),
('cursor', 'PREPARE p4(int) AS SELECT sum(income * $1) FROM people WHERE region = ''tiny''', 'EXECUTE p4(1)'),
('role', 'SET LOCAL ROLE regress_cr_bp_bypass', 'SELECT secret FROM people'),
('role', 'SET LOCAL ROLE regress_cr_bp_bypass', 'SELECT region, count(*) FROM people GROUP BY region'),
('role', 'SET LOCAL ROLE regress_cr_bp_bypass', 'SELECT * FROM top'),
('role', 'SET LOCAL ROLE regress_cr_bp_bypass', 'SELECT * FROM loose'),
('role', 'SET LOCAL ROLE regress_cr_bp_reader', 'SELECT secret FROM people'),
('role', 'SET LOCAL ROLE regress_cr_bp_reader', 'SELECT max(income) FROM people'),
('role', 'SET LOCAL ROLE regress_cr_bp_reader', 'SELECT histogram_bounds::text FROM pg_stats WHERE tablename = ''people'''),
('role', 'SET LOCAL ROLE regress_cr_bp_reader', 'SELECT * FROM clinic'),
('role', 'SET LOCAL ROLE regress_cr_bp_reader', 'SELECT starelid::regclass, staattnum, stavalues1::text FROM pg_statistic WHERE starelid = ''bp.people''::regclass'),
('role', 'SET LOCAL ROLE regress_cr_bp_reader', 'SELECT relname, n_live_tup, seq_tup_read FROM pg_stat_all_tables WHERE relname = ''people'''),
('role', 'SET LOCAL ROLE regress_cr_bp_bypass', 'SELECT most_common_vals::text FROM pg_stats WHERE tablename = ''people'''),
('role', 'SET LOCAL ROLE regress_cr_bp_reader; CREATE TEMP VIEW sv AS SELECT stavalues1::text FROM pg_statistic', 'SELECT * FROM sv'),
('role', 'SET LOCAL row_security = off', 'SELECT secret FROM people'),
('role', 'SET LOCAL row_security = off', 'SELECT region, count(*) FROM people GROUP BY region'),
('role', 'SET LOCAL debug_print_plan = on', 'SELECT region, count(*) FROM people GROUP BY region'),
('role', 'SET LOCAL client_min_messages = log', 'SELECT count(*) FROM people WHERE age = 99'),
('role', 'SET LOCAL search_path = bp_own, pg_catalog', 'SELECT secret FROM bp.people'),
('role', 'SET LOCAL session_replication_role = replica', 'SELECT secret FROM people'),
('planner', 'SET LOCAL enable_hashagg = off', 'SELECT * FROM my_groups WHERE spy(region)'),
('planner', 'SET LOCAL enable_sort = off', 'SELECT * FROM my_groups WHERE spy(region)'),
('planner', 'SET LOCAL enable_partitionwise_aggregate = on; SET LOCAL enable_partitionwise_join = on', 'SELECT * FROM (SELECT region, count(*) FROM parted GROUP BY region) s WHERE spy(region)'),
('planner', 'SET LOCAL parallel_setup_cost = 0; SET LOCAL min_parallel_table_scan_size = 0', 'SELECT region, count(*) FROM people GROUP BY region'),
('planner', 'SET LOCAL from_collapse_limit = 1; SET LOCAL join_collapse_limit = 1', 'SELECT count(*) FROM people JOIN keyed ON k = person JOIN regions r ON r.region = people.region WHERE lab = ''him'''),
('shadow', 'SET LOCAL search_path = bp_false, bp_own, bp, pg_catalog', 'SELECT sum(secret) FROM people'),
('shadow', 'SET LOCAL search_path = bp_false, bp_own, bp, pg_catalog', 'SELECT lower(region), count(*) FROM people GROUP BY 1'),
('shadow', 'SET LOCAL search_path = bp_false, bp_own, bp, pg_catalog', 'SELECT lower(region), count(*) FROM people GROUP BY region'),
('shadow', 'SET LOCAL search_path = bp_false, bp_own, bp, pg_catalog', 'SELECT count(region) FROM people'),
('shadow', 'SET LOCAL search_path = bp_false, bp_own, bp, pg_catalog', 'SELECT count(*) FROM people WHERE region = ''tiny'''),
('shadow', 'SET LOCAL search_path = bp_false, bp_own, bp, pg_catalog', 'SELECT count(*) FROM people JOIN regions USING (region)'),
('shadow', 'SET LOCAL search_path = bp_false, bp_own, bp, pg_catalog', 'SELECT region FROM people GROUP BY region HAVING region = ''tiny'''),
('shadow', 'SET LOCAL search_path = bp_false, bp_own, bp, pg_catalog', 'SELECT * FROM my_groups WHERE region = ''tiny'''),
('shadow', 'SET LOCAL search_path = bp_false, bp_own, bp, pg_catalog', 'SELECT count(*) FROM people WHERE CASE region WHEN ''tiny'' THEN true END'),
('shadow', 'SET LOCAL search_path = bp_false, bp_own, bp, pg_catalog', 'SELECT region, count(*) FROM people WHERE region IN (''tiny'', ''north'') GROUP BY 1'),
('shadow', 'SET LOCAL search_path = bp_false, bp_own, bp, pg_catalog', 'SELECT DISTINCT lower(region) FROM people'),
('shadow', 'SET LOCAL search_path = bp_false, bp_own, bp, pg_catalog', 'SELECT count(*) FROM people NATURAL JOIN regions'),
('shadow', 'CREATE TEMP TABLE people (secret text)', 'SELECT secret FROM bp.people'),
('shadow', 'CREATE FUNCTION pg_temp.count(x int) RETURNS text LANGUAGE sql AS ''SELECT $1::text''', 'SELECT pg_temp.count(income) FROM people'),
('shadow', 'CREATE VIEW v AS SELECT * FROM bp.people', 'UPDATE v SET flag = flag RETURNING secret'),
('shadow', 'CREATE VIEW v AS SELECT * FROM bp.people', 'DELETE FROM v RETURNING *'),
('shadow', 'CREATE RULE r AS ON INSERT TO sink DO INSTEAD SELECT secret FROM bp.people', 'INSERT INTO sink VALUES (''a'')'),
('shadow', 'CREATE RULE r AS ON UPDATE TO sink DO ALSO INSERT INTO keyed SELECT person + 5000, income, secret FROM bp.people', 'UPDATE sink SET x = ''a'''),
('shadow', 'CREATE FUNCTION trg() RETURNS trigger LANGUAGE plpgsql AS $t$ BEGIN NEW.x := (SELECT max(secret) FROM bp.people); RETURN NEW; END $t$; CREATE TRIGGER t BEFORE INSERT ON sink FOR EACH ROW EXECUTE FUNCTION trg()', 'INSERT INTO sink VALUES (''a'') RETURNING x'),
('shadow', 'ALTER TABLE sink ADD c int DEFAULT 1, ADD CHECK (spy(c))', 'INSERT INTO sink SELECT region, income FROM people'),
('shadow', 'CREATE INDEX ON keyed ((spy(lab)))', 'SELECT lab, count(*) FROM people JOIN keyed ON k = person GROUP BY lab'),
('shadow', 'ALTER TABLE keyed ADD g int GENERATED ALWAYS AS (1 / w) STORED', 'SELECT g, count(*) FROM people JOIN keyed ON k = person GROUP BY g'),
('shadow', 'CREATE FUNCTION pg_temp.inner_sql(p int) RETURNS SETOF int LANGUAGE sql STABLE AS ''SELECT w FROM bp_own.keyed WHERE k = $1''', 'SELECT count(*) FROM people p, pg_temp.inner_sql(p.person) f'),
('shadow', 'CREATE FUNCTION pg_temp.groups() RETURNS TABLE (region text, n bigint) LANGUAGE sql STABLE AS ''SELECT region, pg_catalog.count(*) FROM bp.people GROUP BY region''', 'SELECT * FROM pg_temp.groups() WHERE spy(region)'),
('shadow', 'CREATE DOMAIN dom AS text CHECK (spy(VALUE))', 'SELECT region::dom, n FROM my_groups'),
('shadow', 'ALTER TABLE keyed ALTER w TYPE spy_domain', 'SELECT w, count(*) FROM people JOIN keyed ON k = person GROUP BY w'),
('shadow', 'CREATE TABLE marks (k int PRIMARY KEY, m mood); INSERT INTO marks SELECT i, ''tiny'' FROM generate_series(1, 30) i', 'SELECT m, count(*) FROM people JOIN marks ON k = person GROUP BY m');

INSERT INTO attacks (family, probe) VALUES
-- several conditions inside an aggregate
('classes', 'SELECT sum(CASE WHEN flag THEN 1 WHEN region = ''tiny'' THEN 1000000 ELSE 0 END) FROM people'),
('classes', 'SELECT sum(CASE WHEN flag THEN 0 WHEN region = ''tiny'' THEN 0 ELSE income END) FROM people'),
('classes', 'SELECT sum(CASE WHEN flag THEN income WHEN region = ''tiny'' THEN income * 2 ELSE income + 0 END) FROM people'),
('classes', 'SELECT sum(CASE WHEN flag THEN income WHEN region <> ''tiny'' THEN income END) FROM people'),
('classes', 'SELECT sum(CASE WHEN flag THEN CASE WHEN region = ''tiny'' THEN 1000000 ELSE 1 END ELSE 2 END) FROM people'),
('classes', 'SELECT sum(CASE WHEN flag THEN CASE WHEN region <> ''tiny'' THEN income END ELSE 0 END) FROM people'),
('classes', 'SELECT sum(CASE WHEN flag THEN income END) FILTER (WHERE region <> ''tiny'') FROM people'),
('classes', 'SELECT sum(CASE WHEN region <> ''tiny'' THEN income END) FILTER (WHERE flag) FROM people'),
('classes', 'SELECT count(CASE WHEN flag THEN 1 WHEN region <> ''tiny'' THEN 2 END) FILTER (WHERE score < 99) FROM people'),
('classes', 'SELECT avg(CASE WHEN flag THEN 1 ELSE 0 END) FILTER (WHERE region <> ''tiny'') FROM people'),
('classes', 'SELECT avg(CASE WHEN flag THEN 0 WHEN region = ''tiny'' THEN 1000000 ELSE 1 END) FROM people'),
('classes', 'SELECT avg(CASE WHEN flag THEN income WHEN region <> ''tiny'' THEN income END) FROM people'),
('classes', 'SELECT count(CASE WHEN flag THEN sparse WHEN score < 3 THEN income END) FROM people'),
('classes', 'SELECT sum(CASE WHEN flag THEN sparse ELSE income END) FROM people'),
('classes', 'SELECT sum(coalesce(CASE WHEN flag THEN sparse WHEN score < 3 THEN income END, 0)) FROM people'),
('classes', 'SELECT avg(coalesce(CASE WHEN flag THEN sparse WHEN score < 3 THEN income END, 0)) FROM people'),
('classes', 'SELECT sum(coalesce(CASE WHEN flag THEN sparse WHEN score < 3 THEN income END, 1)) FROM people'),
('classes', 'SELECT sum(income * (region = ''tiny'')::int) FROM people'),
('classes', 'SELECT sum(income * (1 - (region = ''tiny'')::int)) FROM people'),
('classes', 'SELECT sum(income * flag::int * (region <> ''tiny'')::int) FROM people'),
('classes', 'SELECT sum(income * (1 + 1000000 * (age = 99)::int)) FROM people'),
('classes', 'SELECT sum(CASE WHEN income > 700000 THEN 1 WHEN flag THEN 2 ELSE 3 END) FROM people'),
('classes', 'SELECT sum(CASE WHEN flag THEN 1 WHEN person = 1000 THEN 2 ELSE 3 END) FROM people'),
('classes', 'SELECT sum(CASE WHEN flag THEN 1 WHEN spy(income) THEN 2 ELSE 3 END) FROM people'),
('classes', 'SELECT sum(CASE WHEN flag THEN 1 WHEN 1 / (age - 99) = 0 THEN 2 ELSE 3 END) FROM people'),
('classes', 'SELECT sum(CASE WHEN flag THEN 1 WHEN (1 / (age - 99) = 0) IS NULL THEN 2 ELSE 3 END) FROM people'),
('classes', 'SELECT sum(CASE WHEN flag THEN 1 WHEN EXISTS (SELECT FROM clinic c WHERE c.person = p.person AND diagnosis = ''rare'') THEN 2 ELSE 3 END) FROM people p'),
('classes', 'SELECT sum(CASE WHEN flag THEN 1 WHEN EXISTS (SELECT FROM keyed WHERE k = p.person AND lab = ''him'') THEN 2 ELSE 3 END) FROM people p'),
('classes', 'SELECT region, sum(CASE WHEN flag THEN 1 WHEN score = 99 THEN 2 ELSE 3 END) FROM people GROUP BY region'),
('classes', 'SELECT sum(CASE WHEN u.n > 50 THEN 1000000 WHEN u.n > 1 THEN u.n ELSE 1 END) FROM (SELECT person, count(*) AS n FROM buys GROUP BY person) u'),
('classes', 'SELECT sum(CASE WHEN shop = ''solo'' THEN u.s WHEN shop = ''shop1'' THEN -u.s ELSE 0 END) FROM (SELECT person, shop, sum(amount) AS s FROM buys GROUP BY person, shop) u'),
('classes', 'SELECT sum(CASE WHEN shop = ''solo'' THEN -amount ELSE amount END) FROM buys'),
('classes', 'SELECT sum(CASE WHEN flag THEN w WHEN score < 3 THEN 2 ELSE 3 END) FROM people JOIN keyed ON k = person'),
('classes', 'SELECT sum(CASE WHEN lab = ''him'' THEN income WHEN flag THEN 0 ELSE -income END) FROM people JOIN keyed ON k = person'),
-- columns that a UNION ALL widens
('unite', 'SELECT avg(v), count(v) FROM (SELECT income AS v FROM people WHERE age = 99 UNION ALL SELECT 1.5 FROM people) u'),
('unite', 'SELECT count(v) FROM (SELECT 1.5 AS v FROM people UNION ALL SELECT CASE WHEN age = 99 THEN income END FROM people) u'),
('unite', 'SELECT count(v) FROM (SELECT 1.5 AS v FROM people UNION ALL SELECT sparse FROM people WHERE age = 99) u'),
('unite', 'SELECT count(DISTINCT v) FROM (SELECT 1.5 AS v FROM people UNION ALL SELECT income FROM people) u');

-- Where the contract says that the worlds may differ: an aggregate over
-- enough people is exact, and so open to differencing.
UPDATE attacks SET accepted = 'the rest of a FILTER may be empty, not small'
WHERE probe LIKE '%NOT (region = ''tiny'' AND flag) IS TRUE%' OR
    probe LIKE '%(CASE WHEN flag THEN 0 WHEN region <> ''tiny'' THEN income END)%' OR
    (family = 'classes' AND probe LIKE '%region <> ''tiny''%') OR
    probe LIKE '%(CASE WHEN flag THEN 0 WHEN region = ''tiny'' THEN 0 ELSE income END)%' OR
    probe LIKE '%(income * (1 - (region = ''tiny'')::int))%' OR
    probe LIKE '%count(NULLIF(region, ''tiny''))%';
UPDATE attacks SET accepted = 'refuse fails when there is a small group'
WHERE probe LIKE '%FROM strict WHERE region IN (''tiny'', ''north'')%';
UPDATE attacks SET accepted = 'exact over a list of enough people'
WHERE probe IN (
    'SELECT count(*) FROM people JOIN wide ON k = person AND w = 1',
    'SELECT count(*) FROM people WHERE person IN (SELECT k FROM keyed)',
    'SELECT lab, count(*) FROM people LEFT JOIN keyed ON k = person GROUP BY lab',
    'SELECT count(p.person) FROM keyed w LEFT JOIN people p ON w.k = p.person',
    'SELECT lab, sum(income) FROM people JOIN keyed ON k = person GROUP BY lab');
UPDATE attacks SET accepted = 'exact, as with age <> 99: the error is NULL'
WHERE probe LIKE '%CASE WHEN age = 99 THEN 1/0 ELSE 1 END%';

-- ---------- world one ----------
INSERT INTO outcomes
SELECT r.* FROM attacks a, LATERAL attack(1, a.id, a.setup, a.probe) r;

-- ---------- world two ----------
DEALLOCATE p1; DEALLOCATE p2; DEALLOCATE p3; DEALLOCATE p4;
SET SESSION AUTHORIZATION regress_cr_bp_owner;
SET search_path = bp, pg_catalog;
CREATE FUNCTION rotate(tab regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('UPDATE %s p SET income = o.income FROM (
        SELECT q.person, x.income
        FROM (SELECT person, row_number() OVER w AS i,
                     count(*) OVER (PARTITION BY region, age, flag, score) AS n,
                     region, age, flag, score FROM bp.people
              WINDOW w AS (PARTITION BY region, age, flag, score
                           ORDER BY person)) q
        JOIN (SELECT income, row_number() OVER w AS i,
                     region, age, flag, score FROM bp.people
              WINDOW w AS (PARTITION BY region, age, flag, score ORDER BY person)) x
          ON (x.region, x.age, x.flag, x.score) = (q.region, q.age, q.flag, q.score)
             AND x.i = q.i %% q.n + 1) o
        WHERE o.person = p.person', tab);
END $$;
SELECT rotate('people'), rotate('strict'), rotate('child'), rotate('below'),
       rotate('parted'), rotate('loose');
UPDATE people SET person = person + 1000, email = 'p' || person + 1000 || '@x',
    region = 'other', age = 98, sparse = sparse + 5
WHERE person >= 1000;
UPDATE buys SET person = person + 1000, shop = 'other' WHERE person >= 1000;
DELETE FROM buys WHERE person IS NULL;
UPDATE calls SET topic = 'hate' WHERE topic = 'love';
UPDATE strict SET person = person + 1000, region = 'other'
    WHERE person >= 1000;
UPDATE child SET person = person + 1000, region = 'other'
    WHERE person >= 1000;
UPDATE below SET person = person + 1000, region = 'other'
    WHERE person >= 1000;
UPDATE parted SET person = person + 1000, region = 'other'
    WHERE person >= 1000;
UPDATE loose SET person = person + 1000, region = 'other'
    WHERE person >= 1000;
SET SESSION AUTHORIZATION regress_cr_bp_partner;
UPDATE clinic SET person = 2000, diagnosis = 'odd' WHERE person = 1000;
SET SESSION AUTHORIZATION regress_cr_bp_analyst;
SET search_path = bp_own, bp, pg_catalog;
INSERT INTO outcomes
SELECT r.* FROM attacks a, LATERAL attack(2, a.id, a.setup, a.probe) r;

-- ---------- what came of it ----------
CREATE VIEW judged AS
SELECT a.id, a.family, a.setup, a.probe, a.accepted, o.admitted, o.outcome, o.saw,
       t.outcome AS other_outcome, t.saw AS other_saw,
       (o.admitted, o.outcome, o.saw) IS DISTINCT FROM
           (t.admitted, t.outcome, t.saw)
       OR o.saw ~ '\m(tiny|other|canary\d+);'
       OR concat(o.outcome, o.saw) ~
          '\mcanary[1-9]|\m(77777[789]|88888[89]|888890|666666|555555|444444|333333)\M'
       AS leaks
FROM attacks a JOIN outcomes o ON o.id = a.id AND o.world = 1
     LEFT JOIN outcomes t ON t.id = a.id AND t.world = 2;
\pset format unaligned
\pset fieldsep ' | '
SELECT id, family, concat(setup || '; ', probe) || E'\n  -> ' ||
       CASE WHEN leaks AND accepted IS NULL THEN 'LEAK '
            WHEN leaks THEN 'ACCEPTED (' || accepted || ') ' ELSE '' END ||
       CASE WHEN admitted THEN 'admitted: ' ELSE '' END || outcome ||
       CASE WHEN saw <> '' THEN ' [saw ' || saw || ']' ELSE '' END
FROM judged ORDER BY id;
SELECT 'refused: ' || count(*) FROM judged WHERE NOT admitted;
SELECT 'admitted, and the same in both worlds: ' || count(*)
FROM judged WHERE admitted AND NOT leaks;
SELECT 'differ, as the contract accepts: ' || count(*) FROM judged
WHERE leaks AND accepted IS NOT NULL;
SELECT 'attacks: ' || count(*) FROM judged;
SELECT 'leaks: ' || count(*) FROM judged WHERE leaks AND accepted IS NULL;
SELECT 'LEAK', id, probe, outcome, other_outcome, saw, other_saw
FROM judged WHERE leaks AND accepted IS NULL ORDER BY id;

-- ---------- is the machine awake? ----------
-- the owner, whom nothing stops, must be found leaking by the same test
DELETE FROM outcomes;
GRANT ALL ON ALL TABLES IN SCHEMA bp_own TO regress_cr_bp_owner;
SET SESSION AUTHORIZATION regress_cr_bp_owner;
SELECT 'as the owner, rows: ' || count(*) FROM attack(2, 1, NULL,
    'SELECT secret FROM bp.people WHERE person = 2000') r
WHERE r.admitted AND r.outcome ~ 'canary';

RESET SESSION AUTHORIZATION;
SET client_min_messages = error;
DEALLOCATE ALL;
RESET search_path;
DROP SCHEMA bp, bp_own, bp_false CASCADE;
DROP OWNED BY regress_cr_bp_owner, regress_cr_bp_partner,
    regress_cr_bp_analyst, regress_cr_bp_bypass, regress_cr_bp_reader;
DROP ROLE regress_cr_bp_owner, regress_cr_bp_partner, regress_cr_bp_analyst,
    regress_cr_bp_bypass, regress_cr_bp_reader;
