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

#endif							/* CR_RECORDER_H */
