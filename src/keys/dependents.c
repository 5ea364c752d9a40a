/*-------------------------------------------------------------------------
 *
 * src/keys/dependents.c
 *	  Counts what is known to be under a key.
 *
 * Known are vault tokens, and the columns of cleanroom.keyring_columns, which
 * the functions that fill a column write, and track_column().  Statements are
 * run as the owner of the keyring, and so on the extension's tables and the
 * catalogs alone: a statement on somebody's table, or merely its plan, would
 * run that table's code with those rights.  Columns are read without one
 * (count_values.c).
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/relation.h"
#include "base/compat.h"
#include "base/isolation.h"
#include "base/oids.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "keys/admin.h"
#include "keys/count_values.h"
#include "keys/layouts.h"
#include "keys/parts.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

/* A tracked column. */
typedef struct Tracked
{
	Oid			relid;
	char	   *column;
} Tracked;

/* Runs a count of key and version. */
static uint64
run_count(const char *statement, const CrKeyRow *row, int32 version)
{
	CrArgument	arguments[2];
	bool		isnull;

	arguments[0] = cr_argument(INT4OID, Int32GetDatum(row->key_id));
	arguments[1] = cr_argument(INT4OID, Int32GetDatum(version));
	cr_store_run(statement, 2, arguments);
	return (uint64) DatumGetInt64(cr_store_value(0, 1, &isnull));
}

static List *
add_column(List *columns, Oid relid, const char *column)
{
	Tracked    *tracked;
	ListCell   *cell;

	foreach(cell, columns)
	{
		tracked = lfirst(cell);
		if (tracked->relid == relid && strcmp(tracked->column, column) == 0)
			return columns;
	}
	tracked = palloc(sizeof(Tracked));
	tracked->relid = relid;
	tracked->column = pstrdup(column);
	return lappend(columns, tracked);
}

/*
 * Adds the columns that triggers of tokenize_column() fill.  Anybody may make
 * such a trigger by hand, for any key: a table whose owner has no use of the
 * key keeps nobody from retiring it.
 */
static List *
add_filled_columns(List *columns, const CrKeyRow *row)
{
	Oid			function = cr_oids_find_function("fill_token", 0, NULL);
	CrArgument	argument = cr_argument(OIDOID, ObjectIdGetDatum(function));
	SPITupleTable *relations;
	uint64		n;
	uint64		i;

	n = cr_store_run("SELECT DISTINCT t.tgrelid, c.relowner FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgfoid = $1 AND t.tgparentid = 0 ORDER BY t.tgrelid",
					 1, &argument);
	relations = SPI_tuptable;
	for (i = 0; i < n; i++)
	{
		bool		isnull;
		Oid			relid = DatumGetObjectId(SPI_getbinval(relations->vals[i],
														   relations->tupdesc,
														   1, &isnull));
		Oid			owner = DatumGetObjectId(SPI_getbinval(relations->vals[i],
														   relations->tupdesc,
														   2, &isnull));
		Relation	relation = cr_admin_has_use(owner, row->key_id) ?
			try_relation_open(relid, AccessShareLock) : NULL;
		int			j;

		if (relation == NULL)
			continue;
		for (j = 0; relation->trigdesc != NULL &&
			 j < relation->trigdesc->numtriggers; j++)
		{
			Trigger    *trigger = &relation->trigdesc->triggers[j];

			if (trigger->tgfoid == function &&
				trigger->tgnargs == CR_FILL_TOKEN_NARGS &&
				strcmp(trigger->tgargs[CR_FILL_TOKEN_KEY],
					   NameStr(row->name)) == 0)
				columns = add_column(columns, relid,
									 trigger->tgargs[CR_FILL_TOKEN_TARGET]);
		}
		relation_close(relation, NoLock);
	}
	return columns;
}

/*
 * By name, which is what a dump keeps, and by number, which outlives a change
 * of the name.  Tokens and ciphertexts say whose they are, so that a column
 * too many does no harm.
 */
static List *
read_tracked(int32 key_id)
{
	CrArgument	argument = cr_argument(INT4OID, Int32GetDatum(key_id));
	List	   *columns = NIL;
	uint64		n;
	uint64		i;

	n = cr_store_run("SELECT k.relation, a.attname FROM cleanroom.keyring_columns k JOIN pg_attribute a ON a.attrelid = k.relation AND NOT a.attisdropped AND (a.attname = k.\"column\" OR a.attnum = k.attnum AND a.atttypid IN ('uuid'::regtype, 'bytea'::regtype)) WHERE k.key_id = $1 ORDER BY k.relation::text, a.attname",
					 1, &argument);
	for (i = 0; i < n; i++)
	{
		bool		isnull;
		Oid			relid = DatumGetObjectId(cr_store_value(i, 1, &isnull));
		Name		column = DatumGetName(cr_store_value(i, 2, &isnull));

		columns = add_column(columns, relid, NameStr(*column));
	}
	return columns;
}

/* The columns that are known of; inside cr_store_open(). */
static List *
known_columns(const CrKeyRow *row)
{
	return add_filled_columns(read_tracked(row->key_id), row);
}

