-- Changes of rooms: what carries them out, and who has a say in them.

-- ---------- consent ----------

CREATE FUNCTION cleanroom.contributors_to_ask(room int, who oid)
    RETURNS SETOF regrole
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT m.member FROM cleanroom.member_list m
        WHERE m.room_id = room AND m.part = 'contributor'
          -- one that is gone has nothing left to say
          AND m.member::oid IN (SELECT oid FROM pg_catalog.pg_roles)
          AND NOT pg_catalog.pg_has_role(who, m.member::oid, 'USAGE')
        ORDER BY m.member::text
$$;
COMMENT ON FUNCTION cleanroom.contributors_to_ask(int, oid) IS
'The contributors of a room other than a role; for the extension''s own functions.
room: its number. who: the role that proposes a change.';

CREATE FUNCTION cleanroom.require_shareable(
    room cleanroom.room_list, who oid, relation regclass
) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    table_owner oid := (SELECT relowner FROM pg_catalog.pg_class WHERE oid = relation);
    described record;
    residence text := cleanroom.residency_of('pg_class'::regclass, relation);
BEGIN
    IF table_owner IS NULL THEN
        RAISE EXCEPTION 'the table to share is not there'
            USING ERRCODE = 'undefined_table',
                  HINT = 'Name a protected table of yours, with its schema.';
    END IF;
    IF NOT pg_catalog.pg_has_role(who, table_owner, 'USAGE') THEN
        RAISE EXCEPTION 'must be owner of table %', relation
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'The owner shares a table into a room.';
    END IF;
    PERFORM cleanroom.require_part(table_owner, room, 'contributor');
    SELECT d.protected_by, d.problem INTO described FROM cleanroom.describe_table(relation) d;
    IF described.protected_by IS NULL OR described.problem IS NOT NULL THEN
        RAISE EXCEPTION 'table % is not protected', relation
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'Call cleanroom.protect() first.';
    END IF;
    IF described.protected_by <> relation THEN
        RAISE EXCEPTION 'table % is protected as a part of %', relation, described.protected_by
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'Share that table; its partitions and children come with it.';
    END IF;
    IF residence IS DISTINCT FROM room.residency AND residence IS NOT NULL THEN
        RAISE EXCEPTION 'table % has to stay in region "%"', relation, residence
            USING ERRCODE = 'RC012',
                  HINT = 'Share it into a room of that residency.';
    END IF;
END
$$;
COMMENT ON FUNCTION cleanroom.require_shareable(cleanroom.room_list, oid, regclass) IS
'Fails unless a role may share a table into a room; for the extension''s own functions.
room: a row of room_list. who: the role. relation: the table, or null. Errors: 42P01, 42501, 55000, RC012.';

CREATE FUNCTION cleanroom.may_propose(who oid, room int, change text) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT CASE change WHEN 'add_member' THEN cleanroom.has_part(who, room, 'operator')
                       ELSE cleanroom.is_member(who, room) END
        OR EXISTS (SELECT FROM pg_catalog.pg_roles WHERE oid = who AND rolsuper)
$$;
COMMENT ON FUNCTION cleanroom.may_propose(oid, int, text) IS
'Has a role the part in a room that a change takes, by itself or with a group? For the extension''s own functions.
who: a role. room: the number of a room. change: add_member or share_table. Returns true or false.';

-- Changes that wait and have lost who proposed them, or the room.
CREATE FUNCTION cleanroom.drop_changes(room cleanroom.room_list, of oid) RETURNS void
    LANGUAGE sql SET search_path = pg_catalog, pg_temp
    AS $$
    UPDATE cleanroom.change_list c
        SET outcome = 'declined', decided_at = pg_catalog.now()
        WHERE c.room_id = (room).room_id AND c.outcome IS NULL
          AND (of IS NULL OR c.proposed_by = of OR c.arguments->>'role' = of::regrole::text
               OR pg_catalog.to_regrole(c.arguments->>'role') = of::regrole
               OR NOT cleanroom.may_propose(c.proposed_by, c.room_id, c.change));
$$;
COMMENT ON FUNCTION cleanroom.drop_changes(cleanroom.room_list, oid) IS
'Declines what waits in a room: all of it, or what a role has proposed or is to become, or whoever has lost the part that it takes; for the extension''s own functions.
room: a row of room_list. of: the role, or null.';

