-- What the record says of statements whose text does not say what they ask:
-- attacks on it, by what the rewriter puts in.  None of the texts names the
-- protected table; every record has to have the question.
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_m_owner;
CREATE ROLE regress_cr_m_partner;
CREATE ROLE regress_cr_m_analyst;
CREATE SCHEMA ledger_meaning;
GRANT ALL ON SCHEMA ledger_meaning TO regress_cr_m_owner, regress_cr_m_partner, regress_cr_m_analyst;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_m_owner, regress_cr_m_partner, regress_cr_m_analyst;
SET search_path = ledger_meaning, pg_catalog;
SET SESSION AUTHORIZATION regress_cr_m_owner;
CREATE TABLE people (id int PRIMARY KEY, region text NOT NULL, age int NOT NULL);
INSERT INTO people SELECT i, 'r' || i % 3, 20 + i % 30 FROM generate_series(1, 900) i;
SELECT cleanroom.protect('people', 'id', 20, '{region,age}', join_keys => '{id}');
GRANT SELECT ON people TO regress_cr_m_partner, regress_cr_m_analyst;
RESET SESSION AUTHORIZATION;
CREATE FUNCTION alike(text) RETURNS text LANGUAGE sql      -- versions spell it in ways of their own
    RETURN regexp_replace(regexp_replace(regexp_replace($1, '\s+', ' ', 'g'), '\m(people|closed|asked|held|other)\.(?!\w+\M\s*[;:])', '', 'g'), '\mledger_meaning\.', '', 'g');
CREATE TABLE began AS SELECT coalesce(max(number), 0) AS number FROM cleanroom.ledger_records;
GRANT SELECT ON began TO PUBLIC;
CREATE FUNCTION recorded() RETURNS TABLE (verdict text, code text, statement text, written_out text)
    LANGUAGE sql SECURITY DEFINER SET search_path = ledger_meaning, pg_catalog AS $$
    WITH new AS (SELECT * FROM cleanroom.ledger l WHERE l.number > (SELECT number FROM began)),
        next AS (UPDATE began SET number = (SELECT max(l.number) FROM cleanroom.ledger l))
    SELECT verdict, code, statement, alike(detail->>'written_out') FROM new
        WHERE kind = 'statement' ORDER BY number $$;

-- ---------- rules ----------
SET SESSION AUTHORIZATION regress_cr_m_analyst;
CREATE TABLE asked (x int);
CREATE RULE r AS ON INSERT TO asked DO ALSO SELECT count(*) FROM people WHERE age = 33;
INSERT INTO asked VALUES (1);
DROP RULE r ON asked;
CREATE RULE r AS ON UPDATE TO asked DO INSTEAD SELECT count(*) FROM people WHERE age = 34;
UPDATE asked SET x = 2;
DROP RULE r ON asked;
CREATE RULE r AS ON DELETE TO asked DO ALSO SELECT id FROM people WHERE age = 35;
DELETE FROM asked;
DROP RULE r ON asked;
-- the rows that were to be changed are part of it
CREATE RULE r AS ON UPDATE TO asked DO INSTEAD SELECT count(*) FROM people WHERE age IN (SELECT x FROM asked);
UPDATE asked SET x = 2 WHERE x = 1;
DROP RULE r ON asked;
CREATE RULE r AS ON DELETE TO asked DO INSTEAD SELECT count(*) FROM people WHERE age = 38;
DELETE FROM asked a USING generate_series(1, 2) k WHERE a.x = k.k AND a.x = 3;
DROP RULE r ON asked;
-- one that takes the question into the statement itself, which is refused
CREATE RULE r AS ON UPDATE TO asked WHERE (SELECT count(*) FROM people WHERE age = 36) > 40 DO INSTEAD NOTHING;
UPDATE asked SET x = 3;
DROP RULE r ON asked;
CREATE RULE r AS ON INSERT TO asked WHERE new.x < (SELECT count(*) FROM people WHERE age = 37) DO INSTEAD NOTHING;
INSERT INTO asked VALUES (4);
INSERT INTO asked SELECT k FROM generate_series(1, 2) k;
DROP RULE r ON asked;
SELECT * FROM recorded();

