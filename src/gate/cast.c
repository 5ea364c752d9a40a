/*-------------------------------------------------------------------------
 *
 * src/gate/cast.c
 *	  Rule: over protected rows only casts that cannot fail.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/transam.h"
#include "agg/total.h"
#include "base/errcodes.h"
#include "catalog/pg_type.h"
#include "gate/gate.h"
#include "nodes/nodeFuncs.h"
#include "session/exempt.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

/* Whoever owns an enum may call its values something else meanwhile. */
static bool
is_own_type(Oid type)
{
	HeapTuple	tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
	bool		own;

	if (!HeapTupleIsValid(tuple))
		return true;
	own = cr_session_is_exempt(((Form_pg_type) GETSTRUCT(tuple))->typowner);
	ReleaseSysCache(tuple);
	return own;
}

/* Can no value of the type fail to be written as text? */
bool
cr_gate_has_total_output(Oid type)
{
	type = getBaseType(type);
	switch (type)
	{
		case BOOLOID:
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case NUMERICOID:
		case FLOAT4OID:
		case FLOAT8OID:
		case DATEOID:
		case TIMEOID:
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
		case INTERVALOID:
		case UUIDOID:
		case TEXTOID:
		case VARCHAROID:
		case BPCHAROID:
		case NAMEOID:
		case UNKNOWNOID:
			return true;
		default:
			return get_typtype(type) == TYPTYPE_ENUM &&
				!is_own_type(type);
	}
}

/*
 * Casts through text: from types whose output cannot fail to text, and from
 * text where there is a twin.
 */
static bool
io_cast_is_total(CoerceViaIO *cast)
{
	Oid			from = exprType((Node *) cast->arg);
	Oid			to = getBaseType(cast->resulttype);

	if (to == TEXTOID || to == VARCHAROID)
		return cr_gate_has_total_output(from);
	return OidIsValid(cr_total_cast_of(from, cast->resulttype));
}

static CrVerdict *
refuse_cast(Node *node, Oid to)
{
	return cr_verdict_refuse(CR_ERRCODE_FUNCTION, exprLocation(node),
							 psprintf("the cast to type %s may not run over protected rows",
									  format_type_be(to)),
							 "Compare with a literal of the column's own type, or cast the released value outside the aggregate query.");
}

/* Casts, and collations. */
CrVerdict *
cr_rule_cast(Node *node)
{
	switch (nodeTag(node))
	{
		case T_CoerceViaIO:
			if (io_cast_is_total((CoerceViaIO *) node))
				return NULL;
			return refuse_cast(node, ((CoerceViaIO *) node)->resulttype);
		case T_CoerceToDomain:
			return refuse_cast(node, ((CoerceToDomain *) node)->resulttype);
		case T_CollateExpr:
			if (((CollateExpr *) node)->collOid < FirstNormalObjectId)
				return NULL;
			return cr_verdict_refuse(CR_ERRCODE_FUNCTION, exprLocation(node),
									 "a collation that was not made with the server may not be used over protected rows",
									 "Use a built-in collation such as \"C\".");
		default:
			return NULL;
	}
}
