/*-------------------------------------------------------------------------
 *
 * src/ledger/archive_file.c
 *	  verify_archive(): follows the chain through a file that
 *	  archive_ledger() has written.
 *
 * Lines are read as JSON by SQL, in a subtransaction: a line that is none
 * has been tampered with, and is not an error.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "base/compat.h"
#include "base/own_sql.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_type.h"
#include "common/string.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "ledger/chain.h"
#include "ledger/ledger_table.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "session/pinned.h"
#include "storage/fd.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"

PG_FUNCTION_INFO_V1(cr_verify_archive);

typedef struct Reading
{
	const char *path;
	FILE	   *file;
	CrChain    *chain;
	CrSegment	segment;		/* what the first line says */
	int64		expected;
	uint8		previous[CR_LINK_LENGTH];
	int64		checked;
	int64		bad;			/* the first that does not fit, or 0 */
	const char *reason;
} Reading;

static void
object(Reading *reading, int64 number, const char *reason)
{
	reading->bad = number;
	reading->reason = reason;
}

static void
ask(const char *query, const char *line)
{
	static Oid	types[] = {TEXTOID};
	Datum		arg = CStringGetTextDatum(line);

	if (SPI_execute_with_args(query, 1, types, &arg, NULL, true,
							  1) != SPI_OK_SELECT || SPI_processed != 1)
		elog(ERROR, "a line of an archive could not be read");
	pfree(DatumGetPointer(arg));
}

static Datum
value(int column, bool *isnull)
{
	return SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc,
						 column, isnull);
}

static bool
get_link(int column, uint8 *link)
{
	bool		isnull;
	Datum		datum = value(column, &isnull);

	return cr_ledger_get_link(datum, isnull, link);
}

static void
read_header(Reading *reading, const char *line)
{
	CrSegment  *segment = &reading->segment;
	bool		first_null;
	bool		last_null;

	ask("SELECT (j->>'first')::pg_catalog.int8, (j->>'last')::pg_catalog.int8,"
		" (j->>'previous_link')::pg_catalog.bytea, (j->>'last_link')::pg_catalog.bytea"
		" FROM (SELECT $1::pg_catalog.json) x (j)", line);
	segment->first = DatumGetInt64(value(1, &first_null));
	segment->last = DatumGetInt64(value(2, &last_null));
	if (first_null || last_null || !get_link(3, segment->previous_link) ||
		!get_link(4, segment->last_link))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("the first line is not that of an archive")));
	SPI_freetuptable(SPI_tuptable);
	reading->expected = segment->first;
	memcpy(reading->previous, segment->previous_link, CR_LINK_LENGTH);
}

/*
 * Is the line what archive_ledger() writes of the record in it?  JSON lets
 * one record be written in many ways, of which a reader may see another: with
 * a member twice, or one of no concern.
 */
static bool
is_written_so(const char *line)
{
	char	   *written = SPI_getvalue(SPI_tuptable->vals[0],
									  SPI_tuptable->tupdesc,
									  CR_NCOLUMNS + 1);
	Size		length = strlen(written);

	return strncmp(line, written, length) == 0 &&
		strcmp(line + length, "\n") == 0;
}

static void
check_line(Reading *reading, const char *line)
{
	Datum		values[CR_NCOLUMNS];
	bool		nulls[CR_NCOLUMNS];
	uint8		computed[CR_LINK_LENGTH];
	uint8		stored[CR_LINK_LENGTH];

	ask("SELECT r.*, pg_catalog.row_to_json(r) FROM pg_catalog.json_populate_record("
		"NULL::cleanroom.ledger_records, $1::pg_catalog.json) r", line);
	for (int i = 0; i < CR_NCOLUMNS; i++)
		values[i] = value(i + 1, &nulls[i]);
	if (!is_written_so(line))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("the line is not as it was written")));
	cr_chain_link(reading->chain, reading->previous, values, nulls, computed);
	if (nulls[CR_COL_NUMBER] ||
		DatumGetInt64(values[CR_COL_NUMBER]) != reading->expected)
		object(reading, reading->expected, "the record is missing");
	else if (!cr_ledger_get_link(values[CR_COL_LINK], nulls[CR_COL_LINK],
								 stored) ||
			 memcmp(stored, computed, CR_LINK_LENGTH) != 0)
		object(reading, reading->expected,
			   "the link does not fit the record and the one before");
	SPI_freetuptable(SPI_tuptable);
	memcpy(reading->previous, computed, CR_LINK_LENGTH);
}