/*
 * The same, their tables and parts locked.  A part that leaves before it is
 * locked is known by itself only once it has.
 */
static List *
lock_known_columns(const CrKeyRow *row)
{
	List	   *columns = known_columns(row);
	List	   *before;
	ListCell   *cell;

	do
	{
		before = columns;
		foreach(cell, before)
			(void) cr_parts_of(((Tracked *) lfirst(cell))->relid,
							   AccessShareLock);
		columns = known_columns(row);
	} while (list_length(columns) > list_length(before));
	return columns;
}

/* Notes the table, and the partitions and children it has. */
static List *
add_lock_tags(List *tags, Oid relid)
{
	ListCell   *cell;

	foreach(cell, cr_parts_of(relid, AccessShareLock))
	{
		LOCKTAG    *tag = palloc(sizeof(LOCKTAG));

		SET_LOCKTAG_RELATION(*tag, MyDatabaseId, lfirst_oid(cell));
		tags = lappend(tags, tag);
	}
	return tags;
}

void
cr_dependents_wait(const CrKeyRow *row)
{
	List	   *tags = NIL;
	ListCell   *cell;
	CrStore		store;

	cr_store_open(&store);
	foreach(cell, lock_known_columns(row))
	{
		Oid			relid = ((Tracked *) lfirst(cell))->relid;

		if (SearchSysCacheExists1(RELOID, ObjectIdGetDatum(relid)))
			tags = add_lock_tags(tags, relid);
	}
	WaitForLockersMultiple(tags, ShareLock, false);
	cr_store_close(&store);
}

const char *
cr_relation_words(Oid relid)
{
	const char *schema = get_namespace_name(get_rel_namespace(relid));

	return quote_qualified_identifier(schema, get_rel_name(relid));
}

static void
append_count(StringInfo words, uint64 count, const char *what)
{
	if (count == 0)
		return;
	appendStringInfo(words, "%s" UINT64_FORMAT " %s%s",
					 words->len == 0 ? "" : ", ", count,
					 count == 1 ? "value" : "values", what);
}

/* How many values a table has is for its owner to know; others learn where. */
static void
append_column(StringInfo words, uint64 count, const Tracked *tracked,
			  Oid reader)
{
	const char *what = psprintf(" in %s.%s",
								cr_relation_words(tracked->relid),
								quote_identifier(tracked->column));

	if (cr_owns_relation(tracked->relid, reader))
		append_count(words, count, what);
	else if (count > 0)
		appendStringInfo(words, "%svalues%s", words->len == 0 ? "" : ", ",
						 what);
}

uint64
cr_dependents_count(const CrKeyRow *row, int32 version, char **words)
{
	MemoryContext context = CurrentMemoryContext;
	StringInfoData list;
	List	   *columns;
	uint64		total;
	ListCell   *cell;
	CrStore		store;

	cr_store_open(&store);
	initStringInfo(&list);
	total = run_count("SELECT count(*) FROM cleanroom.keyring_vault WHERE key_id = $1 AND $2 IN (0, version)",
					  row, version);
	append_count(&list, total, " in the vault");
	columns = lock_known_columns(row);
	foreach(cell, columns)
	{
		Tracked    *tracked = lfirst(cell);
		uint64		count;

		if (!SearchSysCacheExists1(RELOID, ObjectIdGetDatum(tracked->relid)) ||
			!cr_count_values(tracked->relid, tracked->column, row->key_id,
							 version, &count))
			continue;
		append_column(&list, count, tracked, store.caller);
		total += count;
	}
	*words = MemoryContextStrdup(context,
								 list.len == 0 ? "no values" : list.data);
	cr_store_close(&store);

	return total;
}

void
cr_dependents_track(Oid relid, const char *column, int32 key_id)
{
	AttrNumber	attnum = get_attnum(relid, column);
	Oid			type = get_atttype(relid, attnum);
	CrArgument	arguments[4];

	cr_require_read_committed("columns are tracked");
	/* whoever takes a part away meanwhile waits, and sees what is tracked */
	(void) cr_parts_of(relid, AccessShareLock);
	arguments[0] = cr_argument(REGCLASSOID, ObjectIdGetDatum(relid));
	arguments[1] = cr_argument(TEXTOID, CStringGetTextDatum(column));
	arguments[2] = cr_argument(INT4OID, Int32GetDatum(key_id));
	arguments[3] = cr_argument(INT2OID, Int16GetDatum(attnum));
	cr_store_run("SELECT cleanroom.check_key_place($1, $3)", 3, arguments);
	/* values of no kind that names its key are the last key's */
	if (type != UUIDOID && type != BYTEAOID)
		cr_store_run("DELETE FROM cleanroom.keyring_columns WHERE relation = $1 AND \"column\" = $2::name AND key_id <> $3",
					 3, arguments);
	cr_store_run("INSERT INTO cleanroom.keyring_columns (relation, \"column\", key_id, attnum) VALUES ($1, $2::name, $3, $4) ON CONFLICT (relation, \"column\", key_id) DO UPDATE SET attnum = EXCLUDED.attnum",
				 4, arguments);
}
