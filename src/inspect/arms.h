/*-------------------------------------------------------------------------
 *
 * src/inspect/arms.h
 *	  The branches of a UNION ALL of rows, and queries over each of them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_ARMS_H
#define CR_ARMS_H

#include "inspect/facts.h"

/* arms.c */
extern Query *cr_arm_query(Query *query, int rti, Query *branch,
						   bool *possible);
extern Node *cr_arm_value(int rti, Query *branch, Node *expr);
extern bool cr_arm_never(int rti, Query *branch, Node *quals);
extern Query *cr_arms_unite(List *arms);

/* combine.c */
extern bool cr_arms_release(CrLevel *level, int rti, List *branches);

/* partial.c */
typedef struct CrPartials
{
	List	   *aggregates;		/* Aggref, as written */
	List	   *computed;		/* Aggref that each branch computes */
	List	   *first;			/* for each aggregate, the place of the first
								 * that it is made of (int) */
} CrPartials;

extern CrPartials *cr_partials_make(List *aggregates);
extern bool cr_partials_add_up(const CrPartials *partials, const int *live);
extern Expr *cr_partials_complete(Expr *column, int live);
extern Expr *cr_partials_combine(const CrPartials *partials, int number,
								 int nkeys, const int *live);

/* union.c */
extern void cr_distribute_unions(CrLevel *level);

#endif							/* CR_ARMS_H */
