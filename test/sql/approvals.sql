-- Approvals: what they hold for, what they may let through, what ends them.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;

CREATE ROLE regress_cr_boss;
GRANT cleanroom_operator TO regress_cr_boss;
CREATE ROLE regress_cr_shop;
CREATE ROLE regress_cr_tv;
CREATE ROLE regress_cr_ana;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_boss, regress_cr_shop, regress_cr_tv, regress_cr_ana;
CREATE SCHEMA approvals;
GRANT CREATE, USAGE ON SCHEMA approvals TO regress_cr_shop, regress_cr_tv, regress_cr_ana;
SET ROLE regress_cr_shop;
CREATE TABLE approvals.buys (person int NOT NULL, region text NOT NULL, amount int NOT NULL, note text);
INSERT INTO approvals.buys SELECT i % 30, CASE WHEN i % 30 < 3 THEN 'few' ELSE 'many' END, i % 10, 'n' || i % 7
    FROM generate_series(1, 300) i;
SELECT cleanroom.protect('approvals.buys', 'person', 10, '{region}', '{amount}', '{}', '{person}');
SET ROLE regress_cr_tv;
CREATE TABLE approvals.views (person int NOT NULL, channel text NOT NULL);
INSERT INTO approvals.views SELECT i % 25, 'c' || i % 2 FROM generate_series(1, 100) i;
SELECT cleanroom.protect('approvals.views', 'person', 10, '{channel}', '{}', '{}', '{person}');
SET ROLE regress_cr_boss;
SELECT cleanroom.create_room('spring', 'measurement');
SELECT cleanroom.add_member('spring', 'regress_cr_shop', 'contributor');
SELECT cleanroom.add_member('spring', 'regress_cr_tv', 'contributor');
SELECT cleanroom.add_member('spring', 'regress_cr_ana', 'analyst');
SET ROLE regress_cr_shop;
SELECT cleanroom.share_table('spring', 'approvals.buys', templates_only => true);
SET ROLE regress_cr_tv;
SELECT cleanroom.share_table('spring', 'approvals.views');

-- Shows what the newest approved version answers, or why not.
CREATE FUNCTION approvals.run(name text, parameters jsonb DEFAULT '{}') RETURNS SETOF text
    LANGUAGE plpgsql AS $$
DECLARE
    hint text;
BEGIN
    RETURN QUERY SELECT r::text FROM cleanroom.run_template(name, parameters) r;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
    RETURN NEXT sqlstate || ': ' || sqlerrm;
    RETURN NEXT hint;
END $$;

