/*-------------------------------------------------------------------------
 *
 * src/inspect/lift.c
 *	  Writes what a subquery computes where it is aggregated.
 *
 *	SELECT sum(p) FROM (SELECT CASE WHEN c THEN x ELSE 0 END AS p FROM t) s
 *
 * is SELECT sum(CASE WHEN s.c THEN s.x ELSE 0 END) FROM (SELECT …, c, x FROM
 * t) s.  Views and layered queries compute their columns before anybody
 * knows what they are for; an aggregate reads such conditions as FILTER, and
 * has to have them in its own words.  Of x + 1 it has to know that it is null
 * where x is, which is for nobody to guard, and not where it would overflow.
 * A question whether there is a match stays where it is asked, as a column
 * of the subquery; only there is it known for what it is.  So does a subquery
 * that is one value: a WITH query of its own query may stand in it.
 *
 * Conditions are lifted into conditions where they are several in one, and
 * questions into keys: whom one leaves out can be told where all are seen.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "inspect/facts.h"
#include "inspect/normalize.h"
#include "inspect/operation.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/value.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteManip.h"
#include "utils/fmgroids.h"

static bool
conditional_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, CaseExpr) || IsA(node, CoalesceExpr) ||
		(IsA(node, FuncExpr) && ((FuncExpr *) node)->funcid == F_INT4_BOOL))
		return true;
	return expression_tree_walker(node, conditional_walker, context);
}

/*
 * Does the node ask for a match: by EXISTS or IN, or a count that stands for
 * it, or by a test for null of what an outer join of the query may null?
 */
static bool
asks_match(Query *query, Node *node)
{
	NullTest   *test = (NullTest *) node;
	Var		   *var;

	if (IsA(node, SubLink))
		return ((SubLink *) node)->subLinkType == EXISTS_SUBLINK ||
			((SubLink *) node)->subLinkType == ANY_SUBLINK ||
			((SubLink *) node)->subLinkType == ALL_SUBLINK;
	if (IsA(node, OpExpr))
		return cr_exists_of_count(node) != NULL;
	if (!IsA(node, NullTest))
		return false;
	var = (Var *) cr_inspect_strip((Node *) test->arg);
	return IsA(var, Var) && var->varlevelsup == 0 &&
		cr_normalize_may_be_null((Node *) query->jointree, var->varno);
}

/* Is it one value, the same for all rows of the query it stands in? */
static bool
is_scalar(Node *node)
{
	return IsA(node, SubLink) &&
		((SubLink *) node)->subLinkType == EXPR_SUBLINK &&
		!cr_inspect_refers_outside((Query *) ((SubLink *) node)->subselect);
}

/* Is the expression one that the query around could compute as well? */
static bool
fixed_walker(Node *node, Query *query)
{
	if (node == NULL || asks_match(query, node) || is_scalar(node))
		return false;
	if (IsA(node, SubLink) || IsA(node, Query) || IsA(node, WindowFunc) ||
		IsA(node, GroupingFunc) ||
		(IsA(node, Var) && (((Var *) node)->varlevelsup != 0 ||
							((Var *) node)->varattno <= 0)) ||
		(IsA(node, Aggref) && ((Aggref *) node)->agglevelsup != 0))
		return true;
	return expression_tree_walker(node, fixed_walker, (void *) query);
}

typedef struct WholeRow
{
	int			rti;
	Index		depth;
} WholeRow;

static bool
whole_row_walker(Node *node, WholeRow *row)
{
	Var		   *var = (Var *) node;

	if (node == NULL)
		return false;
	if (IsA(node, Var))
		return var->varno == row->rti && var->varlevelsup == row->depth &&
			var->varattno == 0;
	if (IsA(node, Query))
	{
		bool		found;

		row->depth++;
		found = query_tree_walker((Query *) node, whole_row_walker, row, 0);
		row->depth--;
		return found;
	}
	return expression_tree_walker(node, whole_row_walker, (void *) row);
}

/* Is a row of the entry used as it is, which must get no further column? */
static bool
has_whole_row(Query *query, int rti)
{
	WholeRow	row = {rti, 0};

	return query_tree_walker(query, whole_row_walker, &row, 0);
}

static bool
may_add_columns(Query *query)
{
	return query->commandType == CMD_SELECT && query->setOperations == NULL &&
		query->distinctClause == NIL && query->groupingSets == NIL &&
		query->limitCount == NULL && query->limitOffset == NULL &&
		!query->hasWindowFuncs && !query->hasTargetSRFs &&
		cr_inspect_touches(query);
}

static bool
is_row_by_row(const Query *query)
{
	return !query->hasAggs && query->groupClause == NIL &&
		query->havingQual == NULL;
}

/*
 * Are its rows people's, and not groups that are released?  What is null in
 * those has been withheld, and is not zero.
 */
