-- Everyday questions: each is asked as analyst and compared with what the
-- owner computes by plain SQL with an explicit condition on distinct people.
\set VERBOSITY terse
\getenv abs_srcdir PG_ABS_SRCDIR
\set analyst regress_cr_q_analyst
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_q_clinic;
CREATE ROLE regress_cr_q_shop;
CREATE ROLE regress_cr_q_analyst;
GRANT USAGE ON SCHEMA cleanroom
   TO regress_cr_q_clinic, regress_cr_q_shop, regress_cr_q_analyst;
CREATE SCHEMA regress_cr_q;
GRANT ALL ON SCHEMA regress_cr_q
   TO regress_cr_q_clinic, regress_cr_q_shop, regress_cr_q_analyst;
SET search_path = regress_cr_q, pg_catalog;
SET DateStyle = 'ISO, YMD';

-- two protected tables, one with a unit that may be null and belongs to nobody
SET ROLE regress_cr_q_clinic;
CREATE TABLE visits (
    person int NOT NULL, city text NOT NULL, region text, day date NOT NULL,
    kind int NOT NULL, urgent boolean NOT NULL, age int NOT NULL,
    amount numeric NOT NULL, score float8 NOT NULL, steps int NOT NULL,
    bonus numeric, note text);
INSERT INTO visits
SELECT p, CASE WHEN p IN (77, 78, 79) THEN 'Ulm' ELSE
       ('{Berlin,Paris,Rome,Oslo,Bern}'::text[])[1 + p % 5] END,
       CASE WHEN p % 10 > 0 THEN 'r' || p % 3 END,
       date '2024-01-01' + (p * 7 + v * 13) % 180, (p + v) % 4,
       (p + v * v) % 3 = 0, 18 + p % 50, ((p * 37 + v * 11) % 500) / 10.0,
       (p * v % 40) * 0.5, p * v * 97 % 10000,
       CASE WHEN p % 3 > 0 THEN p + v END, 'note ' || p
  FROM generate_series(1, 80) p, generate_series(1, 6) v
 WHERE v <= 1 + p % 6;
SELECT cleanroom.protect('visits', 'person', threshold => 5,
    dimensions => '{city,region,day,kind,urgent}',
    measures => '{amount,score,steps,bonus}', filters => '{age}',
    join_keys => '{person}');
SELECT cleanroom.set_column('visits', 'steps', 'measure, filter');
GRANT SELECT ON visits TO regress_cr_q_analyst;
CREATE VIEW recent AS SELECT * FROM visits WHERE day >= '2024-03-01';
GRANT SELECT ON recent TO regress_cr_q_analyst;
CREATE TABLE parts (person int NOT NULL, month int NOT NULL,
                    cost bigint NOT NULL) PARTITION BY RANGE (month);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (1) TO (4);
CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (4) TO (13);
INSERT INTO parts SELECT p, 1 + p * v % 12, p * v
  FROM generate_series(1, 60) p, generate_series(1, 5) v;
SELECT cleanroom.protect('parts', 'person', 10, dimensions => '{month}',
    measures => '{cost}', join_keys => '{person}');
GRANT SELECT ON parts TO regress_cr_q_analyst;
CREATE TABLE strict (person int NOT NULL, ward text NOT NULL,
                     cost int NOT NULL);
INSERT INTO strict SELECT p, CASE WHEN p < 4 THEN 'tiny' WHEN p < 20
    THEN 'north' ELSE 'south' END, p FROM generate_series(1, 40) p;
SELECT cleanroom.protect('strict', 'person', 5, dimensions => '{ward}',
    measures => '{cost}', small_groups => 'refuse');
GRANT SELECT ON strict TO regress_cr_q_analyst;
SET ROLE regress_cr_q_shop;
CREATE TABLE orders (
    buyer int, product int NOT NULL, channel text NOT NULL,
    bought timestamp NOT NULL, price numeric NOT NULL, qty int NOT NULL);
INSERT INTO orders
SELECT CASE WHEN b % 11 > 0 THEN b END,
       CASE WHEN b IN (30, 40, 50) AND o = 1 THEN 6 ELSE 1 + (b + o) % 5 END,
       ('{web,store,phone}'::text[])[1 + (b + o) % 3],
       timestamp '2024-01-01 08:00' + b * o * interval '17 hours',
       (b * o * 7 % 300) / 4.0, 1 + (b + o) % 4
  FROM generate_series(21, 140) b, generate_series(1, 4) o
 WHERE o <= 1 + b % 4;
SELECT cleanroom.protect('orders', 'buyer', threshold => 7,
    dimensions => '{product,channel,bought}', measures => '{price,qty}',
    join_keys => '{buyer}');
GRANT SELECT ON orders TO regress_cr_q_analyst;
-- lookup tables, and tables and views of the analyst
CREATE TABLE products (id int PRIMARY KEY, name text, family text);
INSERT INTO products SELECT i, 'product ' || i, 'family ' || i % 2
  FROM generate_series(1, 6) i;
CREATE TABLE families (family text PRIMARY KEY, boss text);
INSERT INTO families VALUES ('family 0', 'Ann'), ('family 1', 'Bob');
GRANT SELECT ON products, families TO regress_cr_q_analyst;
SET ROLE regress_cr_q_analyst;
CREATE TABLE kinds (kind int PRIMARY KEY, label text);
INSERT INTO kinds VALUES (0, 'first'), (1, 'second'), (2, 'third');
CREATE TABLE countries (city text, country text);
INSERT INTO countries VALUES ('Berlin', 'DE'), ('Ulm', 'DE'),
    ('Paris', 'FR'), ('Rome', 'IT'), ('Bern', 'CH'), ('Bern', 'CH');
CREATE VIEW country AS SELECT DISTINCT city, country FROM countries;
CREATE VIEW mine AS SELECT person, city, kind, amount FROM visits
 WHERE age < 60;
CREATE VIEW by_city AS SELECT city, count(*) AS n, sum(amount) AS total
  FROM visits GROUP BY city;
CREATE VIEW mine_too AS SELECT city, person FROM mine WHERE kind > 1;
CREATE FUNCTION town_counts(int) RETURNS TABLE (city text, n bigint)
LANGUAGE sql STABLE AS
$$ SELECT city, count(*) FROM visits WHERE kind = $1 GROUP BY city $$;
CREATE FUNCTION two_kinds(k int DEFAULT 1)
RETURNS TABLE (city text, n bigint, m bigint) LANGUAGE sql STABLE AS
$$ SELECT a.city, a.n, b.n FROM town_counts(k) a, town_counts(2) b
    WHERE a.city = b.city $$;
