-- Parameters of templates, and their domains.

CREATE FUNCTION cleanroom.type_to_read(type text) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    -- in a cast, character is character(1), which would cut the value
    AS $$ SELECT pg_catalog.format_type(type::pg_catalog.regtype, -1) $$;
COMMENT ON FUNCTION cleanroom.type_to_read(text) IS
'How to write a type in a cast so that no length is meant; for the extension''s own functions.
type: a name. Returns another.';

CREATE FUNCTION cleanroom.type_of_bounds(type text) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT b.oid::regtype::text
        FROM pg_catalog.pg_type t
            JOIN pg_catalog.pg_type b ON b.oid = CASE t.typcategory WHEN 'A' THEN t.typelem ELSE t.oid END
        WHERE t.oid = type::pg_catalog.regtype AND b.typcategory IN ('N', 'D', 'T', 'S', 'V')
$$;
COMMENT ON FUNCTION cleanroom.type_of_bounds(text) IS
'The type of the bounds of a parameter: its own, or that of its elements, each of which they are for; null where the order of the values does not go by their extent. For the extension''s own functions.
type: a name. Returns another.';

CREATE FUNCTION cleanroom.is_of_type(given text, type text) RETURNS boolean
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    -- a name it must be, and of a type that reads its values by itself
    IF type::pg_catalog.regtype::pg_catalog.oid >= 16384 THEN
        RETURN false;
    END IF;
    EXECUTE pg_catalog.format('SELECT %L::%s', given, cleanroom.type_to_read(type));
    RETURN true;
EXCEPTION WHEN data_exception OR feature_not_supported OR undefined_object OR undefined_table
    OR syntax_error_or_access_rule_violation THEN
    RETURN false;
END
$$;
COMMENT ON FUNCTION cleanroom.is_of_type(text, text) IS
'Can a text be read as a value of a built-in type? For the extension''s own functions.
given: a text. type: a name.';

-- Why a parameter's domain cannot be read, or null.
CREATE FUNCTION cleanroom.objection_to_domain(description jsonb) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    type text := description->>'type';
    item text;
BEGIN
    IF description ? 'list' THEN
        IF pg_catalog.jsonb_typeof(description->'list') <> 'array' THEN
            RETURN 'list is not an array';
        END IF;
        FOR item IN SELECT pg_catalog.jsonb_array_elements_text(description->'list') LOOP
            IF item IS NULL OR NOT cleanroom.is_of_type(item, type) THEN
                RETURN pg_catalog.format('%s in list is not of type %s', COALESCE(item, 'null'), type);
            END IF;
        END LOOP;
    END IF;
    IF description ?| '{min,max}' AND cleanroom.type_of_bounds(type) IS NULL THEN
        RETURN 'min and max are for numbers, dates, times, intervals, texts and bits, and arrays of them';
    END IF;
    IF NOT COALESCE(cleanroom.is_of_type(description->>'min', cleanroom.type_of_bounds(type)), true)
       OR NOT COALESCE(cleanroom.is_of_type(description->>'max', cleanroom.type_of_bounds(type)), true) THEN
        RETURN 'min or max is not of type ' || cleanroom.type_of_bounds(type);
    END IF;
    IF description ? 'min_length' AND NOT (description->>'min_length' ~ '^[0-9]{1,9}$') THEN
        RETURN 'min_length is not a number';
    END IF;
    IF description ? 'pattern' THEN
        BEGIN
            -- by itself and in its frame: it must not break out of that
            PERFORM '' ~ (description->>'pattern'),
                    '' ~ ('^(?:' || (description->>'pattern') || ')$');
        EXCEPTION WHEN invalid_regular_expression THEN
            RETURN 'pattern is not a regular expression';
        END;
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION cleanroom.objection_to_domain(jsonb) IS
'Why the domain of a template''s parameter cannot be read, or null; for the extension''s own functions.
description: of the parameter, with its type.';

