/*-------------------------------------------------------------------------
 *
 * src/inspect/nulled.c
 *	  Conditions that hold for people who have no match in an outer join.
 *
 *	a LEFT JOIN b ON b.k = a.k  …  kind = 'c' OR b.x IS NULL
 *
 * leaves out people because they have a match in b, in any words: COALESCE,
 * IS NOT TRUE, CASE, or a count of b's rows in a subquery.  What a condition
 * would be without a match is found by putting null for b's columns.  Where it
 * cannot hold then, nobody is left out for a match.
 *
 * Outer joins that are only asked for a match are memberships (absence.c), and
 * none of this file's.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/make_expr.h"
#include "inspect/facts.h"
#include "inspect/polynomial.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"

/* ---------- what depends on an entry ---------- */

typedef struct Entries
{
	const CrStatement *statement;
	List	   *found;			/* CrBase */
	const CrBase *but;			/* columns of others are looked for */
	bool		others;
} Entries;

/* What a column of a unit level is made of there; NULL of others. */
static Node *
made_of(const CrStatement *statement, const Var *var)
{
	CrBase	   *base;

	if (var->varlevelsup != 0 || var->varno <= 0)
		return NULL;
	base = cr_inspect_base(statement, var->varno);
	if (base->kind != CR_BASE_UNIT_LEVEL || base->level == NULL ||
		var->varattno < 1 ||
		var->varattno > list_length(base->level->columns))
		return NULL;
	return list_nth(base->level->columns, var->varattno - 1);
}

/* May an outer join null the rows of people that the column is of? */
static CrBase *
nulled_base(const CrStatement *statement, const Var *var)
{
	CrBase	   *base;

	if (var->varlevelsup != 0 || var->varno <= 0)
		return NULL;
	base = cr_inspect_base(statement, var->varno);
	return base->nullable && base->membership == NULL &&
		cr_inspect_base_is_raw(base) ? base : NULL;
}

static bool
entries_walker(Node *node, Entries *entries)
{
	if (node == NULL)
		return false;
	if (IsA(node, Var))
	{
		CrBase	   *base = nulled_base(entries->statement, (Var *) node);

		check_stack_depth();
		if (base != NULL)
			entries->found = list_append_unique_ptr(entries->found, base);
		return entries_walker(made_of(entries->statement, (Var *) node),
							  entries);
	}
	return expression_tree_walker(node, entries_walker, (void *) entries);
}

/* CrBase of all that may be missing of what an expanded expression is. */
static List *
entries_in(const CrStatement *statement, Node *expanded)
{
	Entries		entries = {statement, NIL, NULL, false};

	entries_walker(expanded, &entries);
	return entries.found;
}

static bool
depends_on(const CrStatement *statement, Node *expanded, const CrBase *base)
{
	return list_member_ptr(entries_in(statement, expanded), base);
}

static bool
others_walker(Node *node, Entries *entries)
{
	if (node == NULL)
		return false;
	if (IsA(node, Var))
		return !depends_on(entries->statement, node, entries->but);
	return expression_tree_walker(node, others_walker, (void *) entries);
}

/* ---------- what it is without a match ---------- */

typedef struct Missing
{
	const CrStatement *statement;
	CrLevel    *level;			/* whose words they are; NULL: expanded */
	const CrBase *base;
	bool		unclear;
} Missing;

static Node *missing_mutator(Node *node, Missing *missing);

static Node *
fold(Node *node)
{
	return node == NULL ? NULL : eval_const_expressions(NULL, node);
}

static bool
is_constant(Node *node, bool *is_null)
{
	*is_null = node != NULL && IsA(node, Const) &&
		((Const *) node)->constisnull;
	return node != NULL && IsA(node, Const);
}

static bool
never_holds(Node *condition)
{
	bool		is_null;

	return is_constant(condition, &is_null) &&
		(is_null || !DatumGetBool(((Const *) condition)->constvalue));
}

/* An aggregate of a person's rows, all of which lack a match. */
static Node *
missing_aggregate(Aggref *aggref, Missing *missing)
{
	Node	   *filter = fold(missing_mutator(copyObject((Node *) aggref->aggfilter),
											  missing));
	bool		nothing = aggref->aggfilter != NULL && never_holds(filter);
	ListCell   *lc;

	foreach(lc, aggref->args)
	{
		Node	   *argument = (Node *) lfirst_node(TargetEntry, lc)->expr;
		bool		is_null;

		argument = fold(missing_mutator(copyObject(argument), missing));
		nothing = nothing || (is_constant(argument, &is_null) && is_null);
	}
	if (!nothing)
	{
		missing->unclear = true;
		return (Node *) aggref;
	}
	return cr_aggregate_family(aggref->aggfnoid) == CR_AGG_COUNT ?
		(Node *) cr_make_int8(0) :
		(Node *) makeNullConst(aggref->aggtype, -1, aggref->aggcollid);
}

