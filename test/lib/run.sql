-- run(query): how a statement ends, its rows or its code, and whether a
-- refusal has a hint.
CREATE FUNCTION run(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    r record;
    found text := '';
    hint text;
    state text;
BEGIN
    FOR r IN EXECUTE query LOOP
        found := found || r::text || ' ';
    END LOOP;
    RETURN found;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, hint = PG_EXCEPTION_HINT;
    RETURN state || CASE hint WHEN '' THEN ' WITHOUT A HINT: ' || SQLERRM ELSE '' END;
END $$;
