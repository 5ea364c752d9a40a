-- Lists of the analyst's where several protected tables meet: they may choose
-- people as wholes, not how often each of them counts.
SET client_min_messages = error;
\set VERBOSITY terse
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_li_clinic;
CREATE ROLE regress_cr_li_shop;
CREATE ROLE regress_cr_li_analyst;
CREATE SCHEMA regress_cr_li;
GRANT ALL ON SCHEMA regress_cr_li TO regress_cr_li_clinic, regress_cr_li_shop,
    regress_cr_li_analyst;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_li_clinic, regress_cr_li_shop,
    regress_cr_li_analyst;
SET search_path = regress_cr_li, pg_catalog;
SET SESSION AUTHORIZATION regress_cr_li_clinic;
CREATE TABLE staff (id int PRIMARY KEY, boss int NOT NULL, badge int UNIQUE NOT NULL, pay int NOT NULL);
INSERT INTO staff SELECT i, 1 + i % 60, 10000 + i, 1000 + i FROM generate_series(101, 1060) i;
CREATE TABLE visits (head int NOT NULL, doctor int NOT NULL, patient int NOT NULL);
INSERT INTO visits SELECT 1 + i % 60, i, i FROM generate_series(101, 1060) i;
CREATE TABLE docs (id int PRIMARY KEY);
INSERT INTO docs SELECT generate_series(101, 1060);
CREATE TABLE pays (payer int NOT NULL, payee int NOT NULL, amount int NOT NULL);
INSERT INTO pays SELECT i, 1 + i % 60, i FROM generate_series(101, 1060) i;
CREATE TABLE transfers (sender int NOT NULL, iban int NOT NULL);
INSERT INTO transfers SELECT i, 1 + i % 60 FROM generate_series(101, 1060) i;
CREATE TABLE accounts (id int PRIMARY KEY, iban int UNIQUE NOT NULL, balance int NOT NULL);
INSERT INTO accounts SELECT 5000 + i, i, i FROM generate_series(1, 60) i WHERE i <> 3;
CREATE TABLE a (id int PRIMARY KEY, zip int NOT NULL, income int NOT NULL);
INSERT INTO a SELECT i, 1, 1000 + 7 * i FROM generate_series(1, 600) i;
CREATE TABLE logins (mail text NOT NULL);
INSERT INTO logins SELECT 'b' || i || repeat(' ', n) FROM generate_series(1, 60) i, generate_series(0, 7) n;
CREATE TABLE codes (code char(12) PRIMARY KEY);
INSERT INTO codes SELECT 'b' || i FROM generate_series(1, 60) i WHERE i <> 3;
SELECT cleanroom.protect('logins', 'mail', 20, join_keys => '{mail}');
SELECT cleanroom.protect('codes', 'code', 20, join_keys => '{code}');
GRANT SELECT ON logins, codes TO regress_cr_li_analyst;
SELECT cleanroom.protect('staff', 'id', 20, measures => '{pay}', join_keys => '{id, boss, badge}');
SELECT cleanroom.protect('visits', 'patient', 20, join_keys => '{head, doctor, patient}');
SELECT cleanroom.protect('docs', 'id', 20, join_keys => '{id}');
SELECT cleanroom.protect('pays', 'payer', 20, measures => '{amount}', join_keys => '{payer, payee}');
SELECT cleanroom.set_column('pays', 'payee', 'unit, join');
SELECT cleanroom.protect('transfers', 'sender', 20, join_keys => '{sender, iban}');
SELECT cleanroom.protect('accounts', 'id', 20, measures => '{balance}', join_keys => '{id, iban}');
SELECT cleanroom.protect('a', 'id', 20, measures => '{income}', join_keys => '{id, zip}');
GRANT SELECT ON staff, visits, docs, pays, transfers, accounts, a TO regress_cr_li_analyst;
SET SESSION AUTHORIZATION regress_cr_li_shop;
-- person 3 is not in it: the secret
CREATE TABLE h (id int PRIMARY KEY, zip int NOT NULL, debt int NOT NULL);
INSERT INTO h SELECT i, 1, 100 + i FROM generate_series(1, 60) i WHERE i <> 3;
CREATE TABLE orders (no int PRIMARY KEY, buyer int NOT NULL, day date NOT NULL, price int NOT NULL);
INSERT INTO orders SELECT i, 1 + i % 60, date '2024-01-01' + i % 30, i % 7 FROM generate_series(101, 1060) i;
SELECT cleanroom.protect('h', 'id', 20, measures => '{debt}', join_keys => '{id, zip}');
SELECT cleanroom.protect('orders', 'buyer', 20, dimensions => '{day}', measures => '{price}', join_keys => '{buyer, no}');
GRANT SELECT ON h, orders TO regress_cr_li_analyst;
SET SESSION AUTHORIZATION regress_cr_li_analyst;
CREATE TABLE nothing (k int PRIMARY KEY);
-- of person 1 one, of 2 two, of 3 four, of the others eight each
CREATE TABLE pick (k int PRIMARY KEY);
INSERT INTO pick SELECT i FROM generate_series(101, 1060) i
 WHERE (i - 101) / 60 < CASE 1 + i % 60 WHEN 1 THEN 1 WHEN 2 THEN 2 WHEN 3 THEN 4 ELSE 8 END;
