-- Dates as measures: nothing is aggregated of them but differences, of two
-- dates of one table, or of one and a constant or the current date.  Each
-- question is asked as analyst and as owner.
\set VERBOSITY terse
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS cleanroom CASCADE;
CREATE ROLE regress_cr_da_owner;
CREATE ROLE regress_cr_da_analyst;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_da_owner, regress_cr_da_analyst;
CREATE SCHEMA regress_cr_da;
GRANT ALL ON SCHEMA regress_cr_da TO regress_cr_da_owner, regress_cr_da_analyst;
SET search_path = regress_cr_da, pg_catalog;
SET DateStyle = 'ISO, YMD';
SET TimeZone = 'UTC';
\pset format unaligned
\pset tuples_only on

-- in ward w1, one person has no day of discharge, and one was born at no time
SET ROLE regress_cr_da_owner;
CREATE TABLE stays (
    person int NOT NULL, ward text NOT NULL, admitted date NOT NULL,
    discharged date, born date, moved date, told date);
INSERT INTO stays
SELECT i % 60, 'w' || i % 2, date '2024-01-01' + i % 90,
       CASE WHEN i % 60 <> 7 THEN date '2024-01-01' + i % 90 + i % 11 END,
       CASE WHEN i % 60 = 9 THEN '-infinity'
            ELSE date '1950-01-01' + i % 60 * 300 END,
       date '2024-02-01', date '2024-02-01'
  FROM generate_series(1, 600) i;
CREATE TABLE other (person int NOT NULL, since date NOT NULL);
INSERT INTO other SELECT i, date '2024-05-01' FROM generate_series(0, 59) i;
SELECT cleanroom.protect('stays', 'person', 10, dimensions => '{ward,moved}',
    measures => '{admitted,discharged,born}', join_keys => '{person}');
SELECT cleanroom.protect('other', 'person', 10, measures => '{since}',
    join_keys => '{person}');
SELECT cleanroom.set_column('stays', 'told', 'measure(avg)');
GRANT SELECT ON stays, other TO regress_cr_da_analyst;
-- a date has no bounds
SELECT cleanroom.set_column('stays', 'told', 'measure(avg) in [0, 100]');
SECURITY LABEL FOR cleanroom ON COLUMN stays.told IS 'measure in [0, 100]';
SET ROLE regress_cr_da_analyst;
SELECT "column", uses, may FROM cleanroom.columns
 WHERE relation = 'stays'::regclass AND uses LIKE '%measure%';
RESET ROLE;

