-- Whose code a template runs: it is one party's text in another's session.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;

CREATE ROLE regress_cr_boss;
GRANT cleanroom_operator TO regress_cr_boss;
CREATE ROLE regress_cr_tv;
CREATE ROLE regress_cr_ana;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_boss, regress_cr_tv, regress_cr_ana;
CREATE SCHEMA template_code AUTHORIZATION regress_cr_tv;
GRANT USAGE ON SCHEMA template_code TO regress_cr_ana;
SET ROLE regress_cr_tv;
SET search_path = template_code;
CREATE TABLE views (person int NOT NULL, channel text NOT NULL, minutes int NOT NULL);
INSERT INTO views SELECT i % 80, 'c' || i % 2, i % 7 FROM generate_series(1, 1000) i;
SELECT cleanroom.protect('views', 'person', 10, '{channel}', '{minutes}', '{}', '{person}');
CREATE TABLE loot (how text, who name);
GRANT INSERT ON loot TO PUBLIC;
CREATE FUNCTION take(how text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF current_user <> 'regress_cr_tv' THEN
        INSERT INTO template_code.loot VALUES (how, current_user);
    END IF;
    RETURN true;
END $$;
SET ROLE regress_cr_boss;
SELECT cleanroom.create_room('spring', 'measurement');
SELECT cleanroom.add_member('spring', 'regress_cr_tv', 'contributor');
SELECT cleanroom.add_member('spring', 'regress_cr_ana', 'analyst');
SET ROLE regress_cr_tv;
SELECT cleanroom.share_table('spring', 'views');

-- proposes and approves
CREATE FUNCTION propose(name text, query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    version int;
BEGIN
    version := cleanroom.propose_template('spring', name, query);
    RETURN cleanroom.approve_template(name, version);
END $$;

-- A cast that the author makes for a type of its own is not looked for, though
-- it may be made when all have approved.  Values are written by their output
-- functions: enums and rows in JSON, whatever holds them.
CREATE TYPE mood AS ENUM ('a', 'b');
CREATE TYPE pair AS (m mood, n int);
CREATE DOMAIN level AS mood;
SELECT propose('cast', $$
    SELECT channel, n, 'a'::mood AS m, ARRAY['a', NULL]::mood[] AS ms, NULL::mood AS none,
           ROW('a'::mood, n) AS r, ARRAY[ROW('b'::mood, 1)] AS rs, ARRAY[1, 2] AS plain
        FROM (SELECT channel, count(*) AS n FROM views GROUP BY channel) x$$);
SELECT propose('some', 'SELECT channel, channel AS "or ""so""", count(*) AS n FROM views GROUP BY channel ORDER BY channel');
CREATE FUNCTION as_json(mood) RETURNS json LANGUAGE plpgsql AS $$
BEGIN PERFORM template_code.take('cast'); RETURN '"taken"'; END $$;
CREATE FUNCTION as_text(mood) RETURNS text LANGUAGE plpgsql AS $$
BEGIN PERFORM template_code.take('cast to text'); RETURN 'taken'; END $$;
CREATE CAST (mood AS json) WITH FUNCTION as_json(mood);
SET ROLE regress_cr_ana;
SELECT * FROM cleanroom.run_template('cast') r ORDER BY r->>'channel';
SELECT cleanroom.run_template('some');
SET ROLE regress_cr_tv;
SELECT * FROM loot;

-- Nor by functions of the server's, which a template calls over built-in types.
SELECT propose('bad', $$SELECT to_jsonb('a'::mood) AS x$$);
SELECT propose('bad', $$SELECT to_json(ARRAY['a']::mood[]) AS x$$);
SELECT propose('bad', $$SELECT json_build_object('x', 'a'::mood) AS x$$);
SELECT propose('bad', $$SELECT jsonb_object_agg('x', 'a'::mood) AS x$$);
SELECT propose('bad', $$SELECT json_agg(r) AS x FROM (SELECT 'a'::mood) r$$);
SELECT propose('bad', $$SELECT row_to_json(r) AS x FROM (SELECT 'a'::mood) r$$);
CREATE CAST (mood AS text) WITH FUNCTION as_text(mood);
SELECT propose('bad', $$SELECT quote_literal('a'::mood) AS x$$);
SELECT propose('bad', $$SELECT text 'x' || 'a'::mood AS x$$);
SELECT propose('good', $$
    SELECT json_build_object('n', n, 'all', ARRAY[n]) AS o, to_jsonb(n) AS j, quote_literal(n) AS q, 'n' || n AS t,
           format('%s', 'a'::mood) AS m, concat('a'::mood, n) AS c, array_to_string(ARRAY['a', 'b']::mood[], ' ') AS s
        FROM (SELECT count(*) AS n FROM views) x$$);
SET ROLE regress_cr_ana;
SELECT cleanroom.run_template('good');
SET ROLE regress_cr_tv;

-- The conditions of a domain do not run, whoever reads its values.
CREATE DOMAIN trap AS text CHECK (take('domain'));
CREATE TYPE row_trap AS (t trap);
CREATE TABLE trapped (t trap);
SELECT propose('bad', format($$SELECT array_in('{x}'::cstring, %s, -1) IS NULL AS x$$, 'trap'::regtype::oid));
SELECT propose('bad', format($$SELECT domain_in('x'::cstring, %s, -1) IS NULL AS x$$, 'trap'::regtype::oid));
SELECT propose('bad', format($$SELECT record_in('(x)'::cstring, %s, -1) IS NULL AS x$$, 'row_trap'::regtype::oid));
SELECT propose('bad', $$SELECT json_populate_record(NULL::row_trap, '{"t": "x"}') AS x$$);
SELECT propose('bad', $$SELECT jsonb_populate_recordset(t, '[{"t": "x"}]') AS x FROM trapped t$$);
SELECT propose('bad', $$SELECT * FROM json_to_record('{"t": "x"}') AS x(t trap)$$);
SELECT propose('bad', $$SELECT * FROM xmltable('/x' PASSING XMLPARSE(DOCUMENT '<x/>') COLUMNS t trap PATH '.')$$);
SELECT propose('bad', $$SELECT 'x'::trap AS x$$);
SELECT propose('bad', $$SELECT channel::trap AS x FROM views$$);
-- nor what an operator's maker calls its negator
CREATE FUNCTION taking(bigint, bigint) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN template_code.take('negator') IS NULL OR $1 <> $2; END $$;
CREATE OPERATOR <!> (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = taking);
CREATE OPERATOR <=> (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = int8eq, NEGATOR = <!>);
SELECT propose('bad', 'SELECT NOT count(*) <=> 0 AS x FROM views');
SELECT propose('bad', 'SELECT channel AS x FROM views GROUP BY channel HAVING count(*) <=> ANY (ARRAY[1::bigint])');
-- nor texts and tables by their names, nor what changes something
SELECT propose('bad', $$SELECT query_to_xml('SELECT template_code.take(1)', true, true, '') AS x$$);
SELECT propose('bad', $$SELECT table_to_xml('template_code.trapped', true, true, '') AS x$$);
SELECT propose('bad', $$SELECT * FROM ts_stat('SELECT NULL::tsvector')$$);
SELECT propose('bad', $$SELECT set_config('cleanroom.purpose', 'x', false) AS x$$);
SELECT propose('bad', $$SELECT pg_notify('x', 'y') AS x$$);
SELECT name, version, state FROM cleanroom.templates WHERE name = 'bad';

-- Row policies are those of whoever runs it, which the author's query does not
-- show: the owner of a table is exempt from them.
CREATE TABLE names (channel text PRIMARY KEY, label text, kind level);
INSERT INTO names SELECT 'c' || i, 'label ' || i, 'a' FROM generate_series(0, 1) i;
GRANT SELECT ON names TO regress_cr_ana;
CREATE POLICY free ON names USING (current_user = 'regress_cr_ana' AND channel <> current_setting('cleanroom.purpose'));
ALTER TABLE names ENABLE ROW LEVEL SECURITY;
-- (and whatever else only reads: windows, sets of groups, recursion)
SELECT cleanroom.propose_template('spring', 'reads', $$
    WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i % 2 + 1 FROM c) SEARCH DEPTH FIRST BY i SET o CYCLE i SET again USING way
    SELECT i, again, way, rank() OVER (ORDER BY i RANGE BETWEEN 1 PRECEDING AND CURRENT ROW), GROUPING(i),
           count(*) FILTER (WHERE i > 0), (SELECT string_agg(x.y, ' ') FROM xmltable('/a/b' PASSING XMLPARSE(DOCUMENT '<a><b>1</b></a>') COLUMNS y text PATH '.') x)
        FROM c, (SELECT count(*) AS n FROM views) v GROUP BY GROUPING SETS ((i, again, way)) ORDER BY i, again$$);
SELECT cleanroom.approve_template('reads', 1);
SELECT propose('named', $$
    SELECT n.label, n.kind, x.n FROM names n
        JOIN (SELECT channel, count(*) AS n FROM views GROUP BY channel) x USING (channel) ORDER BY n.label$$);
SET ROLE regress_cr_ana;
SELECT cleanroom.run_template('reads');
SELECT cleanroom.run_template('named');
SET ROLE regress_cr_tv;
CREATE FUNCTION hidden(text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN RETURN template_code.take('policy'); END $$;
CREATE POLICY taken ON names AS RESTRICTIVE USING (hidden(channel));
SELECT cleanroom.approve_template('named', 1);
SET ROLE regress_cr_ana;
SELECT cleanroom.run_template('named');
SET ROLE regress_cr_tv;
DROP POLICY taken ON names;
-- a policy may not call everything of the server's either
CREATE POLICY told ON names AS RESTRICTIVE USING (pg_notify('x', channel) IS NULL);
SELECT cleanroom.approve_template('named', 1);
SET ROLE regress_cr_ana;
SELECT cleanroom.run_template('named');
SET ROLE regress_cr_tv;
DROP POLICY told ON names;
-- and what the planner calls does not run
CREATE FUNCTION says(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN RETURN template_code.take('index'); END $$;
CREATE INDEX partly ON names (channel) WHERE says('x');
SELECT cleanroom.approve_template('named', 1);
SET ROLE regress_cr_ana;
SELECT cleanroom.run_template('named');
SET ROLE regress_cr_tv;
DROP INDEX partly;
SET ROLE regress_cr_ana;
SELECT count(*) FROM cleanroom.run_template('named');
SET ROLE regress_cr_tv;
-- a range's function is called for estimates
CREATE FUNCTION distance(int, int) RETURNS float8 LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN PERFORM template_code.take('range'); RETURN $1 - $2; END $$;
CREATE TYPE span AS RANGE (SUBTYPE = int, SUBTYPE_DIFF = distance);
CREATE TABLE spans (s span);
INSERT INTO spans SELECT span(i, i + 3) FROM generate_series(1, 100) i;
ANALYZE spans;
GRANT SELECT ON spans TO regress_cr_ana;
SELECT propose('spans', 'SELECT (SELECT count(*) FROM spans s, spans t WHERE s.s <@ t.s) AS s, count(*) AS n FROM views');
SET ROLE regress_cr_ana;
SELECT cleanroom.run_template('spans');
SET ROLE regress_cr_tv;
SELECT * FROM loot;

-- What an approval does not hold does not change under it: what the view of a
-- row policy reads, for whoever runs the template and not for its author;
RESET ROLE;
RESET search_path;
CREATE ROLE regress_cr_crew;
GRANT regress_cr_crew TO regress_cr_ana;
GRANT USAGE ON SCHEMA cleanroom, template_code TO regress_cr_crew;
CREATE SCHEMA template_reach AUTHORIZATION regress_cr_ana;
GRANT USAGE ON SCHEMA template_reach TO regress_cr_crew, regress_cr_tv;
CREATE COLLATION template_reach.ours FROM "C";
SET ROLE regress_cr_boss;
SELECT cleanroom.add_member('spring', 'regress_cr_crew', 'analyst');
SET ROLE regress_cr_ana;
CREATE TABLE template_reach.labels (k text, l text);
INSERT INTO template_reach.labels VALUES ('c0', 'zero'), ('c1', 'one');
CREATE VIEW template_reach.v WITH (security_invoker) AS SELECT ''::text AS t;
GRANT SELECT ON template_reach.labels, template_reach.v TO regress_cr_crew;
ALTER TABLE template_reach.labels ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON template_reach.labels USING (EXISTS (SELECT FROM template_reach.v WHERE t IN ('', k)));
SELECT cleanroom.propose_template('spring', 'labels', 'SELECT l.l, count(*) AS n FROM template_code.views p JOIN template_reach.labels l ON l.k = p.channel GROUP BY l.l');
SET ROLE regress_cr_tv;
SELECT cleanroom.approve_template('labels', 1, waive_threshold => '{template_code.views}');
SET ROLE regress_cr_crew;
SELECT * FROM cleanroom.run_template('labels') r ORDER BY r->>'l';
SET ROLE regress_cr_ana;
CREATE OR REPLACE VIEW template_reach.v WITH (security_invoker) AS SELECT channel AS t FROM template_code.views WHERE person = 17;
SET ROLE regress_cr_crew;
SELECT cleanroom.run_template('labels');
-- collations, text search configurations and dictionaries
SET ROLE regress_cr_ana;
CREATE COLLATION template_reach.mine FROM "C";
CREATE TABLE template_reach.sorted (k text COLLATE template_reach.mine, c regconfig);
CREATE TEXT SEARCH CONFIGURATION template_reach.words (COPY = pg_catalog.simple);
CREATE TEXT SEARCH DICTIONARY template_reach.stems (TEMPLATE = pg_catalog.simple);
CREATE FUNCTION template_reach.try(condition text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN cleanroom.propose_template('spring', 'reach', 'SELECT channel FROM template_code.views LEFT JOIN template_reach.sorted s ON true WHERE ' || condition);
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ': ' || SQLERRM;
END $$;
SELECT condition, template_reach.try(condition)
  FROM unnest(ARRAY['channel < ''Z'' COLLATE template_reach.mine', 'channel < s.k', 'greatest(channel, ''x'' COLLATE template_reach.mine) = channel',
    'channel IN (''a'' COLLATE template_reach.mine, ''b'')', 'to_tsvector(''template_reach.words'', channel) @@ ''vip''::tsquery',
    'to_tsvector(s.c, channel) @@ ''vip''::tsquery', 'to_tsvector(channel::regconfig, channel) @@ ''vip''::tsquery',
    'ts_lexize(''template_reach.stems'', channel) IS NULL', 'channel < ''Z'' COLLATE "C"', 'channel < ''Z'' COLLATE template_reach.ours',
    'to_tsvector(''english'', channel) @@ ''vip''::tsquery', 'ts_lexize(''english_stem'', channel) IS NULL']) condition;

-- whose names columns of a view or of a row type have, and labels of an enum
SET ROLE regress_cr_ana;
GRANT SELECT ON template_reach.labels TO regress_cr_tv;
CREATE TYPE template_reach.grade AS ENUM ('low', 'high');
CREATE TYPE template_reach.pair AS (a text, b text);
CREATE VIEW template_reach.two WITH (security_invoker) AS SELECT channel AS a, person::text AS b FROM template_code.views;
GRANT USAGE ON TYPE template_reach.grade, template_reach.pair TO regress_cr_tv;
GRANT SELECT ON template_reach.two TO regress_cr_tv, regress_cr_crew;
CREATE TABLE template_reach.gone (k text);
SELECT cleanroom.propose_template('spring', name, query) FROM (VALUES
    ('by view', 'SELECT a, count(*) AS n FROM template_reach.two GROUP BY a'),
    ('by pair', 'SELECT (ROW(channel, channel)::template_reach.pair).a AS a, count(*) AS n FROM template_code.views GROUP BY 1'),
    ('by label', 'SELECT channel FROM template_code.views WHERE channel = format(''%s'', enum_first(NULL::template_reach.grade))'),
    ('by table', 'SELECT count(*) AS n FROM template_reach.gone')) AS t (name, query);
SET ROLE regress_cr_tv;
SELECT cleanroom.approve_template(name, 1) FROM unnest('{by view,by pair,by label}'::text[]) name;
SELECT name, state FROM cleanroom.templates WHERE name LIKE 'by %' ORDER BY name;
SET ROLE regress_cr_ana;
ALTER VIEW template_reach.two RENAME a TO c;
ALTER VIEW template_reach.two RENAME b TO a;
ALTER TYPE template_reach.pair RENAME ATTRIBUTE a TO c;
ALTER TYPE template_reach.pair RENAME ATTRIBUTE b TO a;
ALTER TYPE template_reach.grade RENAME VALUE 'low' TO 'c1';
DROP TABLE template_reach.gone;
-- in a session that has read no template yet, too
\c -
SET client_min_messages = warning;
SET ROLE regress_cr_tv;
SELECT name, state FROM cleanroom.templates WHERE name LIKE 'by %' ORDER BY name;
-- an interval that compares as less than it moves a date
SELECT cleanroom.propose_template('spring', 'back', 'SELECT channel, count(*) AS n FROM template_code.views WHERE date ''2024-01-01'' - :back < ''2024-01-01'' GROUP BY channel', '[{"name": "back", "type": "interval", "min": "0", "max": "30 days"}]');
SELECT cleanroom.approve_template('back', 1);
SET ROLE regress_cr_ana;
SELECT count(*) FROM cleanroom.run_template('back', '{"back": "30 days"}');
SELECT count(*) FROM cleanroom.run_template('back', '{"back": "31 days"}');
SELECT count(*) FROM cleanroom.run_template('back', '{"back": "1000 years -360000 days"}');
SELECT count(*) FROM cleanroom.run_template('back', '{"back": "1 day -1 hour"}');

RESET ROLE;
TRUNCATE cleanroom.room_list CASCADE;
SET client_min_messages = error;
DROP SCHEMA template_code, template_reach CASCADE;
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_boss, regress_cr_tv, regress_cr_ana, regress_cr_crew;
DROP ROLE regress_cr_boss, regress_cr_tv, regress_cr_ana, regress_cr_crew;
