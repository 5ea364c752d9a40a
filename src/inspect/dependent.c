/*-------------------------------------------------------------------------
 *
 * src/inspect/dependent.c
 *	  Groups by what follows from a primary key that is grouped by.
 *
 *	SELECT p.id, p.town, sum(o.x) FROM p JOIN o USING (id) GROUP BY p.id
 *
 * is the same with GROUP BY p.id, p.town, the parser having seen that id is
 * p's primary key; so rules need to know only what is grouped by.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/make_query.h"
#include "inspect/facts.h"
#include "inspect/normalize.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/tlist.h"
#include "parser/parse_oper.h"
#include "parser/parsetree.h"

typedef struct Dependent
{
	List	   *keys;			/* expressions that are grouped by */
	List	   *columns;		/* Var beside them */
} Dependent;

static bool
dependent_walker(Node *node, Dependent *dependent)
{
	if (node == NULL || IsA(node, Aggref) || IsA(node, Query))
		return false;
	if (!IsA(node, List) && !IsA(node, TargetEntry) &&
		list_member(dependent->keys, node))
		return false;
	if (IsA(node, Var) && ((Var *) node)->varlevelsup == 0)
		dependent->columns = list_append_unique(dependent->columns, node);
	return expression_tree_walker(node, dependent_walker, (void *) dependent);
}

static bool
can_be_grouped(Node *column)
{
	Oid			equality;

	get_sort_group_operators(exprType(column), false, false, false, NULL,
							 &equality, NULL, NULL);
	return OidIsValid(equality);
}

/* What no one may group by is refused as what it is, beside the key. */
static bool
may_be_key(Query *query, const Var *column)
{
	RangeTblEntry *rte = rt_fetch(column->varno, query->rtable);
	CrPolicy   *policy = rte->rtekind == RTE_RELATION ?
		cr_policy_lookup(rte->relid) : NULL;

	return policy == NULL || column->varattno > policy->natts ||
		(policy->columns[column->varattno - 1].uses & CR_USE_DIMENSION) != 0;
}

static TargetEntry *
find_entry(List *targets, Node *column)
{
	ListCell   *lc;

	foreach(lc, targets)
	{
		if (equal(lfirst_node(TargetEntry, lc)->expr, column))
			return lfirst_node(TargetEntry, lc);
	}
	return NULL;
}

/* Writes such columns out in GROUP BY, in place.  Names are normalized. */
void
cr_normalize_dependent_columns(Query *query)
{
	Dependent	dependent = {NIL, NIL};
	ListCell   *lc;

	if (query->constraintDeps == NIL || query->groupingSets != NIL)
		return;
	dependent.keys = get_sortgrouplist_exprs(query->groupClause,
											 query->targetList);
	dependent_walker((Node *) query->targetList, &dependent);
	dependent_walker(query->havingQual, &dependent);
	foreach(lc, dependent.columns)
	{
		Node	   *column = (Node *) lfirst(lc);
		TargetEntry *tle = find_entry(query->targetList, column);

		if (((Var *) column)->varattno <= 0 || !can_be_grouped(column) ||
			!may_be_key(query, (Var *) column))
			continue;
		if (tle == NULL)
		{
			tle = makeTargetEntry(copyObject((Expr *) column),
								  list_length(query->targetList) + 1, NULL,
								  true);
			query->targetList = lappend(query->targetList, tle);
		}
		query->groupClause = lappend(query->groupClause,
									 cr_make_grouping(tle, query->targetList));
	}
}
