/*-------------------------------------------------------------------------
 *
 * src/guard/raise.h
 *	  Turns a refusal into an error.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_RAISE_H
#define CR_RAISE_H

#include "base/verdict.h"
#include "nodes/parsenodes.h"

/*
 * Records and raises the refusal; the text is for the error position and may
 * be NULL.
 */
extern void cr_raise_refusal(const CrVerdict *verdict,
							 const char *query_string)
			__attribute__((noreturn));

/*
 * The same where it is known which relations it is about, and where in the
 * text the statement stands.
 */
extern void cr_raise_refusal_of(const CrVerdict *verdict, List *relids,
								const char *query_string, int location,
								int length)
			__attribute__((noreturn));

/* Raises the refusal of a command on a protected table. */
extern void cr_raise_command(const char *command, Oid relid)
			__attribute__((noreturn));

/* The same for a table of the extension's own. */
extern void cr_raise_own_command(const char *command, Oid relid)
			__attribute__((noreturn));

#endif							/* CR_RAISE_H */
