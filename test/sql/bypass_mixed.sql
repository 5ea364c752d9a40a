-- Attacks by what equal values look like, by what owners put on their own
-- tables, and by how constructs that are admitted each work together.
--
-- Every statement runs in two worlds, in which one person of a large group
-- differs, or a group that is withheld.  It must be refused, with a hint, or
-- have the same outcome in both.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_mixed_owner;
CREATE ROLE regress_cr_mixed_other;
CREATE ROLE regress_cr_mixed_analyst;
CREATE SCHEMA mixed;
GRANT ALL ON SCHEMA mixed TO regress_cr_mixed_owner, regress_cr_mixed_other,
    regress_cr_mixed_analyst;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_mixed_owner,
    regress_cr_mixed_other, regress_cr_mixed_analyst;
SET search_path = mixed, pg_catalog;
\pset format unaligned
\pset tuples_only on

SET SESSION AUTHORIZATION regress_cr_mixed_owner;
CREATE TABLE people (person int NOT NULL, region text NOT NULL, n numeric,
    price numeric(8, 2), f float8, f4 float4, length interval, code bpchar,
    began timestamp, ended timestamp, nick name);
CREATE FUNCTION fill(world int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM people;
    -- the first row met is the one whose spelling a group would show
    INSERT INTO people VALUES (1000, 'north',
        CASE world WHEN 1 THEN 1.5 ELSE 1.5000 END, 1.5,
        CASE world WHEN 1 THEN 0 ELSE '-0' END,
        CASE world WHEN 1 THEN 0 ELSE '-0' END,
        CASE world WHEN 1 THEN '30 days' ELSE '1 mon' END::interval,
        CASE world WHEN 1 THEN 'a' ELSE 'a   ' END,
        '2024-01-01', '2024-02-20', 'x');
    INSERT INTO people SELECT i, 'north', 1.5, 1.5, 0, 0, '30 days', 'a',
        '2024-01-01', '2024-02-20', 'x' FROM generate_series(1, 40) i;
    INSERT INTO people SELECT 1001, CASE world WHEN 1 THEN 'rare1'
        ELSE 'rare2' END, 1, 1, 1, 1, '1 day', 'b', '2024-01-01',
        '2024-01-02', 'y';
END $$;
SELECT fill(1);
SELECT cleanroom.protect('people', 'person', 10, join_keys => '{person}',
    dimensions => '{region, n, price, f, f4, length, code, began, ended, nick}');
GRANT ALL ON people TO regress_cr_mixed_analyst;

SET SESSION AUTHORIZATION regress_cr_mixed_analyst;
CREATE TABLE labels (price numeric PRIMARY KEY, k numeric, c text COLLATE "C",
    p text COLLATE "POSIX");
INSERT INTO labels VALUES (1.50, 2.0, 'a', 'b'), (1.00, 2.00, 'b', 'a');
\getenv abs_srcdir PG_ABS_SRCDIR
\set included :abs_srcdir '/lib/worlds.sql'
\i :included

-- ---------- values that are equal and look different ----------
SELECT try('look', 'SELECT n, count(*) FROM people GROUP BY n');
SELECT try('look', 'SELECT DISTINCT n FROM people WHERE region = ''north''');
SELECT try('look', 'SELECT n::text, count(*) FROM people GROUP BY n');
SELECT try('look', 'SELECT scale(n), count(*) FROM people GROUP BY n');
SELECT try('look', 'SELECT n * 2, count(*) FROM people GROUP BY n * 2');
SELECT try('look', 'SELECT n / 2.0, count(*) FROM people GROUP BY 1');
SELECT try('look', 'SELECT coalesce(n, 0), count(*) FROM people GROUP BY 1');
SELECT try('look', 'SELECT greatest(n, 0), count(*) FROM people GROUP BY 1');
SELECT try('look', 'SELECT round(n, 9) * n, count(*) FROM people GROUP BY 1');
SELECT try('look', 'SELECT region, n FROM people GROUP BY region, n HAVING scale(n) > 0');
SELECT try('look', 'SELECT k, count(*) FROM (SELECT person, n AS k, count(*) FROM people GROUP BY person, n) x GROUP BY k');
SELECT try('look', 'SELECT n FROM (SELECT n FROM people UNION ALL SELECT n FROM people WHERE region = ''north'') x GROUP BY n');
SELECT try('look', 'SELECT n, count(*) FILTER (WHERE f = 0) FROM people GROUP BY n');
SELECT try('look', 'SELECT l.k, count(*) FROM people p JOIN labels l ON l.price = p.n GROUP BY l.k');
SELECT try('look', 'SELECT f, count(*) FROM people GROUP BY f');
SELECT try('look', 'SELECT f::text FROM people GROUP BY f');
SELECT try('look', 'SELECT float8send(f) FROM people GROUP BY f');
SELECT try('look', 'SELECT f * 3 FROM people GROUP BY f * 3');
SELECT try('look', 'SELECT atan2(f, -1) FROM people GROUP BY f');
SELECT try('look', 'SELECT f4, count(*) FROM people GROUP BY f4');
SELECT try('look', 'SELECT f4::float8 FROM people GROUP BY 1');
SELECT try('look', 'SELECT length, count(*) FROM people GROUP BY length');
SELECT try('look', 'SELECT extract(month FROM length) FROM people GROUP BY length');
SELECT try('look', 'SELECT date ''2024-02-01'' + length FROM people GROUP BY length');
SELECT try('look', 'SELECT length * 2 FROM people GROUP BY length * 2');
SELECT try('look', 'SELECT code, count(*) FROM people GROUP BY code');
SELECT try('look', 'SELECT octet_length(code) FROM people GROUP BY code');
-- inside the rule: what has one look keeps it
SELECT try('look', 'SELECT price, count(*) FROM people GROUP BY price');
SELECT try('look', 'SELECT price + 1, price * 2, -price FROM people GROUP BY 1, 2, 3');
SELECT try('look', 'SELECT round(n, 2), trunc(n, 1), floor(n) FROM people GROUP BY 1, 2, 3');
SELECT try('look', 'SELECT n::numeric(6, 3), 7.0 FROM people GROUP BY 1, 2');
SELECT try('look', 'SELECT extract(year FROM began), extract(second FROM began) FROM people GROUP BY 1, 2');
SELECT try('look', 'SELECT ended - began FROM people GROUP BY ended - began');
SELECT try('look', 'SELECT nick, count(*) FROM people GROUP BY nick');

-- ---------- comparing without a collation ----------
SELECT try('collation', 'SELECT count(*) FROM people p JOIN labels l ON l.price = p.price WHERE region = ''rare1'' AND greatest(l.c, l.p) IS NULL');
SELECT try('collation', 'SELECT count(*) FROM people p JOIN labels l ON l.price = p.price WHERE region = ''rare1'' AND least(l.c, l.p) COLLATE "C" > ''a''');
SELECT try('collation', 'SELECT count(*) FROM people JOIN (SELECT price, greatest(c, p) AS g FROM labels) l USING (price) WHERE region = ''rare1'' AND g IS NOT NULL');
SELECT try('collation', 'SELECT count(*) FILTER (WHERE greatest(l.c, l.p) IS NULL) FROM people p JOIN labels l ON l.price = p.price WHERE region = ''rare1''');
SELECT try('collation', 'SELECT count(*) FROM people WHERE region = ''rare1'' AND least(nick::text, (SELECT p FROM labels LIMIT 1)) IS NULL');
SELECT try('collation', 'SELECT count(*) FROM people WHERE region = ''rare1'' AND greatest(ARRAY[nick], ARRAY[nick]) IS NULL');
-- inside the rule: one collation, or types that have none
SELECT try('collation', 'SELECT greatest(region, nick::text, ''m''), least(n, 3) FROM people GROUP BY 1, 2');

-- ---------- parameters that fail when they are read ----------
CREATE FUNCTION other_field() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    r record;
    n bigint;
BEGIN
    SELECT 1 AS a, 2 AS b INTO r;
    FOR i IN 1 .. 2 LOOP
        SELECT count(*) INTO n FROM people
         WHERE region = 'rare1' AND price > r.a;
        SELECT 2 AS b INTO r;
    END LOOP;
    RETURN n;
END $$;
CREATE FUNCTION other_type() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    r record;
    n bigint;
BEGIN
    SELECT 1 AS a INTO r;
    FOR i IN 1 .. 2 LOOP
        SELECT count(*) INTO n FROM people
         WHERE region = 'rare1' AND price > r.a;
        SELECT 1.5 AS a INTO r;
    END LOOP;
    RETURN n;
END $$;
CREATE FUNCTION with_text(x text) RETURNS bigint LANGUAGE sql AS $$
    SELECT count(*) FROM people WHERE region = 'rare1' AND region <> x $$;
CREATE FUNCTION with_list(x text[]) RETURNS bigint LANGUAGE sql AS $$
    SELECT count(*) FROM people WHERE region = ANY (x) $$;
CREATE FUNCTION of_record() RETURNS SETOF bigint LANGUAGE plpgsql AS $$
DECLARE
    r record;
BEGIN
    FOR r IN SELECT 1 AS a, 'north' AS b UNION ALL SELECT 3, 'south' LOOP
        RETURN QUERY SELECT count(*) FROM people
         WHERE price > r.a AND region = r.b;
    END LOOP;
END $$;
SET plan_cache_mode = force_generic_plan;
SELECT try('parameter', 'SELECT other_field()');
SELECT try('parameter', 'SELECT other_type()');
RESET plan_cache_mode;
SELECT try('parameter', 'SELECT other_field() + 0');
SELECT try('parameter', 'SELECT with_text(repeat(''x'', 600000))');
SELECT try('parameter', 'SELECT with_text(''x'')');
SELECT try('parameter', 'SELECT with_list(array_fill(''north''::text, ARRAY[200000]))');
SELECT try('parameter', 'SELECT * FROM of_record()');

-- ---------- what is too long to form ----------
SELECT try('length', 'SELECT count(*) FROM people WHERE region = ''rare1'' AND region = ANY (ARRAY(SELECT lpad(''x'', 500000) FROM generate_series(1, 2200)))');
SELECT try('length', 'SELECT count(*) FROM people WHERE region = ''rare1'' AND region = ANY (ARRAY[region, nick::text])');
SELECT try('length', 'SELECT count(*) FROM people WHERE region = ''rare1'' AND region = ANY (ARRAY[' || repeat('lpad(region, 500000), ', 2200) || 'region])');
SELECT try('length', 'SELECT count(*) FROM people JOIN (SELECT price, c FROM labels WHERE k = ANY (ARRAY(SELECT k FROM labels))) l USING (price) WHERE region = ''rare1''');
SELECT length(try('length', 'SELECT count(*) FROM people WHERE region = ''rare1'' AND region <> ''' || repeat('x', 600000) || ''''));
-- inside the rule: lists
SELECT try('length', 'SELECT count(*) FROM people WHERE region IN (''north'', ''south'', lower(''EAST'')) AND price = ANY (ARRAY[1.5, n])');
SELECT length(try('length', 'SELECT count(*) FROM people WHERE region IN (' || repeat('''a'', ', 3000) || '''north'')'));
SELECT try('length', 'SELECT count(*) FROM people WHERE region IN (SELECT c FROM labels UNION ALL SELECT ''north'')');

-- ---------- GROUPING() without grouping sets ----------
SELECT try('grouping', 'SELECT region, grouping(region), count(*) FROM people GROUP BY region');
SELECT try('grouping', 'SELECT count(*) FROM people GROUP BY region HAVING grouping(region) = 0');
SELECT try('grouping', 'SELECT region, grouping(region), sum(n) FROM (SELECT region, count(*) AS n FROM people GROUP BY region) x GROUP BY ROLLUP (region) ORDER BY 2');

-- ---------- columns that are not null in the parent alone ----------
SET SESSION AUTHORIZATION regress_cr_mixed_owner;
CREATE TABLE parents (person int, z int, y int NOT NULL);
CREATE TABLE children () INHERITS (parents);
INSERT INTO children SELECT i, CASE i WHEN 7 THEN 4242 END, 1
  FROM generate_series(1, 40) i;
INSERT INTO children VALUES (NULL, NULL, 1000);
ALTER TABLE ONLY parents ALTER person SET NOT NULL, ALTER z SET NOT NULL;
SELECT cleanroom.protect('parents', 'person', 10, measures => '{y, z}');
GRANT SELECT ON parents TO regress_cr_mixed_analyst;
SET SESSION AUTHORIZATION regress_cr_mixed_analyst;
SELECT try('child', 'SELECT sum(z), avg(z), sum(y) FROM parents');
SELECT try('child', 'SELECT sum(s), count(*) FROM (SELECT person, sum(z) AS s FROM parents GROUP BY person) x');
SELECT try('child', 'SELECT regr_count(z, y), regr_avgx(z, y), regr_avgy(z, y) FROM parents');

-- ---------- what another owner has put on its table ----------
SET SESSION AUTHORIZATION regress_cr_mixed_other;
CREATE FUNCTION sees(x int) RETURNS boolean LANGUAGE plpgsql STABLE COST 10000
AS $$ BEGIN RAISE EXCEPTION 'saw %', x; END $$;
CREATE TABLE guests (person int PRIMARY KEY, kind text NOT NULL, at int);
CREATE TABLE guests_too (LIKE guests INCLUDING ALL);
CREATE TABLE guests_plain (LIKE guests INCLUDING ALL);
INSERT INTO guests SELECT i, 'k' || i % 2, i FROM generate_series(1, 3000) i;
INSERT INTO guests_too TABLE guests;
INSERT INTO guests_plain TABLE guests;
ANALYZE guests, guests_too, guests_plain;
SELECT cleanroom.protect(t, 'person', 2, dimensions => '{kind}',
    filters => '{at}', join_keys => '{person}')
  FROM unnest('{guests, guests_too, guests_plain}'::regclass[]) t;
CREATE POLICY own ON guests AS RESTRICTIVE USING (sees(person));
SELECT cleanroom.add_row_policy('guests_too', 'sees', 'sees(person)');
SELECT cleanroom.add_row_policy('guests_plain', 'late', '100 / (at - 1001) < 100');
GRANT SELECT ON guests, guests_too, guests_plain
   TO regress_cr_mixed_analyst;
SET SESSION AUTHORIZATION regress_cr_mixed_analyst;
SELECT try('partner', 'SELECT count(*) FROM people JOIN guests USING (person) WHERE region = ''rare1''');
SELECT try('partner', 'SELECT count(*) FROM people JOIN guests_too USING (person) WHERE region = ''rare1''');
SELECT try('partner', 'SELECT count(*) FROM people LEFT JOIN guests USING (person) WHERE region = ''rare1''');
SELECT try('partner', 'SELECT count(*) FROM people WHERE region = ''rare1'' AND person IN (SELECT person FROM guests)');
SELECT try('partner', 'SELECT count(*) FROM people p WHERE region = ''rare1'' AND NOT EXISTS (SELECT FROM guests g WHERE g.person = p.person)');
SELECT try('partner', 'SELECT count(*) FILTER (WHERE EXISTS (SELECT FROM guests_too g WHERE g.person = p.person)) FROM people p WHERE region = ''rare1''');
SELECT try('partner', 'SELECT count(*) FROM people JOIN (SELECT person, count(*) AS n FROM guests GROUP BY person) g USING (person) WHERE region = ''rare1''');
SELECT try('partner', 'SELECT count(*) FROM people JOIN (SELECT * FROM (SELECT * FROM guests) g) g USING (person) WHERE region = ''rare1''');
SELECT try('partner', 'SELECT count(*) FROM people WHERE region = ''rare1'' AND 1 < (SELECT count(*) FROM guests)');
SELECT try('partner', 'SELECT count(*) FROM people JOIN (SELECT kind, count(*) AS n FROM guests GROUP BY kind) g ON kind = region WHERE region = ''rare1''');
SELECT try('partner', 'WITH g AS MATERIALIZED (SELECT kind, count(*) AS n FROM guests GROUP BY kind) SELECT count(*) FROM people WHERE region = ''rare1'' AND region IN (SELECT kind FROM g)');
-- inside the rule: a policy that cannot fail, and one table alone
SELECT try('partner', 'SELECT count(*) FROM people JOIN guests_plain USING (person) WHERE region = ''rare1''');
SELECT try('partner', 'SELECT region, kind, count(*) FROM people JOIN guests_plain USING (person) GROUP BY region, kind');
SELECT try('partner', 'SELECT kind, count(*) FROM guests_plain GROUP BY kind');

-- ---------- columns that are computed when they are read ----------
SET SESSION AUTHORIZATION regress_cr_mixed_other;
DO $$ BEGIN
    IF current_setting('server_version_num')::int < 180000 THEN
        RETURN;
    END IF;
    EXECUTE 'CREATE TABLE mixed.lazy (person int, at int, late int
        GENERATED ALWAYS AS (100 / (at - 1001)) VIRTUAL,
        stored int GENERATED ALWAYS AS (at + 1) STORED)';
    INSERT INTO mixed.lazy SELECT i, i FROM generate_series(1, 1000) i;
    PERFORM cleanroom.protect('mixed.lazy', 'person', 10, '{stored}',
        join_keys => '{person}');
    GRANT SELECT ON mixed.lazy TO regress_cr_mixed_analyst;
    FOR i IN 1 .. 2 LOOP
        BEGIN
            IF i = 1 THEN
                PERFORM cleanroom.set_column('mixed.lazy', 'late', 'dimension');
            ELSE
                SECURITY LABEL FOR cleanroom ON COLUMN mixed.lazy.late
                    IS 'filter';
            END IF;
            RAISE EXCEPTION 'a virtual column got a use';
        EXCEPTION WHEN feature_not_supported THEN NULL;
        END;
    END LOOP;
    PERFORM cleanroom.add_row_policy('mixed.lazy', 'late', 'late < 100');
END $$;
SET SESSION AUTHORIZATION regress_cr_mixed_analyst;
DO $$ DECLARE
    probe text;
    seen text;
BEGIN
    IF current_setting('server_version_num')::int < 180000 THEN
        RETURN;
    END IF;
    FOREACH probe IN ARRAY ARRAY[
        'SELECT late, count(*) FROM lazy GROUP BY late',
        'SELECT count(*) FROM lazy WHERE late > 0',
        'SELECT count(late) FROM lazy',
        'SELECT count(*) FROM people JOIN lazy USING (person)'] LOOP
        seen := try('virtual', probe);
        IF seen NOT LIKE 'refused RC00_%' THEN
            RAISE EXCEPTION '%: %', probe, seen;
        END IF;
    END LOOP;
    seen := try('virtual', 'SELECT count(stored) FROM lazy');
    IF seen NOT LIKE '(1000)%' THEN
        RAISE EXCEPTION '%', seen;
    END IF;
END $$;

-- ---------- the other world ----------
SET SESSION AUTHORIZATION regress_cr_mixed_owner;
SELECT fill(2);
SET SESSION AUTHORIZATION regress_cr_mixed_analyst;
CALL again();
SELECT 'differs: ' || a.probe, a.outcome, b.outcome FROM outcomes a
  JOIN outcomes b USING (probe)
 WHERE a.world = 1 AND b.world = 2 AND a.outcome <> b.outcome ORDER BY 1;
SELECT 'without a hint: ' || probe, outcome FROM outcomes
 WHERE outcome LIKE '%WITHOUT A HINT' AND family <> 'parameter';
SELECT 'fails: ' || probe, outcome FROM outcomes
 WHERE outcome LIKE 'refused%' AND outcome NOT LIKE 'refused RC%'
   AND family <> 'parameter';
SELECT family, count(*), count(*) FILTER (WHERE outcome LIKE 'refused RC%')
  FROM outcomes WHERE world = 1 AND family <> 'virtual'
 GROUP BY family ORDER BY family;

RESET SESSION AUTHORIZATION;
SET client_min_messages = error;
DROP SCHEMA mixed CASCADE;
DROP OWNED BY regress_cr_mixed_owner, regress_cr_mixed_other,
    regress_cr_mixed_analyst;
DROP ROLE regress_cr_mixed_owner, regress_cr_mixed_other,
    regress_cr_mixed_analyst;
