-- Budgets, and the suspension of analysts.

CREATE SEQUENCE cleanroom.budget_list_budget_id_seq AS int CYCLE;
CREATE TABLE cleanroom.budget_list (
    budget_id  int PRIMARY KEY,
    relation   regclass NOT NULL,
    analyst    regrole NOT NULL,        -- 0: everybody together
    unit       text NOT NULL CHECK (unit IN ('queries', 'released_rows', 'epsilon')),
    period     text NOT NULL CHECK (period IN ('hour', 'day', 'week', 'month', 'lifetime')),
    amount     numeric,                 -- null: taken away
    granted_by regrole NOT NULL,
    granted_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    UNIQUE (relation, analyst, unit, period)
);
COMMENT ON TABLE cleanroom.budget_list IS 'What owners have granted; read view cleanroom.budgets.';

CREATE TABLE cleanroom.spending_list (
    budget_id    int NOT NULL REFERENCES cleanroom.budget_list ON DELETE CASCADE,
    period_start timestamptz NOT NULL,  -- UTC; -infinity for lifetime
    spent        numeric NOT NULL,
    PRIMARY KEY (budget_id, period_start)
);
COMMENT ON TABLE cleanroom.spending_list IS 'What was spent of each budget in each period; written by the recorder.';

-- What owners and operators write, and what the recorder writes, are tables
-- of their own: a transaction of theirs that stays open must not keep it waiting.
CREATE TABLE cleanroom.suspension_list (
    relation     regclass NOT NULL,
    analyst      regrole NOT NULL,
    reason       text NOT NULL,
    suspended_by text NOT NULL,
    suspended_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    resumed_by   text,
    resumed_at   timestamptz,
    PRIMARY KEY (relation, analyst)
);
COMMENT ON TABLE cleanroom.suspension_list IS 'Who is, or was last, suspended by hand from which table, and when that, or a suspension by the recorder, was lifted; read view cleanroom.suspensions.';

CREATE TABLE cleanroom.quota_suspension_list (
    relation     regclass NOT NULL,
    analyst      regrole NOT NULL,
    reason       text NOT NULL,
    suspended_at timestamptz NOT NULL,
    PRIMARY KEY (relation, analyst)
);
COMMENT ON TABLE cleanroom.quota_suspension_list IS 'Who was last suspended from which table for the number of refusals; written by the recorder.';

CREATE TABLE cleanroom.refusal_list (
    relation regclass NOT NULL,
    analyst  regrole NOT NULL,
    times    timestamptz[] NOT NULL,
    PRIMARY KEY (relation, analyst)
);
COMMENT ON TABLE cleanroom.refusal_list IS 'When a role was refused on a table of late, at most cleanroom.max_refusals times; written by the recorder.';

-- not of tables and roles that are gone: their numbers may be others' elsewhere
SELECT pg_catalog.pg_extension_config_dump('cleanroom.budget_list',
    'WHERE relation::oid IN (SELECT oid FROM pg_catalog.pg_class) AND (analyst::oid = 0 OR analyst::oid IN (SELECT oid FROM pg_catalog.pg_roles))');
SELECT pg_catalog.pg_extension_config_dump('cleanroom.budget_list_budget_id_seq', '');
COMMENT ON SEQUENCE cleanroom.budget_list_budget_id_seq IS 'Numbers of budgets.';
SELECT pg_catalog.pg_extension_config_dump('cleanroom.spending_list',
    'WHERE budget_id IN (SELECT budget_id FROM cleanroom.budget_list WHERE relation::oid IN (SELECT oid FROM pg_catalog.pg_class) AND (analyst::oid = 0 OR analyst::oid IN (SELECT oid FROM pg_catalog.pg_roles)))');
SELECT pg_catalog.pg_extension_config_dump('cleanroom.suspension_list',
    'WHERE relation::oid IN (SELECT oid FROM pg_catalog.pg_class) AND analyst::oid IN (SELECT oid FROM pg_catalog.pg_roles)');
SELECT pg_catalog.pg_extension_config_dump('cleanroom.quota_suspension_list',
    'WHERE relation::oid IN (SELECT oid FROM pg_catalog.pg_class) AND analyst::oid IN (SELECT oid FROM pg_catalog.pg_roles)');
