/*-------------------------------------------------------------------------
 *
 * src/keys/rotation_worker.c
 *	  Carries rotations out, a transaction a batch.
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
#include "catalog/pg_authid.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "keys/admin.h"
#include "keys/rotated.h"
#include "keys/rotation.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timeout.h"
#include "utils/timestamp.h"

/* Passes without progress, and errors that may pass, before it gives up. */
#define STALLS_MAX		3
#define RETRIES_MAX		10

/*
 * How long a batch may take, in seconds, and how long after that, in ms, the
 * process ends that has not ended the batch.
 */
#ifndef BATCH_SECONDS
#define BATCH_SECONDS	60
#endif
#define LIMIT_AGAIN		2000

/* What a table is read with at least, when its values are counted. */
#define BLOCKS_PER_SECOND	128

/* set by the time limit */
static volatile sig_atomic_t is_overdue = false;
static int64 time_limit = 0;


/*
 * Column n of the only row of the last statement, as text that outlives the
 * store's being closed; NULL for null.
 */
static char *
text_value(int column)
{
	bool		isnull;
	Datum		value = cr_store_value(0, column, &isnull);
	char	   *text_in_spi;
	Size		size;

	if (isnull)
		return NULL;
	text_in_spi = TextDatumGetCString(value);
	size = strlen(text_in_spi) + 1;
	return memcpy(SPI_palloc(size), text_in_spi, size);
}

/*
 * Reads the rotation's row; false when it is not running.  It is not locked
 * while the owner's code runs: whoever stops the rotation would wait for that.
 */
