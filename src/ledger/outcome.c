/*-------------------------------------------------------------------------
 *
 * src/ledger/outcome.c
 *	  Puts on record which changes have not come about after all.
 *
 * A change is recorded before its transaction commits, which may fail after
 * that, or end in a crash.  So the number of its record is kept, with the
 * transaction, in cleanroom.ledger_open, in the commit that stores it.  What
 * has become of the transaction the server knows, whoever has died in
 * between: of one that has not committed, a record of kind "undone" says so.
 *
 * A crash cannot give the transaction's number to another: the recorder's
 * own, in the commit above, is a later one.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/transam.h"
#include "base/own_sql.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "ledger/ledger_table.h"
#include "ledger/recorder.h"
#include "lib/stringinfo.h"
#include "storage/lmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/xid8.h"

#define LOOK_DELAY		200		/* ms from one look to the next */
#define FAILURE_DELAY	10000	/* ms, after one that has failed */

#define ENDED_SQL \
	"WITH ended AS (" \
	" DELETE FROM cleanroom.ledger_open o" \
	" WHERE pg_catalog.pg_xact_status(o.xid)" \
	"  IS DISTINCT FROM 'in progress'" \
	" RETURNING o.number, pg_catalog.pg_xact_status(o.xid) AS became)" \
	" SELECT e.number, e.became, r.kind, r.session_user_name," \
	"  r.current_user_name, r.role_name, r.tables, r.owners, r.subject" \
	" FROM ended e LEFT JOIN cleanroom.ledger_records r" \
	"  ON r.number OPERATOR(pg_catalog.=) e.number" \
	" WHERE e.became IS DISTINCT FROM 'committed'" \
	" ORDER BY e.number"

/* The columns of that query. */
enum
{
	ENDED_NUMBER = 1,
	ENDED_BECAME,
	ENDED_KIND,
	ENDED_SESSION_USER,
	ENDED_CURRENT_USER,
	ENDED_ROLE,
	ENDED_TABLES,
	ENDED_OWNERS,
	ENDED_SUBJECT
};

/* may there be something in the table? */
static bool awaiting = true;
static TimestampTz next_look = 0;

static void
wait_before_next_look(int delay)
{
	next_look = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), delay);
}

/*
 * Whoever drops the extension has locks on some of its tables and waits for
 * others, in an order that is not ours: with one in hand, none is waited for.
 * False where it cannot be had, or is not there.
 */
static bool
lock_at_once(const char *table)
{
	bool		uncommitted;
	Oid			relid = cr_ledger_table_oid(table, &uncommitted);

	return OidIsValid(relid) &&
		ConditionalLockRelationOid(relid, RowExclusiveLock);
}

void
cr_outcome_await(int64 number, uint64 xid)
{
	static Oid	types[] = {INT8OID, XID8OID};
	Datum		args[2];
	int			nesting;

	/* the recorder takes this for a passing failure */
	if (!lock_at_once("ledger_open"))
		ereport(ERROR,
				(errcode(ERRCODE_LOCK_NOT_AVAILABLE),
				 errmsg("table \"ledger_open\" is locked"),
				 errhint("The record is stored when it no longer is.")));
	args[0] = Int64GetDatum(number);
	args[1] = FullTransactionIdGetDatum(FullTransactionIdFromU64(xid));
	nesting = cr_own_sql_begin();
	if (SPI_execute_with_args("INSERT INTO cleanroom.ledger_open (number, xid) VALUES ($1, $2)",
							  2, types, args, NULL, false,
							  0) != SPI_OK_INSERT)
		elog(ERROR, "an open change could not be noted");
	cr_own_sql_end(nesting);

	/* it has hardly come to its end while its backend waits for us */
	if (!awaiting)
		wait_before_next_look(LOOK_DELAY);
	awaiting = true;
}

bool
cr_outcome_is_due(void)
{
	return awaiting && GetCurrentTimestamp() >= next_look;
}

/* A value of the row of what SPI has returned, as text or NULL. */
static char *
value(uint64 row, int column)
{
	return SPI_getvalue(SPI_tuptable->vals[row], SPI_tuptable->tupdesc,
						column);
}

