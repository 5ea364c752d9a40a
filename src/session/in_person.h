/*-------------------------------------------------------------------------
 *
 * src/session/in_person.h
 *	  Whether whoever has logged in is the one that acts.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_IN_PERSON_H
#define CR_IN_PERSON_H

/*
 * Does the role that has logged in act itself, in a session with a client,
 * under its own name and with no privileges that a function lends?
 */
extern bool cr_session_is_in_person(void);

#endif							/* CR_IN_PERSON_H */
