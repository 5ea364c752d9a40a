-- Tables of one room have thresholds of their own.  Whoever an outer join
-- finds in one of them belongs to the other one, too.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_th_owner;
CREATE ROLE regress_cr_th_analyst;
CREATE SCHEMA regress_cr_th;
GRANT ALL ON SCHEMA regress_cr_th TO regress_cr_th_owner;
GRANT USAGE ON SCHEMA regress_cr_th TO regress_cr_th_analyst;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_th_owner, regress_cr_th_analyst;
SET search_path = regress_cr_th, pg_catalog;
SET SESSION AUTHORIZATION regress_cr_th_owner;
CREATE TABLE members (member int PRIMARY KEY, town text NOT NULL);
CREATE TABLE visits (person int NOT NULL, place text NOT NULL,
                     cost int NOT NULL);
CREATE TABLE patients (patient int PRIMARY KEY, ward text NOT NULL);
-- in the first town, eight of the visitors were never at a; in the second one,
-- twelve; in the third, there are eight visitors at all; in the fourth, none
INSERT INTO members
SELECT 100 * t + m, 'town ' || t
  FROM generate_series(1, 4) t, generate_series(1, 60) m;
INSERT INTO visits
SELECT 100 * t + m, CASE WHEN m <= 20 THEN 'a' ELSE 'b' END, m
  FROM generate_series(1, 4) t, generate_series(1, 60) m, generate_series(1, 2)
 WHERE m <= CASE t WHEN 1 THEN 28 WHEN 2 THEN 32 WHEN 3 THEN 8 END;
INSERT INTO patients SELECT member, 'w' FROM members;
SELECT cleanroom.protect('members', 'member', 12, dimensions => '{town}',
                         join_keys => '{member}');
SELECT cleanroom.protect('visits', 'person', 5, dimensions => '{place}',
                         measures => '{cost}', join_keys => '{person}');
SELECT cleanroom.protect('patients', 'patient', 5, dimensions => '{ward}',
                         join_keys => '{patient}');
GRANT SELECT ON members, visits, patients TO regress_cr_th_analyst;
SET SESSION AUTHORIZATION regress_cr_th_analyst;

-- alike by inner and outer joins
SELECT town, count(DISTINCT member) FILTER (WHERE place = 'a')
FROM members JOIN visits ON person = member GROUP BY town ORDER BY town;
SELECT town, count(DISTINCT member) FILTER (WHERE place = 'a')
FROM members LEFT JOIN visits ON person = member GROUP BY town ORDER BY town;
SELECT town, count(DISTINCT person) FILTER (WHERE place = 'a')
FROM members LEFT JOIN visits ON person = member GROUP BY town ORDER BY town;
SELECT town, count(*) FILTER (WHERE place = 'a')
FROM members JOIN visits ON person = member GROUP BY town ORDER BY town;
SELECT town, count(*) FILTER (WHERE place = 'a')
FROM members LEFT JOIN visits ON person = member GROUP BY town ORDER BY town;
SELECT town, sum(cost) FILTER (WHERE place = 'b')
FROM visits RIGHT JOIN members ON person = member GROUP BY town ORDER BY town;
SELECT town, sum(cost), count(person)
FROM visits RIGHT JOIN members ON person = member GROUP BY town ORDER BY town;
SELECT place, count(*)
FROM members LEFT JOIN visits ON person = member WHERE town <> 'town 2'
GROUP BY place ORDER BY place;

-- through a subquery, and through a third table
SELECT town, count(DISTINCT member) FILTER (WHERE place = 'a')
FROM (SELECT member, person, place, town
        FROM members LEFT JOIN visits ON person = member) AS both_of
GROUP BY town ORDER BY town;
SELECT town, count(DISTINCT patient) FILTER (WHERE place = 'a')
FROM patients LEFT JOIN visits ON person = patient
     JOIN members ON member = patient GROUP BY town ORDER BY town;
SELECT town, avg(n), count(n)
FROM members LEFT JOIN (SELECT person, count(*) AS n FROM visits
                        WHERE place = 'b' GROUP BY person) AS few
     ON person = member GROUP BY town ORDER BY town;

-- by the table's own where its people are nobody else's
SELECT place, count(*) FROM visits GROUP BY place ORDER BY place;
SELECT place, count(*) FROM visits LEFT JOIN patients ON patient = person
GROUP BY place ORDER BY place;
SELECT ward, count(*) FILTER (WHERE place = 'a')
FROM patients LEFT JOIN visits ON person = patient GROUP BY ward;

-- people of a subquery, of whom few are beside the many that the join finds
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION regress_cr_th_owner;
CREATE TABLE users (id int PRIMARY KEY, token text);
CREATE TABLE accounts (token text PRIMARY KEY, balance int NOT NULL);
INSERT INTO users SELECT u, CASE WHEN u <= 60 THEN 't7' ELSE 'n' || u END
  FROM generate_series(1, 200) u;
INSERT INTO accounts SELECT 't' || a, a * 1000 + 17 FROM generate_series(1, 100) a;
SELECT cleanroom.protect('users', 'id', 50, join_keys => '{id,token}');
SELECT cleanroom.protect('accounts', 'token', 50, measures => '{balance}',
                         join_keys => '{token}');
GRANT SELECT ON users, accounts TO regress_cr_th_analyst;
SET SESSION AUTHORIZATION regress_cr_th_analyst;
SELECT count(*), sum(a.balance)
FROM accounts a LEFT JOIN users u ON u.token = a.token;
SELECT count(*), sum(s.x)
FROM (SELECT token, sum(balance) AS x FROM accounts GROUP BY token) s
     LEFT JOIN users u ON u.token = s.token;
WITH s AS (SELECT token, avg(balance) AS x FROM accounts GROUP BY token)
SELECT count(*), avg(s.x) FROM users u RIGHT JOIN s USING (token);

RESET SESSION AUTHORIZATION;
DROP SCHEMA regress_cr_th CASCADE;
DROP OWNED BY regress_cr_th_owner, regress_cr_th_analyst;
DROP ROLE regress_cr_th_owner, regress_cr_th_analyst;
