/*-------------------------------------------------------------------------
 *
 * src/prim/aead.c
 *	  Authenticated encryption: AES-256-GCM, by OpenSSL.
 *
 *-------------------------------------------------------------------------
 */
#include "prim/aead.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

bool
cr_aead_seal(const CrAead *aead, const uint8_t *plain, size_t len,
			 uint8_t *sealed)
{
	EVP_CIPHER_CTX *context;
	int			n;
	bool		ok;

	if (len > INT_MAX - CR_AEAD_TAG_BYTES || aead->bound_len > INT_MAX)
		return false;
	context = EVP_CIPHER_CTX_new();
	if (context == NULL)
		return false;
	ok = EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), NULL, aead->key,
							aead->nonce) == 1 &&
		EVP_EncryptUpdate(context, NULL, &n, aead->bound,
						  (int) aead->bound_len) == 1 &&
		EVP_EncryptUpdate(context, sealed, &n, plain, (int) len) == 1 &&
		EVP_EncryptFinal_ex(context, sealed + len, &n) == 1 &&
		EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, CR_AEAD_TAG_BYTES,
							sealed + len) == 1;
	EVP_CIPHER_CTX_free(context);

	return ok;
}

bool
cr_aead_open(const CrAead *aead, const uint8_t *sealed, size_t len,
			 uint8_t *plain)
{
	EVP_CIPHER_CTX *context;
	uint8_t		tag[CR_AEAD_TAG_BYTES];
	int			n;
	bool		ok;

	if (len < CR_AEAD_TAG_BYTES || len > INT_MAX ||
		aead->bound_len > INT_MAX)
		return false;
	len -= CR_AEAD_TAG_BYTES;
	memcpy(tag, sealed + len, CR_AEAD_TAG_BYTES);
	context = EVP_CIPHER_CTX_new();
	if (context == NULL)
		return false;
	ok = EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), NULL, aead->key,
							aead->nonce) == 1 &&
		EVP_DecryptUpdate(context, NULL, &n, aead->bound,
						  (int) aead->bound_len) == 1 &&
		EVP_DecryptUpdate(context, plain, &n, sealed, (int) len) == 1 &&
		EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, CR_AEAD_TAG_BYTES,
							tag) == 1 &&
		EVP_DecryptFinal_ex(context, plain + len, &n) == 1;
	EVP_CIPHER_CTX_free(context);
	if (!ok)
		OPENSSL_cleanse(plain, len);

	return ok;
}
