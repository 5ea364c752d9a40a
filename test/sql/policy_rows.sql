-- Row policies: the owner narrows the rows that analysts aggregate over.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_row_owner;
CREATE ROLE regress_cr_row_other;
CREATE SCHEMA rws AUTHORIZATION regress_cr_row_owner;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_row_owner, regress_cr_row_other;
GRANT USAGE, CREATE ON SCHEMA rws TO regress_cr_row_other;
SET search_path = rws, pg_catalog;
CREATE FUNCTION policies(regclass) RETURNS TABLE (policy name, kind text, "using" text)
    LANGUAGE sql AS $$
    SELECT polname, CASE WHEN polpermissive THEN 'permissive' ELSE 'restrictive' END,
           pg_get_expr(polqual, polrelid)
        FROM pg_policy WHERE polrelid = $1 ORDER BY polname $$;
SET SESSION AUTHORIZATION regress_cr_row_other;
CREATE TABLE secret (id int);
CREATE TABLE lent (id int);
CREATE TABLE partners (id int, name text);
GRANT SELECT ON lent, partners TO regress_cr_row_owner;
CREATE VIEW secret_view AS SELECT id FROM secret;
GRANT SELECT ON secret_view TO regress_cr_row_owner;
SELECT cleanroom.protect('lent', 'id');
SET SESSION AUTHORIZATION regress_cr_row_owner;
CREATE TABLE t (id int, region text, consent bool, seen date);
CREATE VIEW lent_again AS SELECT id FROM lent;
CREATE FUNCTION sees(text) RETURNS bool LANGUAGE sql STABLE RETURN $1 = current_user;
SELECT cleanroom.protect('t', 'id');
RESET client_min_messages;

-- inside
SELECT cleanroom.add_row_policy('t', 'consent', 'consent');
SELECT cleanroom.add_row_policy('t', 'Recent ones', $$seen > date '2020-01-01' AND region <> 'te''st'$$);
SELECT cleanroom.add_row_policy('t', 'session', 'region = current_user OR sees(region)');
SELECT cleanroom.add_row_policy('t', 'partner', 'EXISTS (SELECT FROM partners p WHERE p.id = t.id)');
SELECT cleanroom.add_row_policy('t', 'view', 'id IN (SELECT id FROM secret_view)');
SELECT * FROM policies('t');

-- protecting the table again keeps them
SELECT cleanroom.protect('t', 'id', 3);
SELECT count(*) FROM policies('t');

-- conditions that do not parse
SELECT cleanroom.add_row_policy('t', 'p', '');
\echo :SQLSTATE
SELECT cleanroom.add_row_policy('t', 'p', 'consent AND');
\echo :SQLSTATE
SELECT cleanroom.add_row_policy('t', 'p', 'consent) OR (true');
SELECT cleanroom.add_row_policy('t', 'p', 'true); DROP TABLE t; --');
SELECT cleanroom.add_row_policy('t', 'p', 'true; DROP TABLE t');
SELECT cleanroom.add_row_policy('t', 'p', 'consent, consent');
\echo :SQLSTATE
SELECT cleanroom.add_row_policy('t', 'p', 'consent AS c');
SELECT cleanroom.add_row_policy('t', 'p', 'consent FROM secret');
SELECT cleanroom.add_row_policy('t', 'p', 'consent WHERE true');
SELECT cleanroom.add_row_policy('t', 'p', 'true UNION SELECT true');
SELECT cleanroom.add_row_policy('t', 'p', 'true ORDER BY 1');
SELECT cleanroom.add_row_policy('t', 'p', 'true LIMIT 1');
SELECT cleanroom.add_row_policy('t', 'p', 'DISTINCT true');
SELECT cleanroom.add_row_policy('t', 'p', '*');
SELECT cleanroom.add_row_policy('t', 'p', 't.*');
SELECT cleanroom.add_row_policy('t', 'p', '(t.*) IS NULL OR DEFAULT');
SELECT cleanroom.add_row_policy('t', 'p', 'consent -- AND false
    /* a comment');

-- conditions that mean nothing for this table
SELECT cleanroom.add_row_policy('t', 'p', 'nothing = 1');
\echo :SQLSTATE
SELECT cleanroom.add_row_policy('t', 'p', 'region');
\echo :SQLSTATE
SELECT cleanroom.add_row_policy('t', 'p', 'count(*) > 1');
SELECT cleanroom.add_row_policy('t', 'p', 'row_number() OVER () > 1');
SELECT cleanroom.add_row_policy('t', 'p', 'generate_series(1, 2) > 1');
SELECT cleanroom.add_row_policy('t', 'p', 'id = $1');
SELECT cleanroom.add_row_policy('t', 'p', 'id IN (SELECT id FROM nowhere)');

-- volatile functions, in subqueries too
SELECT cleanroom.add_row_policy('t', 'p', 'random() < 0.5');
\echo :SQLSTATE
SELECT cleanroom.add_row_policy('t', 'p', 'id IN (SELECT id FROM partners WHERE random() < 0.5)');
SELECT cleanroom.add_row_policy('t', 'p', 'seen < clock_timestamp()');

-- subqueries over what the owner cannot read, or what is protected
SELECT cleanroom.add_row_policy('t', 'p', 'id IN (SELECT id FROM secret)');
\echo :SQLSTATE
SELECT cleanroom.add_row_policy('t', 'p', 'EXISTS (WITH s AS (SELECT id FROM secret) SELECT FROM s)');
SELECT cleanroom.add_row_policy('t', 'p', 'id IN (SELECT id FROM lent)');
\echo :SQLSTATE
SELECT cleanroom.add_row_policy('t', 'p', 'id IN (SELECT id FROM lent_again)');
SELECT cleanroom.add_row_policy('t', 'p', 'id IN (SELECT id FROM t)');
-- a superuser adds it for the owner, and the owner's rights count
RESET SESSION AUTHORIZATION;
SELECT cleanroom.add_row_policy('t', 'p', 'id IN (SELECT id FROM secret)');
SET SESSION AUTHORIZATION regress_cr_row_owner;

-- names
SELECT cleanroom.add_row_policy('t', 'consent', 'true');
\echo :SQLSTATE
SELECT cleanroom.add_row_policy('t', '', 'true');
\echo :SQLSTATE
SELECT cleanroom.add_row_policy('t', repeat('x', 50), 'true');
\echo :SQLSTATE
SELECT cleanroom.add_row_policy('t', repeat('x', 49), 'true');
SELECT cleanroom.drop_row_policy('t', repeat('x', 49));
SELECT cleanroom.drop_row_policy('t', 'nothing');
\echo :SQLSTATE
SELECT cleanroom.drop_row_policy('t', 'session');

-- only those above have come and gone
SELECT policy FROM policies('t');
SELECT relname FROM pg_class WHERE relnamespace = 'rws'::regnamespace
    AND relkind = 'r' ORDER BY 1;

-- unprotect() takes them all
SELECT cleanroom.unprotect('t');
SELECT count(*) FROM policies('t');

RESET SESSION AUTHORIZATION;
SET client_min_messages = warning;
DROP SCHEMA rws CASCADE;
REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_row_owner, regress_cr_row_other;
DROP ROLE regress_cr_row_owner, regress_cr_row_other;
