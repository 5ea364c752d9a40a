/*-------------------------------------------------------------------------
 *
 * src/agg/total_text.c
 *	  Twins for text that have code of their own: concatenation, max, min.
 *
 * Their results are bounded as those of total_call.c are.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/detoast.h"
#include "agg/total_call.h"
#include "base/compat.h"
#include "fmgr.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(cr_total_textcat);
PG_FUNCTION_INFO_V1(cr_text_max_step);
PG_FUNCTION_INFO_V1(cr_text_min_step);

static bool
is_long(Datum text)
{
	return toast_raw_datum_size(text) > CR_TOTAL_LONG_RESULT;
}

/* total_textcat(text, text): text */
Datum
cr_total_textcat(PG_FUNCTION_ARGS)
{
	if (toast_raw_datum_size(PG_GETARG_DATUM(0)) +
		toast_raw_datum_size(PG_GETARG_DATUM(1)) - VARHDRSZ >
		CR_TOTAL_LONG_RESULT)
		PG_RETURN_NULL();
	return textcat(fcinfo);
}

/* text_max_step(text, text): text.  A long one is passed over. */
Datum
cr_text_max_step(PG_FUNCTION_ARGS)
{
	if (is_long(PG_GETARG_DATUM(0)))
		PG_RETURN_DATUM(PG_GETARG_DATUM(1));
	if (is_long(PG_GETARG_DATUM(1)))
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	return text_larger(fcinfo);
}

/* text_min_step(text, text): text.  A long one is passed over. */
Datum
cr_text_min_step(PG_FUNCTION_ARGS)
{
	if (is_long(PG_GETARG_DATUM(0)))
		PG_RETURN_DATUM(PG_GETARG_DATUM(1));
	if (is_long(PG_GETARG_DATUM(1)))
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	return text_smaller(fcinfo);
}
