/*-------------------------------------------------------------------------
 *
 * src/keys/limit.h
 *	  Limits how many values a role may detokenize in an hour.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_LIMIT_H
#define CR_LIMIT_H

#include "datatype/timestamp.h"

/* What a role has taken of its limit, at a time; it refills from then on. */
typedef struct CrLimitTaken
{
	double		taken;
	TimestampTz at;
} CrLimitTaken;

/* False when nothing is known of the role in shared memory. */
extern bool cr_limit_read(Oid role, CrLimitTaken *taken);

/*
 * Takes count values from what the session's role may still detokenize, or
 * raises an error and takes none.  What was taken stays taken, whatever
 * becomes of the transaction.
 */
extern void cr_limit_take(int64 count);

/* The shared memory: its size, and its start, under AddinShmemInitLock. */
extern Size cr_limit_shmem_size(void);
extern void cr_limit_shmem_request(void);
extern void cr_limit_shmem_init(void);

#endif							/* CR_LIMIT_H */
