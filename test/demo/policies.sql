-- test/demo/policies.sql
--   What each owner of the demo allows the analyst "ana".
--
-- Each statement here is one that the owner's own login could run.
SET ROLE retailer;
SELECT cleanroom.protect('retailer.customers', 'customer_id', 50,
    dimensions => '{region, age_band}',
    filters => '{member_since}',
    join_keys => '{customer_id}');
SELECT cleanroom.protect('retailer.purchases', 'customer_id', 50,
    dimensions => '{category, channel}',
    measures => '{amount}',
    filters => '{purchased_on}',
    join_keys => '{customer_id}');
GRANT SELECT ON retailer.customers, retailer.purchases TO ana;
SET ROLE broadcaster;
SELECT cleanroom.protect('broadcaster.exposures', 'viewer_id', 100,
    dimensions => '{campaign, device}',
    measures => '{minutes}',
    filters => '{seen_on}',
    join_keys => '{viewer_id}');
GRANT SELECT ON broadcaster.exposures TO ana;
SET ROLE rand;
SELECT cleanroom.protect('rand.person_years', 'person', 50,
    dimensions => '{coinsurance, deductible, limitation, health}',
    measures => '{visits, diseases, incentive}',
    filters => '{visits, year_no}');
GRANT SELECT ON rand.person_years TO ana;
RESET ROLE;
