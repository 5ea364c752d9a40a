-- Attributes of roles, facts of sessions, and the rules made of them.

CREATE TABLE cleanroom.attribute_list (
    role  regrole NOT NULL,
    key   text NOT NULL,
    value text NOT NULL,
    set_by regrole NOT NULL,
    set_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    PRIMARY KEY (role, key)
);
COMMENT ON TABLE cleanroom.attribute_list IS 'Attributes of roles; read view cleanroom.attributes.';

CREATE TABLE cleanroom.residency_list (
    classid   regclass NOT NULL,
    objid     oid NOT NULL,
    residency text NOT NULL,
    relation  regclass,             -- of a table: dumps as a name
    PRIMARY KEY (classid, objid)
);
COMMENT ON TABLE cleanroom.residency_list IS 'Where tables have to stay; read view cleanroom.residencies.';

-- A rule belongs to a table or to a room.
CREATE SEQUENCE cleanroom.rule_list_rule_id_seq AS int CYCLE;
CREATE TABLE cleanroom.rule_list (
    rule_id   int PRIMARY KEY,
    relation  regclass,
    room_id   int REFERENCES cleanroom.room_list,
    name      text NOT NULL,
    condition text NOT NULL,
    hint      text,
    author    regrole NOT NULL,
    added_at  timestamptz NOT NULL DEFAULT pg_catalog.now(),
    CHECK ((relation IS NULL) <> (room_id IS NULL)),
    UNIQUE (relation, name),
    UNIQUE (room_id, name)
);
COMMENT ON TABLE cleanroom.rule_list IS 'Access rules; read view cleanroom.access_rules.';

SELECT pg_catalog.pg_extension_config_dump('cleanroom.attribute_list',
    'WHERE role::oid IN (SELECT oid FROM pg_catalog.pg_roles)');
SELECT pg_catalog.pg_extension_config_dump('cleanroom.residency_list',
    'WHERE relation::oid IN (SELECT oid FROM pg_catalog.pg_class)');
-- One whose author is gone stays, and closes what it is a rule of.
SELECT pg_catalog.pg_extension_config_dump('cleanroom.rule_list',
    'WHERE relation IS NULL OR relation::oid IN (SELECT oid FROM pg_catalog.pg_class)');
SELECT pg_catalog.pg_extension_config_dump('cleanroom.rule_list_rule_id_seq', '');
COMMENT ON SEQUENCE cleanroom.rule_list_rule_id_seq IS 'Numbers of rules.';

-- ---------- residency ----------

CREATE FUNCTION cleanroom.check_region(residency text, of text) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    IF residency IS NOT NULL THEN
        PERFORM cleanroom.require_name(residency, 'name of a region', 63);
    END IF;
    IF residency IS NOT NULL
       AND residency <> COALESCE(pg_catalog.current_setting('cleanroom.region', true), '') THEN
        RAISE EXCEPTION '% has to stay in region "%", which this server is not in', of, residency
            USING ERRCODE = 'RC012',
                  HINT = 'The operator names the server''s region in cleanroom.region.';
    END IF;
END
$$;
COMMENT ON FUNCTION cleanroom.check_region(text, text) IS
'Fails when a residency is not that of the server; for the extension''s own functions.
residency: a region, or null. of: whose it is, for the message. Errors: RC012, 22023 no name of a region.';

CREATE FUNCTION cleanroom.residency_of(class oid, object oid) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT r.residency FROM cleanroom.residency_list r
        WHERE r.classid = class AND COALESCE(r.relation::oid, r.objid) = object
$$;
COMMENT ON FUNCTION cleanroom.residency_of(oid, oid) IS
'Where an object has to stay, or null; for the extension''s own functions.
class: pg_class. object: a table.';

CREATE FUNCTION cleanroom.set_residency_by(who oid, relation regclass, residency text)
    RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    table_owner oid := (SELECT relowner FROM pg_catalog.pg_class WHERE oid = relation);
    room text;
