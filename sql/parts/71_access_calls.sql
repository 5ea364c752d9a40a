-- What rooms, attributes and rules offer to their callers.

-- ---------- facts ----------

CREATE FUNCTION cleanroom.session_fact(fact text) RETURNS text
    LANGUAGE c STABLE STRICT PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'cr_session_fact';
COMMENT ON FUNCTION cleanroom.session_fact(text) IS
'A fact about this session, for access rules.
fact: address (of the client, null over a local socket), tls (true or false), tls_version, authentication (the method of pg_hba.conf), application, user, session_user, purpose, room, time (with time zone), second_factor_age (seconds since the last one in this session, null without), queries_last_hour and refusals_last_hour (of the current user, as recorded).
Returns the fact as text, or null. Errors: 22023 no such fact.';

CREATE FUNCTION cleanroom.attribute(key text) RETURNS text
    LANGUAGE c STABLE STRICT PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'cr_attribute';
COMMENT ON FUNCTION cleanroom.attribute(text) IS
'An attribute of the current user, for access rules and row policies.
key: a key that the operator has set with set_attribute() for the user, or for a group it inherits from (its own value comes first).
Returns the value, or null where none is set.';

CREATE FUNCTION cleanroom.local_time(zone text) RETURNS timestamp
    LANGUAGE c STABLE STRICT PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'cr_local_time';
COMMENT ON FUNCTION cleanroom.local_time(text) IS
'The time now in a time zone, for access rules such as local_time(''Europe/Berlin'')::time BETWEEN ''08:00'' AND ''18:00''.
zone: a name of pg_timezone_names, no abbreviation. Returns a timestamp. Errors: 22023 no such zone.';

CREATE FUNCTION cleanroom.weekday(zone text) RETURNS int
    LANGUAGE sql STABLE STRICT SET search_path = pg_catalog, pg_temp
    RETURN extract(isodow FROM cleanroom.local_time(zone))::int;
COMMENT ON FUNCTION cleanroom.weekday(text) IS
'The day of the week now in a time zone, 1 for Monday to 7 for Sunday, for access rules.
zone: a name of pg_timezone_names. Returns 1 to 7. Errors: 22023 no such zone.';

CREATE FUNCTION cleanroom.client_address() RETURNS inet
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    RETURN cleanroom.session_fact('address')::inet;
COMMENT ON FUNCTION cleanroom.client_address() IS
'The client''s address, or null over a local socket, for access rules such as client_address() <<= ''10.0.0.0/8''.';

CREATE FUNCTION cleanroom.second_factor_age() RETURNS interval
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    RETURN make_interval(secs => cleanroom.session_fact('second_factor_age')::float8);
COMMENT ON FUNCTION cleanroom.second_factor_age() IS
'How long ago this session has given a second factor, or null without, for access rules such as second_factor_age() < ''30 min''.';

-- ---------- what people call ----------

CREATE FUNCTION cleanroom.create_room(name text, purpose text, residency text DEFAULT NULL)
    RETURNS void LANGUAGE c AS 'MODULE_PATHNAME', 'cr_on_behalf';
COMMENT ON FUNCTION cleanroom.create_room(text, text, text) IS
'Makes a room, whose first operator is the caller. For members of role cleanroom_operator.
name: 1 to 53 bytes, no dot. purpose: what it is for, in 1 to 200 bytes; the first of the purposes that may be declared in it. residency: the region that its tables stay in, or null.
Returns nothing. Errors: 42501, 42710 the name is taken, 22023, 22004, RC012 the server is not in that region, 25000 not in READ COMMITTED.';

CREATE FUNCTION cleanroom.add_purpose(room text, purpose text)
    RETURNS void LANGUAGE c AS 'MODULE_PATHNAME', 'cr_on_behalf';
COMMENT ON FUNCTION cleanroom.add_purpose(text, text) IS
'Registers another purpose that analysts may declare in a room. For its operators.
room: its name. purpose: as SET cleanroom.purpose will name it; 1 to 200 bytes. Returns nothing. Errors: 42501, 42704, 22004, 22023, 25000 not in READ COMMITTED.';

