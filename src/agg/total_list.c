/*-------------------------------------------------------------------------
 *
 * src/agg/total_list.c
 *	  The list of built-in functions and aggregates that are total as they are.
 *
 * What is on it: for arguments of its types, whatever they are, the function
 * returns a value or NULL.  It has no side effect, reads no table and no
 * setting but those of time zone and date style, and is immutable or stable.
 *
 * What is not, and why: functions that can fail have twins, made by the
 * install script.  Not even with a twin: what takes regular expressions apart
 * (for matching them see gate/pattern.c), input and output functions (casts
 * from text have twins of their own, in total_cast.c), JSON and XML, arrays
 * and ranges, money and bit strings, digests (they fail where the server is
 * told to), repeat() (it can be told to run for minutes), casts to a kind of
 * interval (what they raise looks like a bug of the server), whatever asks
 * about the server, its settings, its catalogs or sequences.
 *
 * Nor is statement_timestamp(): each FETCH of a cursor is a statement.
 *
 * Functions that need memory in proportion to a text several times are not
 * on the list either, as a long constant beside a stored text could make them
 * fail; their twins refuse long texts.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/transam.h"
#include "agg/total_list.h"
#include "base/compat.h"
#include "utils/fmgroids.h"

static const Oid total_functions[] = {
	/* Comparisons of integers and object identifiers. */
	F_INT2EQ, F_INT2NE, F_INT2LT, F_INT2LE, F_INT2GT, F_INT2GE, F_INT4EQ,
	F_INT4NE, F_INT4LT, F_INT4LE, F_INT4GT, F_INT4GE, F_INT8EQ, F_INT8NE,
	F_INT8LT, F_INT8LE, F_INT8GT, F_INT8GE, F_INT24EQ, F_INT24NE, F_INT24LT,
	F_INT24LE, F_INT24GT, F_INT24GE, F_INT42EQ, F_INT42NE, F_INT42LT,
	F_INT42LE, F_INT42GT, F_INT42GE, F_INT28EQ, F_INT28NE, F_INT28LT,
	F_INT28LE, F_INT28GT, F_INT28GE, F_INT82EQ, F_INT82NE, F_INT82LT,
	F_INT82LE, F_INT82GT, F_INT82GE, F_INT48EQ, F_INT48NE, F_INT48LT,
	F_INT48LE, F_INT48GT, F_INT48GE, F_INT84EQ, F_INT84NE, F_INT84LT,
	F_INT84LE, F_INT84GT, F_INT84GE, F_OIDEQ, F_OIDNE, F_OIDLT, F_OIDLE,
	F_OIDGT, F_OIDGE, F_BTINT2CMP, F_BTINT4CMP, F_BTINT8CMP, F_BTINT24CMP,
	F_BTINT42CMP, F_BTINT28CMP, F_BTINT82CMP, F_BTINT48CMP, F_BTINT84CMP,
	F_BTOIDCMP,

	/* Comparisons of booleans and single bytes. */
	F_BOOLEQ, F_BOOLNE, F_BOOLLT, F_BOOLLE, F_BOOLGT, F_BOOLGE, F_CHAREQ,
	F_CHARNE, F_CHARLT, F_CHARLE, F_CHARGT, F_CHARGE, F_BTBOOLCMP,
	F_BTCHARCMP,

	/* Comparisons of floating-point numbers: NaN has a place in the order. */
	F_FLOAT4EQ, F_FLOAT4NE, F_FLOAT4LT, F_FLOAT4LE, F_FLOAT4GT, F_FLOAT4GE,
	F_FLOAT8EQ, F_FLOAT8NE, F_FLOAT8LT, F_FLOAT8LE, F_FLOAT8GT, F_FLOAT8GE,
	F_FLOAT48EQ, F_FLOAT48NE, F_FLOAT48LT, F_FLOAT48LE, F_FLOAT48GT,
	F_FLOAT48GE, F_FLOAT84EQ, F_FLOAT84NE, F_FLOAT84LT, F_FLOAT84LE,
	F_FLOAT84GT, F_FLOAT84GE, F_BTFLOAT4CMP, F_BTFLOAT8CMP, F_BTFLOAT48CMP,
	F_BTFLOAT84CMP,

	/* Comparisons of numeric: decided on digits, nothing is computed. */
	F_NUMERIC_EQ, F_NUMERIC_NE, F_NUMERIC_LT, F_NUMERIC_LE, F_NUMERIC_GT,
	F_NUMERIC_GE, F_NUMERIC_CMP,

	/* Comparisons of bytea. */
	F_BYTEAEQ, F_BYTEANE, F_BYTEALT, F_BYTEALE, F_BYTEAGT, F_BYTEAGE,
	F_BYTEACMP,

	/* Comparisons of dates and times of one type. */
	F_DATE_EQ, F_DATE_NE, F_DATE_LT, F_DATE_LE, F_DATE_GT, F_DATE_GE,
	F_TIME_EQ, F_TIME_NE, F_TIME_LT, F_TIME_LE, F_TIME_GT, F_TIME_GE,
	F_TIMETZ_EQ, F_TIMETZ_NE, F_TIMETZ_LT, F_TIMETZ_LE, F_TIMETZ_GT,
	F_TIMETZ_GE, F_TIMESTAMP_EQ, F_TIMESTAMP_NE, F_TIMESTAMP_LT,
	F_TIMESTAMP_LE, F_TIMESTAMP_GT, F_TIMESTAMP_GE, F_TIMESTAMPTZ_EQ,
	F_TIMESTAMPTZ_NE, F_TIMESTAMPTZ_LT, F_TIMESTAMPTZ_LE, F_TIMESTAMPTZ_GT,
	F_TIMESTAMPTZ_GE, F_INTERVAL_EQ, F_INTERVAL_NE, F_INTERVAL_LT,
	F_INTERVAL_LE, F_INTERVAL_GT, F_INTERVAL_GE, F_DATE_CMP, F_TIME_CMP,
	F_TIMETZ_CMP, F_TIMESTAMP_CMP, F_TIMESTAMPTZ_CMP, F_INTERVAL_CMP,

	/*
	 * Comparisons of dates and times of two types: what is out of range of the
	 * other type compares as infinite, nothing is raised.
	 */
	F_DATE_EQ_TIMESTAMP, F_DATE_NE_TIMESTAMP, F_DATE_LT_TIMESTAMP,
	F_DATE_LE_TIMESTAMP, F_DATE_GT_TIMESTAMP, F_DATE_GE_TIMESTAMP,
	F_DATE_CMP_TIMESTAMP, F_DATE_EQ_TIMESTAMPTZ, F_DATE_NE_TIMESTAMPTZ,
	F_DATE_LT_TIMESTAMPTZ, F_DATE_LE_TIMESTAMPTZ, F_DATE_GT_TIMESTAMPTZ,
	F_DATE_GE_TIMESTAMPTZ, F_DATE_CMP_TIMESTAMPTZ, F_TIMESTAMP_EQ_DATE,
	F_TIMESTAMP_NE_DATE, F_TIMESTAMP_LT_DATE, F_TIMESTAMP_LE_DATE,
	F_TIMESTAMP_GT_DATE, F_TIMESTAMP_GE_DATE, F_TIMESTAMP_CMP_DATE,
	F_TIMESTAMPTZ_EQ_DATE, F_TIMESTAMPTZ_NE_DATE, F_TIMESTAMPTZ_LT_DATE,
	F_TIMESTAMPTZ_LE_DATE, F_TIMESTAMPTZ_GT_DATE, F_TIMESTAMPTZ_GE_DATE,
	F_TIMESTAMPTZ_CMP_DATE, F_TIMESTAMP_EQ_TIMESTAMPTZ,
	F_TIMESTAMP_NE_TIMESTAMPTZ, F_TIMESTAMP_LT_TIMESTAMPTZ,
	F_TIMESTAMP_LE_TIMESTAMPTZ, F_TIMESTAMP_GT_TIMESTAMPTZ,
	F_TIMESTAMP_GE_TIMESTAMPTZ, F_TIMESTAMP_CMP_TIMESTAMPTZ,
	F_TIMESTAMPTZ_EQ_TIMESTAMP, F_TIMESTAMPTZ_NE_TIMESTAMP,
	F_TIMESTAMPTZ_LT_TIMESTAMP, F_TIMESTAMPTZ_LE_TIMESTAMP,
	F_TIMESTAMPTZ_GT_TIMESTAMP, F_TIMESTAMPTZ_GE_TIMESTAMP,
	F_TIMESTAMPTZ_CMP_TIMESTAMP,

	/* Comparisons of identifiers and addresses. */
	F_UUID_EQ, F_UUID_NE, F_UUID_LT, F_UUID_LE, F_UUID_GT, F_UUID_GE,
	F_UUID_CMP, F_NETWORK_EQ, F_NETWORK_NE, F_NETWORK_LT, F_NETWORK_LE,
	F_NETWORK_GT, F_NETWORK_GE, F_NETWORK_CMP, F_NETWORK_SUB, F_NETWORK_SUBEQ,
	F_NETWORK_SUP, F_NETWORK_SUPEQ, F_NETWORK_OVERLAP, F_INET_SAME_FAMILY,
	F_MACADDR_EQ, F_MACADDR_NE, F_MACADDR_LT, F_MACADDR_LE, F_MACADDR_GT,
	F_MACADDR_GE, F_MACADDR_CMP, F_MACADDR8_EQ, F_MACADDR8_NE, F_MACADDR8_LT,
	F_MACADDR8_LE, F_MACADDR8_GT, F_MACADDR8_GE, F_MACADDR8_CMP,

	/* Comparisons of enum values: a stored value is one of its type. */
	F_ENUM_EQ, F_ENUM_NE, F_ENUM_LT, F_ENUM_LE, F_ENUM_GT, F_ENUM_GE,
	F_ENUM_CMP,

	/* Hashes of such values, for plans and partitions. */
	F_HASHINT2, F_HASHINT4, F_HASHINT8, F_HASHOID, F_HASHCHAR, F_HASHFLOAT4,
	F_HASHFLOAT8, F_HASH_NUMERIC, F_HASHENUM, F_UUID_HASH, F_TIMESTAMP_HASH,
	F_TIME_HASH, F_TIMETZ_HASH, F_INTERVAL_HASH, F_HASHINET, F_HASHMACADDR,

	/* Bits of integers: no overflow, shifts are taken modulo the width. */
	F_INT2AND, F_INT2OR, F_INT2XOR, F_INT2NOT, F_INT2SHL, F_INT2SHR,
	F_INT4AND, F_INT4OR, F_INT4XOR, F_INT4NOT, F_INT4SHL, F_INT4SHR,
	F_INT8AND, F_INT8OR, F_INT8XOR, F_INT8NOT, F_INT8SHL, F_INT8SHR,

	/* Signs and roundings that keep within the type. */
	F_INT2UP, F_INT4UP, F_INT8UP, F_FLOAT4UP, F_FLOAT8UP, F_NUMERIC_UPLUS,
	F_FLOAT4UM, F_FLOAT8UM, F_NUMERIC_UMINUS, F_FLOAT4ABS, F_FLOAT8ABS,
	F_ABS_FLOAT4, F_ABS_FLOAT8, F_NUMERIC_ABS, F_ABS_NUMERIC, F_SIGN_FLOAT8,
	F_SIGN_NUMERIC, F_CEIL_FLOAT8, F_CEILING_FLOAT8, F_FLOOR_FLOAT8, F_DROUND,
	F_ROUND_FLOAT8, F_DTRUNC, F_TRUNC_FLOAT8, F_SCALE, F_MIN_SCALE,
	F_TRIM_SCALE, F_PI,

	/* Casts between numbers to a type that holds every value of the other. */
	F_INT4_INT2, F_INT8_INT2, F_INT8_INT4, F_FLOAT4_INT2, F_FLOAT4_INT4,
	F_FLOAT4_INT8, F_FLOAT8_INT2, F_FLOAT8_INT4, F_FLOAT8_INT8,
	F_FLOAT8_FLOAT4, F_NUMERIC_INT2, F_NUMERIC_INT4, F_NUMERIC_INT8,
	F_NUMERIC_FLOAT4, F_NUMERIC_FLOAT8, F_INT8_OID, F_INT4_BOOL, F_BOOL_INT4,

	/*
	 * Casts between kinds of text, which shorten or copy.  Not that of a
	 * "char" to character: half a letter is no text, and others fail on it.
	 */
	F_TEXT_NAME, F_TEXT_CHAR, F_TEXT_BOOL, F_NAME_TEXT,
	F_NAME_VARCHAR, F_NAME_BPCHAR, F_VARCHAR_NAME, F_BPCHAR_NAME,
	F_CHAR_TEXT,

	/* Bytes counted. */
	F_LENGTH_BYTEA, F_OCTET_LENGTH_TEXT, F_OCTET_LENGTH_BPCHAR,
	F_OCTET_LENGTH_BYTEA,

	/* Parts of addresses. */
	F_HOST, F_FAMILY, F_MASKLEN, F_NETWORK, F_NETMASK, F_BROADCAST,
	F_HOSTMASK, F_ABBREV_INET, F_ABBREV_CIDR, F_TEXT_INET, F_TO_HEX_INT4,
	F_TO_HEX_INT8,

	/* Dates and times. */
	F_ISFINITE_DATE, F_ISFINITE_TIMESTAMP, F_ISFINITE_TIMESTAMPTZ,
	F_ISFINITE_INTERVAL, F_TIME_MI_TIME, F_INTERVAL_TIME, F_TIME_TIMETZ,
	F_NOW, F_TRANSACTION_TIMESTAMP,
	F_OVERLAPS_TIME_TIME_TIME_TIME, F_OVERLAPS_TIMETZ_TIMETZ_TIMETZ_TIMETZ,
	F_OVERLAPS_TIMESTAMP_TIMESTAMP_TIMESTAMP_TIMESTAMP,
	F_OVERLAPS_TIMESTAMPTZ_TIMESTAMPTZ_TIMESTAMPTZ_TIMESTAMPTZ
};

