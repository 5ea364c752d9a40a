/*-------------------------------------------------------------------------
 *
 * src/agg/total_call.c
 *	  The body of every twin that calls its original and returns NULL where
 *	  the original fails.
 *
 * The original is pg_catalog.<name>(same argument types) for a twin that is
 * called total_<name>.
 *
 * Errors are caught without a subtransaction.  That is sound only because
 * the originals are pure computations: they take no lock, write nothing, run
 * no SQL and hold no reference of a kind that a resource owner tracks where
 * they raise the errors caught here.  Reading stored values could do all
 * that, so arguments are brought into memory before.  Memory is the calling
 * context's, and goes with it.
 *
 * Caught are the errors that data or a bad constant provoke; cancellation,
 * lack of memory, damaged data and internal errors are not ours to hide.
 *
 * An argument of more than CR_TOTAL_LONG_ARGUMENT bytes gives NULL: functions
 * may need several times its size, and fail where that is more than can be
 * allocated.  A result of more than CR_TOTAL_LONG_RESULT bytes is NULL: a row
 * of several such values could not be formed, and would fail only if there is
 * one.  Nor is a text compared with every part of another where both are so
 * long that this takes seconds: nothing can end it, and it takes them only if
 * there is a row.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/detoast.h"
#include "access/htup_details.h"
#include "agg/total_call.h"
#include "base/compat.h"
#include "catalog/pg_language.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

#define TWIN_PREFIX		"total_"
#define MAX_ARGS		FUNC_MAX_ARGS

/*
 * What is changed of a call.  Originals that are SQL functions are not called
 * but what they stand for: an SQL function is no pure computation.
 */
typedef enum Change
{
	CHANGE_NONE,
	CHANGE_SWAP,				/* the two arguments change places */
	CHANGE_ADD_ZERO,			/* integer 0 is added as last argument */
	CHANGE_ADD_SPACE,			/* text ' ' is added as last argument */
	CHANGE_PUT_TEN,				/* numeric 10 is put before the others */
	CHANGE_DATE,				/* the second argument, a date, is made a
								 * timestamp */
	CHANGE_PUT_TODAY,			/* the day's begin is put before the others, */
	CHANGE_PUT_TODAY_ZONED,		/* with time zone */
	CHANGE_REFUSE_LENGTH		/* none, but NULL where the second argument
								 * is no length that a type can have */
} Change;

typedef struct StandIn
{
	Oid			original;
	Oid			called;
	Change		change;
} StandIn;

static const StandIn stand_ins[] = {
	{F_ROUND_NUMERIC, F_ROUND_NUMERIC_INT4, CHANGE_ADD_ZERO},
	{F_TRUNC_NUMERIC, F_TRUNC_NUMERIC_INT4, CHANGE_ADD_ZERO},
	{F_LOG_NUMERIC, F_LOG_NUMERIC_NUMERIC, CHANGE_PUT_TEN},
	{F_LOG10_NUMERIC, F_LOG_NUMERIC_NUMERIC, CHANGE_PUT_TEN},
	{F_LPAD_TEXT_INT4, F_LPAD_TEXT_INT4_TEXT, CHANGE_ADD_SPACE},
	{F_RPAD_TEXT_INT4, F_RPAD_TEXT_INT4_TEXT, CHANGE_ADD_SPACE},
	{F_TEXTANYCAT, F_CONCAT, CHANGE_NONE},
	{F_ANYTEXTCAT, F_CONCAT, CHANGE_NONE},
	{F_INTEGER_PL_DATE, F_DATE_PLI, CHANGE_SWAP},
	{F_INTERVAL_PL_DATE, F_DATE_PL_INTERVAL, CHANGE_SWAP},
	{F_INTERVAL_PL_TIME, F_TIME_PL_INTERVAL, CHANGE_SWAP},
	{F_INTERVAL_PL_TIMETZ, F_TIMETZ_PL_INTERVAL, CHANGE_SWAP},
	{F_INTERVAL_PL_TIMESTAMP, F_TIMESTAMP_PL_INTERVAL, CHANGE_SWAP},
	{F_INTERVAL_PL_TIMESTAMPTZ, F_TIMESTAMPTZ_PL_INTERVAL, CHANGE_SWAP},
	{F_TIMEDATE_PL, F_DATETIME_PL, CHANGE_SWAP},
	{F_TIMETZDATE_PL, F_DATETIMETZ_PL, CHANGE_SWAP},
	{F_BPCHAR_BPCHAR_INT4_BOOL, F_BPCHAR_BPCHAR_INT4_BOOL,
	CHANGE_REFUSE_LENGTH},
	{F_DATE_PART_TEXT_DATE, F_DATE_PART_TEXT_TIMESTAMP, CHANGE_DATE},
	{F_AGE_TIMESTAMP, F_AGE_TIMESTAMP_TIMESTAMP, CHANGE_PUT_TODAY},
	{F_AGE_TIMESTAMPTZ, F_AGE_TIMESTAMPTZ_TIMESTAMPTZ, CHANGE_PUT_TODAY_ZONED},
};

