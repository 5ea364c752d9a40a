/*-------------------------------------------------------------------------
 *
 * src/session/session_facts.c
 *	  Facts of the session and attributes of its user, for access rules and
 *	  row policies.
 *
 * In a simulated session the facts that are made up come first.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/settings.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "pgtime.h"
#include "session/asker.h"
#include "session/port.h"
#include "session/session_facts.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/guc.h"
#include "utils/timestamp.h"

typedef struct Fact
{
	const char *name;
	char	   *(*find) (void);
	const char *setting;		/* that it is the value of, or NULL */
} Fact;

/* when this session's user has last given a second factor, or 0 */
static TimestampTz second_factor_at = 0;
static Oid	second_factor_user = InvalidOid;
static TimestampTz second_factor_enrolled = 0;	/* when it had enrolled */

/* the method by which the client was authenticated, or NULL */
static const char *authentication = NULL;

PG_FUNCTION_INFO_V1(cr_session_fact);
PG_FUNCTION_INFO_V1(cr_local_time);
PG_FUNCTION_INFO_V1(cr_attribute);

void
cr_session_note_second_factor(TimestampTz enrolled)
{
	second_factor_at = enrolled == 0 ? 0 : GetCurrentTimestamp();
	second_factor_user = GetSessionUserId();
	second_factor_enrolled = enrolled;
}

void
cr_session_note_authentication(const char *method)
{
	authentication = method;
}

static char *
find_address(void)
{
	if (MyProcPort == NULL || MyProcPort->raddr.addr.ss_family == AF_UNIX ||
		MyProcPort->remote_host == NULL)
		return NULL;
	return MyProcPort->remote_host;
}

static char *
find_tls(void)
{
	return MyProcPort != NULL && MyProcPort->ssl_in_use ? "true" : "false";
}

static char *
find_tls_version(void)
{
#ifdef USE_SSL
	if (MyProcPort != NULL && MyProcPort->ssl_in_use)
		return pstrdup(be_tls_get_version(MyProcPort));
#endif
	return NULL;
}

static char *
find_authentication(void)
{
	return authentication == NULL ? NULL : pstrdup(authentication);
}

static char *
find_application(void)
{
	return application_name;
}

static char *
find_user(void)
{
	return GetUserNameFromId(cr_session_asker(), true);
}

static char *
find_session_user(void)
{
	return GetUserNameFromId(GetSessionUserId(), true);
}

static char *
find_purpose(void)
{
	return cr_purpose;
}

static char *
find_room(void)
{
	return cr_room;
}

static char *
find_time(void)
{
	struct pg_tm tm;
	fsec_t		fraction;
	char		text[MAXDATELEN + 1];

	/* in UTC, by its number: names of zones depend on the session */
	if (timestamp2tm(GetCurrentTimestamp(), NULL, &tm, &fraction, NULL,
					 NULL) != 0)
		return NULL;
	tm.tm_isdst = 0;			/* the zone is known: it is to be written */
	EncodeDateTime(&tm, fraction, true, 0, NULL, USE_ISO_DATES, text);
	return pstrdup(text);
}

/* Has the second factor that was given not been reset or replaced since? */
static bool
is_still_enrolled(void)
{
	static Oid	types[] = {OIDOID, TIMESTAMPTZOID};
	Datum		args[] = {ObjectIdGetDatum(second_factor_user),
	TimestampTzGetDatum(second_factor_enrolled)};
	char	   *found;

	cr_session_ask_catalog("SELECT true FROM cleanroom.second_factor_list WHERE role = $1 AND enrolled_at = $2",
						   2, types, args, NULL, 1, &found);
	return found != NULL;
}

static char *
find_second_factor_age(void)
{
	if (second_factor_at == 0 || second_factor_user != GetSessionUserId() ||
		!is_still_enrolled())
		return NULL;
	return psprintf("%.3f",
					(GetCurrentTimestamp() - second_factor_at) / 1000000.0);
}

/* Statements of whoever asks, in the last hour, by their verdict. */
static char *
count_recent(const char *verdict)
{
	static Oid	types[] = {TEXTOID, TEXTOID};
	Datum		args[2];
	char	   *name = GetUserNameFromId(cr_session_asker(), true);
	char	   *count;

	if (name == NULL)
		return NULL;
	args[0] = CStringGetTextDatum(name);
	args[1] = CStringGetTextDatum(verdict);
	cr_session_ask_catalog("SELECT cleanroom.count_recent($1, $2)", 2, types,
						   args, NULL, 1, &count);
	return count;
}

static char *
find_queries_last_hour(void)
{
	return count_recent("admitted");
}

static char *
find_refusals_last_hour(void)
{
	return count_recent("refused");
}

static const Fact facts[] = {
	{"address", find_address, NULL},
	{"tls", find_tls, NULL},
	{"tls_version", find_tls_version, NULL},
	{"authentication", find_authentication, NULL},
	{"application", find_application, "application_name"},
	{"user", find_user, NULL},
	{"session_user", find_session_user, NULL},
	{"purpose", find_purpose, "cleanroom.purpose"},
	{"room", find_room, "cleanroom.room"},
	{"time", find_time, NULL},
	{"second_factor_age", find_second_factor_age, NULL},
	{"queries_last_hour", find_queries_last_hour, NULL},
	{"refusals_last_hour", find_refusals_last_hour, NULL},
};

