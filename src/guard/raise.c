/*-------------------------------------------------------------------------
 *
 * src/guard/raise.c
 *	  Turns a refusal into an error.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/errcodes.h"
#include "guard/command.h"
#include "guard/raise.h"
#include "ledger/record.h"
#include "mb/pg_wchar.h"
#include "tcop/tcopprot.h"
#include "utils/lsyscache.h"

/*
 * Puts the refusal on record; raises RC011 instead where that fails.  Not
 * where the extension is gone: then there is no ledger, and nothing is
 * admitted either.
 */
static void
record_refusal(const CrVerdict *verdict, List *relids,
			   const char *query_string, int location, int length)
{
	CrRecord	record;

	if (!cr_record_possible())
		return;
	cr_record_start(&record, "statement");
	cr_record_set_text(&record, CR_COL_VERDICT, "refused");
	cr_record_set_text(&record, CR_COL_CODE,
					   pstrdup(unpack_sql_state(verdict->sqlerrcode)));
	cr_record_set_text(&record, CR_COL_REASON, verdict->reason);
	cr_record_describe_statement(&record, query_string, location, length);
	cr_record_describe_meaning(&record, NULL, verdict->written_out);
	cr_record_describe_tables(&record, relids);
	if (OidIsValid(verdict->relid))
		relids = list_make1_oid(verdict->relid);
	if (!verdict->no_attempt)
		cr_record_count_for(&record, relids);
	cr_record_submit(&record, NULL);
}

/*
 * The position is told only where it counts in the text that the client
 * sent, not in a function's or a view's.
 */
void
cr_raise_refusal_of(const CrVerdict *verdict, List *relids,
					const char *query_string, int location, int length)
{
	int			position = 0;

	record_refusal(verdict, relids, query_string, location, length);
	if (verdict->location >= 0 && query_string != NULL &&
		debug_query_string != NULL &&
		strcmp(query_string, debug_query_string) == 0 &&
		verdict->location < (int) strlen(query_string))
		position = pg_mbstrlen_with_len(query_string, verdict->location) + 1;
	ereport(ERROR,
			(errcode(verdict->sqlerrcode),
			 errmsg("%s", verdict->reason),
			 verdict->detail ? errdetail("%s", verdict->detail) : 0,
			 verdict->hint ? errhint("%s", verdict->hint) : 0,
			 position > 0 ? errposition(position) : 0));
}

void
cr_raise_refusal(const CrVerdict *verdict, const char *query_string)
{
	cr_raise_refusal_of(verdict, NIL, query_string, -1, 0);
}

void
cr_raise_command(const char *command, Oid relid)
{
	cr_raise_refusal_of(cr_command_refusal(command, relid),
						list_make1_oid(relid), NULL, -1, 0);
}

void
cr_raise_own_command(const char *command, Oid relid)
{
	char	   *reason;

	reason = psprintf("%s is not allowed on table \"%s\" of cleanroom",
					  command, get_rel_name(relid));
	cr_raise_refusal(cr_verdict_refuse(CR_ERRCODE_COMMAND, -1, reason,
									   "Use the views and functions of schema cleanroom."),
					 NULL);
}
