/*-------------------------------------------------------------------------
 *
 * src/keys/keyring_sql.c
 *	  The SQL functions that make and change keys.
 *
 * They take one lock each until the end of the transaction, so that changes
 * of keys come one after the other; those of who may use a key take a lock of
 * that key's.  A new version is wrapped under what the master key's file says
 * under the lock of all: rewrap_keys() leaves none behind.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/errcodes.h"
#include "catalog/pg_type.h"
#include "keys/admin.h"
#include "keys/master.h"
#include "keys/secret.h"
#include "miscadmin.h"
#include "policy/marked.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/json.h"

PG_FUNCTION_INFO_V1(cr_create_key);
PG_FUNCTION_INFO_V1(cr_rotate_key);
PG_FUNCTION_INFO_V1(cr_set_key_residency);
PG_FUNCTION_INFO_V1(cr_grant_key);
PG_FUNCTION_INFO_V1(cr_revoke_key);

#define OWN_PREFIX	"cleanroom."

/* The uses a grant names, and which purposes they have a meaning for. */
static const struct
{
	const char *word;
	uint32		use;
	bool		of_tokens;
	bool		of_ciphers;
}			use_words[] =
{
	{"tokenize", CR_KEY_MAY_TOKENIZE, true, false},
	{"detokenize", CR_KEY_MAY_DETOKENIZE, true, false},
	{"encrypt", CR_KEY_MAY_ENCRYPT, false, true},
	{"decrypt", CR_KEY_MAY_DECRYPT, false, true},
	{"own", CR_KEY_OWN, true, true}
};

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

/* Adds to what a role may do with a key. */
static void
insert_grant(int32 key_id, Oid role, uint32 uses)
{
	CrArgument	arguments[3] = {
		{INT4OID, Int32GetDatum(key_id), false},
		{REGROLEOID, ObjectIdGetDatum(role), false},
		{INT4OID, Int32GetDatum((int32) uses), false}
	};

	cr_store_run("INSERT INTO cleanroom.keyring_grants AS g (key_id, role, uses) VALUES ($1, $2, $3) ON CONFLICT (key_id, role) DO UPDATE SET uses = g.uses | EXCLUDED.uses",
				 3, arguments);
}

static void
check_new_name(const char *name)
{
	CrKeyRow	row;

	if (name[0] == '\0' || strlen(name) >= NAMEDATALEN)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_NAME),
				 errmsg("name of a key must have 1 to %d bytes",
						NAMEDATALEN - 1),
				 errhint("Choose a name like \"mail_2026\".")));
	/* what such a key is for is the extension's to know, and so to own */
	if (strncmp(name, OWN_PREFIX, strlen(OWN_PREFIX)) == 0 && !superuser())
		ereport(ERROR,
				(errcode(ERRCODE_RESERVED_NAME),
				 errmsg("names of keys that begin with \"%s\" are the extension's own",
						OWN_PREFIX),
				 errhint("Choose another name.")));
	if (cr_key_row_by_name(name, &row))
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("key \"%s\" already exists", name),
				 row.destroyed ?
				 errdetail("It has been destroyed; names of keys are not used twice.") : 0,
				 errhint("Choose another name.")));
}

/*
 * Writes the key's row, and returns its number.  Tokens hold 16 bits of it, so
 * no two keys for tokens, destroyed ones included, share those.
 */
static int32
insert_key(const CrArgument *arguments)
{
	CrArgument	all[3] = {arguments[0], arguments[1],
	cr_argument(INT4OID, Int32GetDatum(0))};
	bool		isnull;
	int			i;

	for (i = 0; i <= PG_UINT16_MAX; i++)
	{
		cr_store_run("SELECT cleanroom.next_number('cleanroom.keyring_ids', 'cleanroom.keyring', $1)",
					 1, &all[2]);
		all[2].value = cr_store_value(0, 1, &isnull);
		if (cr_store_run("INSERT INTO cleanroom.keyring (key_id, name, purpose) SELECT $3, $1::name, $2 WHERE $2 <> 'token' OR NOT EXISTS (SELECT FROM cleanroom.keyring k WHERE k.purpose = 'token' AND (k.key_id & 65535) = ($3 & 65535))",
						 3, all) == 1)
			return DatumGetInt32(all[2].value);
	}
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("this database has had as many keys for tokens as tokens can tell apart"),
			 errhint("Rotate a key that is there with cleanroom.rotate_key().")));
	return 0;					/* not reached */
}

