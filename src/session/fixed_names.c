/*-------------------------------------------------------------------------
 *
 * src/session/fixed_names.c
 *	  Which functions do the same whatever the search_path is.
 *
 * A text that is parsed when it runs means what the search_path of that moment
 * makes of it.  Where another's row policy, index or template has it run,
 * that is the path of whoever asks; and who may create in a schema of that
 * path gives the text's names to functions of his own.  It does not help that
 * a superuser has written it.
 *
 * In C, functions are taken at their word.  The path that a function sets is
 * in force for what it calls; after BEGIN ATOMIC it is the caller's, so what
 * is called there is looked at, too.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/transam.h"
#include "catalog/namespace.h"
#include "catalog/pg_aggregate.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_database.h"
#include "catalog/pg_language.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "session/fixed_names.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"
#include "utils/varlena.h"

typedef struct Looking
{
	Oid			reader;			/* or InvalidOid */
	List	   *seen;			/* functions that are being looked at */
} Looking;

static bool is_loose(Oid funcid, void *context);

/* ---------- schemas ---------- */

static Oid
owner_of_database(void)
{
	HeapTuple	tuple = SearchSysCache1(DATABASEOID,
										ObjectIdGetDatum(MyDatabaseId));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for database %u", MyDatabaseId);
	owner = ((Form_pg_database) GETSTRUCT(tuple))->datdba;
	ReleaseSysCache(tuple);
	return owner;
}

static bool
is_trusted(Oid role, Oid reader)
{
	/* owns schema "public", and has nobody else for a member */
	if (role == ROLE_PG_DATABASE_OWNER)
		role = owner_of_database();
	if (role == ACL_ID_PUBLIC)
		return false;
	return OidIsValid(reader) ? has_privs_of_role(role, reader) :
		superuser_arg(role);
}

static bool
is_schema_closed(HeapTuple tuple, Oid reader)
{
	Form_pg_namespace form = (Form_pg_namespace) GETSTRUCT(tuple);
	bool		isnull;
	Datum		value = SysCacheGetAttr(NAMESPACEOID, tuple,
										Anum_pg_namespace_nspacl, &isnull);
	Acl		   *acl;
	AclItem    *items;

	if (!is_trusted(form->nspowner, reader))
		return false;
	if (isnull)
		return true;
	/* one dimension, and no nulls: ACL_DAT() makes the compiler warn */
	acl = DatumGetAclP(value);
	items = (AclItem *) ((char *) acl + ARR_OVERHEAD_NONULLS(1));
	for (int i = 0; i < ACL_NUM(acl); i++)
	{
		if ((ACLITEM_GET_PRIVS(items[i]) & ACL_CREATE) != 0 &&
			!is_trusted(items[i].ai_grantee, reader))
			return false;
	}
	return true;
}

/* May none but those who are trusted create in it?  Nor make it. */
static bool
is_closed(const char *schema, Oid reader)
{
	HeapTuple	tuple;
	bool		closed;

	/* none; and the reader's own, for which see is_path_closed() */
	if (schema[0] == '\0' || strcmp(schema, "pg_temp") == 0)
		return true;
	tuple = SearchSysCache1(NAMESPACEOID,
							ObjectIdGetDatum(get_namespace_oid(schema, true)));
	if (!HeapTupleIsValid(tuple))
		return false;
	closed = is_schema_closed(tuple, reader);
	ReleaseSysCache(tuple);
	return closed;
}

/*
 * Where pg_temp is not in the path it is searched before all others, for
 * tables and types: whoever runs the text has what it names replaced by
 * temporary ones.  That is no harm to the reader, but it is to others.
 */
static bool
is_path_closed(const char *path, Oid reader)
{
	List	   *schemas;
	ListCell   *lc;

	if (!SplitIdentifierString(pstrdup(path), ',', &schemas))
		return false;
	if (!OidIsValid(reader) &&
		(schemas == NIL || strcmp(llast(schemas), "pg_temp") != 0 ||
		 strcmp(linitial(schemas), "pg_temp") == 0))
		return false;
	foreach(lc, schemas)
	{
		if (!is_closed(lfirst(lc), reader))
			return false;
	}
	return true;
}

/* ---------- functions ---------- */

