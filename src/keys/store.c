/*-------------------------------------------------------------------------
 *
 * src/keys/store.c
 *	  Runs statements on the keyring's own tables.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/relation.h"
#include "base/isolation.h"
#include "base/own_sql.h"
#include "executor/spi.h"
#include "keys/keyring_rows.h"
#include "keys/store.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

static Oid
keyring_owner(void)
{
	Relation	keyring = relation_open(cr_keyring_relid(), AccessShareLock);
	Oid			owner = keyring->rd_rel->relowner;

	relation_close(keyring, AccessShareLock);
	return owner;
}

void
cr_store_open(CrStore *store)
{
	Oid			owner = keyring_owner();

	GetUserIdAndSecContext(&store->caller, &store->security_context);
	SetUserIdAndSecContext(owner, store->security_context |
						   SECURITY_LOCAL_USERID_CHANGE |
						   SECURITY_NOFORCE_RLS);
	store->guc_level = cr_own_sql_begin();
}

void
cr_store_close(CrStore *store)
{
	cr_own_sql_end(store->guc_level);
	SetUserIdAndSecContext(store->caller, store->security_context);
}

uint64
cr_store_run(const char *statement, int nargs, const CrArgument *arguments)
{
	Oid		   *types = palloc(sizeof(Oid) * (nargs + 1));
	Datum	   *values = palloc(sizeof(Datum) * (nargs + 1));
	char	   *nulls = palloc(nargs + 1);
	int			i;
	int			code;

	for (i = 0; i < nargs; i++)
	{
		types[i] = arguments[i].type;
		values[i] = arguments[i].value;
		nulls[i] = arguments[i].isnull ? 'n' : ' ';
	}
	code = SPI_execute_with_args(statement, nargs, types, values, nulls,
								 false, 0);
	if (code < 0)
		elog(ERROR, "SPI_execute_with_args failed: %s",
			 SPI_result_code_string(code));
	return SPI_processed;
}

Datum
cr_store_value(uint64 row, int column, bool *isnull)
{
	TupleDesc	tupdesc = SPI_tuptable->tupdesc;
	Form_pg_attribute attribute = TupleDescAttr(tupdesc, column - 1);
	Datum		value = SPI_getbinval(SPI_tuptable->vals[row], tupdesc,
									  column, isnull);

	if (*isnull)
		return (Datum) 0;
	/* what is stored out of line is not to be read later, by somebody else */
	if (!attribute->attbyval && attribute->attlen == -1)
		value = PointerGetDatum(PG_DETOAST_DATUM(value));
	return SPI_datumTransfer(value, attribute->attbyval, attribute->attlen);
}

void
cr_store_lock(void)
{
	cr_require_read_committed("keys are changed");
	LockRelationOid(cr_keyring_relid(), ShareUpdateExclusiveLock);
}

void
cr_store_changed(void)
{
	CacheInvalidateRelcacheByRelid(cr_keyring_relid());
}

void
cr_require_argument(FunctionCallInfo fcinfo, int n, const char *name)
{
	if (PG_ARGISNULL(n))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("argument \"%s\" must not be null", name),
				 errhint("Leave it out to have its default, if it has one.")));
}

char *
cr_text_argument(FunctionCallInfo fcinfo, int n, const char *name)
{
	cr_require_argument(fcinfo, n, name);
	return text_to_cstring(PG_GETARG_TEXT_PP(n));
}
