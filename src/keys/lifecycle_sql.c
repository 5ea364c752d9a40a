/*-------------------------------------------------------------------------
 *
 * src/keys/lifecycle_sql.c
 *	  The SQL functions that end versions and keys, and wrap them anew.
 *
 * Retiring a version only marks it, so that it can be taken back: data may
 * be under it that nobody told us of.  Destroying a key is what shreds.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/errcodes.h"
#include "base/isolation.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "keys/admin.h"
#include "keys/master.h"
#include "keys/secret.h"
#include "utils/builtins.h"
#include "utils/json.h"

PG_FUNCTION_INFO_V1(cr_retire_key_version);
PG_FUNCTION_INFO_V1(cr_reinstate_key_version);
PG_FUNCTION_INFO_V1(cr_destroy_key);
PG_FUNCTION_INFO_V1(cr_key_dependents);
PG_FUNCTION_INFO_V1(cr_rewrap_keys);

/* Raises an error when there is no such version, retired or not. */
static void
check_version(const CrKeyRow *key, int32 version, bool retired)
{
	CrVersionRow row;

	if (!cr_version_row(key->key_id, version, &row))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("there is no version %d of key \"%s\"", version,
						NameStr(key->name)),
				 errhint("View cleanroom.key_versions lists those there are.")));
	if (row.retired != retired)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg(retired ? "version %d of key \"%s\" is not retired" :
						"version %d of key \"%s\" is retired already",
						version, NameStr(key->name)),
				 errhint("View cleanroom.key_versions says which versions are retired.")));
}

static void
set_retired(const CrKeyRow *key, int32 version, bool retired)
{
	CrArgument	arguments[3];
	CrStore		store;

	arguments[0] = cr_argument(INT4OID, Int32GetDatum(key->key_id));
	arguments[1] = cr_argument(INT4OID, Int32GetDatum(version));
	arguments[2] = cr_argument(BOOLOID, BoolGetDatum(retired));
	cr_store_open(&store);
	cr_store_run("UPDATE cleanroom.keyring_versions SET retired_at = CASE WHEN $3 THEN now() END WHERE key_id = $1 AND version = $2",
				 3, arguments);
	cr_store_close(&store);
	cr_admin_end(NameStr(key->name),
				 psprintf("{\"action\": \"%s\", \"version\": %d}",
						  retired ? "retire" : "reinstate", version));
}

/* Raises an error when there is no such version, or it may not be retired. */
static void
check_former_version(const CrKeyRow *key, int32 version)
{
	check_version(key, version, false);
	if (version == key->current_version)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("version %d of key \"%s\" is the current one",
						version, NameStr(key->name)),
				 errhint("Call cleanroom.rotate_key() first.")));
}

/*
 * What is under a former version does not grow any more once its writers have
 * ended, so it is counted before the lock of all changes is taken.
 */
Datum
cr_retire_key_version(PG_FUNCTION_ARGS)
{
	char	   *name = cr_text_argument(fcinfo, 0, "name");
	int32		version;
	CrKeyRow	row;
	char	   *words;

	cr_require_argument(fcinfo, 1, "version");
	version = PG_GETARG_INT32(1);
	cr_require_read_committed("keys are changed");
	cr_admin_own_key(name, &row);
	check_former_version(&row, version);
	cr_admin_lock_vault(row.key_id, true);
	cr_dependents_wait(&row);
	if (cr_dependents_count(&row, version, &words) > 0)
		ereport(ERROR,
				(errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST),
				 errmsg("version %d of key \"%s\" cannot be retired while data of it remains",
						version, name),
				 errdetail("There are %s.", words),
				 errhint("Bring them to the current version with cleanroom.rotate_table() or cleanroom.rotate_vault().")));
	cr_admin_begin(name, &row);
	check_former_version(&row, version);
	set_retired(&row, version, true);
	PG_RETURN_VOID();
}

Datum
cr_reinstate_key_version(PG_FUNCTION_ARGS)
{
	char	   *name = cr_text_argument(fcinfo, 0, "name");
	CrKeyRow	row;

	cr_require_argument(fcinfo, 1, "version");
	cr_admin_begin(name, &row);
	check_version(&row, PG_GETARG_INT32(1), true);
	set_retired(&row, PG_GETARG_INT32(1), false);
	PG_RETURN_VOID();
}

Datum
cr_key_dependents(PG_FUNCTION_ARGS)
{
	char	   *name = cr_text_argument(fcinfo, 0, "name");
	CrKeyRow	row;
	char	   *words;

	cr_admin_own_key(name, &row);
	(void) cr_dependents_count(&row, PG_ARGISNULL(1) ? 0 : PG_GETARG_INT32(1),
							   &words);
	PG_RETURN_TEXT_P(cstring_to_text(words));
}

