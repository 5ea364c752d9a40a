-- Settings: who may change them, and that nobody invents others.
CREATE ROLE regress_cr_anyone;

-- cleanroom.enabled: a superuser's
SHOW cleanroom.enabled;
SET cleanroom.enabled = off;
RESET cleanroom.enabled;
SET ROLE regress_cr_anyone;
SET cleanroom.enabled = off;
SHOW cleanroom.enabled;

-- the prefix is reserved
SET cleanroom.no_such_setting = on;
RESET ROLE;
SET cleanroom.no_such_setting = on;

DROP ROLE regress_cr_anyone;
