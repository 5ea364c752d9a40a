/*-------------------------------------------------------------------------
 *
 * src/inspect/union.c
 *	  Distributes a query over the branches of a UNION ALL of rows.
 *
 *	SELECT f(x) FROM (a UNION ALL b) u WHERE c
 *
 * is (SELECT f(x) FROM a WHERE c) UNION ALL (SELECT f(x) FROM b WHERE c), and
 * with GROUP BY it is put together from what each branch releases by itself
 * (combine.c).  What is left then are queries without UNION ALL over rows,
 * and unions of released rows.
 *
 * What cannot be distributed is left as it is, and the gate refuses it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "inspect/arms.h"
#include "inspect/normalize.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/parsetree.h"

/* Repeated, as the result may again be a selection from a UNION ALL. */
#define CR_MAX_ROUNDS		4

static bool
set_operation_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Query))
		return ((Query *) node)->setOperations != NULL ||
			query_tree_walker((Query *) node, set_operation_walker,
							  context, 0);
	return expression_tree_walker(node, set_operation_walker, context);
}

/* Is the entry a subquery with protected tables and a UNION or such in it? */
bool
cr_union_may_be_in(const RangeTblEntry *rte)
{
	return rte->rtekind == RTE_SUBQUERY && !rte->lateral &&
		set_operation_walker((Node *) rte->subquery, NULL) &&
		cr_inspect_touches(rte->subquery);
}

/* distinct: UNION is as good as UNION ALL */
static bool
collect_branches(Query *query, Node *node, bool distinct, List **branches)
{
	if (IsA(node, SetOperationStmt))
	{
		SetOperationStmt *op = (SetOperationStmt *) node;

		return op->op == SETOP_UNION && (op->all || distinct) &&
			collect_branches(query, op->larg, distinct, branches) &&
			collect_branches(query, op->rarg, distinct, branches);
	}
	*branches = lappend(*branches,
						rt_fetch(castNode(RangeTblRef, node)->rtindex,
								 query->rtable)->subquery);
	return list_length(*branches) <= CR_MAX_BRANCHES;
}

/* Does the level unite rows of protected tables, not released ones? */
bool
cr_level_unites_rows(const CrLevel *level)
{
	ListCell   *lc;

	foreach(lc, level->branches)
	{
		CrLevel    *branch = (CrLevel *) lfirst(lc);

		if (cr_level_is_raw(branch) || cr_level_unites_rows(branch))
			return true;
	}
	return false;
}

/*
 * The branches of an entry of FROM that is a UNION ALL with protected rows
 * in it, or a selection from one; NIL when it is none.  distinct: or a UNION,
 * as copies do not matter.
 */
List *
cr_union_branches(CrLevel *level, RangeTblEntry *rte, bool distinct)
{
	Query	   *query = rte->subquery;
	List	   *branches = NIL;

	if (!cr_union_may_be_in(rte) || query->cteList != NIL)
		return NIL;
	if (query->setOperations == NULL)
	{
		CrLevel    *inner = palloc0(sizeof(CrLevel));

		inner->query = query;
		inner->statement = level->statement;
		inner->parent = level;
		cr_normalize_names(query);
		cr_distribute_unions(inner);
	}
	if (query->setOperations == NULL || query->limitCount != NULL ||
		query->limitOffset != NULL || query->rowMarks != NIL ||
		!collect_branches(query, query->setOperations, distinct, &branches))
		return NIL;
	/* reading changes a query */
	if (!cr_level_unites_rows(cr_level_read(level->statement,
											copyObject(query), level)))
		return NIL;
	return branches;
}

/* The entry of a FROM, not on the nullable side of a join, to distribute. */
static int
find_union(CrLevel *level, Node *node, bool distinct, List **branches)
{
	int			rti = 0;
	ListCell   *lc;

	if (node == NULL)
		return 0;
	if (IsA(node, RangeTblRef))
	{
		rti = ((RangeTblRef *) node)->rtindex;
		*branches = cr_union_branches(level,
									  rt_fetch(rti, level->query->rtable),
									  distinct);
		return *branches == NIL ? 0 : rti;
	}
	if (IsA(node, JoinExpr))
	{
		JoinExpr   *join = (JoinExpr *) node;

		if (join->jointype == JOIN_INNER || join->jointype == JOIN_LEFT)
			rti = find_union(level, join->larg, distinct, branches);
		if (rti == 0 && (join->jointype == JOIN_INNER ||
						 join->jointype == JOIN_RIGHT))
			rti = find_union(level, join->rarg, distinct, branches);
		return rti;
	}
	foreach(lc, castNode(FromExpr, node)->fromlist)
	{
		rti = find_union(level, lfirst(lc), distinct, branches);
		if (rti != 0)
			break;
	}
	return rti;
}

