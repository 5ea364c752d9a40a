/*-------------------------------------------------------------------------
 *
 * src/keys/rotation_launch.c
 *	  Starts the processes that carry rotations out.
 *
 * When the server has been started (or promoted), one process visits each
 * database in turn, and takes up the rotations that were under way there.
 * After a crash the postmaster starts again those that were running.
 *
 * A database has few workers, however many rotations: others need the server's
 * background workers, the recorder first of all.  They take turns
 * (rotation_worker.c).
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "base/errcodes.h"
#include "base/library.h"
#include "base/oids.h"
#include "base/own_sql.h"
#include "catalog/pg_database.h"
#include "executor/spi.h"
#include "keys/admin.h"
#include "keys/rotation.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/lock.h"
#include "storage/lmgr.h"
#include "tcop/tcopprot.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

/* Beside 1 and 2, which pg_advisory_lock() has, and that of rotations. */
#define SLOT_LOCK_CLASS	4

/* How long a commit waits for a background worker, and between looks; ms. */
#define WORKER_LIMIT	5000
#define WORKER_PAUSE	50

/* has the transaction begun a rotation? */
static bool launch_at_commit = false;

static void
describe_worker(BackgroundWorker *worker, const char *name,
				const char *function)
{
	memset(worker, 0, sizeof(BackgroundWorker));
	worker->bgw_flags = BGWORKER_SHMEM_ACCESS |
		BGWORKER_BACKEND_DATABASE_CONNECTION;
	worker->bgw_start_time = BgWorkerStart_RecoveryFinished;
	worker->bgw_restart_time = BGW_NEVER_RESTART;
	snprintf(worker->bgw_name, BGW_MAXLEN, "%s", name);
	snprintf(worker->bgw_type, BGW_MAXLEN, "cleanroom rotation");
	snprintf(worker->bgw_library_name, sizeof(worker->bgw_library_name),
			 "%s", cr_library_name());
	snprintf(worker->bgw_function_name, BGW_MAXLEN, "%s", function);
}

/* False where the server has no background worker free. */
static bool
start_worker(Oid database)
{
	BackgroundWorker worker;

	describe_worker(&worker, "cleanroom rotation", "cr_rotation_main");
	worker.bgw_restart_time = 5;
	memcpy(worker.bgw_extra, &database, sizeof(Oid));
	return RegisterDynamicBackgroundWorker(&worker, NULL);
}

void
cr_rotation_lock_starting(LOCKMODE lockmode)
{
	LockDatabaseObject(cr_keyring_relid(), InvalidOid, CR_LOCK_STARTING,
					   lockmode);
}

void
cr_rotation_slot(LOCKTAG *tag, Oid keyring, int slot)
{
	SET_LOCKTAG_ADVISORY(*tag, MyDatabaseId, keyring, (uint32) slot,
						 SLOT_LOCK_CLASS);
}

static bool
is_slot_free(void)
{
	for (int slot = 0; slot < CR_ROTATION_WORKERS; slot++)
	{
		LOCKTAG		tag;

		cr_rotation_slot(&tag, cr_keyring_relid(), slot);
		if (LockAcquire(&tag, ShareLock, false, true) ==
			LOCKACQUIRE_NOT_AVAIL)
			continue;
		LockRelease(&tag, ShareLock, false);
		return true;
	}
	return false;
}

/*
 * Starts a worker, unless enough are at work.  Those that were registered a
 * moment ago take up the server's background workers, and have no slot yet;
 * so where none is free, the next moment may show one, or that enough are at
 * work.
 */
static void
ensure_worker(void)
{
	int			waited = 0;

	while (is_slot_free() && !start_worker(MyDatabaseId))
	{
		if (waited >= WORKER_LIMIT)
			ereport(ERROR,
					(errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
					 errmsg("no background worker is free for a rotation"),
					 errhint("Wait for another rotation to end, or raise \"max_worker_processes\".")));
		(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT |
						 WL_EXIT_ON_PM_DEATH, WORKER_PAUSE,
						 PG_WAIT_EXTENSION);
		ResetLatch(MyLatch);
		CHECK_FOR_INTERRUPTS();
		waited += WORKER_PAUSE;
	}
}

