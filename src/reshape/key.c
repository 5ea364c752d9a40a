/*-------------------------------------------------------------------------
 *
 * src/reshape/key.c
 *	  Writes grouping keys so that equal ones look the same.
 *
 * What a group shows of its key is taken from some one row.  See
 * inspect/image.c.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/oids.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "reshape/reshape.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

static Oid
find_function(const char *name, Oid type)
{
	Oid			result = cr_oids_find_function(name, 1, &type);

	if (!OidIsValid(result))
		elog(ERROR, "function cleanroom.%s() is missing", name);
	return result;
}

/* The function that gives one look to equal values of the type. */
static Oid
canonical_function(Oid type)
{
	switch (type)
	{
		case NUMERICOID:
			return F_TRIM_SCALE;
		case BPCHAROID:
			return F_TEXT_BPCHAR;	/* takes off blanks at the end */
		case FLOAT4OID:
			return find_function("canonical_real", type);
		case FLOAT8OID:
			return find_function("canonical_double", type);
		case INTERVALOID:
			return find_function("canonical_interval", type);
		default:
			elog(ERROR, "type %u has no canonical form", type);
	}
}

/*
 * The key, written canonically where equal ones may look different.
 * "expanded" is the same over base columns.
 */
Expr *
cr_canonical_key(Expr *key, Node *expanded)
{
	Oid			type = exprType((Node *) key);
	Oid			funcid;
	Expr	   *call;

	if (cr_inspect_image(expanded) != CR_IMAGE_CANONICAL)
		return key;
	funcid = canonical_function(getBaseType(type));
	call = (Expr *) makeFuncExpr(funcid, get_func_rettype(funcid),
								 list_make1(key),
								 exprCollation((Node *) key),
								 exprCollation((Node *) key),
								 COERCE_EXPLICIT_CALL);
	if (get_func_rettype(funcid) == type)
		return call;
	return (Expr *) makeRelabelType(call, type, exprTypmod((Node *) key),
									exprCollation((Node *) key),
									COERCE_IMPLICIT_CAST);
}
