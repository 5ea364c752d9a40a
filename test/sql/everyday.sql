-- What analysts, BI tools and ORMs ask every day, over three parties' tables:
-- each question is asked as analyst and compared with what a superuser
-- computes by plain SQL with an explicit condition on distinct people.  The
-- last section counts how many were admitted.
\set VERBOSITY terse
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_e_shop;
CREATE ROLE regress_cr_e_tv;
CREATE ROLE regress_cr_e_survey;
CREATE ROLE regress_cr_e_analyst;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_e_shop, regress_cr_e_tv,
    regress_cr_e_survey, regress_cr_e_analyst;
CREATE SCHEMA regress_cr_e;
GRANT ALL ON SCHEMA regress_cr_e TO regress_cr_e_shop, regress_cr_e_tv,
    regress_cr_e_survey, regress_cr_e_analyst;
SET search_path = regress_cr_e, pg_catalog;
SET DateStyle = 'ISO, YMD';
SET IntervalStyle = 'postgres';
SET TimeZone = 'Europe/Berlin';

-- the shop: customers and their orders
SET ROLE regress_cr_e_shop;
CREATE TYPE tier AS ENUM ('bronze', 'silver', 'gold');
CREATE TABLE customers (
    customer_id int PRIMARY KEY, country text NOT NULL, city text,
    tier tier NOT NULL, vip boolean NOT NULL, born date NOT NULL,
    signed_up timestamptz NOT NULL, segment uuid NOT NULL, age int NOT NULL,
    zip char(5) NOT NULL, income numeric NOT NULL, rating real,
    phone varchar(20));
INSERT INTO customers
SELECT c, CASE WHEN c IN (11, 22, 33) THEN 'Malta' ELSE
       ('{Germany,France,Italy}'::text[])[1 + c % 3] END,
       CASE WHEN c % 8 > 0 THEN ' City ' || c % 4 || ' ' END,
       ('{bronze,silver,gold}'::tier[])[1 + c % 3], c % 5 = 0,
       date '1950-03-01' + c * 97, timestamptz '2023-06-01 21:30+00'
       + c * interval '31 hours', ('00000000-0000-0000-0000-00000000000'
       || c % 4)::uuid, 18 + c * 7 % 60, lpad((c % 6)::text, 5, '1'),
       1000 + c * 53 % 4000, CASE WHEN c % 4 > 0 THEN c % 5 END,
       '+49 ' || c
  FROM generate_series(1, 200) c;
SELECT cleanroom.protect('customers', 'customer_id', 5,
    dimensions => '{country,city,tier,vip,born,signed_up,segment,age,zip}',
    measures => '{income,rating}', join_keys => '{customer_id}');
CREATE TABLE orders (
    order_id bigint PRIMARY KEY, customer_id int NOT NULL,
    ordered_at timestamp NOT NULL, shipped_on date, category text NOT NULL,
    channel varchar(10) NOT NULL, price numeric(10,2) NOT NULL,
    qty smallint NOT NULL, cents bigint NOT NULL, discount float8,
    weight float8 NOT NULL);
INSERT INTO orders
SELECT c * 10 + o, c, timestamp '2024-01-01 06:00' + (c * 11 + o * 37) % 360
       * interval '1 day' + c % 24 * interval '1 hour',
       CASE WHEN (c + o) % 7 > 0 THEN date '2024-01-04'
       + (c * 11 + o * 37) % 360 + (c * o) % 9 END,
       ('{books,garden,toys,food}'::text[])[1 + (c * o) % 4],
       ('{web,store,phone}'::text[])[1 + (c + o) % 3],
       (c * o * 7 % 300) / 4.0 + 1, 1 + (c + o) % 4, c * o * 101 % 5000,
       CASE WHEN (c + o) % 3 > 0 THEN (c + o) % 8 * 0.5 END,
       1 + c * o % 16 * 0.25
  FROM generate_series(1, 200) c, generate_series(1, 6) o
 WHERE o <= 1 + c % 6;
SELECT cleanroom.protect('orders', 'customer_id', 5,
    dimensions => '{ordered_at,shipped_on,category,channel}',
    measures => '{price,qty,cents,discount,weight}',
    join_keys => '{customer_id}');
CREATE TABLE departments (category text PRIMARY KEY, department text,
                          margin numeric);
INSERT INTO departments VALUES ('books', 'media', 0.3),
    ('garden', 'home', 0.4), ('toys', 'home', 0.5), ('music', 'media', 0.2);
GRANT SELECT ON customers, orders, departments TO regress_cr_e_analyst;

-- the station: who saw which campaign
SET ROLE regress_cr_e_tv;
CREATE TABLE exposures (
    viewer int NOT NULL, campaign text NOT NULL, device text,
    seen_at timestamptz NOT NULL, seconds int NOT NULL, bid numeric NOT NULL);
INSERT INTO exposures
SELECT v, ('{spring,summer,autumn}'::text[])[1 + (v + e) % 3],
       CASE WHEN (v * e) % 5 > 0 THEN
       ('{tv,phone,tablet}'::text[])[1 + v % 3] END,
       timestamptz '2024-02-01 22:00+00' + (v * 5 + e * 17) % 200
       * interval '13 hours', 5 + v * e * 3 % 90, (v + e) % 40 / 100.0
  FROM generate_series(101, 320) v, generate_series(1, 5) e
 WHERE e <= 1 + v % 5;
SELECT cleanroom.protect('exposures', 'viewer', 7,
    dimensions => '{campaign,device,seen_at}',
    measures => '{seconds,bid}', join_keys => '{viewer}');
SELECT cleanroom.set_column('exposures', 'seconds', 'measure, filter');
GRANT SELECT ON exposures TO regress_cr_e_analyst;

-- the institute: a survey; scores may be averaged only
SET ROLE regress_cr_e_survey;
CREATE TABLE answers (
    person int NOT NULL, question smallint NOT NULL, score int NOT NULL,
    given_on date NOT NULL, hours numeric, UNIQUE (person, question));
INSERT INTO answers
SELECT p, q, 1 + (p * q) % 5, date '2024-03-01' + (p + q) % 90,
       CASE WHEN p % 9 > 0 THEN (p % 12) / 2.0 END
  FROM generate_series(1, 260, 2) p, generate_series(1, 3) q;
SELECT cleanroom.protect('answers', 'person', 4,
    dimensions => '{question,given_on}', measures => '{hours}',
    join_keys => '{person}');
SELECT cleanroom.set_column('answers', 'score',
    'dimension, measure(avg, stddev)');
GRANT SELECT ON answers TO regress_cr_e_analyst;

-- the analyst's own: lookup tables, views and functions
SET ROLE regress_cr_e_analyst;
CREATE TABLE continents (country text PRIMARY KEY, continent text NOT NULL,
                         capital text);
INSERT INTO continents VALUES ('Germany', 'Europe', 'Berlin'),
    ('France', 'Europe', 'Paris'), ('Italy', 'Europe', NULL);
CREATE TABLE calendar (day date PRIMARY KEY, week int, holiday boolean);
INSERT INTO calendar SELECT d, extract(week FROM d), extract(dow FROM d) = 0
  FROM generate_series(date '2024-01-01', '2024-12-31', '1 day') d;
CREATE VIEW spending AS
SELECT customer_id, sum(price * qty) AS spent, count(*) AS orders
  FROM orders GROUP BY customer_id;
CREATE VIEW by_country AS
SELECT country, count(*) AS people, avg(income) AS income
  FROM customers GROUP BY country;
CREATE VIEW touchpoints AS
SELECT customer_id, category, channel, ordered_at::date AS day, price
  FROM orders WHERE channel <> 'phone';
