/*-------------------------------------------------------------------------
 *
 * src/ledger/follow.c
 *	  verify_ledger(): follows the chain and finds the first record that does
 *	  not fit.
 *
 * Records are read in the order of their numbers, under the query's
 * snapshot.  A record that was changed, put in another's place or put in
 * does not have the link that it should have; one that was taken away leaves
 * a gap.  Records cut off at the end leave nothing: receipts show that.
 * What was archived into a table is followed there; what went to a file is
 * passed over, by the links that were kept of it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "base/compat.h"
#include "fmgr.h"
#include "funcapi.h"
#include "ledger/chain.h"
#include "ledger/ledger_table.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

PG_FUNCTION_INFO_V1(cr_verify_ledger);

typedef struct Walk
{
	Relation	table;
	CrChain    *chain;
	int64		to;				/* the last number to check */
	int64		expected;		/* the next number */
	uint8		previous[CR_LINK_LENGTH];	/* link before it */
	int64		checked;
	int64		bad;			/* the first that does not fit, or 0 */
	const char *reason;
} Walk;

static void
object(Walk *walk, int64 number, const char *reason)
{
	walk->bad = number;
	walk->reason = reason;
}

static void
check_row(Walk *walk, HeapTuple tuple, Datum *values, bool *nulls)
{
	uint8		computed[CR_LINK_LENGTH];
	uint8		stored[CR_LINK_LENGTH];
	int64		number;

	heap_deform_tuple(tuple, RelationGetDescr(walk->table), values, nulls);
	number = DatumGetInt64(values[CR_COL_NUMBER]);
	if (number != walk->expected)
	{
		object(walk, Min(number, walk->expected),
			   number > walk->expected ? "the record is missing" :
			   "there are two records with this number");
		return;
	}
	cr_chain_link(walk->chain, walk->previous, values, nulls, computed);
	if (!cr_ledger_get_link(values[CR_COL_LINK], nulls[CR_COL_LINK],
							stored) ||
		memcmp(stored, computed, CR_LINK_LENGTH) != 0)
	{
		object(walk, number,
			   "the link does not fit the record and the one before");
		return;
	}
	memcpy(walk->previous, stored, CR_LINK_LENGTH);
	walk->expected++;
	walk->checked++;
}

static void
follow(Walk *walk, int64 to)
{
	Relation	index = cr_ledger_open_index(walk->table);
	Datum	   *values = palloc(sizeof(Datum) * CR_NCOLUMNS);
	bool	   *nulls = palloc(sizeof(bool) * CR_NCOLUMNS);
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&keys[0], CR_COL_NUMBER + 1, BTGreaterEqualStrategyNumber,
				F_INT8GE, Int64GetDatum(walk->expected));
	ScanKeyInit(&keys[1], CR_COL_NUMBER + 1, BTLessEqualStrategyNumber,
				F_INT8LE, Int64GetDatum(to));
	scan = systable_beginscan_ordered(walk->table, index, GetActiveSnapshot(),
									  2, keys);
	tuple = systable_getnext_ordered(scan, ForwardScanDirection);
	while (walk->bad == 0 && HeapTupleIsValid(tuple))
	{
		CHECK_FOR_INTERRUPTS();
		check_row(walk, tuple, values, nulls);
		tuple = systable_getnext_ordered(scan, ForwardScanDirection);
	}
	systable_endscan_ordered(scan);
	index_close(index, AccessShareLock);
}

/*
 * Follows the rest of a segment in its table, and sees that it ends as it
 * did when it was archived.
 */
static void
follow_segment(Walk *walk, const CrSegment *segment)
{
	Relation	table = walk->table;

	walk->table = cr_ledger_open_archive();
	follow(walk, Min(segment->last, walk->to));
	table_close(walk->table, AccessShareLock);
	walk->table = table;
	if (walk->bad != 0 || walk->expected > walk->to)
		return;
	if (walk->expected <= segment->last)
		object(walk, walk->expected, "the record is missing");
	else if (memcmp(walk->previous, segment->last_link, CR_LINK_LENGTH) != 0)
		object(walk, segment->last,
			   "the record is not the one that was archived");
}

