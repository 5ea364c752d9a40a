/*-------------------------------------------------------------------------
 *
 * src/inspect/absence.c
 *	  Reads outer joins that are only asked whether there was a match.
 *
 *	a LEFT JOIN b ON b.k = a.k AND c  …  b.k IS NULL
 *
 * where b is named in such tests and nowhere else, of columns that are not
 * null where there is a match, asks whether a.k is in
 * (SELECT DISTINCT b.k AS member FROM b WHERE c), which takes b's place (see
 * member_join.c).  That changes nothing where rows with a match are left out
 * by a condition of WHERE, or where b has each k once.  Where b is not named
 * at all it is such a set, too, which nobody asks about.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/transam.h"
#include "base/compat.h"
#include "base/make_query.h"
#include "inspect/absence.h"
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

/* ---------- ON ---------- */

static bool
is_of(Node *node, int rti)
{
	Relids		all = pull_varnos(NULL, node);
	int			member;

	return bms_get_singleton_member(all, &member) && member == rti;
}

/* Not of values of which several are equal to one of the other side. */
static bool
read_equality(CrAbsent *absent, Node *conjunct)
{
	OpExpr	   *equality = (OpExpr *) conjunct;
	Node	   *left;
	Node	   *right;
	Node	   *other;

	if (absent->equality != NULL ||
		!cr_inspect_equality(conjunct, &left, &right) ||
		equality->opno >= FirstNormalObjectId ||
		!cr_inspect_names_one(equality))
		return false;
	absent->key_is_left = IsA(left, Var) &&
		((Var *) left)->varno == absent->rti;
	absent->key = (Var *) (absent->key_is_left ? left : right);
	other = absent->key_is_left ? right : left;
	if (!IsA(absent->key, Var) || absent->key->varno != absent->rti ||
		absent->key->varattno < 1 || absent->key->varlevelsup != 0 ||
		!IsA(other, Var) || ((Var *) other)->varno == absent->rti ||
		((Var *) other)->varlevelsup != 0)
		return false;
	absent->equality = equality;
	return true;
}

/* One equality with the other side, and conditions on this one. */
static bool
read_on(CrAbsent *absent)
{
	ListCell   *lc;

	foreach(lc, make_ands_implicit((Expr *) absent->join->quals))
	{
		Node	   *conjunct = (Node *) lfirst(lc);

		if (read_equality(absent, conjunct))
			continue;
		if (checkExprHasSubLink(conjunct) ||
			contain_vars_of_level(conjunct, 1) ||
			!is_of(conjunct, absent->rti))
			return false;
		absent->conditions = lappend(absent->conditions, conjunct);
	}
	return absent->equality != NULL;
}

/* ---------- writing it as a membership ---------- */

typedef struct Writing
{
	CrAbsent   *absent;
	Var		   *member;
} Writing;

static Node *
test_mutator(Node *node, Writing *writing)
{
	Var		   *column;

	if (node == NULL || IsA(node, Query))
		return node;			/* sub-selects do not name it */
	column = cr_absence_tested_column(node, writing->absent);
	if (column != NULL)
	{
		NullTest   *test = copyObject((NullTest *) node);
		Var		   *member = copyObject(writing->member);

		cr_copy_nulling(member, column);
		test->arg = (Expr *) member;
		return (Node *) test;
	}
	return expression_tree_mutator(node, test_mutator, (void *) writing);
}

/* FROM entry WHERE quals, which name it as entry 1. */
Query *
cr_absence_rows(CrAbsent *absent, Node *quals)
{
	Query	   *rows;
	RangeTblEntry *rte = copyObject(absent->rte);

	rows = cr_make_select(list_make1(rte), list_make1(cr_make_reference(1)),
						  quals);
	cr_move_permission(absent->query, rows, rte);
	if (rte->rtekind == RTE_SUBQUERY)
		IncrementVarSublevelsUp((Node *) rte->subquery, 1, 1);
	ChangeVarNodes((Node *) rte->securityQuals, absent->rti, 1, 0);
	rows->hasSubLinks = checkExprHasSubLink((Node *) rte->securityQuals);
	return rows;
}

/* Columns of the entry are those of entry 1; others are of a query around. */
static Node *
inside_mutator(Node *node, const int *rti)
{
	if (node == NULL)
		return NULL;
	if (IsA(node, Var) && ((Var *) node)->varlevelsup == 0)
	{
		Var		   *var = (Var *) copyObject(node);

		if ((int) var->varno == *rti)
		{
			var->varno = 1;
			cr_set_nulling(var, NULL);
		}
		else
			var->varlevelsup = 1;
		cr_forget_syntax(var);
		return (Node *) var;
	}
	return expression_tree_mutator(node, inside_mutator, (void *) rti);
}

