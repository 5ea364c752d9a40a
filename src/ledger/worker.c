/*-------------------------------------------------------------------------
 *
 * src/ledger/worker.c
 *	  The process that writes one database's ledger.
 *
 * What has been queued while one transaction committed is written by the
 * next, so that many waiting backends share one commit.
 *
 * It must not stand in anybody's way: it leaves when it has been idle for a
 * while, when the extension is gone, and when somebody wants the database
 * for himself (DROP DATABASE, ALTER DATABASE ... RENAME, a copy of it).
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/compat.h"
#include "base/errcodes.h"
#include "base/own_sql.h"
#include "base/settings.h"
#include "catalog/pg_database.h"
#include "ledger/recorder.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/lock.h"
#include "tcop/tcopprot.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#define BATCH_MAX		1000
#define IDLE_LIMIT		60000	/* ms without a record, and it leaves */
#define IDLE_STEP		250		/* ms between looks around; so long may a
								 * record lie that nobody waits for */
#define FAILURE_DELAY	200		/* ms before it tries again */

/*
 * Asked to end: what is queued is stored first.  A commit that waits for a
 * standby must not, and looks at ProcDiePending for it.
 */
static void
handle_shutdown(SIGNAL_ARGS)
{
	int			save_errno = errno;

	ShutdownRequestPending = true;
	ProcDiePending = true;
	SetLatch(MyLatch);
	errno = save_errno;
}

static void
detach(int code, Datum arg)
{
	cr_queue_detach_worker();
}

/*
 * Does somebody hold, or wait for, a lock on the database that only those
 * take who want nobody in it?
 */
static bool
database_is_wanted(void)
{
	LOCKTAG		tag;
	bool		wanted;

	SET_LOCKTAG_OBJECT(tag, InvalidOid, DatabaseRelationId, MyDatabaseId, 0);
	StartTransactionCommand();
	wanted = LockAcquire(&tag, RowExclusiveLock, false, true) ==
		LOCKACQUIRE_NOT_AVAIL;
	CommitTransactionCommand();
	return wanted;
}

/* Fails like a full disk, in test builds that are told so. */
static void
maybe_fail(void)
{
	if (cr_debug_record_fault)
		ereport(ERROR,
				(errcode(ERRCODE_DISK_FULL),
				 errmsg("could not extend the ledger: a fault was asked for")));
}

/* Writes n entries in one transaction, and takes them from the queue. */
static void
store_in_transaction(const CrTaken *taken, int n, CrAnswer *answers)
{
	StartTransactionCommand();
	maybe_fail();
	cr_store_entries(taken, n, answers);

	/* nothing may come between the commit and the queue's knowing of it */
	HOLD_INTERRUPTS();
	CommitTransactionCommand();
	cr_queue_finish(n, taken, answers);
	RESUME_INTERRUPTS();
}

/* May the same work, tried again later, go well? */
static bool
is_passing(int sqlerrcode)
{
	switch (ERRCODE_TO_CATEGORY(sqlerrcode))
	{
		case ERRCODE_INSUFFICIENT_RESOURCES:
		case ERRCODE_OPERATOR_INTERVENTION:
		case ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE:
		case ERRCODE_SYSTEM_ERROR:
		case ERRCODE_TRANSACTION_ROLLBACK:
		case ERRCODE_INVALID_TRANSACTION_STATE:
			return true;
		default:
			/* a restore may have brought records just now */
			return sqlerrcode == ERRCODE_UNIQUE_VIOLATION;
	}
}

static void
fill_failure(CrAnswer *answer, const char *reason)
{
	memset(answer, 0, sizeof(*answer));
	answer->kind = CR_ANSWER_FAILED;
	answer->sqlerrcode = CR_ERRCODE_RECORDER;
	strlcpy(answer->reason, reason, sizeof(answer->reason));
}

/* Reports the error that has ended a transaction; returns its SQLSTATE. */
static int
recover(void)
{
	int			code;

	HOLD_INTERRUPTS();
	code = geterrcode();
	EmitErrorReport();
	AbortCurrentTransaction();
	FlushErrorState();
	RESUME_INTERRUPTS();
	return code;
}

/* What fails here is tried again later. */
static void
try_settle(void)
{
	MemoryContext caller = CurrentMemoryContext;

	PG_TRY();
	{
		StartTransactionCommand();
		cr_outcome_settle();
		CommitTransactionCommand();
	}
	PG_CATCH();
	{
		(void) recover();
	}
	PG_END_TRY();
	MemoryContextSwitchTo(caller);
}

