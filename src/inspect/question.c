/*-------------------------------------------------------------------------
 *
 * src/inspect/question.c
 *	  Takes questions whether a row has a match apart.
 *
 *	a.k IN (SELECT b.k FROM b WHERE c)
 *	EXISTS (SELECT 1 FROM b WHERE b.k = a.k AND c)
 *
 * both ask whether a.k is in (SELECT DISTINCT b.k AS member FROM b WHERE c).
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/transam.h"
#include "catalog/pg_type.h"
#include "base/compat.h"
#include "base/make_query.h"
#include "inspect/facts.h"
#include "inspect/normalize.h"
#include "inspect/pin.h"
#include "inspect/question.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteManip.h"

/* Adds a column of the set, the next one, and what is compared with it. */
void
cr_question_compare(CrQuestion *question, OpExpr *equality, Node *outer,
					bool outer_is_left)
{
	CrCompared *compared = palloc(sizeof(CrCompared));

	compared->equality = equality;
	compared->outer = outer;
	compared->outer_is_left = outer_is_left;
	question->compared = lappend(question->compared, compared);
}

/* Is it a plain selection of rows, but for an order and DISTINCT? */
bool
cr_question_is_plain(Query *query)
{
	return query->cteList == NIL &&
		query->setOperations == NULL && query->groupClause == NIL &&
		query->groupingSets == NIL && query->havingQual == NULL &&
		!query->hasAggs && !query->hasWindowFuncs && !query->hasTargetSRFs;
}

/* Neither DISTINCT nor an order changes what is in a set. */
void
cr_question_forget_order(Query *query)
{
	List	   *targets = NIL;
	ListCell   *lc;

	query->distinctClause = NIL;
	query->sortClause = NIL;
	foreach(lc, query->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		tle->ressortgroupref = 0;
		if (!tle->resjunk)
			targets = lappend(targets, tle);
	}
	query->targetList = targets;
}

/* SELECT … FROM (query) AS selected, the same as a selection of rows */
Query *
cr_question_wrap(Query *query)
{
	RangeTblEntry *rte = cr_make_subquery_entry(query, "selected",
												cr_column_names(query));
	Query	   *outer = cr_make_select(list_make1(rte),
									   list_make1(cr_make_reference(1)), NULL);
	ListCell   *lc;

	IncrementVarSublevelsUp((Node *) query, 1, 1);
	foreach(lc, query->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);
		Expr	   *column = (Expr *) makeVarFromTargetEntry(1, tle);

		if (!tle->resjunk)
			outer->targetList =
				lappend(outer->targetList,
						makeTargetEntry(column, tle->resno, "member", false));
	}
	return outer;
}

/*
 * The uses of the protected column that the expression is, as far as can be
 * seen; else NULL.
 */
static const CrColumnPolicy *
policy_column(Query *query, Node *expr)
{
	Var		   *var = (Var *) cr_inspect_strip(expr);
	RangeTblEntry *rte;
	CrPolicy   *policy;

	check_stack_depth();
	if (!IsA(var, Var) || var->varlevelsup != 0 || var->varattno < 1)
		return NULL;
	rte = rt_fetch(var->varno, query->rtable);
	if (rte->rtekind == RTE_JOIN)
		return policy_column(query, list_nth(rte->joinaliasvars,
											 var->varattno - 1));
	if (rte->rtekind == RTE_SUBQUERY &&
		var->varattno <= list_length(rte->subquery->targetList))
	{
		TargetEntry *tle;

		cr_flatten_group_names(rte->subquery);
		tle = list_nth_node(TargetEntry, rte->subquery->targetList,
							var->varattno - 1);
		return policy_column(rte->subquery, (Node *) tle->expr);
	}
	if (rte->rtekind != RTE_RELATION || !cr_policy_exists(rte->relid))
		return NULL;
	policy = cr_policy_lookup(rte->relid);
	return policy != NULL && var->varattno <= policy->natts &&
		policy->readable ? &policy->columns[var->varattno - 1] : NULL;
}

bool
cr_question_is_unit(Query *query, Node *expr)
{
	const CrColumnPolicy *column = policy_column(query, expr);

	return column != NULL && (column->uses & CR_USE_UNIT) != 0;
}