-- An object {"name": {...}} or an array [{"name": "name", ...}] becomes the
-- array; each needs a type and may have list, min, max, pattern, min_length.
CREATE FUNCTION cleanroom.read_parameters(parameters jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    result jsonb := '[]';
    item record;
    stray text;
    wrong text;
BEGIN
    IF parameters IS NULL THEN
        RETURN result;
    END IF;
    FOR item IN
        SELECT COALESCE(v->>'name', k) AS name, v
            FROM (SELECT NULL::text AS k, e.value AS v, e.ordinality AS n
                    FROM pg_catalog.jsonb_array_elements(
                        CASE pg_catalog.jsonb_typeof(parameters) WHEN 'array' THEN parameters ELSE '[]' END)
                        WITH ORDINALITY e
                  UNION ALL
                  SELECT e.key, CASE pg_catalog.jsonb_typeof(e.value) WHEN 'string'
                                THEN pg_catalog.jsonb_build_object('type', e.value) ELSE e.value END,
                         e.ordinality
                    FROM pg_catalog.jsonb_each(
                        CASE pg_catalog.jsonb_typeof(parameters) WHEN 'object' THEN parameters ELSE '{}' END)
                        WITH ORDINALITY e) p
            ORDER BY p.n
    LOOP
        SELECT pg_catalog.string_agg(key, ', ') INTO stray
            FROM pg_catalog.jsonb_object_keys(item.v) key
            WHERE key NOT IN ('name', 'type', 'list', 'min', 'max', 'pattern', 'min_length');
        IF item.name IS NULL OR item.name !~ '^[a-z_][a-z0-9_]*$' OR stray IS NOT NULL
           OR pg_catalog.to_regtype(item.v->>'type') IS NULL
           -- a type of the proposer's could run code of its own; one that is
           -- not a base type, range or multirange has no values
           OR NOT EXISTS (SELECT FROM pg_catalog.pg_type t
                          WHERE t.oid = pg_catalog.to_regtype(item.v->>'type') AND t.oid < 16384
                            AND t.typtype IN ('b', 'r', 'm')) THEN
            RAISE EXCEPTION 'parameter "%" cannot be read', COALESCE(item.name, '?')
                USING ERRCODE = 'invalid_parameter_value',
                      HINT = 'Give it a built-in type: {"name": "region", "type": "text", "list": ["north", "south"]}; min, max, pattern and min_length limit it too.';
        END IF;
        IF EXISTS (SELECT FROM pg_catalog.jsonb_array_elements(result) r
                   WHERE r->>'name' = item.name) THEN
            wrong := 'it is there twice';
        ELSE
            item.v := item.v || pg_catalog.jsonb_build_object('name', item.name,
                'type', pg_catalog.to_regtype(item.v->>'type')::oid::regtype::text);
            wrong := cleanroom.objection_to_domain(item.v);
        END IF;
        IF wrong IS NOT NULL THEN
            RAISE EXCEPTION 'parameter "%" cannot be read: %', item.name, wrong
                USING ERRCODE = 'invalid_parameter_value',
                      HINT = 'list is an array of values, min and max are values of the type or of an array''s elements, pattern is a regular expression, min_length a number.';
        END IF;
        result := result || pg_catalog.jsonb_build_array(item.v);
    END LOOP;
    RETURN result;
END
$$;
COMMENT ON FUNCTION cleanroom.read_parameters(jsonb) IS
'Reads the parameters of a template; for the extension''s own functions.
parameters: an array of descriptions, or an object of them by name. Returns the array. Errors: 22023.';

CREATE FUNCTION cleanroom.parameter_types(parameters jsonb) RETURNS oid[]
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT COALESCE(pg_catalog.array_agg((p.value->>'type')::regtype::oid ORDER BY p.ordinality), '{}')
        FROM pg_catalog.jsonb_array_elements(parameters) WITH ORDINALITY p
$$;
COMMENT ON FUNCTION cleanroom.parameter_types(jsonb) IS
'The types of a template''s parameters; for the extension''s own functions.
parameters: as read_parameters() returns them.';

CREATE FUNCTION cleanroom.parameter_names(parameters jsonb) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT COALESCE(pg_catalog.array_agg(p.value->>'name' ORDER BY p.ordinality), '{}')
        FROM pg_catalog.jsonb_array_elements(parameters) WITH ORDINALITY p
$$;
COMMENT ON FUNCTION cleanroom.parameter_names(jsonb) IS
'The names of a template''s parameters; for the extension''s own functions.
parameters: as read_parameters() returns them.';

CREATE FUNCTION cleanroom.name_parameters(query text, names text[]) RETURNS text
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'cr_name_parameters';
COMMENT ON FUNCTION cleanroom.name_parameters(text, text[]) IS
'Writes the parameters :name of a query as $1, $2 and so on, but for what stands in strings, quoted names and comments; for the extension''s own functions.
query: a text. names: of the parameters, in order. Errors: 42601 an unterminated string or comment.';

-- An interval is compared as if a month had 30 days; it has 28 to 31.  A day
-- has 24 hours in UTC, where templates run.
CREATE FUNCTION cleanroom.is_at_most(one interval, other interval) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        WITH parts AS (
            SELECT n * (EXTRACT(YEAR FROM i) * 12 + EXTRACT(MONTH FROM i)) AS months,
                   n * (EXTRACT(DAY FROM i) * 24 + EXTRACT(HOUR FROM i)) AS hours,
                   n * (EXTRACT(MINUTE FROM i) * 60 + EXTRACT(SECOND FROM i)) AS seconds
                FROM (VALUES (1, other), (-1, one)) given (n, i)
        )
        SELECT LEAST(pg_catalog.sum(months) * 28, pg_catalog.sum(months) * 31) * 24 * 3600
               + pg_catalog.sum(hours) * 3600 + pg_catalog.sum(seconds) >= 0
            FROM parts;
    END;
COMMENT ON FUNCTION cleanroom.is_at_most(interval, interval) IS
'Does one interval move every date at most as far as another? For the extension''s own functions.
one, other: intervals.';

CREATE FUNCTION cleanroom.is_within(description jsonb, given text) RETURNS boolean
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    type text := description->>'type';
    of_bounds text := cleanroom.type_of_bounds(type);
    elements text[] := ARRAY[given];
    pair record;
    ordered boolean;
BEGIN
    IF of_bounds <> type THEN
        EXECUTE pg_catalog.format('SELECT %L::%s::text[]', given, cleanroom.type_to_read(type)) INTO elements;
    END IF;
    FOR pair IN SELECT p.one, p.other
        FROM pg_catalog.unnest(elements) e
            CROSS JOIN LATERAL (VALUES ('min', description->>'min', e), ('max', e, description->>'max'))
                p (bound, one, other)
        WHERE description ? p.bound
    LOOP
        EXECUTE pg_catalog.format(
                CASE of_bounds::regtype
                    WHEN 'interval'::regtype THEN 'SELECT cleanroom.is_at_most(%1$L::%3$s, %2$L::%3$s)'
                    ELSE 'SELECT %1$L::%3$s <= %2$L::%3$s' END,
                pair.one, pair.other, cleanroom.type_to_read(of_bounds))
            INTO ordered;
        IF ordered IS NOT TRUE THEN
            RETURN false;
        END IF;
    END LOOP;
    RETURN true;
END
$$;
COMMENT ON FUNCTION cleanroom.is_within(jsonb, text) IS
'Is a value, or each element of an array, within the bounds of a template''s parameter? For the extension''s own functions.
description: of the parameter, with its type. given: the value.';

CREATE FUNCTION cleanroom.check_parameter(description jsonb, given text) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    allowed boolean := true;
    type text := description->>'type';
    as_read text;
BEGIN
    IF given IS NULL THEN
        RAISE EXCEPTION 'parameter "%" is missing', description->>'name'
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'Give all parameters as an object: {"' || (description->>'name') || '": ...}.';
    END IF;
    IF NOT cleanroom.is_of_type(given, type) THEN
        RAISE EXCEPTION 'parameter "%" is not of type %', description->>'name', type
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'Write it as that type is written as text.';
    END IF;
    IF description ? 'list' THEN
        allowed := (description->'list') @> pg_catalog.to_jsonb(given)
            OR EXISTS (SELECT FROM pg_catalog.jsonb_array_elements_text(description->'list') l
                       WHERE l = given);
    END IF;
    -- what the query gets may be shorter than what was given
    EXECUTE pg_catalog.format('SELECT (%L::%s)::text', given, cleanroom.type_to_read(type)) INTO as_read;
    IF allowed AND description ? 'pattern' THEN
        allowed := as_read ~ ('^(?:' || (description->>'pattern') || ')$');
    END IF;
    IF allowed AND description ? 'min_length' THEN
        allowed := pg_catalog.length(as_read) >= (description->>'min_length')::int;
    END IF;
    IF allowed AND description ?| '{min,max}' THEN
        allowed := cleanroom.is_within(description, given);
    END IF;
    IF allowed IS NOT TRUE THEN
        RAISE EXCEPTION 'parameter "%" is outside its domain', description->>'name'
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'Allowed: ' || (description - '{name,type}'::text[])::text;
    END IF;
END
$$;
COMMENT ON FUNCTION cleanroom.check_parameter(jsonb, text) IS
'Fails unless a value is in the domain of a template''s parameter; for the extension''s own functions.
description: of the parameter. given: the value as text; an interval with bounds has months, days and seconds of one sign. Errors: 22023.';
