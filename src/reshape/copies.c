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
 * subquery becomes a WITH query that all copies read, and so does what a set
 * of people is made of that rows are asked to be in: see cr_defer_set().
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/make_query.h"
#include "base/oids.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/value.h"
#include "reshape/reshape.h"
#include "rewrite/rewriteManip.h"

/* To be called before the subquery is reshaped. */
void
cr_reshape_remember(CrSubLink *entry)
{
	if (entry->in_core)
		entry->written = copyObject(entry->level->query);
}

typedef struct Copies
{
	List	   *entries;		/* CrSubLink here, and of raw levels */
	Index		depth;			/* of the query walked, below the level's */
} Copies;

/*
 * Does it give the very same rows each time?  Subqueries in its expressions
 * are run once already.
 */
static bool
is_repeatable(Query *query)
{
	ListCell   *lc;

	if (query->hasAggs || query->groupClause != NIL ||
		query->distinctClause != NIL || query->hasWindowFuncs ||
		query->limitCount != NULL || query->limitOffset != NULL ||
		query->setOperations != NULL)
		return false;
	foreach(lc, query->rtable)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);

		if (rte->rtekind == RTE_SUBQUERY && !is_repeatable(rte->subquery))
			return false;
	}
	return true;
}

/* ---------- which subqueries there are ---------- */

typedef struct Outside
{
	Index		depth;
	Index		least;			/* levels up to the nearest WITH list, or 0 */
} Outside;

static bool
outside_walker(Node *node, Outside *outside)
{
	if (node == NULL)
		return false;
	if (IsA(node, RangeTblEntry))
	{
		RangeTblEntry *rte = (RangeTblEntry *) node;
		Index		levels;

		if (rte->rtekind != RTE_CTE || rte->ctelevelsup <= outside->depth)
			return false;
		levels = rte->ctelevelsup - outside->depth;
		if (outside->least == 0 || levels < outside->least)
			outside->least = levels;
		return false;
	}
	if (IsA(node, Query))
	{
		outside->depth++;
		query_tree_walker((Query *) node, outside_walker, outside,
						  QTW_EXAMINE_RTES_BEFORE);
		outside->depth--;
		return false;
	}
	return expression_tree_walker(node, outside_walker, (void *) outside);
}

/* Levels up to the nearest WITH query that it reads; 0: it reads none. */
static Index
reads_outside(Query *query)
{
	Outside		outside = {0, 0};

	query_tree_walker(query, outside_walker, &outside,
					  QTW_EXAMINE_RTES_BEFORE);
	return outside.least;
}

/* A core is made of the level's own subqueries, and of those of raw levels. */
static List *
subqueries_of(CrLevel *level, int nest)
{
	List	   *entries = NIL;
	ListCell   *lc;

	foreach(lc, level->sublinks)
	{
		CrSubLink  *entry = (CrSubLink *) lfirst(lc);

		if (entry->written == NULL)
			continue;
		entry->nest = nest;
		entry->bound = reads_outside(entry->written) != 0;
		entries = lappend(entries, entry);
	}
	foreach(lc, level->sources)
	{
		CrSource   *source = (CrSource *) lfirst(lc);

		if (source->level != NULL && cr_level_is_raw(source->level))
			entries = list_concat(entries,
								  subqueries_of(source->level, nest + 1));
	}
	return entries;
}

/*
 * Copies were made before, and after, the subquery was reshaped.  The same
 * words mean the same where they name no WITH query, or stand as deep.
 */
static CrSubLink *
find_entry(Copies *copies, Node *sublink)
{
	Node	   *subselect = ((SubLink *) sublink)->subselect;
	ListCell   *lc;

	foreach(lc, copies->entries)
	{
		CrSubLink  *entry = (CrSubLink *) lfirst(lc);

		if (entry->bound && entry->nest != (int) copies->depth)
			continue;
		if (equal(subselect, entry->written) ||
			equal(subselect, entry->level->query))
			return entry;
	}
	return NULL;
}