static Node *
missing_column(Var *var, Missing *missing)
{
	Node	   *expanded = missing->level != NULL ?
		cr_inspect_expand(missing->level, (Node *) var) : (Node *) var;
	Missing		below = {missing->statement, NULL, missing->base, false};
	Node	   *value;
	bool		is_null;

	if (!depends_on(missing->statement, expanded, missing->base))
		return (Node *) var;
	if (IsA(expanded, Var) && ((Var *) expanded)->varno == missing->base->id)
		return (Node *) makeNullConst(var->vartype, var->vartypmod,
									  var->varcollid);
	if (IsA(expanded, Var))
		expanded = made_of(missing->statement, (Var *) expanded);
	value = fold(missing_mutator(copyObject(expanded), &below));
	if (!is_constant(value, &is_null))
	{
		missing->unclear = true;
		return (Node *) var;
	}
	return value;
}

static Node *
missing_mutator(Node *node, Missing *missing)
{
	if (node == NULL)
		return NULL;
	if (IsA(node, Var))
		return missing_column((Var *) node, missing);
	if (IsA(node, Aggref))
		return depends_on(missing->statement, node, missing->base) ?
			missing_aggregate((Aggref *) node, missing) : node;
	if (IsA(node, SubLink))
	{
		missing->unclear = missing->unclear ||
			depends_on(missing->statement, node, missing->base);
		return node;
	}
	return expression_tree_mutator(node, missing_mutator, (void *) missing);
}

/* Could the expanded condition hold without a match of the entry? */
static bool
may_hold(const CrStatement *statement, Node *condition, const CrBase *base)
{
	Missing		missing = {statement, NULL, base, false};
	Node	   *value;
	ListCell   *lc;

	if (!depends_on(statement, condition, base))
		return false;
	if (is_andclause(condition) || is_orclause(condition))
	{
		foreach(lc, ((BoolExpr *) condition)->args)
		{
			if (may_hold(statement, lfirst(lc), base))
				return true;
		}
		return false;
	}
	value = fold(missing_mutator(copyObject(condition), &missing));
	return missing.unclear || !never_holds(value);
}

/* ---------- for rules and guards ---------- */

/*
 * CrBase of the entries of outer joins without a match in which an expanded
 * condition could hold.
 */
List *
cr_nulled_asked(const CrStatement *statement, Node *expanded)
{
	List	   *asked = NIL;
	ListCell   *lc;

	foreach(lc, entries_in(statement, expanded))
	{
		if (may_hold(statement, expanded, lfirst(lc)))
			asked = lappend(asked, lfirst(lc));
	}
	return asked;
}

/*
 * The condition, in the level's own words, as it is without a match in the
 * entry.  NULL where that cannot be told from what stands beside.
 */
Node *
cr_nulled_answer(CrLevel *level, Node *condition, const CrBase *base)
{
	Missing		missing = {level->statement, level, base, false};
	Node	   *value = fold(missing_mutator(copyObject(condition), &missing));

	return missing.unclear ? NULL : value;
}

static bool
has_others(const CrStatement *statement, Node *expanded, const CrBase *base)
{
	Entries		entries = {statement, NIL, base, false};
	Missing		missing = {statement, NULL, base, false};

	(void) missing_mutator(copyObject(expanded), &missing);
	return missing.unclear || others_walker(expanded, &entries);
}

/*
 * Does a conjunct leave people out for a match, and also depend on other
 * columns?  "own" are ids of entries that it chooses the rows of.
 */
bool
cr_nulled_mixes(const CrStatement *statement, Node *expanded,
				const Bitmapset *own)
{
	ListCell   *lc;
	ListCell   *lc2;

	foreach(lc, make_ands_implicit((Expr *) expanded))
	{
		foreach(lc2, cr_nulled_asked(statement, lfirst(lc)))
		{
			CrBase	   *base = (CrBase *) lfirst(lc2);

			if (!bms_is_member(base->id, own) &&
				has_others(statement, lfirst(lc), base))
				return true;
		}
	}
	return false;
}

/* The same of a key: is it something else without a match than null? */
bool
cr_nulled_mixes_key(const CrStatement *statement, Node *expanded)
{
	ListCell   *lc;

	foreach(lc, entries_in(statement, expanded))
	{
		Missing		missing = {statement, NULL, lfirst(lc), false};
		bool		is_null;
		Node	   *value = fold(missing_mutator(copyObject(expanded),
												 &missing));

		if ((missing.unclear || !is_constant(value, &is_null) || !is_null) &&
			has_others(statement, expanded, lfirst(lc)))
			return true;
	}
	return false;
}
