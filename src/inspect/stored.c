/*-------------------------------------------------------------------------
 *
 * src/inspect/stored.c
 *	  Whether the nulls of what a unit level gives are those of a table.
 *
 * A null that is stored is the owner's.  One that a subquery makes, by a
 * function or an outer join, is for whom its writer chooses.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "inspect/facts.h"
#include "inspect/polynomial.h"
#include "inspect/width.h"
#include "optimizer/optimizer.h"

static bool is_stored(const CrStatement *statement, Node *expanded,
					  bool missing);

/* Is the person's aggregate null only where its one column is, in all rows? */
static bool
is_stored_aggregate(const CrStatement *statement, Aggref *aggref,
					bool missing)
{
	uint32		family = cr_aggregate_family(aggref->aggfnoid);
	Node	   *argument;

	if (family == CR_AGG_COUNT)
		return true;
	/* without a second row a deviation is null */
	if (list_length(aggref->args) != 1 ||
		(missing && cr_aggregate_squares(family)))
		return false;
	argument = (Node *) linitial_node(TargetEntry, aggref->args)->expr;
	argument = cr_inspect_chosen_value(argument);
	return is_stored(statement, argument, missing);
}

/* A column, an aggregate of one, or arithmetic with one of these. */
static bool
is_stored(const CrStatement *statement, Node *expanded, bool missing)
{
	Node	   *below = cr_inspect_computed_below(statement, expanded);
	Node	   *stripped = cr_inspect_strip(expanded);
	CrPolynomial polynomial;
	List	   *atoms;

	if (IsA(stripped, Var))
	{
		CrBase	   *base;

		if (((Var *) stripped)->varlevelsup != 0 ||
			((Var *) stripped)->varno <= 0)
			return false;
		base = cr_inspect_base(statement, ((Var *) stripped)->varno);
		if (missing && (base->nullable || base->buried))
			return false;
		return below != NULL ? is_stored(statement, below, missing) :
			base->kind == CR_BASE_PROTECTED;
	}
	if (IsA(stripped, Aggref))
		return is_stored_aggregate(statement, (Aggref *) stripped, missing);
	atoms = list_union(NIL, pull_var_clause(stripped,
											PVC_INCLUDE_AGGREGATES));
	if (list_length(atoms) != 1 ||
		!cr_width_fits(stripped) ||
		!cr_polynomial_read(statement, stripped, &polynomial))
		return false;
	if (IsA(linitial(atoms), Aggref))
		return is_stored_aggregate(statement, linitial(atoms), missing);
	return !equal(linitial(atoms), stripped) &&
		is_stored(statement, linitial(atoms), missing);
}

/*
 * Does a unit level below make nulls in the column?  Also for whom rows are
 * missing, by a join or for a deviation, if those matter.
 */
bool
cr_inspect_makes_nulls(const CrStatement *statement, Node *column,
					   bool missing)
{
	Node	   *below = cr_inspect_computed_below(statement, column);

	return below != NULL && cr_inspect_nullable(statement, column) &&
		!is_stored(statement, below, missing);
}
