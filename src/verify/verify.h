/*-------------------------------------------------------------------------
 *
 * src/verify/verify.h
 *	  The second judge: reads a finished plan and says whether raw rows of a
 *	  protected table could leave it.
 *
 * Shares no code with inspect/, gate/ and reshape/.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_VERIFY_H
#define CR_VERIFY_H

#include "base/verdict.h"
#include "nodes/plannodes.h"

/* NULL: nothing to object.  Never raises a refusal itself. */
extern CrVerdict *cr_verify_plan(PlannedStmt *plan);

#endif							/* CR_VERIFY_H */