BEGIN
    IF table_owner IS NULL OR NOT pg_catalog.pg_has_role(who, table_owner, 'USAGE') THEN
        RAISE EXCEPTION 'must be owner of table %', relation
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'The owner says where a table has to stay.';
    END IF;
    IF residency IS NOT NULL THEN
        PERFORM cleanroom.require_name(residency, 'name of a region', 63);
        PERFORM cleanroom.require_policy(relation);
    END IF;
    SELECT r.name INTO room
        FROM cleanroom.table_list t JOIN cleanroom.room_list r USING (room_id)
        WHERE t.relation = set_residency_by.relation AND r.closed_at IS NULL
          AND r.residency IS DISTINCT FROM set_residency_by.residency;
    IF residency IS NOT NULL AND room IS NOT NULL THEN
        RAISE EXCEPTION 'table % is in room "%" of another residency', relation, room
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'Take it out of that room with cleanroom.unshare_table() first.';
    END IF;
    DELETE FROM cleanroom.residency_list r
        WHERE r.classid = 'pg_catalog.pg_class'::regclass
          AND COALESCE(r.relation::oid, r.objid) = set_residency_by.relation;
    IF residency IS NOT NULL THEN
        INSERT INTO cleanroom.residency_list
            VALUES ('pg_catalog.pg_class', relation, residency, relation);
    END IF;
    PERFORM cleanroom.put_on_record('policy_change', relation, NULL,
        pg_catalog.jsonb_build_object('residency', residency, 'by', who::regrole::text));
END
$$;
COMMENT ON FUNCTION cleanroom.set_residency_by(oid, regclass, text) IS
'What cleanroom.set_residency() does, for the role who.';

-- ---------- attributes ----------

CREATE FUNCTION cleanroom.set_attribute_by(who oid, role name, key text, value text)
    RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    of oid := (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = role);
BEGIN
    IF NOT pg_catalog.pg_has_role(who, 'cleanroom_operator', 'USAGE') THEN
        RAISE EXCEPTION 'only members of role "cleanroom_operator" may set attributes'
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'Ask the operator of this server.';
    END IF;
    IF of IS NULL THEN
        RAISE EXCEPTION 'role "%" does not exist', role
            USING ERRCODE = 'undefined_object', HINT = 'Make it with CREATE ROLE first.';
    END IF;
    IF key IS NULL OR key = '' THEN
        RAISE EXCEPTION 'an attribute needs a key'
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'Name it: set_attribute(''ana'', ''region'', ''north'').';
    END IF;
    PERFORM cleanroom.require_name(key, 'key of an attribute', 200);
    PERFORM cleanroom.require_short(value, 'the value');
    IF value IS NULL THEN
        DELETE FROM cleanroom.attribute_list a
            WHERE a.role = of AND a.key = set_attribute_by.key;
    ELSE
        INSERT INTO cleanroom.attribute_list VALUES (of, key, value, who)
            ON CONFLICT ON CONSTRAINT attribute_list_pkey DO UPDATE
            SET value = excluded.value, set_by = excluded.set_by, set_at = pg_catalog.now();
    END IF;
    PERFORM cleanroom.put_on_record('attribute_change', NULL, role,
        pg_catalog.jsonb_build_object('key', key, 'set', value IS NOT NULL,
                                      'by', who::regrole::text));
END
$$;
COMMENT ON FUNCTION cleanroom.set_attribute_by(oid, name, text, text) IS
'What cleanroom.set_attribute() does, for the role who.';

-- The role's own attribute wins over those of the groups that it is in.
CREATE FUNCTION cleanroom.attribute_of(of oid, key text) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT a.value FROM cleanroom.attribute_list a
            JOIN pg_catalog.pg_roles r ON r.oid = a.role
        WHERE a.key = attribute_of.key
          AND (a.role = of OR pg_catalog.pg_has_role(of, a.role::oid, 'USAGE')
               AND NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE oid = of))
        -- by the name itself: how it is written is a setting of the asker's
        ORDER BY a.role = of DESC, r.rolname
        LIMIT 1
$$;
COMMENT ON FUNCTION cleanroom.attribute_of(oid, text) IS
'An attribute of a role, or of a group it inherits from; for the extension''s own functions.
of: a role. key: the attribute. Returns its value or null.';

-- ---------- rules ----------

CREATE FUNCTION cleanroom.rule_target(who oid, target text, OUT relation regclass, OUT room_id int)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    SELECT r.room_id INTO room_id FROM cleanroom.room_list r
        WHERE r.name = target AND r.closed_at IS NULL
          AND cleanroom.is_member(who, r.room_id);
    BEGIN
        relation := pg_catalog.to_regclass(target);
    EXCEPTION WHEN invalid_name OR syntax_error OR feature_not_supported THEN
        relation := NULL;           -- no name of a table
    END;
    IF room_id IS NULL AND relation IS NULL THEN
        RAISE EXCEPTION 'there is no room and no table "%"', target
            USING ERRCODE = 'undefined_object',
                  HINT = 'Name a room, or a table with its schema.';
    END IF;
    IF room_id IS NULL OR relation IS NULL THEN
        RETURN;
    END IF;
    IF pg_catalog.pg_has_role(who, (SELECT relowner FROM pg_catalog.pg_class
                                    WHERE oid = relation), 'USAGE') THEN
        RAISE EXCEPTION '"%" is a room and a table', target
            USING ERRCODE = 'ambiguous_function',
                  HINT = 'For the table, write quotes around its schema. A room whose name reads as a table''s can be closed, and made anew under another name.';
    END IF;
    relation := NULL;
