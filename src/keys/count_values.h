/*-------------------------------------------------------------------------
 *
 * src/keys/count_values.h
 *	  Counts the values of a table's column that a key has made.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_COUNT_VALUES_H
#define CR_COUNT_VALUES_H

/*
 * Counts the values of a column, partitions and children included, of one
 * version of a key or (0) of all; none where there is no such column.  False
 * when the relation, or one of them, is no table with rows of its own.  No
 * code of the table's owner runs, and nobody's privileges are asked.  The
 * relation is locked by the caller, the others are here.  Raises what reading
 * a damaged table raises.
 */
extern bool cr_count_values(Oid relid, const char *column, int32 key_id,
							int32 version, uint64 *count);

#endif							/* CR_COUNT_VALUES_H */
