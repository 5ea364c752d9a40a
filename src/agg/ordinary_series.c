/*-------------------------------------------------------------------------
 *
 * src/agg/ordinary_series.c
 *	  generate_series() of moments, as it runs beside protected rows.
 *
 * Its values are told apart, and counted on to end, as they are in the time
 * zones that there are.  The zone was looked at when the query was judged;
 * it may have been set since then.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/zone.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/fmgrprotos.h"

PG_FUNCTION_INFO_V1(cr_ordinary_series);

/* ordinary_series(from timestamptz, to timestamptz, step interval) */
Datum
cr_ordinary_series(PG_FUNCTION_ARGS)
{
	FuncCallContext *call;

	if (!SRF_IS_FIRSTCALL() || cr_zone_is_ordinary())
		return generate_series_timestamptz(fcinfo);
	call = SRF_FIRSTCALL_INIT();
	SRF_RETURN_DONE(call);
}
