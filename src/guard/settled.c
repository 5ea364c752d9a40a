/*-------------------------------------------------------------------------
 *
 * src/guard/settled.c
 *	  Keeps a query on protected tables from changing pages as it reads them.
 *
 * Whoever reads a page of a table may remove row versions from it that nobody
 * needs any more, and whoever meets such a version by an index marks its
 * entry there.  Which pages of an analyst's own table are read can depend on
 * one person's row, by a nested loop; and whether there is room on a page
 * shows in the place of the next row that is stored.  And whoever is the first
 * to ask whether a row is there notes the answer beside it, which EXPLAIN
 * (BUFFERS) of the next reader shows.
 *
 * So pages are put in order before a row is read, at each run of the query,
 * whichever of them will be read, and of all their rows it is asked whether
 * they are there: where pages cannot be put in order, nothing is left that
 * has readers try.  What is deleted later than the query's snapshot stays
 * until the query has ended.  And its scans by index mark nothing.  Pages of
 * which all rows are visible to all are left aside, which are most of a
 * vacuumed table.
 *
 * This cannot be done in a table that another session keeps in its own
 * memory; nor can that be read, which would show in an error.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/parallel.h"
#include "access/relscan.h"
#include "access/table.h"
#include "access/transam.h"
#include "access/visibilitymap.h"
#include "access/xlog.h"
#include "base/errcodes.h"
#include "catalog/namespace.h"
#include "catalog/pg_am.h"
#include "guard/settled.h"
#include "miscadmin.h"
#include "nodes/execnodes.h"
#include "nodes/nodeFuncs.h"
#include "storage/bufmgr.h"
#include "storage/bufpage.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

/* ---------- what is known of rows ---------- */

#define XMIN_KNOWN	(HEAP_XMIN_COMMITTED | HEAP_XMIN_INVALID)
#define XMAX_KNOWN	(HEAP_XMAX_COMMITTED | HEAP_XMAX_INVALID)

static bool
is_known(HeapTupleHeader header)
{
	return (header->t_infomask & HEAP_XMIN_INVALID) != 0 ||
		((header->t_infomask & XMIN_KNOWN) != 0 &&
		 (header->t_infomask & XMAX_KNOWN) != 0);
}

/*
 * The commit that has to be on disk before it may be noted beside the row; or
 * InvalidXLogRecPtr.  Only an asynchronous one may not be.
 */
static XLogRecPtr
awaited_commit(HeapTupleHeader header, Snapshot snapshot)
{
	TransactionId xid;

	if ((header->t_infomask & XMIN_KNOWN) == 0)
		xid = HeapTupleHeaderGetRawXmin(header);
	else if ((header->t_infomask & (XMAX_KNOWN | HEAP_XMAX_IS_MULTI)) == 0 &&
			 !HEAP_XMAX_IS_LOCKED_ONLY(header->t_infomask))
		xid = HeapTupleHeaderGetRawXmax(header);
	else
		return InvalidXLogRecPtr;
	if (!TransactionIdIsNormal(xid) || XidInMVCCSnapshot(xid, snapshot) ||
		!TransactionIdDidCommit(xid))
		return InvalidXLogRecPtr;
	return TransactionIdGetCommitLSN(xid);
}

/* Asks of each row whether it is there; returns the last awaited commit. */
static XLogRecPtr
settle_rows(Relation relation, Buffer buffer, Snapshot snapshot)
{
	Page		page = BufferGetPage(buffer);
	XLogRecPtr	awaited = InvalidXLogRecPtr;
	OffsetNumber last;
	OffsetNumber offset;

	LockBuffer(buffer, BUFFER_LOCK_SHARE);
	last = PageGetMaxOffsetNumber(page);
	for (offset = FirstOffsetNumber; offset <= last; offset++)
	{
		ItemId		item = PageGetItemId(page, offset);
		HeapTupleData tuple;

		if (!ItemIdIsNormal(item))
			continue;
		tuple.t_data = (HeapTupleHeader) PageGetItem(page, item);
		if (is_known(tuple.t_data))
			continue;
		tuple.t_len = ItemIdGetLength(item);
		tuple.t_tableOid = RelationGetRelid(relation);
		ItemPointerSet(&tuple.t_self, BufferGetBlockNumber(buffer), offset);
		(void) HeapTupleSatisfiesVisibility(&tuple, snapshot, buffer);
		if (!is_known(tuple.t_data))
			awaited = Max(awaited, awaited_commit(tuple.t_data, snapshot));
	}
	LockBuffer(buffer, BUFFER_LOCK_UNLOCK);
	return awaited;
}

