/*-------------------------------------------------------------------------
 *
 * src/agg/total.c
 *	  The list of total functions: comparisons, so far.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "agg/total.h"
#include "utils/fmgroids.h"

static const Oid total_functions[] = {
	F_INT2EQ, F_INT2NE, F_INT2LT, F_INT2LE, F_INT2GT, F_INT2GE,
	F_INT4EQ, F_INT4NE, F_INT4LT, F_INT4LE, F_INT4GT, F_INT4GE,
	F_INT8EQ, F_INT8NE, F_INT8LT, F_INT8LE, F_INT8GT, F_INT8GE,
	F_INT24EQ, F_INT42EQ, F_INT48EQ, F_INT84EQ, F_INT28EQ, F_INT82EQ,
	F_INT48NE, F_INT48LT, F_INT48LE, F_INT48GT, F_INT48GE,
	F_INT84NE, F_INT84LT, F_INT84LE, F_INT84GT, F_INT84GE,
	F_FLOAT8EQ, F_FLOAT8NE, F_FLOAT8LT, F_FLOAT8LE, F_FLOAT8GT, F_FLOAT8GE,
	F_NUMERIC_EQ, F_NUMERIC_NE, F_NUMERIC_LT, F_NUMERIC_LE,
	F_NUMERIC_GT, F_NUMERIC_GE,
	F_TEXTEQ, F_TEXTNE, F_TEXT_LT, F_TEXT_LE, F_TEXT_GT, F_TEXT_GE,
	F_BPCHAREQ, F_BPCHARNE, F_BOOLEQ, F_BOOLNE, F_BOOLLT, F_BOOLGT,
	F_DATE_EQ, F_DATE_NE, F_DATE_LT, F_DATE_LE, F_DATE_GT, F_DATE_GE,
	F_TIMESTAMP_EQ, F_TIMESTAMP_NE, F_TIMESTAMP_LT, F_TIMESTAMP_LE,
	F_TIMESTAMP_GT, F_TIMESTAMP_GE, F_UUID_EQ, F_UUID_NE, F_UUID_LT,
	F_ENUM_EQ, F_ENUM_NE, F_ENUM_LT, F_LOWER_TEXT, F_UPPER_TEXT,
	F_INT8_INT4, F_NUMERIC_INT4, F_FLOAT8_INT4
};

Oid
cr_total_function(Oid funcid)
{
	size_t		i;

	for (i = 0; i < lengthof(total_functions); i++)
	{
		if (total_functions[i] == funcid)
			return funcid;
	}
	return InvalidOid;
}

Oid
cr_total_aggregate(Oid aggfnoid)
{
	switch (aggfnoid)
	{
		case F_COUNT_:
		case F_COUNT_ANY:
		case F_SUM_INT2:
		case F_SUM_INT4:
		case F_SUM_INT8:
		case F_AVG_INT2:
		case F_AVG_INT4:
		case F_AVG_INT8:
		case F_SUM_NUMERIC:
		case F_AVG_NUMERIC:
			return aggfnoid;
		default:
			return InvalidOid;
	}
}

bool
cr_total_srf(Oid funcid)
{
	return false;
}
