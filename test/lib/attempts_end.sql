-- Runs the collected queries.  An attack must end in nothing, a null, or a
-- refusal with a hint; of an honest one both answers are shown.
INSERT INTO outcomes SELECT 'owner', place, run(query) FROM queries;
SET SESSION AUTHORIZATION :analyst;
INSERT INTO outcomes SELECT 'analyst', place, run(query) FROM queries;
SELECT 'LEAKS', outcome, query FROM queries JOIN outcomes USING (place)
 WHERE who = 'analyst' AND NOT honest AND outcome !~ '^(\(\) |RC00[1-6]|)$' ORDER BY place;
SELECT outcome, count(*) FROM queries JOIN outcomes USING (place) WHERE who = 'analyst' AND NOT honest GROUP BY 1 ORDER BY 1;
SELECT query, outcome FROM queries JOIN outcomes USING (place) WHERE who = 'analyst' AND NOT honest AND outcome ~ '^RC' ORDER BY place;
SELECT a.outcome, nullif(o.outcome, a.outcome) AS owner, query FROM queries JOIN outcomes a USING (place) JOIN outcomes o USING (place)
 WHERE honest AND a.who = 'analyst' AND o.who = 'owner' ORDER BY place;
-- what is admitted can be shown as it is run
SELECT 'NOT SHOWN', query FROM queries, cleanroom.explain(query) WHERE verdict = 'admitted' AND rewritten IS NULL ORDER BY place;
