/*-------------------------------------------------------------------------
 *
 * src/session/facts.h
 *	  Facts of the session.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_FACTS_OF_SESSION_H
#define CR_FACTS_OF_SESSION_H

/* Notes that the session's user has just given a second factor. */
extern void cr_session_note_second_factor(void);

#endif							/* CR_FACTS_OF_SESSION_H */