/*
 * They may take time for each pair of a letter, or digit, of the first
 * argument and one of the second.
 */
static const Oid comparing_all_parts[] = {
	F_TEXTLIKE, F_TEXTNLIKE, F_LIKE_TEXT_TEXT, F_NOTLIKE_TEXT_TEXT,
	F_TEXTICLIKE, F_TEXTICNLIKE, F_BPCHARLIKE, F_BPCHARNLIKE, F_BPCHARICLIKE,
	F_BPCHARICNLIKE, F_POSITION_TEXT_TEXT, F_STRPOS, F_SPLIT_PART, F_REPLACE,
	F_TRANSLATE, F_BTRIM_TEXT_TEXT, F_LTRIM_TEXT_TEXT, F_RTRIM_TEXT_TEXT,
	F_GCD_NUMERIC_NUMERIC, F_LCM_NUMERIC_NUMERIC,
};

/* A second text that is shorter has been written by hand. */
#define SHORT_PART		100
#define MAX_PAIRS		(16.0 * 1024 * 1024)

/* What a call needs to know of the original; kept in fn_extra. */
typedef struct Original
{
	FmgrInfo	finfo;
	Change		change;
	bool		is_varlena[MAX_ARGS];	/* of the twin's own arguments */
	bool		gives_varlena;
	bool		compares_all_parts;
	Oid			called;
	Datum		added;			/* for CHANGE_ADD_SPACE, CHANGE_PUT_TEN */
} Original;

PG_FUNCTION_INFO_V1(cr_total_call);

/* The function that a twin is the twin of; raises unless it may be called. */
static Oid
find_original(Oid twin, oidvector **argtypes)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(twin));
	Form_pg_proc proc;
	char	   *name;
	Oid			original;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", twin);
	proc = (Form_pg_proc) GETSTRUCT(tuple);
	name = pstrdup(NameStr(proc->proname));
	*argtypes = buildoidvector(proc->proargtypes.values, proc->pronargs);
	ReleaseSysCache(tuple);

	if (strncmp(name, TWIN_PREFIX, strlen(TWIN_PREFIX)) != 0 ||
		(*argtypes)->dim1 > MAX_ARGS)
		elog(ERROR, "function %u is not the twin of another", twin);
	original = GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid,
							   CStringGetDatum(name + strlen(TWIN_PREFIX)),
							   PointerGetDatum(*argtypes),
							   ObjectIdGetDatum(PG_CATALOG_NAMESPACE));
	if (!OidIsValid(original))
		elog(ERROR, "function %u has no original", twin);
	pfree(name);
	return original;
}

void
cr_total_check_pure(Oid funcid)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(funcid));
	Form_pg_proc proc;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", funcid);
	proc = (Form_pg_proc) GETSTRUCT(tuple);
	if (proc->prolang != INTERNALlanguageId ||
		proc->provolatile == PROVOLATILE_VOLATILE || proc->proretset)
		elog(ERROR, "function %u cannot have a twin", funcid);
	ReleaseSysCache(tuple);
}

