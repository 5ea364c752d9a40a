/*-------------------------------------------------------------------------
 *
 * src/gate/quiet.c
 *	  Rule: public queries evaluated beside raw rows must be quiet.
 *
 * How many rows of a public relation the executor reads, and whether it
 * evaluates a sub-select at all, depends on the protected rows it is joined
 * with.  So whatever could tell that (a function of the analyst's, an error,
 * a foreign server, a sequence) is kept out.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/transam.h"
#include "base/compat.h"
#include "base/errcodes.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "gate/gate.h"
#include "nodes/nodeFuncs.h"
#include "session/exempt.h"
#include "storage/lockdefs.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

static CrVerdict *
refuse(const char *what, const char *hint)
{
	return cr_verdict_refuse(CR_ERRCODE_CONSTRUCT, -1,
							 psprintf("%s may not be evaluated beside protected rows",
									  what),
							 hint);
}

/*
 * Whether a query on such a table fails may be known to the analyst
 * beforehand; whether it is run at all then tells of the rows beside it.
 * None fails for whoever is exempt from the table.
 */
static bool
refuses_small_groups(Oid relid)
{
	CrPolicy   *policy;

	if (!cr_policy_exists(relid))
		return false;
	policy = cr_policy_lookup(relid);
	return policy == NULL ||
		(policy->refuse_small_groups && !cr_session_is_exempt(policy->owner));
}

static CrVerdict *
check_relation(RangeTblEntry *rte)
{
	bool		foreign = rte->relkind == RELKIND_FOREIGN_TABLE;
	ListCell   *lc;

	if (rte->relkind == RELKIND_VIEW)
		return NULL;			/* stands for permissions only */
	/* they change in place, past every snapshot */
	if (rte->relid < FirstNormalObjectId)
		return refuse(psprintf("catalog \"%s\"", get_rel_name(rte->relid)),
					  "Ask it in a query of its own.");
	if (refuses_small_groups(rte->relid))
		return cr_verdict_of_table(refuse(psprintf("a query on table \"%s\", which fails when a group is small,",
												   get_rel_name(rte->relid)),
										  "Ask it in a query of its own."),
								   rte->relid);
	if (rte->relkind != RELKIND_RELATION &&
		rte->relkind != RELKIND_PARTITIONED_TABLE &&
		rte->relkind != RELKIND_MATVIEW && !foreign)
		return refuse(psprintf("relation \"%s\"", get_rel_name(rte->relid)),
					  "Join ordinary tables.");
	if (rte->inh && !foreign && has_subclass(rte->relid))
	{
		foreach(lc, find_all_inheritors(rte->relid, NoLock, NULL))
			foreign = foreign ||
				get_rel_relkind(lfirst_oid(lc)) == RELKIND_FOREIGN_TABLE;
	}
	if (foreign)
		return refuse(psprintf("foreign table \"%s\"",
							   get_rel_name(rte->relid)),
					  "Copy what you need of it into a table of your own.");
	if (cr_has_virtual_columns(rte->relid))
		return refuse(psprintf("table \"%s\", which has virtual generated columns,",
							   get_rel_name(rte->relid)),
					  "Use a table with stored columns.");
	return NULL;
}

static CrVerdict *
check_function_in_from(RangeTblEntry *rte)
{
	ListCell   *lc;

	foreach(lc, rte->functions)
	{
		Node	   *expr = ((RangeTblFunction *) lfirst(lc))->funcexpr;
		FuncExpr   *call = (FuncExpr *) expr;
		CrVerdict  *refusal;

		refusal = IsA(expr, FuncExpr) ?
			cr_rule_total((Node *) call->args) : NULL;
		if (refusal != NULL)
			return refusal;
		if (!IsA(expr, FuncExpr) ||
			(call->funcid != F_UNNEST_ANYARRAY &&
			 cr_series_of_call(expr) == CR_SERIES_NONE))
			return refuse("this function in FROM",
						  "Use generate_series of integers, or of times by a constant step, unnest of an array, or store its result in a table; or aggregate first, and join the released rows with it.");
	}
	return NULL;
}

