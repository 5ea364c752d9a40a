-- test/demo/parties.sql
--   Makes the demo's two parties and their tables, the same on every machine.
--
-- A retailer brings customers and purchases, a broadcaster brings exposures:
-- who was shown which campaign, on which device, for how many minutes.  Both
-- know people by the same pseudonym, an integer.  People who saw "Harvest" buy
-- more groceries, so that there is something to find.
--
-- Run by a superuser with psql, in an empty database.
CREATE ROLE retailer LOGIN;
CREATE ROLE broadcaster LOGIN;
CREATE ROLE rand LOGIN;
CREATE ROLE ana LOGIN;
CREATE SCHEMA retailer AUTHORIZATION retailer;
CREATE SCHEMA broadcaster AUTHORIZATION broadcaster;
CREATE SCHEMA rand AUTHORIZATION rand;
CREATE SCHEMA ana AUTHORIZATION ana;
GRANT USAGE ON SCHEMA retailer, broadcaster, rand TO ana;
GRANT USAGE ON SCHEMA cleanroom TO PUBLIC;

-- A number in [0, 1) that depends on its arguments alone: random() with a
-- fixed seed gives other numbers in another version of the server.
CREATE FUNCTION pg_temp.draw(n int, salt int) RETURNS float8
LANGUAGE sql IMMUTABLE AS
'SELECT (hashint8extended(n, salt) & 1073741823) / 1073741824.0::float8';
-- One of the values; the first is the most frequent.
CREATE FUNCTION pg_temp.pick(choices text[], d float8) RETURNS text
LANGUAGE sql IMMUTABLE AS
'SELECT choices[1 + floor(cardinality(choices) * d * d)::int]';

-- 30,000 customers; 31 of them live on the islands
CREATE TABLE retailer.customers AS
SELECT n AS customer_id,
       CASE WHEN n % 977 = 1 THEN 'Islands'
            ELSE (ARRAY['North', 'East', 'South', 'West'])
                 [1 + floor(4 * pg_temp.draw(n, 1))::int] END AS region,
       (ARRAY['18-29', '30-44', '45-59', '60+'])
           [1 + floor(4 * pg_temp.draw(n, 2))::int] AS age_band,
       DATE '2021-01-01' + floor(1000 * pg_temp.draw(n, 3))::int AS member_since
FROM generate_series(1, 30000) n;
ALTER TABLE retailer.customers ADD PRIMARY KEY (customer_id);

-- 150,000 exposures; customers 12,001 to 30,000 are viewers too
CREATE TABLE broadcaster.exposures AS
SELECT 12001 + floor(60000 * pg_temp.draw(n, 11)
                           * pg_temp.draw(n, 11))::int AS viewer_id,
       pg_temp.pick(ARRAY['Winter', 'Night Owl', 'Harvest', 'Fresh Start'],
                    pg_temp.draw(n, 12)) AS campaign,
       pg_temp.pick(ARRAY['television', 'phone', 'tablet'],
                    pg_temp.draw(n, 13)) AS device,
       1 + floor(30 * pg_temp.draw(n, 14)
                      * pg_temp.draw(n, 14))::int AS minutes,
       DATE '2024-09-01' + floor(90 * pg_temp.draw(n, 15))::int AS seen_on
FROM generate_series(1, 150000) n;
CREATE INDEX ON broadcaster.exposures (viewer_id);

-- 120,000 purchases
CREATE TABLE retailer.purchases AS
SELECT p.customer_id, p.category, p.channel, p.purchased_on,
       round((p.price * CASE WHEN p.category = 'groceries'
                                  AND h.viewer_id IS NOT NULL
                             THEN 1.12 ELSE 1 END)::numeric, 2) AS amount
FROM (SELECT n,
             1 + floor(30000 * pg_temp.draw(n, 21))::int AS customer_id,
             pg_temp.pick(ARRAY['groceries', 'household', 'clothing',
                                'electronics', 'garden'],
                          pg_temp.draw(n, 22)) AS category,
             CASE WHEN pg_temp.draw(n, 23) < 0.35 THEN 'web'
                  ELSE 'shop' END AS channel,
             DATE '2024-09-01' + floor(120 * pg_temp.draw(n, 24))::int
                 AS purchased_on,
             2 + 60 * pg_temp.draw(n, 25) * pg_temp.draw(n, 25)
                 AS price
      FROM generate_series(1, 120000) n) p
LEFT JOIN (SELECT DISTINCT viewer_id FROM broadcaster.exposures
           WHERE campaign = 'Harvest') h ON h.viewer_id = p.customer_id
ORDER BY p.n;
CREATE INDEX ON retailer.purchases (customer_id);

ALTER TABLE retailer.customers OWNER TO retailer;
ALTER TABLE retailer.purchases OWNER TO retailer;
ALTER TABLE broadcaster.exposures OWNER TO broadcaster;
ANALYZE;
