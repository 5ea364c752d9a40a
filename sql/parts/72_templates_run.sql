-- Templates are run, and read.

CREATE FUNCTION cleanroom.template_to_run(
    who oid, name text, given jsonb,
    OUT query text, OUT room_id int, OUT types oid[], OUT given_values text[],
    OUT any_use boolean, OUT waived oid[], OUT approved oid[],
    OUT template_id int, OUT version int
)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    -- whoever keeps a table of an approved version locked
    SET lock_timeout = '5s'
    AS $$
DECLARE
    found record;
    this cleanroom.template_version_list;
    judged record;
    ready boolean := false;
    stray text;
    description jsonb;
BEGIN
    SELECT (f.template).template_id AS id, (f.template).room_id, f.room_name INTO found
        FROM cleanroom.find_template(who, name) f;
    IF NOT cleanroom.has_part(who, found.room_id, 'analyst') THEN
        PERFORM cleanroom.require_part(who, cleanroom.find_room(found.room_name, who), 'analyst');
    END IF;
    FOR this IN SELECT v.* FROM cleanroom.template_version_list v
        WHERE v.template_id = found.id AND cleanroom.has_consent(v)
        ORDER BY v.version DESC
    LOOP
        SELECT * INTO judged FROM cleanroom.judge_template(this);
        ready := judged.state = 'approved';
        EXIT WHEN ready;
    END LOOP;
    IF NOT ready THEN
        RAISE EXCEPTION 'no version of template "%" is approved', name
            USING ERRCODE = 'RC012',
                  HINT = 'Each owner of a table in it has to approve a version; an approval lapses when a table, its policy or anything else that it refers to changes. cleanroom.templates tells where they stand.';
    END IF;
    -- it would run with the rights of whoever runs the template, and in that session
    SELECT pg_catalog.string_agg(c::regrole::text, ', ') INTO stray
        FROM pg_catalog.unnest(judged.coders) c
        WHERE NOT pg_catalog.pg_has_role(c, who, 'USAGE');
    IF stray IS NOT NULL THEN
        RAISE EXCEPTION 'template "%" calls functions of %', name, stray
            USING ERRCODE = 'RC005',
                  HINT = 'They would run with your rights and in your session. Have it proposed with the server''s functions, or with functions of a superuser''s; your own you may run.';
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
    template_id := this.template_id;
    version := this.version;
    room_id := found.room_id;
    types := cleanroom.parameter_types(this.parameters);
    any_use := judged.any_use;
    waived := judged.waived;
    approved := ARRAY(SELECT p.relation::oid FROM cleanroom.protected_among(this.relations) p);
    PERFORM cleanroom.put_on_record('template_run', NULL, name, pg_catalog.jsonb_build_object(
        'room', found.room_name, 'version', this.version, 'by', who::regrole::text,
        'allow_refused', any_use, 'threshold_waived', waived::regclass[]::text[]));
END
$$;
COMMENT ON FUNCTION cleanroom.template_to_run(oid, text, jsonb) IS
'The newest approved version of a template, its parameters checked; for the extension''s own functions.
who: the role that runs it. name: of the template. given: an object of values.
Returns the query, its room, the types and values of its parameters, whether it may use columns beyond their policy, its protected tables if their threshold is waived, its protected tables, whose owners have approved, and the number of the template and of the version. Errors: 42704, 42501, 22023, RC005 functions of others, RC012.';

CREATE FUNCTION cleanroom.run_template(name text, parameters jsonb DEFAULT '{}')
    RETURNS SETOF jsonb LANGUAGE c AS 'MODULE_PATHNAME', 'cr_run_template';
COMMENT ON FUNCTION cleanroom.run_template(text, jsonb) IS
'Runs the newest approved version of a template, also on tables that are shared for templates only. It is judged as any query of the caller, but for what all owners have approved of beyond that. Settings such as TimeZone and DateStyle are as by default (UTC, ISO) while it runs. For analysts of its room.
name: of the template. parameters: an object of values by name.
Returns each row of its result as an object. Errors: 42704 no such template, 42501, 22004 an argument is null, 22023 a parameter outside its domain, or one that the template does not have, RC012 not approved, or what it refers to has changed; 55P03 others keep a table of it locked for 5 seconds; those of a query.';

-- ---------- what people call ----------

CREATE FUNCTION cleanroom.propose_template(
    room text, name text, query text, parameters jsonb DEFAULT '[]', note text DEFAULT NULL
) RETURNS int
    LANGUAGE c AS 'MODULE_PATHNAME', 'cr_on_behalf';
