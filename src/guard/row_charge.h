/*-------------------------------------------------------------------------
 *
 * src/guard/row_charge.h
 *	  Charges rows to budgets as they are sent.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_ROW_CHARGE_H
#define CR_ROW_CHARGE_H

#include "ledger/budget.h"
#include "tcop/dest.h"

typedef struct CrRowCharge CrRowCharge;

/* In the current memory context, which must last as long as the execution. */
extern CrRowCharge *cr_row_charge_create(const CrCharge *charge);

/* What to send rows to so that they are charged before they get to dest. */
extern DestReceiver *cr_row_charge_receiver(CrRowCharge *rows,
											DestReceiver *dest);

/* Rows that are charged and were not sent. */
extern uint64 cr_row_charge_unused(const CrRowCharge *rows);

#endif							/* CR_ROW_CHARGE_H */
