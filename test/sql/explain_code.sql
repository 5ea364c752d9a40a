-- What is constant in a statement is computed to read it: never by functions
-- of the analyst's, which would run with the rights of whoever explains it.
\set VERBOSITY terse
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_xc_owner;
CREATE ROLE regress_cr_xc_analyst;
CREATE ROLE regress_cr_xc_reader;
CREATE SCHEMA explain_code;
GRANT ALL ON SCHEMA explain_code TO regress_cr_xc_owner, regress_cr_xc_analyst, regress_cr_xc_reader;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_xc_owner, regress_cr_xc_analyst, regress_cr_xc_reader;
SET search_path = explain_code, pg_catalog;
SET SESSION AUTHORIZATION regress_cr_xc_owner;
CREATE TABLE sales (buyer int NOT NULL, item text NOT NULL, n int);
INSERT INTO sales SELECT b, ('{tea,cream}'::text[])[1 + b % 2], b FROM generate_series(1, 60) b;
SELECT cleanroom.protect('sales', 'buyer', 5, dimensions => '{item, n}', join_keys => '{buyer}');
GRANT SELECT ON sales TO regress_cr_xc_analyst, regress_cr_xc_reader;
SET SESSION AUTHORIZATION regress_cr_xc_analyst;
CREATE FUNCTION tell(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
$$ BEGIN RAISE WARNING 'called as %', current_user; RETURN $1; END $$;
CREATE FUNCTION pair(a text, b text DEFAULT tell('x')) RETURNS TABLE (buyer int, item text)
    LANGUAGE sql STABLE AS $$ SELECT buyer, item FROM explain_code.sales WHERE item IN (a, b) $$;
CREATE FUNCTION same(text, text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS
$$ BEGIN RAISE WARNING 'called as %', current_user; RETURN true; END $$;
CREATE OPERATOR === (FUNCTION = same, LEFTARG = text, RIGHTARG = text);
CREATE FUNCTION explained(query text, OUT verdict text, OUT code text)
    LANGUAGE sql AS $$ SELECT verdict, code FROM cleanroom.explain(query) $$;
SET SESSION AUTHORIZATION regress_cr_xc_reader;
SET client_min_messages = notice;
\pset format unaligned
\pset tuples_only on
-- each without a word from a function
SELECT explained('SELECT count(*), count(*) FILTER (WHERE tell(l) = ''x'') FROM (SELECT buyer, ''a'' AS l FROM sales UNION ALL SELECT buyer, ''b'' FROM sales) u');
SELECT explained('SELECT l, count(DISTINCT buyer) FROM (SELECT buyer, ''a'' AS l FROM sales UNION ALL SELECT buyer, ''b'' FROM sales) u WHERE tell(l) = ''a'' GROUP BY l');
SELECT explained('SELECT count(*) FROM (SELECT buyer, ''a'' AS l FROM sales UNION ALL SELECT buyer, ''b'' FROM sales) u WHERE l === ''a''');
SELECT explained('SELECT count(*) FROM sales WHERE item LIKE ANY (ARRAY[''x'', tell(''t%'')])');
SELECT explained('SELECT count(*) FROM sales WHERE item ~ ANY (ARRAY[tell(''t'')])');
SELECT explained('SELECT count(*) FROM sales WHERE item NOT LIKE ALL (ARRAY[tell(''t'')])');
SELECT explained('SELECT item, count(*) FROM sales WHERE tell(''a'') = ''b'' GROUP BY item');
SELECT explained('SELECT EXISTS (SELECT FROM sales t WHERE t.buyer = s.buyer AND item = ''tea'') AND tell(''a'') = ''a'', count(*) FROM sales s GROUP BY 1');
SELECT explained('SELECT count(CASE WHEN EXISTS (SELECT FROM sales t WHERE t.buyer = s.buyer AND item = ''tea'') THEN tell(''a'') END) FROM sales s');
SELECT explained('SELECT coalesce(x.k, tell(''0'')::int), count(*) FROM sales s LEFT JOIN (SELECT buyer, count(*) AS k FROM sales WHERE item = ''tea'' GROUP BY buyer) x USING (buyer) GROUP BY 1');
SELECT explained('SELECT count(*) FROM sales WHERE n IN (SELECT generate_series(1, tell(''3'')::int))');
SELECT explained('SELECT count(*) FROM sales WHERE item = greatest(tell(''a''), ''tea'')');
SELECT explained('SELECT avg(n / length(tell(''a''))) FROM sales');
SELECT explained('SELECT sum(CASE WHEN tell(''a'') = ''a'' THEN 1 END) FROM sales');
SELECT explained('SELECT count(*) FROM pair(tell(''tea''))');
SELECT explained('SELECT count(*) FROM pair(''tea'')');
SELECT explained('SELECT count(*) FROM pair(b => ''cream'', a => ''tea'')');
SELECT explained('SELECT count(*) FROM sales GROUP BY item HAVING tell(''a'') = ''a''');
-- such as came with the server are computed
SELECT explained('SELECT count(*), count(*) FILTER (WHERE upper(l) = ''A'') FROM (SELECT buyer, ''a'' AS l FROM sales UNION ALL SELECT buyer, ''b'' FROM sales) u');
SELECT explained('SELECT count(*) FROM sales WHERE item LIKE ANY (ARRAY[''x'', ''t'' || ''%''])');
SET SESSION AUTHORIZATION regress_cr_xc_analyst;
SELECT count(*) FROM pair(b => 'cream', a => 'tea');
SELECT count(*) FROM pair('tea', 'none');

RESET SESSION AUTHORIZATION;
SET client_min_messages = warning;
DROP SCHEMA explain_code CASCADE;
DROP OWNED BY regress_cr_xc_owner, regress_cr_xc_analyst, regress_cr_xc_reader;
DROP ROLE regress_cr_xc_owner, regress_cr_xc_analyst, regress_cr_xc_reader;
