/*-------------------------------------------------------------------------
 *
 * src/report/explain.c
 *	  cleanroom.explain(): the verdict on a text, without executing it.
 *
 * Statements are parsed, rewritten and judged just as the planner hook does
 * it; nothing is planned.  What fails on the way is a verdict too, so each
 * statement is read in a subtransaction of its own.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "admit/admit.h"
#include "base/errcodes.h"
#include "fmgr.h"
#include "funcapi.h"
#include "inspect/normalize.h"
#include "nodes/nodeFuncs.h"
#include "report/foretell.h"
#include "tcop/tcopprot.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/ruleutils.h"

PG_FUNCTION_INFO_V1(cr_explain);

/* One row of the result. */
typedef struct Explanation
{
	bool		admitted;
	const char *code;
	const char *reason;
	const char *hint;
	const char *rewritten;
	bool		judged;			/* only the text is missing */
} Explanation;

static void
put_row(ReturnSetInfo *rsinfo, const Explanation *explanation)
{
	const char *columns[5];
	Datum		values[5];
	bool		nulls[5];
	int			i;

	columns[0] = explanation->admitted ? "admitted" : "refused";
	columns[1] = explanation->code;
	columns[2] = explanation->reason;
	columns[3] = explanation->hint;
	columns[4] = explanation->rewritten;
	for (i = 0; i < 5; i++)
	{
		nulls[i] = columns[i] == NULL;
		values[i] = nulls[i] ? (Datum) 0 : CStringGetTextDatum(columns[i]);
	}
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

static void
explain_refusal(const CrVerdict *verdict, Explanation *explanation)
{
	explanation->admitted = false;
	explanation->code = pstrdup(unpack_sql_state(verdict->sqlerrcode));
	explanation->reason = verdict->reason;
	explanation->hint = verdict->hint;
}

static void
explain_error(const ErrorData *error, Explanation *explanation)
{
	/* not all that can be run can be shown by the server */
	if (explanation->judged)
		return;
	explanation->admitted = false;
	explanation->code = pstrdup(unpack_sql_state(error->sqlerrcode));
	explanation->reason = error->message;
	explanation->hint = error->hint ? error->hint :
		"Correct the statement; it was not looked at any further.";
	explanation->rewritten = NULL;
}

/*
 * Is an error about what was to be explained?  Not one that ends the
 * statement that asks (a cancel, a timeout, the server's end), nor one that
 * tells what others hold locked or what the server has run out of.
 */
static bool
is_about_text(const ErrorData *error)
{
	switch (ERRCODE_TO_CATEGORY(error->sqlerrcode))
	{
		case ERRCODE_OPERATOR_INTERVENTION:
		case ERRCODE_INSUFFICIENT_RESOURCES:
		case ERRCODE_TRANSACTION_ROLLBACK:
		case ERRCODE_SYSTEM_ERROR:
			return false;
		default:
			return error->sqlerrcode != ERRCODE_LOCK_NOT_AVAILABLE;
	}
}

/* The queries as they have been rewritten; NULL for one that was not. */
static const char *
show_queries(List *queries, const char *text)
{
	StringInfoData rewritten;
	ListCell   *lc;

	initStringInfo(&rewritten);
	foreach(lc, queries)
	{
		Query	   *query = (Query *) lfirst(lc);

		if (query != NULL)
			cr_normalize_shown(query);
		appendStringInfo(&rewritten, "%s%s", rewritten.len > 0 ? ";\n" : "",
						 query != NULL ? pg_get_querydef(query, true) : text);
	}
	return rewritten.data;
}

/* Judges all queries that one statement has become. */
static void
explain_queries(List *queries, const char *text, Explanation *explanation)
{
	List	   *shown = NIL;
	bool		reshaped = false;
	ListCell   *lc;

	explanation->admitted = true;
	foreach(lc, queries)
	{
		Query	   *query = lfirst_node(Query, lc);
		CrVerdict  *verdict;
		Query	   *inner = cr_statement_inner_query(query);

		if (inner == NULL)
			verdict = cr_statement_judge_command(query);
		else
		{
			CrTouch		touch;

			(void) cr_normalize_inline_functions(inner, NULL);
			touch = cr_inspect_touch(inner);
			verdict = cr_admit_query(inner, &touch, NULL);
		}
		if (verdict != NULL && !verdict->admitted)
		{
			explain_refusal(verdict, explanation);
			return;
		}
		if (inner == NULL)
			continue;
		reshaped = reshaped || verdict != NULL;
		shown = lappend(shown, verdict != NULL ? inner : NULL);
	}
	explanation->judged = true;
	explanation->rewritten = reshaped ? show_queries(shown, text) : text;
}

static void
explain_statement(RawStmt *statement, const char *text,
				  Explanation *explanation)
{
	Oid		   *types = NULL;
	int			ntypes = 0;
	const char *start = text + Max(statement->stmt_location, 0);
	int			length = statement->stmt_len;
	List	   *queries;

	if (length <= 0)
		length = (int) strlen(start);
	queries = pg_analyze_and_rewrite_varparams(statement, text, &types,
											   &ntypes, NULL);
	explain_queries(queries, pnstrdup(start, length), explanation);
}

/*
 * Runs one step in a subtransaction: with a statement explains it, without
 * parses the text.  An error ends the subtransaction, and is the explanation
 * if it is about the text.
 */
static List *
try_step(RawStmt *statement, const char *text, Explanation *explanation)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	List	   *volatile parsed = NIL;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		if (statement != NULL)
			explain_statement(statement, text, explanation);
		else
			parsed = pg_parse_query(text);
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		if (!is_about_text(error))
			ReThrowError(error);
		explain_error(error, explanation);
	}
	PG_END_TRY();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
	return parsed;
}

/*
 * cleanroom.explain(query text)
 *
 * One row a statement: verdict, code, reason, hint, rewritten.  Takes the
 * locks that parsing takes.  Raises nothing about the text itself, but what
 * ends the statement that asks.
 */
Datum
cr_explain(PG_FUNCTION_ARGS)
{
	char	   *script = text_to_cstring(PG_GETARG_TEXT_PP(0));
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Explanation explanation = {0};
	List	   *statements;
	ListCell   *lc;

	InitMaterializedSRF(fcinfo, 0);
	statements = try_step(NULL, script, &explanation);
	if (statements == NIL)
	{
		if (explanation.reason == NULL)
		{
			explanation.code = "42601";
			explanation.reason = "there is no statement in the text";
			explanation.hint = "Give a SELECT statement.";
		}
		put_row(rsinfo, &explanation);
	}
	foreach(lc, statements)
	{
		memset(&explanation, 0, sizeof(explanation));
		try_step(lfirst_node(RawStmt, lc), script, &explanation);
		put_row(rsinfo, &explanation);
	}
	return (Datum) 0;
}
