-- Attacks by code that a party puts on its own table, to be run with the
-- rights of another who asks about it: in row policies, and in what the
-- planner evaluates as soon as a query names the table.
\set VERBOSITY terse
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_k_victim;
CREATE ROLE regress_cr_k_partner;
CREATE ROLE regress_cr_k_analyst;
CREATE SCHEMA bypass_code;
GRANT ALL ON SCHEMA bypass_code TO regress_cr_k_victim, regress_cr_k_partner, regress_cr_k_analyst;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_k_victim, regress_cr_k_partner, regress_cr_k_analyst;
SET search_path = bypass_code, pg_catalog;
CREATE FUNCTION by_superuser(int) RETURNS boolean LANGUAGE sql STABLE BEGIN ATOMIC SELECT $1 < 1000; END;

SET SESSION AUTHORIZATION regress_cr_k_victim;
CREATE TABLE people (pid int PRIMARY KEY, region text NOT NULL);
INSERT INTO people SELECT p, CASE WHEN p > 297 THEN 'tiny' ELSE 'large' END FROM generate_series(1, 300) p;
SELECT cleanroom.protect('people', 'pid', 10, dimensions => '{region}', join_keys => '{pid}');

SET SESSION AUTHORIZATION regress_cr_k_partner;
CREATE TABLE loot (seen text);
GRANT INSERT ON loot TO PUBLIC;
CREATE FUNCTION take() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO bypass_code.loot SELECT current_user || p::text FROM bypass_code.people p WHERE region = 'tiny';
    RETURN true;
EXCEPTION WHEN OTHERS THEN
    RETURN true;
