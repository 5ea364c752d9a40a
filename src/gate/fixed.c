/*-------------------------------------------------------------------------
 *
 * src/gate/fixed.c
 *	  Rule: what may be asked of a list that is the same for all rows.
 *
 *	cardinality($1) = 0 OR category = ANY ($1)
 *
 * says that a filter is optional.  How long a list is, and whether it is
 * another one, tells nothing of any row where no column is in it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "agg/total.h"
#include "gate/gate.h"
#include "nodes/nodeFuncs.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

static bool
varying_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	switch (nodeTag(node))
	{
		case T_Const:
		case T_List:
		case T_RelabelType:
		case T_ArrayExpr:
			break;
		case T_Param:
			if (((Param *) node)->paramkind == PARAM_EXTERN)
				break;
			return true;
		default:
			return true;
	}
	return expression_tree_walker(node, varying_walker, context);
}

/* Can no two elements of the array fail to be compared? */
static bool
elements_are_comparable(Oid array)
{
	Oid			element = get_element_type(getBaseType(array));
	Oid			equals;

	if (!OidIsValid(element))
		return false;
	equals = get_opcode(lookup_type_cache(element,
										  TYPECACHE_EQ_OPR)->eq_opr);
	return OidIsValid(equals) && cr_total_function(equals) == equals;
}

/* Is it a call that cannot fail, of lists of constants and parameters? */
bool
cr_gate_is_fixed(Oid funcid, List *args)
{
	switch (funcid)
	{
		case F_CARDINALITY:
		case F_ARRAY_LENGTH:
		case F_ARRAY_NDIMS:
			break;
		case F_ARRAY_EQ:
		case F_ARRAY_NE:
			if (elements_are_comparable(exprType(linitial(args))))
				break;
			return false;
		default:
			return false;
	}
	return !varying_walker((Node *) args, NULL);
}
