/*-------------------------------------------------------------------------
 *
 * src/guard/row_charge.c
 *	  Charges rows to budgets as they are sent.
 *
 * How many rows a statement returns is known only when it has run, and then
 * they are gone.  So its rows pass through a receiver of ours, which has a
 * portion charged, and waits for that, before the first of them goes on.
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
	uint64		charged;
	uint64		sent;
};

static bool
receive_slot(TupleTableSlot *slot, DestReceiver *self)
{
	CrRowCharge *rows = (CrRowCharge *) self;

	if (rows->sent == rows->charged)
		rows->charged += cr_budget_charge_rows(&rows->charge);
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
cr_row_charge_create(const CrCharge *charge)
{
	CrRowCharge *rows = palloc0(sizeof(CrRowCharge));

	rows->pub.receiveSlot = receive_slot;
	rows->pub.rStartup = start_up;
	rows->pub.rShutdown = shut_down;
	rows->pub.rDestroy = destroy;
	rows->charge = *charge;
	return rows;
}

DestReceiver *
cr_row_charge_receiver(CrRowCharge *rows, DestReceiver *dest)
{
	rows->dest = dest;
	rows->pub.mydest = dest->mydest;
	return &rows->pub;
}

uint64
cr_row_charge_unused(const CrRowCharge *rows)
{
	return rows->charged - rows->sent;
}
