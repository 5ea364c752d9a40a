/*-------------------------------------------------------------------------
 *
 * src/guard/log.c
 *	  Keeps lines meant for the server's log from an analyst's client.
 *
 * Queries on protected tables are refused while the client would be sent
 * such lines, but a function in an admitted query may change the settings
 * while it runs: set_config('client_min_messages', 'log', false) and
 * set_config('trace_sort', 'on', false) in a CTE would tell how many rows a
 * suppressed query sorts.  So, once a query on a protected table has begun,
 * log lines of that transaction stay on the server, whatever the settings.
 *
 * DEBUG lines do not come through here unless the server logs them; none
 * that the executor writes holds a number about rows.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "guard/guard.h"
#include "utils/timestamp.h"

static emit_log_hook_type prev_emit_log = NULL;

/* start of the transaction whose log lines are silenced; 0: none */
static TimestampTz silenced_transaction = 0;

/*
 * The start time stays what it was until the next transaction starts, so
 * that lines written while this one is cleaned up are silenced as well.
 */
static void
cr_emit_log(ErrorData *edata)
{
	if (edata->elevel <= LOG && silenced_transaction != 0 &&
		silenced_transaction == GetCurrentTransactionStartTimestamp())
		edata->output_to_client = false;
	if (prev_emit_log)
		prev_emit_log(edata);
}

void
cr_guard_silence_log(void)
{
	silenced_transaction = GetCurrentTransactionStartTimestamp();
}

void
cr_guard_log_init(void)
{
	prev_emit_log = emit_log_hook;
	emit_log_hook = cr_emit_log;
}
