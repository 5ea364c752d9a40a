/*-------------------------------------------------------------------------
 *
 * src/inspect/cohort.c
 *	  Reads a join with a UNION of people as IN.
 *
 *	SELECT f(t.x)
 *	FROM (SELECT u FROM a UNION SELECT u FROM b) p JOIN t ON t.k = p.u
 *
 * is SELECT f(t.x) FROM t WHERE t.k IN (SELECT u FROM a UNION ...), as a UNION
 * has each person once, and what else names p.u may name t.k.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/transam.h"
#include "inspect/arms.h"
#include "inspect/normalize.h"
#include "inspect/pin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parsetree.h"
#include "utils/lsyscache.h"

/* Where a row is left out that has no match in the cohort. */
typedef struct Cohort
{
	Query	   *query;
	int			rti;			/* the UNION */
	List	   *quals;			/* that its removal sets free */
	OpExpr	   *equality;		/* column = its person, of these … */
	Node	   *column;
} Cohort;

/* Is the entry a UNION, or such, whose only column is the unit? */
static bool
is_cohort(CrLevel *level, int rti)
{
	RangeTblEntry *rte = rt_fetch(rti, level->query->rtable);
	CrArms		arms = {level->query, rti, NIL, NIL};
	RangeTblEntry *copies;
	TargetEntry *tle;

	if (!cr_union_may_be_in(rte) ||
		list_length(rte->subquery->targetList) != 1)
		return false;
	copies = copyObject(rte);
	copies->subquery = cr_with_copies(rte->subquery);
	if (copies->subquery == NULL)
		return false;
	arms.branches = cr_union_branches(level, copies, false);
	tle = linitial_node(TargetEntry, rte->subquery->targetList);
	return arms.branches != NIL &&
		cr_arms_have_unit(&arms, (Node *) makeVarFromTargetEntry(rti, tle));
}

/* The first cohort of an inner join, or 0. */
static int
find_cohort(CrLevel *level, Node *node)
{
	int			rti = 0;
	ListCell   *lc;

	if (IsA(node, RangeTblRef) &&
		is_cohort(level, ((RangeTblRef *) node)->rtindex))
		return ((RangeTblRef *) node)->rtindex;
	if (IsA(node, JoinExpr) && ((JoinExpr *) node)->jointype == JOIN_INNER)
	{
		rti = find_cohort(level, ((JoinExpr *) node)->larg);
		return rti != 0 ? rti : find_cohort(level, ((JoinExpr *) node)->rarg);
	}
	if (IsA(node, FromExpr))
	{
		foreach(lc, ((FromExpr *) node)->fromlist)
		{
			rti = find_cohort(level, lfirst(lc));
			if (rti != 0)
				break;
		}
	}
	return rti;
}

/* The item of FROM without the cohort, NULL if it is that. */
static Node *
without_cohort(Node *node, Cohort *cohort)
{
	JoinExpr   *join = (JoinExpr *) node;
	Node	   *left;
	Node	   *right;

	if (IsA(node, RangeTblRef))
		return ((RangeTblRef *) node)->rtindex == cohort->rti ? NULL : node;
	if (!IsA(node, JoinExpr) || join->jointype != JOIN_INNER)
		return node;
	left = without_cohort(join->larg, cohort);
	right = without_cohort(join->rarg, cohort);
	if (left != NULL && right != NULL)
	{
		join->larg = left;
		join->rarg = right;
		return node;
	}
	cohort->quals = list_concat(cohort->quals,
								make_ands_implicit((Expr *) join->quals));
	return left != NULL ? left : right;
}

static bool
is_person(const Cohort *cohort, Node *node)
{
	return IsA(node, Var) && (int) ((Var *) node)->varno == cohort->rti &&
		((Var *) node)->varlevelsup == 0;
}

/* Finds the condition that compares a column of another entry with it. */
static void
find_equality(Cohort *cohort)
{
	ListCell   *lc;

	foreach(lc, cohort->quals)
	{
		OpExpr	   *op = (OpExpr *) lfirst(lc);
		Node	   *left;
		Node	   *right;

		if (!cr_inspect_equality((Node *) op, &left, &right) ||
			op->opno >= FirstNormalObjectId ||
			!cr_inspect_names_one(op) ||
			exprType(left) != exprType(right) ||
			!equal(left, linitial(op->args)) ||
			!equal(right, lsecond(op->args)))
			continue;
		if (is_person(cohort, left) == is_person(cohort, right))
			continue;
		cohort->column = is_person(cohort, left) ? right : left;
		if (!IsA(cohort->column, Var) ||
			((Var *) cohort->column)->varlevelsup != 0)
			continue;
		cohort->equality = op;
		return;
	}
}

/* column IN (the UNION) */
static Node *
ask_cohort(const Cohort *cohort)
{
	RangeTblEntry *rte = rt_fetch(cohort->rti, cohort->query->rtable);
	SubLink    *sublink = makeNode(SubLink);
	OpExpr	   *test = copyObject(cohort->equality);
	Param	   *person = makeNode(Param);

	person->paramkind = PARAM_SUBLINK;
	person->paramid = 1;
	person->paramtype = exprType(cohort->column);
	person->paramtypmod = -1;
	person->paramcollid = exprCollation(cohort->column);
	person->location = -1;
	test->args = list_make2(copyObject(cohort->column), person);
	sublink->subLinkType = ANY_SUBLINK;
	sublink->testexpr = (Node *) test;
	sublink->operName = list_make1(makeString(pstrdup("=")));
	sublink->subselect = (Node *) copyObject(rte->subquery);
	sublink->location = -1;
	return (Node *) sublink;
}

/* Does so with one cohort of the query. */
static bool
join_as_question(Cohort *cohort)
{
	Query	   *query = copyObject(cohort->query);
	List	   *from = NIL;
	Node	   *question;
	ListCell   *lc;

	cohort->quals = make_ands_implicit((Expr *) query->jointree->quals);
	foreach(lc, query->jointree->fromlist)
	{
		Node	   *item = without_cohort(lfirst(lc), cohort);

		if (item != NULL)
			from = lappend(from, item);
	}
	find_equality(cohort);
	if (cohort->equality == NULL)
		return false;
	question = ask_cohort(cohort);
	cohort->quals = list_delete_ptr(cohort->quals, cohort->equality);
	query->jointree =
		makeFromExpr(from, (Node *)
					 make_ands_explicit(lappend(cohort->quals, question)));
	query->hasSubLinks = true;
	if (!cr_normalize_replace_columns(query, cohort->rti,
									  list_make1(cohort->column)))
		return false;
	rt_fetch(cohort->rti, query->rtable)->rtekind = RTE_RESULT;
	rt_fetch(cohort->rti, query->rtable)->subquery = NULL;
	*cohort->query = *query;
	return true;
}

/*
 * Reads the joins with cohorts so of the level's query, whose names are
 * normalized.  Changes the query in place.
 */
void
cr_cohorts_as_questions(CrLevel *level)
{
	Query	   *query = level->query;
	Cohort		cohort;

	do
	{
		memset(&cohort, 0, sizeof(cohort));
		cohort.query = query;
		if (list_length(query->rtable) > 1)
			cohort.rti = find_cohort(level, (Node *) query->jointree);
	} while (cohort.rti != 0 && join_as_question(&cohort));
}
