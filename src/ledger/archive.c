/*-------------------------------------------------------------------------
 *
 * src/ledger/archive.c
 *	  archive_ledger(): moves old records into a file or another table.
 *
 * What is moved is a run of records from the oldest on, checked on the way,
 * and what remains of it is a row of cleanroom.ledger_segments with the links
 * before it and at its end, so that the chain can be followed across the cut.
 * The newest record stays, since the next one hangs on it.
 *
 * Rows are moved without SQL, as the recorder writes them: the tables'
 * triggers refuse everybody else.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <unistd.h>

#include "access/genam.h"
#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "base/compat.h"
#include "catalog/indexing.h"
#include "catalog/pg_authid.h"
#include "commands/dbcommands.h"
#include "fmgr.h"
#include "funcapi.h"
#include "ledger/chain.h"
#include "ledger/ledger_table.h"
#include "ledger/note.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "session/pinned.h"
#include "storage/fd.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/guc.h"
#include "utils/json.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(cr_archive_ledger);

typedef struct Archive
{
	Relation	table;
	Relation	index;
	TimestampTz before;
	int64		newest;			/* stays */
	CrSegment	segment;		/* first 0: nothing to do */
	const char *path;			/* or NULL: to the table */
	FILE	   *file;
} Archive;

/* What to do with each row of the run. */
typedef void (*RowAction) (Archive *archive, HeapTuple tuple, void *arg);

static Relation
open_table(const char *name, LOCKMODE lockmode)
{
	bool		uncommitted;
	Oid			relid = cr_ledger_table_oid(name, &uncommitted);

	if (!OidIsValid(relid))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("there is no ledger in this database"),
				 errhint("Have a superuser create or update the extension.")));
	return table_open(relid, lockmode);
}

static void
check_privileges(const char *path)
{
	Oid			auditor = get_role_oid("cleanroom_auditor", true);

	if (!superuser() && !(OidIsValid(auditor) &&
						  has_privs_of_role(GetUserId(), auditor)))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied to archive the ledger"),
				 errhint("Only members of cleanroom_auditor may.")));
	if (path == NULL)
		return;
	if (!has_privs_of_role(GetUserId(), ROLE_PG_WRITE_SERVER_FILES))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied to write a file on the server"),
				 errhint("Only members of pg_write_server_files may; leave the file out to archive into a table.")));
	if (!is_absolute_path(path))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_NAME),
				 errmsg("the path of an archive must be absolute"),
				 errhint("Begin it with a slash.")));
}

static void
walk_run(Archive *archive, RowAction action, void *arg)
{
	SysScanDesc scan;
	HeapTuple	tuple;
	int64		last = archive->segment.first == 0 ? PG_INT64_MAX :
		archive->segment.last;

	scan = systable_beginscan_ordered(archive->table, archive->index,
									  GetActiveSnapshot(), 0, NULL);
	for (;;)
	{
		bool		isnull;
		TupleDesc	desc = RelationGetDescr(archive->table);
		int64		number;
		TimestampTz at;

		tuple = systable_getnext_ordered(scan, ForwardScanDirection);
		if (!HeapTupleIsValid(tuple))
			break;
		CHECK_FOR_INTERRUPTS();
		number = DatumGetInt64(heap_getattr(tuple, CR_COL_NUMBER + 1, desc,
											&isnull));
		at = DatumGetTimestampTz(heap_getattr(tuple, CR_COL_AT + 1, desc,
											  &isnull));
		if (at >= archive->before || number >= archive->newest ||
			number > last)
			break;
		action(archive, tuple, arg);
	}
	systable_endscan_ordered(scan);
}

