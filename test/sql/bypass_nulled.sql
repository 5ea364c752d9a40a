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
-- twice for each, so that rows tell of the match as well
CREATE TABLE v3 AS SELECT pid, kind || n AS kind, c FROM v, generate_series(1, 2) n WHERE n = 1 OR pid = 30;
SELECT cleanroom.protect('v3', 'pid', 5, '{kind}', '{c}', '{}', '{pid}');
-- everybody but one of 'old'
CREATE TABLE m (mid int NOT NULL, tag text NOT NULL);
INSERT INTO m SELECT i, 't' FROM generate_series(1, 60) i WHERE i <> 50;
SELECT cleanroom.protect('m', 'mid', 5, '{tag}', '{}', '{}', '{mid}');
-- one order of one person, known to 30 others
CREATE TABLE r (rid int NOT NULL, order_no int NOT NULL);
INSERT INTO r SELECT i, 370 FROM generate_series(901, 930) i;
SELECT cleanroom.protect('r', 'rid', 5, '{}', '{}', '{}', '{rid,order_no}');
CREATE TABLE few (id int NOT NULL, order_no int NOT NULL);
INSERT INTO few SELECT i, i FROM generate_series(1, 4) i, generate_series(1, 2);
SELECT cleanroom.protect('few', 'id', 4, '{}', '{}', '{}', '{id}');
GRANT SELECT ON v3, m, r, few TO regress_cr_ana;
SET ROLE regress_cr_owner;
CREATE TABLE e (id int NOT NULL, order_no int NOT NULL, kind text NOT NULL, amount int NOT NULL);
INSERT INTO e SELECT i, i * 10, 'k' || i % 2, 100 + i FROM generate_series(1, 60) i;
SELECT cleanroom.protect('e', 'id', 5, '{kind}', '{amount}', '{}', '{id,order_no}');
GRANT SELECT ON e TO regress_cr_ana;
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
-- several joins, ON, columns computed before the join, what is joined beside or looked up, numbers of rows
INSERT INTO attacks (query) VALUES
('SELECT sum(x) FILTER (WHERE band = ''young'' OR (band = ''mid'' AND (a.kind IS NOT NULL OR b.kind IS NOT NULL))) FROM p LEFT JOIN v a ON a.pid = id LEFT JOIN v b ON b.pid = id'),
('SELECT sum(x) FILTER (WHERE band = ''young'' OR (band = ''mid'' AND coalesce(a.kind, b.kind) IS NULL)), sum(a.c) FROM p LEFT JOIN v a ON a.pid = id LEFT JOIN v3 b ON b.pid = id'),
('SELECT sum(x) FILTER (WHERE band = ''young'' OR (band = ''mid'' AND a.kind IS NULL AND NOT EXISTS (SELECT FROM v b WHERE b.pid = id))) FROM p LEFT JOIN v a ON a.pid = id'),
('SELECT sum(x) FILTER (WHERE band = ''mid'' AND (a.kind IS NULL OR NOT EXISTS (SELECT FROM v b WHERE b.pid = id))), sum(a.c) FROM p LEFT JOIN v a ON a.pid = id'),
('SELECT sum(p.x) FROM p JOIN (p a LEFT JOIN v ON v.pid = a.id) ON a.id = p.id AND (p.band = ''young'' OR (p.band = ''mid'' AND v.kind IS NULL))'),
('SELECT sum(a.x) FROM p LEFT JOIN (p a LEFT JOIN v ON v.pid = a.id) ON a.id = p.id AND (p.band = ''young'' OR (p.band = ''mid'' AND v.kind IS NULL))'),
('SELECT sum(x) FROM p LEFT JOIN (SELECT pid, coalesce(kind, ''z'') AS f FROM v) s ON s.pid = id WHERE band = ''young'' OR (band = ''mid'' AND s.f IS NULL)'),
('SELECT sum(x) FROM p LEFT JOIN (SELECT pid, kind IS TRUE OR true AS f FROM (SELECT pid, kind = ''k'' AS kind FROM v) w) s ON s.pid = id WHERE band = ''young'' OR (band = ''mid'' AND s.f IS NULL)'),
('SELECT band = ''young'' OR (band = ''mid'' AND l.f IS NULL), sum(x) FROM p LEFT JOIN (v CROSS JOIN (VALUES (1)) l (f)) ON pid = id GROUP BY 1'),
('SELECT sum(x) FILTER (WHERE band = ''young'' OR (band = ''mid'' AND l.z IS NULL)) FROM p LEFT JOIN (SELECT DISTINCT pid, 1 AS hit FROM v) s ON s.pid = id LEFT JOIN (VALUES (1, 1)) l (h, z) ON l.h = s.hit'),
('SELECT sum(x) FILTER (WHERE band = ''young'' OR (band = ''mid'' AND l.z IS NULL)), sum(c) FROM p LEFT JOIN v ON pid = id LEFT JOIN (VALUES (''k'', 1), (''l'', 2)) l (k, z) ON l.k = v.kind'),
('SELECT sum(x) FILTER (WHERE band = ''young'' OR (band = ''mid'' AND l.f = 1)), sum(c) FROM p LEFT JOIN v ON pid = id LEFT JOIN (VALUES (1)) l (f) ON v.kind IS NULL'),
('SELECT sum(x) FILTER (WHERE l.z IS NULL), sum(c) FROM p LEFT JOIN v ON pid = id LEFT JOIN (VALUES (''old'', ''k'', 1), (''mid'', ''k'', 2)) l (b, k, z) ON l.k = v.kind AND l.b = p.band'),
('SELECT sum(x) FILTER (WHERE band = ''young'' OR (band = ''mid'' AND l.n IS NULL)), sum(c) FROM p LEFT JOIN v ON pid = id LEFT JOIN (SELECT kind, count(*) AS n FROM v GROUP BY 1) l ON l.kind = v.kind'),
('SELECT band = ''young'' OR (band = ''mid'' AND n = 1), sum(x) FROM (SELECT id, band, avg(x) AS x, count(*) AS n FROM p LEFT JOIN v3 ON pid = id GROUP BY 1, 2) z GROUP BY 1'),
('SELECT sum(x) FROM (SELECT id, avg(x) AS x FROM p LEFT JOIN v3 ON pid = id GROUP BY 1, band HAVING band = ''young'' OR (band = ''mid'' AND count(*) = 1)) z'),
('SELECT n, sum(x) FROM (SELECT id, avg(x) AS x, count(v.pid) AS n FROM p LEFT JOIN v ON pid = id AND band <> ''old'' GROUP BY 1) z GROUP BY 1');
-- let in for that there is no match
INSERT INTO attacks (query)
SELECT format(around, condition)
FROM unnest(ARRAY['band <> ''old'' OR m.tag IS NULL', 'band <> ''old'' OR m.tag IS DISTINCT FROM ''t''', 'coalesce(m.tag <> ''t'', true) OR band <> ''old''',
                  '(m.tag = ''t'') IS DISTINCT FROM (band = ''old'')', 'CASE WHEN band <> ''old'' THEN true ELSE m.tag IS NULL END']) condition,
     unnest(ARRAY['SELECT sum(x) FILTER (WHERE %s) FROM p LEFT JOIN m ON mid = id', 'SELECT sum(CASE WHEN %s THEN x ELSE 0 END), count(m.tag) FROM p LEFT JOIN m ON mid = id',
                  'SELECT sum(x) FROM p LEFT JOIN m ON mid = id WHERE %s', 'SELECT sum(f * 1) FROM (SELECT x, CASE WHEN %s THEN 1 ELSE 0 END AS f FROM p LEFT JOIN m ON mid = id) s']) around;
