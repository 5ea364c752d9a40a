/*-------------------------------------------------------------------------
 *
 * src/session/pinned.h
 *	  Settings as one party's text needs them, whoever's session it is in.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_PINNED_H
#define CR_PINNED_H

#include "nodes/pg_list.h"

/*
 * Has settings that decide what a text means, or how values are read and
 * written, as they are by default.  Like the next, until the caller's level
 * of settings (NewGUCNestLevel) ends; it has to be ended as an aborted one,
 * or what the text sets would outlive it.
 */
extern void cr_session_pin_settings(void);

/* The same for the search path alone. */
extern void cr_session_pin_path(const char *path);

/*
 * Names of the settings that functions in queries on protected tables, and in
 * row policies, may go by: all of those, and what facts are the values of.
 */
extern List *cr_session_settings_read(void);

#endif							/* CR_PINNED_H */
