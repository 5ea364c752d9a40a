/*-------------------------------------------------------------------------
 *
 * src/gate/construct.c
 *	  Rules: constructs that are refused over raw rows, and what may stand in
 *	  FROM beside them.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/errcodes.h"
#include "catalog/pg_class.h"
#include "gate/gate.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"

static CrVerdict *
refuse(const char *what, const char *hint)
{
	return cr_verdict_refuse(CR_ERRCODE_CONSTRUCT, -1,
							 psprintf("%s is not allowed over protected rows",
									  what),
							 hint);
}

static bool
grouping_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, GroupingFunc))
		return true;
	return expression_tree_walker(node, grouping_walker, context);
}

#define RANGE_JOIN \
	"SELECT c.day, count(*) FROM calendar c JOIN t ON t.since <= c.day AND t.till >= c.day GROUP BY c.day"
#define HINT_RANGE \
	"Join the tables on their join keys instead, or a calendar by range: " RANGE_JOIN "; for the first few of each group use row_number() over the released rows."

/* Constructs of a level that raw rows flow into. */
static CrVerdict *
check_over_raw_rows(CrLevel *level)
{
	Query	   *query = level->query;

	if (level->full_join)
		return refuse("FULL JOIN",
					  "Use LEFT or RIGHT JOIN, or two queries.");
	if (query->rowMarks != NIL)
		return refuse("FOR UPDATE or FOR SHARE",
					  "Leave out the locking clause.");
	if (query->groupingSets != NIL)
		return refuse("GROUPING SETS, ROLLUP or CUBE",
					  "Group in a subquery and apply ROLLUP or CUBE to its released rows.");
	if (grouping_walker((Node *) query->targetList, NULL) ||
		grouping_walker(query->havingQual, NULL))
		return refuse("GROUPING()",
					  "Leave it out: without grouping sets it is 0. Over released rows it is free.");
	if (cr_inspect_refers_outside(query))
		return refuse("a correlated or LATERAL subquery",
					  HINT_RANGE);
	return NULL;
}

/* Constructs of a level that raw rows flow out of. */
static CrVerdict *
check_raw_level(CrLevel *level)
{
	Query	   *query = level->query;

	if (query->hasWindowFuncs)
		return refuse("a window function",
					  "Aggregate first, and use the window function over the released rows; each person's first or last day is min(day) or max(day) in a subquery that groups by the unit, to be joined with.");
	/* at the top, that rows leave at all is the better answer */
	if (level->parent != NULL &&
		(query->limitCount != NULL || query->limitOffset != NULL))
		return refuse("LIMIT or OFFSET",
					  "Move it to the outermost query, over the released rows.");
	if (query->hasDistinctOn)
		return refuse("DISTINCT ON",
					  "Use GROUP BY; the first day of each person is min(day) in a subquery that groups by the unit.");
	if (query->distinctClause != NIL)
		return refuse("DISTINCT over grouped people",
					  "Leave out DISTINCT: GROUP BY gives each group once.");
	if (query->hasTargetSRFs)
		return refuse("a set-returning function",
					  "Aggregate first, and call it over the released rows.");
	return NULL;
}

static bool
outer_aggregate_walker(Node *node, Index *depth)
{
	bool		result;

	if (node == NULL)
		return false;
	if ((IsA(node, Aggref) && ((Aggref *) node)->agglevelsup > *depth) ||
		(IsA(node, GroupingFunc) &&
		 ((GroupingFunc *) node)->agglevelsup > *depth))
		return true;
	if (!IsA(node, Query))
		return expression_tree_walker(node, outer_aggregate_walker, depth);
	(*depth)++;
	result = query_tree_walker((Query *) node, outer_aggregate_walker,
							   depth, 0);
	(*depth)--;
	return result;
}

/* Does a sub-select contain an aggregate of a level around it? */
static bool
has_outer_aggregate(Query *query)
{
	Index		depth = 0;

	return query_tree_walker(query, outer_aggregate_walker, &depth, 0);
}

#define HINT_CALENDAR \
	"Join the tables and group by the column that it refers to: " RANGE_JOIN ". Groups of nobody are missing from that: join them with the calendar again."
#define HINT_CORRELATED \
	"Write key IN (SELECT unit ... GROUP BY unit HAVING ...), or compute it for each person in a subquery that groups by the unit, and join that; join other tables on a unique key of theirs, and group by it. Of each row of a person, write (unit, key) IN (SELECT unit, key ... GROUP BY unit, key HAVING count(*) > 1). Each person's last row is JOIN (SELECT unit, max(day) AS day ... GROUP BY unit) l ON l.unit = t.unit AND l.day = t.day."