CREATE FUNCTION people() RETURNS SETOF int LANGUAGE sql STABLE AS
$$ SELECT person FROM visits $$;
CREATE FUNCTION total(k int) RETURNS numeric LANGUAGE sql STABLE
BEGIN ATOMIC SELECT sum(amount) FROM visits WHERE visits.kind = k; END;
CREATE FUNCTION busy(least_n bigint) RETURNS TABLE (town text, n bigint)
LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY SELECT v.city, count(*) FROM visits v WHERE v.kind < 3
     GROUP BY v.city HAVING count(*) >= least_n;
END $$;
CREATE FUNCTION walk() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    c CURSOR (k int) FOR SELECT city, count(*) AS n FROM visits
        WHERE kind = k GROUP BY city ORDER BY city;
    kind_wanted int;
BEGIN
    FOR kind_wanted IN 0 .. 3 LOOP
        FOR r IN c(kind_wanted) LOOP
            RETURN NEXT format('%s %s %s', kind_wanted, r.city, r.n);
        END LOOP;
    END LOOP;
END $$;
RESET ROLE;
GRANT SELECT ON kinds, countries, country TO regress_cr_q_shop;
ALTER TABLE visits SET (parallel_workers = 2);
ANALYZE visits, orders, parts, strict, kinds, countries, products, families;

\set included :abs_srcdir '/lib/compared.sql'
\i :included
\pset format unaligned
\pset tuples_only on

-- counts and sums of everything
SELECT ask('SELECT count(*) FROM visits');
SELECT ask('SELECT count(*), sum(amount), avg(amount) FROM visits');
SELECT ask('SELECT count(bonus), sum(bonus), avg(bonus) FROM visits');
SELECT ask('SELECT sum(steps), avg(steps), sum(score), avg(score) FROM visits');
SELECT ask('SELECT stddev(amount), variance(amount), stddev_pop(amount), var_pop(amount), stddev_samp(amount), var_samp(amount) FROM visits');
SELECT ask('SELECT round(stddev(score)::numeric, 6), round(variance(score)::numeric, 6), stddev(steps) FROM visits');
SELECT ask('SELECT count(DISTINCT person), count(DISTINCT city), count(person) FROM visits');
SELECT ask('SELECT count(*), sum(price), sum(qty), count(DISTINCT buyer) FROM orders [[WHERE buyer IS NOT NULL]]');

-- GROUP BY one, two, three dimensions; small groups are missing
SELECT ask('SELECT city, count(*) FROM visits GROUP BY city [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT region, count(*), sum(amount) FROM visits GROUP BY region [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT city, kind, count(*), avg(amount) FROM visits GROUP BY city, kind [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT city, kind, urgent, count(*), sum(steps) FROM visits GROUP BY 1, 2, 3 [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT count(*), city FROM visits GROUP BY kind, city [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT sum(price) FROM orders [[WHERE buyer IS NOT NULL]] GROUP BY product, channel [[HAVING count(DISTINCT buyer) >= 7]]');
SELECT ask('SELECT product, count(*) FROM orders [[WHERE buyer IS NOT NULL]] GROUP BY product [[HAVING count(DISTINCT buyer) >= 7]]');
SELECT ask('SELECT city, region, [[CASE WHEN count(DISTINCT person) FILTER (WHERE bonus IS NOT NULL) >= 5 THEN]] sum(bonus) [[END AS sum]] FROM visits GROUP BY city, region [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT city || '':'' || kind AS k, count(*) AS n, sum(amount) / count(*) AS per FROM visits GROUP BY city, kind [[HAVING count(DISTINCT person) >= 5]]');

-- GROUP BY expressions
SELECT ask('SELECT CASE WHEN kind < 2 THEN ''low'' ELSE ''high'' END AS band, count(*), sum(amount) FROM visits GROUP BY 1 [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT CASE city WHEN ''Ulm'' THEN ''other'' WHEN ''Bern'' THEN ''other'' ELSE city END AS c, count(*) FROM visits GROUP BY c [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT coalesce(region, ''none'') AS r, count(*) FROM visits GROUP BY 1 [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT lower(city), upper(city), count(*) FROM visits GROUP BY lower(city), upper(city) [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT kind > 1 AS late, urgent, count(*) FROM visits GROUP BY 1, 2 [[HAVING count(DISTINCT person) >= 5]]');

-- WHERE
SELECT ask('SELECT city, count(*) FROM visits WHERE kind IN (1, 3) GROUP BY city [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT city, count(*) FROM visits WHERE city IN (''Bern'', ''Ulm'', ''Rome'') GROUP BY city [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT city, count(*) FROM visits WHERE age BETWEEN 30 AND 50 GROUP BY city [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT city, count(*) FROM visits WHERE day >= ''2024-02-01'' AND day < ''2024-04-01'' GROUP BY city [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT city, count(*) FROM visits WHERE region IS NULL GROUP BY city [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT kind, count(*) FROM visits WHERE region IS NOT NULL AND NOT urgent GROUP BY kind [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT kind, count(*) FROM visits WHERE NOT (city = ''Bern'' OR (kind = 2 AND age > 40)) AND steps > 300 GROUP BY kind [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT kind, count(*) FROM visits WHERE region IS DISTINCT FROM ''r1'' GROUP BY kind [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT count(*), sum(amount) FROM visits WHERE city = ''Ulm'' [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT count(*), sum(amount) FROM visits WHERE city = ''Nowhere'' [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT count(*) FROM visits WHERE 1 = 0 [[HAVING false]]');

