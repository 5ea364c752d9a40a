/*-------------------------------------------------------------------------
 *
 * src/token/cipher.c
 *	  Encrypts values so that they come back whole or not at all.
 *
 * AES-256-GCM.  A ciphertext is 36 bytes longer than its value:
 *
 *	bytes	  what
 *	0		  0xc1, this format
 *	1		  what was encrypted: 1 text, 2 bytea, 3 jsonb as text
 *	2-5		  number of the key, the most significant byte first
 *	6-7		  its version
 *	8-19	  nonce, random
 *	20-		  ciphertext
 *	last 16	  tag
 *
 * The first eight bytes and the context are authenticated with the value.
 * Text stays in the encoding of the database that encrypted it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/errcodes.h"
#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "prim/gcm.h"
#include "token/call.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"

PG_FUNCTION_INFO_V1(cr_encrypt);
PG_FUNCTION_INFO_V1(cr_decrypt);
PG_FUNCTION_INFO_V1(cr_decrypt_bytea);
PG_FUNCTION_INFO_V1(cr_decrypt_jsonb);

#define FORMAT			0xc1
#define HEADER_SIZE		8
#define PREFIX_SIZE		(HEADER_SIZE + CR_GCM_NONCE_SIZE)
#define OVERHEAD		(PREFIX_SIZE + CR_GCM_TAG_SIZE)

typedef enum Content
{
	CONTENT_TEXT = 1,
	CONTENT_BYTEA,
	CONTENT_JSONB
} Content;

static void
put_header(uint8 *header, Content content, const CrKeyVersion *key)
{
	header[0] = FORMAT;
	header[1] = content;
	header[2] = (uint8) ((uint32) key->key_id >> 24);
	header[3] = (uint8) (key->key_id >> 16);
	header[4] = (uint8) (key->key_id >> 8);
	header[5] = (uint8) key->key_id;
	header[6] = (uint8) (key->version >> 8);
	header[7] = (uint8) key->version;
}

/* The first argument's bytes, and what they are. */
static CrBytes
value_argument(FunctionCallInfo fcinfo, CrCall *call, Content *content)
{
	Jsonb	   *json;
	char	   *string;

	switch (cr_call_argument_type(fcinfo, call))
	{
		case JSONBOID:
			*content = CONTENT_JSONB;
			json = PG_GETARG_JSONB_P(0);
			string = JsonbToCString(NULL, &json->root, VARSIZE(json));
			return cr_bytes(string, strlen(string));
		case BYTEAOID:
			*content = CONTENT_BYTEA;
			return cr_call_bytes(PG_GETARG_BYTEA_PP(0));
		default:
			*content = CONTENT_TEXT;
			return cr_call_bytes(PG_GETARG_TEXT_PP(0));
	}
}

/*
 * cleanroom.encrypt(value text, bytea or jsonb, key text, context text)
 *
 * Raises what the keyring raises.
 */
Datum
cr_encrypt(PG_FUNCTION_ARGS)
{
	CrCall	   *call = cr_call_get(fcinfo);
	CrKeyWish	wish = {0};
	CrGcmMessage message;
	Content		content;
	CrKeyVersion *key;
	bytea	   *result;
	uint8	   *sealed;
	Size		size;

	message.input = value_argument(fcinfo, call, &content);
	wish.name = cr_call_bytes(PG_GETARG_TEXT_PP(1));
	wish.purpose = CR_KEY_ENCRYPT;
	wish.use = CR_KEY_MAY_ENCRYPT;
	message.context = cr_call_bytes(PG_GETARG_TEXT_PP(2));
	size = VARHDRSZ + OVERHEAD + message.input.len;
	result = palloc(size);
	SET_VARSIZE(result, size);
	sealed = (uint8 *) VARDATA(result);

	key = cr_call_key(call, &wish);
	put_header(sealed, content, key);
	message.header = cr_bytes(sealed, HEADER_SIZE);
	message.nonce = sealed + HEADER_SIZE;
	message.output = sealed + PREFIX_SIZE;
	if (!pg_strong_random(sealed + HEADER_SIZE, CR_GCM_NONCE_SIZE) ||
		!cr_gcm_seal(key->prepared, &message,
					 message.output + message.input.len))
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY),
				 errmsg("OpenSSL could not encrypt a value")));
	cr_keyring_note_use(key, CR_KEY_MAY_ENCRYPT, 1);
	PG_RETURN_BYTEA_P(result);
}

static void
raise_damaged(const char *name)
{
	ereport(ERROR,
			(errcode(CR_ERRCODE_CIPHERTEXT),
			 errmsg("a ciphertext does not decrypt with key \"%s\"", name),
			 errdetail("It was changed, or encrypted with another key or "
					   "context."),
			 errhint("Give the key and the context that it was encrypted "
					 "with.")));
}

