/*-------------------------------------------------------------------------
 *
 * src/report/foretell.c
 *	  What cleanroom.explain() says of commands that are not plain queries.
 *
 * The commands themselves are refused by guard/, when they run; this only
 * foretells it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/errcodes.h"
#include "catalog/namespace.h"
#include "commands/prepare.h"
#include "inspect/facts.h"
#include "inspect/normalize.h"
#include "miscadmin.h"
#include "parser/analyze.h"
#include "report/foretell.h"
#include "rewrite/rewriteHandler.h"
#include "session/exempt.h"
#include "storage/lockdefs.h"
#include "tcop/cmdtag.h"
#include "tcop/tcopprot.h"
#include "tcop/utility.h"

/*
 * What EXECUTE would run, read anew for the current user, who may be another
 * than when it was prepared; a command, where the client has prepared one by
 * itself.  Raises an error where there is no such prepared statement.
 */
static Query *
prepared_query(ExecuteStmt *execute)
{
	PreparedStatement *prepared = FetchPreparedStatement(execute->name, true);
	CachedPlanSource *source = prepared->plansource;
	RawStmt    *raw = copyObject(source->raw_parse_tree);
	List	   *queries;

	if (raw == NULL)
		return NULL;
	queries = pg_analyze_and_rewrite_fixedparams(raw, source->query_string,
												 source->param_types,
												 source->num_params, NULL);
	return queries == NIL ? NULL : linitial_node(Query, queries);
}

static bool
is_execute(Query *query)
{
	return query != NULL && query->commandType == CMD_UTILITY &&
		IsA(query->utilityStmt, ExecuteStmt);
}

/* The one query that an analyzed or a raw inner statement becomes. */
static Query *
rewrite_inner(Node *node)
{
	List	   *queries;
	Query	   *query;

	if (node == NULL)
		return NULL;
	if (!IsA(node, Query))
	{
		RawStmt    *raw = makeNode(RawStmt);
		Oid		   *types = NULL;
		int			ntypes = 0;

		if (IsA(node, RawStmt))
			raw = (RawStmt *) node;
		else
			raw->stmt = (Node *) copyObject(node);
		queries = pg_analyze_and_rewrite_varparams(raw, "", &types, &ntypes,
												   NULL);
	}
	else
		queries = QueryRewrite((Query *) copyObject(node));
	query = queries == NIL ? NULL : linitial_node(Query, queries);
	return is_execute(query) ?
		prepared_query((ExecuteStmt *) query->utilityStmt) : query;
}

Query *
cr_statement_inner_query(Query *query)
{
	Node	   *statement;

	if (query->commandType != CMD_UTILITY)
		return query;
	statement = query->utilityStmt;
	if (IsA(statement, DeclareCursorStmt))
		return rewrite_inner(((DeclareCursorStmt *) statement)->query);
	if (IsA(statement, PrepareStmt))
		return rewrite_inner(((PrepareStmt *) statement)->query);
	if (IsA(statement, ExecuteStmt))
	{
		Query	   *prepared = prepared_query((ExecuteStmt *) statement);

		if (prepared != NULL && prepared->commandType != CMD_UTILITY)
			return prepared;
	}
	return NULL;
}

static bool
binds(Oid relid)
{
	CrPolicy   *policy = OidIsValid(relid) ? cr_policy_lookup(relid) : NULL;

	return policy != NULL && !cr_session_is_exempt(policy->owner);
}

static bool
names_protected(List *relations)
{
	ListCell   *lc;

	foreach(lc, relations)
	{
		if (binds(RangeVarGetRelid(lfirst(lc), NoLock, true)))
			return true;
	}
	return false;
}

static bool
inner_touches(Node *node)
{
	Query	   *inner = rewrite_inner(node);

	if (inner == NULL)
		return false;
	(void) cr_normalize_inline_functions(inner, NULL);
	return cr_inspect_touch(inner).foreign_owner;
}

static bool
touches(Node *statement)
{
	check_stack_depth();		/* EXECUTE of itself */
	switch (nodeTag(statement))
	{
		case T_ExplainStmt:
			return inner_touches(((ExplainStmt *) statement)->query);
		case T_CreateTableAsStmt:
			return inner_touches(((CreateTableAsStmt *) statement)->query);
		case T_CopyStmt:
			{
				CopyStmt   *copy = (CopyStmt *) statement;

				if (copy->relation == NULL)
					return inner_touches(copy->query);
				return names_protected(list_make1(copy->relation));
			}
		case T_TruncateStmt:
			return names_protected(((TruncateStmt *) statement)->relations);
		case T_ExecuteStmt:
			{
				Query	   *inner = prepared_query((ExecuteStmt *) statement);

				return inner != NULL && inner->commandType == CMD_UTILITY &&
					touches(inner->utilityStmt);
			}
		case T_LockStmt:
			return names_protected(((LockStmt *) statement)->relations);
		default:
			return false;
	}
}

CrVerdict *
cr_statement_judge_command(Query *query)
{
	if (!touches(query->utilityStmt))
		return NULL;
	return cr_verdict_refuse(CR_ERRCODE_COMMAND, -1,
							 psprintf("%s may not be used on protected tables",
									  CreateCommandName(query->utilityStmt)),
							 "Use a plain SELECT that aggregates.");
}