SELECT pg_catalog.pg_extension_config_dump('cleanroom.refusal_list',
    'WHERE relation::oid IN (SELECT oid FROM pg_catalog.pg_class) AND analyst::oid IN (SELECT oid FROM pg_catalog.pg_roles)');

-- ---------- what the recorder calls ----------

-- In a session whose time zone is of its own making UTC can be another, from
-- PostgreSQL 18 on: SET TimeZone = 'UTC+5'.
CREATE FUNCTION cleanroom.period_start(
    period text, at timestamptz DEFAULT pg_catalog.clock_timestamp()
) RETURNS timestamptz
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC'
    AS $$
    SELECT CASE period WHEN 'lifetime' THEN '-infinity'::timestamptz
           ELSE pg_catalog.date_trunc(period, at, 'UTC') END
$$;
COMMENT ON FUNCTION cleanroom.period_start(text, timestamptz) IS
'When the period of a budget began, by UTC; for the extension''s own functions.
period: hour, day, week, month or lifetime. at: a time in that period. Returns -infinity for lifetime.';

CREATE FUNCTION cleanroom.period_end(
    period text, at timestamptz DEFAULT pg_catalog.clock_timestamp()
) RETURNS timestamptz
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC'
    AS $$
    SELECT CASE WHEN period <> 'lifetime' THEN
        ((cleanroom.period_start(period, at) AT TIME ZONE 'UTC')
         + ('1 ' || period)::interval) AT TIME ZONE 'UTC' END
$$;
COMMENT ON FUNCTION cleanroom.period_end(text, timestamptz) IS
'When the next period of a budget begins, by UTC; for the extension''s own functions.
period: hour, day, week, month or lifetime. at: a time in the period before. Returns null for lifetime.';

CREATE FUNCTION cleanroom.budgets_that_bind(relations oid[], roles oid[])
    RETURNS SETOF cleanroom.budget_list
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT b.* FROM cleanroom.budget_list b
        WHERE b.amount IS NOT NULL AND b.relation::oid = ANY (relations)
          AND (b.analyst::oid = 0
               OR EXISTS (SELECT FROM pg_catalog.unnest(roles) r
                              JOIN pg_catalog.pg_roles p ON p.oid = r
                          WHERE r = b.analyst::oid
                             OR NOT p.rolsuper
                                AND EXISTS (SELECT FROM pg_catalog.pg_roles g WHERE g.oid = b.analyst)
                                AND pg_catalog.pg_has_role(r, b.analyst::oid, 'MEMBER')))
        ORDER BY b.budget_id
$$;
COMMENT ON FUNCTION cleanroom.budgets_that_bind(oid[], oid[]) IS
'The budgets that a statement draws on; for the extension''s own functions.
relations: its protected tables. roles: who logged in, for whom (SET ROLE), and who asks.';

CREATE FUNCTION cleanroom.units_that_bind(relations oid[], roles oid[]) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT pg_catalog.string_agg(DISTINCT b.unit, ',')
        FROM cleanroom.budgets_that_bind(relations, roles) b
$$;
COMMENT ON FUNCTION cleanroom.units_that_bind(oid[], oid[]) IS
'The units that a statement is charged in, or null; for the extension''s own functions.
relations: its protected tables. roles: who logged in, and who asks.';

CREATE FUNCTION cleanroom.rows_left(payers jsonb) RETURNS bigint
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT LEAST(pg_catalog.floor(pg_catalog.min(b.amount - COALESCE(s.spent, 0))), 1000000000000)::bigint
        FROM cleanroom.budgets_that_bind(
                ARRAY(SELECT x::oid FROM pg_catalog.jsonb_array_elements_text(payers->'relations') x),
                ARRAY(SELECT x::oid FROM pg_catalog.jsonb_array_elements_text(payers->'roles') x)) b
            LEFT JOIN cleanroom.spending_list s
                ON s.budget_id = b.budget_id AND s.period_start = cleanroom.period_start(b.period)
        WHERE b.unit = 'released_rows'