COMMENT ON FUNCTION cleanroom.propose_template(text, text, text, jsonb, text) IS
'Proposes a query as a template of a room, or a new version of one. Its names are resolved now, in the caller''s search path. For members of the room.
room: its name. name: of the template, 1 to 63 bytes. query: one SELECT; parameters stand in it as :name or $1. parameters: an array of descriptions such as {"name": "region", "type": "text", "list": ["north", "south"]}, with list, min, max, pattern or min_length, or an object of them by name. note: for those who decide, in 10000 bytes at most.
Returns the version, from 1. Errors: 42501, 42704, 22004 name or query is null, 42601 not one SELECT, 22023 parameters that cannot be read, or a name or note of another length, 42P16 a temporary table, RC005 what no template may call, 54000 50 of the caller''s versions wait for a decision, 55P03 others are proposing one of that name, or keep a table of it locked, for 5 seconds, those of parse analysis, 25000 not in READ COMMITTED.';

CREATE FUNCTION cleanroom.approve_template(
    name text, version int, comment text DEFAULT NULL,
    allow_refused boolean DEFAULT false, waive_threshold regclass[] DEFAULT '{}'
) RETURNS text
    LANGUAGE c AS 'MODULE_PATHNAME', 'cr_on_behalf';
COMMENT ON FUNCTION cleanroom.approve_template(text, int, text, boolean, regclass[]) IS
'Approves exactly this version of a template. For the owners of its tables, each of whom has to; it lapses when one of the tables, its policy or anything else in it changes in a way that matters.
name, version: of the template. comment: for the others, in 10000 bytes at most, or null. allow_refused: also where columns are used otherwise than their policy allows: grouped by, filtered on or aggregated, min() and max() among the aggregates; the threshold holds. waive_threshold: protected tables of the caller in it; where every one is named by its owner the query runs as it is written, whatever it returns, and nothing is counted. Both count only when all owners say so.
Returns the version''s state: waiting, approved, rejected. Errors: 42501, 42704, 25000 not in READ COMMITTED, 55P03 a table in it stays locked for 10 seconds, 22023 not a table of the caller in it, or a comment that is too long, 55000 it refers to something that has changed, or to code that no approval can hold still.';

CREATE FUNCTION cleanroom.reject_template(name text, version int, comment text DEFAULT NULL)
    RETURNS text LANGUAGE c AS 'MODULE_PATHNAME', 'cr_on_behalf';
COMMENT ON FUNCTION cleanroom.reject_template(text, int, text) IS
'Rejects this version of a template, or takes an approval back. For the owners of its tables.
name, version: of the template. comment: for the others, or null.
Returns the version''s state. Errors: 42501, 42704, 22023 a comment that is too long, 25000 not in READ COMMITTED.';

CREATE FUNCTION cleanroom.request_template(
    room text, name text, query text, note text DEFAULT NULL
) RETURNS int
    LANGUAGE c AS 'MODULE_PATHNAME', 'cr_request_template';
COMMENT ON FUNCTION cleanroom.request_template(text, text, text, text) IS
'Proposes a query that was refused as a template, with the reason of the refusal in its note. For members of the room.
room: its name. name: of the template. query: one SELECT without parameters. note: or null.
Returns the version. Errors: those of propose_template().';

-- ---------- views ----------

-- The view is for all: what one of them keeps locked must not hide the rest.
CREATE FUNCTION cleanroom.state_of_template(this cleanroom.template_version_list) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '100ms'
    AS $$
BEGIN
    RETURN (SELECT j.state FROM cleanroom.judge_template(this) j);
EXCEPTION WHEN lock_not_available THEN
    RETURN 'locked';
END
$$;
COMMENT ON FUNCTION cleanroom.state_of_template(cleanroom.template_version_list) IS
'Where a version of a template stands, or locked if somebody keeps what it refers to locked; for the extension''s own functions.
this: the version.';

CREATE FUNCTION cleanroom.templates_of(who oid)
    RETURNS TABLE (room text, name text, version int, state text, query text,
                   parameters jsonb, note text, author regrole,
                   proposed_at timestamptz, content_hash bytea, relations regclass[])
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT r.name, t.name, v.version, cleanroom.state_of_template(v), v.query, v.parameters,
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

CREATE VIEW cleanroom.templates WITH (security_barrier) AS SELECT * FROM cleanroom.list_templates();
COMMENT ON VIEW cleanroom.templates IS 'Every version of the templates in the current role''s rooms: its state (waiting, approved, rejected, lapsed; locked while somebody keeps a table of it locked), resolved query, parameters, note, author, hash over its resolved form, tables.';

CREATE VIEW cleanroom.template_decisions WITH (security_barrier) AS
    SELECT r.name AS room, t.name AS template, d.version, d.owner, d.approved, d.allow_refused,
           d.waived AS threshold_waived, d.comment, d.decided_at
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
