/*-------------------------------------------------------------------------
 *
 * src/session/template.c
 *	  Resolves the query of a template, and runs it.
 *
 * A template is kept as its query reads when it is deparsed with an empty
 * search path, so every name in it is qualified; and with a digest over that
 * text with the views written out, so that nothing can change under an
 * approval without showing.  It is run as whoever runs it, and judged as any
 * query of theirs.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "base/compat.h"
#include "catalog/pg_type.h"
#include "common/sha2.h"
#include "common/cryptohash.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "parser/analyze.h"
#include "rewrite/rewriteHandler.h"
#include "session/access.h"
#include "session/asker.h"
#include "session/on_behalf.h"
#include "tcop/tcopprot.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/ruleutils.h"
#include "utils/tuplestore.h"

PG_FUNCTION_INFO_V1(cr_resolve_query);
PG_FUNCTION_INFO_V1(cr_run_template);
PG_FUNCTION_INFO_V1(cr_request_template);

static void
set_search_path(const char *path)
{
	(void) set_config_option("search_path", path, PGC_USERSET,
							 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
}

/* A mistake is shown in the template, not in the call around it. */
static void
show_position(void *arg)
{
	int			position = geterrposition();

	if (position <= 0)
		return;
	errposition(0);
	internalerrposition(position);
	internalerrquery((const char *) arg);
}

static RawStmt *
parse_one_select(const char *text)
{
	List	   *statements = pg_parse_query(text);

	if (list_length(statements) != 1 ||
		!IsA(linitial_node(RawStmt, statements)->stmt, SelectStmt))
		ereport(ERROR,
				(errcode(ERRCODE_SYNTAX_ERROR),
				 errmsg("a template must be one SELECT statement"),
				 errhint("Leave out everything before and after it.")));
	return linitial_node(RawStmt, statements);
}

static bool
relations_walker(Node *node, List **relids)
{
	if (node == NULL)
		return false;
	if (IsA(node, RangeTblEntry))
	{
		RangeTblEntry *rte = (RangeTblEntry *) node;

		if (rte->rtekind == RTE_RELATION && rte->relkind != RELKIND_VIEW)
			*relids = list_append_unique_oid(*relids, rte->relid);
		return false;
	}
	if (IsA(node, Query))
		return query_tree_walker((Query *) node, relations_walker, relids,
								 QTW_EXAMINE_RTES_BEFORE);
	return expression_tree_walker(node, relations_walker, relids);
}

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

static ArrayType *
array_of_relations(List *relids)
{
	Datum	   *values = palloc((list_length(relids) + 1) * sizeof(Datum));
	int			count = 0;
	ListCell   *lc;

	foreach(lc, relids)
		values[count++] = ObjectIdGetDatum(lfirst_oid(lc));
	return construct_array(values, count, REGCLASSOID, sizeof(Oid), true,
						   TYPALIGN_INT);
}

static Oid *
types_of(ArrayType *array, int *count)
{
	Datum	   *values;
	Oid		   *types;

	deconstruct_array(array, OIDOID, sizeof(Oid), true, TYPALIGN_INT, &values,
					  NULL, count);
	types = palloc((*count + 1) * sizeof(Oid));
	for (int i = 0; i < *count; i++)
		types[i] = DatumGetObjectId(values[i]);
	return types;
}

/* SQL: cleanroom.resolve_query(query text, types oid[]) */
Datum
cr_resolve_query(PG_FUNCTION_ARGS)
{
	char	   *written = text_to_cstring(PG_GETARG_TEXT_PP(0));
	int			ntypes;
	Oid		   *types = types_of(PG_GETARG_ARRAYTYPE_P(1), &ntypes);
	int			nesting = NewGUCNestLevel();
	List	   *relids = NIL;
	ErrorContextCallback callback;
	Query	   *query;
	Query	   *rewritten;
	char	   *resolved;
	Datum		values[3];
	bool		nulls[3] = {false};
	TupleDesc	desc;

	if (!superuser())
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("only the extension resolves templates"),
				 errhint("Use cleanroom.propose_template().")));
	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	callback.callback = show_position;
	callback.arg = written;
	callback.previous = error_context_stack;
	error_context_stack = &callback;
	set_search_path(cr_behalf_search_path());
	query = parse_analyze_fixedparams(parse_one_select(written), written,
									  types, ntypes, NULL);
	rewritten = linitial_node(Query, QueryRewrite(copyObject(query)));
	error_context_stack = callback.previous;
	set_search_path("");
	relations_walker((Node *) rewritten, &relids);
	resolved = pg_get_querydef(query, false);
	values[0] = CStringGetTextDatum(resolved);
	resolved = psprintf("%s;%s", resolved, pg_get_querydef(rewritten, false));
	values[1] = PointerGetDatum(digest_of(resolved));
	values[2] = PointerGetDatum(array_of_relations(relids));
	AtEOXact_GUC(true, nesting);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc),
													  values, nulls)));
}