INSERT INTO attacks (query) VALUES
('SELECT sum(CASE WHEN band <> ''old'' THEN x WHEN tag IS NULL THEN x ELSE 0 END) FROM p LEFT JOIN m ON mid = id'),
('SELECT sum(x) FILTER (WHERE band <> ''old'' OR n = 0) FROM (SELECT id, band, sum(x) AS x, count(mid) AS n FROM p LEFT JOIN m ON mid = id GROUP BY 1, 2) s'),
-- rows that an outer join repeats
('SELECT count(*), sum(amount) FROM e LEFT JOIN r USING (order_no)'),
('SELECT kind, avg(amount) FROM e LEFT JOIN r USING (order_no) GROUP BY 1'),
('SELECT count(*), count(DISTINCT p.id) FROM p LEFT JOIN e ON e.id = p.id LEFT JOIN r ON r.order_no = e.order_no'),
('SELECT count(*), sum(x) FROM p LEFT JOIN few ON few.id = p.id'),
('SELECT sum(s) FROM (SELECT p.id, sum(x) AS s FROM p LEFT JOIN few ON few.id = p.id GROUP BY 1) u'),
-- nothing compared with an empty list is not null
('SELECT sum(x) FROM p WHERE CASE WHEN NULL::int <> ALL(''{}''::int[]) THEN band = ''young'' OR EXISTS (SELECT FROM v WHERE pid = id AND band = ''mid'') END'),
('SELECT sum(x) FROM p WHERE CASE WHEN NOT (NULL::int = ANY(''{}''::int[])) THEN band = ''young'' OR EXISTS (SELECT FROM v WHERE pid = id AND band = ''mid'') END'),
('SELECT sum(x) FROM p WHERE CASE WHEN NULL::text <> ALL(''{}'') THEN band = ''mid'' AND NOT EXISTS (SELECT FROM v WHERE pid = id) ELSE true END'),
('SELECT sum(x) FROM p WHERE band = ''young'' OR (band = ''mid'' AND NOT EXISTS (SELECT FROM v WHERE pid = id) AND NULL::text <> ALL(''{}''))'),
('SELECT sum(x) FROM p LEFT JOIN v ON v.pid = id WHERE band = ''young'' AND v.kind IS NOT NULL OR band = ''mid'' AND v.kind IS NULL AND v.kind <> ALL (''{}'')'),
-- rewritten without end once
('SELECT v.kind, count(*) FROM p FULL JOIN m ON mid = id LEFT JOIN v ON v.pid = id WHERE EXISTS (SELECT FROM e WHERE e.id = p.id) GROUP BY 1'),
-- numbers of rows of levels that are grouped by more than people
('SELECT sum(x) FILTER (WHERE band = ''young'' OR (band = ''mid'' AND n = 1)) FROM (SELECT p.id, p.band, count(*) AS n, avg(p.x) AS x FROM p JOIN (SELECT id, v3.kind FROM p LEFT JOIN v3 ON pid = id GROUP BY 1, 2) q ON q.id = p.id GROUP BY p.id, p.band) z'),
('SELECT sum(x) FILTER (WHERE band = ''young'' OR (band = ''mid'' AND n = 1)) FROM (SELECT p.id, p.band, count(*) AS n, avg(p.x) AS x FROM p JOIN (SELECT DISTINCT id, v3.kind FROM p LEFT JOIN v3 ON pid = id) q ON q.id = p.id GROUP BY p.id, p.band) z'),
('SELECT sum(x) FROM p JOIN (SELECT id AS i, count(1) AS n FROM e GROUP BY 1) c ON c.i = id LEFT JOIN v ON v.pid = id WHERE n < 2 OR v.kind IS NULL'),
('SELECT sum(x) FROM p JOIN (SELECT id AS i, count(now()) AS n FROM e GROUP BY 1) c ON c.i = id LEFT JOIN v ON v.pid = id WHERE n < 2 OR v.kind IS NULL'),
('SELECT CASE WHEN v.kind IS NOT NULL THEN nullif(band, ''young'') END, sum(x), count(*) FROM p LEFT JOIN v ON pid = id WHERE band <> ''old'' GROUP BY 1'),
-- a crash once
('SELECT count(*) FILTER (WHERE v.pid IS NULL AND m.mid IN (SELECT number FROM attacks)), count(p.x) FROM p q LEFT JOIN v ON v.pid = q.id LEFT JOIN p ON p.id = q.id RIGHT JOIN m ON m.mid = q.id');
SET ROLE regress_cr_ana;
SELECT attack_all(1);
RESET ROLE;
UPDATE v SET pid = 31 WHERE pid = 30;
UPDATE v3 SET pid = 31 WHERE pid = 30;
UPDATE m SET mid = 50 WHERE mid = 51;
UPDATE r SET order_no = 380;
UPDATE few SET id = 5 WHERE id = 4;
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
SELECT sum(x) FROM p LEFT JOIN v ON v.pid = p.id WHERE band = 'young' OR v.kind = 'k';
SELECT ask($$SELECT sum(x) FROM p WHERE band = 'young' OR EXISTS (SELECT FROM v WHERE v.pid = p.id AND v.kind = 'k')$$);
SELECT ask($$SELECT sum(x) FILTER (WHERE band = 'young' OR NOT EXISTS (SELECT FROM v WHERE v.pid = p.id)) FROM p$$);
SELECT ask($$SELECT sum(x) FILTER (WHERE band = 'young') + sum(x) FILTER (WHERE band <> 'young' AND n > 0), sum(n) FROM p LEFT JOIN (SELECT pid, count(*) AS n FROM v GROUP BY 1) v ON v.pid = p.id$$);
SELECT ask($$SELECT l.z, count(*) FROM (SELECT id, band, v.kind FROM p LEFT JOIN v ON pid = id) q JOIN (VALUES ('young', 1), ('old', 1), ('mid', 2)) l (b, z) ON l.b = band GROUP BY 1$$);
SELECT ask($$SELECT count(o.kind), sum(x) FROM p LEFT JOIN (SELECT q.id AS pid, max(v.kind) AS kind FROM p q LEFT JOIN v ON q.id = v.pid GROUP BY 1) o ON o.pid = p.id$$);
SELECT ask($$SELECT sum(x) FROM p LEFT JOIN (SELECT q.id AS pid, count(*) AS n FROM p q LEFT JOIN v ON q.id = v.pid GROUP BY 1) o ON o.pid = id$$);
SELECT ask($$SELECT count(*), sum(amount), count(o.pid) FROM e LEFT JOIN v o ON o.pid = e.id$$);
SELECT ask($$SELECT band, l.z, sum(x) FROM p JOIN v ON pid = id LEFT JOIN (VALUES ('k', 1), ('l', 2)) l (k, z) ON l.k = v.kind WHERE l.z = 1 OR band = 'young' GROUP BY 1, 2$$);
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
