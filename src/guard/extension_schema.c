/*-------------------------------------------------------------------------
 *
 * src/guard/extension_schema.c
 *	  Where other extensions may be created.
 *
 * Whoever creates a trusted extension needs no privilege on its schema.  In
 * ours, or in the server's, its functions and operators would come before, or
 * in the place of, those that rules and templates mean.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/oids.h"
#include "catalog/namespace.h"
#include "catalog/pg_namespace.h"
#include "commands/defrem.h"
#include "guard/extension_schema.h"
#include "miscadmin.h"
#include "utils/lsyscache.h"

/* As CREATE EXTENSION finds it, unless its author has settled it. */
static Oid
schema_of(const CreateExtensionStmt *create)
{
	List	   *path;
	ListCell   *lc;

	foreach(lc, create->options)
	{
		DefElem    *option = lfirst_node(DefElem, lc);

		if (strcmp(option->defname, "schema") == 0)
			return get_namespace_oid(defGetString(option), true);
	}
	path = fetch_search_path(false);
	return path == NIL ? InvalidOid : linitial_oid(path);
}

/* See extension_schema.h. */
void
cr_extension_schema_judge(Node *command)
{
	const CrOids *oids = cr_oids_get();
	Oid			schema;

	if (oids == NULL || !IsA(command, CreateExtensionStmt) || superuser())
		return;
	schema = schema_of((CreateExtensionStmt *) command);
	if (schema == oids->schema || schema == PG_CATALOG_NAMESPACE)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("only a superuser may create an extension in schema \"%s\"",
						get_namespace_name(schema)),
				 errhint("Create it in a schema of your own: CREATE EXTENSION ... SCHEMA my_schema.")));
}
