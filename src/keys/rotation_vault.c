/*-------------------------------------------------------------------------
 *
 * src/keys/rotation_vault.c
 *	  Brings the vault's values to the current version of their key.
 *
 * Tokens stay what they are, so nothing outside the vault changes.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "keys/admin.h"
#include "keys/rotation.h"
#include "keys/vault.h"

static void
key_and_version(const CrRotation *rotation, CrArgument arguments[2])
{
	arguments[0] = cr_argument(INT4OID, Int32GetDatum(rotation->key.key_id));
	arguments[1] = cr_argument(INT4OID,
							   Int32GetDatum(rotation->key.current_version));
}

int64
cr_vault_count_left(const CrRotation *rotation)
{
	CrArgument	arguments[2];
	CrStore		store;
	int64		count;
	bool		isnull;

	key_and_version(rotation, arguments);
	cr_store_open(&store);
	cr_store_run("SELECT count(*) FROM cleanroom.keyring_vault WHERE key_id = $1 AND version < $2",
				 2, arguments);
	count = DatumGetInt64(cr_store_value(0, 1, &isnull));
	cr_store_close(&store);

	return count;
}

/*
 * A value that has another token under the current version keeps the one it
 * has, which then is not found by its value any more: that takes a version
 * that was retired and taken back.
 */
static void
update_value(const CrKeyVersion *key, const pg_uuid_t *token,
			 const text *value)
{
	bytea	   *blind = palloc(VARHDRSZ + CR_HMAC_SIZE);
	bytea	   *no_blind = palloc(VARHDRSZ + CR_HMAC_SIZE);
	CrArgument	arguments[6];

	SET_VARSIZE(blind, VARHDRSZ + CR_HMAC_SIZE);
	SET_VARSIZE(no_blind, VARHDRSZ + CR_HMAC_SIZE);
	cr_vault_blind(key, value, (uint8 *) VARDATA(blind));
	if (!pg_strong_random(VARDATA(no_blind), CR_HMAC_SIZE))
		elog(ERROR, "could not generate random bytes");
	arguments[0] = cr_argument(UUIDOID, UUIDPGetDatum(token));
	arguments[1] = cr_argument(INT4OID, Int32GetDatum(key->key_id));
	arguments[2] = cr_argument(INT4OID, Int32GetDatum(key->version));
	arguments[3] = cr_argument(BYTEAOID, PointerGetDatum(blind));
	arguments[4] = cr_argument(BYTEAOID, PointerGetDatum(no_blind));
	arguments[5] = cr_argument(BYTEAOID,
							   PointerGetDatum(cr_vault_seal(key, token,
															 value)));
	cr_store_run("UPDATE cleanroom.keyring_vault SET version = $3, sealed = $6, blind = CASE WHEN EXISTS (SELECT FROM cleanroom.keyring_vault WHERE key_id = $2 AND version = $3 AND blind = $4) THEN $5 ELSE $4 END WHERE token = $1",
				 6, arguments);
}

static void
move_value(const CrRotation *rotation, HeapTuple row, TupleDesc tupdesc)
{
	const char *name = NameStr(rotation->key.name);
	int32		version;
	pg_uuid_t  *token;
	text	   *value;
	bytea	   *sealed;
	bool		isnull;

	token = DatumGetUUIDP(SPI_getbinval(row, tupdesc, 1, &isnull));
	version = DatumGetInt32(SPI_getbinval(row, tupdesc, 2, &isnull));
	sealed = DatumGetByteaPP(SPI_getbinval(row, tupdesc, 3, &isnull));
	value = cr_vault_open(cr_keyring_version(name, version, CR_KEY_TOKEN, 0),
						  token, sealed);
	update_value(cr_keyring_version(name, rotation->key.current_version,
									CR_KEY_TOKEN, 0),
				 token, value);
	pfree(value);
}

void
cr_vault_run_batch(const CrRotation *rotation, CrBatch *batch)
{
	CrArgument	arguments[3];
	SPITupleTable *rows;
	CrStore		store;
	uint64		n;
	uint64		i;

	cr_admin_lock_vault(rotation->key.key_id, false);
	key_and_version(rotation, arguments);
	arguments[2] = cr_argument(INT4OID, Int32GetDatum(CR_ROTATION_VALUES));
	cr_store_open(&store);
	n = cr_store_run("SELECT token, version, sealed FROM cleanroom.keyring_vault WHERE key_id = $1 AND version < $2 LIMIT $3 FOR UPDATE SKIP LOCKED",
					 3, arguments);
	rows = SPI_tuptable;
	for (i = 0; i < n; i++)
		move_value(rotation, rows->vals[i], rows->tupdesc);
	cr_store_close(&store);
	batch->done = (int64) n;
	batch->next_block = 0;
	batch->pass_ended = n < CR_ROTATION_VALUES;
}
