-- Makes of a copy of the world one of two neighbours, by :world, 0 or 1.
-- They differ in people who belong to no group at the threshold, and in what
-- nobody may see.  Both copies are updated alike, so that their tables are
-- laid out alike.
\set ON_ERROR_STOP 1
SET search_path = fuzz, pg_catalog;

-- One person moves from one small city to another.  All five who live there
-- are alike in everything else, so a condition that does not tell the two
-- cities apart holds for all of them or for none.
UPDATE visits SET city = CASE :world WHEN 0 THEN 'Rara1' ELSE 'Rara2' END
 WHERE person = id(203);
UPDATE patients SET city = CASE :world WHEN 0 THEN 'Rara1' ELSE 'Rara2' END
 WHERE person = id(203);
UPDATE strict SET ward = CASE :world WHEN 0 THEN 'tiny1' ELSE 'tiny2' END
 WHERE person = id(1);
-- Two who are alike but for their measures exchange them.
UPDATE visits SET person = CASE :world WHEN 0 THEN id(p) ELSE id(623 - p) END
  FROM (VALUES (311), (312)) AS t (p) WHERE person = id(p);
UPDATE orders SET buyer = CASE :world WHEN 0 THEN id(p) ELSE id(603 - p) END
  FROM (VALUES (301), (302)) AS t (p) WHERE buyer = id(p);
-- A measure that three have, and another value of it.
UPDATE visits SET sparse = CASE person WHEN id(311 + :world)
    THEN 888000005 + :world END WHERE person IN (id(311), id(312));
UPDATE visits SET sparse = 888000100 + 10 * :world WHERE person = id(1);
-- A table below its threshold has one person more.
INSERT INTO trials SELECT id(404), 'arm', 7 WHERE :world = 1;
-- The one whom twenty have called is somebody else.
UPDATE calls SET b = id(1100 + :world) WHERE topic = 'rare';
-- Rows that belong to nobody: other rows, and more of them.
DELETE FROM orders WHERE buyer IS NULL;
INSERT INTO orders SELECT NULL, 1 + i % 6, 'mail', '2023-01-01',
       1000 * (1 + :world), 9 FROM generate_series(1, 30 + 5 * :world) i;
-- What has no use at all.  It is as wide in both, so that rows stay where
-- they are: a hash aggregate's order follows the order of its rows.
UPDATE visits SET note = 'canary' || md5((person + :world)::text),
       pin = 779000000000 + (1 + :world) * (person % 1000);
UPDATE patients SET secret = 'canary' || md5((person + :world)::text);
UPDATE orders SET card = 'canary' || md5((price + :world)::text),
       code = 779000000000 + (1 + :world) * qty;
