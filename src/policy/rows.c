/*-------------------------------------------------------------------------
 *
 * src/policy/rows.c
 *	  The owner's row policies: which rows analysts may aggregate over.
 *
 * Each is a restrictive policy of the server's row security.  The condition
 * is parsed here first, as CREATE POLICY would, to refuse what it would take
 * but analysts must not run into: volatile functions, and subqueries over
 * tables that are protected or that the owner cannot read.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/relation.h"
#include "catalog/pg_class.h"
#include "commands/tablecmds.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parse_clause.h"
#include "parser/parse_collate.h"
#include "parser/parse_relation.h"
#include "policy/cache.h"
#include "policy/change.h"
#include "policy/closing.h"
#include "policy/load.h"
#include "policy/protect.h"
#include "policy/rls.h"
#include "rewrite/rewriteHandler.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#define ROW_POLICY_NAME_MAX \
	(NAMEDATALEN - 1 - (int) strlen(CR_ROW_POLICY_PREFIX))

#define HINT_CONDITION \
	"Write one boolean expression over the table's columns, as in " \
	"'consent AND region <> ''test'''."

static void
check_policy_name(const char *name)
{
	if (name[0] == '\0' || (int) strlen(name) > ROW_POLICY_NAME_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_NAME),
				 errmsg("invalid name for a row policy: \"%s\"", name),
				 errhint("Choose a name of 1 to %d bytes.",
						 ROW_POLICY_NAME_MAX)));
}

/* The condition as an expression over rel with varno 1. */
static Node *
transform_condition(Relation rel, const char *text)
{
	ParseState *pstate = make_parsestate(NULL);
	ParseNamespaceItem *nsitem;
	Node	   *condition;

	pstate->p_sourcetext = text;
	nsitem = addRangeTableEntryForRelation(pstate, rel, AccessShareLock,
										   NULL, false, false);
	addNSItemToQuery(pstate, nsitem, false, true, true);
	condition = transformWhereClause(pstate, cr_rls_parse_condition(text),
									 EXPR_KIND_POLICY, "POLICY");
	assign_expr_collations(pstate, condition);
	return condition;
}

/*
 * The same, with the parser's complaints completed by a hint, and pointing
 * into the condition and not into the statement around it.
 */
static Node *
parse_condition(Relation rel, const char *text)
{
	MemoryContext context = CurrentMemoryContext;
	Node	   *condition = NULL;

	PG_TRY();
	{
		condition = transform_condition(rel, text);
	}
	PG_CATCH();
	{
		ErrorData  *edata;

		MemoryContextSwitchTo(context);
		edata = CopyErrorData();
		FlushErrorState();
		if (edata->hint == NULL && edata->sqlerrcode != ERRCODE_QUERY_CANCELED)
			edata->hint = pstrdup(HINT_CONDITION);
		if (edata->cursorpos > 0)
		{
			edata->internalpos = edata->cursorpos;
			edata->internalquery = pstrdup(text);
			edata->cursorpos = 0;
		}
		ReThrowError(edata);
	}
	PG_END_TRY();
	return condition;
}

/* What subqueries of a condition are checked against. */
typedef struct ReadCheck
{
	Oid			owner;			/* of the policy's table, or of view */
	Oid			view;			/* the one that is looked through */
} ReadCheck;

static bool check_subqueries_walker(Node *node, ReadCheck *check);

/* One relation that a subquery reads; a view is looked through. */
static void
check_relation_read(RangeTblEntry *rte, ReadCheck *check)
{
	const char *name = get_rel_name(rte->relid);
	Relation	rel;

	if (pg_class_aclcheck(rte->relid, check->owner,
						  ACL_SELECT) != ACLCHECK_OK)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("role \"%s\" may not read relation \"%s\"",
						GetUserNameFromId(check->owner, false), name),
				 errdetail("The condition of a row policy reads what the "
						   "table's owner may read."),
				 errhint("Grant SELECT on it to role \"%s\", or leave it out "
						 "of the condition.",
						 GetUserNameFromId(check->owner, false))));
	if (cr_policy_exists(rte->relid) ||
		cr_policy_has_protected_descendant(rte->relid))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_OBJECT_DEFINITION),
				 errmsg("the condition of a row policy cannot read protected "
						"table \"%s\"", name),
				 errhint("Keep what the condition needs in a column, or in a "
						 "table that is not protected.")));
	if (rte->relkind == RELKIND_VIEW)
	{
		ReadCheck	inner;

		rel = relation_open(rte->relid, AccessShareLock);
		inner.owner = rel->rd_rel->relowner;
		inner.view = rte->relid;
		check_subqueries_walker((Node *) get_view_query(rel), &inner);
		relation_close(rel, NoLock);
	}
}