CREATE FUNCTION cleanroom.add_member(room text, role name, part text)
    RETURNS text LANGUAGE c AS 'MODULE_PATHNAME', 'cr_on_behalf';
COMMENT ON FUNCTION cleanroom.add_member(text, name, text) IS
'Makes a role, or all roles of a group, a member of a room. For its operators.
room: its name. role: a role. part: operator, contributor, analyst or auditor; a role may have several.
Returns done, or, in a unanimous room, whose consent it waits for. Errors: 42501, 42704, 22023 no such part, 25000 not in READ COMMITTED.';

CREATE FUNCTION cleanroom.remove_member(room text, role name)
    RETURNS void LANGUAGE c AS 'MODULE_PATHNAME', 'cr_on_behalf';
COMMENT ON FUNCTION cleanroom.remove_member(text, name) IS
'Ends the membership of a role, at once and in open sessions too; tables that it owns leave the room, and its approvals of templates that read them end. For operators of the room, and for contributors themselves.
room: its name. role: a member, or what view room_members shows for one that is gone. Returns nothing. Errors: 42501, 42704, 55000 the room would be left without an operator, 25000 not in READ COMMITTED.';

CREATE FUNCTION cleanroom.close_room(room text)
    RETURNS void LANGUAGE c AS 'MODULE_PATHNAME', 'cr_on_behalf';
COMMENT ON FUNCTION cleanroom.close_room(text) IS
'Closes a room for good: what it has granted is taken back, at once and in open sessions too. For its operators.
room: its name. Returns nothing. Errors: 42501, 42704, 25000 not in READ COMMITTED.';

CREATE FUNCTION cleanroom.demand_unanimity(room text)
    RETURNS void LANGUAGE c AS 'MODULE_PATHNAME', 'cr_on_behalf';
COMMENT ON FUNCTION cleanroom.demand_unanimity(text) IS
'From now on new members and tables of the room need the consent of all its contributors but the one that proposes them. Cannot be taken back. For its contributors and operators.
room: its name. Returns nothing. Errors: 42501, 42704, 25000 not in READ COMMITTED.';

CREATE FUNCTION cleanroom.consent(change_id int)
    RETURNS text LANGUAGE c AS 'MODULE_PATHNAME', 'cr_on_behalf';
COMMENT ON FUNCTION cleanroom.consent(int) IS
'Consents to a change of a unanimous room. For its contributors.
change_id: of view room_changes. Returns done, or whose consent is still missing. Errors: 42704 no such change waits, 25000 not in READ COMMITTED.';

CREATE FUNCTION cleanroom.decline(change_id int)
    RETURNS void LANGUAGE c AS 'MODULE_PATHNAME', 'cr_on_behalf';
COMMENT ON FUNCTION cleanroom.decline(int) IS
'Declines a change of a unanimous room, which is then off; who proposed it may so withdraw it. For its contributors.
change_id: of view room_changes. Returns nothing. Errors: 42704 no such change waits, 25000 not in READ COMMITTED.';

CREATE FUNCTION cleanroom.share_table(room text, relation regclass, templates_only boolean DEFAULT false)
    RETURNS text LANGUAGE c AS 'MODULE_PATHNAME', 'cr_on_behalf';
COMMENT ON FUNCTION cleanroom.share_table(text, regclass, boolean) IS
'Brings a protected table into a room and grants the room''s analysts SELECT on it. A NOTICE names the tables that it meets there. For its owner, who must be a contributor.
room: its name. relation: the table. templates_only: whether analysts may only run approved templates on it.
Returns done, or, in a unanimous room, whose consent it waits for. Errors: 42501, 42704, 42P01 no such table, 55000 not protected, RC012 it has to stay in another region, or holds values of a key that has to, 55P03 others keep it locked or are changing privileges on it for 10 seconds, 25000 not in READ COMMITTED.';

CREATE FUNCTION cleanroom.unshare_table(room text, relation regclass)
    RETURNS void LANGUAGE c AS 'MODULE_PATHNAME', 'cr_on_behalf';
