/*-------------------------------------------------------------------------
 *
 * src/inspect/shown.c
 *	  Makes a query that has been rewritten fit to be shown.
 *
 * The server shows only joins that stand in the range table behind their
 * sides.  So they are entered anew, with the columns that these have; what
 * names one of a join names it as its side's.  Columns are named by where they
 * are now, not by where they were in what was parsed.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/make_query.h"
#include "inspect/normalize.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/parsetree.h"

/* Names the columns that subqueries have been given since they were read. */
static void
name_columns(Query *query)
{
	ListCell   *lc;

	foreach(lc, query->rtable)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);
		List	   *names;

		if (rte->rtekind != RTE_SUBQUERY)
			continue;
		names = cr_column_names(rte->subquery);
		names = list_copy_tail(names, list_length(rte->eref->colnames));
		rte->eref->colnames = list_concat(rte->eref->colnames, names);
	}
}

/* Enters the joins of a part of FROM anew, behind their sides. */
static void
enter_joins(Query *query, Node *node)
{
	JoinExpr   *join = (JoinExpr *) node;
	ListCell   *lc;

	if (IsA(node, FromExpr))
	{
		foreach(lc, ((FromExpr *) node)->fromlist)
			enter_joins(query, lfirst(lc));
	}
	if (!IsA(node, JoinExpr))
		return;
	enter_joins(query, join->larg);
	enter_joins(query, join->rarg);
	query->rtable = lappend(query->rtable,
							copyObject(rt_fetch(join->rtindex,
												query->rtable)));
	join->rtindex = list_length(query->rtable);
	cr_normalize_join_columns(query, join);
}

/*
 * Nothing names joins as they were entered before, nor those that are not in
 * FROM any more; what their columns are of may be gone.
 */
static void
forget_joins(List *entries)
{
	ListCell   *lc;

	foreach(lc, entries)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);

		if (rte->rtekind != RTE_JOIN)
			continue;
		rte->rtekind = RTE_RESULT;
		rte->eref = makeAlias(rte->eref->aliasname, NIL);
		rte->joinaliasvars = NIL;
		rte->joinleftcols = NIL;
		rte->joinrightcols = NIL;
	}
}

static bool
shown_walker(Node *node, void *context)
{
	Query	   *query = (Query *) node;
	List	   *entries;

	if (node == NULL)
		return false;
	if (IsA(node, Var))
		cr_forget_syntax((Var *) node);
	if (!IsA(node, Query))
		return expression_tree_walker(node, shown_walker, context);
	if (cr_normalize_is_lateral(query))
		return false;
	query->targetList = (List *)
		cr_flatten_join_names(query, (Node *) query->targetList);
	query->havingQual = cr_flatten_join_names(query, query->havingQual);
	query->jointree = (FromExpr *)
		cr_flatten_join_names(query, (Node *) query->jointree);
	name_columns(query);
	entries = list_copy(query->rtable);
	enter_joins(query, (Node *) query->jointree);
	forget_joins(entries);
	return query_tree_walker(query, shown_walker, context, 0);
}

/* In place, of a query that is not run. */
void
cr_normalize_shown(Query *query)
{
	(void) shown_walker((Node *) query, NULL);
}
