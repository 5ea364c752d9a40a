/*-------------------------------------------------------------------------
 *
 * src/session/guesses.c
 *	  Counts the guesses at a role's second factor, and keeps the last code
 *	  that was right.
 *
 * A guess is counted before it is looked at, and taken off again when it was
 * right: whatever ends the statement meanwhile, a timeout or an error, and
 * whatever becomes of its transaction, it stays counted.  The counts are in
 * shared memory, which knows neither rollbacks nor snapshots; over a restart
 * the record stands in for them (cleanroom.recent_failures()).  Where there is
 * no room for a role, its guesses are refused.  Those from before the role's
 * enrolment were at another factor, and count no more.
 *
 * A code of the clock's is good for a minute and a half.  That it was given
 * stands in a table as well, which a rollback takes back and a restart does
 * not.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "session/guesses.h"
#include "storage/ipc.h"
#include "storage/lwlock.h"
#include "storage/shmem.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(cr_take_guess);
PG_FUNCTION_INFO_V1(cr_return_guess);
PG_FUNCTION_INFO_V1(cr_spend_step);

#define GUESSERS		1024
#define GUESSES			10		/* an hour */
#define TRANCHE			"cleanroom_guesses"

typedef struct Guesser
{
	Oid			database;		/* these two InvalidOid: a free slot */
	Oid			role;
	TimestampTz at[GUESSES];	/* of the last ones; 0: none */
	int64		step;			/* of the last code that was right */
	TimestampTz spent_at;		/* when that was given; 0: none */
	TimestampTz spent_for;		/* the enrolment it was of */
} Guesser;

typedef struct Guesses
{
	LWLock	   *lock;			/* protects the guessers */
	Guesser		guessers[GUESSERS];
} Guesses;

static Guesses *guesses = NULL;

void
cr_guesses_shmem_request(void)
{
	RequestAddinShmemSpace(sizeof(Guesses));
	RequestNamedLWLockTranche(TRANCHE, 1);
}

void
cr_guesses_shmem_init(void)
{
	bool		found;

	guesses = ShmemInitStruct("cleanroom guesses", sizeof(Guesses), &found);
	if (!found)
	{
		memset(guesses, 0, sizeof(Guesses));
		guesses->lock = &GetNamedLWLockTranche(TRANCHE)->lock;
	}
}

/* Where the clock was set back, none is over. */
static bool
is_over(TimestampTz at, TimestampTz now)
{
	return at == 0 || at < now - USECS_PER_HOUR;
}

static bool
is_idle(const Guesser *guesser, TimestampTz now)
{
	for (int i = 0; i < GUESSES; i++)
	{
		if (!is_over(guesser->at[i], now))
			return false;
	}
	return is_over(guesser->spent_at, now);
}

/* The slot of this role; else NULL, or an idle one where it may be new. */
static Guesser *
find_guesser(Oid role, bool may_be_new, TimestampTz now)
{
	Guesser    *idle = NULL;

	for (int i = 0; i < GUESSERS; i++)
	{
		Guesser    *guesser = &guesses->guessers[i];

		if (guesser->role == role && guesser->database == MyDatabaseId)
			return guesser;
		if (may_be_new && idle == NULL && is_idle(guesser, now))
			idle = guesser;
	}
	if (idle != NULL)
	{
		memset(idle, 0, sizeof(*idle));
		idle->database = MyDatabaseId;
		idle->role = role;
	}
	return idle;
}

static void
require_use(void)
{
	if (!superuser())
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("only the extension counts guesses"),
				 errhint("Use cleanroom.second_factor().")));
	if (guesses == NULL)
		elog(ERROR, "shared memory of the guesses is not there");
}

/* SQL: cleanroom.take_guess(who oid, since timestamptz): boolean */
Datum
cr_take_guess(PG_FUNCTION_ARGS)
{
	TimestampTz since = PG_GETARG_TIMESTAMPTZ(1);
	TimestampTz now;
	Guesser    *guesser;
	bool		taken = false;

	require_use();
	LWLockAcquire(guesses->lock, LW_EXCLUSIVE);
	now = GetCurrentTimestamp();
	guesser = find_guesser(PG_GETARG_OID(0), true, now);
	for (int i = 0; guesser != NULL && i < GUESSES && !taken; i++)
	{
		taken = is_over(guesser->at[i], now) ||
			(guesser->at[i] < since && since <= now);
		if (taken)
			guesser->at[i] = now;
	}
	LWLockRelease(guesses->lock);
	PG_RETURN_BOOL(taken);
}

/* SQL: cleanroom.return_guess(who oid): void */
Datum
cr_return_guess(PG_FUNCTION_ARGS)
{
	Guesser    *guesser;
	int			last = 0;

	require_use();
	LWLockAcquire(guesses->lock, LW_EXCLUSIVE);
	guesser = find_guesser(PG_GETARG_OID(0), false, 0);
	for (int i = 1; guesser != NULL && i < GUESSES; i++)
	{
		if (guesser->at[i] > guesser->at[last])
			last = i;
	}
	if (guesser != NULL)
		guesser->at[last] = 0;
	LWLockRelease(guesses->lock);
	PG_RETURN_VOID();
}

/*
 * SQL: cleanroom.spend_step(who oid, since timestamptz, step bigint): boolean
 */
Datum
cr_spend_step(PG_FUNCTION_ARGS)
{
	TimestampTz since = PG_GETARG_TIMESTAMPTZ(1);
	int64		step = PG_GETARG_INT64(2);
	Guesser    *guesser;
	bool		spent = false;

	require_use();
	LWLockAcquire(guesses->lock, LW_EXCLUSIVE);
	guesser = find_guesser(PG_GETARG_OID(0), false, 0);
	/* it is there: the guess has been counted */
	if (guesser != NULL && (guesser->spent_at == 0 ||
							guesser->spent_for != since ||
							guesser->step < step))
	{
		guesser->step = step;
		guesser->spent_at = GetCurrentTimestamp();
		guesser->spent_for = since;
		spent = true;
	}
	LWLockRelease(guesses->lock);
	PG_RETURN_BOOL(spent);
}