/* The search_path that the function sets, or NULL. */
static const char *
path_of(HeapTuple tuple)
{
	bool		isnull;
	Datum		value = SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_proconfig,
										&isnull);
	Datum	   *settings;
	int			count;

	if (isnull)
		return NULL;
	deconstruct_array(DatumGetArrayTypeP(value), TEXTOID, -1, false,
					  TYPALIGN_INT, &settings, NULL, &count);
	for (int i = 0; i < count; i++)
	{
		const char *setting = TextDatumGetCString(settings[i]);

		if (strncmp(setting, "search_path=", 12) == 0)
			return setting + 12;
	}
	return NULL;
}

static bool
loose_walker(Node *node, Looking *looking)
{
	if (node == NULL)
		return false;
	if (IsA(node, Query))
		return query_tree_walker((Query *) node, loose_walker, looking, 0);
	return check_functions_in_node(node, is_loose, looking) ||
		expression_tree_walker(node, loose_walker, (void *) looking);
}

/* An aggregate is what it is made of. */
static bool
is_aggregate_loose(Oid funcid, Looking *looking)
{
	HeapTuple	tuple = SearchSysCache1(AGGFNOID, ObjectIdGetDatum(funcid));
	Form_pg_aggregate form;
	bool		loose = false;

	if (!HeapTupleIsValid(tuple))
		return true;
	form = (Form_pg_aggregate) GETSTRUCT(tuple);
	{
		Oid			parts[] = {form->aggtransfn, form->aggfinalfn,
			form->aggcombinefn, form->aggserialfn, form->aggdeserialfn,
		form->aggmtransfn, form->aggminvtransfn, form->aggmfinalfn};

		for (size_t i = 0; i < lengthof(parts) && !loose; i++)
			loose = OidIsValid(parts[i]) && is_loose(parts[i], looking);
	}
	ReleaseSysCache(tuple);
	return loose;
}

static bool
is_text_loose(HeapTuple tuple, Looking *looking)
{
	const char *path = path_of(tuple);
	Datum		body;
	bool		isnull;

	if (path != NULL)
		return !is_path_closed(path, looking->reader);
	body = SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_prosqlbody, &isnull);
	return isnull ||
		loose_walker(stringToNode(TextDatumGetCString(body)), looking);
}

/* The server's own have fixed names. */
static bool
is_loose(Oid funcid, void *context)
{
	Looking    *looking = context;
	HeapTuple	tuple;
	Form_pg_proc form;
	bool		loose;

	if (funcid < FirstNormalObjectId || list_member_oid(looking->seen, funcid))
		return false;
	check_stack_depth();
	looking->seen = lappend_oid(looking->seen, funcid);
	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(funcid));
	if (!HeapTupleIsValid(tuple))
		return true;
	form = (Form_pg_proc) GETSTRUCT(tuple);
	/* what is the reader's own it has written for its own path */
	if (form->proowner == looking->reader)
		loose = false;
	else if (form->prokind == PROKIND_AGGREGATE)
		loose = is_aggregate_loose(funcid, looking);
	else
		loose = form->prolang != ClanguageId &&
			form->prolang != INTERNALlanguageId &&
			is_text_loose(tuple, looking);
	ReleaseSysCache(tuple);
	return loose;
}

/* See fixed_names.h. */
bool
cr_names_are_fixed(Oid funcid, Oid reader)
{
	Looking		looking = {reader, NIL};

	return !is_loose(funcid, &looking);
}

/* ---------- domains ---------- */

static bool
are_conditions_loose(Oid type, Looking *looking)
{
	Relation	catalog = table_open(ConstraintRelationId, AccessShareLock);
	bool		loose = false;
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&key, Anum_pg_constraint_contypid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(type));
	scan = systable_beginscan(catalog, ConstraintTypidIndexId, true,
							  NULL, 1, &key);
	while (!loose && HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		bool		isnull;
		Datum		condition = heap_getattr(tuple, Anum_pg_constraint_conbin,
											 RelationGetDescr(catalog),
											 &isnull);

		loose = !isnull &&
			loose_walker(stringToNode(TextDatumGetCString(condition)),
						 looking);
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return loose;
}

static Oid
base_of(Oid domain)
{
	HeapTuple	tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(domain));
	Oid			base;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for type %u", domain);
	base = ((Form_pg_type) GETSTRUCT(tuple))->typbasetype;
	ReleaseSysCache(tuple);
	return base;
}

/*
 * See fixed_names.h.  Not by the type cache, which has functions inlined as
 * the search_path was when it read them.
 */
bool
cr_domain_has_fixed_names(Oid type)
{
	Looking		looking = {InvalidOid, NIL};

	while (get_typtype(type) == TYPTYPE_DOMAIN)
	{
		if (are_conditions_loose(type, &looking))
			return false;
		type = base_of(type);
	}
	return true;
}
