/*-------------------------------------------------------------------------
 *
 * src/guard/relied.c
 *	  Whether tables are still what they were when a statement was judged.
 *
 * The gate relies on what tables are: that a key is unique, that a column has
 * no nulls, that a table has no children; and on their policies.  Between its
 * verdict and the start of the executor other code may run, and change that:
 * functions that the planner evaluates, statements of an SQL function that
 * were planned together, other sessions while the planner waits for a lock.
 * From then on the tables are open, and nobody can.  And what holds now need
 * not hold for the rows of an older snapshot that the statement reads.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/relation.h"
#include "catalog/pg_index.h"
#include "catalog/pg_inherits.h"
#include "base/compat.h"
#include "base/visible.h"
#include "common/hashfn.h"
#include "guard/kept.h"
#include "guard/relied.h"
#include "lib/stringinfo.h"
#include "nodes/nodeFuncs.h"
#include "policy/policy.h"
#include "storage/lockdefs.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"
#include "utils/syscache.h"

/* Is rows of its own what the entry stands for? */
static bool
is_table(const RangeTblEntry *rte)
{
	return rte->rtekind == RTE_RELATION && rte->relkind != RELKIND_VIEW;
}

static bool
tables_walker(Node *node, List **relids)
{
	ListCell   *lc;

	if (node == NULL)
		return false;
	if (!IsA(node, Query))
		return expression_tree_walker(node, tables_walker, (void *) relids);
	foreach(lc, ((Query *) node)->rtable)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);

		if (is_table(rte))
			*relids = list_append_unique_oid(*relids, rte->relid);
	}
	return query_tree_walker((Query *) node, tables_walker, relids, 0);
}

static void
describe_index(StringInfo words, Oid indexid)
{
	HeapTuple	tuple = SearchSysCache1(INDEXRELID,
										ObjectIdGetDatum(indexid));
	Form_pg_index index;

	if (!HeapTupleIsValid(tuple))
		return;
	index = (Form_pg_index) GETSTRUCT(tuple);
	if (index->indisunique && index->indisvalid)
		appendStringInfo(words, "i%u%d", indexid, index->indimmediate);
	ReleaseSysCache(tuple);
}

static void
describe_columns(StringInfo words, TupleDesc desc)
{
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(desc, i);

		appendStringInfo(words, "c%u %d %u %d%d", column->atttypid,
						 column->atttypmod, column->attcollation,
						 column->attnotnull, column->attisdropped);
	}
}

static void
describe_policy(StringInfo words, Oid relid)
{
	CrPolicy   *policy = cr_policy_lookup(relid);

	if (policy != NULL)
		cr_policy_describe(policy, words);
}

/* Describes the table; "family" gets it and all of its children. */
static void
describe_table(StringInfo words, Oid relid, List **family)
{
	Relation	relation = relation_open(relid, AccessShareLock);
	ListCell   *lc;

	appendStringInfo(words, "t%u%c", relid, relation->rd_rel->relkind);
	describe_columns(words, RelationGetDescr(relation));
	foreach(lc, RelationGetIndexList(relation))
		describe_index(words, lfirst_oid(lc));
	relation_close(relation, NoLock);
	describe_policy(words, relid);
	if (!has_subclass(relid))
		*family = list_append_unique_oid(*family, relid);
	else
	{
		foreach(lc, find_all_inheritors(relid, NoLock, NULL))
		{
			appendStringInfo(words, "f%u%c", lfirst_oid(lc),
							 get_rel_relkind(lfirst_oid(lc)));
			describe_policy(words, lfirst_oid(lc));
			*family = list_append_unique_oid(*family, lfirst_oid(lc));
		}
	}
}

static uint64
describe(List *relids, List **family)
{
	StringInfoData words;
	ListCell   *lc;

	initStringInfo(&words);
	foreach(lc, relids)
		describe_table(&words, lfirst_oid(lc), family);
	return hash_bytes_extended((unsigned char *) words.data, words.len, 0);
}

CrReliedOn
cr_relied_before(Query *query)
{
	CrReliedOn	result = {NIL, 0};
	List	   *family = NIL;

	tables_walker((Node *) query, &result.relids);
	result.description = describe(result.relids, &family);
	return result;
}

char *
cr_relied_note(const CrReliedOn *before, Query *query)
{
	List	   *added = NIL;
	StringInfoData note;
	ListCell   *lc;

	/* row policies that the gate has put in may read further ones */
	tables_walker((Node *) query, &added);
	initStringInfo(&note);
	appendStringInfo(&note, UINT64_FORMAT, before->description);
	foreach(lc, before->relids)
		appendStringInfo(&note, " %u", lfirst_oid(lc));
	foreach(lc, list_difference_oid(added, before->relids))
		appendStringInfo(&note, "+%u", lfirst_oid(lc));
	return note.data;
}

/* Is all that makes a key of the table as old as the rows that are read? */
static bool
is_seen(Oid relid)
{
	Relation	relation = relation_open(relid, AccessShareLock);
	TupleDesc	desc = RelationGetDescr(relation);
	bool		seen = true;
	ListCell   *lc;

	for (int i = 0; i < desc->natts; i++)
	{
		if (TupleDescAttr(desc, i)->attnotnull &&
			!TupleDescAttr(desc, i)->attisdropped &&
			!has_subclass(relid) && !cr_attribute_is_not_null(relid, i + 1))
			seen = false;
	}
	foreach(lc, RelationGetIndexList(relation))
	{
		HeapTuple	tuple = SearchSysCache1(INDEXRELID,
											ObjectIdGetDatum(lfirst_oid(lc)));

		if (!HeapTupleIsValid(tuple))
			continue;
		if (((Form_pg_index) GETSTRUCT(tuple))->indisunique &&
			((Form_pg_index) GETSTRUCT(tuple))->indisvalid &&
			!cr_visible_index(lfirst_oid(lc), tuple))
			seen = false;
		ReleaseSysCache(tuple);
	}
	seen = seen && (!has_subclass(relid) || cr_visible_parts(relid));
	relation_close(relation, NoLock);
	return seen;
}

static bool
are_seen(List *relids, Snapshot snapshot)
{
	volatile bool seen = true;
	ListCell   *lc;

	cr_visible_to(snapshot);
	PG_TRY();
	{
		foreach(lc, relids)
			seen = seen && is_seen(lfirst_oid(lc));
	}
	PG_FINALLY();
	{
		cr_visible_to(NULL);
	}
	PG_END_TRY();
	return seen;
}

bool
cr_relied_holds(const PlannedStmt *plan, Snapshot snapshot)
{
	const char *note = cr_kept_get(plan).relied_on;
	List	   *relids = NIL;
	List	   *family = NIL;
	char	   *end;
	uint64		before;
	ListCell   *lc;

	if (note == NULL)
		return false;
	/* a table that was locked before tells of no change by being locked */
	AcceptInvalidationMessages();
	before = strtou64(note, &end, 10);
	while (*end == ' ')
		relids = lappend_oid(relids, (Oid) strtoul(end + 1, &end, 10));
	foreach(lc, relids)
	{
		if (!OidIsValid(get_rel_namespace(lfirst_oid(lc))))
			return false;
	}
	if (describe(relids, &family) != before)
		return false;
	while (*end == '+')
	{
		Oid			added = (Oid) strtoul(end + 1, &end, 10);

		family = list_concat(family, find_all_inheritors(added, NoLock, NULL));
	}
	foreach(lc, plan->rtable)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);

		if (is_table(rte) && !list_member_oid(family, rte->relid))
			return false;
	}
	return are_seen(relids, snapshot);
}
