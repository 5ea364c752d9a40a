/*-------------------------------------------------------------------------
 *
 * src/base/catalog_row.h
 *	  A row of a catalog, as a snapshot sees it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_CATALOG_ROW_H
#define CR_CATALOG_ROW_H

#include "access/htup.h"
#include "utils/snapshot.h"

/*
 * A copy of the row with this OID, or NULL.  In an object access hook the
 * command has just written it: SnapshotSelf sees that, NULL (for the
 * catalogs' own snapshot) sees the row as it was before.
 */
extern HeapTuple cr_catalog_row(Oid catalog, Oid index, AttrNumber oid_column,
								Oid oid, Snapshot snapshot);

#endif							/* CR_CATALOG_ROW_H */
