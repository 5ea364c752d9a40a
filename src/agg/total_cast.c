/*-------------------------------------------------------------------------
 *
 * src/agg/total_cast.c
 *	  Casts of text to numbers, dates and such, that return NULL where the
 *	  text cannot be read.
 *
 * SQL has no function for such a cast: the server writes the value out and
 * has the other type's input function read it.  Input functions of built-in
 * types are pure computations, as total_call.c needs them to be; those that
 * look something up in the catalogs are not on the list.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/detoast.h"
#include "agg/total.h"
#include "agg/total_call.h"
#include "base/oids.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

/* cleanroom.total_cast_<name>(text), made by the install script */
static const struct
{
	Oid			type;
	const char *function;
}			casts[] = {
	{BOOLOID, "total_cast_bool"},
	{INT2OID, "total_cast_int2"},
	{INT4OID, "total_cast_int4"},
	{INT8OID, "total_cast_int8"},
	{NUMERICOID, "total_cast_numeric"},
	{FLOAT4OID, "total_cast_float4"},
	{FLOAT8OID, "total_cast_float8"},
	{DATEOID, "total_cast_date"},
	{TIMEOID, "total_cast_time"},
	{TIMESTAMPOID, "total_cast_timestamp"},
	{TIMESTAMPTZOID, "total_cast_timestamptz"},
	{INTERVALOID, "total_cast_interval"},
	{UUIDOID, "total_cast_uuid"},
};

/* What a call needs to know of the type; kept in fn_extra. */
typedef struct Input
{
	FmgrInfo	finfo;
	Oid			ioparam;
} Input;

PG_FUNCTION_INFO_V1(cr_total_cast);

Oid
cr_total_cast_of(Oid from, Oid to)
{
	Oid			text = TEXTOID;
	size_t		i;

	from = getBaseType(from);
	if (from != TEXTOID && from != VARCHAROID && from != BPCHAROID)
		return InvalidOid;
	for (i = 0; i < lengthof(casts); i++)
	{
		if (casts[i].type == to)
			return cr_oids_find_function(casts[i].function, 1, &text);
	}
	return InvalidOid;
}

static Input *
find_input(FmgrInfo *flinfo)
{
	Input	   *input = MemoryContextAllocZero(flinfo->fn_mcxt, sizeof(Input));
	Oid			funcid;

	getTypeInputInfo(get_func_rettype(flinfo->fn_oid), &funcid,
					 &input->ioparam);
	cr_total_check_pure(funcid);
	fmgr_info_cxt(funcid, &input->finfo, flinfo->fn_mcxt);
	flinfo->fn_extra = input;
	return input;
}

void
cr_total_look_up_cast(FmgrInfo *finfo)
{
	if (finfo->fn_addr == cr_total_cast)
		(void) find_input(finfo);
}

/* Reads the text; false if it cannot be read. */
static pg_noinline bool
read_text(Input *input, char *text, Datum *result)
{
	MemoryContext caller = CurrentMemoryContext;
	volatile bool failed = false;

	PG_TRY();
	{
		*result = InputFunctionCall(&input->finfo, text, input->ioparam, -1);
	}
	PG_CATCH();
	{
		if (!cr_total_is_data_error(geterrcode()))
			PG_RE_THROW();
		MemoryContextSwitchTo(caller);
		FlushErrorState();
		failed = true;
	}
	PG_END_TRY();

	return !failed;
}

/* The body of cleanroom.total_cast_<type>(text) */
Datum
cr_total_cast(PG_FUNCTION_ARGS)
{
	Input	   *input = fcinfo->flinfo->fn_extra;
	Datum		result;

	if (input == NULL)
		input = find_input(fcinfo->flinfo);
	if (toast_raw_datum_size(PG_GETARG_DATUM(0)) > CR_TOTAL_LONG_ARGUMENT)
		PG_RETURN_NULL();
	if (!read_text(input, text_to_cstring(PG_GETARG_TEXT_PP(0)), &result))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(result);
}
