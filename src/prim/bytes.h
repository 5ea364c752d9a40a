/*-------------------------------------------------------------------------
 *
 * src/prim/bytes.h
 *	  Bytes that are secret: compared in constant time, wiped for certain.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_BYTES_H
#define CR_BYTES_H

#include <openssl/crypto.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that somebody else owns; data may be NULL when len is 0. */
typedef struct CrBytes
{
	const uint8_t *data;
	size_t		len;
} CrBytes;

static inline CrBytes
cr_bytes(const void *data, size_t len)
{
	CrBytes		bytes;

	bytes.data = (const uint8_t *) data;
	bytes.len = len;
	return bytes;
}

/* Takes as long for bytes that differ early as for bytes that differ late. */
static inline bool
cr_bytes_equal(const void *a, const void *b, size_t size)
{
	return CRYPTO_memcmp(a, b, size) == 0;
}

/* Zeroes, also where the compiler sees that nobody will look. */
static inline void
cr_bytes_wipe(void *bytes, size_t size)
{
	OPENSSL_cleanse(bytes, size);
}

#endif							/* CR_BYTES_H */