END
$$;
COMMENT ON FUNCTION cleanroom.rule_target(oid, text) IS
'The room or the table that a rule is for; for the extension''s own functions.
who: a role, whose rooms are looked among. target: a name. Errors: 42704 neither, 42725 a room and a table of the role''s.';

CREATE FUNCTION cleanroom.require_ruler(who oid, target text, OUT relation regclass, OUT room_id int)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    SELECT t.relation, t.room_id INTO relation, room_id FROM cleanroom.rule_target(who, target) t;
    IF room_id IS NOT NULL THEN
        IF NOT cleanroom.has_part(who, room_id, 'contributor') THEN
            PERFORM cleanroom.require_part(who, r, 'operator')
                FROM cleanroom.room_list r WHERE r.room_id = require_ruler.room_id;
        END IF;
    ELSIF NOT pg_catalog.pg_has_role(who, (SELECT relowner FROM pg_catalog.pg_class
                                           WHERE oid = relation), 'USAGE') THEN
        RAISE EXCEPTION 'must be owner of table %', relation
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'The owner sets the access rules of a table; operators and contributors those of a room.';
    END IF;
END
$$;
COMMENT ON FUNCTION cleanroom.require_ruler(oid, text) IS
'The room or table that a rule is for, if the role may set rules for it; for the extension''s own functions.
who: a role. target: a name. Errors: 42704, 42725, 42501.';

-- Access is judged by the table that bears the policy, and by no other.
CREATE FUNCTION cleanroom.require_policy(relation regclass) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM cleanroom.describe_table(relation) d WHERE d.protected_by = relation) THEN
        RAISE EXCEPTION 'table % is not protected', relation
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'Call cleanroom.protect() first; partitions go by their parent.';
    END IF;
END
$$;
COMMENT ON FUNCTION cleanroom.require_policy(regclass) IS
'Fails unless a table is protected by a policy of its own; for the extension''s own functions.
relation: a table. Errors: 55000.';

CREATE FUNCTION cleanroom.evaluate_condition(author oid, condition text) RETURNS boolean
    LANGUAGE c STABLE STRICT AS 'MODULE_PATHNAME', 'cr_evaluate_condition';
COMMENT ON FUNCTION cleanroom.evaluate_condition(oid, text) IS
'Evaluates a condition as its author, with search_path pg_catalog, cleanroom; for the extension''s own functions.
author: a role. condition: a boolean SQL expression. Returns its value. Errors: those of the condition; RC012 it takes longer than 5 seconds, waits for a lock for longer than one, or fails while a plan with workers is running.';

-- Others' rules are not a member's to weaken, as long as they are there.
CREATE FUNCTION cleanroom.may_replace_rule(who oid, room int, author oid) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT pg_catalog.pg_has_role(who, author, 'USAGE')
        OR NOT EXISTS (SELECT FROM cleanroom.member_list m
                       WHERE m.room_id = room AND m.part IN ('operator', 'contributor')
                         AND m.member::oid IN (SELECT oid FROM pg_catalog.pg_roles)
                         AND pg_catalog.pg_has_role(author, m.member::oid, 'USAGE'))
$$;
COMMENT ON FUNCTION cleanroom.may_replace_rule(oid, int, oid) IS
'May a role replace or drop a rule of a room, so that it is not another operator''s or contributor''s? For the extension''s own functions.
who: a role. room: its number. author: who has set the rule.';

CREATE FUNCTION cleanroom.require_author(who oid, room int, rule name) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    author oid := (SELECT l.author FROM cleanroom.rule_list l
                   WHERE l.room_id = room AND l.name = rule
                     AND NOT cleanroom.may_replace_rule(who, room, l.author));
BEGIN
    IF author IS NOT NULL THEN
        RAISE EXCEPTION 'access rule "%" is another member''s', rule
            USING ERRCODE = 'insufficient_privilege',
                  HINT = pg_catalog.format('%s has set it and can replace or drop it; add a rule of your own beside it.', author::regrole);
    END IF;
END
$$;
COMMENT ON FUNCTION cleanroom.require_author(oid, int, name) IS
'Fails where a rule of a room is another operator''s or contributor''s; for the extension''s own functions.
who: a role. room: its number. rule: a name. Errors: 42501.';

