/*-------------------------------------------------------------------------
 *
 * src/base/visible.h
 *	  Does what the catalogs say of a table hold for the rows a query sees?
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_VISIBLE_H
#define CR_VISIBLE_H

#include "access/htup.h"
#include "utils/snapshot.h"

/*
 * The snapshot that is asked about from here on; NULL: none yet, and what is
 * there now will do.  A statement is judged before it has a snapshot of its
 * own, and asked again when it starts (guard/relied.c).
 */
extern void cr_visible_to(Snapshot snapshot);

extern bool cr_visible_index(Oid indexid, HeapTuple current);
extern bool cr_visible_not_null(Oid relid, AttrNumber attnum,
								HeapTuple current);
extern bool cr_visible_constraint(HeapTuple current);
extern bool cr_visible_parts(Oid relid);

#endif							/* CR_VISIBLE_H */
