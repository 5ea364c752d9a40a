/*-------------------------------------------------------------------------
 *
 * src/policy/describe.c
 *	  The SQL functions that views cleanroom.tables and cleanroom.columns
 *	  read.
 *
 * They tell a role about the tables that it may read or owns.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/relation.h"
#include "base/compat.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "policy/label.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#define TABLE_FIELDS	6
#define COLUMN_FIELDS	4

PG_FUNCTION_INFO_V1(cr_describe_table);
PG_FUNCTION_INFO_V1(cr_describe_columns);

/* May the current user know of the relation's policy? */
static bool
may_describe(Oid relid)
{
	Oid			user = GetUserId();

	if (!SearchSysCacheExists1(RELOID, ObjectIdGetDatum(relid)))
		return false;
	return cr_owns_relation(relid, user) ||
		pg_class_aclcheck(relid, user, ACL_SELECT) == ACLCHECK_OK ||
		pg_attribute_aclcheck_all(relid, user, ACL_SELECT,
								  ACLMASK_ANY) == ACLCHECK_OK;
}

static Datum
make_unit_array(const CrPolicy *policy)
{
	Datum	   *names = palloc0(Max(policy->nunits, 1) * sizeof(Datum));
	int			i;

	for (i = 0; i < policy->nunits; i++)
	{
		Name		name = palloc0(NAMEDATALEN);

		namestrcpy(name, get_attname(policy->relid, policy->units[i], false));
		names[i] = NameGetDatum(name);
	}
	return PointerGetDatum(construct_array(names, policy->nunits, NAMEOID,
										   NAMEDATALEN, false,
										   TYPALIGN_CHAR));
}

/* One row, all of it NULL where there is nothing to tell. */
Datum
cr_describe_table(PG_FUNCTION_ARGS)
{
	Oid			relid = PG_GETARG_OID(0);
	CrPolicy   *policy = may_describe(relid) ? cr_policy_lookup(relid) : NULL;
	TupleDesc	tupdesc;
	Datum		values[TABLE_FIELDS] = {0};
	bool		nulls[TABLE_FIELDS];

	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	memset(nulls, true, sizeof(nulls));
	if (policy != NULL)
	{
		values[0] = ObjectIdGetDatum(policy->labelled_relid);
		nulls[0] = false;
		nulls[5] = policy->readable;
		if (!policy->readable)
			values[5] = CStringGetTextDatum(policy->unreadable_why);
		else
		{
			memset(nulls, false, TABLE_FIELDS - 1);
			values[1] = Int32GetDatum(policy->threshold);
			values[2] = CStringGetTextDatum(policy->refuse_small_groups ?
											"refuse" : "suppress");
			values[3] = BoolGetDatum(policy->join_required);
			values[4] = make_unit_array(policy);
		}
	}
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(tupdesc),
													  values, nulls)));
}

static void
append_permission(StringInfo text, const char *permission)
{
	appendStringInfo(text, "%s%s", text->len > 0 ? "; " : "", permission);
}

/* What an analyst may do with the column, for people to read. */
static char *
describe_permissions(const CrColumnPolicy *column, Oid typid)
{
	StringInfoData text;

	initStringInfo(&text);
	if ((column->uses & CR_USE_UNIT) != 0)
		append_permission(&text, "count people with it, group by it in a "
						  "subquery that is aggregated again");
	if ((column->uses & CR_USE_JOIN) != 0)
		append_permission(&text, "join it by equality, count it");
	if ((column->uses & CR_USE_DIMENSION) != 0)
		append_permission(&text, "group by it, return it, filter on it, "
						  "count it");
	else if ((column->uses & CR_USE_FILTER) != 0)
		append_permission(&text, "filter on it");
	if ((column->uses & CR_USE_MEASURE) != 0)
	{
		char	   *names = cr_label_format_aggregates(column->aggregates);

		append_permission(&text,
						  psprintf(typid == DATEOID ?
								   "aggregate differences to it with %s" :
								   "aggregate it with %s", names));
	}
	return text.len > 0 ? text.data : pstrdup("nothing");
}

Datum
cr_describe_columns(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Oid			relid = PG_GETARG_OID(0);
	CrPolicy   *policy = may_describe(relid) ? cr_policy_lookup(relid) : NULL;
	int			i;

	InitMaterializedSRF(fcinfo, 0);
	for (i = 0; policy != NULL && policy->readable && i < policy->natts; i++)
	{
		Datum		values[COLUMN_FIELDS];
		bool		nulls[COLUMN_FIELDS] = {0};
		char	   *name = get_attname(relid, i + 1, true);
		Oid			typid;
		int32		typmod;
		Oid			collation;
		NameData	column;
		char	   *uses;
		char	   *may;

		if (name == NULL || get_attnum(relid, name) == InvalidAttrNumber)
			continue;			/* dropped */
		get_atttypetypmodcoll(relid, i + 1, &typid, &typmod, &collation);
		namestrcpy(&column, name);
		values[0] = NameGetDatum(&column);
		values[1] = CStringGetTextDatum(format_type_with_typemod(typid,
																 typmod));
		uses = cr_label_format_column(&policy->columns[i]);
		values[2] = CStringGetTextDatum(uses);
		may = describe_permissions(&policy->columns[i], typid);
		values[3] = CStringGetTextDatum(may);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values,
							 nulls);
	}
	return (Datum) 0;
}
