/*-------------------------------------------------------------------------
 *
 * src/gate/narrow.c
 *	  Rule: integers that a subquery computes, and the query around it
 *	  aggregates, must not be able to overflow.
 *
 * Inside an aggregate reshape/widen.c sees to it.  The columns of a subquery
 * have the type that the query expects, and what overflows there is null:
 * rows could be left out of a sum by the size of a measure.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/errcodes.h"
#include "gate/gate.h"
#include "inspect/polynomial.h"
#include "inspect/width.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"

/* Does a column of a unit level in the expression compute what may not fit? */
static bool
narrow_unit_walker(Node *node, CrLevel *level)
{
	CrBase	   *base;

	if (node == NULL || IsA(node, Query))
		return false;
	if (!IsA(node, Var))
		return expression_tree_walker(node, narrow_unit_walker,
									  (void *) level);
	if (((Var *) node)->varlevelsup != 0 || ((Var *) node)->varno <= 0)
		return false;
	base = cr_inspect_base(level->statement, ((Var *) node)->varno);
	if (base->kind != CR_BASE_UNIT_LEVEL || ((Var *) node)->varattno < 1 ||
		((Var *) node)->varattno > list_length(base->level->columns))
		return false;
	return !cr_width_fits(list_nth(base->level->columns,
								   ((Var *) node)->varattno - 1));
}

static bool stays_narrow_walker(Node *node, void *context);

/* Is one of the integers computed in it neither small enough nor widened? */
static bool
stays_narrow(Node *node, bool widened)
{
	List	   *args = NIL;
	ListCell   *lc;

	if (node == NULL || IsA(node, SubLink) || IsA(node, Query))
		return false;
	if (cr_width_cast_from(node) != NULL)
		return stays_narrow(cr_width_cast_from(node), true);
	if (cr_width_operation(node, &args) != CR_INT_OTHER)
	{
		if (!widened && !cr_width_fits(node))
			return true;
	}
	else if (widened && IsA(node, CoalesceExpr))
		args = ((CoalesceExpr *) node)->args;
	else if (widened && IsA(node, CaseExpr))
	{
		args = list_make1(((CaseExpr *) node)->defresult);
		foreach(lc, ((CaseExpr *) node)->args)
		{
			CaseWhen   *when = lfirst_node(CaseWhen, lc);

			if (stays_narrow((Node *) when->expr, false))
				return true;
			args = lappend(args, when->result);
		}
	}
	else
		return expression_tree_walker(node, stays_narrow_walker, NULL);
	foreach(lc, args)
	{
		if (stays_narrow(lfirst(lc), widened))
			return true;
	}
	return false;
}

static bool
stays_narrow_walker(Node *node, void *context)
{
	return stays_narrow(node, false);
}

static CrVerdict *
refuse_width(Node *expr)
{
	return cr_verdict_refuse(CR_ERRCODE_AGGREGATE, exprLocation(expr),
							 "a measure computed in a subquery, or inside another expression, may be too large for its integer type",
							 "Compute it inside the aggregate, or cast one operand: a::bigint * b, or a::numeric * b.");
}

/* The rule, for all that one aggregate takes. */
CrVerdict *
cr_rule_widths(CrLevel *level, CrAggregate *aggregate)
{
	bool		counts =
		cr_aggregate_family(aggregate->aggref->aggfnoid) == CR_AGG_COUNT &&
		list_length(aggregate->arguments) == 1;
	ListCell   *lc;

	foreach(lc, aggregate->aggref->args)
	{
		Node	   *argument = (Node *) lfirst_node(TargetEntry, lc)->expr;

		/* reshape/widen.c widens integer arguments, and what is cast */
		if (!counts && stays_narrow(argument, true))
			return refuse_width(argument);
	}
	foreach(lc, pull_var_clause((Node *) aggregate->aggref->args, 0))
	{
		Node	   *expanded = cr_inspect_expand(level, lfirst(lc));

		/* what overflows in a subquery by person is null, and not counted */
		if ((counts || cr_width_fits(expanded)) &&
			!narrow_unit_walker(expanded, level))
			continue;
		return refuse_width(lfirst(lc));
	}
	return NULL;
}
