/*-------------------------------------------------------------------------
 *
 * src/guard/first_row.h
 *	  Has a statement judged once more before its first row leaves.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_FIRST_ROW_H
#define CR_FIRST_ROW_H

#include "executor/execdesc.h"
#include "tcop/dest.h"

/* Raises an error where the statement must not return rows any more. */
typedef void (*CrFirstRowJudge) (QueryDesc *queryDesc);

/* A receiver that judges and then passes rows on; it lasts for one run. */
extern DestReceiver *cr_first_row_receiver(QueryDesc *queryDesc,
										   DestReceiver *dest,
										   CrFirstRowJudge judge);

#endif							/* CR_FIRST_ROW_H */
