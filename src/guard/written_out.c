/*-------------------------------------------------------------------------
 *
 * src/guard/written_out.c
 *	  What a statement stands for, where its text alone does not say it.
 *
 * Views and functions that are written out where they stand may be others
 * tomorrow, or gone; rules add statements, and row policies conditions, that
 * the text has no word of; and the body of a function that was parsed when it
 * was made (BEGIN ATOMIC) has no text at all.  The record has to say what was
 * asked all the same.  Of what row security adds, only the extension's own
 * two markers are nobody's words.
 *
 * It is kept with the plan (kept.c).
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "base/oids.h"
#include "catalog/pg_class.h"
#include "guard/kept.h"
#include "guard/written_out.h"
#include "lib/stringinfo.h"
#include "nodes/nodeFuncs.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteManip.h"
#include "session/pinned.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/ruleutils.h"
#include "utils/syscache.h"

/* What was added to a statement; the text of conditions, if wanted. */
typedef struct Added
{
	bool		any;
	StringInfo	conditions;		/* or NULL */
} Added;

static bool
is_marker(Node *condition)
{
	const CrOids *oids = cr_oids_get();
	Oid			function;

	if (oids == NULL || !IsA(condition, FuncExpr))
		return false;
	function = ((FuncExpr *) condition)->funcid;
	return function == oids->gate_function || function == oids->open_function;
}

/* A condition on the rows of an entry of the range table. */
static void
add_condition(const char *what, Node *condition, Query *query, int rti,
			  Added *added)
{
	Oid			relid = rt_fetch(rti, query->rtable)->relid;
	char	   *name = get_rel_name(relid);
	char	   *schema;
	Node	   *copy;

	if (is_marker(condition))
		return;
	added->any = true;
	if (added->conditions == NULL || name == NULL)
		return;
	schema = get_namespace_name(get_rel_namespace(relid));
	copy = copyObject(condition);
	ChangeVarNodes(copy, rti, 1, 0);
	appendStringInfo(added->conditions, "; %s of %s: %s", what,
					 quote_qualified_identifier(schema, name),
					 deparse_expression(copy, deparse_context_for(name, relid),
										false, false));
}

/* Rules of the table that is written to may have changed the statement. */
static bool
has_rules(Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	bool		result;

	if (!HeapTupleIsValid(tuple))
		return true;
	result = ((Form_pg_class) GETSTRUCT(tuple))->relhasrules;
	ReleaseSysCache(tuple);
	return result;
}

static void
look_at_query(Query *query, Added *added)
{
	ListCell   *lc;
	int			rti = 0;

	if (query->querySource != QSRC_ORIGINAL)
		added->any = true;
	foreach(lc, query->rtable)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);
		ListCell   *qual;

		rti++;
		if (OidIsValid(rte->relid) && rte->relkind == RELKIND_VIEW)
			added->any = true;
		foreach(qual, rte->securityQuals)
			add_condition("rows", (Node *) lfirst(qual), query, rti, added);
	}
	if (query->resultRelation == 0)
		return;
	if (has_rules(rt_fetch(query->resultRelation, query->rtable)->relid))
		added->any = true;
	foreach(lc, query->withCheckOptions)
		add_condition("new rows", lfirst_node(WithCheckOption, lc)->qual,
					  query, query->resultRelation, added);
}

static bool
added_walker(Node *node, Added *added)
{
	if (node == NULL)
		return false;
	if (IsA(node, Query))
	{
		look_at_query((Query *) node, added);
		return query_tree_walker((Query *) node, added_walker, added, 0);
	}
	return expression_tree_walker(node, added_walker, added);
}

/*
 * A rule's action reads the table that the statement wrote to, which is not
 * marked as standing in FROM, and so would not be written out there.
 */
static bool
show_sources(Node *node, void *context)
{
	Query	   *query = (Query *) node;
	ListCell   *lc;

	if (node == NULL)
		return false;
	if (!IsA(node, Query))
		return expression_tree_walker(node, show_sources, context);
	foreach(lc, query->jointree->fromlist)
	{
		Node	   *item = lfirst(lc);

		if (IsA(item, RangeTblRef) &&
			((RangeTblRef *) item)->rtindex != query->resultRelation)
			rt_fetch(((RangeTblRef *) item)->rtindex,
					 query->rtable)->inFromCl = true;
	}
	return query_tree_walker(query, show_sources, context, 0);
}

/*
 * An INSERT's own condition, which only rules give it, and which the server
 * does not write out with it.
 */
static void
append_insert_condition(StringInfo result, Query *query)
{
	Query	   *condition;

	if (query->commandType != CMD_INSERT || query->jointree->quals == NULL)
		return;
	condition = copyObject(query);
	condition->commandType = CMD_SELECT;
	condition->resultRelation = 0;
	condition->targetList = NIL;
	condition->returningList = NIL;
	condition->onConflict = NULL;
	condition->withCheckOptions = NIL;
	appendStringInfo(result, "; if: %s", pg_get_querydef(condition, false));
}

char *
cr_written_out(Query *query, const char *text, bool inlined)
{
	Added		added = {false, NULL};
	StringInfoData result;
	Query	   *shown;
	int			nesting;

	added_walker((Node *) query, &added);
	if (text != NULL && text[0] != '\0' && !inlined && !added.any)
		return NULL;
	nesting = NewGUCNestLevel();
	cr_session_pin_settings();
	cr_session_pin_path("");
	initStringInfo(&result);
	shown = copyObject(query);
	(void) show_sources((Node *) shown, NULL);
	appendStringInfoString(&result, pg_get_querydef(shown, false));
	append_insert_condition(&result, shown);
	added.conditions = &result;
	added_walker((Node *) query, &added);
	AtEOXact_GUC(false, nesting);
	return result.data;
}

const char *
cr_written_out_find(const PlannedStmt *plan)
{
	return cr_kept_get(plan).written_out;
}
