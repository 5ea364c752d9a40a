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

#include "access/htup_details.h"
#include "access/transam.h"
#include "catalog/pg_aggregate.h"
#include "catalog/pg_class.h"
#include "catalog/pg_proc.h"
#include "common/cryptohash.h"
#include "common/sha2.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "session/template_digest.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"
#include "utils/syscache.h"

static bytea *
digest_of(const char *text)
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

/* What an aggregate calls. */
static void
define_support(Form_pg_aggregate parts, StringInfo digested)
{
	Oid			support[] = {
		parts->aggtransfn, parts->aggfinalfn, parts->aggcombinefn,
		parts->aggserialfn, parts->aggdeserialfn, parts->aggmtransfn,
		parts->aggminvtransfn, parts->aggmfinalfn
	};

	for (size_t i = 0; i < lengthof(support); i++)
	{
		if (support[i] >= FirstNormalObjectId)
			define_function(support[i], digested);
	}
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
	{
		HeapTuple	aggregate = SearchSysCache1(AGGFNOID,
												ObjectIdGetDatum(funcid));

		if (HeapTupleIsValid(aggregate))
		{
			define_support((Form_pg_aggregate) GETSTRUCT(aggregate), digested);
			ReleaseSysCache(aggregate);
		}
	}
	ReleaseSysCache(tuple);
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
	ReleaseSysCache(tuple);
}

bytea *
cr_template_digest(const char *text, List *views, List *functions)
{
	StringInfoData digested;
	ListCell   *lc;

	initStringInfo(&digested);
	appendStringInfoString(&digested, text);
	foreach(lc, views)
		define_view(lfirst_oid(lc), &digested);
	foreach(lc, functions)
		define_function(lfirst_oid(lc), &digested);
	return digest_of(digested.data);
}
