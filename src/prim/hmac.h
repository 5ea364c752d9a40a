/*-------------------------------------------------------------------------
 *
 * src/prim/hmac.h
 *	  HMAC-SHA-256 (RFC 2104, FIPS 198-1) with a key that is used often.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_HMAC_H
#define CR_HMAC_H

#include "prim/bytes.h"

#define CR_HMAC_SIZE	32

typedef struct CrHmac CrHmac;

/*
 * Prepares a key of any size.  NULL when OpenSSL has no memory or no SHA-256.
 * What it allocates is OpenSSL's, outside any memory context, and lasts until
 * cr_hmac_free(), which wipes it and takes NULL too.
 */
extern CrHmac *cr_hmac_new(CrBytes key);
extern void cr_hmac_free(CrHmac *hmac);

/* One message.  False when OpenSSL fails; digest is then zeroed. */
extern bool cr_hmac_compute(const CrHmac *hmac, CrBytes message,
							uint8_t digest[CR_HMAC_SIZE]);

#endif							/* CR_HMAC_H */
