-- What a party does not get by what it has another one run, simulate or wait
-- for: templates that call the extension, values cut to fit a domain, ranges
-- and casts that bring code, attributes of strangers, tables of a group that
-- has left, and keys kept from being retired.
\set SHOW_CONTEXT never
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_boss;
GRANT cleanroom_operator TO regress_cr_boss;
CREATE ROLE regress_cr_own;
CREATE ROLE regress_cr_part;
CREATE ROLE regress_cr_ana;
CREATE ROLE regress_cr_eve;
CREATE ROLE regress_cr_crew;
CREATE ROLE regress_cr_alice IN ROLE regress_cr_crew;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_boss, regress_cr_own, regress_cr_part,
    regress_cr_ana, regress_cr_eve, regress_cr_alice;
CREATE SCHEMA parties;
GRANT ALL ON SCHEMA parties TO regress_cr_own, regress_cr_part, regress_cr_ana,
    regress_cr_eve, regress_cr_alice;
SET search_path = parties;
SET ROLE regress_cr_own;
CREATE TABLE people AS SELECT i AS id, 'r' || i % 2 AS region, 'p' || i AS email FROM generate_series(1, 100) i;
SELECT cleanroom.protect('people', 'id', 10, '{region}', join_keys => '{id}');
SET ROLE regress_cr_part;
CREATE TABLE seen AS SELECT i AS id, 'c' || i % 2 AS campaign FROM generate_series(1, 100) i;
SELECT cleanroom.protect('seen', 'id', 10, '{campaign}', join_keys => '{id}');
SET ROLE regress_cr_boss;
SELECT cleanroom.create_room('parties', 'measurement');
SELECT cleanroom.add_member('parties', r, p) FROM (VALUES ('regress_cr_own', 'contributor'),
    ('regress_cr_part', 'contributor'), ('regress_cr_own', 'analyst'), ('regress_cr_ana', 'analyst')) m (r, p);
SET ROLE regress_cr_own;
SELECT cleanroom.share_table('parties', 'people');
SET ROLE regress_cr_part;
SELECT cleanroom.share_table('parties', 'seen');

-- Templates call none of the extension's functions but session facts.
SELECT cleanroom.propose_template('parties', 'bad', $$
    SELECT n, cleanroom.unprotect('people')::text AS x FROM (SELECT count(*) AS n FROM seen) s$$);
SELECT cleanroom.propose_template('parties', 'bad', 'SELECT cleanroom.approve_template(''bad'', 1) AS x FROM (SELECT count(*) AS n FROM seen) s');
SELECT cleanroom.propose_template('parties', 'bad', 'SELECT x.* FROM cleanroom.explain(''SELECT 1'') x, (SELECT count(*) AS n FROM seen) s');
SELECT cleanroom.propose_template('parties', 'bad', 'SELECT cleanroom.total_int4pl(1, 2) AS x FROM (SELECT count(*) AS n FROM seen) s');
CREATE VIEW calls AS SELECT cleanroom.set_column('people', 'email', 'dimension')::text AS x;
GRANT SELECT ON calls TO regress_cr_own;
SELECT cleanroom.propose_template('parties', 'bad', 'SELECT c.x, s.n FROM calls c, (SELECT count(*) AS n FROM seen) s');
SELECT cleanroom.propose_template('parties', 'good', 'SELECT count(*) AS n, cleanroom.attribute(''none'') AS a, cleanroom.session_fact(''user'') AS u FROM seen');
SELECT cleanroom.approve_template('good', 1);
SET ROLE regress_cr_own;
SELECT cleanroom.run_template('good');
-- Nor an extension's that might run a text; a superuser's own is trusted.
RESET ROLE;
CREATE FUNCTION answers(text) RETURNS int LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS 'SELECT length($1)';
CREATE FUNCTION runs(text) RETURNS int LANGUAGE plpgsql STABLE AS 'DECLARE n int; BEGIN EXECUTE $1 INTO n; RETURN n; END';
ALTER EXTENSION pgcrypto ADD FUNCTION runs(text);
CREATE FUNCTION tables(text) RETURNS SETOF record LANGUAGE plpgsql STABLE AS 'BEGIN RETURN QUERY EXECUTE $1; END';
ALTER EXTENSION pgcrypto ADD FUNCTION tables(text);
CREATE OPERATOR ?! (FUNCTION = runs, RIGHTARG = text);
SET ROLE regress_cr_part;
SELECT cleanroom.propose_template('parties', 'bad', 'SELECT parties.runs(''SELECT 1'') AS x, count(*) AS n FROM seen');
SELECT cleanroom.propose_template('parties', 'bad', 'SELECT x.a, s.n FROM parties.tables(''SELECT 1'') x(a int), (SELECT count(*) AS n FROM seen) s');
SELECT cleanroom.propose_template('parties', 'bad', 'SELECT (SELECT max(x.a) FROM parties.tables(''SELECT 1'') x(a int)) AS a, count(*) AS n FROM seen');
SELECT cleanroom.propose_template('parties', 'bad', 'SELECT OPERATOR(parties.?!) ''SELECT 1'' AS x, count(*) AS n FROM seen');
SELECT cleanroom.propose_template('parties', 'length', 'SELECT parties.answers(''abc'') AS x, count(*) AS n, encode(public.digest(''a'', ''md5''), ''hex'') AS d FROM seen');
SELECT cleanroom.approve_template('length', 1);
SET ROLE regress_cr_own;
SELECT cleanroom.run_template('length');
SET ROLE regress_cr_part;
SELECT cleanroom.add_row_policy('seen', 'texts', 'parties.runs(campaign) > 0');
SET ROLE regress_cr_ana;
SELECT count(*) FROM seen;
SET ROLE regress_cr_part;
SELECT cleanroom.drop_row_policy('seen', 'texts');
SELECT cleanroom.add_row_policy('seen', 'texts', 'id IN (SELECT x.a FROM parties.tables(''SELECT 1'') x(a int))');
CREATE VIEW seen_again AS SELECT * FROM seen;
GRANT SELECT ON seen_again TO regress_cr_ana;
SET ROLE regress_cr_ana;
SELECT count(*) FROM seen;
SELECT count(*) FROM seen_again;
SET ROLE regress_cr_part;
SELECT cleanroom.drop_row_policy('seen', 'texts');
SELECT cleanroom.add_row_policy('seen', 'texts', 'OPERATOR(parties.?!) campaign > 0');
SET ROLE regress_cr_ana;
SELECT count(*) FROM seen_again;
SET ROLE regress_cr_part;
SELECT cleanroom.drop_row_policy('seen', 'texts');
SELECT cleanroom.add_row_policy('seen', 'texts', 'parties.answers(campaign) > 0');
SET ROLE regress_cr_ana;
SELECT count(*) FROM seen;
SET ROLE regress_cr_part;
SELECT cleanroom.drop_row_policy('seen', 'texts');
RESET ROLE;
ALTER EXTENSION pgcrypto DROP FUNCTION runs(text);
ALTER EXTENSION pgcrypto DROP FUNCTION tables(text);

