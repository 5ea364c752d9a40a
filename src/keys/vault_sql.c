/*-------------------------------------------------------------------------
 *
 * src/keys/vault_sql.c
 *	  The SQL functions that put values into the vault, and get them back.
 *
 * A value is looked for under each version that is in use, newest first: one
 * that was stored before the key was rotated keeps its token.  Two sessions
 * that store the same value at once meet at the unique index.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "base/errcodes.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "keys/admin.h"
#include "keys/limit.h"
#include "keys/rotated.h"
#include "keys/vault.h"
#include "ledger/note.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/syscache.h"

PG_FUNCTION_INFO_V1(cr_vault_tokenize);
PG_FUNCTION_INFO_V1(cr_detokenize);

/* What one call of vault_tokenize() works with. */
typedef struct VaultWriter
{
	CrKeyVersion *current;
	CrKeyVersion **versions;	/* in use, newest first */
	int			nversions;
} VaultWriter;

/* Converts one element of an array, or the one value of a call. */
typedef Datum (*Convert) (Datum value, void *state, bool *isnull);

/* Runs a statement by a plan that is made once a session. */
static uint64
run_plan(SPIPlanPtr *plan, const char *statement, int nargs, Oid *types,
		 Datum *values)
{
	int			code;

	if (*plan == NULL)
	{
		SPIPlanPtr	made = SPI_prepare(statement, nargs, types);

		if (made == NULL || SPI_keepplan(made) != 0)
			elog(ERROR, "SPI_prepare failed: %s",
				 SPI_result_code_string(SPI_result));
		*plan = made;
	}
	code = SPI_execute_plan(*plan, values, NULL, false, 0);
	if (code < 0)
		elog(ERROR, "SPI_execute_plan failed: %s",
			 SPI_result_code_string(code));
	return SPI_processed;
}

/* The token that the vault has for a digest; false when it has none. */
static bool
find_token(const CrKeyVersion *key, Datum blind, Datum *token)
{
	static SPIPlanPtr plan = NULL;
	Oid			types[3] = {INT4OID, INT4OID, BYTEAOID};
	Datum		values[3];
	bool		isnull;

	values[0] = Int32GetDatum(key->key_id);
	values[1] = Int32GetDatum(key->version);
	values[2] = blind;
	if (run_plan(&plan,
				 "SELECT token FROM cleanroom.keyring_vault WHERE key_id = $1 AND version = $2 AND blind = $3",
				 3, types, values) == 0)
		return false;
	*token = cr_store_value(0, 1, &isnull);
	return true;
}

/* Stores a value with a new token; false when another session was faster. */
static bool
insert_token(const CrKeyVersion *key, Datum blind, const text *value,
			 Datum *token)
{
	static SPIPlanPtr plan = NULL;
	Oid			types[5] = {UUIDOID, INT4OID, INT4OID, BYTEAOID, BYTEAOID};
	Datum		values[5];
	pg_uuid_t  *uuid = palloc(sizeof(pg_uuid_t));

	if (!pg_strong_random(uuid->data, UUID_LEN))
		elog(ERROR, "could not generate a token");
	/* version 4, RFC 9562's for random ones */
	uuid->data[6] = (uuid->data[6] & 0x0f) | 0x40;
	uuid->data[8] = (uuid->data[8] & 0x3f) | 0x80;
	values[0] = UUIDPGetDatum(uuid);
	values[1] = Int32GetDatum(key->key_id);
	values[2] = Int32GetDatum(key->version);
	values[3] = blind;
	values[4] = PointerGetDatum(cr_vault_seal(key, uuid, value));
	*token = UUIDPGetDatum(uuid);
	return run_plan(&plan,
					"INSERT INTO cleanroom.keyring_vault (token, key_id, version, blind, sealed) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (key_id, version, blind) DO NOTHING",
					5, types, values) == 1;
}

static Datum
blind_datum(const CrKeyVersion *key, const text *value)
{
	bytea	   *blind = palloc(VARHDRSZ + CR_HMAC_SIZE);

	SET_VARSIZE(blind, VARHDRSZ + CR_HMAC_SIZE);
	cr_vault_blind(key, value, (uint8 *) VARDATA(blind));
	return PointerGetDatum(blind);
}

