-- Rooms: which parties bring which tables together, and who may ask there.
--
-- A function that acts for its caller is in C and hands the caller to a
-- function of the same name with _by behind it, which runs as the owner of
-- the extension and is nobody else's to call.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles
                   WHERE rolname OPERATOR(pg_catalog.=) 'cleanroom_operator')
    THEN
        CREATE ROLE cleanroom_operator NOLOGIN;
    END IF;
END
$$;

CREATE TABLE cleanroom.room_list (
    room_id    int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL,
    purpose    text NOT NULL,
    residency  text,
    unanimous  boolean NOT NULL DEFAULT false,
    created_by regrole NOT NULL,
    created_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    closed_at  timestamptz
);
CREATE UNIQUE INDEX room_list_name ON cleanroom.room_list (name)
    WHERE closed_at IS NULL;
COMMENT ON TABLE cleanroom.room_list IS 'The rooms, closed ones too; read view cleanroom.rooms.';

CREATE TABLE cleanroom.purpose_list (
    room_id int NOT NULL REFERENCES cleanroom.room_list,
    purpose text NOT NULL,
    PRIMARY KEY (room_id, purpose)
);
COMMENT ON TABLE cleanroom.purpose_list IS 'The purposes that may be declared in a room.';

CREATE TABLE cleanroom.member_list (
    room_id  int NOT NULL REFERENCES cleanroom.room_list,
    member   regrole NOT NULL,
    part     text NOT NULL
        CHECK (part IN ('operator', 'contributor', 'analyst', 'auditor')),
    added_by regrole NOT NULL,
    added_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    PRIMARY KEY (room_id, member, part)
);
COMMENT ON TABLE cleanroom.member_list IS 'The members of rooms; read view cleanroom.room_members.';

CREATE TABLE cleanroom.table_list (
    room_id        int NOT NULL REFERENCES cleanroom.room_list,
    relation       regclass NOT NULL,
    owner          regrole NOT NULL,
    templates_only boolean NOT NULL,
    shared_at      timestamptz NOT NULL DEFAULT pg_catalog.now(),
    PRIMARY KEY (room_id, relation)
);
COMMENT ON TABLE cleanroom.table_list IS 'The tables shared into rooms; read view cleanroom.room_tables.';

-- What a room has granted, so that it takes back that and no more.
CREATE TABLE cleanroom.grant_list (
    room_id  int NOT NULL REFERENCES cleanroom.room_list,
    relation regclass NOT NULL,
    grantee  regrole NOT NULL,
    PRIMARY KEY (room_id, relation, grantee)
);
COMMENT ON TABLE cleanroom.grant_list IS 'The grants of SELECT that rooms have made.';

CREATE TABLE cleanroom.change_list (
    change_id   int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    room_id     int NOT NULL REFERENCES cleanroom.room_list,
    change      text NOT NULL,
    arguments   jsonb NOT NULL,
    proposed_by regrole NOT NULL,
    proposed_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    outcome     text CHECK (outcome IN ('done', 'declined')),
    decided_at  timestamptz
);
COMMENT ON TABLE cleanroom.change_list IS 'The changes of rooms: done, declined or waiting for consent; read view cleanroom.room_changes.';

CREATE TABLE cleanroom.consent_list (
    change_id   int NOT NULL REFERENCES cleanroom.change_list,
    contributor regrole NOT NULL,
    given_at    timestamptz NOT NULL DEFAULT pg_catalog.now(),
    PRIMARY KEY (change_id, contributor)
);
COMMENT ON TABLE cleanroom.consent_list IS 'The consents to changes of rooms.';

SELECT pg_catalog.pg_extension_config_dump('cleanroom.room_list', '');
SELECT pg_catalog.pg_extension_config_dump('cleanroom.room_list_room_id_seq', '');
COMMENT ON SEQUENCE cleanroom.room_list_room_id_seq IS 'Numbers of rooms.';
SELECT pg_catalog.pg_extension_config_dump('cleanroom.purpose_list', '');
SELECT pg_catalog.pg_extension_config_dump('cleanroom.member_list', '');
SELECT pg_catalog.pg_extension_config_dump('cleanroom.table_list', '');
SELECT pg_catalog.pg_extension_config_dump('cleanroom.grant_list', '');
SELECT pg_catalog.pg_extension_config_dump('cleanroom.change_list', '');
SELECT pg_catalog.pg_extension_config_dump('cleanroom.change_list_change_id_seq', '');
COMMENT ON SEQUENCE cleanroom.change_list_change_id_seq IS 'Numbers of changes.';
SELECT pg_catalog.pg_extension_config_dump('cleanroom.consent_list', '');

