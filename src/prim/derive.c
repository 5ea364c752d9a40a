/*-------------------------------------------------------------------------
 *
 * src/prim/derive.c
 *	  Keys made from a key, by OpenSSL's HMAC-SHA-256.
 *
 *-------------------------------------------------------------------------
 */
#include "prim/derive.h"

#include <openssl/evp.h>
#include <string.h>

bool
cr_derive(const uint8_t *key, const char *label, CrBytes data,
		  uint8_t *derived)
{
	EVP_PKEY   *pkey;
	EVP_MD_CTX *context;
	size_t		len = CR_DERIVED_BYTES;
	bool		ok;

	pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_HMAC, NULL, key, 32);
	context = EVP_MD_CTX_new();
	ok = pkey != NULL && context != NULL &&
		EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, pkey) == 1 &&
		EVP_DigestSignUpdate(context, label, strlen(label) + 1) == 1 &&
		EVP_DigestSignUpdate(context, data.data, data.len) == 1 &&
		EVP_DigestSignFinal(context, derived, &len) == 1;
	EVP_MD_CTX_free(context);
	EVP_PKEY_free(pkey);

	return ok;
}
