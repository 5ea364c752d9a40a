/*-------------------------------------------------------------------------
 *
 * src/session/pinned.h
 *	  Settings as one party's text needs them, whoever's session it is in.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_PINNED_H
#define CR_PINNED_H

/*
 * Has settings that decide what a text means, or how values are read and
 * written, as they are by default.  Like the next, until the caller's level
 * of settings (NewGUCNestLevel) ends; it has to be ended as an aborted one,
 * or what the text sets would outlive it.
 */
extern void cr_session_pin_settings(void);

/* The same for the search path alone. */
extern void cr_session_pin_path(const char *path);

#endif							/* CR_PINNED_H */
