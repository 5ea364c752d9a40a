-- Rows are compared in pairs only where there is no other way: the planner
-- knows little of protected tables, and soon expects one row.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_lo_owner;
CREATE ROLE regress_cr_lo_analyst;
CREATE SCHEMA regress_cr_lo;
GRANT ALL ON SCHEMA regress_cr_lo TO regress_cr_lo_owner, regress_cr_lo_analyst;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_lo_owner, regress_cr_lo_analyst;
SET search_path = regress_cr_lo, pg_catalog;
SET SESSION AUTHORIZATION regress_cr_lo_owner;
CREATE TABLE orders AS
    SELECT n AS order_id, 1 + n * 7919 % 4000 AS customer,
           date '2024-01-01' + n % 700 AS day,
           CASE WHEN n % 3 < 2 THEN 'paid' ELSE 'open' END AS status
    FROM generate_series(1, 16000) n;
ALTER TABLE orders ADD PRIMARY KEY (order_id);
CREATE TABLE items AS
    SELECT order_id, customer, line, 1 + order_id % 5 AS qty
    FROM orders, generate_series(1, 3) line;
ANALYZE orders;
ANALYZE items;
SELECT cleanroom.protect('orders', 'customer', 10, dimensions => '{day,status}',
                         join_keys => '{customer,order_id}');
SELECT cleanroom.protect('items', 'customer', 10, dimensions => '{line}',
                         measures => '{qty}', join_keys => '{customer,order_id}');
GRANT SELECT ON orders, items TO regress_cr_lo_analyst;
SET SESSION AUTHORIZATION regress_cr_lo_analyst;
CREATE TABLE tags AS SELECT n AS order_id, n % 2 AS tag FROM generate_series(1, 300) n;
ALTER TABLE tags ADD PRIMARY KEY (order_id);
ANALYZE tags;
SET statement_timeout = '15s';

-- two keys beside a set of people: milliseconds, or a minute in pairs
SELECT count(*), sum(i.qty)
FROM orders o JOIN items i ON i.order_id = o.order_id AND i.customer = o.customer
WHERE o.status = 'paid' AND NOT EXISTS
    (SELECT FROM orders q WHERE q.customer = o.customer AND q.day < o.day);
SELECT count(*), sum(i.qty)
FROM orders o JOIN items i ON i.order_id = o.order_id AND i.customer = o.customer
WHERE o.status = 'paid' AND EXISTS
    (SELECT FROM orders q WHERE q.customer = o.customer AND q.day < o.day);
SET enable_hashjoin = off;
SELECT count(*), sum(i.qty)
FROM orders o JOIN items i ON i.order_id = o.order_id AND i.customer = o.customer
WHERE o.status = 'paid' AND NOT EXISTS
    (SELECT FROM orders q WHERE q.customer = o.customer AND q.day < o.day);
RESET enable_hashjoin;
SET max_parallel_workers_per_gather = 2;
SET min_parallel_table_scan_size = 0;
SET parallel_setup_cost = 0;
SELECT count(*), sum(i.qty)
FROM orders o JOIN items i ON i.order_id = o.order_id AND i.customer = o.customer
WHERE o.status = 'paid' AND NOT EXISTS
    (SELECT FROM orders q WHERE q.customer = o.customer AND q.day < o.day);
RESET max_parallel_workers_per_gather;
RESET min_parallel_table_scan_size;
RESET parallel_setup_cost;

-- a loop is the only way: no equality, or nothing else is allowed
SELECT b.name, count(*)
FROM orders o JOIN (VALUES ('early', date '2024-01-01', date '2024-12-31'),
                           ('late', date '2025-01-01', date '2025-12-31'))
    b(name, first, last) ON o.day BETWEEN b.first AND b.last
GROUP BY 1 ORDER BY 1;
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SELECT t.tag, count(*) FROM orders o JOIN tags t ON t.order_id = o.order_id
GROUP BY 1 ORDER BY 1;
RESET enable_hashjoin;
RESET enable_mergejoin;

-- looked up by an index, beside outer joins, and in pairs of a person
SELECT t.tag, count(*) FROM orders o LEFT JOIN tags t ON t.order_id = o.order_id
WHERE o.day < date '2024-02-01' GROUP BY 1 ORDER BY 1;
SELECT o.status, count(*), sum(i.qty)
FROM orders o LEFT JOIN items i
    ON i.order_id = o.order_id AND i.customer = o.customer AND i.line = 2
GROUP BY 1 ORDER BY 1;

RESET statement_timeout;
RESET SESSION AUTHORIZATION;
DROP SCHEMA regress_cr_lo CASCADE;
DROP OWNED BY regress_cr_lo_owner, regress_cr_lo_analyst;
DROP ROLE regress_cr_lo_owner, regress_cr_lo_analyst;