-- ---------- helpers ----------

CREATE FUNCTION cleanroom.put_on_record(
    kind text, relation oid, subject text, detail jsonb
) RETURNS void
    LANGUAGE c AS 'MODULE_PATHNAME', 'cr_put_on_record';
COMMENT ON FUNCTION cleanroom.put_on_record(text, oid, text, jsonb) IS
'Puts an event on record; for the extension''s own functions.
kind: such as room_change. relation: the table concerned, or null. subject: the name of the room or other thing, or null. detail: names and numbers, never a stored value, or null.
Returns nothing. Errors: RC011 the recorder is not available.';

CREATE FUNCTION cleanroom.has_part(who oid, room int, wanted text)
    RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        SELECT EXISTS (SELECT FROM cleanroom.member_list m
                       WHERE m.room_id = has_part.room
                         AND m.part = has_part.wanted
                         AND pg_catalog.pg_has_role(has_part.who, m.member::oid, 'USAGE'));
    END;
COMMENT ON FUNCTION cleanroom.has_part(oid, int, text) IS
'Has a role, or a group it inherits from, this part in a room? For the extension''s own functions.
who: a role. room: the number of a room. wanted: operator, contributor, analyst or auditor.
Returns true or false.';

CREATE FUNCTION cleanroom.open_room(room text) RETURNS cleanroom.room_list
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    found cleanroom.room_list;
BEGIN
    SELECT * INTO found FROM cleanroom.room_list r
        WHERE r.name = room AND r.closed_at IS NULL
        FOR SHARE;
    IF found.room_id IS NULL THEN
        RAISE EXCEPTION 'room "%" does not exist', room
            USING ERRCODE = 'undefined_object',
                  HINT = 'cleanroom.rooms lists the rooms that you are a member of.';
    END IF;
    RETURN found;
END
$$;
ALTER FUNCTION cleanroom.open_room(text) VOLATILE;
COMMENT ON FUNCTION cleanroom.open_room(text) IS
'The open room of a name, locked against being closed; for the extension''s own functions.
room: a name. Returns its row. Errors: 42704 no such room.';

CREATE FUNCTION cleanroom.require_part(who oid, room cleanroom.room_list, wanted text)
    RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    IF NOT (cleanroom.has_part(who, room.room_id, wanted)
            OR (SELECT rolsuper FROM pg_catalog.pg_roles WHERE oid = who))
    THEN
        RAISE EXCEPTION 'only % of room "%" may do this',
                CASE wanted WHEN 'operator' THEN 'an operator'
                            WHEN 'contributor' THEN 'a contributor'
                            WHEN 'analyst' THEN 'an analyst'
                            ELSE 'an auditor' END, room.name
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'An operator of the room can add members with cleanroom.add_member().';
    END IF;
END
$$;
COMMENT ON FUNCTION cleanroom.require_part(oid, cleanroom.room_list, text) IS
'Fails unless a role has this part in a room, or is a superuser; for the extension''s own functions.
who: a role. room: a row of room_list. wanted: a part. Errors: 42501.';

CREATE FUNCTION cleanroom.tell_room(room cleanroom.room_list, event text, detail jsonb)
    RETURNS void
    LANGUAGE sql SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT pg_catalog.pg_notify('cleanroom_' || (room).name,
        (pg_catalog.jsonb_build_object('event', event, 'room', (room).name) || detail)::text);
$$;
COMMENT ON FUNCTION cleanroom.tell_room(cleanroom.room_list, text, jsonb) IS
'Notifies channel cleanroom_<room>; for the extension''s own functions.
room: a row of room_list. event: what happened. detail: more members of the JSON payload.';

CREATE FUNCTION cleanroom.note_change(
    room cleanroom.room_list, who oid, what text, how jsonb
) RETURNS void
    LANGUAGE sql SET search_path = pg_catalog, pg_temp
    AS $$
    INSERT INTO cleanroom.change_list
        (room_id, change, arguments, proposed_by, outcome, decided_at)
        VALUES ((room).room_id, what, how, who, 'done', pg_catalog.now());
    SELECT cleanroom.put_on_record('room_change', NULL, (room).name,
        pg_catalog.jsonb_build_object('change', what, 'by', who::regrole::text) || how);
    SELECT cleanroom.tell_room(room, what, how);
