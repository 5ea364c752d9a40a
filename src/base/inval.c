/*-------------------------------------------------------------------------
 *
 * src/base/inval.c
 *	  Tells the library's caches that a relation has changed.
 *
 * A backend has ten slots for callbacks on relations, for all extensions;
 * this library takes one of them.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/inval.h"
#include "utils/inval.h"

#define CACHES_MAX	8

static void (*marks[CACHES_MAX]) (Oid relid);
static int	nmarks = 0;

static void
relcache_callback(Datum arg, Oid relid)
{
	int			i;

	for (i = 0; i < nmarks; i++)
		marks[i] (relid);
}

void
cr_inval_register(void (*mark) (Oid relid))
{
	Assert(nmarks < CACHES_MAX);
	if (nmarks == 0)
		CacheRegisterRelcacheCallback(relcache_callback, (Datum) 0);
	marks[nmarks++] = mark;
}
