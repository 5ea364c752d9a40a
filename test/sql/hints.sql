-- What the hint of a refusal says is admitted, and is what was asked for.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_hi_owner;
CREATE ROLE regress_cr_hi_partner;
CREATE ROLE regress_cr_hi_analyst;
CREATE SCHEMA regress_cr_hi;
GRANT ALL ON SCHEMA regress_cr_hi TO regress_cr_hi_owner, regress_cr_hi_partner, regress_cr_hi_analyst;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_hi_owner, regress_cr_hi_partner, regress_cr_hi_analyst;
SET search_path = regress_cr_hi, pg_catalog;
SET SESSION AUTHORIZATION regress_cr_hi_owner;
CREATE TABLE customers AS
    SELECT n AS customer, md5('t' || n)::uuid AS token,
           (ARRAY['DE', 'FR'])[1 + n % 2] AS country,
           CASE WHEN n % 3 > 0 THEN 'm' END AS gender,
           (n * 37 % 500)::numeric AS credit,
           date '2023-01-01' + n % 200 AS start_on,
           CASE WHEN n % 4 = 0 THEN date '2024-01-01' + n % 90 END AS end_on
    FROM generate_series(1, 1000) n;
ALTER TABLE customers ADD PRIMARY KEY (customer), ALTER token SET NOT NULL;
-- who has bought a gift is not known of every third
CREATE TABLE orders AS
    SELECT n AS order_id, 1 + n * 7 % 1000 AS customer,
           date '2024-01-01' + n % 300 AS day,
           (ARRAY['web', 'app'])[1 + n / 7 % 2] AS channel,
           (n * 13 % 200)::numeric AS total, n % 5 = 0 AS gift,
           CASE WHEN n % 3 > 0 THEN n % 5 < 2 END AS promised
    FROM generate_series(1, 4000) n;
ALTER TABLE orders ADD PRIMARY KEY (order_id), ALTER customer SET NOT NULL,
    ALTER gift SET NOT NULL;
CREATE TABLE items AS
    SELECT order_id, customer, line, 1 + order_id % 4 AS qty
    FROM orders, generate_series(1, 2) line WHERE line <= 1 + order_id % 2;
ALTER TABLE items ADD PRIMARY KEY (order_id, line);
SELECT cleanroom.protect('customers', 'customer', 10,
    dimensions => '{country,gender,start_on,end_on}',
    measures => '{credit,start_on,end_on}', join_keys => '{customer,token}');
SELECT cleanroom.protect('orders', 'customer', 10,
    dimensions => '{day,channel,gift,promised}', measures => '{total,day}',
    join_keys => '{customer,order_id}');
SELECT cleanroom.protect('items', 'customer', 10, dimensions => '{line}',
    measures => '{qty}', join_keys => '{customer,order_id}');
GRANT SELECT ON customers, orders, items TO regress_cr_hi_analyst;
SET SESSION AUTHORIZATION regress_cr_hi_partner;
CREATE TABLE views AS
    SELECT md5('t' || 301 + n * 7 % 1000)::uuid AS token,
           date '2024-01-01' + n % 300 AS day
    FROM generate_series(1, 5000) n;
ALTER TABLE views ALTER token SET NOT NULL;
SELECT cleanroom.protect('views', 'token', 5, dimensions => '{day}',
                         join_keys => '{token}');
GRANT SELECT ON views TO regress_cr_hi_analyst;
SET SESSION AUTHORIZATION regress_cr_hi_analyst;
CREATE TABLE list AS
    SELECT md5('t' || n)::uuid AS token,
           CASE WHEN n % 2 = 0 THEN 'hot' END AS seg
    FROM generate_series(1, 300) n;
ALTER TABLE list ADD PRIMARY KEY (token);

-- a sum over a join that repeats rows
SELECT c.country, sum(DISTINCT c.credit)
FROM orders o JOIN customers c USING (customer) GROUP BY 1;
SELECT country, sum(credit) FROM customers
WHERE customer IN (SELECT customer FROM orders) GROUP BY 1 ORDER BY 1;
SELECT sum(total) FROM orders
WHERE (customer, order_id) IN (SELECT customer, order_id FROM items WHERE line = 2);
SELECT o.channel, sum(c.credit)
FROM customers c JOIN (SELECT DISTINCT customer, channel FROM orders) o
    ON o.customer = c.customer GROUP BY 1 ORDER BY 1;

-- rows compared with those of two tables
SELECT count(*), sum(o.total) FROM orders o JOIN customers c USING (customer)
WHERE EXISTS (SELECT FROM views v WHERE v.token = c.token AND v.day <= o.day AND v.day > o.day - 7);
SELECT count(*), sum(o.total) FROM orders o
JOIN (SELECT DISTINCT o.customer, o.order_id, v.token
      FROM orders o JOIN customers c ON c.customer = o.customer
      JOIN views v ON v.token = c.token AND v.day <= o.day AND v.day > o.day - 7) m
    ON m.customer = o.customer AND m.order_id = o.order_id;

-- is there anybody
SELECT EXISTS (SELECT FROM orders WHERE channel = 'web');
SELECT count(*) > 0 AS some FROM orders WHERE channel = 'web';
SELECT country, count(*) FROM customers
WHERE (SELECT count(*) > 0 FROM orders WHERE channel = 'web') GROUP BY 1 ORDER BY 1;
SELECT max(CASE WHEN gender IS NULL THEN 1 ELSE 0 END) FROM customers;
SELECT bool_or(gender = 'm') FROM customers;
SELECT coalesce((count(*) FILTER (WHERE gender IS NULL) > 0)::int, 0) AS nulls,
       coalesce((count(*) FILTER (WHERE gender = 'x') > 0)::int, 0) AS others
