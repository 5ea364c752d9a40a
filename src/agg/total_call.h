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

/* An argument of more bytes gives NULL. */
#define CR_TOTAL_LONG_ARGUMENT	(32 * 1024 * 1024)

/* A result of more bytes is NULL. */
#define CR_TOTAL_LONG_RESULT	CR_LONG_VALUE

/* Raises unless the function is compiled into the server, and not volatile. */
extern void cr_total_check_pure(Oid funcid);

/* Is this error the fault of a value, rather than of the server's state? */
extern bool cr_total_is_data_error(int sqlerrcode);

#endif							/* CR_TOTAL_CALL_H */
