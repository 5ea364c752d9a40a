/*-------------------------------------------------------------------------
 *
 * src/inspect/row_question.c
 *	  Takes questions apart whether a row agrees with one of the same person.
 *
 *	EXISTS (SELECT 1 FROM b WHERE b.u = a.u AND b.k = a.k AND c)
 *	(a.u, a.k) IN (SELECT b.u, b.k FROM b WHERE c)
 *	EXISTS (SELECT 1 FROM b WHERE b.u = a.u AND b.day > a.day AND c)
 *
 * The first two ask whether (a.u, a.k) is in (SELECT DISTINCT b.u, b.k FROM b
 * WHERE c), the third whether (a.u, a.day) is in (SELECT DISTINCT a2.u, a2.day
 * FROM b, a AS a2 WHERE b.u = a2.u AND b.day > a2.day AND c): whatever is
 * asked of the columns of one row is so answered for all rows that have the
 * same in them.  u is the unit of both tables, so that whom a row belongs to
 * is who the match belongs to.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/transam.h"
#include "base/compat.h"
#include "base/make_query.h"
#include "inspect/facts.h"
#include "inspect/normalize.h"
#include "inspect/pin.h"
#include "inspect/question.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/tlist.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteManip.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

/* The question while it is read. */
typedef struct RowQuestion
{
	Query	   *query;
	Query	   *members;		/* without what is asked of the row */
	List	   *asked;			/* the conjuncts that name columns of it */
	OpExpr	   *by_unit;		/* the one of those that compares the units */
} RowQuestion;

/* A comparison of a column of the query around with one of the subquery. */
typedef struct Pair
{
	Node	   *outer;
	Node	   *inner;
	bool		outer_is_left;
} Pair;

/* Takes a = b apart; sides in the words of the subquery. */
static bool
read_pair(Node *conjunct, Pair *pair)
{
	OpExpr	   *equality = (OpExpr *) conjunct;
	Node	   *left;
	Node	   *right;

	if (!cr_inspect_equality(conjunct, &left, &right) ||
		equality->opno >= FirstNormalObjectId ||
		!cr_inspect_is_one_to_one(equality->opfuncid) ||
		!cr_inspect_compares_members(linitial(equality->args)) ||
		!cr_inspect_compares_members(lsecond(equality->args)) ||
		!IsA(left, Var) || !IsA(right, Var))
		return false;
	pair->outer_is_left = ((Var *) left)->varlevelsup == 1;
	pair->outer = linitial(equality->args);
	pair->inner = lsecond(equality->args);
	if (pair->outer_is_left)
		return ((Var *) right)->varlevelsup == 0;
	pair->outer = lsecond(equality->args);
	pair->inner = linitial(equality->args);
	return ((Var *) left)->varlevelsup == 0 &&
		((Var *) right)->varlevelsup == 1;
}

/* The node, of the subquery, in the words of the query around. */
static Node *
brought_out(Node *node)
{
	node = copyObject(node);
	IncrementVarSublevelsUp(node, -1, 1);
	return node;
}

/* Does the conjunct say that both rows are of one person? */
static bool
compares_units(RowQuestion *row, Node *conjunct)
{
	Pair		pair;

	return read_pair(conjunct, &pair) &&
		cr_question_is_unit(row->query, brought_out(pair.outer)) &&
		cr_question_is_unit(row->members, pair.inner);
}

/*
 * Parts what is asked of the row from the conditions on the match, and from
 * those on the row alone.
 */
static bool
read_conjuncts(RowQuestion *row, CrQuestion *question)
{
	List	   *kept = NIL;
	ListCell   *lc;

	foreach(lc, make_ands_implicit((Expr *) row->members->jointree->quals))
	{
		Node	   *conjunct = (Node *) lfirst(lc);

		if (!contain_vars_of_level(conjunct, 1))
		{
			kept = lappend(kept, conjunct);
			continue;
		}
		if (checkExprHasSubLink(conjunct) ||
			contain_volatile_functions(conjunct))
			return false;
		if (row->by_unit == NULL && compares_units(row, conjunct))
			row->by_unit = (OpExpr *) conjunct;
		else if (question->may_part && !contain_vars_of_level(conjunct, 0))
			question->conditions = lappend(question->conditions,
										   brought_out(conjunct));
		else
			row->asked = lappend(row->asked, conjunct);
	}
	row->members->jointree->quals = kept == NIL ? NULL :
		(Node *) make_ands_explicit(kept);
	return row->by_unit != NULL &&
		(row->asked != NIL || question->conditions != NIL) &&
		!cr_inspect_refers_outside(row->members);
}

