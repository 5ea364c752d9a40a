/*-------------------------------------------------------------------------
 *
 * src/ledger/note_sql.c
 *	  Lets the extension's SQL functions put events on record.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "ledger/note.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"

PG_FUNCTION_INFO_V1(cr_put_on_record);

/*
 * SQL: cleanroom.put_on_record(kind text, relation oid, subject text,
 * detail jsonb).  Not for others: they would forge events.
 */
Datum
cr_put_on_record(PG_FUNCTION_ARGS)
{
	char	   *kind;
	char	   *subject = NULL;
	char	   *detail = NULL;

	if (!superuser())
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("only the extension puts events on record"),
				 errhint("What its functions do is recorded by them.")));
	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("an event needs a kind"),
				 errhint("Name it, such as room_change.")));
	kind = text_to_cstring(PG_GETARG_TEXT_PP(0));
	if (!PG_ARGISNULL(2))
		subject = text_to_cstring(PG_GETARG_TEXT_PP(2));
	if (!PG_ARGISNULL(3))
	{
		Jsonb	   *json = PG_GETARG_JSONB_P(3);

		detail = JsonbToCString(NULL, &json->root, VARSIZE(json));
	}
	cr_ledger_note(kind, PG_ARGISNULL(1) ? InvalidOid : PG_GETARG_OID(1),
				   subject, detail);
	PG_RETURN_VOID();
}
