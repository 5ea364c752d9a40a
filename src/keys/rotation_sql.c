/*-------------------------------------------------------------------------
 *
 * src/keys/rotation_sql.c
 *	  The SQL functions that start and stop rotations, and track columns.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/errcodes.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "keys/admin.h"
#include "keys/room_key.h"
#include "keys/rotation.h"
#include "ledger/note.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

PG_FUNCTION_INFO_V1(cr_rotate_table);
PG_FUNCTION_INFO_V1(cr_rotate_vault);
PG_FUNCTION_INFO_V1(cr_stop_rotation);
PG_FUNCTION_INFO_V1(cr_track_column);
PG_FUNCTION_INFO_V1(cr_untrack_column);

/* A relation that the current user owns, and one of its columns. */
static Oid
owned_column(FunctionCallInfo fcinfo, char **column)
{
	Oid			relid;

	cr_require_argument(fcinfo, 0, "relation");
	cr_require_argument(fcinfo, 1, "column");
	relid = PG_GETARG_OID(0);
	*column = NameStr(*PG_GETARG_NAME(1));
	if (get_rel_name(relid) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("there is no such table"),
				 errhint("Name a table of this database.")));
	if (!cr_owns_relation(relid, GetUserId()))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("must be owner of table \"%s\"",
						get_rel_name(relid)),
				 errhint("Ask the table's owner.")));
	if (get_rel_relkind(relid) != RELKIND_RELATION &&
		get_rel_relkind(relid) != RELKIND_PARTITIONED_TABLE)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is not a table", get_rel_name(relid)),
				 errhint("Name the table that holds the values.")));
	if (get_attnum(relid, *column) <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" of table \"%s\" does not exist",
						*column, get_rel_name(relid)),
				 errhint("Name a column of the table.")));
	return relid;
}

static CrArgument
optional_text(const char *value)
{
	CrArgument	argument;

	argument.type = TEXTOID;
	argument.value = value == NULL ? (Datum) 0 : CStringGetTextDatum(value);
	argument.isnull = (value == NULL);
	return argument;
}

/*
 * A rotation of an owner who has let go of the table would fail at its next
 * batch, and is not one that this owner's call can join.
 */
static void
end_former_owners(const CrRotation *rotation)
{
	CrArgument	arguments[3];

	arguments[0] = cr_argument(REGCLASSOID, ObjectIdGetDatum(rotation->relid));
	arguments[1] = cr_argument(TEXTOID, CStringGetTextDatum(rotation->column));
	arguments[2] = cr_argument(OIDOID, ObjectIdGetDatum(rotation->owner));
	cr_store_run("UPDATE cleanroom.keyring_rotations SET state = 'failed', problem = 'the table has another owner', updated_at = clock_timestamp() WHERE relation = $1 AND \"column\" = $2::name AND state = 'running' AND owner <> $3",
				 3, arguments);
}

/* Raises an error when a column is on its way to another key. */
static void
check_other_keys(const CrRotation *rotation)
{
	CrArgument	arguments[3];
	bool		isnull;

	if (!OidIsValid(rotation->relid))
		return;
	arguments[0] = cr_argument(REGCLASSOID, ObjectIdGetDatum(rotation->relid));
	arguments[1] = cr_argument(TEXTOID, CStringGetTextDatum(rotation->column));
	arguments[2] = cr_argument(INT4OID, Int32GetDatum(rotation->key.key_id));
	if (cr_store_run("SELECT rotation_id FROM cleanroom.keyring_rotations WHERE relation = $1 AND \"column\" = $2::name AND key_id <> $3 AND state = 'running'",
					 3, arguments) == 0)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("the column is being brought to another key by rotation %d",
					DatumGetInt32(cr_store_value(0, 1, &isnull))),
			 errhint("Wait until that has ended, or stop it with cleanroom.stop_rotation().")));
}

/*
 * Writes the rotation's row, or finds the one that is under way, and has a
 * worker started, should that be needed.
 */
static int32
start_rotation(const CrRotation *rotation)
{
	CrArgument	arguments[9];
	int32		rotation_id;
	bool		isnull;
	CrStore		store;

	arguments[0] = cr_argument(REGCLASSOID, ObjectIdGetDatum(rotation->relid));
	arguments[1] = cr_argument(TEXTOID, CStringGetTextDatum(rotation->column));
	arguments[2] = cr_argument(INT4OID, Int32GetDatum(rotation->key.key_id));
	arguments[3] = optional_text(rotation->context);
	arguments[4] = optional_text(rotation->source);
	arguments[5] = optional_text(rotation->form);
	arguments[6] = cr_argument(OIDOID, ObjectIdGetDatum(rotation->author));
	arguments[7] = cr_argument(OIDOID, ObjectIdGetDatum(rotation->login));
	arguments[8] = cr_argument(OIDOID, ObjectIdGetDatum(rotation->owner));
	cr_store_open(&store);
	end_former_owners(rotation);
	check_other_keys(rotation);
	if (cr_store_run("SELECT rotation_id FROM cleanroom.keyring_rotations WHERE relation = $1 AND \"column\" = $2::name AND key_id = $3 AND state = 'running'",
					 3, arguments) == 0)
	{
		cr_store_run("INSERT INTO cleanroom.keyring_rotations (relation, \"column\", key_id, context, source, form, author, login, owner) VALUES ($1, $2::name, $3, $4, $5, $6, $7, $8, $9) RETURNING rotation_id",
					 9, arguments);
		rotation_id = DatumGetInt32(cr_store_value(0, 1, &isnull));
	}
	else
	{
		rotation_id = DatumGetInt32(cr_store_value(0, 1, &isnull));
		ereport(NOTICE,
				(errmsg("rotation %d is under way already", rotation_id)));
	}
	if (OidIsValid(rotation->relid))
		cr_dependents_track(rotation->relid, rotation->column,
							rotation->key.key_id);
	cr_store_close(&store);
	cr_rotation_launch();
	cr_ledger_note("key_change", rotation->relid, NameStr(rotation->key.name),
				   psprintf("{\"action\": \"rotate_data\", \"rotation\": %d}",
							rotation_id));
	return rotation_id;
}

