/*-------------------------------------------------------------------------
 *
 * src/keys/rotation_worker.c
 *	  The process that carries a rotation out, a transaction a batch.
 *
 * How far it has come is written in the transaction of the batch, so that a
 * crash loses neither a batch nor its place.  One that died is started again
 * by the postmaster, and after a restart of the server by rotation_launch.c.
 * What goes wrong for good ends the rotation, with the reason in its row.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/compat.h"
#include "base/oids.h"
#include "base/settings.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "keys/admin.h"
#include "keys/rotation.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/lmgr.h"
#include "storage/lock.h"
#include "tcop/tcopprot.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

/* Passes without progress, and errors that may pass, before it gives up. */
#define STALLS_MAX		3
#define RETRIES_MAX		10
#define RETRY_DELAY		1000	/* ms */

/* Column n of the only row of the last statement, as text; NULL for null. */
static char *
text_value(int column)
{
	bool		isnull;
	Datum		value = cr_store_value(0, column, &isnull);

	return isnull ? NULL : TextDatumGetCString(value);
}

/* Locks and reads the rotation's row; false when it is not running. */
static bool
read_rotation(int32 rotation_id, CrRotation *rotation)
{
	CrArgument	argument = cr_argument(INT4OID, Int32GetDatum(rotation_id));
	int32		key_id;
	bool		isnull;
	CrStore		store;
	bool		found;

	cr_store_open(&store);
	found = cr_store_run("SELECT relation::oid, \"column\"::text, key_id, context, source, form, next_block, coalesce(rows_left, -1), stalls FROM cleanroom.keyring_rotations WHERE rotation_id = $1 AND state = 'running' FOR UPDATE",
						 1, &argument) == 1;
	if (found)
	{
		rotation->rotation_id = rotation_id;
		rotation->relid = DatumGetObjectId(cr_store_value(0, 1, &isnull));
		rotation->column = text_value(2);
		key_id = DatumGetInt32(cr_store_value(0, 3, &isnull));
		rotation->context = text_value(4);
		rotation->source = text_value(5);
		rotation->form = text_value(6);
		rotation->next_block = DatumGetInt64(cr_store_value(0, 7, &isnull));
		rotation->rows_left = DatumGetInt64(cr_store_value(0, 8, &isnull));
		rotation->stalls = DatumGetInt32(cr_store_value(0, 9, &isnull));
		if (!cr_key_row_by_id(key_id, &rotation->key))
			elog(ERROR, "key %d of a rotation is gone", key_id);
	}
	cr_store_close(&store);

	return found;
}

static void
end_rotation(int32 rotation_id, const char *state, const char *problem)
{
	CrArgument	arguments[3];
	CrStore		store;

	arguments[0] = cr_argument(INT4OID, Int32GetDatum(rotation_id));
	arguments[1] = cr_argument(TEXTOID, CStringGetTextDatum(state));
	arguments[2] = cr_argument(TEXTOID, CStringGetTextDatum(problem));
	cr_store_open(&store);
	cr_store_run("UPDATE cleanroom.keyring_rotations SET state = $2, problem = nullif($3, ''), updated_at = clock_timestamp() WHERE rotation_id = $1 AND state = 'running'",
				 3, arguments);
	cr_store_close(&store);
}

static void
write_progress(const CrRotation *rotation, const CrBatch *batch,
			   int64 rows_left, int32 stalls)
{
	CrArgument	arguments[5];
	CrStore		store;

	arguments[0] = cr_argument(INT4OID, Int32GetDatum(rotation->rotation_id));
	arguments[1] = cr_argument(INT8OID, Int64GetDatum(batch->done));
	arguments[2] = cr_argument(INT8OID, Int64GetDatum(batch->next_block));
	arguments[3] = cr_argument(INT8OID, Int64GetDatum(rows_left));
	arguments[4] = cr_argument(INT4OID, Int32GetDatum(stalls));
	cr_store_open(&store);
	cr_store_run("UPDATE cleanroom.keyring_rotations SET rows_done = rows_done + $2, next_block = $3, rows_left = $4, stalls = $5, started_at = coalesce(started_at, clock_timestamp()), updated_at = clock_timestamp() WHERE rotation_id = $1",
				 5, arguments);
	cr_store_close(&store);
}

static int64
count_left(const CrRotation *rotation)
{
	return OidIsValid(rotation->relid) ? cr_rotation_count_left(rotation) :
		cr_vault_count_left(rotation);
}

/* One batch; false when there is nothing more to do. */
static bool
run_batch(const CrRotation *rotation)
{
	CrBatch		batch = {0};
	int64		left;
	int32		stalls = rotation->stalls;

	if (rotation->rows_left < 0)
	{
		write_progress(rotation, &batch, count_left(rotation), 0);
		return true;
	}
	if (OidIsValid(rotation->relid))
		cr_rotation_run_batch(rotation, &batch);
	else
		cr_vault_run_batch(rotation, &batch);
	left = Max(rotation->rows_left - batch.done, 0);
	if (batch.pass_ended)
	{
		CommandCounterIncrement();
		left = count_left(rotation);
		batch.next_block = 0;
		stalls = left < rotation->rows_left ? 0 : stalls + 1;
	}
	write_progress(rotation, &batch, left, stalls);
	if (batch.pass_ended && left == 0)
		end_rotation(rotation->rotation_id, "done", "");
	else if (stalls >= STALLS_MAX)
		end_rotation(rotation->rotation_id, "failed",
					 "values are left that do not become the current version's");
	else
		return true;
	return false;
}