/* Is it asked for rows that agree in several columns? */
static bool
compares_several(const SubLink *sublink)
{
	Query	   *query = castNode(Query, sublink->subselect);
	int			columns = 0;
	ListCell   *lc;

	if (query->hasAggs || query->groupClause != NIL)
		return false;
	if (sublink->subLinkType != EXISTS_SUBLINK)
		return list_length(query->targetList) > 1;
	foreach(lc, make_ands_implicit((Expr *) query->jointree->quals))
	{
		Node	   *left;
		Node	   *right;

		if (cr_inspect_equality(lfirst(lc), &left, &right) &&
			contain_vars_of_level(lfirst(lc), 1))
			columns++;
	}
	return columns > 1;
}

/* Does the query refer to several relations of the one around it? */
static bool
refers_to_several(Query *query)
{
	List	   *vars = pull_vars_of_level((Node *) query, 1);
	ListCell   *lc;

	foreach(lc, vars)
	{
		if (lfirst_node(Var, lc)->varno != linitial_node(Var, vars)->varno)
			return true;
	}
	return false;
}

#define HINT_ANYBODY \
	"Whether there is anybody is count(*) > 0: SELECT count(*) > 0 FROM ... WHERE ...; as a condition, (SELECT count(*) > 0 FROM ... WHERE ...)."
#define HINT_SEVERAL \
	"EXISTS may compare one table of the query with its own. To compare rows of several, join those that match: JOIN (SELECT DISTINCT t.unit, t.key, b.person FROM t JOIN a ON a.unit = t.unit JOIN b ON b.person = a.person AND b.day <= t.day) m ON m.unit = t.unit AND m.key = t.key, with the units of all tables in SELECT; those who have none are all less these."

/* First and last rows are asked for by several columns, or by EXISTS. */
static const char *
hint_of_rows(const SubLink *sublink)
{
	Query	   *query = castNode(Query, sublink->subselect);

	if (sublink->subLinkType == EXISTS_SUBLINK &&
		!cr_inspect_refers_outside(query))
		return HINT_ANYBODY;
	if (sublink->subLinkType == EXISTS_SUBLINK && refers_to_several(query))
		return HINT_SEVERAL;
	if (compares_several(sublink))
		return "Rows that agree in the unit and in other keys are asked for with EXISTS or NOT EXISTS (SELECT ... WHERE unit = t.unit AND key = t.key), which may compare dimensions of one table of the query, or with (unit, key) IN (SELECT unit, key ...) as a condition of WHERE.";
	if (sublink->subLinkType == EXISTS_SUBLINK ||
		list_length(query->targetList) > 1)
		return "A column that is not the table's unit is asked for with x IN (SELECT x ... GROUP BY x), from which values of few people are missing. Each person's last row is JOIN (SELECT unit, max(day) AS day ... GROUP BY unit) l ON l.unit = t.unit AND l.day = t.day, and the first one with min(day); who has a row after another, with EXISTS or NOT EXISTS (SELECT ... WHERE unit = t.unit AND day > t.day), which may compare dimensions of one table of the query, beside the unit; of a subquery by person, count(DISTINCT f.unit) FROM f JOIN t ON t.unit = f.unit AND t.day > f.day.";
	return "Join the tables on their join keys, or aggregate inside the subquery; ask who is in it with key IN (SELECT unit ...), grouped by the unit alone, or with EXISTS (SELECT ... WHERE unit = key); of a column that is not the unit, with x IN (SELECT x ... GROUP BY x), from which values of few people are missing.";
}

/*
 * Does the level only compare released groups with what is around it?  Then
 * none of the queries that release them names anything outside.
 */
static bool
is_over_groups(const CrLevel *level)
{
	ListCell   *lc;

	if (level->kind != CR_LEVEL_PUBLIC)
		return !cr_level_is_raw(level) &&
			!cr_inspect_refers_outside(level->query);
	foreach(lc, level->sources)
	{
		CrSource   *source = (CrSource *) lfirst(lc);

		if (source->level != NULL && !is_over_groups(source->level))
			return false;
	}
	foreach(lc, level->sublinks)
	{
		if (!is_over_groups(((CrSubLink *) lfirst(lc))->level))
			return false;
	}
	foreach(lc, level->branches)
	{
		if (!is_over_groups((CrLevel *) lfirst(lc)))
			return false;
	}
	return true;
}

/* Could a sub-select that refers to rows around it tell of single rows? */
static bool
is_correlated(const CrLevel *level, const CrSubLink *entry)
{
	Query	   *query = (Query *) entry->sublink->subselect;

	if (!cr_inspect_refers_outside(query))
		return false;
	if (entry->in_core)
		return true;
	if (level->kind == CR_LEVEL_PUBLIC)
		return cr_inspect_touches(query) && !is_over_groups(entry->level);
	return cr_inspect_touches(query) || has_outer_aggregate(query);
}

