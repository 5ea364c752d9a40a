/*-------------------------------------------------------------------------
 *
 * src/inspect/operation.c
 *	  The server's functions that polynomials may be made of.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "inspect/operation.h"
#include "nodes/nodeFuncs.h"
#include "utils/fmgroids.h"

typedef struct Classified
{
	Oid funcid;
	CrOperation operation;
} Classified;

static const Classified operations[] = {
	{F_INT2PL, CR_OP_ADD},
	{F_INT4PL, CR_OP_ADD},
	{F_INT8PL, CR_OP_ADD},
	{F_INT24PL, CR_OP_ADD},
	{F_INT42PL, CR_OP_ADD},
	{F_INT28PL, CR_OP_ADD},
	{F_INT82PL, CR_OP_ADD},
	{F_INT48PL, CR_OP_ADD},
	{F_INT84PL, CR_OP_ADD},
	{F_FLOAT8PL, CR_OP_ADD},
	{F_FLOAT48PL, CR_OP_ADD},
	{F_FLOAT84PL, CR_OP_ADD},
	{F_NUMERIC_ADD, CR_OP_ADD},
	{F_INT2MI, CR_OP_ADD},
	{F_INT4MI, CR_OP_ADD},
	{F_INT8MI, CR_OP_ADD},
	{F_INT24MI, CR_OP_ADD},
	{F_INT42MI, CR_OP_ADD},
	{F_INT28MI, CR_OP_ADD},
	{F_INT82MI, CR_OP_ADD},
	{F_INT48MI, CR_OP_ADD},
	{F_INT84MI, CR_OP_ADD},
	{F_FLOAT8MI, CR_OP_ADD},
	{F_FLOAT48MI, CR_OP_ADD},
	{F_FLOAT84MI, CR_OP_ADD},
	{F_NUMERIC_SUB, CR_OP_ADD},
	{F_DATE_MI, CR_OP_ADD},
	{F_INT2UM, CR_OP_ADD},
	{F_INT4UM, CR_OP_ADD},
	{F_INT8UM, CR_OP_ADD},
	{F_FLOAT8UM, CR_OP_ADD},
	{F_NUMERIC_UMINUS, CR_OP_ADD},
	{F_INT2UP, CR_OP_ADD},
	{F_INT4UP, CR_OP_ADD},
	{F_INT8UP, CR_OP_ADD},
	{F_FLOAT8UP, CR_OP_ADD},
	{F_NUMERIC_UPLUS, CR_OP_ADD},
	{F_INT2MUL, CR_OP_MULTIPLY},
	{F_INT4MUL, CR_OP_MULTIPLY},
	{F_INT8MUL, CR_OP_MULTIPLY},
	{F_INT24MUL, CR_OP_MULTIPLY},
	{F_INT42MUL, CR_OP_MULTIPLY},
	{F_INT28MUL, CR_OP_MULTIPLY},
	{F_INT82MUL, CR_OP_MULTIPLY},
	{F_INT48MUL, CR_OP_MULTIPLY},
	{F_INT84MUL, CR_OP_MULTIPLY},
	{F_FLOAT8MUL, CR_OP_MULTIPLY},
	{F_FLOAT48MUL, CR_OP_MULTIPLY},
	{F_FLOAT84MUL, CR_OP_MULTIPLY},
	{F_NUMERIC_MUL, CR_OP_MULTIPLY},
	{F_FLOAT8DIV, CR_OP_DIVIDE},
	{F_FLOAT48DIV, CR_OP_DIVIDE},
	{F_FLOAT84DIV, CR_OP_DIVIDE},
	{F_NUMERIC_DIV, CR_OP_DIVIDE},
	{F_INT2DIV, CR_OP_TRUNCATE},
	{F_INT4DIV, CR_OP_TRUNCATE},
	{F_INT8DIV, CR_OP_TRUNCATE},
	{F_INT24DIV, CR_OP_TRUNCATE},
	{F_INT42DIV, CR_OP_TRUNCATE},
	{F_INT28DIV, CR_OP_TRUNCATE},
	{F_INT82DIV, CR_OP_TRUNCATE},
	{F_INT48DIV, CR_OP_TRUNCATE},
	{F_INT84DIV, CR_OP_TRUNCATE},
	{F_INT4_INT2, CR_OP_WIDEN},
	{F_INT8_INT2, CR_OP_WIDEN},
	{F_INT8_INT4, CR_OP_WIDEN},
	{F_NUMERIC_INT2, CR_OP_WIDEN},
	{F_NUMERIC_INT4, CR_OP_WIDEN},
	{F_NUMERIC_INT8, CR_OP_WIDEN},
	{F_FLOAT8_INT2, CR_OP_WIDEN},
	{F_FLOAT8_INT4, CR_OP_WIDEN},
	{F_FLOAT8_INT8, CR_OP_WIDEN},
	{F_FLOAT8_FLOAT4, CR_OP_WIDEN},
	{F_FLOAT8_NUMERIC, CR_OP_WIDEN},
	{F_FLOAT4PL, CR_OP_COARSE},
	{F_FLOAT4MI, CR_OP_COARSE},
	{F_FLOAT4MUL, CR_OP_COARSE},
	{F_FLOAT4DIV, CR_OP_COARSE},
	{F_FLOAT4UM, CR_OP_COARSE}};

CrOperation
cr_operation_of(Oid funcid)
{
	size_t		i;

	for (i = 0; i < lengthof(operations); i++)
	{
		if (operations[i].funcid == funcid)
			return operations[i].operation;
	}
	return CR_OP_UNKNOWN;
}

static bool
arithmetic_walker(Node *node, bool *computed)
{
	CrOperation operation = CR_OP_UNKNOWN;

	if (node == NULL || IsA(node, Aggref) || IsA(node, Const) ||
		IsA(node, Var))
		return false;
	if (IsA(node, OpExpr))
		operation = cr_operation_of(((OpExpr *) node)->opfuncid);
	else if (IsA(node, FuncExpr))
		operation = cr_operation_of(((FuncExpr *) node)->funcid);
	if (!IsA(node, List) && operation == CR_OP_UNKNOWN)
		return true;
	*computed = *computed || operation == CR_OP_ADD ||
		operation == CR_OP_MULTIPLY;
	return expression_tree_walker(node, arithmetic_walker, (void *) computed);
}

/*
 * Are numbers added or multiplied in it, and nothing else done with columns,
 * aggregates and constants?
 */
bool
cr_operation_computes(Node *expr)
{
	bool		computed = false;

	return !arithmetic_walker(expr, &computed) && computed;
}
