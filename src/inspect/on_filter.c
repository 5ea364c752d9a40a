/*-------------------------------------------------------------------------
 *
 * src/inspect/on_filter.c
 *	  Moves conditions between the tables of a LEFT JOIN into aggregates.
 *
 *	SELECT a.k, count(b.x) FROM a LEFT JOIN b ON b.k = a.k AND b.day >= a.day
 *	GROUP BY a.k
 *
 * is the same with count(b.x) FILTER (WHERE b.day >= a.day), and b.k = a.k
 * alone in ON: every row of a is there at least once either way, and rows of
 * b that do not meet the condition, or are not there, add nothing.  So each
 * group is one person's of both tables.  It takes that b is named in nothing
 * but such aggregates, and that no other one depends on how often a row is
 * there.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "inspect/facts.h"
#include "inspect/normalize.h"
#include "inspect/polynomial.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "optimizer/tlist.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteManip.h"

typedef struct Moved
{
	int			rti;			/* the side that may be missing */
	int			join;
	List	   *conditions;		/* taken out of ON */
} Moved;

/* Does the expression name the entry, here or in a query within? */
static bool
names(Node *node, int rti)
{
	return rangeTableEntry_used(node, rti, 0);
}

/* ---------- ON ---------- */

/* Is it an equality between the two sides? */
static bool
is_equality(Node *conjunct, int rti)
{
	Node	   *left;
	Node	   *right;

	return cr_inspect_equality(conjunct, &left, &right) &&
		IsA(left, Var) && IsA(right, Var) &&
		names(left, rti) != names(right, rti);
}

/*
 * Divides ON into what stays, which is equality and what names one side
 * alone, and what moves.
 */
static bool
divide_on(Moved *moved, Node *quals, List **kept)
{
	bool		joined = false;
	ListCell   *lc;

	foreach(lc, make_ands_implicit((Expr *) quals))
	{
		Node	   *conjunct = (Node *) lfirst(lc);
		Relids		entries = pull_varnos(NULL, conjunct);
		int			only;

		if (checkExprHasSubLink(conjunct) ||
			contain_vars_of_level(conjunct, 1) ||
			contain_volatile_functions(conjunct))
			return false;
		if (is_equality(conjunct, moved->rti))
			joined = true;
		else if (!bms_get_singleton_member(entries, &only) ||
				 only != moved->rti)
		{
			moved->conditions = lappend(moved->conditions, conjunct);
			continue;
		}
		*kept = lappend(*kept, conjunct);
	}
	return joined && moved->conditions != NIL;
}

/* ---------- aggregates ---------- */

/* Does it add nothing for rows in which the entry is missing? */
static bool
skips_missing(const Moved *moved, const Aggref *aggref)
{
	Node	   *argument;

	if (list_length(aggref->args) != 1 || aggref->aggorder != NIL ||
		(cr_aggregate_family(aggref->aggfnoid) == 0 &&
		 !cr_aggregate_is_extreme(aggref->aggfnoid)))
		return false;
	argument = (Node *) linitial_node(TargetEntry, aggref->args)->expr;
	return names(argument, moved->rti) &&
		!contain_nonstrict_functions(argument);
}

/* Is it the same however often a row is there, and whatever it meets? */
static bool
is_indifferent(const Moved *moved, Aggref *aggref)
{
	return (cr_aggregate_is_extreme(aggref->aggfnoid) ||
			aggref->aggdistinct != NIL) &&
		!names((Node *) aggref, moved->rti);
}

/* Is anything but such aggregates there, or the entry outside of them? */
static bool
other_walker(Node *node, Moved *moved)
{
	if (node == NULL)
		return false;
	if (IsA(node, Aggref) && ((Aggref *) node)->agglevelsup == 0)
		return checkExprHasSubLink(node) ||
			(!skips_missing(moved, (Aggref *) node) &&
			 !is_indifferent(moved, (Aggref *) node));
	if (IsA(node, Var))
		return names(node, moved->rti);
	if (IsA(node, Query))
		return names(node, moved->rti);
	return expression_tree_walker(node, other_walker, (void *) moved);
}

