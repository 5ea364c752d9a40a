/*-------------------------------------------------------------------------
 *
 * src/base/make_expr.c
 *	  Makes expressions that the server has no function for.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/make_expr.h"
#include "nodes/makefuncs.h"

/* ---------- tests ---------- */

Node *
cr_make_boolean_test(Node *arg, BoolTestType type, int location)
{
	BooleanTest *test = makeNode(BooleanTest);

	test->arg = (Expr *) arg;
	test->booltesttype = type;
	test->location = location;
	return (Node *) test;
}

Node *
cr_make_null_test(Node *arg, NullTestType type)
{
	NullTest   *test = makeNode(NullTest);

	test->arg = (Expr *) arg;
	test->nulltesttype = type;
	test->argisrow = false;
	test->location = -1;
	return (Node *) test;
}
