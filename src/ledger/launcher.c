/*-------------------------------------------------------------------------
 *
 * src/ledger/launcher.c
 *	  The process that starts a recorder for each database that needs one.
 *
 * It has no database of its own.  A backend that has queued a record where
 * no recorder is wakes it; so does a recorder that has ended.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/library.h"
#include "ledger/recorder.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "tcop/tcopprot.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

/* How long to wait after a recorder could not be started; ms. */
#define RETRY_DELAY		200

typedef struct StartedWorker
{
	BackgroundWorkerHandle *handle; /* of one that may be running, or NULL */
	TimestampTz not_before;		/* do not start the next one earlier */
} StartedWorker;

void
cr_recorder_register_launcher(void)
{
	BackgroundWorker worker;

	memset(&worker, 0, sizeof(worker));
	worker.bgw_flags = BGWORKER_SHMEM_ACCESS;
	worker.bgw_start_time = BgWorkerStart_RecoveryFinished;
	worker.bgw_restart_time = 1;
	snprintf(worker.bgw_name, BGW_MAXLEN, "cleanroom recorder launcher");
	snprintf(worker.bgw_type, BGW_MAXLEN, "cleanroom recorder launcher");
	snprintf(worker.bgw_library_name, sizeof(worker.bgw_library_name), "%s",
			 cr_library_name());
	snprintf(worker.bgw_function_name, BGW_MAXLEN,
			 "cr_recorder_launcher_main");
	RegisterBackgroundWorker(&worker);
}

static bool
start_worker(int place, Oid database, BackgroundWorkerHandle **handle)
{
	BackgroundWorker worker;

	memset(&worker, 0, sizeof(worker));
	worker.bgw_flags = BGWORKER_SHMEM_ACCESS |
		BGWORKER_BACKEND_DATABASE_CONNECTION;
	worker.bgw_start_time = BgWorkerStart_RecoveryFinished;
	worker.bgw_restart_time = BGW_NEVER_RESTART;
	worker.bgw_main_arg = Int32GetDatum(place);
	worker.bgw_notify_pid = MyProcPid;
	snprintf(worker.bgw_name, BGW_MAXLEN, "cleanroom recorder for %u",
			 database);
	snprintf(worker.bgw_type, BGW_MAXLEN, "cleanroom recorder");
	snprintf(worker.bgw_library_name, sizeof(worker.bgw_library_name), "%s",
			 cr_library_name());
	snprintf(worker.bgw_function_name, BGW_MAXLEN, "cr_recorder_worker_main");
	return RegisterDynamicBackgroundWorker(&worker, handle);
}

/* Forgets workers that have ended; those that have done so early failed. */
static void
reap_worker(int place, StartedWorker *started)
{
	pid_t		pid;

	if (started->handle == NULL ||
		GetBackgroundWorkerPid(started->handle, &pid) != BGWH_STOPPED)
		return;
	pfree(started->handle);
	started->handle = NULL;
	cr_queue_worker_failed(place);
}

/* Starts what is missing; returns how long to sleep, or -1 for ever. */
static long
look_after(int place, StartedWorker *started)
{
	Oid			database;
	TimestampTz now = GetCurrentTimestamp();
	static TimestampTz complained_at = 0;

	reap_worker(place, started);
	if (started->handle != NULL || !cr_queue_needs_worker(place, &database))
		return -1;
	if (now < started->not_before)
		return RETRY_DELAY;
	started->not_before = TimestampTzPlusMilliseconds(now, RETRY_DELAY);
	cr_queue_set_starting(place, true);
	if (start_worker(place, database, &started->handle))
		return -1;
	cr_queue_set_starting(place, false);
	started->handle = NULL;
	if (TimestampDifferenceExceeds(complained_at, now, 60000))
	{
		complained_at = now;
		ereport(LOG,
				(errmsg("could not start a recorder for database %u",
						database),
				 errhint("Increase max_worker_processes.")));
	}
	return RETRY_DELAY;
}

void
cr_recorder_launcher_main(Datum main_arg)
{
	StartedWorker *started;

	pqsignal(SIGHUP, SignalHandlerForConfigReload);
	pqsignal(SIGTERM, SignalHandlerForShutdownRequest);
	BackgroundWorkerUnblockSignals();

	started = MemoryContextAllocZero(TopMemoryContext,
									 cr_queue_places() *
									 sizeof(StartedWorker));
	cr_queue_set_launcher();
	while (!ShutdownRequestPending)
	{
		long		timeout = -1;
		int			events = WL_LATCH_SET | WL_EXIT_ON_PM_DEATH;

		for (int place = 0; place < cr_queue_places(); place++)
			timeout = Max(timeout, look_after(place, &started[place]));
		if (timeout > 0)
			events |= WL_TIMEOUT;
		(void) WaitLatch(MyLatch, events, timeout, PG_WAIT_EXTENSION);
		ResetLatch(MyLatch);
		CHECK_FOR_INTERRUPTS();
		ConfigReloadPending = false;
	}

	/* after an exit with 0 the server would not start it again */
	proc_exit(1);
}