/* Is the file the one that this ledger was archived to? */
static void
check_segment(Reading *reading)
{
	ListCell   *lc;

	foreach(lc, cr_ledger_read_segments())
	{
		CrSegment  *segment = lfirst(lc);

		if (segment->first == reading->segment.first &&
			segment->last == reading->segment.last &&
			memcmp(segment->previous_link, reading->segment.previous_link,
				   CR_LINK_LENGTH) == 0 &&
			memcmp(segment->last_link, reading->segment.last_link,
				   CR_LINK_LENGTH) == 0)
			return;
	}
	object(reading, reading->segment.first,
		   "the first line is not that of a segment of this ledger");
}

/* The next line, in the database's encoding; NULL: there is none. */
static char *
next_line(Reading *reading, StringInfo line)
{
	if (!pg_get_line_buf(reading->file, line))
		return NULL;
	if (strlen(line->data) != (size_t) line->len)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("there is a zero in the line")));
	if (GetDatabaseEncoding() == PG_SQL_ASCII)
		return line->data;
	return pg_any_to_server(line->data, line->len, PG_UTF8);
}

static void
read_lines(Reading *reading)
{
	StringInfoData buffer;
	char	   *line;
	bool		header = true;

	initStringInfo(&buffer);
	while (reading->bad == 0 &&
		   (line = next_line(reading, &buffer)) != NULL)
	{
		CHECK_FOR_INTERRUPTS();
		if (header)
		{
			read_header(reading, line);
			check_segment(reading);
			header = false;
			continue;
		}
		check_line(reading, line);
		if (line != buffer.data)
			pfree(line);
		if (reading->bad == 0)
		{
			reading->expected++;
			reading->checked++;
		}
	}
	if (ferror(reading->file))
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not read file \"%s\": %m", reading->path),
				 errhint("Give the path of a file that archive_ledger() has written.")));
	if (header)
		object(reading, 1, "the file is empty");
	else if (reading->bad == 0 && reading->expected <= reading->segment.last)
		object(reading, reading->expected, "the record is missing");
	else if (reading->bad == 0 &&
			 memcmp(reading->previous, reading->segment.last_link,
					CR_LINK_LENGTH) != 0)
		object(reading, reading->segment.last,
			   "the record is not the one that was archived");
}

/* What cannot be read as it should be has been tampered with. */
static void
read_safely(Reading *reading)
{
	MemoryContext caller = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(caller);
	PG_TRY();
	{
		int			nesting = cr_own_sql_begin();

		cr_session_pin_settings();
		read_lines(reading);
		cr_own_sql_end(nesting);
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		int			code = geterrcode();

		if (ERRCODE_TO_CATEGORY(code) != ERRCODE_DATA_EXCEPTION &&
			code != ERRCODE_UNTRANSLATABLE_CHARACTER)
			PG_RE_THROW();
		MemoryContextSwitchTo(caller);
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		object(reading, Max(reading->expected, 1), "the line is not a record");
	}
	PG_END_TRY();
	MemoryContextSwitchTo(caller);
	CurrentResourceOwner = owner;
}

static void
open_file(Reading *reading, const char *path)
{
	if (!has_privs_of_role(GetUserId(), ROLE_PG_READ_SERVER_FILES))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied to read a file on the server"),
				 errhint("Only members of pg_read_server_files may.")));
	reading->path = path;
	reading->file = AllocateFile(path, "r");
	if (reading->file == NULL)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not open file \"%s\": %m", path),
				 errhint("Give the path that archive_ledger() was given, or that of a copy.")));
}

/* verify_archive(file): how many records fit, and which does not */
Datum
cr_verify_archive(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Reading    *reading = palloc0(sizeof(Reading));
	Datum		values[3] = {0};
	bool		nulls[3] = {false, true, true};

	InitMaterializedSRF(fcinfo, 0);
	open_file(reading, text_to_cstring(PG_GETARG_TEXT_PP(0)));
	reading->chain = cr_chain_create();
	read_safely(reading);
	cr_chain_free(reading->chain);
	FreeFile(reading->file);
	values[0] = Int64GetDatum(reading->checked);
	if (reading->bad != 0)
	{
		values[1] = Int64GetDatum(reading->bad);
		values[2] = CStringGetTextDatum(reading->reason);
		nulls[1] = nulls[2] = false;
	}
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	return (Datum) 0;
}
