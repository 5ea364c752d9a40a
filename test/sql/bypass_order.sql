-- Attacks on the order of rows: a sort of all groups, a hash table or workers
-- put the rows of a group in an order that depends on rows that are not in it,
-- above all on those of groups that are withheld.  Nothing that is released
-- may depend on it, to the last digit.
--
-- Every statement runs in two worlds, which differ in how many people there
-- are in a group that is withheld in both, and, where it says so, with and
-- without that group.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_bo_owner;
CREATE ROLE regress_cr_bo_analyst;
CREATE SCHEMA bo;
GRANT ALL ON SCHEMA bo TO regress_cr_bo_owner, regress_cr_bo_analyst;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_bo_owner, regress_cr_bo_analyst;
SET search_path = bo, pg_catalog;
\pset format unaligned
\pset tuples_only on

CREATE COLLATION anycase (provider = icu, locale = 'und-u-ks-level2',
    deterministic = false);
SET SESSION AUTHORIZATION regress_cr_bo_owner;
CREATE TABLE ids (id numeric NOT NULL);
INSERT INTO ids SELECT i % 100 + 0.0 FROM generate_series(1, 1000) i;
CREATE TABLE plain_ids AS SELECT * FROM ids;
SELECT cleanroom.protect('ids', 'id', 20, dimensions => '{id}');
SELECT cleanroom.protect('plain_ids', 'id', 20);
GRANT SELECT ON ids, plain_ids TO regress_cr_bo_analyst;
CREATE TABLE t (person int NOT NULL, region text NOT NULL, x float8 NOT NULL,
    y float8 NOT NULL, r real NOT NULL, i int NOT NULL, n numeric NOT NULL,
    len interval NOT NULL, z float8 NOT NULL, code char(4) NOT NULL,
    nick text COLLATE anycase NOT NULL)
    WITH (parallel_workers = 2, autovacuum_enabled = off);
