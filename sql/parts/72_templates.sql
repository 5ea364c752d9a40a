-- Templates: queries with typed parameters that the owners have approved.

CREATE TABLE cleanroom.template_list (
    template_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
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
SELECT pg_catalog.pg_extension_config_dump('cleanroom.template_version_list', '');
SELECT pg_catalog.pg_extension_config_dump('cleanroom.decision_list', '');

-- ---------- helpers ----------

CREATE FUNCTION cleanroom.resolve_query(
    query text, types oid[],
    OUT resolved text, OUT content_hash bytea, OUT relations regclass[]
)
    LANGUAGE c AS 'MODULE_PATHNAME', 'cr_resolve_query';
COMMENT ON FUNCTION cleanroom.resolve_query(text, oid[]) IS
'Resolves the names of a query in the search path of whoever called the function that calls this; for the extension''s own functions.
query: one SELECT statement. types: those of its parameters.
Returns it with every name qualified, SHA-256 over it with its views written out, and the tables in it. Errors: 42601 not one SELECT, those of parse analysis.';

-- What an approval rests on, besides the query.
CREATE FUNCTION cleanroom.policy_hash(relations regclass[]) RETURNS bytea
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(
            c.oid::regclass, c.relowner::regrole, c.relkind,
            (SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(
                        a.attname, a.atttypid::regtype, a.atttypmod) ORDER BY a.attnum)
             FROM pg_catalog.pg_attribute a
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
            (SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(l.objsubid, l.label)
                                         ORDER BY l.objsubid)
             FROM pg_catalog.pg_seclabel l
             WHERE l.objoid = c.oid AND l.provider = 'cleanroom'
               AND l.classoid = 'pg_catalog.pg_class'::regclass),
            (SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(
                        p.polname, pg_catalog.pg_get_expr(p.polqual, p.polrelid)) ORDER BY p.polname)
             FROM pg_catalog.pg_policy p WHERE p.polrelid = c.oid)) ORDER BY c.oid)::text, 'UTF8'))
        FROM pg_catalog.pg_class c WHERE c.oid = ANY (relations::oid[])
$$;
COMMENT ON FUNCTION cleanroom.policy_hash(regclass[]) IS
'SHA-256 over what matters of tables to an approval: owner, columns, labels, row policies; for the extension''s own functions.
relations: tables.';

CREATE FUNCTION cleanroom.owners_to_ask(relations regclass[]) RETURNS SETOF oid
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT DISTINCT c.relowner
        FROM pg_catalog.pg_class c
            CROSS JOIN LATERAL cleanroom.describe_table(c.oid) d
        WHERE c.oid = ANY (relations::oid[]) AND d.protected_by IS NOT NULL
$$;
COMMENT ON FUNCTION cleanroom.owners_to_ask(regclass[]) IS
'The owners of the protected ones among tables; for the extension''s own functions.
relations: tables.';

CREATE FUNCTION cleanroom.template_state(
    this cleanroom.template_version_list
) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT CASE
        WHEN EXISTS (SELECT FROM cleanroom.decision_list d
                     WHERE (d.template_id, d.version) = ((this).template_id, (this).version)
                       AND NOT d.approved) THEN 'rejected'
        WHEN EXISTS (SELECT FROM cleanroom.decision_list d
                     WHERE (d.template_id, d.version) = ((this).template_id, (this).version)
                       AND d.policy_hash <> cleanroom.policy_hash((this).relations))
            THEN 'lapsed'
        WHEN NOT EXISTS (SELECT FROM cleanroom.owners_to_ask((this).relations) o
                         WHERE NOT EXISTS (SELECT FROM cleanroom.decision_list d
                                           WHERE (d.template_id, d.version)
                                                 = ((this).template_id, (this).version)
                                             AND d.owner = o))
             AND EXISTS (SELECT FROM cleanroom.owners_to_ask((this).relations))
            THEN 'approved'
        ELSE 'waiting' END
