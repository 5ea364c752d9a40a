/*-------------------------------------------------------------------------
 *
 * src/guard/held.h
 *	  Has rows of held cursors judged when they are fetched.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_HELD_H
#define CR_HELD_H

#include "executor/execdesc.h"
#include "nodes/parsenodes.h"

typedef struct CrHeld CrHeld;

/*
 * A plan has run: where it is that of a cursor WITH HOLD whose transaction
 * ends, and it reads protected tables, notes what the rows rest on.  From the
 * end of the transaction on the cursor is closed to all but cr_held_open().
 */
extern void cr_held_note(QueryDesc *queryDesc);

/*
 * FETCH or MOVE of a cursor: opens it, if it is such a one, for this command.
 * Raises the refusal where whoever asks may not have its rows now.  Returns
 * NULL for all other cursors.
 */
extern CrHeld *cr_held_open(const FetchStmt *fetch);

/* The command has ended, or failed; NULL: nothing. */
extern void cr_held_close(CrHeld *held);

#endif							/* CR_HELD_H */
