/*-------------------------------------------------------------------------
 *
 * src/session/condition_list.c
 *	  The list of functions that conditions of access rules may call.
 *
 * What is on it knows of the session in which it is called nothing but what
 * the extension's own facts say, and changes nothing there: the server's
 * immutable functions, which have their arguments only; of the stable ones
 * those named below; and the facts.  A function need not be total: a
 * condition that fails is one that does not hold.
 *
 * What is not, and why: functions in SQL or a procedural language, which can
 * read and close cursors of the session, execute its prepared statements and
 * release its locks, whoever they run as; of the server's functions those
 * that read settings, the statement, locks, backends or connections, or run
 * a text as SQL, and all that are volatile.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/transam.h"
#include "base/oids.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "session/condition_list.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

/* Stable functions of the server. */
static const Oid stable_functions[] = {
	/* The time; clock_timestamp() is volatile and tells no more. */
	F_NOW, F_TRANSACTION_TIMESTAMP, F_STATEMENT_TIMESTAMP, F_CLOCK_TIMESTAMP,

	/* Dates and times by time zone, which is pinned. */
	F_DATE_TIMESTAMPTZ, F_TIME_TIMESTAMPTZ, F_TIMETZ_TIMESTAMPTZ,
	F_TIMETZ_TIME, F_TIMESTAMP_TIMESTAMPTZ, F_TIMESTAMPTZ_DATE,
	F_TIMESTAMPTZ_DATE_TIME, F_TIMESTAMPTZ_TIMESTAMP,
	F_TIMESTAMPTZ_PL_INTERVAL, F_TIMESTAMPTZ_MI_INTERVAL,
	F_INTERVAL_PL_TIMESTAMPTZ, F_DATE_PART_TEXT_TIMESTAMPTZ,
	F_EXTRACT_TEXT_TIMESTAMPTZ, F_DATE_TRUNC_TEXT_TIMESTAMPTZ,
	F_DATE_TRUNC_TEXT_TIMESTAMPTZ_TEXT, F_TIMEZONE_TEXT_TIMETZ,
	F_AGE_TIMESTAMPTZ, F_AGE_TIMESTAMP,
	F_MAKE_TIMESTAMPTZ_INT4_INT4_INT4_INT4_INT4_FLOAT8,
	F_MAKE_TIMESTAMPTZ_INT4_INT4_INT4_INT4_INT4_FLOAT8_TEXT,
	F_OVERLAPS_TIMESTAMPTZ_INTERVAL_TIMESTAMPTZ_INTERVAL,
	F_OVERLAPS_TIMESTAMPTZ_INTERVAL_TIMESTAMPTZ_TIMESTAMPTZ,
	F_OVERLAPS_TIMESTAMPTZ_TIMESTAMPTZ_TIMESTAMPTZ_INTERVAL,
	F_DATE_EQ_TIMESTAMPTZ, F_DATE_NE_TIMESTAMPTZ, F_DATE_LT_TIMESTAMPTZ,
	F_DATE_LE_TIMESTAMPTZ, F_DATE_GT_TIMESTAMPTZ, F_DATE_GE_TIMESTAMPTZ,
	F_TIMESTAMPTZ_EQ_DATE, F_TIMESTAMPTZ_NE_DATE, F_TIMESTAMPTZ_LT_DATE,
	F_TIMESTAMPTZ_LE_DATE, F_TIMESTAMPTZ_GT_DATE, F_TIMESTAMPTZ_GE_DATE,
	F_TIMESTAMP_EQ_TIMESTAMPTZ, F_TIMESTAMP_NE_TIMESTAMPTZ,
	F_TIMESTAMP_LT_TIMESTAMPTZ, F_TIMESTAMP_LE_TIMESTAMPTZ,
	F_TIMESTAMP_GT_TIMESTAMPTZ, F_TIMESTAMP_GE_TIMESTAMPTZ,
	F_TIMESTAMPTZ_EQ_TIMESTAMP, F_TIMESTAMPTZ_NE_TIMESTAMP,
	F_TIMESTAMPTZ_LT_TIMESTAMP, F_TIMESTAMPTZ_LE_TIMESTAMP,
	F_TIMESTAMPTZ_GT_TIMESTAMP, F_TIMESTAMPTZ_GE_TIMESTAMP,

	/* Values written as text, and read from it. */
	F_TO_CHAR_INT4_TEXT, F_TO_CHAR_INT8_TEXT, F_TO_CHAR_NUMERIC_TEXT,
	F_TO_CHAR_FLOAT4_TEXT, F_TO_CHAR_FLOAT8_TEXT, F_TO_CHAR_INTERVAL_TEXT,
	F_TO_CHAR_TIMESTAMP_TEXT, F_TO_CHAR_TIMESTAMPTZ_TEXT,
	F_TO_DATE, F_TO_TIMESTAMP_TEXT_TEXT, F_TO_NUMBER,
	F_CONCAT, F_CONCAT_WS, F_FORMAT_TEXT, F_FORMAT_TEXT_ANY, F_TEXTANYCAT,
	F_ANYTEXTCAT, F_QUOTE_LITERAL_ANYELEMENT, F_QUOTE_NULLABLE_ANYELEMENT,
	F_ARRAY_TO_STRING_ANYARRAY_TEXT, F_ARRAY_TO_STRING_ANYARRAY_TEXT_TEXT,

	/* Who is a member of which role, and what this database is called. */
	F_PG_HAS_ROLE_NAME_NAME_TEXT, F_PG_HAS_ROLE_NAME_OID_TEXT,
	F_PG_HAS_ROLE_OID_NAME_TEXT, F_PG_HAS_ROLE_OID_OID_TEXT,
	F_PG_HAS_ROLE_NAME_TEXT, F_PG_HAS_ROLE_OID_TEXT, F_CURRENT_DATABASE
};