-- What is looked at before the room is locked may be another thing by then: a
-- rule set, a member gone.
CREATE FUNCTION cleanroom.open_ruled(
    who oid, target text, rule name, OUT relation regclass, OUT room cleanroom.room_list
)
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    id int;
BEGIN
    SELECT r.room_id INTO id FROM cleanroom.require_ruler(who, target) r;
    IF id IS NOT NULL THEN
        room := cleanroom.lock_room(id);
    END IF;
    SELECT r.relation, r.room_id INTO relation, id FROM cleanroom.require_ruler(who, target) r;
    IF id IS DISTINCT FROM room.room_id THEN
        PERFORM cleanroom.refuse_room(target);      -- closed, or made, meanwhile
    END IF;
    PERFORM cleanroom.require_author(who, room.room_id, rule);
END
$$;
COMMENT ON FUNCTION cleanroom.open_ruled(oid, text, name) IS
'The table that a rule is for, or the room, locked, if the role may set that rule; for the extension''s own functions.
who: a role. target: a name. rule: its name. Errors: as require_ruler(), and 42501 the rule is another member''s.';

CREATE FUNCTION cleanroom.put_rule(
    who oid, relation regclass, room int, rule name, condition text, hint text
) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    IF room IS NULL THEN
        INSERT INTO cleanroom.rule_list (relation, name, condition, hint, author)
            VALUES (relation, rule, condition, hint, who)
            ON CONFLICT ON CONSTRAINT rule_list_relation_name_key DO UPDATE
            SET condition = excluded.condition, hint = excluded.hint,
                author = excluded.author, added_at = pg_catalog.now();
    ELSE
        INSERT INTO cleanroom.rule_list AS l (room_id, name, condition, hint, author)
            VALUES (room, rule, condition, hint, who)
            ON CONFLICT ON CONSTRAINT rule_list_room_id_name_key DO UPDATE
            SET condition = excluded.condition, hint = excluded.hint,
                author = excluded.author, added_at = pg_catalog.now()
            WHERE cleanroom.may_replace_rule(who, room, l.author);
    END IF;
    IF NOT FOUND THEN
        PERFORM cleanroom.require_author(who, room, rule);
    END IF;
END
$$;
COMMENT ON FUNCTION cleanroom.put_rule(oid, regclass, int, name, text, text) IS
'Writes an access rule, or writes it anew; for the extension''s own functions.
who: its author. relation: the table it is for, or null. room: else the room''s number. rule, condition, hint: as add_access_rule() has them. Errors: 42501 the rule is another member''s.';

CREATE FUNCTION cleanroom.add_access_rule_by(
    who oid, target text, rule name, condition text, hint text
) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    opened record;
    relid regclass;
    this cleanroom.room_list;
BEGIN
    SELECT r.relation, r.room_id INTO relid, this.room_id
        FROM cleanroom.require_ruler(who, target) r;
    IF rule IS NULL OR condition IS NULL THEN
        RAISE EXCEPTION 'a rule needs a name and a condition'
            USING ERRCODE = 'null_value_not_allowed',
                  HINT = 'For example: cleanroom.weekday(''UTC'') BETWEEN 1 AND 5.';
    END IF;
    PERFORM cleanroom.require_name(rule, 'name of an access rule', 63);
    PERFORM cleanroom.require_short(hint, 'the hint');
    IF this.room_id IS NULL THEN
        PERFORM cleanroom.require_policy(relid);
    END IF;
    PERFORM cleanroom.require_author(who, this.room_id, rule);
    -- before the room is locked: it may take its time
    PERFORM cleanroom.evaluate_condition(who, condition);
    SELECT r.relation, r.room INTO opened FROM cleanroom.open_ruled(who, target, rule) r;
    relid := opened.relation;
    this := opened.room;
    PERFORM cleanroom.put_rule(who, relid, this.room_id, rule, condition, hint);
    IF this.room_id IS NULL THEN
        PERFORM cleanroom.put_on_record('access_rule', relid, rule,
            pg_catalog.jsonb_build_object('condition', condition, 'by', who::regrole::text));
    ELSE
        PERFORM cleanroom.note_change(this, who, 'add_access_rule',
            pg_catalog.jsonb_build_object('rule', rule, 'condition', condition));
    END IF;
END
$$;
COMMENT ON FUNCTION cleanroom.add_access_rule_by(oid, text, name, text, text) IS
'What cleanroom.add_access_rule() does, for the role who.';

CREATE FUNCTION cleanroom.drop_access_rule_by(who oid, target text, rule name) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    opened record;
    relid regclass;
    this cleanroom.room_list;
