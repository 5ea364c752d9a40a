/*-------------------------------------------------------------------------
 *
 * src/inspect/normalize.c
 *	  Writes a query in fewer forms, so that fewer need to be understood.
 *
 * Every function here gives an equivalent query and judges nothing.  The
 * trees are changed in place: the planner owns the copy it hands to us.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "inspect/counted.h"
#include "inspect/facts.h"
#include "inspect/normalize.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteManip.h"

typedef struct InlineContext
{
	int			sublevels_up;	/* levels below the query that owns the CTE */
	CommonTableExpr *cte;
} InlineContext;

/* GROUP BY () is what aggregates do without it. */
static void
forget_empty_grouping(Query *query)
{
	GroupingSet *set;

	if (list_length(query->groupingSets) != 1 ||
		query->groupClause != NIL || !query->hasAggs)
		return;
	set = linitial_node(GroupingSet, query->groupingSets);
	if (set->kind == GROUPING_SET_EMPTY)
		query->groupingSets = NIL;
}

/*
 * Replaces the names of join columns, and of grouping columns where the
 * server has names for them, by the expressions they stand for; and then what
 * is written of nulls that are left out, or never there.
 */
void
cr_normalize_names(Query *query)
{
	cr_flatten_group_names(query);
	forget_empty_grouping(query);
	query->targetList = (List *)
		cr_flatten_join_names(query, (Node *) query->targetList);
	query->havingQual = cr_flatten_join_names(query, query->havingQual);
	query->jointree = (FromExpr *)
		cr_flatten_join_names(query, (Node *) query->jointree);
	cr_normalize_dependent_columns(query);
	cr_normalize_skipped_values(query);
	cr_normalize_counted(query);
	cr_normalize_flags(query);
	cr_normalize_outer_joins(query);
	cr_normalize_nulls(query);
	cr_normalize_unmatched_values(query);
	cr_normalize_given(query);
	cr_normalize_on_filters(query);
}

/* Is there anything in FROM that names columns of what is beside it? */
bool
cr_normalize_is_lateral(const Query *query)
{
	ListCell   *lc;

	foreach(lc, query->rtable)
	{
		if (lfirst_node(RangeTblEntry, lc)->lateral)
			return true;
	}
	return false;
}

static List *
add_side(Query *query, Node *side, RangeTblEntry *join)
{
	int			rti = IsA(side, JoinExpr) ? ((JoinExpr *) side)->rtindex :
	castNode(RangeTblRef, side)->rtindex;
	List	   *names;
	List	   *vars;
	List	   *numbers = NIL;
	ListCell   *lc;

	cr_expand_columns(rt_fetch(rti, query->rtable), rti, &names, &vars);
	join->eref->colnames = list_concat(join->eref->colnames, names);
	join->joinaliasvars = list_concat(join->joinaliasvars, vars);
	/* columns of a join are counted; those of others may be dropped ones */
	foreach(lc, vars)
		numbers = lappend_int(numbers, IsA(side, JoinExpr) ?
							  foreach_current_index(lc) + 1 :
							  lfirst_node(Var, lc)->varattno);
	return numbers;
}

/*
 * Gives a join's range table entry the columns of both sides, and nothing
 * else.  Only the names in a deparsed query come from there, once
 * cr_normalize_names() has been at work.
 */
void
cr_normalize_join_columns(Query *query, JoinExpr *join)
{
	RangeTblEntry *rte = rt_fetch(join->rtindex, query->rtable);

	join->usingClause = NIL;
	join->join_using_alias = NULL;
	join->isNatural = false;
	rte->eref = makeAlias(rte->eref->aliasname, NIL);
	rte->join_using_alias = NULL;
	rte->joinmergedcols = 0;
	rte->joinaliasvars = NIL;
	rte->joinleftcols = add_side(query, join->larg, rte);
	rte->joinrightcols = add_side(query, join->rarg, rte);
}

/* The same of all joins in a part of FROM, whose sides are others now. */
void
cr_normalize_renew_joins(Query *query, Node *node)
{
	ListCell   *lc;

	if (IsA(node, FromExpr))
	{
		foreach(lc, ((FromExpr *) node)->fromlist)
			cr_normalize_renew_joins(query, lfirst(lc));
	}
	else if (IsA(node, JoinExpr))
	{
		JoinExpr   *join = (JoinExpr *) node;

		cr_normalize_renew_joins(query, join->larg);
		cr_normalize_renew_joins(query, join->rarg);
		cr_normalize_join_columns(query, join);
	}
}

