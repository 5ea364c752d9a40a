-- A role that is gone has left a number, which elsewhere may be another role's:
-- a rule would be evaluated as that one, a table shared by it.  What such a role
-- has had a part in is dumped without it, where it is dumped at all: every
-- column of roles, of every table that a dump takes along.

DO $$
DECLARE
    this record;
BEGIN
    FOR this IN
        SELECT d.relation, c.relname, d.condition,
               pg_catalog.string_agg(
                   CASE a.atttypid WHEN 'pg_catalog.regrole'::pg_catalog.regtype
                        THEN pg_catalog.format('CASE WHEN %1$I::pg_catalog.oid IN (SELECT oid FROM pg_catalog.pg_roles) THEN %1$I ELSE 0::pg_catalog.oid::pg_catalog.regrole END', a.attname)
                        ELSE pg_catalog.quote_ident(a.attname) END,
                   ', ' ORDER BY a.attnum) AS columns
            FROM pg_catalog.pg_extension e,
                 ROWS FROM (pg_catalog.unnest(e.extconfig),
                            pg_catalog.unnest(e.extcondition)) AS d (relation, condition)
                 JOIN pg_catalog.pg_class c ON c.oid = d.relation
                 JOIN pg_catalog.pg_attribute a ON a.attrelid = d.relation
            WHERE e.extname = 'cleanroom' AND a.attnum > 0 AND NOT a.attisdropped
            GROUP BY d.relation, c.relname, d.condition
            HAVING pg_catalog.bool_or(a.atttypid = 'pg_catalog.regrole'::pg_catalog.regtype)
    LOOP
        -- the server puts it behind SELECT columns FROM the table
        PERFORM pg_catalog.pg_extension_config_dump(this.relation, pg_catalog.format(
            'WHERE false UNION ALL SELECT %s FROM cleanroom.%I %s',
            this.columns, this.relname, this.condition));
    END LOOP;
END
$$;
