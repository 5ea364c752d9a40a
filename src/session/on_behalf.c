/*-------------------------------------------------------------------------
 *
 * src/session/on_behalf.c
 *	  Functions that act for their caller with the rights of the extension.
 *
 * cleanroom.f(args) hands the caller to cleanroom.f_by(caller, args) and runs
 * that as the owner of the extension.  A SECURITY DEFINER function could not
 * tell who has called it: current_user is the definer there, and neither
 * session_user nor the setting "role" is the caller's where one such function
 * calls another.
 *
 * Those that change something look first whether they may.  So they are called
 * in READ COMMITTED transactions only, all of them: one that is declared
 * STABLE changes nothing.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "base/encoding.h"
#include "base/isolation.h"
#include "base/oids.h"
#include "base/own_sql.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "catalog/namespace.h"
#include "miscadmin.h"
#include "session/asker.h"
#include "session/on_behalf.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/tuplestore.h"

PG_FUNCTION_INFO_V1(cr_on_behalf);

/* of the caller that is acted for, or NULL */
static const char *callers_search_path = NULL;

const char *
cr_behalf_search_path(void)
{
	return callers_search_path ? callers_search_path : namespace_search_path;
}

/*
 * Refuses a text that is none of the database's encoding, which a client can
 * have made of a setting: what is kept of it could not be restored.
 */
static void
require_text(Oid type, Datum value)
{
	const char *words;

	if (type == TEXTOID)
		words = TextDatumGetCString(value);
	else if (type == NAMEOID)
		words = NameStr(*DatumGetName(value));
	else if (type == JSONBOID)
		words = DatumGetCString(DirectFunctionCall1(jsonb_out, value));
	else
		return;
	if (!cr_encoding_is_valid(words, strlen(words)))
		ereport(ERROR,
				(errcode(ERRCODE_CHARACTER_NOT_IN_REPERTOIRE),
				 errmsg("an argument is not a text in the encoding of the database"),
				 errhint("Write it in that encoding, or in ASCII.")));
}

typedef struct BehalfCall
{
	Oid			funcid;			/* the function that acts */
	char	   *query;			/* calls it */
	char	   *search_path;	/* the caller's */
	int			nargs;
	Oid			types[FUNC_MAX_ARGS];
	Datum		args[FUNC_MAX_ARGS];
	char		nulls[FUNC_MAX_ARGS + 1];
} BehalfCall;

static void
prepare_call(FunctionCallInfo fcinfo, BehalfCall *call)
{
	Oid			caller_function = fcinfo->flinfo->fn_oid;
	char	   *name = psprintf("%s_by", get_func_name(caller_function));
	StringInfoData query;
	Oid		   *types;
	int			nargs;

	(void) get_func_signature(caller_function, &types, &nargs);
	call->nargs = nargs + 1;
	call->types[0] = OIDOID;
	call->args[0] = ObjectIdGetDatum(GetUserId());
	call->nulls[0] = ' ';
	initStringInfo(&query);
	appendStringInfo(&query, "SELECT * FROM cleanroom.%s($1",
					 quote_identifier(name));
	for (int i = 0; i < nargs; i++)
	{
		call->types[i + 1] = types[i];
		call->args[i + 1] = fcinfo->args[i].value;
		call->nulls[i + 1] = fcinfo->args[i].isnull ? 'n' : ' ';
		if (!fcinfo->args[i].isnull)
			require_text(types[i], fcinfo->args[i].value);
		appendStringInfo(&query, ", $%d", i + 2);
	}
	call->nulls[call->nargs] = '\0';
	appendStringInfoChar(&query, ')');
	call->query = query.data;
	call->funcid = cr_oids_find_function(name, call->nargs, call->types);
	if (!OidIsValid(call->funcid))
		elog(ERROR, "function cleanroom.%s is missing", name);
	if (func_volatile(call->funcid) == PROVOLATILE_VOLATILE)
		cr_require_read_committed(psprintf("cleanroom.%s() may be called",
										   get_func_name(caller_function)));
}

static void
run_call(BehalfCall *call)
{
	MemoryContext caller = CurrentMemoryContext;
	const char *outer = callers_search_path;

	callers_search_path = call->search_path;
	PG_TRY();
	{
		if (SPI_execute_with_args(call->query, call->nargs, call->types,
								  call->args, call->nulls, false,
								  0) != SPI_OK_SELECT)
			elog(ERROR, "a function of the extension failed");
	}
	PG_CATCH();
	{
		callers_search_path = outer;
		cr_session_rethrow(caller);
	}
	PG_END_TRY();
	callers_search_path = outer;
}

/* Puts the result's rows where the caller expects them. */
static void
return_rows(FunctionCallInfo fcinfo)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	for (uint64 i = 0; i < SPI_processed; i++)
	{
		HeapTuple	tuple = SPI_tuptable->vals[i];

		tuplestore_puttuple(result->setResult, tuple);
	}
}

static Datum
return_value(FunctionCallInfo fcinfo, MemoryContext caller, bool *isnull)
{
	Oid			type;
	int16		length;
	bool		by_value;
	Datum		value;

	*isnull = true;
	type = get_func_rettype(fcinfo->flinfo->fn_oid);
	if (type == VOIDOID || SPI_processed == 0)
	{
		*isnull = type != VOIDOID;
		return (Datum) 0;
	}
	value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1,
						  isnull);
	if (*isnull)
		return value;
	get_typlenbyval(type, &length, &by_value);
	caller = MemoryContextSwitchTo(caller);
	value = datumCopy(value, by_value, length);
	MemoryContextSwitchTo(caller);
	return value;
}

/* SQL: all functions cleanroom.f() beside which there is cleanroom.f_by() */
Datum
cr_on_behalf(PG_FUNCTION_ARGS)
{
	MemoryContext caller = CurrentMemoryContext;
	BehalfCall	call;
	Oid			user;
	int			context;
	int			nesting;
	Datum		value = (Datum) 0;
	bool		isnull = true;

	prepare_call(fcinfo, &call);
	if (fcinfo->flinfo->fn_retset)
		InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	GetUserIdAndSecContext(&user, &context);
	SetUserIdAndSecContext(BOOTSTRAP_SUPERUSERID,
						   context | SECURITY_LOCAL_USERID_CHANGE);
	call.search_path = pstrdup(namespace_search_path);
	nesting = cr_own_sql_begin();
	run_call(&call);
	if (fcinfo->flinfo->fn_retset)
		return_rows(fcinfo);
	else
		value = return_value(fcinfo, caller, &isnull);
	cr_own_sql_end(nesting);
	SetUserIdAndSecContext(user, context);
	fcinfo->isnull = isnull;
	return value;
}
