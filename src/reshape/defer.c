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

#include "base/errcodes.h"
#include "base/make_expr.h"
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
without_deferred(CrLevel *level, Node *quals, int *taken)
{
	List	   *kept = NIL;
	ListCell   *lc;

	if (quals == NULL)
		return NULL;
	if (!is_andclause(quals))
	{
		if (!is_deferred(level, quals))
			return quals;
		(*taken)++;
		return NULL;
	}
	foreach(lc, ((BoolExpr *) quals)->args)
	{
		Node	   *left = without_deferred(level, lfirst(lc), taken);

		if (left != NULL)
			kept = lappend(kept, left);
	}
	return kept == NIL ? NULL : (Node *) make_ands_explicit(kept);
}

static void
clear_conditions(CrLevel *level, Node *node, int *taken)
{
	ListCell   *lc;

	if (IsA(node, FromExpr))
	{
		FromExpr   *from = (FromExpr *) node;

		foreach(lc, from->fromlist)
			clear_conditions(level, lfirst(lc), taken);
		from->quals = without_deferred(level, from->quals, taken);
	}
	else if (IsA(node, JoinExpr))
	{
		JoinExpr   *join = (JoinExpr *) node;

		clear_conditions(level, join->larg, taken);
		clear_conditions(level, join->rarg, taken);
		if (join->quals != NULL)
		{
			join->quals = without_deferred(level, join->quals, taken);
			if (join->quals == NULL)
				join->quals = makeBoolConst(true, false);
		}
	}
}

/*
 * Takes the conditions that are put off from the level's query.  One that is
 * not found would filter people out before the guards count them.
 */
void
cr_reshape_defer_conditions(CrLevel *level)
{
	int			deferred = 0;
	int			taken = 0;
	ListCell   *lc;

	foreach(lc, level->clauses)
		deferred += ((CrClause *) lfirst(lc))->deferred ? 1 : 0;
	if (deferred == 0)
		return;
	clear_conditions(level, (Node *) level->query->jointree, &taken);
	if (taken < deferred)
		ereport(ERROR,
				(errcode(CR_ERRCODE_UNGUARDED_PLAN),
				 errmsg("a condition of this query was lost on its way to the guards"),
				 errhint("Nothing was run. Write the query in a simpler form, and report this one to the maintainers of cleanroom.")));
}

/* ---------- for guards ---------- */

/* The conditions that the level has put off. */
List *
cr_defer_conditions(const CrLevel *level)
{
	List	   *conditions = NIL;
	ListCell   *lc;

	foreach(lc, level->deferred)
		conditions = lappend(conditions,
							 ((CrDeferred *) lfirst(lc))->condition);
	return conditions;
}

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
	if (deferred->plain)
	{
		NullTest   *match = copyObject((NullTest *) deferred->condition);

		match->nulltesttype = IS_NOT_NULL;
		return (Node *) match;
	}
	return cr_make_boolean_test(copyObject(deferred->condition), IS_NOT_TRUE,
								-1);
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
	set->havingQual = cr_guard_of_set(membership->level);
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
