/*-------------------------------------------------------------------------
 *
 * src/base/isolation.c
 *	  What may be decided in a transaction of this isolation level.
 *
 * Whoever waits for a lock and then looks sees, in a transaction with one
 * snapshot, what was there before he waited: who has come and gone since, or
 * has changed his mind, is not asked.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/isolation.h"

void
cr_require_read_committed(const char *what)
{
	if (!IsolationUsesXactSnapshot())
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_TRANSACTION_STATE),
			 errmsg("%s in READ COMMITTED transactions only", what),
			 errhint("Call this outside the transaction, or BEGIN ISOLATION LEVEL READ COMMITTED.")));
}
