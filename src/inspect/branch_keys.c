/*-------------------------------------------------------------------------
 *
 * src/inspect/branch_keys.c
 *	  Computes what a query over a UNION ALL of rows groups by in its branches.
 *
 *	SELECT f(x), count(DISTINCT u) FROM (SELECT u, x FROM a UNION ALL ...)
 *	GROUP BY f(x)
 *
 * groups by a column of the branches then, SELECT u, x, f(x) FROM a, which
 * rows of other branches are compared with (distinct_people.c) as with any.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "inspect/arms.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/tlist.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteManip.h"

typedef struct BranchContext
{
	int			rti;			/* the UNION ALL in the query's FROM */
	Query	   *branch;
} BranchContext;

/* The columns of the UNION ALL as the branch computes them. */
static Node *
computed_mutator(Node *node, BranchContext *context)
{
	if (node == NULL)
		return NULL;
	if (IsA(node, Var) && (int) ((Var *) node)->varno == context->rti)
		return copyObject((Node *)
						  get_tle_by_resno(context->branch->targetList,
										   ((Var *) node)->varattno)->expr);
	return expression_tree_mutator(node, computed_mutator, (void *) context);
}

/* Is it more than a column, and made of columns of the UNION ALL alone? */
static bool
is_computed_of(int rti, Node *key)
{
	ListCell   *lc;

	if (IsA(cr_inspect_strip(key), Var) || checkExprHasSubLink(key) ||
		contain_volatile_functions(key))
		return false;
	foreach(lc, pull_var_clause(key, 0))
	{
		Var		   *var = lfirst_node(Var, lc);

		if ((int) var->varno != rti || var->varlevelsup != 0 ||
			var->varattno < 1)
			return false;
	}
	return contain_vars_of_level(key, 0);
}

/* Can a column be added to the branch that changes none of its rows? */
static bool
takes_column(Query *branch)
{
	return branch->groupClause == NIL && branch->groupingSets == NIL &&
		branch->distinctClause == NIL && branch->setOperations == NULL &&
		!branch->hasAggs;
}

static bool
all_take_columns(List *branches)
{
	ListCell   *lc;

	foreach(lc, branches)
	{
		if (!takes_column(lfirst_node(Query, lc)))
			return false;
	}
	return true;
}

/* The next column of each branch, of which there are "number" before it. */
static bool
add_column(List *branches, int rti, Node *key, int number)
{
	ListCell   *lc;

	foreach(lc, branches)
	{
		Query	   *branch = lfirst_node(Query, lc);
		BranchContext context = {rti, branch};
		Node	   *value = cr_arm_value(rti, branch, key);

		if (exprType(value) != exprType(key) ||
			exprCollation(value) != exprCollation(key))
			return false;
		value = computed_mutator(value, &context);
		branch->targetList =
			lappend(branch->targetList,
					makeTargetEntry((Expr *) value, number + 1,
									psprintf("key_%d", number + 1), false));
	}
	return true;
}

/* How many columns the branches have, all the same; 0 where some are junk. */
static int
count_columns(List *branches)
{
	Query	   *first = linitial_node(Query, branches);
	int			number = list_length(first->targetList);
	ListCell   *lc;

	foreach(lc, branches)
	{
		Query	   *branch = lfirst_node(Query, lc);

		if (list_length(branch->targetList) != number ||
			count_nonjunk_tlist_entries(branch->targetList) != number)
			return 0;
	}
	return number;
}

/*
 * Has the branches of the UNION ALL that is entry rti of the query compute the
 * keys (TargetEntry), which become columns of it.  Changes all three in place,
 * also where it is not possible, and the result false.
 */
bool
cr_arms_compute_keys(Query *query, int rti, List *branches, List *keys)
{
	RangeTblEntry *rte = rt_fetch(rti, query->rtable);
	int			number = count_columns(branches);
	ListCell   *lc;

	if (number == 0 || list_length(rte->eref->colnames) != number ||
		!all_take_columns(branches))
		return false;
	foreach(lc, keys)
	{
		TargetEntry *key = lfirst_node(TargetEntry, lc);

		if (!is_computed_of(rti, (Node *) key->expr))
			continue;
		if (!add_column(branches, rti, (Node *) key->expr, number))
			return false;
		number++;
		rte->eref->colnames = lappend(rte->eref->colnames,
									  makeString(psprintf("key_%d", number)));
		key->expr = (Expr *) makeVar(rti, number,
									 exprType((Node *) key->expr),
									 exprTypmod((Node *) key->expr),
									 exprCollation((Node *) key->expr), 0);
	}
	return true;
}
