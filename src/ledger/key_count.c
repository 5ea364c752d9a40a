/*-------------------------------------------------------------------------
 *
 * src/ledger/key_count.c
 *	  Counts what is done with keys, in the commit that records it.
 *
 * Whatever is on record is counted, and nothing else; rollbacks, crashes and
 * restarts change neither.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/own_sql.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "keys/limit.h"
#include "ledger/key_count.h"
#include "ledger/record.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

static cr_record_stored_hook_type next_hook = NULL;

static void
run(const char *statement, int nargs, Oid *types, Datum *args)
{
	int			nesting = cr_own_sql_begin();

	if (SPI_execute_with_args(statement, nargs, types, args, NULL, false,
							  0) != SPI_OK_SELECT)
		elog(ERROR, "a use of a key could not be counted");
	cr_own_sql_end(nesting);
}

static void
count_use(const CrRecord *record)
{
	static Oid	types[] = {TEXTOID};
	Datum		args[1];

	if (!record->fields[CR_COL_DETAIL].set)
		return;
	args[0] = CStringGetTextDatum(record->fields[CR_COL_DETAIL].text);
	run("SELECT cleanroom.count_key_use($1::pg_catalog.jsonb)", 1, types,
		args);
}

/* What the role has taken of its limit is in shared memory already. */
static void
keep_limit(const CrRecord *record)
{
	static Oid	types[] = {OIDOID, FLOAT8OID, TIMESTAMPTZOID};
	const CrField *name = &record->fields[CR_COL_SESSION_USER];
	Oid			role = name->set ? get_role_oid(name->text, true) : InvalidOid;
	CrLimitTaken taken;
	Datum		args[3];

	if (!OidIsValid(role) || !cr_limit_read(role, &taken))
		return;
	args[0] = ObjectIdGetDatum(role);
	args[1] = Float8GetDatum(taken.taken);
	args[2] = TimestampTzGetDatum(taken.at);
	run("SELECT cleanroom.keep_detokenized($1, $2, $3)", 3, types, args);
}

static void
note_stored(const CrRecord *record)
{
	const CrField *kind = &record->fields[CR_COL_KIND];

	if (next_hook != NULL)
		next_hook(record);
	if (kind->set && strcmp(kind->text, "key_use") == 0)
		count_use(record);
	else if (kind->set && strcmp(kind->text, "detokenize") == 0)
		keep_limit(record);
}

void
cr_key_count_init(void)
{
	next_hook = cr_record_stored_hook;
	cr_record_stored_hook = note_stored;
}
