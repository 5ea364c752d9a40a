/*-------------------------------------------------------------------------
 *
 * src/guard/headroom.c
 *	  Has a query on protected tables run only where it cannot fail for want
 *	  of buffers or of stack.
 *
 * Cursors that are open keep pages of tables in buffers, and an analyst can
 * leave so few that a query fails when it comes to a table that it reads for
 * certain rows only; or run it so deep inside of functions that the stack
 * ends there.  So, whichever rows there are, as much as its plan may need has
 * to be there before each run; and for buffers after each statement that
 * functions run meanwhile, as that may have opened cursors.
 *
 * The needs are taken generously.  Shared buffers are everybody's: what other
 * sessions do with them while the query runs is not known here.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/errcodes.h"
#include "guard/headroom.h"
#include "miscadmin.h"
#include "nodes/execnodes.h"
#include "nodes/nodeFuncs.h"
#include "storage/buf_internals.h"
#include "storage/bufmgr.h"
#include "tcop/tcopprot.h"
#include "utils/rel.h"
#include "utils/spccache.h"

/*
 * Stack: for one node of a plan, and one term of what is aggregated, which is
 * compiled anew when hashed groups do not fit into memory.  And for all that
 * rows have done, which reads catalogs now and then.
 */
#define STACK_PER_LEVEL		(2 * 1024L)
#define STACK_PER_TERM		(1024L)
#define STACK_FOR_ROWS		(512 * 1024L)

/* Pages that a scan may keep at a time, and those for the rest of a query */
#define PAGES_PER_SCAN		4
#define PAGES_FOR_ROWS		16
#define SHARED_FOR_ROWS		512

typedef struct Needs
{
	long		stack;			/* down to the deepest node */
	long		stack_here;		/* down to this one */
	int			terms_here;		/* down to this term */
	int			terms;
	CrHeadroom	pages;
} Needs;

/* Nothing: no such query is running. */
static CrHeadroom set_aside = {0, 0};

/* ---------- what a plan needs ---------- */

/* How many pages are read ahead of those that are asked for? */
static int
pages_ahead(Relation relation)
{
#if PG_VERSION_NUM >= 170000
	int			most =
		(get_tablespace_io_concurrency(relation->rd_rel->reltablespace) + 4) *
		Max(io_combine_limit, 4);

	return Min((int64) RelationGetNumberOfBlocks(relation), most);
#else
	return 0;
#endif
}

/* All that one session reads ahead in shared buffers, as the server has it. */
static int
shared_pages_ahead(void)
{
#if PG_VERSION_NUM >= 170000
	return NBuffers / Max(MaxBackends, 1) + 1;
#else
	return 0;
#endif
}

static void
need_pages(Needs *needs, Relation relation, bool reads_ahead)
{
	if (relation == NULL)
		return;
	if (!RelationUsesLocalBuffers(relation))
		needs->pages.shared += PAGES_PER_SCAN;
	else
		needs->pages.local += PAGES_PER_SCAN +
			(reads_ahead ? pages_ahead(relation) : 0);
}

static void
need_pages_of_node(Needs *needs, PlanState *state)
{
	Relation	index = NULL;
	bool		reads_ahead = false;

	switch (nodeTag(state))
	{
		case T_SeqScanState:
		case T_SampleScanState:
		case T_BitmapHeapScanState:
		case T_TidScanState:
		case T_TidRangeScanState:
			reads_ahead = true;
			break;
		case T_IndexScanState:
			index = ((IndexScanState *) state)->iss_RelationDesc;
			break;
		case T_IndexOnlyScanState:
			index = ((IndexOnlyScanState *) state)->ioss_RelationDesc;
			break;
		case T_BitmapIndexScanState:
			index = ((BitmapIndexScanState *) state)->biss_RelationDesc;
			need_pages(needs, index, false);
			return;
		default:
			return;
	}
	need_pages(needs, ((ScanState *) state)->ss_currentRelation, reads_ahead);
	need_pages(needs, index, false);
}

