/*-------------------------------------------------------------------------
 *
 * src/guard/first_row.c
 *	  Has a statement judged once more before its first row leaves.
 *
 * A guarded query does nearly all of its work before that, and whoever was
 * suspended meanwhile gets nothing.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "guard/first_row.h"

typedef struct FirstRow
{
	DestReceiver pub;
	DestReceiver *dest;
	QueryDesc  *queryDesc;
	CrFirstRowJudge judge;		/* NULL: it has judged */
} FirstRow;

static bool
receive_slot(TupleTableSlot *slot, DestReceiver *self)
{
	FirstRow   *row = (FirstRow *) self;

	if (row->judge != NULL)
	{
		row->judge(row->queryDesc);
		row->judge = NULL;
	}
	return row->dest->receiveSlot(slot, row->dest);
}

static void
start_up(DestReceiver *self, int operation, TupleDesc typeinfo)
{
	DestReceiver *dest = ((FirstRow *) self)->dest;

	dest->rStartup(dest, operation, typeinfo);
}

static void
shut_down(DestReceiver *self)
{
	DestReceiver *dest = ((FirstRow *) self)->dest;

	dest->rShutdown(dest);
}

static void
destroy(DestReceiver *self)
{
	/* it goes with the context of the run */
}

DestReceiver *
cr_first_row_receiver(QueryDesc *queryDesc, DestReceiver *dest,
					  CrFirstRowJudge judge)
{
	FirstRow   *row = palloc0(sizeof(FirstRow));

	row->pub.receiveSlot = receive_slot;
	row->pub.rStartup = start_up;
	row->pub.rShutdown = shut_down;
	row->pub.rDestroy = destroy;
	row->pub.mydest = dest->mydest;
	row->dest = dest;
	row->queryDesc = queryDesc;
	row->judge = judge;
	return &row->pub;
}