/* Total, but only where the call has a collation. */
static const Oid total_by_collation[] = {
	/* Comparisons of text, by the collation of the call. */
	F_TEXTEQ, F_TEXTNE, F_TEXT_LT, F_TEXT_LE, F_TEXT_GT, F_TEXT_GE,
	F_BTTEXTCMP, F_BPCHAREQ, F_BPCHARNE, F_BPCHARLT, F_BPCHARLE, F_BPCHARGT,
	F_BPCHARGE, F_BPCHARCMP, F_NAMEEQ, F_NAMENE, F_NAMELT, F_NAMELE, F_NAMEGT,
	F_NAMEGE, F_BTNAMECMP, F_NAMEEQTEXT, F_NAMENETEXT, F_NAMELTTEXT,
	F_NAMELETEXT, F_NAMEGTTEXT, F_NAMEGETEXT, F_BTNAMETEXTCMP, F_TEXTEQNAME,
	F_TEXTNENAME, F_TEXTLTNAME, F_TEXTLENAME, F_TEXTGTNAME, F_TEXTGENAME,
	F_BTTEXTNAMECMP, F_HASHTEXT, F_HASHBPCHAR, F_HASHNAME
};

/*
 * Aggregates: sums of integers are kept in a wider type, and what is computed
 * from them, in numeric; the others pick or combine values of their type.
 */