/* See session_facts.h. */
List *
cr_session_fact_settings(void)
{
	List	   *settings = NIL;

	for (size_t i = 0; i < lengthof(facts); i++)
	{
		if (facts[i].setting != NULL)
			settings = lappend(settings, unconstify(char *, facts[i].setting));
	}
	return settings;
}

/* A made-up fact; false when it is not among them. */
static bool
find_simulated(const char *name, char **value)
{
	JsonbValue	held;
	Jsonb	   *made_up = cr_session_made_up_facts();

	if (made_up == NULL || !JB_ROOT_IS_OBJECT(made_up) ||
		getKeyJsonValueFromContainer(&made_up->root, name, strlen(name),
									 &held) == NULL)
		return false;
	if (held.type == jbvNull)
		*value = NULL;
	else if (held.type == jbvString)
		*value = pnstrdup(held.val.string.val, held.val.string.len);
	else if (held.type == jbvNumeric)
	{
		Datum		number = NumericGetDatum(held.val.numeric);

		*value = DatumGetCString(DirectFunctionCall1(numeric_out, number));
	}
	else if (held.type == jbvBool)
		*value = held.val.boolean ? "true" : "false";
	else
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("fact \"%s\" must be a string, a number or a boolean",
						name),
				 errhint("Write facts as an object such as {\"address\": \"10.1.2.3\"}.")));
	return true;
}

/* SQL: cleanroom.session_fact(fact text): text */
Datum
cr_session_fact(PG_FUNCTION_ARGS)
{
	char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(0));
	char	   *value = NULL;
	bool		known = false;

	for (size_t i = 0; i < lengthof(facts) && !known; i++)
	{
		known = strcmp(facts[i].name, name) == 0;
		if (known && !find_simulated(name, &value))
			value = facts[i].find();
	}
	if (!known)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("there is no session fact \"%s\"", name),
				 errhint("They are address, tls, tls_version, authentication, application, user, session_user, purpose, room, time, second_factor_age, queries_last_hour and refusals_last_hour.")));
	if (value == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(value));
}

/* The moment that "time" is. */
static TimestampTz
find_moment(void)
{
	char	   *made_up;
	Datum		moment;

	if (!find_simulated("time", &made_up))
		return GetCurrentTimestamp();
	if (made_up == NULL)
		return DT_NOEND;
	moment = DirectFunctionCall3(timestamptz_in, CStringGetDatum(made_up),
								 ObjectIdGetDatum(InvalidOid),
								 Int32GetDatum(-1));
	return DatumGetTimestampTz(moment);
}

/*
 * SQL: cleanroom.local_time(zone text): timestamp.  AT TIME ZONE looks among
 * the abbreviations first, and what those mean is a setting of the asker's.
 */
Datum
cr_local_time(PG_FUNCTION_ARGS)
{
	char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(0));
	TimestampTz moment = find_moment();
	pg_tz	   *zone = pg_tzset(name);
	struct pg_tm tm;
	fsec_t		fraction;
	Timestamp	local;
	int			offset;

	if (zone == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("there is no time zone \"%s\"", name),
				 errhint("View pg_timezone_names lists them.")));
	if (TIMESTAMP_NOT_FINITE(moment))
		PG_RETURN_NULL();
	if (timestamp2tm(moment, &offset, &tm, &fraction, NULL, zone) != 0 ||
		tm2timestamp(&tm, fraction, NULL, &local) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("timestamp out of range"),
				 errhint("Make up a time that is nearer.")));
	PG_RETURN_TIMESTAMP(local);
}

/* An attribute of whoever asks. */
static char *
find_attribute(char *key)
{
	static Oid	types[] = {OIDOID, TEXTOID};
	Datum		args[] = {ObjectIdGetDatum(cr_session_asker()),
	CStringGetTextDatum(key)};
	char	   *value;

	if (find_simulated(key, &value))
		return value;
	/* whoever simulates is told what he may know of the asker */
	if (cr_session_made_up_facts() != NULL)
		return NULL;
	cr_session_ask_catalog("SELECT cleanroom.attribute_of($1, $2)",
						   2, types, args, NULL, 1, &value);
	return value;
}

/* What a call of attribute() has found, for all rows of a statement. */
typedef struct KnownAttribute
{
	char	   *key;
	char	   *value;			/* or NULL */
} KnownAttribute;

/*
 * SQL: cleanroom.attribute(key text): text.  In a row policy it is called for
 * every row, and looks the attribute up once.
 */
Datum
cr_attribute(PG_FUNCTION_ARGS)
{
	char	   *key = text_to_cstring(PG_GETARG_TEXT_PP(0));
	KnownAttribute *known = fcinfo->flinfo->fn_extra;

	if (known == NULL || strcmp(known->key, key) != 0)
	{
		char	   *value = find_attribute(key);
		MemoryContext caller;

		caller = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
		known = palloc(sizeof(KnownAttribute));
		known->key = pstrdup(key);
		known->value = value == NULL ? NULL : pstrdup(value);
		fcinfo->flinfo->fn_extra = known;
		MemoryContextSwitchTo(caller);
	}
	if (known->value == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(known->value));
}
