-- Sums of floating-point numbers, and what is computed from them: exact, and
-- rounded once, so that neither the order of the rows nor the plan matters.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE SCHEMA regress_cr_exact;
SET search_path = regress_cr_exact, pg_catalog;

-- what plain sums lose
SELECT cleanroom.total_sum(x), cleanroom.total_avg(x)
  FROM unnest('{1e16,1,-1e16}'::float8[]) x;
SELECT cleanroom.total_sum(x) FROM unnest('{1e308,1e308,1,-1e308,-1e308}'::float8[]) x;
SELECT cleanroom.total_sum(x::float4) FROM unnest('{1e38,3e38,1,-3e38,-1e38}'::float8[]) x;
SELECT cleanroom.total_sum(0.1::float8), cleanroom.total_avg(0.1::float8),
       cleanroom.total_stddev(0.1::float8), cleanroom.total_var_pop(0.1::float8)
  FROM generate_series(1, 1000);
SELECT cleanroom.total_variance(1e15 + x), cleanroom.total_corr(1e15 + x, 3 * x),
       cleanroom.total_regr_slope(1e15 + 2 * x, x),
       cleanroom.total_regr_intercept(1e15 + 2 * x, x)
  FROM generate_series(1, 1000) x;

-- rounding: ties to even, and what is below decides them
SELECT cleanroom.total_sum(x) = 9007199254740992 AS tie,
       cleanroom.total_sum(x) FILTER (WHERE x <> 1) IS NOT NULL AS some
  FROM unnest('{9007199254740992,1}'::float8[]) x;
SELECT cleanroom.total_sum(x) = 9007199254740994 AS above
  FROM unnest('{9007199254740992,1,5e-324}'::float8[]) x;
SELECT cleanroom.total_sum(x) = 9007199254740992 AS below
  FROM unnest('{9007199254740992,1,-5e-324}'::float8[]) x;
SELECT cleanroom.total_sum(x::float4) = 16777216 AS tie
  FROM unnest('{16777216,1}'::float8[]) x;
-- not by way of double precision, where this would be a tie
SELECT cleanroom.total_sum(x::float4) = 16777218 AS once
  FROM unnest('{16777216,1,1e-30}'::float8[]) x;

-- the smallest numbers
SELECT cleanroom.total_sum(5e-324::float8), cleanroom.total_avg(5e-324::float8),
       cleanroom.total_stddev_pop(5e-324::float8)
  FROM generate_series(1, 3);
SELECT cleanroom.total_avg(x) AS tie, cleanroom.total_avg(x + 5e-324) AS tie
  FROM unnest('{5e-324,0}'::float8[]) x;
SELECT cleanroom.total_sum(1e-45::float4), cleanroom.total_sum(-1e-45::float4)
  FROM generate_series(1, 5);

-- the largest: NULL where the result is too large, not where a part of it was
SELECT cleanroom.total_sum(x) IS NULL AS sum, cleanroom.total_avg(x),
       cleanroom.total_var_pop(x) IS NULL AS var, cleanroom.total_stddev_pop(x),
       cleanroom.total_corr(x, -x), cleanroom.total_regr_slope(x / 2, x),
       cleanroom.total_regr_sxx(x, x) IS NULL AS sxx
  FROM unnest('{1e308,1.2e308,1.6e308}'::float8[]) x;
SELECT cleanroom.total_sum(x) IS NULL AS above,
       cleanroom.total_sum(x) FILTER (WHERE x <> 1) IS NULL AS half,
       cleanroom.total_sum(CASE WHEN x = 1 THEN -x ELSE x END) AS below
  FROM unnest('{1.7976931348623157e308,9.97920154767359906e291,1}'::float8[]) x;
SELECT cleanroom.total_sum(x::float4) IS NULL AS sum,
       cleanroom.total_avg(x::float4) > 3e38 AS avg
  FROM unnest('{3e38,3.1e38}'::float8[]) x;

