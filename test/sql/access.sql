-- Access rules: attributes of roles and facts of the session.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;

CREATE ROLE regress_cr_boss;
GRANT cleanroom_operator TO regress_cr_boss;
CREATE ROLE regress_cr_owner;
CREATE ROLE regress_cr_group;
CREATE ROLE regress_cr_ana IN ROLE regress_cr_group;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_boss, regress_cr_owner, regress_cr_group;
CREATE SCHEMA access;
GRANT CREATE, USAGE ON SCHEMA access TO regress_cr_owner;
GRANT USAGE ON SCHEMA access TO regress_cr_group;
SET ROLE regress_cr_owner;
CREATE TABLE access.stays (person int NOT NULL, region text NOT NULL, days int NOT NULL);
INSERT INTO access.stays SELECT i % 200, CASE WHEN i % 2 = 0 THEN 'north' ELSE 'south' END, i % 9
    FROM generate_series(1, 1000) i;
SELECT cleanroom.protect('access.stays', 'person', 10, '{region}', '{days}');
GRANT SELECT ON access.stays TO regress_cr_group;

-- Attributes are set by operators; a role's own comes before its groups'.
SELECT cleanroom.set_attribute('regress_cr_ana', 'region', 'north');
SET ROLE regress_cr_boss;
SELECT cleanroom.set_attribute('regress_cr_group', 'region', 'south');
SELECT cleanroom.set_attribute('regress_cr_nobody', 'region', 'south');
SELECT cleanroom.set_attribute('regress_cr_ana', '', 'south');
SELECT cleanroom.set_attribute('regress_cr_ana', repeat('x', 201), 'south');
SELECT cleanroom.set_attribute('regress_cr_ana', 'region', repeat('x', 10001));
SET ROLE regress_cr_ana;
SELECT cleanroom.attribute('region'), cleanroom.attribute('none');
SET ROLE regress_cr_boss;
SELECT cleanroom.set_attribute('regress_cr_ana', 'region', 'north');
SELECT role, key, value FROM cleanroom.attributes ORDER BY role::text;
SET ROLE regress_cr_ana;
SELECT cleanroom.attribute('region');
SELECT role, key, value FROM cleanroom.attributes ORDER BY role::text;

-- In a row policy: everybody aggregates over a region of their own.
SET ROLE regress_cr_owner;
SELECT cleanroom.add_row_policy('access.stays', 'own_region', 'region = cleanroom.attribute(''region'')');
SET ROLE regress_cr_ana;
PREPARE by_region AS SELECT region, count(*) FROM access.stays GROUP BY region ORDER BY region;
EXECUTE by_region;
SET ROLE regress_cr_boss;
SELECT cleanroom.set_attribute('regress_cr_ana', 'region', NULL);
SET ROLE regress_cr_ana;
EXECUTE by_region;
SET ROLE regress_cr_owner;
SELECT cleanroom.drop_row_policy('access.stays', 'own_region');

-- The clock is the server's, whatever the asker has set: of these two, one
-- shows all rows and the other none.
SELECT cleanroom.add_row_policy('access.stays', 'right', 'abs(extract(epoch FROM cleanroom.local_time(''Asia/Tokyo'') - (now() AT TIME ZONE ''Asia/Tokyo''))) < 3600');
SET ROLE regress_cr_ana;
CREATE FUNCTION pg_temp.ask(zone text, style text, tells text) RETURNS TABLE (count bigint, near boolean, day boolean) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('TimeZone', zone, true), set_config('DateStyle', style, true),
            set_config('IntervalStyle', tells, true), set_config('extra_float_digits', '-15', true);
    SELECT c.count INTO count FROM (SELECT count(*) FROM access.stays) c;
    near := abs(extract(epoch FROM cleanroom.session_fact('time')::timestamptz - now())) < 3600;
    day := (cleanroom.weekday('UTC') - extract(isodow FROM now() AT TIME ZONE 'UTC')) IN (0, 1, -6);
    RETURN NEXT;
END $$;
SELECT q.* FROM (VALUES ('UTC', 'ISO, MDY', 'postgres'), ('Etc/GMT+10', 'SQL, DMY', 'iso_8601'),
        ('CET-10', 'German', 'sql_standard'), ('Pacific/Kiritimati', 'Postgres, DMY', 'postgres_verbose')) s,
    pg_temp.ask(s.column1, s.column2, s.column3) q;
