/*-------------------------------------------------------------------------
 *
 * src/inspect/shell.c
 *	  Writes what a query does with its groups over the results of an inner
 *	  query instead.
 *
 * The inner query's columns are the grouping keys, then the aggregates; it
 * is entry 1 of the range table.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/make_query.h"
#include "inspect/shell.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/tlist.h"

typedef struct ShellContext
{
	List	   *keys;			/* expressions of the inner query's first
								 * columns */
	List	   *aggregates;		/* Aggref of those behind them */
	Index		depth;			/* of sub-selects around the node */
	bool		lost;			/* something is neither */
} ShellContext;

static Node *
find_key(Node *node, ShellContext *context)
{
	ListCell   *lc;
	AttrNumber	attno = 0;

	foreach(lc, context->keys)
	{
		attno++;
		if (equal(node, lfirst(lc)))
			return (Node *) makeVar(1, attno, exprType(node),
									exprTypmod(node), exprCollation(node),
									context->depth);
	}
	return NULL;
}

static Node *
find_aggregate(Aggref *aggref, ShellContext *context)
{
	ListCell   *lc;
	AttrNumber	attno = list_length(context->keys);

	foreach(lc, context->aggregates)
	{
		attno++;
		if (equal(aggref, lfirst(lc)))
			return (Node *) makeVar(1, attno, aggref->aggtype, -1,
									aggref->aggcollid, 0);
	}
	context->lost = true;
	return (Node *) aggref;
}

static Node *
find_column(const Var *var, ShellContext *context)
{
	Var		   *own = (Var *) copyObjectImpl(var);
	Node	   *key;

	/* a column of this level, used in a sub-select of the shell */
	own->varlevelsup = 0;
	key = find_key((Node *) own, context);
	if (key != NULL)
		return key;
	context->lost = true;
	return (Node *) own;
}

static Node *
shell_mutator(Node *node, ShellContext *context)
{
	Node	   *key;

	if (node == NULL)
		return NULL;
	if (context->depth == 0 && IsA(node, Aggref))
		return find_aggregate((Aggref *) node, context);
	if (context->depth == 0 && !IsA(node, List) && !IsA(node, TargetEntry) &&
		(key = find_key(node, context)) != NULL)
		return key;
	/* one of this level in a sub-select, too */
	if (IsA(node, GroupingFunc) ||
		(IsA(node, Aggref) &&
		 ((Aggref *) node)->agglevelsup == context->depth))
		context->lost = true;
	if (IsA(node, Var) && ((Var *) node)->varlevelsup == context->depth)
		return find_column((Var *) node, context);
	if (IsA(node, Query))
	{
		Query	   *query;

		context->depth++;
		query = query_tree_mutator((Query *) node, shell_mutator,
								   context, 0);
		context->depth--;
		return (Node *) query;
	}
	return expression_tree_mutator(node, shell_mutator, (void *) context);
}

/*
 * The node with columns of entry 1 in the place of keys and aggregates.
 * False in *whole (which is else left alone) when it has anything else.
 */
Node *
cr_shell_rewrite(Node *node, List *keys, List *aggregates, bool *whole)
{
	ShellContext context = {keys, aggregates, 0, false};

	node = shell_mutator(node, &context);
	if (context.lost)
		*whole = false;
	return node;
}

static bool
key_walker(Node *node, List *keys)
{
	CHECK_FOR_INTERRUPTS();
	return node != NULL &&
		(list_member(keys, node) ||
		 expression_tree_walker(node, key_walker, (void *) keys));
}

/* Is a part of the expression one of the keys, by which it is found again? */
bool
cr_shell_is_made_of_key(Node *node, List *keys)
{
	return keys != NIL &&
		expression_tree_walker(node, key_walker, (void *) keys);
}

/*
 * A copy of the query, of its own fields only, without what it does with its
 * groups.  The target list is still the query's.
 */
Query *
cr_shell_core(const Query *query)
{
	Query	   *core = makeNode(Query);

	memcpy(core, query, sizeof(Query));
	core->cteList = NIL;
	core->hasRecursive = false;
	core->havingQual = NULL;
	core->windowClause = NIL;
	core->hasWindowFuncs = false;
	core->distinctClause = NIL;
	core->hasDistinctOn = false;
	core->hasTargetSRFs = false;
	core->sortClause = NIL;
	core->limitCount = NULL;
	core->limitOffset = NULL;
	core->limitOption = LIMIT_OPTION_COUNT;
	return core;
}

/* Has a query that grouped read these rows instead, as they are. */
void
cr_shell_put_over(Query *query, List *rtable, List *from, Node *quals)
{
	query->havingQual = NULL;
	query->groupClause = NIL;
	query->groupDistinct = false;
	query->hasAggs = false;
	query->rtable = rtable;
	cr_clear_permissions(query);
	query->jointree = makeFromExpr(from, quals);
}

/* ---------- an inner query of keys and aggregates ---------- */

/* Reads the keys and aggregates of a query that groups. */
void
cr_shell_read(CrShell *shell, Query *query)
{
	List	   *found;
	ListCell   *lc;

	foreach(lc, query->groupClause)
	{
		TargetEntry *tle = get_sortgroupclause_tle(lfirst(lc),
												   query->targetList);

		shell->keys = lappend(shell->keys, tle);
		shell->key_exprs = lappend(shell->key_exprs, tle->expr);
	}
	found = pull_var_clause((Node *) list_make2(query->targetList,
												query->havingQual),
							PVC_INCLUDE_AGGREGATES |
							PVC_RECURSE_WINDOWFUNCS |
							PVC_RECURSE_PLACEHOLDERS);
	foreach(lc, found)
	{
		Node	   *node = (Node *) lfirst(lc);

		if (IsA(node, Aggref))
			shell->aggregates = list_append_unique(shell->aggregates, node);
	}
}

/* The target list of an inner query, with these aggregates. */
List *
cr_shell_targets(const CrShell *shell, List *aggregates)
{
	List	   *targets = NIL;
	AttrNumber	resno = 0;
	ListCell   *lc;

	foreach(lc, shell->keys)
	{
		TargetEntry *key = copyObject(lfirst_node(TargetEntry, lc));

		key->resno = ++resno;
		if (key->resjunk || key->resname == NULL)
			key->resname = psprintf("key_%d", resno);
		key->resjunk = false;
		targets = lappend(targets, key);
	}
	foreach(lc, aggregates)
	{
		char	   *name = psprintf("part_%d", foreach_current_index(lc) + 1);

		targets = lappend(targets,
						  makeTargetEntry(copyObject(lfirst(lc)), ++resno,
										  name, false));
	}
	return targets;
}

/*
 * What the query does with its groups happens to the results of "below".
 * False, with nothing changed, where it does something else, too.
 */
bool
cr_shell_replace(Query *query, const CrShell *shell, Query *below)
{
	bool		whole = true;
	List	   *targets;
	List	   *windows;
	Node	   *quals;
	RangeTblEntry *rte;

	targets = (List *) cr_shell_rewrite((Node *) query->targetList,
										shell->key_exprs, shell->aggregates,
										&whole);
	windows = (List *) cr_shell_rewrite((Node *) query->windowClause,
										shell->key_exprs, shell->aggregates,
										&whole);
	quals = cr_shell_rewrite(query->havingQual, shell->key_exprs,
							 shell->aggregates, &whole);
	if (!whole)
		return false;
	query->targetList = targets;
	query->windowClause = windows;
	rte = cr_make_subquery_entry(below, "combined", cr_column_names(below));
	cr_shell_put_over(query, list_make1(rte),
					  list_make1(cr_make_reference(1)), quals);
	return true;
}
