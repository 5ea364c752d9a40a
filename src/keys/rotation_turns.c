/*-------------------------------------------------------------------------
 *
 * src/keys/rotation_turns.c
 *	  The processes that carry rotations out, taking turns.
 *
 * A database has few of them, and any number of rotations, some of which may
 * get nowhere.  So a worker leaves a rotation after a while and takes any
 * other, and ends when there is none that no other worker is at.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/oids.h"
#include "base/own_sql.h"
#include "base/settings.h"
#include "executor/spi.h"
#include "keys/rotation.h"
#include "keys/store.h"
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
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#define RETRY_DELAY		500		/* ms */

/* How long a rotation goes on while others may wait, in ms. */
#define TURN			10000

/* How long a worker waits for others who are about to change its row. */
#define LOCK_LIMIT		"5s"

/* Beside 1 and 2, which pg_advisory_lock() has. */
#define ROTATION_LOCK_CLASS	3

/* of this database, what the locks are on */
static Oid	keyring = InvalidOid;

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

static bool
try_lock(LOCKTAG *tag)
{
	return LockAcquire(tag, ExclusiveLock, true, true) !=
		LOCKACQUIRE_NOT_AVAIL;
}

/*
 * Of the kind that outlasts transactions, those that fail too, and ends with
 * the process; no SQL function takes one of this class.
 */
static void
tag_rotation(LOCKTAG *tag, int32 rotation_id)
{
	SET_LOCKTAG_ADVISORY(*tag, MyDatabaseId, keyring,
						 (uint32) rotation_id, ROTATION_LOCK_CLASS);
}

/*
 * Takes a rotation that no other worker is at, after those whose transactions
 * are about to commit are there to be seen; 0 when there is none.  Any of
 * them, so that one which gets nowhere does not keep the others waiting.
 */
static int32
claim_rotation(void)
{
	int32		claimed = 0;
	CrStore		store;
	uint64		n;

	StartTransactionCommand();
	if (cr_oids_get() != NULL)
	{
		cr_rotation_lock_starting(ExclusiveLock);
		PushActiveSnapshot(GetTransactionSnapshot());
		cr_store_open(&store);
		n = cr_store_run("SELECT rotation_id FROM cleanroom.keyring_rotations WHERE state = 'running' ORDER BY random()",
						 0, NULL);
		for (uint64 i = 0; i < n && claimed == 0; i++)
		{
			bool		isnull;
			LOCKTAG		tag;
			int32		id = DatumGetInt32(cr_store_value(i, 1, &isnull));

			tag_rotation(&tag, id);
			if (try_lock(&tag))
				claimed = id;
		}
		cr_store_close(&store);
		PopActiveSnapshot();
	}
	CommitTransactionCommand();

	return claimed;
}

static void
let_go(int32 rotation_id)
{
	LOCKTAG		tag;

	tag_rotation(&tag, rotation_id);
	LockRelease(&tag, ExclusiveLock, true);
}

/* Carries a rotation on until it ends, or it is others' turn. */
static void
take_turn(int32 rotation_id, MemoryContext context)
{
	TimestampTz start = GetCurrentTimestamp();
	int			retries = 0;
	CrStepEnd		end;

	for (;;)
	{
		end = cr_rotation_step(rotation_id, context, &retries);
		if (end == STEP_END)
			break;
		pause_between(end == STEP_WAIT ? RETRY_DELAY : cr_rotation_delay);
		if (retries == 0 &&
			TimestampDifferenceExceeds(start, GetCurrentTimestamp(), TURN))
			break;
	}
	let_go(rotation_id);
}

/* Does what there is to do as one of the database's few workers. */
static void
work(MemoryContext context)
{
	LOCKTAG		tag;
	int			slot = 0;
	int32		rotation_id;

	for (; slot < CR_ROTATION_WORKERS; slot++)
	{
		cr_rotation_slot(&tag, keyring, slot);
		if (try_lock(&tag))
			break;
	}
	if (slot == CR_ROTATION_WORKERS)
		proc_exit(0);
	while ((rotation_id = claim_rotation()) != 0)
		take_turn(rotation_id, context);
	LockRelease(&tag, ExclusiveLock, true);
}

static bool
is_any_left(void)
{
	int32		rotation_id = claim_rotation();

	if (rotation_id != 0)
		let_go(rotation_id);
	return rotation_id != 0;
}

static void
find_keyring(void)
{
	StartTransactionCommand();
	if (cr_oids_get() != NULL)
		keyring = cr_keyring_relid();
	CommitTransactionCommand();
}

void
cr_rotation_main(Datum main_arg)
{
	Oid			database;
	MemoryContext context;

	memcpy(&database, MyBgworkerEntry->bgw_extra, sizeof(Oid));
	pqsignal(SIGTERM, die);
	pqsignal(SIGHUP, SignalHandlerForConfigReload);
	BackgroundWorkerUnblockSignals();
	BackgroundWorkerInitializeConnectionByOid(database, InvalidOid, 0);
	cr_own_sql_in_worker();
	SetConfigOption("lock_timeout", LOCK_LIMIT, PGC_SUSET, PGC_S_SESSION);
	context = AllocSetContextCreate(TopMemoryContext, "cleanroom rotation",
									ALLOCSET_DEFAULT_SIZES);
	find_keyring();
	if (!OidIsValid(keyring))
		proc_exit(0);
	pgstat_report_activity(STATE_RUNNING, "cleanroom: rotating");
	/* who begins one while all workers are at work starts none */
	do
		work(context);
	while (is_any_left());
	proc_exit(0);
}
