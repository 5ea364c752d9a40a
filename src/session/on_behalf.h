/*-------------------------------------------------------------------------
 *
 * src/session/on_behalf.h
 *	  What functions that act for their caller know of it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_ON_BEHALF_H
#define CR_ON_BEHALF_H

#include "fmgr.h"

/*
 * The search path of the caller for whom the innermost such function acts;
 * that of the session outside.
 */
extern const char *cr_behalf_search_path(void);

/*
 * SQL: cleanroom.f(args), which hands its caller to cleanroom.f_by(caller,
 * args).
 */
extern PGDLLEXPORT Datum cr_on_behalf(PG_FUNCTION_ARGS);

#endif							/* CR_ON_BEHALF_H */
