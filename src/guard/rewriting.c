/*-------------------------------------------------------------------------
 *
 * src/guard/rewriting.c
 *	  Keeps commands that write tables or indexes anew from shutting the
 *	  extension's own.
 *
 * The owner of the database may run them on all its tables.  They wait for
 * whoever reads the table, such as a transaction of that owner's which stays
 * open, and shut out the recorder meanwhile; and what cannot be recorded is
 * refused to everybody.  VACUUM, ANALYZE and REINDEX CONCURRENTLY shut nobody
 * out.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "base/errcodes.h"
#include "base/oids.h"
#include "catalog/index.h"
#include "catalog/namespace.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_class.h"
#include "catalog/pg_index.h"
#include "catalog/pg_namespace.h"
#include "commands/defrem.h"
#include "guard/bound.h"
#include "guard/raise.h"
#include "guard/rewriting.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "session/own_table.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"

bool
cr_rewriting_of_all(void)
{
	Oid			role = GetUserId();

#if PG_VERSION_NUM >= 170000
	if (has_privs_of_role(role, ROLE_PG_MAINTAIN))
		return !superuser();
#endif
	return !superuser() && has_privs_of_role(role, ROLE_PG_DATABASE_OWNER);
}

static void
refuse(const char *command, Oid table)
{
	CrVerdict  *verdict;

	verdict = cr_verdict_refuse(CR_ERRCODE_COMMAND, -1,
								psprintf("%s is not allowed on table \"%s\" of cleanroom",
										 command, get_rel_name(table)),
								"Name your own tables, one by one; plain VACUUM and REINDEX ... CONCURRENTLY may be run on all.");
	verdict->detail = "It would keep queries on protected tables from being recorded, and so from being run.";
	cr_raise_refusal(verdict, NULL);
}

/* The table that a relation, such as an index, is a part of. */
static Oid
table_of(Oid relid)
{
	char		relkind = get_rel_relkind(relid);

	if (relkind == RELKIND_INDEX || relkind == RELKIND_PARTITIONED_INDEX)
	{
		relid = IndexGetRelation(relid, true);
		relkind = OidIsValid(relid) ? get_rel_relkind(relid) : '\0';
	}
	return relkind == RELKIND_TOASTVALUE ? cr_guard_table_of_toast(relid) :
		relid;
}

/* Whoever has no right to it is left to the server, which says so. */
static void
refuse_name(const char *command, const RangeVar *name)
{
	Oid			relid = name == NULL ? InvalidOid :
		RangeVarGetRelid(name, NoLock, true);
	Oid			table = OidIsValid(relid) ? table_of(relid) : InvalidOid;

	if (OidIsValid(table) && cr_guard_closes(table) &&
		(cr_rewriting_of_all() || cr_guard_has_right(table, ACL_NO_RIGHTS)))
		refuse(command, table);
}

static void
refuse_all(const char *command)
{
	if (cr_oids_get() != NULL && cr_rewriting_of_all())
		refuse(command, cr_own_table_oid("ledger_records"));
}

/* Is the option there, and on?  The last one of a name counts. */
static bool
is_on(List *options, const char *name)
{
	bool		on = false;
	ListCell   *lc;

	foreach(lc, options)
	{
		DefElem    *option = lfirst_node(DefElem, lc);

		if (strcmp(option->defname, name) == 0)
			on = defGetBoolean(option);
	}
	return on;
}

static void
judge_vacuum(VacuumStmt *vacuum)
{
	ListCell   *lc;

	if (!vacuum->is_vacuumcmd || !is_on(vacuum->options, "full"))
		return;
	foreach(lc, vacuum->rels)
		refuse_name("VACUUM FULL", lfirst_node(VacuumRelation, lc)->relation);
	if (vacuum->rels == NIL)
		refuse_all("VACUUM FULL");
}

/*
 * Without a name it is about tables that have been clustered before; of ours
 * that can only be a superuser's doing.
 */
static void
judge_cluster(ClusterStmt *cluster)
{
	Relation	catalog;
	SysScanDesc scan;
	HeapTuple	tuple;
	Oid			own = InvalidOid;

	refuse_name("CLUSTER", cluster->relation);
	if (cluster->relation != NULL || !cr_rewriting_of_all())
		return;
	catalog = table_open(IndexRelationId, AccessShareLock);
	scan = systable_beginscan(catalog, InvalidOid, false, NULL, 0, NULL);
	while ((tuple = systable_getnext(scan)) != NULL)
	{
		Form_pg_index form = (Form_pg_index) GETSTRUCT(tuple);

		if (form->indisclustered && cr_guard_closes(form->indrelid))
			own = form->indrelid;
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	if (OidIsValid(own))
		refuse("CLUSTER", own);
}

static void
judge_reindex(ReindexStmt *reindex)
{
	Oid			schema;

	if (is_on(reindex->params, "concurrently"))
		return;
	switch (reindex->kind)
	{
		case REINDEX_OBJECT_INDEX:
		case REINDEX_OBJECT_TABLE:
			refuse_name("REINDEX", reindex->relation);
			break;
		case REINDEX_OBJECT_SCHEMA:
			schema = get_namespace_oid(reindex->name, true);
			if (OidIsValid(schema) &&
				(schema == PG_TOAST_NAMESPACE ||
				 (cr_oids_get() != NULL && schema == cr_oids_get()->schema)))
				refuse_all("REINDEX SCHEMA");
			break;
		case REINDEX_OBJECT_DATABASE:
			refuse_all("REINDEX DATABASE");
			break;
		default:				/* the catalogs are the server's */
			break;
	}
}

void
cr_rewriting_judge(Node *command)
{
	if (superuser())
		return;
	switch (nodeTag(command))
	{
		case T_VacuumStmt:
			judge_vacuum((VacuumStmt *) command);
			break;
		case T_ClusterStmt:
			judge_cluster((ClusterStmt *) command);
			break;
		case T_ReindexStmt:
			judge_reindex((ReindexStmt *) command);
			break;
		default:
			break;
	}
}
