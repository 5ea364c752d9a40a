/*-------------------------------------------------------------------------
 *
 * src/gate/zero.c
 *	  Rule: columns for which zero stands where they are null, inside the
 *	  arithmetic of an aggregate's argument.
 *
 * a - COALESCE(b, 0) is a - b of the rows that have b, and a of those that
 * have not.  Each kind of row must be many, or none: what sum(a) and sum(b)
 * are more, or less, would show it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/make_expr.h"
#include "gate/argument.h"
#include "inspect/polynomial.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"

/* Columns that may be null, of which all combinations are guarded. */
#define MAX_COLUMNS	3

static bool
beside_walker(Node *node, CrLevel *level)
{
	if (node == NULL || IsA(node, CoalesceExpr))
		return false;
	if (IsA(node, Var))
		return cr_inspect_nullable(level->statement, node);
	return expression_tree_walker(node, beside_walker, (void *) level);
}

/*
 * Is the sum one of sums over the rows that have each such column?  Not if
 * two of them are multiplied, or one stands beside another column that may
 * be null: few rows may have both, though many have either.
 */
static bool
may_be_zero(CrLevel *level, Node *plain, Node *expanded, List *zeros)
{
	CrPolynomial polynomial;
	ListCell   *lc;

	foreach(lc, zeros)
	{
		Var		   *var = (Var *) cr_inspect_strip(lfirst(lc));

		if (cr_inspect_base(level->statement, var->varno)->kind !=
			CR_BASE_PROTECTED ||
			cr_inspect_base(level->statement, var->varno)->nullable)
			return false;
	}
	if (beside_walker(expanded, level) ||
		!cr_polynomial_read(level->statement, plain, &polynomial))
		return false;
	return polynomial.degree <= 1 || list_length(list_union(NIL, zeros)) == 1;
}

/*
 * May the column be null as its table stores it, or a subquery by person
 * computes it, but not by a join?
 */
static bool
is_stored_null(CrLevel *level, Node *written, bool *stored)
{
	Var		   *var = (Var *) cr_inspect_strip(cr_inspect_expand(level,
																 written));
	CrBase	   *base;

	if (!IsA(var, Var) || var->varlevelsup != 0 || var->varno <= 0)
		return false;
	base = cr_inspect_base(level->statement, var->varno);
	*stored = cr_inspect_nullable(level->statement, (Node *) var);
	return cr_inspect_base_is_raw(base) && !base->nullable;
}

/* The columns of the argument that may be null, if they are few. */
static bool
find_nullable(CrLevel *level, const CrArgument *argument, List **columns)
{
	ListCell   *lc;

	*columns = NIL;
	foreach(lc, pull_var_clause(argument->written, 0))
	{
		bool		stored;

		if (!is_stored_null(level, lfirst(lc), &stored))
			return false;
		if (stored)
			*columns = list_append_unique(*columns, lfirst(lc));
	}
	return list_length(*columns) <= MAX_COLUMNS;
}

static void
note_rest(CrAggregate *aggregate, Node *condition)
{
	aggregate->skipped = lappend(aggregate->skipped,
								 cr_among_chosen(aggregate, condition));
}

/* Rows that have some of the columns, by which they have. */
static void
note_combinations(CrAggregate *aggregate, List *columns)
{
	uint32		given;

	for (given = 1; given < (1U << list_length(columns)); given++)
	{
		List	   *tests = NIL;
		ListCell   *lc;

		foreach(lc, columns)
		{
			bool		is_given = (given &
									(1U << foreach_current_index(lc))) != 0;

			tests = lappend(tests,
							cr_make_null_test(copyObject(lfirst(lc)),
											  is_given ? IS_NOT_NULL :
											  IS_NULL));
		}
		note_rest(aggregate, (Node *) make_ands_explicit(tests));
	}
}

/* Rows that have each column for which zero may stand, and those without. */
static void
note_each(CrAggregate *aggregate, List *zeros)
{
	ListCell   *lc;

	foreach(lc, zeros)
	{
		note_rest(aggregate,
				  cr_make_null_test(copyObject(lfirst(lc)), IS_NULL));
		note_rest(aggregate,
				  cr_make_null_test(copyObject(lfirst(lc)), IS_NOT_NULL));
	}
}

/*
 * Takes COALESCE(column, 0) for the column, and notes which rows have to be
 * many or none for that.
 */
void
cr_unwrap_zeros(CrLevel *level, CrAggregate *aggregate, uint32 family,
				CrArgument *argument)
{
	List	   *expanded = NIL;
	List	   *written = NIL;
	List	   *columns;
	Node	   *plain;

	if (family != CR_AGG_SUM && family != CR_AGG_AVG)
		return;
	plain = cr_inspect_zeros(level->statement, argument->expanded, &expanded);
	(void) cr_inspect_zeros(level->statement, argument->written, &written);
	if (expanded == NIL || list_length(expanded) != list_length(written))
		return;
	if (may_be_zero(level, plain, argument->expanded, expanded))
		note_each(aggregate, written);
	else if (find_nullable(level, argument, &columns))
		note_combinations(aggregate, columns);
	else
		return;
	argument->expanded = plain;
	argument->zeros = true;
	aggregate->zeros = true;
}
