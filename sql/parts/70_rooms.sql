-- Rooms: which parties bring which tables together, and who may ask there.
--
-- A function that acts for its caller is in C and hands the caller to a
-- function of the same name with _by behind it, which runs as the owner of
-- the extension and is nobody else's to call.  One that is VOLATILE is called in
-- READ COMMITTED transactions only: an older snapshot would not show who has
-- come and gone since.

CREATE SEQUENCE cleanroom.room_list_room_id_seq AS int CYCLE;
CREATE TABLE cleanroom.room_list (
    room_id    int PRIMARY KEY,
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

CREATE TABLE cleanroom.schema_grant_list (
    schema  regnamespace NOT NULL,
    grantee regrole NOT NULL,
    grantor regrole NOT NULL,
    PRIMARY KEY (schema, grantee, grantor)
);
COMMENT ON TABLE cleanroom.schema_grant_list IS 'The grants of USAGE that rooms have made.';

CREATE SEQUENCE cleanroom.change_list_change_id_seq AS int CYCLE;
CREATE TABLE cleanroom.change_list (
    change_id   int PRIMARY KEY,
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
-- A role that is gone is a number, which elsewhere is another role's.
SELECT pg_catalog.pg_extension_config_dump('cleanroom.member_list',
    'WHERE member::oid IN (SELECT oid FROM pg_catalog.pg_roles)');
SELECT pg_catalog.pg_extension_config_dump('cleanroom.table_list',
    'WHERE relation::oid IN (SELECT oid FROM pg_catalog.pg_class)');
SELECT pg_catalog.pg_extension_config_dump('cleanroom.grant_list',
    'WHERE grantee::oid IN (SELECT oid FROM pg_catalog.pg_roles) AND relation::oid IN (SELECT oid FROM pg_catalog.pg_class)');
SELECT pg_catalog.pg_extension_config_dump('cleanroom.schema_grant_list',
    'WHERE grantee::oid IN (SELECT oid FROM pg_catalog.pg_roles) AND grantor::oid IN (SELECT oid FROM pg_catalog.pg_roles) AND schema::oid IN (SELECT oid FROM pg_catalog.pg_namespace)');
SELECT pg_catalog.pg_extension_config_dump('cleanroom.change_list',
    'WHERE proposed_by::oid IN (SELECT oid FROM pg_catalog.pg_roles)');
SELECT pg_catalog.pg_extension_config_dump('cleanroom.change_list_change_id_seq', '');
COMMENT ON SEQUENCE cleanroom.change_list_change_id_seq IS 'Numbers of changes.';
SELECT pg_catalog.pg_extension_config_dump('cleanroom.consent_list',
    'WHERE contributor::oid IN (SELECT oid FROM pg_catalog.pg_roles) AND change_id IN (SELECT c.change_id FROM cleanroom.change_list c WHERE c.proposed_by::oid IN (SELECT oid FROM pg_catalog.pg_roles))');

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

CREATE FUNCTION cleanroom.is_member(who oid, room int) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        SELECT EXISTS (SELECT FROM cleanroom.member_list m
                       WHERE m.room_id = is_member.room
                         AND pg_catalog.pg_has_role(is_member.who, m.member::oid, 'USAGE'))
            OR EXISTS (SELECT FROM pg_catalog.pg_roles WHERE oid = is_member.who AND rolsuper);
    END;
COMMENT ON FUNCTION cleanroom.is_member(oid, int) IS
'Has a role, or a group it inherits from, any part in a room? For the extension''s own functions.
who: a role. room: the number of a room. Returns true or false.';

-- What people call things by, and declare: short, and to be seen.
CREATE FUNCTION cleanroom.require_name(given text, what text, most int) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    IF given IS NULL THEN
        RAISE EXCEPTION '% may not be null', what
            USING ERRCODE = 'null_value_not_allowed',
                  HINT = pg_catalog.format('Give one of 1 to %s bytes.', most);
    END IF;
    IF given !~ '^[^[:cntrl:]]+$' OR pg_catalog.octet_length(given) > most THEN
        RAISE EXCEPTION '% must be 1 to % bytes of printable characters', what, most
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = pg_catalog.format('Choose %s one, without line breaks and other control characters.',
                                           CASE given WHEN '' THEN 'a longer' ELSE 'a shorter' END);
    END IF;
END
$$;
COMMENT ON FUNCTION cleanroom.require_name(text, text, int) IS
'Fails unless a text can be a name, or be declared; for the extension''s own functions.
given: the text. what: what it is of, for the message. most: bytes. Errors: 22004 null, 22023 empty, too long or with control characters.';

CREATE FUNCTION cleanroom.require_short(given text, what text) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    IF pg_catalog.octet_length(given) > 10000 THEN
        RAISE EXCEPTION '% has % bytes, and may have 10000', what, pg_catalog.octet_length(given)
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'Say it shorter, or where the rest is to be read.';
    END IF;
END
$$;
COMMENT ON FUNCTION cleanroom.require_short(text, text) IS
'Fails where a remark is too long to be shown beside others; for the extension''s own functions.
given: a text, or null. what: what it is, for the message. Errors: 22023.';

CREATE FUNCTION cleanroom.refuse_room(room text) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    RAISE EXCEPTION 'room "%" does not exist', room
        USING ERRCODE = 'undefined_object',
              HINT = 'cleanroom.rooms lists the rooms that you are a member of.';
END
$$;
COMMENT ON FUNCTION cleanroom.refuse_room(text) IS
'Raises that a room does not exist; for the extension''s own functions.
room: a name. Errors: 42704.';

-- Whether a room is there is its members' to know, and the owners' of its
-- tables, who need not be members any more.
CREATE FUNCTION cleanroom.is_insider(who oid, room int) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        SELECT cleanroom.is_member(who, room)
            OR EXISTS (SELECT FROM cleanroom.table_list t
                           JOIN pg_catalog.pg_class c ON c.oid = t.relation
                       WHERE t.room_id = is_insider.room
                         AND pg_catalog.pg_has_role(is_insider.who, c.relowner, 'USAGE'));
    END;
COMMENT ON FUNCTION cleanroom.is_insider(oid, int) IS
'May a role know of a room: as a member, or as the owner of a table in it? For the extension''s own functions.
who: a role. room: the number of a room. Returns true or false.';

CREATE FUNCTION cleanroom.find_room(room text, who oid) RETURNS cleanroom.room_list
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    found cleanroom.room_list;
BEGIN
    SELECT * INTO found FROM cleanroom.room_list r
        WHERE r.name = room AND r.closed_at IS NULL
          AND cleanroom.is_insider(who, r.room_id);
    IF found.room_id IS NULL THEN
        PERFORM cleanroom.refuse_room(room);
    END IF;
    RETURN found;
END
$$;
COMMENT ON FUNCTION cleanroom.find_room(text, oid) IS
'The open room of a name, not locked, for a role that may know of it; for the extension''s own functions.
room: a name. who: a role. Returns its row. Errors: 42704 no such room, or none that the role may know of.';

CREATE FUNCTION cleanroom.lock_room(room int) RETURNS cleanroom.room_list
    LANGUAGE sql SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT r.* FROM cleanroom.room_list r
        WHERE r.room_id = room AND r.closed_at IS NULL
        FOR NO KEY UPDATE
$$;
COMMENT ON FUNCTION cleanroom.lock_room(int) IS
'An open room, locked so that changes of it come one after another; for the extension''s own functions.
room: its number. Returns its row, or nulls if it is not there or closed.';

-- Who may not know of the room does not get to wait for it either.
CREATE FUNCTION cleanroom.open_room(room text, who oid) RETURNS cleanroom.room_list
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    found cleanroom.room_list := cleanroom.find_room(room, who);
BEGIN
    found := cleanroom.lock_room(found.room_id);
    IF found.room_id IS NULL THEN
        PERFORM cleanroom.refuse_room(room);
    END IF;
    RETURN found;
END
$$;
COMMENT ON FUNCTION cleanroom.open_room(text, oid) IS
'The open room of a name, locked, for a role that may know of it; for the extension''s own functions.
room: a name. who: a role. Returns its row. Errors: as find_room().';

CREATE FUNCTION cleanroom.require_part(who oid, room cleanroom.room_list, wanted text)
    RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    -- whether a room is there is its members' to know
    IF NOT cleanroom.is_member(who, room.room_id) THEN
        PERFORM cleanroom.refuse_room(room.name);
    END IF;
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
who: a role. room: a row of room_list. wanted: a part. Errors: 42501; 42704 it is no member at all.';

-- By itself, or with a group that it inherits from; it may have left that since.
CREATE FUNCTION cleanroom.may_contribute(who oid, room int) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        SELECT cleanroom.has_part(may_contribute.who, may_contribute.room, 'contributor')
            OR EXISTS (SELECT FROM pg_catalog.pg_roles
                       WHERE oid = may_contribute.who AND rolsuper);
    END;
COMMENT ON FUNCTION cleanroom.may_contribute(oid, int) IS
'May a role have tables in a room? For the extension''s own functions.
who: a role. room: the number of a room. Returns true or false.';

-- Anybody may listen to any channel: neither its name nor a payload tells of a
-- room, and who has a part in one looks in the views.
CREATE FUNCTION cleanroom.tell_rooms() RETURNS void
    LANGUAGE sql SET search_path = pg_catalog, pg_temp
    AS $$
    -- where nobody empties the queue, that must not keep a room from changing
    SELECT pg_catalog.pg_notify('cleanroom_rooms', '')
        WHERE pg_catalog.pg_notification_queue_usage() < 0.9
$$;
COMMENT ON FUNCTION cleanroom.tell_rooms() IS
'Notifies channel cleanroom_rooms that something has changed in some room; for the extension''s own functions.';

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
    SELECT cleanroom.tell_rooms();
$$;
COMMENT ON FUNCTION cleanroom.note_change(cleanroom.room_list, oid, text, jsonb) IS
'Puts a change of a room on record and notifies who listens; for the extension''s own functions.
room: a row of room_list. who: the role that made it. what: the change. how: its arguments.';

-- ---------- grants ----------

-- Privileges stand in the row of what they are on, and two that change it at
-- once fail.
CREATE FUNCTION cleanroom.hold_privileges(class regclass, object oid) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    EXECUTE pg_catalog.format('SELECT FROM %s WHERE oid = $1 FOR NO KEY UPDATE', class)
        USING object;
END
$$;
COMMENT ON FUNCTION cleanroom.hold_privileges(regclass, oid) IS
'Waits until nobody else is changing the privileges on an object, and keeps others from doing so until the transaction ends; for the extension''s own functions.
class: pg_class or pg_namespace. object: a row of it. Errors: 55P03 after lock_timeout, 40P01.';

CREATE FUNCTION cleanroom.refuse_to_wait(class regclass, object oid) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    RAISE EXCEPTION '% is locked, or its privileges are being changed, by another transaction',
            -- of anything but a catalog it fails with an internal error
            pg_catalog.pg_describe_object(CASE class WHEN 'pg_class'::regclass THEN class ELSE 'pg_namespace' END, object, 0)
        USING ERRCODE = 'lock_not_available', HINT = 'Try again when that has ended.';
END
$$;
COMMENT ON FUNCTION cleanroom.refuse_to_wait(regclass, oid) IS
'Raises that privileges cannot be granted now; for the extension''s own functions.
class: pg_class or pg_namespace. object: a row of it. Errors: 55P03.';

CREATE FUNCTION cleanroom.grant_usage(schema oid, grantee oid, grantor oid, given boolean)
    RETURNS void LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'cr_grant_usage';
COMMENT ON FUNCTION cleanroom.grant_usage(oid, oid, oid, boolean) IS
'Grants USAGE on a schema, or takes it back, as a role would that may grant it; for the extension''s own functions.
schema, grantee: what and to whom. grantor: in whose name. given: false to take it back. Returns nothing, and does nothing if one of them is gone.';

CREATE FUNCTION cleanroom.grant_schema(schema name, grantee regrole, sharer regrole) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '10s'
    AS $$
DECLARE
    nspid oid := (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = schema);
BEGIN
    IF pg_catalog.has_schema_privilege(grantee::oid, schema, 'USAGE') THEN
        RETURN;
    END IF;
    -- the extension's superuser could; whoever shares may not have it do more
    -- than he could do himself
    IF NOT pg_catalog.has_schema_privilege(sharer::oid, schema, 'USAGE WITH GRANT OPTION') THEN
        RAISE NOTICE '% has no USAGE on schema %, which is not %''s to grant',
                grantee, pg_catalog.quote_ident(schema), sharer
            USING HINT = pg_catalog.format('The owner of the schema has to: GRANT USAGE ON SCHEMA %I TO %s.', schema, grantee);
        RETURN;
    END IF;
    PERFORM cleanroom.hold_privileges('pg_namespace', nspid);
    PERFORM cleanroom.grant_usage(nspid, grantee, sharer, true);
    INSERT INTO cleanroom.schema_grant_list
        VALUES (pg_catalog.quote_ident(schema)::regnamespace, grantee, sharer)
        ON CONFLICT DO NOTHING;
EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
    PERFORM cleanroom.refuse_to_wait('pg_namespace', nspid);
END
$$;
COMMENT ON FUNCTION cleanroom.grant_schema(name, regrole, regrole) IS
'Grants a member of a room USAGE on a schema, if it lacks that and whoever shares could grant it, in that one''s name; for the extension''s own functions.
schema, grantee: what and to whom. sharer: the owner of the table that is shared. Errors: 55P03 others are changing its privileges.';

CREATE FUNCTION cleanroom.grant_table(relation regclass, grantee regrole) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '10s'
    AS $$
BEGIN
    PERFORM cleanroom.hold_privileges('pg_class', relation);
    EXECUTE pg_catalog.format('GRANT SELECT ON %s TO %s', relation, grantee);
EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
    PERFORM cleanroom.refuse_to_wait('pg_class', relation);
END
$$;
COMMENT ON FUNCTION cleanroom.grant_table(regclass, regrole) IS
'Grants a member of a room SELECT on a table; for the extension''s own functions.
relation, grantee: what and to whom. Errors: 55P03 others have it locked or are changing its privileges.';

-- A grant hangs on its grantor's own privilege, so it may be gone with that.
CREATE FUNCTION cleanroom.take_back_schema(granted cleanroom.schema_grant_list) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '500ms'
    AS $$
BEGIN
    PERFORM cleanroom.hold_privileges('pg_namespace', granted.schema);
    DELETE FROM cleanroom.schema_grant_list s WHERE s = granted;
    IF EXISTS (SELECT FROM pg_catalog.pg_namespace n, pg_catalog.aclexplode(n.nspacl) a
               WHERE n.oid = granted.schema::oid AND a.grantee = granted.grantee::oid
                 AND a.privilege_type = 'USAGE') THEN
        PERFORM cleanroom.grant_usage(granted.schema, granted.grantee, granted.grantor, false);
    END IF;
EXCEPTION WHEN OTHERS THEN
    NULL;                       -- as take_back_table(); other rooms' schemas are told to nobody
END
$$;
COMMENT ON FUNCTION cleanroom.take_back_schema(cleanroom.schema_grant_list) IS
'Takes USAGE back that a room has granted, with what has been passed on by it. What cannot be taken back now, since others are changing privileges on the schema or for whatever reason, is left to the next change of a room. For the extension''s own functions.
granted: a row of schema_grant_list.';

-- What no open room needs any more.
CREATE FUNCTION cleanroom.revoke_schemas() RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    gone record;
BEGIN
    FOR gone IN
        SELECT s AS granted FROM cleanroom.schema_grant_list s
            WHERE NOT EXISTS (SELECT FROM cleanroom.grant_list g
                                  JOIN pg_catalog.pg_class c ON c.oid = g.relation
                              WHERE g.grantee = s.grantee AND c.relnamespace = s.schema::oid)
              AND NOT (s.schema = 'cleanroom'::regnamespace
                       AND EXISTS (SELECT FROM cleanroom.member_list m
                                       JOIN cleanroom.room_list r USING (room_id)
                                   WHERE m.member = s.grantee AND r.closed_at IS NULL))
            ORDER BY s.schema, s.grantee, s.grantor
    LOOP
        PERFORM cleanroom.take_back_schema(gone.granted);
    END LOOP;
END
$$;
COMMENT ON FUNCTION cleanroom.revoke_schemas() IS
'Takes back USAGE that rooms have granted and none of them needs; for the extension''s own functions.';

CREATE FUNCTION cleanroom.grant_room(room int) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    missing record;
    -- the extension's own schema is everybody's who has a part in a room
    keeper regrole := (SELECT nspowner FROM pg_catalog.pg_namespace WHERE nspname = 'cleanroom');
BEGIN
    FOR missing IN
        SELECT t.relation, m.member, n.nspname, t.owner
            FROM cleanroom.table_list t
                JOIN cleanroom.member_list m USING (room_id)
                -- one that is gone can be granted nothing
                JOIN pg_catalog.pg_roles p ON p.oid = m.member
                JOIN pg_catalog.pg_class c ON c.oid = t.relation
                JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE t.room_id = room AND m.part = 'analyst'
              AND c.relowner = t.owner AND cleanroom.may_contribute(t.owner, room)
              AND NOT EXISTS (SELECT FROM cleanroom.grant_list g
                              WHERE (g.room_id, g.relation, g.grantee)
                                    = (t.room_id, t.relation, m.member))
              AND (NOT pg_catalog.has_table_privilege(m.member::oid, t.relation::oid, 'SELECT')
                   OR EXISTS (SELECT FROM cleanroom.grant_list g
                              WHERE (g.relation, g.grantee) = (t.relation, m.member)))
            ORDER BY 1, 2
    LOOP
        PERFORM cleanroom.grant_table(missing.relation, missing.member);
        PERFORM cleanroom.grant_schema(missing.nspname, missing.member, missing.owner);
        INSERT INTO cleanroom.grant_list VALUES (room, missing.relation, missing.member);
    END LOOP;
    -- whoever has it now has not shared it
    FOR missing IN
        SELECT t.relation FROM cleanroom.table_list t
                JOIN pg_catalog.pg_class c ON c.oid = t.relation
            WHERE t.room_id = room
              AND (c.relowner <> t.owner OR NOT cleanroom.may_contribute(t.owner, room))
            ORDER BY 1
    LOOP
        RAISE NOTICE 'the owner of table % is not the contributor who has shared it, and it is granted to nobody further', missing.relation
            USING HINT = 'A contributor who owns it can share it anew with cleanroom.share_table(), or take it out of the room with cleanroom.unshare_table().';
    END LOOP;
    FOR missing IN
        SELECT DISTINCT m.member FROM cleanroom.member_list m
                JOIN pg_catalog.pg_roles p ON p.oid = m.member
            WHERE m.room_id = room
    LOOP
        PERFORM cleanroom.grant_schema('cleanroom', missing.member, keeper);
    END LOOP;
END
$$;
COMMENT ON FUNCTION cleanroom.grant_room(int) IS
'Grants the analysts of a room what they need to query its tables; for the extension''s own functions.
room: its number.';

-- Nothing that becomes of a REVOKE must keep a room from changing, be it that
-- somebody changes privileges meanwhile or has the table locked: what is left
-- is no access (granted_outside_rooms()).  Where the owner has given a grant
-- option besides, it stands in the same entry as the room's grant, and what was
-- passed on by it would keep that; CASCADE touches nothing else.
CREATE FUNCTION cleanroom.take_back_table(granted cleanroom.grant_list) RETURNS boolean
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '500ms'
    AS $$
BEGIN
    PERFORM cleanroom.hold_privileges('pg_class', granted.relation);
    DELETE FROM cleanroom.grant_list g WHERE g = granted;
    IF NOT FOUND
       OR EXISTS (SELECT FROM cleanroom.grant_list g
                  WHERE (g.relation, g.grantee) = (granted.relation, granted.grantee))
       OR NOT EXISTS (SELECT FROM pg_catalog.pg_class WHERE oid = granted.relation)
       OR NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE oid = granted.grantee) THEN
        RETURN true;
    END IF;
    EXECUTE pg_catalog.format('REVOKE SELECT ON %s FROM %s CASCADE', granted.relation, granted.grantee);
    RETURN true;
EXCEPTION WHEN OTHERS THEN      -- a cancelled statement is not among them
    RETURN false;
END
$$;
COMMENT ON FUNCTION cleanroom.take_back_table(cleanroom.grant_list) IS
'Takes back what a room has granted, with what has been passed on by it, unless another room grants it too; for the extension''s own functions.
granted: a row of grant_list. Returns false, and leaves the row for later, where others have the table locked or are changing its privileges, or it fails otherwise.';

-- What no member or table of the room stands behind any more; in closed rooms
-- too, which nobody changes again.
CREATE FUNCTION cleanroom.revoke_room(room int) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    gone record;
BEGIN
    FOR gone IN
        SELECT g AS granted
            FROM cleanroom.grant_list g JOIN cleanroom.room_list r USING (room_id)
            WHERE r.closed_at IS NOT NULL
               OR g.room_id = room
                  AND NOT EXISTS (SELECT FROM cleanroom.member_list m
                                      JOIN cleanroom.table_list t USING (room_id)
                                  WHERE m.room_id = room AND m.part = 'analyst'
                                    AND m.member = g.grantee AND t.relation = g.relation)
            ORDER BY g.relation, g.grantee
    LOOP
        -- whoever changes one room is not told of another's tables
        IF NOT cleanroom.take_back_table(gone.granted) AND (gone.granted).room_id = room THEN
            RAISE NOTICE 'what the room has granted % on table % cannot be taken back now',
                    (gone.granted).grantee, (gone.granted).relation
                USING HINT = 'It is no access any more; the next change of a room takes it off the table.';
        END IF;
    END LOOP;
    PERFORM cleanroom.revoke_schemas();
END
$$;
COMMENT ON FUNCTION cleanroom.revoke_room(int) IS
'Takes back what a room has granted and does not grant any more, unless another room grants it too. What cannot be taken back now, since somebody else is just changing it or for whatever reason, is left to the next change, and a NOTICE says so. For the extension''s own functions.
room: its number.';
