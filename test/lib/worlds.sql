-- try(family, probe) runs one statement and notes how it ended, and whether a
-- refusal has a hint; again() tries all in the second world.
CREATE TABLE outcomes (world int, family text, probe text, outcome text);
CREATE TABLE worlds (world int);
INSERT INTO worlds VALUES (1);
CREATE FUNCTION try(family text, probe text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    r record;
    found text := '';
    hint text;
    state text;
    message text;
BEGIN
    BEGIN
        FOR r IN EXECUTE probe LOOP
            found := found || r::text || ' ';
        END LOOP;
    EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS message = MESSAGE_TEXT,
            state = RETURNED_SQLSTATE, hint = PG_EXCEPTION_HINT;
        found := 'refused ' || state || ' ' || message;
        IF hint = '' THEN
            found := found || ' WITHOUT A HINT';
        END IF;
    END;
    INSERT INTO outcomes SELECT world, $1, $2, found FROM worlds;
    RETURN CASE WHEN found LIKE 'refused RC%' THEN left(found, 13)
                ELSE found END;
END $$;
CREATE PROCEDURE again() LANGUAGE plpgsql AS $$
DECLARE
    o record;
BEGIN
    UPDATE worlds SET world = 2;
    FOR o IN SELECT family, probe FROM outcomes WHERE world = 1 LOOP
        PERFORM try(o.family, o.probe);
    END LOOP;
END $$;
