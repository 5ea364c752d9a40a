-- Tables that are mostly empty: sessions remember that they are.

CREATE FUNCTION cleanroom.tell_sessions() RETURNS trigger
    AS 'MODULE_PATHNAME', 'cr_tell_sessions' LANGUAGE C;
COMMENT ON FUNCTION cleanroom.tell_sessions() IS
'Trigger of the extension''s tables: has every session look anew whether they are empty.
Errors: 39P01 when it is called otherwise.';

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['room_list', 'rule_list', 'residency_list',
        'suspension_list', 'quota_suspension_list', 'budget_list']
    LOOP
        -- always: a replica's copy, too
        EXECUTE pg_catalog.format('
            CREATE TRIGGER tell_sessions
                AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON cleanroom.%1$I
                EXECUTE FUNCTION cleanroom.tell_sessions();
            ALTER TABLE cleanroom.%1$I ENABLE ALWAYS TRIGGER tell_sessions',
            name);
    END LOOP;
END
$$;