Datum
cr_create_key(PG_FUNCTION_ARGS)
{
	char	   *name = cr_text_argument(fcinfo, 0, "name");
	CrKeyPurpose purpose = parse_purpose(cr_text_argument(fcinfo, 1,
														  "purpose"));
	CrArgument	arguments[2] = {
		{TEXTOID, CStringGetTextDatum(name), false},
		{TEXTOID, CStringGetTextDatum(cr_key_purpose_text(purpose)), false}
	};
	CrKeyLabel	label;
	CrStore		store;

	cr_store_lock();
	check_new_name(name);

	cr_marked_set();
	cr_store_open(&store);
	label.key_id = insert_key(arguments);
	label.version = 1;
	label.purpose = purpose;
	label.name = name;
	insert_version(&label);
	insert_grant(label.key_id, store.caller, CR_KEY_OWN);
	cr_store_close(&store);

	cr_admin_end(name,
				 psprintf("{\"action\": \"create\", \"purpose\": \"%s\"}",
						  cr_key_purpose_text(purpose)));
	PG_RETURN_VOID();
}

Datum
cr_rotate_key(PG_FUNCTION_ARGS)
{
	char	   *name = cr_text_argument(fcinfo, 0, "name");
	CrArgument	arguments[2];
	CrKeyLabel	label;
	CrKeyRow	row;
	CrStore		store;

	cr_admin_begin_without_writers(name, &row);
	if (row.current_version >= CR_KEY_VERSION_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("key \"%s\" has all the versions it can have", name),
				 errdetail("Tokens have room for versions up to %d.",
						   CR_KEY_VERSION_MAX),
				 errhint("Create another key, and move the data to it.")));
	cr_admin_label(&row, row.current_version + 1, &label);

	cr_store_open(&store);
	insert_version(&label);
	arguments[0] = cr_argument(INT4OID, Int32GetDatum(label.key_id));
	arguments[1] = cr_argument(INT4OID, Int32GetDatum(label.version));
	cr_store_run("UPDATE cleanroom.keyring SET current_version = $2 WHERE key_id = $1",
				 2, arguments);
	cr_store_close(&store);

	cr_admin_end(name,
				 psprintf("{\"action\": \"rotate\", \"version\": %d}",
						  label.version));
	PG_RETURN_INT32(label.version);
}

/* Raises an error when the key's tables are in rooms of another residency. */
static void
check_rooms(const CrArgument *arguments)
{
	bool		isnull;

	if (cr_store_run("SELECT format('table %s is in room \"%s\"', k.relation, r.name) FROM cleanroom.keyring_columns k JOIN cleanroom.table_list t ON t.relation::oid IN (SELECT cleanroom.kin_of(k.relation)) JOIN cleanroom.room_list r ON r.room_id = t.room_id WHERE k.key_id = $1 AND r.closed_at IS NULL AND r.residency IS DISTINCT FROM $2 AND $2 IS NOT NULL ORDER BY 1 LIMIT 1",
					 2, arguments) == 0)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("values of the key are in a room of another residency"),
			 errdetail("There, %s.",
					   TextDatumGetCString(cr_store_value(0, 1, &isnull))),
			 errhint("Take the table out of that room with cleanroom.unshare_table() first.")));
}

Datum
cr_set_key_residency(PG_FUNCTION_ARGS)
{
	char	   *name = cr_text_argument(fcinfo, 0, "name");
	char	   *residency = PG_ARGISNULL(1) ? NULL :
		text_to_cstring(PG_GETARG_TEXT_PP(1));
	CrArgument	arguments[2];
	StringInfoData detail;
	CrKeyRow	row;
	CrStore		store;

	cr_admin_begin(name, &row);
	if (residency != NULL &&
		(residency[0] == '\0' || strlen(residency) >= NAMEDATALEN))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("name of a region must have 1 to %d bytes",
						NAMEDATALEN - 1),
				 errhint("Name it as \"cleanroom.region\" does, such as EU; null is anywhere.")));
	arguments[0] = cr_argument(INT4OID, Int32GetDatum(row.key_id));
	arguments[1] = cr_argument(TEXTOID, (Datum) 0);
	arguments[1].isnull = residency == NULL;
	if (residency != NULL)
		arguments[1].value = CStringGetTextDatum(residency);
	cr_store_open(&store);
	check_rooms(arguments);
	cr_store_run("UPDATE cleanroom.keyring SET residency = $2 WHERE key_id = $1",
				 2, arguments);
	cr_store_close(&store);
	initStringInfo(&detail);
	appendStringInfoString(&detail, "{\"action\": \"residency\", \"region\": ");
	if (residency == NULL)
		appendStringInfoString(&detail, "null");
	else
		escape_json(&detail, residency);
	appendStringInfoChar(&detail, '}');
	cr_admin_end(name, detail.data);
	PG_RETURN_VOID();
}