/* ---------- pages ---------- */

/*
 * Puts one page in order, or has nobody try.  The latter is a hint in the
 * page, which the next UPDATE or DELETE, or VACUUM, sets right.
 */
static void
settle_page(Relation relation, BlockNumber block,
			BufferAccessStrategy strategy, Snapshot snapshot)
{
	Buffer		buffer = ReadBufferExtended(relation, MAIN_FORKNUM, block,
											RBM_NORMAL, strategy);
	PageHeader	page = (PageHeader) BufferGetPage(buffer);
	XLogRecPtr	awaited;

	heap_page_prune_opt(relation, buffer);
	if (TransactionIdIsValid(page->pd_prune_xid))
	{
		LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
		if (TransactionIdIsValid(page->pd_prune_xid))
		{
			PageClearPrunable(page);
			MarkBufferDirtyHint(buffer, true);
		}
		LockBuffer(buffer, BUFFER_LOCK_UNLOCK);
	}
	awaited = settle_rows(relation, buffer, snapshot);
	if (!XLogRecPtrIsInvalid(awaited))
	{
		XLogFlush(awaited);
		(void) settle_rows(relation, buffer, snapshot);
	}
	ReleaseBuffer(buffer);
}

static void
settle_pages_of(Relation relation, Snapshot snapshot)
{
	BlockNumber blocks = RelationGetNumberOfBlocks(relation);
	BlockNumber visible;
	BufferAccessStrategy strategy;
	Buffer		map = InvalidBuffer;
	BlockNumber block;

	visibilitymap_count(relation, &visible, NULL);
	if (visible >= blocks)
		return;
	strategy = GetAccessStrategy(BAS_BULKREAD);
	for (block = 0; block < blocks; block++)
	{
		CHECK_FOR_INTERRUPTS();
		if (!VM_ALL_VISIBLE(relation, block, &map))
			settle_page(relation, block, strategy, snapshot);
	}
	if (BufferIsValid(map))
		ReleaseBuffer(map);
	FreeAccessStrategy(strategy);
}

static void
settle_relation(Relation relation, Snapshot snapshot)
{
	Oid			toast_relid = relation->rd_rel->reltoastrelid;
	Relation	toast;

	if (relation->rd_rel->relam != HEAP_TABLE_AM_OID)
		return;
	settle_pages_of(relation, snapshot);
	if (!OidIsValid(toast_relid))
		return;
	toast = table_open(toast_relid, AccessShareLock);
	settle_pages_of(toast, snapshot);
	table_close(toast, NoLock);
}

static bool
is_read(const RangeTblEntry *rte)
{
	return rte->rtekind == RTE_RELATION &&
		(rte->relkind == RELKIND_RELATION ||
		 rte->relkind == RELKIND_MATVIEW);
}

void
cr_settle_pages(QueryDesc *queryDesc)
{
	List	   *done = NIL;
	ListCell   *lc;

	foreach(lc, queryDesc->plannedstmt->rtable)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);
		Relation	relation;

		if (!is_read(rte) || list_member_oid(done, rte->relid))
			continue;
		done = lappend_oid(done, rte->relid);
		relation = table_open(rte->relid, AccessShareLock);
		settle_relation(relation, queryDesc->estate->es_snapshot);
		table_close(relation, NoLock);
	}
}