CREATE FUNCTION sales(wanted text, since timestamp DEFAULT '2024-01-01')
RETURNS TABLE (channel text, n bigint, revenue numeric)
LANGUAGE sql STABLE AS $$
    SELECT o.channel, count(*), sum(o.price * o.qty) FROM orders o
     WHERE o.category = wanted AND o.ordered_at >= since GROUP BY 1 $$;
CREATE FUNCTION report(minimum int) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    r record;
    total numeric;
    c refcursor;
BEGIN
    SELECT sum(price) INTO total FROM orders;
    FOR r IN SELECT category, sum(price) AS s FROM orders
              GROUP BY category HAVING count(*) > minimum ORDER BY 1 LOOP
        RETURN NEXT format('%s %s%%', r.category, round(100 * r.s / total, 1));
    END LOOP;
    OPEN c FOR EXECUTE 'SELECT tier, count(*) AS n FROM customers
                         WHERE age > $1 GROUP BY tier ORDER BY tier' USING 30;
    LOOP
        FETCH c INTO r;
        EXIT WHEN NOT FOUND;
        RETURN NEXT format('%s %s', r.tier, r.n);
    END LOOP;
    CLOSE c;
END $$;
RESET ROLE;
-- the same views for the owner's answers, with the condition on people
CREATE SCHEMA regress_cr_e_own;
CREATE VIEW regress_cr_e_own.spending AS
SELECT customer_id, sum(price * qty) AS spent, count(*) AS orders
  FROM orders GROUP BY customer_id;
CREATE VIEW regress_cr_e_own.by_country AS
SELECT country, count(*) AS people, avg(income) AS income
  FROM customers GROUP BY country
HAVING count(DISTINCT customer_id) >= 5;
CREATE VIEW regress_cr_e_own.touchpoints AS
SELECT customer_id, category, channel, ordered_at::date AS day, price
  FROM orders WHERE channel <> 'phone';
ANALYZE customers, orders, exposures, answers, continents, calendar;

