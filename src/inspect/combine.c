/*-------------------------------------------------------------------------
 *
 * src/inspect/combine.c
 *	  Writes aggregates over a UNION ALL of rows with what each branch
 *	  releases.
 *
 *	SELECT g, sum(x) FROM (a UNION ALL b) u GROUP BY g HAVING h
 *
 * Where g is a constant that differs from branch to branch, no group has rows
 * of two branches, and the query is a UNION ALL of queries over each.  Else
 * it is
 *
 *	SELECT g, sum(s)
 *	FROM (SELECT g, sum(x) AS s FROM a GROUP BY g
 *		  UNION ALL SELECT g, sum(x) FROM b GROUP BY g) AS branches
 *	GROUP BY g HAVING count(*) = 2
 *
 * so that a group is there when every branch releases it.  A branch with too
 * few people in the group and one with nobody look alike: neither has the
 * group.  Nothing less would do: added up over two branches, many people
 * would hide one, whom a query over the first branch alone brings to light.
 *
 * Branches that a condition on their constants leaves out do not count.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/make_query.h"
#include "inspect/arms.h"
#include "inspect/normalize.h"
#include "inspect/shell.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/tlist.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteManip.h"
#include "utils/lsyscache.h"

typedef struct Combination
{
	CrLevel    *level;
	Query	   *query;
	int			rti;			/* the UNION ALL in its FROM */
	List	   *branches;		/* those that can have rows */
	CrShell		shell;			/* its keys, which they may compute */
	bool		possible;
} Combination;

static void
drop_empty_branches(Combination *all, List *branches)
{
	ListCell   *lc;

	foreach(lc, branches)
	{
		if (!cr_arm_never(all->rti, lfirst_node(Query, lc),
						  all->query->jointree->quals))
			all->branches = lappend(all->branches, lfirst(lc));
	}
	if (all->branches == NIL)
		all->branches = list_make1(linitial(branches));
}

static bool
counts_people(const Combination *all)
{
	CrArms		arms = {all->query, all->rti, all->branches,
		all->shell.key_exprs};
	ListCell   *lc;

	foreach(lc, all->shell.aggregates)
	{
		if (cr_arms_count_people(&arms, lfirst_node(Aggref, lc)))
			return true;
	}
	return false;
}

/* May it have other rows where it is written, and run, once more? */
static bool
unsteady_walker(Node *node, void *context)
{
	Query	   *query = (Query *) node;

	if (node == NULL)
		return false;
	if (IsA(node, RangeTblEntry) &&
		((RangeTblEntry *) node)->tablesample != NULL)
		return true;
	if (!IsA(node, Query))
		return expression_tree_walker(node, unsteady_walker, context);
	return query->hasDistinctOn || query->hasWindowFuncs ||
		query->limitCount != NULL || query->limitOffset != NULL ||
		query_tree_walker(query, unsteady_walker, context, 0);
}

/*
 * Is all that the query reads the same each time?  Who is elsewhere is looked
 * for in copies of it.
 */
static bool
is_steady(Query *query)
{
	return !unsteady_walker((Node *) query->jointree, NULL) &&
		!range_table_walker(query->rtable, unsteady_walker, NULL, 0);
}

/* People of other branches are looked for by columns of the branches. */
static void
compute_keys(Combination *all)
{
	Query	   *query = copyObject(all->query);
	List	   *branches = copyObject(all->branches);
	List	   *keys = copyObject(all->shell.keys);

	if (!cr_arms_compute_keys(query, all->rti, branches, keys))
		return;
	all->query = query;
	all->branches = branches;
	all->shell.keys = keys;
	all->shell.key_exprs = get_tlist_exprs(keys, true);
}

/* ---------- which branches can share a group ---------- */

static bool
constants_differ(Node *a, Node *b, const SortGroupClause *clause)
{
	Const	   *left = (Const *) cr_inspect_strip(a);
	Const	   *right = (Const *) cr_inspect_strip(b);

	if (!IsA(left, Const) || !IsA(right, Const) ||
		left->consttype != right->consttype ||
		left->constcollid != right->constcollid)
		return false;
	if (left->constisnull || right->constisnull)
		return left->constisnull != right->constisnull;
	return !DatumGetBool(OidFunctionCall2Coll(get_opcode(clause->eqop),
											  left->constcollid,
											  left->constvalue,
											  right->constvalue));
}