static char *
optional_argument(FunctionCallInfo fcinfo, int n)
{
	return PG_ARGISNULL(n) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(n));
}

Datum
cr_rotate_table(PG_FUNCTION_ARGS)
{
	CrRotation	rotation = {0};

	rotation.relid = owned_column(fcinfo, &rotation.column);
	/*
	 * Whoever may use a key must not keep its owner from taking that back, so
	 * this is not the lock of those who change keys.
	 */
	LockDatabaseObject(cr_keyring_relid(), rotation.relid, CR_LOCK_ROTATED,
					   ExclusiveLock);
	cr_admin_usable_key(cr_text_argument(fcinfo, 2, "key"), &rotation.key);
	/* the rest of who is asked, each batch asks once more */
	cr_room_key_check(&rotation.key,
					  rotation.key.purpose == CR_KEY_TOKEN ?
					  CR_KEY_MAY_TOKENIZE :
					  CR_KEY_MAY_ENCRYPT | CR_KEY_MAY_DECRYPT);
	rotation.context = optional_argument(fcinfo, 3);
	rotation.source = optional_argument(fcinfo, 4);
	rotation.form = cr_text_argument(fcinfo, 5, "form");
	cr_rotation_check(&rotation);
	PG_RETURN_INT32(start_rotation(&rotation));
}

Datum
cr_rotate_vault(PG_FUNCTION_ARGS)
{
	CrRotation	rotation = {0};

	cr_admin_begin(cr_text_argument(fcinfo, 0, "key"), &rotation.key);
	cr_admin_check_purpose(&rotation.key, CR_KEY_TOKEN);
	rotation.column = "sealed";
	PG_RETURN_INT32(start_rotation(&rotation));
}

Datum
cr_stop_rotation(PG_FUNCTION_ARGS)
{
	CrArgument	argument;
	bool		isnull;
	bool		allowed;
	bool		found;
	Oid			relid = InvalidOid;
	int32		key_id = 0;
	CrStore		store;

	cr_require_argument(fcinfo, 0, "rotation");
	argument = cr_argument(INT4OID, PG_GETARG_DATUM(0));
	cr_store_open(&store);
	found = cr_store_run("SELECT relation::oid, key_id FROM cleanroom.keyring_rotations WHERE rotation_id = $1",
						 1, &argument) == 1;
	if (found)
	{
		relid = DatumGetObjectId(cr_store_value(0, 1, &isnull));
		key_id = DatumGetInt32(cr_store_value(0, 2, &isnull));
	}
	cr_store_close(&store);
	allowed = found &&
		(cr_admin_is_granted(GetUserId(), key_id, CR_KEY_OWN) ||
		 (get_rel_name(relid) != NULL &&
		  cr_owns_relation(relid, GetUserId())));
	if (!allowed)
		ereport(ERROR,
				(errcode(found ? ERRCODE_INSUFFICIENT_PRIVILEGE :
						 ERRCODE_UNDEFINED_OBJECT),
				 errmsg(found ? "must be owner of the table or the key to stop rotation %d" :
						"there is no rotation %d", PG_GETARG_INT32(0)),
				 errhint("View cleanroom.key_rotations lists those there are for you.")));
	cr_store_open(&store);
	cr_store_run("UPDATE cleanroom.keyring_rotations SET state = 'stopped', updated_at = clock_timestamp() WHERE rotation_id = $1 AND state = 'running'",
				 1, &argument);
	cr_store_close(&store);
	PG_RETURN_VOID();
}

Datum
cr_track_column(PG_FUNCTION_ARGS)
{
	char	   *column;
	Oid			relid = owned_column(fcinfo, &column);
	char	   *name = cr_text_argument(fcinfo, 2, "key");
	CrKeyRow	row;
	CrStore		store;

	cr_admin_usable_key(name, &row);
	cr_store_open(&store);
	cr_dependents_track(relid, column, row.key_id);
	cr_store_close(&store);
	PG_RETURN_VOID();
}

Datum
cr_untrack_column(PG_FUNCTION_ARGS)
{
	char	   *column;
	CrArgument	arguments[2];
	CrStore		store;

	arguments[0] = cr_argument(REGCLASSOID,
							   ObjectIdGetDatum(owned_column(fcinfo,
															 &column)));
	arguments[1] = cr_argument(TEXTOID, CStringGetTextDatum(column));
	cr_store_open(&store);
	cr_store_run("DELETE FROM cleanroom.keyring_columns WHERE relation = $1 AND \"column\" = $2::name",
				 2, arguments);
	cr_store_close(&store);
	PG_RETURN_VOID();
}
