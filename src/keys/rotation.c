/*-------------------------------------------------------------------------
 *
 * src/keys/rotation.c
 *	  Brings a column of a table to the current version of a key.
 *
 * By block ranges, so that no index is needed and a batch knows where it has
 * been: its end is stored in the transaction that does it.  Rows that others
 * have locked are left out, and so are rows that move while a pass goes on;
 * what is left is counted at the end of each pass, and passes go on until it
 * is nothing.  Values say themselves under which version they are, so no row
 * is done twice.
 *
 * What runs on the table is the owner's: triggers, expressions, functions in
 * constraints.  So it runs as the owner, as REINDEX does, and deferred
 * triggers are fired before we are ourselves again.  And so it ends when the
 * table passes to another owner, who has not written any of it; or when a room
 * has come to keep its author, or another of the owner's, from making tokens.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/table.h"
#include "base/compat.h"
#include "base/oids.h"
#include "base/own_sql.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "keys/admin.h"
#include "keys/layouts.h"
#include "keys/room_key.h"
#include "keys/rotation.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

/*
 * The arguments of the trigger that makes this column's tokens from a column
 * that it keeps; NULL when there is none.
 */
static char **
find_kept_source(Relation relation, const CrRotation *rotation)
{
	Oid			function = cr_oids_find_function("fill_token", 0, NULL);
	TriggerDesc *triggers = relation->trigdesc;
	int			i;

	for (i = 0; triggers != NULL && i < triggers->numtriggers; i++)
	{
		Trigger    *trigger = &triggers->triggers[i];

		if (trigger->tgfoid == function && OidIsValid(function) &&
			trigger->tgenabled != 'D' && trigger->tgenabled != 'R' &&
			trigger->tgnargs == CR_FILL_TOKEN_NARGS &&
			strcmp(trigger->tgargs[CR_FILL_TOKEN_TARGET],
				   rotation->column) == 0 &&
			strcmp(trigger->tgargs[CR_FILL_TOKEN_KEY],
				   NameStr(rotation->key.name)) == 0 &&
			strcmp(trigger->tgargs[CR_FILL_TOKEN_KEEP], "keep") == 0)
			return trigger->tgargs;
	}
	return NULL;
}

static Oid
column_type(const CrRotation *rotation)
{
	AttrNumber	attnum = get_attnum(rotation->relid, rotation->column);

	if (attnum <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" does not exist", rotation->column),
				 errhint("Name a column of the table.")));
	return get_atttype(rotation->relid, attnum);
}

static void
require_grants(Oid owner, const CrRotation *rotation, uint32 uses)
{
	if (!cr_admin_is_granted(owner, rotation->key.key_id, uses))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("the table's owner may not use key \"%s\" for that",
						NameStr(rotation->key.name)),
				 errhint("Grant the table's owner %s with cleanroom.grant_key().",
						 rotation->key.purpose == CR_KEY_TOKEN ?
						 "tokenize" : "encrypt and decrypt")));
}

/* Of keys that make no tokens, rooms say nothing. */
static void
check_rooms(const CrRotation *rotation)
{
	if (rotation->key.purpose == CR_KEY_TOKEN)
		cr_room_key_check_rotation(&rotation->key, rotation->author,
								   rotation->login, rotation->owner);
}

