/*-------------------------------------------------------------------------
 *
 * src/prim/token_uuid.h
 *	  How a token lies in its 16 bytes.
 *
 * A UUID of version 8 (RFC 9562, 5.8), whose bits but six are free:
 *
 *	bits	  what
 *	0-47	  value, most significant part
 *	48-51	  0b1000, the UUID's version
 *	52-63	  version of the key, 1 to 4095
 *	64-65	  0b10, the UUID's variant
 *	66-81	  identity of the key: the last 16 bits of its number
 *	82-127	  value, the rest
 *
 * The value's 94 bits are the first of an HMAC, or random.  It comes first
 * because indexes and hash joins then tell tokens apart early.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_TOKEN_UUID_H
#define CR_TOKEN_UUID_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define CR_TOKEN_SIZE			16
#define CR_TOKEN_VERSION_BITS	12
#define CR_TOKEN_VERSION_MAX	4095

/* Makes a token from 12 bytes of value, of which 94 bits are used. */
static inline void
cr_token_make(uint8_t token[CR_TOKEN_SIZE], const uint8_t value[12],
			  uint32_t key_id, uint32_t key_version)
{
	memcpy(token, value, 6);
	token[6] = (uint8_t) (0x80 | (key_version >> 8 & 0x0f));
	token[7] = (uint8_t) key_version;
	token[8] = (uint8_t) (0x80 | (key_id >> 10 & 0x3f));
	token[9] = (uint8_t) (key_id >> 2);
	token[10] = (uint8_t) ((key_id & 0x03) << 6 | (value[6] & 0x3f));
	memcpy(token + 11, value + 7, 5);
}

/* Is it one?  Any UUID of version 8 with a key version looks like one. */
static inline bool
cr_token_is(const uint8_t token[CR_TOKEN_SIZE])
{
	return (token[6] & 0xf0) == 0x80 && (token[8] & 0xc0) == 0x80 &&
		((token[6] & 0x0f) | token[7]) != 0;
}

static inline uint32_t
cr_token_key_version(const uint8_t token[CR_TOKEN_SIZE])
{
	return (uint32_t) (token[6] & 0x0f) << 8 | token[7];
}

/* The last 16 bits of the key's number. */
static inline uint32_t
cr_token_key_id(const uint8_t token[CR_TOKEN_SIZE])
{
	return (uint32_t) (token[8] & 0x3f) << 10 | (uint32_t) token[9] << 2 |
		token[10] >> 6;
}

/* One number for each key and version: 28 bits, not 0. */
static inline uint32_t
cr_token_class_make(uint32_t key_id, uint32_t key_version)
{
	return (key_id & 0xffff) << CR_TOKEN_VERSION_BITS | key_version;
}

/* The same of a token; 0: it is none. */
static inline uint32_t
cr_token_class_of(const uint8_t token[CR_TOKEN_SIZE])
{
	if (!cr_token_is(token))
		return 0;
	return cr_token_class_make(cr_token_key_id(token),
							   cr_token_key_version(token));
}

#endif							/* CR_TOKEN_UUID_H */
