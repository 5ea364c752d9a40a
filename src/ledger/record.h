/*-------------------------------------------------------------------------
 *
 * src/ledger/record.h
 *	  A record of the ledger, and how a backend has one stored.
 *
 * A backend fills in a record and submits it.  The recorder, a background
 * worker, numbers it, chains it to the one before and commits it in a
 * transaction of its own, so that it outlives whatever the backend's
 * transaction comes to.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_RECORD_H
#define CR_RECORD_H

#include "nodes/params.h"
#include "nodes/pg_list.h"

#define CR_LINK_LENGTH		32	/* bytes of a SHA-256 */

/* The columns of cleanroom.ledger_records, in order. */
typedef enum CrColumn
{
	CR_COL_NUMBER,				/* given by the recorder */
	CR_COL_AT,					/* TimestampTz; set by cr_record_start() */
	CR_COL_KIND,				/* statement, completion, or a note's kind */
	CR_COL_VERDICT,				/* admitted, refused, completed, failed */
	CR_COL_CODE,				/* SQLSTATE of a refusal or failure */
	CR_COL_REASON,				/* its message */
	CR_COL_REFERS,				/* number of the statement it completes */
	CR_COL_DATABASE,
	CR_COL_SESSION_USER,
	CR_COL_CURRENT_USER,
	CR_COL_ROLE,				/* of SET ROLE, where it is neither */
	CR_COL_CLIENT,				/* address */
	CR_COL_APPLICATION,
	CR_COL_PURPOSE,
	CR_COL_TABLES,				/* protected tables, qualified */
	CR_COL_OWNERS,				/* of each of them */
	CR_COL_STATEMENT,			/* as written */
	CR_COL_CALLER,				/* what the client sent, where that differs */
	CR_COL_FINGERPRINT,			/* of the statement without its constants */
	CR_COL_OBLIGATIONS,			/* JSON */
	CR_COL_GROUPS_RELEASED,
	CR_COL_GROUPS_WITHHELD,
	CR_COL_ROWS_RETURNED,
	CR_COL_DURATION,			/* microseconds */
	CR_COL_CHARGES,				/* JSON; see cr_record_charge_hook */
	CR_COL_SUBJECT,				/* of a note */
	CR_COL_DETAIL,				/* JSON */
	CR_COL_SALT,				/* given by the recorder; 128 random bits */
	CR_COL_LINK,				/* given by the recorder */
	CR_NCOLUMNS,

	/* what the recorder is told besides, and does not store */
	CR_COL_COUNTED = CR_NCOLUMNS,	/* tables that a refusal counts for */
	CR_NFIELDS
} CrColumn;

typedef enum CrColumnType
{
	CR_TYPE_INTEGER,			/* bigint, timestamptz */
	CR_TYPE_TEXT,
	CR_TYPE_LIST,				/* text[] */
	CR_TYPE_LINK				/* bytea */
} CrColumnType;

/* One column's value; texts are not copied by the functions that set them. */
typedef struct CrField
{
	bool		set;
	int64		integer;
	const char *text;			/* of a list: its members, each ended by 0 */
	Size		length;			/* of text, in bytes */
} CrField;

typedef struct CrRecord
{
	CrField		fields[CR_NFIELDS];
	bool		cut;			/* not all of the statement is in it */
} CrRecord;

extern CrColumnType cr_record_column_type(CrColumn column);

/* NULL leaves the column null; strings of a list are copied. */
extern void cr_record_set_text(CrRecord *record, CrColumn column,
							   const char *text);
extern void cr_record_set_integer(CrRecord *record, CrColumn column,
								  int64 value);
extern void cr_record_set_list(CrRecord *record, CrColumn column,
							   List *strings);

/* To bytes for the queue, and back; texts then point into the bytes. */
extern char *cr_record_pack(const CrRecord *record, Size *length);
extern void cr_record_unpack(const char *bytes, CrRecord *record);

/* A list as a text[], in the current memory context. */
extern Datum cr_record_form_list(const CrField *field);

/* Values for a row of the table, in the current memory context. */
extern void cr_record_form(const CrRecord *record, Datum *values,
						   bool *nulls);

/* What became of a submitted record. */
typedef enum CrAnswerKind
{
	CR_ANSWER_NONE,				/* nothing yet */
	CR_ANSWER_STORED,			/* committed */
	CR_ANSWER_EXHAUSTED,		/* committed as a refusal, by a charge */
	CR_ANSWER_FAILED			/* cannot be stored */
} CrAnswerKind;

