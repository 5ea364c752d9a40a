/*-------------------------------------------------------------------------
 *
 * src/reshape/empty.c
 *	  Admits statements that have no row whatever there is.
 *
 *	SELECT * FROM t WHERE 1 = 0			SELECT * FROM t LIMIT 0
 *	SELECT c, count(*) FROM t WHERE 1 = 0 GROUP BY c
 *
 * Tools ask so for the names and types of columns.  What is left of the
 * statement are those, and the tables whose privileges it takes.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/constant.h"
#include "inspect/facts.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "reshape/reshape.h"
#include "utils/lsyscache.h"

/* Is it never true, as far as constants say? */
static bool
is_never_true(Node *quals)
{
	Node	   *folded;
	ListCell   *lc;

	if (quals == NULL || contain_subplans(quals) ||
		contain_mutable_functions(quals))
		return false;
	folded = cr_fold(copyObject(quals));
	foreach(lc, make_ands_implicit((Expr *) folded))
	{
		Const	   *conjunct = (Const *) lfirst(lc);

		if (IsA(conjunct, Const) &&
			(conjunct->constisnull || !DatumGetBool(conjunct->constvalue)))
			return true;
	}
	return false;
}

static bool
has_no_row(Query *query)
{
	int64		limit;

	if (query->commandType != CMD_SELECT || query->hasModifyingCTE ||
		query->rowMarks != NIL || query->setOperations != NULL)
		return false;
	if (query->limitOption == LIMIT_OPTION_COUNT &&
		cr_inspect_limit(query->limitCount, &limit) && limit == 0)
		return true;
	if (query->hasTargetSRFs)
		return false;
	if (is_never_true(query->havingQual))
		return true;
	/* without keys, and in an empty set of them, nothing has a row, too */
	if (query->groupingSets != NIL ||
		(query->groupClause == NIL &&
		 (query->hasAggs || query->havingQual != NULL)))
		return false;
	return is_never_true(query->jointree->quals);
}

static Expr *
make_null(Node *expr)
{
	return (Expr *) makeNullConst(exprType(expr), exprTypmod(expr),
								  exprCollation(expr));
}

/*
 * The entries whose privileges are asked about: tables, and subqueries for
 * what is in them.  Nothing of a join may stay without it.
 */
static List *
tables_of(Query *query)
{
	List	   *kept = NIL;
	ListCell   *lc;

	foreach(lc, query->rtable)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);

		if (rte->rtekind != RTE_RELATION && rte->rtekind != RTE_SUBQUERY)
			continue;
		rte->securityQuals = NIL;
		kept = lappend(kept, rte);
	}
	return kept;
}

/* Leaves the names and types of a statement without rows; false for others. */
bool
cr_reshape_empty(Query *query)
{
	List	   *targets = NIL;
	ListCell   *lc;

	if (!has_no_row(query))
		return false;
	/* its entry goes with the others below */
	cr_flatten_group_names(query);
	foreach(lc, query->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		if (tle->resjunk)
			continue;
		tle->expr = make_null((Node *) tle->expr);
		tle->ressortgroupref = 0;
		targets = lappend(targets, tle);
	}
	query->rtable = tables_of(query);
	query->targetList = targets;
	query->jointree = makeFromExpr(NIL, makeBoolConst(false, false));
	query->cteList = NIL;
	query->groupClause = NIL;
	query->groupingSets = NIL;
	query->havingQual = NULL;
	query->windowClause = NIL;
	query->distinctClause = NIL;
	query->sortClause = NIL;
	query->limitOffset = NULL;
	query->limitCount = NULL;
	query->hasAggs = false;
	query->hasWindowFuncs = false;
	query->hasTargetSRFs = false;
	query->hasSubLinks = false;
	query->hasDistinctOn = false;
	query->hasRecursive = false;
	return true;
}
