/*-------------------------------------------------------------------------
 *
 * src/ledger/circumstance.c
 *	  Fills in who asks, what, and of which tables.
 *
 * Names are recorded, not OIDs: a record has to mean the same after a dump
 * and restore.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "base/compat.h"
#include "base/settings.h"
#include "catalog/pg_class.h"
#include "commands/dbcommands.h"
#include "fmgr.h"
#include "ledger/fingerprint.h"
#include "ledger/record.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "policy/policy.h"
#include "session/exempt.h"
#include "tcop/tcopprot.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/catcache.h"
#include "utils/fmgrprotos.h"
#include "utils/guc.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

#define SETTING_MAX		1000	/* bytes of its value */

static const char *
database_name(void)
{
	static char *name = NULL;

	/* it cannot change while somebody is connected */
	if (name == NULL)
	{
		char	   *found = get_database_name(MyDatabaseId);

		if (found != NULL)
			name = MemoryContextStrdup(TopMemoryContext, found);
	}
	return name;
}

/*
 * libpq-be.h has the address, but needs headers that need not be there; the
 * SQL functions have it as well.  They may return null.
 */
static const char *
client_address(void)
{
	LOCAL_FCINFO(fcinfo, 0);
	Datum		address;

	if (MyProcPort == NULL)
		return NULL;
	InitFunctionCallInfoData(*fcinfo, NULL, 0, InvalidOid, NULL, NULL);
	address = inet_client_addr(fcinfo);
	if (fcinfo->isnull)
		return "[local]";
	return DatumGetCString(DirectFunctionCall1(inet_out, address));
}

/*
 * The value of a setting, or NULL where it is empty or unknown.  Only the
 * beginning of one that would not leave room for the rest of the record.
 */
static const char *
setting(const char *name)
{
	const char *value = GetConfigOption(name, true, false);
	int			length;

	if (value == NULL || value[0] == '\0')
		return NULL;
	length = (int) strlen(value);
	if (length <= SETTING_MAX)
		return pstrdup(value);
	return psprintf("%.*s ...", pg_mbcliplen(value, length, SETTING_MAX),
					value);
}

void
cr_record_start(CrRecord *record, const char *kind)
{
	memset(record, 0, sizeof(*record));
	cr_record_set_integer(record, CR_COL_AT, GetCurrentTimestamp());
	cr_record_set_text(record, CR_COL_KIND, kind);
	cr_record_set_text(record, CR_COL_DATABASE, database_name());
	cr_record_set_text(record, CR_COL_SESSION_USER,
					   GetUserNameFromId(GetSessionUserId(), true));
	cr_record_set_text(record, CR_COL_CURRENT_USER,
					   GetUserNameFromId(GetUserId(), true));
	if (GetOuterUserId() != GetSessionUserId() &&
		GetOuterUserId() != GetUserId())
		cr_record_set_text(record, CR_COL_ROLE,
						   GetUserNameFromId(GetOuterUserId(), true));
	cr_record_set_text(record, CR_COL_CLIENT, client_address());
	cr_record_set_text(record, CR_COL_APPLICATION,
					   setting("application_name"));
	cr_record_set_text(record, CR_COL_PURPOSE, setting("cleanroom.purpose"));
}

/*
 * Is there nobody's function of this name but the extension's?  Which of them
 * a text has called depends on the search path that it was parsed with.
 */
static bool
is_only_function(const char *name)
{
	CatCList   *list = SearchSysCacheList1(PROCNAMEARGSNSP,
										   CStringGetDatum(name));
	int			count = list->n_members;

	ReleaseSysCacheList(list);
	return count == 1;
}

/* A code that is given may be good still: a mistake, a rollback. */
static const char *
as_recorded(const char *text)
{
	if (!cr_record_constants)
		return cr_fingerprint_mask(text);
	return strcasestr(text, "second_factor") == NULL ? text :
		cr_fingerprint_mask_codes(text, is_only_function("second_factor"));
}

