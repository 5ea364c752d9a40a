/*-------------------------------------------------------------------------
 *
 * src/reshape/release.c
 *	  Splits a released level into a guarded core and a free shell.
 *
 * SELECT f(g), sum(x) FROM t GROUP BY g HAVING h(sum(x)) ORDER BY … becomes
 *
 *	SELECT f(g), s FROM (SELECT g, sum(x) AS s FROM t GROUP BY g
 *						 HAVING <guard>) AS released
 *	WHERE h(s) ORDER BY …
 *
 * so that everything the analyst does with groups and aggregates happens to
 * rows that have passed the guard.  The core has OFFSET 0, which keeps the
 * planner from moving any of it below the guard again.  That it is a security
 * barrier would not: into one go conditions that are leakproof, and what they
 * compare with, be it a subquery or a function of the analyst's, would run
 * only if there is a row to compare.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/make_expr.h"
#include "base/make_query.h"
#include "base/settings.h"
#include "catalog/pg_type.h"
#include "inspect/normalize.h"
#include "inspect/shell.h"
#include "nodes/makefuncs.h"
#include "reshape/reshape.h"
#include "rewrite/rewriteManip.h"
#include "utils/fmgroids.h"

/* ---------- the core ---------- */

static char *
key_name(TargetEntry *tle, int number)
{
	if (tle->resname != NULL && !tle->resjunk)
		return pstrdup(tle->resname);
	return psprintf("key_%d", number);
}

static List *
core_targets(CrLevel *level)
{
	List	   *targets = NIL;
	ListCell   *lc;
	ListCell   *lc2;
	int			resno = 0;
	int			number = 0;

	forboth(lc, level->group_entries, lc2, level->group_keys)
	{
		TargetEntry *key = flatCopyTargetEntry(lfirst(lc));

		key->expr = cr_canonical_key(cr_even_key(level, copyObject(key->expr),
												 lfirst(lc2)), lfirst(lc2));
		key->resno = ++resno;
		key->resname = key_name(lfirst(lc), resno);
		key->resjunk = false;
		targets = lappend(targets, key);
	}
	foreach(lc, level->aggregates)
	{
		CrAggregate *aggregate = (CrAggregate *) lfirst(lc);
		Expr	   *guarded = cr_guard_aggregate(level, aggregate);
		char	   *name = psprintf("aggregate_%d", ++number);

		guarded = cr_canonical_aggregate(aggregate->aggref, guarded);
		targets = lappend(targets,
						  makeTargetEntry(cr_even_aggregate(level, aggregate,
															guarded),
										  ++resno, name, false));
	}
	return targets;
}

/*
 * The order of the groups: by their keys, so that it is the same whether or
 * not there are others that are withheld.  In the order of a hash table, or
 * of the rows they were first met in, it would tell.
 */
static List *
core_order(CrLevel *level)
{
	List	   *order = NIL;
	ListCell   *lc;

	foreach(lc, level->query->groupClause)
	{
		SortGroupClause *clause = lfirst_node(SortGroupClause, lc);

		if (OidIsValid(clause->sortop))
			order = lappend(order, copyObject(clause));
	}
	return order;
}

static Query *
make_core(CrLevel *level, List **ctes)
{
	Query	   *core;

	cr_reshape_sets(level, ctes);
	core = cr_shell_core(level->query);
	core->sortClause = core_order(level);
	/* a fence: see subquery_is_pushdown_safe() of the planner */
	core->limitOffset = (Node *) cr_make_int8(0);
	core->targetList = core_targets(level);
	core->hasAggs = true;
	core->havingQual = cr_debug_forget_guard ?
		NULL : cr_guard_of_group(level);
	core->hasSubLinks = core->hasSubLinks ||
		checkExprHasSubLink((Node *) core->targetList) ||
		checkExprHasSubLink(core->havingQual);
	core = cr_reshape_fence(cr_reshape_copies(level, core, ctes));
	/* WITH stays with the shell, one level above the core */
	cr_normalize_lift_ctes(core, 1);
	return cr_reshape_twins(core);
}

/* ---------- queries around it ---------- */

static RangeTblEntry *
make_subquery_entry(Query *subquery, const char *name)
{
	RangeTblEntry *rte = cr_make_subquery_entry(subquery, name,
												cr_column_names(subquery));

	rte->security_barrier = true;
	return rte;
}

/* Adds the columns of entry rti to a join; returns their numbers there. */
static List *
add_side(RangeTblEntry *join, int rti, const Query *side)
{
	List	   *numbers = NIL;
	ListCell   *lc;

	join->eref->colnames = list_concat(join->eref->colnames,
									   cr_column_names(side));
	foreach(lc, side->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		join->joinaliasvars = lappend(join->joinaliasvars,
									  makeVarFromTargetEntry(rti, tle));
		numbers = lappend_int(numbers, tle->resno);
	}
	return numbers;
}

/* The entry of a LEFT JOIN of entries 1 and 2. */
static RangeTblEntry *
make_join_entry(const Query *left, const Query *right)
{
	RangeTblEntry *rte = makeNode(RangeTblEntry);

	rte->rtekind = RTE_JOIN;
	rte->jointype = JOIN_LEFT;
	rte->eref = makeAlias("unnamed_join", NIL);
	rte->joinleftcols = add_side(rte, 1, left);
	rte->joinrightcols = add_side(rte, 2, right);
	rte->inFromCl = true;
	return rte;
}

