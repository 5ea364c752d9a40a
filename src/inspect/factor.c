/*-------------------------------------------------------------------------
 *
 * src/inspect/factor.c
 *	  Finds out what multiplies the rows of one person.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "inspect/facts.h"
#include "inspect/polynomial.h"
#include "nodes/nodeFuncs.h"

/* Takes out those of the candidates that the others determine. */
static Bitmapset *
drop_determined(CrLevel *level, Bitmapset *free, const Bitmapset *candidates)
{
	ListCell   *lc;

	foreach(lc, cr_inspect_all_bases(level))
	{
		CrBase	   *base = (CrBase *) lfirst(lc);
		Bitmapset  *others;

		if (!bms_is_member(base->id, free) ||
			!bms_is_member(base->id, candidates))
			continue;
		others = bms_del_member(bms_copy(free), base->id);
		if (!bms_is_empty(others) &&
			(base->membership != NULL ||
			 bms_is_member(base->id,
						   cr_inspect_determined_by(level, others, true))))
			free = others;
	}
	return free;
}

/*
 * The raw bases that may have several rows each for one row of the others:
 * the number of rows of one person is a product of so many factors.  Not
 * empty where the level has raw rows.  Of bases that determine each other,
 * one of the expression's is the factor.
 */
static Bitmapset *
find_factors(CrLevel *level, const Bitmapset *own)
{
	Bitmapset  *free = NULL;
	ListCell   *lc;

	foreach(lc, cr_inspect_all_bases(level))
	{
		CrBase	   *base = (CrBase *) lfirst(lc);

		if (cr_inspect_base_is_raw(base))
			free = bms_add_member(free, base->id);
	}
	free = drop_determined(level, free, bms_difference(free, own));
	return drop_determined(level, free, own);
}

/*
 * The factors of a sum over the expression, and the unit levels that it is
 * made of: what such a level says of a person is said once for each row that
 * it is joined with.
 */
Bitmapset *
cr_inspect_factors(CrLevel *level, Node *expanded)
{
	Bitmapset  *own = cr_inspect_bases(expanded);
	Bitmapset  *factors = find_factors(level, own);
	int			id = -1;

	while ((id = bms_next_member(own, id)) >= 0)
	{
		if (cr_inspect_base(level->statement, id)->kind == CR_BASE_UNIT_LEVEL)
			factors = bms_add_member(factors, id);
	}
	return factors;
}

static bool
additive_walker(Node *node, void *context)
{
	uint32		family;

	if (node == NULL)
		return false;
	if (!IsA(node, Aggref))
		return expression_tree_walker(node, additive_walker, context);
	family = cr_aggregate_family(((Aggref *) node)->aggfnoid);
	return family == CR_AGG_COUNT || family == CR_AGG_SUM;
}

/*
 * By how many factors, of those that are not what it is made of, rows
 * multiply an aggregate of a person's.  An average they multiply by nothing.
 */
int
cr_inspect_repetitions(CrLevel *level, Node *expanded)
{
	Bitmapset  *own = cr_inspect_bases(expanded);
	Bitmapset  *factors = find_factors(level, own);

	if (!additive_walker(expanded, NULL))
		return 0;
	if (bms_is_empty(own))
		return bms_num_members(factors) - 1;
	return bms_num_members(bms_difference(factors, own));
}
