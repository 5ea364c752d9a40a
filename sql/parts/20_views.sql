-- Views: what a role may know of the policies that hold for it.

CREATE FUNCTION cleanroom.describe_table(
    relation          regclass,
    OUT protected_by  regclass,
    OUT threshold     int,
    OUT small_groups  text,
    OUT join_required boolean,
    OUT privacy_units name[],
    OUT problem       text
) LANGUAGE c STABLE STRICT AS 'MODULE_PATHNAME', 'cr_describe_table';
COMMENT ON FUNCTION cleanroom.describe_table(regclass) IS
'What view cleanroom.tables says of one relation.
relation: any relation.
Returns one row: the table whose policy holds, its threshold in privacy units, small_groups, join_required, the privacy unit columns, and the reason why the policy cannot be used, if it cannot. All are null where the relation is not protected, or the current role may neither read nor change it. Raises no error of its own.';

CREATE FUNCTION cleanroom.describe_columns(relation regclass)
    RETURNS TABLE ("column" name, type text, uses text, may text)
    LANGUAGE c STABLE STRICT AS 'MODULE_PATHNAME', 'cr_describe_columns';
COMMENT ON FUNCTION cleanroom.describe_columns(regclass) IS
'What view cleanroom.columns says of one relation.
relation: any relation.
Returns a row for each column: its name, its type, its uses, and in words what an analyst may do with it. No row where the relation is not protected, its policy cannot be used, or the current role may neither read nor change it. Raises no error of its own.';

CREATE VIEW cleanroom.tables WITH (security_barrier) AS
    WITH RECURSIVE labelled (relid) AS (
        SELECT l.objoid
            FROM pg_catalog.pg_seclabel l
            WHERE l.provider = 'cleanroom' AND l.objsubid = 0
              AND l.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
        UNION
        SELECT i.inhrelid
            FROM pg_catalog.pg_inherits i
                JOIN labelled ON labelled.relid = i.inhparent
    )
    SELECT c.oid::pg_catalog.regclass AS relation,
           n.nspname AS schema,
           c.relname AS name,
           pg_catalog.pg_get_userbyid(c.relowner) AS owner,
           d.protected_by,
           d.threshold,
           d.small_groups,
           d.join_required,
           d.privacy_units,
           c.relrowsecurity AND EXISTS (
               SELECT FROM pg_catalog.pg_policy p
                   WHERE p.polrelid = c.oid AND p.polname = 'cleanroom_gate'
                     AND NOT p.polpermissive
           ) AS closed,
           d.problem
        FROM labelled
            JOIN pg_catalog.pg_class c ON c.oid = labelled.relid
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            CROSS JOIN LATERAL cleanroom.describe_table(c.oid) d
        WHERE d.protected_by IS NOT NULL;
COMMENT ON VIEW cleanroom.tables IS
'The protected tables that the current role may read or owns, with their partitions and inheritance children.';
COMMENT ON COLUMN cleanroom.tables.relation IS 'The table.';
COMMENT ON COLUMN cleanroom.tables.schema IS 'Its schema.';
COMMENT ON COLUMN cleanroom.tables.name IS 'Its name.';
COMMENT ON COLUMN cleanroom.tables.owner IS 'The role that owns it.';
COMMENT ON COLUMN cleanroom.tables.protected_by IS 'The table whose policy holds: itself, or one that it is a partition or inheritance child of.';
COMMENT ON COLUMN cleanroom.tables.threshold IS 'How many distinct privacy units every released row must rest on.';
COMMENT ON COLUMN cleanroom.tables.small_groups IS 'What happens to groups below the threshold: suppress withholds them, refuse fails the statement.';
COMMENT ON COLUMN cleanroom.tables.join_required IS 'Whether it may be queried only joined with a protected table of another owner.';
COMMENT ON COLUMN cleanroom.tables.privacy_units IS 'The columns that name whom the table protects.';
COMMENT ON COLUMN cleanroom.tables.closed IS 'Whether row security keeps it closed where the library is not loaded; false after SECURITY LABEL by hand until cleanroom.protect() is called.';
COMMENT ON COLUMN cleanroom.tables.problem IS 'Why its policy cannot be used, and every query on it is refused; null when all is well.';

CREATE VIEW cleanroom.columns WITH (security_barrier) AS
    SELECT t.relation, t.schema, t.name, d."column", d.type, d.uses, d.may
        FROM cleanroom.tables t
            CROSS JOIN LATERAL cleanroom.describe_columns(t.relation) d;
COMMENT ON VIEW cleanroom.columns IS
'The columns of the tables in cleanroom.tables, and what an analyst may do with each.';
COMMENT ON COLUMN cleanroom.columns.relation IS 'The table.';
COMMENT ON COLUMN cleanroom.columns.schema IS 'Its schema.';
COMMENT ON COLUMN cleanroom.columns.name IS 'Its name.';
COMMENT ON COLUMN cleanroom.columns."column" IS 'The column.';
COMMENT ON COLUMN cleanroom.columns.type IS 'The column''s type.';
COMMENT ON COLUMN cleanroom.columns.uses IS 'Its uses, as cleanroom.set_column() takes them; empty for none.';
COMMENT ON COLUMN cleanroom.columns.may IS 'What an analyst may do with it, in words.';

GRANT SELECT ON cleanroom.tables, cleanroom.columns TO PUBLIC;
