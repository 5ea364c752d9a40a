/*-------------------------------------------------------------------------
 *
 * src/gate/length.c
 *	  Rule: nothing may be too long to form once there is a row.
 *
 * Results of functions are kept short by their twins, and parameters are
 * looked at when a statement starts; here are constants and arrays.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/detoast.h"
#include "base/errcodes.h"
#include "base/limits.h"
#include "catalog/pg_type.h"
#include "gate/gate.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

static CrVerdict *
refuse(Node *node, const char *what, const char *hint)
{
	return cr_verdict_refuse(CR_ERRCODE_CONSTRUCT, exprLocation(node),
							 psprintf("%s may not be used over protected rows",
									  what),
							 hint);
}

static CrVerdict *
check_constant(Const *constant)
{
	if (constant->constisnull || constant->constlen != -1 ||
		toast_raw_datum_size(constant->constvalue) <= CR_LONG_VALUE)
		return NULL;
	return refuse((Node *) constant, "a constant of more than 512 kB",
				  "Compare with shorter ones, or with a list: = ANY (...).");
}

/* At most, where constants and parameters are not longer than they may be. */
static Size
length_of(Node *element)
{
	Const	   *constant = (Const *) element;

	if (!IsA(element, Const))
		return CR_LONG_VALUE;
	return constant->constisnull || constant->constlen != -1 ? 0 :
		toast_raw_datum_size(constant->constvalue);
}

/* ARRAY[…], of values that have any length */
static CrVerdict *
check_array(ArrayExpr *array)
{
	Size		length = 0;
	ListCell   *lc;

	if (get_typlen(array->element_typeid) > 0 ||
		array->element_typeid == NUMERICOID)
		return NULL;			/* never long enough */
	foreach(lc, array->elements)
		length += length_of(lfirst(lc));
	if (length > MaxAllocSize)
		return refuse((Node *) array, "an array of so many texts",
					  "Pass it as one parameter: = ANY ($1).");
	if (contain_var_clause((Node *) array))
		return refuse((Node *) array, "an array of columns of text",
					  "Compare each by itself, with OR between them.");
	return NULL;
}

/*
 * May the array become much longer by the cast of its elements?  char(n) is
 * padded, and a number of few bytes may have 131,072 digits.
 */
static bool
may_grow(const ArrayCoerceExpr *cast)
{
	Oid			array = getBaseType(exprType((Node *) cast->arg));
	Oid			from = getBaseType(get_element_type(array));
	Oid			to = getBaseType(get_element_type(cast->resulttype));

	if (get_typlen(to) > 0 || to == NUMERICOID ||
		IsA(cr_inspect_strip((Node *) cast->elemexpr), CaseTestExpr))
		return false;
	if (to != TEXTOID && to != VARCHAROID)
		return true;
	return get_typlen(from) <= 0 && from != TEXTOID && from != VARCHAROID &&
		from != BPCHAROID;
}

/* A cast of each element: of constants, parameters and single values. */
static CrVerdict *
check_array_cast(ArrayCoerceExpr *cast)
{
	if (contain_var_clause((Node *) cast->arg))
		return refuse((Node *) cast, "a cast of an array of columns",
					  "Compare each column by itself, with OR between them.");
	if (!may_grow(cast))
		return NULL;
	return refuse((Node *) cast,
				  psprintf("a cast of a list to %s, which may become too long,",
						   format_type_be(cast->resulttype)),
				  "Give the list as an array of text, or of the column's own type.");
}

/* The node itself, its children apart. */
CrVerdict *
cr_rule_length(Node *node)
{
	if (IsA(node, Const))
		return check_constant((Const *) node);
	if (IsA(node, ArrayExpr))
		return check_array((ArrayExpr *) node);
	if (IsA(node, ArrayCoerceExpr))
		return check_array_cast((ArrayCoerceExpr *) node);
	return NULL;
}
