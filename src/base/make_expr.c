/*-------------------------------------------------------------------------
 *
 * src/base/make_expr.c
 *	  Makes expressions that the server has no function for.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/make_expr.h"
#include "catalog/namespace.h"
#include "catalog/pg_aggregate.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/value.h"
#include "utils/lsyscache.h"

Const *
cr_make_int4(int32 value)
{
	return makeConst(INT4OID, -1, InvalidOid, sizeof(int32),
					 Int32GetDatum(value), false, true);
}

Const *
cr_make_int8(int64 value)
{
	return makeConst(INT8OID, -1, InvalidOid, sizeof(int64),
					 Int64GetDatum(value), false, FLOAT8PASSBYVAL);
}

Expr *
cr_make_operation(const char *name, Expr *left, Expr *right)
{
	List	   *qualified = list_make2(makeString("pg_catalog"),
									   makeString(pstrdup(name)));
	Oid			type = exprType((Node *) left);
	Oid			opno = OpernameGetOprid(qualified, type,
										exprType((Node *) right));
	OpExpr	   *op;

	if (!OidIsValid(opno))
		elog(ERROR, "operator %s of type %u not found", name, type);
	op = (OpExpr *) make_opclause(opno, get_op_rettype(opno), false, left,
								  right, InvalidOid, InvalidOid);
	op->opfuncid = get_opcode(opno);
	return (Expr *) op;
}

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

Aggref *
cr_make_aggregate(Oid aggfnoid, Oid type, List *args)
{
	Aggref	   *aggref = makeNode(Aggref);
	ListCell   *lc;

	aggref->aggfnoid = aggfnoid;
	aggref->aggtype = type;
	aggref->aggstar = args == NIL;
	foreach(lc, args)
	{
		AttrNumber	resno = foreach_current_index(lc) + 1;

		aggref->aggargtypes = lappend_oid(aggref->aggargtypes,
										  exprType(lfirst(lc)));
		aggref->args = lappend(aggref->args,
							   makeTargetEntry(lfirst(lc), resno, NULL,
											   false));
	}
	aggref->aggkind = AGGKIND_NORMAL;
	aggref->aggsplit = AGGSPLIT_SIMPLE;
	aggref->aggno = -1;
	aggref->aggtransno = -1;
	aggref->location = -1;
	return aggref;
}

bool
cr_is_int4(const Node *node, int32 value)
{
	const Const *constant = (const Const *) node;

	return node != NULL && IsA(constant, Const) && !constant->constisnull &&
		constant->consttype == INT4OID &&
		DatumGetInt32(constant->constvalue) == value;
}
