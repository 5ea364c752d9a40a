/*-------------------------------------------------------------------------
 *
 * src/inspect/forget_copies.c
 *	  Reads a count of the rows of a UNION as one of distinct people.
 *
 *	SELECT g, count(*) FROM (SELECT u, g FROM a UNION SELECT u, g FROM b) p
 *	GROUP BY g
 *
 * counts each person once in a group, like count(DISTINCT u) over UNION ALL,
 * and so does SELECT DISTINCT, or GROUP BY u, g, over UNION ALL.  That holds
 * where u is the privacy unit, and the query groups by all other columns.  To
 * count(DISTINCT u), copies do not matter anyway.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/make_query.h"
#include "inspect/arms.h"
#include "inspect/normalize.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parsetree.h"
#include "utils/fmgroids.h"

/* Does the query group by all its columns, and do nothing else? */
static bool
is_distinct(Query *query)
{
	ListCell   *lc;

	foreach(lc, query->targetList)
	{
		if (lfirst_node(TargetEntry, lc)->ressortgroupref == 0)
			return false;
	}
	return query->groupClause != NIL && query->groupingSets == NIL &&
		query->havingQual == NULL && !query->hasAggs &&
		list_length(query->groupClause) == list_length(query->targetList);
}

static void
keep_copies(Node *node)
{
	SetOperationStmt *op = (SetOperationStmt *) node;

	if (!IsA(node, SetOperationStmt))
		return;
	op->all = true;
	op->groupClauses = NIL;
	keep_copies(op->larg);
	keep_copies(op->rarg);
}

/* The subquery without what removes copies, or NULL if nothing does. */
Query *
cr_with_copies(const Query *subquery)
{
	Query	   *query = copyObject((Query *) subquery);
	SetOperationStmt *op = (SetOperationStmt *) query->setOperations;
	ListCell   *lc;

	if (op != NULL)
	{
		if (!IsA(op, SetOperationStmt) || op->op != SETOP_UNION || op->all)
			return NULL;
		keep_copies((Node *) op);
		query->sortClause = NIL;
		return query;
	}
	cr_normalize_names(query);
	cr_normalize_distinct(query);
	if (!is_distinct(query))
		return NULL;
	query->groupClause = NIL;
	query->sortClause = NIL;
	foreach(lc, query->targetList)
		lfirst_node(TargetEntry, lc)->ressortgroupref = 0;
	return query;
}

/* The column that is the unit, or 0; does the query group by all others? */
static AttrNumber
find_person(const CrArms *arms, const RangeTblEntry *rte, bool *alone)
{
	AttrNumber	person = 0;
	ListCell   *lc;

	foreach(lc, rte->subquery->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);
		Var		   *var = makeVarFromTargetEntry(arms->rti, tle);
		bool		groups = false;
		ListCell   *lc2;

		foreach(lc2, arms->query->groupClause)
			groups |= equal(get_sortgroupclause_expr(lfirst(lc2),
													 arms->query->targetList),
							var);
		if (groups)
			continue;
		if (person != 0 || !cr_arms_have_unit(arms, (Node *) var))
			*alone = false;
		else
			person = tle->resno;
	}
	return person;
}

typedef struct Counting
{
	Var		   *person;
	bool		alone;			/* is there a row a person in each group? */
	bool		others;			/* are there other aggregates? */
} Counting;

/* count(*) and count(u) as count(DISTINCT u) */
static Node *
count_mutator(Node *node, Counting *counting)
{
	Aggref	   *count = (Aggref *) node;
	TargetEntry *arg;

	if (node == NULL || IsA(node, Query))
		return node;
	if (!IsA(node, Aggref))
		return expression_tree_mutator(node, count_mutator,
									   (void *) counting);
	if (count->aggfnoid == F_COUNT_ANY &&
		!equal(linitial_node(TargetEntry, count->args)->expr,
			   counting->person))
		counting->others = true;
	if (count->aggfnoid != F_COUNT_ANY && count->aggfnoid != F_COUNT_)
		counting->others = true;
	if (count->aggdistinct == NIL && !counting->alone)
		counting->others = true;
	if (counting->others || count->aggdistinct != NIL)
		return node;
	count = copyObject(count);
	arg = makeTargetEntry((Expr *) copyObject(counting->person), 1, NULL,
						  false);
	count->aggfnoid = F_COUNT_ANY;
	count->aggstar = false;
	count->args = list_make1(arg);
	count->aggargtypes = list_make1_oid(counting->person->vartype);
	count->aggdistinct = list_make1(cr_make_grouping(arg, count->args));
	return (Node *) count;
}

/*
 * Does so with the level's query, whose names are normalized, in place, if it
 * aggregates the rows of one such subquery.
 */
void
cr_forget_copies(CrLevel *level)
{
	Query	   *query = level->query;
	Node	   *from = list_length(query->jointree->fromlist) == 1 ?
		linitial(query->jointree->fromlist) : NULL;
	CrArms		arms = {query, 0, NIL, NIL};
	Counting	counting = {NULL, true, false};
	RangeTblEntry *rte;
	RangeTblEntry *copies;
	AttrNumber	person;
	List	   *targets;
	Node	   *having;

	if (!query->hasAggs || from == NULL || !IsA(from, RangeTblRef))
		return;
	arms.rti = ((RangeTblRef *) from)->rtindex;
	rte = rt_fetch(arms.rti, query->rtable);
	if (!cr_union_may_be_in(rte))
		return;
	copies = copyObject(rte);
	copies->subquery = cr_with_copies(rte->subquery);
	if (copies->subquery == NULL)
		return;
	arms.branches = cr_union_branches(level, copies, false);
	person = arms.branches == NIL ? 0 :
		find_person(&arms, copies, &counting.alone);
	if (person == 0)
		return;
	counting.person =
		makeVarFromTargetEntry(arms.rti,
							   get_tle_by_resno(copies->subquery->targetList,
												person));
	targets = (List *) count_mutator((Node *) query->targetList, &counting);
	having = count_mutator(query->havingQual, &counting);
	if (counting.others)
		return;
	query->targetList = targets;
	query->havingQual = having;
	rte->subquery = copies->subquery;
}