/* A column of the UNION ALL, as the branch computes it. */
static Node *
in_branch(Combination *all, Query *branch, Node *value)
{
	Var		   *var = (Var *) value;

	if (!IsA(var, Var) || (int) var->varno != all->rti)
		return value;
	return (Node *) get_tle_by_resno(branch->targetList,
									 var->varattno)->expr;
}

/*
 * Is it known only when the query runs whether the values differ, and then of
 * all rows?  So it is of two parameters.
 */
static bool
is_known_late(Node *a, Node *b)
{
	return !equal(a, b) && !contain_var_clause(a) && !contain_var_clause(b) &&
		!(IsA(a, Const) && IsA(b, Const));
}

static bool
can_share_group(Combination *all, Query *a, Query *b)
{
	bool		late = false;
	ListCell   *key;
	ListCell   *clause;

	forboth(key, all->shell.key_exprs, clause, all->query->groupClause)
	{
		Node	   *left = cr_arm_value(all->rti, a, lfirst(key));
		Node	   *right = cr_arm_value(all->rti, b, lfirst(key));

		if (constants_differ(left, right,
							 lfirst_node(SortGroupClause, clause)))
			return false;
		late = late || is_known_late(in_branch(all, a, left),
									 in_branch(all, b, right));
	}
	if (late)
		all->possible = false;
	return true;
}

/* Lists of branches, such that no group has rows of two lists. */
static List *
find_classes(Combination *all)
{
	List	   *classes = NIL;
	ListCell   *lc;

	foreach(lc, all->branches)
	{
		Query	   *branch = lfirst_node(Query, lc);
		List	   *joined = list_make1(branch);
		List	   *others = NIL;
		ListCell   *lc2;

		foreach(lc2, classes)
		{
			List	   *class = (List *) lfirst(lc2);
			bool		shares = false;
			ListCell   *lc3;

			foreach(lc3, class)
				shares = shares || can_share_group(all, lfirst(lc3), branch);
			if (shares)
				joined = list_concat(list_copy(class), joined);
			else
				others = lappend(others, class);
		}
		classes = lappend(others, joined);
	}
	return classes;
}

/* ---------- the query over one branch ---------- */

static Query *
query_of_branch(Combination *all, Query *branch, List *aggregates, int depth)
{
	Query	   *core = cr_shell_core(all->query);
	Query	   *arm;

	core->targetList = cr_shell_targets(&all->shell, aggregates);
	core->hasAggs = contain_aggs_of_level((Node *) core->targetList, 0);
	core->hasSubLinks |= checkExprHasSubLink((Node *) core->targetList);
	/* without GROUP BY, it is one row for that it is an aggregation */
	if (!core->hasAggs && core->groupClause == NIL)
		core->havingQual = makeBoolConst(true, false);
	arm = cr_arm_query(core, all->rti, branch, &all->possible);
	cr_normalize_lift_ctes(arm, depth);
	return arm;
}

/* ---------- the query over several ---------- */

/* Is the aggregate over the branch nothing, for a constant's sake? */
static bool
never_counts(Combination *all, Query *branch, Aggref *aggref)
{
	ListCell   *lc;

	if (cr_arm_never(all->rti, branch, (Node *) aggref->aggfilter))
		return true;
	foreach(lc, aggref->args)
	{
		Node	   *arg = (Node *) lfirst_node(TargetEntry, lc)->expr;
		Node	   *value = cr_arm_value(all->rti, branch, arg);

		if (IsA(value, Const) && ((Const *) value)->constisnull)
			return true;
	}
	return false;
}

/* What the branch computes of people, leaving out those of other branches. */
static Aggref *
without_others(Combination *all, const CrArms *arms, Query *branch,
			   Aggref *aggref, CrPartialKind kind)
{
	List	   *others = NIL;
	bool		before = true;
	ListCell   *lc;

	foreach(lc, arms->branches)
	{
		Query	   *other = lfirst_node(Query, lc);

		if (other == branch)
			before = false;
		else if ((before || kind == CR_PARTIAL_OWN_PEOPLE) &&
				 !never_counts(all, other, aggref))
			others = lappend(others, other);
	}
	return cr_arms_leave_out(arms, others, aggref, &all->possible);
}

/* Nulls in the place of computed aggregates that count no row of it. */
static List *
computed_by_branch(Combination *all, const CrArms *arms, Query *branch,
				   const CrPartials *partials, int *live)
{
	List	   *exprs = NIL;
	ListCell   *lc;
	int			i = 0;

	foreach(lc, partials->computed)
	{
		Aggref	   *aggref = lfirst_node(Aggref, lc);
		CrPartialKind kind = list_nth_int(partials->kinds, i);

		if (never_counts(all, branch, aggref))
			exprs = lappend(exprs, makeNullConst(aggref->aggtype, -1,
												 aggref->aggcollid));
		else
		{
			exprs = lappend(exprs, kind == CR_PARTIAL_OF_ALL ? aggref :
							without_others(all, arms, branch, aggref, kind));
			live[i]++;
		}
		i++;
	}
	return exprs;
}