$$;
COMMENT ON FUNCTION cleanroom.rows_left(jsonb) IS
'How many rows may still be released, or null for any number; for the extension''s own functions.
payers: the protected tables of a statement (relations), and who logged in and who asks (roles).';

CREATE FUNCTION cleanroom.charge_budgets(
    charge jsonb, OUT booked text, OUT reason text, OUT hint text
)
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    relations oid[] := ARRAY(SELECT x::oid FROM pg_catalog.jsonb_array_elements_text(charge->'relations') x);
    roles oid[] := ARRAY(SELECT x::oid FROM pg_catalog.jsonb_array_elements_text(charge->'roles') x);
    at timestamptz := '2000-01-01 00:00+00'::timestamptz + (charge->>'at')::bigint * interval '1 microsecond';
    charge_number bigint := (charge->>'of')::bigint;
    charged int[];
    b cleanroom.budget_list;
    cost numeric;
    already numeric;
    list jsonb := '[]';
BEGIN
    IF charge_number IS NOT NULL THEN
        charged := ARRAY(
            SELECT (x->>'budget')::int
                FROM (SELECT l.charges FROM cleanroom.ledger_records l WHERE l.number = charge_number
                      UNION ALL
                      SELECT a.charges FROM cleanroom.ledger_archive a WHERE a.number = charge_number) r,
                    pg_catalog.jsonb_array_elements(r.charges::jsonb) x);
    END IF;
    FOR b IN SELECT * FROM cleanroom.budgets_that_bind(relations, roles) LOOP
        cost := (charge->>b.unit)::numeric;
        CONTINUE WHEN cost IS NULL OR cost = 0;
        -- what one budget has paid is given back to no other, granted since
        CONTINUE WHEN charge_number IS NOT NULL AND b.budget_id <> ALL (charged);
        SELECT s.spent INTO already FROM cleanroom.spending_list s
            WHERE s.budget_id = b.budget_id AND s.period_start = cleanroom.period_start(b.period, at);
        -- a budget granted after the rows were charged gets none of them back
        CONTINUE WHEN cost < 0 AND already IS NULL;
        IF cost > 0 AND COALESCE(already, 0) + cost > b.amount THEN
            reason := pg_catalog.format('budget of %s %s for table "%s" is exhausted', b.amount,
                CASE b.unit WHEN 'released_rows' THEN 'released rows' ELSE b.unit END
                || CASE b.period WHEN 'lifetime' THEN '' WHEN 'hour' THEN ' an hour'
                   ELSE ' a ' || b.period END, b.relation);
            hint := CASE b.period WHEN 'lifetime' THEN 'It does not renew; ask the table''s owner for more.'
                ELSE pg_catalog.format('It renews at %s UTC; ask the table''s owner for more before then.',
                    pg_catalog.to_char(cleanroom.period_end(b.period, at) AT TIME ZONE 'UTC',
                        'YYYY-MM-DD HH24:MI')) END;
            booked := NULL;
            RETURN;
        END IF;
        list := list || pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object(
            'budget', b.budget_id, 'relation', b.relation::text, 'unit', b.unit,
            'period', b.period, 'amount', cost));
    END LOOP;
    -- nothing is booked unless everything can be
    INSERT INTO cleanroom.spending_list
        SELECT (x->>'budget')::int, cleanroom.period_start(x->>'period', at),
               (x->>'amount')::numeric
            FROM pg_catalog.jsonb_array_elements(list) x
        ON CONFLICT (budget_id, period_start) DO UPDATE
        SET spent = GREATEST(cleanroom.spending_list.spent + excluded.spent, 0);
    booked := list::text;
END
$$;
COMMENT ON FUNCTION cleanroom.charge_budgets(jsonb) IS
'Books what a statement costs, or says which budget is exhausted and books nothing; for the recorder, in the transaction that stores the record.
charge: relations, roles, at (microseconds since 2000; the period goes by it), and an amount for each unit; negative amounts give back, of: the number of the record by which they were charged, to the budgets that it names only.
Returns the charges booked, or reason and hint.';

