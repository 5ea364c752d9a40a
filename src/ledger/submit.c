/*-------------------------------------------------------------------------
 *
 * src/ledger/submit.c
 *	  Has a record stored, and waits until it is.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "access/xlog.h"
#include "base/compat.h"
#include "base/errcodes.h"
#include "base/settings.h"
#include "ledger/ledger_table.h"
#include "ledger/queue.h"
#include "ledger/submit.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "utils/timestamp.h"

#define TOO_LONG "The statement, with its parameters, is too long to be recorded."
#define TOO_LONG_HINT "Shorten it, or have cleanroom.record_queue_size raised to 16 times its length."

/* ticket of this session's newest record that wanted an answer, or 0 */
static uint64 newest_ticket = 0;

static void refuse_for(const char *detail, const char *hint)
			__attribute__((noreturn));

static void
refuse_for(const char *detail, const char *hint)
{
	ereport(ERROR,
			(errcode(CR_ERRCODE_RECORDER),
			 errmsg("the recorder is not available, and what is not on record is not answered"),
			 errdetail("%s", detail),
			 errhint("%s", hint)));
}

bool
cr_record_possible(void)
{
	bool		uncommitted;

	return OidIsValid(cr_ledger_table_oid("ledger_records", &uncommitted));
}

/* Refuses where waiting would be in vain. */
static void
check_possible(void)
{
	bool		uncommitted;

	if (RecoveryInProgress())
		refuse_for("The server is in recovery, where nothing can be written.",
				   "Ask the primary server.");
	if (!OidIsValid(cr_ledger_table_oid("ledger_records", &uncommitted)))
		refuse_for("The extension has no ledger in this database.",
				   "Have a superuser create or update the extension.");
	if (uncommitted)
		refuse_for("This transaction has made the ledger, and nobody else can write to it yet.",
				   "Commit it first.");
}

static long
time_left(TimestampTz until)
{
	long		left = TimestampDifferenceMilliseconds(GetCurrentTimestamp(),
													   until);

	return Max(left, 0);
}

/* Puts the entry in the queue; waits for room until then. */
static CrQueueTicket
put_until(const CrQueueEntry *entry, TimestampTz until)
{
	CrQueueTicket ticket;
	CrQueueResult result;

	while ((result = cr_queue_put(entry, &ticket)) == CR_QUEUE_FULL)
	{
		if (time_left(until) == 0)
			break;
		(void) cr_queue_wait_for_room(time_left(until));
	}
	cr_queue_stop_waiting();
	switch (result)
	{
		case CR_QUEUE_FULL:
			refuse_for("The queue of records that wait to be stored is full.",
					   "Try again later; the server's log may say why the recorder is slow.");
		case CR_QUEUE_TOO_LONG:
			refuse_for(TOO_LONG, TOO_LONG_HINT);
		case CR_QUEUE_NO_PLACE:
			refuse_for("Statements are being recorded in as many databases as can be.",
					   "Have cleanroom.record_databases raised.");
		case CR_QUEUE_PUT:
			break;
	}
	return ticket;
}

/*
 * Waits for the answer; gives up when the time is over.  When the recorder
 * has got hold of the record by then it may be stored as it is, which is on
 * the safe side.
 */
static void
wait_until(const CrQueueTicket *ticket, TimestampTz until,
		   CrSubmission *submission, CrAnswer *answer)
{
	while (!cr_queue_get_answer(ticket->number, answer))
	{
		if (time_left(until) == 0)
		{
			if (cr_queue_abandon(ticket))
				submission->ticket = 0;
			refuse_for("The record was not stored within cleanroom.record_timeout.",
					   "Try again later; the server's log may say why the recorder is slow.");
		}
		(void) WaitLatch(MyLatch,
						 WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH,
						 time_left(until), PG_WAIT_EXTENSION);
		ResetLatch(MyLatch);
		CHECK_FOR_INTERRUPTS();
	}
}

static void
raise_answer(const CrAnswer *answer)
{
	if (answer->kind == CR_ANSWER_FAILED)
		refuse_for(psprintf("The recorder says that %s.", answer->reason),
				   "The server's log may say more.");
	if (answer->kind == CR_ANSWER_EXHAUSTED)
		ereport(ERROR,
				(errcode(answer->sqlerrcode),
				 errmsg("%s", answer->reason),
				 errhint("%s", answer->hint)));
}

/*
 * Not all that is asked would be on record, so it is not answered; that it
 * was asked is on record.
 */
