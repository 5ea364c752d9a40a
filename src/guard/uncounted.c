/*-------------------------------------------------------------------------
 *
 * src/guard/uncounted.c
 *	  Keeps the server's counters from telling what queries on protected
 *	  tables read.
 *
 * Not only those of the protected tables tell: the index of an analyst's own
 * table, joined to a protected one, has been looked into once for each
 * person that met the condition, whether or not the result was withheld; and
 * the database's sums hold them all.  So while such a query is under way,
 * open cursors included, this process counts nothing, as with track_counts
 * and track_functions off: a row policy's function is called once for each
 * row.  And the buffers it has used are forgotten, which statistics on
 * statements, and EXPLAIN of what surrounds it, would show.
 *
 * A relation's counters are linked to when it is opened, so counting has to
 * stop before the executor starts and until the last such query has ended.
 * Where it ends by an error, its temporary files are closed, and counted,
 * later than its memory is freed: with the resources of the transaction.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "guard/uncounted.h"
#include "pgstat.h"
#include "utils/resowner.h"

/* what we have switched off */
static bool counts_off = false;
static int	functions_off = TRACK_FUNC_OFF;

/* is it to be switched on when the transaction's resources are released? */
static bool ending = false;

static bool
is_off(void)
{
	return counts_off || functions_off != TRACK_FUNC_OFF;
}

void
cr_uncounted_begin(void)
{
	ending = false;
	if (pgstat_track_counts)
		counts_off = true;
	if (pgstat_track_functions != TRACK_FUNC_OFF)
		functions_off = pgstat_track_functions;
	pgstat_track_counts = false;
	pgstat_track_functions = TRACK_FUNC_OFF;
}

void
cr_uncounted_end(void)
{
	if (counts_off)
		pgstat_track_counts = true;
	if (functions_off != TRACK_FUNC_OFF)
		pgstat_track_functions = functions_off;
	counts_off = false;
	functions_off = TRACK_FUNC_OFF;
}

void
cr_uncounted_end_of_query(void)
{
	if (IsTransactionState())
		cr_uncounted_end();
	else
		ending = is_off();
}

void
cr_uncounted_settle(void)
{
	if (!ending)
		return;
	ending = false;
	cr_uncounted_end();
}

/* Resources are released from the innermost to the transaction's own. */
static void
released(ResourceReleasePhase phase, bool is_commit, bool is_top_level,
		 void *arg)
{
	if (phase == RESOURCE_RELEASE_AFTER_LOCKS &&
		CurrentResourceOwner == CurTransactionResourceOwner)
		cr_uncounted_settle();
}

void
cr_guard_uncounted_init(void)
{
	RegisterResourceReleaseCallback(released, NULL);
}

CrUsage
cr_uncounted_save(void)
{
	CrUsage		usage = {pgBufferUsage, pgWalUsage};

	return usage;
}

void
cr_uncounted_restore(const CrUsage *usage)
{
	pgBufferUsage = usage->buffers;
	pgWalUsage = usage->wal;
}