CREATE VIEW cleanroom.suspensions WITH (security_barrier) AS
    SELECT l.relation, l.analyst, l.reason, l.suspended_by, l.suspended_at
        FROM (SELECT l.relation, l.analyst, l.reason, l.suspended_by, l.suspended_at
                  FROM cleanroom.suspension_list l WHERE l.resumed_at IS NULL
              UNION ALL
              SELECT q.relation, q.analyst, q.reason, 'recorder', q.suspended_at
                  FROM cleanroom.quota_suspension_list q
                      LEFT JOIN cleanroom.suspension_list l USING (relation, analyst)
                  WHERE l.relation IS NULL OR l.resumed_at < q.suspended_at) l
            JOIN pg_catalog.pg_class c ON c.oid = l.relation
        WHERE (pg_catalog.pg_has_role(c.relowner, 'USAGE')
               OR pg_catalog.pg_has_role('cleanroom_operator', 'USAGE')
               OR EXISTS (SELECT FROM pg_catalog.pg_roles g WHERE g.oid = l.analyst)
                  AND pg_catalog.pg_has_role(l.analyst::oid, 'MEMBER'));
COMMENT ON VIEW cleanroom.suspensions IS 'Who is suspended from which table, by hand or by the recorder: for its owner, for operators and for the role itself. The extension''s own functions, as a superuser, see all.';

-- Anybody may listen: who is suspended from what is the view's to tell.
CREATE FUNCTION cleanroom.tell_suspensions() RETURNS void
    LANGUAGE sql SET search_path = pg_catalog, pg_temp
    AS $$
    -- where nobody empties the queue, that must not keep the event from happening
    SELECT pg_catalog.pg_notify('cleanroom_suspensions', '')
        WHERE pg_catalog.pg_notification_queue_usage() < 0.9
$$;
COMMENT ON FUNCTION cleanroom.tell_suspensions() IS
'Notifies channel cleanroom_suspensions that somebody was suspended from some table, or is no longer; for the extension''s own functions.';

CREATE FUNCTION cleanroom.count_refusal(who text, relations text[]) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    most int := pg_catalog.current_setting('cleanroom.max_refusals')::int;
    span interval := pg_catalog.current_setting('cleanroom.refusal_window')::interval;
    this_moment timestamptz := pg_catalog.clock_timestamp();
    named text;
    relid regclass;
    role oid := (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = who);
    since timestamptz;
    counted timestamptz[];
    reason text := pg_catalog.format('%s refusals within %s', most, span);
BEGIN
    IF most = 0 OR role IS NULL THEN
        RETURN;
    END IF;
    FOREACH named IN ARRAY relations LOOP
        relid := pg_catalog.to_regclass(named);
        CONTINUE WHEN relid IS NULL;
        since := GREATEST(this_moment - span,
            (SELECT l.resumed_at FROM cleanroom.suspension_list l
             WHERE l.relation = relid AND l.analyst = role));
        counted := (SELECT r.times FROM cleanroom.refusal_list r
                    WHERE r.relation = relid AND r.analyst = role);
        counted := ARRAY(SELECT t FROM pg_catalog.unnest(counted || this_moment) t
                         WHERE t > since ORDER BY t DESC LIMIT most);
        INSERT INTO cleanroom.refusal_list VALUES (relid, role, counted)
            ON CONFLICT (relation, analyst) DO UPDATE SET times = excluded.times;
        CONTINUE WHEN pg_catalog.cardinality(counted) < most
            OR EXISTS (SELECT FROM cleanroom.suspensions s WHERE s.relation = relid AND s.analyst = role);
        INSERT INTO cleanroom.quota_suspension_list AS q VALUES (relid, role, reason, this_moment)
            ON CONFLICT (relation, analyst) DO UPDATE
            SET reason = excluded.reason, suspended_at = excluded.suspended_at;
        PERFORM cleanroom.put_on_record('suspension', relid, who, pg_catalog.jsonb_build_object(
            'event', 'suspended', 'reason', reason, 'by', 'recorder'));
        PERFORM cleanroom.tell_suspensions();
    END LOOP;
END
$$;
COMMENT ON FUNCTION cleanroom.count_refusal(text, text[]) IS
'Suspends a role whose refusals have reached cleanroom.max_refusals within cleanroom.refusal_window; for the recorder.
who: the role that logged in. relations: the tables whose policy or rule has refused, or of which the refused statement is.';

