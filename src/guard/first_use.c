/*-------------------------------------------------------------------------
 *
 * src/guard/first_use.c
 *	  Has the server look up before the first row what rows need.
 *
 * A session keeps what it has read of the catalogs, and reads it when it is
 * first needed.  Whether a row has needed it shows later on: in the counters
 * of the catalogs' indexes, in what a plan says it has read, in messages when
 * a cache is enlarged.  And reading takes a lock, which fails where there is
 * no room for one, or waits for somebody else's.  So it is with tables that
 * long values are in, which are opened for the first of them.
 *
 * So everything that a row could have read is read at each run of a query,
 * whatever rows there are, and again whenever something may have been
 * forgotten: while other parts of the statement run, not while protected rows
 * are read, as nothing takes new locks there, and only that would have the
 * session hear of changes.  The catalogs stay locked until the end of the
 * transaction, for what we have not thought of.
 *
 * Of indexes, scans keep a copy of their first page, and renew it when they
 * find it to be old.  That is forgotten whenever protected rows have been
 * read.  That of a B-tree is then read anew, as the planner of the next
 * statement would read it, and be counted.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/nbtree.h"
#include "access/table.h"
#include "access/xact.h"
#include "agg/total_call.h"
#include "base/oids.h"
#include "catalog/pg_aggregate.h"
#include "catalog/pg_am.h"
#include "catalog/pg_amop.h"
#include "catalog/pg_amproc.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_enum.h"
#include "catalog/pg_index.h"
#include "catalog/pg_opclass.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_opfamily.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_range.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "guard/first_use.h"
#include "guard/look_up.h"
#include "guard/plan_needs.h"
#include "keys/keyring_rows.h"
#include "miscadmin.h"
#include "storage/lockdefs.h"
#include "storage/sinval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/relcache.h"

/* What functions and nodes of plans look up is in these. */
static const Oid catalogs[] = {
	RelationRelationId,
	AttributeRelationId,
	TypeRelationId,
	ProcedureRelationId,
	AggregateRelationId,
	OperatorRelationId,
	OperatorClassRelationId,
	OperatorFamilyRelationId,
	AccessMethodOperatorRelationId,
	AccessMethodProcedureRelationId,
	CollationRelationId,
	EnumRelationId,
	RangeRelationId,
	IndexRelationId,
	StatisticRelationId,
};

struct CrFirstUse
{
	CrNeeds    *needs;
	List	   *tables;			/* of long values, open */
	List	   *indexes;		/* of the plan and of those, open */
	uint64		messages;		/* about changes, that had been heard */
	CommandId	command;		/* of our own changes */
};

/* ---------- relations that are held open ---------- */

static void
hold_index(CrFirstUse *use, Oid indexid)
{
	use->indexes = lappend(use->indexes,
						   index_open(indexid, AccessShareLock));
}

static void
hold_long_values(CrFirstUse *use, Oid relid)
{
	Relation	relation = table_open(relid, AccessShareLock);
	Oid			toast_relid = relation->rd_rel->reltoastrelid;
	Relation	toast;
	ListCell   *lc;

	table_close(relation, NoLock);
	if (!OidIsValid(toast_relid))
		return;
	toast = table_open(toast_relid, AccessShareLock);
	use->tables = lappend(use->tables, toast);
	foreach(lc, RelationGetIndexList(toast))
		hold_index(use, lfirst_oid(lc));
}

CrFirstUse *
cr_first_use_begin(QueryDesc *queryDesc)
{
	CrFirstUse *use = palloc0(sizeof(CrFirstUse));
	List	   *done = NIL;
	ListCell   *lc;

	use->needs = cr_plan_needs_find(queryDesc->planstate);
	foreach(lc, use->needs->indexes)
		hold_index(use, lfirst_oid(lc));
	foreach(lc, queryDesc->plannedstmt->rtable)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);

		if (rte->rtekind != RTE_RELATION ||
			(rte->relkind != RELKIND_RELATION &&
			 rte->relkind != RELKIND_MATVIEW) ||
			list_member_oid(done, rte->relid))
			continue;
		done = lappend_oid(done, rte->relid);
		hold_long_values(use, rte->relid);
	}
	return use;
}

