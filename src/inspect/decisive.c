/*-------------------------------------------------------------------------
 *
 * src/inspect/decisive.c
 *	  Finds the rows for which it is a test that decides a condition.
 *
 *	kind = 'c' AND NOT on_list
 *	CASE WHEN kind <> 'c' THEN false ELSE NOT on_list END
 *
 * are decided by the list for those of kind c, however it is written: there
 * the condition is another if the test is taken for true than if it is taken
 * for false.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "inspect/facts.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"

typedef struct Answer
{
	Node	   *test;			/* as it is written */
	Node	   *member;			/* what it asks to be null or not; or NULL */
	bool		value;			/* that is taken for the test's */
	bool		matches;		/* the test holds for those who match */
} Answer;

static bool
member_walker(Node *node, Node **member)
{
	if (node == NULL)
		return false;
	if (!IsA(node, NullTest))
		return expression_tree_walker(node, member_walker, (void *) member);
	*member = (Node *) ((NullTest *) node)->arg;
	return true;
}

/* The same question is asked of the member wherever it stands. */
static Node *
answer_mutator(Node *node, Answer *answer)
{
	if (node == NULL || IsA(node, SubLink))
		return node;
	if (equal(node, answer->test))
		return makeBoolConst(answer->value, false);
	if (answer->member != NULL && IsA(node, NullTest) &&
		equal(((NullTest *) node)->arg, answer->member))
	{
		bool		is_member = answer->value == answer->matches;

		return makeBoolConst((((NullTest *) node)->nulltesttype ==
							  IS_NOT_NULL) == is_member, false);
	}
	return expression_tree_mutator(node, answer_mutator, (void *) answer);
}

static Expr *
make_test(Node *condition, BoolTestType type)
{
	BooleanTest *test = makeNode(BooleanTest);

	test->arg = (Expr *) copyObject(condition);
	test->booltesttype = type;
	test->location = -1;
	return (Expr *) test;
}

/* Rows for which the one holds and the other does not; NULL: for none. */
static Node *
rows_between(Node *holds, Node *does_not)
{
	Node	   *rows = (Node *)
		make_andclause(list_make2(make_test(holds, IS_TRUE),
								  make_test(does_not, IS_NOT_TRUE)));
	Const	   *constant;

	rows = eval_const_expressions(NULL, rows);
	constant = (Const *) rows;
	if (IsA(constant, Const) &&
		(constant->constisnull || !DatumGetBool(constant->constvalue)))
		return NULL;
	return rows;
}

/*
 * The conditions that it is the test which decides "condition", of which it is
 * a part: that it holds by it, and that it holds without it.  Those that can
 * be true of no row are left out.  All are in the words of one level.
 */
List *
cr_inspect_decided_by(CrLevel *level, Node *condition, Node *test)
{
	Answer		answer = {test, NULL, true, true};
	List	   *result = NIL;
	Node	   *if_true;
	Node	   *if_false;
	Node	   *rows;

	(void) cr_match_alone(level->statement, cr_inspect_expand(level, test),
						  &answer.matches);
	(void) member_walker(test, &answer.member);
	if_true = answer_mutator(copyObject(condition), &answer);
	answer.value = false;
	if_false = answer_mutator(copyObject(condition), &answer);
	rows = rows_between(if_true, if_false);
	if (rows != NULL)
		result = lappend(result, rows);
	rows = rows_between(if_false, if_true);
	return rows == NULL ? result : lappend(result, rows);
}
