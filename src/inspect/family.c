/*-------------------------------------------------------------------------
 *
 * src/inspect/family.c
 *	  Which of the aggregates that a measure may allow a built-in one is.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/make_expr.h"
#include "inspect/polynomial.h"
#include "nodes/makefuncs.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

typedef struct Member
{
	Oid			funcid;
	uint32		family;			/* CR_AGG_… */
} Member;

static const Member aggregates[] = {
	{F_COUNT_, CR_AGG_COUNT},
	{F_COUNT_ANY, CR_AGG_COUNT},
	{F_SUM_INT2, CR_AGG_SUM},
	{F_SUM_INT4, CR_AGG_SUM},
	{F_SUM_INT8, CR_AGG_SUM},
	{F_SUM_FLOAT4, CR_AGG_SUM},
	{F_SUM_FLOAT8, CR_AGG_SUM},
	{F_SUM_NUMERIC, CR_AGG_SUM},
	{F_AVG_INT2, CR_AGG_AVG},
	{F_AVG_INT4, CR_AGG_AVG},
	{F_AVG_INT8, CR_AGG_AVG},
	{F_AVG_FLOAT4, CR_AGG_AVG},
	{F_AVG_FLOAT8, CR_AGG_AVG},
	{F_AVG_NUMERIC, CR_AGG_AVG},
	{F_STDDEV_INT2, CR_AGG_STDDEV},
	{F_STDDEV_INT4, CR_AGG_STDDEV},
	{F_STDDEV_INT8, CR_AGG_STDDEV},
	{F_STDDEV_FLOAT4, CR_AGG_STDDEV},
	{F_STDDEV_FLOAT8, CR_AGG_STDDEV},
	{F_STDDEV_NUMERIC, CR_AGG_STDDEV},
	{F_STDDEV_SAMP_INT2, CR_AGG_STDDEV},
	{F_STDDEV_SAMP_INT4, CR_AGG_STDDEV},
	{F_STDDEV_SAMP_INT8, CR_AGG_STDDEV},
	{F_STDDEV_SAMP_FLOAT4, CR_AGG_STDDEV},
	{F_STDDEV_SAMP_FLOAT8, CR_AGG_STDDEV},
	{F_STDDEV_SAMP_NUMERIC, CR_AGG_STDDEV},
	{F_STDDEV_POP_INT2, CR_AGG_STDDEV},
	{F_STDDEV_POP_INT4, CR_AGG_STDDEV},
	{F_STDDEV_POP_INT8, CR_AGG_STDDEV},
	{F_STDDEV_POP_FLOAT4, CR_AGG_STDDEV},
	{F_STDDEV_POP_FLOAT8, CR_AGG_STDDEV},
	{F_STDDEV_POP_NUMERIC, CR_AGG_STDDEV},
	{F_VARIANCE_INT2, CR_AGG_VARIANCE},
	{F_VARIANCE_INT4, CR_AGG_VARIANCE},
	{F_VARIANCE_INT8, CR_AGG_VARIANCE},
	{F_VARIANCE_FLOAT4, CR_AGG_VARIANCE},
	{F_VARIANCE_FLOAT8, CR_AGG_VARIANCE},
	{F_VARIANCE_NUMERIC, CR_AGG_VARIANCE},
	{F_VAR_SAMP_INT2, CR_AGG_VARIANCE},
	{F_VAR_SAMP_INT4, CR_AGG_VARIANCE},
	{F_VAR_SAMP_INT8, CR_AGG_VARIANCE},
	{F_VAR_SAMP_FLOAT4, CR_AGG_VARIANCE},
	{F_VAR_SAMP_FLOAT8, CR_AGG_VARIANCE},
	{F_VAR_SAMP_NUMERIC, CR_AGG_VARIANCE},
	{F_VAR_POP_INT2, CR_AGG_VARIANCE},
	{F_VAR_POP_INT4, CR_AGG_VARIANCE},
	{F_VAR_POP_INT8, CR_AGG_VARIANCE},
	{F_VAR_POP_FLOAT4, CR_AGG_VARIANCE},
	{F_VAR_POP_FLOAT8, CR_AGG_VARIANCE},
	{F_VAR_POP_NUMERIC, CR_AGG_VARIANCE}};

/* What a pair of measures must allow, each of them: all of these. */
#define CR_AGG_MOMENTS (CR_AGG_AVG | CR_AGG_VARIANCE)

static const Member pairs[] = {
	{F_REGR_COUNT, CR_AGG_COUNT},
	{F_REGR_AVGX, CR_AGG_AVG},
	{F_REGR_AVGY, CR_AGG_AVG},
	{F_REGR_INTERCEPT, CR_AGG_MOMENTS},
	{F_REGR_R2, CR_AGG_MOMENTS},
	{F_REGR_SLOPE, CR_AGG_MOMENTS},
	{F_REGR_SXX, CR_AGG_MOMENTS},
	{F_REGR_SXY, CR_AGG_MOMENTS},
	{F_REGR_SYY, CR_AGG_MOMENTS},
	{F_COVAR_POP, CR_AGG_MOMENTS},
	{F_COVAR_SAMP, CR_AGG_MOMENTS},
	{F_CORR, CR_AGG_MOMENTS}};

static uint32
look_up(const Member *list, size_t length, Oid funcid)
{
	size_t		i;

	for (i = 0; i < length; i++)
	{
		if (list[i].funcid == funcid)
			return list[i].family;
	}
	return 0;
}

/*
 * Which CR_AGG_… bit allows this built-in aggregate; 0 when none does.
 */
uint32
cr_aggregate_family(Oid aggfnoid)
{
	return look_up(aggregates, lengthof(aggregates), aggfnoid);
}

/* Are their results made of squares of what they are given? */
bool
cr_aggregate_squares(uint32 family)
{
	return (family & (CR_AGG_STDDEV | CR_AGG_VARIANCE)) != 0;
}

/* Is it one that divides by the number of rows, not by one less? */
bool
cr_aggregate_is_of_population(Oid aggfnoid)
{
	const char *name = get_func_name(aggfnoid);
	const char *suffix = name == NULL ? NULL : strrchr(name, '_');

	return suffix != NULL && strcmp(suffix, "_pop") == 0;
}

/* What the aggregate is of no rows, or of nulls: 0 of a count, or null. */
Const *
cr_aggregate_of_nothing(const Aggref *aggref)
{
	return cr_aggregate_family(aggref->aggfnoid) == CR_AGG_COUNT ?
		cr_make_int8(0) :
		makeNullConst(aggref->aggtype, -1, aggref->aggcollid);
}

/*
 * Which CR_AGG_… bits two measures must both have for this built-in
 * aggregate over pairs; 0 when it is none.
 */
uint32
cr_aggregate_pair(Oid aggfnoid)
{
	return look_up(pairs, lengthof(pairs), aggfnoid);
}