SET ROLE regress_cr_owner;
SELECT cleanroom.drop_row_policy('access.stays', 'right');
SELECT cleanroom.add_row_policy('access.stays', 'wrong', 'abs(extract(epoch FROM cleanroom.local_time(''Asia/Tokyo'') - (now() AT TIME ZONE ''Asia/Tokyo''))) >= 3600');
SET ROLE regress_cr_ana;
SELECT q.* FROM (VALUES ('UTC', 'ISO, MDY', 'postgres'), ('Etc/GMT+10', 'SQL, DMY', 'iso_8601'),
        ('CET-10', 'German', 'sql_standard'), ('Pacific/Kiritimati', 'Postgres, DMY', 'postgres_verbose')) s,
    pg_temp.ask(s.column1, s.column2, s.column3) q;
DROP FUNCTION pg_temp.ask(text, text, text);
SET ROLE regress_cr_owner;
SELECT cleanroom.drop_row_policy('access.stays', 'wrong');
SET ROLE regress_cr_ana;
SET timezone_abbreviations = 'Australia';
SELECT round(extract(epoch FROM cleanroom.local_time('EST') - (now() AT TIME ZONE 'UTC')) / 3600) AS est,
       round(extract(epoch FROM (now() AT TIME ZONE 'EST') - (now() AT TIME ZONE 'UTC')) / 3600) AS australian;
RESET timezone_abbreviations;
SELECT cleanroom.local_time('AEST');
SELECT cleanroom.local_time(NULL), cleanroom.weekday(NULL);
-- nor does the asker choose which group's attribute counts
RESET ROLE;
CREATE ROLE "regress_cr_group-b" ROLE regress_cr_ana;
SET ROLE regress_cr_boss;
SELECT cleanroom.set_attribute('regress_cr_group', 'tie', 'first'), cleanroom.set_attribute('regress_cr_group-b', 'tie', 'second');
SET ROLE regress_cr_ana;
SELECT cleanroom.attribute('tie');
SET quote_all_identifiers = on;
SELECT cleanroom.attribute('tie');
RESET quote_all_identifiers;
SET ROLE regress_cr_owner;

-- Who may set a rule, and what it may be.
SET ROLE regress_cr_ana;
SELECT cleanroom.add_access_rule('access.stays', 'mine', 'true');
SET ROLE regress_cr_owner;
SELECT cleanroom.add_access_rule('access.nothing', 'mine', 'true');
SELECT cleanroom.add_access_rule('access.stays', 'one', 'true; SELECT true');
SELECT cleanroom.add_access_rule('access.stays', 'one', 'true FROM access.stays');
SELECT cleanroom.add_access_rule('access.stays', 'one', 'no_such_function()');
SELECT cleanroom.add_access_rule('access.stays', 'one', '1 +');
SELECT cleanroom.add_access_rule('access.stays', 'one', '''abc''');
SELECT cleanroom.add_access_rule('access.stays', NULL, 'true');
SELECT cleanroom.add_access_rule('access.stays', '', 'true');
SELECT cleanroom.add_access_rule('access.stays', E'a\tb', 'true');
SELECT cleanroom.add_access_rule('access.stays', 'one', 'true', repeat('x', 10001));

-- Each fact just inside and just outside, in made-up sessions.
SELECT cleanroom.add_access_rule('access.stays', 'office',
    'local_time(''Europe/Berlin'')::time BETWEEN ''08:00'' AND ''18:00'' AND weekday(''Europe/Berlin'') < 6',
    'Come in office hours.');
SELECT cleanroom.add_access_rule('access.stays', 'inhouse', 'client_address() <<= ''10.0.0.0/8''');
SELECT cleanroom.add_access_rule('access.stays', 'encrypted',
    'session_fact(''tls'')::bool AND session_fact(''tls_version'') >= ''TLSv1.2''');
SELECT cleanroom.add_access_rule('access.stays', 'strong',
    'second_factor_age() < ''10 min'' OR attribute(''trusted'') = ''yes''');
