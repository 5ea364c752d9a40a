/*-------------------------------------------------------------------------
 *
 * src/guard/lazy_locks.c
 *	  Takes the locks first that a plan would ask for on the way.
 *
 * A relation's long values are in another table, which is locked when one is
 * needed.  If somebody else holds a lock on it, or on its index, the query
 * waits then, or fails at lock_timeout: which tells that there is a row that
 * it is needed for.  So all are locked before the first row is read, and the
 * query waits whatever there is.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/table.h"
#include "guard/lazy_locks.h"
#include "nodes/parsenodes.h"
#include "storage/lmgr.h"
#include "utils/rel.h"
#include "utils/relcache.h"

static void
lock_long_values(Oid relid)
{
	Relation	relation = table_open(relid, AccessShareLock);
	Oid			toast_relid = relation->rd_rel->reltoastrelid;
	Relation	toast;
	ListCell   *lc;

	table_close(relation, NoLock);
	if (!OidIsValid(toast_relid))
		return;
	toast = table_open(toast_relid, AccessShareLock);
	foreach(lc, RelationGetIndexList(toast))
		LockRelationOid(lfirst_oid(lc), AccessShareLock);
	table_close(toast, NoLock);
}

void
cr_lock_what_is_lazy(PlannedStmt *plan)
{
	ListCell   *lc;

	foreach(lc, plan->rtable)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);

		if (rte->rtekind == RTE_RELATION &&
			(rte->relkind == RELKIND_RELATION ||
			 rte->relkind == RELKIND_MATVIEW))
			lock_long_values(rte->relid);
	}
}