static CrVerdict *
check_rte(RangeTblEntry *rte)
{
	if (rte->tablesample != NULL)
		return refuse("TABLESAMPLE", "Leave out the sampling clause.");
	switch (rte->rtekind)
	{
		case RTE_RELATION:
			return check_relation(rte);
		case RTE_FUNCTION:
			return check_function_in_from(rte);
		case RTE_SUBQUERY:
		case RTE_CTE:
		case RTE_VALUES:
		case RTE_JOIN:
		case RTE_RESULT:
			return NULL;
		default:
			if (cr_rte_is_group(rte))
				return NULL;
			return refuse("this kind of table expression",
						  "Join tables and subqueries only.");
	}
}

/* A negative LIMIT fails, and only once somebody asks for a row. */
static bool
limit_cannot_fail(Node *limit)
{
	int64		rows;

	return limit == NULL || (cr_inspect_limit(limit, &rows) && rows >= 0);
}

typedef struct QuietContext
{
	CrStatement *statement;
	CrVerdict  *refusal;
	bool		in_from;		/* not in an expression */
} QuietContext;

static CrVerdict *
check_query(Query *query, bool in_from)
{
	CrVerdict  *refusal = NULL;
	FuncExpr   *call;

	if (query->commandType != CMD_SELECT)
		return refuse("a data-modifying statement", "Use SELECT only.");
	if (query->rowMarks != NIL)
		return refuse("FOR UPDATE or FOR SHARE",
					  "Leave out the locking clause.");
	if (!limit_cannot_fail(query->limitCount) ||
		!limit_cannot_fail(query->limitOffset))
		return refuse("LIMIT or OFFSET of a number that is not a constant, or negative,",
					  "Write the number.");
	if (query->hasTargetSRFs &&
		(!in_from || cr_series_of_query(query, &call) == CR_SERIES_NONE))
		return refuse("a set-returning function in the select list",
					  "Put it into FROM; with the elements of a list, compare by x = ANY (string_to_array('a,b', ',')).");
	if (query->hasRecursive)
		return refuse("WITH RECURSIVE", "Store its result in a table.");
	refusal = cr_rule_grouping_operators(query->groupClause);
	if (refusal == NULL)
		refusal = cr_rule_grouping_operators(query->distinctClause);
	if (refusal == NULL)
		refusal = cr_rule_grouping_operators(query->sortClause);
	if (refusal == NULL)
		refusal = cr_rule_windows(query);
	return refusal;
}

static bool quiet_walker(Node *node, QuietContext *context);

/* A reference to a CTE: its query will be looked at too. */
static void
note_cte(CrStatement *statement, const char *name)
{
	ListCell   *lc;

	/* by name alone, whichever level it is of: rather too many than one
	 * missed */
	foreach(lc, statement->ctes)
	{
		CrCte	   *entry = (CrCte *) lfirst(lc);

		if (strcmp(entry->cte->ctename, name) == 0)
			entry->quiet = true;
	}
}

/*
 * Is it sorted or grouped by, also in an aggregate, without a collation?  What
 * a sub-select gives may have none, of which the parser says nothing; then the
 * first comparison fails.
 */
static bool
lacks_collation(const TargetEntry *tle)
{
	Node	   *expr = (Node *) tle->expr;

	return tle->ressortgroupref != 0 && type_is_collatable(exprType(expr)) &&
		!OidIsValid(exprCollation(expr));
}

/* The same of UNION and such, which compare whole rows. */
static bool
unites_without_collation(const SetOperationStmt *operation)
{
	ListCell   *lc;
	ListCell   *lc2;

	if (operation->op == SETOP_UNION && operation->all)
		return false;
	forboth(lc, operation->colTypes, lc2, operation->colCollations)
	{
		if (type_is_collatable(lfirst_oid(lc)) && !OidIsValid(lfirst_oid(lc2)))
			return true;
	}
	return false;
}

