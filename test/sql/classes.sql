-- Sums, counts and averages over several conditions are of several parts, each
-- of which has to be many, and so has what is in none of them.  Each question
-- is asked as analyst and as owner.  Groups: 'even' has 60 people, of whom each
-- status has at least 15; in 'few' only four have 'refunded', in 'none' nobody
-- has, and in 'null' nobody of those who have it has an amount.
\set VERBOSITY terse
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_cl_owner;
CREATE ROLE regress_cr_cl_analyst;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_cl_owner, regress_cr_cl_analyst;
CREATE SCHEMA regress_cr_cl;
GRANT ALL ON SCHEMA regress_cr_cl TO regress_cr_cl_owner, regress_cr_cl_analyst;
SET search_path = regress_cr_cl, pg_catalog;
\pset format unaligned
\pset tuples_only on

SET ROLE regress_cr_cl_owner;
CREATE TABLE orders (
    order_id int PRIMARY KEY, person int NOT NULL, grp text NOT NULL, status text,
    qty int NOT NULL, stars int, amount numeric(10,2), cost float8, big bigint NOT NULL,
    tax numeric(10,2) NOT NULL, seen int, zip int,
    rebate numeric(10,2), gift numeric(10,2), mass real);
INSERT INTO orders
SELECT g * 1000 + o, g * 1000 + p, grp,
       CASE WHEN p % 4 = 3 AND grp <> 'none' AND (grp <> 'few' OR p < 16) THEN 'refunded'
            WHEN p % 4 = 2 THEN 'pending' WHEN p % 4 = 1 THEN 'paid' WHEN o % 3 > 0 THEN 'void' END,
       o % 5, o % 7, CASE WHEN grp <> 'null' OR p % 4 <> 3 THEN o % 50 + 0.25 END,
       o * 0.5, o * 1000000000::bigint, o % 10 + 0.05, o, p,
       CASE WHEN p % 4 > 1 OR grp = 'none' OR (grp = 'few' AND p >= 4) THEN o % 3 + 0.5 END,
       CASE WHEN p % 4 = 2 OR (p % 4 = 3 AND p < 16 AND grp = 'null') THEN o % 2 + 1.5 END, o % 50 * 0.25
  FROM (SELECT o, o % 60 AS p FROM generate_series(1, 240) o) x,
       (VALUES (1, 'even'), (2, 'few'), (3, 'none'), (4, 'null')) AS v (g, grp);
SELECT cleanroom.protect('orders', 'person', 10, dimensions => '{grp,status,stars,zip}',
    measures => '{amount,qty,cost,big,tax,seen,rebate,gift,mass}', join_keys => '{person}');
CREATE TABLE people (person int PRIMARY KEY, vip bool);
INSERT INTO people SELECT person, person % 3 = 0 FROM orders GROUP BY 1;
SELECT cleanroom.protect('people', 'person', 10, dimensions => '{vip}', join_keys => '{person}');
GRANT SELECT ON orders, people TO regress_cr_cl_analyst;
CREATE VIEW signed AS SELECT person, grp, status,
    CASE WHEN status = 'paid' THEN amount WHEN status = 'refunded' THEN -amount ELSE 0 END AS net,
    CASE status WHEN 'paid' THEN 1 WHEN 'refunded' THEN -1 ELSE 0 END AS sign, amount FROM orders;
GRANT SELECT ON signed TO regress_cr_cl_analyst;
SET ROLE regress_cr_cl_analyst;
CREATE FUNCTION spy(x anyelement) RETURNS bool LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN RAISE WARNING 'spied'; RETURN true; END $$;
RESET ROLE;