$$;
COMMENT ON FUNCTION cleanroom.template_state(cleanroom.template_version_list) IS
'Where a version of a template stands: waiting, approved, rejected, or lapsed when a table or policy has changed since an approval; for the extension''s own functions.
this: the version.';

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

-- An object {"name": {...}} or an array [{"name": "name", ...}] becomes the
-- array; each needs a type and may have list, min, max, pattern, min_length.
CREATE FUNCTION cleanroom.read_parameters(parameters jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    result jsonb := '[]';
    item record;
    stray text;
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
        result := result || pg_catalog.jsonb_build_array(
            item.v || pg_catalog.jsonb_build_object('name', item.name,
                'type', pg_catalog.to_regtype(item.v->>'type')::oid::regtype::text));
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

CREATE FUNCTION cleanroom.name_parameters(query text, parameters jsonb) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    result text := query;
    p record;
BEGIN
    FOR p IN SELECT e.value->>'name' AS name, e.ordinality AS n
        FROM pg_catalog.jsonb_array_elements(parameters) WITH ORDINALITY e
    LOOP
        result := pg_catalog.regexp_replace(result, '(?<![:\w]):' || p.name || '\M',
                                            '$' || p.n, 'g');
    END LOOP;
    RETURN result;
END
$$;
COMMENT ON FUNCTION cleanroom.name_parameters(text, jsonb) IS
'Writes the parameters :name of a query as $1, $2 and so on; for the extension''s own functions.
query: a text. parameters: as read_parameters() returns them.';

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
    IF allowed AND description ? 'min' THEN
        EXECUTE pg_catalog.format('SELECT %L::%s >= %L::%s', given, type, description->>'min', type)
            INTO allowed;
    END IF;
    IF allowed AND description ? 'max' THEN
        EXECUTE pg_catalog.format('SELECT %L::%s <= %L::%s', given, type, description->>'max', type)
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
description: of the parameter. given: the value as text. Errors: 22023.';

-- ---------- proposals and decisions ----------

CREATE FUNCTION cleanroom.propose_template_by(
    who oid, room text, name text, query text, parameters jsonb, note text
) RETURNS int
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    this cleanroom.room_list := cleanroom.open_room(room);
    described jsonb := cleanroom.read_parameters(parameters);
    resolved record;
    template int;
    new_version int;
    outsider text;
BEGIN
    IF NOT EXISTS (SELECT FROM cleanroom.member_list m
                   WHERE m.room_id = this.room_id
                     AND pg_catalog.pg_has_role(who, m.member::oid, 'USAGE')) THEN
        PERFORM cleanroom.require_part(who, this, 'analyst');
    END IF;
    IF name IS NULL OR query IS NULL THEN
        RAISE EXCEPTION 'a template needs a name and a query'
            USING ERRCODE = 'null_value_not_allowed',
                  HINT = 'For example: propose_template(''spring'', ''reach'', ''SELECT count(*) FROM ...'').';
    END IF;
    SELECT * INTO resolved FROM cleanroom.resolve_query(
        cleanroom.name_parameters(query, described), cleanroom.parameter_types(described));
    SELECT pg_catalog.string_agg(r::text, ', ') INTO outsider
        FROM pg_catalog.unnest(resolved.relations) r
            CROSS JOIN LATERAL cleanroom.describe_table(r) d
        WHERE d.protected_by IS NOT NULL
          AND NOT EXISTS (SELECT FROM cleanroom.table_list t
                          WHERE t.room_id = this.room_id AND t.relation IN (r, d.protected_by));
    IF outsider IS NOT NULL THEN
        RAISE EXCEPTION 'table % is not in room "%"', outsider, room
            USING ERRCODE = 'undefined_object',
                  HINT = 'cleanroom.room_tables lists what it holds.';
    END IF;
    INSERT INTO cleanroom.template_list (room_id, name) VALUES (this.room_id, propose_template_by.name)
        ON CONFLICT DO NOTHING;
    SELECT t.template_id INTO template FROM cleanroom.template_list t
        WHERE t.room_id = this.room_id AND t.name = propose_template_by.name FOR UPDATE;
    SELECT COALESCE(pg_catalog.max(v.version), 0) + 1 INTO new_version
        FROM cleanroom.template_version_list v WHERE v.template_id = template;
    INSERT INTO cleanroom.template_version_list
        (template_id, version, query, parameters, note, author, content_hash, relations)
        VALUES (template, new_version, resolved.resolved, described, note, who,
                resolved.content_hash, resolved.relations);
    PERFORM cleanroom.note_change(this, who, 'propose_template',
        pg_catalog.jsonb_build_object('template', name, 'version', new_version, 'note', note));
    RETURN new_version;
END
$$;
COMMENT ON FUNCTION cleanroom.propose_template_by(oid, text, text, text, jsonb, text) IS
'What cleanroom.propose_template() does, for the role who.';

CREATE FUNCTION cleanroom.decide_template(
    who oid, name text, version int, comment text, approve boolean
) RETURNS text
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    found record;
    this cleanroom.template_version_list;
    room cleanroom.room_list;
    mine oid[];
    state text;
BEGIN
    SELECT (f.template).template_id AS id, f.room_name INTO found
        FROM cleanroom.find_template(who, name) f;
    room := cleanroom.open_room(found.room_name);
    SELECT * INTO this FROM cleanroom.template_version_list v
        WHERE v.template_id = found.id AND v.version = decide_template.version FOR UPDATE;
    IF this.version IS NULL THEN
        RAISE EXCEPTION 'template "%" has no version %', name, version
            USING ERRCODE = 'undefined_object', HINT = 'cleanroom.templates lists the versions.';
    END IF;
    SELECT pg_catalog.array_agg(o) INTO mine FROM cleanroom.owners_to_ask(this.relations) o
        WHERE pg_catalog.pg_has_role(who, o, 'USAGE');
    IF mine IS NULL THEN
        RAISE EXCEPTION 'only the owners of its tables decide on template "%"', name
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'cleanroom.templates lists the tables of each version.';
    END IF;
    INSERT INTO cleanroom.decision_list
        (template_id, version, owner, approved, comment, policy_hash)
        SELECT this.template_id, this.version, o::regrole, approve, decide_template.comment,
               cleanroom.policy_hash(this.relations)
            FROM pg_catalog.unnest(mine) o
        ON CONFLICT ON CONSTRAINT decision_list_pkey DO UPDATE
            SET approved = excluded.approved, comment = excluded.comment,
                policy_hash = excluded.policy_hash, decided_at = pg_catalog.now();
    state := cleanroom.template_state(this);
    PERFORM cleanroom.note_change(room, who,
        CASE WHEN approve THEN 'approve_template' ELSE 'reject_template' END,
        pg_catalog.jsonb_build_object('template', name, 'version', version,
                                      'comment', comment, 'state', state));
    RETURN state;
END
$$;
COMMENT ON FUNCTION cleanroom.decide_template(oid, text, int, text, boolean) IS
'Puts an owner''s decision on a version of a template down; for the extension''s own functions.
who: the role. name, version: of the template. comment: or null. approve: or reject. Returns the version''s state.';

CREATE FUNCTION cleanroom.approve_template_by(who oid, name text, version int, comment text)
    RETURNS text
    LANGUAGE sql SET search_path = pg_catalog, pg_temp
    AS $$ SELECT cleanroom.decide_template(who, name, version, comment, true) $$;
COMMENT ON FUNCTION cleanroom.approve_template_by(oid, text, int, text) IS
'What cleanroom.approve_template() does, for the role who.';

CREATE FUNCTION cleanroom.reject_template_by(who oid, name text, version int, comment text)
    RETURNS text
    LANGUAGE sql SET search_path = pg_catalog, pg_temp
    AS $$ SELECT cleanroom.decide_template(who, name, version, comment, false) $$;
COMMENT ON FUNCTION cleanroom.reject_template_by(oid, text, int, text) IS
'What cleanroom.reject_template() does, for the role who.';

-- ---------- running ----------

CREATE FUNCTION cleanroom.template_to_run(
    who oid, name text, given jsonb,
    OUT query text, OUT room_id int, OUT types oid[], OUT given_values text[]
)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    found record;
    this cleanroom.template_version_list;
    now_resolved record;
    stray text;
    description jsonb;
BEGIN
    SELECT (f.template).template_id AS id, (f.template).room_id, f.room_name INTO found
        FROM cleanroom.find_template(who, name) f;
    IF NOT cleanroom.has_part(who, found.room_id, 'analyst') THEN
        PERFORM cleanroom.require_part(who, cleanroom.open_room(found.room_name), 'analyst');
    END IF;
    SELECT v.* INTO this FROM cleanroom.template_version_list v
        WHERE v.template_id = found.id AND cleanroom.template_state(v) = 'approved'
        ORDER BY v.version DESC LIMIT 1;
    IF this.version IS NULL THEN
        RAISE EXCEPTION 'no version of template "%" is approved', name
            USING ERRCODE = 'RC012',
                  HINT = 'Each owner of a table in it has to approve a version; an approval lapses when a table or its policy changes. cleanroom.templates tells where they stand.';
    END IF;
    SELECT * INTO now_resolved
        FROM cleanroom.resolve_query(this.query, cleanroom.parameter_types(this.parameters));
    IF now_resolved.content_hash <> this.content_hash THEN
        RAISE EXCEPTION 'what template "%" refers to has changed since it was approved', name
            USING ERRCODE = 'RC012',
                  HINT = 'Propose it anew with cleanroom.propose_template().';
    END IF;
    SELECT pg_catalog.string_agg(k, ', ') INTO stray
        FROM pg_catalog.jsonb_object_keys(COALESCE(given, '{}')) k
        WHERE NOT EXISTS (SELECT FROM pg_catalog.jsonb_array_elements(this.parameters) p
                          WHERE p->>'name' = k);
    IF stray IS NOT NULL THEN
        RAISE EXCEPTION 'template "%" has no parameter %', name, stray
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'cleanroom.templates describes its parameters.';
    END IF;
    given_values := '{}';
    FOR description IN SELECT e.value
        FROM pg_catalog.jsonb_array_elements(this.parameters) WITH ORDINALITY e
        ORDER BY e.ordinality
    LOOP
        PERFORM cleanroom.check_parameter(description, given->>(description->>'name'));
        given_values := given_values || (given->>(description->>'name'));
    END LOOP;
    query := this.query;
    room_id := found.room_id;
    types := cleanroom.parameter_types(this.parameters);
END
$$;
COMMENT ON FUNCTION cleanroom.template_to_run(oid, text, jsonb) IS
'The newest approved version of a template, its parameters checked; for the extension''s own functions.
who: the role that runs it. name: of the template. given: an object of values.
Returns the query, its room, and the types and values of its parameters. Errors: 42704, 42501, 22023, RC012.';

CREATE FUNCTION cleanroom.run_template(name text, parameters jsonb DEFAULT '{}')
    RETURNS SETOF jsonb LANGUAGE c AS 'MODULE_PATHNAME', 'cr_run_template';
COMMENT ON FUNCTION cleanroom.run_template(text, jsonb) IS
'Runs the newest approved version of a template, also on tables that are shared for templates only. It is judged as any query of the caller. For analysts of its room.
name: of the template. parameters: an object of values by name.
Returns each row of its result as an object. Errors: 42704 no such template, 42501, 22023 a parameter outside its domain, RC012 not approved, or what it refers to has changed; those of a query.';

-- ---------- what people call ----------

CREATE FUNCTION cleanroom.propose_template(
    room text, name text, query text, parameters jsonb DEFAULT '[]', note text DEFAULT NULL
) RETURNS int
    LANGUAGE c AS 'MODULE_PATHNAME', 'cr_on_behalf';
COMMENT ON FUNCTION cleanroom.propose_template(text, text, text, jsonb, text) IS
'Proposes a query as a template of a room, or a new version of one. Its names are resolved now, in the caller''s search path. For members of the room.
room: its name. name: of the template. query: one SELECT; parameters stand in it as :name or $1. parameters: an array of descriptions such as {"name": "region", "type": "text", "list": ["north", "south"]}, with list, min, max, pattern or min_length, or an object of them by name. note: for those who decide.
Returns the version, from 1. Errors: 42501, 42704, 42601, 22023, those of parse analysis.';

CREATE FUNCTION cleanroom.approve_template(name text, version int, comment text DEFAULT NULL)
    RETURNS text LANGUAGE c AS 'MODULE_PATHNAME', 'cr_on_behalf';
COMMENT ON FUNCTION cleanroom.approve_template(text, int, text) IS
'Approves exactly this version of a template. For the owners of its tables, each of whom has to; it lapses when one of the tables or its policy changes.
name, version: of the template. comment: for the others, or null.
Returns the version''s state: waiting, approved, rejected. Errors: 42501, 42704.';

CREATE FUNCTION cleanroom.reject_template(name text, version int, comment text DEFAULT NULL)
    RETURNS text LANGUAGE c AS 'MODULE_PATHNAME', 'cr_on_behalf';
COMMENT ON FUNCTION cleanroom.reject_template(text, int, text) IS
'Rejects this version of a template, or takes an approval back. For the owners of its tables.
name, version: of the template. comment: for the others, or null.
Returns the version''s state. Errors: 42501, 42704.';

CREATE FUNCTION cleanroom.request_template(
    room text, name text, query text, note text DEFAULT NULL
) RETURNS int
    LANGUAGE c AS 'MODULE_PATHNAME', 'cr_request_template';
COMMENT ON FUNCTION cleanroom.request_template(text, text, text, text) IS
'Proposes a query that was refused as a template, with the reason of the refusal in its note. For members of the room.
room: its name. name: of the template. query: one SELECT without parameters. note: or null.
Returns the version. Errors: those of propose_template().';

-- ---------- views ----------

CREATE FUNCTION cleanroom.templates_of(who oid)
    RETURNS TABLE (room text, name text, version int, state text, query text,
                   parameters jsonb, note text, author regrole,
                   proposed_at timestamptz, content_hash bytea, relations regclass[])
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT r.name, t.name, v.version, cleanroom.template_state(v), v.query, v.parameters,
           v.note, v.author, v.proposed_at, v.content_hash, v.relations
        FROM cleanroom.template_version_list v
            JOIN cleanroom.template_list t USING (template_id)
            JOIN cleanroom.room_list r USING (room_id)
        WHERE r.closed_at IS NULL
          AND EXISTS (SELECT FROM cleanroom.member_list m
                      WHERE m.room_id = r.room_id
                        AND pg_catalog.pg_has_role(who, m.member::oid, 'USAGE'))
$$;
COMMENT ON FUNCTION cleanroom.templates_of(oid) IS
'The templates of the rooms of a role; for the extension''s own functions.
who: a role.';

CREATE FUNCTION cleanroom.list_templates_by(who oid)
    RETURNS TABLE (room text, name text, version int, state text, query text,
                   parameters jsonb, note text, author regrole,
                   proposed_at timestamptz, content_hash bytea, relations regclass[])
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $$ SELECT * FROM cleanroom.templates_of(who) $$;
COMMENT ON FUNCTION cleanroom.list_templates_by(oid) IS
'What cleanroom.list_templates() does, for the role who.';

CREATE FUNCTION cleanroom.list_templates()
    RETURNS TABLE (room text, name text, version int, state text, query text,
                   parameters jsonb, note text, author regrole,
                   proposed_at timestamptz, content_hash bytea, relations regclass[])
    LANGUAGE c AS 'MODULE_PATHNAME', 'cr_on_behalf';
COMMENT ON FUNCTION cleanroom.list_templates() IS
'The templates of the current role''s rooms; view cleanroom.templates shows the same.';

CREATE VIEW cleanroom.templates AS SELECT * FROM cleanroom.list_templates();
COMMENT ON VIEW cleanroom.templates IS 'Every version of the templates in the current role''s rooms: its state (waiting, approved, rejected, lapsed), resolved query, parameters, note, author, hash over its resolved form, tables.';

CREATE VIEW cleanroom.template_decisions AS
    SELECT r.name AS room, t.name AS template, d.version, d.owner, d.approved, d.comment, d.decided_at
        FROM cleanroom.decision_list d
            JOIN cleanroom.template_list t USING (template_id)
            JOIN cleanroom.room_list r USING (room_id)
        WHERE r.closed_at IS NULL
          AND EXISTS (SELECT FROM cleanroom.member_list m
                      WHERE m.room_id = r.room_id
                        AND pg_catalog.pg_has_role(m.member::oid, 'USAGE'));
COMMENT ON VIEW cleanroom.template_decisions IS 'What owners have decided on the templates in the current role''s rooms.';

GRANT SELECT ON cleanroom.templates, cleanroom.template_decisions TO PUBLIC;

CREATE FUNCTION cleanroom.diff_template_by(who oid, name text, v1 int, v2 int)
    RETURNS TABLE (side text, line text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    id int := (SELECT (f.template).template_id FROM cleanroom.find_template(who, name) f);
    one text[];
    two text[];
    i int := 1;
    j int := 1;
    ahead int;
    back int;
BEGIN
    SELECT pg_catalog.string_to_array(v.query || E'\n-- parameters: ' || v.parameters, E'\n') INTO one
        FROM cleanroom.template_version_list v WHERE v.template_id = id AND v.version = v1;
    SELECT pg_catalog.string_to_array(v.query || E'\n-- parameters: ' || v.parameters, E'\n') INTO two
        FROM cleanroom.template_version_list v WHERE v.template_id = id AND v.version = v2;
    IF one IS NULL OR two IS NULL THEN
        RAISE EXCEPTION 'template "%" has no version %', name,
                CASE WHEN one IS NULL THEN v1 ELSE v2 END
            USING ERRCODE = 'undefined_object', HINT = 'cleanroom.templates lists the versions.';
    END IF;
    WHILE i <= pg_catalog.cardinality(one) OR j <= pg_catalog.cardinality(two) LOOP
        IF one[i] = two[j] THEN
            side := ' '; line := one[i]; i := i + 1; j := j + 1;
            RETURN NEXT;
            CONTINUE;
        END IF;
        ahead := pg_catalog.array_position(two, one[i], j);
        back := pg_catalog.array_position(one, two[j], i);
        IF i <= pg_catalog.cardinality(one) AND (ahead IS NULL OR j > pg_catalog.cardinality(two)
            OR back IS NOT NULL AND back - i < ahead - j) THEN
            side := '-'; line := one[i]; i := i + 1;
        ELSE
            side := '+'; line := two[j]; j := j + 1;
        END IF;
        RETURN NEXT;
    END LOOP;
END
$$;
COMMENT ON FUNCTION cleanroom.diff_template_by(oid, text, int, int) IS
'What cleanroom.diff_template() does, for the role who.';

CREATE FUNCTION cleanroom.diff_template(name text, v1 int, v2 int)
    RETURNS TABLE (side text, line text)
    LANGUAGE c AS 'MODULE_PATHNAME', 'cr_on_behalf';
COMMENT ON FUNCTION cleanroom.diff_template(text, int, int) IS
'Compares two versions of a template line by line, as resolved. For members of its room.
name: of the template. v1, v2: versions.
Returns lines: side is - for one only in v1, + for one only in v2, blank for one in both. Errors: 42704.';
