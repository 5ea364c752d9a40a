/*-------------------------------------------------------------------------
 *
 * src/guard/row_charge.c
 *	  Charges rows to budgets before they are sent.
 *
 * How many rows a statement returns is known only when it has run, and then
 * they are gone.  So its rows pass through a receiver of ours, which has a
 * portion charged, and waits for that, before the first of them goes on.
 *
 * A row that was made of many released groups, as by json_agg(), costs as
 * much as they would as rows, and so do groups that a function has seen of
 * which no row is made: those are charged before the statement gets them.
 * The larger number of both counts.
 *
 * That there is no row is an answer as well, and so is an error: each
 * execution costs one, which is charged with its admission.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "guard/row_charge.h"
#include "utils/memutils.h"

struct CrRowCharge
{
	DestReceiver pub;
	DestReceiver *dest;			/* where the rows go */
	MemoryContext context;		/* reset after each charge */
	CrCharge	charge;
	uint64		charged;
	uint64		sent;
	uint64		groups;			/* that something was done with */
};

/* What has to be charged by now. */
static uint64
due(const CrRowCharge *rows)
{
	return Max(Max(rows->sent, rows->groups), 1);
}

static void
charge(CrRowCharge *rows)
{
	MemoryContext caller;

	if (due(rows) <= rows->charged)
		return;
	caller = MemoryContextSwitchTo(rows->context);
	rows->charged += cr_budget_charge_rows(&rows->charge,
										   due(rows) - rows->charged,
										   rows->charged);
	MemoryContextSwitchTo(caller);
	MemoryContextReset(rows->context);
}

void
cr_row_charge_begin(CrRowCharge *rows, int64 statement)
{
	rows->charge.statement = statement;
}

void
cr_row_charge_groups(CrRowCharge *rows, uint64 n)
{
	rows->groups = n;
	charge(rows);
}

static bool
receive_slot(TupleTableSlot *slot, DestReceiver *self)
{
	CrRowCharge *rows = (CrRowCharge *) self;

	rows->sent++;
	charge(rows);
	return rows->dest->receiveSlot(slot, rows->dest);
}

static void
start_up(DestReceiver *self, int operation, TupleDesc typeinfo)
{
	DestReceiver *dest = ((CrRowCharge *) self)->dest;

	dest->rStartup(dest, operation, typeinfo);
}

static void
shut_down(DestReceiver *self)
{
	DestReceiver *dest = ((CrRowCharge *) self)->dest;

	dest->rShutdown(dest);
}

static void
destroy(DestReceiver *self)
{
	/* the receiver is the caller's, and this one goes with its context */
}

CrRowCharge *
cr_row_charge_create(const CrCharge *charge)
{
	CrRowCharge *rows = palloc0(sizeof(CrRowCharge));

	rows->pub.receiveSlot = receive_slot;
	rows->pub.rStartup = start_up;
	rows->pub.rShutdown = shut_down;
	rows->pub.rDestroy = destroy;
	rows->context = AllocSetContextCreate(CurrentMemoryContext,
										  "cleanroom charge",
										  ALLOCSET_SMALL_SIZES);
	rows->charge = *charge;
	rows->charged = 1;
	return rows;
}

DestReceiver *
cr_row_charge_receiver(CrRowCharge *rows, DestReceiver *dest)
{
	rows->dest = dest;
	rows->pub.mydest = dest->mydest;
	return &rows->pub;
}

void
cr_row_charge_return(const CrRowCharge *rows, CrRecord *record)
{
	if (rows->charged > due(rows))
		cr_budget_return_rows(&rows->charge, rows->charged - due(rows),
							  record);
}