-- NaN, infinities, zeros with signs, nothing: as the originals have it
CREATE TABLE odd (name text, x float8, y float8);
INSERT INTO odd SELECT i.name, nullif(v, 'null')::float8, w.ord
  FROM (VALUES ('none', '{}'::text[]), ('null', '{null}'),
        ('one', '{7}'), ('one and null', '{null,7}'),
        ('nan', '{1,NaN,2}'), ('inf', '{1,Infinity,2}'),
        ('inf alone', '{Infinity}'), ('minus inf', '{-Infinity,1}'),
        ('both', '{Infinity,1,-Infinity}'), ('inf and nan', '{Infinity,NaN}'),
        ('zero', '{0}'), ('minus zero', '{-0,-0}'), ('zeros', '{-0,0}'),
        ('cancelled', '{1,-1}'), ('minus zero and null', '{-0,null}'),
        ('constant', '{5,5,5}')) i (name, vs),
       unnest(vs) WITH ORDINALITY w (v, ord);
INSERT INTO odd SELECT name || ', y', y, x FROM odd;
INSERT INTO odd SELECT name || ', both', x, x FROM odd;
CREATE FUNCTION differ() RETURNS TABLE (agg text, name text, original text, twin text)
LANGUAGE plpgsql AS $$
BEGIN
    FOREACH agg IN ARRAY '{sum,avg,var_pop,var_samp,variance,stddev_pop,stddev_samp,stddev}'::text[]
    LOOP
        RETURN QUERY EXECUTE format('SELECT %1$L::text, name, o, t FROM ('
            'SELECT name, pg_catalog.%1$s(x)::text o, cleanroom.total_%1$s(x)::text t FROM odd GROUP BY name '
            'UNION ALL SELECT ''real '' || name, pg_catalog.%1$s(x::float4)::text, cleanroom.total_%1$s(x::float4)::text FROM odd GROUP BY name) d '
            'WHERE o IS DISTINCT FROM t', agg);
    END LOOP;
    FOREACH agg IN ARRAY '{corr,covar_pop,covar_samp,regr_avgx,regr_avgy,regr_intercept,regr_r2,regr_slope,regr_sxx,regr_sxy,regr_syy}'::text[]
    LOOP
        RETURN QUERY EXECUTE format('SELECT %1$L::text, name, o, t FROM ('
            'SELECT name, pg_catalog.%1$s(x, y)::text o, cleanroom.total_%1$s(x, y)::text t FROM odd GROUP BY name) d '
            'WHERE o IS DISTINCT FROM t '
            -- they may be off by rounding
            'AND (o::float8 - t::float8 BETWEEN -1e-12 AND 1e-12) IS NOT TRUE', agg);
    END LOOP;
END $$;
SELECT * FROM differ();
SELECT name, cleanroom.total_sum(x), cleanroom.total_sum(x::float4), cleanroom.total_avg(x)
  FROM odd WHERE name ~ '^[a-z ]*$' GROUP BY name ORDER BY name COLLATE "C";

-- Hard numbers, of which numeric knows the exact sums: up to 2^53 times powers
-- of two from 0 to 300, some of them cancelled by others.
CREATE TABLE hard (g int, i int, x float8, y float8, nx numeric, ny numeric);
DO $$
DECLARE
    power numeric[] := '{1}';
    m bigint; n bigint; e int; f int; s int;
BEGIN
    FOR i IN 1..300 LOOP
        power := power || power[i] * 2;
    END LOOP;
    FOR i IN 1..4000 LOOP
        m := hashint8extended(i, 1) >> 11;
        n := hashint8extended(i, 2) >> 11;
        e := CASE i % 5 WHEN 0 THEN 1 WHEN 1 THEN 1 + i % 7
            ELSE 1 + (hashint8extended(i, 3) & 255)::int END;
        f := CASE i % 5 WHEN 0 THEN 1 WHEN 1 THEN 1 + i % 9
            ELSE 1 + (hashint8extended(i, 4) & 255)::int END;
        FOR j IN 0..1 LOOP
            CONTINUE WHEN j = 1 AND i % 3 <> 0;
            s := 1 - 2 * j;
            INSERT INTO hard VALUES (i % 40, i, s * m * power(2::float8, e - 1),
                n * power(2::float8, f - 1), s * m * power[e], n * power[f]);
        END LOOP;
    END LOOP;
