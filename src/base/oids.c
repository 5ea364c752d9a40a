/*-------------------------------------------------------------------------
 *
 * src/base/oids.c
 *	  Finds this extension's own SQL objects.
 *
 * The cache is one static struct a backend.  Changes of pg_proc and
 * pg_namespace mark it stale; that covers CREATE, ALTER and DROP EXTENSION
 * too, as the extension has functions.  Every function is checked to be a
 * member of the extension: a name alone proves nothing.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/oids.h"
#include "catalog/dependency.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

/* What the cache holds; the callback only ever moves generation. */
static CrOids cached_oids;
static uint64 cached_generation = 0;	/* generation when it was read */
static uint64 generation = 1;
static bool callbacks_registered = false;

/* Marks the cache stale. */
static void
mark_stale(Datum arg, int cacheid, uint32 hashvalue)
{
	generation++;
}

static void
register_callbacks(void)
{
	if (callbacks_registered)
		return;
	CacheRegisterSyscacheCallback(PROCOID, mark_stale, (Datum) 0);
	CacheRegisterSyscacheCallback(NAMESPACEOID, mark_stale, (Datum) 0);
	callbacks_registered = true;
}

/* The function of this name and these arguments, when it is ours. */
static Oid
find_member(Oid extension, Oid schema, const char *name, int nargs,
			const Oid *argtypes)
{
	oidvector  *args = buildoidvector(argtypes, nargs);
	Oid			funcid;

	funcid = GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid,
							 CStringGetDatum(name),
							 PointerGetDatum(args),
							 ObjectIdGetDatum(schema));
	pfree(args);
	if (OidIsValid(funcid) &&
		getExtensionOfObject(ProcedureRelationId, funcid) != extension)
		return InvalidOid;

	return funcid;
}

/* Reads the catalogs into the cache. */
static void
read_oids(void)
{
	static const Oid units_args[] = {ANYOID, INT4OID};
	static const Oid unlike_args[] = {ANYOID, ANYOID, ANYOID, INT4OID};
	static const Oid enough_args[] = {BOOLOID, INT4OID};
	static const Oid token_args[] = {UUIDOID};
	uint64		started_at;
	Oid			extension;
	CrOids		found;

	do
	{
		started_at = generation;
		memset(&found, 0, sizeof(found));
		extension = get_extension_oid("cleanroom", true);
		found.extension = extension;
		if (OidIsValid(extension))
			found.schema = get_namespace_oid("cleanroom", true);
		if (OidIsValid(found.schema))
		{
			found.open_function = find_member(extension, found.schema,
											  "open", 0, NULL);
			found.gate_function = find_member(extension, found.schema,
											  "gate", 0, NULL);
			found.units_aggregate = find_member(extension, found.schema,
												"units", 2, units_args);
			found.unlike_aggregate = find_member(extension, found.schema,
												 "unlike", 4, unlike_args);
			found.enough_function = find_member(extension, found.schema,
												"enough", 2, enough_args);
			found.token_class_function = find_member(extension, found.schema,
													 "token_class", 1,
													 token_args);
		}
	} while (started_at != generation);

	cached_oids = found;
	cached_generation = started_at;
}

/*
 * See oids.h.  While the extension's own script runs, or when a superuser
 * has taken a function out of the extension, single members are InvalidOid.
 * Outside a transaction, and in a process without a database, NULL.
 */
const CrOids *
cr_oids_get(void)
{
	if (!IsTransactionState() || !OidIsValid(MyDatabaseId))
		return NULL;

	register_callbacks();
	if (cached_generation != generation)
		read_oids();

	return OidIsValid(cached_oids.extension) ? &cached_oids : NULL;
}

bool
cr_oids_is_own_table(Oid relid)
{
	const CrOids *oids = cr_oids_get();
	char		relkind;

	if (oids == NULL || !OidIsValid(oids->schema) ||
		get_rel_namespace(relid) != oids->schema)
		return false;
	relkind = get_rel_relkind(relid);
	return (relkind == RELKIND_RELATION || relkind == RELKIND_SEQUENCE) &&
		getExtensionOfObject(RelationRelationId, relid) == oids->extension;
}

bool
cr_oids_is_own_function(Oid funcid)
{
	const CrOids *oids = cr_oids_get();

	/* others may have put theirs into its schema, before it was ours */
	return oids != NULL && get_func_namespace(funcid) == oids->schema &&
		getExtensionOfObject(ProcedureRelationId, funcid) == oids->extension;
}

uint64
cr_oids_generation(void)
{
	return generation;
}

Oid
cr_oids_find_function(const char *name, int nargs, const Oid *argtypes)
{
	const CrOids *oids = cr_oids_get();

	if (oids == NULL)
		return InvalidOid;

	return find_member(oids->extension, oids->schema, name, nargs, argtypes);
}