/* One transaction; false when the rotation has ended. */
static bool
run_step(int32 rotation_id)
{
	CrRotation	rotation;
	bool		go_on = false;

	SetCurrentStatementStartTimestamp();
	StartTransactionCommand();
	PushActiveSnapshot(GetTransactionSnapshot());
	if (read_rotation(rotation_id, &rotation))
	{
		if (OidIsValid(rotation.relid) &&
			get_rel_name(rotation.relid) == NULL)
			end_rotation(rotation_id, "failed", "the table is gone");
		else
			go_on = run_batch(&rotation);
	}
	PopActiveSnapshot();
	CommitTransactionCommand();

	return go_on;
}

/*
 * What the row says of an error: messages of the classes below name objects
 * and never stored values; of others only the code is kept.
 */
static const char *
describe_error(const ErrorData *edata)
{
	const char *code = unpack_sql_state(edata->sqlerrcode);

	if (strncmp(code, "RC", 2) == 0 || strncmp(code, "42", 2) == 0 ||
		strncmp(code, "55", 2) == 0)
		return psprintf("%s: %s", code, edata->message);
	return psprintf("%s: see the server's log", code);
}

/* May the same batch succeed a little later? */
static bool
may_pass(const ErrorData *edata)
{
	return edata->sqlerrcode == ERRCODE_T_R_SERIALIZATION_FAILURE ||
		edata->sqlerrcode == ERRCODE_T_R_DEADLOCK_DETECTED ||
		edata->sqlerrcode == ERRCODE_LOCK_NOT_AVAILABLE;
}

static void
fail_rotation(int32 rotation_id, const char *problem)
{
	StartTransactionCommand();
	PushActiveSnapshot(GetTransactionSnapshot());
	end_rotation(rotation_id, "failed", problem);
	PopActiveSnapshot();
	CommitTransactionCommand();
}

/* As run_step(), with its errors turned into retries or the end. */
static bool
try_step(int32 rotation_id, MemoryContext context, int *retries)
{
	volatile bool go_on = false;

	PG_TRY();
	{
		go_on = run_step(rotation_id);
		*retries = 0;
	}
	PG_CATCH();
	{
		ErrorData  *edata;

		MemoryContextSwitchTo(context);
		HOLD_INTERRUPTS();
		edata = CopyErrorData();
		EmitErrorReport();
		FlushErrorState();
		AbortCurrentTransaction();
		RESUME_INTERRUPTS();
		go_on = may_pass(edata) && ++*retries < RETRIES_MAX;
		if (!go_on)
			fail_rotation(rotation_id, describe_error(edata));
	}
	PG_END_TRY();
	MemoryContextReset(context);

	return go_on;
}

static void
pause_between(long ms)
{
	CHECK_FOR_INTERRUPTS();
	if (ms > 0)
	{
		(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT |
						 WL_EXIT_ON_PM_DEATH, ms, PG_WAIT_EXTENSION);
		ResetLatch(MyLatch);
	}
	CHECK_FOR_INTERRUPTS();
	if (ConfigReloadPending)
	{
		ConfigReloadPending = false;
		ProcessConfigFile(PGC_SIGHUP);
	}
}

/*
 * Waits for the transaction that has started us, and makes sure that no other
 * worker is at the same rotation; false when one is.
 */
static bool
claim_rotation(int32 rotation_id)
{
	LOCKTAG		tag;
	bool		ours = false;

	StartTransactionCommand();
	PushActiveSnapshot(GetTransactionSnapshot());
	if (cr_oids_get() != NULL)
	{
		cr_store_lock();
		SET_LOCKTAG_OBJECT(tag, MyDatabaseId, cr_keyring_relid(),
						   (uint32) rotation_id, 1);
		ours = LockAcquire(&tag, ExclusiveLock, true, true) !=
			LOCKACQUIRE_NOT_AVAIL;
	}
	PopActiveSnapshot();
	CommitTransactionCommand();

	return ours;
}

void
cr_rotation_main(Datum main_arg)
{
	int32		rotation_id = DatumGetInt32(main_arg);
	int			retries = 0;
	Oid			database;
	MemoryContext context;

	memcpy(&database, MyBgworkerEntry->bgw_extra, sizeof(Oid));
	pqsignal(SIGTERM, die);
	pqsignal(SIGHUP, SignalHandlerForConfigReload);
	BackgroundWorkerUnblockSignals();
	BackgroundWorkerInitializeConnectionByOid(database, InvalidOid, 0);
	context = AllocSetContextCreate(TopMemoryContext, "cleanroom rotation",
									ALLOCSET_DEFAULT_SIZES);
	if (!claim_rotation(rotation_id))
		proc_exit(0);
	pgstat_report_activity(STATE_RUNNING, "cleanroom: rotating");
	while (try_step(rotation_id, context, &retries))
		pause_between(retries > 0 ? RETRY_DELAY : cr_rotation_delay);
	proc_exit(0);
}