/* Takes away what a key is made of, and what is in the vault under it. */
static void
shred_key(const CrKeyRow *row)
{
	CrArgument	argument = cr_argument(INT4OID, Int32GetDatum(row->key_id));
	CrStore		store;

	cr_store_open(&store);
	cr_store_run("UPDATE cleanroom.keyring_versions SET wrapped = NULL WHERE key_id = $1",
				 1, &argument);
	cr_store_run("UPDATE cleanroom.keyring SET destroyed_at = now() WHERE key_id = $1",
				 1, &argument);
	cr_store_run("DELETE FROM cleanroom.keyring_vault WHERE key_id = $1",
				 1, &argument);
	cr_store_run("DELETE FROM cleanroom.keyring_columns WHERE key_id = $1",
				 1, &argument);
	cr_store_close(&store);
}

Datum
cr_destroy_key(PG_FUNCTION_ARGS)
{
	char	   *name = cr_text_argument(fcinfo, 0, "name");
	char	   *confirm = PG_ARGISNULL(1) ? NULL :
		text_to_cstring(PG_GETARG_TEXT_PP(1));
	CrKeyRow	row;
	StringInfoData detail;
	char	   *words;

	cr_admin_own_key(name, &row);
	if (confirm != NULL && strcmp(confirm, name) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("key \"%s\" is not destroyed, since another name is confirmed",
						name),
				 errhint("Give the key's name again as \"confirm\".")));
	if (confirm != NULL)
		cr_admin_lock_vault(row.key_id, true);
	(void) cr_dependents_count(&row, 0, &words);
	if (confirm == NULL)
		PG_RETURN_TEXT_P(cstring_to_text(psprintf("nothing is destroyed yet: %s would be gone for good; confirm => %s does it",
												  words,
												  quote_literal_cstr(name))));
	cr_admin_begin(name, &row);
	shred_key(&row);
	initStringInfo(&detail);
	appendStringInfoString(&detail, "{\"action\": \"destroy\", \"values\": ");
	escape_json(&detail, words);
	appendStringInfoChar(&detail, '}');
	cr_admin_end(name, detail.data);
	PG_RETURN_TEXT_P(cstring_to_text(psprintf("destroyed, and with it %s",
											  words)));
}

/*
 * Wraps one version under the current master key, if it is not already; one
 * that does not unwrap is noticed either way.
 */
static bool
rewrap_version(const CrKeyLabel *label, const bytea *wrapped)
{
	uint8	   *material = cr_unwrap_key(label, wrapped);
	CrArgument	arguments[3];

	if (memcmp(cr_wrap_master_id(wrapped), cr_master_current()->id,
			   CR_MASTER_ID_BYTES) == 0)
	{
		cr_secret_free(material);
		return false;
	}
	arguments[0] = cr_argument(INT4OID, Int32GetDatum(label->key_id));
	arguments[1] = cr_argument(INT4OID, Int32GetDatum(label->version));
	arguments[2] = cr_argument(BYTEAOID,
							   PointerGetDatum(cr_wrap_key(label, material)));
	cr_secret_free(material);
	cr_store_run("UPDATE cleanroom.keyring_versions SET wrapped = $3 WHERE key_id = $1 AND version = $2",
				 3, arguments);
	return true;
}

/*
 * All in one transaction, which is short since keys are few: a failure leaves
 * every version under the master key it was under.
 */
Datum
cr_rewrap_keys(PG_FUNCTION_ARGS)
{
	SPITupleTable *versions;
	CrStore		store;
	uint64		n;
	uint64		i;
	int64		rewrapped = 0;

	cr_store_lock();
	cr_master_reread();
	cr_store_open(&store);
	n = cr_store_run("SELECT v.key_id, v.version, v.wrapped, k.name FROM cleanroom.keyring_versions v JOIN cleanroom.keyring k USING (key_id) WHERE v.wrapped IS NOT NULL ORDER BY v.key_id, v.version",
					 0, NULL);
	versions = SPI_tuptable;
	for (i = 0; i < n; i++)
	{
		HeapTuple	tuple = versions->vals[i];
		bool		isnull;
		CrKeyLabel	label;
		CrKeyRow	row;

		if (!cr_key_row_by_id(DatumGetInt32(SPI_getbinval(tuple,
														  versions->tupdesc,
														  1, &isnull)), &row))
			continue;
		cr_admin_label(&row, DatumGetInt32(SPI_getbinval(tuple,
														 versions->tupdesc, 2,
														 &isnull)), &label);
		if (rewrap_version(&label,
						   DatumGetByteaPP(SPI_getbinval(tuple,
														 versions->tupdesc, 3,
														 &isnull))))
			rewrapped++;
	}
	cr_store_close(&store);
	cr_admin_end(NULL, psprintf("{\"action\": \"rewrap\", \"versions\": "
								INT64_FORMAT "}", rewrapped));
	PG_RETURN_INT64(rewrapped);
}
