/*-------------------------------------------------------------------------
 *
 * src/keys/parts.c
 *	  Tables that hold values of a key as parts of others.
 *
 * A tracked column stands for that of each part of its table (partitions and
 * children), and a room that has the table has its parts.  So who is asked
 * about a key changes with what is a part of what, and that in commands that
 * speak of no key.  A part that leaves takes its values along, and is tracked
 * by itself from then on.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/oids.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "keys/parts.h"
#include "keys/store.h"
#include "session/asker.h"
#include "session/own_table.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

/* What the running command has done to a part. */
typedef struct Change
{
	Oid			part;
	Oid			whole;
	AttrNumber	number;			/* of a column of the whole; 0: of the table */
	NameData	column;			/* its name */
	SubTransactionId made_in;
} Change;

static List *changes = NIL;		/* in TopMemoryContext */

/* Children of one level, those too that are about to be detached. */
static List *
find_children(Oid relid, LOCKMODE lockmode)
{
	return find_inheritance_children_extended(relid, false, lockmode, NULL,
											  NULL);
}

List *
cr_parts_of(Oid relid, LOCKMODE lockmode)
{
	List	   *relids = list_make1_oid(relid);
	ListCell   *lc;

	LockRelationOid(relid, lockmode);
	foreach(lc, relids)
		relids = list_concat_unique_oid(relids,
										find_children(lfirst_oid(lc),
													  lockmode));
	return relids;
}

/* Subtransactions are numbered as they begin, so later ones are in it. */
static void
forget_since(SubTransactionId subtransaction)
{
	ListCell   *lc;

	foreach(lc, changes)
	{
		Change	   *change = lfirst(lc);

		if (change->made_in < subtransaction)
			continue;
		changes = foreach_delete_current(changes, lc);
		pfree(change);
	}
}

static void
at_subtransaction_end(SubXactEvent event, SubTransactionId mine,
					  SubTransactionId parent, void *arg)
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
		forget_since(mine);
}

static void
at_transaction_end(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_ABORT)
		forget_since(TopSubTransactionId);
}

static void
note(Oid part, Oid whole, AttrNumber number, const char *column)
{
	static bool watching = false;
	MemoryContext old;
	Change	   *change;

	if (!watching)
	{
		RegisterXactCallback(at_transaction_end, NULL);
		RegisterSubXactCallback(at_subtransaction_end, NULL);
	}
	watching = true;
	old = MemoryContextSwitchTo(TopMemoryContext);
	change = palloc0(sizeof(Change));
	change->part = part;
	change->whole = whole;
	change->number = number;
	if (column != NULL)
		namestrcpy(&change->column, column);
	change->made_in = GetCurrentSubTransactionId();
	changes = lappend(changes, change);
	MemoryContextSwitchTo(old);
}

/* See parts.h. */
void
cr_parts_note(Oid part, Oid whole)
{
	note(part, whole, 0, NULL);
}

/* See parts.h; the column is still there. */
void
cr_parts_note_column(Oid relid, int column)
{
	char	   *name = get_attname(relid, column, true);
	ListCell   *lc;

	if (name == NULL)
		return;
	foreach(lc, find_children(relid, NoLock))
		note(lfirst_oid(lc), relid, column, name);
}

/* Values of keys that the part, or the whole, is tracked for are in a room. */
static void
check_places(Oid part)
{
	static Oid	types[] = {OIDOID};
	Datum		args[1];
	char	   *count;

	if (!cr_own_table_has_rows("room_list"))
		return;
	args[0] = ObjectIdGetDatum(part);
	cr_session_ask_catalog("SELECT count(cleanroom.check_key_place(k.relation::oid, k.key_id)) FROM cleanroom.keyring_columns k WHERE k.relation::oid IN (SELECT cleanroom.kin_of($1))",
						   1, types, args, NULL, 1, &count);
}

/*
 * A partition's triggers go with the partitioned table, whose they were.  One
 * of its own would keep it from being attached again, so none is made.
 */
static void
warn_of_trigger(Oid part)
{
	ereport(WARNING,
			(errmsg("table \"%s\" has lost a trigger of cleanroom.tokenize_column()",
					get_rel_name(part)),
			 errdetail("It was the partitioned table's.  What is written into the table from now on is not tokenized."),
			 errhint("Call cleanroom.tokenize_column() for the table before rows are written; drop that trigger before the table is attached again.")));
}

/*
 * Tracks what has left.  What the whole is tracked for is read as of now, in
 * whatever isolation: others may have tracked it since this transaction began.
 */
static void
track_part(const Change *change)
{
	static Oid	types[] = {OIDOID, OIDOID, NAMEOID, INT4OID};
	bool		of_table = change->number == 0;
	Datum		args[4];
	char	   *found[4];
	CrArgument	arguments[4];
	CrStore		store;

	args[0] = ObjectIdGetDatum(change->part);
	args[1] = ObjectIdGetDatum(change->whole);
	args[2] = NameGetDatum(&change->column);
	args[3] = Int32GetDatum(change->number);
	cr_session_ask_catalog("SELECT columns::text, keys::text, numbers::text, lost_trigger::text FROM cleanroom.keys_of_former_part($1, $2, $3, $4)",
						   4, types, args, of_table ? "  nn" : "    ", 4,
						   found);
	if (found[0] != NULL)
	{
		arguments[0] = cr_argument(REGCLASSOID,
								   ObjectIdGetDatum(change->part));
		for (int i = 0; i < 3; i++)
			arguments[i + 1] = cr_argument(TEXTOID,
										   CStringGetTextDatum(found[i]));
		cr_store_open(&store);
		cr_store_run("INSERT INTO cleanroom.keyring_columns (relation, \"column\", key_id, attnum) SELECT $1, * FROM unnest($2::name[], $3::int[], $4::smallint[]) ON CONFLICT DO NOTHING",
					 4, arguments);
		cr_store_close(&store);
	}
	if (found[3] != NULL && strcmp(found[3], "true") == 0)
		warn_of_trigger(change->part);
}

/* See parts.h. */
void
cr_parts_settle(void)
{
	List	   *settled = changes;
	ListCell   *lc;

	if (settled == NIL)
		return;
	changes = NIL;				/* what is done here is a command, too */
	if (cr_oids_get() == NULL)
	{
		list_free_deep(settled);
		return;
	}
	CommandCounterIncrement();
	foreach(lc, settled)
	{
		const Change *change = lfirst(lc);

		if (get_rel_name(change->part) == NULL)
			continue;
		if (change->number == 0 &&
			list_member_oid(find_children(change->whole, NoLock),
							change->part))
			check_places(change->part);
		else
			track_part(change);
	}
	list_free_deep(settled);
}
