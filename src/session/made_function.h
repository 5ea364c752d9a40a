/*-------------------------------------------------------------------------
 *
 * src/session/made_function.h
 *	  Which functions that did not come with the server another's text may
 *	  call.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_MADE_FUNCTION_H
#define CR_MADE_FUNCTION_H

/*
 * Does the function nothing but what its owner has written it to do?  An
 * extension's may run a text that it is given, unless it is immutable, and the
 * conditions of types, unless it takes and gives values of types that have
 * none.  Reads the catalogs.
 */
extern bool cr_made_function_answers(Oid funcid);

/*
 * Has it been made by somebody who has not the reader's rights?  Superusers
 * have everybody's.  Reads the catalogs.
 */
extern bool cr_made_function_is_others(Oid funcid, Oid reader);

/*
 * May it run with the reader's rights although the query does not show it, as
 * in the predicate of an index?  Then it does nothing that the query might not
 * do by calling it, and what it names is not found by the search_path.  Reads
 * the catalogs.
 */
extern bool cr_made_function_is_harmless(Oid funcid, Oid reader);

#endif							/* CR_MADE_FUNCTION_H */
