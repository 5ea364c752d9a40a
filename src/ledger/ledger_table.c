/*-------------------------------------------------------------------------
 *
 * src/ledger/ledger_table.c
 *	  Reads the table cleanroom.ledger_records.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "base/compat.h"
#include "base/oids.h"
#include "catalog/pg_class.h"
#include "ledger/ledger_table.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"
#include "utils/relcache.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

Oid
cr_ledger_table_oid(const char *name, bool *uncommitted)
{
	const CrOids *oids = cr_oids_get();
	HeapTuple	tuple;
	TransactionId xmin;
	Oid			relid;

	*uncommitted = false;
	if (oids == NULL || !OidIsValid(oids->schema))
		return InvalidOid;
	tuple = SearchSysCache2(RELNAMENSP, CStringGetDatum(name),
							ObjectIdGetDatum(oids->schema));
	if (!HeapTupleIsValid(tuple))
		return InvalidOid;
	relid = ((Form_pg_class) GETSTRUCT(tuple))->oid;
	xmin = HeapTupleHeaderGetXmin(tuple->t_data);
	*uncommitted = TransactionIdIsCurrentTransactionId(xmin);
	ReleaseSysCache(tuple);
	return relid;
}

Relation
cr_ledger_open(LOCKMODE lockmode)
{
	bool		uncommitted;
	Oid			relid = cr_ledger_table_oid("ledger_records", &uncommitted);
	Relation	table;

	if (!OidIsValid(relid))
		return NULL;
	table = try_table_open(relid, lockmode);
	if (table != NULL &&
		RelationGetNumberOfAttributes(table) != CR_NCOLUMNS)
		elog(ERROR, "table \"ledger_records\" has not the columns it should have");
	return table;
}

Relation
cr_ledger_open_archive(void)
{
	bool		uncommitted;
	Relation	table = table_open(cr_ledger_table_oid("ledger_archive",
													   &uncommitted),
								   AccessShareLock);

	if (RelationGetNumberOfAttributes(table) != CR_NCOLUMNS)
		elog(ERROR, "table \"ledger_archive\" has not the columns it should have");
	return table;
}

Relation
cr_ledger_open_index(Relation table)
{
	/* builds the list of indexes, which the primary key is known from */
	list_free(RelationGetIndexList(table));
	if (!OidIsValid(table->rd_pkindex))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the ledger has no primary key"),
				 errhint("Somebody has taken it away; put it back on column number.")));
	return index_open(table->rd_pkindex, AccessShareLock);
}

bool
cr_ledger_get_link(Datum value, bool isnull, uint8 *link)
{
	bytea	   *bytes;
	bool		good;

	memset(link, 0, CR_LINK_LENGTH);
	if (isnull)
		return false;
	bytes = PG_DETOAST_DATUM_PACKED(value);
	good = VARSIZE_ANY_EXHDR(bytes) == CR_LINK_LENGTH;
	if (good)
		memcpy(link, VARDATA_ANY(bytes), CR_LINK_LENGTH);
	return good;
}

/* Number and link of a row. */
static void
read_row(Relation table, HeapTuple tuple, CrHead *head)
{
	bool		isnull;
	Datum		value;

	value = heap_getattr(tuple, CR_COL_NUMBER + 1, RelationGetDescr(table),
						 &isnull);
	head->number = isnull ? 0 : DatumGetInt64(value);
	value = heap_getattr(tuple, CR_COL_LINK + 1, RelationGetDescr(table),
						 &isnull);
	(void) cr_ledger_get_link(value, isnull, head->link);
}

static CrSegment *
read_segment(TupleDesc desc, HeapTuple tuple)
{
	CrSegment  *segment = palloc0(sizeof(CrSegment));
	Datum		values[7];
	bool		nulls[7];

	if (desc->natts != lengthof(values))
		elog(ERROR, "table \"ledger_segments\" has not the columns it should have");
	heap_deform_tuple(tuple, desc, values, nulls);
	segment->first = DatumGetInt64(values[0]);
	segment->last = DatumGetInt64(values[1]);
	(void) cr_ledger_get_link(values[2], nulls[2], segment->previous_link);
	(void) cr_ledger_get_link(values[3], nulls[3], segment->last_link);
	segment->in_file = !nulls[6];
	return segment;
}

static int
compare_segments(const ListCell *a, const ListCell *b)
{
	const CrSegment *first = lfirst(a);
	const CrSegment *second = lfirst(b);

	return first->first < second->first ? -1 : first->first > second->first;
}

List *
cr_ledger_read_segments(void)
{
	bool		uncommitted;
	Oid			relid = cr_ledger_table_oid("ledger_segments", &uncommitted);
	List	   *segments = NIL;
	Relation	table;
	SysScanDesc scan;
	HeapTuple	tuple;

	if (!OidIsValid(relid))
		return NIL;
	table = table_open(relid, AccessShareLock);
	scan = systable_beginscan(table, InvalidOid, false, GetActiveSnapshot(),
							  0, NULL);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
		segments = lappend(segments, read_segment(RelationGetDescr(table),
												  tuple));
	systable_endscan(scan);
	table_close(table, AccessShareLock);
	list_sort(segments, compare_segments);
	return segments;
}

static void
read_archived_head(CrHead *head)
{
	List	   *segments = cr_ledger_read_segments();
	CrSegment  *last;

	if (segments == NIL)
		return;
	last = llast(segments);
	head->number = last->last;
	memcpy(head->link, last->last_link, CR_LINK_LENGTH);
}

CrHead
cr_ledger_read_head(Relation table, Snapshot snapshot)
{
	CrHead		head = {0};
	Relation	index = cr_ledger_open_index(table);
	SysScanDesc scan;
	HeapTuple	tuple;

	scan = systable_beginscan_ordered(table, index, snapshot, 0, NULL);
	tuple = systable_getnext_ordered(scan, BackwardScanDirection);
	if (HeapTupleIsValid(tuple))
		read_row(table, tuple, &head);
	systable_endscan_ordered(scan);
	index_close(index, AccessShareLock);
	if (head.number == 0)
		read_archived_head(&head);
	return head;
}

bool
cr_ledger_read_link(Relation table, int64 number, uint8 *link)
{
	Relation	index = cr_ledger_open_index(table);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;
	CrHead		row = {0};

	ScanKeyInit(&key, CR_COL_NUMBER + 1, BTEqualStrategyNumber, F_INT8EQ,
				Int64GetDatum(number));
	scan = systable_beginscan_ordered(table, index, GetActiveSnapshot(), 1,
									  &key);
	tuple = systable_getnext_ordered(scan, ForwardScanDirection);
	if (HeapTupleIsValid(tuple))
		read_row(table, tuple, &row);
	systable_endscan_ordered(scan);
	index_close(index, AccessShareLock);
	memcpy(link, row.link, CR_LINK_LENGTH);
	return row.number != 0;
}
