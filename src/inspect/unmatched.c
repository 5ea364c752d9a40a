/*-------------------------------------------------------------------------
 *
 * src/inspect/unmatched.c
 *	  Groups of people for whom an outer join has no match.
 *
 *	SELECT coalesce(n, 0), count(*)
 *	FROM a LEFT JOIN (SELECT k, count(*) AS n FROM b GROUP BY k) c ON c.k = a.k
 *	GROUP BY coalesce(n, 0)
 *
 * has a group of people that b knows nothing of, who would be withheld for it.
 * Written as
 *
 *	SELECT n, count(*) FROM a LEFT JOIN … WHERE c.k IS NOT NULL GROUP BY n
 *	UNION ALL
 *	SELECT 0, count(*) FROM a LEFT JOIN … WHERE c.k IS NULL
 *
 * it gives the same, and the second part is a question of membership
 * (absence.c), which is guarded as such.  That takes that no one with a match
 * is in the group of those without: counted.c tells.  Else, the key being k,
 * and v what it is without a match, the parts are WHERE k IS DISTINCT FROM v,
 * with a match, and NOT EXISTS (… WHERE c.k = a.k AND k IS DISTINCT FROM v).
 * The outer join may stand in a subquery that gives rows.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/make_expr.h"
#include "inspect/absence.h"
#include "inspect/arms.h"
#include "inspect/counted.h"
#include "inspect/normalize.h"
#include "inspect/polynomial.h"
#include "inspect/shell.h"
#include "inspect/unmatched.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "optimizer/tlist.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteManip.h"

/* Each outer join that is written so doubles the query. */
#define MAX_OUTER_JOINS		4

/* So often in a statement; the groups are withheld in what is left. */
#define MAX_PARTS			8

/* ---------- which join ---------- */

/* A column, as it is in the query with the join. */
static Node *
place_mutator(Node *node, CrUnmatched *unmatched)
{
	if (node != NULL && IsA(node, Var) && ((Var *) node)->varlevelsup == 0 &&
		((Var *) node)->varno == unmatched->rti)
	{
		Query	   *place = unmatched->absent.query;
		TargetEntry *tle = get_tle_by_resno(place->targetList,
											((Var *) node)->varattno);

		if (tle != NULL && !tle->resjunk)
			return (Node *) copyObject(tle->expr);
	}
	if (node == NULL || IsA(node, Query))
		return node;
	return expression_tree_mutator(node, place_mutator, (void *) unmatched);
}

/* Does the key name columns of the entry, and nothing else? */
static bool
is_of_entry(Node *key, int rti)
{
	return contain_var_clause(key) && !cr_absence_names_others(key, rti);
}

/* The key in the words of the query with the join; NULL if not of it alone. */
static Node *
key_of_entry(CrUnmatched *unmatched, Node *key)
{
	if (unmatched->rti != 0)
	{
		if (!is_of_entry(key, unmatched->rti))
			return NULL;
		key = place_mutator(key, unmatched);
	}
	return is_of_entry(key, unmatched->absent.rti) ? key : NULL;
}

/*
 * Is there a group of those without a match: a key that is then what it never
 * is with one, or one only, of which it is known what it is then?
 */
static bool
find_group(CrUnmatched *unmatched)
{
	Query	   *query = unmatched->query;
	CrCounted	counted = {unmatched->absent.query, unmatched->absent.rti,
	NULL, NIL};
	int			keys = 0;
	ListCell   *lc;

	unmatched->shared = NULL;
	foreach(lc, query->groupClause)
	{
		SortGroupClause *clause = lfirst_node(SortGroupClause, lc);
		Node	   *written = (Node *)
			get_sortgroupclause_tle(clause, query->targetList)->expr;
		Node	   *key = key_of_entry(unmatched, written);
		Const	   *without;

		if (key == NULL)
			continue;
		keys++;
		without = cr_counted_value(&counted, key, 0);
		if (without == NULL ||
			cr_counted_one_is_none(counted.query, counted.rti, key, without))
			return false;
		if (cr_counted_never(counted.query, counted.rti, key, without,
							 clause->eqop))
		{
			unmatched->shared = NULL;
			return true;
		}
		unmatched->written = copyObject(written);
		unmatched->shared = key;
		unmatched->value = without;
		unmatched->equality = clause->eqop;
	}
	return keys == 1 && cr_absence_is_distinct(&unmatched->absent) &&
		(unmatched->absent.rte->rtekind == RTE_RELATION ||
		 (unmatched->absent.rte->subquery->hasAggs &&
		  cr_absence_compares_groups(&unmatched->absent)));
}

typedef struct Uses
{
	CrUnmatched  *unmatched;
	bool		other;			/* where null may not be put in its place */
} Uses;

static bool
uses_walker(Node *node, Uses *uses)
{
	int			rti = uses->unmatched->absent.rti;

	if (node == NULL)
		return false;
	if (IsA(node, JoinExpr))
	{
		JoinExpr   *join = (JoinExpr *) node;

		if (join != uses->unmatched->absent.join &&
			rangeTableEntry_used(join->quals, rti, 0))
			uses->other = true;
		return uses_walker(join->larg, uses) || uses_walker(join->rarg, uses);
	}
	if (IsA(node, Query))
	{
		uses->other = uses->other || rangeTableEntry_used(node, rti, 1);
		return false;
	}
	if (IsA(node, Var) && ((Var *) node)->varlevelsup == 0 &&
		((Var *) node)->varno == rti)
	{
		uses->other = uses->other || ((Var *) node)->varattno <= 0;
		uses->unmatched->column = (Var *) node;
	}
	return expression_tree_walker(node, uses_walker, (void *) uses);
}

