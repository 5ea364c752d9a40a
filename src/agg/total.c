/*-------------------------------------------------------------------------
 *
 * src/agg/total.c
 *	  Finds the function that may stand in for another over protected rows.
 *
 * Twins are found by name: cleanroom.total_<name>(same argument types), if
 * it belongs to the extension.  What was found, and what was not, is kept
 * for the session, until functions or schemas change.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/transam.h"
#include "agg/total.h"
#include "agg/total_list.h"
#include "base/compat.h"
#include "base/oids.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

#define TWIN_PREFIX		"total_"

typedef struct TwinEntry
{
	Oid			funcid;			/* hash key */
	Oid			twin;			/* or InvalidOid: there is none */
} TwinEntry;

static HTAB *twins = NULL;
static MemoryContext twins_context = NULL;
static uint64 twins_generation = 0;

/* Empties the table of twins, or makes it. */
static void
reset_twins(void)
{
	HASHCTL		control;

	if (twins_context == NULL)
		twins_context = AllocSetContextCreate(TopMemoryContext,
											  "cleanroom twins",
											  ALLOCSET_SMALL_SIZES);
	twins = NULL;
	MemoryContextReset(twins_context);
	control.keysize = sizeof(Oid);
	control.entrysize = sizeof(TwinEntry);
	control.hcxt = twins_context;
	twins = hash_create("cleanroom twins", 64, &control,
						HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

/* Looks in the catalogs for the twin, or funcid itself if it is one. */
static Oid
find_twin(Oid funcid, Oid our_schema)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(funcid));
	Form_pg_proc proc;
	Oid			twin = InvalidOid;

	if (!HeapTupleIsValid(tuple))
		return InvalidOid;
	proc = (Form_pg_proc) GETSTRUCT(tuple);
	if (proc->pronamespace == PG_CATALOG_NAMESPACE &&
		funcid < FirstGenbkiObjectId)
	{
		char		name[NAMEDATALEN + sizeof(TWIN_PREFIX)];

		snprintf(name, sizeof(name), TWIN_PREFIX "%s", NameStr(proc->proname));
		if (strlen(name) < NAMEDATALEN)
			twin = cr_oids_find_function(name, proc->pronargs,
										 proc->proargtypes.values);
	}
	else if (proc->pronamespace == our_schema &&
			 strncmp(NameStr(proc->proname), TWIN_PREFIX,
					 strlen(TWIN_PREFIX)) == 0)
		twin = cr_oids_find_function(NameStr(proc->proname), proc->pronargs,
									 proc->proargtypes.values);
	ReleaseSysCache(tuple);

	return twin;
}

/* The twin of a function or aggregate, funcid itself if it is one. */
static Oid
twin_of(Oid funcid)
{
	const CrOids *oids = cr_oids_get();
	TwinEntry  *entry;
	bool		found;
	Oid			twin;

	if (oids == NULL)
		return InvalidOid;
	if (twins == NULL || twins_generation != cr_oids_generation())
	{
		reset_twins();
		twins_generation = cr_oids_generation();
	}
	entry = hash_search(twins, &funcid, HASH_FIND, NULL);
	if (entry != NULL)
		return entry->twin;

	/* The catalogs may tell of changes while they are read. */
	twin = find_twin(funcid, oids->schema);
	if (twins_generation == cr_oids_generation())
	{
		entry = hash_search(twins, &funcid, HASH_ENTER, &found);
		entry->twin = twin;
	}
	return twin;
}

Oid
cr_total_function(Oid funcid)
{
	Oid			twin;

	if (cr_total_list_has(funcid))
		return funcid;
	twin = twin_of(funcid);
	return OidIsValid(twin) && get_func_prokind(twin) == PROKIND_FUNCTION ?
		twin : InvalidOid;
}

Oid
cr_total_aggregate(Oid aggfnoid)
{
	Oid			twin;

	if (cr_total_list_has_aggregate(aggfnoid))
		return aggfnoid;
	twin = twin_of(aggfnoid);
	return OidIsValid(twin) && get_func_prokind(twin) == PROKIND_AGGREGATE ?
		twin : InvalidOid;
}

/*
 * A collation that was made by an analyst may lack what a function needs, or
 * carry a version that makes every first use of it warn.
 */
static bool
is_trusted_collation(Oid collation)
{
	HeapTuple	tuple;
	bool		trusted;

	if (collation < FirstNormalObjectId)
		return true;
	tuple = SearchSysCache1(COLLOID, ObjectIdGetDatum(collation));
	if (!HeapTupleIsValid(tuple))
		return false;
	trusted = superuser_arg(((Form_pg_collation) GETSTRUCT(tuple))->collowner);
	ReleaseSysCache(tuple);
	return trusted;
}

bool
cr_total_collation(Oid funcid, Oid inputcollid)
{
	if (!OidIsValid(inputcollid))
		return !cr_total_list_needs_collation(funcid);
	return is_trusted_collation(inputcollid);
}

/* find_total(function oid): oid, the function itself, its twin, or NULL */
PG_FUNCTION_INFO_V1(cr_find_total);

Datum
cr_find_total(PG_FUNCTION_ARGS)
{
	Oid			funcid = PG_GETARG_OID(0);
	Oid			total;

	total = SearchSysCacheExists1(AGGFNOID, PG_GETARG_DATUM(0)) ?
		cr_total_aggregate(funcid) : cr_total_function(funcid);
	if (!OidIsValid(total))
		PG_RETURN_NULL();
	PG_RETURN_OID(total);
}