-- A use that the policy does not allow: with every owner's word, and counted.
SET ROLE regress_cr_ana;
SELECT cleanroom.propose_template('spring', 'notes',
    'SELECT region, max(amount) AS most, min(note) AS first, count(*) FILTER (WHERE note = ''n1'') AS n1
     FROM approvals.buys GROUP BY region ORDER BY region');
SET ROLE regress_cr_shop;
SELECT cleanroom.approve_template('notes', 1);
SET ROLE regress_cr_ana;
SELECT approvals.run('notes');
SET ROLE regress_cr_shop;
SELECT cleanroom.approve_template('notes', 1, 'for the yearly report', allow_refused => true);
SELECT template, owner, approved, allow_refused, threshold_waived, comment FROM cleanroom.template_decisions;
SET ROLE regress_cr_ana;
-- the three of "few" are withheld still
SELECT approvals.run('notes');
-- and it is this one statement that may
SELECT max(amount) FROM approvals.buys;
-- a rejection, and an approval without it, take it back
SET ROLE regress_cr_shop;
SELECT cleanroom.approve_template('notes', 1);
SET ROLE regress_cr_ana;
SELECT approvals.run('notes');

-- Both owners of two tables have to say so.
SELECT cleanroom.propose_template('spring', 'both',
    'SELECT channel, max(amount) AS most FROM approvals.buys JOIN approvals.views USING (person) GROUP BY channel ORDER BY channel');
SET ROLE regress_cr_shop;
SELECT cleanroom.approve_template('both', 1, allow_refused => true);
SET ROLE regress_cr_tv;
SELECT cleanroom.approve_template('both', 1);
SET ROLE regress_cr_ana;
SELECT approvals.run('both');
SET ROLE regress_cr_tv;
SELECT cleanroom.approve_template('both', 1, allow_refused => true);
SET ROLE regress_cr_ana;
SELECT approvals.run('both');

-- What cannot be counted stays refused, however approved: rows, units, joins
-- by something else, functions that could fail.
SELECT cleanroom.propose_template('spring', 'rows', 'SELECT person, amount FROM approvals.buys');
SELECT cleanroom.propose_template('spring', 'one', 'SELECT count(*) AS n FROM approvals.buys WHERE person <> 7');
SELECT cleanroom.propose_template('spring', 'window', 'SELECT sum(amount) FROM (SELECT amount, row_number() OVER () AS n FROM approvals.buys) b WHERE n > 1');
SELECT cleanroom.propose_template('spring', 'fails', 'SELECT sum(amount) AS s FROM approvals.buys WHERE regexp_replace(note, ''1'', ''2'') = ''n2''');
SELECT cleanroom.propose_template('spring', 'weighed', 'SELECT max(weight) AS w FROM approvals.buys JOIN (VALUES (1, 1), (2, 2)) v (person, weight) USING (person)');
SET ROLE regress_cr_shop;
SELECT name, cleanroom.approve_template(name, 1, allow_refused => true) AS state
    FROM unnest('{rows,one,window,fails,weighed}'::text[]) name;
SET ROLE regress_cr_ana;
SELECT name, r FROM unnest('{rows,one,window,fails,weighed}'::text[]) name, approvals.run(name) r;

-- With the threshold waived by name, by every owner, it runs as it stands.
SET ROLE regress_cr_shop;
SELECT cleanroom.approve_template('one', 1, waive_threshold => '{approvals.views}');
SELECT cleanroom.approve_template('one', 1, waive_threshold => '{approvals.buys}');
SET ROLE regress_cr_ana;
SELECT approvals.run('one');
SELECT cleanroom.propose_template('spring', 'pairs',
    'SELECT buys.person, channel FROM approvals.buys JOIN approvals.views ON buys.person = views.person
     WHERE region = ''few'' AND amount < 3 ORDER BY 1, 2 LIMIT 3');
SET ROLE regress_cr_shop;
SELECT cleanroom.approve_template('pairs', 1, waive_threshold => '{approvals.buys}');
SET ROLE regress_cr_tv;
SELECT cleanroom.approve_template('pairs', 1, allow_refused => true);
SET ROLE regress_cr_ana;
-- one of two has waived it: it holds for both
SELECT approvals.run('pairs');
SET ROLE regress_cr_tv;
SELECT cleanroom.approve_template('pairs', 1, waive_threshold => '{approvals.views}');
SET ROLE regress_cr_ana;
SELECT approvals.run('pairs');
SELECT person FROM approvals.views LIMIT 1;
-- row policies, rules, rooms and suspension hold all the same
SET ROLE regress_cr_shop;
SELECT cleanroom.add_access_rule('approvals.buys', 'closed', 'attribute(''open'') = ''yes''');
SET ROLE regress_cr_ana;
SELECT approvals.run('pairs');
SET ROLE regress_cr_shop;
SELECT cleanroom.drop_access_rule('approvals.buys', 'closed');
SELECT cleanroom.add_row_policy('approvals.buys', 'fewer', 'amount < 2');
SET ROLE regress_cr_ana;
-- the policy has changed
SELECT approvals.run('pairs');
SET ROLE regress_cr_shop;
SELECT cleanroom.approve_template('pairs', 1, waive_threshold => '{approvals.buys}');
SET ROLE regress_cr_tv;
SELECT cleanroom.approve_template('pairs', 1, waive_threshold => '{approvals.views}');
SET ROLE regress_cr_ana;
SELECT approvals.run('pairs');
SET ROLE regress_cr_tv;
SELECT cleanroom.unshare_table('spring', 'approvals.views');
SET ROLE regress_cr_ana;
SELECT approvals.run('pairs');
SET ROLE regress_cr_tv;
SELECT cleanroom.share_table('spring', 'approvals.views');
-- what was approved does not come back with the table
SET ROLE regress_cr_ana;
SELECT approvals.run('pairs');
SELECT owner, approved, threshold_waived FROM cleanroom.template_decisions WHERE template = 'pairs';
SET ROLE regress_cr_shop;
SELECT cleanroom.drop_row_policy('approvals.buys', 'fewer');

-- A row policy cannot bring in a table that its owner was not asked about.
SET ROLE regress_cr_shop;
SELECT cleanroom.add_row_policy('approvals.buys', 'watched',
    'EXISTS (SELECT FROM approvals.views v WHERE v.person = buys.person)');

-- Code that can be changed behind an approval is not approved beyond the policy.
SET ROLE regress_cr_ana;
CREATE FUNCTION approvals.twice(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 2';
CREATE FUNCTION approvals.peek(bigint) RETURNS text LANGUAGE plpgsql AS $$
    BEGIN RETURN (SELECT string_agg(region || s, ' ' ORDER BY region)
                  FROM (SELECT region, sum(amount) AS s FROM approvals.buys GROUP BY region) x); END $$;
SELECT cleanroom.propose_template('spring', 'coded', 'SELECT sum(approvals.twice(amount)) FROM approvals.buys');
SELECT cleanroom.propose_template('spring', 'peeks', 'SELECT approvals.peek(n) FROM (SELECT count(*) AS n FROM approvals.buys) x');
SET ROLE regress_cr_shop;
SELECT cleanroom.approve_template('coded', 1, allow_refused => true);
SELECT cleanroom.approve_template('coded', 1);
SELECT cleanroom.approve_template('peeks', 1);
SET ROLE regress_cr_ana;
SELECT approvals.run('coded');
-- a function in an approved template asks for itself: no way into the table
SELECT approvals.run('peeks');

-- Nor is what a function reads approved where its query is written out in the
-- template: not of another's table, nor of an approved one, nor in a function
-- of a function, nor beyond the policy.  One that reads no such table may be.
CREATE FUNCTION approvals.amounts() RETURNS TABLE (region text, s bigint) LANGUAGE sql STABLE AS
    'SELECT region, sum(amount) FROM approvals.buys GROUP BY region';
CREATE FUNCTION approvals.inner_amounts() RETURNS TABLE (region text, s bigint) LANGUAGE sql STABLE AS
    'SELECT * FROM approvals.amounts()';
CREATE FUNCTION approvals.labels() RETURNS TABLE (label text) LANGUAGE sql STABLE AS
    $$ SELECT v.l FROM (VALUES ('l'), ('m')) v (l) $$;
CREATE FUNCTION approvals.channels() RETURNS TABLE (channel text, n bigint) LANGUAGE sql STABLE AS
    'SELECT channel, count(*) FROM approvals.views GROUP BY channel';
SELECT * FROM approvals.amounts();
SELECT cleanroom.propose_template('spring', 'written', 'SELECT x.n, a.* FROM (SELECT count(*) AS n FROM approvals.views) x, approvals.amounts() a');
SELECT cleanroom.propose_template('spring', 'inner', 'SELECT x.n, a.* FROM (SELECT count(*) AS n FROM approvals.views) x, approvals.inner_amounts() a');
SELECT cleanroom.propose_template('spring', 'same', 'SELECT x.n, a.* FROM (SELECT count(*) AS n FROM approvals.buys) x, approvals.amounts() a');
SELECT cleanroom.propose_template('spring', 'channels', 'SELECT x.all_n, c.* FROM (SELECT count(*) AS all_n FROM approvals.buys) x, approvals.channels() c');
SELECT cleanroom.propose_template('spring', 'labels', 'SELECT x.n, l.label FROM (SELECT count(*) AS n FROM approvals.buys) x, approvals.labels() l');
SET ROLE regress_cr_tv;
SELECT cleanroom.approve_template(t, 1) FROM unnest('{written,inner}'::text[]) t;
SET ROLE regress_cr_shop;
SELECT cleanroom.approve_template(t, 1) FROM unnest('{same,channels,labels}'::text[]) t;
SET ROLE regress_cr_ana;
SELECT t, approvals.run(t) FROM unnest('{written,inner,same,channels,labels}'::text[]) t;
-- a table that a row policy of somebody's reads is no part of it either
SET ROLE regress_cr_tv;
CREATE TABLE approvals.stations (channel text PRIMARY KEY, label text);
INSERT INTO approvals.stations SELECT 'c' || i, 'l' || i FROM generate_series(0, 1) i;
GRANT SELECT ON approvals.stations TO regress_cr_ana;
CREATE POLICY many ON approvals.stations USING ((SELECT count(*) FROM approvals.buys) > 50);
ALTER TABLE approvals.stations ENABLE ROW LEVEL SECURITY;
SELECT cleanroom.propose_template('spring', 'narrowed', 'SELECT s.label, x.n FROM approvals.stations s
    JOIN (SELECT channel, count(*) AS n FROM approvals.views GROUP BY channel) x USING (channel) ORDER BY label');
SELECT cleanroom.approve_template('narrowed', 1);
SET ROLE regress_cr_ana;
SELECT approvals.run('narrowed');
SET ROLE regress_cr_tv;
DROP POLICY many ON approvals.stations;
CREATE POLICY many ON approvals.stations USING (true);
SELECT cleanroom.approve_template('narrowed', 1);
SET ROLE regress_cr_ana;
SELECT approvals.run('narrowed');

-- What ends an approval: here the body of a function, its owner, a view, a
-- name, the type of a column, the owner, the unit, the threshold.
CREATE FUNCTION approvals.label(bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 'n = ' || $1 $$;
SET ROLE regress_cr_tv;
CREATE VIEW approvals.kept AS SELECT person, channel FROM approvals.views WHERE channel = 'c0';
GRANT SELECT ON approvals.kept TO regress_cr_ana;
SET ROLE regress_cr_ana;
SELECT cleanroom.propose_template('spring', 'held', 'SELECT approvals.label(count(*)) AS l FROM approvals.kept');
RESET ROLE;
CREATE FUNCTION approvals.state() RETURNS text LANGUAGE sql AS
    $$ SELECT state FROM cleanroom.templates WHERE name = 'held' $$;
CREATE FUNCTION approvals.approve() RETURNS text LANGUAGE plpgsql AS $$
    BEGIN
        IF (SELECT state FROM cleanroom.templates WHERE name = 'held') <> 'lapsed' THEN
            RETURN 'had not lapsed';
        END IF;
        RETURN cleanroom.approve_template('held', 1);
    EXCEPTION WHEN object_not_in_prerequisite_state THEN RETURN sqlerrm; END $$;
SET ROLE regress_cr_tv;
SELECT cleanroom.approve_template('held', 1);
SET ROLE regress_cr_ana;
SELECT approvals.run('held');
-- what does not matter
SET ROLE regress_cr_tv;
CREATE INDEX ON approvals.views (channel);
COMMENT ON TABLE approvals.views IS 'views';
ALTER TABLE approvals.views ADD COLUMN device text, ADD COLUMN more text;
SELECT cleanroom.set_column('approvals.views', 'device', 'dimension');
ALTER TABLE approvals.views DROP COLUMN more;
INSERT INTO approvals.views VALUES (1, 'c0');
ANALYZE approvals.views;
GRANT SELECT ON approvals.views TO regress_cr_boss;
SELECT cleanroom.add_access_rule('approvals.views', 'any', 'true');
SELECT approvals.state();
SET ROLE regress_cr_ana;
SET search_path = approvals;
CREATE FUNCTION approvals.count(text) RETURNS int LANGUAGE sql AS 'SELECT 1';
SELECT approvals.run('held');
DROP FUNCTION approvals.count(text);
RESET search_path;
-- what does
CREATE OR REPLACE FUNCTION approvals.label(bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 'm = ' || $1 $$;
SELECT approvals.run('held');
SET ROLE regress_cr_tv;
SELECT approvals.approve();
SET ROLE regress_cr_ana;
CREATE OR REPLACE FUNCTION approvals.label(bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 'n = ' || $1 $$;
SELECT approvals.state();
RESET ROLE;
ALTER FUNCTION approvals.label(bigint) OWNER TO regress_cr_tv;
SELECT approvals.state();
ALTER FUNCTION approvals.label(bigint) OWNER TO regress_cr_ana;
SELECT approvals.state();
SET ROLE regress_cr_tv;
CREATE OR REPLACE VIEW approvals.kept AS SELECT person, channel FROM approvals.views WHERE channel <> 'c0';
SELECT approvals.approve();
CREATE OR REPLACE VIEW approvals.kept AS SELECT person, channel FROM approvals.views WHERE channel = 'c0';
SELECT approvals.state();
-- with whose rights a view is read, and how
ALTER VIEW approvals.kept SET (security_invoker = true);
SELECT approvals.approve();
ALTER VIEW approvals.kept RESET (security_invoker);
SELECT approvals.state();
RESET ROLE;
GRANT SELECT ON approvals.views TO regress_cr_boss;
ALTER VIEW approvals.kept OWNER TO regress_cr_boss;
SELECT approvals.state();
ALTER VIEW approvals.kept OWNER TO regress_cr_tv;
SET ROLE regress_cr_tv;
SELECT approvals.state();
ALTER TABLE approvals.views RENAME COLUMN channel TO station;
SELECT approvals.approve();
ALTER TABLE approvals.views RENAME COLUMN station TO channel;
SELECT approvals.state();
SELECT cleanroom.protect('approvals.views', 'person', 9, '{channel}', '{}', '{}', '{person}');
SELECT approvals.approve();
SELECT cleanroom.set_column('approvals.views', 'channel', 'dimension, filter');
SELECT approvals.approve();
SELECT cleanroom.add_row_policy('approvals.views', 'some', 'person > 0');
SELECT approvals.approve();
RESET ROLE;
ALTER TABLE approvals.views OWNER TO regress_cr_shop;
SELECT approvals.state();
ALTER TABLE approvals.views OWNER TO regress_cr_tv;
SELECT approvals.state();
SET ROLE regress_cr_tv;
SELECT approvals.approve();
SELECT cleanroom.unprotect('approvals.views');
SELECT approvals.state();
SELECT cleanroom.protect('approvals.views', 'person', 10, '{channel}', '{}', '{}', '{person}');

-- A partition has the labels of its parent, by the names of its columns.
CREATE TABLE approvals.logs (person int NOT NULL, kind text NOT NULL, hour int) PARTITION BY LIST (kind);
CREATE TABLE approvals.logs_a PARTITION OF approvals.logs FOR VALUES IN ('a');
CREATE TABLE approvals.logs_b (hour int, x text, kind text NOT NULL, person int NOT NULL);
ALTER TABLE approvals.logs_b DROP COLUMN x;
ALTER TABLE approvals.logs ATTACH PARTITION approvals.logs_b DEFAULT;
INSERT INTO approvals.logs SELECT i, CASE i % 2 WHEN 0 THEN 'a' ELSE 'b' END, i % 4 FROM generate_series(1, 100) i;
SELECT cleanroom.protect('approvals.logs', 'person', 10, '{kind,hour}');
SELECT cleanroom.share_table('spring', 'approvals.logs');
GRANT SELECT ON approvals.logs_a, approvals.logs_b TO regress_cr_ana;
SELECT cleanroom.propose_template('spring', t, format('SELECT %s, count(*) AS n FROM approvals.%s GROUP BY %1$s ORDER BY %1$s', c, r))
    FROM (VALUES ('part_a', 'hour', 'logs_a'), ('part_b', 'hour', 'logs_b'), ('whole', 'hour', 'logs'), ('kinds', 'kind', 'logs_b')) v (t, c, r);
SELECT cleanroom.approve_template(t, 1, allow_refused => true) FROM unnest('{part_a,part_b,whole,kinds}'::text[]) t;
SET ROLE regress_cr_ana;
SELECT approvals.run('part_b');
SET ROLE regress_cr_tv;
SELECT cleanroom.set_column('approvals.logs', 'hour', '');
SELECT name, state FROM cleanroom.templates WHERE name IN ('part_a', 'part_b', 'whole', 'kinds') ORDER BY name;
SET ROLE regress_cr_ana;
SELECT approvals.run('part_b');
SELECT approvals.run('kinds');

-- What is approved is one reading statement, with names that all can see.
SET ROLE regress_cr_ana;
CREATE TEMP TABLE labels (person int PRIMARY KEY, label text);
SELECT cleanroom.propose_template('spring', 'bad', 'SELECT count(*) FROM approvals.views JOIN labels USING (person)');
SELECT cleanroom.propose_template('spring', 'bad', 'WITH w AS (INSERT INTO labels VALUES (1) RETURNING *) SELECT * FROM w');
SELECT cleanroom.propose_template('spring', 'bad', 'SELECT * FROM approvals.views FOR UPDATE');
SELECT cleanroom.propose_template('spring', 'bad', 'SELECT count(*) INTO x FROM approvals.views');
SELECT cleanroom.propose_template('spring', 'bad', 'SELECT 1) x; DELETE FROM approvals.buys; SELECT (1');
SELECT cleanroom.propose_template('spring', 'bad', 'TABLE approvals.views; --');
DROP TABLE labels;
-- each row is returned as an object
SELECT cleanroom.propose_template('spring', 'bad', 'SELECT count(*), sum(person) AS count FROM approvals.views');
SELECT cleanroom.propose_template('spring', 'bad', 'SELECT 1 AS a, 2 AS "A", 3 AS a');
SELECT cleanroom.propose_template('spring', 'objects', 'SELECT 1 AS a, 2 AS "A" FROM (SELECT 3 AS a) x ORDER BY x.a');

-- Parameters: what looks like one in a string, a name or a comment is none.
SELECT cleanroom.propose_template('spring', 'para', $$SELECT ':r' AS ":r", E'\':r' AS e, $x$:r$x$ AS d, :r::text AS r /* :r */, :rr AS rr -- :r
    $$, '{"r": "text", "rr": {"type": "int", "min": 1}}');
SELECT query FROM cleanroom.templates WHERE name = 'para';

-- Domains just inside and just outside, and values that would be code.
SELECT cleanroom.propose_template('spring', 'domains',
    'SELECT (SELECT count(*) FROM approvals.views WHERE channel = :list) AS n, :list AS list, :pattern AS pattern, :long AS long, :range AS range, :day AS day, :many AS many',
    '[{"name": "list", "type": "text", "list": ["c0", "it''s", "a\"b", "{1,2}", "NULL"]},
      {"name": "pattern", "type": "text", "pattern": "c[0-9]|d"},
      {"name": "long", "type": "text", "min_length": 3},
      {"name": "range", "type": "numeric", "min": 1, "max": 9.5},
      {"name": "day", "type": "date", "min": "02/03/2026", "max": "2026-03-02"},
      {"name": "many", "type": "int[]", "max": 5}]');
SET ROLE regress_cr_tv;
SELECT cleanroom.approve_template('domains', 1);
SET ROLE regress_cr_ana;
CREATE FUNCTION approvals.try(changed jsonb) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT approvals.run('domains', '{"list": "c0", "pattern": "c7", "long": "abc", "range": 1,
        "day": "2026-02-03", "many": "{1,2}"}'::jsonb || changed) $$;
SELECT approvals.try('{}');
SELECT approvals.try('{"list": "it''s"}');
SELECT approvals.try('{"list": "a\"b"}');
SELECT approvals.try('{"list": "{1,2}"}');
SELECT approvals.try('{"list": "NULL"}');
SELECT approvals.try('{"list": null}');
SELECT approvals.try('{"list": "c0 "}');
SELECT approvals.try('{"list": ["c0"]}');
SELECT approvals.try('{"list": "'' OR true --"}');
SELECT approvals.try('{"pattern": "d"}');
SELECT approvals.try('{"pattern": "c77"}');
SELECT approvals.try('{"pattern": "c7\n"}');
SELECT approvals.try('{"pattern": "xd"}');
SELECT approvals.try('{"long": "ab"}');
SELECT approvals.try('{"long": "''); DROP TABLE approvals.views; --"}');
SELECT approvals.try('{"range": 9.5}');
SELECT approvals.try('{"range": 9.51}');
SELECT approvals.try('{"range": "0.999"}');
SELECT approvals.try('{"range": "NaN"}');
SELECT approvals.try('{"range": "one"}');
SELECT approvals.try('{"range": true}');
SELECT approvals.try('{"day": "2026-03-02"}');
SELECT approvals.try('{"day": "2026-03-03"}');
SELECT approvals.try('{"many": [1, 2]}');
SELECT approvals.try('{"many": "{6}"}');
-- whatever the session's settings are
SET DateStyle = 'SQL, DMY';
SET TimeZone = 'Asia/Tokyo';
SET standard_conforming_strings = off;
SET escape_string_warning = off;
SELECT approvals.try('{"day": "2026-02-03"}');
SELECT approvals.try('{"day": "02/03/2026"}');
SELECT cleanroom.propose_template('spring', 'dated', 'SELECT ''05/01/2026''::date AS d, ''a\\b'' AS s');
SELECT query FROM cleanroom.templates WHERE name = 'dated';
RESET DateStyle;
RESET TimeZone;
RESET standard_conforming_strings;
RESET escape_string_warning;
-- a domain that cannot be read
SELECT cleanroom.propose_template('spring', 'bad', 'SELECT :r', '[{"name": "r", "type": "text", "pattern": "("}]');
SELECT cleanroom.propose_template('spring', 'bad', 'SELECT :r', '[{"name": "r", "type": "text", "pattern": "a)|(b"}]');
SELECT cleanroom.propose_template('spring', 'bad', 'SELECT :r', '[{"name": "r", "type": "int", "list": [1, "x"]}]');
SELECT cleanroom.propose_template('spring', 'bad', 'SELECT :r', '[{"name": "r", "type": "int", "min": "x"}]');
SELECT cleanroom.propose_template('spring', 'bad', 'SELECT :r', '[{"name": "r", "type": "text", "list": "a"}]');
SELECT cleanroom.propose_template('spring', 'bad', 'SELECT :r', '[{"name": "r", "type": "text", "min_length": "a"}]');
SELECT cleanroom.propose_template('spring', 'bad', 'SELECT :r', '[{"name": "r", "type": "text"}, {"name": "r", "type": "int"}]');
SELECT cleanroom.propose_template('spring', 'bad', 'SELECT $2', '{"r": "text"}');

-- Every run is on record, with its version and what was approved.
RESET ROLE;
SELECT DISTINCT subject, detail->>'version' AS version, detail->>'allow_refused' AS allow_refused,
       detail->>'threshold_waived' AS waived
    FROM cleanroom.ledger WHERE kind = 'template_run' AND detail->>'by' = 'regress_cr_ana'
      AND subject IN ('one', 'both', 'pairs') ORDER BY 1, 2, 3, 4;

TRUNCATE cleanroom.room_list CASCADE;
TRUNCATE cleanroom.rule_list;
DROP SCHEMA approvals CASCADE;
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_boss, regress_cr_shop, regress_cr_tv, regress_cr_ana;
DROP ROLE regress_cr_boss, regress_cr_shop, regress_cr_tv, regress_cr_ana;