CREATE FUNCTION ask(question text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    given text;
    told text;
    statement text := 'SELECT string_agg(r::text, '' '' ORDER BY r::text) FROM ('
                      || question || ') r';
BEGIN
    SET LOCAL ROLE regress_cr_da_analyst;
    BEGIN
        EXECUTE statement INTO given;
    EXCEPTION WHEN OTHERS THEN
        given := SQLSTATE || ' ' || SQLERRM;
    END;
    SET LOCAL ROLE regress_cr_da_owner;
    BEGIN
        EXECUTE statement INTO told;
    EXCEPTION WHEN OTHERS THEN
        told := 'the owner cannot either';
    END;
    RESET ROLE;
    RETURN CASE WHEN given = told THEN 'same' ELSE coalesce(given, 'nothing') END;
END $$;

SELECT ask('SELECT avg(discharged - admitted), sum(discharged - admitted), stddev(discharged - admitted), variance(discharged - admitted) FROM stays WHERE ward = ''w0''');
SELECT ask('SELECT ward, avg(admitted - date ''2024-01-01''), avg(date ''2025-01-01'' - admitted) FROM stays GROUP BY 1');
SELECT ask('SELECT ward, avg(current_date - admitted), sum(now()::date - admitted) FROM stays GROUP BY 1');
SELECT ask('SELECT round(avg((current_date - born) / 365.25), 9) FROM stays WHERE ward = ''w0''');
SELECT ask('SELECT sum((discharged - admitted) * 100000000), avg((discharged - admitted) * (discharged - admitted)) FROM stays WHERE ward = ''w0''');
SELECT ask('SELECT avg(discharged - admitted) FILTER (WHERE moved > ''2024-01-01''), avg(CASE WHEN moved > ''2024-01-01'' THEN discharged - admitted END) FROM stays WHERE ward = ''w0''');
SELECT ask('SELECT avg(d) FROM (SELECT discharged - admitted AS d FROM stays WHERE ward = ''w0'') s');
SELECT ask('SELECT avg(d) FROM (SELECT person, sum(discharged - admitted) AS d FROM stays WHERE ward = ''w0'' GROUP BY person) s');
SELECT ask('SELECT round(corr(discharged - admitted, current_date - admitted)::numeric, 9) FROM stays WHERE ward = ''w0''');
SELECT ask('SELECT avg(told - date ''2024-01-01'') FROM stays');
SELECT ask('SELECT ward, count(*) FROM stays WHERE make_interval(1) > moved - timestamp ''2024-01-01'' AND moved + make_interval(0, 1) > ''2024-01-01'' AND make_interval(days => moved - date ''2024-01-01'') > make_interval() GROUP BY 1');
SELECT ask('SELECT ward, count(discharged) FROM stays GROUP BY 1');
-- what one person lacks is a condition; so is a date that is not finite, of
-- which no difference can be computed
SELECT ask('SELECT ward, sum(discharged - admitted) FROM stays GROUP BY 1');
SELECT ask('SELECT ward, sum(discharged - date ''2024-01-01'') FROM stays GROUP BY 1');
SELECT ask('SELECT ward, sum(admitted - born) FROM stays GROUP BY 1');
SELECT ask('SELECT ward, sum(current_date - born) FROM stays WHERE ward = ''w1'' GROUP BY 1');
SELECT ask('SELECT ward, sum(a) FROM (SELECT ward, current_date - born AS a FROM stays WHERE ward = ''w1'') s GROUP BY 1');
SELECT ask('SELECT sum(admitted - date ''infinity'') FROM stays');
SELECT ask('SELECT sum(admitted - ''infinity''::timestamptz::date) FROM stays');
-- not beyond what the owner allows, nor steeper, nor in any other way
SELECT ask('SELECT sum(told - admitted) FROM stays');
SELECT ask('SELECT avg(moved - admitted) FROM stays');
SELECT ask('SELECT sum(since - admitted) FROM stays JOIN other USING (person)');
SELECT ask('SELECT sum((discharged - admitted) * (discharged - admitted) * (discharged - admitted)) FROM stays');
SELECT ask('SELECT sum(2000000000 * (discharged - admitted)) FROM stays');
SELECT ask('SELECT min(admitted), max(admitted) FROM stays');
SELECT ask('SELECT avg(d) FROM (SELECT person, max(admitted) - min(admitted) AS d FROM stays GROUP BY person) s');
SELECT ask('SELECT admitted, count(*) FROM stays GROUP BY 1');
SELECT ask('SELECT discharged - admitted, count(*) FROM stays GROUP BY 1');
SELECT ask('SELECT count(*) FROM stays WHERE discharged - admitted > 5');
SELECT ask('SELECT count(discharged - admitted) FROM stays');
SELECT ask('SELECT count(DISTINCT admitted) FROM stays');
SELECT ask('SELECT avg(admitted + 1 - moved) FROM stays');
SELECT ask('SELECT sum(extract(day FROM admitted)) FROM stays');
SELECT ask('SELECT sum(admitted::text::int) FROM stays');
SELECT ask('SELECT avg(admitted::timestamp - moved) FROM stays');

RESET search_path;
DROP SCHEMA regress_cr_da CASCADE;
DROP OWNED BY regress_cr_da_owner, regress_cr_da_analyst;
DROP ROLE regress_cr_da_owner, regress_cr_da_analyst;