static const Oid total_aggregates[] = {
	F_COUNT_, F_COUNT_ANY, F_REGR_COUNT,
	F_SUM_INT2, F_SUM_INT4, F_SUM_INT8,
	F_AVG_INT2, F_AVG_INT4, F_AVG_INT8,
	F_STDDEV_INT2, F_STDDEV_INT4, F_STDDEV_INT8,
	F_STDDEV_POP_INT2, F_STDDEV_POP_INT4, F_STDDEV_POP_INT8,
	F_STDDEV_SAMP_INT2, F_STDDEV_SAMP_INT4, F_STDDEV_SAMP_INT8,
	F_VARIANCE_INT2, F_VARIANCE_INT4, F_VARIANCE_INT8,
	F_VAR_POP_INT2, F_VAR_POP_INT4, F_VAR_POP_INT8,
	F_VAR_SAMP_INT2, F_VAR_SAMP_INT4, F_VAR_SAMP_INT8,

	F_MIN_INT2, F_MIN_INT4, F_MIN_INT8, F_MIN_OID, F_MIN_FLOAT4, F_MIN_FLOAT8,
	F_MIN_NUMERIC, F_MIN_DATE, F_MIN_TIME, F_MIN_TIMETZ, F_MIN_TIMESTAMP,
	F_MIN_TIMESTAMPTZ, F_MIN_INTERVAL, F_MIN_INET,
	F_MIN_ANYENUM,
	F_MAX_INT2, F_MAX_INT4, F_MAX_INT8, F_MAX_OID, F_MAX_FLOAT4, F_MAX_FLOAT8,
	F_MAX_NUMERIC, F_MAX_DATE, F_MAX_TIME, F_MAX_TIMETZ, F_MAX_TIMESTAMP,
	F_MAX_TIMESTAMPTZ, F_MAX_INTERVAL, F_MAX_INET,
	F_MAX_ANYENUM,
	F_BOOL_AND, F_BOOL_OR, F_EVERY,
	F_BIT_AND_INT2, F_BIT_AND_INT4, F_BIT_AND_INT8,
	F_BIT_OR_INT2, F_BIT_OR_INT4, F_BIT_OR_INT8
};

