-- What others made before a table was protected, and would hand its rows on
-- as they are written: protect() asks to take it away.
\set VERBOSITY default
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom;
CREATE ROLE regress_cr_fol_owner;
CREATE ROLE regress_cr_fol_deputy IN ROLE regress_cr_fol_owner;
CREATE ROLE regress_cr_fol_other;
CREATE SCHEMA fol;
GRANT ALL ON SCHEMA fol TO PUBLIC;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_fol_owner;
SET search_path = fol, pg_catalog;
CREATE FUNCTION of_superuser() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
SET SESSION AUTHORIZATION regress_cr_fol_owner;
CREATE TABLE visits (person int PRIMARY KEY, note text);
CREATE TABLE parts (person int, part int, PRIMARY KEY (person, part)) PARTITION BY LIST (part);
CREATE TABLE part_1 (person int NOT NULL, part int NOT NULL, CHECK (part = 1));
GRANT TRIGGER, REFERENCES, SELECT ON visits, parts, part_1 TO regress_cr_fol_other;
CREATE FUNCTION own() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE own_key (person int REFERENCES visits);
SET SESSION AUTHORIZATION regress_cr_fol_deputy;
CREATE FUNCTION of_deputy() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
SET SESSION AUTHORIZATION regress_cr_fol_other;
CREATE TABLE seen (row text);
CREATE FUNCTION sees() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
    'BEGIN INSERT INTO fol.seen VALUES (NEW::text); RETURN NEW; END';
CREATE TRIGGER sees BEFORE INSERT ON visits FOR EACH ROW EXECUTE FUNCTION sees();
CREATE TABLE follows (person int REFERENCES visits ON UPDATE CASCADE);
CREATE TABLE empties (person int REFERENCES visits ON DELETE SET NULL);
CREATE TABLE compares (person int REFERENCES visits ON DELETE RESTRICT);
CREATE TRIGGER sees BEFORE INSERT ON part_1 FOR EACH ROW EXECUTE FUNCTION sees();
-- one's own, a deputy's and a superuser's are no others'
SET SESSION AUTHORIZATION regress_cr_fol_owner;
CREATE TRIGGER own BEFORE INSERT ON visits FOR EACH ROW EXECUTE FUNCTION own();
CREATE TRIGGER of_deputy BEFORE INSERT ON visits FOR EACH ROW EXECUTE FUNCTION of_deputy();
CREATE TRIGGER of_superuser BEFORE INSERT ON visits FOR EACH ROW EXECUTE FUNCTION of_superuser();
SELECT cleanroom.protect('visits', 'person', 10);
DROP TRIGGER sees ON visits;
SELECT cleanroom.protect('visits', 'person', 10);
SELECT count(*) FROM cleanroom.tables WHERE schema = 'fol';
RESET SESSION AUTHORIZATION;
DROP TABLE follows;
SELECT cleanroom.protect('visits', 'person', 10);
DROP TABLE empties;
SET SESSION AUTHORIZATION regress_cr_fol_owner;
SELECT cleanroom.protect('visits', 'person', 10);
-- nor does such a table become a part of a protected one
SELECT cleanroom.protect('parts', 'person', 10);
ALTER TABLE parts ATTACH PARTITION part_1 FOR VALUES IN (1);
DROP TRIGGER sees ON part_1;
ALTER TABLE parts ATTACH PARTITION part_1 FOR VALUES IN (1);
INSERT INTO visits VALUES (1, 'a');
INSERT INTO parts VALUES (1, 1);
SELECT count(*) FROM cleanroom.tables WHERE schema = 'fol';
RESET SESSION AUTHORIZATION;
SELECT count(*) FROM seen;

