/*-------------------------------------------------------------------------
 *
 * src/inspect/level.c
 *	  Reads a rewritten SELECT into a tree of levels.
 *
 * A public level is not looked into.  The tree is normalized on the way
 * (normalize.c); apart from that nothing is changed, and nothing is judged.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "catalog/pg_class.h"
#include "inspect/arms.h"
#include "inspect/facts.h"
#include "inspect/normalize.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/tlist.h"
#include "parser/parsetree.h"
#include "utils/lsyscache.h"

/* Do the level's rows belong to single privacy units? */
bool
cr_level_is_raw(const CrLevel *level)
{
	return level->kind == CR_LEVEL_ROW || level->kind == CR_LEVEL_UNIT;
}

/* ---------- FROM ---------- */

static CrSource *
read_source(CrLevel *level, int rti)
{
	CrStatement *statement = level->statement;
	CrSource   *source = palloc0(sizeof(CrSource));
	RangeTblEntry *rte = rt_fetch(rti, level->query->rtable);
	CrPolicy   *policy = NULL;

	source->rti = rti;
	source->rte = rte;
	if (rte->rtekind == RTE_SUBQUERY)
		source->level = cr_level_read(statement, rte->subquery, level);
	else if (rte->rtekind == RTE_CTE)
	{
		CrCte	   *entry = cr_level_find_cte(level, rte->ctename,
											  rte->ctelevelsup);

		source->level = entry != NULL ? entry->level : NULL;
	}

	if (rte->rtekind == RTE_RELATION)
		policy = cr_base_find_policy(rte->relid);
	if (policy != NULL)
		source->base = cr_base_make_protected(statement, rte, policy);
	else if (source->level == NULL || !cr_level_is_raw(source->level))
	{
		source->base = cr_base_make_public(statement, rte, source->level);
		source->base->single = cr_inspect_is_single(level, rte);
	}
	else if (source->level->kind == CR_LEVEL_UNIT)
		source->base = cr_base_make_unit_level(statement, rte,
											   source->level);
	if (source->base != NULL)
		source->base->membership = cr_match_find(statement, rte);
	return source;
}

/* Is the clause the ON by which a membership has been joined? */
static bool
joins_membership(CrLevel *level, bool inner, Bitmapset *limited)
{
	int			id;

	return !inner && bms_get_singleton_member(limited, &id) &&
		cr_inspect_base(level->statement, id)->membership != NULL;
}

static void
add_clauses(CrLevel *level, Node *quals, bool inner, Bitmapset *limited,
			Bitmapset *joins)
{
	if (quals == NULL)
		return;
	if (is_andclause(quals))
	{
		ListCell   *lc;

		foreach(lc, ((BoolExpr *) quals)->args)
			add_clauses(level, lfirst(lc), inner, limited, joins);
	}
	else
	{
		CrClause   *clause = palloc0(sizeof(CrClause));

		clause->written = quals;
		clause->inner = inner;
		clause->limited = limited;
		clause->joins = joins;
		clause->membership = joins_membership(level, inner, limited);
		level->clauses = lappend(level->clauses, clause);
	}
}

static Bitmapset *
bases_from(CrLevel *level, int first)
{
	Bitmapset  *bases = NULL;
	int			i;

	for (i = first; i < list_length(level->sources); i++)
	{
		CrSource   *source = (CrSource *) list_nth(level->sources, i);

		if (source->base != NULL)
			bases = bms_add_member(bases, source->base->id);
		else
			bases = bms_join(bases, bases_from(source->level, 0));
	}
	return bases;
}

static void read_from(CrLevel *level, Node *node, Bitmapset *nulling);

static void
read_join(CrLevel *level, JoinExpr *join, Bitmapset *nulling)
{
	Bitmapset  *deeper = bms_add_member(bms_copy(nulling), join->rtindex);
	Node	   *first = join->larg;
	Node	   *second = join->rarg;
	int			count;

	/* the side that may be extended with nulls comes second */
	if (join->jointype == JOIN_RIGHT)
	{
		first = join->rarg;
		second = join->larg;
	}
	read_from(level, first, join->jointype == JOIN_FULL ? deeper : nulling);
	count = list_length(level->sources);
	read_from(level, second,
			  join->jointype == JOIN_INNER ? nulling : deeper);
	if (join->jointype == JOIN_FULL)
		level->full_join = true;
	add_clauses(level, join->quals, join->jointype == JOIN_INNER,
				bases_from(level, count), deeper);
}