/* Takes archived segments that begin at, or hold, the next number. */
static void
pass_segments(Walk *walk, bool previous_known)
{
	ListCell   *lc;

	foreach(lc, cr_ledger_read_segments())
	{
		CrSegment  *segment = lfirst(lc);

		if (walk->bad != 0 || walk->expected < segment->first ||
			walk->expected > Min(segment->last, walk->to))
			continue;
		if (previous_known && walk->expected == segment->first &&
			memcmp(walk->previous, segment->previous_link,
				   CR_LINK_LENGTH) != 0)
			object(walk, segment->first,
				   "the archived segment that begins here does not continue the one before");
		else if (!segment->in_file && previous_known)
			follow_segment(walk, segment);
		else
		{
			memcpy(walk->previous, segment->last_link, CR_LINK_LENGTH);
			walk->expected = segment->last + 1;
		}
		previous_known = true;
	}
}

/*
 * The link of the record before, wherever it is; false when that is not
 * known here.
 */
static bool
find_link(Walk *walk, int64 number)
{
	Relation	archive;
	bool		found;
	ListCell   *lc;

	if (number == 0 || cr_ledger_read_link(walk->table, number,
										   walk->previous))
		return true;
	foreach(lc, cr_ledger_read_segments())
	{
		CrSegment  *segment = lfirst(lc);

		if (segment->last != number)
			continue;
		memcpy(walk->previous, segment->last_link, CR_LINK_LENGTH);
		return true;
	}
	archive = cr_ledger_open_archive();
	found = cr_ledger_read_link(archive, number, walk->previous);
	table_close(archive, AccessShareLock);
	return found;
}

/* Records with numbers before the first one are nobody's but a forger's. */
static void
check_beginning(Walk *walk)
{
	Relation	index = cr_ledger_open_index(walk->table);
	SysScanDesc scan = systable_beginscan_ordered(walk->table, index,
												  GetActiveSnapshot(), 0,
												  NULL);
	HeapTuple	tuple = systable_getnext_ordered(scan, ForwardScanDirection);
	bool		isnull;

	if (HeapTupleIsValid(tuple))
	{
		TupleDesc	desc = RelationGetDescr(walk->table);
		int64		number = DatumGetInt64(heap_getattr(tuple,
														CR_COL_NUMBER + 1,
														desc, &isnull));

		if (number < walk->expected)
			object(walk, number, "the record stands before the first one");
	}
	systable_endscan_ordered(scan);
	index_close(index, AccessShareLock);
}

/* Follows it through the archive, and through the ledger. */
static void
follow_all(Walk *walk, int64 from)
{
	bool		known = find_link(walk, from - 1);

	walk->expected = from;
	pass_segments(walk, known);
	if (walk->bad == 0 && !known && walk->expected == from)
		object(walk, from - 1, "the record is missing");
	if (walk->bad == 0 && from == 1 && walk->expected <= walk->to)
		check_beginning(walk);
	if (walk->bad == 0 && walk->expected <= walk->to)
		follow(walk, walk->to);
}

static Datum
result(FunctionCallInfo fcinfo, const Walk *walk)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Datum		values[3] = {0};
	bool		nulls[3] = {false, true, true};

	values[0] = Int64GetDatum(walk->checked);
	if (walk->bad != 0)
	{
		values[1] = Int64GetDatum(walk->bad);
		values[2] = CStringGetTextDatum(walk->reason);
		nulls[1] = nulls[2] = false;
	}
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	return (Datum) 0;
}

/* verify_ledger("from", "to"): how many records fit, and which does not */
Datum
cr_verify_ledger(PG_FUNCTION_ARGS)
{
	int64		from = PG_ARGISNULL(0) ? 1 : PG_GETARG_INT64(0);
	Walk		walk = {0};

	walk.to = PG_ARGISNULL(1) ? PG_INT64_MAX : PG_GETARG_INT64(1);
	if (from < 1 || walk.to < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("numbers of records begin at 1"),
				 errhint("cleanroom.ledger_head() gives the last one.")));
	InitMaterializedSRF(fcinfo, 0);
	walk.table = cr_ledger_open(AccessShareLock);
	if (walk.table == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("there is no ledger in this database"),
				 errhint("Have a superuser create or update the extension.")));
	walk.chain = cr_chain_create();
	follow_all(&walk, from);
	if (walk.bad == 0 && !PG_ARGISNULL(1) && walk.expected <= walk.to)
		object(&walk, walk.expected, "the record is missing");
	cr_chain_free(walk.chain);
	table_close(walk.table, AccessShareLock);
	return result(fcinfo, &walk);
}