/* ---------- columns that agree ---------- */

static bool
are_pairs(List *asked)
{
	Pair		pair;
	ListCell   *lc;

	foreach(lc, asked)
	{
		if (!read_pair(lfirst(lc), &pair))
			return false;
	}
	return true;
}

static void
compare_pairs(RowQuestion *row, CrQuestion *question)
{
	List	   *targets = NIL;
	ListCell   *lc;

	foreach(lc, lcons(row->by_unit, row->asked))
	{
		Pair		pair;

		read_pair(lfirst(lc), &pair);
		targets = lappend(targets,
						  makeTargetEntry((Expr *) pair.inner,
										  list_length(targets) + 1, "member",
										  false));
		cr_question_compare(question, lfirst(lc), brought_out(pair.outer),
							pair.outer_is_left);
	}
	row->members->targetList = targets;
}

/* ---------- anything else that is asked of a row ---------- */

/* Equal columns of the query around, as no row is without them. */
typedef struct Alike
{
	const Var  *column;
	int			rti;
	Var		   *found;			/* of rti, if there is one */
} Alike;

static void
find_alike(Alike *alike, Node *node)
{
	ListCell   *lc;

	if (node == NULL)
		return;
	if (IsA(node, FromExpr))
	{
		foreach(lc, ((FromExpr *) node)->fromlist)
			find_alike(alike, lfirst(lc));
		find_alike(alike, ((FromExpr *) node)->quals);
	}
	else if (IsA(node, JoinExpr))
	{
		JoinExpr   *join = (JoinExpr *) node;

		if (join->jointype == JOIN_INNER || join->jointype == JOIN_LEFT)
			find_alike(alike, join->larg);
		if (join->jointype == JOIN_INNER || join->jointype == JOIN_RIGHT)
			find_alike(alike, join->rarg);
		if (join->jointype == JOIN_INNER)
			find_alike(alike, join->quals);
	}
	else if (is_andclause(node))
	{
		foreach(lc, ((BoolExpr *) node)->args)
			find_alike(alike, lfirst(lc));
	}
	else
	{
		Node	   *left;
		Node	   *right;

		if (!cr_inspect_equality(node, &left, &right) ||
			!cr_inspect_names_one((OpExpr *) node) || !IsA(left, Var) ||
			!IsA(right, Var) || exprType(left) != exprType(right))
			return;
		if (equal(left, alike->column) &&
			(int) ((Var *) right)->varno == alike->rti)
			alike->found = (Var *) right;
		if (equal(right, alike->column) &&
			(int) ((Var *) left)->varno == alike->rti)
			alike->found = (Var *) left;
	}
}

/* Columns of one entry of the query around. */
typedef struct OuterColumns
{
	int			rti;
	int			copied_rti;		/* its copy in the subquery */
	List	   *columns;		/* Var, in the words of the subquery */
	bool		several;		/* there are columns of other entries */
} OuterColumns;

static bool
outer_columns_walker(Node *node, OuterColumns *outer)
{
	Var		   *var = (Var *) node;

	if (node == NULL)
		return false;
	if (!IsA(node, Var))
		return expression_tree_walker(node, outer_columns_walker, outer);
	if (var->varlevelsup == 0)
		return false;
	if (var->varlevelsup > 1 || var->varattno < 1 ||
		(outer->rti != 0 && outer->rti != (int) var->varno))
		outer->several = true;
	outer->rti = var->varno;
	outer->columns = list_append_unique(outer->columns, var);
	return outer->several;
}

static Node *
copied_mutator(Node *node, OuterColumns *outer)
{
	if (node == NULL)
		return NULL;
	if (IsA(node, Var) && ((Var *) node)->varlevelsup == 1)
	{
		Var		   *var = (Var *) node;

		return (Node *) makeVar(outer->copied_rti, var->varattno,
								var->vartype, var->vartypmod, var->varcollid,
								0);
	}
	return expression_tree_mutator(node, copied_mutator, (void *) outer);
}