-- HAVING, ORDER BY, LIMIT, DISTINCT
SELECT ask('SELECT city, count(*) FROM visits GROUP BY city HAVING count(*) > 40 [[AND count(DISTINCT person) >= 5]]');
SELECT ask('SELECT city FROM visits GROUP BY city HAVING avg(amount) > 20 AND city <> ''Bern'' [[AND count(DISTINCT person) >= 5]]');
SELECT ask('SELECT city, sum(amount) FROM visits GROUP BY city [[HAVING count(DISTINCT person) >= 5]] ORDER BY sum(amount) DESC LIMIT 3');
SELECT ask('SELECT city, count(*) AS n FROM visits GROUP BY city [[HAVING count(DISTINCT person) >= 5]] ORDER BY n DESC, city LIMIT 2 OFFSET 1');
SELECT ask('SELECT city FROM visits GROUP BY city [[HAVING count(DISTINCT person) >= 5]] ORDER BY count(*), city OFFSET 2');
SELECT ask('SELECT DISTINCT city [[FROM (SELECT city]] FROM visits [[GROUP BY city HAVING count(DISTINCT person) >= 5) AS x]]');
SELECT ask('SELECT DISTINCT city, kind FROM visits [[GROUP BY city, kind HAVING count(DISTINCT person) >= 5]] ORDER BY 1, 2');
SELECT ask('SELECT DISTINCT count(*) > 40 AS many FROM visits GROUP BY city [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT DISTINCT ON (kind) kind, city, count(*) FROM visits GROUP BY kind, city [[HAVING count(DISTINCT person) >= 5]] ORDER BY kind, count(*) DESC, city');

