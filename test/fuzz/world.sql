-- The database that machines ask: tables of two owners, protected, whose
-- units and hidden columns hold values that nothing else holds, and tables,
-- views and functions of an analyst.  Names and values follow
-- test/sql/questions.sql, so that its questions can be asked here too.
--
-- Persons are numbers from 1.  The ids of the first 60 are known to the
-- analyst, those of the others begin with 777000 and are canaries.
\set ON_ERROR_STOP 1
SET client_min_messages = error;
SET DateStyle = 'ISO, YMD';
SET search_path = public;
CREATE EXTENSION cleanroom CASCADE;
DROP ROLE IF EXISTS fuzz_clinic, fuzz_shop, fuzz_analyst;
CREATE ROLE fuzz_clinic LOGIN;
CREATE ROLE fuzz_shop LOGIN;
CREATE ROLE fuzz_analyst LOGIN;
GRANT USAGE ON SCHEMA cleanroom TO fuzz_clinic, fuzz_shop, fuzz_analyst;
CREATE SCHEMA fuzz;
GRANT ALL ON SCHEMA fuzz TO fuzz_clinic, fuzz_shop, fuzz_analyst;
SET search_path = fuzz, pg_catalog;
CREATE FUNCTION id(p int) RETURNS bigint LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE WHEN p <= 60 THEN 555000000000 ELSE 777000000000 END + p $$;
REVOKE EXECUTE ON FUNCTION id(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION id(int) TO fuzz_clinic, fuzz_shop;

-- ---------- the clinic ----------
SET ROLE fuzz_clinic;
CREATE TABLE visits (
    person bigint NOT NULL, city text NOT NULL, region text,
    day date NOT NULL, kind int NOT NULL, urgent boolean NOT NULL,
    age int NOT NULL, amount numeric NOT NULL, score float8 NOT NULL,
    steps int NOT NULL, bonus numeric, sparse int, note text, pin bigint);
INSERT INTO visits
SELECT id(p), ('{Berlin,Paris,Rome,Oslo,Bern}'::text[])[1 + p % 5],
       CASE WHEN p % 10 > 0 THEN 'r' || p % 3 END,
       date '2024-01-01' + (p * 7 + v * 13) % 180, (p + v) % 4,
       (p + v * v) % 3 = 0, 18 + p % 50, ((p * 37 + v * 11) % 500) / 10.0,
       (p * v % 40) * 0.5, p * v * 97 % 10000,
       CASE WHEN p % 3 > 0 THEN p + v END
  FROM generate_series(1, 90) p, generate_series(1, 6) v
 WHERE v <= 1 + p % 6;
-- five alike in all but their city: two rare ones, of which both are small
INSERT INTO visits
SELECT id(p), CASE WHEN p < 204 THEN 'Rara1' ELSE 'Rara2' END, 'r1',
       '2024-05-05', v, true, 44, 10, 1.5, 100, NULL
  FROM generate_series(201, 205) p, generate_series(1, 2) v;
-- two alike but for what is summed
INSERT INTO visits
SELECT id(p), 'Oslo', 'r2', '2024-03-03', v, false, 33,
       10 * (p - 310), p - 310, 50, p - 310
  FROM generate_series(311, 312) p, generate_series(1, 2) v;
UPDATE visits SET sparse = 888000001 WHERE person IN (id(1), id(2), id(311));
CREATE TABLE patients (person bigint PRIMARY KEY, email text NOT NULL UNIQUE,
    city text NOT NULL, smoker boolean, weight int NOT NULL,
    height numeric(5, 2) NOT NULL, secret text);
INSERT INTO patients
SELECT id(p), 'canary' || p || '@x',
       ('{Berlin,Paris,Rome,Oslo,Bern}'::text[])[1 + p % 5],
       CASE WHEN p % 7 > 0 THEN p % 2 = 0 END, 50 + p % 40, 150 + p % 50
  FROM generate_series(1, 100) p;
INSERT INTO patients
SELECT id(p), 'canary' || p || '@x',
       CASE WHEN p < 204 THEN 'Rara1' ELSE 'Rara2' END, true, 70, 170
  FROM generate_series(201, 205) p;
CREATE TABLE parts (person bigint NOT NULL, month int NOT NULL,
                    cost bigint NOT NULL) PARTITION BY RANGE (month);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (1) TO (4);
CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (4) TO (13);
INSERT INTO parts SELECT id(p), 1 + p * v % 12, p * v
  FROM generate_series(1, 70) p, generate_series(1, 5) v;
-- below its threshold altogether
CREATE TABLE trials (person bigint NOT NULL, arm text NOT NULL,
                     dose int NOT NULL);
INSERT INTO trials SELECT id(p), 'arm', 7 FROM generate_series(401, 403) p;
CREATE TABLE strict (person bigint NOT NULL, ward text NOT NULL,
                     cost int NOT NULL);
INSERT INTO strict SELECT id(p), CASE WHEN p < 3 THEN 'tiny1' WHEN p < 5
    THEN 'tiny2' WHEN p < 20 THEN 'north' ELSE 'south' END, p / 5
  FROM generate_series(1, 40) p;
CREATE TABLE calls (a bigint NOT NULL, b bigint NOT NULL, topic text NOT NULL,
                    minutes int NOT NULL);
INSERT INTO calls SELECT id(p), id(1000 + p % 40), 't' || p % 3, p % 7
  FROM generate_series(1, 120) p;
INSERT INTO calls SELECT id(p), id(1100), 'rare', 3
  FROM generate_series(1, 20) p;
SELECT cleanroom.protect('visits', 'person', threshold => 5,
    dimensions => '{city,region,day,kind,urgent}',
    measures => '{amount,score,steps,bonus,sparse}', filters => '{age}',
    join_keys => '{person}');
SELECT cleanroom.protect('patients', 'person', threshold => 6,
    dimensions => '{city,smoker}', measures => '{weight,height}',
    join_keys => '{person,email}');
SELECT cleanroom.protect('parts', 'person', 10, dimensions => '{month}',
    measures => '{cost}', join_keys => '{person}');
SELECT cleanroom.protect('trials', 'person', 5, dimensions => '{arm}',
    measures => '{dose}', join_keys => '{person}');
SELECT cleanroom.protect('strict', 'person', 5, dimensions => '{ward}',
    measures => '{cost}', small_groups => 'refuse');
SELECT cleanroom.protect('calls', 'a', 8, dimensions => '{topic}',
    measures => '{minutes}', join_keys => '{a}');
SELECT cleanroom.set_column('calls', 'b', 'unit');
GRANT SELECT ON visits, patients, parts, trials, strict, calls
   TO fuzz_analyst;
CREATE VIEW recent AS SELECT * FROM visits WHERE day >= '2024-03-01';
GRANT SELECT ON recent TO fuzz_analyst;

-- ---------- the shop ----------
SET ROLE fuzz_shop;
CREATE TABLE orders (
    buyer bigint, product int NOT NULL, channel text NOT NULL,
    bought timestamp NOT NULL, price numeric NOT NULL, qty int NOT NULL,
    card text, code bigint);
INSERT INTO orders
SELECT CASE WHEN b % 11 > 0 THEN id(b) END,
       CASE WHEN b IN (30, 40, 50) AND o = 1 THEN 6 ELSE 1 + (b + o) % 5 END,
       ('{web,store,phone}'::text[])[1 + (b + o) % 3],
       timestamp '2024-01-01 08:00' + b * o * interval '17 hours',
       (b * o * 7 % 300) / 4.0, 1 + (b + o) % 4
  FROM generate_series(21, 140) b, generate_series(1, 4) o
 WHERE o <= 1 + b % 4;
INSERT INTO orders
SELECT id(b), 2, 'web', '2024-04-04 12:00', 10 * (b - 300), b - 300
  FROM generate_series(301, 302) b, generate_series(1, 2) o;
CREATE TABLE products (id int PRIMARY KEY, name text, family text);
INSERT INTO products SELECT i, 'product ' || i, 'family ' || i % 2
  FROM generate_series(1, 6) i;
CREATE TABLE families (family text PRIMARY KEY, boss text);
INSERT INTO families VALUES ('family 0', 'Ann'), ('family 1', 'Bob');
SELECT cleanroom.protect('orders', 'buyer', threshold => 7,
    dimensions => '{product,channel,bought}', measures => '{price,qty}',
    join_keys => '{buyer,code}');
GRANT SELECT ON orders, products, families TO fuzz_analyst;

-- ---------- the analyst ----------
SET ROLE fuzz_analyst;
CREATE TABLE kinds (kind int PRIMARY KEY, label text);
INSERT INTO kinds VALUES (0, 'first'), (1, 'second'), (2, 'third');
CREATE TABLE countries (city text, country text);
INSERT INTO countries VALUES ('Berlin', 'DE'), ('Ulm', 'DE'),
    ('Paris', 'FR'), ('Rome', 'IT'), ('Bern', 'CH'), ('Bern', 'CH');
CREATE TABLE towns (city text PRIMARY KEY, country text);
INSERT INTO towns VALUES ('Berlin', 'DE'), ('Paris', 'FR'), ('Rome', 'IT');
CREATE TABLE known (person bigint PRIMARY KEY, class text, weight int);
INSERT INTO known SELECT 555000000000 + p, 'c' || p % 3, 1 << p % 20
  FROM generate_series(1, 60) p;
CREATE TABLE sink (x text, n bigint);
CREATE VIEW country AS SELECT DISTINCT city, country FROM countries;
CREATE VIEW mine AS SELECT person, city, kind, amount FROM visits
 WHERE age < 60;
CREATE VIEW by_city AS SELECT city, count(*) AS n, sum(amount) AS total
  FROM visits GROUP BY city;
CREATE VIEW mine_too AS SELECT city, person FROM mine WHERE kind > 1;
CREATE VIEW by_day AS SELECT day, kind, urgent, count(*) AS n,
       count(DISTINCT person) AS people, sum(steps) AS steps,
       avg(bonus) AS bonus, count(*) FILTER (WHERE age > 40) AS old
  FROM visits GROUP BY day, kind, urgent;
CREATE VIEW reach AS SELECT v.kind, o.channel, count(*) AS n,
       sum(o.price) AS price, sum(v.sparse) AS sparse
  FROM visits v JOIN orders o ON o.buyer = v.person
 GROUP BY v.kind, o.channel;
CREATE VIEW often AS SELECT n, count(*) AS people, avg(total) AS total
  FROM (SELECT person, count(*) AS n, sum(amount) AS total FROM visits
         GROUP BY person) p GROUP BY n;
CREATE VIEW smokers AS SELECT smoker, city, count(email) AS n,
       sum(weight) AS weight FROM patients GROUP BY smoker, city;
CREATE FUNCTION town_counts(int) RETURNS TABLE (city text, n bigint)
LANGUAGE sql STABLE AS
$$ SELECT city, count(*) FROM visits WHERE kind = $1 GROUP BY city $$;
CREATE FUNCTION two_kinds(k int DEFAULT 1)
RETURNS TABLE (city text, n bigint, m bigint) LANGUAGE sql STABLE AS
$$ SELECT a.city, a.n, b.n FROM town_counts(k) a, town_counts(2) b
    WHERE a.city = b.city $$;
CREATE FUNCTION people() RETURNS SETOF bigint LANGUAGE sql STABLE AS
$$ SELECT person FROM visits $$;
CREATE FUNCTION total(k int) RETURNS numeric LANGUAGE sql STABLE
BEGIN ATOMIC SELECT sum(amount) FROM visits WHERE visits.kind = k; END;
CREATE FUNCTION busy(least_n bigint) RETURNS TABLE (town text, n bigint)
LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY SELECT v.city, count(*) FROM visits v WHERE v.kind < 3
     GROUP BY v.city HAVING count(*) >= least_n;
END $$;
-- spies tell what they are given; they lie about volatility and cost
CREATE FUNCTION spy(x bigint) RETURNS boolean LANGUAGE plpgsql IMMUTABLE
COST 0.0000001 AS $$ BEGIN RAISE WARNING 'saw %', x; RETURN true; END $$;
CREATE FUNCTION spy(x text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE
COST 0.0000001 AS $$ BEGIN RAISE WARNING 'saw %', x; RETURN true; END $$;
CREATE FUNCTION echo(x bigint) RETURNS bigint LANGUAGE plpgsql STABLE
COST 0.0000001 AS $$ BEGIN RAISE WARNING 'saw %', x; RETURN x; END $$;
CREATE FUNCTION echo(x text) RETURNS text LANGUAGE plpgsql STABLE
COST 0.0000001 AS $$ BEGIN RAISE WARNING 'saw %', x; RETURN x; END $$;
CREATE FUNCTION same(x int) RETURNS int LANGUAGE sql IMMUTABLE RETURN x;
CREATE OPERATOR === (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq);
RESET ROLE;
GRANT SELECT ON kinds, countries, country, towns, known TO fuzz_shop;
ALTER ROLE fuzz_analyst SET search_path = fuzz, pg_catalog;
ALTER ROLE fuzz_analyst SET statement_timeout = '3s';
ALTER ROLE fuzz_analyst SET DateStyle = 'ISO, YMD';
ALTER ROLE postgres SET search_path = fuzz, pg_catalog;
ALTER ROLE postgres SET DateStyle = 'ISO, YMD';
VACUUM ANALYZE;