static void
read_from(CrLevel *level, Node *node, Bitmapset *nulling)
{
	if (IsA(node, RangeTblRef))
	{
		CrSource   *source = read_source(level,
										 ((RangeTblRef *) node)->rtindex);

		source->nulling = nulling;
		if (!bms_is_empty(nulling))
			cr_base_mark_nullable(source);
		level->sources = lappend(level->sources, source);
	}
	else if (IsA(node, FromExpr))
	{
		ListCell   *lc;

		foreach(lc, ((FromExpr *) node)->fromlist)
			read_from(level, lfirst(lc), nulling);
		add_clauses(level, ((FromExpr *) node)->quals, true, NULL, nulling);
	}
	else
		read_join(level, castNode(JoinExpr, node), nulling);
}

static bool
has_raw_source(CrLevel *level)
{
	ListCell   *lc;

	foreach(lc, level->sources)
	{
		CrSource   *source = (CrSource *) lfirst(lc);

		if (source->base == NULL || cr_inspect_base_is_raw(source->base))
			return true;
	}
	return false;
}

/* Every protected table of the range table must be a source. */
static void
find_strays(CrLevel *level)
{
	ListCell   *lc;

	foreach(lc, level->query->rtable)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);
		ListCell   *lc2;
		bool		found = false;

		if (rte->rtekind != RTE_RELATION || rte->relkind == RELKIND_VIEW ||
			!cr_policy_exists(rte->relid))
			continue;
		foreach(lc2, level->sources)
			found = found || ((CrSource *) lfirst(lc2))->rte == rte;
		if (!found)
			level->stray_protected = true;
	}
}

/* ---------- sub-selects and aggregates ---------- */

typedef struct CollectContext
{
	CrLevel    *level;
	bool		in_core;
} CollectContext;

static void
add_aggregate(CrLevel *level, Aggref *aggref)
{
	CrAggregate *entry;
	ListCell   *lc;

	foreach(lc, level->aggregates)
	{
		if (equal(((CrAggregate *) lfirst(lc))->aggref, aggref))
			return;
	}
	entry = palloc0(sizeof(CrAggregate));
	entry->aggref = aggref;
	foreach(lc, aggref->args)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		entry->arguments = lappend(entry->arguments,
								   cr_inspect_expand(level,
													 (Node *) tle->expr));
	}
	entry->filter = cr_inspect_expand(level, (Node *) aggref->aggfilter);
	level->aggregates = lappend(level->aggregates, entry);
}

/* Where several conditions were made of one, each changes its sub-select. */
static void
own_subselect(const CrLevel *level, SubLink *sublink)
{
	ListCell   *lc;

	foreach(lc, level->sublinks)
	{
		if (((CrSubLink *) lfirst(lc))->sublink->subselect ==
			sublink->subselect)
		{
			sublink->subselect = copyObject(sublink->subselect);
			return;
		}
	}
}

static bool
collect_walker(Node *node, CollectContext *context)
{
	if (node == NULL || IsA(node, Query))
		return false;
	if (IsA(node, SubLink))
	{
		SubLink    *sublink = (SubLink *) node;
		CrSubLink  *entry = palloc0(sizeof(CrSubLink));

		own_subselect(context->level, sublink);
		entry->sublink = sublink;
		entry->in_core = context->in_core;
		entry->level = cr_level_read(context->level->statement,
								   castNode(Query, sublink->subselect),
								   context->level);
		context->level->sublinks = lappend(context->level->sublinks, entry);
		return collect_walker(sublink->testexpr, context);
	}
	if (IsA(node, Aggref) && ((Aggref *) node)->agglevelsup == 0)
	{
		bool		saved = context->in_core;

		if (context->level->kind != CR_LEVEL_PUBLIC)
		{
			add_aggregate(context->level, (Aggref *) node);
			context->in_core = true;
		}
		expression_tree_walker(node, collect_walker, context);
		context->in_core = saved;
		return false;
	}
	return expression_tree_walker(node, collect_walker, context);
}

static bool
is_group_key(Query *query, TargetEntry *tle)
{
	return tle->ressortgroupref != 0 &&
		get_sortgroupref_clause_noerr(tle->ressortgroupref,
									  query->groupClause) != NULL;
}

/* Sub-selects of WHERE, ON, FROM and the rest; aggregates of the level. */
static void
collect(CrLevel *level)
{
	Query	   *query = level->query;
	bool		raw = level->kind != CR_LEVEL_PUBLIC;
	CollectContext context = {level, raw};
	ListCell   *lc;

	collect_walker((Node *) query->jointree, &context);
	range_table_walker(query->rtable, collect_walker, &context, 0);
	foreach(lc, query->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		context.in_core = cr_level_is_raw(level) || is_group_key(query, tle);
		collect_walker((Node *) tle->expr, &context);
	}
	context.in_core = level->kind == CR_LEVEL_UNIT;
	collect_walker(query->havingQual, &context);
	context.in_core = cr_level_is_raw(level);
	collect_walker((Node *) query->windowClause, &context);
	collect_walker(query->limitCount, &context);
	collect_walker(query->limitOffset, &context);
}

