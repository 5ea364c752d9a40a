-- Tables that are not protected, of which a part is: what comes to the part
-- through the table above, or is kept there of it.
\set SHOW_CONTEXT never
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_owner;
CREATE ROLE regress_cr_ana;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_owner;
CREATE SCHEMA above;
GRANT USAGE, CREATE ON SCHEMA above TO regress_cr_owner, regress_cr_ana;
SET search_path = above, pg_catalog;
SET ROLE regress_cr_owner;
CREATE TABLE whole (id int PRIMARY KEY, x int, note text) PARTITION BY RANGE (id);
CREATE TABLE low PARTITION OF whole FOR VALUES FROM (0) TO (1000);
CREATE TABLE high PARTITION OF whole FOR VALUES FROM (1000) TO (2000);
CREATE TABLE parent (id int, x int, note text);
CREATE TABLE child () INHERITS (parent);
INSERT INTO whole SELECT n, n, 'secret' || n FROM generate_series(1, 100) n;
INSERT INTO child SELECT n, n, 'secret' || n FROM generate_series(1, 100) n;
INSERT INTO parent SELECT n, n, 'plain' || n FROM generate_series(1, 100) n;
CREATE STATISTICS whole_note (mcv) ON x, note FROM whole;
SELECT cleanroom.protect('low', 'id', 20, '{}', '{x}');
SELECT cleanroom.protect('child', 'id', 20, '{}', '{x}');
GRANT ALL ON whole, parent TO regress_cr_ana;
ANALYZE whole, parent;
CREATE VIEW samples AS
    SELECT tablename, attname, inherited, histogram_bounds IS NOT NULL OR most_common_vals IS NOT NULL AS values
    FROM pg_stats WHERE schemaname = 'above' AND attname = 'note';
GRANT SELECT ON samples TO regress_cr_ana;

SET ROLE regress_cr_ana;
-- what was sampled of all parts together
SELECT * FROM samples ORDER BY 1, 2, 3;
SELECT tablename, attname, inherited FROM pg_stats WHERE schemaname = 'above' ORDER BY 1, 2, 3;
SELECT count(*) FROM pg_stats WHERE schemaname = 'above' AND (histogram_bounds::text LIKE '%secret%' OR most_common_vals::text LIKE '%secret%');
SELECT statistics_name, inherited, most_common_vals IS NOT NULL AS values FROM pg_stats_ext WHERE schemaname = 'above';
CREATE FUNCTION sampled() RETURNS SETOF text LANGUAGE sql STABLE AS
    $$SELECT tablename || ' ' || inherited FROM pg_stats WHERE schemaname = 'above' AND attname = 'note'$$;
SELECT * FROM sampled();
CREATE FUNCTION sampled_values() RETURNS SETOF text LANGUAGE sql STABLE AS
    'SELECT starelid::regclass::text FROM pg_statistic WHERE starelid = ''above.low''::regclass';
RESET ROLE;
CREATE ROLE regress_cr_reader IN ROLE pg_read_all_data;
GRANT USAGE ON SCHEMA above TO regress_cr_reader;
SET ROLE regress_cr_reader;
SELECT * FROM above.sampled_values();
SELECT * FROM above.sampled();
SET ROLE regress_cr_ana;
PREPARE sampled AS SELECT tablename, inherited FROM pg_stats WHERE schemaname = 'above' AND attname = 'note' ORDER BY 1;
EXECUTE sampled;
-- rows that are written to a part by its table
INSERT INTO whole VALUES (5, 1, 'x') ON CONFLICT DO NOTHING;
INSERT INTO whole VALUES (5, 1, 'x');
INSERT INTO whole SELECT n, 0, '' FROM generate_series(1, 5) n ON CONFLICT (id) DO UPDATE SET x = whole.x RETURNING *;
INSERT INTO whole VALUES (1500, 1, 'x');
WITH w AS (INSERT INTO whole VALUES (5, 1, 'x') ON CONFLICT DO NOTHING RETURNING 1) SELECT count(*) FROM w;
CREATE VIEW through AS SELECT * FROM whole;
INSERT INTO through VALUES (5, 1, 'x') ON CONFLICT DO NOTHING;
PREPARE written AS INSERT INTO whole VALUES (5, 1, 'x') ON CONFLICT DO NOTHING;
MERGE INTO whole USING (VALUES (5)) v (id) ON whole.id = v.id WHEN NOT MATCHED THEN INSERT VALUES (5, 1, 'x');
UPDATE whole SET x = 1;
DELETE FROM whole;
TRUNCATE whole;
COPY whole TO stdout;
INSERT INTO parent VALUES (5, 1, 'x');
-- and to a part that is not protected, by its own name
RESET ROLE;
GRANT INSERT ON high TO regress_cr_ana;
SET ROLE regress_cr_ana;
INSERT INTO high VALUES (1500, 1, 'x');
-- triggers that are handed rows of all parts
CREATE FUNCTION told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE WARNING '%', (SELECT string_agg(o::text, ' ') FROM old_rows o); RETURN NULL; END$$;
CREATE TRIGGER told AFTER UPDATE ON parent REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION told();
CREATE TRIGGER told AFTER UPDATE ON whole REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION told();
-- those that were there before
SET ROLE regress_cr_owner;
SELECT cleanroom.unprotect('child');
SET ROLE regress_cr_ana;
CREATE TRIGGER told AFTER UPDATE ON parent REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION told();
SET ROLE regress_cr_owner;
SELECT cleanroom.protect('child', 'id', 20, '{}', '{x}');
DROP TRIGGER told ON parent;
SELECT cleanroom.protect('child', 'id', 20, '{}', '{x}');
-- its owner does as before
INSERT INTO whole VALUES (5, 1, 'x') ON CONFLICT DO NOTHING;
INSERT INTO whole VALUES (200, 1, 'secret200') RETURNING id;
-- (from 18 on ANALYZE of a table takes in its children)
SELECT tablename, inherited, values FROM samples WHERE tablename <> 'child' ORDER BY 1, 2;

RESET ROLE;
DROP SCHEMA above CASCADE;
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_owner;
DROP ROLE regress_cr_owner, regress_cr_ana, regress_cr_reader;
