/*-------------------------------------------------------------------------
 *
 * src/inspect/single.c
 *	  Finds relations of one row, and reads the columns of those that are
 *	  constants as constants.
 *
 *	WITH params AS (SELECT 20 AS lo, 40 AS hi)
 *	SELECT count(*) FROM t, params WHERE x BETWEEN lo AND hi
 *
 * is the same query with the numbers in their places; the planner does that
 * too.  A relation of one row multiplies nothing, whatever is in it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/make_expr.h"
#include "inspect/facts.h"
#include "inspect/normalize.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteManip.h"

/* Constants of more nodes than this stay where they are. */
#define CR_MAX_CONSTANT_NODES	100

/* A query, so many below one that has been read as a level. */
typedef struct Place
{
	CrLevel    *level;
	Query	   *query;
	int			depth;
} Place;

/* ---------- at most one row ---------- */

/* Has the query one row at most, whatever its FROM has? */
static bool
is_single_row(Query *query)
{
	int64		limit;

	if (query->setOperations != NULL || query->hasTargetSRFs ||
		query->groupingSets != NIL)
		return false;
	if (query->limitOption == LIMIT_OPTION_COUNT &&
		cr_inspect_limit(query->limitCount, &limit) && limit <= 1)
		return true;
	if (query->groupClause == NIL && (query->hasAggs || query->havingQual))
		return true;
	return query->jointree->fromlist == NIL;
}

/* The query that an entry of FROM stands for, if that is known. */
static bool
find_query(const Place *place, RangeTblEntry *rte, Place *found)
{
	CrCte	   *entry;

	if (rte->rtekind == RTE_SUBQUERY)
	{
		found->level = place->level;
		found->query = rte->subquery;
		found->depth = place->depth + 1;
		return true;
	}
	if (rte->rtekind != RTE_CTE || rte->self_reference ||
		(int) rte->ctelevelsup < place->depth)
		return false;
	entry = cr_level_find_cte(place->level, rte->ctename,
							  rte->ctelevelsup - place->depth);
	if (entry == NULL || entry->cte->cterecursive)
		return false;
	found->level = entry->level;
	found->query = castNode(Query, entry->cte->ctequery);
	found->depth = 0;
	return found->query->commandType == CMD_SELECT;
}

static bool
source_is_single(const Place *place, RangeTblEntry *rte)
{
	Place		found;
	ListCell   *lc;

	if (rte->rtekind == RTE_RESULT)
		return true;
	if (rte->rtekind == RTE_VALUES)
		return list_length(rte->values_lists) == 1;
	if (rte->lateral || !find_query(place, rte, &found))
		return false;
	if (is_single_row(found.query))
		return true;
	if (found.query->setOperations != NULL || found.query->hasTargetSRFs ||
		found.query->groupingSets != NIL)
		return false;
	foreach(lc, found.query->jointree->fromlist)
	{
		Node	   *node = lfirst(lc);

		if (!IsA(node, RangeTblRef) ||
			!source_is_single(&found, rt_fetch(((RangeTblRef *) node)->rtindex,
											   found.query->rtable)))
			return false;
	}
	return true;
}

/* Has an entry of the level's FROM one row at most, whatever stands beside? */
bool
cr_inspect_is_single(CrLevel *level, RangeTblEntry *rte)
{
	Place		place = {level, level->query, 0};

	return source_is_single(&place, rte);
}

/* ---------- rows of constants ---------- */

typedef struct Simple
{
	Index		columns_of;
	int			left;			/* nodes that there may still be */
} Simple;

static bool
not_simple_walker(Node *node, Simple *simple)
{
	if (node == NULL)
		return false;
	if (--simple->left < 0)
		return true;
	switch (nodeTag(node))
	{
		case T_Var:
			return simple->columns_of == 0 ||
				((Var *) node)->varlevelsup != simple->columns_of ||
				((Var *) node)->varattno < 1;
		case T_SubLink:
		case T_Query:
		case T_Aggref:
		case T_GroupingFunc:
		case T_WindowFunc:
			return true;
		case T_Param:
			return ((Param *) node)->paramkind != PARAM_EXTERN;
		case T_FuncExpr:
			if (((FuncExpr *) node)->funcretset)
				return true;
			break;
		default:
			break;
	}
	return expression_tree_walker(node, not_simple_walker, (void *) simple);
}

/*
 * Is it made only of constants, parameters of the statement and, unless
 * columns_of is 0, columns of the query so many levels up; of so many nodes
 * at most, and of nothing volatile?
 */
bool
cr_normalize_is_simple(Node *expr, Index columns_of, int nodes)
{
	Simple		simple = {columns_of, nodes};

	return !not_simple_walker(expr, &simple) &&
		!contain_volatile_functions(expr);
}

