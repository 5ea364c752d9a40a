/*-------------------------------------------------------------------------
 *
 * src/guard/memory.c
 *	  Has the server give the library its shared memory.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "guard/guard.h"
#include "keys/limit.h"
#include "ledger/queue.h"
#include "miscadmin.h"
#include "session/guesses.h"
#include "storage/ipc.h"
#include "storage/lwlock.h"
#include "storage/shmem.h"

static shmem_request_hook_type prev_shmem_request = NULL;
static shmem_startup_hook_type prev_shmem_startup = NULL;

static void
cr_shmem_request(void)
{
	if (prev_shmem_request)
		prev_shmem_request();
	cr_limit_shmem_request();
	cr_guesses_shmem_request();
	cr_queue_request_memory();
}

static void
cr_shmem_startup(void)
{
	if (prev_shmem_startup)
		prev_shmem_startup();
	LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
	cr_limit_shmem_init();
	cr_guesses_shmem_init();
	cr_queue_start_memory();
	LWLockRelease(AddinShmemInitLock);
	cr_guard_cap_parallel_workers();
}

void
cr_guard_memory_init(void)
{
	prev_shmem_request = shmem_request_hook;
	shmem_request_hook = cr_shmem_request;
	prev_shmem_startup = shmem_startup_hook;
	shmem_startup_hook = cr_shmem_startup;
}
