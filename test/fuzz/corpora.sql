-- Makes of a copy of a corpus one of two neighbours, by :world, 0 or 1: one
-- person changes from one group to another, and neither reaches the threshold
-- in either world.  Both copies are updated alike, so that their tables are
-- laid out alike.
\set ON_ERROR_STOP 1
SET search_path = :schema, pg_catalog;
SELECT :'schema' = 'regress_cr_e' AS everyday \gset
\if :everyday
UPDATE customers SET country = CASE WHEN customer_id = 22
    OR customer_id = 11 AND :world = 1 THEN 'Malay' ELSE 'Malta' END
 WHERE customer_id IN (11, 22, 33);
\else
UPDATE customers SET region = CASE WHEN person = 302
    OR person = 301 AND :world = 1 THEN 'reef' ELSE 'isle' END
 WHERE person > 300;
INSERT INTO towns VALUES ('reef', 'r');
INSERT INTO exposures VALUES (122, 'odder', 5);
UPDATE exposures SET campaign = CASE :world WHEN 0 THEN 'odd' ELSE 'odder' END
 WHERE viewer = 120 AND campaign = 'odd';
\endif