/* Is it the same in all rows and at all times of one statement? */
static bool
is_constant(Node *expr)
{
	return cr_normalize_is_simple(expr, 0, CR_MAX_CONSTANT_NODES);
}

/* Puts the row's expressions into the place of columns; keeps whole rows. */
static Node *
replace_column(Var *var, replace_rte_variables_context *context)
{
	List	   *row = (List *) context->callback_arg;
	Node	   *expr;

	if (var->varattno < 1 || var->varattno > list_length(row))
		return (Node *) copyObject(var);
	expr = copyObject(list_nth(row, var->varattno - 1));
	IncrementVarSublevelsUp(expr, var->varlevelsup, 0);
	if (IsA(expr, Var))
		cr_add_nulling((Var *) expr, var);
	return expr;
}

static Node *
replace_in(Node *node, int rti, int levels_up, List *row)
{
	bool		has_sublinks = true;	/* the caller sees to that */

	if (node == NULL ||
		!bms_is_member(rti, pull_varnos_of_level(NULL, node, levels_up)))
		return node;
	return replace_rte_variables(node, rti, levels_up, replace_column, row,
								 &has_sublinks);
}

/* Has the query a row for each row that FROM and WHERE give? */
bool
cr_normalize_gives_rows(const Query *query)
{
	return query->commandType == CMD_SELECT && query->setOperations == NULL &&
		query->groupClause == NIL && query->groupingSets == NIL &&
		query->havingQual == NULL && query->distinctClause == NIL &&
		query->limitCount == NULL && query->limitOffset == NULL &&
		query->rowMarks == NIL && query->cteList == NIL && !query->hasAggs &&
		!query->hasWindowFuncs && !query->hasTargetSRFs;
}

/* Does the query return what FROM has, with nothing done to its rows? */
bool
cr_normalize_is_plain(const Query *query)
{
	return query->jointree->quals == NULL && cr_normalize_gives_rows(query);
}

static List *constant_row(const Place *place, RangeTblEntry *rte);

/* The one row of a query, as a list of constant expressions; or NIL. */
static List *
constant_target(const Place *place)
{
	Query	   *query = place->query;
	List	   *source = NIL;
	List	   *row = NIL;
	int			rti = 0;
	ListCell   *lc;

	if (!cr_normalize_is_plain(query) ||
		list_length(query->jointree->fromlist) > 1)
		return NIL;
	if (query->jointree->fromlist != NIL)
	{
		Node	   *node = linitial(query->jointree->fromlist);

		if (!IsA(node, RangeTblRef))
			return NIL;
		rti = ((RangeTblRef *) node)->rtindex;
		source = constant_row(place, rt_fetch(rti, query->rtable));
		if (source == NIL)
			return NIL;
	}
	foreach(lc, query->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);
		Node	   *expr = rti == 0 ? (Node *) tle->expr :
			replace_in((Node *) tle->expr, rti, 0, source);

		if (!is_constant(expr))
			return NIL;
		if (!tle->resjunk)
			row = lappend(row, expr);
	}
	return row;
}

static List *
constant_row(const Place *place, RangeTblEntry *rte)
{
	Place		found;
	ListCell   *lc;

	check_stack_depth();
	if (rte->rtekind == RTE_VALUES && list_length(rte->values_lists) == 1)
	{
		foreach(lc, (List *) linitial(rte->values_lists))
		{
			if (!is_constant(lfirst(lc)))
				return NIL;
		}
		return linitial(rte->values_lists);
	}
	return find_query(place, rte, &found) ? constant_target(&found) : NIL;
}

/* ---------- in the place of columns ---------- */

/*
 * Puts expressions in the place of the columns of an entry of FROM, wherever
 * the query names them.  Says whether nothing names the entry any more.
 */
bool
cr_normalize_replace_columns(Query *query, int rti, List *row)
{
	bool		left;
	ListCell   *lc;

	query->targetList = (List *)
		replace_in((Node *) query->targetList, rti, 0, row);
	query->jointree = (FromExpr *)
		replace_in((Node *) query->jointree, rti, 0, row);
	query->havingQual = replace_in(query->havingQual, rti, 0, row);
	left = bms_is_member(rti, pull_varnos(NULL, (Node *) query->targetList)) ||
		bms_is_member(rti, pull_varnos(NULL, query->havingQual)) ||
		bms_is_member(rti, pull_varnos(NULL, (Node *) query->jointree));
	foreach(lc, query->rtable)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);

		rte->subquery = (Query *)
			replace_in((Node *) rte->subquery, rti, 1, row);
		rte->functions = (List *)
			replace_in((Node *) rte->functions, rti, 0, row);
		rte->values_lists = (List *)
			replace_in((Node *) rte->values_lists, rti, 0, row);
		left = left ||
			bms_is_member(rti, pull_varnos_of_level(NULL,
													(Node *) rte->subquery,
													1));
	}
	return !left;
}

