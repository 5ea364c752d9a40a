/*-------------------------------------------------------------------------
 *
 * src/keys/limit.c
 *	  Limits how many values a role may detokenize in an hour.
 *
 * Each role has a bucket that holds as much as cleanroom.detokenize_limit
 * allows, and fills up from empty in an hour.  It goes by the role that logged
 * in: SET ROLE does not bring another bucket.  Buckets are in shared memory,
 * so they outlast a rollback, and are full again when the server has been
 * restarted.  A role that is not there has a full one; when there is no slot
 * for it, and no full bucket to give up, it is refused.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/errcodes.h"
#include "base/settings.h"
#include "keys/limit.h"
#include "miscadmin.h"
#include "storage/ipc.h"
#include "storage/lwlock.h"
#include "storage/shmem.h"
#include "utils/timestamp.h"

#define BUCKETS			1024
#define TRANCHE			"cleanroom_limits"
#define HOUR_USECS		(3600.0 * USECS_PER_SEC)

typedef struct Bucket
{
	Oid			database;		/* these two InvalidOid: a free slot */
	Oid			role;
	double		taken;			/* of the limit, at that time */
	TimestampTz at;
} Bucket;

typedef struct Limits
{
	LWLock	   *lock;			/* protects the buckets */
	Bucket		buckets[BUCKETS];
} Limits;

static Limits *limits = NULL;

Size
cr_limit_shmem_size(void)
{
	return sizeof(Limits);
}

void
cr_limit_shmem_request(void)
{
	RequestAddinShmemSpace(cr_limit_shmem_size());
	RequestNamedLWLockTranche(TRANCHE, 1);
}

void
cr_limit_shmem_init(void)
{
	bool		found;

	limits = ShmemInitStruct("cleanroom limits", cr_limit_shmem_size(),
							 &found);
	if (!found)
	{
		memset(limits, 0, cr_limit_shmem_size());
		limits->lock = &GetNamedLWLockTranche(TRANCHE)->lock;
	}
}

/* What is taken of a bucket now. */
static double
taken_now(const Bucket *bucket, TimestampTz now)
{
	double		refilled = cr_detokenize_limit *
		((double) (now - bucket->at) / HOUR_USECS);

	if (refilled < 0)			/* the clock was set back */
		refilled = 0;
	return Max(bucket->taken - refilled, 0);
}

/* The bucket of this role, or a full one that can be it, or NULL. */
static Bucket *
find_bucket(Oid role, TimestampTz now)
{
	Bucket	   *full = NULL;
	int			i;

	for (i = 0; i < BUCKETS; i++)
	{
		Bucket	   *bucket = &limits->buckets[i];

		if (bucket->role == role && bucket->database == MyDatabaseId)
			return bucket;
		if (full == NULL && taken_now(bucket, now) <= 0)
			full = bucket;
	}
	if (full != NULL)
	{
		full->database = MyDatabaseId;
		full->role = role;
		full->taken = 0;
		full->at = now;
	}
	return full;
}

static bool
take(Oid role, int64 count)
{
	TimestampTz now = GetCurrentTimestamp();
	Bucket	   *bucket;
	bool		ok = false;

	LWLockAcquire(limits->lock, LW_EXCLUSIVE);
	bucket = find_bucket(role, now);
	if (bucket != NULL)
	{
		bucket->taken = taken_now(bucket, now);
		bucket->at = now;
		ok = bucket->taken + (double) count <= cr_detokenize_limit;
		if (ok)
			bucket->taken += (double) count;
	}
	LWLockRelease(limits->lock);

	return ok;
}

void
cr_limit_take(int64 count)
{
	if (cr_detokenize_limit < 0 || count == 0)
		return;
	if (limits == NULL)
		elog(ERROR, "shared memory of the limits is not there");
	if (!take(GetSessionUserId(), count))
		ereport(ERROR,
				(errcode(CR_ERRCODE_BUDGET),
				 errmsg("the limit of values to detokenize is reached"),
				 errdetail("A role may detokenize %d values an hour.",
						   cr_detokenize_limit),
				 errhint("Ask for fewer values, or wait; \"cleanroom.detokenize_limit\" is the setting.")));
}