bool
cr_normalize_has_people(Query *query)
{
	ListCell   *lc;

	check_stack_depth();
	if (is_row_by_row(query))
	{
		foreach(lc, query->rtable)
		{
			RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);

			if (rte->rtekind != RTE_SUBQUERY ||
				!cr_inspect_touches(rte->subquery))
				continue;
			/* what it groups by is compared as it is written */
			cr_flatten_group_names(rte->subquery);
			if (!cr_normalize_has_people(rte->subquery))
				return false;
		}
		return true;
	}
	return cr_normalize_groups_people(query);
}

/* ---------- columns of the subquery ---------- */

typedef struct Lift
{
	Query	   *query;			/* the subquery */
	RangeTblEntry *rte;			/* its entry in the query around */
	int			rti;
	Var		   *var;			/* the column that is lifted */
} Lift;

/* A further column of the subquery, before those that are not shown. */
static TargetEntry *
add_column(Lift *lift, Node *expr)
{
	TargetEntry *tle = makeTargetEntry((Expr *) copyObject(expr), 0, NULL,
									   false);
	int			resno = 0;
	int			shown = 0;
	ListCell   *lc;

	foreach(lc, lift->query->targetList)
		shown += ((TargetEntry *) lfirst(lc))->resjunk ? 0 : 1;
	tle->resname = psprintf("column_%d", shown + 1);
	lift->query->targetList = list_insert_nth(lift->query->targetList, shown,
											  tle);
	foreach(lc, lift->query->targetList)
		((TargetEntry *) lfirst(lc))->resno = ++resno;
	lift->rte->eref->colnames = lappend(lift->rte->eref->colnames,
										makeString(pstrdup(tle->resname)));
	return tle;
}

/* Is it what the subquery groups by? */
static bool
is_key(Lift *lift, Node *node)
{
	ListCell   *lc;

	foreach(lc, lift->query->groupClause)
	{
		if (equal(node, get_sortgroupclause_expr(lfirst(lc),
												 lift->query->targetList)))
			return true;
	}
	return false;
}

/* The expression over the subquery's columns, which are added. */
static Node *
export_mutator(Node *node, Lift *lift)
{
	TargetEntry *found = NULL;
	Var		   *column;
	ListCell   *lc;

	if (node == NULL)
		return NULL;
	if (!IsA(node, Var) && !IsA(node, Aggref) && !is_key(lift, node) &&
		!is_scalar(node) && !asks_match(lift->query, node))
		return expression_tree_mutator(node, export_mutator, (void *) lift);
	if (IsA(node, Const))
		return (Node *) copyObject(node);
	foreach(lc, lift->query->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		if (!tle->resjunk && found == NULL && equal(tle->expr, node))
			found = tle;
	}
	if (found == NULL)
		found = add_column(lift, node);
	column = makeVarFromTargetEntry(lift->rti, found);
	cr_copy_nulling(column, lift->var);
	return (Node *) column;
}

/* ---------- the query around it ---------- */

/* Columns that are looked at for one query: those of columns multiply. */
#define MAX_COLUMNS	10000

typedef struct Around
{
	Query	   *query;
	int		   *left;			/* columns that may still be looked at */
	bool		distinct;		/* in count(DISTINCT ...) */
	bool		condition;		/* in FILTER or WHERE */
	bool		key;			/* in what is grouped by */
} Around;

static Node *lift_mutator(Node *node, Around *around);

/* Is it sums and products of what a person's rows are aggregated to? */
static bool
is_of_aggregates(const Query *query, Node *expr)
{
	return query->hasAggs && contain_aggs_of_level(expr, 0) &&
		cr_operation_computes(expr);
}

/* Is it computed of columns, row by row? */
static bool
is_computation(const Query *query, Node *expr)
{
	return !query->hasAggs && query->groupClause == NIL &&
		!IsA(cr_inspect_strip(expr), Var) && contain_var_clause(expr);
}

typedef struct Mixture
{
	Query	   *query;
	Node	   *question;		/* the first */
	bool		several;
	bool		other;
} Mixture;

static bool
mixture_walker(Node *node, Mixture *mixture)
{
	if (node == NULL)
		return false;
	if (asks_match(mixture->query, node))
	{
		mixture->several = mixture->several ||
			(mixture->question != NULL && !equal(mixture->question, node));
		mixture->question = node;
		return false;
	}
	mixture->other = mixture->other || IsA(node, Var);
	return expression_tree_walker(node, mixture_walker, (void *) mixture);
}

/*
 * Is it made of the question whether there is a match, and of other such
 * questions, or of columns?
 */
static bool
mixes_match(Query *query, Node *expr, bool with_columns)
{
	Mixture		mixture = {query, NULL, false, false};

	mixture_walker(expr, &mixture);
	return mixture.question != NULL &&
		(mixture.other ? with_columns : mixture.several);
}

/*
 * Is it a condition made of several?  Whom one of them leaves out of those
 * that another chooses can be told only where both are seen.
 */
static bool
several_walker(Node *node, void *context)
{
	if (node == NULL || IsA(node, SubLink))
		return false;
	if (is_andclause(node) || is_orclause(node))
		return true;
	return conditional_walker(node, NULL) ||
		expression_tree_walker(node, several_walker, context);
}