BEGIN
    SELECT r.relation, r.room INTO opened FROM cleanroom.open_ruled(who, target, rule) r;
    relid := opened.relation;
    this := opened.room;
    DELETE FROM cleanroom.rule_list l
        WHERE l.name = rule
          AND (l.room_id = this.room_id AND cleanroom.may_replace_rule(who, l.room_id, l.author)
               OR this.room_id IS NULL AND l.relation = relid);
    IF NOT FOUND THEN
        RAISE EXCEPTION '"%" has no access rule "%"', target, rule
            USING ERRCODE = 'undefined_object',
                  HINT = 'cleanroom.access_rules lists the rules.';
    END IF;
    IF this.room_id IS NULL THEN
        PERFORM cleanroom.put_on_record('access_rule', relid, rule,
            pg_catalog.jsonb_build_object('dropped', true, 'by', who::regrole::text));
    ELSE
        PERFORM cleanroom.note_change(this, who, 'drop_access_rule',
            pg_catalog.jsonb_build_object('rule', rule));
    END IF;
END
$$;
COMMENT ON FUNCTION cleanroom.drop_access_rule_by(oid, text, name) IS
'What cleanroom.drop_access_rule() does, for the role who.';

-- ---------- the judge ----------

CREATE FUNCTION cleanroom.in_parallel_mode() RETURNS boolean
    LANGUAGE c AS 'MODULE_PATHNAME', 'cr_in_parallel_mode';
COMMENT ON FUNCTION cleanroom.in_parallel_mode() IS
'Is a plan with workers running in this session? For the extension''s own functions.';

CREATE FUNCTION cleanroom.rule_holds(
    this cleanroom.rule_list, OUT holds boolean, OUT objection text
)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    -- EXCEPTION starts a subtransaction, which not every server can do there
    IF cleanroom.in_parallel_mode() THEN
        holds := COALESCE(cleanroom.evaluate_condition(this.author, this.condition), false);
        RETURN;
    END IF;
    BEGIN
        holds := COALESCE(cleanroom.evaluate_condition(this.author, this.condition), false);
    EXCEPTION
        WHEN SQLSTATE 'RC012' THEN
            holds := NULL;
        WHEN ambiguous_function THEN
            holds := false;
            objection := SQLERRM;
        WHEN OTHERS THEN
            holds := false;
    END;
END
$$;
COMMENT ON FUNCTION cleanroom.rule_holds(cleanroom.rule_list) IS
'Is an access rule satisfied now? For the extension''s own functions.
this: the rule. holds is false where its condition fails, null where it takes too long. objection says what has changed its meaning, where something has. Errors: RC012 it fails while a plan with workers is running.';

-- The first rule of a table, or of a room, that does not hold.
CREATE FUNCTION cleanroom.broken_rule(
    of_relation oid, of_room int, OUT rule text, OUT hint text
)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    this cleanroom.rule_list;
    is_there boolean;
    holds boolean;
    objection text;
BEGIN
    FOR this IN
        SELECT * FROM cleanroom.rule_list l
            WHERE l.relation = of_relation OR l.room_id = of_room
            ORDER BY l.rule_id
    LOOP
        -- with whose rights is nobody's to say once its author is gone
        is_there := EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.oid = this.author);
        holds := false;
        objection := NULL;
        IF is_there THEN
            SELECT h.holds, h.objection INTO holds, objection FROM cleanroom.rule_holds(this) h;
        END IF;
        IF holds IS NOT TRUE THEN
            rule := this.name;
            hint := CASE WHEN holds IS NULL
                         THEN pg_catalog.format('Its condition takes too long, or what it reads is locked: try again, or ask %s, who has set the rule.', this.author)
                         WHEN objection IS NOT NULL
                         THEN pg_catalog.format('Its condition does not mean any more what it did (%s): ask whoever runs the database, or %s, who has set the rule.', objection, this.author)
                         WHEN is_there
                         THEN COALESCE(this.hint, 'Ask ' || this.author::text || ', who has set the rule.')
                         ELSE 'The role that has set the rule is gone. Have it replaced or dropped by whoever may set rules there.' END;
            RETURN;
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION cleanroom.broken_rule(oid, int) IS
'The first rule that does not hold, or nulls; for the extension''s own functions.
of_relation: a table, or null. of_room: a room, or null.';

