/*-------------------------------------------------------------------------
 *
 * src/prim/aead.h
 *	  Authenticated encryption: AES-256-GCM.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_AEAD_H
#define CR_AEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CR_AEAD_KEY_BYTES		32
#define CR_AEAD_NONCE_BYTES		12
#define CR_AEAD_TAG_BYTES		16

/* What a text is sealed with; never the same key and nonce for two texts. */
typedef struct CrAead
{
	const uint8_t *key;			/* CR_AEAD_KEY_BYTES */
	const uint8_t *nonce;			/* CR_AEAD_NONCE_BYTES */
	const uint8_t *bound;		/* additional data, authenticated in clear */
	size_t		bound_len;
} CrAead;

/*
 * Writes len bytes of ciphertext and then the tag to sealed, which must not
 * overlap plain.  False when OpenSSL fails.
 */
extern bool cr_aead_seal(const CrAead *aead, const uint8_t *plain, size_t len,
						 uint8_t *sealed);

/*
 * The reverse: len counts the tag, and len less the tag bytes are written to
 * plain.  False when the text was not sealed like this, or OpenSSL fails;
 * plain holds zeroes then.
 */
extern bool cr_aead_open(const CrAead *aead, const uint8_t *sealed, size_t len,
						 uint8_t *plain);

#endif							/* CR_AEAD_H */
