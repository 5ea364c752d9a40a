/*-------------------------------------------------------------------------
 *
 * src/keys/room_key.c
 *	  What rooms and regions have against the use of a key.
 *
 * Whoever can make tokens under a key can look up a guess in a table that
 * holds such tokens.  So the analysts of a room do not make any under the
 * keys of the room, whatever they were granted, and whoever's function they
 * call: asked are the current user, the one that SET ROLE has chosen and the
 * one that logged in.  Superusers are not asked.
 *
 * A rotation has a session that shows none of those.  It acts for its author,
 * and runs what anybody has written who may act as the table's owner; all of
 * them read what it makes, and are asked.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/errcodes.h"
#include "base/settings.h"
#include "catalog/pg_type.h"
#include "keys/room_key.h"
#include "keys/rotated.h"
#include "miscadmin.h"
#include "session/asker.h"
#include "session/own_table.h"
#include "session/unattended.h"

/* The room that forbids it to this role, or NULL. */
static char *
forbidding_room(int32 key_id, Oid role)
{
	static Oid	types[] = {INT4OID, OIDOID};
	Datum		args[2];
	char	   *room;

	if (superuser_arg(role))
		return NULL;
	args[0] = Int32GetDatum(key_id);
	args[1] = ObjectIdGetDatum(role);
	cr_session_ask_catalog("SELECT cleanroom.room_against_tokens($1, $2)", 2,
						   types, args, NULL, 1, &room);
	return room;
}

static void
check_asker(const CrKeyRow *row, Oid role)
{
	char	   *room = forbidding_room(row->key_id, role);

	if (room != NULL)
		ereport(ERROR,
				(errcode(CR_ERRCODE_ACCESS),
				 errmsg("analysts of room \"%s\" may not use key \"%s\" to make tokens",
						room, NameStr(row->name)),
				 errdetail("Whoever can make tokens of a room's key can look up a guess. Asked is role \"%s\".",
						   GetUserNameFromId(role, false)),
				 errhint("Have a contributor of the room make them, as a role that is no analyst of it.")));
}

/*
 * Does the use give a value's one token?  encrypt() gives another ciphertext
 * each time; format-preserving encryption can be searched either way.
 */
static bool
makes_tokens(const CrKeyRow *row, uint32 use)
{
	return (use & CR_KEY_MAY_TOKENIZE) != 0 ||
		(row->purpose == CR_KEY_FPE &&
		 (use & (CR_KEY_MAY_ENCRYPT | CR_KEY_MAY_DECRYPT)) != 0);
}

/* See room_key.h. */
void
cr_room_key_check_rotation(const CrKeyRow *row, Oid author, Oid login,
						   Oid owner)
{
	static Oid	types[] = {INT4OID, OIDOID};
	Datum		args[2];
	char	   *found[2];

	if (!makes_tokens(row, CR_KEY_MAY_TOKENIZE) ||
		!cr_own_table_has_rows("room_list"))
		return;
	check_asker(row, author);
	check_asker(row, login);
	args[0] = Int32GetDatum(row->key_id);
	args[1] = ObjectIdGetDatum(owner);
	cr_session_ask_catalog("SELECT room, who::text FROM cleanroom.room_against_actors($1, $2)",
						   2, types, args, NULL, 2, found);
	if (found[0] != NULL)
		ereport(ERROR,
				(errcode(CR_ERRCODE_ACCESS),
				 errmsg("analysts of room \"%s\" may not use key \"%s\" to make tokens, and role \"%s\" may act as the table's owner",
						found[0], NameStr(row->name), found[1]),
				 errdetail("A rotation makes tokens of what all who may act as the table's owner put in, and for them."),
				 errhint("Give the table to a role that no analyst of the room is a member of.")));
}

/*
 * A group's code that runs where none of its members is asked.  Each batch of
 * a rotation has asked about its own key whoever that code may be of, and what
 * it makes tokens of may be encrypted.
 */
static void
check_attended(const CrKeyRow *row, uint32 use)
{
	if (superuser() || !cr_session_is_unattended())
		return;
	if (cr_rotated_key() == row->key_id ||
		(cr_rotated_key() != 0 && !makes_tokens(row, use)))
		return;
	ereport(ERROR,
			(errcode(CR_ERRCODE_ACCESS),
			 errmsg("key \"%s\" may not be used by code that runs on behalf of nobody in this session",
					NameStr(row->name)),
			 errdetail("Such code is an index's under ANALYZE, a materialized view's that another role refreshes, or a rotation's with another key."),
			 errhint("Use the key in a session of your own; SET ROLE to the owner before you refresh its view.")));
}

void
cr_room_key_check(const CrKeyRow *row, uint32 use)
{
	check_attended(row, use);
	if (row->residency[0] != '\0' && strcmp(row->residency, cr_region) != 0)
		ereport(ERROR,
				(errcode(CR_ERRCODE_ACCESS),
				 errmsg("key \"%s\" may be used in region \"%s\" only",
						NameStr(row->name), row->residency),
				 errhint("Use it on a server of that region.")));
	if (!makes_tokens(row, use) || !cr_own_table_has_rows("room_list"))
		return;
	check_asker(row, GetUserId());
	if (GetOuterUserId() != GetUserId())
		check_asker(row, GetOuterUserId());
	if (GetSessionUserId() != GetOuterUserId())
		check_asker(row, GetSessionUserId());
}