/* What is to run, by cleanroom.template_to_run(). */
typedef struct Template
{
	char	   *query;
	int			room;
	int			nargs;
	Oid		   *types;
	Datum	   *args;
} Template;

static Template
find_template(Datum name, Datum parameters)
{
	static Oid	ask_types[] = {OIDOID, TEXTOID, JSONBOID};
	Datum		ask_args[] = {ObjectIdGetDatum(cr_session_asker()), name,
	parameters};
	char	   *answer[4];
	Template	template;
	Datum		array;
	Datum	   *texts;

	cr_session_ask_catalog("SELECT query, room_id, types, given_values FROM cleanroom.template_to_run($1, $2, $3)",
						   3, ask_types, ask_args, NULL, 4, answer);
	template.query = answer[0];
	template.room = pg_strtoint32(answer[1]);
	array = OidFunctionCall3(F_ARRAY_IN, CStringGetDatum(answer[2]),
							 ObjectIdGetDatum(OIDOID), Int32GetDatum(-1));
	template.types = types_of(DatumGetArrayTypeP(array), &template.nargs);
	array = OidFunctionCall3(F_ARRAY_IN, CStringGetDatum(answer[3]),
							 ObjectIdGetDatum(TEXTOID), Int32GetDatum(-1));
	deconstruct_array(DatumGetArrayTypeP(array), TEXTOID, -1, false,
					  TYPALIGN_INT, &texts, NULL, &template.nargs);
	template.args = palloc((template.nargs + 1) * sizeof(Datum));
	for (int i = 0; i < template.nargs; i++)
	{
		Oid			input;
		Oid			ioparam;

		getTypeInputInfo(template.types[i], &input, &ioparam);
		template.args[i] = OidInputFunctionCall(input,
												TextDatumGetCString(texts[i]),
												ioparam, -1);
	}
	return template;
}

/* SQL: cleanroom.run_template(name text, parameters jsonb): setof jsonb */
Datum
cr_run_template(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	int			room = cr_access_template_room;
	int			nesting = NewGUCNestLevel();
	Template	template;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("a template is run by its name, with an object of parameters"),
				 errhint("For example: run_template('reach', '{\"region\": \"north\"}').")));
	template = find_template(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1));
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	set_search_path("pg_catalog, pg_temp");
	SPI_connect();
	cr_access_template_room = template.room;
	PG_TRY();
	{
		if (SPI_execute_with_args(psprintf("SELECT pg_catalog.to_jsonb(template_row) FROM (%s) template_row",
										   template.query),
								  template.nargs, template.types,
								  template.args, NULL, false,
								  0) != SPI_OK_SELECT)
			elog(ERROR, "a template could not be run");
	}
	PG_FINALLY();
	{
		cr_access_template_room = room;
	}
	PG_END_TRY();
	for (uint64 i = 0; i < SPI_processed; i++)
		tuplestore_puttuple(result->setResult, SPI_tuptable->vals[i]);
	SPI_finish();
	AtEOXact_GUC(true, nesting);
	return (Datum) 0;
}

/* Why the caller's query is refused, in words. */
static char *
reason_of_refusal(Datum query)
{
	static Oid	types[] = {TEXTOID};
	char	   *reason = NULL;

	SPI_connect();
	if (SPI_execute_with_args("SELECT pg_catalog.concat(code, ': ', reason) FROM cleanroom.explain($1) WHERE verdict OPERATOR(pg_catalog.=) 'refused'",
							  1, types, &query, NULL, false,
							  1) == SPI_OK_SELECT && SPI_processed > 0)
		reason = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
	if (reason != NULL)
		reason = strcpy(SPI_palloc(strlen(reason) + 1), reason);
	SPI_finish();
	return reason == NULL ? "it was not refused" : reason;
}

/*
 * SQL: cleanroom.request_template(room text, name text, query text,
 * note text): int
 */
Datum
cr_request_template(PG_FUNCTION_ARGS)
{
	static Oid	types[] = {TEXTOID, TEXTOID, TEXTOID, TEXTOID};
	Datum		args[4];
	char	   *note;
	bool		isnull;
	int32		version;

	for (int i = 0; i < 3; i++)
	{
		if (PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("a request needs a room, a name and a query"),
					 errhint("For example: request_template('spring', 'reach', 'SELECT ...').")));
		args[i] = PG_GETARG_DATUM(i);
	}
	note = psprintf("Refused as a query: %s.", reason_of_refusal(args[2]));
	if (!PG_ARGISNULL(3))
		note = psprintf("%s %s", text_to_cstring(PG_GETARG_TEXT_PP(3)), note);
	args[3] = CStringGetTextDatum(note);
	SPI_connect();
	if (SPI_execute_with_args("SELECT cleanroom.propose_template($1, $2, $3, '[]', $4)",
							  4, types, args, NULL, false,
							  1) != SPI_OK_SELECT)
		elog(ERROR, "a request could not be filed");
	version = DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[0],
										  SPI_tuptable->tupdesc, 1, &isnull));
	SPI_finish();
	PG_RETURN_INT32(version);
}
