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
	CrLevel    *level;			/* where the expression stands */
	List	   *found;			/* CrBase */
	const CrBase *but;			/* columns of others are looked for */
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

/*
 * May an outer join of the level, or below it, null the rows of people that
 * the column is of?
 */
static CrBase *
nulled_base(CrLevel *level, const Var *var)
{
	CrBase	   *base;

	if (var->varlevelsup != 0 || var->varno <= 0)
		return NULL;
	base = cr_inspect_base(level->statement, var->varno);
	return base->nullable && base->membership == NULL &&
		cr_inspect_base_is_raw(base) &&
		cr_inspect_is_nulled_in(level, base) ? base : NULL;
}

static bool
entries_walker(Node *node, Entries *entries)
{
	if (node == NULL)
		return false;
	if (IsA(node, Var))
	{
		CrBase	   *base = nulled_base(entries->level, (Var *) node);

		check_stack_depth();
		CHECK_FOR_INTERRUPTS();
		if (base != NULL)
			entries->found = list_append_unique_ptr(entries->found, base);
		return entries_walker(made_of(entries->level->statement, (Var *) node),
							  entries);
	}
	return expression_tree_walker(node, entries_walker, (void *) entries);
}

/* CrBase of all that may be missing of what an expanded expression is. */
List *
cr_nulled_entries(CrLevel *level, Node *expanded)
{
	Entries		entries = {level, NIL, NULL};
	ListCell   *lc;

	foreach(lc, level->statement->bases)
	{
		CrBase	   *base = (CrBase *) lfirst(lc);

		if (base->nullable && base->membership == NULL &&
			cr_inspect_base_is_raw(base))
			break;
	}
	if (lc != NULL)
		entries_walker(expanded, &entries);
	return entries.found;
}

static bool
depends_on(CrLevel *level, Node *expanded, const CrBase *base)
{
	return list_member_ptr(cr_nulled_entries(level, expanded), base);
}

static bool
others_walker(Node *node, Entries *entries)
{
	if (node == NULL)
		return false;
	if (IsA(node, Var))
		return !depends_on(entries->level, node, entries->but);
	return expression_tree_walker(node, others_walker, (void *) entries);
}

/* ---------- what it is without a match ---------- */

