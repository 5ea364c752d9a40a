/*-------------------------------------------------------------------------
 *
 * src/session/session_facts.h
 *	  Facts of the session.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_SESSION_FACTS_H
#define CR_SESSION_FACTS_H

#include "datatype/timestamp.h"
#include "nodes/pg_list.h"

/* Names of the settings that facts are the values of, for anybody to set. */
extern List *cr_session_fact_settings(void);

/* Notes the method of pg_hba.conf; "method" must last. */
extern void cr_session_note_authentication(const char *method);

/*
 * Notes that the session's user has just given a second factor, for which it
 * had enrolled then.  That is forgotten when it enrols anew, or is reset; 0
 * forgets it at once.
 */
extern void cr_session_note_second_factor(TimestampTz enrolled);

#endif							/* CR_SESSION_FACTS_H */