-- A value is held against its domain whole.
SET ROLE regress_cr_ana;
SELECT cleanroom.propose_template('parties', 'bits', 'SELECT count(*) AS n, :c::text AS given FROM seen', '[{"name": "c", "type": "bit", "min": "0", "max": "01"}]');
SELECT cleanroom.propose_template('parties', 'letters', 'SELECT count(*) AS n FROM seen WHERE campaign <= :c', '[{"name": "c", "type": "character", "min": "a", "max": "dd"}]');
-- A column of whatever name is one of the object.
SELECT cleanroom.propose_template('parties', 'named', 'SELECT count(*) AS n, 7 AS template_row, 8 AS t FROM seen');
SET ROLE regress_cr_part;
SELECT cleanroom.approve_template(t, 1) FROM unnest('{bits,letters,named}'::text[]) t;
SET ROLE regress_cr_ana;
SELECT cleanroom.run_template('bits', '{"c": "0111"}');
SELECT cleanroom.run_template('bits', '{"c": "001"}');
SELECT cleanroom.run_template('letters', '{"c": "dzzz"}');
SELECT cleanroom.run_template('letters', '{"c": "dd"}');
SELECT cleanroom.run_template('named');

-- Ranges have a function that the planner calls, and casts one that functions
-- in SQL call.
SET ROLE regress_cr_part;
CREATE FUNCTION taken(float8, float8) RETURNS float8 LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF current_setting('parties.watch', true) = 'on' THEN
        RAISE WARNING 'taken as %', current_user;
    END IF;
    RETURN $1 - $2;
END $$;
CREATE TYPE span AS RANGE (SUBTYPE = float8, SUBTYPE_DIFF = taken);
CREATE DOMAIN limited AS span;
CREATE TYPE pair AS (r span, x int);
CREATE TABLE spans AS SELECT span(n, n + 10) AS r, ROW(span(n, n + 10), n)::pair AS c, ARRAY[span(n, n + 10)] AS a,
    span(n, n + 10)::limited AS d FROM generate_series(1, 300) n;
