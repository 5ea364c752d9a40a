/*-------------------------------------------------------------------------
 *
 * src/reshape/copies.c
 *	  Runs a subquery once, wherever its condition was copied to.
 *
 * The guard of count(*) FILTER (WHERE x > (SELECT avg(x) FROM t)) has the
 * condition in it as the analyst has written it, subquery and all.  There
 * too, the subquery must be what it is in the aggregate: the guarded one, and
 * the same run of it, since two runs may differ (sums of floating-point
 * numbers do, by the order in which parallel workers send them).  Otherwise
 * the guard would count by another condition than the aggregate.  So such a
 * subquery becomes a WITH query that all copies read.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/oids.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/value.h"
#include "reshape/reshape.h"

/* To be called before the subquery is reshaped. */
void
cr_reshape_remember(CrSubLink *entry)
{
	if (entry->in_core)
		entry->written = copyObject(entry->level->query);
}

/* Copies were made before, and after, the subquery was reshaped. */
static CrSubLink *
find_entry(CrLevel *level, Node *sublink)
{
	Node	   *subselect = ((SubLink *) sublink)->subselect;
	ListCell   *lc;

	foreach(lc, level->sublinks)
	{
		CrSubLink  *entry = (CrSubLink *) lfirst(lc);

		if (entry->written != NULL &&
			(equal(subselect, entry->written) ||
			 equal(subselect, entry->level->query)))
			return entry;
	}
	return NULL;
}

static bool
count_walker(Node *node, CrLevel *level)
{
	CrSubLink  *entry;

	if (node == NULL || IsA(node, Query))
		return false;
	if (!IsA(node, SubLink))
		return expression_tree_walker(node, count_walker, (void *) level);
	entry = find_entry(level, node);
	if (entry != NULL)
		entry->copies++;
	return count_walker(((SubLink *) node)->testexpr, level);
}

/* The subquery as an entry of WITH. */
static CommonTableExpr *
make_cte(CrLevel *level, CrSubLink *entry)
{
	CommonTableExpr *cte = makeNode(CommonTableExpr);
	ListCell   *lc;

	cte->ctename = psprintf("subquery_%d", ++level->statement->subqueries);
	cte->ctematerialized = CTEMaterializeAlways;
	cte->ctequery = (Node *) entry->level->query;
	cte->location = -1;
	cte->cterefcount = entry->copies;
	foreach(lc, entry->level->query->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);
		Node	   *expr = (Node *) tle->expr;

		if (tle->resjunk)
			continue;
		cte->ctecolnames =
			lappend(cte->ctecolnames,
					makeString(tle->resname != NULL ? pstrdup(tle->resname) :
							   psprintf("column_%d", tle->resno)));
		cte->ctecoltypes = lappend_oid(cte->ctecoltypes, exprType(expr));
		cte->ctecoltypmods = lappend_int(cte->ctecoltypmods,
										 exprTypmod(expr));
		cte->ctecolcollations = lappend_oid(cte->ctecolcollations,
											exprCollation(expr));
	}
	return cte;
}

/* SELECT * FROM cte, from within an expression of the query that has it */
static Query *
make_reader(const CommonTableExpr *cte)
{
	Query	   *query = makeNode(Query);
	RangeTblEntry *rte = makeNode(RangeTblEntry);
	RangeTblRef *ref = makeNode(RangeTblRef);
	int			number = 0;
	ListCell   *lc;

	rte->rtekind = RTE_CTE;
	rte->ctename = pstrdup(cte->ctename);
	rte->ctelevelsup = 1;
	rte->coltypes = list_copy(cte->ctecoltypes);
	rte->coltypmods = list_copy(cte->ctecoltypmods);
	rte->colcollations = list_copy(cte->ctecolcollations);
	rte->eref = makeAlias(cte->ctename, copyObject(cte->ctecolnames));
	rte->inFromCl = true;
	ref->rtindex = 1;
	query->commandType = CMD_SELECT;
	query->querySource = QSRC_ORIGINAL;
	query->canSetTag = true;
	query->rtable = list_make1(rte);
	query->jointree = makeFromExpr(list_make1(ref), NULL);
	query->limitOption = LIMIT_OPTION_COUNT;
	query->stmt_location = -1;
	query->stmt_len = -1;
	foreach(lc, cte->ctecolnames)
	{
		char	   *name = pstrdup(strVal(lfirst(lc)));
		Var		   *var = makeVar(1, number + 1,
								  list_nth_oid(cte->ctecoltypes, number),
								  list_nth_int(cte->ctecoltypmods, number),
								  list_nth_oid(cte->ctecolcollations, number),
								  0);

		number++;
		query->targetList = lappend(query->targetList,
									makeTargetEntry((Expr *) var, number,
													name, false));
	}
	return query;
}

static Node *
copies_mutator(Node *node, CrLevel *level)
{
	CrSubLink  *entry;
	SubLink    *copy;

	if (node == NULL || IsA(node, Query))
		return node;
	if (!IsA(node, SubLink))
		return expression_tree_mutator(node, copies_mutator, (void *) level);
	entry = find_entry(level, node);
	copy = makeNode(SubLink);
	memcpy(copy, node, sizeof(SubLink));
	copy->testexpr = copies_mutator(copy->testexpr, level);
	if (entry != NULL && entry->cte != NULL)
		copy->subselect = (Node *) make_reader(entry->cte);
	return (Node *) copy;
}

/*
 * A copy of the level's query, or core, with each subquery of its own that
 * stands there more than once read from "ctes".
 */
Query *
cr_reshape_copies(CrLevel *level, Query *query, List **ctes)
{
	int			flags = QTW_IGNORE_RT_SUBQUERIES | QTW_IGNORE_CTE_SUBQUERIES;
	bool		found = false;
	ListCell   *lc;

	if (level->sublinks == NIL)
		return query;
	query_tree_walker(query, count_walker, (void *) level, flags);
	foreach(lc, level->sublinks)
	{
		CrSubLink  *entry = (CrSubLink *) lfirst(lc);

		if (entry->copies < 2)
			continue;
		entry->cte = make_cte(level, entry);
		*ctes = lappend(*ctes, entry->cte);
		found = true;
	}
	if (!found)
		return query;
	return query_tree_mutator(query, copies_mutator, (void *) level, flags);
}

static bool
closed_walker(Node *node, Oid *gate_function)
{
	if (node == NULL)
		return false;
	if (IsA(node, FuncExpr) && ((FuncExpr *) node)->funcid == *gate_function)
		return true;
	if (IsA(node, Query))
		return query_tree_walker((Query *) node, closed_walker,
								 (void *) gate_function, 0);
	return expression_tree_walker(node, closed_walker,
								  (void *) gate_function);
}

/* Is there a protected table in it that has not been opened? */
bool
cr_reshape_left_closed(Query *query)
{
	Oid			gate_function = cr_oids_get()->gate_function;

	return closed_walker((Node *) query, &gate_function);
}
