-- ask(question) runs it twice.  [[...]] is what only the owner writes, {{...}}
-- what only the analyst does; /patient/ at the end of a query is the owner's
-- HAVING count(DISTINCT patient) >= 5.
CREATE TABLE outcomes (question text, outcome text);
CREATE TABLE attacks (world int, attack text, outcome text);
GRANT ALL ON attacks TO :analyst;
CREATE FUNCTION answer(question text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    r record;
    lines text[] := '{}';
    hint text;
    state text;
    message text;
BEGIN
    FOR r IN EXECUTE question LOOP
        lines := lines || to_jsonb(r)::text;
    END LOOP;
    RETURN ARRAY(SELECT l COLLATE "C" FROM unnest(lines) l ORDER BY 1);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, state = RETURNED_SQLSTATE,
        hint = PG_EXCEPTION_HINT;
    RETURN 'error ' || state || ': ' || message ||
        CASE WHEN hint = '' THEN ' WITHOUT A HINT' ELSE '' END;
END $$;
CREATE FUNCTION ask(question text, analyst text DEFAULT :'analyst') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    spelled text := regexp_replace(question, '/([\w.]+)/',
        '[[HAVING count(DISTINCT \1) >= 5]]', 'g');
    own text;
    theirs text;
    outcome text;
    asked text := regexp_replace(regexp_replace(spelled,
                  '\{\{(.*?)\}\}', '\1', 'g'), '\[\[(.*?)\]\]', '', 'g');
    explained text;
BEGIN
    own := answer(regexp_replace(regexp_replace(spelled,
                  '\[\[(.*?)\]\]', '\1', 'g'), '\{\{(.*?)\}\}', '', 'g'));
    PERFORM set_config('role', analyst, false);
    theirs := answer(asked);
    SELECT verdict || coalesce(' ' || code || ' ' || reason, '')
      INTO explained FROM cleanroom.explain(asked);
    RESET ROLE;
    outcome := CASE WHEN theirs LIKE 'error %' THEN theirs
        WHEN own LIKE 'error %' THEN 'owner: ' || own
        WHEN own = theirs THEN
            'same, ' || cardinality(own::text[]) || ' rows'
        ELSE E'differs\nowner:   ' || left(own, 600) ||
             E'\nanalyst: ' || left(theirs, 600) END;
    IF theirs NOT LIKE 'error %' AND explained <> 'admitted' THEN
        outcome := outcome || E'\nexplained: ' || explained;
    END IF;
    INSERT INTO outcomes VALUES (question, outcome);
    RETURN outcome;
END $$;
CREATE FUNCTION attack(attack text, analyst text DEFAULT :'analyst') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    found text;
BEGIN
    PERFORM set_config('role', analyst, false);
    found := answer(attack);
    RESET ROLE;
    INSERT INTO attacks VALUES (1, attack, found);
    RETURN found;
END $$;
GRANT EXECUTE ON FUNCTION answer(text) TO :analyst;