static void
check_column(Relation relation, const CrRotation *rotation)
{
	Oid			type = column_type(rotation);
	Oid			owner = relation->rd_rel->relowner;

	if (rotation->key.purpose == CR_KEY_FPE)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("values of format-preserving encryption cannot be rotated in place"),
				 errdetail("They do not say under which version of the key they are."),
				 errhint("Set the column, in one statement, to encrypt_fpe() of what decrypt_fpe() gives with the former version.")));
	if (type != (rotation->key.purpose == CR_KEY_TOKEN ? UUIDOID : BYTEAOID))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" does not hold values of key \"%s\"",
						rotation->column, NameStr(rotation->key.name)),
				 errhint("Tokens are in columns of type uuid, ciphertexts in columns of type bytea.")));
	if (rotation->key.purpose == CR_KEY_ENCRYPT)
		require_grants(owner, rotation,
					   CR_KEY_MAY_ENCRYPT | CR_KEY_MAY_DECRYPT);
	else if (rotation->source == NULL &&
			 find_kept_source(relation, rotation) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("tokens of column \"%s\" cannot be made anew without what they were made from",
						rotation->column),
				 errdetail("A token does not give its value back, and no trigger of tokenize_column() with a kept source fills the column."),
				 errhint("Give an expression for the value as \"source\", such as a decrypted column; vault tokens need no change, see cleanroom.rotate_vault().")));
	else
		require_grants(owner, rotation, CR_KEY_MAY_TOKENIZE);
}

/*
 * The table, locked so that it keeps its owner until the transaction ends.
 * The expressions run with the owner's privileges, so they have to be of
 * somebody who has those, and may not pass to an owner whose they never were.
 */
static Relation
open_table(const CrRotation *rotation, LOCKMODE lockmode)
{
	Relation	relation = table_open(rotation->relid, lockmode);
	Oid			owner = relation->rd_rel->relowner;

	if (owner != rotation->owner)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s\" has another owner than when the rotation was started",
						RelationGetRelationName(relation)),
				 errhint("The owner starts a rotation of its own with cleanroom.rotate_table().")));
	if (!has_privs_of_role(rotation->author, owner))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("who started the rotation is not owner of table \"%s\" any more",
						RelationGetRelationName(relation)),
				 errhint("The owner starts a rotation of its own with cleanroom.rotate_table().")));
	check_rooms(rotation);
	return relation;
}

/* Takes down whose the expressions are, asking again under the lock. */
static void
set_author(Relation relation, CrRotation *rotation)
{
	rotation->author = GetUserId();
	rotation->login = GetSessionUserId();
	rotation->owner = relation->rd_rel->relowner;
	if (!has_privs_of_role(rotation->author, rotation->owner))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("must be owner of table \"%s\"",
						RelationGetRelationName(relation)),
				 errhint("Ask the table's owner.")));
}

void
cr_rotation_check(CrRotation *rotation)
{
	Relation	relation = table_open(rotation->relid, AccessShareLock);

	set_author(relation, rotation);
	if (relation->rd_rel->relkind != RELKIND_RELATION)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is not a table with rows of its own",
						RelationGetRelationName(relation)),
				 errhint("Call cleanroom.rotate_table() for each partition.")));
	check_column(relation, rotation);
	check_rooms(rotation);
	table_close(relation, AccessShareLock);
}

/* A condition of layouts.h, its arguments put in. */
static char *
fill_condition(const char *condition, int32 key_id, int32 version)
{
	StringInfoData filled;
	const char *c;

	initStringInfo(&filled);
	for (c = condition; *c != '\0'; c++)
	{
		if (c[0] == '$' && (c[1] == '1' || c[1] == '2'))
		{
			appendStringInfo(&filled, "%d", c[1] == '1' ? key_id : version);
			c++;
		}
		else
			appendStringInfoChar(&filled, *c);
	}
	return filled.data;
}

/* The condition on cr_value that it is not of the current version. */
static char *
old_condition(const CrRotation *rotation)
{
	int32		key_id = rotation->key.key_id;
	int32		current = rotation->key.current_version;

	/* a ciphertext of another key is none of ours; a token may become ours */
	if (rotation->key.purpose == CR_KEY_ENCRYPT)
		return psprintf("(%s AND NOT %s)",
						fill_condition(CR_SQL_CIPHER_IS, key_id, 0),
						fill_condition(CR_SQL_CIPHER_IS, key_id, current));
	return psprintf("(" CR_SQL_VALUE " IS NOT NULL AND NOT %s)",
					fill_condition(CR_SQL_TOKEN_IS, key_id, current));
}