-- a trigger's condition is somebody's code, too; so is what an extension brings
SET SESSION AUTHORIZATION regress_cr_fol_owner;
CREATE TABLE notes (person int PRIMARY KEY, house text, note text);
GRANT TRIGGER ON notes TO regress_cr_fol_other;
SET SESSION AUTHORIZATION regress_cr_fol_other;
CREATE FUNCTION looks(notes) RETURNS bool LANGUAGE plpgsql AS 'BEGIN RETURN $1.person > 0; END';
CREATE TRIGGER looks AFTER INSERT ON notes FOR EACH ROW WHEN (looks(NEW.*)) EXECUTE FUNCTION suppress_redundant_updates_trigger();
SET SESSION AUTHORIZATION regress_cr_fol_owner;
SELECT cleanroom.protect('notes', 'person', 10);
DROP TRIGGER looks ON notes;
-- ... also with a function of the server's that leaves something behind
SET SESSION AUTHORIZATION regress_cr_fol_other;
CREATE SEQUENCE noted;
GRANT ALL ON noted TO regress_cr_fol_owner;
CREATE TRIGGER looks BEFORE INSERT ON notes FOR EACH ROW WHEN (setval('fol.noted', NEW.person) > 0) EXECUTE FUNCTION suppress_redundant_updates_trigger();
SET SESSION AUTHORIZATION regress_cr_fol_owner;
SELECT cleanroom.protect('notes', 'person', 10);
DROP TRIGGER looks ON notes;
CREATE TRIGGER deep BEFORE UPDATE ON notes FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION suppress_redundant_updates_trigger();
CREATE TRIGGER quiet BEFORE UPDATE ON notes FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION suppress_redundant_updates_trigger();
SELECT cleanroom.protect('notes', 'person', 10);
-- one of several units is not dropped with its column
SELECT cleanroom.set_column('notes', 'house', 'unit');
ALTER TABLE notes DROP COLUMN house;
SELECT cleanroom.set_column('notes', 'house', '');
ALTER TABLE notes DROP COLUMN house;
-- what belongs to somebody else takes no policy, and no column that has a use, along
SET SESSION AUTHORIZATION regress_cr_fol_other;
CREATE TABLE closed (person int);
GRANT SELECT ON closed TO regress_cr_fol_owner;
CREATE DOMAIN code AS int;
CREATE TYPE site AS ENUM ('a', 'b');
SET SESSION AUTHORIZATION regress_cr_fol_owner;
CREATE TABLE codes (person int, code code, codes code[], site site, other site);
INSERT INTO codes SELECT i, i, ARRAY[i], 'a', 'b' FROM generate_series(1, 30) i;
SELECT cleanroom.protect('codes', 'person', 10, dimensions => '{code, site}');
SELECT cleanroom.add_row_policy('codes', 'open', 'person NOT IN (SELECT person FROM fol.closed)');
SET SESSION AUTHORIZATION regress_cr_fol_other;
DROP TABLE closed CASCADE;
DROP DOMAIN code CASCADE;
DROP TYPE site CASCADE;
-- nor is it asked what is stored
ALTER DOMAIN code ADD CHECK (VALUE <> 17);
ALTER DOMAIN code ADD CONSTRAINT odd CHECK (VALUE <> 17) NOT VALID;
ALTER DOMAIN code VALIDATE CONSTRAINT odd;
ALTER DOMAIN code SET NOT NULL;
ALTER DOMAIN code SET DEFAULT 5;
ALTER DOMAIN code DROP DEFAULT;
SET SESSION AUTHORIZATION regress_cr_fol_owner;
SELECT cleanroom.drop_row_policy('codes', 'open');
ALTER TABLE codes DROP COLUMN other;
-- no part of somebody else's table
SET SESSION AUTHORIZATION regress_cr_fol_other;
CREATE TABLE above (person int, part int) PARTITION BY LIST (part);
CREATE TABLE below PARTITION OF above FOR VALUES IN (1);
RESET SESSION AUTHORIZATION;
ALTER TABLE below OWNER TO regress_cr_fol_owner;
SET SESSION AUTHORIZATION regress_cr_fol_owner;
SELECT cleanroom.protect('below', 'person', 10);
RESET SESSION AUTHORIZATION;
DROP SCHEMA fol CASCADE;
DROP OWNED BY regress_cr_fol_owner, regress_cr_fol_deputy, regress_cr_fol_other;
DROP ROLE regress_cr_fol_owner, regress_cr_fol_deputy, regress_cr_fol_other;
