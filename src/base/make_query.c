/*-------------------------------------------------------------------------
 *
 * src/base/make_query.c
 *	  Makes queries, and what stands in their clauses.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/make_query.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/value.h"
#include "optimizer/tlist.h"
#include "parser/parse_clause.h"
#include "parser/parse_oper.h"

Query *
cr_make_select(List *rtable, List *from, Node *quals)
{
	Query	   *query = makeNode(Query);

	query->commandType = CMD_SELECT;
	query->querySource = QSRC_ORIGINAL;
	query->canSetTag = true;
	query->rtable = rtable;
	query->jointree = makeFromExpr(from, quals);
	query->limitOption = LIMIT_OPTION_COUNT;
	query->stmt_location = -1;
	query->stmt_len = -1;
	return query;
}

Node *
cr_make_reference(int rti)
{
	RangeTblRef *ref = makeNode(RangeTblRef);

	ref->rtindex = rti;
	return (Node *) ref;
}

RangeTblEntry *
cr_make_subquery_entry(Query *subquery, const char *alias, List *columns)
{
	RangeTblEntry *rte = makeNode(RangeTblEntry);

	rte->rtekind = RTE_SUBQUERY;
	rte->subquery = subquery;
	rte->alias = makeAlias(alias, NIL);
	rte->eref = makeAlias(alias, columns);
	rte->inFromCl = true;
	return rte;
}

List *
cr_column_names(const Query *query)
{
	List	   *names = NIL;
	ListCell   *lc;

	foreach(lc, query->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		if (!tle->resjunk)
			names = lappend(names, makeString(pstrdup(tle->resname)));
	}
	return names;
}

SortGroupClause *
cr_make_grouping(TargetEntry *tle, List *targets)
{
	SortGroupClause *clause = makeNode(SortGroupClause);

	get_sort_group_operators(exprType((Node *) tle->expr),
							 false, true, false,
							 &clause->sortop, &clause->eqop, NULL,
							 &clause->hashable);
	clause->tleSortGroupRef = assignSortGroupRef(tle, targets);
	return clause;
}
