-- Who has a match in an outer join is left out by conditions that hold without
-- one, in any words and whatever else the join is used for.
\set SHOW_CONTEXT never
\pset null '(null)'
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_owner;
CREATE ROLE regress_cr_other;
CREATE ROLE regress_cr_ana;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_owner, regress_cr_other;
CREATE SCHEMA nulled;
GRANT USAGE, CREATE ON SCHEMA nulled TO regress_cr_owner, regress_cr_other, regress_cr_ana;
SET search_path = nulled;
SET ROLE regress_cr_owner;
CREATE TABLE p (id int PRIMARY KEY, band text NOT NULL, x int NOT NULL);
INSERT INTO p SELECT i, CASE WHEN i <= 20 THEN 'young' WHEN i <= 40 THEN 'mid' ELSE 'old' END, i * 7 FROM generate_series(1, 60) i;
SELECT cleanroom.protect('p', 'id', 5, '{band}', '{x}', '{}', '{id}');
GRANT SELECT ON p TO regress_cr_ana;
SET ROLE regress_cr_other;
CREATE TABLE v (pid int NOT NULL, kind text NOT NULL, c int NOT NULL);
-- all young, all old, and of 'mid' person 30 alone
INSERT INTO v SELECT i, 'k', i FROM generate_series(1, 60) i WHERE i <= 20 OR i > 40 OR i = 30;
SELECT cleanroom.protect('v', 'pid', 5, '{kind}', '{c}', '{}', '{pid}');
GRANT SELECT ON v TO regress_cr_ana;
RESET ROLE;
-- what is withheld ends alike in a world where another of 'mid' has the match
CREATE FUNCTION attack(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE result text;
BEGIN
    EXECUTE format('SELECT coalesce(string_agg(q::text, '' '' ORDER BY q::text), ''no row'') FROM (%s) q', query) INTO result;
    RETURN result;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
CREATE TABLE attacks (number int GENERATED ALWAYS AS IDENTITY, query text);
CREATE TABLE answers (world int, number int, answer text);
CREATE FUNCTION attack_all(world int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE a record; result text;
BEGIN
    FOR a IN SELECT * FROM attacks LOOP
        result := attack(a.query);
        INSERT INTO answers VALUES (world, a.number, result);
    END LOOP;
END $$;
GRANT SELECT ON attacks TO regress_cr_ana;
GRANT SELECT, INSERT ON answers TO regress_cr_ana;
INSERT INTO attacks (query)
SELECT format(around, condition, joined)
FROM unnest(ARRAY[
        'p LEFT JOIN v ON v.pid = p.id',
        'v RIGHT JOIN p ON v.pid = p.id',
        'p LEFT JOIN (SELECT pid, min(kind) AS kind, sum(c) AS c FROM v GROUP BY 1) v ON v.pid = p.id',
        '(SELECT id, band, x, pid, kind, c FROM p LEFT JOIN v ON pid = id) p CROSS JOIN LATERAL (SELECT p.pid, p.kind, p.c) v']) joined,
     unnest(ARRAY[
        'band = ''young'' OR (band = ''mid'' AND v.kind IS NULL)',
        'band = ''young'' OR (band = ''mid'' AND coalesce(v.kind, ''-'') = ''-'')',
        'band = ''young'' OR (band = ''mid'' AND (v.kind = ''k'') IS NOT TRUE)',
        'band = ''young'' OR (band = ''mid'' AND v.kind IS DISTINCT FROM ''k'')',
        'band <> ''old'' AND (band = ''mid'' AND v.kind = ''k'') IS NOT TRUE',
        'CASE WHEN band = ''young'' THEN true WHEN v.kind = ''k'' THEN false ELSE band = ''mid'' END',
        'CASE WHEN band = ''mid'' THEN v.kind IS NULL ELSE band = ''young'' END']) condition,
     unnest(ARRAY[
        'SELECT sum(x), sum(v.c) FROM %2$s WHERE %1$s',
        'SELECT sum(x) FILTER (WHERE %1$s), sum(v.c) FROM %2$s',
        'SELECT sum(CASE WHEN %1$s THEN x ELSE 0 END), sum(v.c) FROM %2$s',
        'SELECT count(*) + sum(CASE WHEN %1$s THEN 0 ELSE -1 END), sum(v.c) FROM %2$s',
        'SELECT %1$s, sum(x) FROM %2$s GROUP BY 1',
        'SELECT sum(s) FROM (SELECT id, sum(x) FILTER (WHERE %1$s) AS s, sum(v.c) FROM %2$s GROUP BY 1) u',
        'SELECT sum(x) FROM (SELECT x, %1$s AS f FROM %2$s) u WHERE f',
        'SELECT band, sum(x) FROM %2$s WHERE %1$s GROUP BY 1']) around;
INSERT INTO attacks (query) VALUES
('SELECT sum(s) FILTER (WHERE band <> ''old''), sum(s) FILTER (WHERE band = ''young'' OR (band = ''mid'' AND n = 0)) FROM (SELECT p.id, band, sum(x) AS s, count(v.pid) AS n FROM p LEFT JOIN v ON v.pid = p.id GROUP BY 1, 2) u'),
('SELECT sum(s) FROM (SELECT p.id, band, sum(x) AS s, count(v.pid) AS n FROM p LEFT JOIN v ON v.pid = p.id GROUP BY 1, 2) u WHERE band = ''young'' OR (band = ''mid'' AND n = 0)'),
('SELECT sum(s) FROM (SELECT p.id, band, sum(x) AS s, coalesce(sum(c), 0) AS n FROM p LEFT JOIN v ON v.pid = p.id GROUP BY 1, 2) u WHERE band = ''young'' OR (band = ''mid'' AND n = 0)'),
('SELECT sum(s) FROM (SELECT id, band, sum(x) AS s FROM p LEFT JOIN v ON v.pid = p.id GROUP BY 1, 2 HAVING band = ''young'' OR (band = ''mid'' AND count(v.pid) = 0)) u'),
('SELECT sum(s) FROM (SELECT id, sum(x) AS s, CASE WHEN band = ''young'' OR (band = ''mid'' AND count(v.pid) = 0) THEN 1 ELSE 0 END AS f FROM p LEFT JOIN v ON v.pid = p.id GROUP BY 1, band) u WHERE f = 1'),
('SELECT sum(s) FROM (SELECT id, sum(x) AS s, CASE WHEN band = ''young'' OR (band = ''mid'' AND count(v.pid) = 0) THEN 1 ELSE 0 END AS f FROM p LEFT JOIN v ON v.pid = p.id GROUP BY 1, band) u GROUP BY f'),
('SELECT sum(p.x) FROM p LEFT JOIN v ON v.pid = p.id LEFT JOIN (SELECT id, sum(x) AS x FROM p GROUP BY 1) q ON q.id = p.id AND (p.band = ''young'' OR v.kind IS NULL) WHERE q.x IS NOT NULL'),
('WITH f AS (SELECT id, band, x, kind FROM p LEFT JOIN v ON pid = id) SELECT sum(x) FROM f WHERE band = ''young'' OR (band = ''mid'' AND kind IS NULL)');
-- let in by a match, and by the complement of who is left out for one
INSERT INTO attacks (query) VALUES
('SELECT sum(x) FILTER (WHERE band = ''young''), sum(x) FILTER (WHERE band = ''young'' OR (band = ''mid'' AND EXISTS (SELECT FROM v WHERE v.pid = p.id))) FROM p'),
('SELECT sum(x) FILTER (WHERE band = ''young''), sum(x) FILTER (WHERE band = ''young'' OR (band = ''mid'' AND id IN (SELECT pid FROM v))) FROM p'),
('SELECT sum(x) FROM p WHERE band = ''young'' OR (band = ''mid'' AND EXISTS (SELECT FROM v WHERE v.pid = p.id))'),
('SELECT count(*) - count(*) FILTER (WHERE NOT (band = ''mid'' AND NOT EXISTS (SELECT FROM v WHERE v.pid = p.id))) FROM p'),
('SELECT sum(x), sum(CASE WHEN band <> ''mid'' OR EXISTS (SELECT FROM v WHERE v.pid = p.id) THEN x ELSE 0 END) FROM p'),
('SELECT band = ''young'' OR (band = ''mid'' AND EXISTS (SELECT FROM v WHERE v.pid = p.id)), sum(x) FROM p GROUP BY 1'),
('SELECT sum(x), sum(v.c), sum(x) FILTER (WHERE band <> ''mid'' OR v.kind = ''k'') FROM p LEFT JOIN v ON v.pid = p.id'),
('SELECT sum(x), sum(x) FILTER (WHERE band <> ''mid'' OR n > 0) FROM (SELECT id, band, sum(x) AS x, count(v.pid) AS n FROM p LEFT JOIN v ON v.pid = p.id GROUP BY 1, 2) u'),
('SELECT sum(x), sum(CASE WHEN band = ''mid'' AND v.kind IS NULL THEN 0 ELSE x END), sum(v.c) FROM p LEFT JOIN v ON v.pid = p.id');
SET ROLE regress_cr_ana;
SELECT attack_all(1);
RESET ROLE;
UPDATE v SET pid = 31 WHERE pid = 30;
SET ROLE regress_cr_ana;
SELECT attack_all(2);
RESET ROLE;
SELECT count(*) AS attacks, count(*) FILTER (WHERE answer ~ '^RC004 what holds') AS refused_for_it
FROM answers WHERE world = 1;
SELECT answer, count(*) FROM answers WHERE world = 1 AND answer !~ '^RC004 what holds' GROUP BY 1 ORDER BY 1;
-- what tells the two worlds apart, or shows all of young and mid but one
SELECT query, a.answer, b.answer FROM attacks JOIN answers a USING (number) JOIN answers b USING (number)
WHERE a.world = 1 AND b.world = 2 AND (a.answer <> b.answer OR a.answer ~ '5530|7280|\m39\M') ORDER BY number;

-- Honest ones, beside the owners' answers.
CREATE FUNCTION ask(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE mine text; truth text;
BEGIN
    mine := attack(query);
    RESET ROLE;
    SET LOCAL search_path = nulled;
    truth := attack(query);
    SET LOCAL ROLE regress_cr_ana;
    RETURN CASE WHEN mine = truth THEN 'same: ' ELSE 'not ' || truth || ': ' END || mine;
END $$;
RESET ROLE;
INSERT INTO v SELECT i, CASE WHEN i % 2 = 0 THEN 'k' ELSE 'l' END, i FROM generate_series(21, 30) i;
SET ROLE regress_cr_ana;
SELECT ask($$SELECT sum(x) FROM p LEFT JOIN v ON v.pid = p.id WHERE band = 'young' OR v.kind = 'k'$$);
SELECT ask($$SELECT sum(x) FILTER (WHERE band = 'young' OR v.kind IS NULL), sum(c) FROM p LEFT JOIN v ON v.pid = p.id$$);
SELECT ask($$SELECT sum(x) FILTER (WHERE band = 'young' OR coalesce(n, 0) = 0), sum(n) FROM p LEFT JOIN (SELECT pid, count(*) AS n FROM v GROUP BY 1) v ON v.pid = p.id$$);
SELECT ask($$SELECT coalesce(v.kind, 'none') AS k, band, count(*) FROM p LEFT JOIN v ON v.pid = p.id WHERE v.kind = 'k' GROUP BY 1, 2$$);
SELECT ask($$SELECT band, count(*), count(v.pid), sum(v.c), sum(coalesce(v.c, 0)) FROM p LEFT JOIN v ON v.pid = p.id GROUP BY 1$$);
SELECT ask($$SELECT count(*) FILTER (WHERE band = 'young' AND v.kind = 'k'), sum(CASE WHEN band = 'old' AND v.kind = 'k' THEN 1 ELSE 0 END) FROM p LEFT JOIN v ON v.pid = p.id$$);
SELECT ask($$SELECT count(*) FILTER (WHERE v.n IS NULL), count(*) FILTER (WHERE v.n > 0), sum(v.n) FROM p LEFT JOIN (SELECT pid, count(*) AS n FROM v GROUP BY 1) v ON v.pid = p.id$$);
SELECT ask($$SELECT count(*) FROM p LEFT JOIN v ON v.pid = p.id WHERE v.kind IN ('k', 'l') OR v.kind IS NULL$$);
SELECT ask($$SELECT count(*) FROM p LEFT JOIN (SELECT pid, count(*) AS n FROM v GROUP BY 1) v ON v.pid = p.id WHERE coalesce(v.n, 0) < 3$$);
SELECT ask($$SELECT sum(x) FROM p WHERE band = 'young' OR (band = 'mid' AND NOT EXISTS (SELECT FROM v WHERE v.pid = p.id))$$);
SELECT ask($$SELECT n, count(*) FROM (SELECT id, count(v.pid) AS n FROM p LEFT JOIN v ON v.pid = p.id GROUP BY 1) u WHERE n > 0 GROUP BY 1$$);

RESET ROLE;
DROP SCHEMA nulled CASCADE;
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_owner, regress_cr_other;
DROP ROLE regress_cr_owner, regress_cr_other, regress_cr_ana;