-- ---------- row policies ----------
CREATE TABLE closed (k int);
INSERT INTO closed VALUES (1), (100);
ALTER TABLE closed ENABLE ROW LEVEL SECURITY;
ALTER TABLE closed FORCE ROW LEVEL SECURITY;
CREATE POLICY p ON closed USING (k < (SELECT count(*) FROM people WHERE age = 44));
SELECT count(*) FROM closed;
SELECT count(*) FROM (SELECT k FROM closed) c WHERE k IN (SELECT c.k FROM closed);
-- beside a question that the text does have
SELECT count(*) FROM people WHERE age > (SELECT min(k) FROM closed);
-- prepared: it is kept with the plan
PREPARE p AS SELECT count(*) FROM closed WHERE k > $1;
EXECUTE p(0);
DROP POLICY p ON closed;
-- of a table that a policy asks
CREATE TABLE held (k int);
INSERT INTO held VALUES (1);
ALTER TABLE held ENABLE ROW LEVEL SECURITY;
ALTER TABLE held FORCE ROW LEVEL SECURITY;
CREATE POLICY p ON held USING (k < (SELECT count(*) FROM people WHERE age = 45));
CREATE POLICY p ON closed USING (EXISTS (SELECT FROM held h WHERE h.k = closed.k));
SELECT count(*) FROM closed;
DROP POLICY p ON closed;
DROP POLICY p ON held;
-- of what is written
CREATE POLICY p ON closed WITH CHECK (k < (SELECT count(*) FROM people WHERE age = 46));
INSERT INTO closed VALUES (5);
DROP POLICY p ON closed;
SELECT * FROM recorded();

-- an accomplice's, on a protected table of its own
SET SESSION AUTHORIZATION regress_cr_m_partner;
CREATE TABLE other (id int NOT NULL, region text NOT NULL);
INSERT INTO other SELECT i, 'r' || i % 3 FROM generate_series(1, 300) i;
SELECT cleanroom.protect('other', 'id', 20, '{region}');
CREATE POLICY p ON other AS RESTRICTIVE USING (id < 10 * (SELECT count(*) FROM people WHERE age = 47));
GRANT SELECT ON other TO regress_cr_m_analyst;
SET SESSION AUTHORIZATION regress_cr_m_analyst;
SELECT count(*) FROM other;
SET SESSION AUTHORIZATION regress_cr_m_partner;
SELECT count(*) FROM other;
SELECT * FROM recorded();

-- ---------- inside the rule: what the text says is not said twice ----------
SET SESSION AUTHORIZATION regress_cr_m_analyst;
SELECT count(*) FROM people WHERE age = 48;
CREATE TABLE mine (k int PRIMARY KEY);
INSERT INTO mine VALUES (1), (2);
SELECT count(*) FROM people JOIN mine ON k = id;
INSERT INTO mine SELECT age FROM people;
-- constants are masked there, too
RESET SESSION AUTHORIZATION;
SET cleanroom.record_constants = off;
SET SESSION AUTHORIZATION regress_cr_m_analyst;
CREATE POLICY p ON closed USING (k < (SELECT count(*) FROM people WHERE age = 49));
SELECT count(*) FROM closed;
SELECT * FROM recorded();
RESET SESSION AUTHORIZATION;
RESET cleanroom.record_constants;

RESET search_path;
DROP SCHEMA ledger_meaning CASCADE;
DROP OWNED BY regress_cr_m_owner, regress_cr_m_partner, regress_cr_m_analyst;
DROP ROLE regress_cr_m_owner, regress_cr_m_partner, regress_cr_m_analyst;