/*
 * Are rows with the same in the columns asked the same?  Of those with a
 * null nothing must be asked, as nulls are not the same in a join.
 */
static bool
can_stand_for_rows(List *asked, const OuterColumns *outer)
{
	ListCell   *lc;

	foreach(lc, outer->columns)
	{
		Var		   *var = (Var *) copied_mutator(lfirst(lc),
												 (OuterColumns *) outer);

		if (cr_inspect_image((Node *) var) != CR_IMAGE_ONE ||
			!cr_var_is_forced((Node *) asked, var))
			return false;
	}
	return true;
}

/* Adds a copy of the entry to FROM of the subquery. */
static bool
copy_entry(RowQuestion *row, OuterColumns *outer)
{
	RangeTblEntry *rte = rt_fetch(outer->rti, row->query->rtable);
	Query	   *alone;

	if ((rte->rtekind != RTE_RELATION && rte->rtekind != RTE_SUBQUERY) ||
		rte->lateral || rte->tablesample != NULL ||
		(rte->rtekind == RTE_SUBQUERY &&
		 (!cr_normalize_gives_rows(rte->subquery) ||
		  contain_volatile_functions((Node *) rte->subquery))))
		return false;
	rte = copyObject(rte);
	outer->copied_rti = list_length(row->members->rtable) + 1;
	alone = cr_make_select(list_make1(rte), NIL, NULL);
	cr_move_permission(row->query, alone, rte);
	if (rte->rtekind == RTE_SUBQUERY)
		IncrementVarSublevelsUp((Node *) rte->subquery, 1, 1);
	IncrementVarSublevelsUp((Node *) rte->securityQuals, 1, 1);
	ChangeVarNodes((Node *) rte->securityQuals, outer->rti,
				   outer->copied_rti, 0);
	row->members->hasSubLinks = row->members->hasSubLinks ||
		checkExprHasSubLink((Node *) rte->securityQuals);
	cr_append_entries(row->members, alone);
	row->members->jointree->fromlist =
		lappend(row->members->jointree->fromlist,
				cr_make_reference(outer->copied_rti));
	return true;
}

/* The value as the operator wants it: varchar is compared as text. */
static Expr *
as_operand(Node *value, Oid type)
{
	return type == exprType(value) || IsPolymorphicType(type) ?
		(Expr *) value :
		(Expr *) makeRelabelType((Expr *) value, type, -1,
								 exprCollation(value), COERCE_IMPLICIT_CAST);
}

/* That two values of one type are equal, or NULL. */
OpExpr *
cr_question_equality(Node *left, Node *right)
{
	Oid			opno = lookup_type_cache(exprType(left),
										 TYPECACHE_EQ_OPR)->eq_opr;
	OpExpr	   *result;
	Oid			type;
	Oid			same_type;

	if (!OidIsValid(opno) || opno >= FirstNormalObjectId)
		return NULL;
	op_input_types(opno, &type, &same_type);
	result = (OpExpr *) make_opclause(opno, BOOLOID, false,
									  as_operand(left, type),
									  as_operand(right, type),
									  InvalidOid, exprCollation(left));
	set_opfuncid(result);
	return result;
}

/* Has the units compared by the one of this entry, which is the same. */
static void
name_person_by(RowQuestion *row, int rti)
{
	Pair		pair;
	Alike		alike = {NULL, rti, NULL};
	Node	   *unit;

	read_pair((Node *) row->by_unit, &pair);
	unit = cr_inspect_strip(brought_out(pair.outer));
	alike.column = (Var *) unit;
	find_alike(&alike, (Node *) row->query->jointree);
	if ((int) ((Var *) unit)->varno == rti || alike.found == NULL ||
		!cr_question_is_unit(row->query, (Node *) alike.found))
		return;
	unit = (Node *) copyObject(alike.found);
	IncrementVarSublevelsUp(unit, 1, 0);
	if (IsA(pair.outer, RelabelType))
	{
		RelabelType *relabel = (RelabelType *) copyObject(pair.outer);

		relabel->arg = (Expr *) unit;
		unit = (Node *) relabel;
	}
	row->by_unit = copyObject(row->by_unit);
	row->by_unit->args = pair.outer_is_left ? list_make2(unit, pair.inner) :
		list_make2(pair.inner, unit);
}

