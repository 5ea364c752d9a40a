/*-------------------------------------------------------------------------
 *
 * src/guard/unplanned.c
 *	  Has statements recorded that were admitted, and could not be planned.
 *
 * The planner computes what is constant, and may fail of it: then nothing is
 * executed, and execution.c hears of nothing.  The records are made before,
 * as no catalog may be read after an error, and nothing waits for them: there
 * is no answer that depends on them.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "guard/unplanned.h"
#include "ledger/record.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

struct CrUnplanned
{
	CrRecord	statement;
	CrRecord	completion;
	MemoryContext context;		/* that of their texts */
};

CrUnplanned *
cr_unplanned_prepare(const Query *query, const char *query_string,
					 ParamListInfo params, const char *written_out,
					 List *relids)
{
	CrUnplanned *unplanned;
	CrRecord   *statement;

	if (!cr_record_possible())
		return NULL;
	unplanned = palloc0(sizeof(CrUnplanned));
	unplanned->context = CurrentMemoryContext;
	statement = &unplanned->statement;
	cr_record_start(statement, "statement");
	/* the end of it is of the same people and tables */
	cr_record_describe_tables(statement, relids);
	unplanned->completion = *statement;
	unplanned->completion.fields[CR_COL_OBLIGATIONS].set = false;
	cr_record_set_text(&unplanned->completion, CR_COL_KIND, "completion");
	cr_record_set_text(&unplanned->completion, CR_COL_VERDICT, "failed");
	cr_record_set_text(statement, CR_COL_VERDICT, "admitted");
	cr_record_describe_statement(statement, query_string,
								 query->stmt_location, query->stmt_len);
	cr_record_describe_meaning(statement, params, written_out);
	cr_record_set_integer(&unplanned->completion, CR_COL_FINGERPRINT,
						  statement->fields[CR_COL_FINGERPRINT].integer);
	return unplanned;
}

/* Is it a refusal, which is on record as one? */
static bool
is_refusal(int sqlerrcode)
{
	return ERRCODE_TO_CATEGORY(sqlerrcode) ==
		MAKE_SQLSTATE('R', 'C', '0', '0', '0');
}

void
cr_unplanned_note(CrUnplanned *unplanned)
{
	CrRecord   *completion;
	TimestampTz now = GetCurrentTimestamp();
	MemoryContext caller;

	if (unplanned == NULL || is_refusal(geterrcode()))
		return;
	caller = MemoryContextSwitchTo(unplanned->context);
	completion = &unplanned->completion;
	cr_record_set_text(completion, CR_COL_CODE,
					   pstrdup(unpack_sql_state(geterrcode())));
	cr_record_set_integer(completion, CR_COL_DURATION,
						  now - completion->fields[CR_COL_AT].integer);
	cr_record_set_integer(completion, CR_COL_AT, now);
	cr_record_submit_failure(&unplanned->statement, completion);
	MemoryContextSwitchTo(caller);
}