/* The key that the ciphertext says it was made with, if it is this one. */
static CrKeyVersion *
key_of(CrCall *call, CrKeyWish *wish, const uint8 *header)
{
	uint32		key_id = (uint32) header[2] << 24 | (uint32) header[3] << 16 |
		(uint32) header[4] << 8 | header[5];
	CrKeyVersion *key;

	wish->version = header[6] << 8 | header[7];
	if (wish->version == 0 || wish->version > CR_KEY_VERSION_MAX)
		wish->version = 0;		/* whoever may decrypt is told below */
	key = cr_call_key(call, wish);
	if (wish->version == 0)
		raise_damaged(call->name);
	if ((uint32) key->key_id != key_id)
		ereport(ERROR,
				(errcode(CR_ERRCODE_CIPHERTEXT),
				 errmsg("a ciphertext was not made with key \"%s\"",
						call->name),
				 errhint("Give the key that it was encrypted with.")));
	return key;
}

/* Decrypts the first argument, which must hold this content. */
static bytea *
decrypt_argument(FunctionCallInfo fcinfo, Content content)
{
	CrCall	   *call = cr_call_get(fcinfo);
	CrBytes		sealed = cr_call_bytes(PG_GETARG_BYTEA_PP(0));
	CrKeyWish	wish = {0};
	CrGcmMessage message;
	CrKeyVersion *key;
	bytea	   *result;

	wish.name = cr_call_bytes(PG_GETARG_TEXT_PP(1));
	wish.purpose = CR_KEY_ENCRYPT;
	wish.use = CR_KEY_MAY_DECRYPT;
	message.context = cr_call_bytes(PG_GETARG_TEXT_PP(2));
	if (sealed.len < OVERHEAD || sealed.data[0] != FORMAT)
		ereport(ERROR,
				(errcode(CR_ERRCODE_CIPHERTEXT),
				 errmsg("a value is no ciphertext of cleanroom.encrypt()"),
				 errhint("It may have been cut off, or encrypted by other "
						 "means.")));
	message.header = cr_bytes(sealed.data, HEADER_SIZE);
	message.nonce = sealed.data + HEADER_SIZE;
	message.input = cr_bytes(sealed.data + PREFIX_SIZE,
							 sealed.len - OVERHEAD);
	result = palloc(VARHDRSZ + message.input.len + 1);
	SET_VARSIZE(result, VARHDRSZ + message.input.len);
	message.output = (uint8 *) VARDATA(result);

	key = key_of(call, &wish, sealed.data);
	if (!cr_gcm_open(key->prepared, &message,
					 sealed.data + sealed.len - CR_GCM_TAG_SIZE))
		raise_damaged(call->name);
	message.output[message.input.len] = '\0';
	cr_keyring_note_use(key, CR_KEY_MAY_DECRYPT, 1);
	if (sealed.data[1] != content)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("a ciphertext holds another type than was asked for"),
				 errhint("Use decrypt() for text, decrypt_bytea() for bytea "
						 "and decrypt_jsonb() for jsonb.")));
	return result;
}

/* What was text when it was encrypted need not be in this database. */
static bytea *
decrypt_string(FunctionCallInfo fcinfo, Content content)
{
	bytea	   *result = decrypt_argument(fcinfo, content);

	if (!pg_verifymbstr(VARDATA(result), VARSIZE(result) - VARHDRSZ, true))
		ereport(ERROR,
				(errcode(ERRCODE_CHARACTER_NOT_IN_REPERTOIRE),
				 errmsg("a decrypted text is not in this database's encoding"),
				 errhint("Decrypt it in a database with the encoding of the "
						 "one that it was encrypted in.")));
	return result;
}

/* cleanroom.decrypt(value bytea, key text, context text): text. */
Datum
cr_decrypt(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(decrypt_string(fcinfo, CONTENT_TEXT));
}

/* cleanroom.decrypt_bytea(value bytea, key text, context text): bytea. */
Datum
cr_decrypt_bytea(PG_FUNCTION_ARGS)
{
	PG_RETURN_BYTEA_P(decrypt_argument(fcinfo, CONTENT_BYTEA));
}

/* cleanroom.decrypt_jsonb(value bytea, key text, context text): jsonb. */
Datum
cr_decrypt_jsonb(PG_FUNCTION_ARGS)
{
	bytea	   *string = decrypt_string(fcinfo, CONTENT_JSONB);

	PG_RETURN_DATUM(DirectFunctionCall1(jsonb_in,
										CStringGetDatum(VARDATA(string))));
}
