/*-------------------------------------------------------------------------
 *
 * src/inspect/membership.c
 *	  Finds questions whether a row has a match among protected rows.
 *
 * IN and EXISTS may stand among the conditions of WHERE, negated there, or
 * anywhere in WHERE and the select list: in FILTER, in CASE, as a column; and
 * in the aggregates of HAVING.
 * Each becomes a join (member_join.c), and where it is not a plain condition,
 * a test of the form "member IS [NOT] NULL".
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "inspect/facts.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "rewrite/rewriteManip.h"
#include "utils/lsyscache.h"

typedef struct AskContext
{
	CrStatement *statement;
	Query	   *query;
	List	   *asked;			/* sublinks as they were written … */
	List	   *tests;			/* … and the test that each became */
} AskContext;

/* The same question is asked once. */
static Node *
ask_sublink(AskContext *context, SubLink *sublink)
{
	SubLink    *written = copyObject(sublink);
	Node	   *test;
	ListCell   *lc;
	ListCell   *lc2;

	forboth(lc, context->asked, lc2, context->tests)
	{
		if (equal(lfirst(lc), sublink))
			return (Node *) copyObject(lfirst(lc2));
	}
	test = cr_membership_join(context->statement, context->query, sublink,
							  false);
	if (test == NULL)
		return (Node *) sublink;
	context->asked = lappend(context->asked, written);
	context->tests = lappend(context->tests, test);
	return (Node *) copyObject(test);
}

/* a <> ALL (SELECT b …) is NOT a = ANY (SELECT b …) */
static Node *
ask_all(AskContext *context, SubLink *sublink)
{
	SubLink    *any = copyObject(sublink);
	OpExpr	   *op = (OpExpr *) any->testexpr;
	Node	   *test;

	if (op == NULL || !IsA(op, OpExpr))
		return (Node *) sublink;
	op->opno = get_negator(op->opno);
	if (!OidIsValid(op->opno))
		return (Node *) sublink;
	op->opfuncid = get_opcode(op->opno);
	any->subLinkType = ANY_SUBLINK;
	test = ask_sublink(context, any);
	return test == (Node *) any ? (Node *) sublink :
		(Node *) make_notclause((Expr *) test);
}

static Node *
ask_mutator(Node *node, AskContext *context)
{
	Node	   *exists;

	if (node == NULL || IsA(node, Query))
		return node;			/* a level of its own */
	exists = cr_exists_of_count(node);
	if (exists != NULL)
		return ask_mutator(exists, context);
	if (IsA(node, SubLink) &&
		((SubLink *) node)->subLinkType == ALL_SUBLINK)
		return ask_all(context, (SubLink *) node);
	if (IsA(node, SubLink))
		return ask_sublink(context, (SubLink *) node);
	return expression_tree_mutator(node, ask_mutator, (void *) context);
}

/* In HAVING, what an aggregate is asked for is asked of rows. */
static Node *
having_mutator(Node *node, AskContext *context)
{
	if (node == NULL || IsA(node, Query) || IsA(node, SubLink))
		return node;
	if (IsA(node, Aggref))
		return ask_mutator(node, context);
	return expression_tree_mutator(node, having_mutator, (void *) context);
}

/* A test that is the opposite of the given one. */
static Node *
negate(NullTest *test)
{
	NullTest   *result = copyObject(test);

	result->nulltesttype = test->nulltesttype == IS_NULL ?
		IS_NOT_NULL : IS_NULL;
	return (Node *) result;
}

/* NOT test, test IS FALSE and such, written as the test that it is. */
static Node *
simplify(Node *node)
{
	Node	   *arg;

	if (is_notclause(node))
	{
		arg = simplify(linitial(((BoolExpr *) node)->args));
		return IsA(arg, NullTest) ? negate((NullTest *) arg) : node;
	}
	if (IsA(node, BooleanTest))
	{
		arg = simplify((Node *) ((BooleanTest *) node)->arg);
		if (!IsA(arg, NullTest))
			return node;
		switch (((BooleanTest *) node)->booltesttype)
		{
			case IS_TRUE:
			case IS_NOT_FALSE:
				return arg;
			case IS_FALSE:
			case IS_NOT_TRUE:
				return negate((NullTest *) arg);
			default:
				return node;
		}
	}
	return node;
}

/* One conjunct of WHERE; NOT (a OR b) is two. */
static List *
ask_conjunct(AskContext *context, Node *conjunct)
{
	List	   *result = NIL;
	ListCell   *lc;
	Node	   *arg;

	if (!checkExprHasSubLink(conjunct))
		return list_make1(conjunct);
	arg = cr_exists_of_count(conjunct);
	if (arg != NULL)
		return ask_conjunct(context, arg);
	if (IsA(conjunct, SubLink) &&
		((SubLink *) conjunct)->subLinkType != ALL_SUBLINK)
	{
		Node	   *join = cr_membership_join(context->statement,
											  context->query,
											  (SubLink *) conjunct, true);

		return list_make1(join != NULL ? join : conjunct);
	}
	arg = is_notclause(conjunct) ? linitial(((BoolExpr *) conjunct)->args) :
		NULL;
	if (arg != NULL && is_orclause(arg))
	{
		foreach(lc, ((BoolExpr *) arg)->args)
		{
			Node	   *part = (Node *) make_notclause(lfirst(lc));

			result = list_concat(result, ask_conjunct(context, part));
		}
		return result;
	}
	if (arg != NULL && is_notclause(arg))
		return ask_conjunct(context, linitial(((BoolExpr *) arg)->args));
	return list_make1(simplify(ask_mutator(conjunct, context)));
}

/*
 * Rewrites the questions of a query for a match among protected rows, in
 * WHERE, in the select list and in HAVING.  Changes the query in place.
 */
void
cr_normalize_membership(CrStatement *statement, Query *query)
{
	AskContext	context = {statement, query, NIL, NIL};
	List	   *kept = NIL;
	ListCell   *lc;

	cr_normalize_absence(statement, query);
	if (!query->hasSubLinks)
		return;
	foreach(lc, make_ands_implicit((Expr *) query->jointree->quals))
		kept = list_concat(kept, ask_conjunct(&context, lfirst(lc)));
	query->jointree->quals = kept == NIL ? NULL :
		(Node *) make_ands_explicit(kept);
	foreach(lc, query->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		if (checkExprHasSubLink((Node *) tle->expr))
			tle->expr = (Expr *) ask_mutator((Node *) tle->expr, &context);
	}
	if (checkExprHasSubLink(query->havingQual))
		query->havingQual = having_mutator(query->havingQual, &context);
}
