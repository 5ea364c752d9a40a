/*-------------------------------------------------------------------------
 *
 * src/policy/policy_sql.c
 *	  The SQL functions that change a table's policy.
 *
 * None is strict: a strict function would do nothing, without a word, when
 * an argument is NULL.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "policy/protect.h"
#include "utils/array.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(cr_protect);
PG_FUNCTION_INFO_V1(cr_unprotect);
PG_FUNCTION_INFO_V1(cr_set_column);
PG_FUNCTION_INFO_V1(cr_add_row_policy);
PG_FUNCTION_INFO_V1(cr_drop_row_policy);

static void
require_argument(FunctionCallInfo fcinfo, int n, const char *name)
{
	if (PG_ARGISNULL(n))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("argument \"%s\" must not be null", name),
				 errhint("Leave it out to have its default, if it has one.")));
}

/* An argument of type name[], as a list of C strings. */
static List *
get_names(FunctionCallInfo fcinfo, int n, const char *name)
{
	Datum	   *elements;
	bool	   *nulls;
	int			count;
	List	   *names = NIL;
	int			i;

	require_argument(fcinfo, n, name);
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(n), NAMEOID, NAMEDATALEN, false,
					  TYPALIGN_CHAR, &elements, &nulls, &count);
	for (i = 0; i < count; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("argument \"%s\" must not contain nulls", name),
					 errhint("List the names of columns.")));
		names = lappend(names, pstrdup(NameStr(*DatumGetName(elements[i]))));
	}
	return names;
}

static void
get_settings(FunctionCallInfo fcinfo, CrTableLabel *label)
{
	char	   *small_groups;

	require_argument(fcinfo, 2, "threshold");
	require_argument(fcinfo, 7, "join_required");
	require_argument(fcinfo, 8, "small_groups");
	label->threshold = PG_GETARG_INT32(2);
	if (label->threshold < CR_THRESHOLD_MINIMUM)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("threshold must be at least %d",
						CR_THRESHOLD_MINIMUM),
				 errhint("A group of one is a person; 50 is the default.")));
	if (label->threshold > CR_THRESHOLD_MAXIMUM)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("threshold must be at most %d",
						CR_THRESHOLD_MAXIMUM),
				 errhint("People are counted up to that number. To let nobody ask, grant nobody SELECT.")));
	label->join_required = PG_GETARG_BOOL(7);
	small_groups = text_to_cstring(PG_GETARG_TEXT_PP(8));
	label->refuse_small_groups = (strcmp(small_groups, "refuse") == 0);
	if (!label->refuse_small_groups && strcmp(small_groups, "suppress") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid value for small_groups: \"%s\"",
						small_groups),
				 errhint("Use 'suppress' or 'refuse'.")));
}

Datum
cr_protect(PG_FUNCTION_ARGS)
{
	CrProtectRequest request = {0};

	require_argument(fcinfo, 0, "relation");
	require_argument(fcinfo, 1, "privacy_unit");
	request.relid = PG_GETARG_OID(0);
	request.unit = NameStr(*PG_GETARG_NAME(1));
	get_settings(fcinfo, &request.label);
	request.dimensions = get_names(fcinfo, 3, "dimensions");
	request.measures = get_names(fcinfo, 4, "measures");
	request.filters = get_names(fcinfo, 5, "filters");
	request.join_keys = get_names(fcinfo, 6, "join_keys");
	cr_protect_table(&request);
	PG_RETURN_VOID();
}

Datum
cr_unprotect(PG_FUNCTION_ARGS)
{
	require_argument(fcinfo, 0, "relation");
	cr_protect_stop(PG_GETARG_OID(0));
	PG_RETURN_VOID();
}

Datum
cr_set_column(PG_FUNCTION_ARGS)
{
	require_argument(fcinfo, 0, "relation");
	require_argument(fcinfo, 1, "column");
	require_argument(fcinfo, 2, "uses");
	cr_protect_set_column(PG_GETARG_OID(0), NameStr(*PG_GETARG_NAME(1)),
						  text_to_cstring(PG_GETARG_TEXT_PP(2)));
	PG_RETURN_VOID();
}

Datum
cr_add_row_policy(PG_FUNCTION_ARGS)
{
	require_argument(fcinfo, 0, "relation");
	require_argument(fcinfo, 1, "policy");
	require_argument(fcinfo, 2, "condition");
	cr_rows_add_policy(PG_GETARG_OID(0), NameStr(*PG_GETARG_NAME(1)),
					   text_to_cstring(PG_GETARG_TEXT_PP(2)));
	PG_RETURN_VOID();
}

Datum
cr_drop_row_policy(PG_FUNCTION_ARGS)
{
	require_argument(fcinfo, 0, "relation");
	require_argument(fcinfo, 1, "policy");
	cr_rows_drop_policy(PG_GETARG_OID(0), NameStr(*PG_GETARG_NAME(1)));
	PG_RETURN_VOID();
}