static CrVerdict *
check_sublinks(CrLevel *level)
{
	ListCell   *lc;

	foreach(lc, level->sublinks)
	{
		CrSubLink  *entry = (CrSubLink *) lfirst(lc);

		if (cr_level_is_raw(entry->level))
			return refuse("a subquery in an expression that reads single protected rows",
						  hint_of_rows(entry->sublink));
		if (is_correlated(level, entry))
			return refuse("a correlated subquery",
						  level->kind == CR_LEVEL_PUBLIC ?
						  HINT_CALENDAR : HINT_CORRELATED);
	}
	return NULL;
}

static bool
is_union_all(Node *node)
{
	SetOperationStmt *op = (SetOperationStmt *) node;

	return !IsA(node, SetOperationStmt) ||
		(op->op == SETOP_UNION && op->all &&
		 is_union_all(op->larg) && is_union_all(op->rarg));
}

/* Everything about a level that does not depend on columns. */
CrVerdict *
cr_rule_constructs(CrLevel *level)
{
	CrVerdict  *refusal = NULL;
	ListCell   *lc;

	/* rows that are read again by a lock are not watched */
	if (level->query->rowMarks != NIL && cr_inspect_touches(level->query))
		return refuse("FOR UPDATE or FOR SHARE",
					  "Leave out the locking clause, or lock rows in a statement of its own.");
	if (level->stray_protected)
		return refuse("this use of a protected table",
					  "Name the table in FROM.");
	foreach(lc, level->ctes)
	{
		CrCte	   *entry = (CrCte *) lfirst(lc);

		if (entry->cte->cterecursive &&
			cr_inspect_touches((Query *) entry->cte->ctequery))
			return refuse("WITH RECURSIVE",
						  "Recurse over released rows, or over tables that are not protected.");
	}
	if (cr_level_unites_rows(level))
		return refuse(is_union_all(level->query->setOperations) ?
					  "this use of a UNION ALL of rows" :
					  "UNION, INTERSECT or EXCEPT of rows",
					  "Count who is in both with IN (SELECT ...), and who is in one alone with NOT EXISTS. Or aggregate in each branch and combine the released rows; or use UNION ALL, give each branch a constant of its own (not a parameter) and group by that, or ask for count, sum and avg, and for count(DISTINCT unit).");
	refusal = check_sublinks(level);
	if (refusal == NULL && level->kind != CR_LEVEL_PUBLIC)
		refusal = check_over_raw_rows(level);
	if (refusal == NULL && cr_level_is_raw(level))
		refusal = check_raw_level(level);
	return refusal;
}

/* One protected table of FROM. */
static CrVerdict *
check_protected(CrSource *source)
{
	CrPolicy   *policy = source->base->policy;

	if (!policy->readable)
		return cr_verdict_refuse(CR_ERRCODE_CONSTRUCT, -1,
								 psprintf("the policy of table \"%s\" cannot be used: %s",
										  source->base->name,
										  policy->unreadable_why ?
										  policy->unreadable_why : "unknown"),
								 "Its owner can set it right with cleanroom.protect().");
	if (source->rte->tablesample != NULL)
		return refuse("TABLESAMPLE", "Leave out the sampling clause.");
	return NULL;
}

#define HINT_LATERAL \
	"Name what is computed of a row in a subquery, SELECT ... FROM (SELECT t.*, a + b AS sum FROM t) AS t, or in LATERAL (SELECT a + b AS sum) without FROM; join other tables on their join keys, or what a subquery that groups by the unit finds of each person."

/*
 * One entry of FROM at a level with raw rows.  Subqueries are judged as
 * levels, and what is public in them by cr_rule_quiet().
 */
CrVerdict *
cr_rule_source(CrLevel *level, CrSource *source)
{
	if (source->base != NULL && source->base->kind == CR_BASE_PROTECTED)
		return check_protected(source);
	if (level->kind == CR_LEVEL_PUBLIC)
		return NULL;			/* released rows may be joined laterally */
	if (contain_vars_of_level((Node *) source->rte->functions, 0) ||
		contain_vars_of_level((Node *) source->rte->values_lists, 0) ||
		source->rte->rtekind == RTE_TABLEFUNC)
		return refuse("a function or VALUES list over columns of other tables",
					  HINT_LATERAL);
	if (source->rte->rtekind == RTE_SUBQUERY &&
		cr_inspect_refers_outside(source->rte->subquery))
		return refuse("a LATERAL subquery", HINT_LATERAL);
	return NULL;
}
