/*-------------------------------------------------------------------------
 *
 * src/prim/gcm.h
 *	  AES-GCM (NIST SP 800-38D): encryption that notices any change.
 *
 * Nonces are 96 bits, tags 128.  A nonce must never serve twice under a key;
 * with random ones a key may seal 2^32 messages (SP 800-38D, 8.3).
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_GCM_H
#define CR_GCM_H

#include "prim/bytes.h"

#define CR_GCM_NONCE_SIZE	12
#define CR_GCM_TAG_SIZE	16

typedef struct CrGcm CrGcm;

/*
 * The data that is authenticated but not encrypted comes in two pieces, one
 * after the other; the caller sees to it that their border is unambiguous.
 */
typedef struct CrGcmMessage
{
	const uint8_t *nonce;		/* CR_GCM_NONCE_SIZE */
	CrBytes		header;
	CrBytes		context;
	CrBytes		input;			/* plaintext to seal, ciphertext to open */
	uint8_t    *output;			/* as long as the input; may be its place */
} CrGcmMessage;

/*
 * Prepares a key of 16, 24 or 32 bytes.  NULL for another size, or when
 * OpenSSL has no memory.  As with cr_hmac_new(), what it allocates is
 * OpenSSL's; cr_gcm_free() wipes it and takes NULL too.
 */
extern CrGcm *cr_gcm_new(CrBytes key);
extern void cr_gcm_free(CrGcm *gcm);

/* False when OpenSSL fails, or the input is longer than INT_MAX. */
extern bool cr_gcm_seal(CrGcm *gcm, const CrGcmMessage *message,
						uint8_t tag[CR_GCM_TAG_SIZE]);

/*
 * False when key, nonce, header, context, ciphertext or tag is not the one
 * that was sealed; the output is then wiped.
 */
extern bool cr_gcm_open(CrGcm *gcm, const CrGcmMessage *message,
						const uint8_t tag[CR_GCM_TAG_SIZE]);

#endif							/* CR_GCM_H */
