/*-------------------------------------------------------------------------
 *
 * src/verify/plan_check.h
 *	  What the files of verify/ share while one plan is judged.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_PLAN_CHECK_H
#define CR_PLAN_CHECK_H

#include "base/verdict.h"
#include "nodes/bitmapset.h"
#include "nodes/plannodes.h"
#include "policy/policy.h"

typedef struct CrPlanCheck
{
	PlannedStmt *plan;
	int			nrtable;
	CrPolicy  **policies;		/* by range table index; NULL: not protected,
								 * or the current user is exempt */
	int			nsubplans;
	Bitmapset **subplan_rows;	/* by subplan index: raw rows it returns */
	bool	   *subplan_judged;
	Bitmapset  *ctes;			/* subplans that CteScans read, by plan id */
	Bitmapset  *handed;			/* parameters with values of raw rows */
	List	   *guards;			/* Agg: those that rows become clean at */
	CrVerdict  *objection;		/* the first one met, or NULL */
} CrPlanCheck;

/*
 * Where a value of a plan comes from: an expression that no Var leads
 * further down from, and the plan node it stands in (NULL expression: a node
 * that cannot be looked through).
 */
typedef struct CrOrigin
{
	Plan	   *plan;
	Node	   *expr;
} CrOrigin;

/* one table's unit column, as a scan of the plan returns it */
typedef struct CrUnitColumn
{
	int			rti;
	AttrNumber	attno;
} CrUnitColumn;

/* plan_trace.c: all CrOrigins of an expression in plan's output or qual */
extern List *cr_verify_trace_expr(CrPlanCheck *check, Plan *plan, Node *expr);

/* plan_trace.c: the range table indexes that a scan node itself reads */
extern Bitmapset *cr_verify_scanned_relations(Plan *plan);

/* plan_guard.c: does agg's qual guard all unit columns of raw's tables? */
extern bool cr_verify_agg_guards(CrPlanCheck *check, Agg *agg,
								 const Bitmapset *raw);

/*
 * plan_empty.c: has the planner found out that the node returns no row,
 * whatever is in the tables?
 */
extern bool cr_verify_returns_nothing(Plan *plan);

/*
 * plan_code.c: a function in the node's own expressions that somebody who is
 * no superuser has made; or InvalidOid
 */
extern Oid	cr_verify_made_function(const Plan *plan);

/* plan_code.c: does an expression of the node give values to a subplan? */
extern bool cr_verify_asks_subplan(const Plan *plan);

/*
 * plan_code.c: does the node give one of these parameters to such a function,
 * or to a subplan?
 */
extern bool cr_verify_receives(const Plan *plan, const Bitmapset *handed);

#endif							/* CR_PLAN_CHECK_H */
