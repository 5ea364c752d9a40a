/*-------------------------------------------------------------------------
 *
 * src/keys/rotated.c
 *	  Which rotation a process is at, and who has started it.
 *
 * A rotation's session is the table's owner's, and the owner may be a group.
 * So limits, and the record, go by whoever has started it, too.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "keys/rotated.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/json.h"

static int32 rotated_key = 0;
static Oid	rotated_login = InvalidOid;

void
cr_rotated_set(int32 key_id, Oid login)
{
	rotated_key = key_id;
	rotated_login = login;
}

int32
cr_rotated_key(void)
{
	return rotated_key;
}

Oid
cr_rotated_login(void)
{
	return rotated_login;
}

/* See rotated.h. */
char *
cr_rotated_detail(void)
{
	StringInfoData detail;
	char	   *name;

	if (!OidIsValid(rotated_login))
		return pstrdup("");
	name = GetUserNameFromId(rotated_login, true);
	initStringInfo(&detail);
	appendStringInfoString(&detail, ", \"rotation_of\": ");
	escape_json(&detail, name != NULL ? name :
				psprintf("%u", rotated_login));
	return detail.data;
}
