/*-------------------------------------------------------------------------
 *
 * src/session/second_factor.h
 *	  The assurance of a session by a second factor.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_SECOND_FACTOR_H
#define CR_SECOND_FACTOR_H

/*
 * Ends the assurance, as if none had been given in this session.  Whoever has
 * the session next is another client of the same login, behind a pooler.
 */
extern void cr_second_factor_forget(void);

#endif							/* CR_SECOND_FACTOR_H */
