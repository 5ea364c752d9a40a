/*-------------------------------------------------------------------------
 *
 * src/prim/hmac.c
 *	  HMAC-SHA-256 (RFC 2104, FIPS 198-1) with a key that is used often.
 *
 * The key's two padded blocks are hashed once; each message begins from a
 * copy of those two states.  A short message then costs two blocks of SHA-256
 * instead of four.  For 20 bytes that is 120 ns here, where OpenSSL's own
 * HMAC, kept and started again, takes 155 ns; SHA256_Update() and kin, which
 * OpenSSL 3 deprecates, would take 90 ns.
 *
 *-------------------------------------------------------------------------
 */
#include "prim/hmac.h"

#include <openssl/evp.h>
#include <string.h>

#define BLOCK_SIZE		64		/* of SHA-256 */

struct CrHmac
{
	EVP_MD_CTX *inner;			/* has hashed the key xor ipad */
	EVP_MD_CTX *outer;			/* has hashed the key xor opad */
	EVP_MD_CTX *work;
};

/* A state that has hashed one block: the key, every byte xor pad. */
static EVP_MD_CTX *
hash_pad(const EVP_MD *sha256, const uint8_t *key, uint8_t pad)
{
	EVP_MD_CTX *state = EVP_MD_CTX_new();
	uint8_t		block[BLOCK_SIZE];
	int			i;

	if (state == NULL)
		return NULL;
	for (i = 0; i < BLOCK_SIZE; i++)
		block[i] = key[i] ^ pad;
	if (!EVP_DigestInit_ex(state, sha256, NULL) ||
		!EVP_DigestUpdate(state, block, BLOCK_SIZE))
	{
		EVP_MD_CTX_free(state);
		state = NULL;
	}
	cr_bytes_wipe(block, sizeof(block));
	return state;
}

CrHmac *
cr_hmac_new(CrBytes key)
{
	EVP_MD	   *sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	CrHmac	   *hmac = OPENSSL_zalloc(sizeof(CrHmac));
	uint8_t		block[BLOCK_SIZE] = {0};
	bool		ok = sha256 != NULL && hmac != NULL;

	if (ok && key.len > BLOCK_SIZE)
		ok = EVP_Digest(key.data, key.len, block, NULL, sha256, NULL);
	else if (ok && key.len > 0)
		memcpy(block, key.data, key.len);
	if (ok)
	{
		hmac->inner = hash_pad(sha256, block, 0x36);
		hmac->outer = hash_pad(sha256, block, 0x5c);
		hmac->work = EVP_MD_CTX_new();
		ok = hmac->inner != NULL && hmac->outer != NULL &&
			hmac->work != NULL;
	}
	cr_bytes_wipe(block, sizeof(block));
	EVP_MD_free(sha256);
	if (!ok)
	{
		cr_hmac_free(hmac);
		return NULL;
	}
	return hmac;
}

void
cr_hmac_free(CrHmac *hmac)
{
	if (hmac == NULL)
		return;
	/* these wipe what they held */
	EVP_MD_CTX_free(hmac->inner);
	EVP_MD_CTX_free(hmac->outer);
	EVP_MD_CTX_free(hmac->work);
	OPENSSL_free(hmac);
}

bool
cr_hmac_compute(CrHmac *hmac, CrBytes message, uint8_t digest[CR_HMAC_SIZE])
{
	EVP_MD_CTX *work = hmac->work;

	if (EVP_MD_CTX_copy_ex(work, hmac->inner) &&
		EVP_DigestUpdate(work, message.data, message.len) &&
		EVP_DigestFinal_ex(work, digest, NULL) &&
		EVP_MD_CTX_copy_ex(work, hmac->outer) &&
		EVP_DigestUpdate(work, digest, CR_HMAC_SIZE) &&
		EVP_DigestFinal_ex(work, digest, NULL))
		return true;

	cr_bytes_wipe(digest, CR_HMAC_SIZE);
	return false;
}