/* Reads the use that a word means for keys of this purpose. */
static uint32
parse_use(const char *word, const CrKeyRow *row)
{
	bool		of_tokens = (row->purpose == CR_KEY_TOKEN);
	int			i;

	for (i = 0; i < (int) lengthof(use_words); i++)
	{
		if (strcmp(word, use_words[i].word) == 0 &&
			(of_tokens ? use_words[i].of_tokens : use_words[i].of_ciphers))
			return use_words[i].use;
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid use of a key for purpose \"%s\": \"%s\"",
					cr_key_purpose_text(row->purpose), word),
			 errhint(of_tokens ?
					 "Use 'tokenize', 'detokenize' or 'own'." :
					 "Use 'encrypt', 'decrypt' or 'own'.")));
	return 0;					/* not reached */
}

static uint32
parse_uses(ArrayType *array, const CrKeyRow *row)
{
	Datum	   *elements;
	bool	   *nulls;
	uint32		uses = 0;
	int			count;
	int			i;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &elements,
					  &nulls, &count);
	for (i = 0; i < count; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("argument \"uses\" must not contain nulls"),
					 errhint("List uses, such as tokenize.")));
		uses |= parse_use(TextDatumGetCString(elements[i]), row);
	}
	if (uses == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("no use of key \"%s\" is named",
						NameStr(row->name)),
				 errhint("List uses, such as tokenize.")));
	return uses;
}

static Oid
role_argument(FunctionCallInfo fcinfo, int n)
{
	Oid			role;

	cr_require_argument(fcinfo, n, "role");
	role = PG_GETARG_OID(n);
	if (!OidIsValid(role))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_GRANT_OPERATION),
				 errmsg("a key cannot be granted to everybody"),
				 errhint("Name a role; a group role serves for several.")));
	return role;
}

/* What a change of grants looks like on record: with names, which last. */
static const char *
grant_detail(const char *action, Oid role, uint32 uses)
{
	StringInfoData detail;
	const char *separator = "";
	char	   *name = GetUserNameFromId(role, true);
	int			i;

	initStringInfo(&detail);
	appendStringInfo(&detail, "{\"action\": \"%s\", \"role\": ", action);
	escape_json(&detail, name != NULL ? name : psprintf("%u", role));
	appendStringInfoString(&detail, ", \"uses\": [");
	for (i = 0; i < (int) lengthof(use_words); i++)
	{
		if ((uses & use_words[i].use) != 0)
		{
			appendStringInfo(&detail, "%s\"%s\"", separator,
							 use_words[i].word);
			separator = ", ";
		}
	}
	appendStringInfoString(&detail, "]}");
	return detail.data;
}

Datum
cr_grant_key(PG_FUNCTION_ARGS)
{
	char	   *name = cr_text_argument(fcinfo, 0, "name");
	Oid			role = role_argument(fcinfo, 1);
	CrKeyRow	row;
	CrStore		store;
	uint32		uses;

	cr_require_argument(fcinfo, 2, "uses");
	cr_admin_begin_grants(name, &row);
	(void) GetUserNameFromId(role, false);
	uses = parse_uses(PG_GETARG_ARRAYTYPE_P(2), &row);
	cr_store_open(&store);
	insert_grant(row.key_id, role, uses);
	cr_store_close(&store);
	cr_admin_end(name, grant_detail("grant", role, uses));
	PG_RETURN_VOID();
}

Datum
cr_revoke_key(PG_FUNCTION_ARGS)
{
	char	   *name = cr_text_argument(fcinfo, 0, "name");
	Oid			role = role_argument(fcinfo, 1);
	uint32		uses = CR_KEY_ALL_USES;
	CrArgument	arguments[3];
	CrKeyRow	row;
	CrStore		store;

	cr_admin_begin_grants(name, &row);
	if (!PG_ARGISNULL(2))
		uses = parse_uses(PG_GETARG_ARRAYTYPE_P(2), &row);
	arguments[0] = cr_argument(INT4OID, Int32GetDatum(row.key_id));
	arguments[1] = cr_argument(REGROLEOID, ObjectIdGetDatum(role));
	arguments[2] = cr_argument(INT4OID, Int32GetDatum((int32) uses));
	cr_store_open(&store);
	cr_store_run("DELETE FROM cleanroom.keyring_grants WHERE key_id = $1 AND role = $2 AND uses & ~$3 = 0",
				 3, arguments);
	cr_store_run("UPDATE cleanroom.keyring_grants SET uses = uses & ~$3 WHERE key_id = $1 AND role = $2",
				 3, arguments);
	cr_store_close(&store);
	cr_admin_end(name, grant_detail("revoke", role, uses));
	PG_RETURN_VOID();
}