static bool
check_subqueries_walker(Node *node, ReadCheck *check)
{
	check_stack_depth();
	if (node == NULL)
		return false;
	if (IsA(node, RangeTblEntry))
	{
		RangeTblEntry *rte = (RangeTblEntry *) node;

		/* a view's query names the view itself, for rules */
		if (rte->rtekind == RTE_RELATION && rte->relid != check->view)
			check_relation_read(rte, check);
		return false;
	}
	if (IsA(node, Query))
		return query_tree_walker((Query *) node, check_subqueries_walker,
								 check, QTW_EXAMINE_RTES_BEFORE);
	return expression_tree_walker(node, check_subqueries_walker, check);
}

static void
check_condition(Relation rel, const char *text)
{
	Node	   *condition = parse_condition(rel, text);
	ReadCheck	check;

	if (contain_volatile_functions(condition))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_OBJECT_DEFINITION),
				 errmsg("the condition of a row policy cannot use volatile "
						"functions"),
				 errhint("Use functions whose result depends on their "
						 "arguments and the session only.")));
	check.owner = rel->rd_rel->relowner;
	check.view = InvalidOid;
	check_subqueries_walker(condition, &check);
}

void
cr_rows_add_policy(Oid relid, const char *name, const char *condition)
{
	Relation	rel = cr_protect_open(relid, AccessExclusiveLock);
	char	   *policy_name;
	ListCell   *lc;

	cr_protect_require_policy(rel);
	CheckTableNotInUse(rel, "add a row policy to");
	check_policy_name(name);
	policy_name = psprintf("%s%s", CR_ROW_POLICY_PREFIX, name);
	if (cr_rls_has_policy(relid, policy_name))
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("row policy \"%s\" for table \"%s\" already exists",
						name, RelationGetRelationName(rel)),
				 errhint("Call cleanroom.drop_row_policy() first, or choose "
						 "another name.")));
	check_condition(rel, condition);
	relation_close(rel, NoLock);

	cr_rls_create_policy(relid, policy_name, false,
						 cr_rls_parse_condition(condition));
	cr_note_row_policy(relid, name, condition);
	foreach(lc, cr_closing_find_governed(relid, relid,
										 AccessExclusiveLock))
	{
		if (lfirst_oid(lc) != relid)
			cr_closing_copy_row_policies(relid, lfirst_oid(lc));
	}
	cr_cache_invalidate(relid);
}

void
cr_rows_drop_policy(Oid relid, const char *name)
{
	Relation	rel = cr_protect_open(relid, AccessExclusiveLock);
	const char *table_name = pstrdup(RelationGetRelationName(rel));
	char	   *policy_name = psprintf("%s%s", CR_ROW_POLICY_PREFIX, name);
	ListCell   *lc;

	cr_protect_require_policy(rel);
	CheckTableNotInUse(rel, "drop a row policy of");
	relation_close(rel, NoLock);
	if (!cr_rls_drop_policy(relid, policy_name))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("row policy \"%s\" for table \"%s\" does not exist",
						name, table_name),
				 errhint("The table's row policies are listed by \\d, with "
						 "\"%s\" before their names.",
						 CR_ROW_POLICY_PREFIX)));
	cr_note_row_policy(relid, name, NULL);
	foreach(lc, cr_closing_find_governed(relid, relid,
										 AccessExclusiveLock))
	{
		if (lfirst_oid(lc) != relid)
			cr_closing_copy_row_policies(relid, lfirst_oid(lc));
	}
	cr_cache_invalidate(relid);
}

/*
 * What the server's own row security does with subqueries of the conditions it
 * adds: views are written out, and row security is applied to their tables.
 */
static bool
rewrite_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, SubLink))
	{
		SubLink    *link = (SubLink *) node;
		Query	   *query = castNode(Query, link->subselect);

		AcquireRewriteLocks(query, true, false);
		link->subselect = linitial(QueryRewrite(query));
	}
	return expression_tree_walker(node, rewrite_walker, context);
}

/* As they stand in the catalog. */
static List *
stored_conditions(Oid relid)
{
	CrPolicy   *policy = cr_policy_lookup(relid);
	List	   *conditions = NIL;
	ListCell   *lc;

	foreach(lc, cr_rls_list_policies(relid))
	{
		CrRowPolicy *row_policy = lfirst(lc);

		if (cr_closing_is_row_policy(row_policy->name) &&
			row_policy->qual != NULL)
			conditions = lappend(conditions, stringToNode(row_policy->qual));
	}
	if (policy == NULL || policy->labelled_relid == relid)
		return conditions;

	/* those that a new descendant has not been given yet */
	foreach(lc, cr_rls_list_policies(policy->labelled_relid))
	{
		CrRowPolicy *row_policy = lfirst(lc);

		if (cr_closing_is_row_policy(row_policy->name) &&
			row_policy->qual != NULL &&
			!cr_rls_has_policy(relid, row_policy->name))
			conditions = lappend(conditions,
								 cr_rls_map_condition(policy->labelled_relid,
													  row_policy, relid));
	}
	return conditions;
}

List *
cr_policy_row_conditions(Oid relid)
{
	List	   *conditions = stored_conditions(relid);

	(void) rewrite_walker((Node *) conditions, NULL);
	return conditions;
}
