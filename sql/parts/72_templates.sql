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
    OUT columns bigint[], OUT outsider text, OUT coders oid[], OUT objects bytea
)
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'cr_resolve_query';
COMMENT ON FUNCTION cleanroom.resolve_query(oid, text, oid[], boolean) IS
'Resolves the names of a query; for the extension''s own functions.
author: the role with whose rights it is read, since reading a literal may run code of that role. query: one SELECT statement. types: those of its parameters. written: as whoever called the function that calls this wrote it, in their search path; else as it is kept.
Returns it with every name qualified; SHA-256 over it, its views, its functions, its row types and its enums; the tables in it; their columns in it, relation and column number in turn; a function or type in it that did not come with the server, or null; the owners of such functions; and SHA-256 over what its names stand for. Errors: 42601 not one SELECT, 42P16 a temporary table, those of parse analysis.';

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