$$;
COMMENT ON FUNCTION cleanroom.note_change(cleanroom.room_list, oid, text, jsonb) IS
'Puts a change of a room on record and tells its members; for the extension''s own functions.
room: a row of room_list. who: the role that made it. what: the change. how: its arguments.';

-- ---------- grants ----------

CREATE FUNCTION cleanroom.grant_room(room int) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    missing record;
BEGIN
    FOR missing IN
        SELECT t.relation, m.member, n.nspname
            FROM cleanroom.table_list t
                JOIN cleanroom.member_list m USING (room_id)
                JOIN pg_catalog.pg_class c ON c.oid = t.relation
                JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE t.room_id = room AND m.part = 'analyst'
              AND NOT EXISTS (SELECT FROM cleanroom.grant_list g
                              WHERE (g.room_id, g.relation, g.grantee)
                                    = (t.room_id, t.relation, m.member))
              AND (NOT pg_catalog.has_table_privilege(m.member::oid, t.relation::oid, 'SELECT')
                   OR EXISTS (SELECT FROM cleanroom.grant_list g
                              WHERE (g.relation, g.grantee) = (t.relation, m.member)))
            ORDER BY 1, 2
    LOOP
        EXECUTE pg_catalog.format('GRANT SELECT ON %s TO %s', missing.relation, missing.member);
        EXECUTE pg_catalog.format('GRANT USAGE ON SCHEMA %I, cleanroom TO %s',
                                  missing.nspname, missing.member);
        INSERT INTO cleanroom.grant_list VALUES (room, missing.relation, missing.member);
    END LOOP;
    FOR missing IN
        SELECT DISTINCT m.member FROM cleanroom.member_list m
            WHERE m.room_id = room
              AND NOT pg_catalog.has_schema_privilege(m.member::oid, 'cleanroom', 'USAGE')
    LOOP
        EXECUTE pg_catalog.format('GRANT USAGE ON SCHEMA cleanroom TO %s', missing.member);
    END LOOP;
END
$$;
COMMENT ON FUNCTION cleanroom.grant_room(int) IS
'Grants the analysts of a room what they need to query its tables; for the extension''s own functions.
room: its number.';

CREATE FUNCTION cleanroom.revoke_room(room int, only_relation regclass, only_member regrole)
    RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    gone record;
BEGIN
    FOR gone IN
        DELETE FROM cleanroom.grant_list g
            WHERE g.room_id = room
              AND (only_relation IS NULL OR g.relation = only_relation)
              AND (only_member IS NULL OR g.grantee = only_member)
            RETURNING g.relation, g.grantee
    LOOP
        CONTINUE WHEN EXISTS (SELECT FROM cleanroom.grant_list g
                              WHERE (g.relation, g.grantee) = (gone.relation, gone.grantee))
            OR NOT EXISTS (SELECT FROM pg_catalog.pg_class WHERE oid = gone.relation)
            OR NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE oid = gone.grantee);
        EXECUTE pg_catalog.format('REVOKE SELECT ON %s FROM %s', gone.relation, gone.grantee);
    END LOOP;
END
$$;
COMMENT ON FUNCTION cleanroom.revoke_room(int, regclass, regrole) IS
'Takes back what a room has granted, unless another room grants it too; for the extension''s own functions.
room: its number. only_relation, only_member: limit it to one table or one member, or null.';

-- ---------- consent ----------

CREATE FUNCTION cleanroom.contributors_to_ask(room int, who oid)
    RETURNS SETOF regrole
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT m.member FROM cleanroom.member_list m
        WHERE m.room_id = room AND m.part = 'contributor'
          AND NOT pg_catalog.pg_has_role(who, m.member::oid, 'USAGE')
        ORDER BY m.member::text
$$;
COMMENT ON FUNCTION cleanroom.contributors_to_ask(int, oid) IS
'The contributors of a room other than a role; for the extension''s own functions.
room: its number. who: the role that proposes a change.';

CREATE FUNCTION cleanroom.apply_change(room cleanroom.room_list, change_id int)
    RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    todo cleanroom.change_list;
