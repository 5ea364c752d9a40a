/*-------------------------------------------------------------------------
 *
 * src/guard/types.c
 *	  Keeps the owner of a domain from reading what others store in it.
 *
 * ALTER DOMAIN ... ADD CHECK evaluates the condition for the values of all
 * tables, past their privileges and policies, and says whether it holds.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/pg_class.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_type.h"
#include "guard/bound.h"
#include "guard/raise.h"
#include "guard/types.h"
#include "nodes/makefuncs.h"
#include "parser/parse_type.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

/* What depends on the type: tables in one list, types in the other. */
static void
find_users(Oid type, List **tables, List **types)
{
	Relation	catalog = table_open(DependRelationId, AccessShareLock);
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&keys[0], Anum_pg_depend_refclassid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(TypeRelationId));
	ScanKeyInit(&keys[1], Anum_pg_depend_refobjid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(type));
	scan = systable_beginscan(catalog, DependReferenceIndexId, true, NULL, 2,
							  keys);
	while ((tuple = systable_getnext(scan)) != NULL)
	{
		Form_pg_depend form = (Form_pg_depend) GETSTRUCT(tuple);

		if (form->classid == TypeRelationId)
			*types = list_append_unique_oid(*types, form->objid);
		else if (form->classid == RelationRelationId)
		{
			Oid			row = get_rel_type_id(form->objid);

			*tables = list_append_unique_oid(*tables, form->objid);
			if (OidIsValid(row))
				*types = list_append_unique_oid(*types, row);
		}
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
}

void
cr_types_judge(Node *command)
{
	AlterDomainStmt *alter = (AlterDomainStmt *) command;
	List	   *tables = NIL;
	List	   *types;
	Oid			domain;
	ListCell   *lc;

	if (!IsA(command, AlterDomainStmt) ||
		strchr("COV", alter->subtype) == NULL)
		return;
	domain = LookupTypeNameOid(NULL,
							   makeTypeNameFromNameList(alter->typeName),
							   true);
	if (!OidIsValid(domain))
		return;
	types = list_make1_oid(domain);
	foreach(lc, types)			/* which grows meanwhile */
		find_users(lfirst_oid(lc), &tables, &types);
	foreach(lc, tables)
	{
		if (cr_guard_binds(lfirst_oid(lc)))
			cr_raise_command("ALTER DOMAIN of a column's type",
							 lfirst_oid(lc));
	}
}
