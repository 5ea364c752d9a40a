-- What rooms mean for keys: who must not make tokens, and where keys stay.

CREATE FUNCTION cleanroom.kin_of(relation oid) RETURNS SETOF oid
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
    WITH RECURSIVE below AS (
        SELECT kin_of.relation AS oid
        UNION
        SELECT i.inhrelid FROM below b JOIN pg_catalog.pg_inherits i ON i.inhparent = b.oid
    ), above AS (
        SELECT b.oid FROM below b
        UNION
        SELECT i.inhparent FROM above a JOIN pg_catalog.pg_inherits i ON i.inhrelid = a.oid
    )
    SELECT a.oid FROM above a
$$;
COMMENT ON FUNCTION cleanroom.kin_of(oid) IS
'The tables that may have a row in common with a table: itself, its parts, by partitioning or inheritance, and those that one of them is a part of; for the extension''s own functions.
relation: a table.';

CREATE FUNCTION cleanroom.keys_of_former_part(
    part oid, whole oid, lost_column name, lost_number int,
    OUT columns name[], OUT keys int[], OUT numbers smallint[],
    OUT lost_trigger boolean
)
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
    WITH RECURSIVE above AS (
        SELECT whole AS oid
        UNION
        SELECT i.inhparent FROM above a JOIN pg_catalog.pg_inherits i ON i.inhrelid = a.oid
    ), held AS (
        SELECT c.attname AS name, k.key_id
            FROM above a
                JOIN cleanroom.keyring_columns k ON k.relation::oid = a.oid
                JOIN pg_catalog.pg_attribute c
                    ON c.attrelid = a.oid AND NOT c.attisdropped
                   AND c.attnum > 0
                   -- see read_tracked() in src/keys/dependents.c
                   AND (c.attname = k."column"
                        OR c.attnum = k.attnum AND c.atttypid IN ('uuid'::regtype, 'bytea'::regtype))
            WHERE lost_column IS NULL
        UNION
        SELECT lost_column, k.key_id
            FROM above a
                JOIN cleanroom.keyring_columns k ON k.relation::oid = a.oid
            WHERE k."column" = lost_column
               OR k.relation::oid = whole AND k.attnum = lost_number
    )
    SELECT pg_catalog.array_agg(c.attname ORDER BY c.attname, h.key_id),
           pg_catalog.array_agg(h.key_id ORDER BY c.attname, h.key_id),
           pg_catalog.array_agg(c.attnum ORDER BY c.attname, h.key_id),
           lost_column IS NULL
               AND EXISTS (SELECT FROM pg_catalog.pg_class w
                               JOIN pg_catalog.pg_trigger t ON t.tgrelid = w.oid
                           WHERE w.oid = whole AND w.relkind = 'p'
                             AND t.tgfoid = 'cleanroom.fill_token'::regproc
                             AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger o
                                             WHERE o.tgrelid = part
                                               AND o.tgfoid = t.tgfoid
                                               AND o.tgargs = t.tgargs))
        FROM held h
            JOIN pg_catalog.pg_attribute c
                ON c.attrelid = part AND c.attname = h.name AND c.attnum > 0
               AND NOT c.attisdropped
$$;
COMMENT ON FUNCTION cleanroom.keys_of_former_part(oid, oid, name, int) IS
'The columns of a table, and their keys, that were tracked by its being a part of another, which it is no longer, or by a column of that, which has been dropped; and whether a trigger of tokenize_column() went with that. Nulls where there are none. For the extension''s own functions.
part: the table. whole: the other. lost_column, lost_number: name and number of a dropped column; null for the whole table.';