/* The type of an argument, where the twin takes any the one of this call. */
static Oid
argument_type(FmgrInfo *flinfo, const oidvector *declared, int number)
{
	Oid			type = declared->values[Min(number, declared->dim1 - 1)];

	return get_typtype(type) == TYPTYPE_PSEUDO ?
		get_fn_expr_argtype(flinfo, number) : type;
}

static Original *
find_called(FmgrInfo *flinfo, int nargs)
{
	Original   *original;
	oidvector  *argtypes;
	Oid			called = find_original(flinfo->fn_oid, &argtypes);
	MemoryContext caller;
	size_t		i;
	int			number;

	caller = MemoryContextSwitchTo(flinfo->fn_mcxt);
	original = palloc0(sizeof(Original));
	for (i = 0; i < lengthof(stand_ins); i++)
	{
		if (stand_ins[i].original == called)
		{
			original->change = stand_ins[i].change;
			called = stand_ins[i].called;
			break;
		}
	}
	cr_total_check_pure(called);
	for (number = 0; number < nargs; number++)
	{
		Oid			type = argument_type(flinfo, argtypes, number);

		original->is_varlena[number] = OidIsValid(type) &&
			get_typlen(type) == -1;
	}
	original->gives_varlena =
		get_typlen(get_func_rettype(flinfo->fn_oid)) == -1;
	if (original->change == CHANGE_ADD_SPACE)
		original->added = CStringGetTextDatum(" ");
	else if (original->change == CHANGE_PUT_TEN)
		original->added = DirectFunctionCall1(int4_numeric,
											  Int32GetDatum(10));
	for (i = 0; i < lengthof(comparing_all_parts); i++)
	{
		if (comparing_all_parts[i] == called)
			original->compares_all_parts = true;
	}
	original->called = called;
	fmgr_info_cxt(called, &original->finfo, flinfo->fn_mcxt);
	original->finfo.fn_expr = flinfo->fn_expr;
	MemoryContextSwitchTo(caller);
	pfree(argtypes);

	flinfo->fn_extra = original;
	return original;
}

/* Brings the arguments into memory; false if one is too long. */
static bool
load_arguments(const Original *original, FunctionCallInfo from,
			   FunctionCallInfo to)
{
	int			i;

	for (i = 0; i < from->nargs; i++)
	{
		to->args[i] = from->args[i];
		if (!original->is_varlena[i] || from->args[i].isnull)
			continue;
		if (toast_raw_datum_size(from->args[i].value) > CR_TOTAL_LONG_ARGUMENT)
			return false;
		to->args[i].value =
			PointerGetDatum(PG_DETOAST_DATUM_PACKED(from->args[i].value));
	}
	return true;
}

/* Would comparing its texts take too long? */
static bool
takes_too_long(const Original *original, FunctionCallInfo call)
{
	double		text;
	double		part;

	if (!original->compares_all_parts)
		return false;
	text = VARSIZE_ANY_EXHDR(call->args[0].value);
	part = VARSIZE_ANY_EXHDR(call->args[1].value);
	return part > SHORT_PART && text * part > MAX_PAIRS;
}

/*
 * Is the result of a call that pads or replaces too long?  Then it is not
 * formed: the memory that it takes would be missing elsewhere, or here.
 */
static bool
is_too_long(const Original *original, FunctionCallInfo call)
{
	double		source;
	double		from;
	double		to;

	switch (original->called)
	{
		case F_LPAD_TEXT_INT4_TEXT:
		case F_RPAD_TEXT_INT4_TEXT:
			return DatumGetInt32(call->args[1].value) > CR_TOTAL_LONG_RESULT &&
				VARSIZE_ANY_EXHDR(call->args[2].value) > 0;
		case F_REPLACE:
			source = VARSIZE_ANY_EXHDR(call->args[0].value);
			from = VARSIZE_ANY_EXHDR(call->args[1].value);
			to = VARSIZE_ANY_EXHDR(call->args[2].value);
			return from > 0 && to > from &&
				source / from * to > CR_TOTAL_LONG_ARGUMENT;
		default:
			return false;
	}
}