-- Has the asker been granted SELECT by the owner, apart from what rooms have?
CREATE FUNCTION cleanroom.granted_outside_rooms(asker oid, of oid) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT EXISTS (
        SELECT FROM pg_catalog.pg_class c,
                    pg_catalog.aclexplode(COALESCE(c.relacl, pg_catalog.acldefault('r', c.relowner))) a
            WHERE c.oid = of AND a.privilege_type = 'SELECT'
              AND (a.grantee = 0 OR pg_catalog.pg_has_role(asker, a.grantee, 'USAGE'))
              AND NOT EXISTS (SELECT FROM cleanroom.grant_list g
                              WHERE g.relation = c.oid AND g.grantee = a.grantee)
              -- what the asker has granted itself hangs on another grant
              AND (a.grantor = c.relowner OR NOT pg_catalog.pg_has_role(asker, a.grantor, 'USAGE'))
        UNION ALL
        SELECT FROM pg_catalog.pg_class c
                    JOIN pg_catalog.pg_attribute t ON t.attrelid = c.oid,
                    pg_catalog.aclexplode(t.attacl) a
            WHERE c.oid = of AND a.privilege_type = 'SELECT'
              AND (a.grantee = 0 OR pg_catalog.pg_has_role(asker, a.grantee, 'USAGE'))
              AND (a.grantor = c.relowner OR NOT pg_catalog.pg_has_role(asker, a.grantor, 'USAGE'))
              -- columns are not the table, the rest of which a room gives
              AND NOT EXISTS (SELECT FROM cleanroom.grant_list g
                              WHERE g.relation = c.oid
                                AND pg_catalog.pg_has_role(asker, g.grantee::oid, 'USAGE')))
        -- who reads it by a view, or by a predefined role; but not in a room
        OR NOT EXISTS (SELECT FROM cleanroom.table_list t
                           JOIN cleanroom.room_list r USING (room_id)
                       WHERE t.relation = of AND r.closed_at IS NULL
                         AND cleanroom.has_part(asker, r.room_id, 'analyst'))
           -- nor by what a room has granted and not taken back yet
           AND NOT EXISTS (SELECT FROM cleanroom.grant_list g
                           WHERE g.relation = of
                             AND pg_catalog.pg_has_role(asker, g.grantee::oid, 'USAGE'))
           -- nor by columns that the asker has granted itself: a REVOKE of the
           -- table leaves those
           AND NOT EXISTS (SELECT FROM pg_catalog.pg_class c
                               JOIN pg_catalog.pg_attribute t ON t.attrelid = c.oid,
                               pg_catalog.aclexplode(t.attacl) a
                           WHERE c.oid = of AND a.privilege_type = 'SELECT' AND a.grantor <> c.relowner
                             AND (a.grantee = 0 OR pg_catalog.pg_has_role(asker, a.grantee, 'USAGE'))
                             AND pg_catalog.pg_has_role(asker, a.grantor, 'USAGE'))
$$;
COMMENT ON FUNCTION cleanroom.granted_outside_rooms(oid, oid) IS
'May a role read a table without a room? For the extension''s own functions.
asker: a role. of: a table.';

CREATE FUNCTION cleanroom.judge_access(
    relations oid[], joined boolean, asker oid, template_room int,
    OUT code text, OUT reason text, OUT hint text, OUT room text, OUT refusing oid
)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    chosen text := NULLIF(cleanroom.session_fact('room'), '');
    -- what an owner says of its table is said to others
    others oid[] := ARRAY(SELECT u FROM pg_catalog.unnest(relations) u
                          WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_class c
                                            WHERE c.oid = u AND pg_catalog.pg_has_role(asker, c.relowner, 'USAGE')));
    relid oid;
    candidate cleanroom.room_list;
    broken record;
    stated text;
    needs_room boolean := joined
        AND (EXISTS (SELECT FROM cleanroom.room_list)
             OR pg_catalog.current_setting('cleanroom.require_rooms')::boolean);
    by_template_only boolean := false;
    found_one boolean := false;
