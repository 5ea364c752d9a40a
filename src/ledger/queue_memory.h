/*-------------------------------------------------------------------------
 *
 * src/ledger/queue_memory.h
 *	  How the queue lies in shared memory.
 *
 * Entries are chains of chunks of one size, taken from one store for all
 * databases; so neither a long statement nor a busy database needs memory of
 * its own, and all of it is bounded.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_QUEUE_MEMORY_H
#define CR_QUEUE_MEMORY_H

#include "ledger/queue.h"
#include "port/atomics.h"
#include "storage/condition_variable.h"
#include "storage/lwlock.h"

#define CHUNK_BYTES			1024
#define NO_CHUNK			PG_UINT32_MAX

typedef struct CrQueueChunk
{
	uint32		more;			/* next chunk of the entry or the free list */
	char		bytes[CHUNK_BYTES - sizeof(uint32)];
} CrQueueChunk;

/* In front of each chunk: what the entry that begins there says of itself. */
typedef struct CrQueueHeader
{
	uint64		ticket;			/* 0: no entry begins here */
	uint64		about;
	uint64		xid;
	uint32		length;
	uint32		next;			/* next entry of the database */
	int			proc;			/* number of the backend that waits */
	bool		wants_answer;
	bool		not_first;
	bool		in_hand;		/* the worker has copied it */
	bool		abandoned;		/* the backend does not wait any more */
} CrQueueHeader;

typedef struct CrQueuePlace
{
	Oid			database;		/* InvalidOid: the place is free */
	uint32		first;			/* oldest entry, or NO_CHUNK */
	uint32		last;
	int			worker;			/* proc number, or -1 */
	bool		starting;		/* the launcher has asked for a worker */
	bool		dropping;
} CrQueuePlace;

typedef struct CrQueueWaiter
{
	uint64		ticket;			/* newest entry that wants an answer */
	CrAnswer	answer;			/* to answered */
	pg_atomic_uint64 answered;	/* 0 while answer is being written */
} CrQueueWaiter;

/*
 * All of it, what the pointers lead to included, is under the lock; answers
 * are written under it, and read without.
 */
typedef struct CrQueue
{
	uint64		next_ticket;
	int			launcher;		/* proc number, or -1 */
	uint32		nchunks;
	uint32		nfree;
	uint32		free;			/* first of the free list */
	uint32		fresh;			/* chunks from here on were never used */
	ConditionVariable room;		/* has a lock of its own */
} CrQueue;

extern CrQueue *cr_queue;
extern LWLock *cr_queue_lock;
extern CrQueueChunk *cr_queue_chunks;	/* nchunks of them */
extern CrQueueHeader *cr_queue_headers; /* and of them */
extern CrQueuePlace *cr_queue_place;	/* cr_queue_places() of them */
extern CrQueueWaiter *cr_queue_waiter;	/* one for each backend */

/* With the lock held. */
extern void cr_queue_free_entry(uint32 entry);

/*
 * Wakes a process, if there is one (-1: none).  Without the lock where that
 * can be: the one that is woken wants it next.
 */
extern void cr_queue_wake(int proc);

#endif							/* CR_QUEUE_MEMORY_H */
