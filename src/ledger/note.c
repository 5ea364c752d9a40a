/*-------------------------------------------------------------------------
 *
 * src/ledger/note.c
 *	  Puts an event other than a query on record.
 *
 * Uses of something are recorded when they happen, and stand even if the
 * transaction is rolled back.  Changes are recorded when the transaction is
 * about to commit, since one that is rolled back has not happened; and a
 * change that cannot be recorded does not commit.  The commit may still fail
 * after that: outcome.c has it recorded then that nothing has changed.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/table.h"
#include "access/xact.h"
#include "ledger/fingerprint.h"
#include "ledger/ledger_table.h"
#include "ledger/note.h"
#include "ledger/queue.h"
#include "ledger/record.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

typedef struct Pending
{
	SubTransactionId subid;
	Oid			relid;			/* or InvalidOid */
	int			flags;
	CrRecord	record;
} Pending;

struct CrLateNote
{
	CrRecord	record;
};

/* is somebody giving a code? */
static bool hides_constants = false;

/* notes of changes, in the context that lives as long as the transaction */
static List *pending = NIL;
static bool callbacks_registered = false;

/*
 * Where this transaction has made the ledger, the recorder does not see it
 * before the commit; then nothing can be waited for.  Nor can the recorder
 * wait for itself.
 */
static bool
must_wait_for_commit(void)
{
	bool		uncommitted;

	if (cr_queue_is_recorder())
		return true;
	return OidIsValid(cr_ledger_table_oid("ledger_records", &uncommitted)) &&
		uncommitted;
}

/*
 * Has nothing been recorded yet?  By the time the recorder looks, a dump's
 * first record may be there, between which and the next no other may come.
 */
static bool
ledger_is_empty(void)
{
	Relation	table = cr_ledger_open(AccessShareLock);
	CrHead		head = {0};

	if (table == NULL)
		return true;
	PushActiveSnapshot(GetLatestSnapshot());
	head = cr_ledger_read_head(table, GetActiveSnapshot());
	PopActiveSnapshot();
	table_close(table, AccessShareLock);
	return head.number == 0;
}

static void
submit_pending(bool wait)
{
	ListCell   *lc;
	List	   *notes = pending;

	pending = NIL;
	foreach(lc, notes)
	{
		Pending    *note = lfirst(lc);

		if (!wait)
			cr_record_submit_nowait(&note->record, note->flags, NULL);
		else if ((note->flags & CR_SUBMIT_NOTFIRST) == 0 ||
				 !ledger_is_empty())
			cr_record_submit_change(&note->record, note->flags);
	}
}

static void
at_transaction_end(XactEvent event, void *arg)
{
	switch (event)
	{
		case XACT_EVENT_PRE_COMMIT:
		case XACT_EVENT_PRE_PREPARE:
			if (pending != NIL && !cr_record_possible())
				pending = NIL;
			if (pending != NIL && event == XACT_EVENT_PRE_PREPARE)
				ereport(ERROR,
						(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						 errmsg("a transaction that changes what goes on record cannot be prepared"),
						 errhint("Commit it: whether it has happened must be known.")));
			if (pending != NIL && !must_wait_for_commit())
				submit_pending(true);
			break;
		case XACT_EVENT_COMMIT:
			submit_pending(false);
			break;
		case XACT_EVENT_ABORT:
		case XACT_EVENT_PREPARE:
			pending = NIL;
			break;
		default:
			break;
	}
}

static void
at_subtransaction_end(SubXactEvent event, SubTransactionId subid,
					  SubTransactionId parent, void *arg)
{
	ListCell   *lc;

	foreach(lc, pending)
	{
		Pending    *note = lfirst(lc);

		if (note->subid != subid)
			continue;
		if (event == SUBXACT_EVENT_ABORT_SUB)
			pending = foreach_delete_current(pending, lc);
		else if (event == SUBXACT_EVENT_COMMIT_SUB)
			note->subid = parent;
	}
}

