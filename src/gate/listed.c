/*-------------------------------------------------------------------------
 *
 * src/gate/listed.c
 *	  Rules: whom lists of the analyst's may choose where several protected
 *	  tables meet.
 *
 * Whoever writes a list knows who is on it.  Where many people meet one of
 * another table (a.boss = h.id), or have several rows each, a list of those
 * many decides how often each one counts: of one person once, of the next
 * twice, of the third four times, and the number of rows says who of them is
 * in the other table.  So a list may only choose people, as wholes, all of
 * whose rows, in each of the tables, are theirs alone; or else what is counted
 * are different people, and those who are met.
 *
 * That is so wherever the list stands: in a join, in IN (SELECT ...), FILTER
 * or CASE, beside the tables, in a subquery of one of them, in a set that is
 * asked about, or above.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/errcodes.h"
#include "gate/bridge.h"
#include "gate/gate.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"

/* The level of a base with raw rows of its own, or NULL. */
static CrLevel *
level_of(const CrBase *base)
{
	return cr_inspect_base_is_raw(base) ? base->level : NULL;
}

/* How many protected tables there are in the level, at any depth. */
static int
count_tables(CrLevel *level)
{
	int			count = 0;
	ListCell   *lc;

	check_stack_depth();
	foreach(lc, cr_inspect_all_bases(level))
	{
		CrBase	   *base = (CrBase *) lfirst(lc);

		if (level_of(base) != NULL)
			count += count_tables(level_of(base));
		else if (cr_inspect_base_is_raw(base))
			count++;
	}
	return count;
}

/* The expressions of the level in which a list may be asked about. */
static List *
find_conditions(CrLevel *level)
{
	List	   *conditions = list_copy(level->group_keys);
	ListCell   *lc;

	foreach(lc, cr_inspect_all_clauses(level))
		conditions = lappend(conditions, ((CrClause *) lfirst(lc))->expanded);
	foreach(lc, level->aggregates)
	{
		CrAggregate *aggregate = (CrAggregate *) lfirst(lc);

		conditions = lappend(conditions, aggregate->filter);
		conditions = list_concat(conditions, aggregate->arguments);
	}
	if (level->query->havingQual != NULL)
		conditions = lappend(conditions,
							 cr_inspect_expand(level,
											   level->query->havingQual));
	return conditions;
}

/* ---------- is there a list? ---------- */

static bool has_list(CrLevel *level);

static bool
base_has_list(const CrBase *base)
{
	return level_of(base) != NULL ? has_list(level_of(base)) :
		!cr_inspect_base_is_raw(base) && base->by_key;
}

static bool
has_list(CrLevel *level)
{
	ListCell   *lc;

	check_stack_depth();
	foreach(lc, cr_inspect_all_bases(level))
	{
		if (base_has_list((CrBase *) lfirst(lc)))
			return true;
	}
	foreach(lc, find_conditions(level))
	{
		if (cr_list_names_keys(level, lfirst(lc)))
			return true;
	}
	return level->listed;
}

/* ---------- does it choose people? ---------- */

/* Do all columns of protected rows in it, but the set's, name their person? */
static bool
names_people(CrLevel *level, Node *expanded, int set)
{
	bool		all = true;
	List	   *vars = pull_var_clause(expanded, PVC_RECURSE_AGGREGATES |
									   PVC_RECURSE_PLACEHOLDERS);
	ListCell   *lc;

	foreach(lc, vars)
	{
		Var		   *var = lfirst_node(Var, lc);

		if (var->varlevelsup != 0 || var->varno <= 0)
			return false;
		all = all && ((int) var->varno == set ||
					  !cr_links_is_raw(level, var) ||
					  cr_link_is_person(level, var));
	}
	return all;
}

/* IN (SELECT ...) of a list, in a condition, of something else. */
static bool
asks_otherwise_walker(Node *node, CrLevel *level)
{
	if (node == NULL || IsA(node, Query))
		return false;
	if (IsA(node, SubLink))
		return cr_list_names_keys(level, node) &&
			!names_people(level, ((SubLink *) node)->testexpr, 0);
	return expression_tree_walker(node, asks_otherwise_walker,
								  (void *) level);
}

/* Is a list joined by anything but people? */
static bool
joins_otherwise(CrLevel *level, Node *expanded)
{
	Bitmapset  *bases = cr_inspect_bases(expanded);
	int			id = -1;

	if (bms_is_empty(cr_inspect_raw_bases(level->statement, expanded)))
		return false;
	while ((id = bms_next_member(bases, id)) >= 0)
	{
		CrBase	   *base = cr_inspect_base(level->statement, id);

		if (base->membership == NULL && !cr_inspect_base_is_raw(base) &&
			base->by_key && !names_people(level, expanded, 0))
			return true;
	}
	return false;
}

/* Is what a list says of people compared with what their rows say? */
static bool
mixes(CrLevel *level, Node *expanded)
{
	return expanded != NULL && cr_label_in(level, expanded) &&
		cr_label_people_in(level, expanded);
}