/* Is it a LEFT JOIN ON true of a SELECT without FROM, or of one row? */
static bool
always_matches(Query *query, JoinExpr *join)
{
	RangeTblEntry *rte;
	List	   *from;

	if (!IsA(join->rarg, RangeTblRef) ||
		(join->quals != NULL &&
		 !(IsA(join->quals, Const) &&
		   !((Const *) join->quals)->constisnull &&
		   DatumGetBool(((Const *) join->quals)->constvalue))))
		return false;
	rte = rt_fetch(((RangeTblRef *) join->rarg)->rtindex, query->rtable);
	if (rte->rtekind != RTE_SUBQUERY || !cr_normalize_is_plain(rte->subquery))
		return false;
	from = rte->subquery->jointree->fromlist;
	if (from == NIL)
		return true;
	if (list_length(from) != 1 || !IsA(linitial(from), RangeTblRef))
		return false;
	rte = rt_fetch(((RangeTblRef *) linitial(from))->rtindex,
				   rte->subquery->rtable);
	return rte->rtekind == RTE_VALUES && list_length(rte->values_lists) == 1;
}

/*
 * Entries of FROM that no outer join extends with nulls.  LEFT JOIN ON true
 * of a relation that always has a row does not.
 */
static List *
never_null(Query *query, Node *node, List *found)
{
	JoinExpr   *join = (JoinExpr *) node;
	ListCell   *lc;

	if (IsA(node, RangeTblRef))
		return lappend_int(found, ((RangeTblRef *) node)->rtindex);
	if (IsA(node, FromExpr))
	{
		foreach(lc, ((FromExpr *) node)->fromlist)
			found = never_null(query, lfirst(lc), found);
		return found;
	}
	if (join->jointype == JOIN_INNER || join->jointype == JOIN_LEFT)
		found = never_null(query, join->larg, found);
	if (join->jointype == JOIN_INNER || join->jointype == JOIN_RIGHT ||
		(join->jointype == JOIN_LEFT && always_matches(query, join)))
		found = never_null(query, join->rarg, found);
	return found;
}

/* Indexes of the entries of FROM that no outer join extends with nulls. */
List *
cr_normalize_never_null(Query *query)
{
	return never_null(query, (Node *) query->jointree, NIL);
}

/* ---------- as values ---------- */

/*
 * (SELECT lo FROM params) is a constant.  (SELECT a FROM averages), where
 * that has one row, says so with a LIMIT.
 */
static Node *
read_scalar(SubLink *sublink, CrLevel *level)
{
	Place		place = {level, castNode(Query, sublink->subselect), 1};
	Query	   *query = place.query;
	List	   *row = constant_target(&place);
	RangeTblEntry *rte;
	Node	   *from;

	if (list_length(row) == 1)
		return linitial(row);
	if (!cr_normalize_is_plain(query) ||
		list_length(query->jointree->fromlist) != 1)
		return (Node *) sublink;
	from = linitial(query->jointree->fromlist);
	if (!IsA(from, RangeTblRef))
		return (Node *) sublink;
	rte = rt_fetch(((RangeTblRef *) from)->rtindex, query->rtable);
	if (source_is_single(&place, rte))
	{
		query->limitOption = LIMIT_OPTION_COUNT;
		query->limitCount = (Node *) cr_make_int8(1);
	}
	return (Node *) sublink;
}

static Node *
scalar_mutator(Node *node, CrLevel *level)
{
	if (node == NULL || IsA(node, Query))
		return node;
	if (IsA(node, SubLink) &&
		((SubLink *) node)->subLinkType == EXPR_SUBLINK)
		return read_scalar((SubLink *) node, level);
	return expression_tree_mutator(node, scalar_mutator, (void *) level);
}

/*
 * Reads constants that come from relations of one row as constants, in
 * place.  The WITH queries of the level have been read.
 */
void
cr_normalize_constants(CrLevel *level)
{
	Query	   *query = level->query;
	Place		place = {level, query, 0};
	ListCell   *lc;

	foreach(lc, cr_normalize_never_null(query))
	{
		RangeTblEntry *rte = rt_fetch(lfirst_int(lc), query->rtable);
		List	   *row = rte->lateral ? NIL : constant_row(&place, rte);

		if (row != NIL)
			cr_normalize_replace_columns(query, lfirst_int(lc), row);
	}
	if (!query->hasSubLinks)
		return;
	query->targetList = (List *)
		scalar_mutator((Node *) query->targetList, level);
	query->jointree = (FromExpr *)
		scalar_mutator((Node *) query->jointree, level);
	query->havingQual = scalar_mutator(query->havingQual, level);
}
