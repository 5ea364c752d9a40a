/*-------------------------------------------------------------------------
 *
 * src/guard/look_up.h
 *	  Reads into the session's caches what a use of something would read.
 *
 * All may leave memory behind in the current context.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_LOOK_UP_H
#define CR_LOOK_UP_H

#include "access/attnum.h"
#include "nodes/pg_list.h"
#include "utils/relcache.h"

/* With the types that it is made of, all of which are put into *done. */
extern void cr_look_up_type(Oid type, List **done);

extern void cr_look_up_function(Oid funcid);
extern void cr_look_up_collation(Oid collation);

/* A sort by an operator. */
extern void cr_look_up_order(Oid operator, Oid collation);

/* An operator of equality whose operands are put into a hash table. */
extern void cr_look_up_hashed(Oid operator);

/* Of a column, for a hash table. */
extern void cr_look_up_statistics(Oid relid, AttrNumber attnum, bool inherit);

/* What scans of an index look up for their keys; it is open. */
extern void cr_look_up_index(Relation index);

#endif							/* CR_LOOK_UP_H */