CREATE FUNCTION cleanroom.find_change(
    id int, who oid, OUT todo cleanroom.change_list, OUT room cleanroom.room_list
)
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    -- the room first, as all changes do
    SELECT r.* INTO room FROM cleanroom.change_list c JOIN cleanroom.room_list r USING (room_id)
        WHERE c.change_id = id AND r.closed_at IS NULL AND c.outcome IS NULL
          AND (cleanroom.is_member(who, r.room_id) OR c.proposed_by = who);
    IF room.room_id IS NOT NULL THEN
        room := cleanroom.lock_room(room.room_id);
    END IF;
    IF room.room_id IS NOT NULL THEN
        SELECT * INTO todo FROM cleanroom.change_list c
            WHERE c.change_id = id AND c.outcome IS NULL FOR UPDATE;
    END IF;
END
$$;
COMMENT ON FUNCTION cleanroom.find_change(int, oid) IS
'A change that waits, and its room, both locked, for a member of the room or who has proposed it; nulls if there is none. For the extension''s own functions.
id: its number. who: a role.';

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
    -- who has proposed it may have left a group that was a member
    IF NOT cleanroom.may_propose(todo.proposed_by, room.room_id, todo.change) THEN
        RAISE EXCEPTION 'who has proposed the change may not make it any more'
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'Decline it with cleanroom.decline(); whoever may make it can propose it anew.';
    END IF;
    IF todo.change = 'add_member' THEN
        INSERT INTO cleanroom.member_list (room_id, member, part, added_by)
            VALUES (room.room_id, (todo.arguments->>'role')::regrole,
                    todo.arguments->>'part', todo.proposed_by)
            ON CONFLICT DO NOTHING;
    ELSIF todo.change = 'share_table' THEN
        -- what was to be shared may have changed while it waited
        PERFORM cleanroom.require_shareable(room, todo.proposed_by,
            pg_catalog.to_regclass(todo.arguments->>'relation'));
        INSERT INTO cleanroom.table_list (room_id, relation, owner, templates_only)
            SELECT room.room_id, c.oid, c.relowner,
                   (todo.arguments->>'templates_only')::boolean
                FROM pg_catalog.pg_class c
                WHERE c.oid = (todo.arguments->>'relation')::regclass
            ON CONFLICT (room_id, relation) DO UPDATE
                SET owner = excluded.owner, templates_only = excluded.templates_only;
    END IF;
    PERFORM cleanroom.revoke_room(room.room_id);
    PERFORM cleanroom.grant_room(room.room_id);
    PERFORM cleanroom.put_on_record('room_change', NULL, room.name,
        pg_catalog.jsonb_build_object('change', todo.change,
                                      'by', todo.proposed_by::text) || todo.arguments);
    PERFORM cleanroom.tell_rooms();
END
$$;
COMMENT ON FUNCTION cleanroom.apply_change(cleanroom.room_list, int) IS
'Carries out a change that nobody is left to consent to; for the extension''s own functions.
room: a row of room_list. change_id: the change. Errors: 55000 whoever has proposed it may not any more, or those of share_table(); 55P03 others have a table of the room locked, or are changing privileges on it.';

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
    PERFORM cleanroom.tell_rooms();
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
    SELECT (f.todo).* INTO todo FROM cleanroom.find_change(change_id, who) f;
    IF todo.change_id IS NULL
       OR NOT cleanroom.has_part(who, todo.room_id, 'contributor') THEN
        RAISE EXCEPTION 'that change does not wait for your consent'
            USING ERRCODE = 'undefined_object',
                  HINT = 'cleanroom.room_changes lists the changes of your rooms.';
    END IF;
    SELECT * INTO room FROM cleanroom.room_list r WHERE r.room_id = todo.room_id;
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
    SELECT (f.todo).* INTO todo FROM cleanroom.find_change(change_id, who) f;
    IF todo.change_id IS NULL
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
    PERFORM cleanroom.tell_rooms();
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
    PERFORM cleanroom.require_name(name, 'room name', 53);
    PERFORM cleanroom.require_name(purpose, 'purpose', 200);
    IF pg_catalog.strpos(name, '.') > 0 THEN
        RAISE EXCEPTION 'room name may not have a dot in it'
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'It would read as the name of a table where either may stand; write a dash.';
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
    this cleanroom.room_list := cleanroom.open_room(room, who);
BEGIN
    PERFORM cleanroom.require_part(who, this, 'operator');
    PERFORM cleanroom.require_name(purpose, 'purpose', 200);
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
    this cleanroom.room_list := cleanroom.open_room(room, who);
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

CREATE FUNCTION cleanroom.find_member(room int, role name) RETURNS oid
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
    -- one that is gone has its number for a name
    SELECT m.member FROM cleanroom.member_list m
            LEFT JOIN pg_catalog.pg_roles r ON r.oid = m.member
        WHERE m.room_id = find_member.room
          AND COALESCE(r.rolname, m.member::oid::text) = find_member.role
        ORDER BY r.oid NULLS LAST LIMIT 1