Node *
cr_absence_inside(CrAbsent *absent, Node *node)
{
	return inside_mutator(node, &absent->rti);
}

/* EXISTS (SELECT FROM entry WHERE what ON says, and the condition) */
SubLink *
cr_absence_exists(CrAbsent *absent, Node *condition)
{
	SubLink    *exists = makeNode(SubLink);
	List	   *conjuncts =
		list_concat_copy(make_ands_implicit((Expr *) absent->join->quals),
						 make_ands_implicit((Expr *) condition));
	Node	   *quals =
		cr_absence_inside(absent, (Node *) make_ands_explicit(conjuncts));

	exists->subLinkType = EXISTS_SUBLINK;
	exists->subselect = (Node *) cr_absence_rows(absent, quals);
	exists->location = -1;
	return exists;
}

/*
 * Of people who are grouped by the key, and by nothing else, the rows say who
 * there is.  To be called for a copy of the entry, of which only the key is
 * asked for.
 */
static void
forget_groups(RangeTblEntry *rte, AttrNumber key)
{
	Query	   *query = rte->subquery;
	TargetEntry *tle;
	ListCell   *lc;

	if (rte->rtekind != RTE_SUBQUERY || list_length(query->groupClause) != 1 ||
		query->groupingSets != NIL || query->havingQual != NULL ||
		query->setOperations != NULL || query->hasWindowFuncs ||
		query->hasTargetSRFs || query->distinctClause != NIL ||
		query->limitCount != NULL || query->limitOffset != NULL)
		return;
	tle = get_sortgroupclause_tle(linitial(query->groupClause),
								  query->targetList);
	if (tle->resno != key)
		return;
	foreach(lc, query->targetList)
	{
		TargetEntry *other = lfirst_node(TargetEntry, lc);

		/* nobody reads those; the key keeps its place */
		if (other != tle)
			other->expr = (Expr *)
				makeNullConst(exprType((Node *) other->expr),
							  exprTypmod((Node *) other->expr),
							  exprCollation((Node *) other->expr));
		other->ressortgroupref = 0;
	}
	query->groupClause = NIL;
	query->sortClause = NIL;
	query->hasAggs = false;
}

/* SELECT DISTINCT key AS member FROM entry WHERE conditions */
static Query *
make_members(CrAbsent *absent)
{
	Node	   *quals = absent->conditions == NIL ? NULL :
		(Node *) make_ands_explicit(copyObject(absent->conditions));
	Node	   *key = (Node *) copyObject(absent->key);
	Query	   *rows;

	ChangeVarNodes(quals, absent->rti, 1, 0);
	ChangeVarNodes(key, absent->rti, 1, 0);
	rows = cr_absence_rows(absent, quals);
	if (quals == NULL)
		forget_groups(linitial_node(RangeTblEntry, rows->rtable),
					  absent->key->varattno);
	return cr_membership_query(rows, list_make1(key));
}

/* Puts the members in the entry's place.  Returns what is to be recorded. */
static RangeTblEntry *
replace_entry(CrAbsent *absent, Query *members)
{
	Query	   *query = absent->query;
	TargetEntry *tle = linitial_node(TargetEntry, members->targetList);
	Writing		writing = {absent, makeVarFromTargetEntry(absent->rti, tle)};
	RangeTblEntry *rte =
		cr_make_subquery_entry(members, absent->rte->eref->aliasname,
							   cr_column_names(members));

	query->targetList = (List *)
		test_mutator((Node *) query->targetList, &writing);
	query->havingQual = test_mutator(query->havingQual, &writing);
	query->jointree->quals = test_mutator(query->jointree->quals, &writing);
	lfirst(list_nth_cell(query->rtable, absent->rti - 1)) = rte;
	cr_normalize_renew_joins(query, (Node *) query->jointree);
	return rte;
}

static void
write_membership(CrStatement *statement, CrAbsent *absent)
{
	OpExpr	   *condition = copyObject(absent->equality);
	Query	   *members = make_members(absent);
	TargetEntry *tle = linitial_node(TargetEntry, members->targetList);
	Node	   *member = (Node *) makeVarFromTargetEntry(absent->rti, tle);
	Node	   *outer = absent->key_is_left ?
		lsecond(condition->args) : linitial(condition->args);
	RangeTblEntry *rte = replace_entry(absent, members);

	absent->join->quals = (Node *) condition;
	condition->args = absent->key_is_left ?
		list_make2(member, outer) : list_make2(outer, member);
	cr_membership_record(statement, rte, outer, false);
}

/* ---------- those that compare more than the key ---------- */