typedef struct Missing
{
	CrLevel    *level;			/* where the expression stands */
	bool		written;		/* it is in the level's words, not expanded */
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

/* Is the condition false or null, whatever the row? */
bool
cr_inspect_never_holds(Node *condition)
{
	bool		is_null;
	Node	   *value = fold(condition);

	return value == NULL ||
		(is_constant(value, &is_null) &&
		 (is_null || !DatumGetBool(((Const *) value)->constvalue)));
}

/* An aggregate of a person's rows, all of which lack a match. */
static Node *
missing_aggregate(Aggref *aggref, Missing *missing)
{
	Node	   *filter = (Node *) copyObject(aggref->aggfilter);
	bool		nothing;
	ListCell   *lc;

	filter = missing_mutator(filter, missing);
	nothing = filter != NULL && cr_inspect_never_holds(filter);

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

/* Is it a column of an entry that a join of the level itself may null? */
static bool
is_nulled_here(const CrLevel *level, const Var *var)
{
	ListCell   *lc;

	foreach(lc, level->sources)
	{
		CrSource   *source = (CrSource *) lfirst(lc);

		if (source->rti == (int) var->varno)
			return !bms_is_empty(source->nulling);
	}
	return false;
}

/* Is it a column of the entry, or of what no match leaves out with it? */
static bool
is_missing(const Missing *missing, const Var *var)
{
	CrBase	   *base;

	if (var->varlevelsup != 0 || var->varno <= 0)
		return false;
	base = cr_inspect_base(missing->level->statement, var->varno);
	return base == missing->base ||
		(nulled_base(missing->level, var) != NULL &&
		 cr_inspect_nulled_alike(missing->level,
								 bms_make_singleton(missing->base->id),
								 base));
}

static Node *
missing_column(Var *var, Missing *missing)
{
	Node	   *expanded = missing->written ?
		cr_inspect_expand(missing->level, (Node *) var) : (Node *) var;
	Missing		below = {missing->level, false, missing->base, false};
	Node	   *value;
	bool		is_null;

	if (IsA(expanded, Var) && is_missing(missing, (Var *) expanded))
		return (Node *) makeNullConst(var->vartype, var->vartypmod,
									  var->varcollid);
	if (!depends_on(missing->level, expanded, missing->base))
		return (Node *) var;
	if (missing->written && is_nulled_here(missing->level, var))
		return (Node *) makeNullConst(var->vartype, var->vartypmod,
									  var->varcollid);
	if (IsA(expanded, Var))
		expanded = made_of(missing->level->statement, (Var *) expanded);
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
		return depends_on(missing->level, node, missing->base) ?
			missing_aggregate((Aggref *) node, missing) : node;
	if (IsA(node, SubLink))
	{
		missing->unclear = missing->unclear ||
			depends_on(missing->level, node, missing->base);
		return node;
	}
	return expression_tree_mutator(node, missing_mutator, (void *) missing);
}

/* Could the expanded condition hold without a match of the entry? */
static bool
may_hold(CrLevel *level, Node *condition, const CrBase *base)
{
	Missing		missing = {level, false, base, false};
	Node	   *value;
	ListCell   *lc;

	if (!depends_on(level, condition, base))
		return false;
	if (is_andclause(condition) || is_orclause(condition))
	{
		foreach(lc, ((BoolExpr *) condition)->args)
		{
			if (may_hold(level, lfirst(lc), base))
				return true;
		}
		return false;
	}
	value = missing_mutator(copyObject(condition), &missing);
	return missing.unclear || !cr_inspect_never_holds(value);
}

/* ---------- for rules and guards ---------- */

/*
 * CrBase of the entries of outer joins without a match in which an expanded
 * condition could hold.
 */
List *
cr_nulled_asked(CrLevel *level, Node *expanded)
{
	List	   *asked = NIL;
	ListCell   *lc;

	foreach(lc, cr_nulled_entries(level, expanded))
	{
		if (may_hold(level, expanded, lfirst(lc)))
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
	Missing		missing = {level, true, base, false};
	Node	   *value = fold(missing_mutator(copyObject(condition), &missing));

	return missing.unclear ? NULL : value;
}

static bool
has_others(CrLevel *level, Node *expanded, const CrBase *base)
{
	Entries		entries = {level, NIL, base};
	Missing		missing = {level, false, base, false};

	(void) missing_mutator(copyObject(expanded), &missing);
	return missing.unclear || others_walker(expanded, &entries);
}

/*
 * Does a conjunct leave people out for a match, and also depend on other
 * columns?  "own" are ids of entries that it chooses the rows of.
 */
bool
cr_nulled_mixes(CrLevel *level, Node *expanded, const Bitmapset *own)
{
	ListCell   *lc;
	ListCell   *lc2;

	foreach(lc, make_ands_implicit((Expr *) expanded))
	{
		foreach(lc2, cr_nulled_asked(level, lfirst(lc)))
		{
			CrBase	   *base = (CrBase *) lfirst(lc2);

			if (!bms_is_member(base->id, own) &&
				has_others(level, lfirst(lc), base))
				return true;
		}
	}
	return false;
}

/* The same of a key: is it something else without a match than null? */
bool
cr_nulled_mixes_key(CrLevel *level, Node *expanded)
{
	ListCell   *lc;

	foreach(lc, cr_nulled_entries(level, expanded))
	{
		Missing		missing = {level, false, lfirst(lc), false};
		bool		is_null;
		Node	   *value = fold(missing_mutator(copyObject(expanded),
												 &missing));

		if ((missing.unclear || !is_constant(value, &is_null) || !is_null) &&
			has_others(level, expanded, lfirst(lc)))
			return true;
	}
	return false;
}