/*
 * The condition on a row that its value can be made anew: a token whose
 * source is empty would be lost, and so would a ciphertext whose context is
 * said to be null, as none is encrypted with.
 */
static char *
source_condition(Relation relation, const CrRotation *rotation)
{
	const char *source = rotation->source;
	char	  **kept;

	if (rotation->key.purpose == CR_KEY_ENCRYPT)
	{
		source = rotation->context;
		if (source == NULL)
			return "true";
	}
	if (source != NULL)
		return psprintf("((%s\n)::text) IS NOT NULL", source);
	kept = find_kept_source(relation, rotation);
	return psprintf("%s IS NOT NULL",
					quote_identifier(kept[CR_FILL_TOKEN_SOURCE]));
}

/* The expression for a token made anew; a value without the form keeps its. */
static char *
new_token(Relation relation, const CrRotation *rotation)
{
	const char *source = rotation->source;
	const char *form = rotation->form;

	if (source == NULL)
	{
		char	  **kept = find_kept_source(relation, rotation);

		source = quote_identifier(kept[CR_FILL_TOKEN_SOURCE]);
		form = kept[CR_FILL_TOKEN_FORM];
	}
	return psprintf("coalesce(cleanroom.tokenize((%s\n)::text, %s, %s), " CR_SQL_VALUE ")",
					source, quote_literal_cstr(NameStr(rotation->key.name)),
					quote_literal_cstr(form));
}

/*
 * The expression for the new value.  Where an expression of the author's comes
 * to null after all, the old one stays: it may be all there is.
 */
static char *
new_value(Relation relation, const CrRotation *rotation)
{
	char	   *key = quote_literal_cstr(NameStr(rotation->key.name));
	char	   *context;

	if (rotation->key.purpose == CR_KEY_TOKEN)
		return new_token(relation, rotation);
	context = rotation->context == NULL ? "''" :
		psprintf("(%s\n)::text", rotation->context);
	return psprintf("coalesce(CASE get_byte(" CR_SQL_VALUE ", 1)"
					" WHEN 1 THEN cleanroom.encrypt(cleanroom.decrypt(" CR_SQL_VALUE ", %s, %s), %s, %s)"
					" WHEN 2 THEN cleanroom.encrypt(cleanroom.decrypt_bytea(" CR_SQL_VALUE ", %s, %s), %s, %s)"
					" ELSE cleanroom.encrypt(cleanroom.decrypt_jsonb(" CR_SQL_VALUE ", %s, %s), %s, %s) END, " CR_SQL_VALUE ")",
					key, context, key, context, key, context, key, context,
					key, context, key, context);
}

static void
set_locally(const char *setting, const char *value)
{
	(void) set_config_option(setting, value, PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
}

/*
 * Runs a statement on the table as its owner, who is the session's user as
 * well; returns the rows it did.  After an error the worker is itself again
 * once it has aborted the transaction.
 */
static uint64
run_as_owner(Oid owner, const char *statement, int expected)
{
	Oid			user;
	int			security_context;
	int			guc_level;
	uint64		processed;
	int			code;

	GetUserIdAndSecContext(&user, &security_context);
	/* nor is the owner's code to find a superuser as the session's */
	SetSessionAuthorization(owner, superuser_arg(owner));
	SetUserIdAndSecContext(owner, security_context |
						   SECURITY_LOCAL_USERID_CHANGE |
						   SECURITY_RESTRICTED_OPERATION);
	guc_level = NewGUCNestLevel();
	set_locally("search_path", CR_OWN_SQL_PATH);
	/* a batch has a limit of its own */
	set_locally("lock_timeout", "0");
	/* a worker of the plan would not know which key is rotated */
	set_locally("max_parallel_workers_per_gather", "0");
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	if (SPI_execute("SET CONSTRAINTS ALL IMMEDIATE", false, 0) < 0)
		elog(ERROR, "could not set constraints");
	code = SPI_execute(statement, false, 0);
	if (code != expected)
		elog(ERROR, "a rotation's statement failed: %s",
			 SPI_result_code_string(code));
	processed = SPI_processed;
	if (expected == SPI_OK_SELECT)
	{
		bool		isnull;

		processed = DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0],
												SPI_tuptable->tupdesc, 1,
												&isnull));
	}
	SPI_finish();
	cr_keyring_flush_uses();
	/* what the owner's code has set is not the worker's */
	AtEOXact_GUC(false, guc_level);
	SetUserIdAndSecContext(user, security_context);
	SetSessionAuthorization(user, superuser_arg(user));

	return processed;
}

