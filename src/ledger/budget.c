/*-------------------------------------------------------------------------
 *
 * src/ledger/budget.c
 *	  Charges statements to budgets, in the commit that records them.
 *
 * The backend puts a price into the record of an execution; the recorder
 * books it, by cleanroom.charge_budgets(), in the transaction that stores the
 * record.  As the recorder is the only one that books, nothing can be spent
 * twice, and a crash loses the record and its charge together.
 *
 * Rows are charged in portions before they are sent.  What is left of the
 * last portion is given back with the record of the end, to the budgets and
 * in the period that it was charged to; a crash loses that.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/errcodes.h"
#include "base/own_sql.h"
#include "base/settings.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "ledger/budget.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "policy/policy.h"
#include "session/asker.h"
#include "session/exempt.h"
#include "session/own_table.h"
#include "utils/array.h"
#include "utils/builtins.h"

/* Rows that are charged at a time; later on as many as there were. */
#define PORTION		100

/* ---------- in the backend ---------- */

static Datum
oid_array(List *oids)
{
	Datum	   *values = palloc((list_length(oids) + 1) * sizeof(Datum));
	int			count = 0;
	ListCell   *lc;

	foreach(lc, oids)
		values[count++] = ObjectIdGetDatum(lfirst_oid(lc));
	return PointerGetDatum(construct_array(values, count, OIDOID, sizeof(Oid),
										   true, TYPALIGN_INT));
}

static void
append_oids(StringInfo text, const char *name, List *oids)
{
	ListCell   *lc;
	const char *separator = "";

	appendStringInfo(text, "\"%s\": [", name);
	foreach(lc, oids)
	{
		appendStringInfo(text, "%s%u", separator, lfirst_oid(lc));
		separator = ", ";
	}
	appendStringInfoChar(text, ']');
}

/* The tables whose policies hold for the relations, and the current user. */
static List *
tables_that_bind(List *relids)
{
	List	   *tables = NIL;
	ListCell   *lc;

	foreach(lc, relids)
	{
		CrPolicy   *policy = cr_policy_lookup(lfirst_oid(lc));

		if (policy != NULL && !cr_session_is_exempt(policy->owner))
			tables = list_append_unique_oid(tables, policy->labelled_relid);
	}
	return tables;
}

CrCharge
cr_budget_find(List *relids)
{
	static Oid	types[] = {OIDARRAYOID, OIDARRAYOID};
	CrCharge	charge = {0};
	List	   *tables;
	List	   *roles;
	Datum		args[2];
	char	   *units;
	StringInfoData payers;

	if (!cr_own_table_has_rows("budget_list"))
		return charge;
	tables = tables_that_bind(relids);
	roles = list_make1_oid(GetUserId());
	roles = list_append_unique_oid(roles, GetSessionUserId());
	roles = list_append_unique_oid(roles, GetOuterUserId());
	args[0] = oid_array(tables);
	args[1] = oid_array(roles);
	cr_session_ask_catalog("SELECT cleanroom.units_that_bind($1, $2)", 2,
						   types, args, NULL, 1, &units);
	if (units == NULL)
		return charge;
	charge.queries = strstr(units, "queries") != NULL;
	charge.rows = strstr(units, "released_rows") != NULL;
	initStringInfo(&payers);
	append_oids(&payers, "relations", tables);
	appendStringInfoString(&payers, ", ");
	append_oids(&payers, "roles", roles);
	charge.payers = payers.data;
	charge.tables = tables;
	return charge;
}

/*
 * The period goes by the time "at", of the record that the charge began with.
 * A price of 0 is none.  "more" has further members, or is empty.
 */
static void
set_price(const CrCharge *charge, int64 queries, int64 rows, TimestampTz at,
		  const char *more, CrRecord *record)
{
	char	   *price = psprintf("{%s, \"at\": " INT64_FORMAT ", \"queries\": " INT64_FORMAT ", \"released_rows\": " INT64_FORMAT "%s}",
								 charge->payers, at, queries, rows, more);

	cr_record_set_text(record, CR_COL_CHARGES, price);
}

void
cr_budget_charge_query(const CrCharge *charge, CrRecord *record)
{
	if (charge->queries || charge->rows)
		set_price(charge, charge->queries ? 1 : 0, charge->rows ? 1 : 0,
				  record->fields[CR_COL_AT].integer, "", record);
}

/* How many rows may still be sent; PG_INT64_MAX for any number. */
static int64
rows_left(const CrCharge *charge)
{
	static Oid	types[] = {TEXTOID};
	Datum		arg = CStringGetTextDatum(psprintf("{%s}", charge->payers));
	char	   *left;

	cr_session_ask_catalog("SELECT cleanroom.rows_left($1::jsonb)", 1, types,
						   &arg, NULL, 1, &left);
	return left == NULL ? PG_INT64_MAX : pg_strtoint64(left);
}