/* Does it happen at once, whatever becomes of the transaction? */
static bool
is_use(const char *kind)
{
	static const char *const uses[] = {"detokenize", "key_use",
	"second_factor", "template_run"};

	for (size_t i = 0; i < lengthof(uses); i++)
		if (strcmp(kind, uses[i]) == 0)
			return true;
	return false;
}

bool
cr_ledger_hide_constants(bool hide)
{
	bool		before = hides_constants;

	hides_constants = hide;
	return before;
}

bool
cr_ledger_hides_constants(void)
{
	return hides_constants;
}

/* Codes, however they got here: by EXECUTE, by a function. */
static void
mask_statement(CrRecord *record)
{
	static const int columns[] = {CR_COL_STATEMENT, CR_COL_CALLER};

	for (size_t i = 0; i < lengthof(columns); i++)
	{
		CrField    *field = &record->fields[columns[i]];

		if (field->set)
			cr_record_set_text(record, columns[i],
							   cr_fingerprint_mask(field->text));
	}
}

static void
fill(CrRecord *record, const char *kind, Oid relid, const char *subject,
	 const char *detail)
{
	cr_record_start(record, pstrdup(kind));
	cr_record_describe_statement(record, NULL, -1, 0);
	if (hides_constants || strcmp(kind, "second_factor") == 0)
		mask_statement(record);
	if (OidIsValid(relid))
		cr_record_describe_relation(record, relid);
	if (subject != NULL)
		cr_record_set_text(record, CR_COL_SUBJECT, pstrdup(subject));
	if (detail != NULL)
		cr_record_set_text(record, CR_COL_DETAIL, pstrdup(detail));
}

static void
note_at_commit(const char *kind, Oid relid, const char *subject,
			   const char *detail, int flags)
{
	MemoryContext caller = MemoryContextSwitchTo(TopTransactionContext);
	Pending    *note = palloc0(sizeof(Pending));

	if (!callbacks_registered)
	{
		RegisterXactCallback(at_transaction_end, NULL);
		RegisterSubXactCallback(at_subtransaction_end, NULL);
		callbacks_registered = true;
	}
	note->subid = GetCurrentSubTransactionId();
	note->relid = relid;
	note->flags = flags;
	fill(&note->record, kind, relid, subject, detail);
	pending = lappend(pending, note);
	MemoryContextSwitchTo(caller);
}

void
cr_ledger_note(const char *kind, Oid relid, const char *subject,
			   const char *detail)
{
	CrRecord	record;

	if (!cr_record_possible())
		return;
	if (!is_use(kind))
	{
		note_at_commit(kind, relid, subject, detail, 0);
		return;
	}
	fill(&record, kind, relid, subject, detail);
	cr_record_submit(&record, NULL);
}

void
cr_ledger_note_if_begun(const char *kind, Oid relid, const char *subject,
						const char *detail)
{
	if (cr_record_possible())
		note_at_commit(kind, relid, subject, detail, CR_SUBMIT_NOTFIRST);
}

void
cr_ledger_forget_notes(Oid relid)
{
	ListCell   *lc;

	foreach(lc, pending)
	{
		Pending    *note = lfirst(lc);

		if (note->relid == relid &&
			note->subid == GetCurrentSubTransactionId() &&
			(note->flags & CR_SUBMIT_NOTFIRST) != 0)
			pending = foreach_delete_current(pending, lc);
	}
}

CrLateNote *
cr_ledger_prepare_note(const char *kind, const char *subject)
{
	MemoryContext caller;
	CrLateNote *note;

	if (!cr_record_possible())
		return NULL;
	caller = MemoryContextSwitchTo(TopTransactionContext);
	note = palloc0(sizeof(CrLateNote));
	fill(&note->record, kind, InvalidOid, subject, NULL);
	MemoryContextSwitchTo(caller);
	return note;
}

void
cr_ledger_note_late(CrLateNote *note, const char *detail)
{
	cr_record_set_text(&note->record, CR_COL_DETAIL, detail);
	cr_record_submit_nowait(&note->record, 0, NULL);
}
