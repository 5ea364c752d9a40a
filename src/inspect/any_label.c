/*-------------------------------------------------------------------------
 *
 * src/inspect/any_label.c
 *	  Reads whether a label holds for any or all of a person's rows as counts.
 *
 *	bool_or(c)		CASE WHEN count(*) FILTER (WHERE c) > 0 THEN true
 *						 WHEN count(*) FILTER (WHERE NOT c) > 0 THEN false END
 *	bool_and(c)		the same, the other way round
 *
 * where c has a column of a relation that is not protected.  Of dimensions
 * either form will do, and stays as it is.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/make_expr.h"
#include "catalog/pg_type.h"
#include "inspect/facts.h"
#include "inspect/normalize.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/tlist.h"
#include "parser/parsetree.h"
#include "utils/fmgroids.h"

static bool
label_walker(Node *node, Query *query)
{
	Var		   *var = (Var *) node;
	RangeTblEntry *rte;
	TargetEntry *tle;

	if (node == NULL || IsA(node, Query))
		return false;
	if (!IsA(node, Var))
		return expression_tree_walker(node, label_walker, (void *) query);
	if (var->varlevelsup != 0 || var->varattno <= 0)
		return false;
	check_stack_depth();
	rte = rt_fetch(var->varno, query->rtable);
	if (rte->rtekind == RTE_RELATION)
		return !cr_policy_exists(rte->relid);
	if (rte->rtekind != RTE_SUBQUERY || !cr_inspect_touches(rte->subquery))
		return true;
	tle = get_tle_by_resno(rte->subquery->targetList, var->varattno);
	return tle != NULL && label_walker((Node *) tle->expr, rte->subquery);
}

/* count(*) FILTER (WHERE the aggregate's filter AND condition) > 0 */
static Node *
is_there(const Aggref *aggref, Node *condition)
{
	Aggref	   *count = cr_make_aggregate(F_COUNT_, INT8OID, NIL);
	Node	   *filter = (Node *) copyObject(condition);

	if (aggref->aggfilter != NULL)
		filter = (Node *)
			make_ands_explicit(list_make2(copyObject(aggref->aggfilter),
										  filter));
	count->aggfilter = (Expr *) filter;
	count->location = aggref->location;
	return (Node *) cr_make_operation(">", (Expr *) count,
									  (Expr *) cr_make_int4(0));
}

/* What is not known to hold, nor not to hold, is null. */
static Node *
write_counts(const Aggref *aggref, Node *condition, bool any, Node *yes,
			 Node *no)
{
	Node	   *opposite = (Node *) make_notclause((Expr *) condition);
	CaseExpr   *result = cr_make_case(is_there(aggref,
											   any ? condition : opposite),
									  any ? yes : no, NULL);
	CaseExpr   *second = cr_make_case(is_there(aggref,
											   any ? opposite : condition),
									  any ? no : yes, NULL);

	result->args = lappend(result->args, linitial(second->args));
	return (Node *) result;
}

/*
 * What stands for the aggregate, where it asks for a label by bool_or() or
 * bool_and(), or by the greatest or least of 1 and 0; else NULL.
 */
Node *
cr_normalize_any_label(Query *query, const Aggref *aggref)
{
	Node	   *condition;
	bool		boolean = aggref->aggfnoid == F_BOOL_OR ||
		aggref->aggfnoid == F_BOOL_AND || aggref->aggfnoid == F_EVERY;

	if ((!boolean && aggref->aggfnoid != F_MAX_INT4 &&
		 aggref->aggfnoid != F_MIN_INT4) || aggref->agglevelsup != 0 ||
		aggref->aggdistinct != NIL || aggref->aggorder != NIL)
		return NULL;
	condition = (Node *) linitial_node(TargetEntry, aggref->args)->expr;
	if (!boolean)
	{
		if (!IsA(condition, FuncExpr) ||
			((FuncExpr *) condition)->funcid != F_INT4_BOOL)
			return NULL;
		condition = linitial(((FuncExpr *) condition)->args);
	}
	if (!label_walker(condition, query))
		return NULL;
	return write_counts(aggref, condition,
						aggref->aggfnoid == F_BOOL_OR ||
						aggref->aggfnoid == F_MAX_INT4,
						boolean ? makeBoolConst(true, false) :
						(Node *) cr_make_int4(1),
						boolean ? makeBoolConst(false, false) :
						(Node *) cr_make_int4(0));
}
