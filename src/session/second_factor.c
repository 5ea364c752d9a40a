/*-------------------------------------------------------------------------
 *
 * src/session/second_factor.c
 *	  What the second factor needs from below SQL: codes, random bytes, and
 *	  the session's assurance.
 *
 * Who has enrolled and which codes are spent stands in a table, and is
 * decided by cleanroom.second_factor_by().  The assurance itself is this
 * backend's, and good as long as the enrolment it was given for is there.  It
 * rises when the transaction in which the code was spent commits, with the
 * subtransaction: otherwise a rollback, be it to a savepoint, would leave a
 * code that was used and counts as unused.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/compat.h"
#include "base/settings.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "prim/otp.h"
#include "session/second_factor.h"
#include "session/session_facts.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(cr_otp);
PG_FUNCTION_INFO_V1(cr_base32);
PG_FUNCTION_INFO_V1(cr_random_bytes);
PG_FUNCTION_INFO_V1(cr_raise_assurance);
PG_FUNCTION_INFO_V1(cr_stay_with_session);
PG_FUNCTION_INFO_V1(cr_longest_second_factor_age);

/*
 * The subtransaction whose commit raises the assurance, or none.  Of several
 * the outermost: the others end before it does.
 */
static SubTransactionId rises_with = InvalidSubTransactionId;
static TimestampTz rises_for = 0;	/* when the role had enrolled */

/* does the transaction hold the row of a role, with whom codes are given? */
static bool stays_with_session = false;

static void
require_extension(void)
{
	if (!superuser())
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("only the extension does this"),
				 errhint("Use cleanroom.second_factor().")));
}

static CrBytes
bytes_of(bytea *value)
{
	return cr_bytes(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
}

/* SQL: cleanroom.otp(secret bytea, counter bigint): int */
Datum
cr_otp(PG_FUNCTION_ARGS)
{
	uint32		code;

	require_extension();
	if (!cr_otp_code(bytes_of(PG_GETARG_BYTEA_PP(0)),
					 (uint64) PG_GETARG_INT64(1), &code))
		elog(ERROR, "could not compute a one-time password");
	PG_RETURN_INT32(code);
}

/* SQL: cleanroom.base32(value bytea): text */
Datum
cr_base32(PG_FUNCTION_ARGS)
{
	CrBytes		bytes = bytes_of(PG_GETARG_BYTEA_PP(0));
	char	   *result = palloc(bytes.len * 8 / 5 + 2);

	cr_base32_encode(bytes, result);
	PG_RETURN_TEXT_P(cstring_to_text(result));
}

/* SQL: cleanroom.random_bytes(length int): bytea */
Datum
cr_random_bytes(PG_FUNCTION_ARGS)
{
	int32		length = PG_GETARG_INT32(0);
	bytea	   *result;

	if (length < 1 || length > 1024)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("length must be between 1 and 1024"),
				 errhint("Ask for fewer bytes.")));
	result = palloc(VARHDRSZ + length);
	SET_VARSIZE(result, VARHDRSZ + length);
	if (!pg_strong_random(VARDATA(result), length))
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("could not generate random values"),
				 errhint("The operating system's random source failed.")));
	PG_RETURN_BYTEA_P(result);
}

void
cr_second_factor_forget(void)
{
	rises_with = InvalidSubTransactionId;
	cr_session_note_second_factor(0);
}

static void
end_transaction(XactEvent event, void *arg)
{
	switch (event)
	{
		case XACT_EVENT_PRE_PREPARE:
			if (stays_with_session)
				ereport(ERROR,
						(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						 errmsg("a transaction that gives, sets or resets a second factor cannot be prepared"),
						 errhint("Commit it: until it ends, the role's factor is locked.")));
			break;
		case XACT_EVENT_COMMIT:
			if (rises_with != InvalidSubTransactionId)
				cr_session_note_second_factor(rises_for);
			/* FALLTHROUGH */
		case XACT_EVENT_ABORT:
		case XACT_EVENT_PREPARE:
			rises_with = InvalidSubTransactionId;
			stays_with_session = false;
			break;
		default:
			break;
	}
}

static void
end_subtransaction(SubXactEvent event, SubTransactionId subid,
				   SubTransactionId parent, void *arg)
{
	if (rises_with != subid)
		return;
	if (event == SUBXACT_EVENT_ABORT_SUB)
		rises_with = InvalidSubTransactionId;
	else if (event == SUBXACT_EVENT_COMMIT_SUB)
		rises_with = parent;
}

static void
watch_transactions(void)
{
	static bool watching = false;

	if (watching)
		return;
	RegisterXactCallback(end_transaction, NULL);
	RegisterSubXactCallback(end_subtransaction, NULL);
	watching = true;
}

/* SQL: cleanroom.stay_with_session(): void */
Datum
cr_stay_with_session(PG_FUNCTION_ARGS)
{
	require_extension();
	watch_transactions();
	stays_with_session = true;
	PG_RETURN_VOID();
}

/* SQL: cleanroom.raise_assurance(enrolled_at timestamptz): void */
Datum
cr_raise_assurance(PG_FUNCTION_ARGS)
{
	require_extension();
	watch_transactions();
	if (rises_with == InvalidSubTransactionId)
		rises_with = GetCurrentSubTransactionId();
	rises_for = PG_GETARG_TIMESTAMPTZ(0);
	PG_RETURN_VOID();
}

/* SQL: cleanroom.longest_second_factor_age(): interval */
Datum
cr_longest_second_factor_age(PG_FUNCTION_ARGS)
{
	Interval   *age = palloc0(sizeof(Interval));

	age->time = (TimeOffset) cr_second_factor_lifetime * USECS_PER_SEC;
	PG_RETURN_INTERVAL_P(age);
}
