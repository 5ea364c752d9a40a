/*-------------------------------------------------------------------------
 *
 * src/session/asker.h
 *	  Who asks, and what is known of the session that asks.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_ASKER_H
#define CR_ASKER_H

#include "utils/jsonb.h"

/*
 * While a rule is evaluated, as its author, somebody else is asking; and a
 * simulated session has facts of its own.
 */
typedef struct CrAsker
{
	Oid			role;			/* or InvalidOid: the current user */
	Jsonb	   *facts;			/* facts that are made up, or NULL */
} CrAsker;

/* Who asks from here on; returns who did before, to be put back. */
extern CrAsker cr_session_set_asker(CrAsker asker);

extern Oid	cr_session_asker(void);

/*
 * Somebody's own code is run by the extension, from here on or no longer;
 * returns whether one was before.  It may ask what the asker's facts are, but
 * no protected table: it would be judged as another role than its own.
 */
extern bool cr_session_set_borrowed(bool borrowed);
extern bool cr_session_is_borrowed(void);

extern Jsonb *cr_session_made_up_facts(void);

/*
 * Runs a query of the extension's own as the extension's owner, on the newest
 * snapshot, without writing and in parallel mode too: no subtransaction can
 * be started there.  It must return at most one row; each of its
 * ncolumns text columns is put into values, in the current memory context,
 * NULL where it is null or there is no row.
 */
extern void cr_session_ask_catalog(const char *query, int nargs, Oid *types,
								   Datum *args, const char *nulls,
								   int ncolumns, char **values);

/* Does such a query run, and nobody else's code in it? */
extern bool cr_session_asks_catalog(void);

/*
 * In a PG_CATCH block: raises the error again without its CONTEXT, which
 * would show the extension's own functions and not the user's.
 */
extern void cr_session_rethrow(MemoryContext caller);

#endif							/* CR_ASKER_H */
