-- Numbers of rows.  They are taken from sequences, which roles such as
-- pg_write_all_data can set, as they can all sequences: the function makes do
-- with whatever a sequence says.

CREATE FUNCTION cleanroom.next_number(sequence regclass, relation regclass, after int DEFAULT 0)
    RETURNS int AS 'MODULE_PATHNAME', 'cr_next_number' LANGUAGE C STRICT;
REVOKE ALL ON FUNCTION cleanroom.next_number FROM PUBLIC;
COMMENT ON FUNCTION cleanroom.next_number(regclass, regclass, int) IS
'A number for a new row of one of the extension''s tables: the sequence''s next one, if it may be; else the first free above all that are there.
sequence, relation: of the extension. after: the number is higher than that. Errors: 42809, 54000.';

DO $$
DECLARE
    numbered record;
BEGIN
    FOR numbered IN
        SELECT * FROM (VALUES ('keyring', 'key_id', 'keyring_ids'),
                              ('keyring_rotations', 'rotation_id', 'keyring_rotation_ids'),
                              ('room_list', 'room_id', 'room_list_room_id_seq'),
                              ('change_list', 'change_id', 'change_list_change_id_seq'),
                              ('rule_list', 'rule_id', 'rule_list_rule_id_seq'),
                              ('template_list', 'template_id', 'template_list_template_id_seq'),
                              ('budget_list', 'budget_id', 'budget_list_budget_id_seq')) AS v (relation, number, sequence)
    LOOP
        EXECUTE pg_catalog.format('ALTER TABLE cleanroom.%1$I ALTER %2$I
            SET DEFAULT cleanroom.next_number(''cleanroom.%3$I'', ''cleanroom.%1$I'')',
            numbered.relation, numbered.number, numbered.sequence);
    END LOOP;
END
$$;
