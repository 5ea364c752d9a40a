/*-------------------------------------------------------------------------
 *
 * src/keys/wrap.c
 *	  Wraps data keys under a master key, and unwraps them.
 *
 * A wrapped key is: one byte that names this format, the master key's id, a
 * random nonce, and the data key sealed by AES-256-GCM.  Key id, version and
 * purpose are bound to it, so that a wrapped key put into another's row does
 * not unwrap.  So is the header: each of its bits matters.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/errcodes.h"
#include "keys/master.h"
#include "keys/secret.h"
#include "keys/wrap.h"
#include "port/pg_bswap.h"
#include "prim/gcm.h"

#define WRAP_FORMAT		1

typedef struct WrappedKey
{
	uint8		format;
	uint8		master_id[CR_MASTER_ID_BYTES];
	uint8		nonce[CR_GCM_NONCE_SIZE];
	uint8		sealed[CR_SECRET_BYTES];
	uint8		tag[CR_GCM_TAG_SIZE];
} WrappedKey;

/* Which key it is, as it is bound to the wrapped form. */
typedef struct BoundLabel
{
	uint8		purpose;
	uint8		key_id[4];
	uint8		version[4];
} BoundLabel;

/* Fills in what sealing and opening have in common, but for the texts. */
static void
bind_label(const CrKeyLabel *label, const WrappedKey *wrapped,
		   BoundLabel *bound, CrGcmMessage *message)
{
	uint32		key_id = pg_hton32((uint32) label->key_id);
	uint32		version = pg_hton32((uint32) label->version);

	bound->purpose = (uint8) label->purpose;
	memcpy(bound->key_id, &key_id, sizeof(key_id));
	memcpy(bound->version, &version, sizeof(version));
	message->nonce = wrapped->nonce;
	message->header = cr_bytes(wrapped, offsetof(WrappedKey, nonce));
	message->context = cr_bytes(bound, sizeof(BoundLabel));
}

bytea *
cr_wrap_key(const CrKeyLabel *label, const uint8 *material)
{
	const CrMasterKey *master = cr_master_current();
	CrGcm	   *gcm = cr_gcm_new(cr_bytes(master->wrapping, CR_SECRET_BYTES));
	WrappedKey	wrapped;
	BoundLabel	bound;
	CrGcmMessage message;
	bytea	   *result;
	bool		ok;

	wrapped.format = WRAP_FORMAT;
	memcpy(wrapped.master_id, master->id, CR_MASTER_ID_BYTES);
	bind_label(label, &wrapped, &bound, &message);
	message.input = cr_bytes(material, CR_SECRET_BYTES);
	message.output = wrapped.sealed;
	ok = gcm != NULL &&
		pg_strong_random(wrapped.nonce, CR_GCM_NONCE_SIZE) &&
		cr_gcm_seal(gcm, &message, wrapped.tag);
	cr_gcm_free(gcm);
	if (!ok)
		elog(ERROR, "could not wrap a data key");

	result = palloc(VARHDRSZ + sizeof(wrapped));
	SET_VARSIZE(result, VARHDRSZ + sizeof(wrapped));
	memcpy(VARDATA(result), &wrapped, sizeof(wrapped));
	return result;
}

const uint8 *
cr_wrap_master_id(const bytea *wrapped)
{
	const WrappedKey *key = (const WrappedKey *) VARDATA_ANY(wrapped);

	if (VARSIZE_ANY_EXHDR(wrapped) != sizeof(WrappedKey) ||
		key->format != WRAP_FORMAT)
		return NULL;
	return key->master_id;
}

static void
raise_damaged(const CrKeyLabel *label)
{
	ereport(ERROR,
			(errcode(CR_ERRCODE_KEY),
			 errmsg("version %d of key \"%s\" is damaged",
					label->version, label->name),
			 errdetail("Its wrapped form is not what was stored, or that of another key."),
			 errhint("Restore the row of cleanroom.keyring_versions from a backup.")));
}

/* Opens it under this master key; NULL when it is not what was sealed. */
static uint8 *
open_wrapped(const CrKeyLabel *label, const WrappedKey *wrapped,
			 const CrMasterKey *master)
{
	uint8	   *material = cr_secret_alloc();
	CrGcm	   *gcm = cr_gcm_new(cr_bytes(master->wrapping, CR_SECRET_BYTES));
	BoundLabel	bound;
	CrGcmMessage message;
	bool		ok;

	if (material == NULL || gcm == NULL)
	{
		cr_secret_free(material);
		cr_gcm_free(gcm);
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY),
				 errmsg("out of memory"),
				 errhint("Close sessions that are not needed.")));
	}
	bind_label(label, wrapped, &bound, &message);
	message.input = cr_bytes(wrapped->sealed, CR_SECRET_BYTES);
	message.output = material;
	ok = cr_gcm_open(gcm, &message, wrapped->tag);
	cr_gcm_free(gcm);
	if (!ok)
	{
		cr_secret_free(material);
		return NULL;
	}
	return material;
}

uint8 *
cr_unwrap_key(const CrKeyLabel *label, const bytea *wrapped)
{
	const uint8 *master_id = cr_wrap_master_id(wrapped);
	const CrMasterKey *master;
	uint8	   *material;

	if (master_id == NULL)
		raise_damaged(label);
	(void) cr_master_current();
	master = cr_master_find(master_id);
	if (master == NULL)
		ereport(ERROR,
				(errcode(CR_ERRCODE_KEY),
				 errmsg("version %d of key \"%s\" is wrapped under a master key that the server does not have",
						label->version, label->name),
				 errdetail("It needs master key %s; the server's current one is %s.",
						   cr_master_id_text(master_id),
						   cr_master_id_text(cr_master_current()->id)),
				 errhint("Add that master key on a line of its own below the current one, then call cleanroom.rewrap_keys().")));

	material = open_wrapped(label, (const WrappedKey *) VARDATA_ANY(wrapped),
							master);
	if (material == NULL)
		raise_damaged(label);
	return material;
}
