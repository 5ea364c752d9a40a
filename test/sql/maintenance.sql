-- Who maintains others' tables runs their indexes, statistics and materialized
-- views with their owner's rights: what that fails at is nobody else's to read.
-- And whoever owns a table above others has statistics of all below it.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
SELECT datdba::regrole AS database_owner FROM pg_database WHERE datname = current_database() \gset
CREATE ROLE regress_cr_shop;
CREATE ROLE regress_cr_ana;
CREATE ROLE regress_cr_boss IN ROLE regress_cr_shop, regress_cr_ana;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_shop;
CREATE SCHEMA maintenance;
GRANT USAGE, CREATE ON SCHEMA maintenance TO regress_cr_shop, regress_cr_ana, regress_cr_boss;
ALTER DATABASE :DBNAME OWNER TO regress_cr_ana;
SET ROLE regress_cr_shop;
CREATE TABLE maintenance.visits (id int, email text, note text);
INSERT INTO maintenance.visits SELECT n, 'p' || n || '@x', 'diagnosis ' || n FROM generate_series(1, 50) n;
INSERT INTO maintenance.visits VALUES (51, 'p7@x', '77');
CREATE TABLE maintenance.stays (id int, note text);
INSERT INTO maintenance.stays SELECT n, 'diagnosis ' || n FROM generate_series(1, 50) n;
SELECT cleanroom.protect('maintenance.visits', 'id', 10);
SELECT cleanroom.protect('maintenance.stays', 'id', 10);
CREATE TABLE maintenance.plain (note text);
INSERT INTO maintenance.plain VALUES ('not a number');
-- leave an index each that could not be made
CREATE UNIQUE INDEX CONCURRENTLY visits_email ON maintenance.visits (email);
CREATE INDEX CONCURRENTLY visits_note ON maintenance.visits ((note::int));
CREATE STATISTICS maintenance.stays_note ON (note::int), id FROM maintenance.stays;
CREATE STATISTICS maintenance.plain_note ON (note::int), length(note) FROM maintenance.plain;
-- a function of the owner's that raises what code it likes
CREATE FUNCTION maintenance.raise(note text) RETURNS int IMMUTABLE LANGUAGE plpgsql AS
$$BEGIN RAISE EXCEPTION '%', note USING ERRCODE = '42501'; END$$;
CREATE STATISTICS maintenance.visits_raise ON (maintenance.raise(note)), id FROM maintenance.visits;
-- what reads a value as a query or as a name raises the codes of commands
CREATE TABLE maintenance.words (id int, note text);
INSERT INTO maintenance.words SELECT n, 'jones (( hiv' FROM generate_series(1, 50) n;
SELECT cleanroom.protect('maintenance.words', 'id', 10);
CREATE STATISTICS maintenance.words_note ON (note::tsquery), id FROM maintenance.words;

SET ROLE regress_cr_ana;
ANALYZE maintenance.words;
SET ROLE regress_cr_shop;
DROP STATISTICS maintenance.words_note;
UPDATE maintenance.words SET note = 'jones.hiv';
CREATE STATISTICS maintenance.words_note ON (note::regclass), id FROM maintenance.words;
SET ROLE regress_cr_ana;
ANALYZE maintenance.words;
VACUUM (ANALYZE) maintenance.words;
-- what the owner's functions name is not for the maintainer to give
SET ROLE regress_cr_shop;
CREATE FUNCTION maintenance.long(note text) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN length(note::text); END';
CREATE TABLE maintenance.named (id int, note text);
INSERT INTO maintenance.named SELECT n, 'diagnosis ' || n FROM generate_series(1, 50) n;
CREATE INDEX ON maintenance.named (maintenance.long(note));
CREATE STATISTICS maintenance.named_note ON (maintenance.long(note)), id FROM maintenance.named;
SELECT cleanroom.protect('maintenance.named', 'id', 10);
SET ROLE regress_cr_ana;
CREATE SCHEMA lent;
GRANT USAGE ON SCHEMA lent TO PUBLIC;
CREATE TABLE lent.loot (note text);
GRANT INSERT ON lent.loot TO PUBLIC;
CREATE FUNCTION lent.length(pg_catalog.text) RETURNS int LANGUAGE plpgsql SET search_path = pg_catalog AS
    'BEGIN INSERT INTO lent.loot VALUES ($1); RETURN 1; END';
