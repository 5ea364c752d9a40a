/*-------------------------------------------------------------------------
 *
 * src/session/asker.c
 *	  Who asks, and questions to the extension's own tables on its behalf.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/own_sql.h"
#include "catalog/pg_authid.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "session/asker.h"
#include "utils/snapmgr.h"

static CrAsker current_asker = {InvalidOid, NULL};

/* is somebody's own code being run by the extension? */
static bool borrowed = false;

/* is a query of the extension's own being run, by its owner? */
static bool own_query = false;

CrAsker
cr_session_set_asker(CrAsker asker)
{
	CrAsker		before = current_asker;

	current_asker = asker;
	return before;
}

bool
cr_session_set_borrowed(bool now)
{
	bool		before = borrowed;

	borrowed = now;
	return before;
}

bool
cr_session_is_borrowed(void)
{
	return borrowed;
}

bool
cr_session_asks_catalog(void)
{
	return own_query && !borrowed;
}

Oid
cr_session_asker(void)
{
	return OidIsValid(current_asker.role) ? current_asker.role : GetUserId();
}

Jsonb *
cr_session_made_up_facts(void)
{
	return current_asker.facts;
}

void
cr_session_rethrow(MemoryContext caller)
{
	ErrorData  *error;

	MemoryContextSwitchTo(caller);
	error = CopyErrorData();
	FlushErrorState();
	error->context = NULL;
	ReThrowError(error);
}

static void
run_query(const char *query, int nargs, Oid *types, Datum *args,
		  const char *nulls, int ncolumns, char **values)
{
	MemoryContext caller = CurrentMemoryContext;
	int			nesting = cr_own_sql_begin();

	if (SPI_execute_with_args(query, nargs, types, args, nulls, true, 2) !=
		SPI_OK_SELECT)
		elog(ERROR, "a query of the extension failed");
	for (int i = 0; i < ncolumns; i++)
	{
		char	   *value = NULL;

		if (SPI_processed > 0)
			value = SPI_getvalue(SPI_tuptable->vals[0],
								 SPI_tuptable->tupdesc, i + 1);
		values[i] = value == NULL ? NULL : MemoryContextStrdup(caller, value);
	}
	cr_own_sql_end(nesting);
}

/*
 * The newest state.  A catalog snapshot is taken in parallel mode too, where
 * GetLatestSnapshot() fails; it shows any table.
 */
static Snapshot
newest_snapshot(void)
{
	InvalidateCatalogSnapshot();
	return GetNonHistoricCatalogSnapshot(InvalidOid);
}

/* See asker.h. */
void
cr_session_ask_catalog(const char *query, int nargs, Oid *types, Datum *args,
					   const char *nulls, int ncolumns, char **values)
{
	Oid			user;
	int			context;
	CrAsker		asker = current_asker;
	bool		was_borrowed = cr_session_set_borrowed(false);
	bool		was_own = own_query;
	MemoryContext caller = CurrentMemoryContext;

	/* who asks stays the same while we are somebody else */
	current_asker.role = cr_session_asker();
	own_query = true;
	GetUserIdAndSecContext(&user, &context);
	SetUserIdAndSecContext(BOOTSTRAP_SUPERUSERID,
						   context | SECURITY_LOCAL_USERID_CHANGE);
	PushActiveSnapshot(newest_snapshot());
	PG_TRY();
	{
		run_query(query, nargs, types, args, nulls, ncolumns, values);
	}
	PG_CATCH();
	{
		current_asker = asker;
		borrowed = was_borrowed;
		own_query = was_own;
		cr_session_rethrow(caller);
	}
	PG_END_TRY();
	current_asker = asker;
	borrowed = was_borrowed;
	own_query = was_own;
	PopActiveSnapshot();
	SetUserIdAndSecContext(user, context);
}