static bool
has_lateral(Query *query)
{
	ListCell   *lc;

	foreach(lc, query->rtable)
	{
		if (lfirst_node(RangeTblEntry, lc)->lateral)
			return true;
	}
	return false;
}

/*
 * The index of the entry of FROM to distribute the level's query over, and its
 * branches; 0 if there is none.  distinct: as above.
 */
int
cr_union_find(CrLevel *level, bool distinct, List **branches)
{
	int			rti = find_union(level, (Node *) level->query->jointree,
								 distinct, branches);

	return has_lateral(level->query) ? 0 : rti;
}

/* Does it select rows, one by one? */
bool
cr_union_is_selection(Query *query)
{
	return query->groupClause == NIL && query->groupingSets == NIL &&
		query->havingQual == NULL && !query->hasAggs &&
		query->distinctClause == NIL && !query->hasWindowFuncs &&
		!query->hasTargetSRFs && query->limitCount == NULL &&
		query->limitOffset == NULL && query->rowMarks == NIL;
}

static List *
without_junk(List *targets)
{
	List	   *kept = NIL;
	ListCell   *lc;

	foreach(lc, targets)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		if (tle->resjunk)
			continue;
		tle->ressortgroupref = 0;
		if (tle->resname == NULL)
			tle->resname = psprintf("column_%d", tle->resno);
		kept = lappend(kept, tle);
	}
	return kept;
}

/* The selection becomes a UNION ALL of selections. */
static bool
distribute_selection(CrLevel *level, int rti, List *branches)
{
	Query	   *query = level->query;
	List	   *arms = NIL;
	Query	   *united;
	bool		possible = true;
	ListCell   *lc;

	foreach(lc, branches)
	{
		Query	   *arm = cr_arm_query(query, rti, lfirst_node(Query, lc),
									   &possible);

		arm->cteList = NIL;
		arm->hasRecursive = false;
		arm->sortClause = NIL;
		arm->targetList = without_junk(arm->targetList);
		cr_normalize_lift_ctes(arm, 1);
		arms = lappend(arms, arm);
	}
	if (!possible || linitial_node(Query, arms)->targetList == NIL)
		return false;
	united = cr_arms_unite(arms);
	query->targetList = united->targetList;
	query->rtable = united->rtable;
	query->jointree = united->jointree;
	query->setOperations = united->setOperations;
	query->sortClause = NIL;
	query->hasSubLinks = false;
	cr_clear_permissions(query);
	return true;
}

static bool
distribute_once(CrLevel *level)
{
	Query	   *query = level->query;
	List	   *branches = NIL;
	int			rti;

	if (query->setOperations != NULL || query->commandType != CMD_SELECT ||
		!query_tree_walker(query, set_operation_walker, NULL, 0))
		return false;
	rti = cr_union_find(level, false, &branches);
	if (rti == 0 || cr_inspect_refers_outside(query))
		return false;
	cr_normalize_distinct(query);
	if (cr_union_is_selection(query))
		return distribute_selection(level, rti, branches);
	return cr_arms_release(level, rti, branches);
}

/*
 * Distributes the level's query, whose names are normalized, over every
 * UNION ALL of rows that it reads.  Changes the query in place.
 */
void
cr_distribute_unions(CrLevel *level)
{
	int			round;

	if (level->query->setOperations == NULL)
	{
		cr_forget_copies(level);
		cr_cohorts_as_questions(level);
	}
	for (round = 0; round < CR_MAX_ROUNDS; round++)
	{
		if (!distribute_once(level))
			break;
	}
	if (level->query->setOperations == NULL)
		cr_distribute_questions(level);
}