static Datum
tokenize_value(Datum datum, void *state, bool *isnull)
{
	VaultWriter *writer = state;
	text	   *value = DatumGetTextPP(datum);
	Datum		token;
	Datum		blind;
	int			i;

	for (i = 0; i < writer->nversions; i++)
	{
		if (find_token(writer->versions[i],
					   blind_datum(writer->versions[i], value), &token))
			return token;
	}
	blind = blind_datum(writer->current, value);
	if (!insert_token(writer->current, blind, value, &token) &&
		!find_token(writer->current, blind, &token))
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("could not store a value in the vault because another transaction has just stored it"),
				 errhint("Try the transaction again.")));
	return token;
}

/* Looks up the versions in use; the lock keeps them from changing. */
static void
prepare_writer(const char *name, VaultWriter *writer)
{
	CrArgument	argument;
	int32		key_id;
	uint64		generation;
	uint64		i;
	bool		isnull;
	int32	   *numbers;

	key_id = cr_keyring_current(name, CR_KEY_TOKEN,
								CR_KEY_MAY_TOKENIZE)->key_id;
	cr_admin_lock_vault(key_id, false);
	argument = cr_argument(INT4OID, Int32GetDatum(key_id));
	writer->nversions = (int) cr_store_run("SELECT version FROM cleanroom.keyring_versions WHERE key_id = $1 AND retired_at IS NULL AND wrapped IS NOT NULL ORDER BY version DESC",
										   1, &argument);
	numbers = palloc(sizeof(int32) * (writer->nversions + 1));
	for (i = 0; i < (uint64) writer->nversions; i++)
		numbers[i] = DatumGetInt32(cr_store_value(i, 1, &isnull));
	writer->versions = palloc(sizeof(CrKeyVersion *) *
							  (writer->nversions + 1));

	/* pointers are of one generation, or some of them dangle */
	do
	{
		writer->current = cr_keyring_current(name, CR_KEY_TOKEN, 0);
		generation = cr_keyring_generation();
		for (i = 0; i < (uint64) writer->nversions; i++)
			writer->versions[i] = cr_keyring_version(name, numbers[i],
													 CR_KEY_TOKEN, 0);
	} while (generation != cr_keyring_generation());
}

/* Is the function's first argument an array? */
static bool
takes_array(FunctionCallInfo fcinfo)
{
	Oid			function = fcinfo->flinfo->fn_oid;
	HeapTuple	tuple;
	Oid			type;

	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", function);
	type = ((Form_pg_proc) GETSTRUCT(tuple))->proargtypes.values[0];
	ReleaseSysCache(tuple);

	return type == TEXTARRAYOID || type == UUIDARRAYOID;
}

/* Converts each element of an array that is not null. */
static Datum
convert_array(ArrayType *array, Convert convert, void *state, bool to_uuid)
{
	Datum	   *elements;
	bool	   *nulls;
	int			count;
	int			i;

	if (ARR_ELEMTYPE(array) == UUIDOID)
		deconstruct_array(array, UUIDOID, UUID_LEN, false, TYPALIGN_CHAR,
						  &elements, &nulls, &count);
	else
		deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT,
						  &elements, &nulls, &count);
	for (i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (!nulls[i])
			elements[i] = convert(elements[i], state, &nulls[i]);
	}
	if (to_uuid)
		array = construct_md_array(elements, nulls, ARR_NDIM(array),
								   ARR_DIMS(array), ARR_LBOUND(array),
								   UUIDOID, UUID_LEN, false, TYPALIGN_CHAR);
	else
		array = construct_md_array(elements, nulls, ARR_NDIM(array),
								   ARR_DIMS(array), ARR_LBOUND(array),
								   TEXTOID, -1, false, TYPALIGN_INT);
	return PointerGetDatum(array);
}