COMMENT ON FUNCTION cleanroom.unshare_table(text, regclass) IS
'Takes a table out of a room, at once and in open sessions too; its owner''s approvals of templates that read it end. For its owner and the operators of the room.
room: its name. relation: the table. Returns nothing. Errors: 42501, 42704, 25000 not in READ COMMITTED.';

CREATE FUNCTION cleanroom.set_residency(relation regclass, residency text)
    RETURNS void LANGUAGE c AS 'MODULE_PATHNAME', 'cr_on_behalf';
COMMENT ON FUNCTION cleanroom.set_residency(regclass, text) IS
'Says that a table may be shared into rooms, and queried on servers, of one region only. For its owner.
relation: a table. residency: the region, such as EU, or null for anywhere. Returns nothing. Errors: 42501, 22023 an empty or long name, 55000 it is in a room of another residency, or bears no policy, 25000 not in READ COMMITTED.';

CREATE FUNCTION cleanroom.set_attribute(role name, key text, value text)
    RETURNS void LANGUAGE c AS 'MODULE_PATHNAME', 'cr_on_behalf';
COMMENT ON FUNCTION cleanroom.set_attribute(name, text, text) IS
'Sets an attribute of a role, at once and in open sessions too. For members of role cleanroom_operator.
role: a role or a group. key: 1 to 200 bytes. value: the value, of 10000 bytes at most, or null to take it away. Returns nothing. Errors: 42501, 42704, 22023, 25000 not in READ COMMITTED.';

CREATE FUNCTION cleanroom.add_access_rule(target text, rule name, condition text, hint text DEFAULT NULL)
    RETURNS void LANGUAGE c AS 'MODULE_PATHNAME', 'cr_on_behalf';
COMMENT ON FUNCTION cleanroom.add_access_rule(text, name, text, text) IS
'Adds a rule that must hold whenever a table, or a table in a room, is queried, or replaces it in one step. For the table''s owner, or operators and contributors of the room.
target: a room''s name, or a table''s with its schema. rule: its name, 1 to 63 bytes. condition: an SQL expression over attributes and session facts that is boolean or can be cast to it, which runs as its author with search_path pg_catalog, cleanroom. hint: what a refused analyst is told, in 10000 bytes at most, or null, to be told whom to ask: the author.
Returns nothing. Errors: 42501, 42704, 42725 a room and a table of the caller''s have that name, 55000 the table bears no policy, 22004 rule or condition is null, 22023 rule or hint is not of such a length, RC005 or RC006 what no condition may have, RC007 a protected table of others in it, RC012 it takes longer than 5 seconds, or waits for a lock for longer than one, those of the condition, 25000 not in READ COMMITTED.';

CREATE FUNCTION cleanroom.drop_access_rule(target text, rule name)
    RETURNS void LANGUAGE c AS 'MODULE_PATHNAME', 'cr_on_behalf';
COMMENT ON FUNCTION cleanroom.drop_access_rule(text, name) IS
'Takes an access rule away. For those who may add it.
target: a room''s name, or a table''s with its schema. rule: its name. Returns nothing. Errors: 42501, 42704, 42725 a room and a table of the caller''s have that name, 25000 not in READ COMMITTED.';

CREATE FUNCTION cleanroom.simulate_access(role name, relation regclass, facts jsonb DEFAULT '{}')
    RETURNS TABLE (verdict text, code text, reason text, hint text)
    LANGUAGE c AS 'MODULE_PATHNAME', 'cr_on_behalf';
COMMENT ON FUNCTION cleanroom.simulate_access(name, regclass, jsonb) IS
'Whether a role could query a table in a session with made-up facts; nothing runs. For the table''s owner and members of cleanroom_operator.
role: who asks. relation: a protected table. facts: session facts by their names in session_fact(), and attributes by their keys, as in {"address": "10.1.2.3", "time": "2026-01-03 12:00+00"}. What is not made up is as in the current session; the role''s attributes, and how much it has asked within the hour, are known to the operator, and of the analysts of a room to contributors that have the table in it: for others it has none and has asked nothing.
Returns admitted, or refused with code, reason and hint. Errors: 42501, 42704, 22023, 55000 the table bears no policy.';
