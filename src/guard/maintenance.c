/*-------------------------------------------------------------------------
 *
 * src/guard/maintenance.c
 *	  Commands that read rows with their owner's rights, for somebody else.
 *
 * Who may maintain a table, as the database's owner, by MAINTAIN or as a
 * member of pg_maintain, has its rows put into indexes, statistics and
 * materialized views.  What that fails at, a value that is there twice or that
 * cannot be cast, is in the error.  Errors of the commands' own pass; any
 * other is replaced.
 *
 * Up to server 16 what the owner's functions name is looked up by the
 * search_path of whoever maintains; so only functions of those are called
 * whose rights the owner has, or a superuser's.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/transam.h"
#include "access/xact.h"
#include "base/compat.h"
#include "base/errcodes.h"
#include "catalog/index.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "guard/bound.h"
#include "guard/maintenance.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "policy/policy.h"
#include "session/made_function.h"
#include "utils/lsyscache.h"

static const char *
name_of(Node *command)
{
	switch (nodeTag(command))
	{
		case T_VacuumStmt:
			return ((VacuumStmt *) command)->is_vacuumcmd ?
				"VACUUM" : "ANALYZE";
		case T_ClusterStmt:
			return "CLUSTER";
		case T_ReindexStmt:
			return "REINDEX";
		case T_RefreshMatViewStmt:
			return "REFRESH MATERIALIZED VIEW";
		default:
			return NULL;
	}
}

/* Whose query a materialized view has, it also has the rights of. */
static bool
is_of_others(const RangeVar *name)
{
	Oid			relid = RangeVarGetRelid(name, NoLock, true);
	char		kind = OidIsValid(relid) ? get_rel_relkind(relid) : '\0';

	if (kind == RELKIND_INDEX || kind == RELKIND_PARTITIONED_INDEX)
		relid = IndexGetRelation(relid, true);
	if (!OidIsValid(relid))
		return false;			/* the command itself will say so */
	if (kind == RELKIND_MATVIEW)
		return !cr_owns_relation(relid, GetUserId());
	return OidIsValid(cr_guard_find_bound(relid));
}

/* The relations that it names; NIL: it is about all that there are. */
static List *
named_relations(Node *command)
{
	List	   *names = NIL;
	ListCell   *lc;

	switch (nodeTag(command))
	{
		case T_VacuumStmt:
			foreach(lc, ((VacuumStmt *) command)->rels)
				names = lappend(names,
								lfirst_node(VacuumRelation, lc)->relation);
			return names;
		case T_ClusterStmt:
			return ((ClusterStmt *) command)->relation == NULL ? NIL :
				list_make1(((ClusterStmt *) command)->relation);
		case T_ReindexStmt:
			return ((ReindexStmt *) command)->relation == NULL ? NIL :
				list_make1(((ReindexStmt *) command)->relation);
		case T_RefreshMatViewStmt:
			return list_make1(((RefreshMatViewStmt *) command)->relation);
		default:
			return NIL;
	}
}

const char *
cr_maintenance_of_others(Node *command)
{
	const char *name = name_of(command);
	List	   *relations;
	ListCell   *lc;

	if (name == NULL || !IsTransactionState() || !cr_policy_possible() ||
		superuser())
		return NULL;
	relations = named_relations(command);
	foreach(lc, relations)
	{
		if (lfirst(lc) == NULL || is_of_others(lfirst_node(RangeVar, lc)))
			return name;
	}
	return relations == NIL && OidIsValid(cr_guard_find_bound_anywhere()) ?
		name : NULL;
}

/* is such a command under way? */
static bool maintaining = false;

bool
cr_maintenance_enter(bool others)
{
	bool		outer = maintaining;

	maintaining = maintaining || others;
	return outer;
}

void
cr_maintenance_leave(bool outer)
{
	maintaining = outer;
}

bool
cr_maintenance_refuses_call(Oid funcid)
{
	return maintaining && funcid >= FirstNormalObjectId &&
		cr_made_function_is_others(funcid, GetUserId());
}

/* Has the file that raised it none of the values of rows in its texts? */
static bool
is_file_of_commands(const char *file)
{
	static const char *const files[] = {
		"vacuum.c", "analyze.c", "cluster.c", "indexcmds.c", "matview.c",
		"define.c", "tablecmds.c", "xact.c"
	};
	int			i;

	for (i = 0; file != NULL && i < (int) lengthof(files); i++)
	{
		if (strcmp(file, files[i]) == 0)
			return true;
	}
	return false;
}

/* Is it about the right to maintain the relation? */
static bool
is_of_relation(const char *message)
{
	return strncmp(message, "must be owner of ", 17) == 0 ||
		strcmp(message, "permission denied for table %s") == 0 ||
		strcmp(message, "permission denied for index %s") == 0 ||
		strcmp(message, "permission denied for materialized view %s") == 0;
}

/*
 * Is it the server's own, of what is not in a row?  A code alone does not
 * tell: what reads a value as a query or as a name raises those of commands,
 * with the value in the text.
 */
static bool
is_of_the_command(const ErrorData *error)
{
	char		class[3];

	snprintf(class, sizeof(class), "%.2s",
			 unpack_sql_state(error->sqlerrcode));
	if (strcmp(class, "RC") == 0 || strcmp(class, "53") == 0 ||
		strcmp(class, "57") == 0)
		return true;
	switch (error->sqlerrcode)
	{
		case ERRCODE_LOCK_NOT_AVAILABLE:
		case ERRCODE_T_R_DEADLOCK_DETECTED:
			return true;
		case ERRCODE_INSUFFICIENT_PRIVILEGE:
			if (is_of_relation(error->message_id))
				return true;
			/* FALLTHROUGH */
		case ERRCODE_SYNTAX_ERROR:
		case ERRCODE_UNDEFINED_TABLE:
		case ERRCODE_UNDEFINED_OBJECT:
		case ERRCODE_UNDEFINED_COLUMN:
		case ERRCODE_WRONG_OBJECT_TYPE:
		case ERRCODE_FEATURE_NOT_SUPPORTED:
		case ERRCODE_ACTIVE_SQL_TRANSACTION:
		case ERRCODE_READ_ONLY_SQL_TRANSACTION:
		case ERRCODE_OBJECT_IN_USE:
		case ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE:
			return is_file_of_commands(error->filename);
		default:
			return false;
	}
}

/*
 * A function of the owner's may have raised any code, with any text; then the
 * error has a context.
 */
void
cr_maintenance_fail(const char *name, MemoryContext context)
{
	ErrorData  *error;
	bool		of_the_command;

	MemoryContextSwitchTo(context);
	error = CopyErrorData();
	of_the_command = is_of_the_command(error);
	if (of_the_command && error->context == NULL)
		PG_RE_THROW();
	FlushErrorState();
	ereport(LOG_SERVER_ONLY,
			(errcode(error->sqlerrcode),
			 errmsg("%s failed: %s", name, error->message),
			 error->detail == NULL ? 0 : errdetail_internal("%s",
															error->detail)));
	ereport(ERROR,
			(errcode(of_the_command ? error->sqlerrcode : CR_ERRCODE_COMMAND),
			 errmsg("%s failed on a relation with protected rows", name),
			 errhint("Its owner, or a superuser, can run it and is told why; the server's log has it.")));
}
