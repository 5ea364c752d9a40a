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
#include "inspect/shell.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"

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
