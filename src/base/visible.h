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

extern bool cr_visible_index(Oid indexid, HeapTuple current);
extern bool cr_visible_not_null(Oid relid, AttrNumber attnum,
								HeapTuple current);
extern bool cr_visible_constraint(HeapTuple current);
extern bool cr_visible_parts(Oid relid);

#endif							/* CR_VISIBLE_H */
