/*-------------------------------------------------------------------------
 *
 * src/guard/own_tables.c
 *	  Keeps the extension's own tables from whoever is not exempt, but for
 *	  what its views and functions show.
 *
 * The views hide rows, as security barriers.  Still the planner moves
 * conditions that are leakproof, such as a comparison of texts, below the
 * barrier: nobody is told of a row by those, except by whoever counts rows
 * there.  So a statement on such a view runs as one on protected tables does:
 * not explained, not counted, with nothing printed of it.
 *
 * Privileges on the tables themselves are for nobody, but roles like
 * pg_read_all_data and pg_write_all_data have them on all tables, and on
 * views, whose tables are read and written as the view's owner.
 *
 * Rows of a TOAST table are parts of long values.  Nobody's privilege but
 * those of such roles reaches them, and no policy does.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/errcodes.h"
#include "guard/bound.h"
#include "guard/command.h"
#include "guard/execution.h"
#include "guard/guard.h"
#include "guard/own_tables.h"
#include "guard/raise.h"
#include "guard/uncounted.h"
#include "lib/ilist.h"
#include "miscadmin.h"
#include "policy/policy.h"
#include "utils/lsyscache.h"

typedef struct OwnRead
{
	dlist_node	node;			/* in reads */
	QueryDesc  *queryDesc;
	MemoryContextCallback callback;
} OwnRead;

/* those that have begun and not ended; each lives as long as its query */
static dlist_head reads = DLIST_STATIC_INIT(reads);

static CrVerdict *
refuse_own(const char *reason, const char *hint)
{
	return cr_verdict_refuse(CR_ERRCODE_COMMAND, -1, reason, hint);
}

/* Is more asked of it than the views of its owner's read for anybody? */
static CrVerdict *
judge_own_entry(PlannedStmt *plan, RangeTblEntry *rte)
{
	Oid			as_user;
	AclMode		asked = cr_plan_permission(plan, rte, &as_user);

	if ((asked & ~ACL_SELECT) == 0 && OidIsValid(as_user) &&
		cr_owns_relation(rte->relid, as_user))
		return NULL;
	return refuse_own(psprintf("table \"%s\" of cleanroom cannot be read or written by itself",
							   get_rel_name(rte->relid)),
					  "Use the views and functions of schema cleanroom.");
}

static CrVerdict *
judge_toast_entry(RangeTblEntry *rte)
{
	Oid			table = cr_guard_table_of_toast(rte->relid);

	if (cr_guard_closes(table))
		return refuse_own(psprintf("long values of table \"%s\" of cleanroom cannot be read by themselves",
								   get_rel_name(table)),
						  "Use the views and functions of schema cleanroom.");
	if (cr_guard_binds(table))
		return refuse_own(psprintf("long values of protected table \"%s\" cannot be read by themselves",
								   get_rel_name(table)),
						  "Query the table, with aggregates over enough people.");
	return NULL;
}

/* Says, too, whether the plan reads tables that are closed to the user. */
static CrVerdict *
judge_entries(PlannedStmt *plan, bool *closed)
{
	CrVerdict  *refusal = NULL;
	ListCell   *lc;

	foreach(lc, plan->rtable)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);

		if (rte->rtekind != RTE_RELATION || refusal != NULL)
			continue;
		if (rte->relkind == RELKIND_TOASTVALUE)
			refusal = judge_toast_entry(rte);
		else if (cr_guard_closes(rte->relid))
		{
			*closed = true;
			refusal = judge_own_entry(plan, rte);
		}
	}
	return refusal;
}

bool
cr_own_tables_concern(PlannedStmt *plan)
{
	bool		closed = false;

	if (cr_policy_possible() && !superuser())
		(void) judge_entries(plan, &closed);
	return closed;
}

/* The command, and the settings, that it is read under. */
static CrVerdict *
judge_own_surroundings(void)
{
	CrVerdict  *verdict = cr_command_judge_session("tables of cleanroom");

	if (verdict == NULL && cr_command_explains())
	{
		verdict = refuse_own("EXPLAIN is not allowed on what reads tables of cleanroom",
							 "Run the query without EXPLAIN, or ask a superuser how it runs.");
		verdict->detail = "Its numbers count rows that the views hide.";
	}
	return verdict;
}

bool
cr_own_tables_judge(QueryDesc *queryDesc)
{
	PlannedStmt *plan = queryDesc->plannedstmt;
	CrVerdict  *refusal;
	bool		closed = false;

	if (!cr_policy_possible() || superuser())
		return false;
	refusal = judge_entries(plan, &closed);
	if (refusal == NULL && closed)
		refusal = judge_own_surroundings();
	if (refusal != NULL)
	{
		/* whoever lacks the privilege is told so, as anywhere */
		cr_check_permissions(plan);
		cr_raise_refusal_of(refusal, cr_execution_relations(plan),
							queryDesc->sourceText, plan->stmt_location,
							plan->stmt_len);
	}
	if (closed)
		cr_guard_silence_log();
	return closed;
}

/* ---------- those under way ---------- */

static void
forget_read(void *arg)
{
	dlist_delete(&((OwnRead *) arg)->node);
	if (!cr_own_tables_any() && !cr_execution_any())
		cr_uncounted_end_of_query();
}

void
cr_own_tables_begin(QueryDesc *queryDesc)
{
	MemoryContext query = queryDesc->estate->es_query_cxt;
	OwnRead    *read = MemoryContextAllocZero(query, sizeof(OwnRead));

	read->queryDesc = queryDesc;
	read->callback.func = forget_read;
	read->callback.arg = read;
	dlist_push_head(&reads, &read->node);
	MemoryContextRegisterResetCallback(query, &read->callback);
}

bool
cr_own_tables_has(QueryDesc *queryDesc)
{
	dlist_iter	iter;

	dlist_foreach(iter, &reads)
		if (dlist_container(OwnRead, node, iter.cur)->queryDesc == queryDesc)
			return true;
	return false;
}

bool
cr_own_tables_any(void)
{
	return !dlist_is_empty(&reads);
}
