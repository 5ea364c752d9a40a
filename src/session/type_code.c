/*-------------------------------------------------------------------------
 *
 * src/session/type_code.c
 *	  Which types bring code that nothing in a query shows.
 *
 * The planner calls a range's subtype_diff, which its owner may write in any
 * language, to estimate how many rows a comparison finds; no hook is asked.
 * A row may have such a range in a column, and an index may be on that.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/transam.h"
#include "access/tupdesc.h"
#include "catalog/pg_range.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "session/fixed_names.h"
#include "session/type_code.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

static bool
row_brings_code(Oid type, Oid reader)
{
	TupleDesc	row = lookup_rowtype_tupdesc_noerror(type, -1, true);
	bool		found = false;

	for (int i = 0; row != NULL && i < row->natts && !found; i++)
		found = !TupleDescAttr(row, i)->attisdropped &&
			cr_type_brings_code(TupleDescAttr(row, i)->atttypid, reader);
	if (row != NULL)
		ReleaseTupleDesc(row);
	return found;
}

static bool
is_trusted(Oid owner, Oid reader)
{
	return OidIsValid(reader) ? has_privs_of_role(owner, reader) :
		superuser_arg(owner);
}

/* Does what is called for estimates mean what the search_path makes of it? */
static bool
is_loose(Oid range, Oid reader)
{
	HeapTuple	tuple = SearchSysCache1(RANGETYPE, ObjectIdGetDatum(range));
	Oid			difference;

	if (!HeapTupleIsValid(tuple))
		return true;
	difference = ((Form_pg_range) GETSTRUCT(tuple))->rngsubdiff;
	ReleaseSysCache(tuple);
	return OidIsValid(difference) && !cr_names_are_fixed(difference, reader);
}

/* See type_code.h. */
bool
cr_type_brings_code(Oid type, Oid reader)
{
	HeapTuple	tuple;
	Form_pg_type form;
	Oid			owner;
	char		kind;
	Oid			element;

	check_stack_depth();
	if (type < FirstNormalObjectId)
		return false;
	tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
	if (!HeapTupleIsValid(tuple))
		return true;
	form = (Form_pg_type) GETSTRUCT(tuple);
	owner = form->typowner;
	kind = form->typtype;
	element = form->typelem;
	if (kind == TYPTYPE_DOMAIN)
		element = form->typbasetype;
	ReleaseSysCache(tuple);
	switch (kind)
	{
		case TYPTYPE_RANGE:
			return !is_trusted(owner, reader) || is_loose(type, reader);
		case TYPTYPE_MULTIRANGE:
			return !is_trusted(owner, reader) ||
				is_loose(get_multirange_range(type), reader);
		case TYPTYPE_COMPOSITE:
			return row_brings_code(type, reader);
		default:
			return OidIsValid(element) &&
				cr_type_brings_code(element, reader);
	}
}
