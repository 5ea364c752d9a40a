/*-------------------------------------------------------------------------
 *
 * src/keys/limit.c
 *	  Limits how many values a role may detokenize in an hour.
 *
 * Each role has a bucket that holds as much as cleanroom.detokenize_limit
 * allows, and fills up from empty in an hour.  It goes by the role that logged
 * in: SET ROLE does not bring another bucket.  Code that runs restricted, in
 * the session of somebody who has not called it, takes from its own role's
 * bucket, too; a rotation's, from that of whoever has started it.
 *
 * Buckets are in shared memory, so they outlast a rollback; the recorder
 * copies them to a table, where one that is not there is looked for, so that
 * they outlast a restart.  A role that is in neither has a full one; when
 * there is no slot for it, and no full bucket to give up, it is refused.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/errcodes.h"
#include "base/settings.h"
#include "keys/keyring_rows.h"
#include "keys/limit.h"
#include "keys/rotated.h"
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
	CrLimitTaken state;
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
taken_now(const CrLimitTaken *state, TimestampTz now)
{
	double		refilled = cr_detokenize_limit *
		((double) (now - state->at) / HOUR_USECS);

	if (refilled < 0)			/* the clock was set back */
		refilled = 0;
	return Max(state->taken - refilled, 0);
}

/* The bucket of this role; else a full one that can be it, or NULL. */
static Bucket *
find_bucket(Oid role, TimestampTz now, bool *found)
{
	Bucket	   *full = NULL;
	int			i;

	for (i = 0; i < BUCKETS; i++)
	{
		Bucket	   *bucket = &limits->buckets[i];

		*found = bucket->role == role && bucket->database == MyDatabaseId;
		if (*found)
			return bucket;
		if (full == NULL && taken_now(&bucket->state, now) <= 0)
			full = bucket;
	}
	return full;
}

bool
cr_limit_read(Oid role, CrLimitTaken *taken)
{
	Bucket	   *bucket;
	bool		found;

	if (limits == NULL)
		return false;
	LWLockAcquire(limits->lock, LW_SHARED);
	bucket = find_bucket(role, GetCurrentTimestamp(), &found);
	if (found)
		*taken = bucket->state;
	LWLockRelease(limits->lock);

	return found;
}

/* "stored" is what the role had taken, where shared memory does not know. */
static bool
take(Oid role, int64 count, const CrLimitTaken *stored)
{
	Bucket	   *bucket;
	TimestampTz now;
	bool		found;
	bool		ok = false;

	LWLockAcquire(limits->lock, LW_EXCLUSIVE);
	now = GetCurrentTimestamp();
	bucket = find_bucket(role, now, &found);
	if (bucket != NULL)
	{
		if (!found)
		{
			bucket->database = MyDatabaseId;
			bucket->role = role;
			bucket->state = *stored;
		}
		bucket->state.taken = taken_now(&bucket->state, now);
		bucket->state.at = now;
		ok = bucket->state.taken + (double) count <= cr_detokenize_limit;
		if (ok)
			bucket->state.taken += (double) count;
	}
	LWLockRelease(limits->lock);

	return ok;
}

static void
take_of(Oid role, int64 count)
{
	CrLimitTaken stored = {0};

	if (!cr_limit_read(role, &stored))
		cr_detokenized_row(role, &stored);
	if (!take(role, count, &stored))
		ereport(ERROR,
				(errcode(CR_ERRCODE_BUDGET),
				 errmsg("the limit of values to detokenize is reached"),
				 errdetail("A role may detokenize %d values an hour.",
						   cr_detokenize_limit),
				 errhint("Ask for fewer values, or wait; \"cleanroom.detokenize_limit\" is the setting.")));
}

void
cr_limit_take(int64 count)
{
	Oid			login = cr_rotated_login();

	if (cr_detokenize_limit < 0 || count == 0)
		return;
	if (limits == NULL)
		elog(ERROR, "shared memory of the limits is not there");
	if (InSecurityRestrictedOperation() && GetUserId() != GetSessionUserId())
		take_of(GetUserId(), count);
	if (OidIsValid(login) && login != GetUserId() &&
		login != GetSessionUserId())
		take_of(login, count);
	take_of(GetSessionUserId(), count);
}
