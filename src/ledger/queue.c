/*-------------------------------------------------------------------------
 *
 * src/ledger/queue.c
 *	  The queue in shared memory, as backends see it.
 *
 * Nothing is done under the lock but copying and counting, so that no error
 * can happen there.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/settings.h"
#include "ledger/queue_memory.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/proc.h"
#include "storage/shmem.h"

#define TRANCHE_NAME	"cleanroom_ledger"

CrQueue    *cr_queue = NULL;
LWLock	   *cr_queue_lock = NULL;
CrQueueChunk *cr_queue_chunks = NULL;
CrQueueHeader *cr_queue_headers = NULL;
CrQueuePlace *cr_queue_place = NULL;
CrQueueWaiter *cr_queue_waiter = NULL;

static uint32
count_chunks(void)
{
	return (uint32) cr_record_queue_size;	/* in kilobytes */
}

static Size
memory_size(void)
{
	Size		size = MAXALIGN(sizeof(CrQueue));

	size = add_size(size, mul_size(MAXALIGN(sizeof(CrQueuePlace)),
								   cr_record_databases));
	size = add_size(size, mul_size(MAXALIGN(sizeof(CrQueueWaiter)),
								   MaxBackends));
	size = add_size(size, mul_size(sizeof(CrQueueHeader), count_chunks()));
	size = add_size(size, mul_size(sizeof(CrQueueChunk), count_chunks()));
	return add_size(size, 4 * MAXIMUM_ALIGNOF);
}

void
cr_queue_request_memory(void)
{
	RequestAddinShmemSpace(memory_size());
	RequestNamedLWLockTranche(TRANCHE_NAME, 1);
}

static void
set_pointers(void)
{
	char	   *p = (char *) cr_queue;

	p += MAXALIGN(sizeof(CrQueue));
	cr_queue_place = (CrQueuePlace *) p;
	p += MAXALIGN(sizeof(CrQueuePlace) * cr_record_databases);
	cr_queue_waiter = (CrQueueWaiter *) p;
	p += MAXALIGN(sizeof(CrQueueWaiter) * MaxBackends);
	cr_queue_headers = (CrQueueHeader *) p;
	p += MAXALIGN(sizeof(CrQueueHeader) * count_chunks());
	cr_queue_chunks = (CrQueueChunk *) p;
}

/* Chunks are left untouched, so that they take no memory before their use. */
void
cr_queue_start_memory(void)
{
	bool		found;

	cr_queue = ShmemInitStruct("cleanroom ledger", memory_size(), &found);
	set_pointers();
	cr_queue_lock = &GetNamedLWLockTranche(TRANCHE_NAME)->lock;
	if (!found)
	{
		memset(cr_queue, 0, sizeof(CrQueue));
		memset(cr_queue_waiter, 0, sizeof(CrQueueWaiter) * MaxBackends);
		for (int i = 0; i < MaxBackends; i++)
			pg_atomic_init_u64(&cr_queue_waiter[i].answered, 0);
		cr_queue->next_ticket = 1;
		cr_queue->launcher = -1;
		cr_queue->nchunks = cr_queue->nfree = count_chunks();
		cr_queue->free = NO_CHUNK;
		ConditionVariableInit(&cr_queue->room);
		for (int i = 0; i < cr_record_databases; i++)
		{
			memset(&cr_queue_place[i], 0, sizeof(CrQueuePlace));
			cr_queue_place[i].first = cr_queue_place[i].last = NO_CHUNK;
			cr_queue_place[i].worker = -1;
		}
	}
}

int
cr_queue_places(void)
{
	return cr_record_databases;
}

void
cr_queue_wake(int proc)
{
	if (proc >= 0)
		SetLatch(&GetPGProcByNumber(proc)->procLatch);
}

static uint32
allocate_chunk(void)
{
	uint32		chunk = cr_queue->free;

	if (chunk != NO_CHUNK)
		cr_queue->free = cr_queue_chunks[chunk].more;
	else
		chunk = cr_queue->fresh++;
	cr_queue->nfree--;
	cr_queue_headers[chunk].ticket = 0;
	cr_queue_chunks[chunk].more = NO_CHUNK;
	return chunk;
}

void
cr_queue_free_entry(uint32 entry)
{
	uint32		chunk = entry;

	cr_queue_headers[entry].ticket = 0;
	while (chunk != NO_CHUNK)
	{
		uint32		more = cr_queue_chunks[chunk].more;

		cr_queue_chunks[chunk].more = cr_queue->free;
		cr_queue->free = chunk;
		cr_queue->nfree++;
		chunk = more;
	}
}

