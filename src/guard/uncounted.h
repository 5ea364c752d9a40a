/*-------------------------------------------------------------------------
 *
 * src/guard/uncounted.h
 *	  Keeps the server's counters from telling what queries on protected
 *	  tables read.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_UNCOUNTED_H
#define CR_UNCOUNTED_H

#include "executor/instrument.h"

/* What a session has used of buffers and log, for cr_uncounted_restore(). */
typedef struct CrUsage
{
	BufferUsage buffers;
	WalUsage	wal;
} CrUsage;

/* From here on nothing that this process reads is counted.  Idempotent. */
extern void cr_uncounted_begin(void);

/* Counts again, unless the server is not to count at all.  Idempotent. */
extern void cr_uncounted_end(void);

/* The same where a query ends, be it by an error. */
extern void cr_uncounted_end_of_query(void);

/* Another statement begins: what the last one left open is over. */
extern void cr_uncounted_settle(void);

extern void cr_guard_uncounted_init(void);

/* What the session has used so far. */
extern CrUsage cr_uncounted_save(void);

/* Forgets what the session has used since. */
extern void cr_uncounted_restore(const CrUsage *usage);

#endif							/* CR_UNCOUNTED_H */