BEGIN
    UPDATE cleanroom.change_list c
        SET outcome = 'done', decided_at = pg_catalog.now()
        WHERE c.change_id = apply_change.change_id
        RETURNING * INTO todo;
    IF todo.change = 'add_member' THEN
        INSERT INTO cleanroom.member_list (room_id, member, part, added_by)
            VALUES (room.room_id, (todo.arguments->>'role')::regrole,
                    todo.arguments->>'part', todo.proposed_by)
            ON CONFLICT DO NOTHING;
    ELSIF todo.change = 'share_table' THEN
        INSERT INTO cleanroom.table_list (room_id, relation, owner, templates_only)
            SELECT room.room_id, c.oid, c.relowner,
                   (todo.arguments->>'templates_only')::boolean
                FROM pg_catalog.pg_class c
                WHERE c.oid = (todo.arguments->>'relation')::regclass
            ON CONFLICT (room_id, relation) DO UPDATE
                SET owner = excluded.owner, templates_only = excluded.templates_only;
    END IF;
    PERFORM cleanroom.grant_room(room.room_id);
    PERFORM cleanroom.put_on_record('room_change', NULL, room.name,
        pg_catalog.jsonb_build_object('change', todo.change,
                                      'by', todo.proposed_by::text) || todo.arguments);
    PERFORM cleanroom.tell_room(room, todo.change, todo.arguments);
END
$$;
COMMENT ON FUNCTION cleanroom.apply_change(cleanroom.room_list, int) IS
'Carries out a change that nobody is left to consent to; for the extension''s own functions.
room: a row of room_list. change_id: the change.';

CREATE FUNCTION cleanroom.propose_change(
    room cleanroom.room_list, who oid, what text, how jsonb
) RETURNS text
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    id int;
    asked text;
BEGIN
    INSERT INTO cleanroom.change_list (room_id, change, arguments, proposed_by)
        VALUES (room.room_id, what, how, who)
        RETURNING change_id INTO id;
    IF room.unanimous THEN
        SELECT pg_catalog.string_agg(c::text, ', ') INTO asked
            FROM cleanroom.contributors_to_ask(room.room_id, who) c;
    END IF;
    IF asked IS NULL THEN
        PERFORM cleanroom.apply_change(room, id);
        RETURN 'done';
    END IF;
    PERFORM cleanroom.put_on_record('room_change', NULL, room.name,
        pg_catalog.jsonb_build_object('change', what, 'waits_for', asked,
                                      'by', who::regrole::text) || how);
    PERFORM cleanroom.tell_room(room, 'consent_wanted', how ||
        pg_catalog.jsonb_build_object('change', what, 'change_id', id));
    RETURN pg_catalog.format('change %s waits for the consent of %s', id, asked);
END
$$;
COMMENT ON FUNCTION cleanroom.propose_change(cleanroom.room_list, oid, text, jsonb) IS
'Carries out a change of a room at once, or has it wait where the room is unanimous; for the extension''s own functions.
room: a row of room_list. who: the role that wants it. what: the change. how: its arguments.
Returns done, or what it waits for.';

CREATE FUNCTION cleanroom.consent_by(who oid, change_id int) RETURNS text
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    todo cleanroom.change_list;
    room cleanroom.room_list;
    asked text;
BEGIN
    SELECT * INTO todo FROM cleanroom.change_list c
        WHERE c.change_id = consent_by.change_id FOR UPDATE;
    IF todo.change_id IS NULL OR todo.outcome IS NOT NULL
       OR NOT cleanroom.has_part(who, todo.room_id, 'contributor') THEN
        RAISE EXCEPTION 'that change does not wait for your consent'
            USING ERRCODE = 'undefined_object',
                  HINT = 'cleanroom.room_changes lists the changes of your rooms.';
    END IF;
    SELECT * INTO room FROM cleanroom.room_list r WHERE r.room_id = todo.room_id;
    room := cleanroom.open_room(room.name);
    INSERT INTO cleanroom.consent_list (change_id, contributor)
        SELECT todo.change_id, m.member FROM cleanroom.member_list m
            WHERE m.room_id = todo.room_id AND m.part = 'contributor'
              AND pg_catalog.pg_has_role(who, m.member::oid, 'USAGE')
        ON CONFLICT DO NOTHING;
    PERFORM cleanroom.put_on_record('room_change', NULL, room.name,
        pg_catalog.jsonb_build_object('change', 'consent', 'to', todo.change_id,
                                      'by', who::regrole::text));
    SELECT pg_catalog.string_agg(c::text, ', ') INTO asked
        FROM cleanroom.contributors_to_ask(room.room_id, todo.proposed_by) c
        WHERE NOT EXISTS (SELECT FROM cleanroom.consent_list l
                          WHERE l.change_id = todo.change_id AND l.contributor = c);
    IF asked IS NULL THEN
        PERFORM cleanroom.apply_change(room, todo.change_id);
        RETURN 'done';
    END IF;
    RETURN pg_catalog.format('change %s waits for the consent of %s', todo.change_id, asked);
