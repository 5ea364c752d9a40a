/*-------------------------------------------------------------------------
 *
 * src/session/unattended.h
 *	  Whether code runs for somebody whom this session does not show.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_UNATTENDED_H
#define CR_UNATTENDED_H

#include "base/verdict.h"

/*
 * Does code run that whoever may be behind it has not called in a session of
 * their own?
 */
extern bool cr_session_is_unattended(void);

/* Why such code may not query protected tables of others; or NULL. */
extern CrVerdict *cr_unattended_judge(void);

#endif							/* CR_UNATTENDED_H */