void
cr_record_describe_statement(CrRecord *record, const char *text,
							 int location, int length)
{
	const char *statement;
	const char *caller = debug_query_string;
	bool		caller_cut = false;

	/* a command that is not a query: all that the client sent */
	if (text == NULL)
		text = caller;
	if (text != NULL)
	{
		Size		total = strlen(text);

		if (location < 0 || (Size) location > total)
			location = 0;
		if (length <= 0 || (Size) length > total - location)
			length = (int) total - location;
		while (length > 0 && isspace((unsigned char) text[location]))
		{
			location++;
			length--;
		}
		statement = pnstrdup(text + location, length);
		statement = cr_record_bound_text(statement, &record->cut);
		cr_record_set_text(record, CR_COL_STATEMENT, as_recorded(statement));
		cr_record_set_integer(record, CR_COL_FINGERPRINT,
							  cr_fingerprint_compute(statement));
	}
	if (caller != NULL && strcmp(caller, text) != 0)
		cr_record_set_text(record, CR_COL_CALLER,
						   as_recorded(cr_record_bound_text(caller,
															&caller_cut)));
}

static void
append_obligation(StringInfo json, const CrPolicy *policy, const char *name)
{
	appendStringInfoString(json, json->len > 0 ? ", " : "{");
	escape_json(json, name);
	appendStringInfo(json, ": {\"threshold\": %d, \"small_groups\": \"%s\"}",
					 policy->threshold,
					 policy->refuse_small_groups ? "refuse" : "suppress");
}

/*
 * NULL when the relation is not there any more.  Whoever looks for a table
 * finds it by one name, whatever the session has set.
 */
static char *
qualified_name(Oid relid)
{
	char	   *name = get_rel_name(relid);
	bool		quote_all = quote_all_identifiers;
	char	   *schema;

	if (name == NULL)
		return NULL;
	schema = get_namespace_name(get_rel_namespace(relid));
	quote_all_identifiers = false;
	name = quote_qualified_identifier(schema, name);
	quote_all_identifiers = quote_all;
	return name;
}

/*
 * A partition or child counts as the table whose policy holds for it.
 */
void
cr_record_describe_tables(CrRecord *record, List *relids)
{
	StringInfoData obligations;
	List	   *seen = NIL;
	List	   *tables = NIL;
	List	   *owners = NIL;
	ListCell   *lc;

	initStringInfo(&obligations);
	foreach(lc, relids)
	{
		CrPolicy   *policy = cr_policy_lookup(lfirst_oid(lc));
		char	   *name;

		if (policy == NULL || list_member_oid(seen, policy->labelled_relid))
			continue;
		seen = lappend_oid(seen, policy->labelled_relid);
		name = qualified_name(policy->labelled_relid);
		if (name == NULL)
			continue;
		tables = lappend(tables, name);
		owners = lappend(owners, GetUserNameFromId(policy->owner, false));
		append_obligation(&obligations, policy, name);
	}
	if (tables == NIL)
		return;
	appendStringInfoChar(&obligations, '}');
	cr_record_set_list(record, CR_COL_TABLES, tables);
	cr_record_set_list(record, CR_COL_OWNERS, owners);
	cr_record_set_text(record, CR_COL_OBLIGATIONS, obligations.data);
}

void
cr_record_count_for(CrRecord *record, List *relids)
{
	List	   *seen = NIL;
	List	   *tables = NIL;
	ListCell   *lc;

	foreach(lc, relids)
	{
		CrPolicy   *policy = cr_policy_lookup(lfirst_oid(lc));
		char	   *name;

		if (policy == NULL || cr_session_is_exempt(policy->owner) ||
			list_member_oid(seen, policy->labelled_relid))
			continue;
		seen = lappend_oid(seen, policy->labelled_relid);
		name = qualified_name(policy->labelled_relid);
		if (name != NULL)
			tables = lappend(tables, name);
	}
	cr_record_set_list(record, CR_COL_COUNTED, tables);
}

void
cr_record_describe_relation(CrRecord *record, Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		return;
	owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
	ReleaseSysCache(tuple);
	cr_record_set_list(record, CR_COL_TABLES,
					   list_make1(qualified_name(relid)));
	cr_record_set_list(record, CR_COL_OWNERS,
					   list_make1(GetUserNameFromId(owner, false)));
}
