-- Keys that are equal to one of another table need not be equal to each
-- other: then the two tables do not have the same people, one by one.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_eq_owner;
CREATE ROLE regress_cr_eq_analyst;
CREATE SCHEMA regress_cr_eq;
GRANT ALL ON SCHEMA regress_cr_eq TO regress_cr_eq_owner, regress_cr_eq_analyst;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_eq_owner, regress_cr_eq_analyst;
SET search_path = regress_cr_eq, pg_catalog;
SET TimeZone = 'Europe/Berlin';
SET SESSION AUTHORIZATION regress_cr_eq_owner;
CREATE TABLE people (k char(10) PRIMARY KEY, town text NOT NULL);
CREATE TABLE moments (k timestamptz PRIMARY KEY, town text NOT NULL);
INSERT INTO people SELECT 'k' || i, 'A' FROM generate_series(1, 40) i;
INSERT INTO moments
SELECT ((make_date(2000 + i, 3, 31)
         - extract(dow FROM make_date(2000 + i, 3, 31))::int)::timestamp
        + interval '1 hour 30 min') AT TIME ZONE 'UTC', 'A'
  FROM generate_series(0, 24) i;
-- each of half of them twice: with and without a blank, and as the time that
-- the clock skips and the one that it shows instead
CREATE TABLE visits (k varchar(10) NOT NULL, kind text NOT NULL);
CREATE TABLE local_visits (k timestamp NOT NULL, kind text NOT NULL);
INSERT INTO visits SELECT 'k' || i || blank, 'a'
  FROM generate_series(1, 20) i, unnest('{"", " "}'::text[]) blank;
INSERT INTO local_visits
SELECT (k AT TIME ZONE 'UTC')::timestamp + h * interval '1 hour', 'a'
  FROM moments, generate_series(1, 2) h WHERE extract(year FROM k) < 2012;
-- and keys of which this is not so
CREATE TABLE same_visits (k char(10) NOT NULL, kind text NOT NULL);
INSERT INTO same_visits SELECT DISTINCT k, kind FROM visits;
INSERT INTO same_visits SELECT DISTINCT k, kind FROM visits;
SELECT count(cleanroom.protect(t::regclass, 'k', 5, join_keys => '{k}',
    dimensions => CASE WHEN t ~ 'visits' THEN '{kind}' ELSE '{town}' END::name[]))
FROM unnest('{people,moments,visits,local_visits,same_visits}'::text[]) t;
GRANT SELECT ON ALL TABLES IN SCHEMA regress_cr_eq TO regress_cr_eq_analyst;

