/*-------------------------------------------------------------------------
 *
 * src/keys/room_key.h
 *	  What rooms and regions have against the use of a key.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_ROOM_KEY_H
#define CR_ROOM_KEY_H

#include "keys/keyring_rows.h"

/*
 * Raises RC012 when the key has to stay in another region, when the use would
 * make tokens of a room's key for an analyst of the room, or when whose code
 * this is cannot be told (session/unattended.h).
 */
extern void cr_room_key_check(const CrKeyRow *row, uint32 use);

/*
 * Raises RC012 when a rotation with this key would make tokens for an analyst
 * of a room whose key it is: its author, the role that he had logged in as,
 * or one that may act as the owner of its table, whose code runs in it.
 */
extern void cr_room_key_check_rotation(const CrKeyRow *row, Oid author,
									   Oid login, Oid owner);

#endif							/* CR_ROOM_KEY_H */
