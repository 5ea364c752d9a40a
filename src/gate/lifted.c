/*-------------------------------------------------------------------------
 *
 * src/gate/lifted.c
 *	  Rule: what an aggregate is given is known for what it is made of.
 *
 * inspect/lift.c writes what a subquery computes of each row where that is
 * aggregated.  The rules that ask what factors a product has, or where a
 * quotient is null, look at what is written there.  Where it could not be
 * lifted they would take it for a column, and have no guard for it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/errcodes.h"
#include "gate/gate.h"
#include "nodes/nodeFuncs.h"
#include "utils/fmgroids.h"

typedef struct Hidden
{
	CrLevel    *level;
	bool		(*hides) (CrLevel *level, Node *column);
	Node	   *computed;		/* the first that is found, expanded */
} Hidden;

/* Does it name columns, here or in a subquery that names some of around it? */
static bool
varies_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Var))
		return true;
	if (IsA(node, SubLink))
		return varies_walker(((SubLink *) node)->testexpr, context) ||
			cr_inspect_refers_outside((Query *)
									  ((SubLink *) node)->subselect);
	return expression_tree_walker(node, varies_walker, context);
}

/* What is there for a column beside which an outer join has put a row. */
static Node *
where_there(Node *column)
{
	CaseExpr   *expr = (CaseExpr *) column;
	CaseWhen   *when;

	if (!IsA(expr, CaseExpr) || expr->arg != NULL ||
		list_length(expr->args) != 1 ||
		(expr->defresult != NULL &&
		 !(IsA(expr->defresult, Const) &&
		   ((Const *) expr->defresult)->constisnull)))
		return column;
	when = linitial_node(CaseWhen, expr->args);
	if (!IsA(when->expr, NullTest) ||
		((NullTest *) when->expr)->nulltesttype != IS_NOT_NULL ||
		!IsA(cr_inspect_strip((Node *) ((NullTest *) when->expr)->arg), Var))
		return column;
	return where_there((Node *) when->result);
}

/*
 * Is the column of a row level a computation?  Not a question whether people
 * match: what is made of those is known from the questions themselves.
 */
static bool
is_computed(CrLevel *level, Node *column)
{
	column = cr_inspect_strip(where_there(column));
	if (IsA(column, Var) || cr_match_is_pure(level->statement, column))
		return false;
	if (IsA(column, NullTest) &&
		IsA(cr_inspect_strip((Node *) ((NullTest *) column)->arg), Var))
		return false;
	return varies_walker(column, NULL);
}

/* The same, but for what is never null, which is counted as it is there. */
static bool
is_computed_or_null(CrLevel *level, Node *column)
{
	FuncExpr   *call = (FuncExpr *) cr_inspect_strip(where_there(column));

	return is_computed(level, column) &&
		!(IsA(call, FuncExpr) && call->funcid == F_CONCAT);
}

/* Is it several conditions at once? */
static bool
several_walker(Node *node, void *context)
{
	if (node == NULL || IsA(node, SubLink))
		return false;
	return is_andclause(node) || is_orclause(node) ||
		IsA(node, CaseExpr) || IsA(node, CoalesceExpr) ||
		expression_tree_walker(node, several_walker, context);
}

/* Does the column choose people by a label, or a list, and something else? */
static bool
is_choice(CrLevel *level, Node *column)
{
	column = where_there(column);
	return several_walker(column, NULL) &&
		(cr_label_in(level, column) || cr_list_names_keys(level, column));
}

static bool
hidden_walker(Node *node, Hidden *hidden)
{
	ListCell   *lc;

	if (node == NULL || IsA(node, Query))
		return false;
	if (!IsA(node, Var))
		return expression_tree_walker(node, hidden_walker, (void *) hidden);
	foreach(lc, hidden->level->sources)
	{
		CrSource   *source = (CrSource *) lfirst(lc);
		AttrNumber	attno = ((Var *) node)->varattno;

		if (source->rti != (int) ((Var *) node)->varno ||
			((Var *) node)->varlevelsup != 0 || source->base != NULL ||
			attno < 1 || attno > list_length(source->level->columns))
			continue;
		if (!hidden->hides(hidden->level,
						   list_nth(source->level->columns, attno - 1)))
			continue;
		hidden->computed = list_nth(source->level->columns, attno - 1);
		return true;
	}
	return false;
}

/* What a subquery computes must stand where it is aggregated. */
CrVerdict *
cr_rule_lifted(CrLevel *level, CrAggregate *aggregate)
{
	Hidden		hidden = {level, is_computed, NULL};

	if (aggregate->aggref->aggfnoid == F_COUNT_ANY)
		hidden.hides = is_computed_or_null;
	if (!hidden_walker((Node *) aggregate->aggref->args, &hidden))
		return NULL;
	return cr_verdict_refuse(CR_ERRCODE_CONSTRUCT,
							 exprLocation(hidden.computed),
							 "what a subquery computes of each row may not be aggregated from here",
							 "Let the subquery return the columns, and compute in the aggregate: SELECT sum(x * y) FROM (SELECT x, y ...) AS s.");
}

/*
 * Nor may a condition be one column, where whom a label leaves out of those
 * that something else chooses has to be known.
 */
CrVerdict *
cr_rule_lifted_condition(CrLevel *level, Node *written)
{
	Hidden		hidden = {level, is_choice, NULL};

	if (!hidden_walker(written, &hidden))
		return NULL;
	return cr_verdict_refuse(CR_ERRCODE_CONSTRUCT,
							 exprLocation(hidden.computed),
							 "what a subquery makes of a label and other columns may not be a condition here",
							 "Let the subquery return the columns, and join the conditions by AND where they choose: FILTER (WHERE a AND b).");
}
