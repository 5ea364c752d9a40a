/*-------------------------------------------------------------------------
 *
 * src/agg/total_call.h
 *	  What twins that call a function of the server's, and catch its errors,
 *	  have in common; how long the texts are that twins take and give.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_TOTAL_CALL_H
#define CR_TOTAL_CALL_H

#include "base/limits.h"
#include "fmgr.h"
#include "nodes/pg_list.h"

/* An argument of more bytes gives NULL. */
#define CR_TOTAL_LONG_ARGUMENT	(32 * 1024 * 1024)

/* A result of more bytes is NULL. */
#define CR_TOTAL_LONG_RESULT	CR_LONG_VALUE

/* Raises unless the function is compiled into the server, and not volatile. */
extern void cr_total_check_pure(Oid funcid);

/*
 * If the function is a twin, looks up what its first call would look up, in
 * the current memory context.  expr is the call, nargs how many arguments it
 * has.
 */
extern void cr_total_look_up(Oid funcid, Node *expr, int nargs);

/* The part of it that total_cast.c does. */
extern void cr_total_look_up_cast(FmgrInfo *finfo);

/* Is this error the fault of a value, rather than of the server's state? */
extern bool cr_total_is_data_error(int sqlerrcode);

#endif							/* CR_TOTAL_CALL_H */
