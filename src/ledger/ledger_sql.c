/*-------------------------------------------------------------------------
 *
 * src/ledger/ledger_sql.c
 *	  SQL functions about the ledger: receipts, who sees what, what may be
 *	  changed.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "base/compat.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "funcapi.h"
#include "ledger/chain.h"
#include "ledger/ledger_table.h"
#include "ledger/submit.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

PG_FUNCTION_INFO_V1(cr_ledger_head);
PG_FUNCTION_INFO_V1(cr_last_receipt);
PG_FUNCTION_INFO_V1(cr_check_receipt);
PG_FUNCTION_INFO_V1(cr_may_see_record);
PG_FUNCTION_INFO_V1(cr_refuse_ledger_change);

static Relation
open_ledger(void)
{
	Relation	table = cr_ledger_open(AccessShareLock);

	if (table == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("there is no ledger in this database"),
				 errhint("Have a superuser create or update the extension.")));
	return table;
}

static Datum
receipt(FunctionCallInfo fcinfo, int64 number, const uint8 *link)
{
	TupleDesc	desc;
	Datum		values[2] = {0};
	bool		nulls[2] = {true, true};

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	if (number != 0)
	{
		values[0] = Int64GetDatum(number);
		values[1] =
			PointerGetDatum(cstring_to_text_with_len((const char *) link,
													 CR_LINK_LENGTH));
		nulls[0] = nulls[1] = false;
	}
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values,
											 nulls));
}

/* ledger_head(): number and link of the newest record */
Datum
cr_ledger_head(PG_FUNCTION_ARGS)
{
	Relation	table = open_ledger();
	CrHead		head = cr_ledger_read_head(table, GetActiveSnapshot());

	table_close(table, AccessShareLock);
	return receipt(fcinfo, head.number, head.link);
}

/* last_receipt(): number and link of this session's newest record */
Datum
cr_last_receipt(PG_FUNCTION_ARGS)
{
	CrAnswer	answer;

	if (!cr_submit_last_receipt(&answer))
		memset(&answer, 0, sizeof(answer));
	return receipt(fcinfo, answer.number, answer.link);
}

typedef enum Archived
{
	ARCHIVED_NOT,
	ARCHIVED_LINK,				/* and the link is known */
	ARCHIVED_IN_FILE
} Archived;

static bool
read_archive_table(int64 number, uint8 *link)
{
	Relation	archive = cr_ledger_open_archive();
	bool		found = cr_ledger_read_link(archive, number, link);

	table_close(archive, AccessShareLock);
	return found;
}

static Archived
find_archived(int64 number, uint8 *link)
{
	ListCell   *lc;

	foreach(lc, cr_ledger_read_segments())
	{
		CrSegment  *segment = lfirst(lc);

		if (number < segment->first || number > segment->last)
			continue;
		memcpy(link, segment->last_link, CR_LINK_LENGTH);
		if (number == segment->last)
			return ARCHIVED_LINK;
		if (segment->in_file)
			return ARCHIVED_IN_FILE;
		return read_archive_table(number, link) ? ARCHIVED_LINK :
			ARCHIVED_NOT;
	}
	return ARCHIVED_NOT;
}

/* check_receipt(number, link): does history still contain it? */
Datum
cr_check_receipt(PG_FUNCTION_ARGS)
{
	int64		number = PG_GETARG_INT64(0);
	Relation	table = open_ledger();
	uint8		given[CR_LINK_LENGTH];
	uint8		found[CR_LINK_LENGTH];
	bool		well_formed;
	Archived	archived;

	well_formed = cr_ledger_get_link(PG_GETARG_DATUM(1), false, given);
	if (cr_ledger_read_link(table, number, found))
		archived = ARCHIVED_LINK;
	else
		archived = find_archived(number, found);
	table_close(table, AccessShareLock);
	if (archived == ARCHIVED_IN_FILE)
		PG_RETURN_NULL();
	PG_RETURN_BOOL(well_formed && archived == ARCHIVED_LINK &&
				   memcmp(given, found, CR_LINK_LENGTH) == 0);
}

/* Has the current role the privileges of the role of this name? */
static bool
has_privileges_of(Datum name)
{
	Oid			role = get_role_oid(TextDatumGetCString(name), true);

	return OidIsValid(role) && has_privs_of_role(GetUserId(), role);
}

static bool
is_current_role(FunctionCallInfo fcinfo, int arg)
{
	return !PG_ARGISNULL(arg) &&
		get_role_oid(TextDatumGetCString(PG_GETARG_DATUM(arg)), true) ==
		GetUserId();
}

/* may_see_record(session_name, role_name, current_name, owners) */
Datum
cr_may_see_record(PG_FUNCTION_ARGS)
{
	int			owned = 0;
	int			n = 0;

	if (has_privileges_of(CStringGetTextDatum("cleanroom_auditor")))
		PG_RETURN_TEXT_P(cstring_to_text("all"));
	if (!PG_ARGISNULL(3))
	{
		Datum	   *owners;

		deconstruct_array(PG_GETARG_ARRAYTYPE_P(3), TEXTOID, -1, false,
						  TYPALIGN_INT, &owners, NULL, &n);
		for (int i = 0; i < n; i++)
			if (has_privileges_of(owners[i]))
				owned++;
	}
	if (n > 0 && owned == n)
		PG_RETURN_TEXT_P(cstring_to_text("all"));
	if (owned > 0)
		PG_RETURN_TEXT_P(cstring_to_text("owner"));
	if (is_current_role(fcinfo, 0) || is_current_role(fcinfo, 1) ||
		is_current_role(fcinfo, 2))
		PG_RETURN_TEXT_P(cstring_to_text("own"));
	PG_RETURN_NULL();
}

/* Does the row continue the chain? */
static bool
continues_chain(Relation table, HeapTuple tuple)
{
	/* what this command has inserted before counts as well */
	CrHead		head = cr_ledger_read_head(table, SnapshotSelf);
	Datum		values[CR_NCOLUMNS];
	bool		nulls[CR_NCOLUMNS];
	uint8		stored[CR_LINK_LENGTH];
	uint8		computed[CR_LINK_LENGTH];
	CrChain    *chain;

	if (RelationGetNumberOfAttributes(table) != CR_NCOLUMNS)
		return false;
	heap_deform_tuple(tuple, RelationGetDescr(table), values, nulls);
	if (nulls[CR_COL_NUMBER])
		return false;

	/* a dump brings the links of what was archived only after the records */
	if (head.number == 0 && DatumGetInt64(values[CR_COL_NUMBER]) > 1)
		return true;
	if (DatumGetInt64(values[CR_COL_NUMBER]) != head.number + 1)
		return false;
	chain = cr_chain_create();
	cr_chain_link(chain, head.link, values, nulls, computed);
	cr_chain_free(chain);
	return cr_ledger_get_link(values[CR_COL_LINK], nulls[CR_COL_LINK],
							  stored) &&
		memcmp(stored, computed, CR_LINK_LENGTH) == 0;
}

/* The trigger of the ledger's tables. */
Datum
cr_refuse_ledger_change(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("refuse_ledger_change() is a trigger"),
				 errhint("It cannot be called by itself.")));
	if (TRIGGER_FIRED_BY_INSERT(trigger->tg_event) && superuser() &&
		continues_chain(trigger->tg_relation, trigger->tg_trigtuple))
		return PointerGetDatum(trigger->tg_trigtuple);
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("the ledger cannot be changed"),
			 errdetail("Its tables are written by the recorder only."),
			 errhint("Use cleanroom.archive_ledger() to take old records out of it.")));
}
