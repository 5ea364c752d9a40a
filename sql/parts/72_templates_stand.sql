-- Where a version of a template stands.

-- What an approval rests on, besides the query.  All by name, as a dump keeps
-- names and no numbers.
CREATE FUNCTION cleanroom.policy_hash(relations regclass[], columns bigint[]) RETURNS bytea
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    -- as constants and names are written, in whosever session
    SET quote_all_identifiers = off SET "DateStyle" = 'ISO, MDY' SET "IntervalStyle" = postgres
    SET "TimeZone" = 'UTC' SET extra_float_digits = 1 SET bytea_output = hex
    SET xmlbinary = base64 SET xmloption = content SET lc_monetary = 'C'
    AS $$
    WITH read AS (
        SELECT columns[n]::oid AS relid, columns[n + 1]::int AS attnum
            FROM pg_catalog.generate_series(1, pg_catalog.cardinality(columns), 2) n
    ), used AS (
        -- null: all of them
        SELECT r.relid, a.attname FROM read r
            LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = r.relid AND a.attnum = r.attnum
        UNION
        -- a partition's columns are labelled where its policy is
        SELECT d.protected_by::oid, a.attname FROM read r
            CROSS JOIN LATERAL cleanroom.describe_table(r.relid) d
            LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = r.relid AND a.attnum = r.attnum
    ), concerned AS (
        SELECT r::oid AS relid FROM pg_catalog.unnest(relations) r
        UNION
        SELECT d.protected_by::oid
            FROM pg_catalog.unnest(relations) r
                CROSS JOIN LATERAL cleanroom.describe_table(r) d
            WHERE d.protected_by IS NOT NULL
    ), described AS (
        SELECT c.oid, c.oid::regclass::text AS name, c.relowner::regrole::text AS owner,
               c.relkind, l.label, c.relrowsecurity, c.relforcerowsecurity
            FROM pg_catalog.pg_class c
                JOIN concerned ON concerned.relid = c.oid
                LEFT JOIN pg_catalog.pg_seclabel l
                    ON l.objoid = c.oid AND l.objsubid = 0 AND l.provider = 'cleanroom'
                        AND l.classoid = 'pg_catalog.pg_class'::regclass
    )
    SELECT pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(
            d.name, d.owner, d.relkind, d.label, d.relrowsecurity, d.relforcerowsecurity,
            (SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(
                        a.attname, a.atttypid::regtype, a.atttypmod,
                        a.attcollation::regcollation, l.label) ORDER BY a.attname)
             FROM pg_catalog.pg_attribute a
                LEFT JOIN pg_catalog.pg_seclabel l
                    ON l.objoid = d.oid AND l.objsubid = a.attnum AND l.provider = 'cleanroom'
                        AND l.classoid = 'pg_catalog.pg_class'::regclass
             WHERE a.attrelid = d.oid AND a.attnum > 0 AND NOT a.attisdropped
               AND (l.label ~ 'unit'
                    OR EXISTS (SELECT FROM used u
                               WHERE u.relid = d.oid AND COALESCE(u.attname, a.attname) = a.attname))),
            (SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(
                        p.polname, p.polcmd, p.polpermissive,
                        ARRAY(SELECT r::regrole::text FROM pg_catalog.unnest(p.polroles) r ORDER BY 1),
                        pg_catalog.pg_get_expr(p.polqual, p.polrelid),
                        pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)) ORDER BY p.polname)
             FROM pg_catalog.pg_policy p WHERE p.polrelid = d.oid)) ORDER BY d.name)::text, 'UTF8'))
        FROM described d
$$;
COMMENT ON FUNCTION cleanroom.policy_hash(regclass[], bigint[]) IS
'SHA-256 over what matters of tables to an approval: their owners, labels and row policies, and those of the tables whose policy they have, with the type and label of the columns that are used or name the unit; for the extension''s own functions.
relations: tables. columns: those used, relation and column number in turn.';

-- What anybody has proposed is not to be looked at closer, which takes locks,
-- where an approved version is looked for.
CREATE FUNCTION cleanroom.has_consent(this cleanroom.template_version_list) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT COALESCE(pg_catalog.bool_and(d.approved), false)
           AND NOT EXISTS (SELECT FROM cleanroom.protected_among(this.relations) p
                           WHERE NOT EXISTS (SELECT FROM cleanroom.decision_list o
                                             WHERE (o.template_id, o.version) = (this.template_id, this.version)
                                               AND o.owner = p.owner))
        FROM cleanroom.decision_list d
        WHERE (d.template_id, d.version) = (this.template_id, this.version)
$$;
COMMENT ON FUNCTION cleanroom.has_consent(cleanroom.template_version_list) IS
'Have all owners of a version''s protected tables approved it, and nobody rejected it, whether or not that has lapsed? For the extension''s own functions.
this: the version.';