/* How many elements of an array are not null. */
static int64
count_values(ArrayType *array)
{
	int64		n = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	bits8	   *bitmap = ARR_NULLBITMAP(array);
	int64		values = n;
	int64		i;

	for (i = 0; bitmap != NULL && i < n; i++)
	{
		if ((bitmap[i / 8] & (1 << (i % 8))) == 0)
			values--;
	}
	return values;
}

Datum
cr_vault_tokenize(PG_FUNCTION_ARGS)
{
	bool		many = takes_array(fcinfo);
	char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(1));
	ArrayType  *array = many ? PG_GETARG_ARRAYTYPE_P(0) : NULL;
	MemoryContext context = CurrentMemoryContext;
	MemoryContext old_context;
	VaultWriter writer;
	CrStore		store;
	Datum		result;
	bool		isnull = false;

	/* asked as the caller, not as the owner of the keyring */
	(void) cr_keyring_current(name, CR_KEY_TOKEN, CR_KEY_MAY_TOKENIZE);
	cr_store_open(&store);
	prepare_writer(name, &writer);
	if (many)
		result = convert_array(array, tokenize_value, &writer, true);
	else
		result = tokenize_value(PG_GETARG_DATUM(0), &writer, &isnull);
	old_context = MemoryContextSwitchTo(context);
	if (many)
		result = PointerGetDatum(DatumGetArrayTypePCopy(result));
	else
		result = UUIDPGetDatum(memcpy(palloc(UUID_LEN),
									  DatumGetUUIDP(result), UUID_LEN));
	MemoryContextSwitchTo(old_context);
	cr_store_close(&store);
	cr_keyring_note_use(cr_keyring_current(name, CR_KEY_TOKEN, 0),
						CR_KEY_MAY_TOKENIZE, many ? count_values(array) : 1);
	PG_RETURN_DATUM(result);
}

/* What the vault has for a token. */
typedef struct VaultRow
{
	int32		key_id;
	int32		version;
	bytea	   *sealed;
} VaultRow;

static bool
read_token(Datum token, VaultRow *row)
{
	static SPIPlanPtr plan = NULL;
	Oid			type = UUIDOID;
	CrStore		store;
	bool		found;
	bool		isnull;

	cr_store_open(&store);
	found = run_plan(&plan,
					 "SELECT key_id, version, sealed FROM cleanroom.keyring_vault WHERE token = $1",
					 1, &type, &token) == 1;
	if (found)
	{
		row->key_id = DatumGetInt32(cr_store_value(0, 1, &isnull));
		row->version = DatumGetInt32(cr_store_value(0, 2, &isnull));
		row->sealed = DatumGetByteaPP(cr_store_value(0, 3, &isnull));
	}
	cr_store_close(&store);

	return found;
}

/* The state is the number of values found. */
static Datum
detokenize_value(Datum token, void *state, bool *isnull)
{
	CrKeyVersion *key;
	VaultRow	row;

	if (!read_token(token, &row))
	{
		*isnull = true;
		return (Datum) 0;
	}
	key = cr_keyring_by_id(row.key_id, row.version, CR_KEY_TOKEN,
						   CR_KEY_MAY_DETOKENIZE);
	cr_keyring_note_use(key, CR_KEY_MAY_DETOKENIZE, 1);
	(*(int64 *) state)++;
	return PointerGetDatum(cr_vault_open(key, DatumGetUUIDP(token),
										 row.sealed));
}

Datum
cr_detokenize(PG_FUNCTION_ARGS)
{
	bool		many = takes_array(fcinfo);
	ArrayType  *array = many ? PG_GETARG_ARRAYTYPE_P(0) : NULL;
	int64		asked = many ? count_values(array) : 1;
	int64		found = 0;
	bool		isnull = false;
	Datum		result;

	/* on record, and charged, before a value is there */
	cr_limit_take(asked);
	cr_ledger_note("detokenize", InvalidOid, NULL,
				   psprintf("{\"tokens\": " INT64_FORMAT "%s}", asked,
							cr_rotated_detail()));
	if (many)
		result = convert_array(array, detokenize_value, &found, false);
	else
		result = detokenize_value(PG_GETARG_DATUM(0), &found, &isnull);
	if (isnull)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(result);
}