CREATE FUNCTION fill(world int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM t;
    INSERT INTO t
    SELECT 5000 + i, 'rare', i, i, i, i, i, make_interval(days => i), i, 'r', 'r'
      FROM generate_series(1, 3 + 7 * (world - 1)) i;
    INSERT INTO t
    SELECT i % 500, CASE WHEN i % 2 = 0 THEN 'north' ELSE 'south' END,
           (i * 37 % 1000) * 0.1, (i * 91 % 700) * 0.01, (i * 53 % 900) * 0.01,
           i * 7919 % 1000003,
           CASE i / 500 % 2 WHEN 0 THEN 1.0 ELSE 1.00 END,
           CASE i / 500 % 2 WHEN 0 THEN '1 month' ELSE '30 days' END::interval,
           CASE i / 500 % 2 WHEN 0 THEN 0::float8 ELSE '-0'::float8 END, 'c',
           CASE i / 500 % 2 WHEN 0 THEN 'a' ELSE 'A' END
      FROM generate_series(1, 4000) i;
END $$;
SELECT fill(1);
SELECT cleanroom.protect('t', 'person', 20, dimensions => '{region,n,len,z,code,nick}',
                         measures => '{x,y,r,i}');
GRANT SELECT ON t TO regress_cr_bo_analyst;

SET SESSION AUTHORIZATION regress_cr_bo_analyst;
CREATE TABLE outcomes (world int, plan text, probe text, outcome text);
CREATE TABLE probes (number serial, probe text);
INSERT INTO probes (probe)
SELECT replace(q, 'AGGREGATE', a || '::text')
  FROM unnest('{sum(x),avg(x),stddev(x),variance(x),stddev_pop(x),var_pop(x),
                sum(r),avg(r),stddev(r),sum(x * y),avg(x + 0.1),"corr(x, y)",
                "covar_pop(x, y)","covar_samp(x, y)","regr_slope(x, y)",
                "regr_intercept(x, y)","regr_r2(x, y)","regr_avgx(x, y)",
                "regr_avgy(x, y)","regr_sxx(x, y)","regr_sxy(x, y)",
                "corr(i, i * 2)","regr_slope(i, r)","sum(x) FILTER (WHERE code = ''c'')",
                "sum(CASE WHEN code = ''c'' THEN x ELSE 0 END)"}'::text[]) a,
       unnest(ARRAY['SELECT region, AGGREGATE, count(DISTINCT region) FROM t WHERE true GROUP BY region',
                    'SELECT region, AGGREGATE FROM t WHERE true GROUP BY region']) q;
-- by person, and what each person comes to
INSERT INTO probes (probe)
SELECT format('SELECT region, %s::text FROM (SELECT person, region, %s AS a, count(*) AS c FROM t WHERE true GROUP BY person, region) u GROUP BY region', o, a)
  FROM unnest('{sum(x),avg(x),sum(r),avg(r)}'::text[]) a, unnest('{sum(a),avg(a),stddev(a)}'::text[]) o;
-- added up over branches
INSERT INTO probes (probe) VALUES
    ('SELECT region, sum(a)::text FROM (SELECT region, x AS a FROM t WHERE true UNION ALL SELECT region, y FROM t WHERE true) u GROUP BY region'),
    ('SELECT sum(s)::text, stddev(s)::text FROM (SELECT region, sum(x) AS s FROM t WHERE true GROUP BY region) u');
-- which of equal values stands for a person's rows
INSERT INTO probes (probe)
SELECT format('SELECT region, %s::text, count(*) FROM (SELECT person, region, %s FROM t WHERE true GROUP BY %s) u GROUP BY 1, 2', f, a, g)
  FROM (VALUES ('scale(a)', 'min(n) AS a', 'person, region'),
               ('scale(a)', 'max(n) AS a', 'person, region'),
               ('a::text', 'max(n) AS a', 'person, region'),
               ('scale(a)', 'n AS a', 'person, region, n'),
               ('a', 'scale(n) AS a', 'person, region, n'),
               ('to_char(a, ''MM DD'')', 'min(len) AS a', 'person, region'),
               ('to_char(a, ''MM DD'')', 'max(len) AS a', 'person, region'),
               ('extract(day FROM a)', 'max(len) AS a', 'person, region'),
               ('to_char(a, ''MM DD'')', 'len AS a', 'person, region, len'),
               ('atan2(a, -1)', 'min(z) AS a', 'person, region'),
               ('atan2(a, -1)', 'max(z) AS a', 'person, region'),
               ('atan2(a, -1)', 'z AS a', 'person, region, z')) v (f, a, g);
INSERT INTO probes (probe) VALUES
    ('SELECT count(*) FROM (SELECT DISTINCT person, n FROM t WHERE true) u WHERE scale(n) = 1'),
    ('SELECT count(*) FROM (SELECT person, max(n) AS a FROM t WHERE true GROUP BY person) u WHERE scale(a) = 1'),
    ('SELECT count(*) FROM (SELECT person, n FROM t WHERE true GROUP BY person, n HAVING scale(n) = 1) u'),
    ('SELECT count(*) FROM (SELECT person, CASE WHEN scale(max(n)) = 1 THEN 1 END AS a FROM t WHERE true GROUP BY person) u WHERE a = 1');

-- refused: spellings that have no one form, and units that are dimensions
INSERT INTO probes (probe) VALUES
    ('SELECT count(*) FROM (SELECT person, min(nick) AS a FROM t GROUP BY person) u WHERE a COLLATE "C" = ''a'''),
    ('SELECT a COLLATE "C", count(*) FROM (SELECT person, nick AS a FROM t GROUP BY person, nick) u GROUP BY 1'),
    ('SELECT a COLLATE "C", count(*) FROM (SELECT DISTINCT person, nick AS a FROM t) u GROUP BY 1'),
    ('SELECT scale(id), count(*) FROM (SELECT id, count(*) FROM ids GROUP BY id) u GROUP BY 1');
-- just inside: with COLLATE "C"
INSERT INTO probes (probe) VALUES
    ('SELECT a, count(*) FROM (SELECT person, min(nick COLLATE "C") AS a FROM t WHERE true GROUP BY person) u GROUP BY 1'),
    ('SELECT a, count(*) FROM (SELECT person, nick COLLATE "C" AS a FROM t WHERE true GROUP BY 1, 2) u GROUP BY 1'),
    ('SELECT count(*), sum(c) FROM (SELECT id, count(*) AS c FROM plain_ids GROUP BY id) u');

CREATE FUNCTION ask(probe text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    line record;
    outcome text := '';
BEGIN
    FOR line IN EXECUTE probe LOOP
        outcome := outcome || line::text;
    END LOOP;
    RETURN outcome;
EXCEPTION WHEN OTHERS THEN
    RETURN 'refused ' || SQLSTATE;
END $$;
CREATE PROCEDURE again(world int, part text) LANGUAGE plpgsql AS $$
DECLARE
    p text;
BEGIN
    FOR p IN SELECT probe FROM probes ORDER BY number LOOP
        PERFORM set_config('enable_hashagg', 'off', true);
        PERFORM set_config('enable_sort', 'on', true);
        PERFORM set_config('max_parallel_workers_per_gather', '0', true);
        INSERT INTO outcomes SELECT world, 'sort', p, ask(replace(p, 'true', part));
        PERFORM set_config('enable_hashagg', 'on', true);
        PERFORM set_config('enable_sort', 'off', true);
        INSERT INTO outcomes SELECT world, 'hash', p, ask(replace(p, 'true', part));
    END LOOP;
END $$;
CALL again(1, 'true');
CALL again(2, 'region <> ''rare''');
SET SESSION AUTHORIZATION regress_cr_bo_owner;
SELECT fill(2);
SET SESSION AUTHORIZATION regress_cr_bo_analyst;
CALL again(3, 'true');

SELECT count(DISTINCT probe) || ' attacks, ' || count(DISTINCT outcome) || ' outcomes'
  FROM outcomes;
SELECT 'REFUSED', plan, probe, outcome FROM outcomes WHERE outcome LIKE 'refused%' AND world = 1 ORDER BY 2, 3;
-- nor does the plan matter
SELECT DISTINCT 'LEAK', probe FROM outcomes GROUP BY probe
HAVING count(DISTINCT outcome) > 1 ORDER BY 2;

RESET SESSION AUTHORIZATION;
SET client_min_messages = error;
RESET search_path;
DROP SCHEMA bo CASCADE;
DROP OWNED BY regress_cr_bo_owner, regress_cr_bo_analyst;
DROP ROLE regress_cr_bo_owner, regress_cr_bo_analyst;
