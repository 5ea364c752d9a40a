/*-------------------------------------------------------------------------
 *
 * src/prim/gcm.c
 *	  AES-GCM (NIST SP 800-38D): encryption that notices any change.
 *
 * Two cipher contexts hold the expanded key, one a direction: turning one
 * round would expand the key for every message.
 *
 *-------------------------------------------------------------------------
 */
#include "prim/gcm.h"

#include <limits.h>
#include <openssl/evp.h>

struct CrGcm
{
	EVP_CIPHER_CTX *sealer;
	EVP_CIPHER_CTX *opener;
};

CrGcm *
cr_gcm_new(CrBytes key)
{
	const char *name = key.len == 16 ? "AES-128-GCM" :
		key.len == 24 ? "AES-192-GCM" :
		key.len == 32 ? "AES-256-GCM" : NULL;
	EVP_CIPHER *cipher = NULL;
	CrGcm	   *gcm = NULL;
	bool		ok = false;

	if (name != NULL)
		cipher = EVP_CIPHER_fetch(NULL, name, NULL);
	if (cipher != NULL)
		gcm = OPENSSL_zalloc(sizeof(CrGcm));
	if (gcm != NULL)
	{
		gcm->sealer = EVP_CIPHER_CTX_new();
		gcm->opener = EVP_CIPHER_CTX_new();
		ok = gcm->sealer != NULL && gcm->opener != NULL &&
			EVP_EncryptInit_ex2(gcm->sealer, cipher, key.data, NULL, NULL) &&
			EVP_DecryptInit_ex2(gcm->opener, cipher, key.data, NULL, NULL);
	}
	EVP_CIPHER_free(cipher);
	if (!ok)
	{
		cr_gcm_free(gcm);
		return NULL;
	}
	return gcm;
}

void
cr_gcm_free(CrGcm *gcm)
{
	if (gcm == NULL)
		return;
	/* these wipe the key */
	EVP_CIPHER_CTX_free(gcm->sealer);
	EVP_CIPHER_CTX_free(gcm->opener);
	OPENSSL_free(gcm);
}

static bool
fits(const CrGcmMessage *message)
{
	return message->header.len <= INT_MAX &&
		message->context.len <= INT_MAX && message->input.len <= INT_MAX;
}

/* Feeds one piece; without an output, as data that is authenticated only. */
static bool
feed(EVP_CIPHER_CTX *context, uint8_t *output, CrBytes piece)
{
	int			written;

	/* an empty piece says nothing, and a NULL one would end the message */
	return piece.len == 0 ||
		EVP_CipherUpdate(context, output, &written, piece.data,
						 (int) piece.len);
}

bool
cr_gcm_seal(CrGcm *gcm, const CrGcmMessage *message,
			uint8_t tag[CR_GCM_TAG_SIZE])
{
	EVP_CIPHER_CTX *context = gcm->sealer;
	uint8_t		rest[16];
	int			written;

	return fits(message) &&
		EVP_EncryptInit_ex2(context, NULL, NULL, message->nonce, NULL) &&
		feed(context, NULL, message->header) &&
		feed(context, NULL, message->context) &&
		feed(context, message->output, message->input) &&
		EVP_EncryptFinal_ex(context, rest, &written) &&
		EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG,
							CR_GCM_TAG_SIZE, tag);
}

bool
cr_gcm_open(CrGcm *gcm, const CrGcmMessage *message,
			const uint8_t tag[CR_GCM_TAG_SIZE])
{
	EVP_CIPHER_CTX *context = gcm->opener;
	uint8_t		rest[16];
	int			written;

	if (!fits(message))
		return false;
	if (EVP_DecryptInit_ex2(context, NULL, NULL, message->nonce, NULL) &&
		feed(context, NULL, message->header) &&
		feed(context, NULL, message->context) &&
		feed(context, message->output, message->input) &&
		EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG,
							CR_GCM_TAG_SIZE, (void *) tag) &&
		EVP_DecryptFinal_ex(context, rest, &written))
		return true;

	if (message->input.len > 0)
		cr_bytes_wipe(message->output, message->input.len);
	return false;
}
