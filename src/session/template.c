/*-------------------------------------------------------------------------
 *
 * src/session/template.c
 *	  Runs templates, and files queries as such.
 *
 * A template is run as whoever runs it, and judged as any query of theirs,
 * but for what its owners have approved beyond that.  The approval goes with
 * this one statement (approval.h).
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/compat.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "executor/spi.h"
#include "executor/tstoreReceiver.h"
#include "fmgr.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "session/approval.h"
#include "session/asker.h"
#include "session/pinned.h"
#include "session/template_code.h"
#include "session/template_list.h"
#include "session/template_text.h"
#include "storage/proc.h"
#include "tcop/dest.h"
#include "tcop/tcopprot.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/tuplestore.h"

PG_FUNCTION_INFO_V1(cr_run_template);
PG_FUNCTION_INFO_V1(cr_request_template);

#define LOCK_WAIT	5000		/* ms */

/* What is to run, by cleanroom.template_to_run(). */
typedef struct Template
{
	CrApproval	approval;
	char	   *query;
	int			nargs;
	Oid		   *types;
	Datum	   *args;
} Template;

static Datum
read_array(char *text, Oid type)
{
	return OidFunctionCall3(F_ARRAY_IN, CStringGetDatum(text),
							ObjectIdGetDatum(type), Int32GetDatum(-1));
}

static List *
read_oids(char *text)
{
	List	   *result = NIL;
	Datum	   *values;
	int			count;

	deconstruct_array(DatumGetArrayTypeP(read_array(text, OIDOID)), OIDOID,
					  sizeof(Oid), true, TYPALIGN_INT, &values, NULL, &count);
	for (int i = 0; i < count; i++)
		result = lappend_oid(result, DatumGetObjectId(values[i]));
	return result;
}

/* The arguments, from the types and the texts that have been checked. */
static void
read_arguments(Template *template, char *types, char *texts)
{
	Datum	   *oids;
	Datum	   *values;

	deconstruct_array(DatumGetArrayTypeP(read_array(types, OIDOID)), OIDOID,
					  sizeof(Oid), true, TYPALIGN_INT, &oids, NULL,
					  &template->nargs);
	deconstruct_array(DatumGetArrayTypeP(read_array(texts, TEXTOID)),
					  TEXTOID, -1, false, TYPALIGN_INT, &values, NULL,
					  &template->nargs);
	template->types = palloc((template->nargs + 1) * sizeof(Oid));
	template->args = palloc((template->nargs + 1) * sizeof(Datum));
	for (int i = 0; i < template->nargs; i++)
	{
		Oid			input;
		Oid			ioparam;

		template->types[i] = DatumGetObjectId(oids[i]);
		getTypeInputInfo(template->types[i], &input, &ioparam);
		template->args[i] =
			OidInputFunctionCall(input, TextDatumGetCString(values[i]),
								 ioparam, -1);
	}
}

static void
find_template(FunctionCallInfo fcinfo, Template *template)
{
	static Oid	ask_types[] = {OIDOID, TEXTOID, JSONBOID};
	Datum		ask_args[] = {ObjectIdGetDatum(cr_session_asker()),
		PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)};
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	char	   *answer[9];

	cr_session_ask_catalog("SELECT query, room_id, types, given_values, any_use, waived, approved, template_id, version FROM cleanroom.template_to_run($1, $2, $3)",
						   3, ask_types, ask_args, NULL, 9, answer);
	template->query = answer[0];
	read_arguments(template, answer[2], answer[3]);
	template->approval.text = NULL;
	template->approval.objects = NULL;
	template->approval.runner = GetUserId();
	template->approval.room = pg_strtoint32(answer[1]);
	template->approval.any_use = answer[4][0] == 't';
	template->approval.waived = read_oids(answer[5]);
	template->approval.tables = read_oids(answer[6]);
	template->approval.template = pg_strtoint32(answer[7]);
	template->approval.version = pg_strtoint32(answer[8]);
	template->approval.reader = result->econtext->ecxt_estate;
}

/* ---------- running ---------- */

/* Refuses what must not run when rewritten for whoever runs it. */
static void
judge_code(Query *query)
{
	CrVerdict  *refusal =
		cr_template_judge_code(pg_rewrite_query(copyObject(query)),
							   GetUserId());

	if (refusal != NULL)
		cr_template_raise_code(refusal);
}

/*
 * A column in JSON.  to_jsonb() would look for a cast to json by the type of
 * the column, or of the columns of a row, and call it: what is not built in
 * is written by its output function.
 */
static char *
column_to_write(Oid type, int number)
{
	Oid			element = get_element_type(getBaseType(type));

	if (cr_template_list_has_type(type))
		return psprintf("t.c%d", number);
	if (OidIsValid(element) &&
		get_typtype(getBaseType(element)) == TYPTYPE_ENUM)
		return psprintf("CAST(pg_catalog.textin(pg_catalog.array_out(t.c%d)) AS pg_catalog.text[])",
						number);
	return psprintf("CASE pg_catalog.num_nulls(t.c%d) WHEN 0 THEN pg_catalog.format('%%s', t.c%d) END",
					number, number);
}

