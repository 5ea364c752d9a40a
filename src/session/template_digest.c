/*-------------------------------------------------------------------------
 *
 * src/session/template_digest.c
 *	  A digest over a template and what it refers to.
 *
 * The queries of views stand in the text already.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/transam.h"
#include "catalog/pg_aggregate.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_enum.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "common/cryptohash.h"
#include "common/sha2.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "session/template_digest.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"
#include "utils/syscache.h"

bytea *
cr_template_digest_of(const char *text)
{
	bytea	   *result = palloc(VARHDRSZ + PG_SHA256_DIGEST_LENGTH);
	pg_cryptohash_ctx *context = pg_cryptohash_create(PG_SHA256);

	if (context == NULL || pg_cryptohash_init(context) < 0 ||
		pg_cryptohash_update(context, (const uint8 *) text,
							 strlen(text)) < 0 ||
		pg_cryptohash_final(context, (uint8 *) VARDATA(result),
							PG_SHA256_DIGEST_LENGTH) < 0)
		elog(ERROR, "could not compute a digest");
	pg_cryptohash_free(context);
	SET_VARSIZE(result, VARHDRSZ + PG_SHA256_DIGEST_LENGTH);
	return result;
}

static void define_function(Oid funcid, StringInfo digested);

/* By name; what did not come with the server as a whole. */
static void
define_support(const Oid *support, int count, StringInfo digested)
{
	for (int i = 0; i < count; i++)
	{
		if (support[i] >= FirstNormalObjectId)
			define_function(support[i], digested);
		else
			appendStringInfo(digested, ",%s", OidIsValid(support[i]) ?
							 format_procedure_qualified(support[i]) : "-");
	}
}

/* What an aggregate calls, and how. */
static void
define_aggregate(Oid funcid, StringInfo digested)
{
	HeapTuple	tuple = SearchSysCache1(AGGFNOID, ObjectIdGetDatum(funcid));
	static const AttrNumber initial[] = {
		Anum_pg_aggregate_agginitval, Anum_pg_aggregate_aggminitval
	};
	Form_pg_aggregate parts;
	bool		isnull;

	if (!HeapTupleIsValid(tuple))
		return;
	parts = (Form_pg_aggregate) GETSTRUCT(tuple);
	define_support((Oid[]) {
		parts->aggtransfn, parts->aggfinalfn, parts->aggcombinefn,
		parts->aggserialfn, parts->aggdeserialfn, parts->aggmtransfn,
		parts->aggminvtransfn, parts->aggmfinalfn
	}, 8, digested);
	appendStringInfo(digested, ":%c %d %s %s %d%d %c%c", parts->aggkind,
					 parts->aggnumdirectargs,
					 format_type_be_qualified(parts->aggtranstype),
					 format_operator_qualified(parts->aggsortop),
					 parts->aggfinalextra, parts->aggmfinalextra,
					 parts->aggfinalmodify, parts->aggmfinalmodify);
	for (size_t i = 0; i < lengthof(initial); i++)
	{
		Datum		value = SysCacheGetAttr(AGGFNOID, tuple, initial[i],
											&isnull);

		appendStringInfo(digested, ",%s", isnull ? "-" :
						 quote_identifier(TextDatumGetCString(value)));
	}
	ReleaseSysCache(tuple);
}

static void
define_function(Oid funcid, StringInfo digested)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(funcid));
	Form_pg_proc form;
	Datum		definition;

	if (!HeapTupleIsValid(tuple))
		return;
	form = (Form_pg_proc) GETSTRUCT(tuple);
	appendStringInfo(digested, ";%s of %s", format_procedure_qualified(funcid),
					 GetUserNameFromId(form->proowner, true));
	if (form->prokind != PROKIND_AGGREGATE)
	{
		definition = OidFunctionCall1(F_PG_GET_FUNCTIONDEF,
									  ObjectIdGetDatum(funcid));
		appendStringInfo(digested, ":%s", TextDatumGetCString(definition));
	}
	else
		define_aggregate(funcid, digested);
	ReleaseSysCache(tuple);
}

/* None of a row type that somebody has dropped meanwhile. */
static int
count_columns(Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	int			count;

	if (!HeapTupleIsValid(tuple))
		return 0;
	count = ((Form_pg_class) GETSTRUCT(tuple))->relnatts;
	ReleaseSysCache(tuple);
	return count;
}

/*
 * The columns of a relation or row type, by number: a query names them, and
 * those who own it may give one's name to another.
 */
