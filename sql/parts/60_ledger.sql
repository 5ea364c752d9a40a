-- The ledger: every admission, every refusal and other events, on record.

-- One row a record.  The order of the columns is the order in which links are
-- computed over them; src/ledger/record.h has it as well.
CREATE TABLE cleanroom.ledger_records (
    number          bigint PRIMARY KEY,
    at              timestamptz NOT NULL,
    kind            text NOT NULL,
    verdict         text,
    code            text,
    reason          text,
    refers          bigint,
    database        text,
    session_user_name text,
    current_user_name text,
    role_name       text,
    client          text,
    application     text,
    purpose         text,
    tables          text[],
    owners          text[],
    statement       text,
    caller          text,
    fingerprint     bigint,
    obligations     text,
    groups_released bigint,
    groups_withheld bigint,
    rows_returned   bigint,
    duration        bigint,
    charges         text,
    subject         text,
    detail          text,
    salt            text,
    link            bytea NOT NULL
);
ALTER TABLE cleanroom.ledger_records
    ALTER COLUMN link SET STORAGE PLAIN;
COMMENT ON TABLE cleanroom.ledger_records IS
'The records themselves. Written by the recorder only; read it through the view cleanroom.ledger.';
COMMENT ON COLUMN cleanroom.ledger_records.duration IS 'Microseconds.';

-- What archive_ledger() has taken out of the table.
CREATE TABLE cleanroom.ledger_segments (
    first_number  bigint PRIMARY KEY,
    last_number   bigint NOT NULL,
    previous_link bytea NOT NULL,
    last_link     bytea NOT NULL,
    archived_at   timestamptz NOT NULL,
    archived_by   text NOT NULL,
    file          text
);
COMMENT ON TABLE cleanroom.ledger_segments IS
'Records that were archived: their first and last number, the link before the first and that of the last, and the file they went to, null for the table cleanroom.ledger_archive.';

CREATE TABLE cleanroom.ledger_archive (
    LIKE cleanroom.ledger_records,
    PRIMARY KEY (number)
);
ALTER TABLE cleanroom.ledger_archive
    ALTER COLUMN link SET STORAGE PLAIN;
COMMENT ON TABLE cleanroom.ledger_archive IS
'Records that archive_ledger() has taken out of cleanroom.ledger_records and not written to a file.';

SELECT pg_catalog.pg_extension_config_dump('cleanroom.ledger_archive', 'ORDER BY number');
SELECT pg_catalog.pg_extension_config_dump('cleanroom.ledger_segments', 'ORDER BY first_number');
SELECT pg_catalog.pg_extension_config_dump('cleanroom.ledger_records', 'ORDER BY number');

-- Not dumped: transactions of another server are none of a copy's.
CREATE TABLE cleanroom.ledger_open (
    number bigint PRIMARY KEY,
    xid    xid8 NOT NULL
);
COMMENT ON TABLE cleanroom.ledger_open IS
'Records of changes of which the recorder does not know yet whether their transaction has committed. Written by the recorder only.';

CREATE FUNCTION cleanroom.refuse_ledger_change() RETURNS trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'cr_refuse_ledger_change';
COMMENT ON FUNCTION cleanroom.refuse_ledger_change() IS
'Trigger of the ledger''s tables: refuses every change, but lets a superuser insert records that continue the chain, as the restore of a dump does. Errors: 42501.';

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE
    ON cleanroom.ledger_records
    FOR EACH STATEMENT EXECUTE FUNCTION cleanroom.refuse_ledger_change();
CREATE TRIGGER refuse_insert BEFORE INSERT
    ON cleanroom.ledger_records
    FOR EACH ROW EXECUTE FUNCTION cleanroom.refuse_ledger_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE
    ON cleanroom.ledger_segments
    FOR EACH STATEMENT EXECUTE FUNCTION cleanroom.refuse_ledger_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE
    ON cleanroom.ledger_archive
    FOR EACH STATEMENT EXECUTE FUNCTION cleanroom.refuse_ledger_change();
ALTER TABLE cleanroom.ledger_archive
    ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE cleanroom.ledger_records
    ENABLE ALWAYS TRIGGER refuse_change,
    ENABLE ALWAYS TRIGGER refuse_insert;
ALTER TABLE cleanroom.ledger_segments
    ENABLE ALWAYS TRIGGER refuse_change;

CREATE FUNCTION cleanroom.may_see_record(
    session_name text,
    role_name    text,
    current_name text,
    owners       text[]
) RETURNS text
    LANGUAGE c STABLE PARALLEL RESTRICTED
    AS 'MODULE_PATHNAME', 'cr_may_see_record';
COMMENT ON FUNCTION cleanroom.may_see_record(text, text, text, text[]) IS
'Says how much of a record the current role may see.
session_name, role_name, current_name: the roles that the record names as session user, as chosen and as current user.
owners: the owners of the tables that it names.
Returns all, for members of cleanroom_auditor and for roles with the privileges of every owner; owner, for those with the privileges of one; own, for the role that asked; null for everybody else.';