static bool
are_plain(const List *columns)
{
	ListCell   *lc;

	foreach(lc, columns)
	{
		TargetEntry *column = lfirst_node(TargetEntry, lc);

		if (!column->resjunk &&
			!cr_template_list_has_type(exprType((Node *) column->expr)))
			return false;
	}
	return true;
}

/* The query, each of whose rows is written as an object. */
static char *
text_of_objects(const char *query, const List *columns)
{
	StringInfoData written;
	StringInfoData names;
	ListCell   *lc;

	if (are_plain(columns))
		return psprintf("SELECT pg_catalog.to_jsonb(template_row.*) FROM (%s) template_row",
						query);
	initStringInfo(&written);
	initStringInfo(&names);
	foreach(lc, columns)
	{
		TargetEntry *column = lfirst_node(TargetEntry, lc);
		const char *separator = names.len == 0 ? "" : ", ";

		if (column->resjunk)
			continue;
		appendStringInfo(&names, "%sc%d", separator, column->resno);
		appendStringInfo(&written, "%s%s AS %s", separator,
						 column_to_write(exprType((Node *) column->expr),
										 column->resno),
						 quote_identifier(column->resname));
	}
	return psprintf("SELECT pg_catalog.to_jsonb(template_row.*) FROM (SELECT %s FROM (%s) t (%s)) template_row",
					written.data, query, names.data);
}

/* The query as it stands in that text, when it has been analyzed. */
static Query *
within_objects(const Query *query, const List *columns)
{
	query = linitial_node(RangeTblEntry, query->rtable)->subquery;
	if (!are_plain(columns))
		query = linitial_node(RangeTblEntry, query->rtable)->subquery;
	return unconstify(Query *, query);
}

static ParamListInfo
parameters_of(const Template *template)
{
	ParamListInfo params;

	if (template->nargs == 0)
		return NULL;
	params = makeParamList(template->nargs);
	for (int i = 0; i < template->nargs; i++)
	{
		params->params[i].value = template->args[i];
		params->params[i].isnull = false;
		params->params[i].pflags = PARAM_FLAG_CONST;
		params->params[i].ptype = template->types[i];
	}
	return params;
}

static void
execute(PlannedStmt *plan, const char *text, ParamListInfo params,
		Tuplestorestate *store)
{
	DestReceiver *dest = CreateDestReceiver(DestTuplestore);
	QueryDesc  *queryDesc;

	SetTuplestoreDestReceiverParams(dest, store, CurrentMemoryContext, false,
									NULL, NULL);
	CommandCounterIncrement();
	PushActiveSnapshot(GetTransactionSnapshot());
	queryDesc = CreateQueryDesc(plan, text, GetActiveSnapshot(),
								InvalidSnapshot, dest, params, NULL, 0);
	ExecutorStart(queryDesc, 0);
	CR_RUN_TO_END(queryDesc);
	ExecutorFinish(queryDesc);
	ExecutorEnd(queryDesc);
	FreeQueryDesc(queryDesc);
	PopActiveSnapshot();
	dest->rDestroy(dest);
}

/*
 * The very tree that is compared with the approval is planned and executed: a
 * text that is read again may mean something else.
 */
static void
run(Template *template, Tuplestorestate *store)
{
	ErrorContextCallback callback;
	ParamListInfo params = parameters_of(template);
	List	   *columns;
	char	   *text;
	Query	   *query;

	cr_template_text_enter(&callback, template->query);
	query = cr_template_text_read(template->query, template->types,
								  template->nargs);
	judge_code(query);
	columns = query->targetList;
	cr_template_text_leave(&callback);
	text = text_of_objects(template->query, columns);
	template->approval.text = text;
	cr_template_text_enter(&callback, text);
	query = cr_template_text_read(text, template->types, template->nargs);
	template->approval.objects =
		cr_template_objects(within_objects(query, columns));
	query = linitial_node(Query, pg_rewrite_query(query));
	execute(pg_plan_query(query, text, CURSOR_OPT_PARALLEL_OK, params), text,
			params, store);
	cr_template_text_leave(&callback);
}

/* For whoever keeps a table of it locked, or a part of one. */
static void
wait_briefly(void)
{
	if (LockTimeout == 0 || LockTimeout > LOCK_WAIT)
		(void) set_config_option("lock_timeout", CppAsString2(LOCK_WAIT),
								 PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE,
								 true, 0, false);
}

/* SQL: cleanroom.run_template(name text, parameters jsonb): setof jsonb */
Datum
cr_run_template(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	int			nesting = NewGUCNestLevel();
	Template	template;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("a template is run by its name, with an object of parameters"),
				 errhint("For example: run_template('reach', '{\"region\": \"north\"}').")));
	cr_session_pin_settings();
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	find_template(fcinfo, &template);
	cr_session_pin_path("pg_catalog, pg_temp");
	wait_briefly();
	template.approval.outer = cr_approval_set(&template.approval);
	PG_TRY();
	{
		run(&template, result->setResult);
	}
	PG_FINALLY();
	{
		(void) cr_approval_set(template.approval.outer);
	}
	PG_END_TRY();
	AtEOXact_GUC(false, nesting);
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
		note = psprintf("%s\n%s", text_to_cstring(PG_GETARG_TEXT_PP(3)), note);
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
