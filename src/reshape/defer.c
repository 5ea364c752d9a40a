/*-------------------------------------------------------------------------
 *
 * src/reshape/defer.c
 *	  Conditions about membership that are decided in aggregates.
 *
 * Takes them from WHERE, and gives the rows they mean and the rows they
 * leave out to the guards.  See inspect/match.c.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "reshape/reshape.h"
#include "rewrite/rewriteManip.h"

/* ---------- from WHERE ---------- */

static bool
is_deferred(CrLevel *level, Node *conjunct)
{
	ListCell   *lc;

	foreach(lc, level->clauses)
	{
		CrClause   *clause = (CrClause *) lfirst(lc);

		if (clause->deferred && clause->written == conjunct)
			return true;
	}
	return false;
}

static Node *
without_deferred(CrLevel *level, Node *quals)
{
	List	   *kept = NIL;
	ListCell   *lc;

	if (quals == NULL)
		return NULL;
	if (!is_andclause(quals))
		return is_deferred(level, quals) ? NULL : quals;
	foreach(lc, ((BoolExpr *) quals)->args)
	{
		Node	   *left = without_deferred(level, lfirst(lc));

		if (left != NULL)
			kept = lappend(kept, left);
	}
	return kept == NIL ? NULL : (Node *) make_ands_explicit(kept);
}

static void
clear_conditions(CrLevel *level, Node *node)
{
	ListCell   *lc;

	if (IsA(node, FromExpr))
	{
		FromExpr   *from = (FromExpr *) node;

		foreach(lc, from->fromlist)
			clear_conditions(level, lfirst(lc));
		from->quals = without_deferred(level, from->quals);
	}
	else if (IsA(node, JoinExpr))
	{
		JoinExpr   *join = (JoinExpr *) node;

		clear_conditions(level, join->larg);
		clear_conditions(level, join->rarg);
		if (join->quals != NULL)
		{
			join->quals = without_deferred(level, join->quals);
			if (join->quals == NULL)
				join->quals = makeBoolConst(true, false);
		}
	}
}

/* Takes the conditions that are put off from the level's query. */
void
cr_reshape_defer_conditions(CrLevel *level)
{
	ListCell   *lc;

	foreach(lc, level->clauses)
	{
		if (((CrClause *) lfirst(lc))->deferred)
		{
			clear_conditions(level, (Node *) level->query->jointree);
			return;
		}
	}
}

/* ---------- for guards ---------- */

/* Both: rows that the conditions hold for, of those the level means. */
Node *
cr_defer_among(const CrLevel *level, List *conditions)
{
	return cr_defer_among_others(level, NULL, conditions);
}

/* The same, of those it would mean without one of its own conditions. */
Node *
cr_defer_among_others(const CrLevel *level, const CrDeferred *without,
					  List *conditions)
{
	List	   *all = NIL;
	ListCell   *lc;

	foreach(lc, level->deferred)
	{
		CrDeferred *deferred = (CrDeferred *) lfirst(lc);

		if (deferred != without)
			all = lappend(all, copyObject(deferred->condition));
	}
	all = list_concat(all, copyObject(conditions));
	return all == NIL ? NULL : (Node *) make_ands_explicit(all);
}

/* Rows that a condition leaves out. */
Node *
cr_defer_left_out(const CrDeferred *deferred)
{
	BooleanTest *test;

	if (deferred->plain)
	{
		NullTest   *match = copyObject((NullTest *) deferred->condition);

		match->nulltesttype = IS_NOT_NULL;
		return (Node *) match;
	}
	test = makeNode(BooleanTest);
	test->arg = (Expr *) copyObject(deferred->condition);
	test->booltesttype = IS_NOT_TRUE;
	test->location = -1;
	return (Node *) test;
}

/* The aggregate over the rows that the level means. */
Aggref *
cr_defer_aggregate(const CrLevel *level, const Aggref *aggref)
{
	Aggref	   *result = copyObject((Aggref *) aggref);

	if (level->deferred != NIL)
		result->aggfilter = (Expr *)
			cr_defer_among(level, result->aggfilter == NULL ? NIL :
						   list_make1(result->aggfilter));
	return result;
}

/*
 * EXISTS (SELECT true FROM … HAVING guard): the set of a membership can be
 * released as a group.  It is the membership's own subquery, not grouped,
 * brought up into the core.
 */
Node *
cr_defer_set(const CrBase *membership)
{
	Query	   *set = copyObject(membership->rte->subquery);
	SubLink    *sublink = makeNode(SubLink);

	set->groupClause = NIL;
	set->distinctClause = NIL;
	set->sortClause = NIL;
	set->targetList =
		list_make1(makeTargetEntry((Expr *) makeBoolConst(true, false), 1,
								   pstrdup("enough"), false));
	set->hasAggs = true;
	set->havingQual = cr_guard_of_group(membership->level);
	set->hasSubLinks = set->hasSubLinks ||
		checkExprHasSubLink(set->havingQual);
	if (membership->nest > 0)
		IncrementVarSublevelsUp((Node *) set, -membership->nest,
								membership->nest + 1);
	sublink->subLinkType = EXISTS_SUBLINK;
	sublink->subselect = (Node *) set;
	sublink->location = -1;
	return (Node *) sublink;
}
