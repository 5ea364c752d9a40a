-- Two tables that are joined by a key which is the unit of one of them only:
-- people and accounts.  Those without a match are a group as any other.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_jk_clinic;
CREATE ROLE regress_cr_jk_shop;
CREATE ROLE regress_cr_jk_analyst;
CREATE SCHEMA regress_cr_jk;
GRANT ALL ON SCHEMA regress_cr_jk TO regress_cr_jk_clinic, regress_cr_jk_shop,
    regress_cr_jk_analyst;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_jk_clinic, regress_cr_jk_shop,
    regress_cr_jk_analyst;
SET search_path = regress_cr_jk, pg_catalog;
SET SESSION AUTHORIZATION regress_cr_jk_clinic;
CREATE TABLE people (id int PRIMARY KEY, token text UNIQUE, city text NOT NULL);
-- without a match: many in the first two cities, three in the third, nobody
-- in the fourth; some have no token
INSERT INTO people
SELECT p, CASE WHEN p % 10 > 0 THEN 't' || p END, 'city ' || 1 + p % 2
  FROM generate_series(1, 100) p;
INSERT INTO people SELECT p, 't' || p, 'city 3' FROM generate_series(201, 230) p;
INSERT INTO people SELECT p, 't' || p, 'city 4' FROM generate_series(301, 330) p;
SELECT cleanroom.protect('people', 'id', 5, dimensions => '{city}',
                         join_keys => '{id,token}');
GRANT SELECT ON people TO regress_cr_jk_analyst;
SET SESSION AUTHORIZATION regress_cr_jk_shop;
CREATE TABLE accounts (token text PRIMARY KEY, plan text NOT NULL, tier text);
CREATE TABLE seen (token text NOT NULL, day date NOT NULL);
INSERT INTO accounts SELECT 't' || a, 'plan ' || a % 2,
       CASE WHEN a % 3 > 0 THEN 'tier ' || a % 3 END
  FROM generate_series(1, 400) a WHERE a BETWEEN 1 AND 60
    OR a BETWEEN 204 AND 400;
INSERT INTO seen SELECT token, date '2024-01-01' + n
  FROM accounts, generate_series(0, 2) n
 WHERE n <= length(tier || plan) + right(token, 1)::int % 3 - 12;
SELECT cleanroom.protect('accounts', 'token', 5, dimensions => '{plan,tier}',
                         join_keys => '{token}');
SELECT cleanroom.protect('seen', 'token', 5, dimensions => '{day}',
                         join_keys => '{token}');
GRANT SELECT ON accounts, seen TO regress_cr_jk_analyst;
RESET SESSION AUTHORIZATION;

CREATE TABLE asked (number int GENERATED ALWAYS AS IDENTITY, question text);
INSERT INTO asked (question) VALUES
('SELECT a.plan, count(*) FROM people p LEFT JOIN accounts a ON a.token = p.token GROUP BY 1'),
('SELECT coalesce(a.plan, ''none''), count(*) FROM people p LEFT JOIN accounts a USING (token) GROUP BY 1'),
('SELECT coalesce(a.tier, ''none''), count(*) FROM people p LEFT JOIN accounts a USING (token) GROUP BY 1'),
('SELECT coalesce(s.n, 0), count(*) FROM people p LEFT JOIN (SELECT token, count(*) AS n FROM seen GROUP BY 1) s ON s.token = p.token GROUP BY 1'),
('SELECT CASE WHEN s.n IS NULL THEN ''never'' WHEN s.n = 1 THEN ''once'' ELSE ''more'' END, count(*) FROM people p LEFT JOIN (SELECT token, count(*) AS n FROM seen GROUP BY 1) s USING (token) GROUP BY 1'),
('SELECT p.city, coalesce(a.plan, ''none''), count(*) FROM people p LEFT JOIN accounts a USING (token) GROUP BY 1, 2'),
('SELECT a.token IS NULL, count(*) FROM people p LEFT JOIN accounts a USING (token) GROUP BY 1'),
('SELECT count(*) FROM people p WHERE NOT EXISTS (SELECT FROM seen s WHERE s.token = p.token)'),
('SELECT n, count(*) FROM (SELECT p.id, s.token, count(*) AS n FROM people p JOIN seen s USING (token) GROUP BY 1, 2) x GROUP BY 1'),
('SELECT n, count(*) FROM (SELECT p.id, count(s.token) AS n FROM people p LEFT JOIN seen s USING (token) GROUP BY 1) x GROUP BY 1');
CREATE FUNCTION answer(question text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE found text;
BEGIN
    EXECUTE format('SELECT array_agg(q::text ORDER BY q::text) FROM (%s) q',
                   question) INTO found;
    RETURN found;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS found = PG_EXCEPTION_HINT;
    RETURN SQLSTATE || ' ' || found;
END $$;
CREATE TABLE own AS SELECT number, answer(question) FROM asked;
GRANT SELECT ON own, asked TO regress_cr_jk_analyst;
SET SESSION AUTHORIZATION regress_cr_jk_analyst;
CREATE TABLE answers (number int, answer text);
INSERT INTO answers SELECT number, answer(question) FROM asked;
-- what differs: groups of few people, and refusals
SELECT number, a.answer, o.answer AS own FROM answers a JOIN own o USING (number)
 WHERE a.answer <> o.answer ORDER BY number;
SELECT count(*) FROM answers a JOIN own o USING (number)
 WHERE a.answer = o.answer;

RESET SESSION AUTHORIZATION;
DROP SCHEMA regress_cr_jk CASCADE;
DROP OWNED BY regress_cr_jk_clinic, regress_cr_jk_shop, regress_cr_jk_analyst;
DROP ROLE regress_cr_jk_clinic, regress_cr_jk_shop, regress_cr_jk_analyst;