-- subqueries and CTEs: raw, unit and released levels
SELECT ask('SELECT city, count(*) FROM (SELECT city FROM visits WHERE kind = 1) AS v GROUP BY city [[HAVING count(*) >= 5]]');
SELECT ask('SELECT c, sum(a) FROM (SELECT city AS c, amount AS a[[, person]] FROM (SELECT * FROM visits WHERE kind < 3) AS x WHERE age > 20) AS y GROUP BY c [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('WITH v AS (SELECT * FROM visits WHERE urgent) SELECT city, avg(amount) FROM v GROUP BY city [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('WITH v AS (SELECT city, amount[[, person]] FROM visits), r AS (SELECT city, sum(amount) AS s FROM v GROUP BY city [[HAVING count(DISTINCT person) >= 5]]) SELECT avg(s), max(s), min(s), count(*) FROM r');
SELECT ask('SELECT max(n) FROM (SELECT city, count(*) AS n FROM visits GROUP BY city [[HAVING count(DISTINCT person) >= 5]]) AS x');
SELECT ask('SELECT avg(n), sum(n) FROM (SELECT person, count(*) AS n FROM visits GROUP BY person) AS p');
SELECT ask('SELECT n, count(*) FROM (SELECT person, count(*) AS n FROM visits GROUP BY person) AS p GROUP BY n [[HAVING count(*) >= 5]]');
SELECT ask('SELECT n, count(*) FROM (SELECT count(*) AS n FROM visits GROUP BY person) AS p GROUP BY n [[HAVING count(*) >= 5]] ORDER BY n');
SELECT ask('SELECT CASE WHEN n < 3 THEN ''few'' ELSE ''many'' END AS band, count(*), avg(total) FROM (SELECT person, count(*) AS n, sum(amount) AS total FROM visits GROUP BY person) AS p GROUP BY 1 [[HAVING count(*) >= 5]]');
SELECT ask('SELECT city, avg(total), count(*) FROM (SELECT person, city, sum(amount) AS total FROM visits GROUP BY person, city) AS p GROUP BY city [[HAVING count(*) >= 5]]');
SELECT ask('WITH p AS (SELECT person, sum(steps) AS total FROM visits GROUP BY person) SELECT count(*), avg(total) FROM p WHERE total > 1000');
SELECT ask('SELECT avg(n) FROM (SELECT buyer, count(*) AS n FROM orders [[WHERE buyer IS NOT NULL]] GROUP BY buyer HAVING count(*) > 1) AS b');
SELECT ask('WITH p AS (SELECT person, count(*) AS n FROM visits GROUP BY person), d AS (SELECT n, count(*) AS people FROM p GROUP BY n [[HAVING count(*) >= 5]]) SELECT n, people, sum(people) OVER (ORDER BY n DESC) FROM d');
SELECT ask('WITH r AS MATERIALIZED (SELECT city, count(*) AS n FROM visits GROUP BY city [[HAVING count(DISTINCT person) >= 5]]) SELECT a.city, b.city AS next FROM r a JOIN r b ON a.n > b.n');
SELECT ask('WITH a AS (WITH b AS (SELECT city, kind[[, person]] FROM visits) SELECT city, count(*) AS n FROM b WHERE kind > 0 GROUP BY city [[HAVING count(DISTINCT person) >= 5]]) SELECT * FROM a WHERE n > 20');

-- views
SELECT ask('SELECT city, count(*) FROM recent GROUP BY city [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT city, sum(amount) FROM {{mine}} [[visits]] WHERE kind = 1 [[AND age < 60]] GROUP BY city [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT city, n, total / n AS mean FROM [[(SELECT city, count(*) AS n, sum(amount) AS total FROM visits GROUP BY city HAVING count(DISTINCT person) >= 5) AS]] by_city WHERE n > 10');
SELECT ask('SELECT b.city, c.country, b.n FROM [[(SELECT city, count(*) AS n FROM visits GROUP BY city HAVING count(DISTINCT person) >= 5) AS b]] {{by_city AS b}} LEFT JOIN countries c USING (city)');

-- joins of protected tables
SELECT ask('SELECT count(*), sum(price) FROM visits v JOIN orders o ON v.person = o.buyer');
SELECT ask('SELECT city, channel, count(*), sum(amount), sum(price) FROM visits v JOIN orders o ON v.person = o.buyer GROUP BY city, channel [[HAVING count(DISTINCT person) >= 5 AND count(DISTINCT buyer) >= 7]]');
SELECT ask('SELECT city, count(DISTINCT buyer) FROM visits v, orders o WHERE v.person = o.buyer AND kind = 2 GROUP BY city [[HAVING count(DISTINCT person) >= 5 AND count(DISTINCT buyer) >= 7]]');
SELECT ask('SELECT city, count(*) FROM visits JOIN (SELECT buyer AS person, price FROM orders) AS o USING (person) GROUP BY city [[HAVING count(DISTINCT person) >= 7]]');
SELECT ask('SELECT city, avg(price) FROM visits NATURAL JOIN (SELECT buyer AS person, price FROM orders) AS o GROUP BY city [[HAVING count(DISTINCT person) >= 7]]');
SELECT ask('SELECT a.city, b.kind, count(*) FROM visits a JOIN visits b ON a.person = b.person GROUP BY 1, 2 [[HAVING count(DISTINCT a.person) >= 5]]');
SELECT ask('SELECT avg(spent), avg(paid) FROM (SELECT person, sum(amount) AS paid FROM visits GROUP BY person) v JOIN (SELECT buyer, sum(price) AS spent FROM orders GROUP BY buyer) o ON v.person = o.buyer');
SELECT ask('SELECT n, count(*) FROM (SELECT person, count(*) AS n FROM visits GROUP BY person) v JOIN (SELECT buyer FROM orders GROUP BY buyer) o ON v.person = o.buyer GROUP BY n [[HAVING count(*) >= 7]]');
SELECT ask('SELECT month, kind > 1 AS late, count(*) FROM visits v JOIN orders o ON v.person = o.buyer JOIN parts p ON p.person = v.person GROUP BY 1, 2 [[HAVING count(DISTINCT p.person) >= 10]]');
SELECT ask('SELECT city, count(*) FROM visits v LEFT JOIN orders o ON v.person = o.buyer GROUP BY city [[HAVING count(DISTINCT person) >= 5 AND count(DISTINCT buyer) >= 7]]');
SELECT ask('SELECT channel, count(*) FROM visits v RIGHT JOIN orders o ON v.person = o.buyer [[WHERE buyer IS NOT NULL]] GROUP BY channel [[HAVING count(DISTINCT person) >= 5 AND count(DISTINCT buyer) >= 7]]');

-- labels from other tables
SELECT ask('SELECT label, count(*), sum(amount) FROM visits JOIN kinds USING (kind) GROUP BY label [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT label, count(*) FROM visits NATURAL LEFT JOIN kinds GROUP BY label [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT boss, count(*) FROM orders o JOIN products p ON o.product = p.id JOIN families f ON f.family = p.family [[WHERE buyer IS NOT NULL]] GROUP BY boss [[HAVING count(DISTINCT buyer) >= 7]]');
SELECT ask('SELECT p.name, n FROM products p LEFT JOIN (SELECT product, count(*) AS n FROM orders [[WHERE buyer IS NOT NULL]] GROUP BY product [[HAVING count(DISTINCT buyer) >= 7]]) o ON o.product = p.id');
SELECT ask('SELECT p.family, count(*) FROM products p RIGHT JOIN orders o ON o.product = p.id AND p.id > 2 [[WHERE buyer IS NOT NULL]] GROUP BY 1 [[HAVING count(DISTINCT buyer) >= 7]]');
SELECT ask('SELECT city, name, count(*) FROM visits v JOIN orders o ON v.person = o.buyer JOIN products p ON p.id = o.product GROUP BY 1, 2 [[HAVING count(DISTINCT buyer) >= 7]]');
SELECT ask('SELECT city, count(*) FROM visits WHERE city IN (SELECT city FROM countries WHERE country = ''DE'') GROUP BY city [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT city, count(*) FROM visits WHERE kind NOT IN (SELECT kind FROM kinds) GROUP BY city [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT city, count(*) FROM visits WHERE kind IN (VALUES (1), (2)) GROUP BY city [[HAVING count(DISTINCT person) >= 5]]');

-- FILTER and CASE pivots
SELECT ask('SELECT city, count(*) FILTER (WHERE urgent) AS u, sum(amount) FILTER (WHERE kind = 1) AS k1, avg(steps) FILTER (WHERE age > 40) AS s FROM visits GROUP BY city [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT sum(CASE WHEN kind = 0 THEN amount ELSE 0 END) AS k0, sum(CASE kind WHEN 1 THEN amount END) AS k1, count(CASE WHEN urgent THEN 1 END) AS u FROM visits');
SELECT ask('SELECT city, sum(CASE WHEN urgent THEN 1 ELSE 0 END) AS u, 100.0 * sum(CASE WHEN urgent THEN 1 ELSE 0 END) / count(*) AS share FROM visits GROUP BY city [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT kind, [[CASE WHEN count(DISTINCT person) FILTER (WHERE city = ''Ulm'') >= 5 THEN]] count(*) FILTER (WHERE city = ''Ulm'') [[END]] AS c, count(*) FROM visits GROUP BY kind');
SELECT ask('SELECT count(DISTINCT person) FILTER (WHERE urgent) AS p, count(DISTINCT person) FROM visits WHERE kind < 3');

-- windows, strings, JSON and set operations over released levels
SELECT ask('SELECT city, count(*), 100 * count(*) / sum(count(*)) OVER () AS share FROM visits GROUP BY city [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT city, kind, sum(amount), rank() OVER (PARTITION BY city ORDER BY sum(amount) DESC) FROM visits GROUP BY city, kind [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT m, n, sum(n) OVER w, lag(n) OVER w, n - lag(n) OVER w AS diff FROM (SELECT month AS m, count(*) AS n FROM parts GROUP BY month [[HAVING count(DISTINCT person) >= 10]]) AS x WINDOW w AS (ORDER BY m)');
SELECT ask('SELECT * FROM (SELECT city, kind, count(*) AS n, row_number() OVER (PARTITION BY kind ORDER BY count(*) DESC, city) AS r FROM visits GROUP BY city, kind [[HAVING count(DISTINCT person) >= 5]]) AS x WHERE r = 1');
SELECT ask('SELECT city, count(*) FROM visits GROUP BY city HAVING count(*) > (SELECT avg(n) FROM (SELECT count(*) AS n FROM visits GROUP BY city [[HAVING count(DISTINCT person) >= 5]]) AS x) [[AND count(DISTINCT person) >= 5]]');
SELECT ask('SELECT city, count(*), (SELECT count(*) FROM visits) AS "all" FROM visits GROUP BY city [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT count(*) FROM visits WHERE city IN (SELECT city FROM visits GROUP BY city HAVING count(*) > 40 [[AND count(DISTINCT person) >= 5]])');
SELECT ask('SELECT kind, (SELECT label FROM kinds k WHERE k.kind = v.kind) AS label, count(*) FROM visits v GROUP BY kind [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT ''visits'' AS t, count(*) FROM visits UNION ALL SELECT ''orders'', count(*) FROM orders [[WHERE buyer IS NOT NULL]] UNION ALL SELECT ''kinds'', count(*) FROM kinds');
SELECT ask('SELECT city FROM visits WHERE kind = 1 GROUP BY city [[HAVING count(DISTINCT person) >= 5]] EXCEPT SELECT city FROM countries ORDER BY city');
SELECT ask('SELECT city, kind, sum(n) FROM (SELECT city, kind, count(*) AS n FROM visits GROUP BY city, kind [[HAVING count(DISTINCT person) >= 5]]) AS x GROUP BY ROLLUP (city, kind)');
SELECT ask('SELECT jsonb_object_agg(city, n), string_agg(city, '', '' ORDER BY n DESC, city), array_agg(n ORDER BY city) FROM (SELECT city, count(*) AS n FROM visits GROUP BY city [[HAVING count(DISTINCT person) >= 5]]) AS x');
SELECT ask('SELECT json_build_object(''city'', city, ''n'', count(*)) AS j, format(''%s: %s'', city, sum(amount)) FROM visits GROUP BY city [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY n) FROM (SELECT city, count(*) AS n FROM visits GROUP BY city [[HAVING count(DISTINCT person) >= 5]]) AS x');
SELECT ask('SELECT round(avg(amount), 2), to_char(sum(amount), ''999999.99''), sum(amount)::int, sqrt(variance(amount)) FROM visits');
SELECT ask('SELECT city, generate_series(1, 2) AS g, count(*) FROM visits GROUP BY city [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('WITH RECURSIVE r AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM r WHERE i < 4) SELECT i, n FROM r LEFT JOIN (SELECT kind, count(*) AS n FROM visits GROUP BY kind [[HAVING count(DISTINCT person) >= 5]]) AS v ON v.kind = r.i');
SELECT ask('SELECT x.city, y.total FROM (SELECT city, count(*) AS n FROM visits GROUP BY city [[HAVING count(DISTINCT person) >= 5]]) x CROSS JOIN LATERAL (SELECT x.n * 2 AS total) y');
SELECT ask('SELECT city, k, kk FROM (SELECT city, count(*) AS n FROM visits GROUP BY city [[HAVING count(DISTINCT person) >= 5]]) x, generate_series(50, x.n) k, LATERAL (VALUES (x.n - k)) AS v (kk)');
SELECT ask('SELECT x.city, e.* FROM (SELECT city, count(*) AS n FROM visits GROUP BY city [[HAVING count(DISTINCT person) >= 5]]) x, jsonb_each_text(jsonb_build_object(x.city, x.n)) e');
SELECT ask('SELECT a.city, a.n, b.n AS before FROM (SELECT city, kind, count(*) AS n FROM visits GROUP BY city, kind [[HAVING count(DISTINCT person) >= 5]]) a FULL JOIN (SELECT city, kind, count(*) AS n FROM visits GROUP BY city, kind [[HAVING count(DISTINCT person) >= 5]]) b ON a.city = b.city AND a.kind = b.kind + 1');

-- more ways to say it
SELECT ask('SELECT v.c, count(v.p) FROM regress_cr_q.visits AS v (p, c) GROUP BY v.c [[HAVING count(DISTINCT p) >= 5]]');
SELECT ask('SELECT city, ''x'' AS x, count(*) FROM visits GROUP BY city, 2 [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT city, count(*) FROM visits WHERE (city, kind) IN ((''Bern'', 1), (''Rome'', 2)) GROUP BY city [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT city, count(*) FROM visits WHERE kind = ANY (ARRAY[1, 2]) AND kind <> ALL (ARRAY[2, 3]) GROUP BY city [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT city, count(*) FROM visits WHERE age NOT BETWEEN 30 AND 40 AND urgent IS NOT TRUE GROUP BY city [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT city, count(*) FROM visits WHERE urgent = true OR region = ''r1'' GROUP BY city [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT count(*), avg(amount) FROM visits WHERE steps > (SELECT avg(steps) FROM visits)');
SELECT ask('SELECT city, trim_scale(max(m)), count(*) FROM (SELECT v.city, a.m, count(*) FROM visits v JOIN (SELECT city, avg(amount) AS m FROM visits GROUP BY city [[HAVING count(DISTINCT person) >= 5]]) a USING (city) GROUP BY 1, 2) AS x GROUP BY city');
SELECT ask('SELECT coalesce(label, ''none'') AS l, count(*) FROM visits LEFT JOIN kinds USING (kind) GROUP BY 1 [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT city, count(*) FROM visits LEFT JOIN kinds USING (kind) WHERE label IS NULL GROUP BY city [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT label, count(*) FROM visits JOIN kinds USING (kind) WHERE label IN (''first'', ''third'') AND city = ''Bern'' GROUP BY label [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT k, count(*) FROM visits JOIN (SELECT DISTINCT k FROM (VALUES (1), (2), (2)) AS t (k)) AS l ON k = kind GROUP BY k [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT count(*) FROM (SELECT DISTINCT person FROM visits) AS x');
SELECT ask('SELECT city, count(*) FROM (SELECT DISTINCT person, city FROM visits) AS x GROUP BY city [[HAVING count(*) >= 5]]');
SELECT ask('SELECT count(*) FROM (SELECT DISTINCT city FROM visits [[WHERE city <> ''Ulm'']]) AS x');
SELECT ask('SELECT avg(b), count(b), count(*) FROM (SELECT person, sum(bonus) AS b FROM visits GROUP BY person) AS x');
SELECT ask('SELECT n, count(*) FROM (SELECT person, count(*) FILTER (WHERE urgent) AS n FROM visits GROUP BY person) AS x GROUP BY n [[HAVING count(*) >= 5]]');
SELECT ask('SELECT n, count(*) FROM (SELECT v.person, o.buyer, count(*) AS n FROM visits v JOIN orders o ON v.person = o.buyer GROUP BY v.person, o.buyer) AS x GROUP BY n [[HAVING count(*) >= 7]]');
SELECT ask('SELECT kind, avg(a) FROM (SELECT person, kind, avg(amount) AS a FROM visits GROUP BY 1, 2) AS x WHERE kind IN (1, 2) GROUP BY kind [[HAVING count(*) >= 5]]');
SELECT ask('WITH v AS (SELECT city, kind, amount[[, person]] FROM visits), a AS (SELECT city, count(*) AS n FROM v GROUP BY city [[HAVING count(DISTINCT person) >= 5]]), b AS (SELECT city, sum(amount) AS s FROM v WHERE kind = 1 GROUP BY city [[HAVING count(DISTINCT person) >= 5]]) SELECT a.city, n, s, s / n AS r FROM a LEFT JOIN b USING (city)');
SELECT ask('WITH unused AS (SELECT 1), v AS (SELECT * FROM visits) SELECT count(*) FROM v AS a');
SELECT ask('SELECT city, kind, count(*) AS n, ntile(3) OVER (ORDER BY count(*), city, kind), first_value(city) OVER w, sum(count(*)) OVER (w ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM visits GROUP BY city, kind [[HAVING count(DISTINCT person) >= 5]] WINDOW w AS (PARTITION BY kind ORDER BY count(*) DESC, city)');
SELECT ask('VALUES ((SELECT count(*) FROM visits), (SELECT sum(qty) FROM orders [[WHERE buyer IS NOT NULL]]))');
SELECT ask('SELECT CASE WHEN (SELECT count(*) FROM visits) > 100 THEN ''many'' ELSE ''few'' END AS size');
SELECT ask('SELECT city FROM visits WHERE kind = 1 GROUP BY city [[HAVING count(DISTINCT person) >= 5]] INTERSECT SELECT city FROM visits WHERE urgent GROUP BY city [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT city, count(*), avg(amount) FROM visits GROUP BY city HAVING sum(steps) > 1000 AND (count(*) > 50 OR city = ''Rome'') [[AND count(DISTINCT person) >= 5]] ORDER BY variance(amount) DESC LIMIT 3');
SELECT ask('SELECT kind, (count(*) * 1.0 / (SELECT count(*) FROM visits))::numeric(6, 4) AS share FROM visits GROUP BY kind [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT city, [[CASE WHEN count(DISTINCT person) FILTER (WHERE buyer IS NULL) NOT BETWEEN 1 AND 4 THEN]] sum(price) [[END]] AS s, count(*) FROM visits LEFT JOIN orders ON person = buyer GROUP BY city [[HAVING count(DISTINCT person) >= 5 AND count(DISTINCT buyer) >= 7]]');
SELECT ask('SELECT city, [[CASE WHEN count(DISTINCT person) FILTER (WHERE age > 30) >= 5 AND count(DISTINCT person) FILTER (WHERE age <= 30) NOT BETWEEN 1 AND 4 THEN]] avg(steps) FILTER (WHERE age > 30) [[END]] AS s FROM visits GROUP BY city [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT * FROM {{town_counts(1)}} [[(SELECT city, count(*) AS n FROM visits WHERE kind = 1 GROUP BY city HAVING count(DISTINCT person) >= 5) AS x]]');
SELECT ask('SELECT * FROM {{two_kinds()}} [[(SELECT a.city, a.n, b.n AS m FROM (SELECT city, count(*) AS n FROM visits WHERE kind = 1 GROUP BY city HAVING count(DISTINCT person) >= 5) a JOIN (SELECT city, count(*) AS n FROM visits WHERE kind = 2 GROUP BY city HAVING count(DISTINCT person) >= 5) b USING (city)) AS x]]');
SELECT ask('SELECT count(*) FROM {{people()}} [[(SELECT person FROM visits) AS x]]');
SELECT ask('SELECT {{total(2)}} [[(SELECT sum(amount) FROM visits WHERE kind = 2) AS total]]');
SELECT ask('SELECT city, count(*) FROM {{mine_too}} [[visits WHERE age < 60 AND kind > 1]] GROUP BY city [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('{{TABLE by_city}} [[SELECT * FROM (SELECT city, count(*) AS n, sum(amount) AS total FROM visits GROUP BY city HAVING count(DISTINCT person) >= 5) AS x]]');

-- as BI tools write it
SELECT ask('SELECT * FROM (SELECT city, count(*) AS n FROM visits GROUP BY city [[HAVING count(DISTINCT person) >= 5]]) AS "t" LIMIT 1000');
SELECT ask('SELECT "t"."city" AS "City", SUM("t"."amount") AS "sum_amount" FROM (SELECT * FROM "regress_cr_q"."visits") AS "t" WHERE 1 = 1 AND ("t"."kind" IN (1, 2)) GROUP BY 1 [[HAVING count(DISTINCT person) >= 5]] ORDER BY 2 DESC NULLS LAST LIMIT 500');
SELECT ask('SELECT * FROM (SELECT "city", COUNT(*) AS "n" FROM (SELECT * FROM visits) AS "q" WHERE (1 = 1) GROUP BY "city" [[HAVING count(DISTINCT person) >= 5]]) AS "t" WHERE 1 = 0');

-- functions, cursors, prepared statements, parameters
SELECT ask('SELECT * FROM {{busy(30)}} [[(SELECT city AS town, count(*) AS n FROM visits WHERE kind < 3 GROUP BY 1 HAVING count(*) >= 30 AND count(DISTINCT person) >= 5) AS x]]');
SELECT ask('SELECT * FROM {{walk()}} [[(SELECT format(''%s %s %s'', kind, city, count(*)) AS walk FROM visits GROUP BY kind, city HAVING count(DISTINCT person) >= 5) AS x]]');
SET ROLE regress_cr_q_analyst;
PREPARE by_kind(int[], date) AS SELECT city, count(*), sum(amount) FROM visits
 WHERE kind = ANY ($1) AND day > $2 GROUP BY city;
PREPARE by_age(int, int) AS SELECT kind, count(*) FROM visits
 WHERE age BETWEEN $1 AND $2 GROUP BY kind LIMIT $1;
RESET ROLE;
SELECT ask('[[SELECT city, count(*), sum(amount) FROM visits WHERE kind IN (1, 2) AND day > ''2024-02-01'' GROUP BY city HAVING count(DISTINCT person) >= 5]] {{EXECUTE by_kind(''{1,2}'', ''2024-02-01'')}}');
SELECT ask('[[SELECT city, count(*), sum(amount) FROM visits WHERE kind IN (3) AND day > ''2024-05-01'' GROUP BY city HAVING count(DISTINCT person) >= 5]] {{EXECUTE by_kind(''{3}'', ''2024-05-01'')}}');
-- seven times: a generic plan, once it is chosen, answers alike
SELECT i, ask('[[SELECT kind, count(*) FROM visits WHERE age BETWEEN ' || i || ' AND 40 GROUP BY kind HAVING count(DISTINCT person) >= 5]] {{EXECUTE by_age(' || i || ', 40)}}')
  FROM generate_series(20, 38, 3) i;
SET plan_cache_mode = force_generic_plan;
SELECT ask('[[SELECT kind, count(*) FROM visits WHERE age BETWEEN 25 AND 40 GROUP BY kind HAVING count(DISTINCT person) >= 5]] {{EXECUTE by_age(25, 40)}}');
RESET plan_cache_mode;
SET ROLE regress_cr_q_analyst;
BEGIN;
DECLARE c SCROLL CURSOR FOR
    SELECT city, count(*) FROM visits GROUP BY city ORDER BY city;
FETCH 2 FROM c;
FETCH LAST FROM c;
FETCH BACKWARD 1 FROM c;
COMMIT;
BEGIN;
DECLARE h CURSOR WITH HOLD FOR
    SELECT kind, sum(steps) FROM visits GROUP BY kind ORDER BY kind;
COMMIT;
FETCH ALL FROM h;
CLOSE h;
SET client_min_messages = notice;
DO $$
DECLARE
    n bigint;
    r record;
BEGIN
    SELECT count(*) INTO n FROM visits WHERE urgent;
    RAISE NOTICE 'urgent visits: %', n;
    SELECT count(*) INTO n FROM visits WHERE city = 'Ulm';
    RAISE NOTICE 'in Ulm: %', coalesce(n::text, 'no row');
    FOR r IN SELECT kind, count(*) AS n FROM visits GROUP BY kind
             ORDER BY kind LOOP
        RAISE NOTICE '% %', r.kind, r.n;
    END LOOP;
END $$;
SELECT count(*) FROM orders;
SET client_min_messages = error;
RESET ROLE;
SELECT kind, count(*), sum(steps), count(*) FILTER (WHERE urgent)
  FROM visits GROUP BY kind ORDER BY kind;

-- small_groups = 'refuse': with a small group, or none left, one error
SELECT ask('SELECT ward, count(*) FROM strict GROUP BY ward');
SELECT ask('SELECT ward, count(*), sum(cost) FROM strict WHERE ward <> ''tiny'' GROUP BY ward');
SELECT ask('SELECT count(*), avg(cost) FROM strict');
SELECT ask('SELECT count(*) FROM strict WHERE ward = ''tiny''');
SELECT ask('SELECT count(*) FROM strict WHERE ward = ''nowhere''');
SELECT ask('SELECT ward, count(*) FROM strict WHERE ward = ''nowhere'' GROUP BY ward');
SELECT ask('SELECT ward, count(*), sum(count(*)) OVER () FROM strict WHERE ward <> ''tiny'' GROUP BY ward HAVING count(*) > 18 ORDER BY 2 LIMIT 1');
-- … which finds a WITH query, the writer's or one of a subquery's own
SELECT ask('SELECT sum(cost) FILTER (WHERE (SELECT count(*) FROM visits) > 5) FROM strict');
SELECT ask('SELECT count(*) FILTER (WHERE ward IN (SELECT x FROM (VALUES (''south''), (''nowhere'')) z (x))) FROM strict');
SELECT ask('WITH r AS (SELECT ''south''::text AS x) SELECT sum(cost) FROM strict WHERE ward IN (SELECT x FROM r)');
SELECT ask('WITH r AS (SELECT ''south''::text AS x), q AS (WITH z AS (SELECT x FROM r) SELECT ward, count(*) AS n FROM strict WHERE ward IN (SELECT x FROM z) GROUP BY 1) SELECT x, q.* FROM r LEFT JOIN q ON ward = x');
SELECT ask('WITH subquery_1 AS (SELECT ''north''::text AS x) SELECT (SELECT sum(cost) FILTER (WHERE (SELECT count(*) FROM visits) > 5) FROM strict), x FROM subquery_1');
SELECT ask('WITH r AS (SELECT ''tiny''::text AS x) SELECT sum(cost) FROM strict WHERE ward IN (SELECT x FROM r)');

-- a partitioned table; a partition is asked through its parent
SELECT ask('SELECT month, count(*), sum(cost) FROM parts GROUP BY month [[HAVING count(DISTINCT person) >= 10]]');
SELECT ask('SELECT count(*), sum(cost) FROM parts WHERE month IN (2, 5)');
SELECT ask('SELECT month, avg(n) FROM (SELECT person, month, count(*) AS n FROM parts GROUP BY person, month) AS x GROUP BY month [[HAVING count(*) >= 10]]');
SELECT ask('SELECT city, sum(cost) FROM parts p JOIN visits v USING (person) GROUP BY city [[HAVING count(DISTINCT person) >= 10]]');

-- a row policy of the owner narrows what is counted
SET ROLE regress_cr_q_clinic;
SELECT cleanroom.add_row_policy('parts', 'cheap', 'cost < 100');
RESET ROLE;
SELECT ask('SELECT month, count(*), sum(cost) FROM parts [[WHERE cost < 100]] GROUP BY month [[HAVING count(DISTINCT person) >= 10]]');
SET ROLE regress_cr_q_clinic;
SELECT cleanroom.drop_row_policy('parts', 'cheap');
RESET ROLE;
SELECT ask('SELECT month, count(*), sum(cost) FROM parts GROUP BY month [[HAVING count(DISTINCT person) >= 10]]');

-- parallel plans
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
\set whole 'SELECT count(*), sum(steps), count(DISTINCT city) AS cities FROM visits'
\set cities 'SELECT string_agg(city || n || s, chr(32) ORDER BY city) AS l FROM (SELECT city, count(*) AS n, sum(amount) AS s FROM visits GROUP BY city HAVING count('
\set months 'SELECT string_agg(month || chr(32) || s, chr(44) ORDER BY month) AS l FROM (SELECT month, sum(cost) AS s FROM parts JOIN visits USING (person) GROUP BY month HAVING count('
:cities DISTINCT person) >= 5) AS x \gset cities_
:months DISTINCT person) >= 10) AS x \gset months_
:whole \gset whole_
SET ROLE regress_cr_q_analyst;
SELECT l = :'cities_l' FROM (:cities *) > 0) AS x) AS y;
SELECT l = :'months_l' FROM (:months *) > 0) AS x) AS y;
SELECT (count, sum, cities) = (:whole_count, :whole_sum, :whole_cities) FROM (:whole) AS x;
RESET ROLE;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
RESET max_parallel_workers_per_gather;

