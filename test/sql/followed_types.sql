-- The types of a protected table's columns: what others have them run as rows
-- are written, and what others change about them.
\set VERBOSITY default
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom;
CREATE ROLE regress_cr_ft_owner;
CREATE ROLE regress_cr_ft_deputy IN ROLE regress_cr_ft_owner;
CREATE ROLE regress_cr_ft_other;
CREATE SCHEMA ft;
GRANT ALL ON SCHEMA ft TO PUBLIC;
GRANT USAGE ON SCHEMA cleanroom TO PUBLIC;
SET search_path = ft, pg_catalog;
CREATE FUNCTION of_superuser(text) RETURNS bool LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN length($1) < 100; END';
CREATE FUNCTION keeps(text) RETURNS bool LANGUAGE plpgsql AS 'BEGIN RETURN true; END';
CREATE DOMAIN superusers AS text CHECK (keeps(VALUE));
SET SESSION AUTHORIZATION regress_cr_ft_deputy;
CREATE FUNCTION of_deputy(text) RETURNS bool LANGUAGE plpgsql AS 'BEGIN RETURN length($1) < 100; END';
CREATE DOMAIN deputys AS text CHECK (of_deputy(VALUE));
SET SESSION AUTHORIZATION regress_cr_ft_other;
CREATE TABLE seen (v text);
GRANT INSERT ON seen TO PUBLIC;
CREATE SEQUENCE counter;
GRANT ALL ON SEQUENCE counter TO PUBLIC;
CREATE FUNCTION ok(text) RETURNS bool LANGUAGE plpgsql AS 'BEGIN RETURN length($1) < 100; END';
CREATE FUNCTION makes() RETURNS text LANGUAGE plpgsql AS 'BEGIN RETURN 17; END';
CREATE DOMAIN mail AS text CHECK (ok(VALUE));
CREATE DOMAIN over_mail AS mail;
CREATE DOMAIN mails AS text[] CHECK (of_superuser(VALUE[1]) AND ok(VALUE[1]));
CREATE TYPE pair AS (a int, b mail);
CREATE TYPE span AS RANGE (subtype = mail);
CREATE DOMAIN made AS text DEFAULT makes();
CREATE DOMAIN cast_to_mail AS text CHECK (length(VALUE::mail) > 0);
CREATE DOMAIN counted AS int CHECK (setval('ft.counter', VALUE) > 0);
CREATE DOMAIN told AS text CHECK (pg_notify('told', VALUE) IS NOT NULL);
CREATE DOMAIN asks_superuser AS text CHECK (keeps(VALUE));
CREATE FUNCTION difference(float8, float8) RETURNS float8 LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN $1 - $2; END';
CREATE TYPE measured AS RANGE (subtype = float8, subtype_diff = difference);
CREATE TYPE colour AS ENUM ('red', 'green');
CREATE FUNCTION to_colour(text) RETURNS colour LANGUAGE plpgsql AS 'BEGIN RETURN ''red''; END';
CREATE CAST (text AS colour) WITH FUNCTION to_colour AS ASSIGNMENT;
-- harmless: the server's functions, a superuser's, nothing at all
CREATE DOMAIN plain AS text DEFAULT 'none' CHECK (VALUE ~ '@' OR VALUE = 'none') CHECK (of_superuser(VALUE));
CREATE TYPE plain_pair AS (a int, b plain, c int4range);
CREATE TYPE kind AS ENUM ('open', 'sealed');