END $$;
CREATE FUNCTION take_stable(int) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT bypass_code.take()';
CREATE FUNCTION take_immutable(int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN bypass_code.take(); END';
CREATE FUNCTION take_two(int, int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN bypass_code.take(); END';
CREATE OPERATOR ~~~~ (LEFTARG = int, RIGHTARG = int, FUNCTION = take_two);
CREATE OPERATOR <=> (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq, NEGATOR = OPERATOR(bypass_code.<!>));
CREATE OPERATOR <!> (LEFTARG = int, RIGHTARG = int, FUNCTION = take_two, NEGATOR = OPERATOR(bypass_code.<=>));
CREATE TYPE mood AS ENUM ('a');
CREATE FUNCTION mood_json(mood) RETURNS json LANGUAGE plpgsql AS $$ BEGIN PERFORM bypass_code.take(); RETURN '1'::json; END $$;
CREATE CAST (mood AS json) WITH FUNCTION mood_json(mood);
CREATE DOMAIN taking AS int CHECK (bypass_code.take_immutable(VALUE));
CREATE TYPE holding AS (held taking);
CREATE TABLE seen (pid int NOT NULL, camp text NOT NULL, mins int NOT NULL);
INSERT INTO seen SELECT p, 'c' || p % 2, p % 5 FROM generate_series(1, 200) p;
CREATE TABLE consents (pid int PRIMARY KEY);
INSERT INTO consents SELECT generate_series(1, 200);
GRANT SELECT ON consents TO PUBLIC;
CREATE VIEW taking_view AS SELECT pid FROM consents WHERE take_stable(1);
GRANT SELECT ON taking_view TO PUBLIC;
SELECT cleanroom.protect('seen', 'pid', 10, dimensions => '{camp, mins}', join_keys => '{pid}');
GRANT SELECT ON seen TO regress_cr_k_victim, regress_cr_k_analyst;
CREATE TABLE parts (pid int NOT NULL, camp text NOT NULL) PARTITION BY LIST (camp);
CREATE TABLE parts_a PARTITION OF parts FOR VALUES IN ('a');
CREATE TABLE parts_b PARTITION OF parts DEFAULT;
INSERT INTO parts SELECT p, ('{a,b}'::text[])[1 + p % 2] FROM generate_series(1, 200) p;
SELECT cleanroom.protect('parts', 'pid', 10, dimensions => '{camp}', join_keys => '{pid}');
GRANT SELECT ON parts TO regress_cr_k_victim;
CREATE TABLE keyed (pid int NOT NULL, camp text NOT NULL) PARTITION BY LIST ((take_two(pid, 1)));
CREATE TABLE keyed_a PARTITION OF keyed DEFAULT;
INSERT INTO keyed_a SELECT p, 'a' FROM generate_series(1, 200) p;
SELECT cleanroom.protect('keyed', 'pid', 10, dimensions => '{camp}');
GRANT SELECT ON keyed, keyed_a TO regress_cr_k_victim;
TRUNCATE loot;

RESET SESSION AUTHORIZATION;
-- What the victim gets when the partner has done something to its table, and
-- what has been taken meanwhile.
CREATE FUNCTION attack(doing text, undoing text, question text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
    hint text;
    n bigint;
BEGIN
    SET SESSION AUTHORIZATION regress_cr_k_partner;
    EXECUTE doing;
    TRUNCATE bypass_code.loot;
    SET SESSION AUTHORIZATION regress_cr_k_victim;
    SET constraint_exclusion = on;
    BEGIN
        EXECUTE question INTO answer;
    EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
        answer := SQLSTATE || ' ' || replace(SQLERRM, 'an index, constraint, statistics object, partition key or column of it', '… on it') ||
            CASE hint WHEN '' THEN ' WITHOUT A HINT' ELSE '' END;
    END;
    SET SESSION AUTHORIZATION regress_cr_k_partner;
    SELECT count(*) INTO n FROM bypass_code.loot;
    EXECUTE undoing;
    RESET SESSION AUTHORIZATION;
    RETURN answer || CASE WHEN n > 0 THEN ' TAKEN' ELSE '' END;
END $$;

CREATE TABLE attacks (place int GENERATED ALWAYS AS IDENTITY, doing text, undoing text);
INSERT INTO attacks (doing, undoing)
SELECT format('SELECT cleanroom.add_row_policy(''bypass_code.seen'', ''r'', %L)', condition),
       'SELECT cleanroom.drop_row_policy(''bypass_code.seen'', ''r'')'
  FROM unnest(ARRAY['bypass_code.take_stable(1)', 'bypass_code.take_immutable(mins)', 'mins OPERATOR(bypass_code.~~~~) 1',
    'pid IN (SELECT c.pid FROM bypass_code.consents c WHERE bypass_code.take_stable(1))',
    'pid IN (SELECT v.pid FROM bypass_code.taking_view v)', 'mins::bypass_code.taking IS NOT NULL',
    '''(1)''::text::bypass_code.holding IS NOT NULL', 'ARRAY[mins]::bypass_code.taking[] IS NOT NULL',
    'jsonb_populate_record(NULL::bypass_code.holding, ''{"held": 1}'') IS NOT NULL', 'table_to_xml(''bypass_code.taking_view'', true, true, '''') IS NOT NULL',
    'NOT (mins OPERATOR(bypass_code.<=>) 9)', '(mins OPERATOR(bypass_code.<=>) 9) = false', 'to_jsonb(''a''::bypass_code.mood) IS NOT NULL',
    'to_json(ARRAY[''a''::bypass_code.mood]) IS NOT NULL', 'row_to_json(ROW(''a''::bypass_code.mood)) IS NOT NULL',
    format('array_in(''{1}''::cstring, %s, -1) IS NOT NULL', 'bypass_code.taking'::regtype::oid), format('domain_in(''1''::cstring, %s, -1) IS NOT NULL', 'bypass_code.taking'::regtype::oid),
    'current_setting(''work_mem'') <> ''''', 'statement_timestamp() > ''2020-01-01''',
    'cleanroom.is_of_type(''1'', ''text, bypass_code.take()'')', 'cleanroom.objection_to_domain(''{"type": "bypass_code.taking", "min": "1"}'') IS NULL']) condition;
INSERT INTO attacks (doing, undoing) VALUES
('CREATE POLICY r ON bypass_code.seen AS RESTRICTIVE USING (bypass_code.take())', 'DROP POLICY r ON bypass_code.seen'),
('CREATE INDEX i ON bypass_code.seen (camp) WHERE bypass_code.take_immutable(1)', 'DROP INDEX bypass_code.i'),
('CREATE UNIQUE INDEX i ON bypass_code.seen (pid) WHERE bypass_code.take_immutable(1)', 'DROP INDEX bypass_code.i'),
('CREATE INDEX i ON bypass_code.seen ((bypass_code.take_immutable(1)))', 'DROP INDEX bypass_code.i'),
('CREATE INDEX i ON bypass_code.seen ((mins OPERATOR(bypass_code.~~~~) 1))', 'DROP INDEX bypass_code.i'),
('CREATE INDEX i ON bypass_code.consents (pid) WHERE bypass_code.take_immutable(1);
  SELECT cleanroom.add_row_policy(''bypass_code.seen'', ''r'', ''pid IN (SELECT c.pid FROM bypass_code.consents c)'')',
 'DROP INDEX bypass_code.i; SELECT cleanroom.drop_row_policy(''bypass_code.seen'', ''r'')'),
('ALTER TABLE bypass_code.seen ADD CONSTRAINT c CHECK (bypass_code.take_immutable(1))', 'ALTER TABLE bypass_code.seen DROP CONSTRAINT c'),
('ALTER TABLE bypass_code.seen ADD CONSTRAINT c CHECK (1::bypass_code.taking IS NOT NULL)', 'ALTER TABLE bypass_code.seen DROP CONSTRAINT c'),
('CREATE INDEX i ON bypass_code.seen (camp) WHERE NOT (mins OPERATOR(bypass_code.<=>) 9)', 'DROP INDEX bypass_code.i'),
('CREATE STATISTICS bypass_code.s ON (bypass_code.take_immutable(1)), camp FROM bypass_code.seen', 'DROP STATISTICS bypass_code.s');
SELECT place, left(regexp_replace(regexp_replace(doing, '\s+', ' ', 'g'), ', \d{4,}, ', ', OID, '), 110) AS doing,
       attack(doing, undoing, 'SELECT count(*) FROM bypass_code.seen WHERE mins < 9') AS alone
  FROM attacks ORDER BY place;
SELECT place, attack(doing, undoing, 'SELECT count(*) FROM bypass_code.seen JOIN bypass_code.people USING (pid) WHERE mins < 9') AS joined
  FROM attacks ORDER BY place;

-- by itself it runs nothing either
SELECT cleanroom.is_of_type('1', 'text, bypass_code.take()'), cleanroom.is_of_type('1', 'bypass_code.taking'),
    cleanroom.is_of_type('12.3', 'numeric(10, 2)'), cleanroom.is_of_type('x', 'int'), cleanroom.is_of_type('1', 'nothing');

-- partitions, and keys of partitions
SELECT attack('CREATE INDEX i ON bypass_code.parts_b (camp) WHERE bypass_code.take_immutable(1)', 'DROP INDEX bypass_code.i',
    'SELECT count(*) FROM bypass_code.parts WHERE camp = ''b''');
SELECT attack('SELECT 1', 'SELECT 1', 'SELECT count(*) FROM bypass_code.keyed WHERE camp = ''a''');
SELECT attack('SELECT 1', 'SELECT 1', 'SELECT count(*) FROM bypass_code.keyed_a WHERE camp = ''a''');
-- what an unprotected table beside it has
SELECT attack('CREATE TABLE bypass_code.camps AS SELECT DISTINCT camp, camp || ''!'' AS label FROM bypass_code.seen; ALTER TABLE bypass_code.camps ADD PRIMARY KEY (camp); CREATE INDEX i ON bypass_code.camps (label) WHERE bypass_code.take_immutable(1); GRANT SELECT ON bypass_code.camps TO PUBLIC',
    'DROP TABLE bypass_code.camps', 'SELECT count(*) FROM bypass_code.seen JOIN bypass_code.camps USING (camp) WHERE label > ''a''');
-- a subquery about membership, a view of one's own, and what a function asks
CREATE VIEW own_view AS SELECT camp, count(*) AS n FROM seen GROUP BY camp;
ALTER VIEW own_view OWNER TO regress_cr_k_victim;
SELECT attack('CREATE INDEX i ON bypass_code.seen (camp) WHERE bypass_code.take_immutable(1)', 'DROP INDEX bypass_code.i', question)
  FROM unnest(ARRAY['SELECT count(*) FROM bypass_code.people WHERE pid IN (SELECT pid FROM bypass_code.seen)',
    'SELECT count(*) FROM bypass_code.people p LEFT JOIN (SELECT pid, count(*) AS n FROM bypass_code.seen GROUP BY pid) s USING (pid)',
    'SELECT max(n) FROM bypass_code.own_view', 'SELECT verdict FROM cleanroom.explain(''SELECT count(*) FROM bypass_code.seen'')']) question;
-- replaced after it was found harmless
SET SESSION AUTHORIZATION regress_cr_k_victim;
SELECT count(*) FROM seen;
SET SESSION AUTHORIZATION regress_cr_k_partner;
CREATE INDEX i ON seen (camp) WHERE take_immutable(1);
SET SESSION AUTHORIZATION regress_cr_k_victim;
SELECT count(*) FROM seen;
SET SESSION AUTHORIZATION regress_cr_k_analyst;
SELECT count(*) FROM seen;

-- ---------- a superuser's function, and names that the reader's path finds ----------
SET SESSION AUTHORIZATION regress_cr_k_partner;
DROP INDEX i;
RESET SESSION AUTHORIZATION;
CREATE SCHEMA bypass_early;
CREATE SCHEMA bypass_closed;
CREATE SCHEMA bypass_plain;
CREATE SCHEMA bypass_theirs AUTHORIZATION regress_cr_k_partner;
GRANT ALL ON SCHEMA bypass_early TO regress_cr_k_partner;
GRANT USAGE ON SCHEMA bypass_early, bypass_closed TO PUBLIC;
CREATE FUNCTION bypass_closed.most() RETURNS int LANGUAGE sql IMMUTABLE BEGIN ATOMIC SELECT 1000; END;
CREATE FUNCTION most() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1000';
CREATE FUNCTION loose(int) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT $1 < most()';
CREATE FUNCTION loose_body(int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN $1 < most(); END';
CREATE FUNCTION loose_inside(int) RETURNS boolean LANGUAGE sql STABLE BEGIN ATOMIC SELECT bypass_code.loose($1); END;
CREATE FUNCTION loose_subquery(int) RETURNS boolean LANGUAGE sql STABLE
    BEGIN ATOMIC SELECT $1 IN (SELECT x FROM generate_series(0, 1000) x WHERE bypass_code.loose(x)); END;
CREATE FUNCTION open_path(int) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, bypass_early, bypass_code AS 'SELECT $1 < most()';
CREATE FUNCTION users_path(int) RETURNS boolean LANGUAGE sql STABLE SET search_path = "$user", bypass_closed AS 'SELECT $1 < most()';
CREATE FUNCTION missing_path(int) RETURNS boolean LANGUAGE sql STABLE SET search_path = bypass_missing, bypass_closed AS 'SELECT $1 < most()';
CREATE FUNCTION their_path(int) RETURNS boolean LANGUAGE sql STABLE SET search_path = bypass_theirs, bypass_closed AS 'SELECT $1 < most()';
CREATE FUNCTION plain_path(int) RETURNS boolean LANGUAGE sql STABLE SET search_path = bypass_plain, bypass_closed, pg_temp AS 'SELECT $1 < most()';
CREATE FUNCTION other_setting(int) RETURNS boolean LANGUAGE sql STABLE SET work_mem = '1MB' AS 'SELECT $1 < most()';
CREATE FUNCTION step(int, int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN least($1, most()); END';
CREATE AGGREGATE loose_total(int) (SFUNC = step, STYPE = int, INITCOND = '1');
CREATE OPERATOR <<<< (RIGHTARG = int, FUNCTION = loose);
CREATE OPERATOR <<>> (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq, NEGATOR = OPERATOR(bypass_code.>><<));
CREATE FUNCTION loose_two(int, int) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT $1 < most()';
CREATE OPERATOR >><< (LEFTARG = int, RIGHTARG = int, FUNCTION = loose_two, NEGATOR = OPERATOR(bypass_code.<<>>));
CREATE DOMAIN loose_domain AS int CHECK (bypass_code.loose(VALUE));
CREATE DOMAIN closed_domain AS int CHECK (VALUE < 1000);
CREATE FUNCTION itself(int) RETURNS boolean LANGUAGE sql STABLE BEGIN ATOMIC SELECT $1 < 1000; END;
CREATE OR REPLACE FUNCTION itself(int) RETURNS boolean LANGUAGE sql STABLE BEGIN ATOMIC SELECT CASE WHEN $1 < 1000 THEN true ELSE bypass_code.itself($1 - 1000) END; END;
CREATE FUNCTION closed_path(int) RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = bypass_closed, pg_temp AS 'BEGIN RETURN $1 < most(); END';
CREATE FUNCTION no_path(int) RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = '' AS 'BEGIN RETURN $1 < bypass_closed.most(); END';
CREATE FUNCTION no_path_either(int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS 'BEGIN RETURN $1 < bypass_closed.most(); END';
-- pg_temp is searched first for types and tables, unless it is in the path
CREATE FUNCTION catalog_path(int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog AS 'BEGIN RETURN lower($1::text) <> ''hidden''; END';
CREATE FUNCTION temp_first(int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE SET search_path = pg_temp, pg_catalog AS 'BEGIN RETURN lower($1::text) <> ''hidden''; END';
CREATE FUNCTION temp_between(int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp, bypass_closed AS 'BEGIN RETURN lower($1::text) <> ''hidden''; END';
CREATE FUNCTION temp_last(int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS 'BEGIN RETURN lower($1::text) <> ''hidden''; END';
CREATE AGGREGATE built_in_total(int) (SFUNC = int4larger, STYPE = int, INITCOND = '1');
SET SESSION AUTHORIZATION regress_cr_k_partner;
CREATE FUNCTION bypass_early.most() RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN PERFORM bypass_code.take(); RETURN 1000; END';
RESET SESSION AUTHORIZATION;
SET search_path = bypass_early, bypass_code, pg_catalog;
SELECT condition, attack(format('SELECT cleanroom.add_row_policy(''bypass_code.seen'', ''r'', %L)', condition),
        'SELECT cleanroom.drop_row_policy(''bypass_code.seen'', ''r'')', 'SELECT count(*) FROM bypass_code.seen')
  FROM unnest(ARRAY['bypass_code.loose(mins)', 'bypass_code.loose_body(mins)', 'bypass_code.loose_inside(mins)', 'bypass_code.loose_subquery(mins)',
    'bypass_code.open_path(mins)', 'bypass_code.users_path(mins)', 'bypass_code.missing_path(mins)', 'bypass_code.their_path(mins)', 'bypass_code.other_setting(mins)',
    '(SELECT bypass_code.loose_total(c.pid) FROM bypass_code.consents c) > 0', 'OPERATOR(bypass_code.<<<<) mins',
    'NOT mins OPERATOR(bypass_code.<<>>) 9', 'mins::bypass_code.loose_domain >= 0', 'mins::bypass_code.closed_domain >= 0',
    'bypass_code.itself(mins)', 'bypass_code.closed_path(mins)', 'bypass_code.plain_path(mins)', 'bypass_code.no_path(mins)',
    'bypass_code.catalog_path(mins)', 'bypass_code.temp_first(mins)', 'bypass_code.temp_between(mins)', 'bypass_code.temp_last(mins)',
    '(SELECT bypass_code.built_in_total(c.pid) FROM bypass_code.consents c) > 0']) condition;
-- a type of the reader's own does not get at the values
SET SESSION AUTHORIZATION regress_cr_k_partner;
SELECT cleanroom.add_row_policy('bypass_code.seen', 'r', 'bypass_code.temp_last(mins)');
SET SESSION AUTHORIZATION regress_cr_k_victim;
CREATE FUNCTION pg_temp.spy(pg_catalog.text) RETURNS bool LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'seen %', $1; RETURN true; END $$;
CREATE DOMAIN pg_temp.text AS pg_catalog.text CHECK (pg_temp.spy(VALUE));
SELECT count(*) FROM bypass_code.seen;
DROP DOMAIN pg_temp.text;
SET SESSION AUTHORIZATION regress_cr_k_partner;
SELECT cleanroom.drop_row_policy('bypass_code.seen', 'r');
RESET SESSION AUTHORIZATION;
-- from 17 on an index is made with a search_path of its own
CREATE FUNCTION bypass_code.loose_index(int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN $1 < most(); EXCEPTION WHEN undefined_function THEN RETURN true; END $$;
SELECT expression, attack(format('CREATE INDEX i ON bypass_code.seen (camp) WHERE %s', expression), 'DROP INDEX bypass_code.i',
        'SELECT count(*) FROM bypass_code.seen WHERE mins < 9')
  FROM unnest(ARRAY['bypass_code.loose_index(1)', 'bypass_code.no_path_either(1)']) expression;
CREATE FUNCTION bypass_code.loose_distance(int, int) RETURNS float8 LANGUAGE plpgsql IMMUTABLE AS 'BEGIN PERFORM most(); RETURN $1 - $2; END';
CREATE FUNCTION bypass_code.distance(int, int) RETURNS float8 LANGUAGE sql IMMUTABLE BEGIN ATOMIC SELECT $1 - $2; END;
CREATE TYPE bypass_code.loose_range AS RANGE (SUBTYPE = int, SUBTYPE_DIFF = bypass_code.loose_distance);
CREATE TYPE bypass_code.closed_range AS RANGE (SUBTYPE = int, SUBTYPE_DIFF = bypass_code.distance);
SELECT type, attack(format('ALTER TABLE bypass_code.seen ADD x bypass_code.%I', type), 'ALTER TABLE bypass_code.seen DROP x',
        'SELECT count(*) FROM bypass_code.seen')
  FROM unnest(ARRAY['loose_range', 'loose_multirange', 'closed_range']) type;
-- the schema is opened after it was found closed
SET SESSION AUTHORIZATION regress_cr_k_partner;
SELECT cleanroom.add_row_policy('bypass_code.seen', 'r', 'bypass_code.closed_path(mins)');
SET SESSION AUTHORIZATION regress_cr_k_victim;
SET plan_cache_mode = force_generic_plan;
PREPARE asked AS SELECT count(*) FROM seen;
EXECUTE asked;
RESET SESSION AUTHORIZATION;
GRANT CREATE ON SCHEMA bypass_closed TO regress_cr_k_partner;
SET SESSION AUTHORIZATION regress_cr_k_victim;
\set VERBOSITY default
EXECUTE asked;
\set VERBOSITY terse
DEALLOCATE asked;
RESET plan_cache_mode;
SET SESSION AUTHORIZATION regress_cr_k_partner;
SELECT cleanroom.drop_row_policy('bypass_code.seen', 'r');
RESET SESSION AUTHORIZATION;
SET search_path = bypass_code, pg_catalog;

-- ---------- what is honest ----------
SET SESSION AUTHORIZATION regress_cr_k_partner;
-- its own table
SELECT count(*) FROM seen;
CREATE INDEX i ON seen (lower(camp)) WHERE mins > 0 AND length(camp) > 1;
ALTER TABLE seen ADD CHECK (camp ~ '^c[0-9]+$' AND mins >= 0);
CREATE STATISTICS s ON (mins % 2), camp FROM seen;
SELECT cleanroom.add_row_policy('seen', 'built_in', 'left(camp, 1) = ''c'' AND now() > ''2020-01-01'' AND NOT pg_has_role(''pg_monitor'', ''member'')');
SELECT cleanroom.add_row_policy('seen', 'facts', 'coalesce(cleanroom.attribute(''region''), '''') <> ''none''');
SELECT cleanroom.add_row_policy('seen', 'consent', 'pid IN (SELECT c.pid FROM bypass_code.consents c)');
SELECT cleanroom.add_row_policy('seen', 'trusted', 'bypass_code.by_superuser(mins)');
SET SESSION AUTHORIZATION regress_cr_k_victim;
SELECT camp, count(*) FROM seen WHERE mins > 0 GROUP BY camp ORDER BY camp;
SET SESSION AUTHORIZATION regress_cr_k_analyst;
SELECT camp, count(*) FROM seen WHERE mins > 0 GROUP BY camp ORDER BY camp;
-- nor one of the one who asks: what the policy is asked about are raw rows
CREATE FUNCTION mine(int) RETURNS boolean LANGUAGE plpgsql STABLE AS 'BEGIN RETURN $1 >= 0; END';
SET SESSION AUTHORIZATION regress_cr_k_partner;
SELECT cleanroom.add_row_policy('seen', 'analysts', 'bypass_code.mine(mins)');
SET SESSION AUTHORIZATION regress_cr_k_analyst;
SELECT count(*) FROM seen;
SET SESSION AUTHORIZATION regress_cr_k_victim;
SELECT count(*) FROM seen;

RESET SESSION AUTHORIZATION;
RESET search_path;
SET client_min_messages = error;
DROP SCHEMA bypass_code, bypass_early, bypass_closed, bypass_plain, bypass_theirs CASCADE;
DROP OWNED BY regress_cr_k_victim, regress_cr_k_partner, regress_cr_k_analyst;
DROP ROLE regress_cr_k_victim, regress_cr_k_partner, regress_cr_k_analyst;