static void
refuse_cut_admission(CrRecord *record)
{
	const CrField *verdict = &record->fields[CR_COL_VERDICT];

	if (!record->cut || !verdict->set ||
		strcmp(verdict->text, "admitted") != 0)
		return;
	record->fields[CR_COL_CHARGES].set = false;
	cr_record_set_text(record, CR_COL_VERDICT, "refused");
	cr_record_set_text(record, CR_COL_CODE,
					   pstrdup(unpack_sql_state(CR_ERRCODE_RECORDER)));
	cr_record_set_text(record, CR_COL_REASON, TOO_LONG);
	cr_record_submit(record, NULL);
	refuse_for(TOO_LONG, TOO_LONG_HINT);
}

/* Has the entry of the record, otherwise filled in, stored. */
static void
submit_entry(CrRecord *record, CrQueueEntry *entry, CrSubmission *submission)
{
	CrQueueTicket ticket;
	CrAnswer	answer;
	TimestampTz until;

	until = TimestampTzPlusMilliseconds(GetCurrentTimestamp(),
										cr_record_timeout);
	entry->bytes = cr_record_pack(record, &entry->length);
	entry->wants_answer = true;
	ticket = put_until(entry, until);
	submission->ticket = newest_ticket = ticket.number;

	/* a charge that may be refused has to be waited for */
	if (cr_record_mode == CR_RECORD_ASYNC &&
		!record->fields[CR_COL_CHARGES].set)
		return;
	wait_until(&ticket, until, submission, &answer);
	if (answer.kind != CR_ANSWER_STORED)
		submission->ticket = 0;
	raise_answer(&answer);
	submission->number = answer.number;
}

void
cr_record_submit(CrRecord *record, CrSubmission *submission)
{
	CrQueueEntry entry = {0};
	CrSubmission unwanted;

	if (submission == NULL)
		submission = &unwanted;
	memset(submission, 0, sizeof(*submission));
	check_possible();
	refuse_cut_admission(record);
	submit_entry(record, &entry, submission);
}

void
cr_record_submit_change(CrRecord *record, int flags)
{
	CrQueueEntry entry = {0};
	CrSubmission unwanted = {0};

	check_possible();
	entry.not_first = (flags & CR_SUBMIT_NOTFIRST) != 0;
	entry.xid = U64FromFullTransactionId(GetTopFullTransactionId());
	submit_entry(record, &entry, &unwanted);
}

/* Returns the record's ticket, or 0 where it is lost, and the log says so. */
static uint64
put_at_once(CrRecord *record, CrQueueEntry *entry)
{
	CrQueueTicket ticket;
	static TimestampTz complained_at = 0;

	entry->bytes = cr_record_pack(record, &entry->length);
	if (cr_queue_put(entry, &ticket) == CR_QUEUE_PUT)
		return ticket.number;
	if (TimestampDifferenceExceeds(complained_at, GetCurrentTimestamp(),
								   60000))
	{
		complained_at = GetCurrentTimestamp();
		ereport(LOG,
				(errmsg("a record that no answer depends on is lost, since the recorder's queue is full")));
	}
	return 0;
}

/*
 * Errors and interrupts must not come from here: it is also called while a
 * transaction ends.
 */
void
cr_record_submit_nowait(CrRecord *record, int flags,
						const CrSubmission *about)
{
	CrQueueEntry entry = {0};

	if (RecoveryInProgress())
		return;
	if (about != NULL)
	{
		CrAnswer	answer;

		entry.about = about->ticket;
		if (about->number != 0)
			cr_record_set_integer(record, CR_COL_REFERS, about->number);
		else if (cr_queue_get_answer(about->ticket, &answer) &&
				 answer.number != 0)
			cr_record_set_integer(record, CR_COL_REFERS, answer.number);
	}
	entry.not_first = (flags & CR_SUBMIT_NOTFIRST) != 0;
	(void) put_at_once(record, &entry);
}

/* Nor from here, where an error is under way. */
void
cr_record_submit_failure(CrRecord *statement, CrRecord *completion)
{
	CrQueueEntry entry = {0};
	CrQueueEntry end = {0};

	if (RecoveryInProgress())
		return;
	end.about = put_at_once(statement, &entry);
	if (end.about != 0)
		(void) put_at_once(completion, &end);
}

bool
cr_submit_last_receipt(CrAnswer *answer)
{
	return newest_ticket != 0 &&
		cr_queue_get_answer(newest_ticket, answer) && answer->number != 0;
}
