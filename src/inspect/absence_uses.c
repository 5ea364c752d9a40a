/*-------------------------------------------------------------------------
 *
 * src/inspect/absence_uses.c
 *	  How the rows that an outer join may lack are used elsewhere.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/transam.h"
#include "base/compat.h"
#include "inspect/absence.h"
#include "inspect/facts.h"
#include "inspect/normalize.h"
#include "inspect/pin.h"
#include "inspect/question.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/tlist.h"

typedef struct UseContext
{
	CrAbsent   *absent;
	int			depth;
	bool		in_on;			/* of some other join */
	bool		tested;			/* there is a test, or a flag */
	bool		used;			/* there is any other use */
} UseContext;

/* Is it null exactly where there is no match? */
bool
cr_absence_tells_match(CrAbsent *absent, Var *var)
{
	RangeTblRef ref = {.type = T_RangeTblRef,.rtindex = absent->rti};

	return (absent->key != NULL &&
			var->varattno == absent->key->varattno) ||
		cr_var_is_forced((Node *) absent->conditions, var) ||
		cr_normalize_is_not_null(absent->query, (Node *) &ref, (Node *) var);
}

Var *
cr_absence_tested_column(Node *node, CrAbsent *absent)
{
	NullTest   *test = (NullTest *) node;
	Node	   *arg;

	if (!IsA(node, NullTest))
		return NULL;
	arg = cr_inspect_strip((Node *) test->arg);
	if (!IsA(arg, Var) || ((Var *) arg)->varlevelsup != 0 ||
		((Var *) arg)->varno != absent->rti ||
		!cr_absence_tells_match(absent, (Var *) arg))
		return NULL;
	return (Var *) arg;
}

static bool
use_walker(Node *node, UseContext *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Query))
	{
		context->depth++;
		query_tree_walker((Query *) node, use_walker, context, 0);
		context->depth--;
		return false;
	}
	if (IsA(node, JoinExpr) && context->depth == 0)
	{
		JoinExpr   *join = (JoinExpr *) node;

		use_walker(join->larg, context);
		use_walker(join->rarg, context);
		context->in_on = true;
		if (join != context->absent->join)
			use_walker(join->quals, context);
		context->in_on = false;
		return false;
	}
	if (context->depth == 0 && !context->in_on &&
		cr_absence_tested_column(node, context->absent) != NULL)
	{
		context->tested = true;
		return false;
	}
	if (IsA(node, Var) &&
		(int) ((Var *) node)->varlevelsup == context->depth &&
		((Var *) node)->varno == context->absent->rti)
	{
		AttrNumber	attnum = ((Var *) node)->varattno;

		if (context->depth == 0 && !context->in_on && attnum > 0 &&
			bms_is_member(attnum, context->absent->flags))
			context->tested = true;
		else
			context->used = true;
	}
	return expression_tree_walker(node, use_walker, (void *) context);
}

static UseContext
read_uses(CrAbsent *absent)
{
	UseContext	context = {absent, 0, false, false, false};

	query_tree_walker(absent->query, use_walker, &context,
					  QTW_IGNORE_JOINALIASES);
	return context;
}

/* Is a match all that is asked of the entry, by tests or by its flags? */
bool
cr_absence_is_only_tested(CrAbsent *absent)
{
	UseContext	uses = read_uses(absent);

	return uses.tested && !uses.used;
}

/* Are there protected rows besides the entry's? */
static bool
has_others(const CrAbsent *absent)
{
	ListCell   *lc;

	foreach(lc, absent->query->rtable)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);

		if (rte == absent->rte)
			continue;
		if (rte->rtekind == RTE_SUBQUERY ?
			cr_inspect_touches(rte->subquery) :
			rte->rtekind == RTE_RELATION &&
			cr_base_find_policy(rte->relid) != NULL)
			return true;
	}
	return false;
}

/* Is nothing asked of people who are each there once, beside others? */
bool
cr_absence_is_unused(CrAbsent *absent)
{
	UseContext	uses = read_uses(absent);

	return has_others(absent) && !uses.tested && !uses.used &&
		cr_absence_is_distinct(absent) &&
		cr_normalize_unit_uses(absent->query, (Node *) absent->key) != 0;
}

/* Does WHERE leave out all rows with a match? */
bool
cr_absence_is_excluded(CrAbsent *absent)
{
	ListCell   *lc;

	foreach(lc,
			make_ands_implicit((Expr *) absent->query->jointree->quals))
	{
		Node	   *conjunct = (Node *) lfirst(lc);

		if (cr_absence_tested_column(conjunct, absent) != NULL &&
			((NullTest *) conjunct)->nulltesttype == IS_NULL)
			return true;
	}
	return false;
}

