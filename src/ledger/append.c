/*-------------------------------------------------------------------------
 *
 * src/ledger/append.c
 *	  Writes records into the table, numbered and chained.
 *
 * Rows are put into the table without SQL, so that no trigger, rule or
 * privilege of the table has a say; those are there to keep everybody else
 * out.  The head is read anew for each transaction: a restore, or a
 * superuser, may have changed the table.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/table.h"
#include "access/xact.h"
#include "base/compat.h"
#include "base/errcodes.h"
#include "catalog/indexing.h"
#include "ledger/chain.h"
#include "ledger/ledger_table.h"
#include "ledger/recorder.h"
#include "utils/builtins.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

/* Numbers of the newest statements, for completions that do not know them. */
#define KNOWN_MAX		65536

#define SALT_LENGTH		16

typedef struct Known
{
	uint64		ticket;
	int64		number;
} Known;

cr_record_charge_hook_type cr_record_charge_hook = NULL;
cr_record_stored_hook_type cr_record_stored_hook = NULL;

static Known known[KNOWN_MAX];

typedef struct Writer
{
	Relation	table;
	CatalogIndexState indexes;
	CrChain    *chain;
	CrHead		head;
} Writer;

static void
answer_failed(CrAnswer *answer, const char *reason)
{
	memset(answer, 0, sizeof(*answer));
	answer->kind = CR_ANSWER_FAILED;
	answer->sqlerrcode = CR_ERRCODE_RECORDER;
	strlcpy(answer->reason, reason, sizeof(answer->reason));
}

/* Makes the record of an admission that of a refusal. */
static void
refuse(CrRecord *record, int sqlerrcode, const char *reason)
{
	cr_record_set_text(record, CR_COL_VERDICT, "refused");
	cr_record_set_text(record, CR_COL_CODE,
					   pstrdup(unpack_sql_state(sqlerrcode)));
	cr_record_set_text(record, CR_COL_REASON, reason);
}

static bool
is_admission(const CrRecord *record)
{
	const CrField *verdict = &record->fields[CR_COL_VERDICT];

	return verdict->set && strcmp(verdict->text, "admitted") == 0;
}

/*
 * Turns an admission that cannot stand into a refusal: the backend has given
 * up, or the charges are refused.
 */
static void
settle(const CrTaken *taken, CrRecord *record, CrAnswer *answer)
{
	answer->kind = CR_ANSWER_STORED;
	if (!is_admission(record))
		return;
	if (taken->abandoned)
		refuse(record, CR_ERRCODE_RECORDER, "the record was late");
	else if (record->fields[CR_COL_CHARGES].set &&
			 cr_record_charge_hook != NULL &&
			 !cr_record_charge_hook(record, answer))
	{
		answer->kind = CR_ANSWER_EXHAUSTED;
		record->fields[CR_COL_CHARGES].set = false;
		refuse(record, answer->sqlerrcode, answer->reason);
	}
}

/*
 * What is hashed must not be guessed: of a record that somebody may see but
 * for a few small numbers, its link, and the one before, would tell them.
 */
static void
set_salt(CrRecord *record)
{
	uint8		bytes[SALT_LENGTH];
	char	   *hex = palloc0(2 * SALT_LENGTH + 1);

	if (!pg_strong_random(bytes, sizeof(bytes)))
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("could not generate random bytes for a record")));
	hex_encode((const char *) bytes, sizeof(bytes), hex);
	cr_record_set_text(record, CR_COL_SALT, hex);
}

static void
write_row(Writer *writer, CrRecord *record)
{
	Datum		values[CR_NCOLUMNS];
	bool		nulls[CR_NCOLUMNS];
	HeapTuple	tuple;
	uint8		bytes[CR_LINK_LENGTH];

	cr_record_set_integer(record, CR_COL_NUMBER, writer->head.number + 1);
	set_salt(record);
	cr_record_form(record, values, nulls);
	cr_chain_link(writer->chain, writer->head.link, values, nulls, bytes);
	nulls[CR_COL_LINK] = false;
	values[CR_COL_LINK] =
		PointerGetDatum(cstring_to_text_with_len((const char *) bytes,
												 CR_LINK_LENGTH));
	tuple = heap_form_tuple(RelationGetDescr(writer->table), values, nulls);
	CatalogTupleInsertWithInfo(writer->table, tuple, writer->indexes);
	heap_freetuple(tuple);
	writer->head.number++;
	memcpy(writer->head.link, bytes, CR_LINK_LENGTH);
}

static void
store_entry(Writer *writer, const CrTaken *taken, CrAnswer *answer)
{
	CrRecord	record;
	Known	   *about = &known[taken->about % KNOWN_MAX];
	Known	   *own = &known[taken->ticket % KNOWN_MAX];

	memset(answer, 0, sizeof(*answer));
	answer->kind = CR_ANSWER_STORED;
	if (taken->not_first && writer->head.number == 0)
		return;
	cr_record_unpack(taken->bytes, &record);
	if (taken->about != 0 && !record.fields[CR_COL_REFERS].set &&
		about->ticket == taken->about)
		cr_record_set_integer(&record, CR_COL_REFERS, about->number);
	settle(taken, &record, answer);
	write_row(writer, &record);
	if (taken->xid != 0)
		cr_outcome_await(writer->head.number, taken->xid);
	if (cr_record_stored_hook != NULL)
		cr_record_stored_hook(&record);
	own->ticket = taken->ticket;
	own->number = writer->head.number;
	answer->number = writer->head.number;
	memcpy(answer->link, writer->head.link, CR_LINK_LENGTH);
}

void
cr_store_entries(const CrTaken *taken, int n, CrAnswer *answers)
{
	Writer		writer;

	writer.table = cr_ledger_open(RowExclusiveLock);
	if (writer.table == NULL)
	{
		for (int i = 0; i < n; i++)
			answer_failed(&answers[i], "the extension is not there any more");
		return;
	}
	PushActiveSnapshot(GetTransactionSnapshot());
	writer.head = cr_ledger_read_head(writer.table, GetActiveSnapshot());
	writer.indexes = CatalogOpenIndexes(writer.table);
	writer.chain = cr_chain_create();
	for (int i = 0; i < n; i++)
		store_entry(&writer, &taken[i], &answers[i]);
	cr_chain_free(writer.chain);
	CatalogCloseIndexes(writer.indexes);
	PopActiveSnapshot();
	table_close(writer.table, NoLock);
}