/* Checks that the row continues the run, and makes it its end. */
static void
measure_row(Archive *archive, HeapTuple tuple, void *arg)
{
	CrChain    *chain = arg;
	CrSegment  *segment = &archive->segment;
	Datum		values[CR_NCOLUMNS];
	bool		nulls[CR_NCOLUMNS];
	uint8		computed[CR_LINK_LENGTH];
	uint8		stored[CR_LINK_LENGTH];
	int64		number;

	heap_deform_tuple(tuple, RelationGetDescr(archive->table), values, nulls);
	number = DatumGetInt64(values[CR_COL_NUMBER]);
	cr_chain_link(chain, segment->last_link, values, nulls, computed);
	if (number != segment->last + 1 ||
		!cr_ledger_get_link(values[CR_COL_LINK], nulls[CR_COL_LINK],
							stored) ||
		memcmp(stored, computed, CR_LINK_LENGTH) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the ledger is broken at record %lld",
						(long long) segment->last + 1),
				 errhint("It cannot be archived; see cleanroom.verify_ledger().")));
	if (segment->first == 0)
		segment->first = number;
	segment->last = number;
	memcpy(segment->last_link, stored, CR_LINK_LENGTH);
}

/* Finds what there is to archive. */
static void
measure(Archive *archive)
{
	List	   *segments = cr_ledger_read_segments();
	CrSegment  *segment = &archive->segment;
	CrChain    *chain = cr_chain_create();

	if (segments != NIL)
	{
		CrSegment  *former = llast(segments);

		segment->last = former->last;
		memcpy(segment->last_link, former->last_link, CR_LINK_LENGTH);
	}
	memcpy(segment->previous_link, segment->last_link, CR_LINK_LENGTH);
	walk_run(archive, measure_row, chain);
	cr_chain_free(chain);
}

/* In UTF-8, as JSON is, whatever the database is in. */
static void
write_line(Archive *archive, char *line)
{
	if (GetDatabaseEncoding() != PG_SQL_ASCII)
		line = pg_server_to_any(line, (int) strlen(line), PG_UTF8);
	if (fputs(line, archive->file) == EOF || fputc('\n', archive->file) == EOF)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not write file \"%s\": %m", archive->path)));
}

static char *
link_text(const uint8 *link)
{
	char	   *text = palloc(2 * CR_LINK_LENGTH + 1);

	hex_encode((const char *) link, CR_LINK_LENGTH, text);
	text[2 * CR_LINK_LENGTH] = '\0';
	return text;
}

static void
write_header(Archive *archive)
{
	StringInfoData line;
	const CrSegment *segment = &archive->segment;

	initStringInfo(&line);
	appendStringInfoString(&line, "{\"ledger\": ");
	escape_json(&line, get_database_name(MyDatabaseId));
	appendStringInfo(&line, ", \"first\": %lld, \"last\": %lld, \"previous_link\": \"\\\\x%s\", \"last_link\": \"\\\\x%s\"}",
					 (long long) segment->first, (long long) segment->last,
					 link_text(segment->previous_link),
					 link_text(segment->last_link));
	write_line(archive, line.data);
}

static void
write_row(Archive *archive, HeapTuple tuple, void *arg)
{
	TupleDesc	desc = RelationGetDescr(archive->table);
	Datum		row = heap_copy_tuple_as_datum(tuple, desc);
	Datum		json = DirectFunctionCall1(row_to_json, row);

	write_line(archive, TextDatumGetCString(json));
	simple_heap_delete(archive->table, &tuple->t_self);
}

/*
 * The file must not be there yet.  An error takes it away again; a rollback
 * later does not.  What is in it does not depend on the session's settings.
 */
static void
move_to_file(Archive *archive)
{
	int			nesting = NewGUCNestLevel();
	bool		exists;

	cr_session_pin_settings();
	archive->file = AllocateFile(archive->path, "wx");
	exists = errno == EEXIST;
	if (archive->file == NULL)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not create file \"%s\": %m", archive->path),
				 exists ?
				 errhint("An archive is not written over what is there; name another file.") :
				 errhint("The folder has to be there, and the server's user able to write to it.")));
	PG_TRY();
	{
		write_header(archive);
		walk_run(archive, write_row, NULL);
		if (fflush(archive->file) != 0 ||
			pg_fsync(fileno(archive->file)) != 0 ||
			FreeFile(archive->file) != 0)
			ereport(ERROR,
					(errcode_for_file_access(),
					 errmsg("could not write file \"%s\": %m",
							archive->path)));
	}
	PG_CATCH();
	{
		(void) unlink(archive->path);
		PG_RE_THROW();
	}
	PG_END_TRY();
	AtEOXact_GUC(false, nesting);
}