typedef struct CrAnswer
{
	CrAnswerKind kind;
	int64		number;			/* of the record, when committed */
	uint8		link[CR_LINK_LENGTH];
	int			sqlerrcode;		/* when exhausted or failed */
	char		reason[256];
	char		hint[256];
} CrAnswer;

/*
 * Called in the recorder's transaction for each admission that carries
 * CR_COL_CHARGES, before it is stored, under a snapshot.  To let it pass,
 * returns true, with the charges booked and record's CR_COL_CHARGES as they
 * are to be stored.  To refuse it, returns false, with nothing booked and
 * sqlerrcode, reason and hint in the answer: it is stored as refused, and
 * the statement fails with them.  Whatever it writes commits with the record
 * or not at all.  An error is taken for a passing one, and tried again.
 */
typedef bool (*cr_record_charge_hook_type) (CrRecord *record,
											CrAnswer *answer);
extern cr_record_charge_hook_type cr_record_charge_hook;

/*
 * Called there for each other record that was stored, as for refusals that
 * are counted.  NULL: nobody wants them.
 */
typedef void (*cr_record_stored_hook_type) (const CrRecord *record);
extern cr_record_stored_hook_type cr_record_stored_hook;

/* How a record is submitted. */
#define CR_SUBMIT_NOWAIT		0x01	/* return at once, keep no receipt */
#define CR_SUBMIT_NOTFIRST		0x02	/* drop it when the ledger is empty */

/* One submitted record, to refer to it later. */
typedef struct CrSubmission
{
	uint64		ticket;			/* 0: none */
	int64		number;			/* 0: not known yet */
} CrSubmission;

/*
 * Fills in what every record has: the time, who, from where.  In the current
 * memory context.
 */
extern void cr_record_start(CrRecord *record, const char *kind);

/*
 * Fills in the statement, its fingerprint and what the client sent.  text
 * may be NULL; location and length are those of a parsed statement.
 */
extern void cr_record_describe_statement(CrRecord *record, const char *text,
										 int location, int length);

/* bounds.c: how many bytes of one text go on record. */
extern Size cr_record_text_limit(void);

/*
 * The text, or, where it is longer than the queue can take, its
 * beginning, its length and its digest; *cut is then set to true.
 */
extern const char *cr_record_bound_text(const char *text, bool *cut);

/*
 * meaning.c: fills in the values of a statement's parameters, unless
 * constants are to be left out, and the statement with its views and
 * functions written out, if that is not NULL.  Only values of types of the
 * server itself are shown: others might run anything to do it.
 */
extern void cr_record_describe_meaning(CrRecord *record, ParamListInfo params,
									   const char *written_out);

/*
 * Fills in the protected tables among the relations, their owners and the
 * obligations that their policies make.
 */
extern void cr_record_describe_tables(CrRecord *record, List *relids);

/* The same of one relation, whatever its policy is just becoming. */
extern void cr_record_describe_relation(CrRecord *record, Oid relid);

/*
 * Has a refusal count towards the suspension of whoever has logged in, from
 * those of the protected tables that bind the current user.
 */
extern void cr_record_count_for(CrRecord *record, List *relids);

/*
 * Is there a ledger to write to: the extension, in this database?
 */
extern bool cr_record_possible(void);

/*
 * Has the record stored, and waits for its commit if cleanroom.record is
 * sync.  Raises RC011 when that cannot be had in cleanroom.record_timeout,
 * or an admission was cut, and what the charge hook says when that refuses.
 * The submission, if not NULL, is filled in as soon as the record is queued;
 * after an error its ticket is 0 unless the record may have been stored as it
 * is.
 */
extern void cr_record_submit(CrRecord *record, CrSubmission *submission);

/*
 * The same for a change that holds only if the current transaction commits,
 * which is still to be decided: should it not, the recorder puts that on
 * record, too.  flags: CR_SUBMIT_NOTFIRST or 0.
 */
extern void cr_record_submit_change(CrRecord *record, int flags);

/*
 * The first without waiting and without an error: what cannot be queued is
 * lost, and the server's log says so.  "about" is the submission of the
 * statement that the record completes, or NULL.
 */
extern void cr_record_submit_nowait(CrRecord *record, int flags,
									const CrSubmission *about);

/*
 * The same for a statement that was admitted and has failed before it was
 * executed: its record, and that of its end.
 */
extern void cr_record_submit_failure(CrRecord *statement,
									 CrRecord *completion);

#endif							/* CR_RECORD_H */
