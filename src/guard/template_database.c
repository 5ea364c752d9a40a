/*-------------------------------------------------------------------------
 *
 * src/guard/template_database.c
 *	  Keeps databases that hold protected tables or keys from being copied.
 *
 * The owner of a database may copy it, without reading a row: with budgets,
 * suspensions and keys as they are, and a record of its own that can be
 * dropped.  A superuser may; the copy bears the mark, too.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_database.h"
#include "commands/dbcommands.h"
#include "commands/defrem.h"
#include "guard/template_database.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "policy/marked.h"
#include "storage/lmgr.h"
#include "utils/syscache.h"

/* What the server takes where nothing is said. */
#define DEFAULT_TEMPLATE	"template1"

static const char *
template_of(CreatedbStmt *create)
{
	ListCell   *lc;

	foreach(lc, create->options)
	{
		DefElem    *option = lfirst_node(DefElem, lc);

		if (strcmp(option->defname, "template") == 0 && option->arg != NULL)
			return defGetString(option);
	}
	return DEFAULT_TEMPLATE;
}

/* Nobody locks a database who will be refused the command anyway. */
static bool
may_create_databases(void)
{
	HeapTuple	tuple;
	bool		may;

	if (superuser())
		return true;
	tuple = SearchSysCache1(AUTHOID, ObjectIdGetDatum(GetUserId()));
	may = HeapTupleIsValid(tuple) &&
		((Form_pg_authid) GETSTRUCT(tuple))->rolcreatedb;
	if (HeapTupleIsValid(tuple))
		ReleaseSysCache(tuple);
	return may;
}

/*
 * The database of that name, which has the name until the transaction ends;
 * else another could be given it before the command looks.
 */
static Oid
lock_by_name(const char *name)
{
	Oid			database = get_database_oid(name, true);

	while (OidIsValid(database))
	{
		Oid			again;

		LockSharedObject(DatabaseRelationId, database, 0, ShareLock);
		again = get_database_oid(name, true);
		if (again == database)
			break;
		UnlockSharedObject(DatabaseRelationId, database, 0, ShareLock);
		database = again;
	}
	return database;
}

/* See template_database.h. */
char *
cr_template_database_judge(Node *command)
{
	const char *name;
	Oid			database;

	if (!IsA(command, CreatedbStmt) || !may_create_databases())
		return NULL;
	name = template_of((CreatedbStmt *) command);
	database = lock_by_name(name);
	if (!OidIsValid(database) || !cr_marked_has(database))
		return NULL;
	if (!superuser())
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("database \"%s\" cannot be copied", name),
				 errdetail("It has held tables or keys that cleanroom protects; budgets, suspensions and keys would start anew in a copy, and its record could be dropped."),
				 errhint("Use another template, such as template0; or ask a superuser.")));
	return pstrdup(((CreatedbStmt *) command)->dbname);
}
