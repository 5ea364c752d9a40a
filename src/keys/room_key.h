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
 * Says which key the rotation has that this process is at, 0 for none.
 */
extern void cr_room_key_set_rotated(int32 key_id);

#endif							/* CR_ROOM_KEY_H */
