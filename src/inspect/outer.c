/*-------------------------------------------------------------------------
 *
 * src/inspect/outer.c
 *	  Reads outer joins whose rows without a match are left out as inner.
 *
 *	a LEFT JOIN b ON b.k = a.k WHERE b.k IS NOT NULL
 *
 * is a JOIN b ON b.k = a.k: no row without a match passes the test, and all
 * others do.  Where b is not protected, who is left out is counted, as for
 * any list of people (absence.c); that stays as it is.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "inspect/facts.h"
#include "inspect/normalize.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/parsetree.h"

/* The column of a test at the top of WHERE that it is not null. */
static Var *
tested_column(Node *conjunct)
{
	NullTest   *test = (NullTest *) conjunct;
	Node	   *arg;

	if (!IsA(conjunct, NullTest) || test->argisrow ||
		test->nulltesttype != IS_NOT_NULL)
		return NULL;
	arg = cr_inspect_strip((Node *) test->arg);
	return IsA(arg, Var) && ((Var *) arg)->varlevelsup == 0 &&
		((Var *) arg)->varattno > 0 ? (Var *) arg : NULL;
}

/* Is the entry a protected table, or a subquery that reads one? */
bool
cr_normalize_is_protected(const RangeTblEntry *rte)
{
	if (rte->rtekind == RTE_RELATION)
		return cr_policy_exists(rte->relid);
	return rte->rtekind == RTE_SUBQUERY && cr_inspect_touches(rte->subquery);
}

/* ---------- the joins on the way to a column ---------- */

typedef struct Path
{
	Query	   *query;
	Var		   *var;
	Bitmapset  *joins;			/* those that are no longer outer */
	bool		forced;			/* an ON holds for no null of it */
} Path;

/*
 * Reads the outer joins that may null the column as inner ones, which they
 * are.  Returns whether the column is of that part of FROM.
 */
static bool
follow(Path *path, Node *node)
{
	JoinExpr   *join = (JoinExpr *) node;
	bool		left;

	if (IsA(node, RangeTblRef))
		return ((RangeTblRef *) node)->rtindex == path->var->varno;
	if (!IsA(node, JoinExpr))
		return false;
	left = follow(path, join->larg);
	if (!left && !follow(path, join->rarg))
		return false;
	if (join->jointype == (left ? JOIN_RIGHT : JOIN_LEFT))
	{
		join->jointype = JOIN_INNER;
		rt_fetch(join->rtindex, path->query->rtable)->jointype = JOIN_INNER;
		path->joins = bms_add_member(path->joins, join->rtindex);
	}
	if (join->jointype == JOIN_INNER &&
		cr_var_is_forced(join->quals, path->var))
		path->forced = true;
	return true;
}

/* Has a FULL join, or one whose columns have a name of their own? */
static bool
has_other_joins(Node *node)
{
	JoinExpr   *join = (JoinExpr *) node;
	ListCell   *lc;

	if (IsA(node, FromExpr))
	{
		foreach(lc, ((FromExpr *) node)->fromlist)
		{
			if (has_other_joins(lfirst(lc)))
				return true;
		}
	}
	return IsA(node, JoinExpr) &&
		(join->jointype == JOIN_FULL || join->alias != NULL ||
		 has_other_joins(join->larg) || has_other_joins(join->rarg));
}

/* ---------- WHERE ---------- */

/*
 * Reads outer joins of people's rows that WHERE limits to those with a match
 * as inner joins, in place.  The query's names are normalized.
 */
void
cr_normalize_outer_joins(Query *query)
{
	List	   *from = query->jointree->fromlist;
	List	   *kept = NIL;
	Bitmapset  *joins = NULL;
	ListCell   *lc;

	if (has_other_joins((Node *) query->jointree))
		return;
	foreach(lc, make_ands_implicit((Expr *) query->jointree->quals))
	{
		Path		path = {query, tested_column(lfirst(lc)), NULL, false};
		ListCell   *lc2;

		if (path.var != NULL &&
			cr_normalize_is_protected(rt_fetch(path.var->varno,
											   query->rtable)))
		{
			foreach(lc2, from)
				follow(&path, lfirst(lc2));
		}
		joins = bms_join(joins, path.joins);
		/* what an ON demands of all rows need not be asked again */
		if (!path.forced)
			kept = lappend(kept, lfirst(lc));
	}
	query->jointree->quals = kept == NIL ? NULL :
		(Node *) make_ands_explicit(kept);
	if (!bms_is_empty(joins))
		cr_forget_nulling(query, joins);
}

/* Does an outer join put nulls in the place of the entry's rows? */
static bool
may_be_null(Node *node, int rti, bool nullable)
{
	if (node == NULL)
		return false;
	if (IsA(node, RangeTblRef))
		return nullable && ((RangeTblRef *) node)->rtindex == rti;
	if (IsA(node, JoinExpr))
	{
		JoinExpr   *join = (JoinExpr *) node;

		return may_be_null(join->larg, rti, nullable ||
						   join->jointype == JOIN_RIGHT ||
						   join->jointype == JOIN_FULL) ||
			may_be_null(join->rarg, rti, nullable ||
						join->jointype == JOIN_LEFT ||
						join->jointype == JOIN_FULL);
	}
	if (IsA(node, FromExpr))
	{
		ListCell   *lc;

		foreach(lc, ((FromExpr *) node)->fromlist)
		{
			if (may_be_null(lfirst(lc), rti, nullable))
				return true;
		}
	}
	return false;
}

/* The same of an entry in a part of FROM, or in all of it. */
bool
cr_normalize_may_be_null(Node *from, int rti)
{
	return may_be_null(from, rti, false);
}
