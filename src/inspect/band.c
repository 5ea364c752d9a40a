/*-------------------------------------------------------------------------
 *
 * src/inspect/band.c
 *	  Lists of constants that divide values into bands.
 *
 *	JOIN (VALUES (0, 18, 'minor'), (18, 65, 'adult')) AS b (lo, hi, label)
 *	  ON age >= lo AND age < hi
 *
 * multiplies nothing, since no two of its intervals meet.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/nbtree.h"
#include "access/stratnum.h"
#include "catalog/pg_type.h"
#include "inspect/pin.h"
#include "nodes/nodeFuncs.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

/* Longer lists are not looked through: every row is compared with all. */
#define CR_MAX_BANDS	500

/* A condition by which a column of the list bounds a value. */
typedef struct Bound
{
	Node	   *value;
	int			column;			/* from 0 */
	bool		upper;
	bool		strict;			/* the bound itself is outside */
	Oid			family;			/* of the column's type */
	Oid			type;
	Oid			collation;
} Bound;

/* Is it a comparison of a column of the list, on the left or on the right? */
static bool
read_bound(const CrProbe *probe, const CrClause *clause, int column,
		   Oid type, Bound *bound)
{
	OpExpr	   *op = (OpExpr *) clause->expanded;
	AttrNumber	attnum = cr_pin_attnum(probe, column + 1);
	Node	   *left;
	Node	   *right;
	Node	   *side;
	Oid			family;
	bool		on_left;
	int			strategy;

	if (attnum == InvalidAttrNumber || op == NULL || !IsA(op, OpExpr) ||
		list_length(op->args) != 2 || !cr_clause_limits(probe, clause))
		return false;
	left = cr_inspect_strip(linitial(op->args));
	right = cr_inspect_strip(lsecond(op->args));
	/* casts that keep integers apart, or dates, keep their order too */
	side = cr_series_strip(left, CR_SERIES_NONE);
	on_left = cr_is_column(side, probe->base, attnum);
	if (!on_left)
		side = cr_series_strip(right, CR_SERIES_NONE);
	if (!cr_is_column(side, probe->base, attnum) || exprType(side) != type)
		return false;
	/* by local time an hour comes twice, and another is skipped */
	if ((exprType(left) == TIMESTAMPTZOID) !=
		(exprType(right) == TIMESTAMPTZOID))
		return false;
	family = cr_btree_family(exprType(on_left ? left : right));
	bound->value = on_left ? right : left;
	bound->column = column;
	bound->type = type;
	bound->collation = op->inputcollid;
	bound->family = cr_btree_family(type);
	if (!OidIsValid(family) || !OidIsValid(bound->family) ||
		!bms_is_subset(cr_inspect_bases(bound->value), probe->determined))
		return false;
	strategy = get_op_opfamily_strategy(op->opno, family);
	if (strategy < BTLessStrategyNumber ||
		strategy > BTGreaterStrategyNumber ||
		strategy == BTEqualStrategyNumber)
		return false;
	bound->strict = strategy == BTLessStrategyNumber ||
		strategy == BTGreaterStrategyNumber;
	/* column < value is a bound from below */
	bound->upper = on_left == (strategy > BTEqualStrategyNumber);
	return true;
}

static List *
find_bounds(const CrProbe *probe, List *row)
{
	List	   *bounds = NIL;
	int			column;
	ListCell   *lc;

	for (column = 0; column < list_length(row); column++)
	{
		Oid			type = exprType(list_nth(row, column));

		foreach(lc, cr_inspect_all_clauses(probe->level))
		{
			Bound	   *bound = palloc0(sizeof(Bound));

			if (read_bound(probe, (CrClause *) lfirst(lc), column, type,
						   bound))
				bounds = lappend(bounds, bound);
		}
	}
	return bounds;
}

/*
 * Does the band that ends with one constant lie before the one that begins
 * with the other?
 */
static bool
lies_before(FmgrInfo *order, const Bound *lower, const Bound *upper,
			const Const *end, const Const *begin)
{
	int32		result =
		DatumGetInt32(FunctionCall2Coll(order, upper->collation,
										end->constvalue, begin->constvalue));

	return result < 0 || (result == 0 && (lower->strict || upper->strict));
}

static bool
pair_divides(List *rows, const Bound *lower, const Bound *upper)
{
	Oid			proc = get_opfamily_proc(upper->family, upper->type,
										 lower->type, BTORDER_PROC);
	int			n = list_length(rows);
	Const	  **begins = cr_inspect_constant_column(rows, lower->column);
	Const	  **ends = cr_inspect_constant_column(rows, upper->column);
	FmgrInfo	order;
	int			i;
	int			j;

	if (!OidIsValid(proc) || lower->family != upper->family ||
		lower->collation != upper->collation ||
		!equal(lower->value, upper->value) ||
		begins == NULL || ends == NULL)
		return false;
	fmgr_info(proc, &order);
	for (i = 1; i < n; i++)
	{
		for (j = 0; j < i; j++)
		{
			/* no value is in a band that a null bounds */
			if (begins[i]->constisnull || ends[i]->constisnull ||
				begins[j]->constisnull || ends[j]->constisnull)
				continue;
			if (!lies_before(&order, lower, upper, ends[i], begins[j]) &&
				!lies_before(&order, lower, upper, ends[j], begins[i]))
				return false;
		}
	}
	return true;
}

/* Do the conditions of the level let one row at most hold for any value? */
bool
cr_bands_are_disjoint(const CrProbe *probe, List *rows)
{
	List	   *bounds;
	ListCell   *lc;
	ListCell   *lc2;

	if (rows == NIL || list_length(rows) > CR_MAX_BANDS)
		return false;
	bounds = find_bounds(probe, linitial(rows));
	foreach(lc, bounds)
	{
		Bound	   *lower = lfirst(lc);

		foreach(lc2, bounds)
		{
			Bound	   *upper = lfirst(lc2);

			if (!lower->upper && upper->upper &&
				pair_divides(rows, lower, upper))
				return true;
		}
	}
	return false;
}
