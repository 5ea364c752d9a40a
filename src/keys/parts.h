/*-------------------------------------------------------------------------
 *
 * src/keys/parts.h
 *	  Tables that hold values of a key as parts of others.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_PARTS_H
#define CR_PARTS_H

#include "nodes/pg_list.h"
#include "storage/lmgr.h"

/*
 * The table and its partitions and children, those included that a DETACH
 * which has not ended takes away; locked.
 */
extern List *cr_parts_of(Oid relid, LOCKMODE lockmode);

/*
 * The running command makes a table a part of another, or no longer one; or
 * drops a column, which children may keep.  These mark, and change nothing;
 * what the abort of a subtransaction takes back is forgotten.
 */
extern void cr_parts_note(Oid part, Oid whole);
extern void cr_parts_note_column(Oid relid, int column);

/*
 * To be called when the command has run: what has ceased to be a part is
 * tracked for the keys that it was tracked for as one.  Raises RC012 where a
 * new part brings values of a key into a room of another residency.
 */
extern void cr_parts_settle(void);

#endif							/* CR_PARTS_H */
