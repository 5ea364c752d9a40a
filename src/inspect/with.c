/*-------------------------------------------------------------------------
 *
 * src/inspect/with.c
 *	  Reads WITH lists, and finds what a name stands for.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "inspect/facts.h"
#include "inspect/normalize.h"

/*
 * CTEs with raw rows are written out where they are used, others are kept.
 * They are written out as they were: what is found out while a query is read
 * is kept beside it, and a copy would be without.
 */
void
cr_level_read_ctes(CrLevel *level)
{
	Query	   *query = level->query;
	List	   *todo = list_copy(query->cteList);
	ListCell   *lc;

	foreach(lc, todo)
	{
		CommonTableExpr *cte = lfirst_node(CommonTableExpr, lc);
		Node	   *unread = copyObject(cte->ctequery);
		CrLevel    *sublevel = cr_level_read(level->statement,
										   castNode(Query, cte->ctequery),
										   level);

		if ((cr_level_is_raw(sublevel) || cr_level_unites_rows(sublevel)) &&
			!cte->cterecursive)
		{
			cte->ctequery = unread;
			cr_normalize_inline_cte(query, cte);
		}
		else
		{
			CrCte	   *entry = palloc0(sizeof(CrCte));

			entry->cte = cte;
			entry->level = sublevel;
			level->ctes = lappend(level->ctes, entry);
			level->statement->ctes = lappend(level->statement->ctes, entry);
		}
	}
}

/* What is left of the WITH list so many levels up, by name; or NULL. */
CrCte *
cr_level_find_cte(CrLevel *level, const char *name, Index up)
{
	ListCell   *lc;

	while (up-- > 0 && level != NULL)
		level = level->parent;
	if (level == NULL)
		return NULL;
	foreach(lc, level->ctes)
	{
		CrCte	   *entry = (CrCte *) lfirst(lc);

		if (strcmp(entry->cte->ctename, name) == 0)
			return entry;
	}
	return NULL;
}