/* The place of this database; takes a free one where it has none yet. */
static CrQueuePlace *
find_place(void)
{
	CrQueuePlace *unused = NULL;

	for (int i = 0; i < cr_record_databases; i++)
	{
		CrQueuePlace *place = &cr_queue_place[i];

		if (place->database == MyDatabaseId)
		{
			/* whoever wanted to drop it has not */
			place->dropping = false;
			return place;
		}
		if (place->first == NO_CHUNK && place->worker < 0 && !place->starting)
			unused = place;
	}
	if (unused != NULL)
	{
		unused->database = MyDatabaseId;
		unused->dropping = false;
	}
	return unused;
}

static uint32
copy_in(const char *bytes, Size length)
{
	const Size	room = sizeof(cr_queue_chunks->bytes);
	uint32		first = NO_CHUNK;
	uint32		last = NO_CHUNK;

	while (length > 0)
	{
		Size		part = Min(length, room);
		uint32		chunk = allocate_chunk();

		memcpy(cr_queue_chunks[chunk].bytes, bytes, part);
		if (first == NO_CHUNK)
			first = chunk;
		else
			cr_queue_chunks[last].more = chunk;
		last = chunk;
		bytes += part;
		length -= part;
	}
	return first;
}

/* Returns the number of the process to be woken, or -1. */
static int
put_entry(CrQueuePlace *place, const CrQueueEntry *entry,
		  CrQueueTicket *ticket)
{
	uint32		chunk = copy_in(entry->bytes, entry->length);
	CrQueueHeader *header = &cr_queue_headers[chunk];

	memset(header, 0, sizeof(*header));
	header->ticket = cr_queue->next_ticket++;
	header->about = entry->about;
	header->xid = entry->xid;
	header->length = (uint32) entry->length;
	header->next = NO_CHUNK;
	header->proc = cr_my_proc_number();
	header->wants_answer = entry->wants_answer;
	header->not_first = entry->not_first;
	if (place->first == NO_CHUNK)
		place->first = chunk;
	else
		cr_queue_headers[place->last].next = chunk;
	place->last = chunk;
	if (entry->wants_answer)
		cr_queue_waiter[header->proc].ticket = header->ticket;
	ticket->number = header->ticket;
	ticket->place = chunk;

	/* what nobody waits for goes with the next batch */
	if (place->worker < 0)
		return cr_queue->launcher;
	return entry->wants_answer ? place->worker : -1;
}

CrQueueResult
cr_queue_put(const CrQueueEntry *entry, CrQueueTicket *ticket)
{
	const Size	room = sizeof(cr_queue_chunks->bytes);
	uint32		needed = (uint32) ((entry->length + room - 1) / room);
	CrQueueResult result = CR_QUEUE_PUT;
	CrQueuePlace *place;
	int			sleeper = -1;

	ticket->number = 0;
	if (needed > cr_queue->nchunks / 4)
		return CR_QUEUE_TOO_LONG;
	LWLockAcquire(cr_queue_lock, LW_EXCLUSIVE);
	if (needed > cr_queue->nfree)
		result = CR_QUEUE_FULL;
	else
	{
		place = find_place();
		if (place != NULL)
			sleeper = put_entry(place, entry, ticket);
		else
			result = CR_QUEUE_NO_PLACE;
	}
	LWLockRelease(cr_queue_lock);
	cr_queue_wake(sleeper);
	return result;
}

bool
cr_queue_wait_for_room(long timeout)
{
	return !ConditionVariableTimedSleep(&cr_queue->room, timeout,
										PG_WAIT_EXTENSION);
}

void
cr_queue_stop_waiting(void)
{
	ConditionVariableCancelSleep();
}

bool
cr_queue_get_answer(uint64 ticket, CrAnswer *answer)
{
	CrQueueWaiter *waiter = &cr_queue_waiter[cr_my_proc_number()];

	if (ticket == 0 || pg_atomic_read_u64(&waiter->answered) != ticket)
		return false;
	pg_read_barrier();
	*answer = waiter->answer;
	pg_read_barrier();
	/* has it been overwritten meanwhile, by the answer to a newer one? */
	return pg_atomic_read_u64(&waiter->answered) == ticket;
}

bool
cr_queue_abandon(const CrQueueTicket *ticket)
{
	CrQueueHeader *header = &cr_queue_headers[ticket->place];
	bool		result = true;

	LWLockAcquire(cr_queue_lock, LW_EXCLUSIVE);
	if (header->ticket == ticket->number)
	{
		header->abandoned = true;
		result = !header->in_hand;
	}
	else
		result = false;
	LWLockRelease(cr_queue_lock);
	return result;
}

void
cr_queue_drop_database(Oid database)
{
	LWLockAcquire(cr_queue_lock, LW_EXCLUSIVE);
	for (int i = 0; i < cr_record_databases; i++)
	{
		CrQueuePlace *place = &cr_queue_place[i];

		if (place->database != database)
			continue;
		place->dropping = true;
		cr_queue_wake(place->worker);
	}
	LWLockRelease(cr_queue_lock);
}