CREATE INDEX ON spans (((c).r));
ANALYZE spans;
SET parties.watch = 'on';
SELECT count(*) FROM spans WHERE r @> 5.5::float8;
GRANT SELECT ON spans TO PUBLIC;
SELECT cleanroom.add_access_rule('parties.seen', 'r', 'EXISTS (SELECT FROM parties.spans x WHERE x.r @> 5.5::float8)');
SELECT cleanroom.add_access_rule('parties.seen', 'r', 'EXISTS (SELECT FROM parties.spans x WHERE (x.c).r @> 5.5::float8)');
SELECT cleanroom.add_access_rule('parties.seen', 'r', 'EXISTS (SELECT FROM parties.spans x WHERE x.a[1] @> 5.5::float8)');
SELECT cleanroom.add_access_rule('parties.seen', 'r', 'EXISTS (SELECT FROM parties.spans x WHERE x.d @> 5.5::float8)');
SELECT cleanroom.propose_template('parties', 'r' || row_number() OVER (), format('SELECT count(*) AS n, (SELECT count(*) FROM spans x WHERE %s) AS m FROM seen', c))
    FROM unnest('{x.r @> 5.5::float8,(x.c).r @> 5.5::float8,x.a[1] @> 5.5::float8,x.d @> 5.5::float8}'::text[]) c;
