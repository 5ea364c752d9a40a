/*-------------------------------------------------------------------------
 *
 * src/keys/keyring_sql.c
 *	  The SQL functions that make and change keys.
 *
 * They take one lock each until the end of the transaction, so that changes
 * of keys come one after the other.  A new version is wrapped under what the
 * master key's file says under that lock: rewrap_keys() leaves none behind.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/errcodes.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "keys/keyring_rows.h"
#include "keys/master.h"
#include "keys/secret.h"
#include "keys/store.h"
#include "keys/wrap.h"
#include "ledger/note.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/json.h"

PG_FUNCTION_INFO_V1(cr_create_key);

static CrKeyPurpose
parse_purpose(const char *text)
{
	int			purpose;

	for (purpose = CR_KEY_TOKEN; purpose <= CR_KEY_FPE; purpose++)
	{
		if (strcmp(text, cr_key_purpose_text(purpose)) == 0)
			return purpose;
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid purpose of a key: \"%s\"", text),
			 errhint("Use 'token', 'encrypt' or 'fpe'.")));
	return CR_KEY_TOKEN;		/* not reached */
}

/* Makes a version of a key, from the server's random source. */
static void
insert_version(const CrKeyLabel *label)
{
	CrArgument	arguments[3] = {
		{INT4OID, Int32GetDatum(label->key_id), false},
		{INT4OID, Int32GetDatum(label->version), false},
		{BYTEAOID, (Datum) 0, false}
	};
	uint8	   *material;

	cr_master_reread();
	material = cr_secret_alloc();
	if (material == NULL || !pg_strong_random(material, CR_SECRET_BYTES))
		elog(ERROR, "could not generate a data key");
	arguments[2].value = PointerGetDatum(cr_wrap_key(label, material));
	cr_secret_free(material);
	cr_store_run("INSERT INTO cleanroom.keyring_versions (key_id, version, wrapped) VALUES ($1, $2, $3)",
				 3, arguments);
}

Datum
cr_create_key(PG_FUNCTION_ARGS)
{
	char	   *name = cr_text_argument(fcinfo, 0, "name");
	CrKeyPurpose purpose = parse_purpose(cr_text_argument(fcinfo, 1, "purpose"));
	CrArgument	arguments[3];
	CrKeyLabel	label;
	CrKeyRow	row;
	CrStore		store;
	bool		isnull;

	if (name[0] == '\0' || strlen(name) >= NAMEDATALEN)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_NAME),
				 errmsg("name of a key must have 1 to %d bytes",
						NAMEDATALEN - 1),
				 errhint("Choose a name like \"mail_2026\".")));
	cr_store_lock();
	if (cr_key_row_by_name(name, &row))
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg(row.destroyed ?
						"a key \"%s\" has been there, and was destroyed" :
						"key \"%s\" already exists", name),
				 errhint("Choose another name; names of keys are not used twice.")));

	cr_store_open(&store);
	arguments[0].type = TEXTOID;
	arguments[0].value = CStringGetTextDatum(name);
	arguments[0].isnull = false;
	arguments[1].type = TEXTOID;
	arguments[1].value = CStringGetTextDatum(cr_key_purpose_text(purpose));
	arguments[1].isnull = false;
	cr_store_run("INSERT INTO cleanroom.keyring (name, purpose) VALUES ($1::name, $2) RETURNING key_id",
				 2, arguments);
	label.key_id = DatumGetInt32(cr_store_value(0, 1, &isnull));
	label.version = 1;
	label.purpose = purpose;
	label.name = name;
	insert_version(&label);
	arguments[0].type = INT4OID;
	arguments[0].value = Int32GetDatum(label.key_id);
	arguments[1].type = OIDOID;
	arguments[1].value = ObjectIdGetDatum(store.caller);
	arguments[2].type = INT4OID;
	arguments[2].value = Int32GetDatum(CR_KEY_OWN);
	arguments[2].isnull = false;
	cr_store_run("INSERT INTO cleanroom.keyring_grants (key_id, role, uses) VALUES ($1, $2::regrole, $3)",
				 3, arguments);
	cr_store_close(&store);
	cr_store_changed();
	cr_ledger_note("key_change", InvalidOid, name,
				   psprintf("{\"action\": \"create\", \"purpose\": \"%s\"}",
							cr_key_purpose_text(purpose)));
	PG_RETURN_VOID();
}
