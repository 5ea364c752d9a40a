/*-------------------------------------------------------------------------
 *
 * src/guard/placed.c
 *	  Tables that the running command makes part of others, or gives away.
 *
 * What protect() asks for of a table's surroundings is to hold afterwards,
 * too.  The object access hook hears of changes while they are made; they are
 * looked at when the command has ended.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "guard/placed.h"
#include "nodes/pg_list.h"
#include "policy/policy.h"
#include "utils/memutils.h"

/*
 * Tables that got a child, and those that became one or got an owner, in the
 * running command; permanent
 */
static List *parents = NIL;
static List *moved = NIL;

static void
note(List **list, Oid relid)
{
	MemoryContext old = MemoryContextSwitchTo(TopMemoryContext);

	*list = list_append_unique_oid(*list, relid);
	MemoryContextSwitchTo(old);
}

void
cr_placed_note_child(Oid child, Oid parent)
{
	note(&parents, parent);
	note(&moved, child);
}

void
cr_placed_note(Oid relid)
{
	note(&moved, relid);
}

/*
 * What a failed command has left in the lists does no harm: nothing has
 * changed around those tables.
 */
void
cr_placed_settle(void)
{
	List	   *closing = parents;
	List	   *checked = moved;
	ListCell   *lc;

	if (closing == NIL && checked == NIL)
		return;
	/* closing runs commands of its own */
	parents = moved = NIL;
	CommandCounterIncrement();
	foreach(lc, closing)
		cr_policy_close_descendants(lfirst_oid(lc));
	foreach(lc, checked)
		cr_policy_check_place(lfirst_oid(lc));
	list_free(closing);
	list_free(checked);
}
