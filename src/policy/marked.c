/*-------------------------------------------------------------------------
 *
 * src/policy/marked.c
 *	  Marks a database that must not be copied.
 *
 * A copy of a database would have budgets, suspensions and keys as they were,
 * and nothing of what becomes of them in the original; and its record goes
 * with it.  CREATE DATABASE runs in another database, which cannot look into
 * this one: so what it has to know is a security label on the database, in a
 * catalog that all share.
 *
 * The mark stays when the last table is unprotected: the record is still
 * there, and so may be what was released.  It goes with the database.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/dependency.h"
#include "catalog/pg_database.h"
#include "catalog/pg_shseclabel.h"
#include "commands/dbcommands.h"
#include "commands/seclabel.h"
#include "miscadmin.h"
#include "policy/label.h"
#include "policy/marked.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"

#define MARK	"holds protected tables or keys"

bool
cr_marked_has(Oid database)
{
	ObjectAddress object;

	ObjectAddressSet(object, DatabaseRelationId, database);
	return GetSecurityLabel(&object, CR_LABEL_PROVIDER) != NULL;
}

bool
cr_marked_any(void)
{
	Relation	labels = table_open(SharedSecLabelRelationId, AccessShareLock);
	ScanKeyData keys[1];
	SysScanDesc scan;
	HeapTuple	tuple;
	bool		result = false;

	ScanKeyInit(&keys[0], Anum_pg_shseclabel_classoid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(DatabaseRelationId));
	scan = systable_beginscan(labels, InvalidOid, false, NULL, 1, keys);
	while (!result && HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		bool		isnull;
		Datum		provider = heap_getattr(tuple, Anum_pg_shseclabel_provider,
											RelationGetDescr(labels), &isnull);

		result = strcmp(TextDatumGetCString(provider), CR_LABEL_PROVIDER) == 0;
	}
	systable_endscan(scan);
	table_close(labels, AccessShareLock);
	return result;
}

/*
 * The lock is of a kind that no command takes: whoever owns the database
 * could hold one on the database itself.
 */
static void
mark(Oid database)
{
	ObjectAddress object;

	if (cr_marked_has(database))
		return;
	LockSharedObject(SharedSecLabelRelationId, database, 0, ExclusiveLock);
	if (cr_marked_has(database))
		return;
	ObjectAddressSet(object, DatabaseRelationId, database);
	SetSecurityLabel(&object, CR_LABEL_PROVIDER, MARK);
	CommandCounterIncrement();
}

void
cr_marked_set(void)
{
	mark(MyDatabaseId);
}

void
cr_marked_set_copy(const char *name)
{
	Oid			database;

	CommandCounterIncrement();
	database = get_database_oid(name, true);
	if (OidIsValid(database))
		mark(database);
}

void
cr_marked_check_label(const char *label)
{
	if (!superuser())
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("cleanroom's label of a database is set by cleanroom"),
				 errhint("Label tables and columns; ask a superuser if the database is no longer to be kept from being copied.")));
	if (label != NULL && strcmp(label, MARK) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid label for a database"),
				 errhint("A database has the label \"%s\", or NULL for none.",
						 MARK)));
}