static bool
count_walker(Node *node, Copies *copies)
{
	CrSubLink  *entry = NULL;

	if (node == NULL)
		return false;
	if (IsA(node, Query))
	{
		copies->depth++;
		query_tree_walker((Query *) node, count_walker, copies,
						  QTW_IGNORE_CTE_SUBQUERIES);
		copies->depth--;
		return false;
	}
	if (IsA(node, SubLink))
		entry = find_entry(copies, node);
	if (entry == NULL)
		return expression_tree_walker(node, count_walker, (void *) copies);
	entry->copies++;
	return count_walker(((SubLink *) node)->testexpr, copies);
}

/*
 * The query as it can stand in the WITH list around the core, though it
 * stands so many levels deeper than what is in the core itself; NULL if it
 * reads something of the levels between.
 */
static Query *
bring_up(Query *query, int nest)
{
	Index		levels = reads_outside(query);

	if (levels == 0 || nest == 0)
		return query;
	if ((int) levels <= nest)
		return NULL;
	query = copyObject(query);
	IncrementVarSublevelsUp((Node *) query, -nest, nest + 1);
	return query;
}

/* A name that none of the WITH queries has: the planner takes the first. */
static char *
free_name(CrStatement *statement, List *ctes)
{
	char	   *name;
	bool		taken;

	do
	{
		ListCell   *lc;

		name = psprintf("subquery_%d", ++statement->subqueries);
		taken = false;
		foreach(lc, ctes)
			taken = taken ||
				strcmp(lfirst_node(CommonTableExpr, lc)->ctename, name) == 0;
	} while (taken);
	return name;
}

/* The subquery as an entry of WITH, which is read so often. */
static CommonTableExpr *
make_cte(CrStatement *statement, Query *query, int count, List *ctes)
{
	CommonTableExpr *cte = makeNode(CommonTableExpr);
	ListCell   *lc;

	cte->ctename = free_name(statement, ctes);
	cte->ctematerialized = CTEMaterializeAlways;
	/* some of what reads it is evaluated beside raw rows */
	cte->ctequery = (Node *) cr_reshape_twins(query);
	cte->location = -1;
	cte->cterefcount = count;
	foreach(lc, query->targetList)
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

/* SELECT * FROM cte, so many levels below the query that has it */
static Query *
make_reader(const CommonTableExpr *cte, Index levels)
{
	RangeTblEntry *rte = makeNode(RangeTblEntry);
	Query	   *query = cr_make_select(list_make1(rte),
									   list_make1(cr_make_reference(1)), NULL);
	int			number = 0;
	ListCell   *lc;

	rte->rtekind = RTE_CTE;
	rte->ctename = pstrdup(cte->ctename);
	rte->ctelevelsup = levels;
	rte->coltypes = list_copy(cte->ctecoltypes);
	rte->coltypmods = list_copy(cte->ctecoltypmods);
	rte->colcollations = list_copy(cte->ctecolcollations);
	rte->eref = makeAlias(cte->ctename, copyObject(cte->ctecolnames));
	rte->inFromCl = true;
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
copies_mutator(Node *node, Copies *copies)
{
	CrSubLink  *entry = NULL;
	SubLink    *copy;

	if (node == NULL)
		return NULL;
	if (IsA(node, Query))
	{
		copies->depth++;
		node = (Node *) query_tree_mutator((Query *) node, copies_mutator,
										   (void *) copies,
										   QTW_IGNORE_CTE_SUBQUERIES);
		copies->depth--;
		return node;
	}
	if (IsA(node, SubLink))
		entry = find_entry(copies, node);
	if (entry == NULL || entry->cte == NULL)
		return expression_tree_mutator(node, copies_mutator, (void *) copies);
	copy = makeNode(SubLink);
	memcpy(copy, node, sizeof(SubLink));
	copy->testexpr = copies_mutator(copy->testexpr, copies);
	copy->subselect = (Node *) make_reader(entry->cte, copies->depth + 1);
	return (Node *) copy;
}

/*
 * A copy of the level's core, with each subquery in it that stands there more
 * than once read from "ctes", which are for the query around the core.  A
 * subquery of a raw level that reads a WITH query of that level's cannot be:
 * then the level's statement is said to be left with copies.
 */
Query *
cr_reshape_copies(CrLevel *level, Query *query, List **ctes)
{
	Copies		copies = {subqueries_of(level, 0), 0};
	bool		found = false;
	ListCell   *lc;

	if (copies.entries == NIL)
		return query;
	query_tree_walker(query, count_walker, (void *) &copies,
					  QTW_IGNORE_CTE_SUBQUERIES);
	foreach(lc, copies.entries)
	{
		CrSubLink  *entry = (CrSubLink *) lfirst(lc);
		Query	   *alone;

		/* the planner copies what it pulls up, wherever that is named */
		if (entry->copies < 2 &&
			(entry->copies == 0 || entry->nest == 0 ||
			 is_repeatable(entry->level->query)))
			continue;
		alone = bring_up(entry->level->query, entry->nest);
		if (alone == NULL)
		{
			/* what has a WITH list is not pulled up */
			if (entry->copies > 1)
				level->statement->left_copies = true;
			continue;
		}
		entry->cte = make_cte(level->statement, alone, entry->copies, *ctes);
		*ctes = lappend(*ctes, entry->cte);
		found = true;
	}
	if (!found)
		return query;
	return query_tree_mutator(query, copies_mutator, (void *) &copies,
							  QTW_IGNORE_CTE_SUBQUERIES);
}

/* ---------- sets, which their guards read again ---------- */

/*
 * The set's guard has a FROM like the set's own.  What in it may differ from
 * run to run (sums of floating-point numbers, the row that stands for those
 * that are equal to it, the first rows of many) becomes a WITH query that
 * both read; else the guard may count another set than the one that is asked.
 */
static bool
run_sources_once(CrStatement *statement, CrBase *membership, List **ctes)
{
	int			depth = membership->nest + 1;
	ListCell   *lc;

	foreach(lc, membership->rte->subquery->rtable)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);
		CommonTableExpr *cte;
		Query	   *alone;

		if (rte->rtekind != RTE_SUBQUERY || is_repeatable(rte->subquery))
			continue;
		alone = bring_up(rte->subquery, depth);
		if (alone == NULL)
			return false;
		cte = make_cte(statement, alone, 2, *ctes);
		*ctes = lappend(*ctes, cte);
		rte->subquery = make_reader(cte, depth + 1);
	}
	return true;
}