/* ---------- the level itself ---------- */

static void
read_group_entries(CrLevel *level)
{
	Query	   *query = level->query;
	ListCell   *lc;

	level->group_entries = NIL;
	level->group_keys = NIL;
	foreach(lc, query->groupClause)
	{
		TargetEntry *tle = get_sortgroupclause_tle(lfirst(lc),
												   query->targetList);

		level->group_entries = lappend(level->group_entries, tle);
		level->group_keys = lappend(level->group_keys,
									cr_inspect_expand(level,
													  (Node *) tle->expr));
	}
}

static void
read_columns(CrLevel *level)
{
	ListCell   *lc;

	foreach(lc, level->query->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		if (!tle->resjunk)
			level->columns = lappend(level->columns,
									 cr_inspect_expand(level,
													   (Node *) tle->expr));
	}
}

static void
read_raw_level(CrLevel *level)
{
	Query	   *query = level->query;
	ListCell   *lc;

	cr_normalize_distinct(query);
	foreach(lc, level->clauses)
	{
		CrClause   *clause = (CrClause *) lfirst(lc);

		clause->expanded = cr_inspect_expand(level, clause->written);
	}
	cr_match_read_clauses(level);
	cr_level_read_units(level);
	if (query->hasAggs || query->groupClause != NIL ||
		query->groupingSets != NIL || query->havingQual != NULL)
	{
		read_group_entries(level);
		level->kind = cr_level_groups_by_units(level) ?
			CR_LEVEL_UNIT : CR_LEVEL_RELEASED;
		cr_normalize_constant_extremes(query);
		if (level->kind == CR_LEVEL_UNIT)
			cr_normalize_pivots(query);
		else
		{
			cr_normalize_hoist(query);
			cr_normalize_split(level);
		}
		/* these have written the target list anew */
		read_group_entries(level);
	}
	else
		level->kind = CR_LEVEL_ROW;
	cr_match_defer(level);
	if (cr_level_is_raw(level))
	{
		read_columns(level);
		cr_level_place_units(level);
	}
}

static bool
read_branches(Node *node, CrLevel *level)
{
	if (node != NULL && IsA(node, RangeTblRef))
	{
		RangeTblEntry *rte = rt_fetch(((RangeTblRef *) node)->rtindex,
									  level->query->rtable);

		level->branches = lappend(level->branches,
								  cr_level_read(level->statement,
											  rte->subquery, level));
	}
	else if (node != NULL)
	{
		SetOperationStmt *op = castNode(SetOperationStmt, node);

		read_branches(op->larg, level);
		read_branches(op->rarg, level);
	}
	return false;
}

/*
 * Reads a query as a level below the parent, or the top.  Normalizes it.
 */
CrLevel *
cr_level_read(CrStatement *statement, Query *query, CrLevel *parent)
{
	CrLevel    *level = palloc0(sizeof(CrLevel));

	check_stack_depth();
	CHECK_FOR_INTERRUPTS();
	level->kind = CR_LEVEL_PUBLIC;
	level->query = query;
	level->statement = statement;
	level->parent = parent;
	cr_level_read_ctes(level);
	if (!cr_inspect_touches(query))
		return level;
	if (query->setOperations == NULL)
	{
		cr_normalize_names(query);
		cr_normalize_constants(level);
		cr_normalize_lateral(query);
		cr_normalize_calls(query);
		cr_normalize_grouped_joins(statement, query);
		cr_normalize_pull_up(statement, query);
		cr_normalize_lift(query);
		cr_distribute_unions(level);
		if (query->setOperations == NULL &&
			cr_normalize_unmatched_groups(statement, query))
			return cr_level_read(statement, query, parent);
	}
	if (query->setOperations != NULL)
		read_branches(query->setOperations, level);
	else
	{
		cr_normalize_membership(statement, query);
		cr_normalize_match_counts(statement, query);
		read_from(level, (Node *) query->jointree, NULL);
		find_strays(level);
		if (has_raw_source(level))
			read_raw_level(level);
		if (level->kind == CR_LEVEL_RELEASED &&
			cr_normalize_divided_groups(level))
			return cr_level_read(statement, query, parent);
	}
	if (cr_level_joins_owners(level))
		statement->joins_owners = true;
	collect(level);
	return level;
}

/*
 * Reads a rewritten SELECT statement.  The result lives in the current
 * memory context and points into the query.
 */
CrStatement *
cr_inspect_statement(Query *query, bool any_use)
{
	CrStatement *statement = palloc0(sizeof(CrStatement));

	statement->any_use = any_use;
	cr_normalize_limits(query);
	statement->top = cr_level_read(statement, query, NULL);
	cr_match_mark(statement->top);
	return statement;
}