END
$$;
COMMENT ON FUNCTION cleanroom.consent_by(oid, int) IS
'What cleanroom.consent() does, for the role who.';

CREATE FUNCTION cleanroom.decline_by(who oid, change_id int) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    todo cleanroom.change_list;
    room cleanroom.room_list;
BEGIN
    SELECT * INTO todo FROM cleanroom.change_list c
        WHERE c.change_id = decline_by.change_id FOR UPDATE;
    IF todo.change_id IS NULL OR todo.outcome IS NOT NULL
       OR NOT (cleanroom.has_part(who, todo.room_id, 'contributor')
               OR who = todo.proposed_by::oid) THEN
        RAISE EXCEPTION 'that change does not wait for your consent'
            USING ERRCODE = 'undefined_object',
                  HINT = 'cleanroom.room_changes lists the changes of your rooms.';
    END IF;
    SELECT * INTO room FROM cleanroom.room_list r WHERE r.room_id = todo.room_id;
    UPDATE cleanroom.change_list c
        SET outcome = 'declined', decided_at = pg_catalog.now()
        WHERE c.change_id = todo.change_id;
    PERFORM cleanroom.put_on_record('room_change', NULL, room.name,
        pg_catalog.jsonb_build_object('change', 'decline', 'of', todo.change_id,
                                      'by', who::regrole::text));
    PERFORM cleanroom.tell_room(room, 'declined', todo.arguments ||
        pg_catalog.jsonb_build_object('change', todo.change, 'change_id', todo.change_id));
END
$$;
COMMENT ON FUNCTION cleanroom.decline_by(oid, int) IS
'What cleanroom.decline() does, for the role who.';

-- ---------- rooms and members ----------

CREATE FUNCTION cleanroom.create_room_by(
    who oid, name text, purpose text, residency text
) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    room cleanroom.room_list;
BEGIN
    IF NOT pg_catalog.pg_has_role(who, 'cleanroom_operator', 'USAGE') THEN
        RAISE EXCEPTION 'only members of role "cleanroom_operator" may create rooms'
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'Ask the administrator to GRANT cleanroom_operator TO your role.';
    END IF;
    IF name IS NULL OR purpose IS NULL THEN
        RAISE EXCEPTION 'a room needs a name and a purpose'
            USING ERRCODE = 'null_value_not_allowed',
                  HINT = 'Say what it is for: create_room(''spring'', ''campaign measurement'').';
    END IF;
    IF name !~ '^[^[:cntrl:]]+$' OR pg_catalog.octet_length(name) > 53 THEN
        RAISE EXCEPTION 'room name must be 1 to 53 bytes of printable characters'
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'It is part of the channel cleanroom_<room>, which notifications are sent to.';
    END IF;
    PERFORM cleanroom.check_region(residency, 'room "' || name || '"');
    BEGIN
        INSERT INTO cleanroom.room_list (name, purpose, residency, created_by)
            VALUES (name, purpose, residency, who)
            RETURNING * INTO room;
    EXCEPTION WHEN unique_violation THEN
        RAISE EXCEPTION 'room "%" already exists', name
            USING ERRCODE = 'duplicate_object',
                  HINT = 'Choose another name, or close that room first.';
    END;
    INSERT INTO cleanroom.purpose_list VALUES (room.room_id, purpose);
    INSERT INTO cleanroom.member_list (room_id, member, part, added_by)
        VALUES (room.room_id, who, 'operator', who);
    PERFORM cleanroom.note_change(room, who, 'create_room',
        pg_catalog.jsonb_build_object('purpose', purpose, 'residency', residency));
END
$$;
COMMENT ON FUNCTION cleanroom.create_room_by(oid, text, text, text) IS
'What cleanroom.create_room() does, for the role who.';

