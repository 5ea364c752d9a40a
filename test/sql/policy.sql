-- Policy: protect, change, rename, drop and unprotect a table.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_pol_owner;
CREATE ROLE regress_cr_pol_member IN ROLE regress_cr_pol_owner;
CREATE ROLE regress_cr_pol_analyst;
CREATE SCHEMA pol AUTHORIZATION regress_cr_pol_owner;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_pol_owner, regress_cr_pol_analyst;
GRANT USAGE ON SCHEMA pol TO regress_cr_pol_analyst;
SET search_path = pol, pg_catalog;
RESET client_min_messages;

-- What the labels and row security of a table look like.
CREATE FUNCTION labels(regclass) RETURNS TABLE (object text, label text)
    LANGUAGE sql AS $$
    SELECT coalesce(a.attname, '(table)'), l.label
        FROM pg_seclabel l LEFT JOIN pg_attribute a
            ON a.attrelid = l.objoid AND a.attnum = l.objsubid AND a.attnum > 0
        WHERE l.objoid = $1 AND l.classoid = 'pg_class'::regclass
        ORDER BY l.objsubid $$;
CREATE FUNCTION policies(regclass)
    RETURNS TABLE (policy name, kind text, "using" text)
    LANGUAGE sql AS $$
    SELECT polname, CASE WHEN polpermissive THEN 'permissive' ELSE 'restrictive' END,
           pg_get_expr(polqual, polrelid)
        FROM pg_policy WHERE polrelid = $1 ORDER BY polname $$;
CREATE FUNCTION row_security(regclass) RETURNS boolean
    LANGUAGE sql AS $$ SELECT relrowsecurity FROM pg_class WHERE oid = $1 $$;

SET SESSION AUTHORIZATION regress_cr_pol_owner;
CREATE TABLE people (person int, region text, age int, salary numeric,
                     "Odd name" text, note json);
GRANT SELECT ON people TO regress_cr_pol_analyst;

-- protect() writes labels and closes the table
SELECT cleanroom.protect('people', 'person',
    dimensions => '{region,"Odd name"}', measures => '{salary,age}',
    filters => '{age}', join_keys => '{person}');
SELECT * FROM labels('people');
SELECT * FROM policies('people');
SELECT row_security('people');
SELECT * FROM cleanroom.tables WHERE schema = 'pol';
SELECT relation, "column", type, uses, may FROM cleanroom.columns
    WHERE schema = 'pol';

-- protecting it again replaces the policy in one step, and says so
SELECT cleanroom.protect('people', 'person', 5, dimensions => '{region}',
    join_required => true, small_groups => 'refuse');
SELECT * FROM labels('people');
SELECT * FROM policies('people');

-- the columns' uses
SELECT cleanroom.set_column('people', 'salary', 'measure(sum, avg), filter');
SELECT cleanroom.set_column('people', 'age', ' Filter ,MEASURE (variance,stddev) IN [ 0 , 1.2e2 ]');
SELECT cleanroom.set_column('people', 'Odd name', 'unit, join');
SELECT cleanroom.set_column('people', 'region', '');
SELECT * FROM labels('people');
SELECT privacy_units FROM cleanroom.tables WHERE name = 'people';
SELECT "column", uses, may FROM cleanroom.columns WHERE name = 'people';

-- one of two units may go, the last one may not
SELECT cleanroom.set_column('people', 'person', 'join');
SELECT cleanroom.set_column('people', 'Odd name', 'dimension');
\echo :SQLSTATE
SELECT cleanroom.set_column('people', 'person', 'unit');

-- a new column has no use; renames and drops are followed
ALTER TABLE people ADD COLUMN added int;
ALTER TABLE people RENAME COLUMN person TO id;
ALTER TABLE people RENAME COLUMN "Odd name" TO plain;
ALTER TABLE people RENAME TO humans;
ALTER TABLE humans DROP COLUMN salary;
SELECT relation, privacy_units FROM cleanroom.tables WHERE schema = 'pol';
SELECT "column", uses FROM cleanroom.columns WHERE name = 'humans';

-- a use that the column's new type does not bear is gone
ALTER TABLE humans ALTER COLUMN age TYPE text;
SELECT "column", uses FROM cleanroom.columns WHERE name = 'humans';
ALTER TABLE humans ALTER COLUMN age TYPE int USING age::int;
SELECT "column", uses FROM cleanroom.columns WHERE name = 'humans';

-- without a privacy unit it stays protected, and cannot be queried
ALTER TABLE humans DROP COLUMN plain;
SELECT cleanroom.set_column('humans', 'plain', '');
ALTER TABLE humans DROP COLUMN plain;
SELECT privacy_units, problem FROM cleanroom.tables WHERE name = 'humans';
BEGIN;
ALTER TABLE humans ALTER COLUMN id TYPE json USING NULL;
SELECT threshold, problem FROM cleanroom.tables WHERE name = 'humans';
ROLLBACK;
BEGIN;
ALTER TABLE humans DROP COLUMN id;
SELECT relation, protected_by, threshold, problem FROM cleanroom.tables
    WHERE name = 'humans';
