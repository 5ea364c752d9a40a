/*-------------------------------------------------------------------------
 *
 * src/inspect/pull_up.c
 *	  Reads what a subquery takes from people's aggregates as if it stood in
 *	  the query around.
 *
 *	SELECT tier, sum(net)
 *	FROM (SELECT c.tier, s.net
 *		  FROM c JOIN (SELECT k, sum(x * 1.19) AS net FROM t GROUP BY k) s
 *			   ON s.k = c.k) q
 *	GROUP BY tier
 *
 * is the query without q: so what is aggregated stands directly over the level
 * that groups by person, which tells who has what (share.c).  Only such
 * subqueries are read so, where they give a row for each row of theirs; where
 * an outer join may null these, they must compute nothing.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "inspect/counted.h"
#include "inspect/facts.h"
#include "inspect/normalize.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteManip.h"

/* The query may have so many entries then. */
#define MAX_ENTRIES		100

/* Is there a level of people's aggregates in its FROM? */
static bool
reads_people(Query *query)
{
	ListCell   *lc;

	foreach(lc, query->rtable)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);

		if (rte->rtekind != RTE_SUBQUERY || !rte->subquery->hasAggs ||
			!cr_inspect_touches(rte->subquery))
			continue;
		/* what it groups by is compared as it is written */
		cr_flatten_group_names(rte->subquery);
		if (cr_normalize_groups_people(rte->subquery))
			return true;
	}
	return false;
}

static bool
may_pull_up(Query *query, RangeTblEntry *rte)
{
	Query	   *below = rte->subquery;

	return rte->rtekind == RTE_SUBQUERY && !rte->lateral &&
		!rte->security_barrier && cr_normalize_gives_rows(below) &&
		below->jointree->fromlist != NIL && cr_inspect_touches(below) &&
		!cr_normalize_is_lateral(query) && !cr_normalize_is_lateral(below) &&
		!contain_volatile_functions((Node *) below->targetList) &&
		list_length(query->rtable) + list_length(below->rtable) <=
		MAX_ENTRIES;
}

/* Nothing reads the entry any more; privileges on a view stay with it. */
static void
empty(RangeTblEntry *rte)
{
	Query	   *query = makeNode(Query);
	ListCell   *lc;

	query->commandType = CMD_SELECT;
	query->canSetTag = true;
	query->jointree = makeFromExpr(NIL, NULL);
	foreach(lc, rte->subquery->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);
		Node	   *expr = (Node *) tle->expr;

		tle->expr = (Expr *) makeNullConst(exprType(expr), exprTypmod(expr),
										   exprCollation(expr));
		tle->ressortgroupref = 0;
	}
	query->targetList = rte->subquery->targetList;
	rte->subquery = query;
}

/* The subquery's expressions, as the query around would write them. */
static List *
columns_of(const Query *below)
{
	List	   *row = NIL;
	ListCell   *lc;

	foreach(lc, below->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		if (!tle->resjunk)
			row = lappend(row, tle->expr);
	}
	return row;
}

/* Would nothing name the entry any more, whose columns are written out? */
static bool
can_be_written_out(const Query *query, int rti)
{
	Query	   *copy = copyObject((Query *) query);
	List	   *nulls = NIL;
	ListCell   *lc;

	foreach(lc, columns_of(rt_fetch(rti, query->rtable)->subquery))
		nulls = lappend(nulls, makeNullConst(exprType(lfirst(lc)),
											 exprTypmod(lfirst(lc)),
											 exprCollation(lfirst(lc))));
	return cr_normalize_replace_columns(copy, rti, nulls);
}

/* Writes out the columns of an entry, and has its own entries behind. */
static Query *
write_out(Query *query, int rti)
{
	RangeTblEntry *rte = rt_fetch(rti, query->rtable);
	Query	   *below = copyObject(rte->subquery);

	OffsetVarNodes((Node *) below, list_length(query->rtable), 0);
	IncrementVarSublevelsUp((Node *) below, -1, 1);
	(void) cr_normalize_replace_columns(query, rti, columns_of(below));
	cr_append_entries(query, below);
	query->hasSubLinks = query->hasSubLinks || below->hasSubLinks;
	empty(rte);
	return below;
}

/* Is a part of the expression a question, or a test, for a match? */
static bool
asks_walker(Node *node, Query *query)
{
	Var		   *var;

	if (node == NULL || IsA(node, Aggref))
		return false;
	if (IsA(node, SubLink))
		return ((SubLink *) node)->subLinkType == EXISTS_SUBLINK ||
			((SubLink *) node)->subLinkType == ANY_SUBLINK;
	if (!IsA(node, NullTest))
		return expression_tree_walker(node, asks_walker, (void *) query);
	var = (Var *) ((NullTest *) node)->arg;
	return IsA(var, Var) && var->varlevelsup == 0 && var->varattno > 0 &&
		cr_normalize_may_be_null((Node *) query->jointree, var->varno) &&
		cr_normalize_unit_uses(query, (Node *) var) != 0;
}

/* Does it compute classes by such questions, which it does not pass on? */
static bool
computes_classes(Query *query)
{
	ListCell   *lc;

	foreach(lc, query->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);
		Node	   *expr = (Node *) tle->expr;

		if (!tle->resjunk &&
			(IsA(expr, CaseExpr) || IsA(expr, FuncExpr)) &&
			asks_walker(expr, query))
			return true;
	}
	return false;
}

/*
 * Classes that people are given by questions for a match are read where they
 * are grouped by, and summed: there it is known what they are made of.
 */
static bool
may_read_classes(Query *query)
{
	return (query->hasAggs || query->groupClause != NIL) &&
		!cr_normalize_groups_people(query);
}

