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

/* A statement may grow by the number of branches, at every level. */
#define CR_MAX_BRANCHES		64

/* A query over a UNION ALL of rows, or over some branches of it. */
typedef struct CrArms
{
	Query	   *query;
	int			rti;			/* the UNION ALL in its FROM */
	List	   *branches;		/* Query */
	List	   *key_exprs;		/* what the query groups by */
} CrArms;

/* arms.c */
extern Query *cr_arm_query(Query *query, int rti, Query *branch,
						   bool *possible);
extern Node *cr_arm_value(int rti, Query *branch, Node *expr);
extern bool cr_arm_never(int rti, Query *branch, Node *quals);
extern Query *cr_arms_unite(List *arms);

/* branch_keys.c */
extern bool cr_arms_compute_keys(Query *query, int rti, List *branches,
								 List *keys);

/* combine.c */
extern bool cr_arms_release(CrLevel *level, int rti, List *branches);

/* distinct_people.c */
extern bool cr_arms_have_unit(const CrArms *arms, Node *node);
extern bool cr_arms_count_people(const CrArms *arms, const Aggref *aggref);
extern Aggref *cr_arms_leave_out(const CrArms *arms, List *others,
								 const Aggref *count, bool *possible);

/* partial.c */
typedef enum CrPartialKind
{
	CR_PARTIAL_OF_ALL,			/* of all rows of a branch */
	CR_PARTIAL_NEW_PEOPLE,		/* of people whom no branch before has */
	CR_PARTIAL_OWN_PEOPLE		/* of people whom no other branch has */
} CrPartialKind;

typedef struct CrPartials
{
	List	   *aggregates;		/* Aggref, as written */
	List	   *computed;		/* Aggref that each branch computes */
	List	   *kinds;			/* of those, CrPartialKind (int) */
	List	   *first;			/* for each aggregate, the place of the first
								 * that it is made of (int) */
} CrPartials;

extern CrPartials *cr_partials_make(const CrArms *arms, List *aggregates);
extern bool cr_partials_add_up(const CrPartials *partials, const int *live);
extern Expr *cr_partials_complete(Expr *column, int live);
extern Expr *cr_partials_combine(const CrPartials *partials, int number,
								 List *keys, const int *live);

/* union.c */
extern bool cr_union_may_be_in(const RangeTblEntry *rte);
extern List *cr_union_branches(CrLevel *level, RangeTblEntry *rte,
							   bool distinct);
extern int	cr_union_find(CrLevel *level, bool distinct, List **branches);
extern bool cr_union_is_selection(Query *query);
extern void cr_distribute_unions(CrLevel *level);

/* cohort.c */
extern void cr_cohorts_as_questions(CrLevel *level);

/* forget_copies.c */
extern Query *cr_with_copies(const Query *subquery);
extern void cr_forget_copies(CrLevel *level);

/* union_question.c */
extern void cr_distribute_questions(CrLevel *level);

#endif							/* CR_ARMS_H */
