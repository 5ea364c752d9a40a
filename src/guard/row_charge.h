/*-------------------------------------------------------------------------
 *
 * src/guard/row_charge.h
 *	  Charges rows to budgets before they are sent.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_ROW_CHARGE_H
#define CR_ROW_CHARGE_H

#include "ledger/budget.h"
#include "tcop/dest.h"

typedef struct CrRowCharge CrRowCharge;

/*
 * In the current memory context, which must last as long as the execution;
 * to be called before its record is submitted.
 */
extern CrRowCharge *cr_row_charge_create(const CrCharge *charge);

/* Its record has been stored, with this number. */
extern void cr_row_charge_begin(CrRowCharge *rows, int64 statement);

/* The statement is about to do something with released groups: n until now. */
extern void cr_row_charge_groups(CrRowCharge *rows, uint64 n);

/* What to send rows to so that they are charged before they get to dest. */
extern DestReceiver *cr_row_charge_receiver(CrRowCharge *rows,
											DestReceiver *dest);

/* Has what was charged and not needed given back with a record. */
extern void cr_row_charge_return(const CrRowCharge *rows, CrRecord *record);

#endif							/* CR_ROW_CHARGE_H */
