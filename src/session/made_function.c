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
 * connectby() and xpath_table() run any query, dblink_exec() any command, and
 * hstore's populate_record() whatever the conditions of a domain call.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "base/oids.h"
#include "catalog/dependency.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "session/condition_list.h"
#include "session/fixed_names.h"
#include "session/made_function.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

/*
 * Is no value of the type read under a condition of somebody's?  Rows and
 * domains have such, and what takes any type may be given one of those.  No
 * expression has a value of type "internal": it is handed on by aggregates.
 */
static bool
is_without_conditions(Oid type)
{
	Oid			element = get_element_type(type);

	if (OidIsValid(element))
		type = element;
	switch (get_typtype(type))
	{
		case TYPTYPE_BASE:
		case TYPTYPE_ENUM:
			return true;
		case TYPTYPE_RANGE:
			return is_without_conditions(get_range_subtype(type));
		case TYPTYPE_MULTIRANGE:
			return is_without_conditions(get_multirange_range(type));
		default:
			return type == INTERNALOID;
	}
}

static bool
has_conditions(Oid funcid)
{
	Oid		   *types;
	int			count;

	if (!is_without_conditions(get_func_signature(funcid, &types, &count)))
		return true;
	for (int i = 0; i < count; i++)
	{
		if (!is_without_conditions(types[i]))
			return true;
	}
	return false;
}

/* See made_function.h. */
bool
cr_made_function_answers(Oid funcid)
{
	if (!OidIsValid(getExtensionOfObject(ProcedureRelationId, funcid)))
		return true;
	return func_volatile(funcid) == PROVOLATILE_IMMUTABLE &&
		!has_conditions(funcid);
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

/* See made_function.h. */
bool
cr_made_function_is_harmless(Oid funcid, Oid reader)
{
	if (cr_oids_is_own_function(funcid))
		return func_volatile(funcid) == PROVOLATILE_IMMUTABLE ||
			cr_condition_list_has(funcid);
	return cr_made_function_answers(funcid) &&
		!cr_made_function_is_others(funcid, reader) &&
		cr_names_are_fixed(funcid, reader);
}
