/*-------------------------------------------------------------------------
 *
 * src/guard/plan_needs.h
 *	  Finds what a plan may look up in the catalogs when it meets rows.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_PLAN_NEEDS_H
#define CR_PLAN_NEEDS_H

#include "nodes/execnodes.h"

/* A sort by one column. */
typedef struct CrOrder
{
	Oid			operator;
	Oid			collation;
} CrOrder;

/* A call of a function that was made after the server was. */
typedef struct CrMadeCall
{
	Oid			funcid;
	Node	   *expr;
	int			nargs;
} CrMadeCall;

/* Each has what it has once. */
typedef struct CrNeeds
{
	List	   *functions;		/* OIDs, as all that has no comment */
	List	   *types;
	List	   *collations;
	List	   *hashed;			/* operators whose operands are hashed */
	List	   *indexes;		/* that are scanned */
	List	   *orders;			/* CrOrder */
	List	   *made;			/* CrMadeCall */
	List	   *skewed;			/* Hash, which reads statistics of a column */
} CrNeeds;

/* In the current memory context.  top is a plan that has been started. */
extern CrNeeds *cr_plan_needs_find(PlanState *top);

#endif							/* CR_PLAN_NEEDS_H */