static void
define_columns(Oid relid, StringInfo digested)
{
	int			count = count_columns(relid);

	for (AttrNumber attnum = 1; attnum <= count; attnum++)
	{
		HeapTuple	tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(relid),
											Int16GetDatum(attnum));
		Form_pg_attribute column;
		const char *collation;

		if (!HeapTupleIsValid(tuple))
			continue;
		column = (Form_pg_attribute) GETSTRUCT(tuple);
		collation = get_collation_name(column->attcollation);
		if (!column->attisdropped)
			appendStringInfo(digested, ",%s %s %s",
							 quote_identifier(NameStr(column->attname)),
							 format_type_extended(column->atttypid,
												  column->atttypmod,
												  FORMAT_TYPE_TYPEMOD_GIVEN |
												  FORMAT_TYPE_FORCE_QUALIFY),
							 collation == NULL ? "" : collation);
		ReleaseSysCache(tuple);
	}
}

/* The labels of an enum, in order; they stay until the transaction ends. */
static void
define_labels(Oid type, StringInfo digested)
{
	Relation	catalog;
	Relation	index;
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	/* whoever changes them has an exclusive lock */
	LockDatabaseObject(TypeRelationId, type, 0, ShareLock);
	catalog = table_open(EnumRelationId, AccessShareLock);
	index = index_open(EnumTypIdSortOrderIndexId, AccessShareLock);
	ScanKeyInit(&key, Anum_pg_enum_enumtypid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(type));
	scan = systable_beginscan_ordered(catalog, index, NULL, 1, &key);
	while ((tuple = systable_getnext_ordered(scan,
											 ForwardScanDirection)) != NULL)
	{
		Form_pg_enum label = (Form_pg_enum) GETSTRUCT(tuple);

		appendStringInfo(digested, ",%s",
						 quote_identifier(NameStr(label->enumlabel)));
	}
	systable_endscan_ordered(scan);
	index_close(index, AccessShareLock);
	table_close(catalog, AccessShareLock);
}

/* Row types and enums that somebody has made, and those in them. */
static void
define_type(Oid type, List **done, StringInfo digested)
{
	Oid			relid;
	Oid			element;
	int			count;

	check_stack_depth();
	type = getBaseType(type);
	element = get_element_type(type);
	if (OidIsValid(element))
		type = getBaseType(element);
	if (type < FirstNormalObjectId || list_member_oid(*done, type))
		return;
	*done = lappend_oid(*done, type);
	appendStringInfo(digested, ";%s:", format_type_be_qualified(type));
	if (get_typtype(type) == TYPTYPE_ENUM)
		define_labels(type, digested);
	relid = get_typ_typrelid(type);
	if (!OidIsValid(relid))
		return;
	LockRelationOid(relid, AccessShareLock);
	define_columns(relid, digested);
	count = count_columns(relid);
	for (AttrNumber attnum = 1; attnum <= count; attnum++)
	{
		Oid			of_column = get_atttype(relid, attnum);

		if (OidIsValid(of_column))
			define_type(of_column, done, digested);
	}
}

/* Whose rights a view's tables are read with, and how. */
static void
define_view(Oid relid, StringInfo digested)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	Form_pg_class form;
	const char *schema;
	const char *written;
	Datum		options;
	bool		none;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for relation %u", relid);
	form = (Form_pg_class) GETSTRUCT(tuple);
	options = SysCacheGetAttr(RELOID, tuple, Anum_pg_class_reloptions, &none);
	schema = get_namespace_name(form->relnamespace);
	written = none ? "" : OidOutputFunctionCall(F_ARRAY_OUT, options);
	appendStringInfo(digested, ";%s of %s: %s",
					 quote_qualified_identifier(schema,
												NameStr(form->relname)),
					 GetUserNameFromId(form->relowner, true), written);
	define_columns(relid, digested);
	ReleaseSysCache(tuple);
}

bytea *
cr_template_digest(const char *text, List *views, List *functions, List *types)
{
	StringInfoData digested;
	List	   *done = NIL;
	ListCell   *lc;

	initStringInfo(&digested);
	appendStringInfoString(&digested, text);
	foreach(lc, views)
		define_view(lfirst_oid(lc), &digested);
	foreach(lc, functions)
		define_function(lfirst_oid(lc), &digested);
	foreach(lc, types)
		define_type(lfirst_oid(lc), &done, &digested);
	return cr_template_digest_of(digested.data);
}