/* Fits the arguments to the stand-in; false if there is no result. */
static bool
change_arguments(const Original *original, FunctionCallInfo to)
{
	NullableDatum first = to->args[0];

	switch (original->change)
	{
		case CHANGE_NONE:
			break;
		case CHANGE_SWAP:
			to->args[0] = to->args[1];
			to->args[1] = first;
			break;
		case CHANGE_ADD_ZERO:
		case CHANGE_ADD_SPACE:
			to->args[to->nargs].value = original->added;
			to->args[to->nargs].isnull = false;
			to->nargs++;
			break;
		case CHANGE_PUT_TEN:
			to->args[0].value = original->added;
			to->args[1] = first;
			to->nargs++;
			break;
		case CHANGE_DATE:
			to->args[1].value = DirectFunctionCall1(date_timestamp,
													to->args[1].value);
			break;
		case CHANGE_PUT_TODAY:
		case CHANGE_PUT_TODAY_ZONED:
			to->args[0].value =
				DirectFunctionCall1(original->change == CHANGE_PUT_TODAY ?
									date_timestamp : date_timestamptz,
									DateADTGetDatum(GetSQLCurrentDate()));
			to->args[1] = first;
			to->nargs++;
			break;
		case CHANGE_REFUSE_LENGTH:
			return DatumGetInt32(to->args[1].value) <=
				CR_TOTAL_LONG_RESULT + VARHDRSZ;
	}
	return true;
}

bool
cr_total_is_data_error(int sqlerrcode)
{
	return ERRCODE_TO_CATEGORY(sqlerrcode) == ERRCODE_DATA_EXCEPTION ||
		sqlerrcode == ERRCODE_PROGRAM_LIMIT_EXCEEDED ||
		sqlerrcode == ERRCODE_STATEMENT_TOO_COMPLEX ||
		sqlerrcode == ERRCODE_FEATURE_NOT_SUPPORTED ||
		sqlerrcode == ERRCODE_SYNTAX_ERROR ||
		sqlerrcode == ERRCODE_INDETERMINATE_COLLATION;
}

/* Calls the original; false if it failed.  Its result may be NULL, too. */
static pg_noinline bool
call_original(const Original *original, FunctionCallInfo call, Datum *result)
{
	MemoryContext caller = CurrentMemoryContext;
	volatile bool failed = false;

	PG_TRY();
	{
		if (change_arguments(original, call) && !is_too_long(original, call) &&
			!takes_too_long(original, call))
			*result = FunctionCallInvoke(call);
		else
			failed = true;
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

/* The body of cleanroom.total_<name>(…) */
Datum
cr_total_call(PG_FUNCTION_ARGS)
{
	LOCAL_FCINFO(call, MAX_ARGS + 1);
	Original   *original = fcinfo->flinfo->fn_extra;
	Datum		result;

	if (original == NULL)
		original = find_called(fcinfo->flinfo, fcinfo->nargs);
	InitFunctionCallInfoData(*call, &original->finfo, fcinfo->nargs,
							 PG_GET_COLLATION(), fcinfo->context, NULL);
	CHECK_FOR_INTERRUPTS();
	if (!load_arguments(original, fcinfo, call) ||
		!call_original(original, call, &result) || call->isnull)
		PG_RETURN_NULL();
	if (original->gives_varlena &&
		toast_raw_datum_size(result) > CR_TOTAL_LONG_RESULT)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(result);
}

void
cr_total_look_up(Oid funcid, Node *expr, int nargs)
{
	FmgrInfo	finfo;

	fmgr_info(funcid, &finfo);
	fmgr_info_set_expr(expr, &finfo);
	if (finfo.fn_addr == cr_total_call)
		(void) find_called(&finfo, nargs);
	else
		cr_total_look_up_cast(&finfo);
}
