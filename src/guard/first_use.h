/*-------------------------------------------------------------------------
 *
 * src/guard/first_use.h
 *	  Has the server look up before the first row what rows need.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_FIRST_USE_H
#define CR_FIRST_USE_H

#include "executor/execdesc.h"

typedef struct CrFirstUse CrFirstUse;

/*
 * For a plan that has just been started.  In the current memory context; the
 * indexes of the plan, and long values of its tables, are held open for the
 * current resource owner, whose locks on them last as long as the transaction.
 */
extern CrFirstUse *cr_first_use_begin(QueryDesc *queryDesc);

/*
 * Looks up everything, and locks the catalogs until the transaction's end.
 * To be called at each run, before a row is read.
 */
extern void cr_first_use_look_up(CrFirstUse *use);

/* The same if something of it may have been forgotten since. */
extern void cr_first_use_look_up_again(CrFirstUse *use);

/* Forgets what scans have kept of pages of indexes. */
extern void cr_first_use_forget_pages(CrFirstUse *use);

/* Reads again those of them that the planner reads, too. */
extern void cr_first_use_read_pages(CrFirstUse *use);

/* Closes what is held open. */
extern void cr_first_use_end(CrFirstUse *use);

#endif							/* CR_FIRST_USE_H */