FROM customers;

-- counts of a person's rows
SELECT channel, count(*) FROM orders o
WHERE (SELECT count(*) FROM items i
       WHERE i.customer = o.customer AND i.order_id = o.order_id) > 1 GROUP BY 1;
SELECT channel, count(*) FROM orders
WHERE (customer, order_id) IN (SELECT customer, order_id FROM items
                               GROUP BY customer, order_id HAVING count(*) > 1)
GROUP BY 1 ORDER BY 1;
SELECT count(DISTINCT (customer, channel)) FROM orders;
SELECT count(*) FROM (SELECT DISTINCT customer, channel FROM orders) AS x;

-- days
SELECT avg(coalesce(end_on, date '2024-12-31') - start_on) FROM customers;
SELECT avg(CASE WHEN end_on IS NULL THEN date '2024-12-31' ELSE end_on END - start_on) FROM customers;
SELECT avg(last - first) FROM (SELECT customer, min(day) AS first, max(day) AS last
                               FROM orders GROUP BY customer) AS x;
SELECT sum(days * n) / sum(n)
FROM (SELECT last - first AS days, count(*) AS n
      FROM (SELECT customer, min(day) AS first, max(day) AS last
            FROM orders GROUP BY customer) AS x GROUP BY 1) AS released;
SELECT avg(date '2024-12-31' - o.day)
FROM orders o JOIN (SELECT customer, max(day) AS day FROM orders GROUP BY customer) l
    ON l.customer = o.customer AND l.day = o.day;

-- a list of the analyst's own
SELECT country, count(*) FROM customers c LEFT JOIN list l ON l.token = c.token
WHERE l.seg IS NULL GROUP BY 1;
SELECT country, count(*) FROM customers c LEFT JOIN list l ON l.token = c.token
WHERE l.token IS NULL GROUP BY 1 ORDER BY 1;
SELECT country, count(*) FROM customers c
WHERE NOT EXISTS (SELECT FROM list l WHERE l.token = c.token) GROUP BY 1 ORDER BY 1;
SELECT l.seg, count(*) FROM customers c LEFT JOIN list l ON l.token = c.token
GROUP BY 1 ORDER BY 1;
SELECT country, count(l.seg) FROM customers c LEFT JOIN list l ON l.token = c.token GROUP BY 1;
SELECT country, count(*) FILTER (WHERE l.seg IS NOT NULL)
FROM customers c LEFT JOIN list l ON l.token = c.token GROUP BY 1 ORDER BY 1;

-- ---------- rows of a person, counted as sums ----------
SELECT n, count(*) FROM (SELECT customer, sum(1) AS n FROM orders GROUP BY 1) x
GROUP BY 1 ORDER BY 1;
SELECT avg(n), sum(n) FROM (SELECT customer, sum(gift::int) AS n FROM orders GROUP BY 1) x;
SELECT n, count(*) FROM (SELECT customer, sum(gift::int) AS n FROM orders GROUP BY 1) x
GROUP BY 1 ORDER BY 1;
SELECT n, count(*) FROM (SELECT customer, sum((channel = 'web')::int) AS n FROM orders GROUP BY 1) x
GROUP BY 1 ORDER BY 1;
-- null for whom nothing is known
SELECT n, count(*) FROM (SELECT customer, sum(promised::int) AS n
                         FROM orders GROUP BY 1) x GROUP BY 1 ORDER BY 1;
SELECT n, count(*) FROM (SELECT customer, sum(promised::int) AS n
                         FROM orders WHERE day < date '2024-02-10' GROUP BY 1) x GROUP BY 1 ORDER BY 1;
SELECT avg(n), sum(n) FROM (SELECT customer, sum(promised::int) AS n
                            FROM orders WHERE day < date '2024-02-10' GROUP BY 1) x;
SET SESSION AUTHORIZATION regress_cr_hi_owner;
SELECT n, count(*) FROM (SELECT customer, sum(promised::int) AS n
                         FROM orders WHERE day < date '2024-02-10' GROUP BY 1) x GROUP BY 1 ORDER BY 1;
SELECT avg(n), sum(n) FROM (SELECT customer, sum(promised::int) AS n
                            FROM orders WHERE day < date '2024-02-10' GROUP BY 1) x;
SET SESSION AUTHORIZATION regress_cr_hi_analyst;
-- a person's measure is none, however it is multiplied
SELECT n, count(*) FROM (SELECT customer, sum(total * gift::int) AS n FROM orders GROUP BY 1) x GROUP BY 1;
-- rows of few people are told nothing of
SELECT n, count(*) FROM (SELECT customer, sum((day = date '2024-01-02' AND promised)::int) AS n
                         FROM orders GROUP BY 1) x GROUP BY 1 ORDER BY 1;
SELECT sum(n), avg(n) FROM (SELECT customer, sum((day = date '2024-01-02' AND promised)::int) AS n
                            FROM orders GROUP BY 1) x;

RESET SESSION AUTHORIZATION;
DROP SCHEMA regress_cr_hi CASCADE;
DROP OWNED BY regress_cr_hi_owner, regress_cr_hi_partner, regress_cr_hi_analyst;
DROP ROLE regress_cr_hi_owner, regress_cr_hi_partner, regress_cr_hi_analyst;