SELECT count(*) FROM cleanroom.columns WHERE name = 'humans';
ROLLBACK;
SELECT threshold, problem FROM cleanroom.tables WHERE name = 'humans';

-- a role with the owner's privileges is an owner, an analyst is not
SET SESSION AUTHORIZATION regress_cr_pol_member;
SELECT cleanroom.set_column('humans', 'added', 'filter');
SET SESSION AUTHORIZATION regress_cr_pol_analyst;
SELECT cleanroom.protect('humans', 'id', 2);
\echo :SQLSTATE
SELECT cleanroom.unprotect('humans');
\echo :SQLSTATE
SELECT cleanroom.set_column('humans', 'added', 'dimension');
\echo :SQLSTATE
SELECT cleanroom.add_row_policy('humans', 'all', 'true');
\echo :SQLSTATE
SELECT cleanroom.drop_row_policy('humans', 'all');
\echo :SQLSTATE
SECURITY LABEL FOR cleanroom ON COLUMN humans.added IS 'dimension';
\echo :SQLSTATE

-- it sees the policy of what it may read, and of nothing else
SELECT relation, threshold FROM cleanroom.tables WHERE schema = 'pol';
SELECT "column", uses FROM cleanroom.columns WHERE schema = 'pol';
SET SESSION AUTHORIZATION regress_cr_pol_owner;
REVOKE SELECT ON humans FROM regress_cr_pol_analyst;
SET SESSION AUTHORIZATION regress_cr_pol_analyst;
SELECT relation, threshold FROM cleanroom.tables WHERE schema = 'pol';
SELECT * FROM cleanroom.describe_table('pol.humans');
SELECT * FROM cleanroom.describe_columns('pol.humans');
SET SESSION AUTHORIZATION regress_cr_pol_owner;
GRANT SELECT (region) ON humans TO regress_cr_pol_analyst;
SET SESSION AUTHORIZATION regress_cr_pol_analyst;
SELECT relation, threshold FROM cleanroom.tables WHERE schema = 'pol';

-- a new owner owns the policy
RESET SESSION AUTHORIZATION;
GRANT CREATE ON SCHEMA pol TO regress_cr_pol_analyst;
ALTER TABLE humans OWNER TO regress_cr_pol_analyst;
SET SESSION AUTHORIZATION regress_cr_pol_owner;
SELECT cleanroom.unprotect('humans');
SET SESSION AUTHORIZATION regress_cr_pol_analyst;
SELECT cleanroom.unprotect('humans');
SELECT * FROM labels('humans');
SELECT * FROM policies('humans');
SELECT row_security('humans');
SELECT cleanroom.unprotect('humans');
\echo :SQLSTATE

-- unprotect() leaves row security as it was, and other policies alone;
-- protect() never widens what anyone sees
SET SESSION AUTHORIZATION regress_cr_pol_owner;
CREATE TABLE filed (id int, kind text);
CREATE POLICY mine ON filed USING (kind = 'public');
CREATE POLICY less ON filed AS RESTRICTIVE USING (id > 0);
ALTER TABLE filed ENABLE ROW LEVEL SECURITY;
SELECT cleanroom.protect('filed', 'id');
SELECT * FROM policies('filed');
SELECT cleanroom.protect('filed', 'id', 3);
SELECT * FROM labels('filed');
SELECT cleanroom.unprotect('filed');
SELECT * FROM policies('filed');
SELECT row_security('filed');
DROP POLICY mine ON filed;
SELECT cleanroom.protect('filed', 'id');
SELECT * FROM policies('filed');
SELECT cleanroom.unprotect('filed');
ALTER TABLE filed DISABLE ROW LEVEL SECURITY;
SELECT cleanroom.protect('filed', 'id');
SELECT * FROM policies('filed');
SELECT cleanroom.unprotect('filed');
SELECT row_security('filed');

-- nothing half done: an error leaves the table as it was
SELECT cleanroom.protect('filed', 'id', dimensions => '{kind,nothing}');
SELECT * FROM labels('filed');
SELECT * FROM policies('filed');

-- dropping a table takes its labels
SELECT cleanroom.protect('filed', 'id');
DROP TABLE filed;
SELECT count(*) FROM pg_seclabel l
    WHERE classoid = 'pg_class'::regclass
      AND NOT EXISTS (SELECT FROM pg_class WHERE oid = l.objoid);
SELECT count(*) FROM cleanroom.tables WHERE schema = 'pol';

-- every function and view column of the policy says what it is
RESET SESSION AUTHORIZATION;
SELECT p.proname FROM pg_proc p
    WHERE pronamespace = 'cleanroom'::regnamespace
      AND obj_description(p.oid, 'pg_proc') IS NULL;
SELECT attrelid::regclass, attname FROM pg_attribute
    WHERE attrelid IN ('cleanroom.tables'::regclass, 'cleanroom.columns'::regclass)
      AND attnum > 0 AND col_description(attrelid, attnum) IS NULL;

SET client_min_messages = warning;
DROP SCHEMA pol CASCADE;
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_pol_owner, regress_cr_pol_analyst;
DROP ROLE regress_cr_pol_owner, regress_cr_pol_member, regress_cr_pol_analyst;