-- Everyday questions that ought to be the same and are not admitted yet: a
-- change of these answers is good news, if it is to 'same'.
SELECT ask('SELECT sum(amount * steps), sum(amount + 1), sum(2 * amount - steps), sum(steps / 4) FROM visits');
SELECT ask('SELECT sum(price * qty) AS revenue FROM orders [[WHERE buyer IS NOT NULL]]');
SELECT ask('SELECT date_trunc(''month'', bought), sum(price) FROM orders [[WHERE buyer IS NOT NULL]] GROUP BY 1 [[HAVING count(DISTINCT buyer) >= 7]]');
SELECT ask('SELECT date_trunc(''month'', day), count(*) FROM visits GROUP BY 1 [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT extract(month FROM day) AS m, count(*) FROM visits GROUP BY 1 [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT extract(dow FROM bought), channel, count(*) FROM orders [[WHERE buyer IS NOT NULL]] GROUP BY 1, 2 [[HAVING count(DISTINCT buyer) >= 7]]');
SELECT ask('SELECT kind * 10 + 1 AS k, count(*) FROM visits GROUP BY kind * 10 + 1 [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT kind % 2 AS odd, count(*) FROM visits GROUP BY kind % 2 [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT left(city, 1), length(city), count(*) FROM visits GROUP BY 1, 2 [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT to_char(day, ''YYYY-MM'') AS m, count(*) FROM visits GROUP BY 1 [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT bought::date AS d, count(*) FROM orders [[WHERE buyer IS NOT NULL]] GROUP BY 1 [[HAVING count(DISTINCT buyer) >= 7]]');
SELECT ask('SELECT kind, count(*) FROM visits WHERE city LIKE ''B%'' OR city LIKE ''%m'' GROUP BY kind [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT kind, count(*) FROM visits WHERE city NOT LIKE ''B%'' AND city ILIKE ''%o%'' GROUP BY kind [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT channel, sum(qty) FROM orders WHERE bought >= ''2024-02-01'' AND bought < timestamp ''2024-02-01'' + interval ''1 month'' [[AND buyer IS NOT NULL]] GROUP BY channel [[HAVING count(DISTINCT buyer) >= 7]]');
SELECT ask('SELECT count(*) FROM visits WHERE person IN (SELECT buyer FROM orders WHERE channel = ''web'')');
SELECT ask('SELECT city, count(*) FROM visits v WHERE EXISTS (SELECT FROM orders o WHERE o.buyer = v.person) GROUP BY city [[HAVING count(DISTINCT person) >= 7]]');
SELECT ask('SELECT count(*) FROM visits v WHERE NOT EXISTS (SELECT FROM orders o WHERE o.buyer = v.person)');
SELECT ask('SELECT country, count(*) FROM visits v LEFT JOIN (SELECT city, min(country) AS country FROM countries GROUP BY city) c ON v.city = c.city GROUP BY country [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT name, family, sum(price * qty) FROM orders o JOIN products p ON o.product = p.id [[WHERE buyer IS NOT NULL]] GROUP BY name, family [[HAVING count(DISTINCT buyer) >= 7]]');
SELECT ask('SELECT city, count(*) FROM visits v WHERE EXISTS (SELECT FROM kinds k WHERE k.kind = v.kind AND k.label LIKE ''s%'') GROUP BY city [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT city, count(*) FROM visits v WHERE NOT EXISTS (SELECT FROM countries c WHERE c.city = v.city) GROUP BY city [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT c.country, count(*) FROM visits JOIN (SELECT city, count(*) AS n, ''c'' || city AS country FROM countries GROUP BY city) c USING (city) GROUP BY 1 [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT n, avg(s) FROM (SELECT person, count(DISTINCT city) AS c, count(*) AS n, sum(score) AS s FROM visits WHERE kind < 3 GROUP BY person HAVING count(*) < 5) AS x WHERE n > 1 GROUP BY n [[HAVING count(*) >= 5]]');