void
cr_first_use_end(CrFirstUse *use)
{
	ListCell   *lc;

	foreach(lc, use->indexes)
		index_close(lfirst(lc), NoLock);
	foreach(lc, use->tables)
		table_close(lfirst(lc), NoLock);
	use->indexes = use->tables = NIL;
}

void
cr_first_use_forget_pages(CrFirstUse *use)
{
	ListCell   *lc;

	foreach(lc, use->indexes)
	{
		Relation	index = lfirst(lc);

		if (index->rd_amcache != NULL)
			pfree(index->rd_amcache);
		index->rd_amcache = NULL;
	}
}

void
cr_first_use_read_pages(CrFirstUse *use)
{
	ListCell   *lc;

	foreach(lc, use->indexes)
	{
		Relation	index = lfirst(lc);

		if (index->rd_rel->relam == BTREE_AM_OID)
			(void) _bt_getrootheight(index);
	}
}

/* ---------- catalogs ---------- */

static void
lock_with_indexes(Oid relid)
{
	Relation	relation = table_open(relid, AccessShareLock);
	ListCell   *lc;

	foreach(lc, RelationGetIndexList(relation))
		index_close(index_open(lfirst_oid(lc), AccessShareLock), NoLock);
	table_close(relation, NoLock);
}

/* A UUID may be a token, which is asked about in the keyring. */
static void
look_up_keyring(void)
{
	lock_with_indexes(get_relname_relid("keyring_versions",
										cr_oids_get()->schema));
	(void) cr_token_class_rows();
}

static void
look_up_needs(const CrNeeds *needs)
{
	List	   *types = NIL;
	ListCell   *lc;

	foreach(lc, needs->types)
		cr_look_up_type(lfirst_oid(lc), &types);
	foreach(lc, needs->functions)
		cr_look_up_function(lfirst_oid(lc));
	foreach(lc, needs->collations)
		cr_look_up_collation(lfirst_oid(lc));
	foreach(lc, needs->hashed)
		cr_look_up_hashed(lfirst_oid(lc));
	foreach(lc, needs->orders)
	{
		CrOrder    *order = lfirst(lc);

		cr_look_up_order(order->operator, order->collation);
	}
	foreach(lc, needs->made)
	{
		CrMadeCall *call = lfirst(lc);

		cr_total_look_up(call->funcid, call->expr, call->nargs);
	}
	foreach(lc, needs->skewed)
	{
		Hash	   *hash = lfirst_node(Hash, lc);

		cr_look_up_statistics(hash->skewTable, hash->skewColumn,
							  hash->skewInherit);
	}
	if (list_member_oid(types, UUIDOID) && cr_oids_get() != NULL)
		look_up_keyring();
}

static void
look_up_once(CrFirstUse *use)
{
	ListCell   *lc;

	for (size_t i = 0; i < lengthof(catalogs); i++)
		lock_with_indexes(catalogs[i]);
	look_up_needs(use->needs);
	foreach(lc, use->indexes)
		cr_look_up_index(lfirst(lc));
}

static bool
may_be_forgotten(const CrFirstUse *use)
{
	return use->messages != SharedInvalidMessageCounter ||
		use->command != GetCurrentCommandId(false);
}

void
cr_first_use_look_up(CrFirstUse *use)
{
	MemoryContext work = AllocSetContextCreate(CurrentMemoryContext,
											   "cleanroom first use",
											   ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(work);

	/* changes that are heard of meanwhile have it done once more */
	do
	{
		CHECK_FOR_INTERRUPTS();
		use->messages = SharedInvalidMessageCounter;
		use->command = GetCurrentCommandId(false);
		look_up_once(use);
	} while (may_be_forgotten(use));
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(work);
}

void
cr_first_use_look_up_again(CrFirstUse *use)
{
	if (unlikely(may_be_forgotten(use)))
		cr_first_use_look_up(use);
}