CREATE FUNCTION cleanroom.room_against_tokens(key int, who oid) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT r.name FROM cleanroom.room_list r
        WHERE r.closed_at IS NULL
          -- also by a role that it has to SET first
          AND EXISTS (SELECT FROM cleanroom.member_list m
                      WHERE m.room_id = r.room_id AND m.part = 'analyst'
                        AND pg_catalog.pg_has_role(who, m.member::oid, 'MEMBER'))
          AND (EXISTS (SELECT FROM cleanroom.table_list t
                           JOIN cleanroom.keyring_columns k
                               ON k.relation::oid IN (SELECT cleanroom.kin_of(t.relation))
                           JOIN pg_catalog.pg_class c ON c.oid = t.relation
                       WHERE t.room_id = r.room_id
                         AND k.key_id = room_against_tokens.key
                         AND NOT pg_catalog.pg_has_role(who, c.relowner, 'USAGE'))
               OR EXISTS (SELECT FROM cleanroom.member_list m
                              JOIN cleanroom.keyring_grants g ON g.key_id = room_against_tokens.key
                          WHERE m.room_id = r.room_id AND m.part = 'contributor'
                            AND NOT pg_catalog.pg_has_role(who, m.member::oid, 'USAGE')
                            -- the contributor may, or who works for it
                            AND (g.role = m.member
                                 OR EXISTS (SELECT FROM pg_catalog.pg_roles w
                                            WHERE NOT w.rolsuper
                                              AND pg_catalog.pg_has_role(w.oid, m.member::oid, 'MEMBER')
                                              AND pg_catalog.pg_has_role(w.oid, g.role::oid, 'MEMBER')))))
        ORDER BY r.room_id LIMIT 1
$$;
COMMENT ON FUNCTION cleanroom.room_against_tokens(int, oid) IS
'The room whose analyst a role is, or may become by SET ROLE, and whose key this is: a table of others in it, or a part of one, is tracked for the key, or a contributor of it whose privileges the role has not may use the key in any way, or a member of that contributor. Null where there is none. For the extension''s own functions.
key: the number of a key. who: a role that is no superuser.';

CREATE FUNCTION cleanroom.room_against_actors(
    key int, owner oid, OUT room text, OUT who name
)
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT r.room, w.rolname
        FROM pg_catalog.pg_roles w,
             LATERAL (SELECT cleanroom.room_against_tokens(room_against_actors.key, w.oid)) AS r (room)
        WHERE NOT w.rolsuper
          AND pg_catalog.pg_has_role(w.oid, room_against_actors.owner, 'MEMBER')
          AND r.room IS NOT NULL
        ORDER BY w.rolname LIMIT 1
$$;
COMMENT ON FUNCTION cleanroom.room_against_actors(int, oid) IS
'The first role that is a table''s owner, or may act as that, also by SET ROLE, and that a room keeps from making tokens of a key; and the room. Nulls where there is none. For the extension''s own functions.
key: the number of a key. owner: the role that owns the table.';

CREATE FUNCTION cleanroom.check_key_place(relation oid, key int) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    found record;
BEGIN
    SELECT k.name AS key, k.residency, r.name AS room INTO found
        FROM cleanroom.keyring k, cleanroom.table_list t
            JOIN cleanroom.room_list r USING (room_id)
        WHERE k.key_id = check_key_place.key
          AND t.relation::oid IN (SELECT cleanroom.kin_of(check_key_place.relation))
          AND r.closed_at IS NULL AND k.residency IS DISTINCT FROM r.residency
          AND k.residency IS NOT NULL
        LIMIT 1;
    IF found.key IS NOT NULL THEN
        RAISE EXCEPTION 'key "%" has to stay in region "%", and table % is in room "%" of another residency',
                found.key, found.residency, relation::regclass, found.room
            USING ERRCODE = 'RC012',
                  HINT = 'Share the table into a room of that residency, or use another key for it.';
    END IF;
END
$$;
COMMENT ON FUNCTION cleanroom.check_key_place(oid, int) IS
'Fails when a table, or one that it is a part of or has as a part, is in a room of another residency than a key that it holds values of; for the extension''s own functions.
relation: a table. key: the number of a key. Errors: RC012.';

CREATE FUNCTION cleanroom.check_shared_keys() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    PERFORM cleanroom.check_key_place(k.relation::oid, k.key_id)
        FROM cleanroom.keyring_columns k
        WHERE k.relation::oid IN (SELECT cleanroom.kin_of(NEW.relation));
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION cleanroom.check_shared_keys() IS
'Trigger of cleanroom.table_list: a table that holds values of a key goes into rooms of the key''s residency only. Errors: RC012.';
CREATE TRIGGER check_shared_keys AFTER INSERT OR UPDATE
    ON cleanroom.table_list
    FOR EACH ROW EXECUTE FUNCTION cleanroom.check_shared_keys();