-- protect() asks for another type, wherever it is inside
SET SESSION AUTHORIZATION regress_cr_ft_owner;
CREATE DOMAIN calls_other AS text CHECK (ok(VALUE));
CREATE FUNCTION try_type(type text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE about text; BEGIN
    EXECUTE format('CREATE TABLE ft.tried (person int, city text, value %s)', type);
    PERFORM cleanroom.protect('ft.tried', 'person', 10, '{city}');
    DROP TABLE ft.tried;
    RETURN 'protected';
EXCEPTION WHEN object_not_in_prerequisite_state THEN
    GET STACKED DIAGNOSTICS about = MESSAGE_TEXT;
    RETURN about;
END $$;
SELECT type, try_type(type) FROM unnest('{mail,over_mail,mail[],over_mail[],mails,pair,pair[],span,span_multirange,made,
    cast_to_mail,counted,told,asks_superuser,measured,colour,colour[],calls_other}'::text[]) AS type;
SELECT type, try_type(type) FROM unnest('{plain,plain[],plain_pair,kind,superusers,deputys,int4range,jsonb,information_schema.cardinal_number}'::text[]) AS type;
CREATE TABLE people (person int, city text, a mail);
SELECT cleanroom.protect('people', 'person', 10, dimensions => '{city}');
-- nor does such a column come later
ALTER TABLE people ALTER a TYPE text;
SELECT cleanroom.protect('people', 'person', 10, dimensions => '{city}');
INSERT INTO people SELECT i, 'c' || i % 2, 'x@' || i FROM generate_series(1, 30) i;
ALTER TABLE people ADD b mail;
ALTER TABLE people ADD b mail[] DEFAULT '{x}';
ALTER TABLE people ALTER a TYPE mail;
ALTER TABLE people ALTER a TYPE plain;
ALTER TABLE people ADD b plain, ADD c kind DEFAULT 'sealed', ADD d plain_pair;
SELECT cleanroom.set_column('people', 'a', 'dimension');
CREATE TABLE more (extra mail) INHERITS (people);
CREATE TABLE parent (person int, city text);
CREATE TABLE child (extra pair) INHERITS (parent);
SELECT cleanroom.protect('parent', 'person', 10);
DROP TABLE child;
SELECT cleanroom.protect('parent', 'person', 10);

-- what others do to a type that is in use: another name for a value
SELECT cleanroom.add_row_policy('people', 'not_sealed', $$c::text <> 'sealed'$$);
GRANT SELECT ON people TO regress_cr_ft_other;
SET SESSION AUTHORIZATION regress_cr_ft_other;
SELECT count(*) FROM people;
ALTER TYPE kind RENAME VALUE 'sealed' TO 'was sealed';
SELECT count(*) FROM people;
-- ... for a column, another part, another way there, in whatever it is inside
ALTER TYPE plain_pair RENAME ATTRIBUTE b TO other;
ALTER TABLE plain_pair RENAME COLUMN b TO other;
ALTER TYPE plain_pair ADD ATTRIBUTE other int CASCADE;
ALTER TYPE plain_pair ALTER ATTRIBUTE b TYPE mail;
ALTER DOMAIN plain ADD CHECK (ok(VALUE));
ALTER DOMAIN plain SET DEFAULT makes();
CREATE FUNCTION to_kind(text) RETURNS kind LANGUAGE plpgsql AS 'BEGIN RETURN ''open''; END';
CREATE CAST (text AS kind) WITH FUNCTION to_kind AS ASSIGNMENT;
-- what takes something away, and what nothing that is stored is changed by
ALTER DOMAIN plain DROP CONSTRAINT plain_check;
ALTER DOMAIN plain DROP DEFAULT;
ALTER TYPE kind ADD VALUE 'sealed twice';
ALTER TYPE kind RENAME TO kinds;
ALTER TYPE kinds RENAME TO kind;
-- ... but where a row policy asks for all
SET SESSION AUTHORIZATION regress_cr_ft_owner;
SELECT cleanroom.add_row_policy('people', 'not_last', 'c <> enum_last(c)');
SET SESSION AUTHORIZATION regress_cr_ft_other;
ALTER TYPE kind ADD VALUE 'last';
SET SESSION AUTHORIZATION regress_cr_ft_owner;
SELECT cleanroom.drop_row_policy('people', 'not_last'), cleanroom.drop_row_policy('people', 'not_sealed');
-- a type that is nowhere but in the text of a policy
ALTER TABLE people DROP c;
SELECT cleanroom.add_row_policy('people', 'open', $$city::kind <> 'sealed'$$);
SET SESSION AUTHORIZATION regress_cr_ft_other;
ALTER TYPE kind RENAME VALUE 'sealed' TO 'was sealed';
SET SESSION AUTHORIZATION regress_cr_ft_owner;
SELECT cleanroom.drop_row_policy('people', 'open');
-- elsewhere types are their owners' own; so they are for superusers
SET SESSION AUTHORIZATION regress_cr_ft_other;
ALTER TYPE kind RENAME VALUE 'sealed' TO 'was sealed';
ALTER TYPE pair RENAME ATTRIBUTE a TO c;
ALTER TYPE pair ADD ATTRIBUTE d kind;
ALTER DOMAIN made SET DEFAULT 'x';
CREATE CAST (text AS kind) WITH FUNCTION to_kind AS ASSIGNMENT;
RESET SESSION AUTHORIZATION;
ALTER DOMAIN plain SET DEFAULT 'none';
ALTER TYPE plain_pair RENAME ATTRIBUTE b TO d;
SELECT * FROM seen;
DROP SCHEMA ft CASCADE;
DROP OWNED BY regress_cr_ft_owner, regress_cr_ft_deputy, regress_cr_ft_other;
REVOKE USAGE ON SCHEMA cleanroom FROM PUBLIC;
DROP ROLE regress_cr_ft_owner, regress_cr_ft_deputy, regress_cr_ft_other;
