-- The ledger: what the owner of a protected table changes by commands of the
-- server's is on record as what it changes by the extension's functions.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_hand_owner;
CREATE ROLE regress_cr_hand_heir;
CREATE ROLE regress_cr_hand_ana;
GRANT regress_cr_hand_heir TO regress_cr_hand_owner;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_hand_owner;
CREATE SCHEMA hand AUTHORIZATION regress_cr_hand_owner;
GRANT ALL ON SCHEMA hand TO regress_cr_hand_heir;
SET search_path = hand, pg_catalog;
SET ROLE regress_cr_hand_owner;
CREATE TABLE people (id int PRIMARY KEY, region text, age int, note text);
SELECT cleanroom.protect('people', 'id', 20, '{region}', '{age}');
CREATE TABLE open_table (id int);
RESET ROLE;
CREATE TABLE began AS SELECT coalesce(max(number), 0) AS number FROM cleanroom.ledger_records;
-- what is new since it was last read
CREATE FUNCTION news(OUT relation text, OUT change text, OUT policy text, OUT old text, OUT new text)
    RETURNS SETOF record LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY SELECT l.tables[1], coalesce(l.detail->>'change', (SELECT min(k) FROM jsonb_object_keys(l.detail) k
                            WHERE k IN ('row_policy', 'dropped')), 'label'),
            coalesce(l.detail->>'policy', l.detail->>'row_policy'), l.detail->>'old', l.detail->>'new'
        FROM cleanroom.ledger l
        WHERE l.number > (SELECT max(b.number) FROM hand.began b) AND l.kind = 'policy_change'
        ORDER BY l.number;
    INSERT INTO hand.began SELECT max(r.number) FROM cleanroom.ledger_records r;
END $$;

-- policies: made, altered, renamed, dropped
SET ROLE regress_cr_hand_owner;
SELECT cleanroom.add_row_policy('people', 'adults', 'age > 17');
ALTER POLICY cleanroom_row_adults ON people USING (true);
ALTER POLICY cleanroom_row_adults ON people TO regress_cr_hand_ana;
ALTER POLICY cleanroom_row_adults ON people RENAME TO adults;
ALTER POLICY adults ON people RENAME TO cleanroom_row_adults;
DROP POLICY cleanroom_row_adults ON people;
CREATE POLICY for_ana ON people FOR SELECT TO regress_cr_hand_ana, regress_cr_hand_heir USING (region = 'r1');
CREATE POLICY others ON people FOR UPDATE USING (true) WITH CHECK (EXISTS (SELECT FROM hand.people p WHERE p.age = people.age));
DO $$ BEGIN DROP POLICY cleanroom_gate ON hand.people; END $$;
RESET ROLE;
SELECT * FROM news();

-- with names that do not depend on where the owner looks for them
SET ROLE regress_cr_hand_owner;
CREATE FUNCTION hand.gate() RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE POLICY cleanroom_gate ON people AS RESTRICTIVE USING (gate());
RESET ROLE;
SELECT * FROM news();

-- protect() puts back what it needs
SET ROLE regress_cr_hand_owner;
SELECT cleanroom.protect('people', 'id', 20, '{region}', '{age}');
RESET ROLE;
SELECT * FROM news();

-- row security
SET ROLE regress_cr_hand_owner;
ALTER TABLE people DISABLE ROW LEVEL SECURITY;
ALTER TABLE people ENABLE ROW LEVEL SECURITY, ALTER age SET DEFAULT 1;
ALTER TABLE people ENABLE ROW LEVEL SECURITY;
ALTER TABLE people FORCE ROW LEVEL SECURITY;
DO $$ BEGIN EXECUTE 'ALTER TABLE hand.people NO FORCE ROW LEVEL SECURITY'; END $$;
RESET ROLE;
SELECT * FROM news();

-- what goes in the wake of something else
SET ROLE regress_cr_hand_owner;
CREATE POLICY noted ON people USING (note IS NULL);
ALTER TABLE people DROP note CASCADE;
RESET ROLE;
DROP OWNED BY regress_cr_hand_ana;
SELECT * FROM news();

-- the owner
SET ROLE regress_cr_hand_owner;
ALTER TABLE people OWNER TO regress_cr_hand_heir;
ALTER TABLE people ADD note text;
RESET ROLE;
REASSIGN OWNED BY regress_cr_hand_heir TO regress_cr_hand_owner;
SELECT * FROM news();

-- what is rolled back has not happened
SET ROLE regress_cr_hand_owner;
BEGIN;
DROP POLICY cleanroom_gate ON people;
ROLLBACK;
BEGIN;
SAVEPOINT s;
ALTER TABLE people DISABLE ROW LEVEL SECURITY;
DROP POLICY cleanroom_gate ON people;
ROLLBACK TO s;
CREATE POLICY kept ON people USING (true);
COMMIT;
RESET ROLE;
SELECT * FROM news();

-- a label taken away and put back does not hide what lies between
SET ROLE regress_cr_hand_owner;
SELECT label AS former FROM pg_seclabel WHERE objoid = 'people'::regclass AND objsubid = 0 \gset
BEGIN;
SECURITY LABEL FOR cleanroom ON TABLE people IS NULL;
DROP POLICY cleanroom_gate ON people;
SECURITY LABEL FOR cleanroom ON TABLE people IS :'former';
COMMIT;
RESET ROLE;
SELECT relation, change, policy, old, new FROM news() WHERE change <> 'label';

-- not of other tables, nor of what the functions do
SET ROLE regress_cr_hand_owner;
ALTER TABLE open_table ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON open_table USING (true);
DROP POLICY p ON open_table;
ALTER TABLE open_table OWNER TO regress_cr_hand_heir;
SELECT cleanroom.unprotect('people');
SELECT cleanroom.protect('people', 'id', 20, '{region}', '{age}');
CREATE TABLE parts (id int, region text) PARTITION BY LIST (region);
CREATE TABLE parts_a PARTITION OF parts FOR VALUES IN ('a');
SELECT cleanroom.protect('parts', 'id', 20, '{region}');
SELECT cleanroom.add_row_policy('parts', 'few', 'id > 3');
CREATE TABLE parts_b PARTITION OF parts FOR VALUES IN ('b');
SELECT cleanroom.drop_row_policy('parts', 'few');
RESET ROLE;
SELECT relation, change, policy, old, new FROM news() WHERE change <> 'label';

-- of a partition by itself as of a table
SET ROLE regress_cr_hand_owner;
DROP POLICY cleanroom_gate ON parts_b;
ALTER TABLE parts_a DISABLE ROW LEVEL SECURITY;
RESET ROLE;
SELECT * FROM news();

-- a table that is dropped takes its policies with it
SET ROLE regress_cr_hand_owner;
DROP TABLE people;
BEGIN;
CREATE POLICY late ON parts_b USING (true);
DROP TABLE parts_b;
COMMIT;
RESET ROLE;
SELECT * FROM news();
SELECT first_bad FROM cleanroom.verify_ledger();

DROP SCHEMA hand CASCADE;
DROP OWNED BY regress_cr_hand_owner, regress_cr_hand_heir, regress_cr_hand_ana;
DROP ROLE regress_cr_hand_owner, regress_cr_hand_heir, regress_cr_hand_ana;
