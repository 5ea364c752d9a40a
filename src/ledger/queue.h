/*-------------------------------------------------------------------------
 *
 * src/ledger/queue.h
 *	  The queue in shared memory between backends and recorders.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_QUEUE_H
#define CR_QUEUE_H

#include "ledger/record.h"

/*
 * Called once each, from the hooks that shared memory has for it; the second
 * with AddinShmemInitLock held.
 */
extern void cr_queue_request_memory(void);
extern void cr_queue_start_memory(void);

/*
 * For backends.
 */

/* What to say of an entry when it is put in the queue. */
typedef struct CrQueueEntry
{
	const char *bytes;
	Size		length;
	uint64		about;			/* ticket of what it completes, or 0 */
	uint64		xid;			/* whose commit makes it true, or 0 */
	bool		wants_answer;
	bool		not_first;		/* drop it when the ledger is empty */
} CrQueueEntry;

/* Where an entry is; see cr_queue_abandon(). */
typedef struct CrQueueTicket
{
	uint64		number;			/* 0: it is not in the queue */
	uint32		place;
} CrQueueTicket;

typedef enum CrQueueResult
{
	CR_QUEUE_PUT,
	CR_QUEUE_FULL,				/* no room; wait on cr_queue_wait_for_room() */
	CR_QUEUE_TOO_LONG,			/* never will have room for that much */
	CR_QUEUE_NO_PLACE			/* more databases than there are places for */
} CrQueueResult;

extern CrQueueResult cr_queue_put(const CrQueueEntry *entry,
								  CrQueueTicket *ticket);

/* Sleeps until there may be room again; false when the time is over. */
extern bool cr_queue_wait_for_room(long timeout);
extern void cr_queue_stop_waiting(void);

/* The answer to this backend's entry, when there is one. */
extern bool cr_queue_get_answer(uint64 ticket, CrAnswer *answer);

/*
 * The backend gives up: an entry that the recorder has not begun with is
 * stored as refused.  False when it has begun.
 */
extern bool cr_queue_abandon(const CrQueueTicket *ticket);

/* The database is about to be dropped: its recorder must go. */
extern void cr_queue_drop_database(Oid database);

/*
 * For the launcher.  Places are numbers below cr_queue_places().
 */
extern int	cr_queue_places(void);
extern void cr_queue_set_launcher(void);

/* Does the place need a recorder that is neither there nor starting? */
extern bool cr_queue_needs_worker(int place, Oid *database);
extern void cr_queue_set_starting(int place, bool starting);

/*
 * The worker for the place has failed to start.  Forgets what is queued for
 * a database that has been dropped.
 */
extern void cr_queue_worker_failed(int place);

/*
 * For the worker of a place.
 */
typedef struct CrTaken
{
	uint64		ticket;
	uint64		about;
	uint64		xid;
	bool		abandoned;
	bool		not_first;
	bool		wants_answer;
	int			proc;			/* number of the backend that put it there */
	char	   *bytes;
} CrTaken;

/* The database to record for, or InvalidOid: there is nothing to do. */
extern Oid	cr_queue_attach_worker(int place);
extern void cr_queue_detach_worker(void);

/* Is this process a recorder? */
extern bool cr_queue_is_recorder(void);

/* Leaves the place if nothing is queued there; false if something is. */
extern bool cr_queue_leave_if_idle(void);

/* Has the database been dropped, or is about to be? */
extern bool cr_queue_is_dropping(void);

/*
 * Copies the oldest entries, at most max of them and as many bytes as make a
 * reasonable transaction.  They stay in the queue.  Returns how many.
 */
extern int	cr_queue_take(CrTaken *taken, int max);

/* The oldest n entries, those taken, are done: answers and frees them. */
extern void cr_queue_finish(int n, const CrTaken *taken,
							const CrAnswer *answers);

#endif							/* CR_QUEUE_H */
