/*-------------------------------------------------------------------------
 *
 * src/ledger/note.c
 *	  Puts an event other than a query on record.
 *
 * There is no recorder yet, so nothing is kept.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "ledger/note.h"

void
cr_ledger_note(const char *kind, Oid relid, const char *subject,
			   const char *detail)
{
	(void) kind;
	(void) relid;
	(void) subject;
	(void) detail;
}