CREATE TABLE heads (k int PRIMARY KEY, label text NOT NULL);
INSERT INTO heads SELECT i, CASE WHEN i % 2 = 0 THEN 'even' ELSE 'odd' END FROM generate_series(1, 60) i;
CREATE TABLE days (k int NOT NULL, day date NOT NULL, PRIMARY KEY (k, day));
INSERT INTO days SELECT DISTINCT 1 + i % 60, date '2024-01-01' + i % 30 FROM generate_series(101, 1060) i JOIN pick ON k = i;
CREATE TABLE upto (k int PRIMARY KEY, day date NOT NULL, n int NOT NULL);
INSERT INTO upto SELECT i, date '2024-01-01' + i, i FROM generate_series(1, 60) i;
CREATE TABLE calendar (day date PRIMARY KEY, x date NOT NULL, n int NOT NULL);
INSERT INTO calendar SELECT date '2024-01-01' + n, date '2024-01-01' + n, n FROM generate_series(0, 30) n;
CREATE TABLE names (k text PRIMARY KEY);
INSERT INTO names SELECT 'b' || i || repeat(' ', n) FROM generate_series(1, 60) i, generate_series(0, 7) n WHERE n < i;
CREATE TABLE map (k int PRIMARY KEY, g int NOT NULL);
INSERT INTO map SELECT 100 + row_number() OVER (), g
  FROM generate_series(1, 8) g, LATERAL generate_series(1, (2 ^ (g - 1))::int) n;
