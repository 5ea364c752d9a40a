/*-------------------------------------------------------------------------
 *
 * src/session/access.c
 *	  Judges access by rooms and by attributes.
 *
 * What is to be known stands in tables of the extension, and the judging is
 * done there, by cleanroom.judge_access().  It is asked at planning and again
 * at each start of a plan, so that a change takes effect at once; where there
 * is no room, rule, residency or suspension at all, nobody is asked.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/errcodes.h"
#include "base/oids.h"
#include "base/settings.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "parser/parser.h"
#include "session/access.h"
#include "session/asker.h"
#include "session/condition.h"
#include "session/condition_limit.h"
#include "session/own_table.h"
#include "session/pinned.h"
#include "session/unattended.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/plancache.h"

PG_FUNCTION_INFO_V1(cr_evaluate_condition);
PG_FUNCTION_INFO_V1(cr_in_parallel_mode);
PG_FUNCTION_INFO_V1(cr_judge_for);

/* has a condition failed since cr_access_judge() was last called? */
static bool condition_failed = false;

bool
cr_access_condition_failed(void)
{
	return condition_failed;
}

Oid
cr_access_room_table(void)
{
	return cr_own_table_oid("room_list");
}

static ArrayType *
array_of(List *relids)
{
	Datum	   *values = palloc(list_length(relids) * sizeof(Datum));
	int			count = 0;
	ListCell   *lc;

	foreach(lc, relids)
		values[count++] = ObjectIdGetDatum(lfirst_oid(lc));
	return construct_array(values, count, OIDOID, sizeof(Oid), true,
						   TYPALIGN_INT);
}

/* What judge_access() says of a refusal; NULLs when it admits. */
typedef enum Said
{
	SAID_CODE,
	SAID_REASON,
	SAID_HINT,
	SAID_RELATION,				/* whose rule it is, or NULL */
	SAID
} Said;

static void
ask_judge(List *relids, bool joined, const CrApproval *approval,
		  char **answer)
{
	static Oid	types[] = {OIDARRAYOID, BOOLOID, OIDOID, INT4OID};
	Datum		args[] = {PointerGetDatum(array_of(relids)),
		BoolGetDatum(joined), ObjectIdGetDatum(cr_session_asker()),
	Int32GetDatum(approval == NULL ? 0 : approval->room)};

	cr_session_ask_catalog("SELECT code, reason, hint, refusing FROM cleanroom.judge_access($1, $2, $3, $4)",
						   4, types, args,
						   approval == NULL ? "   n" : NULL,
						   SAID, answer);
}

static CrVerdict *
refusal_of(char **answer)
{
	const char *code = answer[SAID_CODE];
	CrVerdict  *refusal;

	refusal = cr_verdict_refuse(MAKE_SQLSTATE(code[0], code[1], code[2],
											  code[3], code[4]),
								-1, answer[SAID_REASON], answer[SAID_HINT]);
	if (answer[SAID_RELATION] != NULL)
		return cr_verdict_of_table(refusal, atooid(answer[SAID_RELATION]));
	/* where and when is asked, and in which room, is no attempt */
	return cr_verdict_of_nobody(refusal);
}

CrVerdict *
cr_access_judge(List *relids, bool joined, const CrApproval *approval)
{
	char	   *answer[SAID];
	CrVerdict  *refusal = cr_unattended_judge();

	condition_failed = false;
	if (refusal != NULL)
		return cr_verdict_of_nobody(refusal);
	joined = joined ||
		(approval != NULL && (approval->any_use || approval->waived != NIL));
	if (!(joined && cr_require_rooms) && !cr_own_table_has_rows("room_list") &&
		!cr_own_table_has_rows("rule_list") && !cr_own_table_has_rows("residency_list") &&
		!cr_own_table_has_rows("suspension_list") &&
		!cr_own_table_has_rows("quota_suspension_list"))
		return NULL;
	ask_judge(relids, joined, approval, answer);
	return answer[SAID_CODE] == NULL ? NULL : refusal_of(answer);
}

/* Is the text one expression, and nothing that ends it and goes on? */
static void
check_condition(const char *query)
{
	List	   *statements = raw_parser(query, RAW_PARSE_DEFAULT);
	SelectStmt *select = (SelectStmt *)
		linitial_node(RawStmt, statements)->stmt;

	if (list_length(statements) == 1 && IsA(select, SelectStmt) &&
		select->op == SETOP_NONE && list_length(select->targetList) == 1 &&
		select->fromClause == NIL && select->whereClause == NULL &&
		select->groupClause == NIL && select->sortClause == NIL &&
		select->limitCount == NULL && select->intoClause == NULL &&
		select->lockingClause == NIL)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_SYNTAX_ERROR),
			 errmsg("the condition of a rule must be one expression"),
			 errhint("For example: cleanroom.weekday('UTC') BETWEEN 1 AND 5.")));
}

/* Is it one that may be evaluated in this session?  Nothing has run yet. */
static void
check_contents(SPIPlanPtr plan)
{
	ListCell   *lc;

	foreach(lc, SPI_plan_get_plan_sources(plan))
	{
		CachedPlanSource *source = lfirst(lc);
		CrVerdict  *refusal = cr_condition_judge(source->query_list);

		if (refusal != NULL)
			ereport(ERROR,
					(errcode(refusal->sqlerrcode),
					 errmsg("%s", refusal->reason),
					 errhint("%s", refusal->hint)));
	}
}