/* Notes, if it is so, a part of a query whose values have no order. */
static bool
check_order(Node *node, QuietContext *context)
{
	if (IsA(node, TargetEntry) && lacks_collation((TargetEntry *) node))
		context->refusal =
			cr_rule_refuse_collation((Node *) ((TargetEntry *) node)->expr);
	else if (IsA(node, SetOperationStmt) &&
			 unites_without_collation((SetOperationStmt *) node))
		context->refusal = cr_rule_refuse_collation(NULL);
	return context->refusal != NULL;
}

/* Queries in the sub-selects of an expression that is total itself. */
static bool
sublink_walker(Node *node, QuietContext *context)
{
	if (node == NULL)
		return false;
	if (check_order(node, context))
		return true;
	if (IsA(node, Query))
		return quiet_walker(node, context);
	return expression_tree_walker(node, sublink_walker, (void *) context);
}

static bool
quiet_walker(Node *node, QuietContext *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Query))
	{
		FuncExpr   *call;

		context->refusal = check_query((Query *) node, context->in_from);
		/* such a query has nothing else */
		if (context->refusal == NULL && ((Query *) node)->hasTargetSRFs &&
			cr_series_of_query((Query *) node, &call) != CR_SERIES_NONE)
			return quiet_walker((Node *) call->args, context);
		return context->refusal != NULL ||
			query_tree_walker((Query *) node, quiet_walker, context,
							  QTW_EXAMINE_RTES_BEFORE |
							  QTW_IGNORE_JOINALIASES);
	}
	if (IsA(node, RangeTblEntry))
	{
		RangeTblEntry *rte = (RangeTblEntry *) node;

		if (rte->rtekind == RTE_CTE)
			note_cte(context->statement, rte->ctename);
		context->refusal = check_rte(rte);
		return context->refusal != NULL;
	}
	if (check_order(node, context))
		return true;
	switch (nodeTag(node))
	{
		case T_RangeTblFunction:
			return false;		/* seen with its range table entry */
		case T_RangeTblRef:
		case T_FromExpr:
		case T_JoinExpr:
		case T_CommonTableExpr:
		case T_SetOperationStmt:
		case T_SortGroupClause:
		case T_TargetEntry:
		case T_List:
			return expression_tree_walker(node, quiet_walker,
										  (void *) context);
		default:
			context->refusal = cr_rule_total_beside(node);
			return context->refusal != NULL ||
				sublink_walker(node, context);
	}
}

/*
 * Is everything in the query, and below it, silent and unable to fail?
 */
CrVerdict *
cr_rule_quiet_query(CrStatement *statement, Query *query)
{
	QuietContext context = {statement, NULL, false};

	quiet_walker((Node *) query, &context);
	return context.refusal;
}

/* The same for one public entry of a FROM. */
CrVerdict *
cr_rule_quiet_source(CrStatement *statement, RangeTblEntry *rte)
{
	QuietContext context = {statement, NULL, true};

	if (!quiet_walker((Node *) rte, &context) &&
		!quiet_walker((Node *) rte->subquery, &context) &&
		!quiet_walker((Node *) rte->values_lists, &context))
		quiet_walker((Node *) rte->securityQuals, &context);
	return context.refusal;
}

/* The same for conditions that are part of no query. */
CrVerdict *
cr_rule_quiet_conditions(CrStatement *statement, List *conditions)
{
	QuietContext context = {statement, NULL, true};

	quiet_walker((Node *) conditions, &context);
	return context.refusal;
}

/* The same for the CTEs that quiet queries have been found to read. */
CrVerdict *
cr_rule_quiet_ctes(CrStatement *statement)
{
	List	   *done = NIL;
	bool		grown = true;
	ListCell   *lc;

	while (grown)
	{
		grown = false;
		foreach(lc, statement->ctes)
		{
			CrCte	   *entry = (CrCte *) lfirst(lc);
			QuietContext context = {statement, NULL, true};

			if (!entry->quiet || list_member_ptr(done, entry))
				continue;
			grown = true;
			done = lappend(done, entry);
			quiet_walker(entry->cte->ctequery, &context);
			if (context.refusal != NULL)
				return context.refusal;
		}
	}
	return NULL;
}