CrVerdict *
cr_settle_judge(PlannedStmt *plan)
{
	ListCell   *lc;

	foreach(lc, plan->rtable)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);

		if (is_read(rte) &&
			isOtherTempNamespace(get_rel_namespace(rte->relid)))
			return cr_verdict_refuse(CR_ERRCODE_COMMAND, -1,
									 psprintf("temporary table \"%s\" of another session cannot be read beside protected tables",
											  get_rel_name(rte->relid)),
									 "Have the rows put into a table that is not temporary, and its row policies read that.");
	}
	return NULL;
}

/* ---------- scans by index ---------- */

static IndexScanDesc
begin_scan(ScanState *state, Relation index, int nkeys, int norderbys,
		   void *instrument)
{
	IndexScanDesc scan =
#if PG_VERSION_NUM >= 180000
		index_beginscan(state->ss_currentRelation, index,
						state->ps.state->es_snapshot, instrument, nkeys,
						norderbys);
#else
		index_beginscan(state->ss_currentRelation, index,
						state->ps.state->es_snapshot, nkeys, norderbys);
#endif

	/* such scans must not mark entries, as the primary may need them */
	scan->xactStartedInRecovery = true;
	return scan;
}

#if PG_VERSION_NUM >= 180000
#define INSTRUMENT(field)	(field)
#else
#define INSTRUMENT(field)	NULL
#endif

/* The same as the node does when it is first asked for a row. */
static void
begin_index_scan(IndexScanState *state)
{
	if (state->iss_ScanDesc != NULL || state->iss_RelationDesc == NULL)
		return;
	state->iss_ScanDesc = begin_scan(&state->ss, state->iss_RelationDesc,
									 state->iss_NumScanKeys,
									 state->iss_NumOrderByKeys,
									 INSTRUMENT(&state->iss_Instrument));
	if (state->iss_NumRuntimeKeys == 0 || state->iss_RuntimeKeysReady)
		index_rescan(state->iss_ScanDesc, state->iss_ScanKeys,
					 state->iss_NumScanKeys, state->iss_OrderByKeys,
					 state->iss_NumOrderByKeys);
}

static void
begin_index_only_scan(IndexOnlyScanState *state)
{
	if (state->ioss_ScanDesc != NULL || state->ioss_RelationDesc == NULL)
		return;
	state->ioss_ScanDesc = begin_scan(&state->ss, state->ioss_RelationDesc,
									  state->ioss_NumScanKeys,
									  state->ioss_NumOrderByKeys,
									  INSTRUMENT(&state->ioss_Instrument));
	state->ioss_ScanDesc->xs_want_itup = true;
	state->ioss_VMBuffer = InvalidBuffer;
	if (state->ioss_NumRuntimeKeys == 0 || state->ioss_RuntimeKeysReady)
		index_rescan(state->ioss_ScanDesc, state->ioss_ScanKeys,
					 state->ioss_NumScanKeys, state->ioss_OrderByKeys,
					 state->ioss_NumOrderByKeys);
}

static bool
settle_state(PlanState *state, bool *parallel)
{
	if (state == NULL)
		return false;
	if (IsA(state, IndexScanState) || IsA(state, IndexOnlyScanState))
	{
		/* which workers would begin, too: there are to be none */
		if (state->plan->parallel_aware)
			*parallel = true;
		if (state->plan->parallel_aware && IsParallelWorker())
			;
		else if (IsA(state, IndexScanState))
			begin_index_scan((IndexScanState *) state);
		else
			begin_index_only_scan((IndexOnlyScanState *) state);
	}
	return planstate_tree_walker(state, settle_state, (void *) parallel);
}

bool
cr_settle_scans(QueryDesc *queryDesc)
{
	MemoryContext before =
		MemoryContextSwitchTo(queryDesc->estate->es_query_cxt);
	bool		parallel = false;

	(void) settle_state(queryDesc->planstate, &parallel);
	MemoryContextSwitchTo(before);
	return parallel;
}
