-- What rooms and rules show to each role.

-- ---------- views ----------

CREATE VIEW cleanroom.my_rooms WITH (security_barrier) AS
    SELECT r.*, p.my_parts
        FROM cleanroom.room_list r
            CROSS JOIN LATERAL (
                SELECT pg_catalog.array_agg(DISTINCT m.part) AS my_parts
                    FROM cleanroom.member_list m
                    WHERE m.room_id = r.room_id
                      AND pg_catalog.pg_has_role(m.member::oid, 'USAGE')) p
        WHERE p.my_parts IS NOT NULL;
COMMENT ON VIEW cleanroom.my_rooms IS 'The rooms of the current role, for the extension''s own views.';

CREATE VIEW cleanroom.rooms WITH (security_barrier) AS
    SELECT r.name AS room, r.purpose,
           ARRAY(SELECT p.purpose FROM cleanroom.purpose_list p
                 WHERE p.room_id = r.room_id ORDER BY 1) AS purposes,
           r.residency, r.unanimous, r.created_by, r.created_at, r.closed_at, r.my_parts
        FROM cleanroom.my_rooms r;
COMMENT ON VIEW cleanroom.rooms IS 'The rooms that the current role is a member of, closed ones too; my_parts are its parts in them.';

-- Analysts see their own membership, the others of a room see everybody.
CREATE VIEW cleanroom.room_members WITH (security_barrier) AS
    SELECT r.name AS room, m.member AS role, m.part, m.added_by, m.added_at
        FROM cleanroom.my_rooms r
            JOIN cleanroom.member_list m USING (room_id)
        WHERE r.my_parts && '{operator,contributor,auditor}'::text[]
           OR pg_catalog.pg_has_role(m.member::oid, 'USAGE');
COMMENT ON VIEW cleanroom.room_members IS 'The members of the current role''s rooms: all of them for operators, contributors and auditors, its own entries for an analyst.';

CREATE VIEW cleanroom.room_tables WITH (security_barrier) AS
    SELECT r.name AS room, t.relation, t.owner, t.templates_only, t.shared_at
        FROM cleanroom.my_rooms r
            JOIN cleanroom.table_list t USING (room_id)
            JOIN pg_catalog.pg_class c ON c.oid = t.relation
        WHERE r.closed_at IS NULL;
COMMENT ON VIEW cleanroom.room_tables IS 'The tables of the current role''s open rooms.';

CREATE VIEW cleanroom.room_changes WITH (security_barrier) AS
    SELECT c.change_id, r.name AS room, c.change, c.arguments, c.proposed_by, c.proposed_at,
           COALESCE(c.outcome, 'waiting') AS outcome, c.decided_at,
           ARRAY(SELECT k.contributor FROM cleanroom.consent_list k
                 WHERE k.change_id = c.change_id ORDER BY k.given_at) AS consents
        FROM cleanroom.my_rooms r
            JOIN cleanroom.change_list c USING (room_id)
        WHERE r.my_parts && '{operator,contributor,auditor}'::text[];
COMMENT ON VIEW cleanroom.room_changes IS 'Every change of the rooms in which the current role is operator, contributor or auditor: done, declined, or waiting for consent.';

CREATE VIEW cleanroom.access_rules WITH (security_barrier) AS
    SELECT l.relation, r.name AS room, l.name AS rule, l.condition, l.hint, l.author, l.added_at
        FROM cleanroom.rule_list l
            LEFT JOIN cleanroom.room_list r ON r.room_id = l.room_id
            LEFT JOIN pg_catalog.pg_class c ON c.oid = l.relation
        WHERE pg_catalog.pg_has_role(c.relowner, 'USAGE')
           OR EXISTS (SELECT FROM cleanroom.member_list m
                      WHERE m.room_id = l.room_id AND m.part <> 'analyst'
                        AND pg_catalog.pg_has_role(m.member::oid, 'USAGE'));
COMMENT ON VIEW cleanroom.access_rules IS 'The access rules of the current role''s tables and of the rooms in which it is more than an analyst.';

-- The second table is there so that nobody can write through the view: roles
-- such as pg_write_all_data may write to every view.
CREATE VIEW cleanroom.attributes WITH (security_barrier) AS
    SELECT a.role, a.key, a.value, a.set_by, a.set_at
        FROM cleanroom.attribute_list a CROSS JOIN (VALUES (true)) AS readable
        WHERE pg_catalog.pg_has_role(a.role::oid, 'USAGE')
           OR pg_catalog.pg_has_role('cleanroom_operator', 'USAGE');