/* A column of the entry's in the aggregate's argument. */
static Var *
find_var(const Moved *moved, Aggref *aggref)
{
	ListCell   *lc;

	foreach(lc, pull_var_clause((Node *) aggref->args, 0))
	{
		Var		   *var = lfirst_node(Var, lc);

		if (var->varno == moved->rti)
			return var;
	}
	elog(ERROR, "no column of an outer join's entry in an aggregate");
}

static Node *
filter_mutator(Node *node, Moved *moved)
{
	Aggref	   *aggref;
	List	   *conditions;
	List	   *added;

	if (node == NULL || IsA(node, Query))
		return node;
	if (!IsA(node, Aggref))
		return expression_tree_mutator(node, filter_mutator, (void *) moved);
	if (!skips_missing(moved, (Aggref *) node))
		return node;
	aggref = (Aggref *) copyObject(node);
	conditions = make_ands_implicit(aggref->aggfilter);
	added = copyObject(moved->conditions);
	cr_raise_nulling((Node *) added, find_var(moved, aggref), moved->join);
	aggref->aggfilter = make_ands_explicit(list_concat(conditions, added));
	return (Node *) aggref;
}

/* ---------- the query ---------- */

/* Is the entry named in other conditions of FROM, or in a LATERAL item? */
static bool
is_named_in_from(Query *query, Node *node, const JoinExpr *join, int rti)
{
	ListCell   *lc;

	if (IsA(node, FromExpr))
	{
		foreach(lc, ((FromExpr *) node)->fromlist)
		{
			if (is_named_in_from(query, lfirst(lc), join, rti))
				return true;
		}
		return names(((FromExpr *) node)->quals, rti);
	}
	if (IsA(node, RangeTblRef))
		return rt_fetch(((RangeTblRef *) node)->rtindex,
						query->rtable)->lateral;
	return is_named_in_from(query, ((JoinExpr *) node)->larg, join, rti) ||
		is_named_in_from(query, ((JoinExpr *) node)->rarg, join, rti) ||
		((JoinExpr *) node != join &&
		 names(((JoinExpr *) node)->quals, rti));
}

static void
read_join(Query *query, JoinExpr *join)
{
	Node	   *side = join->jointype == JOIN_LEFT ? join->rarg : join->larg;
	Moved		moved = {0, 0, NIL};
	List	   *kept = NIL;

	if ((join->jointype != JOIN_LEFT && join->jointype != JOIN_RIGHT) ||
		!IsA(side, RangeTblRef))
		return;
	moved.rti = ((RangeTblRef *) side)->rtindex;
	moved.join = join->rtindex;
	if (!divide_on(&moved, join->quals, &kept) ||
		is_named_in_from(query, (Node *) query->jointree, join, moved.rti) ||
		other_walker((Node *) query->targetList, &moved) ||
		other_walker(query->havingQual, &moved))
		return;
	join->quals = (Node *) make_ands_explicit(kept);
	query->targetList = (List *)
		filter_mutator((Node *) query->targetList, &moved);
	query->havingQual = filter_mutator(query->havingQual, &moved);
}

static void
find_joins(Query *query, Node *node)
{
	JoinExpr   *join = (JoinExpr *) node;

	if (!IsA(node, JoinExpr) || join->alias != NULL)
		return;
	find_joins(query, join->larg);
	find_joins(query, join->rarg);
	read_join(query, join);
}

/*
 * Moves such conditions of a query that is grouped by people, in place.  The
 * query's names are normalized.
 */
void
cr_normalize_on_filters(Query *query)
{
	ListCell   *lc;

	if (!query->hasAggs || query->groupingSets != NIL ||
		query->hasWindowFuncs || query->hasTargetSRFs ||
		!cr_normalize_groups_people(query))
		return;
	foreach(lc, query->jointree->fromlist)
		find_joins(query, lfirst(lc));
}