static bool
one_mixes(CrLevel *level, Node *quals)
{
	ListCell   *lc;

	foreach(lc, make_ands_implicit((Expr *) quals))
	{
		if (mixes(level, lfirst(lc)))
			return true;
	}
	return false;
}

/* The classes of CASE are one condition or another: no AND is between them. */
static bool
case_mixes_walker(Node *node, CrLevel *level)
{
	List	   *conditions = NIL;
	ListCell   *lc;

	if (node == NULL)
		return false;
	if (IsA(node, CaseExpr))
	{
		foreach(lc, ((CaseExpr *) node)->args)
			conditions = lappend(conditions,
								 lfirst_node(CaseWhen, lc)->expr);
		if (list_length(conditions) == 1 ?
			one_mixes(level, linitial(conditions)) :
			mixes(level, (Node *) conditions))
			return true;
	}
	return expression_tree_walker(node, case_mixes_walker, (void *) level);
}

/*
 * Do people's own rows count by what a list says of them: those of one until
 * that day, of the next until another?
 */
static bool
labels_choose_rows(CrLevel *level)
{
	ListCell   *lc;

	foreach(lc, cr_inspect_all_clauses(level))
	{
		if (one_mixes(level, ((CrClause *) lfirst(lc))->expanded))
			return true;
	}
	foreach(lc, level->aggregates)
	{
		CrAggregate *aggregate = (CrAggregate *) lfirst(lc);

		if (one_mixes(level, aggregate->filter) ||
			case_mixes_walker((Node *) aggregate->arguments, level))
			return true;
	}
	foreach(lc, level->group_keys)
	{
		if (mixes(level, lfirst(lc)))
			return true;
	}
	return level->kind == CR_LEVEL_UNIT &&
		one_mixes(level, cr_inspect_expand(level, level->query->havingQual));
}

/* Is it by their people that rows are asked to be in the set? */
static bool
asks_for_people(CrLevel *level, const CrBase *set)
{
	ListCell   *lc;

	foreach(lc, cr_inspect_all_clauses(level))
	{
		CrClause   *clause = (CrClause *) lfirst(lc);

		if (clause->membership && bms_is_member(set->id, clause->limited) &&
			!names_people(level, clause->expanded, set->id))
			return false;
	}
	return true;
}

/*
 * Does each list, at any depth, choose people as wholes, of whom it is asked
 * as such whether they are in a set?
 */
static bool
choose_people(CrLevel *level)
{
	ListCell   *lc;

	check_stack_depth();
	foreach(lc, cr_inspect_all_bases(level))
	{
		CrBase	   *base = (CrBase *) lfirst(lc);

		if (base->membership != NULL && !asks_for_people(level, base))
			return false;
		if (level_of(base) != NULL && !choose_people(level_of(base)))
			return false;
	}
	foreach(lc, find_conditions(level))
	{
		if (asks_otherwise_walker(lfirst(lc), level))
			return false;
	}
	foreach(lc, cr_inspect_all_clauses(level))
	{
		if (joins_otherwise(level, ((CrClause *) lfirst(lc))->expanded))
			return false;
	}
	return !labels_choose_rows(level);
}

/* ---------- the rule ---------- */

/* Is all that is aggregated different people, whom others lead to? */
static bool
counts_those_met(CrLevel *level, List *links)
{
	ListCell   *lc;

	if (level->kind != CR_LEVEL_RELEASED)
		return false;
	foreach(lc, level->aggregates)
	{
		CrAggregate *aggregate = (CrAggregate *) lfirst(lc);
		Var		   *var;

		if (aggregate->aggref->aggdistinct == NIL ||
			list_length(aggregate->arguments) != 1)
			return false;
		var = (Var *) cr_inspect_strip(linitial(aggregate->arguments));
		if (!IsA(var, Var) || var->varlevelsup != 0 || var->varno <= 0 ||
			!cr_link_is_met(level, links, var))
			return false;
	}
	return true;
}

/* Lists choose people, each of whom counts as often as the tables say. */
CrVerdict *
cr_rule_lists(CrLevel *level, List *links)
{
	if (count_tables(level) <= 1 || !has_list(level) ||
		counts_those_met(level, links))
		return NULL;
	if (!cr_people_are_one(level))
		return cr_verdict_refuse(CR_ERRCODE_JOIN, -1,
								 "a list of keys may not choose who of one protected table meets whom of another",
								 "Join the tables by their units, too (AND a.unit = b.unit); or count the different people who are met, count(DISTINCT unit); or choose by dimensions.");
	if (!choose_people(level))
		return cr_verdict_refuse(CR_ERRCODE_JOIN, -1,
								 "a list of keys may not choose single rows of people who are looked for in another protected table",
								 "Have the list name people, and join it, or ask about it, by their unit alone; or count different people, count(DISTINCT unit); or choose rows by dimensions.");
	return NULL;
}
