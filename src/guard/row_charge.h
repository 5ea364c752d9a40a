/*-------------------------------------------------------------------------
 *
 * src/guard/row_charge.h
 *	  Charges rows to budgets as they are sent.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_ROW_CHARGE_H
#define CR_ROW_CHARGE_H

#include "guard/groupings.h"
#include "ledger/budget.h"
#include "tcop/dest.h"

typedef struct CrRowCharge CrRowCharge;

/*
 * In the current memory context, which must last as long as the execution.
 * Where the statement works on with released groups, they are charged for.
 */
extern CrRowCharge *cr_row_charge_create(const CrCharge *charge,
										 const CrGroupings *groupings);

/* What to send rows to so that they are charged before they get to dest. */
extern DestReceiver *cr_row_charge_receiver(CrRowCharge *rows,
											DestReceiver *dest);

/* Has what was charged and not sent given back with a record. */
extern void cr_row_charge_return(const CrRowCharge *rows, CrRecord *record);

#endif							/* CR_ROW_CHARGE_H */