CREATE VIEW cleanroom.ledger WITH (security_barrier) AS
    SELECT r.number, r.at, r.kind, r.verdict, r.code, r.reason, r.refers,
           r.database, r.session_user_name, r.role_name, r.current_user_name,
           r.client, r.application, r.purpose, r.tables, r.owners, r.statement, r.caller,
           r.fingerprint, r.obligations::pg_catalog.jsonb AS obligations,
           CASE WHEN s.sees = 'all' THEN r.groups_released END AS groups_released,
           CASE WHEN s.sees = 'all' THEN r.groups_withheld END AS groups_withheld,
           CASE WHEN s.sees = 'all' THEN r.rows_returned END AS rows_returned,
           r.duration * '1 microsecond'::pg_catalog.interval AS duration,
           -- what is given back tells how many rows there were
           CASE WHEN s.sees = 'all' OR s.sees = 'own' AND r.charges LIKE '[%'
                    THEN r.charges::pg_catalog.jsonb
                WHEN s.sees = 'owner' AND r.charges LIKE '[%'
                    THEN (SELECT pg_catalog.jsonb_agg(c.charge)
                          FROM pg_catalog.jsonb_array_elements(r.charges::pg_catalog.jsonb) AS c (charge)
                          WHERE EXISTS (SELECT FROM ROWS FROM (pg_catalog.unnest(r.tables), pg_catalog.unnest(r.owners)) AS t (name, owner)
                                            JOIN pg_catalog.pg_roles o ON o.rolname = t.owner
                                        WHERE t.name = c.charge->>'relation'
                                          AND pg_catalog.pg_has_role(o.oid, 'USAGE')))
           END AS charges,
           r.subject, r.detail::pg_catalog.jsonb AS detail,
           CASE WHEN s.sees = 'all' THEN r.salt END AS salt, r.link
        FROM cleanroom.ledger_records r
            CROSS JOIN LATERAL cleanroom.may_see_record(r.session_user_name,
                r.role_name, r.current_user_name, r.owners) AS s (sees)
        WHERE s.sees IS NOT NULL;
COMMENT ON VIEW cleanroom.ledger IS
'The records that the current role may see: its own; those that touch a table it owns; all, for members of cleanroom_auditor. Numbers of groups and rows, and what of charges was given back, only for auditors and for who owns all tables that the record names; charges to budgets of one table of several for its owner, and for who asked.';
COMMENT ON COLUMN cleanroom.ledger.number IS 'Numbers rise by one from 1, without gaps.';
COMMENT ON COLUMN cleanroom.ledger.at IS 'When it was decided.';
COMMENT ON COLUMN cleanroom.ledger.kind IS 'statement: its admission or refusal; completion: how an admitted one ended; else an event, such as policy_change or key_use; undone: a change that was recorded has not come about.';
COMMENT ON COLUMN cleanroom.ledger.verdict IS 'Of a statement admitted or refused; of a completion completed or failed; null of other events.';
COMMENT ON COLUMN cleanroom.ledger.code IS 'SQLSTATE of a refusal or failure.';
COMMENT ON COLUMN cleanroom.ledger.reason IS 'Message of a refusal.';
COMMENT ON COLUMN cleanroom.ledger.refers IS 'Of a completion: the number of its statement; of undone: of the change.';
COMMENT ON COLUMN cleanroom.ledger.role_name IS 'Role chosen by SET ROLE, where it is neither of the two: in a function that lends another''s privileges.';
COMMENT ON COLUMN cleanroom.ledger.statement IS 'As written; with constants replaced where cleanroom.record_constants is off.';
COMMENT ON COLUMN cleanroom.ledger.caller IS 'What the client sent, where that is another text: EXECUTE, or a call of a function.';
COMMENT ON COLUMN cleanroom.ledger.fingerprint IS 'The same for statements that differ in constants, blanks, comments and case only.';
COMMENT ON COLUMN cleanroom.ledger.obligations IS 'The threshold of each protected table, and what happens to small groups.';
COMMENT ON COLUMN cleanroom.ledger.detail IS 'Of a statement: the values of its parameters, unless cleanroom.record_constants is off; of an event: what it is about.';
COMMENT ON COLUMN cleanroom.ledger.salt IS 'Random, so that nobody finds out from links what he does not see of a record; shown to who sees all of it.';
COMMENT ON COLUMN cleanroom.ledger.link IS 'SHA-256 over the link before and this record.';
GRANT SELECT ON cleanroom.ledger TO PUBLIC;

CREATE FUNCTION cleanroom.ledger_head(OUT number bigint, OUT link bytea)
    LANGUAGE c STABLE PARALLEL RESTRICTED
    AS 'MODULE_PATHNAME', 'cr_ledger_head';
COMMENT ON FUNCTION cleanroom.ledger_head() IS
'Number and link of the newest record; nulls when there is none. For everybody: a link tells nothing of what it is made from.';

CREATE FUNCTION cleanroom.last_receipt(OUT number bigint, OUT link bytea)
    LANGUAGE c VOLATILE PARALLEL RESTRICTED
    AS 'MODULE_PATHNAME', 'cr_last_receipt';
