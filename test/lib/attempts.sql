-- Queries that a test collects, honest ones and attacks, for
-- attempts_end.sql to run as owner and as :analyst.
CREATE TABLE queries (place int GENERATED ALWAYS AS IDENTITY, honest bool, query text);
CREATE TABLE outcomes (who text, place int, outcome text);
GRANT ALL ON queries, outcomes TO :analyst;