/* Is it named in expressions only, where null can be put in its place? */
static bool
is_replaceable(CrUnmatched *unmatched)
{
	Uses		uses = {unmatched, false};
	Query	   *place = unmatched->absent.query;
	ListCell   *lc;

	unmatched->column = NULL;
	uses_walker((Node *) place->jointree, &uses);
	uses_walker((Node *) place->targetList, &uses);
	uses_walker(place->havingQual, &uses);
	uses_walker((Node *) place->windowClause, &uses);
	foreach(lc, place->rtable)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);

		if (rte->lateral)
			uses.other = true;
	}
	return !uses.other && unmatched->column != NULL;
}

static bool
suits(CrUnmatched *unmatched)
{
	CrAbsent   *absent = &unmatched->absent;

	return cr_normalize_is_protected(absent->rte) &&
		cr_absence_joins_people(absent) &&
		!cr_absence_is_only_tested(absent) &&
		is_replaceable(unmatched) && find_group(unmatched);
}

/* How many there are; more than can be, with joins of other kinds. */
static int
count_outer_joins(Node *node)
{
	int			n = 0;
	ListCell   *lc;

	if (IsA(node, FromExpr))
	{
		foreach(lc, ((FromExpr *) node)->fromlist)
			n += count_outer_joins(lfirst(lc));
	}
	else if (IsA(node, JoinExpr))
	{
		JoinExpr   *join = (JoinExpr *) node;

		/* with these, the part with a match is not read as inner (outer.c) */
		if (join->alias != NULL || join->jointype == JOIN_FULL)
			n = MAX_OUTER_JOINS + 1;
		n += (join->jointype != JOIN_INNER ? 1 : 0) +
			count_outer_joins(join->larg) + count_outer_joins(join->rarg);
	}
	return n;
}

/* Finds a join of the query that suits, in a part of its FROM. */
static bool
find_join(CrUnmatched *unmatched, Query *place, Node *node)
{
	ListCell   *lc;

	if (IsA(node, FromExpr))
	{
		foreach(lc, ((FromExpr *) node)->fromlist)
		{
			if (find_join(unmatched, place, lfirst(lc)))
				return true;
		}
	}
	else if (IsA(node, JoinExpr))
	{
		JoinExpr   *join = (JoinExpr *) node;

		if (join->alias != NULL)
			return false;		/* columns may be named through it */
		return find_join(unmatched, place, join->larg) ||
			find_join(unmatched, place, join->rarg) ||
			((cr_absence_read(place, join, &unmatched->absent) ||
			  cr_absence_read_rows(place, join, &unmatched->absent)) &&
			 suits(unmatched));
	}
	return false;
}

static bool
find(CrUnmatched *unmatched)
{
	Query	   *query = unmatched->query;
	int			rti = 0;
	ListCell   *lc;

	if (count_outer_joins((Node *) query->jointree) > MAX_OUTER_JOINS)
		return false;
	if (find_join(unmatched, query, (Node *) query->jointree))
		return true;
	foreach(lc, query->rtable)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);

		rti++;
		if (rte->rtekind != RTE_SUBQUERY || rte->lateral ||
			!cr_inspect_touches(rte->subquery) ||
			!cr_normalize_gives_rows(rte->subquery) ||
			cr_normalize_may_be_null((Node *) query->jointree, rti))
			continue;
		unmatched->rti = rti;
		cr_normalize_names(rte->subquery);
		if (count_outer_joins((Node *) rte->subquery->jointree) <=
			MAX_OUTER_JOINS &&
			find_join(unmatched, rte->subquery,
					  (Node *) rte->subquery->jointree))
			return true;
	}
	return false;
}

/* Does WHERE leave out all of them, as constants? */
static bool
is_empty(const Query *part)
{
	Node	   *quals = part->jointree->quals;

	return quals != NULL && !checkExprHasSubLink(quals) &&
		cr_inspect_never_holds((Node *) copyObject(quals));
}

/*
 * Writes a level that groups by what an outer join may lack so, in place.
 * False if there is nothing to rewrite; then the query is as it was.
 */
bool
cr_normalize_unmatched_groups(CrStatement *statement, Query *query)
{
	CrUnmatched unmatched = {0};
	CrShell		shell = {NIL, NIL, NIL};
	Query	   *core;
	Query	   *with;
	Query	   *without;

	unmatched.query = query;
	if (query->groupClause == NIL || query->groupingSets != NIL ||
		query->hasTargetSRFs || query->rowMarks != NIL ||
		cr_normalize_groups_people(query) ||
		statement->unmatched >= MAX_PARTS ||
		cr_inspect_refers_outside(query) || !find(&unmatched))
		return false;
	cr_shell_read(&shell, query);
	core = cr_shell_core(query);
	core->targetList = cr_shell_targets(&shell, shell.aggregates);
	with = cr_unmatched_part(&unmatched, core, IS_NOT_NULL);
	without = cr_unmatched_part(&unmatched, core, IS_NULL);
	if (with == NULL || without == NULL || is_empty(without) ||
		!cr_shell_replace(query, &shell,
						  cr_arms_unite(list_make2(with, without))))
		return false;
	statement->unmatched++;
	return true;
}
