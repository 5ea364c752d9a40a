/*-------------------------------------------------------------------------
 *
 * src/session/on_behalf.h
 *	  What functions that act for their caller know of it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_ON_BEHALF_H
#define CR_ON_BEHALF_H

/*
 * The search path of the caller for whom the innermost such function acts;
 * that of the session outside.
 */
extern const char *cr_behalf_search_path(void);

#endif							/* CR_ON_BEHALF_H */
