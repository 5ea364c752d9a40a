/*-------------------------------------------------------------------------
 *
 * src/guard/types.c
 *	  Keeps the owner of a type from reading what others store in it, and from
 *	  changing what their policies mean.
 *
 * ALTER DOMAIN ... ADD CHECK evaluates the condition for the values of all
 * tables, past their privileges and policies, and says whether it holds.  A
 * default runs with the rights of whoever writes a row, and so does a cast.
 * Another name for a value of an enum, or for a column of a row, has texts in
 * row policies find something else, or nothing.
 *
 * So what changes a type is refused to whoever is an analyst for a protected
 * table that has the type in a column or in a policy, directly or in another
 * type.  What takes a condition or a default away may be done, and a value
 * may be added: nothing that is stored comes to look different by that,
 * unless a row policy asks which values there are.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "base/catalog_row.h"
#include "base/compat.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/pg_attrdef.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_policy.h"
#include "catalog/pg_type.h"
#include "guard/bound.h"
#include "guard/raise.h"
#include "guard/types.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_type.h"
#include "policy/rls.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

typedef struct Users
{
	List	   *tables;
	List	   *types;			/* is read while it grows */
} Users;

static void
add_table(Users *users, Oid relid)
{
	Oid			row = get_rel_type_id(relid);

	if (!OidIsValid(relid))
		return;
	users->tables = list_append_unique_oid(users->tables, relid);
	if (OidIsValid(row))
		users->types = list_append_unique_oid(users->types, row);
}

/* The condition of a policy, a column's default or a CHECK. */
static void
add_table_of_expression(Users *users, Oid catalog, Oid id)
{
	HeapTuple	tuple;
	Oid			domain;

	switch (catalog)
	{
		case PolicyRelationId:
			tuple = cr_catalog_row(catalog, PolicyOidIndexId,
								   Anum_pg_policy_oid, id, NULL);
			if (HeapTupleIsValid(tuple))
				add_table(users,
						  ((Form_pg_policy) GETSTRUCT(tuple))->polrelid);
			break;
		case AttrDefaultRelationId:
			tuple = cr_catalog_row(catalog, AttrDefaultOidIndexId,
								   Anum_pg_attrdef_oid, id, NULL);
			if (HeapTupleIsValid(tuple))
				add_table(users,
						  ((Form_pg_attrdef) GETSTRUCT(tuple))->adrelid);
			break;
		case ConstraintRelationId:
			tuple = cr_catalog_row(catalog, ConstraintOidIndexId,
								   Anum_pg_constraint_oid, id, NULL);
			if (!HeapTupleIsValid(tuple))
				break;
			add_table(users,
					  ((Form_pg_constraint) GETSTRUCT(tuple))->conrelid);
			domain = ((Form_pg_constraint) GETSTRUCT(tuple))->contypid;
			if (OidIsValid(domain))
				users->types = list_append_unique_oid(users->types, domain);
			break;
		default:
			break;
	}
}

/* What depends on the type: tables in one list, types in the other. */
static void
find_users(Oid type, Users *users)
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
			users->types = list_append_unique_oid(users->types, form->objid);
		else if (form->classid == RelationRelationId)
			add_table(users, form->objid);
		else
			add_table_of_expression(users, form->classid, form->objid);
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
}

/* ---------- which values there are ---------- */

static bool
is_list_of_values(Oid funcid, void *context)
{
	return funcid == F_ENUM_FIRST || funcid == F_ENUM_LAST ||
		funcid == F_ENUM_RANGE_ANYENUM ||
		funcid == F_ENUM_RANGE_ANYENUM_ANYENUM;
}

static bool
values_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (check_functions_in_node(node, is_list_of_values, NULL))
		return true;
	if (IsA(node, Query))
		return query_tree_walker((Query *) node, values_walker, context, 0);
	return expression_tree_walker(node, values_walker, context);
}

static bool
policies_list_values(Oid relid)
{
	ListCell   *lc;

	foreach(lc, cr_rls_list_policies(relid))
	{
		CrRowPolicy *policy = lfirst(lc);

		if (policy->qual != NULL &&
			values_walker(stringToNode(policy->qual), NULL))
			return true;
	}
	return false;
}

/* ---------- commands ---------- */

typedef struct Change
{
	const char *command;
	List	   *types;			/* that it changes; InvalidOid among them */
	bool		adds_value;		/* and does nothing else */
} Change;

static List *
type_by_name(List *name)
{
	return list_make1_oid(LookupTypeNameOid(NULL,
											makeTypeNameFromNameList(name),
											true));
}

/* The type of the rows of a table, view or composite type. */
static List *
type_of_row(RangeVar *name)
{
	Oid			relid = RangeVarGetRelid(name, NoLock, true);

	return list_make1_oid(OidIsValid(relid) ? get_rel_type_id(relid) :
						  InvalidOid);
}

/* What takes a condition or a default away is left alone. */
static void
read_alter_domain(AlterDomainStmt *alter, Change *change)
{
	change->command = "ALTER DOMAIN of a column's type";
	if (strchr("COV", alter->subtype) != NULL ||
		(alter->subtype == 'T' && alter->def != NULL))
		change->types = type_by_name(alter->typeName);
}

static void
read_change(Node *command, Change *change)
{
	change->command = "ALTER TYPE of a column's type";
	switch (nodeTag(command))
	{
		case T_AlterDomainStmt:
			read_alter_domain((AlterDomainStmt *) command, change);
			break;
		case T_AlterEnumStmt:
			change->types = type_by_name(((AlterEnumStmt *)
										  command)->typeName);
			change->adds_value = ((AlterEnumStmt *) command)->oldVal == NULL;
			break;
		case T_AlterTypeStmt:
			change->types = type_by_name(((AlterTypeStmt *)
										  command)->typeName);
			break;
		case T_AlterTableStmt:
			if (((AlterTableStmt *) command)->objtype == OBJECT_TYPE)
				change->types = type_of_row(((AlterTableStmt *)
											 command)->relation);
			break;
		case T_RenameStmt:
			if (((RenameStmt *) command)->renameType == OBJECT_ATTRIBUTE ||
				((RenameStmt *) command)->renameType == OBJECT_COLUMN)
				change->types = type_of_row(((RenameStmt *)
											 command)->relation);
			break;
		case T_CreateCastStmt:
			change->command = "CREATE CAST of a column's type";
			change->types =
				list_make2_oid(LookupTypeNameOid(NULL, ((CreateCastStmt *)
														command)->sourcetype,
												 true),
							   LookupTypeNameOid(NULL, ((CreateCastStmt *)
														command)->targettype,
												 true));
			break;
		default:
			break;
	}
}

void
cr_types_judge(Node *command)
{
	Change		change = {0};
	Users		users = {0};
	ListCell   *lc;

	read_change(command, &change);
	users.types = change.types;
	foreach(lc, users.types)	/* which grows meanwhile */
	{
		if (OidIsValid(lfirst_oid(lc)))
			find_users(lfirst_oid(lc), &users);
	}
	foreach(lc, users.tables)
	{
		Oid			relid = lfirst_oid(lc);

		if (cr_guard_binds(relid) &&
			(!change.adds_value || policies_list_values(relid)))
			cr_raise_command(change.command, relid);
	}
}
