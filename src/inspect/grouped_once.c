/*-------------------------------------------------------------------------
 *
 * src/inspect/grouped_once.c
 *	  Reads outer joins of what is there once in each group.
 *
 * See grouped_join.c.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "inspect/absence.h"
#include "inspect/facts.h"
#include "inspect/grouped.h"
#include "inspect/normalize.h"
#include "inspect/pin.h"
#include "nodes/makefuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/tlist.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteManip.h"

/* Has the entry each value of the column once? */
static bool
is_unique(Query *query, int rti, AttrNumber attnum)
{
	CrAbsent	entry = {.query = query,.rti = rti};

	entry.rte = rt_fetch(rti, query->rtable);
	return cr_absence_has_once(&entry, bms_make_singleton(attnum));
}

/* Do conditions equate unique columns of the two entries? */
static bool
are_joined_by_key(Query *query, Node *quals, int left, int right)
{
	ListCell   *lc;

	foreach(lc, make_ands_implicit((Expr *) quals))
	{
		Var		   *a;
		Var		   *b;

		if (cr_inspect_equality(lfirst(lc), (Node **) &a, (Node **) &b) &&
			cr_inspect_names_one(lfirst(lc)) && IsA(a, Var) && IsA(b, Var) &&
			(((int) a->varno == left && (int) b->varno == right) ||
			 ((int) a->varno == right && (int) b->varno == left)) &&
			is_unique(query, a->varno, a->varattno) &&
			is_unique(query, b->varno, b->varattno))
			return true;
	}
	return false;
}

/* Has this part of FROM each value of the column once? */
static bool
has_once(Query *query, Node *from, const Var *column)
{
	JoinExpr   *join = (JoinExpr *) from;

	if (IsA(from, RangeTblRef))
		return ((RangeTblRef *) from)->rtindex == (int) column->varno &&
			is_unique(query, column->varno, column->varattno);
	return IsA(from, JoinExpr) && join->jointype == JOIN_INNER &&
		join->alias == NULL && IsA(join->larg, RangeTblRef) &&
		IsA(join->rarg, RangeTblRef) &&
		is_unique(query, column->varno, column->varattno) &&
		are_joined_by_key(query, join->quals,
						  ((RangeTblRef *) join->larg)->rtindex,
						  ((RangeTblRef *) join->rarg)->rtindex);
}

static bool
is_key(Query *query, Node *column)
{
	return list_member(get_sortgrouplist_exprs(query->groupClause,
											   query->targetList), column);
}

/* The entry's rows as far as they are of people, who are compared. */
static CrQuestion *
people_joined(CrAbsent *absent)
{
	CrQuestion *joined = palloc0(sizeof(CrQuestion));
	OpExpr	   *equality = absent->equality;
	List	   *conditions = copyObject(absent->conditions);
	Node	   *key = cr_absence_inside(absent, (Node *) absent->key);

	ChangeVarNodes((Node *) conditions, absent->rti, 1, 0);
	joined->members = cr_absence_rows(absent, conditions == NIL ? NULL :
									  (Node *) make_ands_explicit(conditions));
	joined->members->targetList =
		list_make1(makeTargetEntry((Expr *) key, 1, "member", false));
	cr_question_compare(joined, equality, absent->key_is_left ?
						lsecond(equality->args) : linitial(equality->args),
						!absent->key_is_left);
	return joined;
}

/* Are people joined with people, each of whom is a group? */
static bool
joins_people(CrAbsent *absent, CrQuestion *joined, Node *from)
{
	Query	   *query = absent->query;
	CrCompared *compared = linitial(joined->compared);
	Node	   *outer = cr_inspect_strip(compared->outer);

	return (cr_normalize_unit_uses(query, (Node *) absent->key) &
			CR_USE_UNIT) != 0 &&
		IsA(outer, Var) &&
		(cr_normalize_unit_uses(query, outer) & CR_USE_UNIT) != 0 &&
		is_key(query, outer) && has_once(query, from, (Var *) outer);
}

/*
 * Are rows of people joined so?  Those that are null in one of the columns
 * would be one group.
 */
static bool
joins_rows(CrAbsent *absent, Node *from)
{
	Query	   *query = absent->query;
	CrAbsent	entry = {.query = query};
	Bitmapset  *columns = NULL;
	ListCell   *lc;

	if (!IsA(from, RangeTblRef))
		return false;
	entry.rti = ((RangeTblRef *) from)->rtindex;
	entry.rte = rt_fetch(entry.rti, query->rtable);
	foreach(lc, absent->rows->compared)
	{
		Var		   *outer = (Var *)
			cr_inspect_strip(((CrCompared *) lfirst(lc))->outer);

		if (!IsA(outer, Var) || (int) outer->varno != entry.rti ||
			!is_key(query, (Node *) outer))
			return false;
		if (cr_normalize_unit_uses(query, (Node *) outer) != 0 ||
			cr_normalize_is_not_null(query, from, (Node *) outer))
			columns = bms_add_member(columns, outer->varattno);
	}
	return cr_absence_has_once(&entry, columns);
}

/*
 * Takes an outer join apart, of a query that groups over it, if no two groups
 * are of the same people or rows.  Returns the rows of the entry that may be
 * missing, and what they are compared by; or NULL.
 */
CrQuestion *
cr_grouped_read_join(Query *query, JoinExpr *join, CrAbsent *absent)
{
	Node	   *from = join->jointype == JOIN_LEFT ? join->larg : join->rarg;
	CrQuestion *joined;

	if (cr_absence_read(query, join, absent))
	{
		if (!cr_normalize_is_protected(absent->rte))
			return NULL;
		joined = people_joined(absent);
		return joins_people(absent, joined, from) ? joined : NULL;
	}
	return cr_absence_read_rows(query, join, absent) &&
		joins_rows(absent, from) ? absent->rows : NULL;
}