CREATE FUNCTION cleanroom.suspended_from(relations oid[], roles oid[], OUT relation text, OUT reason text)
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT s.relation::text, s.reason FROM cleanroom.suspensions s
        WHERE s.relation::oid = ANY (relations)
          AND EXISTS (SELECT FROM pg_catalog.unnest(roles) r
                      WHERE r = s.analyst::oid
                         OR EXISTS (SELECT FROM pg_catalog.pg_roles g WHERE g.oid = s.analyst)
                            AND NOT (SELECT rolsuper FROM pg_catalog.pg_roles p WHERE p.oid = r)
                            AND pg_catalog.pg_has_role(r, s.analyst::oid, 'MEMBER'))
        ORDER BY s.suspended_at LIMIT 1
$$;
COMMENT ON FUNCTION cleanroom.suspended_from(oid[], oid[]) IS
'The table that one of the roles, or a group of theirs, is suspended from, or nulls; for the extension''s own functions.
relations: tables. roles: who logged in, for whom (SET ROLE), and who asks.';

-- ---------- what owners call ----------

CREATE FUNCTION cleanroom.require_owner(who oid, relation regclass, or_operator boolean)
    RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    table_owner oid := (SELECT relowner FROM pg_catalog.pg_class WHERE oid = relation);
BEGIN
    IF table_owner IS NULL THEN
        RAISE EXCEPTION '%', CASE WHEN relation IS NULL THEN 'a table is needed'
                                  ELSE pg_catalog.format('there is no table %s', relation) END
            USING ERRCODE = CASE WHEN relation IS NULL THEN 'null_value_not_allowed' ELSE 'undefined_table' END,
                  HINT = 'Name a protected table of yours.';
    END IF;
    IF NOT pg_catalog.pg_has_role(who, table_owner, 'USAGE')
       AND NOT (or_operator AND pg_catalog.pg_has_role(who, 'cleanroom_operator', 'USAGE')) THEN
        RAISE EXCEPTION 'must be owner of table %', relation
            USING ERRCODE = 'insufficient_privilege', HINT = 'Ask its owner.';
    END IF;
    PERFORM cleanroom.require_policy(relation);
END
$$;
COMMENT ON FUNCTION cleanroom.require_owner(oid, regclass, boolean) IS
'Fails unless a role owns a protected table; for the extension''s own functions.
who: a role. relation: a table. or_operator: whether members of cleanroom_operator may too. Errors: 22004, 42P01, 42501, 55000.';

CREATE FUNCTION cleanroom.require_role(name name, hint text) RETURNS oid
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    role oid := (SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = require_role.name);
BEGIN
    IF role IS NULL THEN
        RAISE EXCEPTION '%', CASE WHEN name IS NULL THEN 'a role is needed'
                                  ELSE pg_catalog.format('role "%s" does not exist', name) END
            USING ERRCODE = CASE WHEN name IS NULL THEN 'null_value_not_allowed' ELSE 'undefined_object' END,
                  HINT = hint;
    END IF;
    RETURN role;
END
$$;
COMMENT ON FUNCTION cleanroom.require_role(name, text) IS
'The number of a role; for the extension''s own functions.
name: a role. hint: for when there is none. Errors: 22004, 42704.';

CREATE FUNCTION cleanroom.set_budget_by(
    who oid, relation regclass, analyst name, amount numeric, unit text, period text
) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    role oid := 0;
    former numeric;
