/*-------------------------------------------------------------------------
 *
 * src/base/constant.c
 *	  Computes what is constant in an expression, calling nobody's code.
 *
 * The server's eval_const_expressions() calls any function that says of itself
 * that it is immutable.  That is for the planner, of a statement that is to be
 * run.  The gate reads statements that are not: others' that an owner asks
 * about, whose functions would run with the owner's rights, and such as it
 * refuses.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/transam.h"
#include "base/constant.h"
#include "base/oids.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/typcache.h"

static bool
is_made(Oid funcid, void *context)
{
	(void) context;
	return funcid >= FirstNormalObjectId && !cr_oids_is_own_function(funcid);
}

/* Does it compare values of a type by somebody's function? */
static bool
compares_by_made(Node *node)
{
	TypeCacheEntry *type;

	if (!IsA(node, MinMaxExpr))
		return false;
	type = lookup_type_cache(((MinMaxExpr *) node)->minmaxtype,
							 TYPECACHE_CMP_PROC);
	return !OidIsValid(type->cmp_proc) || is_made(type->cmp_proc, NULL);
}

static bool
made_walker(Node *node, void *context)
{
	check_stack_depth();
	if (node == NULL)
		return false;
	if (compares_by_made(node) || check_functions_in_node(node, is_made, NULL))
		return true;
	return expression_tree_walker(node, made_walker, context);
}

Node *
cr_fold(Node *expr)
{
	return made_walker(expr, NULL) ? expr :
		eval_const_expressions(NULL, expr);
}
