/*-------------------------------------------------------------------------
 *
 * src/keys/vault.c
 *	  Seals values for the vault, and finds them again without opening all.
 *
 * Two keys are derived from a version: one for the digest, one for AES-GCM,
 * so that neither meets what tokenize() does with the same version.  Both are
 * kept, prepared, for the version that was used last and those before it,
 * until the keyring changes.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/errcodes.h"
#include "keys/secret.h"
#include "keys/vault.h"
#include "port/pg_bswap.h"
#include "prim/gcm.h"
#include "utils/memutils.h"

#define VAULT_FORMAT	1

/* What a version is prepared to. */
typedef struct VaultKey
{
	int32		key_id;
	int32		version;
	CrHmac	   *hmac;
	CrGcm	   *gcm;
	struct VaultKey *next;
} VaultKey;

/* The header of a sealed value. */
typedef struct SealedHeader
{
	uint8		format;
	uint8		nonce[CR_GCM_NONCE_SIZE];
} SealedHeader;

/* What is bound to a sealed value. */
typedef struct SealedPlace
{
	uint8		format;
	uint8		key_id[4];
	uint8		version[4];
	uint8		token[UUID_LEN];
} SealedPlace;

static VaultKey *vault_keys = NULL;
static uint64 vault_generation = 0;

static void
forget_keys(void)
{
	while (vault_keys != NULL)
	{
		VaultKey   *next = vault_keys->next;

		cr_hmac_free(vault_keys->hmac);
		cr_gcm_free(vault_keys->gcm);
		pfree(vault_keys);
		vault_keys = next;
	}
}

static VaultKey *
prepare_key(const CrKeyVersion *key)
{
	VaultKey   *vault_key = MemoryContextAllocZero(TopMemoryContext,
												   sizeof(VaultKey));
	uint8		derived[CR_SECRET_BYTES];

	vault_key->key_id = key->key_id;
	vault_key->version = key->version;
	if (cr_secret_derive(key->material, "cleanroom vault index", derived))
		vault_key->hmac = cr_hmac_new(cr_bytes(derived, sizeof(derived)));
	if (cr_secret_derive(key->material, "cleanroom vault value", derived))
		vault_key->gcm = cr_gcm_new(cr_bytes(derived, sizeof(derived)));
	cr_bytes_wipe(derived, sizeof(derived));
	vault_key->next = vault_keys;
	vault_keys = vault_key;
	if (vault_key->hmac == NULL || vault_key->gcm == NULL)
	{
		forget_keys();
		elog(ERROR, "could not prepare a key for the vault");
	}
	return vault_key;
}

static VaultKey *
find_key(const CrKeyVersion *key)
{
	VaultKey   *vault_key;

	if (vault_generation != cr_keyring_generation())
	{
		forget_keys();
		vault_generation = cr_keyring_generation();
	}
	for (vault_key = vault_keys; vault_key != NULL;
		 vault_key = vault_key->next)
	{
		if (vault_key->key_id == key->key_id &&
			vault_key->version == key->version)
			return vault_key;
	}
	return prepare_key(key);
}

static void
set_place(const CrKeyVersion *key, const pg_uuid_t *token,
		  SealedPlace *place)
{
	uint32		key_id = pg_hton32((uint32) key->key_id);
	uint32		version = pg_hton32((uint32) key->version);

	place->format = VAULT_FORMAT;
	memcpy(place->key_id, &key_id, sizeof(key_id));
	memcpy(place->version, &version, sizeof(version));
	memcpy(place->token, token->data, UUID_LEN);
}

void
cr_vault_blind(const CrKeyVersion *key, const text *value,
			   uint8 blind[CR_HMAC_SIZE])
{
	if (!cr_hmac_compute(find_key(key)->hmac,
						 cr_bytes(VARDATA_ANY(value),
								  VARSIZE_ANY_EXHDR(value)),
						 blind))
		elog(ERROR, "could not compute a digest");
}

bytea *
cr_vault_seal(const CrKeyVersion *key, const pg_uuid_t *token,
			  const text *value)
{
	size_t		len = VARSIZE_ANY_EXHDR(value);
	size_t		size = VARHDRSZ + sizeof(SealedHeader) + len +
		CR_GCM_TAG_SIZE;
	bytea	   *sealed = palloc(size);
	SealedHeader *header = (SealedHeader *) VARDATA(sealed);
	SealedPlace place;
	CrGcmMessage message;

	SET_VARSIZE(sealed, size);
	header->format = VAULT_FORMAT;
	set_place(key, token, &place);
	message.nonce = header->nonce;
	message.header = cr_bytes(&place, sizeof(place));
	message.context = cr_bytes(NULL, 0);
	message.input = cr_bytes(VARDATA_ANY(value), len);
	message.output = (uint8 *) (header + 1);
	if (!pg_strong_random(header->nonce, CR_GCM_NONCE_SIZE) ||
		!cr_gcm_seal(find_key(key)->gcm, &message, message.output + len))
		elog(ERROR, "could not seal a value");
	return sealed;
}

text *
cr_vault_open(const CrKeyVersion *key, const pg_uuid_t *token,
			  const bytea *sealed)
{
	size_t		size = VARSIZE_ANY_EXHDR(sealed);
	const SealedHeader *header = (const SealedHeader *) VARDATA_ANY(sealed);
	SealedPlace place;
	CrGcmMessage message;
	size_t		len;
	text	   *value;

	if (size >= sizeof(SealedHeader) + CR_GCM_TAG_SIZE &&
		header->format == VAULT_FORMAT)
	{
		len = size - sizeof(SealedHeader) - CR_GCM_TAG_SIZE;
		value = palloc(VARHDRSZ + len);
		SET_VARSIZE(value, VARHDRSZ + len);
		set_place(key, token, &place);
		message.nonce = header->nonce;
		message.header = cr_bytes(&place, sizeof(place));
		message.context = cr_bytes(NULL, 0);
		message.input = cr_bytes(header + 1, len);
		message.output = (uint8 *) VARDATA(value);
		if (cr_gcm_open(find_key(key)->gcm, &message,
						message.input.data + len))
			return value;
	}
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("a value in the vault is damaged"),
			 errdetail("It is not what was stored for its token."),
			 errhint("Restore the row of cleanroom.keyring_vault from a backup.")));
	return NULL;				/* not reached */
}
