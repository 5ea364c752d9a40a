/*-------------------------------------------------------------------------
 *
 * src/inspect/zeros.c
 *	  Reads columns for which zero stands where they are null.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "inspect/polynomial.h"
#include "nodes/nodeFuncs.h"

typedef struct Zeros
{
	const CrStatement *statement;
	List	   *of;				/* what zero stands for when it is null */
} Zeros;

/* Is it the constant 0, of whatever type? */
static bool
is_zero(const CrStatement *statement, Node *node)
{
	CrPolynomial polynomial;

	while (IsA(node, FuncExpr) && list_length(((FuncExpr *) node)->args) == 1)
		node = linitial(((FuncExpr *) node)->args);
	node = cr_inspect_strip(node);
	return IsA(node, Const) && !((Const *) node)->constisnull &&
		cr_polynomial_read(statement, node, &polynomial) && polynomial.zero;
}

static Node *
zeros_mutator(Node *node, Zeros *zeros)
{
	CoalesceExpr *expr = (CoalesceExpr *) node;

	if (node == NULL || IsA(node, SubLink))
		return node;
	if (!IsA(node, CoalesceExpr) || list_length(expr->args) != 2 ||
		!IsA(cr_inspect_strip(linitial(expr->args)), Var) ||
		!is_zero(zeros->statement, lsecond(expr->args)))
		return expression_tree_mutator(node, zeros_mutator, (void *) zeros);
	zeros->of = lappend(zeros->of, linitial(expr->args));
	return (Node *) copyObject(linitial(expr->args));
}

/* A copy of the expression, with COALESCE(column, 0) as the column. */
Node *
cr_inspect_zeros(const CrStatement *statement, Node *expr, List **of)
{
	Zeros		zeros = {statement, NIL};
	Node	   *result = zeros_mutator(expr, &zeros);

	*of = zeros.of;
	return result;
}
