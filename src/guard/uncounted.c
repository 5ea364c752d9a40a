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
 * off; and the buffers it has used are forgotten, which statistics on
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

/* did we switch it off? */
static bool switched_off = false;

/* is it to be switched on when the transaction's resources are released? */
static bool ending = false;

void
cr_uncounted_begin(void)
{
	ending = false;
	if (!pgstat_track_counts)
		return;
	pgstat_track_counts = false;
	switched_off = true;
}

void
cr_uncounted_end(void)
{
	if (!switched_off)
		return;
	pgstat_track_counts = true;
	switched_off = false;
}

void
cr_uncounted_end_of_query(void)
{
	if (IsTransactionState())
		cr_uncounted_end();
	else
		ending = switched_off;
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
