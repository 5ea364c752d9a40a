/*-------------------------------------------------------------------------
 *
 * src/session/number.c
 *	  Numbers of new rows in the extension's own tables.
 *
 * They come from sequences, so that a number that was rolled back is not
 * given again, and nobody waits for others' transactions.  But members of
 * pg_write_all_data may set any sequence of the database, and no hook is
 * asked.  So a sequence is only believed where it says one of the next
 * numbers; else the number is the first that is free above those that are
 * there, and the sequence goes on from it.
 *
 * Who has a number holds a lock on it until the end of the transaction, which
 * nobody waits for: others take the next.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "base/oids.h"
#include "commands/sequence.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "storage/lock.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"
#include "utils/rel.h"
#include "utils/relcache.h"
#include "utils/snapmgr.h"

PG_FUNCTION_INFO_V1(cr_next_number);

/*
 * So many numbers may have been rolled back in a row.  Whoever sets a sequence
 * ahead by less takes that many numbers away at a time, of two thousand
 * million.
 */
#define AHEAD_MAX	1000

typedef struct Numbered
{
	Relation	table;
	Relation	index;			/* of the primary key, the number */
} Numbered;

static bool
has_number(const Numbered *numbered, int32 number)
{
	AttrNumber	attno = numbered->index->rd_index->indkey.values[0];
	ScanKeyData key;
	SysScanDesc scan;
	bool		found;

	ScanKeyInit(&key, attno, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum(number));
	scan = systable_beginscan(numbered->table,
							  RelationGetRelid(numbered->index), true,
							  SnapshotSelf, 1, &key);
	found = HeapTupleIsValid(systable_getnext(scan));
	systable_endscan(scan);
	return found;
}

/* The highest number that is there, or 0. */
static int32
find_top(const Numbered *numbered)
{
	AttrNumber	attno = numbered->index->rd_index->indkey.values[0];
	SysScanDesc scan;
	HeapTuple	tuple;
	bool		isnull;
	int32		top = 0;

	scan = systable_beginscan_ordered(numbered->table, numbered->index,
									  SnapshotSelf, 0, NULL);
	tuple = systable_getnext_ordered(scan, BackwardScanDirection);
	if (HeapTupleIsValid(tuple))
		top = DatumGetInt32(heap_getattr(tuple, attno,
										 RelationGetDescr(numbered->table),
										 &isnull));
	systable_endscan_ordered(scan);
	return Max(top, 0);
}

/*
 * Takes the number, unless somebody has it, or a row.  Whoever has had it may
 * have committed before it was locked: so the table is asked then.
 */
static bool
take(const Numbered *numbered, int32 number)
{
	LOCKTAG		tag;

	SET_LOCKTAG_OBJECT(tag, MyDatabaseId, RelationGetRelid(numbered->table),
					   (uint32) number, 0);
	return LockAcquire(&tag, ExclusiveLock, false, true) == LOCKACQUIRE_OK &&
		!has_number(numbered, number);
}

static int32
find_number(const Numbered *numbered, Oid sequence, int32 after)
{
	int32		floor = Max(find_top(numbered), after);
	int64		first = nextval_internal(sequence, false);
	bool		astray = first <= floor || first > (int64) floor + AHEAD_MAX;
	int64		number;

	if (astray)
		first = (int64) floor + 1;
	for (number = first; number <= PG_INT32_MAX; number++)
	{
		if (!take(numbered, (int32) number))
			continue;
		if (astray || number != first)
			DirectFunctionCall2(setval_oid, ObjectIdGetDatum(sequence),
								Int64GetDatum(number));
		return (int32) number;
	}
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("table \"%s\" of cleanroom has had all its numbers",
					RelationGetRelationName(numbered->table)),
			 errhint("Ask a superuser, who can give its rows lower numbers.")));
	return 0;					/* not reached */
}

/* See sql/parts/76_numbers.sql. */
Datum
cr_next_number(PG_FUNCTION_ARGS)
{
	Oid			sequence = PG_GETARG_OID(0);
	Oid			relid = PG_GETARG_OID(1);
	Numbered	numbered;
	int32		number;

	if (!cr_oids_is_own_table(sequence) || !cr_oids_is_own_table(relid))
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("cleanroom.next_number() is for tables of cleanroom"),
				 errhint("It belongs to the extension's own tables.")));
	numbered.table = table_open(relid, AccessShareLock);
	list_free(RelationGetIndexList(numbered.table));
	numbered.index = index_open(numbered.table->rd_pkindex, AccessShareLock);
	number = find_number(&numbered, sequence, PG_GETARG_INT32(2));
	index_close(numbered.index, NoLock);
	table_close(numbered.table, NoLock);
	PG_RETURN_INT32(number);
}
