/*-------------------------------------------------------------------------
 *
 * src/inspect/mixed.c
 *	  Conditions that mix who has a match in an outer join with other columns.
 *
 *	a LEFT JOIN b ON b.k = a.k  …  town = 'x' OR kind = 'c' AND b.z IS NULL
 *
 * tells of those of kind c who have a match, by all of that kind; and so does
 * what tells of a match in other words: a column computed of b's before the
 * join, a look-up by one, what is joined beside b, or the number of rows that
 * a person has.  So each column in a condition is followed down to the outer
 * joins that it tells of (tells.c).  Columns that tell of the same ones make a
 * condition on b's rows; what depends on others too has to be one that cannot
 * hold without the match, as if the join were an inner one.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "inspect/facts.h"
#include "inspect/polynomial.h"
#include "inspect/tells.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/tlist.h"
#include "parser/parsetree.h"

/* ---------- what an expression is without a match ---------- */

static Node *missing_mutator(Node *node, CrPlace *place);

static Node *
null_for(Node *node)
{
	return (Node *) makeNullConst(exprType(node), exprTypmod(node),
								  exprCollation(node));
}

static bool
tells_of_missing(CrPlace *place, Node *node)
{
	return cr_tells_has(cr_tells_by(place->following, place->level,
									place->joined, node),
						place->following->missing);
}

static Node *
missing_column(CrPlace *place, Var *var)
{
	CrFollowing *following = place->following;
	CrSource   *source = cr_tells_source(place->level, var);
	CrPlace		below = {following, NULL, NULL, NIL};
	TargetEntry *tle;
	Node	   *value;

	cr_tells_step(following);
	if (source != NULL &&
		bms_is_member(following->missing,
					  cr_tells_nulling(following, place->level, place->joined,
								 source)))
		return null_for((Node *) var);
	if (!tells_of_missing(place, (Node *) var))
		return (Node *) var;
	if (source->level == NULL || !cr_level_is_raw(source->level))
	{
		following->unclear = true;
		return (Node *) var;
	}
	below.level = source->level;
	tle = get_tle_by_resno(source->level->query->targetList, var->varattno);
	value = missing_mutator((Node *) copyObject(tle->expr), &below);
	value = cr_inspect_settle(value);
	if (IsA(value, Const))
		return value;
	following->unclear = true;
	return (Node *) var;
}

/* An aggregate over one row, of somebody without a match. */
static Node *
missing_aggregate(CrPlace *place, Aggref *aggref)
{
	bool		nothing = aggref->aggfilter != NULL &&
		cr_inspect_never_holds(missing_mutator((Node *)
											   copyObject(aggref->aggfilter),
											   place));
	ListCell   *lc;

	foreach(lc, aggref->args)
	{
		Node	   *argument =
			copyObject((Node *) lfirst_node(TargetEntry, lc)->expr);

		argument = cr_inspect_settle(missing_mutator(argument, place));
		nothing = nothing || (IsA(argument, Const) &&
							  ((Const *) argument)->constisnull);
	}
	if (nothing)
		return (Node *) cr_aggregate_of_nothing(aggref);
	place->following->unclear = true;
	return (Node *) aggref;
}

static Node *
missing_mutator(Node *node, CrPlace *place)
{
	if (node == NULL)
		return NULL;
	if (IsA(node, Var))
		return missing_column(place, (Var *) node);
	if (IsA(node, Aggref))
		return tells_of_missing(place, node) ?
			missing_aggregate(place, (Aggref *) node) : node;
	if (IsA(node, SubLink))
	{
		place->following->unclear = true;
		return node;
	}
	return expression_tree_mutator(node, missing_mutator, (void *) place);
}

static Node *
value_without(CrPlace *place, Node *expr)
{
	place->following->unclear = false;
	return cr_inspect_settle(missing_mutator((Node *) copyObject(expr),
											 place));
}

/* Could the condition hold for somebody without a match? */
static bool
may_hold(CrPlace *place, Node *condition)
{
	bool		all = is_andclause(condition);
	ListCell   *lc;
	Node	   *value;

	if (all || is_orclause(condition))
	{
		foreach(lc, ((BoolExpr *) condition)->args)
		{
			if (may_hold(place, lfirst(lc)) != all)
				return !all;
		}
		return all;
	}
	value = value_without(place, condition);
	return place->following->unclear || !cr_inspect_never_holds(value);
}

/* ---------- the rule ---------- */

/* The outer joins that some of the columns tell of, and others do not. */
static Bitmapset *
told_apart(List *told)
{
	Bitmapset  *any = NULL;
	Bitmapset  *all = NULL;
	ListCell   *lc;

	foreach(lc, told)
	{
		Bitmapset  *joins = (Bitmapset *) lfirst(lc);

		any = bms_add_members(any, joins);
		all = foreach_current_index(lc) == 0 ? bms_copy(joins) :
			bms_int_members(all, joins);
	}
	return bms_difference(any, all);
}

/* Is there an outer join of people's rows, or a membership asked of one? */
static bool
has_outer_joins(const CrStatement *statement)
{
	ListCell   *lc;

	if (list_length(statement->memberships) > 1)
		return true;

	foreach(lc, statement->bases)
	{
		CrBase	   *base = (CrBase *) lfirst(lc);

		if (base->nullable && base->membership == NULL &&
			cr_inspect_base_is_raw(base))
			return true;
	}
	return false;
}

/*
 * Does a condition, or the value of a group's key, say something of people
 * without a match in an outer join, and depend on other columns, too?
 */
static bool
mixes(CrLevel *level, const Bitmapset *joined, Node *expr, bool key)
{
	CrFollowing	following = {NIL, NIL, 0, -1, false};
	CrPlace		place = {&following, level, joined, NIL};
	Bitmapset  *apart;

	if (!has_outer_joins(level->statement))
		return false;
	apart = told_apart(cr_tells_by(&following, level, joined, expr));
	while ((following.missing = bms_next_member(apart,
												following.missing)) >= 0)
	{
		CrOuter	   *outer = list_nth(following.outers, following.missing);

		if (outer->membership)
			continue;
		if (key || may_hold(&place, expr))
			return true;
	}
	return false;
}

/*
 * Does a condition, in the level's own words, mix them?  "joined" are the
 * joins that its columns do not come through, where it stands in ON; else
 * NULL.
 */
bool
cr_inspect_mixes(CrLevel *level, Node *condition, const Bitmapset *joined)
{
	ListCell   *lc;

	foreach(lc, make_ands_implicit((Expr *) condition))
	{
		if (mixes(level, joined, lfirst(lc), false))
			return true;
	}
	return false;
}

/*
 * The same of a key.  What is null without a match may be so for others, too.
 */
bool
cr_inspect_key_mixes(CrLevel *level, Node *key)
{
	return mixes(level, NULL, key, true);
}