END $$;
ALTER TABLE hard SET (parallel_workers = 2);
ANALYZE hard;
SELECT count(*), count(DISTINCT g) FROM hard;
CREATE TABLE truth AS
SELECT g, count(*) AS n, sum(nx) AS sx, sum(ny) AS sy, sum(nx * nx) AS sxx,
       sum(ny * ny) AS syy, sum(nx * ny) AS sxy FROM hard GROUP BY g;
CREATE VIEW computed AS
SELECT g, cleanroom.total_sum(x) AS sum, cleanroom.total_avg(x) AS avg,
       cleanroom.total_var_pop(x) AS var_pop, cleanroom.total_stddev(x) AS stddev,
       cleanroom.total_covar_samp(y, x) AS covar, cleanroom.total_regr_sxx(y, x) AS dxx,
       cleanroom.total_regr_syy(y, x) AS dyy, cleanroom.total_regr_sxy(y, x) AS dxy,
       cleanroom.total_regr_avgy(y, x) AS avgy, cleanroom.total_corr(y, x) AS corr,
       cleanroom.total_regr_slope(y, x) AS slope, cleanroom.total_regr_r2(y, x) AS r2,
       cleanroom.total_regr_intercept(y, x) AS intercept
  FROM hard GROUP BY g;
CREATE VIEW wrong AS
SELECT c.g, c.sum = sx::float8 AS sum,
       abs(c.avg / (sx / n)::float8 - 1) < 1e-15 OR sx = 0 AS avg,
       abs(c.var_pop / ((n * sxx - sx * sx) / (n * n))::float8 - 1) < 1e-15 AS var,
       abs(c.stddev / sqrt((n * sxx - sx * sx) / (n * (n - 1)))::float8 - 1) < 1e-15 AS stddev,
       abs(c.covar / ((n * sxy - sx * sy) / (n * (n - 1)))::float8 - 1) < 1e-15 AS covar,
       abs(c.dxx / ((n * sxx - sx * sx) / n)::float8 - 1) < 1e-15 AS dxx,
       abs(c.dyy / ((n * syy - sy * sy) / n)::float8 - 1) < 1e-15 AS dyy,
       abs(c.dxy / ((n * sxy - sx * sy) / n)::float8 - 1) < 1e-15 AS dxy,
       abs(c.avgy / (sy / n)::float8 - 1) < 1e-15 AS avgy,
       abs(c.corr / ((n * sxy - sx * sy)
                     / sqrt((n * sxx - sx * sx) * (n * syy - sy * sy)))::float8 - 1) < 1e-14 AS corr
  FROM computed c JOIN truth USING (g);
SELECT * FROM wrong WHERE NOT (sum AND avg AND var AND stddev AND covar AND dxx
                               AND dyy AND dxy AND avgy AND corr);
-- 2^53 more than 2000 times, so that carries move on
SELECT cleanroom.total_sum(x) = 9007199254740991.0 * 100000 AS sum,
       cleanroom.total_avg(x) = 9007199254740991 AS avg,
       cleanroom.total_stddev(x) AS stddev
  FROM (SELECT 9007199254740991::float8 AS x FROM generate_series(1, 100000)) s;

