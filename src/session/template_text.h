/*-------------------------------------------------------------------------
 *
 * src/session/template_text.h
 *	  Reads the text of a template.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_TEMPLATE_TEXT_H
#define CR_TEMPLATE_TEXT_H

#include "nodes/parsenodes.h"

/*
 * A mistake in the text is shown there, and not in the call around it, from
 * the first of these to the second, or to an error.
 */
extern void cr_template_text_enter(ErrorContextCallback *callback,
								   const char *text);
extern void cr_template_text_leave(const ErrorContextCallback *callback);

/*
 * Analyzes a text, whose parameters have these types: one SELECT.  Locks the
 * relations that it names, for the transaction.
 */
extern Query *cr_template_text_read(const char *text, Oid *types, int ntypes);

/*
 * SHA-256 over what the names in an analyzed query stand for, by OID: two
 * queries of one text have the same if they read the same.
 */
extern bytea *cr_template_objects(const Query *query);

#endif							/* CR_TEMPLATE_TEXT_H */
