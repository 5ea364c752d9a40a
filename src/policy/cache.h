/*-------------------------------------------------------------------------
 *
 * src/policy/cache.h
 *	  The per-backend cache of policies, as seen from inside policy/.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_CACHE_H
#define CR_CACHE_H

/* Registers the library's one relcache callback; from cr_policy_init(). */
extern void cr_cache_init(void);

/*
 * Makes every session forget what it knows of the relation's policy, and
 * that of its descendants and ancestors, and plan anew the statements that
 * read them.  Takes effect with the next command here and with commit
 * elsewhere.
 */
extern void cr_cache_invalidate(Oid relid);

#endif							/* CR_CACHE_H */
