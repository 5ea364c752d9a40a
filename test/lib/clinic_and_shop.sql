-- A clinic and a shop with some people in common, in one of two worlds that
-- differ in three people; see compared.sql for what is asked of them.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_f_clinic;
CREATE ROLE regress_cr_f_shop;
CREATE ROLE regress_cr_f_analyst;
CREATE SCHEMA regress_cr_f;
GRANT ALL ON SCHEMA regress_cr_f TO regress_cr_f_clinic, regress_cr_f_shop,
    regress_cr_f_analyst;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_f_clinic, regress_cr_f_shop,
    regress_cr_f_analyst;
SET search_path = regress_cr_f, pg_catalog;
SET DateStyle = 'ISO, YMD';
SET TimeZone = 'Europe/Berlin';

SET SESSION AUTHORIZATION regress_cr_f_clinic;
CREATE TABLE patients (patient int PRIMARY KEY, city text NOT NULL,
                       born date NOT NULL, age int NOT NULL);
CREATE TABLE visits (patient int NOT NULL, day date NOT NULL, code text,
                     cost numeric NOT NULL, minutes int NOT NULL,
                     copay numeric);
SET SESSION AUTHORIZATION regress_cr_f_shop;
CREATE TABLE sales (buyer int NOT NULL, sold timestamp NOT NULL,
                    item text NOT NULL, price numeric NOT NULL);
CREATE FUNCTION fill_sales(world int) RETURNS void LANGUAGE sql AS $$
    DELETE FROM sales;
    INSERT INTO sales
    SELECT b, timestamp '2024-01-01 09:00' + (b * 7 + s * 23) % 150
           * interval '1 day', ('{pills,cream,tea}'::text[])[1 + (b * s) % 3],
           5 + b * s % 40
      FROM generate_series(21, 180) b, generate_series(1, 4) s
     WHERE s <= 1 + b % 4;
    INSERT INTO sales SELECT t, timestamp '2024-01-03' + s * interval '1 hour',
           'salve', 999 FROM unnest(CASE world WHEN 1 THEN '{901,902,903}'::int[]
           ELSE '{911,912,913}' END) t, generate_series(1, 2 + world) s $$;
SET SESSION AUTHORIZATION regress_cr_f_clinic;
CREATE FUNCTION fill(world int) RETURNS void LANGUAGE sql AS $$
    DELETE FROM patients; DELETE FROM visits;
    INSERT INTO patients SELECT p, ('{Oslo,Bergen,Molde}'::text[])[1 + p % 3],
           date '1950-01-01' + p * 97, 20 + p % 60
      FROM generate_series(1, 150) p;
    INSERT INTO visits
    SELECT p, date '2024-01-05' + (p * 11 + v * 29) % 160,
           CASE WHEN p % 7 > 0 THEN
           ('{I10,I21,J45,E11}'::text[])[1 + (p + v) % 4] END,
           50 + p * v % 90, 5 + p * v % 60,
           CASE WHEN p % 3 > 0 THEN p % 9 END
      FROM generate_series(1, 150) p, generate_series(1, 5) v
     WHERE v <= p % 6;
    -- three people: a city, a code, days, costs of their own
    INSERT INTO patients SELECT t, CASE world WHEN 1 THEN 'Moss' ELSE 'Bodo' END,
           date '1930-01-01' + world, 99 + world
      FROM unnest('{901,902,903}'::int[]) t;
    INSERT INTO visits SELECT t, date '2024-01-01' + world, 'Z' || world,
           5000 * world, 600 * world, 77 * world
      FROM unnest('{901,902,903}'::int[]) t, generate_series(1, 3) $$;
SELECT fill(1);
SELECT cleanroom.protect('patients', 'patient', 5,
    dimensions => '{city, born}', filters => '{age}',
    join_keys => '{patient}');
SELECT cleanroom.protect('visits', 'patient', 5,
    dimensions => '{day, code}', measures => '{cost, minutes, copay}',
    join_keys => '{patient}');
SELECT cleanroom.set_column('visits', 'minutes', 'measure, filter');
GRANT SELECT ON patients, visits TO regress_cr_f_analyst;
SET SESSION AUTHORIZATION regress_cr_f_shop;
SELECT fill_sales(1);
SELECT cleanroom.protect('sales', 'buyer', 5, dimensions => '{sold, item}',
    measures => '{price}', join_keys => '{buyer}');
GRANT SELECT ON sales TO regress_cr_f_analyst;
SET SESSION AUTHORIZATION regress_cr_f_analyst;
CREATE TABLE settings (name text PRIMARY KEY, value int);
INSERT INTO settings VALUES ('lo', 30), ('hi', 50), ('patient', 901);
CREATE TABLE nameless (name text UNIQUE, value int);
INSERT INTO nameless VALUES (NULL, 1), (NULL, 2);
CREATE FUNCTION noisy(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS
$$ BEGIN RAISE WARNING 'called'; RETURN $1; END $$;
RESET SESSION AUTHORIZATION;
ANALYZE patients, visits, sales;

\set included :abs_srcdir '/lib/compared.sql'
\i :included
\pset format unaligned
\pset tuples_only on