static bool
evaluate(const char *query)
{
	bool		isnull;
	Datum		value;
	SPIPlanPtr	plan;

	SPI_connect();
	/* says where in the condition a mistake is */
	plan = SPI_prepare(query, 0, NULL);
	check_condition(query);
	check_contents(plan);
	if (SPI_execute_plan(plan, NULL, NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "a condition could not be evaluated");
	value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1,
						  &isnull);
	SPI_finish();
	return !isnull && DatumGetBool(value);
}

/*
 * In a PG_CATCH block.  Whoever asks about a rule counts its failure as not
 * satisfied.  In parallel mode he could not go on after it, so there it ends
 * the statement, as a rule does that is not satisfied; what was raised may be
 * made of what the author alone may read.  One that takes too long counts so,
 * too; it must not pass for a statement that was cancelled.
 */
static void
fail(MemoryContext caller)
{
	int			code = geterrcode();
	bool		took_long = cr_condition_limit_end() &&
		code == ERRCODE_QUERY_CANCELED;

	condition_failed = true;
	took_long = took_long || code == ERRCODE_LOCK_NOT_AVAILABLE;
	if (!took_long &&
		(!IsInParallelMode() || code == ERRCODE_QUERY_CANCELED))
		PG_RE_THROW();
	MemoryContextSwitchTo(caller);
	FlushErrorState();
	if (!IsInParallelMode())
		ereport(ERROR,
				(errcode(CR_ERRCODE_ACCESS),
				 errmsg("the condition of an access rule takes too long, or what it reads is locked"),
				 errhint("Let it read small tables that nobody keeps locked.")));
	ereport(ERROR,
			(errcode(CR_ERRCODE_ACCESS),
			 errmsg("an access rule could not be evaluated while the query ran"),
			 errhint("Run the query again.")));
}

/*
 * SQL: cleanroom.evaluate_condition(author oid, condition text): boolean.
 * Only superusers may, since it acts as anybody.
 */
Datum
cr_evaluate_condition(PG_FUNCTION_ARGS)
{
	Oid			author = PG_GETARG_OID(0);
	char	   *condition = text_to_cstring(PG_GETARG_TEXT_PP(1));
	char	   *query = psprintf("SELECT (%s\n)::pg_catalog.bool", condition);
	int			nesting = NewGUCNestLevel();
	CrAsker		asker = {cr_session_asker(), cr_session_made_up_facts()};
	Oid			user;
	int			context;
	bool		borrowed;
	MemoryContext caller = CurrentMemoryContext;
	volatile bool result = false;

	if (!superuser())
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("only the extension evaluates conditions"),
				 errhint("Use cleanroom.add_access_rule() and cleanroom.simulate_access().")));
	asker = cr_session_set_asker(asker);
	GetUserIdAndSecContext(&user, &context);
	SetUserIdAndSecContext(author, context | SECURITY_LOCAL_USERID_CHANGE |
						   SECURITY_RESTRICTED_OPERATION);
	cr_session_pin_settings();
	cr_session_pin_path("pg_catalog, cleanroom, pg_temp");
	borrowed = cr_session_set_borrowed(true);
	cr_condition_limit_begin();
	PG_TRY();
	{
		result = evaluate(query);
	}
	PG_CATCH();
	{
		(void) cr_session_set_asker(asker);
		(void) cr_session_set_borrowed(borrowed);
		fail(caller);
	}
	PG_END_TRY();
	(void) cr_condition_limit_end();
	(void) cr_session_set_asker(asker);
	(void) cr_session_set_borrowed(borrowed);
	/* what the author's code has set is not the session's */
	AtEOXact_GUC(false, nesting);
	SetUserIdAndSecContext(user, context);
	PG_RETURN_BOOL(result);
}

/* SQL: cleanroom.in_parallel_mode(): boolean */
Datum
cr_in_parallel_mode(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(IsInParallelMode());
}

/*
 * SQL: cleanroom.judge_for(asker oid, relation oid, facts jsonb,
 * OUT code text, OUT reason text, OUT hint text)
 */
Datum
cr_judge_for(PG_FUNCTION_ARGS)
{
	CrAsker		asker = {PG_GETARG_OID(0), PG_GETARG_JSONB_P(2)};
	List	   *relids = list_make1_oid(PG_GETARG_OID(1));
	char	   *answer[SAID];
	Datum		values[3] = {0};
	bool		nulls[3];
	TupleDesc	desc;

	if (!superuser())
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("only the extension judges for others"),
				 errhint("Use cleanroom.simulate_access().")));
	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	asker = cr_session_set_asker(asker);
	PG_TRY();
	{
		ask_judge(relids, false, NULL, answer);
	}
	PG_FINALLY();
	{
		(void) cr_session_set_asker(asker);
	}
	PG_END_TRY();
	for (int i = 0; i < 3; i++)
	{
		nulls[i] = answer[i] == NULL;
		if (!nulls[i])
			values[i] = CStringGetTextDatum(answer[i]);
	}
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc),
													  values, nulls)));
}
