-- Collations over protected rows: an analyst's own could be made to warn, or
-- a missing one to fail, when the first row needs it.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_owner;
CREATE ROLE regress_cr_analyst;
CREATE SCHEMA regress_cr_collation;
GRANT ALL ON SCHEMA regress_cr_collation TO regress_cr_owner, regress_cr_analyst;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_owner, regress_cr_analyst;
SET search_path = regress_cr_collation, pg_catalog;

SET ROLE regress_cr_owner;
CREATE TABLE people (person int, region text, income int);
INSERT INTO people SELECT i, 'r' || i % 2, i FROM generate_series(1, 40) i;
SELECT cleanroom.protect('people', 'person', 10, '{region}', '{}', '{income}');
GRANT SELECT ON people TO regress_cr_analyst;

-- A collation that warns at its first use in a session, by a version that
-- the server does not have.
SET ROLE regress_cr_analyst;
SET client_min_messages = error;
CREATE COLLATION own (provider = icu, locale = 'en', version = '1');
CREATE TABLE labels (lab text COLLATE own PRIMARY KEY, c text COLLATE "C",
                     p text COLLATE "POSIX", d text UNIQUE);
INSERT INTO labels VALUES ('r0', 'a', 'b', 'r0'), ('r1', 'b', 'a', 'r1');
RESET client_min_messages;
SET client_min_messages = warning;
\set VERBOSITY terse

-- inside: the server's own collations
SELECT region COLLATE "C" AS region, count(*) FROM people GROUP BY 1 ORDER BY 1;
SELECT count(*) FROM people WHERE region > 'r0' COLLATE "POSIX";
SELECT c, p, count(*) FROM people JOIN labels ON d = region
 GROUP BY c, p ORDER BY c;
-- outside: the analyst's own, in every place that compares
SELECT count(*) FROM people WHERE income > 39 AND region > 'r' COLLATE own;
SELECT count(*) FROM people
 WHERE income > 39 AND region > (SELECT max(lab) FROM labels);
SELECT count(*) FROM people JOIN labels ON lab = region WHERE income > 39;
SELECT lab, count(*) FROM people JOIN labels ON d = region GROUP BY lab;
SELECT region COLLATE own, count(*) FROM people GROUP BY 1;
SELECT count(DISTINCT region COLLATE own) FROM people;
SELECT count(*) FROM people WHERE region IN (SELECT lab FROM labels);
SELECT count(*) FROM people
 WHERE income > 39 AND region = ANY (ARRAY['a' COLLATE own, 'b']);
SELECT count(*) FROM people
 WHERE income > 39 AND greatest(region, 'a' COLLATE own) IS NULL;
SELECT count(*) FROM people WHERE income > 39 AND upper(region COLLATE own) = 'R';
-- the tricky neighbour: two collations of the server's, and so none
SELECT count(*) FROM people JOIN labels ON d = region
 WHERE c < p AND income > 39;
SELECT count(*) FROM people JOIN labels ON d = region
 WHERE length(c || p) > 1;
SELECT count(*) FROM people JOIN labels ON d = region
 WHERE income > 39 AND greatest(c, p) IS NULL;
SELECT count(*) FROM people JOIN labels ON d = region
 WHERE income > 39 AND least(c, p) COLLATE "C" > 'a';
SELECT count(*) FROM people JOIN labels ON d = region
 WHERE greatest(c, p COLLATE "C") > 'a';

-- a collation that takes letters of either case for equal: which of them a
-- group shows would be one person's choice
RESET ROLE;
SET client_min_messages = error;
CREATE COLLATION either (provider = icu, locale = 'und-u-ks-level2',
                         deterministic = false);
SET client_min_messages = warning;
SET ROLE regress_cr_owner;
CREATE TABLE names (person int, name text COLLATE either, short char(3) COLLATE either);
INSERT INTO names SELECT i, CASE i WHEN 1 THEN 'ANN' ELSE 'ann' END,
    CASE i WHEN 1 THEN 'A' ELSE 'a' END FROM generate_series(1, 30) i;
SELECT cleanroom.protect('names', 'person', 10, '{name, short}');
GRANT SELECT ON names TO regress_cr_analyst;
SET ROLE regress_cr_analyst;
SELECT count(*), count(DISTINCT name) FROM names WHERE name = 'Ann';
SELECT name COLLATE "C" AS name, count(*) FROM names GROUP BY 1;
SELECT lower(name COLLATE "C") AS name, count(*) FROM names GROUP BY 1;
SELECT length(name) AS length, count(*) FROM names GROUP BY 1;
SELECT name, count(*) FROM names GROUP BY name;
SELECT DISTINCT name FROM names;
SELECT short, count(*) FROM names GROUP BY short;
SELECT name || 'x' AS longer, count(*) FROM names GROUP BY 1;
SELECT coalesce(name, 'none') AS name, count(*) FROM names GROUP BY 1;
SELECT left(name, 2) AS name, count(*) FROM names GROUP BY 1;
SELECT n, count(*) FROM (SELECT person, name AS n, count(*) FROM names
                          GROUP BY person, name) each GROUP BY n;
-- such a key is equal to several members of a set, which would be as many
-- rows: it is no question of membership
RESET ROLE;
SET ROLE regress_cr_owner;
CREATE TABLE buyers (name text COLLATE either);
CREATE TABLE seen (name text);
INSERT INTO buyers SELECT 'n' || i FROM generate_series(1, 30) i;
INSERT INTO seen SELECT unnest(ARRAY['n' || i, 'N' || i]) FROM generate_series(1, 30) i;
SELECT cleanroom.protect('buyers', 'name', 10, join_keys => '{name}');
SELECT cleanroom.protect('seen', 'name', 10, join_keys => '{name}');
GRANT SELECT ON buyers, seen TO regress_cr_analyst;
SET ROLE regress_cr_analyst;
SELECT count(*) FROM buyers WHERE name IN (SELECT name FROM seen);
SELECT count(*) FROM buyers b WHERE EXISTS (SELECT FROM seen s WHERE s.name = b.name);
SELECT count(DISTINCT b.name) FROM buyers b JOIN seen s ON s.name = b.name;
SELECT count(*) FROM seen WHERE name IN (SELECT name FROM buyers);
-- over the released result it is the analyst's own affair
SELECT region COLLATE "C" < 'r1' AS before, n
  FROM (SELECT region, count(*) AS n FROM people GROUP BY region) released
 ORDER BY 1;

RESET ROLE;
DROP SCHEMA regress_cr_collation CASCADE;
REVOKE ALL ON SCHEMA cleanroom FROM regress_cr_owner, regress_cr_analyst;
DROP ROLE regress_cr_owner, regress_cr_analyst;
