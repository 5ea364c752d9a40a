/*-------------------------------------------------------------------------
 *
 * src/session/condition_limit.c
 *	  Limits how long the condition of an access rule may take.
 *
 * A rule is asked in sessions of others, whose statements wait for it, and
 * those who wait for them in turn.  Whoever keeps what it reads locked must
 * not have them all wait.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "session/condition_limit.h"
#include "storage/proc.h"
#include "utils/guc.h"
#include "utils/timeout.h"

/* In milliseconds. */
#define LOCK_LIMIT		1000
#define TIME_LIMIT		5000

static volatile sig_atomic_t time_is_up = false;

static void
cancel(void)
{
	time_is_up = true;
	QueryCancelPending = true;
	InterruptPending = true;
}

static TimeoutId
timeout(void)
{
	static TimeoutId registered = USER_TIMEOUT;
	static bool known = false;

	if (!known)
		registered = RegisterTimeout(USER_TIMEOUT, cancel);
	known = true;
	return registered;
}

void
cr_condition_limit_begin(void)
{
	/* who has set less waits less */
	if (LockTimeout == 0 || LockTimeout > LOCK_LIMIT)
		(void) set_config_option("lock_timeout", psprintf("%d", LOCK_LIMIT),
								 PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE,
								 true, 0, false);
	time_is_up = false;
	enable_timeout_after(timeout(), TIME_LIMIT);
}

bool
cr_condition_limit_end(void)
{
	bool		was_up;

	disable_timeout(timeout(), false);
	was_up = time_is_up;
	if (was_up)
		QueryCancelPending = false;
	time_is_up = false;
	return was_up;
}
