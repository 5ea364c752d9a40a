/*-------------------------------------------------------------------------
 *
 * src/policy/change.c
 *	  Puts changes of policies on record.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "ledger/note.h"
#include "lib/stringinfo.h"
#include "policy/change.h"
#include "policy/label.h"
#include "policy/load.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/lsyscache.h"

static void
append_member(StringInfo json, const char *name, const char *value)
{
	appendStringInfo(json, "%s\"%s\": ", json->len > 0 ? ", " : "{", name);
	if (value == NULL)
		appendStringInfoString(json, "null");
	else
		escape_json(json, value);
}

/* Partitions are closed as they are attached, in a restore as well. */
static bool
is_inherited(int32 objsubid, const char *text)
{
	CrTableLabel label;

	return objsubid == 0 && text != NULL &&
		cr_label_parse_table(text, &label) == NULL && label.inherited;
}

void
cr_note_label(Oid relid, int32 objsubid, const char *text, bool ours)
{
	char	   *former = cr_load_label_text(relid, objsubid);
	char	   *subject = NULL;
	StringInfoData json;

	if (former == NULL ? text == NULL :
		text != NULL && strcmp(former, text) == 0)
		return;
	if (objsubid != 0)
		subject = get_attname(relid, objsubid, true);
	initStringInfo(&json);
	append_member(&json, "old", former);
	append_member(&json, "new", text);
	appendStringInfoChar(&json, '}');
	if (ours && !is_inherited(objsubid, text))
		cr_ledger_note("policy_change", relid, subject, json.data);
	else
		cr_ledger_note_if_begun("policy_change", relid, subject, json.data);
}

void
cr_note_row_policy(Oid relid, const char *name, const char *condition)
{
	StringInfoData json;

	initStringInfo(&json);
	append_member(&json, "row_policy", name);
	append_member(&json, "new", condition);
	appendStringInfoChar(&json, '}');
	cr_ledger_note("policy_change", relid, NULL, json.data);
}

void
cr_note_by_hand(Oid relid, const char *change, const char *policy,
				const char *before, const char *after)
{
	StringInfoData json;

	initStringInfo(&json);
	append_member(&json, "change", change);
	if (policy != NULL)
		append_member(&json, "policy", policy);
	append_member(&json, "old", before);
	append_member(&json, "new", after);
	appendStringInfoChar(&json, '}');
	cr_ledger_note_if_begun("policy_change", relid, NULL, json.data);
}
