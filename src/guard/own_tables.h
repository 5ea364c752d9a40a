/*-------------------------------------------------------------------------
 *
 * src/guard/own_tables.h
 *	  Keeps the extension's own tables from whoever is not exempt, but for
 *	  what its views and functions show.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_OWN_TABLES_H
#define CR_OWN_TABLES_H

#include "executor/execdesc.h"

/* Does the plan read or write tables that are closed to the current user? */
extern bool cr_own_tables_concern(PlannedStmt *plan);

/*
 * Raises RC007 where the plan reads or writes such a table, or a TOAST table
 * of a protected one, but by a view of somebody's who is exempt; or where
 * its plan or numbers of it would be shown.  Raises 42501 instead where the
 * privilege is missing.  Says whether it reads such tables.
 */
extern bool cr_own_tables_judge(QueryDesc *queryDesc);

/* A plan that does so has started: from here on it is under way. */
extern void cr_own_tables_begin(QueryDesc *queryDesc);

/* Is this one under way?  Is any? */
extern bool cr_own_tables_has(QueryDesc *queryDesc);
extern bool cr_own_tables_any(void);

#endif							/* CR_OWN_TABLES_H */
