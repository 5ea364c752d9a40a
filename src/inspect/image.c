/*-------------------------------------------------------------------------
 *
 * src/inspect/image.c
 *	  Can values that a group takes for equal look different?
 *
 * 1.0 and 1.00 are one group, and so are 0 and -0, '1 day' and '24:00:00',
 * and 'a' and 'A' under a collation that says so.  Which of them the group
 * shows is that of some one row.  A type whose values are equal only if all
 * their bytes are says so itself, for the sake of its indexes.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/nbtree.h"
#include "catalog/pg_type.h"
#include "inspect/facts.h"
#include "nodes/nodeFuncs.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

/* Have equal values of the type, so collated, equal bytes? */
static bool
equality_is_identity(Oid type, Oid collation)
{
	TypeCacheEntry *entry = lookup_type_cache(type, TYPECACHE_BTREE_OPFAMILY);
	Oid			support;

	/* the server does not say so of character, for its blanks at the end */
	if (type == BPCHAROID)
		return OidIsValid(collation) &&
			get_collation_isdeterministic(collation);
	if (!OidIsValid(entry->btree_opf))
		return false;
	type = entry->btree_opintype;
	support = get_opfamily_proc(entry->btree_opf, type, type,
								BTEQUALIMAGE_PROC);
	return OidIsValid(support) && support < FirstNormalObjectId &&
		DatumGetBool(OidFunctionCall1Coll(support, collation,
										  ObjectIdGetDatum(type)));
}

static bool have_one_scale(List *args);

static Const *
constant(Node *node)
{
	node = cr_inspect_strip(node);
	if (node == NULL || !IsA(node, Const) || ((Const *) node)->constisnull)
		return NULL;
	return (Const *) node;
}

/* Is it a field of a date or time other than the fraction of a Julian day? */
static bool
field_has_one_scale(Node *field)
{
	Const	   *name = constant(field);

	return name != NULL &&
		pg_tolower((unsigned char)
				   *TextDatumGetCString(name->constvalue)) != 'j';
}

/* Have all values of the call so many digits behind the point? */
static bool
call_has_one_scale(Oid funcid, List *args)
{
	switch (funcid)
	{
		case F_NUMERIC_INT2:
		case F_NUMERIC_INT4:
		case F_NUMERIC_INT8:
		case F_FLOOR_NUMERIC:
		case F_CEIL_NUMERIC:
		case F_CEILING_NUMERIC:
		case F_ROUND_NUMERIC:
		case F_TRUNC_NUMERIC:
		case F_SIGN_NUMERIC:
			return true;
		case F_ROUND_NUMERIC_INT4:
		case F_TRUNC_NUMERIC_INT4:
			return constant(lsecond(args)) != NULL;
		case F_EXTRACT_TEXT_DATE:
		case F_EXTRACT_TEXT_TIME:
		case F_EXTRACT_TEXT_TIMETZ:
		case F_EXTRACT_TEXT_TIMESTAMP:
		case F_EXTRACT_TEXT_TIMESTAMPTZ:
		case F_EXTRACT_TEXT_INTERVAL:
			return field_has_one_scale(linitial(args));
		case F_NUMERIC_ADD:
		case F_NUMERIC_SUB:
		case F_NUMERIC_MUL:
		case F_NUMERIC_MOD:
		case F_NUMERIC_UMINUS:
		case F_NUMERIC_UPLUS:
		case F_NUMERIC_ABS:
		case F_ABS_NUMERIC:
			return have_one_scale(args);
		default:
			return false;
	}
}

/* The same of an expression of type numeric. */
static bool
has_one_scale(Node *expr)
{
	if (IsA(expr, Const) || exprTypmod(expr) >= VARHDRSZ)
		return true;
	if (IsA(expr, FuncExpr))
		return call_has_one_scale(((FuncExpr *) expr)->funcid,
								  ((FuncExpr *) expr)->args);
	if (IsA(expr, OpExpr))
		return call_has_one_scale(((OpExpr *) expr)->opfuncid,
								  ((OpExpr *) expr)->args);
	return false;
}

static bool
have_one_scale(List *args)
{
	ListCell   *lc;

	foreach(lc, args)
	{
		if (!has_one_scale(lfirst(lc)))
			return false;
	}
	return true;
}

/*
 * A difference is written in days of 24 hours and less, or in less alone, and
 * so it is when it is cut off.
 */
static bool
is_difference(Node *expr)
{
	expr = cr_inspect_strip(expr);
	if (IsA(expr, FuncExpr) &&
		((FuncExpr *) expr)->funcid == F_DATE_TRUNC_TEXT_INTERVAL)
		return is_difference(lsecond(((FuncExpr *) expr)->args));
	return IsA(expr, OpExpr) &&
		(((OpExpr *) expr)->opfuncid == F_TIMESTAMP_MI ||
		 ((OpExpr *) expr)->opfuncid == F_TIMESTAMPTZ_MI ||
		 ((OpExpr *) expr)->opfuncid == F_TIME_MI_TIME);
}

/*
 * How values of a grouping key, which compare as equal, may differ.
 */
CrImage
cr_inspect_image(Node *expr)
{
	Oid			type = getBaseType(exprType(expr));
	Oid			collation = exprCollation(expr);

	expr = cr_inspect_strip(expr);
	if (IsA(expr, Const))
		return CR_IMAGE_ONE;
	switch (type)
	{
		case FLOAT4OID:
		case FLOAT8OID:
			return CR_IMAGE_CANONICAL;
		case NUMERICOID:
			return has_one_scale(expr) ? CR_IMAGE_ONE : CR_IMAGE_CANONICAL;
		case INTERVALOID:
			return is_difference(expr) ? CR_IMAGE_ONE : CR_IMAGE_CANONICAL;
		case BPCHAROID:
			if (!equality_is_identity(type, collation))
				return CR_IMAGE_MANY;
			return exprTypmod(expr) >= VARHDRSZ ?
				CR_IMAGE_ONE : CR_IMAGE_CANONICAL;
		default:
			return equality_is_identity(type, collation) ?
				CR_IMAGE_ONE : CR_IMAGE_MANY;
	}
}