static void
copy_list(CrRecord *record, CrColumn to, uint64 row, int from)
{
	bool		isnull;
	Datum		array = SPI_getbinval(SPI_tuptable->vals[row],
									  SPI_tuptable->tupdesc, from, &isnull);
	List	   *strings = NIL;
	Datum	   *members;
	int			count;

	if (isnull)
		return;
	deconstruct_array(DatumGetArrayTypeP(array), TEXTOID, -1, false,
					  TYPALIGN_INT, &members, NULL, &count);
	for (int i = 0; i < count; i++)
		strings = lappend(strings, TextDatumGetCString(members[i]));
	cr_record_set_list(record, to, strings);
}

/*
 * Shown to whoever sees the record of the change.  Of one that has been
 * archived meanwhile only auditors see it.
 */
static void
fill(CrRecord *record, uint64 row)
{
	const char *kind = value(row, ENDED_KIND);
	StringInfoData detail;

	cr_record_start(record, "undone");
	cr_record_set_integer(record, CR_COL_REFERS,
						  pg_strtoint64(value(row, ENDED_NUMBER)));
	cr_record_set_text(record, CR_COL_SESSION_USER,
					   value(row, ENDED_SESSION_USER));
	cr_record_set_text(record, CR_COL_CURRENT_USER,
					   value(row, ENDED_CURRENT_USER));
	cr_record_set_text(record, CR_COL_ROLE, value(row, ENDED_ROLE));
	cr_record_set_text(record, CR_COL_APPLICATION, NULL);
	cr_record_set_text(record, CR_COL_SUBJECT, value(row, ENDED_SUBJECT));
	copy_list(record, CR_COL_TABLES, row, ENDED_TABLES);
	copy_list(record, CR_COL_OWNERS, row, ENDED_OWNERS);

	initStringInfo(&detail);
	appendStringInfoString(&detail, "{\"change\": ");
	if (kind != NULL)
		escape_json(&detail, kind);
	else
		appendStringInfoString(&detail, "null");
	/* too long ago for the server to know: somebody has kept us from it */
	if (value(row, ENDED_BECAME) == NULL)
		appendStringInfoString(&detail, ", \"known\": false");
	appendStringInfoChar(&detail, '}');
	cr_record_set_text(record, CR_COL_DETAIL, detail.data);
}

/* What is to be stored, in the memory context given. */
static CrTaken *
find_undone(MemoryContext context, int *count)
{
	CrTaken    *undone;

	if (SPI_execute(ENDED_SQL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "open changes could not be looked at");
	*count = (int) SPI_processed;
	undone = MemoryContextAllocZero(context,
									sizeof(CrTaken) * Max(*count, 1));
	for (int i = 0; i < *count; i++)
	{
		CrRecord	record;
		Size		length;
		char	   *bytes;

		fill(&record, i);
		bytes = cr_record_pack(&record, &length);
		undone[i].bytes = MemoryContextAlloc(context, length);
		memcpy(undone[i].bytes, bytes, length);
	}
	return undone;
}

/* Is nothing left whose end is to come? */
static bool
is_settled(void)
{
	if (SPI_execute("SELECT FROM cleanroom.ledger_open", true,
					1) != SPI_OK_SELECT)
		elog(ERROR, "open changes could not be looked at");
	return SPI_processed == 0;
}

void
cr_outcome_settle(void)
{
	MemoryContext context = CurrentMemoryContext;
	bool		uncommitted;
	bool		settled;
	CrTaken    *undone;
	int			count;
	int			nesting;

	if (!OidIsValid(cr_ledger_table_oid("ledger_open", &uncommitted)))
	{
		awaiting = false;
		return;
	}
	wait_before_next_look(LOOK_DELAY);
	if (!lock_at_once("ledger_records") || !lock_at_once("ledger_open"))
		return;
	wait_before_next_look(FAILURE_DELAY);
	PushActiveSnapshot(GetTransactionSnapshot());
	nesting = cr_own_sql_begin();
	undone = find_undone(context, &count);
	settled = is_settled();
	cr_own_sql_end(nesting);
	PopActiveSnapshot();
	if (count > 0)
		cr_store_entries(undone, count,
						 palloc0(sizeof(CrAnswer) * count));
	awaiting = !settled;
	wait_before_next_look(LOOK_DELAY);
}