uint64
cr_budget_charge_rows(CrCharge *charge, uint64 wanted, uint64 before)
{
	int64		left = rows_left(charge);
	int64		portion = Min(Max(left, 1), Max(PORTION, (int64) before));
	CrRecord	record;
	CrSubmission submission;

	/* the recorder says which budget it is that has not so many left */
	portion = Max(portion, (int64) wanted);
	cr_record_start(&record, "charge");
	cr_record_set_text(&record, CR_COL_VERDICT, "admitted");
	cr_record_set_integer(&record, CR_COL_REFERS, charge->statement);
	cr_record_describe_tables(&record, charge->tables);
	record.fields[CR_COL_OBLIGATIONS].set = false;
	charge->rows_at = record.fields[CR_COL_AT].integer;
	set_price(charge, 0, portion, charge->rows_at, "", &record);
	cr_record_submit(&record, &submission);
	charge->rows_record = submission.number;
	return (uint64) portion;
}

void
cr_budget_return_rows(const CrCharge *charge, uint64 rows, CrRecord *record)
{
	if (rows > 0)
		set_price(charge, 0, -(int64) rows, charge->rows_at,
				  psprintf(", \"of\": " INT64_FORMAT, charge->rows_record),
				  record);
}

/* ---------- in the recorder ---------- */

/* Books a price: what was booked, or NULL with reason and hint. */
static char *
book(const char *price, char **reason, char **hint)
{
	static Oid	types[] = {TEXTOID};
	MemoryContext caller = CurrentMemoryContext;
	Datum		arg = CStringGetTextDatum(price);
	char	   *values[3];
	int			nesting;

	nesting = cr_own_sql_begin();
	if (SPI_execute_with_args("SELECT booked, reason, hint FROM cleanroom.charge_budgets($1::pg_catalog.jsonb)",
							  1, types, &arg, NULL, false,
							  1) != SPI_OK_SELECT || SPI_processed != 1)
		elog(ERROR, "a charge could not be booked");
	for (int i = 0; i < 3; i++)
	{
		values[i] = SPI_getvalue(SPI_tuptable->vals[0],
								 SPI_tuptable->tupdesc, i + 1);
		if (values[i] != NULL)
			values[i] = MemoryContextStrdup(caller, values[i]);
	}
	cr_own_sql_end(nesting);
	*reason = values[1];
	*hint = values[2];
	return values[0];
}

/* Names may be long, and characters more than a byte. */
static void
copy_clipped(char *target, const char *text, int size)
{
	int			length = pg_mbcliplen(text, (int) strlen(text), size - 1);

	memcpy(target, text, length);
	target[length] = '\0';
}

static bool
charge_admission(CrRecord *record, CrAnswer *answer)
{
	char	   *reason;
	char	   *hint;
	char	   *booked = book(record->fields[CR_COL_CHARGES].text, &reason,
							  &hint);

	if (booked != NULL)
	{
		cr_record_set_text(record, CR_COL_CHARGES, booked);
		return true;
	}
	answer->sqlerrcode = CR_ERRCODE_BUDGET;
	copy_clipped(answer->reason, reason, sizeof(answer->reason));
	copy_clipped(answer->hint, hint, sizeof(answer->hint));
	return false;
}

static bool
says(const CrRecord *record, CrColumn column, const char *text)
{
	const CrField *field = &record->fields[column];

	return field->set && strcmp(field->text, text) == 0;
}

static bool
has_code(const CrRecord *record, int sqlerrcode)
{
	return says(record, CR_COL_CODE, unpack_sql_state(sqlerrcode));
}

/*
 * Refused before it ran, or because of a small group in it; not for want of a
 * budget, of the recorder or of suspension, which are no attempts.
 */
static bool
is_refusal(const CrRecord *record)
{
	if (says(record, CR_COL_KIND, "completion"))
		return has_code(record, CR_ERRCODE_SMALL_GROUP);
	return says(record, CR_COL_KIND, "statement") &&
		says(record, CR_COL_VERDICT, "refused") &&
		!has_code(record, CR_ERRCODE_BUDGET) &&
		!has_code(record, CR_ERRCODE_RECORDER) &&
		!has_code(record, CR_ERRCODE_SUSPENDED);
}

/*
 * Counts it against whoever logged in, for the tables whose policy or rule has
 * refused: what one owner refuses is no attempt on another's table.
 */
static void
count_refusal(const CrRecord *record)
{
	static Oid	types[] = {TEXTOID, TEXTARRAYOID};
	const CrField *who = &record->fields[CR_COL_SESSION_USER];
	const CrField *tables = &record->fields[CR_COL_COUNTED];
	Datum		args[2];
	int			nesting;

	if (!who->set || !tables->set)
		return;
	args[0] = CStringGetTextDatum(who->text);
	args[1] = cr_record_form_list(tables);
	nesting = cr_own_sql_begin();
	if (SPI_execute_with_args("SELECT cleanroom.count_refusal($1, $2)", 2,
							  types, args, NULL, false, 1) != SPI_OK_SELECT)
		elog(ERROR, "a refusal could not be counted");
	cr_own_sql_end(nesting);
}

static void
note_stored(const CrRecord *record)
{
	char	   *reason;
	char	   *hint;

	if (says(record, CR_COL_KIND, "completion") &&
		record->fields[CR_COL_CHARGES].set)
		(void) book(record->fields[CR_COL_CHARGES].text, &reason, &hint);
	if (cr_max_refusals > 0 && is_refusal(record))
		count_refusal(record);
}

void
cr_budget_init(void)
{
	cr_record_charge_hook = charge_admission;
	cr_record_stored_hook = note_stored;
}
