/*-------------------------------------------------------------------------
 *
 * src/guard/kept.h
 *	  What is kept with a plan for those who execute it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_KEPT_H
#define CR_KEPT_H

#include "nodes/plannodes.h"

typedef struct CrKept
{
	char	   *parameters;		/* parameters.c, or NULL */
	char	   *written_out;	/* written_out.c, or NULL */
	char	   *relied_on;		/* relied.c, or NULL */
	char	   *functions_read; /* not NULL: what functions in it read was
								 * written out; approved.c */
} CrKept;

/* Puts protected tables that the planner has forgotten back into the plan. */
extern void cr_kept_put_tables(PlannedStmt *plan, const List *relids);

/* Keeps it with the plan of an analyst's statement on protected tables. */
extern void cr_kept_put(PlannedStmt *plan, const CrKept *kept);

/* What is kept with such a plan. */
extern CrKept cr_kept_get(const PlannedStmt *plan);

#endif							/* CR_KEPT_H */