static bool
compare_copies(RowQuestion *row, CrQuestion *question)
{
	OuterColumns outer = {0};
	List	   *all;
	List	   *targets = NIL;
	List	   *quals;
	ListCell   *lc;

	/* the unit comes first, whatever the order of what is asked */
	outer_columns_walker((Node *) row->asked, &outer);
	name_person_by(row, outer.rti);
	outer.columns = NIL;
	all = lcons(row->by_unit, row->asked);
	outer_columns_walker((Node *) all, &outer);
	if (outer.several || !copy_entry(row, &outer))
		return false;
	all = (List *) copied_mutator((Node *) all, &outer);
	if (!can_stand_for_rows(all, &outer))
		return false;
	foreach(lc, outer.columns)
	{
		Var		   *var = lfirst_node(Var, lc);
		Var		   *copied = (Var *) copied_mutator((Node *) var, &outer);
		Node	   *here = brought_out((Node *) var);
		OpExpr	   *equality = cr_question_equality(here, (Node *) copied);

		if (equality == NULL)
			return false;
		targets = lappend(targets,
						  makeTargetEntry((Expr *) copied,
										  list_length(targets) + 1, "member",
										  false));
		cr_question_compare(question, equality, linitial(equality->args),
							true);
	}
	quals = make_ands_implicit((Expr *) row->members->jointree->quals);
	row->members->jointree->quals =
		(Node *) make_ands_explicit(list_concat(quals, all));
	row->members->targetList = targets;
	return true;
}

/* ---------- all of it ---------- */

/* (a.u, a.k) = ANY (SELECT b.u, b.k …), as conjuncts of the subquery. */
static bool
write_comparisons(SubLink *sublink, Query *members)
{
	List	   *quals = make_ands_implicit((Expr *) members->jointree->quals);
	ListCell   *lc;

	if (!is_andclause(sublink->testexpr) || members->limitCount != NULL)
		return false;
	foreach(lc, ((BoolExpr *) sublink->testexpr)->args)
	{
		OpExpr	   *test = copyObject(lfirst(lc));
		Node	   *column = cr_question_column(members, test);

		if (column == NULL)
			return false;
		IncrementVarSublevelsUp(linitial(test->args), 1, 0);
		lsecond(test->args) = copyObject(column);
		quals = lappend(quals, test);
	}
	members->jointree->quals = (Node *) make_ands_explicit(quals);
	return true;
}

/*
 * Takes such a question apart.  Names of the query and of the subquery must
 * be normalized.  An IN must not be negated.
 */
bool
cr_question_read_rows(Query *query, SubLink *sublink, CrQuestion *question)
{
	RowQuestion row = {0};
	Pair		pair;

	row.query = query;
	row.members = copyObject((Query *) sublink->subselect);
	if (cr_question_limits(row.members) || row.members->hasDistinctOn ||
		!cr_inspect_touches(row.members))
		return false;
	/* who IN asks for may be a group of people, as their first day is */
	if (sublink->subLinkType == ANY_SUBLINK &&
		!cr_question_is_plain(row.members) &&
		cr_normalize_groups_people(row.members))
		row.members = cr_question_wrap(row.members);
	if (!cr_question_is_plain(row.members))
		return false;
	cr_question_forget_order(row.members);
	if (sublink->subLinkType == ANY_SUBLINK &&
		!write_comparisons(sublink, row.members))
		return false;
	row.members->limitCount = NULL;
	if (!read_conjuncts(&row, question))
		return false;
	question->pairs = are_pairs(row.asked);
	if (question->pairs)
		compare_pairs(&row, question);
	else if (!compare_copies(&row, question))
		return false;
	read_pair((Node *) row.by_unit, &pair);
	question->unit = (Var *) cr_inspect_strip(pair.inner);
	question->members = row.members;
	question->by_row = row.asked != NIL;
	return true;
}
