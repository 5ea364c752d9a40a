/*-------------------------------------------------------------------------
 *
 * src/guard/foreign_key.h
 *	  Keeps foreign keys from telling analysts which values are in a
 *	  protected table.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_FOREIGN_KEY_H
#define CR_FOREIGN_KEY_H

#include "base/verdict.h"
#include "nodes/plannodes.h"

/*
 * The current user begins to run what may set off checks of foreign keys: a
 * command, or the end of a statement.  Returns what cr_foreign_key_leave()
 * wants when that is over.
 */
extern Oid	cr_foreign_key_enter(void);

/* It is over. */
extern void cr_foreign_key_leave(Oid previous);

/*
 * The refusal of a plan that a check of a foreign key is about to run, on a
 * table that is protected from the one who set it off; NULL otherwise.
 */
extern CrVerdict *cr_foreign_key_judge(PlannedStmt *plan);

#endif							/* CR_FOREIGN_KEY_H */