COMMENT ON VIEW cleanroom.attributes IS 'The attributes of the current role and its groups; all of them for members of cleanroom_operator.';

CREATE VIEW cleanroom.residencies WITH (security_barrier) AS
    SELECT l.relation, l.residency
        FROM cleanroom.residency_list l
            JOIN pg_catalog.pg_class c ON c.oid = l.relation
        WHERE pg_catalog.has_table_privilege(c.oid, 'SELECT');
COMMENT ON VIEW cleanroom.residencies IS 'The regions that the tables the current role may read have to stay in.';

GRANT SELECT ON cleanroom.rooms, cleanroom.room_members, cleanroom.room_tables,
    cleanroom.room_changes, cleanroom.access_rules, cleanroom.attributes,
    cleanroom.residencies TO PUBLIC;

CREATE FUNCTION cleanroom.preview_room_by(who oid, room text)
    RETURNS SETOF text
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    this cleanroom.room_list := cleanroom.find_room(room, who);
    line text;
BEGIN
    IF NOT cleanroom.has_part(who, this.room_id, 'operator') THEN
        PERFORM cleanroom.require_part(who, this, 'contributor');
    END IF;
    RETURN NEXT pg_catalog.format('Room "%s" is for: %s.', this.name,
        (SELECT pg_catalog.string_agg(p.purpose, '; ' ORDER BY p.purpose)
         FROM cleanroom.purpose_list p WHERE p.room_id = this.room_id));
    RETURN NEXT COALESCE('Its tables have to stay in region "' || this.residency || '".',
                         'Its tables may be anywhere.');
    FOR line IN
        SELECT pg_catalog.format('%s may ask in it, and so may everybody who is in that role or made a member of it later.', m.member)
            FROM cleanroom.member_list m
            WHERE m.room_id = this.room_id AND m.part = 'analyst' ORDER BY m.member::text
    LOOP
        RETURN NEXT line;
    END LOOP;
    FOR line IN
        SELECT pg_catalog.format('A table shared into it can be joined with %s of %s (%s), on its join keys: %s; results are grouped by its dimensions: %s.',
                   t.relation, t.owner,
                   CASE WHEN t.templates_only THEN 'approved templates only' ELSE 'any admitted query' END,
                   COALESCE((SELECT pg_catalog.string_agg(d."column", ', ')
                             FROM cleanroom.describe_columns(t.relation) d
                             WHERE d.uses ~ '\mjoin\M'), 'none'),
                   COALESCE((SELECT pg_catalog.string_agg(d."column", ', ')
                             FROM cleanroom.describe_columns(t.relation) d
                             WHERE d.uses ~ '\mdimension\M'), 'none'))
            FROM cleanroom.table_list t
            WHERE t.room_id = this.room_id ORDER BY t.relation::text
    LOOP
        RETURN NEXT line;
    END LOOP;
    FOR line IN
        SELECT pg_catalog.format('Rule "%s" of %s must hold: %s.', l.name, l.author, l.condition)
            FROM cleanroom.rule_list l WHERE l.room_id = this.room_id ORDER BY l.rule_id
    LOOP
        RETURN NEXT line;
    END LOOP;
    RETURN NEXT CASE WHEN this.unanimous
        THEN 'New members and tables need the consent of all contributors.'
        ELSE 'Its operators may add members, and contributors tables, without asking you; cleanroom.demand_unanimity() changes that.' END;
    RETURN NEXT 'Analysts see aggregates over at least as many people as your table''s threshold says, never rows.';
END
$$;
COMMENT ON FUNCTION cleanroom.preview_room_by(oid, text) IS
'What cleanroom.preview_room() does, for the role who.';

CREATE FUNCTION cleanroom.preview_room(room text) RETURNS SETOF text
    LANGUAGE c AS 'MODULE_PATHNAME', 'cr_on_behalf';
COMMENT ON FUNCTION cleanroom.preview_room(text) IS
'Tells in plain words who will be able to ask what about a table that is shared into a room. For its contributors and operators.
room: its name. Returns lines of text. Errors: 42501, 42704, 25000 not in READ COMMITTED.';