CREATE FUNCTION cleanroom.add_purpose_by(who oid, room text, purpose text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    this cleanroom.room_list := cleanroom.open_room(room);
BEGIN
    PERFORM cleanroom.require_part(who, this, 'operator');
    INSERT INTO cleanroom.purpose_list VALUES (this.room_id, purpose)
        ON CONFLICT DO NOTHING;
    PERFORM cleanroom.note_change(this, who, 'add_purpose',
        pg_catalog.jsonb_build_object('purpose', purpose));
END
$$;
COMMENT ON FUNCTION cleanroom.add_purpose_by(oid, text, text) IS
'What cleanroom.add_purpose() does, for the role who.';

CREATE FUNCTION cleanroom.add_member_by(who oid, room text, role name, part text)
    RETURNS text
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    this cleanroom.room_list := cleanroom.open_room(room);
    member oid := (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = role);
BEGIN
    PERFORM cleanroom.require_part(who, this, 'operator');
    IF member IS NULL THEN
        RAISE EXCEPTION 'role "%" does not exist', role
            USING ERRCODE = 'undefined_object',
                  HINT = 'Make it with CREATE ROLE first; group roles are welcome.';
    END IF;
    IF part IS NULL OR part NOT IN ('operator', 'contributor', 'analyst', 'auditor') THEN
        RAISE EXCEPTION 'a room has no part "%"', part
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'The parts are operator, contributor, analyst and auditor.';
    END IF;
    RETURN cleanroom.propose_change(this, who, 'add_member',
        pg_catalog.jsonb_build_object('role', member::regrole::text, 'part', part));
END
$$;
COMMENT ON FUNCTION cleanroom.add_member_by(oid, text, name, text) IS
'What cleanroom.add_member() does, for the role who.';

CREATE FUNCTION cleanroom.remove_member_by(who oid, room text, role name) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    this cleanroom.room_list := cleanroom.open_room(room);
    gone oid := (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = role);
    relid regclass;
BEGIN
    IF who <> gone OR gone IS NULL THEN
        PERFORM cleanroom.require_part(who, this, 'operator');
    END IF;
    IF NOT EXISTS (SELECT FROM cleanroom.member_list m
                   WHERE m.room_id = this.room_id AND m.member = gone) THEN
        RAISE EXCEPTION 'role "%" is not a member of room "%"', role, room
            USING ERRCODE = 'undefined_object',
                  HINT = 'cleanroom.room_members lists the members.';
    END IF;
    IF NOT EXISTS (SELECT FROM cleanroom.member_list m
                   WHERE m.room_id = this.room_id AND m.part = 'operator'
                     AND m.member <> gone) THEN
        RAISE EXCEPTION 'room "%" would be left without an operator', room
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'Add another operator first, or close the room.';
    END IF;
    FOR relid IN SELECT t.relation FROM cleanroom.table_list t
        WHERE t.room_id = this.room_id AND t.owner = gone
    LOOP
        PERFORM cleanroom.withdraw_table(this, who, relid);
    END LOOP;
    PERFORM cleanroom.revoke_room(this.room_id, NULL, gone::regrole);
    DELETE FROM cleanroom.member_list m
        WHERE m.room_id = this.room_id AND m.member = gone;
    PERFORM cleanroom.note_change(this, who, 'remove_member',
        pg_catalog.jsonb_build_object('role', role));
END
$$;
COMMENT ON FUNCTION cleanroom.remove_member_by(oid, text, name) IS
'What cleanroom.remove_member() does, for the role who.';

CREATE FUNCTION cleanroom.close_room_by(who oid, room text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    this cleanroom.room_list := cleanroom.open_room(room);
BEGIN
    PERFORM cleanroom.require_part(who, this, 'operator');
    UPDATE cleanroom.room_list r SET closed_at = pg_catalog.now()
        WHERE r.room_id = this.room_id;
    PERFORM cleanroom.revoke_room(this.room_id, NULL, NULL);
    PERFORM cleanroom.note_change(this, who, 'close_room', '{}');
END
$$;
COMMENT ON FUNCTION cleanroom.close_room_by(oid, text) IS
'What cleanroom.close_room() does, for the role who.';

CREATE FUNCTION cleanroom.demand_unanimity_by(who oid, room text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    this cleanroom.room_list := cleanroom.open_room(room);
BEGIN
    IF NOT cleanroom.has_part(who, this.room_id, 'operator') THEN
        PERFORM cleanroom.require_part(who, this, 'contributor');
    END IF;
    UPDATE cleanroom.room_list r SET unanimous = true
        WHERE r.room_id = this.room_id;
    PERFORM cleanroom.note_change(this, who, 'demand_unanimity', '{}');
END
$$;
COMMENT ON FUNCTION cleanroom.demand_unanimity_by(oid, text) IS
'What cleanroom.demand_unanimity() does, for the role who.';

-- ---------- tables ----------

CREATE FUNCTION cleanroom.share_table_by(
    who oid, room text, relation regclass, templates_only boolean
) RETURNS text
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    this cleanroom.room_list := cleanroom.open_room(room);
    table_owner oid := (SELECT relowner FROM pg_catalog.pg_class WHERE oid = relation);
    met text;
    residence text := cleanroom.residency_of('pg_class'::regclass, relation);
BEGIN
    IF table_owner IS NULL OR NOT pg_catalog.pg_has_role(who, table_owner, 'USAGE') THEN
        RAISE EXCEPTION 'must be owner of table %', relation
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'The owner shares a table into a room.';
    END IF;
    PERFORM cleanroom.require_part(table_owner, this, 'contributor');
    IF NOT EXISTS (SELECT FROM cleanroom.describe_table(relation) d
                   WHERE d.protected_by IS NOT NULL AND d.problem IS NULL) THEN
        RAISE EXCEPTION 'table % is not protected', relation
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'Call cleanroom.protect() first.';
    END IF;
    IF residence IS DISTINCT FROM this.residency AND residence IS NOT NULL THEN
        RAISE EXCEPTION 'table % has to stay in region "%"', relation, residence
            USING ERRCODE = 'RC012',
                  HINT = 'Share it into a room of that residency.';
    END IF;
    SELECT pg_catalog.string_agg(pg_catalog.format('%s of %s', t.relation, t.owner), ', '
                                 ORDER BY t.relation::text) INTO met
        FROM cleanroom.table_list t
        WHERE t.room_id = this.room_id AND t.relation <> share_table_by.relation;
    RAISE NOTICE 'in room "%", table % meets %', room, relation,
        COALESCE(met, 'no other table yet');
    RETURN cleanroom.propose_change(this, who, 'share_table',
        pg_catalog.jsonb_build_object('relation', relation::text, 'templates_only',
                                      COALESCE(templates_only, false)));
END
$$;
COMMENT ON FUNCTION cleanroom.share_table_by(oid, text, regclass, boolean) IS
'What cleanroom.share_table() does, for the role who.';

CREATE FUNCTION cleanroom.withdraw_table(room cleanroom.room_list, who oid, relation regclass)
    RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    PERFORM cleanroom.revoke_room(room.room_id, withdraw_table.relation, NULL);
    DELETE FROM cleanroom.table_list t
        WHERE t.room_id = room.room_id AND t.relation = withdraw_table.relation;
    PERFORM cleanroom.note_change(room, who, 'unshare_table',
        pg_catalog.jsonb_build_object('relation', relation::text));
END
$$;
COMMENT ON FUNCTION cleanroom.withdraw_table(cleanroom.room_list, oid, regclass) IS
'Takes a table out of a room; for the extension''s own functions.
room: a row of room_list. who: the role that does it. relation: the table.';

CREATE FUNCTION cleanroom.unshare_table_by(who oid, room text, relation regclass)
    RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    this cleanroom.room_list := cleanroom.open_room(room);
    table_owner oid := (SELECT relowner FROM pg_catalog.pg_class WHERE oid = relation);
BEGIN
    IF table_owner IS NULL OR NOT pg_catalog.pg_has_role(who, table_owner, 'USAGE') THEN
        PERFORM cleanroom.require_part(who, this, 'operator');
    END IF;
    IF NOT EXISTS (SELECT FROM cleanroom.table_list t
                   WHERE t.room_id = this.room_id
                     AND t.relation = unshare_table_by.relation) THEN
        RAISE EXCEPTION 'table % is not in room "%"', relation, room
            USING ERRCODE = 'undefined_object',
                  HINT = 'cleanroom.room_tables lists the tables of your rooms.';
    END IF;
    PERFORM cleanroom.withdraw_table(this, who, relation);
END
$$;
COMMENT ON FUNCTION cleanroom.unshare_table_by(oid, text, regclass) IS
'What cleanroom.unshare_table() does, for the role who.';
