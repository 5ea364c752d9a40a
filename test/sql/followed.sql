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
DROP SCHEMA fol CASCADE;
DROP OWNED BY regress_cr_fol_owner, regress_cr_fol_deputy, regress_cr_fol_other;
DROP ROLE regress_cr_fol_owner, regress_cr_fol_deputy, regress_cr_fol_other;
