/*-------------------------------------------------------------------------
 *
 * src/base/visible.c
 *	  Does what the catalogs say of a table hold for the rows a query sees?
 *
 * The caches know of the catalogs as they are now.  A query may see rows as
 * they were before: in a transaction that keeps its snapshot, or in a stable
 * function.  A unique index, or NOT NULL, that is younger than the snapshot
 * proves nothing about those.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/transam.h"
#include "base/visible.h"
#include "catalog/indexing.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_index.h"
#include "catalog/pg_inherits.h"
#include "utils/fmgroids.h"
#include "utils/snapmgr.h"

static Snapshot asked = NULL;

void
cr_visible_to(Snapshot snapshot)
{
	asked = snapshot;
}

/* Is the row older than all that the snapshot does not see? */
static bool
is_old(HeapTuple current)
{
	TransactionId xmin = HeapTupleHeaderGetXmin(current->t_data);

	return asked == NULL || !TransactionIdIsNormal(xmin) ||
		TransactionIdPrecedes(xmin, asked->xmin);
}

/* The row that the snapshot sees, as a copy; NULL when there is none. */
static HeapTuple
find_visible(Oid catalog, Oid index, ScanKeyData *keys, int nkeys)
{
	Relation	relation;
	SysScanDesc scan;
	HeapTuple	found;

	relation = table_open(catalog, AccessShareLock);
	scan = systable_beginscan(relation, index, true, asked, nkeys, keys);
	found = systable_getnext(scan);
	if (found != NULL)
		found = heap_copytuple(found);
	systable_endscan(scan);
	table_close(relation, AccessShareLock);
	return found;
}

static void
set_key(ScanKeyData *key, AttrNumber column, RegProcedure equals, Datum value)
{
	ScanKeyInit(key, column, BTEqualStrategyNumber, equals, value);
}

/* Was the index there and valid, unique if it is now?  current: its row. */
bool
cr_visible_index(Oid indexid, HeapTuple current)
{
	ScanKeyData key;
	HeapTuple	found;

	if (is_old(current))
		return true;
	set_key(&key, Anum_pg_index_indexrelid, F_OIDEQ,
			ObjectIdGetDatum(indexid));
	found = find_visible(IndexRelationId, IndexRelidIndexId, &key, 1);
	return found != NULL &&
		((Form_pg_index) GETSTRUCT(found))->indisunique &&
		((Form_pg_index) GETSTRUCT(found))->indisvalid;
}

/* Was the column NOT NULL already?  current: its row of pg_attribute. */
bool
cr_visible_not_null(Oid relid, AttrNumber attnum, HeapTuple current)
{
	ScanKeyData keys[2];
	HeapTuple	found;

	if (is_old(current))
		return true;
	set_key(&keys[0], Anum_pg_attribute_attrelid, F_OIDEQ,
			ObjectIdGetDatum(relid));
	set_key(&keys[1], Anum_pg_attribute_attnum, F_INT2EQ,
			Int16GetDatum(attnum));
	found = find_visible(AttributeRelationId, AttributeRelidNumIndexId, keys,
						 2);
	return found != NULL &&
		((Form_pg_attribute) GETSTRUCT(found))->attnotnull;
}

/* Was the constraint valid already?  current: its row of pg_constraint. */
bool
cr_visible_constraint(HeapTuple current)
{
	Form_pg_constraint form = (Form_pg_constraint) GETSTRUCT(current);
	ScanKeyData key;
	HeapTuple	found;

	if (is_old(current))
		return true;
	set_key(&key, Anum_pg_constraint_oid, F_OIDEQ,
			ObjectIdGetDatum(form->oid));
	found = find_visible(ConstraintRelationId, ConstraintOidIndexId, &key, 1);
	return found != NULL &&
		((Form_pg_constraint) GETSTRUCT(found))->convalidated;
}

/* Were all partitions of the table its partitions? */
bool
cr_visible_parts(Oid relid)
{
	List	   *parts;
	ListCell   *lc;

	if (asked == NULL)
		return true;
	parts = find_all_inheritors(relid, NoLock, NULL);
	for_each_from(lc, parts, 1)
	{
		ScanKeyData key;

		set_key(&key, Anum_pg_inherits_inhrelid, F_OIDEQ,
				ObjectIdGetDatum(lfirst_oid(lc)));
		if (find_visible(InheritsRelationId, InheritsRelidSeqnoIndexId, &key,
						 1) == NULL)
			return false;
	}
	return true;
}