/* A branch that gives one row for each person must not be added up. */
static bool
releases(Combination *all, Query *arm)
{
	return !cr_level_is_raw(cr_level_read(all->level->statement,
										  copyObject(arm), all->level));
}

static Query *
group_branches(Combination *all, Query *united, const CrPartials *partials,
			   const int *live, int nbranches)
{
	RangeTblEntry *rte = cr_make_subquery_entry(united, "branches",
												cr_column_names(united));
	Query	   *query = cr_make_select(list_make1(rte),
									   list_make1(cr_make_reference(1)), NULL);
	List	   *keys = NIL;
	AttrNumber	resno = 0;
	ListCell   *lc;

	foreach(lc, all->shell.keys)
	{
		TargetEntry *below = list_nth_node(TargetEntry, united->targetList,
										   resno++);
		Var		   *var = makeVarFromTargetEntry(1, below);
		TargetEntry *key = makeTargetEntry((Expr *) var, resno,
										   pstrdup(below->resname), false);

		key->ressortgroupref = lfirst_node(TargetEntry, lc)->ressortgroupref;
		query->targetList = lappend(query->targetList, key);
		keys = lappend(keys, var);
	}
	foreach(lc, all->shell.aggregates)
	{
		int			number = foreach_current_index(lc);
		Expr	   *expr = cr_partials_combine(partials, number, keys, live);

		resno++;
		query->targetList = lappend(query->targetList,
									makeTargetEntry(expr, resno,
													psprintf("total_%d", resno),
													false));
	}
	query->groupClause = copyObject(all->query->groupClause);
	query->hasAggs = true;
	query->havingQual = (Node *) cr_partials_complete(NULL, nbranches);
	return query;
}

static Query *
query_of_class(Combination *all, List *class, int depth)
{
	CrArms		shared = {all->query, all->rti, class, all->shell.key_exprs};
	CrPartials *partials;
	List	   *arms = NIL;
	int		   *live;
	ListCell   *lc;

	if (list_length(class) == 1)
		return query_of_branch(all, linitial_node(Query, class),
							   all->shell.aggregates, depth);
	partials = cr_partials_make(&shared, all->shell.aggregates);
	live = palloc0(sizeof(int) * (list_length(partials->computed) + 1));
	foreach(lc, class)
	{
		Query	   *branch = lfirst_node(Query, lc);
		List	   *exprs = computed_by_branch(all, &shared, branch,
											   partials, live);
		Query	   *arm = query_of_branch(all, branch, exprs, depth + 2);

		if (!releases(all, arm))
			all->possible = false;
		arms = lappend(arms, arm);
	}
	if (!all->possible || !cr_partials_add_up(partials, live))
	{
		all->possible = false;
		return linitial(arms);
	}
	return group_branches(all, cr_arms_unite(arms), partials, live,
						  list_length(class));
}

/*
 * Writes the level's query, which aggregates, over the branches of the UNION
 * ALL that is entry rti of its range table.  False, with nothing changed,
 * when that cannot be done.
 */
bool
cr_arms_release(CrLevel *level, int rti, List *branches)
{
	Combination all = {level, level->query, rti, NIL, {NIL, NIL, NIL}, true};
	CrShell		shell = {NIL, NIL, NIL};
	List	   *classes;
	List	   *queries = NIL;
	Query	   *below;
	ListCell   *lc;

	if (level->query->groupingSets != NIL || level->query->rowMarks != NIL)
		return false;
	cr_shell_read(&shell, level->query);
	if (shell.keys == NIL && shell.aggregates == NIL)
		return false;
	all.shell = shell;
	drop_empty_branches(&all, branches);
	if (counts_people(&all))
	{
		if (!is_steady(all.query))
			return false;
		compute_keys(&all);
	}
	classes = find_classes(&all);
	foreach(lc, classes)
		queries = lappend(queries,
						  query_of_class(&all, (List *) lfirst(lc),
										 list_length(classes) > 1 ? 2 : 1));
	if (!all.possible)
		return false;
	below = list_length(queries) == 1 ? linitial_node(Query, queries) :
		cr_arms_unite(queries);
	return cr_shell_replace(level->query, &shell, below);
}
