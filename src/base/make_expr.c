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
#include "nodes/nodeFuncs.h"

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

CaseExpr *
cr_make_case(Node *condition, Node *result, Node *otherwise)
{
	CaseExpr   *expr = makeNode(CaseExpr);
	CaseWhen   *when = makeNode(CaseWhen);

	when->expr = (Expr *) condition;
	when->result = (Expr *) result;
	when->location = -1;
	expr->casetype = exprType(result);
	expr->casecollid = exprCollation(result);
	expr->args = list_make1(when);
	if (otherwise == NULL)
		otherwise = (Node *) makeNullConst(expr->casetype, -1,
										   expr->casecollid);
	expr->defresult = (Expr *) otherwise;
	expr->location = -1;
	return expr;
}
