/*-------------------------------------------------------------------------
 *
 * src/base/isolation.h
 *	  What may be decided in a transaction of this isolation level.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_ISOLATION_H
#define CR_ISOLATION_H

/*
 * Raises 25000 unless each statement sees what others have committed by then;
 * "what" begins the message, as in "keys are changed".
 */
extern void cr_require_read_committed(const char *what);

#endif							/* CR_ISOLATION_H */
