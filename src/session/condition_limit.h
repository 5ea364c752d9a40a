/*-------------------------------------------------------------------------
 *
 * src/session/condition_limit.h
 *	  Limits how long the condition of an access rule may take.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_CONDITION_LIMIT_H
#define CR_CONDITION_LIMIT_H

/*
 * From here on the session waits for a lock only so long, and a statement that
 * takes too long is cancelled.  To be called in a nest level of settings.
 */
extern void cr_condition_limit_begin(void);

/* Ends that.  Says whether the time was up. */
extern bool cr_condition_limit_end(void);

#endif							/* CR_CONDITION_LIMIT_H */