BEGIN
    SELECT * INTO broken FROM cleanroom.suspended_from(others,
        ARRAY[asker, (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = session_user),
              (SELECT oid FROM pg_catalog.pg_roles
               WHERE rolname = pg_catalog.current_setting('role'))]);
    IF broken.relation IS NOT NULL THEN
        code := 'RC013';
        reason := pg_catalog.format('you are suspended from table "%s"', broken.relation);
        hint := pg_catalog.format('Its owner can lift that with cleanroom.resume_analyst(). Reason: %s.', broken.reason);
        RETURN;
    END IF;
    FOREACH relid IN ARRAY others LOOP
        stated := cleanroom.residency_of('pg_catalog.pg_class'::regclass, relid);
        IF stated <> COALESCE(pg_catalog.current_setting('cleanroom.region', true), '') THEN
            code := 'RC012';
            reason := pg_catalog.format('table "%s" may be queried in region "%s" only',
                                        relid::regclass, stated);
            hint := 'Query it on a server of that region.';
            RETURN;
        END IF;
        SELECT * INTO broken FROM cleanroom.broken_rule(relid, NULL);
        IF broken.rule IS NOT NULL THEN
            code := 'RC012';
            reason := pg_catalog.format('access rule "%s" of table "%s" is not satisfied',
                                        broken.rule, relid::regclass);
            hint := broken.hint;
            refusing := relid;
            RETURN;
        END IF;
        needs_room := needs_room OR NOT cleanroom.granted_outside_rooms(asker, relid);
    END LOOP;
    -- rules of rooms that nothing hangs on are not asked
    IF NOT needs_room THEN
        RETURN;
    END IF;

    FOR candidate IN
        SELECT r.* FROM cleanroom.room_list r
            WHERE r.closed_at IS NULL
              AND (chosen IS NULL OR r.name = chosen)
              AND (template_room IS NULL OR r.room_id = template_room)
              AND cleanroom.has_part(asker, r.room_id, 'analyst')
              AND NOT EXISTS (SELECT FROM pg_catalog.unnest(relations) u
                              WHERE NOT EXISTS (SELECT FROM cleanroom.table_list t
                                                    JOIN pg_catalog.pg_class c
                                                        ON c.oid = t.relation AND c.relowner = t.owner
                                                WHERE t.room_id = r.room_id AND t.relation = u
                                                  AND cleanroom.may_contribute(t.owner, r.room_id)))
            ORDER BY r.room_id
    LOOP
        IF template_room IS NULL
           AND EXISTS (SELECT FROM cleanroom.table_list t
                       WHERE t.room_id = candidate.room_id AND t.templates_only
                         AND t.relation = ANY (others)) THEN
            by_template_only := true;
            CONTINUE;
        END IF;
        found_one := true;
        stated := NULLIF(cleanroom.session_fact('purpose'), '');
        IF stated IS NOT NULL
           AND NOT EXISTS (SELECT FROM cleanroom.purpose_list p
                           WHERE p.room_id = candidate.room_id AND p.purpose = stated) THEN
            code := COALESCE(code, 'RC012');
            reason := COALESCE(reason, pg_catalog.format(
                'the declared purpose is not one of room "%s"', candidate.name));
            hint := COALESCE(hint, 'cleanroom.rooms lists the purposes; SET cleanroom.purpose to one of them.');
            CONTINUE;
        END IF;
        IF candidate.residency <> COALESCE(pg_catalog.current_setting('cleanroom.region', true), '') THEN
            code := COALESCE(code, 'RC012');
            reason := COALESCE(reason, pg_catalog.format(
                'room "%s" may be used in region "%s" only', candidate.name, candidate.residency));
            hint := COALESCE(hint, 'Query it on a server of that region.');
            CONTINUE;
        END IF;
        SELECT * INTO broken FROM cleanroom.broken_rule(NULL, candidate.room_id);
        IF broken.rule IS NOT NULL THEN
            code := COALESCE(code, 'RC012');
            reason := COALESCE(reason, pg_catalog.format(
                'access rule "%s" of room "%s" is not satisfied', broken.rule, candidate.name));
            hint := COALESCE(hint, broken.hint);
            CONTINUE;
        END IF;
        code := NULL;
        reason := NULL;
        hint := NULL;
        room := candidate.name;
        RETURN;
    END LOOP;

    IF found_one THEN
        RETURN;
    ELSIF by_template_only THEN
        code := 'RC012';
        reason := 'a table is shared for approved templates only';
        hint := 'Run one of them with cleanroom.run_template(), or propose one with cleanroom.propose_template().';
    -- the same for a room that is not there as for one that is others'
    ELSIF chosen IS NOT NULL
          AND NOT EXISTS (SELECT FROM cleanroom.room_list r
                          WHERE r.name = chosen AND r.closed_at IS NULL
                            AND cleanroom.has_part(asker, r.room_id, 'analyst')) THEN
        code := CASE WHEN joined THEN 'RC004' ELSE 'RC012' END;
        reason := pg_catalog.format('setting "cleanroom.room" is "%s", and you are an analyst of no room of that name', chosen);
        hint := 'RESET cleanroom.room, or SET it to one of your rooms, which cleanroom.rooms lists.';
    ELSIF joined THEN
        code := 'RC004';
        reason := 'tables of different owners can be joined only inside a room that holds them all';
        hint := CASE WHEN chosen IS NOT NULL
            THEN 'Room "' || chosen || '" does not; RESET cleanroom.room, or ask the owners to share the tables into it.'
            ELSE 'Ask the owners to share the tables into one room that has you as an analyst; cleanroom.room_tables lists what your rooms hold.' END;
    ELSE
        code := 'RC012';
        reason := CASE WHEN chosen IS NOT NULL
            THEN pg_catalog.format('a table of this query is not in room "%s", which setting "cleanroom.room" names', chosen)
            ELSE 'a table of this query is in none of your rooms' END;
        hint := CASE WHEN chosen IS NOT NULL
            THEN 'RESET cleanroom.room, or SET it to a room that holds them all; cleanroom.room_tables lists what your rooms hold.'
            ELSE 'cleanroom.room_tables lists what your rooms hold.' END;
    END IF;