/*
 * Not before the commit: a worker would wait for the transaction, and who
 * leaves many open would have them all.  Where there are enough workers, those
 * that end wait for this lock and look once more.
 */
static void
at_transaction_end(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_PRE_COMMIT && launch_at_commit)
	{
		launch_at_commit = false;
		if (cr_oids_get() == NULL)
			return;				/* dropped since */
		cr_rotation_lock_starting(ShareLock);
		ensure_worker();
	}
	else if (event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE)
		launch_at_commit = false;
}

void
cr_rotation_launch(void)
{
	static bool watching = false;

	if (!watching)
		RegisterXactCallback(at_transaction_end, NULL);
	watching = true;
	launch_at_commit = true;
}

/* The databases that can be connected to. */
static List *
list_databases(void)
{
	MemoryContext context = TopMemoryContext;
	List	   *databases = NIL;
	Relation	relation;
	TableScanDesc scan;
	HeapTuple	tuple;

	StartTransactionCommand();
	(void) GetTransactionSnapshot();
	relation = table_open(DatabaseRelationId, AccessShareLock);
	scan = table_beginscan_catalog(relation, 0, NULL);
	while (HeapTupleIsValid(tuple = heap_getnext(scan, ForwardScanDirection)))
	{
		Form_pg_database database = (Form_pg_database) GETSTRUCT(tuple);

		if (database->datallowconn && !database->datistemplate)
		{
			MemoryContext old_context = MemoryContextSwitchTo(context);

			databases = lappend_oid(databases, database->oid);
			MemoryContextSwitchTo(old_context);
		}
	}
	table_endscan(scan);
	table_close(relation, AccessShareLock);
	CommitTransactionCommand();

	return databases;
}

void
cr_rotation_starter_main(Datum main_arg)
{
	ListCell   *cell;

	pqsignal(SIGTERM, die);
	BackgroundWorkerUnblockSignals();
	BackgroundWorkerInitializeConnection(NULL, NULL, 0);
	foreach(cell, list_databases())
	{
		BackgroundWorker worker;
		BackgroundWorkerHandle *handle;

		describe_worker(&worker, "cleanroom rotation resumer",
						"cr_rotation_resumer_main");
		worker.bgw_main_arg = ObjectIdGetDatum(lfirst_oid(cell));
		worker.bgw_notify_pid = MyProcPid;
		if (RegisterDynamicBackgroundWorker(&worker, &handle))
			(void) WaitForBackgroundWorkerShutdown(handle);
	}
	proc_exit(0);
}

/* Takes up the rotations of one database. */
void
cr_rotation_resumer_main(Datum main_arg)
{
	CrStore		store;
	uint64		n;
	uint64		i;

	pqsignal(SIGTERM, die);
	BackgroundWorkerUnblockSignals();
	BackgroundWorkerInitializeConnectionByOid(DatumGetObjectId(main_arg),
											  InvalidOid, 0);
	cr_own_sql_in_worker();
	StartTransactionCommand();
	PushActiveSnapshot(GetTransactionSnapshot());
	if (cr_oids_get() != NULL)
	{
		cr_store_open(&store);
		n = cr_store_run("SELECT FROM cleanroom.keyring_rotations WHERE state = 'running'",
						 0, NULL);
		cr_store_close(&store);
		for (i = 0; i < Min(n, CR_ROTATION_WORKERS); i++)
			(void) start_worker(MyDatabaseId);
	}
	PopActiveSnapshot();
	CommitTransactionCommand();
	proc_exit(0);
}

void
cr_rotation_init(void)
{
	BackgroundWorker worker;

	describe_worker(&worker, "cleanroom rotation starter",
					"cr_rotation_starter_main");
	RegisterBackgroundWorker(&worker);
}