SELECT cleanroom.approve_template('r' || n, 1) FROM generate_series(1, 4) n;
SET ROLE regress_cr_ana;
SELECT cleanroom.run_template('r1');
SELECT cleanroom.run_template('r2');
SELECT cleanroom.run_template('r3');
SELECT cleanroom.run_template('r4');
SET ROLE regress_cr_part;
CREATE TYPE mood AS ENUM ('a', 'b');
CREATE FUNCTION as_text(mood) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN RAISE WARNING 'cast as %', current_user; RETURN 'x'; END $$;
CREATE CAST (mood AS text) WITH FUNCTION as_text(mood);
CREATE TABLE moods AS SELECT i AS id, 'c' || i % 2 AS campaign, 'a'::mood AS mood FROM generate_series(1, 100) i;
SELECT cleanroom.protect('moods', 'id', 10, '{campaign}');
GRANT SELECT ON moods TO regress_cr_ana;
CREATE FUNCTION asked(condition text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE given text;
BEGIN
    PERFORM cleanroom.add_row_policy('parties.moods', 'm', condition);
    SET LOCAL ROLE regress_cr_ana;
    BEGIN
        SELECT count(*) INTO given FROM parties.moods;
    EXCEPTION WHEN OTHERS THEN
        given := SQLERRM;
    END;
    SET LOCAL ROLE regress_cr_part;
    PERFORM cleanroom.drop_row_policy('parties.moods', 'm');
    RETURN given;
END $$;
RESET ROLE;
GRANT regress_cr_ana TO regress_cr_part;
SET ROLE regress_cr_part;
SELECT c, asked(c) FROM unnest(ARRAY['quote_literal(mood) IS NOT NULL', 'quote_nullable(mood) IS NOT NULL',
    '''a'' || mood IS NOT NULL', 'mood || ''a'' IS NOT NULL', 'mood::text IS NOT NULL', 'to_jsonb(mood) IS NOT NULL',
    'concat(mood) = ''a''', 'format(''%s'', mood) = ''a''', 'quote_literal(campaign) IS NOT NULL', 'mood = ''a''']) c;
SELECT cleanroom.add_access_rule('parties.moods', 'm', 'EXISTS (SELECT FROM parties.spans x WHERE quote_literal(''a''::parties.mood) IS NOT NULL)');
-- nor does a column of such a range
ALTER TABLE moods ADD r span;
SET ROLE regress_cr_ana;
SELECT count(*) FROM moods;
RESET ROLE;
REVOKE regress_cr_ana FROM regress_cr_part;

-- nor is it in the predicate of an index on a table that a template or a rule
-- reads, where no such type is written
SET ROLE regress_cr_part;
SET parties.watch = 'off';
CREATE TABLE hidden AS SELECT span(n, n + 5) AS r, n % 7 AS x, n % 5 AS y FROM generate_series(1, 3000) n;
CREATE INDEX ON hidden (y) WHERE r @> 5::float8 OR x > 3;
CREATE TABLE bare AS SELECT x, y FROM hidden;
CREATE INDEX bare_y ON bare (y) WHERE span(x, x + 5) @> 5::float8 OR x > 3;
ANALYZE hidden, bare;
CREATE TABLE whole_bare (x int, y int) PARTITION BY LIST (x);
CREATE TABLE part_bare PARTITION OF whole_bare DEFAULT;
CREATE INDEX ON part_bare (y) WHERE span(x, x + 5) @> 5::float8 OR x > 3;
CREATE VIEW over_bare AS SELECT * FROM bare;
GRANT SELECT ON hidden, bare, whole_bare, over_bare TO PUBLIC;
SELECT count(cleanroom.propose_template('parties', 'read_' || t, format('SELECT s.n, (SELECT count(*) FROM parties.%I WHERE y = 1 AND x > 3) AS k FROM (SELECT count(*) AS n FROM seen) s', t))) FROM unnest('{hidden,bare,whole_bare,over_bare}'::text[]) t;
SELECT count(cleanroom.approve_template('read_' || t, 1)) FROM unnest('{hidden,bare,whole_bare,over_bare}'::text[]) t;
SET parties.watch = 'on';
SELECT cleanroom.add_access_rule('parties.seen', 'r', 'EXISTS (SELECT FROM parties.hidden WHERE y = 1 AND x > 3)');
SELECT cleanroom.add_access_rule('parties.seen', 'r', 'EXISTS (SELECT FROM parties.bare WHERE y = 1 AND x > 3)');
SELECT cleanroom.add_access_rule('parties.seen', 'r', 'EXISTS (SELECT FROM parties.whole_bare WHERE y = 1 AND x > 3)');
SET ROLE regress_cr_ana;
SELECT cleanroom.run_template('read_hidden');
SELECT cleanroom.run_template('read_bare');
SELECT cleanroom.run_template('read_whole_bare');
SELECT cleanroom.run_template('read_over_bare');
-- a superuser runs it no sooner, and a rule that has come to need it fails
RESET ROLE;
SELECT cleanroom.run_template('read_bare');
SET ROLE regress_cr_part;
DROP INDEX bare_y;
SELECT cleanroom.add_access_rule('parties.seen', 'r', 'EXISTS (SELECT FROM parties.bare WHERE y = 1 AND x > 3)');
SET ROLE regress_cr_ana;
SELECT cleanroom.run_template('read_bare') IS NOT NULL AS clean;
SELECT count(*) FROM seen;
SET ROLE regress_cr_part;
SET parties.watch = 'off';
CREATE INDEX bare_y ON bare (y) WHERE span(x, x + 5) @> 5::float8 OR x > 3;
SET parties.watch = 'on';
SET ROLE regress_cr_ana;
SELECT count(*) FROM seen;
SET ROLE regress_cr_part;
SELECT cleanroom.drop_access_rule('parties.seen', 'r');
DROP INDEX bare_y;
SET parties.watch = 'off';

-- An extension's function that reads values as rows or domains has their
-- conditions run, and they call what they like.
CREATE FUNCTION went(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN RAISE WARNING 'went as %', current_user; RETURN true; END $$;
CREATE DOMAIN word AS text CHECK (VALUE <> 'go' OR query_to_xml('SELECT parties.went(''x'')', true, true, '') IS NOT NULL);
CREATE TYPE words AS (a word);
CREATE TABLE wordy (a word);
INSERT INTO wordy VALUES ('x');
GRANT SELECT ON wordy TO PUBLIC;
RESET ROLE;
CREATE FUNCTION fill(anyelement, text) RETURNS anyelement LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN RETURN jsonb_populate_record($1, jsonb_build_object('a', $2)); END $$;
CREATE FUNCTION plain(text) RETURNS int LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS 'BEGIN RETURN length($1); END';
CREATE FUNCTION of_words(words) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE FUNCTION a_word(text) RETURNS word LANGUAGE sql IMMUTABLE AS 'SELECT $1::parties.word';
CREATE FUNCTION many(words[]) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
ALTER EXTENSION pgcrypto ADD FUNCTION fill(anyelement, text);
ALTER EXTENSION pgcrypto ADD FUNCTION plain(text);
ALTER EXTENSION pgcrypto ADD FUNCTION of_words(words);
ALTER EXTENSION pgcrypto ADD FUNCTION a_word(text);
ALTER EXTENSION pgcrypto ADD FUNCTION many(words[]);
SET ROLE regress_cr_part;
SELECT cleanroom.propose_template('parties', 'bad', 'SELECT (SELECT count(parties.fill(t, ''go'')) FROM parties.wordy t) AS k, count(*) AS n FROM seen');
SELECT cleanroom.propose_template('parties', 'bad', 'SELECT (SELECT count(parties.fill(NULL::parties.words, ''go''))) AS k, count(*) AS n FROM seen');
SELECT cleanroom.propose_template('parties', 'bad', 'SELECT (SELECT count(parties.of_words(NULL))) AS k, count(*) AS n FROM seen');
SELECT cleanroom.propose_template('parties', 'bad', 'SELECT (SELECT count(parties.many(NULL))) AS k, count(*) AS n FROM seen');
SELECT cleanroom.propose_template('parties', 'bad', 'SELECT parties.a_word(''go'') AS k, count(*) AS n FROM seen');
SELECT cleanroom.propose_template('parties', 'plain', 'SELECT parties.plain(''go'') AS k, count(*) AS n FROM seen');
SELECT cleanroom.approve_template('plain', 1);
-- in an index either
CREATE INDEX bare_y ON bare (y) WHERE parties.fill(NULL::parties.words, 'x') IS NULL OR x > 3;
SET ROLE regress_cr_ana;
SELECT cleanroom.run_template('plain');
SELECT cleanroom.run_template('read_bare');
SET ROLE regress_cr_part;
DROP INDEX bare_y;
CREATE INDEX bare_y ON bare (y) WHERE parties.plain('x') > 3 OR x > 3;
SET ROLE regress_cr_ana;
SELECT cleanroom.run_template('read_bare') IS NOT NULL AS clean;
RESET ROLE;
ALTER EXTENSION pgcrypto DROP FUNCTION fill(anyelement, text);
ALTER EXTENSION pgcrypto DROP FUNCTION plain(text);
ALTER EXTENSION pgcrypto DROP FUNCTION of_words(words);
ALTER EXTENSION pgcrypto DROP FUNCTION a_word(text);
ALTER EXTENSION pgcrypto DROP FUNCTION many(words[]);
-- Nor does what a query does not show call what a template could not: here the
-- conditions of a domain, which a superuser's function reads.
SET ROLE regress_cr_part;
CREATE DOMAIN ours AS text CHECK (VALUE <> 'go' OR cleanroom.unprotect('parties.people')::text IS NOT NULL);
CREATE TABLE ours_table (a ours);
INSERT INTO ours_table VALUES ('x');
GRANT SELECT ON ours_table TO PUBLIC;
SELECT cleanroom.propose_template('parties', 'xml', 'SELECT count(*) AS n, (SELECT count(parties.fill(t, ''go'')) FROM parties.wordy t) AS k FROM seen');
SELECT cleanroom.propose_template('parties', 'ours', 'SELECT count(*) AS n, (SELECT count(parties.fill(t, ''go'')) FROM parties.ours_table t) AS k FROM seen');
SELECT cleanroom.approve_template('xml', 1), cleanroom.approve_template('ours', 1);
SET ROLE regress_cr_own;
SELECT cleanroom.run_template('xml');
SELECT cleanroom.run_template('ours');
RESET ROLE;
-- a superuser's own, too, calls what the template might
CREATE FUNCTION calls_it(text) RETURNS int LANGUAGE plpgsql SET search_path = pg_catalog AS 'BEGIN RETURN parties.plain($1); END';
CREATE FUNCTION reads_it(text) RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog AS 'DECLARE d parties.ours; BEGIN d := $1; RETURN d; END';
ALTER FUNCTION plain(text) VOLATILE;
ALTER EXTENSION pgcrypto ADD FUNCTION plain(text);
SET ROLE regress_cr_part;
SELECT cleanroom.propose_template('parties', 'calls', 'SELECT count(*) AS n, parties.calls_it(''x'') AS k FROM seen');
SELECT cleanroom.propose_template('parties', 'reads', 'SELECT count(*) AS n, parties.reads_it(''go'') AS k FROM seen');
SELECT cleanroom.approve_template('calls', 1), cleanroom.approve_template('reads', 1);
SET ROLE regress_cr_own;
SELECT cleanroom.run_template('calls');
SELECT cleanroom.run_template('reads');
RESET ROLE;
ALTER EXTENSION pgcrypto DROP FUNCTION plain(text);
SET ROLE regress_cr_own;
SELECT cleanroom.run_template('calls');
-- what the extension itself asks its catalogs for meanwhile is its own
SET ROLE regress_cr_part;
SELECT cleanroom.add_row_policy('seen', 'mine', 'campaign <> COALESCE(cleanroom.attribute(''none''), ''none'')');
SELECT cleanroom.approve_template('good', 1);
SET ROLE regress_cr_own;
SELECT cleanroom.run_template('good');
RESET ROLE;
SELECT cleanroom.run_template('good');
SET ROLE regress_cr_part;
-- and so is what it puts into the query
SELECT cleanroom.propose_template('parties', 'put_in', 'SELECT to_number(substr(campaign, 2), ''9'') AS c, count(*) AS n FROM seen GROUP BY 1 ORDER BY 1 LIMIT 1');
SELECT cleanroom.approve_template('put_in', 1);
SET ROLE regress_cr_own;
SELECT cleanroom.run_template('put_in');
SET ROLE regress_cr_part;
SELECT cleanroom.drop_row_policy('seen', 'mine');

-- What is compared with a foreign table goes to its owner's server.
RESET ROLE;
CREATE FOREIGN DATA WRAPPER parties_none;
CREATE SERVER parties_far FOREIGN DATA WRAPPER parties_none;
GRANT USAGE ON FOREIGN SERVER parties_far TO regress_cr_part;
SET ROLE regress_cr_part;
CREATE FOREIGN TABLE far (k text) SERVER parties_far;
CREATE TABLE near (k text);
GRANT SELECT ON far, near TO PUBLIC;
SELECT cleanroom.propose_template('parties', 'far', 'SELECT (SELECT count(*) FROM far WHERE k = (SELECT max(email) FROM people)) AS f, count(*) AS n FROM seen');
SELECT cleanroom.propose_template('parties', 'far', 'SELECT (SELECT count(*) FROM far WHERE k = current_setting(''x.y'', true)) AS f, count(*) AS n FROM seen');
SELECT cleanroom.propose_template('parties', 'near', 'SELECT (SELECT count(*) FROM near WHERE k = current_setting(''x.y'', true)) AS f, count(*) AS n FROM seen');
SELECT cleanroom.approve_template('near', 1);
SET ROLE regress_cr_own;
SELECT cleanroom.run_template('near');
-- nor with a part that comes after the approval
SET ROLE regress_cr_part;
CREATE FOREIGN TABLE part_of_near () INHERITS (near) SERVER parties_far;
SET ROLE regress_cr_own;
SELECT cleanroom.run_template('near');
RESET ROLE;
DROP FOREIGN DATA WRAPPER parties_none CASCADE;

-- Whoever makes a table is not told of others by the rules for it.
SET ROLE regress_cr_boss;
SELECT cleanroom.set_attribute('regress_cr_own', 'clearance', 'high');
SELECT cleanroom.set_attribute('regress_cr_ana', 'clearance', 'low');
SET ROLE regress_cr_ana;
CREATE TABLE mine (id int NOT NULL);
SELECT cleanroom.protect('mine', 'id', 2);
SELECT cleanroom.add_access_rule('parties.mine', 'r', 'attribute(''clearance'') = ''high''');
SELECT verdict FROM cleanroom.simulate_access('regress_cr_own', 'mine');
SELECT verdict FROM cleanroom.simulate_access('regress_cr_own', 'mine', '{"clearance": "high"}');
SELECT verdict FROM cleanroom.simulate_access('regress_cr_own', 'mine', NULL);
SELECT cleanroom.simulate_access('regress_cr_own', 'mine', '["clearance"]');
SELECT cleanroom.add_access_rule('parties.mine', 'r', 'attribute(''clearance'') = ''low''');
SELECT verdict FROM cleanroom.simulate_access('regress_cr_ana', 'mine');
RESET ROLE;
INSERT INTO mine SELECT generate_series(1, 9);
GRANT SELECT ON mine TO regress_cr_own;
SET ROLE regress_cr_own;
SELECT count(*) FROM mine;
SET ROLE regress_cr_ana;
SELECT cleanroom.add_access_rule('parties.mine', 'r', 'session_fact(''queries_last_hour'')::int + session_fact(''refusals_last_hour'')::int = 0');
SELECT verdict FROM cleanroom.simulate_access('regress_cr_own', 'mine');
SELECT verdict FROM cleanroom.simulate_access('regress_cr_own', 'mine', '{"refusals_last_hour": 1}');
-- the operator is, and a contributor of those who ask in the room
SET ROLE regress_cr_part;
SELECT cleanroom.add_access_rule('parties.seen', 'r', 'attribute(''clearance'') = ''low''');
SELECT verdict FROM cleanroom.simulate_access('regress_cr_ana', 'seen');
SELECT verdict FROM cleanroom.simulate_access('regress_cr_own', 'seen');
SELECT verdict FROM cleanroom.simulate_access('regress_cr_own', 'seen', '{"clearance": "low"}');
RESET ROLE;
GRANT USAGE ON SCHEMA parties TO regress_cr_boss;
SET ROLE regress_cr_boss;
SELECT verdict FROM cleanroom.simulate_access('regress_cr_ana', 'seen');
SET ROLE regress_cr_part;
SELECT cleanroom.drop_access_rule('parties.seen', 'r');

-- A table leaves with the last membership by which its owner contributes.
SET ROLE regress_cr_alice;
CREATE TABLE joined AS SELECT i AS id, i % 3 AS d FROM generate_series(1, 60) i;
SELECT cleanroom.protect('joined', 'id', 10, '{d}', join_keys => '{id}');
SET ROLE regress_cr_boss;
SELECT cleanroom.add_member('parties', 'regress_cr_crew', 'contributor');
SET ROLE regress_cr_alice;
SELECT cleanroom.share_table('parties', 'joined');
SET ROLE regress_cr_ana;
SELECT count(*) FROM joined JOIN people USING (id);
RESET ROLE;
REVOKE regress_cr_crew FROM regress_cr_alice;
SET ROLE regress_cr_ana;
SELECT count(*) FROM joined JOIN people USING (id);
RESET ROLE;
GRANT regress_cr_crew TO regress_cr_alice;
SET ROLE regress_cr_ana;
SELECT count(*) FROM joined JOIN people USING (id);
SET ROLE regress_cr_boss;
SELECT cleanroom.remove_member('parties', 'regress_cr_crew');
SELECT relation FROM cleanroom.room_tables WHERE room = 'parties' ORDER BY relation::text;
SELECT cleanroom.add_member('parties', 'regress_cr_eve', 'analyst');
RESET ROLE;
SELECT has_table_privilege('regress_cr_eve', 'joined', 'SELECT') AS joined,
       has_table_privilege('regress_cr_eve', 'people', 'SELECT') AS people,
       has_table_privilege('regress_cr_ana', 'joined', 'SELECT') AS kept;

-- A rule is for what its author means by a name, and for a table that is asked.
SET ROLE regress_cr_boss;
SELECT cleanroom.create_room('parties.seen', 'harmless');
RESET ROLE;
-- of another time
INSERT INTO cleanroom.room_list (name, purpose, created_by) VALUES ('parties.seen', 'harmless', 'regress_cr_boss');
INSERT INTO cleanroom.member_list SELECT room_id, m, p, 'regress_cr_boss' FROM cleanroom.room_list,
    (VALUES ('regress_cr_boss'::regrole, 'operator'), ('regress_cr_part', 'contributor')) v (m, p) WHERE name = 'parties.seen';
SET ROLE regress_cr_part;
SELECT cleanroom.add_access_rule('parties.seen', 'deny', 'false');
SELECT cleanroom.drop_access_rule('parties.seen', 'deny');
SELECT cleanroom.add_access_rule('"parties".seen', 'deny', 'false');
SELECT relation, room, rule FROM cleanroom.access_rules;
SELECT cleanroom.drop_access_rule('"parties".seen', 'deny');
-- nobody else's table is meant
SET ROLE regress_cr_boss;
SELECT cleanroom.add_access_rule('parties.seen', 'deny', 'false');
SELECT cleanroom.close_room('parties.seen');
SET ROLE regress_cr_part;
SELECT cleanroom.add_access_rule('a.b.c.d', 'deny', 'false');
SELECT cleanroom.add_access_rule('"', 'deny', 'false');
CREATE TABLE whole (id int NOT NULL, g text) PARTITION BY LIST (g);
CREATE TABLE part PARTITION OF whole FOR VALUES IN ('a');
CREATE TABLE apart (id int NOT NULL, g text);
CREATE VIEW over_whole AS SELECT * FROM whole;
SELECT cleanroom.add_access_rule('parties.whole', 'deny', 'false');
SELECT cleanroom.set_residency('whole', 'MARS');
SELECT cleanroom.protect('whole', 'id', 2);
SELECT cleanroom.add_access_rule('parties.' || t, 'deny', 'false'), cleanroom.set_residency(t, 'MARS') FROM unnest('{whole}'::regclass[]) t;
SELECT cleanroom.add_access_rule('parties.part', 'deny', 'false');
SELECT cleanroom.set_residency('part', 'MARS');
SELECT cleanroom.simulate_access('regress_cr_ana', 'part');
SELECT cleanroom.add_access_rule('parties.over_whole', 'deny', 'false');
SELECT cleanroom.set_residency('over_whole', 'MARS');
-- what bears no policy any more may lose its own
SELECT cleanroom.protect('apart', 'id', 2);
SELECT cleanroom.add_access_rule('parties.apart', 'deny', 'false'), cleanroom.set_residency('apart', 'MARS');
SELECT cleanroom.unprotect('apart');
SELECT cleanroom.drop_access_rule('parties.apart', 'deny'), cleanroom.set_residency('apart', NULL);
DROP TABLE whole CASCADE;

-- In a unanimous room nobody waits for who is gone, nor is done what was
-- proposed by whoever has no say any more.
RESET ROLE;
CREATE ROLE regress_cr_ghost;
CREATE ROLE regress_cr_ops;
CREATE ROLE regress_cr_op IN ROLE regress_cr_ops;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_op;
SET ROLE regress_cr_boss;
SELECT cleanroom.create_room('haunted', 'measurement');
SELECT cleanroom.add_member('haunted', r, p) FROM (VALUES ('regress_cr_own', 'contributor'), ('regress_cr_ghost', 'contributor'),
    ('regress_cr_ghost', 'operator'), ('regress_cr_ops', 'operator')) m (r, p);
SELECT cleanroom.demand_unanimity('haunted');
SELECT cleanroom.add_member('haunted', 'regress_cr_eve', 'analyst') ~ 'waits for the consent of regress_cr_ghost, regress_cr_own' AS asked;
RESET ROLE;
CREATE FUNCTION pg_temp.waiting() RETURNS int LANGUAGE sql AS $$
    SELECT max(change_id) FROM cleanroom.room_changes WHERE room = 'haunted' AND outcome = 'waiting' $$;
SET ROLE regress_cr_own;
SELECT cleanroom.consent(pg_temp.waiting()) ~ 'waits for the consent of regress_cr_ghost' AS asked;
RESET ROLE;
SELECT 'regress_cr_ghost'::regrole::oid AS ghost \gset
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_ghost;
DROP ROLE regress_cr_ghost;
SET ROLE regress_cr_own;
SELECT cleanroom.consent(pg_temp.waiting());
SET ROLE regress_cr_boss;
SELECT count(*) FROM cleanroom.room_members WHERE room = 'haunted' AND role::text = :'ghost';
SELECT cleanroom.remove_member('haunted', :'ghost');
SELECT count(*) FROM cleanroom.room_members WHERE room = 'haunted' AND role::text = :'ghost';
-- a group goes, and its member with it
SET ROLE regress_cr_op;
SELECT cleanroom.add_member('haunted', 'regress_cr_part', 'analyst') ~ 'waits' AS asked;
SET ROLE regress_cr_boss;
SELECT cleanroom.remove_member('haunted', 'regress_cr_ops');
SELECT arguments->>'role' AS role, outcome FROM cleanroom.room_changes WHERE room = 'haunted' AND change = 'add_member' ORDER BY change_id DESC LIMIT 1;
-- a member leaves its group
SELECT cleanroom.add_member('haunted', 'regress_cr_ops', 'operator') ~ 'waits' AS asked;
SET ROLE regress_cr_own;
SELECT cleanroom.consent(pg_temp.waiting());
SET ROLE regress_cr_op;
SELECT cleanroom.add_member('haunted', 'regress_cr_part', 'analyst') ~ 'waits' AS asked;
RESET ROLE;
REVOKE regress_cr_ops FROM regress_cr_op;
SET ROLE regress_cr_own;
SELECT cleanroom.consent(pg_temp.waiting());
SELECT cleanroom.decline(pg_temp.waiting());
-- who is gone does not count as an operator either
RESET ROLE;
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_ops;
DROP ROLE regress_cr_ops;
SET ROLE regress_cr_boss;
SELECT cleanroom.remove_member('haunted', 'regress_cr_boss');
RESET ROLE;
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_op;
DROP ROLE regress_cr_op;

-- One command may change a policy more than once.
SET ROLE regress_cr_own;
SELECT count(cleanroom.set_column('people', 'email', u)) FROM unnest('{join,dimension,join}'::text[]) u;
SELECT uses FROM cleanroom.columns WHERE relation = 'people'::regclass AND "column" = 'email';
SELECT count(cleanroom.protect('people', 'id', n, '{region}', join_keys => '{id}')) FROM generate_series(9, 10) n;

-- A trigger that anybody makes does not keep a key's version.
RESET ROLE;
GRANT EXECUTE ON FUNCTION cleanroom.create_key(text, text) TO regress_cr_own;
SET ROLE regress_cr_own;
SELECT cleanroom.create_key('parties_k', 'token');
CREATE TEMP TABLE made AS SELECT cleanroom.tokenize('a', 'parties_k') AS token;
SELECT cleanroom.rotate_key('parties_k');
GRANT SELECT ON made TO regress_cr_ana;
SET ROLE regress_cr_ana;
CREATE TABLE fake (src text, tok uuid);
SELECT cleanroom.track_column('fake', 'tok', 'parties_k');
CREATE TRIGGER t BEFORE INSERT OR UPDATE ON fake FOR EACH ROW EXECUTE FUNCTION cleanroom.fill_token('src', 'tok', 'parties_k', 'exact', 'keep');
ALTER TABLE fake DISABLE TRIGGER t;
INSERT INTO fake SELECT 'x', token FROM made;
SET ROLE regress_cr_own;
SELECT cleanroom.key_dependents('parties_k');
-- of whoever has a use of the key it does
SELECT cleanroom.grant_key('parties_k', 'regress_cr_ana', '{tokenize}');
SELECT cleanroom.key_dependents('parties_k');
SELECT cleanroom.retire_key_version('parties_k', 1);
SELECT cleanroom.revoke_key('parties_k', 'regress_cr_ana', '{tokenize}');
SELECT cleanroom.retire_key_version('parties_k', 1);
SELECT count(cleanroom.destroy_key('parties_k', 'parties_k'));

RESET ROLE;
RESET search_path;
SET client_min_messages = error;
TRUNCATE cleanroom.room_list CASCADE;
TRUNCATE cleanroom.rule_list, cleanroom.attribute_list, cleanroom.schema_grant_list;
DROP SCHEMA parties CASCADE;
DROP TABLE made;
DELETE FROM cleanroom.keyring_columns c USING cleanroom.keyring k WHERE c.key_id = k.key_id AND k.name LIKE 'parties%';
DELETE FROM cleanroom.keyring_versions v USING cleanroom.keyring k WHERE v.key_id = k.key_id AND k.name LIKE 'parties%';
DELETE FROM cleanroom.keyring_grants g USING cleanroom.keyring k WHERE g.key_id = k.key_id AND k.name LIKE 'parties%';
DELETE FROM cleanroom.keyring WHERE name LIKE 'parties%';
REVOKE EXECUTE ON FUNCTION cleanroom.create_key(text, text) FROM regress_cr_own;
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_boss, regress_cr_own, regress_cr_part,
    regress_cr_ana, regress_cr_eve, regress_cr_alice, regress_cr_crew;
DROP ROLE regress_cr_boss, regress_cr_own, regress_cr_part, regress_cr_ana, regress_cr_eve,
    regress_cr_alice, regress_cr_crew;
