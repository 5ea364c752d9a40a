/*-------------------------------------------------------------------------
 *
 * src/guard/raise.c
 *	  Turns a refusal into an error.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "guard/raise.h"
#include "mb/pg_wchar.h"
#include "tcop/tcopprot.h"

/*
 * Raises the refusal.  The position is told only where it counts in the text
 * that the client sent, not in a function's or a view's.
 */
void
cr_raise_refusal(const CrVerdict *verdict, const char *query_string)
{
	int			position = 0;

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