/*
 * The table's rows that are to be done, as (cr_place, cr_value).  The value
 * goes by that name so that the owner's expressions can name the table's
 * columns as they are.
 */
static char *
select_rows(Relation relation, const CrRotation *rotation, const char *which)
{
	return psprintf("SELECT cr_place, " CR_SQL_VALUE " FROM"
					" (SELECT ctid AS cr_place, %s AS " CR_SQL_VALUE
					" FROM ONLY %s WHERE %s) cr_row WHERE %s",
					quote_identifier(rotation->column),
					cr_relation_words(rotation->relid), which,
					old_condition(rotation));
}

int64
cr_rotation_blocks(const CrRotation *rotation)
{
	Relation	relation = table_open(rotation->relid, AccessShareLock);
	int64		blocks = RelationGetNumberOfBlocks(relation);

	table_close(relation, NoLock);
	return blocks;
}

int64
cr_rotation_count_left(const CrRotation *rotation, bool without_source)
{
	Relation	relation = open_table(rotation, AccessShareLock);
	Oid			owner = relation->rd_rel->relowner;
	char	   *which;
	uint64		count;

	check_column(relation, rotation);
	which = psprintf("(%s) IS %s TRUE",
					 source_condition(relation, rotation),
					 without_source ? "NOT" : "");
	count = run_as_owner(owner,
						 psprintf("SELECT count(*) FROM (%s) cr_rows",
								  select_rows(relation, rotation, which)),
						 SPI_OK_SELECT);
	table_close(relation, NoLock);
	return (int64) count;
}

/* A batch: the rows to do in these blocks that nobody else has locked. */
static char *
batch_statement(Relation relation, const CrRotation *rotation, int64 from,
				int64 to)
{
	const char *words = cr_relation_words(rotation->relid);
	char	   *which;

	which = psprintf("ctid >= '(" INT64_FORMAT ",0)'::tid AND ctid < '(" INT64_FORMAT ",0)'::tid AND (%s) FOR UPDATE SKIP LOCKED",
					 from, to, source_condition(relation, rotation));
	return psprintf("UPDATE ONLY %s SET %s = %s FROM (%s) cr_old"
					" WHERE %s.ctid = cr_old.cr_place",
					words, quote_identifier(rotation->column),
					new_value(relation, rotation),
					select_rows(relation, rotation, which),
					quote_identifier(RelationGetRelationName(relation)));
}

void
cr_rotation_run_batch(const CrRotation *rotation, CrBatch *batch)
{
	Relation	relation = open_table(rotation, RowExclusiveLock);
	int64		blocks = RelationGetNumberOfBlocks(relation);

	check_column(relation, rotation);
	batch->done = 0;
	batch->next_block = Min(rotation->next_block + CR_ROTATION_BLOCKS, blocks);
	batch->pass_ended = batch->next_block >= blocks;
	if (rotation->next_block < blocks)
		batch->done = run_as_owner(relation->rd_rel->relowner,
								   batch_statement(relation, rotation,
												   rotation->next_block,
												   batch->next_block),
								   SPI_OK_UPDATE);
	table_close(relation, NoLock);
}