static void
move_row(Archive *archive, HeapTuple tuple, void *arg)
{
	Relation	target = arg;
	Datum		values[CR_NCOLUMNS];
	bool		nulls[CR_NCOLUMNS];
	HeapTuple	copy;

	heap_deform_tuple(tuple, RelationGetDescr(archive->table), values, nulls);
	copy = heap_form_tuple(RelationGetDescr(target), values, nulls);
	CatalogTupleInsert(target, copy);
	simple_heap_delete(archive->table, &tuple->t_self);
}

static void
move_to_table(Archive *archive)
{
	Relation	target = open_table("ledger_archive", RowExclusiveLock);

	walk_run(archive, move_row, target);
	table_close(target, NoLock);
}

static Datum
link_datum(const uint8 *link)
{
	return PointerGetDatum(cstring_to_text_with_len((const char *) link,
													CR_LINK_LENGTH));
}

static void
note_segment(const Archive *archive, Relation segments)
{
	const CrSegment *segment = &archive->segment;
	Datum		values[7];
	bool		nulls[7] = {0};

	values[0] = Int64GetDatum(segment->first);
	values[1] = Int64GetDatum(segment->last);
	values[2] = link_datum(segment->previous_link);
	values[3] = link_datum(segment->last_link);
	values[4] = TimestampTzGetDatum(GetCurrentTimestamp());
	values[5] = CStringGetTextDatum(GetUserNameFromId(GetUserId(), false));
	values[6] = archive->path == NULL ? (Datum) 0 :
		CStringGetTextDatum(archive->path);
	nulls[6] = archive->path == NULL;
	CatalogTupleInsert(segments, heap_form_tuple(RelationGetDescr(segments),
												 values, nulls));
}

/* Who has taken what out of everybody's sight is on record, too. */
static void
put_on_record(const Archive *archive)
{
	StringInfoData detail;

	initStringInfo(&detail);
	appendStringInfo(&detail, "{\"first\": %lld, \"last\": %lld, \"file\": ",
					 (long long) archive->segment.first,
					 (long long) archive->segment.last);
	if (archive->path == NULL)
		appendStringInfoString(&detail, "null");
	else
		escape_json(&detail, archive->path);
	appendStringInfoChar(&detail, '}');
	cr_ledger_note("archive", InvalidOid, NULL, detail.data);
}

/* archive_ledger(before, file): moves what is older; returns its numbers */
Datum
cr_archive_ledger(PG_FUNCTION_ARGS)
{
	Archive		archive = {0};
	Relation	segments;
	TupleDesc	desc;
	Datum		values[2] = {0};
	bool		nulls[2] = {true, true};

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("argument \"before\" must not be null"),
				 errhint("Give a time; records from it on stay.")));
	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	archive.before = PG_GETARG_TIMESTAMPTZ(0);
	if (!PG_ARGISNULL(1))
		archive.path = text_to_cstring(PG_GETARG_TEXT_PP(1));
	check_privileges(archive.path);

	/* one at a time */
	segments = open_table("ledger_segments", ShareRowExclusiveLock);
	archive.table = open_table("ledger_records", RowExclusiveLock);
	archive.index = cr_ledger_open_index(archive.table);
	PushActiveSnapshot(GetLatestSnapshot());
	archive.newest = cr_ledger_read_head(archive.table,
										 GetActiveSnapshot()).number;
	measure(&archive);
	if (archive.segment.first != 0)
	{
		if (archive.path != NULL)
			move_to_file(&archive);
		else
			move_to_table(&archive);
		note_segment(&archive, segments);
		put_on_record(&archive);
		values[0] = Int64GetDatum(archive.segment.first);
		values[1] = Int64GetDatum(archive.segment.last);
		nulls[0] = nulls[1] = false;
	}
	PopActiveSnapshot();
	index_close(archive.index, AccessShareLock);
	table_close(archive.table, NoLock);
	table_close(segments, NoLock);
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values,
											 nulls));
}
