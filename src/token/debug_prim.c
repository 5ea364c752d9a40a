/*-------------------------------------------------------------------------
 *
 * src/token/debug_prim.c
 *	  Lets tests call what is in src/prim; in test builds only.
 *
 * Keys are arguments here, which is why these functions exist nowhere else.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#ifdef CR_TEST_BUILD

#include "base/compat.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "keys/keyring.h"
#include "miscadmin.h"
#include "prim/ff1.h"
#include "prim/gcm.h"
#include "prim/hmac.h"
#include "utils/array.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(cr_debug_hmac);
PG_FUNCTION_INFO_V1(cr_debug_gcm_seal);
PG_FUNCTION_INFO_V1(cr_debug_gcm_open);
PG_FUNCTION_INFO_V1(cr_debug_ff1);
PG_FUNCTION_INFO_V1(cr_debug_key_material);

static CrBytes
bytes_argument(FunctionCallInfo fcinfo, int n)
{
	bytea	   *value = PG_GETARG_BYTEA_PP(n);

	return cr_bytes(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
}

static bytea *
new_bytea(size_t len)
{
	bytea	   *value = palloc(VARHDRSZ + len);

	SET_VARSIZE(value, VARHDRSZ + len);
	return value;
}

/* SQL: debug_hmac(key bytea, message bytea): bytea. */
Datum
cr_debug_hmac(PG_FUNCTION_ARGS)
{
	CrHmac	   *hmac = cr_hmac_new(bytes_argument(fcinfo, 0));
	bytea	   *digest = new_bytea(CR_HMAC_SIZE);
	bool		ok;

	if (hmac == NULL)
		elog(ERROR, "no HMAC");
	ok = cr_hmac_compute(hmac, bytes_argument(fcinfo, 1),
						 (uint8 *) VARDATA(digest));
	cr_hmac_free(hmac);
	if (!ok)
		elog(ERROR, "HMAC failed");
	PG_RETURN_BYTEA_P(digest);
}

/*
 * Takes key, nonce and additional data off the arguments; the data is halved
 * in two, so that both pieces are tested.
 */
static CrGcm *
start_gcm(FunctionCallInfo fcinfo, CrGcmMessage *message)
{
	CrGcm	   *gcm = cr_gcm_new(bytes_argument(fcinfo, 0));
	CrBytes		nonce = bytes_argument(fcinfo, 1);
	CrBytes		data = bytes_argument(fcinfo, 2);

	if (gcm == NULL || nonce.len != CR_GCM_NONCE_SIZE)
		elog(ERROR, "no such key or nonce");
	message->nonce = nonce.data;
	message->header = cr_bytes(data.data, data.len / 2);
	message->context = cr_bytes(data.data + data.len / 2,
								data.len - data.len / 2);
	return gcm;
}

/*
 * SQL: debug_gcm_seal(key bytea, nonce bytea, data bytea, plain bytea):
 * bytea.  The ciphertext, then the tag.
 */
Datum
cr_debug_gcm_seal(PG_FUNCTION_ARGS)
{
	CrGcmMessage message;
	CrGcm	   *gcm = start_gcm(fcinfo, &message);
	bytea	   *sealed;
	bool		ok;

	message.input = bytes_argument(fcinfo, 3);
	sealed = new_bytea(message.input.len + CR_GCM_TAG_SIZE);
	message.output = (uint8 *) VARDATA(sealed);
	ok = cr_gcm_seal(gcm, &message, message.output + message.input.len);
	cr_gcm_free(gcm);
	if (!ok)
		elog(ERROR, "sealing failed");
	PG_RETURN_BYTEA_P(sealed);
}

/*
 * SQL: debug_gcm_open(key bytea, nonce bytea, data bytea, sealed bytea):
 * bytea.  NULL when it does not open.
 */
Datum
cr_debug_gcm_open(PG_FUNCTION_ARGS)
{
	CrGcmMessage message;
	CrGcm	   *gcm = start_gcm(fcinfo, &message);
	bytea	   *plain;
	bool		ok;

	message.input = bytes_argument(fcinfo, 3);
	if (message.input.len < CR_GCM_TAG_SIZE)
		elog(ERROR, "no tag");
	message.input.len -= CR_GCM_TAG_SIZE;
	plain = new_bytea(message.input.len);
	message.output = (uint8 *) VARDATA(plain);
	ok = cr_gcm_open(gcm, &message, message.input.data + message.input.len);
	cr_gcm_free(gcm);
	if (!ok)
		PG_RETURN_NULL();
	PG_RETURN_BYTEA_P(plain);
}

/*
 * SQL: debug_ff1(key bytea, radix int, tweak bytea, digits int[], decrypt
 * bool, wide bool): int[].  NULL when FF1 refuses.
 */
Datum
cr_debug_ff1(PG_FUNCTION_ARGS)
{
	CrFf1	   *ff1 = cr_ff1_new(bytes_argument(fcinfo, 0));
	CrFf1Format format;
	Datum	   *elements;
	uint16	   *digits;
	int			ndigits;
	int			i;
	CrFf1Result result;

	format.radix = PG_GETARG_INT32(1);
	format.tweak = bytes_argument(fcinfo, 2);
	format.wide = PG_GETARG_BOOL(5);
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(3), INT4OID, sizeof(int32), true,
					  TYPALIGN_INT, &elements, NULL, &ndigits);
	digits = palloc(ndigits * sizeof(uint16));
	for (i = 0; i < ndigits; i++)
		digits[i] = DatumGetInt32(elements[i]);
	if (ff1 == NULL)
		elog(ERROR, "no such key");
	result = PG_GETARG_BOOL(4) ?
		cr_ff1_decrypt(ff1, &format, digits, ndigits) :
		cr_ff1_encrypt(ff1, &format, digits, ndigits);
	cr_ff1_free(ff1);
	if (result == CR_FF1_FAILED)
		elog(ERROR, "FF1 failed");
	if (result != CR_FF1_OK)
		PG_RETURN_NULL();
	for (i = 0; i < ndigits; i++)
		elements[i] = Int32GetDatum(digits[i]);
	PG_RETURN_ARRAYTYPE_P(construct_array(elements, ndigits, INT4OID,
										  sizeof(int32), true, TYPALIGN_INT));
}

/*
 * SQL: debug_key_material(name text, purpose int): bytea.  So that others can
 * make the same tokens.
 */
Datum
cr_debug_key_material(PG_FUNCTION_ARGS)
{
	bytea	   *material = new_bytea(32);
	CrKeyVersion *key;

	if (!superuser())
		elog(ERROR, "only superusers may call this function");
	key = cr_keyring_current(text_to_cstring(PG_GETARG_TEXT_PP(0)),
							 (CrKeyPurpose) PG_GETARG_INT32(1), 0);
	memcpy(VARDATA(material), key->material, 32);
	PG_RETURN_BYTEA_P(material);
}

#endif							/* CR_TEST_BUILD */
