/*-------------------------------------------------------------------------
 *
 * src/keys/token_classes.c
 *	  Which key and version made a token, if the keyring has them.
 *
 * Read as the query goes, by each parallel worker for itself.  That none sees
 * less than the rows of the query need follows from the order of things: a
 * version is committed, or written by this transaction, before tokens of it
 * are.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "keys/keyring_rows.h"
#include "keys/token_classes.h"

void
cr_token_classes_init(CrTokenClasses *classes, MemoryContext context)
{
	classes->context = context;
	classes->nclasses = -1;
	classes->classes = NULL;
	classes->last = 0;
}

static int
compare_classes(const void *a, const void *b)
{
	uint32		left = *(const uint32 *) a;
	uint32		right = *(const uint32 *) b;

	return left < right ? -1 : left > right;
}

static void
read_classes(CrTokenClasses *classes)
{
	List	   *rows = cr_token_class_rows();
	uint32	   *found;
	int			n = 0;
	ListCell   *lc;

	found = MemoryContextAlloc(classes->context,
							   sizeof(uint32) * (list_length(rows) + 1));
	foreach(lc, rows)
		found[n++] = (uint32) lfirst_int(lc);
	list_free(rows);
	qsort(found, n, sizeof(uint32), compare_classes);
	classes->classes = found;
	classes->nclasses = n;
}

bool
cr_token_classes_have(CrTokenClasses *classes, uint32 class)
{
	if (classes->nclasses < 0)
		read_classes(classes);
	if (bsearch(&class, classes->classes, classes->nclasses, sizeof(uint32),
				compare_classes) == NULL)
		return false;
	classes->last = class;
	return true;
}