/* Notes how many raw levels there are from the level's core to the set. */
static bool
find_set(CrLevel *level, CrBase *membership, int nest)
{
	ListCell   *lc;

	membership->nest = nest;
	if (list_member_ptr(level->query->rtable, membership->rte))
		return true;
	foreach(lc, level->sources)
	{
		CrSource   *source = (CrSource *) lfirst(lc);

		if (source->level != NULL && cr_level_is_raw(source->level) &&
			find_set(source->level, membership, nest + 1))
			return true;
	}
	return false;
}

/*
 * Has the guards of the sets that the level's rows are asked to be in read
 * what the sets read.  To be called before they are made.
 */
void
cr_reshape_sets(CrLevel *level, List **ctes)
{
	List	   *done = NIL;
	ListCell   *lc;

	foreach(lc, level->units)
	{
		CrBase	   *base = ((CrUnit *) lfirst(lc))->membership;

		if (base == NULL || !base->tested || list_member_ptr(done, base))
			continue;
		done = lappend(done, base);
		if (!find_set(level, base, 0) ||
			!run_sources_once(level->statement, base, ctes) ||
			bring_up(base->rte->subquery, base->nest) == NULL)
			level->statement->left_copies = true;
	}
}

/* Looks at the conditions that row security has added, and at no others. */
static bool
closed_walker(Node *node, Oid *gate_function)
{
	ListCell   *lc;
	ListCell   *lc2;

	if (node == NULL)
		return false;
	if (!IsA(node, Query))
		return expression_tree_walker(node, closed_walker,
									  (void *) gate_function);
	foreach(lc, ((Query *) node)->rtable)
	{
		foreach(lc2, lfirst_node(RangeTblEntry, lc)->securityQuals)
		{
			FuncExpr   *call = (FuncExpr *) lfirst(lc2);

			if (IsA(call, FuncExpr) && call->funcid == *gate_function)
				return true;
		}
	}
	return query_tree_walker((Query *) node, closed_walker,
							 (void *) gate_function, 0);
}

/* Is there a protected table in it that has not been opened? */
bool
cr_reshape_left_closed(Query *query)
{
	Oid			gate_function = cr_oids_get()->gate_function;

	return closed_walker((Node *) query, &gate_function);
}
