-- Templates are proposed, and their owners decide.

CREATE FUNCTION cleanroom.require_few_proposals(who oid, room int) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    IF (SELECT pg_catalog.count(*) FROM cleanroom.template_version_list v
            JOIN cleanroom.template_list t USING (template_id)
        WHERE t.room_id = room AND v.author = who
          AND NOT EXISTS (SELECT FROM cleanroom.decision_list d
                          WHERE (d.template_id, d.version) = (v.template_id, v.version))) >= 50 THEN
        RAISE EXCEPTION '50 templates of yours wait in this room for somebody to decide'
            USING ERRCODE = 'program_limit_exceeded',
                  HINT = 'Have owners of their tables approve or reject some; cleanroom.templates lists them.';
    END IF;
END
$$;
COMMENT ON FUNCTION cleanroom.require_few_proposals(oid, int) IS
'Fails where 50 versions that a role has proposed in a room are undecided: each is resolved anew whenever somebody lists templates. For the extension''s own functions.
who: a role. room: its number. Errors: 54000.';

CREATE FUNCTION cleanroom.hold_template(room int, template text) RETURNS int
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    id int;
BEGIN
    INSERT INTO cleanroom.template_list (room_id, name) VALUES (room, template)
        ON CONFLICT DO NOTHING;
    SELECT t.template_id INTO id FROM cleanroom.template_list t
        WHERE t.room_id = room AND t.name = template FOR UPDATE;
    RETURN id;
EXCEPTION WHEN lock_not_available THEN
    RAISE EXCEPTION 'template "%" is just being proposed by somebody else, whose transaction has not ended', template
        USING ERRCODE = 'lock_not_available',
              HINT = 'Try again, or choose another name.';
END
$$;
COMMENT ON FUNCTION cleanroom.hold_template(int, text) IS
'The number of the template of a name, made if it is not there, locked so that its versions come one after another; for the extension''s own functions.
room: the number of a room. template: its name. Errors: 55P03 after lock_timeout.';

CREATE FUNCTION cleanroom.propose_template_by(
    who oid, room text, name text, query text, parameters jsonb, note text
) RETURNS int
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    -- another's proposal of that name that is not committed yet, or tables
    SET lock_timeout = '5s'
    AS $$
DECLARE
    -- not locked: whoever may be removed from the room must not keep it from
    -- changing by a transaction that stays open
    this cleanroom.room_list := cleanroom.find_room(room, who);
    described jsonb := cleanroom.read_parameters(parameters);
    resolved record;
    template int;
    new_version int;
    outsider text;
BEGIN
    IF NOT cleanroom.is_member(who, this.room_id) THEN
        PERFORM cleanroom.refuse_room(room);
    END IF;
    IF name IS NULL OR query IS NULL THEN
        RAISE EXCEPTION 'a template needs a name and a query'
            USING ERRCODE = 'null_value_not_allowed',
                  HINT = 'For example: propose_template(''spring'', ''reach'', ''SELECT count(*) FROM ...'').';
    END IF;
    PERFORM cleanroom.require_name(name, 'template name', 63);
    PERFORM cleanroom.require_short(note, 'the note');
    SELECT * INTO resolved FROM cleanroom.resolve_query(
        who, cleanroom.name_parameters(query, cleanroom.parameter_names(described)),
        cleanroom.parameter_types(described), true);
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
    PERFORM cleanroom.require_few_proposals(who, this.room_id);
    template := cleanroom.hold_template(this.room_id, name);
    -- who has been removed meanwhile proposes nothing
    IF NOT cleanroom.is_member(who, (SELECT r.room_id FROM cleanroom.room_list r
                                     WHERE r.room_id = this.room_id AND r.closed_at IS NULL)) THEN
        PERFORM cleanroom.refuse_room(room);
    END IF;
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
    who oid, name text, version int, comment text, approve boolean,
    allow_refused boolean, waive regclass[]
) RETURNS text
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    -- the room is locked: whoever keeps a table of the query locked must not
    -- keep the room from changing
    SET lock_timeout = '10s'
    AS $$
DECLARE
    found record;
    this cleanroom.template_version_list;
    room cleanroom.room_list;
    mine oid[];
    judged record;
    stray text;