BEGIN
    PERFORM cleanroom.require_owner(who, relation, false);
    IF analyst IS NOT NULL THEN
        role := cleanroom.require_role(analyst, 'Name a role or a group, or null for everybody together.');
    END IF;
    IF unit IS NULL OR unit NOT IN ('queries', 'released_rows', 'epsilon') THEN
        RAISE EXCEPTION '%', COALESCE('a budget has no unit "' || unit || '"', 'a budget needs a unit')
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'The units are queries, released_rows and epsilon.';
    END IF;
    IF period IS NULL OR period NOT IN ('hour', 'day', 'week', 'month', 'lifetime') THEN
        RAISE EXCEPTION '%', COALESCE('a budget has no period "' || period || '"', 'a budget needs a period')
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'The periods are hour, day, week, month and lifetime.';
    END IF;
    IF amount < 0 OR amount IN ('NaN', 'Infinity') THEN
        RAISE EXCEPTION 'the amount of a budget must be a number from 0'
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'Give null to take the budget away.';
    END IF;
    former := (SELECT b.amount FROM cleanroom.budget_list b
        WHERE (b.relation::oid, b.analyst::oid, b.unit, b.period)
              = (set_budget_by.relation::oid, role, set_budget_by.unit, set_budget_by.period));
    IF amount IS NULL THEN
        -- not deleted: what was spent of it is kept, should it be granted again
        UPDATE cleanroom.budget_list b SET amount = NULL
            WHERE (b.relation::oid, b.analyst::oid, b.unit, b.period)
                  = (set_budget_by.relation::oid, role, set_budget_by.unit, set_budget_by.period)
              AND b.amount IS NOT NULL;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'there is no such budget'
                USING ERRCODE = 'undefined_object', HINT = 'cleanroom.budgets lists them.';
        END IF;
    ELSE
        INSERT INTO cleanroom.budget_list (relation, analyst, unit, period, amount, granted_by)
            VALUES (relation, role, unit, period, amount, who)
            ON CONFLICT ON CONSTRAINT budget_list_relation_analyst_unit_period_key DO UPDATE
            SET amount = excluded.amount, granted_by = excluded.granted_by,
                granted_at = pg_catalog.now();
    END IF;
    PERFORM cleanroom.put_on_record('policy_change', relation, analyst, pg_catalog.jsonb_build_object(
        'budget', amount, 'old', former, 'unit', unit, 'period', period, 'by', who::regrole::text));
END
$$;
COMMENT ON FUNCTION cleanroom.set_budget_by(oid, regclass, name, numeric, text, text) IS
'What cleanroom.set_budget() does, for the role who.';

CREATE FUNCTION cleanroom.suspend_analyst_by(who oid, relation regclass, analyst name, reason text)
    RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    role oid;
BEGIN
    PERFORM cleanroom.require_owner(who, relation, true);
    role := cleanroom.require_role(analyst, 'Name a role or a group.');
    PERFORM cleanroom.require_short(reason, 'the reason');
    INSERT INTO cleanroom.suspension_list (relation, analyst, reason, suspended_by)
        VALUES (relation, role, COALESCE(reason, 'by hand'), who::regrole::text)
        ON CONFLICT ON CONSTRAINT suspension_list_pkey DO UPDATE
        SET reason = excluded.reason, suspended_by = excluded.suspended_by,
            suspended_at = excluded.suspended_at, resumed_by = NULL, resumed_at = NULL;
    PERFORM cleanroom.put_on_record('suspension', relation, analyst, pg_catalog.jsonb_build_object(
        'event', 'suspended', 'reason', reason, 'by', who::regrole::text));
    PERFORM cleanroom.tell_suspensions();
END
$$;
COMMENT ON FUNCTION cleanroom.suspend_analyst_by(oid, regclass, name, text) IS
'What cleanroom.suspend_analyst() does, for the role who.';

CREATE FUNCTION cleanroom.resume_analyst_by(who oid, relation regclass, analyst name)
    RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    role oid;
BEGIN
    PERFORM cleanroom.require_owner(who, relation, true);
    role := cleanroom.require_role(analyst, 'cleanroom.suspensions lists who is suspended.');
    INSERT INTO cleanroom.suspension_list AS l
        SELECT s.relation, s.analyst, s.reason, s.suspended_by, s.suspended_at,
               who::regrole::text, pg_catalog.clock_timestamp()
            FROM cleanroom.suspensions s
            WHERE s.relation = resume_analyst_by.relation
              AND s.analyst::oid = role
            ORDER BY s.suspended_at DESC LIMIT 1
        ON CONFLICT ON CONSTRAINT suspension_list_pkey DO UPDATE
        SET resumed_by = excluded.resumed_by, resumed_at = excluded.resumed_at;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'role "%" is not suspended from table %', analyst, relation
            USING ERRCODE = 'undefined_object', HINT = 'cleanroom.suspensions lists who is.';
    END IF;
    PERFORM cleanroom.put_on_record('suspension', relation, analyst, pg_catalog.jsonb_build_object(
        'event', 'resumed', 'by', who::regrole::text));
    PERFORM cleanroom.tell_suspensions();