$$;
COMMENT ON FUNCTION cleanroom.find_member(int, name) IS
'The number of a member of a room, or null; for the extension''s own functions.
room: its number. role: the member''s name, or, of one that is gone, what view room_members shows for it.';

CREATE FUNCTION cleanroom.remove_member_by(who oid, room text, role name) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    this cleanroom.room_list := cleanroom.open_room(room, who);
    gone oid := cleanroom.find_member(this.room_id, role);
    relid regclass;
BEGIN
    IF who IS DISTINCT FROM (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = role) THEN
        PERFORM cleanroom.require_part(who, this, 'operator');
    -- the room stays locked until the transaction ends, which could be never
    ELSIF gone IS NOT NULL AND NOT (cleanroom.may_contribute(who, this.room_id)
                                    OR cleanroom.has_part(who, this.room_id, 'operator')) THEN
        RAISE EXCEPTION 'only contributors and operators of room "%" may leave it by themselves', room
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'Ask an operator of the room to remove you.';
    END IF;
    IF gone IS NULL THEN
        RAISE EXCEPTION 'role "%" is not a member of room "%"', role, room
            USING ERRCODE = 'undefined_object',
                  HINT = 'cleanroom.room_members lists the members.';
    END IF;
    IF NOT EXISTS (SELECT FROM cleanroom.member_list m
                   WHERE m.room_id = this.room_id AND m.part = 'operator'
                     AND m.member <> gone
                     AND m.member::oid IN (SELECT oid FROM pg_catalog.pg_roles)) THEN
        RAISE EXCEPTION 'room "%" would be left without an operator', room
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'Add another operator first, or close the room.';
    END IF;
    DELETE FROM cleanroom.member_list m
        WHERE m.room_id = this.room_id AND m.member = gone;
    FOR relid IN SELECT t.relation FROM cleanroom.table_list t
        WHERE t.room_id = this.room_id
          AND (t.owner = gone OR NOT cleanroom.may_contribute(t.owner, this.room_id))
    LOOP
        PERFORM cleanroom.withdraw_table(this, who, relid);
    END LOOP;
    PERFORM cleanroom.revoke_room(this.room_id);
    PERFORM cleanroom.drop_changes(this, gone);
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
    this cleanroom.room_list := cleanroom.open_room(room, who);
BEGIN
    PERFORM cleanroom.require_part(who, this, 'operator');
    UPDATE cleanroom.room_list r SET closed_at = pg_catalog.now()
        WHERE r.room_id = this.room_id;
    PERFORM cleanroom.revoke_room(this.room_id);
    PERFORM cleanroom.drop_changes(this, NULL);
    PERFORM cleanroom.note_change(this, who, 'close_room', '{}');
END
$$;
COMMENT ON FUNCTION cleanroom.close_room_by(oid, text) IS
'What cleanroom.close_room() does, for the role who.';

CREATE FUNCTION cleanroom.demand_unanimity_by(who oid, room text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    this cleanroom.room_list := cleanroom.open_room(room, who);
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
    this cleanroom.room_list := cleanroom.open_room(room, who);
    met text;
BEGIN
    PERFORM cleanroom.require_shareable(this, who, relation);
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
    DELETE FROM cleanroom.table_list t
        WHERE t.room_id = room.room_id AND t.relation = withdraw_table.relation;
    -- an approval must not come back with the table, for whoever is an analyst then
    DELETE FROM cleanroom.decision_list d
        USING cleanroom.template_version_list v
            JOIN cleanroom.template_list l USING (template_id)
        WHERE (d.template_id, d.version) = (v.template_id, v.version)
          AND l.room_id = room.room_id AND d.approved
          AND d.owner::oid = (SELECT c.relowner FROM pg_catalog.pg_class c
                              WHERE c.oid = withdraw_table.relation)
          AND (withdraw_table.relation = ANY (v.relations)
               OR EXISTS (SELECT FROM cleanroom.protected_among(v.relations) p
                          WHERE p.relation = withdraw_table.relation));
    PERFORM cleanroom.revoke_room(room.room_id);
    PERFORM cleanroom.note_change(room, who, 'unshare_table',
        pg_catalog.jsonb_build_object('relation', relation::text));
END
$$;
COMMENT ON FUNCTION cleanroom.withdraw_table(cleanroom.room_list, oid, regclass) IS
'Takes a table out of a room, and its owner''s approvals of templates that read it back; for the extension''s own functions.
room: a row of room_list. who: the role that does it. relation: the table.';

CREATE FUNCTION cleanroom.unshare_table_by(who oid, room text, relation regclass)
    RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    this cleanroom.room_list := cleanroom.open_room(room, who);
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