CREATE FUNCTION cleanroom.consent_to(
    this cleanroom.template_version_list,
    OUT missing boolean, OUT any_use boolean, OUT waived oid[]
)
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT COALESCE(pg_catalog.bool_or(d.owner IS NULL), true),
           COALESCE(pg_catalog.bool_and(d.allow_refused), false),
           CASE WHEN pg_catalog.bool_and(d.waived IS NOT NULL AND p.relation = ANY (d.waived))
                THEN pg_catalog.array_agg(p.relation::oid ORDER BY p.relation::oid) ELSE '{}' END
        FROM cleanroom.protected_among(this.relations) p
            LEFT JOIN cleanroom.decision_list d
                ON (d.template_id, d.version) = (this.template_id, this.version)
                    AND d.owner = p.owner
$$;
COMMENT ON FUNCTION cleanroom.consent_to(cleanroom.template_version_list) IS
'What the owners of a version''s tables have decided, whether or not that has lapsed; for the extension''s own functions.
this: the version.
Returns whether the decision of one is missing; whether all allow uses beyond the policy; and the protected tables, if the threshold of all of them is waived.';

CREATE FUNCTION cleanroom.judge_template(
    this cleanroom.template_version_list,
    OUT state text, OUT any_use boolean, OUT waived oid[], OUT policy bytea, OUT outsider text,
    OUT coders oid[], OUT objects bytea
)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    present record;
    found_all boolean := false;
    refused boolean;
    missing boolean;
    stale boolean;
BEGIN
    any_use := false;
    waived := '{}';
    -- first: to reject is not to wait for what the query refers to
    SELECT pg_catalog.bool_or(NOT d.approved) INTO refused
        FROM cleanroom.decision_list d
        WHERE (d.template_id, d.version) = (this.template_id, this.version);
    IF refused THEN
        state := 'rejected';
        RETURN;
    END IF;
    BEGIN
        SELECT * INTO present FROM cleanroom.resolve_query(
            this.author, this.query, cleanroom.parameter_types(this.parameters), false);
        found_all := true;
    EXCEPTION
        WHEN lock_not_available THEN
            RAISE;
        WHEN OTHERS THEN
            NULL;        -- something in it is gone
    END;
    -- a record that nothing was put in has no columns to ask for
    IF NOT found_all THEN
        state := 'lapsed';
        RETURN;
    END IF;
    IF present.content_hash <> this.content_hash THEN
        state := 'lapsed';
        RETURN;
    END IF;
    outsider := present.outsider;
    coders := present.coders;
    objects := present.objects;
    policy := cleanroom.policy_hash(this.relations, present.columns);
    SELECT pg_catalog.bool_or(d.policy_hash <> policy) INTO stale
        FROM cleanroom.decision_list d
        WHERE (d.template_id, d.version) = (this.template_id, this.version);
    IF stale THEN
        state := 'lapsed';
        RETURN;
    END IF;
    SELECT c.missing, c.any_use, c.waived INTO missing, any_use, waived
        FROM cleanroom.consent_to(this) c;
    IF missing THEN
        state := 'waiting';
        any_use := false;
        waived := '{}';
    ELSE
        state := 'approved';
    END IF;
END
$$;
COMMENT ON FUNCTION cleanroom.judge_template(cleanroom.template_version_list) IS
'Where a version of a template stands; for the extension''s own functions.
this: the version.
Returns its state: waiting, approved, rejected, or lapsed when a table, a policy or what it refers to has changed since; whether every owner has approved of uses beyond the policy; the protected tables, if the threshold of all of them is waived; the hash of the present policies; a function or type that did not come with the server, or null; the owners of such functions; and a hash over what the names in it stand for.';

CREATE FUNCTION cleanroom.approval_holds(
    template int, number int, any_use boolean, waived oid[], objects bytea
) RETURNS boolean
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    -- whoever keeps a table of it locked
    SET lock_timeout = '5s'
    AS $$
DECLARE
    this cleanroom.template_version_list;
BEGIN
    SELECT * INTO this FROM cleanroom.template_version_list v
        WHERE (v.template_id, v.version) = (template, number);
    IF this.version IS NULL OR NOT cleanroom.has_consent(this) THEN
        RETURN false;
    END IF;
    IF objects IS NULL THEN
        RETURN (SELECT (c.any_use, c.waived) = (approval_holds.any_use, approval_holds.waived)
                FROM cleanroom.consent_to(this) c);
    END IF;
    RETURN (SELECT (j.state, j.any_use, j.waived, j.objects)
                = ('approved', approval_holds.any_use, approval_holds.waived, approval_holds.objects)
            FROM cleanroom.judge_template(this) j);
END
$$;
COMMENT ON FUNCTION cleanroom.approval_holds(int, int, boolean, oid[], bytea) IS
'Is the approval that a version of a template was admitted by still there? For the extension''s own functions.
template, number: the version. any_use, waived: what was approved beyond the policies. objects: the hash over what the names stand for in the query that is about to run: then the approval must not have lapsed either; null: what it stands for cannot change any more.
Errors: 55P03 others keep a table of it locked for 5 seconds.';
