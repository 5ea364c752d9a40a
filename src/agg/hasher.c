/*-------------------------------------------------------------------------
 *
 * src/agg/hasher.c
 *	  Finds out how privacy units, and values, of a type are hashed.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "agg/hasher.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

static CrHasherKind
kind_of_type(Oid type)
{
	switch (type)
	{
		case INT2OID:
			return CR_HASHER_INT2;
		case INT4OID:
		case DATEOID:
		case OIDOID:
			return CR_HASHER_INT4;
		case INT8OID:
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			return CR_HASHER_INT8;
		case UUIDOID:
			return CR_HASHER_UUID;
		default:
			return CR_HASHER_OTHER;
	}
}

void
cr_hasher_init(CrHasher *hasher, FunctionCallInfo fcinfo, int argument)
{
	Oid			type = get_fn_expr_argtype(fcinfo->flinfo, argument);
	TypeCacheEntry *entry;

	if (!OidIsValid(type))
		elog(ERROR, "could not determine the type of an argument");
	type = getBaseType(type);
	hasher->kind = kind_of_type(type);
	hasher->collation = PG_GET_COLLATION();
	hasher->hash_finfo = NULL;
	cr_token_classes_init(&hasher->classes, fcinfo->flinfo->fn_mcxt);
	if (hasher->kind != CR_HASHER_OTHER)
		return;
	entry = lookup_type_cache(type, TYPECACHE_HASH_EXTENDED_PROC_FINFO);
	if (!OidIsValid(entry->hash_extended_proc_finfo.fn_oid))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("values of type %s cannot be told apart",
						format_type_be(type)),
				 errdetail("The type has no hash function.")));
	hasher->hash_finfo = &entry->hash_extended_proc_finfo;
	if (!OidIsValid(hasher->collation))
		hasher->collation = entry->typcollation;
}