/*
 * Functions of the extension: facts, and what they call.  A fact is asked of
 * the extension's tables by the extension (cr_session_ask_catalog()).  The
 * last two are constants that row security puts beside a protected table.
 */
static const struct
{
	const char *name;
	int			nargs;
}			own_functions[] =
{
	{"session_fact", 1}, {"attribute", 1}, {"local_time", 1}, {"weekday", 1},
	{"client_address", 0}, {"second_factor_age", 0}, {"has_second_factor", 0},
	{"longest_second_factor_age", 0}, {"open", 0}, {"gate", 0}
};

/* OIDs of the latter, as of this state of the catalogs. */
static Oid	own[lengthof(own_functions)];
static uint64 own_generation = 0;
static bool own_known = false;

static bool
is_own(Oid funcid)
{
	static const Oid text_argument[] = {TEXTOID};

	if (cr_oids_get() == NULL)
		return false;
	if (!own_known || own_generation != cr_oids_generation())
	{
		for (size_t i = 0; i < lengthof(own_functions); i++)
			own[i] = cr_oids_find_function(own_functions[i].name,
										   own_functions[i].nargs,
										   text_argument);
		own_generation = cr_oids_generation();
		own_known = true;
	}
	for (size_t i = 0; i < lengthof(own); i++)
	{
		if (OidIsValid(own[i]) && own[i] == funcid)
			return true;
	}
	return false;
}

/* An immutable function of the server's; an aggregate is one, too. */
static bool
is_pure(Oid funcid)
{
	/* it opens the table whose number it is given */
	if (funcid == F_SATISFIES_HASH_PARTITION)
		return false;
	return funcid < FirstGenbkiObjectId &&
		func_volatile(funcid) == PROVOLATILE_IMMUTABLE;
}

/* See condition_list.h. */
bool
cr_condition_list_has(Oid funcid)
{
	for (size_t i = 0; i < lengthof(stable_functions); i++)
	{
		if (stable_functions[i] == funcid)
			return true;
	}
	return is_own(funcid) || is_pure(funcid);
}

/*
 * Types of the server's, and enums: not domains and rows, which have
 * conditions, nor types that are made of those.  Names of relations and types
 * are looked up among the session's temporary ones, too.
 */
bool
cr_condition_list_has_type(Oid type)
{
	Oid			element = get_element_type(type);

	if (OidIsValid(element))
		type = element;
	switch (type)
	{
		case REGCLASSOID:
		case REGTYPEOID:
		case REGPROCEDUREOID:
		case REGOPERATOROID:
			return false;
		default:
			return type < FirstGenbkiObjectId ||
				get_typtype(type) == TYPTYPE_ENUM;
	}
}