/* Those, twins among them, that compare by the collation of the call. */
static const Oid aggregates_by_collation[] = {
	F_MIN_TEXT, F_MAX_TEXT
};

#define LISTED			0x01
#define BY_COLLATION	0x02
#define AGGREGATE		0x04

/* Marks by OID, filled in at first use. */
static uint8 marks[FirstGenbkiObjectId];
static bool marks_filled = false;

static uint8
mark_of(Oid funcid)
{
	if (!marks_filled)
	{
		size_t		i;

		for (i = 0; i < lengthof(total_functions); i++)
			marks[total_functions[i]] = LISTED;
		for (i = 0; i < lengthof(total_by_collation); i++)
			marks[total_by_collation[i]] = LISTED | BY_COLLATION;
		for (i = 0; i < lengthof(total_aggregates); i++)
			marks[total_aggregates[i]] = AGGREGATE;
		for (i = 0; i < lengthof(aggregates_by_collation); i++)
			marks[aggregates_by_collation[i]] |= BY_COLLATION;
		marks_filled = true;
	}
	return funcid < FirstGenbkiObjectId ? marks[funcid] : 0;
}

bool
cr_total_list_has(Oid funcid)
{
	return (mark_of(funcid) & LISTED) != 0;
}

bool
cr_total_list_has_aggregate(Oid aggfnoid)
{
	return (mark_of(aggfnoid) & AGGREGATE) != 0;
}

bool
cr_total_list_needs_collation(Oid funcid)
{
	return (mark_of(funcid) & BY_COLLATION) != 0;
}