static bool
read_rotation(int32 rotation_id, CrRotation *rotation)
{
	CrArgument	argument = cr_argument(INT4OID, Int32GetDatum(rotation_id));
	int32		key_id;
	bool		isnull;
	CrStore		store;
	bool		found;

	cr_store_open(&store);
	found = cr_store_run("SELECT relation::oid, \"column\"::text, key_id, context, source, form, next_block, coalesce(pass_left, -1), pass_done, stalls, author::oid, login::oid, owner::oid FROM cleanroom.keyring_rotations WHERE rotation_id = $1 AND state = 'running'",
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
		rotation->pass_left = DatumGetInt64(cr_store_value(0, 8, &isnull));
		rotation->pass_done = DatumGetInt64(cr_store_value(0, 9, &isnull));
		rotation->stalls = DatumGetInt32(cr_store_value(0, 10, &isnull));
		rotation->author = DatumGetObjectId(cr_store_value(0, 11, &isnull));
		rotation->login = DatumGetObjectId(cr_store_value(0, 12, &isnull));
		rotation->owner = DatumGetObjectId(cr_store_value(0, 13, &isnull));
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
write_progress(const CrRotation *rotation, int64 done)
{
	CrArgument	arguments[6];
	CrStore		store;

	arguments[0] = cr_argument(INT4OID, Int32GetDatum(rotation->rotation_id));
	arguments[1] = cr_argument(INT8OID, Int64GetDatum(done));
	arguments[2] = cr_argument(INT8OID, Int64GetDatum(rotation->next_block));
	arguments[3] = cr_argument(INT8OID, Int64GetDatum(rotation->pass_left));
	arguments[4] = cr_argument(INT8OID, Int64GetDatum(rotation->pass_done));
	arguments[5] = cr_argument(INT4OID, Int32GetDatum(rotation->stalls));
	cr_store_open(&store);
	cr_store_run("UPDATE cleanroom.keyring_rotations SET rows_done = rows_done + $2, next_block = $3, pass_left = $4, pass_done = $5, stalls = $6, started_at = coalesce(started_at, clock_timestamp()), updated_at = clock_timestamp() WHERE rotation_id = $1",
				 6, arguments);
	cr_store_close(&store);
}

/*
 * Stops the owner's code where it takes longer than this.  It may catch that,
 * and then the process ends, to be started anew by the postmaster.
 */
static void
overdue(void)
{
	if (is_overdue)
		ProcDiePending = true;
	else
		QueryCancelPending = true;
	is_overdue = true;
	InterruptPending = true;
}

static void
limit_time(int64 seconds)
{
	static TimeoutId timeout = USER_TIMEOUT;
	static bool registered = false;

	if (!registered)
		timeout = RegisterTimeout(USER_TIMEOUT, overdue);
	registered = true;
	disable_timeout(timeout, false);
	if (seconds <= 0)
		return;
	is_overdue = false;
	time_limit = seconds;
	enable_timeout_every(timeout,
						 GetCurrentTimestamp() + seconds * USECS_PER_SEC,
						 LIMIT_AGAIN);
}

/* Reading a large table takes its time. */
static int64
count_left(const CrRotation *rotation)
{
	if (OidIsValid(rotation->relid))
		limit_time(BATCH_SECONDS +
				   cr_rotation_blocks(rotation) / BLOCKS_PER_SECOND);
	return OidIsValid(rotation->relid) ?
		cr_rotation_count_left(rotation, false) :
		cr_vault_count_left(rotation);
}

/*
 * Ends a rotation that has nothing left to do.  What could not be made anew
 * is a fact of tokens; of ciphertexts it is a context that is not theirs, for
 * they were encrypted with one.
 */
static void
complete_rotation(CrRotation *rotation, int64 done)
{
	bool		is_cipher = rotation->key.purpose == CR_KEY_ENCRYPT;
	const char *problem = "";
	int64		sourceless = 0;

	/* before the row is written, and so locked */
	if (OidIsValid(rotation->relid))
		sourceless = cr_rotation_count_left(rotation, true);
	if (sourceless > 0)
		problem = psprintf(is_cipher ?
						   INT64_FORMAT " values are left, for which \"context\" is null: give the context that they were encrypted with" :
						   INT64_FORMAT " tokens stay as they are, having no source",
						   sourceless);
	if (is_cipher)
		rotation->pass_left = sourceless;
	write_progress(rotation, done);
	end_rotation(rotation->rotation_id,
				 is_cipher && sourceless > 0 ? "failed" : "done", problem);
}

/*
 * The end of a pass.  Rows that nobody but we could do, and that are still
 * not done, will not be; rows that others have locked are waited for.
 */
static CrStepEnd
end_pass(CrRotation *rotation, int64 done)
{
	int64		left;
	bool		locked_only = (rotation->pass_done == 0);

	CommandCounterIncrement();
	left = count_left(rotation);
	if (left < rotation->pass_left || locked_only)
		rotation->stalls = 0;
	else
		rotation->stalls++;
	rotation->pass_left = left;
	rotation->pass_done = 0;
	rotation->next_block = 0;
	if (left == 0)
	{
		complete_rotation(rotation, done);
		return STEP_END;
	}
	write_progress(rotation, done);
	if (rotation->stalls >= STALLS_MAX)
		end_rotation(rotation->rotation_id, "failed",
					 "values are left that do not become the current version's");
	else
		return locked_only ? STEP_WAIT : STEP_GO_ON;
	return STEP_END;
}

/* One batch. */
static CrStepEnd
run_batch(CrRotation *rotation)
{
	CrBatch		batch = {0};

	if (rotation->pass_left < 0)
	{
		rotation->pass_left = count_left(rotation);
		write_progress(rotation, 0);
		return STEP_GO_ON;
	}
	limit_time(BATCH_SECONDS);
	if (OidIsValid(rotation->relid))
		cr_rotation_run_batch(rotation, &batch);
	else
		cr_vault_run_batch(rotation, &batch);
	rotation->pass_done += batch.done;
	rotation->next_block = batch.next_block;
	/* a pass that does more than there was does rows over and over */
	if (batch.pass_ended || rotation->pass_done > rotation->pass_left)
		return end_pass(rotation, batch.done);
	write_progress(rotation, batch.done);
	return STEP_GO_ON;
}

/* One transaction. */
static CrStepEnd
run_step(int32 rotation_id)
{
	CrRotation	rotation;
	CrStepEnd		end = STEP_END;

	SetCurrentStatementStartTimestamp();
	StartTransactionCommand();
	PushActiveSnapshot(GetTransactionSnapshot());
	if (read_rotation(rotation_id, &rotation))
	{
		if (OidIsValid(rotation.relid) &&
			get_rel_name(rotation.relid) == NULL)
			end_rotation(rotation_id, "failed", "the table is gone");
		/* not waited for: whoever has it locked would keep the worker, too */
		else if (OidIsValid(rotation.relid) &&
				 !ConditionalLockRelationOid(rotation.relid, RowExclusiveLock))
			end = STEP_WAIT;
		else
		{
			cr_rotated_set(rotation.key.key_id, rotation.login);
			end = run_batch(&rotation);
		}
	}
	limit_time(0);
	PopActiveSnapshot();
	CommitTransactionCommand();

	return end;
}

/*
 * What the row says of an error: messages of the classes below name objects
 * and never stored values; of others only the code is kept.
 */
static const char *
describe_error(const ErrorData *edata)
{
	const char *code = unpack_sql_state(edata->sqlerrcode);

	if (is_overdue && edata->sqlerrcode == ERRCODE_QUERY_CANCELED)
		return psprintf("%s: a batch took longer than " INT64_FORMAT " seconds",
						code, time_limit);
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

/* See rotation.h. */
CrStepEnd
cr_rotation_step(int32 rotation_id, MemoryContext context, int *retries)
{
	volatile CrStepEnd end = STEP_END;

	PG_TRY();
	{
		end = run_step(rotation_id);
		*retries = 0;
	}
	PG_CATCH();
	{
		ErrorData  *edata;

		MemoryContextSwitchTo(context);
		HOLD_INTERRUPTS();
		limit_time(0);
		QueryCancelPending = false;
		edata = CopyErrorData();
		EmitErrorReport();
		FlushErrorState();
		AbortCurrentTransaction();
		/* a transaction's end does not change whose session it is */
		SetSessionAuthorization(BOOTSTRAP_SUPERUSERID, true);
		RESUME_INTERRUPTS();
		if (may_pass(edata) && ++*retries < RETRIES_MAX)
			end = STEP_WAIT;
		else
			fail_rotation(rotation_id, describe_error(edata));
	}
	PG_END_TRY();
	MemoryContextReset(context);

	return end;
}