/*
 * Would a set of what the rows of an entry have there lack values, which few
 * people have?  Who has one of those would be taken for somebody without a
 * match, though its writer has not spoken of groups.
 */
bool
cr_membership_lacks_values(Query *query, Node *key)
{
	const CrColumnPolicy *column = policy_column(query, key);

	/* by what is a join key alone people are joined, or nobody is */
	return cr_inspect_touches(query) && !cr_question_is_unit(query, key) &&
		(column == NULL || (column->uses & CR_USE_DIMENSION) != 0);
}

/*
 * Has the query, which is grouped or such, a row a person?  Else its groups
 * are released, and the question about them needs no join.
 */
static bool
gives_people(Query *query)
{
	return list_length(query->targetList) == 1 &&
		query->setOperations == NULL && query->groupClause != NIL &&
		cr_question_is_unit(query, (Node *) linitial_node(TargetEntry,
											  query->targetList)->expr);
}

/* The column with which the question compares, or NULL: a.k = ANY (…) */
Node *
cr_question_column(Query *members, OpExpr *test)
{
	Node	   *left;
	Node	   *right;
	TargetEntry *tle;

	if (!IsA(test, OpExpr) ||
		!cr_inspect_equality((Node *) test, &left, &right) ||
		!cr_inspect_is_one_to_one(test->opfuncid) || !IsA(right, Param) ||
		((Param *) right)->paramid > list_length(members->targetList))
		return NULL;
	tle = list_nth_node(TargetEntry, members->targetList,
						((Param *) right)->paramid - 1);
	if (!cr_inspect_compares_members((Node *) tle->expr) ||
		exprType(lsecond(test->args)) != exprType((Node *) tle->expr))
		return NULL;
	return (Node *) tle->expr;
}

/* a.k IN (SELECT b.k …) */
static bool
read_in(SubLink *sublink, CrQuestion *question)
{
	OpExpr	   *test = (OpExpr *) sublink->testexpr;
	Query	   *members = (Query *) sublink->subselect;

	if (test == NULL || members->limitCount != NULL ||
		members->limitOffset != NULL || members->hasDistinctOn ||
		cr_inspect_refers_outside(members))
		return false;
	question->of_rows = members->distinctClause == NIL;
	if (cr_question_is_plain(members))
		cr_question_forget_order(members);
	else if (gives_people(members))
		members = cr_question_wrap(members);
	else
		return false;
	if (list_length(members->targetList) != 1 ||
		cr_question_column(members, test) == NULL)
		return false;
	question->members = members;
	question->exact = true;
	cr_question_compare(question, test, linitial(test->args), true);
	return true;
}

static bool
is_column_of(Node *node, Index levelsup)
{
	node = cr_inspect_strip(node);
	return IsA(node, Var) && ((Var *) node)->varlevelsup == levelsup;
}

/*
 * Is it what is asked to be a member: a column of the query around, or what
 * is computed of such, where the subquery is not protected?
 */
static bool
is_outer(Node *node, const Query *members)
{
	return is_column_of(node, 1) ||
		(!cr_inspect_touches((Query *) members) &&
		 contain_vars_of_level(node, 1) && !contain_vars_of_level(node, 0) &&
		 !contain_vars_of_level(node, 2) && !checkExprHasSubLink(node) &&
		 !contain_volatile_functions(node));
}

/* Is there a limit that leaves no row out whose existence is asked for? */
bool
cr_question_limits(Query *query)
{
	int64		limit;

	if (query->limitOffset != NULL)
		return true;
	return query->limitCount != NULL &&
		(!cr_inspect_limit(query->limitCount, &limit) || limit < 1);
}

