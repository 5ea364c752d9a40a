/*-------------------------------------------------------------------------
 *
 * src/guard/lazy_locks.h
 *	  Takes the locks first that a plan would ask for on the way.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_LAZY_LOCKS_H
#define CR_LAZY_LOCKS_H

#include "nodes/plannodes.h"

/* To be called when the plan's own relations are locked. */
extern void cr_lock_what_is_lazy(PlannedStmt *plan);

#endif							/* CR_LAZY_LOCKS_H */