END
$$;
COMMENT ON FUNCTION cleanroom.resume_analyst_by(oid, regclass, name) IS
'What cleanroom.resume_analyst() does, for the role who.';

CREATE FUNCTION cleanroom.set_budget(
    relation regclass, analyst name, amount numeric, unit text, period text
) RETURNS void LANGUAGE c AS 'MODULE_PATHNAME', 'cr_on_behalf';
COMMENT ON FUNCTION cleanroom.set_budget(regclass, name, numeric, text, text) IS
'Grants a budget on a protected table, or changes its amount; what was spent of it stays spent. For the table''s owner.
relation: the table. analyst: a role; a group, whose members share it; or null, for everybody together. amount: a number, 0 or more, or null to take the budget away; should it be granted again, what was spent of it is still spent. unit: queries; released_rows, counted as rows are sent; epsilon, which nothing is charged in before noise exists. period: hour, day, week (from Monday), month, by UTC, or lifetime.
Returns nothing. Errors: 42501, 42704, 22004, 22023, 55000, 25000 not in READ COMMITTED.';

CREATE FUNCTION cleanroom.suspend_analyst(relation regclass, analyst name, reason text DEFAULT NULL)
    RETURNS void LANGUAGE c AS 'MODULE_PATHNAME', 'cr_on_behalf';
COMMENT ON FUNCTION cleanroom.suspend_analyst(regclass, name, text) IS
'Has every query of a role on a table refused (RC013), at once and in open sessions too. Notifies channel cleanroom_suspensions. For the table''s owner and members of cleanroom_operator.
relation: the table. analyst: a role, or a group and so its members. reason: what they are told, in 10000 bytes at most, or null.
Returns nothing. Errors: 42501, 42704, 22004, 22023 a reason that is too long, 55000, 25000 not in READ COMMITTED.';

CREATE FUNCTION cleanroom.resume_analyst(relation regclass, analyst name)
    RETURNS void LANGUAGE c AS 'MODULE_PATHNAME', 'cr_on_behalf';
COMMENT ON FUNCTION cleanroom.resume_analyst(regclass, name) IS
'Lifts a suspension; refusals are counted anew from here. Notifies channel cleanroom_suspensions. For the table''s owner and members of cleanroom_operator.
relation: the table. analyst: the role. Returns nothing. Errors: 42501, 42704 it is not suspended, 55000, 25000 not in READ COMMITTED.';

-- ---------- views ----------

CREATE VIEW cleanroom.budgets WITH (security_barrier) AS
    SELECT b.relation, NULLIF(b.analyst::oid, 0)::regrole AS analyst, b.unit, b.period,
           b.amount AS granted, COALESCE(s.spent, 0) AS spent,
           GREATEST(b.amount - COALESCE(s.spent, 0), 0) AS left,
           cleanroom.period_end(b.period) AS renews
        FROM cleanroom.budget_list b
            JOIN pg_catalog.pg_class c ON c.oid = b.relation
            LEFT JOIN cleanroom.spending_list s
                ON s.budget_id = b.budget_id AND s.period_start = cleanroom.period_start(b.period)
        WHERE b.amount IS NOT NULL
          AND (pg_catalog.pg_has_role(c.relowner, 'USAGE')
               OR b.analyst::oid <> 0
                  AND EXISTS (SELECT FROM pg_catalog.pg_roles g WHERE g.oid = b.analyst)
                  AND pg_catalog.pg_has_role(b.analyst::oid, 'MEMBER')
               OR b.analyst::oid = 0 AND pg_catalog.has_table_privilege(c.oid, 'SELECT'));
COMMENT ON VIEW cleanroom.budgets IS 'The budgets that the current role has granted, or draws on: granted, spent and left in the current period, and when it renews.';

GRANT SELECT ON cleanroom.budgets, cleanroom.suspensions TO PUBLIC;