static bool
read_rows(CrAbsent *absent)
{
	CrQuestion *question = palloc0(sizeof(CrQuestion));
	Node	   *quals = absent->join->quals;

	absent->equality = NULL;
	absent->key = NULL;
	absent->conditions = make_ands_implicit((Expr *) quals);
	if (!cr_normalize_is_protected(absent->rte) ||
		checkExprHasSubLink(quals) || contain_vars_of_level(quals, 1) ||
		!cr_question_read_rows(absent->query,
							   cr_absence_exists(absent, NULL), question))
		return false;
	absent->rows = question;
	absent->key = (Var *) copyObject(question->unit);
	absent->key->varno = absent->rti;
	return true;
}

static void
write_rows(CrStatement *statement, CrAbsent *absent)
{
	CrQuestion *question = absent->rows;

	cr_membership_query(question->members, cr_question_columns(question));
	absent->join->quals = cr_question_condition(question, absent->rti);
	cr_membership_record(statement,
						 replace_entry(absent, question->members),
						 cr_question_asked(question), false)->by_row = true;
}

/*
 * Writes rows without such a match so, if those with one are left out, or have
 * one match each in the columns that are compared.
 */
static void
read_row_join(CrStatement *statement, CrAbsent *absent)
{
	if (!read_rows(absent))
		return;
	if ((cr_absence_is_only_tested(absent) &&
		 cr_absence_is_excluded(absent)) ||
		(absent->rows->pairs &&
		 (cr_absence_is_unused(absent) ||
		  (cr_absence_is_only_tested(absent) &&
		   cr_absence_is_distinct(absent)))))
		write_rows(statement, absent);
}

/* ---------- finding them ---------- */

/* Is it an outer join of one entry? */
static bool
read_join(Query *query, JoinExpr *join, CrAbsent *absent)
{
	Node	   *side = join->jointype == JOIN_LEFT ? join->rarg : join->larg;

	memset(absent, 0, sizeof(CrAbsent));
	if ((join->jointype != JOIN_LEFT && join->jointype != JOIN_RIGHT) ||
		!IsA(side, RangeTblRef))
		return false;
	absent->query = query;
	absent->join = join;
	absent->rti = ((RangeTblRef *) side)->rtindex;
	absent->rte = rt_fetch(absent->rti, query->rtable);
	return (absent->rte->rtekind == RTE_RELATION ||
			absent->rte->rtekind == RTE_SUBQUERY) && !absent->rte->lateral &&
		absent->rte->tablesample == NULL;
}

/*
 * Takes an outer join of one entry apart, if it could be a membership by its
 * ON.
 */
bool
cr_absence_read(Query *query, JoinExpr *join, CrAbsent *absent)
{
	return read_join(query, join, absent) && read_on(absent);
}

/*
 * The same of one that asks whether a row agrees with one of the same person
 * in more columns than the unit (row_question.c).
 */
bool
cr_absence_read_rows(Query *query, JoinExpr *join, CrAbsent *absent)
{
	return read_join(query, join, absent) && read_rows(absent) &&
		absent->rows->pairs;
}

/* See cr_membership_lacks_values(). */
static bool
lacks_values(const CrAbsent *absent)
{
	return cr_normalize_is_protected(absent->rte) &&
		cr_membership_lacks_values(absent->query, (Node *) absent->key);
}

static void
read_outer_join(CrStatement *statement, Query *query, JoinExpr *join)
{
	CrAbsent	absent;

	if (!read_join(query, join, &absent) ||
		cr_match_find(statement, absent.rte) != NULL)
		return;
	if (!read_on(&absent))
	{
		read_row_join(statement, &absent);
		return;
	}
	if (cr_absence_is_unused(&absent))
	{
		write_membership(statement, &absent);
		return;
	}
	if (!cr_absence_is_only_tested(&absent))
		return;
	if (cr_absence_is_distinct(&absent) ||
		(cr_absence_is_excluded(&absent) && !lacks_values(&absent)))
		write_membership(statement, &absent);
}

static void
find_outer_joins(CrStatement *statement, Query *query, Node *node)
{
	ListCell   *lc;

	if (IsA(node, FromExpr))
	{
		foreach(lc, ((FromExpr *) node)->fromlist)
			find_outer_joins(statement, query, lfirst(lc));
	}
	else if (IsA(node, JoinExpr))
	{
		JoinExpr   *join = (JoinExpr *) node;

		if (join->alias != NULL)
			return;				/* columns may be named through it */
		find_outer_joins(statement, query, join->larg);
		find_outer_joins(statement, query, join->rarg);
		read_outer_join(statement, query, join);
	}
}

/*
 * Rewrites the outer joins of a query that are only asked for a match.
 * Changes the query in place.
 */
void
cr_normalize_absence(CrStatement *statement, Query *query)
{
	find_outer_joins(statement, query, (Node *) query->jointree);
}