-- The same to the last bit in any order, and in any plan.
SELECT count(DISTINCT float8send(s)) AS sums, count(DISTINCT float8send(v)) AS deviations,
       count(DISTINCT float8send(c)) AS correlations, count(DISTINCT float8send(i)) AS intercepts
  FROM generate_series(1, 25) seed,
       LATERAL (SELECT cleanroom.total_sum(x ORDER BY hashint8extended(i, seed)) AS s,
                       cleanroom.total_stddev(x ORDER BY hashint8extended(i, seed)) AS v,
                       cleanroom.total_corr(x, y ORDER BY hashint8extended(i, seed)) AS c,
                       cleanroom.total_regr_intercept(x, y ORDER BY hashint8extended(i, seed)) AS i
                  FROM hard) h;
CREATE TABLE one_way AS SELECT * FROM computed;
SET enable_hashagg = off;
CREATE TABLE sorted AS SELECT * FROM computed;
RESET enable_hashagg;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT cleanroom.total_sum(x), cleanroom.total_stddev(x),
    cleanroom.total_corr(y, x) FROM hard;
CREATE TABLE parted AS SELECT * FROM computed;
INSERT INTO parted (g, sum, stddev, corr)
SELECT -1, cleanroom.total_sum(x), cleanroom.total_stddev(x), cleanroom.total_corr(y, x) FROM hard;

SET max_parallel_workers_per_gather = 0;
INSERT INTO one_way (g, sum, stddev, corr)
SELECT -1, cleanroom.total_sum(x), cleanroom.total_stddev(x), cleanroom.total_corr(y, x) FROM hard;
SELECT count(*) FROM one_way a JOIN sorted b USING (g) WHERE a.* IS DISTINCT FROM b.*;
SELECT count(*) FROM one_way a JOIN parted b USING (g) WHERE a.* IS DISTINCT FROM b.*;

-- numbers that rise, fall, or come from the middle, further and further apart
SELECT way, cleanroom.total_stddev(x) AS stddev, cleanroom.total_variance(x) AS variance,
       cleanroom.total_corr(x, x) AS corr, cleanroom.total_covar_pop(x, -x) AS covar, cleanroom.total_sum(x) AS sum
  FROM (SELECT 'rising' AS way, power(2::float8, i) AS x FROM generate_series(-1022, 1000, 2) i
        UNION ALL SELECT 'falling', power(2::float8, i) FROM generate_series(1000, -1022, -2) i
        UNION ALL SELECT 'both', power(2::float8, CASE WHEN i % 2 = 0 THEN i ELSE -i END) FROM generate_series(0, 1000) i
        UNION ALL SELECT 'far', v FROM unnest('{4.9e-324,1.7e308,1,1e-300,1e300,-1.7e308}'::float8[]) v) w
 GROUP BY way ORDER BY way;

-- As a window aggregate its state goes on after each result.
SELECT x, cleanroom.total_sum(x) OVER (ORDER BY o), cleanroom.total_stddev_pop(x) OVER (ORDER BY o)
  FROM unnest('{1e16,1,-1e16,5}'::float8[]) WITH ORDINALITY v (x, o);

-- parts of aggregates, by themselves: nothing that can be written is a state
DO $$
DECLARE
    call text;
BEGIN
    FOREACH call IN ARRAY '{"exact_sum_double(NULL::internal, 1)", "exact_avg(NULL::internal)", "exact_deserialize(''\\x00''::bytea, NULL::internal)"}'::text[] LOOP
        BEGIN
            EXECUTE 'SELECT cleanroom.' || call;
            RAISE '% has a result', call;
        EXCEPTION WHEN cannot_coerce OR feature_not_supported THEN NULL;
        END;
    END LOOP;
END $$;
CREATE ROLE regress_cr_exact_user;
GRANT ALL ON SCHEMA regress_cr_exact TO regress_cr_exact_user;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_exact_user;
SET ROLE regress_cr_exact_user;
-- states of other functions cannot be put in
CREATE AGGREGATE mixed(float8) (SFUNC = cleanroom.exact_sum_double, STYPE = internal,
    FINALFUNC = cleanroom.exact_corr);
RESET ROLE;

DROP SCHEMA regress_cr_exact CASCADE;
DROP OWNED BY regress_cr_exact_user;
DROP ROLE regress_cr_exact_user;