INSERT INTO map SELECT 1 + i, 9 + i FROM generate_series(1, 40) i;
CREATE FUNCTION try(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    found text;
    hint text;
BEGIN
    EXECUTE format('SELECT array_agg(q::text ORDER BY q::text) FROM (%s) q', statement) INTO found;
    RETURN coalesce(found, 'nothing');
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
    RETURN SQLSTATE || ' ' || SQLERRM || CASE hint WHEN '' THEN ' WITHOUT A HINT' ELSE '' END;
END $$;
\pset format unaligned
\pset tuples_only on

-- ---------- lists of people ----------
SELECT try('SELECT count(*), sum(o.price) FROM orders o JOIN h ON h.id = o.buyer JOIN heads l ON l.k = h.id');
SELECT try('SELECT l.label, count(*), count(DISTINCT h.id) FROM orders o JOIN h ON h.id = o.buyer JOIN heads l ON l.k = o.buyer GROUP BY 1');
SELECT try('SELECT l.label, count(*), sum(x.n) FROM h JOIN heads l ON l.k = h.id LEFT JOIN (SELECT buyer, count(*) AS n FROM orders GROUP BY buyer) x ON x.buyer = h.id GROUP BY 1');
SELECT try('SELECT count(*), sum(CASE WHEN l.label = ''even'' THEN o.price END) FROM orders o JOIN h ON h.id = o.buyer JOIN heads l ON l.k = o.buyer WHERE o.day > ''2024-01-10''');
SELECT try('SELECT l.label, d.n < 15, count(*) FROM orders o JOIN h ON h.id = o.buyer JOIN heads l ON l.k = o.buyer JOIN calendar d ON d.day = o.day WHERE l.label = ''odd'' AND d.n > 3 GROUP BY 1, 2');
SELECT try('SELECT l.label, count(*) FROM h JOIN heads l ON l.k = h.id WHERE NOT EXISTS (SELECT FROM orders o WHERE o.buyer = h.id AND o.day < ''2024-01-02'') GROUP BY 1');
SELECT try('SELECT l.label, x.n > 15, count(*) FROM h JOIN heads l ON l.k = h.id LEFT JOIN (SELECT buyer, count(*) AS n FROM orders WHERE day > ''2024-01-10'' GROUP BY buyer) x ON x.buyer = h.id GROUP BY 1, 2');
SELECT try('WITH segment AS (SELECT k FROM heads WHERE label = ''odd'') SELECT count(*) FROM orders WHERE buyer IN (SELECT k FROM segment) AND buyer IN (SELECT id FROM h)');
SELECT try('SELECT coalesce(l.label, ''none''), count(*) FROM orders o JOIN h ON h.id = o.buyer LEFT JOIN heads l ON l.k = o.buyer GROUP BY 1');
SELECT try('SELECT count(*) FILTER (WHERE h.id IN (SELECT k FROM heads WHERE label = ''odd'')) FROM orders o JOIN h ON h.id = o.buyer');
SELECT try('SELECT count(*) FROM h WHERE id IN (SELECT k FROM heads) AND EXISTS (SELECT FROM orders o WHERE o.buyer = h.id)');
SELECT try('SELECT count(*) FROM h WHERE id IN (SELECT buyer FROM orders o JOIN heads l ON l.k = o.buyer)');
SELECT try('SELECT count(*) FROM h WHERE id IN (SELECT boss FROM staff s JOIN pick ON pick.k = s.id)');
SELECT try('SELECT count(DISTINCT h.id) FROM staff s JOIN h ON h.id = s.boss JOIN heads l ON l.k = h.id');
SELECT try('SELECT count(DISTINCT h.id) FROM orders o JOIN h ON h.id = o.buyer JOIN pick ON pick.k = o.no');
SELECT try('SELECT count(*) FROM orders o JOIN pick ON pick.k = o.no');
SELECT try('SELECT sum(s.pay) FROM staff s JOIN pick ON pick.k = s.id');
-- several outer joins, and sets that lead on
SELECT try('SELECT count(*), count(x.id) FROM h LEFT JOIN a x ON x.id = h.id LEFT JOIN a y ON y.id = x.id LEFT JOIN orders o ON o.buyer = h.id');
SELECT try('SELECT count(*), count(c.id), count(g.id) FROM h LEFT JOIN a b ON b.id = h.id LEFT JOIN a c ON c.id = h.id LEFT JOIN a d ON d.id = h.id LEFT JOIN a e ON e.id = h.id LEFT JOIN a f ON f.id = h.id LEFT JOIN a g ON g.id = h.id LEFT JOIN a i ON i.id = h.id LEFT JOIN orders o ON o.buyer = h.id');

-- ---------- lists that decide how often somebody counts ----------
-- of a crowd, in all places
SELECT try('SELECT count(*) FROM staff s JOIN pick ON pick.k = s.id JOIN h ON h.id = s.boss');
SELECT try('SELECT count(*) FROM staff s JOIN pick ON pick.k = s.id JOIN h ON h.id = s.boss LEFT JOIN nothing x ON x.k = s.id AND x.k = h.id');
SELECT try('SELECT count(*) FROM (SELECT s.id, s.boss, count(*) AS n FROM staff s JOIN pick ON pick.k = s.id GROUP BY s.id, s.boss) s JOIN h ON h.id = s.boss');
SELECT try('SELECT count(*) FROM (SELECT DISTINCT s.id, s.boss FROM staff s JOIN pick ON pick.k = s.id) s WHERE s.boss IN (SELECT id FROM h)');
SELECT try('SELECT count(*) FROM (SELECT s.id, s.boss FROM staff s GROUP BY s.id, s.boss HAVING s.id IN (SELECT k FROM pick)) s JOIN h ON h.id = s.boss');
SELECT try('SELECT count(*) FROM staff s JOIN h ON h.id = s.boss WHERE s.id IN (SELECT x.id FROM staff x JOIN pick ON pick.k = x.id)');
SELECT try('SELECT count(*) FROM staff s JOIN h ON h.id = s.boss JOIN (SELECT x.id FROM staff x JOIN pick ON pick.k = x.id GROUP BY x.id) x ON x.id = s.id');
SELECT try('SELECT count(*) FROM (SELECT h.id, s.id AS g, count(*) AS n FROM staff s JOIN h ON h.id = s.boss GROUP BY h.id, s.id) s JOIN pick ON pick.k = s.g');
SELECT try('SELECT sum(d) FROM (SELECT h.id, s.id AS g, sum(h.debt) AS d FROM staff s JOIN h ON h.id = s.boss GROUP BY h.id, s.id) s WHERE s.g IN (SELECT k FROM pick)');
SELECT try('SELECT count(*) FILTER (WHERE s.id IN (SELECT k FROM pick)) FROM staff s JOIN h ON h.id = s.boss');
SELECT try('SELECT sum(CASE WHEN s.id IN (SELECT k FROM pick) THEN h.debt END) FROM staff s JOIN h ON h.id = s.boss');
SELECT try('SELECT s.id IN (SELECT k FROM pick), count(*) FROM staff s JOIN h ON h.id = s.boss GROUP BY 1');
SELECT try('SELECT count(DISTINCT s.id) FROM staff s JOIN h ON h.id = s.boss JOIN pick ON pick.k = s.id');
SELECT try('SELECT count(*) FROM visits v JOIN h ON h.id = v.head JOIN docs d ON d.id = v.doctor JOIN pick ON pick.k = d.id');
SELECT try('SELECT count(*) FROM visits v JOIN h ON h.id = v.head JOIN docs d ON d.id = v.doctor WHERE d.id IN (SELECT k FROM pick)');
SELECT try('SELECT sum(h.debt) FROM staff x JOIN pick ON pick.k = x.id JOIN staff s ON s.badge = x.badge JOIN h ON h.id = s.boss');
SELECT try('SELECT sum(a.balance) FROM transfers t JOIN pick ON pick.k = t.sender JOIN accounts a ON a.iban = t.iban');
SELECT try('SELECT count(*) FROM staff s JOIN h ON h.id = s.boss JOIN heads l ON l.k = h.id');
-- of a table of two units, and of pairs
SELECT try('SELECT count(*) FROM pays p JOIN pick ON pick.k = p.payer JOIN h ON h.id = p.payee');
SELECT try('SELECT count(*) FROM (SELECT payer, payee, sum(amount) AS amount FROM pays GROUP BY payer, payee) p JOIN pick ON pick.k = p.payer JOIN h ON h.id = p.payee');
SELECT try('SELECT count(*) FROM (SELECT payer, payee, sum(amount) AS amount FROM pays GROUP BY payer, payee) t JOIN (SELECT payer, payee FROM pays GROUP BY payer, payee) u ON u.payee = t.payee');
SELECT try('SELECT count(*) FROM (SELECT id, g, sum(n) AS n FROM (SELECT s.id, h.id AS g, count(*) AS n FROM staff s JOIN h ON h.id = s.boss GROUP BY s.id, h.id) p GROUP BY id, g) p JOIN (SELECT id, g, sum(n) AS n FROM (SELECT s.id, h.id AS g, count(*) AS n FROM staff s JOIN h ON h.id = s.boss GROUP BY s.id, h.id) p GROUP BY id, g) q ON q.g = p.g');
-- of spellings that are one as characters
SELECT try('SELECT count(*) FROM logins p JOIN codes c ON c.code = p.mail::bpchar JOIN names l ON l.k = p.mail');
-- of rows of one person
SELECT try('SELECT count(*) FROM orders o JOIN h ON h.id = o.buyer JOIN pick ON pick.k = o.no');
SELECT try('SELECT count(*) FROM orders o JOIN h ON h.id = o.buyer WHERE o.no IN (SELECT k FROM pick)');
SELECT try('SELECT count(*) FROM orders o JOIN pick ON pick.k = o.no WHERE o.buyer IN (SELECT id FROM h)');
SELECT try('SELECT count(*) FILTER (WHERE o.no IN (SELECT k FROM pick)) FROM orders o JOIN h ON h.id = o.buyer');
SELECT try('SELECT sum(x.n) FROM (SELECT buyer, count(*) AS n FROM orders o JOIN pick ON pick.k = o.no GROUP BY buyer) x JOIN h ON h.id = x.buyer');
SELECT try('SELECT count(*) FROM orders o JOIN h ON h.id = o.buyer JOIN days d ON d.k = o.buyer AND d.day = o.day');
SELECT try('SELECT count(*) FROM orders o JOIN h ON h.id = o.buyer JOIN (SELECT k, min(day) AS day FROM days GROUP BY k) d ON d.k = o.buyer WHERE o.day > d.day');
SELECT try('SELECT count(*) FROM orders o JOIN h ON h.id = o.buyer WHERE (o.buyer, o.day) IN (SELECT k, day FROM days)');

-- by what a list says of people, compared with what their rows say
SELECT try('SELECT count(*) FROM orders o JOIN h ON h.id = o.buyer JOIN upto l ON l.k = o.buyer WHERE o.day <= l.day');
SELECT try('SELECT count(*) FROM orders o JOIN h ON h.id = o.buyer JOIN upto l ON l.k = o.buyer JOIN calendar d ON d.day = o.day WHERE (d.x <= l.day) IS TRUE');
SELECT try('SELECT count(*) FROM orders o JOIN h ON h.id = o.buyer JOIN upto l ON l.k = o.buyer JOIN calendar d ON d.day = o.day WHERE d.x <= l.day OR d.x + 1 <= l.day');
SELECT try('SELECT d.x <= l.day, count(*) FROM orders o JOIN h ON h.id = o.buyer JOIN upto l ON l.k = o.buyer JOIN calendar d ON d.day = o.day GROUP BY 1');
SELECT try('SELECT count(*) FILTER (WHERE d.x <= l.day) FROM orders o JOIN h ON h.id = o.buyer JOIN upto l ON l.k = o.buyer JOIN calendar d ON d.day = o.day');
SELECT try('SELECT sum(CASE WHEN d.x <= l.day THEN o.price END) FROM orders o JOIN h ON h.id = o.buyer JOIN upto l ON l.k = o.buyer JOIN calendar d ON d.day = o.day');
SELECT try('SELECT sum(CASE WHEN l.n = 1 AND d.n = 1 THEN 1 WHEN l.n = 2 AND d.n <= 2 THEN 1 END) FROM orders o JOIN h ON h.id = o.buyer JOIN upto l ON l.k = o.buyer JOIN calendar d ON d.day = o.day');
SELECT try('SELECT count(*) FROM (SELECT h.id, l.day FROM h JOIN upto l ON l.k = h.id GROUP BY h.id, l.day) z JOIN orders o ON o.buyer = z.id WHERE o.day <= z.day');
SELECT try('SELECT count(*) FROM (SELECT DISTINCT h.id, l.day FROM h JOIN upto l ON l.k = h.id) z JOIN orders o ON o.buyer = z.id AND o.day <= z.day');
SELECT try('SELECT count(*) FROM (SELECT o.buyer, o.day, l.day AS upto FROM orders o JOIN upto l ON l.k = o.buyer GROUP BY 1, 2, 3) z WHERE z.day <= z.upto AND z.buyer IN (SELECT id FROM h)');
-- beside a question by another key
SELECT try('SELECT s.boss IN (SELECT id FROM h) AS k, count(*) FROM staff s JOIN pick ON pick.k = s.id GROUP BY 1');
SELECT try('SELECT count(*) FILTER (WHERE s.boss IN (SELECT id FROM h)) FROM staff s JOIN pick ON pick.k = s.id');
SELECT try('SELECT count(*) FROM staff s JOIN pick ON pick.k = s.id WHERE EXISTS (SELECT FROM h WHERE h.id = s.boss)');
SELECT try('SELECT count(*) FROM (SELECT s.id FROM staff s WHERE s.boss IN (SELECT id FROM h) GROUP BY s.id) q JOIN pick ON pick.k = q.id');
SELECT try('SELECT count(*) FROM orders o JOIN pick ON pick.k = o.buyer WHERE o.buyer IN (SELECT s.id FROM staff s WHERE s.boss IN (SELECT id FROM h))');
SELECT try('SELECT count(*) FROM staff t JOIN pick ON pick.k = t.id WHERE t.id IN (SELECT s.id FROM staff s JOIN h ON h.id = s.boss)');

-- ---------- pairs ----------
-- a question about two tables, or about what an outer join has, links nothing
SELECT try('SELECT count(*) FROM a p JOIN h q ON q.zip = p.zip WHERE NOT EXISTS (SELECT FROM a x WHERE x.id = p.id AND x.id = q.id)');
SELECT try('SELECT count(*), count(*) FILTER (WHERE EXISTS (SELECT FROM a x WHERE x.id = p.id AND x.id = q.id)) FROM a p JOIN h q ON q.zip = p.zip');
SELECT try('SELECT count(*), sum(p.income) FROM a p JOIN a q ON q.zip = p.zip JOIN h z ON z.zip = p.zip WHERE NOT EXISTS (SELECT FROM a x WHERE x.id = p.id AND x.id = q.id) AND NOT EXISTS (SELECT FROM a x WHERE x.id = p.id AND x.id = z.id)');
SELECT try('SELECT count(*), count(*) FILTER (WHERE EXISTS (SELECT FROM h WHERE h.id = x.id)) FROM a p JOIN h q ON q.zip = p.zip LEFT JOIN a x ON x.id = p.id AND x.id = q.id');
-- more outer joins than are looked at in each way
SELECT try('SELECT count(q.id) FROM a LEFT JOIN (a p JOIN map ON map.k = p.id JOIN h q ON q.zip = p.zip AND q.id = map.g LEFT JOIN nothing r1 ON r1.k = p.id AND r1.k = q.id LEFT JOIN nothing r2 ON r2.k = p.id AND r2.k = q.id) ON p.id = a.id LEFT JOIN nothing n1 ON n1.k = a.id LEFT JOIN nothing n2 ON n2.k = a.id LEFT JOIN nothing n3 ON n3.k = a.id LEFT JOIN nothing n4 ON n4.k = a.id');
SELECT try('SELECT count(*) FROM a LEFT JOIN (a p JOIN h q ON q.zip = p.zip LEFT JOIN a r1 ON r1.id = p.id AND r1.id = q.id LEFT JOIN a r2 ON r2.id = p.id AND r2.id = q.id) ON p.id = a.id LEFT JOIN a n1 ON n1.id = a.id LEFT JOIN a n2 ON n2.id = a.id LEFT JOIN a n3 ON n3.id = a.id LEFT JOIN a n4 ON n4.id = a.id');

\pset tuples_only off
\pset format aligned
RESET SESSION AUTHORIZATION;
DROP SCHEMA regress_cr_li CASCADE;
DROP OWNED BY regress_cr_li_clinic, regress_cr_li_shop, regress_cr_li_analyst;
DROP ROLE regress_cr_li_clinic, regress_cr_li_shop, regress_cr_li_analyst;