/* Has the entry a FROM of its own that can take its place? */
static bool
can_pull_up(const CrStatement *statement, Query *query, int rti)
{
	RangeTblEntry *rte = rt_fetch(rti, query->rtable);

	if (!may_pull_up(query, rte))
		return false;
	cr_normalize_names(rte->subquery);
	cr_normalize_pull_up(statement, rte->subquery);
	if (may_read_classes(query) ?
		!computes_classes(rte->subquery) && !reads_people(rte->subquery) :
		!reads_people(rte->subquery) ||
		checkExprHasSubLink((Node *) rte->subquery->targetList))
		return false;
	/* a row that is named as a whole has to stay one */
	return can_be_written_out(query, rti);
}

/* ---------- where it stands ---------- */

static bool
has_columns_only(const Query *query)
{
	ListCell   *lc;

	foreach(lc, query->targetList)
	{
		Var		   *var = (Var *) lfirst_node(TargetEntry, lc)->expr;

		if (!IsA(var, Var) || var->varlevelsup != 0 || var->varattno <= 0)
			return false;
	}
	return true;
}

/*
 * One in a join can be replaced by a table or join, without WHERE; what it
 * computes would not be null with its rows.
 */
static bool
fits_in_join(Query *query, int rti)
{
	RangeTblEntry *rte = rt_fetch(rti, query->rtable);

	return rte->rtekind == RTE_SUBQUERY &&
		rte->subquery->jointree->quals == NULL &&
		list_length(rte->subquery->jointree->fromlist) == 1 &&
		(!cr_normalize_may_be_null((Node *) query->jointree, rti) ||
		 has_columns_only(rte->subquery));
}

/* The number of the entry on a side of a join that is to be pulled up, or 0 */
static int
find_in_joins(const CrStatement *statement, Query *query, Node *node)
{
	JoinExpr   *join = (JoinExpr *) node;
	int			rti;
	ListCell   *lc;

	if (IsA(node, FromExpr))
	{
		foreach(lc, ((FromExpr *) node)->fromlist)
		{
			rti = IsA(lfirst(lc), JoinExpr) ?
				find_in_joins(statement, query, lfirst(lc)) : 0;
			if (rti != 0)
				return rti;
		}
		return 0;
	}
	if (IsA(node, RangeTblRef))
	{
		rti = ((RangeTblRef *) node)->rtindex;
		/* what is pulled up below may bring a WHERE with it */
		return can_pull_up(statement, query, rti) &&
			fits_in_join(query, rti) ? rti : 0;
	}
	if (join->alias != NULL)
		return 0;				/* columns may be named through it */
	rti = find_in_joins(statement, query, join->larg);
	return rti != 0 ? rti : find_in_joins(statement, query, join->rarg);
}

static Node *
replace_in_joins(Node *node, int rti, Node *by)
{
	if (IsA(node, RangeTblRef))
		return ((RangeTblRef *) node)->rtindex == rti ? by : node;
	if (IsA(node, JoinExpr))
	{
		JoinExpr   *join = (JoinExpr *) node;

		join->larg = replace_in_joins(join->larg, rti, by);
		join->rarg = replace_in_joins(join->rarg, rti, by);
	}
	return node;
}

static void
pull_up_in_joins(const CrStatement *statement, Query *query)
{
	int			rti;
	ListCell   *lc;

	while ((rti = find_in_joins(statement, query,
								(Node *) query->jointree)) != 0)
	{
		Query	   *below = write_out(query, rti);

		if (below->jointree->quals != NULL ||
			list_length(below->jointree->fromlist) != 1)
			elog(ERROR, "a subquery in a join has more than one entry");
		foreach(lc, query->jointree->fromlist)
			lfirst(lc) = replace_in_joins(lfirst(lc), rti,
										  linitial(below->jointree->fromlist));
		cr_normalize_renew_joins(query, (Node *) query->jointree);
	}
}

/* Puts the FROM of the subquery in the place of its entry, in FROM itself. */
static void
pull_up(Query *query, int number)
{
	int			rti = list_nth_node(RangeTblRef, query->jointree->fromlist,
									number)->rtindex;
	Query	   *below = write_out(query, rti);
	FromExpr   *from = query->jointree;

	from->quals = make_and_qual(from->quals, below->jointree->quals);
	lfirst(list_nth_cell(from->fromlist, number)) =
		linitial(below->jointree->fromlist);
	from->fromlist = list_concat(from->fromlist,
								 list_copy_tail(below->jointree->fromlist, 1));
}

/* Questions of membership have noted columns of the query as they were. */
static bool
has_memberships(const CrStatement *statement, const Query *query)
{
	ListCell   *lc;

	foreach(lc, query->rtable)
	{
		if (cr_match_find(statement, lfirst_node(RangeTblEntry, lc)) != NULL)
			return true;
	}
	return false;
}

/*
 * Writes such subqueries out in the query, in place; they may be nested.
 * Names are normalized.
 */
void
cr_normalize_pull_up(const CrStatement *statement, Query *query)
{
	int			number;

	check_stack_depth();
	if (has_memberships(statement, query))
		return;
	for (number = 0; number < list_length(query->jointree->fromlist);
		 number++)
	{
		Node	   *item = list_nth(query->jointree->fromlist, number);

		if (IsA(item, RangeTblRef) &&
			can_pull_up(statement, query, ((RangeTblRef *) item)->rtindex))
			pull_up(query, number);
	}
	pull_up_in_joins(statement, query);
	/* what subqueries have computed of counts stands in the query now */
	cr_normalize_counted(query);
}
