/*-------------------------------------------------------------------------
 *
 * src/token/call.c
 *	  What a call site keeps between calls: the key it used last.
 *
 * A call over a million rows asks the keyring once, unless keys or grants
 * change while it runs.  A call site that lives
 * longer than a statement of the client's asks again, since what rooms have
 * against it is read only then.  What OpenSSL makes of a
 * key is kept with the key, not with the call site, so that it is wiped when
 * the keyring drops the key.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/compat.h"
#include "miscadmin.h"
#include "prim/ff1.h"
#include "prim/gcm.h"
#include "prim/hmac.h"
#include "token/call.h"
#include "utils/lsyscache.h"

CrCall *
cr_call_get(FunctionCallInfo fcinfo)
{
	FmgrInfo   *function = fcinfo->flinfo;

	if (function->fn_extra == NULL)
		function->fn_extra = MemoryContextAllocZero(function->fn_mcxt,
													sizeof(CrCall));
	return function->fn_extra;
}

Oid
cr_call_argument_type(FunctionCallInfo fcinfo, CrCall *call)
{
	if (!OidIsValid(call->argument_type))
	{
		Oid		   *types;
		int			ntypes;

		(void) get_func_signature(fcinfo->flinfo->fn_oid, &types, &ntypes);
		call->argument_type = types[0];
		pfree(types);
	}
	return call->argument_type;
}

static void
wipe_hmac(void *prepared)
{
	cr_hmac_free(prepared);
}

static void
wipe_gcm(void *prepared)
{
	cr_gcm_free(prepared);
}

static void
wipe_ff1(void *prepared)
{
	cr_ff1_free(prepared);
}

static void
prepare(CrKeyVersion *key)
{
	CrBytes		material = cr_bytes(key->material, 32);

	switch (key->purpose)
	{
		case CR_KEY_TOKEN:
			key->wipe = wipe_hmac;
			key->prepared = cr_hmac_new(material);
			break;
		case CR_KEY_ENCRYPT:
			key->wipe = wipe_gcm;
			key->prepared = cr_gcm_new(material);
			break;
		case CR_KEY_FPE:
			key->wipe = wipe_ff1;
			key->prepared = cr_ff1_new(material);
			break;
	}
	if (key->prepared == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY),
				 errmsg("OpenSSL could not take a key"),
				 errhint("It is out of memory, or was built without AES-GCM "
						 "or SHA-256.")));
}

CrKeyVersion *
cr_call_key(CrCall *call, const CrKeyWish *wish)
{
	CrKeyVersion *key = call->key;

	cr_keyring_hear();
	if (key != NULL && call->generation == cr_keyring_generation() &&
		call->role == GetUserId() && call->version == wish->version &&
		call->asked_at == GetCurrentStatementStartTimestamp() &&
		call->name_len == wish->name.len &&
		memcmp(call->name, wish->name.data, wish->name.len) == 0)
		return key;

	call->key = NULL;
	if (wish->name.len >= NAMEDATALEN)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_NAME),
				 errmsg("the name of a key is too long"),
				 errhint("Names have at most %d bytes; cleanroom.keys lists "
						 "the keys.", NAMEDATALEN - 1)));
	memcpy(call->name, wish->name.data, wish->name.len);
	call->name[wish->name.len] = '\0';
	call->name_len = wish->name.len;
	call->version = wish->version;
	call->role = GetUserId();
	call->asked_at = GetCurrentStatementStartTimestamp();
	if (wish->version == 0)
		key = cr_keyring_current(call->name, wish->purpose, wish->use);
	else
		key = cr_keyring_version(call->name, wish->version, wish->purpose,
								 wish->use);
	if (key->prepared == NULL)
		prepare(key);
	call->generation = cr_keyring_generation();
	call->key = key;
	return key;
}
