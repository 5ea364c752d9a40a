/*-------------------------------------------------------------------------
 *
 * src/ledger/recorder.h
 *	  The processes that write the ledger.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_RECORDER_H
#define CR_RECORDER_H

#include "ledger/queue.h"

/* Registers the launcher; called once, when the library is preloaded. */
extern void cr_recorder_register_launcher(void);

extern PGDLLEXPORT void cr_recorder_launcher_main(Datum main_arg);
extern PGDLLEXPORT void cr_recorder_worker_main(Datum main_arg);

/*
 * append.c: writes taken entries into the table in the current transaction,
 * and says what to answer when it has committed.  Raises an error when that
 * fails.
 */
extern void cr_store_entries(const CrTaken *taken, int n, CrAnswer *answers);

/*
 * outcome.c: notes, in the current transaction, that the record with this
 * number says what is true only if transaction xid commits.
 */
extern void cr_outcome_await(int64 number, uint64 xid);

/* Is it time to look what has become of such transactions? */
extern bool cr_outcome_is_due(void);

/*
 * Looks, in the current transaction, and puts on record which of them have
 * not committed.
 */
extern void cr_outcome_settle(void);

#endif							/* CR_RECORDER_H */