ANALYZE maintenance.named;
-- refused up to server 16; from 17 on maintenance has a search_path of its own
SET search_path = lent, pg_catalog;
DO $$BEGIN ANALYZE maintenance.named; EXCEPTION WHEN SQLSTATE 'RC007' THEN NULL; END$$;
RESET search_path;
CREATE DOMAIN pg_temp.text AS pg_catalog.text CHECK (lent.length(VALUE) > 0);
DO $$BEGIN ANALYZE maintenance.named; EXCEPTION WHEN SQLSTATE 'RC007' THEN NULL; END$$;
DROP DOMAIN pg_temp.text;
SELECT count(*) FROM lent.loot;
DROP SCHEMA lent CASCADE;
VACUUM FULL maintenance.visits;
ANALYZE maintenance.stays;
ANALYZE maintenance.visits;
VACUUM ANALYZE maintenance.stays;
ANALYZE maintenance.plain, maintenance.stays;
DO $$
BEGIN
    ANALYZE maintenance.stays;
EXCEPTION WHEN others THEN
    RAISE WARNING '% %', SQLSTATE, SQLERRM;
END
$$;
-- what is not about rows is said
VACUUM FULL maintenance.nothing;
ANALYZE maintenance.stays (nothing);
ANALYZE maintenance.stays (id);
VACUUM maintenance.stays;
BEGIN;
VACUUM maintenance.stays;
ROLLBACK;
\set VERBOSITY sqlstate
REINDEX TABLE maintenance.stays;
\set VERBOSITY default
SELECT count(*) FROM pg_stats WHERE schemaname = 'maintenance' AND tablename IN ('visits', 'stays');
-- of a table that is not protected all is
ANALYZE maintenance.plain;
-- and to the owner
SET ROLE regress_cr_shop;
VACUUM FULL maintenance.visits;
ANALYZE maintenance.stays;
REINDEX INDEX maintenance.visits_email;
DROP STATISTICS maintenance.stays_note, maintenance.visits_raise;
DROP INDEX maintenance.visits_email, maintenance.visits_note;
RESET ROLE;
SELECT format('ALTER DATABASE %I OWNER TO %s', :'DBNAME', :'database_owner') \gexec

-- No protected table comes to be part of another owner's.
SET ROLE regress_cr_ana;
CREATE TABLE maintenance.above (id int, email text, note text);
CREATE TABLE maintenance.parts (id int, email text, note text) PARTITION BY RANGE (id);
SET ROLE regress_cr_boss;
ALTER TABLE maintenance.visits INHERIT maintenance.above;
ALTER TABLE maintenance.parts ATTACH PARTITION maintenance.visits FOR VALUES FROM (1) TO (100);
RESET ROLE;
ALTER TABLE maintenance.visits INHERIT maintenance.above;
-- nor do the tables above or below come to be
SET ROLE regress_cr_shop;
CREATE TABLE maintenance.root (id int, email text, note text) PARTITION BY RANGE (id);
CREATE TABLE maintenance.part PARTITION OF maintenance.root FOR VALUES FROM (1) TO (100) PARTITION BY RANGE (id);
CREATE TABLE maintenance.leaf PARTITION OF maintenance.part FOR VALUES FROM (1) TO (100);
SELECT cleanroom.protect('maintenance.part', 'id', 10);
RESET ROLE;
ALTER TABLE maintenance.root OWNER TO regress_cr_ana;
ALTER TABLE maintenance.part OWNER TO regress_cr_ana;
SET ROLE regress_cr_boss;
ALTER TABLE maintenance.leaf INHERIT maintenance.above;
CREATE TABLE maintenance.more () INHERITS (maintenance.visits, maintenance.above);
RESET ROLE;
-- within the policy's tables they may, and with both; and whoever may act as the owner
ALTER TABLE maintenance.leaf OWNER TO regress_cr_ana;
ALTER TABLE maintenance.leaf OWNER TO regress_cr_shop;
ALTER TABLE maintenance.root OWNER TO regress_cr_boss;
ALTER TABLE maintenance.visits INHERIT maintenance.root;
REASSIGN OWNED BY regress_cr_shop TO regress_cr_boss;
SELECT relname, relowner::regrole FROM pg_class
WHERE relnamespace = 'maintenance'::regnamespace AND relname IN ('root', 'part', 'leaf') ORDER BY 1;

DROP SCHEMA maintenance CASCADE;
DROP OWNED BY regress_cr_shop, regress_cr_ana, regress_cr_boss;
DROP ROLE regress_cr_shop, regress_cr_ana, regress_cr_boss;
