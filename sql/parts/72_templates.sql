-- Templates: queries with typed parameters that the owners have approved.

CREATE SEQUENCE cleanroom.template_list_template_id_seq AS int CYCLE;
CREATE TABLE cleanroom.template_list (
    template_id int PRIMARY KEY,
    room_id     int NOT NULL REFERENCES cleanroom.room_list,
    name        text NOT NULL,
    UNIQUE (room_id, name)
);
COMMENT ON TABLE cleanroom.template_list IS 'The templates of rooms; read view cleanroom.templates.';

CREATE TABLE cleanroom.template_version_list (
    template_id  int NOT NULL REFERENCES cleanroom.template_list,
    version      int NOT NULL,
    query        text NOT NULL,     -- as resolved: every name with its schema
    parameters   jsonb NOT NULL,    -- an array of descriptions, in order
    note         text,
    author       regrole NOT NULL,
    proposed_at  timestamptz NOT NULL DEFAULT pg_catalog.now(),
    content_hash bytea NOT NULL,
    relations    regclass[] NOT NULL,
    PRIMARY KEY (template_id, version)
);
COMMENT ON TABLE cleanroom.template_version_list IS 'The versions of templates; read view cleanroom.templates.';

CREATE TABLE cleanroom.decision_list (
    template_id int NOT NULL,
    version     int NOT NULL,
    owner       regrole NOT NULL,
    approved    boolean NOT NULL,
    allow_refused boolean NOT NULL DEFAULT false,   -- uses beyond the policy's
    waived      regclass[] NOT NULL DEFAULT '{}',   -- without the threshold
    comment     text,
    policy_hash bytea NOT NULL,
    decided_at  timestamptz NOT NULL DEFAULT pg_catalog.now(),
    PRIMARY KEY (template_id, version, owner),
    FOREIGN KEY (template_id, version) REFERENCES cleanroom.template_version_list
);
COMMENT ON TABLE cleanroom.decision_list IS 'What owners have decided on versions of templates; read view cleanroom.template_decisions.';

SELECT pg_catalog.pg_extension_config_dump('cleanroom.template_list', '');
SELECT pg_catalog.pg_extension_config_dump('cleanroom.template_list_template_id_seq', '');
COMMENT ON SEQUENCE cleanroom.template_list_template_id_seq IS 'Numbers of templates.';
-- One whose author or tables are gone has lapsed, and goes with its decisions.
SELECT pg_catalog.pg_extension_config_dump('cleanroom.template_version_list',
    'WHERE author::oid IN (SELECT oid FROM pg_catalog.pg_roles) AND relations::oid[] <@ ARRAY(SELECT oid FROM pg_catalog.pg_class)');
SELECT pg_catalog.pg_extension_config_dump('cleanroom.decision_list',
    'WHERE owner::oid IN (SELECT oid FROM pg_catalog.pg_roles) AND (template_id, version) IN (SELECT v.template_id, v.version FROM cleanroom.template_version_list v WHERE v.author::oid IN (SELECT oid FROM pg_catalog.pg_roles) AND v.relations::oid[] <@ ARRAY(SELECT oid FROM pg_catalog.pg_class))');

-- ---------- helpers ----------

CREATE FUNCTION cleanroom.resolve_query(
    author oid, query text, types oid[], written boolean,
    OUT resolved text, OUT content_hash bytea, OUT relations regclass[],
    OUT columns bigint[], OUT outsider text, OUT coders oid[]
)
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'cr_resolve_query';
COMMENT ON FUNCTION cleanroom.resolve_query(oid, text, oid[], boolean) IS
'Resolves the names of a query; for the extension''s own functions.
author: the role with whose rights it is read, since reading a literal may run code of that role. query: one SELECT statement. types: those of its parameters. written: as whoever called the function that calls this wrote it, in their search path; else as it is kept.
Returns it with every name qualified; SHA-256 over it, its views, its functions, its row types and its enums; the tables in it; their columns in it, relation and column number in turn; a function or type in it that did not come with the server, or null; and the owners of such functions. Errors: 42601 not one SELECT, 42P16 a temporary table, those of parse analysis.';