COMMENT ON FUNCTION cleanroom.last_receipt() IS
'Number and link of this session''s newest record: its last statement on protected tables, admitted or refused, or another event. Nulls when there is none, or, with cleanroom.record = async, when it has not been stored yet.';

CREATE FUNCTION cleanroom.check_receipt(number bigint, link bytea)
    RETURNS boolean
    LANGUAGE c STABLE STRICT PARALLEL RESTRICTED
    AS 'MODULE_PATHNAME', 'cr_check_receipt';
COMMENT ON FUNCTION cleanroom.check_receipt(bigint, bytea) IS
'Does the ledger still contain the record that a receipt is of?
number, link: as last_receipt() or ledger_head() gave them.
Returns true if it does, false if not: it was changed, or taken away. Null for a null argument, and where the record was archived to a file and is not the last of its segment: that file has to be asked.';

CREATE FUNCTION cleanroom.verify_ledger(
    "from" bigint DEFAULT 1,
    "to"   bigint DEFAULT NULL
) RETURNS TABLE (checked bigint, first_bad bigint, reason text)
    LANGUAGE c STABLE PARALLEL RESTRICTED
    AS 'MODULE_PATHNAME', 'cr_verify_ledger';
COMMENT ON FUNCTION cleanroom.verify_ledger(bigint, bigint) IS
'Follows the chain, and names the first record that does not fit. For everybody.
from: the first number to check, 1 or more; the link before it is believed. Records that were archived into a table are checked there; those that went to a file are passed over, by the links that were kept of them.
to: the last number to check; null for the newest.
Returns one row: how many records fit, the number of the first that does not, or null, and why. Errors: 22023 for a number below 1.';

CREATE FUNCTION cleanroom.archive_ledger(
    before timestamptz,
    file   text DEFAULT NULL,
    OUT first_number bigint,
    OUT last_number  bigint
)
    LANGUAGE c VOLATILE
    AS 'MODULE_PATHNAME', 'cr_archive_ledger';
COMMENT ON FUNCTION cleanroom.archive_ledger(timestamptz, text) IS
'Moves records out of the ledger, from the oldest on, and keeps the links at both ends of what was moved in cleanroom.ledger_segments, so that the chain can be followed across the cut. The newest record stays. For members of cleanroom_auditor.
before: records from this time on stay, and so does what follows the first of them.
file: absolute path of a file on the server that is not there yet, for members of pg_write_server_files: a line of JSON with first and last number and link, then one a record. Null: the table cleanroom.ledger_archive.
Returns the first and last number that were moved; nulls when there was nothing to move. Errors: 42501 not a member, 55000 the chain is broken among them, 42602 a relative path, 22004 before is null, those of the file system.';

CREATE FUNCTION cleanroom.verify_archive(file text)
    RETURNS TABLE (checked bigint, first_bad bigint, reason text)
    LANGUAGE c STRICT
    AS 'MODULE_PATHNAME', 'cr_verify_archive';
COMMENT ON FUNCTION cleanroom.verify_archive(text) IS
'Follows the chain through a file that archive_ledger() has written, and names the first record that does not fit. For members of pg_read_server_files.
file: its path on the server.
Returns one row: how many records fit, the number of the first that does not, or null, and why. Errors: 42501, those of the file system.';

CREATE VIEW cleanroom.ledger_last_hour WITH (security_barrier) AS
    SELECT * FROM cleanroom.ledger
        WHERE at > pg_catalog.now() - '1 hour'::pg_catalog.interval;
COMMENT ON VIEW cleanroom.ledger_last_hour IS
'The records of cleanroom.ledger of the last hour.';

CREATE VIEW cleanroom.ledger_days WITH (security_barrier) AS
    SELECT pg_catalog.date_trunc('day', l.at) AS day,
           l.session_user_name AS analyst,
           t.name AS "table",
           pg_catalog.count(*) FILTER (WHERE l.verdict = 'admitted') AS admitted,
           pg_catalog.count(*) FILTER (WHERE l.verdict = 'refused') AS refused
        FROM cleanroom.ledger l
            LEFT JOIN LATERAL pg_catalog.unnest(l.tables) t (name) ON true
        WHERE l.kind = 'statement'
        GROUP BY 1, 2, 3;
COMMENT ON VIEW cleanroom.ledger_days IS
'How many statements of cleanroom.ledger were admitted and refused, by day, session user and protected table; a statement on several tables counts for each.';

CREATE VIEW cleanroom.ledger_refusals WITH (security_barrier) AS
    SELECT l.code, pg_catalog.count(*) AS refusals,
           pg_catalog.count(DISTINCT l.session_user_name) AS analysts,
           pg_catalog.max(l.at) AS last_at
        FROM cleanroom.ledger l
        WHERE l.verdict = 'refused' OR l.kind = 'completion' AND l.code = 'RC008'
        GROUP BY l.code;
COMMENT ON VIEW cleanroom.ledger_refusals IS
'How many statements of cleanroom.ledger were refused, by code: before they ran or, for a small group (RC008), then.';
GRANT SELECT ON cleanroom.ledger_last_hour, cleanroom.ledger_days,
    cleanroom.ledger_refusals TO PUBLIC;
