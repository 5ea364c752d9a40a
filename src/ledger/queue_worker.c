/*-------------------------------------------------------------------------
 *
 * src/ledger/queue_worker.c
 *	  The queue in shared memory, as the launcher and the workers see it.
 *
 * An entry leaves the queue when it has been committed, not when it is
 * copied: a worker that dies in between leaves it to the next one.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "ledger/queue_memory.h"
#include "miscadmin.h"
#include "storage/proc.h"

/* How many bytes one transaction takes on. */
#define BATCH_BYTES		(4 * 1024 * 1024)

static CrQueuePlace *my_place = NULL;

void
cr_queue_set_launcher(void)
{
	LWLockAcquire(cr_queue_lock, LW_EXCLUSIVE);
	cr_queue->launcher = cr_my_proc_number();
	for (int i = 0; i < cr_queue_places(); i++)
		cr_queue_place[i].starting = false;
	LWLockRelease(cr_queue_lock);
}

bool
cr_queue_needs_worker(int place, Oid *database)
{
	CrQueuePlace *wanted = &cr_queue_place[place];
	bool		result;

	LWLockAcquire(cr_queue_lock, LW_SHARED);
	result = wanted->first != NO_CHUNK && wanted->worker < 0 &&
		!wanted->starting;
	*database = wanted->database;
	LWLockRelease(cr_queue_lock);
	return result;
}

void
cr_queue_set_starting(int place, bool starting)
{
	LWLockAcquire(cr_queue_lock, LW_EXCLUSIVE);
	cr_queue_place[place].starting = starting;
	LWLockRelease(cr_queue_lock);
}

/* Frees the oldest entry of a place. */
static void
drop_first(CrQueuePlace *place)
{
	uint32		entry = place->first;

	place->first = cr_queue_headers[entry].next;
	if (place->first == NO_CHUNK)
		place->last = NO_CHUNK;
	cr_queue_free_entry(entry);
}

void
cr_queue_worker_failed(int place)
{
	CrQueuePlace *failed = &cr_queue_place[place];

	LWLockAcquire(cr_queue_lock, LW_EXCLUSIVE);
	failed->starting = false;
	if (failed->dropping)
	{
		while (failed->first != NO_CHUNK)
			drop_first(failed);
		failed->database = InvalidOid;
		failed->dropping = false;
	}
	LWLockRelease(cr_queue_lock);
}

Oid
cr_queue_attach_worker(int place)
{
	CrQueuePlace *mine = &cr_queue_place[place];
	Oid			database = InvalidOid;

	LWLockAcquire(cr_queue_lock, LW_EXCLUSIVE);
	if (mine->worker < 0 && OidIsValid(mine->database))
	{
		mine->worker = cr_my_proc_number();
		mine->starting = false;
		database = mine->database;
		my_place = mine;
	}
	LWLockRelease(cr_queue_lock);
	return database;
}

/* Tells the launcher, in case something has been queued meanwhile. */
void
cr_queue_detach_worker(void)
{
	if (my_place == NULL)
		return;
	LWLockAcquire(cr_queue_lock, LW_EXCLUSIVE);
	my_place->worker = -1;
	cr_queue_wake(cr_queue->launcher);
	LWLockRelease(cr_queue_lock);
	my_place = NULL;
}

bool
cr_queue_is_recorder(void)
{
	return my_place != NULL;
}

bool
cr_queue_leave_if_idle(void)
{
	bool		idle;

	LWLockAcquire(cr_queue_lock, LW_EXCLUSIVE);
	idle = my_place->first == NO_CHUNK;
	if (idle)
		my_place->worker = -1;
	LWLockRelease(cr_queue_lock);
	if (idle)
		my_place = NULL;
	return idle;
}

bool
cr_queue_is_dropping(void)
{
	bool		result;

	LWLockAcquire(cr_queue_lock, LW_SHARED);
	result = my_place->dropping;
	LWLockRelease(cr_queue_lock);
	return result;
}

/* A place that is big enough is palloc'd beforehand, outside the lock. */
static void
copy_out(uint32 chunk, char *bytes, Size length)
{
	const Size	room = sizeof(cr_queue_chunks->bytes);

	while (length > 0)
	{
		Size		part = Min(length, room);

		memcpy(bytes, cr_queue_chunks[chunk].bytes, part);
		bytes += part;
		length -= part;
		chunk = cr_queue_chunks[chunk].more;
	}
}

int
cr_queue_take(CrTaken *taken, int max)
{
	int			n = 0;
	Size		total = 0;
	uint32		entry;

	/*
	 * Only this process takes entries away, so those that are there stay
	 * while the lock is let go.
	 */
	LWLockAcquire(cr_queue_lock, LW_EXCLUSIVE);
	for (entry = my_place->first; entry != NO_CHUNK && n < max; n++)
	{
		CrQueueHeader *header = &cr_queue_headers[entry];

		total += header->length;
		if (n > 0 && total > BATCH_BYTES)
			break;
		header->in_hand = true;
		taken[n].ticket = header->ticket;
		taken[n].about = header->about;
		taken[n].xid = header->xid;
		taken[n].abandoned = header->abandoned;
		taken[n].not_first = header->not_first;
		taken[n].wants_answer = header->wants_answer;
		taken[n].proc = header->proc;
		entry = header->next;
	}
	entry = my_place->first;
	LWLockRelease(cr_queue_lock);

	for (int i = 0; i < n; i++)
	{
		CrQueueHeader *header = &cr_queue_headers[entry];

		taken[i].bytes = palloc(header->length);
		copy_out(entry, taken[i].bytes, header->length);
		entry = header->next;
	}
	return n;
}

static void
answer_waiter(const CrQueueHeader *header, const CrAnswer *answer)
{
	CrQueueWaiter *waiter = &cr_queue_waiter[header->proc];

	if (!header->wants_answer || waiter->ticket != header->ticket)
		return;
	pg_atomic_write_u64(&waiter->answered, 0);
	pg_write_barrier();
	waiter->answer = *answer;
	pg_write_barrier();
	pg_atomic_write_u64(&waiter->answered, header->ticket);
}

void
cr_queue_finish(int n, const CrTaken *taken, const CrAnswer *answers)
{
	LWLockAcquire(cr_queue_lock, LW_EXCLUSIVE);
	for (int i = 0; i < n && my_place->first != NO_CHUNK; i++)
	{
		answer_waiter(&cr_queue_headers[my_place->first], &answers[i]);
		drop_first(my_place);
	}
	LWLockRelease(cr_queue_lock);
	for (int i = 0; i < n; i++)
	{
		if (taken[i].wants_answer)
			cr_queue_wake(taken[i].proc);
	}
	ConditionVariableBroadcast(&cr_queue->room);
}