/* The column of the entry that a conjunct of ON fixes, or invalid. */
static AttrNumber
fixed_column(const CrAbsent *absent, Node *conjunct)
{
	Var		   *left;
	Var		   *right;
	Var		   *column;

	if (!cr_inspect_equality(conjunct, (Node **) &left, (Node **) &right) ||
		((OpExpr *) conjunct)->opno >= FirstNormalObjectId ||
		!cr_inspect_names_one((OpExpr *) conjunct) ||
		!IsA(left, Var) || !IsA(right, Var) ||
		left->varlevelsup != 0 || right->varlevelsup != 0 ||
		(left->varno == absent->rti) == (right->varno == absent->rti))
		return InvalidAttrNumber;
	column = left->varno == absent->rti ? left : right;
	return Max(column->varattno, InvalidAttrNumber);
}

/* The columns of the entry by which ON joins it with others. */
static Bitmapset *
joined_columns(const CrAbsent *absent)
{
	Bitmapset  *columns = NULL;
	ListCell   *lc;

	if (absent->rows == NULL)
		return bms_make_singleton(absent->key->varattno);
	foreach(lc, absent->conditions)
	{
		AttrNumber	attnum = fixed_column(absent, lfirst(lc));

		if (attnum != InvalidAttrNumber)
			columns = bms_add_member(columns, attnum);
	}
	return columns;
}

static List *
grouped_by(const Query *query)
{
	return query->distinctClause != NIL ?
		query->distinctClause : query->groupClause;
}

/* Has an entry each value of the columns once, as it is written? */
bool
cr_absence_has_once(const CrAbsent *absent, const Bitmapset *columns)
{
	Query	   *query = absent->rte->subquery;
	ListCell   *lc;

	if (absent->rte->rtekind == RTE_RELATION)
		return cr_inspect_columns_are_unique(absent->rte->relid, columns);
	if (absent->rte->rtekind != RTE_SUBQUERY ||
		query->hasTargetSRFs || query->groupingSets != NIL ||
		query->hasDistinctOn || query->setOperations != NULL ||
		grouped_by(query) == NIL)
		return false;
	cr_normalize_names(query);
	foreach(lc, grouped_by(query))
	{
		TargetEntry *tle = get_sortgroupclause_tle(lfirst(lc),
												   query->targetList);

		if (!bms_is_member(tle->resno, columns))
			return false;
	}
	return true;
}

/* The same of what it is joined by. */
bool
cr_absence_is_distinct(const CrAbsent *absent)
{
	return cr_absence_has_once(absent, joined_columns(absent));
}

/*
 * Does ON compare nothing but what the entry, a subquery that has each value
 * of that once, is grouped by?
 */
bool
cr_absence_compares_groups(const CrAbsent *absent)
{
	return absent->rows == NULL ? absent->conditions == NIL :
		list_length(absent->conditions) ==
		list_length(grouped_by(absent->rte->subquery));
}

/* Are the columns that are asked about there whatever is joined? */
static bool
asks_rows_of_people(const CrAbsent *absent)
{
	Relids		asked = pull_varnos(NULL, cr_question_asked(absent->rows));
	int			rti = -1;

	while ((rti = bms_next_member(asked, rti)) >= 0)
	{
		if (cr_normalize_may_be_null((Node *) absent->query->jointree, rti))
			return false;
	}
	return true;
}

/* Does it join people with people, who are there whatever is joined? */
bool
cr_absence_joins_people(CrAbsent *absent)
{
	Node	   *outer;
	Var		   *unit;

	if (absent->rows != NULL)
		return asks_rows_of_people(absent);
	outer = absent->key_is_left ?
		lsecond(absent->equality->args) : linitial(absent->equality->args);
	unit = (Var *) cr_inspect_strip(outer);
	return IsA(unit, Var) &&
		!cr_normalize_may_be_null((Node *) absent->query->jointree,
								  unit->varno) &&
		(cr_normalize_unit_uses(absent->query,
								   (Node *) absent->key) & CR_USE_UNIT) != 0 &&
		((cr_normalize_unit_uses(absent->query, outer) & CR_USE_UNIT) != 0 ||
		 cr_normalize_joins(absent->query, outer));
}

static bool
others_walker(Node *node, const int *rti)
{
	if (node == NULL)
		return false;
	if (IsA(node, Var))
		return ((Var *) node)->varlevelsup != 0 ||
			(int) ((Var *) node)->varno != *rti;
	return IsA(node, SubLink) ||
		expression_tree_walker(node, others_walker, (void *) rti);
}

/* Are there columns of others than the entry, or sub-selects? */
bool
cr_absence_names_others(Node *expr, int rti)
{
	return others_walker(expr, &rti);
}
