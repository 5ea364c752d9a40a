/*-------------------------------------------------------------------------
 *
 * src/inspect/membership.c
 *	  Writes IN and EXISTS as joins.
 *
 *	WHERE a.k IN (SELECT b.k FROM b WHERE c)
 *	WHERE EXISTS (SELECT 1 FROM b WHERE b.k = a.k AND c)
 *
 * both become a join with (SELECT DISTINCT b.k FROM b WHERE c), which gives
 * the same rows where the condition is one of the conjuncts of WHERE.  The
 * units of b then take part in the guards like those of any joined table.
 * NOT IN and NOT EXISTS are left as they are.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/transam.h"
#include "inspect/facts.h"
#include "inspect/normalize.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/tlist.h"
#include "parser/parse_clause.h"
#include "parser/parse_oper.h"
#include "rewrite/rewriteManip.h"

/* Is it a plain selection of rows, to which DISTINCT can be added? */
static bool
is_plain_selection(Query *query)
{
	return query->commandType == CMD_SELECT && query->cteList == NIL &&
		query->setOperations == NULL && query->groupClause == NIL &&
		query->groupingSets == NIL && query->havingQual == NULL &&
		query->distinctClause == NIL && query->limitCount == NULL &&
		query->limitOffset == NULL && query->rowMarks == NIL &&
		!query->hasAggs && !query->hasWindowFuncs && !query->hasTargetSRFs;
}

static void
make_distinct(Query *query)
{
	TargetEntry *tle = linitial_node(TargetEntry, query->targetList);
	SortGroupClause *clause = makeNode(SortGroupClause);

	get_sort_group_operators(exprType((Node *) tle->expr),
							 false, true, false,
							 &clause->sortop, &clause->eqop, NULL,
							 &clause->hashable);
	query->sortClause = NIL;
	clause->tleSortGroupRef = assignSortGroupRef(tle, query->targetList);
	query->distinctClause = list_make1(clause);
}

/* The condition a = members.k that joins the new last entry of FROM. */
static Node *
join_members(Query *query, Query *members, OpExpr *equality, Node *outer,
			 bool outer_is_left)
{
	RangeTblEntry *rte = makeNode(RangeTblEntry);
	RangeTblRef *ref = makeNode(RangeTblRef);
	TargetEntry *tle = linitial_node(TargetEntry, members->targetList);
	OpExpr	   *condition = copyObject(equality);
	Node	   *key;

	tle->resname = pstrdup("member");
	tle->resjunk = false;
	tle->resno = 1;
	make_distinct(members);
	rte->rtekind = RTE_SUBQUERY;
	rte->subquery = members;
	rte->alias = makeAlias("members", NIL);
	rte->eref = makeAlias("members", list_make1(makeString(pstrdup("member"))));
	rte->inFromCl = true;
	query->rtable = lappend(query->rtable, rte);
	ref->rtindex = list_length(query->rtable);
	query->jointree->fromlist = lappend(query->jointree->fromlist, ref);
	key = (Node *) makeVarFromTargetEntry(ref->rtindex, tle);
	condition->args = outer_is_left ?
		list_make2(outer, key) : list_make2(key, outer);
	return (Node *) condition;
}

/* a.k IN (SELECT b.k …) */
static Node *
join_in(Query *query, SubLink *sublink)
{
	OpExpr	   *test = (OpExpr *) sublink->testexpr;
	Query	   *members = (Query *) sublink->subselect;
	Node	   *left;
	Node	   *right;

	if (test == NULL || !cr_inspect_equality((Node *) test, &left, &right) ||
		!IsA(right, Param) || list_length(members->targetList) != 1 ||
		cr_inspect_refers_outside(members))
		return NULL;
	if (exprType(lsecond(test->args)) !=
		exprType((Node *) linitial_node(TargetEntry,
										members->targetList)->expr))
		return NULL;
	return join_members(query, members, test, linitial(test->args), true);
}

static bool
is_column_of(Node *node, Index levelsup)
{
	node = cr_inspect_strip(node);
	return IsA(node, Var) && ((Var *) node)->varlevelsup == levelsup;
}

/* EXISTS (SELECT … FROM b WHERE b.k = a.k AND …) */
static Node *
join_exists(Query *query, SubLink *sublink)
{
	Query	   *members = copyObject((Query *) sublink->subselect);
	List	   *conjuncts =
		make_ands_implicit((Expr *) members->jointree->quals);
	ListCell   *lc;

	foreach(lc, conjuncts)
	{
		OpExpr	   *equality = (OpExpr *) lfirst(lc);
		Node	   *left;
		Node	   *right;
		bool		outer_is_left;
		Node	   *inner;
		Node	   *outer;

		if (!cr_inspect_equality((Node *) equality, &left, &right) ||
			equality->opno >= FirstNormalObjectId)
			continue;
		outer_is_left = is_column_of(left, 1) && is_column_of(right, 0);
		if (!outer_is_left &&
			!(is_column_of(left, 0) && is_column_of(right, 1)))
			continue;
		outer = linitial(equality->args);
		inner = lsecond(equality->args);
		if (!outer_is_left)
		{
			outer = lsecond(equality->args);
			inner = linitial(equality->args);
		}
		members->jointree->quals = (Node *)
			make_ands_explicit(list_delete_ptr(list_copy(conjuncts),
											   equality));
		members->targetList =
			list_make1(makeTargetEntry((Expr *) inner, 1, "member", false));
		members->sortClause = NIL;
		if (cr_inspect_refers_outside(members))
			return NULL;
		outer = copyObject(outer);
		IncrementVarSublevelsUp(outer, -1, 1);
		return join_members(query, members, equality, outer, outer_is_left);
	}
	return NULL;
}

/*
 * Rewrites those conjuncts of WHERE that ask whether a row has a match among
 * protected rows.  Changes the query in place.
 */
void
cr_normalize_membership(Query *query)
{
	List	   *kept = NIL;
	ListCell   *lc;

	if (!query->hasSubLinks)
		return;
	foreach(lc, make_ands_implicit((Expr *) query->jointree->quals))
	{
		Node	   *conjunct = (Node *) lfirst(lc);
		SubLink    *sublink = (SubLink *) conjunct;
		Node	   *join = NULL;

		if (IsA(conjunct, SubLink) &&
			is_plain_selection((Query *) sublink->subselect) &&
			(cr_inspect_touches((Query *) sublink->subselect) ||
			 cr_inspect_refers_outside((Query *) sublink->subselect)))
		{
			cr_normalize_names((Query *) sublink->subselect);
			if (sublink->subLinkType == ANY_SUBLINK)
				join = join_in(query, sublink);
			else if (sublink->subLinkType == EXISTS_SUBLINK)
				join = join_exists(query, sublink);
		}
		kept = lappend(kept, join != NULL ? join : conjunct);
	}
	query->jointree->quals = kept == NIL ? NULL :
		(Node *) make_ands_explicit(kept);
}