-- What an approval rests on, besides the query.  All by name, as a dump keeps
-- names and no numbers.
CREATE FUNCTION cleanroom.policy_hash(relations regclass[], columns bigint[]) RETURNS bytea
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    -- as constants and names are written, in whosever session
    SET quote_all_identifiers = off SET "DateStyle" = 'ISO, MDY' SET "IntervalStyle" = postgres
    SET "TimeZone" = 'UTC' SET extra_float_digits = 1 SET bytea_output = hex
    SET xmlbinary = base64 SET xmloption = content SET lc_monetary = 'C'
    AS $$
    WITH read AS (
        SELECT columns[n]::oid AS relid, columns[n + 1]::int AS attnum
            FROM pg_catalog.generate_series(1, pg_catalog.cardinality(columns), 2) n
    ), used AS (
        -- null: all of them
        SELECT r.relid, a.attname FROM read r
            LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = r.relid AND a.attnum = r.attnum
        UNION
        -- a partition's columns are labelled where its policy is
        SELECT d.protected_by::oid, a.attname FROM read r
            CROSS JOIN LATERAL cleanroom.describe_table(r.relid) d
            LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = r.relid AND a.attnum = r.attnum
    ), concerned AS (
        SELECT r::oid AS relid FROM pg_catalog.unnest(relations) r
        UNION
        SELECT d.protected_by::oid
            FROM pg_catalog.unnest(relations) r
                CROSS JOIN LATERAL cleanroom.describe_table(r) d
            WHERE d.protected_by IS NOT NULL
    ), described AS (
        SELECT c.oid, c.oid::regclass::text AS name, c.relowner::regrole::text AS owner,
               c.relkind, l.label
            FROM pg_catalog.pg_class c
                JOIN concerned ON concerned.relid = c.oid
                LEFT JOIN pg_catalog.pg_seclabel l
                    ON l.objoid = c.oid AND l.objsubid = 0 AND l.provider = 'cleanroom'
                        AND l.classoid = 'pg_catalog.pg_class'::regclass
    )
    SELECT pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(
            d.name, d.owner, d.relkind, d.label,
            (SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(
                        a.attname, a.atttypid::regtype, a.atttypmod, l.label) ORDER BY a.attname)
             FROM pg_catalog.pg_attribute a
                LEFT JOIN pg_catalog.pg_seclabel l
                    ON l.objoid = d.oid AND l.objsubid = a.attnum AND l.provider = 'cleanroom'
                        AND l.classoid = 'pg_catalog.pg_class'::regclass
             WHERE a.attrelid = d.oid AND a.attnum > 0 AND NOT a.attisdropped
               AND (l.label ~ 'unit'
                    OR EXISTS (SELECT FROM used u
                               WHERE u.relid = d.oid AND COALESCE(u.attname, a.attname) = a.attname))),
            (SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(
                        p.polname, pg_catalog.pg_get_expr(p.polqual, p.polrelid)) ORDER BY p.polname)
             FROM pg_catalog.pg_policy p WHERE p.polrelid = d.oid)) ORDER BY d.name)::text, 'UTF8'))
        FROM described d
$$;
COMMENT ON FUNCTION cleanroom.policy_hash(regclass[], bigint[]) IS
'SHA-256 over what matters of tables to an approval: their owners, labels and row policies, and those of the tables whose policy they have, with the type and label of the columns that are used or name the unit; for the extension''s own functions.
relations: tables. columns: those used, relation and column number in turn.';

CREATE FUNCTION cleanroom.protected_among(relations regclass[])
    RETURNS TABLE (relation regclass, owner oid)
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT DISTINCT d.protected_by, c.relowner
        FROM pg_catalog.pg_class r
            CROSS JOIN LATERAL cleanroom.describe_table(r.oid) d
            JOIN pg_catalog.pg_class c ON c.oid = d.protected_by
        WHERE r.oid = ANY (relations::oid[])
$$;
COMMENT ON FUNCTION cleanroom.protected_among(regclass[]) IS
'The protected ones among tables, each as the one that bears the policy, with its owner; for the extension''s own functions.
relations: tables.';