static void
inline_reference(RangeTblEntry *rte, CommonTableExpr *cte)
{
	Query	   *subquery = copyObject(castNode(Query, cte->ctequery));

	if (rte->ctelevelsup > 0)
		IncrementVarSublevelsUp((Node *) subquery, rte->ctelevelsup, 1);
	rte->rtekind = RTE_SUBQUERY;
	rte->subquery = subquery;
	rte->security_barrier = false;
	rte->ctename = NULL;
	rte->ctelevelsup = 0;
	rte->coltypes = NIL;
	rte->coltypmods = NIL;
	rte->colcollations = NIL;
}

static bool
inline_walker(Node *node, InlineContext *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Query))
	{
		bool		result;

		context->sublevels_up++;
		/* after its range table entry, a copy must not be walked again */
		result = query_tree_walker((Query *) node, inline_walker, context,
								   QTW_EXAMINE_RTES_AFTER);
		context->sublevels_up--;
		return result;
	}
	if (IsA(node, RangeTblEntry))
	{
		RangeTblEntry *rte = (RangeTblEntry *) node;

		if (rte->rtekind == RTE_CTE && !rte->self_reference &&
			(int) rte->ctelevelsup == context->sublevels_up &&
			strcmp(rte->ctename, context->cte->ctename) == 0)
			inline_reference(rte, context->cte);
		return false;
	}
	return expression_tree_walker(node, inline_walker, context);
}

/*
 * Writes a CTE of the query's WITH list out wherever it is referenced, and
 * takes it from the list.  Equivalent for a SELECT that is not recursive and
 * calls nothing volatile.
 */
void
cr_normalize_inline_cte(Query *query, CommonTableExpr *cte)
{
	InlineContext context;

	query->cteList = list_delete_ptr(list_copy(query->cteList), cte);
	context.sublevels_up = -1;
	context.cte = cte;
	inline_walker((Node *) query, &context);
}

/*
 * SELECT DISTINCT a, b FROM t becomes SELECT a, b FROM t GROUP BY a, b where
 * there is nothing else that DISTINCT would have to come after.
 */
void
cr_normalize_distinct(Query *query)
{
	if (query->distinctClause == NIL || query->hasDistinctOn ||
		query->hasAggs || query->groupClause != NIL ||
		query->groupingSets != NIL || query->havingQual != NULL ||
		query->hasWindowFuncs || query->hasTargetSRFs)
		return;
	query->groupClause = query->distinctClause;
	query->distinctClause = NIL;
}

typedef struct LiftContext
{
	Index		depth;			/* of the query walked */
	int			levels;
} LiftContext;

static bool
lift_ctes_walker(Node *node, LiftContext *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, RangeTblEntry))
	{
		RangeTblEntry *rte = (RangeTblEntry *) node;

		if (rte->rtekind == RTE_CTE && rte->ctelevelsup >= context->depth)
			rte->ctelevelsup += context->levels;
		return false;
	}
	if (IsA(node, Query))
	{
		bool		result;

		context->depth++;
		result = query_tree_walker((Query *) node, lift_ctes_walker, context,
								   QTW_EXAMINE_RTES_BEFORE);
		context->depth--;
		return result;
	}
	return expression_tree_walker(node, lift_ctes_walker, context);
}

/*
 * The query comes to stand so many levels below where it stood, and its WITH
 * list stays behind: lets its references find that, and those around it.
 */
void
cr_normalize_lift_ctes(Query *query, int levels)
{
	LiftContext context = {0, levels};

	query_tree_walker(query, lift_ctes_walker, &context,
					  QTW_EXAMINE_RTES_BEFORE);
}

/* ---------- limits that limit nothing ---------- */

static bool
is_null_constant(const Node *node)
{
	return node != NULL && IsA(node, Const) &&
		((const Const *) node)->constisnull;
}

static bool
limits_walker(Node *node, void *context)
{
	Query	   *query = (Query *) node;
	int64		offset;

	if (node == NULL)
		return false;
	if (!IsA(node, Query))
		return expression_tree_walker(node, limits_walker, context);
	if ((query->limitCount != NULL || query->limitOffset != NULL) &&
		query->limitOption == LIMIT_OPTION_COUNT && cr_inspect_touches(query))
	{
		if (is_null_constant(query->limitCount))
			query->limitCount = NULL;
		if (is_null_constant(query->limitOffset) ||
			(cr_inspect_limit(query->limitOffset, &offset) && offset == 0))
			query->limitOffset = NULL;
	}
	return query_tree_walker(query, limits_walker, context, 0);
}

/*
 * Takes LIMIT ALL, LIMIT NULL and OFFSET 0, which tools write, from a
 * statement's queries of protected tables.
 */
void
cr_normalize_limits(Query *query)
{
	limits_walker((Node *) query, NULL);
}