/*
 * Stores n entries; false when that failed.  *code is then the SQLSTATE, and
 * nothing has been taken from the queue.
 */
static bool
try_store(const CrTaken *taken, int n, CrAnswer *answers, int *code)
{
	MemoryContext caller = CurrentMemoryContext;
	volatile bool stored = true;

	PG_TRY();
	{
		store_in_transaction(taken, n, answers);
	}
	PG_CATCH();
	{
		*code = recover();
		stored = false;
	}
	PG_END_TRY();
	MemoryContextSwitchTo(caller);
	return stored;
}

/*
 * Stores what is queued.  One record that cannot be stored must not keep the
 * others from it, so after a failure the first goes alone.  Returns false
 * when there is nothing to do now.
 */
static bool
store_batch(bool *alone)
{
	CrTaken    *taken = palloc(sizeof(CrTaken) * BATCH_MAX);
	int			n = cr_queue_take(taken, *alone ? 1 : BATCH_MAX);
	CrAnswer   *answers = palloc0(sizeof(CrAnswer) * Max(n, 1));
	int			code = 0;

	if (n == 0)
		return false;
	if (try_store(taken, n, answers, &code))
	{
		*alone = false;
		return true;
	}
	if (n > 1)
	{
		*alone = true;
		return true;
	}
	if (is_passing(code))
	{
		*alone = true;
		return false;
	}
	fill_failure(&answers[0], "the record of this statement cannot be stored");
	cr_queue_finish(1, taken, answers);
	*alone = false;
	return true;
}

/* Sleeps; returns how long there has been nothing to do now, or 0. */
static long
sleep_a_while(long idle, bool failing)
{
	long		step = failing ? FAILURE_DELAY : IDLE_STEP;
	int			event;

	pgstat_report_stat(false);
	pgstat_report_activity(STATE_IDLE, NULL);
	event = WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH,
					  step, PG_WAIT_EXTENSION);
	ResetLatch(MyLatch);
	CHECK_FOR_INTERRUPTS();
	if (ConfigReloadPending)
	{
		ConfigReloadPending = false;
		ProcessConfigFile(PGC_SIGHUP);
	}
	return (event & WL_TIMEOUT) ? idle + step : 0;
}

static void
record_until_idle(void)
{
	MemoryContext context = AllocSetContextCreate(TopMemoryContext,
												  "cleanroom recorder",
												  ALLOCSET_DEFAULT_SIZES);
	long		idle = 0;
	bool		alone = false;

	for (;;)
	{
		MemoryContextReset(context);
		MemoryContextSwitchTo(context);
		if (!ShutdownRequestPending || !alone)
		{
			pgstat_report_activity(STATE_RUNNING, "recording");
			if (cr_outcome_is_due())
				try_settle();
			if (store_batch(&alone))
				continue;
		}
		if (ShutdownRequestPending || cr_queue_is_dropping())
			return;
		if (idle >= IDLE_LIMIT || (idle > 0 && database_is_wanted()))
		{
			if (cr_queue_leave_if_idle() || database_is_wanted())
				return;
		}
		idle = sleep_a_while(idle, alone);
	}
}

void
cr_recorder_worker_main(Datum main_arg)
{
	Oid			database;

	pqsignal(SIGHUP, SignalHandlerForConfigReload);
	pqsignal(SIGTERM, handle_shutdown);
	BackgroundWorkerUnblockSignals();

	database = cr_queue_attach_worker(DatumGetInt32(main_arg));
	if (!OidIsValid(database))
		proc_exit(0);
	before_shmem_exit(detach, (Datum) 0);
	BackgroundWorkerInitializeConnectionByOid(database, InvalidOid,
											  BGWORKER_BYPASS_ALLOWCONN);

	/* a record that is not on disk is none; nor may a lock stop us for ever */
	if (synchronous_commit == SYNCHRONOUS_COMMIT_OFF)
		SetConfigOption("synchronous_commit", "local", PGC_SUSET,
						PGC_S_OVERRIDE);
	SetConfigOption("lock_timeout", "2s", PGC_SUSET, PGC_S_OVERRIDE);
	cr_own_sql_in_worker();
	record_until_idle();
	proc_exit(0);
}