/*
 * Has the query around to know what it is made of?  "written" is what stood
 * there before columns of subqueries below were lifted.
 */
static bool
is_wanted(const Around *around, const Lift *lift, Node *expr, Node *written)
{
	if (around->condition && several_walker(expr, NULL))
		return true;
	if (around->condition || around->key)
		return mixes_match(lift->query, expr, !around->key) ||
			!equal(expr, written);
	return conditional_walker(expr, NULL) ? !around->distinct :
		is_computation(lift->query, expr) ||
		is_of_aggregates(lift->query, expr);
}

/*
 * May it be computed by the query around as well?  Where an outer join puts a
 * null in the place of the column, it has to be null of nulls.
 */
static bool
may_lift(const Around *around, const Lift *lift, Node *expr, Node *written)
{
	if (!is_wanted(around, lift, expr, written))
		return false;
	if (cr_normalize_may_be_null((Node *) around->query->jointree,
								 lift->rti) &&
		!is_of_aggregates(lift->query, expr) &&
		(contain_nonstrict_functions(expr) || !contain_var_clause(expr)))
		return false;
	return !fixed_walker(expr, lift->query) &&
		!contain_volatile_functions(expr) &&
		!has_whole_row(around->query, lift->rti);
}

/*
 * What the column stands for, if that is computed; else itself.  Which rows
 * an aggregate skips is told by the columns that its argument is made of.
 */
static Node *
lift_column(Around *around, Var *var)
{
	Around		deeper = *around;
	Lift		lift;
	TargetEntry *tle;
	Node	   *expr;

	check_stack_depth();
	/* what is not looked into would be taken for a plain column */
	if (--*around->left < 0)
		cr_inspect_refuse_size();
	lift.rti = var->varno;
	lift.var = var;
	lift.rte = rt_fetch(var->varno, around->query->rtable);
	lift.query = lift.rte->subquery;
	if (lift.rte->rtekind != RTE_SUBQUERY || lift.rte->lateral ||
		!may_add_columns(lift.query))
		return (Node *) var;
	cr_normalize_names(lift.query);
	cr_normalize_lateral(lift.query);
	if (!is_row_by_row(lift.query) && !cr_normalize_has_people(lift.query))
		return (Node *) var;
	tle = get_tle_by_resno(lift.query->targetList, var->varattno);
	if (tle == NULL || tle->resjunk)
		return (Node *) var;
	if (lift.query->hasAggs)
		cr_normalize_pivots(lift.query);
	deeper.query = lift.query;
	expr = lift_mutator((Node *) tle->expr, &deeper);
	if (!may_lift(around, &lift, expr, (Node *) tle->expr))
		return (Node *) var;
	return export_mutator(expr, &lift);
}

/* Looks into columns of subqueries, but not into aggregates of these. */
static Node *
lift_mutator(Node *node, Around *around)
{
	if (node == NULL || IsA(node, Aggref) || IsA(node, SubLink))
		return node;
	if (IsA(node, Var) && ((Var *) node)->varlevelsup == 0 &&
		((Var *) node)->varattno > 0)
		return lift_column(around, (Var *) node);
	return expression_tree_mutator(node, lift_mutator, (void *) around);
}

static bool
aggregates_walker(Node *node, Around *around)
{
	ListCell   *lc;

	if (node == NULL || IsA(node, Query))
		return false;
	if (!IsA(node, Aggref))
		return expression_tree_walker(node, aggregates_walker,
									  (void *) around);
	if (((Aggref *) node)->agglevelsup != 0 ||
		((Aggref *) node)->aggorder != NIL)
		return false;
	around->distinct = ((Aggref *) node)->aggdistinct != NIL;
	around->condition = false;
	foreach(lc, ((Aggref *) node)->args)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		tle->expr = (Expr *) lift_mutator((Node *) tle->expr, around);
	}
	around->condition = true;
	((Aggref *) node)->aggfilter = (Expr *)
		lift_mutator((Node *) ((Aggref *) node)->aggfilter, around);
	return false;
}

/*
 * What is grouped by, wherever it stands beside aggregates; a sub-select that
 * names it would name something else.
 */
static void
lift_keys(Query *query, Around *around)
{
	ListCell   *lc;

	if (query->groupClause == NIL || query->hasSubLinks)
		return;
	around->key = true;
	foreach(lc, query->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		tle->expr = (Expr *) lift_mutator((Node *) tle->expr, around);
	}
	query->havingQual = lift_mutator(query->havingQual, around);
}

/* Changes the query's aggregates, WHERE, keys, and subqueries, in place. */
void
cr_normalize_lift(Query *query)
{
	int			left = MAX_COLUMNS;
	Around		around = {query, &left, false, false, false};

	if (query->hasAggs)
	{
		aggregates_walker((Node *) query->targetList, &around);
		aggregates_walker(query->havingQual, &around);
		around.condition = true;
		query->jointree->quals = lift_mutator(query->jointree->quals,
											  &around);
	}
	around.condition = false;
	lift_keys(query, &around);
}