-- ask(question) runs it twice.  [[...]] is what only the owner writes, {{...}}
-- what only the analyst does; /5 customer_id/ at the end of a query is the
-- owner's HAVING count(DISTINCT customer_id) >= 5.
CREATE TABLE outcomes (question text, outcome text);
CREATE FUNCTION answer(question text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    r record;
    lines text[] := '{}';
BEGIN
    FOR r IN EXECUTE question LOOP
        lines := lines || to_jsonb(r)::text;
    END LOOP;
    RETURN ARRAY(SELECT l COLLATE "C" FROM unnest(lines) l ORDER BY 1);
EXCEPTION WHEN OTHERS THEN
    RETURN ARRAY['error ' || SQLSTATE || ': ' || SQLERRM];
END $$;
CREATE FUNCTION ask(question text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    spelled text := regexp_replace(question, '/(\d+) ([\w.]+)/',
        '[[HAVING count(DISTINCT \2) >= \1]]', 'g');
    own text[];
    theirs text[];
    outcome text;
BEGIN
    SET search_path = regress_cr_e_own, regress_cr_e, pg_catalog;
    own := answer(regexp_replace(regexp_replace(spelled,
                  '\[\[(.*?)\]\]', '\1', 'g'), '\{\{(.*?)\}\}', '', 'g'));
    SET search_path = regress_cr_e, pg_catalog;
    SET ROLE regress_cr_e_analyst;
    theirs := answer(regexp_replace(regexp_replace(spelled,
                     '\{\{(.*?)\}\}', '\1', 'g'), '\[\[(.*?)\]\]', '', 'g'));
    RESET ROLE;
    outcome := CASE WHEN theirs[1] LIKE 'error %' THEN theirs[1]
        WHEN own[1] LIKE 'error %' THEN 'owner: ' || own[1]
        WHEN own = theirs THEN 'same, ' || cardinality(own) || ' rows'
        ELSE E'differs\nowner:   ' || left(own::text, 600) ||
             E'\nanalyst: ' || left(theirs::text, 600) END;
    INSERT INTO outcomes VALUES (question, outcome);
    RETURN outcome;
END $$;
GRANT EXECUTE ON FUNCTION answer(text) TO regress_cr_e_analyst;
\pset format unaligned
\pset tuples_only on

-- reach and overlap
SELECT ask('SELECT count(*) FROM customers');
SELECT ask('SELECT count(DISTINCT customer_id) AS buyers, count(*) AS orders FROM orders');
SELECT ask('SELECT campaign, count(DISTINCT viewer) AS reach, count(*) AS contacts, count(*)::numeric / count(DISTINCT viewer) AS per_viewer FROM exposures GROUP BY campaign /7 viewer/');
SELECT ask('SELECT count(DISTINCT c.customer_id) AS overlap FROM customers c JOIN exposures e ON e.viewer = c.customer_id');
SELECT ask('SELECT e.campaign, c.tier, count(DISTINCT c.customer_id) FROM customers c JOIN exposures e ON e.viewer = c.customer_id GROUP BY 1, 2 /7 viewer/');
SELECT ask('SELECT count(DISTINCT e1.viewer) FROM exposures e1 JOIN exposures e2 USING (viewer) WHERE e1.campaign = ''spring'' AND e2.campaign = ''summer''');
SELECT ask('SELECT country, count(*) FROM customers WHERE customer_id IN (SELECT viewer FROM exposures WHERE campaign = ''spring'') GROUP BY country /7 customer_id/');
SELECT ask('SELECT country, count(*) FROM customers c WHERE EXISTS (SELECT 1 FROM exposures e WHERE e.viewer = c.customer_id AND e.device = ''tv'') GROUP BY country /7 customer_id/');
SELECT ask('WITH buyers AS (SELECT DISTINCT customer_id FROM orders WHERE category = ''books''), viewers AS (SELECT DISTINCT viewer FROM exposures WHERE campaign = ''autumn'') SELECT count(*) FROM buyers JOIN viewers ON viewer = customer_id');
SELECT ask('SELECT (SELECT count(DISTINCT viewer) FROM exposures WHERE device = ''tv'') AS tv, (SELECT count(DISTINCT viewer) FROM exposures WHERE device = ''phone'') AS phone');

-- frequency distributions, with bands
SELECT ask('SELECT n, count(*) AS people FROM (SELECT viewer, count(*) AS n FROM exposures GROUP BY viewer) f GROUP BY n [[HAVING count(*) >= 7]] ORDER BY n');
SELECT ask('SELECT CASE WHEN n = 1 THEN ''once'' WHEN n BETWEEN 2 AND 3 THEN ''2-3'' ELSE ''4+'' END AS band, count(*), sum(n) FROM (SELECT viewer, count(*) AS n FROM exposures WHERE campaign IN (''spring'', ''summer'') GROUP BY viewer) f GROUP BY band [[HAVING count(*) >= 7]]');
SELECT ask('SELECT least(n, 3) AS n, count(*) FROM (SELECT count(*) AS n FROM orders GROUP BY customer_id) o GROUP BY 1 [[HAVING count(*) >= 5]]');
SELECT ask('WITH f AS (SELECT viewer, campaign, count(*) AS n FROM exposures GROUP BY viewer, campaign) SELECT campaign, n, count(*) FROM f GROUP BY campaign, n [[HAVING count(*) >= 7]]');
SELECT ask('SELECT width_bucket(n, 1, 7, 3) AS bucket, count(*) FROM (SELECT customer_id, count(*) AS n FROM orders GROUP BY customer_id) o GROUP BY 1 [[HAVING count(*) >= 5]]');
SELECT ask('SELECT (n - 1) / 2 AS band, count(*) FROM (SELECT customer_id, count(*) AS n FROM orders GROUP BY customer_id) o GROUP BY (n - 1) / 2 [[HAVING count(*) >= 5]]');
SELECT ask('SELECT n, e.days, count(*) FROM (SELECT viewer, count(*) AS n, count(DISTINCT seen_at::date) AS days FROM exposures GROUP BY viewer) e GROUP BY n, days [[HAVING count(*) >= 7]]');
SELECT ask('SELECT count(*) FROM (SELECT viewer FROM exposures GROUP BY viewer HAVING count(*) >= 3) AS frequent');
SELECT ask('SELECT s / 100 AS hundreds, count(*) FROM (SELECT viewer, sum(seconds) AS s FROM exposures GROUP BY viewer) x GROUP BY 1 [[HAVING count(*) >= 7]]');

-- averages per person
SELECT ask('SELECT avg(n) AS per_person, avg(spent) AS spent FROM (SELECT customer_id, count(*) AS n, sum(price) AS spent FROM orders GROUP BY customer_id) p');
SELECT ask('SELECT channel, round(avg(spent), 4) FROM (SELECT customer_id, channel, sum(price * qty) AS spent FROM orders GROUP BY customer_id, channel) p GROUP BY channel /5 customer_id/');
SELECT ask('SELECT avg(spent), stddev(spent), count(*) FROM spending');
SELECT ask('SELECT country, avg(spent), avg(orders) FROM customers JOIN spending USING (customer_id) GROUP BY country /5 customer_id/');
SELECT ask('SELECT avg(s) FROM (SELECT customer_id, sum(price) AS s FROM orders WHERE ordered_at >= ''2024-06-01'' GROUP BY customer_id HAVING count(*) > 1) AS repeaters');
SELECT ask('SELECT c.tier, sum(o.n), avg(o.n) FROM customers c LEFT JOIN (SELECT customer_id, count(*) AS n FROM orders WHERE category = ''toys'' GROUP BY customer_id) o ON o.customer_id = c.customer_id {{WHERE o.n > 0}} [[WHERE o.n > 0]] GROUP BY c.tier /5 c.customer_id/');
SELECT ask('SELECT avg(most) FROM (SELECT customer_id, avg(price) AS most FROM orders GROUP BY 1) x');
SELECT ask('SELECT books, toys, count(*) FROM (SELECT customer_id, sum(CASE WHEN category = ''books'' THEN 1 ELSE 0 END) > 0 AS books, count(CASE WHEN category = ''toys'' THEN channel END) > 0 AS toys FROM orders GROUP BY customer_id) p GROUP BY 1, 2 [[HAVING count(*) >= 5]]');
SELECT ask('SELECT avg(books), avg(toys), avg(web) FROM (SELECT customer_id, sum(CASE WHEN category = ''books'' THEN price END) AS books, sum(CASE category WHEN ''toys'' THEN 1 ELSE 0 END) AS toys, avg(CASE WHEN channel = ''web'' THEN qty END) AS web FROM orders GROUP BY customer_id) p');
SELECT ask('SELECT channel, sum(CASE WHEN category = ''books'' THEN 1.0 WHEN NOT (category = ''books'') THEN 0.0 END) / count(*) AS share FROM orders GROUP BY channel /5 customer_id/');
SELECT ask('SELECT zip::int % 10 AS area, count(*) FROM customers GROUP BY 1 /5 customer_id/');
SELECT ask('SELECT extract(year FROM age(born)) > 0 AS born, count(*) FROM customers GROUP BY 1 /5 customer_id/');
SELECT ask('SELECT count(*) FROM orders WHERE ordered_at >= ((SELECT timestamp ''2024-05-01'')) AND ordered_at < ((SELECT (timestamp ''2024-05-01'' + (60 || '' day'')::interval)))');

-- cohorts
SELECT ask('SELECT date_trunc(''month'', ordered_at) AS month, count(DISTINCT customer_id) AS buyers, sum(price) FROM orders GROUP BY 1 /5 customer_id/ ORDER BY 1');
SELECT ask('SELECT date_trunc(''month'', ordered_at)::date AS "Month", count(*) FROM orders GROUP BY date_trunc(''month'', ordered_at)::date /5 customer_id/');
SELECT ask('SELECT extract(year FROM signed_up) AS y, extract(quarter FROM signed_up) AS q, count(*) FROM customers GROUP BY 1, 2 /5 customer_id/');
SELECT ask('SELECT extract(dow FROM ordered_at) AS weekday, extract(hour FROM ordered_at) AS hour, count(*) FROM orders GROUP BY 1, 2 /5 customer_id/');
SELECT ask('SELECT date_part(''isodow'', ordered_at) AS d, count(*) FROM orders GROUP BY d /5 customer_id/');
SELECT ask('SELECT date_trunc(''quarter'', c.signed_up) AS cohort, date_trunc(''quarter'', o.ordered_at) AS active, count(DISTINCT c.customer_id) FROM customers c JOIN orders o USING (customer_id) GROUP BY 1, 2 /5 c.customer_id/');
SELECT ask('SELECT date_trunc(''day'', seen_at, ''America/New_York'') AS d, count(*) FROM exposures GROUP BY 1 /7 viewer/');
SELECT ask('SELECT date_trunc(''week'', seen_at AT TIME ZONE ''Asia/Tokyo'') AS w, count(*) FROM exposures GROUP BY 1 /7 viewer/');
SELECT ask('SELECT (seen_at AT TIME ZONE ''UTC'')::date AS d, count(DISTINCT viewer) FROM exposures GROUP BY 1 /7 viewer/');
SELECT ask('SELECT to_char(ordered_at, ''YYYY-MM'') AS ym, to_char(ordered_at, ''Dy'') AS dy, count(*) FROM orders GROUP BY 1, 2 /5 customer_id/');
SELECT ask('SELECT extract(year FROM age(date ''2024-12-31'', born))::int / 10 * 10 AS decade, count(*) FROM customers GROUP BY 1 /5 customer_id/');
SELECT ask('SELECT extract(year FROM age(signed_up::date, born)) AS a, count(*) FROM customers GROUP BY 1 /5 customer_id/');
SELECT ask('SELECT shipped_on - ordered_at::date AS days, count(*) FROM orders GROUP BY 1 /5 customer_id/');
SELECT ask('SELECT CASE WHEN shipped_on - ordered_at::date <= 5 THEN ''fast'' ELSE ''slow'' END AS speed, count(*) FROM orders WHERE shipped_on IS NOT NULL GROUP BY 1 /5 customer_id/');
SELECT ask('SELECT date_bin(''14 days'', ordered_at, timestamp ''2024-01-01'') AS fortnight, count(*) FROM orders GROUP BY 1 /5 customer_id/');
SELECT ask('SELECT (date_trunc(''month'', born) + interval ''1 month - 1 day'')::date AS month_end, count(*) FROM customers GROUP BY 1 /5 customer_id/');
SELECT ask('WITH first AS (SELECT customer_id, date_trunc(''month'', ordered_at) AS m FROM orders GROUP BY 1, 2) SELECT m, count(*) FROM first GROUP BY m /5 customer_id/ ORDER BY m');

-- bands
SELECT ask('SELECT CASE WHEN age < 30 THEN ''18-29'' WHEN age < 50 THEN ''30-49'' ELSE ''50+'' END AS age_band, count(*), avg(income) FROM customers GROUP BY 1 /5 customer_id/ ORDER BY 1');
SELECT ask('SELECT age / 10 * 10 AS decade, count(*) FROM customers GROUP BY age / 10 /5 customer_id/');
SELECT ask('SELECT floor(age / 10.0) * 10 AS decade, count(*) FROM customers GROUP BY 1 /5 customer_id/');
SELECT ask('SELECT round(age, -1) AS about, count(*) FROM customers GROUP BY 1 /5 customer_id/');
SELECT ask('SELECT width_bucket(age, 18, 78, 6) AS bucket, count(*) FROM customers GROUP BY bucket /5 customer_id/');
SELECT ask('SELECT width_bucket(age, ARRAY[18, 30, 45, 60]) AS bucket, count(*) FROM customers GROUP BY bucket /5 customer_id/');
SELECT ask('SELECT age - age % 5 AS five, count(*) FROM customers GROUP BY 1 /5 customer_id/');
SELECT ask('SELECT concat(age / 20 * 20, ''-'', age / 20 * 20 + 19) AS band, count(*) FROM customers GROUP BY 1 /5 customer_id/');
SELECT ask('SELECT (age / 20)::text || ''. band'' AS band, count(*) FROM customers GROUP BY 1 /5 customer_id/');
SELECT ask('SELECT age >= 65 AS senior, count(*) FROM customers GROUP BY age >= 65 /5 customer_id/');
SELECT ask('SELECT trunc(age / 7.0, 0) AS t, ceil(age / 7.0) AS c, count(*) FROM customers GROUP BY 1, 2 /5 customer_id/');
SELECT ask('SELECT greatest(least(age, 60), 30) AS clamped, count(*) FROM customers GROUP BY 1 /5 customer_id/');

-- pivots
SELECT ask('SELECT category, count(*) FILTER (WHERE channel = ''web'') AS web, count(*) FILTER (WHERE channel = ''store'') AS store, sum(price) FILTER (WHERE channel = ''phone'') AS phone FROM orders GROUP BY category /5 customer_id/');
SELECT ask('SELECT tier, sum(CASE WHEN vip THEN income ELSE 0 END) AS vip, sum(CASE WHEN NOT vip THEN income END) AS others FROM customers GROUP BY tier /5 customer_id/');
SELECT ask('SELECT category, sum(CASE WHEN channel = ''web'' THEN 1 ELSE 0 END) AS web, sum(CASE WHEN channel = ''store'' THEN 1 ELSE 0 END) AS store FROM orders GROUP BY category /5 customer_id/');
SELECT ask('SELECT category, count(CASE WHEN channel = ''web'' THEN 1 END) AS web, count(CASE channel WHEN ''store'' THEN customer_id END) AS store FROM orders GROUP BY category /5 customer_id/');
SELECT ask('SELECT channel, count(DISTINCT CASE WHEN category = ''books'' THEN customer_id END) AS readers FROM orders GROUP BY channel /5 customer_id/');
SELECT ask('SELECT country, avg(income) FILTER (WHERE vip) - avg(income) FILTER (WHERE NOT vip) AS gap FROM customers WHERE country <> ''Malta'' GROUP BY country /5 customer_id/');
SELECT ask('SELECT avg(CASE WHEN vip THEN 1.0 ELSE 0.0 END) AS share FROM customers');
SELECT ask('SELECT country, round(100.0 * count(*) FILTER (WHERE vip) / count(*), 1) AS vip_percent FROM customers WHERE country <> ''Malta'' GROUP BY country /5 customer_id/');
SELECT ask('SELECT channel, sum(price) FILTER (WHERE ordered_at < ''2024-07-01'') AS h1, sum(price) FILTER (WHERE ordered_at >= ''2024-07-01'') AS h2 FROM orders GROUP BY channel /5 customer_id/');
SELECT ask('SELECT sum((channel = ''web'')::int) AS web, count(*) AS n FROM orders');
SELECT ask('SELECT max(web), max(store) FROM (SELECT category, CASE WHEN channel = ''web'' THEN n END AS web, CASE WHEN channel = ''store'' THEN n END AS store FROM (SELECT category, channel, count(*) AS n FROM orders GROUP BY 1, 2 /5 customer_id/) a) b GROUP BY category');

-- shares, ranks, running totals, top N over released rows
SELECT ask('SELECT category, sum(price) AS s, round(sum(price) / sum(sum(price)) OVER (), 4) AS share FROM orders GROUP BY category /5 customer_id/');
SELECT ask('SELECT category, channel, 100.0 * count(*) / sum(count(*)) OVER (PARTITION BY category) AS pct FROM orders GROUP BY category, channel /5 customer_id/');
SELECT ask('SELECT *, rank() OVER (ORDER BY n DESC), row_number() OVER (ORDER BY n DESC, city), ntile(2) OVER (ORDER BY n, city) FROM (SELECT city, count(*) AS n FROM customers GROUP BY city /5 customer_id/) x');
SELECT ask('SELECT m, s, sum(s) OVER (ORDER BY m) AS running, s - lag(s) OVER (ORDER BY m) AS delta, avg(s) OVER (ORDER BY m ROWS 2 PRECEDING) AS smooth FROM (SELECT date_trunc(''month'', ordered_at) AS m, sum(price) AS s FROM orders GROUP BY 1 /5 customer_id/) x');
SELECT ask('SELECT date_trunc(''month'', ordered_at) AS m, sum(count(*)) OVER (ORDER BY date_trunc(''month'', ordered_at)) AS running FROM orders GROUP BY 1 /5 customer_id/');
SELECT ask('SELECT category, sum(cents) FROM orders GROUP BY category /5 customer_id/ ORDER BY 2 DESC, 1 LIMIT 2');
SELECT ask('SELECT * FROM (SELECT category, channel, count(*) AS n, rank() OVER (PARTITION BY category ORDER BY count(*) DESC, channel) AS r FROM orders GROUP BY category, channel /5 customer_id/) t WHERE r = 1');
SELECT ask('SELECT category, sum(price) FROM orders GROUP BY category /5 customer_id/ ORDER BY sum(price) DESC FETCH FIRST 3 ROWS ONLY');
SELECT ask('SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY n), mode() WITHIN GROUP (ORDER BY channel) FROM (SELECT channel, count(*) AS n FROM orders GROUP BY channel /5 customer_id/) x');
SELECT ask('SELECT first_value(category) OVER w, last_value(n) OVER w, cume_dist() OVER w FROM (SELECT category, count(*) AS n FROM orders GROUP BY 1 /5 customer_id/) x WINDOW w AS (ORDER BY n)');

-- comparison with an overall figure
SELECT ask('SELECT tier, avg(income) - (SELECT avg(income) FROM customers) AS difference FROM customers GROUP BY tier /5 customer_id/');
SELECT ask('SELECT country, avg(income) FROM customers GROUP BY country HAVING avg(income) > (SELECT avg(income) FROM customers) [[AND count(DISTINCT customer_id) >= 5]]');
SELECT ask('SELECT category, count(*)::float8 / (SELECT count(*) FROM orders) AS share FROM orders GROUP BY category /5 customer_id/');
SELECT ask('WITH t AS (SELECT count(*) AS n FROM customers) SELECT tier, count(*) * 100 / (SELECT n FROM t) AS pct FROM customers GROUP BY tier /5 customer_id/');
SELECT ask('SELECT x.*, n / total AS share FROM (SELECT tier, count(*)::numeric AS n FROM customers GROUP BY tier /5 customer_id/) x CROSS JOIN (SELECT count(*)::numeric AS total FROM customers) y');
SELECT ask('SELECT count(*) FROM orders WHERE category IN (SELECT category FROM orders GROUP BY category /5 customer_id/ ORDER BY sum(price) DESC LIMIT 2)');
SELECT ask('WITH top AS (SELECT country FROM customers GROUP BY country /5 customer_id/ ORDER BY count(*) DESC, country LIMIT 1) SELECT tier, count(*) FROM customers WHERE country = (SELECT country FROM top LIMIT 1) GROUP BY tier /5 customer_id/');
SELECT ask('SELECT index, round(index / avg(index) OVER () * 100, 2) FROM (SELECT avg(income) AS index FROM customers GROUP BY tier /5 customer_id/) x');

-- several levels put together
SELECT ask('SELECT ''orders'' AS what, count(*) FROM orders UNION ALL SELECT ''exposures'', count(*) FROM exposures UNION ALL SELECT ''answers'', count(*) FROM answers');
SELECT ask('SELECT category AS k, count(*) FROM orders GROUP BY 1 /5 customer_id/ UNION SELECT channel, count(*) FROM orders GROUP BY 1 /5 customer_id/ ORDER BY 1');
SELECT ask('SELECT country FROM customers GROUP BY country /5 customer_id/ EXCEPT SELECT country FROM continents');
SELECT ask('SELECT city FROM customers GROUP BY city /5 customer_id/ INTERSECT SELECT city FROM customers WHERE vip GROUP BY city /5 customer_id/');
SELECT ask('WITH paid AS (SELECT * FROM orders WHERE price > 0 IS NOT NULL), books AS (SELECT customer_id, price FROM orders WHERE category = ''books''), people AS (SELECT customer_id, sum(price) AS s FROM books GROUP BY customer_id), result AS (SELECT c.tier, avg(s) AS a, count(*) AS n FROM people JOIN customers c USING (customer_id) GROUP BY c.tier /5 customer_id/) SELECT tier, n, a, max(a) OVER () FROM result');
SELECT ask('WITH rows AS (SELECT customer_id, category, price FROM orders WHERE channel = ''web''), units AS (SELECT customer_id, count(*) AS n, sum(price) AS spent FROM rows GROUP BY customer_id), bands AS (SELECT CASE WHEN n > 1 THEN ''repeat'' ELSE ''single'' END AS kind, count(*) AS people, avg(spent) AS spent FROM units GROUP BY 1 /5 customer_id/), total AS (SELECT sum(people) AS all_people FROM bands) SELECT kind, people, round(people / all_people, 3) AS share, spent FROM bands, total ORDER BY kind');
SELECT ask('SELECT c.country, e.campaign, o.category, count(*) FROM customers c JOIN orders o ON o.customer_id = c.customer_id JOIN exposures e ON e.viewer = c.customer_id GROUP BY 1, 2, 3 /7 c.customer_id/');
SELECT ask('SELECT a.question, e.campaign, avg(a.score), count(DISTINCT a.person) FROM answers a JOIN exposures e ON e.viewer = a.person JOIN customers c ON c.customer_id = a.person WHERE c.age BETWEEN 20 AND 70 GROUP BY 1, 2 /7 a.person/');
SELECT ask('SELECT d.department, sum(o.price * o.qty) AS revenue FROM orders o JOIN departments d USING (category) GROUP BY d.department /5 customer_id/');
SELECT ask('SELECT coalesce(d.department, ''other'') AS department, count(*) FROM orders o LEFT JOIN departments d USING (category) GROUP BY 1 /5 customer_id/');
SELECT ask('SELECT k.continent, c.tier, count(*) FROM customers c JOIN continents k ON k.country = c.country GROUP BY 1, 2 /5 customer_id/');
SELECT ask('SELECT cal.holiday, count(*) FROM touchpoints t JOIN calendar cal ON cal.day = t.day GROUP BY cal.holiday /5 customer_id/');
SELECT ask('SELECT a.tier, a.n, b.revenue, b.revenue / a.n AS per_head FROM (SELECT tier, count(*) AS n FROM customers GROUP BY tier /5 customer_id/) a JOIN (SELECT c.tier, sum(o.price) AS revenue FROM customers c JOIN orders o USING (customer_id) GROUP BY c.tier /5 customer_id/) b ON a.tier = b.tier');
SELECT ask('SELECT k.country, b.people FROM continents k LEFT JOIN by_country b ON b.country = k.country');
SELECT ask('SELECT * FROM by_country');
SELECT ask('SELECT count(*), sum(people) FROM by_country');
SELECT ask('SELECT category, count(*) FROM touchpoints GROUP BY category /5 customer_id/');
SELECT ask('SELECT country, count(*) FROM (SELECT c.country, c.customer_id FROM customers c JOIN orders o USING (customer_id) WHERE o.category = ''food'') s GROUP BY country /5 customer_id/');

-- UNION ALL of rows
SELECT ask('SELECT source, count(*) FROM (SELECT ''a'' AS source, customer_id AS person FROM orders WHERE category = ''books'' UNION ALL SELECT ''b'', customer_id FROM orders WHERE category = ''toys'') u GROUP BY source /5 person/');
SELECT ask('SELECT count(*) FROM (SELECT customer_id FROM orders WHERE channel = ''web'' UNION ALL SELECT customer_id FROM orders WHERE channel = ''store'') u');
SELECT ask('SELECT kind, count(DISTINCT person) FROM (SELECT ''bought'' AS kind, customer_id AS person, ordered_at::date AS day FROM orders UNION ALL SELECT ''saw'', viewer, seen_at::date FROM exposures) events WHERE day < ''2024-07-01'' GROUP BY kind /7 person/');
SELECT ask('SELECT sum(amount), avg(amount), count(*) FROM (SELECT price AS amount FROM orders WHERE category = ''books'' UNION ALL SELECT price FROM orders WHERE category = ''toys'') x');
-- whose types differ: the wider one is theirs
SELECT ask('SELECT count(x), avg(x), sum(x) FROM (SELECT price AS x FROM orders UNION ALL SELECT seconds FROM exposures) u');
SELECT ask('SELECT count(x), sum(x) FILTER (WHERE k = ''e''), avg(x) FILTER (WHERE k = ''e'') FROM (SELECT ''o'' AS k, price AS x FROM orders UNION ALL SELECT ''e'', seconds FROM exposures) u');
SELECT ask('WITH events AS (SELECT customer_id AS person, date_trunc(''month'', ordered_at) AS m, ''order'' AS e FROM orders UNION ALL SELECT viewer, date_trunc(''month'', seen_at::timestamp), ''view'' FROM exposures) SELECT m, e, count(*) FROM events GROUP BY m, e /7 person/');
SELECT ask('SELECT channel, sum(price) FROM (SELECT channel, price, customer_id FROM orders WHERE ordered_at < ''2024-04-01'' UNION ALL SELECT channel, price, customer_id FROM orders WHERE ordered_at >= ''2024-09-01'') o GROUP BY channel /5 customer_id/');

SELECT ask('WITH o AS (SELECT customer_id, category, price FROM orders), e AS (SELECT customer_id AS p, ''books'' AS k, price FROM o WHERE category = ''books'' UNION ALL SELECT customer_id, ''toys'', price FROM o WHERE category = ''toys''), f AS (SELECT p, k, price * 2 AS price2 FROM e WHERE k IS NOT NULL) SELECT k, count(*), sum(price2), rank() OVER (ORDER BY count(*)) FROM f GROUP BY k /5 p/ ORDER BY 2 LIMIT 5');
SELECT ask('SELECT tier, k, count(*) FROM (SELECT customer_id AS p, ''o'' AS k FROM orders UNION ALL SELECT viewer, ''e'' FROM exposures) x JOIN customers c ON c.customer_id = x.p GROUP BY tier, k /7 p/');
SELECT ask('SELECT k, avg(n) FROM (SELECT k, p, count(*) AS n FROM (SELECT customer_id AS p, ''o'' AS k FROM orders UNION ALL SELECT viewer, ''e'' FROM exposures) x GROUP BY k, p) y GROUP BY k /7 p/');
SELECT ask('SELECT count(*) FILTER (WHERE k = ''o'') AS o, count(*) FILTER (WHERE k = ''e'') AS e, sum(s) AS s FROM (SELECT ''o'' AS k, NULL::int AS s FROM orders UNION ALL SELECT ''e'', seconds FROM exposures) x');
SELECT ask('SELECT k, count(DISTINCT p) FROM (SELECT ''o'' AS k, customer_id AS p FROM orders UNION ALL SELECT ''e'', viewer FROM exposures) x WHERE k = ''e'' GROUP BY k /7 p/');
SELECT ask('SELECT count(DISTINCT p) FROM (SELECT customer_id AS p FROM orders UNION ALL SELECT viewer FROM exposures) x');
SELECT ask('SELECT DISTINCT k FROM (SELECT category AS k FROM orders UNION ALL SELECT category FROM orders WHERE channel IS NOT NULL OR true) x');

-- count(DISTINCT)
SELECT ask('SELECT count(DISTINCT country), count(DISTINCT tier), count(DISTINCT (age / 10)), count(DISTINCT date_trunc(''year'', signed_up)) FROM customers');
SELECT ask('SELECT channel, count(DISTINCT category), count(DISTINCT customer_id) FROM orders GROUP BY channel /5 customer_id/');
SELECT ask('SELECT device, count(DISTINCT campaign) AS campaigns FROM exposures GROUP BY device /7 viewer/');
SELECT ask('SELECT count(DISTINCT lower(trim(city))) FROM customers [[WHERE false]] {{WHERE country = ''Atlantis''}} [[HAVING false]]');

-- ROLLUP, CUBE, JSON and strings over released rows
SELECT ask('SELECT category, channel, sum(n) FROM (SELECT category, channel, count(*) AS n FROM orders GROUP BY 1, 2 /5 customer_id/) x GROUP BY ROLLUP (category, channel)');
SELECT ask('SELECT tier, vip, sum(n), grouping(tier, vip) FROM (SELECT tier, vip, count(*) AS n FROM customers GROUP BY 1, 2 /5 customer_id/) x GROUP BY CUBE (tier, vip)');
SELECT ask('SELECT json_agg(json_build_object(''tier'', tier, ''n'', n) ORDER BY tier) FROM (SELECT tier, count(*) AS n FROM customers GROUP BY tier /5 customer_id/) x');
SELECT ask('SELECT string_agg(category || '': '' || n, '', '' ORDER BY category) FROM (SELECT category, count(*) AS n FROM orders GROUP BY category /5 customer_id/) x');
SELECT ask('SELECT jsonb_object_agg(tier, n), array_agg(n ORDER BY n) FROM (SELECT tier, count(*) AS n FROM customers GROUP BY tier /5 customer_id/) x');
SELECT ask('SELECT row_to_json(x) FROM (SELECT tier, avg(income) AS income FROM customers GROUP BY tier /5 customer_id/) x');
SELECT ask('SELECT format(''%s: %s'', category, count(*)), category || '' ('' || count(*) || '')'' FROM orders GROUP BY category /5 customer_id/');
SELECT ask('SELECT max(n), min(n), max(n) - min(n) AS spread FROM (SELECT count(*) AS n FROM orders GROUP BY category, channel /5 customer_id/) x');

-- regression and correlation
SELECT ask('SELECT round(corr(price, qty)::numeric, 6) FROM orders');
SELECT ask('SELECT category, round(covar_pop(price, cents)::numeric, 4), round(covar_samp(price, cents)::numeric, 4), regr_count(price, cents) FROM orders GROUP BY category /5 customer_id/');
SELECT ask('SELECT round(regr_slope(price, qty)::numeric, 6), round(regr_intercept(price, qty)::numeric, 6), round(regr_r2(price, qty)::numeric, 6) FROM orders');
SELECT ask('SELECT channel, round(regr_avgx(price, discount)::numeric, 6), round(regr_avgy(price, discount)::numeric, 6), [[nullif(]]regr_count(price, discount)[[, 0) AS regr_count]], round(regr_sxx(price, discount)::numeric, 4), round(regr_syy(price, discount)::numeric, 4), round(regr_sxy(price, discount)::numeric, 4) FROM orders GROUP BY channel /5 customer_id/');
SELECT ask('SELECT round(corr(n, spent)::numeric, 6) FROM (SELECT customer_id, count(*) AS n, sum(price) AS spent FROM orders GROUP BY customer_id) p');
SELECT ask('SELECT round(corr(a, b)::numeric, 6) FROM (SELECT avg(price)::float8 AS a, avg(qty)::float8 AS b FROM orders GROUP BY category, channel /5 customer_id/) x');
SELECT ask('SELECT (count(*) * sum(price * qty) - sum(price) * sum(qty)) / (count(*) * sum(qty * qty) - sum(qty) * sum(qty)) AS slope FROM orders');

-- measures of every kind, arithmetic in and around aggregates
SELECT ask('SELECT sum(price), avg(price), sum(qty), avg(qty), sum(cents), avg(cents), sum(weight), avg(weight) FROM orders');
SELECT ask('SELECT sum(price * qty) AS revenue, sum(price * qty) / count(*) AS per_order, avg(price * qty) FROM orders');
SELECT ask('SELECT avg(price - cents / 100.0), sum(price + 1), sum(2 * price), sum(-price) FROM orders');
SELECT ask('SELECT sum(price) / nullif(sum(qty), 0) AS price_per_piece, sum(cents)::numeric / 100 AS euros FROM orders');
SELECT ask('SELECT coalesce(sum(discount), 0), coalesce(avg(discount), -1), count(discount) FROM orders');
SELECT ask('SELECT category, round(avg(price), 2), round(100 * sum(price) / sum(cents), 1) AS pct, stddev_pop(price) / avg(price) AS cv FROM orders GROUP BY category /5 customer_id/');
SELECT ask('SELECT avg(score), stddev(score) FROM answers');
SELECT ask('SELECT question, avg(score), count(*) FROM answers GROUP BY question /4 person/');
SELECT ask('SELECT score, count(*) FROM answers WHERE question = 1 GROUP BY score /4 person/');
SELECT ask('SELECT sum(price * 1.19), sum(price * (1 - 0.05)), avg(qty * 2.5), sum(cents / 100.0) FROM orders');
SELECT ask('SELECT sqrt(avg(price)), ln(count(*)), power(avg(qty), 2), abs(sum(price) - 5), greatest(avg(price), 3) FROM orders');
SELECT ask('SELECT sum(price)::int, count(*)::text, avg(qty)::numeric(10,2), cast(sum(cents) AS float8) FROM orders');
SELECT ask('SELECT sum(rating), avg(rating) FROM customers');
SELECT ask('SELECT variance(price), var_pop(qty), stddev_samp(cents) FROM orders');

-- what BI tools generate
SELECT ask('SELECT * FROM (SELECT "country" AS "country", COUNT(*) AS "count" FROM "regress_cr_e"."customers" GROUP BY "country" /5 customer_id/) AS "t" LIMIT 1000');
SELECT ask('SELECT "t"."country" AS "Country", "t"."n" AS "Number of people" FROM (SELECT "country", COUNT(*) AS "n" FROM "customers" WHERE 1 = 1 GROUP BY "country" /5 customer_id/) AS "t" ORDER BY "t"."n" DESC LIMIT 10 OFFSET 0');
SELECT ask('SELECT "custom sql"."country" AS "country", SUM("custom sql"."income") AS "sum:income:ok" FROM (SELECT * FROM customers) "custom sql" GROUP BY 1 /5 customer_id/');
SELECT ask('SELECT COUNT(1) AS "cnt:n:ok" FROM "customers" HAVING (COUNT(1) > 0)');
SELECT ask('SELECT DISTINCT "customers"."tier" AS "tier" FROM "customers" ORDER BY "tier"');
SELECT ask('SELECT DISTINCT category, channel FROM orders');
SELECT ask('SELECT CAST(date_trunc(''month'', CAST("ordered_at" AS timestamp)) AS date) AS "tmn:ordered_at:ok", SUM("price") AS "sum" FROM "orders" GROUP BY 1 /5 customer_id/');
SELECT ask('SELECT (CAST(extract(year FROM "t"."ordered_at") AS text) || ''-'' || CAST(extract(month FROM "t"."ordered_at") AS text)) AS "ym", COUNT(*) FROM "orders" AS "t" GROUP BY 1 /5 customer_id/');
SELECT ask('SELECT category AS "c", SUM(price) AS "s" FROM orders WHERE (1 = 1) AND (TRUE) AND ordered_at BETWEEN CAST(''2024-02-01'' AS timestamp) AND CAST(''2024-08-31 23:59:59'' AS timestamp) GROUP BY category HAVING (SUM(price) > 0) [[AND count(DISTINCT customer_id) >= 5]] ORDER BY 2 DESC, "c" ASC LIMIT 500');
SELECT ask('SELECT COALESCE("city", ''(unknown)'') AS "city", COUNT(*) FROM "customers" GROUP BY COALESCE("city", ''(unknown)'') /5 customer_id/');
SELECT ask('SELECT NULLIF(country, ''Malta'') AS c, count(*) FROM customers GROUP BY 1 /5 customer_id/');
SELECT ask('SELECT NULLIF(device, ''tv'') AS d, COALESCE(NULLIF(COUNT(*), 0), -1) AS n FROM exposures GROUP BY 1 /7 viewer/');
SELECT ask('SELECT CASE WHEN (NOT (country IS NULL)) THEN country ELSE ''none'' END AS "country group", AVG(CAST(income AS double precision)) AS "avg" FROM customers GROUP BY 1 /5 customer_id/');
SELECT ask('SELECT "country" AS "attr", SUM(1) AS "sum:Number of Records:ok" FROM "customers" GROUP BY 1 /5 customer_id/');
SELECT ask('SELECT count(*) AS count_1 FROM (SELECT customers.customer_id AS customers_customer_id, customers.country AS customers_country FROM customers WHERE customers.country = ''Italy'') AS anon_1');
SELECT ask('SELECT customers.tier AS customers_tier, count(customers.customer_id) AS count_1 FROM customers WHERE customers.country IN (''Italy'', ''France'') AND customers.vip IS false GROUP BY customers.tier /5 customer_id/');
SELECT ask('SELECT "source"."month" AS "month", count(*) AS "count" FROM (SELECT date_trunc(''month'', "orders"."ordered_at") AS "month", "orders"."customer_id" AS "customer_id" FROM "orders" LEFT JOIN "departments" AS "D" ON "orders"."category" = "D"."category") AS "source" GROUP BY "source"."month" /5 customer_id/ ORDER BY "source"."month" ASC');
SELECT ask('SELECT * FROM (SELECT * FROM (SELECT category, avg(price) AS p FROM orders GROUP BY category /5 customer_id/) "a" WHERE "p" > 10) "b" ORDER BY "category" LIMIT 1001');
SELECT ask('SELECT EXTRACT(ISOYEAR FROM ordered_at) * 100 + EXTRACT(WEEK FROM ordered_at) AS yw, COUNT(DISTINCT customer_id) FROM orders GROUP BY 1 /5 customer_id/');
SELECT ask('SELECT SUM(price) AS "a", SUM(price) FILTER (WHERE 1 = 1) AS "b", COUNT(*) FILTER (WHERE true) AS "c" FROM orders');
SELECT ask('SELECT /* dashboard 12 */ country, tier, vip, count(*) AS n FROM customers GROUP BY (country, tier, vip) /5 customer_id/');
SELECT ask('SELECT o.* FROM (SELECT channel, count(*) FROM orders GROUP BY channel /5 customer_id/) o WHERE o.channel::text LIKE ''%e%''');
SELECT ask('SELECT orders.category, customers.country, SUM(orders.price) AS total FROM orders INNER JOIN customers ON (orders.customer_id = customers.customer_id) WHERE (customers.tier = ''gold'' AND NOT (orders.channel = ''phone'')) GROUP BY orders.category, customers.country /5 customers.customer_id/ ORDER BY total DESC NULLS LAST');

-- conditions
SELECT ask('SELECT count(*) FROM customers WHERE country LIKE ''%a%'' AND country NOT ILIKE ''MAL%''');
SELECT ask('SELECT tier, count(*) FROM customers WHERE city IS NOT DISTINCT FROM NULL GROUP BY tier /5 customer_id/');
SELECT ask('SELECT count(*) FROM orders WHERE ordered_at >= date ''2024-03-01'' AND ordered_at < date ''2024-03-01'' + interval ''3 months''');
SELECT ask('SELECT channel, count(*) FROM orders WHERE ordered_at::date BETWEEN ''2024-01-01'' AND ''2024-06-30'' GROUP BY channel /5 customer_id/');
SELECT ask('SELECT count(*) FROM orders WHERE extract(month FROM ordered_at) IN (1, 2, 12)');
SELECT ask('SELECT count(*) FROM customers WHERE tier >= ''silver'' AND vip AND age NOT BETWEEN 30 AND 40');
SELECT ask('SELECT count(*) FROM customers WHERE segment = ''00000000-0000-0000-0000-000000000002''');
SELECT ask('SELECT segment, count(*) FROM customers GROUP BY segment /5 customer_id/');
SELECT ask('SELECT count(*) FROM customers WHERE country = ANY (''{Italy,France}''::text[])');
SELECT ask('SELECT count(*) FROM customers WHERE country <> ALL (ARRAY[''Italy'', ''France''])');
SELECT ask('SELECT count(*) FROM customers WHERE (country, tier) IN ((''Italy'', ''gold''), (''France'', ''silver''), (''Germany'', ''bronze''))');
SELECT ask('SELECT count(*) FROM customers WHERE country = ''Italy'' OR (vip AND age > 40) OR signed_up > timestamptz ''2024-01-01 00:00:00+01''');
SELECT ask('SELECT count(*) FROM customers WHERE signed_up >= now() - interval ''30 years'' AND born < current_date - 6000');
SELECT ask('SELECT count(*) FROM customers WHERE vip IS TRUE OR vip IS NOT UNKNOWN');
SELECT ask('SELECT sum(seconds) FROM exposures WHERE seconds > 30 AND coalesce(device, ''none'') <> ''tv''');
SELECT ask('SELECT count(*) FROM customers WHERE upper(country) = ''ITALY'' OR left(country, 1) = ''F'' OR length(country) > 6');
SELECT ask('SELECT count(*) FROM customers WHERE zip = ''11112'' OR zip LIKE ''%3''');
SELECT ask('SELECT channel, count(*) FROM orders WHERE (ordered_at, ordered_at + interval ''1 day'') OVERLAPS (timestamp ''2024-02-01'', timestamp ''2024-05-01'') GROUP BY channel /5 customer_id/');
SELECT ask('SELECT count(*) FROM customers WHERE position(''an'' in country) > 0 AND starts_with(country, ''Fr'')');
SELECT ask('SELECT count(*) FROM customers WHERE date_part(''year'', born) < 1970 AND extract(epoch FROM signed_up) > 1680000000');

-- dimensions as text
SELECT ask('SELECT country || '' '' || age / 10 AS k, tier || ''!'' AS t, count(*) FROM customers WHERE ''age '' || age < ''age 5'' GROUP BY 1, 2 /5 customer_id/');
SELECT ask('SELECT upper(country), lower(tier::text), left(country, 2), right(country, 1), count(*) FROM customers GROUP BY 1, 2, 3, 4 /5 customer_id/');
SELECT ask('SELECT trim(city) AS city, substring(country FROM 1 FOR 3) AS c, count(*) FROM customers GROUP BY 1, 2 /5 customer_id/');
SELECT ask('SELECT concat(country, '' / '', tier) AS k, count(*) FROM customers GROUP BY 1 /5 customer_id/');
SELECT ask('SELECT concat_ws('', '', city, country) AS k, count(*) FROM customers GROUP BY 1 /5 customer_id/');
SELECT ask('SELECT country || coalesce('' ('' || btrim(city) || '')'', '''') AS k, count(*) FROM customers GROUP BY 1 /5 customer_id/');
SELECT ask('SELECT vip::text, age::text, segment::text, count(*) FROM customers WHERE age < 25 GROUP BY 1, 2, 3 /5 customer_id/');
SELECT ask('SELECT split_part(trim(city), '' '', 2) AS part, replace(country, ''a'', ''A'') AS r, count(*) FROM customers GROUP BY 1, 2 /5 customer_id/');
SELECT ask('SELECT initcap(lower(category)) AS c, lpad(channel, 6, ''*'') AS p, count(*) FROM orders GROUP BY 1, 2 /5 customer_id/');
SELECT ask('SELECT zip, zip::text, substr(zip, 5, 1) AS digit, count(*) FROM customers GROUP BY zip /5 customer_id/');
SELECT ask('SELECT md5(country) AS h, count(*) FROM customers GROUP BY country /5 customer_id/');
SELECT ask('SELECT CASE channel WHEN ''web'' THEN ''online'' ELSE ''offline'' END AS c, CASE category WHEN ''books'' THEN 1 WHEN ''toys'' THEN 2 END AS k, count(*) FROM orders GROUP BY 1, 2 /5 customer_id/');

-- lists of constants, joined
SELECT ask('SELECT v.label, count(*) FROM customers c JOIN (VALUES (''Germany'', ''north''), (''France'', ''west''), (''Italy'', ''south'')) AS v (country, label) ON v.country = c.country GROUP BY v.label /5 customer_id/');
SELECT ask('WITH bands (lower, upper, name) AS (VALUES (18, 30, ''young''), (30, 60, ''middle''), (60, 200, ''old'')) SELECT b.name, sum(a.n) FROM (SELECT age, count(*) AS n FROM customers GROUP BY age /5 customer_id/) a JOIN bands b ON a.age >= b.lower AND a.age < b.upper GROUP BY b.name');
SELECT ask('SELECT name, count(*) FROM orders JOIN (SELECT 1 AS m, ''winter'' AS name UNION ALL SELECT 7, ''summer'') s ON s.m = extract(month FROM ordered_at)::int GROUP BY name /5 customer_id/');
SELECT ask('SELECT count(*) FROM customers JOIN unnest(ARRAY[''Italy'', ''France'']) AS w (country) USING (country)');
SELECT ask('WITH wanted AS (SELECT DISTINCT unnest FROM unnest(ARRAY[''books'', ''toys'', ''toys''])) SELECT category, count(*) FROM orders JOIN wanted ON category = unnest GROUP BY category /5 customer_id/');
SELECT ask('SELECT day, coalesce(n, 0) FROM generate_series(date ''2024-03-01'', ''2024-03-10'', ''1 day'') day LEFT JOIN (SELECT ordered_at::date AS d, count(*) AS n FROM orders GROUP BY 1 /5 customer_id/) o ON o.d = day');
SELECT ask('SELECT category, count(*) FROM orders WHERE category IN (VALUES (''books''), (''food'')) GROUP BY category /5 customer_id/');
SELECT ask('SELECT rank, category, count(*) FROM orders JOIN unnest(ARRAY[''books'', ''toys'']) WITH ORDINALITY AS w (category, rank) USING (category) GROUP BY 1, 2 /5 customer_id/');

-- functions of the analyst's
SELECT ask('SELECT * FROM sales(''books'') [[WHERE false]] {{WHERE n < 0}}');
SELECT ask('SELECT sum(n) FROM sales(''toys'', ''2024-05-01'')');
SELECT ask('SELECT * FROM report(10)');

-- parameters, prepared statements and cursors
\pset tuples_only off
SET ROLE regress_cr_e_analyst;
PREPARE p1(text, timestamp, int) AS SELECT channel, count(*) FROM orders
 WHERE category = $1 AND ordered_at >= $2 GROUP BY channel ORDER BY 1 LIMIT $3;
PREPARE p2(text[], int) AS SELECT country, count(*) FROM customers
 WHERE country = ANY ($1) AND age > $2 GROUP BY 1 ORDER BY 1;
PREPARE p3(int) AS SELECT count(*) FROM customers WHERE age < $1;
EXECUTE p1('books', '2024-02-01', 2);
EXECUTE p2('{Italy,Malta}', 20);
EXECUTE p3(50);
EXECUTE p3(0);
SET plan_cache_mode = force_generic_plan;
EXECUTE p1('toys', '2024-02-01', 3);
EXECUTE p2('{France}', 20);
RESET plan_cache_mode;
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT tier, count(*) FROM customers
 GROUP BY tier ORDER BY tier;
FETCH 2 FROM c;
FETCH BACKWARD 1 FROM c;
MOVE ABSOLUTE 0 IN c;
FETCH ALL FROM c;
CLOSE c;
COMMIT;
DECLARE h CURSOR WITH HOLD FOR SELECT category, count(*) FROM orders
 GROUP BY category ORDER BY category;
FETCH 1 FROM h;
CLOSE h;

-- what is refused, and what the hint says to write instead
\x on
SELECT code, reason, hint FROM cleanroom.explain($$
SELECT sum(score) FROM answers;
SELECT corr(price, income) FROM orders JOIN customers USING (customer_id);
SELECT count(*) FROM customers WHERE regexp_replace(country, '^I', 'J') = 'J';
SELECT avg(n) FROM (SELECT p, count(*) AS n FROM (SELECT customer_id AS p FROM orders UNION ALL SELECT viewer FROM exposures) x GROUP BY p) y;
SELECT country FROM customers UNION SELECT category FROM orders;
SELECT count(*) FROM orders JOIN (VALUES ('books'), ('books')) AS v (c) ON c = category;
SELECT count(*) FROM orders WHERE category IN (SELECT unnest('{books,food}'::text[]));
SELECT * FROM (VALUES ('books'), ('toys')) AS c (category), LATERAL sales(c.category);
$$);
\x off
RESET ROLE;
\pset tuples_only on

-- how many of them were admitted, and answered as the owner would
SELECT count(*) >= 150, count(*) FILTER (WHERE outcome LIKE 'same%')
       >= 0.98 * count(*) FROM outcomes;
SELECT question, outcome FROM outcomes WHERE outcome NOT LIKE 'same%';

SET client_min_messages = error;
DROP SCHEMA regress_cr_e_own, regress_cr_e CASCADE;
RESET search_path;
DROP OWNED BY regress_cr_e_shop, regress_cr_e_tv, regress_cr_e_survey,
    regress_cr_e_analyst;
DROP ROLE regress_cr_e_shop, regress_cr_e_tv, regress_cr_e_survey,
    regress_cr_e_analyst;