BEGIN
    SELECT (f.template).template_id AS id, f.room_name INTO found
        FROM cleanroom.find_template(who, name) f;
    PERFORM cleanroom.require_short(comment, 'the comment');
    room := cleanroom.open_room(found.room_name, who);
    -- who has left meanwhile, or has another room of that name, finds another
    IF found.id IS DISTINCT FROM (SELECT (f.template).template_id
                                  FROM cleanroom.find_template(who, name) f) THEN
        PERFORM cleanroom.refuse_room(found.room_name);
    END IF;
    SELECT * INTO this FROM cleanroom.template_version_list v
        WHERE v.template_id = found.id AND v.version = decide_template.version FOR UPDATE;
    IF this.version IS NULL THEN
        RAISE EXCEPTION 'template "%" has no version %', name, version
            USING ERRCODE = 'undefined_object', HINT = 'cleanroom.templates lists the versions.';
    END IF;
    SELECT pg_catalog.array_agg(DISTINCT p.owner) INTO mine
        FROM cleanroom.protected_among(this.relations) p
        WHERE pg_catalog.pg_has_role(who, p.owner, 'USAGE');
    IF mine IS NULL THEN
        RAISE EXCEPTION 'only the owners of its tables decide on template "%"', name
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'cleanroom.templates lists the tables of each version.';
    END IF;
    SELECT pg_catalog.string_agg(w::text, ', ') INTO stray
        FROM pg_catalog.unnest(waive) w
        WHERE NOT EXISTS (SELECT FROM cleanroom.protected_among(this.relations) p
                          WHERE p.relation = w AND p.owner = ANY (mine));
    IF stray IS NOT NULL THEN
        RAISE EXCEPTION '% is not a protected table of yours in template "%"', stray, name
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'Name the tables whose threshold you waive; cleanroom.templates lists those in it.';
    END IF;
    DELETE FROM cleanroom.decision_list d
        WHERE (d.template_id, d.version) = (this.template_id, this.version)
          AND d.owner = ANY (mine);
    IF approve THEN
        SELECT * INTO judged FROM cleanroom.judge_template(this);
    ELSE
        SELECT NULL::bytea AS policy, NULL::text AS state, NULL::text AS outsider INTO judged;
    END IF;
    IF approve AND judged.policy IS NULL AND judged.state = 'lapsed' THEN
        RAISE EXCEPTION 'what version % of template "%" refers to has changed since it was proposed', version, name
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'Have it proposed anew with cleanroom.propose_template().';
    END IF;
    IF allow_refused AND judged.outsider IS NOT NULL THEN
        RAISE EXCEPTION 'template "%" uses %, which did not come with the server', name, judged.outsider
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'No approval can hold still what such code does; approve it without allow_refused and waive_threshold, or have it proposed with built-in functions and types.';
    END IF;
    INSERT INTO cleanroom.decision_list
        (template_id, version, owner, approved, allow_refused, waived, comment, policy_hash)
        SELECT this.template_id, this.version, o::regrole, approve, allow_refused, waive,
               decide_template.comment, COALESCE(judged.policy, '')
            FROM pg_catalog.unnest(mine) o;
    SELECT * INTO judged FROM cleanroom.judge_template(this);
    PERFORM cleanroom.note_change(room, who,
        CASE WHEN approve THEN 'approve_template' ELSE 'reject_template' END,
        pg_catalog.jsonb_build_object('template', name, 'version', version,
                                      'comment', comment, 'state', judged.state)
        || CASE WHEN allow_refused THEN pg_catalog.jsonb_build_object(
                    'allow_refused', true, 'waive_threshold', waive::text[])
                ELSE '{}' END);
    RETURN judged.state;
END
$$;
COMMENT ON FUNCTION cleanroom.decide_template(oid, text, int, text, boolean, boolean, regclass[]) IS
'Puts an owner''s decision on a version of a template down; for the extension''s own functions.
who: the role. name, version: of the template. comment: or null. approve: or reject. allow_refused: whether the query may use columns beyond what their policy allows. waive: tables whose threshold is waived for it. Returns the version''s state.';

CREATE FUNCTION cleanroom.approve_template_by(
    who oid, name text, version int, comment text, allow_refused boolean, waive_threshold regclass[]
) RETURNS text
    LANGUAGE sql SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT cleanroom.decide_template(who, name, version, comment, true,
        COALESCE(allow_refused, false) OR COALESCE(waive_threshold, '{}') <> '{}',
        COALESCE(waive_threshold, '{}'))
$$;
COMMENT ON FUNCTION cleanroom.approve_template_by(oid, text, int, text, boolean, regclass[]) IS
'What cleanroom.approve_template() does, for the role who.';

CREATE FUNCTION cleanroom.reject_template_by(who oid, name text, version int, comment text)
    RETURNS text
    LANGUAGE sql SET search_path = pg_catalog, pg_temp
    AS $$ SELECT cleanroom.decide_template(who, name, version, comment, false, false, '{}') $$;
COMMENT ON FUNCTION cleanroom.reject_template_by(oid, text, int, text) IS
'What cleanroom.reject_template() does, for the role who.';
