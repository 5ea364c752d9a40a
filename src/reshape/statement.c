/*-------------------------------------------------------------------------
 *
 * src/reshape/statement.c
 *	  Walks the levels of an admitted statement, innermost first.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "reshape/reshape.h"

static void
reshape_level(CrLevel *level)
{
	ListCell   *lc;

	foreach(lc, level->ctes)
	{
		CrCte	   *entry = (CrCte *) lfirst(lc);

		reshape_level(entry->level);
		/* what is read beside raw rows, guards may read again */
		if (entry->quiet ||
			cr_inspect_touches((Query *) entry->cte->ctequery))
			entry->cte->ctematerialized = CTEMaterializeAlways;
		if (entry->quiet)
			entry->cte->ctequery = (Node *)
				cr_reshape_twins((Query *) entry->cte->ctequery);
	}
	foreach(lc, level->branches)
		reshape_level((CrLevel *) lfirst(lc));
	foreach(lc, level->sublinks)
	{
		CrSubLink  *entry = (CrSubLink *) lfirst(lc);

		cr_reshape_remember(entry);
		reshape_level(entry->level);
	}
	foreach(lc, level->sources)
	{
		CrSource   *source = (CrSource *) lfirst(lc);

		if (source->level == NULL || source->rte->rtekind != RTE_SUBQUERY)
			continue;
		reshape_level(source->level);
		if (cr_level_is_raw(source->level))
			cr_reshape_carry_units(source->level, source->rte);
	}
	cr_reshape_unread(level);
	if (cr_level_is_raw(level))
		cr_even_columns(level);
	if (level->kind == CR_LEVEL_UNIT)
		cr_canonical_people(level);
	if (level->kind != CR_LEVEL_PUBLIC)
	{
		cr_reshape_defer_conditions(level);
		cr_reshape_open_sources(level);
	}
	if (level->kind == CR_LEVEL_RELEASED)
		cr_reshape_release(level);
}

/*
 * Puts the guards into an admitted statement.  Changes the query that the
 * statement was read from.  Returns whether all of its protected tables have
 * been opened, and no subquery runs twice: a copy of one that is not the
 * guarded one would read an empty table, or find something else.
 */
bool
cr_reshape_statement(CrStatement *statement)
{
	reshape_level(statement->top);
	return !statement->left_copies &&
		!cr_reshape_left_closed(statement->top->query);
}