SELECT cleanroom.add_access_rule('access.stays', 'calm', 'session_fact(''refusals_last_hour'')::int < 100');
SELECT cleanroom.add_access_rule('access.stays', 'busy', 'session_fact(''queries_last_hour'')::int < 50');
SELECT cleanroom.add_access_rule('access.stays', 'method', 'session_fact(''authentication'') IN (''scram-sha-256'', ''cert'')');
SELECT cleanroom.add_access_rule('access.stays', 'tool', 'session_fact(''application'') LIKE ''report %''');
SELECT cleanroom.add_access_rule('access.stays', 'cause', 'session_fact(''purpose'') = ''pricing''');
SELECT rule, condition, hint, author FROM cleanroom.access_rules ORDER BY rule;
CREATE FUNCTION access.try(facts jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(reason || ' / ' || hint, verdict)
    FROM cleanroom.simulate_access('regress_cr_ana', 'access.stays',
        '{"time": "2026-03-02 10:00+01", "address": "10.1.2.3", "tls": true,
          "tls_version": "TLSv1.3", "second_factor_age": 60, "authentication": "scram-sha-256",
          "application": "report 7", "purpose": "pricing", "queries_last_hour": 0}'::jsonb || facts) $$;
SELECT access.try('{}');
SELECT access.try('{"time": "2026-03-02 07:59:59+01"}');
SELECT access.try('{"time": "2026-03-02 08:00+01"}');
SELECT access.try('{"time": "2026-03-01 10:00+01"}');
SELECT access.try('{"time": "2026-07-03 18:00+02"}');
SELECT access.try('{"time": "2026-07-03 18:00:01+02"}');
SELECT access.try('{"address": "11.0.0.0"}');
SELECT access.try('{"address": "10.255.255.255"}');
SELECT access.try('{"address": null}');
SELECT access.try('{"tls": false}');
SELECT access.try('{"tls_version": "TLSv1.1"}');
SELECT access.try('{"second_factor_age": 599}');
SELECT access.try('{"second_factor_age": 600}');
SELECT access.try('{"second_factor_age": null}');
SELECT access.try('{"second_factor_age": null, "trusted": "yes"}');
SELECT access.try('{"refusals_last_hour": 99}');
SELECT access.try('{"refusals_last_hour": 100}');
SELECT access.try('{"queries_last_hour": 49}');
SELECT access.try('{"queries_last_hour": 50}');
SELECT access.try('{"authentication": "cert"}');
SELECT access.try('{"authentication": "md5"}');
SELECT access.try('{"authentication": null}');
SELECT access.try('{"application": "report "}');
SELECT access.try('{"application": "psql"}');
SELECT access.try('{"purpose": ""}');
SELECT access.try('{"purpose": "Pricing"}');
-- the weekday and the hour are those of the zone
SELECT access.try('{"time": "2026-03-06 17:00+00"}');
SELECT access.try('{"time": "2026-03-06 17:00:01+00"}');
SELECT access.try('{"time": "2026-03-08 23:30+00"}');
SELECT access.try('{"time": "2026-03-09 07:00+00"}');
-- on the first Monday of summer time
SELECT access.try('{"time": "2026-03-30 05:59:59+00"}');
SELECT access.try('{"time": "2026-03-30 06:00:00+00"}');
SELECT access.try('{"tls_version": "TLSv1.2"}');
SELECT access.try('{"tls_version": null}');
SELECT access.try('{"address": "10.0.0.0"}');
SELECT access.try('{"address": "9.255.255.255"}');
SELECT access.try('{"address": "::ffff:10.1.2.3"}');
SELECT access.try('{"time": [1]}');
SET ROLE regress_cr_ana;
SELECT cleanroom.simulate_access('regress_cr_ana', 'access.stays', '{}');
-- this session comes over a local socket, at any hour
SET ROLE regress_cr_owner;
SELECT cleanroom.drop_access_rule('access.stays', 'office');
SET ROLE regress_cr_ana;
SELECT count(*) FROM access.stays;
SELECT verdict, code FROM cleanroom.explain('SELECT count(*) FROM access.stays');

-- A rule that fails is not satisfied; replacing one takes effect at once, for
-- prepared statements and open cursors too.
SET ROLE regress_cr_owner;
SELECT cleanroom.drop_access_rule('access.stays', 'office');
SELECT cleanroom.drop_access_rule('access.stays', 'inhouse');
SELECT cleanroom.drop_access_rule('access.stays', 'encrypted');
SELECT cleanroom.drop_access_rule('access.stays', 'calm');
SELECT cleanroom.drop_access_rule('access.stays', 'busy');
SELECT cleanroom.drop_access_rule('access.stays', 'method');
SELECT cleanroom.drop_access_rule('access.stays', 'tool');
SELECT cleanroom.drop_access_rule('access.stays', 'cause');
SELECT cleanroom.add_access_rule('access.stays', 'strong', '1 / (CASE WHEN user = ''regress_cr_owner'' THEN 1 ELSE 1 END) = 1');
SET ROLE regress_cr_ana;
EXECUTE by_region;
BEGIN;
DECLARE c CURSOR FOR SELECT region, count(*) FROM access.stays GROUP BY region ORDER BY region;
FETCH 1 FROM c;
SET ROLE regress_cr_owner;
SELECT cleanroom.add_access_rule('access.stays', 'strong', 'attribute(''trusted'') = ''yes''', 'Be trusted.');
SET ROLE regress_cr_ana;
FETCH 1 FROM c;
COMMIT;
SET ROLE regress_cr_owner;
SELECT cleanroom.add_access_rule('access.stays', 'strong', 'attribute(''trusted'') = ''yes''', 'Be trusted.');
SET ROLE regress_cr_ana;
EXECUTE by_region;
SET ROLE regress_cr_boss;
SELECT cleanroom.set_attribute('regress_cr_ana', 'trusted', 'yes');
SET ROLE regress_cr_ana;
EXECUTE by_region;
SET ROLE regress_cr_owner;
SELECT cleanroom.add_access_rule('access.stays', 'strong',
    'CASE attribute(''trusted'') WHEN ''yes'' THEN 1 / length(attribute(''none'') || '''') = 1 ELSE true END');
SELECT cleanroom.add_access_rule('access.stays', 'strong',
    '(attribute(''trusted'') || attribute(''trusted''))::int = 1');
SET ROLE regress_cr_ana;
EXECUTE by_region;

-- While workers run rules are asked as well, when no subtransaction can be
-- started; and so they are where one that fails leaves another room.
SET ROLE regress_cr_owner;
SELECT cleanroom.add_access_rule('access.stays', 'strong',
    'attribute(''trusted'') = ''yes'' AND 1 / length(attribute(''trusted'')) >= 0');
RESET ROLE;
SET min_parallel_table_scan_size = 0;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET ROLE regress_cr_ana;
SELECT region, count(*) FROM access.stays GROUP BY region ORDER BY region;
SELECT count(set_config(name, 'on', false)) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query');
SELECT region, count(*) FROM access.stays GROUP BY region ORDER BY region;
BEGIN;
DECLARE c CURSOR FOR SELECT region, count(*) FROM access.stays GROUP BY region ORDER BY region;
FETCH 1 FROM c;
FETCH 1 FROM c;
COMMIT;
SET ROLE regress_cr_owner;
SELECT cleanroom.drop_access_rule('access.stays', 'strong');
SET ROLE regress_cr_boss;
SELECT cleanroom.create_room('access_a', 'care'), cleanroom.create_room('access_b', 'care');
SELECT cleanroom.add_member(room, 'regress_cr_owner', 'contributor'), cleanroom.add_member(room, 'regress_cr_group', 'analyst')
    FROM unnest(ARRAY['access_a', 'access_b']) room;
SET ROLE regress_cr_owner;
REVOKE SELECT ON access.stays FROM regress_cr_group;
SELECT cleanroom.share_table('access_a', 'access.stays'), cleanroom.share_table('access_b', 'access.stays');
SELECT cleanroom.add_access_rule('access_a', 'failing', 'attribute(''trusted'')::int = 1');
SET ROLE regress_cr_ana;
SELECT region, count(*) FROM access.stays GROUP BY region ORDER BY region;
SET cleanroom.room = 'access_a';
SELECT region, count(*) FROM access.stays GROUP BY region ORDER BY region;
RESET cleanroom.room;
SELECT count(set_config(name, 'off', false)) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query');
RESET min_parallel_table_scan_size;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET ROLE;
TRUNCATE cleanroom.room_list CASCADE;
SET ROLE regress_cr_owner;
GRANT SELECT ON access.stays TO regress_cr_group;

-- A rule runs as its author, and cannot see more than the author.
SET ROLE regress_cr_owner;
SELECT cleanroom.add_access_rule('access.stays', 'strong', 'current_user = ''regress_cr_owner'' AND session_fact(''user'') <> ''regress_cr_owner''');
SELECT cleanroom.add_access_rule('access.stays', 'strong', 'current_user = ''regress_cr_owner''');
SET ROLE regress_cr_ana;
EXECUTE by_region;

-- Of an author who is gone there are no rights to run it with: it is not satisfied, until
-- whoever may set rules replaces it.
RESET ROLE;
CREATE ROLE regress_cr_left IN ROLE regress_cr_owner;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_left;
SET ROLE regress_cr_left;
SELECT cleanroom.add_access_rule('access.stays', 'strong', 'true', 'Ask me.');
SET ROLE regress_cr_ana;
EXECUTE by_region;
RESET ROLE;
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_left;
DROP ROLE regress_cr_left;
SET ROLE regress_cr_ana;
EXECUTE by_region;
SET ROLE regress_cr_owner;
SELECT cleanroom.add_access_rule('access.stays', 'strong', 'true');
SET ROLE regress_cr_ana;
EXECUTE by_region;

-- What comes into the schemas that a rule's names are found in does not change its meaning:
-- the rule is not satisfied, and says why.
SET ROLE regress_cr_owner;
SELECT cleanroom.add_access_rule('access.stays', 'strong', 'array[1, 2, 3, 4, 5, 6, 7] @> array[weekday(''UTC'')]', 'Not today.');
SET ROLE regress_cr_ana;
EXECUTE by_region;
RESET ROLE;
CREATE FUNCTION access.never(int[], int[]) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT false';
CREATE OPERATOR cleanroom.@> (LEFTARG = int[], RIGHTARG = int[], FUNCTION = access.never);
SET ROLE regress_cr_ana;
EXECUTE by_region;
SET ROLE regress_cr_owner;
SELECT cleanroom.add_access_rule('access.stays', 'strong', 'array[1, 2, 3, 4, 5, 6, 7] @> array[weekday(''UTC'')]', 'Not today.');
SELECT cleanroom.add_access_rule('access.stays', 'strong', 'array[1, 2, 3, 4, 5, 6, 7] OPERATOR(pg_catalog.@>) array[weekday(''UTC'')]', 'Not today.');
SET ROLE regress_cr_ana;
EXECUTE by_region;
RESET ROLE;
DROP OPERATOR cleanroom.@> (int[], int[]);
CREATE FUNCTION cleanroom.weekday(varchar) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 0';
SET ROLE regress_cr_owner;
SELECT cleanroom.add_access_rule('access.stays', 'strong', 'weekday(''UTC'') > 0', 'Not today.');
SELECT cleanroom.add_access_rule('access.stays', 'strong', 'weekday(''UTC''::varchar) > 0', 'Not today.');
RESET ROLE;
DROP FUNCTION cleanroom.weekday(varchar);
-- those in other schemas are refused as before
CREATE OPERATOR access.@> (LEFTARG = int[], RIGHTARG = int[], FUNCTION = access.never);
SET ROLE regress_cr_owner;
SELECT cleanroom.add_access_rule('access.stays', 'strong', 'array[1] OPERATOR(access.@>) array[1]');
RESET ROLE;
DROP FUNCTION access.never CASCADE;
SET ROLE regress_cr_owner;
SELECT cleanroom.add_access_rule('access.stays', 'strong', 'array[1, 2, 3, 4, 5, 6, 7] @> array[weekday(''UTC'')]');
SET ROLE regress_cr_ana;
EXECUTE by_region;

-- Facts of this session.
SELECT cleanroom.session_fact('user'), cleanroom.session_fact('tls'),
       cleanroom.session_fact('address'), cleanroom.client_address(),
       cleanroom.has_second_factor(), cleanroom.second_factor_age();
SELECT cleanroom.session_fact('shoe_size');
RESET ROLE;
RESET client_min_messages;

SELECT count(*) > 5 AS recorded FROM cleanroom.ledger
    WHERE kind = 'access_rule' AND 'access.stays' = ANY (tables);
TRUNCATE cleanroom.rule_list, cleanroom.attribute_list;
DROP SCHEMA access CASCADE;
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_boss, regress_cr_owner, regress_cr_group;
DROP ROLE regress_cr_boss, regress_cr_owner, regress_cr_ana, regress_cr_group, "regress_cr_group-b";
