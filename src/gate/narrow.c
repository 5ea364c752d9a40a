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

CrVerdict *
cr_rule_widths(CrLevel *level, CrAggregate *aggregate)
{
	ListCell   *lc;

	if (cr_aggregate_family(aggregate->aggref->aggfnoid) == CR_AGG_COUNT)
		return NULL;
	foreach(lc, pull_var_clause((Node *) aggregate->aggref->args, 0))
	{
		Node	   *expanded = cr_inspect_expand(level, lfirst(lc));

		if (cr_width_fits(expanded) && !narrow_unit_walker(expanded, level))
			continue;
		return cr_verdict_refuse(CR_ERRCODE_AGGREGATE,
								 exprLocation(lfirst(lc)),
								 "a measure computed in a subquery may be too large for its integer type",
								 "Compute it inside the aggregate, or cast one operand: a::bigint * b, or a::numeric * b.");
	}
	return NULL;
}