static bool
count_terms(Node *node, void *context)
{
	Needs	   *needs = context;

	if (node == NULL)
		return false;
	needs->terms_here++;
	needs->terms = Max(needs->terms, needs->terms_here);
	(void) expression_tree_walker(node, count_terms, context);
	needs->terms_here--;
	return false;
}

static bool
need_of_node(PlanState *state, void *context)
{
	Needs	   *needs = context;

	if (state == NULL)
		return false;
	needs->stack_here += STACK_PER_LEVEL;
	needs->stack = Max(needs->stack, needs->stack_here);
	if (IsA(state, AggState))
	{
		(void) count_terms((Node *) state->plan->targetlist, context);
		(void) count_terms((Node *) state->plan->qual, context);
	}
	need_pages_of_node(needs, state);
	(void) planstate_tree_walker(state, need_of_node, context);
	needs->stack_here -= STACK_PER_LEVEL;
	return false;
}

/* ---------- what there is ---------- */

/* Bytes, down to where the server ends a query. */
static long
stack_left(void)
{
	pg_stack_base_t base = set_stack_base();
	char		here;

	restore_stack_base(base);
	return max_stack_depth * 1024L - labs((long) (base - &here));
}

static bool
has_local(int wanted)
{
	int			i;

	if (wanted == 0)
		return true;
	if (NLocBuffer == 0)
		return num_temp_buffers >= wanted;
	for (i = 0; i < NLocBuffer && wanted > 0; i++)
	{
		if (LocalRefCount[i] == 0)
			wanted--;
	}
	return wanted == 0;
}

/* Nothing is locked: pins come and go while this looks. */
static bool
has_shared(int wanted)
{
	int			i;

	for (i = 0; i < NBuffers && wanted > 0; i++)
	{
		uint32		state =
			pg_atomic_read_u32(&GetBufferDescriptor(i)->state);

		if (BUF_STATE_GET_REFCOUNT(state) == 0)
			wanted--;
	}
	return wanted == 0;
}

static CrVerdict *
refuse(const char *what, const char *hint)
{
	CrVerdict  *refusal =
		cr_verdict_refuse(CR_ERRCODE_COMMAND, -1,
						  psprintf("%s for a query on protected tables", what),
						  hint);

	refusal->detail = "It might fail by the rows that it comes to.";
	return cr_verdict_of_nobody(refusal);
}

static CrVerdict *
judge_pages(void)
{
	if (!has_local(set_aside.local))
		return refuse("too few buffers of temporary tables are free",
					  "Close cursors on temporary tables, or SET temp_buffers higher at the start of a session.");
	if (!has_shared(set_aside.shared))
		return refuse("too few shared buffers are free",
					  "Close cursors, or ask whoever runs the server to raise \"shared_buffers\".");
	return NULL;
}

/* ---------- the judge ---------- */

CrHeadroom
cr_headroom_save(void)
{
	return set_aside;
}

void
cr_headroom_restore(CrHeadroom before)
{
	set_aside = before;
}

CrVerdict *
cr_headroom_judge(QueryDesc *queryDesc)
{
	Needs		needs = {0};

	(void) need_of_node(queryDesc->planstate, &needs);
	needs.stack += needs.terms * STACK_PER_TERM +
		Min(STACK_FOR_ROWS, max_stack_depth * 1024L / 4);
	if (stack_left() < needs.stack)
		return refuse("too little of the stack is left",
					  "Run it, or fetch its rows, outside of functions that call each other; or simplify it.");
	if (needs.pages.local > 0)
		needs.pages.local += PAGES_FOR_ROWS;
	needs.pages.shared += Min(SHARED_FOR_ROWS, NBuffers / 8) +
		shared_pages_ahead();
	/* those of the queries that this one runs in are still to come, too */
	set_aside.local += needs.pages.local;
	set_aside.shared += needs.pages.shared;
	return judge_pages();
}

CrVerdict *
cr_headroom_judge_left(CrHeadroom before)
{
	set_aside = before;
	return judge_pages();
}