END
$$;
COMMENT ON FUNCTION cleanroom.judge_access(oid[], boolean, oid, int) IS
'Whether a role may query protected tables now: rooms, residency, purpose and rules; for the extension''s own functions.
relations: the tables; suspension, residency, rules and templates_only of those that the role is exempt from do not bind it. joined: whether the rows of tables of different owners are joined. asker: the role. template_room: the room of the approved template that is running, or null.
Returns the room in which the query takes place, or null where it needs none; or code, reason and hint of a refusal, and the table whose rule it is, if it is one''s.';

CREATE FUNCTION cleanroom.attributes_of(of oid) RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT COALESCE(pg_catalog.jsonb_object_agg(k.key, cleanroom.attribute_of(of, k.key)), '{}')
        FROM (SELECT DISTINCT a.key FROM cleanroom.attribute_list a) k
$$;
COMMENT ON FUNCTION cleanroom.attributes_of(oid) IS
'The attributes of a role, as an object; for the extension''s own functions.
of: a role.';

-- Anybody may make a table, write rules for it, and ask what they say of
-- somebody who will never read it.
CREATE FUNCTION cleanroom.may_know_of(who oid, other oid, relation regclass) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT pg_catalog.pg_has_role(who, 'cleanroom_operator', 'USAGE')
        OR pg_catalog.pg_has_role(who, other, 'USAGE')
        OR EXISTS (SELECT FROM cleanroom.table_list t
                       JOIN cleanroom.room_list r USING (room_id)
                   WHERE t.relation = may_know_of.relation AND r.closed_at IS NULL
                     AND cleanroom.may_contribute(who, r.room_id)
                     AND cleanroom.has_part(other, r.room_id, 'analyst'))
$$;
COMMENT ON FUNCTION cleanroom.may_know_of(oid, oid, regclass) IS
'May a role know the attributes of another, and how much that one has asked within the hour? The operator may, and a contributor of a room with analysts of that room; for the extension''s own functions.
who, other: roles. relation: a table of the former''s.';

CREATE FUNCTION cleanroom.simulate_access_by(
    who oid, role name, relation regclass, facts jsonb
) RETURNS TABLE (verdict text, code text, reason text, hint text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    asker oid := (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = role);
BEGIN
    IF asker IS NULL THEN
        RAISE EXCEPTION 'role "%" does not exist', role
            USING ERRCODE = 'undefined_object', HINT = 'Name an existing role.';
    END IF;
    IF NOT pg_catalog.pg_has_role(who, 'cleanroom_operator', 'USAGE')
       AND NOT pg_catalog.pg_has_role(who, (SELECT relowner FROM pg_catalog.pg_class
                                            WHERE oid = relation), 'USAGE') THEN
        RAISE EXCEPTION 'must be owner of table %', relation
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'The owner of a table and the operator may simulate access to it.';
    END IF;
    PERFORM cleanroom.require_policy(relation);
    IF pg_catalog.jsonb_typeof(facts) <> 'object' THEN
        RAISE EXCEPTION 'made-up facts must be an object'
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'Write them by their names, such as {"address": "10.1.2.3"}.';
    END IF;
    RETURN QUERY
        SELECT CASE WHEN j.code IS NULL THEN 'admitted' ELSE 'refused' END,
               j.code, j.reason, j.hint
            FROM cleanroom.judge_for(asker, relation,
                CASE WHEN cleanroom.may_know_of(who, asker, relation)
                     THEN cleanroom.attributes_of(asker)
                     ELSE '{"queries_last_hour": 0, "refusals_last_hour": 0}' END || COALESCE(facts, '{}')) j;
END
$$;
COMMENT ON FUNCTION cleanroom.simulate_access_by(oid, name, regclass, jsonb) IS
'What cleanroom.simulate_access() does, for the role who.';

CREATE FUNCTION cleanroom.judge_for(
    asker oid, relation oid, facts jsonb,
    OUT code text, OUT reason text, OUT hint text
)
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'cr_judge_for';
COMMENT ON FUNCTION cleanroom.judge_for(oid, oid, jsonb) IS
'Judges access to a table as if a role asked in a session with these facts; for the extension''s own functions.
asker: a role. relation: a table. facts: an object of session facts and attributes.
Returns code, reason and hint of a refusal, or nulls.';
