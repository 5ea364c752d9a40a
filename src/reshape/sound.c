/*-------------------------------------------------------------------------
 *
 * src/reshape/sound.c
 *	  Looks whether each column named in a statement is there.
 *
 * Rewriting moves expressions between queries.  One that has been left in the
 * words of another query would have the planner read memory that is not its
 * own, or, worse, a column that nobody has judged.  So before the planner sees
 * it every Var must name an entry of its query's range table, and a column of
 * that entry which is of its type.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_attribute.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/tlist.h"
#include "parser/parsetree.h"
#include "reshape/reshape.h"
#include "utils/syscache.h"

/* A query, and those around it. */
typedef struct Scope
{
	Query	   *query;
	const struct Scope *around;
} Scope;

static bool
is_attribute(const RangeTblEntry *rte, const Var *var)
{
	HeapTuple	tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(rte->relid),
										Int16GetDatum(var->varattno));
	bool		found = HeapTupleIsValid(tuple) &&
		((Form_pg_attribute) GETSTRUCT(tuple))->atttypid == var->vartype;

	if (HeapTupleIsValid(tuple))
		ReleaseSysCache(tuple);
	return found;
}

/* What a set operation gives may be of another type than its first branch. */
static bool
is_target(const Query *query, const RangeTblEntry *rte, const Var *var)
{
	TargetEntry *tle = get_tle_by_resno(rte->subquery->targetList,
										var->varattno);

	return tle != NULL && !tle->resjunk &&
		(query->setOperations != NULL ||
		 exprType((Node *) tle->expr) == var->vartype);
}

static bool
is_column(const Query *query, const Var *var)
{
	RangeTblEntry *rte;

	if (var->varno < 1 || var->varno > list_length(query->rtable))
		return false;
	rte = rt_fetch(var->varno, query->rtable);
	if (var->varattno == 0)
		return true;			/* a whole row */
	if (rte->rtekind == RTE_RELATION)
		return is_attribute(rte, var);
	if (var->varattno < 0)
		return false;
	if (rte->rtekind == RTE_SUBQUERY)
		return is_target(query, rte, var);
	if (rte->coltypes != NIL)
		return var->varattno <= list_length(rte->coltypes) &&
			list_nth_oid(rte->coltypes, var->varattno - 1) == var->vartype;
	return var->varattno <= list_length(rte->eref->colnames);
}

/* True if a column, or an entry of FROM, is not there. */
static bool
unsound_walker(Node *node, const Scope *scope)
{
	int			rti = 0;

	if (node == NULL)
		return false;
	if (IsA(node, Query))
	{
		Scope		inner = {(Query *) node, scope};

		check_stack_depth();
		return query_tree_walker(inner.query, unsound_walker, &inner, 0);
	}
	if (IsA(node, Var))
	{
		Index		levels = ((Var *) node)->varlevelsup;

		while (levels-- > 0 && scope != NULL)
			scope = scope->around;
		return scope == NULL || !is_column(scope->query, (Var *) node);
	}
	if (IsA(node, RangeTblRef))
		rti = ((RangeTblRef *) node)->rtindex;
	else if (IsA(node, JoinExpr))
		rti = ((JoinExpr *) node)->rtindex;
	if (rti < 0 || rti > list_length(scope->query->rtable))
		return true;
	return expression_tree_walker(node, unsound_walker, (void *) scope);
}

/* Is each column that the query names, here and below, there? */
bool
cr_reshape_is_sound(Query *query)
{
	return !unsound_walker((Node *) query, NULL);
}
