/*-------------------------------------------------------------------------
 *
 * src/token/tokenize.c
 *	  Deterministic tokens: one value, one token, as long as a key's version.
 *
 * A token is the start of HMAC-SHA-256(key, form of the value in UTF-8), put
 * into a UUID beside the key's number and version; prim/token_uuid.h has the
 * bits.  Nobody without the key can make one, or try guesses.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "catalog/pg_type.h"
#include "keys/token_classes.h"
#include "prim/hmac.h"
#include "token/tokenize.h"
#include "utils/array.h"

PG_FUNCTION_INFO_V1(cr_tokenize);
PG_FUNCTION_INFO_V1(cr_token_version);
PG_FUNCTION_INFO_V1(cr_token_key);
PG_FUNCTION_INFO_V1(cr_token_class);

bool
cr_tokenize_value(CrCall *call, CrBytes key_name, CrForm form, CrBytes value,
				  pg_uuid_t *token)
{
	CrKeyWish	wish = {0};
	const uint8 *given;
	CrKeyVersion *key;
	uint8		digest[CR_HMAC_SIZE];

	wish.name = key_name;
	wish.purpose = CR_KEY_TOKEN;
	wish.use = CR_KEY_MAY_TOKENIZE;
	/* asked before the form, so that nobody without the key learns of it */
	key = cr_call_key(call, &wish);
	given = value.data;
	if (!cr_form_apply(form, &value))
		return false;
	/* converting may have read the catalogs */
	if (value.data != given)
		key = cr_call_key(call, &wish);
	if (!cr_hmac_compute(key->prepared, value, digest))
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY),
				 errmsg("OpenSSL could not make a token")));
	cr_token_make(token->data, digest, key->key_id, key->version);
	cr_keyring_note_use(key, CR_KEY_MAY_TOKENIZE, 1);
	return true;
}

/* The array's shape, with tokens for the texts. */
static Datum
tokenize_array(CrCall *call, ArrayType *values, CrBytes key_name, CrForm form)
{
	Datum	   *elements;
	bool	   *nulls;
	int			n;
	int			i;

	deconstruct_array(values, TEXTOID, -1, false, TYPALIGN_INT, &elements,
					  &nulls, &n);
	for (i = 0; i < n; i++)
	{
		struct varlena *value;
		pg_uuid_t  *token;

		if (nulls[i])
			continue;
		value = (struct varlena *) DatumGetPointer(elements[i]);
		token = palloc(sizeof(pg_uuid_t));
		nulls[i] = !cr_tokenize_value(call, key_name, form,
									  cr_call_bytes(value), token);
		elements[i] = UUIDPGetDatum(token);
	}
	return PointerGetDatum(construct_md_array(elements, nulls,
											  ARR_NDIM(values),
											  ARR_DIMS(values),
											  ARR_LBOUND(values), UUIDOID,
											  UUID_LEN, false,
											  TYPALIGN_CHAR));
}

/*
 * cleanroom.tokenize(value text or text[], key text, form text)
 *
 * The token, or NULL when the value has no such form; for an array, of each
 * element.  Raises what the keyring raises, and 22023 for an unknown form.
 */
Datum
cr_tokenize(PG_FUNCTION_ARGS)
{
	CrCall	   *call = cr_call_get(fcinfo);
	bool		is_array = cr_call_argument_type(fcinfo, call) != TEXTOID;
	text	   *value = is_array ? NULL : PG_GETARG_TEXT_PP(0);
	CrBytes		key_name = cr_call_bytes(PG_GETARG_TEXT_PP(1));
	CrForm		form = cr_form_by_name(cr_call_bytes(PG_GETARG_TEXT_PP(2)));
	pg_uuid_t  *token;

	if (is_array)
		PG_RETURN_DATUM(tokenize_array(call, PG_GETARG_ARRAYTYPE_P(0),
									   key_name, form));
	token = palloc(sizeof(pg_uuid_t));
	if (!cr_tokenize_value(call, key_name, form, cr_call_bytes(value), token))
		PG_RETURN_NULL();
	PG_RETURN_UUID_P(token);
}

/* cleanroom.token_version(token uuid): the key's version; NULL for others. */
Datum
cr_token_version(PG_FUNCTION_ARGS)
{
	pg_uuid_t  *token = PG_GETARG_UUID_P(0);

	if (!cr_token_is(token->data))
		PG_RETURN_NULL();
	PG_RETURN_INT32(cr_token_key_version(token->data));
}

/* cleanroom.token_key(token uuid): the key's number; NULL for others. */
Datum
cr_token_key(PG_FUNCTION_ARGS)
{
	pg_uuid_t  *token = PG_GETARG_UUID_P(0);

	if (!cr_token_is(token->data))
		PG_RETURN_NULL();
	PG_RETURN_INT32(cr_token_key_id(token->data));
}

/* cleanroom.token_class(token uuid): key and version; 0 for others. */
Datum
cr_token_class(PG_FUNCTION_ARGS)
{
	CrTokenClasses *classes = fcinfo->flinfo->fn_extra;

	if (classes == NULL)
	{
		classes = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt,
									 sizeof(CrTokenClasses));
		cr_token_classes_init(classes, fcinfo->flinfo->fn_mcxt);
		fcinfo->flinfo->fn_extra = classes;
	}
	PG_RETURN_INT32((int32)
					cr_token_class_known(classes,
										 PG_GETARG_UUID_P(0)->data));
}