/* EXISTS (SELECT … FROM b WHERE b.k = a.k AND …) */
static bool
read_exists(SubLink *sublink, CrQuestion *question)
{
	Query	   *members = copyObject((Query *) sublink->subselect);
	List	   *conjuncts =
		make_ands_implicit((Expr *) members->jointree->quals);
	ListCell   *lc;

	if (!cr_question_is_plain(members) || cr_question_limits(members))
		return false;
	foreach(lc, conjuncts)
	{
		OpExpr	   *equality = (OpExpr *) lfirst(lc);
		Node	   *left;
		Node	   *right;
		Node	   *key;
		Node	   *outer;
		bool		outer_is_left;

		if (!cr_inspect_equality((Node *) equality, &left, &right) ||
			!cr_inspect_is_one_to_one(equality->opfuncid) ||
			equality->opno >= FirstNormalObjectId ||
			!cr_inspect_compares_members(linitial(equality->args)) ||
			!cr_inspect_compares_members(lsecond(equality->args)))
			continue;
		outer_is_left = is_outer(left, members) && is_column_of(right, 0);
		if (!outer_is_left &&
			!(is_column_of(left, 0) && is_outer(right, members)))
			continue;
		key = outer_is_left ?
			lsecond(equality->args) : linitial(equality->args);
		outer = copyObject(outer_is_left ?
						   linitial(equality->args) :
						   lsecond(equality->args));
		IncrementVarSublevelsUp(outer, -1, 1);
		members->jointree->quals = (Node *)
			make_ands_explicit(list_delete_ptr(list_copy(conjuncts),
											   equality));
		members->limitCount = NULL;
		members->hasDistinctOn = false;
		cr_question_forget_order(members);
		members->targetList =
			list_make1(makeTargetEntry((Expr *) key, 1, "member", false));
		if (cr_inspect_refers_outside(members))
			return false;
		question->members = members;
		cr_question_compare(question, equality, outer, outer_is_left);
		return true;
	}
	return false;
}

/*
 * Takes a question apart, if it is one whether people of the query have a
 * match.  Names of the query must be normalized; those of the subquery will
 * be.  tested: among other things than the conditions of WHERE.
 */
bool
cr_question_read(Query *query, SubLink *sublink, bool tested,
				 CrQuestion *question)
{
	Query	   *subselect = (Query *) sublink->subselect;
	bool		touches = cr_inspect_touches(subselect);
	SubLink    *in;

	if (subselect->commandType != CMD_SELECT || subselect->rowMarks != NIL)
		return false;
	if (!touches &&
		((tested && sublink->subLinkType != EXISTS_SUBLINK) ||
		 !cr_inspect_refers_outside(subselect)))
		return false;
	cr_normalize_names(subselect);
	if (sublink->subLinkType == ANY_SUBLINK)
		return read_in(sublink, question) ||
			(!tested && cr_question_read_rows(query, sublink, question));
	if (sublink->subLinkType != EXISTS_SUBLINK)
		return false;
	in = cr_exists_as_in(sublink);
	if (in == NULL)
	{
		question->of_rows = true;
		return read_exists(sublink, question) ||
			cr_question_read_rows(query, sublink, question);
	}
	if (!read_in(in, question))
		return false;
	question->exact = false;
	question->of_rows = false;
	return true;
}

/* ---------- what takes its place ---------- */

/* The columns of the set. */
List *
cr_question_columns(const CrQuestion *question)
{
	List	   *columns = NIL;
	ListCell   *lc;

	foreach(lc, question->members->targetList)
		columns = lappend(columns, lfirst_node(TargetEntry, lc)->expr);
	return columns;
}

/* What is asked to be a member: one column, or a list of them. */
Node *
cr_question_asked(const CrQuestion *question)
{
	List	   *columns = NIL;
	ListCell   *lc;

	foreach(lc, question->compared)
		columns = lappend(columns, ((CrCompared *) lfirst(lc))->outer);
	return list_length(columns) == 1 ? linitial(columns) : (Node *) columns;
}

/* outer = member AND …, of the set as entry rti of the query around */
Node *
cr_question_condition(const CrQuestion *question, int rti)
{
	List	   *conditions = NIL;
	ListCell   *lc;
	ListCell   *lc2;

	forboth(lc, question->compared, lc2, question->members->targetList)
	{
		CrCompared *compared = (CrCompared *) lfirst(lc);
		OpExpr	   *condition = copyObject(compared->equality);
		Var		   *member = makeVarFromTargetEntry(rti, lfirst(lc2));

		condition->args = compared->outer_is_left ?
			list_make2(compared->outer, member) :
			list_make2(member, compared->outer);
		conditions = lappend(conditions, condition);
	}
	return (Node *) make_ands_explicit(conditions);
}