CREATE FUNCTION cleanroom.find_template(who oid, name text, OUT template cleanroom.template_list, OUT room_name text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    chosen text := NULLIF(cleanroom.session_fact('room'), '');
    hits int;
    id int;
BEGIN
    SELECT pg_catalog.count(*), pg_catalog.min(t.template_id) INTO hits, id
        FROM cleanroom.template_list t JOIN cleanroom.room_list r USING (room_id)
        WHERE t.name = find_template.name AND r.closed_at IS NULL
          AND (chosen IS NULL OR r.name = chosen)
          AND EXISTS (SELECT FROM cleanroom.member_list m
                      WHERE m.room_id = r.room_id
                        AND pg_catalog.pg_has_role(who, m.member::oid, 'USAGE'));
    IF hits <> 1 THEN
        RAISE EXCEPTION '%', pg_catalog.format(CASE hits WHEN 0
                THEN 'template "%s" does not exist in your rooms'
                ELSE 'several of your rooms have a template "%s"' END, name)
            USING ERRCODE = 'undefined_object',
                  HINT = CASE hits WHEN 0 THEN 'cleanroom.templates lists them.'
                             || CASE WHEN chosen IS NOT NULL
                                THEN ' Looked at was room "' || chosen || '" alone, as cleanroom.room says.'
                                ELSE '' END
                         ELSE 'SET cleanroom.room to one of them.' END;
    END IF;
    SELECT * INTO template FROM cleanroom.template_list t WHERE t.template_id = id;
    SELECT r.name INTO room_name FROM cleanroom.room_list r WHERE r.room_id = template.room_id;
END
$$;
COMMENT ON FUNCTION cleanroom.find_template(oid, text) IS
'The template of a name in the rooms of a role; for the extension''s own functions.
who: a role. name: of the template. Errors: 42704 none, or several.';

-- ---------- parameters ----------

CREATE FUNCTION cleanroom.type_to_read(type text) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    -- in a cast, character is character(1), which would cut the value
    AS $$ SELECT pg_catalog.format_type(type::pg_catalog.regtype, -1) $$;
COMMENT ON FUNCTION cleanroom.type_to_read(text) IS
'How to write a type in a cast so that no length is meant; for the extension''s own functions.
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
    IF NOT COALESCE(cleanroom.is_of_type(description->>'min', type), true)
       OR NOT COALESCE(cleanroom.is_of_type(description->>'max', type), true) THEN
        RETURN 'min or max is not of type ' || type;
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
           -- a type of the proposer's could run code of its own
           OR pg_catalog.to_regtype(item.v->>'type')::oid >= 16384 THEN
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
                      HINT = 'list is an array of values, min and max are values of the type, pattern is a regular expression, min_length a number.';
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

CREATE FUNCTION cleanroom.is_of_one_sign(given interval) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        SELECT pg_catalog.max(pg_catalog.sign(part)) - pg_catalog.min(pg_catalog.sign(part)) < 2
            FROM (VALUES (EXTRACT(YEAR FROM given)), (EXTRACT(MONTH FROM given)), (EXTRACT(DAY FROM given)),
                         (EXTRACT(HOUR FROM given)), (EXTRACT(MINUTE FROM given)), (EXTRACT(SECOND FROM given))) AS parts (part);
    END;
COMMENT ON FUNCTION cleanroom.is_of_one_sign(interval) IS
'Are months, days and seconds of an interval all positive, or all negative, or zero? Else it may compare as less than it moves a date; for the extension''s own functions.
given: an interval.';

CREATE FUNCTION cleanroom.check_parameter(description jsonb, given text) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    allowed boolean := true;
    type text := description->>'type';
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
    IF allowed AND description ? 'pattern' THEN
        allowed := given ~ ('^(?:' || (description->>'pattern') || ')$');
    END IF;
    IF allowed AND description ? 'min_length' THEN
        allowed := pg_catalog.length(given) >= (description->>'min_length')::int;
    END IF;
    -- a month is compared as 30 days, and added as what it has
    IF allowed AND (description ? 'min' OR description ? 'max')
       AND cleanroom.type_to_read(type) IN ('interval', 'pg_catalog.interval') THEN
        allowed := cleanroom.is_of_one_sign(given::interval);
    END IF;
    IF allowed AND description ? 'min' THEN
        EXECUTE pg_catalog.format('SELECT %1$L::%3$s >= %2$L::%3$s', given, description->>'min', cleanroom.type_to_read(type))
            INTO allowed;
    END IF;
    IF allowed AND description ? 'max' THEN
        EXECUTE pg_catalog.format('SELECT %1$L::%3$s <= %2$L::%3$s', given, description->>'max', cleanroom.type_to_read(type))
            INTO allowed;
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

-- ---------- where a version stands ----------

-- What anybody has proposed is not to be looked at closer, which takes locks,
-- where an approved version is looked for.
CREATE FUNCTION cleanroom.has_consent(this cleanroom.template_version_list) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT COALESCE(pg_catalog.bool_and(d.approved), false)
           AND NOT EXISTS (SELECT FROM cleanroom.protected_among(this.relations) p
                           WHERE NOT EXISTS (SELECT FROM cleanroom.decision_list o
                                             WHERE (o.template_id, o.version) = (this.template_id, this.version)
                                               AND o.owner = p.owner))
        FROM cleanroom.decision_list d
        WHERE (d.template_id, d.version) = (this.template_id, this.version)
$$;
COMMENT ON FUNCTION cleanroom.has_consent(cleanroom.template_version_list) IS
'Have all owners of a version''s protected tables approved it, and nobody rejected it, whether or not that has lapsed? For the extension''s own functions.
this: the version.';

CREATE FUNCTION cleanroom.judge_template(
    this cleanroom.template_version_list,
    OUT state text, OUT any_use boolean, OUT waived oid[], OUT policy bytea, OUT outsider text,
    OUT coders oid[]
)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    present record;
    found_all boolean := false;
    refused boolean;
    missing boolean;
    stale boolean;
BEGIN
    any_use := false;
    waived := '{}';
    -- first: to reject is not to wait for what the query refers to
    SELECT pg_catalog.bool_or(NOT d.approved) INTO refused
        FROM cleanroom.decision_list d
        WHERE (d.template_id, d.version) = (this.template_id, this.version);
    IF refused THEN
        state := 'rejected';
        RETURN;
    END IF;
    BEGIN
        SELECT * INTO present FROM cleanroom.resolve_query(
            this.author, this.query, cleanroom.parameter_types(this.parameters), false);
        found_all := true;
    EXCEPTION
        WHEN lock_not_available THEN
            RAISE;
        WHEN OTHERS THEN
            NULL;        -- something in it is gone
    END;
    -- a record that nothing was put in has no columns to ask for
    IF NOT found_all THEN
        state := 'lapsed';
        RETURN;
    END IF;
    IF present.content_hash <> this.content_hash THEN
        state := 'lapsed';
        RETURN;
    END IF;
    outsider := present.outsider;
    coders := present.coders;
    policy := cleanroom.policy_hash(this.relations, present.columns);
    SELECT pg_catalog.bool_or(d.policy_hash <> policy) INTO stale
        FROM cleanroom.decision_list d
        WHERE (d.template_id, d.version) = (this.template_id, this.version);
    IF stale THEN
        state := 'lapsed';
        RETURN;
    END IF;
    SELECT COALESCE(pg_catalog.bool_or(d.owner IS NULL), true),
           COALESCE(pg_catalog.bool_and(d.allow_refused), false),
           CASE WHEN pg_catalog.bool_and(d.waived IS NOT NULL AND p.relation = ANY (d.waived))
                THEN pg_catalog.array_agg(p.relation::oid) ELSE '{}' END
        INTO missing, any_use, waived
        FROM cleanroom.protected_among(this.relations) p
            LEFT JOIN cleanroom.decision_list d
                ON (d.template_id, d.version) = (this.template_id, this.version)
                    AND d.owner = p.owner;
    IF missing THEN
        state := 'waiting';
        any_use := false;
        waived := '{}';
    ELSE
        state := 'approved';
    END IF;
END
$$;
COMMENT ON FUNCTION cleanroom.judge_template(cleanroom.template_version_list) IS
'Where a version of a template stands; for the extension''s own functions.
this: the version.
Returns its state: waiting, approved, rejected, or lapsed when a table, a policy or what it refers to has changed since; whether every owner has approved of uses beyond the policy; the protected tables, if the threshold of all of them is waived; the hash of the present policies; a function or type that did not come with the server, or null; and the owners of such functions.';
