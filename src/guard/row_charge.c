/*-------------------------------------------------------------------------
 *
 * src/guard/row_charge.c
 *	  Charges rows to budgets as they are sent.
 *
 * How many rows a statement returns is known only when it has run, and then
 * they are gone.  So its rows pass through a receiver of ours, which has a
 * portion charged, and waits for that, before the first of them goes on.
 *
 * A row that was made of many released groups, as by json_agg(), costs as
 * much as they would as rows: groups that do not leave as rows of their own
 * count when they have been released, and the larger number is charged.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "guard/row_charge.h"

struct CrRowCharge
{
	DestReceiver pub;
	DestReceiver *dest;			/* where the rows go */
	CrCharge	charge;
	const CrGroupings *groupings;
	uint64		charged;
	uint64		sent;
};

static bool
receive_slot(TupleTableSlot *slot, DestReceiver *self)
{
	CrRowCharge *rows = (CrRowCharge *) self;
	uint64		due = Max(rows->sent + 1,
						  cr_groupings_worked_on(rows->groupings));

	if (due > rows->charged)
		rows->charged += cr_budget_charge_rows(&rows->charge,
											   due - rows->charged);
	rows->sent++;
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
cr_row_charge_create(const CrCharge *charge, const CrGroupings *groupings)
{
	CrRowCharge *rows = palloc0(sizeof(CrRowCharge));

	rows->pub.receiveSlot = receive_slot;
	rows->pub.rStartup = start_up;
	rows->pub.rShutdown = shut_down;
	rows->pub.rDestroy = destroy;
	rows->charge = *charge;
	rows->groupings = groupings;
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
	uint64		due = Max(rows->sent, cr_groupings_worked_on(rows->groupings));

	if (rows->charged > due)
		cr_budget_return_rows(&rows->charge, rows->charged - due, record);
}
