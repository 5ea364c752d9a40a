-- ---------- the other world ----------
SET SESSION AUTHORIZATION regress_cr_f_clinic;
SELECT fill(2);
SET SESSION AUTHORIZATION regress_cr_f_shop;
SELECT fill_sales(2);
SET SESSION AUTHORIZATION regress_cr_f_analyst;
INSERT INTO attacks SELECT 2, attack, answer(attack) FROM attacks;
RESET SESSION AUTHORIZATION;
SELECT count(*) FILTER (WHERE outcome LIKE 'same%') || ' of ' || count(*)
FROM outcomes;
SELECT 'NO HINT', attack FROM attacks WHERE outcome LIKE '%WITHOUT A HINT';
-- what differs, or failed in an unexpected way
SELECT a.attack, a.outcome, b.outcome FROM attacks a JOIN attacks b
    USING (attack)
WHERE a.world = 1 AND b.world = 2 AND (a.outcome <> b.outcome
    OR a.outcome LIKE 'error%' AND a.outcome NOT LIKE 'error RC%')
ORDER BY 1;

SET client_min_messages = error;
RESET search_path;
DROP SCHEMA regress_cr_f CASCADE;
DROP OWNED BY regress_cr_f_clinic, regress_cr_f_shop, regress_cr_f_analyst;
DROP ROLE regress_cr_f_clinic, regress_cr_f_shop, regress_cr_f_analyst;
