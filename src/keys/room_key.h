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
 * Raises RC012 when the key has to stay in another region, or when the use
 * would make tokens of a room's key for an analyst of the room.
 */
extern void cr_room_key_check(const CrKeyRow *row, uint32 use);

#endif							/* CR_ROOM_KEY_H */
