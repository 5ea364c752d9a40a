/*-------------------------------------------------------------------------
 *
 * src/ledger/budget.h
 *	  Charges statements to budgets, in the commit that records them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_BUDGET_H
#define CR_BUDGET_H

#include "datatype/timestamp.h"
#include "ledger/record.h"
#include "nodes/pg_list.h"

/* Which budgets a statement draws on. */
typedef struct CrCharge
{
	bool		queries;		/* in units of queries */
	bool		rows;			/* in units of released rows */
	List	   *tables;			/* its protected tables */
	char	   *payers;			/* JSON members: its tables, and who asks */
	TimestampTz rows_at;		/* when rows were last charged */
	int64		rows_record;	/* number of the record of that */
	int64		statement;		/* number of its record; set by the caller */
} CrCharge;

/*
 * Finds out what a statement on the protected tables relids will be charged
 * for; the budgets of those that the current user is exempt from are others'.
 * Costs a look at an empty table where there are no budgets.  The result lives
 * in the current memory context.
 */
extern CrCharge cr_budget_find(List *relids);

/*
 * Puts the price of an execution into its record: one query, and one row,
 * since that there is none is an answer, too.
 */
extern void cr_budget_charge_query(const CrCharge *charge, CrRecord *record);

/*
 * Charges for rows that are about to be sent, wanted of them or more, and
 * waits for the commit; so many have been charged before.  Returns how many;
 * raises RC010 when not so many are left.
 */
extern uint64 cr_budget_charge_rows(CrCharge *charge, uint64 wanted,
									uint64 before);

/* Has rows that were charged and not sent given back with a record. */
extern void cr_budget_return_rows(const CrCharge *charge, uint64 rows,
								  CrRecord *record);

/* Installs the recorder's hooks; called once from _PG_init. */
extern void cr_budget_init(void);

#endif							/* CR_BUDGET_H */