/* count(passed) over all groups of the core, which stand in entry 2 */
static WindowFunc *
count_passed(AttrNumber passed, Bitmapset *nulling)
{
	WindowFunc *count = makeNode(WindowFunc);
	Var		   *var = makeVar(2, passed, BOOLOID, -1, InvalidOid, 0);

	cr_set_nulling(var, nulling);
	count->winfnoid = F_COUNT_ANY;
	count->wintype = INT8OID;
	count->args = list_make1(var);
	count->winref = 1;
	count->winagg = true;
	count->location = -1;
	return count;
}

static TargetEntry *
make_true_entry(AttrNumber resno, const char *name)
{
	return makeTargetEntry((Expr *) makeBoolConst(true, false), resno,
						   pstrdup(name), false);
}

/*
 * small_groups = 'refuse': all groups are looked at before the first leaves
 * (a window over all of them), and none at all counts as a small one (the
 * groups are joined to a row that is always there).
 *
 *	SELECT core.*, count(passed) OVER ()
 *	FROM (SELECT true) AS always LEFT JOIN core ON true
 */
static Query *
make_all_or_nothing(Query *core)
{
	Query	   *always = cr_make_select(NIL, NIL, NULL);
	Query	   *query;
	JoinExpr   *expr = makeNode(JoinExpr);
	WindowClause *window = makeNode(WindowClause);
	Bitmapset  *nulling = bms_make_singleton(3);
	AttrNumber	passed = list_length(core->targetList) + 1;
	List	   *targets = NIL;
	ListCell   *lc;

	/* WITH stays with the shell, now two levels above the core */
	cr_normalize_lift_ctes(core, 1);
	core->targetList = lappend(core->targetList,
							   make_true_entry(passed, "passed"));
	expr->jointype = JOIN_LEFT;
	expr->larg = cr_make_reference(1);
	expr->rarg = cr_make_reference(2);
	expr->quals = makeBoolConst(true, false);
	expr->rtindex = 3;
	always->targetList = list_make1(make_true_entry(1, "always"));
	query = cr_make_select(list_make3(make_subquery_entry(always, "always"),
									  make_subquery_entry(core, "guarded"),
									  make_join_entry(always, core)),
						   list_make1(expr), NULL);
	foreach(lc, core->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);
		Var		   *var = makeVarFromTargetEntry(2, tle);

		cr_set_nulling(var, nulling);
		if (tle->resno == passed)
			tle = makeTargetEntry((Expr *) count_passed(passed, nulling),
								  passed, "passed", false);
		else
			tle = makeTargetEntry((Expr *) var, tle->resno,
								  pstrdup(tle->resname), false);
		targets = lappend(targets, tle);
	}
	window->frameOptions = FRAMEOPTION_DEFAULTS;
	window->winref = 1;
	query->windowClause = list_make1(window);
	query->hasWindowFuncs = true;
	query->targetList = targets;
	return query;
}

/* ---------- the shell ---------- */

typedef struct ShellOf
{
	List	   *keys;			/* expressions of the core's first columns */
	List	   *aggregates;
} ShellOf;

static Node *
over_core(Node *node, const ShellOf *shell)
{
	bool		whole = true;

	node = cr_shell_rewrite(node, shell->keys, shell->aggregates, &whole);
	if (!whole)
		elog(ERROR, "column beside aggregates is not a grouping key");
	return node;
}

/*
 * Turns the level's query into the shell around its guarded core.
 */
void
cr_reshape_release(CrLevel *level)
{
	Query	   *query = level->query;
	ShellOf		shell = {NIL, NIL};
	Query	   *below = make_core(level, &query->cteList);
	Node	   *quals = NULL;
	ListCell   *lc;

	foreach(lc, level->group_entries)
		shell.keys = lappend(shell.keys, ((TargetEntry *) lfirst(lc))->expr);
	foreach(lc, level->aggregates)
		shell.aggregates = lappend(shell.aggregates,
								   ((CrAggregate *) lfirst(lc))->aggref);
	if (cr_guard_refuses(level) && !cr_debug_forget_guard)
	{
		int			threshold = cr_guard_threshold(level);
		AttrNumber	passed;

		below = make_all_or_nothing(below);
		passed = list_length(below->targetList);
		quals = (Node *)
			cr_guard_refuse(cr_guard_any_passed(makeVar(1, passed, INT8OID,
														-1, InvalidOid, 0)),
							threshold);
	}
	query->targetList = (List *) over_core((Node *) query->targetList,
										   &shell);
	query->windowClause = (List *) over_core((Node *) query->windowClause,
											 &shell);
	quals = make_and_qual(quals, over_core(query->havingQual, &shell));
	/* what is computed of a group must not be moved to the rows around it */
	if (level->parent != NULL && query->limitOffset == NULL &&
		checkExprHasSubLink((Node *) query->targetList))
		query->limitOffset = (Node *) cr_make_int8(0);
	cr_shell_put_over(query,
					  list_make1(make_subquery_entry(below, "released")),
					  list_make1(cr_make_reference(1)), quals);
}