CREATE FUNCTION ask(question text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    given text;
    told text;
    statement text := 'SELECT string_agg(r::text, '' '' ORDER BY r::text) FROM ('
                      || question || ') r';
BEGIN
    SET LOCAL ROLE regress_cr_cl_owner;
    BEGIN
        EXECUTE statement INTO told;
    EXCEPTION WHEN OTHERS THEN
        told := SQLSTATE || ' ' || SQLERRM;
    END;
    SET LOCAL ROLE regress_cr_cl_analyst;
    BEGIN
        EXECUTE statement INTO given;
    EXCEPTION WHEN OTHERS THEN
        given := SQLSTATE || ' ' || SQLERRM;
    END;
    RESET ROLE;
    RETURN CASE WHEN given = told THEN 'same' ELSE coalesce(given, 'nothing') END;
END $$;
-- in the group where all are many, and in all of them
CREATE FUNCTION twice(what text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT ask(format('SELECT %s AS a, pg_typeof(%1$s) AS t FROM orders WHERE grp = ''even''', what))
    UNION ALL SELECT ask(format('SELECT grp, %s AS a FROM orders GROUP BY grp', what)) $$;

-- sums: what analysts write every day
SELECT twice('sum(CASE WHEN status = ''refunded'' THEN 0 ELSE amount END)');
SELECT twice('sum(CASE WHEN status = ''paid'' THEN amount WHEN status = ''refunded'' THEN -amount ELSE 0 END)');
SELECT twice('sum(CASE status WHEN ''paid'' THEN amount WHEN ''refunded'' THEN amount * 0.5 END)');
SELECT twice('sum(CASE WHEN status = ''refunded'' THEN -qty ELSE qty END)');
SELECT twice('sum(CASE WHEN status = ''refunded'' THEN NULL WHEN status = ''paid'' THEN 2 * tax ELSE tax END)');
SELECT twice('sum(CASE status WHEN ''paid'' THEN 5 WHEN ''refunded'' THEN -2 ELSE 1 END)');
SELECT twice('sum(CASE status WHEN ''paid'' THEN cost WHEN ''refunded'' THEN -cost END)');
SELECT twice('sum(CASE status WHEN ''paid'' THEN mass WHEN ''void'' THEN 2 ELSE 0::real END), pg_typeof(sum(CASE WHEN status = ''paid'' THEN mass WHEN zip > 3 THEN mass ELSE 0::real END))');
SELECT twice('sum(CASE status WHEN ''paid'' THEN big WHEN ''refunded'' THEN -big ELSE 0 END)');
SELECT twice('sum(coalesce(CASE WHEN status = ''refunded'' THEN amount END, 0))');
SELECT twice('sum(coalesce(CASE WHEN status = ''refunded'' THEN tax WHEN status = ''paid'' THEN 0.5 * tax END, tax))');
SELECT twice('sum(amount * CASE WHEN status = ''refunded'' THEN 0 ELSE 1 END)');
SELECT twice('sum(CASE status WHEN ''paid'' THEN 1 WHEN ''refunded'' THEN -1 ELSE 0 END * qty * amount)');
SELECT twice('sum((status = ''refunded'')::int * amount)');
SELECT twice('sum(tax * (1 - (status = ''refunded'')::int))');
SELECT twice('sum(tax * (1 - (stars > 3)::int) * (1 - CASE WHEN stars > 2 THEN 0 ELSE 1 END))');
SELECT twice('sum(CASE WHEN stars > 3 THEN tax ELSE 1 END + 0 * amount)');
SELECT twice('sum((status = ''paid'')::int * (stars > 2)::int)');
SELECT twice('sum((status = ''paid'')::int * tax - (status = ''refunded'')::int * tax)');
SELECT twice('sum(CASE WHEN stars > 3 THEN CASE WHEN status = ''paid'' THEN amount ELSE 0 END ELSE CASE status WHEN ''paid'' THEN tax END END)');
SELECT twice('sum(CASE WHEN status IN (''paid'', ''void'') THEN amount WHEN status = ''pending'' THEN amount END)');
SELECT twice('sum(CASE WHEN status = ''paid'' THEN amount ELSE 0 END) FILTER (WHERE stars > 2)');
SELECT twice('sum(CASE WHEN status = ''paid'' THEN amount WHEN status = ''refunded'' THEN -amount END) FILTER (WHERE stars > 1)');
SELECT twice('sum(CASE WHEN status = ''paid'' THEN amount ELSE amount END)');
-- counts and averages
SELECT twice('count(CASE WHEN status = ''refunded'' THEN 1 WHEN status = ''paid'' THEN 2 END)');
SELECT twice('count(CASE WHEN status = ''refunded'' THEN 1 ELSE 0 END)');
SELECT twice('count(CASE WHEN status = ''refunded'' THEN amount WHEN status = ''paid'' THEN qty END)');
SELECT twice('count(CASE WHEN status = ''refunded'' THEN NULL ELSE 1 END)');
SELECT twice('count(CASE status WHEN ''paid'' THEN ''p'' WHEN ''refunded'' THEN status END)');
SELECT twice('avg(CASE WHEN stars >= 5 THEN 100 WHEN stars <= 2 THEN -100 ELSE 0 END)');
SELECT twice('avg(CASE WHEN status = ''refunded'' THEN 100 WHEN status = ''paid'' THEN -100 END)');
SELECT twice('avg(CASE WHEN status = ''refunded'' THEN 0 ELSE amount END)');
SELECT twice('avg(CASE WHEN status = ''refunded'' THEN -amount ELSE amount END)');
SELECT twice('avg(CASE status WHEN ''paid'' THEN cost WHEN ''refunded'' THEN -cost END)');
SELECT twice('avg(CASE status WHEN ''paid'' THEN mass WHEN ''void'' THEN 1.5::real END), avg(CASE status WHEN ''paid'' THEN mass WHEN ''refunded'' THEN 2::real END)');
SELECT twice('avg(CASE status WHEN ''paid'' THEN big WHEN ''refunded'' THEN -big ELSE 0 END)');
SELECT twice('avg(CASE WHEN status = ''paid'' THEN amount WHEN status = ''refunded'' THEN amount END)');
SELECT twice('avg(amount * CASE WHEN status = ''refunded'' THEN 0 ELSE 1 END)');
SELECT twice('round(100.0 * sum(CASE status WHEN ''paid'' THEN 1 WHEN ''refunded'' THEN -1 ELSE 0 END) / count(*), 2)');
-- in HAVING, ORDER BY and windows; grouped by more; in joins
SELECT ask('SELECT grp, sum(CASE status WHEN ''paid'' THEN 3 WHEN ''void'' THEN 1 END) AS s FROM orders GROUP BY 1 HAVING sum(CASE status WHEN ''paid'' THEN 3 WHEN ''void'' THEN 1 END) > 3 ORDER BY sum(CASE status WHEN ''paid'' THEN 3 WHEN ''void'' THEN 1 END)');
SELECT ask('SELECT grp, sum(sum(CASE WHEN status = ''pending'' THEN 0 ELSE amount END)) OVER () FROM orders WHERE grp IN (''even'', ''few'') GROUP BY 1');
SELECT ask('SELECT vip, sum(CASE status WHEN ''paid'' THEN amount WHEN ''refunded'' THEN -amount END) FROM orders JOIN people USING (person) WHERE grp = ''even'' GROUP BY 1');
SELECT ask('SELECT sum(CASE WHEN vip AND status = ''paid'' THEN amount WHEN vip THEN -amount ELSE tax END) FROM orders JOIN people USING (person) WHERE grp = ''even''');
SELECT ask('SELECT grp, sum(CASE WHEN EXISTS (SELECT FROM people p WHERE p.person = o.person AND vip) THEN amount ELSE -amount END) FROM orders o WHERE grp <> ''null'' GROUP BY 1');
SELECT ask('SELECT vip, sum(CASE WHEN status IN (''paid'', ''refunded'') THEN amount ELSE -amount END) FROM (SELECT o.*, EXISTS (SELECT FROM people p WHERE p.person = o.person AND p.vip) AS vip FROM orders o WHERE grp = ''even'') t GROUP BY 1');
SELECT ask('SELECT sum(CASE WHEN stars > (SELECT 3) THEN amount WHEN stars > (SELECT avg(stars) - 3 FROM (SELECT stars, count(*) FROM orders GROUP BY 1) s) THEN -amount END) FROM orders WHERE grp = ''even''');
-- where a subquery, a view or a WITH query computes it, or its factor
SELECT ask('SELECT grp, sum(net), avg(net) FROM signed GROUP BY 1');
SELECT ask('SELECT grp, sum(sign), sum(sign * amount) FROM signed GROUP BY 1');
SELECT ask('WITH s AS (SELECT grp, CASE WHEN status = ''refunded'' THEN -1 ELSE 1 END AS sign, amount FROM orders), t AS (SELECT grp, sign * amount AS net FROM s) SELECT grp, sum(net) FROM t GROUP BY 1');
SELECT ask('SELECT k, sum(net) FROM (SELECT 1 AS k, net FROM signed WHERE grp = ''even'' UNION ALL SELECT 2, net FROM signed WHERE grp = ''few'') t GROUP BY 1');
SELECT ask('SELECT sum(CASE WHEN status = ''paid'' THEN a WHEN status = ''void'' THEN -a END) FROM (SELECT person, status, sum(amount) AS a FROM orders WHERE grp = ''even'' GROUP BY 1, 2) t');

-- a class of few, one of many that is as few people's without another, and one
-- of nobody look alike, whichever it is
SELECT twice('sum(CASE WHEN stars >= 5 THEN amount WHEN status = ''refunded'' THEN tax ELSE 2 * tax END)');
SELECT twice('sum(CASE WHEN status = ''refunded'' THEN 1000000 ELSE 1 END)');
SELECT twice('sum(CASE WHEN status = ''paid'' THEN amount WHEN status <> ''refunded'' THEN amount + 0 WHEN status IS NULL THEN amount - 0 END)');
SELECT twice('avg(CASE WHEN status = ''paid'' THEN 7 WHEN status <> ''refunded'' THEN 1 WHEN status IS NULL THEN 2 ELSE 0 END)');
SELECT twice('count(CASE WHEN status = ''paid'' THEN qty WHEN status <> ''refunded'' THEN tax END)');
-- net of what may be null: rows that have it, and rows that have not, are classes
-- too.  Nobody lacks the rebate in 'none', and few do in 'few'; in 'null', few have
-- a gift and no amount.
SELECT twice('sum(amount - coalesce(rebate, 0))');
SELECT twice('sum(tax - coalesce(rebate, 0))');
SELECT twice('sum(qty * (amount - coalesce(rebate, 0)))');
SELECT twice('avg(amount - coalesce(rebate, 0))');
SELECT twice('sum(coalesce(amount, 0) + coalesce(gift, 0))');
SELECT twice('sum(amount + coalesce(gift, 0))');
SELECT twice('sum(coalesce(amount, 0) * coalesce(rebate, 0))');
SELECT twice('sum(amount + coalesce(gift, 0) - coalesce(rebate, 0))');
SELECT twice('sum(seen * (amount - coalesce(rebate, 0)))');
SELECT twice('sum(seen + gift + amount - coalesce(rebate, 0))');
SELECT twice('sum(CASE WHEN status = ''paid'' THEN amount - coalesce(rebate, 0) ELSE tax + coalesce(rebate, 0) END)');
SELECT ask('SELECT vip, sum(amount - coalesce(rebate, 0)) FROM people LEFT JOIN orders USING (person) WHERE grp = ''even'' GROUP BY 1');
SELECT ask('SELECT vip, sum(amount - coalesce(rebate, 0)) FROM people LEFT JOIN (SELECT * FROM orders WHERE grp = ''even'') o USING (person) GROUP BY 1');
SELECT ask('SELECT sum(a - coalesce(b, 0)) FROM (SELECT person, sum(amount) AS a, sum(rebate) AS b FROM orders WHERE grp = ''even'' GROUP BY 1) t');
SELECT ask('SELECT sum(amount - coalesce(rebate, 1)) FROM orders');
SELECT ask('SELECT stddev(amount - coalesce(rebate, 0)) FROM orders');
-- conditions on what may not be filtered on; on one person; weights of many
-- narrow classes; what runs, fails or varies
SELECT ask('SELECT sum(CASE WHEN amount > 24 THEN amount * 1000000 ELSE amount END) FROM orders');
SELECT ask('SELECT sum(CASE WHEN person = 1007 THEN amount WHEN status = ''paid'' THEN 0 ELSE -amount END) FROM orders');
SELECT ask('SELECT sum(amount * CASE WHEN order_id = 1007 THEN 1000000 ELSE 1 END) FROM orders');
SELECT ask('SELECT sum(CASE WHEN seen = 7 THEN 1000000 WHEN seen = 8 THEN 1 ELSE 0 END) FROM orders');
SELECT ask('SELECT sum(CASE seen ' || string_agg(format('WHEN %s THEN %s', n, 2 ^ n), ' ') || ' END) FROM orders') FROM generate_series(1, 7) n;
SELECT ask('SELECT sum(CASE stars ' || string_agg(format('WHEN %s THEN %s', n, 2 ^ n), ' ') || ' END) FROM orders') FROM generate_series(0, 6) n;
SELECT ask('SELECT sum(CASE zip ' || string_agg(format('WHEN %s THEN %s', n, 2 ^ n), ' ') || ' END) FROM orders') FROM generate_series(0, 6) n;
SELECT ask('SELECT sum(CASE WHEN length(status) > 4 THEN 1 WHEN 1 / (stars - 3) > 0 THEN 2 ELSE 3 END) FROM orders WHERE grp = ''even''');
SELECT ask('SELECT sum(CASE WHEN stars = 3 THEN 1 WHEN 1 / (stars - 3) > 0 THEN 2 ELSE 3 END) FROM orders WHERE grp = ''even''');
SELECT ask('SELECT sum(CASE WHEN status = ''paid'' THEN amount / 0 WHEN status = ''void'' THEN amount ELSE 0 END) FROM orders');
SELECT ask('SELECT sum(CASE WHEN status = ''paid'' THEN amount / (CASE WHEN stars > 3 THEN 2 ELSE 0 END) ELSE 0 END) FROM orders');
SELECT ask('SELECT sum(CASE WHEN spy(status) THEN amount WHEN status = ''paid'' THEN -amount END) FROM orders');
SELECT ask('SELECT sum(CASE WHEN status = ''paid'' THEN amount WHEN spy(status) THEN 0 END) FROM orders');
SELECT ask('SELECT sum(CASE WHEN status = ''paid'' THEN amount WHEN spy(status) THEN -amount END) FROM orders');
SELECT ask('SELECT sum(CASE WHEN random() < 0.5 THEN amount WHEN status = ''paid'' THEN amount * 2 END) FROM orders');
SELECT ask('SELECT sum(CASE WHEN status = ''paid'' THEN random() WHEN status = ''void'' THEN 2 END) FROM orders');
SELECT ask('SELECT sum(CASE WHEN sum(qty) > 3 THEN 1 WHEN status = ''paid'' THEN 2 END) FROM orders');
SELECT ask('SELECT sum(CASE WHEN (SELECT count(*) FROM people) > 3 THEN amount WHEN EXISTS (SELECT FROM people WHERE person = 1007) THEN -amount END) FROM orders WHERE grp = ''even''');
SELECT ask('SELECT sum(greatest(CASE WHEN status = ''paid'' THEN amount WHEN status = ''void'' THEN tax END, 5)) FROM orders');
SELECT ask('SELECT sum(nullif(CASE WHEN status = ''paid'' THEN amount WHEN status = ''void'' THEN tax END, 5)) FROM orders');
SELECT ask('SELECT sum(CASE WHEN status = ''paid'' THEN seen * seen * seen WHEN status = ''void'' THEN 1 END) FROM orders');
SELECT ask('SELECT sum(CASE WHEN status = ''paid'' THEN seen * seen WHEN status = ''void'' THEN seen END * seen) FROM orders');
SELECT ask('SELECT sum(amount + coalesce(CASE WHEN status = ''paid'' THEN amount END, 0)) FROM orders');
-- conditions that are constants
SELECT ask('SELECT sum(CASE WHEN true THEN 0 WHEN status = ''paid'' THEN 1 ELSE 2 END) FROM orders');
SELECT ask('SELECT sum(CASE WHEN true THEN NULL WHEN status = ''paid'' THEN 1 ELSE 2 END), count(CASE WHEN true THEN NULL WHEN status = ''paid'' THEN 1 ELSE 2 END) FROM orders');
SELECT ask('SELECT sum(CASE WHEN false THEN 7 WHEN NULL THEN 8 WHEN status = ''paid'' THEN 1 ELSE 2 END), avg(CASE WHEN true THEN qty WHEN status = ''paid'' THEN 1 ELSE 2 END) FROM orders');
-- others are as they were
SELECT ask('SELECT stddev(CASE WHEN status = ''paid'' THEN amount WHEN status = ''void'' THEN -amount END) FROM orders');
SELECT ask('SELECT sum(DISTINCT CASE WHEN status = ''paid'' THEN amount WHEN status = ''void'' THEN -amount END) FROM orders');
SELECT ask('SELECT count(DISTINCT CASE WHEN status = ''paid'' THEN person WHEN status = ''void'' THEN order_id END) FROM orders');
SELECT ask('SELECT sum(CASE WHEN status = ''paid'' THEN amount WHEN status = ''void'' THEN -amount END ORDER BY person) FROM orders');
SELECT ask('SELECT min(CASE WHEN status = ''paid'' THEN stars WHEN status = ''void'' THEN -stars END) FROM orders');
-- so many classes, and no more
SELECT ask('SELECT sum(CASE stars ' || string_agg(format('WHEN %s THEN %s', n, n + 1), ' ') || ' ELSE 9 END) FROM orders WHERE grp = ''even''') FROM generate_series(0, 6) n;
SELECT ask('SELECT sum(CASE stars ' || string_agg(format('WHEN %s THEN %s', n, n + 1), ' ') || ' ELSE 99 END) FROM orders WHERE grp = ''even''') FROM generate_series(0, 7) n;
SELECT ask('SELECT sum(CASE stars ' || string_agg(format('WHEN %s THEN %s', n, n % 3), ' ') || ' ELSE 1 END) FROM orders WHERE grp = ''even''') FROM generate_series(0, 40) n;
SELECT ask('SELECT sum(CASE stars ' || string_agg(format('WHEN %s THEN %s', n, n % 3), ' ') || ' ELSE 1 END) FROM orders WHERE grp = ''even''') FROM generate_series(0, 99) n;
SELECT ask('SELECT sum(' || string_agg('(stars = ' || n || ')::int', ' * ') || ') FROM orders') FROM generate_series(0, 30) n;

-- as it runs: a part each, what is in none, and no more than there must be
SET ROLE regress_cr_cl_analyst;
SELECT rewritten FROM cleanroom.explain($$SELECT sum(CASE WHEN status = 'paid' THEN qty WHEN status = 'void' THEN 2 * qty ELSE 0 END) FROM orders$$);
SELECT rewritten FROM cleanroom.explain($$SELECT sum(CASE WHEN status = 'paid' THEN 0 ELSE qty END) FROM orders$$);
\x on
SELECT code || ' ' || reason AS reason, hint FROM cleanroom.explain($$
SELECT sum(CASE WHEN amount > 24 THEN amount * 1000000 ELSE amount END) FROM orders;
SELECT stddev(CASE WHEN status = 'paid' THEN amount WHEN status = 'void' THEN -amount END) FROM orders;
SELECT avg(CASE WHEN status = 'paid' THEN amount ELSE coalesce(tax, 0) END) FROM orders;
SELECT sum(amount + coalesce(CASE WHEN status = 'paid' THEN amount END, 0)) FROM orders;
SELECT sum(greatest(amount, 5)) FROM orders;
$$);
\x off
RESET ROLE;
DROP OWNED BY regress_cr_cl_owner, regress_cr_cl_analyst CASCADE;
DROP SCHEMA regress_cr_cl CASCADE;
DROP ROLE regress_cr_cl_owner, regress_cr_cl_analyst;
