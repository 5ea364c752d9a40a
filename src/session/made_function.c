/*-------------------------------------------------------------------------
 *
 * src/session/made_function.c
 *	  Which functions that did not come with the server another's text may
 *	  call.
 *
 * Row policies and templates are one party's text in another's session, so
 * whoever wrote them chooses the arguments.  That a superuser has made a
 * function says that it harms nobody in whose name it is called, if he has
 * written it.  An extension's need only harm nobody who calls it: crosstab(),
 * connectby() and xpath_table() run any query, and dblink_exec() any command.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/dependency.h"
#include "catalog/pg_proc.h"
#include "session/made_function.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

/* See made_function.h. */
bool
cr_made_function_answers(Oid funcid)
{
	return func_volatile(funcid) == PROVOLATILE_IMMUTABLE ||
		!OidIsValid(getExtensionOfObject(ProcedureRelationId, funcid));
}

static Oid
owner_of(Oid funcid)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(funcid));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		return InvalidOid;
	owner = ((Form_pg_proc) GETSTRUCT(tuple))->proowner;
	ReleaseSysCache(tuple);
	return owner;
}

/* See made_function.h. */
bool
cr_made_function_is_others(Oid funcid, Oid reader)
{
	Oid			owner = owner_of(funcid);

	return !OidIsValid(owner) || !has_privs_of_role(owner, reader);
}