-- what is joined has one row in each group
SELECT ask('SELECT country, count(*) FROM visits v JOIN country c ON v.city = c.city GROUP BY country [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('WITH c AS (SELECT DISTINCT city, country FROM countries) SELECT c.country, sum(amount) FROM c JOIN visits v USING (city) GROUP BY 1 [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT city, g FROM visits, generate_series(1, 2) g GROUP BY city, g [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT m, count(*) FROM visits JOIN (SELECT DISTINCT * FROM (VALUES (0, ''even''), (1, ''odd''), (2, ''even'')) AS t (k, m)) AS l ON k = kind GROUP BY m [[HAVING count(DISTINCT person) >= 5]]');
-- the greatest of a constant is known
SELECT ask('SELECT COUNT(1) AS "n", MAX(1) FROM "visits" [[WHERE true]] HAVING (COUNT(1) > 0)');

-- refused, as the contract has it: each needs an explicit use or a unique key
SELECT ask('SELECT city, count(*) FROM visits WHERE day >= date ''2024-02-01'' AND bonus IS NULL GROUP BY city [[HAVING count(DISTINCT person) >= 5]]');
SELECT ask('SELECT * FROM people()');
SELECT ask('SELECT x.city, y.n FROM (SELECT city FROM visits GROUP BY city) x, LATERAL (SELECT count(*) AS n FROM visits v WHERE v.city = x.city) y');
SELECT ask('SELECT x.city, y.n FROM (SELECT city FROM visits GROUP BY city) x, LATERAL (WITH z AS (SELECT count(*) AS n FROM visits v WHERE v.city = x.city) SELECT n FROM z) y');
SELECT ask('SELECT city, (SELECT max(label) FROM kinds WHERE kind < count(visits.kind)) AS l FROM visits GROUP BY city');

-- what cleanroom.explain() says of questions that are not admitted
SET ROLE regress_cr_q_analyst;
\pset tuples_only off
\pset format aligned
\x on
SELECT verdict, code, reason, hint FROM cleanroom.explain($$
SELECT city, count(*) FROM visits GROUP BY city;
SELECT * FROM visits;
SELECT person, count(*) FROM visits GROUP BY person;
SELECT min(amount) FROM visits;
SELECT sum(kind) FROM visits;
SELECT count(*) FROM visits WHERE amount > 10;
SELECT count(*) FROM visits WHERE person = 7;
SELECT age, count(*) FROM visits GROUP BY age;
SELECT count(*) FROM visits JOIN countries USING (city);
SELECT count(*) FROM visits, orders;
SELECT sum(note::int) FROM visits;
SELECT city, count(*) OVER () FROM visits;
SELECT city, kind, count(*) FROM visits GROUP BY ROLLUP (city, kind);
DELETE FROM visits;
SELECT string_agg(city, ',') FROM visits;
SELECT nothing FROM visits;
$$);
SELECT rewritten FROM cleanroom.explain(
    'SELECT city, count(*) FROM visits GROUP BY city HAVING count(*) > 5');
\x off
RESET ROLE;

SET client_min_messages = warning;
DEALLOCATE ALL;
RESET search_path;
DROP OWNED BY regress_cr_q_clinic, regress_cr_q_shop, regress_cr_q_analyst;
DROP SCHEMA regress_cr_q CASCADE;
DROP ROLE regress_cr_q_clinic, regress_cr_q_shop, regress_cr_q_analyst;
