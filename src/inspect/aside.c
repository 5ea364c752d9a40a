/*-------------------------------------------------------------------------
 *
 * src/inspect/aside.c
 *	  Outer joins that add something to each row, or nothing, and no row.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "inspect/absence.h"
#include "optimizer/optimizer.h"
#include "rewrite/rewriteManip.h"

/* rows: also of those that compare more than the unit. */
static JoinExpr *
find_join(Query *query, Node *node, int rti, bool rows, CrAbsent *absent)
{
	JoinExpr   *found = NULL;
	ListCell   *lc;

	if (IsA(node, FromExpr))
	{
		foreach(lc, ((FromExpr *) node)->fromlist)
		{
			if (found == NULL)
				found = find_join(query, lfirst(lc), rti, rows, absent);
		}
		return found;
	}
	if (!IsA(node, JoinExpr))
		return NULL;
	if (cr_absence_read(query, (JoinExpr *) node, absent) &&
		absent->rti == rti)
		return (JoinExpr *) node;
	if (rows && absent->rti == rti &&
		cr_absence_read_rows(query, (JoinExpr *) node, absent))
		return (JoinExpr *) node;
	found = find_join(query, ((JoinExpr *) node)->larg, rti, rows, absent);
	return found != NULL ? found :
		find_join(query, ((JoinExpr *) node)->rarg, rti, rows, absent);
}

/*
 * Of a column that is null exactly where an outer join has found no match, the
 * key that is so as well, by which it has been looked for; or NULL.
 */
Var *
cr_absence_key(Query *query, const Var *column)
{
	CrAbsent	absent;
	Var		   *key;

	if (find_join(query, (Node *) query->jointree, column->varno, true,
				  &absent) == NULL ||
		!cr_absence_tells_match(&absent, unconstify(Var *, column)))
		return NULL;
	key = copyObject(absent.key);
	cr_copy_nulling(key, column);
	return key;
}

/* Is the entry named in a condition of FROM but in its own join? */
static bool
is_named_in(Node *node, const CrAbsent *absent)
{
	Node	   *quals;
	ListCell   *lc;

	if (IsA(node, FromExpr))
	{
		foreach(lc, ((FromExpr *) node)->fromlist)
		{
			if (is_named_in(lfirst(lc), absent))
				return true;
		}
		quals = ((FromExpr *) node)->quals;
	}
	else if (IsA(node, JoinExpr))
	{
		if (is_named_in(((JoinExpr *) node)->larg, absent) ||
			is_named_in(((JoinExpr *) node)->rarg, absent))
			return true;
		quals = ((JoinExpr *) node)->quals;
	}
	else
		return false;
	return node != (Node *) absent->join &&
		rangeTableEntry_used(quals, absent->rti, 0);
}

/*
 * Do the rows of the query's groups, and how many they are, not depend on an
 * entry?  It adds something to each of them, or nothing.
 */
bool
cr_absence_is_aside(Query *query, int rti)
{
	CrAbsent	absent;
	ListCell   *lc;

	if (find_join(query, (Node *) query->jointree, rti, false,
				  &absent) == NULL ||
		!cr_absence_is_distinct(&absent) ||
		is_named_in((Node *) query->jointree, &absent))
		return false;
	foreach(lc, query->groupClause)
	{
		Node	   *key = get_sortgroupclause_expr(lfirst(lc),
												   query->targetList);

		if (rangeTableEntry_used(key, rti, 0))
			return false;
	}
	return true;
}
