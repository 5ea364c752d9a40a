/*-------------------------------------------------------------------------
 *
 * src/inspect/distinct_people.c
 *	  Counts the people of several branches of a UNION ALL of rows once.
 *
 * Over a, b and c, count(DISTINCT u) is the number of people in a, of those in
 * b who are not in a, and of those in c who are in neither:
 *
 *	count(DISTINCT u) FILTER (WHERE NOT EXISTS (SELECT 1 FROM a WHERE a.u = u)
 *							  AND NOT EXISTS (SELECT 1 FROM b WHERE b.u = u))
 *
 * each of which is guarded as any such question (combine.c adds them up).  How
 * many people only one branch has could be told by taking away what is counted
 * over the others.  So for each branch the people that no other branch has are
 * counted too: where these are few, there is no number.
 *
 * Of a group that others share, the people in the same group are meant.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "inspect/arms.h"
#include "inspect/normalize.h"
#include "inspect/question.h"
#include "inspect/shell.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/tlist.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteManip.h"
#include "utils/fmgroids.h"

/* Is it a column of the UNION ALL that is the privacy unit in each branch? */
bool
cr_arms_have_unit(const CrArms *arms, Node *node)
{
	Var		   *var = (Var *) cr_inspect_strip(node);
	ListCell   *lc;

	if (!IsA(var, Var) || (int) var->varno != arms->rti ||
		var->varlevelsup != 0)
		return false;
	foreach(lc, arms->branches)
	{
		Query	   *branch = lfirst_node(Query, lc);
		TargetEntry *tle = get_tle_by_resno(branch->targetList,
											var->varattno);

		if (tle == NULL || tle->resjunk ||
			exprType((Node *) tle->expr) != var->vartype ||
			!cr_question_is_unit(branch, (Node *) tle->expr))
			return false;
	}
	return true;
}

/*
 * Does FILTER choose branches, if anything?  Whom it leaves out within one
 * could not be told from those whom other branches have.
 */
static bool
chooses_branches(const CrArms *arms, const Aggref *aggref)
{
	ListCell   *lc;

	foreach(lc, arms->branches)
	{
		Node	   *value = cr_arm_value(arms->rti, lfirst_node(Query, lc),
										 (Node *) aggref->aggfilter);

		if (value != NULL && !IsA(value, Const))
			return false;
	}
	return true;
}

/* Does the aggregate count people, whichever branches they are in? */
bool
cr_arms_count_people(const CrArms *arms, const Aggref *aggref)
{
	return aggref->aggfnoid == F_COUNT_ANY && aggref->aggdistinct != NIL &&
		chooses_branches(arms, aggref) &&
		cr_arms_have_unit(arms, (Node *) linitial_node(TargetEntry,
													   aggref->args)->expr);
}

/* The rows of another branch that the aggregate would use. */
static Query *
rows_elsewhere(const CrArms *arms, Query *branch, const Aggref *count,
			   List *exprs, bool *possible)
{
	Query	   *rows = cr_shell_core(arms->query);
	List	   *quals = make_ands_implicit((Expr *) rows->jointree->quals);
	Query	   *arm;
	ListCell   *lc;

	rows->groupClause = NIL;
	rows->hasAggs = false;
	rows->targetList = NIL;
	foreach(lc, exprs)
	{
		int			number = foreach_current_index(lc) + 1;

		rows->targetList = lappend(rows->targetList,
								   makeTargetEntry(lfirst(lc), number, NULL,
												   false));
	}
	if (count->aggfilter != NULL)
		quals = lappend(list_copy(quals), count->aggfilter);
	rows->jointree = makeFromExpr(rows->jointree->fromlist,
								  quals == NIL ? NULL :
								  (Node *) make_ands_explicit(quals));
	arm = cr_arm_query(rows, arms->rti, branch, possible);
	cr_normalize_lift_ctes(arm, 1);
	return arm;
}

/* Is the group key the same constant in all branches?  Or none of any. */
static bool
is_constant(const CrArms *arms, Node *key, bool *differs)
{
	Node	   *first = cr_arm_value(arms->rti, linitial(arms->branches), key);
	bool		constant = IsA(first, Const);
	ListCell   *lc;

	for_each_from(lc, arms->branches, 1)
	{
		Node	   *value = cr_arm_value(arms->rti, lfirst(lc), key);

		*differs |= constant ? !equal(value, first) : IsA(value, Const);
	}
	return constant;
}

/* Adds that a row elsewhere has the same there as the row at hand. */
static bool
compare_column(Query *elsewhere, Node *here, Node *there)
{
	Node	   *where = elsewhere->jointree->quals;
	List	   *quals = make_ands_implicit((Expr *) where);
	OpExpr	   *equality;

	if (exprType(here) != exprType(there) || checkExprHasSubLink(here) ||
		checkExprHasSubLink(there))
		return false;
	here = copyObject(here);
	IncrementVarSublevelsUp(here, 1, 0);
	equality = cr_question_equality(here, there);
	elsewhere->jointree->quals =
		(Node *) make_ands_explicit(lappend(quals, equality));
	return equality != NULL;
}

/*
 * The rows elsewhere of the same person and group as the row at hand.  A key
 * that is NULL is equal to none, but of the same group: of that no number is
 * given (cr_partials_combine).
 */
static bool
compare_rows(const CrArms *arms, Query *elsewhere, Node *person)
{
	List	   *targets = elsewhere->targetList;
	bool		differs = false;
	ListCell   *lc;
	ListCell   *lc2;

	if (!compare_column(elsewhere, person,
						(Node *) linitial_node(TargetEntry, targets)->expr))
		return false;
	forboth(lc, arms->key_exprs, lc2, list_copy_tail(targets, 1))
	{
		Node	   *there = (Node *) lfirst_node(TargetEntry, lc2)->expr;

		if (!is_constant(arms, lfirst(lc), &differs) &&
			!compare_column(elsewhere, lfirst(lc), there))
			return false;
	}
	elsewhere->targetList =
		list_make1(makeTargetEntry((Expr *) makeBoolConst(true, false), 1,
								   pstrdup("found"), false));
	return !differs;
}

static Node *
not_elsewhere(Query *elsewhere)
{
	SubLink    *exists = makeNode(SubLink);

	exists->subLinkType = EXISTS_SUBLINK;
	exists->subselect = (Node *) elsewhere;
	exists->location = -1;
	return (Node *) makeBoolExpr(NOT_EXPR, list_make1(exists), -1);
}

/*
 * The count of people, in the words of the query over the UNION ALL, without
 * those whom one of the other branches has.  *possible becomes false where it
 * cannot be told.
 */
Aggref *
cr_arms_leave_out(const CrArms *arms, List *others, const Aggref *count,
				  bool *possible)
{
	Aggref	   *result = (Aggref *) copyObjectImpl(count);
	Expr	   *person = linitial_node(TargetEntry, count->args)->expr;
	List	   *exprs = lcons(person, list_copy(arms->key_exprs));
	List	   *conditions = NIL;
	ListCell   *lc;

	if (result->aggfilter != NULL)
		conditions = list_make1(result->aggfilter);
	foreach(lc, others)
	{
		Query	   *elsewhere = rows_elsewhere(arms, lfirst_node(Query, lc),
											   count, exprs, possible);

		if (!*possible || !compare_rows(arms, elsewhere, (Node *) person))
		{
			*possible = false;
			return result;
		}
		conditions = lappend(conditions, not_elsewhere(elsewhere));
	}
	if (conditions != NIL)
		result->aggfilter = (Expr *) make_ands_explicit(conditions);
	return result;
}