CREATE TABLE asked (number int GENERATED ALWAYS AS IDENTITY, question text);
GRANT SELECT ON asked TO regress_cr_eq_analyst;
INSERT INTO asked (question)
SELECT format(question, p, v)
FROM (VALUES ('people', 'visits'), ('moments', 'local_visits'),
             ('people', 'same_visits')) pairs (p, v),
     (VALUES
('SELECT n, count(*) FROM (SELECT p.k, count(v.kind) AS n FROM %s p LEFT JOIN %s v ON v.k = p.k GROUP BY p.k) s GROUP BY n'),
('SELECT n, count(*) FROM (SELECT p.k, count(*) AS n FROM %s p JOIN %s v ON v.k = p.k GROUP BY p.k) s GROUP BY n'),
('SELECT count(*) FROM %s p LEFT JOIN (SELECT DISTINCT k FROM %s) v ON v.k = p.k'),
('SELECT coalesce(n, 0), count(*) FROM %s p LEFT JOIN (SELECT k, count(*) AS n FROM %s GROUP BY k) v ON v.k = p.k GROUP BY 1'),
('SELECT count(*) FROM %s p WHERE EXISTS (SELECT FROM %s v WHERE v.k = p.k)'),
('SELECT count(*), count(DISTINCT p.k) FROM %s p JOIN %s v ON v.k = p.k')
) questions (question);
CREATE FUNCTION answer(question text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE found text;
BEGIN
    EXECUTE format('SELECT array_agg(q::text ORDER BY q::text) FROM (%s) q',
                   question) INTO found;
    RETURN found;
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE;
END $$;
CREATE TABLE own AS SELECT number, answer(question) FROM asked;
GRANT SELECT ON own TO regress_cr_eq_analyst;
SET SESSION AUTHORIZATION regress_cr_eq_analyst;
-- groups of the owner's answer, or a refusal
CREATE TABLE answers (number int, question text, answer text);
INSERT INTO answers SELECT number, question, answer(question) FROM asked;
SELECT a.question, a.answer, o.answer AS own
FROM answers a JOIN own o USING (number)
WHERE a.answer NOT LIKE 'RC%' AND NOT a.answer::text[] <@ o.answer::text[]
ORDER BY number;
SELECT number, answer FROM answers ORDER BY number;

-- many keys that one person's is equal to are not many people
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION regress_cr_eq_owner;
CREATE TABLE accounts (k char(10) PRIMARY KEY, balance int NOT NULL);
CREATE TABLE padded (k varchar(40) PRIMARY KEY);
INSERT INTO accounts SELECT 'k' || i, i * 1000 + 17 FROM generate_series(1, 100) i;
INSERT INTO padded SELECT 'k7' || repeat(' ', n) FROM generate_series(0, 30) n;
SELECT cleanroom.protect('accounts', 'k', 5, measures => '{balance}',
                         join_keys => '{k}'),
       cleanroom.protect('padded', 'k', 5, join_keys => '{k}');
GRANT SELECT ON accounts, padded TO regress_cr_eq_analyst;
SET SESSION AUTHORIZATION regress_cr_eq_analyst;
SELECT count(*), sum(balance) FROM accounts a LEFT JOIN padded p ON p.k = a.k;

-- nor is a row beside such a key one row: as the owner counts, or refused
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION regress_cr_eq_owner;
CREATE TABLE short (k char(8) PRIMARY KEY);
CREATE TABLE long (k varchar(40) PRIMARY KEY);
CREATE TABLE bought (k char(8) NOT NULL);
INSERT INTO short SELECT 'k' || i FROM generate_series(1, 30) i;
INSERT INTO long SELECT 'k' || i FROM generate_series(1, 30) i;
INSERT INTO long SELECT 'k' || i || ' ' FROM generate_series(1, 15) i;
INSERT INTO bought SELECT k FROM short;
CREATE TABLE blank (k text PRIMARY KEY);
CREATE TABLE dated (k text PRIMARY KEY, day date NOT NULL);
INSERT INTO blank SELECT 'k' || i || ' ' FROM generate_series(1, 30) i;
INSERT INTO blank SELECT 'k' || i FROM generate_series(31, 60) i;
INSERT INTO dated SELECT 'k' || i, '2024-01-01' FROM generate_series(1, 60) i;
SELECT cleanroom.protect(t::regclass, 'k', 5, join_keys => '{k}')
FROM unnest('{short,long,bought,blank}'::text[]) t;
SELECT cleanroom.protect('dated', 'k', 5, dimensions => '{day}', join_keys => '{k}');
GRANT SELECT ON short, long, bought, blank, dated TO regress_cr_eq_analyst;
SET SESSION AUTHORIZATION regress_cr_eq_analyst;
SELECT n, count(*) FROM (SELECT s.k, count(b.k) AS n FROM short s
    JOIN long l ON l.k = s.k LEFT JOIN bought b ON b.k = s.k GROUP BY s.k) x
GROUP BY n ORDER BY n;
SELECT count(*) FROM blank a JOIN dated b ON a.k::bpchar = b.k::bpchar
WHERE EXISTS (SELECT FROM dated v WHERE v.k = a.k AND v.day >= b.day);

RESET SESSION AUTHORIZATION;
DROP SCHEMA regress_cr_eq CASCADE;
DROP OWNED BY regress_cr_eq_owner, regress_cr_eq_analyst;
DROP ROLE regress_cr_eq_owner, regress_cr_eq_analyst;
